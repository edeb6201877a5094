//! The guard in the stream under the codec: it refuses what the codec would choke on, before memory is taken for it.
//!
//! The codec allocates any announced literal up to 512 MiB, parses nested lists recursively (64 kB of `(` overflow the
//! stack) and fails on untagged lines that it does not know. So the guard cuts the server's bytes into responses, counts
//! them against an [`Allowance`], drops untagged responses that maildesk never asks for, and hands on at most one response a
//! read. Because of the last, bytes that follow a response stay here, and [`Guard::into_quiet`] sees data that was injected
//! before TLS. It must not know what any response means.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const READ_BYTES: usize = 16 << 10;
/// What maildesk asks for nests two deep.
const NESTING_MAX: usize = 16;

/// What the answer to one command may bring.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    pub literal_bytes_max: u64,
    pub line_bytes_max: usize,
    pub responses_max: u32,
    pub total_bytes_max: u64,
    /// The untagged response besides the usual ones that this command asks for: `LIST`, `STATUS`.
    pub asked: Option<&'static str>,
}

/// The server sent more, or other, than the guard lets through. Travels inside [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("a literal of {announced} bytes is announced where at most {allowed} were expected")]
    Literal { announced: u64, allowed: u64 },
    #[error("a line is longer than {0} bytes")]
    Line(usize),
    #[error("more than {0} responses to one command")]
    Flood(u32),
    #[error("more than {0} bytes in answer to one command")]
    Total(u64),
    #[error("lists are nested deeper than {NESTING_MAX}")]
    Nesting,
    #[error("a line ends without CR")]
    BareLineFeed,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Between responses.
    Start,
    /// Inside a response that is handed on or not, at a line of its text.
    Text { hand_on: bool },
    /// Inside a literal.
    Literal { hand_on: bool, left: u64 },
}

/// An `AsyncRead + AsyncWrite` around the connection.
#[derive(Debug)]
pub(super) struct Guard<S> {
    inner: S,
    allowance: Allowance,
    responses: u32,
    total: u64,
    /// Received, not yet looked at: `raw[raw_at..]`.
    raw: Vec<u8>,
    raw_at: usize,
    /// The line that is being received.
    line: Vec<u8>,
    nesting: usize,
    state: State,
    /// Looked at, not yet read by the codec: `out[out_at..]`.
    out: Vec<u8>,
    out_at: usize,
}

impl<S> Guard<S> {
    pub(super) const fn new(inner: S, allowance: Allowance) -> Self {
        Self {
            inner,
            allowance,
            responses: 0,
            total: 0,
            raw: Vec::new(),
            raw_at: 0,
            line: Vec::new(),
            nesting: 0,
            state: State::Start,
            out: Vec::new(),
            out_at: 0,
        }
    }

    /// A new command begins: counting starts again under its allowance.
    pub(super) const fn allow(&mut self, allowance: Allowance) {
        self.allowance = allowance;
        self.responses = 0;
        self.total = 0;
    }

    /// Bytes received since the command began.
    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// The connection itself, if nothing was received beyond the last response; `None` if something was.
    pub(super) fn into_quiet(self) -> Option<S> {
        let quiet = self.raw_at >= self.raw.len() && self.line.is_empty() && self.out_at >= self.out.len();
        (quiet && matches!(self.state, State::Start)).then_some(self.inner)
    }

    /// Moves one piece (a line, or a stretch of a literal) from `raw` to `out`; false when `raw` is used up.
    fn advance(&mut self) -> Result<bool, Refused> {
        let fresh = self.raw.get(self.raw_at..).unwrap_or_default();
        if fresh.is_empty() {
            return Ok(false);
        }
        if let State::Literal { hand_on, left } = self.state {
            let length = fresh.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let piece = fresh.get(..length).unwrap_or_default();
            if hand_on {
                self.out.extend_from_slice(piece);
            }
            self.raw_at += length;
            let left = left - length as u64;
            self.state = if left == 0 { State::Text { hand_on } } else { State::Literal { hand_on, left } };
            return Ok(true);
        }
        let end = fresh.iter().position(|byte| *byte == b'\n').map_or(fresh.len(), |at| at + 1);
        let piece = fresh.get(..end).unwrap_or_default();
        if self.line.len() + piece.len() > self.allowance.line_bytes_max {
            return Err(Refused::Line(self.allowance.line_bytes_max));
        }
        self.line.extend_from_slice(piece);
        self.raw_at += end;
        if self.line.ends_with(b"\n") {
            self.end_line()?;
        }
        Ok(true)
    }

