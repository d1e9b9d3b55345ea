//! Documents: kinds, sources of records, actions, filters; all of it as a pack reads it.

use crate::rule::condition::{Condition, Test};
use crate::rule::pack::{Pack, SourceFile, build};
use crate::rule::{Effect, Language, Rule};
use serde_json::Value;

const OWN_RULES: &str = r#"{"default_rules":false}"#;

fn build_with(files: &[(&str, &str)], settings: &str) -> Result<Pack, String> {
    let files: Vec<_> = files.iter().map(|&(path, text)| SourceFile { path, content: text.as_bytes() }).collect();
    build(&files, settings).map_err(|mistakes| {
        let places = mistakes.iter().map(|it| format!("{}:{}:{} {}", it.path, it.line, it.column, it.code));
        places.collect::<Vec<_>>().join("\n")
    })
}

fn load(files: &[(&str, &str)]) -> Pack {
    build_with(files, OWN_RULES).unwrap_or_else(|told| panic!("{told}"))
}

fn warnings(pack: &Pack) -> String {
    let manifest: Value = serde_json::from_str(&pack.manifest).unwrap();
    let told = manifest["warnings"].as_array().unwrap().iter().map(|it| {
        let text = |key: &str| it[key].as_str().unwrap().to_owned();
        format!("{}:{}:{} {}", text("path"), it["line"], it["column"], text("code"))
    });
    told.collect::<Vec<_>>().join("\n")
}

const CLOUDTRAIL: &str = "logsource: {product: aws, service: cloudtrail}\n";

fn rule(title: &str, rest: &str) -> String {
    format!("title: {title}\n{CLOUDTRAIL}{rest}detection:\n  s: {{x: {title}}}\n  condition: s\n")
}

fn filter(rules: &str, rest: &str) -> String {
    format!(
        "title: F\nlogsource: {{product: aws}}\n{rest}filter:\n  rules: {rules}\n  s: {{a: b}}\n  condition: not s\n"
    )
}

/// Which filters act on a rule.
fn sources(rule: &Rule) -> Vec<&str> {
    rule.adjustments.iter().map(|adjustment| adjustment.source.as_str()).collect()
}

#[test]
fn a_sigma_rule_keeps_what_it_says_for_people() {
    let text = rule(
        "One",
        "id: my-id\nname: one\ndescription: |\n  Two\n  lines.\nfalsepositives: [a, b]\nlevel: high\ntags: [attack.t1136]\n\
         author: x\ndate: 2026/11/21\nfields: [userIdentity.arn]\nregression_tests_path: x\nsimulation: []\n",
    );
    let pack = load(&[("a/one.yml", &text)]);
    assert_eq!(warnings(&pack), "");
    let [rule] = pack.rules.as_slice() else { panic!() };
    assert_eq!((rule.name.as_str(), rule.id.as_str(), rule.language), ("a/one", "my-id", Language::Sigma));
    assert_eq!((rule.description.as_str(), rule.falsepositives.len()), ("Two\nlines.", 2));
    assert!(matches!(&rule.condition, Condition::Named(name, _) if name == "s"));
}

