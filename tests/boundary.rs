//! The same cases natively and through the component that ships with the runner: equal in every word, and every batch
//! balances.
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::sync::OnceLock;
use trailsieve::batch::{Counts, Judge, Judged, Mark, Outcome, Records, Suppression};
use trailsieve::engine::manifest::Manifest;
use trailsieve::engine::{BUILT_IN, Component, Diagnostic, Error, Limits, Pack, SourceFile, Worker};
use trailsieve_core::Detector;
use trailsieve_core::limits::MAX_DEPTH;
use trailsieve_tests::through::Through;
use trailsieve_tests::{data, generate, signins};

/// Rules of an operator: every kind of test, fields to copy, and names that need escapes.
const RULES: [(&str, &str); 3] = [
    (
        "own/anything.yml",
        "title: \"anything \\\"at all\\\" \\U0001F600\"\nlevel: informational\ntags: [attack.t1078]\nfields: [eventName, \
         userAgent, requestParameters.a, userIdentity.userName]\nfilter_pattern: '{ $.eventName = * }'\n",
    ),
    (
        "own/wildcards.yml",
        "title: wildcards\nlevel: critical\nfields: [requestParameters.tagSpecificationSet.items.tags.value]\n\
         filter_pattern: '{ $.requestParameters.tagSpecificationSet.items[*].tags[0].value != \"a*b*c\" || \
         $.userIdentity.* = %^[A-Z]\\w+$% || $.additionalEventData.bytesTransferredIn > 0.5 }'\n",
    ),
    (
        "securityhub/cloudwatch-5.yml",
        "title: another rule of the same name\nlevel: high\nfilter_pattern: '{ $.eventSource = cloudtrail.* }'\n",
    ),
];

#[test]
fn the_built_in_rules_say_the_same_on_both_sides() {
    let mut sides = Sides::new(&[], "{}");
    let cases = cases();
    for batch in cases.chunks(97) {
        sides.agree(batch);
    }
    sides.agree(&cases);
    for record in cases.iter().step_by(23) {
        sides.agree(std::slice::from_ref(record));
    }
}

#[test]
fn rules_and_settings_of_an_operator_say_the_same_on_both_sides() {
    for settings in [
        r#"{"event":true}"#,
        r#"{"event":true,"default_rules":false}"#,
        r#"{"min_level":"high"}"#,
        r#"{"select":[{"glob":"*","enabled":false},{"glob":"own/w*","enabled":true}]}"#,
    ] {
        let mut sides = Sides::new(&RULES, settings);
        let cases = cases();
        for batch in cases.chunks(211) {
            sides.agree(batch);
        }
    }
}

/// Each record has the outcome it must have, so that two sides which both say nothing do not pass for equal.
#[test]
fn hostile_records_have_the_same_right_outcome_on_both_sides() {
    let mut sides = Sides::new(&[], "{}");
    for (record, expected) in hostile() {
        let counts = sides.agree(std::slice::from_ref(&record));
        let mut only = Counts::default();
        only.add(expected);
        assert_eq!(counts, only, "{}", shown(&record));
    }
}

