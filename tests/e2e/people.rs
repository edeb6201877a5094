//! Who else is on a ticket: people on copy, mails that staff forward, tickets that are merged (SPEC section 6).

use maildesk_lab::{desk::DeskOptions, mailclient::Draft};

use crate::scene::{ALICE, ANN, LI, SUPPORT, fresh_id, letter, scene};

#[test]
fn people_whom_the_proven_requester_names_get_the_answers() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let draft = letter("Ann Lee <ann@client.test>", "Gantt chart stays empty", "It is blank.")
        .header("Cc", &format!("Li <{LI}>, {ALICE}, noreply@client.test"));
    scene.submit(ANN, &draft);
    let notification = scene.notification("Gantt chart stays empty");
    assert!(notification.text().contains(LI), "{}", notification.text());
    assert_eq!(scene.desk.ticket(1).unwrap()["participants"], serde_json::json!([ANN, LI]));
    assert_eq!(scene.quiet_inbox(LI).len(), 0, "nothing but answers");

    scene.answer(ALICE, &notification, "Please clear the cache.");
    let to_ann = scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("clear the cache")).unwrap();
    let to_li = scene.inbox(LI).wait_for("the answer", |m| m.text().contains("clear the cache")).unwrap();
    let (anns, lis) = (to_ann.address("Reply-To"), to_li.address("Reply-To"));
    assert!(anns != lis && lis.starts_with("support+"), "each their own secret: {anns} {lis}");
    assert_ne!(to_ann.header("Message-ID"), to_li.header("Message-ID"));
    assert!(
        !to_ann.contains(&lis)
            && !to_li.contains(&anns)
            && !to_li.contains(&notification.address("Reply-To"))
    );
    assert_eq!((to_ann.address("To"), to_li.address("To")), (ANN.to_owned(), LI.to_owned()));

    scene.answer(LI, &to_li, "It helped me, but not Ann.");
    let news = scene.inbox(ALICE).wait_for("the news", |m| m.text().contains("but not Ann")).unwrap();
    scene.answer(ALICE, &news, &format!("#cc -{LI}\n\nOnly for you, Ann."));
    scene.inbox(ANN).wait_for("the second answer", |m| m.text().contains("Only for you")).unwrap();
    assert!(scene.quiet_inbox(LI).iter().all(|m| !m.contains("Only for you")));
    assert_eq!(scene.desk.ticket(1).unwrap()["participants"], serde_json::json!([ANN]));
    // The old secret leads nowhere any more.
    scene.answer(LI, &to_li, "And what is new?");
    scene.inbox(ALICE).wait_for("the stranger", |m| m.text().contains("And what is new?")).unwrap();
    assert_eq!(scene.desk.outcome("held").unwrap(), 1);
    scene.finish();
}

#[test]
fn people_whom_an_unproven_mail_names_are_suggested_to_the_agent() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let draft = letter("Ann Lee <ann@client.test>", "Export fails", "Error 500.").header("Cc", LI);
    scene.deliver(ANN, &draft);
    let notification = scene.notification("Export fails");
    assert!(notification.text().contains(&format!("#cc +{LI}")), "{}", notification.text());
    assert_eq!(scene.desk.ticket(1).unwrap()["participants"], serde_json::json!([ANN]));
    scene.answer(ALICE, &notification, &format!("#cc +{LI}\n\nPlease try again."));
    scene.inbox(LI).wait_for("the answer", |m| m.text().contains("Please try again.")).unwrap();
    scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("Please try again.")).unwrap();
    scene.finish();
}

#[test]
fn a_client_s_mail_that_an_agent_forwards_is_the_client_s_ticket() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let text = format!(
        "She called as well.\n\n---------- Forwarded message ---------\nFrom: Ann Lee <{ANN}>\n\
         Date: Mon, 23 Nov 2026 at 09:00\nSubject: Printing\nTo: Alice <{ALICE}>\n\nThe printer prints nothing.\n"
    );
    let forward = Draft::new(&format!("Alice Chen <{ALICE}>"), SUPPORT, &fresh_id(), "Fwd: Printing", &text);
    scene.submit(ALICE, &forward);
    let notification = scene.notification("Printing");
    for shown in [ANN, "#requester", "She called as well.", "The printer prints nothing."] {
        assert!(notification.text().contains(shown), "{shown}: {}", notification.text());
    }
    assert_eq!(scene.desk.ticket(1).unwrap()["ticket"]["requester"], ANN);
    assert_eq!(scene.quiet_inbox(ANN).len(), 0, "nothing leaves before an agent acts");

    scene.answer(ALICE, &notification, "Dear Ann, please switch it off and on.");
    let answer = scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("off and on")).unwrap();
    assert!(!answer.contains(ALICE) && !answer.contains("She called"), "{answer:?}");
    let forwarded = String::from_utf8(forward.bytes()).unwrap();
    let id = forwarded.lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap().trim().to_owned();
    assert!(!answer.contains(&id), "a Message-ID of staff reached a client");
    scene.answer(ANN, &answer, "It prints again.");
    scene.inbox(ALICE).wait_for("the news", |m| m.text().contains("It prints again.")).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 1);
    scene.finish();
}

#[test]
fn a_forged_forward_proposes_nobody() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let text = format!(
        "---------- Forwarded message ---------\nFrom: Ann Lee <{ANN}>\nSubject: Bill\nTo: x\n\nPay here.\n"
    );
    let forward = Draft::new(&format!("Alice Chen <{ALICE}>"), SUPPORT, &fresh_id(), "Fwd: Bill", &text);
    scene.deliver("mallory@other.test", &forward);
    scene.desk.wait_for_tickets(1).unwrap();
    assert_eq!(scene.desk.ticket(1).unwrap()["ticket"]["requester"], ALICE);
    assert_eq!(scene.quiet_inbox(ANN).len(), 0);
    scene.finish();
}

#[test]
fn answers_to_a_merged_ticket_come_to_the_other_one() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    scene.submit(ANN, &letter("Ann <ann@client.test>", "Export fails", "Error ORA-00942 in the export."));
    scene.notification("#1 ");
    scene.desk.wait_for_tickets(1).unwrap();
    scene.submit(ANN, &letter("Ann <ann@client.test>", "Again", "Once more ORA-00942."));
    let second = scene.notification("#2 ");
    assert!(second.text().contains("#1 Export fails"), "possibly related: {}", second.text());
    scene.answer(ALICE, &second, "#merge #1");
    scene.desk.wait_for_ticket(2, "merged", |t| t["ticket"]["state"] == "merged").unwrap();
    // The second mail within ten minutes got no acknowledgement, so Ann answers by reference to her own.
    let more = letter("Ann <ann@client.test>", "Re: Again", "And it is urgent.").header(
        "In-Reply-To",
        &scene.desk.ticket(2).unwrap()["messages"][0]["message_id"]
            .as_str()
            .map(|id| format!("<{id}>"))
            .unwrap(),
    );
    scene.submit(ANN, &more);
    scene.desk.wait_for_ticket(1, "the answer", |t| t.to_string().contains("And it is urgent.")).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 2);
    scene.finish();
}
