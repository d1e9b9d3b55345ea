//! Every bound of converting, with the reason for each number.

/// How deep objects and arrays of a record may be nested. Real records reach 11 levels; what is put around them are
/// some six more, and many readers of JSON give up at 128.
pub(super) const MAX_DEPTH: u32 = 100;

/// How deep an object may be that goes into a field of Elasticsearch's type `flattened`: the type's own default.
pub(super) const MAX_FLATTENED_DEPTH: usize = 20;

/// How long such an object may be, in bytes of JSON: Lucene takes no longer value, and Elastic's integration leaves such
/// objects out from here on.
pub(super) const MAX_FLATTENED: usize = 32_766;

/// How many findings of one record are converted. There are some 300 rules, of which a handful match a record; an
/// annotation of so many is none of ours.
pub(super) const MAX_FINDINGS: usize = 1_000;

/// All lines of one record together: thirty times the largest record that AWS writes. The widest form keeps three copies
/// of a part of it, and findings are a few kilobytes each.
pub(super) const MAX_OUTPUT: usize = 8 << 20;
