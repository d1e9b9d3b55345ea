//! Records through the component that ships with the runner, as a host judges them.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use trailsieve::batch::{Judge, Records};
use trailsieve::engine::{BUILT_IN, Component, Limits, Pack, SourceFile, Worker};

/// A pack in force.
pub struct Through {
    worker: Worker,
}

impl Through {
    /// Exactly these rule files, by path and text, and settings as JSON text.
    pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>, settings: &str) -> Self {
        static COMPONENT: OnceLock<Component> = OnceLock::new();
        let component = COMPONENT.get_or_init(|| Component::compile(BUILT_IN, Limits::default(), None).unwrap());
        let file = |(path, text): (&str, &str)| SourceFile { path: path.to_owned(), content: text.as_bytes().to_vec() };
        let files = files.into_iter().map(file).collect();
        let loaded = component.load(Pack { files, settings: settings.to_owned() });
        let loaded = loaded.unwrap_or_else(|error| panic!("the pack does not load: {error}"));
        Self { worker: loaded.workers(1).pop().unwrap() }
    }

    /// What each record gains; null where it gains nothing. All must be judged.
    pub fn annotations<B: AsRef<[u8]>>(&mut self, records: &[B]) -> Vec<Value> {
        let mut annotations = vec![Value::Null; records.len()];
        for (chunk, gained) in records.chunks(100).zip(annotations.chunks_mut(100)) {
            let mut batch = Records::new();
            chunk.iter().for_each(|record| batch.push(record.as_ref()));
            let judged = self.worker.judge(&batch);
            assert_eq!((judged.counts.unjudged, judged.counts.malformed), (0, 0), "{:?}", judged.counts);
            for mark in judged.marks.iter().filter(|mark| !mark.annotation.is_empty()) {
                gained[mark.record as usize] = serde_json::from_str(&mark.annotation).unwrap();
            }
        }
        annotations
    }

    /// The names of the rules that match each record.
    pub fn rules<B: AsRef<[u8]>>(&mut self, records: &[B]) -> Vec<BTreeSet<String>> {
        let names = |annotation: Value| {
            let rules = annotation["rules"].as_array().cloned().unwrap_or_default();
            rules.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        self.annotations(records).into_iter().map(names).collect()
    }
}
