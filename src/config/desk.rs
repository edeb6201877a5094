//! `[store]`, `[desk]`, `[trust]`, `[limits]`, `[alerts]`, `[templates]`: the desk as a whole.

use std::{path::PathBuf, time::Duration};

use super::{
    DeskSecret, SmtpConfig, StoreConfig, files,
    mailbox::{Surroundings, smtp_server},
    people::values,
    reader::Section,
    secrets, value,
};
use crate::desk::{Limits, Trust};

/// How long a daemon that fell silent keeps its mailboxes: longer than a server's restart takes, shorter than clients notice.
const LEASE: Duration = Duration::from_secs(30);

/// Reads `[store]`.
pub fn store(file: &Section<'_>, around: &Surroundings<'_>) -> Option<StoreConfig> {
    const EXAMPLE: &str = "url = \"sqlite:///var/lib/maildesk/maildesk.db\"";
    let section =
        file.required("store", "[store]\nurl = \"sqlite:///var/lib/maildesk/maildesk.db\"").section()?;
    let url = section.required("url", EXAMPLE).parse(|text| {
        let rest = ["sqlite://", "postgres://", "postgresql://"].iter().find_map(|s| text.strip_prefix(s));
        match rest {
            Some("") | None => {
                Err("must be sqlite:// and the path of a file, or postgres://user@host/database".into())
            }
            Some(_) => value::words(text),
        }
    });
    if let Some(url) = url.as_ref().filter(|url| url_has_password(&url.value))
        && around.files.is_world_readable(around.config)
    {
        let words = format!(
            "everybody on this machine may read {}, and with it the password in store.url: take it out there, and name a file \
             with it, password_file = \"store-password\"",
            around.config.display()
        );
        section.findings.note(url.line, words);
    }
    let password = section.optional("password_file", "password_file = \"store-password\"");
    let password = secrets::password_if_named(&password, around.config, around.files);
    let lease = section.optional("lease", "lease = \"30s\"").parse(lease);
    section.finish();
    Some(StoreConfig { url: url?.value, password, lease: lease.map_or(LEASE, |lease| lease.value) })
}

/// Whether a URL of a store has a password in it: behind its user, or as a parameter.
#[must_use]
pub fn url_has_password(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let behind_user = match authority.rsplit_once('@') {
        Some((user, _)) => user.split_once(':').is_some_and(|(_, password)| !password.is_empty()),
        // A password with a `/` or `?` that was not encoded ends the authority early: what stands there is no port.
        None => authority
            .split_once(':')
            .is_some_and(|(host, port)| !host.starts_with('[') && !port.bytes().all(|b| b.is_ascii_digit())),
    };
    let parameters = rest.split_once('?').map(|(_, parameters)| parameters).unwrap_or_default();
    let as_parameter = parameters
        .split('&')
        .any(|pair| pair.split_once('=').is_some_and(|(key, value)| key == "password" && !value.is_empty()));
    scheme.starts_with("postgres") && (behind_user || as_parameter)
}

/// Long enough for a slow database to answer in, short enough that nobody waits for hours for a machine that burnt down.
fn lease(text: &str) -> Result<Duration, String> {
    match u64::try_from(value::duration(text)?) {
        Ok(seconds @ 2..=3600) => Ok(Duration::from_secs(seconds)),
        Ok(_) | Err(_) => Err(format!("{text} is not between 2s and 1h")),
    }
}

/// What `[desk]` says.
#[derive(Default)]
pub struct Desk {
    pub name: String,
    pub secrets: Vec<DeskSecret>,
    pub default_language: String,
    pub official_addresses: Vec<String>,
    pub zone: String,
    /// As [`Policy::reopen_seconds`](crate::desk::Policy).
    pub reopen_seconds: Option<i64>,
}

