//! The config file as an operator meets it: the example is right, and mistakes come all at once with their remedies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod asking;
mod categories;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use maildesk::{
    config::{self, After, Config, ConfigErrors, Files, Mode, Sent, Start, Tls},
    desk::{Assign, FormPolicy, FormRequester, Priority, Role},
};

const EXAMPLE: &str = include_str!("../../config/maildesk.example.toml");
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
    assert_eq!(
        (mailbox.imap.host.as_str(), mailbox.imap.port, mailbox.imap.tls),
        ("imap.example.com", 993, Tls::Implicit)
    );
    assert_eq!((mailbox.smtp.per_minute, mailbox.smtp.per_day), (Some(30), Some(10_000)));
    let policy = &config.policy;
    assert_eq!(policy.own_addresses(), ["support@example.com", "help@example.com"]);
    assert_eq!((policy.agents.len(), policy.agents[1].role), (2, Role::Lead));
    assert_eq!(
        (policy.team("tech").unwrap().assign, policy.team("sales").unwrap().assign),
        (Assign::LeastLoaded, Assign::None)
    );
    assert_eq!(policy.rules[0].priority, Some(Priority::High));
    assert!(policy.rules[1].subject_regex.as_ref().unwrap().is_match("[故障] 登录"));
    assert_eq!(policy.sla[0].targets[0].first_response_seconds, Some(3600));
    assert_eq!(policy.limits, maildesk::desk::Limits::default(), "the example shows the defaults");
    assert_eq!((policy.zone.as_str(), policy.reopen_seconds), ("Europe/Berlin", Some(14 * 86_400)));
    assert_eq!(policy.desk_id.len(), 12);
}

const SMALLEST: &str = r#"[store]
url = "sqlite://maildesk.db"
[desk]
name = "Desk"
secret_file = "desk-secret"
[[mailbox]]
name = "support"
address = "support@example.com"
[mailbox.imap]
host = "imap.example.com"
user = "support"
password_file = "imap-password"
[mailbox.smtp]
host = "smtp.example.com"
"#;

#[test]
fn everything_else_has_a_default() {
    let config = parse(SMALLEST).unwrap_or_else(|errors| panic!("{errors}"));
    let mailbox = &config.mailboxes[0];
    assert_eq!(
        (mailbox.folders.as_slice(), mailbox.poll.as_str()),
        (["INBOX".to_owned()].as_slice(), "* * * * *")
    );
    assert_eq!((mailbox.imap.port, mailbox.smtp.server.port), (993, 465));
    assert_eq!(mailbox.smtp.server.user, "", "no login");
    assert_eq!(config.policy.categories, ["technical", "account", "business"]);
    assert_eq!(
        (config.policy.zone.as_str(), config.policy.mailboxes[0].subaddressing.as_str()),
        ("UTC", "+")
    );
    assert_eq!(config.policy.official_addresses, ["support@example.com"]);
    assert!(config.notes.is_empty(), "{:?}", config.notes);
}

/// Five mistakes of five sorts, all shown in one run, in the order of their lines.
#[test]
fn five_mistakes_show_at_once() {
    let text = SMALLEST
        .replace("address = \"support@example.com\"", "adress = \"support@example.com\"")
        .replace(
            "host = \"imap.example.com\"",
            "host = \"imap.example.com\"\nport = \"imap\"\ntls = \"none\"",
        )
        .replace("\"imap-password\"", "\"imap-pasword\"")
        .replace("url = \"sqlite://maildesk.db\"", "url = \"mysql://db/maildesk\"");
    let errors = parse(&text).unwrap_err();
    let golden = r#"/etc/maildesk/maildesk.toml: 6 mistakes

/etc/maildesk/maildesk.toml:2: store.url: must be sqlite:// and the path of a file, or postgres://user@host/database
  right: url = "sqlite:///var/lib/maildesk/maildesk.db"

/etc/maildesk/maildesk.toml:6: mailbox.address: is missing
  right: address = "support@example.com"

/etc/maildesk/maildesk.toml:8: mailbox.adress: no such key in [mailbox]; did you mean "address"?
  right: address = "support@example.com"

/etc/maildesk/maildesk.toml:11: mailbox.imap.port: must be a whole number from 1 to 65535, not a text
  right: port = 993

/etc/maildesk/maildesk.toml:12: mailbox.imap.tls: "none" would send the password to imap.example.com in the clear; it is for this machine only (127.0.0.0/8, ::1, localhost)
  right: tls = "implicit"

/etc/maildesk/maildesk.toml:14: mailbox.imap.password_file: /etc/maildesk/imap-pasword cannot be read: entity not found
  right: password_file = "imap-password"
"#;
    assert_eq!(errors.to_string(), golden);
}

