//! Proof by our own checks (FAULTS section 1 A): no server writes results, domains sign, forwarders seal, and DNS has the keys.

use maildesk_lab::{
    desk::{Desk, DeskOptions, Endpoint, MailServers},
    house::House,
    mailclient::{Draft, Mail, reply_to},
    sign::{Manner, Signer},
};

use crate::scene::{
    ALICE, ANN, BINARY, LI, OTHER_DESK, SUPPORT, Scene, fresh_id, house, house_filtered, letter,
};

/// What providers sign at least: an attacker may write the rest anew.
const FEW: Manner = Manner { headers: &["From", "Subject", "Date"], body_length: false, expires: 0 };

/// The house's servers, none of whose results are believed.
struct Unjudged<'a>(&'a House);

impl MailServers for Unjudged<'_> {
    fn imap(&self, address: &str) -> Endpoint {
        self.0.imap(address)
    }

    fn smtp(&self, address: &str) -> Endpoint {
        self.0.smtp(address)
    }

    fn trust(&self) -> String {
        format!("resolver = \"{}\"", self.0.dns.address())
    }

    fn store(&self, folder: &std::path::Path) -> std::io::Result<String> {
        self.0.store(folder)
    }
}

/// Rspamd's results are believed, and nobody answers our own questions. They stand below the Received lines of Dovecot and of
/// Postfix, as what a milter adds does.
struct Filtered<'a>(&'a House);

impl MailServers for Filtered<'_> {
    fn imap(&self, address: &str) -> Endpoint {
        self.0.imap(address)
    }

    fn smtp(&self, address: &str) -> Endpoint {
        self.0.smtp(address)
    }

    fn trust(&self) -> String {
        format!("authserv_ids = [\"{}\"]\nown_received = 2\nresolver = \"127.0.0.1:9\"", House::AUTHSERV_ID)
    }

    fn store(&self, folder: &std::path::Path) -> std::io::Result<String> {
        self.0.store(folder)
    }
}

/// A desk that must prove senders itself, and the signer of Alice's domain.
fn alone(options: &DeskOptions) -> Option<(Scene, Signer)> {
    let house = house()?;
    let signer = Signer::published("desk.test", &house.dns);
    let desk = Desk::started(BINARY, &Unjudged(&house), options).unwrap();
    Some((Scene { desk, house }, signer))
}

/// Ann's ticket, and what Alice was told of it.
fn notified(scene: &Scene, subject: &str) -> Mail {
    scene.deliver(ANN, &letter("Ann <ann@client.test>", subject, "The export to Excel fails."));
    scene.notification(subject)
}

/// From outside, byte for byte.
fn post(scene: &Scene, to: &str, raw: &[u8]) {
    scene.house.deliver("bounces@desk.test", &[to], raw).unwrap();
}

fn got(scene: &Scene, words: &str) -> usize {
    scene.quiet_inbox(ANN).iter().filter(|m| m.text().contains(words)).count()
}

/// Waits until Alice is asked about these words, answers, and waits until Ann has them.
fn confirm(scene: &Scene, words: &str) {
    let asked = |m: &Mail| m.text().contains(words) && m.address("From") == SUPPORT;
    let question = scene.inbox(ALICE).wait_for("the confirmation", asked).unwrap();
    assert_eq!(got(scene, words), 0, "nothing before the answer");
    scene.answer(ALICE, &question, "yes");
    scene.inbox(ANN).wait_for("the released answer", |m| m.text().contains(words)).unwrap();
}

#[test]
fn a_signature_proves_an_agent_and_without_one_they_are_asked() {
    let Some((scene, signer)) = alone(&DeskOptions::default()) else { return };
    let notification = notified(&scene, "Export fails");
    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "Fixed in 2.1.");
    post(&scene, &to, &signer.sign(&raw));
    scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("Fixed in 2.1.")).unwrap();

    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "Unsigned words.");
    post(&scene, &to, &raw);
    confirm(&scene, "Unsigned words.");
    scene.finish();
}

