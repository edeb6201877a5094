//! One command, one answer: the collector over the codec.
//!
//! It returns the untagged items **and** the tagged status, holds every wait to a deadline, and is dead from the moment a
//! command begins until its answer is complete. So a call that failed, or was dropped half-way, leaves a wire that refuses
//! everything: no later command can take the leftovers of an earlier one for its answer.
//!
//! Commands are written past the codec, which would print the password at TRACE and offers no way to write a line of its
//! `Client` without swallowing the answer; it is used for reading alone.

use std::{io, panic::AssertUnwindSafe, time::Duration};

use async_imap::Client;
use futures::FutureExt;
use tokio::{
    io::AsyncWriteExt,
    time::{Instant, timeout_at},
};

use super::{
    ImapError, ImapLimits,
    answer::{Answer, Item, Status, items_of},
    guard::{Allowance, Guard, Refused},
    syntax::clean_words,
};
use crate::net::Stream;

/// What a command's answer may weigh, for the guard and the deadline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expect {
    /// The largest literal, bytes.
    pub literal_bytes: u64,
    /// All literals together, bytes.
    pub body_bytes: u64,
    /// Untagged responses of use; as many again and 1,000 may come unasked.
    pub responses: u32,
    pub line_bytes: usize,
    /// An untagged response that is let through for this command alone.
    pub asked: Option<&'static str>,
}

impl Expect {
    /// Short lines only.
    pub(super) const SHORT: Self =
        Self { literal_bytes: 4096, body_bytes: 0, responses: 0, line_bytes: 64 << 10, asked: None };

    const fn allowance(self) -> Allowance {
        let responses_max = self.responses.saturating_mul(2).saturating_add(1000);
        Allowance {
            literal_bytes_max: self.literal_bytes,
            line_bytes_max: self.line_bytes,
            responses_max,
            asked: self.asked,
            total_bytes_max: self
                .body_bytes
                .saturating_add(2 * self.line_bytes as u64)
                .saturating_add(1024 * responses_max as u64),
        }
    }
}

/// The connection and the codec on it.
#[derive(Debug)]
pub(super) struct Wire {
    client: Client<Guard<Stream>>,
    limits: ImapLimits,
    dead: bool,
    commands_sent: u64,
}

impl Wire {
    pub(super) fn new(stream: Stream, limits: ImapLimits) -> Self {
        let guard = Guard::new(stream, Expect::SHORT.allowance());
        Self { client: Client::new(guard), limits, dead: false, commands_sent: 0 }
    }

    /// The stream underneath, for STARTTLS.
    pub(super) fn into_quiet_stream(self) -> Result<Stream, ImapError> {
        self.client.into_inner().into_quiet().ok_or_else(|| {
            ImapError::doubt(
                "data was sent between STARTTLS and TLS, as by somebody on the way; no password was sent",
            )
        })
    }

    pub(super) const fn is_dead(&self) -> bool {
        self.dead
    }

    pub(super) const fn kill(&mut self) {
        self.dead = true;
    }

    fn begin(&mut self, expect: Expect) -> Result<Instant, ImapError> {
        if self.dead {
            return Err(ImapError::Temporary("the IMAP connection is closed".to_owned()));
        }
        self.dead = true;
        self.client.get_mut().allow(expect.allowance());
        let transfer = Duration::from_secs(expect.body_bytes / self.limits.bytes_per_second_min.max(1));
        Ok(Instant::now() + self.limits.command_timeout.saturating_add(transfer))
    }

    /// The greeting: untagged, so it has no command.
    pub(super) async fn greeting(&mut self) -> Result<Vec<Item>, ImapError> {
        let deadline = self.begin(Expect::SHORT)?;
        let mut items = Vec::new();
        if self.read_into(&mut items, deadline).await?.is_some() {
            return Err(ImapError::doubt("it began with a tagged line instead of a greeting"));
        }
        self.dead = false;
        Ok(items)
    }

    /// Runs one command to its tagged status. `text` holds no line break.
    pub(super) async fn command(&mut self, text: &str, expect: Expect) -> Result<Answer, ImapError> {
        let deadline = self.begin(expect)?;
        let tag = self.send(text, deadline).await?;
        self.collect(&tag, deadline, Vec::new()).await
    }

    /// Runs one command up to the server's continuation; the inner `Err` is the answer when the server declined.
    pub(super) async fn command_until_continue(
        &mut self,
        text: &str,
    ) -> Result<Result<Pending, Answer>, ImapError> {
        let deadline = self.begin(Expect::SHORT)?;
        let tag = self.send(text, deadline).await?;
        let mut items = Vec::new();
        loop {
            if let Some((_, status, words)) = self.read_tagged(&tag, &mut items, deadline).await? {
                self.dead = false;
                return Ok(Err(Answer { status, words, items }));
            }
            if items.iter().any(|item| matches!(item, Item::Continue)) {
                return Ok(Ok(Pending { tag, items }));
            }
        }
    }

    /// The next responses of a pending command, within `wait`; false when nothing came.
    pub(super) async fn next_within(
        &mut self,
        pending: &mut Pending,
        wait: Duration,
    ) -> Result<bool, ImapError> {
        match timeout_at(Instant::now() + wait, self.read(&mut pending.items)).await {
            Err(_) => Ok(false),
            Ok(Err(why)) => Err(why),
            Ok(Ok(None)) => Ok(true),
            Ok(Ok(Some(_))) => Err(ImapError::doubt("it ended IDLE by itself")),
        }
    }

