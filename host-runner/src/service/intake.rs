//! The way in for all inputs: takes pages, finds room for them, puts them into the queue.

use super::budget::{Budget, Held};
use super::queue::{Queue, Work};
use super::share::Share;
use crate::framing::{Item, Page};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What one input hands its pages to.
#[derive(Clone, Debug)]
pub(crate) struct Intake {
    pub(crate) name: Arc<str>,
    /// How many outputs take from it.
    pub(crate) outputs: usize,
    pub(crate) max_record: usize,
    /// The largest body of a request; meaningless for other inputs.
    pub(crate) body_limit: usize,
    pub(crate) queue: Arc<Queue>,
    pub(crate) budget: Arc<Budget>,
    /// The one place of all requests for gathering what is longer than a record.
    pub(crate) long: Arc<Budget>,
    /// Whoever sent the pages has gone, or was told to send them again: nothing more of them is taken in.
    pub(crate) is_gone: Arc<AtomicBool>,
}

/// What a page takes beside its bytes: the job, its place in queues, its lines' places.
const PER_PAGE: usize = 1024;

impl Intake {
    /// The same for one request, and who waits for it.
    pub(crate) fn for_request(&self) -> (Self, Waiting) {
        let intake = Self { is_gone: Arc::default(), ..self.clone() };
        let waiting = Waiting(intake.clone());
        (intake, waiting)
    }

    /// Takes a page in, once there is room for it and for what each output makes of it. `false`: the service ends or
    /// nobody waits for the page any more, and it is not taken.
    pub(crate) fn take(&self, page: Page, share: Share) -> bool {
        let items = page.items.len().saturating_mul(2 * size_of::<Item>());
        let bytes = page.bytes().len().saturating_mul(1 + self.outputs).saturating_add(items);
        let Some(held) = self.room(&self.budget, bytes.saturating_add(PER_PAGE)) else { return false };
        self.queue.push(Work { input: Arc::clone(&self.name), page, share, held });
        true
    }

    /// Waits until no other request gathers what is longer than a record, and keeps others from it as long as this is
    /// held: so what is not counted yet is a record of each request and one body. `None`: as where
    /// [`take`](Self::take) says `false`.
    pub(crate) fn gather_alone(&self) -> Option<Held> {
        self.room(&self.long, 1)
    }

    fn room(&self, within: &Arc<Budget>, bytes: usize) -> Option<Held> {
        within.take(bytes, || !self.is_gone.load(Ordering::Acquire))
    }
}

/// Somebody waits for what becomes of a request. Once this is dropped nothing more of it is taken in, and the thread
/// that reads it waits no longer.
#[derive(Debug)]
pub(crate) struct Waiting(Intake);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.is_gone.store(true, Ordering::Release);
        self.0.budget.look_again();
        self.0.long.look_again();
    }
}
