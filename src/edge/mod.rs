//! What every effect needs: clock, randomness, signs of life. May be imported by all effectful folders; imports nothing of ours.

mod pulse;

pub use pulse::Pulse;

use std::time::SystemTime;

/// The wall clock, UTC. The only place that asks the machine for the time of day.
#[must_use]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::try_from(SystemTime::now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// This machine and this life of the program, for people to read and for nobody else to have: `HOST pid PID`, then 128
/// random bits.
#[must_use]
pub fn identity() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    let random: String = random::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} pid {} {random}", if host.is_empty() { "localhost" } else { host }, std::process::id())
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has no randomness, where going on would be unsafe.
#[must_use]
#[allow(clippy::panic, reason = "no randomness: every token would be guessable")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(why) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no randomness: {why}");
    }
    bytes
}
