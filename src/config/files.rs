//! The files that a config names, and where they are looked for. The only part of `config` that asks the machine.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    mailbox::Surroundings,
    reader::{At, Section},
    value::{self, folder_of},
};

/// What the config needs of the machine; tests put a table in its place.
pub trait Files {
    /// The whole file.
    ///
    /// # Errors
    /// As the operating system says it.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Whether there is a file or a folder.
    fn exists(&self, path: &Path) -> bool;
    /// Whether people besides owner and group may read it.
    fn is_world_readable(&self, path: &Path) -> bool;
    /// systemd's `$CREDENTIALS_DIRECTORY` (systemd.exec(5)).
    fn credentials_folder(&self) -> Option<PathBuf>;
}

/// The machine's own files.
#[derive(Debug, Clone, Copy)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn is_world_readable(&self, path: &Path) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o004 != 0)
    }

    fn credentials_folder(&self) -> Option<PathBuf> {
        std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
    }
}

/// Where a name in the config points: an absolute one to itself; a relative one into the credentials folder when it is
/// there, else beside the config.
pub fn locate(name: &str, config: &Path, files: &dyn Files) -> PathBuf {
    let credential =
        files.credentials_folder().map(|folder| folder.join(name)).filter(|path| files.exists(path));
    credential.unwrap_or_else(|| folder_of(config).join(name))
}

/// The folder that a section's only key, `folder`, names: it must be there.
pub fn folder(section: Section<'_>, example: &'static str, around: &Surroundings<'_>) -> Option<PathBuf> {
    let folder = section.required("folder", example);
    let name: Option<At<String>> = folder.parse(value::words);
    section.finish();
    let name = name?;
    let path = locate(&name.value, around.config, around.files);
    if !around.files.exists(&path) {
        folder.reject(name.line, format!("there is no folder {}", path.display()));
    }
    Some(path)
}
