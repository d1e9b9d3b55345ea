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
        let help = if mistake.help.is_empty() { String::new() } else { format!(" — {}", mistake.help) };
        format!("{source:.20} @{} {}{help}", mistake.at, mistake.message)
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    ( @0 `re` cannot read this: unclosed group — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    a) @1 `re` cannot read this: unopened group — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    *a @0 `re` cannot read this: repetition operator missing expression — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    a{2,1} @1 `re` cannot read this: invalid repetition count range, the start must be <= the end — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    [z-a] @1 `re` cannot read this: invalid character class range, the start must be <= the end — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    [a @0 `re` cannot read this: unclosed character class — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    \q @0 `re` cannot read this: unrecognized escape sequence — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    a(?=b) @1 `re` cannot read this: look-around, including look-ahead and look-behind, is not supported — test what must not be there in an identifier of its own, and write `and not` in the condition
    x(?<!b)c @1 `re` cannot read this: look-around, including look-ahead and look-behind, is not supported — test what must not be there in an identifier of its own, and write `and not` in the condition
    (a)\1 @3 `re` cannot read this: backreferences are not supported — write out what the group may hold
    a++ @2 a repetition is repeated, which other engines read as a possessive one — put the inner one in brackets: `(?:a+)+`
    a{2}{3} @4 a repetition is repeated, which other engines read as a possessive one — put the inner one in brackets: `(?:a+)+`
    x\p{L} @1 classes of Unicode are not read — write the characters out, as in `[A-Za-zÀ-ÿ]`
    [\pL] @1 classes of Unicode are not read — write the characters out, as in `[A-Za-zÀ-ÿ]`
    [a&&b] @1 `&&`, `--` and `~~` in a class mean other things in other engines — put a backslash before each character that stands for itself
    [[a]b] @1 a class within a class means other things in other engines — a bracket that stands for itself is `\[`
    (?x)a b @2 only the flags i, m and s are read — write it out without
    (?U)a @2 only the flags i, m and s are read — write it out without
    x{1000}{1000} @7 a repetition is repeated, which other engines read as a possessive one — put the inner one in brackets: `(?:a+)+`
    [a-z]{9999} @0 this regular expression is too large once its repetitions are written out — lower the numbers in `{…}`; `.*` costs less than `.{0,200}`
    \Z @0 `re` cannot read this: unrecognized escape sequence — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    (((((((((((((((((((( @64 `re` cannot read this: exceed the maximum number of nested parentheses/brackets (64) — an operator that stands for itself has a backslash before it, as in `\(`; `contains` needs none
    ");
}
