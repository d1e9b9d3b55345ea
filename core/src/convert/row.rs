//! One record as a row of a table: the columns of Athena's own table for CloudTrail, and a few more.
//!
//! A column without a value is left out. What no column takes, or what has another type than its column, is kept as JSON
//! in `unmapped`, so that a row holds all that its record holds.

use super::json::{Json, Object};
use super::record::Record;

/// One column, or one field of a struct.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the table, in small letters.
    pub name: &'static str,
    /// The member of the record, or of the object that the struct is made of, that it is taken from; none where it is
    /// worked out.
    pub from: Option<&'static str>,
    /// What it holds.
    pub shape: Shape,
}

/// What a column holds, and how the row tells it.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text; numbers and booleans as they are written.
    Text,
    /// A value of any type, as JSON in a text.
    Json,
    /// An instant: a whole number of milliseconds since 1970, UTC.
    Millis,
    /// An array of texts.
    Texts,
    /// An object of these fields.
    Struct(&'static [Column]),
    /// An array of objects of these fields.
    Structs(&'static [Column]),
}

const fn text(name: &'static str, from: &'static str) -> Column {
    Column { name, from: Some(from), shape: Shape::Text }
}

const fn json(name: &'static str, from: &'static str) -> Column {
    Column { name, from: Some(from), shape: Shape::Json }
}

const fn fields(name: &'static str, from: &'static str, fields: &'static [Column]) -> Column {
    Column { name, from: Some(from), shape: Shape::Struct(fields) }
}

const fn own(name: &'static str, shape: Shape) -> Column {
    Column { name, from: None, shape }
}

const USER_IDENTITY: &[Column] = &[
    text("type", "type"),
    text("principalid", "principalId"),
    text("arn", "arn"),
    text("accountid", "accountId"),
    text("invokedby", "invokedBy"),
    text("accesskeyid", "accessKeyId"),
    text("username", "userName"),
    fields("onbehalfof", "onBehalfOf", &[text("userid", "userId"), text("identitystorearn", "identityStoreArn")]),
    fields("sessioncontext", "sessionContext", SESSION_CONTEXT),
];

const SESSION_CONTEXT: &[Column] = &[
    fields(
        "attributes",
        "attributes",
        &[text("mfaauthenticated", "mfaAuthenticated"), text("creationdate", "creationDate")],
    ),
    fields(
        "sessionissuer",
        "sessionIssuer",
        &[
            text("type", "type"),
            text("principalid", "principalId"),
            text("arn", "arn"),
            text("accountid", "accountId"),
            text("username", "userName"),
        ],
    ),
    text("ec2roledelivery", "ec2RoleDelivery"),
    fields(
        "webidfederationdata",
        "webIdFederationData",
        &[text("federatedprovider", "federatedProvider"), json("attributes", "attributes")],
    ),
    text("sourceidentity", "sourceIdentity"),
];

const RESOURCES: &[Column] =
    &[text("arn", "ARN"), text("accountid", "accountId"), text("type", "type"), text("arnprefix", "ARNPrefix")];

/// The columns of a row, in their order.
pub const COLUMNS: &[Column] = &[
    text("eventversion", "eventVersion"),
    fields("useridentity", "userIdentity", USER_IDENTITY),
    text("eventtime", "eventTime"),
    text("eventsource", "eventSource"),
    text("eventname", "eventName"),
    text("awsregion", "awsRegion"),
    text("sourceipaddress", "sourceIPAddress"),
    text("useragent", "userAgent"),
    text("errorcode", "errorCode"),
    text("errormessage", "errorMessage"),
    json("requestparameters", "requestParameters"),
    json("responseelements", "responseElements"),
    json("additionaleventdata", "additionalEventData"),
    text("requestid", "requestID"),
    text("eventid", "eventID"),
    Column { name: "resources", from: Some("resources"), shape: Shape::Structs(RESOURCES) },
    text("eventtype", "eventType"),
    text("apiversion", "apiVersion"),
    text("readonly", "readOnly"),
    text("recipientaccountid", "recipientAccountId"),
    json("serviceeventdetails", "serviceEventDetails"),
    text("sharedeventid", "sharedEventID"),
    text("vpcendpointid", "vpcEndpointId"),
    text("vpcendpointaccountid", "vpcEndpointAccountId"),
    text("eventcategory", "eventCategory"),
    fields(
        "addendum",
        "addendum",
        &[
            text("reason", "reason"),
            text("updatedfields", "updatedFields"),
            text("originalrequestid", "originalRequestID"),
            text("originaleventid", "originalEventID"),
        ],
    ),
    text("sessioncredentialfromconsole", "sessionCredentialFromConsole"),
    json("edgedevicedetails", "edgeDeviceDetails"),
    fields(
        "tlsdetails",
        "tlsDetails",
        &[
            text("tlsversion", "tlsVersion"),
            text("ciphersuite", "cipherSuite"),
            text("clientprovidedhostheader", "clientProvidedHostHeader"),
        ],
    ),
    text("managementevent", "managementEvent"),
    json("insightdetails", "insightDetails"),
    // When it happened, for those who compare: `eventtime` is a text.
    own("eventtimestamp", Shape::Millis),
    own("trailsieve_level", Shape::Text),
    own("trailsieve_rules", Shape::Texts),
    // The whole annotation.
    own("trailsieve", Shape::Json),
    // What has no column.
    own("unmapped", Shape::Json),
];

/// The row of a record.
pub(super) fn convert<'r>(record: &Record<'r, '_>) -> Object<'r> {
    let mut row = Object::new();
    let mut rest = take(record.members, COLUMNS, &mut row);
    row.put("eventtimestamp", record.time());
    if let Some(annotation) = record.annotation {
        rest.retain(|key, _| key != annotation.key);
        row.put("trailsieve_level", annotation.members.get("level"));
        row.put("trailsieve_rules", annotation.rules());
        row.put("trailsieve", Json::from(annotation.members.clone()).to_line());
    }
    if !rest.is_empty() {
        row.put("unmapped", Json::from(rest).to_line());
    }
    row
}

/// Takes the columns from an object, and gives what they leave.
fn take<'a>(object: &Object<'a>, columns: &[Column], row: &mut Object<'a>) -> Object<'a> {
    let mut rest = Object::new();
    for column in columns {
        let Some(value) = column.from.and_then(|from| object.get(from)) else { continue };
        let (taken, left) = taken(value, column.shape);
        if let Some(taken) = taken {
            row.push(column.name, taken);
        }
        if let (Some(from), Some(left)) = (column.from, left) {
            rest.push(from, left);
        }
    }
    let has_column = |key: &str| columns.iter().any(|column| column.from == Some(key));
    rest.append(
        object
            .members()
            .filter(|(key, _)| !has_column(key))
            .map(|(key, value)| (key.to_owned().into(), value.clone()))
            .collect(),
    );
    rest
}

/// What a column takes of a value, and what it leaves.
fn taken<'a>(value: &Json<'a>, shape: Shape) -> (Option<Json<'a>>, Option<Json<'a>>) {
    match (shape, value) {
        (_, Json::Null) => (None, None),
        (Shape::Text, Json::Text(_)) => (Some(value.clone()), None),
        (Shape::Text, Json::Boolean(_) | Json::Number(_)) => (value.text().map(|text| text.to_owned().into()), None),
        (Shape::Json, _) => (Some(value.to_line().into()), None),
        (Shape::Struct(fields), Json::Object(object)) => {
            let mut row = Object::new();
            let rest = take(object, fields, &mut row);
            (Some(row.into()), Some(Json::from(rest)).filter(|rest| !rest.is_empty()))
        }
        (Shape::Structs(fields), Json::List(elements)) if elements.iter().all(|element| element.object().is_some()) => {
            let mut is_whole = true;
            let rows = elements.iter().filter_map(Json::object).map(|object| {
                let mut row = Object::new();
                is_whole &= take(object, fields, &mut row).is_empty();
                row
            });
            let rows: Vec<_> = rows.collect();
            (Some(rows.into()), (!is_whole).then(|| value.clone()))
        }
        _ => (None, Some(value.clone())),
    }
}
