//! One batch of claimed rows: sent in their order, results written in groups.
//!
//! Invariant: every row of the batch gets a result, whatever happens on the way.

use std::{collections::VecDeque, pin::pin, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    select,
    time::{Instant, sleep, sleep_until},
};
use tracing::{error, info, warn};

use super::{
    OutboxHealth,
    attempt::{failed, result, returned},
    letter::{self, LetterError},
    worker::{OutboxWorker, STORE_AGAIN},
};
use crate::{
    edge,
    smtp::{Connection, Verdict},
    store::{OutboxResult, OutboxRow, OutboxState, StoreError},
};

/// Results are written when there are so many, or the oldest is this old, or the batch ends.
const GROUP_RESULTS: usize = 20;
const GROUP_AGE: Duration = Duration::from_millis(200);
/// How long a stop waits for the transaction under way, and again for the store.
const DRAIN: Duration = Duration::from_secs(8);
/// So many conversations that end in doubt, without one mail taken, are the server's trouble and not the mails'.
const BARREN_MAX: u32 = 3;

/// How long a server that refused bounce addresses is not asked again.
const PLAIN_SENDER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Results that are not written yet.
struct Results {
    rows: Vec<OutboxResult>,
    write_at: Instant,
}

impl Results {
    fn push(&mut self, result: OutboxResult) {
        if self.rows.is_empty() {
            self.write_at = Instant::now() + GROUP_AGE;
        }
        self.rows.push(result);
    }
}

impl<H: Fn(OutboxHealth) + Send + Sync> OutboxWorker<H> {
    /// Sends these rows, in this order, as far as the server and `stop` allow.
    pub(super) async fn deliver(&mut self, rows: Vec<OutboxRow>) {
        let mut queue = VecDeque::from(rows);
        let mut results = Results { rows: Vec::new(), write_at: Instant::now() };
        while let Some(row) = queue.pop_front() {
            if let Some(not_now) = self.not_now(&row) {
                results.push(not_now);
                continue;
            }
            let bytes = match letter::bytes(&self.store, &row).await {
                Ok(bytes) => bytes,
                Err(why) => {
                    results.push(self.without_bytes(&row, why));
                    continue;
                }
            };
            self.expect_conversation(bytes.len());
            if !self.connect().await {
                queue.push_front(row);
                continue;
            }
            let begun = Instant::now();
            let mut verdict = self.send(&row, &bytes, &mut results).await;
            if self.is_marked(&row) && verdict.may_blame_sender() {
                verdict = self.send_plainly(&row, &bytes, &mut results, verdict).await;
            }
            self.learn(&row, &verdict);
            if matches!(verdict, Verdict::NotTried { .. }) && !self.stop.is_cancelled() {
                // The kept connection had ended: a fresh one cannot give this verdict, so the row goes round once only.
                queue.push_front(row);
                continue;
            }
            let result = result(&row, &verdict, edge::now());
            log(&row, &result, begun.elapsed());
            results.push(result);
            if results.rows.len() >= GROUP_RESULTS || results.write_at <= Instant::now() {
                self.write(&mut results).await;
            }
        }
        self.write(&mut results).await;
    }

    /// A row that is not to be tried now goes back as it is.
    fn not_now(&self, row: &OutboxRow) -> Option<OutboxResult> {
        let now = edge::now();
        if self.stop.is_cancelled() {
            return Some(returned(row, now, "the daemon stopped before it was tried".to_owned()));
        }
        if !self.store.holds(&self.mailbox.name) {
            return Some(returned(row, now, "another daemon may work the mailbox by now".to_owned()));
        }
        let again_at = now.checked_add(self.backing_off()?).unwrap_or(now);
        Some(returned(row, again_at, "waits for the SMTP server".to_owned()))
    }

    fn without_bytes(&mut self, row: &OutboxRow, why: LetterError) -> OutboxResult {
        match why {
            LetterError::File(detail) => {
                warn!(outbox = %row.id, "a mail cannot leave: {detail}");
                failed(row, detail)
            }
            LetterError::Store(why) => {
                self.note_store_error(&why);
                let now = edge::now();
                returned(
                    row,
                    now.checked_add(STORE_AGAIN).unwrap_or(now),
                    "its files could not be read now".to_owned(),
                )
            }
        }
    }

    /// Whether the mail would leave under a bounce address.
    fn is_marked(&self, row: &OutboxRow) -> bool {
        let plain = self.plain_until.is_some_and(|until| edge::now() < until);
        !plain && row.envelope_from.as_ref().is_some_and(|from| *from != self.mailbox.address)
    }

    /// The envelope sender of a row, as far as the server takes it.
    fn envelope_from(&self, row: &OutboxRow) -> Option<String> {
        if self.is_marked(row) {
            row.envelope_from.clone()
        } else {
            row.envelope_from.as_ref().map(|_| self.mailbox.address.clone())
        }
    }

