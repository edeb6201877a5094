//! Probe mails: what is sent to the mailbox itself, and what their return teaches. Pure: nonces and instants are arguments,
//! sending and waiting is done in `errand`.
//!
//! Invariants: a probe comes from the mailbox's own address and carries the desk's loop mark, so that no desk makes a
//! ticket of it; it is recognised by 128 random bits in its Message-ID, its subject and a header, of which relays keep at
//! least one; what did not come back in time is "not seen", never "refused".

use super::mark;
use crate::{
    desk::{
        Trust,
        proof::{authserv_id, believed},
    },
    mail::{Address, Reading, compose::Outgoing},
};

/// The header by which a probe is recognised when its Message-ID was rewritten.
pub const HEADER: &str = "X-Maildesk-Probe";

/// Characters behind the mark: as many as the tokens of real mail have, because some servers cut long local parts.
const TAG_CHARS: usize = crate::desk::token::TOKEN_CHARS;

/// What a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Does mail to the address itself arrive, and how does it look then? Forged results travel on it.
    Plain,
    /// Does mail to a subaddress arrive?
    Subaddress,
    /// Does the relay take the null sender?
    NullSender,
    /// Does the relay take a subaddress as envelope sender?
    TokenSender,
}

/// One probe mail.
#[derive(Debug, Clone)]
pub struct Probe {
    pub question: Question,
    /// 32 hex digits.
    pub nonce: String,
    pub to: String,
    /// `None`: the null sender.
    pub envelope_from: Option<String>,
    pub mail: Outgoing,
}

/// What a set of probes has in common.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The mailbox's address.
    pub address: &'a str,
    /// The mark of a subaddress; empty: none is tried.
    pub mark: &'a str,
    /// The desk's id, for the loop mark.
    pub desk_id: &'a str,
    /// Names under which results are forged.
    pub authserv_ids: &'a [String],
    /// Whether Exchange's mark of internal mail is forged.
    pub internal: bool,
    pub now: jiff::Timestamp,
}

impl Plan<'_> {
    /// The probe for a question, or `None` where the mark is needed and there is none.
    #[must_use]
    pub fn probe(&self, question: Question, nonce: &str) -> Option<Probe> {
        let own = self.address.to_owned();
        let (to, envelope_from) = match question {
            Question::Plain => (own.clone(), Some(own.clone())),
            Question::NullSender => (own.clone(), None),
            Question::Subaddress => (self.subaddress(nonce)?, Some(own.clone())),
            Question::TokenSender => (own.clone(), Some(self.subaddress(nonce)?)),
        };
        let (_, domain) = self.address.rsplit_once('@')?;
        let mut headers = vec![
            ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
            ("X-Auto-Response-Suppress".to_owned(), "All".to_owned()),
            ("X-Maildesk-Loop".to_owned(), format!("{} probe", self.desk_id)),
            (HEADER.to_owned(), nonce.to_owned()),
        ];
        if question == Question::Plain {
            headers.extend(self.authserv_ids.iter().map(|id| forged(id, &own, domain, nonce)));
            headers.extend(mark::forged(nonce).into_iter().filter(|_| self.internal));
        }
        let mail = Outgoing {
            from: Address { name: Some("maildesk".to_owned()), address: own },
            to: vec![Address { name: None, address: to.clone() }],
            subject: format!("maildesk probe {nonce}"),
            message_id: format!("{nonce}.probe@{domain}"),
            date: self.now,
            headers,
            text: "This mail was sent by maildesk to its own mailbox, to learn how the servers treat it. It is removed at once; \
                   if you see it, you may delete it.\n"
                .to_owned(),
            ..Outgoing::default()
        };
        Some(Probe { question, nonce: nonce.to_owned(), to, envelope_from, mail })
    }

    fn subaddress(&self, nonce: &str) -> Option<String> {
        let (local, domain) = self.address.rsplit_once('@')?;
        let tag: String = "probe".chars().chain(nonce.chars().cycle()).take(TAG_CHARS).collect();
        (!self.mark.is_empty()).then(|| format!("{local}{}{tag}@{domain}", self.mark))
    }
}

/// A field that claims what only our own server may say. The nonce tells it from the server's.
fn forged(id: &str, address: &str, domain: &str, nonce: &str) -> (String, String) {
    let id = if id.is_empty() { String::new() } else { format!("{id}; ") };
    let value =
        format!("{id}auth=pass smtp.auth={address}; dmarc=pass header.from={domain} policy.probe={nonce}");
    ("Authentication-Results".to_owned(), value)
}

