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

/// A published DKIM key, by what a signature with it proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DkimKey {
    None,
    /// RSA under 2048 bits: it keeps mail out of junk folders, and proves no agent.
    Short,
    Strong,
}

/// Bytes that the public key of an RSA pair of 2048 bits takes at least: its modulus alone.
const STRONG_KEY_BYTES: usize = 256;

/// What key a TXT record is; an empty one is revoked.
#[must_use]
pub fn dkim_key(record: &str) -> DkimKey {
    let tag = |wanted: &str| {
        let tags = record.split(';').filter_map(|tag| tag.split_once('='));
        tags.map(|(name, value)| (name.trim(), value))
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value)
    };
    let public: String = tag("p").unwrap_or_default().split_whitespace().collect();
    if public.is_empty() {
        return DkimKey::None;
    }
    let bytes = public.trim_end_matches('=').len() * 3 / 4;
    let is_rsa = tag("k").is_none_or(|kind| kind.trim().eq_ignore_ascii_case("rsa"));
    if is_rsa && bytes < STRONG_KEY_BYTES { DkimKey::Short } else { DkimKey::Strong }
}

/// Selectors that are tried where the provider's own are not known. A domain's selectors cannot be listed.
pub const USUAL_SELECTORS: [&str; 10] =
    ["default", "dkim", "mail", "selector1", "selector2", "google", "s1", "s2", "k1", "fm1"];

/// The newest mail of an agent that the store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    pub at: jiff::Timestamp,
    pub proven: bool,
    /// `proven by dkim`, or why not.
    pub words: &'static str,
}

/// What is known of an agents' domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentDomain {
    pub dmarc: Dmarc,
    /// The best key under one of the usual selectors.
    pub dkim_key: DkimKey,
    /// `[trust] authserv_ids` names a server whose results are believed.
    pub results_believed: bool,
    /// Its mail comes through the same servers as the desk's: `auth=pass` of a submission may prove it.
    pub own: bool,
    /// The provider's mark of internal mail counts for it.
    pub marked: bool,
    /// What really came is better than what DNS promises.
    pub newest: Option<Newest>,
}

/// Adds the row about whether mail of the agents at `domain` can be proven to be theirs (FAULTS section 1 A).
pub fn judge_agents(report: &mut Report, domain: &str, known: &AgentDomain) {
    let what = format!("agents at {domain}");
    let unproven = "their commands and replies wait for a confirmation each time";
    let has_dmarc = !matches!(known.dmarc, Dmarc::Absent | Dmarc::Broken);
    if let Some(newest) = &known.newest {
        let date = newest.at.strftime("%Y-%m-%d");
        if newest.proven {
            report.pass(what, format!("the newest mail of an agent there, of {date}, was {}", newest.words));
        } else {
            let found =
                format!("the newest mail of an agent there, of {date}, was not proven: {}", newest.words);
            report.warn(what, format!("{found}; {unproven}"), remedy(domain, known));
        }
        return;
    }
    match known {
        AgentDomain { marked: true, .. } => {
            report.pass(what, "their mail can be proven: by the mark of internal mail, or its own signature");
        }
        _ if has_dmarc && known.results_believed => {
            report.pass(what, "their mail can be proven: DMARC, judged by the mailbox's own server");
        }
        AgentDomain { dkim_key: DkimKey::Strong, .. } => {
            report.pass(what, "their mail can be proven: by its DKIM signature, checked here");
        }
        AgentDomain { own: true, results_believed: true, .. } => {
            let found = "their mail is proven only where the server writes auth=pass for their submission";
            report.warn(what, found, remedy(domain, known));
        }
        AgentDomain { dkim_key: DkimKey::Short, .. } => {
            let found = format!("their DKIM key is shorter than 2048 bits, which proves nobody: {unproven}");
            report.warn(what, found, remedy(domain, known));
        }
        _ if has_dmarc => {
            let found =
                "no DKIM key was found under the usual selectors, and no server's results are believed";
            report.warn(what, format!("{found}: {unproven}"), remedy(domain, known));
        }
        _ => {
            let found = format!("neither DMARC nor a DKIM key was found: {unproven}");
            report.warn(what, found, remedy(domain, known));
        }
    }
}

