//! Regular expressions: what they find once they are translated, and what is refused.

use super::super::regex::{Flags, translate};

fn finds(source: &str, flags: Flags, text: &str) -> bool {
    let translated = translate(source, flags).unwrap_or_else(|mistake| panic!("{source}: {}", mistake.message));
    translated.is_found_in(text.as_bytes())
}

const IGNORE_CASE: Flags = Flags { ignore_case: true, ..Flags::NONE };

#[test]
fn expressions_mean_what_other_engines_make_of_them() {
    for (source, found, not_found) in [
        (r"^a\.b$", &["a.b"][..], &["aab", "a.b\n", "xa.b"][..]),
        (r"\d\D", &["5x", "5é"], &["55", "٥x"]),
        (r"\w\W", &["_-", "xé"], &["é-", "__"]),
        (r"\s\S", &["\tx", "\u{b}x", " é"], &["\u{a0}x", "x "]),
        (r"[\d\-x]{2,3}?$", &["x-", "a1-x"], &["ax", "x-\n"]),
        (r"\bfoo\b", &["a foo.", "foo", "éfoo"], &["foo1", "a_foo"]),
        (r"\Bfoo", &["xfoo", "_foo"], &["foo", " foo"]),
        (r"a.b", &["axb", "aéb", "a\rb"], &["ab", "a\nb"]),
        (r"[^a]{3}$", &["éüx"], &["ax", "éü"]),
        (r"(?i)straße|ÄPFEL", &["STRAßE", "äpfel", "Straẞe"], &["strasse", "apfel"]),
        (r"(?i)kelvin\d[^x-z]", &["\u{212a}ELVIN1a"], &["kelvin1Y", "kelvinA"]),
        (r"(?i)[à-é]x", &["ÀX", "éx"], &["ßx", "êx"]),
        (r"x(?i:a)b", &["xAb", "xab"], &["XAb", "xaB"]),
        (r"x(?i)a|b", &["xA", "B"], &["Xa"]),
        (r"(x(?i)a)b", &["xAb"], &["xAB"]),
        (r"(?i)a(?-i)b", &["Ab"], &["AB"]),
        (r"(?m)^b$", &["a\nb\nc"], &["ab", "bc"]),
        (r"(?s)a.b", &["a\nb"], &["ab"]),
        (r"(?:ab)+?c{0,2}\x41\u0042", &["abAB", "ababccAB"], &["abcccAB", "cAB"]),
        (r"\<a\>", &["<a>"], &["a"]),
        (r"[[:alpha:]][[:^digit:]]", &["a-"], &["a1", "1a"]),
        (r"(?i)[[:upper:]]{2}", &["ab"], &["a1"]),
        (r"(?P<n>a)(?<m>b)", &["ab"], &["ba"]),
        (r"\$\{x\}\/\-\@", &["${x}/-@"], &["x"]),
        (r"", &["", "x"], &[]),
    ] {
        for text in found {
            assert!(finds(source, Flags::NONE, text), "{source} in {text:?}");
        }
        for text in not_found {
            assert!(!finds(source, Flags::NONE, text), "{source} not in {text:?}");
        }
    }
    assert!(finds("É[x-z]", IGNORE_CASE, "éY"));
    assert!(finds("^b.c$", Flags { multi_line: true, dot_all: true, ..Flags::NONE }, "a\nb\nc\nd"));
    assert!(!finds("(?-i)a", IGNORE_CASE, "A"));
}

#[test]
fn what_other_engines_read_differently_is_refused_at_its_place() {
    let sources = [
        "(",
        "a)",
        "*a",
        "a{2,1}",
        "[z-a]",
        "[a",
        r"\q",
        "a(?=b)",
        "x(?<!b)c",
        r"(a)\1",
        "a++",
        "a{2}{3}",
        r"x\p{L}",
        r"[\pL]",
        "[a&&b]",
        "[[a]b]",
        "(?x)a b",
        "(?U)a",
        "x{1000}{1000}",
        "[a-z]{9999}",
        r"\Z",
    ];
    let nested = format!("{}a{}", "(".repeat(70), ")".repeat(70));
    let told = sources.into_iter().chain([nested.as_str()]).map(|source| {
        let mistake = translate(source, Flags::NONE).err().unwrap_or_else(|| panic!("{source} is read"));
        format!("{source:.20} @{}", mistake.at)
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    ( @0
    a) @1
    *a @0
    a{2,1} @1
    [z-a] @1
    [a @0
    \q @0
    a(?=b) @1
    x(?<!b)c @1
    (a)\1 @3
    a++ @2
    a{2}{3} @4
    x\p{L} @1
    [\pL] @1
    [a&&b] @1
    [[a]b] @1
    (?x)a b @2
    (?U)a @2
    x{1000}{1000} @7
    [a-z]{9999} @0
    \Z @0
    (((((((((((((((((((( @64
    ");
}