    /// The same mail under the mailbox's own address, where the server may have refused the bounce address alone: whoever has
    /// logged in may often send as themselves only. That it did is remembered, so that it costs one transaction a week.
    async fn send_plainly(
        &mut self,
        row: &OutboxRow,
        bytes: &[u8],
        results: &mut Results,
        refused: Verdict,
    ) -> Verdict {
        self.expect_conversation(bytes.len());
        if self.stop.is_cancelled() || !self.connect().await {
            return refused;
        }
        let until = edge::now().checked_add(PLAIN_SENDER).unwrap_or(Timestamp::MAX);
        self.plain_until = Some(until);
        let verdict = self.send(row, bytes, results).await;
        if !matches!(verdict, Verdict::Accepted { .. }) {
            self.plain_until = None;
            return if matches!(verdict, Verdict::NotTried { .. }) { refused } else { verdict };
        }
        warn!(
            mailbox = %self.mailbox.name,
            "the SMTP server takes no subaddress as envelope sender: mail leaves under the mailbox's own \
             (envelope_from = \"address\" under [mailbox.smtp] says so for good)"
        );
        if let Err(why) = self.store.set_plain_sender(&self.mailbox.name, until).await {
            self.note_store_error(&why);
        }
        verdict
    }

    /// One transaction. Results that grow old meanwhile are written meanwhile.
    async fn send(&mut self, row: &OutboxRow, bytes: &[u8], results: &mut Results) -> Verdict {
        let Some(mut connection) = self.connection.take() else {
            return Verdict::NotTried { why: "no connection".to_owned() };
        };
        let (stop, sender) = (self.stop.clone(), self.envelope_from(row));
        let verdict = {
            let mut sending = pin!(connection.send(sender.as_deref(), &row.recipient, bytes));
            let mut drained = pin!(async {
                stop.cancelled().await;
                sleep(DRAIN).await;
            });
            loop {
                select! {
                    biased;
                    verdict = &mut sending => break verdict,
                    () = sleep_until(results.write_at), if !results.rows.is_empty() => self.write(results).await,
                    () = &mut drained => {
                        break Verdict::Unknown { why: "the daemon stopped in the middle of the transaction".to_owned() };
                    }
                }
            }
        };
        self.connection = Some(connection).filter(Connection::usable);
        verdict
    }

    /// What a verdict tells of the server.
    fn learn(&mut self, row: &OutboxRow, verdict: &Verdict) {
        let null_sender = row.envelope_from.is_none();
        match verdict {
            Verdict::Accepted { .. } => {
                self.note_sender(null_sender, None);
                self.recovered();
            }
            Verdict::Operator { words, .. } => {
                self.note_sender(null_sender, Some(words.clone()));
                self.recovered();
            }
            Verdict::Permanent { code: None, .. } | Verdict::NotTried { .. } => {}
            Verdict::Permanent { words, .. }
            | Verdict::Temporary { words, .. }
            | Verdict::Unknown { why: words } => {
                if self.connection.is_some() {
                    self.recovered();
                } else {
                    self.barren = self.barren.saturating_add(1);
                    if self.barren >= BARREN_MAX {
                        self.back_off(&format!("the SMTP server ends every conversation: {words}"), false);
                    }
                }
            }
        }
    }

    /// Writes results down, again and again: what was sent and is not known as sent goes twice. A group that the store
    /// refuses is written one by one, so that one bad row costs only itself.
    async fn write(&mut self, results: &mut Results) {
        let rows = &mut results.rows;
        let (mut group, mut give_up_at) = (rows.len(), None);
        while !rows.is_empty() {
            self.expect_store();
            group = group.clamp(1, rows.len());
            match self
                .store
                .finish_outbox(&self.mailbox.name, rows.get(..group).unwrap_or_default(), edge::now())
                .await
            {
                Ok(()) => {
                    self.failures |= rows.drain(..group).any(|row| row.state == OutboxState::Failed);
                }
                Err(why @ (StoreError::Temporary(_) | StoreError::Operator(_))) => {
                    self.note_store_error(&why);
                    let at = *give_up_at.get_or_insert_with(|| Instant::now() + DRAIN);
                    if !self.stop.is_cancelled() {
                        give_up_at = None;
                    } else if Instant::now() >= at {
                        error!(rows = ?ids(rows), "results could not be written: these mails may go twice");
                        rows.clear();
                    }
                    sleep(STORE_AGAIN).await;
                }
                Err(StoreError::Refused(_) | StoreError::Conflict(_)) if group > 1 => group = 1,
                Err(why @ (StoreError::Refused(_) | StoreError::Conflict(_))) => {
                    let refused = rows.drain(..group).collect::<Vec<_>>();
                    error!(rows = ?ids(&refused), "a result cannot be written, the mail may go twice: {why}");
                }
            }
        }
    }
}

fn ids(results: &[OutboxResult]) -> Vec<i64> {
    results.iter().map(|result| result.id.0).collect()
}

/// One line an attempt; the details hold no addresses ([`crate::smtp::Verdict`]).
fn log(row: &OutboxRow, result: &OutboxResult, took: Duration) {
    let ticket = row.ticket.map(|ticket| ticket.0);
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let message_id = &row.mail.message_id;
    match result.state {
        OutboxState::Sent => {
            info!(outbox = %row.id, ticket, %message_id, millis, attempts = row.attempts, "mail sent")
        }
        OutboxState::Failed => {
            warn!(outbox = %row.id, ticket, %message_id, attempts = row.attempts, "mail failed: {}", result.detail);
        }
        state => info!(
            outbox = %row.id, ticket, %message_id, attempts = row.attempts, ?state, next_at = ?result.next_at.map(|at| at.to_string()),
            "mail not sent yet: {}", result.detail
        ),
    }
}
