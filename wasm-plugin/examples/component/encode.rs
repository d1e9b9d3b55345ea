//! Turns the core module into what is shipped. Takes and gives bytes; drops every section that only names tools or
//! functions, because those say more about the machine that built them than about the detector.

use anyhow::{Context, Result, bail, ensure};
use wit_component::ComponentEncoder;

/// A component that exports the WIT interface and imports nothing.
pub(crate) fn component(module: &[u8]) -> Result<Vec<u8>> {
    let module = without_remarks(module)?;
    let component = ComponentEncoder::default().validate(true).module(&module)?.encode()?;
    without_remarks(&component)
}

/// The core module itself.
pub(crate) fn plain(module: &[u8]) -> Result<Vec<u8>> {
    without_remarks(module)
}

/// Copies a module or component without its custom sections, but for the one that carries the WIT types.
fn without_remarks(binary: &[u8]) -> Result<Vec<u8>> {
    const CUSTOM: u8 = 0;
    let (header, mut rest) = binary.split_at_checked(8).context("no WASM header")?;
    ensure!(header.starts_with(b"\0asm"), "no WASM header");
    let mut kept = header.to_vec();
    while let Some((&id, after_id)) = rest.split_first() {
        let (length, body) = leb128(after_id)?;
        let (body, next) = body.split_at_checked(length).context("a section is cut short")?;
        let whole = rest.len() - next.len();
        let section = rest.get(..whole).context("a section is cut short")?;
        if id != CUSTOM || custom_name(body)?.starts_with(b"component-type") {
            kept.extend_from_slice(section);
        }
        rest = next;
    }
    Ok(kept)
}

/// The name of a custom section, the first thing in its body.
fn custom_name(body: &[u8]) -> Result<&[u8]> {
    let (length, rest) = leb128(body)?;
    rest.get(..length).context("a section's name is cut short")
}

/// An unsigned number in WASM's variable length, and what follows it.
fn leb128(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0_usize;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((value, bytes.get(index + 1..).unwrap_or_default()));
        }
    }
    bail!("a length is cut short")
}
