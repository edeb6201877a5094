//! The config that `init` writes: every choice with the reason for it, in the order in which an operator reads. Pure.
//!
//! Invariant: what is drafted is a config that `maildesk check` accepts (a test loads every variant).

use super::{provider::Place, provider::Provider};
use crate::config::Tls;

/// What was asked, found and learned.
#[derive(Debug, Clone)]
pub struct Draft {
    pub desk_name: String,
    pub language: String,
    /// IANA name.
    pub zone: String,
    /// `sqlite://…` or `postgres://…`.
    pub store_url: String,
    pub store_password_file: Option<String>,
    /// The mailbox's name in the config.
    pub mailbox: String,
    pub address: String,
    pub imap: Server,
    pub smtp: Server,
    pub provider: Option<&'static Provider>,
    pub subaddressing: Subaddressing,
    /// The relay takes only the mailbox's own address as envelope sender.
    pub plain_envelope: bool,
    pub results: Results,
    pub operators: Vec<String>,
    /// Names and addresses.
    pub agents: Vec<(String, String)>,
    /// A DNS server to ask in place of the system's.
    pub resolver: Option<String>,
}

/// One server as it is written down.
#[derive(Debug, Clone)]
pub struct Server {
    pub place: Place,
    /// Empty: no login.
    pub user: String,
    pub password_file: String,
    pub ca_file: Option<String>,
}

/// The mark of subaddresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subaddressing {
    /// A probe arrived under this mark; empty: under none.
    Seen(String),
    NotTried,
}

/// Who writes `Authentication-Results`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Results {
    /// The probe brought them, and a forged one was not believed: the name, and the Received lines above it.
    Proven(String, usize),
    /// Older mails agree on them, or a forged one was believed: for a person to decide.
    Suggested(String, usize, &'static str),
    Unknown,
}

/// A TOML string with its quotes.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let quoted: Vec<String> = texts.into_iter().map(|text| quoted(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// The text of the config.
#[must_use]
pub fn draft(draft: &Draft) -> String {
    let parts = [head(draft), mailbox(draft), staff(draft), trust(draft), alerts(draft)];
    parts.join("\n")
}

/// A line with its reason, in one column with the others.
fn noted(line: &str, reason: &str) -> String {
    format!("{line:<39} # {reason}\n")
}

fn head(draft: &Draft) -> String {
    let store_password = draft.store_password_file.as_ref().map_or_else(String::new, |file| {
        noted(&format!("password_file = {}", quoted(file)), "of the user whom the URL names")
    });
    let lines = [
        "# maildesk's config, written by `maildesk init`. Every key stands with its meaning in maildesk.example.toml.\n"
            .to_owned(),
        "# After each change: `maildesk check`, then reload the service. No secret stands in here; they are in files beside \
         it.\n\n"
            .to_owned(),
        format!("[store]\nurl = {}\n{store_password}\n[desk]\n", quoted(&draft.store_url)),
        noted(&format!("name = {}", quoted(&draft.desk_name)), "in front of our addresses, and under our mails"),
        noted(
            "secret_file = \"desk-secret\"",
            "signs the addresses that clients and agents answer to: keep a copy of it",
        ),
        noted(
            &format!("default_language = {}", quoted(&draft.language)),
            "for clients of whom nothing is known: \"en\", \"zh\", \"de\"",
        ),
        noted(
            &format!("official_addresses = {}", list([&draft.address])),
            "shown to clients as genuinely ours",
        ),
        noted(&format!("zone = {}", quoted(&draft.zone)), "in which clients are told times"),
    ];
    lines.concat()
}

fn mailbox(draft: &Draft) -> String {
    let (mark, learned) = match &draft.subaddressing {
        Subaddressing::Seen(mark) if mark.is_empty() => {
            ("", "a probe to a subaddress did not arrive: answers are recognised by what they reply to")
        }
        Subaddressing::Seen(mark) => {
            (mark.as_str(), "a probe to such a subaddress arrived: answers come to secret addresses")
        }
        Subaddressing::NotTried => {
            ("", "not tried; \"+\" where the server has it, see `maildesk check --online`")
        }
    };
    let live = format!("everything is decided, nothing is sent; `maildesk live {}` ends it", draft.mailbox);
    let lines = [
        format!("[[mailbox]]\nname = {}\naddress = {}\n", quoted(&draft.mailbox), quoted(&draft.address)),
        noted("aliases = []", "further addresses that arrive here"),
        noted(&format!("subaddressing = {}", quoted(mark)), learned),
        "folders = [\"INBOX\"]\n".to_owned(),
        noted(
            "start = \"now\"",
            "mail that is already there is left alone; \"all\" takes it, a date what is newer",
        ),
        noted("mode = \"shadow\"", &live),
        noted("after = \"keep\"", "a mail that was taken is marked as seen; \"move:FOLDER\", \"delete\""),
        noted(
            "sent = \"auto\"",
            "answers that people send from the mailbox count, ours are filed there; \"off\"",
        ),
        noted("poll = \"* * * * *\"", "looked at every minute, and at once where the server pushes (IDLE)"),
        format!("\n  [mailbox.imap]\n{}", server(&draft.imap)),
        format!("\n  [mailbox.smtp]\n{}{}", server(&draft.smtp), limits(draft)),
        if draft.plain_envelope {
            noted("  envelope_from = \"address\"", "the relay refused or replaced other envelope senders")
        } else {
            noted("  envelope_from = \"token\"", "bounces come to an address that names their ticket")
        },
    ];
    lines.concat()
}

