//! Thunderbird without a window: a profile with an IMAP account, and an extension that presses its buttons. The extension's
//! experiment (`lab.js`) does what the program's own interface does for a person: trust, passwords, the keyboard.

use std::{
    fs, io,
    path::Path,
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Letter, Place, Writer};
use crate::{
    dovecot::Dovecot,
    house::House,
    mailclient::{Mail, base64},
    postfix::Postfix,
    process::{Group, pause},
};

/// From its start to the mail that is sent: five seconds on an idle machine, and a minute on one that compiles besides.
const PATIENCE: Duration = Duration::from_secs(240);

/// One at a time: several on a busy machine miss each other's moments, and stand with a mail half sent.
static TURN: Mutex<()> = Mutex::new(());

const EXTENSION: [(&str, &str); 4] = [
    ("manifest.json", include_str!("thunderbird/manifest.json")),
    ("schema.json", include_str!("thunderbird/schema.json")),
    ("lab.js", include_str!("thunderbird/lab.js")),
    ("background.js", include_str!("thunderbird/background.js")),
];

pub(super) fn answer(
    house: &House,
    home: &Path,
    writer: &Writer<'_>,
    plain: bool,
    mail: &Mail,
    text: &str,
) -> io::Result<String> {
    let id = mail.header("Message-ID");
    let job = json!({
        "answers": id.trim_matches(['<', '>']),
        "text": text, "plain": plain, "files": [],
    });
    send(house, home, writer, job)
}

pub(super) fn tap(
    house: &House,
    home: &Path,
    writer: &Writer<'_>,
    plain: bool,
    link: &str,
) -> io::Result<String> {
    send(house, home, writer, json!({ "link": link, "text": "", "plain": plain, "files": [] }))
}

pub(super) fn write(
    house: &House,
    home: &Path,
    writer: &Writer<'_>,
    plain: bool,
    letter: &Letter<'_>,
) -> io::Result<String> {
    let file = |(name, kind, content): &(&str, &str, &[u8])| json!({ "name": name, "type": kind, "base64": base64(content) });
    let files: Vec<Value> = letter.files.iter().map(file).collect();
    let job = json!({
        "to": letter.to, "subject": letter.subject, "text": letter.text, "plain": plain, "files": files,
    });
    send(house, home, writer, job)
}

/// Runs until the extension says that the mail is sent, or what went wrong.
fn send(house: &House, home: &Path, writer: &Writer<'_>, mut job: Value) -> io::Result<String> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    job["host"] = json!(house.dovecot.ip().to_string());
    job["user"] = json!(writer.address);
    job["password"] = json!(house.dovecot.password(writer.address));
    job["root"] = json!(
        fs::read_to_string(house.ca_file())?.lines().filter(|l| !l.starts_with("--")).collect::<String>()
    );
    let profile = home.join("profile");
    let plain = job["plain"] == true;
    install(&profile, &job)?;
    fs::write(profile.join("user.js"), preferences(house, writer, plain))?;
    let log = home.join("said");
    let file = fs::File::create(&log)?;
    let mut command = Command::new("thunderbird");
    command.args(["--headless", "--no-remote", "--profile"]).arg(&profile);
    command.env("HOME", home).env("LC_ALL", "C.UTF-8").env("MOZ_DISABLE_CONTENT_SANDBOX", "1");
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let mut program = Group::spawn(&mut command)?;
    let end = Instant::now() + PATIENCE;
    loop {
        let all = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let said: Vec<&str> = all.lines().filter_map(|line| line.strip_prefix("lab: ")).collect();
        if said.contains(&"sent") {
            return Ok(said.join("\n"));
        }
        let failed = said.iter().any(|line| line.starts_with("failed"));
        if failed || Instant::now() >= end || program.wait_at_most(Duration::ZERO).is_some() {
            return Err(io::Error::other(format!("Thunderbird did not send: {said:?}\n{all}")));
        }
        pause();
    }
}

