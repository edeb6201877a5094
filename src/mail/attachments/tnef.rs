//! `winmail.dat`: the Transport Neutral Encapsulation Format (MS-OXTNEF) in which Outlook and Exchange wrap files and body when
//! they take the reader for one of theirs.
//!
//! Everything is a slice of the input; values are copied by the caller, if at all. Invariants: linear; at most
//! [`FILES_MAX`] files, [`PROPERTIES_MAX`] properties and [`DEPTH_MAX`] messages inside each other; a length that
//! leaves the input ends the reading there, and what was found before is kept.

use super::{lzfu, rtf};
use crate::mail::{charset, words};

pub const SIGNATURE: [u8; 4] = 0x223e_9f78_u32.to_le_bytes();
const FILES_MAX: usize = 500;
const PROPERTIES_MAX: usize = 20_000;
const DEPTH_MAX: usize = 4;

// Attributes (MS-OXTNEF section 2.1.3.4), type and number.
const ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800f;
const ATTACH_TRANSPORT_NAME: u32 = 0x0006_9001;
const ATTACHMENT: u32 = 0x0006_9005;
const MAPI_PROPERTIES: u32 = 0x0006_9003;
const OEM_CODE_PAGE: u32 = 0x0006_9007;
const SUBJECT: u32 = 0x0001_8004;
const BODY: u32 = 0x0002_800c;

// Properties (MS-OXPROPS) by their numbers.
const PR_SUBJECT: u16 = 0x0037;
const PR_SENDER_NAME: u16 = 0x0c1a;
const PR_SENDER_ADDRESS: u16 = 0x0c1f;
const PR_SENDER_SMTP: u16 = 0x5d01;
const PR_BODY: u16 = 0x1000;
const PR_RTF_COMPRESSED: u16 = 0x1009;
const PR_BODY_HTML: u16 = 0x1013;
const PR_DISPLAY_NAME: u16 = 0x3001;
const PR_ATTACH_DATA: u16 = 0x3701;
const PR_ATTACH_FILENAME: u16 = 0x3704;
const PR_ATTACH_METHOD: u16 = 0x3705;
const PR_ATTACH_LONG_FILENAME: u16 = 0x3707;
const PR_ATTACH_MIME_TAG: u16 = 0x370e;
const PR_ATTACH_CONTENT_ID: u16 = 0x3712;
const PR_INTERNET_CODE_PAGE: u16 = 0x3fde;

/// A file inside.
#[derive(Debug, Default)]
pub struct File<'a> {
    pub name: Option<String>,
    pub content_type: Option<String>,
    pub is_inline: bool,
    pub content: Content<'a>,
}

/// What a file holds.
#[derive(Debug)]
pub enum Content<'a> {
    Bytes(&'a [u8]),
    Message(Box<Message<'a>>),
}

impl Default for Content<'_> {
    fn default() -> Self {
        Self::Bytes(&[])
    }
}

/// What a message holds.
#[derive(Debug, Default)]
pub struct Message<'a> {
    pub subject: Option<String>,
    pub sender_name: Option<String>,
    pub sender_address: Option<String>,
    pub files: Vec<File<'a>>,
    /// The body in the forms that are there.
    pub html: Option<String>,
    pub text: Option<String>,
    /// The input ended or broke inside.
    pub is_damaged: bool,
}

impl Message<'_> {
    /// The message as a mail that programs can open: its header and body. Its files are listed on their own.
    #[must_use]
    pub fn as_mail(&self) -> Vec<u8> {
        let line = |text: &str| words::cleaned(text);
        let mut mail = String::new();
        if self.sender_name.is_some() || self.sender_address.is_some() {
            let name = self.sender_name.as_deref().map(|n| line(n).replace(['"', '\\', '<', '>'], ""));
            let address = self.sender_address.as_deref().map(line).unwrap_or_default();
            mail.push_str(&format!("From: \"{}\" <{address}>\r\n", name.unwrap_or_default()));
        }
        if let Some(subject) = &self.subject {
            mail.push_str(&format!("Subject: {}\r\n", line(subject)));
        }
        let (kind, body) = match (&self.html, &self.text) {
            (Some(html), _) => ("html", html.as_str()),
            (None, text) => ("plain", text.as_deref().unwrap_or_default()),
        };
        mail.push_str(&format!("MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\n"));
        mail.push_str("Content-Transfer-Encoding: 8bit\r\n\r\n");
        mail.push_str(body);
        mail.into_bytes()
    }
}

/// Reads a TNEF stream; `None` when it is none.
#[must_use]
pub fn read(data: &[u8]) -> Option<Message<'_>> {
    let mut budget = PROPERTIES_MAX;
    read_message(data, 0, &mut budget)
}

