//! A real Rspamd as a milter of [`crate::postfix::Postfix`]: it checks DKIM, SPF and DMARC of mail from outside by the house's
//! DNS, and writes a genuine `Authentication-Results`.
//!
//! Traps: loopback mail counts as local, so each module is told to check it; without a list of top-level domains that knows
//! `test` no organisational domain is found, and DMARC says nothing; Hyperscan would compile for many seconds.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::process::{Group, pause};

const READY_MAX: Duration = Duration::from_secs(60);

/// A running filter. Dropped: killed and removed.
#[derive(Debug)]
pub struct Rspamd {
    // Ends before its folder goes.
    _process: Group,
    folder: TempDir,
}

impl Rspamd {
    /// The port of its milter.
    pub const MILTER: u16 = 11_332;

    /// Starts it on this address; it asks this DNS server.
    ///
    /// # Errors
    /// What failed, with its own log.
    pub fn start(ip: Ipv4Addr, dns: SocketAddr) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("mr").rand_bytes(5).tempdir()?;
        let path = folder.path();
        for place in [path.to_owned(), path.join("run"), path.join("db")] {
            if !place.exists() {
                fs::create_dir(&place)?;
            }
            // It drops root's rights.
            fs::set_permissions(&place, fs::Permissions::from_mode(0o777))?;
        }
        fs::write(path.join("tld"), "com\ntest\n")?;
        fs::write(path.join("rspamd.conf"), config(path, ip, dns))?;
        let mut command = Command::new("rspamd");
        command
            .args(["-f", "-u", "_rspamd", "-g", "_rspamd", "--insecure", "-c"])
            .arg(path.join("rspamd.conf"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let filter = Self { _process: Group::spawn(&mut command)?, folder };
        let end = Instant::now() + READY_MAX;
        while TcpStream::connect((ip, Self::MILTER)).is_err() {
            if Instant::now() >= end {
                return Err(io::Error::other(format!("Rspamd is not ready:\n{}", filter.log())));
            }
            pause();
        }
        Ok(filter)
    }

    /// Everything that it logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("rspamd.log")).unwrap_or_default()
    }
}

fn config(folder: &Path, ip: Ipv4Addr, dns: SocketAddr) -> String {
    let (d, port) = (folder.display(), Rspamd::MILTER);
    let plugins = ["dmarc", "spf", "milter_headers"]
        .map(|name| format!("path = \"/usr/share/rspamd/plugins/{name}.lua\";"))
        .join(" ");
    format!(
        "options {{
  pidfile = \"{d}/run/rspamd.pid\"; local_addrs = []; tempdir = \"{d}/run\"; dynamic_conf = \"{d}/db/dyn\";
  dns {{ nameserver = [\"{dns}:1\"]; timeout = 1s; retransmits = 1; }}
  filters = \"dkim\"; control_socket = \"{d}/run/c.sock mode=0600\"; hs_cache_dir = \"{d}/db\";
  classify_headers = []; url_tld = \"{d}/tld\"; disable_hyperscan = true;
}}
logging {{ type = \"file\"; filename = \"{d}/rspamd.log\"; level = \"info\"; }}
metric {{ name = \"default\"; actions {{ reject = 1000; add_header = 999; greylist = null; }} }}
worker \"rspamd_proxy\" {{
  bind_socket = \"{ip}:{port}\"; count = 1; milter = yes; timeout = 20s;
  upstream \"local\" {{ default = yes; self_scan = yes; }}
}}
dkim {{ check_local = true; check_authed = true; }}
spf {{ check_local = true; check_authed = true; }}
dmarc {{ check_local = true; check_authed = true; }}
milter_headers {{ use = [\"authentication-results\"]; skip_local = false; skip_authenticated = false; }}
modules {{ {plugins} }}
lua = \"/usr/share/rspamd/rules/rspamd.lua\"
"
    )
}
