//! The command line: what a person types becomes one run of the pipeline, or one look at the rules.
//!
//! Takes the arguments, gives the exit code. Each command has a file of its own. Results go to standard output, all
//! else to standard error; nothing that came from records or rules reaches a terminal unescaped.

mod attack;
mod catalogue;
mod convert;
mod counted;
mod diagnostics;
mod dialect;
mod differences;
mod exit;
mod explanation;
mod filter;
mod findings_array;
mod findings_table;
mod framing;
mod junit;
mod last_seen;
mod level;
mod logs;
mod module;
mod natural;
mod no_rule;
mod one_record;
mod pack;
mod progress;
mod reading;
mod replaced;
mod rule_files;
mod rules_check;
mod rules_coverage;
mod rules_diff;
mod rules_explain;
mod rules_list;
mod rules_test;
mod run;
mod scan;
mod select;
mod settings;
mod stale;
mod suppressed;
mod table;
mod terminal;
mod walk;
mod wrap;

use clap::{Parser, Subcommand};
use exit::{Exit, Failure};
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit codes:
  0  it ran
  1  something was found at or above --fail-on LEVEL, or rules diff found a difference
  2  a rule is wrong
  3  usage or configuration
  4  input that could not be read, judged or converted, or output that could not be written";

/// Finds what is suspicious in AWS CloudTrail records, within the log pipeline that you already run.
#[derive(Parser)]
#[command(name = "trailsieve", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Only results and errors: no notes, no progress
    #[arg(short, long, global = true)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Pass records from standard input to standard output, each with what was found in it
    #[command(after_help = EXIT_CODES)]
    Filter(filter::Arguments),
    /// Search files and folders and show what was found
    #[command(after_help = EXIT_CODES)]
    Scan(scan::Arguments),
    /// Run as a service between shippers: over HTTP and from files, acknowledged end to end
    #[command(after_help = EXIT_CODES)]
    Run(run::Arguments),
    /// Turn records, and what was found in them, into OCSF, ECS or Parquet
    #[command(after_help = EXIT_CODES)]
    Convert(convert::Arguments),
    /// Write a module for Fluent Bit's filter_wasm, with tested rules in it
    #[command(after_help = EXIT_CODES)]
    Module(module::Arguments),
    /// Look at rules
    #[command(subcommand)]
    Rules(Rules),
}

#[derive(Subcommand)]
enum Rules {
    /// Show the rules: name, level, title
    List(rules_list::Arguments),
    /// Show which techniques of MITRE ATT&CK the rules are about
    Coverage(rules_coverage::Arguments),
    /// Check rule files and run the tests in them; show all mistakes at once
    #[command(after_help = EXIT_CODES)]
    Check(rules_check::Arguments),
    /// Show what other rules would find in recorded traffic: what is gained, what is lost
    #[command(after_help = EXIT_CODES)]
    Diff(rules_diff::Arguments),
    /// Run the records in rule files as tests
    #[command(after_help = EXIT_CODES)]
    Test(rules_test::Arguments),
    /// Show why a rule matches a record, or why it does not
    #[command(after_help = EXIT_CODES)]
    Explain(rules_explain::Arguments),
}

/// Runs the command that the program was called with.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(shown) => {
            // Help that nobody reads to its end is no failure.
            let _ = shown.print();
            return if shown.use_stderr() { Exit::Usage.into() } else { Exit::Ran.into() };
        }
    };
    let done = match cli.command {
        Command::Filter(arguments) => filter::run(&arguments, cli.quiet),
        Command::Scan(arguments) => scan::run(&arguments, cli.quiet),
        Command::Run(arguments) => run::run(&arguments, cli.quiet),
        Command::Convert(arguments) => convert::run(&arguments, cli.quiet),
        Command::Module(arguments) => module::run(&arguments, cli.quiet),
        Command::Rules(Rules::List(arguments)) => rules_list::run(&arguments),
        Command::Rules(Rules::Coverage(arguments)) => rules_coverage::run(&arguments),
        Command::Rules(Rules::Check(arguments)) => rules_check::run(&arguments, cli.quiet),
        Command::Rules(Rules::Diff(arguments)) => rules_diff::run(&arguments, cli.quiet),
        Command::Rules(Rules::Test(arguments)) => rules_test::run(&arguments, cli.quiet),
        Command::Rules(Rules::Explain(arguments)) => rules_explain::run(&arguments),
    };
    done.unwrap_or_else(Failure::report).into()
}
