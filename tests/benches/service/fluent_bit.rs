//! What a record costs in the real Fluent Bit, where there is one: with our module, and with one that hands each record
//! back as it came.
//!
//! `FLUENT_BIT` names the program. Records travel as text, as in `tests/shippers/fluent-bit`, and go nowhere.

use crate::load::Load;
use crate::process;
use crate::table::Row;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner;

/// Answers each record with itself. Memory is taken in a row, and begun anew when all of it was given back.
const IDENTITY: &str = r#"(module
    (memory (export "memory") 64)
    (global $next (mut i32) (i32.const 1024))
    (global $held (mut i32) (i32.const 0))
    (func (export "malloc") (param $length i32) (result i32)
        (global.get $next)
        (global.set $held (i32.add (global.get $held) (i32.const 1)))
        (global.set $next
            (i32.and (i32.add (i32.add (global.get $next) (local.get $length)) (i32.const 15)) (i32.const -16))))
    (func (export "free") (param i32)
        (global.set $held (i32.sub (global.get $held) (i32.const 1)))
        (if (i32.eqz (global.get $held)) (then (global.set $next (i32.const 1024)))))
    (func (export "trailsieve_filter") (param i32 i32 i32 i32 i32 i32) (result i32) (local.get 4)))"#;

/// The rows of the table; none, said aloud, where there is no Fluent Bit. With `wamrc` on PATH there is one more, of the
/// module compiled ahead of time.
pub(crate) fn measure(load: &Load) -> Result<Vec<Row>> {
    let Some(program) = env::var_os("FLUENT_BIT") else {
        println!("SKIPPED: FLUENT_BIT names no program; nothing is measured in Fluent Bit");
        return Ok(Vec::new());
    };
    let place = Place::new();
    let records = load.one_by_one().len();
    place.write("records.ndjson", load.one_by_one().collect::<Vec<_>>().concat());
    place.write("one.ndjson", b"{}\n");
    let identity = place.write("identity.wasm", wat::parse_str(IDENTITY)?);
    let ours = place.path().join("ours.wasm");
    let made = runner::command(["module", "--heartbeat", "0", "-o"]).arg(&ours).stderr(Stdio::null()).status()?;
    ensure!(made.success(), "the module cannot be made");
    let cost = |module: &Path| -> Result<f64> {
        let seconds = |input: &str| run(Path::new(&program), &place, input, module);
        Ok((seconds("records.ndjson")? - seconds("one.ndjson")?) / records as f64)
    };
    let (without, with) = (cost(&identity)?, cost(&ours)?);
    let forwarder = "a module that answers the record";
    let mut rows = vec![Row { way: "Fluent Bit's `filter_wasm`", forwarder, with, without }];
    match ahead_of_time(&ours).and_then(|module| cost(&module)) {
        Ok(with) => rows.push(Row { way: "the same, compiled ahead by `wamrc`", forwarder, with, without }),
        Err(why) => println!("SKIPPED: nothing is measured of the module compiled ahead of time: {why:#}"),
    }
    Ok(rows)
}

/// The module in machine code, as WAMR loads it. Fluent Bit's WAMR is built without SIMD.
fn ahead_of_time(module: &Path) -> Result<PathBuf> {
    let compiled = module.with_extension("aot");
    let mut wamrc = Command::new("wamrc");
    wamrc.arg("--disable-simd").arg("-o").arg(&compiled).arg(module).stdin(Stdio::null()).stdout(Stdio::null());
    let status = wamrc.status().context("wamrc is not here (it comes with WAMR)")?;
    ensure!(status.success(), "wamrc ended with {status}");
    Ok(compiled)
}

/// The seconds of the processor for all of this input.
fn run(program: &Path, place: &Place, input: &str, module: &Path) -> Result<f64> {
    let configuration = format!(
        "service: {{flush: 0.2, log_level: error}}\npipeline:\n  inputs:\n    - name: tail\n      path: {input}\n      \
         read_from_head: true\n      exit_on_eof: true\n      buffer_chunk_size: 512k\n      buffer_max_size: 2M\n  \
         filters:\n    - name: wasm\n      match: '*'\n      wasm_path: {}\n      function_name: trailsieve_filter\n      \
         event_format: json\n      wasm_stack_size: 128k\n  outputs:\n    - {{name: 'null', match: '*'}}\n",
        module.display()
    );
    fs::write(place.path().join("fluent-bit.yaml"), configuration)?;
    let before = process::seconds_of_children()?;
    let mut command = Command::new(program);
    command.args(["-c", "fluent-bit.yaml"]).current_dir(place.path()).stdin(Stdio::null());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().context("Fluent Bit does not run")?;
    ensure!(status.success(), "Fluent Bit ended with {status}");
    Ok(process::seconds_of_children()? - before)
}
