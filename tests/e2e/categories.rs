//! Categories of the operator's own: guessed by words from the first mail on, learned from what agents say, and judged alike by the
//! daemon, an import and `inspect`.

use maildesk_lab::{desk::DeskOptions, mailclient::Mail};
use serde_json::Value;

use crate::scene::{ALICE, LI, Scene, letter, scene};

const SHOP: &str = r#"
[triage]
precision = 0.9
[limits]
tickets_per_address_hour_max = 100
[[category]]
name = "technical"
[[category]]
name = "account"
[[category]]
name = "business"
[[category]]
name = "delivery"
words = ["parcel", "courier", "tracking number", "快递"]
[[category]]
name = "garden"
"#;

/// What nobody's words know, of two kinds.
fn doubtful(at: usize) -> (String, String, &'static str) {
    let plants = ["roses", "rose bush", "climbing roses", "white roses"];
    let troubles = ["have black spots", "lose their leaves", "have mildew"];
    let streets = ["Mill Lane", "Station Road", "High Street", "Park Row"];
    let delays = ["did not come today", "went past our door", "left again without ringing"];
    let (first, second) = (at / 2 % 4, at / 2 % 3);
    if at.is_multiple_of(2) {
        let text = format!("Good day,\n\nour {} {} again, in bed {at}.", plants[first], troubles[second]);
        (format!("Our {}, bed {at}", plants[first]), text, "garden")
    } else {
        let text = format!("Good day,\n\nthe van {} in {}, house {at}.", delays[second], streets[first]);
        (format!("The van in {} {at}", streets[first]), text, "delivery")
    }
}

/// The line of history that says why a ticket filed itself.
fn why(ticket: &Value) -> Option<String> {
    let events = ticket["events"].as_array()?;
    let filed = events.iter().find(|event| event["kind"] == "filed")?;
    Some(filed["detail"].as_str()?.to_owned())
}

fn number(mail: &Mail) -> usize {
    let digits = |c: char| !c.is_ascii_digit();
    mail.subject().split_once("[#").unwrap().1.split(digits).next().unwrap().parse().unwrap()
}

fn judged(scene: &Scene, name: &str, text: &str) -> Value {
    let path = scene.desk.folder().join(name);
    let mail =
        format!("From: c@client.test\r\nTo: support@desk.test\r\nSubject: A question\r\n\r\n{text}\r\n");
    std::fs::write(path, mail).unwrap();
    scene.desk.json(&["inspect", name]).unwrap()["category"].clone()
}

