//! `trailsieve run`: the service that stands between shippers, as a file says.

use super::counted::counted;
use super::diagnostics::{self, Mistake, Place};
use super::exit::{Exit, Failure};
use super::pack::{Events, Fingerprint, Given, Tuning};
use super::{stale, terminal};
use crate::config::{self, Config};
use crate::engine::Loaded;
use crate::log::{self, Level};
use crate::service::{Ended, Plan, Reload, Service};
use anyhow::{Context, Error, anyhow};
use clap::Args;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Args)]
pub(super) struct Arguments {
    /// What says where records come from, where they go, and which rules judge them
    #[arg(long, value_name = "FILE")]
    config: PathBuf,

    /// Only look: read the file, its secrets and rules, run the rules' tests, open nothing
    #[arg(long)]
    check: bool,
}

pub(super) fn run(arguments: &Arguments, quiet: bool) -> Result<Exit, Failure> {
    if quiet {
        log::only_troubles();
    }
    let config = read(&arguments.config, diagnostics::show)?;
    let proofs = proofs(&config);
    let planned = Plan::of(&config);
    let tuning = Tuning::configured(&arguments.config, &config);
    let plan = match planned {
        Ok(plan) => plan,
        Err(errors) => {
            // Mistakes in rules are told beside those in what the file names.
            if let Err(failure) = tuning.read(&config.rules.paths).and_then(|given| load(&tuning, given, &config)) {
                failure.report();
            }
            return Err(several(errors));
        }
    };
    if arguments.check {
        let (loaded, told) = load(&tuning, tuning.read(&config.rules.paths)?, &config)?;
        told.refused.iter().chain(&told.doubts).for_each(diagnostics::show);
        tuning.warn_without_rule(loaded.manifest(), quiet);
        plan.doubts().iter().filter(|_| !quiet).for_each(|why| terminal::complain(&format!("warning: {why}")));
        return checked(&arguments.config, &config, &plan, &loaded);
    }
    plan.doubts().iter().for_each(|why| log::event(Level::Warn, "certificate_warning", &[("why", why)]));
    // To load takes its time, and who wants rules to be read again meanwhile must not end the service.
    let service = Service::prepare(plan).map_err(Failure::Usage)?;
    let given = tuning.read(&config.rules.paths)?;
    let in_force = tuning.fingerprint(&given)?;
    let (loaded, told) = load(&tuning, given, &config)?;
    told.log(&tuning, &loaded);
    let reload = reload(&arguments.config, config, proofs, in_force);
    match service.run(loaded, reload).map_err(Failure::Usage)? {
        Ended::Drained => Ok(Exit::Ran),
        Ended::Undelivered | Ended::Failed => Ok(Exit::Input),
    }
}

/// Reads the file; tells all mistakes in it in this way.
fn read(path: &Path, tell: fn(&Mistake)) -> Result<Config, Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {shown}")).map_err(Failure::Usage)?;
    config::read(&shown, &text).map_err(|told| {
        let number = told.len() as u64;
        let mistake = |told| Mistake { place: Place::File(shown.clone()), told };
        told.into_iter().map(mistake).for_each(|mistake| tell(&mistake));
        Failure::Usage(anyhow!("{} in {shown}", counted(number, "mistake")))
    })
}

/// What there is to tell of rules that are in force.
struct Told {
    /// The mistakes for which rules were left out.
    refused: Vec<Mistake>,
    /// What nobody may have meant so.
    doubts: Vec<Mistake>,
}

impl Told {
    /// Tells it as a service does.
    fn log(&self, tuning: &Tuning, loaded: &Loaded) {
        self.refused.iter().for_each(log_mistake);
        if !self.refused.is_empty() {
            log::event(Level::Error, "rules_left_out", &[("mistakes", &self.refused.len())]);
        }
        let warn = |why: &str, help: &str| log::event(Level::Warn, "rules_warning", &[("why", &why), ("help", &help)]);
        self.doubts.iter().for_each(|doubt| warn(&diagnostics::line(doubt), &doubt.told.help));
        tuning.without_rule(loaded.manifest()).iter().for_each(|why| warn(why, ""));
    }
}

