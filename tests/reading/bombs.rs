//! Mails that are made to be expensive (FAULTS section 3): each repeats a piece as often as it is told. The tests count what they
//! allocate and how their cost grows; `benches/reading.rs` times them.

/// A mail in which a piece is repeated.
pub struct Bomb {
    pub name: &'static str,
    /// What stands before the first piece.
    before: &'static str,
    /// A `#` in it becomes the piece's number.
    piece: &'static str,
    after: &'static str,
    /// How often the attack repeats it.
    pub times: usize,
}

impl Bomb {
    /// The mail with so many pieces.
    pub fn mail(&self, times: usize) -> Vec<u8> {
        let mut mail = self.before.as_bytes().to_vec();
        if self.piece.contains('#') {
            for number in 0..times {
                mail.extend_from_slice(self.piece.replace('#', &number.to_string()).as_bytes());
            }
        } else {
            mail.extend(self.piece.as_bytes().repeat(times));
        }
        mail.extend_from_slice(self.after.as_bytes());
        mail
    }
}

const fn bomb(
    name: &'static str,
    before: &'static str,
    piece: &'static str,
    after: &'static str,
    times: usize,
) -> Bomb {
    Bomb { name, before, piece, after, times }
}

const TEXT: &str = "From: a@b.example\n\n";
const HTML: &str = "From: a@b.example\nContent-Type: text/html\n\n";
const MIXED: &str = "From: a@b.example\nContent-Type: multipart/mixed; boundary=m\n\n";
const STATUS: &str = "From: MAILER-DAEMON@b.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=m\n\n--m\nContent-Type: message/delivery-status\n\n";

