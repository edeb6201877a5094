use std::time::{Duration, Instant};

use maildesk_lab::{
    address::Lease,
    dns::Dns,
    sign::{Key, Manner, Signer},
};

use super::*;
use crate::net;

const MAIL: &[u8] = b"From: Ann <ann@client.test>\r\nTo: support@desk.test\r\nSubject: Export\r\n\
    Date: Mon, 23 Nov 2026 08:58:00 +0000\r\nMessage-ID: <1@client.test>\r\n\r\nIt fails.\r\n";
const PATIENCE: Duration = Duration::from_secs(20);

/// A DNS and a prover that asks it.
struct Lab {
    dns: Dns,
    prover: Prover,
    _lease: Lease,
}

fn lab() -> Lab {
    let lease = Lease::new();
    let dns = Dns::start(lease.ip).unwrap();
    let prover = Prover::new(net::resolver(Some(dns.address())).unwrap());
    Lab { dns, prover, _lease: lease }
}

impl Lab {
    async fn ask(&self, bytes: &[u8], from_domain: &str, sealers: &[&str], deadline: Duration) -> Findings {
        let arc_sealers: Vec<String> = sealers.iter().map(|s| (*s).to_owned()).collect();
        let inquiry = Inquiry { bytes, from_domain, arc_sealers: &arc_sealers, deadline };
        self.prover.findings(&inquiry).await
    }

    async fn of(&self, bytes: &[u8]) -> Findings {
        self.ask(bytes, "client.test", &["forwarder.test"], PATIENCE).await
    }
}

#[tokio::test]
async fn signatures_are_checked_with_the_keys_that_dns_publishes() {
    let lab = lab();
    for (key, algorithm, bits) in [
        (Signer::published("client.test", &lab.dns).key, "ed25519-sha256", None),
        (Key::Rsa2048, "rsa-sha256", Some(2048)),
    ] {
        let domain = format!("{algorithm}{}.client.test", bits.unwrap_or(0));
        let signed = Signer::with_key(&domain, key, &lab.dns).sign(MAIL);
        let [finding] = &lab.of(&signed).await.dkim[..] else { panic!("one signature") };
        assert!(finding.passed && !finding.expired && !finding.body_length_limited, "{finding:?}");
        assert_eq!((finding.domain.as_str(), finding.key_bits), (domain.as_str(), bits));
        assert_eq!(finding.algorithm, algorithm);
        assert!(["from", "subject", "date"].iter().all(|h| finding.signed_headers.iter().any(|s| s == h)));
        assert!(!finding.body_hash.is_empty());
    }
}

/// Made with OpenSSL: `ring` signs with no key so short.
#[tokio::test]
async fn a_short_key_is_told_by_its_bits() {
    let lab = lab();
    let record = include_str!("../../../tests/fixtures/dkim/rsa1024.txt");
    lab.dns.set_txt("weak._domainkey.client.test", record.trim());
    let findings = lab.of(include_bytes!("../../../tests/fixtures/dkim/rsa1024.eml")).await;
    assert_eq!((findings.dkim[0].passed, findings.dkim[0].key_bits), (true, Some(1024)), "{findings:?}");
}

#[tokio::test]
async fn what_was_altered_or_covers_a_part_does_not_pass() {
    let lab = lab();
    let signer = Signer::published("client.test", &lab.dns);
    let signed = String::from_utf8(signer.sign(MAIL)).unwrap();
    for altered in [
        signed.replace("It fails.", "It works."),
        signed.replace("Subject: Export", "Subject: #close"),
        signed.replace("Ann <ann@", "Eve <eve@"),
    ] {
        let findings = lab.of(altered.as_bytes()).await;
        assert!(findings.dkim.iter().all(|f| !f.passed && f.failure.is_some()), "{findings:?}");
    }
    let part = signer.sign_as(MAIL, &Manner { body_length: true, ..Manner::default() });
    assert!(lab.of(&part).await.dkim.iter().all(|f| !f.passed || f.body_length_limited));
    let few = signer.sign_as(MAIL, &Manner { headers: &["From", "Date"], ..Manner::default() });
    let findings = lab.of(&few).await;
    assert!(findings.dkim[0].passed && !findings.dkim[0].signed_headers.iter().any(|h| h == "subject"));
    assert_eq!(lab.of(MAIL).await, Findings::default());
}

