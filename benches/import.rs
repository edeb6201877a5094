//! The import measured from outside: mails into SQLite, each window durably committed.
//!
//! ```sh
//! cargo bench --bench import                          # 100,000 mails made here (about 1.8 GB), then 1,000
//! cargo bench --bench import -- --count 5000          # fewer
//! cargo bench --bench import -- --mails FOLDER        # the mails of a folder instead
//! cargo bench --bench import -- --seed 7              # other mails, other moments of the two kills
//! ```
//!
//! Says: rate, CPU and most memory of an import; whether one that was killed twice (kill -9) and repeated left the same rows; and
//! how long `ticket list` and the search for a thread take with all mails and with the first thousandth part of the work.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::{
    fs,
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use maildesk::store::{Store, TicketFilter};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};

const BINARY: &str = env!("CARGO_BIN_EXE_maildesk");
const SUPPORT: &str = "support@desk.test";
/// Mails of the small desk that the large one is compared with.
const SMALL: usize = 1000;
const LOOKUPS: usize = 400;

struct Options {
    mails: Option<PathBuf>,
    count: usize,
    seed: u64,
}

fn main() {
    let options = options();
    let folder = tempfile::tempdir().unwrap();
    let (large, small) = match &options.mails {
        Some(mails) => (mails.clone(), first_of(mails, folder.path())),
        None => {
            let large = folder.path().join("large.mbox");
            let bytes = write_mbox(&large, options.count, options.seed);
            println!("{} mails, mean {} bytes", options.count, bytes / options.count.max(1));
            let small = folder.path().join("small.mbox");
            write_mbox(&small, SMALL.min(options.count), options.seed);
            (large, small)
        }
    };
    let (whole, thousand) = (Desk::new(folder.path(), "whole"), Desk::new(folder.path(), "small"));
    println!("{SMALL:>7} mails: {}", thousand.import(&small));
    let full = whole.import(&large);
    println!("all the mails: {full}");
    killed(&Desk::new(folder.path(), "killed"), &whole, &large, &full, options.seed);
    searches(&thousand, &whole);
}

fn options() -> Options {
    let mut options = Options { mails: None, count: 100_000, seed: 1 };
    let mut words = std::env::args().skip(1).filter(|a| a != "--bench");
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} wants a value"));
        match word.as_str() {
            "--mails" => options.mails = Some(value().into()),
            "--count" => options.count = value().parse().unwrap(),
            "--seed" => options.seed = value().parse().unwrap(),
            other => panic!("{other} is no option"),
        }
    }
    options
}

fn first_of(mails: &Path, folder: &Path) -> PathBuf {
    let small = folder.join("small");
    fs::create_dir(&small).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(mails).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files.iter().take(SMALL) {
        fs::copy(file, small.join(file.file_name().unwrap())).unwrap();
    }
    small
}

/// A linear congruential generator (Knuth, MMIX): the same seed gives the same mails everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }

    fn base64(&mut self, bytes: usize) -> String {
        const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::with_capacity(bytes * 4 / 3 + bytes / 50);
        for n in 0..bytes * 4 / 3 {
            out.push(char::from(SIGNS[self.below(64)]));
            if n % 76 == 75 {
                out.push('\n');
            }
        }
        out
    }
}

const ENGLISH: [&str; 8] = [
    "Since the update of last night the board stays white.",
    "Two colleagues in the next room see the same.",
    "We need it for the meeting on Thursday.",
    "The console says: request failed with status code 502.",
    "From here it looks like a matter of permissions.",
    "I have emptied the cache and signed in again.",
    "It worked in Firefox and never in Chrome 126.",
    "Please tell us when we can go on.",
];
const CHINESE: [&str; 8] = [
    "昨晚更新以后看板一直是空白的。",
    "隔壁办公室的两位同事也是这样。",
    "周四的会议上我们要用它。",
    "控制台显示：Request failed with status code 502。",
    "看起来像是权限的问题。",
    "我已经清除了缓存并重新登录。",
    "在 Firefox 里可以，在 Chrome 126 里不行。",
    "请告诉我们什么时候可以继续使用。",
];

/// Mails of clients in two languages: a quarter plain, the rest with HTML, every tenth with 100 kB attached, three in ten
/// answering an earlier one of the same client.
fn write_mbox(path: &Path, count: usize, seed: u64) -> usize {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut out = BufWriter::new(fs::File::create(path).unwrap());
    let mut senders: Vec<u32> = Vec::with_capacity(count);
    let mut bytes = 0;
    for n in 0..count {
        let answers = (n > 0 && dice.below(10) < 3).then(|| dice.below(n));
        let client = answers.map_or_else(|| dice.below(count / 4 + 1), |other| senders[other] as usize);
        senders.push(client as u32);
        let mail = mail(n, client, answers, &mut dice);
        bytes += mail.len();
        writeln!(out, "From client{client}@acme.test Mon Jan  1 10:00:00 2024\n{mail}").unwrap();
    }
    out.flush().unwrap();
    bytes
}