/// Reads `[desk]`.
pub fn desk(file: &Section<'_>, around: &Surroundings<'_>) -> Desk {
    let example = "[desk]\nname = \"Example Support\"\nsecret_file = \"desk-secret\"";
    let Some(section) = file.required("desk", example).section() else { return Desk::default() };
    let name = section.required("name", "name = \"Example Support\"").parse(value::words);
    let secret = section.required("secret_file", "secret_file = \"desk-secret\"");
    let secrets = secrets::desk_secrets(&secret, around.config, around.files);
    let language = section.optional("default_language", "default_language = \"en\"").parse(value::language);
    let official = section.optional("official_addresses", "official_addresses = [\"support@example.com\"]");
    let official_addresses = values(official.list(value::address));
    let zone = section.optional("zone", "zone = \"Europe/Berlin\"").parse(value::zone);
    let reopen = section.optional("reopen_within", "reopen_within = \"14d\"").parse(reopen_within);
    section.finish();
    Desk {
        name: name.map(|name| name.value).unwrap_or_default(),
        secrets,
        default_language: language.map_or_else(|| "en".into(), |language| language.value),
        official_addresses,
        zone: zone.map_or_else(|| "UTC".into(), |zone| zone.value),
        reopen_seconds: reopen.map(|reopen| reopen.value),
    }
}

/// How long a closed ticket may open again; "0": every late answer is a new ticket, linked to the old one.
fn reopen_within(text: &str) -> Result<i64, String> {
    match text {
        "0" => Ok(0),
        _ => match value::duration(text)? {
            seconds @ 0..=31_536_000 => Ok(seconds),
            _ => Err(format!("{text} is longer than 1y")),
        },
    }
}

/// What `[trust]` says.
#[derive(Default)]
pub struct Trusted {
    /// Without the domains for which `internal` counts.
    pub trust: Trust,
    /// The provider's mark of internal mail may count.
    pub internal: bool,
    /// The DNS server to ask.
    pub resolver: Option<std::net::SocketAddr>,
}

/// Reads `[trust]`.
pub fn trust(file: &Section<'_>) -> Trusted {
    let field = file.optional("trust", "[trust]\nauthserv_ids = [\"mx.example.com\"]");
    let Some(section) = field.section() else { return Trusted::default() };
    let lower = |text: &str| value::any_text(text).map(|text| text.to_lowercase());
    let ids = section.optional("authserv_ids", "authserv_ids = [\"mx.example.com\"]").list(lower);
    let own_received = section.optional("own_received", "own_received = 1").integer(0..=50);
    let own_lists = section.optional("own_lists", "own_lists = [\"support.example.com\"]").list(value::words);
    let internal = section
        .optional("internal", "internal = \"m365\"")
        .parse(|text| value::one_of(text, &[("", false), ("m365", true)]));
    let sealers = section.optional("arc_sealers", "arc_sealers = [\"google.com\"]").list(value::domain);
    let period = section.optional("period", "period = \"12h\"").parse(period);
    let resolver = section.optional("resolver", "resolver = \"127.0.0.1:53\"").parse(value::resolver);
    section.finish();
    let trust = Trust {
        authserv_ids: values(ids),
        own_received: own_received.map(|n| n.value).unwrap_or_default(),
        own_lists: values(own_lists).into_iter().map(|list| list.to_lowercase()).collect(),
        internal: Vec::new(),
        arc_sealers: values(sealers).into_iter().map(|domain| domain.to_lowercase()).collect(),
        period_seconds: period.map_or_else(|| Trust::default().period_seconds, |period| period.value),
    };
    Trusted {
        trust,
        internal: internal.is_some_and(|mark| mark.value),
        resolver: resolver.map(|resolver| resolver.value),
    }
}

/// How long a confirmation opens the period; "0" switches it off. A forger with a leaked secret address has as long.
fn period(text: &str) -> Result<i64, String> {
    if text == "0" {
        return Ok(0);
    }
    match value::duration(text)? {
        seconds @ 60..=86_400 => Ok(seconds),
        _ => Err(format!("{text} is neither 0 nor between 1m and 24h")),
    }
}

