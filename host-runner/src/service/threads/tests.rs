//! What becomes of records when a thread that judges them crashes, which only a fault of ours can make it do.

use super::super::breaker::Breaker;
use super::super::budget::Budget;
use super::super::intake::Intake;
use super::super::queue::{Generation, Queue};
use super::super::share::Share;
use super::super::worker::{self, Shared};
use super::*;
use crate::batch::{Judge, Judged, Records};
use crate::framing::{Forms, Framer, Mode, Page};
use crate::metrics::Metrics;
use std::sync::mpsc::channel;

/// A judge with a fault.
struct Faulty;

impl Judge for Faulty {
    #[expect(clippy::panic, reason = "that is the fault")]
    fn judge(&mut self, _: &Records) -> Judged {
        panic!("a fault that this test wants")
    }
}

#[test]
#[expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]
fn a_judge_that_crashes_ends_the_service_and_nothing_of_its_page_is_acknowledged() {
    let queue = Arc::new(Queue::new(Generation::new(1, vec![Box::new(Faulty)])));
    let budget = Arc::new(Budget::new(1 << 20));
    let intake = Intake {
        name: "in".into(),
        outputs: 1,
        max_record: 1_000,
        body_limit: 1_000,
        queue: Arc::clone(&queue),
        budget: Arc::clone(&budget),
        long: Arc::new(Budget::new(1)),
        is_gone: Arc::default(),
    };
    let mut page = Page::default();
    page.read_from(&mut "{\"eventName\":\"A\"}\n".as_bytes(), 1_000).unwrap();
    page.frame(&mut Framer::new(Mode::Lines, 1_000));
    let (tell, told) = channel();
    assert!(intake.take(page, Share::first(move |all| tell.send(all).unwrap())));

    let shared = Shared {
        queue,
        breaker: Arc::new(Breaker::new(1)),
        metrics: Arc::new(Metrics::new()),
        forms: Forms::default(),
        bypass_after: None,
    };
    let (done, judged) = channel();
    let stop = Arc::new(Stop::new());
    let worker = spawn(&stop, "worker", move || worker::work(&shared, &done)).unwrap();
    assert!(worker.join().is_err());
    assert_eq!(told.recv(), Ok(false), "whoever sent the page is told that it was not delivered");
    assert!(judged.recv().is_err(), "nothing goes on to the outputs");
    assert!(stop.is_failed() && stop.is_draining());
    assert_eq!(budget.used(), 0);
}
