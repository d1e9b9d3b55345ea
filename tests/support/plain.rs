//! A plain module, called as Fluent Bit's filter_wasm calls it, under wasmtime or wasmi: copies of tag and record in
//! memory that the module gives, each with a NUL behind it, and text up to a NUL as the answer.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a module that does not keep the contract ends the test"
)]

use std::time::Duration;

/// The tag that all records have.
const TAG: &[u8] = b"cloudtrail\0";

/// Fuel for whoever does not count it.
const PLENTY: u64 = u64::MAX / 2;

/// Tag, its length, seconds, nanoseconds, record, its length.
pub type Arguments = (u32, u32, u32, u32, u32, u32);

/// An instance of a module.
pub enum Filter {
    /// Compiled.
    Wasmtime {
        /// With its fuel.
        store: wasmtime::Store<()>,
        /// Without imports.
        instance: wasmtime::Instance,
    },
    /// Interpreted, by another reading of the standard.
    Wasmi {
        /// Its state.
        store: Box<wasmi::Store<()>>,
        /// Without imports.
        instance: wasmi::Instance,
    },
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The very record that went in: the same place.
    Itself,
    /// Text.
    Text(String),
    /// Nothing that Fluent Bit could use: it drops the record.
    Nothing,
    /// The call was ended, as by a panic.
    Trap,
}

impl Filter {
    /// Under wasmtime, with as much fuel as anybody could want.
    pub fn compiled(module: &[u8]) -> Self {
        let mut config = wasmtime::Config::new();
        config.consume_fuel(true).wasm_simd(false).wasm_relaxed_simd(false);
        let engine = wasmtime::Engine::new(&config).unwrap();
        let module = wasmtime::Module::new(&engine, module).unwrap();
        let mut store = wasmtime::Store::new(&engine, ());
        store.set_fuel(PLENTY).unwrap();
        let instance = wasmtime::Instance::new(&mut store, &module, &[]).unwrap();
        Self::Wasmtime { store, instance }
    }

    /// Under wasmi.
    pub fn interpreted(module: &[u8]) -> Self {
        let engine = wasmi::Engine::default();
        let module = wasmi::Module::new(&engine, module).unwrap();
        let mut store = wasmi::Store::new(&engine, ());
        let instance = wasmi::Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        Self::Wasmi { store: Box::new(store), instance }
    }

    /// How many bytes of memory it has.
    pub fn memory_bytes(&mut self) -> usize {
        self.memory().len()
    }

    /// Sets the fuel that is left, under wasmtime.
    pub fn set_fuel(&mut self, fuel: u64) {
        if let Self::Wasmtime { store, .. } = self {
            store.set_fuel(fuel).unwrap();
        }
    }

    /// The fuel that is left, under wasmtime.
    pub fn fuel(&self) -> u64 {
        match self {
            Self::Wasmtime { store, .. } => store.get_fuel().unwrap(),
            Self::Wasmi { .. } => 0,
        }
    }

    /// Judges a record that arrives at this time.
    pub fn judge(&mut self, record: impl AsRef<[u8]>, since_the_epoch: Duration) -> Answer {
        let record = record.as_ref();
        let tag = self.copied(TAG);
        let at = self.copied(&[record, b"\0"].concat());
        let seconds = u32::try_from(since_the_epoch.as_secs()).unwrap();
        let length = u32::try_from(record.len()).unwrap();
        let answer = self.call((tag, 10, seconds, since_the_epoch.subsec_nanos(), at, length));
        self.free(tag);
        self.free(at);
        answer
    }

    /// The same at no time in particular; what Fluent Bit would make of it: `None` if it drops the record.
    pub fn answer(&mut self, record: &str) -> Option<String> {
        match self.judge(record, Duration::from_secs(1_700_000_000)) {
            Answer::Itself => Some(record.to_owned()),
            Answer::Text(text) => Some(text),
            Answer::Nothing | Answer::Trap => None,
        }
    }

    /// Calls with any arguments.
    pub fn call(&mut self, arguments: Arguments) -> Answer {
        let called = match self {
            Self::Wasmtime { store, instance } => {
                let function =
                    instance.get_typed_func::<Arguments, u32>(&mut *store, trailsieve::engine::plain::FUNCTION);
                function.unwrap().call(store, arguments).ok()
            }
            Self::Wasmi { store, instance } => {
                let function = instance.get_typed_func::<Arguments, u32>(&**store, trailsieve::engine::plain::FUNCTION);
                function.unwrap().call(&mut **store, arguments).ok()
            }
        };
        let (_, _, _, _, record, _) = arguments;
        let Some(at) = called else { return Answer::Trap };
        let text = self.memory().get(at as usize..).and_then(|rest| rest.split(|&byte| byte == 0).next());
        match text {
            None | Some([]) if at != record || at == 0 => Answer::Nothing,
            _ if at == record => Answer::Itself,
            Some(text) => Answer::Text(String::from_utf8(text.to_vec()).unwrap()),
            None => Answer::Nothing,
        }
    }

    /// A copy of these bytes in memory that the module gives.
    pub fn copied(&mut self, bytes: &[u8]) -> u32 {
        let length = u32::try_from(bytes.len()).unwrap();
        let at = match self {
            Self::Wasmtime { store, instance } => {
                instance.get_typed_func::<u32, u32>(&mut *store, "malloc").unwrap().call(store, length).unwrap()
            }
            Self::Wasmi { store, instance } => {
                instance.get_typed_func::<u32, u32>(&**store, "malloc").unwrap().call(&mut **store, length).unwrap()
            }
        };
        let start = at as usize;
        self.memory()[start..start + bytes.len()].copy_from_slice(bytes);
        at
    }

    /// Gives memory back.
    pub fn free(&mut self, at: u32) {
        match self {
            Self::Wasmtime { store, instance } => {
                instance.get_typed_func::<u32, ()>(&mut *store, "free").unwrap().call(store, at).unwrap();
            }
            Self::Wasmi { store, instance } => {
                instance.get_typed_func::<u32, ()>(&**store, "free").unwrap().call(&mut **store, at).unwrap();
            }
        }
    }

    fn memory(&mut self) -> &mut [u8] {
        match self {
            Self::Wasmtime { store, instance } => instance.get_memory(&mut *store, "memory").unwrap().data_mut(store),
            Self::Wasmi { store, instance } => instance.get_memory(&**store, "memory").unwrap().data_mut(&mut **store),
        }
    }
}
