//! Which rules a pack is made of.

use super::{OWN_RULES, load, rule, told};
use serde_json::{Value, json};

fn names(files: &[(&str, &str)], settings: &str) -> Vec<String> {
    load(files, settings).unwrap().rules.into_iter().map(|rule| rule.name).collect()
}

#[test]
fn the_built_in_rules_are_in_order_and_all_carry_tests() {
    let pack = load(&[], "").unwrap();
    let manifest: Value = serde_json::from_str(&pack.manifest).unwrap();
    let listed = manifest["rules"].as_array().unwrap();
    assert!(listed.iter().all(|rule| rule["built_in"] == true));
    assert_eq!(listed.len(), pack.rules.len() + pack.off.len());
    assert_eq!(manifest["warnings"], json!([]));
    assert!(load(&[], OWN_RULES).unwrap().rules.is_empty());
}

#[test]
fn a_file_of_the_same_name_replaces_a_built_in_rule_and_may_keep_its_id() {
    let pack = load(&[], "").unwrap();
    let Some(first) = pack.rules.first() else { return };
    let mine = rule("Mine", &format!("id: {}", first.id));
    let replaced = load(&[(&format!("{}.yml", first.name), &mine)], "").unwrap();
    assert_eq!(replaced.rules.len(), pack.rules.len());
    assert_eq!(replaced.rules[0].title, "Mine");
    let broken = load(&[(&format!("{}.yml", first.name), "title: Torn")], r#"{"skip_refused":true}"#).unwrap();
    assert_eq!(broken.rules[0].title, first.title);
    let told = told(load(&[("other.yml", &mine)], ""));
    assert!(told.starts_with("other.yml:3:5 rule-id"), "{told}");
}

#[test]
fn the_last_choice_that_names_a_rule_wins_over_former_ones_and_over_its_file() {
    let (on, off) = (rule("On", ""), rule("Off", "enabled: false"));
    let files = [("a/on.yml", on.as_str()), ("a/off.yml", off.as_str()), ("b/on.yml", on.as_str())];
    let with = |select: &str| names(&files, &format!(r#"{{"default_rules":false,"select":[{select}]}}"#));
    assert_eq!(with(""), ["a/on", "b/on"]);
    let disable = r#"{"glob":"*","enabled":false}"#;
    let enable = r#"{"glob":"a/*","enabled":true}"#;
    assert_eq!(with(disable), [""; 0]);
    assert_eq!(with(&format!("{disable},{enable}")), ["a/off", "a/on"]);
    assert_eq!(with(&format!("{enable},{disable}")), [""; 0]);
}

#[test]
fn rules_below_the_lowest_level_stay_listed_but_are_off() {
    let (low, high, plain) = (rule("Low", "level: low"), rule("High", "level: high"), rule("Plain", ""));
    let files = [("low.yml", low.as_str()), ("high.yml", high.as_str()), ("plain.yml", plain.as_str())];
    let pack = load(&files, r#"{"default_rules":false,"min_level":"medium"}"#).unwrap();
    assert_eq!(pack.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["high", "plain"]);
    insta::assert_snapshot!(pack.manifest, @r#"{"format":1,"detector":"trailsieve","version":"0.1.0","expressions":0,"rules":[{"name":"high","id":"high","title":"High","level":"high","language":"cloudwatch","enabled":true,"built_in":false,"tags":[],"description":"","falsepositives":[],"tests":0,"path":"high.yml","adjustments":[]},{"name":"low","id":"low","title":"Low","level":"low","language":"cloudwatch","enabled":false,"built_in":false,"tags":[],"description":"","falsepositives":[],"tests":0,"path":"low.yml","adjustments":[]},{"name":"plain","id":"plain","title":"Plain","level":"medium","language":"cloudwatch","enabled":true,"built_in":false,"tags":[],"description":"","falsepositives":[],"tests":0,"path":"plain.yml","adjustments":[]}],"refused":[],"warnings":[],"adjustments":[],"not_applicable":[]}"#);
}

#[test]
fn skipping_refused_rules_loads_the_rest_and_lists_every_mistake() {
    let good = rule("Good", "");
    let mixed = format!("{}\n---\ntitle: Bad\nfilter_pattern: '{{ $.a = }}'\nlevel: lo\n", rule("First", ""));
    let files = [("good.yml", good.as_str()), ("mixed.yml", mixed.as_str()), ("torn.yml", "title: [")];
    let settings = r#"{"default_rules":false,"skip_refused":true,"select":[{"glob":"torn","enabled":false}]}"#;
    let pack = load(&files, settings).unwrap();
    assert_eq!(pack.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["good", "mixed"]);
    let manifest: Value = serde_json::from_str(&pack.manifest).unwrap();
    let refused: Vec<_> = manifest["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mistake| format!("{}:{} {}", mistake["path"].as_str().unwrap(), mistake["line"], mistake["code"]))
        .collect();
    assert_eq!(
        refused,
        [r#"mixed.yml:6 "pattern-syntax""#, r#"mixed.yml:7 "rule-value""#, r#"torn.yml:2 "yaml-syntax""#]
    );
    assert_eq!(load(&files, OWN_RULES).unwrap_err().len(), 3);
}

#[test]
fn settings_are_read_whole_and_every_slip_is_told() {
    let good = rule("Good", "");
    let files = [("iam/good.yml", good.as_str())];
    let settings = r#"{"default_rules":false,"min_levle":"low","min_level":"hihg","event":1,
        "select":[{"glob":"iam/godo","enabled":true},{"glob":"x"},{"enabled":false,"globs":"y"},7],"skip":true}"#;
    insta::assert_snapshot!(told(load(&files, settings)), @r"
    :0:0 settings: `event` must be true or false, found `1`
    :0:0 settings: `min_level` must be one of informational, low, medium, high, critical, found `hihg`
        did you mean `high`?
    :0:0 settings: `min_levle` is not a known setting
        did you mean `min_level`?
    :2:0 settings: a choice in `select` has no `enabled`
    :3:0 settings: `globs` is not a known setting
        did you mean `glob`?
    :4:0 settings: `select` must be a list of objects with `glob` and `enabled`, found `7`
    :0:0 settings: `skip` is not a known setting
    ");
    let settings =
        r#"{"default_rules":false,"select":[{"glob":"iam/godo","enabled":true},{"glob":"s3/*","enabled":true}]}"#;
    insta::assert_snapshot!(told(load(&files, settings)), @r"
    :1:0 settings: no rule has a name like `iam/godo`
        did you mean `iam/good`?
    :2:0 settings: no rule has a name like `s3/*`
        names are listed by `rules list`; `*` stands for any characters
    ");
    insta::assert_snapshot!(told(load(&files, "{\"event\":true,\n}")), @":0:0 settings: the settings are no JSON object: trailing comma at line 2 column 1");
}
