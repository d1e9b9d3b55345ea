//! `convert --to parquet`: what another reader finds in the file, and what the definition of the table says of it.
//!
//! Arrow reads the files, and the definition is read here by a few lines that know no column.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects by failing"
)]

use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use trailsieve::batch::{Copies, Counts, Judge, Judged, Records};
use trailsieve::input::Input;
use trailsieve::output::Parquet;
use trailsieve::pipeline::{Options, run};
use trailsieve_core::convert::{self, COLUMNS, Column, Converted, Format, Shape};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, command, err, out};
use trailsieve_tests::{data, python};

/// The release that the test was written against.
const PYARROW: &str = "pyarrow==26.0.1";

/// What Arrow finds in a file.
#[derive(Deserialize)]
struct Found {
    columns: Vec<(String, Value)>,
    /// How many rows each row group has.
    groups: Vec<usize>,
    packed: Vec<String>,
    by: String,
    rows: Vec<Value>,
}

/// What Arrow finds in these files; `None` where it cannot be had.
fn read(test: &str, files: &[&Path]) -> Option<Vec<Found>> {
    let mut check = Command::new(python::with(test, PYARROW, "pyarrow.parquet")?);
    check.arg(workspace().join("tests/parquet_check.py")).args(files).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = check.output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    Some(out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Columns and their types, as Arrow names them.
type Types = Vec<(String, Value)>;

/// The columns of the definition.
fn defined() -> Types {
    let ddl = out(&command(["convert", "--to", "parquet", "--ddl"]).output().unwrap());
    let columns = ddl.split_once("(\n").unwrap().1.split_once("\n)").unwrap().0;
    let lines = columns.lines().map(|line| line.trim().trim_end_matches(',').split_once(' ').unwrap());
    lines.map(|(name, kind)| (name.trim_matches('`').to_owned(), type_of(kind))).collect()
}

/// A type of SQL.
fn type_of(kind: &str) -> Value {
    let within = |kind: &str, name: &str| kind.strip_prefix(name)?.strip_suffix('>').map(str::to_owned);
    match kind {
        "string" => json!("string"),
        "timestamp" => json!("timestamp[ms, tz=UTC]"),
        kind => match (within(kind, "array<"), within(kind, "struct<")) {
            (Some(element), _) => json!({ "array": type_of(&element) }),
            (_, Some(members)) => {
                let member =
                    |text: String| text.split_once(':').map(|(name, kind)| json!([name, type_of(kind)])).unwrap();
                json!({ "struct": parts(&members).into_iter().map(member).collect::<Vec<_>>() })
            }
            _ => panic!("a type that nobody knows: {kind}"),
        },
    }
}

/// What stands between the commas that are in no brackets.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in text.chars() {
        depth += match letter {
            '<' => 1,
            '>' => -1,
            _ => 0,
        };
        match letter {
            ',' if depth == 0 => parts.push(String::new()),
            letter => parts.last_mut().unwrap().push(letter),
        }
    }
    parts
}

/// A row as a reader has it: what is left out is null, down to the members of what is there.
fn full(row: &Value, types: &[(String, Value)]) -> Value {
    let column = |(name, kind): &(String, Value)| (name.clone(), filled(row.get(name), kind));
    Value::Object(types.iter().map(column).collect())
}

fn filled(value: Option<&Value>, kind: &Value) -> Value {
    let members = |kind: &Value| serde_json::from_value::<Types>(kind.clone()).ok();
    match (value, kind.get("struct").and_then(members), kind.get("array")) {
        (None | Some(Value::Null), ..) => Value::Null,
        (Some(value), Some(members), _) => full(value, &members),
        (Some(Value::Array(elements)), _, Some(element)) => {
            elements.iter().map(|it| filled(Some(it), element)).collect()
        }
        (Some(value), ..) => value.clone(),
    }
}

/// The rows that the core makes of these records.
fn rows(records: &[u8]) -> Vec<Value> {
    let converted = convert::convert(Format::Row, records, "").unwrap();
    let row = |converted| match converted {
        Converted::Lines(lines) => lines.into_iter().map(|line| serde_json::from_str(&line).unwrap()).collect(),
        _ => Vec::new(),
    };
    converted.into_iter().flat_map(row).collect()
}

