//! Our own Sigma rules for every modifier and shape, and records on which they differ.
//!
//! Reads `sigma/rules` and `sigma/records.ndjson`. Gives each rule as the text of a file of its own.
#![expect(clippy::unwrap_used, reason = "rules that cannot be read prove nothing")]

use crate::checkout::workspace;
use crate::naive_sigma::{Placeholders, Rule};
use std::fs;

/// One rule.
#[derive(Clone, Debug)]
pub struct Written {
    /// File and title, for messages.
    pub place: String,
    /// Its title, which no other rule has.
    pub title: String,
    /// The text of a rule file.
    pub text: String,
    /// What it means.
    pub meaning: Rule,
}

/// All rules, in the order of file name and place.
pub fn rules() -> Vec<Written> {
    let folder = workspace().join("tests/sigma/rules");
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut rules = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        rules.extend(fs::read_to_string(&path).unwrap().split("---\n").map(|text| written(&name, text)));
    }
    rules
}

fn written(file: &str, text: &str) -> Written {
    let read = Rule::read(text, &Placeholders::new());
    let meaning = read.map_err(|why| format!("{file}: {why}\n{text}")).unwrap();
    Written {
        place: format!("{file}: {}", meaning.title),
        title: meaning.title.clone(),
        text: text.to_owned(),
        meaning,
    }
}

/// Our own records.
pub fn records() -> Vec<&'static [u8]> {
    include_str!("../sigma/records.ndjson").lines().map(str::as_bytes).collect()
}
