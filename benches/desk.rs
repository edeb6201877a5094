//! The whole desk measured from outside: mails from a real Dovecot into SQLite, acknowledgements to an SMTP sink.
//!
//! ```sh
//! cargo bench --bench desk                                # all scenarios, 2,000 mails made here
//! cargo bench --bench desk -- throughput --mails DIR      # the .eml files of a folder instead
//! cargo bench --bench desk -- kill --times 20 --seed 7    # kill -9 at random moments, then count
//! cargo bench --bench desk -- latency --times 50          # EXISTS line to accepted acknowledgement
//! cargo bench --bench desk -- --store postgres            # on a PostgreSQL of its own, on the same disk
//! ```
//!
//! `throughput` runs twice: in windows, and naively with one commit a message (`window_messages_max = 1`), so that the
//! ratio can be quoted whatever the machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use maildesk_lab::{
    dovecot::Dovecot,
    mailclient::ImapBox,
    postgres::Postgres,
    scripted_imap::{self, ScriptedImap},
    scripted_smtp::ScriptedSmtp,
};

const BINARY: &str = env!("CARGO_BIN_EXE_maildesk");
const ADDRESS: &str = "support@desk.test";
const PASSWORD: &str = "secret";

struct Options {
    scenario: Option<String>,
    mails: Option<PathBuf>,
    count: usize,
    times: usize,
    seed: u64,
    postgres: Option<Postgres>,
}

impl Options {
    /// Where the next desk in this folder stores.
    fn store(&self, folder: &Path) -> String {
        match &self.postgres {
            Some(cluster) => cluster.database().unwrap(),
            None => format!("sqlite://{}", folder.join("maildesk.db").display()),
        }
    }
}

fn main() {
    let options = options();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let wants = |name: &str| options.scenario.as_deref().is_none_or(|s| s == name);
    let mails = load(&options);
    println!(
        "{} mails, {} of them follow-ups, mean {} bytes",
        mails.len(),
        mails.iter().filter(|m| m.follows).count(),
        mails.iter().map(|m| m.bytes.len()).sum::<usize>() / mails.len().max(1)
    );
    if wants("throughput") {
        let grouped = runtime.block_on(throughput(&mails, 50, &options));
        println!("windows of 50      {grouped}");
        let naive = runtime.block_on(throughput(&mails, 1, &options));
        println!("a commit a message {naive}");
        println!("ratio              {:.1} times the rate", grouped.rate / naive.rate);
    }
    if wants("kill") {
        runtime.block_on(kill(&mails, &options));
    }
    if wants("latency") {
        runtime.block_on(latency(&options));
    }
}

fn options() -> Options {
    let mut options =
        Options { scenario: None, mails: None, count: 2000, times: 20, seed: 1, postgres: None };
    let mut words = std::env::args().skip(1).filter(|a| a != "--bench");
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} wants a value"));
        match word.as_str() {
            "--mails" => options.mails = Some(value().into()),
            "--count" => options.count = value().parse().unwrap(),
            "--times" => options.times = value().parse().unwrap(),
            "--store" => {
                let on_postgres = value() == "postgres";
                options.postgres = on_postgres.then(|| Postgres::start_in(&std::env::temp_dir()).unwrap());
            }
            "--seed" => options.seed = value().parse().unwrap(),
            scenario => options.scenario = Some(scenario.to_owned()),
        }
    }
    options
}

struct Mail {
    bytes: Vec<u8>,
    /// Answers an earlier mail of the same client: it continues a ticket.
    follows: bool,
}

fn load(options: &Options) -> Vec<Mail> {
    let raws = match &options.mails {
        Some(folder) => {
            let mut files: Vec<PathBuf> = fs::read_dir(folder)
                .unwrap()
                .map(|f| f.unwrap().path())
                .filter(|p| p.extension().is_some_and(|e| e == "eml"))
                .collect();
            files.sort();
            files.iter().map(|f| fs::read(f).unwrap()).collect()
        }
        None => (0..options.count).map(|i| made_mail(i, options.seed)).collect::<Vec<_>>(),
    };
    raws.into_iter().map(|bytes| Mail { follows: header(&bytes, "In-Reply-To").is_some(), bytes }).collect()
}

