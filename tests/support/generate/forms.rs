//! Records within anything that they come in, with a mark where the added field has to go.
//!
//! The mark is carried along as the text is wrapped, layer by layer, so that what must come out is known without
//! looking for records in anything.

use proptest::prelude::*;
use proptest::sample::select;

/// Where a record's field goes. No generated text holds it otherwise.
pub const SEAM: char = '\u{e000}';

/// One thing around records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// As S3 keeps them.
    Records,
    /// A CloudWatch Logs subscription.
    LogEvents,
    /// What `lookup-events` prints.
    LookupEvents,
    /// One event of it, a line.
    LookupEvent,
    /// What `lookup-events` prints when asked for the records alone.
    Texts,
    /// EventBridge.
    EventBridge,
    /// A shipper's text.
    MessageText,
    /// A shipper that read the text.
    MessageObject,
    /// Fluent Bit's, Docker's.
    LogText,
    /// ECS.
    OriginalNested,
    /// ECS, as some write it.
    OriginalDotted,
    /// A notification of SNS.
    Notification,
    /// The same as Lambda gets it.
    LambdaNotification,
    /// What `receive-message` prints.
    Messages,
    /// The same as Lambda gets it.
    LambdaMessages,
    /// Where an operator says: `payload.record`.
    OwnObject,
    /// The same as text.
    OwnText,
}

/// All of them.
pub const LAYERS: [Layer; 17] = [
    Layer::Records,
    Layer::LogEvents,
    Layer::LookupEvents,
    Layer::LookupEvent,
    Layer::Texts,
    Layer::EventBridge,
    Layer::MessageText,
    Layer::MessageObject,
    Layer::LogText,
    Layer::OriginalNested,
    Layer::OriginalDotted,
    Layer::Notification,
    Layer::LambdaNotification,
    Layer::Messages,
    Layer::LambdaMessages,
    Layer::OwnObject,
    Layer::OwnText,
];

/// How texts are written: white space between tokens, and which characters of a string are escaped without need.
#[derive(Clone, Debug)]
pub struct Style {
    /// Line feeds and spaces between tokens.
    pub is_indented: bool,
    /// Where the escapes come from.
    pub seed: u64,
}

impl Style {
    /// Nothing that need not be.
    pub fn plain() -> Self {
        Self { is_indented: false, seed: 0 }
    }