#[test]
fn words_guess_at_once_and_corrections_teach_the_next_mail() {
    const COUNT: usize = 24;
    let Some(mut scene) = scene(&DeskOptions { more: SHOP.to_owned(), ..DeskOptions::default() }) else {
        return;
    };
    // Ticket 1: several words of one category file by themselves, on the first day.
    let lost = "Good day,\n\nthe courier says that he has no parcel with this tracking number.";
    scene.submit(LI, &letter("Li <li@client.test>", "Where is my parcel", lost));
    let told = scene.notification("Where is my parcel").text();
    assert!(told.contains("delivery (9") && told.contains("parcel"), "{told}");
    let ticket = scene.desk.ticket(1).unwrap();
    assert_eq!(ticket["ticket"]["category"], "delivery", "{ticket}");
    assert!(why(&ticket).unwrap().contains("courier"), "{ticket}");

    // The others are doubtful, and an agent says where they belong.
    for at in 0..COUNT {
        let (subject, text, _) = doubtful(at);
        scene.submit(LI, &letter("Li <li@client.test>", &subject, &text));
    }
    let mails = scene.inbox(ALICE).wait_until("all notifications", |all| all.len() > COUNT).unwrap();
    let doubts: Vec<&Mail> = mails.iter().filter(|mail| number(mail) > 1).collect();
    assert_eq!(doubts.len(), COUNT);
    assert!(
        doubts.iter().all(|mail| mail.text().contains("filed under nothing yet")),
        "{}",
        doubts[0].text()
    );
    for mail in &doubts {
        let at = (0..COUNT).find(|at| mail.subject().contains(&doubtful(*at).0)).unwrap();
        scene.answer(ALICE, mail, &format!("#category {}", doubtful(at).2));
    }
    let learned = format!("corrections={COUNT}");
    scene
        .desk
        .wait_for_log("learning", |log| log.contains("the classifier learned") && log.contains(&learned))
        .unwrap();

    // The next ones of their kind file themselves, and say why.
    scene.submit(
        LI,
        &letter(
            "Li <li@client.test>",
            "Our roses, bed 90",
            "Good day,\n\nour roses have black spots again, in bed 90.",
        ),
    );
    let told = scene.notification("Our roses, bed 90");
    assert!(told.text().contains("garden (") && told.text().contains("roses"), "{}", told.text());
    let ticket = scene.desk.ticket(i64::try_from(number(&told)).unwrap()).unwrap();
    assert_eq!(ticket["ticket"]["category"], "garden", "{ticket}");
    assert!(why(&ticket).unwrap().starts_with("garden "), "{ticket}");

    // Whoever looks at a mail or imports one judges as the daemon does.
    let seen = judged(&scene, "van.eml", "The van did not come today in Mill Lane, house 91.");
    assert_eq!((seen["name"].as_str(), seen["auto"].as_bool()), (Some("delivery"), Some(true)), "{seen}");
    let old = scene.desk.run(&["import", "van.eml", "--batch", "old"]).unwrap();
    assert!(old.status.success(), "{}", String::from_utf8_lossy(&old.stderr));
    let tickets = scene.desk.tickets().unwrap();
    assert_eq!(tickets.len(), COUNT + 3);
    assert_eq!(tickets[COUNT + 2]["category"], "delivery", "{tickets:?}");

    // What waits for a start is judged by all that was learned before it.
    scene.desk.stop().unwrap();
    let text = "Good day,\n\nour white roses have mildew again, in bed 92.";
    scene.submit(LI, &letter("Li <li@client.test>", "Our white roses, bed 92", text));
    scene.desk.start().unwrap();
    let tickets = scene.desk.wait_for_tickets(COUNT + 4).unwrap();
    assert_eq!(tickets[COUNT + 3]["category"], "garden", "{tickets:?}");

    // A later word about the same ticket takes the place of the earlier.
    let quality = |scene: &Scene| scene.desk.json(&["train"]).unwrap()["quality"].clone();
    let by_category = quality(&scene)["by_category"].clone();
    assert_eq!((by_category["garden"].as_u64(), by_category["delivery"].as_u64()), (Some(12), Some(12)));
    let roses = doubts.iter().find(|mail| mail.subject().contains("bed 0")).unwrap();
    scene.answer(ALICE, roses, "#account");
    let number = i64::try_from(number(roses)).unwrap();
    scene
        .desk
        .wait_for_ticket(number, "refiled again", |ticket| ticket["ticket"]["category"] == "account")
        .unwrap();
    let by_category = quality(&scene)["by_category"].clone();
    assert_eq!((by_category["garden"].as_u64(), by_category["account"].as_u64()), (Some(11), Some(1)));
    scene.finish();
}

#[test]
fn words_of_a_new_config_count_from_its_reload_on() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let lost = |at: u32| {
        let text = "Good day,\n\nthe courier says that he has no parcel with this tracking number.";
        letter("Li <li@client.test>", &format!("Where is my parcel {at}"), text)
    };
    scene.submit(LI, &lost(1));
    let told = scene.notification("Where is my parcel 1").text();
    assert!(!told.contains("delivery"), "{told}");
    let path = scene.desk.config_path();
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{before}{SHOP}")).unwrap();
    scene.desk.reload();
    scene.desk.wait_for_log("the reload", |log| log.contains("reloaded")).unwrap();
    scene.submit(LI, &lost(2));
    let told = scene.notification("Where is my parcel 2").text();
    assert!(told.contains("delivery (9"), "{told}");
    assert_eq!(scene.desk.ticket(2).unwrap()["ticket"]["category"], "delivery");
    scene.finish();
}
