//! The bounds of judging and of a whole pack, with the reason for each number. Those of reading one file stand beside what
//! they bound, in `rule/`; those of an annotation in `enrich/limits.rs`, of an explanation in `explain/`.

/// How deep objects and arrays of a record may be nested and still be judged. Real records reach 11 levels and parser
/// libraries give up between 100 and 200; this is so far beyond both that hiding behind it takes a record that no
/// AWS service writes. Deeper valid records are `unjudged`, never silently clean.
pub const MAX_DEPTH: u32 = 1024;

/// How many nodes the tree of wanted paths may have. 5,000 rules need some 20,000; wildcards multiply by the number of
/// keys beside them, and each node takes about 80 bytes of guest memory, so this many stay below 20 MB.
pub const MAX_PROJECTION_NODES: usize = 250_000;

/// Into how many parts dots may divide the name of a field in a Sigma rule. Every way to divide it is a way through the
/// tree of wanted paths, so that each further part doubles its nodes: this many parts take 4,095. CloudTrail's longest
/// names have seven. Who reads rules must refuse longer ones.
pub const MAX_FIELD_PARTS: usize = 12;

/// How many tests overrides may repeat, each counted for each rule that it is about. Entries that are bounded by account
/// and switch rules on and off by turns come to an eighth of the square of their number, as each must know where later
/// ones say otherwise. Measured with one account an entry: 129,000 load, 175,000 need more memory than the component has.
pub const MAX_REPEATED_TESTS: usize = 120_000;

/// The largest batch one call takes. Positions are 32 bits wide because that halves the memory they take.
pub const MAX_BATCH_BYTES: usize = u32::MAX as usize / 2;
