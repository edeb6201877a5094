//! Sends probes and looks for them in the mailbox, then removes them. Effects; what they teach is judged in `probe`.
//!
//! Invariants: only mails that hold a nonce of this very errand are touched; a folder is looked at from the UID on that was
//! next before the first probe left; the errand ends at its deadline whatever the servers do.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use data_encoding::HEXLOWER;
use tokio::time::{Instant, sleep};

use super::{
    login::{self, Refused},
    probe::{Handed, Plan, Probe, Question, Trip},
    provider::Provider,
};
use crate::{
    config::{After, ServerConfig},
    edge,
    imap::{ImapError, ImapLimits, Session, SpecialFolders},
    intake::read_once,
    mail::{ReadPolicy, Reading, compose::compose},
    smtp::{Connection, Deadlines, Verdict},
    store::Store,
};

/// Between two looks into the mailbox.
const LOOK_AGAIN: Duration = Duration::from_millis(700);
/// Larger mails are none of ours, nor reports about them.
const MAIL_BYTES_MAX: u64 = 256 << 10;
/// New mails looked into; a mailbox that gets more in a minute is no place to learn in.
const MAILS_MAX: usize = 500;
/// Older mails whose header is read to learn who writes results.
const OLDER_MAX: usize = 50;

/// Where probes leave and where they come back.
#[derive(Debug)]
pub struct Errand<'a> {
    pub imap: &'a ServerConfig,
    pub smtp: &'a ServerConfig,
    pub limits: ImapLimits,
    pub provider: Option<&'a Provider>,
    /// Folders in which mail arrives; where `after` moves it to.
    pub folders: Vec<String>,
    /// How long probes are waited for.
    pub wait: Duration,
    /// A running desk may take a probe before it is found: its name there, and its store.
    pub desk: Option<(&'a str, &'a Store)>,
}

/// A folder that is looked at.
#[derive(Debug)]
struct Watched {
    name: String,
    /// The first UID that may be one of ours.
    from: u32,
    /// Mails arrive in it; else it is the one for sent mail, which holds copies.
    arrives: bool,
    looked_at: BTreeSet<u32>,
    ours: BTreeSet<u32>,
}

/// What came of an errand.
#[derive(Debug, Default)]
pub struct Outcome {
    pub trips: Vec<Trip>,
    /// The plain probe as it lay in the mailbox, for a check of its signatures.
    pub plain_bytes: Option<Vec<u8>>,
    /// Mails of ours that could not be removed.
    pub left: usize,
    /// The server's folder for junk in which a probe arrived.
    pub in_junk: bool,
}

