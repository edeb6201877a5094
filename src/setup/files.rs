//! Writing the config and its secrets: whole or not at all, secrets readable by their owner alone, nothing overwritten that
//! the operator did not give up.
//!
//! Invariant: the secret of a desk that exists is never replaced, not even by force: every token that is out would be void.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};

use super::Stopped;
use crate::{config, edge};

/// Readable by the service, whatever user it runs as: no secret is in it.
const CONFIG_MODE: u32 = 0o644;
const SECRET_MODE: u32 = 0o600;

/// The secret of the desk at this place: the one that is there, or a new one, and whether it is new.
///
/// # Errors
/// When the file that is there cannot be used.
pub fn desk_secret(path: &Path) -> Result<(SecretString, bool), Stopped> {
    match fs::read_to_string(path) {
        Ok(text) if config::desk_id_of(&text).is_some() => Ok((SecretString::from(text), false)),
        Ok(_) => Err(Stopped::failed(format!(
            "{} is there and holds no usable key: move it away, or write 32 random bytes into it as Base64",
            path.display()
        ))),
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let key: [u8; 32] = edge::random();
            Ok((SecretString::from(format!("{}\n", BASE64.encode(&key))), true))
        }
        Err(why) => Err(Stopped::failed(format!("{} cannot be read: {why}", path.display()))),
    }
}

/// Refuses to go on where files are in the way, before anything is asked.
///
/// # Errors
/// Names them.
pub fn must_be_free(paths: &[PathBuf], force: bool) -> Result<(), Stopped> {
    let there: Vec<String> =
        paths.iter().filter(|path| path.exists()).map(|path| path.display().to_string()).collect();
    if force || there.is_empty() {
        return Ok(());
    }
    Err(Stopped::failed(format!(
        "{} there already: nothing is overwritten; move {} away, name another --config, or repeat with --force",
        if there.len() == 1 { format!("{} is", there.join("")) } else { format!("{} are", there.join(", ")) },
        if there.len() == 1 { "it" } else { "them" },
    )))
}

/// Writes a secret for its owner's eyes only.
///
/// # Errors
/// When the file cannot be written.
pub fn write_secret(path: &Path, secret: &SecretString) -> Result<(), Stopped> {
    let text = secret.expose_secret();
    let line = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    write(path, line.as_bytes(), SECRET_MODE)
}

/// Writes the config.
///
/// # Errors
/// When the file cannot be written.
pub fn write_config(path: &Path, text: &str) -> Result<(), Stopped> {
    write(path, text.as_bytes(), CONFIG_MODE)
}

/// Files that are about to be written, read before they are there.
pub struct Drafted<'a>(pub Vec<(&'a Path, &'a str)>);

impl config::Files for Drafted<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.0.iter().find(|(known, _)| *known == path) {
            Some((_, text)) => Ok(text.as_bytes().to_vec()),
            None => fs::read(path),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.iter().any(|(known, _)| *known == path) || path.exists()
    }

    fn is_world_readable(&self, _: &Path) -> bool {
        false
    }

    /// The service has its credentials there; `init` is not the service.
    fn credentials_folder(&self) -> Option<PathBuf> {
        None
    }
}

/// Beside its place first, then renamed: a reader sees the old file or the whole new one.
fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Stopped> {
    let wrong = |why: io::Error| Stopped::failed(format!("{} cannot be written: {why}", path.display()));
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    let written = (|| {
        if fresh.exists() {
            fs::remove_file(&fresh)?;
        }
        let mut file: File = OpenOptions::new().write(true).create_new(true).mode(mode).open(&fresh)?;
        // The mask of the shell may have taken rights that the service needs.
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    })();
    written.map_err(wrong)
}

/// Makes the folder that a file is to stand in.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> Result<PathBuf, Stopped> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&folder)
        .map_err(|why| Stopped::failed(format!("the folder {} cannot be made: {why}", folder.display())))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_for_their_owner_and_a_desks_secret_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk-secret");
        let (secret, is_new) = desk_secret(&path).unwrap();
        assert!(is_new && config::desk_id_of(secret.expose_secret()).is_some());
        write_secret(&path, &secret).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (again, is_new) = desk_secret(&path).unwrap();
        assert_eq!((again.expose_secret(), is_new), (secret.expose_secret(), false));
        fs::write(&path, "short").unwrap();
        assert!(desk_secret(&path).unwrap_err().to_string().contains("no usable key"));
    }

    #[test]
    fn what_is_there_is_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.toml");
        must_be_free(std::slice::from_ref(&path), false).unwrap();
        write_config(&path, "x").unwrap();
        let why = must_be_free(std::slice::from_ref(&path), false).unwrap_err().to_string();
        assert!(why.contains("maildesk.toml is there already") && why.contains("--force"), "{why}");
        must_be_free(&[path], true).unwrap();
    }
}
