//! A provider that lets few mails through (SPEC section 8): notifications become one mail, and each of them can be answered.

use std::collections::BTreeSet;

use maildesk_lab::{
    desk::DeskOptions,
    mailclient::{Draft, Mail},
    scripted_smtp::ScriptedSmtp,
};

use crate::{
    refused::without_acknowledgements,
    robots::proven,
    scene::{ALICE, Scene, address, filled, scene},
};

/// The secret addresses that stand in a mail.
fn addresses(mail: &Mail) -> BTreeSet<String> {
    let text = mail.text();
    let words = text.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    words.filter(|w| w.starts_with("support+") && w.ends_with("@desk.test")).map(str::to_owned).collect()
}

fn to_alice(scene: &Scene, words: &str) -> Option<Mail> {
    scene.to(ALICE).into_iter().find(|m| m.subject().contains(words))
}

#[test]
fn near_the_limit_notifications_become_one_mail_and_each_can_be_answered() {
    let options = DeskOptions { smtp_more: "  per_minute = 3", ..without_acknowledgements() };
    let mut scene = scene(filled(6), ScriptedSmtp::script(), &options);
    scene.desk.start().unwrap();
    let is_there = || Ok(to_alice(&scene, "6 notifications in one mail"));
    let bundle = scene.desk.wait("the bundle", is_there).unwrap();
    for n in 1..=6 {
        assert!(bundle.text().contains(&format!("The export number {n} stays empty")), "{}", bundle.text());
    }
    assert!(!bundle.text().contains("#take"), "one mail's buttons: {}", bundle.text());
    let tokens = addresses(&bundle);
    assert_eq!(tokens.len(), 6, "{tokens:?}");
    for token in &tokens {
        let link = format!("mailto:{}?subject=", token.replace('+', "%2B"));
        assert!(bundle.html().contains(&link), "{link}");
    }
    let rows = scene.desk.outbox().unwrap();
    let folded = rows.iter().filter(|row| row["state"] == "cancelled").count();
    assert_eq!((folded, scene.to(ALICE).len()), (6, 1), "{rows:?}");

    // The answer and what Alice hears of it are what the minute still lets through.
    let client = (1..=6).find_map(|n| {
        let at = bundle.text().find(&format!("The export number {n} stays"))?;
        let behind = bundle.text().split_at(at).1.to_owned();
        let token = tokens.iter().filter_map(|t| Some((behind.find(t.as_str())?, t))).min()?;
        Some((n, token.1.clone()))
    });
    let (n, token) = client.unwrap();
    let draft = Draft::new(ALICE, &token, "a1@desk.test", "Re: the export", "Please clear the cache.");
    scene.imap.deliver(20, &proven(&draft.bytes()));
    let answer = || Ok(scene.to(&address(n)).into_iter().next());
    let answer = scene.desk.wait("the answer", answer).unwrap();
    assert!(answer.text().contains("Please clear the cache."), "{}", answer.text());
    scene.finish();
}
