//! What the stand-in for the desk's store and dispatch gives out as secrets, and finds again.

use super::House;
use crate::{
    desk::{token::address_with, *},
    mail::Reading,
};

impl House {
    pub(super) fn confirmation(&self, marks: &[&str], reading: &Reading) -> Option<ConfirmationFacts> {
        let answered = reading.in_reply_to.first().map(String::as_str);
        let keys = marks.iter().copied().chain(answered);
        let found = self.confirmations.iter().find(|(key, _)| keys.clone().any(|k| k == key));
        found.map(|(_, confirmation)| confirmation.clone())
    }

    pub(super) fn reply_address(
        &mut self,
        letter: &Letter,
        message_id: &str,
        mailbox: &MailboxPolicy,
        ticket: Option<TicketId>,
        raw: RawId,
    ) -> String {
        if let LetterBody::Confirmation { expires_at, action, .. } = &letter.body {
            let id = self.confirmations.len() as i64;
            let nonce = format!("c{id:026}");
            let has_marks = !mailbox.subaddressing.is_empty();
            let key = if has_marks { nonce.clone() } else { message_id.to_owned() };
            let agent = letter.to.key();
            let facts = ConfirmationFacts {
                id,
                agent,
                held: raw,
                action: action.clone(),
                expires_at: *expires_at,
                used: false,
                sealed: true,
                hinted: false,
            };
            self.confirmations.push((key, facts));
            return address_with(mailbox, &nonce);
        }
        let (Some(purpose), Some(ticket)) = (letter.reply_purpose, ticket) else {
            return mailbox.address.clone();
        };
        let person = self.people.iter().find(|p| p.address == letter.to.key()).map(|p| p.id);
        let person = person.unwrap_or(letter.person);
        let token = Token { purpose, ticket, person, expires_day: u16::MAX };
        address_with(mailbox, &self.keys.mint(&token, 0))
    }
}
