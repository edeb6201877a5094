//! The operator's own templates: `[templates] folder` holds the files that take the place of built-in ones.

use std::{
    collections::BTreeMap,
    fs::{self, DirEntry},
    io,
    path::Path,
};

/// A template is a screenful of text; anything larger is not one.
const TEMPLATE_BYTES_MAX: u64 = 256 << 10;

/// Every template file by its name below the folder: `layout.html`, `letters/reply.letter`, `en/words.toml`.
///
/// # Errors
/// When the folder cannot be read, or a file is no UTF-8 or too large for a template.
pub fn template_files(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type()?.is_dir() {
            files.insert(name, read(&entry)?);
            continue;
        }
        for inner in fs::read_dir(entry.path())? {
            let inner = inner?;
            files.insert(format!("{name}/{}", inner.file_name().to_string_lossy()), read(&inner)?);
        }
    }
    Ok(files)
}

fn read(file: &DirEntry) -> io::Result<String> {
    if file.metadata()?.len() > TEMPLATE_BYTES_MAX {
        return Err(io::Error::other(format!("{} is too large for a template", file.path().display())));
    }
    fs::read_to_string(file.path())
}
