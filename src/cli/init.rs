//! `maildesk init`: the questions of `setup::begin`, put to a person at a terminal, to lines on standard input, or answered
//! by the command line alone.
//!
//! Invariant: a password is never an argument, and never shown.

use std::{
    env, fs,
    io::{self, BufRead, IsTerminal, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Common, print, runtime};
use crate::{
    config::{self, Tls},
    setup::{
        Stopped,
        begin::{Asker, ServerWish, Wishes, begin},
    },
};

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Ask nothing: take everything from the options, and end with what is missing.
    #[arg(long)]
    non_interactive: bool,
    /// Overwrite the config and the password files that are there. The desk's secret is always kept.
    #[arg(long)]
    force: bool,
    /// The support address.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// The mailbox's name in the config; by default what stands before the @.
    #[arg(long, value_name = "NAME")]
    mailbox: Option<String>,
    /// The desk's name, as clients read it.
    #[arg(long, value_name = "NAME")]
    desk_name: Option<String>,
    /// The language of clients of whom nothing is known: en, zh, de.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The time zone in which clients are told times.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Where the store is: sqlite:///path/to/maildesk.db or postgres://user@host/database, without a password.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// A file with the password for PostgreSQL, one line.
    #[arg(long, value_name = "FILE", requires = "store")]
    store_password_file: Option<PathBuf>,
    /// The user name to log in with; by default the address.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// A file with the password, one line.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The user name for SMTP, where it is another; "" for no login.
    #[arg(long, value_name = "NAME")]
    smtp_user: Option<String>,
    /// A file with the password for SMTP, where it is another.
    #[arg(long, value_name = "FILE")]
    smtp_password_file: Option<PathBuf>,
    /// The IMAP server, where DNS does not tell.
    #[arg(long, value_name = "HOST")]
    imap_host: Option<String>,
    #[arg(long, value_name = "PORT", requires = "imap_host")]
    imap_port: Option<u16>,
    /// How it is protected; by default as usual on its port: starttls on 143, else implicit.
    #[arg(long, value_enum, requires = "imap_host")]
    imap_tls: Option<TlsWish>,
    /// The SMTP server, where DNS does not tell.
    #[arg(long, value_name = "HOST")]
    smtp_host: Option<String>,
    #[arg(long, value_name = "PORT", requires = "smtp_host")]
    smtp_port: Option<u16>,
    /// How it is protected; by default as usual on its port: starttls on 25 and 587, else implicit.
    #[arg(long, value_enum, requires = "smtp_host")]
    smtp_tls: Option<TlsWish>,
    /// Certificates to trust besides the system's, PEM.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Who is told of trouble and of what shadow mode holds back (may be repeated).
    #[arg(long, value_name = "ADDRESS")]
    alerts: Vec<String>,
    /// A member of staff, "Name <address>" (may be repeated).
    #[arg(long, value_name = "AGENT")]
    agent: Vec<String>,
    /// A DNS server to ask in place of the system's.
    #[arg(long, value_name = "IP:PORT")]
    resolver: Option<String>,
    /// Send no probe mails; what they teach is left at its careful default.
    #[arg(long)]
    no_probe: bool,
    /// How many seconds a probe mail is waited for.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    probe_wait: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TlsWish {
    Implicit,
    Starttls,
    None,
}

impl From<TlsWish> for Tls {
    fn from(wish: TlsWish) -> Self {
        match wish {
            TlsWish::Implicit => Self::Implicit,
            TlsWish::Starttls => Self::StartTls,
            TlsWish::None => Self::None,
        }
    }
}

impl Init {
    pub(super) fn run(&self, common: &Common) -> Result<()> {
        let wishes = self.wishes(&common.config)?;
        let terminal = Terminal::default();
        let is_terminal = !self.non_interactive && io::stdin().is_terminal();
        let mut asker: Box<dyn Asker> = if self.non_interactive {
            Box::new(Nobody)
        } else {
            Box::new(Person { is_terminal, terminal: terminal.clone() })
        };
        let runtime = runtime()?;
        if is_terminal {
            let ends =
                runtime.block_on(async { ENDS.map(signal).into_iter().collect::<io::Result<Vec<_>>>() });
            runtime.spawn(end_seen(ends.context("listening for Ctrl-C")?, terminal));
        }
        let next = runtime.block_on(begin(wishes, asker.as_mut()))?;
        print::text(&print::filled(&next, print::columns()))
    }

    fn wishes(&self, config: &Path) -> Result<Wishes> {
        let resolver: Option<SocketAddr> = match &self.resolver {
            Some(text) => Some(
                config::parse_resolver(text)
                    .map_err(|why| Stopped::WrongUse(format!("--resolver: {why}")))?,
            ),
            None => None,
        };
        Ok(Wishes {
            config: config.to_owned(),
            force: self.force,
            probe: !self.no_probe,
            probe_wait: Duration::from_secs(self.probe_wait),
            address: self.address.clone(),
            mailbox: self.mailbox.clone(),
            desk_name: self.desk_name.clone(),
            language: self.language.clone().or_else(usual_language),
            zone: self.zone.clone(),
            store_url: self.store.clone(),
            store_password: self.store_password_file.as_deref().map(read_password).transpose()?,
            imap: ServerWish {
                host: self.imap_host.clone(),
                port: self.imap_port,
                tls: self.imap_tls.map(Tls::from),
                user: self.user.clone(),
                password: self.password_file.as_deref().map(read_password).transpose()?,
            },
            smtp: ServerWish {
                host: self.smtp_host.clone(),
                port: self.smtp_port,
                tls: self.smtp_tls.map(Tls::from),
                user: self.smtp_user.clone(),
                password: self.smtp_password_file.as_deref().map(read_password).transpose()?,
            },
            ca_file: self.ca_file.clone(),
            operators: self.alerts.clone(),
            agents: self.agent.clone(),
            resolver,
        })
    }
}

