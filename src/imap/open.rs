//! From a connection to a login, without showing a secret to anybody who should not see it.
//!
//! Order: greeting, STARTTLS where configured, CAPABILITY (anew after TLS: what came before may be forged), login,
//! CAPABILITY, ID. A password is written only over TLS or to this machine; [`crate::net::connect`] sees to the latter.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use secrecy::ExposeSecret;

use super::{
    ImapError, ImapLimits,
    answer::{Answer, Item, Status},
    syntax::quoted,
    wire::{Expect, Wire},
};
use crate::{
    config::{ServerConfig, Tls},
    net,
};

/// Response codes at the start of a refusal that mean "later", not "never" (RFC 5530; THROTTLED is Gmail's).
const PASSING_CODES: [&str; 6] =
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[THROTTLED]", "[EXPUNGEISSUED]"];

/// Whether a refusal passes by itself.
pub(super) fn passes(words: &str) -> bool {
    let upper = words.to_ascii_uppercase();
    PASSING_CODES.iter().any(|code| upper.starts_with(code))
}

/// Connects and logs in; the wire and what the server can do.
pub(super) async fn open(
    server: &ServerConfig,
    limits: &ImapLimits,
) -> Result<(Wire, BTreeSet<String>), ImapError> {
    let stream = net::connect(server, limits.connect_timeout).await?;
    let mut wire = Wire::new(stream, *limits);
    greet(&mut wire, server).await?;
    if server.tls == Tls::StartTls {
        wire = start_tls(wire, server, limits).await?;
    }
    let before = capabilities(&mut wire).await?;
    let login = log_in(&mut wire, server, &before).await?;
    let after = match login.items.into_iter().rev().find_map(listed) {
        Some(capabilities) => capabilities,
        None => capabilities(&mut wire).await?,
    };
    if after.contains("ID") {
        introduce(&mut wire).await?;
    }
    Ok((wire, after))
}

async fn greet(wire: &mut Wire, server: &ServerConfig) -> Result<(), ImapError> {
    let items = wire.greeting().await?;
    match items.first() {
        // A server that takes us for somebody without a login: nobody asked for that, and before TLS it is an attack that
        // makes the client skip STARTTLS (CVE-2020-12398).
        Some(Item::Greeting { preauth: true }) => Err(ImapError::Operator(format!(
            "{}:{}: the server greets with PREAUTH, as if logged in already; the connection is not used",
            server.host, server.port
        ))),
        Some(Item::Greeting { preauth: false }) => Ok(()),
        Some(Item::Bye(words)) => {
            Err(ImapError::Temporary(format!("the IMAP server refuses connections: {words}")))
        }
        _ => Err(ImapError::doubt("it began without a greeting")),
    }
}

async fn start_tls(mut wire: Wire, server: &ServerConfig, limits: &ImapLimits) -> Result<Wire, ImapError> {
    let answer = wire.command("STARTTLS", Expect::SHORT).await?;
    if answer.status != Status::Ok {
        return Err(ImapError::Operator(format!(
            "{}:{}: the server does not offer STARTTLS, which tls = \"starttls\" demands: {}",
            server.host, server.port, answer.words
        )));
    }
    let stream = wire.into_quiet_stream()?.upgrade(server, limits.connect_timeout).await?;
    Ok(Wire::new(stream, *limits))
}

async fn capabilities(wire: &mut Wire) -> Result<BTreeSet<String>, ImapError> {
    let answer = wire.command("CAPABILITY", Expect::SHORT).await?;
    let listed = answer.items.into_iter().find_map(listed);
    listed.ok_or_else(|| ImapError::doubt("it does not list its capabilities"))
}

fn listed(item: Item) -> Option<BTreeSet<String>> {
    match item {
        Item::Capabilities(capabilities) => Some(capabilities),
        _ => None,
    }
}

/// LOGIN, which every server knows; AUTHENTICATE PLAIN (RFC 4616) where LOGIN is disabled or cannot carry the password.
async fn log_in(
    wire: &mut Wire,
    server: &ServerConfig,
    known: &BTreeSet<String>,
) -> Result<Answer, ImapError> {
    let (user, password) = (server.user.as_str(), server.password.expose_secret());
    let answer = if !known.contains("LOGINDISABLED") && user.is_ascii() && password.is_ascii() {
        let text = format!("LOGIN {} {}", quoted("the user name", user)?, quoted("the password", password)?);
        wire.command(&text, Expect::SHORT).await?
    } else if known.contains("AUTH=PLAIN") {
        if user.contains('\0') || password.contains('\0') {
            return Err(ImapError::Operator("the user name or the password contains NUL".to_owned()));
        }
        let token = BASE64.encode(format!("\0{user}\0{password}").as_bytes());
        if known.contains("SASL-IR") {
            wire.command(&format!("AUTHENTICATE PLAIN {token}"), Expect::SHORT).await?
        } else {
            wire.command_in_two("AUTHENTICATE PLAIN", &token).await?
        }
    } else {
        return Err(ImapError::Operator(format!(
            "{}:{}: the server offers no login by password that can carry this user name and password",
            server.host, server.port
        )));
    };
    match answer.status {
        Status::Ok => Ok(answer),
        Status::No | Status::Bad if passes(&answer.words) => {
            Err(ImapError::Temporary(format!("the IMAP server lets nobody in now: {}", answer.words)))
        }
        Status::No | Status::Bad => Err(ImapError::Login { server_words: answer.words }),
    }
}

/// NetEase (163.com, 126.com) answers every SELECT with "Unsafe Login" to a client that has not named itself (RFC 2971).
/// A refusal is no reason to stop.
async fn introduce(wire: &mut Wire) -> Result<(), ImapError> {
    let text = format!("ID (\"name\" \"maildesk\" \"version\" \"{}\")", env!("CARGO_PKG_VERSION"));
    wire.command(&text, Expect::SHORT).await.map(drop)
}
