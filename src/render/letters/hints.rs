//! What staff should know of a mail besides its words: people, tickets, oddities. Knows nothing of the rest of a letter.

use minijinja::{Error, Value, context};

use super::{Writing, name_and_address};
use crate::{
    desk::{Hints, RelatedTicket, Silenced, SimilarTicket},
    render::{text::clean_line, time},
};

impl Writing<'_> {
    /// What staff should know besides the mail's own words.
    pub(super) fn hints(&self, hints: &Hints) -> Result<Value, Error> {
        let related = |ticket: &RelatedTicket| -> Result<String, Error> {
            Ok(format!("#{} {}", ticket.id, self.base(&ticket.subject)?))
        };
        Ok(context! {
            masked => hints.masked,
            warnings => hints.warnings.iter().map(|w| self.reason(w)).collect::<Result<Vec<_>, _>>()?,
            cc => hints.cc.iter().map(name_and_address).collect::<Vec<_>>(),
            cc_command => hints.cc.iter().map(|p| format!(" +{}", clean_line(&p.address))).collect::<String>(),
            related => hints.related.iter().map(related).collect::<Result<Vec<_>, _>>()?,
            similar => hints.similar.iter().map(|ticket| self.similar(ticket)).collect::<Result<Vec<_>, _>>()?,
            similar_first => hints.similar.first().map(|ticket| ticket.id.to_string()),
            related_first => hints.related.first().map(|ticket| ticket.id.to_string()),
        })
    }

    /// `#977 The chart is blank: Bob Miller, Tuesday 3 November (20 days ago)`.
    fn similar(&self, ticket: &SimilarTicket) -> Result<String, Error> {
        let day = time::day(self.words, ticket.at, self.frame.now, self.frame.zone)?;
        let ago = time::distance(self.words, self.frame.now, ticket.at)?;
        let who = ticket.answered_by.as_deref().map(|address| self.colleague(address));
        let (number, subject) = (format!("#{}", ticket.id), self.base(&ticket.subject)?);
        self.words.say("notify.similar_line", context! { number, subject, who, day, ago })
    }

    /// `wei@huaxia.example, since Monday 23 November: 550 User unknown`.
    pub(super) fn silenced(&self, person: &Silenced) -> Result<String, Error> {
        let since = person.since.map(|at| self.instant(at)).transpose()?;
        let (address, why) = (clean_line(&person.address), clean_line(&person.why));
        self.words.say("done.unreachable_line", context! { address, since, why })
    }
}