#[test]
fn a_forged_agent_signs_for_nobody_but_themself() {
    let Some((scene, signer)) = alone(&DeskOptions::default()) else { return };
    let notification = notified(&scene, "Export fails");
    let eve = Signer::published("evil.test", &scene.house.dns);
    // Without the secret: nothing at all. With it, as from a leak: the agent is asked, and nothing is done.
    let draft = Draft::new(ALICE, SUPPORT, &fresh_id(), "Re: Export fails [#1]", "#close\n\nForged words.")
        .header("In-Reply-To", &notification.header("Message-ID"));
    post(&scene, SUPPORT, &eve.sign(&draft.bytes()));
    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "#close\n\nForged words.");
    post(&scene, &to, &eve.sign(&raw));
    // A signature of the right domain that is altered on the way.
    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "Honest words.");
    let altered = String::from_utf8(signer.sign(&raw)).unwrap().replace("Honest words.", "Forged words.");
    post(&scene, &to, altered.as_bytes());
    scene.desk.wait("all decided", || Ok((scene.desk.outcome_total()? >= 4).then_some(()))).unwrap();
    assert_eq!(got(&scene, "Forged words."), 0);
    assert_ne!(scene.desk.ticket(1).unwrap()["ticket"]["state"], "closed");
    scene.finish();
}

#[test]
fn a_signed_mail_that_is_sent_again_waits_for_its_agent() {
    let Some((scene, signer)) = alone(&DeskOptions::default()) else { return };
    let notification = notified(&scene, "Export fails");
    let (to, raw) = reply_to(&notification, ALICE, "first@desk.test", "Fixed in 2.1.");
    let signed = signer.sign_as(&raw, &FEW);
    post(&scene, &to, &signed);
    scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("Fixed in 2.1.")).unwrap();
    // The same mail by a second way is the same mail: nobody is asked.
    post(&scene, &to, &signed);
    scene.desk.wait("the copy", || Ok((scene.desk.outcome("ignored")? == 1).then_some(()))).unwrap();
    // The same signature under another Message-ID is a replay.
    let again = String::from_utf8(signed).unwrap().replace("first@desk.test", "again@evil.test");
    post(&scene, &to, again.as_bytes());
    scene.desk.wait("the replay", || Ok((scene.desk.outcome("held")? == 1).then_some(()))).unwrap();
    assert_eq!(got(&scene, "Fixed in 2.1."), 1);
    let asked = |m: &Mail| m.text().contains("sent again") && m.address("From") == SUPPORT;
    scene.inbox(ALICE).wait_for("the question", asked).unwrap();
    // It locks nobody out.
    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "More about 2.1.");
    post(&scene, &to, &signer.sign_as(&raw, &FEW));
    scene.inbox(ANN).wait_for("the next answer", |m| m.text().contains("More about 2.1.")).unwrap();
    scene.finish();
}

#[test]
fn a_named_forwarder_s_seal_proves_and_any_other_does_not() {
    let options = DeskOptions { trust_more: "arc_sealers = [\"forwarder.test\"]", ..DeskOptions::default() };
    let Some((scene, signer)) = alone(&options) else { return };
    let notification = notified(&scene, "Export fails");
    let sealed_by = |domain: &str, words: &str| {
        let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), words);
        // A list on the way added a line, so that the signature is broken.
        let changed = [signer.sign(&raw), b"-- \r\nThe list.\r\n".to_vec()].concat();
        let forwarder = Signer::published(domain, &scene.house.dns);
        post(&scene, &to, &forwarder.seal(&changed, "desk.test", true));
    };
    sealed_by("forwarder.test", "Sealed words.");
    scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("Sealed words.")).unwrap();
    sealed_by("unknown.test", "Other words.");
    confirm(&scene, "Other words.");
    scene.finish();
}

