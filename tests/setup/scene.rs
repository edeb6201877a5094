//! What every test starts from: a folder for a config, options for `init`, servers, and the way of a mail between them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use maildesk_lab::{
    availability,
    dovecot::Dovecot,
    house::House,
    postfix::Postfix,
    scripted_imap::{PASSWORD, ScriptedImap, USER},
    scripted_smtp::{Received, ScriptedSmtp},
};
use serde_json::Value;
use tempfile::TempDir;

pub const MAILDESK: &str = env!("CARGO_BIN_EXE_maildesk");
pub const SUPPORT: &str = "support@desk.test";
pub const ALICE: &str = "alice@desk.test";
pub const ANN: &str = "ann@client.test";
pub const SECRET: &str = "pw-support-7Qz";

/// Real servers; `None`: skip, they are missing.
pub fn house() -> Option<House> {
    let users =
        [(SUPPORT, SECRET), (ALICE, "pw-alice-7Qz"), (ANN, "pw-ann-7Qz"), ("ops@desk.test", "pw-ops-7Qz")];
    availability::real_servers().then(|| House::start(&users).unwrap())
}

/// Where a config is to come, and the file with the password.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new(password: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("mi").tempdir().unwrap();
        fs::write(folder.path().join("typed"), format!("{password}\n")).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn config(&self) -> PathBuf {
        self.path("desk/maildesk.toml")
    }

    pub fn config_text(&self) -> String {
        fs::read_to_string(self.config()).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(MAILDESK);
        command.arg("--config").arg(self.config()).args(arguments).stdin(Stdio::null());
        command.env_remove("CREDENTIALS_DIRECTORY").env_remove("JOURNAL_STREAM").env("LANG", "C.UTF-8");
        command.env_remove("LC_ALL").current_dir(self.folder.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Nothing of a config or a secret is there.
    pub fn is_untouched(&self) -> bool {
        ["maildesk.toml", "desk-secret", "imap-password", "smtp-password"]
            .iter()
            .all(|name| !self.path("desk").join(name).exists())
    }
}

pub fn said(output: &Output) -> String {
    let text =
        String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned();
    assert!(!text.contains(SECRET) && !text.contains(PASSWORD), "a secret is shown: {text}");
    // Lines are broken where the terminal ends.
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The options that name the house's servers.
pub fn house_options(house: &House) -> Vec<String> {
    let ip = house.dovecot.ip();
    let ca = house.ca_file().display().to_string();
    [
        format!("--imap-host={ip}"),
        format!("--imap-port={}", Dovecot::IMAPS),
        format!("--smtp-host={ip}"),
        format!("--smtp-port={}", Postfix::SUBMISSION),
        "--smtp-tls=starttls".to_owned(),
        format!("--ca-file={ca}"),
        format!("--resolver={}", house.dns.address()),
    ]
    .to_vec()
}

/// A scripted pair whose relay hands what it takes to the mailbox, as `edit` leaves it; `None`: it is lost.
pub struct Pair {
    pub imap: Arc<ScriptedImap>,
    pub smtp: Arc<ScriptedSmtp>,
}

impl Pair {
    pub fn new(imap: ScriptedImap, smtp: ScriptedSmtp) -> Self {
        Self { imap: Arc::new(imap), smtp: Arc::new(smtp) }
    }

    /// Delivers from now on.
    pub fn relay(self, edit: impl Fn(&Received) -> Option<Vec<u8>> + Send + 'static) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1000);
        let (imap, smtp) = (Arc::clone(&self.imap), Arc::clone(&self.smtp));
        tokio::spawn(async move {
            for taken in 1.. {
                let mails = smtp.wait_for(taken).await;
                if let Some(bytes) = mails.get(taken - 1).and_then(&edit) {
                    imap.deliver(NEXT.fetch_add(1, Ordering::Relaxed), &bytes);
                }
            }
        });
        self
    }

    /// The options that name its servers.
    pub fn options(&self) -> Vec<String> {
        let (imap, smtp) = (&self.imap, &self.smtp);
        let smtp_login = if smtp.login.is_some() { Vec::new() } else { vec!["--smtp-user=".to_owned()] };
        [
            format!("--imap-host={}", imap.ip()),
            format!("--imap-port={}", imap.port()),
            "--imap-tls=none".to_owned(),
            format!("--smtp-host={}", smtp.ip),
            format!("--smtp-port={}", smtp.port),
            "--smtp-tls=none".to_owned(),
            format!("--user={USER}"),
        ]
        .into_iter()
        .chain(smtp_login)
        .collect()
    }
}

/// As a server delivers: the envelope's sender and its own line on top.
pub fn delivered(mail: &Received) -> Vec<u8> {
    let above = format!("Return-Path: <{}>\r\nReceived: by sink.test\r\n", mail.mail_from);
    [above.as_bytes(), &mail.data].concat()
}

/// `init` without a person, against these servers.
pub fn init(place: &Place, options: &[String], more: &[&str]) -> Output {
    let typed = place.path("typed").display().to_string();
    let password = format!("--password-file={typed}");
    let mut arguments =
        vec!["init", "--non-interactive", "--address", SUPPORT, "--zone", "Europe/Berlin", &password];
    arguments.extend(options.iter().map(String::as_str));
    arguments.extend(more);
    place.run(&arguments)
}

/// The rows of `check --online --json`, and whether it passed.
pub fn look(place: &Place, more: &[&str]) -> (bool, Vec<Value>) {
    let mut arguments = vec!["check", "--online", "--json"];
    arguments.extend(more);
    let output = place.run(&arguments);
    let line = String::from_utf8(output.stdout.clone()).unwrap();
    let json: Value = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {}", said(&output)));
    assert_eq!(json["usable"].as_bool(), Some(output.status.success()));
    (output.status.success(), json["rows"].as_array().unwrap().clone())
}

/// The row about something, as one line.
pub fn row(rows: &[Value], what: &str) -> String {
    let found = rows.iter().find(|row| row["what"] == what);
    let row = found.unwrap_or_else(|| panic!("no row about {what}: {rows:#?}"));
    format!(
        "{}: {} {}",
        row["verdict"].as_str().unwrap(),
        row["found"].as_str().unwrap(),
        row["todo"].as_str().unwrap()
    )
}

/// What stands in a config at a key.
pub fn value(text: &str, key: &str) -> String {
    let line = text.lines().find(|line| line.trim_start().starts_with(&format!("{key} =")));
    let value = line.and_then(|line| line.split_once('=')).map(|(_, value)| value.trim().to_owned());
    value.unwrap_or_else(|| panic!("no {key} in\n{text}"))
}

pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
