//! Inputs that are packed or spelled otherwise: what is read of them, and what is named instead.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use trailsieve::input::Input;
use trailsieve::output;
use trailsieve::pipeline::{Options, run};
use trailsieve_tests::judge::ByWord;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_is_packed_twice_or_spelled_otherwise_is_named() {
    let record = "{\"FLAG\":1}\n";
    let wide = |order: fn(u16) -> [u8; 2]| record.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let cases = [
        (packed(&packed(record.as_bytes())), "gunzip"),
        ([b"\xff\xfe", wide(u16::to_le_bytes).as_slice()].concat(), "iconv"),
        ([b"\xfe\xff", wide(u16::to_be_bytes).as_slice()].concat(), "iconv"),
        (packed(&wide(u16::to_le_bytes)), "iconv"),
        (wide(u16::to_be_bytes), "iconv"),
    ];
    for (bytes, way_out) in cases {
        let inputs = [Input::stream("odd", Cursor::new(bytes)), Input::stream("good", Cursor::new(record))];
        let judges = ByWord::default().workers(1);
        let report = run(inputs.into_iter(), &mut output::Nothing, judges, &Options::default()).unwrap();
        assert_eq!((report.counters.flagged, report.counters.records_in, report.failures.len()), (1, 1, 1));
        assert!(report.failures.first().unwrap().error.to_string().contains(way_out), "{way_out}");
    }
}

#[test]
fn gzip_of_several_members_is_read_and_a_corrupt_one_is_named() {
    let whole = [packed(b"{\"a\":1}\n{\"FLAG"), packed(b"\":2}\n")].concat();
    // Without its check sum: all of the content is there, but nobody knows whether it is right.
    let cut = whole.get(..whole.len() - 4).unwrap().to_vec();
    let inputs = [Input::stream("whole", Cursor::new(whole)), Input::stream("cut", Cursor::new(cut))];
    let judges = ByWord::default().workers(1);
    let report = run(inputs.into_iter(), &mut output::Nothing, judges, &Options::default()).unwrap();
    assert_eq!((report.counters.clean, report.counters.flagged), (2, 2));
    assert_eq!(report.failures.len(), 1);
    assert_eq!(report.failures.first().unwrap().input, "cut");
}
