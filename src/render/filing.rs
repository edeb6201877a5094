//! Under which category a ticket is filed, in words: what it was guessed by, how one word files it. Part of `letters`.

use minijinja::{Error, context};

use super::{letters::Writing, text::clean_line};
use crate::desk::{Guess, NotificationCause, TicketBrief, commands::filing};

/// Buttons that file: more are a wall. Any other category is typed.
const BUTTONS_MAX: usize = 6;

impl Writing<'_> {
    /// What stands in the row of the category; `None`: it has none, and nothing was guessed.
    pub(super) fn category_row(&self, brief: &TicketBrief) -> Result<Option<String>, Error> {
        let guess = |of: &str| brief.guesses.iter().find(|guess| guess.category == of);
        match (&brief.category, brief.guesses.as_slice()) {
            (Some(category), _) => {
                guess(category).map_or_else(|| self.category(category), |g| self.guess(g)).map(Some)
            }
            (None, []) => Ok(None),
            (None, [one]) => self.unfiled_as(self.guess(one)?).map(Some),
            (None, [first, second, ..]) => {
                self.unfiled_as(self.either(self.guess(first)?, self.guess(second)?)?).map(Some)
            }
        }
    }

    /// What an agent should do about a ticket that nothing filed; `None`: it is filed, or other things come first.
    pub(super) fn unfiled(
        &self,
        cause: NotificationCause,
        brief: &TicketBrief,
    ) -> Result<Option<String>, Error> {
        let is_asked = match cause {
            NotificationCause::NewTicket | NotificationCause::Forwarded | NotificationCause::Assigned => true,
            NotificationCause::ClientAnswered
            | NotificationCause::Reopened
            | NotificationCause::ClaimsStaff
            | NotificationCause::Imitates
            | NotificationCause::Stranger
            | NotificationCause::Unreachable
            | NotificationCause::Undelivered => false,
        };
        if brief.category.is_some() || !is_asked || !self.has_number() {
            return Ok(None);
        }
        let chinese = self.words.language == "zh";
        let command = |guess: &Guess| clean_line(&filing(&guess.category, chinese));
        let command = match brief.guesses.as_slice() {
            [] => return self.words.plain("notify.unfiled_wordless").map(Some),
            [one] => command(one),
            [first, second, ..] => self.either(command(first), command(second))?,
        };
        self.words.say("notify.unfiled", context! { command }).map(Some)
    }

    /// The categories that buttons file under: what was guessed first, then as the desk names them.
    pub(super) fn offered<'b>(&'b self, brief: &'b TicketBrief) -> Vec<&'b String> {
        let mut offered: Vec<&String> = Vec::new();
        let guessed = brief.guesses.iter().map(|guess| &guess.category);
        for category in guessed.chain(&self.frame.policy.categories) {
            if brief.category.as_ref() != Some(category) && !offered.contains(&category) {
                offered.push(category);
            }
        }
        offered.truncate(BUTTONS_MAX);
        offered
    }

    /// `technical (94 %: crash, error 500)`.
    fn guess(&self, guess: &Guess) -> Result<String, Error> {
        let comma = self.words.plain("value.list_comma")?;
        let words = guess.words.iter().map(|word| clean_line(word)).collect::<Vec<_>>().join(&comma);
        let category = self.category(&guess.category)?;
        self.words.say("value.guess", context! { category, percent => guess.percent, words })
    }

    fn either(&self, first: String, second: String) -> Result<String, Error> {
        self.words.say("value.either", context! { first, second })
    }

    fn unfiled_as(&self, guesses: String) -> Result<String, Error> {
        self.words.say("value.unfiled", context! { guesses })
    }
}
