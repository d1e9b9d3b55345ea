//! The converter that ships with the runner says what the native one says, imports nothing, and costs what a host may
//! count on.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use trailsieve_core::convert::{Converted, Format, convert};
use trailsieve_tests::component::committed;
use trailsieve_tests::population::population;
use wasmtime::component::{Component, Linker, Val};
use wasmtime::{Config, Engine, Store};

/// What a detector is given for each byte, and for each call; the converter must do with no more.
const FUEL: u64 = 4_000;
const FUEL_BASE: u64 = 200_000;

#[test]
fn the_component_says_what_core_says_and_costs_little() {
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config).unwrap();
    let component = Component::new(&engine, committed("converter.wasm").unwrap()).unwrap();
    assert_eq!(component.component_type().imports(&engine).count(), 0);
    let mut store = Store::new(&engine, ());
    store.set_fuel(u64::MAX).unwrap();
    let instance = Linker::new(&engine).instantiate(&mut store, &component).unwrap();
    let interface = instance.get_export_index(&mut store, None, "trailsieve:plugin/converter@0.1.0").unwrap();
    let function = instance.get_export_index(&mut store, Some(&interface), "convert").unwrap();
    let function = instance.get_func(&mut store, function).unwrap();
    let mut call = |to: Format, batch: &[u8], settings: &str| {
        let form = match to {
            Format::Ocsf => "ocsf",
            Format::Ecs => "ecs",
            Format::Row => "row",
        };
        let bytes = Val::List(batch.iter().map(|&byte| Val::U8(byte)).collect());
        let mut answer = [Val::Bool(false)];
        let given = FUEL_BASE + FUEL * batch.len() as u64;
        store.set_fuel(given).unwrap();
        function
            .call(&mut store, &[Val::Enum(form.to_owned()), bytes, Val::String(settings.to_owned())], &mut answer)
            .unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(batch)));
        let [answer] = answer;
        (told(answer), given - store.get_fuel().unwrap())
    };

    let records = population(500);
    for to in [Format::Ocsf, Format::Ecs, Format::Row] {
        let (mut bytes, mut fuel) = (0, 0);
        for records in records.chunks(50) {
            let batch = records.join(&b'\n');
            let (there, cost) = call(to, &batch, "");
            assert_eq!(there, convert(to, &batch, ""));
            bytes += batch.len() as u64;
            fuel += cost;
        }
        // Published and invented records take 170 to 270 a byte; a host gives a detector's fuel.
        assert!(fuel / bytes < FUEL / 8, "{to:?}: {fuel} for {bytes} bytes");
        // Alone, a record pays for the call, too.
        for record in records.iter().step_by(97) {
            assert_eq!(call(to, record, "").0, convert(to, record, ""));
        }
        assert_eq!(call(to, b"{}", "[").0, convert(to, b"{}", "["));
    }
}

/// Values as core has them.
fn told(answer: Val) -> Result<Vec<Converted>, String> {
    let text = |value: &Val| match value {
        Val::String(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    match answer {
        Val::Result(Err(Some(why))) => Err(text(&why)),
        Val::Result(Ok(Some(list))) => match *list {
            Val::List(records) => Ok(records
                .iter()
                .map(|record| match record {
                    Val::Variant(case, Some(value)) if case == "refused" => Converted::Refused(text(value)),
                    Val::Variant(case, Some(value)) if case == "lines" => match value.as_ref() {
                        Val::List(lines) => Converted::Lines(lines.iter().map(text).collect()),
                        other => panic!("{other:?}"),
                    },
                    Val::Variant(case, None) if case == "malformed" => Converted::Malformed,
                    Val::Variant(case, None) if case == "not-cloudtrail" => Converted::NotCloudtrail,
                    other => panic!("{other:?}"),
                })
                .collect()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}
