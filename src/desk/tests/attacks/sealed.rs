//! Origin by what others vouch for: seals of forwarders (RFC 8617), Exchange's mark of internal mail, signatures of a parent
//! domain. Each row differs from the one that proves in one point.

use super::{
    forged::NO_PROOF,
    outcome::{Fate, assert_harmless, fate},
    post::*,
};
use crate::desk::*;

const SEALER: &str = "forwarder.example";
const PASS: &str = "i=1; mx.forwarder.example; dkim=pass header.d=example.com; dmarc=pass (p=reject) header.from=example.com";

fn seal() -> ArcFinding {
    ArcFinding {
        sealer: SEALER.into(),
        algorithm: "rsa-sha256".into(),
        key_bits: Some(2048),
        signature: DkimFinding { domain: SEALER.into(), ..signature() },
        results: PASS.into(),
    }
}

fn by_seal(name: &str, seal: ArcFinding) -> Mail {
    let mut mail = Mail::alice(name).sealed(seal);
    mail.policy.trust.arc_sealers = vec![SEALER.into()];
    mail
}

/// In three places: alone, under a known Message-ID, to Alice's secret address.
fn assert_proves_nothing(mail: &Mail) {
    let own = minted(Purpose::Agent, 1042, 100);
    assert_harmless(mail, Fate::FlaggedTicket);
    assert_harmless(&mail.clone().answers(TO_ALICE), Fate::HeldAsStaff);
    assert_harmless(&mail.clone().marked(&own), Fate::Asked);
}

#[test]
fn a_seal_proves_only_by_a_named_sealer_that_found_a_pass() {
    let own = minted(Purpose::Agent, 1042, 100);
    let good = by_seal("a good seal", seal()).marked(&own);
    assert_eq!(fate(&good.decided()), Fate::Done);
    let refused = good.clone().result(0, "mx.example.com; dmarc=fail (p=reject) header.from=example.com");
    assert_eq!(
        fate(&refused.decided()),
        Fate::Done,
        "the forwarder broke the signature, and says that it held before"
    );

    let by = |sealer: &str, signer: &str| {
        let signature = DkimFinding { domain: signer.into(), ..signature() };
        ArcFinding { sealer: sealer.into(), signature, ..seal() }
    };
    let signed = |finding: DkimFinding| ArcFinding {
        signature: DkimFinding { domain: SEALER.into(), ..finding },
        ..seal()
    };
    let without = |name: &str| {
        let headers = signature().signed_headers.into_iter().filter(|h| h != name).collect();
        signed(DkimFinding { signed_headers: headers, ..signature() })
    };
    let mut rows = vec![
        ("an unknown sealer", by("evil.example", "evil.example")),
        ("a sub-domain of the sealer", by("x.forwarder.example", "x.forwarder.example")),
        ("a parent of the sealer", by("example", "example")),
        ("sealed by one, signed by another", by(SEALER, "evil.example")),
        ("signed by one, sealed by another", by("evil.example", SEALER)),
        ("no names", by("", "")),
        ("a broken chain", signed(DkimFinding { passed: false, ..signature() })),
        ("an expired signature", signed(DkimFinding { expired: true, ..signature() })),
        ("a part of the body", signed(DkimFinding { body_length_limited: true, ..signature() })),
        ("a weak key of the signature", signed(DkimFinding { key_bits: Some(1024), ..signature() })),
        ("a weak key of the seal", ArcFinding { key_bits: Some(1024), ..seal() }),
        ("no key of the seal", ArcFinding { key_bits: None, ..seal() }),
        ("a seal with sha1", ArcFinding { algorithm: "rsa-sha1".into(), ..seal() }),
        ("Subject not signed", without("subject")),
        ("From not signed", without("from")),
        ("Date not signed", without("date")),
        ("no results", ArcFinding { results: String::new(), ..seal() }),
    ];
    let said: Vec<String> = NO_PROOF
        .iter()
        .filter(|value| !value.contains("auth=pass smtp.auth=alice@example.com"))
        .filter(|value| value.contains("dmarc=") && value.starts_with("mx.example.com;"))
        .map(|value| format!("i=1; {value}"))
        .collect();
    rows.extend(
        said.iter().map(|results| (results.as_str(), ArcFinding { results: results.clone(), ..seal() })),
    );
    for (name, arc) in rows {
        assert_proves_nothing(&by_seal(name, arc));
    }
    let mut nobody = by_seal("no sealer is named", seal());
    nobody.policy.trust.arc_sealers.clear();
    assert_proves_nothing(&nobody);
    let submitted = "i=1; mx.forwarder.example; auth=pass smtp.auth=alice@example.com";
    assert_proves_nothing(&by_seal(
        "submitted at the sealer",
        ArcFinding { results: submitted.into(), ..seal() },
    ));
    assert_harmless(
        &Mail { from: format!("From: {EVE}"), ..by_seal("another's From", seal()) }.marked(&own),
        Fate::Leaked,
    );
    let mut replayed = by_seal("sealed, sent again", seal());
    replayed.replayed = true;
    assert_proves_nothing(&replayed);
    assert_proves_nothing(&by_seal("two subjects", seal()).field("Subject: another"));
    assert!(judged() >= 90, "{}", judged());
}

const MARK: [&str; 5] = [
    "X-MS-Exchange-Organization-AuthAs: Internal",
    "X-MS-Exchange-Organization-AuthMechanism: 04",
    "X-MS-Exchange-Organization-AuthSource: SN6PR01MB0001.prod.exchangelabs.com",
    "X-MS-Exchange-Organization-MessageDirectionality: Originating",
    "X-MS-Exchange-CrossTenant-AuthAs: Internal",
];