fn mail(n: usize, client: usize, answers: Option<usize>, dice: &mut Dice) -> String {
    let is_chinese = dice.below(100) < 45;
    let sentences = if is_chinese { &CHINESE } else { &ENGLISH };
    let text: String =
        (0..6 + dice.below(12)).map(|_| format!("{}\n", sentences[dice.below(8)])).collect::<String>();
    let quoted: String = answers.map_or_else(String::new, |_| {
        let lines: String = sentences.iter().map(|line| format!("> {line}\n")).collect();
        format!("\nOn Thu, Jul 2, 2026 at 9:14 AM Support <{SUPPORT}> wrote:\n{lines}")
    });
    let subject =
        if is_chinese { "=?utf-8?B?55yL5p2/5LiA55u05piv56m655m955qE?=" } else { "The board stays white" };
    let threading = answers.map_or_else(String::new, |other| {
        format!("In-Reply-To: <bench.{other}@acme.test>\nReferences: <bench.{other}@acme.test>\n")
    });
    let second = 1_767_225_600 + n as i64 * 37;
    let date = jiff::Timestamp::from_second(second).unwrap().strftime("%a, %d %b %Y %H:%M:%S +0000");
    let head = format!(
        "Received: from mx.acme.test by mail.desk.test with ESMTPS; {date}\nFrom: Client {client} <client{client}@acme.test>\n\
         To: Support <{SUPPORT}>\nSubject: {subject} {n}\nDate: {date}\nMessage-ID: <bench.{n}@acme.test>\n{threading}\
         MIME-Version: 1.0\n"
    );
    let plain =
        format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}{quoted}");
    let has_file = n % 10 == 3;
    if !has_file && dice.below(4) == 0 {
        return format!("{head}{plain}\n");
    }
    let html = format!("{text}{quoted}").replace('>', "&gt;").replace('\n', "<br>\n");
    let both = format!(
        "Content-Type: multipart/alternative; boundary=\"=_a\"\n\n--=_a\n{plain}\n--=_a\nContent-Type: text/html; \
         charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<html><body><div>{html}</div></body></html>\n--=_a--\n"
    );
    if !has_file {
        return format!("{head}{both}\n");
    }
    let file = dice.base64(100_000);
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"=_m\"\n\n--=_m\n{both}\n--=_m\nContent-Type: image/png\n\
         Content-Disposition: attachment; filename=\"screenshot.png\"\nContent-Transfer-Encoding: base64\n\n{file}\n--=_m--\n"
    )
}

struct Desk {
    folder: PathBuf,
}

/// What an import took.
struct Taken {
    mails: f64,
    wall: Duration,
    cpu: Duration,
    memory_kb: u64,
}

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (wall, cpu) = (self.wall.as_secs_f64(), self.cpu.as_secs_f64());
        write!(
            f,
            "{:.0} mails in {wall:.1} s, {:.0} mails/s, {:.2} ms CPU a mail, {} MiB at most",
            self.mails,
            self.mails / wall,
            cpu * 1000.0 / self.mails,
            self.memory_kb / 1024
        )
    }
}

