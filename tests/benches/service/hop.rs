//! The process in the middle: Trailsieve, or a forwarder that does nothing.

use anyhow::Result;
use std::env;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use trailsieve_tests::http::Server;
use trailsieve_tests::place::Place;
use trailsieve_tests::runner;
use trailsieve_tests::service::Setup;

/// Who stands in the middle.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Middle {
    Trailsieve,
    Nothing,
}

/// A running process, which ends with this.
pub(crate) struct Hop(pub(crate) Child);

impl Drop for Hop {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where a way begins or ends.
#[derive(Clone, Copy)]
pub(crate) enum From {
    Http(SocketAddr),
    Log,
}

/// Where a way ends.
pub(crate) enum To<'s> {
    Http(&'s Server),
    Out,
}

/// A way through standard input and output.
pub(crate) fn piped(middle: Middle, words: &[&str], place: &Place) -> Result<Hop> {
    let out = place.path().join("out");
    let mut command = match (middle, words) {
        (Middle::Nothing, ["pipe"]) => Command::new("cat"),
        (Middle::Nothing, words) => {
            let mut command = Command::new(env::current_exe()?);
            command.arg("--forward").args(words);
            command
        }
        (Middle::Trailsieve, ["pipe"]) => runner::command(["filter", "--quiet"]),
        (Middle::Trailsieve, words) => {
            let mut command = runner::command(["filter", "--dialect"]);
            command.args(words.iter().take(1));
            command
        }
    };
    if words.first() == Some(&"omprog") {
        if middle == Middle::Trailsieve {
            command.arg("--output");
        }
        command.arg(out);
    }
    Ok(Hop(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?))
}

/// A way between sockets and files.
pub(crate) fn between(middle: Middle, from: From, to: &To<'_>, place: &Place) -> Result<Hop> {
    let mut command = match middle {
        Middle::Trailsieve => {
            let setup = match to {
                To::Http(server) => Setup::to(server),
                To::Out => Setup::to_file("PLACE/out"),
            };
            let setup = match from {
                From::Http(address) => setup.listening(address),
                From::Log => setup.following("PLACE/log"),
            };
            setup.rules("").command(place)
        }
        Middle::Nothing => {
            let path = |name: &str| place.path().join(name).display().to_string();
            let to = match to {
                To::Http(server) => server.address.to_string(),
                To::Out => path("out"),
            };
            let mut command = Command::new(env::current_exe()?);
            match from {
                From::Http(address) => command.args(["--forward", "http", &address.to_string(), &to]),
                From::Log => command.args(["--forward", "file", &path("log"), &to]),
            };
            command
        }
    };
    let hop = Hop(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    if let From::Http(address) = from {
        while TcpStream::connect(address).is_err() {
            sleep(Duration::from_millis(5));
        }
    }
    Ok(hop)
}

/// Waits until the file ends so.
pub(crate) fn ends_with(path: &Path, last: &[u8]) -> Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    loop {
        if let Ok(mut file) = std::fs::File::open(path)
            && file.seek(SeekFrom::End(-i64::try_from(last.len())?)).is_ok()
        {
            let mut end = Vec::new();
            file.read_to_end(&mut end)?;
            if end == last {
                return Ok(());
            }
        }
        sleep(Duration::from_millis(5));
    }
}
