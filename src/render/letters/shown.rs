//! A ticket with all that was said on it, for an agent who asked. Knows nothing of other letters.

use minijinja::{Error, Value, context};

use super::{View, Writing, name_of};
use crate::{
    desk::{Conversation, MessageKind, Said, TicketBrief},
    render::text::clean_text,
};

impl Writing<'_> {
    pub(super) fn shown(&self, brief: &TicketBrief, conversation: &Conversation) -> Result<View, Error> {
        let said = conversation.said.iter().map(|said| self.said(said)).collect::<Result<Vec<_>, _>>()?;
        let values = context! { said, left_out => conversation.left_out };
        let subject = format!("{} {}", self.tag(brief), self.base(&brief.subject)?);
        Ok(View { template: "shown", subject, values: context! { ..values, ..self.brief(brief)? } })
    }

    fn said(&self, said: &Said) -> Result<Value, Error> {
        let kind = match said.kind {
            MessageKind::Client => "client_message",
            MessageKind::Reply => "reply",
            MessageKind::Note => "note",
            MessageKind::Report => "automatic_answer",
        };
        let kind = self.words.plain(&format!("event.{kind}"))?;
        let (who, at) = (name_of(&said.by), self.instant(said.at)?);
        let title = self.words.say("show.by", context! { who, at, kind })?;
        let text = clean_text(&said.text);
        Ok(context! { title, text => if said.cut { format!("{text} …") } else { text } })
    }
}
