//! Bytes to mail, and mail to bytes. **Pure**: knows no network, file, clock, randomness, ticket or policy of the desk.
//!
//! Invariants: [`read`] cannot fail and cannot panic; everything odd about a mail is a warning in the
//! [`Reading`]. Composing the same [`compose::Outgoing`] twice gives the same bytes.
//!
//! The way of the bytes: `structure` splits the message into a flat list of parts (on `header` and `params`), `body` chooses
//! and decodes the text (on `transfer`, `charset`, `html`), `reply` and `forward` divide it, `attachments` describes the files,
//! `report` and `class` say who wrote, `trace` where it came from.

pub mod compose;
pub mod reading;

mod addresses;
mod attachments;
mod auto_reply;
mod body;
mod charset;
mod class;
mod deception;
mod divider;
mod filename;
mod forward;
mod header;
mod header_block;
mod html;
mod ids;
mod language;
mod line;
pub mod mbox;
mod own_list;
mod params;
mod receipt;
mod reply;
mod report;
pub mod stored;
mod structure;
mod subject;
mod trace;
mod transfer;
mod verification;
mod words;

use std::{borrow::Cow, ops::ControlFlow, panic};

use charset::Hint;
pub use class::robot_local_part;
pub use deception::{has_homograph, skeleton};
pub use reading::*;
pub use report::of_refusal;
use structure::Structure;
pub use verification::masked;

/// Reads one mail: any bytes give a [`Reading`], within 2 s and 256 MiB (SPEC section 5).
///
/// Call it on a thread with a 16 MiB stack (DESIGN section 1): a defect of a dependency that recursed could not be caught
/// otherwise. A panic is caught: the result then has what the header says and a warning `reader crashed: …`.
#[must_use]
pub fn read(bytes: &[u8], policy: &ReadPolicy) -> Reading {
    let bytes = with_line_feeds(bytes);
    match panic::catch_unwind(|| read_whole(&bytes, policy)) {
        Ok(reading) => reading,
        Err(cause) => {
            let why = cause
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| cause.downcast_ref::<&str>().copied());
            let warning = format!("reader crashed: {}", why.unwrap_or("no reason given"));
            panic::catch_unwind(|| read_header_alone(&bytes))
                .map(|mut reading| {
                    reading.warnings.push(warning.clone());
                    reading
                })
                .unwrap_or_else(|_| Reading { warnings: vec![warning], ..Reading::default() })
        }
    }
}

/// The decoded bytes of the attachment at `index` of [`Reading::attachments`], read again from the raw message: the same
/// bytes of which the reading gives size and hash.
#[must_use]
pub fn attachment(bytes: &[u8], index: usize) -> Option<Vec<u8>> {
    let bytes = with_line_feeds(bytes);
    let tree = structure::parse(&bytes);
    let bodies = body::read(&tree).parts;
    let (mut at, mut found) = (0, None);
    attachments::walk(&tree, &bodies, &mut |file| {
        if at == index {
            found = Some(file.data.into_owned());
            return ControlFlow::Break(());
        }
        at += 1;
        ControlFlow::Continue(())
    });
    found
}

/// A message without a single LF is one whose lines end in CR.
fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.contains(&b'\n') || !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().map(|&b| if b == b'\r' { b'\n' } else { b }).collect())
}

fn read_header_alone(bytes: &[u8]) -> Reading {
    let header = header::parse(bytes);
    let mut reading = Reading { trace: trace::read(&header), ..Reading::default() };
    read_header(&header, Hint::default(), &mut reading);
    reading
}

/// The fields that people see.
fn read_header(header: &header::Header<'_>, hint: Hint, reading: &mut Reading) {
    let text = |name: &str| header.first(name).map(|f| words::decode_hinted(f.value, hint));
    let list = |name: &str| {
        header.all(name).flat_map(|f| addresses::parse_hinted(f.value, hint)).collect::<Vec<_>>()
    };
    reading.subject = text("Subject").filter(|s| !s.is_empty());
    reading.subject.iter_mut().for_each(deception::clean);
    reading.title = subject::base(reading.subject.as_deref().unwrap_or_default());
    reading.base_subject = subject::folded(&reading.title);
    reading.to = list("To");
    reading.cc = list("Cc");
    reading.reply_to = list("Reply-To");
    reading.from = list("From").into_iter().next();
    if reading.from.is_none() {
        reading.from = stand_in(header, hint, reading);
        reading.trace.stand_in = reading.from.is_some();
    }
    clean_people(reading);
    reading.message_id = header.first("Message-ID").and_then(|f| ids::one(f.value));
    reading.in_reply_to = header.first("In-Reply-To").map(|f| ids::all(f.value)).unwrap_or_default();
    reading.references = header.first("References").map(|f| ids::all(f.value)).unwrap_or_default();
    if let Some((date, offset)) = text("Date").as_deref().and_then(date) {
        reading.date = Some(date);
        reading.date_offset_seconds = Some(offset);
    }
    reading.mailer = text("X-Mailer").or_else(|| text("User-Agent")).filter(|m| !m.is_empty());
    if header.all("From").count() > 1 {
        reading.warnings.push("several From fields: the first address counts".to_owned());
    }
    if header.junk {
        reading.warnings.push("lines in the header that are no fields".to_owned());
    }
}

