//! Every bound that the host sets a detector, with the reason for each number.
//!
//! One unit of fuel is about one WebAssembly instruction; a core of 2026 burns some 7 million a millisecond. The same
//! call burns the same fuel on every machine, so a verdict never depends on how busy a machine is.

use wasmtime::ResourceLimiter;

/// The largest component that is compiled. Compiling takes time and memory that no fuel bounds, so size must: a
/// detector in Rust is about one megabyte, one that carries a Python interpreter about 20.
pub const COMPONENT_BYTES: usize = 32 << 20;

/// How much of a file of rules or overrides is read. The detector that ships with the runner takes a sixteenth of it; of a
/// longer one any detector gets one byte more, and has to say that it is too large.
pub const RULE_FILE_BYTES: usize = 16 << 20;

/// The stack of WebAssembly code. Detection does not recurse over records; this is wasmtime's own default, and the
/// threads that call have at least four times as much.
pub(super) const STACK_BYTES: usize = 512 << 10;

/// Fuel of `load` and of `self-test` for each byte of rules. Reading YAML and building automata takes hundreds.
const SETUP_FUEL_PER_BYTE: u64 = 50_000;

/// What `load` and `self-test` may hand to the host: a manifest of 100,000 rules has some 30 MB.
pub(super) const SETUP_OUTPUT: usize = 64 << 20;

/// The longest annotation. Findings name rules and hold bounded values; a record whose annotation is longer than this
/// would choke the shippers behind us.
pub(super) const ANNOTATION_BYTES: usize = 256 << 10;

/// The longest description of an event: nine values.
pub(super) const EVENT_BYTES: usize = 64 << 10;

/// How many suppressions one batch may tell. Each stands for a rule and an override that met in one of its records;
/// a pack of 5,000 rules with ten overrides on each of them has fewer pairs.
pub(super) const SUPPRESSIONS: usize = 65_536;

/// The longest name of a rule, or of a source of suppressions: a path in a file system is no longer.
pub(super) const NAME_BYTES: usize = 4 << 10;

/// How much is shown of why a converter refuses a record.
pub(super) const REFUSAL_CHARS: usize = 200;

/// How many fresh instances one batch may cost. Each loads the pack anew, which fuel for judging does not count, so
/// a batch of nothing but poison would otherwise cost one load a record.
pub(super) const RESTARTS_PER_BATCH: u32 = 16;

/// Isolating poison may cost this many times the fuel of its batch, beside that of the calls that fail, and say as many
/// times what the batch may. One time pays for judging every record alone, one for trying the rest as a batch, and one
/// for what a record costs to call.
pub(super) const ISOLATION_FACTOR: u64 = 3;

/// For so many regular expressions there is fuel, whatever number the manifest tells: for twenty times as many as 5,000
/// rules have.
const EXPRESSIONS: usize = 2_000;

/// Handles of resources. The interface has none; wasmtime wants a number.
pub(super) const HANDLES: usize = 16;

/// The limits of one instance. The defaults are meant for everybody; tests set smaller ones.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Fuel of every call of `detect`. The smallest records need half of it.
    pub fuel_base: u64,
    /// Fuel of every call for each rule of the pack: what it costs to ask a rule that no index spares us.
    pub fuel_per_rule: u64,
    /// Fuel of every call for each regular expression of the pack. An instance that has not met a text before works out
    /// where its bytes lead, which takes some 20,000 to begin with and 10,000 for each state; later records go the same
    /// ways for next to nothing. Every call must have enough for the first time, or what becomes of a record would
    /// depend on those before it.
    pub fuel_per_expression: u64,
    /// Fuel of each byte of a batch. Batches of published records take 40 to 120 a byte, with 25 rules as with 5,000.
    /// The rest is room for values that expressions must look at: odd policy documents took up to 2,100 a byte of an
    /// instance that had not met any before.
    pub fuel_per_byte: u64,
    /// Fuel of `load` and of `self-test` whatever they are given: some three seconds. It is done once, and nobody's
    /// records wait.
    pub fuel_setup: u64,
    /// All memories of an instance together. A pack of 5,000 rules takes less than 16 MiB, a batch of the usual size
    /// a few more.
    pub memory_bytes: usize,
    /// All elements of all tables together: a detector's functions that are called through pointers.
    pub table_elements: usize,
    /// What an answer may copy to the host, whatever the batch; and what its events may come to where each finding is
    /// written with its own.
    pub output_base: usize,
    /// And for each byte of the batch. An annotation repeats parts of the record and adds the names of rules.
    pub output_per_byte: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel_base: 200_000,
            fuel_per_rule: 200,
            fuel_per_expression: 1_000_000,
            fuel_per_byte: 4_000,
            fuel_setup: 20_000_000_000,
            memory_bytes: 128 << 20,
            table_elements: 100_000,
            output_base: 1 << 20,
            output_per_byte: 16,
        }
    }
}

