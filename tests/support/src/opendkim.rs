//! A real OpenDKIM as Postfix's milter: it signs what is submitted with a login (RFC 6376), as the mail server of most companies
//! does. Its public key is for the DNS of the house to publish.
//!
//! Traps: it looks for its own name and the root's keys at start unless told what it signs for; it has no greeting, so it
//! is ready when it takes a connection.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    mailclient::base64,
    process::{Group, pause},
};

/// A running signer. Dropped: killed and removed.
#[derive(Debug)]
pub struct OpenDkim {
    _process: Group,
    _folder: TempDir,
    record: String,
}

impl OpenDkim {
    /// Its milter port.
    pub const PORT: u16 = 10032;
    /// The selector of its key.
    pub const SELECTOR: &str = "lab";

    /// Starts a signer for these domains, with one RSA key of 2048 bits.
    ///
    /// # Errors
    /// What failed, with what OpenDKIM or openssl said.
    pub fn start(ip: Ipv4Addr, domains: &[&str]) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("mo").rand_bytes(5).tempdir()?;
        let key = folder.path().join("key.pem");
        openssl(&["genrsa", "-out", &key.display().to_string(), "2048"])?;
        let public = openssl(&["rsa", "-in", &key.display().to_string(), "-pubout", "-outform", "DER"])?;
        let config = folder.path().join("opendkim.conf");
        fs::write(&config, self::config(ip, domains, &key))?;
        let said = folder.path().join("said");
        let log = fs::File::create(&said)?;
        let mut command = Command::new("opendkim");
        command.arg("-f").arg("-x").arg(&config);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let process = Group::spawn(&mut command)?;
        wait_for_listener(SocketAddr::from((ip, Self::PORT))).map_err(|e| {
            let said = fs::read_to_string(&said).unwrap_or_default();
            io::Error::other(format!("OpenDKIM is not ready: {e}\n{said}"))
        })?;
        let record = format!("v=DKIM1; k=rsa; p={}", base64(&public));
        Ok(Self { _process: process, _folder: folder, record })
    }

    /// The TXT record of its key, for `SELECTOR._domainkey.DOMAIN`.
    #[must_use]
    pub fn record(&self) -> &str {
        &self.record
    }
}

/// `InternalHosts` decides whose mail is signed: everything that reaches the milter was submitted with a login.
fn config(ip: Ipv4Addr, domains: &[&str], key: &Path) -> String {
    let (port, selector) = (OpenDkim::PORT, OpenDkim::SELECTOR);
    format!(
        "Mode s
Socket inet:{port}@{ip}
Domain {domains}
Selector {selector}
KeyFile {key}
Canonicalization relaxed/simple
InternalHosts 0.0.0.0/0
RequireSafeKeys false
Syslog false
OversignHeaders From
",
        domains = domains.join(","),
        key = key.display(),
    )
}

fn openssl(arguments: &[&str]) -> io::Result<Vec<u8>> {
    let output = Command::new("openssl").args(arguments).stdin(Stdio::null()).output()?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

fn wait_for_listener(address: SocketAddr) -> io::Result<()> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let outcome = TcpStream::connect_timeout(&address, Duration::from_secs(1)).map(drop);
        if outcome.is_ok() || Instant::now() >= end {
            return outcome;
        }
        pause();
    }
}
