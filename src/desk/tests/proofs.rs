//! What proves a sender and what only looks like it (FAULTS sections 1 and 3).

use super::world::*;
use crate::desk::{
    proof::{Origin, Proof, origin},
    *,
};

fn by_results(value: &str) -> Origin {
    let mut facts = mail(&client(), "x", false);
    facts.reading.trace.authentication_results = vec![results(0, value)];
    origin(&facts.reading, &Findings::default(), &policy().trust)
}

#[test]
fn what_the_trusted_server_says_is_read_in_all_its_spellings() {
    let pass = [
        "mx.example.com; dmarc=pass header.from=huaxia.example",
        "mx.example.com 1; spf=fail; dkim/1=fail; DMARC/1=PASS (p=none; x (nested)) header.From=HuaXia.example",
        "MX.example.com;\t dmarc = pass  header.from = \"huaxia.example\"",
        "mx.example.com (our \\) server); dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=huaxia.example;",
    ];
    for value in pass {
        assert_eq!(by_results(value), Origin::Proven(Proof::Dmarc), "{value}");
    }
    let auth = "mx.example.com; auth=pass (plain) smtp.auth=lina@huaxia.example smtp.mailfrom=x@y.z";
    assert_eq!(by_results(auth), Origin::Proven(Proof::Submission));
}

#[test]
fn nothing_less_than_that_is_a_proof() {
    for value in [
        "",
        "none",
        "mx.example.com; none",
        "mx.example.com; spf=pass smtp.mailfrom=huaxia.example",
        "mx.example.com; dkim=pass header.d=huaxia.example",
        "mx.example.com; dmarc=pass header.from=evil.example",
        "mx.example.com; dmarc=pass",
        "mx.example.com; spf=none (domain of \"x); dmarc=pass header.from=huaxia.example (\"@evil.example)",
        "mx.example.com; dmarc=pass header.from=huaxia.example (",
        "mx.example.com; x=y (; dmarc=pass header.from=huaxia.example)",
        "mx.example.com; x=\"; dmarc=pass header.from=huaxia.example\"",
        "mx.example.com; dmarc=fail header.from=huaxia.example; dmarc=pass header.from=huaxia.example",
        "evil.example; dmarc=pass header.from=huaxia.example",
        "mx.example.com.evil.example; dmarc=pass header.from=huaxia.example",
        "dmarc=pass header.from=huaxia.example",
        "mx.example.com; dmarc=pass header.from=huaxia.example header.from=evil.example",
        "mx.example.com; dmarc=pass header.from=evil.example header.from=huaxia.example",
        "mx.example.com; auth=pass smtp.auth=lina@huaxia.example; auth=fail smtp.auth=lina@huaxia.example",
        "mx.example.com; auth=pass smtp.auth=lina@huaxia.example smtp.auth=eve@huaxia.example",
        "mx.example.com; auth=pass smtp.auth=lina",
        "mx.example.com; auth=pass smtp.auth=other@huaxia.example",
        "mx.example.com; arc=pass; dmarc=temperror header.from=huaxia.example",
        "mx.example.com; dmarc=pass header.from=huaxia.example.evil.example",
        "\"; ((((\\",
    ] {
        assert!(!by_results(value).is_proven(), "{value}");
    }
}

#[test]
fn a_forged_field_below_our_received_lines_is_ignored_at_every_place() {
    let forged = "mx.example.com; dmarc=pass header.from=huaxia.example";
    for position in 2..=20 {
        let mut facts = mail(&client(), "x", false);
        facts.reading.trace.authentication_results = vec![results(position, forged)];
        assert!(!origin(&facts.reading, &Findings::default(), &policy().trust).is_proven(), "{position}");
    }
    for position in 0..=20 {
        let mut facts = mail(&client(), "x", false);
        let ours = results(0, "mx.example.com; dmarc=fail (p=reject) header.from=huaxia.example");
        facts.reading.trace.authentication_results = vec![ours, results(position, forged)];
        let found = origin(&facts.reading, &Findings::default(), &policy().trust);
        assert!(found.dmarc_refused() && !found.is_proven(), "{position}");
    }
}

#[test]
fn a_server_without_a_name_is_believed_only_where_the_operator_says_so() {
    let value = "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=huaxia.example; dkim=pass header.d=huaxia.example;\
                 dmarc=pass action=none header.from=huaxia.example;compauth=pass reason=100";
    let mut facts = mail(&client(), "x", false);
    facts.reading.trace.authentication_results = vec![results(1, value)];
    let nameless = Trust { authserv_ids: vec![String::new()], ..policy().trust };
    assert!(origin(&facts.reading, &Findings::default(), &nameless).is_proven());
    assert!(!origin(&facts.reading, &Findings::default(), &policy().trust).is_proven());
    assert!(!origin(&facts.reading, &Findings::default(), &Trust::default()).is_proven());
}