/// No name or address turns the text in which it is shown.
fn clean_people(reading: &mut Reading) {
    if let Some(from) = &reading.from {
        reading.warnings.extend(deception::in_sender(from).into_iter().map(str::to_owned));
    }
    let lists = [&mut reading.to, &mut reading.cc, &mut reading.reply_to];
    let all = lists.into_iter().flatten().chain(&mut reading.from);
    all.for_each(deception::clean_address);
}

/// Who a mail is from whose From field holds no address (`From: "Ann" <>`): whom its sender wants to be answered, else who
/// sent it. A mail without any From field is from nobody.
fn stand_in(header: &header::Header<'_>, hint: Hint, reading: &mut Reading) -> Option<Address> {
    reading.warnings.push("no sender address in From".to_owned());
    let field = header.first("From")?;
    let sender = || addresses::parse_hinted(header.first("Sender")?.value, hint).into_iter().next();
    let (address, name) = match reading.reply_to.first() {
        Some(reply_to) => (reply_to.clone(), "Reply-To"),
        None => (sender()?, "Sender"),
    };
    reading.warnings.push(format!("the sender's address is taken from {name}"));
    let name = addresses::name_alone(field.value, hint).or(address.name);
    Some(Address { name, address: address.address })
}

/// An instant from a Date field, as leniently as `mail-parser` reads it, and the seconds by which its zone is east of UTC.
fn date(text: &str) -> Option<(jiff::Timestamp, i32)> {
    let date = mail_parser::DateTime::parse_rfc822(text).filter(mail_parser::DateTime::is_valid)?;
    let east = i32::from(date.tz_hour) * 3_600 + i32::from(date.tz_minute) * 60;
    let offset = if date.tz_before_gmt { -east } else { east };
    Some((jiff::Timestamp::from_second(date.to_timestamp()).ok()?, offset))
}

fn read_whole(bytes: &[u8], policy: &ReadPolicy) -> Reading {
    let mut tree = structure::parse(bytes);
    let mut reading = Reading { warnings: std::mem::take(&mut tree.warnings), ..Reading::default() };
    let Some(root) = tree.parts.first() else {
        return reading;
    };
    reading.trace = trace::read(&root.header);
    let hint = body::hint(&tree);
    read_header(&root.header, hint, &mut reading);
    if let Some(author) = own_list::author(&root.header, reading.from.as_ref(), policy) {
        reading.warnings.push("From is a list's of ours: the author stands in another field".to_owned());
        reading.from = Some(author);
        reading.trace.strict_from = None;
    }
    let body = body::read(&tree);
    reading.warnings.extend(body.warnings);
    read_attachments(&tree, &body.parts, hint, &mut reading);
    reading.identity = trace::identity(&root.header, &tree, &body.parts, &reading.attachments);
    let subject = reading.subject.as_deref().unwrap_or_default();
    let report = report::read(&tree, &reading, &body.text);
    let evidence = class::Evidence {
        tree: &tree,
        header: &root.header,
        from: reading.from.as_ref(),
        return_path: reading.trace.return_path.as_deref(),
        subject,
        text: &body.text,
        report: report.as_ref(),
    };
    let (class, reason) = class::judge(&evidence, policy);
    reading.no_automatic_mail = class::forbids_automatic_mail(&evidence, policy);
    if class != Class::Human {
        // A machine known by its words alone is a machine all the same.
        reading.no_automatic_mail.get_or_insert_with(|| reason.clone());
    }
    reading.verification = verification::is_verification(
        reading.from.as_ref(),
        class,
        reading.no_automatic_mail.is_some(),
        !reading.in_reply_to.is_empty(),
        subject,
        &body.text,
    );
    reading.class = class;
    reading.class_reason = reason;
    reading.report =
        report.filter(|_| matches!(class, Class::Bounce | Class::DeliveryReport | Class::OwnAddress));
    let sender = reading.from.as_ref().and_then(|f| f.name.as_deref()).unwrap_or_default();
    let division = reply::read(&body.text, &body.marks, body.page.as_ref(), sender);
    let forward = forward::find(subject, sender, &body.text, &tree).filter(|_| !is_report(class));
    reading.reply = match &forward {
        Some(forward) => reply::divide(&forward.own, &[], sender).reply,
        None => division.reply,
    };
    reading.reply_html = division.reply_html.filter(|_| forward.is_none());
    reading.forwarded = forward.map(|f| f.forwarded);
    reading.quoted = division.quoted;
    reading.signature = division.signature;
    reading.cloud_files = attachments::cloud::find(&body.text);
    reading.command_text = body.command_text;
    reading.text = body.text;
    reading
}

/// Reports hold the mail they are about, and forward nothing.
fn is_report(class: Class) -> bool {
    matches!(class, Class::Bounce | Class::DeliveryReport | Class::Complaint)
}

fn read_attachments(tree: &Structure<'_>, bodies: &[usize], hint: Hint, reading: &mut Reading) {
    let Reading { attachments: list, attached_texts: texts, warnings, .. } = reading;
    let mut left = ATTACHED_TEXT_BYTES_MAX;
    let odd = attachments::walk(tree, bodies, &mut |file| {
        let described = attachments::describe(&file, list.len() + 1, warnings);
        if let Some(text) = attachments::text::of(&file, &described, hint, left) {
            left = left.saturating_sub(text.len());
            texts.push(text);
        }
        list.push(described);
        ControlFlow::Continue(())
    });
    warnings.extend(odd);
}

#[cfg(test)]
mod tests;