#[test]
fn a_client_s_signature_shows_them_what_was_understood() {
    let Some((scene, _)) = alone(&DeskOptions::default()) else { return };
    let client = Signer::published("client.test", &scene.house.dns);
    let slow = Signer::published("slow.test", &scene.house.dns);
    scene.house.dns.silence("slow.test");
    let ack = |subject: &str, signer: Option<&Signer>| {
        let raw = letter("Ann <ann@client.test>", subject, &format!("About {subject}: it fails.")).bytes();
        let raw = signer.map_or(raw.clone(), |signer| signer.sign(&raw));
        scene.house.deliver(ANN, &[SUPPORT], &raw).unwrap();
        scene.notification(subject);
        let number = scene.desk.tickets().unwrap().len();
        scene.desk.ticket(i64::try_from(number).unwrap()).unwrap().to_string()
    };
    assert!(ack("Chart is empty", Some(&client)).contains("proven by dkim"));
    let shown = scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    assert!(shown.subject().contains("Chart is empty"), "{}", shown.subject());
    assert!(ack("Login fails", None).contains("no trusted result and no signature"));
    assert!(
        ack("Print fails", Some(&slow)).contains("does not verify"),
        "a silent DNS delays, and loses nothing"
    );
    scene.finish();
}

#[test]
fn a_signed_form_that_is_sent_again_names_nobody() {
    let more = format!("[[form]]\nfrom = \"{OTHER_DESK}\"\nrequester = \"reply-to\"\n");
    let Some((scene, _)) = alone(&DeskOptions { more, ..DeskOptions::default() }) else { return };
    let site = Signer::published("other.test", &scene.house.dns);
    let form = Draft::new(OTHER_DESK, SUPPORT, "form.1@other.test", "Contact", "The chart stays empty.")
        .header("Reply-To", ANN)
        .bytes();
    let signed = site.sign_as(&form, &FEW);
    scene.house.deliver(OTHER_DESK, &[SUPPORT], &signed).unwrap();
    scene.desk.wait_for_tickets(1).unwrap();
    let again = String::from_utf8(signed).unwrap().replace("form.1@", "form.2@").replace(ANN, LI);
    scene.house.deliver(OTHER_DESK, &[SUPPORT], again.as_bytes()).unwrap();
    scene.desk.wait_for_tickets(2).unwrap();
    let tickets = scene.desk.tickets().unwrap();
    let requesters: Vec<&str> = tickets.iter().filter_map(|t| t["requester"].as_str()).collect();
    assert_eq!(requesters, [ANN, OTHER_DESK]);
    assert!(scene.quiet_inbox(LI).is_empty(), "whoever sends it again makes the desk write to nobody");
    scene.finish();
}

/// Results that a real filter wrote, in its own words.
#[test]
fn what_rspamd_finds_is_believed() {
    let Some(house) = house_filtered() else { return };
    for domain in ["desk.test", "client.test"] {
        house.dns.set_txt(&format!("_dmarc.{domain}"), "v=DMARC1; p=reject");
    }
    let (staff, client) =
        (Signer::published("desk.test", &house.dns), Signer::published("client.test", &house.dns));
    let desk = Desk::started(BINARY, &Filtered(&house), &DeskOptions::default()).unwrap();
    let scene = Scene { desk, house };
    let told = |subject: &str, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        let raw = letter("Ann <ann@client.test>", subject, &format!("About {subject}: it fails.")).bytes();
        scene.house.deliver(ANN, &[SUPPORT], &sign(&raw)).unwrap();
        scene.notification(subject)
    };
    let notification = told("Chart is empty", &|raw| client.sign(raw));
    let shown = scene.desk.ticket(1).unwrap().to_string();
    assert!(shown.contains("proven by dmarc"), "{shown}");
    told("Print fails", &|raw| raw.to_vec());
    let shown = scene.desk.ticket(2).unwrap().to_string();
    assert!(shown.contains("DMARC failed and the domain asks to refuse"), "{shown}");

    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "Fixed in 2.1.");
    scene.house.deliver(ALICE, &[&to], &staff.sign(&raw)).unwrap();
    scene.inbox(ANN).wait_for("the answer", |m| m.text().contains("Fixed in 2.1.")).unwrap();
    let (to, raw) = reply_to(&notification, ALICE, &fresh_id(), "Unsigned words.");
    scene.house.deliver(ALICE, &[&to], &raw).unwrap();
    scene.desk.wait("held", || Ok((scene.desk.outcome("held")? == 1).then_some(()))).unwrap();
    assert_eq!(got(&scene, "Unsigned words."), 0);
    scene.finish();
}
