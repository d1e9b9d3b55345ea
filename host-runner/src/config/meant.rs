//! The file as it is meant: names resolve, what is left out has its value, what is unsafe is refused.
//!
//! Takes the tables as typed; gives the configuration or mistakes. It looks at the file alone: whether a folder is
//! there or a secret can be read shows when the service is prepared.

use super::mistake::{Text, nearest};
use super::typed::{Admin, General, HttpInput, HttpOutput, Input, Output, Override, Rules};
use super::units::Size;
use crate::engine::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Everything that the file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// What concerns the whole service.
    pub general: General,
    /// Where it tells how it is.
    pub admin: Option<Admin>,
    /// Which rules.
    pub rules: Rules,
    /// Overrides that stand in the file itself, each with its line.
    pub overrides: Vec<(usize, Override)>,
    /// Where records come from, by name.
    pub inputs: BTreeMap<String, Input>,
    /// Where they go, by name; each with the inputs that it takes from.
    pub outputs: BTreeMap<String, (Output, BTreeSet<String>)>,
}

/// A named table, if it could be read, and where its name stands.
pub(super) type Named<T> = BTreeMap<String, (Option<T>, Range<usize>)>;

/// `memory_limit` must have room for so many records of the largest size.
const RECORDS_IN_MEMORY: usize = 4;

/// The largest record that may be asked for: a batch must fit a guest's memory several times.
pub const LARGEST_RECORD: usize = 256 << 20;

/// What goes beyond single tables.
pub(super) struct Check<'t> {
    pub(super) text: Text<'t>,
    pub(super) mistakes: Vec<Diagnostic>,
}

