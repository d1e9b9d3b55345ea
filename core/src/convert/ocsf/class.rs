//! Which class of OCSF a record belongs to, and which activity of that class it is.
//!
//! Names of events repeat across services, so each is looked up under its service alone.

use super::super::record::Record;
use super::super::verb::Verb;

/// A class, with the captions that go with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    AccountChange,
    Authentication,
    ApiActivity,
    DetectionFinding,
}

impl Class {
    pub(super) fn uid(self) -> i64 {
        match self {
            Self::AccountChange => 3001,
            Self::Authentication => 3002,
            Self::ApiActivity => 6003,
            Self::DetectionFinding => 2004,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AccountChange => "Account Change",
            Self::Authentication => "Authentication",
            Self::ApiActivity => "API Activity",
            Self::DetectionFinding => "Detection Finding",
        }
    }

    /// The category's number and caption.
    pub(super) fn category(self) -> (i64, &'static str) {
        match self {
            Self::AccountChange | Self::Authentication => (3, "Identity & Access Management"),
            Self::ApiActivity => (6, "Application Activity"),
            Self::DetectionFinding => (2, "Findings"),
        }
    }

    /// The caption of an activity; none of 99, for which the source has a word of its own.
    pub(super) fn activity(self, id: i64) -> Option<&'static str> {
        let captions: &[&str] = match self {
            Self::AccountChange => &[
                "Unknown",
                "Create",
                "Enable",
                "Password Change",
                "Password Reset",
                "Disable",
                "Delete",
                "Attach Policy",
                "Detach Policy",
                "Lock",
                "MFA Factor Enable",
                "MFA Factor Disable",
            ],
            Self::Authentication => &[
                "Unknown",
                "Logon",
                "Logoff",
                "Authentication Ticket",
                "Service Ticket Request",
                "Service Ticket Renew",
                "Preauth",
                "Account Switch",
            ],
            Self::ApiActivity => &["Unknown", "Create", "Read", "Update", "Delete"],
            Self::DetectionFinding => &["Unknown", "Create", "Update", "Close"],
        };
        captions.get(usize::try_from(id).ok()?).copied()
    }
}

/// What is none of a class's own activities.
pub(super) const OTHER: i64 = 99;

/// Signing in and out: service, event, activity.
const AUTHENTICATION: [(&str, &str, i64); 19] = [
    ("signin", "ConsoleLogin", 1),
    ("signin", "GetSigninToken", 1),
    ("signin", "UserAuthentication", 1),
    ("signin", "ExternalIdPDirectoryLogin", 1),
    ("signin", "CheckMfa", 6),
    ("signin", "CredentialChallenge", 6),
    ("signin", "CredentialVerification", 6),
    ("signin", "SwitchRole", 7),
    ("signin", "ExitRole", 7),
    ("signin", "RenewRole", 7),
    ("sts", "AssumeRole", 1),
    ("sts", "AssumeRoleWithSAML", 1),
    ("sts", "AssumeRoleWithWebIdentity", 1),
    ("sts", "AssumeRoot", 1),
    ("sts", "GetSessionToken", 1),
    ("sts", "GetFederationToken", 1),
    ("sso", "Authenticate", 1),
    ("sso", "Federate", 1),
    ("sso", "Logout", 2),
];

