//! The values that a record has at one path, as far as they may be repeated: what an explanation shows of them.
//!
//! The same bounds and the same secrets as in `fields` of a finding. A path with a wildcard for keys does not tell under
//! which key a value stands, so nothing of such values is repeated.

use super::reading::{Reading, Wanted};
use super::secrets::{Secrets, is_secret_key, is_secret_name};
use super::shown::Shown;
use crate::record::path::{Path, Step};
use crate::record::subtree::elements;
use crate::record::{Slot, Value, View};

/// Shows values of one record after another.
#[derive(Debug)]
pub(crate) struct Seen {
    wanted: Wanted,
}

impl Seen {
    /// Registers the paths by which it knows what is secret.
    pub(crate) fn new(slot_of: &mut dyn FnMut(&Path) -> Slot) -> Self {
        Self { wanted: Wanted::new(slot_of) }
    }

    /// The values in the slot of this path, a JSON array.
    pub(crate) fn values(&self, view: &View<'_>, path: &Path, slot: Slot) -> String {
        let secrets = Secrets::new(&Reading::new(&self.wanted, view));
        let keys = keys(path);
        let is_field = matches!(path.0.as_slice(), [Step::Field(_)]);
        let withheld = path.0.contains(&Step::AnyMember)
            || keys.iter().any(|key| is_secret_key(key) || secrets.is_secret_here(key))
            || path.0.iter().any(|step| matches!(step, Step::Field(name) if is_secret_name(name)));
        let mut shown = Shown::default();
        // What an array holds stands at the same field, so that showing the array, too, would say all of it twice.
        let told = view.all(slot).filter(|value| !is_field || !is_filled_array(value));
        told.for_each(|value| shown.add(keys.last().copied().unwrap_or_default(), value, withheld, secrets));
        let mut json = String::new();
        shown.write_all(&mut json);
        json
    }
}

/// The keys on the way. Those of a Sigma field may hold dots, but then they are none that say what is secret here.
fn keys(path: &Path) -> Vec<&str> {
    let mut keys = Vec::new();
    for step in &path.0 {
        match step {
            Step::Member(key) => keys.push(key.as_str()),
            Step::Field(name) => keys.extend(name.split('.')),
            Step::AnyMember | Step::Element(_) | Step::AnyElement => {}
        }
    }
    keys
}

fn is_filled_array(value: &Value<'_>) -> bool {
    matches!(value, Value::Array(raw) if elements(raw).next().is_some())
}
