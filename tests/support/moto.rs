//! A server that speaks as S3 and SQS do: moto, from PyPI.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use crate::python;
use crate::service::{eventually, free_address};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// What stands for AWS. It ends with the test.
pub struct Moto {
    address: SocketAddr,
    python: PathBuf,
    server: Child,
}

impl Moto {
    /// Starts one; `None`, said aloud for `test`, where it cannot be had.
    pub fn start(test: &str) -> Option<Self> {
        let python = python::with(test, "moto[server]==5.2.1", "moto.server")?;
        let address = free_address();
        let mut command = Command::new(&python);
        command.args(["-m", "moto.server", "--host", "127.0.0.1", "--port", &address.port().to_string()]);
        let server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let moto = Self { address, python, server };
        eventually("moto listens", || TcpStream::connect(address).is_ok());
        Some(moto)
    }

    /// Where it is.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Gives a command what programs for AWS want to know.
    pub fn known_to(&self, command: &mut Command) {
        let known = [("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_DEFAULT_REGION", "us-east-1")];
        command.envs(known).env("AWS_ENDPOINT_URL", self.endpoint());
    }

    /// Runs a program in Python, with `s3` and `sqs`, and gives what it prints.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.python);
        let clients = "import sys, json, boto3\ns3, sqs = boto3.client('s3'), boto3.client('sqs')\n";
        command.arg("-c").arg(format!("{clients}{program}")).args(arguments).stdin(Stdio::null());
        self.known_to(&mut command);
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{program}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It does not end by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
