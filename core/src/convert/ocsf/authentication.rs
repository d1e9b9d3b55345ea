//! Signing in, changing roles, asking for credentials: who becomes whom.

use super::super::json::Object;
use super::super::record::Record;
use super::people::{account, acting, caller, caller_or_account, session};
use super::{mfa, place, put_choice};
use crate::enrich::identity::{account_of, resource_of};
use crate::time::{instant, rfc3339};

/// Adds what this class has.
pub(super) fn fill<'r>(record: &Record<'r, '_>, name: &str, event: &mut Object<'r>) {
    let is_switch = matches!(name, "SwitchRole" | "ExitRole" | "RenewRole");
    let mut own_session = session(record);
    let (from, user) = match name {
        _ if is_switch => switched(record),
        _ if name.starts_with("AssumeRo") || name == "GetFederationToken" => {
            own_session = granted(record).unwrap_or(own_session);
            (None, assumed(record))
        }
        _ => (None, None),
    };
    event.put("actor", acting(record, from.unwrap_or_else(|| caller(record)), session(record)));
    event.put("user", user.unwrap_or_else(|| caller_or_account(record)));
    event.put("session", own_session);
    event.put("service", Object::new().with("name", record.event_source()));
    event.put("src_endpoint", place::source(record));
    event.put("dst_endpoint", place::destination(record));
    event.put("is_remote", true);
    if is_switch {
        put_choice(event, ("account_switch_type_id", "account_switch_type"), 1, "Substitute User");
    } else if name != "CheckMfa" {
        // That page asks for a factor; neither it nor a change of role tells that one was given.
        event.put("is_mfa", mfa::is_mfa(record));
    }
    event.put("auth_factors", mfa::factors(record));
    match name {
        "AssumeRoleWithSAML" => put_choice(event, ("auth_protocol_id", "auth_protocol"), 5, "SAML"),
        "AssumeRoleWithWebIdentity" => put_choice(event, ("auth_protocol_id", "auth_protocol"), 4, "OpenID"),
        _ => {}
    }
}

/// Who changed into whom, where it is not the caller: the account of the role records where from, the account of origin
/// where to.
fn switched<'r>(record: &Record<'r, '_>) -> (Option<Object<'r>>, Option<Object<'r>>) {
    let end = |key| record.text(&["additionalEventData", key]).map(named);
    let from = end("SwitchFrom");
    let to = if from.is_some() { None } else { end("SwitchTo") };
    (from, to)
}

/// Whom an ARN names.
fn named(arn: &str) -> Object<'_> {
    let name = resource_of(arn).rsplit('/').next();
    Object::new().with("uid", arn).with("name", name).with("account", account(account_of(arn)))
}

/// Whom credentials were asked for.
fn assumed<'r>(record: &Record<'r, '_>) -> Option<Object<'r>> {
    let asked = |key| record.text(&["requestParameters", key]);
    let arn = asked("roleArn")
        .or_else(|| asked("targetPrincipal").filter(|principal| principal.starts_with("arn:")))
        .or_else(|| record.text(&["responseElements", "federatedUser", "arn"]));
    let name = asked("roleSessionName").or_else(|| asked("name")).filter(|name| !record.withholds(name));
    let of = arn.and_then(account_of).or_else(|| asked("targetPrincipal").filter(|id| id.len() == 12));
    let user = Object::new().with("uid", arn).with("name", name).with("account", account(of));
    (!user.is_empty()).then_some(user)
}

/// The session that was granted.
fn granted<'r>(record: &Record<'r, '_>) -> Option<Object<'r>> {
    let given = |path: &[&str]| record.members.within(&["responseElements"])?.text(path);
    let mut session = Object::new()
        .with("uid", given(&["assumedRoleUser", "arn"]).or_else(|| given(&["federatedUser", "arn"])))
        .with(
            "uid_alt",
            given(&["assumedRoleUser", "assumedRoleId"]).or_else(|| given(&["federatedUser", "federatedUserId"])),
        )
        .with("credential_uid", given(&["credentials", "accessKeyId"]));
    if let Some(end) = given(&["credentials", "expiration"]).and_then(expiration) {
        session.put("expiration_time", end);
        session.put("expiration_time_dt", rfc3339(end));
    }
    (!session.is_empty()).then_some(session)
}

/// `Oct 2, 2019 11:12:29 PM`, also with a comma behind the year and a narrow space before the last word: how services in
/// Java write an instant of UTC.
fn expiration(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    if let Some(instant) = instant(text) {
        return Some(instant);
    }
    let words: Vec<&str> = text.split([' ', ',', '\u{202f}']).filter(|word| !word.is_empty()).collect();
    let [month, day, year, time, half] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|name| name == month)? + 1;
    let mut parts = time.split(':').map(|part| part.parse::<u32>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let afternoon = match *half {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    if !(1..=12).contains(&hour) {
        return None;
    }
    let (day, hour) = (day.parse::<u32>().ok()?, hour % 12 + afternoon);
    instant(&format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::expiration;

    #[test]
    fn an_end_in_the_words_of_java_is_read() {
        for (text, millis) in [
            ("Oct 2, 2019 11:12:29 PM", Some(1_570_057_949_000)),
            ("Oct 2, 2019, 12:12:29\u{202f}AM", Some(1_569_975_149_000)),
            ("2019-10-02T23:12:29Z", Some(1_570_057_949_000)),
            ("Oct 2, 2019 23:12:29", None),
            ("Oct 2, 2019 13:12:29 PM", None),
            ("1570057949", None),
        ] {
            assert_eq!(expiration(text), millis, "{text}");
        }
    }
}
