//! The parts of a mail that are files: which they are, what they are called, what they are good for. Sizes and hashes speak
//! of the decoded bytes as they were sent, never of re-encoded text.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{
    Attachment, AttachmentKind, filename,
    structure::{Part, Structure},
    transfer, words,
};

/// Indices of the parts that are attachments: all leaves but the ones whose text is the mail's body.
#[must_use]
pub fn find(tree: &Structure<'_>, bodies: &[usize]) -> Vec<usize> {
    tree.parts
        .iter()
        .enumerate()
        .filter(|(i, p)| !p.is_container() && !bodies.contains(i) && is_file(p))
        .map(|(i, _)| i)
        .collect()
}

/// Empty multiparts and unnamed empty texts are leftovers of mail programs, no files.
fn is_file(part: &Part<'_>) -> bool {
    let named = raw_name(part).is_some() || part.disposition.value == "attachment";
    named || !(part.body.trim_ascii().is_empty() || part.content_type.value.starts_with("multipart/"))
}

/// The decoded bytes of a part.
#[must_use]
pub fn bytes<'a>(part: &Part<'a>) -> Cow<'a, [u8]> {
    transfer::decode(part.body, &part.encoding)
}

/// The name that the mail gives a part, decoded.
#[must_use]
pub fn raw_name(part: &Part<'_>) -> Option<String> {
    [part.disposition.param("filename"), part.content_type.param("name"), part.content_type.param("filename")]
        .into_iter()
        .find(|n| !n.is_empty())
        .map(str::to_owned)
}

/// Describes a part as an attachment; what is odd goes to `warnings`.
#[must_use]
pub fn describe(part: &Part<'_>, number: usize, warnings: &mut Vec<String>) -> Attachment {
    let data = bytes(part);
    let detected = infer::get(&data);
    let declared = part.content_type.value.clone();
    let original = raw_name(part).or_else(|| embedded_subject(part, &data));
    let fallback = format!("part-{number}.{}", ending(&declared, detected.map(|d| d.extension())));
    let name = original.as_deref().map_or_else(|| fallback.clone(), |n| filename::clean(n, &fallback));
    if original.as_deref().is_some_and(|n| {
        n.chars().any(filename::is_deceptive)
            || n.contains(['/', '\\'])
            || name.starts_with('_') && !n.starts_with('_')
    }) {
        warnings.push(format!("attachment {number}: unsafe name, stored as \"{name}\""));
    }
    Attachment {
        kind: kind(&declared, detected.map(|d| d.mime_type()), &name),
        name,
        original_name: original,
        content_type: declared,
        detected_type: detected.map(|d| d.mime_type().to_owned()),
        size: data.len() as u64,
        sha256: HEXLOWER.encode(&Sha256::digest(&data)),
        inline: part.disposition.value == "inline"
            || part.disposition.value.is_empty() && part.header.first("Content-ID").is_some(),
    }
}

/// An embedded message without a name is called by its subject.
fn embedded_subject(part: &Part<'_>, data: &[u8]) -> Option<String> {
    if part.content_type.value != "message/rfc822" {
        return None;
    }
    let subject = words::decode(super::header::parse(data).first("Subject")?.value);
    (!subject.is_empty()).then(|| format!("{subject}.eml"))
}

fn ending(declared: &str, detected: Option<&'static str>) -> &'static str {
    match declared {
        "message/rfc822" => "eml",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/csv" => "csv",
        _ if declared.starts_with("text/") => "txt",
        _ => detected.unwrap_or("bin"),
    }
}

fn kind(declared: &str, detected: Option<&str>, name: &str) -> AttachmentKind {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let by_type = |t: &str| match t {
        "message/rfc822" | "message/global" | "application/vnd.ms-outlook" => Some(AttachmentKind::Message),
        "text/calendar" | "application/ics" => Some(AttachmentKind::Calendar),
        "application/zip"
        | "application/gzip"
        | "application/x-tar"
        | "application/x-7z-compressed"
        | "application/vnd.rar"
        | "application/x-rar-compressed"
        | "application/x-bzip2"
        | "application/x-xz"
        | "application/zstd" => Some(AttachmentKind::Archive),
        "application/pdf" | "application/rtf" | "application/msword" | "text/csv" => {
            Some(AttachmentKind::Document)
        }
        t if t.starts_with("image/") => Some(AttachmentKind::Screenshot),
        t if t.starts_with("audio/") => Some(AttachmentKind::Audio),
        t if t.starts_with("application/vnd.openxmlformats")
            || t.starts_with("application/vnd.oasis")
            || t.starts_with("application/vnd.ms-") =>
        {
            Some(AttachmentKind::Document)
        }
        _ => None,
    };
    let by_ending = match ending.as_str() {
        "log" | "out" | "err" | "trace" | "har" | "dmp" | "stacktrace" | "evtx" => Some(AttachmentKind::Log),
        "eml" | "msg" => Some(AttachmentKind::Message),
        "ics" => Some(AttachmentKind::Calendar),
        "zip" | "gz" | "tgz" | "rar" | "7z" | "tar" | "bz2" | "xz" | "zst" => Some(AttachmentKind::Archive),
        "pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "odt" | "ods" | "csv" | "rtf" | "md"
        | "wps" | "et" | "pages" | "numbers" => Some(AttachmentKind::Document),
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "bmp" | "heic" | "tif" | "tiff" => {
            Some(AttachmentKind::Screenshot)
        }
        "mp3" | "wav" | "amr" | "m4a" | "ogg" | "opus" => Some(AttachmentKind::Audio),
        _ => None,
    };
    if by_ending == Some(AttachmentKind::Log) {
        return AttachmentKind::Log;
    }
    let plain =
        matches!(declared, "text/plain" | "application/json" | "text/xml").then_some(AttachmentKind::Log);
    detected
        .and_then(by_type)
        .filter(|k| *k != AttachmentKind::Archive || by_ending.is_none())
        .or(by_ending)
        .or_else(|| by_type(declared))
        .or(plain)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::structure;

    #[test]
    fn original_bytes_and_kind() {
        let raw = b"Content-Type: text/plain; charset=gb2312; name=\"../a.log\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nuMo=\r\n";
        let tree = structure::parse(raw);
        let mut warnings = Vec::new();
        let a = describe(&tree.parts[0], 1, &mut warnings);
        assert_eq!(
            (a.name.as_str(), a.original_name.as_deref(), a.size, a.kind),
            ("a.log", Some("../a.log"), 2, AttachmentKind::Log)
        );
        assert_eq!(a.sha256, HEXLOWER.encode(&Sha256::digest(b"\xb8\xca")));
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn office_files_are_documents_and_zips_archives() {
        assert_eq!(
            kind("application/octet-stream", Some("application/zip"), "a.docx"),
            AttachmentKind::Document
        );
        assert_eq!(kind("application/octet-stream", Some("application/zip"), "a"), AttachmentKind::Archive);
        assert_eq!(kind("image/png", None, "a"), AttachmentKind::Screenshot);
    }
}
