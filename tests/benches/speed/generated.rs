//! Packs of many rules: those that are built in, and as many more as are asked for, made here.
//!
//! Half are written in Sigma, the others as CloudWatch's patterns. One in ten names no event, so that no index spares it;
//! of all, 15 % look for a text within a value, 5 % have a wildcard within a text, 5 % look into arrays or objects, 2 %
//! have a regular expression, and the rest ask for a text as it is.
//! Paths and events are those of CloudTrail; the values belong to an invented account that nobody's records hold, so
//! that larger packs mean more to ask and not more to answer.

/// The text of a rule file and its path.
pub(crate) struct RuleFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// This many rules, one a file.
pub(crate) fn rules(count: usize) -> Vec<RuleFile> {
    let named = |(service, names): &(&'static str, &'static str)| {
        let service = *service;
        names.split_whitespace().map(move |name| (service, name)).collect::<Vec<_>>()
    };
    let events: Vec<_> = EVENTS.iter().flat_map(named).collect();
    (0..count).map(|number| rule(number, &events)).collect()
}

/// Services and calls that rules are written about.
const EVENTS: [(&str, &str); 24] = [
    ("cloudtrail", "CreateTrail DeleteTrail LookupEvents PutEventSelectors StartLogging StopLogging UpdateTrail"),
    ("config", "DeleteConfigRule DeleteConfigurationRecorder DeleteDeliveryChannel StopConfigurationRecorder"),
    ("dynamodb", "BatchWriteItem CreateTable DeleteTable ExecuteStatement Scan UpdateTable"),
    (
        "ec2",
        "AttachVolume AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateImage CreateKeyPair \
         CreateNetworkAclEntry CreateRoute CreateSnapshot CreateVpc DeleteFlowLogs DeleteNetworkAcl DeleteSnapshot \
         DescribeInstanceAttribute DescribeInstances DescribeRouteTables DescribeSecurityGroups DescribeSnapshots \
         DescribeVpcs DisableEbsEncryptionByDefault GetConsoleScreenshot GetPasswordData ImportKeyPair \
         ModifyImageAttribute ModifyInstanceAttribute ModifySnapshotAttribute ReplaceRoute RunInstances \
         SendSerialConsoleSSHPublicKey SharedSnapshotCopyInitiated StartInstances StopInstances TerminateInstances",
    ),
    ("ecr", "BatchGetImage DeleteRepositoryPolicy GetAuthorizationToken PutImage SetRepositoryPolicy"),
    ("ecs", "CreateCluster DeregisterTaskDefinition ExecuteCommand RegisterTaskDefinition RunTask UpdateService"),
    ("eks", "AssociateAccessPolicy CreateAccessEntry DescribeCluster UpdateClusterConfig"),
    ("elasticloadbalancing", "CreateListener CreateLoadBalancer DeleteLoadBalancer ModifyListener"),
    ("guardduty", "ArchiveFindings CreateFilter CreateIPSet DeleteDetector DisassociateMembers UpdateDetector"),
    (
        "iam",
        "AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateInstanceProfile \
         CreateLoginProfile CreateOpenIDConnectProvider CreatePolicy CreatePolicyVersion CreateRole CreateSAMLProvider \
         CreateUser CreateVirtualMFADevice DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteRole \
         DeleteUserPolicy DetachRolePolicy EnableMFADevice GetAccountAuthorizationDetails GetUser \
         ListAttachedRolePolicies ListRoles ListUsers PassRole PutGroupPolicy PutRolePolicy PutUserPolicy \
         SetDefaultPolicyVersion SimulatePrincipalPolicy UpdateAccessKey UpdateAssumeRolePolicy UpdateLoginProfile \
         UpdateSAMLProvider",
    ),
    (
        "kms",
        "CancelKeyDeletion CreateGrant CreateKey Decrypt DisableKey Encrypt GenerateDataKey PutKeyPolicy \
             ScheduleKeyDeletion",
    ),
    (
        "lambda",
        "AddPermission20150331v2 CreateEventSourceMapping20150331 CreateFunction20150331 Invoke \
         UpdateFunctionCode20150331v2 UpdateFunctionConfiguration20150331v2",
    ),
    ("logs", "CreateExportTask DeleteLogGroup DeleteLogStream PutResourcePolicy PutRetentionPolicy"),
    (
        "organizations",
        "CreateAccount DescribeOrganization DisablePolicyType InviteAccountToOrganization \
                       LeaveOrganization ListAccounts",
    ),
    (
        "rds",
        "CreateDBSnapshot DeleteDBCluster DeleteDBInstance DescribeDBInstances ModifyDBInstance \
             ModifyDBSnapshotAttribute RestoreDBInstanceFromDBSnapshot StartExportTask",
    ),
    (
        "route53",
        "ChangeResourceRecordSets CreateHostedZone DisableDomainTransferLock TransferDomainToAnotherAwsAccount",
    ),
    (
        "s3",
        "DeleteBucket DeleteBucketEncryption DeleteBucketPolicy DeleteObject GetBucketAcl GetBucketPolicy GetObject \
         ListBuckets PutBucketAcl PutBucketCors PutBucketLifecycle PutBucketLogging PutBucketPolicy \
         PutBucketPublicAccessBlock PutBucketReplication PutBucketVersioning PutObject PutObjectAcl",
    ),
    (
        "secretsmanager",
        "BatchGetSecretValue CreateSecret DeleteSecret DescribeSecret GetResourcePolicy GetSecretValue \
                        ListSecrets PutResourcePolicy UpdateSecret",
    ),
    ("securityhub", "BatchDisableStandards DeleteActionTarget DisableSecurityHub UpdateFindings"),
    ("ses", "CreateEmailIdentity DeleteIdentity GetAccount GetSendQuota SendEmail UpdateAccountSendingEnabled"),
    ("signin", "CheckMfa ConsoleLogin ExitRole GetSigninToken PasswordRecoveryRequested SwitchRole"),
    (
        "ssm",
        "CreateDocument DeleteParameter DescribeInstanceInformation DescribeParameters GetParameter GetParameters \
         ModifyDocumentPermission PutParameter ResumeSession SendCommand StartAutomationExecution StartSession",
    ),
    (
        "sts",
        "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot GetCallerIdentity GetFederationToken \
             GetSessionToken",
    ),
    ("wafv2", "DeleteIPSet DeleteLoggingConfiguration DeleteWebACL DisassociateWebACL UpdateIPSet UpdateWebACL"),
];