/// All mistakes of a pack, word for word.
#[test]
fn a_wrong_pack_is_refused_with_the_same_diagnostics_on_both_sides() {
    let broken: [(&[(&str, &str)], &str); 7] = [
        (&[("a.yml", "title: a\nfilter_pattern: '{ $.x == 1 }'\n"), ("b.yml", "title: [\n")], "{}"),
        (&[("a.yml", "title: a\nfilter_patern: '{ $.x = 1 }'\nlevel: grave\n")], "{}"),
        (&[("a.yml", "title: \"\u{202e}\u{1b}[31m\"\nfilter_pattern: '{ $.é = 1 }'\n")], "{}"),
        (&[], r#"{"default_rule":true}"#),
        (&[], r#"{"min_level":"grave"}"#),
        (&[], "not json"),
        (&[], r#"{"select":[{"glob":"no-such/*","enabled":true}]}"#),
    ];
    for (files, settings) in broken {
        let native = native(files, settings).err().unwrap();
        match component().load(pack(files, settings)).err() {
            Some(Error::Refused(mistakes)) => {
                let native: Vec<Diagnostic> = native.into_iter().map(diagnostic).collect();
                assert!(!native.is_empty());
                assert_eq!(mistakes, native);
            }
            other => panic!("{files:?} {settings}: {other:?}"),
        }
    }
}

/// A file that is not UTF-8 is a diagnostic and never a trap.
#[test]
fn bytes_that_are_no_text_are_refused_and_the_next_pack_loads() {
    let files = vec![SourceFile { path: "a.yml".to_owned(), content: b"title: \xff\xfe\n".to_vec() }];
    let refused = component().load(Pack { files, settings: "{}".to_owned() }).err();
    assert!(matches!(&refused, Some(Error::Refused(mistakes)) if mistakes[0].path == "a.yml"), "{refused:?}");
    assert!(component().load(pack(&RULES, "{}")).is_ok());
}

/// A detector on each side of the boundary, with the same pack.
struct Sides {
    native: Detector,
    component: Worker,
}

impl Sides {
    fn new(files: &[(&str, &str)], settings: &str) -> Self {
        let (mut native, manifest) = native(files, settings).unwrap();
        assert_eq!(native.self_test(), []);
        let loaded = component().load(pack(files, settings)).unwrap();
        let manifest: Manifest = serde_json::from_str(&manifest).unwrap();
        assert_eq!(*loaded.manifest(), manifest);
        Self { native, component: loaded.workers(1).pop().unwrap() }
    }

    /// Judges a batch on both sides; gives the counts, which add up to the records.
    fn agree(&mut self, batch: &[Vec<u8>]) -> Counts {
        let mut records = Records::new();
        batch.iter().for_each(|record| records.push(record));
        let natively = self.native.detect(records.text()).unwrap();
        let through = self.component.judge(&records);
        let expected = judged(natively);
        assert_eq!(through.marks.len(), expected.marks.len());
        for (mark, expected) in through.marks.iter().zip(&expected.marks) {
            assert_eq!(mark, expected, "{}", shown(&batch[expected.record as usize]));
        }
        assert_eq!(through, expected);
        assert_eq!(through.counts.sum(), batch.len() as u64, "{:?}", through.counts);
        through.counts
    }
}

fn component() -> &'static Component {
    static COMPONENT: OnceLock<Component> = OnceLock::new();
    COMPONENT.get_or_init(|| Component::compile(BUILT_IN, Limits::default(), None).unwrap())
}

fn pack(files: &[(&str, &str)], settings: &str) -> Pack {
    let file = |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), content: text.as_bytes().to_vec() };
    Pack { files: files.iter().map(file).collect(), settings: settings.to_owned() }
}

fn native(files: &[(&str, &str)], settings: &str) -> Result<(Detector, String), Vec<trailsieve_core::Diagnostic>> {
    let sources: Vec<trailsieve_core::SourceFile<'_>> =
        files.iter().map(|(path, text)| trailsieve_core::SourceFile { path, content: text.as_bytes() }).collect();
    Detector::load(&sources, settings)
}

/// What core says in the words of the host.
fn judged(verdicts: trailsieve_core::Verdicts) -> Judged {
    let counts = verdicts.counts;
    let marks = verdicts.verdicts.into_iter().map(|verdict| Mark {
        record: verdict.record,
        outcome: match verdict.outcome {
            trailsieve_core::Outcome::Clean => Outcome::Clean,
            trailsieve_core::Outcome::Flagged => Outcome::Flagged,
            trailsieve_core::Outcome::Unjudged => Outcome::Unjudged,
            trailsieve_core::Outcome::Malformed => Outcome::Malformed,
            trailsieve_core::Outcome::NotCloudtrail => Outcome::NotCloudtrail,
        },
        reason: if verdict.outcome == trailsieve_core::Outcome::Unjudged { "depth" } else { "" },
        annotation: verdict.annotation,
        event: verdict.event,
    });
    Judged {
        marks: marks.collect(),
        counts: Counts {
            clean: counts.clean.into(),
            flagged: counts.flagged.into(),
            unjudged: counts.unjudged.into(),
            malformed: counts.malformed.into(),
            not_cloudtrail: counts.not_cloudtrail.into(),
        },
        suppressed: verdicts.suppressed.into_iter().map(suppression).collect(),
        ..Judged::default()
    }
}

