//! A real PostgreSQL of a test program: its own cluster in memory where there is `/dev/shm`, reached by a Unix socket, with a
//! new database for each desk. Commits are synced as in life (`fsync = on`), which costs nothing in memory.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::process::{Group, pause};

/// Where Debian puts the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// The oldest version that maildesk works with.
const VERSION_MIN: u32 = 15;
/// Creating a cluster and starting it, on a busy machine.
const START_MAX: Duration = Duration::from_secs(60);
/// The account that the server runs under when the tests run as root, which it refuses.
const ACCOUNT: &str = "postgres";

/// Ends with the test program, however that ends: the read gives up when the other end of standard input is gone.
const KEEPER: &str = r#"
"$1/initdb" --pgdata="$2/data" --username=maildesk --auth=trust --encoding=UTF8 --locale=C --no-sync >"$2/log" 2>&1 || exit 1
run() {
    "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c autovacuum=off \
        -c log_min_messages=warning >>"$2/log" 2>&1 &
    server=$!
}
run "$1" "$2"
while read -r word; do
    case $word in
        stop) kill -INT "$server"; wait "$server" ;;
        crash) kill -QUIT "$server"; wait "$server" ;;
        start) run "$1" "$2" ;;
    esac
    echo "$word"
done
kill -QUIT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$2"
"#;

/// A running cluster.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    keeper: Group,
    databases: AtomicU32,
}

impl Postgres {
    /// The cluster that all tests of this program share. It is told apart by databases.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| {
            // On a thread that outlives the test that came first: the keeper would die with it.
            let (started, cluster) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                started.send(Self::start()).ok();
                loop {
                    std::thread::park();
                }
            });
            match cluster.recv().map_err(io::Error::other).flatten() {
                Ok(cluster) => cluster,
                Err(why) => panic!("PostgreSQL does not start: {why}"),
            }
        })
    }

    /// A cluster of one's own, for tests that stop it.
    ///
    /// # Errors
    /// When the programs are missing or the server does not start, with its log.
    pub fn start() -> io::Result<Self> {
        let memory = PathBuf::from("/dev/shm");
        Self::start_in(&if memory.is_dir() { memory } else { std::env::temp_dir() })
    }

    /// The same with its files in a folder of this place: on a disk, for benchmarks.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub fn start_in(place: &Path) -> io::Result<Self> {
        let programs =
            programs().ok_or_else(|| io::Error::other("PostgreSQL 15 or newer is not installed"))?;
        let folder = tempfile::Builder::new().prefix("mkpg").tempdir_in(place)?;
        let mut command;
        if let Some((user, group)) = account()? {
            chown(folder.path(), Some(user), Some(group))?;
            command = Command::new("setpriv");
            command.args([
                format!("--reuid={user}"),
                format!("--regid={group}"),
                "--clear-groups".to_owned(),
            ]);
            command.arg("sh");
        } else {
            command = Command::new("sh");
        }
        command.args(["-c", KEEPER, "keeper"]).arg(&programs).arg(folder.path());
        command.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let keeper = Group::spawn_to_be_told(&mut command)?;
        let cluster = Self { programs, folder, keeper, databases: AtomicU32::new(0) };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The URL of a new, empty database, as `[store] url` takes it.
    ///
    /// # Errors
    /// With the server's words.
    pub fn database(&self) -> io::Result<String> {
        let name = format!("desk{}", self.databases.fetch_add(1, Ordering::SeqCst));
        self.run("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(format!("postgres://maildesk@localhost/{name}?host={}", self.folder.path().display()))
    }

    /// Runs a statement in the database of this URL; the rows as psql prints them, unaligned.
    ///
    /// # Errors
    /// With the server's words.
    pub fn sql(&self, url: &str, statement: &str) -> io::Result<String> {
        let name = url.split('?').next().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        self.run(name, statement)
    }

    /// An orderly end (`stop`), an end as by a power cut (`crash`), and a new beginning (`start`).
    ///
    /// # Errors
    /// When the keeper is gone.
    pub fn tell(&mut self, word: &str) -> io::Result<()> {
        let child = self.keeper.child_mut();
        let (Some(input), Some(output)) = (child.stdin.as_mut(), child.stdout.as_mut()) else {
            return Err(io::Error::other("the keeper has no pipes"));
        };
        writeln!(input, "{word}")?;
        let mut answer = vec![0; word.len() + 1];
        io::Read::read_exact(output, &mut answer)?;
        if word == "start" { self.wait_until_ready() } else { Ok(()) }
    }

    fn run(&self, database: &str, statement: &str) -> io::Result<String> {
        let done = Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
            .args(["--username=maildesk", "--dbname", database, "--host"])
            .arg(self.folder.path())
            .args(["--command", statement])
            .output()?;
        if done.status.success() {
            Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
        } else {
            Err(io::Error::other(String::from_utf8_lossy(&done.stderr).into_owned()))
        }
    }

    fn wait_until_ready(&self) -> io::Result<()> {
        let end = Instant::now() + START_MAX;
        loop {
            match self.run("postgres", "SELECT 1") {
                Ok(_) => return Ok(()),
                Err(_) if Instant::now() < end => pause(),
                Err(why) => {
                    let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                    return Err(io::Error::other(format!("{why}\n{log}")));
                }
            }
        }
    }
}

/// The newest version's folder of programs.
pub(crate) fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(VERSIONS)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(version, folder)| *version >= VERSION_MIN && folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, folder)| folder)
}

/// User and group of [`ACCOUNT`] when this program is root; `None`: the server may run as we do.
fn account() -> io::Result<Option<(u32, u32)>> {
    // SAFETY: geteuid has no preconditions and cannot fail (geteuid(2)).
    if unsafe { libc::geteuid() } != 0 {
        return Ok(None);
    }
    let id = |flag: &str| -> io::Result<u32> {
        let output = Command::new("id").args([flag, ACCOUNT]).output()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().map_err(io::Error::other)
    };
    Ok(Some((id("-u")?, id("-g")?)))
}
