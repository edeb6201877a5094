//! The calls that are stopped at: what they are about, and what they changed. x86-64 numbers and registers (syscall(2)).

use std::{
    fs, io,
    io::IoSliceMut,
    mem::size_of,
    path::{Path, PathBuf},
};

use nix::{
    sys::{
        ptrace,
        uio::{RemoteIoVec, process_vm_readv},
    },
    unistd::Pid,
};

use super::Change;

/// What a call's first argument is, or that it names paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// (fd, buffer, length, offset)
    WriteAt,
    /// (fd, buffer, length)
    Write,
    /// (fd, vector, count[, offset]): lengths lie in memory.
    WriteVector,
    /// (fd, …), bytes come in.
    Receive,
    /// (fd, …)
    Sync,
    /// (fd, length)
    Truncate,
    /// (folder fd, path, flags)
    Open,
    /// (path)
    Remove,
    /// (folder fd, path, flags)
    RemoveAt,
    /// (path, path)
    Rename,
    /// (folder fd, path, folder fd, path)
    RenameAt,
    /// (fd, address, length)
    Connect,
}

const CALLS: [(i64, &str, Shape); 23] = [
    (libc::SYS_write, "write", Shape::Write),
    (libc::SYS_pwrite64, "pwrite64", Shape::WriteAt),
    (libc::SYS_writev, "writev", Shape::WriteVector),
    (libc::SYS_pwritev, "pwritev", Shape::WriteVector),
    (libc::SYS_pwritev2, "pwritev2", Shape::WriteVector),
    (libc::SYS_sendto, "sendto", Shape::Write),
    (libc::SYS_sendmsg, "sendmsg", Shape::WriteVector),
    (libc::SYS_sendmmsg, "sendmmsg", Shape::WriteVector),
    (libc::SYS_read, "read", Shape::Receive),
    (libc::SYS_readv, "readv", Shape::Receive),
    (libc::SYS_recvfrom, "recvfrom", Shape::Receive),
    (libc::SYS_recvmsg, "recvmsg", Shape::Receive),
    (libc::SYS_recvmmsg, "recvmmsg", Shape::Receive),
    (libc::SYS_fsync, "fsync", Shape::Sync),
    (libc::SYS_fdatasync, "fdatasync", Shape::Sync),
    (libc::SYS_ftruncate, "ftruncate", Shape::Truncate),
    (libc::SYS_openat, "openat", Shape::Open),
    (libc::SYS_unlink, "unlink", Shape::Remove),
    (libc::SYS_unlinkat, "unlinkat", Shape::RemoveAt),
    (libc::SYS_rename, "rename", Shape::Rename),
    (libc::SYS_renameat, "renameat", Shape::RenameAt),
    (libc::SYS_renameat2, "renameat2", Shape::RenameAt),
    (libc::SYS_connect, "connect", Shape::Connect),
];

/// The filter: these calls are reported, all others pass.
pub(super) fn filter() -> Vec<libc::sock_filter> {
    // BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K (linux/bpf_common.h).
    const LOAD_NUMBER: u16 = 0x20;
    const JUMP_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    let step = |code, k, jt, jf| libc::sock_filter { code, jt, jf, k };
    let mut program = vec![step(LOAD_NUMBER, 0, 0, 0)];
    let count = u8::try_from(CALLS.len()).unwrap_or(u8::MAX);
    for ((number, ..), at) in CALLS.iter().zip(0..) {
        // Over the comparisons that are left, and over the word that lets pass.
        program.push(step(JUMP_EQUAL, u32::try_from(*number).unwrap_or(u32::MAX), count - at, 0));
    }
    program.push(step(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0));
    program.push(step(RETURN, libc::SECCOMP_RET_TRACE, 0, 0));
    program
}

/// Puts the filter over the calling process; without privileges it first has to renounce gaining any (seccomp(2)).
pub(super) fn install(filter: &[libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog {
        len: u16::try_from(filter.len()).unwrap_or(u16::MAX),
        filter: filter.as_ptr().cast_mut(),
    };
    // SAFETY: the kernel reads `len` instructions at `filter`, which outlives both calls, and writes nothing.
    let done = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) == 0
    };
    if done { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// What a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Socket,
    /// A watched file, or the watched folder.
    File(PathBuf),
    Files(PathBuf, PathBuf),
    /// Nothing that counts.
    Other,
}

impl Target {
    /// `files` as in [`super::Plan`].
    pub(super) fn words(&self, files: &Path) -> String {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match self {
            Self::Socket => "socket".to_owned(),
            Self::File(path) if Some(path.as_path()) == files.parent() => "folder".to_owned(),
            Self::File(path) => name(path),
            Self::Files(from, to) => format!("{} {}", name(from), name(to)),
            Self::Other => String::new(),
        }
    }
}

/// A call at which a thread is stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    name: &'static str,
    shape: Shape,
    registers: libc::user_regs_struct,
}

