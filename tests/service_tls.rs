//! TLS in both directions: one service delivers to another, and the system's own client speaks to it.
//!
//! `fixtures/tls` holds a certificate for localhost, its key, and the authority that signed it, all made for this
//! test and good for a hundred years.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::path::Path;
use std::process::{Command, Stdio};
use trailsieve_tests::http::Server;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner;
use trailsieve_tests::service::{Service, Setup, configure};

const RECORD: &str = r#"{"eventName":"A"}"#;

fn inner(server: &Server) -> Setup {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls");
    let files = files.to_str().unwrap();
    let keys = format!(
        "token_file = \"PLACE/token\"\ntls = {{cert_file = \"{files}/cert.pem\", key_file = \"{files}/key.pem\"}}"
    );
    Setup::to(server).input(&keys)
}

fn outer(port: u16, authority: &str) -> Setup {
    let keys = format!("token_file = \"PLACE/token\"\n{authority}");
    Setup::to_url(&format!("https://localhost:{port}/")).input("answer_within = \"300ms\"").output(&keys)
}

#[test]
fn a_service_delivers_to_another_whom_it_trusts_and_to_no_other() {
    let server = Server::taking();
    let (here, there) = (Place::new(), Place::new());
    here.write("token", "s3cret");
    there.write("token", "s3cret");
    let mut receiving = inner(&server).start_in(&there);
    let port = receiving.address("in").port();
    let authority = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls/ca.pem");
    let trusted = format!("ca_file = \"{}\"", authority.display());
    let mut sending = outer(port, &trusted).start_in(&here);
    assert_eq!(sending.post(RECORD).status, 200);
    assert_eq!(server.lines(), [RECORD]);
    assert_eq!(sending.terminate(), 0);

    // Nobody has vouched for it here, so that nothing is sent.
    let folder = Place::new();
    folder.write("token", "s3cret");
    let stranger = std::fs::read(authority.with_file_name("cert.pem")).unwrap();
    folder.write("other.pem", stranger);
    let mut sending = outer(port, "ca_file = \"PLACE/other.pem\"").start_in(&folder);
    assert_eq!(sending.post(RECORD).status, 503);
    let why = sending.wait_for("event=output_failed");
    assert!(why.contains("certificate"), "{why}");
    assert_eq!(server.lines(), [RECORD]);
    assert!(receiving.metric("trailsieve_requests_refused_total{input=\"in\",reason=\"tls\"}") >= 1.0);
}

/// A client of others: curl, where there is one.
#[test]
fn clients_of_others_are_served() {
    let server = Server::taking();
    let place = Place::new();
    place.write("token", "s3cret");
    let mut service = inner(&server).start_in(&place);
    let port = service.address("in").port();
    let authority = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls/ca.pem");
    let ask = |token: &str| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--cacert"])
            .arg(&authority)
            .args(["--header", &format!("Authorization: Bearer {token}")]);
        curl.args(["--data-binary", RECORD, "--output", "/dev/null", "--write-out", "%{http_code}"]);
        curl.arg(format!("https://localhost:{port}/")).stdin(Stdio::null());
        curl.output().map(|output| String::from_utf8(output.stdout).unwrap())
    };
    match ask("s3cret") {
        Err(error) => println!("skipped: curl cannot be run: {error}"),
        Ok(status) => {
            assert_eq!(status, "200");
            assert_eq!(ask("secret").unwrap(), "503");
            assert_eq!(server.lines(), [RECORD]);
        }
    }
}

/// The certificate was good for a month of 2020.
#[test]
fn a_certificate_that_clients_refuse_by_its_dates_is_told() {
    let server = Server::taking();
    let place = Place::new();
    place.write("token", "s3cret");
    let told = "/expired.pem: certificate expired";
    let check = |text: &str| {
        let setup = configure(&place, text);
        runner::err(&runner::command(["run", "--check", "--config", &setup]).output().unwrap())
    };
    let text = inner(&server).text();
    assert!(!check(&text).contains("certificate"), "{}", check(&text));
    let text = text.replace("/cert.pem", "/expired.pem");
    assert!(check(&text).contains(told), "{}", check(&text));
    let mut service = Service::start(&place, &text);
    assert!(service.wait_for("event=certificate_warning").contains(told));
}
