//! Genuine answers from real mail programs: mutt writes on top of the quote, s-nail below it.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use maildesk_lab::{availability, desk::DeskOptions, dovecot::Dovecot, house::House, postfix::Postfix};

use crate::scene::{ALICE, ANN, Scene, letter, scene};

fn notified() -> Option<Scene> {
    let scene = scene(&DeskOptions::default())?;
    scene.submit(
        ANN,
        &letter("Ann <ann@client.test>", "Login is refused", "I cannot log in since this morning."),
    );
    scene.notification("Login is refused");
    Some(scene)
}

/// The answer reached the client, alone and without the quote.
fn assert_answered(scene: Scene, words: &str, said: &str) {
    let got = scene.inbox(ANN).wait_for("the answer", |m| m.text().contains(words));
    let answer = got.unwrap_or_else(|e| panic!("{e}\nthe mail program said:\n{said}"));
    assert!(
        !answer.text().contains("since this morning"),
        "the quoted notification was sent on: {}",
        answer.text()
    );
    assert!(!answer.contains(ALICE), "the agent's address shows");
    scene.desk.wait_for_ticket(1, "waiting", |t| t["ticket"]["state"] == "waiting").unwrap();
    scene.finish();
}

fn muttrc(home: &Path, house: &House) -> String {
    let (ip, ca, editor) = (house.dovecot.ip(), house.ca_file(), home.join("editor"));
    let (imap, submission, password) = (Dovecot::IMAP, Postfix::SUBMISSION, house.dovecot.password(ALICE));
    let (ca, editor, home) = (ca.display(), editor.display(), home.display());
    format!(
        "set folder=imap://alice%40desk.test:{password}@{ip}:{imap}/ spoolfile=+INBOX imap_pass={password}
set ssl_starttls=no ssl_force_tls=no certificate_file={ca} ssl_ca_certificates_file={ca} ssl_verify_host=no
set smtp_url=smtp://alice%40desk.test@{ip}:{submission}/ smtp_pass={password} smtp_authenticators=plain
set from={ALICE} realname=\"Alice Chen\" use_from=yes hostname=desk.test record=\"\" editor={editor} tmpdir={home}
set fast_reply=yes include=yes abort_unmodified=no copy=no delete=no mark_old=no quit=yes charset=utf-8 send_charset=utf-8
set reply_to=yes wait_key=no header_cache=\"\" message_cachedir=\"\" mbox=\"\" edit_headers=no
push \"<reply><enter-command>set ssl_starttls=yes ssl_force_tls=yes<enter><send-message><quit>\"
"
    )
}

/// Answers the first mail of Alice's inbox; returns what showed on the screen.
fn mutt(house: &House) -> String {
    let home = tempfile::tempdir().unwrap();
    let editor = home.path().join("editor");
    let script = "#!/bin/sh\n{ printf 'Please reset your password. 已重置。\\n\\n'; cat \"$1\"; } > \"$1.new\" && mv \"$1.new\" \"$1\"\n";
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let rc = home.path().join("muttrc");
    fs::write(&rc, muttrc(home.path(), house)).unwrap();
    // mutt wants a terminal; script(1) gives it one.
    let mut command = Command::new("timeout");
    command
        .args(["-k", "5", "60", "script", "-qec"])
        .arg(format!("mutt -F {}", rc.display()))
        .arg("/dev/null");
    command.env("HOME", home.path()).env("TERM", "xterm").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
}

/// Answers the first mail of Alice's inbox; returns what it said.
fn s_nail(house: &House) -> String {
    let home = tempfile::tempdir().unwrap();
    let (ip, password) = (house.dovecot.ip(), house.dovecot.password(ALICE));
    let ca = house.ca_file();
    let mta = format!("mta=smtp://alice%40desk.test:{password}@{ip}:{}", Postfix::SUBMISSION);
    let ca = format!("tls-ca-file={}", ca.display());
    let settings = [
        "v15-compat",
        &mta,
        "smtp-use-starttls",
        "smtp-auth=plain",
        "tls-verify=ignore",
        &ca,
        "from=Alice Chen <alice@desk.test>",
        "ttycharset=utf-8",
        "sendcharsets=utf-8",
        "quote",
        "indentprefix=> ",
        "sendwait",
        "hostname=desk.test",
        "imap-auth=login",
        "editalong=no",
        "DEAD=/dev/null",
        "reply-to-honour",
    ];
    let inbox = format!("imap://alice%40desk.test:{password}@{ip}:{}/INBOX", Dovecot::IMAP);
    let mut command = Command::new("timeout");
    command
        .args(["-k", "5", "60", "s-nail", "-:/", "-#"])
        .args(settings.iter().flat_map(|s| ["-S", s]))
        .args(["-f", &inbox]);
    command.env("HOME", home.path()).env("TERM", "dumb").env("LC_ALL", "C.UTF-8");
    let mut program =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let typed = "reply 1\n\nPlease reset your password. 已重置。\n~.\nexit\n";
    program.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn mutt_answers() {
    if !(availability::program("mutt") && availability::program("script")) {
        return;
    }
    let Some(scene) = notified() else { return };
    let said = mutt(&scene.house);
    assert_answered(scene, "Please reset your password. 已重置。", &said);
}

#[test]
fn s_nail_answers() {
    if !availability::program("s-nail") {
        return;
    }
    let Some(scene) = notified() else { return };
    let said = s_nail(&scene.house);
    assert_answered(scene, "Please reset your password. 已重置。", &said);
}
