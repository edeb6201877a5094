//! What was wrong with an agent's mail, in the reader's language. Knows nothing of the rest of a letter.

use minijinja::{Error, context};

use super::{Writing, hash};
use crate::{
    desk::{ArticleName, Problem},
    render::text::clean_line,
};

impl Writing<'_> {
    pub(super) fn problem(&self, problem: &Problem) -> Result<String, Error> {
        let (key, values) = match problem {
            Problem::UnknownCommand { line, command, did_you_mean } => {
                let did_you_mean = did_you_mean.as_deref().map(hash);
                ("unknown_command", context! { line, command => hash(command), did_you_mean })
            }
            Problem::BadArgument { line, command, argument, allowed } => {
                let allowed = allowed.join(&self.words.plain("refuse.list_comma")?);
                let argument = clean_line(argument);
                ("bad_argument", context! { line, command => hash(command), argument, allowed })
            }
            Problem::NotAllowed { line, command, least_role } => {
                ("not_allowed", context! { line, command => hash(command), least_role })
            }
            Problem::WrongState { line, command, state } => {
                let state = self.words.name_or(&format!("state.{state}"), state)?;
                ("wrong_state", context! { line, command => hash(command), state })
            }
            Problem::Contradiction { line, command, other } => {
                ("contradiction", context! { line, command => hash(command), other => hash(other) })
            }
            Problem::BelowQuote { command } => ("below_quote", context! { command => hash(command) }),
            Problem::NothingNew => ("nothing_new", context! {}),
            Problem::HiddenText => ("hidden_text", context! {}),
            Problem::NoRecipient { address, since, why } => {
                let since = since.map(|at| self.instant(at)).transpose()?;
                ("no_recipient", context! { address => clean_line(address), since, why => clean_line(why) })
            }
            Problem::AnswersBundle => ("answers_bundle", context! {}),
            Problem::QuotedNotification => ("quoted_notification", context! {}),
            Problem::NoConsent => ("no_consent", context! {}),
            Problem::NameTicket { line, command } => {
                ("name_ticket", context! { line, command => hash(command) })
            }
            Problem::UnknownTicket { line, command, ticket } => (
                "unknown_ticket",
                context! { line, command => hash(command), ticket => format!("#{ticket}") },
            ),
            Problem::SeveralTickets { line, command, first, ticket } => {
                let (first, ticket) = (format!("#{first}"), format!("#{ticket}"));
                ("several_tickets", context! { line, command => hash(command), first, ticket })
            }
            Problem::TextForNobody => ("text_for_nobody", context! {}),
            Problem::NoArticle { line, command, argument, articles, more } => {
                let comma = self.words.plain("refuse.list_comma")?;
                let name = |article: &ArticleName| {
                    let (name, title) = (clean_line(&article.name), clean_line(&article.title));
                    self.words.say("refuse.article", context! { name, title })
                };
                let names = articles.iter().map(name).collect::<Result<Vec<_>, _>>()?.join(&comma);
                let argument = clean_line(argument);
                ("no_article", context! { line, command => hash(command), argument, names, more })
            }
            Problem::Unsuitable { line, command, argument, reason } => {
                let why = self.words.say(
                    &format!("refuse.unsuitable.{}", reason.as_str()),
                    context! { argument => clean_line(argument), command => hash(command) },
                )?;
                ("unsuitable.line", context! { line, command => hash(command), why })
            }
        };
        self.words.say(&format!("refuse.{key}"), values)
    }
}