/// What a rule asks of a value, beside the event: `#` stands for the number of the rule.
type Question = (&'static str, &'static str);

const AS_IT_IS: [Question; 10] = [
    ("userIdentity.userName", "deploy-#"),
    ("userIdentity.sessionContext.sessionIssuer.userName", "release-role-#"),
    ("userIdentity.accessKeyId", "AKIAEXAMPLE#"),
    ("requestParameters.roleName", "break-glass-#"),
    ("requestParameters.userName", "contractor-#"),
    ("requestParameters.bucketName", "audit-archive-#"),
    ("requestParameters.policyArn", "arn:aws:iam::111122223333:policy/wide-open-#"),
    ("requestParameters.instanceId", "i-0examplehost#"),
    ("requestParameters.keyId", "alias/payments-#"),
    ("errorCode", "Client.Example#"),
];

const WITHIN: [Question; 6] = [
    ("userAgent", "*recon-tool-#*"),
    ("userIdentity.arn", "*/leavers-#/*"),
    ("errorMessage", "*by boundary-# *"),
    ("requestParameters.policyDocument", "*:role/payroll-#*"),
    ("requestParameters.bucketName", "*-customers-#-*"),
    ("userIdentity.sessionContext.sessionIssuer.arn", "*:role/vendor-#*"),
];

const WITH_GAP: [Question; 4] = [
    ("userIdentity.arn", "arn:aws:sts::*:assumed-role/build-#/*"),
    ("userIdentity.principalId", "AROA*:nightly-#"),
    ("requestParameters.roleArn", "arn:aws:iam::*:role/admin-#"),
    ("userAgent", "aws-cli/2.*/image-#"),
];

/// In CloudWatch's patterns, which allow one wildcard a path.
const MANY_VALUES: [Question; 8] = [
    ("resources[*].ARN", "arn:aws:s3:::audit-archive-#"),
    ("requestParameters.ipPermissions.items[*].ipRanges.items[0].cidrIp", "203.0.113.0/#"),
    ("requestParameters.tagSpecificationSet.items[0].tags[*].key", "exempt-#"),
    ("requestParameters.instancesSet.items[*].instanceId", "i-0examplehost#"),
    ("requestParameters.encryptionContext.*", "arn:aws:ssm:eu-central-1:111122223333:parameter/master-#"),
    ("requestParameters.filterSet.items[*].valueSet.items[0].value", "vpc-0example#"),
    ("responseElements.instancesSet.items[0].imageId", "ami-0example#"),
    ("requestParameters.tags[*].value", "do-not-touch-#"),
];

