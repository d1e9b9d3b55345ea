//! Writes a plain module anew, with a memory that is filled already.
//!
//! Takes a module and the image of its memory, gives a module. Code is copied byte for byte. Two functions are added: a
//! runtime that ends a call by a trap leaves the stack's pointer where it was, and the next calls have so much less
//! until none has enough, so that each call from outside first puts the pointer back.

use super::image::Image;
use super::{FUNCTION, LOAD, MALLOC, STACK_POINTER};
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    MemorySection, MemoryType, Module, RawSection,
};
use wasmparser::{BinaryReaderError, DataKind, ExternalKind, FunctionBody, Parser, Payload};

/// Bytes of a page of memory.
const PAGE: usize = 1 << 16;

/// A row of so many zeros ends a segment of data: to write the next one takes less.
const ZEROS: usize = 16;

/// The functions that a host calls with each record.
const ENTRIES: [&str; 2] = [MALLOC, FUNCTION];

/// What the module holds that is written anew.
#[derive(Default)]
struct Found<'a> {
    /// How many parameters each type of function has.
    parameters: Vec<u32>,
    /// The type of each function.
    functions: Vec<u32>,
    /// Name, kind and number.
    exports: Vec<(&'a str, ExternalKind, u32)>,
    code: Vec<FunctionBody<'a>>,
    /// Number of each function that a host calls, and of the one that does it.
    entries: Vec<(u32, u32)>,
}

/// The module with this memory.
pub(super) fn with_image(module: &[u8], image: &Image) -> Result<Vec<u8>, String> {
    rewritten(module, image).map_err(|error| format!("it cannot be read: {error}"))?
}

fn rewritten(module: &[u8], image: &Image) -> Result<Result<Vec<u8>, String>, BinaryReaderError> {
    let segments = segments(&image.memory);
    let count = u32::try_from(segments.len()).unwrap_or(u32::MAX);
    let found = found(module)?;
    let Some(entries) = found.entries() else {
        return Ok(Err(format!("it does not export {} and {STACK_POINTER}", ENTRIES.join(", "))));
    };
    let found = Found { entries, ..found };
    let mut written = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::Version { .. } | Payload::End(_) | Payload::CodeSectionEntry(_) => {}
            Payload::FunctionSection(_) => {
                written.section(&found.function_section());
            }
            Payload::MemorySection(memories) => {
                let mut section = MemorySection::new();
                for memory in memories {
                    let memory = memory?;
                    section.memory(MemoryType {
                        minimum: image.memory.len().div_ceil(PAGE) as u64,
                        maximum: memory.maximum,
                        memory64: memory.memory64,
                        shared: memory.shared,
                        page_size_log2: memory.page_size_log2,
                    });
                }
                written.section(&section);
            }
            Payload::ExportSection(_) => {
                written.section(&found.export_section());
            }
            Payload::DataCountSection { .. } => {
                written.section(&DataCountSection { count });
            }
            Payload::CodeSectionStart { .. } => match found.code_section(image.stack) {
                Some(section) => {
                    written.section(&section);
                }
                None => return Ok(Err("a function has no type".to_owned())),
            },
            Payload::DataSection(data) => {
                for segment in data {
                    if matches!(segment?.kind, DataKind::Passive) {
                        return Ok(Err("it has data that is not in its memory from the start".to_owned()));
                    }
                }
                written.section(&data_section(&segments));
            }
            Payload::StartSection { .. } => {
                return Ok(Err("it has a function that would run once more at each start".to_owned()));
            }
            Payload::ImportSection(imports) if imports.count() > 0 => {
                return Ok(Err("it imports something, and a detector may import nothing".to_owned()));
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    written.section(&RawSection { id, data: module.get(range).unwrap_or_default() });
                }
            }
        }
    }
    Ok(Ok(written.finish()))
}

