//! TLS for both directions: rustls with ring, certificates from files.

use crate::config::typed::Tls;
use anyhow::{Context, Result, anyhow, bail};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Proves who we are to those who connect.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor> {
    let chain = certificates(&tls.cert_file)?;
    let shown = tls.key_file.display();
    let key = PrivateKeyDer::from_pem_file(&tls.key_file);
    let key = key.map_err(|error| anyhow!("cannot read the private key in {shown}: {error}"))?;
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.with_no_client_auth().with_single_cert(chain, key);
    let config = config.with_context(|| format!("{} and {shown} do not fit", tls.cert_file.display()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Why clients refuse our certificate at this time, whoever has signed it.
pub(crate) fn untimely(tls: &Tls) -> Result<Option<String>> {
    let mut chain = certificates(&tls.cert_file)?.into_iter();
    let Some(own) = chain.next() else { return Ok(None) };
    // Dates are looked at first; what the library says of the rest means nothing, as it is asked to trust nobody else.
    let mut roots = RootCertStore::empty();
    roots.add(own.clone())?;
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
    let others: Vec<_> = chain.collect();
    let anybody = ServerName::try_from("localhost")?;
    Ok(match verifier.verify_server_cert(&own, &others, &anybody, &[], UnixTime::now()) {
        Err(rustls::Error::InvalidCertificate(
            why @ (CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }),
        )) => Some(format!("clients will refuse {}: {why}", tls.cert_file.display())),
        _ => None,
    })
}

/// Finds out who they are that we connect to.
pub(crate) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(path) => {
            for certificate in certificates(path)? {
                roots.add(certificate).with_context(|| format!("{} holds no authority", path.display()))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                bail!("this machine has no certificates of authorities; name a file of them with ca_file");
            }
        }
    }
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let shown = path.display();
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|error| anyhow!("cannot read the certificates in {shown}: {error}"))?;
    if read.is_empty() {
        bail!("there is no certificate in {shown}");
    }
    Ok(read)
}