    /// Ends a pending command by `line` (a line, or a message of any size) and collects the rest of its answer.
    pub(super) async fn finish(&mut self, pending: Pending, line: &[u8]) -> Result<Answer, ImapError> {
        self.client.get_mut().allow(Expect::SHORT.allowance());
        let bytes = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let transfer = Duration::from_secs(bytes / self.limits.bytes_per_second_min.max(1));
        let deadline = Instant::now() + self.limits.command_timeout.saturating_add(transfer);
        self.write(line, deadline).await?;
        self.collect(&pending.tag, deadline, pending.items).await
    }

    /// Runs one command of two lines: the second follows when the server asks for it (RFC 3501 section 6.2.2).
    pub(super) async fn command_in_two(&mut self, text: &str, second: &str) -> Result<Answer, ImapError> {
        match self.command_until_continue(text).await? {
            Ok(pending) => self.finish(pending, format!("{second}\r\n").as_bytes()).await,
            Err(declined) => Ok(declined),
        }
    }

    async fn send(&mut self, text: &str, deadline: Instant) -> Result<String, ImapError> {
        self.commands_sent += 1;
        let tag = format!("M{:04}", self.commands_sent);
        self.write(format!("{tag} {text}\r\n").as_bytes(), deadline).await?;
        Ok(tag)
    }

    async fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ImapError> {
        let guard = self.client.get_mut();
        let writing = async {
            guard.write_all(bytes).await?;
            guard.flush().await
        };
        match timeout_at(deadline, writing).await {
            Ok(result) => result.map_err(|why| broken(&why)),
            Err(_) => Err(stalled()),
        }
    }

    async fn collect(
        &mut self,
        tag: &str,
        deadline: Instant,
        mut items: Vec<Item>,
    ) -> Result<Answer, ImapError> {
        loop {
            if let Some((_, status, words)) = self.read_tagged(tag, &mut items, deadline).await? {
                // A server that says BYE closes the connection, so nothing may be sent on it any more.
                self.dead = items.iter().any(|item| matches!(item, Item::Bye(_)));
                return Ok(Answer { status, words, items });
            }
        }
    }

    async fn read_tagged(
        &mut self,
        tag: &str,
        items: &mut Vec<Item>,
        deadline: Instant,
    ) -> Result<Option<(String, Status, String)>, ImapError> {
        let done = self.read_into(items, deadline).await?;
        if done.as_ref().is_some_and(|(received, ..)| received != tag) {
            return Err(ImapError::doubt("it answered a command that was not given"));
        }
        Ok(done)
    }

    async fn read_into(
        &mut self,
        items: &mut Vec<Item>,
        deadline: Instant,
    ) -> Result<Option<(String, Status, String)>, ImapError> {
        loop {
            let before = self.client.get_ref().total();
            let until = deadline.min(Instant::now() + self.limits.response_timeout);
            if let Ok(result) = timeout_at(until, self.read(items)).await {
                return result;
            }
            // A large message on a slow line is no stall as long as it keeps coming.
            let came = self.client.get_ref().total().saturating_sub(before);
            let patience_ms = u64::try_from(self.limits.response_timeout.as_millis()).unwrap_or(u64::MAX);
            let least = patience_ms.saturating_mul(self.limits.bytes_per_second_min).div_ceil(1000).max(1);
            if Instant::now() >= deadline || came < least {
                return Err(stalled());
            }
        }
    }

    /// Reads one response. The parser can panic (INTERNALDATE NIL; a response code directly followed by a letter outside
    /// ASCII), which must not end the task.
    async fn read(&mut self, items: &mut Vec<Item>) -> Result<Option<(String, Status, String)>, ImapError> {
        match AssertUnwindSafe(self.client.read_response()).catch_unwind().await {
            Ok(Ok(Some(response))) => Ok(items_of(response.parsed(), items)),
            Ok(Ok(None)) => Err(match items.iter().find_map(bye) {
                Some(words) => {
                    ImapError::Temporary(format!("the IMAP server closed the connection: {words}"))
                }
                None => ImapError::Temporary("the IMAP server closed the connection".to_owned()),
            }),
            Ok(Err(why)) => Err(broken(&why)),
            Err(_) => Err(ImapError::doubt("a line that the parser cannot bear")),
        }
    }
}

/// A command that the server is still executing.
#[derive(Debug)]
pub(super) struct Pending {
    tag: String,
    pub items: Vec<Item>,
}

fn bye(item: &Item) -> Option<&str> {
    match item {
        Item::Bye(words) => Some(words),
        _ => None,
    }
}

fn stalled() -> ImapError {
    ImapError::Temporary("the IMAP server did not answer in time".to_owned())
}

/// The codec's errors quote what they could not parse, which may be mail: only their kind is told.
fn broken(why: &io::Error) -> ImapError {
    if let Some(refused) = why.get_ref().and_then(|inner| inner.downcast_ref::<Refused>()) {
        return match refused {
            Refused::Literal { announced, allowed } => {
                ImapError::TooLarge { announced_bytes: *announced, allowed_bytes: *allowed }
            }
            Refused::Line(_)
            | Refused::Flood(_)
            | Refused::Total(_)
            | Refused::Nesting
            | Refused::BareLineFeed => ImapError::doubt(refused.to_string()),
        };
    }
    match why.kind() {
        io::ErrorKind::Other | io::ErrorKind::InvalidData => ImapError::doubt("a line that is no IMAP"),
        kind => {
            ImapError::Temporary(format!("the IMAP connection broke: {}", clean_words(&kind.to_string())))
        }
    }
}
