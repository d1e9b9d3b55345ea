//! The files that prove who is who: secrets, private keys, certificates. They are read when the service starts.

use super::Config;
use super::typed::{Input, Output};
use std::path::{Path, PathBuf};

impl Config {
    /// All of them, as they are named.
    pub fn proofs(&self) -> Vec<&Path> {
        let of_inputs = self.inputs.values().flat_map(of_input);
        let of_outputs = self.outputs.values().flat_map(|(output, _)| of_output(output));
        of_inputs.chain(of_outputs).map(PathBuf::as_path).collect()
    }
}

fn of_input(input: &Input) -> Vec<&PathBuf> {
    let Input::Http(http) = input else { return Vec::new() };
    let tls = http.tls.iter().flat_map(|tls| [&tls.cert_file, &tls.key_file]);
    tls.chain(&http.token_file).chain(&http.firehose_key_file).collect()
}

fn of_output(output: &Output) -> Vec<&PathBuf> {
    let Output::Http(http) = output else { return Vec::new() };
    http.token_file.iter().chain(&http.ca_file).collect()
}
