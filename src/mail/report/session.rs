//! The SMTP session in a report: which command the server refused, and the dialogue that some programs copy
//! (`>>> RCPT TO:` / `<<< 550`, `In:` / `Out:`). The stage matters: a mailbox is looked up at RCPT; after the data a
//! filter speaks, whatever it says.

use super::{Finding, listing};

/// The SMTP command that was answered with a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before any address was named: greeting, EHLO, STARTTLS.
    Connection,
    Sender,
    Recipient,
    /// DATA and the data behind it.
    Content,
}

/// How programs name the stage, lower case; the first match counts, so that the more exact ones stand first.
const NAMES: &[(&str, Stage)] = &[
    // Postfix
    ("in reply to rcpt to", Stage::Recipient),
    ("in reply to end of data", Stage::Content),
    ("in reply to data", Stage::Content),
    ("in reply to mail from", Stage::Sender),
    ("in reply to ehlo", Stage::Connection),
    ("in reply to helo", Stage::Connection),
    ("in reply to connect", Stage::Connection),
    ("refused to talk to me", Stage::Connection),
    // Exim
    ("after rcpt to", Stage::Recipient),
    ("after end of data", Stage::Content),
    ("after pipelined end of data", Stage::Content),
    ("after pipelined rcpt", Stage::Recipient),
    ("after pipelined mail", Stage::Sender),
    ("after rcpt command", Stage::Recipient), // 1&1
    ("after data", Stage::Content),
    ("after mail from", Stage::Sender),
    ("after initial connection", Stage::Connection),
    ("after ehlo", Stage::Connection),
    ("after helo", Stage::Connection),
    // qmail and netqmail
    ("does not like recipient", Stage::Recipient),
    ("most progress was rcpt to", Stage::Recipient),
    ("but sender was rejected", Stage::Sender),
    ("failed on data command", Stage::Content),
    ("failed after i sent the message", Stage::Content),
    ("but my name was rejected", Stage::Connection),
    ("but greeting failed", Stage::Connection),
    // Yahoo
    ("[rcpt_to]", Stage::Recipient),
    ("[mail_from]", Stage::Sender),
    ("[bodyend]", Stage::Content),
    // Gmail until 2013 (the number is a state of its client)
    ("(state 14)", Stage::Recipient),
    ("(state 13)", Stage::Sender),
    ("(state 15)", Stage::Content),
    ("(state 17)", Stage::Content),
    ("(state 18)", Stage::Content),
    // DragonFly Mail Agent
    ("did not like our rcpt to", Stage::Recipient),
    ("did not like our mail from", Stage::Sender),
    ("did not like our data", Stage::Content),
    ("did not like our eom", Stage::Content),
    ("did not like our final dot", Stage::Content),
    // IMail, SMTP32, an MTA of Perl scripts, 1&1
    ("rcpt to generated following response", Stage::Recipient),
    ("body of message generated response", Stage::Content),
    ("following rcpt command", Stage::Recipient),
    ("rejected recipient <", Stage::Recipient),
    ("for rcpt command", Stage::Recipient),
    ("for rcpt to command", Stage::Recipient), // GMX
    ("for mail command", Stage::Sender),
    ("for text command", Stage::Content),
    ("for data command", Stage::Content),
    ("for helo command", Stage::Connection),
    // m-FILTER, NetEase
    ("smtp command data", Stage::Content),
    ("smtp command rcpt", Stage::Recipient),
];

/// The stage that a text names or whose dialogue it copies.
#[must_use]
pub fn stage(lower: &str) -> Option<Stage> {
    NAMES.iter().find(|(name, _)| lower.contains(name)).map(|(_, s)| *s).or_else(|| of_dialogue(lower))
}

/// The command before the first refusal in `>>> RCPT TO:<a@b> <<< 550 no`.
fn of_dialogue(lower: &str) -> Option<Stage> {
    let refusal = lower.find("<<< 5").or_else(|| lower.find("<<< 4")).or_else(|| lower.find(">>> 5"))?;
    let before = lower.get(..refusal)?;
    let commands = [
        ("rcpt to", Stage::Recipient),
        (">>> data", Stage::Content),
        ("<<< data", Stage::Content),
        ("mail from", Stage::Sender),
        (">>> ehlo", Stage::Connection),
        (">>> helo", Stage::Connection),
    ];
    commands
        .iter()
        .filter_map(|(name, stage)| before.rfind(name).map(|at| (at, *stage)))
        .max_by_key(|(at, _)| *at)
        .map(|(_, stage)| stage)
}

/// The recipients of a copied dialogue: each RCPT with the answers that follow it.
#[must_use]
pub fn read(lines: &[&str]) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for line in lines.iter().take(400) {
        let lower = line.to_lowercase();
        let command = lower.find("rcpt to:").and_then(|at| line.get(at..)).and_then(listing::first);
        match (command, out.last_mut()) {
            (Some(address), _) => {
                out.push(Finding {
                    address: Some(address),
                    words: line.trim().to_owned(),
                    ..Finding::default()
                });
            }
            (None, Some(last)) if last.words.len() < 2_000 => last.append(line.trim()),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages() {
        for (text, want) in [
            ("550 no (in reply to rcpt to command)", Some(Stage::Recipient)),
            ("554 spam (in reply to end of data command)", Some(Stage::Content)),
            (">>> data <<< 550 5.1.1 unknown", Some(Stage::Content)),
            (">>> mail from:<a@b> <<< 501 no", Some(Stage::Sender)),
            ("sent <<< rcpt to:<a@b> received >>> 550 no", Some(Stage::Recipient)),
            ("user unknown", None),
        ] {
            assert_eq!(stage(text), want, "{text}");
        }
    }

    #[test]
    fn dialogue_of_a_postmaster_copy() {
        let lines = [
            "In:  MAIL FROM:<me@desk.example>",
            "Out: 250 ok",
            "In:  RCPT TO:<a@b.org> ORCPT=x",
            "Out: 451 4.3.0 no",
        ];
        let found = read(&lines);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].address.as_deref(), Some("a@b.org"));
        assert!(found[0].words.contains("451 4.3.0"));
    }
}