    fn end_line(&mut self) -> Result<(), Refused> {
        if !self.line.ends_with(b"\r\n") {
            return Err(Refused::BareLineFeed);
        }
        let kind = match self.state {
            State::Start => {
                self.responses += 1;
                if self.responses > self.allowance.responses_max {
                    return Err(Refused::Flood(self.allowance.responses_max));
                }
                self.nesting = 0;
                Kind::of(&self.line, self.allowance.asked)
            }
            // Only responses that may hold literals get here, and the first line decided whether they are handed on.
            State::Text { hand_on } | State::Literal { hand_on, .. } => {
                if hand_on {
                    Kind::Fetch
                } else {
                    Kind::Unasked
                }
            }
        };
        let hand_on = !matches!(kind, Kind::Unasked);
        self.state = match kind {
            // Status text and numbers are never literals, whatever they end in.
            Kind::Status => State::Start,
            Kind::Fetch | Kind::Unasked => {
                self.nesting = nesting_after(&self.line, self.nesting)?;
                match literal_announced(&self.line) {
                    Some(announced) => {
                        let allowed = self.allowance.literal_bytes_max;
                        if announced > allowed {
                            return Err(Refused::Literal { announced, allowed });
                        }
                        if announced == 0 {
                            State::Text { hand_on }
                        } else {
                            State::Literal { hand_on, left: announced }
                        }
                    }
                    None => State::Start,
                }
            }
        };
        if hand_on {
            self.out.extend_from_slice(&self.line);
        }
        self.line.clear();
        Ok(())
    }

    fn received(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.total = self.total.saturating_add(bytes.len() as u64);
        if self.total > self.allowance.total_bytes_max {
            return Err(Refused::Total(self.allowance.total_bytes_max));
        }
        self.raw.clear();
        self.raw_at = 0;
        self.raw.extend_from_slice(bytes);
        Ok(())
    }
}

/// What a response's first line makes of it.
enum Kind {
    /// Read to the end of the line.
    Status,
    /// May hold literals.
    Fetch,
    /// Never asked for by us, or unknown: not handed on.
    Unasked,
}

