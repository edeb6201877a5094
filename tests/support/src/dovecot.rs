//! A real Dovecot 2.3 in a directory of its own: IMAP, IMAPS, LMTP, and SASL for Postfix. Ready in well under 0.1 s.
//!
//! Traps: Unix socket paths end at 108 bytes, so the directory's name is short; Dovecot refuses to run mail processes as
//! uid 0, so mail belongs to the system user `mail`; its penalty for failed logins would slow every test that types a wrong
//! password, so it is switched off; a graceful stop takes about a second, so the process group is killed.

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    address::Lease,
    authority::Authority,
    mailclient::ImapBox,
    process::{Group, pause, user_ids, wait_for_greeting},
};

/// A running server. Dropped: killed and removed.
#[derive(Debug)]
pub struct Dovecot {
    process: Option<Group>,
    folder: TempDir,
    lease: Lease,
    users: Vec<(String, String)>,
}

impl Dovecot {
    /// IMAP without TLS, and with STARTTLS.
    pub const IMAP: u16 = 10143;
    /// IMAP over TLS.
    pub const IMAPS: u16 = 10993;
    /// Delivery, without TLS.
    pub const LMTP: u16 = 10024;
    /// SASL for Postfix.
    pub const SASL: u16 = 10026;

    /// Starts a server with these (address, password) accounts.
    ///
    /// # Errors
    /// What failed, with Dovecot's own log.
    pub fn start(users: &[(&str, &str)]) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("md").rand_bytes(5).tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        for name in ["run", "state", "home"] {
            fs::create_dir(folder.path().join(name))?;
        }
        let (uid, gid) = user_ids("mail")?;
        chown(folder.path().join("home"), Some(uid), Some(gid))?;
        let lease = Lease::new();
        Authority::new(IpAddr::V4(lease.ip)).write(folder.path());
        let users = users.iter().map(|(u, p)| ((*u).to_owned(), (*p).to_owned())).collect();
        let mut server = Self { process: None, folder, lease, users };
        server.write_users()?;
        fs::write(server.config_path(), config(server.folder.path(), server.ip(), uid, gid))?;
        server.run()?;
        Ok(server)
    }

    /// The leased address; Postfix shares it.
    #[must_use]
    pub fn ip(&self) -> Ipv4Addr {
        self.lease.ip
    }

    /// Where `ca.pem`, `server.pem` and `server.key` lie.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The root that signed the certificate.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The password of an account; empty for an unknown one.
    #[must_use]
    pub fn password(&self, user: &str) -> String {
        self.users.iter().find(|(u, _)| u == user).map(|(_, p)| p.clone()).unwrap_or_default()
    }

    /// Changes (or adds) an account's password; open sessions stay. Returns when the running server knows it, as Dovecot
    /// looks at its file at most once a second.
    ///
    /// # Errors
    /// When the file cannot be written, or the server does not take it up.
    pub fn set_password(&mut self, user: &str, password: &str) -> io::Result<()> {
        self.users.retain(|(u, _)| u != user);
        self.users.push((user.to_owned(), password.to_owned()));
        self.write_users()?;
        let end = Instant::now() + Duration::from_secs(20);
        while let Err(refused) = ImapBox::open(self.ip(), user, password, "INBOX") {
            if Instant::now() >= end {
                return Err(refused);
            }
            pause();
        }
        Ok(())
    }

    /// Ends all sessions of a user, as an administrator would.
    ///
    /// # Errors
    /// When `doveadm` cannot be run.
    pub fn kick(&self, user: &str) -> io::Result<()> {
        let config = self.config_path();
        Command::new("doveadm").arg("-c").arg(config).args(["kick", user]).output().map(|_| ())
    }

    /// Kills the server; the mail stays.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again after [`Dovecot::stop`], at the same address.
    ///
    /// # Errors
    /// What failed, with Dovecot's own log.
    pub fn run(&mut self) -> io::Result<()> {
        let mut command = Command::new("dovecot");
        command
            .arg("-F")
            .arg("-c")
            .arg(self.config_path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.process = Some(Group::spawn(&mut command)?);
        wait_for_greeting(self.ip(), Self::IMAP, b"* OK", Duration::from_secs(20))
            .map_err(|e| io::Error::other(format!("Dovecot is not ready: {e}\n{}", self.log())))
    }

    /// Deletes what a stopped server knows of the UIDs of all folders of a user: each gets another UIDVALIDITY.
    ///
    /// # Errors
    /// When the files cannot be removed.
    pub fn forget_uids(&self, user: &str) -> io::Result<()> {
        let mut folders = vec![self.folder.path().join("home").join(user).join("Maildir")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if name.starts_with("dovecot") {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// Everything that it logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("dovecot.log")).unwrap_or_default()
    }

    fn config_path(&self) -> PathBuf {
        self.folder.path().join("dovecot.conf")
    }

    fn write_users(&self) -> io::Result<()> {
        let lines: String = self.users.iter().map(|(u, p)| format!("{u}:{{PLAIN}}{p}::::::\n")).collect();
        let fresh = self.folder.path().join("users.new");
        fs::write(&fresh, lines)?;
        fs::rename(fresh, self.folder.path().join("users"))
    }
}

/// The template with this server's own values.
fn config(folder: &Path, ip: Ipv4Addr, uid: u32, gid: u32) -> String {
    let values = [
        ("@FOLDER@", folder.display().to_string()),
        ("@IP@", ip.to_string()),
        ("@UID@", uid.to_string()),
        ("@GID@", gid.to_string()),
        ("@IMAP@", Dovecot::IMAP.to_string()),
        ("@IMAPS@", Dovecot::IMAPS.to_string()),
        ("@LMTP@", Dovecot::LMTP.to_string()),
        ("@SASL@", Dovecot::SASL.to_string()),
    ];
    values
        .iter()
        .fold(include_str!("dovecot.conf").to_owned(), |text, (name, value)| text.replace(name, value))
}
