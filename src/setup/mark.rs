//! Exchange's mark of internal mail (`[trust] internal = "m365"`): what a probe that carries a forged one teaches, and what
//! older mail does. Pure.
//!
//! The probe leaves by the mailbox's own login, which is trusted more than mail from outside: a server that lets nobody with
//! a login write the mark lets no stranger. That alone does not show that mail from outside goes unmarked (a connector may
//! take it in as internal), so the mailbox must also hold mail from outside that says `Anonymous`.

use super::{
    domain::is_same_or_below,
    probe::{Question, Trip},
    report::Report,
};
use crate::{
    desk::proof::is_marked_internal,
    mail::{Class, Reading},
};

/// Another spelling than Exchange's own, and judged alike: so a value that stayed is told from one that was written anew.
const FORGED: &str = "iNTERNAL";

/// The fields that a forger would write.
#[must_use]
pub(super) fn forged(nonce: &str) -> [(String, String); 4] {
    let field = |name: &str, value: String| (format!("X-MS-Exchange-Organization-{name}"), value);
    [
        field("AuthAs", FORGED.to_owned()),
        field("AuthSource", format!("{nonce}.probe.invalid")),
        field("AuthMechanism", "04".to_owned()),
        field("MessageDirectionality", "Originating".to_owned()),
    ]
}

/// What became of the forged mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// There was none, or it did not come back.
    NotTried,
    /// Something of it is still there.
    Stayed,
    /// It is gone, and the server wrote its own.
    Replaced,
    /// It is gone, and the server wrote none.
    Gone,
}

/// Judges the plain probe of a round.
#[must_use]
pub(super) fn judge(trips: &[Trip]) -> Mark {
    let plain = trips.iter().find(|trip| trip.probe.question == Question::Plain);
    let was_forged = |trip: &&Trip| trip.probe.mail.headers.iter().any(|(_, value)| value.as_str() == FORGED);
    let Some((trip, reading)) =
        plain.filter(was_forged).and_then(|trip| Some((trip, trip.returned.as_ref()?)))
    else {
        return Mark::NotTried;
    };
    let marks = &reading.trace.exchange;
    let ours = marks.auth_as.iter().any(|value| value == FORGED)
        || marks.auth_source.iter().any(|value| value.contains(&trip.probe.nonce));
    let several = [&marks.auth_as, &marks.auth_source, &marks.mechanism, &marks.direction];
    if ours || several.iter().any(|list| list.len() > 1) {
        Mark::Stayed
    } else if is_marked_internal(marks) {
        Mark::Replaced
    } else {
        Mark::Gone
    }
}

/// What older mail from outside says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outside {
    /// Domains, not ours, whose mail carries the mark.
    pub marked: Vec<String>,
    /// How many mails from elsewhere say `Anonymous`.
    pub anonymous: usize,
}

/// Looks through older mails. `own` are domains of the organisation; a tenant's own name below `onmicrosoft.com` is one.
#[must_use]
pub(super) fn outside(mails: &[Reading], own: &[String]) -> Outside {
    let mut found = Outside::default();
    for mail in mails {
        let domain =
            mail.from.as_ref().and_then(|from| from.address.rsplit_once('@')).map(|(_, domain)| domain);
        let Some(domain) = domain.map(str::to_lowercase) else { continue };
        let ours =
            own.iter().any(|own| is_same_or_below(&domain, own)) || domain.ends_with(".onmicrosoft.com");
        // A report on a mail that was not delivered is written inside, whatever it names as its author.
        if ours || matches!(mail.class, Class::Bounce | Class::DeliveryReport) {
            continue;
        }
        let says =
            |word: &str| mail.trace.exchange.auth_as.iter().any(|value| value.eq_ignore_ascii_case(word));
        if says("Internal") && !found.marked.contains(&domain) {
            found.marked.push(domain);
        } else if says("Anonymous") {
            found.anonymous += 1;
        }
    }
    found
}

/// Adds the row, and says whether the mark may count; `None`: this look taught nothing of it.
pub(super) fn row(report: &mut Report, mailbox: &str, mark: Mark, outside: &Outside) -> Option<bool> {
    let what = format!("{mailbox}: mark of internal mail");
    let off = "Set internal = \"\" in [trust]; agents are then proven by DKIM, or asked to confirm.";
    match (mark, outside.marked.as_slice()) {
        (Mark::Stayed, _) => {
            let found = "a forged mark came through: anybody could pretend to be a colleague, so it counts for nobody";
            report.fail(what, found, off);
            Some(false)
        }
        (_, [domain, ..]) => {
            let found = format!(
                "mail from {domain} carries it, too: a connector takes mail from outside in as internal, so it counts for nobody"
            );
            report.fail(
                what,
                found,
                format!(
                    "If {domain} is yours, name an address of it in [desk] official_addresses. Else: {off}"
                ),
            );
            Some(false)
        }
        (Mark::Gone, []) => {
            let found = "the server strips a forged one and writes none itself: there is nothing to count";
            report.warn(what, found, off);
            Some(false)
        }
        (Mark::Replaced, []) if outside.anonymous == 0 => {
            report.warn(
                what,
                "a forged one was replaced; whether mail from outside goes unmarked is not known: there is none in the mailbox",
                "Write to the mailbox from another provider, and check again.",
            );
            None
        }
        (Mark::Replaced, []) => {
            report.pass(
                what,
                "a forged one was replaced, and mail from outside goes unmarked: it proves colleagues",
            );
            Some(true)
        }
        (Mark::NotTried, []) => None,
    }
}