/// One change to the smallest config, and what the only mistake must say.
#[test]
fn each_mistake_is_found() {
    let mailbox = |line: &str| SMALLEST.replace("[mailbox.imap]", &format!("{line}\n[mailbox.imap]"));
    let end = |lines: &str| format!("{SMALLEST}{lines}\n");
    let agent = "[[agent]]\nname = \"A\"\naddress = \"a@x.com\"\n";
    let cases: Vec<(String, usize, &str)> = vec![
        (mailbox("poll = \"* * * *\""), 9, "five"),
        (mailbox("poll = \"0 0 30 2 *\""), 9, "never comes"),
        (mailbox("start = \"yesterday\""), 9, "date as"),
        (mailbox("after = \"move:\""), 9, "no folder"),
        (mailbox("after = \"burn\""), 9, "neither"),
        (mailbox("mode = \"life\""), 9, "did you mean \"live\"?"),
        (mailbox("team = \"tech\""), 9, "there are none"),
        (mailbox("folders = []"), 9, "at least one folder"),
        (mailbox("aliases = [\"Support@example.com\"]"), 9, "is taken, by line 8"),
        (mailbox("subaddressing = \"++\""), 9, "is not a mark"),
        (mailbox("sent = \"never\""), 9, "unknown here"),
        (mailbox("sent = 5"), 9, "must be a text in quotes, not a whole number"),
        (mailbox("sent_folder = \"inbox\""), 9, "clients' mail is taken from"),
        (
            mailbox("folders = [\"INBOX\", \"Sales\"]\nsent_folder = \"Sales\""),
            10,
            "clients' mail is taken from",
        ),
        (mailbox("folders = [\"INBOX\", \"Sales\"]\nafter = \"move:Sales\""), 10, "moved there for ever"),
        (mailbox("after = \"move:inbox\""), 9, "moved there for ever"),
        (end("[[form]]\nrequester = \"reply-to\""), 15, "is missing"),
        (end("[[form]]\nfrom = \"web@x.com\"\nrequester = \"label:\""), 17, "label:WORDS"),
        (end("[[form]]\nfrom = \"web@x.com\"\nrequester = \"from\""), 17, "neither \"reply-to\""),
        (end("[[form]]\nfrom = \"support@example.com\"\nrequester = \"reply-to\""), 16, "of a [[mailbox]]"),
        (
            end(&format!("{agent}[[form]]\nfrom = \"a@x.com\"\nrequester = \"reply-to\"")),
            19,
            "is an [[agent]]",
        ),
        (
            end(&"[[form]]\nfrom = \"web@x.com\"\nrequester = \"reply-to\"\n".repeat(2)),
            19,
            "is taken, by line 16",
        ),
        (
            SMALLEST.replace("password_file = \"imap-password\"", "oauth = {}"),
            9,
            "OAuth joins in a later version",
        ),
        (SMALLEST.replace("support@", "a-support-address-of-17@"), 8, "use at most 16"),
        (SMALLEST.replace("sqlite://maildesk.db", "mysql://x"), 2, "sqlite://"),
        (SMALLEST.replace("\"desk-secret\"", "\"imap-password\""), 5, "shorter than 32 bytes"),
        (end("user = \"support\""), 13, "stand together"),
        (end("port = 70000"), 15, "from 1 to 65535, not 70000"),
        (end("ca_file = \"desk-secret\""), 15, "no certificate in PEM"),
        (end("[desk.more]"), 15, "no such key in [desk]"),
        (end("[mailboxes]"), 15, "no such key in this file"),
        (end(&format!("{agent}{agent}")), 20, "is taken, by line 17"),
        (end("[[agent]]\nname = \"A\"\naddress = \"support@example.com\""), 8, "is also an [[agent]]"),
        (end(&format!("{agent}role = \"boss\"")), 18, "known: observer, agent, lead, admin"),
        (end("[[team]]\nname = \"t\"\nmembers = [\"nobody@x.com\"]"), 17, "is no [[agent]]"),
        (end("[[team]]\nname = \"t\"\nmembers = []\nlead = \"nobody@x.com\""), 18, "is no [[agent]]"),
        (
            end("[[team]]\nname = \"t\"\nmembers = []\ncategories = [\"tecnical\"]"),
            18,
            "did you mean \"technical\"?",
        ),
        (end("[[rule]]\nwhen = {}\nset = { team = \"t\" }"), 17, "there are none"),
        (end("[[rule]]\nwhen = { subject_regex = '(' }\nset = {}"), 16, "not a regex: unclosed group"),
        (end("[[rule]]\nwhen = { body_regex = '(.{1000}){1000}' }\nset = {}"), 16, "more than 1048576 bytes"),
        (end("[[rule]]\nwhen = { has_attachment = \"exe\" }\nset = {}"), 16, "known: screenshot"),
        (end("[[rule]]\nset = {}"), 15, "is missing"),
        (end("[[sla]]\nplan = \"*\"\nremind_at = [0.8, 0.5]\ntargets = []"), 17, "must ascend"),
        (end("[[sla]]\nplan = \"*\"\nremind_at = [50]\ntargets = []"), 17, "between 0 and 1"),
        (end("[[sla]]\nplan = \"*\"\ntargets = [ { first_response = \"soon\" } ]"), 17, "not a duration"),
        (end("[limits]\nmessage_bytes_max = 35"), 16, "must be a text in quotes"),
        (end("[limits]\nmessage_bytes_max = \"1TiB\""), 16, "not a size"),
        (end("[limits]\nacks_per_hour_max = -1"), 16, "from 0 to"),
        (end("[limits]\nacks_per_hours_max = 1"), 16, "no such key in [limits]"),
        (end("[trust]\nperiod = \"3d\""), 16, "neither 0 nor between 1m and 24h"),
        (end("[trust]\nresolver = \"dns.example.com\""), 16, "not an IP address"),
        (end("[alerts]\nto = [\"ops\"]"), 16, "is not a mail address"),
        (end("[templates]\nfolder = \"nowhere\""), 16, "there is no folder"),
        (end("[report]\nwekly = \"0 8 * * MON\""), 16, "no such key in [report]"),
        (end("webhook = 1"), 15, "no such key in [mailbox.smtp]"),
        (SMALLEST.replace("name = \"Desk\"", "name = \"Desk\"\nzone = \"Mars/Base\""), 5, "IANA"),
        (SMALLEST.replace("name = \"Desk\"", "name = \"De\\nsk\""), 4, "control characters"),
    ];
    for (text, line, words) in cases {
        let errors = parse(&text).expect_err(words);
        let [error] = errors.errors.as_slice() else { panic!("not one mistake for {words:?}: {errors}") };
        assert!(error.problem.contains(words), "{words:?} is not in: {errors}");
        assert_eq!(error.line, line, "{errors}");
        assert!(!error.example.is_empty(), "{errors}");
    }
}

