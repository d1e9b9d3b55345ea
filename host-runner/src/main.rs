//! The program `trailsieve`. Everything is in the library, so that tests reach it without a process.

use std::process::ExitCode;

fn main() -> ExitCode {
    trailsieve::cli::run()
}
