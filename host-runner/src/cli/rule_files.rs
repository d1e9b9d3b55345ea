//! The files of a pack: takes the paths that were typed, gives the files and, for each, the path that the user knows it
//! by. It must not look into them; which part of a path is a rule's name is all it decides.

use super::walk;
use crate::engine::SourceFile;
use crate::engine::limits::RULE_FILE_BYTES;
use anyhow::{Context, anyhow};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

#[derive(Default)]
pub(super) struct Files {
    pub(super) files: Vec<SourceFile>,
    pub(super) shown: BTreeMap<String, String>,
    /// Which of them are overrides files, in the order in which they were typed.
    pub(super) overrides: Vec<String>,
}

/// Reads rule files as they are named, folders with all that is below them, and overrides files.
pub(super) fn read(rules: &[PathBuf], overrides: &[PathBuf]) -> Result<Files, anyhow::Error> {
    let mut files = Files::default();
    for path in rules {
        let kind = fs::metadata(path).with_context(|| format!("cannot read the rules in {}", path.display()))?;
        if !kind.is_dir() {
            files.add(path, path.parent().unwrap_or(Path::new("")))?;
            continue;
        }
        let before = files.files.len();
        for found in walk::files_below(path, &is_rule_file) {
            let file = found.map_err(|(at, error)| anyhow!(error).context(format!("cannot read {}", at.display())))?;
            files.add(&file, path)?;
        }
        if files.files.len() == before {
            return Err(anyhow!("no rules in {}: no file there ends in .yml or .yaml", path.display()));
        }
    }
    for path in overrides {
        files.add_overrides(path)?;
    }
    Ok(files)
}

impl Files {
    /// Those that hold rules.
    pub(super) fn rules(&self) -> Vec<SourceFile> {
        self.files.iter().filter(|file| !self.overrides.contains(&file.path)).cloned().collect()
    }

    /// Adds a file, whose rule is named by its path below the folder.
    fn add(&mut self, path: &Path, folder: &Path) -> Result<(), anyhow::Error> {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let parts: Vec<Cow<'_, str>> = below.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        let shown = path.display().to_string();
        let content = read_up_to(path, RULE_FILE_BYTES).with_context(|| format!("cannot read {shown}"))?;
        if let Some(other) = self.shown.insert(name.clone(), shown.clone()) {
            return Err(anyhow!("two files hold a rule named {name}: {other} and {shown}; rename or leave out one"));
        }
        self.files.push(SourceFile { path: name, content });
        Ok(())
    }

    /// Adds a file that names no rule, so that it goes by the path that was typed.
    fn add_overrides(&mut self, path: &Path) -> Result<(), anyhow::Error> {
        let shown = path.display().to_string();
        let content = read_up_to(path, RULE_FILE_BYTES);
        let content = content.with_context(|| format!("cannot read the overrides in {shown}"))?;
        self.add_overrides_text(shown, content)
    }

    /// Adds overrides that stand in a file of another kind.
    pub(super) fn add_overrides_text(&mut self, shown: String, content: Vec<u8>) -> Result<(), anyhow::Error> {
        if let Some(other) = self.shown.insert(shown.clone(), shown.clone()) {
            return Err(anyhow!(
                "the overrides in {shown} go by the path of another file, {other}; rename or leave out one"
            ));
        }
        self.overrides.push(shown.clone());
        self.files.push(SourceFile { path: shown, content });
        Ok(())
    }
}

/// What a file holds. Of one that is larger than this, or has no end, no more than it takes to be refused.
pub(super) fn read_up_to(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_rule_file(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("yml") || end.eq_ignore_ascii_case("yaml"))
}
