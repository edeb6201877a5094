//! The Sent folder: answers that people sent are seen, replies are filed once.

use maildesk_lab::{
    desk::DeskOptions,
    mailclient::{Draft, Mail, reply_to},
    scripted_imap::{Builder, Misbehave, When},
    scripted_smtp::ScriptedSmtp,
};

use crate::{
    robots::proven,
    scene::{ALICE, SUPPORT, Scene, address, draft, filled, letter, options, scene},
};

/// What a person answers to a letter from the shared mailbox.
fn answer(n: u32, id: &str) -> Vec<u8> {
    let original = Mail::new(letter(n));
    Draft::new(
        &format!("Alice <{SUPPORT}>"),
        &address(n),
        id,
        &format!("Re: {}", original.subject()),
        "Please clear the cache.",
    )
    .header("In-Reply-To", &original.header("Message-ID"))
    .header("References", &original.header("Message-ID"))
    .bytes()
}

fn desk(imap: Builder, sent: &'static str) -> Scene {
    let mut scene = scene(imap, ScriptedSmtp::script(), &DeskOptions { sent, ..options() });
    scene.desk.start().unwrap();
    scene
}

/// Alice answers ticket 1 through the desk; her reply has left.
fn replied(scene: &Scene) {
    let notification = scene.to(ALICE).remove(0);
    let (_, raw) = reply_to(&notification, ALICE, "a1@desk.test", "Please restart it.");
    scene.imap.append("INBOX", &proven(&raw));
    let client = address(1);
    scene.desk.wait("the reply", || Ok((scene.to(&client).len() == 2).then_some(()))).unwrap();
    scene.desk.wait_until_quiet().unwrap();
}

/// Gives the desk a reason to look: a mail of somebody else.
fn nudge(scene: &Scene, n: u32) {
    scene.imap.append("INBOX", &letter(n));
}

/// IDLE says nothing of what came while another folder was open.
#[test]
fn a_mail_that_comes_while_the_sent_folder_is_open_does_not_wait_for_the_poll() {
    // INBOX is looked through twice before; the third SELECT opens the Sent folder, slowly enough for mail to come meanwhile.
    let slowly = Misbehave::Drip(std::time::Duration::from_millis(5));
    let imap = filled(1).sent_folder("Sent").on("SELECT", When::Nth(3), slowly);
    let scene = desk(imap, "watch");
    scene.wait_for_command("SELECT", 3);
    scene.imap.deliver(2, &letter(2));
    scene.assert_each_once(&[1, 2]);
    let commands = scene.imap.commands();
    let at = |found: &dyn Fn(&str) -> bool| commands.iter().position(|line| found(line));
    let fetched = at(&|line| line.starts_with("UID FETCH 2 ") && line.contains("BODY.PEEK[]"));
    let idle = at(&|line| line == "IDLE");
    assert!(idle.is_none() || fetched < idle, "{commands:#?}");
    scene.finish();
}

#[test]
fn an_answer_from_the_shared_mailbox_stops_the_clock_and_is_mailed_to_nobody() {
    let scene = desk(filled(2).sent_folder("Sent"), "watch");
    scene.assert_each_once(&[1, 2]);
    let before = scene.smtp.count();
    scene.imap.append("Sent", &answer(1, "p1@desk.test"));
    // What belongs to no ticket, and what is no answer to a client.
    scene.imap.append("Sent", &draft(77).header("From", SUPPORT).header("To", "x@other.test").bytes());
    nudge(&scene, 3);
    let ticket = scene.desk.wait_for_ticket(1, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    assert!(ticket["first_response_at"].is_string(), "{ticket}");
    assert!(ticket.to_string().contains("from the shared mailbox"), "{ticket}");
    scene.desk.wait_for_outcome("ignored", 1).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.smtp.count(), before + 2, "only the third letter's acknowledgement and notification");
    // The client answers the person's mail, whose Message-ID only the Sent folder told.
    let theirs =
        draft(1).header("Message-ID", "<second.1@client1.test>").header("In-Reply-To", "<p1@desk.test>");
    scene.imap.append("INBOX", &theirs.bytes());
    scene.desk.wait_for_ticket(1, "open again", |t| t["ticket"]["state"] == "open").unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 3);
    let status = scene.desk.status().unwrap();
    assert_eq!((&status["unaccounted"], &status["unsettled"]), (&0.into(), &0.into()), "{status}");
    assert!(
        scene.imap.mails("Sent").iter().all(|(_, flags)| flags.iter().all(|f| f.is_empty())),
        "nothing is marked"
    );
    scene.finish();
}

