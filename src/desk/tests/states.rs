//! Thanks, out-of-office answers, and answers to what is done: which of them open a ticket again (SPEC sections 2 and 6).

use jiff::SignedDuration;

use super::world::*;
use crate::{
    desk::{state::REOPEN_WITHIN, *},
    mail::Class,
};

const THANKS: [&str; 24] = [
    "Thanks!",
    "Thank you so much for your quick help",
    "thx",
    "谢谢",
    "好的，非常感谢！",
    "謝謝您",
    "辛苦了",
    "Vielen Dank!",
    "Danke schön",
    "Merci beaucoup",
    "Muchas gracias",
    "Muito obrigado",
    "Obrigada!",
    "Grazie mille",
    "Hartelijk bedankt",
    "Dank u wel",
    "Dziękuję bardzo",
    "Большое спасибо",
    "ありがとうございます",
    "どうもありがとうございました。",
    "감사합니다",
    "Tack så mycket",
    "Děkuji",
    "Teşekkürler",
];

const ANSWERS: [&str; 12] = [
    "Thanks, but it still does not work",
    "Thanks. When will it be fixed?",
    "谢谢，但是还是打不开",
    "谢谢，请问什么时候好？",
    "Danke, geht leider nicht",
    "Merci, mais non",
    "Gracias, pero no funciona",
    "Спасибо, не работает",
    "ありがとうございます。まだ動きません",
    "감사합니다 그런데 안됩니다",
    "ok",
    "好的",
];

fn after(state: State, text: &str) -> (Decision, State) {
    let decision = decided(answer(state, text));
    let after = state_after(&decision).unwrap_or(state);
    (decision, after)
}

#[test]
fn thanks_open_nothing_that_is_done() {
    for text in THANKS {
        for state in [State::Resolved, State::Closed] {
            let (decision, after) = after(state, text);
            assert_eq!(after, state, "{text}");
            assert_eq!(decision.letters, [], "{text}: recorded, and nobody is told");
            assert!(!decision.changes.iter().any(|c| matches!(c, Change::StartTimer { .. })), "{text}");
            assert_eq!(messages(&decision).len(), 1, "{text}: kept all the same");
        }
        // Thanks may come with the answer that was waited for.
        assert_eq!(after(State::Waiting, text).1, State::Open, "{text}");
        assert_eq!(after(State::Open, text).1, State::Open, "{text}");
        assert_eq!(after(State::OnHold, text).1, State::OnHold, "{text}");
    }
}

#[test]
fn whoever_says_more_than_thanks_is_heard() {
    for text in ANSWERS {
        let (decision, after) = after(State::Resolved, text);
        assert_eq!(after, State::Open, "{text}");
        assert!(!decision.letters.is_empty(), "{text}");
    }
    let mut with_file = answer(State::Resolved, "Thanks!");
    with_file.reading.attachments.push(crate::mail::Attachment::default());
    assert_eq!(
        state_after(&decided(with_file)),
        Some(State::Open),
        "a picture may show that it is not solved"
    );
}

#[test]
fn an_out_of_office_answer_changes_no_state() {
    for state in State::ALL {
        let mut facts = answer(state, "I am out of the office until Monday. Thanks!");
        facts.reading.class = Class::AutoReply;
        facts.reading.no_automatic_mail = Some("Auto-Submitted: auto-replied".into());
        let decision = decided(facts);
        assert_eq!((state_after(&decision), decision.letters.len()), (None, 0), "{state:?}");
        assert_eq!(messages(&decision)[0].0, MessageKind::Report);
    }
}

#[test]
fn an_answer_to_a_closed_ticket_reopens_it_in_time_and_begins_anew_later() {
    let closed = |ago: SignedDuration, state| {
        let mut facts = answer(state, "It is broken again");
        facts.tickets[0].closed_at = Some(now() - ago);
        decided(facts)
    };
    let (limit, second) = (REOPEN_WITHIN, SignedDuration::from_secs(1));
    for ago in [SignedDuration::ZERO, second, limit] {
        let decision = closed(ago, State::Closed);
        assert_eq!(state_after(&decision), Some(State::Open), "{ago}");
        assert_eq!(cause(&decision), Some(NotificationCause::Reopened));
    }
    let late = closed(limit + second, State::Closed);
    let Change::Create { linked_to, .. } = &late.changes[0] else { panic!() };
    assert_eq!((late.ticket, *linked_to), (Some(TicketRef::New), Some(TicketId(1042))));
}

#[test]
fn how_long_a_closed_ticket_may_open_again_is_the_operators_word() {
    let mut facts = answer(State::Closed, "It is broken again");
    facts.tickets[0].closed_at = Some(now() - SignedDuration::from_hours(1));
    for (reopen_seconds, state) in [(Some(0), None), (Some(3599), None), (Some(3600), Some(State::Open))] {
        let policy = Policy { reopen_seconds, ..policy() };
        let decision = decided_by(facts.clone(), &policy);
        assert_eq!(state_after(&decision), state, "{reopen_seconds:?}");
        assert_eq!(decision.ticket == Some(TicketRef::New), state.is_none());
    }
}

#[test]
fn what_is_spam_or_merged_stays_so() {
    for text in ["Buy now", "Thanks!"] {
        let (decision, after) = after(State::Spam, text);
        assert_eq!((after, decision.letters.len()), (State::Spam, 0), "{text}: it gathers silently");
    }
    // Without the ticket that took it in: nobody looks at a merged one, so it begins anew.
    let decision = decided(answer(State::Merged, "It is broken again"));
    assert_eq!(decision.ticket, Some(TicketRef::New));
    assert_eq!(after(State::Merged, "Thanks!").0.letters, []);
}