/// Mistakes in the writing itself are all shown, and no false ones beside them.
#[test]
fn broken_toml_is_shown_with_its_lines() {
    let text = SMALLEST
        .replace("name = \"Desk\"", "name = \"Desk")
        .replace("host = \"smtp.example.com\"", "host : smtp");
    let errors = parse(&text).unwrap_err();
    let lines: Vec<_> = errors.errors.iter().map(|error| error.line).collect();
    assert!(lines.contains(&4) && lines.contains(&14), "{errors}");
    assert!(errors.errors.iter().all(|error| error.problem.starts_with("not TOML: ")), "{errors}");
    let twice = parse(&format!("{SMALLEST}host = \"b\"\n")).unwrap_err();
    assert_eq!(twice.errors[0].line, 15, "{twice}");
}

#[test]
fn forms_and_the_sent_folder_are_read() {
    let config = parse(EXAMPLE).unwrap();
    let form = FormPolicy { from: "noreply@example.com".into(), requester: FormRequester::ReplyTo };
    assert_eq!(config.policy.forms, [form]);
    assert_eq!((config.mailboxes[0].sent, &config.mailboxes[0].sent_folder), (Sent::AUTO, &None));
    let label = "[[form]]\nfrom = \"Web@x.com\"\nrequester = \"label: 邮箱：\"\n";
    let config = parse(&format!("{SMALLEST}{label}")).unwrap();
    assert_eq!(config.mailboxes[0].sent, Sent::AUTO, "the default");
    let form = FormPolicy { from: "web@x.com".into(), requester: FormRequester::Label("邮箱".into()) };
    assert_eq!(config.policy.forms, [form]);
    for (word, watch, fill) in [("watch", true, false), ("fill", false, true), ("off", false, false)] {
        let keys = format!("sent = \"{word}\"\nsent_folder = \"已发送\"\n[mailbox.imap]");
        let mailbox = &parse(&SMALLEST.replace("[mailbox.imap]", &keys)).unwrap().mailboxes[0];
        assert_eq!((mailbox.sent, mailbox.sent_folder.as_deref()), (Sent { watch, fill }, Some("已发送")));
    }
}

