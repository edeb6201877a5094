//! `[[mailbox]]` and the servers behind it; `[alerts.smtp]` is read by the same code.

use std::path::Path;

use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::{
    After, MailboxConfig, Mode, Sent, ServerConfig, SmtpConfig, Start, Tls,
    files::{Files, locate},
    later,
    reader::{At, Field, Section},
    schedule::Schedule,
    secrets, value,
};
use crate::desk::{MailboxPolicy, token::TOKEN_CHARS};

/// Octets of a local part (RFC 5321 section 4.5.3.1.1).
const LOCAL_PART_OCTETS_MAX: usize = 64;

/// What reading a mailbox needs besides its section.
pub struct Surroundings<'a> {
    pub config: &'a Path,
    pub files: &'a dyn Files,
    pub zone: TimeZone,
    /// Names of the teams.
    pub teams: &'a [String],
}

/// A mailbox with the lines that later comparisons point at.
pub struct Read {
    pub config: MailboxConfig,
    pub policy: MailboxPolicy,
    pub name_line: usize,
    /// The address and its aliases.
    pub addresses: Vec<At<String>>,
}

/// Reads one `[[mailbox]]`; `None` when a mistake left it without a name, an address or a server.
pub fn read(section: Section<'_>, around: &Surroundings<'_>) -> Option<Read> {
    let name = section.required("name", "name = \"support\"").parse(value::words);
    let address_field = section.required("address", "address = \"support@example.com\"");
    let address = address_field.parse(value::address);
    let aliases = section.optional("aliases", "aliases = [\"help@example.com\"]").list(value::address);
    let subaddressing = subaddressing(&section, &address_field, address.as_ref());
    let folders = section.optional("folders", "folders = [\"INBOX\"]");
    let folder_names = folders.list(value::words);
    if folders.is_present() && folder_names.is_empty() {
        folders.reject(folders.line, "must name at least one folder");
    }
    let start = section.optional("start", "start = \"now\"").parse(|text| start(text, &around.zone));
    let modes = [("shadow", Mode::Shadow), ("live", Mode::Live)];
    let mode = section.optional("mode", "mode = \"shadow\"").parse(|text| value::one_of(text, &modes));
    let after_field = section.optional("after", "after = \"keep\"");
    let after = after_field.parse(after);
    if let Some(At { value: After::Move(target), line }) = &after
        && is_watched(&folder_names, target)
    {
        let problem = format!(
            "\"{target}\" is one of the folders that are watched: a mail would be moved there for ever"
        );
        after_field.reject(*line, problem);
    }
    let poll = section
        .optional("poll", "poll = \"* * * * *\"")
        .parse(|text| Schedule::parse(text).map(|_| text.to_owned()));
    let (sent, sent_folder) = sent(&section, &folder_names);
    let teams: Vec<_> = around.teams.iter().map(|name| (name.as_str(), name.clone())).collect();
    let team = section.optional("team", "team = \"tech\"").parse(|text| value::one_of(text, &teams));
    let imap = section.required("imap", IMAP_EXAMPLE).section().map(|imap| imap_server(imap, around));
    let smtp = section.required("smtp", SMTP_EXAMPLE).section().map(|smtp| smtp_server(smtp, around));
    section.finish();
    let (name, address) = (name?, address?);
    let addresses = std::iter::once(address.clone()).chain(aliases.clone()).collect();
    let policy = MailboxPolicy {
        name: name.value.clone(),
        address: address.value.clone(),
        aliases: aliases.into_iter().map(|alias| alias.value).collect(),
        subaddressing,
        team: team.map(|team| team.value),
        plain_envelope: smtp
            .as_ref()
            .is_some_and(|smtp| smtp.as_ref().is_some_and(|smtp| smtp.plain_envelope)),
    };
    let config = MailboxConfig {
        name: name.value,
        address: address.value,
        folders: if folder_names.is_empty() {
            vec!["INBOX".into()]
        } else {
            folder_names.into_iter().map(|f| f.value).collect()
        },
        start: start.map_or(Start::Now, |start| start.value),
        mode: mode.map(|mode| mode.value).unwrap_or_default(),
        after: after.map(|after| after.value).unwrap_or_default(),
        sent,
        sent_folder,
        poll: poll.map_or_else(|| "* * * * *".into(), |poll| poll.value),
        imap: imap??,
        smtp: smtp??,
    };
    Some(Read { config, policy, name_line: name.line, addresses })
}

