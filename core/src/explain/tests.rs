//! Explanations of conditions made by hand, so that they need no front end: the wording of every test, what is told of
//! long lists, adjustments, and what is never repeated. That explanations agree with verdicts is shown in the tests
//! package, over real rules and records.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use super::Explainer;
use super::wording::merged;
use crate::record::decimal::Decimal;
use crate::record::path::{Path, Step};
use crate::rule::condition::{
    Comparison, Condition, Matcher, Network, Pattern, Relation, Standing, Test, TimePart, Token,
};
use crate::rule::expression::Expression;
use crate::rule::{Adjustment, Effect, Language, Level, Rule, Tests};
use serde_json::{Value, json};

fn rule(condition: Condition, adjustments: Vec<Adjustment>) -> Rule {
    Rule {
        name: "group/name".to_owned(),
        path: "group/name.yml".to_owned(),
        id: "id".to_owned(),
        title: "Title".to_owned(),
        description: String::new(),
        falsepositives: Vec::new(),
        level: Level::Medium,
        tags: Vec::new(),
        fields: Vec::new(),
        condition,
        adjustments,
        language: Language::Sigma,
        enabled: true,
        tests: Tests::Given(Vec::new()),
    }
}

fn member(keys: &[&str]) -> Path {
    Path(keys.iter().map(|key| Step::Member((*key).to_owned())).collect())
}

fn is(field: &str, text: &str) -> Condition {
    Condition::Test(member(&[field]), Test::Text { matcher: Matcher::Exact(text.to_owned()), negated: false })
}

fn not(part: Condition) -> Condition {
    Condition::Not(Box::new(part))
}

fn named(name: &str, part: Condition) -> Condition {
    Condition::Named(name.to_owned(), Box::new(part))
}

