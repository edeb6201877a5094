//! What probes taught, held against what the config says: the rows of `check --online` about the way of mail. Pure.

use super::{
    login,
    probe::{Forged, Learned, Way},
    provider::Provider,
    report::Report,
};
use crate::desk::Trust;

/// What the config says, to be held against what probes taught.
pub(super) struct Expected<'a> {
    pub mailbox: &'a str,
    /// `subaddressing`.
    pub mark: &'a str,
    pub plain_envelope: bool,
    pub trust: &'a Trust,
    pub provider: Option<&'static Provider>,
}

/// Judges what probes taught by what the config expects. Pure.
pub(super) fn rows(report: &mut Report, expected: &Expected<'_>, learned: &Learned) {
    let row = |what: &str| format!("{}: {what}", expected.mailbox);
    match &learned.plain {
        Way::Open | Way::Rewritten(_) => report.pass(row("probe"), "a mail to the mailbox itself arrived"),
        Way::Refused(words) => {
            let why = login::explained(words, expected.provider);
            report.fail(row("probe"), format!("the relay refused it: {words}"), why.advice());
            return;
        }
        Way::Bounced(words) => {
            report.fail(
                row("probe"),
                format!("it came back: {words}"),
                "See that the address exists and takes mail.",
            );
            return;
        }
        Way::NotSeen | Way::Unknown(_) => {
            report.fail(
                row("probe"),
                "the relay took it, and it was not seen in the mailbox in time",
                "Look whether it arrives later (subject: maildesk probe) and in which folder; --probe-wait waits longer.",
            );
            return;
        }
    }
    subaddress_row(report, expected, learned);
    match learned.message_id_kept {
        Some(true) => report.pass(row("Message-ID"), "it stays as it leaves"),
        Some(false) if expected.mark.is_empty() => report.fail(
            row("Message-ID"),
            "the relay rewrites it, and there is no subaddressing: answers cannot be told from new mail",
            "Use another relay, or a mailbox with subaddressing.",
        ),
        Some(false) => report.warn(
            row("Message-ID"),
            "the relay rewrites it: answers are recognised by subaddresses alone",
            "Keep subaddressing; a relay that leaves Message-IDs alone is better.",
        ),
        None => {}
    }
    envelope_rows(report, expected, learned);
    trust_rows(report, expected, learned);
}

fn subaddress_row(report: &mut Report, expected: &Expected<'_>, learned: &Learned) {
    let what = format!("{}: subaddressing", expected.mailbox);
    let arrives = matches!(learned.subaddress, Way::Open | Way::Rewritten(_));
    let how = match &learned.subaddress {
        Way::Refused(words) | Way::Bounced(words) | Way::Unknown(words) => format!(" ({words})"),
        Way::Open | Way::Rewritten(_) | Way::NotSeen => String::new(),
    };
    match (expected.mark, arrives) {
        ("", true) => report.warn(
            what,
            "mail to address+probe arrives, and the config does without it",
            "Set subaddressing = \"+\": answers are then recognised by their address, too.",
        ),
        ("", false) => report.pass(what, "the server has none, as the config says"),
        (mark, true) => report.pass(what, format!("mail to address{mark}probe arrives")),
        (mark, false) => report.fail(
            what,
            format!("mail to address{mark}probe did not arrive{how}: answers to the desk would be lost"),
            "Set subaddressing = \"\", or have the mail server deliver subaddresses (Postfix: recipient_delimiter).",
        ),
    }
}

