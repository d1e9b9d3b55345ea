//! The rules of `iam/`: the changes they watch, allowed and denied told apart, and documents read whatever their form.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use trailsieve_core::Detector;
use trailsieve_core::rule::Level;
use trailsieve_tests::annotated;
use trailsieve_tests::calls::{call, denied};
use trailsieve_tests::signins::{self, with, without};

const OWN: &str = "111122223333";
const FOREIGN: &str = "444455556666";

fn iam(event: &str, parameters: Value) -> Value {
    call("iam", event, parameters)
}

fn by_service(record: &Value) -> Value {
    with(record.clone(), "/userIdentity/invokedBy", json!("cloudformation.amazonaws.com"))
}

fn fired(record: &Value) -> BTreeSet<String> {
    annotated::findings(record, "iam").into_keys().collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn level(finding: &Value) -> Level {
    Level::named(finding["level"].as_str().unwrap()).unwrap()
}

fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}"#
    )
}

fn role_created(document: &str) -> Value {
    iam("CreateRole", json!({"roleName": "backup", "assumeRolePolicyDocument": document}))
}

fn trust_changed(document: &str) -> Value {
    iam("UpdateAssumeRolePolicy", json!({"roleName": "backup", "policyDocument": document}))
}

fn policy_written(document: &str) -> Value {
    iam("PutRolePolicy", json!({"roleName": "backup", "policyName": "inline", "policyDocument": document}))
}

/// S4.1: an error that is absent, null or empty is none; either of the two suffices, and its text is shown.
#[test]
fn success_and_failure() {
    let success = iam("CreateUser", json!({"userName": "mallory"}));
    for none in [json!(null), json!("")] {
        let record = with(with(success.clone(), "/errorCode", none.clone()), "/errorMessage", none);
        assert_eq!(fired(&record), set(&["user-created"]));
    }
    assert_eq!(fired(&success), set(&["user-created"]));
    for (member, text) in [("errorCode", "EntityAlreadyExistsException"), ("errorMessage", "User mallory exists.")] {
        let record = with(success.clone(), &format!("/{member}"), json!(text));
        let findings = annotated::findings(&record, "iam");
        assert_eq!(findings.keys().collect::<Vec<_>>(), ["change-failed"]);
        assert_eq!(findings["change-failed"]["outcome"], "failure");
        assert_eq!(findings["change-failed"]["fields"][member], text);
    }
    let failed = annotated::findings(&signins::r7(), "signin");
    assert_eq!(failed["failed"]["outcome"], "failure", "told by responseElements");
    assert_eq!(failed["failed"]["fields"]["errorMessage"], "Failed authentication");
}

