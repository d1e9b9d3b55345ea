//! The scanner against `serde_json`: what is valid, and which values stand at which path.
//!
//! Validity is that of `RawValue`, values are those of a tree grown from it ([`tree`]) and, wherever it accepts the
//! text, of `serde_json::Value` too. Texts are generated, damaged, published and, for what chance would not find,
//! written by hand.
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::sync::Arc;
use trailsieve_core::limits::MAX_DEPTH;
use trailsieve_core::record::{ProjectionBuilder, Reject, Scanner};
use trailsieve_tests::data;
use trailsieve_tests::generate::{self, json, mutation};
use trailsieve_tests::reading::{Checked, agrees, scanned};
use trailsieve_tests::tree::{self, Step};

#[test]
fn generated_and_damaged_values_are_read_as_serde_json_reads_them() {
    let paths = prop::collection::vec(json::path(), 1..20);
    let strategy = (json::value(), mutation::mutations(), json::value(), paths);
    let (malformed, fruitful) = (Cell::new(0), Cell::new(0));
    let settings = generate::settings(8_000);
    let cases = settings.cases;
    let outcome = TestRunner::new(settings).run(&strategy, |(text, mutations, other, paths)| {
        let damaged = mutation::apply(&mutations, text.as_bytes(), other.as_bytes());
        let mut checked = Checked::new(&paths);
        match checked.reads(&damaged)? {
            None => malformed.set(malformed.get() + 1),
            Some(values) => fruitful.set(fruitful.get() + u32::from(values > 0)),
        }
        // What a scanner remembers of one text must not change how it reads another.
        for text in [text.as_bytes(), &damaged, other.as_bytes(), &damaged] {
            checked.reads(text)?;
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    // Agreement on texts that are all broken, or in which no path leads anywhere, would say little.
    let (malformed, fruitful) = (malformed.get(), fruitful.get());
    assert!(malformed > cases / 5 && malformed < cases * 4 / 5, "{malformed} of {cases} malformed");
    assert!(fruitful > cases / 10, "{fruitful} of {cases} with values");
}

#[test]
fn invented_and_damaged_records_are_read_as_serde_json_reads_them() {
    let record = generate::record::record;
    let strategy = (record(), mutation::mutations(), record());
    let outcome = TestRunner::new(generate::settings(1_500)).run(&strategy, |(text, mutations, other)| {
        let bytes = mutation::apply(&mutations, text.as_bytes(), other.as_bytes());
        let paths = paths_of(&bytes);
        let mut checked = Checked::new(&paths);
        for text in [text.as_bytes(), &bytes, other.as_bytes(), &bytes] {
            checked.reads(text)?;
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn published_records_are_read_as_serde_json_reads_them_also_when_damaged() {
    let Some(records) = data::records() else { return };
    let mutations = generate::sample(records.len(), mutation::mutations());
    let common: Vec<Vec<Step>> = records.iter().step_by(1_000).flat_map(|record| paths_of(&record.bytes)).collect();
    let mut experienced = Checked::new(&common);
    for (number, (record, mutations)) in records.iter().zip(mutations).enumerate() {
        let other = &records[number * 31 % records.len()].bytes;
        for bytes in [record.bytes.clone(), mutation::apply(&mutations, &record.bytes, other)] {
            Checked::new(&paths_of(&bytes))
                .reads(&bytes)
                .and_then(|_| experienced.reads(&bytes))
                .unwrap_or_else(|error| panic!("{}: {error}", record.place));
        }
    }
}

/// Whatever byte goes missing, doubled or wrong in a small record with all that the grammar has.
#[test]
fn every_single_byte_error_is_judged_as_serde_json_judges_it() {
    let record = r#" { "a" : [ 1 , -0.5e+3, true,null ] ,"b\u00e9\n":"é😀\\\"\ud83d\ude00" , "":{"":false,"c":[]} } "#;
    let paths = paths_of(record.as_bytes());
    for at in 0..record.len() {
        let check = |bytes: &[u8]| agrees(bytes, &paths).unwrap_or_else(|error| panic!("byte {at}: {error}"));
        let (before, behind) = record.as_bytes().split_at(at);
        check(before);
        check(&[before, &behind[1..]].concat());
        for byte in 0..=255_u8 {
            check(&[before, &[byte], &behind[1..]].concat());
            check(&[before, &[byte], behind].concat());
        }
    }
}

/// Strings end, and hold what needs a closer look, at every place within and across blocks.
#[test]
fn a_byte_that_matters_is_seen_wherever_it_stands_in_a_string() {
    let pieces: [&[u8]; 14] = [
        b"",
        b"\\\"",
        b"\\\\",
        b"\\n",
        b"\\u0041",
        b"\\ud83d\\ude00",
        b"\\ud83d",
        "é".as_bytes(),
        "日".as_bytes(),
        "\u{1F600}".as_bytes(),
        b"\x80",
        b"\xed\xa0\x80",
        b"\x1f",
        b"\\q",
    ];
    let paths = [vec![Step::Member("k".to_owned())]];
    for before in 0..70 {
        for piece in pieces {
            for behind in [0, 1, 15, 33] {
                let fill = |length| vec![b'x'; length];
                let inside = [&fill(before)[..], piece, &fill(behind)].concat();
                for text in [
                    [b"{\"k\":\"", &inside[..], b"\"}"].concat(),
                    [b"{\"", &inside[..], b"\":1,\"k\":2}"].concat(),
                    [b"{\"k\":\"", &inside[..]].concat(),
                ] {
                    agrees(&text, &paths).unwrap_or_else(|error| panic!("{error}"));
                }
            }
        }
    }
}

#[test]
fn every_utf8_mistake_is_malformed_in_values_and_in_keys_nobody_asks_for() {
    let mistakes: [&[u8]; 12] = [
        b"\x80",
        b"\xbf",
        b"\xc0\xaf",
        b"\xc1\xbf",
        b"\xe0\x9f\xbf",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xf0\x8f\xbf\xbf",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xe2\x82",
        b"\xff",
    ];
    for mistake in mistakes {
        for (before, behind) in
            [("{\"a\":\"", "\"}"), ("{\"", "\":1}"), ("{\"a\":1}", ""), ("{\"a\":[", "]}"), ("", "{}")]
        {
            let text = [before.as_bytes(), mistake, behind.as_bytes()].concat();
            let nothing = Arc::new(ProjectionBuilder::new().build().unwrap());
            let result = Scanner::new(nothing).scan(&text).err();
            assert_eq!(result, Some(Reject::Malformed), "{}", text.escape_ascii());
        }
    }
}

/// What real records and attackers write and a quick reader would get wrong: a text, a path, what stands there.
#[rustfmt::skip]
#[test]
fn values_that_are_easily_misread_are_read_right() {
    let member = |key: &str| Step::Member(key.to_owned());
    let field = |name: &str| Step::Field(name.to_owned());
    let (any_member, any_element) = (Step::AnyMember, Step::AnyElement);
    let cases: Vec<(&str, Vec<Step>, Vec<&str>)> = vec![
        (r#"{"a.b":1,"a":{"b":2}}"#, vec![member("a"), member("b")], vec!["2"]),
        (r#"{"a.b":1,"a":{"b":2}}"#, vec![member("a.b")], vec!["1"]),
        (r#"{"a-b":1,"a:b":2,"a@b":3}"#, vec![member("a:b")], vec!["2"]),
        (r#"{"ab":1,"AB":2,"Ab":3}"#, vec![member("AB")], vec!["2"]),
        (r#"{"a":0.0}"#, vec![member("a")], vec!["0.0"]),
        (r#"{"a":1e400}"#, vec![member("a")], vec!["1e400"]),
        (r#"{"a":9007199254740993}"#, vec![member("a")], vec!["9007199254740993"]),
        (r#"{"a":-123456789012345678901234567890.5E-7}"#, vec![member("a")], vec!["-123456789012345678901234567890.5E-7"]),
        (r#"{"a":"\ud800"}"#, vec![member("a")], vec!["\"\u{FFFD}\""]),
        (r#"{"a":"\ude00\ud83d"}"#, vec![member("a")], vec!["\"\u{FFFD}\u{FFFD}\""]),
        (r#"{"a":"\ud83d\ud83d\ude00x"}"#, vec![member("a")], vec!["\"\u{FFFD}\u{1F600}x\""]),
        (r#"{"a":"\ud83dA\ude00"}"#, vec![member("a")], vec!["\"\u{FFFD}A\u{FFFD}\""]),
        (r#"{"a":"日本 é \u65e5"}"#, vec![member("a")], vec!["\"日本 é 日\""]),
        (r#"{"\u0061":1}"#, vec![member("a")], vec!["1"]),
        (r#"{"\u65E5":1}"#, vec![member("日")], vec!["1"]),
        (r#"{"":1}"#, vec![member("")], vec!["1"]),
        (r#"{"a":1,"\u0061":2}"#, vec![member("a")], vec!["2"]),
        (r#"{"\u0061":1,"a":2,"b":3}"#, vec![member("a")], vec!["2"]),
        (r#"{"a":{"b":1},"a":{"c":2}}"#, vec![member("a"), member("b")], vec![]),
        (r#"{"a":{"b":1},"a":null}"#, vec![member("a"), member("b")], vec![]),
        (r#"{"a":{"b":1},"a":{"b":2}}"#, vec![member("a"), member("b")], vec!["2"]),
        (r#"{"a":[1,2],"a":[3]}"#, vec![member("a"), any_element.clone()], vec!["3"]),
        (r#"{"a":[{"b":1,"b":2},{"b":3,"\u0062":4}]}"#, vec![member("a"), any_element.clone(), member("b")], vec!["2", "4"]),
        (r#"{"a":1,"b":2,"a":3}"#, vec![any_member.clone()], vec!["2", "3"]),
        (r#"{"x":{"a":1},"y":{"a":2},"x":{"b":3}}"#, vec![any_member.clone(), member("a")], vec!["2"]),
        (r#"{"x":{"a":1,"a":2},"\u0078":{"a":3,"a":4}}"#, vec![any_member.clone(), any_member.clone()], vec!["4"]),
        (r#"{"a":[[1,2],[3,4]]}"#, vec![member("a"), Step::Element(1), any_element.clone()], vec!["3", "4"]),
        (r#"{"a":[[1],2,{"b":3}]}"#, vec![member("a"), any_element.clone()], vec!["[1]", "2", r#"{"b":3}"#]),
        (r#"{"a":{"0":1}}"#, vec![member("a"), Step::Element(0)], vec![]),
        (r#"{"a":["x"]}"#, vec![member("a"), member("0")], vec![]),
        (r#"{"a":"{\"b\":1}"}"#, vec![member("a"), member("b")], vec![]),
        ("[1,2]", vec![Step::Element(1)], vec!["2"]),
        (r#"{"a.b":1,"a":{"b":2}}"#, vec![field("a.b")], vec!["1", "2"]),
        (r#"{"a":{"b":1},"a.b":2,"a":{"b":3}}"#, vec![field("a.b")], vec!["2", "3"]),
        (r#"{"a":[{"b":1},[[{"b":[2,[3]]}],4],{"b":5,"b":6}]}"#, vec![field("a.b")], vec!["1", "[2,[3]]", "2", "[3]", "3", "6"]),
        (r#"{"a":[{"b":1}],"a":[{"b":2},{"c":3}]}"#, vec![field("a.b")], vec!["2"]),
        (r#"{"a":{"b.c":{"d":1},"b":{"c.d":2,"c":{"d":3}}},"a.b":{"c":{"d":4}},"a.b.c.d":5}"#, vec![field("a.b.c.d")], vec!["1", "2", "3", "4", "5"]),
        (r#"{"a":[],"b":1}"#, vec![field("a")], vec!["[]"]),
        (r#"{"a":["x"]}"#, vec![field("a.0")], vec![]),
        (r#"{"a":{"":1},"a.":2}"#, vec![field("a.")], vec!["1", "2"]),
        (r#"[{"a":1}]"#, vec![field("a")], vec![]),
    ];
    for (text, path, expected) in cases {
        let found = scanned(text.as_bytes(), &path).unwrap();
        assert_eq!(found, expected, "{text} at {path:?}");
        agrees(text.as_bytes(), &[path]).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The nodes, slots and duplicates of many paths at once are kept apart.
#[test]
fn many_overlapping_paths_each_find_their_own_values() {
    let text =
        r#"{"a":[{"b":1,"c":{"b":2}},{"b":3},[4]],"d":{"b":5,"b":6,"a":[{"b":7}]},"a.b":8,"d":{"b":9,"e":{"b":10}}}"#;
    let keys = ["a", "b", "c", "d", "e", "a.b"].map(|key| Step::Member(key.to_owned()));
    let others = [Step::AnyMember, Step::AnyElement, Step::Element(0), Step::Element(1), Step::Element(2)];
    let steps: Vec<Step> = keys.into_iter().chain(others).collect();
    let mut paths = vec![Vec::new()];
    for length in 0..3 {
        let longer: Vec<Vec<Step>> = paths
            .iter()
            .filter(|path| path.len() == length)
            .flat_map(|path| steps.iter().map(|step| [&path[..], std::slice::from_ref(step)].concat()))
            .collect();
        paths.extend(longer);
    }
    paths.remove(0);
    assert!(paths.len() > 1_400);
    let fields = ["a", "a.b", "a.c.b", "d.a.b", "d.e.b", "d.b", "a.b.c"].map(|name| vec![Step::Field(name.to_owned())]);
    paths.extend(fields);
    agrees(text.as_bytes(), &paths).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_value_of_a_megabyte_is_read_whole() {
    let long = "abcdefg\\u00e9 日本 \\\"".repeat(60_000);
    let digits = "1234567890".repeat(110_000);
    let path = [vec![Step::Member("a".to_owned())], vec![Step::Member("b".to_owned())]];
    for value in [format!("\"{long}\""), digits, format!("[{}0]", "0,".repeat(600_000))] {
        let text = format!("{{\"a\":{value},\"b\":1}}");
        agrees(text.as_bytes(), &path).unwrap_or_else(|error| panic!("{error}"));
        agrees(text.replace("\"b\"", "b\"").as_bytes(), &path).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Valid and judged up to the bound, valid and not judged beyond it, malformed at any depth.
#[test]
fn nesting_is_judged_to_the_bound_and_told_from_mistakes_beyond_it() {
    let bound = MAX_DEPTH as usize;
    let path = [Step::Member("z".to_owned())];
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[", "]}]")] {
        let brackets = open.matches(['[', '{']).count();
        for depth in [1, 127, 128, 129, 200, 201, bound - 1, bound, bound + 1, bound + 2, 5 * bound, 100 * bound] {
            let levels = depth.saturating_sub(1) / brackets;
            let depth = 1 + levels * brackets;
            let deep = format!("{}0{}", open.repeat(levels), close.repeat(levels));
            let text = format!("{{\"y\":{deep},\"z\":1}}");
            let expected = if depth <= bound { Ok(vec!["1".to_owned()]) } else { Err(Reject::TooDeep) };
            assert_eq!(scanned(text.as_bytes(), &path), expected, "{open} {depth} deep");
            let wanted = scanned(text.as_bytes(), &[Step::Member("y".to_owned())]);
            assert_eq!(wanted.map(|found| found.len()).ok(), (depth <= bound).then_some(1), "{open} {depth} deep");

            let mistakes = [
                text.replacen(close, "", 1),
                text.replacen(":1}", ":}", 1),
                text.replacen('0', "00", 1),
                text.replacen('0', "\"\\x\"", 1),
                format!("{text}{close}"),
                format!("{text},"),
                text[..text.len() - 1].to_owned(),
                open.repeat(depth),
                format!("{}}}{}", open.repeat(depth), close.repeat(depth)),
                format!("{}]{}", open.repeat(depth), close.repeat(depth)),
            ];
            for mistake in mistakes.iter().filter(|text| !tree::is_valid(text.as_bytes())) {
                let (start, end) = (&mistake[..mistake.len().min(20)], &mistake[mistake.len().saturating_sub(20)..]);
                let found = scanned(mistake.as_bytes(), &path);
                assert_eq!(found, Err(Reject::Malformed), "{depth} deep, {} bytes: {start} … {end}", mistake.len());
            }
        }
    }
}

/// What keywords search: all of the record, at the path without a step.
#[test]
fn the_whole_record_is_handed_out_with_its_text_and_leaves() {
    let texts = generate::sample(300, json::value());
    let all = [Vec::new()];
    let mut checked = Checked::new(&all);
    for text in &texts {
        checked.reads(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Whatever came before: the same keys in another order, another depth, cut off in the middle.
#[test]
fn what_a_scanner_read_before_changes_nothing() {
    let texts = [
        r#"{"a":1,"b":[2],"c":{"d":3,"e":4}}"#,
        r#"{"a":1,"b":[2],"c":{"d":3,"a":5}}"#,
        r#"{"b":[3],"a":1,"c":{"e":3,"d":4}}"#,
        r#"{"a":1,"b":[2],"c":{"d":3,"e"#,
        r#"{"a":1,"a":2,"b":[2],"b":null}"#,
        r#"{"a" :1,"b": [2],"c":{"d":3,"e":4}}"#,
        r#"{"a":1,"b ":[2],"c":{"d":3,"e":4}}"#,
        r#"{"a":1,"bc":[2],"c":{"d":3,"ef":4},"e":5}"#,
        r#"{"c":[{"a":1,"b":[7]},{"a":1,"b":[8]}]}"#,
        r#"[{"a":1,"b":[2],"c":{"d":3,"e":4}}]"#,
        r#"{"a":{"a":{"a":{"b":9}}},"b":"","c":"d"}"#,
    ];
    let keys = ["a", "b", "c", "d", "e"].map(|key| Step::Member(key.to_owned()));
    let mut paths: Vec<Vec<Step>> = vec![vec![Step::AnyMember, Step::AnyElement], vec![Step::AnyElement]];
    for key in &keys {
        paths.push(vec![key.clone()]);
        paths.push(vec![Step::AnyMember, key.clone()]);
        paths.extend(keys.iter().map(|inner| vec![key.clone(), inner.clone()]));
    }
    let mut checked = Checked::new(&paths);
    for one in &texts {
        for other in &texts {
            for text in [one, other, other, one] {
                checked.reads(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
            }
        }
    }
}

fn keys_of(path: &[Step]) -> Vec<&str> {
    path.iter().filter_map(|step| if let Step::Member(key) = step { Some(key.as_str()) } else { None }).collect()
}

/// Some paths to values of the text, if it is valid, wildcards and fields among them, and one that leads nowhere.
fn paths_of(bytes: &[u8]) -> Vec<Vec<Step>> {
    let mut paths = vec![vec![Step::Member("nowhere".to_owned())], vec![Step::AnyMember]];
    if let Some(tree) = tree::read(bytes) {
        let all = generate::pattern::places(&tree);
        for (number, place) in all.iter().enumerate().step_by(1 + all.len() / 12) {
            let mut path = place.steps().to_vec();
            let at = number % path.len();
            if number % 2 == 0 {
                path[at] = match path[at] {
                    Step::Element(_) => Step::AnyElement,
                    _ => Step::AnyMember,
                };
            }
            paths.push(path);
            let name = keys_of(place.steps()).join(".");
            // Each part more would double the work.
            if name.split('.').count() <= 6 {
                paths.push(vec![Step::Field(name)]);
            }
        }
    }
    paths
}