fn server(server: &Server) -> String {
    let Place { host, port, tls } = &server.place;
    let tls = match tls {
        Tls::Implicit => "implicit",
        Tls::StartTls => "starttls",
        Tls::None => "none",
    };
    let mut out = format!("  host = {}\n  port = {port}\n  tls = {}\n", quoted(host), quoted(tls));
    if !server.user.is_empty() {
        let (user, file) = (quoted(&server.user), quoted(&server.password_file));
        out.push_str(&format!("  user = {user}\n  password_file = {file}\n"));
    }
    if let Some(ca) = &server.ca_file {
        out.push_str(&format!("  ca_file = {}\n", quoted(ca)));
    }
    out
}

fn limits(draft: &Draft) -> String {
    let Some(provider) = draft.provider else {
        let first = noted("  # per_minute = 30", "the provider's limits, if any; a mail over them waits");
        return format!("{first}  # per_day = 10000\n");
    };
    let reason = format!("{} limits an ordinary account; a mail over it waits", provider.name);
    let line = |key: &str, limit: u32| match limit {
        0 => String::new(),
        limit => noted(&format!("  {key} = {limit}"), &reason),
    };
    format!("{}{}", line("per_minute", provider.per_minute), line("per_day", provider.per_day))
}

fn staff(draft: &Draft) -> String {
    let head = "# Staff: they are told of tickets, answer by replying, and their #commands count once a mail is proven to be \
                theirs.\n";
    let role = noted("role = \"agent\"", "\"observer\" < \"agent\" < \"lead\" < \"admin\"");
    let agent = |(name, address): &(String, String)| {
        format!("[[agent]]\nname = {}\naddress = {}\n{role}", quoted(name), quoted(address))
    };
    let agents: Vec<String> = draft.agents.iter().map(agent).collect();
    if agents.is_empty() {
        let example =
            "# [[agent]]\n# name = \"Alice Chen\"\n# address = \"alice@example.com\"\n# role = \"agent\"\n";
        return format!("{head}{example}");
    }
    format!("{head}{}", agents.join("\n"))
}

fn trust(draft: &Draft) -> String {
    let mut out = "# What the proof of an agent's mail may rest on.\n[trust]\n".to_owned();
    match &draft.results {
        Results::Proven(id, received) => {
            let seen = "our own mail server writes its results under this name; a forged one was not believed";
            out.push_str(&noted(&format!("authserv_ids = {}", list([id])), seen));
            out.push_str(&noted(&format!("own_received = {received}"), "Received lines above them"));
        }
        Results::Suggested(id, received, why) => {
            let ids = list([id]);
            out.push_str(&format!("# {why}\n# authserv_ids = {ids}\n# own_received = {received}\n"));
        }
        Results::Unknown => out.push_str(
            "# No mail server of ours was seen to write Authentication-Results. Agents are proven by DKIM, or asked to confirm.\n\
             # authserv_ids = [\"mx.example.com\"]\n# own_received = 1\n",
        ),
    }
    if draft.provider.is_some_and(|provider| provider.name == "Microsoft 365") {
        out.push_str(
            "# Mail inside one Microsoft 365 tenant carries no signature. Its mark of internal mail may prove colleagues: take away \
             the #,\n# start the service, and run `maildesk check --online`, which tries whether others can forge it.\n\
             # internal = \"m365\"\n",
        );
    }
    if let Some(resolver) = &draft.resolver {
        out.push_str(&noted(
            &format!("resolver = {}", quoted(resolver)),
            "asked in place of the system's DNS server",
        ));
    }
    out
}