fn suppression(native: trailsieve_core::Suppression) -> Suppression {
    let trailsieve_core::Suppression { rule, source, count } = native;
    Suppression { rule, source, count }
}

fn diagnostic(native: trailsieve_core::Diagnostic) -> Diagnostic {
    let trailsieve_core::Diagnostic { path, line, column, code, message, help } = native;
    Diagnostic { path, line, column, code: code.to_string(), message, help }
}

/// Published records where they are present, sign-ins, invented records, damaged ones and hostile ones. None is blank:
/// the host hands over no blank line.
fn cases() -> Vec<Vec<u8>> {
    let published = data::records().unwrap_or_default().iter().map(|record| record.bytes.clone());
    let signins = [
        signins::r1(),
        signins::r2(),
        signins::r3a(),
        signins::r3b(),
        signins::r4(),
        signins::r5(),
        signins::r6(),
        signins::r7(),
        signins::r8(),
        signins::federated(),
    ];
    let indented = signins.iter().map(|record| serde_json::to_vec_pretty(record).unwrap());
    let compact = signins.iter().map(|record| record.to_string().into_bytes());
    let invented = generate::sample(600, generate::record::record()).into_iter().map(String::into_bytes);
    let hostile = hostile().into_iter().map(|(record, _)| record);
    let mut cases: Vec<Vec<u8>> = compact.chain(indented).chain(published).chain(invented).chain(hostile).collect();
    let whole = cases.len();
    for (number, mutations) in generate::sample(800, generate::mutation::mutations()).iter().enumerate() {
        let (one, other) = (&cases[number * 37 % whole], &cases[number * 19 % whole]);
        cases.push(generate::mutation::apply(mutations, one, other));
    }
    cases.retain(|record| !record.trim_ascii().is_empty());
    cases
}