/// An extension is a zip archive.
fn install(profile: &Path, job: &Value) -> io::Result<()> {
    let (extensions, pieces) = (profile.join("extensions"), profile.join("pieces"));
    fs::create_dir_all(&extensions)?;
    fs::create_dir_all(&pieces)?;
    for (name, content) in EXTENSION {
        fs::write(pieces.join(name), content)?;
    }
    fs::write(pieces.join("job.json"), job.to_string())?;
    let mut zip = Command::new("python3");
    zip.args(["-m", "zipfile", "-c"]).arg(extensions.join("lab@desk.test.xpi"));
    zip.args(EXTENSION.map(|(name, _)| name)).arg("job.json").current_dir(&pieces);
    let output = zip.stdin(Stdio::null()).output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

/// The account, and nothing that asks a person or the network.
fn preferences(house: &House, writer: &Writer<'_>, plain: bool) -> String {
    let above = writer.place == Place::Above;
    let values = [
        ("mail.accountmanager.accounts", json!("account1")),
        ("mail.accountmanager.defaultaccount", json!("account1")),
        ("mail.account.account1.server", json!("server1")),
        ("mail.account.account1.identities", json!("id1")),
        ("mail.identity.id1.fullName", json!(writer.name)),
        ("mail.identity.id1.useremail", json!(writer.address)),
        ("mail.identity.id1.smtpServer", json!("smtp1")),
        ("mail.identity.id1.valid", json!(true)),
        ("mail.identity.id1.fcc", json!(false)),
        ("mail.identity.id1.compose_html", json!(!plain)),
        ("mail.identity.id1.reply_on_top", json!(u8::from(above))),
        ("mail.identity.id1.sig_bottom", json!(!above)),
        ("mail.identity.id1.htmlSigText", json!(writer.signature.unwrap_or_default())),
        ("mail.server.server1.type", json!("imap")),
        ("mail.server.server1.name", json!("desk")),
        ("mail.server.server1.hostname", json!(house.dovecot.ip().to_string())),
        ("mail.server.server1.port", json!(Dovecot::IMAPS)),
        ("mail.server.server1.socketType", json!(3)),
        ("mail.server.server1.authMethod", json!(3)),
        ("mail.server.server1.userName", json!(writer.address)),
        // Before the extension has given the password it would ask for one.
        ("mail.server.server1.login_at_startup", json!(false)),
        ("mail.server.server1.check_new_mail", json!(false)),
        ("mail.smtpservers", json!("smtp1")),
        ("mail.smtp.defaultserver", json!("smtp1")),
        ("mail.smtpserver.smtp1.hostname", json!(house.dovecot.ip().to_string())),
        ("mail.smtpserver.smtp1.port", json!(Postfix::SUBMISSION)),
        ("mail.smtpserver.smtp1.username", json!(writer.address)),
        ("mail.smtpserver.smtp1.authMethod", json!(3)),
        ("mail.smtpserver.smtp1.try_ssl", json!(2)),
        ("extensions.autoDisableScopes", json!(0)),
        ("extensions.enabledScopes", json!(15)),
        ("extensions.experiments.enabled", json!(true)),
        ("xpinstall.signatures.required", json!(false)),
        ("app.update.enabled", json!(false)),
        ("app.donation.eoy.version.viewed", json!(999)),
        ("browser.safebrowsing.enabled", json!(false)),
        ("datareporting.policy.dataSubmissionEnabled", json!(false)),
        ("datareporting.policy.dataSubmissionPolicyBypassNotification", json!(true)),
        ("intl.locale.requested", json!("en-US")),
        ("mail.provider.suppress_dialog_on_startup", json!(true)),
        ("mail.rights.version", json!(1)),
        ("mail.shell.checkDefaultClient", json!(false)),
        ("mail.spotlight.firstRunDone", json!(true)),
        ("mailnews.start_page.enabled", json!(false)),
        ("services.settings.server", json!("data:,#remote-settings-dummy/v1")),
        ("toolkit.telemetry.enabled", json!(false)),
        // What the extension says goes to standard output.
        ("browser.dom.window.dump.enabled", json!(true)),
    ];
    values.iter().map(|(name, value)| format!("user_pref({}, {value});\n", json!(name))).collect()
}
