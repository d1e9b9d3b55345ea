//! Names of CloudTrail's that are written otherwise: which are told, and where; and that no name which is real is told.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use trailsieve_core::Detector;
use trailsieve_core::rule::pack::SourceFile;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::data;

const ALONE: &str = r#"{"default_rules":false}"#;

#[test]
fn built_in_rules_give_no_warning() {
    let folder = workspace().join("core/rules");
    let files = files_below(&folder);
    assert!(files.len() > 200, "{} files", files.len());
    let warnings = warnings(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    assert_eq!(warnings, Vec::<String>::new());
}

/// In either language, as case counts in one of them.
#[test]
fn names_that_are_published_give_no_warning() {
    let Some(records) = data::records() else { return };
    let mut pairs = BTreeSet::new();
    for record in records {
        let Ok(record) = serde_json::from_slice::<Value>(&record.bytes) else { continue };
        let text = |member: &str| record.get(member).and_then(Value::as_str).map(str::to_owned);
        if let (Some(event), Some(source)) = (text("eventName"), text("eventSource")) {
            pairs.insert((event, source));
        }
    }
    for file in ["stratus_techniques.ndjson", "traildiscover_events.ndjson"] {
        for line in fs::read_to_string(data::folder().join("catalogue").join(file)).unwrap().lines() {
            let entry: Value = serde_json::from_str(line).unwrap();
            let text = |member: &str| entry.get(member).and_then(Value::as_str).map(str::to_owned);
            if let (Some(event), Some(source)) = (text("eventName"), text("eventSource")) {
                pairs.insert((event, source));
            }
        }
    }
    // Some catalogues write a space behind a name, and one has an address for a name: those are slips.
    pairs.retain(|(event, _)| event.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
    let names: BTreeSet<&str> = pairs.iter().map(|(event, _)| event.as_str()).collect();
    assert!(names.len() > 600, "{} names", names.len());
    let rules = pairs.iter().enumerate().map(|(number, (event, source))| {
        let sigma = json!({
            "title": "x", "logsource": {"product": "aws", "service": "cloudtrail"},
            "detection": {"it": {"eventName|cased": event, "eventSource|cased": source}, "condition": "it"},
        });
        let pattern = format!("{{$.eventName=\"{event}\"&&$.eventSource=\"{source}\"}}");
        let pattern = json!({"title": "x", "filter_pattern": pattern});
        [(format!("{number}.yml"), sigma.to_string()), (format!("{number}-pattern.yml"), pattern.to_string())]
    });
    let rules: Vec<_> = rules.flatten().collect();
    let warnings = warnings(&rules.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn each_warning_stands_where_its_name_does() {
    let sigma = "title: x
logsource: {product: aws, service: cloudtrail}
fields: [userIdentity.arn, sourceIpAddress]
detection:
  it:
    eventName: AssumeRole
    userIdentity.type: AssumeRole
  other:
    eventName: [RunInstances, ConsoleLogn, RunInstance]
    eventSource|fieldref: eventsource
  condition: it and other
";
    let pattern = r#"title: x
filter_pattern: >-
  {$.eventName = "AssumeRole" && $.userIdentity.type = "AssumeRole" &&
  $.eventname = "consolelogin" && $.eventName != consolelogin}
"#;
    let told = warnings(&[("a.yml", sigma), ("b.yml", pattern)]);
    let expected = [
        "a.yml:3:28 `sourceIpAddress`: `sourceIPAddress`",
        "a.yml:7:24 `AssumeRole`: `AssumedRole`",
        "a.yml:9:31 `ConsoleLogn`: `ConsoleLogin`",
        "a.yml:9:44 `RunInstance`: `RunInstances`",
        "a.yml:10:27 `eventsource`: `eventSource`",
        "b.yml:3:56 `AssumeRole`: `AssumedRole`",
        "b.yml:4:3 `eventname`: `eventName`",
        "b.yml:4:50 `consolelogin`: `ConsoleLogin`",
    ];
    assert_eq!(told, expected);
}

/// Place, name, and what was probably meant.
fn warnings(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| SourceFile { path, content: text.as_bytes() }).collect::<Vec<_>>();
    let (_, manifest) = Detector::load(&files, ALONE).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let warnings = manifest.get("warnings").unwrap().as_array().unwrap().iter().map(|warning| {
        let text = |member: &str| warning.get(member).unwrap().as_str().unwrap();
        let number = |member: &str| warning.get(member).unwrap().as_u64().unwrap();
        let name = text("message").split(" is not").next().unwrap();
        let meant = text("help").trim_start_matches("did you mean ").split('?').next().unwrap();
        format!("{}:{}:{} {name}: {meant}", text("path"), number("line"), number("column"))
    });
    warnings.collect()
}

fn files_below(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|end| end == "yml") {
            files.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    files
}
