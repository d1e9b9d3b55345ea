//! The file as it is typed: one struct for each table, whose fields are the keys.
//!
//! Descriptions of fields become those of the JSON Schema. What goes beyond the form of one table is for `meant.rs`.

pub use super::level::Level;
use super::units::{Period, Size, address};
use crate::pipeline::DEFAULT_MAX_RECORD;
use crate::zone::Zone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::path::PathBuf;
use toml::Spanned;

/// What concerns the whole service
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct General {
    /// Judge with this many threads; left out: one for each processor that the control group grants
    #[schemars(range(min = 1, max = 256))]
    pub workers: Option<u16>,
    /// How much may wait in all queues together. Where it is used up, inputs wait
    pub memory_limit: Size,
    /// What happens to records that wait too long for the detector
    pub overload: Overload,
    /// How long is too long
    pub overload_after: Period,
    /// What happens to records that the detector fails on
    pub on_failure: OnFailure,
    /// After so many batches in a row of which nothing could be judged, the detector is left alone for a while
    #[schemars(range(min = 1))]
    pub breaker_after: u32,
    /// Tell in findings when each event was by the clock of this place, too: a name such as Asia/Tokyo
    pub time_zone: Option<Zone>,
    /// How long is waited for outputs after SIGTERM
    pub grace: Period,
    /// Where positions in files and refused records are kept
    pub state_dir: Option<PathBuf>,
    /// Allow others than this machine to connect without TLS and without a secret
    pub allow_insecure: bool,
}

impl Default for General {
    fn default() -> Self {
        Self {
            workers: None,
            memory_limit: Size(256 << 20),
            overload: Overload::Block,
            overload_after: Period::of_secs(5),
            on_failure: OnFailure::Pass,
            breaker_after: 16,
            time_zone: None,
            grace: Period::of_secs(30),
            state_dir: None,
            allow_insecure: false,
        }
    }
}

/// What happens to records that wait too long for the detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overload {
    /// They wait, and so do the inputs
    Block,
    /// They pass, marked as unjudged
    Bypass,
}

/// What happens to records that the detector fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// They pass, marked as unjudged
    Pass,
    /// The service stops; nothing of their batch is acknowledged
    Closed,
}

/// Where the service tells how it is
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// Address and port of /healthz, /readyz and /metrics
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
}

/// Which rules, how they are tuned, and what is a record
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Rule files, or folders of them; a rule with the name of a built-in one replaces it
    pub paths: Vec<PathBuf>,
    /// Whether the built-in rules are there
    pub default_rules: bool,
    /// Leave rules out that have a mistake, tell of each, and go on with the rest; else they refuse all
    pub skip_refused: bool,
    /// Rules to switch off by name; * stands for anything
    #[schemars(with = "Vec<String>")]
    pub disable: Vec<Glob>,
    /// Rules to switch on by name, even if `disable` means them, too
    #[schemars(with = "Vec<String>")]
    pub enable: Vec<Glob>,
    /// Rules below this level are off
    pub min_level: Level,
    /// Files of overrides; the last one wins
    pub overrides: OneOrMany,
    /// Judge with this component instead of the built-in detector
    pub component: Option<PathBuf>,
    /// The name of the field that records gain
    #[schemars(length(min = 1))]
    pub field: String,
    /// Records that are larger pass without being judged
    pub max_record_size: Size,
    /// Look for records here, too, where they stand in something else: names of members, such as payload.record
    pub record_paths: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            default_rules: true,
            skip_refused: false,
            disable: Vec::new(),
            enable: Vec::new(),
            min_level: Level::Informational,
            overrides: OneOrMany::Many(Vec::new()),
            component: None,
            field: "trailsieve".to_owned(),
            max_record_size: Size(DEFAULT_MAX_RECORD),
            record_paths: Vec::new(),
        }
    }
}

/// Names of rules, with `*` for anything.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "Spanned<String>")]
pub struct Glob {
    /// As it is written.
    pub text: String,
    /// Where it stands in the file: the line, and as long as that is being read, the byte.
    pub at: usize,
}

impl From<Spanned<String>> for Glob {
    fn from(read: Spanned<String>) -> Self {
        Self { at: read.span().start, text: read.into_inner() }
    }
}

/// One path or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a path or an array of paths")]
#[expect(missing_docs, reason = "the names say it")]
pub enum OneOrMany {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

impl OneOrMany {
    /// All of them.
    pub fn all(&self) -> &[PathBuf] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Many(paths) => paths,
        }
    }
}

/// One override, with the keys of an overrides file; `expires` may be a date
pub type Override = Map<String, Value>;

