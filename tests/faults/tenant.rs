//! A mailbox at Microsoft 365, as a scripted server plays it: mail of colleagues has no signature, and a mark says that it was
//! submitted inside. The mark counts once `check --online` showed that nobody else can write it.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use maildesk_lab::{
    desk::DeskOptions,
    mailclient::{Mail, reply_to},
    scripted_imap::ScriptedImap,
    scripted_smtp::ScriptedSmtp,
};

use crate::scene::{ALICE, Scene, address, letter, options, scene};

const FIREWALL: [&str; 2] = [PREFIX, "Authentication-Results"];
const MARK: &str = "support: mark of internal mail";
const PREFIX: &str = "X-MS-Exchange-Organization-";

/// What the server writes above mail that is submitted with a login.
fn marked(raw: &[u8]) -> Vec<u8> {
    let mark = format!(
        "{PREFIX}AuthAs: Internal\r\n{PREFIX}AuthMechanism: 06\r\n\
         {PREFIX}AuthSource: PH0PR06MB7560.namprd06.prod.outlook.com\r\n{PREFIX}MessageDirectionality: Originating\r\n"
    );
    [mark.as_bytes(), raw].concat()
}

/// The same with the header firewall, which takes out what anybody else wrote, and so are other servers' results.
fn guarded(raw: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    let kept: String = text
        .split_inclusive("\r\n")
        .filter(|line| !FIREWALL.iter().any(|name| line.starts_with(name)))
        .collect();
    marked(kept.as_bytes())
}

/// A desk with a client's ticket, and what Alice was told of it.
fn told() -> (Scene, Mail) {
    let from_outside = [format!("{PREFIX}AuthAs: Anonymous\r\n").as_bytes(), &letter(1)].concat();
    let options = DeskOptions { trust_more: "internal = \"m365\"", ..options() };
    let imap = ScriptedImap::builder().mail(1, &from_outside);
    let mut scene = scene(imap, ScriptedSmtp::script(), &options);
    scene.desk.allow("counts for nobody yet");
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1]);
    let notification = scene.to(ALICE).remove(0);
    (scene, notification)
}

/// `check --online`, with the server delivering what it sends as `edit` leaves it. Its exit status, and what it says of `what`.
fn check(scene: &Scene, what: &str, edit: impl Fn(&[u8]) -> Vec<u8>) -> (bool, String) {
    let mut known = scene.smtp.received().len();
    let arguments = ["check", "--online", "--json", "--probe-wait", "60"];
    let output = std::thread::scope(|threads| {
        let check = threads.spawn(|| scene.desk.run(&arguments).unwrap());
        while !check.is_finished() {
            let next = async {
                tokio::time::timeout(Duration::from_millis(200), scene.smtp.wait_for(known + 1)).await
            };
            let Ok(mails) = scene.runtime.block_on(next) else { continue };
            for mail in &mails[known..] {
                known += 1;
                if mail.rcpt_to.iter().any(|to| to.starts_with("support")) {
                    scene.imap.deliver(next_uid(), &edit(&mail.data));
                }
            }
        }
        check.join().unwrap()
    });
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["what"] == what).unwrap();
    (output.status.success(), format!("{}: {}", row["verdict"].as_str().unwrap(), row["found"]))
}

/// The next UID.
fn next_uid() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(100);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn answer(scene: &Scene, notification: &Mail, words: &str) {
    let uid = next_uid();
    let (_, raw) = reply_to(notification, ALICE, &format!("a{uid}@desk.test"), words);
    scene.imap.deliver(uid, &marked(&raw));
}

fn wait_for(scene: &Scene, to: &str, words: &str) {
    let came = || scene.to(to).iter().any(|m| m.text().contains(words));
    scene.desk.wait(words, || Ok(came().then_some(()))).unwrap();
}

#[test]
fn a_colleague_is_proven_once_a_probe_showed_that_the_mark_holds() {
    let (scene, notification) = told();
    answer(&scene, &notification, "Too early.");
    wait_for(&scene, ALICE, "Too early.");
    let client = address(1);
    assert_eq!(scene.to(&client).len(), 1, "Alice is asked, and the client has the acknowledgement alone");
    let (passed, row) = check(&scene, MARK, guarded);
    assert!(row.starts_with("pass: "), "{row}");
    assert!(passed, "{row}");
    answer(&scene, &notification, "Please clear the cache.");
    wait_for(&scene, &client, "Please clear the cache.");
    let (_, row) = check(&scene, "agents at desk.test", guarded);
    assert!(row.contains("was proven by the provider's mark"), "{row}");
    // The mark beside another one says nothing.
    let (_, raw) = reply_to(&notification, ALICE, "a4@desk.test", "Forged words.");
    scene.imap.deliver(next_uid(), &marked(&marked(&raw)));
    wait_for(&scene, ALICE, "Forged words.");
    scene.desk.wait_until_quiet().unwrap();
    assert!(scene.to(&client).iter().all(|m| !m.text().contains("Forged words.")));
    scene.finish();
}

#[test]
fn a_mark_that_others_can_write_counts_for_nobody() {
    let (scene, notification) = told();
    let (passed, row) = check(&scene, MARK, |raw| raw.to_vec());
    assert!(!passed && row.starts_with("fail: ") && row.contains("anybody could pretend"), "{row}");
    answer(&scene, &notification, "Not proven.");
    wait_for(&scene, ALICE, "Not proven.");
    scene.desk.wait_until_quiet().unwrap();
    assert_eq!(scene.to(&address(1)).len(), 1);
    scene.finish();
}
