//! Action documents of Sigma's first version, which public rules still use: takes the documents of a file, gives those
//! that stand for rules, with what `action: global` and `action: repeat` add to them.
//!
//! What several `global` documents say adds up until a `reset`. It goes into rules only. Where it says something else
//! than the rule, readers disagree about who wins, so that is refused; a `repeat` replaces what it says anew.

use crate::rule::diagnostic::{Code, Diagnostic, Position, quoted};
use crate::rule::yaml::{Body, Document, Entry, Node};
use crate::rule::{json, suggest};

const CODE: Code = Code::SigmaAction;

/// The documents of a file, and the mistakes in those that only say something of others.
pub(crate) fn resolve(documents: Vec<Document>) -> (Vec<Document>, Vec<Diagnostic>) {
    let mut file = File::default();
    let mut resolved = Vec::new();
    for Document { root, mistakes } in documents {
        let Node { at, body: Body::Map(entries) } = root else {
            resolved.push(Document { root, mistakes });
            continue;
        };
        let (actions, entries): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.key == "action");
        let rule = match actions.first() {
            None => file.plain(entries),
            Some(action) => match file.action(action, at, entries) {
                Some(rule) => rule,
                None => {
                    file.mistakes.extend(mistakes);
                    continue;
                }
            },
        };
        let (entries, conflicts) = rule;
        let mistakes = mistakes.into_iter().chain(conflicts).collect();
        resolved.push(Document { root: Node { at, body: Body::Map(entries) }, mistakes });
    }
    (resolved, file.mistakes)
}

#[derive(Default)]
struct File {
    global: Vec<Entry>,
    /// The last rule, as a `repeat` would find it.
    last: Option<Vec<Entry>>,
    mistakes: Vec<Diagnostic>,
}

/// The entries of a rule, and where they contradict a `global` document.
type Rule = (Vec<Entry>, Vec<Diagnostic>);

impl File {
    fn plain(&mut self, mut entries: Vec<Entry>) -> Rule {
        let mut conflicts = Vec::new();
        let is_rule = !entries.iter().any(|entry| matches!(entry.key.as_str(), "correlation" | "filter"));
        if is_rule {
            merge(&mut entries, &self.global, &mut |entry| conflicts.push(conflict(entry)));
            self.last = Some(entries.clone());
        }
        (entries, conflicts)
    }

    fn action(&mut self, action: &Entry, at: Position, entries: Vec<Entry>) -> Option<Rule> {
        let name = match &action.value.body {
            Body::Scalar(scalar) => scalar.text.as_str(),
            _ => "",
        };
        match name {
            "global" => {
                let mistakes = &mut self.mistakes;
                merge(&mut self.global, &entries, &mut |entry| mistakes.push(conflict(entry)));
            }
            "reset" => {
                self.global.clear();
                if let Some(further) = entries.first() {
                    let message = format!("{} stands beside `action: reset`", quoted(&further.key));
                    let help = "put `---` between the reset and what follows it";
                    self.mistakes.push(Diagnostic::new(further.at, CODE, message, help));
                }
            }
            "repeat" => match self.last.clone() {
                Some(last) => {
                    let mut repeated = entries;
                    merge(&mut repeated, &last, &mut |_| {});
                    self.last = Some(repeated.clone());
                    return Some((repeated, Vec::new()));
                }
                None => {
                    let message = "`action: repeat` stands before the first rule";
                    self.mistakes.push(Diagnostic::new(at, CODE, message, "put it behind the rule that it varies"));
                }
            },
            other => {
                let found = if other.is_empty() { action.value.body.described().to_owned() } else { quoted(other) };
                let message = format!("`action:` must be global, reset or repeat, found {found}");
                let help = suggest::did_you_mean(other, ["global", "reset", "repeat"]);
                self.mistakes.push(Diagnostic::new(action.value.at, CODE, message, help));
            }
        }
        None
    }
}

/// Adds to the entries what others say and they do not; maps are merged member by member. Tells the entries on which
/// the two differ. Recursion is bounded by the depth that YAML may have.
fn merge(entries: &mut Vec<Entry>, others: &[Entry], differs: &mut dyn FnMut(&Entry)) {
    for other in others {
        let Some(entry) = entries.iter_mut().find(|entry| entry.key == other.key) else {
            entries.push(other.clone());
            continue;
        };
        if let (Body::Map(own), Body::Map(others)) = (&mut entry.value.body, &other.value.body) {
            merge(own, others, differs);
        } else if json::text(&entry.value) != json::text(&other.value) {
            differs(entry);
        }
    }
}

fn conflict(entry: &Entry) -> Diagnostic {
    let message = format!("{} says something else than in the `action: global` document", quoted(&entry.key));
    Diagnostic::new(entry.at, CODE, message, "say it in one of them")
}