/// Alice's mail as a colleague's in the same tenant lies in the mailbox, where a probe showed that the mark holds.
fn inside(name: &str, fields: &[&str]) -> Mail {
    let mut mail = fields.iter().fold(Mail::alice(name), |mail, field| mail.field(field));
    mail.policy.trust.internal = vec!["example.com".into()];
    mail.policy.trust.authserv_ids = vec![String::new()];
    mail.findings.mark_holds = true;
    mail.result(
        0,
        "dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=example.com;",
    )
}

#[test]
fn the_mark_of_internal_mail_counts_once_whole_and_where_a_probe_held() {
    let own = minted(Purpose::Agent, 1042, 100);
    assert_eq!(fate(&inside("the mark", &MARK).marked(&own).decided()), Fate::Done);
    assert_eq!(fate(&inside("in short", &MARK[..3]).marked(&own).decided()), Fate::Done);

    let [auth_as, login, source, direction, tenant] = MARK;
    let twice = |field| [MARK.as_slice(), &[field]].concat();
    for (name, fields) in [
        ("no mark", vec![]),
        ("the field of tenants alone", vec![tenant]),
        ("without its server", vec![auth_as, login, direction, tenant]),
        ("without the mark itself", vec![login, source, direction, tenant]),
        ("from outside", vec!["X-MS-Exchange-Organization-AuthAs: Anonymous", login, source]),
        ("nearly", vec!["X-MS-Exchange-Organization-AuthAs: Internally", login, source]),
        ("with more behind it", vec!["X-MS-Exchange-Organization-AuthAs: Internal x", login, source]),
        ("an odd spelling", vec!["X-MS-Exchange-Organization-AuthAs : Internal", login, source]),
        ("the mark and an odd spelling", twice("X-MS-Exchange-Organization-AuthAs : Internal")),
        ("another name", vec!["X-MS-Exchange-Organization-Auth-As: Internal", login, source]),
        ("of a relay", vec![auth_as, "X-MS-Exchange-Organization-AuthMechanism: 10", source]),
        ("of whom knows whom", vec![auth_as, "X-MS-Exchange-Organization-AuthMechanism: 19", source]),
        ("without a login", vec![auth_as, source, direction, tenant]),
        ("two logins", twice("X-MS-Exchange-Organization-AuthMechanism: 10")),
        ("twice", twice(auth_as)),
        ("both", twice("X-MS-Exchange-Organization-AuthAs: Anonymous")),
        ("two servers", twice("X-MS-Exchange-Organization-AuthSource: evil.example")),
        ("a server without a name", vec![auth_as, login, "X-MS-Exchange-Organization-AuthSource: x"]),
        (
            "it came in",
            vec![auth_as, login, source, "X-MS-Exchange-Organization-MessageDirectionality: Incoming"],
        ),
        ("another tenant says otherwise", twice("X-MS-Exchange-CrossTenant-AuthAs: Anonymous")),
    ] {
        assert_proves_nothing(&inside(name, &fields));
    }
    let mut unproven = inside("no probe", &MARK);
    unproven.findings.mark_holds = false;
    assert_proves_nothing(&unproven);
    let mut elsewhere = inside("not our domain", &MARK);
    elsewhere.policy.trust.internal = vec!["other.example".into()];
    assert_proves_nothing(&elsewhere);
    let mut off = inside("not wanted", &MARK);
    off.policy.trust.internal.clear();
    assert_proves_nothing(&off);
    let mut failed = inside("the server says that DMARC fails", &MARK);
    failed.results[0].1 = "dmarc=fail action=none header.from=example.com".into();
    assert_proves_nothing(&failed);
    assert_harmless(&inside("two dates", &MARK).field("Date: x").marked(&own), Fate::Asked);
    assert_harmless(
        &Mail { from: format!("From: {EVE}"), ..inside("an outsider", &MARK) }.marked(&own),
        Fate::Leaked,
    );
    for from in
        ["From: alice@example.com\r\nFrom: eve@evil.example", "From: alice@example.com, eve@evil.example"]
    {
        let mail = Mail { from: from.into(), ..inside("two authors", &MARK) };
        assert_eq!(fate(&mail.marked(&own).decided()), Fate::HeldAsStaff);
    }
    assert!(judged() >= 60, "{}", judged());
}

#[test]
fn a_parent_s_signature_proves_nothing_where_the_domain_asks_for_its_own() {
    let mail = |dmarc| {
        let mut mail = Mail::alice(format!("{dmarc:?}")).signed(signature());
        mail.from = "From: alice@mail.example.com".into();
        mail.policy.agents[0].address = "alice@mail.example.com".into();
        mail.findings.dmarc = dmarc;
        mail
    };
    for dmarc in [DmarcFinding::NotAsked, DmarcFinding::Absent, DmarcFinding::Published { strict: false }] {
        assert_eq!(fate(&mail(dmarc).decided()), Fate::Ticket, "{dmarc:?}");
    }
    for dmarc in [DmarcFinding::NoAnswer, DmarcFinding::Published { strict: true }] {
        assert_harmless(&mail(dmarc), Fate::FlaggedTicket);
        let mut own = mail(dmarc);
        own.findings.dkim[0].domain = "mail.example.com".into();
        assert_eq!(fate(&own.decided()), Fate::Ticket, "its own signature is strict enough");
    }
}