fn record(members: &str) -> String {
    format!(r#"{{"eventSource":"iam.amazonaws.com",{members}}}"#)
}

fn explain(rule: &Rule, record: &str) -> Result<String, String> {
    Explainer::new(rule, true).unwrap().explain(record.as_bytes())
}

fn explained(rule: &Rule, record: &str) -> Value {
    serde_json::from_str(&explain(rule, record).unwrap()).unwrap()
}

/// The members of each part, as an explanation gives them.
fn told<const N: usize>(parts: &Value, members: [&str; N]) -> Vec<[Value; N]> {
    let parts = parts.as_array().unwrap();
    parts.iter().map(|part| members.map(|member| part.get(member).cloned().unwrap_or_default())).collect()
}

/// What is asked, in words.
fn words(condition: Condition) -> String {
    merged(&rule(condition, Vec::new()))
}

#[test]
fn every_test_has_its_sentence() {
    let number = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    let text = |matcher, negated| Test::Text { matcher, negated };
    let tokens = |tokens: &[Token]| Test::Pattern(Pattern { tokens: tokens.to_vec(), cased: false, keyword: false });
    let part = |text: &str| Token::Text(text.to_owned());
    let expression = |source: &str| Expression::new(source.to_owned()).unwrap();
    let network = |address: &str, prefix| Test::Cidr(Network { address: address.parse().unwrap(), prefix });
    for (test, sentence) in [
        (Test::Present, "is there"),
        (Test::Scalar, "is a text, a number or a boolean"),
        (Test::Null, "is null"),
        (Test::Something, "holds a value"),
        (Test::NotNull, "is there and not null"),
        (Test::Boolean(true), "is the boolean true"),
        (Test::Number(Relation::Less, number("-1.50")), "is a number below -1.5"),
        (Test::Numeric(Relation::GreaterOrEqual, number("1e3")), "is a number at least 1000"),
        (text(Matcher::Exact("a\"b".to_owned()), false), r#"is "a\"b""#),
        (text(Matcher::Exact("x".to_owned()), true), r#"is a text other than "x""#),
        (text(Matcher::Number("0012".to_owned(), number("12")), false), "is 0012"),
        (text(Matcher::Prefix("x".to_owned()), false), r#"begins with "x""#),
        (text(Matcher::Suffix("x".to_owned()), true), r#"is a text that does not end with "x""#),
        (text(Matcher::Contains("x".to_owned()), false), r#"contains "x""#),
        (text(Matcher::Glob(vec!["a".to_owned(), String::new()]), true), r#"is a text that is not like "a*""#),
        (text(Matcher::Regex(expression("a+")), false), "matches the regular expression a+"),
        (tokens(&[]), r#"is "" (any case)"#),
        (tokens(&[part("a*")]), r#"is "a*" (any case)"#),
        (tokens(&[Token::Any, part("a"), Token::Any]), r#"contains "a" (any case)"#),
        (tokens(&[part("a"), Token::Any]), r#"begins with "a" (any case)"#),
        (tokens(&[Token::Any, part("a")]), r#"ends with "a" (any case)"#),
        (tokens(&[part("a*"), Token::One, part("b"), Token::Any]), r#"is like "a\\*?b*" (any case)"#),
        (tokens(&[Token::Any]), r#"is like "*" (any case)"#),
        (tokens(&[Token::Any, Token::Dash, part("f"), Token::Any]), r#"contains "-f" (any case, any dash)"#),
        (Test::Pattern(Pattern { tokens: vec![part("a")], cased: true, keyword: false }), r#"is "a" (exact case)"#),
        (Test::Regex(expression("^a$")), "matches the regular expression ^a$"),
        (Test::Regex(expression(r"\x{22}a\x{7B}\x{1F}\\x{41}")), r#"matches the regular expression "a\{\x{1F}\\x{41}"#),
        (network("::ffff:10.0.0.0", 104), "is an address in 10.0.0.0/8"),
        (network("2001:db8::", 32), "is an address in 2001:db8::/32"),
        (Test::TimePart(TimePart::Hour, Relation::Greater, number("22")), "is a time whose hour is above 22"),
        (Test::Instant(Relation::Less, 951_868_799), "is a time before 2000-02-29T23:59:59Z"),
        (Test::Instant(Relation::Equal, -1), "is the time 1969-12-31T23:59:59Z"),
        (Test::Instant(Relation::LessOrEqual, 4_107_542_400), "is a time not after 2100-03-01T00:00:00Z"),
    ] {
        assert_eq!(words(Condition::Test(Path(vec![Step::Field("a.b".to_owned())]), test)), format!("a.b {sentence}"));
    }
}

#[test]
fn fields_are_written_as_their_language_writes_them() {
    let steps = vec![Step::Member("a".to_owned()), Step::AnyElement, Step::Element(3), Step::AnyMember];
    let there = |path| words(Condition::Test(path, Test::Present));
    assert_eq!(there(Path(steps)), "$.a[*][3].* is there");
    assert_eq!(there(member(&["a.b", "c-d"])), "$['a.b'].c-d is there");
    let keyword = Pattern { tokens: vec![Token::Text("x".to_owned())], cased: false, keyword: true };
    assert_eq!(
        words(Condition::Test(Path(Vec::new()), Test::Pattern(keyword))),
        r#"a text of the record is "x" (any case)"#
    );
    let comparison = Comparison { place: Standing::AtEnd, cased: true };
    assert_eq!(words(Condition::Pair(member(&["a"]), member(&["b"]), comparison)), "$.a ends with $.b (exact case)");
}

#[test]
fn a_condition_is_told_with_its_filters_and_overrides() {
    let condition = Condition::And(vec![
        named("selection", is("eventName", "A")),
        not(Condition::Or(vec![named("one", is("a", "b")), is("c", "d")])),
        not(Condition::Test(member(&["x"]), Test::NotNull)),
    ]);
    let adjustment = |source: &str, when, effect| Adjustment { source: source.to_owned(), when, effect };
    let adjustments = vec![
        adjustment("filter/known", not(named("known", is("e", "f"))), Effect::Suppress),
        adjustment("overrides.yml:3", is("g", "h"), Effect::Suppress),
        adjustment("overrides.yml:9", Condition::Or(vec![is("i", "j"), is("i", "k")]), Effect::SetLevel(Level::Low)),
    ];
    let text = r#"(selection and not (one or ($.c is "d")) and ($.x is absent or null)) and (filter/known: known) and not (overrides.yml:3: $.g is "h"); level low if (overrides.yml:9: $.i is one of "j", "k")"#;
    assert_eq!(merged(&rule(condition, adjustments)), text);
    assert_eq!(words(Condition::And(Vec::new())), "anything");
    assert_eq!(words(not(Condition::Or(Vec::new()))), "not (nothing)");
    let long = words(Condition::And(vec![is("a", &"é".repeat(60)); 100]));
    assert!(long.len() < 2100 && long.ends_with('…'), "{} bytes", long.len());
}

#[test]
fn each_part_is_told_with_whether_it_holds_and_what_was_seen() {
    let condition = Condition::And(vec![
        named("selection", Condition::And(vec![is("eventName", "CreateUser"), is("userAgent", "curl")])),
        not(named("filter", is("userAgent", "aws-cli"))),
    ]);
    let record = record(r#""eventName":"CreateUser","userAgent":"aws-cli""#);
    let told = told(
        &explained(&rule(condition, Vec::new()), &record)["parts"],
        ["depth", "kind", "holds", "name", "text", "seen"],
    );
    let seen = |field: &str, text: &str| json!({field: [text]});
    let expected = json!([
        [0, "all", false, null, "all of", null],
        [1, "all", false, "selection", "all of", null],
        [2, "test", true, null, r#"$.eventName is "CreateUser""#, seen("$.eventName", "CreateUser")],
        [2, "test", false, null, r#"$.userAgent is "curl""#, seen("$.userAgent", "aws-cli")],
        [1, "not", false, null, "not", null],
        [2, "test", true, "filter", r#"$.userAgent is "aws-cli""#, seen("$.userAgent", "aws-cli")],
    ]);
    assert_eq!(json!(told), expected);
}

#[test]
fn alternatives_are_one_sentence_that_tells_which_of_them_held() {
    let condition = Condition::Or(vec![is("eventName", "A"), is("eventName", "B"), is("eventName", "C")]);
    let explained = explained(&rule(condition, Vec::new()), &record(r#""eventName":"B""#));
    let parts = told(&explained["parts"], ["text", "holds", "held_by"]);
    assert_eq!(json!(parts), json!([[r#"$.eventName is one of "A", "B", "C""#, true, ["\"B\""]]]));
}

#[test]
fn of_a_long_list_what_decided_is_told_first() {
    let parts = |number| (0..number).map(|part| is(&format!("field{part}"), "x")).collect::<Vec<_>>();
    let rule = rule(Condition::Or(parts(100)), Vec::new());
    let explained = explained(&rule, &record(r#""field7":"x","field99":"x","field3":"y""#));
    let parts = told(&explained["parts"], ["text", "holds"]);
    assert_eq!(parts.len(), 33);
    assert_eq!(parts[0], [json!("any of 100, of which 68 are not told"), json!(true)]);
    assert_eq!(parts[8], [json!(r#"$.field7 is "x""#), json!(true)]);
    assert_eq!(parts[32], [json!(r#"$.field99 is "x""#), json!(true)]);
}

#[test]
fn verdict_and_level_are_those_after_adjustments() {
    let adjustment = |source: &str, when, effect| Adjustment { source: source.to_owned(), when, effect };
    let adjustments = vec![
        adjustment("one", is("a", "1"), Effect::SetLevel(Level::High)),
        adjustment("two", is("a", "1"), Effect::SetLevel(Level::Low)),
        adjustment("three", is("b", "1"), Effect::Suppress),
        adjustment("four", is("b", "1"), Effect::Suppress),
    ];
    let rule = rule(is("eventName", "A"), adjustments);
    for (members, verdict, level, by, applied) in [
        (r#""eventName":"A""#, "match", json!("medium"), json!(null), [false, false, false, false]),
        (r#""eventName":"A","a":"1""#, "match", json!("low"), json!(null), [true, true, false, false]),
        (r#""eventName":"A","a":"1","b":"1""#, "suppressed", json!(null), json!("three"), [true, true, true, false]),
        (r#""eventName":"B","a":"1","b":"1""#, "no_match", json!(null), json!(null), [false, false, false, false]),
    ] {
        let explained = explained(&rule, &record(members));
        let told = [&explained["verdict"], &explained["level"], &explained["suppressed_by"]];
        assert_eq!(told, [&json!(verdict), &level, &by], "{members}");
        let told = told_applied(&explained);
        assert_eq!(told, applied, "{members}");
    }
}

fn told_applied(explained: &Value) -> Vec<bool> {
    let adjustments = explained["adjustments"].as_array().unwrap();
    adjustments.iter().map(|adjustment| adjustment["applied"].as_bool().unwrap()).collect()
}

#[test]
fn no_secret_and_no_endless_value_is_repeated() {
    let there = |path| Condition::Test(path, Test::Present);
    let condition = Condition::And(vec![
        there(member(&["responseElements", "password"])),
        there(member(&["responseElements"])),
        there(Path(vec![Step::Field("responseElements.masterUserPassword.value".to_owned())])),
        there(Path(vec![Step::Member("responseElements".to_owned()), Step::AnyMember])),
        there(member(&["userIdentity", "userName"])),
        there(member(&["userAgent"])),
    ]);
    let long = "x".repeat(100_000);
    let record = record(&format!(
        r#""responseElements":{{"password":"hunter2","masterUserPassword":{{"value":"hunter2"}}}},
           "userIdentity":{{"userName":"hunter2"}},"errorMessage":"No username found in supplied account",
           "userAgent":"{long}""#
    ));
    let text = explain(&rule(condition, Vec::new()), &record).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.matches("(withheld)").count() >= 5, "{text}");
    assert!(text.len() < 10_000, "{} bytes", text.len());
}

#[test]
fn what_is_no_record_of_cloudtrail_is_not_explained() {
    let rule = rule(is("eventName", "A"), Vec::new());
    let why = |record: &str| explain(&rule, record).unwrap_err();
    assert_eq!(why("{"), "the record is not valid JSON");
    assert_eq!(why("{} {}"), "the record is not valid JSON");
    let other = "the record is not a CloudTrail record: it has no `eventSource` that ends in `.amazonaws.com`";
    assert_eq!(why(r#"{"eventName":"A"}"#), other);
    assert_eq!(why(&format!("{}{}", "[".repeat(2000), "]".repeat(2000))), "the record is nested too deep to be judged");
}

#[test]
fn a_number_is_told_in_a_form_that_means_the_same() {
    for (written, told) in [
        ("0.0", "0"),
        ("-1.50", "-1.5"),
        ("12e3", "12000"),
        ("100", "100"),
        ("0.000012", "0.000012"),
        ("123.45e1", "1234.5"),
        ("1e400", "1e400"),
        ("-2.5e-40", "-2.5e-40"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ] {
        let number = Decimal::parse(written.as_bytes()).unwrap();
        assert_eq!(Decimal::parse(number.to_string().as_bytes()), Some(number.clone()), "{written} as {number}");
        assert_eq!(number.to_string(), told);
    }
}