impl Kind {
    fn of(line: &[u8], asked: Option<&str>) -> Self {
        let Some(rest) = line.strip_prefix(b"* ") else { return Self::Status };
        let mut words = rest.split(|byte| matches!(byte, b' ' | b'\r' | b'\n'));
        let first = words.next().unwrap_or_default();
        if first.iter().all(u8::is_ascii_digit) {
            return match words.next().unwrap_or_default() {
                word if word.eq_ignore_ascii_case(b"FETCH") => Self::Fetch,
                word if is_one_of(word, &[b"EXISTS", b"EXPUNGE"]) => Self::Status,
                _ => Self::Unasked,
            };
        }
        if is_one_of(first, &[b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH", b"CAPABILITY", b"SEARCH"]) {
            Self::Status
        } else if asked.is_some_and(|asked| first.eq_ignore_ascii_case(asked.as_bytes())) {
            // A folder's name may be a literal.
            Self::Fetch
        } else {
            Self::Unasked
        }
    }
}

fn is_one_of(word: &[u8], known: &[&[u8]]) -> bool {
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The length in `{123}` at the end of a line.
fn literal_announced(line: &[u8]) -> Option<u64> {
    let text = line.strip_suffix(b"}\r\n")?;
    let open = text.iter().rposition(|byte| *byte == b'{')?;
    let digits = text.get(open + 1..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // More digits than a u64 holds are too many bytes too.
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX))
}

/// The depth of lists at the end of a line that began at `depth`; what stands in quotes does not count.
fn nesting_after(line: &[u8], mut depth: usize) -> Result<usize, Refused> {
    let (mut in_quotes, mut escaped) = (false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_quotes => escaped = true,
            b'"' => in_quotes = !in_quotes,
            b'(' if !in_quotes => depth += 1,
            b')' if !in_quotes => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTING_MAX {
            return Err(Refused::Nesting);
        }
    }
    Ok(depth)
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let ready = this.out.get(this.out_at..).unwrap_or_default();
            if !ready.is_empty() {
                let length = ready.len().min(buf.remaining());
                buf.put_slice(ready.get(..length).unwrap_or_default());
                this.out_at += length;
                return Poll::Ready(Ok(()));
            }
            this.out.clear();
            this.out_at = 0;
            if this.advance().map_err(io::Error::other)? {
                continue;
            }
            let mut fresh = [0; READ_BYTES];
            let mut fresh = ReadBuf::new(&mut fresh);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut fresh))?;
            if fresh.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.received(fresh.filled()).map_err(io::Error::other)?;
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    const ALLOWANCE: Allowance = Allowance {
        literal_bytes_max: 100,
        line_bytes_max: 400,
        responses_max: 5,
        total_bytes_max: 2000,
        asked: None,
    };

    async fn through(bytes: &[u8]) -> (Vec<u8>, Option<Refused>) {
        let mut guard = Guard::new(bytes, ALLOWANCE);
        let mut out = Vec::new();
        let refused = guard.read_to_end(&mut out).await.err();
        (out, refused.and_then(|why| why.get_ref()?.downcast_ref().copied()))
    }

    #[tokio::test]
    async fn what_was_asked_for_passes_unchanged() {
        let bytes = b"* 2 EXISTS\r\n* SEARCH 1 2\r\n* 1 FETCH (UID 1 BODY[] {7}\r\n)\r\n{9}\r FLAGS ())\r\nA1 OK {999}\r\n";
        assert_eq!(through(bytes).await, (bytes.to_vec(), None));
    }

    #[tokio::test]
    async fn the_unasked_is_dropped_with_its_literals() {
        let bytes = b"* ESEARCH (TAG \"A1\") UID ALL 1:3\r\n* LIST () \"/\" {12}\r\n* 9 EXISTS\r\n\r\n* RECENT ?\r\n* 1 RECENT\r\nA1 OK\r\n";
        assert_eq!(through(bytes).await, (b"A1 OK\r\n".to_vec(), None));
    }

    #[tokio::test]
    async fn what_is_asked_for_passes_and_nothing_else() {
        let bytes = b"* LIST () \"/\" {4}\r\nSent\r\n* STATUS x (UIDNEXT 1)\r\nA1 OK\r\n";
        let mut guard = Guard::new(bytes.as_slice(), Allowance { asked: Some("LIST"), ..ALLOWANCE });
        let mut out = Vec::new();
        guard.read_to_end(&mut out).await.unwrap();
        assert_eq!(out, b"* LIST () \"/\" {4}\r\nSent\r\nA1 OK\r\n");
    }

    #[tokio::test]
    async fn how_the_bytes_arrive_changes_nothing() {
        let kept = b"* 1 FETCH (UID 1 BODY[] {7}\r\n)\r\n{9}\r FLAGS ())\r\nA1 OK done\r\n";
        let sent = [b"* LIST () \"/\" {2}\r\n\r\n\r\n".as_slice(), kept].concat();
        for stretch in 1..sent.len() {
            let (mut server, client) = tokio::io::duplex(stretch);
            let mut guard = Guard::new(client, ALLOWANCE);
            let mut out = Vec::new();
            let sending = async {
                tokio::io::AsyncWriteExt::write_all(&mut server, &sent).await.unwrap();
                drop(server);
            };
            let ((), received) = tokio::join!(sending, guard.read_to_end(&mut out));
            received.unwrap();
            assert_eq!(out, kept, "in stretches of {stretch} bytes");
        }
    }

    #[tokio::test]
    async fn too_much_is_refused_before_it_is_taken() {
        let literal = |announced| Refused::Literal { announced, allowed: 100 };
        for (bytes, refused) in [
            (b"* 1 FETCH (BODY[] {500000000}\r\nx".to_vec(), literal(500_000_000)),
            (b"* LIST {99999999999999999999999}\r\n".to_vec(), literal(u64::MAX)),
            ([b"* 1 FETCH (".as_slice(), &[b'x'; 400]].concat(), Refused::Line(400)),
            (b"* 1 EXISTS\r\n".repeat(6), Refused::Flood(5)),
            ([b"* 1 FETCH (BODYSTRUCTURE ".as_slice(), &[b'('; 40], b"\r\n"].concat(), Refused::Nesting),
            (b"* 1 EXISTS\n".to_vec(), Refused::BareLineFeed),
        ] {
            assert_eq!(through(&bytes).await.1, Some(refused));
        }
        assert_eq!(Guard::new(&[b'x'; 9000][..], ALLOWANCE).received(&[0; 2001]), Err(Refused::Total(2000)));
    }

    #[tokio::test]
    async fn quotes_hide_parentheses() {
        let bytes = [b"* 1 FETCH (BODY[] \"\\\"".as_slice(), &[b'('; 90], b"\")\r\n"].concat();
        assert_eq!(through(&bytes).await, (bytes, None));
    }

    #[tokio::test]
    async fn a_read_never_crosses_a_response_and_leftovers_are_seen() {
        let mut guard = Guard::new(&b"A1 OK begin TLS\r\nA2 OK injected\r\n"[..], ALLOWANCE);
        let mut piece = [0; 100];
        let length = guard.read(&mut piece).await.unwrap();
        assert_eq!(&piece[..length], b"A1 OK begin TLS\r\n");
        assert!(guard.into_quiet().is_none());
        let mut guard = Guard::new(&b"A1 OK begin TLS\r\n"[..], ALLOWANCE);
        assert_eq!(guard.read(&mut piece).await.unwrap(), 17);
        assert!(guard.into_quiet().is_some());
    }
}
