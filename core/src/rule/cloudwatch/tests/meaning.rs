//! What patterns mean.

use super::meaning;
use crate::record::decimal::Decimal;
use crate::record::path::{Path, Step};
use crate::rule::condition::{Condition, Matcher, Relation, Test};

fn path(keys: &str) -> Path {
    Path(keys.split('.').map(|key| Step::Member(key.to_owned())).collect())
}

fn text(keys: &str, matcher: Matcher, negated: bool) -> Condition {
    Condition::Test(path(keys), Test::Text { matcher, negated })
}

#[test]
fn each_form_of_comparison_has_its_meaning() {
    let exact = |value: &str| Matcher::Exact(value.to_owned());
    let number = |value: &str| Decimal::parse(value.as_bytes()).unwrap();
    let x = || path("x");
    for (pattern, expected) in [
        ("{ $.x = \"a b\" }", text("x", exact("a b"), false)),
        ("{ $.x = a }", text("x", exact("a"), false)),
        ("{ $.x != a }", text("x", exact("a"), true)),
        ("{ $.x = \"a\\\"b\\\\\" }", text("x", exact("a\"b\\"), false)),
        ("{ $.x = \"\" }", text("x", exact(""), false)),
        ("{ $.x = true }", text("x", exact("true"), false)),
        ("{ $.x = 123.0 }", text("x", Matcher::Number("123.0".into(), number("123")), false)),
        ("{ $.x != +1e3 }", text("x", Matcher::Number("+1e3".into(), number("1000")), true)),
        ("{ $.x = \"123\" }", text("x", exact("123"), false)),
        ("{ $.x = 1.2.3 }", text("x", exact("1.2.3"), false)),
        ("{ $.x = iam.amazonaws.com }", text("x", exact("iam.amazonaws.com"), false)),
        ("{ $.x = a:b/c@d+e-f_g }", text("x", exact("a:b/c@d+e-f_g"), false)),
        ("{ $.x = a* }", text("x", Matcher::Prefix("a".into()), false)),
        ("{ $.x = 12* }", text("x", Matcher::Prefix("12".into()), false)),
        ("{ $.x != \"*a\" }", text("x", Matcher::Suffix("a".into()), true)),
        ("{ $.x = **a** }", text("x", Matcher::Contains("a".into()), false)),
        ("{ $.x = a*b }", text("x", Matcher::Glob(vec!["a".into(), "b".into()]), false)),
        ("{ $.x = *a**b* }", text("x", Matcher::Glob(vec!["".into(), "a".into(), "b".into(), "".into()]), false)),
        ("{ $.x = * }", Condition::Test(x(), Test::Scalar)),
        ("{ $.x = \"**\" }", Condition::Test(x(), Test::Scalar)),
        ("{ $.x != * }", Condition::Or(vec![])),
        ("{ $.x IS NULL }", Condition::Test(x(), Test::Null)),
        ("{ $.x IS\tTRUE }", Condition::Test(x(), Test::Boolean(true))),
        ("{ $.x IS FALSE }", Condition::Test(x(), Test::Boolean(false))),
        ("{ $.x NOT\n EXISTS }", Condition::Not(Box::new(Condition::Test(x(), Test::Present)))),
        ("{ $.x >= -2.50 }", Condition::Test(x(), Test::Number(Relation::GreaterOrEqual, number("-2.5")))),
        ("{ $.x<=1e3}", Condition::Test(x(), Test::Number(Relation::LessOrEqual, number("1000")))),
        ("{ $.x > 1 }", Condition::Test(x(), Test::Number(Relation::Greater, number("1")))),
        ("{ $.x < 1 }", Condition::Test(x(), Test::Number(Relation::Less, number("1")))),
    ] {
        assert_eq!(meaning(pattern), expected, "{pattern}");
    }
}

