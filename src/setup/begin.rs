//! `maildesk init`: asks, finds, tries, learns, and only then writes. The order is the operator's: what must be switched on
//! is said before the password is asked for, and a refusal is explained while it can be mended.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    Stopped,
    discover::{Candidate, Found, Said, Source, discover},
    draft::{Draft, draft},
    errand::Errand,
    files,
    learn::learn,
    login::{self, Refused},
    names,
    probe::Plan,
    provider::{self, Place, Provider},
};
use crate::{
    config::{self, ServerConfig, Tls},
    edge,
    imap::ImapLimits,
    net,
    smtp::Deadlines,
};

/// A guess must answer within this time, or the next is tried.
const GUESS_TIMEOUT: Duration = Duration::from_secs(8);
/// The file with the store's password, beside the config.
pub(super) const STORE_PASSWORD: &str = "store-password";
/// Passwords that are tried before an account might be locked.
const PASSWORDS_MAX: usize = 3;

/// What the command line said already.
#[derive(Debug, Default)]
pub struct Wishes {
    pub config: PathBuf,
    pub force: bool,
    /// Whether probes are sent.
    pub probe: bool,
    /// How long a probe is waited for.
    pub probe_wait: Duration,
    pub address: Option<String>,
    pub mailbox: Option<String>,
    pub desk_name: Option<String>,
    pub language: Option<String>,
    pub zone: Option<String>,
    pub store_url: Option<String>,
    /// Read from a file.
    pub store_password: Option<SecretString>,
    pub imap: ServerWish,
    pub smtp: ServerWish,
    pub ca_file: Option<PathBuf>,
    pub operators: Vec<String>,
    /// `Name <address>` each.
    pub agents: Vec<String>,
    pub resolver: Option<SocketAddr>,
}

/// What the command line said of a server.
#[derive(Debug, Default)]
pub struct ServerWish {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub tls: Option<Tls>,
    pub user: Option<String>,
    /// Read from a file.
    pub password: Option<SecretString>,
}

/// The operator, or a script in their place.
pub trait Asker {
    /// Shows some lines.
    fn say(&mut self, text: &str);
    /// Asks for one line. `flag` is where a script says it; `usual` is taken for an empty answer.
    ///
    /// # Errors
    /// When there is nobody to ask.
    fn ask(&mut self, question: &str, flag: &str, usual: Option<&str>) -> Result<String, Stopped>;
    /// Asks for a secret, without showing it.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    fn secret(&mut self, question: &str, flag: &str) -> Result<SecretString, Stopped>;
    /// Asks for yes or no.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    fn confirm(&mut self, question: &str, flag: &str) -> Result<bool, Stopped>;
    /// Whether a second answer may be asked for.
    fn is_person(&self) -> bool;
}

/// Sets a desk up; returns what comes next, as text.
///
/// # Errors
/// Why nothing was written.
pub async fn begin(wishes: Wishes, asker: &mut dyn Asker) -> Result<String, Stopped> {
    let folder = files::make_folder(&wishes.config)?;
    let paths = Paths::new(&wishes.config, &folder);
    store_is_usable(&wishes)?;
    let store = wishes.store_password.as_ref().map(|_| paths.store.clone());
    let written = [&paths.config, &paths.imap, &paths.smtp].into_iter().cloned().chain(store);
    files::must_be_free(&written.collect::<Vec<_>>(), wishes.force)?;
    let (secret, _) = files::desk_secret(&paths.secret)?;
    let mut beginning = Beginning { wishes, asker, paths };
    let address = beginning.address()?;
    let found = beginning.find(&address).await?;
    let imap_place = beginning.place(&found.imap, "imap").await?;
    let smtp_place = beginning.place(&found.smtp, "smtp").await?;
    let provider = found.provider.or_else(|| provider::by_host(&imap_place.host));
    let (imap, smtp) = beginning.log_in(&address, imap_place, smtp_place, provider).await?;
    let mut draft = beginning.questions(&address, &imap, &smtp, provider)?;
    beginning.validated(&secret, &imap, &smtp, &draft)?;
    if beginning.wishes.probe {
        let desk_id = config::desk_id_of(secret.expose_secret()).unwrap_or_default();
        beginning.learn(&address, &desk_id, &imap, &smtp, &mut draft).await?;
    }
    beginning.write(&secret, &imap, &smtp, &draft)?;
    Ok(beginning.next_steps(&draft))
}