fn envelope_rows(report: &mut Report, expected: &Expected<'_>, learned: &Learned) {
    let what = format!("{}: envelope sender", expected.mailbox);
    let needed = !expected.plain_envelope && !expected.mark.is_empty();
    let remedy = "Set envelope_from = \"address\" under [mailbox.smtp].";
    match (&learned.token_sender, needed) {
        (Way::Open, true) => report.pass(what, "the relay takes a subaddress"),
        (Way::Open, false) if expected.plain_envelope => {
            report.pass(what, "the relay takes a subaddress as well; the config does without it");
        }
        (_, false) => report.pass(what, "mail leaves under the mailbox's own address"),
        (Way::Refused(words), true) => report.warn(
            what,
            format!("the relay refuses a subaddress, so mail leaves under the mailbox's own once that was tried: {words}"),
            remedy,
        ),
        (Way::Rewritten(to), true) => report.warn(
            what,
            format!("the relay replaces it by {to}: bounces may not find their ticket"),
            remedy,
        ),
        (Way::Bounced(_) | Way::NotSeen | Way::Unknown(_), true) => report.warn(
            what,
            "mail under a subaddress as envelope sender was taken and not seen in time",
            format!("Try again; if it stays so: {remedy}"),
        ),
    }
    let what = format!("{}: null sender", expected.mailbox);
    match &learned.null_sender {
        Way::Open => report.pass(what, "the relay takes <>"),
        Way::Rewritten(to) => {
            report.pass(what, format!("the relay replaces <> by {to}; maildesk does without it"))
        }
        _ => report.pass(what, "the relay does not pass on <>; maildesk does without it"),
    }
}

