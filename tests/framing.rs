//! The framer: the same items for the same bytes, however they come, and those that a naive framer finds.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use proptest::collection::vec;
use proptest::prelude::*;
use trailsieve::framing::{Kind, Mode};
use trailsieve_tests::framing::{Located, in_pieces, naively};

const LIMIT: usize = 1024 * 1024;

/// Pieces of which nearly everything can be put together that a framer can meet.
fn fragment() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\u{feff}",
        "\"Records\"",
        "{\"Records\":[",
        "\"Records\" : [",
        ",\"Records\":[",
        "{\"Events\": [",
        "{\"logEvents\":[",
        "{\"messageType\":\"DATA_MESSAGE\",",
        "\"subscriptionFilters\":[\"x\"],",
        "\"owner\":",
        "\"logEvents\" : [",
        "]}",
        "]}\n",
        "{\"a\":1}",
        "{\"a\":1}\n",
        "{\"a\":1},",
        "{\"a\":\"}\\\"\\\\\"}",
        "{\"a\":[{\"b\":{}}]}",
        "{\n  \"a\": [\n    1\n  ]\n}",
        "12",
        "null",
        "\"text\"",
        "-",
        "plain text",
        "{}",
        "[]",
        "\\\"",
        "\\\\",
        "[\"\\\\\",",
        "é",
        "\u{0}",
        "\u{1e}",
        "\n\"text\"",
        "\n\"text\" \r\n",
        "\n\"{\\\"a\\\":1}\",\r\n",
        "\"{\\\"a\\\":1}\", ",
        "\n\"{\\\"a",
        ",\"x\":{},",
    ]);
    prop_oneof![
        12 => fixed.prop_map(str::to_owned),
        1 => (1_usize..150).prop_map(|length| "x".repeat(length)),
        1 => (1_usize..150).prop_map(|depth| "[".repeat(depth)),
        1 => (1_usize..150).prop_map(|depth| "]".repeat(depth)),
    ]
}

fn mode() -> impl Strategy<Value = Mode> {
    prop::sample::select(vec![Mode::Guess, Mode::Guess, Mode::Lines, Mode::Document])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_any_bytes_gives_what_the_naive_framer_finds(
        fragments in vec(fragment(), 0..30),
        mode in mode(),
        max_record in prop_oneof![Just(LIMIT), 1_usize..120],
        mut cuts in vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let input = fragments.concat().into_bytes();
        let mut cuts: Vec<usize> = cuts.drain(..).map(|cut| cut.index(input.len() + 1)).collect();
        cuts.sort_unstable();
        let expected = naively(&input, mode, max_record);
        prop_assert_eq!(&in_pieces(&input, mode, max_record, &cuts), &expected);
        let every: Vec<usize> = (0..input.len()).collect();
        prop_assert_eq!(&in_pieces(&input, mode, max_record, &every), &expected);
    }
}

/// What is located, without what follows behind the records of an envelope.
fn located(text: &str, mode: Mode) -> Vec<(Kind, &str)> {
    let found: Vec<Located> = in_pieces(text.as_bytes(), mode, LIMIT, &[]);
    let found = found.into_iter().filter(|(kind, ..)| *kind != Kind::Tail);
    found.map(|(kind, start, end)| (kind, text.get(start..end).unwrap())).collect()
}