/// The columns of the core, as Arrow names their types.
fn of_core(columns: &[Column]) -> Types {
    let shape = |shape: Shape| match shape {
        Shape::Text | Shape::Json => json!("string"),
        Shape::Millis => json!("timestamp[ms, tz=UTC]"),
        Shape::Texts => json!({"array": "string"}),
        Shape::Struct(fields) => json!({ "struct": of_core(fields) }),
        Shape::Structs(fields) => json!({"array": {"struct": of_core(fields)}}),
    };
    columns.iter().map(|column| (column.name.to_owned(), shape(column.shape))).collect()
}

/// The file that the program makes of these records.
fn converted(place: &Place, name: &str, records: &[u8]) -> PathBuf {
    let input = place.write(&format!("{name}.ndjson"), records);
    let file = place.path().join(format!("{name}.parquet"));
    let arguments = ["convert", "--to", "parquet", "-o", file.to_str().unwrap(), input.to_str().unwrap()];
    let output = command(arguments).output().unwrap();
    assert!([0, 4].contains(&code(&output)), "{}", err(&output));
    file
}

#[test]
fn the_definition_and_the_rows_have_the_same_columns() {
    let ddl = out(&command(["convert", "--to", "parquet", "--ddl"]).output().unwrap());
    assert!(ddl.starts_with("CREATE EXTERNAL TABLE ") && ddl.contains("\nSTORED AS PARQUET\nLOCATION 's3://"), "{ddl}");
    assert_eq!(defined(), of_core(COLUMNS));
}

/// S1.27, S3.19: records are a table, and its definition is that of the file.
#[test]
fn another_reader_finds_in_the_file_what_the_records_say() {
    let place = Place::new();
    let samples = fs::read(workspace().join("host-runner/samples/console-sign-ins.ndjson")).unwrap();
    let published: Vec<&[u8]> = data::records().into_iter().flatten().map(|record| record.bytes.as_slice()).collect();
    let inputs = [("samples", samples), ("published", published.join(&b'\n')), ("none", Vec::new())];
    let files: Vec<PathBuf> = inputs.iter().map(|(name, records)| converted(&place, name, records)).collect();
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let Some(found) = read("Parquet against Arrow", &files) else { return };
    let types = defined();
    for (found, (name, records)) in found.iter().zip(&inputs) {
        assert_eq!(found.columns, types, "{name}");
        assert!(found.by.starts_with("trailsieve "), "{name}: {}", found.by);
        let expected: Vec<Value> = rows(records).iter().map(|row| full(row, &types)).collect();
        assert_eq!(found.rows.len(), expected.len(), "{name}");
        for (row, expected) in found.rows.iter().zip(&expected) {
            assert_eq!(row, expected, "{name}");
        }
        assert_eq!(found.groups, if expected.is_empty() { vec![] } else { vec![expected.len()] }, "{name}");
        assert!(found.packed.iter().all(|it| it == "SNAPPY"), "{name}: {:?}", found.packed);
        say_what_records_say(&found.rows, records, name);
    }
}

/// The texts of rows against the records themselves, which are found by the names of their members alone.
fn say_what_records_say(rows: &[Value], records: &[u8], name: &str) {
    let records = records.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let mut by_id: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in records {
        let id = record.get("eventID").and_then(Value::as_str).unwrap_or_default().to_owned();
        by_id.entry(id).or_default().push(record);
    }
    for row in rows {
        let id = row.get("eventid").and_then(Value::as_str).unwrap_or_default();
        let candidates = by_id.get(id).unwrap_or_else(|| panic!("{name}: no record has the id {id}"));
        assert!(candidates.iter().any(|record| says(row, record)), "{name}: {row}\n{candidates:?}");
    }
}

