//! The stage of the story: a desk with its mailbox and its SMTP sink, and how far the story has come.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use maildesk_lab::{
    desk::{Endpoint, Engine},
    scripted_smtp::{Received, ScriptedSmtp},
};
use tokio::runtime::Runtime;

use crate::{
    oracle::{self, Expected},
    post::Post,
    record::{self, Look, Progress},
    scenario::{self, Letter},
    seat::{Lines, Seat},
};

/// How long the story may take, trouble and all.
const STORY_MAX: Duration = Duration::from_secs(90);
/// SPEC section 4: a poll is a minute, and IDLE is quicker.
const POLL_MAX: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// One desk with its servers, and the story so far.
pub struct Stage<'r> {
    pub runtime: &'r Runtime,
    pub seat: Seat,
    pub post: Arc<Post>,
    pub sink: Arc<ScriptedSmtp>,
    pub letters: Vec<Letter>,
    /// How many of them, told to other threads: never before the mailbox has them.
    pub delivered: Arc<AtomicUsize>,
    /// What an earlier sink took.
    pub history: Vec<Received>,
    /// Lives that ended while the daemon recovered from an earlier end. Two of them at the same mail, and it is set aside
    /// (DESIGN section 1): the operator is told, and takes it out again.
    pub ended_recovering: usize,
    set_aside: BTreeSet<i64>,
    /// Mails of the sink that staff has read.
    heard: usize,
}

impl<'r> Stage<'r> {
    /// # Errors
    /// When the servers or the folder cannot be had.
    pub fn new(
        runtime: &'r Runtime,
        binary: &Path,
        engine: Engine,
        post: Post,
        after: &'static str,
    ) -> Result<Self> {
        let sink = Arc::new(runtime.block_on(ScriptedSmtp::script().start()));
        let smtp =
            Endpoint { host: sink.ip.to_string(), port: sink.port, tls: "none", login: None, ca_file: None };
        let lines = Lines { imap: post.endpoint(), smtp, store: String::new(), engine };
        let seat = Seat::new(binary, &lines, &scenario::options(after))?;
        Ok(Self {
            runtime,
            seat,
            post: Arc::new(post),
            sink,
            letters: Vec::new(),
            delivered: Arc::default(),
            history: Vec::new(),
            ended_recovering: 0,
            set_aside: BTreeSet::new(),
            heard: 0,
        })
    }

    /// # Errors
    /// When the mailbox does not take it.
    pub fn deliver(&mut self, letter: Letter) -> Result<()> {
        let uid = u32::try_from(self.letters.len() + 1)?;
        self.post.deliver(uid, &letter.bytes)?;
        self.letters.push(letter);
        self.delivered.store(self.letters.len(), Ordering::SeqCst);
        Ok(())
    }

    /// Staff answers what it has heard by now.
    ///
    /// # Errors
    /// As [`Stage::deliver`].
    pub fn react(&mut self) -> Result<()> {
        if self.history.len() + self.sink.count() <= self.heard {
            return Ok(());
        }
        let received = self.received();
        let news = received.get(self.heard..).unwrap_or_default();
        let known: BTreeSet<String> = self.letters.iter().map(|l| l.key.clone()).collect();
        for letter in scenario::reactions(news, &known) {
            self.deliver(letter)?;
        }
        self.heard = received.len();
        Ok(())
    }

    /// All mails that were taken, by the earlier sink and by this one.
    pub fn received(&self) -> Vec<Received> {
        self.history.iter().cloned().chain(self.sink.received()).collect()
    }

    /// Everybody has written all that there is to write in the story.
    pub fn is_told(&self) -> bool {
        scenario::KEYS.iter().all(|key| self.letters.iter().any(|l| l.key == *key))
    }

