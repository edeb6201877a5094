//! The config of a desk under test (SPEC section 15), for a mailbox in a [`House`].

use std::{
    fs, io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use crate::{dovecot::Dovecot, house::House, postfix::Postfix};

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
            more: String::new(),
        }
    }
}

impl DeskOptions {
    /// Writes `maildesk.toml` and the files with secrets, which only their owner may read.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, folder: &Path, house: &House) -> io::Result<()> {
        let password = house.dovecot.password(self.address);
        let own = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        for (name, secret) in [("password", password), ("desk-secret", format!("{own:x<48}"))] {
            let path = folder.join(name);
            let mut file =
                fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
            io::Write::write_all(&mut file, format!("{secret}\n").as_bytes())?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        }
        fs::write(folder.join("maildesk.toml"), self.toml(folder, house))
    }

    fn toml(&self, folder: &Path, house: &House) -> String {
        let Self { address, mode, start, after, default_language, more, .. } = self;
        let (ip, ca) = (house.dovecot.ip(), house.ca_file());
        let (ca, store) = (ca.display(), folder.join("maildesk.db"));
        let (store, aliases) = (store.display(), list(&self.aliases));
        let (imaps, submission) = (Dovecot::IMAPS, Postfix::SUBMISSION);
        let (id, received, dns) = (House::AUTHSERV_ID, House::OWN_RECEIVED, house.dns.address());
        let staff = self.staff();
        format!(
            r#"[store]
url = "sqlite://{store}"

[desk]
name = "Example Support"
secret_file = "desk-secret"
default_language = "{default_language}"
official_addresses = ["{address}"]

[trust]
authserv_ids = ["{id}"]
own_received = {received}
resolver = "{dns}"

[[mailbox]]
name = "support"
address = "{address}"
aliases = {aliases}
subaddressing = "+"
folders = ["INBOX"]
start = "{start}"
mode = "{mode}"
after = "{after}"
poll = "* * * * *"
team = "tech"
  [mailbox.imap]
  host = "{ip}"
  port = {imaps}
  tls = "implicit"
  user = "{address}"
  password_file = "password"
  ca_file = "{ca}"
  [mailbox.smtp]
  host = "{ip}"
  port = {submission}
  tls = "starttls"
  user = "{address}"
  password_file = "password"
  ca_file = "{ca}"

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

fn list(words: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("\"{}\"", w.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}
