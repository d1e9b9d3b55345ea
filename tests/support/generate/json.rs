//! JSON texts in every spelling that the grammar allows, and paths into them.
//!
//! Keys come from a small pool, so that duplicates, keys that differ only in case and keys that look like a path meet
//! each other often.

use crate::tree::Step;
use proptest::prelude::*;
use proptest::sample::select;

/// Keys that a scanner might mix up.
const KEYS: [&str; 14] = [
    "a",
    "A",
    "b",
    "",
    "a.b",
    "a-b",
    "k:1",
    "x@y",
    "é",
    "eventName",
    "eventname",
    "0",
    "*",
    "a key that is longer than one block of sixteen bytes",
];

const NUMBERS: [&str; 18] = [
    "0",
    "-0",
    "0.0",
    "-0.0e-0",
    "1",
    "12",
    "123",
    "123.0",
    "1.23e2",
    "1E+2",
    "1e-2",
    "1e400",
    "-1e400",
    "9007199254740993",
    "18446744073709551616",
    "123456789012345678901234567890",
    "0.1e-99999999999999999999",
    "1e99999999999999999999",
];

/// Pieces of the inside of a string: plain, escaped, beyond ASCII, halves of surrogate pairs.
const PIECES: [&str; 24] = [
    "a",
    "AccessDenied",
    " ",
    ".",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "é",
    "日本",
    "\u{1F600}",
    "\u{7f}",
    "\\\"",
    "\\\\",
    "\\/",
    "\\n\\t\\r\\b\\f",
    "\\u0061",
    "\\u0000",
    "\\uD83D\\ude00",
    "\\ud800",
    "\\uDFFF",
    "\\ud83d\\ud83d\\ude00",
];

/// One JSON value, white space between its tokens.
pub fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(5, 64, 6, |inner| {
        let element =
            (space(), inner.clone(), space()).prop_map(|(before, value, after)| format!("{before}{value}{after}"));
        let member = (space(), key(), space(), space(), inner, space())
            .prop_map(|(one, key, two, three, value, four)| format!("{one}{key}{two}:{three}{value}{four}"));
        prop_oneof![
            prop::collection::vec(element, 0..6).prop_map(|elements| format!("[{}]", elements.join(","))),
            prop::collection::vec(member, 0..8).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// A value that is no array and no object.
pub fn scalar() -> impl Strategy<Value = String> + Clone {
    let digits = |length| prop::collection::vec(select((b'0'..=b'9').collect::<Vec<_>>()), length);
    let composed = (1..1_000_000_u64, digits(1..6), -400..400_i32)
        .prop_map(|(whole, fraction, power)| format!("{whole}.{}e{power}", String::from_utf8_lossy(&fraction)));
    prop_oneof![
        1 => select(vec!["null", "true", "false"]).prop_map(str::to_owned),
        2 => select(NUMBERS.to_vec()).prop_map(str::to_owned),
        1 => composed,
        4 => string(),
    ]
    .boxed()
}

/// A string with its quotes; some reach across the blocks in which a scanner may read.
pub fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => (0..80_usize).prop_map(|length| "x".repeat(length)),
    ];
    prop::collection::vec(piece, 0..7).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// A key with its quotes, now and then with characters written as escapes.
pub fn key() -> impl Strategy<Value = String> {
    (select(KEYS.to_vec()), prop_oneof![3 => Just(0), 1 => any::<u64>()]).prop_map(|(key, escapes)| spell(key, escapes))
}

/// White space, mostly none.
pub fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just(""), 1 => select(vec![" ", "\n", "\t", "\r\n", "    "])]
}

/// A path that such values may hold.
pub fn path() -> impl Strategy<Value = Vec<Step>> {
    let field = prop::collection::vec(select(KEYS.to_vec()), 1..3).prop_map(|keys| vec![Step::Field(keys.join("."))]);
    prop_oneof![3 => steps(), 1 => field]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => select(KEYS.to_vec()).prop_map(|key| Step::Member(key.to_owned())),
        1 => Just(Step::AnyMember),
        1 => Just(Step::AnyElement),
        1 => (0..4_usize).prop_map(Step::Element),
    ];
    prop::collection::vec(step, 1..5)
}

/// Writes a text as a JSON string; each set bit makes one character an escape.
pub fn spell(text: &str, escapes: u64) -> String {
    let mut written = String::from("\"");
    for (number, character) in text.chars().enumerate() {
        if escapes >> (number % 64) & 1 == 1 {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                written += &if number % 2 == 0 { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") };
            }
        } else {
            match character {
                '"' | '\\' => written.extend(['\\', character]),
                '\0'..='\x1f' => written += &format!("\\u{:04x}", u32::from(character)),
                _ => written.push(character),
            }
        }
    }
    written + "\""
}
