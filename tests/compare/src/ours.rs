//! Trailsieve, natively and in its sandbox: rules and records → which rules match which record.

use crate::records::Corpus;
use crate::rules::Rule;
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
use trailsieve::batch::Judge;
use trailsieve::engine::{Component, Pack, SourceFile, Worker};
use trailsieve_core::Detector;

/// These rules and no others, those too that are off unless somebody wants them.
const SETTINGS: &str = r#"{"default_rules":false,"select":[{"glob":"*","enabled":true}]}"#;

/// The detector itself, or why it takes no such pack.
pub(crate) fn native(rules: &[Rule]) -> Result<Detector> {
    let paths: Vec<String> = (0..rules.len()).map(path).collect();
    let source = |(path, rule): (&'_ String, &Rule)| (path.clone(), rule.text.clone());
    let files: Vec<_> = paths.iter().zip(rules).map(source).collect();
    let files: Vec<_> =
        files.iter().map(|(path, text)| trailsieve_core::SourceFile { path, content: text.as_bytes() }).collect();
    let loaded = Detector::load(&files, SETTINGS);
    loaded.map(|(detector, _)| detector).map_err(|mistakes| anyhow!("Trailsieve refuses the rules: {mistakes:#?}"))
}

/// The same as a component.
pub(crate) fn sandboxed(component: &Component, rules: &[Rule]) -> Result<Worker> {
    let file = |(number, rule): (usize, &Rule)| SourceFile { path: path(number), content: rule.text.clone().into() };
    let files = rules.iter().enumerate().map(file).collect();
    let loaded = component.load(Pack { files, settings: SETTINGS.to_owned() })?;
    loaded.workers(1).pop().context("no worker")
}

/// The numbers of the rules that match, for each record, as the detector has it.
pub(crate) fn verdicts(detector: &mut Detector, corpus: &Corpus) -> Result<Vec<BTreeSet<usize>>> {
    let mut verdicts = Vec::with_capacity(corpus.records());
    for batch in corpus.slices.iter().flat_map(|slice| &slice.batches) {
        let told = detector.detect(batch.text()).map_err(|error| anyhow!(error))?;
        let mut of_batch = vec![BTreeSet::new(); batch.len()];
        for verdict in told.verdicts {
            *of_batch.get_mut(verdict.record as usize).context("a record")? = matched(&verdict.annotation)?;
        }
        verdicts.append(&mut of_batch);
    }
    Ok(verdicts)
}

/// The component must find what the detector finds.
pub(crate) fn check(worker: &mut Worker, detector: &mut Detector, corpus: &Corpus) -> Result<()> {
    for batch in corpus.slices.iter().flat_map(|slice| &slice.batches) {
        let native = detector.detect(batch.text()).map_err(|error| anyhow!(error))?.counts;
        let judged = worker.judge(batch);
        let (flagged, unjudged) = (u64::from(native.flagged), u64::from(native.unjudged));
        ensure!(
            (judged.counts.flagged, judged.counts.unjudged) == (flagged, unjudged),
            "natively {native:?}, in the component {:?}; was it built from these sources?",
            judged.counts
        );
    }
    Ok(())
}

fn path(number: usize) -> String {
    format!("{number}.yml")
}

fn matched(annotation: &str) -> Result<BTreeSet<usize>> {
    if annotation.is_empty() {
        return Ok(BTreeSet::new());
    }
    let annotation: Value = serde_json::from_str(annotation)?;
    let rules = annotation.get("rules").and_then(Value::as_array).into_iter().flatten();
    rules.map(|name| Ok(name.as_str().context("a rule's name")?.parse()?)).collect()
}