/// S4.2: each of the nine events gives a finding, allowed or denied, the denied a lower one. Roles are assumed all day:
/// there allowed is the lowest level already.
#[test]
fn each_of_the_nine_events_allowed_and_denied() {
    let document = trust(r#"{"Service":"ec2.amazonaws.com"}"#);
    let policy = json!({"policyName": "reports", "policyDocument": "{}"});
    let calls = [
        iam("CreateUser", json!({"userName": "mallory"})),
        iam("CreatePolicy", policy),
        iam(
            "CreatePolicyVersion",
            json!({"policyArn": "arn:aws:iam::111122223333:policy/reports", "policyDocument": "{}"}),
        ),
        role_created(&document),
        iam("AttachRolePolicy", json!({"roleName": "backup", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})),
        policy_written("{}"),
        call("sts", "AssumeRole", json!({"roleArn": format!("arn:aws:iam::{OWN}:role/backup")})),
        trust_changed(&document),
    ];
    for allowed in calls {
        let event = allowed["eventName"].as_str().unwrap();
        let one = |record: &Value, outcome: &str| {
            let findings = annotated::findings(record, "iam");
            assert_eq!(findings.len(), 1, "{event}, {outcome}: {findings:?}");
            let finding = findings.into_values().next().unwrap();
            assert_eq!(finding["outcome"], outcome, "{event}");
            finding
        };
        let (allowed, denied) = (one(&allowed, "success"), one(&denied(allowed.clone()), "failure"));
        assert_ne!(allowed["rule"], denied["rule"], "{event}");
        assert_eq!(level(&denied), Level::Informational, "{event}");
        assert_eq!(level(&allowed) == Level::Informational, event == "AssumeRole", "{event}");
    }
    let allowed = &annotated::findings(&signins::r3b(), "signin")["console"];
    let failed = &annotated::findings(&signins::r7(), "signin")["failed"];
    assert_eq!((&allowed["outcome"], &failed["outcome"]), (&json!("success"), &json!("failure")));
    assert!(level(failed) < level(allowed), "ConsoleLogin");
}

/// S4.3: a call of a program is no sign-in, for whatever rule.
#[test]
fn a_call_is_no_sign_in() {
    let record = iam("CreateUser", json!({"userName": "mallory"}));
    assert!(annotated::signin(&record).is_null());
    assert!(annotated::findings(&record, "signin").is_empty());
}

/// S4.4: who, and whom. S4.8, S4.9: the role and what it was given.
#[test]
fn both_sides_of_a_change_are_named() {
    let user = annotated::findings(&iam("CreateUser", json!({"userName": "mallory"})), "iam");
    let fields = &user["user-created"]["fields"];
    assert_eq!(fields["userIdentity.arn"], format!("arn:aws:iam::{OWN}:user/hibino"));
    assert_eq!(fields["requestParameters.userName"], "mallory");

    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let attached =
        annotated::findings(&iam("AttachRolePolicy", json!({"roleName": "backup", "policyArn": arn})), "iam");
    let fields = &attached["policy-attached"]["fields"];
    assert_eq!(
        (&fields["requestParameters.roleName"], &fields["requestParameters.policyArn"]),
        (&json!("backup"), &json!(arn))
    );

    let written = annotated::findings(&policy_written("{}"), "iam");
    let fields = &written["inline-policy-written"]["fields"];
    let names = (&fields["requestParameters.roleName"], &fields["requestParameters.policyName"]);
    assert_eq!(names, (&json!("backup"), &json!("inline")));
}

/// S4.5: a document that allows everything is graver than another.
#[test]
fn a_new_policy_that_allows_everything() {
    let created = |action: &str| {
        let document = format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#);
        annotated::findings(&iam("CreatePolicy", json!({"policyName": "reports", "policyDocument": document})), "iam")
    };
    let usual = created("s3:*");
    assert_eq!(usual.keys().collect::<Vec<_>>(), ["policy-created"]);
    let grave = created("*");
    assert_eq!(grave.keys().collect::<Vec<_>>(), ["full-access", "policy-created"]);
    assert!(level(&grave["full-access"]) > level(&grave["policy-created"]));
}

/// S4.6: a new version is one finding, that it is in effect another, at once or later.
#[test]
fn a_policy_version_and_its_effect() {
    let arn = "arn:aws:iam::111122223333:policy/reports";
    let version = |default: Value| {
        fired(&iam("CreatePolicyVersion", json!({"policyArn": arn, "policyDocument": "{}", "setAsDefault": default})))
    };
    assert_eq!(version(json!(false)), set(&["policy-version-created"]));
    assert_eq!(version(json!(null)), set(&["policy-version-created"]));
    for yes in [json!(true), json!("true")] {
        assert_eq!(version(yes), set(&["policy-version-created", "policy-version-in-effect"]));
    }
    let later = iam("SetDefaultPolicyVersion", json!({"policyArn": arn, "versionId": "v1"}));
    assert_eq!(fired(&later), set(&["policy-version-in-effect"]));
}

/// S4.7: roles that services make are told apart, except that a trust in others is grave whoever wrote it.
#[test]
fn a_new_role() {
    let own = role_created(&trust(r#"{"Service":"ec2.amazonaws.com"}"#));
    assert_eq!(fired(&own), set(&["role-created"]));
    let of_service = annotated::findings(&by_service(&own), "iam");
    assert_eq!(of_service.keys().collect::<Vec<_>>(), ["role-created-by-service"]);
    assert_eq!(level(&of_service["role-created-by-service"]), Level::Informational);
    let linked = iam("CreateServiceLinkedRole", json!({"aWSServiceName": "autoscaling.amazonaws.com"}));
    assert_eq!(fired(&linked), set(&["role-created-by-service"]));
    let at_old_console = with(own, "/userIdentity/invokedBy", json!("signin.amazonaws.com"));
    assert_eq!(fired(&at_old_console), set(&["role-created"]));

    for principal in [format!(r#"{{"AWS":"{FOREIGN}"}}"#), format!(r#"{{"AWS":["arn:aws:iam::{FOREIGN}:root"]}}"#)] {
        let record = role_created(&trust(&principal));
        let findings = annotated::findings(&record, "iam");
        assert!(level(&findings["role-trusts-other-account"]) > level(&findings["role-created"]), "{principal}");
        assert!(fired(&by_service(&record)).contains("role-trusts-other-account"), "{principal}");
    }
    for principal in [r#""*""#, r#"{"AWS":"*"}"#] {
        let findings = annotated::findings(&role_created(&trust(principal)), "iam");
        assert!(level(&findings["role-trusts-everyone"]) > level(&findings["role-created"]), "{principal}");
    }
}

/// S4.8: the policies that make an administrator, for all kinds of holders, in all parts of the cloud.
#[test]
fn an_administrator_is_made() {
    for (event, holder) in
        [("AttachRolePolicy", "roleName"), ("AttachUserPolicy", "userName"), ("AttachGroupPolicy", "groupName")]
    {
        let attached = |arn: &str| fired(&iam(event, json!({holder: "backup", "policyArn": arn})));
        for arn in ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws-cn:iam::aws:policy/IAMFullAccess"] {
            assert_eq!(attached(arn), set(&["admin-policy-attached", "policy-attached"]), "{arn}");
        }
        for arn in ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:policy/AdministratorAccess"] {
            assert_eq!(attached(arn), set(&["policy-attached"]), "{arn}");
        }
    }
}

/// S4.10: the new principals are shown; another account, or everybody, is graver.
#[test]
fn a_changed_trust() {
    let own = format!(r#"{{"AWS":"arn:aws:iam::{OWN}:role/deploy"}}"#);
    let findings = annotated::findings(&trust_changed(&trust(&own)), "iam");
    assert_eq!(findings.keys().collect::<Vec<_>>(), ["role-trust-changed"]);
    let shown = findings["role-trust-changed"]["fields"]["requestParameters.policyDocument"].as_str().unwrap();
    assert!(shown.contains(&format!("arn:aws:iam::{OWN}:role/deploy")), "{shown}");
    let changed = level(&findings["role-trust-changed"]);
    for (principal, rule) in [
        (format!(r#"{{"AWS":"arn:aws:iam::{FOREIGN}:user/mallory"}}"#), "role-trusts-other-account"),
        (r#"{"AWS":["*"]}"#.to_owned(), "role-trusts-everyone"),
    ] {
        let findings = annotated::findings(&trust_changed(&trust(&principal)), "iam");
        assert_eq!(findings.keys().collect::<Vec<_>>(), ["role-trust-changed", rule]);
        assert!(level(&findings[rule]) > changed, "{principal}");
    }
}

/// S4.11, as far as one record tells: services assume roles without a finding, others with one for the files.
#[test]
fn a_role_is_assumed() {
    let parameters = json!({"roleArn": format!("arn:aws:iam::{OWN}:role/backup"), "roleSessionName": "release"});
    let user = call("sts", "AssumeRole", parameters);
    let of = |kind: &str| with(user.clone(), "/userIdentity/type", json!(kind));
    for kind in ["IAMUser", "AssumedRole", "AWSAccount"] {
        let findings = annotated::findings(&of(kind), "iam");
        assert_eq!(findings.keys().collect::<Vec<_>>(), ["role-assumed"], "{kind}");
        assert_eq!(level(&findings["role-assumed"]), Level::Informational, "{kind}");
    }
    assert!(fired(&of("AWSService")).is_empty());
    assert!(fired(&by_service(&of("AssumedRole"))).is_empty());
}

/// How a text is laid out: what stands around brackets, behind a colon and behind a comma.
const LAYOUTS: [[&str; 3]; 4] = [["", "", ""], ["", " ", " "], ["\n  ", " ", "\n    "], ["\r\n\t", "\t", " \t "]];

/// Documents with one statement of these members, in every order of them and every layout, as object and in a list.
fn documents(members: [(&str, &str); 3]) -> Vec<String> {
    let mut documents = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for [bracket, colon, comma] in LAYOUTS {
            let members =
                order.map(|number| members[number]).map(|(key, value)| format!("\"{key}\"{colon}:{colon}{value}"));
            let statement = format!("{{{bracket}{}{bracket}}}", members.join(&format!("{bracket},{comma}")));
            let list = format!("[{bracket}{statement}{bracket}]");
            for statement in [statement, list] {
                documents.push(format!(
                    "{{{bracket}\"Version\":{colon}\"2012-10-17\",{comma}\"Statement\":{colon}{statement}}}"
                ));
            }
        }
    }
    documents
}

/// S4.14: neither spaces nor order nor a list instead of a value changes what is found.
#[test]
fn documents_mean_the_same_in_every_layout() {
    let star = [r#""*""#, r#"["*"]"#, r#"["logs:PutLogEvents", "*"]"#, r#"[ "*" , "s3:*" ]"#];
    for action in star {
        for resource in [r#""*""#, r#"["*"]"#] {
            for document in documents([("Effect", r#""Allow""#), ("Action", action), ("Resource", resource)]) {
                assert!(fired(&policy_written(&document)).contains("full-access"), "{document}");
            }
        }
    }
    let some = [
        [r#""Deny""#, r#""*""#, r#""*""#],
        [r#""Allow""#, r#""s3:*""#, r#""*""#],
        [r#""Allow""#, r#"["ec2:Describe*", "iam:Get*"]"#, r#""*""#],
        [r#""Allow""#, r#""*""#, r#""arn:aws:s3:::reports-example/*""#],
    ];
    for [effect, action, resource] in some {
        for document in documents([("Effect", effect), ("Action", action), ("Resource", resource)]) {
            assert!(!fired(&policy_written(&document)).contains("full-access"), "{document}");
        }
    }
    let principals = [
        (format!(r#"{{"AWS":"{FOREIGN}"}}"#), "role-trusts-other-account"),
        (
            format!(r#"{{"Service":"ec2.amazonaws.com", "AWS" : [ "arn:aws:iam::{FOREIGN}:root" ]}}"#),
            "role-trusts-other-account",
        ),
        (r#""*""#.to_owned(), "role-trusts-everyone"),
        (r#"{"AWS": ["arn:aws:iam::111122223333:root", "*"]}"#.to_owned(), "role-trusts-everyone"),
    ];
    for (principal, rule) in principals {
        for document in
            documents([("Effect", r#""Allow""#), ("Action", r#""sts:AssumeRole""#), ("Principal", &principal)])
        {
            assert!(fired(&role_created(&document)).contains(rule), "{document}");
            assert!(fired(&trust_changed(&document)).contains(rule), "{document}");
        }
    }
}

/// S4.14, where the rules on documents cannot read: what hides is found for hiding. The descriptions say so.
#[test]
fn documents_that_hide_are_found_for_it() {
    let document = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let percent: String = document.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let escaped = document.replace("Allow", r"\u0041llow").replace('*', r"\u002a");
    for hidden in [percent, escaped] {
        let record = policy_written(&hidden);
        assert_eq!(fired(&record), set(&["hidden-document", "inline-policy-written"]), "{hidden}");
        assert!(fired(&role_created(&hidden)).contains("hidden-document"), "{hidden}");
    }
    let omitted = json!({"reason": "requestParameters too large", "omitted": true, "originalSize": 104_857});
    assert!(fired(&iam("CreatePolicyVersion", omitted)).contains("hidden-document"));
    for harmless in [document.to_owned(), document.replace('*', r"a\u0026b\u003cc\u003e")] {
        assert!(!fired(&policy_written(&harmless)).contains("hidden-document"), "{harmless}");
    }
}

/// The limits that the description of role-trusts-other-account states, so that they stay true.
#[test]
fn a_document_that_names_both_accounts_is_seen_as_a_change_only() {
    let both = format!(r#"{{"AWS":["{OWN}","{FOREIGN}"]}}"#);
    assert_eq!(fired(&trust_changed(&trust(&both))), set(&["role-trust-changed"]));
    assert_eq!(fired(&role_created(&trust(&both))), set(&["role-created"]));
    let unknown = without(trust_changed(&trust(&format!(r#"{{"AWS":"{FOREIGN}"}}"#))), "/recipientAccountId");
    assert_eq!(fired(&unknown), set(&["role-trust-changed"]), "a record that does not say whose it is");
}

/// S4.18: what takes permissions away is watched where an operator asks for it.
#[test]
fn taking_away_is_watched_on_request() {
    let records = ["DetachRolePolicy", "DetachUserPolicy", "DetachGroupPolicy", "DeletePolicy", "DeletePolicyVersion"]
        .into_iter()
        .chain([
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "DeleteGroupPolicy",
            "DeleteUser",
            "DeleteRole",
            "DeleteGroup",
        ]);
    let all = r#"{"select":[{"glob":"iam/*","enabled":true}]}"#;
    let mut asked_for = Detector::load(&[], all).unwrap().0;
    for event in records {
        let record = iam(event, json!({}));
        assert_eq!(fired(&record), set(&[]), "{event}");
        let verdicts = asked_for.detect(record.to_string().as_bytes()).unwrap();
        let annotation: Value = serde_json::from_str(&verdicts.verdicts[0].annotation).unwrap();
        let rules = annotation["rules"].as_array().unwrap();
        assert!(rules.iter().any(|rule| rule.as_str().unwrap().starts_with("iam/")), "{event}: {annotation}");
    }
}