/// Reads `[limits]`; the keys are the fields of [`Limits`].
pub fn limits(file: &Section<'_>) -> Limits {
    let usual = Limits::default();
    let Some(section) = file.optional("limits", "[limits]\nacks_per_hour_max = 200").section() else {
        return usual;
    };
    let count = |key, usual: u32| {
        section.optional(key, "acks_per_hour_max = 200").integer(0..=1_000_000).map_or(usual, |n| n.value)
    };
    let bytes = section.optional("message_bytes_max", "message_bytes_max = \"35MiB\"");
    let age = section.optional("answer_age_max", "answer_age_max = \"24h\"");
    let limits = Limits {
        message_bytes_max: bytes.parse(message_bytes).map_or(usual.message_bytes_max, |n| n.value),
        window_messages_max: section
            .optional("window_messages_max", "window_messages_max = 50")
            .integer(1..=500)
            .map_or(usual.window_messages_max, |n| n.value),
        acks_per_address_10min_max: count("acks_per_address_10min_max", usual.acks_per_address_10min_max),
        acks_per_address_day_max: count("acks_per_address_day_max", usual.acks_per_address_day_max),
        automatic_per_ticket_hour_max: count(
            "automatic_per_ticket_hour_max",
            usual.automatic_per_ticket_hour_max,
        ),
        automatic_per_ticket_row_max: count(
            "automatic_per_ticket_row_max",
            usual.automatic_per_ticket_row_max,
        ),
        acks_per_domain_hour_max: count("acks_per_domain_hour_max", usual.acks_per_domain_hour_max),
        acks_per_hour_max: count("acks_per_hour_max", usual.acks_per_hour_max),
        acks_per_address_row_max: count("acks_per_address_row_max", usual.acks_per_address_row_max),
        same_text_per_week_max: count("same_text_per_week_max", usual.same_text_per_week_max),
        tickets_per_address_hour_max: count(
            "tickets_per_address_hour_max",
            usual.tickets_per_address_hour_max,
        ),
        scheduled_per_ticket_row_max: count(
            "scheduled_per_ticket_row_max",
            usual.scheduled_per_ticket_row_max,
        ),
        scheduled_per_address_day_max: count(
            "scheduled_per_address_day_max",
            usual.scheduled_per_address_day_max,
        ),
        confirmations_per_hour_max: count("confirmations_per_hour_max", usual.confirmations_per_hour_max),
        bounces_per_address_week_max: count(
            "bounces_per_address_week_max",
            usual.bounces_per_address_week_max,
        ),
        answers_to_staff_per_ticket_day_max: count(
            "answers_to_staff_per_ticket_day_max",
            usual.answers_to_staff_per_ticket_day_max,
        ),
        received_max: section
            .optional("received_max", "received_max = 50")
            .integer(1..=1000)
            .map_or(usual.received_max, |n| n.value),
        answer_age_max_seconds: age.parse(value::duration).map_or(usual.answer_age_max_seconds, |n| n.value),
    };
    section.finish();
    limits
}

/// A limit that lets an ordinary mail in and keeps a hostile one out of memory.
fn message_bytes(text: &str) -> Result<u64, String> {
    let bytes = value::size(text)?;
    if (64 << 10..=256 << 20).contains(&bytes) {
        Ok(bytes)
    } else {
        Err(format!("{text} is not between 64KiB and 256MiB"))
    }
}

/// Reads `[alerts]`: addresses and the second route.
pub fn alerts(file: &Section<'_>, around: &Surroundings<'_>) -> (Vec<String>, Option<SmtpConfig>) {
    let field = file.optional("alerts", "[alerts]\nto = [\"ops@example.com\"]");
    let Some(section) = field.section() else { return (Vec::new(), None) };
    let to = section.required("to", "to = [\"ops@example.com\"]").list(value::address);
    let route = section.optional("smtp", "[alerts.smtp]\nhost = \"smtp.example.org\"");
    super::later::note(&route);
    let smtp = route.section().and_then(|smtp| smtp_server(smtp, around));
    section.finish();
    (values(to), smtp)
}

/// Reads `[templates]`: the operator's own texts.
pub fn templates(file: &Section<'_>, around: &Surroundings<'_>) -> Option<PathBuf> {
    let section = file.optional("templates", "[templates]\nfolder = \"templates\"").section()?;
    files::folder(section, "folder = \"templates\"", around)
}
