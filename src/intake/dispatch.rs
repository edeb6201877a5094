//! From a decision's letters to rows of the outbox: here tokens, nonces and Message-IDs are drawn and the letters rendered.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::judgement::Judgement;
use crate::{
    desk::{
        Automatic, Letter, LetterBody, MailboxPolicy, OutboxId, PersonId, Purpose, RawId, TicketId, Token,
        seal::Bound, token::address_with,
    },
    edge,
    mail::{Address, compose::Outgoing},
    render::{Frame, Rendered, render},
    store::{NewConfirmation, NewOutbox, OutboxKind, Result, StoreError, Window, message_id_hash},
};

/// How long a token or a bounce mark in an address is good (FAULTS section 1 B).
const TOKEN_DAYS: i64 = 30;

/// What the letters of one decision have in common.
pub(super) struct Occasion<'a> {
    pub judgement: &'a Judgement,
    pub mailbox: &'a MailboxPolicy,
    pub ticket: Option<TicketId>,
    /// The mail that was decided on.
    pub raw: Option<RawId>,
    /// The nonce of a confirmation under which it came.
    pub nonce: Option<&'a str>,
    pub live: bool,
    pub now: jiff::Timestamp,
}

/// Renders the letters and puts them into the outbox, in the decision's own savepoint. Their rows stand in the order of
/// `letters`.
pub(super) async fn dispatch(
    window: &mut Window,
    occasion: &Occasion<'_>,
    letters: &[Letter],
) -> Result<Vec<OutboxId>> {
    let mut people = Vec::with_capacity(letters.len());
    for letter in letters {
        people.push(person_of(window, occasion, letter).await?);
    }
    let epochs = if people.is_empty() { BTreeMap::new() } else { window.token_epochs(&people).await? };
    let mut rows = Vec::with_capacity(letters.len());
    for (letter, person) in letters.iter().zip(people) {
        let epoch = epochs.get(&person).copied().unwrap_or_default();
        rows.push(occasion.row(letter, Recipient { person, epoch })?);
    }
    if rows.is_empty() { Ok(Vec::new()) } else { window.enqueue(&rows, occasion.now).await }
}

async fn person_of(window: &mut Window, occasion: &Occasion<'_>, letter: &Letter) -> Result<PersonId> {
    if letter.person != PersonId::default() {
        return Ok(letter.person);
    }
    let address = letter.to.key();
    match occasion.judgement.staff.get(&address) {
        Some(person) => Ok(*person),
        None => Ok(window.person(&address, letter.to.name.as_deref(), occasion.now).await?.id),
    }
}

/// Whom a token in a letter is bound to.
#[derive(Clone, Copy)]
struct Recipient {
    person: PersonId,
    /// How often their secrets were revoked.
    epoch: u32,
}

/// What stands in Reply-To, and the confirmation that it opens.
struct ReplyAddress {
    address: String,
    confirmation: Option<NewConfirmation>,
}