fn found(module: &[u8]) -> Result<Found<'_>, BinaryReaderError> {
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::TypeSection(types) => {
                for ty in types.into_iter_err_on_gc_types() {
                    found.parameters.push(u32::try_from(ty?.params().len()).unwrap_or(u32::MAX));
                }
            }
            Payload::FunctionSection(functions) => {
                found.functions = functions.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    found.exports.push((export.name, export.kind, export.index));
                }
            }
            Payload::CodeSectionEntry(body) => found.code.push(body),
            _ => {}
        }
    }
    Ok(found)
}

impl Found<'_> {
    fn export(&self, name: &str) -> Option<u32> {
        self.exports.iter().find(|(known, ..)| *known == name).map(|(.., number)| *number)
    }

    /// The functions that a host calls, each with the number of the one that will be called instead.
    fn entries(&self) -> Option<Vec<(u32, u32)>> {
        self.export(STACK_POINTER)?;
        let first = u32::try_from(self.functions.len()).ok()?;
        ENTRIES.iter().zip(first..).map(|(name, new)| Some((self.export(name)?, new))).collect()
    }

    fn type_of(&self, function: u32) -> Option<u32> {
        self.functions.get(usize::try_from(function).ok()?).copied()
    }

    fn function_section(&self) -> FunctionSection {
        let mut section = FunctionSection::new();
        let added = self.entries.iter().filter_map(|(old, _)| self.type_of(*old));
        for ty in self.functions.iter().copied().chain(added) {
            section.function(ty);
        }
        section
    }

    /// What a host needs, which the pointer of the stack is not, nor what loads a pack.
    fn export_section(&self) -> ExportSection {
        let mut section = ExportSection::new();
        for (name, kind, number) in &self.exports {
            let kind = match kind {
                ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
                ExternalKind::Table => ExportKind::Table,
                ExternalKind::Memory => ExportKind::Memory,
                ExternalKind::Global => ExportKind::Global,
                ExternalKind::Tag => ExportKind::Tag,
            };
            if ![LOAD, STACK_POINTER].contains(name) {
                let new = self.entries.iter().find(|(old, _)| kind == ExportKind::Func && old == number);
                section.export(name, kind, new.map_or(*number, |(_, new)| *new));
            }
        }
        section
    }

    fn code_section(&self, stack: i32) -> Option<CodeSection> {
        let mut section = CodeSection::new();
        for body in &self.code {
            section.raw(body.as_bytes());
        }
        let pointer = self.export(STACK_POINTER)?;
        for (old, _) in &self.entries {
            let parameters = *self.parameters.get(usize::try_from(self.type_of(*old)?).ok()?)?;
            let mut function = Function::new([]);
            function.instructions().i32_const(stack).global_set(pointer);
            for parameter in 0..parameters {
                function.instructions().local_get(parameter);
            }
            function.instructions().call(*old).end();
            section.function(&function);
        }
        Some(section)
    }
}

/// What a memory holds but for long rows of zeros, each piece with its place.
fn segments(memory: &[u8]) -> Vec<(usize, &[u8])> {
    let mut segments = Vec::new();
    let mut at = 0;
    while let Some(start) = memory.get(at..).and_then(|rest| rest.iter().position(|&byte| byte != 0)) {
        let start = at + start;
        let rest = memory.get(start..).unwrap_or_default();
        let length = rest.windows(ZEROS).position(|row| row.iter().all(|&byte| byte == 0)).unwrap_or(rest.len());
        segments.push((start, rest.get(..length).unwrap_or_default()));
        at = start + length;
    }
    segments
}

fn data_section(segments: &[(usize, &[u8])]) -> DataSection {
    let mut section = DataSection::new();
    for (start, bytes) in segments {
        // Addresses are 32 bits wide, whatever their sign.
        let start = u32::try_from(*start).unwrap_or(u32::MAX).cast_signed();
        section.active(0, &ConstExpr::i32_const(start), bytes.iter().copied());
    }
    section
}
