//! The SMTP conversation against a server that misbehaves as told, and the outbox worker end to end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod conversation;
mod login;
mod worker;

use std::{io::Write, time::Duration};

use maildesk::{
    config::{ServerConfig, Tls},
    smtp::{Connection, Deadlines, SmtpError},
};
use maildesk_lab::scripted_smtp::ScriptedSmtp;
use tempfile::NamedTempFile;

const MAIL: &[u8] = b"Message-ID: <1@desk.test>\r\nSubject: hello\r\n\r\nBody\r\n";

/// Short enough that a stall shows soon, long enough for a busy machine.
fn deadlines() -> Deadlines {
    Deadlines {
        connect: Duration::from_secs(5),
        opening: Duration::from_secs(20),
        command: Duration::from_secs(20),
        content: Duration::from_secs(20),
        farewell: Duration::from_secs(5),
    }
}

fn server_config(server: &ScriptedSmtp, tls: Tls) -> ServerConfig {
    ServerConfig {
        host: server.ip.to_string(),
        port: server.port,
        tls,
        user: String::new(),
        password: String::new().into(),
        ca_file: None,
    }
}

/// The server's root in a file, which must outlive the connection's opening.
fn ca_file(server: &ScriptedSmtp) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(server.authority.ca_pem.as_bytes()).unwrap();
    file
}

async fn open(server: &ScriptedSmtp) -> Result<Connection, SmtpError> {
    Connection::open(&server_config(server, Tls::None), "desk.test", &deadlines()).await
}