#[test]
fn values_are_found_in_every_form_that_they_come_in() {
    use Kind::{Element, Malformed, Record, Text};
    type Case<'a> = (&'a str, &'a [(Kind, &'a str)]);
    let cases: &[Case<'_>] = &[
        ("{\"a\":1}\n\n  \r\n{\"b\":2}", &[(Record, "{\"a\":1}"), (Record, "{\"b\":2}")]),
        ("\u{feff}{}\r\n{}\r\n", &[(Record, "{}"), (Record, "{}")]),
        ("\u{feff}{}\n\u{feff}{}\u{feff}{}", &[(Record, "{}"), (Record, "{}"), (Record, "{}")]),
        ("\u{feff}\n\u{feff}{\n}\n\u{feff}{\n}", &[(Record, "{\n}"), (Record, "{\n}")]),
        ("{\n}\n\u{feff}[{},\n{}]", &[(Record, "{\n}"), (Record, "{}"), (Record, "{}")]),
        ("\u{fefe}{}\n[\u{feff}{}]", &[(Text, "\u{fefe}{}"), (Malformed, "\u{feff}{}]")]),
        ("{}{} {},{}", &[(Record, "{}"), (Record, "{}"), (Record, "{}"), (Record, "{}")]),
        ("{} and {}\n{}", &[(Record, "{}"), (Text, "and {}"), (Record, "{}")]),
        ("{\"Records\":[{\"a\":1},{\"a\":2}]}", &[(Record, "{\"a\":1}"), (Record, "{\"a\":2}")]),
        ("{\"Records\":[{\"a\":1}],\"x\":[{}],\"y\":{}}{}", &[(Record, "{\"a\":1}"), (Record, "{}")]),
        ("{\"x\":[{}],\"Records\":[{\"a\":1}]}{}", &[(Record, "{\"x\":[{}],\"Records\":[{\"a\":1}]}"), (Record, "{}")]),
        ("{\"eventName\":\"A\",\"Records\":[]}", &[(Record, "{\"eventName\":\"A\",\"Records\":[]}")]),
        ("{\"Records\":0,\"Records\":[{}]}", &[(Record, "{\"Records\":0,\"Records\":[{}]}")]),
        ("{\"Records\":[{\"a\":1}],\"Records\":[{\"a\":2}]}", &[(Record, "{\"a\":1}"), (Record, "{\"a\":2}")]),
        ("{\"x\":{\"Records\":[{}]}}", &[(Record, "{\"x\":{\"Records\":[{}]}}")]),
        ("{\"Records\":{}}", &[(Record, "{\"Records\":{}}")]),
        ("{\"Records\":[]}", &[]),
        ("{\"Events\":[{\"a\":1},{}],\"NextToken\":\"x\"}", &[(Record, "{\"a\":1}"), (Record, "{}")]),
        ("{\"Messages\" : [{}\n]}", &[(Record, "{}"), (Malformed, ""), (Text, "]}")]),
        ("{\n\"owner\":\"a\",\"logEvents\":[{\n}]}", &[(Record, "{\n}")]),
        ("{\"a\":\"b\",\"logEvents\":[{}]}", &[(Record, "{\"a\":\"b\",\"logEvents\":[{}]}")]),
        (
            "[{},1,\"]\",[{}],null]",
            &[(Record, "{}"), (Text, "1"), (Element, "\"]\""), (Element, "[{}]"), (Text, "null")],
        ),
        ("[{\"Records\":[{}]}]", &[(Record, "{\"Records\":[{}]}")]),
        ("[{},{} {}\n{}", &[(Record, "{}"), (Record, "{}"), (Malformed, "{}"), (Record, "{}")]),
        ("[{}\n{}", &[(Record, "{}"), (Malformed, ""), (Record, "{}")]),
        ("{\"a\":1\n{}", &[(Malformed, "{\"a\":1"), (Record, "{}")]),
        ("{\"a\":[}\n{}", &[(Malformed, "{\"a\":[}"), (Record, "{}")]),
        ("{\n\"a\":1\n}\n{}", &[(Record, "{\n\"a\":1\n}"), (Record, "{}")]),
        ("\n{\"Records\": [\r\n{\n},\n{}\n]\n}\n", &[(Record, "{\n}"), (Record, "{}")]),
        ("[\n{},\n{\n", &[(Record, "{}"), (Malformed, "{\n")]),
        ("{\"a\":\"{\n{}", &[(Malformed, "{\"a\":\"{"), (Record, "{}")]),
        ("{}\n{\n}\n", &[(Record, "{}"), (Malformed, "{"), (Text, "}")]),
        ("text {}\n12\n", &[(Text, "text {}"), (Text, "12")]),
        ("\"{}\",\r\n\"\\\"\n\"a\",\"b\"\n", &[(Element, "\"{}\""), (Text, "\"\\\""), (Text, "\"a\",\"b\"")]),
        ("\"{\\\"a\n\"{\\\"a\"\n", &[(Malformed, "\"{\\\"a"), (Element, "\"{\\\"a\"")]),
        (
            "\"{\\\"a\\\":1}\" \"{\\\"b\\\":2}\",\"c\"\n{}",
            &[(Element, "\"{\\\"a\\\":1}\""), (Element, "\"{\\\"b\\\":2}\""), (Element, "\"c\""), (Record, "{}")],
        ),
        (
            "\"{\\\"a\\\":1}\"\"{\\\"b\n\"{\\\"a\\\":1}\" and\n",
            &[(Element, "\"{\\\"a\\\":1}\""), (Malformed, "\"{\\\"b"), (Text, "\"{\\\"a\\\":1}\" and")],
        ),
        ("\0\0{}\0\n\u{1e}{}\n\u{1}{}", &[(Record, "{}"), (Record, "{}"), (Text, "\u{1}{}")]),
    ];
    for (text, expected) in cases {
        assert_eq!(&located(text, Mode::Guess), expected, "{text}");
    }
}

