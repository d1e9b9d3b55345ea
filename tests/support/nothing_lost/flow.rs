//! Records through `run`: from senders over HTTP or a log, to a server or a file.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::sinks::Sink;
use super::sources::Source;
use super::{Chance, Fault, Issued, Record, Trial, records};
use crate::place::Place;
use crate::runner::{self, LEAST_ROOM};
use crate::service::{Service, eventually, free_address};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;

/// How many records go through, and how many senders there are over HTTP.
const RECORDS: usize = 3_000;
const SENDERS: usize = 3;

/// How often something happens to the service or to whoever takes records.
const TIMES: usize = 4;

/// Where records are kept that the other side declines.
const REFUSED: &str = "state/dead-letters/out/refused.ndjson";

/// One end of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A sender or a server.
    Http,
    /// A log that grows, or the file that is written.
    File,
}

/// Records from one end to the other while something goes wrong.
pub(super) fn through_service(from: End, to: End, fault: Fault, chance: &mut Chance) -> Trial {
    let place = Place::new();
    let senders = if from == End::Http { SENDERS } else { 1 };
    let rows: Vec<Vec<Record>> =
        (0..senders).map(|sender| records::of_sender(sender, RECORDS / senders, chance)).collect();
    let issued = Issued::new(rows.concat());
    let last = issued.records().last().unwrap().id.clone();
    let sink = Sink::new(to, &place, fault, &last);
    let listen = free_address();
    let setup = match from {
        End::Http => sink.setup().listening(listen),
        End::File => sink.setup().following("PLACE/log"),
    };
    let start = || setup.start_in(&place);
    if fault == Fault::DiskFull && to == End::Http {
        // The other side declines some records, and there is no room for them.
        let refused = place.path().join(REFUSED);
        fs::create_dir_all(refused.parent().unwrap()).unwrap();
        symlink("/dev/full", refused).unwrap();
    }
    let mut service = match fault {
        Fault::DiskFull if to == End::File => {
            Service::spawn(runner::in_little_room(&setup.command(&place), chance.between(LEAST_ROOM, 300)))
        }
        _ => start(),
    };
    let source = match from {
        End::Http => Source::http(rows, listen, fault, chance),
        End::File => Source::file(rows.concat(), place.path().join("log"), fault, chance),
    };
    let is_over = || source.is_done() && (from == End::Http || sink.has_last(&last));
    let mut faults = 0;
    match fault {
        Fault::Kill | Fault::Stopped => {
            while faults < TIMES && !is_over() {
                let until = sink.length() + chance.between(1, 150_000);
                eventually("more is delivered", || sink.length() > until || is_over());
                faults += 1;
                if fault == Fault::Kill {
                    chance.pause(2_000);
                    service.signal("KILL");
                    service.end();
                    service = start();
                } else {
                    sink.stop_for_a_while();
                }
            }
        }
        Fault::DiskFull => {
            service.wait_for("event=output_failed");
            faults += 1;
            match to {
                End::Http => fs::remove_file(place.path().join(REFUSED)).unwrap(),
                End::File => runner::give_room(service.id()),
            }
            service.wait_for("event=output_recovered");
        }
        Fault::Slow => faults += 1,
        Fault::Restarted => {}
    }
    eventually("all is delivered", is_over);
    faults += source.end();
    assert_eq!(service.terminate(), 0);
    Trial { issued, written: sink.end(), kept_aside: kept_aside(&place), faults }
}

/// The records that the other side declined.
fn kept_aside(place: &Place) -> Vec<u8> {
    let letters = fs::read_to_string(place.path().join(REFUSED)).unwrap_or_default();
    let message = |letter: &str| {
        let letter: Value = serde_json::from_str(letter).unwrap();
        format!("{}\n", letter.get("message").and_then(Value::as_str).unwrap())
    };
    letters.lines().map(message).collect::<String>().into_bytes()
}
