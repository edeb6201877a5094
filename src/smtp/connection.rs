//! One connection to the mailbox's SMTP server, and the transactions over it.
//!
//! It must not know why a mail is sent or when it is tried again. Invariant: `in_doubt` is set before the first byte of a
//! transaction and taken back only after its last answer was read, so that a future dropped in between leaves it set.

use std::{fmt, future::Future, net::IpAddr, time::Duration};

use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::{Data, Ehlo, Rset},
    extension::ClientId,
    response::Response,
};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{
    Deadlines, SmtpError,
    path::{Path, parse_path},
    verdict::{Answer, Stage, Verdict, clean, judge},
};
use crate::config::{ServerConfig, Tls};

/// One second more for the content for each of these: 64 KiB/s is a slow line.
const CONTENT_BYTES_A_SECOND: usize = 64 * 1024;

/// A connection, logged in. One owner; dropping it ends it.
pub struct Connection {
    wire: AsyncSmtpConnection,
    deadlines: Deadlines,
    offers: Offers,
    /// Mails that were offered to the server over this connection.
    transactions: u32,
    in_doubt: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("transactions", &self.transactions)
            .field("in_doubt", &self.in_doubt)
            .finish_non_exhaustive()
    }
}

/// What EHLO told of the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Offers {
    /// SIZE (RFC 1870): offered, with the largest mail in bytes (0: no fixed limit).
    size_bytes_max: Option<u64>,
    /// SMTPUTF8 (RFC 6531).
    utf8: bool,
}

impl Connection {
    /// Connects, protects the connection as the settings demand, and logs in when there is a user.
    ///
    /// `hello`: our name for EHLO, a domain.
    ///
    /// # Errors
    /// [`SmtpError`]: by who can end the trouble.
    pub async fn open(server: &ServerConfig, hello: &str, deadlines: &Deadlines) -> Result<Self, SmtpError> {
        if server.tls == Tls::None && !is_loopback(&server.host) {
            return Err(SmtpError::Setting(
                "`tls = \"none\"` is for loopback only: use implicit TLS or STARTTLS".to_owned(),
            ));
        }
        match timeout(deadlines.opening, Self::greet(server, hello, *deadlines)).await {
            Ok(opened) => opened,
            Err(_) => Err(SmtpError::Unreachable("no answer within the deadline".to_owned())),
        }
    }

    async fn greet(server: &ServerConfig, hello: &str, deadlines: Deadlines) -> Result<Self, SmtpError> {
        let hello = match parse_path(&format!("maildesk@{hello}")) {
            Ok(Path { text, .. }) => ClientId::Domain(text.trim_start_matches("maildesk@").to_owned()),
            Err(_) => ClientId::default(),
        };
        let tls = match server.tls {
            Tls::Implicit | Tls::StartTls => Some(tls_parameters(server).await?),
            Tls::None => None,
        };
        let at_once = tls.clone().filter(|_| server.tls == Tls::Implicit);
        let address = (server.host.as_str(), server.port);
        let mut wire =
            AsyncSmtpConnection::connect_tokio1(address, Some(deadlines.connect), &hello, at_once, None)
                .await
                .map_err(|why| opening_error(&why))?;
        if let (Tls::StartTls, Some(tls)) = (server.tls, tls) {
            if !wire.can_starttls() {
                return Err(SmtpError::Setting(
                    "the SMTP server offers no STARTTLS, which the settings demand: nothing was sent"
                        .to_owned(),
                ));
            }
            wire.starttls(tls, &hello).await.map_err(|why| opening_error(&why))?;
        }
        // Asked again, because lettre forgets SIZE and reads keywords by their case (RFC 5321 section 2.4: either).
        let ehlo = wire.command(Ehlo::new(hello)).await.map_err(|why| opening_error(&why))?;
        let offers = offers(ehlo.message());
        if !server.user.is_empty() {
            log_in(&mut wire, server).await?;
        }
        Ok(Self { wire, deadlines, offers, transactions: 0, in_doubt: false })
    }

    /// Whether another mail may go over this connection; if not, it is to be dropped.
    #[must_use]
    pub fn usable(&self) -> bool {
        !self.in_doubt
    }

    /// Sends one mail to one recipient. `envelope_from` `None` is the null sender; `bytes` are CRLF lines in ASCII, as
    /// [`crate::mail::compose::compose`] makes them. Cancelling is safe: the connection then is not usable.
    pub async fn send(&mut self, envelope_from: Option<&str>, recipient: &str, bytes: &[u8]) -> Verdict {
        if self.in_doubt {
            return Verdict::NotTried { why: "the transaction before did not end cleanly".to_owned() };
        }
        let (sender, recipient, content) = match self.prepare(envelope_from, recipient, bytes) {
            Ok(prepared) => prepared,
            Err(words) => return Verdict::Permanent { code: None, words },
        };
        self.in_doubt = true;
        let reused = self.transactions > 0;
        self.transactions = self.transactions.saturating_add(1);
        let (verdict, clean_end) = self.transact(sender, recipient, content, reused).await;
        self.in_doubt = !clean_end;
        verdict
    }

