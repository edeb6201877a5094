//! The answer to a challenge: a mail that asks an agent to answer, so that an operator sees what their mail proves before it
//! matters. Changes no ticket.
//!
//! Invariant: only a person's answer counts, from the agent's address or with the secret that only they received.

use serde::{Deserialize, Serialize};

use super::{
    ChallengeFacts, Change, Decision, DkimFinding, agent,
    case::Case,
    client, notify,
    proof::{self, Origin, Proof},
};
use crate::mail::Class;

/// What an answer proved, and what would become of an order by such a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentProof {
    /// Whom it says it is from.
    pub from: String,
    /// FAULTS section 1 A.
    pub origin: bool,
    /// `dmarc`, `submission`, `dkim`, `internal`, `arc`, or why there is no proof.
    pub by: String,
    /// The signature that counts, if there is one, also where something else is the proof.
    pub signature: Option<Signature>,
    /// The trusted server says that the domain disowns it: it never profits from a period.
    pub disowned: bool,
    /// FAULTS section 1 B.
    pub possession: bool,
    pub verdict: Verdict,
}

/// A DKIM signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub domain: String,
    pub selector: String,
    pub algorithm: String,
    /// RSA alone.
    pub key_bits: Option<u32>,
}

/// What would become of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Done,
    /// Without its secret address: kept as a note until it is confirmed.
    NotedAndAsked,
    /// Without a proof of origin: held until it is confirmed.
    Asked,
    /// Neither: an ordinary mail that claims to be from staff.
    Untrusted,
    /// Somebody else used the secret address: held, the lead alerted.
    Alerted,
}

impl Verdict {
    /// For operators.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "a command would be carried out at once",
            Self::NotedAndAsked => "a command would wait as a note until the agent confirms it",
            Self::Asked => "a command would be held until the agent confirms it",
            Self::Untrusted => "a command would be ignored: the mail proves nothing and is flagged",
            Self::Alerted => "the mail would be held and the lead alerted: it is from another address",
        }
    }
}

/// Judges an answer; `None`: a mail that only refers to a challenge and is nobody's answer.
pub(super) fn answer(case: &Case<'_>, challenge: &ChallengeFacts) -> Option<Decision> {
    let reading = &case.facts.reading;
    let own = reading.trace.strict_from.as_deref() == Some(challenge.agent.as_str());
    if !own && !challenge.possession {
        return None;
    }
    if reading.class != Class::Human {
        return Some(agent::control("an automatic answer to a challenge"));
    }
    if challenge.answered || case.policy.agent(&challenge.agent).is_none() {
        return Some(agent::control("an answer to a challenge that is over"));
    }
    let proof = AgentProof {
        from: notify::shown(case.sender).address,
        origin: own && case.origin.is_proven(),
        by: by(&case.origin),
        signature: signature(case),
        disowned: case.origin.dmarc_refused(),
        possession: challenge.possession,
        verdict: match (own, case.origin.is_proven(), challenge.possession) {
            (false, ..) => Verdict::Alerted,
            (true, true, true) => Verdict::Done,
            (true, true, false) => Verdict::NotedAndAsked,
            (true, false, true) => Verdict::Asked,
            (true, false, false) => Verdict::Untrusted,
        },
    };
    let letters = if own { Vec::new() } else { leaked(case, challenge) };
    let change = Change::AnswerChallenge { id: challenge.id, proof: Box::new(proof) };
    Some(Decision { changes: vec![change], letters, ..agent::control("an answer to a challenge") })
}

fn by(origin: &Origin) -> String {
    match origin {
        Origin::Proven(Proof::Dmarc) => "dmarc",
        Origin::Proven(Proof::Submission) => "submission",
        Origin::Proven(Proof::Dkim) => "dkim",
        Origin::Proven(Proof::Internal) => "internal",
        Origin::Proven(Proof::Arc) => "arc",
        Origin::Unproven { reason, .. } => reason,
    }
    .to_owned()
}

/// The signature that proves the sender's domain; else the first that verified, which may be too weak or another domain's.
fn signature(case: &Case<'_>) -> Option<Signature> {
    let domain = case.sender.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let findings = &case.facts.findings;
    let proves = |finding: &&DkimFinding| proof::dkim_fault(finding, domain, findings.dmarc).is_none();
    let good = findings.dkim.iter().find(proves);
    let found = good.or_else(|| findings.dkim.iter().find(|finding| finding.passed))?;
    Some(Signature {
        domain: found.domain.clone(),
        selector: found.selector.clone(),
        algorithm: found.algorithm.clone(),
        key_bits: found.key_bits,
    })
}

fn leaked(case: &Case<'_>, challenge: &ChallengeFacts) -> Vec<super::Letter> {
    client::alert(
        case,
        "A challenge to an agent was answered from another address",
        vec![("agent", challenge.agent.clone()), ("sender", notify::shown(case.sender).address)],
        "Nothing was done. Ask the agent whether both addresses are theirs: only the one in the config may command the desk.",
    )
}
