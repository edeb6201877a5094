//! Forwarded mails: attached as messages, or pasted below a divider. Knows the commonest programs' forms.

use super::{
    Address, Forwarded, addresses, attachments, body, header,
    structure::{self, Structure},
    words,
};

/// Dividers above a pasted mail, lower case.
const DIVIDERS: &[&str] = &[
    "---------- forwarded message",
    "-------- forwarded message",
    "----- forwarded message",
    "begin forwarded message:",
    "-------- weitergeleitete nachricht",
    "---------- message transféré",
    "-------- message transféré",
    "début du message réexpédié",
    "---------- mensaje reenviado",
    "---------- mensagem encaminhada",
    "---------- messaggio inoltrato",
    "---------- doorgestuurd bericht",
    "anfang der weitergeleiteten nachricht:",
    "---------- forwarded by",
    "-------- 转发邮件信息",
    "---------- 转发的邮件",
    "---------- 转发的信息",
    "-----转发邮件",
    "----------转发的邮件",
    "---- 转发的邮件",
    "------------------ 转发邮件",
    "---------- 轉寄的郵件",
    "---------- 転送メッセージ",
    "-------- 転送メッセージ",
    "---------- 전달된 메일",
];

const FROM: &[&str] = &[
    "from",
    "von",
    "de",
    "da",
    "van",
    "od",
    "från",
    "fra",
    "от",
    "发件人",
    "發件人",
    "寄件者",
    "差出人",
    "보낸사람",
    "보낸 사람",
];
const SUBJECT: &[&str] = &[
    "subject",
    "betreff",
    "objet",
    "asunto",
    "assunto",
    "oggetto",
    "onderwerp",
    "temat",
    "ämne",
    "emne",
    "тема",
    "主题",
    "主旨",
    "主題",
    "件名",
    "제목",
];
const DATE: &[&str] = &[
    "date",
    "sent",
    "datum",
    "gesendet",
    "envoyé",
    "fecha",
    "data",
    "inviato",
    "verzonden",
    "skickat",
    "sendt",
    "дата",
    "отправлено",
    "日期",
    "发送时间",
    "發送時間",
    "发送日期",
    "送信日時",
    "날짜",
];
const TO: &[&str] = &[
    "to",
    "an",
    "à",
    "para",
    "a",
    "aan",
    "do",
    "till",
    "til",
    "кому",
    "收件人",
    "收件者",
    "宛先",
    "받는사람",
    "받는 사람",
];
const CC: &[&str] = &["cc", "kopie", "kopi", "copie", "копия", "抄送", "副本"];

/// Lines that a pasted header block may have.
const BLOCK_LINES_MAX: usize = 14;

/// The forwarded mail inside, if this mail is a forward.
#[must_use]
pub fn find(subject: &str, text: &str, tree: &Structure<'_>) -> Option<Forwarded> {
    pasted(text).or_else(|| attached(subject, text, tree))
}

fn pasted(text: &str) -> Option<Forwarded> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().take(2_000).position(|l| {
        let l = l.trim_start_matches(['>', ' ']).trim_end();
        l.len() < 200 && l.starts_with(['-', 'B', 'b', 'D', 'd', 'A', 'a']) && {
            let lower = l.to_lowercase();
            DIVIDERS.iter().any(|d| lower.starts_with(d))
        }
    })?;
    let mut forwarded = Forwarded::default();
    let mut next = at + 1;
    let mut seen = 0;
    for line in lines.get(at + 1..)?.iter().take(BLOCK_LINES_MAX) {
        let line = unquoted(line);
        if line.is_empty() {
            if seen > 0 {
                break;
            }
        } else if take_field(&mut forwarded, line) {
            seen += 1;
        } else if seen == 0 {
            return None;
        }
        next += 1;
    }
    forwarded.comment = joined(lines.get(..at)?);
    forwarded.body = joined(lines.get(next..).unwrap_or_default());
    (seen > 0).then_some(forwarded)
}

fn unquoted(line: &str) -> &str {
    line.trim().trim_start_matches(['>', ' ', '*', '|']).trim()
}

