//! One session of the scripted server: commands in, answers out.

use std::io;

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::{Act, Protection, Received, Shared, Stage};

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Why a session ends.
enum End {
    Closed,
    StartTls,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// Speaks with one client until one of the two ends it.
pub(super) async fn serve(stream: TcpStream, shared: &Shared) {
    drop(stream.set_nodelay(true));
    if shared.script.protection == Protection::Implicit {
        if let Ok(mut stream) = shared.acceptor.accept(stream).await {
            drop(Session::new(&mut stream, shared, true).run(true).await);
        }
        return;
    }
    let mut stream = stream;
    if let Err(End::StartTls) = Session::new(&mut stream, shared, false).run(true).await
        && let Ok(mut stream) = shared.acceptor.accept(stream).await
    {
        drop(Session::new(&mut stream, shared, true).run(false).await);
    }
}

struct Session<'a> {
    wire: BufReader<&'a mut dyn Wire>,
    out: Vec<u8>,
    shared: &'a Shared,
    protected: bool,
    logged_in: bool,
    mail: Option<Received>,
}

impl<'a> Session<'a> {
    fn new(wire: &'a mut dyn Wire, shared: &'a Shared, protected: bool) -> Self {
        let logged_in = shared.script.login.is_none();
        Self { wire: BufReader::new(wire), out: Vec::new(), shared, protected, logged_in, mail: None }
    }

