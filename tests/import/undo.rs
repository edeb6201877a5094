//! A batch is taken back: all that it made, and nothing else.

use crate::scene::{Old, SUPPORT, Scene, mbox, question, scene};

fn letter(n: u32) -> String {
    question(n, &format!("m{n}@acme.test"), &format!("c{n}@acme.test")).text()
}

fn import(scene: &Scene, batch: &str, mails: &[String]) {
    let file = scene.file(batch, mbox(mails));
    scene.import(&[file.to_str().unwrap(), "--batch", batch]);
}

#[test]
fn a_batch_that_nobody_touched_goes_without_a_trace() {
    let scene = scene();
    import(&scene, "first", &[letter(1), letter(2)]);
    let before = scene.rows();
    // A duplicate, a report, an own mail without conversation, and a person known from before.
    let again = Old { id: "x@acme.test", ..question(3, "", "c1@acme.test") }.text();
    let own = Old { answers: &["nowhere@x.test"], ..question(4, "own@desk.test", SUPPORT) }.text();
    import(&scene, "second", &[letter(1), letter(3), again, own]);
    let plan = scene.import(&["--undo", "second"]);
    assert_eq!(
        (&plan["tickets"], &plan["items"], &plan["done"]),
        (&2.into(), &3.into(), &false.into()),
        "{plan}"
    );
    assert_eq!(scene.desk.tickets().unwrap().len(), 4, "a plan changes nothing");
    let (good, words) = scene.said(&["import", "--undo", "second"]);
    assert!(good && words.contains("--yes"), "{words}");
    assert_eq!(scene.import(&["--undo", "second", "--yes"])["done"], true);
    let after = scene.rows();
    let without_counter =
        |rows: &[String]| rows.iter().filter(|row| !row.starts_with("counter")).cloned().collect::<Vec<_>>();
    assert_eq!(without_counter(&after), without_counter(&before));
    // Numbers are not given twice: somebody may have written one down.
    import(&scene, "third", &[letter(5)]);
    assert_eq!(scene.desk.tickets().unwrap().last().unwrap()["number"], 5);
    assert_eq!(scene.import(&["--list"]).as_array().unwrap().len(), 2);
    scene.desk.finish().unwrap();
}

#[test]
fn a_ticket_on_which_something_happened_since_stays_whole() {
    let mut scene = scene();
    import(&scene, "old", &[letter(1), letter(2), letter(3)]);
    // Another batch continues the second conversation; a live mail names the third.
    let more = Old { answers: &["m2@acme.test"], ..question(5, "m5@acme.test", "c2@acme.test") }.text();
    import(&scene, "more", &[more]);
    scene.desk.start().unwrap();
    let live =
        Old { answers: &["m3@acme.test"], body: "Again.", ..question(6, "m6@acme.test", "c3@acme.test") }
            .text();
    scene.imap.deliver_now(1, live.replace('\n', "\r\n").as_bytes());
    scene.desk.wait_for_tickets(4).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    scene.desk.stop().unwrap();
    let plan = scene.import(&["--undo", "old", "--yes"]);
    let kept: Vec<i64> =
        plan["kept"].as_array().unwrap().iter().map(|k| k["ticket"].as_i64().unwrap()).collect();
    assert_eq!((kept, &plan["tickets"]), (vec![2, 3], &1.into()), "{plan}");
    let left: Vec<i64> =
        scene.desk.tickets().unwrap().iter().map(|t| t["number"].as_i64().unwrap()).collect();
    assert_eq!(left, [2, 3, 4]);
    assert_eq!(scene.kinds(2), ["client", "client"]);
    assert_eq!(scene.kinds(3), ["client"]);
    // The other batch only added to a ticket: it gives it back as it was, and its history says so.
    let plan = scene.import(&["--undo", "more", "--yes"]);
    assert_eq!((&plan["tickets"], &plan["tickets_relieved"]), (&0.into(), &1.into()), "{plan}");
    assert_eq!(scene.kinds(2), ["client"]);
    let events = scene.desk.ticket(2).unwrap()["events"].to_string();
    assert!(events.contains("import_undone"), "{events}");
    // What went can come again.
    import(&scene, "old", &[letter(1), letter(2), letter(3)]);
    assert_eq!(scene.desk.tickets().unwrap().len(), 4);
    scene.desk.finish().unwrap();
}

#[test]
fn what_the_daemon_ignored_for_an_imported_mails_sake_is_not_lost_with_it() {
    let mut scene = scene();
    import(&scene, "export", &[letter(1), letter(2)]);
    scene.desk.start().unwrap();
    scene.imap.deliver_now(1, letter(1).replace('\n', "\r\n").as_bytes());
    scene.desk.wait_for_outcome("ignored", 1).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    scene.desk.stop().unwrap();
    let numbers = || -> Vec<i64> {
        scene.desk.tickets().unwrap().iter().map(|t| t["number"].as_i64().unwrap()).collect()
    };
    let plan = scene.import(&["--undo", "export", "--yes"]);
    assert_eq!((&plan["tickets"], &plan["kept"][0]["ticket"]), (&1.into(), &1.into()), "{plan}");
    assert_eq!((numbers(), scene.kinds(1)), (vec![1], vec!["client".to_owned()]));
    import(&scene, "export", &[letter(1), letter(2)]);
    assert_eq!(numbers(), [1, 3]);
    scene.desk.finish().unwrap();
}

#[test]
fn what_another_batch_ignored_for_an_imported_mails_sake_is_not_lost_with_it() {
    let scene = scene();
    import(&scene, "a", &[letter(1), letter(2)]);
    import(&scene, "b", &[letter(1), letter(3)]);
    let plan = scene.import(&["--undo", "a", "--yes"]);
    assert_eq!((&plan["tickets"], &plan["kept"][0]["ticket"]), (&1.into(), &1.into()), "{plan}");
    assert_eq!(scene.kinds(1), ["client"]);
    let (good, words) = scene.said(&["import", "--undo", "a"]);
    assert!(good && words.contains("the same mail came from elsewhere"), "{words}");
    for batch in ["b", "a"] {
        let plan = scene.import(&["--undo", batch, "--yes"]);
        assert_eq!((&plan["tickets"], plan["kept"].as_array().unwrap().len()), (&1.into(), 0), "{plan}");
    }
    assert_eq!(scene.import(&["--list"]).as_array().unwrap().len(), 0);
    scene.desk.finish().unwrap();
}
