//! `#show`: an agent looks at a ticket (SPEC section 9).

use super::world::*;
use crate::desk::*;

fn other() -> TicketFacts {
    let wei = person(9, "wei@other.example");
    TicketFacts {
        id: TicketId(977),
        version: 8,
        participants: vec![wei.address.clone()],
        requester: wei,
        ..ticket(State::Resolved)
    }
}

fn said(ticket: i64, text: &str) -> Conversation {
    let said = Said {
        by: address(CLIENT),
        kind: MessageKind::Client,
        at: hours_ago(5),
        text: text.into(),
        cut: false,
    };
    Conversation { ticket: TicketId(ticket), said: vec![said], left_out: 0 }
}

fn asking(text: &str, shown: i64) -> MailFacts {
    let mut facts = agent_mail(State::Open, text);
    facts.tickets.push(other());
    facts.shown = Some(said(shown, "It is blank. My password: Lina2026! is right."));
    facts
}

fn shown(decision: &Decision) -> (TicketBrief, Conversation) {
    let found = decision.letters.iter().find_map(|letter| match &letter.body {
        LetterBody::Shown { brief, conversation } => Some((brief.clone(), conversation.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{:?} {:?}", letters(decision), problems(decision)))
}

#[test]
fn a_ticket_is_shown_and_nothing_changes() {
    for (text, ticket, version) in [
        ("#show 977", 977, 8),
        ("#查看 #977", 977, 8),
        ("#show: #977\n\n-- \nAlice Chen", 977, 8),
        ("#show", 1042, 3),
    ] {
        let decision = decided(asking(text, ticket));
        assert_eq!(letters(&decision), [format!("shown>{ALICE}")], "{text}");
        // Answers belong to the ticket that was shown.
        assert_eq!(decision.ticket, Some(TicketRef::Existing(TicketId(ticket), version)), "{text}");
        assert_eq!((decision.outcome, decision.changes.len()), (Outcome::Control, 0));
        assert_eq!(decision.letters[0].reply_purpose, Some(Purpose::Agent));
        let (brief, conversation) = shown(&decision);
        assert_eq!(brief.requester.address, if ticket == 977 { "wei@other.example" } else { CLIENT });
        assert!(!conversation.said[0].text.contains("Lina2026"), "secrets stay hidden");
    }
    assert_eq!(commands::other_tickets("#show 977\n#merge 12"), [TicketId(977), TicketId(12)]);
    assert_eq!(commands::shows("#take\n#show"), Some(None));
    assert_eq!(commands::shows("hello\n#show 1"), None);
}

#[test]
fn it_stands_alone_and_names_a_ticket_that_there_is() {
    let refused = |text: &str| {
        let decision = decided(asking(text, 977));
        assert_silent_to_clients(&decision);
        assert!(messages(&decision).is_empty() && state_after(&decision).is_none(), "{text}");
        problems(&decision)
    };
    assert!(matches!(refused("#show 977\n\nPlease clear the cache.")[..], [Problem::TextForNobody]));
    assert!(matches!(refused("#show 977\n#close")[..], [Problem::Contradiction { line: 2, .. }]));
    assert!(matches!(refused("#show 978")[..], [Problem::UnknownTicket { ticket: TicketId(978), .. }]));
    assert!(matches!(refused("#show all")[..], [Problem::BadArgument { .. }]));
    // What was gathered of another ticket is not shown for this one.
    let (_, conversation) = shown(&decided(asking("#show 977", 1042)));
    assert_eq!(conversation, Conversation::default());
}

#[test]
fn nobody_but_proven_staff_sees_one() {
    let unproven = MailFacts { reading: mail(&alice(), "#show 977", false).reading, ..asking("", 977) };
    assert_eq!(letters(&decided(unproven.clone())), [format!("confirm>{ALICE}")]);
    assert_eq!(letters(&decided(confirmed(unproven))), [format!("shown>{ALICE}")]);
    let mut client = answer(State::Open, "#show 977");
    client.tickets.push(other());
    let decision = decided(client);
    assert!(decision.letters.iter().all(|l| !matches!(l.body, LetterBody::Shown { .. })));
    let olga = person(100, "olga@example.com");
    let mut observer = asking("#show 977", 977);
    observer.reading = mail(&olga, "#show 977", true).reading;
    observer.sender = Some(olga);
    assert_eq!(letters(&decided(observer)), ["shown>olga@example.com"]);
    let mut desk = asking("#show 977", 977);
    (desk.tokens, desk.threads) = (vec![token(Purpose::Desk, 0, 100)], Vec::new());
    assert_eq!(letters(&decided(desk)), [format!("shown>{ALICE}")]);
    let mut often = asking("#show 977", 977);
    often.flood.answers_to_staff_day = 10;
    assert_eq!(letters(&decided(often)), [""; 0]);
}
