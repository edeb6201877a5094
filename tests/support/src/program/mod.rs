//! Genuine mail programs, driven as a person drives them: what they read lies in an account of the house, and what they write
//! leaves by its submission service with the account's login. How they quote, sign and thread is their own.

mod mutt;
mod s_nail;
mod thunderbird;

use std::{
    io,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::{availability, house::House, mailclient::Mail};

/// A mail program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// In a terminal, with an editor that writes above or below the quote.
    Mutt,
    /// From standard input.
    SNail,
    /// Without a window; writes plain text.
    ThunderbirdPlain,
    /// Without a window; writes paragraphs, with a plain text beside them.
    ThunderbirdHtml,
}

/// Where the new text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Above,
    Below,
}

/// A person at a mail program.
#[derive(Debug, Clone)]
pub struct Writer<'a> {
    /// An account of the house.
    pub address: &'a str,
    pub name: &'a str,
    /// Lines below the text, without a delimiter; each program adds its own.
    pub signature: Option<&'a str>,
    /// Relative to the quote.
    pub place: Place,
}

/// A new mail.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    /// Name, media type and content.
    pub files: &'a [(&'a str, &'a str, &'a [u8])],
}

impl Program {
    /// Whether it can be used on this machine; as [`availability::program`].
    #[must_use]
    pub fn is_there(self) -> bool {
        match self {
            Self::Mutt => ["mutt", "script"].into_iter().all(availability::program),
            Self::SNail => availability::program("s-nail"),
            Self::ThunderbirdPlain | Self::ThunderbirdHtml => {
                availability::second_tier("thunderbird") && availability::program("python3")
            }
        }
    }

    /// Answers a mail that lies in the writer's INBOX with the program's own reply function, and this text.
    ///
    /// # Errors
    /// When it cannot be run, or did not send, with what it said.
    pub fn answer(self, house: &House, writer: &Writer<'_>, mail: &Mail, text: &str) -> io::Result<String> {
        let home = tempfile::Builder::new().prefix("mc").rand_bytes(5).tempdir()?;
        match self {
            Self::Mutt => mutt::answer(house, home.path(), writer, number_of(house, writer, mail)?, text),
            Self::SNail => s_nail::answer(house, home.path(), writer, number_of(house, writer, mail)?, text),
            Self::ThunderbirdPlain | Self::ThunderbirdHtml => {
                thunderbird::answer(house, home.path(), writer, self == Self::ThunderbirdPlain, mail, text)
            }
        }
    }

    /// Follows a `mailto:` link (RFC 6068) and sends what it writes; not s-nail, which knows no links.
    ///
    /// # Errors
    /// As [`Program::answer`]; for s-nail always.
    pub fn tap(self, house: &House, writer: &Writer<'_>, link: &str) -> io::Result<String> {
        let home = tempfile::Builder::new().prefix("mc").rand_bytes(5).tempdir()?;
        match self {
            Self::Mutt => mutt::tap(house, home.path(), writer, link),
            Self::SNail => Err(io::Error::other("s-nail knows no links")),
            Self::ThunderbirdPlain | Self::ThunderbirdHtml => {
                thunderbird::tap(house, home.path(), writer, self == Self::ThunderbirdPlain, link)
            }
        }
    }

    /// Writes a new mail; Thunderbird only.
    ///
    /// # Errors
    /// As [`Program::answer`]; for the others always.
    pub fn write(self, house: &House, writer: &Writer<'_>, letter: &Letter<'_>) -> io::Result<String> {
        let home = tempfile::Builder::new().prefix("mc").rand_bytes(5).tempdir()?;
        match self {
            Self::Mutt | Self::SNail => Err(io::Error::other("only Thunderbird writes new mails")),
            Self::ThunderbirdPlain | Self::ThunderbirdHtml => {
                thunderbird::write(house, home.path(), writer, self == Self::ThunderbirdPlain, letter)
            }
        }
    }
}

/// A mail's sequence number in the writer's INBOX, from 1 (RFC 3501 section 2.3.1.2).
fn number_of(house: &House, writer: &Writer<'_>, mail: &Mail) -> io::Result<usize> {
    let mails = house.inbox(writer.address)?.messages()?;
    let place = mails.iter().position(|m| m.uid == mail.uid);
    place.map(|n| n + 1).ok_or_else(|| io::Error::other("the mail is not in the inbox"))
}

/// Runs to its end, at most a minute, in a home of its own. Without input there is no standard input: script(1) would
/// hand on the end of an empty pipe as a key.
fn run(home: &Path, command: &[&str], input: &str) -> io::Result<Output> {
    use io::Write;
    let mut timed = Command::new("timeout");
    timed.args(["-k", "5", "60"]).args(command).current_dir(home);
    timed.env("HOME", home).env("TERM", "xterm").env("LC_ALL", "C.UTF-8");
    timed.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
    let mut child = timed.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    child.wait_with_output()
}

/// What it printed on both streams.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}
