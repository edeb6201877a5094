//! An IMAP session on one folder (RFC 3501), over plain TCP on loopback.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::{Duration, Instant},
};

use super::Mail;
use crate::{dovecot::Dovecot, process::pause};

/// How long a condition may take to come true: far above what any machine needs, so that only real failures reach it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A logged-in session with one folder selected.
#[derive(Debug)]
pub struct ImapBox {
    stream: BufReader<TcpStream>,
    tag: u32,
    uid_validity: u32,
}

/// One response: its line with literals taken out, and those literals.
struct Response {
    line: String,
    literals: Vec<Vec<u8>>,
}

impl ImapBox {
    /// Logs in and selects the folder.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn open(ip: Ipv4Addr, user: &str, password: &str, folder: &str) -> io::Result<Self> {
        let stream = TcpStream::connect((ip, Dovecot::IMAP))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut session = Self { stream: BufReader::new(stream), tag: 0, uid_validity: 0 };
        session.response()?;
        session.command(&format!("LOGIN \"{user}\" \"{password}\""))?;
        let told = session.command(&format!("SELECT \"{folder}\""))?;
        let validity =
            told.iter().find_map(|r| r.line.split_once("[UIDVALIDITY ")?.1.split(']').next()?.parse().ok());
        session.uid_validity = validity.unwrap_or(0);
        Ok(session)
    }

    /// The selected folder's UIDVALIDITY.
    #[must_use]
    pub const fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// Puts a message into a folder as it is.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn append(&mut self, folder: &str, raw: &[u8]) -> io::Result<()> {
        let tag = self.begin(&format!("APPEND \"{folder}\" {{{}}}", raw.len()))?;
        let invitation = self.response()?;
        if !invitation.line.starts_with('+') {
            return Err(io::Error::other(invitation.line));
        }
        self.stream.get_mut().write_all(raw)?;
        self.stream.get_mut().write_all(b"\r\n")?;
        self.finish(&tag).map(drop)
    }

    /// Moves a message of the selected folder to another one (RFC 6851).
    ///
    /// # Errors
    /// When the server refuses.
    pub fn move_to(&mut self, uid: u32, folder: &str) -> io::Result<()> {
        self.command(&format!("UID MOVE {uid} \"{folder}\"")).map(drop)
    }

    /// All messages of the selected folder, by UID; reading changes no flag.
    ///
    /// # Errors
    /// When the server refuses or the connection ends.
    pub fn messages(&mut self) -> io::Result<Vec<Mail>> {
        // NOOP first: a selected folder's view is renewed between commands only (section 7).
        self.command("NOOP")?;
        let responses = self.command("UID FETCH 1:* (UID FLAGS BODY.PEEK[])")?;
        Ok(responses.into_iter().filter_map(|r| message(&r.line, r.literals)).collect())
    }

    /// Waits until some message satisfies the condition, and returns the first that does.
    ///
    /// # Errors
    /// After a minute, with the subjects of what was there instead.
    pub fn wait_for(&mut self, what: &str, condition: impl Fn(&Mail) -> bool) -> io::Result<Mail> {
        let found = self.wait_until(what, |mails| mails.iter().any(&condition))?;
        found.into_iter().find(condition).ok_or_else(|| io::Error::other("gone again"))
    }

    /// Waits until the messages together satisfy the condition, and returns them.
    ///
    /// # Errors
    /// After a minute, with the subjects of what was there instead.
    pub fn wait_until(&mut self, what: &str, condition: impl Fn(&[Mail]) -> bool) -> io::Result<Vec<Mail>> {
        let end = Instant::now() + PATIENCE;
        loop {
            let mails = self.messages()?;
            if condition(&mails) {
                return Ok(mails);
            }
            if Instant::now() >= end {
                let subjects: Vec<String> = mails.iter().map(Mail::subject).collect();
                return Err(io::Error::other(format!("waited in vain for {what}; there was {subjects:?}")));
            }
            pause();
        }
    }

    /// Runs a command and returns its untagged responses.
    fn command(&mut self, text: &str) -> io::Result<Vec<Response>> {
        let tag = self.begin(text)?;
        self.finish(&tag)
    }

    fn begin(&mut self, text: &str) -> io::Result<String> {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        self.stream.get_mut().write_all(format!("{tag} {text}\r\n").as_bytes())?;
        Ok(tag)
    }

    fn finish(&mut self, tag: &str) -> io::Result<Vec<Response>> {
        let mut untagged = Vec::new();
        loop {
            let response = self.response()?;
            match response.line.strip_prefix(tag).map(str::trim_start) {
                Some(status) if status.starts_with("OK") => return Ok(untagged),
                Some(status) => return Err(io::Error::other(status.to_owned())),
                None => untagged.push(response),
            }
        }
    }

    /// One response line; a `{n}` at the end of a line announces n bytes, after which the line goes on.
    fn response(&mut self) -> io::Result<Response> {
        let mut response = Response { line: String::new(), literals: Vec::new() };
        loop {
            let mut bytes = Vec::new();
            if self.stream.read_until(b'\n', &mut bytes)? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the IMAP server hung up"));
            }
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_end();
            response.line.push_str(line);
            let Some(length) = announced(line) else { return Ok(response) };
            let mut literal = vec![0; length];
            self.stream.read_exact(&mut literal)?;
            response.literals.push(literal);
        }
    }
}

fn announced(line: &str) -> Option<usize> {
    line.strip_suffix('}')?.rsplit_once('{')?.1.parse().ok()
}

/// A message from `* n FETCH (UID 7 FLAGS (\Seen) BODY[] {42}`.
fn message(line: &str, literals: Vec<Vec<u8>>) -> Option<Mail> {
    let uid = line.split_once("UID ")?.1.split([' ', ')']).next()?.parse().ok()?;
    let flags = line.split_once("FLAGS (")?.1.split(')').next()?;
    let flags = flags.split_whitespace().map(str::to_owned).collect();
    Some(Mail { uid, flags, raw: literals.into_iter().next()? })
}