/// How the relay took a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    Accepted,
    /// Its words.
    Refused(String),
    /// No answer, or none that tells.
    Unclear(String),
}

/// A probe, what the relay said, and how it came back.
#[derive(Debug, Clone)]
pub struct Trip {
    pub probe: Probe,
    pub handed: Handed,
    /// As it lay in the mailbox.
    pub returned: Option<Reading>,
    /// A delivery report about it came instead: its words.
    pub bounced: Option<String>,
}

/// Whether a kind of mail gets through.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Open,
    /// Taken, but with another envelope sender than ours, which is named.
    Rewritten(String),
    /// The relay's words.
    Refused(String),
    /// Taken by the relay, returned as undeliverable.
    Bounced(String),
    /// Taken by the relay, and not seen in time.
    NotSeen,
    /// Not tried, or without an answer.
    Unknown(String),
}

/// What became of forged results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Forged {
    /// There was none, or it did not come back.
    NotTried,
    Stripped,
    /// Still there, below what is believed: after so many Received lines.
    Outranked(usize),
    /// Taken for the word of our own server.
    Believed(usize),
}

/// All that a round of probes taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    pub plain: Way,
    pub subaddress: Way,
    pub null_sender: Way,
    pub token_sender: Way,
    /// `None`: nothing came back.
    pub message_id_kept: Option<bool>,
    /// The topmost results that a server on the way wrote: their name, and the Received lines above them.
    pub results: Option<(String, usize)>,
    pub forged: Forged,
}

/// Judges a round. `trust` is what the config says.
#[must_use]
pub fn judge(trips: &[Trip], trust: &Trust) -> Learned {
    let of = |question| trips.iter().find(|trip| trip.probe.question == question);
    let way = |question| of(question).map_or_else(|| Way::Unknown("not tried".to_owned()), way);
    let returned: Vec<(&Trip, &Reading)> =
        trips.iter().filter_map(|trip| Some((trip, trip.returned.as_ref()?))).collect();
    let kept = |(trip, reading): &(&Trip, &Reading)| {
        reading.message_id.as_deref() == Some(trip.probe.mail.message_id.as_str())
    };
    let plain = of(Question::Plain);
    Learned {
        plain: way(Question::Plain),
        subaddress: way(Question::Subaddress),
        null_sender: way(Question::NullSender),
        token_sender: way(Question::TokenSender),
        message_id_kept: (!returned.is_empty()).then(|| returned.iter().all(kept)),
        results: returned.iter().find_map(|(trip, reading)| written_on_the_way(trip, reading)),
        forged: plain.map_or(Forged::NotTried, |trip| forgery(trip, trust)),
    }
}

fn way(trip: &Trip) -> Way {
    match (&trip.handed, &trip.returned, &trip.bounced) {
        (Handed::Refused(words), ..) => Way::Refused(words.clone()),
        (_, Some(reading), _) => match &reading.trace.return_path {
            Some(sender) if !is_same_sender(sender, trip.probe.envelope_from.as_deref()) => {
                Way::Rewritten(if sender.is_empty() { "<>".to_owned() } else { sender.clone() })
            }
            _ => Way::Open,
        },
        (_, None, Some(words)) => Way::Bounced(words.clone()),
        (Handed::Accepted, None, None) => Way::NotSeen,
        (Handed::Unclear(words), None, None) => Way::Unknown(words.clone()),
    }
}

fn is_same_sender(found: &str, sent: Option<&str>) -> bool {
    found.eq_ignore_ascii_case(sent.unwrap_or_default())
}

fn is_forged(value: &str, nonce: &str) -> bool {
    value.contains(nonce)
}

fn written_on_the_way(trip: &Trip, reading: &Reading) -> Option<(String, usize)> {
    let fields = reading.trace.authentication_results.iter();
    let mut true_ones = fields.filter(|field| !is_forged(&field.value, &trip.probe.nonce));
    true_ones.next().map(|field| (authserv_id(&field.value), field.received_above))
}

fn forgery(trip: &Trip, trust: &Trust) -> Forged {
    let nonce = trip.probe.nonce.as_str();
    let was_forged = trip.probe.mail.headers.iter().any(|(name, _)| name == "Authentication-Results");
    let Some(reading) = trip.returned.as_ref().filter(|_| was_forged) else { return Forged::NotTried };
    let fields = reading.trace.authentication_results.iter();
    let Some(ours) = fields.clone().find(|field| is_forged(&field.value, nonce)) else {
        return Forged::Stripped;
    };
    match believed(reading, trust) {
        Some(field) if is_forged(&field.value, nonce) => Forged::Believed(field.received_above),
        _ => Forged::Outranked(ours.received_above),
    }
}

