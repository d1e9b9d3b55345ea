//! Hostile detectors: the honest one of `guests/detector.wat` with one guest's misbehaviour in it, as a component.
//!
//! Takes the name of a file in `guests/`, gives the bytes of a component of the world in `wit/`. A file named
//! `*.component.wat` is a component already.
#![expect(clippy::unwrap_used, reason = "a guest that cannot be built is a test that cannot run")]

use std::fs;
use std::path::Path;
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
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: String| fs::read_to_string(tests.join("guests").join(&file)).map_err(|e| format!("{file}: {e}"));
    if name.ends_with(".component") {
        return wat::parse_str(read(format!("{name}.wat")).unwrap()).unwrap();
    }
    let own = read(format!("{name}.wat")).unwrap();
    let absent = HOOKS.iter().filter(|(start, _)| !own.contains(start)).map(|(_, nothing)| *nothing);
    let hooks = absent.fold(own.clone(), |text, nothing| text + "\n" + nothing);
    let text = read("detector.wat".to_owned()).unwrap().replace(";; HOOKS", &hooks);
    let mut module = wat::parse_str(text).unwrap();
    let mut wit = Resolve::default();
    let (package, _) = wit.push_path(tests.join("../wit")).unwrap();
    let world = wit.select_world(&[package], Some("plugin")).unwrap();
    embed_component_metadata(&mut module, &wit, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}