#[test]
fn each_form_of_selector_reaches_its_path() {
    let member = |key: &str| Step::Member(key.to_owned());
    for (selector, steps) in [
        ("$.a.b-c_1", vec![member("a"), member("b-c_1")]),
        ("$.['a.b'].c", vec![member("a.b"), member("c")]),
        ("$['a\"]']['ü']", vec![member("a\"]"), member("ü")]),
        ("$.a[0][12].b", vec![member("a"), Step::Element(0), Step::Element(12), member("b")]),
        ("$.a[*].b", vec![member("a"), Step::AnyElement, member("b")]),
        ("$.a.*.b", vec![member("a"), Step::AnyMember, member("b")]),
        ("$.*", vec![Step::AnyMember]),
        ("$[0]", vec![Step::Element(0)]),
    ] {
        let expected = Condition::Test(Path(steps), Test::Null);
        assert_eq!(meaning(&format!("{{ {selector} IS NULL }}")), expected, "{selector}");
    }
}

#[test]
fn and_binds_tighter_than_or_and_brackets_bind_tightest() {
    let is = |key: &str| Condition::Test(path(key), Test::Null);
    let read = |pattern: &str| {
        let written = pattern.replace('a', "$.a IS NULL").replace('b', "$.b IS NULL").replace('c', "$.c IS NULL");
        meaning(&format!("{{{written}}}"))
    };
    let or_and = Condition::Or(vec![is("a"), Condition::And(vec![is("b"), is("c")])]);
    assert_eq!(read("a || b && c"), or_and);
    assert_eq!(read("a||(b&&c)"), or_and);
    assert_eq!(read("((a || ((b) && c)))"), or_and);
    assert_eq!(read("(a || b) && c"), Condition::And(vec![Condition::Or(vec![is("a"), is("b")]), is("c")]));
    assert_eq!(read("a && (b && c)"), Condition::And(vec![is("a"), is("b"), is("c")]));
    assert_eq!(read("(a || b) || c"), Condition::Or(vec![is("a"), is("b"), is("c")]));
}

#[test]
fn a_regex_matches_what_cloudwatch_documents() {
    let is_match = |body: &str, subject: &str| {
        let Condition::Test(_, Test::Text { matcher: Matcher::Regex(expression), .. }) =
            meaning(&format!("{{ $.a = %{body}% }}"))
        else {
            panic!("{body}");
        };
        expression.is_found_in(subject.as_bytes())
    };
    for (body, subject, expected) in [
        ("ell", "hello", true),
        ("ELL", "hello", false),
        ("^ell", "hello", false),
        ("^hello$", "hello", true),
        ("gra|ey", "grey", true),
        ("gra|ey", "gr", false),
        ("a.c", "aéc", true),
        ("^.{3}$", "äöü", true),
        ("a.c", "a\nc", false),
        (r"^\d+$", "٣", false),
        (r"^\d+$", "123", true),
        (r"^\w+$", "a_Z9", true),
        (r"^\w+$", "é", false),
        (r"^\W$", "é", true),
        (r"^[^\W]+$", "ab", true),
        (r"^[\D5]+$", "a5é", true),
        (r"^[\D5]+$", "6", false),
        (r"^\s$", "\t", true),
        (r"^\s$", "\u{b}", false),
        (r"^\S$", "é", true),
        (r"^a{,2}$", "aa", true),
        (r"^a{,2}$", "aaa", false),
        (r"^a{2,}$", "aaaa", true),
        (r"^a{2}$", "a", false),
        (r"^a{1,2}$", "aa", true),
        (r"a\{2\}", "a{2}", true),
        (r"10\.0\.0\.1", "10a0b0c1", false),
        (r"^a?b*?c$", "bbc", true),
        ("a-b:c_d#e=f@g/h;i,j", "a-b:c_d#e=f@g/h;i,j", true),
        (r"^\x41\x20\x28$", "A (", true),
        ("^[a-c-]+$", "b-", true),
        ("^[a-c-]+$", "d", false),
        ("^[--/]$", ".", true),
        ("^[a^]+$", "^a", true),
        ("^[.*+?|{}$]+$", ".*+?|{}$", true),
        ("^[.]$", "x", false),
        (r"^[\[\]\\]+$", r"[]\", true),
        ("a]}", "a]}", true),
        ("^$", "", true),
    ] {
        assert_eq!(is_match(body, subject), expected, "%{body}% on {subject:?}");
    }
}
