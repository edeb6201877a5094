//! Settling: what happens on the server to messages that are safely ours. Each way can be repeated after a cut.

use super::{
    ImapError, Session,
    answer::{Answer, Status},
    open::passes,
    syntax::{folder_name, uid_sets},
    wire::Expect,
};
use crate::config::After;

/// UIDs of one command: MOVE of thousands keeps some servers busy past any deadline.
const SETTLED_PER_COMMAND: usize = 200;

impl Session {
    /// Marks, moves or deletes messages by UID. UIDs that are not there any more are no error.
    ///
    /// Without MOVE (RFC 6851) a move is COPY, `\Deleted` and UID EXPUNGE (RFC 4315); a cut between the first two leaves a
    /// second copy in the target folder when it is repeated, and never loses one. Without UIDPLUS messages stay, flagged
    /// `\Deleted`: a plain EXPUNGE would remove what other people flagged ([`Session::removes_exactly`] tells beforehand).
    ///
    /// # Errors
    /// [`ImapError::Operator`] when the folder is read-only, or the target is missing or full.
    pub async fn settle(&mut self, uids: &[u32], after: &After) -> Result<(), ImapError> {
        if self.selected()?.read_only {
            return Err(ImapError::Operator(
                "the folder is read-only for this login, so messages cannot be marked; grant it write access"
                    .to_owned(),
            ));
        }
        for (set, _) in uid_sets(uids, SETTLED_PER_COMMAND) {
            match after {
                After::Keep => self.store(&set, "\\Seen").await?,
                After::Move(folder) => self.move_to(&set, folder).await?,
                After::Delete => self.remove(&set).await?,
            }
        }
        Ok(())
    }

    async fn move_to(&mut self, set: &str, folder: &str) -> Result<(), ImapError> {
        let target = folder_name(folder)?;
        if self.capabilities.contains("MOVE") {
            let mut answer = self.run(&format!("UID MOVE {set} {target}")).await?;
            // Somebody removed one of them meanwhile, which Dovecot refuses once; the others are still to be moved.
            if answer.status == Status::No && answer.words.starts_with("[EXPUNGEISSUED]") {
                answer = self.run(&format!("UID MOVE {set} {target}")).await?;
            }
            if answer.status != Status::Bad {
                return self.check_target(answer, folder);
            }
            // Advertised but not understood, so nothing was done: never ask again on this connection.
            self.capabilities.remove("MOVE");
        }
        // What carries the flag was copied by an earlier attempt that was cut after it.
        let fresh = self.search(&format!("UID {set} NOT DELETED")).await?;
        for (set, _) in uid_sets(&fresh, SETTLED_PER_COMMAND) {
            let answer = self.run(&format!("UID COPY {set} {target}")).await?;
            self.check_target(answer, folder)?;
        }
        self.remove(set).await
    }

    async fn remove(&mut self, set: &str) -> Result<(), ImapError> {
        self.store(set, "\\Deleted").await?;
        if self.capabilities.contains("UIDPLUS") {
            let answer = self.run(&format!("UID EXPUNGE {set}")).await?;
            self.expect_ok("UID EXPUNGE", answer)?;
        } else {
            tracing::debug!(
                "the IMAP server lacks UIDPLUS: settled messages stay in the folder, flagged as deleted"
            );
        }
        Ok(())
    }

    async fn store(&mut self, set: &str, flag: &str) -> Result<(), ImapError> {
        let answer = self.run(&format!("UID STORE {set} +FLAGS.SILENT ({flag})")).await?;
        self.expect_ok("UID STORE", answer).map(drop)
    }

    async fn run(&mut self, text: &str) -> Result<Answer, ImapError> {
        let responses = u32::try_from(SETTLED_PER_COMMAND).unwrap_or(u32::MAX);
        let answer = self.wire.command(text, Expect { responses, ..Expect::SHORT }).await?;
        self.note_changes(&answer.items);
        Ok(answer)
    }

    fn check_target(&mut self, answer: Answer, folder: &str) -> Result<(), ImapError> {
        if answer.status == Status::No && !passes(&answer.words) {
            return Err(ImapError::Operator(format!(
                "messages cannot be moved to the folder {folder:?}: {}",
                answer.words
            )));
        }
        self.expect_ok("moving", answer).map(drop)
    }
}
