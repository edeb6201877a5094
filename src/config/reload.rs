//! What a reload by SIGHUP cannot change.

use super::Config;

/// What differs and takes effect only at a restart, in words; empty when a reload is enough.
#[must_use]
pub fn diff_needing_restart(old: &Config, new: &Config) -> Vec<String> {
    let mut differences = Vec::new();
    if old.store.url != new.store.url {
        differences.push("[store] url".to_owned());
    }
    for mailbox in &new.mailboxes {
        // A store's rows belong to a mailbox by its name: one name on another account would mix two accounts' ledgers.
        let moved = old
            .mailboxes
            .iter()
            .find(|m| m.name == mailbox.name)
            .is_some_and(|m| m.address != mailbox.address);
        if moved {
            differences.push(format!("the address of [[mailbox]] \"{}\"", mailbox.name));
        }
    }
    differences
}
