//! Whether the real servers are installed. A developer's machine without them skips those tests, loudly; continuous
//! integration fails instead, so that a missing package can never look like success.

use std::path::Path;

/// What a test with real servers needs.
const PROGRAMS: [&str; 2] = ["/usr/sbin/dovecot", "/usr/lib/postfix/sbin/master"];

/// True when Dovecot and Postfix are there and may be started (Postfix's master insists on root). False, with a line on
/// stderr, when the calling test is to be skipped.
///
/// # Panics
/// With `CI=true` instead of returning false.
#[must_use]
pub fn real_servers() -> bool {
    let mut missing: Vec<String> =
        PROGRAMS.iter().filter(|p| !Path::new(p).exists()).map(|p| format!("{p} is missing")).collect();
    // SAFETY: geteuid has no preconditions and cannot fail (geteuid(2)).
    if unsafe { libc::geteuid() } != 0 {
        missing.push("not root".to_owned());
    }
    excuse(&missing)
}

/// True when this program (a mail client, `strace`) is in `PATH`; as [`real_servers`] otherwise.
///
/// # Panics
/// With `CI=true` instead of returning false.
#[must_use]
pub fn program(name: &str) -> bool {
    excuse(&if is_in_path(name) { Vec::new() } else { vec![format!("{name} is missing")] })
}

fn is_in_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).exists())
}

/// True when a large program is in `PATH` that continuous integration does not install. False, with a line on stderr, when
/// the calling test is to be skipped.
#[must_use]
pub fn second_tier(name: &str) -> bool {
    let found = is_in_path(name);
    if !found {
        eprintln!("SKIPPED, this proves nothing: {name} is missing, which is installed by hand");
    }
    found
}

/// True when PostgreSQL is installed; as [`real_servers`] otherwise.
///
/// # Panics
/// With `CI=true` instead of returning false.
#[must_use]
pub fn postgres() -> bool {
    let found = crate::postgres::programs().is_some();
    excuse(&if found { Vec::new() } else { vec!["PostgreSQL 15 is missing".to_owned()] })
}

fn excuse(missing: &[String]) -> bool {
    if missing.is_empty() {
        return true;
    }
    let words = missing.join(", ");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must not skip: {words}");
    eprintln!("SKIPPED, this proves nothing: {words}");
    false
}
