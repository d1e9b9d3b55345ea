//! Settings of a pack: JSON text → what is meant, or everything that is wrong with it.

use super::diagnostic::{Code, Diagnostic, Position, quoted};
use super::suggest::did_you_mean;
use super::{Level, glob};
use serde_json::{Map, Value};

/// What the operator chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// Whether the built-in rules belong to the pack.
    pub(super) default_rules: bool,
    /// Which rules are on, over what their files say; later choices win.
    pub(super) select: Vec<Choice>,
    /// Rules below this level are off.
    pub(super) min_level: Level,
    /// Whether a verdict tells which event it is about.
    pub(super) event: bool,
    /// Whether rules with mistakes are left out instead of refusing the pack. A built-in rule that such a rule was to
    /// replace stays in force: a slip in a file must not open a gap.
    pub(super) skip_refused: bool,
    /// Which of the files given are overrides files, in the order in which they apply.
    pub(super) overrides: Vec<String>,
    /// Whether overrides that hold for all records are applied to each match, too, instead of to the rule. It costs
    /// time, and all that they suppress is counted: so that an operator can see which of them still do something.
    pub(super) observe_overrides: bool,
}

/// What says so where a match is none because its level is too low after overrides.
pub(super) const MIN_LEVEL: &str = "min_level";

/// Switches some rules on or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// Which: their names, with `*` for any characters and `?` for one.
    pub(super) glob: String,
    /// On or off.
    pub(super) enabled: bool,
}

impl Settings {
    /// Whether the operator wants the rule of this name on or off, whatever others say.
    pub(super) fn choice(&self, name: &str) -> Option<bool> {
        let mut choices = self.select.iter().rev();
        choices.find(|choice| glob::matches(&choice.glob, name)).map(|choice| choice.enabled)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_rules: true,
            select: Vec::new(),
            min_level: Level::Informational,
            event: false,
            skip_refused: false,
            overrides: Vec::new(),
            observe_overrides: false,
        }
    }
}

const MEMBERS: [&str; 7] =
    ["default_rules", "select", MIN_LEVEL, "event", "skip_refused", "overrides", "observe_overrides"];
const CHOICE_MEMBERS: [&str; 2] = ["glob", "enabled"];

/// Reads settings; text without content stands for the defaults.
pub(super) fn read(text: &str) -> Result<Settings, Vec<Diagnostic>> {
    let mut settings = Settings::default();
    if text.trim().is_empty() {
        return Ok(settings);
    }
    let members = serde_json::from_str::<Map<String, Value>>(text)
        .map_err(|error| vec![settings_mistake(format!("the settings are no JSON object: {error}"), String::new())])?;
    let mut mistakes = Vec::new();
    for (member, value) in &members {
        match member.as_str() {
            "default_rules" => set(&mut settings.default_rules, boolean(member, value), &mut mistakes),
            "event" => set(&mut settings.event, boolean(member, value), &mut mistakes),
            "skip_refused" => set(&mut settings.skip_refused, boolean(member, value), &mut mistakes),
            MIN_LEVEL => set(&mut settings.min_level, level(value), &mut mistakes),
            "overrides" => set(&mut settings.overrides, texts(member, value), &mut mistakes),
            "observe_overrides" => set(&mut settings.observe_overrides, boolean(member, value), &mut mistakes),
            "select" => settings.select = choices(value, &mut mistakes),
            _ => mistakes.push(unknown(member, &MEMBERS)),
        }
    }
    if mistakes.is_empty() { Ok(settings) } else { Err(mistakes) }
}

fn set<T>(place: &mut T, value: Result<T, Diagnostic>, mistakes: &mut Vec<Diagnostic>) {
    match value {
        Ok(value) => *place = value,
        Err(mistake) => mistakes.push(mistake),
    }
}

fn choices(value: &Value, mistakes: &mut Vec<Diagnostic>) -> Vec<Choice> {
    let Some(items) = value.as_array() else {
        mistakes.push(wrong("select", "a list of choices", value));
        return Vec::new();
    };
    let mut choices = Vec::new();
    for (item, number) in items.iter().zip(1..) {
        let before = mistakes.len();
        choices.push(choice(item, mistakes));
        mistakes.iter_mut().skip(before).for_each(|mistake| mistake.line = number);
    }
    choices
}

fn choice(item: &Value, mistakes: &mut Vec<Diagnostic>) -> Choice {
    let mut choice = Choice { glob: String::new(), enabled: true };
    let Some(members) = item.as_object() else {
        mistakes.push(wrong("select", "a list of objects with `glob` and `enabled`", item));
        return choice;
    };
    let before = mistakes.len();
    for (member, value) in members {
        match member.as_str() {
            "glob" => set(&mut choice.glob, text(member, value), mistakes),
            "enabled" => set(&mut choice.enabled, boolean(member, value), mistakes),
            _ => mistakes.push(unknown(member, &CHOICE_MEMBERS)),
        }
    }
    for member in CHOICE_MEMBERS {
        if mistakes.len() == before && !members.contains_key(member) {
            mistakes.push(settings_mistake(format!("a choice in `select` has no `{member}`"), String::new()));
        }
    }
    choice
}

fn level(value: &Value) -> Result<Level, Diagnostic> {
    let name = text(MIN_LEVEL, value)?;
    Level::named(&name).ok_or_else(|| {
        let names = Level::ALL.map(Level::name);
        let message = format!("`min_level` must be one of {}, found {}", names.join(", "), quoted(&name));
        settings_mistake(message, did_you_mean(&name, names))
    })
}

fn text(member: &str, value: &Value) -> Result<String, Diagnostic> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(member, "a text", value))
}

fn texts(member: &str, value: &Value) -> Result<Vec<String>, Diagnostic> {
    let texts = value.as_array().map(|items| items.iter().map(|item| text(member, item)).collect());
    texts.unwrap_or_else(|| Err(wrong(member, "a list of texts", value)))
}

fn boolean(member: &str, value: &Value) -> Result<bool, Diagnostic> {
    value.as_bool().ok_or_else(|| wrong(member, "true or false", value))
}

fn unknown(member: &str, known: &[&'static str]) -> Diagnostic {
    let message = format!("{} is not a known setting", quoted(member));
    settings_mistake(message, did_you_mean(member, known.iter().copied()))
}

fn wrong(member: &str, wanted: &str, found: &Value) -> Diagnostic {
    let message = format!("`{member}` must be {wanted}, found {}", quoted(&found.to_string()));
    settings_mistake(message, String::new())
}

fn settings_mistake(message: String, help: String) -> Diagnostic {
    Diagnostic::new(Position::WHOLE, Code::Settings, message, help)
}