fn trust_rows(report: &mut Report, expected: &Expected<'_>, learned: &Learned) {
    let what = format!("{}: forged results", expected.mailbox);
    match learned.forged {
        Forged::Stripped => report.pass(what, "a forged Authentication-Results was stripped"),
        Forged::Outranked(below) => report.pass(
            what,
            format!("a forged Authentication-Results stayed, below {below} Received lines, where it is not believed"),
        ),
        Forged::Believed(below) => report.fail(
            what,
            format!(
                "a forged Authentication-Results was believed (below {below} Received lines): anybody could command the desk"
            ),
            "Have the mail server strip its own authserv-id from mail that comes in (RFC 8601 section 5), or lower [trust] \
             own_received, or take the name out of authserv_ids.",
        ),
        Forged::NotTried if expected.trust.authserv_ids.is_empty() => {
            report.pass(what, "no server's results are believed ([trust] authserv_ids is empty)");
        }
        Forged::NotTried => report.warn(what, "the forged one did not come back", "Try again."),
    }
    let what = format!("{}: own results", expected.mailbox);
    let known = |id: &str| expected.trust.authserv_ids.iter().any(|known| known.eq_ignore_ascii_case(id));
    match &learned.results {
        Some((id, received)) if known(id) && *received <= expected.trust.own_received => {
            report.pass(what, format!("{id} writes them, below {received} Received lines"));
        }
        Some((id, received)) if known(id) => report.warn(
            what,
            format!("{id} writes them below {received} Received lines; own_received = {} is too small", expected.trust.own_received),
            format!("Set own_received = {received}, and check again that a forged one is not believed."),
        ),
        Some((id, received)) => report.warn(
            what,
            format!("{id} writes them, and the config does not believe it"),
            format!("If that is your mail server: authserv_ids = [\"{id}\"], own_received = {received}, and check again."),
        ),
        None if expected.trust.authserv_ids.is_empty() => {
            report.pass(what, "no server on the way writes any: agents are proven by DKIM, or asked to confirm");
        }
        None => report.warn(
            what,
            "no server wrote any on the probe; mail from outside may take another way",
            "Look at a mail from outside with `maildesk inspect`: authentication.source should name them.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};

    fn good() -> Learned {
        Learned {
            plain: Way::Open,
            subaddress: Way::Open,
            null_sender: Way::Open,
            token_sender: Way::Open,
            message_id_kept: Some(true),
            results: Some(("mx.desk.test".to_owned(), 1)),
            forged: Forged::Outranked(2),
        }
    }

    fn trust() -> Trust {
        Trust { authserv_ids: vec!["mx.desk.test".to_owned()], own_received: 1, ..Trust::default() }
    }

    /// Verdict and words of the row about `what`.
    fn row(learned: &Learned, mark: &str, plain_envelope: bool, what: &str) -> (Verdict, String) {
        let trust = trust();
        let expected = Expected { mailbox: "support", mark, plain_envelope, trust: &trust, provider: None };
        let mut report = Report::default();
        rows(&mut report, &expected, learned);
        let found = report.rows.into_iter().find(|row| row.what == format!("support: {what}"));
        let found = found.unwrap_or_else(|| panic!("no row about {what}"));
        assert_eq!(found.verdict == Verdict::Pass, found.todo.is_empty(), "{found:?}");
        (found.verdict, format!("{} {}", found.found, found.todo))
    }

    #[test]
    fn all_is_well_with_a_good_server() {
        for what in [
            "probe",
            "subaddressing",
            "Message-ID",
            "envelope sender",
            "null sender",
            "forged results",
            "own results",
        ] {
            assert_eq!(row(&good(), "+", false, what).0, Verdict::Pass, "{what}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_the_setting_that_mends_it() {
        let cases: &[(Learned, &str, &str, Verdict, &str)] = &[
            (
                Learned { subaddress: Way::NotSeen, ..good() },
                "+",
                "subaddressing",
                Verdict::Fail,
                "subaddressing = \"\"",
            ),
            (
                Learned { subaddress: Way::Bounced("5.1.1".into()), ..good() },
                "-",
                "subaddressing",
                Verdict::Fail,
                "(5.1.1)",
            ),
            (
                Learned { subaddress: Way::NotSeen, ..good() },
                "",
                "subaddressing",
                Verdict::Pass,
                "as the config says",
            ),
            (good(), "", "subaddressing", Verdict::Warn, "subaddressing = \"+\""),
            (
                Learned { message_id_kept: Some(false), ..good() },
                "+",
                "Message-ID",
                Verdict::Warn,
                "rewrites",
            ),
            (
                Learned { message_id_kept: Some(false), ..good() },
                "",
                "Message-ID",
                Verdict::Fail,
                "cannot be told",
            ),
            (
                Learned { token_sender: Way::Refused("501 no".into()), ..good() },
                "+",
                "envelope sender",
                Verdict::Warn,
                "envelope_from = \"address\"",
            ),
            (
                Learned { token_sender: Way::Rewritten("b@r.test".into()), ..good() },
                "+",
                "envelope sender",
                Verdict::Warn,
                "b@r.test",
            ),
            (
                Learned { token_sender: Way::NotSeen, ..good() },
                "+",
                "envelope sender",
                Verdict::Warn,
                "not seen in time",
            ),
            (
                Learned { null_sender: Way::Refused("550".into()), ..good() },
                "+",
                "null sender",
                Verdict::Pass,
                "does without",
            ),
            (
                Learned { forged: Forged::Stripped, ..good() },
                "+",
                "forged results",
                Verdict::Pass,
                "stripped",
            ),
            (
                Learned { forged: Forged::Believed(0), ..good() },
                "+",
                "forged results",
                Verdict::Fail,
                "anybody could command",
            ),
            (
                Learned { forged: Forged::NotTried, ..good() },
                "+",
                "forged results",
                Verdict::Warn,
                "did not come back",
            ),
            (
                Learned { results: Some(("mx.desk.test".into(), 3)), ..good() },
                "+",
                "own results",
                Verdict::Warn,
                "own_received = 3",
            ),
            (
                Learned { results: Some(("mx.other.test".into(), 0)), ..good() },
                "+",
                "own results",
                Verdict::Warn,
                "mx.other.test",
            ),
            (Learned { results: None, ..good() }, "+", "own results", Verdict::Warn, "another way"),
            (Learned { plain: Way::NotSeen, ..good() }, "+", "probe", Verdict::Fail, "--probe-wait"),
            (Learned { plain: Way::Bounced("5.2.2".into()), ..good() }, "+", "probe", Verdict::Fail, "5.2.2"),
            (
                Learned {
                    plain: Way::Refused("553 Sender address rejected: not owned by user".into()),
                    ..good()
                },
                "+",
                "probe",
                Verdict::Fail,
                "send only as its own address",
            ),
        ];
        for (learned, mark, what, verdict, words) in cases {
            let (found, said) = row(learned, mark, false, what);
            assert_eq!(found, *verdict, "{what}: {said}");
            assert!(said.contains(words), "{what}: {said}");
        }
        let refused = Learned { token_sender: Way::Refused("501".into()), ..good() };
        assert_eq!(row(&refused, "+", true, "envelope sender").0, Verdict::Pass, "the config knows");
    }
}
