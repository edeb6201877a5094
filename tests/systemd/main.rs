//! The shipped unit under a real systemd: it verifies without a word, it is hardened, and a booted system starts, reloads,
//! supervises and stops the real program with it, mail and credentials included.
//!
//! Where the machine cannot boot one (no root, no namespaces), the test says so and passes, but fails where `CI=true`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod machine;

use std::{fs, path::Path, process::Command, time::Duration};

use machine::{Machine, skip};

const UNIT: &str = include_str!("../../systemd/maildesk.service");
const PASSWORD: &str = "a password that no log may show";
const SUBJECT: &str = "Cannot log in since this morning";

/// The unit file alone in a folder, its program replaced by one that exists everywhere.
fn unit_file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("maildesk.service");
    fs::write(&path, UNIT.replace("/usr/local/bin/maildesk ", "/bin/true ")).unwrap();
    path
}

/// `systemd-analyze` with these arguments: everything that it printed. None where there is none.
fn analyze(arguments: &[&str]) -> Option<String> {
    match Command::new("systemd-analyze").args(arguments).output() {
        Ok(output) => Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()),
        Err(why) => {
            skip(&format!("systemd-analyze cannot be run: {why}"));
            None
        }
    }
}

/// It exits with 0 on warnings, so its words are read (systemd 252).
#[test]
fn the_unit_verifies_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let unit = unit_file(folder.path());
    let Some(words) = analyze(&["verify", unit.to_str().unwrap()]) else { return };
    let ours: Vec<&str> = words.lines().filter(|line| line.contains("maildesk")).collect();
    assert!(ours.is_empty(), "{ours:#?}");
}

#[test]
fn the_unit_is_hardened() {
    let folder = tempfile::tempdir().unwrap();
    let unit = unit_file(folder.path());
    let Some(words) = analyze(&["security", "--offline=true", "--threshold=12", unit.to_str().unwrap()])
    else {
        return;
    };
    let verdict = words.lines().rev().find(|line| line.contains("Overall exposure level")).expect(&words);
    let level: f64 = verdict.split(':').nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    assert!(level <= 1.2, "{words}");
}

/// What would end the desk, or show what it must hide.
#[test]
fn the_unit_restarts_for_ever_and_dumps_no_core() {
    for line in ["Type=notify", "Restart=always", "StartLimitIntervalSec=0", "LimitCORE=0", "DynamicUser=yes"]
    {
        assert!(UNIT.lines().any(|found| found == line), "{line} is gone");
    }
}

#[test]
fn a_booted_system_runs_the_desk() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    let Some(machine) = Machine::boot(folder.path(), "basic.target") else { return };
    machine.run("systemctl start lab-dovecot");
    machine.run("systemctl start maildesk");
    starts_ready_with_its_credentials(&machine);
    takes_mail(&machine);
    reloads(&machine);
    survives_a_hang(&machine);
    stops(&machine);
    let journal = machine.run("journalctl --no-pager -u maildesk");
    assert!(!journal.contains(PASSWORD) && !journal.contains(SUBJECT), "{journal}");
}

/// Everything that the booted system has besides this machine's own root.
fn lay_out(root: &Path) {
    let put = |path: &str, text: &str, mode: u32| machine::put(root, path, text.as_bytes(), mode);
    put("etc/systemd/system/maildesk.service", UNIT, 0o644);
    put("etc/systemd/system/lab-dovecot.service", DOVECOT_UNIT, 0o644);
    put("etc/lab/dovecot.conf", DOVECOT, 0o644);
    put("etc/lab/users", &format!("support:{{PLAIN}}{PASSWORD}::::::\n"), 0o644);
    put("etc/maildesk/maildesk.toml", CONFIG, 0o644);
    put("etc/maildesk/desk-secret", &format!("1:{}\n", "5e".repeat(32)), 0o600);
    put("etc/maildesk/imap-password", &format!("{PASSWORD}\n"), 0o600);
    put("etc/maildesk/smtp-password", &format!("{PASSWORD}\n"), 0o600);
    machine::put(root, "usr/local/bin/maildesk", &fs::read(env!("CARGO_BIN_EXE_maildesk")).unwrap(), 0o755);
}

