//! Attachment names that are safe to store and to show. Knows no file system.

use super::deception::is_hidden;

/// Longest name in bytes; common file systems take 255.
const NAME_BYTES_MAX: usize = 150;

/// Names that Windows reserves for devices, with any ending.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "conin$", "conout$",
];

/// A safe form of `name`: the last path component, without controls, characters that change the direction or show
/// nothing, or characters that some file system refuses. `fallback` when nothing is left.
#[must_use]
pub fn clean(name: &str, fallback: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|&c| !is_hidden(c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\0') { '_' } else { c })
        .collect();
    let kept = kept.trim().trim_end_matches(['.', ' ']).trim_start_matches(['.', ' ', '-']);
    if kept.is_empty() {
        return fallback.to_owned();
    }
    let stem = kept.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kept = if DEVICES.contains(&stem.as_str()) { format!("_{kept}") } else { kept.to_owned() };
    shorten(&kept)
}

/// Cuts the stem, keeps the ending.
fn shorten(name: &str) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let end = stem.floor_char_boundary(NAME_BYTES_MAX - ending.len());
    format!("{}{ending}", stem.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_names_become_safe() {
        for (name, safe) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a.log", "a.log"),
            ("con.txt", "_con.txt"),
            ("a\r\nb\0.png", "ab.png"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("zero\u{200b}width.log", "zerowidth.log"),
            ("..", "part"),
            ("a:b?.txt", "a_b_.txt"),
            (".bashrc", "bashrc"),
            ("日志.zip", "日志.zip"),
        ] {
            assert_eq!(clean(name, "part"), safe, "{name:?}");
        }
        let long = clean(&format!("{}.log", "日".repeat(300)), "x");
        assert!(long.len() <= NAME_BYTES_MAX && long.ends_with(".log"));
    }
}