/// What is collected of one attachment until the next begins.
#[derive(Debug, Default)]
struct Draft<'a> {
    title: Option<&'a [u8]>,
    transport_name: Option<&'a [u8]>,
    data: Option<&'a [u8]>,
    properties: Vec<Property<'a>>,
}

fn read_message<'a>(data: &'a [u8], depth: usize, budget: &mut usize) -> Option<Message<'a>> {
    let mut rest = data.strip_prefix(&SIGNATURE)?.get(2..)?;
    let mut message = Message::default();
    let mut code_page = 1252;
    let (mut subject, mut body) = (None, None);
    let mut properties: Vec<Property<'_>> = Vec::new();
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    while !rest.is_empty() {
        let Some((id, value, behind)) = attribute(rest) else {
            message.is_damaged = true;
            break;
        };
        rest = behind;
        match id {
            ATTACH_REND_DATA if drafts.len() >= FILES_MAX => {
                message.is_damaged = true;
                break;
            }
            ATTACH_REND_DATA => drafts.push(Draft::default()),
            OEM_CODE_PAGE => code_page = le32(value).unwrap_or(code_page),
            SUBJECT => subject = Some(value),
            BODY => body = Some(value),
            MAPI_PROPERTIES => {
                message.is_damaged |= read_properties(value, &mut properties, budget).is_none()
            }
            _ => {
                let Some(draft) = drafts.last_mut() else { continue };
                match id {
                    ATTACH_TITLE => draft.title = Some(value),
                    ATTACH_TRANSPORT_NAME => draft.transport_name = Some(value),
                    ATTACH_DATA => draft.data = Some(value),
                    ATTACHMENT => {
                        message.is_damaged |= read_properties(value, &mut draft.properties, budget).is_none();
                    }
                    _ => {}
                }
            }
        }
    }
    let text_of = |bytes: &[u8]| charset::decode_code_page(until_nul(bytes), code_page);
    let string = |number: u16| find(&properties, number).and_then(|p| p.text(code_page));
    message.subject = string(PR_SUBJECT).or_else(|| subject.map(text_of));
    message.sender_name = string(PR_SENDER_NAME);
    message.sender_address = string(PR_SENDER_SMTP).or_else(|| string(PR_SENDER_ADDRESS));
    message.text = string(PR_BODY).or_else(|| body.map(text_of)).filter(|t| !t.trim().is_empty());
    read_rich_body(&mut message, &properties, code_page);
    message.files = drafts.into_iter().filter_map(|d| file(d, code_page, depth, budget)).collect();
    Some(message)
}

/// HTML, plain in a property or inside RTF (MS-OXRTFEX); RTF that was never HTML gives text.
fn read_rich_body(message: &mut Message<'_>, properties: &[Property<'_>], code_page: u32) {
    let internet = find(properties, PR_INTERNET_CODE_PAGE).and_then(|p| le32(p.value)).unwrap_or(code_page);
    message.html = find(properties, PR_BODY_HTML)
        .map(|p| match p.kind {
            BINARY => charset::decode_code_page(p.value, internet),
            _ => p.text(code_page).unwrap_or_default(),
        })
        .filter(|html| !html.trim().is_empty());
    if message.html.is_some() {
        return;
    }
    let Some(compressed) = find(properties, PR_RTF_COMPRESSED) else { return };
    let Some(decompressed) = lzfu::decompress(compressed.value) else { return };
    match rtf::read(&decompressed) {
        rtf::Content::Html(html) => message.html = Some(html),
        rtf::Content::Text(text) => {
            message.text.get_or_insert(text);
        }
    }
}

fn file<'a>(draft: Draft<'a>, code_page: u32, depth: usize, budget: &mut usize) -> Option<File<'a>> {
    let string = |number: u16| find(&draft.properties, number).and_then(|p| p.text(code_page));
    let plain = |bytes: &[u8]| charset::decode_code_page(until_nul(bytes), code_page);
    let name = string(PR_ATTACH_LONG_FILENAME)
        .or_else(|| draft.transport_name.map(plain).filter(|n| !n.is_empty()))
        .or_else(|| string(PR_ATTACH_FILENAME))
        .or_else(|| draft.title.map(plain))
        .or_else(|| string(PR_DISPLAY_NAME))
        .filter(|n| !n.trim().is_empty());
    let property = find(&draft.properties, PR_ATTACH_DATA);
    let content = match property {
        Some(p) if p.kind == OBJECT => object(p.value, depth, budget),
        Some(p) => Content::Bytes(p.value),
        None => Content::Bytes(draft.data?),
    };
    // An OLE object has method 6, a file 1; both may stand in the text.
    let is_ole = find(&draft.properties, PR_ATTACH_METHOD).and_then(|p| le32(p.value)) == Some(6);
    Some(File {
        name,
        content_type: string(PR_ATTACH_MIME_TAG).map(|t| words::cleaned(&t).to_ascii_lowercase()),
        is_inline: is_ole || string(PR_ATTACH_CONTENT_ID).is_some(),
        content,
    })
}