/// What would let the agents' mail be proven.
fn remedy(domain: &str, known: &AgentDomain) -> String {
    if known.own && known.results_believed {
        return format!(
            "Sign mail of {domain} with DKIM and publish DMARC, or see that the server writes auth=pass."
        );
    }
    match known.dkim_key {
        DkimKey::Short => format!("Have {domain} sign with a key of 2048 bits."),
        DkimKey::None if known.results_believed => {
            format!("Have {domain} sign its mail with DKIM (2048 bits) and publish DMARC.")
        }
        DkimKey::None | DkimKey::Strong => format!(
            "Name the mailbox's own server in [trust] authserv_ids, or have {domain} sign each mail with DKIM (2048 bits)."
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
        let base = AgentDomain {
            dmarc: Dmarc::Absent,
            dkim_key: DkimKey::None,
            results_believed: false,
            own: false,
            marked: false,
            newest: None,
        };
        let newest =
            |proven, words| Some(Newest { at: "2026-11-23T09:00:00Z".parse().unwrap(), proven, words });
        let with = |change: fn(&mut AgentDomain)| {
            let mut known = base.clone();
            change(&mut known);
            known
        };
        for (known, verdict, words) in [
            (
                with(|k| (k.dmarc, k.results_believed) = (Dmarc::Reject, true)),
                Verdict::Pass,
                "judged by the mailbox's own server",
            ),
            (with(|k| k.dkim_key = DkimKey::Strong), Verdict::Pass, "checked here"),
            (with(|k| k.dkim_key = DkimKey::Short), Verdict::Warn, "2048 bits"),
            (with(|k| k.marked = true), Verdict::Pass, "mark of internal mail"),
            (with(|k| (k.own, k.results_believed) = (true, true)), Verdict::Warn, "auth=pass"),
            (with(|k| k.dmarc = Dmarc::Reject), Verdict::Warn, "usual selectors"),
            (base.clone(), Verdict::Warn, "neither DMARC nor"),
            (
                AgentDomain { newest: newest(true, "proven by dkim"), ..base.clone() },
                Verdict::Pass,
                "of 2026-11-23, was proven by dkim",
            ),
            (
                AgentDomain {
                    newest: newest(false, "the DKIM key or algorithm is too weak"),
                    dkim_key: DkimKey::Short,
                    ..base.clone()
                },
                Verdict::Warn,
                "was not proven: the DKIM key or algorithm is too weak",
            ),
        ] {
            let mut report = Report::default();
            judge_agents(&mut report, "acme.example", &known);
            assert_eq!(report.rows[0].verdict, verdict, "{known:?}");
            assert!(report.rows[0].found.contains(words), "{:?}", report.rows[0]);
        }
    }

    #[test]
    fn keys_are_told_by_their_length() {
        let key = |bytes: usize| "A".repeat(bytes.div_ceil(3) * 4);
        // DER of RSA keys of 1024 and 2048 bits, and the 32 bytes of Ed25519.
        assert_eq!(dkim_key(&format!("v=DKIM1; k=rsa; p={}", key(162))), DkimKey::Short);
        assert_eq!(dkim_key(&format!("p={}", key(140))), DkimKey::Short);
        assert_eq!(dkim_key(&format!("v=DKIM1; p={}", key(294))), DkimKey::Strong);
        assert_eq!(dkim_key(&format!("v=DKIM1; k=ed25519; p={}", key(32))), DkimKey::Strong);
        assert_eq!(dkim_key("v=DKIM1; k=rsa; p="), DkimKey::None);
        assert_eq!(dkim_key("v=spf1 -all"), DkimKey::None);
    }
}
