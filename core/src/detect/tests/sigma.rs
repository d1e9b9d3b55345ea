//! What Sigma's tests say of single values: one table, a value and a test a line.

use super::holds;
use crate::record::decimal::Decimal;
use crate::rule::condition::{
    Comparison, Condition, Matcher, Network, Pattern, Relation, Standing, Test, TimePart, Token,
};
use crate::rule::expression::Expression;

/// `*`, `?` and `~` (a dash) stand for what they are in a pattern; nothing is escaped.
fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for letter in pattern.chars() {
        match (letter, tokens.last_mut()) {
            ('*', _) => tokens.push(Token::Any),
            ('?', _) => tokens.push(Token::One),
            ('~', _) => tokens.push(Token::Dash),
            (_, Some(Token::Text(text))) => text.push(letter),
            _ => tokens.push(Token::Text(letter.to_string())),
        }
    }
    tokens
}

fn pattern(pattern: &str, cased: bool, keyword: bool) -> Test {
    Test::Pattern(Pattern { tokens: tokens(pattern), cased, keyword })
}

#[track_caller]
fn check(test: &Test, value: &str, expected: bool) {
    let record = format!(r#"{{"eventName":"x","a":{value}}}"#);
    let condition = Condition::Test(super::field("a"), test.clone());
    assert_eq!(holds(&condition, &record), expected, "{test:?} of {value}");
}

#[test]
fn patterns_are_compared_with_the_text_that_a_value_has() {
    let yes = [
        ("consolelogin", r#""ConsoleLogin""#),
        ("ÄPFEL*", r#""äpfel/1""#),
        ("stra\u{1e9e}e", r#""STRAße""#),
        ("\u{212a}elvin", r#""KELVIN""#),
        ("\u{17f}k*", r#""SK-1""#),
        ("ΣΊΣΥΦΟΣ", r#""σίσυφος""#),
        ("List*", r#""List""#),
        ("a?b", r#""aéb""#),
        ("a?b", r#""a😀b""#),
        ("?", r#""\n""#),
        ("??", r#""\ud83d\ude00\u65e5""#),
        ("a*z", r#""a\nz""#),
        ("*b?d*", r#""abbcde""#),
        ("*?", r#""日""#),
        ("?*", r#""日""#),
        ("", r#""""#),
        ("*", r#""""#),
        ("**", "1"),
        ("*ab*ab", r#""abab""#),
        ("ab*ab*", r#""abab""#),
        ("x ~f", r#""x —f""#),
        ("~?~", r#""/é-""#),
        ("*~", r#""日–""#),
        ("false", "false"),
        ("TRUE", "true"),
        ("t*", "true"),
        ("5", "5"),
        ("5*", "51"),
        ("1e3", "1E3"),
        ("x", r#"["y",["X"]]"#),
        ("*susp*", r#"{"b":[{"c":"Suspended"}]}"#),
        (r#"*"fromport":22*"#, r#"{ "b" : [ { "fromPort" : 22 } ] }"#),
        (r#"*"s3:GetObject"*"#, r#"{"b":"{\"Action\":[\"s3:GetObject\"]}"}"#),
        (r#"*\"s3:GetObject\"*"#, r#"{"b":"{\"Action\":[\"s3:GetObject\"]}"}"#),
        (r#"*{"c":1}*"#, r#"{"b":2,"b":{"c":0,"c":1}}"#),
        ("*ä*", r#"{"b":"\u00C4"}"#),
        ("*b*:true*", r#"{"B":true}"#),
    ];
    for (text, value) in yes {
        check(&pattern(text, false, false), value, true);
    }
    let no = [
        ("Console", r#""ConsoleLogin""#),
        ("List?", r#""List""#),
        ("ss", r#""ß""#),
        ("é", r#""e\u0301""#),
        ("i", r#""İ""#),
        ("ab*ba", r#""aba""#),
        ("*ab*ab", r#""ab""#),
        ("?", r#""""#),
        ("1", "true"),
        ("1000", "1E3"),
        ("null", "null"),
        ("*", "null"),
        ("*", "[]"),
        ("*x*", r#"["a",["b"]]"#),
        ("Suspended", r#"{"b":"Suspended"}"#),
        ("*}", r#"{"b":"Suspended"}"#),
        ("*b\"y*", r#"{"a":"b","y":1}"#),
        ("*1*", r#"{"b":1,"b":2}"#),
    ];
    for (text, value) in no {
        check(&pattern(text, false, false), value, false);
    }
    check(&pattern("consolelogin", true, false), r#""ConsoleLogin""#, false);
    check(&pattern("*Login", true, false), r#""ConsoleLogin""#, true);
    check(&pattern("*login*", true, false), r#"{"b":"ConsoleLogin"}"#, false);
    check(&pattern("*Login*", true, false), r#"{"b":"ConsoleLogin"}"#, true);
}

#[test]
fn keywords_are_found_anywhere_in_a_record() {
    let record = r#"{"eventName":"StopLogging","a":{"b":["x\"y"],"n":12.50}}"#;
    let keyword = |text: &str| Condition::Test(super::whole(), pattern(text, false, true));
    for text in ["*stoplogging*", "*\"eventname\":*", "*X\"Y*", "*x\\\"y*", "12.50", "stop*", "*:{\"b\"*"] {
        assert!(holds(&keyword(text), record), "{text}");
    }
    for text in ["stop", "*\"eventname\": *", "logging*", "12.5"] {
        assert!(!holds(&keyword(text), record), "{text}");
    }
}

#[test]
fn regular_expressions_see_scalars_and_all_texts_of_objects() {
    let cases = [
        ("foo", r#""xfoox""#, true),
        ("foo", r#""xFOOx""#, false),
        ("^b", r#""a\nb""#, false),
        ("(?m:^)b", r#""a\nb""#, true),
        ("^.$", r#""日""#, true),
        ("[^a]b", r#""éb""#, true),
        ("^true$", "true", true),
        ("^-?1", "-12", true),
        (r#""cidrIp":"0\.0\.0\.0/0""#, r#"{"x": [{"cidrIp": "0.0.0.0/0"}]}"#, true),
        ("^0[.]0", r#"{"x":[{"cidrIp":"0.0.0.0/0"}]}"#, true),
        (r#"^\{"x".*\}$"#, r#"{"x":[{"cidrIp":"0.0.0.0/0"}]}"#, true),
        ("^12$", r#"{"x":[12]}"#, true),
        ("null", r#"{"x":null}"#, true),
        ("^null$", r#"{"x":null}"#, false),
        ("x", r#"["y",{"z":1}]"#, false),
        ("", "null", false),
        ("", r#""""#, true),
        ("a|bc|", r#""q""#, true),
        ("(?:ab|cd)+e?", r#""xcdx""#, true),
        ("a{2}[kK\u{212a}]", r#""aa\u212A""#, true),
    ];
    for (source, value, expected) in cases {
        check(&Test::Regex(Expression::new(source.to_owned()).unwrap()), value, expected);
    }
}

#[test]
fn presence_null_and_emptiness_are_told_apart() {
    let cases = [
        ("null", [true, false, false]),
        ("[]", [true, false, true]),
        ("[ \r]", [true, false, true]),
        ("[null]", [true, false, false]),
        ("[null,1]", [true, true, true]),
        ("[[]]", [true, false, true]),
        ("{}", [true, true, true]),
        ("0", [true, true, true]),
        (r#""""#, [true, true, true]),
    ];
    for (value, expected) in cases {
        for (test, expected) in [Test::Present, Test::Something, Test::NotNull].iter().zip(expected) {
            check(test, value, expected);
        }
    }
}

#[test]
fn numbers_compare_by_value_and_as_texts_where_the_rule_has_a_number() {
    let number = |text: &str| Decimal::parse(text.as_bytes()).into_iter();
    for (value, expected) in [
        ("5", true),
        ("5.0", true),
        ("50e-1", true),
        (r#""5""#, true),
        (r#""05""#, false),
        (r#""5.0""#, false),
        ("true", false),
    ] {
        for decimal in number("5") {
            let matcher = Matcher::Number("5".to_owned(), decimal);
            check(&Test::Text { matcher, negated: false }, value, expected);
        }
    }
    let cases = [
        (Relation::GreaterOrEqual, "5.5", r#""5.5""#, true),
        (Relation::Greater, "5.5", r#""5.5""#, false),
        (Relation::Less, "1e3", r#""9.99e2""#, true),
        (Relation::Less, "9", r#""+5""#, false),
        (Relation::Less, "9", r#"" 5""#, false),
        (Relation::Less, "9", r#""05""#, false),
        (Relation::LessOrEqual, "0", "-0", true),
        (Relation::Less, "9", "true", false),
        (Relation::Less, "9", "null", false),
        (Relation::Greater, "9007199254740992", "9007199254740993", true),
    ];
    for (relation, wanted, value, expected) in cases {
        for decimal in number(wanted) {
            check(&Test::Numeric(relation, decimal), value, expected);
        }
    }
}

#[test]
fn addresses_are_compared_as_addresses() {
    let network = |address: &str, prefix| {
        let address = address.parse().map(|address| Network { address, prefix });
        Test::Cidr(address.unwrap_or(Network { address: std::net::Ipv6Addr::LOCALHOST, prefix: 128 }))
    };
    let (v4, v6) = (network("::ffff:10.0.0.0", 104), network("2001:db8::", 32));
    let cases = [
        (&v4, "10.255.0.1", true),
        (&v4, "11.0.0.1", false),
        (&v4, "::ffff:10.0.0.1", true),
        (&v4, "::FFFF:0A00:0001", true),
        (&v4, "10.0.0", false),
        (&v4, "10.0.0.1 ", false),
        (&v4, "ec2.amazonaws.com", false),
        (&v6, "2001:DB8:0:0::1", true),
        (&v6, "2001:db9::1", false),
        (&network("::", 0), "2001:db9::1", true),
        (&network("::", 0), "10.0.0.1", false),
        (&network("::ffff:0.0.0.0", 96), "10.0.0.1", true),
        (&network("::ffff:0.0.0.0", 96), "2001:db9::1", false),
        (&network("::ffff:10.0.0.1", 128), "10.0.0.1", true),
    ];
    for (test, address, expected) in cases {
        check(test, &format!("\"{address}\""), expected);
    }
    check(&v4, r#"["x","10.1.2.3"]"#, true);
    check(&network("::", 0), "10", false);
}

#[test]
fn parts_of_times_are_read_as_written() {
    let cases = [
        (TimePart::Hour, "2024-05-01T03:59:00Z", "3"),
        (TimePart::Hour, "2024-05-01T23:59:00+05:00", "23"),
        (TimePart::Minute, "20131102T010628Z", "6"),
        (TimePart::Minute, "2024-05-01T03:59", "59"),
        (TimePart::Day, "2024-02-29", "29"),
        (TimePart::Month, "2024-12-30T00:00:00.123Z", "12"),
        (TimePart::Year, "0001-01-01", "1"),
        (TimePart::Week, "2024-12-30T00:00:00Z", "1"),
        (TimePart::Week, "2027-01-01", "53"),
        (TimePart::Week, "2026-11-21", "47"),
        (TimePart::Week, "2023-01-01", "52"),
        (TimePart::Week, "1969-12-29", "1"),
    ];
    for (part, text, wanted) in cases {
        for decimal in Decimal::parse(wanted.as_bytes()).into_iter() {
            check(&Test::TimePart(part, Relation::Equal, decimal), &format!("\"{text}\""), true);
        }
    }
    let wrong = [
        "yesterday",
        "2024-13-01",
        "2023-02-29",
        "2024-05-01T24:00:00Z",
        "2024-05-01T03",
        "2024-05-01 03:59:00",
        "2024-05-01T03:59:00Z ",
        "2024-05-01T03:59:00.Z",
        "2024-5-1",
        "24-05-01",
        "2024-05-01T0359",
        "+024-05-01",
    ];
    for text in wrong {
        for decimal in Decimal::parse(b"0").into_iter() {
            check(&Test::TimePart(TimePart::Year, Relation::Greater, decimal), &format!("\"{text}\""), false);
        }
    }
}

#[test]
fn times_compare_as_instants() {
    // 2026-11-21T08:00:00Z
    let instant = 1_795_248_000;
    let cases = [
        ("2026-11-21T08:00:00Z", "="),
        ("2026-11-21T09:00:00+01:00", "="),
        ("2026-11-21T03:30:00.000-0430", "="),
        ("2026-11-21T07:59:59.999Z", "<"),
        ("2026-11-21T08:00:00.001Z", ">"),
        ("20261121T080001Z", ">"),
        ("2026-11-21T08:00:00", ""),
        ("2026-11-21", ""),
    ];
    for (text, ordering) in cases {
        let relations = [
            (Relation::Less, ordering == "<"),
            (Relation::LessOrEqual, ordering == "<" || ordering == "="),
            (Relation::Equal, ordering == "="),
            (Relation::GreaterOrEqual, ordering == ">" || ordering == "="),
            (Relation::Greater, ordering == ">"),
        ];
        for (relation, expected) in relations {
            check(&Test::Instant(relation, instant), &format!("\"{text}\""), expected);
        }
    }
}

#[test]
fn values_of_two_fields_are_compared_whatever_their_number() {
    let pair = |place, cased| Condition::Pair(super::field("a"), super::field("b"), Comparison { place, cased });
    let cases = [
        (Standing::Whole, r#"{"a":"X","b":["y","x"]}"#, true),
        (Standing::Whole, r#"{"a":["X",true],"b":"TRUE"}"#, true),
        (Standing::Whole, r#"{"a":null,"b":null}"#, false),
        (Standing::Whole, r#"{"a":1,"b":"1"}"#, true),
        (Standing::Whole, r#"{"a":{"c":1},"b":{"c":1}}"#, false),
        (Standing::Whole, "{}", false),
        (Standing::AtEnd, r#"{"a":"user/al","b":"AL"}"#, true),
        (Standing::AtStart, r#"{"a":"user/al","b":"al"}"#, false),
        (Standing::Within, r#"{"a":"user/al","b":"R/"}"#, true),
        (Standing::Within, r#"{"a":"x","b":""}"#, true),
        (Standing::Within, r#"{"a":[],"b":""}"#, false),
    ];
    for (place, record, expected) in cases {
        assert_eq!(holds(&pair(place, false), record), expected, "{place:?} {record}");
    }
    assert!(!holds(&pair(Standing::Whole, true), r#"{"a":"X","b":"x"}"#));
    let numbers = |from: u32, to: u32| (from..to).map(|number| format!("\"<{number}>\"")).collect::<Vec<_>>().join(",");
    for (one, other, expected) in [((0, 500), (499, 900), true), ((0, 500), (500, 900), false)] {
        let record = format!(r#"{{"a":[{}],"b":[{}]}}"#, numbers(one.0, one.1), numbers(other.0, other.1));
        for place in [Standing::Whole, Standing::Within, Standing::AtStart, Standing::AtEnd] {
            assert_eq!(holds(&pair(place, false), &record), expected, "{place:?}");
        }
    }
}
