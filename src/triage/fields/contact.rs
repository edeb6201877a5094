//! Telephone numbers and addresses of pages. Of links only those count on which it may have happened: none to files, pictures, lists
//! or programs that mails carry by themselves.

use super::{Findings, LIST_MAX, Text, candidate::Source, pattern::Pattern};

/// A number with its country, or a Chinese mobile number, or groups of digits behind a word for it.
static PHONE: Pattern = Pattern::new(
    r"(?i)(?:tel\.?|phone|mobile|mob\.?|cell|direct|电话|手机|座机|联系方式|電話|手機|telefon|mobil|téléphone|tél\.?|portable|teléfono|móvil|telefone|celular|携帯|☎|📞|📱|\bt|\bm)\s?(?:号码?|nummer|番号)?\s?[:：.]?\s?(\+?[(（]?\d[\d \-/.()（）]{5,20}\d)",
);
static BARE_PHONE: Pattern = Pattern::new(
    r"(?:^|[^\d\w.+-])(\+\d{1,3}[ \-.]?\(?\d[\d \-.()/]{6,16}\d|1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?:$|[^\d\w.-])",
);
static URL: Pattern = Pattern::new(r#"https?://[^\s<>"'“”‘’（）()，。；、\]\[{}|\\^`]+"#);

/// Endings of files that are no pages.
const FILES: [&str; 12] =
    [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".css", ".js", ".zip", ".ico", ".woff2", ".mp4"];
/// Parts of addresses that belong to mail programs and lists.
const PASSED_OVER: [&str; 20] = [
    "unsubscribe",
    "list-manage",
    "utm_",
    "aka.ms",
    "mail.qq.com",
    "mail.163.com",
    "wx.mail.qq.com",
    "foxmail.com",
    "outlook.live",
    "safelinks",
    "click.",
    "track",
    "apps.apple.com",
    "play.google.com",
    "w3.org",
    "schemas.",
    "linkedin.com",
    "facebook.com",
    "twitter.com",
    "instagram.com",
];

pub fn phone_in_signature(signature: &Text<'_>, findings: &mut Findings) {
    let found = PHONE.captures(signature.text).or_else(|| BARE_PHONE.captures(signature.text));
    if let Some(number) = found.and_then(|c| c.get(1)) {
        offer_phone(signature, number.as_str(), 0.85, findings);
    }
}

/// Takes a number of a plausible length.
pub fn offer_phone(text: &Text<'_>, number: &str, confidence: f64, findings: &mut Findings) {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    if (6..=16).contains(&digits) {
        findings.phone.offer(number.trim().to_owned(), text.evidence(Source::Label, number, confidence));
    }
}

/// The number of a labelled value.
pub fn phone_in_value(value: &str) -> Option<&str> {
    let from = value.find(|c: char| c == '+' || c.is_ascii_digit() || c == '(')?;
    let rest = value.get(from..)?;
    let end = rest.find(|c: char| {
        !(c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')' | '.' | '/' | '（' | '）'))
    });
    let number = rest.get(..end.unwrap_or(rest.len()))?.trim();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    ((6..=16).contains(&digits) && !is_date(number)).then_some(number)
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.starts_with("20") && text.matches(['-', '/', '.']).count() == 2
}

pub fn urls(text: &Text<'_>, findings: &mut Findings) {
    if !text.text.contains("://") {
        return;
    }
    for found in URL.find_iter(text.text) {
        offer_url(text, found.as_str(), 0.7, Source::Prose, findings);
    }
}

/// The address of a labelled value; names of pages without one are none.
pub fn offer_url_value(text: &Text<'_>, value: &str, confidence: f64, findings: &mut Findings) {
    if let Some(found) = URL.find(value) {
        offer_url(text, found.as_str(), confidence, Source::Label, findings);
    }
}

fn offer_url(text: &Text<'_>, url: &str, confidence: f64, source: Source, findings: &mut Findings) {
    let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    let lower = url.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let is_page = !FILES.iter().any(|f| path.ends_with(f)) && !PASSED_OVER.iter().any(|p| lower.contains(p));
    if is_page
        && url.len() <= 500
        && findings.urls.len() < LIST_MAX
        && !findings.urls.iter().any(|(u, _)| u == url)
    {
        findings.urls.push((url.to_owned(), text.evidence(source, url, confidence)));
    }
}