impl Occasion<'_> {
    fn row(&self, letter: &Letter, recipient: Recipient) -> Result<NewOutbox> {
        let message_id = self.message_id();
        let reply = self.reply_address(letter, recipient, &message_id);
        let rendered = self.rendered(letter, recipient, &reply.address)?;
        let person = recipient.person;
        let bounce_mark = self.judgement.keys.mint_bounce(&message_id, self.expiry_day());
        let to_agent = !matches!(letter.body, LetterBody::Acknowledgement { .. } | LetterBody::Reply { .. });
        let mut references = letter.references.clone();
        if to_agent && let Some(ticket) = self.ticket {
            // One conversation a ticket in the agent's mail program; not a stored Message-ID, so it opens nothing.
            let root = format!("ticket-{ticket}.{person}.{}", self.host());
            references.retain(|known| *known != root);
            references.insert(0, root);
        }
        let mail = Outgoing {
            from: Address { name: Some(self.sender_name(letter)), address: self.mailbox.address.clone() },
            to: vec![letter.to.clone()],
            reply_to: Some(Address { name: None, address: reply.address.clone() })
                .filter(|a| a.address != self.mailbox.address),
            subject: rendered.subject,
            headers: self.headers(letter, &message_id, &bounce_mark, to_agent),
            in_reply_to: letter.in_reply_to.clone(),
            references,
            date: self.now,
            text: rendered.text,
            html: Some(rendered.html),
            message_id,
        };
        Ok(NewOutbox {
            mailbox: self.mailbox.name.clone(),
            kind: kind(&letter.body),
            ticket: self.ticket,
            to_agent,
            automatic: letter.automatic.is_some(),
            recipient: letter.to.key(),
            // What comes back comes to the signed address, and so finds the row of the mail.
            envelope_from: Some(if self.mailbox.plain_envelope {
                self.mailbox.address.clone()
            } else {
                address_with(self.mailbox, &bounce_mark)
            }),
            mail,
            files: letter.files.clone(),
            shadow: !self.live && !matches!(letter.body, LetterBody::Alert { .. }),
            confirmation: reply.confirmation,
        })
    }

    fn reply_address(&self, letter: &Letter, recipient: Recipient, message_id: &str) -> ReplyAddress {
        let plain = ReplyAddress { address: self.mailbox.address.clone(), confirmation: None };
        let with =
            |mark: &str| ReplyAddress { address: address_with(self.mailbox, mark), confirmation: None };
        let has_subaddressing = !self.mailbox.subaddressing.is_empty();
        match (letter.reply_purpose, self.ticket, &letter.body) {
            (Some(Purpose::Confirm), _, LetterBody::Confirmation { expires_at, action, .. }) => {
                let Some(held) = self.raw else { return plain };
                let nonce = format!("c{}", BASE32_NOPAD.encode(&edge::random::<16>()).to_lowercase());
                let confirmation =
                    self.confirmation(&nonce, message_id, letter.to.key(), held, action, *expires_at);
                ReplyAddress { confirmation: Some(confirmation), ..with(&nonce) }
            }
            // Whoever answers this hint answers the confirmation.
            (Some(Purpose::Confirm), ..) => self.nonce.map_or(plain, with),
            (Some(Purpose::Challenge), _, LetterBody::Challenge { id }) if has_subaddressing => {
                with(&self.token(Purpose::Challenge, TicketId(*id), recipient))
            }
            (Some(purpose), Some(ticket), _) if has_subaddressing => {
                with(&self.token(purpose, ticket, recipient))
            }
            _ => plain,
        }
    }

    fn expiry_day(&self) -> u16 {
        u16::try_from(self.now.as_second() / 86_400 + TOKEN_DAYS).unwrap_or(u16::MAX)
    }

    fn token(&self, purpose: Purpose, ticket: TicketId, recipient: Recipient) -> String {
        let token = Token { purpose, ticket, person: recipient.person, expires_day: self.expiry_day() };
        self.judgement.keys.mint(&token, recipient.epoch)
    }

    fn confirmation(
        &self,
        nonce: &str,
        message_id: &str,
        agent: String,
        held: RawId,
        action: &str,
        expires_at: jiff::Timestamp,
    ) -> NewConfirmation {
        let nonce_hash: [u8; 32] = Sha256::digest(nonce.as_bytes()).into();
        let bound = Bound {
            nonce_hash: &nonce_hash,
            message_id_hash: &message_id_hash(message_id),
            agent: &agent,
            held,
            action,
            expires_at,
        };
        let seal = bound.seal(&self.judgement.keys);
        NewConfirmation { nonce_hash, agent, held, action: action.to_owned(), expires_at, seal }
    }

    fn rendered(&self, letter: &Letter, recipient: Recipient, reply_address: &str) -> Result<Rendered> {
        // A stranger who wrote to somebody's ticket learns nothing of it, not even its number.
        let is_strangers =
            matches!(letter.body, LetterBody::Acknowledgement { .. }) && letter.reply_purpose.is_none();
        let frame = Frame {
            policy: &self.judgement.policy,
            mailbox: self.mailbox,
            ticket: self.ticket.filter(|_| !is_strangers),
            reply_address,
            desk_address: &self.desk_address(letter, recipient),
            zone: &self.judgement.zone,
            now: self.now,
        };
        catch_unwind(AssertUnwindSafe(|| render(letter, &frame, &self.judgement.templates)))
            .map_err(|_| StoreError::Refused("rendering its letters crashed".into()))
    }

    /// The agent's own address at the desk, where a letter tells it; else empty.
    fn desk_address(&self, letter: &Letter, recipient: Recipient) -> String {
        let tells = matches!(letter.body, LetterBody::Transcript { help: true, .. });
        if !tells || self.mailbox.subaddressing.is_empty() {
            return String::new();
        }
        address_with(self.mailbox, &self.judgement.keys.mint_desk(recipient.person, recipient.epoch))
    }

    /// 128 random bits: knowing an id of ours is a proof of having received it.
    fn message_id(&self) -> String {
        format!("{}@{}", HEXLOWER.encode(&edge::random::<16>()), self.host())
    }

    fn host(&self) -> &str {
        self.mailbox.address.rsplit_once('@').map_or("localhost", |(_, host)| host)
    }

    /// Replies carry the agent's name, everything else the desk's; the address is always the mailbox's.
    fn sender_name(&self, letter: &Letter) -> String {
        match &letter.body {
            LetterBody::Reply { agent_name, .. } if !agent_name.is_empty() => agent_name.clone(),
            _ => self.judgement.policy.desk_name.clone(),
        }
    }

    /// RFC 3834 section 5, and what keeps other robots and ourselves from answering (FAULTS section 2).
    fn headers(
        &self,
        letter: &Letter,
        message_id: &str,
        bounce_mark: &str,
        to_agent: bool,
    ) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        // By this a copy in a Sent folder is known as ours where the relay wrote another Message-ID.
        headers.push(field("X-Maildesk-Ref", &format!("<{message_id}>")));
        // By this a report names it that came to another address than the envelope sender's.
        headers.push(field("X-Maildesk-Bounce", bounce_mark));
        match letter.automatic {
            Some(Automatic::AutoReplied) => headers.push(field("Auto-Submitted", "auto-replied")),
            Some(Automatic::AutoGenerated) => headers.push(field("Auto-Submitted", "auto-generated")),
            None => return headers,
        }
        // Out-of-office answers of agents are wanted: they tell who is away.
        let suppressed = if to_agent { "DR, RN, NRN, AutoReply" } else { "All" };
        headers.push(field("X-Auto-Response-Suppress", suppressed));
        headers.push(field("X-Maildesk-Loop", &self.loop_mark(message_id)));
        headers
    }

    fn loop_mark(&self, message_id: &str) -> String {
        let desk_id = &self.judgement.policy.desk_id;
        let key = self.judgement.keys.0.first().map_or(&[][..], |key| key.bytes.as_slice());
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return desk_id.clone() };
        mac.update(message_id.as_bytes());
        let signature = HEXLOWER.encode(mac.finalize().into_bytes().as_slice());
        format!("{desk_id} {}", signature.get(..16).unwrap_or_default())
    }
}

fn kind(body: &LetterBody) -> OutboxKind {
    match body {
        LetterBody::Acknowledgement { .. } => OutboxKind::Acknowledgement,
        LetterBody::Notification { .. } | LetterBody::Bundle(_) => OutboxKind::Notification,
        LetterBody::Reply { .. } => OutboxKind::Reply,
        LetterBody::Confirmation { .. } => OutboxKind::Confirmation,
        LetterBody::Challenge { .. } => OutboxKind::Challenge,
        LetterBody::Refusal { .. } | LetterBody::Transcript { .. } | LetterBody::Shown { .. } => {
            OutboxKind::Transcript
        }
        LetterBody::Reminder { .. } => OutboxKind::Reminder,
        LetterBody::Digest(_) => OutboxKind::Digest,
        LetterBody::Alert { .. } => OutboxKind::Alert,
    }
}