/// What was said of the store; the config's own reading judges the rest of it.
fn store_is_usable(wishes: &Wishes) -> Result<(), Stopped> {
    let url = wishes.store_url.as_deref().unwrap_or_default();
    if config::url_has_password(url) {
        // Whoever lists the processes of this machine has seen it by now.
        return Err(Stopped::wrong_use(
            "--store: the URL holds a password, and the config is a file that everybody may read: leave it out, and name a \
             file that holds it with --store-password-file FILE. Nothing was written.",
        ));
    }
    if wishes.store_password.is_some() && !url.starts_with("postgres") {
        return Err(Stopped::wrong_use(
            "--store-password-file belongs to --store postgres://user@host/database",
        ));
    }
    Ok(())
}

pub(super) struct Paths {
    pub(super) config: PathBuf,
    secret: PathBuf,
    imap: PathBuf,
    smtp: PathBuf,
    store: PathBuf,
}

impl Paths {
    fn new(config: &Path, folder: &Path) -> Self {
        let beside = |name: &str| folder.join(name);
        Self {
            config: config.to_owned(),
            secret: beside("desk-secret"),
            imap: beside("imap-password"),
            smtp: beside("smtp-password"),
            store: beside(STORE_PASSWORD),
        }
    }
}

pub(super) struct Beginning<'a> {
    pub(super) wishes: Wishes,
    pub(super) asker: &'a mut dyn Asker,
    pub(super) paths: Paths,
}

