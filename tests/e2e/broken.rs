//! Broken mail ends somewhere, and the next good mail proceeds (SPEC section 4).

use maildesk_lab::desk::DeskOptions;

use crate::scene::{ANN, SUPPORT, letter, scene};

fn broken() -> Vec<Vec<u8>> {
    let deep: String =
        (0..400).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    let many: String = (0..20_000).map(|n| format!("X-{n}: y\r\n")).collect();
    vec![
        b"\r\n".to_vec(),
        b"no header at all, no colon, nothing\r\n".to_vec(),
        (0_u32..4096).map(|n| u8::try_from(n * 37 % 251 + 1).unwrap()).collect(),
        b"From: <<>>,;\r\nSubject: =?utf-8?Q?=ZZ?= =?x?B?!!?=\r\nContent-Type: multipart/mixed\r\n\r\n--\r\n".to_vec(),
        b"From: \xc0\xee\xc4\xc8 <c+raw@client.test>\r\nTo: support@desk.test\r\nSubject: \xb8\xca\xcc\xd8\xcd\xbc\r\n\r\n\xcf\xd4\xca\xbe\r\n".to_vec(),
        format!("From: c+deep@client.test\r\nTo: support@desk.test\r\nSubject: deep\r\n{deep}").into_bytes(),
        format!("From: c+many@client.test\r\nTo: support@desk.test\r\n{many}\r\nbody\r\n").into_bytes(),
        b"From: c+b64@client.test\r\nTo: support@desk.test\r\nContent-Transfer-Encoding: base64\r\n\r\n====!!!!".to_vec(),
    ]
}

#[test]
fn broken_mail_ends_somewhere_and_the_next_proceeds() {
    let Some(scene) = scene(&DeskOptions::default()) else { return };
    let broken = broken();
    let mut inbox = scene.inbox(SUPPORT);
    for raw in &broken {
        inbox.append("INBOX", raw).unwrap();
    }
    scene
        .deliver(ANN, &letter("Ann <ann@client.test>", "All is well here", "Can you help me with a report?"));
    scene.inbox(ANN).wait_for("the acknowledgement", |m| m.address("From") == SUPPORT).unwrap();
    scene.desk.wait_until_quiet().unwrap();
    let status = scene.desk.status().unwrap();
    let words = ["ticket", "control", "held", "ignored", "quarantined"];
    let ended: u64 = words.iter().filter_map(|w| status["outcomes"][w].as_u64()).sum();
    assert_eq!(ended, broken.len() as u64 + 1, "{status}");
    for row in scene.desk.quarantine().unwrap() {
        assert!(row["reason"].as_str().is_some_and(|r| !r.is_empty()), "{row}");
    }
    scene.finish();
}
