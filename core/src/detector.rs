//! The whole detector: a pack of rules and what it says of batches of records.

mod self_test;

pub use self_test::TestResult;
pub(crate) use self_test::why_not;

use crate::cloudtrail::Cloudtrail;
use crate::detect::{CompileError, Compiler, Evaluation, Suppressed};
use crate::enrich::Enricher;
use crate::explain::Explainer;
use crate::limits::MAX_BATCH_BYTES;
use crate::record::{Scanner, unreadable};
use crate::rule::diagnostic::{Code, Diagnostic, quoted};
use crate::rule::pack::{self, SourceFile};
use crate::rule::{Rule, suggest};
use crate::verdict::{Outcome, Suppression, Verdict, Verdicts};

/// A pack of rules, ready to judge.
#[derive(Debug)]
pub struct Detector {
    rules: Vec<Rule>,
    /// Rules of the pack that are switched off. Only their tests are run.
    off: Vec<Rule>,
    enricher: Enricher,
    cloudtrail: Cloudtrail,
    /// Whether flagged records are named, so that their findings can stand alone.
    names_events: bool,
    scanner: Scanner,
    evaluation: Evaluation,
    /// What was suppressed in the batch at hand, ascending by rule and source.
    suppressed: Vec<Suppression>,
}

/// What a record that nobody could judge gains.
const TOO_DEEP: &str = r#"{"v":1,"unjudged":"depth"}"#;

impl Detector {
    /// Builds the pack: the built-in rules plus `files`, as `settings` says. Also gives the manifest. Both are JSON text,
    /// whose members are listed at `load` in [the interface], with the defaults of the settings. The error holds all
    /// mistakes.
    ///
    /// [the interface]: https://github.com/trailsieve/trailsieve/blob/main/wit/detector.wit
    pub fn load(files: &[SourceFile<'_>], settings: &str) -> Result<(Self, String), Vec<Diagnostic>> {
        let pack = pack::build(files, settings)?;
        let detector = Self::compile(pack.rules, pack.event).map_err(|error| vec![too_large(&error)])?;
        Ok((Self { off: pack.off, ..detector }, pack.manifest))
    }

    fn compile(rules: Vec<Rule>, names_events: bool) -> Result<Self, CompileError> {
        let mut compiler = Compiler::new();
        for rule in &rules {
            compiler.add(&rule.condition, &rule.adjustments);
        }
        let cloudtrail = Cloudtrail::new(|path| compiler.slot(path));
        let enricher = Enricher::new(&rules.iter().collect::<Vec<_>>(), &mut |path| compiler.slot(path));
        let enricher = enricher.map_err(CompileError::Paths)?;
        let set = compiler.build()?;
        Ok(Self {
            scanner: Scanner::new(set.projection()),
            evaluation: Evaluation::new(set),
            suppressed: Vec::new(),
            rules,
            off: Vec::new(),
            enricher,
            cloudtrail,
            names_events,
        })
    }

    /// The rules in force, in the order of their names.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Why the rule of this name matches the record or does not: JSON text, see [`crate::explain`]. The error says why
    /// there is nothing to explain.
    pub fn explain(&self, rule: &str, record: &[u8]) -> Result<String, String> {
        self.explainer(rule)?.explain(record)
    }

    /// Explains what the rule of this name makes of one record after another, whether it is on or off.
    pub fn explainer(&self, rule: &str) -> Result<Explainer<'_>, String> {
        let rules = self.rules.iter().map(|rule| (rule, true)).chain(self.off.iter().map(|rule| (rule, false)));
        match rules.clone().find(|(known, _)| known.name == rule) {
            Some((rule, enabled)) => Explainer::new(rule, enabled).map_err(|error| error.to_string()),
            None => {
                let names = rules.map(|(known, _)| known.name.as_str());
                let help = suggest::did_you_mean_or(rule, names, || "`rules list` shows the names".to_owned());
                Err(format!("no rule is named {}; {help}", quoted(rule)))
            }
        }
    }

    /// Judges a batch: records on one line each. The error says why none of it can be judged.
    pub fn detect(&mut self, batch: &[u8]) -> Result<Verdicts, String> {
        if batch.len() > MAX_BATCH_BYTES {
            return Err(format!("batch: {} bytes (limit {MAX_BATCH_BYTES}); hand over fewer records", batch.len()));
        }
        let mut verdicts = Verdicts::default();
        let mut annotation = String::new();
        let mut event = String::new();
        let mut at = 0;
        for record in 0.. {
            if at >= batch.len() {
                break;
            }
            let (outcome, end) = self.judge(batch, at, &mut annotation, &mut event);
            verdicts.counts.add(outcome);
            if !annotation.is_empty() || outcome == Outcome::Malformed {
                // Most records gain nothing; those that do get texts of their own, no larger than they need to be.
                let verdict = Verdict { record, outcome, annotation: annotation.clone(), event: event.clone() };
                verdicts.verdicts.push(verdict);
            }
            at = end + 1;
        }
        verdicts.suppressed = std::mem::take(&mut self.suppressed);
        Ok(verdicts)
    }

    /// Judges the record that begins at `start`; also gives where it ends.
    fn judge(&mut self, batch: &[u8], start: usize, annotation: &mut String, event: &mut String) -> (Outcome, usize) {
        annotation.clear();
        event.clear();
        let end = match self.scanner.scan_at(batch, start) {
            Some(end) if batch.get(end).is_none_or(|&next| next == b'\n') => end,
            _ => {
                let (end, looks_like_json) = unreadable(batch, start);
                return (if looks_like_json { Outcome::Malformed } else { Outcome::NotCloudtrail }, end);
            }
        };
        let Ok(view) = self.scanner.view(batch) else {
            annotation.push_str(TOO_DEEP);
            return (Outcome::Unjudged, end);
        };
        if !self.cloudtrail.wrote(view) {
            return (Outcome::NotCloudtrail, end);
        }
        let matched = self.evaluation.matches(view);
        self.enricher.annotate(&view, matched, annotation);
        let outcome = if matched.is_empty() { Outcome::Clean } else { Outcome::Flagged };
        for &suppressed in self.evaluation.suppressed() {
            count(&mut self.suppressed, &self.rules, suppressed);
        }
        if outcome == Outcome::Clean {
            return (outcome, end);
        }
        if self.names_events {
            self.enricher.event(&view, event);
        }
        (outcome, end)
    }
}

fn too_large(error: &CompileError) -> Diagnostic {
    Diagnostic {
        path: String::new(),
        line: 0,
        column: 0,
        code: Code::PackTooLarge,
        message: error.to_string(),
        help: "load fewer rules, or divide them among several runs".to_owned(),
    }
}

/// Counts a match that is none. Adjustments of a rule that have one source count as one.
fn count(counted: &mut Vec<Suppression>, rules: &[Rule], Suppressed { rule, adjustment }: Suppressed) {
    let Some(rule) = rules.get(rule) else { return };
    let Some(adjustment) = rule.adjustments.get(adjustment) else { return };
    let (rule, source) = (&rule.name, &adjustment.source);
    match counted.binary_search_by(|known| (&known.rule, &known.source).cmp(&(rule, source))) {
        Ok(at) => counted.get_mut(at).into_iter().for_each(|known| known.count += 1),
        Err(at) => counted.insert(at, Suppression { rule: rule.clone(), source: source.clone(), count: 1 }),
    }
}