fn header(raw: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(&raw[..raw.len().min(8192)]).into_owned();
    let head = head.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let line = head.lines().find(|l| l.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// An ordinary support mail, every seventh one answering an earlier mail of the same client, every tenth with 100 kB attached.
fn made_mail(i: usize, seed: u64) -> Vec<u8> {
    let follows = (i % 7 == 6).then(|| i - 3);
    let client = follows.unwrap_or(i);
    let id = |n: usize| format!("bench.{seed}.{n}@acme.example");
    let (subject, body) = if i.is_multiple_of(2) {
        (
            format!("The export stays empty ({i})"),
            "Hello,\r\n\r\nsince this morning the export stays empty on Chrome 126.\r\n\r\nAnna\r\n",
        )
    } else {
        (
            format!("=?utf-8?B?5a+85Ye65LiA55u05Li656m6?= {i}"),
            "您好，\r\n\r\n今天早上开始导出一直为空，浏览器 Chrome 126。\r\n\r\n谢谢\r\n",
        )
    };
    let answers =
        follows.map_or_else(String::new, |n| format!("In-Reply-To: <{0}>\r\nReferences: <{0}>\r\n", id(n)));
    let head = format!(
        "Return-Path: <client{client}@acme.example>\r\nFrom: Client {client} <client{client}@acme.example>\r\nTo: Support <{ADDRESS}>\r\n\
         Subject: {subject}\r\nDate: Thu, 02 Jul 2026 09:14:00 +0000\r\nMessage-ID: <{}>\r\n{answers}MIME-Version: 1.0\r\n",
        id(i)
    );
    let text =
        format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}");
    if i % 10 != 3 {
        return format!("{head}{text}").into_bytes();
    }
    let file: String = (0..1333)
        .map(|n| format!("{:076x}\r\n", (n as u128 + 7).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect();
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\n{text}\r\n--=_b\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename=\"dump.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}--=_b--\r\n"
    )
    .into_bytes()
}

/// A desk's folder with its config and secrets.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(
        options: &Options,
        imap: (&str, u16),
        (user, password): (&str, &str),
        smtp: (&str, u16),
        window: usize,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = |name: &str, value: &str| {
            let mut file = fs::OpenOptions::new()
                .create(true)
                .write(true)
                .truncate(true)
                .mode(0o600)
                .open(folder.path().join(name))
                .unwrap();
            file.write_all(value.as_bytes()).unwrap();
        };
        secret("desk-secret", "0123456789abcdef0123456789abcdef0123456789abcdef");
        secret("password", password);
        let config = format!(
            r#"[store]
url = "{store}"
[desk]
name = "Bench"
secret_file = "desk-secret"
default_language = "en"
official_addresses = ["{ADDRESS}"]
[[mailbox]]
name = "support"
address = "{ADDRESS}"
subaddressing = "+"
folders = ["INBOX"]
start = "all"
mode = "live"
poll = "* * * * *"
team = "tech"
  [mailbox.imap]
  host = "{}"
  port = {}
  tls = "none"
  user = "{user}"
  password_file = "password"
  [mailbox.smtp]
  host = "{}"
  port = {}
  tls = "none"
[[agent]]
name = "Alice"
address = "alice@desk.test"
role = "agent"
languages = ["en"]
[[team]]
name = "tech"
categories = ["technical", "account", "business"]
members = ["alice@desk.test"]
[limits]
answer_age_max = "10000d"
acks_per_address_10min_max = 1000000
acks_per_address_day_max = 1000000
acks_per_domain_hour_max = 1000000
same_text_per_week_max = 1000000
acks_per_hour_max = 1000000
automatic_per_ticket_hour_max = 1000000
window_messages_max = {window}
"#,
            imap.0,
            imap.1,
            smtp.0,
            smtp.1,
            store = options.store(folder.path())
        );
        fs::write(folder.path().join("maildesk.toml"), config).unwrap();
        Self { folder }
    }

    fn start(&self) -> Desk {
        let log =
            fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let child = Command::new(BINARY)
            .arg("--config")
            .arg(self.folder.path().join("maildesk.toml"))
            .arg("run")
            .env("MAILDESK_LOG", "warn")
            .env_remove("JOURNAL_STREAM")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Desk(child)
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let config = self.folder.path().join("maildesk.toml");
        let output =
            Command::new(BINARY).arg("--config").arg(config).arg("--json").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn outcomes(&self) -> BTreeMap<String, u64> {
        let status = self.json(&["status"]);
        serde_json::from_value(status[0]["outcomes"].clone()).unwrap_or_default()
    }

    fn tickets(&self) -> usize {
        self.json(&["ticket", "list", "--limit", "1000000"]).as_array().unwrap().len()
    }
}

/// The running daemon.
struct Desk(Child);

impl Desk {
    /// User and system seconds so far.
    fn cpu_seconds(&self) -> (f64, f64) {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
        (ticks(11) / 100.0, ticks(12) / 100.0)
    }

    /// The highest resident size so far, in MiB.
    fn peak_mebibytes(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

struct Figures {
    rate: f64,
    user_ms: f64,
    system_ms: f64,
    peak_mib: f64,
    tickets: usize,
    acknowledgements: usize,
    left: usize,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.0} mails/s, {:.2} ms CPU a mail ({:.2} user, {:.2} system), peak {:.1} MiB; {} tickets, {} acknowledgements, {} mails in all left",
            self.rate,
            self.user_ms + self.system_ms,
            self.user_ms,
            self.system_ms,
            self.peak_mib,
            self.tickets,
            self.acknowledgements,
            self.left
        )
    }
}

