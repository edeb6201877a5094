//! A certificate authority for one test, and server certificates signed by it.

use std::{net::IpAddr, path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A root that signed one server certificate for `localhost` and one loopback address.
#[derive(Debug)]
pub struct Authority {
    pub ca_pem: String,
    pub server_pem: String,
    pub server_key_pem: String,
    server_der: Vec<u8>,
    server_key_der: Vec<u8>,
}

impl Authority {
    /// Makes the root and the certificate.
    ///
    /// # Panics
    /// When certificates cannot be made, which no test survives.
    #[must_use]
    pub fn new(ip: IpAddr) -> Self {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.distinguished_name.push(rcgen::DnType::CommonName, "maildesk lab CA");
        let issuer = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let mut leaf = CertificateParams::new(vec!["localhost".to_owned(), "mail.test".to_owned()]).unwrap();
        leaf.subject_alt_names.push(SanType::IpAddress(ip));
        let key = KeyPair::generate().unwrap();
        let cert = leaf.signed_by(&key, &issuer).unwrap();
        Self {
            ca_pem: issuer.pem(),
            server_pem: cert.pem(),
            server_key_pem: key.serialize_pem(),
            server_der: cert.der().to_vec(),
            server_key_der: key.serialize_der(),
        }
    }

    /// Writes `ca.pem`, `server.pem` and `server.key` into a folder.
    ///
    /// # Panics
    /// When the folder cannot be written.
    pub fn write(&self, folder: &Path) {
        for (name, content) in
            [("ca.pem", &self.ca_pem), ("server.pem", &self.server_pem), ("server.key", &self.server_key_pem)]
        {
            std::fs::write(folder.join(name), content).unwrap();
        }
    }

    /// What a scripted server needs to speak TLS.
    ///
    /// # Panics
    /// When the certificate is refused by rustls.
    #[must_use]
    pub fn acceptor(&self) -> tokio_rustls::TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![self.server_der.clone().into()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.server_key_der.clone())),
            )
            .unwrap();
        tokio_rustls::TlsAcceptor::from(Arc::new(config))
    }
}
