//! Beside detection: CloudTrail records in the forms that other systems read.
//!
//! Takes a batch as the detector does; gives for each record one JSON object on one line and, where the form has such,
//! one for each finding that an annotation in it tells of. What a record does not say is left out, nothing is invented;
//! times are the record's own, so that the same records give the same bytes.

mod annotation;
mod attack;
mod ecs;
mod finding;
mod json;
mod limits;
mod ocsf;
mod record;
mod row;
mod settings;
mod verb;

use crate::cloudtrail::Cloudtrail;
use crate::enrich::reading::{Reading, Wanted};
use crate::limits::MAX_BATCH_BYTES;
use crate::record::{ProjectionBuilder, Scanner, unreadable};
use json::Object;
use limits::{MAX_DEPTH, MAX_OUTPUT};
use record::Record;
use settings::Settings;
use std::sync::Arc;

/// What records are turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OCSF: events and Detection Findings.
    Ocsf,
    /// ECS: events and alerts.
    Ecs,
    /// One row of a table, see [`COLUMNS`].
    Row,
}

pub use row::{COLUMNS, Column, Shape};

/// What one record became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Converted {
    /// JSON objects, each on one line: the record, then its findings.
    Lines(Vec<String>),
    /// Something else than a CloudTrail record.
    NotCloudtrail,
    /// Not JSON, though it begins like it.
    Malformed,
    /// Valid, but not to be had in this form: why.
    Refused(String),
}

/// Converts records on one line each, as `settings` (JSON text) says: `field` names what `filter` adds (`trailsieve`),
/// `parameters` how ECS tells them in a text (`java` or `json`). The error says what is wrong with these, or why none of
/// the batch can be converted.
pub fn convert(to: Format, batch: &[u8], settings: &str) -> Result<Vec<Converted>, String> {
    let settings = settings::read(settings)?;
    if batch.len() > MAX_BATCH_BYTES {
        return Err(format!("batch: {} bytes (limit {MAX_BATCH_BYTES}); hand over fewer records", batch.len()));
    }
    let mut converter = Converter::new(to, settings)?;
    let mut converted = Vec::new();
    let mut at = 0;
    while at < batch.len() {
        let (record, end) = converter.convert(batch, at);
        converted.push(record);
        at = end + 1;
    }
    Ok(converted)
}

struct Converter {
    to: Format,
    settings: Settings,
    cloudtrail: Cloudtrail,
    wanted: Wanted,
    scanner: Scanner,
}

impl Converter {
    fn new(to: Format, settings: Settings) -> Result<Self, String> {
        let mut paths = ProjectionBuilder::new();
        let cloudtrail = Cloudtrail::new(|path| paths.slot(path));
        let wanted = Wanted::new(&mut |path| paths.slot(path));
        let projection = paths.build().map_err(|error| format!("{} paths are too many", error.paths))?;
        Ok(Self { to, settings, cloudtrail, wanted, scanner: Scanner::new(Arc::new(projection)) })
    }

    /// What becomes of the record that begins at `start`, and where it ends.
    fn convert(&mut self, batch: &[u8], start: usize) -> (Converted, usize) {
        let end = match self.scanner.scan_at(batch, start) {
            Some(end) if batch.get(end).is_none_or(|&next| next == b'\n') => end,
            _ => {
                let (end, looks_like_json) = unreadable(batch, start);
                return (if looks_like_json { Converted::Malformed } else { Converted::NotCloudtrail }, end);
            }
        };
        let depth = self.scanner.depth();
        let too_deep = || Converted::Refused(format!("nested {depth} levels deep (limit {MAX_DEPTH})"));
        let Ok(view) = self.scanner.view(batch) else { return (too_deep(), end) };
        if !self.cloudtrail.wrote(view) {
            return (Converted::NotCloudtrail, end);
        }
        if depth > MAX_DEPTH {
            return (too_deep(), end);
        }
        // The scan has checked that it is UTF-8.
        let text = batch.get(start..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let tree = json::read(text);
        let Some(members) = tree.object() else { return (Converted::NotCloudtrail, end) };
        let record = Record::new(members, &Reading::new(&self.wanted, &view), &self.settings);
        let told = match self.to {
            Format::Ocsf => ocsf::convert(&record),
            Format::Ecs => ecs::convert(&record),
            Format::Row => Ok(vec![row::convert(&record)]),
        };
        (told.and_then(lines).map_or_else(Converted::Refused, Converted::Lines), end)
    }
}

/// Writes the objects, unless they are far more than one record can mean.
fn lines(objects: Vec<Object<'_>>) -> Result<Vec<String>, String> {
    let mut left = MAX_OUTPUT;
    let mut lines = Vec::with_capacity(objects.len());
    for object in objects {
        let line = json::Json::from(object).to_line();
        left = left
            .checked_sub(line.len())
            .ok_or_else(|| format!("comes to more than {MAX_OUTPUT} bytes with all its findings"))?;
        lines.push(line);
    }
    Ok(lines)
}
