//! What `init` learns by probes, in rounds: first what can be asked of any mailbox, then another mark where "+" does not
//! arrive, then forged results under the name that was seen. The judgement is in `probe`; here it becomes a draft.

use super::{
    draft::{Draft, Results, Subaddressing},
    errand::{self, Errand},
    login::{self, Refused},
    probe::{Forged, Learned, Plan, Question, Way, judge, usual_results},
};
use crate::{desk::Trust, edge};

const SEEN_ON_OLDER: &str =
    "Seen on most of the mails that are already there; take away the # when this is a server of yours.";

/// Sends probes, and writes into the draft what their return taught. Returns it in words, too.
///
/// # Errors
/// When a server cannot be used, or the relay refuses mail of the mailbox to itself.
pub(super) async fn learn(
    errand: &Errand<'_>,
    plan: &Plan<'_>,
    draft: &mut Draft,
) -> Result<String, Refused> {
    let all = [Question::Plain, Question::Subaddress, Question::NullSender, Question::TokenSender];
    let outcome = errand.run(plan, &all).await?;
    let (mut left, mut trips) = (outcome.left, outcome.trips);
    let mut learned = judge(&trips, &Trust::default());
    if let Way::Refused(words) = &learned.plain {
        return Err(login::explained(words, draft.provider));
    }
    let mut mark = plan.mark;
    if learned.subaddress != Way::Open && learned.plain == Way::Open {
        let again = Plan { mark: "-", now: edge::now(), ..plan.clone() };
        let outcome = errand.run(&again, &[Question::Subaddress, Question::TokenSender]).await?;
        left += outcome.left;
        trips.extend(outcome.trips);
        trips = errand::newest(trips);
        learned = judge(&trips, &Trust::default());
        mark = "-";
    }
    draft.subaddressing = subaddressing(&learned, mark);
    draft.plain_envelope = needs_plain_envelope(&learned, &draft.subaddressing);
    draft.results = results(errand, plan, &learned, &mut left).await?;
    let mut said = told(&learned, draft);
    if left > 0 {
        said.push_str(&format!(
            "\n  - {left} probe mails could not be removed (subject: maildesk probe); you may delete them."
        ));
    }
    Ok(said)
}

fn subaddressing(learned: &Learned, mark: &str) -> Subaddressing {
    match (&learned.plain, &learned.subaddress) {
        (Way::Open | Way::Rewritten(_), Way::Open | Way::Rewritten(_)) => {
            Subaddressing::Seen(mark.to_owned())
        }
        (Way::Open | Way::Rewritten(_), _) => Subaddressing::Seen(String::new()),
        _ => Subaddressing::NotTried,
    }
}

/// Whose results may be believed: learned from the probe or from older mails, and tried with a forged one.
async fn results(
    errand: &Errand<'_>,
    plan: &Plan<'_>,
    learned: &Learned,
    left: &mut usize,
) -> Result<Results, Refused> {
    let on_probe = learned.results.clone();
    let is_proven =
        |id: &str| on_probe.is_some() || errand.provider.is_some_and(|p| p.authserv_id == Some(id));
    let seen = match &on_probe {
        Some(seen) => Some(seen.clone()),
        None => usual_results(&errand.older_mails().await?),
    };
    let Some((id, received)) = seen else { return Ok(Results::Unknown) };
    let ids = [id.clone()];
    let forging = Plan { authserv_ids: &ids, now: edge::now(), ..plan.clone() };
    let outcome = errand.run(&forging, &[Question::Plain]).await?;
    *left += outcome.left;
    let trust = Trust { authserv_ids: ids.to_vec(), own_received: received, ..Trust::default() };
    Ok(match judge(&outcome.trips, &trust).forged {
        Forged::Stripped | Forged::Outranked(_) if is_proven(&id) => Results::Proven(id, received),
        Forged::Stripped | Forged::Outranked(_) => Results::Suggested(id, received, SEEN_ON_OLDER),
        Forged::Believed(_) => Results::Suggested(
            id,
            received,
            "A forged result under this name came through on top: it proves nothing until the server strips it.",
        ),
        Forged::NotTried => Results::Suggested(
            id,
            received,
            "Seen, but the forged one did not come back: try `maildesk check --online`.",
        ),
    })
}

/// Whether mail can leave only under the mailbox's own address. A way that was not seen is not trusted either: a
/// relay that drops such mail silently would drop every mail.
fn needs_plain_envelope(learned: &Learned, subaddressing: &Subaddressing) -> bool {
    let has_mark = matches!(subaddressing, Subaddressing::Seen(mark) if !mark.is_empty());
    has_mark && learned.token_sender != Way::Open
}

/// What the probes taught, for people.
fn told(learned: &Learned, draft: &Draft) -> String {
    let plain = match &learned.plain {
        Way::Open | Way::Rewritten(_) => "The mailbox gets its own mail.".to_owned(),
        Way::Bounced(words) => format!("Mail to the mailbox itself came back: {words}."),
        _ => "The probe was taken by the relay and not seen in the mailbox in time; run `maildesk check --online` later."
            .to_owned(),
    };
    let mark = match &draft.subaddressing {
        Subaddressing::Seen(mark) if mark.is_empty() => {
            "Subaddresses do not arrive: answers are recognised by what they reply to.".to_owned()
        }
        Subaddressing::Seen(mark) => format!("Subaddresses arrive, with \"{mark}\"."),
        Subaddressing::NotTried => {
            "Subaddresses are left off until a probe shows that they arrive.".to_owned()
        }
    };
    let ids = match learned.message_id_kept {
        Some(true) => "Message-IDs stay as they are.",
        Some(false) => "The relay rewrites Message-IDs: answers are recognised by subaddresses alone.",
        None => "Nothing is known of Message-IDs.",
    };
    let envelope = if draft.plain_envelope {
        "The relay takes only the mailbox's own address as envelope sender; the config says so."
    } else {
        "The relay takes our envelope senders."
    };
    let null = match &learned.null_sender {
        Way::Open => "It takes the null sender <>, too.",
        _ => "It does not pass on the null sender <>, which maildesk does without.",
    };
    let results = match &draft.results {
        Results::Proven(id, _) if id.is_empty() => {
            "The mail server writes Authentication-Results without a name; a forged one was not believed.".to_owned()
        }
        Results::Proven(id, received) => format!(
            "The mail server writes its findings as {id} ({received} Received above them); a forged one was not believed."
        ),
        Results::Suggested(id, ..) => {
            format!("Results under the name {id} were seen, and are not believed yet: see [trust] in the config.")
        }
        Results::Unknown => "No server was seen to write Authentication-Results: agents are proven by DKIM, or asked to confirm."
            .to_owned(),
    };
    [plain.as_str(), mark.as_str(), ids, envelope, null, results.as_str()]
        .map(|line| format!("  - {line}"))
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_does_not_pass_token_senders_gets_plain_ones() {
        let learned = |token_sender: Way| Learned {
            plain: Way::Open,
            subaddress: Way::Open,
            null_sender: Way::Open,
            token_sender,
            message_id_kept: Some(true),
            results: None,
            forged: Forged::NotTried,
        };
        let plus = Subaddressing::Seen("+".to_owned());
        assert!(!needs_plain_envelope(&learned(Way::Open), &plus));
        for way in [Way::Refused("501".into()), Way::Rewritten("x".into()), Way::NotSeen] {
            assert!(needs_plain_envelope(&learned(way.clone()), &plus), "{way:?}");
            assert!(!needs_plain_envelope(&learned(way), &Subaddressing::Seen(String::new())));
        }
    }
}
