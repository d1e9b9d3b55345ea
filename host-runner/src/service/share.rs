//! Who must be told that something was delivered.
//!
//! An input hands out shares of what it took in, one for each page and output. When the last share is gone the input is
//! told whether all of them were delivered. A share that is dropped, by whatever fault, was not: nothing is
//! acknowledged by accident.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What is called with whether all was delivered.
type Tell = Box<dyn FnOnce(bool) + Send>;

/// A part of something that is to be acknowledged.
pub(crate) struct Share {
    whole: Arc<Whole>,
    is_delivered: bool,
}

struct Whole {
    failed: AtomicBool,
    tell: Mutex<Option<Tell>>,
}

impl Share {
    /// The only share, of which further ones are made.
    pub(crate) fn first(tell: impl FnOnce(bool) + Send + 'static) -> Self {
        let whole = Whole { failed: AtomicBool::new(false), tell: Mutex::new(Some(Box::new(tell))) };
        Self { whole: Arc::new(whole), is_delivered: false }
    }

    /// One more share of the same.
    pub(crate) fn another(&self) -> Self {
        Self { whole: Arc::clone(&self.whole), is_delivered: false }
    }

    /// This part is where it should be.
    pub(crate) fn delivered(mut self) {
        self.is_delivered = true;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if !self.is_delivered {
            self.whole.failed.store(true, Ordering::Release);
        }
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        let tell = self.tell.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(tell) = tell {
            tell(!self.failed.load(Ordering::Acquire));
        }
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share").field("is_delivered", &self.is_delivered).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Share;
    use std::sync::mpsc::channel;

    #[test]
    fn it_is_told_once_and_only_when_the_last_share_is_gone() {
        let (tell, told) = channel();
        let first = Share::first(move |all| assert!(tell.send(all).is_ok()));
        let second = first.another();
        first.delivered();
        assert!(told.try_recv().is_err());
        second.delivered();
        assert_eq!(told.iter().collect::<Vec<_>>(), [true]);
    }

    #[test]
    fn a_share_that_is_lost_was_not_delivered() {
        let (tell, told) = channel();
        let first = Share::first(move |all| assert!(tell.send(all).is_ok()));
        drop(first.another());
        first.delivered();
        assert_eq!(told.iter().collect::<Vec<_>>(), [false]);
    }
}
