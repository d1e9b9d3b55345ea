//! Secrets: read from files, never shown, compared in a time that does not tell how much of them was right.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs;
use std::path::Path;
use subtle::ConstantTimeEq;

/// A token or key.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// What stands in the file, without the line break at its end.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let bytes = fs::read(path).with_context(|| format!("cannot read the secret in {shown}"))?;
        let text = String::from_utf8(bytes).ok();
        let text = text.as_deref().map(|text| text.trim_end_matches(['\r', '\n']));
        match text {
            Some("") => bail!("the secret in {shown} is empty"),
            Some(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(text.to_owned())),
            _ => bail!("the secret in {shown} must be one line of visible ASCII characters"),
        }
    }

    /// Whether this is it. Digests are compared, so that not even the length shows.
    pub(crate) fn is(&self, told: &[u8]) -> bool {
        Sha256::digest(self.0.as_bytes()).ct_eq(&Sha256::digest(told)).into()
    }

    /// For sending it.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
