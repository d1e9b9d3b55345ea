//! What CloudTrail calls things: its fields, its sources, and the words of which the names of events are made.

/// The members of a record, and of those objects in it whose members are the same for every service.
pub(super) const FIELDS: [(&str, &[&str]); 9] = [
    (
        "",
        &[
            "additionalEventData",
            "addendum",
            "apiVersion",
            "awsRegion",
            "edgeDeviceDetails",
            "errorCode",
            "errorMessage",
            "eventCategory",
            "eventID",
            "eventName",
            "eventSource",
            "eventTime",
            "eventType",
            "eventVersion",
            "insightDetails",
            "managementEvent",
            "readOnly",
            "recipientAccountId",
            "requestID",
            "requestParameters",
            "resources",
            "responseElements",
            "serviceEventDetails",
            "sessionCredentialFromConsole",
            "sharedEventID",
            "sourceIPAddress",
            "tlsDetails",
            "userAgent",
            "userIdentity",
            "vpcEndpointAccountId",
            "vpcEndpointId",
        ],
    ),
    (
        "userIdentity",
        &[
            "accessKeyId",
            "accountId",
            "arn",
            "credentialId",
            "identityProvider",
            "inScopeOf",
            "invokedBy",
            "onBehalfOf",
            "principalId",
            "sessionContext",
            "type",
            "userName",
        ],
    ),
    (
        "userIdentity.sessionContext",
        &["assumedRoot", "attributes", "ec2RoleDelivery", "sessionIssuer", "sourceIdentity", "webIdFederationData"],
    ),
    ("userIdentity.sessionContext.sessionIssuer", &["accountId", "arn", "principalId", "type", "userName"]),
    ("userIdentity.sessionContext.attributes", &["creationDate", "mfaAuthenticated"]),
    (
        "additionalEventData",
        &[
            "LoginTo",
            "MFAIdentifier",
            "MFAUsed",
            "MfaType",
            "MobileVersion",
            "RedirectTo",
            "SamlProviderArn",
            "SwitchFrom",
            "SwitchTo",
        ],
    ),
    ("responseElements", &["CheckMfa", "ConsoleLogin", "ExitRole", "RenewRole", "SwitchRole"]),
    ("tlsDetails", &["cipherSuite", "clientProvidedHostHeader", "tlsVersion"]),
    ("insightDetails", &["eventName", "eventSource", "insightContext", "insightType", "state"]),
];

/// Fields that have a few values only, in all that their documentation tells, and those values. `AwsConsoleSignin` is
/// what old records have.
pub(super) const VALUES: [(&str, &[&str]); 3] = [
    ("eventCategory", &["Aggregated", "Data", "Insight", "Management", "NetworkActivity"]),
    (
        "eventType",
        &[
            "AwsApiCall",
            "AwsCloudTrailInsight",
            "AwsConsoleAction",
            "AwsConsoleSignIn",
            "AwsConsoleSignin",
            "AwsServiceEvent",
            "AwsVpceEvent",
            "AwsVpceEvents",
        ],
    ),
    (
        "userIdentity.type",
        &[
            "AWSAccount",
            "AWSService",
            "AssumedRole",
            "Directory",
            "FederatedUser",
            "IAMUser",
            "IdentityCenterUser",
            "Role",
            "Root",
            "SAMLUser",
            "Unknown",
            "WebIdentityUser",
        ],
    ),
];

/// Services that write events, as `eventSource` names them before `.amazonaws.com`.
pub(super) const SOURCES: &str = "account acm acm-pca amplify aoss apigateway appmesh apprunner appsync athena \
    autoscaling backup bedrock budgets ce cloud9 cloudformation cloudfront cloudhsm cloudsearch cloudshell cloudtrail \
    codeartifact codebuild codecommit codedeploy codepipeline codestar-connections cognito-identity cognito-idp \
    compute-optimizer config controltower cur datasync detective devops-guru dms ds dynamodb ebs ec2 \
    ec2-instance-connect ecr ecr-public ecs eks elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing \
    elasticmapreduce emr-serverless es events firehose fms fsx glacier glue guardduty health iam imagebuilder \
    inspector inspector2 iot kafka kinesis kinesisanalytics kms lakeformation lambda license-manager lightsail logs \
    macie2 monitoring network-firewall networkmanager organizations pi pipes pricing quicksight ram rbin rds redshift \
    redshift-data redshift-serverless resource-explorer-2 resource-groups rolesanywhere route53 route53domains \
    route53resolver s3 s3-outposts s3express sagemaker savingsplans scheduler schemas secretsmanager securityhub \
    securitylake serverlessrepo servicecatalog servicediscovery servicequotas ses shield signer signin sms sns sqs \
    ssm ssm-guiconnect ssmmessages sso sso-directory states storagegateway sts support synthetics tagging textract \
    transcribe transfer trustedadvisor vpc-lattice waf waf-regional wafv2 wellarchitected wisdom workdocs workmail \
    workspaces xray";

