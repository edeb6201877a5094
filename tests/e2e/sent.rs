//! The Sent folder on a real server: people answer from the shared mailbox, and the desk files its own replies.

use maildesk_lab::{
    desk::DeskOptions,
    mailclient::{ImapBox, Mail, reply_to},
};

use crate::scene::{ALICE, ANN, LI, SUPPORT, Scene, fresh_id, letter, scene};

fn sent(scene: &Scene) -> ImapBox {
    let house = &scene.house.dovecot;
    ImapBox::open(house.ip(), SUPPORT, &house.password(SUPPORT), "Sent").unwrap()
}

/// A reason to look, for a desk that looks at least once a minute.
fn nudge(scene: &Scene) {
    scene.deliver(LI, &letter(LI, "Something else", "Please look at this, too."));
}

/// Ann's mail, as it lies in the shared mailbox.
fn question(scene: &Scene) -> Mail {
    scene.deliver(
        ANN,
        &letter("Ann <ann@client.test>", "Export fails", "The export to Excel fails with error 500."),
    );
    scene.desk.wait_for_tickets(1).unwrap();
    scene.inbox(SUPPORT).wait_for("the question", |m| m.subject() == "Export fails").unwrap()
}

#[test]
fn an_answer_written_in_a_mail_program_is_the_tickets_answer() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let question = question(&scene);
    scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    // As a mail program does: SMTP with the mailbox's login, and a copy into Sent.
    let (to, raw) = reply_to(&question, SUPPORT, &fresh_id(), "Please clear the cache and try again.");
    assert_eq!(to, ANN);
    scene.house.submit(SUPPORT, &[&to], &raw).unwrap();
    scene.inbox(SUPPORT).append("Sent", &raw).unwrap();
    nudge(&scene);
    let ticket = scene.desk.wait_for_ticket(1, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    assert!(ticket["first_response_at"].is_string() && ticket["chain_intact"] == true, "{ticket}");
    let replies = ticket["messages"].as_array().unwrap().iter().filter(|m| m["kind"] == "reply");
    let texts: Vec<&str> = replies.filter_map(|m| m["text"].as_str()).collect();
    assert_eq!(texts.len(), 1, "{ticket}");
    assert!(
        texts[0].contains("clear the cache") && !texts[0].contains("error 500"),
        "without the quote: {texts:?}"
    );

    // Ann got it from the person alone, and her answer to it finds the ticket.
    let got = scene.quiet_inbox(ANN);
    assert_eq!(got.len(), 2, "acknowledgement and answer");
    let answer = got.iter().find(|m| m.text().contains("clear the cache")).unwrap();
    let (_, again) = reply_to(answer, ANN, &fresh_id(), "It works for the small one only.");
    scene.house.deliver(ANN, &[SUPPORT], &again).unwrap();
    scene.desk.wait_for_ticket(1, "open again", |t| t["ticket"]["state"] == "open").unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 2);
    let unseen = sent(&scene).messages().unwrap();
    assert!(unseen.iter().all(|m| m.flags.is_empty() || m.flags == ["\\Recent"]), "nothing is marked there");
    scene.finish();
}

#[test]
fn a_reply_lies_in_the_sent_folder_once_also_when_the_desk_is_killed_over_it() {
    let Some(mut scene) = scene(&DeskOptions::default()) else { return };
    scene.desk.allow("attempts without an end were found");
    question(&scene);
    let notification = scene.notification("Export fails");
    scene.answer(ALICE, &notification, "Please restart it.");
    scene.inbox(ANN).wait_for("the reply", |m| m.text().contains("restart it")).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    nudge(&scene);
    let mut folder = sent(&scene);
    folder.wait_for("the copy", |m| m.text().contains("restart it")).unwrap();
    scene.desk.kill();
    scene.desk.start().unwrap();
    for _ in 0..3 {
        let before = scene.desk.outcome_total().unwrap();
        nudge(&scene);
        scene.desk.wait_for_outcome_total(before + 1).unwrap();
    }
    let copies = folder.messages().unwrap();
    assert_eq!(copies.len(), 1, "{:?}", copies.iter().map(Mail::subject).collect::<Vec<_>>());
    assert!(copies[0].flags.iter().any(|flag| flag == "\\Seen"));
    let received = scene.inbox(ANN).wait_for("the reply", |m| m.text().contains("restart it")).unwrap();
    assert_eq!(copies[0].header("Message-ID"), received.header("Message-ID"));
    scene.desk.wait("the ledger", || Ok((scene.desk.status()?["unaccounted"] == 0).then_some(()))).unwrap();
    scene.finish();
}