    async fn run(&mut self, banner: bool) -> Result<(), End> {
        if banner && self.allowed(Stage::Banner).await? {
            self.say("220 sink.test ESMTP");
        }
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => self.ehlo().await?,
                "STARTTLS" => self.starttls().await?,
                "AUTH" => self.auth(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.mail = None;
                    if self.allowed(Stage::Rset).await? {
                        self.say("250 2.0.0 ok");
                    }
                }
                "NOOP" => self.say("250 2.0.0 ok"),
                "QUIT" => {
                    if self.allowed(Stage::Quit).await? {
                        self.say("221 2.0.0 bye");
                    }
                    self.flush().await?;
                    return Ok(());
                }
                _ => self.say("502 5.5.2 what?"),
            }
        }
    }

    fn say(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    async fn flush(&mut self) -> Result<(), End> {
        self.wire.get_mut().write_all(&self.out).await?;
        self.wire.get_mut().flush().await?;
        self.out.clear();
        Ok(())
    }

    /// The next line without its end; answers are sent before waiting for it.
    async fn raw_line(&mut self) -> Result<Vec<u8>, End> {
        if self.wire.buffer().is_empty() {
            self.flush().await?;
        }
        let mut line = Vec::new();
        if self.wire.read_until(b'\n', &mut line).await? == 0 {
            return Err(End::Closed);
        }
        Ok(line)
    }

    async fn line(&mut self) -> Result<String, End> {
        let line = String::from_utf8_lossy(&self.raw_line().await?).trim_end().to_owned();
        if !self.shared.script.count_only {
            self.shared.heard.notes().commands.push(line.clone());
            self.shared.heard.lines.send_modify(|n| *n += 1);
        }
        Ok(line)
    }

    /// Does what the script says; true: go on as usual.
    async fn allowed(&mut self, stage: Stage) -> Result<bool, End> {
        match self.shared.act(stage) {
            None => Ok(true),
            Some(Act::Reply(line)) => {
                self.say(&line);
                Ok(false)
            }
            Some(Act::Drop | Act::KeepAndDrop) => Err(End::Closed),
            Some(Act::Stall | Act::KeepAndStall) => self.stall().await,
        }
    }

    /// Says nothing more until the other side ends.
    async fn stall(&mut self) -> Result<bool, End> {
        loop {
            drop(self.raw_line().await?);
        }
    }

    async fn ehlo(&mut self) -> Result<(), End> {
        if !self.allowed(Stage::Ehlo).await? {
            return Ok(());
        }
        self.mail = None;
        self.say("250-sink.test");
        self.say("250-PIPELINING");
        self.say("250-8BITMIME");
        if self.shared.script.utf8 {
            self.say("250-SMTPUTF8");
        }
        if let Some(size) = self.shared.script.size {
            self.say(&format!("250-SIZE {size}"));
        }
        let starttls = self.shared.script.protection == Protection::StartTls && !self.protected;
        if starttls {
            self.say("250-STARTTLS");
        } else if self.shared.script.login.is_some() {
            self.say("250-AUTH PLAIN LOGIN");
        }
        self.say("250 ENHANCEDSTATUSCODES");
        Ok(())
    }

    /// A scripted answer that begins with 220 is followed by TLS all the same: what else it says was injected in plain.
    async fn starttls(&mut self) -> Result<(), End> {
        match self.shared.act(Stage::StartTls) {
            None => self.say("220 2.0.0 go ahead"),
            Some(Act::Reply(lines)) if lines.starts_with("220") => self.say(&lines),
            Some(Act::Reply(line)) => {
                self.say(&line);
                return Ok(());
            }
            Some(Act::Drop | Act::KeepAndDrop) => return Err(End::Closed),
            Some(Act::Stall | Act::KeepAndStall) => drop(self.stall().await?),
        }
        self.flush().await?;
        Err(End::StartTls)
    }

    async fn auth(&mut self, rest: &str) -> Result<(), End> {
        if !self.allowed(Stage::Auth).await? {
            return Ok(());
        }
        let Some((user, password)) = &self.shared.script.login else {
            self.say("503 5.5.1 no AUTH here");
            return Ok(());
        };
        let given = match rest.split_once(' ') {
            Some((mechanism, initial)) if mechanism.eq_ignore_ascii_case("PLAIN") => vec![initial.to_owned()],
            _ => {
                self.say("334 VXNlcm5hbWU6");
                let user = self.line().await?;
                self.say("334 UGFzc3dvcmQ6");
                vec![user, self.line().await?]
            }
        };
        let plain = base64(format!("\0{user}\0{password}").as_bytes());
        let wanted = [vec![plain], vec![base64(user.as_bytes()), base64(password.as_bytes())]];
        self.logged_in = wanted.contains(&given);
        self.say(if self.logged_in { "235 2.7.0 welcome" } else { "535 5.7.8 wrong user or password" });
        Ok(())
    }

    async fn mail(&mut self, rest: &str) -> Result<(), End> {
        if !self.allowed(Stage::Mail).await? {
            return Ok(());
        }
        if !self.logged_in {
            self.say("530 5.7.0 authentication required");
        } else if self.mail.is_some() {
            self.say("503 5.5.1 nested MAIL");
        } else {
            self.mail = Some(Received { mail_from: bracketed(rest), rcpt_to: Vec::new(), data: Vec::new() });
            self.say("250 2.1.0 ok");
        }
        Ok(())
    }

    async fn rcpt(&mut self, rest: &str) -> Result<(), End> {
        if !self.allowed(Stage::Rcpt).await? {
            return Ok(());
        }
        let recipient = bracketed(rest);
        let refused = self.shared.script.refused.as_ref().is_some_and(|refuses| refuses(&recipient));
        match &mut self.mail {
            None => self.say("503 5.5.1 MAIL first"),
            Some(_) if refused => self.say(&format!("550 5.1.1 <{recipient}>: no such user")),
            Some(mail) => {
                mail.rcpt_to.push(recipient);
                self.say("250 2.1.5 ok");
            }
        }
        Ok(())
    }

    async fn data(&mut self) -> Result<(), End> {
        if !self.allowed(Stage::Data).await? {
            return Ok(());
        }
        let Some(mut mail) = self.mail.take().filter(|mail| !mail.rcpt_to.is_empty()) else {
            self.say("554 5.5.1 no valid recipients");
            return Ok(());
        };
        self.say("354 go");
        loop {
            let line = self.raw_line().await?;
            if line == b".\r\n" {
                break;
            }
            mail.data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let too_large = self.shared.script.size.is_some_and(|size| size > 0 && mail.data.len() > size);
        match self.shared.act(Stage::Content) {
            None if too_large => self.say("552 5.3.4 too large"),
            None => {
                self.shared.keep(mail);
                self.say("250 2.0.0 queued");
            }
            Some(Act::Reply(line)) => {
                if line.starts_with('2') {
                    self.shared.keep(mail);
                }
                self.say(&line);
            }
            Some(Act::Drop) => return Err(End::Closed),
            Some(Act::Stall) => drop(self.stall().await?),
            Some(Act::KeepAndDrop) => {
                self.shared.keep(mail);
                return Err(End::Closed);
            }
            Some(Act::KeepAndStall) => {
                self.shared.keep(mail);
                self.stall().await?;
            }
        }
        Ok(())
    }
}

/// The text between the first angle brackets.
fn bracketed(text: &str) -> String {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(path, _)| path.to_owned())
}

/// RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place)) & 63;
            text.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[index as usize]) });
        }
    }
    text
}
