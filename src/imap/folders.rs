//! Folders that are looked for and looked at without being opened: which one holds sent mail (RFC 6154, else its usual
//! names), and whether something came into it.

use super::{
    ImapError, Session,
    answer::{Item, Status},
    syntax::{folder_name, readable_name},
    wire::Expect,
};

/// Folders of one account: a shared Exchange mailbox has thousands.
const FOLDERS_MAX: u32 = 50_000;

/// Parents below which a server keeps its own folders: Courier and Cyrus, Gmail in its two spellings.
const PARENTS: [&str; 4] = ["", "inbox", "[gmail]", "[google mail]"];

/// What the folder of sent mail is called where the server does not mark it (QQ, NetEase, Aliyun, Exchange in its
/// languages, iCloud, Yahoo, GMX, mail programs that made it). Lower case, the likeliest first.
const SENT_NAMES: [&str; 42] = [
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "sent-mail",
    "sentmail",
    "已发送",
    "已发送邮件",
    "已发邮件",
    "已发送的邮件",
    "已发送消息",
    "寄件備份",
    "寄件备份",
    "已傳送",
    "已傳送的郵件",
    "已寄出",
    "gesendet",
    "gesendete elemente",
    "gesendete objekte",
    "gesendete nachrichten",
    "éléments envoyés",
    "messages envoyés",
    "envoyés",
    "enviados",
    "elementos enviados",
    "itens enviados",
    "mensajes enviados",
    "correo enviado",
    "e-mails enviados",
    "posta inviata",
    "inviata",
    "messaggi inviati",
    "verzonden items",
    "verzonden",
    "verzonden berichten",
    "elementy wysłane",
    "wysłane",
    "отправленные",
    "送信済みアイテム",
    "送信済みメール",
    "送信済み",
    "보낸 편지함",
];

/// What STATUS tells of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FolderGlance {
    pub uid_validity: Option<u32>,
    pub uid_next: Option<u32>,
}

/// One line of a folder list, its name as people read it.
#[derive(Debug, Clone)]
struct Listed {
    name: String,
    delimiter: Option<String>,
    is_sent: bool,
    is_junk: bool,
    is_trash: bool,
}

/// The folders that have a purpose of their own, as people read their names; `None` where none can be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpecialFolders {
    pub sent: Option<String>,
    /// Only where the server marks it (RFC 6154).
    pub junk: Option<String>,
    /// Only where the server marks it.
    pub trash: Option<String>,
}

impl Session {
    /// The folder that holds sent mail, as people read its name; `None` when there is none that can be told.
    ///
    /// # Errors
    /// When the connection ends, or the list cannot be understood: then the session is dead.
    pub async fn sent_folder(&mut self) -> Result<Option<String>, ImapError> {
        self.special_folders().await.map(|folders| folders.sent)
    }

    /// The folders for sent mail, for junk and for what was deleted.
    ///
    /// # Errors
    /// As [`Session::sent_folder`].
    pub async fn special_folders(&mut self) -> Result<SpecialFolders, ImapError> {
        // A plain LIST first: its lines hold nothing that an extension adds, and many servers mark the folders in it.
        let mut folders = self.list("LIST \"\" \"*\"").await?;
        if self.capabilities.contains("SPECIAL-USE") && !folders.iter().any(|folder| folder.is_sent) {
            folders.extend(self.list("LIST (SPECIAL-USE) \"\" \"*\"").await?);
        }
        let named = |is: fn(&Listed) -> bool| folders.iter().find(|f| is(f)).map(|f| f.name.clone());
        Ok(SpecialFolders {
            sent: choose_sent(&folders),
            junk: named(|f| f.is_junk),
            trash: named(|f| f.is_trash),
        })
    }

    async fn list(&mut self, command: &str) -> Result<Vec<Listed>, ImapError> {
        let expect = Expect { responses: FOLDERS_MAX, asked: Some("LIST"), ..Expect::SHORT };
        let answer = self.wire.command(command, expect).await?;
        self.note_changes(&answer.items);
        if answer.status != Status::Ok {
            return Ok(Vec::new());
        }
        let listed = |item| match item {
            Item::Folder { name, delimiter, is_sent, is_junk, is_trash, can_be_opened: true } => {
                Some(Listed { name: readable_name(&name)?, delimiter, is_sent, is_junk, is_trash })
            }
            _ => None,
        };
        Ok(answer.items.into_iter().filter_map(listed).collect())
    }

    /// Looks at a folder that is not open; `None`: the server does not tell, or it is not there.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn glance(&mut self, folder: &str) -> Result<Option<FolderGlance>, ImapError> {
        let command = format!("STATUS {} (UIDVALIDITY UIDNEXT)", folder_name(folder)?);
        let answer = self.wire.command(&command, Expect { asked: Some("STATUS"), ..Expect::SHORT }).await?;
        self.note_changes(&answer.items);
        if answer.status != Status::Ok {
            return Ok(None);
        }
        Ok(answer.items.into_iter().find_map(|item| match item {
            Item::FolderStatus { uid_validity, uid_next } => Some(FolderGlance { uid_validity, uid_next }),
            _ => None,
        }))
    }
}

/// The marked one, else the one with the likeliest name among the server's own folders.
fn choose_sent(folders: &[Listed]) -> Option<String> {
    if let Some(marked) = folders.iter().find(|folder| folder.is_sent) {
        return Some(marked.name.clone());
    }
    let named = folders.iter().filter_map(|folder| Some((likelihood(folder)?, folder)));
    named.min_by_key(|(likelihood, _)| *likelihood).map(|(_, folder)| folder.name.clone())
}

fn likelihood(folder: &Listed) -> Option<usize> {
    let name = folder.name.to_lowercase();
    let parted = folder.delimiter.as_deref().filter(|d| !d.is_empty()).and_then(|d| name.rsplit_once(d));
    let (parent, own) = parted.unwrap_or(("", &name));
    PARENTS.contains(&parent).then(|| SENT_NAMES.iter().position(|known| *known == own))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, is_sent: bool) -> Listed {
        Listed {
            name: name.to_owned(),
            delimiter: Some("/".to_owned()),
            is_sent,
            is_junk: false,
            is_trash: false,
        }
    }

    #[test]
    fn the_marked_folder_comes_before_the_named_one() {
        let folders = [folder("Sent", false), folder("Archive/2024", true)];
        assert_eq!(choose_sent(&folders).as_deref(), Some("Archive/2024"));
    }

    #[test]
    fn the_usual_names_are_known_where_servers_keep_them() {
        for name in
            ["Sent", "INBOX/Sent Items", "[Gmail]/已发邮件", "已发送", "SENT MESSAGES", "Отправленные"]
        {
            assert_eq!(choose_sent(&[folder("INBOX", false), folder(name, false)]).as_deref(), Some(name));
        }
        for name in ["Clients/Sent", "Sentinel", "Outbox", "发件箱"] {
            assert_eq!(choose_sent(&[folder(name, false)]), None, "{name}");
        }
        let two = [folder("已发送邮件", false), folder("Sent", false)];
        assert_eq!(choose_sent(&two).as_deref(), Some("Sent"));
    }
}