    /// Plays until the store has nothing to do any more.
    ///
    /// # Errors
    /// When it does not come to that: a mail is stuck or lost.
    pub fn play_to_the_end(&mut self) -> Result<()> {
        let end = Instant::now() + STORY_MAX;
        let mut look = self.runtime.block_on(Look::at(self.seat.url()))?;
        loop {
            self.react()?;
            if self.may_be_set_aside() {
                for (uid, raw) in self.runtime.block_on(look.quarantined())? {
                    self.set_aside.insert(uid);
                    self.seat.run(&["quarantine", "retry", &raw.to_string()])?;
                }
            }
            let progress = self.runtime.block_on(look.progress(self.post.uid_validity()))?;
            if self.is_told() && self.is_over(progress) {
                return self.runtime.block_on(look.end());
            }
            if !self.seat.is_running() {
                bail!("the daemon ended by itself");
            }
            if Instant::now() >= end {
                let keys: Vec<_> = self.letters.iter().map(|l| l.key.as_str()).collect();
                bail!("stuck after {STORY_MAX:?}: {progress:?}, delivered {keys:?}");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Plays, seen from outside alone, until everybody has written and every mail that is due has left, or the daemon has ended.
    ///
    /// # Errors
    /// When it does not come to that.
    pub fn play_from_outside(&mut self) -> Result<()> {
        // Of the dues the probe's two come later.
        let due = scenario::dues().len() - 2;
        let end = Instant::now() + STORY_MAX;
        while self.seat.is_running() {
            self.react()?;
            if self.is_told() && self.sink.count() >= due && self.is_filed()? {
                return Ok(());
            }
            if Instant::now() >= end {
                bail!("the story does not end: {} of {due} mails left", self.sink.count());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    /// Plays to the end, sends the probe, and asks the oracle.
    ///
    /// # Errors
    /// When something is stuck or lost.
    pub fn finish(&mut self, after: &str) -> Result<Vec<String>> {
        self.play_to_the_end()?;
        self.probe()?;
        self.judge(after)
    }

    fn is_over(&self, progress: Progress) -> bool {
        let decided = i64::try_from(self.letters.len()).unwrap_or(i64::MAX);
        let files = matches!(*self.post, Post::Dovecot { .. });
        let is_filed = progress.unfiled == 0 || !files;
        is_filed && progress.decided == decided && progress.under_way == 0 && progress.unsent == 0
    }

    fn is_filed(&self) -> Result<bool> {
        let replies = scenario::dues().iter().filter(|due| due.kind == "reply").count();
        Ok(self.post.filed()?.is_none_or(|there| there.len() >= replies))
    }

    const fn may_be_set_aside(&self) -> bool {
        self.ended_recovering >= 2
    }

    /// One more good mail, which must be handled within a poll.
    ///
    /// # Errors
    /// When it is not.
    pub fn probe(&mut self) -> Result<()> {
        self.deliver(scenario::probe())?;
        let end = Instant::now() + POLL_MAX;
        let mut look = self.runtime.block_on(Look::at(self.seat.url()))?;
        while !self.is_over(self.runtime.block_on(look.progress(self.post.uid_validity()))?) {
            if Instant::now() >= end {
                bail!("the next good mail was not handled within a poll");
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        self.runtime.block_on(look.end())
    }

    /// Ends the daemon and asks the oracle.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn judge(&mut self, after: &str) -> Result<Vec<String>> {
        self.seat.kill();
        let record = self.runtime.block_on(record::read(self.seat.url()))?;
        let mut tickets = scenario::tickets();
        if self.set_aside.contains(&1) {
            scenario::without_the_first(&mut self.letters, &mut tickets);
        }
        let expected = Expected {
            letters: &self.letters,
            uid_validity: self.post.uid_validity(),
            dues: scenario::dues(),
            tickets,
            besides: if self.may_be_set_aside() { &["alert"] } else { &[] },
            ..Expected::default()
        };
        let mut wrong = oracle::judge(&expected, &record, &self.received());
        wrong.extend(self.post.check_settled(after, self.letters.len())?);
        if let Some(there) = self.post.filed()? {
            wrong.extend(oracle::filed(&record, &there));
        }
        if self.seat.log().contains("panicked at") {
            wrong.push("the daemon panicked".to_owned());
        }
        Ok(wrong)
    }
}
