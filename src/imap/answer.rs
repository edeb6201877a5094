//! What a server's answer says, in values of our own. Pure.

use std::collections::BTreeSet;

use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, MessageSection, NameAttribute, Outcome, Response, ResponseCode,
    SectionPath, Status as WireStatus, StatusAttribute, rfc4315::UidSetMember,
};

use super::syntax::clean_words;

/// The tagged status of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
}

/// All that a command brought: its untagged responses and its tagged status.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: Status,
    /// Text of the tagged line, cleaned.
    pub words: String,
    pub items: Vec<Item>,
}

/// One piece of an answer that maildesk has a use for.
#[derive(Debug)]
pub(super) enum Item {
    Exists(u32),
    Expunged,
    Search(Vec<u32>),
    Fetch(FetchItem),
    Capabilities(BTreeSet<String>),
    UidValidity(u32),
    UidNext(u32),
    ReadOnly,
    /// One line of LIST; the name as on the wire.
    Folder {
        name: String,
        delimiter: Option<String>,
        is_sent: bool,
        is_junk: bool,
        is_trash: bool,
        can_be_opened: bool,
    },
    /// STATUS, as far as it was asked for.
    FolderStatus {
        uid_validity: Option<u32>,
        uid_next: Option<u32>,
    },
    /// Where an appended message lies (RFC 4315).
    Appended {
        uid_validity: u32,
        uid: u32,
    },
    Greeting {
        preauth: bool,
    },
    /// The server ends the connection; its words.
    Bye(String),
    Continue,
}

/// One untagged FETCH.
#[derive(Debug, Default)]
pub(super) struct FetchItem {
    pub uid: Option<u32>,
    pub size_bytes: Option<u64>,
    pub internal_date: Option<String>,
    /// The answer to `BODY[]` or `BODY[HEADER]`: absent, NIL, or bytes.
    pub body: Option<Option<Vec<u8>>>,
}

/// What one response of the codec holds; `Done` besides its items.
pub(super) fn items_of(response: &Response<'_>, items: &mut Vec<Item>) -> Option<(String, Status, String)> {
    match response {
        Response::Capabilities(list) => items.push(Item::Capabilities(names(list))),
        Response::Continue(_) => items.push(Item::Continue),
        Response::Expunge(_) => items.push(Item::Expunged),
        Response::Fetch(_, attributes) => items.push(Item::Fetch(fetch_item(attributes))),
        Response::MailboxData(MailboxDatum::Exists(count)) => items.push(Item::Exists(*count)),
        Response::MailboxData(MailboxDatum::Search(uids)) => items.push(Item::Search(uids.clone())),
        Response::MailboxData(MailboxDatum::List(list)) => {
            let has = |wanted: &NameAttribute<'_>| list.name_attributes.contains(wanted);
            items.push(Item::Folder {
                name: list.name.to_string(),
                delimiter: list.delimiter.as_deref().map(str::to_owned),
                is_sent: has(&NameAttribute::Sent),
                is_junk: has(&NameAttribute::Junk),
                is_trash: has(&NameAttribute::Trash),
                can_be_opened: !has(&NameAttribute::NoSelect) && !list.name_attributes.iter().any(is_absent),
            });
        }
        Response::MailboxData(MailboxDatum::Status { status, .. }) => {
            let (mut uid_validity, mut uid_next) = (None, None);
            for attribute in status {
                match attribute {
                    StatusAttribute::UidValidity(value) => uid_validity = Some(*value),
                    StatusAttribute::UidNext(value) => uid_next = Some(*value),
                    _ => {}
                }
            }
            items.push(Item::FolderStatus { uid_validity, uid_next });
        }
        Response::Data { status, outcome } => {
            let first = match status {
                WireStatus::Ok => Some(Item::Greeting { preauth: false }),
                WireStatus::PreAuth => Some(Item::Greeting { preauth: true }),
                WireStatus::Bye => Some(Item::Bye(words(outcome))),
                WireStatus::No | WireStatus::Bad => None,
            };
            items.extend(first);
            items.extend(code(outcome));
        }
        Response::Done { tag, status, outcome } => {
            let status = match status {
                WireStatus::Ok => Status::Ok,
                WireStatus::No => Status::No,
                WireStatus::Bad | WireStatus::PreAuth | WireStatus::Bye => Status::Bad,
            };
            items.extend(code(outcome));
            return Some((tag.0.clone(), status, words(outcome)));
        }
        // The guard drops everything else that the codec can name.
        _ => {}
    }
    None
}

/// RFC 5258 section 3: a name without a folder.
fn is_absent(attribute: &NameAttribute<'_>) -> bool {
    matches!(attribute, NameAttribute::Extension(name) if name.eq_ignore_ascii_case("\\NonExistent"))
}

fn words(outcome: &Outcome<'_>) -> String {
    let text = outcome.information.as_deref().map(clean_words).unwrap_or_default();
    match outcome.code {
        Some(ResponseCode::TryCreate) => format!("[TRYCREATE] {text}"),
        _ => text,
    }
}

fn code(outcome: &Outcome<'_>) -> Option<Item> {
    match outcome.code.as_ref()? {
        ResponseCode::Capabilities(list) => Some(Item::Capabilities(names(list))),
        ResponseCode::UidValidity(value) => Some(Item::UidValidity(*value)),
        ResponseCode::UidNext(value) => Some(Item::UidNext(*value)),
        ResponseCode::ReadOnly => Some(Item::ReadOnly),
        ResponseCode::AppendUid(uid_validity, uids) => match uids.as_slice() {
            [UidSetMember::Uid(uid)] => Some(Item::Appended { uid_validity: *uid_validity, uid: *uid }),
            _ => None,
        },
        _ => None,
    }
}

/// Upper case: capability names are case-insensitive (RFC 3501 section 9).
fn names(list: &[Capability<'_>]) -> BTreeSet<String> {
    list.iter()
        .map(|capability| match capability {
            Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
            Capability::Auth(name) => format!("AUTH={}", name.to_ascii_uppercase()),
            Capability::Atom(name) => name.to_ascii_uppercase(),
        })
        .collect()
}

/// `BODY[]` or `BODY[HEADER]`.
const fn is_whole(section: Option<&SectionPath>) -> bool {
    matches!(section, None | Some(SectionPath::Full(MessageSection::Header)))
}

fn fetch_item(attributes: &[AttributeValue<'_>]) -> FetchItem {
    let mut item = FetchItem::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => item.uid = Some(*uid),
            AttributeValue::Rfc822Size(size) => item.size_bytes = Some(u64::from(*size)),
            AttributeValue::InternalDate(date) => item.internal_date = Some(date.to_string()),
            // `BODY[1]` is not what was asked for, even if somebody garbled the question.
            AttributeValue::BodySection { section, data, .. } if is_whole(section.as_ref()) => {
                item.body = Some(data.as_ref().map(|bytes| bytes.to_vec()));
            }
            _ => {}
        }
    }
    item
}
