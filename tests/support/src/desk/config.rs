//! The config of a desk under test (SPEC section 15), for a mailbox on any pair of servers.

use std::{
    fs, io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::{
    dovecot::Dovecot,
    house::House,
    postfix::Postfix,
    postgres::Postgres,
    scripted_imap::{self, ScriptedImap},
    scripted_smtp::ScriptedSmtp,
};

/// One server as a mailbox's config names it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
    /// `implicit`, `starttls` or `none`.
    pub tls: &'static str,
    /// User and password; `None`: no login.
    pub login: Option<(String, String)>,
    pub ca_file: Option<PathBuf>,
}

/// The servers behind a desk's mailbox.
pub trait MailServers {
    /// Where mail for this address is read.
    fn imap(&self, address: &str) -> Endpoint;
    /// Where mail of this address leaves.
    fn smtp(&self, address: &str) -> Endpoint;
    /// The lines of `[trust]`.
    fn trust(&self) -> String;
    /// `[store] url` of a new desk in this folder.
    ///
    /// # Errors
    /// When a database cannot be made.
    fn store(&self, folder: &Path) -> io::Result<String> {
        Engine::Sqlite.store(folder)
    }
}

/// These servers, and a store that several desks share.
#[derive(Debug, Clone)]
pub struct Shared<S> {
    pub servers: S,
    /// `[store] url`.
    pub url: String,
}

impl<S: MailServers> MailServers for Shared<S> {
    fn imap(&self, address: &str) -> Endpoint {
        self.servers.imap(address)
    }

    fn smtp(&self, address: &str) -> Endpoint {
        self.servers.smtp(address)
    }

    fn trust(&self) -> String {
        self.servers.trust()
    }

    fn store(&self, _folder: &Path) -> io::Result<String> {
        Ok(self.url.clone())
    }
}

/// What a desk's store is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    #[default]
    Sqlite,
    /// The cluster that the test program shares.
    Postgres,
}

impl Engine {
    /// `[store] url` of a new desk in this folder.
    ///
    /// # Errors
    /// When a database cannot be made.
    pub fn store(self, folder: &Path) -> io::Result<String> {
        match self {
            Self::Sqlite => Ok(format!("sqlite://{}", folder.join("maildesk.db").display())),
            Self::Postgres => Postgres::shared().database(),
        }
    }
}

impl MailServers for House {
    fn imap(&self, address: &str) -> Endpoint {
        Endpoint {
            host: self.dovecot.ip().to_string(),
            port: Dovecot::IMAPS,
            tls: "implicit",
            login: Some((address.to_owned(), self.dovecot.password(address))),
            ca_file: Some(self.ca_file()),
        }
    }

    fn smtp(&self, address: &str) -> Endpoint {
        Endpoint { port: Postfix::SUBMISSION, tls: "starttls", ..self.imap(address) }
    }

    fn trust(&self) -> String {
        let (id, received, dns) = (Self::AUTHSERV_ID, Self::OWN_RECEIVED, self.dns.address());
        format!("authserv_ids = [\"{id}\"]\nown_received = {received}\nresolver = \"{dns}\"")
    }

    fn store(&self, folder: &Path) -> io::Result<String> {
        self.engine.store(folder)
    }
}

/// A scripted pair on loopback, without TLS. What stands at the top of a mail in its account was written by its own server.
#[derive(Clone, Copy)]
pub struct Scripted<'a> {
    pub imap: &'a ScriptedImap,
    pub smtp: &'a ScriptedSmtp,
}

impl MailServers for Scripted<'_> {
    fn imap(&self, _address: &str) -> Endpoint {
        Endpoint {
            host: self.imap.ip().to_string(),
            port: self.imap.port(),
            tls: "none",
            login: Some((scripted_imap::USER.to_owned(), scripted_imap::PASSWORD.to_owned())),
            ca_file: None,
        }
    }

    fn smtp(&self, _address: &str) -> Endpoint {
        Endpoint {
            host: self.smtp.ip.to_string(),
            port: self.smtp.port,
            tls: "none",
            login: self.smtp.login.clone(),
            ca_file: None,
        }
    }

    fn trust(&self) -> String {
        format!("authserv_ids = [\"{}\"]\nown_received = 0", House::AUTHSERV_ID)
    }
}

impl Endpoint {
    /// Its table, with the password in a file of this name.
    fn toml(&self, name: &str, password_file: &str) -> String {
        let Self { host, port, tls, login, ca_file } = self;
        let mut out =
            format!("  [mailbox.{name}]\n  host = \"{host}\"\n  port = {port}\n  tls = \"{tls}\"\n");
        if let Some((user, _)) = login {
            out.push_str(&format!("  user = \"{user}\"\n  password_file = \"{password_file}\"\n"));
        }
        if let Some(ca) = ca_file {
            out.push_str(&format!("  ca_file = \"{}\"\n", ca.display()));
        }
        out
    }
}

/// A member of staff.
#[derive(Debug, Clone, Copy)]
pub struct Agent {
    pub name: &'static str,
    pub address: &'static str,
    pub role: &'static str,
    pub languages: &'static [&'static str],
}