/// The secret half of an identity on the network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain of certificates, PEM
    pub cert_file: PathBuf,
    /// The private key, PEM
    pub key_file: PathBuf,
}

/// Records come in
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(tag = "type")]
pub enum Input {
    /// over HTTP: lines, arrays, CloudTrail's own documents, deliveries of Firehose
    Http(HttpInput),
    /// from a file that grows
    File(FileInput),
}

/// Over HTTP.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpInput {
    /// Address and port
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Where requests must go; anything else is answered with 503
    #[serde(default = "root")]
    pub path: String,
    /// A file with the bearer token that requests must carry
    pub token_file: Option<PathBuf>,
    /// A file with the access key that deliveries of Firehose must carry
    pub firehose_key_file: Option<PathBuf>,
    /// Serve TLS
    pub tls: Option<Tls>,
    /// The largest body, after decompression
    #[serde(default = "body_limit")]
    pub body_limit: Size,
    /// How many connections are served at once; further ones wait
    #[serde(default = "connections")]
    #[schemars(range(min = 1))]
    pub connections: u16,
    /// How long a request may take, until all outputs have acknowledged it, before it is answered with 503
    #[serde(default = "answer_within")]
    pub answer_within: Period,
    /// How long a client may be silent in the midst of a request
    #[serde(default = "read_timeout")]
    pub read_timeout: Period,
}

fn root() -> String {
    "/".to_owned()
}

fn body_limit() -> Size {
    Size(64 << 20)
}

fn connections() -> u16 {
    128
}

fn answer_within() -> Period {
    Period::of_secs(50)
}

fn read_timeout() -> Period {
    Period::of_secs(30)
}

/// From a file that grows.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileInput {
    /// The file, which may be rotated by renaming or by truncating; one file, not packed
    pub path: PathBuf,
    /// How often is looked for more
    #[serde(default = "poll")]
    pub poll: Period,
}

fn poll() -> Period {
    Period::of_millis(250)
}

/// What an output writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Emit {
    /// Everything that came in
    #[default]
    All,
    /// Records in which something was found, and those that could not be judged
    Flagged,
    /// One line for each finding, which stands alone
    Findings,
}

/// Records go out
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(tag = "type")]
pub enum Output {
    /// over HTTP, one a line
    Http(HttpOutput),
    /// to the end of a file, one a line
    File(FileOutput),
    /// to standard output, one a line
    Stdout(StdoutOutput),
}

/// An output's table: its own keys, and those of all outputs.
macro_rules! output {
    ($(#[$about:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The names of the inputs it takes from; left out: all
            pub inputs: Option<Vec<String>>,
            /// What to write
            #[serde(default)]
            pub emit: Emit,
            /// Write records without what was around them
            #[serde(default)]
            pub unwrap: bool,
            $($own)*
        }
    };
}

output! {
    /// Over HTTP.
    HttpOutput {
        /// Where to, http:// or https://
        pub url: String,
        /// A file with the bearer token to send
        pub token_file: Option<PathBuf>,
        /// Trust the certificates in this file, PEM, and no others
        pub ca_file: Option<PathBuf>,
        /// Compress bodies
        #[serde(default)]
        pub gzip: bool,
        /// How much goes into one request
        #[serde(default = "batch_size")]
        pub batch_size: Size,
        /// How long one request may take
        #[serde(default = "timeout")]
        pub timeout: Period,
        /// The folder for records that are refused alone; left out: below state_dir
        pub dead_letters: Option<PathBuf>,
        /// How much may lie in it; where it is full, what is refused is sent again until somebody makes room
        #[serde(default = "dead_letters_limit")]
        pub dead_letters_limit: Size,
    }
}

fn batch_size() -> Size {
    Size(1 << 20)
}

fn timeout() -> Period {
    Period::of_secs(30)
}

fn dead_letters_limit() -> Size {
    Size(1 << 30)
}

output! {
    /// To the end of a file.
    FileOutput {
        /// The file; it is made, for its owner alone, if it is not there, and anew if it is moved away
        pub path: PathBuf,
        /// Acknowledge only what the disk has
        #[serde(default)]
        pub fsync: bool,
    }
}

output! {
    /// To standard output.
    StdoutOutput {}
}

impl Output {
    /// What all outputs have: the inputs it takes from, what it writes, whether without what was around records.
    pub fn feed(&self) -> (Option<&[String]>, Emit, bool) {
        match self {
            Self::Http(HttpOutput { inputs, emit, unwrap, .. })
            | Self::File(FileOutput { inputs, emit, unwrap, .. })
            | Self::Stdout(StdoutOutput { inputs, emit, unwrap }) => (inputs.as_deref(), *emit, *unwrap),
        }
    }
}