#[test]
fn what_lay_in_the_sent_folder_before_the_start_counts_for_nothing() {
    let imap = filled(1).sent_folder("&XfJT0ZAB-").mail_in("&XfJT0ZAB-", 4, &answer(1, "old@desk.test"));
    let mut scene = scene(imap, ScriptedSmtp::script(), &DeskOptions { sent: "watch", ..options() });
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1]);
    nudge(&scene, 2);
    scene.assert_each_once(&[1, 2]);
    assert_eq!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "new");
    // A folder that is numbered anew brings it up no more than the first time.
    scene.imap.set_uid_validity(9);
    scene.desk.reload();
    nudge(&scene, 3);
    scene.assert_each_once(&[1, 2, 3]);
    assert_eq!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "new");
    scene.finish();
}

#[test]
fn an_answer_that_outran_its_question_finds_its_ticket() {
    let mut scene = desk(filled(1).sent_folder("Sent"), "watch");
    scene.assert_each_once(&[1]);
    scene.desk.stop().unwrap();
    // Both came while the desk was down.
    scene.imap.append("Sent", &answer(2, "p2@desk.test"));
    scene.imap.deliver(2, &letter(2));
    scene.desk.start().unwrap();
    scene.desk.wait_for_tickets(2).unwrap();
    scene.desk.wait_for_ticket(2, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    scene.finish();
}

#[test]
fn a_reply_is_filed_once_and_known_as_ours() {
    let scene = desk(filled(1).sent_folder("Sent"), "auto");
    scene.assert_each_once(&[1]);
    replied(&scene);
    nudge(&scene, 2);
    scene.desk.wait("the copy", || Ok((!scene.imap.mails("Sent").is_empty()).then_some(()))).unwrap();
    scene.desk.wait_for_log("filed", |log| log.contains("reply filed")).unwrap();
    // Known by now who files: the second goes at the next look.
    nudge(&scene, 3);
    scene.desk.wait_for_tickets(3).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    let copies = scene.imap.contents("Sent");
    assert_eq!(copies.len(), 1, "the reply alone, no acknowledgement, no notification");
    assert_eq!(scene.imap.mails("Sent")[0].1, ["\\Seen"]);
    let sent = scene.to(&address(1)).pop().unwrap();
    assert_eq!(Mail::new(copies[0].clone()).header("Message-ID"), sent.header("Message-ID"));
    assert_eq!(copies[0], sent.raw, "the same bytes");
    assert_eq!(scene.desk.status().unwrap()["unaccounted"], 0);
    scene.finish();
}

#[test]
fn a_copy_of_which_the_word_was_lost_is_not_made_twice() {
    let imap = filled(1).sent_folder("Sent").on("APPENDED", When::Nth(1), Misbehave::CutAt(0));
    let mut scene = desk(imap, "auto");
    scene.allow_complaints();
    scene.assert_each_once(&[1]);
    replied(&scene);
    nudge(&scene, 2);
    scene.desk.wait("the copy", || Ok((scene.imap.count("APPENDED") == 1).then_some(()))).unwrap();
    // At once, before the next session.
    scene.desk.kill();
    scene.desk.start().unwrap();
    nudge(&scene, 3);
    scene.desk.wait_for_tickets(3).unwrap();
    let looks = scene.imap.count("STATUS");
    nudge(&scene, 4);
    scene.wait_for_command("STATUS", looks + 1);
    scene.desk.wait_for_outcome_total(6).unwrap();
    assert_eq!(scene.imap.contents("Sent").len(), 1);
    assert_eq!(scene.imap.count("APPENDED"), 1);
    scene.finish();
}

#[test]
fn a_provider_that_files_by_itself_is_left_to_it() {
    let scene = desk(filled(1).sent_folder("Sent"), "auto");
    scene.assert_each_once(&[1]);
    replied(&scene);
    // As Gmail does: everything that its SMTP server takes.
    for mail in scene.smtp.received() {
        scene.imap.append("Sent", &mail.data);
    }
    let filed = scene.imap.mails("Sent").len() as u64;
    nudge(&scene, 2);
    scene.desk.wait_for_outcome("ignored", filed).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.imap.count("APPENDED"), 0);
    assert_eq!(scene.imap.count("APPEND"), 0);
    let fetched = scene.imap.commands().iter().filter(|c| c.contains("BODY.PEEK[]")).count();
    let ticket = scene.desk.ticket(1).unwrap();
    assert_eq!(
        ticket["messages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|m| m["kind"] == "reply" && m["delivery"].is_null())
            .count(),
        1,
        "{ticket}"
    );
    let kept =
        scene.imap.commands().iter().filter(|c| c.contains("BODY.PEEK[]")).cloned().collect::<Vec<_>>();
    assert!(fetched <= 3, "our own mails are not fetched: {kept:#?}");
    scene.finish();
}

#[test]
fn a_server_without_such_a_folder_is_no_trouble() {
    let scene = desk(filled(1), "auto");
    scene.assert_each_once(&[1]);
    replied(&scene);
    scene.desk.wait_for_log("told", |log| log.contains("no folder of sent mail was found")).unwrap();
    assert!(scene.desk.status().unwrap()["trouble"].is_null());
    scene.finish();
}

#[test]
fn a_folder_that_ends_every_connection_is_left_alone_and_clients_go_on() {
    let nonsense = Misbehave::Instead(b"* STATUS nonsense\r\n{tag} OK done\r\n".to_vec());
    let imap = filled(1).sent_folder("Sent").on("STATUS", When::Always, nonsense);
    let mut scene = scene(imap, ScriptedSmtp::script(), &DeskOptions { sent: "auto", ..options() });
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.desk.wait_for_log("the pause", |log| log.contains("left alone for an hour")).unwrap();
    nudge(&scene, 2);
    scene.assert_each_once(&[1, 2]);
    scene.finish();
}

#[test]
fn a_found_folder_that_goes_away_is_looked_for_again() {
    let mut scene = desk(filled(1).sent_folder("Sent"), "auto");
    scene.allow_complaints();
    scene.assert_each_once(&[1]);
    scene.imap.remove_folder("Sent");
    scene.imap.add_folder("Sent Items");
    nudge(&scene, 2);
    scene.assert_each_once(&[1, 2]);
    nudge(&scene, 3);
    scene.desk.wait_for_log("the other", |log| log.contains("folder=\"Sent Items\"")).unwrap();
    scene.assert_each_once(&[1, 2, 3]);
    assert_eq!(scene.alerts("cannot be read"), 0);
    scene.finish();
}

#[test]
fn a_named_folder_that_is_missing_is_the_operators_trouble_and_clients_go_on() {
    let options = DeskOptions { sent: "auto", mailbox_more: "sent_folder = \"Gone\"", ..options() };
    let mut scene = scene(filled(1), ScriptedSmtp::script(), &options);
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.wait_for_alert("A part of");
    nudge(&scene, 2);
    scene.assert_each_once(&[1, 2]);
    scene.finish();
}