#[test]
fn what_is_for_later_is_noted_with_its_line() {
    let config = parse(EXAMPLE).unwrap();
    for key in ["calendar", "follow_up", "report", "clients", "webhook", "retention", "http"] {
        let line = 1 + EXAMPLE
            .lines()
            .position(|l| l.starts_with(&format!("[{key}]")) || l.starts_with(&format!("[[{key}]]")))
            .unwrap();
        let note = format!("line {line}: {key} is known, but not used by this version");
        assert!(config.notes.contains(&note), "{note:?} is not in {:#?}", config.notes);
    }
    for key in ["team.calendar", "sla.calendar", "sla.targets.resolution"] {
        assert!(
            config.notes.iter().any(|note| note.contains(&format!(": {key} is known"))),
            "{key}: {:#?}",
            config.notes
        );
    }
}

/// Whoever documents a key in a comment of the example must have one that is read: every commented key is tried.
#[test]
fn commented_keys_of_the_example_are_known() {
    let mut text = String::new();
    for line in EXAMPLE.lines() {
        let bare = line.trim_start();
        let code = bare.strip_prefix("# ").unwrap_or(bare);
        let is_key = code
            .split_once(" = ")
            .is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        text.push_str(
            if is_key
                || ["[alerts.smtp]", "[templates]", "[articles]", "[[outage]]", "[[category]]"]
                    .iter()
                    .any(|head| code.starts_with(head))
            {
                code
            } else {
                line
            },
        );
        text.push('\n');
    }
    let mut files = Table::usual();
    files.put("/etc/maildesk/alerts-password", "secret");
    files.put("/etc/maildesk/store-password", "secret");
    files.put("/etc/maildesk/company-ca.pem", "-----BEGIN CERTIFICATE-----\n");
    files.put("/etc/maildesk/articles/a.md", "");
    files.put("/etc/maildesk/templates/en/acknowledgement.txt", "");
    let config = config::parse(&text, Path::new("/etc/maildesk/maildesk.toml"), &files)
        .unwrap_or_else(|errors| panic!("{errors}"));
    assert!(config.notes.iter().any(|note| note.contains("alerts.smtp is known")), "{:#?}", config.notes);
    assert_eq!(config.alerts_smtp.unwrap().server.host, "smtp.example.org");
    assert_eq!(config.resolver.unwrap().to_string(), "127.0.0.1:53");
    assert_eq!(config.templates_folder.unwrap(), Path::new("/etc/maildesk/templates"));
    assert!(config.policy.category_words.has("delivery"));
    assert_eq!(config.mailboxes[0].imap.ca_file.as_deref(), Some(Path::new("/etc/maildesk/company-ca.pem")));
}

/// The example documents every key: whatever the sources ask for stands in it.
#[test]
fn every_key_is_in_the_example() {
    let asked = regex::Regex::new(
        r#"(?:optional|required|count)\(\s*"(\w+)"|\("(\w+)", (?:Text|Texts|Table)|section: "(\w+)""#,
    )
    .unwrap();
    let mut keys = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        keys.extend(asked.captures_iter(&text).flat_map(|found| {
            found.iter().skip(1).flatten().map(|key| key.as_str().to_owned()).collect::<Vec<_>>()
        }));
    }
    assert!(keys.len() > 90, "only {} keys found: {keys:?}", keys.len());
    let words: Vec<&str> = EXAMPLE.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let missing: Vec<_> = keys.iter().filter(|key| !words.contains(&key.as_str())).collect();
    assert!(missing.is_empty(), "not in config/maildesk.example.toml: {missing:?}");
}