/// The rules that were given, and what there is to tell of them.
fn load(tuning: &Tuning, given: Given, config: &Config) -> Result<(Loaded, Told), Failure> {
    let (loaded, shown) = tuning.load_given(given, Events::Told, config.rules.max_record_size.0)?;
    let refused = tuning.refused(loaded.manifest(), &shown);
    let doubts = stale::doubts(loaded.manifest(), &shown);
    Ok((loaded, Told { refused, doubts }))
}

/// All of them are told; the last one ends the program.
fn several(mut errors: Vec<Error>) -> Failure {
    let last = errors.pop().unwrap_or_else(|| anyhow!("the configuration cannot be used"));
    errors.iter().for_each(|error| terminal::complain(&format!("{error:#}")));
    Failure::Usage(last)
}

fn checked(path: &Path, config: &Config, plan: &Plan, loaded: &Loaded) -> Result<Exit, Failure> {
    let told = [
        counted(config.inputs.len() as u64, "input"),
        counted(config.outputs.len() as u64, "output"),
        counted(loaded.manifest().enabled() as u64, "rule"),
    ];
    let mistakes = match loaded.manifest().refused.len() {
        0 => "no mistakes".to_owned(),
        number => format!("{} in rules that are left out", counted(number as u64, "mistake")),
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{}: {mistakes}; {}", path.display(), told.join(", "))?;
    let gathered = plan.gathered().0.div_ceil(1 << 20);
    let limit = config.general.memory_limit;
    writeln!(out, "memory: {limit} for all that waits, up to {gathered}MiB more for what is gathered before")?;
    out.flush()?;
    Ok(Exit::Ran)
}

/// The digests of all secrets, keys and certificates, as far as they can be read.
fn proofs(config: &Config) -> Vec<Option<[u8; 32]>> {
    let digest = |path: &Path| fs::read(path).ok().map(|bytes| Sha256::digest(bytes).into());
    config.proofs().into_iter().map(digest).collect()
}

/// Reads the file's rules and overrides again. The rest of the file, and secrets and certificates, take a restart, and it
/// is told if they have changed.
fn reload(path: &Path, config: Config, proofs_then: Vec<Option<[u8; 32]>>, in_force: Fingerprint) -> Arc<Reload> {
    let path = path.to_owned();
    let in_force = Mutex::new(in_force);
    Arc::new(move || {
        let fresh = read(&path, log_mistake).map_err(without_mistakes)?;
        let unlike =
            Config { rules: config.rules.clone(), overrides: config.overrides.clone(), ..fresh.clone() } != config;
        let fixed = (&fresh.rules.field, fresh.rules.max_record_size, &fresh.rules.record_paths);
        if unlike || fixed != (&config.rules.field, config.rules.max_record_size, &config.rules.record_paths) {
            log::event(Level::Warn, "restart_needed", &[("why", &"more than rules has changed in the configuration")]);
        }
        if proofs(&config) != proofs_then {
            log::event(Level::Warn, "restart_needed", &[("why", &"a secret, key or certificate has changed")]);
        }
        let tuning = Tuning::configured(&path, &fresh);
        let mut in_force = in_force.lock().unwrap_or_else(PoisonError::into_inner);
        let given = tuning.read(&fresh.rules.paths).map_err(without_mistakes)?;
        let fingerprint = tuning.fingerprint(&given).map_err(without_mistakes)?;
        if *in_force == fingerprint {
            return Ok(None);
        }
        let (loaded, told) = load(&tuning, given, &config).map_err(without_mistakes)?;
        *in_force = fingerprint;
        told.log(&tuning, &loaded);
        Ok(Some(loaded))
    })
}

/// A running service tells mistakes as it tells all else.
fn log_mistake(mistake: &Mistake) {
    log::event(Level::Error, "mistake", &[("why", &diagnostics::line(mistake)), ("help", &mistake.told.help)]);
}

/// Mistakes are told one by one; what is left is that there are some.
fn without_mistakes(failure: Failure) -> Error {
    match failure {
        Failure::Usage(error) | Failure::Stream(error) => error,
        Failure::Refused(mistakes) => {
            mistakes.iter().for_each(log_mistake);
            anyhow!("{} in the rules, told above", counted(mistakes.len() as u64, "mistake"))
        }
        Failure::Closed => anyhow!("the rules cannot be read"),
    }
}