#[tokio::test]
async fn answers_are_remembered_and_so_is_that_there_are_none() {
    let lab = lab();
    lab.dns.set_life(60);
    let signer = Signer::published("client.test", &lab.dns);
    let unknown = Signer { domain: "nowhere.test".into(), key: signer.key.clone() };
    for _ in 0..3 {
        assert!(lab.of(&signer.sign(MAIL)).await.dkim[0].passed);
        assert!(!lab.of(&unknown.sign(MAIL)).await.dkim[0].passed);
    }
    assert_eq!(lab.dns.asked_txt(&signer.key_name()), 1);
    assert_eq!(lab.dns.asked_txt(&unknown.key_name()), 1);
}

#[tokio::test]
async fn a_silent_domain_costs_one_deadline_and_others_nothing() {
    let lab = lab();
    lab.dns.set_life(60);
    let signer = Signer::published("client.test", &lab.dns);
    let slow = Signer::published("slow.test", &lab.dns);
    lab.dns.silence("slow.test");
    let both = signer.sign(&slow.sign(MAIL));
    let deadline = Duration::from_millis(500);
    let begun = Instant::now();
    let findings = lab.ask(&both, "client.test", &[], deadline).await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let passed: Vec<&str> = findings.dkim.iter().filter(|f| f.passed).map(|f| f.domain.as_str()).collect();
    assert_eq!(passed, ["client.test"]);
    let asked = lab.dns.asked();
    let again = lab.ask(&both, "client.test", &[], PATIENCE).await;
    assert_eq!((again, lab.dns.asked()), (findings, asked), "nobody is asked again for a minute");
}

#[tokio::test]
async fn many_mails_wait_together() {
    let lab = lab();
    lab.dns.silence("");
    let mails: Vec<Vec<u8>> =
        (0..50).map(|n| Signer { domain: format!("d{n}.test"), key: Key::Rsa2048 }.sign(MAIL)).collect();
    let begun = Instant::now();
    let all = join_all(mails.iter().map(|m| lab.ask(m, "client.test", &[], Duration::from_secs(1)))).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(all.iter().all(|findings| findings.dkim.iter().all(|f| !f.passed)));
}

#[tokio::test]
async fn a_domain_is_asked_for_its_alignment_only_where_that_matters() {
    let lab = lab();
    let signer = Signer::published("client.test", &lab.dns);
    let signed = signer.sign(MAIL);
    assert_eq!(lab.of(&signed).await.dmarc, DmarcFinding::NotAsked);
    assert_eq!(lab.dns.asked_txt("_dmarc.client.test"), 0);
    let of = async |from: &str| lab.ask(&signed, from, &[], PATIENCE).await.dmarc;
    assert_eq!(of("mail.client.test").await, DmarcFinding::Absent);
    lab.dns.set_txt("_dmarc.strict.client.test", "v=DMARC1; p=none; adkim=s");
    assert_eq!(of("strict.client.test").await, DmarcFinding::Published { strict: true });
    assert_eq!(of("a.strict.client.test").await, DmarcFinding::Published { strict: true });
    lab.dns.set_txt("_dmarc.relaxed.client.test", "v=DMARC1; p=reject");
    assert_eq!(of("relaxed.client.test").await, DmarcFinding::Published { strict: false });
    lab.dns.set_txt("_dmarc.other.client.test", "v=spf1 -all");
    assert_eq!(of("other.client.test").await, DmarcFinding::Absent);
    lab.dns.silence("_dmarc.silent.client.test");
    let silent = lab.ask(&signed, "silent.client.test", &[], Duration::from_millis(500)).await;
    assert_eq!(silent.dmarc, DmarcFinding::NoAnswer);
    assert_eq!(of("elsewhere.test").await, DmarcFinding::NotAsked);
}

#[test]
fn few_names_are_asked_for_a_policy() {
    assert_eq!(dmarc_names("client.test"), ["_dmarc.client.test."]);
    assert_eq!(
        dmarc_names("a.b.c.d.e.client.test"),
        [
            "_dmarc.a.b.c.d.e.client.test.",
            "_dmarc.d.e.client.test.",
            "_dmarc.e.client.test.",
            "_dmarc.client.test."
        ]
    );
    assert!(dmarc_names("test").is_empty());
    assert_eq!(dmarc_names(&"a.".repeat(200)).len(), DMARC_NAMES_MAX);
}

