//! Runs a plain module until its rules are loaded and takes what its memory holds then.
//!
//! Takes the bytes of a module and of a pack, gives the memory. It has the limits of loading a pack into a component.

use super::super::component::{config, one_line};
use super::super::limits::{Limiter, Limits};
use super::{LOAD, MALLOC, STACK_POINTER};
use wasmtime::{Engine, Error, Global, Instance, Memory, Module, Store};

/// A module's state between two calls.
pub(super) struct Image {
    /// All of its memory.
    pub(super) memory: Vec<u8>,
    /// Where its stack begins: the value of its pointer outside any call.
    pub(super) stack: i32,
}

impl Image {
    /// The state after loading this pack.
    pub(super) fn after_loading(module: &[u8], pack: &[u8], heartbeat: u32) -> Result<Self, String> {
        let limits = Limits::default();
        let compiled = Engine::new(&config()).and_then(|engine| Module::new(&engine, module));
        let compiled = compiled.map_err(|error| one_line(&error))?;
        let mut store = Store::new(compiled.engine(), Limiter::new(&limits));
        store.limiter(|limiter| limiter);
        let loaded = store
            .set_fuel(limits.setup_fuel(pack.len()))
            .and_then(|()| Instance::new(&mut store, &compiled, &[]))
            .and_then(|instance| Loading { instance, store }.load(pack, heartbeat));
        loaded.map_err(|error| one_line(&error))?
    }
}

struct Loading {
    instance: Instance,
    store: Store<Limiter>,
}

impl Loading {
    /// The outer error is wasmtime's, the inner one the module's.
    fn load(mut self, pack: &[u8], heartbeat: u32) -> Result<Result<Image, String>, Error> {
        let Self { instance, store } = &mut self;
        let (Some(memory), Some(pointer)) =
            (instance.get_memory(&mut *store, "memory"), instance.get_global(&mut *store, STACK_POINTER))
        else {
            return Ok(Err("it exports no memory or no pointer of its stack".to_owned()));
        };
        let malloc = instance.get_typed_func::<u32, u32>(&mut *store, MALLOC)?;
        let free = instance.get_typed_func::<u32, ()>(&mut *store, "free")?;
        let load = instance.get_typed_func::<(u32, u32, u32), u32>(&mut *store, LOAD)?;
        let stack = pointer.get(&mut *store).i32();
        let length = u32::try_from(pack.len()).unwrap_or(u32::MAX);
        let at = malloc.call(&mut *store, length)?;
        memory.write(&mut *store, usize::try_from(at).unwrap_or(usize::MAX), pack)?;
        let answer = load.call(&mut *store, (at, length, heartbeat))?;
        free.call(&mut *store, at)?;
        if answer != 0 {
            return Ok(Err(format!("it refuses (code {answer}) a pack that the component accepts; please report it")));
        }
        Ok(taken(store, memory, pointer, stack))
    }
}

/// The state, if there is none but the memory: calls that came back left the stack as it was.
fn taken(store: &mut Store<Limiter>, memory: Memory, pointer: Global, stack: Option<i32>) -> Result<Image, String> {
    match pointer.get(&mut *store).i32() {
        Some(now) if Some(now) == stack => Ok(Image { memory: memory.data(&store).to_vec(), stack: now }),
        _ => Err("its stack is not what it was before".to_owned()),
    }
}
