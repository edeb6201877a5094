//! Supervision of one mailbox: connects, serves, and after trouble connects again, with backoff, a limit on logins, and one
//! word to the operators at the beginning and the end of the trouble (SPEC section 14).

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use super::jitter;
use crate::{
    config::MailboxConfig,
    edge::{self, Pulse},
    imap::{ImapError, LoginLimiter, Session, reconnect_delay},
    intake::{Desk, SentFolder, Service, Serving, Suspects, alert, imap_limits},
};

/// Connecting and logging in.
const OPEN_MAX: Duration = Duration::from_secs(120);
/// How long a stop waits for a server's answer; a transaction of the store takes no longer.
const DRAIN_MAX: Duration = Duration::from_secs(5);
/// A cut connection alone is ordinary; this many failures in a row are trouble.
const LASTING_FAILURES: u32 = 3;

pub(super) async fn supervise(
    desk: Desk,
    mailbox: Arc<MailboxConfig>,
    pulse: Pulse,
    stop: CancellationToken,
) {
    let supervisor = Supervisor { desk: &desk, mailbox: &mailbox, pulse: &pulse, stop: &stop };
    let mut course = Course::default();
    let mut memory = Memory::default();
    while !stop.is_cancelled() {
        if supervisor.pause(course.logins.wait(Instant::now())).await {
            break;
        }
        let Err(trouble) = supervisor.attempt(&mut course, &mut memory).await else { break };
        course.failures = course.failures.saturating_add(1);
        supervisor.report(&mut course, &trouble).await;
        if supervisor.pause(reconnect_delay(course.failures, jitter())).await {
            break;
        }
    }
    pulse.rest();
}

struct Supervisor<'a> {
    desk: &'a Desk,
    mailbox: &'a Arc<MailboxConfig>,
    pulse: &'a Pulse,
    stop: &'a CancellationToken,
}

/// What a mailbox's service remembers across sessions.
#[derive(Default)]
struct Memory {
    suspects: Suspects,
    sent: SentFolder,
}

/// How it went so far.
#[derive(Default)]
struct Course {
    /// In a row.
    failures: u32,
    logins: LoginLimiter,
    /// A whole pass succeeded since the last trouble.
    well: bool,
    /// The trouble has been said.
    told: bool,
}

/// What ended the service of a mailbox.
struct Trouble {
    words: String,
    login_refused: bool,
    /// Something the operator must see to; else it may pass by itself.
    needs_operator: bool,
    /// The rest of the mailbox is served.
    partly: bool,
}

impl Trouble {
    fn of(why: &ImapError) -> Self {
        Self {
            words: why.to_string(),
            login_refused: why.login_refused(),
            needs_operator: why.needs_operator(),
            partly: false,
        }
    }

    fn passing(words: String) -> Self {
        Self { words, login_refused: false, needs_operator: false, partly: false }
    }
}