#[tokio::test]
async fn seals_count_when_the_newest_is_by_somebody_named() {
    let lab = lab();
    let client = Signer::published("client.test", &lab.dns);
    let forwarder = Signer::with_key("forwarder.test", Key::Rsa2048, &lab.dns);
    let sealed = forwarder.seal(&client.sign(MAIL), "client.test", true);
    let arc = lab.of(&sealed).await.arc.unwrap();
    assert!(arc.signature.passed, "{arc:?}");
    assert_eq!((arc.sealer.as_str(), arc.signature.domain.as_str()), ("forwarder.test", "forwarder.test"));
    assert_eq!((arc.key_bits, arc.signature.key_bits), (Some(2048), Some(2048)));
    assert!(arc.results.contains("dmarc=pass") && arc.results.contains("header.from=client.test"));
    assert_eq!(lab.ask(&sealed, "client.test", &["other.test"], PATIENCE).await.arc, None);

    let altered = String::from_utf8(sealed.clone()).unwrap().replace("It fails.", "It works.");
    assert!(!lab.of(altered.as_bytes()).await.arc.unwrap().signature.passed);
    let praised = forwarder.seal(MAIL, "client.test", false);
    let praised = String::from_utf8(praised).unwrap().replace("dmarc=fail", "dmarc=pass");
    assert!(!lab.of(praised.as_bytes()).await.arc.unwrap().signature.passed, "the results are sealed, too");
}

#[tokio::test]
async fn a_chain_counts_by_its_newest_seal() {
    let lab = lab();
    let forwarder = Signer::published("forwarder.test", &lab.dns);
    let second = Signer::published("second.test", &lab.dns);
    let sealed = forwarder.seal(MAIL, "client.test", true);
    let message = AuthenticatedMessage::parse(&sealed).unwrap();
    let parameters = Parameters::new(&message).with_txt_cache(&*lab.prover.cache);
    let before = lab.prover.resolver.verify_arc(parameters).await;
    let again = second.seal_onto(&sealed, &before, "client.test", false);
    assert_eq!(lab.of(&again).await.arc, None, "somebody unknown sealed last");
    let arc = lab.ask(&again, "client.test", &["second.test"], PATIENCE).await.arc.unwrap();
    assert!(arc.signature.passed && arc.results.contains("i=2") && arc.results.contains("dmarc=fail"));
    let first_removed = String::from_utf8(again).unwrap().replace("i=1;", "i=3;");
    let arc = lab
        .ask(first_removed.as_bytes(), "client.test", &["second.test", "forwarder.test"], PATIENCE)
        .await
        .arc;
    assert!(arc.is_none_or(|arc| !arc.signature.passed), "numbers are not believed");
}

#[tokio::test]
async fn hostile_headers_cost_little_and_prove_nothing() {
    let lab = lab();
    let signer = Signer::published("client.test", &lab.dns);
    let signed = signer.sign(MAIL);
    let many = [b"X: y\r\n".repeat(40_000), signed.clone()].concat();
    assert_eq!(lab.of(&many).await, Findings::default());
    let names = "from:".repeat(9_000);
    let wide = format!(
        "DKIM-Signature: v=1; a=rsa-sha256; d=client.test; s=s1; c=relaxed/relaxed; h={names}from; bh=eA==; b=eA==\r\n{}",
        "X: y\r\n".repeat(9_000)
    );
    assert_eq!(lab.of(&[wide.as_bytes(), &signed].concat()).await, Findings::default());
    let mut nine = signed;
    for _ in 0..8 {
        nine = signer.sign(&nine);
    }
    assert_eq!(lab.of(&nine).await, Findings::default());
    for odd in [&b""[..], b"\r\n", b"DKIM-Signature:\r\n\r\n", b"ARC-Seal: i=1\r\n\r\n", b"\0\xff"] {
        assert_eq!(lab.of(odd).await, Findings::default());
    }
    assert_eq!(lab.dns.asked(), 0);
}
