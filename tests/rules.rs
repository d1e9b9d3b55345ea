//! The built-in rules as a whole: each keeps its promises, says what a person needs to know, and shows beside its file
//! what records gain from it. And what an operator's own file does.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use trailsieve_core::rule::{Rule, RuleTest, Tests};
use trailsieve_core::{Code, Detector, Outcome, SourceFile};
use trailsieve_tests::{detecting, runner, signins};

/// Rules that are off unless asked for are tested like the others.
const ALL: &str = r#"{"select":[{"glob":"*","enabled":true}]}"#;

/// Their YAML is read when core is built; what came of it must be what an operator would get who gave the files.
#[test]
fn the_built_in_rules_are_what_their_files_say() {
    let files = rule_files();
    let given: Vec<_> = files.iter().map(|(path, text)| SourceFile { path, content: text.as_bytes() }).collect();
    let rules = |files: &[SourceFile<'_>], default_rules: bool| {
        let settings = json!({"default_rules": default_rules, "select": [{"glob": "*", "enabled": true}]});
        let (detector, manifest) = Detector::load(files, &settings.to_string()).unwrap();
        let without_tests = |rule: &Rule| Rule { tests: Tests::Given(Vec::new()), ..rule.clone() };
        let rules: Vec<_> = detector.rules().iter().map(without_tests).map(|rule| format!("{rule:#?}")).collect();
        let listed = rules_of(&manifest).into_iter().map(|mut rule| {
            rule["built_in"] = Value::Null;
            rule.to_string()
        });
        rules.into_iter().chain(listed).collect::<Vec<_>>()
    };
    let (expected, built_in) = (rules(&given, false), rules(&[], true));
    assert_eq!((expected.len(), built_in.len()), (2 * files.len(), 2 * files.len()));
    for (expected, built_in) in expected.iter().zip(&built_in) {
        assert_eq!(expected, built_in);
    }
}