impl Beginning<'_> {
    fn address(&mut self) -> Result<String, Stopped> {
        let given = self.wishes.address.clone();
        self.until_right(given, "The support address", "--address", None, config::parse_address)
    }

    /// Asks until the answer is right; a script's wrong answer ends it.
    pub(super) fn until_right(
        &mut self,
        given: Option<String>,
        question: &str,
        flag: &str,
        usual: Option<&str>,
        parse: impl Fn(&str) -> Result<String, String>,
    ) -> Result<String, Stopped> {
        let mut next = given;
        loop {
            let is_given = next.is_some();
            let answer = match next.take() {
                Some(answer) => answer,
                None => self.asker.ask(question, flag, usual)?,
            };
            match parse(answer.trim()) {
                Ok(right) => return Ok(right),
                Err(why) if is_given || !self.asker.is_person() => {
                    return Err(Stopped::wrong_use(format!("{flag}: {why}")));
                }
                Err(why) => self.asker.say(&why),
            }
        }
    }

    /// Looks the domain up, and says what must be switched on before anything is tried.
    async fn find(&mut self, address: &str) -> Result<Found, Stopped> {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
        let said = if self.wishes.imap.host.is_some() && self.wishes.smtp.host.is_some() {
            Said::default()
        } else {
            let resolver =
                net::resolver(self.wishes.resolver).map_err(|why| Stopped::failed(why.to_string()))?;
            self.asker.say(&format!("Looking for the mail servers of {domain} …"));
            names::said(&resolver, &domain).await
        };
        let mut found = discover(&domain, &said);
        if let Some(host) = &self.wishes.imap.host {
            found.provider = provider::by_host(host).or(found.provider);
        }
        if let Some(provider) = found.provider {
            let steps: String = provider.switch_on.iter().map(|step| format!("  - {step}\n")).collect();
            self.asker.say(&format!("{} — this must be switched on first:\n{steps}", provider.name));
        }
        Ok(found)
    }

    /// The server as the operator named it, else the first candidate that answers.
    async fn place(&mut self, candidates: &[Candidate], kind: &'static str) -> Result<Place, Stopped> {
        let wish = if kind == "imap" { &self.wishes.imap } else { &self.wishes.smtp };
        if let Some(host) = &wish.host {
            let host = config::parse_host(host)
                .map_err(|why| Stopped::wrong_use(format!("--{kind}-host: {why}")))?;
            let tls = wish.tls.unwrap_or_else(|| usual_tls(wish.port));
            return Ok(Place { host, port: wish.port.unwrap_or_else(|| usual_port(kind, tls)), tls });
        }
        let mut first_reason: Option<Refused> = None;
        for candidate in candidates {
            let place = &candidate.place;
            if candidate.foreign && !self.trusts(place, kind)? {
                continue;
            }
            match net::connect(&self.server(place, "", None), GUESS_TIMEOUT).await {
                Ok(_) => {
                    self.asker.say(&format!(
                        "{}: {}:{} answers",
                        kind.to_uppercase(),
                        place.host,
                        place.port
                    ));
                    return Ok(place.clone());
                }
                Err(why) => {
                    let words = why.to_string();
                    // Of a guess that does not exist nobody needs to hear.
                    if candidate.source != Source::WellKnown || matches!(why, net::NetError::Operator(_)) {
                        first_reason.get_or_insert_with(|| login::explained(&words, None));
                    }
                }
            }
        }
        let why = match first_reason {
            Some(why) => format!(": {why}. {}", why.advice()),
            None => ", neither by DNS nor under the usual names.".to_owned(),
        };
        let question = format!(
            "No {} server was found{why}\nIts host name, with :PORT where it is not the usual one",
            kind.to_uppercase()
        );
        let flag = if kind == "imap" { "--imap-host" } else { "--smtp-host" };
        let parse = |text: &str| typed_place(text, kind).map(|_| text.to_owned());
        let answer = self.until_right(None, &question, flag, None, parse)?;
        typed_place(&answer, kind).map_err(Stopped::wrong_use)
    }

    /// DNS can be forged, and a certificate proves only the server's own name (RFC 6186 section 6).
    fn trusts(&mut self, place: &Place, kind: &str) -> Result<bool, Stopped> {
        self.asker.confirm(
            &format!(
                "DNS names {} as the {} server, which is in another domain than the address. Give it the password?",
                place.host,
                kind.to_uppercase()
            ),
            &format!("--{kind}-host {}", place.host),
        )
    }

    fn server(&self, place: &Place, user: &str, password: Option<&SecretString>) -> ServerConfig {
        ServerConfig {
            host: place.host.clone(),
            port: place.port,
            tls: place.tls,
            user: user.to_owned(),
            password: password.cloned().unwrap_or_else(|| SecretString::from("")),
            ca_file: self.wishes.ca_file.clone(),
        }
    }

    async fn log_in(
        &mut self,
        address: &str,
        imap: Place,
        smtp: Place,
        provider: Option<&'static Provider>,
    ) -> Result<(ServerConfig, ServerConfig), Stopped> {
        let mut imap = self.account(&imap, "imap", address, None)?;
        let limits = ImapLimits::default();
        for tried in 1.. {
            match login::imap(&imap, &limits, "INBOX", provider).await {
                Ok(session) => {
                    session.logout().await;
                    break;
                }
                Err(why) => self.after_refusal("IMAP", &why, tried)?,
            }
            imap.password = self.asker.secret("The password, once more", "--password-file")?;
        }
        self.asker.say("IMAP: logged in");
        let mut smtp = self.account(&smtp, "smtp", address, Some(&imap))?;
        let hello = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        for tried in 1.. {
            match login::smtp(&smtp, hello, &Deadlines::default(), provider).await {
                Ok(connection) => {
                    connection.quit().await;
                    break;
                }
                Err(why) => self.after_refusal("SMTP", &why, tried)?,
            }
            smtp.user = self.asker.ask("The user name for SMTP", "--smtp-user", Some(&smtp.user))?;
            smtp.password = self.asker.secret("The password for SMTP", "--smtp-password-file")?;
        }
        self.asker.say(if smtp.user.is_empty() { "SMTP: no login is wanted" } else { "SMTP: logged in" });
        Ok((imap, smtp))
    }

    /// User and password for a server; for SMTP those of IMAP, where nothing else was said.
    fn account(
        &mut self,
        place: &Place,
        kind: &str,
        address: &str,
        like: Option<&ServerConfig>,
    ) -> Result<ServerConfig, Stopped> {
        let wish = if kind == "imap" { &mut self.wishes.imap } else { &mut self.wishes.smtp };
        let (given_user, given_password) = (wish.user.take(), wish.password.take());
        let user = match (given_user, like) {
            (Some(user), _) => user,
            (None, Some(like)) => like.user.clone(),
            (None, None) => {
                let question = "The user name to log in with (mostly the whole address)";
                self.asker.ask(question, "--user", Some(address))?
            }
        };
        let password = match (given_password, like) {
            (Some(password), _) => Some(password),
            (None, _) if user.is_empty() => None,
            (None, Some(like)) => Some(like.password.clone()),
            (None, None) => Some(self.asker.secret("The password", "--password-file")?),
        };
        Ok(self.server(place, &user, password.as_ref()))
    }

    /// Explains a refusal; goes on only where another password may help.
    fn after_refusal(&mut self, server: &str, why: &Refused, tried: usize) -> Result<(), Stopped> {
        let words = format!("{server}: {why}\n{}", why.advice());
        if !self.asker.is_person() || !why.may_ask_again() || tried >= PASSWORDS_MAX {
            return Err(Stopped::failed(format!("{words}\nNothing was written.")));
        }
        self.asker.say(&words);
        Ok(())
    }

    /// Sends probes, and writes into the draft what their return taught.
    async fn learn(
        &mut self,
        address: &str,
        desk_id: &str,
        imap: &ServerConfig,
        smtp: &ServerConfig,
        draft: &mut Draft,
    ) -> Result<(), Stopped> {
        let errand = Errand {
            imap,
            smtp,
            limits: ImapLimits::default(),
            provider: draft.provider,
            folders: vec!["INBOX".to_owned()],
            wait: self.wishes.probe_wait,
            desk: None,
        };
        let seconds = self.wishes.probe_wait.as_secs();
        self.asker
            .say(&format!("Sending probe mails to {address}, and waiting for them (up to {seconds} s) …"));
        let plan = Plan { address, mark: "+", desk_id, authserv_ids: &[], internal: false, now: edge::now() };
        let lesson = learn(&errand, &plan, draft)
            .await
            .map_err(|why| Stopped::failed(format!("{why}\n{}\nNothing was written.", why.advice())))?;
        self.asker.say(&lesson);
        Ok(())
    }

    /// The config's text, which `maildesk check` accepts: two agents of one address, or an agent who is the mailbox, are told
    /// in its own words before anything is there.
    fn validated(
        &self,
        secret: &SecretString,
        imap: &ServerConfig,
        smtp: &ServerConfig,
        draft_: &Draft,
    ) -> Result<String, Stopped> {
        let text = draft(draft_);
        let mut files = vec![
            (self.paths.secret.as_path(), secret.expose_secret()),
            (self.paths.imap.as_path(), imap.password.expose_secret()),
            (self.paths.smtp.as_path(), smtp.password.expose_secret()),
        ];
        let store = self.wishes.store_password.as_ref();
        files.extend(store.map(|password| (self.paths.store.as_path(), password.expose_secret())));
        match config::parse(&text, &self.paths.config, &files::Drafted(files)) {
            Ok(_) => Ok(text),
            Err(why) => Err(Stopped::failed(format!(
                "This would not be a config that works:\n{why}\nNothing was written."
            ))),
        }
    }

    fn write(
        &self,
        secret: &SecretString,
        imap: &ServerConfig,
        smtp: &ServerConfig,
        draft_: &Draft,
    ) -> Result<(), Stopped> {
        let text = self.validated(secret, imap, smtp, draft_)?;
        if !self.paths.secret.exists() {
            files::write_secret(&self.paths.secret, secret)?;
        }
        files::write_secret(&self.paths.imap, &imap.password)?;
        if !smtp.user.is_empty() {
            files::write_secret(&self.paths.smtp, &smtp.password)?;
        }
        if let Some(password) = &self.wishes.store_password {
            files::write_secret(&self.paths.store, password)?;
        }
        files::write_config(&self.paths.config, &text)
    }

    fn next_steps(&self, draft: &Draft) -> String {
        let config = self.paths.config.display();
        let with_config = format!("--config {config}");
        let (option, start) = if self.paths.config == Path::new("/etc/maildesk/maildesk.toml") {
            ("", "systemctl enable --now maildesk".to_owned())
        } else {
            (with_config.as_str(), format!("maildesk run {with_config}"))
        };
        let option = if option.is_empty() { String::new() } else { format!(" {option}") };
        let mailbox = &draft.mailbox;
        let digest = match draft.operators.as_slice() {
            [] => "Nobody gets the daily digest, because [alerts] is empty.".to_owned(),
            all => format!("{} gets a digest of it each morning.", all.join(", ")),
        };
        let mut credentials = String::new();
        if option.is_empty() && draft.smtp.user.is_empty() {
            credentials += "SMTP needs no password here, and the unit loads one: take its LoadCredential=smtp-password out with \
                            `systemctl edit --full maildesk`.\n";
        }
        if option.is_empty() && self.wishes.store_password.is_some() {
            credentials += &format!(
                "The unit does not load the store's password: add LoadCredential={STORE_PASSWORD}:{} under [Service] with \
                 `systemctl edit maildesk`.\n",
                self.paths.store.display()
            );
        }
        format!(
            "\nWritten: {config}; beside it, readable by their owner alone: desk-secret and the passwords.\n{credentials}\n\
             What comes next:\n\
             \x20 1. Read the config, and complete it: agents, teams, rules (maildesk.example.toml has every key).\n\
             \x20 2. maildesk check --online{option}\n\
             \x20    looks at everything once more, with what to do for each row.\n\
             \x20 3. {start}\n\
             \x20    \"{mailbox}\" is in shadow mode: everything is decided and written down, nothing is sent. {digest}\n\
             \x20    Look for yourself: maildesk outbox list --state shadow{option}\n\
             \x20 4. maildesk live {mailbox}{option}\n\
             \x20    when all of it is right: from then on mail leaves.\n"
        )
    }
}

