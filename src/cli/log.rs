//! The log: the journal under systemd, else stderr. No addresses, subjects or bodies at INFO; targets of libraries that
//! would write secrets are capped in code, whatever `MAILDESK_LOG` says (DESIGN invariant 9).

use std::env;

use anyhow::Result;
use tracing::{Level, Metadata, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::imap::QUIET_TARGETS;

/// Targets that speak of whole conversations or statements: their TRACE holds passwords and mails.
const LIBRARIES: &[&str] = &["lettre", "sqlx", "hickory", "rustls", "mail_auth"];

pub(super) fn start() -> Result<()> {
    // The words of a panic may quote the text at hand, which is a client's: only the place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a bug: panicked");
    }));
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .with_env_var("MAILDESK_LOG")
        .from_env_lossy();
    let capped = filter_fn(may_speak);
    if env::var_os("JOURNAL_STREAM").is_some()
        && let Ok(journal) = tracing_journald::layer()
    {
        Registry::default().with(journal.with_filter(filter).with_filter(capped)).try_init()?;
        return Ok(());
    }
    let stderr = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false);
    Registry::default().with(stderr.with_filter(filter).with_filter(capped)).try_init()?;
    Ok(())
}

/// Libraries may warn, no more.
fn may_speak(metadata: &Metadata<'_>) -> bool {
    let is_library =
        LIBRARIES.iter().chain(&QUIET_TARGETS).any(|library| metadata.target().starts_with(library));
    !is_library || *metadata.level() <= Level::WARN
}