#[test]
fn the_built_in_rules_keep_what_their_tests_promise() {
    let (mut detector, manifest) = Detector::load(&[], ALL).unwrap();
    assert_eq!(detector.self_test(), []);
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let listed = manifest["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap());
    let listed: BTreeSet<String> = listed.map(str::to_owned).collect();
    for (path, text) in rule_files() {
        assert!(listed.contains(path.strip_suffix(".yml").unwrap()), "{path} is not in the pack");
        let (alone, _) = load_alone(&path, &text);
        let built_in = detector.rules().iter().find(|rule| rule.path == path).unwrap();
        for rule in alone.rules() {
            assert_eq!(built_in.tests.count(), tests_of(rule).len(), "{path}: tests counted and read");
            for (matches, what) in [(true, "that must match"), (false, "that must not match")] {
                assert!(tests_of(rule).iter().any(|test| test.matches == matches), "{path}: no record {what}");
            }
        }
    }
}

#[test]
fn a_rule_that_breaks_its_promises_is_told_with_the_place_of_each() {
    let text = r#"
title: Trail deleted
filter_pattern: '{ $.eventName = "DeleteTrail" }'
tests:
  match:
    - name: stopped instead
      record: {eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}
    - name: deleted
      record: {eventSource: cloudtrail.amazonaws.com, eventName: DeleteTrail}
  no_match:
    - name: deleted in vain
      record: {eventSource: cloudtrail.amazonaws.com, eventName: DeleteTrail, errorCode: TrailNotFoundException}
    - name: of nobody
      record: {eventName: StopLogging}
"#;
    let (mut detector, _) = load_alone("trail/deleted.yml", text);
    let failed = detector.self_test();
    let places: Vec<_> = failed.iter().map(|found| (found.path.as_str(), found.line, found.column)).collect();
    let at = |line| ("trail/deleted.yml", line, 7);
    assert_eq!(places, [at(6), at(11), at(13)]);
    assert!(failed.iter().all(|found| found.code == Code::TestFailed));
    for (found, name) in
        failed.iter().zip(["`stopped instead` must match", "`deleted in vain` must not", "`of nobody`"])
    {
        assert!(found.message.contains(name), "{}", found.message);
    }
}

/// S4.21: what the event means, and what to check.
#[test]
fn each_built_in_rule_says_what_it_means_and_what_to_check() {
    for (path, text) in rule_files() {
        let (detector, _) = load_alone(&path, &text);
        for rule in detector.rules() {
            assert!(!rule.fields.is_empty(), "{path}: no `fields:`, so a finding would show nothing of the record");
            assert!(rule.tags.iter().any(|tag| is_technique(tag)), "{path}: no ATT&CK technique in `tags:`");
            assert_eq!(rule.tags.iter().collect::<BTreeSet<_>>().len(), rule.tags.len(), "{path}: a tag stands twice");
        }
        for document in text.split("\n---") {
            let description = block(document, "description: |-");
            assert!(description.lines().next().is_some_and(|first| first.len() > 30), "{path}: no `description: |-`");
            let checks = description.split("\n\n").any(|paragraph| paragraph.starts_with("Check "));
            assert!(checks, "{path}: no paragraph of the description says what to check");
            assert!(block(document, "falsepositives:").starts_with("- "), "{path}: no `falsepositives:`");
            assert!(document.contains("\nlevel: "), "{path}: no `level:`");
        }
    }
}

#[test]
fn each_built_in_rule_has_a_random_uuid_of_its_own() {
    let (detector, _) = Detector::load(&[], ALL).unwrap();
    let mut ids = BTreeSet::new();
    for rule in detector.rules() {
        assert!(is_random_uuid(&rule.id), "{}: {} is no random UUID", rule.name, rule.id);
        assert!(ids.insert(&rule.id), "{}: {} is taken", rule.name, rule.id);
    }
}

#[test]
fn a_rule_that_is_off_must_keep_its_promises_too() {
    let text = r#"
title: Trail deleted
level: low
filter_pattern: '{ $.eventName = "DeleteTrail" }'
tests:
  match:
    - name: stopped instead
      record: {eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}
"#;
    let file = SourceFile { path: "trail/deleted.yml", content: text.as_bytes() };
    for settings in [
        r#"{"select":[{"glob":"trail/*","enabled":false}]}"#,
        r#"{"min_level":"medium"}"#,
        r#"{"default_rules":false,"min_level":"high"}"#,
    ] {
        let (mut detector, _) = Detector::load(&[file], settings).unwrap();
        assert!(detector.rules().iter().all(|rule| rule.name != "trail/deleted"), "{settings}");
        let failed = detector.self_test();
        assert_eq!(failed.len(), 1, "{settings}: {failed:?}");
        assert_eq!((failed[0].path.as_str(), failed[0].line), ("trail/deleted.yml", 7));
    }
}

/// The snapshot beside each rule file shows what the records of its tests gain, no other rule being there.
#[test]
fn what_the_test_records_of_each_rule_gain() {
    insta::glob!("../core/rules", "**/*.yml", |path| {
        let text = fs::read_to_string(path).unwrap();
        let (mut detector, _) = load_alone(&path_in_pack(path), &text);
        let tests: Vec<_> = detector.rules().iter().flat_map(|rule| tests_of(rule).to_vec()).collect();
        let mut shown = String::new();
        for test in tests {
            let verdicts = detector.detect(test.record.replace('\n', "\r").as_bytes()).unwrap();
            let gained =
                verdicts.verdicts.first().map_or("nothing".to_owned(), |verdict| laid_out(&verdict.annotation));
            let promise = if test.matches { "match" } else { "no match" };
            write!(shown, "{promise}: {}\n{gained}\n\n", test.name).unwrap();
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.remove_snapshot_suffix();
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(path.file_stem().unwrap().to_str().unwrap(), shown.trim_end()));
    });
}

/// A renamed rule would leave its snapshot behind.
#[test]
fn each_snapshot_has_its_rule() {
    let mut paths = Vec::new();
    collect(&rules_folder(), &mut paths);
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "snap")) {
        assert!(path.with_extension("yml").exists(), "{} has no rule", path.display());
    }
}

/// S1.32: an event that an operator holds suspicious takes one file of two lines.
#[test]
fn one_file_adds_a_rule() {
    let text = "title: Somebody asks who they are\nfilter_pattern: '{ $.eventName = GetCallerIdentity }'\n";
    let file = SourceFile { path: "own/who-am-i.yml", content: text.as_bytes() };
    let (mut detector, manifest) = Detector::load(&[file], "{}").unwrap();
    let (_, without) = Detector::load(&[], "{}").unwrap();
    let count = |manifest: &str| rules_of(manifest).len();
    assert_eq!(count(&manifest), count(&without) + 1);
    let record = json!({"eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity"}).to_string();
    assert_eq!(rules_on(&mut detector, &record), ["own/who-am-i"]);
}

/// S1.31: the program reports use of root and a sign-in without MFA though nothing is configured.
#[test]
fn unconfigured_the_program_reports_use_of_root_and_sign_ins_without_mfa() {
    let input = format!("{}\n{}\n{}\n", signins::r1(), signins::r3b(), signins::r6());
    let output = runner::feed(runner::command(["filter", "--emit", "findings"]), input.as_bytes());
    let findings: Vec<Value> = runner::out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found = |rule: &str| findings.iter().filter(|finding| finding["rule"] == rule).count();
    for rule in ["securityhub/cloudwatch-1", "securityhub/cloudwatch-3", "signin/root", "signin/without-mfa"] {
        assert_eq!(found(rule), 1, "{rule}: {}", runner::err(&output));
    }
}

