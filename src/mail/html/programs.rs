//! How mail programs' HTML shows what is quoted and what is a signature. Data: a program with a shape of its own is a row
//! here (its element, what it means, program and version) and a case in `tests.rs`.

use std::{collections::BTreeMap, sync::LazyLock};

/// What an element says about the text in it or below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// All in it is quoted.
    Quote,
    /// What is in it is quoted until a block quote of it has ended; text behind that is the sender's.
    Thread,
    /// Quoted inside a thread; elsewhere a passage that the sender cites with the button of the editor.
    Cite,
    /// It stands above the quoted mail: all below is quoted.
    Divider,
    /// All in it is a signature.
    Signature,
}

/// One row: the name of a class, id or `name` attribute in lower case, the element (empty: any), what it means.
struct Row(&'static str, &'static str, Means);

use Means::{Cite, Divider, Quote, Signature, Thread};

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Gmail, web and apps. Answers between the quotes stand in gmail_quote, outside its block quotes.
    Row("gmail_quote", "blockquote", Cite), Row("gmail_quote", "", Thread), Row("gmail_attr", "", Quote),
    Row("gmail_extra", "", Thread), // 2011 to 2018
    Row("gmail_signature", "", Signature), Row("gmail_signature_prefix", "", Signature),
    // Outlook on the web, new Outlook, Outlook for Mac 16, Hotmail
    Row("divrplyfwdmsg", "", Divider), Row("appendonsend", "", Divider), Row("stopspelling", "", Divider),
    Row("signature", "div", Signature),
    // Outlook 2000 to 2003; Outlook for Mac 2011 and 2016
    Row("outlookmessageheader", "", Divider), Row("olk_src_body_section", "", Quote), Row("mac_outlook_signature_section", "", Signature),
    Row("_mailautosig", "", Signature),
    // Outlook for iOS and Android, 2 to 4
    Row("mail-editor-reference-message-container", "", Quote), Row("ms-outlook-mobile-reference-message", "", Quote),
    Row("ms-outlook-mobile-signature", "", Signature), Row("ms-outlook-ios-signature", "", Signature),
    Row("ms-outlook-android-signature", "", Signature), Row("mail-mobile-signature", "", Signature),
    // Apple Mail
    Row("applemailsignature", "", Signature), Row("apple-mail-quote", "", Quote),
    // Thunderbird
    Row("moz-cite-prefix", "", Quote), Row("moz-signature", "", Signature), Row("moz-forward-container", "", Quote),
    // Yahoo Mail, web and iOS
    Row("yahoo_quoted", "", Quote), Row("iosymail", "blockquote", Quote), Row("yahoo-signature", "", Signature),
    // QQ Mail: until 2023 the element includetail, then the new editor; Exmail
    Row("qm_quote", "", Quote), Row("xm_mail_oringinal_describe", "", Divider),
    Row("xmail_signature", "", Signature), Row("xm_signature", "", Signature),
    // NetEase: web mail, Mail Master
    Row("isreplycontent", "", Quote), Row("isforwardcontent", "", Quote),
    Row("ntes-mailmaster-quote", "", Quote), Row("ntes-pcmail-quote", "", Quote), Row("ntes-pcmac-quote", "", Quote),
    Row("ntes-signature", "", Signature), Row("ntes_signature", "", Signature), Row("imail_signature", "", Signature),
    Row("ntes-pcmail-signature", "", Signature), Row("ntes-pcmac-signature", "", Signature), Row("spneditorsign", "", Signature),
    // China Mobile's 139, China Telecom's 189
    Row("replysplit", "hr", Divider), Row("reply139content", "", Quote), Row("mainreplycontent", "", Quote),
    Row("signcontainer", "", Signature),
    // Aliyun and DingTalk mail
    Row("alimail-quote", "", Quote), Row("__aliyun_signature_wrap", "", Signature),
    Row("alimail-signature", "", Signature),
    // Feishu and Lark
    Row("history-quote-wrapper", "", Quote), Row("lark-mail-signature", "", Signature),
    // Zoho Mail
    Row("zmail_extra", "", Quote), Row("zmail_extra_hr", "", Divider), Row("zmail_signature_below", "", Signature),
    // Proton Mail, Tuta, Skiff
    Row("protonmail_quote", "", Quote), Row("protonmail_signature_block", "", Signature),
    Row("protonmail_signature_block-user", "", Signature), Row("protonmail_signature_block-proton", "", Signature),
    Row("tutanota_quote", "", Quote), Row("tutanota_signature", "", Signature), Row("skiff_quote", "", Quote),
    // Spark: the sections are names
    Row("messagereplysection", "", Quote), Row("messagesignaturesection", "", Signature),
    // Roundcube and Horde: an attribution, answers may stand below the quote
    Row("reply-intro", "", Quote), Row("_rc_sig", "", Signature),
    // Zimbra and Carbonio
    Row("zwchr", "hr", Divider),
    // Front, Missive, Superhuman, Nylas Mail, Airmail, Newton (CloudMagic), Edison
    Row("front-blockquote", "", Quote),
    Row("missive_quote", "", Quote),
    Row("sh-signature", "", Signature), Row("nylas-quote", "", Quote),
    Row("airmail_ext_on", "", Quote), Row("airmail_on", "", Quote), Row("bloop_sign", "", Signature),
    Row("cm_signature", "", Signature), Row("cm_replymail_content_wrap", "", Quote),
    Row("edo-signature", "", Signature), Row("edo-original", "", Quote),
    // mail.ru, Sapo, Freshdesk
    Row("mail-quote-collapse", "", Quote), Row("qt", "div", Quote),
    Row("freshdesk_quote", "", Quote), Row("freshdesk_signature", "", Signature),
];

