//! A process under ptrace(2): its system calls that write, sync, send or receive are counted over all threads, it can be
//! killed exactly at the n-th of them, and what it does to its files can be recorded with the bytes.
//!
//! `strace -e inject=…:when=N` counts each thread by itself, so "the N-th call of the process" cannot be said with it. A
//! seccomp filter lets all other calls run at full speed (seccomp(2), `SECCOMP_RET_TRACE`). x86-64 Linux only.
//!
//! It knows nothing of maildesk. Invariant: ptrace belongs to the thread that started the process, so that thread starts it,
//! follows it and ends with it.

mod calls;

use std::{
    collections::{HashMap, HashSet},
    io,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::Command,
    sync::mpsc,
    thread::JoinHandle,
};

use calls::{Call, Target};
use nix::{
    errno::Errno,
    sys::{
        ptrace::{self, Options},
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// When in the course of a call the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The call is never executed.
    Before,
    /// Half of the bytes of a write or send are taken; other calls are not executed.
    Halfway,
    /// The call is complete, and the process does not learn it.
    After,
}

/// Where the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill {
    /// From 1.
    pub nth: u64,
    pub moment: Moment,
}

/// What happened to a watched file. Paths are the file's own, absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Create(PathBuf),
    Write {
        path: PathBuf,
        offset: u64,
        bytes: Vec<u8>,
    },
    Truncate {
        path: PathBuf,
        length: u64,
    },
    /// Of a file, or of the folder, which makes creations and removals in it durable.
    Sync(PathBuf),
    Remove(PathBuf),
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
}

/// Told of each change right after it was made, while the process waits at it.
pub type Recorder = Box<dyn FnMut(Change) + Send>;

/// What to do with the process.
#[derive(Default)]
pub struct Plan {
    /// Files whose path begins so are watched, and so is their folder: calls on them count. Calls on sockets always count,
    /// calls on other files never.
    pub files: PathBuf,
    pub kill: Option<Kill>,
    pub recorder: Option<Recorder>,
}

/// How it went.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Calls that counted.
    pub calls: u64,
    /// The call at which the process was killed: its name and its file, as `fdatasync maildesk.db-wal`. `None`: it never came
    /// so far.
    pub killed_at: Option<String>,
    /// How often each call was made on each kind of thing.
    pub census: HashMap<String, u64>,
}

/// A process that is followed.
#[derive(Debug)]
pub struct Traced {
    pid: Pid,
    thread: Option<JoinHandle<Course>>,
}

impl Traced {
    /// Starts the command and follows it from its first instruction.
    ///
    /// # Errors
    /// As [`Command::spawn`]; when ptrace or seccomp are not allowed here.
    pub fn spawn(mut command: Command, plan: Plan) -> io::Result<Self> {
        let filter = calls::filter();
        let prepare = move || {
            ptrace::traceme()?;
            calls::install(&filter)
        };
        // SAFETY: between fork and exec the closure makes three system calls and allocates nothing.
        unsafe { command.pre_exec(prepare) };
        let (tell, told) = mpsc::channel();
        let thread = std::thread::Builder::new().name("tracer".to_owned()).spawn(move || {
            let begun = command.process_group(0).spawn().and_then(|child| {
                let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
                begin(pid).map(|()| pid).map_err(io::Error::from)
            });
            let pid = begun.as_ref().ok().copied();
            drop(tell.send(begun));
            pid.map(|pid| Following::new(pid, plan).run()).unwrap_or_default()
        })?;
        let pid = told.recv().map_err(io::Error::other)??;
        Ok(Self { pid, thread: Some(thread) })
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        u32::try_from(self.pid.as_raw()).unwrap_or(0)
    }

    /// Whether it has ended, by whatever.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// SIGTERM, unless it has ended.
    pub fn terminate(&self) {
        if !self.has_ended() {
            let _ended = kill(self.pid, Signal::SIGTERM);
        }
    }

    /// SIGKILL, unless it has ended, and how it went.
    pub fn end(mut self) -> Course {
        self.kill()
    }