/// S1.20: a record of each category is one, S1.28: lines of other logs are none; all pass as they came.
#[test]
fn records_of_every_category_and_lines_of_other_logs_pass_and_are_counted() {
    let records = [
        r#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventCategory":"Management"}"#,
        r#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventCategory":"Data"}"#,
        r#"{"eventVersion":"1.09","eventSource":"kms.amazonaws.com","eventName":"Decrypt","eventType":"AwsVpceEvent","eventCategory":"NetworkActivity"}"#,
        r#"{"eventVersion":"1.08","eventType":"AwsCloudTrailInsight","insightDetails":{"state":"Start","eventSource":"iam.amazonaws.com","eventName":"DeleteRole","insightType":"ApiCallRateInsight"},"eventCategory":"Insight"}"#,
    ];
    let others = [
        "2 123456789012 eni-0a1b2c3d4e5f60718 203.0.113.12 10.0.0.220 39812 22 6 20 4249 1772442867 1772442927 ACCEPT OK",
        r#"{"version":"1.100000","account_id":"123456789012","region":"eu-central-1","query_name":"example.com.","rcode":"NOERROR"}"#,
    ];
    let input = [records.as_slice(), &others].concat().join("\n");
    let output = runner::feed(runner::command(["filter", "--stats"]), input.as_bytes());
    assert_eq!(runner::out(&output), input);
    let stats: Value = serde_json::from_str(runner::err(&output).lines().last().unwrap()).unwrap();
    let counts = ["records_in", "clean", "not_cloudtrail"].map(|name| stats[name].as_u64().unwrap());
    assert_eq!(counts, [6, 4, 2]);
}