fn joined(lines: &[&str]) -> Option<String> {
    let text = lines.join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Reads one line of a pasted header block.
fn take_field(forwarded: &mut Forwarded, line: &str) -> bool {
    let Some((at, colon)) = line.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：')) else {
        return false;
    };
    let name = line.get(..at).unwrap_or_default().trim_matches(['*', ' ', '\u{a0}']).to_lowercase();
    let value = line.get(at + colon.len_utf8()..).unwrap_or_default().trim_matches(['*', ' ', '\u{a0}']);
    let is = |names: &[&str]| names.contains(&name.as_str());
    if is(FROM) {
        forwarded.from = person(value);
    } else if is(SUBJECT) {
        forwarded.subject = Some(value.to_owned());
    } else if is(DATE) {
        forwarded.date = Some(value.to_owned());
    } else if is(TO) {
        forwarded.to = addresses::parse(plain(value).as_bytes());
    } else if is(CC) {
        forwarded.cc = addresses::parse(plain(value).as_bytes());
    } else {
        return matches!(
            name.as_str(),
            "reply-to" | "message-id" | "antwort an" | "répondre à" | "resent-from"
        );
    }
    true
}

/// `A [mailto:a@b]` and `A <mailto:a@b>` as Outlook pastes them.
fn plain(value: &str) -> String {
    value.replace("[mailto:", "<").replace("<mailto:", "<").replace(']', ">")
}

fn person(value: &str) -> Option<Address> {
    let plain = plain(value);
    addresses::parse(plain.as_bytes()).into_iter().next().or_else(|| {
        let name = value.trim_matches(['"', ' ']);
        (!name.is_empty()).then(|| Address { name: Some(name.to_owned()), address: String::new() })
    })
}

/// A message attached to a mail that says little else.
fn attached(subject: &str, text: &str, tree: &Structure<'_>) -> Option<Forwarded> {
    let root = tree.parts.first()?;
    if matches!(root.content_type.value.as_str(), "multipart/report" | "multipart/digest") {
        return None;
    }
    let mut messages = tree.parts.iter().filter(|p| p.content_type.value == "message/rfc822");
    let part = messages.next()?;
    let lower = subject.trim_start().to_lowercase();
    let named = ["fw:", "fwd:", "fw：", "转发", "轉寄", "wg:", "tr:", "rv:", "i:", "enc:", "転送"]
        .iter()
        .any(|p| lower.starts_with(p));
    if messages.next().is_some() || !(named || text.trim().len() < 400) {
        return None;
    }
    let data = attachments::bytes(part);
    let header = header::parse(&data);
    let field = |name: &str| header.first(name).map(|f| words::decode(f.value));
    let list = |name: &str| header.first(name).map(|f| addresses::parse(f.value)).unwrap_or_default();
    let inner = body::read(&structure::parse(&data)).text;
    Some(Forwarded {
        from: list("From").into_iter().next(),
        subject: field("Subject"),
        date: field("Date"),
        to: list("To"),
        cc: list("Cc"),
        comment: (!text.trim().is_empty()).then(|| text.trim().to_owned()),
        body: (!inner.trim().is_empty()).then(|| inner.trim().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use crate::mail::{ReadPolicy, read};

    #[test]
    fn pasted_by_gmail() {
        let r = read(b"From: a@b.org\nSubject: Fwd: x\n\nPlease see.\n\n---------- Forwarded message ---------\nFrom: C D <c@d.org>\nDate: Mon, 2 Mar 2026\nSubject: x\nTo: <a@b.org>\n\nold text\n", &ReadPolicy::default());
        let f = r.forwarded.unwrap();
        assert_eq!(
            (f.from.unwrap().address.as_str(), f.subject.as_deref(), f.comment.as_deref(), f.body.as_deref()),
            ("c@d.org", Some("x"), Some("Please see."), Some("old text"))
        );
        assert_eq!(r.reply, "Please see.");
    }

    #[test]
    fn attached_as_a_message() {
        let r = read(b"From: a@b.org\nSubject: Fwd: x\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nsee\n--m\nContent-Type: message/rfc822\n\nFrom: c@d.org\nSubject: y\n\ninner\n--m--\n", &ReadPolicy::default());
        let f = r.forwarded.unwrap();
        assert_eq!((f.from.unwrap().address.as_str(), f.body.as_deref()), ("c@d.org", Some("inner")));
    }
}
