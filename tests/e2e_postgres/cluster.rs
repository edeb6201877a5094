//! A database server that goes away and comes back, and two daemons on one database.

use std::collections::BTreeSet;

use maildesk_lab::{
    availability,
    desk::{Desk, DeskOptions, Scripted, Shared},
    mailclient::{Draft, Mail},
    postgres::Postgres,
    scripted_imap::ScriptedImap,
    scripted_smtp::ScriptedSmtp,
};
use tokio::runtime::Runtime;

use crate::scene::{BINARY, SUPPORT};

const MORE: &str = "[limits]\nanswer_age_max = \"10000d\"\nacks_per_hour_max = 1000\nacks_per_domain_hour_max = 1000\nsame_text_per_week_max = 1000\n";

/// A mailbox whose mail is worked by desks on a cluster of their own.
struct Cluster {
    postgres: Postgres,
    url: String,
    imap: ScriptedImap,
    smtp: ScriptedSmtp,
    _runtime: Runtime,
}

fn address(n: u32) -> String {
    format!("client{n}@client{n}.test")
}

/// The n-th client's only mail.
fn letter(n: u32) -> Vec<u8> {
    let id = format!("letter.{n}@client{n}.test");
    let subject = format!("Export {n} is empty");
    Draft::new(&address(n), SUPPORT, &id, &subject, "It stays empty since this morning. Please have a look.")
        .header("Return-Path", &format!("<{}>", address(n)))
        .bytes()
}

impl Cluster {
    /// `None`: skip, PostgreSQL is missing.
    fn start() -> Option<Self> {
        if !availability::postgres() {
            return None;
        }
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (imap, smtp) = runtime.block_on(async {
            (ScriptedImap::builder().start().await, ScriptedSmtp::script().start().await)
        });
        let postgres = Postgres::start().unwrap();
        let url = postgres.database().unwrap();
        Some(Self { postgres, url, imap, smtp, _runtime: runtime })
    }

    /// A desk that does not run yet, with this lease.
    fn desk(&self, lease: &'static str) -> Desk {
        let servers =
            Shared { servers: Scripted { imap: &self.imap, smtp: &self.smtp }, url: self.url.clone() };
        let options = DeskOptions { store: lease, more: MORE.to_owned(), ..DeskOptions::default() };
        let mut desk = Desk::new(BINARY, &servers, &options).unwrap();
        // What a lost database, a lost lease and a killed daemon give to say.
        for complaint in ["WARN", "ERROR"] {
            desk.allow(complaint);
        }
        desk
    }

    fn acknowledgements(&self, n: u32) -> Vec<Mail> {
        let to = address(n);
        let all = self.smtp.received();
        all.into_iter().filter(|m| m.rcpt_to.contains(&to)).map(|m| Mail::new(m.data)).collect()
    }

    /// Each letter is one ticket and was acknowledged by one mail; where it went twice, it is the same mail.
    fn assert_each_once(&self, desk: &Desk, letters: &[u32]) {
        for n in letters {
            desk.wait(&format!("letter {n}"), || Ok((!self.acknowledgements(*n).is_empty()).then_some(())))
                .unwrap();
        }
        desk.wait_until_quiet().unwrap();
        let requesters: Vec<String> = desk
            .tickets()
            .unwrap()
            .iter()
            .map(|ticket| ticket["requester"].as_str().unwrap().to_owned())
            .collect();
        let once: BTreeSet<String> = requesters.iter().cloned().collect();
        assert_eq!((requesters.len(), once), (letters.len(), letters.iter().map(|n| address(*n)).collect()));
        for n in letters {
            let ids: BTreeSet<String> =
                self.acknowledgements(*n).iter().map(|mail| mail.header("Message-ID")).collect();
            assert_eq!(ids.len(), 1, "letter {n}");
        }
    }
}

#[test]
fn a_database_that_goes_away_comes_back() {
    let Some(mut cluster) = Cluster::start() else { return };
    let mut desk = cluster.desk("");
    desk.start().unwrap();
    cluster.imap.deliver(1, &letter(1));
    cluster.assert_each_once(&desk, &[1]);
    for (n, end) in [(2, "crash"), (3, "stop")] {
        cluster.postgres.tell(end).unwrap();
        cluster.imap.deliver(n, &letter(n));
        let seen = desk.log().len();
        desk.wait_for_log("the trouble", |log| log.get(seen..).is_some_and(|new| new.contains("connection")))
            .unwrap();
        cluster.postgres.tell("start").unwrap();
        cluster.assert_each_once(&desk, &(1..=n).collect::<Vec<_>>());
    }
    assert_eq!(desk.status().unwrap()["unaccounted"], 0);
    desk.finish().unwrap();
}

#[test]
fn a_killed_daemon_is_followed_and_comes_back_as_the_second() {
    let Some(cluster) = Cluster::start() else { return };
    // So long that only the end of the first one's session can be what frees the mailbox.
    let (mut first, mut second) = (cluster.desk("lease = \"1h\""), cluster.desk("lease = \"1h\""));
    first.start().unwrap();
    cluster.imap.deliver(1, &letter(1));
    cluster.assert_each_once(&first, &[1]);
    second.start().unwrap();
    second.wait_for_log("standing by", |log| log.contains("another daemon works this mailbox")).unwrap();
    first.kill();
    cluster.imap.deliver(2, &letter(2));
    cluster.assert_each_once(&second, &[1, 2]);
    first.start().unwrap();
    cluster.imap.deliver(3, &letter(3));
    cluster.assert_each_once(&second, &[1, 2, 3]);
    second.stop().unwrap();
    cluster.imap.deliver(4, &letter(4));
    cluster.assert_each_once(&first, &[1, 2, 3, 4]);
    first.finish().unwrap();
    second.finish().unwrap();
}

#[test]
fn a_daemon_that_slept_past_its_lease_has_nothing_more_to_say() {
    let Some(cluster) = Cluster::start() else { return };
    let (mut sleeper, mut other) = (cluster.desk("lease = \"2s\""), cluster.desk("lease = \"2s\""));
    sleeper.start().unwrap();
    cluster.imap.deliver(1, &letter(1));
    cluster.assert_each_once(&sleeper, &[1]);
    other.start().unwrap();
    other.wait_for_log("standing by", |log| log.contains("another daemon works this mailbox")).unwrap();
    sleeper.suspend();
    cluster.imap.deliver(2, &letter(2));
    cluster.assert_each_once(&other, &[1, 2]);
    sleeper.resume();
    sleeper.wait_for_log("the loss", |log| log.contains("lease on the mailbox is lost")).unwrap();
    cluster.imap.deliver(3, &letter(3));
    cluster.assert_each_once(&other, &[1, 2, 3]);
    other.finish().unwrap();
    sleeper.finish().unwrap();
}

#[test]
fn an_address_that_is_too_long_to_be_one_holds_up_nobody() {
    let Some(cluster) = Cluster::start() else { return };
    let mut desk = cluster.desk("");
    desk.start().unwrap();
    let from = format!("{}@client1.test", "x".repeat(10_000));
    let id = format!("{}@client1.test", "y".repeat(10_000));
    cluster.imap.deliver(1, &Draft::new(&from, SUPPORT, &id, "Long", "A long address.").bytes());
    cluster.imap.deliver(2, &letter(2));
    cluster.assert_each_once(&desk, &[2]);
    assert_eq!(desk.outcome("held").unwrap(), 1, "{}", desk.status().unwrap());
    desk.finish().unwrap();
}
