//! Batches of old mail and old lists: written as a whole, repeated without doubles, undone without a trace.

use std::sync::Arc;

use maildesk::{
    desk::{Change, Decision, ImportFacts, MessageKind, PersonId, State, TicketId, TicketRef, TimerKind},
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

/// Everything that a batch could leave behind.
const ROWS: &str =
    "SELECT (SELECT COUNT(*) FROM ticket) + (SELECT COUNT(*) FROM message) + (SELECT COUNT(*) FROM event)
    + (SELECT COUNT(*) FROM ledger) + (SELECT COUNT(*) FROM raw_message) + (SELECT COUNT(*) FROM attachment)
    + (SELECT COUNT(*) FROM facts) + (SELECT COUNT(*) FROM participant) + (SELECT COUNT(*) FROM person)
    + (SELECT COUNT(*) FROM folder) + (SELECT COUNT(*) FROM import_batch) + (SELECT COUNT(*) FROM import_item)
    + (SELECT COUNT(*) FROM import_ticket) + (SELECT COUNT(*) FROM import_person)";

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