/// The language of this machine, where the desk has words in it.
fn usual_language() -> Option<String> {
    let locale = env::var("LC_ALL").or_else(|_| env::var("LANG")).ok()?;
    let language = locale.split(['_', '.', '-']).next().unwrap_or_default().to_lowercase();
    ["en", "zh", "de"].contains(&language.as_str()).then_some(language)
}

/// A file of one line.
fn read_password(path: &Path) -> Result<SecretString> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() || line.contains(['\n', '\r', '\0']) {
        return Err(Stopped::WrongUse(format!("{} must hold one line, the password", path.display())).into());
    }
    Ok(SecretString::from(line))
}

/// A person at a terminal, or lines of a file in their place.
struct Person {
    is_terminal: bool,
    terminal: Terminal,
}

impl Person {
    fn line(&self, flag: &str) -> Result<String, Stopped> {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        match read {
            Ok(0) => {
                Err(Stopped::WrongUse(format!("the answers ended before this question; {flag} answers it")))
            }
            Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
            Err(why) => Err(Stopped::Failed(format!("no answer could be read: {why}"))),
        }
    }

    fn show(&self, text: &str) {
        // A terminal that is gone ends the questions by itself.
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Asker for Person {
    fn say(&mut self, text: &str) {
        self.show(&print::filled(text.trim_end(), print::columns()));
    }

    fn ask(&mut self, question: &str, flag: &str, usual: Option<&str>) -> Result<String, Stopped> {
        let shown =
            usual.filter(|usual| !usual.is_empty()).map(|usual| format!(" [{usual}]")).unwrap_or_default();
        self.show(&format!("{question}{shown}: "));
        let answer = self.line(flag)?;
        Ok(if answer.trim().is_empty() { usual.unwrap_or_default().to_owned() } else { answer })
    }

    fn secret(&mut self, question: &str, flag: &str) -> Result<SecretString, Stopped> {
        if !self.is_terminal {
            return self.line(flag).map(SecretString::from);
        }
        // Before the question stands there: who types at once must not be seen either.
        let unseen = Unseen::begin(&self.terminal).map_err(|why| {
            Stopped::Failed(format!("the terminal would show the password: {why}; say {flag} FILE"))
        })?;
        self.show(&format!("{question} (not shown): "));
        let typed = self.line(flag);
        drop(unseen);
        self.show("\n");
        typed.map(SecretString::from)
    }

    fn confirm(&mut self, question: &str, flag: &str) -> Result<bool, Stopped> {
        self.show(&format!("{question} [y/N]: "));
        let answer = self.line(flag)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "j" | "ja" | "是" | "好"))
    }

    fn is_person(&self) -> bool {
        true
    }
}

/// How the terminal was before it stopped to show what is typed; `None`: it shows it.
#[derive(Clone, Default)]
struct Terminal(Arc<Mutex<Option<Termios>>>);

impl Terminal {
    /// Whether it had stopped.
    fn show_again(&self) -> bool {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A terminal that is gone needs nothing restored.
        before.is_some_and(|before| tcsetattr(io::stdin(), OptionalActions::Now, &before).is_ok())
    }
}

/// A terminal that does not show what is typed, until this is dropped.
struct Unseen<'a> {
    terminal: &'a Terminal,
}

impl<'a> Unseen<'a> {
    fn begin(terminal: &'a Terminal) -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        *terminal.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        let unseen = Self { terminal };
        tcsetattr(io::stdin(), OptionalActions::Now, &silent)?;
        Ok(unseen)
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        self.terminal.show_again();
    }
}

/// What ends the program from outside while it asks. A drop does not run then, and not every shell restores the terminal.
const ENDS: [SignalKind; 4] =
    [SignalKind::interrupt(), SignalKind::quit(), SignalKind::terminate(), SignalKind::hangup()];

/// Ends the program at the first of these signals, with the terminal as it was.
async fn end_seen(mut ends: Vec<Signal>, terminal: Terminal) {
    let ((), which, _) = futures::future::select_all(ends.iter_mut().map(|end| {
        Box::pin(async move {
            end.recv().await;
        })
    }))
    .await;
    if terminal.show_again() {
        let _ = io::stdout().write_all(b"\n");
    }
    // As a shell shows the end by a signal.
    std::process::exit(128 + ENDS.get(which).map_or(0, |kind| kind.as_raw_value()));
}

/// Nobody: what the options do not say is taken from its default, or missing.
struct Nobody;

impl Asker for Nobody {
    fn say(&mut self, text: &str) {
        eprintln!("{}", text.trim_end());
    }

    fn ask(&mut self, question: &str, flag: &str, usual: Option<&str>) -> Result<String, Stopped> {
        let missing = || Stopped::WrongUse(format!("{question}: nobody can be asked; say {flag}"));
        usual.map(str::to_owned).ok_or_else(missing)
    }

    fn secret(&mut self, question: &str, flag: &str) -> Result<SecretString, Stopped> {
        Err(Stopped::WrongUse(format!("{question}: nobody can be asked; say {flag} FILE")))
    }

    fn confirm(&mut self, question: &str, flag: &str) -> Result<bool, Stopped> {
        Err(Stopped::WrongUse(format!("{question} Nobody can be asked; if yes, say {flag}")))
    }

    fn is_person(&self) -> bool {
        false
    }
}
