//! `trailsieve.toml`: what is meant by it, and all that is wrong with it, with its place.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by failing")]

use serde_json::Value;
use std::{env, fs};
use trailsieve::config::{self, Config};
use trailsieve_tests::checkout::workspace;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner::{code, command, err, out};
use trailsieve_tests::service::configure;

/// Set it to write the schema anew.
const UPDATE: &str = "TRAILSIEVE_UPDATE_SCHEMAS";

const SMALLEST: &str = "\
[inputs.in]
type = \"http\"
listen = \"127.0.0.1:0\"

[outputs.out]
type = \"stdout\"
";

fn good(text: &str) -> Config {
    config::read("x.toml", text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

/// Each mistake as `line:column message | help`.
fn mistakes(text: &str) -> Vec<String> {
    let told = config::read("x.toml", text).unwrap_err();
    assert!(told.iter().all(|mistake| mistake.path == "x.toml"));
    let shown = told.iter().map(|it| {
        let help = if it.help.is_empty() { String::new() } else { format!(" | {}", it.help) };
        format!("{}:{} {}{help}", it.line, it.column, it.message)
    });
    shown.collect()
}

#[test]
fn what_is_left_out_has_its_value() {
    let config = good(SMALLEST);
    assert_eq!(config.general, config::typed::General::default());
    assert_eq!(config.rules, config::typed::Rules::default());
    let (_, taken) = config.outputs.get("out").unwrap();
    assert_eq!(taken.iter().collect::<Vec<_>>(), ["in"]);
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = "\
wrokers = 2
memory_limit = \"lots\"

[rules]
min_level = \"hihg\"
disable = \"x\"

[inputs.in]
type = \"http\"
lisen = \"127.0.0.1:0\"
listen = \"here\"

[inputs.other]
type = \"htp\"

[outputs.out]
type = \"file\"
path = \"x\"
inputs = [\"inn\"]
fsync = 1
";
    let told = mistakes(text);
    let expected = [
        ("1:1", "unknown field `wrokers`", "did you mean `workers`?"),
        ("2:16", "invalid value: string \"lots\", expected a size", ""),
        ("5:13", "unknown variant `hihg`", "did you mean `high`?"),
        ("6:11", "invalid type: string \"x\", expected a list, such as [\"one\", \"two\"]", ""),
        ("10:1", "unknown field `lisen`", "did you mean `listen`?"),
        ("11:10", "string \"here\", expected an address and a port, such as \"127.0.0.1:8080\"", ""),
        ("14:8", "unknown variant `htp`", "did you mean `http`?"),
        ("20:9", "invalid type: integer `1`, expected true or false", ""),
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, (place, message, help)) in told.iter().zip(expected) {
        assert!(told.starts_with(&format!("{place} ")) && told.contains(message) && told.contains(help), "{told}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_place() {
    let told = mistakes("[inputs.in\ntype = \"http\"\n");
    assert!(told.first().is_some_and(|told| told.starts_with("1:")), "{told:?}");
    assert!(!told.concat().contains("there is no"), "what is missing is not known then: {told:?}");
}

#[test]
fn tables_are_among_what_is_meant() {
    for (text, near) in [("[input.i]\n", "inputs"), ("[[overrides]]\n", "override"), ("[output.o]\n", "outputs")] {
        let told = mistakes(text);
        let told = told.iter().find(|told| told.contains("unknown field")).unwrap();
        assert!(told.ends_with(&format!("did you mean `{near}`?")) && told.contains("`admin`"), "{told}");
    }
    let told = mistakes(&format!("workers = \"2\"\n{SMALLEST}"));
    assert_eq!(told, ["1:11 invalid type: string \"2\", expected a whole number without quotes, such as 4"]);
    for listen in ["localhost:8080", ":8080", "8080"] {
        let told = mistakes(&SMALLEST.replace("127.0.0.1:0", listen)).concat();
        assert!(told.contains("expected an address and a port, such as \"127.0.0.1:8080\""), "{told}");
    }
}

/// What `from` holds, replaced, gives one mistake, in which this stands.
fn refused(text: &str, from: &str, to: &str, told: &str) {
    assert!(text.contains(from), "{from}");
    let mistakes = mistakes(&text.replace(from, to));
    assert!(mistakes.len() == 1 && mistakes.concat().contains(told), "{to}: {mistakes:#?}");
}

const MANY: &str = "\
state_dir = \"state\"

[admin]
listen = \"127.0.0.1:9464\"

[inputs.here]
type = \"http\"
listen = \"127.0.0.1:8080\"
connections = 10
answer_within = \"1m\"
read_timeout = \"1s\"

[inputs.there]
type = \"http\"
listen = \"127.0.0.1:8081\"

[inputs.log]
type = \"file\"
path = \"logs/audit.log\"
poll = \"1s\"

[outputs.one]
type = \"file\"
path = \"one\"

[outputs.other]
type = \"file\"
path = \"logs/audit.log.judged\"

[outputs.next]
type = \"http\"
url = \"http://127.0.0.1:1/\"
batch_size = \"1MiB\"
timeout = \"1s\"
";

#[test]
fn numbers_that_stop_the_service_are_mistakes() {
    good(MANY);
    for (from, to, told) in [
        ("connections = 10", "connections = 0", "the `connections` of input `here` must be more than 0"),
        ("answer_within = \"1m\"", "answer_within = \"0s\"", "the `answer_within` of input `here` must"),
        ("read_timeout = \"1s\"", "read_timeout = \"0ms\"", "the `read_timeout` of input `here` must"),
        ("poll = \"1s\"", "poll = \"0ms\"", "the `poll` of input `log` must"),
        ("batch_size = \"1MiB\"", "batch_size = 0", "the `batch_size` of output `next` must"),
        ("\ntimeout = \"1s\"", "\ntimeout = \"0s\"", "the `timeout` of output `next` must"),
        (
            "batch_size",
            "dead_letters_limit = \"512KiB\"\nbatch_size",
            "the `dead_letters_limit` of output `next` is below",
        ),
    ] {
        refused(MANY, from, to, told);
    }
}

#[test]
fn nothing_is_listened_on_written_or_read_twice() {
    for taken in ["127.0.0.1:8080", "0.0.0.0:8080", "127.0.0.1:9464"] {
        let text = format!("allow_insecure = true\n{MANY}");
        refused(&text, "127.0.0.1:8081", taken, "input `there` listens on");
    }
    for free in ["127.0.0.2:8080", "[::1]:8080", "127.0.0.1:0"] {
        good(&MANY.replace("127.0.0.1:8081", free));
    }
    let here = env::current_dir().unwrap();
    for one in ["one", "./one", "logs/../one", here.join("one").to_str().unwrap()] {
        refused(MANY, "logs/audit.log.judged", one, "so does output `one`");
    }
    refused(MANY, "logs/audit.log.judged", "logs/audit.log", "writes to the file that input `log` reads");
    for rotated in ["logs/audit.log.1", "logs/./audit.log-20261121", "logs/audit.log.old"] {
        refused(MANY, "logs/audit.log.judged", rotated, "takes for its own, rotated");
    }
    for kept in ["state/lock", "state/positions/log.json"] {
        refused(MANY, "logs/audit.log.judged", kept, "so does the service itself");
    }
    let again = format!("{MANY}[inputs.again]\ntype = \"file\"\npath = \"./logs/audit.log\"\n");
    assert!(mistakes(&again).concat().contains("input `log` reads logs/audit.log, and so does input `again`"));
    let twice = "[outputs.again]\ntype = \"http\"\nurl = \"http://127.0.0.1:1/\"\n";
    good(&format!("{MANY}{twice}"));
    let kept = format!("{MANY}{twice}dead_letters = \"state/dead-letters/next\"\n");
    assert!(mistakes(&kept).concat().contains("output `next` writes to"));
}

/// A link leads to the same file, whatever it is called.
#[cfg(unix)]
#[test]
fn another_name_of_a_file_is_no_other_file() {
    let place = Place::new();
    fs::create_dir(place.path().join("logs")).unwrap();
    place.write("logs/audit.log", "");
    place.write("one", "");
    std::os::unix::fs::symlink("logs", place.path().join("linked")).unwrap();
    std::os::unix::fs::symlink("audit.log", place.path().join("logs/link")).unwrap();
    fs::hard_link(place.path().join("one"), place.path().join("hard")).unwrap();
    let here = |name: &str| place.path().join(name).display().to_string();
    let many = ["logs/audit.log", "one"].iter().fold(MANY.to_owned(), |text, name| {
        text.replace(&format!("path = \"{name}\""), &format!("path = \"{}\"", here(name)))
    });
    for (output, told) in [
        ("hard", "so does output `one`"),
        ("logs/link", "writes to the file that input `log` reads"),
        ("linked/audit.log", "writes to the file that input `log` reads"),
        ("linked/audit.log.1", "takes for its own, rotated"),
    ] {
        refused(&many, "logs/audit.log.judged", &here(output), told);
    }
    good(&many.replace("logs/audit.log.judged", &here("linked/other")));
}

#[test]
fn a_followed_file_is_one_and_not_packed() {
    refused(MANY, "logs/audit.log\"", "logs/*.log\"", "must name one file");
    refused(MANY, "logs/audit.log\"", "logs/audit.log.gz\"", "cannot follow a packed file");
}

#[test]
fn names_resolve_or_are_mistakes() {
    let text = format!("{SMALLEST}inputs = [\"inn\"]\n\n[inputs.spare]\ntype = \"http\"\nlisten = \"127.0.0.1:1\"\n");
    let told = mistakes(&text);
    let expected = [
        "1:9 nothing takes from input `in` | add an output, or name it in one's `inputs`",
        "5:10 output `out` takes from `inn`, which is no input | did you mean `in`?",
        "9:9 nothing takes from input `spare` | add an output, or name it in one's `inputs`",
    ];
    assert_eq!(told, expected);
    let told = mistakes("");
    assert_eq!(told.len(), 2, "neither inputs nor outputs: {told:?}");
    let told = mistakes("[inputs]\n[outputs.a]\ntype = \"stdout\"\n[outputs.b]\ntype = \"stdout\"\n");
    assert!(told.iter().any(|told| told.contains("two outputs write to standard output")), "{told:?}");
}

#[test]
fn an_address_that_others_reach_needs_tls_and_a_secret() {
    let open = SMALLEST.replace("127.0.0.1:0", "0.0.0.0:80");
    let one = |text: &str| mistakes(text).concat();
    assert!(one(&open).contains("input `in` is open to others without TLS"));
    let with = |keys: &str| open.replace("listen", &format!("{keys}\nlisten"));
    let tls = "tls = {cert_file = \"c\", key_file = \"k\"}";
    assert!(one(&with("token_file = \"t\"")).contains("without TLS"));
    assert!(one(&with(tls)).contains("without a secret"));
    good(&with(&format!("{tls}\ntoken_file = \"t\"")));
    good(&with(&format!("{tls}\nfirehose_key_file = \"t\"")));
    good(&format!("allow_insecure = true\n{open}"));
    for local in ["127.0.0.2:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        good(&SMALLEST.replace("127.0.0.1:0", local));
    }
    assert!(one(&format!("[admin]\nlisten = \"[::]:1\"\n{SMALLEST}")).contains("the admin address is open"));
}

#[test]
fn what_is_kept_needs_a_place_and_records_need_room() {
    let told = mistakes(
        "memory_limit = \"1MiB\"\n[rules]\nmax_record_size = \"2MiB\"\n[inputs.in]\ntype = \"file\"\npath = \"x\"\n[outputs.out]\ntype = \"http\"\nurl = \"ftp://x\"\n",
    );
    for part in [
        "no place to keep its position",
        "no place for records that are refused",
        "neither with http://",
        "has no room",
    ] {
        assert!(told.iter().any(|told| told.contains(part)), "{part}: {told:#?}");
    }
}

/// `run --check` goes as far as it can without opening anything, and tells mistakes in all places.
#[test]
fn check_reads_secrets_and_tests_rules() {
    let place = Place::new();
    place.write("token", "secret\n");
    let text = format!(
        "[rules]\ncomponent = \"GUEST\"\n{}token_file = \"PLACE/token\"\n",
        SMALLEST.replace(
            "[outputs.out]\ntype = \"stdout\"\n",
            "[outputs.out]\ntype = \"stdout\"\n\n[inputs.second]\ntype = \"http\"\nlisten = \"127.0.0.1:0\"\n"
        )
    );
    let config = configure(&place, &text);
    let checked = command(["run", "--check", "--config", &config]).output().unwrap();
    assert_eq!((code(&checked), err(&checked).as_str()), (0, ""));
    assert!(out(&checked).contains("no mistakes; 2 inputs, 1 output, 2 rules"), "{}", out(&checked));
    // 256 connections with a record, two pages and a window of zstd each, and one body.
    assert!(out(&checked).contains("memory: 256MiB for all that waits, up to 2432MiB more"), "{}", out(&checked));

    place.write("token", "\n");
    let checked = command(["run", "--check", "--config", &config]).output().unwrap();
    assert_eq!(code(&checked), 3);
    assert!(err(&checked).contains("is empty"), "{}", err(&checked));

    // The library takes what is no port for none.
    for port in ["99999", "0", "x"] {
        let output = format!("type = \"http\"\nurl = \"http://127.0.0.1:{port}/\"\ndead_letters = \"PLACE\"");
        let wrong = configure(&place, &SMALLEST.replace("type = \"stdout\"", &output));
        let checked = command(["run", "--check", "--config", &wrong]).output().unwrap();
        assert_eq!(code(&checked), 3, "{port}");
        assert!(err(&checked).contains(&format!("127.0.0.1:{port}/`")), "{}", err(&checked));
    }

    let wrong = configure(&place, &format!("workres = 1\n{SMALLEST}"));
    let checked = command(["run", "--check", "--config", &wrong]).output().unwrap();
    assert_eq!(code(&checked), 3);
    let said = err(&checked);
    assert!(
        said.contains("trailsieve.toml:1:1: unknown field `workres`") && said.contains("help: did you mean `workers`?"),
        "{said}"
    );
    assert!(said.contains("1 mistake in "), "{said}");
}

/// Overrides in the file are the detector's to judge, and mistakes in them are found where they stand.
#[test]
fn overrides_stand_in_the_file_and_mistakes_in_them_keep_their_lines() {
    let place = Place::new();
    let text = format!(
        "{SMALLEST}\n[[override]]\nrule = \"signin/root\"\nlevel = \"critical\"\nreason = \"r\"\nexpires = 2999-01-01\n"
    );
    let config = configure(&place, &text);
    let checked = command(["run", "--check", "--config", &config]).output().unwrap();
    assert_eq!((code(&checked), err(&checked).as_str()), (0, ""));

    let config = configure(
        &place,
        &format!("{text}\n[[override]]\nrule = \"signin/root\"\nlevel = \"crucial\"\nreason = \"r\"\n"),
    );
    let line = fs::read_to_string(&config).unwrap().lines().position(|line| line.contains("crucial")).unwrap() - 1;
    let checked = command(["run", "--check", "--config", &config]).output().unwrap();
    assert_eq!(code(&checked), 2, "{}", err(&checked));
    assert!(err(&checked).contains(&format!("trailsieve.toml:{line}:")), "line {line}: {}", err(&checked));
}

/// What only the detector knows to be wrong in `[rules]` is told of the file, too, not of options that `run` lacks.
#[test]
fn mistakes_in_the_choice_of_rules_are_told_where_they_stand() {
    let place = Place::new();
    let check = |rules: &str| {
        let config = configure(&place, &format!("[rules]\n{rules}\n{SMALLEST}"));
        command(["run", "--check", "--config", &config]).output().unwrap()
    };
    let checked = check("enable = [\"signin/*\"]\ndisable = [\n  \"iam/*\",\n  \"signin/rot\",\n]");
    assert_eq!(code(&checked), 3, "{}", err(&checked));
    assert!(err(&checked).contains("/trailsieve.toml:5: no rule has a name like `signin/rot`"), "{}", err(&checked));
    assert!(err(&checked).contains("did you mean `signin/root`?"), "{}", err(&checked));
    let checked = check("paths = [\"not-there\"]");
    let told = format!(
        "trailsieve.toml, whose paths begin in {}: cannot read the rules in not-there: ",
        workspace().display()
    );
    assert!(code(&checked) == 3 && err(&checked).contains(&told), "{}", err(&checked));
    let checked = check("default_rules = false");
    assert_eq!(code(&checked), 0, "{}", err(&checked));
    let why = "no rule is on: `default_rules = false` leaves out all there are; add your own with `paths`\n";
    assert!(err(&checked).ends_with(why), "{}", err(&checked));
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_code() {
    let path = workspace().join("host-runner/schema/config.schema.json");
    let text = serde_json::to_string_pretty(&config::schema()).unwrap() + "\n";
    if env::var_os(UPDATE).is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == text, "it is not what the code says: run this test with {UPDATE}=1");
}

/// Every key that the schema knows is read, and every key that is read is in the schema and described.
#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let schema = config::schema();
    let properties = |form: &Value| form.pointer("/properties").and_then(Value::as_object).unwrap().clone();
    let known = |text: &str| -> Vec<String> {
        let told = mistakes(text).into_iter().find(|told| told.contains("unknown field `unheard_of`")).unwrap();
        let expected = told.split(", expected ").nth(1).unwrap_or_default();
        let mut keys: Vec<String> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        keys.sort();
        keys
    };
    let check = |form: &Value, text: &str, apart: &[&str]| {
        let mut described: Vec<String> = Vec::new();
        for (key, form) in properties(form) {
            if !apart.contains(&key.as_str()) {
                assert!(form.get("description").is_some(), "{key} is not described");
                described.push(key);
            }
        }
        described.sort();
        assert_eq!(described, known(text));
    };
    check(&schema, "unheard_of = 1", &[]);
    let part = |name: &str| schema.pointer(&format!("/$defs/{name}")).unwrap().clone();
    check(&part("Rules"), "[rules]\nunheard_of = 1", &[]);
    for (what, kinds) in [("Input", ["http", "file"].as_slice()), ("Output", &["http", "file", "stdout"])] {
        for kind in kinds {
            let of_kind = |form: &&Value| form.pointer("/properties/type/const").is_some_and(|it| it == kind);
            let forms = part(what).get("oneOf").and_then(Value::as_array).unwrap().clone();
            let form = forms.iter().find(of_kind).unwrap();
            check(form, &format!("[{}s.x]\ntype = \"{kind}\"\nunheard_of = 1", what.to_lowercase()), &["type"]);
        }
    }
}

/// The README shows the file that lies with the configurations of shippers, as it stands there.
#[test]
fn the_configuration_in_the_readme_is_the_one_that_is_tested() {
    let text = fs::read_to_string(workspace().join("tests/shippers/http/trailsieve.toml")).unwrap();
    good(&text);
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    let shown = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(shown, text);
}