impl Errand<'_> {
    /// Sends a probe for each question and waits for all that the relay took.
    ///
    /// # Errors
    /// When a server cannot be used at all.
    pub async fn run(&self, plan: &Plan<'_>, questions: &[Question]) -> Result<Outcome, Refused> {
        let broken = |why: ImapError| login::explained(&why.to_string(), self.provider);
        let first = self.folders.first().map_or("INBOX", String::as_str);
        let mut session = login::imap(self.imap, &self.limits, first, self.provider).await?;
        let SpecialFolders { sent, junk, trash } = session.special_folders().await.map_err(broken)?;
        let mut watched = Vec::new();
        for name in self.folders.iter().cloned().chain(junk.clone()) {
            watched.extend(begin(&mut session, name, true).await.map_err(broken)?);
        }
        if let Some(name) = sent {
            watched.extend(begin(&mut session, name, false).await.map_err(broken)?);
        }
        let begun_at = edge::now();
        let probes = questions.iter().filter_map(|q| plan.probe(*q, &HEXLOWER.encode(&edge::random::<16>())));
        let mut outcome = Outcome { trips: self.send(probes.collect()).await?, ..Outcome::default() };
        let mut search = Search { watched, junk, outcome: &mut outcome };
        search.wait(&mut session, self.wait).await.map_err(broken)?;
        if let Some((mailbox, store)) = self.desk {
            search.ask_desk(mailbox, store, begun_at).await;
        }
        let gmail_trash = trash.filter(|_| session.has("X-GM-EXT-1"));
        search.remove(&mut session, gmail_trash).await;
        session.logout().await;
        Ok(outcome)
    }

    async fn send(&self, probes: Vec<Probe>) -> Result<Vec<Trip>, Refused> {
        let mut trips = Vec::with_capacity(probes.len());
        let mut open: Option<Connection> = None;
        for probe in probes {
            let mut connection = match open.take().filter(Connection::usable) {
                Some(connection) => connection,
                None => {
                    let hello =
                        probe.mail.from.address.rsplit_once('@').map_or("localhost", |(_, host)| host);
                    login::smtp(self.smtp, hello, &deadlines(self.wait), self.provider).await?
                }
            };
            let bytes = compose(&probe.mail, &[]);
            let verdict = connection.send(probe.envelope_from.as_deref(), &probe.to, &bytes).await;
            trips.push(Trip { probe, handed: handed(verdict), returned: None, bounced: None });
            open = Some(connection);
        }
        if let Some(connection) = open {
            connection.quit().await;
        }
        Ok(trips)
    }

    /// Headers of the newest mails in the first folder that holds any, as read.
    ///
    /// # Errors
    /// When the server cannot be used.
    pub async fn older_mails(&self) -> Result<Vec<Reading>, Refused> {
        let broken = |why: ImapError| login::explained(&why.to_string(), self.provider);
        let first = self.folders.first().map_or("INBOX", String::as_str);
        let mut session = login::imap(self.imap, &self.limits, first, self.provider).await?;
        let mut there = session.uids_from(1).await.map_err(broken)?;
        for folder in self.folders.iter().skip(1) {
            if there.is_empty() && session.select(folder).await.is_ok() {
                there = session.uids_from(1).await.map_err(broken)?;
            }
        }
        let mut readings = Vec::new();
        for uid in there.iter().rev().take(OLDER_MAX) {
            // A mail that vanished meanwhile is no reason to stop.
            let Ok(header) = session.fetch_header(*uid, 64 << 10).await else { break };
            readings.extend(read_once(header.bytes, ReadPolicy::default()).ok());
        }
        session.logout().await;
        Ok(readings)
    }
}

fn deadlines(wait: Duration) -> Deadlines {
    Deadlines { command: wait, content: wait, ..Deadlines::default() }
}

fn handed(verdict: Verdict) -> Handed {
    let coded = |code: Option<u16>, words: String| {
        code.map_or_else(|| words.clone(), |code| format!("{code} {words}"))
    };
    match verdict {
        Verdict::Accepted { .. } => Handed::Accepted,
        Verdict::Permanent { code, words } => Handed::Refused(coded(code, words)),
        Verdict::Operator { code, words } => Handed::Refused(format!("{code} {words}")),
        Verdict::Temporary { code, words } => Handed::Unclear(coded(code, words)),
        Verdict::Unknown { why } | Verdict::NotTried { why } => Handed::Unclear(why),
    }
}

/// A folder from now on; `None` when it cannot be opened.
async fn begin(session: &mut Session, name: String, arrives: bool) -> Result<Option<Watched>, ImapError> {
    let selected = match session.select(&name).await {
        Ok(selected) => selected,
        Err(why) if session.is_dead() => return Err(why),
        Err(_) => return Ok(None),
    };
    let from = match selected.uid_next {
        Some(next) => next,
        None => session.uids_from(1).await?.last().map_or(1, |last| last.saturating_add(1)),
    };
    Ok(Some(Watched { name, from, arrives, looked_at: BTreeSet::new(), ours: BTreeSet::new() }))
}

struct Search<'a> {
    watched: Vec<Watched>,
    junk: Option<String>,
    outcome: &'a mut Outcome,
}

