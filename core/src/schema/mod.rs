//! JSON Schemas (draft 2020-12) of what people write and of what a record gains: takes the tables by which files are
//! read, gives the texts that `core/schema/` holds for editors and for whoever reads annotations.
//!
//! A schema says what form a file has. What goes beyond form (that a condition names its identifiers, that tests pass)
//! is for the rule reader to say, so a file that fits its schema may still be refused. The component has none of this.

mod annotation;
mod overrides;
mod rule;

use serde_json::{Value, json};

/// Each schema with the name of its file.
pub fn all() -> [(&'static str, Value); 3] {
    [
        ("rule.schema.json", rule::schema()),
        ("overrides.schema.json", overrides::schema()),
        ("annotation.schema.json", annotation::schema()),
    ]
}

fn schema(title: &str, description: &str, form: Value) -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
    });
    if let (Some(schema), Value::Object(form)) = (schema.as_object_mut(), form) {
        schema.extend(form);
    }
    schema
}

/// A text, or a number or word that YAML reads as something else and a rule as its text.
fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// The form with what to know of it.
fn described(form: Value, description: &str) -> Value {
    let mut form = form;
    if let Some(form) = form.as_object_mut() {
        form.insert("description".to_owned(), description.into());
    }
    form
}
