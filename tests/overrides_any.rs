//! Any overrides against what each of them says by itself, entry by entry, and told without the detector.
#![expect(clippy::indexing_slicing, reason = "a test ends where it fails")]

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trailsieve_tests::tuned::{CREATE, CREATE_IN_SIGMA, DELETE, ONE, OTHER, Seen, Tuned, call};

const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];
const RULES: [(&str, &str, &str, usize, bool); 4] = [
    ("iam/create", CREATE, "CreateUser", 1, true),
    ("iam/sigma", CREATE_IN_SIGMA, "CreateUser", 2, true),
    ("own/delete", DELETE, "DeleteUser", 3, false),
    ("own/create", CREATE, "CreateUser", 1, true),
];

#[derive(Clone, Debug)]
struct Entry {
    glob: &'static str,
    level: Option<usize>,
    enabled: Option<bool>,
    unless_deploy: bool,
    accounts: Option<(bool, Vec<&'static str>)>,
    expires: Option<(&'static str, &'static str)>,
}

#[derive(Clone, Debug)]
struct Record {
    event: &'static str,
    account: Option<&'static str>,
    by_deploy: bool,
    time: Option<&'static str>,
}

impl Entry {
    fn is_about(&self, rule: &str) -> bool {
        match self.glob.strip_suffix('*') {
            Some(start) => rule.starts_with(start),
            None => rule == self.glob,
        }
    }

    /// Times are all written alike, so that their order as texts is theirs.
    fn covers(&self, record: &Record) -> bool {
        let account = match (&self.accounts, record.account) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((wanted, accounts)), Some(account)) => accounts.contains(&account) == *wanted,
        };
        let time = self.expires.is_none_or(|(_, end)| record.time.is_some_and(|time| time < end));
        account && time
    }

    fn yaml(&self) -> Value {
        let mut entry = json!({"rule": self.glob, "reason": "because"});
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                entry[key] = value;
            }
        };
        put("level", self.level.map(|level| json!(LEVELS[level])));
        put("enabled", self.enabled.map(Value::from));
        put("unless", self.unless_deploy.then(|| json!({"userIdentity.arn|endswith": "/Deploy"})));
        put("expires", self.expires.map(|(text, _)| json!(text)));
        if let Some((wanted, accounts)) = &self.accounts {
            put(if *wanted { "accounts" } else { "not_accounts" }, Some(json!(accounts)));
        }
        entry
    }
}

/// Entry by entry, as the form of the file says it.
fn expected(entries: &[Entry], records: &[Record], min_level: usize) -> Vec<BTreeMap<String, String>> {
    let findings = |record: &Record| {
        let mut findings = BTreeMap::new();
        for (name, _, event, mut level, mut enabled) in RULES {
            let mut is_none = record.event != event;
            for entry in entries.iter().filter(|entry| entry.is_about(name) && entry.covers(record)) {
                level = entry.level.unwrap_or(level);
                enabled = entry.enabled.unwrap_or(enabled);
                is_none |= entry.unless_deploy && record.by_deploy;
            }
            if enabled && !is_none && level >= min_level {
                findings.insert(name.to_owned(), LEVELS[level].to_owned());
            }
        }
        findings
    };
    records.iter().map(findings).collect()
}

fn entry() -> impl Strategy<Value = Entry> {
    let glob = select(vec!["*", "iam/*", "own/*", "iam/create", "own/delete", "none/*"]);
    let accounts = (any::<bool>(), select(vec![vec![ONE], vec![OTHER], vec![ONE, OTHER]]));
    let expires = select(vec![
        ("2026-11-20", "2026-11-21T00:00:00Z"),
        ("2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z"),
        ("2026-11-21T12:00:00+02:00", "2026-11-21T10:00:00Z"),
    ]);
    let effects = (of(0..LEVELS.len()), of(any::<bool>()), any::<bool>());
    let changes = |&(level, enabled, unless): &(Option<usize>, Option<bool>, bool)| match enabled {
        Some(false) => level.is_none() && !unless,
        Some(true) => true,
        None => level.is_some() || unless,
    };
    let effects = effects.prop_filter("an entry changes something, and not twice", changes);
    (glob, effects, of(accounts), of(expires)).prop_map(|(glob, effects, accounts, expires)| {
        let (level, enabled, unless_deploy) = effects;
        Entry { glob, level, enabled, unless_deploy, accounts, expires }
    })
}

/// Every kind of record that an entry can tell from another.
fn records() -> Vec<Record> {
    let mut records = Vec::new();
    for event in ["CreateUser", "DeleteUser", "GetUser"] {
        for account in [Some(ONE), Some(OTHER), Some("222233334444"), None] {
            for by_deploy in [true, false] {
                let times = ["2026-11-20T23:59:59Z", "2026-11-21T07:59:59Z", "2026-11-21T08:00:00Z"];
                for time in times.into_iter().chain(["2026-11-21T10:00:00Z"]).map(Some).chain([None]) {
                    records.push(Record { event, account, by_deploy, time });
                }
            }
        }
    }
    records
}

fn json_of(record: &Record) -> Value {
    let by = if record.by_deploy { "deploy" } else { "alice" };
    call(record.event, json!(record.account), by, json!(record.time))
}

/// No match is forgotten: of each rule that is in force, it is a finding or was suppressed.
fn all_accounted_for(tuned: &Tuned<'_>, seen: &Seen, records: &[Record]) {
    let (detector, _) = tuned.native();
    for (name, _, event, ..) in RULES {
        let matches = records.iter().filter(|record| record.event == event).count();
        let found = seen.findings.iter().filter(|findings| findings.contains_key(name)).count();
        let suppressed: u32 = seen.suppressed.iter().filter(|((rule, _), _)| rule == name).map(|(_, n)| n).sum();
        let is_on = detector.rules().iter().any(|rule| rule.name == name);
        assert_eq!(found + suppressed as usize, if is_on { matches } else { 0 }, "{name}: {seen:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_overrides_do_what_each_of_them_says(
        entries in proptest::collection::vec(entry(), 0..6),
        min_level in 0..LEVELS.len(),
    ) {
        let list: Vec<Value> = entries.iter().map(Entry::yaml).collect();
        let text = json!({"overrides": list}).to_string();
        let paths: Vec<String> = RULES.iter().map(|(name, ..)| format!("{name}.yml")).collect();
        let rules: Vec<_> = paths.iter().zip(RULES).map(|(path, (_, text, ..))| (path.as_str(), text)).collect();
        let records = records();
        let json: Vec<Value> = records.iter().map(json_of).collect();
        let expected = expected(&entries, &records, min_level);
        let tuned = Tuned::new(&rules, &text).with("min_level", json!(LEVELS[min_level]));
        let seen = tuned.judge(&json);
        prop_assert_eq!(&seen.findings, &expected);
        all_accounted_for(&tuned, &seen, &records);
        let observed = tuned.with("observe_overrides", json!(true));
        let seen = observed.judge(&json);
        prop_assert_eq!(&seen.findings, &expected, "observed");
        all_accounted_for(&observed, &seen, &records);
    }
}
