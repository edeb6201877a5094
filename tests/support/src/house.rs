//! Everything that a test with real servers needs, started together: Dovecot, Postfix with the proving filter, and DNS, on one
//! leased address.

use std::{io, path::PathBuf};

use crate::{
    desk::Engine,
    dns::Dns,
    dovecot::Dovecot,
    mailclient::{ImapBox, Submission},
    opendkim::OpenDkim,
    policy::PolicyServer,
    postfix::{LoginMark, Postfix, PostfixOptions},
    rspamd::Rspamd,
};

/// The servers, in the order in which they must end: Postfix first, so that it does not complain of the others.
#[derive(Debug)]
pub struct House {
    pub postfix: Postfix,
    pub filter: Option<Rspamd>,
    pub policy: PolicyServer,
    /// When the house signs.
    pub signer: Option<OpenDkim>,
    pub dns: Dns,
    pub dovecot: Dovecot,
    /// What its desks store on.
    pub engine: Engine,
}

impl House {
    /// The name under which its servers write `Authentication-Results`.
    pub const AUTHSERV_ID: &str = "mx.desk.test";
    /// How many Received lines stand above a genuine one: Dovecot's LMTP line. Postfix puts what a policy service prepends
    /// above its own Received line, so a header from outside has at least one line more above it.
    pub const OWN_RECEIVED: usize = 1;
    /// The domains that it takes mail for.
    pub const DOMAINS: [&str; 3] = ["desk.test", "client.test", "other.test"];

    /// Starts all of it, with these (address, password) accounts.
    ///
    /// # Errors
    /// What failed, with the server's own log.
    pub fn start(users: &[(&str, &str)]) -> io::Result<Self> {
        Self::start_as(users, true, false, LoginMark::default())
    }

    /// As [`House::start`], with another mark of mails that were submitted with a login. A key that signs is published.
    ///
    /// # Errors
    /// What failed, with the server's own log.
    pub fn start_marking(users: &[(&str, &str)], mark: LoginMark) -> io::Result<Self> {
        Self::start_as(users, true, false, mark)
    }

    /// As [`House::start`], with a Rspamd that judges mail from outside.
    ///
    /// # Errors
    /// What failed, with the server's own log.
    pub fn start_filtered(users: &[(&str, &str)]) -> io::Result<Self> {
        Self::start_as(users, true, true, LoginMark::default())
    }

    /// As [`House::start`]; with `strip_forged` false, forged `Authentication-Results` from outside pass the border and
    /// must be outranked by position alone.
    ///
    /// # Errors
    /// What failed, with the server's own log.
    pub fn start_with(users: &[(&str, &str)], strip_forged: bool) -> io::Result<Self> {
        Self::start_as(users, strip_forged, false, LoginMark::default())
    }

    fn start_as(
        users: &[(&str, &str)],
        strip_forged: bool,
        filtered: bool,
        mark: LoginMark,
    ) -> io::Result<Self> {
        let dovecot = Dovecot::start(users)?;
        let policy = PolicyServer::start(dovecot.ip(), Self::AUTHSERV_ID)?;
        let dns = Dns::start(dovecot.ip())?;
        let signs = mark == LoginMark::Signature;
        let signer = signs.then(|| OpenDkim::start(dovecot.ip(), &Self::DOMAINS)).transpose()?;
        for (signer, domain) in signer.iter().flat_map(|s| Self::DOMAINS.map(|d| (s, d))) {
            dns.set_txt(&format!("{}._domainkey.{domain}", OpenDkim::SELECTOR), signer.record());
        }
        let filter = filtered.then(|| Rspamd::start(dovecot.ip(), dns.address())).transpose()?;
        let domains = &Self::DOMAINS;
        let options =
            PostfixOptions { domains, authserv_id: Self::AUTHSERV_ID, strip_forged, filtered, mark };
        let postfix = Postfix::start(&dovecot, &options)?;
        Ok(Self { postfix, filter, policy, signer, dns, dovecot, engine: Engine::default() })
    }

    /// The root certificate of its servers.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.dovecot.ca_file()
    }

    /// A session on the INBOX of an account.
    ///
    /// # Errors
    /// When the login fails.
    pub fn inbox(&self, user: &str) -> io::Result<ImapBox> {
        ImapBox::open(self.dovecot.ip(), user, &self.dovecot.password(user), "INBOX")
    }

    /// Mail from outside: the MX, without a login.
    ///
    /// # Errors
    /// What the server refused.
    pub fn deliver(&self, from: &str, to: &[&str], raw: &[u8]) -> io::Result<()> {
        Submission::plain(self.dovecot.ip(), Postfix::SMTP)?.send(from, to, raw)
    }

    /// Mail from a mail program: submission with the account's login.
    ///
    /// # Errors
    /// What the server refused.
    pub fn submit(&self, user: &str, to: &[&str], raw: &[u8]) -> io::Result<()> {
        let mut session = Submission::starttls(self.dovecot.ip(), Postfix::SUBMISSION, &self.ca_file())?;
        session.login(user, &self.dovecot.password(user))?;
        session.send(user, to, raw)
    }
}