/// All of them. Each is some megabytes in full, so that whatever grows faster than the mail takes minutes.
pub const BOMBS: &[Bomb] = &[
    // Structure
    bomb("nested messages", "", "Content-Type: message/rfc822\n\n", "", 33_000),
    bomb("nested multiparts", "", "Content-Type: multipart/mixed; boundary=b#\n\n--b#\n", "", 33_000),
    bomb("parts", MIXED, "--m\n\nx\n", "", 1_000_000),
    bomb("parts that are files", MIXED, "--m\nContent-Type: image/png; name=#.png\n\nx\n", "", 100_000),
    bomb("closing delimiters", MIXED, "--m--\n", "", 1_000_000),
    bomb("lines like delimiters", MIXED, "--mm\n", "", 1_000_000),
    bomb("a preamble", MIXED, "-\n", "--m\n\nx\n", 2_000_000),
    // Headers
    bomb("headers", "", "X: y\n", "\nx", 1_000_000),
    bomb("headers of one name", "", "To: a@b.example\n", "\nx", 300_000),
    bomb("headers of the way", "", "Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\n", "\nx", 100_000),
    bomb("From fields", "", "From: a@b.example\n", "\nx", 300_000),
    bomb("one header", "Subject: ", "w", "\n\nx", 5_000_000),
    bomb("a folded header", "Subject: x", "\n y", "\n\nx", 1_000_000),
    bomb("lines that are no fields", "From: a@b.example\n", "no field\n", "\nx", 500_000),
    bomb("encoded words", "Subject: ", "=?utf-8?B?5Y2X?= ", "\n\nx", 200_000),
    bomb("encoded words that do not end", "Subject: ", "=?utf-8?B?", "\n\nx", 300_000),
    bomb("beginnings of encoded words", "Subject: ", "=?", "\n\nx", 1_000_000),
    bomb("reply prefixes", "Subject: ", "Re: ", "\n\nx", 500_000),
    bomb("list tags", "Subject: ", "[a] ", "\n\nx", 500_000),
    bomb("ticket tags", "Subject: ", "[#1] ", "\n\nx", 500_000),
    bomb("addresses", "From: a@b.example\nTo: ", "a@b.example, ", "\n\nx", 300_000),
    bomb("comments in comments", "From: ", "(", "a@b.example\n\nx", 2_000_000),
    bomb("quotes in an address", "From: ", "\"\\\"", "a@b.example\n\nx", 1_000_000),
    bomb("angles in an address", "From: ", "<", "a@b.example\n\nx", 2_000_000),
    bomb("groups of addresses", "To: ", "g:", "a@b.example;\n\nx", 500_000),
    bomb("routes", "From: <", "@a,", ":a@b.example>\n\nx", 500_000),
    bomb("references", "References: ", "<#@b.example> ", "\n\nx", 300_000),
    bomb("a Message-ID", "Message-ID: <", "i", "@b.example>\n\nx", 2_000_000),
    bomb("parameters", "Content-Type: text/plain", "; a#=b", "\n\nx", 200_000),
    bomb("pieces of a parameter", "Content-Type: text/plain", "; name*#*=%E5", "\n\nx", 200_000),
    bomb("a date", "Date: ", "Mon ", "\n\nx", 500_000),
    // Encodings
    bomb("base64", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n", "QUFB", "", 2_000_000),
    bomb("base64 that is none", "Content-Transfer-Encoding: base64\n\n", "=!", "", 2_000_000),
    bomb("quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\n", "=", "", 4_000_000),
    bomb("soft line ends", "Content-Transfer-Encoding: quoted-printable\n\n", "a=\n", "", 1_000_000),
    bomb("flowed lines", "Content-Type: text/plain; format=flowed; delsp=yes\n\n", "a \n", "", 1_000_000),
    bomb("flowed quotes", "Content-Type: text/plain; format=flowed\n\n", "> a \n>> b \n", "", 300_000),
    bomb("shifts of UTF-7", "Content-Type: text/plain; charset=utf-7\n\n", "+", "", 2_000_000),
    bomb("shifts of HZ", "Content-Type: text/plain; charset=hz-gb-2312\n\n", "~{", "", 1_000_000),
    bomb(
        "shifts of ISO-2022-JP",
        "Content-Type: text/plain; charset=iso-2022-jp\n\n",
        "\x1b$B\x1b(B",
        "",
        500_000,
    ),
    bomb("undeclared letters", TEXT, "ÿ", "", 2_000_000),
    bomb("uuencoded files", TEXT, "begin 644 a\n#86)C\n`\nend\n", "", 100_000),
    bomb("uuencoded files that do not end", TEXT, "begin 644 a\n", "", 300_000),
    bomb("uuencoded lines", "From: a@b.example\n\nbegin 644 a\n", "#86)C\n", "`\nend\n", 500_000),
    bomb("controls", TEXT, "\u{1}\u{202e}\u{200b}\0", "", 500_000),
    // HTML
    bomb("nested div", HTML, "<div>", "x", 24_000),
    bomb("nested quotes", HTML, "<blockquote>", "x", 100_000),
    bomb("quotes with text", HTML, "<blockquote>x", "", 50_000),
    bomb("nested quotes of Gmail", HTML, "<div class=gmail_quote>x", "", 100_000),
    bomb("nested lists", HTML, "<ul><li>x", "", 100_000),
    bomb("nested tables", HTML, "<table><tr><td>x", "", 100_000),
    bomb("end tags", HTML, "</div></p></blockquote>", "x", 200_000),
    bomb("tags that do not end", HTML, "<a ", "", 1_000_000),
    bomb("comments that do not end", HTML, "<!--", "", 1_000_000),
    bomb("attributes", "From: a@b.example\nContent-Type: text/html\n\n<p", " a#=b", ">x", 300_000),
    bomb(
        "styles",
        "From: a@b.example\nContent-Type: text/html\n\n<p style=\"",
        "color:red;",
        "\">x",
        300_000,
    ),
    bomb("classes", "From: a@b.example\nContent-Type: text/html\n\n<p class=\"", "gmail ", "\">x", 500_000),
    bomb("links", HTML, "<a href=https://b.example/#>x</a>", "", 100_000),
    bomb("characters by number", HTML, "&#0;&#x110000;&nbsp", "", 200_000),
    bomb("line breaks", HTML, "<br>", "", 500_000),
    bomb("hidden elements", HTML, "<i style=display:none>x", "", 100_000),
    // Replies and forwards
    bomb("quote marks", TEXT, ">", "", 2_000_000),
    bomb("quote marks apart", TEXT, "> ", "", 1_000_000),
    bomb("quoted lines", TEXT, "> a\n", "", 500_000),
    bomb("interleaved lines", TEXT, "> a\nb\n", "", 300_000),
    bomb("half attributions", TEXT, "On Monday\n", "", 100_000),
    bomb("half attributions on one line", TEXT, "On Monday, ", "", 300_000),
    bomb("attributions", TEXT, "On Monday, 2 Mar 2026, A B <a@b.example> wrote:\n", "", 50_000),
    bomb("attributions with quotes", TEXT, "On Mon, A <a@b.example> wrote:\n> x\ny\n", "", 50_000),
    bomb("Chinese attributions", TEXT, "在 2026年3月2日，\n", "", 100_000),
    bomb("ends of attributions", TEXT, "wrote:\n", "", 300_000),
    bomb("dividers", TEXT, "-----Original Message-----\n", "", 100_000),
    bomb("dashes", TEXT, "-", " Original Message", 2_000_000),
    bomb("dashes and blanks", TEXT, "- ", "", 1_000_000),
    bomb("underscores", TEXT, "________________________________\n", "", 100_000),
    bomb("header lines in the text", TEXT, "From: a@b.example\n", "", 200_000),
    bomb("blocks of header lines", TEXT, "From: a@b.example\nSent: x\nTo: c\nSubject: d\n\n", "", 50_000),
    bomb("Chinese header lines", TEXT, "发件人：a@b.example\n主题：x\n", "", 100_000),
    bomb(
        "forwards",
        TEXT,
        "---------- Forwarded message ---------\nFrom: A <a@b.example>\nSubject: x\n\n",
        "",
        30_000,
    ),
    bomb("forwards of Apple Mail", TEXT, "Begin forwarded message:\n\n> From: a@b.example\n", "", 50_000),
    bomb("signatures", TEXT, "-- \n", "", 500_000),
    bomb("mobile footers", TEXT, "Sent from my iPhone\n", "", 200_000),
    bomb("mobile footers with words behind", TEXT, "Sent from my iPhone\nx\nx\nx\n", "", 100_000),
    bomb("separators with names", TEXT, "--Anna\nx\n", "", 100_000),
    bomb("rules", TEXT, "---\nx\n***\n", "", 100_000),
    bomb("notices", TEXT, "This e-mail is confidential\nx\n\n", "", 50_000),
    bomb("a closing in many languages", TEXT, "Best regards / ", "\nAnna", 100_000),
    bomb("closings", TEXT, "Best regards,\nAnna\n+1 555 0100\n\n", "", 50_000),
    bomb(
        "footers of lists",
        TEXT,
        "_______________________________________________\nteam mailing list\n",
        "",
        50_000,
    ),
    bomb("signatures in quotes", TEXT, "> -- \n> Anna\nx\n-- \n", "", 50_000),
    bomb("blank lines", TEXT, "\n", "x", 1_000_000),
    bomb("blanks", TEXT, " ", "x", 3_000_000),
    bomb("wide blanks", TEXT, "\u{3000}", "x", 1_000_000),
    bomb("at signs", TEXT, "@", "", 2_000_000),
    bomb("a word", TEXT, "w", "", 5_000_000),
    bomb("Chinese without a line end", TEXT, "看", "", 1_000_000),
    // What triage looks for
    bomb("labelled lines", TEXT, "Browser: Chrome 126\n", "", 20_000),
    bomb("labels in a line", TEXT, "Browser: Chrome 126, OS: Windows 11, ", "", 20_000),
    bomb("colons in a line", TEXT, "a:", "", 300_000),
    bomb("rows of a table", TEXT, "| Browser | Chrome |\n", "", 20_000),
    bomb("products in a line", TEXT, "Chrome 126 on Windows 11 ", "", 20_000),
    bomb("beginnings of user agents", TEXT, "Mozilla/5.0 (", "", 50_000),
    bomb("times in a line", TEXT, "昨天下午三点 10:20 ", "", 30_000),
    bomb("quotations that do not end", TEXT, "says “error ", "", 50_000),
    bomb("clauses with remedies", TEXT, "I tried restarting, 已尝试重启，", "", 20_000),
    bomb("legal forms", TEXT, "ACME Ltd 长河汽车有限公司 ", "", 20_000),
    bomb("pages in a line", TEXT, "https://b.example/c?d=e ", "", 30_000),
    bomb("words of the lexicon", TEXT, "add refund 发票 ", "", 50_000),
    bomb("labels of passwords", TEXT, "password: ", "", 100_000),
    bomb("numbers in a line", TEXT, "1 ", "", 500_000),
    bomb("numbers that may be cards", TEXT, "order 4111 1111 1111 1111 ", "", 40_000),
    bomb("labels of tokens", TEXT, "token=AKIAABCDEFGHIJKLMNOP ", "", 40_000),
    // Reports and robots
    bomb(
        "reported recipients",
        STATUS,
        "\nFinal-Recipient: rfc822; #@b.example\nAction: failed\nStatus: 5.1.1\n",
        "",
        50_000,
    ),
    bomb("fields of a report", STATUS, "Final-Recipient: rfc822; a@b.example\n", "", 200_000),
    bomb(
        "failed addresses in words",
        "Return-Path: <>\nFrom: MAILER-DAEMON@b.example\nSubject: failure notice\n\nHi. This is the qmail-send program at b.example.\n",
        "<#@b.example>:\nno such user (#5.1.1)\n\n",
        "",
        50_000,
    ),
    bomb(
        "addresses in a bounce",
        "Return-Path: <>\nFrom: MAILER-DAEMON@b.example\nSubject: Undelivered Mail Returned to Sender\n\n",
        "550 #@b.example ",
        "",
        200_000,
    ),
    bomb(
        "brackets of JSON",
        "Subject: Amazon SES Email Event Notification\nFrom: no-reply@sns.amazonaws.com\n\n",
        "[",
        "",
        1_000_000,
    ),
    bomb("codes of servers", "Return-Path: <>\nSubject: failure notice\n\n", "550 5.1.1 ", "", 300_000),
];