#[test]
fn slips_in_what_is_said_for_people_warn() {
    let text = rule(
        "One",
        "tags: [Attack.T1136, attack]\ndate: 21.11.2026\nmodified: 2026-13-01\nauthor: [a]\nfalsepositives: x\nreference: y\n\
         references: z\ndescription: {a: b}\nlevl: low\n",
    );
    insta::assert_snapshot!(warnings(&load(&[("one.yml", &text)])), @r"
    one.yml:3:8 rule-metadata
    one.yml:3:22 rule-metadata
    one.yml:4:7 rule-metadata
    one.yml:5:11 rule-metadata
    one.yml:6:9 rule-metadata
    one.yml:7:17 rule-metadata
    one.yml:8:1 rule-key
    one.yml:9:13 rule-metadata
    one.yml:10:14 rule-metadata
    one.yml:11:1 rule-key
    ");
}

#[test]
fn rules_for_other_records_are_listed_and_nothing_else() {
    let other = |source: &str| format!("title: T\nlogsource: {source}\ndetection:\n  s: {{a|nonsense: b}}\n");
    let files = [
        ("b.yml", other("{product: windows, category: process_creation}")),
        ("a.yml", other("{product: aws, service: s3}")),
        ("c.yml", other("{category: proxy}")),
        ("d.yml", rule("D", "").replace("{product: aws, service: cloudtrail}", "{product: AWS, definition: all}")),
        ("e.yml", rule("E", "").replace("{product: aws, service: cloudtrail}", "{service: cloudtrail, team: x}")),
        ("f.yml", filter("any", "").replace("{product: aws}", "{product: windows}")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let pack = build_with(&files, r#"{"default_rules":false,"select":[{"glob":"b","enabled":false}]}"#).unwrap();
    assert_eq!(pack.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["d", "e"]);
    assert!(pack.rules.iter().all(|rule| rule.adjustments.is_empty()));
    let manifest: Value = serde_json::from_str(&pack.manifest).unwrap();
    insta::assert_snapshot!(manifest["not_applicable"], @r#"[{"logsource":"product `windows`, category `process_creation`","name":"b","path":"b.yml"},{"logsource":"product `aws`, service `s3`","name":"a","path":"a.yml"},{"logsource":"category `proxy`","name":"c","path":"c.yml"},{"logsource":"product `windows`","name":"f","path":"f.yml"}]"#);
    insta::assert_snapshot!(warnings(&pack), @r"b.yml:1:1 sigma-logsource");
}

#[test]
fn global_documents_add_to_the_rules_behind_them_until_a_reset() {
    let text = format!(
        "action: global\ntitle: Shared\nid: shared\nname: shared\n{CLOUDTRAIL}detection: {{f: {{b: c}}}}\n---\naction: global\nlevel: high\n\
         ---\ndetection: {{s: {{a: x}}, condition: s and not f}}\n---\nlevel: high\ndetection: {{s: {{a: y}}, condition: s and f}}\n\
         ---\naction: repeat\nname: third\nlevel: low\ndetection: {{s: {{a: z}}}}\n---\n{}---\naction: reset\n---\n{}",
        filter("any", ""),
        rule("Last", "id: last\n"),
    );
    let pack = load(&[("g.yml", &text)]);
    assert_eq!(warnings(&pack), "");
    let rules: Vec<_> = pack
        .rules
        .iter()
        .map(|rule| (rule.name.as_str(), rule.id.as_str(), rule.title.as_str(), rule.level.name()))
        .collect();
    assert_eq!(
        rules,
        [
            ("g", "shared", "Shared", "high"),
            ("g#2", "shared", "Shared", "high"),
            ("g#5", "last", "Last", "medium"),
            ("g#third", "shared", "Shared", "low"),
        ]
    );
    for rule in &pack.rules {
        assert_eq!(sources(rule), ["g#4"], "{}", rule.name);
    }
}

#[test]
fn action_documents_that_say_nothing_certain_are_refused() {
    let rest = rule("One", "");
    let texts = [
        format!("action: global\ntitle: Other\n---\n{rest}"),
        format!("action: global\ndetection: {{s: {{x: [y]}}}}\n---\n{rest}"),
        "action: global\nlevel: low\n---\naction: global\nlevel: high\n".to_owned(),
        format!("{rest}---\naction: reset\nlevel: low\n"),
        format!("action: repeat\n---\n{rest}"),
        format!("action: globl\n---\n{rest}"),
        format!("action: [global]\n---\n{rest}"),
        "action: global\nlevel: low\n".to_owned(),
    ];
    let told = texts.map(|text| build_with(&[("a.yml", &text)], OWN_RULES).err().unwrap_or_else(|| panic!("{text}")));
    insta::assert_snapshot!(told.join("\n\n"), @r"
    a.yml:4:1 sigma-action

    a.yml:7:7 sigma-action

    a.yml:2:1 sigma-action

    a.yml:8:1 sigma-action

    a.yml:1:1 sigma-action

    a.yml:1:9 sigma-action

    a.yml:1:9 sigma-action

    a.yml:0:0 rule-form
    ");
}

#[test]
fn a_filter_acts_on_rules_of_either_language_by_id_name_and_reference() {
    let pattern = "title: P\nname: by_reference\nfilter_pattern: '{ $.a = 1 }'\n";
    let one = rule("One", "id: by-id\n");
    let files = [
        ("p.yml", pattern.to_owned()),
        ("one.yml", one),
        ("two.yml", rule("Two", "")),
        ("f/names.yml", filter("[by-id, one, two]", "")),
        ("f/reference.yml", filter("by_reference", "")),
        ("f/off.yml", filter("any", "enabled: false\n")),
        ("f/any.yml", filter("any", "")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let pack = load(&files);
    assert_eq!(warnings(&pack), "");
    let acting: Vec<_> = pack.rules.iter().map(|rule| (rule.name.as_str(), sources(rule))).collect();
    let expected =
        [("one", vec!["f/any", "f/names"]), ("p", vec!["f/any", "f/reference"]), ("two", vec!["f/any", "f/names"])];
    assert_eq!(acting, expected);
    let adjustment = pack.rules.first().unwrap().adjustments.first().unwrap();
    assert_eq!(adjustment.effect, Effect::Suppress);
    let Condition::Not(keeps) = &adjustment.when else { panic!() };
    let Condition::Not(suppressed) = keeps.as_ref() else { panic!() };
    assert!(
        matches!(suppressed.as_ref(), Condition::Named(_, test) if matches!(**test, Condition::Test(_, Test::Pattern(_))))
    );

    let settings = r#"{"select":[{"glob":"f/any","enabled":false}]}"#;
    let pack = build_with(&[("f/any.yml", &filter("any", ""))], settings).unwrap();
    assert!(pack.rules.iter().all(|rule| rule.adjustments.is_empty()) && !pack.rules.is_empty());
    let pack = build_with(&[("f/any.yml", &filter("any", ""))], "").unwrap();
    assert!(pack.rules.iter().all(|rule| sources(rule) == ["f/any"]));
}

#[test]
fn a_filter_that_reaches_nothing_warns() {
    let files = [
        ("one.yml", rule("One", "id: by-id\n")),
        ("other.yml", rule("Other", "id: other-id\n").replace("product: aws", "product: azure")),
        ("f.yml", filter("[by-idd, nowhere, other-id]", "")),
        ("g.yml", filter("[one]", "").replace("{product: aws}", "{product: aws, category: x}")),
        ("h.yml", filter("[one]", "").replace("{product: aws}", "{service: cloudtrail}")),
        ("i.yml", filter("[bare]", "").replace("{product: aws}", "{product: aws, service: cloudtrail}")),
        ("bare.yml", rule("Bare", "").replace(", service: cloudtrail", "")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let pack = load(&files);
    let acting: Vec<_> = pack.rules.iter().map(|rule| (rule.name.as_str(), sources(rule))).collect();
    assert_eq!(acting, [("bare", vec![]), ("one", vec!["h"])]);
    insta::assert_snapshot!(warnings(&pack), @r"
    f.yml:4:11 sigma-filter
    f.yml:4:19 sigma-filter
    i.yml:4:11 sigma-filter
    other.yml:1:1 sigma-logsource
    ");
}

#[test]
fn filters_that_could_be_misread_are_refused() {
    let filters = [
        "{rules: any, s: {a: b}, condition: s}",
        "{rules: any, s: {a: b}, condition: s, intent: hold}",
        "{rules: any, s: {a: b}, condition: [not s]}",
        "{rules: any, s: {a: b}}",
        "{s: {a: b}, condition: not s}",
        "{rules: [], s: {a: b}, condition: not s}",
        "{rules: {a: b}, s: {a: b}, condition: not s}",
        "{rules: [null], s: {a: b}, condition: not s}",
        "{rule: any, s: {a: b}, condition: not s}",
        "{rules: any, s: {a: b}, condition: not selection}",
        "not s",
    ];
    let told = filters.map(|text| {
        let text = format!("title: F\nlogsource: {{product: aws}}\nfilter: {text}\n");
        build_with(&[("f.yml", &text)], OWN_RULES).err().unwrap_or_else(|| panic!("{text}"))
    });
    insta::assert_snapshot!(told.join("\n\n"), @r"
    f.yml:3:44 sigma-filter

    f.yml:3:44 sigma-filter
    f.yml:3:55 sigma-filter

    f.yml:3:44 sigma-filter

    f.yml:3:1 sigma-condition

    f.yml:3:1 sigma-filter

    f.yml:3:17 sigma-filter

    f.yml:3:17 sigma-filter

    f.yml:3:18 sigma-filter

    f.yml:3:1 sigma-filter
    f.yml:3:10 sigma-filter

    f.yml:3:48 sigma-identifier

    f.yml:3:9 sigma-filter
    ");
    let keeps = "title: F\nlogsource: {product: aws}\nfilter: {rules: any, intent: keep, s: {a: b}, condition: s}\n";
    load(&[("f.yml", keeps)]);
}

#[test]
fn names_ids_and_references_are_taken_once() {
    let files = [
        ("a.yml", rule("A", "id: x\nname: n\n")),
        ("b.yml", rule("B", "name: n\n")),
        ("c.yml", filter("any", "id: x\n")),
        ("a.yaml", filter("any", "")),
        ("securityhub/cloudwatch-1.yml", filter("any", "")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    insta::assert_snapshot!(build_with(&files, "").unwrap_err(), @r"
    a.yaml:1:1 rule-name
    b.yml:3:7 rule-name
    c.yml:3:5 rule-id
    securityhub/cloudwatch-1.yml:1:1 rule-name
    ");
}

#[test]
fn what_makes_a_rule_unusable_is_refused() {
    let texts = [
        rule("T", "taxonomy: ecs\n"),
        rule("T", "status: unsupported\n"),
        rule("T", "status: stabel\nlevel: hihg\n"),
        rule("T", "").replace("logsource: {product: aws, service: cloudtrail}\n", ""),
        rule("T", "").replace("title: T\n", "titel: T\n"),
        format!("title: T\n{CLOUDTRAIL}detecton: {{}}\n"),
        format!("{}filter: {{}}\n", rule("T", "")),
    ];
    let told = texts.map(|text| build_with(&[("t.yml", &text)], OWN_RULES).err().unwrap_or_else(|| panic!("{text}")));
    insta::assert_snapshot!(told.join("\n\n"), @r"
    t.yml:3:11 sigma-taxonomy

    t.yml:3:9 rule-value

    t.yml:3:9 rule-value
    t.yml:4:8 rule-value

    t.yml:1:1 rule-missing

    t.yml:1:1 rule-key

    t.yml:3:1 rule-key

    t.yml:6:1 rule-form
    ");
}