/// Changes of users and roles, of what they sign in with and of what they may: service, event, activity. Groups and
/// policies themselves are no accounts.
const ACCOUNT_CHANGE: [(&str, &str, i64); 60] = [
    ("iam", "CreateUser", 1),
    ("iam", "CreateRole", 1),
    ("iam", "CreateServiceLinkedRole", 1),
    ("iam", "CreateLoginProfile", 1),
    ("iam", "CreateAccessKey", 1),
    ("iam", "CreateServiceSpecificCredential", 1),
    ("iam", "UploadSSHPublicKey", 1),
    ("iam", "UploadSigningCertificate", 1),
    ("iam", "ChangePassword", 3),
    ("iam", "UpdateLoginProfile", 4),
    ("iam", "DeleteUser", 6),
    ("iam", "DeleteRole", 6),
    ("iam", "DeleteServiceLinkedRole", 6),
    ("iam", "DeleteLoginProfile", 6),
    ("iam", "DeleteAccessKey", 6),
    ("iam", "DeleteServiceSpecificCredential", 6),
    ("iam", "DeleteSSHPublicKey", 6),
    ("iam", "DeleteSigningCertificate", 6),
    ("iam", "AttachUserPolicy", 7),
    ("iam", "AttachRolePolicy", 7),
    ("iam", "PutUserPolicy", 7),
    ("iam", "PutRolePolicy", 7),
    ("iam", "PutUserPermissionsBoundary", 7),
    ("iam", "PutRolePermissionsBoundary", 7),
    ("iam", "AddUserToGroup", 7),
    ("iam", "DetachUserPolicy", 8),
    ("iam", "DetachRolePolicy", 8),
    ("iam", "DeleteUserPolicy", 8),
    ("iam", "DeleteRolePolicy", 8),
    ("iam", "DeleteUserPermissionsBoundary", 8),
    ("iam", "DeleteRolePermissionsBoundary", 8),
    ("iam", "RemoveUserFromGroup", 8),
    ("iam", "EnableMFADevice", 10),
    ("iam", "DeactivateMFADevice", 11),
    ("iam", "UpdateAccessKey", BY_STATUS),
    ("iam", "UpdateServiceSpecificCredential", BY_STATUS),
    ("iam", "UpdateSSHPublicKey", BY_STATUS),
    ("iam", "UpdateSigningCertificate", BY_STATUS),
    ("iam", "ResetServiceSpecificCredential", OTHER),
    ("iam", "CreateVirtualMFADevice", OTHER),
    ("iam", "DeleteVirtualMFADevice", OTHER),
    ("iam", "ResyncMFADevice", OTHER),
    ("iam", "TagMFADevice", OTHER),
    ("iam", "UntagMFADevice", OTHER),
    ("iam", "UpdateUser", OTHER),
    ("iam", "UpdateRole", OTHER),
    ("iam", "UpdateRoleDescription", OTHER),
    ("iam", "UpdateAssumeRolePolicy", OTHER),
    ("iam", "AddRoleToInstanceProfile", OTHER),
    ("iam", "RemoveRoleFromInstanceProfile", OTHER),
    ("iam", "TagUser", OTHER),
    ("iam", "UntagUser", OTHER),
    ("iam", "TagRole", OTHER),
    ("iam", "UntagRole", OTHER),
    ("iam", "UpdateAccountPasswordPolicy", OTHER),
    ("iam", "DeleteAccountPasswordPolicy", OTHER),
    ("signin", "PasswordUpdated", 3),
    ("signin", "PasswordRecoveryCompleted", 4),
    ("signin", "PasswordRecoveryRequested", OTHER),
    ("signin", "EmailUpdated", OTHER),
];

/// Stands for: enabled or disabled, as the parameters say.
const BY_STATUS: i64 = -1;

/// The class of a record and its activity.
pub(super) fn of(record: &Record<'_, '_>) -> (Class, i64) {
    let name = record.event_name().unwrap_or_default();
    let source = record.text(&["eventSource"]).unwrap_or_default();
    let service = source.strip_suffix(".amazonaws.com").unwrap_or_default();
    let is_management = !matches!(record.text(&["eventCategory"]), Some("Data" | "Insight" | "NetworkActivity"));
    let find = |table: &[(&str, &str, i64)]| {
        table.iter().find(|(of, event, _)| (*of, *event) == (service, name)).map(|(_, _, activity)| *activity)
    };
    // Both classes are about a user, so somebody must be known.
    let names_somebody = is_management
        && (record.account().is_some() || record.identity(&["arn"]).is_some() || record.user_name().is_some());
    if names_somebody && let Some(activity) = find(&AUTHENTICATION) {
        return (Class::Authentication, activity);
    }
    if names_somebody && let Some(activity) = find(&ACCOUNT_CHANGE) {
        let activity = if activity == BY_STATUS { by_status(record) } else { activity };
        return (Class::AccountChange, activity);
    }
    let activity = match Verb::of(name) {
        _ if record.text(&["readOnly"]) == Some("true") => 2,
        Verb::Create => 1,
        Verb::Read => 2,
        Verb::Update => 3,
        Verb::Delete => 4,
        Verb::Other => OTHER,
    };
    (Class::ApiActivity, activity)
}

fn by_status(record: &Record<'_, '_>) -> i64 {
    match record.text(&["requestParameters", "status"]) {
        Some("Active") => 2,
        Some("Inactive") => 5,
        _ => OTHER,
    }
}