/// Words in the names of events; plurals are known by themselves. Shorter words are too near to each other to tell a
/// slip from another word.
pub(super) const WORDS: &str = "accelerate accept access account acl action activate activity address administrator agent \
    aggregate aggregator agreement alarm alias allocate alternate analyzer anchor anomaly application apply archive \
    assignment associate association assume attach attachment attribute auth authentication authorization authorize \
    auto automated automation availability backup balancer base batch behavior block blue body boundary branch bucket \
    budget bundle calculation call caller canary cancel capacity carrier case catalog center certificate challenge \
    change changed channel check cidr classic client close cloud cluster code collection column command comment \
    commit complete compliance compute concurrency config configuration confirm conformance connect connection connector \
    console contact container content continuous control converse copy cors cost count crawler create created \
    credential credit custom customer customization dashboard data database date deactivate decline decrypt dedicated default \
    definition delegated delete deletion delivery deployment deregister describe description destination detach \
    detail detector device dhcp directory disable disassociate disconnect discover distribution dkim document domain \
    download edge egress elastic email enable enabled enclave encrypt encryption endpoint engine entitlement entity \
    entry environment evaluation event exception execute execution exit expiration export external failover federate \
    federated federation field file filter finding firewall fleet flow folder forecast format forwarding from front \
    function gateway generate global grant graph graphql green group guard guardrail handshake head health history \
    home host hosted http https hub identity image import index indexes inference information ingestion ingress initiate \
    initiated inline insight instance integration intel interface internet inventory invitation invite invocation invoke item \
    job join key keyspace knowledge label lake lambda launch layer lease leave lens lifecycle limit line link linked list \
    listener listing load local location lock logging login lookup machine macie maintenance managed management map \
    mapping market marketplace master member membership merge mesh message metadata metric migration mirror mobile \
    mode model modify monitor monitoring mount move multi multicast multipart name named network node note notebook \
    notification number object offer only open operation option order organization organizational origin outpost \
    output owner ownership pack package page pair parameter parent partition pass password patch path pause payment \
    peer peering pending permission phone pipeline plain plaintext plan platform point policy poll pool port prefix \
    preview price private privilege product profile project propagation protection provided provider provision \
    provisioned proxy public publish publishing pull purchase purge query queue quota rate read reboot rebuild \
    receipt receive recommendation record recorder recover recovery recycle redrive reference refresh region register \
    registration registry reject relation release remediation remote remove rename renew replace replica replicate \
    replication report repository request reservation reserved reset resize resolver resource response restore \
    restrict result resume retain retention retire retrieve retry revision revoke role root rotate rotation route rule run \
    saml sample sandbox scale scaling scan schedule schema scope screenshot script search secret secure security \
    segment select selector self send sending sequence serial server serverless service session set setting share shared \
    shell shield short sign signal signature signer signin signing signup simulate single size skip snapshot sort \
    source space spec specific specification spend spot stack stage standard start state statement status step stop \
    storage store stream string submit subnet subscribe subscriber subscription summary support suspend switch \
    synchronize system table tag tagging target task template term terminate test text thing threat throughput thumbprint \
    ticket tier time token tool topic trace tracker traffic trail training transact transaction transcription \
    transfer transit trigger trust type unarchive unblock undelete unit unlock unsubscribe untag update upgrade \
    upload url usage user utilization valid validate validation value vault vcpu vendor verification verified verify \
    version versioning view virtual visibility volume vpc vpce wait warm watch web website webhook widget window with \
    without work worker workflow workgroup workload workspace write zone";