impl Search<'_> {
    /// Looks until everything that was taken is seen, or the time is over.
    async fn wait(&mut self, session: &mut Session, wait: Duration) -> Result<(), ImapError> {
        let deadline = Instant::now() + wait;
        loop {
            for at in 0..self.watched.len() {
                self.look(session, at).await?;
            }
            if self.is_complete() || Instant::now() >= deadline {
                return Ok(());
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    fn is_complete(&self) -> bool {
        self.outcome.trips.iter().all(|trip| {
            matches!(trip.handed, Handed::Refused(_)) || trip.returned.is_some() || trip.bounced.is_some()
        })
    }

    async fn look(&mut self, session: &mut Session, at: usize) -> Result<(), ImapError> {
        let Some(folder) = self.watched.get_mut(at) else { return Ok(()) };
        session.select(&folder.name).await?;
        let there = session.uids_from(folder.from).await?;
        let new: Vec<u32> =
            there.into_iter().filter(|uid| !folder.looked_at.contains(uid)).take(MAILS_MAX).collect();
        let sizes = session.sizes(&new).await?;
        folder.looked_at.extend(&new);
        let small: Vec<u32> = sizes
            .iter()
            .filter(|(_, listed)| listed.size_bytes <= MAIL_BYTES_MAX)
            .map(|(uid, _)| *uid)
            .collect();
        let fetched = session.fetch(&small).await?;
        let arrives = folder.arrives;
        let in_junk = arrives && self.junk.as_ref() == Some(&folder.name);
        let mut ours = BTreeSet::new();
        for mail in fetched {
            if note(self.outcome, &mail.bytes, arrives) {
                ours.insert(mail.uid);
                self.outcome.in_junk |= in_junk;
            }
        }
        if let Some(folder) = self.watched.get_mut(at) {
            folder.ours.extend(ours);
        }
        Ok(())
    }

    /// A desk that deletes or moves what it took may have been faster than we: its store holds the mails.
    async fn ask_desk(&mut self, mailbox: &str, store: &Store, since: jiff::Timestamp) {
        if self.is_complete() {
            return;
        }
        // Whatever keeps the store from answering leaves the probe "not seen", which is said.
        for bytes in store.ignored_since(mailbox, since).await.unwrap_or_default() {
            note(self.outcome, &bytes, true);
        }
    }

    async fn remove(&mut self, session: &mut Session, trash: Option<String>) {
        // Gmail only archives what is expunged from INBOX, and deletes what is in its bin.
        let after = trash.map_or(After::Delete, After::Move);
        for at in 0..self.watched.len() {
            // A copy may have been filed, or a desk may have moved a mail, since the last look.
            let _ = self.look(session, at).await;
            let Some(folder) = self.watched.get(at).filter(|folder| !folder.ours.is_empty()) else {
                continue;
            };
            let uids: Vec<u32> = folder.ours.iter().copied().collect();
            let removed = match session.select(&folder.name).await {
                Ok(_) => session.settle(&uids, &after).await,
                Err(why) => Err(why),
            };
            if removed.is_err() || !session.removes_exactly() {
                self.outcome.left += uids.len();
            }
        }
    }
}

/// Files a mail under the probe that it is or reports on; false when it is somebody else's.
fn note(outcome: &mut Outcome, bytes: &[u8], arrives: bool) -> bool {
    let named = |trip: &&mut Trip| contains(bytes, trip.probe.nonce.as_bytes());
    let Some(trip) = outcome.trips.iter_mut().find(named) else { return false };
    let Ok(reading) = read_once(bytes.to_vec(), ReadPolicy::default()) else { return false };
    if let Some(report) = &reading.report {
        let about_ours = report.original_message_id.as_deref() == Some(trip.probe.mail.message_id.as_str());
        if arrives && about_ours && trip.returned.is_none() {
            let words =
                report.recipients.iter().find_map(|r| r.diagnostic.clone().or_else(|| r.status.clone()));
            trip.bounced = Some(words.unwrap_or_else(|| "undeliverable".to_owned()));
        }
        return about_ours;
    }
    // The nonce must stand in the header: a mail that quotes a probe is somebody's.
    let header_end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
    let is_ours = contains(bytes.get(..header_end).unwrap_or_default(), trip.probe.nonce.as_bytes())
        && reading.in_reply_to.is_empty();
    if is_ours && arrives && trip.returned.is_none() {
        if trip.probe.question == Question::Plain {
            outcome.plain_bytes = Some(bytes.to_vec());
        }
        trip.returned = Some(reading);
    }
    is_ours
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len().max(1)).any(|window| window == part)
}

/// The trips by what they asked, the newest of each.
#[must_use]
pub fn newest(trips: Vec<Trip>) -> Vec<Trip> {
    let by_question: BTreeMap<Question, Trip> =
        trips.into_iter().map(|trip| (trip.probe.question, trip)).collect();
    by_question.into_values().collect()
}
