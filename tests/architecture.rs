//! The shape of the workspace: who may depend on whom, where unsafe code may stand, how large a file may grow, which
//! copies are equal. Each rule's reason stands in ARCHITECTURE.md or beside the rule.
#![expect(clippy::unwrap_used, reason = "a checkout that cannot be read is a test that cannot run")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use trailsieve_tests::checkout::{files_below, workspace};
use trailsieve_tests::metadata::{Dependency, cargo, metadata};

/// Every direct dependency and what it is there for. A new one is discussed by adding its line.
const DEPENDENCIES: &[(&str, &str, &str)] = &[
    ("trailsieve", "ahash", "one build of parquet for the program and the tests"),
    ("trailsieve", "anyhow", "errors of the command line, with the chain of what led to them"),
    ("trailsieve", "base64", "the records in deliveries of Firehose"),
    ("trailsieve", "chrono", "one build of parquet for the program and the tests"),
    ("trailsieve", "clap", "the command line and its help"),
    ("trailsieve", "comfy-table", "the table of findings on a terminal"),
    ("trailsieve", "flate2", "gzip, as CloudTrail delivers to S3"),
    ("trailsieve", "http-body-util", "whole bodies and bounded ones for hyper"),
    ("trailsieve", "httpdate", "until when an output asks to wait"),
    ("trailsieve", "hyper", "HTTP/1.1, in and out"),
    ("trailsieve", "hyper-util", "hyper on tokio's sockets and timers"),
    ("trailsieve", "indicatif", "the progress bar of a long scan"),
    ("trailsieve", "jiff", "times of events in a zone of somebody's choice, with the zones in it"),
    ("trailsieve", "memchr", "finding quotes, brackets and line feeds at memory speed"),
    ("trailsieve", "parquet", "writes the files that Athena reads"),
    ("trailsieve", "prometheus-client", "the text that Prometheus reads"),
    ("trailsieve", "rustls-native-certs", "whom this machine trusts"),
    ("trailsieve", "ruzstd", "zstd in safe Rust: bodies are unpacked outside the sandbox"),
    ("trailsieve", "schemars", "the JSON Schema of the configuration, from the structs that read it"),
    ("trailsieve", "semver", "one build of wasmtime for the program and the tests"),
    ("trailsieve", "serde", "settings, manifest, counters as structs"),
    ("trailsieve", "serde_json", "the JSON that the host itself writes and reads"),
    ("trailsieve", "sha2", "finding ids, digests of components and of what was not judged"),
    ("trailsieve", "strsim", "did you mean"),
    ("trailsieve", "subtle", "secrets are compared in constant time"),
    ("trailsieve", "tokio", "sockets, timers and signals of the service, nothing else"),
    ("trailsieve", "tokio-rustls", "TLS with ring, which needs no more than a C compiler"),
    ("trailsieve", "toml", "the configuration, with the place of each mistake"),
    ("trailsieve", "wasm-encoder", "writes the plain module with rules in it"),
    ("trailsieve", "wasmparser", "reads the plain module, to write it anew"),
    ("trailsieve", "wasmtime", "runs the detector in its sandbox"),
    ("trailsieve", "wide", "vectors in stable, safe Rust for the framing"),
    ("trailsieve-core", "aho-corasick", "many `contains` at once"),
    ("trailsieve-core", "insta", "tests: snapshots of verdicts"),
    ("trailsieve-core", "memchr", "finding line feeds and quotes"),
    ("trailsieve-core", "miniz_oxide", "packs and unpacks the built-in rules; flate2 stands on it"),
    ("trailsieve-core", "proptest", "tests: generated records"),
    ("trailsieve-core", "regex", "tests: the engine as its users have it, the oracle of what is done for speed"),
    ("trailsieve-core", "regex-automata", "patterns in linear time: the engine of regex, given what was read once"),
    (
        "trailsieve-core",
        "regex-syntax",
        "reads the expressions of Sigma rules, to write them without tables of Unicode",
    ),
    ("trailsieve-core", "saphyr-parser", "YAML with the place of each value, for diagnostics"),
    ("trailsieve-core", "serde", "settings and manifest as structs"),
    ("trailsieve-core", "serde_json", "JSON where speed does not matter"),
    ("trailsieve-core", "sha2", "ids of findings in other forms, the same as the runner's"),
    ("trailsieve-core", "wide", "vectors in stable, safe Rust for the scanner"),
    ("trailsieve-plugin", "anyhow", "building the guest: errors"),
    ("trailsieve-plugin", "sha2", "building the guest: digests of what it was built from"),
    ("trailsieve-plugin", "trailsieve-core", "the detector itself"),
    ("trailsieve-plugin", "wit-bindgen", "the boundary's types in the guest"),
    ("trailsieve-plugin", "wit-component", "building the guest: a component from a module"),
    ("trailsieve-tests", "anyhow", "errors of the tests' own tools"),
    ("trailsieve-tests", "flate2", "compressed inputs"),
    ("trailsieve-tests", "granit-parser", "the oracle of Sigma reads YAML by another parser than the core"),
    ("trailsieve-tests", "insta", "snapshots"),
    ("trailsieve-tests", "proptest", "generated inputs"),
    ("trailsieve-tests", "regex", "the oracle of regular expressions, with all tables of Unicode"),
    ("trailsieve-tests", "regex-syntax", "the oracle of case folding"),
    ("trailsieve-tests", "rsigma-eval", "what others read in the same Sigma rules"),
    ("trailsieve-tests", "rsigma-parser", "reads rules for rsigma-eval"),
    ("trailsieve-tests", "serde", "reads what the program writes"),
    ("trailsieve-tests", "serde_json", "the oracle for JSON"),
    ("trailsieve-tests", "sha2", "checks digests that the program gives"),
    ("trailsieve-tests", "tempfile", "folders that go away"),
    ("trailsieve-tests", "trailsieve", "what is tested"),
    ("trailsieve-tests", "trailsieve-core", "what is tested"),
    ("trailsieve-tests", "wasmi", "an interpreter like Fluent Bit's for the plain module"),
    ("trailsieve-tests", "wasmparser", "says which features of WebAssembly the plain module needs"),
    ("trailsieve-tests", "wasmtime", "drives the component without the runner"),
    ("trailsieve-tests", "wat", "hostile guests are written as text"),
    ("trailsieve-tests", "wit-component", "hostile guests become components"),
    ("trailsieve-tests", "wit-parser", "hostile guests become components of our world"),
];

