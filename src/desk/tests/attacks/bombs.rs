//! Mails that are made to break their reader, in an agent's name: whatever is read of them, they act for nobody. That reading
//! them is quick and small is shown in `tests/reading`.

use super::{
    super::world::*,
    outcome::{Fate, assert_harmless, fate},
    post::*,
};
use crate::desk::*;

fn nested(unit: &str, times: usize, end: &str) -> String {
    let mut all = unit.repeat(times);
    all += end;
    all
}

fn bodies() -> Vec<(&'static str, String)> {
    let mail = "Content-Type: message/rfc822\r\n\r\nFrom: alice@example.com\r\n";
    let parts: String = (0..5_000).map(|n| format!("--b\r\n\r\n#close {n}\r\n")).collect();
    let file = |head: &str, content: &str| {
        mixed(&[
            &plain("hello"),
            &format!("{head}\r\nContent-Disposition: attachment; filename=a.zip\r\n\r\n{content}"),
        ])
    };
    vec![
        ("mails in mails", nested(mail, 5_000, "\r\n#close\r\n")),
        (
            "parts in parts",
            nested("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 5_000, "\r\n#close"),
        ),
        ("many parts", format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}")),
        (
            "a part without end",
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n#close".to_owned(),
        ),
        ("no boundary", "Content-Type: multipart/mixed\r\n\r\n#close\r\n".to_owned()),
        ("boxes in boxes", html(&nested("<div>", 24_000, "#close"))),
        ("quotes in quotes", plain(&format!("{} #close\r\n", ">".repeat(100_000)))),
        ("one word", plain(&"x".repeat(300_000))),
        ("commands without end", plain(&"#close\r\n".repeat(10_000))),
        ("bait for backtracking", plain(&format!("{}!\r\n", "a ".repeat(50_000)))),
        ("base64 that is none", "Content-Transfer-Encoding: base64\r\n\r\n#close====\r\n".to_owned()),
        ("base64 of base64", "Content-Transfer-Encoding: base64\r\n\r\nSTJOc2IzTmw=\r\n".to_owned()),
        ("UTF-7", "Content-Type: text/plain; charset=utf-7\r\n\r\n+ACM-close\r\n".to_owned()),
        ("UTF-16 named", "Content-Type: text/plain; charset=utf-16\r\n\r\n#close\r\n".to_owned()),
        ("an archive in words alone", file("Content-Type: application/zip", "PK\u{3}\u{4}42424242")),
        (
            "an archive in base64",
            file("Content-Type: application/zip\r\nContent-Transfer-Encoding: base64", "UEsDBBQAAAAIAA=="),
        ),
        ("templates", plain("{{ config }}{% for x in range(9999999) %}$(reboot)`id`{% endfor %}\r\n")),
    ]
}

#[test]
fn no_bomb_acts_in_an_agent_s_name() {
    let own = minted(Purpose::Agent, 1042, 100);
    for (name, body) in bodies() {
        let mail = Mail::alice(name).says(body);
        assert_harmless(&mail, Fate::FlaggedTicket);
        assert_harmless(&mail.clone().answers(TO_ALICE), Fate::HeldAsStaff);
        let decision = mail.marked(&own).decided();
        assert_eq!(decision.outcome, Outcome::Held, "{name}");
        assert_eq!(state_after(&decision), None, "{name}");
        assert_silent_to_clients(&decision);
    }
    assert_eq!(judged(), 17 * 3);
}

/// Names of files that would leave their folder, be a device, or look like what they are not.
const NAMES: [&str; 14] = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\a.dll",
    "/etc/shadow",
    "C:\\CON",
    "NUL.txt",
    "com1",
    "a\u{202e}gpj.exe",
    "a\u{200b}.pdf",
    ".bashrc",
    "-rf",
    "a|b>c.txt",
    "=?utf-8?Q?..=2F..=2Fa?=",
    "{{ name }}.txt",
    "\u{430}lice.pdf.exe",
];

#[test]
fn names_of_files_stay_names_of_files() {
    for name in NAMES {
        let file = format!(
            "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\nx"
        );
        let mail = Mail::new(name, format!("From: {EVE}")).says(mixed(&[&plain("see file"), &file]));
        let decision = mail.decided();
        assert_eq!(fate(&decision), Fate::Ticket, "{name}");
        let mut seen = 0;
        for letter in &decision.letters {
            let LetterBody::Notification { files, .. } = &letter.body else { continue };
            for file in files {
                seen += 1;
                let stem = file.name.split('.').next().unwrap_or_default().to_lowercase();
                let hidden = |c: char| c.is_control() || "/\\|<>\u{202e}\u{200b}".contains(c);
                assert!(!file.name.contains(hidden), "{name}: {:?}", file.name);
                assert!(
                    !file.name.starts_with(['.', '-']) && !["con", "nul", "com1"].contains(&stem.as_str()),
                    "{name}"
                );
            }
        }
        assert!(seen > 0, "{name}");
    }
    assert_eq!(judged(), 14);
}
