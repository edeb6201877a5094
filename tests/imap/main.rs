//! What maildesk does when an IMAP server is right, wrong, hostile or gone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod cutting;
mod fetching;
mod folders;
mod opening;
mod sent;
mod settling;
mod watching;

use std::{path::PathBuf, time::Duration};

use maildesk::{
    config::{ServerConfig, Tls},
    imap::{ImapError, ImapLimits, Session},
};
use maildesk_lab::scripted_imap::{Builder, PASSWORD, ScriptedImap, USER};

/// Deadlines that a test can wait for.
fn limits() -> ImapLimits {
    ImapLimits {
        connect_timeout: Duration::from_secs(10),
        response_timeout: Duration::from_secs(10),
        command_timeout: Duration::from_secs(10),
        ..ImapLimits::default()
    }
}

/// For tests whose server stalls.
fn impatient() -> ImapLimits {
    ImapLimits {
        response_timeout: Duration::from_millis(300),
        command_timeout: Duration::from_millis(300),
        ..limits()
    }
}

fn config(server: &ScriptedImap, tls: Tls, ca_file: Option<PathBuf>) -> ServerConfig {
    ServerConfig {
        host: server.ip().to_string(),
        port: server.port(),
        tls,
        user: USER.to_owned(),
        password: PASSWORD.to_owned().into(),
        ca_file,
    }
}

async fn open(server: &ScriptedImap, limits: &ImapLimits) -> Result<Session, ImapError> {
    Session::open(&config(server, Tls::None, None), limits).await
}

/// A session with INBOX open.
async fn inbox(server: &ScriptedImap, limits: &ImapLimits) -> Session {
    let mut session = open(server, limits).await.unwrap();
    session.select("INBOX").await.unwrap();
    session
}

fn mail(uid: u32) -> Vec<u8> {
    format!("Subject: number {uid}\r\nMessage-ID: <{uid}@client.test>\r\n\r\n{{9}}\r\n) body of {uid}\r\n")
        .into_bytes()
}

fn with_mails(uids: impl IntoIterator<Item = u32>) -> Builder {
    uids.into_iter().fold(ScriptedImap::builder(), |builder, uid| builder.mail(uid, &mail(uid)))
}
