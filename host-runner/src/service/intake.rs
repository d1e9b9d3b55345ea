//! The way in for all inputs: takes pages, finds room for them, puts them on the bench.

use super::bench::{Bench, Work};
use super::budget::Budget;
use super::receipt::Share;
use crate::framing::{Item, Page};
use std::sync::Arc;

/// What one input hands its pages to.
#[derive(Clone, Debug)]
pub(crate) struct Intake {
    pub(crate) name: Arc<str>,
    /// How many outputs take from it.
    pub(crate) outputs: usize,
    pub(crate) max_record: usize,
    /// The largest body of a request; meaningless for other inputs.
    pub(crate) body_limit: usize,
    pub(crate) bench: Arc<Bench>,
    pub(crate) budget: Arc<Budget>,
}

/// What a page takes beside its bytes: the job, its place in queues, its lines' places.
const PER_PAGE: usize = 1024;

impl Intake {
    /// Takes a page in, once there is room for it and for what each output makes of it. `false`: the service ends, and
    /// the page is not taken.
    pub(crate) fn take(&self, page: Page, share: Share) -> bool {
        let items = page.items.len().saturating_mul(2 * size_of::<Item>());
        let bytes = page.bytes().len().saturating_mul(1 + self.outputs).saturating_add(items);
        let Some(held) = self.budget.take(bytes.saturating_add(PER_PAGE)) else { return false };
        self.bench.push(Work { input: Arc::clone(&self.name), page, share, held });
        true
    }
}