/// The only files with unsafe code.
const UNSAFE: [&str; 3] =
    ["host-runner/src/engine/precompiled.rs", "wasm-plugin/src/plain/allocate.rs", "wasm-plugin/src/plain/mod.rs"];

const LONGEST_FILE: usize = 400;

#[test]
fn every_direct_dependency_has_its_reason() {
    let declared: BTreeSet<(String, String)> = metadata()
        .packages
        .iter()
        .flat_map(|package| package.dependencies.iter().map(|it| (package.name.clone(), it.name.clone())))
        .collect();
    let explained: BTreeSet<(String, String)> =
        DEPENDENCIES.iter().map(|(package, name, _)| ((*package).to_owned(), (*name).to_owned())).collect();
    let differing: Vec<_> = declared.symmetric_difference(&explained).collect();
    assert!(differing.is_empty(), "not both in a Cargo.toml and in the table of this test: {differing:?}");
}

#[test]
fn packages_depend_on_each_other_in_one_direction() {
    let packages: BTreeSet<String> = metadata().packages.iter().map(|package| package.name.clone()).collect();
    let inner: BTreeMap<String, BTreeSet<String>> = metadata()
        .packages
        .iter()
        .map(|package| {
            let names = package.dependencies.iter().map(|it| it.name.clone()).filter(|name| packages.contains(name));
            (package.name.clone(), names.collect())
        })
        .collect();
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let expected = BTreeMap::from([
        ("trailsieve-core".to_owned(), named(&[])),
        ("trailsieve-plugin".to_owned(), named(&["trailsieve-core"])),
        // The runner sees detection through the interface alone, so that another component really is another detector.
        ("trailsieve".to_owned(), named(&[])),
        ("trailsieve-tests".to_owned(), named(&["trailsieve", "trailsieve-core"])),
    ]);
    assert_eq!(inner, expected);
}

#[test]
fn the_sandbox_has_the_smallest_set_of_features() {
    let expected: BTreeSet<&str> = ["anyhow", "component-model", "cranelift", "runtime", "std"].into();
    let metadata = metadata();
    for package in &metadata.packages {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.name == "wasmtime") {
            let Dependency { features, uses_default_features, .. } = dependency;
            assert_eq!(features.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{}", package.name);
            assert!(!uses_default_features, "{}: wasmtime's default features", package.name);
        }
    }
}

/// wasmtime takes minutes to compile. If a test's dependency asked for one more feature of something below it, who runs
/// the program and then the tests would wait for it twice.
#[test]
fn the_program_and_the_tests_share_one_build_of_what_the_program_needs() {
    let built = |packages: &[&str], edges: &str| -> BTreeSet<String> {
        let mut arguments = vec!["tree", "--locked", "--prefix=none", "--format={p} [{f}]", "--no-dedupe", edges];
        arguments.extend(packages);
        cargo(&arguments).lines().map(str::to_owned).collect()
    };
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let program = built(&["--package=trailsieve"], "--edges=normal,build");
    let needed: BTreeSet<String> = program.iter().map(|line| name(line)).collect();
    assert!(needed.contains("wasmtime"), "{needed:?}");
    let all = built(&["--workspace"], "--edges=normal,build,dev");
    let more: Vec<_> = program.difference(&all).collect();
    assert!(more.is_empty(), "with the tests, these are built with other features: {more:#?}");
}