proptest::proptest! {
    /// Whatever an operator does to the file: an answer, with lines that exist.
    #[test]
    fn a_damaged_file_is_answered(line in 0_usize..200, column in 0_usize..60, put in "[ -~é\\n\\[\\]=\"]{0,3}", cut in 0_usize..20) {
        let mut lines: Vec<String> = EXAMPLE.lines().map(String::from).collect();
        let at = line % lines.len();
        let chars: Vec<char> = lines[at].chars().collect();
        let begin = column.min(chars.len());
        let end = (begin + cut).min(chars.len());
        lines[at] = chars[..begin].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&chars[end..]).collect();
        let text = lines.join("\n");
        if let Err(errors) = parse(&text) {
            proptest::prop_assert!(!errors.errors.is_empty());
            let last = text.lines().count() + 1;
            proptest::prop_assert!(errors.errors.iter().all(|error| (1..=last).contains(&error.line)), "{}", errors);
        }
    }
}

#[test]
fn credentials_come_before_files_beside_the_config() {
    let mut files = Table::usual();
    files.credentials = Some("/run/credentials/maildesk.service".into());
    files.put("/run/credentials/maildesk.service/imap-password", "from systemd");
    files.open = vec!["/etc/maildesk/desk-secret".into()];
    let config = config::parse(SMALLEST, Path::new("/etc/maildesk/maildesk.toml"), &files).unwrap();
    use secrecy::ExposeSecret as _;
    assert_eq!(config.mailboxes[0].imap.password.expose_secret(), "from systemd");
    assert_eq!(
        config.notes,
        [
            "line 5: everybody on this machine may read /etc/maildesk/desk-secret: chmod 600 /etc/maildesk/desk-secret"
        ]
    );
}

#[test]
fn a_password_in_the_stores_url_is_noted_where_everybody_may_read_it() {
    let with = |url: &str| SMALLEST.replace("sqlite://maildesk.db", url);
    assert!(with("x").contains("url = \"x\""), "{SMALLEST}");
    let notes = |url: &str, is_open: bool| {
        let mut files = Table::usual();
        files.open.extend(is_open.then(|| "/etc/maildesk/maildesk.toml".into()));
        config::parse(&with(url), Path::new("/etc/maildesk/maildesk.toml"), &files).unwrap().notes.join("\n")
    };
    for url in [
        "postgres://desk:hunter2@db.test/desk",
        "postgresql://desk:hunter2@/desk?host=/run/postgresql",
        "postgres://desk@db.test/desk?sslmode=require&password=hunter2",
        "postgres://desk:hunter/2@db.test/desk",
        "postgres://desk:@hunter2@db.test/desk",
    ] {
        let words = notes(url, true);
        assert!(
            words.contains("line 2: everybody on this machine may read /etc/maildesk/maildesk.toml"),
            "{words}"
        );
        assert!(words.contains("password_file") && !words.contains("hunter"), "{words}");
        assert_eq!(notes(url, false), "", "{url}");
    }
    for url in [
        "postgres://desk@db.test:5432/desk",
        "postgres://desk:@db.test/desk",
        "postgres://[::1]:5432/desk",
        "postgres://db.test:5432/desk?application_name=a@b",
        "postgres://desk@/desk?host=/run/postgresql&password=",
        "sqlite:///var/lib/a:b@c/maildesk.db",
    ] {
        assert_eq!(notes(url, true), "", "{url}");
    }
}

#[test]
fn secrets_are_never_shown() {
    let config = parse(EXAMPLE).unwrap();
    use secrecy::ExposeSecret as _;
    assert_eq!(config.mailboxes[0].imap.password.expose_secret(), PASSWORD, "without its newline");
    let mut files = Table::usual();
    files.put("/etc/maildesk/desk-secret", "5:bm90IGVub3VnaA==\n\nhunter2\n6:not base64\n");
    files.put("/etc/maildesk/imap-password", "hunter2\nhunter3\n");
    let errors = config::parse(EXAMPLE, Path::new("/etc/maildesk/maildesk.toml"), &files).unwrap_err();
    assert_eq!(errors.errors.len(), 4, "{errors}");
    let unclosed =
        parse(&EXAMPLE.replace("password_file = \"imap-password\"", "password = \"hunter4")).unwrap_err();
    let unknown =
        parse(&EXAMPLE.replace("password_file = \"imap-password\"", "password = \"hunter4\"")).unwrap_err();
    for shown in [format!("{config:?}"), format!("{unclosed} {unknown}"), format!("{errors:?} {errors}")] {
        for secret in [PASSWORD, "0123456789abcdef", "hunter", "bm90", "not base64"] {
            assert!(!shown.contains(secret), "{secret} is shown: {shown}");
        }
    }
}