fn filled_dovecot(mails: &[Mail]) -> Dovecot {
    let dovecot = Dovecot::start(&[(ADDRESS, PASSWORD)]).unwrap();
    let mut inbox = ImapBox::open(dovecot.ip(), ADDRESS, PASSWORD, "INBOX").unwrap();
    for mail in mails {
        inbox.append("INBOX", &mail.bytes).unwrap();
    }
    dovecot
}

/// One recipient's mails by the recipient's address.
fn to_clients(sink: &ScriptedSmtp) -> Vec<Vec<u8>> {
    sink.received()
        .into_iter()
        .filter(|m| m.rcpt_to.iter().all(|to| !to.starts_with("alice@")))
        .map(|m| m.data)
        .collect()
}

async fn throughput(mails: &[Mail], window: usize, options: &Options) -> Figures {
    let dovecot = filled_dovecot(mails);
    let sink = ScriptedSmtp::script().start().await;
    let ip = dovecot.ip().to_string();
    let bench = Bench::new(
        options,
        (&ip, Dovecot::IMAP),
        (ADDRESS, PASSWORD),
        (&sink.ip.to_string(), sink.port),
        window,
    );
    let tickets = mails.iter().filter(|m| !m.follows).count();
    // A notification a mail, and an acknowledgement a ticket.
    let expected = mails.len() + tickets;
    let begin = Instant::now();
    let desk = bench.start();
    wait(&format!("{expected} mails"), || sink.count() >= expected).await;
    let seconds = begin.elapsed().as_secs_f64();
    wait("the outbox to be settled", || {
        bench.json(&["outbox", "list", "--state", "sending"]) == serde_json::json!([])
    })
    .await;
    let figures = Figures {
        rate: mails.len() as f64 / seconds,
        user_ms: desk.cpu_seconds().0 * 1000.0 / mails.len() as f64,
        system_ms: desk.cpu_seconds().1 * 1000.0 / mails.len() as f64,
        peak_mib: desk.peak_mebibytes(),
        tickets: bench.tickets(),
        acknowledgements: to_clients(&sink).len(),
        left: sink.count(),
    };
    desk.kill();
    check(&bench, mails, &figures, tickets);
    figures
}

