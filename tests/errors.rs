//! What `rules check` says of what is wrong. `errors/` has a folder for each code, and in it a file for each mistake
//! that reads differently, with a snapshot of all that is printed beside it. A name that ends in `.overrides.yml` is an
//! overrides file.
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use std::{fs, thread};
use trailsieve_core::Code;
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, code, err, out};

/// Codes that no file can provoke, and why.
const WITHOUT_FILE: [(Code, &str); 2] = [
    (Code::BuiltIn, "takes a damaged detector"),
    (Code::Settings, "takes an option that is wrong, or a host that gives what its user could not"),
];

/// Codes that the program gives itself, as the detector has no clock.
const OF_THE_PROGRAM: [&str; 1] = ["override-expired"];

/// What is wrong with the whole of a file, or of all files together.
const WITHOUT_PLACE: [&str; 3] =
    ["override-form/nothing.overrides.yml", "pack-too-large/fields-in-many-parts.yml", "rule-form/nothing.yml"];

#[test]
fn what_is_said_of_each_mistake() {
    insta::glob!("errors", "*/*.yml", |path| {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.remove_snapshot_suffix();
        settings.set_omit_expression(true);
        settings.remove_input_file();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let told = told().get(&below(path)).unwrap();
        settings.bind(|| insta::assert_snapshot!(name, format!("{}{}", err(told), out(told))));
    });
}

#[test]
fn each_file_shows_the_code_of_its_folder_and_no_other() {
    for (path, output) in told() {
        let told = err(output);
        let codes: BTreeSet<&str> = messages(&told).iter().map(|message| message.code).collect();
        let folder = path.split('/').next().unwrap();
        assert_eq!(codes, BTreeSet::from([folder]), "{path}: {told}");
        let expected = match out(output).is_empty() {
            // Nothing in a file is wrong with a pack that is too large, unless what repeats it stands in one.
            _ if path.starts_with("pack-too-large/") && !path.ends_with(".overrides.yml") => 3,
            true => 2,
            false => 0,
        };
        assert_eq!(code(output), expected, "{path}: {told}");
    }
}

/// What has no end, such as a device, must not fill the memory before it is refused.
#[test]
fn of_a_file_that_is_too_large_no_more_is_read_than_it_takes_to_be_refused() {
    let place = Place::new();
    let large = place.write("large.yml", "");
    fs::File::options().write(true).open(&large).unwrap().set_len(300 << 20).unwrap();
    for arguments in [["large.yml"].as_slice(), &["--overrides", "large.yml"]] {
        let mut command = runner::command(["rules", "check"].iter().chain(arguments));
        let output = command.current_dir(place.path()).output().unwrap();
        assert!(err(&output).starts_with("large.yml: the file is too large (limit "), "{}", err(&output));
        assert_eq!(code(&output), 2);
    }
}

#[test]
fn each_code_has_a_file() {
    let excused = |code: &&Code| WITHOUT_FILE.iter().any(|(other, _)| other == *code);
    let codes = Code::ALL.iter().filter(|code| !excused(code)).map(|code| code.name());
    let codes: BTreeSet<&str> = codes.chain(OF_THE_PROGRAM).collect();
    let folders: BTreeSet<&str> = told().keys().filter_map(|path| path.split('/').next()).collect();
    assert_eq!(folders, codes);
}

/// The way out is the help, unless the message itself says what would be right.
#[test]
fn each_message_has_its_place_and_the_way_out() {
    for (path, output) in told() {
        let told = err(output);
        for Message { place, text, help, .. } in messages(&told) {
            let says_what_is_right = ["must be", "should be", "should hold", "expected", "is a map of", "the keys are"];
            assert!(help || says_what_is_right.iter().any(|words| text.contains(words)), "no way out: {told}");
            let place: Vec<&str> = place.split(':').collect();
            let has_place = place.len() > 1 && place.iter().skip(1).all(|number| number.parse::<u32>().is_ok());
            assert!(has_place || WITHOUT_PLACE.contains(&path.as_str()), "no place: {told}");
        }
    }
}

/// A renamed file would leave its snapshot behind.
#[test]
fn each_snapshot_has_its_file() {
    for path in files("snap") {
        assert!(path.with_extension("yml").exists(), "{} shows nothing", path.display());
    }
}

/// One line that tells a mistake.
struct Message<'t> {
    place: &'t str,
    text: &'t str,
    code: &'t str,
    /// There is help below it.
    help: bool,
}

fn messages(told: &str) -> Vec<Message<'_>> {
    let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with("trailsieve: ")).collect();
    let mut messages: Vec<Message<'_>> = Vec::new();
    for line in lines {
        match messages.last_mut().filter(|_| line.starts_with("    help: ")) {
            Some(message) => message.help = true,
            None => {
                let (place, rest) = line.split_once(": ").unwrap();
                let (text, code) = rest.strip_suffix(']').unwrap().rsplit_once(" [").unwrap();
                messages.push(Message { place, text, code, help: false });
            }
        }
    }
    messages
}

/// What the program says of each file, by the file's path below the folder.
fn told() -> &'static BTreeMap<String, Output> {
    static TOLD: OnceLock<BTreeMap<String, Output>> = OnceLock::new();
    TOLD.get_or_init(|| {
        runner::program();
        let files: Vec<String> = files("yml").iter().map(|path| below(path)).collect();
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let share = files.len().div_ceil(workers).max(1);
        thread::scope(|scope| {
            let of_share = |files: &[String]| files.iter().map(|path| (path.clone(), check(path))).collect::<Vec<_>>();
            let shares: Vec<_> = files.chunks(share).map(|files| scope.spawn(move || of_share(files))).collect();
            shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
        })
    })
}

fn check(path: &str) -> Output {
    let option = path.ends_with(".overrides.yml").then_some("--overrides");
    // How large a pack is depends on the built-in rules, too.
    let alone = (path.starts_with("pack-too-large/") && option.is_none()).then_some("--no-default-rules");
    let mut command = runner::command(["rules", "check"].into_iter().chain(option).chain(alone).chain([path]));
    // What overrides are about, where they are about something that is not built in.
    if let Some(beside) = path.strip_suffix(".overrides.yml").map(|stem| format!("{stem}.rule"))
        && folder().join(&beside).is_file()
    {
        command.arg(beside);
    }
    command.current_dir(folder()).output().unwrap()
}

fn folder() -> PathBuf {
    workspace().join("tests/errors").canonicalize().unwrap()
}

fn below(path: &Path) -> String {
    path.canonicalize().unwrap().strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/")
}

/// The files in the folders of the codes whose names end so.
fn files(extension: &str) -> Vec<PathBuf> {
    let folders = fs::read_dir(folder()).unwrap().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    files.filter(|path| path.extension().is_some_and(|end| end == extension)).collect()
}
