//! Everything that a test with real servers needs, started together: Dovecot, Postfix with the proving filter, and DNS, on one
//! leased address.

use std::{io, path::PathBuf};

use crate::{
    desk::Engine,
    dns::Dns,
    dovecot::Dovecot,
    mailclient::{ImapBox, Submission},
    policy::PolicyServer,
    postfix::{Postfix, PostfixOptions},
};

/// The servers, in the order in which they must end: Postfix first, so that it does not complain of the others.
#[derive(Debug)]
pub struct House {
    pub postfix: Postfix,
    pub policy: PolicyServer,
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
        Self::start_with(users, true)
    }

    /// As [`House::start`]; with `strip_forged` false, forged `Authentication-Results` from outside pass the border and
    /// must be outranked by position alone.
    ///
    /// # Errors
    /// What failed, with the server's own log.
    pub fn start_with(users: &[(&str, &str)], strip_forged: bool) -> io::Result<Self> {
        let dovecot = Dovecot::start(users)?;
        let policy = PolicyServer::start(dovecot.ip(), Self::AUTHSERV_ID)?;
        let dns = Dns::start(dovecot.ip())?;
        let options =
            PostfixOptions { domains: &Self::DOMAINS, authserv_id: Self::AUTHSERV_ID, strip_forged };
        let postfix = Postfix::start(&dovecot, &options)?;
        Ok(Self { postfix, policy, dns, dovecot, engine: Engine::default() })
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