/// What most of a mailbox's older mails say of the server that wrote their results: its name and the Received lines above
/// it. At least three mails from three domains, nine of ten of one mind; the names of senders' own servers never agree.
#[must_use]
pub fn usual_results(mails: &[Reading]) -> Option<(String, usize)> {
    let mut seen: Vec<((String, usize), Vec<&str>)> = Vec::new();
    let mut counted = 0_usize;
    for mail in mails {
        let domain =
            mail.from.as_ref().and_then(|from| from.address.rsplit_once('@')).map(|(_, domain)| domain);
        let (Some(first), Some(domain)) = (mail.trace.authentication_results.first(), domain) else {
            continue;
        };
        counted += 1;
        let key = (authserv_id(&first.value), first.received_above);
        match seen.iter_mut().find(|(known, _)| *known == key) {
            Some((_, domains)) => domains.push(domain),
            None => seen.push((key, vec![domain])),
        }
    }
    let (key, domains) = seen.into_iter().max_by_key(|(_, domains)| domains.len())?;
    let agreeing = domains.len();
    let different: std::collections::BTreeSet<&str> = domains.into_iter().collect();
    (different.len() >= 3 && agreeing * 10 >= counted * 9).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{ReadPolicy, compose::compose, read};

    const NONCE: &str = "0123456789abcdef0123456789abcdef";

    fn plan(ids: &[String]) -> Plan<'_> {
        Plan {
            address: "support@desk.test",
            mark: "+",
            desk_id: "abc123",
            authserv_ids: ids,
            internal: false,
            now: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn trust(ids: &[&str], own_received: usize) -> Trust {
        let authserv_ids = ids.iter().map(|id| (*id).to_owned()).collect();
        Trust { authserv_ids, own_received, ..Trust::default() }
    }

    /// The probe as it comes back under these header lines; `edit` is what the relay does to it.
    fn trip(question: Question, above: &str, edit: impl Fn(String) -> String) -> Trip {
        let ids = ["mx.desk.test".to_owned()];
        let probe = plan(&ids).probe(question, NONCE).unwrap();
        let sent = String::from_utf8(compose(&probe.mail, &[])).unwrap();
        let bytes = format!("{above}{}", edit(sent));
        Trip {
            probe,
            handed: Handed::Accepted,
            returned: Some(read(bytes.as_bytes(), &ReadPolicy::default())),
            bounced: None,
        }
    }

    fn lost(question: Question, handed: Handed, bounced: Option<&str>) -> Trip {
        let probe = plan(&[]).probe(question, NONCE).unwrap();
        Trip { probe, handed, returned: None, bounced: bounced.map(str::to_owned) }
    }

    const OWN: &str = "Return-Path: <support@desk.test>\r\nReceived: by lmtp\r\nAuthentication-Results: MX.desk.test; auth=pass \
                       smtp.auth=support@desk.test\r\nReceived: by mx\r\n";

    #[test]
    fn a_good_server_teaches_everything() {
        let learned = judge(&[trip(Question::Plain, OWN, |m| m)], &trust(&["mx.desk.test"], 1));
        assert_eq!(learned.plain, Way::Open);
        assert_eq!(learned.message_id_kept, Some(true));
        assert_eq!(learned.results, Some(("mx.desk.test".to_owned(), 1)));
        assert_eq!(learned.forged, Forged::Outranked(2));
    }

    #[test]
    fn forged_results_are_stripped_outranked_or_believed() {
        let strip = |mail: String| {
            let lines = mail.split_inclusive("\r\n");
            let mut dropped = false;
            lines
                .filter(|line| {
                    dropped = line.starts_with("Authentication-Results") || dropped && line.starts_with(' ');
                    !dropped
                })
                .collect()
        };
        let stripped = judge(&[trip(Question::Plain, OWN, strip)], &trust(&["mx.desk.test"], 1));
        assert_eq!(stripped.forged, Forged::Stripped);
        // A server that writes none itself and strips none: nothing outranks the forgery but the count of Received lines.
        let bare = "Return-Path: <support@desk.test>\r\nReceived: by lmtp\r\n";
        for (own_received, expected) in
            [(0, Forged::Outranked(1)), (1, Forged::Believed(1)), (9, Forged::Believed(1))]
        {
            let learned =
                judge(&[trip(Question::Plain, bare, |m| m)], &trust(&["mx.desk.test"], own_received));
            assert_eq!(learned.forged, expected, "own_received = {own_received}");
            assert_eq!(learned.results, None, "a forgery teaches nothing");
        }
        let unasked = judge(&[lost(Question::Plain, Handed::Accepted, None)], &trust(&["mx.desk.test"], 1));
        assert_eq!(unasked.forged, Forged::NotTried);
    }

    #[test]
    fn a_rewritten_message_id_is_noticed() {
        let rewrite = |mail: String| mail.replace(&format!("{NONCE}.probe@desk.test"), "own@relay.test");
        let learned = judge(&[trip(Question::Plain, OWN, rewrite)], &trust(&[], 0));
        assert_eq!(learned.message_id_kept, Some(false));
        assert_eq!(judge(&[], &trust(&[], 0)).message_id_kept, None);
    }

    #[test]
    fn envelopes_are_open_rewritten_refused_or_lost() {
        let above = |sender: &str| format!("Return-Path: <{sender}>\r\nReceived: by lmtp\r\n");
        let token = plan(&[]).probe(Question::TokenSender, NONCE).unwrap().envelope_from.unwrap();
        assert_eq!(token.split_once('@').unwrap().0.len(), "support+".len() + TAG_CHARS);
        for (trip, expected) in [
            (trip(Question::NullSender, &above(""), |m| m), Way::Open),
            (
                trip(Question::NullSender, &above("support@desk.test"), |m| m),
                Way::Rewritten("support@desk.test".to_owned()),
            ),
            (trip(Question::TokenSender, &above(&token), |m| m), Way::Open),
            (
                trip(Question::TokenSender, &above("bounce@relay.test"), |m| m),
                Way::Rewritten("bounce@relay.test".to_owned()),
            ),
            (trip(Question::TokenSender, "Received: by lmtp\r\n", |m| m), Way::Open),
            (
                lost(Question::TokenSender, Handed::Refused("501 no".to_owned()), None),
                Way::Refused("501 no".to_owned()),
            ),
            (lost(Question::Subaddress, Handed::Accepted, None), Way::NotSeen),
            (lost(Question::Subaddress, Handed::Accepted, Some("5.1.1")), Way::Bounced("5.1.1".to_owned())),
            (
                lost(Question::Subaddress, Handed::Unclear("cut".to_owned()), None),
                Way::Unknown("cut".to_owned()),
            ),
        ] {
            assert_eq!(way(&trip), expected);
        }
    }

    #[test]
    fn no_desk_makes_a_ticket_of_a_probe() {
        let policy = ReadPolicy { desk_id: "abc123".to_owned(), ..ReadPolicy::default() };
        for question in [Question::Plain, Question::Subaddress, Question::NullSender, Question::TokenSender] {
            let probe = plan(&[]).probe(question, NONCE).unwrap();
            let reading = read(&compose(&probe.mail, &[]), &policy);
            assert_eq!(reading.class, crate::mail::Class::OwnAddress, "{question:?}");
            assert!(reading.no_automatic_mail.is_some(), "{question:?}");
        }
        assert!(Plan { mark: "", ..plan(&[]) }.probe(Question::Subaddress, NONCE).is_none());
    }

    #[test]
    fn older_mails_agree_on_their_own_server_or_teach_nothing() {
        let mail = |from: &str, id: &str| {
            let raw = format!(
                "Received: a\nAuthentication-Results: {id}; spf=pass\nReceived: b\nFrom: {from}\n\nx"
            );
            read(raw.as_bytes(), &ReadPolicy::default())
        };
        let three = [
            mail("a@one.test", "mx.desk.test"),
            mail("b@two.test", "mx.desk.test"),
            mail("c@three.test", "mx.desk.test"),
        ];
        assert_eq!(usual_results(&three), Some(("mx.desk.test".to_owned(), 1)));
        assert_eq!(usual_results(&three[..2]), None);
        let one_sender = [mail("a@one.test", "x"), mail("b@one.test", "x"), mail("c@one.test", "x")];
        assert_eq!(usual_results(&one_sender), None, "one sender's own server");
        let many = [mail("a@one.test", "one"), mail("b@two.test", "two"), mail("c@three.test", "three")];
        assert_eq!(usual_results(&many), None);
    }
}
