//! The boundary's types from core's and the other way round, member by member. It must not change a value.

use crate::component::exports::trailsieve::plugin::detector as wit;
use trailsieve_core::{Counts, Diagnostic, Outcome, SourceFile, Suppression, Verdict, Verdicts};

/// A file of rules as core reads it.
pub(crate) fn source_file(file: &wit::File) -> SourceFile<'_> {
    SourceFile { path: &file.path, content: &file.content }
}

/// Mistakes as the host shows them.
pub(crate) fn diagnostics(diagnostics: Vec<Diagnostic>) -> Vec<wit::Diagnostic> {
    diagnostics.into_iter().map(diagnostic).collect()
}

/// The answer to one batch.
pub(crate) fn verdicts(verdicts: Verdicts) -> wit::Verdicts {
    let Verdicts { counts: told, verdicts, suppressed } = verdicts;
    wit::Verdicts {
        counts: counts(told),
        verdicts: verdicts.into_iter().map(verdict).collect(),
        suppressed: suppressed.into_iter().map(suppression).collect(),
    }
}

fn diagnostic(diagnostic: Diagnostic) -> wit::Diagnostic {
    let Diagnostic { path, line, column, code, message, help } = diagnostic;
    wit::Diagnostic { path, line, column, code: code.to_string(), message, help }
}

fn counts(counts: Counts) -> wit::Counts {
    let Counts { clean, flagged, unjudged, malformed, not_cloudtrail } = counts;
    wit::Counts { clean, flagged, unjudged, malformed, not_cloudtrail }
}

fn verdict(verdict: Verdict) -> wit::Verdict {
    let Verdict { record, outcome, annotation, event } = verdict;
    let outcome = match outcome {
        Outcome::Clean => wit::Outcome::Clean,
        Outcome::Flagged => wit::Outcome::Flagged,
        Outcome::Unjudged => wit::Outcome::Unjudged,
        Outcome::Malformed => wit::Outcome::Malformed,
        Outcome::NotCloudtrail => wit::Outcome::NotCloudtrail,
    };
    wit::Verdict { record, outcome, annotation, event }
}

fn suppression(suppression: Suppression) -> wit::Suppression {
    let Suppression { rule, source, count } = suppression;
    wit::Suppression { rule, source, count }
}
