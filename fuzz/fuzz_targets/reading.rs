//! Any bytes through the whole reading path: `mail::read`, every attachment it lists, `triage::triage`, and the JSON that
//! `inspect` prints. `scripts/fuzz` runs it; libFuzzer bounds the time of one input, and its panic hook ends the process at a
//! panic even where `read` would catch it.
#![no_main]

#[path = "../../src/mail/mod.rs"]
mod mail;
#[path = "../../src/triage/mod.rs"]
mod triage;

use std::sync::LazyLock;

use allocation_counter::measure;
use data_encoding::HEXLOWER;
use libfuzzer_sys::fuzz_target;
use mail::{ReadPolicy, attachment, read};
use sha2::{Digest, Sha256};
use triage::triage;

/// The most that the heap may hold while one mail is read (SPEC section 5).
const HEAP_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The inputs here are small, and what is read of a small mail is a small multiple of it: more means that a length in the mail
/// was believed.
const HEAP_BYTES_MAX_OF_SMALL: u64 = 24 * 1024 * 1024;
const SMALL: usize = 64 * 1024;

static POLICY: LazyLock<ReadPolicy> = LazyLock::new(|| ReadPolicy {
    own_addresses: vec!["support@desk.example".into()],
    own_lists: vec!["team.desk.example".into()],
    desk_id: "fuzz".into(),
});

fuzz_target!(|raw: &[u8]| {
    let policy = &*POLICY;
    let most = if raw.len() <= SMALL { HEAP_BYTES_MAX_OF_SMALL } else { HEAP_BYTES_MAX };
    let mut used = measure(|| whole_reading(raw, policy)).bytes_max;
    if used > most {
        // Tables that are built once, at the first mail that needs them, are no mail's cost.
        used = measure(|| whole_reading(raw, policy)).bytes_max;
    }
    assert!(used <= most, "{used} bytes of heap for a mail of {} bytes", raw.len());
});

fn whole_reading(raw: &[u8], policy: &ReadPolicy) {
    let reading = read(raw, policy);
    assert!(!reading.warnings.iter().any(|w| w.starts_with("reader crashed")), "{:?}", reading.warnings);
    for (index, listed) in reading.attachments.iter().enumerate() {
        let bytes = attachment(raw, index).expect("a listed attachment can be read again");
        assert_eq!(listed.size, bytes.len() as u64, "size of attachment {index}");
        assert_eq!(listed.sha256, HEXLOWER.encode(&Sha256::digest(&bytes)), "SHA-256 of attachment {index}");
    }
    assert!(attachment(raw, reading.attachments.len()).is_none());
    let _ = triage(&reading);
    let json = serde_json::to_string(&reading).expect("a reading is JSON");
    // PostgreSQL takes no U+0000, and neither does a terminal.
    assert!(!json.contains("\\u0000"), "U+0000 in the reading: {json}");
}