/// In Sigma, where a field stands for all that arrays on the way to it hold, and an object for its text.
const MANY_VALUES_IN_SIGMA: [Question; 8] = [
    ("resources.ARN", "arn:aws:s3:::audit-archive-#"),
    ("requestParameters.ipPermissions.items.ipRanges.items.cidrIp", "203.0.113.0/#"),
    ("requestParameters|contains", "exempt-#"),
    ("requestParameters.instancesSet.items.instanceId", "i-0examplehost#"),
    ("responseElements|contains", "\"vpcId\":\"vpc-0example#\""),
    ("requestParameters.filterSet.items.valueSet.items.value", "vpc-0example#"),
    ("requestParameters|contains", "do-not-touch-#"),
    ("responseElements.instancesSet.items.imageId", "ami-0example#"),
];

const REGULAR: [Question; 4] = [
    ("userAgent|re", "(?i)recon[-_ ]?tool-#/[0-9.]+"),
    ("userIdentity.arn|re", "assumed-role/build-#/[0-9a-f]{8,}$"),
    ("requestParameters.policyDocument|re", "\"AWS\": *\"arn:aws:iam::\\d+:role/payroll-#\""),
    ("sourceIPAddress|re", "^198\\.51\\.100\\.#$"),
];

fn rule(number: usize, events: &[(&str, &str)]) -> RuleFile {
    let of = |questions: &[Question]| questions.get(number / 20 % questions.len()).copied();
    let is_regular = number % 50 == 27;
    // The other language comes after each kind of question has been asked in one.
    let is_sigma = is_regular || number / 20 % 2 == 1;
    let question = match number % 20 {
        _ if is_regular => REGULAR.get(number / 50 % REGULAR.len()).copied(),
        2 | 6 | 12 => of(&WITHIN),
        4 if is_sigma => MANY_VALUES_IN_SIGMA.get(number / 40 % MANY_VALUES_IN_SIGMA.len()).copied(),
        4 => of(&MANY_VALUES),
        9 => of(&WITH_GAP),
        // Neighbours ask different fields, not only those that are 20 apart.
        other => AS_IT_IS.get((number / 20 + other) % AS_IT_IS.len()).copied(),
    };
    let (field, value) = question.unwrap_or_default();
    let value = value.replace('#', &number.to_string());
    // This goes through all kinds of question, each of which is without an event once in ten.
    let names_event = (number + number / 20) % 10 != 5;
    let event = events.get(number * 7 % events.len()).filter(|_| names_event);
    let condition = if is_sigma { in_sigma(field, &value, event) } else { as_pattern(field, &value, event) };
    let text = format!(
        "title: Generated rule {number}\n\
         description: Stands for one of many rules; nothing matches it.\n\
         level: low\n\
         tags: [attack.t1078.004]\n\
         fields: [eventName, userIdentity.arn, sourceIPAddress, userAgent, errorCode]\n\
         {condition}"
    );
    RuleFile { path: format!("generated/rule-{number}.yml"), text }
}

fn as_pattern(field: &str, value: &str, event: Option<&(&str, &str)>) -> String {
    let question = format!("$.{field} = \"{value}\"");
    let pattern = match event {
        Some((service, event)) => {
            format!("($.eventSource = \"{service}.amazonaws.com\") && ($.eventName = \"{event}\") && ({question})")
        }
        None => format!("({question}) && ($.sourceIPAddress != \"192.0.2.*\")"),
    };
    format!("filter_pattern: '{{ {pattern} }}'\n")
}

/// As rules of SigmaHQ are written: what is asked of the event in a selection, what is left out in a filter.
fn in_sigma(field: &str, value: &str, event: Option<&(&str, &str)>) -> String {
    let event = match event {
        Some((service, event)) => {
            format!("    eventSource: {service}.amazonaws.com\n    eventName: {event}\n")
        }
        None => String::new(),
    };
    let inner = value.strip_prefix('*').and_then(|value| value.strip_suffix('*'));
    let (field, value) = match inner {
        Some(inner) => (format!("{field}|contains"), inner),
        None => (field.to_owned(), value),
    };
    format!(
        "logsource:\n  product: aws\n  service: cloudtrail\n\
         detection:\n  selection:\n{event}    {field}: '{value}'\n  \
         filter_own:\n    sourceIPAddress|startswith: '192.0.2.'\n  \
         condition: selection and not 1 of filter_*\n"
    )
}
