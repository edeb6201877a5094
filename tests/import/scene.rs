//! A desk whose servers are scripted and mostly unused, and old mails in files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use maildesk_lab::{
    desk::{Desk, DeskOptions, Scripted, Shared},
    scripted_imap::{self, ScriptedImap},
    scripted_smtp::ScriptedSmtp,
};
use serde_json::Value;
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;

pub const BINARY: &str = env!("CARGO_BIN_EXE_maildesk");
pub const SUPPORT: &str = "support@desk.test";
pub const ALICE: &str = "alice@desk.test";

pub struct Scene {
    pub desk: Desk,
    pub imap: ScriptedImap,
    pub smtp: ScriptedSmtp,
    _runtime: Runtime,
}

pub fn scene() -> Scene {
    scene_with(ScriptedImap::builder())
}

pub fn scene_with(imap: scripted_imap::Builder) -> Scene {
    scene_on(imap, None)
}

/// On the store of this URL; `None`: on a file.
pub fn scene_on(imap: scripted_imap::Builder, store: Option<String>) -> Scene {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (imap, smtp) = runtime.block_on(async { (imap.start().await, ScriptedSmtp::script().start().await) });
    let (servers, options) = (Scripted { imap: &imap, smtp: &smtp }, DeskOptions::default());
    let desk = match store {
        Some(url) => Desk::new(BINARY, &Shared { servers, url }, &options).unwrap(),
        None => Desk::new(BINARY, &servers, &options).unwrap(),
    };
    Scene { desk, imap, smtp, _runtime: runtime }
}

impl Scene {
    /// Writes a file below the desk's folder and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.desk.folder().join("old").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Imports and gives the summary.
    pub fn import(&self, arguments: &[&str]) -> Value {
        let all: Vec<&str> = ["import"].iter().chain(arguments).copied().collect();
        self.desk.json(&all).unwrap()
    }

    pub fn import_path(&self, path: &Path) -> Value {
        self.import(&[path.to_str().unwrap()])
    }

    /// What a command said, and whether it succeeded.
    pub fn said(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.desk.run(arguments).unwrap();
        let words = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        (output.status.success(), String::from_utf8_lossy(&words).into_owned())
    }

    /// Kinds of a ticket's messages, in order.
    pub fn kinds(&self, ticket: i64) -> Vec<String> {
        let ticket = self.desk.ticket(ticket).unwrap();
        assert_eq!(ticket["chain_intact"], true);
        ticket["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["kind"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Everything that an import leaves behind, without what differs by its nature (instants of the run, salts, hashes).
    pub fn rows(&self) -> Vec<String> {
        rows_of(&self.desk.folder().join("maildesk.db"))
    }

    /// The raw messages, in the order in which they were taken.
    pub fn raws(&self) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(self.desk.folder().join("maildesk.db"));
            let mut connection = options.connect().await.unwrap();
            let sql = "SELECT CAST(bytes AS TEXT) FROM raw_message ORDER BY id";
            sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
        })
    }

    /// Nothing is waiting to be sent and nobody was written to.
    pub fn assert_silent(&self) {
        assert_eq!(self.desk.outbox().unwrap().len(), 0);
        assert_eq!(self.smtp.received().len(), 0);
    }
}

pub fn rows_of(database: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnectOptions::new().filename(database).connect().await.unwrap();
        let mut rows = Vec::new();
        for table in [
            "SELECT 'ticket ' || json_array(t.id, version, state, subject, language, category, priority, team, assignee, tags,
                p.address, first_response_at, closed_at, t.created_at, updated_at, event_seq)
             FROM ticket t JOIN person p ON p.id = requester_id ORDER BY t.id",
            "SELECT 'message ' || json_array(ticket_id, kind, p.address, identity, message_id, subject, text, received_at)
             FROM message m JOIN person p ON p.id = author_id ORDER BY m.id",
            "SELECT 'event ' || json_array(ticket_id, seq, at, kind, actor, content) FROM event ORDER BY ticket_id, seq",
            "SELECT 'ledger ' || json_array(folder, uid, outcome, reason, ticket_id, oversized, raw_id IS NULL) FROM ledger
             WHERE folder LIKE 'import:%' ORDER BY folder, uid",
            "SELECT 'attachment ' || json_array(m.ticket_id, a.name, a.size_bytes, a.sha256) FROM attachment a
             JOIN message m ON m.id = a.message_row ORDER BY m.id, a.position",
            "SELECT 'item ' || json_array(place, uid) FROM import_item ORDER BY place",
            "SELECT 'touched ' || json_array(ticket_id, made, version) FROM import_ticket ORDER BY ticket_id",
            "SELECT 'person ' || json_array(address, name) FROM person ORDER BY address",
            "SELECT 'raw ' || json_array(l.uid, r.size_bytes, hex(substr(r.bytes, 1, 40))) FROM raw_message r
             JOIN ledger l ON l.raw_id = r.id ORDER BY l.folder, l.uid",
            "SELECT 'timer ' || json_array(ticket_id) FROM timer",
            "SELECT 'counter ' || value FROM counter",
        ] {
            rows.extend(sqlx::query_scalar::<_, String>(table).fetch_all(&mut connection).await.unwrap());
        }
        drop::<SqliteConnection>(connection);
        rows
    })
}

/// A plain old mail: day of January 2024, Message-ID, sender, recipients, what it answers.
pub struct Old<'a> {
    pub day: u32,
    pub id: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub answers: &'a [&'a str],
    pub subject: &'a str,
    pub body: &'a str,
}

impl Old<'_> {
    pub fn text(&self) -> String {
        let Self { day, id, from, to, answers, subject, body } = self;
        let references = answers.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join(" ");
        let threading = match answers.last() {
            Some(last) => format!("In-Reply-To: <{last}>\nReferences: {references}\n"),
            None => String::new(),
        };
        format!(
            "From: {from}\nTo: {to}\nSubject: {subject}\nDate: {}, {day:02} Jan 2024 10:00:00 +0000\nMessage-ID: <{id}>\n\
             {threading}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}\n",
            ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(*day as usize) % 7]
        )
    }
}

/// A client's question.
pub fn question<'a>(day: u32, id: &'a str, from: &'a str) -> Old<'a> {
    Old {
        day,
        id,
        from,
        to: SUPPORT,
        answers: &[],
        subject: "The export stays empty",
        body: "Hello,\n\nsince this morning the export stays empty. Please have a look.\n\nLi Na",
    }
}

/// An mboxrd file of these mails.
pub fn mbox(mails: &[String]) -> String {
    let one = |mail: &String| {
        let quoted: String = mail
            .split_inclusive('\n')
            .map(|line| {
                let is_from = line.trim_start_matches('>').starts_with("From ");
                if is_from { format!(">{line}") } else { line.to_owned() }
            })
            .collect();
        format!("From sender@old.test Mon Jan  1 10:00:00 2024\n{quoted}\n")
    };
    mails.iter().map(one).collect()
}
