//! Passwords and the desk's keys, out of files of their own. Knows no section of the config.
//!
//! Invariant: what a file holds appears in no error and no note.

use std::path::Path;

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::{Digest as _, Sha256};

use super::{
    DeskSecret,
    files::{Files, locate},
    reader::Field,
    value::words,
};

/// Bytes of a key of the desk, at least: the strength of HMAC-SHA256 (RFC 2104 section 3).
const KEY_BYTES_MIN: usize = 32;

/// Reads the file that a field names, as text without its trailing newline; records what is wrong with it.
pub fn read_file(field: &Field<'_>, config: &Path, files: &dyn Files) -> Option<SecretString> {
    let name = field.parse(words)?;
    let path = locate(&name.value, config, files);
    let shown = path.display();
    let bytes = files
        .read(&path)
        .map_err(|why| field.reject(name.line, format!("{shown} cannot be read: {why}")))
        .ok()?;
    if files.is_world_readable(&path) {
        field
            .findings
            .note(name.line, format!("everybody on this machine may read {shown}: chmod 600 {shown}"));
    }
    let Ok(text) = String::from_utf8(bytes) else {
        field.reject(name.line, format!("{shown} is not text in UTF-8"));
        return None;
    };
    let secret =
        text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if secret.trim().is_empty() {
        field.reject(name.line, format!("{shown} is empty"));
        return None;
    }
    Some(SecretString::from(secret))
}

/// A password: one line.
pub fn password(field: &Field<'_>, config: &Path, files: &dyn Files) -> Option<SecretString> {
    let secret = read_file(field, config, files)?;
    if secret.expose_secret().chars().any(char::is_control) {
        field.reject(field.line, "the password's file must hold one line without control characters");
        return None;
    }
    Some(secret)
}

/// As [`password`], where the field may be absent.
pub fn password_if_named(field: &Field<'_>, config: &Path, files: &dyn Files) -> Option<SecretString> {
    if field.is_present() { password(field, config, files) } else { None }
}

/// The keys of the desk, the newest first, one a line: `ID:KEY` with the key as Base64 or hex, or the bare key.
pub fn desk_secrets(field: &Field<'_>, config: &Path, files: &dyn Files) -> Vec<DeskSecret> {
    let Some(text) = read_file(field, config, files) else { return Vec::new() };
    let mut keys: Vec<DeskSecret> = Vec::new();
    for (n, line) in text.expose_secret().lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match desk_secret(line.trim()) {
            Ok(key) if keys.iter().any(|other| other.id == key.id) => {
                let problem = format!(
                    "line {} of the secret file: its id, {}, is taken; write another id in front, ID:KEY",
                    n + 1,
                    key.id
                );
                field.reject(field.line, problem);
            }
            Ok(key) => keys.push(key),
            Err(problem) => field.reject(field.line, format!("line {} of the secret file: {problem}", n + 1)),
        }
    }
    keys
}

fn desk_secret(line: &str) -> Result<DeskSecret, String> {
    let explicit =
        line.split_once(':').and_then(|(id, key)| Some((id.trim().parse::<u8>().ok()?, key.trim())));
    let (id, key) = match explicit {
        Some((id, encoded)) => {
            (Some(id), decode(encoded).ok_or("the key behind the id is neither Base64 nor hex")?)
        }
        None => (None, line.as_bytes().to_vec()),
    };
    if key.len() < KEY_BYTES_MIN {
        return Err(format!("the key is shorter than {KEY_BYTES_MIN} bytes"));
    }
    // A bare key names itself, so that lines may come and go without renaming the others.
    let own = || {
        Sha256::new()
            .chain_update(b"maildesk key id\0")
            .chain_update(&key)
            .finalize()
            .first()
            .copied()
            .unwrap_or(0)
    };
    Ok(DeskSecret { id: id.unwrap_or_else(own), key: SecretSlice::from(key) })
}

/// Hex first: 64 hex digits would also be right Base64.
fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    HEXLOWER_PERMISSIVE
        .decode(bytes)
        .or_else(|_| BASE64.decode(bytes))
        .or_else(|_| BASE64_NOPAD.decode(bytes))
        .ok()
}

/// The desk's short stable id: 12 hex digits of the SHA-256 of its oldest key.
pub fn desk_id(keys: &[DeskSecret]) -> String {
    let digest = keys.last().map(|oldest| Sha256::digest(oldest.key.expose_secret()));
    digest.map_or_else(String::new, |digest| {
        data_encoding::HEXLOWER.encode(digest.get(..6).unwrap_or_default())
    })
}

/// [`desk_id`] of a secret file's text; `None` when it holds no usable key.
#[must_use]
pub fn desk_id_of(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys: Vec<DeskSecret> = lines.map(desk_secret).collect::<Result<_, _>>().ok()?;
    (!keys.is_empty()).then(|| desk_id(&keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_every_form() {
        let hex = desk_secret(&format!("7:{}", "aB".repeat(32))).unwrap();
        assert_eq!((hex.id, hex.key.expose_secret()), (7, [0xab; 32].as_slice()));
        let base64 = desk_secret(&format!("255:{}", BASE64.encode(&[1; 40]))).unwrap();
        assert_eq!((base64.id, base64.key.expose_secret()), (255, [1; 40].as_slice()));
        let bare = desk_secret(&"k".repeat(32)).unwrap();
        assert_eq!(bare.key.expose_secret(), "k".repeat(32).as_bytes());
        assert_eq!(
            bare.id,
            desk_secret(&"k".repeat(32)).unwrap().id,
            "a bare key's id depends on nothing else"
        );
    }

    #[test]
    fn weak_keys_are_refused_without_showing_them() {
        for line in ["short", "1:c2hvcnQ=", "1:not base64 at all, but long enough to be a key of thirty-two"]
        {
            let problem = desk_secret(line).unwrap_err();
            assert!(!problem.contains("short") || problem.contains("shorter"), "{problem}");
            assert!(!problem.contains("c2h") && !problem.contains("all,"), "{problem}");
        }
        assert!(!format!("{:?}", desk_secret(&"k".repeat(40)).unwrap()).contains("kk"));
    }
}
