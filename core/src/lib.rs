//! Detection for AWS CloudTrail records: bytes in, verdicts out.
//!
//! [`Detector`] is the whole of it: it builds a pack of rules, runs the tests that the rules carry, and judges batches
//! of records. Beside it, the feature `convert` gives records in the forms that other systems read. Everything here is a
//! pure function of what it is given: no input or output, no clock, no environment.
//!
//! ```
//! use trailsieve_core::Detector;
//!
//! let (mut detector, _manifest) = Detector::load(&[], r#"{"min_level":"medium"}"#).unwrap();
//! let record = br#"{"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging"}"#;
//! let verdicts = detector.detect(record).unwrap();
//! assert!(verdicts.verdicts[0].annotation.contains("cloudtrail/trail-stopped"));
//! ```

mod cloudtrail;
#[cfg(feature = "convert")]
pub mod convert;
pub mod detect;
mod detector;
mod enrich;
pub mod explain;
mod fold;
pub mod limits;
pub mod record;
pub mod rule;
pub mod schema;
mod text_table;
mod time;
mod verdict;
mod words;

pub use detector::{Detector, TestResult};
pub use rule::diagnostic::{Code, Diagnostic};
pub use rule::pack::SourceFile;
pub use verdict::{Counts, Outcome, Suppression, Verdict, Verdicts};