impl Call {
    pub(super) fn of(thread: Pid) -> Option<Self> {
        let registers = ptrace::getregs(thread).ok()?;
        let known = CALLS.iter().find(|(number, ..)| u64::try_from(*number) == Ok(registers.orig_rax))?;
        Some(Self { name: known.1, shape: known.2, registers })
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// What it is about; `files` as in [`super::Plan`].
    pub(super) fn target(&self, thread: Pid, files: &Path) -> Target {
        let r = &self.registers;
        let watched =
            |path: PathBuf| if is_watched(&path, files) { Target::File(path) } else { Target::Other };
        match self.shape {
            Shape::Open => {
                const CREATE: u64 = libc::O_CREAT as u64;
                match text_at(thread, r.rsi) {
                    Some(path) if r.rdx & CREATE != 0 && !path.exists() => watched(path),
                    _ => Target::Other,
                }
            }
            Shape::Remove => text_at(thread, r.rdi).map_or(Target::Other, watched),
            Shape::RemoveAt => text_at(thread, r.rsi).map_or(Target::Other, watched),
            Shape::Rename | Shape::RenameAt => {
                let (from, to) = if self.shape == Shape::Rename { (r.rdi, r.rsi) } else { (r.rsi, r.r10) };
                match (text_at(thread, from), text_at(thread, to)) {
                    (Some(from), Some(to)) if is_watched(&from, files) || is_watched(&to, files) => {
                        Target::Files(from, to)
                    }
                    _ => Target::Other,
                }
            }
            shape => match fs::read_link(format!("/proc/{thread}/fd/{}", r.rdi)) {
                Ok(link) if link.to_string_lossy().starts_with("socket:") => Target::Socket,
                // What is read from a file changes nothing, and leaves no trace when it does not come.
                Ok(path) if !matches!(shape, Shape::Receive | Shape::Connect) => watched(path),
                _ => Target::Other,
            },
        }
    }

    /// Lets a write take half of its bytes only; false when it is no such call.
    pub(super) fn halve(&self, thread: Pid) -> bool {
        let can = matches!(self.shape, Shape::Write | Shape::WriteAt) && self.registers.rdx >= 2;
        let halved = libc::user_regs_struct { rdx: self.registers.rdx / 2, ..self.registers };
        can && ptrace::setregs(thread, halved).is_ok()
    }

    /// What it will have changed when it succeeds.
    pub(super) fn change(&self, thread: Pid, target: &Target) -> Option<Change> {
        let r = &self.registers;
        if let Target::Files(from, to) = target {
            return Some(Change::Rename { from: from.clone(), to: to.clone() });
        }
        let Target::File(path) = target else { return None };
        let path = path.clone();
        match self.shape {
            Shape::Write | Shape::WriteAt => {
                let bytes = memory_at(thread, r.rsi, usize::try_from(r.rdx).ok()?)?;
                let offset = if self.shape == Shape::WriteAt { r.r10 } else { position(thread, r.rdi)? };
                Some(Change::Write { path, offset, bytes })
            }
            // Nobody here writes files so; a store that began to would be recorded wrongly, and must not be.
            Shape::WriteVector => panic!("{} on {}: cannot be recorded", self.name, path.display()),
            Shape::Sync => Some(Change::Sync(path)),
            Shape::Truncate => Some(Change::Truncate { path, length: r.rsi }),
            Shape::Open => Some(Change::Create(path)),
            Shape::Remove | Shape::RemoveAt => Some(Change::Remove(path)),
            Shape::Receive | Shape::Rename | Shape::RenameAt | Shape::Connect => None,
        }
    }
}

/// The return value of the call that a thread returns from.
pub(super) fn result(thread: Pid) -> Option<i64> {
    Some(ptrace::getregs(thread).ok()?.rax.cast_signed())
}

/// The change that a call with this result made.
pub(super) fn as_done(change: Change, result: i64) -> Option<Change> {
    let result = u64::try_from(result).ok()?;
    match change {
        Change::Write { path, offset, mut bytes } => {
            bytes.truncate(usize::try_from(result).ok()?);
            Some(Change::Write { path, offset, bytes })
        }
        other => Some(other),
    }
}

/// A file whose path begins as watched, or the folder of such files.
fn is_watched(path: &Path, files: &Path) -> bool {
    let text = path.to_string_lossy();
    let own = files.to_string_lossy();
    !own.is_empty() && (text.starts_with(own.as_ref()) || Some(path) == files.parent())
}

/// Where the next `write` to a file goes.
fn position(thread: Pid, fd: u64) -> Option<u64> {
    let info = fs::read_to_string(format!("/proc/{thread}/fdinfo/{fd}")).ok()?;
    info.lines().find_map(|line| line.strip_prefix("pos:"))?.trim().parse().ok()
}

fn memory_at(thread: Pid, address: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    let remote = RemoteIoVec { base: usize::try_from(address).ok()?, len: length };
    let read = process_vm_readv(thread, &mut [IoSliceMut::new(&mut bytes)], &[remote]).ok()?;
    (read == length).then_some(bytes)
}

/// A path in the process's memory. Read word by word: the memory behind its NUL need not exist.
fn text_at(thread: Pid, address: u64) -> Option<PathBuf> {
    let mut text = Vec::new();
    while text.len() < 4096 {
        let at = address.checked_add(text.len() as u64)?;
        // To the next word boundary, which no page boundary lies within.
        let length = size_of::<u64>() - usize::try_from(at).ok()? % size_of::<u64>();
        let piece = memory_at(thread, at, length)?;
        let end = piece.iter().position(|byte| *byte == 0);
        text.extend_from_slice(piece.get(..end.unwrap_or(length))?);
        if end.is_some() {
            return String::from_utf8(text).ok().map(PathBuf::from);
        }
    }
    None
}