impl Desk {
    fn new(parent: &Path, name: &str) -> Self {
        let folder = parent.join(name);
        fs::create_dir(&folder).unwrap();
        for (name, secret) in
            [("desk-secret", "0123456789abcdef0123456789abcdef0123456789abcdef"), ("password", "x")]
        {
            let mut options = fs::OpenOptions::new();
            let mut file =
                options.create(true).write(true).truncate(true).mode(0o600).open(folder.join(name)).unwrap();
            file.write_all(secret.as_bytes()).unwrap();
        }
        let config = format!(
            r#"[store]
url = "sqlite://{}"
[desk]
name = "Bench"
secret_file = "desk-secret"
default_language = "en"
official_addresses = ["{SUPPORT}"]
[[mailbox]]
name = "support"
address = "{SUPPORT}"
  [mailbox.imap]
  host = "127.0.0.1"
  tls = "none"
  user = "support"
  password_file = "password"
  [mailbox.smtp]
  host = "127.0.0.1"
  tls = "none"
[[agent]]
name = "Alice"
address = "alice@desk.test"
role = "agent"
languages = ["en"]
"#,
            folder.join("maildesk.db").display()
        );
        fs::write(folder.join("maildesk.toml"), config).unwrap();
        Self { folder }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        command.arg("--config").arg(self.folder.join("maildesk.toml"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    fn spawn(&self, mails: &Path) -> Child {
        self.command().args(["import", "--json", "--batch", "bench"]).arg(mails).spawn().unwrap()
    }

    fn import(&self, mails: &Path) -> Taken {
        let begun = Instant::now();
        let mut child = self.spawn(mails);
        let (mut memory_kb, mut cpu) = (0, Duration::ZERO);
        let status = loop {
            memory_kb = memory_kb.max(peak_kb(child.id()).unwrap_or_default());
            cpu = cpu_of(child.id()).unwrap_or_default().max(cpu);
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let wall = begun.elapsed();
        let output = child.wait_with_output().unwrap();
        assert!(status.success(), "the import failed");
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        Taken { mails: summary["mails"].as_f64().unwrap(), wall, cpu, memory_kb }
    }

    fn database(&self) -> PathBuf {
        self.folder.join("maildesk.db")
    }

    /// A hash over all that an import leaves, without what differs by its nature: instants of the run, salts, hashes.
    async fn digest(&self) -> String {
        let mut connection = SqliteConnectOptions::new().filename(self.database()).connect().await.unwrap();
        let mut hash = Sha256::new();
        for rows in [
            "SELECT json_array(id, version, state, subject, language, requester_id, first_response_at, closed_at, created_at,
                updated_at, event_seq) FROM ticket ORDER BY id",
            "SELECT json_array(ticket_id, kind, author_id, identity, message_id, text, received_at) FROM message ORDER BY id",
            "SELECT json_array(ticket_id, seq, at, kind, actor, content) FROM event ORDER BY ticket_id, seq",
            "SELECT json_array(uid, outcome, reason, ticket_id) FROM ledger ORDER BY uid",
            "SELECT json_array(place, uid) FROM import_item ORDER BY uid",
            "SELECT json_array(id, address, name) FROM person ORDER BY id",
            "SELECT json_array(value) FROM counter",
        ] {
            for row in sqlx::query_scalar::<_, String>(rows).fetch_all(&mut connection).await.unwrap() {
                hash.update(row.as_bytes());
            }
        }
        data_encoding::HEXLOWER.encode(&hash.finalize())
    }
}

fn peak_kb(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// User and system time, in ticks of 10 ms (proc_pid_stat(5)).
fn cpu_of(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn killed(desk: &Desk, whole: &Desk, mails: &Path, full: &Taken, seed: u64) {
    let mut dice = Dice(seed);
    for _ in 0..2 {
        // Of the time of a whole run: the second goes on where the first was.
        let moment = full.wall.mul_f64(0.2 + 0.15 * dice.below(1000) as f64 / 1000.0);
        let mut child = desk.spawn(mails);
        std::thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap();
        println!("killed after {:.1} s", moment.as_secs_f64());
    }
    let rest = desk.import(mails);
    assert!(rest.mails > 0.0, "the kills came too late: nothing was left");
    println!("repeated:      {rest}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (one, other) = runtime.block_on(async { (whole.digest().await, desk.digest().await) });
    assert_eq!(one, other, "the interrupted import left other rows");
    println!("the same rows as without interruption: {}", &one[..16]);
}

fn searches(small: &Desk, large: &Desk) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let measured = |desk: &Desk| runtime.block_on(measure(desk));
    let (few, many) = (measured(small), measured(large));
    for ((what, few), (_, many)) in few.into_iter().zip(many) {
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        println!("{what:<38} {few:>9.1?} with {SMALL} mails, {many:>9.1?} with all: {ratio:.2} times");
    }
    for desk in [small, large] {
        let begun = Instant::now();
        let rounds = 20;
        for _ in 0..rounds {
            assert!(desk.command().args(["ticket", "list"]).output().unwrap().status.success());
        }
        println!("`maildesk ticket list`, the whole command: {:.1?}", begun.elapsed() / rounds);
    }
}

/// The median times of what people and the desk look for.
async fn measure(desk: &Desk) -> Vec<(&'static str, Duration)> {
    let mut connection = SqliteConnectOptions::new().filename(desk.database()).connect().await.unwrap();
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT message_id FROM message ORDER BY message_id_hash LIMIT $1")
            .bind(LOOKUPS as i64)
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let people: Vec<String> = sqlx::query_scalar("SELECT address FROM person ORDER BY address DESC LIMIT $1")
        .bind(LOOKUPS as i64)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let store = Store::open(&format!("sqlite://{}", desk.database().display())).await.unwrap();
    let filter = |state: Option<maildesk::desk::State>, requester: Option<String>| TicketFilter {
        states: state.into_iter().collect(),
        requester,
        limit: 100,
        ..TicketFilter::default()
    };
    let (mut newest, mut by_state, mut by_client, mut thread) = (vec![], vec![], vec![], vec![]);
    for (id, person) in ids.iter().cycle().zip(people.iter().cycle()).take(LOOKUPS) {
        let begun = Instant::now();
        store.tickets(&filter(None, None)).await.unwrap();
        newest.push(begun.elapsed());
        let begun = Instant::now();
        store.tickets(&filter(Some(maildesk::desk::State::Closed), None)).await.unwrap();
        by_state.push(begun.elapsed());
        let begun = Instant::now();
        store.tickets(&filter(None, Some(person.clone()))).await.unwrap();
        by_client.push(begun.elapsed());
        let mut window = store.window().await.unwrap();
        let begun = Instant::now();
        assert!(!window.threads(std::slice::from_ref(id)).await.unwrap().is_empty());
        thread.push(begun.elapsed());
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    vec![
        ("ticket list, the newest 100", median(newest)),
        ("ticket list, the newest 100 closed", median(by_state)),
        ("ticket list of a client", median(by_client)),
        ("thread of a Message-ID", median(thread)),
    ]
}
