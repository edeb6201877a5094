//! What every test starts from: two scripted servers, a desk, and mails of clients.

use std::time::Duration;

use maildesk_lab::{
    desk::{Desk, DeskOptions, Scripted},
    mailclient::{Draft, Mail},
    scripted_imap::{self, ScriptedImap},
    scripted_smtp::{self, ScriptedSmtp},
};
use tokio::runtime::Runtime;

pub const BINARY: &str = env!("CARGO_BIN_EXE_maildesk");
pub const SUPPORT: &str = "support@desk.test";
pub const ALICE: &str = "alice@desk.test";
pub const OPERATOR: &str = "bob@desk.test";

/// The operator is told, and no limit on acknowledgements is met.
pub const ALERTS: &str = "[alerts]\nto = [\"bob@desk.test\"]\n[limits]\nacks_per_hour_max = 1000\nacks_per_domain_hour_max = 1000\nanswer_age_max = \"10000d\"\n";

/// Servers and a desk; the servers run on threads of their own, so that tests may wait by blocking.
pub struct Scene {
    pub desk: Desk,
    pub imap: ScriptedImap,
    pub smtp: ScriptedSmtp,
    pub runtime: Runtime,
}

pub fn options() -> DeskOptions {
    DeskOptions { more: ALERTS.to_owned(), ..DeskOptions::default() }
}

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A desk that does not run yet.
pub fn scene(imap: scripted_imap::Builder, smtp: scripted_smtp::Script, options: &DeskOptions) -> Scene {
    let runtime = runtime();
    let (imap, smtp) = runtime.block_on(async { (imap.start().await, smtp.start().await) });
    let desk = Desk::new(BINARY, &Scripted { imap: &imap, smtp: &smtp }, options).unwrap();
    Scene { desk, imap, smtp, runtime }
}

/// The n-th client's first mail.
pub fn letter(n: u32) -> Vec<u8> {
    draft(n).bytes()
}

pub fn draft(n: u32) -> Draft {
    let from = format!("Client {n} <client{n}@client{n}.test>");
    let id = format!("letter.{n}@client{n}.test");
    let text = format!("The export number {n} stays empty since this morning. Please have a look.");
    Draft::new(&from, SUPPORT, &id, &format!("Export {n} is empty"), &text)
        .header("Return-Path", &format!("<client{n}@client{n}.test>"))
}

/// A server with the letters 1 to `count` under these UIDs.
pub fn filled(count: u32) -> scripted_imap::Builder {
    (1..=count).fold(ScriptedImap::builder(), |imap, n| imap.mail(n, &letter(n)))
}

impl Scene {
    /// The server complains as often as it likes: what is asserted is what came of it.
    pub fn allow_complaints(&mut self) {
        for word in ["WARN", "ERROR"] {
            self.desk.allow(word);
        }
    }

    /// Mails that left for this recipient.
    pub fn to(&self, recipient: &str) -> Vec<Mail> {
        let received = self.smtp.received();
        let his = received.into_iter().filter(|m| m.rcpt_to.iter().any(|to| to == recipient));
        his.map(|m| Mail::new(m.data)).collect()
    }

    /// Waits until these letters are tickets, and checks that each is one ticket and was acknowledged once.
    pub fn assert_each_once(&self, letters: &[u32]) {
        self.desk.wait_for_tickets(letters.len()).unwrap();
        self.desk.wait_until_quiet().unwrap();
        let tickets = self.desk.tickets().unwrap();
        let mut requesters: Vec<String> =
            tickets.iter().map(|t| t["requester"].as_str().unwrap().to_owned()).collect();
        requesters.sort();
        let mut expected: Vec<String> = letters.iter().map(|n| address(*n)).collect();
        expected.sort();
        assert_eq!(requesters, expected);
        for n in letters {
            assert_eq!(self.to(&address(*n)).len(), 1, "acknowledgements of letter {n}");
        }
    }

    /// How many alerts with these words in the subject the operator got.
    pub fn alerts(&self, words: &str) -> usize {
        self.to(OPERATOR).iter().filter(|m| m.subject().contains(words)).count()
    }

    pub fn wait_for_alert(&self, words: &str) {
        self.desk.wait(words, || Ok((self.alerts(words) > 0).then_some(()))).unwrap();
    }

    /// Waits for a command given to the IMAP server.
    pub fn wait_for_command(&self, command: &str, times: usize) {
        let waited =
            async { tokio::time::timeout(Duration::from_secs(60), self.imap.wait_for(command, times)).await };
        assert!(self.runtime.block_on(waited).is_ok(), "{command}:\n{}", self.desk.log());
    }

    pub fn finish(self) {
        self.desk.finish().unwrap();
    }
}

/// The n-th client's address.
pub fn address(n: u32) -> String {
    format!("client{n}@client{n}.test")
}
