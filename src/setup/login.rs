//! Trying the two servers with what the operator gave, and saying in plain words why one refuses. Effects: it connects, logs
//! in, opens folders; it changes nothing on either server.

use crate::{
    config::ServerConfig,
    imap::{ImapError, ImapLimits, Session},
    smtp::{Connection, Deadlines, SmtpError},
};

use super::{
    provider::Provider,
    refusal::{Cause, Refusal, explain},
};

/// Why a server does not let us in.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{words}")]
pub struct Refused {
    /// The server's words or ours, without addresses or secrets.
    pub words: String,
    /// The usual refusal that it is.
    pub known: Option<&'static Refusal>,
    /// User and password were asked for and refused: another try may lock the account.
    pub is_login: bool,
}

impl Refused {
    fn new(words: String, provider: Option<&Provider>, is_login: bool) -> Self {
        Self { known: explain(&words, provider), words, is_login }
    }

    /// What it means and what to do, as sentences.
    #[must_use]
    pub fn advice(&self) -> String {
        match self.known {
            Some(row) => format!("{} {}", row.means, row.todo),
            None if self.is_login => {
                "Check the user name (mostly the whole address) and the password; with two-factor login make \
                                      an application password."
                    .to_owned()
            }
            None => "Check host, port and tls; try again in a few minutes.".to_owned(),
        }
    }

    /// Whether other words from the operator (a password) could help at once.
    #[must_use]
    pub fn may_ask_again(&self) -> bool {
        let cause = self.known.map(|row| row.cause);
        self.is_login && matches!(cause, None | Some(Cause::AppPassword | Cause::Password))
    }
}

/// Logs in to IMAP and opens a folder: NetEase lets a login in and refuses the folder ("Unsafe Login").
///
/// # Errors
/// Why not.
pub async fn imap(
    server: &ServerConfig,
    limits: &ImapLimits,
    folder: &str,
    provider: Option<&Provider>,
) -> Result<Session, Refused> {
    let refused = |why: ImapError| Refused::new(why.to_string(), provider, why.login_refused());
    let mut session = Session::open(server, limits).await.map_err(refused)?;
    session.select(folder).await.map_err(refused)?;
    Ok(session)
}

/// Logs in to SMTP. `hello`: our name for EHLO, a domain.
///
/// # Errors
/// Why not.
pub async fn smtp(
    server: &ServerConfig,
    hello: &str,
    deadlines: &Deadlines,
    provider: Option<&Provider>,
) -> Result<Connection, Refused> {
    Connection::open(server, hello, deadlines).await.map_err(|why| {
        let is_login = matches!(why, SmtpError::Login(_));
        Refused::new(why.to_string(), provider, is_login)
    })
}

/// Words of a relay about a sender or a mail, explained.
#[must_use]
pub fn explained(words: &str, provider: Option<&Provider>) -> Refused {
    Refused::new(words.to_owned(), provider, false)
}