impl Supervisor<'_> {
    /// One session: `Ok` only when told to stop.
    async fn attempt(&self, course: &mut Course, memory: &mut Memory) -> Result<(), Trouble> {
        course.logins.attempt(Instant::now());
        let limits = imap_limits(&self.desk.judgement.load().policy.limits);
        let opened = tokio::select! {
            opened = Session::open(&self.mailbox.imap, &limits) => opened,
            () = self.stop.cancelled() => return Ok(()),
        };
        let session = match opened {
            Ok(session) => session,
            Err(why) => {
                if why.login_refused() {
                    course.logins.refused(Instant::now());
                }
                return Err(Trouble::of(&why));
            }
        };
        course.logins.accepted();
        // Dropped in the middle of a command the session is dead, and the ledger knows what was taken.
        let served = tokio::select! {
            served = AssertUnwindSafe(self.serve(session, course, memory)).catch_unwind() => served,
            () = self.stopped_for(DRAIN_MAX) => return Ok(()),
        };
        match served {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Serving::Imap(why))) => Err(Trouble::of(&why)),
            Ok(Err(Serving::Message(why))) => {
                self.recovered(course).await;
                Err(Trouble::of(&why))
            }
            Ok(Err(why)) => Err(Trouble::passing(why.to_string())),
            Err(_) => {
                error!(mailbox = self.mailbox.name, "the worker crashed; it starts again");
                Err(Trouble::passing("the worker crashed".to_owned()))
            }
        }
    }

    async fn serve(&self, session: Session, course: &mut Course, memory: &mut Memory) -> Result<(), Serving> {
        let Memory { suspects, sent } = memory;
        let mut service = Service::begin(self.desk, self.mailbox, session, self.pulse, suspects, sent)?;
        while !self.stop.is_cancelled() {
            let partly = service.pass(self.stop).await?;
            if self.stop.is_cancelled() {
                // Cut short, the pass proves nothing.
                break;
            }
            match partly {
                None => self.recovered(course).await,
                Some(why) => self.report(course, &Trouble { partly: true, ..Trouble::of(&why) }).await,
            }
            service.watch(self.stop).await?;
        }
        service.end().await;
        Ok(())
    }

    /// Told to stop, so long ago.
    async fn stopped_for(&self, time: Duration) {
        self.stop.cancelled().await;
        tokio::time::sleep(time).await;
    }

    /// Trouble is said at its beginning; that it goes on is not repeated.
    async fn report(&self, course: &mut Course, trouble: &Trouble) {
        let lasts = trouble.needs_operator || course.failures >= LASTING_FAILURES;
        if !lasts {
            info!(mailbox = self.mailbox.name, why = trouble.words, "connection lost; connecting again");
            return;
        }
        let noted = self.desk.store.set_trouble(&self.mailbox.name, Some(&trouble.words), edge::now()).await;
        if !course.told {
            let what = if trouble.partly {
                "a part of the mailbox cannot be read"
            } else {
                "the mailbox cannot be read"
            };
            warn!(mailbox = self.mailbox.name, why = trouble.words, "{what}");
        }
        match noted {
            Ok(true) => self.tell(&cannot_be_read(self.mailbox, trouble)).await,
            Ok(false) => {}
            Err(why) if !course.told => {
                warn!(mailbox = self.mailbox.name, %why, "trouble could not be written down");
            }
            Err(_) => {}
        }
        course.told = true;
        course.well = false;
    }

    /// Everything that was there has been taken: whatever the trouble was, it is over.
    async fn recovered(&self, course: &mut Course) {
        course.failures = 0;
        if course.well {
            return;
        }
        match self.desk.store.set_trouble(&self.mailbox.name, None, edge::now()).await {
            Ok(true) => {
                info!(mailbox = self.mailbox.name, "the mailbox can be read again");
                self.tell(&can_be_read(self.mailbox)).await;
            }
            Ok(false) => {}
            // Tried again after the next pass, which finds the same trouble with the store.
            Err(why) => {
                debug!(mailbox = self.mailbox.name, %why, "the end of trouble could not be written down");
                return;
            }
        }
        (course.well, course.told) = (true, false);
    }

    async fn tell(&self, alert: &alert::Alert) {
        if let Err(why) = alert::send(self.desk, &self.mailbox.name, alert).await {
            warn!(mailbox = self.mailbox.name, %why, "the operators could not be told");
        }
    }

    /// Waits; true when told to stop meanwhile.
    async fn pause(&self, time: Duration) -> bool {
        self.pulse.expect_within(time + OPEN_MAX);
        pause(time, self.stop).await
    }
}

fn cannot_be_read(mailbox: &MailboxConfig, trouble: &Trouble) -> alert::Alert {
    let advice = if trouble.login_refused {
        "Usual causes: the password or the client password expired, or IMAP was switched off for the account. Renew it, \
         write it to the password file, and run `maildesk check`. The next tries are minutes apart, so that the account is \
         not locked."
    } else {
        "maildesk goes on trying. Look at the mailbox's settings and run `maildesk check`."
    };
    alert::Alert {
        title: if trouble.partly {
            format!("A part of {} cannot be read or handled", mailbox.address)
        } else {
            format!("{} cannot be read", mailbox.address)
        },
        facts: vec![
            ("The server says".to_owned(), trouble.words.clone()),
            ("Mails lost".to_owned(), "0: they wait on the server".to_owned()),
        ],
        advice: advice.to_owned(),
    }
}

fn can_be_read(mailbox: &MailboxConfig) -> alert::Alert {
    alert::Alert {
        title: format!("{} can be read again", mailbox.address),
        facts: vec![("Mails lost".to_owned(), "0: they waited on the server".to_owned())],
        advice: "Nothing is to be done.".to_owned(),
    }
}

/// Waits; true when told to stop meanwhile.
async fn pause(time: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => false,
        () = stop.cancelled() => true,
    }
}
