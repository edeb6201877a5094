//! `init` as a person meets it: at a terminal, where a password is typed unseen, and on a pipe; and the search for servers
//! in DNS.

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use maildesk_lab::{availability, dovecot::Dovecot, house::House, postfix::Postfix};

use crate::scene::{MAILDESK, Place, SECRET, SUPPORT, house, said, value};

const PATIENCE: Duration = Duration::from_secs(60);

/// Types into a pseudo-terminal, and reads what is shown.
struct Typist {
    child: Child,
    keys: ChildStdin,
    shown: Arc<(Mutex<String>, Condvar)>,
    read_to: usize,
}

impl Typist {
    /// `script` (bsdutils) gives the program a terminal of its own.
    fn at(command: &str) -> Self {
        let mut child = Command::new("script")
            .args(["-q", "-e", "-c", command, "/dev/null"])
            .env("LANG", "C.UTF-8")
            .env_remove("LC_ALL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let keys = child.stdin.take().unwrap();
        let mut screen = child.stdout.take().unwrap();
        let shown: Arc<(Mutex<String>, Condvar)> = Arc::default();
        let writing = Arc::clone(&shown);
        std::thread::spawn(move || {
            let (mut bytes, mut all) = ([0; 1024], Vec::new());
            while let Ok(length @ 1..) = screen.read(&mut bytes) {
                all.extend(&bytes[..length]);
                *writing.0.lock().unwrap() = String::from_utf8_lossy(&all).into_owned();
                writing.1.notify_all();
            }
        });
        Self { child, keys, shown, read_to: 0 }
    }

    /// Waits until this is shown, behind what was waited for before, and types a line.
    fn answer(&mut self, question: &str, line: &str) {
        let end = Instant::now() + PATIENCE;
        let mut text = self.shown.0.lock().unwrap();
        loop {
            if let Some(at) = text.get(self.read_to..).and_then(|fresh| fresh.find(question)) {
                self.read_to += at + question.len();
                break;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{question:?} was not asked: {text}");
            text = self.shown.1.wait_timeout(text, left).unwrap().0;
        }
        drop(text);
        self.keys.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Waits for its end; everything that was shown, and whether it succeeded.
    fn end(mut self) -> (bool, String) {
        drop(self.keys);
        let success = self.child.wait().unwrap().success();
        let shown = self.shown.0.lock().unwrap().clone();
        (success, shown)
    }
}

/// The house's servers as SRV records: a target that is an address needs no further look-up.
fn publish(house: &House) {
    let ip = house.dovecot.ip().to_string();
    house.dns.add_srv("_imaps._tcp.desk.test", [0, 1, Dovecot::IMAPS], &ip);
    house.dns.add_srv("_submission._tcp.desk.test", [0, 1, Postfix::SUBMISSION], &ip);
    house.dns.add_srv("_submissions._tcp.desk.test", [0, 0, 0], "");
}

#[test]
fn a_person_at_a_terminal_is_led_through() {
    let Some(house) = house() else { return };
    if !availability::program("script") {
        return;
    }
    publish(&house);
    let place = Place::new(SECRET);
    let mut typist = Typist::at(&format!(
        "{MAILDESK} --config {} init --ca-file {} --resolver {}",
        place.config().display(),
        house.ca_file().display(),
        house.dns.address()
    ));
    typist.answer("The support address:", "nonsense");
    typist.answer("is not a mail address", "Support@Desk.test");
    // DNS alone names the servers, and they lie in another domain.
    typist.answer(
        "as the IMAP server, which is in another domain than the address. Give it the password? [y/N]:",
        "y",
    );
    typist.answer("as the SMTP server", "y");
    typist.answer("The user name to log in with (mostly the whole address) [support@desk.test]:", "");
    typist.answer("The password (not shown):", "a-wrong-one");
    typist.answer("once more (not shown):", "a-wrong-one");
    typist.answer("once more (not shown):", SECRET);
    typist.answer("The desk's name, as clients read it [desk.test support]:", "Example Support");
    typist.answer("The time zone in which clients are told times", "Mars/Olympus");
    typist.answer("is not a zone", "Asia/Shanghai");
    typist.answer("Address (empty: nobody):", "ops@desk.test");
    typist.answer("Agent:", "Alice Chen <alice@desk.test>");
    typist.answer("Agent:", "alice@desk.test");
    typist.answer("named already", "Bob");
    typist.answer("is not a mail address", "");
    let (success, shown) = typist.end();
    assert!(success, "{shown}");
    assert!(shown.matches("User name or password is wrong").count() == 2, "{shown}");
    assert!(shown.contains("Subaddresses arrive, with \"+\"."), "{shown}");
    assert!(shown.contains("What comes next:"), "{shown}");
    assert!(!shown.contains(SECRET) && !shown.contains("a-wrong-one"), "a password was shown: {shown}");
    let text = place.config_text();
    assert_eq!(value(&text, "zone").split_whitespace().next(), Some("\"Asia/Shanghai\""));
    assert!(text.contains("name = \"Alice Chen\"") && text.contains("to = [\"ops@desk.test\"]"), "{text}");
    let checked = place.run(&["check"]);
    assert!(checked.status.success(), "{}", said(&checked));
}

#[test]
fn answers_may_come_from_a_pipe() {
    let Some(house) = house() else { return };
    publish(&house);
    let place = Place::new(SECRET);
    let ca = house.ca_file().display().to_string();
    let resolver = house.dns.address().to_string();
    let mut child = place
        .command(&["init", "--ca-file", &ca, "--resolver", &resolver])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let answers = format!("{SUPPORT}\ny\ny\n\n{SECRET}\nExample Support\nUTC\n\n\n");
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = place.config_text();
    assert_eq!(value(&text, "port").as_str(), Dovecot::IMAPS.to_string(), "from the SRV record");
    assert!(text.contains("tls = \"starttls\""), "_submissions is decidedly not offered: {text}");
    assert!(text.contains("Nobody is told of trouble"), "{text}");
}

/// DNS can be forged (RFC 6186 section 6): a script gives the password only to servers that its operator named.
#[test]
fn a_script_gives_no_password_to_a_foreign_server() {
    let Some(house) = house() else { return };
    publish(&house);
    let place = Place::new(SECRET);
    let resolver = format!("--resolver={}", house.dns.address());
    let password = format!("--password-file={}", place.path("typed").display());
    let output = place.run(&["init", "--non-interactive", "--address", SUPPORT, &resolver, &password]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains(&format!("--imap-host {}", house.dovecot.ip())), "{words}");
    assert!(place.is_untouched());
}

#[test]
fn a_known_provider_says_first_what_must_be_switched_on() {
    let Some(house) = house() else { return };
    house.dns.add_mx("acme.test", 10, "acme-test.mail.protection.outlook.com");
    let place = Place::new(SECRET);
    let resolver = format!("--resolver={}", house.dns.address());
    let password = format!("--password-file={}", place.path("typed").display());
    // The servers are named, so that nothing outside is asked.
    let output = place.run(&[
        "init",
        "--non-interactive",
        "--address",
        "support@acme.test",
        &resolver,
        &password,
        "--imap-host",
        "127.0.0.1",
        "--imap-port",
        "9",
        "--imap-tls",
        "none",
    ]);
    let words = said(&output);
    assert_ne!(output.status.code(), Some(0));
    let order = ["Microsoft 365 — this must be switched on first", "Manage email apps"];
    assert!(order.iter().all(|part| words.contains(part)), "{words}");
}

/// A shell without line editing leaves the terminal as it is.
#[test]
fn whoever_gives_up_at_the_password_sees_again_what_they_type() {
    if !availability::program("script") {
        return;
    }
    let place = Place::new(SECRET);
    let init = format!(
        "{MAILDESK} --config {} init --address {SUPPORT} --user x --imap-host 127.0.0.1 --smtp-host 127.0.0.1",
        place.config().display()
    );
    let mut typist = Typist::at(&format!("trap : INT; {init}; echo ended with $?; stty -a"));
    typist.answer("The password (not shown):", "\u{3}");
    let (_, shown) = typist.end();
    assert!(shown.contains("ended with 130"), "{shown}");
    assert!(
        shown.contains(" echo ") && !shown.contains("-echo "),
        "the terminal shows nothing any more: {shown}"
    );
    assert!(place.is_untouched());
}
