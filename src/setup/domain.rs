//! What a domain publishes about its mail: SPF (RFC 7208), DMARC (RFC 7489), DKIM keys (RFC 6376). Pure: records are
//! arguments.

use super::report::Report;

/// Mechanisms that cost a look-up of their own; more than ten in a record make it void (RFC 7208 section 4.6.4).
const SPF_LOOKUPS_MAX: usize = 10;

/// Adds the row about the SPF record of the domain that our envelope senders are in.
pub fn judge_spf(report: &mut Report, what: &str, domain: &str, txt: &[String], include: &str) {
    let records: Vec<&String> = txt.iter().filter(|record| is_spf(record)).collect();
    let example = if include.is_empty() {
        "v=spf1 mx -all".to_owned()
    } else {
        format!("v=spf1 include:{include} -all")
    };
    let [record] = records.as_slice() else {
        if records.is_empty() {
            report.warn(
                what,
                format!("{domain} publishes no SPF record: some receivers refuse or junk its mail"),
                format!("Publish a TXT record at {domain}: \"{example}\"."),
            );
        } else {
            report.fail(
                what,
                format!("{domain} publishes {} SPF records, so none counts (RFC 7208)", records.len()),
                "Join them into one.",
            );
        }
        return;
    };
    let words: Vec<String> = record.split_whitespace().skip(1).map(str::to_lowercase).collect();
    let lookups = words.iter().filter(|word| needs_lookup(word)).count();
    let names_provider = include.is_empty()
        || words
            .iter()
            .any(|word| word.trim_start_matches(['+', '~', '?', '-']) == format!("include:{include}"));
    if words.iter().any(|word| word == "+all" || word == "all") {
        report.fail(
            what,
            format!("the SPF record of {domain} lets the whole world send (+all)"),
            format!("End it with -all: \"{example}\"."),
        );
    } else if lookups > SPF_LOOKUPS_MAX {
        report.fail(
            what,
            format!("the SPF record of {domain} needs {lookups} look-ups; beyond ten it is void (RFC 7208)"),
            "Take out what is not used any more.",
        );
    } else if !names_provider && !words.iter().any(|word| word.starts_with("redirect=")) {
        report.warn(
            what,
            format!("the SPF record of {domain} does not name include:{include}, the provider that the desk sends by"),
            format!("Add include:{include} to it, unless another of its terms covers the relay."),
        );
    } else {
        report.pass(what, format!("{domain} publishes one"));
    }
}

fn is_spf(record: &str) -> bool {
    record.split_whitespace().next().is_some_and(|first| first.eq_ignore_ascii_case("v=spf1"))
}

fn needs_lookup(word: &str) -> bool {
    let word = word.trim_start_matches(['+', '-', '~', '?']);
    let name = word.split([':', '/', '=']).next().unwrap_or_default();
    matches!(name, "include" | "a" | "mx" | "ptr" | "exists" | "redirect")
}

/// A DMARC policy, as a record asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dmarc {
    Absent,
    /// More than one record, or no policy in it.
    Broken,
    None,
    Quarantine,
    Reject,
}

/// Reads the TXT records of `_dmarc.DOMAIN`.
#[must_use]
pub fn dmarc(txt: &[String]) -> Dmarc {
    let tags = |record: &str| -> Vec<(String, String)> {
        let pairs = record.split(';').filter_map(|tag| tag.split_once('='));
        pairs.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_lowercase())).collect()
    };
    let records: Vec<_> = txt
        .iter()
        .map(|record| tags(record))
        .filter(|tags| tags.first().is_some_and(|(name, value)| name == "v" && value == "dmarc1"))
        .collect();
    match records.as_slice() {
        [] => Dmarc::Absent,
        [tags] => match tags.iter().find(|(name, _)| name == "p").map(|(_, value)| value.as_str()) {
            Some("none") => Dmarc::None,
            Some("quarantine") => Dmarc::Quarantine,
            Some("reject") => Dmarc::Reject,
            _ => Dmarc::Broken,
        },
        _ => Dmarc::Broken,
    }
}

/// Names under which a domain's DMARC record may stand: its own and those of its parents that somebody can own. The public
/// suffix list is not asked: a registry publishes no policy for its customers.
#[must_use]
pub fn dmarc_names(domain: &str) -> Vec<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    let count = labels.len();
    (0..count.saturating_sub(1))
        .filter_map(|from| labels.get(from..))
        .map(|rest| format!("_dmarc.{}", rest.join(".")))
        .take(4)
        .collect()
}

/// Adds the row about the DMARC record of the domain that the desk's From is in.
pub fn judge_dmarc(report: &mut Report, what: &str, domain: &str, found: Dmarc) {
    match found {
        Dmarc::Absent => report.warn(
            what,
            format!("{domain} publishes no DMARC record: anybody may pretend to be the desk"),
            format!(
                "Publish a TXT record at _dmarc.{domain}: \"v=DMARC1; p=none; rua=mailto:postmaster@{domain}\", and raise p \
                 to quarantine once the reports are clean."
            ),
        ),
        Dmarc::Broken => report.fail(
            what,
            format!("the DMARC record of {domain} cannot be used: more than one, or without p="),
            format!("Leave one TXT record at _dmarc.{domain}: \"v=DMARC1; p=quarantine\"."),
        ),
        Dmarc::None => report.pass(what, format!("{domain} publishes p=none (it only watches)")),
        Dmarc::Quarantine => report.pass(what, format!("{domain} publishes p=quarantine")),
        Dmarc::Reject => report.pass(what, format!("{domain} publishes p=reject")),
    }
}