fn alerts(draft: &Draft) -> String {
    if draft.operators.is_empty() {
        return "# Nobody is told of trouble, nor of what shadow mode holds back, as long as this is empty.\n# [alerts]\n# to = \
                [\"ops@example.com\"]\n"
            .to_owned();
    }
    let reason = "told of trouble, and each morning of what shadow mode holds back";
    format!("[alerts]\n{}", noted(&format!("to = {}", list(&draft.operators)), reason))
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        path::{Path, PathBuf},
    };

    use super::*;
    use crate::config::{self, Files};

    struct Table;

    impl Files for Table {
        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            match path.file_name().and_then(|name| name.to_str()) {
                Some("desk-secret") => Ok(vec![b'x'; 44]),
                Some("imap-password" | "smtp-password" | "store-password") => Ok(b"pw\n".to_vec()),
                Some("ca.pem") => Ok(b"-----BEGIN CERTIFICATE-----\n".to_vec()),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        }

        fn exists(&self, path: &Path) -> bool {
            self.read(path).is_ok()
        }

        fn is_world_readable(&self, _: &Path) -> bool {
            false
        }

        fn credentials_folder(&self) -> Option<PathBuf> {
            None
        }
    }

    fn full() -> Draft {
        let server = |host: &str, port, tls, file: &str| Server {
            place: Place { host: host.to_owned(), port, tls },
            user: "support@desk.test".to_owned(),
            password_file: file.to_owned(),
            ca_file: Some("/etc/maildesk/ca.pem".to_owned()),
        };
        Draft {
            desk_name: "A \"quoted\" desk \\ 公司".to_owned(),
            language: "zh".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            store_url: "sqlite:///var/lib/maildesk/maildesk.db".to_owned(),
            store_password_file: None,
            mailbox: "support".to_owned(),
            address: "support@desk.test".to_owned(),
            imap: server("imap.desk.test", 993, Tls::Implicit, "imap-password"),
            smtp: server("127.0.0.1", 10025, Tls::None, "smtp-password"),
            provider: super::super::provider::by_domain("qq.com"),
            subaddressing: Subaddressing::Seen("+".to_owned()),
            plain_envelope: true,
            results: Results::Proven("mx.desk.test".to_owned(), 1),
            operators: vec!["ops@desk.test".to_owned()],
            agents: vec![("Alice \"A\" Chen".to_owned(), "alice@desk.test".to_owned())],
            resolver: Some("127.0.0.1:53".to_owned()),
        }
    }

    #[test]
    fn every_variant_is_accepted_whole() {
        let variants = [
            full(),
            Draft {
                provider: None,
                subaddressing: Subaddressing::Seen(String::new()),
                plain_envelope: false,
                results: Results::Suggested("mx.google.com".to_owned(), 1, "Seen on older mails."),
                operators: Vec::new(),
                agents: Vec::new(),
                resolver: None,
                smtp: Server { user: String::new(), ca_file: None, ..full().smtp },
                ..full()
            },
            Draft { subaddressing: Subaddressing::NotTried, results: Results::Unknown, ..full() },
            Draft {
                store_url: "postgres://maildesk@db.desk.test/maildesk".to_owned(),
                store_password_file: Some("store-password".to_owned()),
                ..full()
            },
        ];
        for variant in variants {
            let text = draft(&variant);
            let config = config::parse(&text, Path::new("/etc/maildesk/maildesk.toml"), &Table)
                .unwrap_or_else(|why| panic!("{why}\n{text}"));
            assert_eq!(config.policy.desk_name, variant.desk_name);
            assert_eq!(config.store.password.is_some(), variant.store_password_file.is_some());
            assert_eq!(config.mailboxes[0].mode, config::Mode::Shadow);
            assert_eq!(config.mailboxes[0].smtp.plain_envelope, variant.plain_envelope);
            assert_eq!(config.policy.operators, variant.operators);
            assert_eq!(config.policy.agents.len(), variant.agents.len());
            assert!(text.lines().filter(|line| line.contains('#')).count() > 12, "a commented config");
        }
        let microsoft = super::super::provider::by_mx("acme-com.mail.protection.outlook.com");
        let tenant = draft(&Draft { provider: microsoft, ..full() });
        let marked = tenant.replace("# internal = ", "internal = ");
        assert_ne!(marked, tenant);
        let config = config::parse(&marked, Path::new("/x/y.toml"), &Table).unwrap();
        assert_eq!(config.policy.trust.internal, ["desk.test"]);
        let config = config::parse(&draft(&full()), Path::new("/x/y.toml"), &Table).unwrap();
        assert_eq!(config.policy.trust.authserv_ids, ["mx.desk.test"]);
        assert_eq!(config.policy.trust.own_received, 1);
        assert_eq!(config.mailboxes[0].smtp.per_day, Some(500));
    }
}
