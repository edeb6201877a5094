//! One connection of the scripted server.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::{Misbehave, PASSWORD, Protection, Shared, USER, account::Reply};

trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

struct Talk {
    io: BufReader<Box<dyn Io>>,
    shared: Arc<Shared>,
    folder: String,
    encrypted: bool,
    idling: bool,
    /// The messages that had come, and those that were there, when the client was last told.
    known: (usize, usize),
}

/// What becomes of the connection after a command.
enum Next {
    Go,
    Close,
}

/// Speaks until the client leaves or the script closes. Broken pipes are the client's right.
pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let implicit = shared.protection == Protection::Implicit;
    let io: Box<dyn Io> = if implicit {
        match shared.authority.acceptor().accept(stream).await {
            Ok(tls) => Box::new(tls),
            Err(_) => return,
        }
    } else {
        Box::new(stream)
    };
    let mut talk = Talk {
        io: BufReader::new(io),
        shared,
        folder: String::new(),
        encrypted: implicit,
        idling: false,
        known: (0, 0),
    };
    let _ = talk.run().await;
}

impl Talk {
    async fn run(&mut self) -> io::Result<()> {
        let plan = self.shared.occurs("GREETING", None);
        if let Next::Close =
            self.answer("*", plan, || (Vec::new(), "OK scripted server ready".to_owned())).await?
        {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            if self.io.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end_matches(['\r', '\n']).to_owned();
            let words = split(&line);
            let [tag, name, rest @ ..] = words.as_slice() else { continue };
            let (name, rest) = match rest {
                [second, rest @ ..] if name == "UID" => (format!("UID {second}"), rest),
                rest => (name.clone(), rest),
            };
            let plan = self.shared.occurs(&name, Some(&line));
            if name == "APPEND" && plan.is_none() {
                self.append(tag, rest).await?;
                continue;
            }
            let edit = plan.as_ref().and_then(Misbehave::fetch_edit);
            let shared = Arc::clone(&self.shared);
            let (folder, encrypted) = (self.folder.clone(), self.encrypted);
            let reply = || execute(&shared, &folder, encrypted, &name, rest, edit);
            if let Next::Close = self.answer(tag, plan.clone(), reply).await? {
                return Ok(());
            }
            self.after(tag, &name, rest, plan.as_ref()).await?;
        }
    }

    /// Sends the answer, right or wrong. `reply` executes the command, so it runs only where that is meant.
    async fn answer(
        &mut self,
        tag: &str,
        plan: Option<Misbehave>,
        reply: impl FnOnce() -> Reply,
    ) -> io::Result<Next> {
        let right = || {
            let (mut bytes, tagged) = reply();
            if !tagged.is_empty() {
                bytes.extend(format!("{tag} {tagged}\r\n").bytes());
            }
            bytes
        };
        let (bytes, next) = match plan {
            Some(Misbehave::Answer(text)) => (format!("{tag} {text}\r\n").into_bytes(), Next::Go),
            Some(Misbehave::Instead(bytes)) => (with_tag(&bytes, tag), Next::Go),
            Some(Misbehave::Before(bytes)) => ([with_tag(&bytes, tag), right()].concat(), Next::Go),
            Some(Misbehave::Then(bytes)) => ([right(), with_tag(&bytes, tag)].concat(), Next::Go),
            Some(Misbehave::CutAt(count)) => {
                let mut bytes = right();
                bytes.truncate(count);
                (bytes, Next::Close)
            }
            Some(Misbehave::Drop) => (Vec::new(), Next::Close),
            Some(Misbehave::Stall) => return self.be_deaf(Vec::new()).await,
            Some(Misbehave::Drip(pause)) => return self.drip(&right(), pause).await,
            Some(Misbehave::Deaf) => return self.be_deaf(right()).await,
            _ => (right(), Next::Go),
        };
        self.io.write_all(&bytes).await?;
        self.io.flush().await?;
        if matches!(next, Next::Close) {
            self.io.shutdown().await?;
        }
        Ok(next)
    }

    async fn drip(&mut self, bytes: &[u8], pause: Duration) -> io::Result<Next> {
        for byte in bytes {
            self.io.write_all(&[*byte]).await?;
            self.io.flush().await?;
            tokio::time::sleep(pause).await;
        }
        Ok(Next::Go)
    }

    async fn be_deaf(&mut self, last_words: Vec<u8>) -> io::Result<Next> {
        self.io.write_all(&last_words).await?;
        self.io.flush().await?;
        let mut ignored = Vec::new();
        self.io.read_to_end(&mut ignored).await?;
        Ok(Next::Close)
    }

    /// What a command changes in the conversation itself.
    async fn after(
        &mut self,
        tag: &str,
        name: &str,
        rest: &[String],
        plan: Option<&Misbehave>,
    ) -> io::Result<()> {
        if matches!(plan, Some(Misbehave::Answer(_) | Misbehave::Instead(_))) {
            return Ok(());
        }
        match name {
            "SELECT" => {
                self.folder = rest.first().cloned().unwrap_or_default();
                self.known = self.count();
            }
            "NOOP" => self.known = self.count(),
            "STARTTLS" if self.shared.protection == Protection::StartTls => self.start_tls().await?,
            "IDLE" => self.idle(tag).await?,
            "AUTHENTICATE" if rest.len() == 1 => self.second_line(tag).await?,
            _ => {}
        }
        Ok(())
    }

    async fn start_tls(&mut self) -> io::Result<()> {
        let acceptor = self.shared.authority.acceptor();
        let (empty, _) = tokio::io::duplex(1);
        let plain = std::mem::replace(&mut self.io, BufReader::new(Box::new(empty))).into_inner();
        self.io = BufReader::new(Box::new(acceptor.accept(plain).await?));
        self.encrypted = true;
        Ok(())
    }

