//! Which rules are compared: our built-in ones in Sigma and generated ones behind them, or those of a folder.

use crate::{SIZES, generated};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A rule that both engines may load.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Its path below the folder without extension.
    pub(crate) name: String,
    /// The text of its file, which holds no other rule.
    pub(crate) text: String,
}

/// Our own rules, and generated ones until there are enough.
pub(crate) fn own() -> Result<Vec<Rule>> {
    let mut rules = of_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/rules"))?;
    let most = SIZES.into_iter().max().unwrap_or_default();
    // Half of the generated ones are no Sigma rules.
    let generated = generated::rules(3 * most).into_iter().filter(|file| is_sigma(&file.text)).take(most);
    rules.extend(generated.map(|file| Rule { name: file.path, text: file.text }));
    Ok(rules)
}

/// All rules below a folder that are a file of their own.
pub(crate) fn of_folder(folder: &Path) -> Result<Vec<Rule>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths).with_context(|| format!("no rules in {}", folder.display()))?;
    paths.sort();
    let mut rules = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let name = path.strip_prefix(folder)?.with_extension("").to_string_lossy().replace('\\', "/");
        if is_sigma(&text) {
            rules.push(Rule { name, text });
        }
    }
    Ok(rules)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|end| end == "yml" || end == "yaml") {
            paths.push(path);
        }
    }
    Ok(())
}

/// One document with a detection.
fn is_sigma(text: &str) -> bool {
    text.lines().any(|line| line == "detection:") && !text.lines().any(|line| line == "---")
}
