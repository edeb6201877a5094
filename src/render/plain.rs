//! The last resort when a template fails: the letter's substance in plain English, without any template.

use super::{Frame, Rendered, subject, text};
use crate::desk::{
    BundleItem, Conversation, Digest, DigestLine, Letter, LetterBody, SentArticle, TicketBrief,
};

/// The letter's substance; cannot fail.
pub(super) fn render(letter: &Letter, frame: &Frame<'_>) -> Rendered {
    let number = frame.ticket.map(|id| format!("#{id}"));
    let tag = number.as_ref().map(|n| format!("[{n}] ")).unwrap_or_default();
    let about = |words: &str| subject::base(words, number.as_deref());
    let (subject, blocks) = match &letter.body {
        LetterBody::Acknowledgement { promise, .. } => {
            let promise = promise.map(|at| format!("You will have an answer from us by {at}."));
            (
                format!("{tag}We have your mail"),
                [Some("We have your mail.".to_owned()), promise].into_iter().flatten().collect(),
            )
        }
        LetterBody::Reply { agent_name, subject, text, articles } => {
            let articles = articles.iter().map(SentArticle::plain);
            let blocks = std::iter::once(text.clone()).chain(articles).chain([agent_name.clone()]);
            (subject::answer(&about(subject), number.as_deref()), blocks.collect())
        }
        LetterBody::Notification { brief, text, .. } => (
            format!("{tag}{}", about(&brief.subject)),
            vec![format!("{} wrote:", brief.requester.address), text.clone()],
        ),
        LetterBody::Confirmation { subject, actions, text, expires_at, .. } => (
            format!("{tag}Please confirm: {}", about(subject)),
            vec![
                format!(
                    "Answer with OK by {expires_at} to have this done. If it was not you, do nothing and tell your lead."
                ),
                actions.join("\n"),
                text.clone().unwrap_or_default(),
            ],
        ),
        LetterBody::Refusal { subject, problems, original } => (
            format!("{tag}Nothing was done: {}", about(subject)),
            vec![
                format!("Nothing was done and nothing was sent: {} problems.", problems.len()),
                original.clone(),
            ],
        ),
        LetterBody::Transcript { subject, done, .. } => {
            (format!("{tag}Done: {}", about(subject)), vec![format!("Done: {}.", done.join("; "))])
        }
        LetterBody::Reminder { brief, due_at } => (
            format!("{tag}Answer due: {}", about(&brief.subject)),
            vec![format!("An answer is due by {due_at}.")],
        ),
        LetterBody::Shown { brief, conversation } => {
            (format!("{tag}{}", about(&brief.subject)), shown_blocks(brief, conversation))
        }
        LetterBody::Digest(digest) => (
            format!("Shadow mode of {}: {} mails not sent", frame.mailbox.address, digest.held_back_total()),
            digest_blocks(digest),
        ),
        LetterBody::Challenge { .. } => (
            "Please answer this mail".to_owned(),
            vec!["Answer this mail with OK: it shows what your mail proves, and changes nothing.".to_owned()],
        ),
        LetterBody::Bundle(items) => {
            (format!("{} notifications in one mail", items.len()), bundle_blocks(items))
        }
        LetterBody::Alert { title, facts, advice } => {
            let facts: Vec<String> = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            (text::clean_line(title), vec![title.clone(), advice.clone(), facts.join("\n")])
        }
    };
    finish(subject, blocks, frame)
}

fn shown_blocks(brief: &TicketBrief, conversation: &Conversation) -> Vec<String> {
    let whose = format!("Here is what was said with {}.", brief.requester.address);
    let said = conversation.said.iter();
    let said = said.flat_map(|said| [format!("{} at {}:", said.by.address, said.at), said.text.clone()]);
    std::iter::once(whose).chain(said).collect()
}

fn bundle_blocks(items: &[BundleItem]) -> Vec<String> {
    let item = |item: &BundleItem| {
        [item.subject.clone(), item.text.clone(), format!("Answer: {}", item.reply_address)]
    };
    items.iter().flat_map(item).collect()
}

fn digest_blocks(digest: &Digest) -> Vec<String> {
    let line = |l: &DigestLine| format!("{} to {}: {}", l.kind, l.to, l.subject);
    vec![
        digest.lines.iter().map(line).collect::<Vec<_>>().join("\n"),
        format!("When all of this is right: maildesk live {}", digest.mailbox),
    ]
}

fn finish(subject: String, mut blocks: Vec<String>, frame: &Frame<'_>) -> Rendered {
    blocks.push(frame.policy.desk_name.clone());
    let end = text::BLOCK_END.to_string();
    let raw = blocks.iter().map(|b| text::clean_text(b)).collect::<Vec<_>>().join(&end);
    let text = text::join_blocks(&raw);
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><body><pre style=\"white-space:pre-wrap;\">{escaped}</pre></body></html>\n"
    );
    Rendered { subject, text, html }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::{desk::TicketId, render::sample};

    #[test]
    fn every_letter_has_a_plain_form_that_gives_away_nothing_unproven() {
        let (policy, zone) = (sample::policy(), TimeZone::UTC);
        let frame = sample::frame(&policy, &zone, Some(TicketId(1042)));
        for (name, letter) in sample::letters("en") {
            let plain = super::render(&letter, &frame);
            assert!(!plain.subject.is_empty() && plain.text.len() > 20, "{name}");
            assert!(!plain.html.contains("<script>"), "{name}");
            if name == "acknowledgement_unproven" {
                assert!(!plain.text.contains("甘特图") && !plain.subject.contains("甘特图"));
            }
            if name == "reply" {
                assert!(plain.text.contains("thank you for the details"));
            }
        }
    }
}