    async fn append(&mut self, tag: &str, rest: &[String]) -> io::Result<()> {
        let length = rest.last().and_then(|word| word.trim_matches(['{', '}']).parse().ok()).unwrap_or(0);
        self.io.write_all(b"+ go on\r\n").await?;
        self.io.flush().await?;
        let mut bytes = vec![0; length];
        self.io.read_exact(&mut bytes).await?;
        let mut end = String::new();
        self.io.read_line(&mut end).await?;
        let folder = rest.first().cloned().unwrap_or_default();
        let flags = rest.get(1).cloned().unwrap_or_default();
        let (_, tagged) = self.shared.state().account.append(&folder, &flags, &bytes);
        // The copy is there; whether the client learns of it is another matter.
        if let Some(Misbehave::CutAt(_)) = self.shared.occurs("APPENDED", None) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        self.io.write_all(format!("{tag} {tagged}\r\n").as_bytes()).await?;
        self.io.flush().await?;
        self.shared.bump();
        Ok(())
    }

    async fn second_line(&mut self, tag: &str) -> io::Result<()> {
        let mut line = String::new();
        self.io.read_line(&mut line).await?;
        let verdict =
            if line.trim_end() == sasl_plain() { "OK in" } else { "NO [AUTHENTICATIONFAILED] wrong" };
        self.io.write_all(format!("{tag} {verdict}\r\n").as_bytes()).await?;
        self.io.flush().await
    }

    async fn idle(&mut self, tag: &str) -> io::Result<()> {
        let mut happened = self.shared.happened.subscribe();
        self.idling = true;
        let mut line = String::new();
        while self.idling {
            self.tell_news().await?;
            tokio::select! {
                read = self.io.read_line(&mut line) => {
                    if read? == 0 {
                        return Ok(());
                    }
                    self.idling = !line.starts_with("DONE");
                }
                _ = happened.changed() => {}
            }
        }
        self.io.write_all(format!("{tag} OK idle ends\r\n").as_bytes()).await?;
        self.io.flush().await
    }

    fn count(&self) -> (usize, usize) {
        let account = &self.shared.state().account;
        (account.arrived(&self.folder), account.exists(&self.folder))
    }

    /// What came since the client was last told: also what came just before IDLE.
    async fn tell_news(&mut self) -> io::Result<()> {
        let now = self.count();
        if now != self.known {
            self.known = now;
            let (_, exists) = now;
            self.io.write_all(format!("* {exists} EXISTS\r\n").as_bytes()).await?;
            self.io.flush().await?;
        }
        Ok(())
    }
}

fn execute(
    shared: &Shared,
    folder: &str,
    encrypted: bool,
    name: &str,
    rest: &[String],
    edit: Option<super::account::FetchEdit>,
) -> Reply {
    let ok = |untagged: &str, words: &str| (untagged.as_bytes().to_vec(), format!("OK {words}"));
    let word = |at: usize| rest.get(at).map_or("", String::as_str);
    let account = &mut shared.state().account;
    match name {
        "CAPABILITY" => {
            let more = if shared.protection == Protection::StartTls && !encrypted { " STARTTLS" } else { "" };
            ok(&format!("* CAPABILITY {}{more}\r\n", shared.capabilities), "listed")
        }
        "STARTTLS" if shared.protection == Protection::StartTls => ok("", "begin TLS"),
        "LOGIN" if word(0) == USER && word(1) == PASSWORD => ok("", "in"),
        "AUTHENTICATE" if rest.len() == 1 => (b"+ \r\n".to_vec(), String::new()),
        "AUTHENTICATE" if word(1) == sasl_plain() => ok("", "in"),
        "LOGIN" | "AUTHENTICATE" => (Vec::new(), "NO [AUTHENTICATIONFAILED] wrong".to_owned()),
        "ID" => ok("* ID (\"name\" \"scripted\")\r\n", "pleased"),
        "SELECT" => account.select(word(0)),
        "LIST" => account.list(),
        "STATUS" => account.status(word(0)),
        "UID SEARCH" => account.search(folder, rest),
        "UID FETCH" => account.fetch(folder, word(0), &rest.join(" "), edit),
        "UID STORE" => account.store(folder, word(0), &rest.get(2..).unwrap_or_default().join(" ")),
        "UID COPY" => account.copy(folder, word(0), word(1), false),
        "UID MOVE" => account.copy(folder, word(0), word(1), true),
        "UID EXPUNGE" => account.expunge(folder, word(0)),
        "IDLE" => (b"+ idling\r\n".to_vec(), String::new()),
        "NOOP" => ok(&format!("* {} EXISTS\r\n", account.exists(folder)), "nothing"),
        "LOGOUT" => ok("* BYE until later\r\n", "out"),
        _ => (Vec::new(), "BAD unknown command".to_owned()),
    }
}

/// The base64 of NUL, [`USER`], NUL, [`PASSWORD`] (RFC 4616); written out, so that nothing is shared with what it tests.
const fn sasl_plain() -> &'static str {
    "AGRlc2sAY2FuYXJ5LXNlY3JldC1pbWFw"
}

fn with_tag(bytes: &[u8], tag: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(5).position(|five| five == b"{tag}") {
        out.extend(&rest[..at]);
        out.extend(tag.bytes());
        rest = &rest[at + 5..];
    }
    out.extend(rest);
    out
}

/// Words of a command line; a quoted string is one word.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for letter in line.chars() {
        match letter {
            _ if escaped => {
                word.push(letter);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words
}