/// `imap.example.com`, or `imap.example.com:143`; the usual ports tell how the connection is protected.
fn typed_place(text: &str, kind: &str) -> Result<Place, String> {
    let text = text.trim();
    let (host, port) = match text.rsplit_once(':').filter(|(host, _)| !host.contains(':')) {
        Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| format!("{port} is no port"))?)),
        None => (text, None),
    };
    let tls = usual_tls(port);
    Ok(Place { host: config::parse_host(host)?, port: port.unwrap_or_else(|| usual_port(kind, tls)), tls })
}

/// How the usual ports are protected (RFC 8314 section 3).
fn usual_tls(port: Option<u16>) -> Tls {
    match port {
        Some(25 | 143 | 587) => Tls::StartTls,
        _ => Tls::Implicit,
    }
}

fn usual_port(kind: &str, tls: Tls) -> u16 {
    match (kind, tls) {
        ("imap", Tls::Implicit) => 993,
        ("imap", _) => 143,
        (_, Tls::Implicit) => 465,
        (_, Tls::StartTls) => 587,
        (_, Tls::None) => 25,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_server_may_name_its_port() {
        let place = |text: &str| typed_place(text, "imap").map(|p| (p.host, p.port, p.tls));
        assert_eq!(place(" mail.desk.test "), Ok(("mail.desk.test".to_owned(), 993, Tls::Implicit)));
        assert_eq!(place("mail.desk.test:143"), Ok(("mail.desk.test".to_owned(), 143, Tls::StartTls)));
        assert_eq!(place("127.0.0.1:10993"), Ok(("127.0.0.1".to_owned(), 10993, Tls::Implicit)));
        assert_eq!(place("::1"), Ok(("::1".to_owned(), 993, Tls::Implicit)));
        assert!(place("mail.desk.test:imaps").is_err() && place("not a host").is_err());
        assert_eq!(typed_place("smtp.desk.test", "smtp").map(|p| p.port), Ok(465));
    }

    /// Nobody who could be asked.
    struct Silent;

    impl Asker for Silent {
        fn say(&mut self, _: &str) {}
        fn ask(&mut self, question: &str, _: &str, _: Option<&str>) -> Result<String, Stopped> {
            Err(Stopped::failed(question))
        }
        fn secret(&mut self, question: &str, _: &str) -> Result<SecretString, Stopped> {
            Err(Stopped::failed(question))
        }
        fn confirm(&mut self, question: &str, _: &str) -> Result<bool, Stopped> {
            Err(Stopped::failed(question))
        }
        fn is_person(&self) -> bool {
            false
        }
    }

    #[tokio::test]
    async fn a_named_port_tells_how_it_is_protected_where_nothing_else_does() {
        for (port, tls, wanted) in [
            (None, None, (993, Tls::Implicit)),
            (Some(143), None, (143, Tls::StartTls)),
            (Some(143), Some(Tls::None), (143, Tls::None)),
            (Some(10993), None, (10993, Tls::Implicit)),
            (None, Some(Tls::StartTls), (143, Tls::StartTls)),
        ] {
            let imap = ServerWish { host: Some("127.0.0.1".into()), port, tls, ..ServerWish::default() };
            let wishes = Wishes { imap, ..Wishes::default() };
            let paths = Paths::new(Path::new("/x/maildesk.toml"), Path::new("/x"));
            let mut beginning = Beginning { wishes, asker: &mut Silent, paths };
            let place = beginning.place(&[], "imap").await.unwrap();
            assert_eq!((place.port, place.tls), wanted, "{port:?} {tls:?}");
        }
    }
}