#[test]
fn keys_rotate_and_the_desk_keeps_its_id() {
    let mut files = Table::usual();
    let load =
        |files: &Table| config::parse(SMALLEST, Path::new("/etc/maildesk/maildesk.toml"), files).unwrap();
    let before = load(&files);
    files.put(
        "/etc/maildesk/desk-secret",
        &format!("9:{}\n0123456789abcdef0123456789abcdef\n", "ab".repeat(32)),
    );
    let after = load(&files);
    assert_eq!(
        after.desk_secrets.iter().map(|key| key.id).collect::<Vec<_>>(),
        [9, before.desk_secrets[0].id]
    );
    assert_eq!(after.policy.desk_id, before.policy.desk_id);
}

#[test]
fn two_mailboxes_share_neither_name_nor_address() {
    let second = SMALLEST.split_once("[[mailbox]]").unwrap().1;
    let errors = parse(&format!("{SMALLEST}[[mailbox]]{second}")).unwrap_err();
    let found: Vec<_> = errors.errors.iter().map(|error| (error.line, error.key.as_str())).collect();
    assert_eq!(found, [(16, "mailbox.name"), (17, "mailbox.address")], "{errors}");
}

#[test]
fn a_date_may_stand_with_and_without_quotes() {
    for start in ["\"2026-01-31\"", "2026-01-31", "2026-01-31T00:00:00Z"] {
        let text = SMALLEST.replace("[mailbox.imap]", &format!("start = {start}\n[mailbox.imap]"));
        let config = parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(config.mailboxes[0].start, Start::Since("2026-01-31T00:00:00Z".parse().unwrap()));
    }
}

#[test]
fn every_attachment_kind_may_stand_in_a_rule() {
    use maildesk::mail::AttachmentKind as Kind;
    let kinds = [
        Kind::Screenshot,
        Kind::Log,
        Kind::Document,
        Kind::Archive,
        Kind::Audio,
        Kind::Message,
        Kind::Calendar,
        Kind::Other,
    ];
    let words = kinds.map(|kind| format!("{:?}", kind.as_str())).join(", ");
    let config =
        parse(&format!("{SMALLEST}[[rule]]\nwhen = {{ has_attachment = [{words}] }}\nset = {{}}\n")).unwrap();
    assert_eq!(config.policy.rules[0].attachment_kinds, kinds.map(|kind| kind.as_str()));
}

#[test]
fn a_reload_says_what_it_cannot_change() {
    let old = parse(SMALLEST).unwrap();
    let same = parse(&SMALLEST.replace("imap.example.com", "imap2.example.com")).unwrap();
    assert!(config::diff_needing_restart(&old, &same).is_empty());
    let text =
        SMALLEST.replace("maildesk.db", "other.db").replace("address = \"support@", "address = \"hello@");
    let differences = config::diff_needing_restart(&old, &parse(&text).unwrap());
    assert_eq!(differences, ["[store] url", "the address of [[mailbox]] \"support\""]);
}

#[test]
fn a_file_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("maildesk.toml");
    let missing = config::load(&path).unwrap_err();
    assert_eq!((missing.errors.len(), missing.errors[0].line), (1, 0), "{missing}");
    for (name, text) in [
        ("maildesk.toml", EXAMPLE),
        ("desk-secret", &"k".repeat(40)),
        ("imap-password", "a"),
        ("smtp-password", "b"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    assert_eq!(config::load(&path).unwrap_or_else(|errors| panic!("{errors}")).mailboxes.len(), 1);
    std::fs::write(&path, b"[store]\nurl = \"\xff\"\n").unwrap();
    assert!(config::load(&path).unwrap_err().to_string().contains("line 2"));
}