fn check(bench: &Bench, mails: &[Mail], figures: &Figures, tickets: usize) {
    let outcomes = bench.outcomes();
    assert_eq!(
        outcomes.get("ticket").copied(),
        Some(mails.len() as u64),
        "every mail is a message of a ticket: {outcomes:?}"
    );
    assert_eq!(figures.tickets, tickets, "tickets");
    assert_eq!(figures.acknowledgements, tickets, "acknowledgements");
}

/// kill -9 at random moments; afterwards everything is there once, and repeated mails are the same mail.
async fn kill(mails: &[Mail], options: &Options) {
    let dovecot = filled_dovecot(mails);
    let sink = ScriptedSmtp::script().start().await;
    let ip = dovecot.ip().to_string();
    let bench =
        Bench::new(options, (&ip, Dovecot::IMAP), (ADDRESS, PASSWORD), (&sink.ip.to_string(), sink.port), 50);
    let mut random = options.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for _ in 0..options.times {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let desk = bench.start();
        // From before the login to well into the work: the moment itself is what varies here.
        tokio::time::sleep(Duration::from_millis(20 + random % 280)).await;
        desk.kill();
    }
    let tickets = mails.iter().filter(|m| !m.follows).count();
    let desk = bench.start();
    wait("every message decided", || bench.outcomes().get("ticket").copied() == Some(mails.len() as u64))
        .await;
    for state in ["queued", "unknown", "sending"] {
        wait("an empty outbox", || {
            bench.json(&["outbox", "list", "--state", state]) == serde_json::json!([])
        })
        .await;
    }
    desk.kill();
    assert_eq!(bench.tickets(), tickets, "tickets");
    let sent = to_clients(&sink);
    let ids: BTreeSet<Option<String>> = sent.iter().map(|raw| header(raw, "Message-ID")).collect();
    assert_eq!(ids.len(), tickets, "acknowledgements by Message-ID");
    println!(
        "kill -9            {} times (seed {}): {} mails, {} tickets, {} acknowledgements, {} repeated with the same Message-ID, none lost",
        options.times,
        options.seed,
        mails.len(),
        tickets,
        ids.len(),
        sent.len() - ids.len()
    );
}

/// From the server's EXISTS line to the acknowledgement accepted by the SMTP server, one mail at a time.
async fn latency(options: &Options) {
    let sink = ScriptedSmtp::script().start().await;
    let imap = ScriptedImap::builder().start().await;
    let bench = Bench::new(
        options,
        (&imap.ip().to_string(), imap.port()),
        (scripted_imap::USER, scripted_imap::PASSWORD),
        (&sink.ip.to_string(), sink.port),
        50,
    );
    let desk = bench.start();
    imap.wait_for("IDLE", 1).await;
    let mut milliseconds = Vec::new();
    for i in 0..options.times {
        let before = to_clients(&sink).len();
        let begin = Instant::now();
        imap.deliver(u32::try_from(i + 1).unwrap(), &made_mail(7 * i, options.seed));
        wait("the acknowledgement", || to_clients(&sink).len() > before).await;
        milliseconds.push(begin.elapsed().as_secs_f64() * 1000.0);
        imap.wait_for("IDLE", i + 2).await;
    }
    desk.kill();
    milliseconds.sort_by(f64::total_cmp);
    println!(
        "one mail alone     median {:.1} ms from EXISTS to the accepted acknowledgement ({} mails, slowest {:.1} ms)",
        milliseconds[milliseconds.len() / 2],
        milliseconds.len(),
        milliseconds[milliseconds.len() - 1]
    );
}

async fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what} did not come");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
