//! The config file as an operator meets it: the example is right, and mistakes come all at once with their remedies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use maildesk::{
    config::{self, After, Config, ConfigErrors, Files, Mode, Start, Tls},
    desk::{Assign, Priority, Role},
};

const EXAMPLE: &str = include_str!("../config/maildesk.example.toml");
const PASSWORD: &str = "correct horse battery staple";

/// Files in memory.
#[derive(Default)]
struct Table {
    files: BTreeMap<PathBuf, Vec<u8>>,
    open: Vec<PathBuf>,
    credentials: Option<PathBuf>,
}

impl Table {
    /// With the secrets that the example names.
    fn usual() -> Self {
        let mut table = Self::default();
        table.put("/etc/maildesk/desk-secret", "0123456789abcdef0123456789abcdef\n");
        table.put("/etc/maildesk/imap-password", &format!("{PASSWORD}\n"));
        table.put("/etc/maildesk/smtp-password", PASSWORD);
        table
    }

    fn put(&mut self, path: &str, text: &str) {
        self.files.insert(path.into(), text.into());
    }
}

impl Files for Table {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    fn exists(&self, path: &Path) -> bool {
        self.files.keys().any(|file| file.starts_with(path))
    }
    fn is_world_readable(&self, path: &Path) -> bool {
        self.open.iter().any(|open| open == path)
    }
    fn credentials_folder(&self) -> Option<PathBuf> {
        self.credentials.clone()
    }
}

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    config::parse(text, Path::new("/etc/maildesk/maildesk.toml"), &Table::usual())
}

#[test]
fn the_example_is_right_and_means_what_it_says() {
    let config = parse(EXAMPLE).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.store.url, "sqlite:///var/lib/maildesk/maildesk.db");
    let mailbox = &config.mailboxes[0];
    assert_eq!((mailbox.start, mailbox.mode, &mailbox.after), (Start::Now, Mode::Shadow, &After::Keep));
    assert_eq!((mailbox.imap.host.as_str(), mailbox.imap.port, mailbox.imap.tls), ("imap.example.com", 993, Tls::Implicit));
    assert_eq!((mailbox.smtp.per_minute, mailbox.smtp.per_day), (Some(30), Some(10_000)));
    let policy = &config.policy;
    assert_eq!(policy.own_addresses(), ["support@example.com", "help@example.com"]);
    assert_eq!((policy.agents.len(), policy.agents[1].role), (2, Role::Lead));
    assert_eq!((policy.team("tech").unwrap().assign, policy.team("sales").unwrap().assign), (Assign::LeastLoaded, Assign::None));
    assert_eq!(policy.rules[0].priority, Some(Priority::High));
    assert!(policy.rules[1].subject_regex.as_ref().unwrap().is_match("[故障] 登录"));
    assert_eq!(policy.sla[0].targets[0].first_response_seconds, Some(3600));
    assert_eq!(policy.limits, maildesk::desk::Limits::default(), "the example shows the defaults");
    assert_eq!(policy.zone, "Europe/Berlin");
    assert_eq!(policy.desk_id.len(), 12);
}