/// The secrets beside the config are root's alone, so a start proves that the service read its own copies.
fn starts_ready_with_its_credentials(machine: &Machine) {
    assert_eq!(machine.property("ActiveState"), "active", "{}", machine.journal());
    assert_ne!(machine.property("StatusText"), "", "it says what it does");
    let user = machine.run("ps -o user= -p $(systemctl show -p MainPID --value maildesk)");
    assert_ne!(user.trim(), "root");
}

fn takes_mail(machine: &Machine) {
    machine.run(&format!("doveadm -c /etc/lab/dovecot.conf save -u support <<'END'\n{}END", mail()));
    machine.wait("the mail becomes a ticket", Duration::from_secs(60), |machine| {
        machine
            .try_run("/usr/local/bin/maildesk ticket list --json")
            .is_ok_and(|tickets| tickets.contains(SUBJECT))
    });
}

fn mail() -> String {
    format!(
        "From: Wang Fang <wang.fang@client.test>\nTo: support@desk.test\nSubject: {SUBJECT}\n\
         Date: Mon, 05 Jan 2026 09:00:00 +0000\nMessage-ID: <1@client.test>\n\nIt says: error 500.\n"
    )
}

fn reloads(machine: &Machine) {
    machine.run("systemctl reload maildesk");
    machine.wait("the reload is logged", Duration::from_secs(20), |machine| {
        machine.journal().contains("reloaded")
    });
    assert_eq!(machine.property("NRestarts"), "0", "a reload is no restart");
}

/// A stopped process feeds no watchdog: systemd kills it and starts another.
fn survives_a_hang(machine: &Machine) {
    let short = "[Service]\\nWatchdogSec=2\\nTimeoutAbortSec=1\\n";
    machine.run(&format!(
        "mkdir -p /etc/systemd/system/maildesk.service.d
         printf '{short}' > /etc/systemd/system/maildesk.service.d/lab.conf
         systemctl daemon-reload && systemctl restart maildesk && systemctl kill --signal=STOP --kill-who=main maildesk"
    ));
    machine.wait("the watchdog restarts it", Duration::from_secs(60), |machine| {
        machine.property("NRestarts") != "0" && machine.property("ActiveState") == "active"
    });
}

fn stops(machine: &Machine) {
    let begin = std::time::Instant::now();
    machine.run("systemctl stop maildesk");
    assert!(begin.elapsed() < Duration::from_secs(10), "it took {:?}", begin.elapsed());
    assert_eq!(
        (machine.property("ActiveState"), machine.property("Result")),
        ("inactive".into(), "success".into())
    );
}

const CONFIG: &str = r#"[store]
url = "sqlite:///var/lib/maildesk/maildesk.db"
[desk]
name = "Lab"
secret_file = "desk-secret"
[[mailbox]]
name = "support"
address = "support@desk.test"
start = "all"
[mailbox.imap]
host = "127.0.0.1"
port = 10143
tls = "none"
user = "support"
password_file = "imap-password"
[mailbox.smtp]
host = "127.0.0.1"
port = 10025
tls = "none"
user = "support"
password_file = "smtp-password"
"#;

const DOVECOT_UNIT: &str = "[Service]
Type=simple
ExecStart=/usr/sbin/dovecot -F -c /etc/lab/dovecot.conf
RuntimeDirectory=lab-dovecot
ExecStartPost=/bin/sh -c 'until doveadm -c /etc/lab/dovecot.conf mailbox list -u support; do sleep 0.1; done'
";

const DOVECOT: &str = r"protocols = imap
listen = 127.0.0.1
base_dir = /run/lab-dovecot
state_dir = /run/lab-dovecot/state
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_home = /tmp/lab-mail/%u
mail_location = maildir:~/Maildir
namespace inbox {
  inbox = yes
}
passdb {
  driver = passwd-file
  args = /etc/lab/users
}
userdb {
  driver = passwd-file
  args = /etc/lab/users
}
service imap-login {
  inet_listener imap {
    port = 10143
  }
  inet_listener imaps {
    port = 0
  }
}
";