    fn kill(&mut self) -> Course {
        let Some(thread) = self.thread.take() else { return Course::default() };
        // While the thread lives nobody else waits for the process, so that its id cannot mean another one.
        if !thread.is_finished() {
            end(self.pid);
        }
        thread.join().unwrap_or_default()
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        self.kill();
    }
}

/// From the stop at exec(2) on, the filter may report.
fn begin(pid: Pid) -> nix::Result<()> {
    waitpid(pid, Some(WaitPidFlag::__WALL))?;
    let options = Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_EXITKILL;
    ptrace::setoptions(pid, options)?;
    ptrace::cont(pid, None)
}

/// Lets a thread go on. It fails (ESRCH) for a thread that was killed meanwhile, whose end is reported next.
fn go(thread: Pid) {
    let _ended = ptrace::cont(thread, None);
}

fn go_with(thread: Pid, signal: Signal) {
    let _ended = ptrace::cont(thread, signal);
}

fn end(process: Pid) {
    let _ended = kill(process, Signal::SIGKILL);
}

struct Following {
    main: Pid,
    plan: Plan,
    course: Course,
    known: HashSet<Pid>,
    /// Calls under way, to be looked at when they return.
    pending: HashMap<Pid, Pending>,
}

struct Pending {
    change: Option<Change>,
    /// Killed when it returns.
    last: bool,
}

impl Following {
    fn new(main: Pid, plan: Plan) -> Self {
        Self { main, plan, course: Course::default(), known: [main].into(), pending: HashMap::new() }
    }

    fn run(mut self) -> Course {
        // Only what this thread started: another tracer's processes are another thread's.
        let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
        loop {
            match waitpid(Pid::from_raw(-1), Some(flags)) {
                Ok(status) => self.on(status),
                Err(Errno::EINTR) => {}
                // All its threads have ended.
                Err(_) => return self.course,
            }
        }
    }

    fn on(&mut self, status: WaitStatus) {
        const SECCOMP: i32 = 7;
        match status {
            WaitStatus::PtraceEvent(thread, _, SECCOMP) => self.call_begins(thread),
            WaitStatus::PtraceEvent(thread, ..) => go(thread),
            WaitStatus::PtraceSyscall(thread) => self.call_returns(thread),
            // The stop with which a new thread begins.
            WaitStatus::Stopped(thread, Signal::SIGSTOP) if self.known.insert(thread) => go(thread),
            WaitStatus::Stopped(thread, signal) => go_with(thread, signal),
            WaitStatus::Exited(thread, _) | WaitStatus::Signaled(thread, ..) => {
                self.known.remove(&thread);
                self.pending.remove(&thread);
            }
            WaitStatus::Continued(_) | WaitStatus::StillAlive => {}
        }
    }

    fn call_begins(&mut self, thread: Pid) {
        let Some(call) = Call::of(thread) else { return go(thread) };
        let target = call.target(thread, &self.plan.files);
        if matches!(target, Target::Other) {
            return go(thread);
        }
        self.course.calls += 1;
        let words = format!("{} {}", call.name(), target.words(&self.plan.files));
        *self.course.census.entry(words.clone()).or_default() += 1;
        let kill_now = self.plan.kill.filter(|kill| kill.nth == self.course.calls);
        if let Some(Kill { moment, .. }) = kill_now {
            self.course.killed_at = Some(words);
            if moment == Moment::Before || (moment == Moment::Halfway && !call.halve(thread)) {
                return end(self.main);
            }
        }
        let change = self.plan.recorder.as_ref().and_then(|_| call.change(thread, &target));
        if change.is_none() && kill_now.is_none() {
            return go(thread);
        }
        self.pending.insert(thread, Pending { change, last: kill_now.is_some() });
        // An error: as in `go`.
        let _ended = ptrace::syscall(thread, None);
    }

    fn call_returns(&mut self, thread: Pid) {
        let Some(Pending { change, last }) = self.pending.remove(&thread) else {
            return go(thread);
        };
        if last {
            return end(self.main);
        }
        if let (Some(change), Some(recorder), Some(result)) =
            (change, self.plan.recorder.as_mut(), calls::result(thread))
            && let Some(change) = calls::as_done(change, result)
        {
            recorder(change);
        }
        go(thread);
    }
}