/// Whether a folder is among those that mail is taken from; without any named, that is INBOX, which has no case (RFC 3501
/// section 5.1).
fn is_watched(folders: &[At<String>], name: &str) -> bool {
    let is_inbox = |name: &str| name.eq_ignore_ascii_case("INBOX");
    let is_same = |folder: &str| folder == name || (is_inbox(folder) && is_inbox(name));
    if folders.is_empty() { is_inbox(name) } else { folders.iter().any(|folder| is_same(&folder.value)) }
}

/// Reads `sent` and `sent_folder`.
fn sent(section: &Section<'_>, folders: &[At<String>]) -> (Sent, Option<String>) {
    let ways = [
        ("auto", Sent::AUTO),
        ("watch", Sent { fill: false, ..Sent::AUTO }),
        ("fill", Sent { watch: false, ..Sent::AUTO }),
        ("off", Sent::OFF),
    ];
    let sent = section.optional("sent", "sent = \"auto\"").parse(|text| value::one_of(text, &ways));
    let field = section.optional("sent_folder", "sent_folder = \"Sent\"");
    let folder = field.parse(value::words);
    if let Some(At { value, line }) = folder.as_ref().filter(|folder| is_watched(folders, &folder.value)) {
        field.reject(*line, format!("\"{value}\" is one of the folders that clients' mail is taken from"));
    }
    (sent.map_or(Sent::AUTO, |sent| sent.value), folder.map(|folder| folder.value))
}

const IMAP_EXAMPLE: &str = "[mailbox.imap]\nhost = \"imap.example.com\"\nuser = \"support@example.com\"\npassword_file = \"imap-password\"";
const SMTP_EXAMPLE: &str = "[mailbox.smtp]\nhost = \"smtp.example.com\"\nuser = \"support@example.com\"\npassword_file = \"smtp-password\"";

/// Reads the mark and proves that an address with a token in it is one that RFC 5321 allows.
fn subaddressing(section: &Section<'_>, address_field: &Field<'_>, address: Option<&At<String>>) -> String {
    let field = section.optional("subaddressing", "subaddressing = \"+\"");
    let mark = field.parse(|text| match text {
        "" | "+" | "-" | "=" | "." | "#" => Ok(text.to_owned()),
        _ => Err(format!(
            "\"{}\" is not a mark: \"+\" at most servers, \"-\" at some, \"\" where there is none",
            text.escape_debug()
        )),
    });
    let mark = mark.map_or_else(|| "+".to_owned(), |mark| mark.value);
    let local =
        address.and_then(|address| address.value.rsplit_once('@')).map_or(0, |(local, _)| local.len());
    let octets = local + mark.len() + TOKEN_CHARS;
    if let Some(address) = address.filter(|_| !mark.is_empty() && octets > LOCAL_PART_OCTETS_MAX) {
        let room = LOCAL_PART_OCTETS_MAX - TOKEN_CHARS - mark.len();
        let problem = format!(
            "the part before @ has {local} octets; with \"{mark}\" and a token of {TOKEN_CHARS} it exceeds {LOCAL_PART_OCTETS_MAX} \
             (RFC 5321): use at most {room}, or set subaddressing = \"\""
        );
        address_field.reject(address.line, problem);
    }
    mark
}

fn start(text: &str, zone: &TimeZone) -> Result<Start, String> {
    match text {
        "now" => Ok(Start::Now),
        "all" => Ok(Start::All),
        _ => value::instant(text, zone).map(Start::Since).ok_or_else(|| {
            format!("\"{}\" is neither \"now\" nor \"all\" nor a date as 2026-01-31", text.escape_debug())
        }),
    }
}

fn after(text: &str) -> Result<After, String> {
    match text.split_once(':') {
        None if text == "keep" => Ok(After::Keep),
        None if text == "delete" => Ok(After::Delete),
        Some(("move", folder)) => {
            value::words(folder).map(After::Move).map_err(|_| "names no folder to move to".into())
        }
        _ => {
            Err(format!("\"{}\" is neither \"keep\" nor \"delete\" nor \"move:FOLDER\"", text.escape_debug()))
        }
    }
}

