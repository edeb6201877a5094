//! The mailbox under the desk, as those see it who write to it: a real Dovecot account, or the scripted server.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Result, bail};
use maildesk_lab::{
    desk::Endpoint,
    dovecot::Dovecot,
    mailclient::ImapBox,
    scripted_imap::{self, ScriptedImap},
};

/// The password of an account. Each has its own: a user name with one wrong bit must not open another one's mailbox.
pub fn password(user: &str) -> String {
    format!("secret-of-{user}")
}

/// Accounts for a Dovecot, with their passwords.
pub fn accounts(count: u64) -> Vec<(String, String)> {
    (0..=count).map(|n| format!("p{n}@desk.test")).map(|user| (user.clone(), password(&user))).collect()
}
/// Where settled mail goes with [`AFTER`]'s second; Dovecot's config makes it.
pub const HANDLED: &str = "Handled";
/// The three ways to settle a mail.
pub const AFTER: [&str; 3] = ["keep", "move:Handled", "delete"];

/// A mailbox.
pub enum Post {
    Dovecot { server: Arc<Dovecot>, user: String, inbox: Mutex<ImapBox> },
    Scripted(ScriptedImap),
}

/// A mail in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    pub uid: u32,
    pub flags: BTreeSet<String>,
}

impl Lying {
    pub fn is_seen(&self) -> bool {
        self.flags.contains("\\Seen")
    }
}

impl Post {
    /// An account of this Dovecot.
    ///
    /// # Errors
    /// When the login fails.
    pub fn dovecot(server: &Arc<Dovecot>, user: &str) -> Result<Self> {
        let inbox = Mutex::new(ImapBox::open(server.ip(), user, &password(user), "INBOX")?);
        Ok(Self::Dovecot { server: Arc::clone(server), user: user.to_owned(), inbox })
    }

    /// How the desk reaches it, without TLS: what is swept is the desk, not rustls.
    pub fn endpoint(&self) -> Endpoint {
        let (host, port, user, password) = match self {
            Self::Dovecot { server, user, .. } => (server.ip(), Dovecot::IMAP, user.as_str(), password(user)),
            Self::Scripted(server) => {
                (server.ip(), server.port(), scripted_imap::USER, scripted_imap::PASSWORD.to_owned())
            }
        };
        let login = Some((user.to_owned(), password));
        Endpoint { host: host.to_string(), port, tls: "none", login, ca_file: None }
    }

    /// A mail arrives; the n-th has the UID n.
    ///
    /// # Errors
    /// When the server does not take it.
    pub fn deliver(&self, uid: u32, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Dovecot { inbox, .. } => {
                inbox.lock().unwrap_or_else(PoisonError::into_inner).append("INBOX", bytes)?;
            }
            Self::Scripted(server) => server.deliver_now(uid, bytes),
        }
        Ok(())
    }

    /// What lies in a folder now.
    ///
    /// # Errors
    /// When the server does not say.
    pub fn lying(&self, folder: &str) -> Result<Vec<Lying>> {
        Ok(match self {
            Self::Dovecot { server, user, .. } => {
                // A fresh session sees what the desk did a moment ago.
                let mails = ImapBox::open(server.ip(), user, &password(user), folder)?.messages()?;
                mails
                    .into_iter()
                    .map(|m| Lying { uid: m.uid, flags: m.flags.into_iter().collect() })
                    .collect()
            }
            Self::Scripted(server) => {
                let mails = server.mails(folder);
                mails
                    .into_iter()
                    .map(|(uid, flags)| Lying { uid, flags: flags.into_iter().collect() })
                    .collect()
            }
        })
    }

    /// Message-IDs of what lies in the Sent folder; `None`: there is none, so that nothing is filed.
    ///
    /// # Errors
    /// When the server does not say.
    pub fn filed(&self) -> Result<Option<Vec<String>>> {
        let Self::Dovecot { server, user, .. } = self else { return Ok(None) };
        let mails = ImapBox::open(server.ip(), user, &password(user), "Sent")?.messages()?;
        Ok(Some(
            mails.iter().map(|mail| mail.header("Message-ID").trim_matches(['<', '>']).to_owned()).collect(),
        ))
    }

    /// INBOX's UIDVALIDITY.
    pub fn uid_validity(&self) -> u32 {
        match self {
            Self::Dovecot { inbox, .. } => {
                inbox.lock().unwrap_or_else(PoisonError::into_inner).uid_validity()
            }
            Self::Scripted(_) => 1,
        }
    }

    /// Whether the server's folders are as they must be once everything is settled; what is not.
    ///
    /// # Errors
    /// When the operator's word for `after` is none of the three.
    pub fn check_settled(&self, after: &str, delivered: usize) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        let inbox = self.lying("INBOX")?;
        match after {
            "keep" => {
                let unseen: Vec<u32> = inbox.iter().filter(|m| !m.is_seen()).map(|m| m.uid).collect();
                if inbox.len() != delivered || !unseen.is_empty() {
                    wrong.push(format!(
                        "{delivered} mails were delivered, {} lie in INBOX, not marked: {unseen:?}",
                        inbox.len()
                    ));
                }
            }
            "delete" if !inbox.is_empty() => wrong.push(format!("left in INBOX: {inbox:?}")),
            "delete" => {}
            after if after == format!("move:{HANDLED}") => {
                let moved = self.lying(HANDLED)?.len();
                if !inbox.is_empty() || moved != delivered {
                    wrong.push(format!(
                        "{delivered} mails were delivered, {moved} were moved, {} lie in INBOX",
                        inbox.len()
                    ));
                }
            }
            other => bail!("after = {other:?} is not swept"),
        }
        Ok(wrong)
    }
}