/// Records that somebody wrote to be missed, to break a reader or a terminal, each with what must become of it.
fn hostile() -> Vec<(Vec<u8>, Outcome)> {
    let record = |members: &str| format!(r#"{{"eventSource":"iam.amazonaws.com"{members}}}"#).into_bytes();
    let deep = |levels: usize| record(&format!(r#","a":{}{}"#, "[".repeat(levels), "]".repeat(levels)));
    let bound = MAX_DEPTH as usize;
    let many: String = (0..40_000).map(|number| format!(r#","k{}":{{"a":{number}}}"#, number % 999)).collect();
    vec![
        (deep(200), Outcome::Clean),
        (deep(bound - 1), Outcome::Clean),
        (deep(bound), Outcome::Unjudged),
        (deep(100 * bound), Outcome::Unjudged),
        ([&deep(bound)[..], b"]"].concat(), Outcome::Malformed),
        (vec![b'['; 50_000], Outcome::Malformed),
        (
            record(&format!(r#","errorCode":"AccessDenied","userAgent":"{}""#, "\\ud800é".repeat(120_000))),
            Outcome::Flagged,
        ),
        (record(&format!(r#","errorCode":"{}AccessDenied""#, "A".repeat(900_000))), Outcome::Clean),
        (record(&many), Outcome::Clean),
        (record(r#","errorCode":"AccessDenied","errorCode":null"#), Outcome::Clean),
        (record(r#","errorCode":null,"\u0065rrorCode":"\u0041ccessDenied""#), Outcome::Flagged),
        (record(r#","eventSource":"not AWS""#), Outcome::NotCloudtrail),
        (record(r#","a":1e400,"b":-0,"c":123456789012345678901234567890"#), Outcome::Clean),
        (record(r#","a":01"#), Outcome::Malformed),
        (record(r#","a":"\x""#), Outcome::Malformed),
        (record(",\"a\":\"\u{0}\""), Outcome::Malformed),
        ([&record("")[..], &record("")[..]].concat(), Outcome::Malformed),
        ([b"\xef\xbb\xbf", &record("")[..]].concat(), Outcome::NotCloudtrail),
        (b"{\"eventSource\":\"iam.amazonaws.com\",\"a\":\"\xed\xa0\x80\"}".to_vec(), Outcome::Malformed),
        (b"\xff\xfe{".to_vec(), Outcome::NotCloudtrail),
        (record(",\n \"errorCode\":\r\n\t\"AccessDenied\"\n"), Outcome::Flagged),
        (record(",\"errorCode\":\"Access\nDenied\""), Outcome::Malformed),
        (
            record(
                r#","errorCode":"AccessDenied","eventName":"\u001b[2J\u202e\u0000\u007f</script>\"","userAgent":"\u2028""#,
            ),
            Outcome::Flagged,
        ),
        (record(r#","errorCode":"AccessDenied","trailsieve":{"v":1}"#), Outcome::Flagged),
        (b"[]".to_vec(), Outcome::NotCloudtrail),
        (b"{}".to_vec(), Outcome::NotCloudtrail),
        (br#"{"eventSource":["iam.amazonaws.com"]}"#.to_vec(), Outcome::NotCloudtrail),
        (br#"{"eventType":"AwsCloudTrailInsight","insightDetails":{"state":"Start"}}"#.to_vec(), Outcome::Clean),
        (
            b"2 111122223333 eni-0a1b2c3d 192.0.2.1 198.51.100.1 443 49152 6 10 840 1 2 ACCEPT OK".to_vec(),
            Outcome::NotCloudtrail,
        ),
    ]
}

/// The beginning and the end of a record.
fn shown(record: &[u8]) -> String {
    let (start, end) = (&record[..record.len().min(300)], &record[record.len().saturating_sub(40)..]);
    format!("{} bytes: {} … {}", record.len(), start.escape_ascii(), end.escape_ascii())
}

/// What an expression remembers of texts makes later records cheaper; the first one must be judged all the same.
#[test]
fn a_record_is_judged_alone_as_among_others_however_many_expressions_are_asked() {
    let expressions = |field: &str, of: &dyn Fn(usize) -> String| {
        let lines: String = (0..100).map(|number| format!("      - '{}'\n", of(number))).collect();
        format!("  {0}:\n    {field}|re:\n{lines}", field.rsplit('.').next().unwrap())
    };
    let name = |number| format!("(?i)^(get|list|describe)(user|role|secret)(s|policy|{number})$");
    let document = |number| format!(r#""action" *: *"(iam|s3|ec2):(get|put|delete)[a-z]*{number}\*""#);
    let rule = format!(
        "title: many expressions\nlevel: low\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n\
         {}{}  condition: 1 of them\n",
        expressions("eventName", &name),
        expressions("requestParameters.policyDocument", &document),
    );
    let statement = r#"{"effect":"Allow","action":"iam:GetUser","resource":"arn:aws:iam::111122223333:user/jane"},"#;
    let policy = statement.repeat(40).replace('"', "\\\"");
    let records = [
        r#"{"eventSource":"iam.amazonaws.com","eventName":"GetUser"}"#.to_owned(),
        r#"{"eventSource":"iam.amazonaws.com","eventName":"ListRoles"}"#.to_owned(),
        format!(
            r#"{{"eventSource":"iam.amazonaws.com","eventName":"PutUserPolicies","requestParameters":{{"policyDocument":"[{policy}]"}}}}"#
        ),
    ];
    let settings = r#"{"default_rules":false}"#;
    let together = Through::load([("own/many.yml", rule.as_str())], settings).annotations(&records);
    for (record, expected) in records.iter().zip(together) {
        let alone =
            Through::load([("own/many.yml", rule.as_str())], settings).annotations(std::slice::from_ref(record));
        assert_eq!(alone, [expected], "{record}");
    }
}