#[test]
fn a_refused_dmarc_is_read_as_the_providers_write_it() {
    for value in [
        "mx.example.com; dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=huaxia.example",
        "mx.example.com; dmarc=fail (p=quarantine) header.from=huaxia.example",
        "mx.example.com; dmarc=fail action=oreject header.from=huaxia.example",
        "mx.example.com; dmarc=fail policy.dmarc=reject header.from=huaxia.example",
    ] {
        assert!(by_results(value).dmarc_refused(), "{value}");
    }
    assert!(!by_results("mx.example.com; dmarc=fail (p=none) header.from=huaxia.example").dmarc_refused());
    assert!(!by_results("mx.example.com; dmarc=pass (p=reject) header.from=huaxia.example").dmarc_refused());
}

fn signature() -> DkimFinding {
    DkimFinding {
        domain: "huaxia.example".into(),
        passed: true,
        algorithm: "rsa-sha256".into(),
        key_bits: Some(2048),
        signed_headers: ["from", "subject", "date", "to"].map(str::to_owned).to_vec(),
        ..DkimFinding::default()
    }
}

#[test]
fn only_a_full_strong_aligned_signature_proves() {
    let proven = |finding: DkimFinding| {
        let facts = mail(&client(), "x", false);
        origin(&facts.reading, &vec![finding].into(), &policy().trust).is_proven()
    };
    assert!(proven(signature()));
    assert!(proven(DkimFinding { algorithm: "ed25519-sha256".into(), key_bits: None, ..signature() }));
    let weak = [
        DkimFinding { passed: false, ..signature() },
        DkimFinding { expired: true, ..signature() },
        DkimFinding { body_length_limited: true, ..signature() },
        DkimFinding { key_bits: Some(1024), ..signature() },
        DkimFinding { key_bits: None, ..signature() },
        DkimFinding { algorithm: "rsa-sha1".into(), ..signature() },
        DkimFinding { signed_headers: vec!["from".into(), "date".into()], ..signature() },
        DkimFinding { signed_headers: vec!["subject".into(), "date".into()], ..signature() },
        DkimFinding { domain: "evil.example".into(), ..signature() },
        DkimFinding { domain: "example".into(), ..signature() },
        DkimFinding { domain: "a.huaxia.example".into(), ..signature() },
        DkimFinding { domain: "axia.example".into(), ..signature() },
        DkimFinding { domain: String::new(), ..signature() },
    ];
    for finding in weak {
        assert!(!proven(finding.clone()), "{finding:?}");
    }
}

#[test]
fn a_parent_domain_aligns_unless_strangers_register_under_it() {
    let proven = |from: &str, signer: &str| {
        let facts = mail(&person(1, from), "x", false);
        let finding = DkimFinding { domain: signer.into(), ..signature() };
        origin(&facts.reading, &vec![finding].into(), &policy().trust).is_proven()
    };
    assert!(proven("a@mail.huaxia.example", "huaxia.example"));
    assert!(proven("a@mail.huaxia.com.cn", "HuaXia.com.cn"));
    assert!(!proven("a@huaxia.com.cn", "com.cn"));
    assert!(!proven("a@acme.co.uk", "co.uk"));
    assert!(!proven("a@huaxia.bj.cn", "bj.cn"));
    assert!(!proven("a@huaxia.example", "example."));
}

#[test]
fn without_one_plain_from_nothing_is_proven() {
    let mut facts = mail(&client(), "x", true);
    facts.reading.trace.strict_from = None;
    assert!(!origin(&facts.reading, &vec![signature()].into(), &policy().trust).is_proven());
}

#[test]
fn a_replay_has_the_key_of_the_first_mail_whatever_else_differs() {
    let reading = |date: &str, from: &str| {
        let mut facts = mail(&person(1, from), "x", false);
        facts.reading.date = Some(date.parse().unwrap());
        facts.reading
    };
    let signed = |body: &str| DkimFinding { body_hash: body.into(), ..signature() };
    let first = reading("2026-11-23T09:00:00Z", CLIENT);
    let keys = proof::replay_keys(&first, &vec![signed("aGFzaA==")].into());
    assert_eq!(keys.len(), 1);
    let mut again = first.clone();
    again.message_id = Some("another@evil.example".into());
    again.to = vec![address("support+other@example.com")];
    assert_eq!(proof::replay_keys(&again, &vec![signed("aGFzaA==")].into()), keys);
    for (reading, finding) in [
        (first.clone(), signed("bGFzaA==")),
        (first.clone(), DkimFinding { domain: "other.example".into(), ..signed("aGFzaA==") }),
        (reading("2026-11-23T09:00:01Z", CLIENT), signed("aGFzaA==")),
        (reading("2026-11-23T09:00:00Z", "wang@huaxia.example"), signed("aGFzaA==")),
    ] {
        let other = proof::replay_keys(&reading, &vec![finding].into());
        assert!(other.len() == 1 && other != keys);
    }
    for none in [signed(""), DkimFinding { passed: false, ..signed("aGFzaA==") }] {
        assert!(proof::replay_keys(&first, &vec![none].into()).is_empty());
    }
}
