//! What a person at a terminal sees: colours, rows that fit, a word on what is awaited, and nothing that a record or a
//! rule could make the terminal do.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::process::{Command, Stdio};
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{self, code, out};

const HIGH: &str = r#"{"eventName":"C^"}"#;

#[test]
fn a_terminal_gets_colours_unless_they_are_unwanted_and_never_those_of_a_record() {
    let place = Place::new();
    place.write("a.json", HIGH);
    let scan = place.command(&["scan", "a.json"]);
    let Some(coloured) = on_a_terminal(&scan, None) else { return };
    assert!(coloured.contains("\u{1b}[31mhigh\u{1b}[0m"), "{coloured:?}");
    assert!(coloured.contains(r"A \u001b[31mhigh"), "{coloured:?}");
    let plain = on_a_terminal(&scan, Some("1")).unwrap();
    assert!(plain.contains("guest/high") && !plain.contains('\u{1b}'), "{plain:?}");
    assert!(!out(&place.command(&["scan", "a.json"]).output().unwrap()).contains('\u{1b}'), "a pipe is no terminal");
}

#[test]
fn a_terminal_of_usual_width_shows_each_rule_on_one_line_and_a_pipe_gets_all_of_it() {
    let title = "Access to an S3 bucket, its replication or its lifecycle was changed";
    let scan = ["scan", "host-runner/samples", "--disable", "*", "--enable", "securityhub/*"];
    for arguments in [&scan[..], &["rules", "list"]] {
        let command = runner::command(arguments);
        let Some(shown) = on_a_terminal(&command, Some("1")) else { return };
        let widest = shown.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(widest.chars().count() <= 80 && widest.ends_with('…'), "{shown}");
        let piped = out(&runner::command(arguments).output().unwrap());
        assert_eq!(shown.lines().count(), piped.lines().count(), "no row takes two lines: {shown}");
        assert!(piped.contains(title) && !shown.contains(title), "{piped}");
    }
}

#[test]
fn filter_on_a_terminal_says_what_it_waits_for() {
    let place = Place::new();
    let Some(shown) = on_a_terminal(&place.command(&["filter"]), None) else { return };
    assert!(shown.contains("waiting for records from this terminal"), "{shown:?}");
    let quiet = on_a_terminal(&place.command(&["filter", "-q"]), None).unwrap();
    assert!(!quiet.contains("waiting"), "{quiet:?}");
    let record = place.write("evil.txt", "{\"eventName\":\"C^\u{9b}31m\u{1b}[2J\"}\nplain \u{1b}[2J\n");
    let line = format!("{} filter -q --component unreachable.wasm < {}", runner::program().display(), record.display());
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).current_dir(place.path());
    let shown = on_a_terminal(&shell, None).unwrap();
    assert!(shown.contains(r"\u009b31m\u001b[2J") && !shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn rules_are_listed_without_commands_for_the_terminal() {
    let place = Place::new();
    let output = place.command(&["rules", "list"]).output().unwrap();
    let text = out(&output);
    assert_eq!(code(&output), 0);
    assert!(text.contains("guest/high") && text.contains(r"A \u001b[31mhigh\u202e thing"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
}

/// Runs a command line under a pseudo-terminal; what it shows. `None` where no program can make one.
fn on_a_terminal(command: &Command, no_color: Option<&str>) -> Option<String> {
    let quoted = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted: Vec<String> = quoted.map(|part| format!("'{}'", part.to_str().unwrap())).collect();
    let mut script = Command::new("script");
    script.args(["-qec", &quoted.join(" "), "/dev/null"]).current_dir(command.get_current_dir().unwrap());
    script
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .env("XDG_CACHE_HOME", runner::program().with_file_name("test-cache"));
    if let Some(value) = no_color {
        script.env("NO_COLOR", value);
    }
    let output = script.stdin(Stdio::null()).output().ok();
    if output.is_none() {
        println!("SKIPPED: `script` is not there to make a terminal; this part of the test did not run");
    }
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
}