#[test]
fn nothing_brings_a_system_interface_into_the_sandbox() {
    let lock = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
    for block in lock.split("[[package]]").skip(1) {
        let name = block.lines().find_map(|line| line.strip_prefix("name = ")).unwrap().trim_matches('"');
        // These two only declare the interface, for random numbers of programs that are themselves built for WASI.
        assert!(!name.contains("wasi") || ["wasi", "wasip2"].contains(&name), "{name} in Cargo.lock");
        assert!(!name.contains("winch"), "{name} in Cargo.lock");
        if block.lines().any(|line| line == " \"wasmtime\",") {
            assert!(["trailsieve", "trailsieve-tests"].contains(&name), "{name} depends on wasmtime");
        }
    }
}

#[test]
fn the_tests_are_never_published() {
    let metadata = metadata();
    let tests = metadata.packages.iter().find(|package| package.name == "trailsieve-tests").unwrap();
    assert_eq!(tests.publish, Some(Vec::new()));
}

/// Nobody builds it who does not ask for it; what it compares is what is tested here. Its own Cargo.lock goes stale when a
/// package that it uses gains a dependency.
#[test]
fn the_comparison_is_a_workspace_of_its_own_with_the_same_dependencies() {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    assert!(manifest.lines().any(|line| line == "exclude = [\"tests/compare\"]"));
    let lock = fs::read_to_string(workspace().join("tests/compare/Cargo.lock")).unwrap();
    let of_workspace = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
    let block = |lock: &str, package: &str| {
        let start = format!("\nname = \"{package}\"\n");
        lock.split("[[package]]").find(|block| block.starts_with(&start)).unwrap().to_owned()
    };
    for package in ["rsigma-eval", "rsigma-parser", "serde_json", "wasmtime"] {
        let version =
            |lock| block(lock, package).lines().find(|line| line.starts_with("version = ")).map(str::to_owned);
        assert_eq!(version(&lock), version(&of_workspace), "{package}");
    }
    for package in metadata().packages.iter().filter(|it| ["trailsieve", "trailsieve-core"].contains(&it.name.as_str()))
    {
        let needed = package.dependencies.iter().filter(|it| it.kind.as_deref() != Some("dev"));
        let needed: BTreeSet<&str> = needed.map(|it| it.name.as_str()).collect();
        let block = block(&lock, &package.name);
        // ` "name",` or, where there are several versions, ` "name version",`.
        let locked = block.lines().filter_map(|line| line.strip_prefix(" \"")?.split([' ', '"']).next());
        assert_eq!(needed, locked.collect(), "copy Cargo.lock to tests/compare and run cargo metadata there");
    }
}

#[test]
fn packages_carry_equal_copies_of_the_interface() {
    let original = contents(&workspace().join("wit"));
    for package in ["host-runner", "wasm-plugin"] {
        assert_eq!(contents(&workspace().join(package).join("wit")), original, "copy wit/ to {package}/wit/");
    }
}

/// The runner draws techniques, the converter names them; neither may reach into the other's package.
#[test]
fn runner_and_core_know_the_same_techniques() {
    let read = |path: &str| fs::read_to_string(workspace().join(path)).unwrap();
    assert_eq!(
        read("host-runner/src/cli/attack.tsv"),
        read("core/src/convert/attack.tsv"),
        "copy the runner's table to core/src/convert"
    );
    let version = |path: &str| {
        let text = read(path);
        text.lines().find_map(|line| line.split_once("const VERSION: &str = ")).unwrap().1.to_owned()
    };
    assert_eq!(version("host-runner/src/cli/attack.rs"), version("core/src/convert/attack.rs"));
}

#[test]
fn each_file_says_first_what_it_is_for() {
    let silent: Vec<_> =
        sources(&["."]).into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "these do not begin with `//!`: {silent:#?}");
}

#[test]
fn no_file_outgrows_its_reader() {
    let long: Vec<_> = sources(&["core", "wasm-plugin", "host-runner"])
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(name, lines)| *lines > LONGEST_FILE && !name.contains("/tests/") && !name.ends_with("/tests.rs"))
        .collect();
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines: {long:#?}");
}

#[test]
fn unsafe_code_stands_only_where_it_is_named() {
    let found: BTreeSet<String> = sources(&["core", "wasm-plugin", "host-runner"])
        .into_iter()
        .filter(|(_, text)| {
            let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
            code.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
                .any(|word| word == "unsafe")
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(found, UNSAFE.map(str::to_owned).into());
}

#[test]
fn each_snapshot_of_a_rule_lies_beside_its_rule() {
    let orphans: Vec<PathBuf> = files_below(&workspace().join("core/rules"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "snap"))
        .filter(|path| !path.with_extension("yml").exists())
        .collect();
    assert!(orphans.is_empty(), "{orphans:#?}");
}

/// Names relative to the workspace and texts of all Rust files of the packages below these folders.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let root = workspace();
    let packages = ["core", "wasm-plugin", "host-runner", "tests"];
    let wanted = packages.iter().filter(|package| folders.contains(package) || folders.contains(&"."));
    wanted
        .flat_map(|package| files_below(&root.join(package)))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(folder);
    files.iter().map(|path| (path.strip_prefix(folder).unwrap().to_owned(), fs::read(path).unwrap())).collect()
}
