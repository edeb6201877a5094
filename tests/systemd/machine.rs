//! A booted system, driven from outside through its namespaces.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A running system. Dropped: killed, and nothing of it is left.
pub struct Machine {
    script: Child,
    pid: String,
}

impl Machine {
    /// Boots a copy of this machine with `files` laid over it. None where that is impossible, which is said.
    pub fn boot(files: &Path, target: &str) -> Option<Self> {
        // The folder's own mode becomes that of `/`.
        fs::set_permissions(files, fs::Permissions::from_mode(0o755)).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/systemd/boot.sh");
        let mut command = Command::new("bash");
        command
            .arg(script)
            .arg(files)
            .arg(target)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut script = match command.spawn() {
            Ok(script) => script,
            Err(why) => {
                skip(&format!("bash cannot be run: {why}"));
                return None;
            }
        };
        let mut words = BufReader::new(script.stdout.take().unwrap()).lines();
        let first = words.next().and_then(Result::ok).unwrap_or_default();
        if let Some(pid) = first.strip_prefix("booted ") {
            return Some(Self { script, pid: pid.to_owned() });
        }
        let console: Vec<String> = words.map_while(Result::ok).collect();
        let output = script.wait_with_output().unwrap();
        let trouble = String::from_utf8_lossy(&output.stderr).into_owned();
        skip(&format!("systemd does not boot in namespaces here: {first} {console:#?} {trouble}"));
        None
    }

    /// Runs shell commands in it: what they print, or everything about their failure.
    pub fn try_run(&self, commands: &str) -> Result<String, String> {
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.pid, "-a", "sh", "-ec", commands]).stdin(Stdio::null());
        let output = command.output().map_err(|why| why.to_string())?;
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(words);
        }
        Err(format!("{commands}\n{}\n{words}{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }

    /// The same, and it must succeed.
    #[track_caller]
    pub fn run(&self, commands: &str) -> String {
        self.try_run(commands).unwrap_or_else(|why| panic!("{why}\n{}", self.journal()))
    }

    /// A property of the desk's unit, as systemd has it.
    pub fn property(&self, name: &str) -> String {
        self.run(&format!("systemctl show -p {name} --value maildesk")).trim().to_owned()
    }

    /// What the desk logged, and systemd about it.
    pub fn journal(&self) -> String {
        self.try_run("journalctl --no-pager -u maildesk -u lab-dovecot").unwrap_or_else(|why| why)
    }

    /// Looks again and again until it is so.
    #[track_caller]
    pub fn wait(&self, what: &str, at_most: Duration, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + at_most;
        while !is_so(self) {
            assert!(Instant::now() < end, "not within {at_most:?}: {what}\n{}", self.journal());
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // The script ends, and cleans up, when its input does.
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

/// Says that something was not tested, which CI does not accept.
#[track_caller]
pub fn skip(why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must be able to test this: {why}");
    println!("NOT TESTED: {why}");
}

/// Writes a file below `root`, with its folders.
pub fn put(root: &Path, path: &str, bytes: &[u8], mode: u32) {
    let path = root.join(path);
    let folder = path.parent().unwrap();
    fs::DirBuilder::new().recursive(true).mode(0o755).create(folder).unwrap();
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}
