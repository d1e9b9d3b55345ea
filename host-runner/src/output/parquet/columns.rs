//! The columns of a table of records, once for all: the file, its definition in SQL and what a row may hold follow them.
//!
//! Names, order and types are those of the table that Athena itself makes for CloudTrail, so that what people have
//! written for that one can be asked here, too. Behind them stand what that table leaves out and what was found.

use serde_json::{Map, Value};

/// A column, or a member of a struct.
pub(super) struct Column {
    /// In small letters, as Athena and Hive know all names.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// What stands in it. Anything may be absent.
pub(super) enum Kind {
    /// Text; what CloudTrail has as a number or as true and false is text, too, as in Athena's table.
    Text,
    /// Milliseconds since 1970.
    Time,
    Struct(&'static [Column]),
    List(&'static Kind),
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

const fn structure(name: &'static str, members: &'static [Column]) -> Column {
    Column { name, kind: Kind::Struct(members) }
}

const fn list(name: &'static str, element: &'static Kind) -> Column {
    Column { name, kind: Kind::List(element) }
}

const USER_IDENTITY: &[Column] = &[
    text("type"),
    text("principalid"),
    text("arn"),
    text("accountid"),
    text("invokedby"),
    text("accesskeyid"),
    text("username"),
    structure("onbehalfof", &[text("userid"), text("identitystorearn")]),
    structure("sessioncontext", SESSION_CONTEXT),
];

const SESSION_CONTEXT: &[Column] = &[
    structure("attributes", &[text("mfaauthenticated"), text("creationdate")]),
    structure("sessionissuer", &[text("type"), text("principalid"), text("arn"), text("accountid"), text("username")]),
    text("ec2roledelivery"),
    structure("webidfederationdata", &[text("federatedprovider"), text("attributes")]),
    text("sourceidentity"),
];

const RESOURCE: Kind = Kind::Struct(&[text("arn"), text("accountid"), text("type"), text("arnprefix")]);

/// Beside members with a type of their own, what CloudTrail leaves open is JSON as text.
pub(super) const COLUMNS: &[Column] = &[
    text("eventversion"),
    structure("useridentity", USER_IDENTITY),
    text("eventtime"),
    text("eventsource"),
    text("eventname"),
    text("awsregion"),
    text("sourceipaddress"),
    text("useragent"),
    text("errorcode"),
    text("errormessage"),
    text("requestparameters"),
    text("responseelements"),
    text("additionaleventdata"),
    text("requestid"),
    text("eventid"),
    list("resources", &RESOURCE),
    text("eventtype"),
    text("apiversion"),
    text("readonly"),
    text("recipientaccountid"),
    text("serviceeventdetails"),
    text("sharedeventid"),
    text("vpcendpointid"),
    text("vpcendpointaccountid"),
    text("eventcategory"),
    structure("addendum", &[text("reason"), text("updatedfields"), text("originalrequestid"), text("originaleventid")]),
    text("sessioncredentialfromconsole"),
    text("edgedevicedetails"),
    structure("tlsdetails", &[text("tlsversion"), text("ciphersuite"), text("clientprovidedhostheader")]),
    text("managementevent"),
    text("insightdetails"),
    // `eventtime` is text, as in Athena's table; this one can be compared with a moment.
    Column { name: "eventtimestamp", kind: Kind::Time },
    text("trailsieve_level"),
    list("trailsieve_rules", &Kind::Text),
    text("trailsieve"),
    text("unmapped"),
];

/// Whether this text is a row: an object whose members are columns and have their types.
pub(crate) fn is_row(text: &str) -> bool {
    serde_json::from_str::<Map<String, Value>>(text).is_ok_and(|row| fits_members(COLUMNS, &row))
}

/// What stands in no column would be lost without a word.
fn fits_members(columns: &[Column], members: &Map<String, Value>) -> bool {
    members.iter().all(|(name, value)| {
        columns.iter().find(|column| column.name == name).is_some_and(|column| fits(&column.kind, value))
    })
}

fn fits(kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (_, Value::Null) | (Kind::Text, Value::String(_)) => true,
        (Kind::Time, Value::Number(number)) => number.is_i64(),
        (Kind::Struct(members), Value::Object(object)) => fits_members(members, object),
        (Kind::List(element), Value::Array(elements)) => elements.iter().all(|it| fits(element, it)),
        _ => false,
    }
}