    /// Ends the connection politely; nothing depends on the answer.
    pub async fn quit(mut self) {
        if self.usable() {
            drop(timeout(self.deadlines.farewell, self.wire.quit()).await);
        }
    }

    /// The two commands and the content; an error says why this mail can never leave through this server.
    fn prepare<'a>(
        &self,
        envelope_from: Option<&str>,
        recipient: &str,
        bytes: &'a [u8],
    ) -> Result<(String, String, Content<'a>), String> {
        let sender = envelope_from.map(parse_path).transpose()?;
        let recipient = parse_path(recipient)?;
        let content = Content::new(bytes)?;
        let needs_utf8 = recipient.needs_utf8 || sender.as_ref().is_some_and(|path| path.needs_utf8);
        if needs_utf8 && !self.offers.utf8 {
            return Err("the SMTP server cannot take addresses that are not ASCII (no SMTPUTF8)".to_owned());
        }
        let mut mail = format!("MAIL FROM:<{}>", sender.map(|path| path.text).unwrap_or_default());
        if let Some(size_bytes_max) = self.offers.size_bytes_max {
            if size_bytes_max > 0 && bytes.len() as u64 > size_bytes_max {
                return Err(format!(
                    "{} bytes are more than the {size_bytes_max} that the SMTP server takes",
                    bytes.len()
                ));
            }
            mail.push_str(&format!(" SIZE={}", bytes.len()));
        }
        if needs_utf8 {
            mail.push_str(" SMTPUTF8");
        }
        mail.push_str("\r\n");
        Ok((mail, format!("RCPT TO:<{}>\r\n", recipient.text), content))
    }

    /// The whole transaction. The second value: every answer was read, and the server waits for a next transaction.
    async fn transact(
        &mut self,
        sender: String,
        recipient: String,
        content: Content<'_>,
        reused: bool,
    ) -> (Verdict, bool) {
        for (stage, command) in
            [(Stage::Sender, sender), (Stage::Recipient, recipient), (Stage::Data, Data.to_string())]
        {
            let answer = answer(self.deadlines.command, self.wire.command(command)).await;
            if let Some(verdict) = judge(stage, &answer, reused) {
                return (verdict, refused_in_step(&answer) && self.reset().await);
            }
        }
        let extra = Duration::from_secs((content.0.len() / CONTENT_BYTES_A_SECOND) as u64);
        // One write with its final dot: lettre's own `message` writes the dot apart, which Nagle's algorithm holds back until
        // the server's delayed acknowledgement (40 ms a mail), and adds an empty line to a text that ends with one.
        let answer = answer(self.deadlines.content.saturating_add(extra), self.wire.command(content)).await;
        match judge(Stage::Content, &answer, reused) {
            Some(verdict) => {
                let in_step = refused_in_step(&answer) || matches!(verdict, Verdict::Accepted { .. });
                (verdict, in_step)
            }
            None => (Verdict::Unknown { why: "no verdict on the content".to_owned() }, false),
        }
    }

    /// Forgets a transaction that was refused half way, or the next MAIL would be "nested".
    async fn reset(&mut self) -> bool {
        let answer = answer(self.deadlines.farewell, self.wire.command(Rset)).await;
        matches!(answer, Answer::Reply { code: 250, .. })
    }
}

/// A refusal that ends neither the connection (421, RFC 5321 section 3.8) nor the order of answers.
fn refused_in_step(answer: &Answer) -> bool {
    matches!(answer, Answer::Reply { code: 400..=599, .. } if !matches!(answer, Answer::Reply { code: 421, .. }))
}

/// The content as it goes over the wire: dots doubled, final dot added (RFC 5321 section 4.5.2).
struct Content<'a>(&'a str);

