//! The files of a mail: which they are, what they are called, what they are good for. Sizes and hashes speak of the decoded
//! bytes as they were sent, never of re-encoded text.
//!
//! Knows nothing of the body but which parts it took. Invariant: [`walk`] gives the same files in the same order
//! whoever asks, so that a number names a file; at most [`FILES_MAX`] of one mail.

use std::{borrow::Cow, ops::ControlFlow};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{
    Attachment, AttachmentKind, deception, filename,
    structure::{Part, Structure},
    trace, transfer, words,
};

pub mod cloud;
pub mod kind;
mod lzfu;
mod rtf;
pub mod text;
pub mod tnef;
pub mod uuencode;

/// Files listed of one mail.
const FILES_MAX: usize = 2_000;

/// One file.
#[derive(Debug, Default)]
pub struct File<'a> {
    /// As the mail has it, decoded.
    pub name: Option<String>,
    /// Declared, lower case.
    pub content_type: String,
    pub is_inline: bool,
    pub data: Cow<'a, [u8]>,
}

/// Shows every file of the mail to `visit` until it breaks off. `bodies` are the parts whose text is the mail's body: what
/// such a text holds of files is shown. Says what was odd.
pub fn walk(
    tree: &Structure<'_>,
    bodies: &[usize],
    visit: &mut dyn FnMut(File<'_>) -> ControlFlow<()>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut left = FILES_MAX;
    let mut counted = |file: File<'_>| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { visit(file) }
    };
    for (i, part) in tree.parts.iter().enumerate() {
        if part.is_container() {
            continue;
        }
        let flow = if bodies.contains(&i) {
            files_in_text(part, &mut counted)
        } else if is_file(part) {
            files_of(part, &mut counted, &mut warnings)
        } else {
            continue;
        };
        if flow.is_break() {
            break;
        }
    }
    warnings
}

/// Files that stand in a text as uuencode.
fn files_in_text(part: &Part<'_>, visit: &mut dyn FnMut(File<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
    if part.content_type.value == "text/html" {
        return ControlFlow::Continue(());
    }
    let text = part.text_bytes();
    for block in uuencode::find(text) {
        visit(File {
            name: Some(words::decode(block.name)).filter(|n| !n.is_empty()),
            content_type: "application/octet-stream".to_owned(),
            is_inline: false,
            data: block.bytes(text).into(),
        })?;
    }
    ControlFlow::Continue(())
}

fn files_of(
    part: &Part<'_>,
    visit: &mut dyn FnMut(File<'_>) -> ControlFlow<()>,
    warnings: &mut Vec<String>,
) -> ControlFlow<()> {
    let data = bytes(part);
    if let Some(message) = tnef::read(&data) {
        let holds_something = !message.files.is_empty() || message.html.is_some() || message.text.is_some();
        let is_whole = !message.is_damaged && holds_something;
        if message.is_damaged {
            warnings.push("winmail.dat is damaged: what could be read of it is listed before it".to_owned());
        }
        files_of_message(message, visit)?;
        if is_whole {
            return ControlFlow::Continue(());
        }
    }
    let disposition = part.disposition.value.as_str();
    visit(File {
        name: raw_name(part).or_else(|| embedded_subject(part, &data)).or_else(|| other_name(part)),
        content_type: part.content_type.value.clone(),
        is_inline: disposition == "inline"
            || disposition.is_empty() && part.header.first("Content-ID").is_some(),
        data,
    })
}

/// The files of a TNEF message; a message inside is a file itself, and its files follow it.
fn files_of_message(
    message: tnef::Message<'_>,
    visit: &mut dyn FnMut(File<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for file in message.files {
        let (name, data, inner, fallback) = match file.content {
            tnef::Content::Bytes(bytes) => {
                (file.name, Cow::Borrowed(bytes), None, "application/octet-stream")
            }
            tnef::Content::Message(inner) => {
                let name = inner.subject.clone().or(file.name).map(|n| format!("{n}.eml"));
                (name, Cow::Owned(inner.as_mail()), Some(inner), "message/rfc822")
            }
        };
        let content_type =
            file.content_type.filter(|_| inner.is_none()).unwrap_or_else(|| fallback.to_owned());
        visit(File { name, content_type, is_inline: file.is_inline, data })?;
        if let Some(inner) = inner {
            files_of_message(*inner, visit)?;
        }
    }
    ControlFlow::Continue(())
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
    [
        part.disposition.param("filename"),
        part.content_type.param("name"),
        part.content_type.param("filename"),
        part.disposition.param("name"),
    ]
    .into_iter()
    .find(|n| !n.is_empty())
    .map(str::to_owned)
}

/// A file name in the fields that programs fill when they leave out the others: `Content-Location: photo.jpg`,
/// `Content-Description: report.pdf`.
fn other_name(part: &Part<'_>) -> Option<String> {
    let is_name = |text: &str| {
        let (stem, ending) = text.rsplit_once('.').unwrap_or_default();
        !stem.is_empty()
            && (2..=4).contains(&ending.len())
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
            && text.len() <= 255
    };
    ["Content-Location", "Content-Description"].into_iter().find_map(|name| {
        let text = words::decode(part.header.first(name)?.value);
        let last = text.rsplit('/').next().unwrap_or_default().trim_matches('"');
        is_name(last).then(|| last.to_owned())
    })
}

/// Describes a file; what is odd goes to `warnings`.
#[must_use]
pub fn describe(file: &File<'_>, number: usize, warnings: &mut Vec<String>) -> Attachment {
    let detected = kind::detect(&file.data);
    let ending = kind::ending(&file.content_type, detected)
        .or_else(|| infer::get(&file.data).map(|d| d.extension()))
        .unwrap_or("bin");
    let fallback = format!("part-{number}.{ending}");
    let original = file.name.as_deref();
    let name = original.map_or_else(|| fallback.clone(), |n| filename::clean(n, &fallback));
    if original.is_some_and(|n| {
        n.contains(deception::is_hidden)
            || n.contains(['/', '\\'])
            || name.starts_with('_') && !n.starts_with('_')
    }) {
        warnings.push(format!("attachment {number}: unsafe name, stored as \"{name}\""));
    }
    if deception::has_homograph(&name) {
        warnings
            .push(format!("attachment {number}: its name mixes letters of several scripts that look alike"));
    }
    let kind = kind::kind(&file.content_type, detected, &name);
    Attachment {
        of_desk: kind == AttachmentKind::Message && trace::is_of_a_desk(&file.data),
        kind,
        name,
        original_name: file.name.clone(),
        content_type: file.content_type.clone(),
        detected_type: detected.map(str::to_owned),
        size: file.data.len() as u64,
        sha256: HEXLOWER.encode(&Sha256::digest(&file.data)),
        inline: file.is_inline,
    }
}

/// An embedded message without a name is called by its subject.
fn embedded_subject(part: &Part<'_>, data: &[u8]) -> Option<String> {
    if !part.is_message() {
        return None;
    }
    let subject = words::decode(super::header::parse(data).first("Subject")?.value);
    (!subject.is_empty()).then(|| format!("{subject}.eml"))
}

#[cfg(test)]
mod tests;
