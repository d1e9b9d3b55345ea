//! What kind of event it is, in the words that ECS allows.
//!
//! Events that Elastic's integration sorts are sorted the same way, since rules select by it; the others by what they do.

use super::super::record::Record;
use super::super::verb::Verb;

/// Categories, and types within them.
pub(super) type Sorted = (Vec<&'static str>, Vec<&'static str>);

/// Names, their category, their types: as Elastic's integration has them, whatever the service.
const KNOWN: [(&str, &[&str], &[&str]); 37] = [
    (
        "iam",
        &["user", "change"],
        &[
            "AttachUserPolicy",
            "ChangePassword",
            "CreateAccessKey",
            "DeleteAccessKey",
            "UpdateAccessKey",
            "CreateVirtualMFADevice",
            "DeleteVirtualMFADevice",
            "DeactivateMFADevice",
            "EnableMFADevice",
            "DeleteSSHPublicKey",
            "UpdateSSHPublicKey",
            "DeleteUserPolicy",
            "PutUserPolicy",
            "DeleteUserPermissionsBoundary",
            "PutUserPermissionsBoundary",
            "DetachUserPolicy",
            "TagUser",
            "UntagUser",
            "UpdateUser",
            "UpdateLoginProfile",
        ],
    ),
    ("iam", &["user", "creation"], &["CreateUser"]),
    ("iam", &["user", "deletion"], &["DeleteUser"]),
    (
        "iam",
        &["user", "info"],
        &[
            "GetUser",
            "GetUserPolicy",
            "ListAttachedUserPolicies",
            "ListGroupsForUser",
            "ListUserPolicies",
            "ListUsers",
            "ListUserTags",
        ],
    ),
    (
        "iam",
        &["group", "change"],
        &[
            "AddUserToGroup",
            "RemoveUserFromGroup",
            "AttachGroupPolicy",
            "DeleteGroupPolicy",
            "DetachGroupPolicy",
            "PutGroupPolicy",
            "UpdateGroup",
        ],
    ),
    ("iam", &["group", "creation"], &["CreateGroup"]),
    ("iam", &["group", "deletion"], &["DeleteGroup"]),
    (
        "iam",
        &["group", "info"],
        &["GetGroup", "GetGroupPolicy", "ListAttachedGroupPolicies", "ListGroupPolicies", "ListGroups"],
    ),
    (
        "iam",
        &["admin", "change"],
        &["SetDefaultPolicyVersion", "SetSecurityTokenServicePreferences", "UpdateAccountPasswordPolicy", "UpdateRole"],
    ),
    ("iam", &["admin", "creation"], &["CreateKeyPair"]),
    ("iam", &["change"], &["AttachRolePolicy"]),
    ("iam", &["creation"], &["CreatePolicy"]),
    ("iam", &["info"], &["GetPolicy", "ListRoles", "ListAttachedRolePolicies"]),
    ("authentication", &["info"], &["ConsoleLogin", "AssumeRole", "GetCallerIdentity"]),
    ("session", &["start"], &["StartSession"]),
    ("session", &["start"], &["CreateControlChannel", "OpenControlChannel", "CreateDataChannel", "OpenDataChannel"]),
    ("session", &["end"], &["TerminateSession"]),
    ("file", &["creation"], &["CreateBucket", "CreateDocument"]),
    ("file", &["deletion"], &["DeleteBucket", "DeleteObject"]),
    ("file", &["info"], &["ListBuckets", "ListObjects", "HeadObject", "GetObject"]),
    ("file", &["change"], &["PutObject"]),
    ("configuration", &["deletion"], &["DeleteTrail"]),
    ("configuration", &["info"], &["DescribeTrails"]),
    ("configuration", &["creation"], &["CreateTopic"]),
    ("configuration", &["change"], &["Subscribe"]),
    ("host", &["info"], &["DescribeInstances", "DescribeVolumes", "ListInstanceAssociations"]),
    (
        "network",
        &["info"],
        &[
            "DescribeSecurityGroups",
            "DescribeNetworkInterfaces",
            "DescribeVpcs",
            "DescribeNetworkAcls",
            "DescribeLoadBalancers",
        ],
    ),
    ("network", &["access"], &["AuthorizeSecurityGroupIngress"]),
    ("database", &["info"], &["ListTables", "DescribeDBInstances"]),
    ("package", &["info"], &["ListFunctions"]),
    ("api", &["info"], &["DescribeRegions", "Publish", "Converse"]),
    ("process", &["start"], &["SendCommand"]),
    // Ours: what else people sign in with.
    (
        "authentication",
        &["info"],
        &[
            "CheckMfa",
            "SwitchRole",
            "ExitRole",
            "RenewRole",
            "GetSigninToken",
            "UserAuthentication",
            "CredentialChallenge",
            "CredentialVerification",
            "ExternalIdPDirectoryLogin",
        ],
    ),
    ("authentication", &["info"], &["AuthorizeOAuth2Access", "CreateOAuth2Token"]),
    ("authentication", &["info"], &["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"]),
    ("authentication", &["info"], &["GetSessionToken", "GetFederationToken"]),
    ("authentication", &["info"], &["PasswordRecoveryRequested", "PasswordRecoveryCompleted"]),
];

/// Sorts a record.
pub(super) fn of(record: &Record<'_, '_>) -> Sorted {
    let name = record.event_name().unwrap_or_default();
    let known = KNOWN.iter().find(|(_, _, names)| names.contains(&name));
    if let Some((category, types, _)) = known {
        return (vec![category], types.to_vec());
    }
    let reads = record.text(&["readOnly"]) == Some("true");
    let kind = match Verb::of(name) {
        // Nobody is told more by a call that describes; what is in an object is.
        _ if reads && record.text(&["eventCategory"]) == Some("Data") => "access",
        _ if reads => "info",
        Verb::Create => "creation",
        Verb::Read => "info",
        Verb::Update => "change",
        Verb::Delete => "deletion",
        Verb::Other => "info",
    };
    match record.text(&["eventSource"]) {
        Some("iam.amazonaws.com") => (vec!["iam"], vec![of_iam(name), kind]),
        _ => (vec!["api"], vec![kind]),
    }
}

/// Whom a call of IAM is about. Its credentials are a user's.
fn of_iam(name: &str) -> &'static str {
    const OF_USERS: [&str; 7] = [
        "User",
        "LoginProfile",
        "AccessKey",
        "MFADevice",
        "SSHPublicKey",
        "ServiceSpecificCredential",
        "SigningCertificate",
    ];
    match () {
        () if OF_USERS.iter().any(|part| name.contains(part)) => "user",
        () if name.contains("Group") => "group",
        () => "admin",
    }
}
