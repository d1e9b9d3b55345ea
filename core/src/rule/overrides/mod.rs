//! Overrides: what an operator says of rules that are somebody else's, from a file of its own, so that nobody copies a
//! rule to change it. They apply to rules of either language, built-in ones included, and outlive an upgrade.
//!
//! # The form of an overrides file
//!
//! ```yaml
//! placeholders:                      # optional: texts for Sigma's modifier `expand`, in rules and in `unless:`
//!   admins: [alice, bob]
//! overrides:                         # optional: a list; later entries overrule earlier ones
//!   - rule: iam/*                    # required: names of rules; `*` stands for any characters, `?` for one
//!     reason: the pipeline does it   # required
//!     level: low                     # an entry has at least one of these three effects: the level of findings,
//!     enabled: true                  # on or off, whatever the rule's file says,
//!     unless:                        # and matches that are none: a Sigma detection, which is a map, a list, or
//!       userIdentity.arn|endswith: :role/deploy    # identifiers with their `condition:`
//!     accounts: ["111122223333"]     # optional: only records of these accounts, …
//!     not_accounts: ["111122223333"] # … or of all others
//!     expires: 2027-01-31            # optional: only events up to the end of this day in UTC, or before a date-time
//! ```
//!
//! Each effect is one by itself: with `level:` and `unless:` in an entry all findings have that level, and those of the
//! exception are none. `accounts:` and `expires:` bound all effects of their entry. Beyond them a rule is as it would be
//! without the entry; so `enabled: true` with `accounts:` switches a rule on that is off otherwise, there alone.
//!
//! The account is `recipientAccountId`, whose log the record is from and whom it concerns; that of the caller is another
//! one in cross-account use. Ids are texts of twelve digits, leading zeros included. A record that names no account or no
//! time is within no such bounds: where it matters, a finding stays.
//!
//! An entry whose `rule:` means a filter switches that on or off, if nothing bounds it; a filter has no level and no
//! exceptions.
//!
//! A match that is suppressed is no finding, and it is counted. `--enable` and `--disable` have the last word on whether a
//! rule is on, and `min_level` goes by what a level is after all overrides.

mod apply;
mod expiry;
mod layers;
mod read;

pub(super) use apply::tune;
pub(super) use read::read;
pub(crate) use read::{EFFECTS, FILE_KEYS, KEYS};

use super::Level;
use super::condition::Condition;
use super::diagnostic::{Code, Diagnostic, Position, quoted};
use super::filters::Filter;
use super::gathered::Gathered;
use super::glob;
use super::sigma::Placeholders;
use expiry::Expiry;

/// What all overrides files say.
#[derive(Clone, Debug, Default)]
pub(super) struct Overrides {
    pub(super) placeholders: Placeholders,
    /// In the order in which they apply.
    pub(super) entries: Vec<Override>,
    /// What is probably not meant so in them.
    pub(super) warnings: Vec<Diagnostic>,
}

/// One entry of a file.
#[derive(Clone, Debug)]
pub(super) struct Override {
    /// The file and the line, as it is shown and counted: `overrides.yml:12`. A further entry of a line has its column.
    pub(super) source: String,
    /// The file.
    pub(super) path: String,
    /// Where the glob stands in it.
    pub(super) at: Position,
    /// Which rules it is about.
    pub(super) glob: String,
    pub(super) reason: String,
    pub(super) level: Option<Level>,
    pub(super) enabled: Option<bool>,
    /// Which matches are none.
    pub(super) unless: Option<Condition>,
    /// Which records it is about; all without one.
    pub(super) scope: Option<Condition>,
    pub(super) expires: Option<Expiry>,
}

impl Override {
    /// Whether it switches a filter on or off. Filters act on rules before any record is seen, so that bounds on records
    /// would be none.
    pub(super) fn switches(&self, filter: &Filter) -> Option<bool> {
        self.enabled.filter(|_| self.scope.is_none() && glob::matches(&self.glob, &filter.name))
    }

    /// The warning that there is no rule for it, or nothing that it could do to a filter. That is no mistake: an upgrade
    /// that renames a rule must not stop a pipeline, and nothing is hidden by an override without a rule.
    pub(super) fn dangling(&self, gathered: &Gathered) -> Option<Diagnostic> {
        let (message, help) = gathered.unlike_any(&self.glob).or_else(|| self.idle(gathered))?;
        let warning = Diagnostic::new(self.at, Code::OverrideUnmatched, message, help);
        Some(Diagnostic { path: self.path.clone(), ..warning })
    }

    /// Why part of it does nothing where it is about filters alone.
    fn idle(&self, gathered: &Gathered) -> Option<(String, String)> {
        let can_be_done = self.level.is_none() && self.unless.is_none() && self.scope.is_none();
        if can_be_done || !gathered.is_of_filters(&self.glob) {
            return None;
        }
        let message =
            format!("{} means no rule but a filter, which is only on or off, for all records", quoted(&self.glob));
        Some((message, "leave all but `enabled:` out, or name the rules that the filter is about".to_owned()))
    }
}
