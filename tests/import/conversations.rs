//! What old mail becomes: conversations are one ticket with our own answers in it, and nothing stirs.

use serde_json::Value;

use crate::scene::{ALICE, Old, SUPPORT, mbox, question, scene};

const LI: &str = "Li Na <li@acme.test>";

fn answer<'a>(day: u32, id: &'a str, from: &'a str, to: &'a str, answers: &'a [&'a str]) -> Old<'a> {
    let (subject, body) =
        ("Re: The export stays empty", "Hello Li Na,\n\nplease clear the cache and try again.\n\nAlice");
    Old { day, id, from, to, answers, subject, body }
}

/// Question, our answer from the Sent folder, the client's answer.
fn conversation() -> (String, String, String) {
    let first = question(1, "q1@acme.test", LI).text();
    let ours = answer(2, "a1@desk.test", "Support <support@desk.test>", LI, &["q1@acme.test"]).text();
    let last = Old {
        body: "It works now for the first report, and the second one is still empty.",
        ..answer(3, "q2@acme.test", LI, SUPPORT, &["q1@acme.test", "a1@desk.test"])
    };
    (first, ours, last.text())
}

#[test]
fn a_question_in_one_file_and_its_answer_in_another_are_one_ticket() {
    let scene = scene();
    let (first, ours, last) = conversation();
    let inbox = scene.file("Inbox.mbox", mbox(&[first, last]));
    let sent = scene.file("Sent.mbox", mbox(&[ours]));
    // The answers first: the order of dates decides.
    let summary = scene.import(&[sent.to_str().unwrap(), inbox.to_str().unwrap(), "--batch", "old"]);
    assert_eq!(
        (&summary["mails"], &summary["tickets"], &summary["added"]),
        (&3.into(), &1.into(), &2.into())
    );
    assert_eq!(scene.kinds(1), ["client", "reply", "client"]);
    let ticket = scene.desk.ticket(1).unwrap();
    assert_eq!(ticket["ticket"]["state"], "closed");
    assert_eq!(ticket["ticket"]["created_at"], "2024-01-01T10:00:00Z");
    assert_eq!(ticket["ticket"]["updated_at"], "2024-01-03T10:00:00Z");
    assert_eq!(ticket["first_response_at"], "2024-01-02T10:00:00Z");
    assert_eq!(ticket["first_response_due_at"], Value::Null);
    assert_eq!(ticket["ticket"]["requester"], "li@acme.test");
    // What filed it is a line of its own.
    let events = ticket["events"].as_array().unwrap().iter().filter(|e| e["kind"] != "filed");
    let at: Vec<&str> = events.map(|e| e["at"].as_str().unwrap()).collect();
    assert_eq!(at, ["2024-01-01T10:00:00Z", "2024-01-02T10:00:00Z", "2024-01-03T10:00:00Z"]);
    scene.assert_silent();
    assert!(!scene.rows().iter().any(|row| row.starts_with("timer")), "a clock runs for an old ticket");
    scene.desk.finish().unwrap();
}

#[test]
fn a_conversation_that_goes_on_stays_as_it_stands() {
    let since = ["--open-since", "2024-01-02", "--batch"];
    for (mails, state) in [(1, "closed"), (2, "waiting"), (3, "open")] {
        let scene = scene();
        let (first, ours, last) = conversation();
        let all = [first, ours, last];
        let file = scene.file("all.mbox", mbox(&all[..mails]));
        scene.import(&[&[file.to_str().unwrap()], &since[..], &["b"]].concat());
        assert_eq!(scene.desk.tickets().unwrap()[0]["state"], state, "after {mails} mails");
        assert!(!scene.rows().iter().any(|row| row.starts_with("timer")));
        scene.desk.finish().unwrap();
    }
}

#[test]
fn an_agents_mails_are_what_they_are() {
    let scene = scene();
    let (first, ..) = conversation();
    let reply = answer(2, "r@desk.test", ALICE, LI, &["q1@acme.test"]).text();
    // To a colleague, about the ticket; and a command of long ago, which is not obeyed.
    let note = Old {
        body: "#close\nCan you look into this?",
        ..answer(3, "n@desk.test", ALICE, "dev@desk.test", &["q1@acme.test"])
    };
    let own = question(4, "own@desk.test", ALICE).text();
    let file = scene.file("all.mbox", mbox(&[first, reply, note.text(), own]));
    scene.import_path(&file);
    assert_eq!(scene.kinds(1), ["client", "reply", "note"]);
    assert_eq!(scene.desk.ticket(1).unwrap()["ticket"]["assignee"], ALICE);
    assert_eq!(scene.kinds(2), ["client"]);
    scene.assert_silent();
    scene.desk.finish().unwrap();
}

