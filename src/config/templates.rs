//! The operator's own templates: `[templates] folder` holds `en/acknowledgement.txt` and the like.

use std::{collections::BTreeMap, fs, io, path::Path};

/// A template is a screenful of text; anything larger is not one.
const TEMPLATE_BYTES_MAX: u64 = 256 << 10;

/// Every template file by its name below the folder, `en/acknowledgement.txt`.
///
/// # Errors
/// When the folder cannot be read, or a file is no UTF-8 or too large for a template.
pub fn template_files(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for language in fs::read_dir(folder)? {
        let language = language?;
        if !language.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(language.path())? {
            let file = file?;
            if !file.file_type()?.is_file() {
                continue;
            }
            if file.metadata()?.len() > TEMPLATE_BYTES_MAX {
                return Err(io::Error::other(format!("{} is too large for a template", file.path().display())));
            }
            let name =
                format!("{}/{}", language.file_name().to_string_lossy(), file.file_name().to_string_lossy());
            files.insert(name, fs::read_to_string(file.path())?);
        }
    }
    Ok(files)
}
