//! A mail as a test looks at it, and an answer to it as a mail program writes one.

use mail_parser::{Message, MessageParser};

/// One message of a folder.
#[derive(Debug, Clone)]
pub struct Mail {
    pub uid: u32,
    /// As the server writes them, `\Seen`.
    pub flags: Vec<String>,
    pub raw: Vec<u8>,
}

impl Mail {
    /// A mail that lies in no folder.
    #[must_use]
    pub fn new(raw: Vec<u8>) -> Self {
        Self { uid: 0, flags: Vec::new(), raw }
    }

    /// The decoded subject, `""` without one.
    #[must_use]
    pub fn subject(&self) -> String {
        self.parsed().and_then(|m| m.subject().map(str::to_owned)).unwrap_or_default()
    }

    /// The decoded plain text (HTML converted when there is no other), with LF line ends.
    #[must_use]
    pub fn text(&self) -> String {
        self.parsed().and_then(|m| m.body_text(0).map(|t| t.replace("\r\n", "\n"))).unwrap_or_default()
    }

    /// The HTML part, decoded; `""` without one.
    #[must_use]
    pub fn html(&self) -> String {
        self.parsed().and_then(|m| m.body_html(0).map(|t| t.into_owned())).unwrap_or_default()
    }

    /// Names of the attachments.
    #[must_use]
    pub fn attachments(&self) -> Vec<String> {
        use mail_parser::MimeHeaders;
        let names =
            |m: Message<'_>| m.attachments().map(|a| a.attachment_name().unwrap_or("").to_owned()).collect();
        self.parsed().map(names).unwrap_or_default()
    }

    /// All values of a header field, top first, unfolded but not decoded.
    #[must_use]
    pub fn headers(&self, name: &str) -> Vec<String> {
        let fields = self.fields();
        fields.into_iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v).collect()
    }

    /// The topmost value of a header field, `""` without one.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        self.headers(name).into_iter().next().unwrap_or_default()
    }

    /// The bare address in a header field such as `From`, lower case.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        let value = self.header(name);
        let bare = value
            .rsplit_once('<')
            .and_then(|(_, rest)| rest.split_once('>'))
            .map_or(value.as_str(), |(a, _)| a);
        bare.trim().to_lowercase()
    }

    /// How many `Received` lines stand above the first field that satisfies the condition.
    #[must_use]
    pub fn received_above(&self, condition: impl Fn(&str, &str) -> bool) -> Option<usize> {
        let fields = self.fields();
        let at = fields.iter().position(|(n, v)| condition(n, v))?;
        Some(fields.iter().take(at).filter(|(n, _)| n.eq_ignore_ascii_case("Received")).count())
    }

    /// Whether the raw bytes contain this text.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.raw).contains(text)
    }

    /// The header fields in order, unfolded (RFC 5322 section 2.2.3).
    #[must_use]
    pub fn fields(&self) -> Vec<(String, String)> {
        let raw = String::from_utf8_lossy(&self.raw).replace("\r\n", "\n");
        let header = raw.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
        let field =
            |line: &str| line.split_once(':').map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned()));
        header.lines().filter_map(field).collect()
    }

    fn parsed(&self) -> Option<Message<'_>> {
        MessageParser::default().parse(&self.raw)
    }
}

/// The answer that a mail program writes to `mail`: to its Reply-To, threading by In-Reply-To and References (RFC 5322
/// section 3.6.4), the new text on top and everything of the other side quoted below. Returns the recipient and the bytes.
#[must_use]
pub fn reply_to(mail: &Mail, from: &str, message_id: &str, text: &str) -> (String, Vec<u8>) {
    let to = if mail.header("Reply-To").is_empty() { mail.address("From") } else { mail.address("Reply-To") };
    let id = mail.header("Message-ID");
    let references = format!("{} {id}", mail.header("References"));
    let quoted: String = mail.text().lines().map(|l| format!("> {l}\n")).collect();
    let header = [
        format!("From: {from}"),
        format!("To: {to}"),
        format!("Subject: Re: {}", mail.header("Subject").trim_start_matches("Re: ")),
        format!("Date: {}", super::smtp::now()),
        format!("Message-ID: <{message_id}>"),
        format!("In-Reply-To: {id}"),
        format!("References: {}", references.trim()),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: 8bit".to_owned(),
    ];
    let sender = mail.address("From");
    let body = format!("{text}\n\nOn Mon, 23 Nov 2026 at 10:00, {sender} wrote:\n{quoted}");
    (to, format!("{}\n\n{body}", header.join("\n")).replace('\n', "\r\n").into_bytes())
}
