//! The thread on which mails are read: a 16 MiB stack (nested mails cost stack), one job at a time, so that the memory of
//! reading is bounded by one mail.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot};

use crate::{
    mail::{self, ReadPolicy, Reading},
    triage::{self, Model, Triage},
};

const STACK_BYTES: usize = 16 << 20;
/// Jobs that may wait: each mailbox has at most one window under way.
const QUEUE: usize = 16;

struct Job {
    mails: Vec<Arc<Vec<u8>>>,
    policy: ReadPolicy,
    done: oneshot::Sender<Vec<Read>>,
}

/// What was read; `None`: reading this mail crashed, the others are not concerned.
pub type Read = Option<(Reading, Triage)>;

/// Handle of the reading thread. Cheap to clone; the thread ends with the last handle.
#[derive(Debug, Clone)]
pub struct Reader {
    jobs: mpsc::Sender<Job>,
    model: Arc<ArcSwap<Model>>,
}

/// The reading thread is gone, which only happens while the process ends.
#[derive(Debug, thiserror::Error)]
#[error("the reading thread has ended")]
pub struct ReaderGone;

impl Reader {
    /// Starts the thread; the model decides on categories until another one is taught.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(model: Arc<Model>) -> std::io::Result<Self> {
        Self::start_with(model, read_one)
    }

    fn start_with(
        model: Arc<Model>,
        read: impl Fn(&[u8], &ReadPolicy, &Model) -> (Reading, Triage) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        let model = Arc::new(ArcSwap::new(model));
        let taught = Arc::clone(&model);
        thread::Builder::new().name("reader".into()).stack_size(STACK_BYTES).spawn(move || {
            while let Some(job) = queue.blocking_recv() {
                let model = taught.load_full();
                let caught = |bytes: &Arc<Vec<u8>>| {
                    catch_unwind(AssertUnwindSafe(|| read(bytes, &job.policy, &model))).ok()
                };
                let read = job.mails.iter().map(caught).collect();
                // Nobody waits any more: the window was given up.
                let _ = job.done.send(read);
            }
        })?;
        Ok(Self { jobs, model })
    }

    /// What the desk's corrections taught holds for each mail that is read from now on.
    pub fn teach(&self, model: Model) {
        self.model.store(Arc::new(model));
    }

    /// Reads mails in order.
    ///
    /// # Errors
    /// [`ReaderGone`].
    pub async fn read(&self, mails: Vec<Arc<Vec<u8>>>, policy: ReadPolicy) -> Result<Vec<Read>, ReaderGone> {
        let (done, result) = oneshot::channel();
        self.jobs.send(Job { mails, policy, done }).await.map_err(|_| ReaderGone)?;
        result.await.map_err(|_| ReaderGone)
    }
}

fn read_one(bytes: &[u8], policy: &ReadPolicy, model: &Model) -> (Reading, Triage) {
    let reading = mail::read(bytes, policy);
    let triage = triage::triage_with(&reading, model);
    (reading, triage)
}

/// Reads and judges one mail on a thread of its own with the same stack, for the command line.
///
/// # Errors
/// When the operating system gives no thread.
pub fn judge_once(
    bytes: Vec<u8>,
    policy: ReadPolicy,
    model: Arc<Model>,
) -> std::io::Result<(Reading, Triage)> {
    on_a_large_stack(move || read_one(&bytes, &policy, &model))
}

/// Only reads a mail, likewise.
///
/// # Errors
/// When the operating system gives no thread.
pub fn read_once(bytes: Vec<u8>, policy: ReadPolicy) -> std::io::Result<Reading> {
    on_a_large_stack(move || mail::read(&bytes, &policy))
}

fn on_a_large_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> std::io::Result<T> {
    let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn(work)?;
    thread.join().map_err(|_| std::io::Error::other("the reader crashed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_that_crashes_the_reading_costs_only_itself() {
        let reader = Reader::start_with(Arc::default(), |bytes, policy, model| {
            assert_ne!(bytes, b"crash", "a bug of ours");
            read_one(bytes, policy, model)
        });
        let reader = reader.unwrap();
        let mails = [&b"Subject: one\r\n\r\n"[..], b"crash", b"Subject: two\r\n\r\n"];
        for _ in 0..2 {
            let mails = mails.iter().map(|bytes| Arc::new(bytes.to_vec())).collect();
            let read = reader.read(mails, ReadPolicy::default()).await.unwrap();
            let subjects: Vec<_> =
                read.into_iter().map(|read| read.and_then(|(reading, _)| reading.subject)).collect();
            assert_eq!(subjects, [Some("one".to_owned()), None, Some("two".to_owned())]);
        }
    }
}