fn imap_server(section: Section<'_>, around: &Surroundings<'_>) -> Option<ServerConfig> {
    let oauth = section.optional("oauth", "password_file = \"imap-password\"");
    oauth.section();
    later::note(&oauth);
    let user = section.required("user", "user = \"support@example.com\"").parse(value::words);
    let password = section.optional("password_file", "password_file = \"imap-password\"");
    if !password.is_present() {
        let oauth = if oauth.is_present() { ": login by OAuth joins in a later version" } else { "" };
        password.reject(section.line, format!("is missing{oauth}"));
    }
    let password = secrets::password(&password, around.config, around.files);
    let server = server(&section, around, [993, 143, 143], "port = 993");
    section.finish();
    Some(ServerConfig { user: user?.value, password: password?, ..server? })
}

/// Reads `[mailbox.smtp]` or `[alerts.smtp]`.
pub fn smtp_server(section: Section<'_>, around: &Surroundings<'_>) -> Option<SmtpConfig> {
    let oauth = section.optional("oauth", "password_file = \"smtp-password\"");
    oauth.section();
    later::note(&oauth);
    let user_field = section.optional("user", "user = \"support@example.com\"");
    let user = user_field.parse(value::words);
    let password_field = section.optional("password_file", "password_file = \"smtp-password\"");
    let password = secrets::password(&password_field, around.config, around.files);
    if user_field.is_present() != password_field.is_present() {
        let missing = if user_field.is_present() { &password_field } else { &user_field };
        missing
            .reject(section.line, "is missing: user and password_file stand together, or neither (no login)");
    }
    let per_minute = section.optional("per_minute", "per_minute = 30").integer(1..=100_000);
    let per_day = section.optional("per_day", "per_day = 10000").integer(1..=100_000_000);
    let envelopes = [("token", false), ("address", true)];
    let envelope = section
        .optional("envelope_from", "envelope_from = \"token\"")
        .parse(|text| value::one_of(text, &envelopes));
    let server = server(&section, around, [465, 587, 25], "port = 465");
    section.finish();
    let server = ServerConfig {
        user: user.map(|user| user.value).unwrap_or_default(),
        password: password.unwrap_or_else(|| SecretString::from("")),
        ..server?
    };
    Some(SmtpConfig {
        server,
        per_minute: per_minute.map(|n| n.value),
        per_day: per_day.map(|n| n.value),
        plain_envelope: envelope.is_some_and(|envelope| envelope.value),
    })
}

/// What IMAP and SMTP share; `ports` stand for implicit TLS, STARTTLS and none.
fn server(
    section: &Section<'_>,
    around: &Surroundings<'_>,
    ports: [u16; 3],
    port_example: &'static str,
) -> Option<ServerConfig> {
    let host = section.required("host", "host = \"mail.example.com\"").parse(value::host);
    let tls_field = section.optional("tls", "tls = \"implicit\"");
    let kinds = [("implicit", Tls::Implicit), ("starttls", Tls::StartTls), ("none", Tls::None)];
    let tls = tls_field.parse(|text| value::one_of(text, &kinds));
    if let (Some(host), Some(At { value: Tls::None, line })) = (&host, &tls)
        && !value::is_loopback(&host.value)
    {
        let problem = format!(
            "\"none\" would send the password to {} in the clear; it is for this machine only (127.0.0.0/8, ::1, localhost)",
            host.value
        );
        tls_field.reject(*line, problem);
    }
    let port = section.optional("port", port_example).integer(1..=65_535);
    let ca_field = section.optional("ca_file", "ca_file = \"company-ca.pem\"");
    let ca_file =
        ca_field.parse(value::words).map(|name| name.map(|name| locate(&name, around.config, around.files)));
    if let Some(ca) = &ca_file
        && let Err(problem) = certificates(&ca.value, around.files)
    {
        ca_field.reject(ca.line, problem);
    }
    let tls = tls.map(|tls| tls.value).unwrap_or_default();
    let [implicit, starttls, none] = ports;
    let usual = match tls {
        Tls::Implicit => implicit,
        Tls::StartTls => starttls,
        Tls::None => none,
    };
    Some(ServerConfig {
        host: host?.value,
        port: port.map_or(usual, |port| port.value),
        tls,
        user: String::new(),
        password: SecretString::from(""),
        ca_file: ca_file.map(|ca| ca.value),
    })
}

fn certificates(path: &Path, files: &dyn Files) -> Result<(), String> {
    let bytes = files.read(path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
    if String::from_utf8_lossy(&bytes).contains("-----BEGIN CERTIFICATE-----") {
        return Ok(());
    }
    Err(format!("{} holds no certificate in PEM form", path.display()))
}