    fn gap(&self) -> &'static str {
        if self.is_indented { "\n  " } else { "" }
    }

    /// A number below `of`; 0 for the plain style.
    fn draw(&mut self, of: u64) -> u64 {
        if self.seed == 0 {
            return of - 1;
        }
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % of
    }

    /// `text` as a JSON string. The mark stays as it is: what will stand there is spelled by whoever puts it there.
    fn quoted(&mut self, text: &str) -> String {
        let mut quoted = String::from("\"");
        for letter in text.chars() {
            let is_escaped = letter != SEAM && self.draw(17) == 0;
            match letter {
                _ if is_escaped => {
                    for unit in letter.encode_utf16(&mut [0; 2]) {
                        quoted.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                '"' => quoted.push_str("\\\""),
                '\\' => quoted.push_str("\\\\"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                control if control < ' ' => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
                '/' if self.draw(2) == 0 => quoted.push_str("\\/"),
                _ => quoted.push(letter),
            }
        }
        quoted + "\""
    }

    /// An object of these members, `KEY:VALUE` each; one of a shipper's own comes first, last or not at all.
    fn object(&mut self, members: &[String], own: &str) -> String {
        let mut members = members.to_vec();
        match self.draw(3) {
            0 => members.insert(0, own.to_owned()),
            1 => members.push(own.to_owned()),
            _ => {}
        }
        let gap = self.gap();
        format!("{{{gap}{}{gap}}}", members.join(&format!(",{gap}")))
    }

    fn list(&self, key: &str, elements: &[String], behind: &str) -> String {
        let gap = self.gap();
        format!("{{{gap}{key}:[{gap}{}{gap}]{behind}}}", elements.join(&format!(",{gap}")))
    }
}

impl Layer {
    /// How many strings this adds around a record.
    pub fn level(self) -> u8 {
        u8::from(!matches!(self, Self::Records | Self::EventBridge | Self::MessageObject | Self::OwnObject))
    }

    /// These texts in things of this kind: in one, where it is one that holds many.
    pub fn around(self, texts: &[String], style: &mut Style) -> Vec<String> {
        let mut each = |wrap: &mut dyn FnMut(&str, &mut Style) -> String| -> Vec<String> {
            texts.iter().map(|text| wrap(text, style)).collect()
        };
        let tag = r#""tag":"a, \"message\": {\"eventSource\":\"iam.amazonaws.com\"}""#;
        match self {
            Self::Records => vec![style.list("\"Records\"", texts, "")],
            Self::Texts => {
                let texts = each(&mut |text, style| style.quoted(text));
                vec![format!("[{}{}]", style.gap(), texts.join(", "))]
            }
            Self::LogEvents => {
                let events = each(&mut |text, style| {
                    let message = format!("\"message\": {}", style.quoted(text));
                    style.object(&["\"id\":\"3568\"".to_owned(), message], "\"timestamp\":1600361930988")
                });
                let head = "\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\":\"a\",\"logStream\":\"b\",\
                            \"subscriptionFilters\":[\"c\"],\"logEvents\"";
                vec![style.list(head, &events, "")]
            }
            Self::LookupEvents => {
                let events = Self::LookupEvent.around(texts, style);
                vec![style.list("\"Events\"", &events, ",\"NextToken\":\"x\"")]
            }
            Self::LookupEvent => each(&mut |text, style| {
                let event = format!("\"CloudTrailEvent\":{}", style.quoted(text));
                let source = "\"EventSource\":\"iam.amazonaws.com\"".to_owned();
                style.object(&["\"EventId\":\"e\"".to_owned(), source, event], "\"Resources\":[]")
            }),
            Self::EventBridge => each(&mut |text, style| {
                let members = ["\"version\":\"0\"", "\"detail-type\":\"AWS API Call via CloudTrail\""];
                style.object(
                    &[members[0].to_owned(), members[1].to_owned(), format!("\"detail\":{text}")],
                    "\"resources\":[{}]",
                )
            }),
            Self::MessageText => each(&mut |text, style| {
                let text = style.quoted(&format!("{text}\n"));
                style.object(&[format!("\"message\":{text}"), "\"log\":{\"file\":{\"path\":\"x\"}}".to_owned()], tag)
            }),
            Self::MessageObject => each(&mut |text, style| style.object(&[format!("\"mess\\u0061ge\" : {text}")], tag)),
            Self::LogText => each(&mut |text, style| {
                let text = style.quoted(&format!(" {text}\r\n"));
                style.object(&["\"stream\":\"stdout\"".to_owned(), format!("\"log\":{text}")], "\"time\":null")
            }),
            Self::OriginalNested => each(&mut |text, style| {
                let text = style.quoted(text);
                style.object(&[format!("\"event\":{{\"kind\":\"event\",\"original\":{text}}}")], "\"message\":\"x\"")
            }),
            Self::OriginalDotted => each(&mut |text, style| {
                let text = style.quoted(text);
                style.object(&[format!("\"event.original\":{text}")], "\"event\":{\"original\":\"x\"}")
            }),
            Self::Notification => each(&mut |text, style| {
                let text = style.quoted(text);
                let kind = "\"Type\":\"Notification\"".to_owned();
                style.object(&[kind, format!("\"Message\":{text}")], "\"MessageId\":\"m\"")
            }),
            Self::LambdaNotification => {
                let elements = each(&mut |text, style| {
                    let text = style.quoted(text);
                    let source = "\"EventSource\":\"aws:sns\"".to_owned();
                    style.object(&[source, format!("\"Sns\":{{\"Message\":{text}}}")], "\"EventVersion\":\"1.0\"")
                });
                vec![style.list("\"Records\"", &elements, "")]
            }
            Self::Messages => {
                let messages = each(&mut |text, style| {
                    let text = style.quoted(text);
                    style.object(&[format!("\"Body\":{text}")], "\"MessageId\":\"m\"")
                });
                vec![style.list("\"Messages\"", &messages, "")]
            }
            Self::LambdaMessages => {
                let messages = each(&mut |text, style| {
                    let text = style.quoted(text);
                    let source = "\"eventSource\":\"aws:sqs\"".to_owned();
                    style.object(&[source, format!("\"body\":{text}")], "\"awsRegion\":\"eu-central-1\"")
                });
                vec![style.list("\"Records\"", &messages, "")]
            }
            Self::OwnObject => each(&mut |text, style| {
                style.object(&[format!("\"payload\":{{\"a\":[],\"record\":{text}}}")], "\"record\":[1]")
            }),
            Self::OwnText => each(&mut |text, style| {
                let text = style.quoted(text);
                style.object(&[format!("\"payload\":{{\"record\":{text}}}")], "\"record\":{}")
            }),
        }
    }
}

/// A record with its mark, indented or not. What attackers may have written in it is there to mislead.
pub fn record(is_indented: bool) -> impl Strategy<Value = String> {
    let shows = select(vec![
        r#""eventSource":"iam.amazonaws.com""#,
        r#""eventSource" : "s3.amazonaws.com""#,
        r#""event\u0053ource":"iam\u002eamazonaws.com""#,
        r#""eventVersion":"1.08","userIdentity":{"type":"Root"},"eventSource":"ec2.amazonaws.com""#,
        r#""eventType":"AwsCloudTrailInsight""#,
    ]);
    let other = select(vec![
        r#""eventVersion":"1.09""#,
        r#""message":"{\"eventSource\":\"iam.amazonaws.com\",\"FLAG\":1}""#,
        r#""detail":{"eventVersion":"1.08","userIdentity":{},"eventSource":"iam.amazonaws.com","FLAG":1}"#,
        r#""event":{"original":"{\"eventSource\":\"iam.amazonaws.com\"}"}"#,
        r#""requestParameters":{"Records":[{"eventSource":"iam.amazonaws.com"}],"a":"}]\\\"{["}"#,
        r#""logEvents":[{"message":"{\"eventSource\":\"iam.amazonaws.com\"}"}]"#,
        r#""payload":{"record":{"eventSource":"iam.amazonaws.com"}}"#,
        r#""userAgent":"é\u0000\/\ud800 \ud83d\ude00 😀""#,
        r#""x":"NOTE""#,
        r#""x":"FLAG""#,
        r#""x":["UNJUDGED",{}]"#,
        r#""x":-0.0e-1"#,
        r#""trailsieve_":null"#,
    ]);
    (prop::collection::vec(other, 0..4), shows, any::<prop::sample::Index>()).prop_map(move |(others, shows, place)| {
        let mut members = others;
        // An array of that name is gone through before anything behind it is seen.
        let goes_first = members.first().is_some_and(|first| first.starts_with("\"logEvents\""));
        members.insert(if goes_first { 0 } else { place.index(members.len() + 1) }, shows);
        let gap = if is_indented { "\r\n\t" } else { "" };
        format!("{{{gap}{}{gap}{SEAM}}}", members.join(&format!(",{gap}")))
    })
}