impl<'a> Content<'a> {
    /// Refuses what a server could read as the end of the mail, or as another line than we meant (SMTP smuggling), and 8-bit
    /// bytes, which nothing here announces.
    fn new(bytes: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii());
        let Some(text) = text else { return Err("the mail holds bytes that are not ASCII".to_owned()) };
        let bare = text.split("\r\n").any(|line| line.contains(['\r', '\n', '\0']));
        if bare {
            return Err("the mail holds a bare CR or LF, or a NUL".to_owned());
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.split_inclusive("\r\n") {
            if line.starts_with('.') {
                f.write_str(".")?;
            }
            f.write_str(line)?;
        }
        f.write_str(if self.0.is_empty() || self.0.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" })
    }
}

/// Waits for one answer.
async fn answer(
    deadline: Duration,
    asked: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>,
) -> Answer {
    match timeout(deadline, asked).await {
        Ok(Ok(response)) => {
            let words: Vec<&str> = response.message().collect();
            Answer::Reply { code: response.code().into(), words: clean(&words.join(" ")) }
        }
        Ok(Err(error)) => match error.status() {
            Some(code) => Answer::Reply { code: code.into(), words: words_of(&error) },
            None => Answer::Lost { why: clean(&error.to_string()) },
        },
        Err(_) => Answer::Lost { why: format!("no answer within {} s", deadline.as_secs()) },
    }
}

/// The server's words in a refusal.
fn words_of(error: &lettre::transport::smtp::Error) -> String {
    std::error::Error::source(error).map(|words| clean(&words.to_string())).unwrap_or_default()
}

/// Why no connection came about.
fn opening_error(error: &lettre::transport::smtp::Error) -> SmtpError {
    if let Some(code) = error.status() {
        return SmtpError::Refused { code: code.into(), words: words_of(error) };
    }
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let tls = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(rustls::Error::InvalidCertificate(why)) =
            tls.and_then(|e| e.downcast_ref::<rustls::Error>())
        {
            return SmtpError::Setting(format!(
                "the SMTP server's certificate is not trusted ({why}): check `host`, or name its root in `ca_file`"
            ));
        }
        source = cause.source();
    }
    SmtpError::Unreachable(clean(&error.to_string()))
}

async fn log_in(wire: &mut AsyncSmtpConnection, server: &ServerConfig) -> Result<(), SmtpError> {
    let credentials = Credentials::new(server.user.clone(), server.password.expose_secret().to_owned());
    match wire.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await {
        Ok(response) if response.has_code(235) => Ok(()),
        Ok(response) => Err(SmtpError::Unreachable(format!("answer {} does not fit AUTH", response.code()))),
        Err(error) if error.is_permanent() => Err(SmtpError::Login(words_of(&error))),
        Err(error) if error.is_client() => Err(SmtpError::Setting(
            "the SMTP server offers neither AUTH PLAIN nor AUTH LOGIN: check `port` and `tls`, or leave `user` empty".to_owned(),
        )),
        Err(error) => Err(opening_error(&error)),
    }
}

/// TLS as lettre wants it: the system's roots and those of `ca_file`.
async fn tls_parameters(server: &ServerConfig) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(file) = &server.ca_file {
        let refuse = |why: &dyn fmt::Display| {
            SmtpError::Setting(format!("`ca_file` {} cannot be used: {why}", file.display()))
        };
        let pem = tokio::fs::read(file).await.map_err(|why| refuse(&why))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|why| refuse(&why))?);
    }
    builder.build().map_err(|why| SmtpError::Setting(format!("TLS cannot be set up: {why}")))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Reads the keywords of an EHLO answer, whose first line is the server's name.
fn offers<'a>(lines: impl Iterator<Item = &'a str>) -> Offers {
    let mut offers = Offers::default();
    for line in lines.skip(1) {
        let mut words = line.split_whitespace();
        let keyword = words.next().unwrap_or_default();
        if keyword.eq_ignore_ascii_case("SIZE") {
            offers.size_bytes_max = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0));
        } else if keyword.eq_ignore_ascii_case("SMTPUTF8") {
            offers.utf8 = true;
        }
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_the_end_is_one_dot() {
        for (text, wire) in [
            ("", ".\r\n"),
            ("a", "a\r\n.\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.\r\nb\r\n..c\r\n", "a\r\n..\r\nb\r\n...c\r\n.\r\n"),
            ("a.b\r\n\r\n", "a.b\r\n\r\n.\r\n"),
        ] {
            assert_eq!(Content::new(text.as_bytes()).unwrap().to_string(), wire, "{text:?}");
        }
    }

    #[test]
    fn what_could_be_read_as_other_lines_is_refused() {
        for bytes in [
            &b"a\n.\r\nMAIL FROM:<>\r\n"[..],
            b"a\r.\r\n",
            b"a\r\n\r",
            b"a\0b\r\n",
            "ä\r\n".as_bytes(),
            b"\xff\r\n",
        ] {
            assert!(Content::new(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn offers_are_read_in_any_case() {
        let lines = ["mx.test", "PIPELINING", "size 1000", "SmtpUtf8"];
        assert_eq!(offers(lines.into_iter()), Offers { size_bytes_max: Some(1000), utf8: true });
        assert_eq!(offers(["mx.test", "SIZE"].into_iter()), Offers { size_bytes_max: Some(0), utf8: false });
        assert_eq!(offers(["SIZE"].into_iter()), Offers::default());
    }

    #[test]
    fn only_loopback_is_loopback() {
        for (host, expected) in [
            ("127.8.9.1", true),
            ("::1", true),
            ("localhost", true),
            ("mail.test", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }
}