impl Limits {
    /// What converting records may take. A call takes some 200,000 of fuel before it meets a record, published records
    /// 180 to 310 a byte, odd ones up to 700. A copy is at most five times as long as such a record; the built-in
    /// converter refuses a record whose copies would come to more than 8 MiB.
    pub fn for_converting() -> Self {
        Self {
            fuel_base: 2_000_000,
            fuel_per_byte: 4_000,
            output_base: 8 << 20,
            output_per_byte: 32,
            ..Self::default()
        }
    }

    /// Makes room for records of this size: the batch in the guest, its values decoded, and an annotation.
    #[must_use]
    pub fn with_record_size(mut self, bytes: usize) -> Self {
        self.memory_bytes = self.memory_bytes.saturating_add(bytes.saturating_mul(4));
        self
    }

    /// The limits for a pack of this many rules with this many regular expressions.
    pub(super) fn with_rules(mut self, rules: usize, expressions: usize) -> Self {
        for (fuel, number) in [(self.fuel_per_rule, rules), (self.fuel_per_expression, expressions.min(EXPRESSIONS))] {
            self.fuel_base = self.fuel_base.saturating_add(fuel.saturating_mul(number as u64));
        }
        self
    }

    /// The fuel that isolation may cost in a batch of this many bytes. Each call that fails may cost all that it has,
    /// and ends an instance, so their number is bounded.
    pub(super) fn isolation_fuel(&self, bytes: usize) -> u64 {
        let of_failures = self.fuel_base.saturating_mul(u64::from(RESTARTS_PER_BATCH));
        self.fuel(bytes).saturating_mul(ISOLATION_FACTOR).saturating_add(of_failures)
    }

    /// The fuel of a batch of this many bytes.
    pub(super) fn fuel(&self, bytes: usize) -> u64 {
        self.fuel_base.saturating_add(self.fuel_per_byte.saturating_mul(bytes as u64))
    }

    /// The fuel of setting up a pack of this many bytes.
    pub(super) fn setup_fuel(&self, bytes: usize) -> u64 {
        self.fuel_setup.saturating_add(SETUP_FUEL_PER_BYTE.saturating_mul(bytes as u64))
    }

    /// The output ceiling of a batch of this many bytes.
    pub(super) fn output(&self, bytes: usize) -> usize {
        self.output_base.saturating_add(self.output_per_byte.saturating_mul(bytes))
    }
}

/// Says no to growth. wasmtime's own limiter bounds each memory and each table; this one bounds their sum.
pub(super) struct Limiter {
    memory_left: usize,
    table_left: usize,
}

/// The limiter's no, so that the fault can be told from a trap.
#[derive(Debug)]
pub(super) struct Grown;

impl Limiter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { memory_left: limits.memory_bytes, table_left: limits.table_elements }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        take(&mut self.memory_left, current, desired)
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Grown.into())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        take(&mut self.table_left, current, desired)
    }

    fn table_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Grown.into())
    }

    /// One core module, and the small ones that toolchains put beside it.
    fn instances(&self) -> usize {
        16
    }

    fn tables(&self) -> usize {
        8
    }

    /// One: strings never pass between two memories, which is where wasmtime had faults.
    fn memories(&self) -> usize {
        1
    }
}

/// An error rather than a polite refusal, since a guest that is refused memory goes on in ways of its own.
fn take(left: &mut usize, current: usize, desired: usize) -> wasmtime::Result<bool> {
    *left = left.checked_sub(desired.saturating_sub(current)).ok_or(Grown)?;
    Ok(true)
}

impl std::fmt::Display for Grown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the detector wants more memory than its limit")
    }
}

impl std::error::Error for Grown {}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn a_manifest_cannot_ask_for_fuel_without_end() {
        assert!(Limits::default().with_rules(5_000, usize::MAX).fuel(0) < 3_000_000_000);
    }
}
