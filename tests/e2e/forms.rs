//! Web forms that mail in, and lists in front of our own address.

use maildesk_lab::{
    desk::DeskOptions,
    mailclient::{Draft, Mail},
};

use crate::scene::{ALICE, ANN, LI, OTHER_DESK, SUPPORT, Scene, fresh_id, letter, scene};

fn with_form() -> Option<Scene> {
    let more = format!("[[form]]\nfrom = \"{OTHER_DESK}\"\nrequester = \"label:Email\"\n");
    scene(&DeskOptions { more, ..DeskOptions::default() })
}

fn form(email: &str) -> Draft {
    let text = format!(
        "Name: Somebody\nEmail: {email}\nMessage:\nThe chart stays empty.\nEmail: victim@client.test"
    );
    Draft::new(&format!("Web form <{OTHER_DESK}>"), SUPPORT, &fresh_id(), "Contact form", &text)
        .header("Auto-Submitted", "auto-generated")
}

fn requesters(scene: &Scene) -> Vec<String> {
    let tickets = scene.desk.tickets().unwrap();
    tickets.iter().map(|t| t["requester"].as_str().unwrap().to_owned()).collect()
}

fn from_us(mails: &[Mail]) -> usize {
    mails.iter().filter(|m| m.address("From") == SUPPORT).count()
}

#[test]
fn whoever_stands_in_a_proven_form_is_the_requester() {
    let Some(scene) = with_form() else { return };
    // The web site sends with its own login.
    scene.submit(OTHER_DESK, &form(ANN));
    let ack = scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    assert!(!ack.contains("chart"), "nothing of the text goes back");
    assert_eq!(requesters(&scene), [ANN]);
    // The client's answer to it comes to the same ticket.
    let (to, raw) = maildesk_lab::mailclient::reply_to(&ack, ANN, &fresh_id(), "It is chart number 5.");
    scene.house.deliver(ANN, &[&to], &raw).unwrap();
    scene.desk.wait_for_ticket(1, "the answer", |t| t.to_string().contains("chart number 5")).unwrap();
    assert_eq!(scene.desk.tickets().unwrap().len(), 1);
    scene.finish();
}

#[test]
fn a_forged_form_and_one_that_names_staff_reach_nobody() {
    let Some(scene) = with_form() else { return };
    scene.deliver(OTHER_DESK, &form(ANN));
    scene.desk.wait_for_tickets(1).unwrap();
    scene.submit(OTHER_DESK, &form(ALICE));
    scene.desk.wait_for_tickets(2).unwrap();
    assert_eq!(requesters(&scene), [OTHER_DESK, ALICE]);
    assert_eq!(from_us(&scene.quiet_inbox(ANN)), 0);
    assert_eq!(from_us(&scene.quiet_inbox(OTHER_DESK)), 0, "a robot gets no answer");
    let acknowledged = scene.desk.outbox().unwrap().iter().filter(|r| r["kind"] == "acknowledgement").count();
    assert_eq!(acknowledged, 0);
    scene.finish();
}

#[test]
fn a_list_of_ours_is_no_list() {
    let options = DeskOptions { trust_more: "own_lists = [\"support.desk.test\"]", ..DeskOptions::default() };
    let Some(scene) = scene(&options) else { return };
    let through = |draft: Draft| {
        draft
            .header("List-Id", "Support <support.desk.test>")
            .header("List-Unsubscribe", "<mailto:leave@desk.test>")
            .header("Precedence", "list")
    };
    scene.deliver(
        ANN,
        &through(letter("Ann <ann@client.test>", "Through our list", "Please have a look at this.")),
    );
    // As a list writes it that may not use the author's address.
    let via =
        through(letter("\"Li via Support\" <support@desk.test>", "Munged", "Please have a look at that."));
    scene.deliver("bounces@desk.test", &via.header("Reply-To", &format!("Li <{LI}>")));
    scene.deliver(
        "c@client.test",
        &letter("c@client.test", "News", "All the news.").header("List-Id", "<news.client.test>"),
    );
    scene.desk.wait_for_tickets(3).unwrap();
    assert_eq!(from_us(&scene.quiet_inbox(ANN)), 1);
    assert_eq!(from_us(&scene.quiet_inbox(LI)), 1);
    assert_eq!(from_us(&scene.quiet_inbox("c@client.test")), 0);
    let mut all = requesters(&scene);
    all.sort();
    assert_eq!(all, [ANN, "c@client.test", LI]);
    scene.finish();
}
