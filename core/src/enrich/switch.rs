//! A change of role in the console: from whom, to which role, and whether it left the account.
//!
//! The account of the role records `SwitchFrom` beside the role's session; the account of origin records `SwitchTo`
//! beside the user. Either record alone tells both sides.

use super::identity::{Identity, account_of};
use super::limits::{MAX_ARN, cut};
use super::reading::Reading;
use super::signin::Kind;
use serde::Serialize;
use std::borrow::Cow;

/// The `switch` of a role's sign-in event.
#[derive(Debug, Serialize)]
pub(super) struct Switch<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_account: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_account: Option<Cow<'a, str>>,
    /// Only where both accounts are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_account: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    renewed_by: Option<Cow<'a, str>>,
}

/// One end: who, and in which account.
type End<'a> = (Option<Cow<'a, str>>, Option<Cow<'a, str>>);

impl<'a> Switch<'a> {
    /// Reads it; `None` for events that change no role.
    pub(super) fn new(record: &Reading<'_, 'a>, kind: Kind, who: &Identity<'a>) -> Option<Self> {
        if !matches!(kind, Kind::SwitchedRole | Kind::RoleExit | Kind::RoleRenew) {
            return None;
        }
        let additional = record.additional();
        let written = |key| additional.text(key).map(|arn| cut(arn, MAX_ARN));
        let mut from = end(written("SwitchFrom"));
        let mut to = end(written("SwitchTo"));
        // Only of a switch is it known on which side the caller stands.
        if kind == Kind::SwitchedRole {
            let caller = || (who.arn.clone(), who.account.clone());
            let is_role = who.kind.as_deref() == Some("AssumedRole");
            match (from.0.is_some(), to.0.is_some()) {
                (false, true) => from = caller(),
                (true, false) => to = caller(),
                (false, false) if is_role => to = caller(),
                (false, false) => from = caller(),
                (true, true) => {}
            }
        }
        Some(Self {
            cross_account: from.1.as_ref().zip(to.1.as_ref()).map(|(from, to)| from != to),
            from: from.0,
            from_account: from.1,
            to: to.0,
            to_account: to.1,
            renewed_by: written("RenewedBy"),
        })
    }
}

fn end(arn: Option<Cow<'_, str>>) -> End<'_> {
    let account = arn.as_deref().and_then(account_of).map(|account| Cow::Owned(account.to_owned()));
    (arn, account)
}
