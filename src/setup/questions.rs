//! What `init` asks that no server can tell: the desk's name, its zone, who is told of trouble, who answers. The rest of
//! the draft is filled with careful defaults.

use super::{
    Stopped,
    begin::{Beginning, STORE_PASSWORD},
    draft::{Draft, Results, Server, Subaddressing},
    provider::{Place, Provider},
};
use crate::config::{self, ServerConfig};

/// Agents asked for one by one.
const AGENTS_MAX: usize = 50;

impl Beginning<'_> {
    /// Everything that no server can tell.
    pub(super) fn questions(
        &mut self,
        address: &str,
        imap: &ServerConfig,
        smtp: &ServerConfig,
        provider: Option<&'static Provider>,
    ) -> Result<Draft, Stopped> {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let words = |text: &str| {
            if text.is_empty() || text.chars().any(char::is_control) {
                Err("must be one line and not empty".to_owned())
            } else {
                Ok(text.to_owned())
            }
        };
        let usual_name = format!("{domain} {local}");
        let given = self.wishes.desk_name.clone();
        let desk_name = self.until_right(
            given,
            "The desk's name, as clients read it",
            "--desk-name",
            Some(&usual_name),
            words,
        )?;
        let given = self.wishes.zone.clone();
        let zone = self.until_right(
            given,
            "The time zone in which clients are told times",
            "--zone",
            Some(&local_zone()),
            config::parse_zone,
        )?;
        let operators = self.operators(address)?;
        let agents = self.agents(address)?;
        let mailbox = self.wishes.mailbox.clone().unwrap_or_else(|| plain_name(local));
        Ok(Draft {
            desk_name,
            language: self.wishes.language.clone().unwrap_or_else(|| "en".to_owned()),
            zone,
            store_url: self.store_url(),
            store_password_file: self.wishes.store_password.as_ref().map(|_| STORE_PASSWORD.to_owned()),
            mailbox,
            address: address.to_owned(),
            imap: self.written(imap, "imap-password"),
            smtp: self.written(smtp, "smtp-password"),
            provider,
            subaddressing: Subaddressing::NotTried,
            plain_envelope: false,
            results: Results::Unknown,
            operators,
            agents,
            resolver: self.wishes.resolver.map(|resolver| resolver.to_string()),
        })
    }

    fn operators(&mut self, own: &str) -> Result<Vec<String>, Stopped> {
        if self.wishes.operators.is_empty() && self.asker.is_person() {
            self.asker.say("Who is told of trouble, and each morning of what shadow mode holds back?");
            let answer =
                self.until_right(None, "Address (empty: nobody)", "--alerts", Some(""), |text| match text {
                    "" => Ok(String::new()),
                    text => config::parse_address(text).and_then(|a| {
                        if a == own { Err(format!("{a} is the mailbox itself.")) } else { Ok(a) }
                    }),
                })?;
            self.wishes.operators.extend((!answer.is_empty()).then_some(answer));
        }
        // The desk would ignore its own mail, and nobody would be told.
        let parse = |text: &String| match config::parse_address(text.trim()) {
            Ok(address) if address == own => {
                Err(Stopped::wrong_use("--alerts: the mailbox cannot be told of itself"))
            }
            Ok(address) => Ok(address),
            Err(why) => Err(Stopped::wrong_use(format!("--alerts: {why}"))),
        };
        self.wishes.operators.iter().map(parse).collect()
    }

    fn agents(&mut self, own: &str) -> Result<Vec<(String, String)>, Stopped> {
        let mut taken = vec![own.to_owned()];
        if self.wishes.agents.is_empty() && self.asker.is_person() {
            self.asker.say("Who answers? Name <address>, one a line; an empty line ends the list.");
            while self.wishes.agents.len() < AGENTS_MAX {
                let answer = self.asker.ask("Agent", "--agent", Some(""))?;
                match answer.trim() {
                    "" => break,
                    agent => match parse_agent(agent) {
                        Ok((_, address)) if taken.contains(&address) => {
                            self.asker.say(&format!("{address} is the mailbox itself, or named already."));
                        }
                        Ok((_, address)) => {
                            taken.push(address);
                            self.wishes.agents.push(agent.to_owned());
                        }
                        Err(why) => self.asker.say(&why),
                    },
                }
            }
        }
        let parse =
            |text: &String| parse_agent(text).map_err(|why| Stopped::wrong_use(format!("--agent: {why}")));
        self.wishes.agents.iter().map(parse).collect()
    }

    /// The service's own place for a config under `/etc`, else beside the config.
    fn store_url(&self) -> String {
        if let Some(url) = &self.wishes.store_url {
            return url.clone();
        }
        let config = std::path::absolute(&self.paths.config).unwrap_or_else(|_| self.paths.config.clone());
        match config.parent() {
            Some(folder) if !config.starts_with("/etc") => {
                format!("sqlite://{}", folder.join("maildesk.db").display())
            }
            _ => "sqlite:///var/lib/maildesk/maildesk.db".to_owned(),
        }
    }

    fn written(&self, server: &ServerConfig, password_file: &str) -> Server {
        let ca_file = server
            .ca_file
            .as_ref()
            .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string());
        Server {
            place: Place { host: server.host.clone(), port: server.port, tls: server.tls },
            user: server.user.clone(),
            password_file: password_file.to_owned(),
            ca_file,
        }
    }
}

/// The zone of this machine, where it has a name.
fn local_zone() -> String {
    let zone = jiff::tz::TimeZone::system();
    zone.iana_name().filter(|name| *name != "Etc/UTC").unwrap_or("UTC").to_owned()
}

/// A name for the mailbox that needs no quotes on a command line.
fn plain_name(local: &str) -> String {
    let name: String =
        local.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    if name.is_empty() { "support".to_owned() } else { name }
}

/// `Alice Chen <alice@example.com>`, or an address alone.
fn parse_agent(text: &str) -> Result<(String, String), String> {
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').to_owned(), address),
        None => (String::new(), text),
    };
    let address = config::parse_address(address.trim())?;
    let local = address.split('@').next().unwrap_or_default().to_owned();
    Ok((if name.is_empty() { local } else { name }, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_read_as_people_write_them() {
        let pair = |name: &str, address: &str| Ok((name.to_owned(), address.to_owned()));
        assert_eq!(parse_agent("Alice Chen <Alice@desk.test>"), pair("Alice Chen", "alice@desk.test"));
        assert_eq!(
            parse_agent(" \"Chen, Alice\" <alice@desk.test> "),
            pair("Chen, Alice", "alice@desk.test")
        );
        assert_eq!(parse_agent("bob@desk.test"), pair("bob", "bob@desk.test"));
        assert!(parse_agent("Bob").is_err());
        assert_eq!(plain_name("help desk!"), "helpdesk");
        assert_eq!(plain_name("支持"), "support");
    }
}