/// The row where no probe taught anything new: what an earlier one showed.
pub(super) fn row_of_before(report: &mut Report, mailbox: &str, holds: bool) {
    let what = format!("{mailbox}: mark of internal mail");
    if holds {
        report.pass(what, "the last probe showed that mail from outside cannot carry it");
    } else {
        report.warn(
            what,
            "[trust] internal counts for nobody: no probe showed that mail from outside cannot carry the mark",
            "Run `maildesk check --online` with its probes, once the service has made its store.",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        probe::{Handed, Plan},
        report::Verdict,
    };
    use super::*;
    use crate::mail::{ReadPolicy, compose::compose, read};

    const NONCE: &str = "0123456789abcdef0123456789abcdef";
    const OWN: &str = "X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthMechanism: 06\r\n\
                       X-MS-Exchange-Organization-AuthSource: PH0PR06.prod.outlook.com\r\n";

    /// The probe as it comes back: without the fields that begin so, and with these on top.
    fn trip(stripped: &[&str], above: &str, internal: bool) -> Trip {
        let plan = Plan {
            address: "support@desk.test",
            mark: "",
            desk_id: "abc",
            authserv_ids: &[],
            internal,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        let probe = plan.probe(Question::Plain, NONCE).unwrap();
        let sent = String::from_utf8(compose(&probe.mail, &[])).unwrap();
        let kept: String = sent
            .split_inclusive("\r\n")
            .filter(|line| !stripped.iter().any(|name| line.starts_with(name)))
            .collect();
        let returned = Some(read(format!("{above}{kept}").as_bytes(), &ReadPolicy::default()));
        Trip { probe, handed: Handed::Accepted, returned, bounced: None }
    }

    #[test]
    fn a_forged_mark_stays_is_replaced_or_goes() {
        let all = ["X-MS-Exchange-Organization-"];
        let all_but = |kept: &str| -> Vec<String> {
            let fields = forged(NONCE).into_iter().map(|(name, _)| name);
            fields.filter(|name| !name.ends_with(kept)).collect()
        };
        assert_eq!(judge(&[trip(&[], "", true)]), Mark::Stayed);
        assert_eq!(judge(&[trip(&[], OWN, true)]), Mark::Stayed, "beside the server's own");
        for kept in ["AuthAs", "AuthSource", "AuthMechanism"] {
            let stripped = all_but(kept);
            let stripped: Vec<&str> = stripped.iter().map(String::as_str).collect();
            assert_eq!(judge(&[trip(&stripped, OWN, true)]), Mark::Stayed, "{kept} stays");
        }
        assert_eq!(judge(&[trip(&all, OWN, true)]), Mark::Replaced);
        assert_eq!(judge(&[trip(&all, "", true)]), Mark::Gone);
        let anonymous = OWN.replace("Internal", "Anonymous");
        assert_eq!(judge(&[trip(&all, &anonymous, true)]), Mark::Gone, "it marks its own users otherwise");
        assert_eq!(judge(&[trip(&[], OWN, false)]), Mark::NotTried);
        assert_eq!(judge(&[Trip { returned: None, ..trip(&[], "", true) }]), Mark::NotTried);
        assert_eq!(judge(&[]), Mark::NotTried);
    }

    #[test]
    fn older_mail_from_outside_says_whether_it_is_marked() {
        let mail = |from: &str, says: &str| {
            let raw = format!("From: {from}\r\nX-MS-Exchange-Organization-AuthAs: {says}\r\n\r\nx");
            read(raw.as_bytes(), &ReadPolicy::default())
        };
        let own = ["desk.test".to_owned()];
        let found = outside(
            &[
                mail("a@desk.test", "Internal"),
                mail("a@sub.desk.test", "Internal"),
                mail("b@client.test", "Anonymous"),
                mail("c@tenant.onmicrosoft.com", "Internal"),
                mail("d@other.test", "Internal"),
                mail("e@other.test", "Internal"),
                mail("f@quiet.test", "-"),
            ],
            &own,
        );
        assert_eq!(found, Outside { marked: vec!["other.test".to_owned()], anonymous: 1 });
    }

    #[test]
    fn the_mark_counts_where_the_probe_and_older_mail_agree() {
        let seen = |marked: &[&str], anonymous| Outside {
            marked: marked.iter().map(|d| (*d).to_owned()).collect(),
            anonymous,
        };
        for (mark, outside, verdict, holds) in [
            (Mark::Replaced, seen(&[], 1), Some(Verdict::Pass), Some(true)),
            (Mark::Replaced, seen(&[], 0), Some(Verdict::Warn), None),
            (Mark::Replaced, seen(&["x.test"], 9), Some(Verdict::Fail), Some(false)),
            (Mark::Stayed, seen(&[], 9), Some(Verdict::Fail), Some(false)),
            (Mark::Gone, seen(&[], 9), Some(Verdict::Warn), Some(false)),
            (Mark::NotTried, seen(&[], 9), None, None),
            (Mark::NotTried, seen(&["x.test"], 0), Some(Verdict::Fail), Some(false)),
        ] {
            let mut report = Report::default();
            assert_eq!(row(&mut report, "support", mark, &outside), holds, "{mark:?} {outside:?}");
            assert_eq!(report.rows.first().map(|row| row.verdict), verdict, "{mark:?} {outside:?}");
        }
    }
}
