//! The one TLS client configuration.

use std::{path::Path, sync::Arc};

use rustls::ClientConfig;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use rustls_platform_verifier::Verifier;

use super::NetError;

/// TLS 1.2 and 1.3 with ring; certificates are verified against the roots of the system and those in `ca_file` (PEM).
///
/// # Errors
/// [`NetError::Operator`] when `ca_file` cannot be read, holds no certificate or one that is no root, or when the system
/// has no roots and no `ca_file` is named.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, NetError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = ca_file.map(load_roots).transpose()?.unwrap_or_default();
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(|why| {
        NetError::Operator(format!(
            "no usable root certificates: {why}; install the system's (package ca-certificates) or check ca_file"
        ))
    })?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| NetError::Operator(format!("TLS cannot be set up: {why}")))?
        // "dangerous" is rustls's word for any verifier but its own; the platform verifier checks all that its own does.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn load_roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let wrong = |why: String| NetError::Operator(format!("ca_file {}: {why}", path.display()));
    let roots = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| wrong(why.to_string()))?;
    if roots.is_empty() {
        return Err(wrong("no certificate in it (PEM is expected)".to_owned()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_without_a_certificate_names_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.pem");
        std::fs::write(&path, "nothing").unwrap();
        for path in [path, folder.path().join("absent.pem")] {
            let NetError::Operator(words) = client_config(Some(&path)).unwrap_err() else {
                panic!("operator's trouble")
            };
            assert!(words.contains("ca_file") && words.contains(path.to_str().unwrap()), "{words}");
        }
    }
}
