//! The configuration file of the service.
//!
//! Takes the text of `trailsieve.toml`; gives what is meant by it, or all mistakes with their places. The file as typed
//! is in `typed.rs`, what goes beyond one table in `meant.rs` and `apart.rs`. Nothing is opened here and no secret read.

mod apart;
mod level;
mod meant;
mod mistake;
mod proofs;
mod sections;
pub mod typed;
mod units;

pub use meant::{Config, LARGEST_RECORD, dead_letters};
pub(crate) use mistake::nearest;
pub use units::{Period, Size};

use crate::engine::Diagnostic;
use meant::Check;
use mistake::Text;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use sections::Sections;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use toml::de::DeValue;
use typed::{Admin, General, Input, Output, Override, Rules};

/// The tables of the file.
const TABLES: [&str; 5] = ["admin", "rules", "override", "inputs", "outputs"];

/// What a text says; `path` is what mistakes call it.
pub fn read(path: &str, text: &str) -> Result<Config, Vec<Diagnostic>> {
    let (mut sections, mut file) = Sections::parse(Text { path, text });
    if !sections.mistakes.is_empty() {
        // Where tables could not be read, it is anybody's guess what is missing.
        return Err(sections.mistakes);
    }
    let admin_at = sections.take(&mut file, "admin");
    let rules_at = sections.take(&mut file, "rules");
    let inputs = sections.take_named::<Input>(&mut file, "inputs");
    let outputs = sections.take_named::<Output>(&mut file, "outputs");
    let overrides = sections.overrides(&mut file);
    let has_admin = admin_at.is_some();
    let admin: Option<Admin> = admin_at.and_then(|(table, place)| sections.read(table, &place));
    let mut rules = match rules_at {
        Some((table, place)) => sections.read(table, &place),
        None => Some(Rules::default()),
    };
    let globs = rules.iter_mut().flat_map(|rules: &mut Rules| rules.disable.iter_mut().chain(&mut rules.enable));
    globs.for_each(|glob| glob.at = sections.text.line(glob.at));
    // What is left are the keys of no table.
    let general: Option<General> = sections.read_rest(file, &TABLES);

    let mut check = Check { text: sections.text, mistakes: sections.mistakes };
    let taken = check.resolve(&inputs, &outputs);
    check.has_both_ends(&inputs, &outputs);
    check.has_one_stdout(&outputs);
    if let (Some(general), Some(rules)) = (&general, &rules) {
        check.listens_safely(general, admin.as_ref(), &inputs);
        check.has_sound_values(general, rules, &inputs, &outputs);
        check.has_places(general, &inputs, &outputs);
        check.has_room(general, rules, &inputs, &outputs);
        check.has_work(&inputs, &outputs);
        check.are_apart(general, admin.as_ref(), &inputs, &outputs);
    }
    let mut mistakes = check.mistakes;
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    match (general, rules) {
        (Some(general), Some(rules)) if mistakes.is_empty() && has_admin == admin.is_some() => {
            let inputs = inputs.into_iter().filter_map(|(name, (input, _))| Some((name, input?))).collect();
            let mut taken = taken;
            let outputs = outputs.into_iter().filter_map(|(name, (output, _))| {
                let from = taken.remove(&name).unwrap_or_default();
                Some((name, (output?, from)))
            });
            Ok(Config { general, admin, rules, overrides, inputs, outputs: outputs.collect() })
        }
        _ => Err(mistakes),
    }
}

impl<'t> Sections<'t> {
    /// The overrides in the file itself. What they may say is for the detector to judge.
    fn overrides(&mut self, file: &mut toml::de::DeTable<'t>) -> Vec<(usize, Override)> {
        let Some(value) = file.remove("override") else { return Vec::new() };
        let place = value.span();
        let DeValue::Array(entries) = value.into_inner() else {
            let message = "`override` must be an array of tables".to_owned();
            self.mistakes.push(self.text.mistake(&place, "config-value", message, "write [[override]]".to_owned()));
            return Vec::new();
        };
        let mut overrides = Vec::new();
        for entry in entries.iter() {
            let place = entry.span();
            match json(entry.get_ref()) {
                Value::Object(members) => overrides.push((self.text.line(place.start), members)),
                _ => {
                    let message = "an override is a table".to_owned();
                    let help = "write [[override]]".to_owned();
                    self.mistakes.push(self.text.mistake(&place, "config-value", message, help));
                }
            }
        }
        overrides
    }
}

/// A value of the file as JSON; a date becomes its text.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::from(number),
            Err(_) => Value::from(number.as_str()),
        },
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(is) => Value::from(*is),
        DeValue::Datetime(date) => Value::from(date.to_string()),
        DeValue::Array(values) => values.iter().map(|value| json(value.get_ref())).collect(),
        DeValue::Table(members) => {
            let pair = |(key, value): (&toml::Spanned<std::borrow::Cow<'_, str>>, &toml::Spanned<DeValue<'_>>)| {
                (key.get_ref().to_string(), json(value.get_ref()))
            };
            Value::Object(members.iter().map(pair).collect())
        }
    }
}

/// The whole file, for its schema.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "the schema is all that is made of it")]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(flatten)]
    general: General,
    /// Where the service tells how it is
    admin: Option<Admin>,
    /// Which rules, how they are tuned, and what is a record
    #[serde(default)]
    rules: Rules,
    /// Exceptions from rules, with the keys of an overrides file
    #[serde(default)]
    r#override: Vec<Override>,
    /// Where records come from, by a name of your choice
    inputs: BTreeMap<String, Input>,
    /// Where they go, by a name of your choice
    outputs: BTreeMap<String, Output>,
}

/// The JSON Schema (draft 2020-12) of the file.
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>();
    schema.insert("title".to_owned(), "Configuration of `trailsieve run`".into());
    schema.insert(
        "description".to_owned(),
        "trailsieve.toml: where records come from, where they go, which rules judge them. Paths that do not begin with a \
         slash are taken from the folder in which `trailsieve run` is started."
            .into(),
    );
    schema.to_value()
}
