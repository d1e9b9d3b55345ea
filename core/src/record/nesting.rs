//! Which objects and arrays are open: one bit a level, so that a megabyte of brackets costs an eighth of its size.

/// The open levels.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: u32,
    deepest: u32,
    /// The innermost levels, up to 64; the innermost is the lowest bit, set for an object.
    innermost: u64,
    /// The levels around those, 64 each.
    outer: Vec<u64>,
}

const LEVELS: u32 = u64::BITS;

impl Nesting {
    pub(super) fn deepest(&self) -> u32 {
        self.deepest
    }

    /// Something was passed here that has this many levels itself.
    #[inline(always)]
    pub(super) fn note_depth_within(&mut self, depth: u32) {
        self.deepest = self.deepest.max(self.depth + depth);
    }

    /// `None` outside of everything.
    #[inline(always)]
    pub(super) fn innermost_is_object(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.innermost & 1 == 1)
    }

    #[inline(always)]
    pub(super) fn open(&mut self, is_object: bool) {
        if self.depth.is_multiple_of(LEVELS) && self.depth > 0 {
            self.outer.push(self.innermost);
        }
        self.innermost = self.innermost << 1 | u64::from(is_object);
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
    }

    #[inline(always)]
    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.innermost >>= 1;
        if self.depth.is_multiple_of(LEVELS) && self.depth > 0 {
            self.innermost = self.outer.pop().unwrap_or_default();
        }
    }
}
