//! The function that Fluent Bit's filter_wasm calls with each record. Takes pointers into the module's own memory,
//! gives one back. Pointers are touched here and nowhere else.
//!
//! Whatever goes wrong, the answer is the record as it came: Fluent Bit drops a record whose filter answers nothing.

use crate::splice::annotated;
use std::cell::RefCell;
use std::ffi::c_char;
use std::ptr;
use trailsieve_core::Detector;

/// A detector and the text last answered. Fluent Bit copies an answer before it calls again and never frees one, so
/// one buffer serves all.
struct Filter {
    detector: Option<Detector>,
    answer: Vec<u8>,
}

thread_local! {
    /// Built by the first call, because Fluent Bit calls nothing else before. It has one thread.
    static FILTER: RefCell<Option<Filter>> = const { RefCell::new(None) };
}

/// Judges one record: JSON text of `record_length` bytes. Answers NUL-terminated text: the record with the added field,
/// or the record itself where there is nothing to say.
///
/// # Safety
///
/// `record` is null, or points to `record_length` bytes and a NUL, as filter_wasm with `event_format json` hands over.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn trailsieve_filter(
    _tag: *const c_char,
    _tag_length: u32,
    _seconds: u32,
    _nanoseconds: u32,
    record: *const c_char,
    record_length: u32,
) -> *const c_char {
    // Fluent Bit hands over null where its copy of the record did not fit into the module's heap.
    let Ok(length) = usize::try_from(record_length) else { return record };
    if record.is_null() {
        return ptr::null();
    }
    // SAFETY: the caller promises that so many bytes lie there, and nothing else runs while this function does.
    let bytes = unsafe { std::slice::from_raw_parts(record.cast::<u8>(), length) };
    FILTER.with_borrow_mut(|filter| {
        let filter = filter.get_or_insert_with(|| Filter {
            detector: Detector::load(&[], "{}").ok().map(|(detector, _)| detector),
            answer: Vec::new(),
        });
        let Some(text) = filter.detector.as_mut().and_then(|detector| annotated(detector, bytes)) else {
            return record;
        };
        filter.answer = text;
        filter.answer.push(0);
        filter.answer.as_ptr().cast()
    })
}