#[test]
fn automatic_answers_are_no_first_response_and_strays_make_no_ticket() {
    let scene = scene();
    let (first, ours, _) = conversation();
    let acknowledgement = ours.replacen("MIME-Version", "Auto-Submitted: auto-replied\nMIME-Version", 1);
    let stray = answer(5, "stray@desk.test", SUPPORT, "x@y.test", &["unknown@y.test"]).text();
    let file = scene.file("all.mbox", mbox(&[first, acknowledgement, stray.clone()]));
    let summary = scene.import_path(&file);
    assert_eq!(summary["without_conversation"], 1);
    assert_eq!(scene.kinds(1), ["client", "report"]);
    assert_eq!(scene.desk.ticket(1).unwrap()["first_response_at"], Value::Null);
    assert_eq!(scene.desk.tickets().unwrap().len(), 1);
    // Later, together with what it answers, it finds its place.
    let asked = Old { id: "unknown@y.test", ..question(4, "", "x@y.test") }.text();
    let later = scene.file("later.mbox", mbox(&[asked, stray]));
    let summary = scene.import_path(&later);
    assert_eq!((&summary["tickets"], &summary["added"]), (&1.into(), &1.into()), "{summary}");
    assert_eq!(scene.kinds(2), ["client", "reply"]);
    scene.desk.finish().unwrap();
}

#[test]
fn a_colleague_on_copy_belongs_to_the_conversation_and_a_long_pause_does_not_end_it() {
    let scene = scene();
    let (first, ..) = conversation();
    let colleague = answer(25, "c@acme.test", "boss@acme.test", SUPPORT, &["q1@acme.test"]).text();
    let file = scene.file("all.mbox", mbox(&[first, colleague]));
    scene.import_path(&file);
    assert_eq!(scene.desk.tickets().unwrap().len(), 1);
    assert_eq!(scene.kinds(1), ["client", "client"]);
    let ticket = scene.desk.ticket(1).unwrap();
    assert_eq!(ticket["participants"], serde_json::json!(["li@acme.test"]));
    scene.desk.finish().unwrap();
}

#[test]
fn an_answer_that_is_dated_before_its_question_joins_it() {
    let scene = scene();
    let first = question(5, "q1@acme.test", LI).text();
    let ours = answer(2, "a1@desk.test", "Support <support@desk.test>", LI, &["q1@acme.test"]).text();
    let more = answer(1, "q2@acme.test", LI, SUPPORT, &["q1@acme.test", "a1@desk.test"]).text();
    let path = scene.file("All.mbox", mbox(&[more, ours, first]));
    let summary = scene.import(&[path.to_str().unwrap(), "--batch", "old"]);
    assert_eq!((&summary["tickets"], &summary["added"]), (&1.into(), &2.into()));
    assert_eq!(scene.kinds(1), ["client", "reply", "client"]);
    scene.desk.finish().unwrap();
}

#[test]
fn an_old_ticket_has_its_facts_like_one_that_came_by_mail() {
    let scene = scene();
    let body = "Hello,\n\nsince this morning the export stays empty. User name: lina01\nI use Chrome 126 on Windows 11 and have \
                cleared the cache.\n\nLi Na";
    let first = Old { body, ..question(1, "q1@acme.test", LI) }.text();
    let more = Old {
        body: "In Firefox 130 it is the same.",
        ..answer(3, "q2@acme.test", LI, SUPPORT, &["q1@acme.test"])
    };
    let file = scene.file("Inbox.mbox", mbox(&[first, more.text()]));
    scene.import(&[file.to_str().unwrap(), "--batch", "old"]);
    let ticket = scene.desk.ticket(1).unwrap();
    let facts = &ticket["matter"]["facts"];
    assert_eq!(facts["username"]["value"], "lina01", "{facts}");
    assert_eq!(facts["os"]["value"], "Windows 11", "{facts}");
    assert_eq!(
        (&ticket["matter"]["asked"], &ticket["ticket"]["category"]),
        (&Value::Null, &"technical".into())
    );
    let (shown, words) = scene.said(&["ticket", "show", "1"]);
    assert!(shown && words.contains("lina01 (label)") && words.contains("Windows 11 ("), "{words}");
    scene.assert_silent();
    scene.desk.finish().unwrap();
}
