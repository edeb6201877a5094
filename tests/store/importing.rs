//! Batches of old mail and old lists: written as a whole, repeated without doubles, undone without a trace.

use std::sync::Arc;

use maildesk::{
    desk::{
        Change, Decision, Fact, ImportFacts, Matter, MessageKind, PersonId, State, TicketId, TicketRef,
        TimerKind, similar,
    },
    mail::{Attachment, AttachmentKind},
    store::{
        AppliedMail, ImportBatch, ImportKind, ImportOutcome, ImportedMail, ImportedTicket, Result, StoreError,
    },
};

use crate::house::{House, Mail, at, changing, create, each_engine, event, ignored, message, new_ticket};

async fn batch(house: &House, name: &str, kind: ImportKind) -> ImportBatch {
    let facts = ImportFacts { batch: name.into(), state: State::Closed, open_since: None };
    house.store.begin_import("support", kind, &facts, at(100)).await.unwrap()
}

/// Takes mails, each with its place, in one window.
async fn take(
    house: &House,
    batch: &ImportBatch,
    mails: &[(&str, Mail, ImportOutcome<'_>)],
) -> Result<Vec<Option<TicketId>>> {
    let imported: Vec<ImportedMail<'_>> = mails
        .iter()
        .map(|(place, mail, outcome)| ImportedMail {
            place,
            bytes: Arc::new(format!("Subject: {place}\n\nhello").into_bytes()),
            oversized_bytes: None,
            outcome: *outcome,
            mail: AppliedMail {
                identity: &mail.identity,
                message_id: mail.message_id.as_deref(),
                references: &mail.references,
                subject: mail.subject.as_deref(),
                attachments: &mail.attachments,
                received_at: at(-1000),
            },
            facts_json: "{}".into(),
            at: at(-1000),
        })
        .collect();
    let mut window = house.store.window().await?;
    let tickets = window.import(batch, &imported, at(100)).await?;
    window.commit().await?;
    Ok(tickets)
}

async fn person(house: &House, batch: &ImportBatch, address: &str) -> PersonId {
    let mut window = house.store.window().await.unwrap();
    let wanted = [(address.to_owned(), Some("Li Na".to_owned()))];
    let found = window.people(batch, &wanted, at(100)).await.unwrap();
    window.commit().await.unwrap();
    found[address].id
}

/// A ticket of one mail at this place of a batch.
pub async fn old_ticket(house: &House, name: &str, place: &str) -> TicketId {
    let batch = batch(house, name, ImportKind::Mail).await;
    let client = person(house, &batch, "li@client.example").await;
    let made = new_ticket(client);
    let mails = [(place, Mail::named(place), ImportOutcome::Decided(&made))];
    take(house, &batch, &mails).await.unwrap().remove(0).unwrap()
}

/// Everything that a batch could leave behind.
const ROWS: &str =
    "SELECT (SELECT COUNT(*) FROM ticket) + (SELECT COUNT(*) FROM message) + (SELECT COUNT(*) FROM event)
    + (SELECT COUNT(*) FROM ledger) + (SELECT COUNT(*) FROM raw_message) + (SELECT COUNT(*) FROM attachment)
    + (SELECT COUNT(*) FROM facts) + (SELECT COUNT(*) FROM participant) + (SELECT COUNT(*) FROM person)
    + (SELECT COUNT(*) FROM ticket_mark) + (SELECT COUNT(*) FROM folder) + (SELECT COUNT(*) FROM import_batch) + (SELECT COUNT(*) FROM import_item)
    + (SELECT COUNT(*) FROM import_ticket) + (SELECT COUNT(*) FROM import_person)";

fn matter(browser: &str) -> Matter {
    let fact = Fact { value: browser.into(), source: "prose".into(), ..Fact::default() };
    Matter { facts: [("browser".to_owned(), fact)].into(), ..Matter::default() }
}

#[test]
fn facts_and_marks_of_old_mail_are_kept_as_far_as_they_can_be_found() {
    each_engine(|house| async move {
        let before = house.number(ROWS).await;
        let batch = batch(&house, "old", ImportKind::Mail).await;
        let client = person(&house, &batch, "li@client.example").await;
        let marks = |scope: &str, marks: &[i64]| Change::Marks { scope: scope.into(), marks: marks.to_vec() };
        let mut closed = new_ticket(client);
        closed.changes.extend([
            Change::State(State::Closed),
            Change::Facts(matter("Chrome 126")),
            marks(similar::SCOPE, &[1, 2]),
            marks("client.example", &[7]),
        ]);
        let mails = [("a@0", Mail::named("one"), ImportOutcome::Decided(&closed))];
        take(&house, &batch, &mails).await.unwrap();
        let facts = house.facts(TicketId(1), at(110)).await;
        assert_eq!(facts.matter, matter("Chrome 126"));
        let mut window = house.store.window().await.unwrap();
        let found = window.similar(&[1, 2], at(110)).await.unwrap();
        assert_eq!(found.iter().map(|c| c.ticket.id).collect::<Vec<_>>(), [TicketId(1)]);
        assert_eq!(window.marked("client.example", &[7], at(110)).await.unwrap(), [(7, TicketId(1))]);
        drop(window);
        let more =
            changing(&facts, vec![message(MessageKind::Client, client), Change::Facts(matter("Firefox"))]);
        let mails = [("a@1", Mail::named("two"), ImportOutcome::Decided(&more))];
        take(&house, &batch, &mails).await.unwrap();
        assert_eq!(house.facts(TicketId(1), at(110)).await.matter, matter("Firefox"));
        while house.store.undo_import("old", at(200)).await.unwrap() {}
        assert_eq!(house.number(ROWS).await, before);
    });
}

#[test]
fn a_window_of_old_mail_is_written_as_a_whole_and_undone_without_a_trace() {
    each_engine(|house| async move {
        let before = house.number(ROWS).await;
        let batch = batch(&house, "old", ImportKind::Mail).await;
        let client = person(&house, &batch, "li@client.example").await;
        let file = Attachment { name: "a.log".into(), kind: AttachmentKind::Log, ..Attachment::default() };
        let with_file = Mail { attachments: vec![file.clone()], ..Mail::named("one") };
        let mut closed = new_ticket(client);
        closed.changes.push(Change::State(State::Closed));
        let duplicate = ignored("the same mail was taken before");
        let mails = [
            ("a@0", with_file, ImportOutcome::Decided(&closed)),
            ("a@1", Mail::default(), ImportOutcome::Quarantined("reading it crashed")),
            ("a@2", Mail::named("two"), ImportOutcome::Decided(&closed)),
            ("a@3", Mail::named("two"), ImportOutcome::Decided(&duplicate)),
        ];
        let tickets = take(&house, &batch, &mails).await.unwrap();
        assert_eq!(tickets, [Some(TicketId(1)), None, Some(TicketId(2)), None]);
        let one = house.store.ticket(TicketId(1)).await.unwrap().unwrap();
        assert_eq!(
            (one.ticket.state, one.ticket.updated_at, one.chain_intact),
            (State::Closed, at(-1000), true)
        );
        assert_eq!(one.messages[0].attachments, [file]);
        assert_eq!(one.participants, ["li@client.example"]);
        // What is ignored keeps no bytes; nothing of it is left for a daemon to take up or to tell a server of.
        assert_eq!(house.number("SELECT COUNT(*) FROM raw_message").await, 3);
        assert!(house.store.undecided("support", 10).await.unwrap().is_empty());
        assert!(house.store.unsettled(&batch.folder, 10).await.unwrap().is_empty());
        assert_eq!(house.store.taken_places(&batch, &["a@9", "a@0"]).await.unwrap(), [false, true]);
        // A place is taken once, whoever tries.
        assert!(matches!(take(&house, &batch, &mails[..1]).await, Err(StoreError::Refused(_))));
        // Out of quarantine it is still an imported mail.
        let raw = house.store.quarantined(10).await.unwrap()[0].raw;
        assert!(house.store.quarantine_retry(raw).await.unwrap());
        let undecided = house.store.undecided("support", 10).await.unwrap();
        assert_eq!(undecided[0].imported.as_ref().unwrap().batch, "old");
        house.tamper("UPDATE ledger SET outcome = 'quarantined' WHERE outcome = 'kept'").await;

        let plan = house.store.plan_undo("old").await.unwrap();
        assert_eq!((plan.tickets, plan.items, plan.kept.len()), (2, 4, 0));
        while house.store.undo_import("old", at(200)).await.unwrap() {}
        assert_eq!(house.number(ROWS).await, before);
        assert!(matches!(house.store.plan_undo("old").await, Err(StoreError::Operator(_))));
    });
}

#[test]
fn old_mail_on_a_ticket_that_is_there_and_what_keeps_a_ticket_from_an_undo() {
    each_engine(|house| async move {
        let live = house.ticket(1, "live").await;
        let batch = batch(&house, "old", ImportKind::Mail).await;
        let client = person(&house, &batch, "li@client.example").await;
        let made = new_ticket(client);
        take(&house, &batch, &[("a@0", Mail::named("one"), ImportOutcome::Decided(&made))]).await.unwrap();
        let mut window = house.store.window().await.unwrap();
        let facts = window.imported_tickets(&[live, TicketId(2)], at(100)).await.unwrap();
        drop(window);
        assert_eq!(facts.iter().map(|t| t.imported).collect::<Vec<_>>(), [false, true]);
        let add = |ticket: usize| {
            let reply = message(MessageKind::Reply, client);
            let first = Change::FirstResponse(at(-900));
            let changes = vec![reply, event("reply", "imported"), Change::State(State::Waiting), first];
            changing(&facts[ticket], changes)
        };
        let (to_live, to_own) = (add(0), add(1));
        let mails = [
            ("a@1", Mail::named("three"), ImportOutcome::Decided(&to_live)),
            ("a@2", Mail::named("four"), ImportOutcome::Decided(&to_own)),
        ];
        take(&house, &batch, &mails).await.unwrap();
        let own = house.store.ticket(TicketId(2)).await.unwrap().unwrap();
        assert_eq!((own.ticket.state, own.messages.len(), own.chain_intact), (State::Waiting, 2, true));
        assert_eq!(own.first_response_at, Some(at(-900)));
        // The version that was read is not the newest any more.
        let stale = add(1);
        let stale = [("a@3", Mail::named("five"), ImportOutcome::Decided(&stale))];
        assert!(matches!(take(&house, &batch, &stale).await, Err(StoreError::Conflict(_))));
        // What only live mail may do is not left out silently.
        let mut clock = new_ticket(client);
        clock.changes.push(Change::StartTimer { kind: TimerKind::FirstResponse, due_at: at(9) });
        let clock = [("a@4", Mail::named("six"), ImportOutcome::Decided(&clock))];
        assert!(matches!(take(&house, &batch, &clock).await, Err(StoreError::Refused(_))));

        let plan = house.store.plan_undo("old").await.unwrap();
        assert_eq!((plan.tickets, plan.tickets_relieved, plan.items), (1, 1, 3));
        // Somebody works on the imported ticket: it stays, whole.
        let facts = house.facts(TicketId(2), at(150)).await;
        let worked = changing(&facts, vec![event("note", "looked at it")]);
        house.decide(None, None, &worked, at(150)).await.unwrap();
        let plan = house.store.plan_undo("old").await.unwrap();
        assert_eq!(
            (plan.tickets, plan.items, plan.kept[0].ticket, plan.kept[0].made),
            (0, 1, TicketId(2), true)
        );
        while house.store.undo_import("old", at(200)).await.unwrap() {}
        let own = house.store.ticket(TicketId(2)).await.unwrap().unwrap();
        assert_eq!((own.messages.len(), own.chain_intact), (2, true));
        let live = house.store.ticket(live).await.unwrap().unwrap();
        assert_eq!((live.messages.len(), live.chain_intact), (1, true));
        assert_eq!(live.events.last().unwrap().kind, "import_undone");
        assert_eq!(house.store.imports().await.unwrap()[0].items, 2);
    });
}

#[test]
fn lines_of_a_list_become_tickets_and_a_batch_is_what_it_was_begun_as() {
    each_engine(|house| async move {
        let before = house.number(ROWS).await;
        let list = batch(&house, "list", ImportKind::Tickets).await;
        assert!(!list.resumed);
        let client = person(&house, &list, "li@client.example").await;
        let decision = Decision {
            ticket: Some(TicketRef::New),
            changes: vec![create(client), event("created", "imported")],
            ..new_ticket(client)
        };
        let line = |place| ImportedTicket { place, decision: &decision, facts_json: "{}".into(), at: at(5) };
        let long = format!("number:{}", "9".repeat(3000));
        let mut window = house.store.window().await.unwrap();
        let made = window.import_tickets(&list, &[line("number:1"), line(&long)], at(100)).await.unwrap();
        window.commit().await.unwrap();
        assert_eq!(made, [TicketId(1), TicketId(2)]);
        let taken = house.store.taken_places(&list, &[&long, "number:2", "number:1"]).await.unwrap();
        assert_eq!(taken, [true, false, true], "a long place is known again");
        house.store.end_import(&list, at(120)).await.unwrap();
        let rows = house.store.imports().await.unwrap();
        assert_eq!((rows[0].items, rows[0].tickets_made, rows[0].ended_at), (2, 2, Some(at(120))));

        assert!(batch(&house, "list", ImportKind::Tickets).await.resumed);
        let other = ImportFacts { batch: "list".into(), state: State::Open, open_since: None };
        for (mailbox, kind, facts) in [
            ("sales", ImportKind::Tickets, &list.facts),
            ("support", ImportKind::Mail, &list.facts),
            ("support", ImportKind::Tickets, &other),
        ] {
            let refused = house.store.begin_import(mailbox, kind, facts, at(130)).await;
            assert!(matches!(refused, Err(StoreError::Operator(_))), "{refused:?}");
        }
        while house.store.undo_import("list", at(200)).await.unwrap() {}
        assert_eq!(house.number(ROWS).await, before);
    });
}

/// A duplicate of a mail on this ticket.
fn copy_of(ticket: TicketId) -> Decision {
    Decision { duplicate_of: Some(ticket), ..ignored(&format!("the same mail was taken before: #{ticket}")) }
}

async fn undo(house: &House, batch: &str) {
    while house.store.undo_import(batch, at(200)).await.unwrap() {}
}

async fn kept(house: &House, batch: &str) -> Vec<TicketId> {
    house.store.plan_undo(batch).await.unwrap().kept.iter().map(|kept| kept.ticket).collect()
}

#[test]
fn what_was_ignored_for_the_sake_of_an_imported_mail_keeps_its_ticket() {
    each_engine(|house| async move {
        let before = house.number(ROWS).await;
        let first = batch(&house, "first", ImportKind::Mail).await;
        let client = person(&house, &first, "li@client.example").await;
        let made = new_ticket(client);
        let mails = ["one", "two", "three"];
        let mails = mails.map(|name| (name, Mail::named(name), ImportOutcome::Decided(&made)));
        take(&house, &first, &mails).await.unwrap();
        // Another batch has the first mail too, and a conversation of its own.
        let second = batch(&house, "second", ImportKind::Mail).await;
        let copy = copy_of(TicketId(1));
        let mails = [
            ("x@0", Mail::named("one"), ImportOutcome::Decided(&copy)),
            ("x@1", Mail::named("four"), ImportOutcome::Decided(&made)),
        ];
        assert_eq!(take(&house, &second, &mails).await.unwrap(), [None, Some(TicketId(4))]);
        assert_eq!(kept(&house, "first").await, [TicketId(1)]);
        undo(&house, "first").await;
        let left = house.store.ticket(TicketId(1)).await.unwrap().unwrap();
        assert_eq!((left.messages.len(), left.chain_intact), (1, true));
        assert!(house.store.ticket(TicketId(2)).await.unwrap().is_none());
        let plan = house.store.plan_undo("second").await.unwrap();
        assert_eq!((plan.tickets, plan.items, plan.kept.len()), (1, 2, 0));
        undo(&house, "second").await;
        undo(&house, "first").await;
        assert_eq!(house.number(ROWS).await, before);
        // The mail server has it.
        let first = batch(&house, "first", ImportKind::Mail).await;
        let client = person(&house, &first, "li@client.example").await;
        let made = new_ticket(client);
        let mails = [("one", Mail::named("one"), ImportOutcome::Decided(&made))];
        let ticket = take(&house, &first, &mails).await.unwrap()[0].unwrap();
        let raw = house.keep(&[1]).await[0];
        house.decide(Some(raw), Some(&Mail::named("one")), &copy_of(ticket), at(120)).await.unwrap();
        assert_eq!(kept(&house, "first").await, [ticket]);
        undo(&house, "first").await;
        assert!(house.store.ticket(ticket).await.unwrap().is_some());
        let mut window = house.store.window().await.unwrap();
        assert_eq!(window.duplicates(&["one"]).await.unwrap(), [("one".to_owned(), Some(ticket))].into());
    });
}

#[test]
fn a_mail_that_a_batch_added_stays_where_its_like_was_ignored() {
    each_engine(|house| async move {
        let live = house.ticket(1, "live").await;
        let batch = batch(&house, "old", ImportKind::Mail).await;
        let client = person(&house, &batch, "li@client.example").await;
        let facts = house.facts(live, at(100)).await;
        let add = changing(&facts, vec![message(MessageKind::Client, client), event("client_message", "x")]);
        take(&house, &batch, &[("a@0", Mail::named("two"), ImportOutcome::Decided(&add))]).await.unwrap();
        let raws = house.keep(&[2, 3]).await;
        // A second copy of what the ticket had before is no reason to keep what was added.
        house.decide(Some(raws[0]), Some(&Mail::named("live")), &copy_of(live), at(110)).await.unwrap();
        assert_eq!(house.store.plan_undo("old").await.unwrap().tickets_relieved, 1);
        house.decide(Some(raws[1]), Some(&Mail::named("two")), &copy_of(live), at(110)).await.unwrap();
        let plan = house.store.plan_undo("old").await.unwrap();
        assert_eq!((plan.tickets_relieved, plan.kept.len(), plan.items), (0, 1, 0));
        undo(&house, "old").await;
        assert_eq!(house.store.ticket(live).await.unwrap().unwrap().messages.len(), 2);
    });
}

#[test]
fn batches_that_touched_the_same_ticket_are_undone_in_either_order() {
    each_engine(|house| async move {
        let before = house.number(ROWS).await;
        for order in [["old", "more"], ["more", "old"]] {
            let old = batch(&house, "old", ImportKind::Mail).await;
            let client = person(&house, &old, "li@client.example").await;
            let made = new_ticket(client);
            let mails = [("a@0", Mail::named("one"), ImportOutcome::Decided(&made))];
            let ticket = take(&house, &old, &mails).await.unwrap()[0].unwrap();
            let more = batch(&house, "more", ImportKind::Mail).await;
            let facts = house.facts(ticket, at(100)).await;
            let add =
                changing(&facts, vec![message(MessageKind::Client, client), event("client_message", "x")]);
            take(&house, &more, &[("b@0", Mail::named("two"), ImportOutcome::Decided(&add))]).await.unwrap();
            assert!(imported(&house, ticket).await, "nothing but imports worked on it");
            for name in order {
                undo(&house, name).await;
            }
            if order[0] == "old" {
                assert!(imported(&house, ticket).await);
                assert_eq!(house.store.ticket(ticket).await.unwrap().unwrap().messages.len(), 1);
                undo(&house, "old").await;
            }
            assert_eq!(house.number(ROWS).await, before);
        }
    });
}

async fn imported(house: &House, ticket: TicketId) -> bool {
    let mut window = house.store.window().await.unwrap();
    window.imported_tickets(&[ticket], at(100)).await.unwrap()[0].imported
}

/// Whether the same batch goes on or another one: what somebody did in between is not taken for an import's.
#[test]
fn work_between_two_imports_is_never_undone() {
    each_engine(|house| async move {
        for next in ["old", "more"] {
            let old = batch(&house, "old", ImportKind::Mail).await;
            let client = person(&house, &old, "li@client.example").await;
            let made = new_ticket(client);
            let (one, two) = (format!("{next} one"), format!("{next} two"));
            let mails = [(one.as_str(), Mail::named(&one), ImportOutcome::Decided(&made))];
            let ticket = take(&house, &old, &mails).await.unwrap()[0].unwrap();
            let facts = house.facts(ticket, at(150)).await;
            house
                .decide(None, None, &changing(&facts, vec![event("note", "looked")]), at(150))
                .await
                .unwrap();
            let next = batch(&house, next, ImportKind::Mail).await;
            let facts = house.facts(ticket, at(160)).await;
            let add =
                changing(&facts, vec![message(MessageKind::Client, client), event("client_message", "x")]);
            take(&house, &next, &[(&two, Mail::named(&two), ImportOutcome::Decided(&add))]).await.unwrap();
            assert!(!imported(&house, ticket).await);
            assert!(kept(&house, "old").await.contains(&ticket));
            undo(&house, "old").await;
            assert!(house.store.ticket(ticket).await.unwrap().is_some());
        }
    });
}
