//! Waiting notifications to one agent become one mail, asked for by the outbox when the provider's limit is near (SPEC section 8).

use tracing::info;

use super::{
    Desk,
    dispatch::{Occasion, dispatch},
};
use crate::{
    desk::{BundleItem, bundle},
    edge,
    store::{Result, StoreError, Waiting},
};

/// Fewer than these go one by one: two mails are read more easily than one of two.
const LEAST: u32 = 3;
/// Characters of one notification that a bundle shows.
const TEXT_CHARS_MAX: usize = 6_000;

/// Folds what can be folded. Without subaddressing nothing can: an answer is known there by the notification that it answers.
///
/// # Errors
/// When the store cannot be read or written; what was folded until then stays so.
pub async fn bundle_notifications(desk: &Desk, mailbox: &str) -> Result<()> {
    let judgement = desk.judgement.load_full();
    let now = edge::now();
    let Some(policy) = judgement.policy.mailbox(mailbox).filter(|m| !m.subaddressing.is_empty()) else {
        return Ok(());
    };
    for recipient in desk.store.bundle_recipients(mailbox, LEAST, now).await? {
        let Some(agent) = judgement.policy.agent(&recipient) else { continue };
        let mut window = desk.store.window_of(mailbox).await?;
        let waiting = window.foldable(mailbox, &recipient, now).await?;
        if waiting.len() < LEAST as usize {
            continue;
        }
        let letter = bundle::letter(agent, &judgement.policy, waiting.iter().map(item).collect());
        let occasion = Occasion {
            judgement: &judgement,
            mailbox: policy,
            ticket: None,
            raw: None,
            nonce: None,
            live: true,
            now,
        };
        let queued = dispatch(&mut window, &occasion, &[letter]).await?;
        let ids: Vec<_> = waiting.iter().map(|mail| mail.id).collect();
        match queued.first() {
            Some(into) => window.fold(&ids, *into, now).await?,
            None => return Err(StoreError::Refused("a bundle was not queued".into())),
        }
        window.commit().await?;
        info!(
            mailbox,
            notifications = ids.len(),
            "notifications leave in one mail: the provider's limit is near"
        );
    }
    Ok(())
}

fn item(waiting: &Waiting) -> BundleItem {
    let mail = &waiting.mail;
    BundleItem {
        subject: mail.subject.clone(),
        text: mail.text.chars().take(TEXT_CHARS_MAX).collect(),
        reply_address: mail.reply_to.as_ref().unwrap_or(&mail.from).address.clone(),
    }
}
