//! From the bytes of a component to code that can be instantiated: the one place that configures wasmtime.
//!
//! Takes bytes from anywhere, gives a [`Component`] whose imports (none) and exports are checked, or one clear line. A
//! converter comes the same way.

use super::bindings::PluginPre;
use super::cache::{Cache, Key};
use super::limits::{COMPONENT_BYTES, Limiter, Limits, STACK_BYTES};
use super::{Error, precompiled};
use wasmtime::component::{Component as Compiled, InstancePre, Linker};
use wasmtime::{Config, Engine};

/// A detector, compiled and checked. Cheap to clone.
#[derive(Clone)]
pub struct Component {
    pub(super) pre: PluginPre<Limiter>,
    pub(super) limits: Limits,
}

impl Component {
    /// Compiles a component, or takes its code from the cache.
    pub fn compile(bytes: &[u8], limits: Limits, cache: Option<&Cache>) -> Result<Self, Error> {
        let pre = linked(bytes, cache)?.and_then(PluginPre::new);
        Ok(Self { pre: pre.map_err(|error| Error::Interface(one_line(&error)))?, limits })
    }
}

/// A component that imports nothing, compiled or taken from the cache. The inner error: it cannot be instantiated.
pub(super) fn linked(bytes: &[u8], cache: Option<&Cache>) -> Result<wasmtime::Result<InstancePre<Limiter>>, Error> {
    if bytes.len() > COMPONENT_BYTES {
        return Err(Error::TooLarge { bytes: bytes.len(), limit: COMPONENT_BYTES });
    }
    let engine = Engine::new(&config()).map_err(|error| Error::Runtime(one_line(&error)))?;
    let compiled = match cache {
        None => compile(&engine, bytes)?,
        Some(cache) => {
            let key = Key::of(bytes, &engine.precompile_compatibility_hash());
            match cache.read(&key).and_then(|code| precompiled::revive(&engine, &code)) {
                Some(compiled) => compiled,
                None => {
                    let compiled = compile(&engine, bytes)?;
                    if let Ok(code) = compiled.serialize() {
                        cache.write(&key, &code);
                    }
                    compiled
                }
            }
        }
    };
    if let Some((name, _)) = compiled.component_type().imports(&engine).next() {
        return Err(Error::Import(name.to_owned()));
    }
    Ok(Linker::new(&engine).instantiate_pre(&compiled))
}

fn compile(engine: &Engine, bytes: &[u8]) -> Result<Compiled, Error> {
    Compiled::from_binary(engine, bytes).map_err(|error| Error::NotComponent(one_line(&error)))
}

/// Fuel rather than a clock, and nothing whose result may differ from one machine to the next: the same batch gets the
/// same answer everywhere, and a call that fails fails again when it is tried alone.
pub(super) fn config() -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(STACK_BYTES)
        .concurrency_support(false)
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        // A backtrace would name functions of a detector and cost time at each trap; nobody reads it.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false);
    config
}

/// An error and its causes on one line.
pub(super) fn one_line(error: &wasmtime::Error) -> String {
    let text: Vec<String> = error.chain().map(|cause| cause.to_string()).collect();
    text.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}
