//! Hostile detectors and converters: the honest one of `guests/detector.wat` or `guests/converter.wat` with one guest's
//! misbehaviour in it, as a component.
//!
//! Takes the name of a file in `guests/` or `guests/converters/`, gives the bytes of a component of a world in `wit/`. A
//! file named `*.component.wat` is a component already.
#![expect(clippy::unwrap_used, reason = "a guest that cannot be built is a test that cannot run")]

use std::fs;
use std::path::Path;
use trailsieve::batch::{Judge, Judged, Records};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What a guest may define, and what stands for it otherwise.
const HOOKS: [(&str, &str); 5] = [
    ("(func $setup", "(func $setup)"),
    ("(func $refuse", "(func $refuse (param i32))"),
    ("(func $check", "(func $check)"),
    ("(func $misbehave", "(func $misbehave)"),
    ("(func $spoil", "(func $spoil (param i32))"),
];

/// The component of this guest.
pub fn component(name: &str) -> Vec<u8> {
    if name.ends_with(".component") {
        return wat::parse_str(read(name)).unwrap();
    }
    built("detector", name, "plugin")
}

/// The component of this converter.
pub fn converter(name: &str) -> Vec<u8> {
    built("converter", &format!("converters/{name}"), "converting")
}

fn read(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests").join(format!("{name}.wat"));
    fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display())).unwrap()
}

/// The honest one with the hooks of another, in this world.
fn built(honest: &str, own: &str, world: &str) -> Vec<u8> {
    let own = read(own);
    let absent = HOOKS.iter().filter(|(start, _)| !own.contains(start)).map(|(_, nothing)| *nothing);
    let hooks = absent.fold(own.clone(), |text, nothing| text + "\n" + nothing);
    let mut module = wat::parse_str(read(honest).replace(";; HOOKS", &hooks)).unwrap();
    let mut wit = Resolve::default();
    let (package, _) = wit.push_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")).unwrap();
    let world = wit.select_world(&[package], Some(world)).unwrap();
    embed_component_metadata(&mut module, &wit, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// What a judge makes of these records, all of which must have an outcome.
pub fn judge(judge: &mut dyn Judge, records: &[&str]) -> Judged {
    let mut batch = Records::new();
    records.iter().for_each(|record| batch.push(record.as_bytes()));
    let judged = judge.judge(&batch);
    assert_eq!(judged.counts.sum(), records.len() as u64, "every record has an outcome");
    judged
}