/// Whether a domain is this one or below it.
#[must_use]
pub fn is_same_or_below(domain: &str, above: &str) -> bool {
    domain.strip_suffix(above).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// Whether a TXT record is a DKIM key that is not revoked.
#[must_use]
pub fn is_dkim_key(record: &str) -> bool {
    record
        .split(';')
        .filter_map(|tag| tag.split_once('='))
        .any(|(name, value)| name.trim() == "p" && !value.trim().is_empty())
}

/// Selectors that are tried where the provider's own are not known. A domain's selectors cannot be listed.
pub const USUAL_SELECTORS: [&str; 10] =
    ["default", "dkim", "mail", "selector1", "selector2", "google", "s1", "s2", "k1", "fm1"];

/// What is known of an agents' domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentDomain {
    pub dmarc: Dmarc,
    /// A key stands under one of the usual selectors.
    pub dkim_key: bool,
    /// `[trust] authserv_ids` names a server whose results are believed.
    pub results_believed: bool,
    /// Its mail comes through the same servers as the desk's: `auth=pass` of a submission may prove it.
    pub own: bool,
}

/// Adds the row about whether mail of the agents at `domain` can be proven to be theirs (FAULTS section 1 A).
pub fn judge_agents(report: &mut Report, domain: &str, known: AgentDomain) {
    let what = format!("agents at {domain}");
    let unproven = "their commands and replies wait for a confirmation each time";
    let has_dmarc = !matches!(known.dmarc, Dmarc::Absent | Dmarc::Broken);
    match known {
        _ if has_dmarc && known.results_believed => {
            report.pass(what, "their mail can be proven: DMARC, judged by the mailbox's own server");
        }
        AgentDomain { dkim_key: true, .. } => {
            report.pass(what, "their mail can be proven: by its DKIM signature, checked here");
        }
        AgentDomain { own: true, results_believed: true, .. } => report.warn(
            what,
            "their mail is proven only where the server writes auth=pass for their submission",
            format!("Sign mail of {domain} with DKIM and publish DMARC, or see that the server writes auth=pass."),
        ),
        _ if has_dmarc => report.warn(
            what,
            format!("no DKIM key was found under the usual selectors, and no server's results are believed: {unproven}"),
            "Name the mailbox's own server in [trust] authserv_ids, or have the domain sign with DKIM (2048 bits).",
        ),
        _ => report.warn(
            what,
            format!("neither DMARC nor a DKIM key was found: {unproven}"),
            format!("Have {domain} sign its mail with DKIM (2048 bits) and publish DMARC."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Verdict;
    use super::*;

    fn spf(records: &[&str], include: &str) -> (Verdict, String) {
        let records: Vec<String> = records.iter().map(|r| (*r).to_owned()).collect();
        let mut report = Report::default();
        judge_spf(&mut report, "spf", "acme.example", &records, include);
        let row = report.rows.pop().unwrap();
        (row.verdict, row.found)
    }

    #[test]
    fn spf_records_are_judged() {
        for (records, include, verdict, words) in [
            (&["v=spf1 mx -all", "google-site-verification=x"][..], "", Verdict::Pass, "publishes one"),
            (&["v=spf1 include:_spf.google.com ~all"], "_spf.google.com", Verdict::Pass, "publishes one"),
            (&["v=spf1 redirect=spf.163.com"], "spf.qiye.163.com", Verdict::Pass, "publishes one"),
            (&["v=spf1 mx -all"], "_spf.google.com", Verdict::Warn, "does not name include:_spf.google.com"),
            (&[], "", Verdict::Warn, "publishes no SPF"),
            (&["v=spf1 -all", "v=spf1 mx -all"], "", Verdict::Fail, "2 SPF records"),
            (&["v=spf1 +all"], "", Verdict::Fail, "whole world"),
            (
                &[
                    "v=spf1 a mx include:a include:b include:c include:d include:e include:f include:g include:h include:i -all",
                ],
                "",
                Verdict::Fail,
                "11 look-ups",
            ),
        ] {
            let (found, said) = spf(records, include);
            assert_eq!(found, verdict, "{records:?}: {said}");
            assert!(said.contains(words), "{records:?}: {said}");
        }
    }

    #[test]
    fn dmarc_records_are_read() {
        let read = |records: &[&str]| dmarc(&records.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>());
        assert_eq!(read(&["v=DMARC1; p=reject; rua=mailto:a@b.example"]), Dmarc::Reject);
        assert_eq!(read(&["v=DMARC1;p=None"]), Dmarc::None);
        assert_eq!(read(&["v=spf1 -all"]), Dmarc::Absent);
        assert_eq!(read(&["v=DMARC1; rua=mailto:a@b.example"]), Dmarc::Broken);
        assert_eq!(read(&["v=DMARC1; p=none", "v=DMARC1; p=reject"]), Dmarc::Broken);
        assert_eq!(dmarc_names("mail.acme.example"), ["_dmarc.mail.acme.example", "_dmarc.acme.example"]);
    }

    #[test]
    fn agents_domains_are_judged_by_what_can_prove_their_mail() {
        let base = AgentDomain { dmarc: Dmarc::Absent, dkim_key: false, results_believed: false, own: false };
        for (known, verdict) in [
            (AgentDomain { dmarc: Dmarc::Reject, results_believed: true, ..base }, Verdict::Pass),
            (AgentDomain { dkim_key: true, ..base }, Verdict::Pass),
            (AgentDomain { own: true, results_believed: true, ..base }, Verdict::Warn),
            (AgentDomain { dmarc: Dmarc::Reject, ..base }, Verdict::Warn),
            (base, Verdict::Warn),
        ] {
            let mut report = Report::default();
            judge_agents(&mut report, "acme.example", known);
            assert_eq!(report.rows[0].verdict, verdict, "{known:?}");
        }
    }
}