#[test]
fn what_follows_the_records_of_an_envelope_is_held_to_be_looked_at() {
    let text = "{\"Records\":[{}] , \"x\":[1],\"Records\":[{}],\"y\":0}{}";
    let found = in_pieces(text.as_bytes(), Mode::Guess, LIMIT, &[20, 30]);
    let expected = [
        (Kind::Record, "{}"),
        (Kind::Tail, " , \"x\":[1]"),
        (Kind::Record, "{}"),
        (Kind::Tail, ",\"y\":0}"),
        (Kind::Record, "{}"),
    ];
    let found: Vec<_> = found.into_iter().map(|(kind, start, end)| (kind, text.get(start..end).unwrap())).collect();
    assert_eq!(found, expected);
    let oversized = in_pieces(text.as_bytes(), Mode::Guess, 6, &[]);
    assert_eq!(oversized.iter().filter(|(kind, ..)| *kind == Kind::Oversized).count(), 1);
}

/// What is nested deeper than a record may be long would take memory without end, a bit a bracket.
#[test]
fn what_is_nested_without_end_breaks_off() {
    let text = format!("{}{{\"a\":{}\n{{}}", "{}\n", "[".repeat(10_000));
    let every: Vec<usize> = (0..text.len()).step_by(7).collect();
    let found = in_pieces(text.as_bytes(), Mode::Guess, 1_000, &every);
    assert_eq!(found, naively(text.as_bytes(), Mode::Guess, 1_000));
    let kinds: Vec<Kind> = found.iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds, [Kind::Record, Kind::Oversized, Kind::Record]);
    let closed = format!("{}{}{{}}", "[[".repeat(1_100), "]]".repeat(1_100));
    let found = in_pieces(closed.as_bytes(), Mode::Document, 1_000, &[500, 1_500, 3_000]);
    assert_eq!(found, naively(closed.as_bytes(), Mode::Document, 1_000));
    assert_eq!(found.len(), 1, "the whole rest is oversized");
}

#[test]
fn half_a_byte_order_mark_at_the_end_is_text() {
    for (cut, kinds) in [(4, &[Kind::Record, Kind::Text][..]), (5, &[Kind::Record, Kind::Text]), (6, &[Kind::Record])] {
        let input = "{}\n\u{feff}".as_bytes().get(..cut).unwrap();
        let every: Vec<usize> = (0..cut).collect();
        let found = in_pieces(input, Mode::Guess, LIMIT, &every);
        assert_eq!(found.iter().map(|(kind, ..)| *kind).collect::<Vec<_>>(), kinds);
        assert_eq!(found, naively(input, Mode::Guess, LIMIT));
    }
}

#[test]
fn the_mode_can_be_overruled() {
    assert_eq!(located("{\n}", Mode::Lines), [(Kind::Malformed, "{"), (Kind::Text, "}")]);
    assert_eq!(located("{\"a\"\n:1}", Mode::Document), [(Kind::Record, "{\"a\"\n:1}")]);
    assert_eq!(located("{\"a\"\n:1}", Mode::Guess), [(Kind::Malformed, "{\"a\""), (Kind::Text, ":1}")]);
}

#[test]
fn an_input_cut_anywhere_breaks_off_once_and_loses_nothing_before() {
    let whole = "{\"Records\":[{\"a\":[1,\"x\\\"]}\"]},{\"b\":{}},{\"c\":null}],\"d\":{\"e\":[]}}";
    for cut in 1..whole.len() {
        let text = whole.get(..cut).unwrap();
        let found = located(text, Mode::Guess);
        let complete = found.iter().filter(|(kind, _)| *kind == Kind::Record).count();
        let expected = ["]}\"]}", "{}}", "null}"].iter().filter(|end| text.contains(*end)).count();
        assert_eq!((complete, found.len()), (expected, expected + 1), "{text}");
        assert_eq!(found.last().unwrap().0, Kind::Malformed, "{text}");
    }
}

#[test]
fn the_size_limit_is_a_records() {
    let text = format!("{{\"Records\":[{{}},{{\"a\":\"{}\"}},{{\"b\":1}}]}}", "x".repeat(100));
    let found = in_pieces(text.as_bytes(), Mode::Guess, 50, &[20, 40, 60, 80, 100]);
    let kinds: Vec<Kind> = found.iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds, [Kind::Record, Kind::Oversized, Kind::Record, Kind::Tail]);
    for (length, kind) in [(50, Kind::Record), (51, Kind::Oversized)] {
        let text = format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
        assert_eq!(in_pieces(text.as_bytes(), Mode::Guess, 50, &[]), [(kind, 0, length)]);
    }
    // A string is text, unless it begins as one that says an object.
    for (first, kind) in [("{\\\"", Kind::Oversized), ("text", Kind::Text)] {
        let text = format!("\"{first}{}\"", "x".repeat(100));
        for cuts in [&[][..], &[10, 70]] {
            assert_eq!(in_pieces(text.as_bytes(), Mode::Guess, 50, cuts), [(kind, 0, text.len())]);
        }
    }
}