/// An object behind its 16 bytes of interface identifier: a message in TNEF again, or a file.
fn object<'a>(value: &'a [u8], depth: usize, budget: &mut usize) -> Content<'a> {
    let inner = value.get(16..).unwrap_or_default();
    if depth < DEPTH_MAX
        && let Some(message) = read_message(inner, depth + 1, budget)
    {
        return Content::Message(Box::new(message));
    }
    Content::Bytes(inner)
}

/// Splits off one attribute: its number, value, and what follows its checksum.
fn attribute(rest: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (head, behind) = rest.split_at_checked(9)?;
    let id = le32(head.get(1..)?)?;
    let len = usize::try_from(le32(head.get(5..)?)?).ok()?;
    let (value, behind) = behind.split_at_checked(len)?;
    // The last checksum is missing in some streams.
    Some((id, value, behind.get(2..).unwrap_or_default()))
}

// Types of properties (MS-OXCDATA section 2.11.1).
const STRING8: u16 = 0x001e;
const UNICODE: u16 = 0x001f;
const BINARY: u16 = 0x0102;
const OBJECT: u16 = 0x000d;
const MULTIPLE: u16 = 0x1000;

#[derive(Debug, Clone, Copy)]
struct Property<'a> {
    number: u16,
    kind: u16,
    value: &'a [u8],
}

impl Property<'_> {
    fn text(&self, code_page: u32) -> Option<String> {
        let text = match self.kind {
            UNICODE => {
                let unit = |two: &[u8]| two.try_into().map(u16::from_le_bytes).unwrap_or_default();
                let units: Vec<u16> = self.value.chunks_exact(2).map(unit).take_while(|u| *u != 0).collect();
                String::from_utf16_lossy(&units)
            }
            STRING8 => charset::decode_code_page(until_nul(self.value), code_page),
            _ => return None,
        };
        Some(text).filter(|t| !t.is_empty())
    }
}

fn find<'p, 'a>(properties: &'p [Property<'a>], number: u16) -> Option<&'p Property<'a>> {
    properties.iter().find(|p| p.number == number)
}

/// Appends the properties of a list to `out`; `None` when it breaks off.
fn read_properties<'a>(data: &'a [u8], out: &mut Vec<Property<'a>>, budget: &mut usize) -> Option<()> {
    let mut at = Cursor { data, at: 0 };
    let count = at.u32()?;
    for _ in 0..count {
        *budget = budget.checked_sub(1)?;
        let kind = at.u16()?;
        let number = at.u16()?;
        if number >= 0x8000 {
            skip_name(&mut at)?;
        }
        let values = if kind & MULTIPLE != 0 || is_variable(kind) { at.u32()? } else { 1 };
        for _ in 0..values {
            *budget = budget.checked_sub(1)?;
            let value = value(&mut at, kind & !MULTIPLE)?;
            // Named properties have numbers that mean nothing.
            if number < 0x8000 {
                out.push(Property { number, kind: kind & !MULTIPLE, value });
            }
        }
    }
    Some(())
}

fn is_variable(kind: u16) -> bool {
    matches!(kind & !MULTIPLE, STRING8 | UNICODE | BINARY | OBJECT)
}

/// Skips the name of a named property: a set's identifier, then a number or a string.
fn skip_name(at: &mut Cursor<'_>) -> Option<()> {
    at.take(16)?;
    if at.u32()? == 0 {
        at.u32()?;
    } else {
        let len = at.u32()?;
        at.padded(len)?;
    }
    Some(())
}

fn value<'a>(at: &mut Cursor<'a>, kind: u16) -> Option<&'a [u8]> {
    match kind {
        // Two and four bytes both take four.
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => at.take(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => at.take(8),
        0x0048 => at.take(16),
        0x0001 => Some(&[]),
        _ if is_variable(kind) => {
            let len = at.u32()?;
            at.padded(len)
        }
        _ => None,
    }
}

struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let slice = self.data.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(slice)
    }

    /// A value and the zeros behind it, up to a multiple of four; the last one may lack them.
    fn padded(&mut self, len: u32) -> Option<&'a [u8]> {
        let len = usize::try_from(len).ok()?;
        let slice = self.take(len)?;
        self.at = (self.at + (4 - len % 4) % 4).min(self.data.len());
        Some(slice)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).and_then(le32)
    }
}

fn le32(bytes: &[u8]) -> Option<u32> {
    bytes.get(..4)?.try_into().ok().map(u32::from_le_bytes)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
