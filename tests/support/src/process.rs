//! A server process with everything it forked, ended together: graceful stops of mail servers take a second or more, and a
//! test that panics must leave nothing behind.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus},
    time::{Duration, Instant},
};

/// How long what was killed may take to end.
const GONE_MAX: Duration = Duration::from_secs(10);

/// A child that leads a process group of its own; dropping it kills the whole group.
#[derive(Debug)]
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts the command as leader of a new process group. Should the calling thread die without dropping this, as when
    /// the whole test run is killed, the leader is killed as well.
    ///
    /// # Errors
    /// As [`Command::spawn`].
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        let die_with_parent = || {
            // SAFETY: prctl with PR_SET_PDEATHSIG takes an integer and is safe between fork and exec (prctl(2)).
            let outcome = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            if outcome == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
        };
        // SAFETY: the closure makes one system call and allocates nothing.
        unsafe { command.pre_exec(die_with_parent) };
        command.process_group(0).spawn().map(|child| Self { child })
    }

    /// Starts the command as leader of a new process group that ends by itself, in its own order, once this program is gone.
    ///
    /// # Errors
    /// As [`Command::spawn`].
    pub fn spawn_to_be_told(command: &mut Command) -> io::Result<Self> {
        command.process_group(0).spawn().map(|child| Self { child })
    }

    /// The leader's process id, which is the group's.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The streams of the child that were piped.
    pub fn child_mut(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Sends a signal to the leader alone, as systemd does at first.
    pub fn signal(&self, signal: i32) {
        kill(self.pid(), signal);
    }

    /// SIGTERM to the leader.
    pub fn terminate(&self) {
        self.signal(libc::SIGTERM);
    }

    /// Kills the group and waits until none of it is left: a helper that outlives its server by a moment still holds the
    /// server's sockets, and the next start on the same address fails ("Address already in use").
    pub fn kill(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            kill(-self.pid(), libc::SIGKILL);
        }
        // An error here means that it was waited for before.
        let _gone = self.child.wait();
        let end = Instant::now() + GONE_MAX;
        while has_members(self.pid()) && Instant::now() < end {
            pause();
        }
    }

    /// Waits for the leader's end; `None` after the limit.
    pub fn wait_at_most(&mut self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < end => pause(),
                _ => return None,
            }
        }
    }

    fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap_or(i32::MAX)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether a process of this group runs. One that ended and was not waited for (`Z`) holds nothing any more (proc(5)).
fn has_members(group: i32) -> bool {
    let runs_in_it = |stat: &str| {
        // The name before the closing parenthesis may hold anything.
        let mut fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).into_iter().flatten();
        let (state, pgrp) = (fields.next(), fields.nth(1));
        state != Some("Z") && pgrp.and_then(|id| id.parse().ok()) == Some(group)
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok());
    stats.into_iter().any(|stat| runs_in_it(&stat))
}

fn kill(pid: i32, signal: i32) {
    // SAFETY: kill takes two integers and touches no memory of ours (kill(2)).
    unsafe { libc::kill(pid, signal) };
}

/// The step of every wait in this crate: waits poll a condition up to a deadline, they never take a fixed time.
pub(crate) fn pause() {
    std::thread::sleep(Duration::from_millis(15));
}

/// Waits until a server greets with these bytes.
///
/// # Errors
/// The last failure, after the limit.
pub fn wait_for_greeting(ip: Ipv4Addr, port: u16, start: &[u8], limit: Duration) -> io::Result<()> {
    let end = Instant::now() + limit;
    loop {
        let outcome = greeting(SocketAddr::from((ip, port)), start);
        if outcome.is_ok() || Instant::now() >= end {
            return outcome;
        }
        pause();
    }
}

fn greeting(address: SocketAddr, start: &[u8]) -> io::Result<()> {
    use io::Read;
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut seen = vec![0; start.len()];
    stream.read_exact(&mut seen)?;
    if seen == start { Ok(()) } else { Err(io::Error::other("greets with something else")) }
}

/// Ids of a system user and its group, read from `/etc/passwd`.
///
/// # Errors
/// When there is no such user.
pub(crate) fn user_ids(name: &str) -> io::Result<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let mut found = passwd.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        (fields.first() == Some(&name))
            .then(|| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))?
    });
    found.next().ok_or_else(|| io::Error::other(format!("no user {name}")))
}

/// The id of a system group, read from `/etc/group`.
///
/// # Errors
/// When there is no such group.
pub(crate) fn group_id(name: &str) -> io::Result<u32> {
    let groups = std::fs::read_to_string("/etc/group")?;
    let mut found = groups.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        (fields.first() == Some(&name)).then(|| fields.get(2)?.parse().ok())?
    });
    found.next().ok_or_else(|| io::Error::other(format!("no group {name}")))
}
