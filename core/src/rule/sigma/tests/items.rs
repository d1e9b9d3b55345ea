//! Items: what fields, modifiers and values become.

use super::super::encoding::{Base64, Width, encode};
use super::super::pattern::{tokens, with_dashes};
use super::{condition, field};
use crate::record::decimal::Decimal;
use crate::record::path::Path;
use crate::rule::condition::{
    Comparison, Condition, Matcher, Network, Pattern, Relation, Standing, Test, TimePart, Token,
};
use crate::rule::expression::Expression;
use proptest::prelude::*;

/// Tokens in a line: `*` any, `?` one, `-` a dash, texts between bars.
fn shown(tokens: &[Token]) -> String {
    let shown = tokens.iter().map(|token| match token {
        Token::Text(text) => format!("|{text}|"),
        Token::Any => "*".to_owned(),
        Token::One => "?".to_owned(),
        Token::Dash => "-".to_owned(),
    });
    shown.collect()
}

#[test]
fn backslashes_escape_wildcards_and_themselves_and_nothing_else() {
    for (text, expected) in [
        ("a", "|a|"),
        ("*", "*"),
        ("?", "?"),
        (r"\*", "|*|"),
        (r"\?", "|?|"),
        (r"\", r"|\|"),
        (r"\\", r"|\|"),
        (r"\a", r"|\a|"),
        (r"\\a", r"|\a|"),
        (r"\\*", r"|\|*"),
        (r"\\?", r"|\|?"),
        (r"\\\*", r"|\*|"),
        (r"\\\\", r"|\\|"),
        (r"\\\\*", r"|\\|*"),
        (r"\\\\\*", r"|\\*|"),
        (r"\\\a", r"|\\a|"),
        (r"\\\\a", r"|\\a|"),
        (r"\\\", r"|\\|"),
        (r"\%a%", r"|\%a%|"),
        ("a**?*b", "|a|*?*|b|"),
        ("", ""),
    ] {
        assert_eq!(shown(&tokens(text)), expected, "{text}");
    }
}

#[test]
fn a_dash_that_begins_a_word_behind_none_may_be_any() {
    for (text, expected) in [
        (" -f /c", "| |-|f |-|c|"),
        ("-f", "-|f|"),
        ("a-b", "|a-b|"),
        ("--force", "|-|-|force|"),
        ("- f", "|- f|"),
        ("*-f*-", "*-|f|*|-|"),
        ("a_-é", "|a_-é|"),
        ("(/é", "|(|-|é|"),
        ("-*", "|-|*"),
    ] {
        assert_eq!(shown(&with_dashes(tokens(text))), expected, "{text}");
    }
}

fn pattern(tokens: &[Token], cased: bool, keyword: bool) -> Test {
    Test::Pattern(Pattern { tokens: tokens.to_vec(), cased, keyword })
}

fn text(text: &str) -> Token {
    Token::Text(text.to_owned())
}

fn on(name: &str, test: Test) -> Condition {
    Condition::Test(field(name), test)
}

fn anywhere(test: Test) -> Condition {
    Condition::Test(Path(Vec::new()), test)
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn number(text: &str) -> Decimal {
    Decimal::parse(text.as_bytes()).unwrap()
}

#[test]
fn each_operator_has_its_test() {
    let network = |address: &str, prefix| Test::Cidr(Network { address: address.parse().unwrap(), prefix });
    let pair = |place, cased| Condition::Pair(field("a"), field("b.c"), Comparison { place, cased });
    for (item, expected) in [
        ("a: x", on("a", pattern(&[text("x")], false, false))),
        ("a|cased: x*", on("a", pattern(&[text("x"), Token::Any], true, false))),
        ("a|contains: x", on("a", pattern(&[Token::Any, text("x"), Token::Any], false, false))),
        (r"a|contains: 'x\'", on("a", pattern(&[Token::Any, text(r"x\"), Token::Any], false, false))),
        ("a|contains: '*x'", on("a", pattern(&[Token::Any, text("x"), Token::Any], false, false))),
        ("a|startswith|cased: x", on("a", pattern(&[text("x"), Token::Any], true, false))),
        ("a|endswith: x", on("a", pattern(&[Token::Any, text("x")], false, false))),
        ("a|windash|endswith: -x", on("a", pattern(&[Token::Any, Token::Dash, text("x")], false, false))),
        ("a: ''", on("a", pattern(&[], false, false))),
        ("a: '**'", on("a", Test::Something)),
        ("a|contains: ''", on("a", Test::Something)),
        ("a: null", not(on("a", Test::NotNull))),
        ("a|neq: null", not(not(on("a", Test::NotNull)))),
        ("a|exists: true", on("a", Test::Present)),
        ("a|exists: false", not(on("a", Test::Present))),
        ("a: True", on("a", pattern(&[text("true")], false, false))),
        ("a: -5.0", on("a", Test::Text { matcher: Matcher::Number("-5".to_owned(), number("-5")), negated: false })),
        ("a: 012", on("a", pattern(&[text("012")], false, false))),
        ("a|gt: 1e3", on("a", Test::Numeric(Relation::Greater, number("1000")))),
        ("a|lte: 5", on("a", Test::Numeric(Relation::LessOrEqual, number("5")))),
        ("a|week: 1", on("a", Test::TimePart(TimePart::Week, Relation::Equal, number("1")))),
        ("a|hour|lt: 6", on("a", Test::TimePart(TimePart::Hour, Relation::Less, number("6")))),
        ("a|cidr: 10.0.0.0/8", on("a", network("::ffff:10.0.0.0", 104))),
        ("a|cidr: 10.0.0.1", on("a", network("::ffff:10.0.0.1", 128))),
        ("a|cidr: 0.0.0.0/0", on("a", network("::ffff:0:0", 96))),
        ("a|cidr: 2001:DB8::/32", on("a", network("2001:db8::", 32))),
        ("a|cidr: ::/0", on("a", network("::", 0))),
        ("a|fieldref: b.c", pair(Standing::Whole, false)),
        ("a|fieldref|endswith|cased: b.c", pair(Standing::AtEnd, true)),
        ("a|base64: foo", on("a", pattern(&[text("Zm9v")], false, false))),
        (r"a|base64|contains: 'fo\*'", on("a", pattern(&[Token::Any, text("Zm8q"), Token::Any], false, false))),
        ("a|utf16|base64: cmd", on("a", pattern(&[text("//5jAG0AZAA=")], false, false))),
        ("a|wide: cd", on("a", pattern(&[text("c\0d\0")], false, false))),
        ("a|expand: '%none'", on("a", pattern(&[text("%none")], false, false))),
        (r"a|expand: '\%admins% *'", on("a", pattern(&[text("%admins% "), Token::Any], false, false))),
        ("[foo]", anywhere(pattern(&[Token::Any, text("foo"), Token::Any], false, true))),
        ("foo", anywhere(pattern(&[Token::Any, text("foo"), Token::Any], false, true))),
        ("[7.50]", anywhere(pattern(&[Token::Any, text("7.5"), Token::Any], false, true))),
        ("'|startswith': foo", anywhere(pattern(&[text("foo"), Token::Any], false, true))),
        ("'|cased': foo", anywhere(pattern(&[Token::Any, text("foo"), Token::Any], true, true))),
        ("'|re': fo+", anywhere(Test::Regex(Expression::new("fo+".to_owned()).unwrap()))),
    ] {
        let item = if item.contains(": ") { format!("{{{item}}}") } else { item.to_owned() };
        assert_eq!(condition(&item), expected, "{item}");
    }
}

#[test]
fn lists_are_alternatives_unless_all_is_asked_and_neq_negates_the_whole_item() {
    let x = on("a", pattern(&[text("x")], false, false));
    let y = on("a", pattern(&[text("y")], false, false));
    let list = || vec![x.clone(), y.clone()];
    assert_eq!(condition("a: [x, y]"), Condition::Or(list()));
    assert_eq!(condition("a|all: [x, y]"), Condition::And(list()));
    assert_eq!(condition("a|neq: [x, y]"), not(Condition::Or(list())));
    assert_eq!(condition("a|all|neq: [x, y]"), not(Condition::And(list())));
    assert_eq!(condition("[{a: x}, {a: y}]"), Condition::Or(list()));
    let z = on("b", pattern(&[text("z")], false, false));
    assert_eq!(condition("{a: [x, y], b: z}"), Condition::And(vec![Condition::Or(list()), z]));
}

#[test]
fn all_that_becomes_of_one_value_stays_alternatives_under_all() {
    let contains = |token: &str| on("a", pattern(&[Token::Any, text(token), Token::Any], false, false));
    let offsets = |texts: [&str; 3]| Condition::Or(texts.map(contains).to_vec());
    let expected =
        Condition::And(vec![offsets(["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"]), offsets(["eHh4eHh4", "h4eHh4e", "4eHh4eH"])]);
    assert_eq!(condition("a|base64offset|contains|all: [foobar, xxxxxx]"), expected);
    let admins = [vec![text("x-al"), Token::Any], vec![text("x-bob")]];
    let expected = Condition::Or(admins.map(|tokens| on("a", pattern(&tokens, false, false))).to_vec());
    assert_eq!(condition("a|expand: 'x-%admins%'"), expected);
    let Condition::Or(pairs) = condition("a|expand: '%admins%%admins%'") else { panic!() };
    assert_eq!(pairs.len(), 4);
    let Condition::Or(networks) = condition("a|cidr|expand: '%office%'") else { panic!() };
    assert_eq!(networks.len(), 2);
}

/// Written bit by bit, to be compared with.
fn naive_base64(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let digits: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let encoded = bits.as_bytes().chunks(6).map(|six| {
        let six = format!("{:0<6}", std::str::from_utf8(six).unwrap());
        *digits.get(usize::from_str_radix(&six, 2).unwrap()).unwrap()
    });
    let mut encoded: String = encoded.collect();
    while !encoded.len().is_multiple_of(4) {
        encoded.push('=');
    }
    encoded
}

proptest! {
    #[test]
    fn an_encoded_text_is_found_wherever_it_stands_in_what_was_encoded(
        value in "\\PC{2,12}", before in "[ -~]{0,7}", behind in "[ -~]{0,7}",
    ) {
        let whole = encode(&value, None, Some(Base64::Whole)).unwrap();
        prop_assert_eq!(&whole, &[naive_base64(value.as_bytes())]);
        let variants = encode(&value, None, Some(Base64::AtAnyOffset)).unwrap();
        let text = naive_base64(format!("{before}{value}{behind}").as_bytes());
        prop_assert!(text.contains(variants.get(before.len() % 3).unwrap()), "{variants:?} in {text}");

        let wide = encode(&value, Some(Width::BigEndian), Some(Base64::AtAnyOffset)).unwrap();
        let bytes: Vec<u8> = format!("{before}{value}{behind}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        let text = naive_base64(&bytes);
        prop_assert!(text.contains(wide.get(2 * before.len() % 3).unwrap()), "{wide:?} in {text}");
    }
}
