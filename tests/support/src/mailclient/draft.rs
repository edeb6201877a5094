//! A mail being written: just enough MIME (RFC 2045–2047) for what clients of a help desk send. Its bytes are as a mail
//! program would hand them to SMTP, with CRLF.

use super::smtp::{base64, now};

/// A mail with its parts.
#[derive(Debug, Clone)]
pub struct Draft {
    headers: Vec<(String, String)>,
    content_type: String,
    body: Vec<u8>,
    files: Vec<(String, String, Vec<u8>)>,
}

impl Draft {
    /// A plain text mail in UTF-8. `from` is `Name <address>` in ASCII or UTF-8; `id` without angle brackets.
    #[must_use]
    pub fn new(from: &str, to: &str, id: &str, subject: &str, text: &str) -> Self {
        let headers = [
            ("From", mailbox(from)),
            ("To", mailbox(to)),
            ("Subject", word(subject)),
            ("Date", now()),
            ("Message-ID", format!("<{id}>")),
        ];
        Self {
            headers: headers.into_iter().map(|(n, v)| (n.to_owned(), v)).collect(),
            content_type: "text/plain; charset=utf-8".to_owned(),
            body: text.as_bytes().to_vec(),
            files: Vec::new(),
        }
    }

    /// One more header field, or another value for one that is there. The value stands as it is.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without this header field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    /// Another body, declared as this.
    #[must_use]
    pub fn content(mut self, content_type: &str, body: &[u8]) -> Self {
        content_type.clone_into(&mut self.content_type);
        self.body = body.to_vec();
        self
    }

    /// An attached file.
    #[must_use]
    pub fn file(mut self, name: &str, content_type: &str, bytes: &[u8]) -> Self {
        self.files.push((name.to_owned(), content_type.to_owned(), bytes.to_vec()));
        self
    }

    /// Another mail attached whole (RFC 2046 section 5.2.1: neither base64 nor quoted-printable).
    #[must_use]
    pub fn message(mut self, raw: &[u8]) -> Self {
        self.files.push((String::new(), "message/rfc822".to_owned(), raw.to_vec()));
        self
    }

    /// The whole mail.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        const BOUNDARY: &str = "=_lab_boundary";
        let mut out: String = self.headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
        out.push_str("MIME-Version: 1.0\r\n");
        let is_multipart = self.content_type.starts_with("multipart/");
        let body =
            if is_multipart { String::from_utf8_lossy(&self.body).into_owned() } else { lines(&self.body) };
        let encoding = if is_multipart { "" } else { "Content-Transfer-Encoding: base64\r\n" };
        let main = format!("Content-Type: {}\r\n{encoding}\r\n{body}\r\n", self.content_type);
        if self.files.is_empty() {
            return (out + &main).into_bytes();
        }
        out.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n--{BOUNDARY}\r\n{main}"
        ));
        for (name, content_type, bytes) in &self.files {
            if content_type == "message/rfc822" {
                let message = String::from_utf8_lossy(bytes);
                out.push_str(&format!("--{BOUNDARY}\r\nContent-Type: {content_type}\r\n\r\n{message}\r\n"));
                continue;
            }
            let name = word(name);
            out.push_str(&format!(
                "--{BOUNDARY}\r\nContent-Type: {content_type}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
                lines(bytes)
            ));
        }
        (out + &format!("--{BOUNDARY}--\r\n")).into_bytes()
    }
}

/// RFC 2047 section 2: an encoded word where there is anything but ASCII, in pieces of at most 75 characters.
fn word(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let pieces = characters.chunks(10).map(|c| base64(c.iter().collect::<String>().as_bytes()));
    pieces.map(|piece| format!("=?utf-8?B?{piece}?=")).collect::<Vec<_>>().join("\r\n ")
}

fn mailbox(text: &str) -> String {
    match text.split_once(" <") {
        Some((name, address)) => format!("{} <{address}", word(name)),
        None => text.to_owned(),
    }
}

/// RFC 2045 section 6.8: lines of 76 characters.
fn lines(bytes: &[u8]) -> String {
    let coded = base64(bytes);
    let lines: Vec<&str> =
        coded.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    lines.join("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailclient::Mail;

    #[test]
    fn what_is_written_is_read() {
        let draft = Draft::new(
            "李娜 <li@client.test>",
            "support@desk.test",
            "1@x",
            "升级后甘特图一直空白，请尽快处理",
            "见截图",
        )
        .file("截图.png", "image/png", &[1, 2, 3])
        .header("X-Test", "a")
        .header("X-test", "b");
        let mail = Mail::new(draft.bytes());
        assert_eq!(mail.subject(), "升级后甘特图一直空白，请尽快处理");
        assert_eq!(mail.text().trim_end(), "见截图");
        assert_eq!(mail.attachments(), ["截图.png"]);
        assert_eq!(mail.headers("X-Test"), ["b"]);
        assert_eq!(mail.address("From"), "li@client.test");
    }
}