/// S1.25: rules can tell kinds of callers and their tools apart.
#[test]
fn callers_and_tools_can_be_told_apart() {
    let identity = |kind: &str, key: &str| json!({"type": kind, "accessKeyId": key});
    let record = |identity: Value, agent: &str| json!({"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "userIdentity": identity, "userAgent": agent});
    let mut of_console = record(identity("IAMUser", "ASIAIOSFODNN7EXAMPLE"), "aws-cli/2.24.10 exec-env/CloudShell");
    of_console["sessionCredentialFromConsole"] = json!("true");
    let mut of_service = record(identity("AssumedRole", "ASIAIOSFODNN7EXAMPLE"), "athena.amazonaws.com");
    of_service["userIdentity"]["invokedBy"] = json!("athena.amazonaws.com");
    let callers = [
        (record(identity("Root", "ASIAIOSFODNN7EXAMPLE"), "Mozilla/5.0"), "{ $.userIdentity.type = Root }"),
        (
            record(identity("IAMUser", "AKIAIOSFODNN7EXAMPLE"), "aws-cli/2.24.10"),
            "{ $.userIdentity.accessKeyId = AKIA* && $.userAgent = aws-cli* }",
        ),
        (
            record(identity("IAMUser", "AKIAIOSFODNN7EXAMPLE"), "Boto3/1.37.4 md/Botocore#1.37.4"),
            "{ $.userIdentity.accessKeyId = AKIA* && $.userAgent = Boto3* }",
        ),
        (of_console, "{ $.sessionCredentialFromConsole = \"true\" && $.userIdentity.accessKeyId = ASIA* }"),
        (
            record(identity("AssumedRole", "ASIAIOSFODNN7EXAMPLE"), "aws-sdk-go-v2/1.36.3"),
            "{ $.userIdentity.type = AssumedRole && $.userIdentity.invokedBy NOT EXISTS }",
        ),
        (of_service, "{ $.userIdentity.invokedBy = *.amazonaws.com }"),
    ];
    let (records, patterns): (Vec<String>, Vec<&str>) =
        callers.iter().map(|(record, pattern)| (record.to_string(), *pattern)).unzip();
    let judgements = detecting::judge(&mut detecting::load(&patterns).unwrap(), &records);
    for (number, judgement) in judgements.iter().enumerate() {
        assert_eq!(judgement.matched, BTreeSet::from([number]), "{}", records[number]);
    }
}

#[test]
fn a_file_with_the_name_of_a_built_in_rule_replaces_it() {
    let text = "title: Only sign-ins of root\nfilter_pattern: '{ $.userIdentity.type = Root && $.eventName = ConsoleLogin }'\n";
    let file = SourceFile { path: "securityhub/cloudwatch-1.yml", content: text.as_bytes() };
    let (mut detector, manifest) = Detector::load(&[file], "{}").unwrap();
    let (mut usual, without) = Detector::load(&[], "{}").unwrap();
    let names = |manifest: &str| rules_of(manifest).iter().map(|rule| rule["name"].to_string()).collect::<Vec<_>>();
    assert_eq!(names(&manifest), names(&without));
    let replaced = rules_of(&manifest).into_iter().find(|rule| rule["name"] == "securityhub/cloudwatch-1").unwrap();
    assert_eq!((&replaced["title"], &replaced["built_in"]), (&json!("Only sign-ins of root"), &json!(false)));

    let call = json!({"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "userIdentity": {"type": "Root"},
        "eventType": "AwsApiCall"})
    .to_string();
    assert_eq!(rules_on(&mut usual, &call), ["securityhub/cloudwatch-1"]);
    assert!(rules_on(&mut detector, &call).is_empty());
}

fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/rules").canonicalize().unwrap()
}

/// A rule file's path below the folder.
fn path_in_pack(path: &Path) -> String {
    path.canonicalize().unwrap().strip_prefix(rules_folder()).unwrap().to_str().unwrap().replace('\\', "/")
}

/// Path below the folder, as in the pack, and text of each rule file.
fn rule_files() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(&rules_folder(), &mut paths);
    paths.retain(|path| path.extension().is_some_and(|end| end == "yml"));
    assert!(!paths.is_empty());
    paths.iter().map(|path| (path_in_pack(path), fs::read_to_string(path).unwrap())).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

/// A pack of this one file.
fn load_alone(path: &str, text: &str) -> (Detector, String) {
    let file = SourceFile { path, content: text.as_bytes() };
    Detector::load(&[file], r#"{"default_rules":false,"select":[{"glob":"*","enabled":true}]}"#).unwrap()
}

/// The tests of a rule whose file was given.
fn tests_of(rule: &Rule) -> &[RuleTest] {
    match &rule.tests {
        Tests::Given(tests) => tests,
        Tests::BuiltIn(_) => panic!("{}: its tests are packed", rule.name),
    }
}

/// The indented lines below a key at the left margin, less their indentation.
fn block(document: &str, key: &str) -> String {
    let mut lines = document.lines().skip_while(|line| *line != key).skip(1);
    let mut block = String::new();
    while let Some(line) = lines.next().filter(|line| line.is_empty() || line.starts_with("  ")) {
        block.push_str(line.trim_start());
        block.push('\n');
    }
    block
}

fn is_technique(tag: &str) -> bool {
    let Some(number) = tag.strip_prefix("attack.t") else { return false };
    number.len() >= 4 && number.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
}

fn is_random_uuid(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    let is_lower_hex = |group: &&str| group.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(is_lower_hex)
        && groups[2].starts_with('4')
        && groups[3].starts_with(['8', '9', 'a', 'b'])
}

/// The same text with each member of an object on a line of its own.
fn laid_out(json: &str) -> String {
    let (mut out, mut open, mut in_string, mut escaped) = (String::new(), Vec::new(), false, false);
    let line = |out: &mut String, open: &[char]| {
        out.push('\n');
        out.push_str(&"  ".repeat(open.iter().filter(|bracket| **bracket == '{').count()));
    };
    for letter in json.chars() {
        if in_string || letter == '"' {
            in_string = !in_string || escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
        } else if let '}' | ']' = letter {
            open.pop();
            if letter == '}' {
                line(&mut out, &open);
            }
        }
        out.push(letter);
        if in_string {
            continue;
        }
        match letter {
            '{' | '[' => open.push(letter),
            ':' => out.push(' '),
            _ => {}
        }
        let is_in_object = open.last() == Some(&'{');
        if letter == '{' || letter == ',' && is_in_object {
            line(&mut out, &open);
        }
    }
    out
}

fn rules_of(manifest: &str) -> Vec<Value> {
    let mut manifest: Value = serde_json::from_str(manifest).unwrap();
    serde_json::from_value(manifest["rules"].take()).unwrap()
}

/// The names of the rules that match, of a record that is judged whatever they say.
fn rules_on(detector: &mut Detector, record: &str) -> Vec<String> {
    let verdicts = detector.detect(record.as_bytes()).unwrap();
    assert_eq!(verdicts.counts.clean + verdicts.counts.flagged, 1);
    let flagged = verdicts.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Flagged);
    let annotations = flagged.map(|verdict| serde_json::from_str::<Value>(&verdict.annotation).unwrap());
    annotations
        .flat_map(|mut annotation| serde_json::from_value::<Vec<String>>(annotation["rules"].take()).unwrap())
        .collect()
}
