//! The plain module, for hosts that load no component: Fluent Bit's filter_wasm calls it with each record, and
//! `trailsieve module` loads its rules. Takes pointers into the module's own memory, gives one back. Pointers are
//! touched here and in `allocate.rs`, and nowhere else.
//!
//! Fluent Bit drops a record for which it gets no answer, ends itself on one that is no JSON, and knows neither fuel nor
//! limits. So whatever goes wrong, the answer is the record as it came, and what a call may cost is bounded here.

// Where it is not exported nobody calls for memory.
#[cfg(target_arch = "wasm32")]
mod allocate;
mod answer;
mod filter;
mod heartbeat;
mod members;
mod pack;
mod splice;

use filter::Filter;
use pack::Pack;
use std::cell::{Cell, OnceCell};
use std::ffi::c_char;

thread_local! {
    // Fluent Bit has one thread for all filters, and each has an instance of its own.
    static FILTER: Cell<Filter> = const { Cell::new(Filter::new()) };
    /// The rules, kept to load them again after a trap. The built-in ones if nobody loads others.
    static PACK: OnceCell<Pack> = const { OnceCell::new() };
    /// The text last answered. Fluent Bit copies an answer before it calls again and never frees one, so one buffer
    /// serves all.
    static ANSWER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Loads rules and settings from `length` bytes in the form of `pack.rs`, and says that the filter lives with the first
/// record and then about every `heartbeat` seconds (0: never). Answers 0; 1 if the bytes have another form; 2 if the
/// rules are refused, for reasons that the component tells.
///
/// # Safety
///
/// `pack` points to `length` bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn trailsieve_load(pack: *const u8, length: u32, heartbeat: u32) -> u32 {
    let Some(bytes) = bytes_at(pack, length) else { return 1 };
    let Some(pack) = Pack::read(bytes, heartbeat) else { return 1 };
    PACK.with(|known| match Filter::prepared(known.get_or_init(|| pack)) {
        Some(filter) => {
            FILTER.set(filter);
            0
        }
        None => 2,
    })
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
    seconds: u32,
    _nanoseconds: u32,
    record: *const c_char,
    record_length: u32,
) -> *const c_char {
    let mut answer = ANSWER.take();
    answer.clear();
    let is_made = match bytes_at(record.cast(), record_length.saturating_add(1)) {
        // Fluent Bit hands over null where its copy of the record found no memory. No answer would drop what is left of
        // the record, its time and tag, without a word.
        None => answer::lost(record_length, &mut answer),
        Some([record @ .., 0]) if !record.contains(&0) => {
            // Taken out, so that what a trap leaves half done is gone, and the next call knows.
            let filter = FILTER.replace(Filter::Judging);
            let filter = PACK.with(|pack| filter.ready(pack, || FILTER.set(Filter::Loading)));
            let (filter, is_made) = filter.judge(record, seconds, &mut answer);
            FILTER.set(filter);
            is_made
        }
        // Its length is not what it is said to be.
        Some(_) => false,
    };
    answer.push(0);
    let text = answer.as_ptr();
    ANSWER.set(answer);
    if is_made { text.cast() } else { record }
}

/// So many bytes of the module's memory; `None` if they are not in it.
fn bytes_at<'a>(start: *const u8, length: u32) -> Option<&'a [u8]> {
    let length = usize::try_from(length).ok()?;
    let end = start.addr().checked_add(length)?;
    if start.is_null() || end > memory_bytes() {
        return None;
    }
    // SAFETY: the memory holds so many bytes from there, the caller owns them, and nothing changes them while the call
    // lasts, for the module has one thread.
    Some(unsafe { std::slice::from_raw_parts(start, length) })
}

#[cfg(target_arch = "wasm32")]
fn memory_bytes() -> usize {
    std::arch::wasm32::memory_size::<0>().saturating_mul(1 << 16)
}

#[cfg(not(target_arch = "wasm32"))]
fn memory_bytes() -> usize {
    usize::MAX
}