fn says(row: &Value, record: &Value) -> bool {
    let lower = |value: &Value| -> Map<String, Value> {
        let members = value.as_object().cloned().unwrap_or_default();
        members.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
    };
    let is_said = |column: &Value, member: Option<&Value>| match (column, member) {
        (Value::Null, None | Some(Value::Null)) => true,
        (Value::String(text), Some(Value::String(member))) => {
            text == member || serde_json::from_str(text).is_ok_and(|read: String| read == *member)
        }
        (Value::String(text), Some(member)) => serde_json::from_str::<Value>(text).is_ok_and(|read| read == *member),
        _ => false,
    };
    let columns = [
        "eventversion",
        "eventtime",
        "eventsource",
        "eventname",
        "awsregion",
        "sourceipaddress",
        "useragent",
        "errorcode",
        "errormessage",
        "requestparameters",
        "responseelements",
        "additionaleventdata",
        "requestid",
        "eventid",
        "readonly",
        "managementevent",
        "eventtype",
        "recipientaccountid",
        "eventcategory",
    ];
    let (top, identity) = (lower(record), lower(record.get("userIdentity").unwrap_or(&Value::Null)));
    let caller = row.get("useridentity").unwrap();
    columns.iter().all(|name| is_said(row.get(*name).unwrap(), top.get(*name)))
        && ["type", "principalid", "arn", "accountid", "accesskeyid", "username", "invokedby"]
            .iter()
            .all(|name| is_said(caller.get(*name).unwrap_or(&Value::Null), identity.get(*name)))
}

/// Answers with the records themselves, which are rows already.
struct Rows;

impl Judge for Rows {
    fn judge(&mut self, records: &Records) -> Judged {
        let mut lines = String::from_utf8(records.text().to_vec()).unwrap();
        lines.push('\n');
        let counts = Counts { clean: records.len() as u64, ..Counts::default() };
        Judged { counts, copies: Copies { lines, refusal: None }, ..Judged::default() }
    }
}

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// A value of this type, if any.
    fn value(&mut self, kind: &Value) -> Option<Value> {
        match self.below(8) {
            0 => return None,
            1 => return Some(Value::Null),
            _ => {}
        }
        if let Some(members) = kind.get("struct") {
            let members: Types = serde_json::from_value(members.clone()).unwrap();
            return Some(self.row(&members));
        }
        if let Some(element) = kind.get("array") {
            let number = self.below(4);
            return Some((0..number).map(|_| self.value(element).unwrap_or_default()).collect());
        }
        Some(match kind.as_str() {
            Some("string") => {
                let texts = ["", "a", "äöü€😀", "\u{0}\n\"\\", "null", "{\"a\":[1,2]}"];
                let text = texts.get(usize::try_from(self.below(6)).unwrap()).unwrap();
                json!(text.repeat(usize::try_from(self.below(9)).unwrap()))
            }
            _ => json!(i64::try_from(self.below(1 << 30)).unwrap() * 4_000 - 1_000_000_000_000),
        })
    }

    fn row(&mut self, types: &[(String, Value)]) -> Value {
        let members = types.iter().filter_map(|(name, kind)| Some((name.clone(), self.value(kind)?)));
        Value::Object(members.collect())
    }
}

#[test]
fn whatever_is_absent_empty_or_long_comes_back_from_any_row_group() {
    let place = Place::new();
    let types = defined();
    let mut numbers = Numbers(7);
    let rows: Vec<Value> = (0..400).map(|_| numbers.row(&types)).collect();
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let write = |name: &str, group_bytes: usize| -> PathBuf {
        let path = place.path().join(name);
        let mut table = Parquet::in_groups_of(group_bytes, File::create(&path).unwrap()).unwrap();
        let input = std::iter::once(Input::only(Cursor::new(text.clone())));
        let report = run(input, &mut table, vec![Box::new(Rows)], &Options::default()).unwrap();
        assert_eq!((report.counters.clean, report.output_failure.is_none()), (400, true));
        let bytes = table.end().unwrap();
        assert_eq!(bytes, fs::metadata(&path).unwrap().len());
        path
    };
    let files = [write("one", usize::MAX), write("some", 64 << 10), write("each", 1)];
    let bytes = fs::read(&files[1]).unwrap();
    assert!(bytes == fs::read(write("again", 64 << 10)).unwrap(), "the same rows give the same bytes");
    let Some(found) = read("odd rows against Arrow", &files.each_ref().map(PathBuf::as_path)) else { return };
    let groups: Vec<usize> = found.iter().map(|found| found.groups.len()).collect();
    assert!(groups[0] == 1 && (5..100).contains(&groups[1]) && groups[2] == 400, "{groups:?}");
    let expected: Vec<Value> = rows.iter().map(|row| full(row, &types)).collect();
    for found in found {
        assert_eq!(found.columns, types);
        assert!(found.rows == expected, "{:?}", found.rows.iter().zip(&expected).find(|(one, other)| one != other));
    }
}