/// What a test wants different from the others.
#[derive(Debug, Clone)]
pub struct DeskOptions {
    /// The support address, an account of the house.
    pub address: &'static str,
    pub aliases: Vec<String>,
    pub agents: Vec<Agent>,
    /// `live` or `shadow`.
    pub mode: &'static str,
    /// `all`, `now` or a date. Everything by default, so that a test's first mail may be there before the daemon.
    pub start: &'static str,
    /// `keep`, `move:FOLDER` or `delete`.
    pub after: &'static str,
    pub default_language: &'static str,
    /// Further lines of `[store]`.
    pub store: &'static str,
    pub folders: Vec<&'static str>,
    /// `auto`, `watch`, `fill` or `off`.
    pub sent: &'static str,
    /// The mailbox's mark of subaddresses; empty: it has none.
    pub subaddressing: &'static str,
    /// Further keys of `[mailbox.smtp]`.
    pub smtp_more: &'static str,
    /// Further keys of the mailbox.
    pub mailbox_more: &'static str,
    /// Further lines of `[trust]`.
    pub trust_more: &'static str,
    /// Further tables, appended as they are.
    pub more: String,
}

impl Default for DeskOptions {
    fn default() -> Self {
        let alice =
            Agent { name: "Alice Chen", address: "alice@desk.test", role: "agent", languages: &["en"] };
        Self {
            address: "support@desk.test",
            aliases: Vec::new(),
            agents: vec![alice],
            mode: "live",
            start: "all",
            after: "keep",
            default_language: "en",
            store: "",
            folders: vec!["INBOX"],
            sent: "auto",
            subaddressing: "+",
            smtp_more: "",
            mailbox_more: "",
            trust_more: "",
            more: String::new(),
        }
    }
}

impl DeskOptions {
    /// Writes `maildesk.toml` and the files with secrets, which only their owner may read.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, folder: &Path, servers: &impl MailServers) -> io::Result<()> {
        let own = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        write_secret(&folder.join("desk-secret"), &format!("{own:x<48}"))?;
        let mailbox = self.mailbox("support", folder, servers)?;
        fs::write(
            folder.join("maildesk.toml"),
            self.toml(&servers.store(folder)?, &mailbox, &servers.trust()),
        )
    }

    /// A `[[mailbox]]` of this name, to stand in [`DeskOptions::more`] or elsewhere; its passwords are written to files.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn mailbox(&self, name: &str, folder: &Path, servers: &impl MailServers) -> io::Result<String> {
        let Self { address, mode, start, after, sent, subaddressing, smtp_more, mailbox_more, .. } = self;
        let folders = list(&self.folders);
        let (imap, smtp) = (servers.imap(address), servers.smtp(address));
        let (imap_file, smtp_file) = (format!("{name}-imap-password"), format!("{name}-smtp-password"));
        for (file, endpoint) in [(&imap_file, &imap), (&smtp_file, &smtp)] {
            if let Some((_, password)) = &endpoint.login {
                write_secret(&folder.join(file), password)?;
            }
        }
        let (imap, smtp) = (imap.toml("imap", &imap_file), smtp.toml("smtp", &smtp_file));
        let aliases = list(&self.aliases);
        Ok(format!(
            r#"[[mailbox]]
name = "{name}"
address = "{address}"
aliases = {aliases}
subaddressing = "{subaddressing}"
folders = {folders}
sent = "{sent}"
{mailbox_more}
start = "{start}"
mode = "{mode}"
after = "{after}"
poll = "* * * * *"
team = "tech"
{imap}{smtp}{smtp_more}
"#
        ))
    }

    fn toml(&self, store: &str, mailbox: &str, trust: &str) -> String {
        let Self { address, default_language, store: more_of_store, more, trust_more, .. } = self;
        let staff = self.staff();
        format!(
            r#"[store]
url = "{store}"
{more_of_store}

[desk]
name = "Example Support"
secret_file = "desk-secret"
default_language = "{default_language}"
official_addresses = ["{address}"]

[trust]
{trust}
{trust_more}

{mailbox}
{staff}
{more}"#
        )
    }

    fn staff(&self) -> String {
        let agent = |a: &Agent| {
            let Agent { name, address, role, languages } = a;
            let languages = list(languages);
            format!(
                "[[agent]]\nname = \"{name}\"\naddress = \"{address}\"\nrole = \"{role}\"\nlanguages = {languages}\n\n"
            )
        };
        let agents: String = self.agents.iter().map(agent).collect();
        let members = list(&self.agents.iter().map(|a| a.address).collect::<Vec<_>>());
        let categories = r#"["technical", "account", "business"]"#;
        format!(
            "{agents}[[team]]\nname = \"tech\"\ncategories = {categories}\nmembers = {members}\nassign = \"none\"\n"
        )
    }
}

fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    io::Write::write_all(&mut file, format!("{secret}\n").as_bytes())?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

fn list(words: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("\"{}\"", w.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}