impl Check<'_> {
    pub(super) fn add(&mut self, place: &Range<usize>, code: &str, message: String, help: &str) {
        self.mistakes.push(self.text.mistake(place, code, message, help.to_owned()));
    }

    /// Which inputs each output takes from. Every name must be one, and every input must be taken from.
    pub(super) fn resolve(
        &mut self,
        inputs: &Named<Input>,
        outputs: &Named<Output>,
    ) -> BTreeMap<String, BTreeSet<String>> {
        let mut unused: BTreeSet<&String> = inputs.keys().collect();
        let mut resolved = BTreeMap::new();
        for (name, (output, place)) in outputs {
            let Some(output) = output else {
                // Nobody knows what it takes from.
                unused.clear();
                continue;
            };
            let taken: BTreeSet<String> = match output.feed().0 {
                None => inputs.keys().cloned().collect(),
                Some(names) => names.iter().cloned().collect(),
            };
            for unknown in taken.iter().filter(|taken| !inputs.contains_key(*taken)) {
                let near = nearest(unknown, inputs.keys().map(String::as_str));
                let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
                self.add(
                    place,
                    "config-name",
                    format!("output `{name}` takes from `{unknown}`, which is no input"),
                    &help,
                );
            }
            if taken.is_empty() && !inputs.is_empty() {
                self.add(
                    place,
                    "config-name",
                    format!("output `{name}` takes from no input"),
                    "leave `inputs` out for all",
                );
            }
            unused.retain(|input| !taken.contains(*input));
            resolved.insert(name.clone(), taken);
        }
        for name in unused {
            let place = inputs.get(name).map(|(_, place)| place.clone()).unwrap_or_default();
            self.add(
                &place,
                "config-name",
                format!("nothing takes from input `{name}`"),
                "add an output, or name it in one's `inputs`",
            );
        }
        resolved
    }

    /// Records must come from somewhere and go somewhere.
    pub(super) fn has_both_ends(&mut self, inputs: &Named<Input>, outputs: &Named<Output>) {
        if inputs.is_empty() {
            self.add(&(0..0), "config-name", "there is no input".to_owned(), "add [inputs.NAME] with a type");
        }
        if outputs.is_empty() {
            self.add(&(0..0), "config-name", "there is no output".to_owned(), "add [outputs.NAME] with a type");
        }
    }

    /// Lines of two outputs would mix.
    pub(super) fn has_one_stdout(&mut self, outputs: &Named<Output>) {
        let places: Vec<&Range<usize>> = outputs
            .values()
            .filter(|(output, _)| matches!(output, Some(Output::Stdout(_))))
            .map(|(_, place)| place)
            .collect();
        if let [_, second, ..] = places.as_slice() {
            self.add(
                second,
                "config-name",
                "two outputs write to standard output".to_owned(),
                "their lines would mix; write one to a file",
            );
        }
    }

    /// Whoever connects from elsewhere must be known, and what is said must not be heard by others.
    pub(super) fn listens_safely(&mut self, general: &General, admin: Option<&Admin>, inputs: &Named<Input>) {
        if general.allow_insecure {
            return;
        }
        let is_open = |address: SocketAddr| !address.ip().to_canonical().is_loopback();
        if admin.is_some_and(|admin| is_open(admin.listen)) {
            let message = "the admin address is open to others, and it knows neither TLS nor secrets".to_owned();
            self.add(&(0..0), "config-open", message, "listen on 127.0.0.1, or set allow_insecure = true");
        }
        for (name, (input, place)) in inputs {
            let Some(Input::Http(http)) = input else { continue };
            let lacks = match http {
                HttpInput { tls: None, .. } => "TLS",
                HttpInput { token_file: None, firehose_key_file: None, .. } => "a secret (token_file)",
                _ => continue,
            };
            if is_open(http.listen) {
                let message = format!("input `{name}` is open to others without {lacks}");
                let help = format!("listen on 127.0.0.1, give it {lacks}, or set allow_insecure = true");
                self.add(place, "config-open", message, &help);
            }
        }
    }

    /// What is kept needs a place.
    pub(super) fn has_places(&mut self, general: &General, inputs: &Named<Input>, outputs: &Named<Output>) {
        if general.state_dir.is_some() {
            return;
        }
        for (name, (input, place)) in inputs {
            if let Some(Input::File(_)) = input {
                let message = format!("input `{name}` has no place to keep its position");
                self.add(place, "config-value", message, "name a folder with state_dir");
            }
        }
        for (name, (output, place)) in outputs {
            if let Some(Output::Http(HttpOutput { dead_letters: None, .. })) = output {
                let message = format!("output `{name}` has no place for records that are refused");
                self.add(place, "config-value", message, "name a folder with state_dir or dead_letters");
            }
        }
    }

    /// Numbers must leave room for records.
    pub(super) fn has_room(
        &mut self,
        general: &General,
        rules: &Rules,
        inputs: &Named<Input>,
        outputs: &Named<Output>,
    ) {
        let largest = rules.max_record_size.0;
        for (name, (input, place)) in inputs {
            let Some(Input::Http(http)) = input else { continue };
            if http.body_limit.0 < largest {
                let message = format!("the `body_limit` of input `{name}` is below max_record_size");
                self.add(place, "config-value", message, "a body must have room for a record");
            }
        }
        for (name, (output, place)) in outputs {
            let Some(Output::Http(http)) = output else { continue };
            if http.dead_letters_limit.0 < largest {
                let message = format!("the `dead_letters_limit` of output `{name}` is below max_record_size");
                self.add(place, "config-value", message, "a record that is refused must have room there");
            }
        }
        let least = largest.saturating_mul(RECORDS_IN_MEMORY);
        if general.memory_limit.0 < least {
            let message = format!(
                "memory_limit ({}) has no room for {RECORDS_IN_MEMORY} of the largest records",
                general.memory_limit
            );
            self.add(&(0..0), "config-value", message, &format!("{} or more", Size(least)));
        }
    }

    /// Each value must make sense by itself.
    pub(super) fn has_sound_values(
        &mut self,
        general: &General,
        rules: &Rules,
        inputs: &Named<Input>,
        outputs: &Named<Output>,
    ) {
        for (name, (input, place)) in inputs {
            match input {
                Some(Input::File(file)) => self.is_one_plain_file(name, place, &file.path),
                Some(Input::Http(http)) if !http.path.starts_with('/') => {
                    let message = format!("the `path` of input `{name}` must begin with a slash");
                    self.add(place, "config-value", message, "");
                }
                _ => {}
            }
        }
        for (name, (output, place)) in outputs {
            let Some(Output::Http(http)) = output else { continue };
            if !http.url.starts_with("http://") && !http.url.starts_with("https://") {
                let message = format!("the `url` of output `{name}` begins neither with http:// nor with https://");
                self.add(place, "config-value", message, "");
            }
        }
        let largest = Size(LARGEST_RECORD);
        for (is_wrong, what) in [
            (
                !(1..=LARGEST_RECORD).contains(&rules.max_record_size.0),
                format!("max_record_size must be from 1 to {largest}"),
            ),
            (
                general.workers.is_some_and(|number| !(1..=256).contains(&number)),
                "workers must be from 1 to 256".to_owned(),
            ),
            (general.breaker_after == 0, "breaker_after must be 1 or more".to_owned()),
            (rules.field.is_empty(), "the field needs a name; leave `field` out for `trailsieve`".to_owned()),
        ] {
            if is_wrong {
                self.add(&(0..0), "config-value", what, "");
            }
        }
    }

    /// What would keep it from ever doing anything is refused.
    pub(super) fn has_work(&mut self, inputs: &Named<Input>, outputs: &Named<Output>) {
        let mut none = |place: &Range<usize>, what: &str, number: u128| {
            if number == 0 {
                self.add(place, "config-value", format!("{what} must be more than 0"), "leave it out for its default");
            }
        };
        for (name, (input, place)) in inputs {
            let of = |key: &str| format!("the `{key}` of input `{name}`");
            match input {
                Some(Input::Http(http)) => {
                    none(place, &of("connections"), http.connections.into());
                    none(place, &of("answer_within"), http.answer_within.0.as_nanos());
                    none(place, &of("read_timeout"), http.read_timeout.0.as_nanos());
                }
                Some(Input::File(file)) => none(place, &of("poll"), file.poll.0.as_nanos()),
                None => {}
            }
        }
        for (name, (output, place)) in outputs {
            let of = |key: &str| format!("the `{key}` of output `{name}`");
            if let Some(Output::Http(http)) = output {
                none(place, &of("batch_size"), http.batch_size.0 as u128);
                none(place, &of("timeout"), http.timeout.0.as_nanos());
            }
        }
    }

    /// What is followed is a file that grows.
    fn is_one_plain_file(&mut self, name: &str, place: &Range<usize>, path: &Path) {
        let text = path.to_string_lossy();
        if text.contains(['*', '?']) {
            let message = format!("the `path` of input `{name}` must name one file; `*` and `?` stand for no others");
            self.add(place, "config-value", message, "add an input for each file");
        }
        if PACKINGS.iter().any(|ending| text.ends_with(ending)) {
            let message = format!("input `{name}` cannot follow a packed file, which does not grow");
            self.add(place, "config-value", message, "unpack it into `trailsieve filter`, or `scan` it");
        }
    }
}

/// How the names of files end that are packed and do not grow.
const PACKINGS: [&str; 5] = [".gz", ".zst", ".bz2", ".xz", ".lz4"];

/// Where one output's refused records go.
pub fn dead_letters(given: Option<&PathBuf>, general: &General, output: &str) -> PathBuf {
    let below = || general.state_dir.clone().unwrap_or_default().join("dead-letters").join(output);
    given.cloned().unwrap_or_else(below)
}
