//! Memory for the host: where it copies tag and record to. A runtime that finds `malloc` and `free` uses them instead of
//! a heap of its own, in which Fluent Bit has room for 8 KiB.
//!
//! Takes and gives pointers. A request that cannot be met is answered with null, never with a trap.

use std::alloc::{Layout, alloc, dealloc};

/// Before each block stands its size. So many bytes, so that what follows is aligned for anything.
const HEADER: usize = 8;

/// Gives memory of so many bytes, or null.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn malloc(bytes: usize) -> *mut u8 {
    let Some(layout) = layout(bytes) else { return std::ptr::null_mut() };
    // SAFETY: the layout is never empty, for it has a header.
    let block = unsafe { alloc(layout) };
    if block.is_null() {
        return block;
    }
    // SAFETY: the block begins with the header, which is aligned for its size.
    unsafe {
        block.cast::<usize>().write(bytes);
        block.add(HEADER)
    }
}

/// Takes it back.
///
/// # Safety
///
/// `memory` is null or comes from `malloc`, and was not given back before.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn free(memory: *mut u8) {
    if memory.is_null() {
        return;
    }
    // SAFETY: `malloc` gave it, so that a header stands before it.
    unsafe {
        let block = memory.sub(HEADER);
        if let Some(layout) = layout(block.cast::<usize>().read()) {
            dealloc(block, layout);
        }
    }
}

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.checked_add(HEADER)?, HEADER).ok()
}