/// Ids of which only the beginning is fixed.
const PREFIXES: &[(&str, Means)] = &[
    ("lark-mail-quote", Quote), // Feishu and Lark: a number follows
    ("lark-mail-signature", Signature),
    ("divrplyfwdmsg", Divider), // Outlook on the web: a number where there are several
    ("bloop_sign_", Signature), // Airmail
    ("yahoo_quoted_", Quote),   // Yahoo Mail: a number follows
    ("protonmail_signature_block", Signature),
];

/// Elements that only mail programs have: QQ Mail until 2023.
const ELEMENTS: &[(&str, Means)] = &[("includetail", Quote)];

/// Borders that Outlook draws above the block of header lines, without blanks and in lower case.
#[rustfmt::skip]
const BORDERS: &[&str] = &[
    "border-top:solid#e1e1e1",                              // Outlook 2013 to 2021, Foxmail 7
    "border-top:solid#b5c4df",                              // Outlook 2007 and 2010, Outlook for Mac
    "border-top:1ptsolidrgb(181,196,223)", "border-top:1ptsolidrgb(225,225,225)",                  // the same through Outlook on the web
    "border-top:1.0ptsolid#e1e1e1",
    "border-width:1ptmediummedium;border-style:solidnonenone;border-color:rgb(225,225,225)",
    "border-top-color:rgb(229,229,229);border-top-width:1px;border-top-style:solid", // Windows Mail of Windows 8 and 10
    "border-top:#b5c4df1ptsolid", "border-top:#e1e1e11ptsolid",
];

/// Foxmail 7 draws a rule of this width above a signature.
pub const SIGN_OFF: &str = "width:210px";

static BY_NAME: LazyLock<BTreeMap<&str, Vec<&Row>>> = LazyLock::new(|| {
    let mut out: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in ROWS {
        out.entry(row.0).or_default().push(row);
    }
    out
});

/// What a class, id or name (lower case) of an element says. Outlook puts `x_` before the names in a mail that it quotes,
/// once for each time, Hotmail `ecx`, Gmail `gmail-m_` with a number.
pub fn of_name(name: &str, element: &str) -> Option<Means> {
    let bare = name.trim_start_matches("x_");
    let bare = bare.strip_prefix("ecx").unwrap_or(bare);
    let bare = match bare.strip_prefix("gmail-m_") {
        Some(rest) => rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '_'),
        None => bare.strip_prefix("gmail-").unwrap_or(bare),
    };
    let rows = BY_NAME.get(bare).into_iter().flatten();
    rows.filter(|row| row.1.is_empty() || row.1 == element)
        .map(|row| row.2)
        .next()
        .or_else(|| PREFIXES.iter().find(|(prefix, _)| bare.starts_with(prefix)).map(|(_, means)| *means))
}

/// What an element's own name says.
pub fn of_element(element: &str) -> Option<Means> {
    ELEMENTS.iter().find(|(name, _)| *name == element).map(|(_, means)| *means)
}

/// Whether a style (lower case, no blanks) is a border above a quoted mail.
pub fn is_border(style: &str) -> bool {
    style.contains("border") && BORDERS.iter().any(|border| style.contains(border))
}
