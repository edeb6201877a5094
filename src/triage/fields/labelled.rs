//! What the values of labelled lines are: the label says which fact is meant, the value whether it can be it. Knows no prose.

use super::{
    Findings, Text,
    candidate::Source,
    contact, environment, fault,
    labels::Labelled,
    pattern::Pattern,
    products::{self, Mention},
    role::{self, Role},
    steps, time, user_agent,
};
use crate::triage::{
    OccurredAt, Product,
    words::{labels::Label, products::Kind},
};

/// How sure a value beside a known label is.
const EXACT: f64 = 0.97;
/// Beside a label of which only a word is known.
const BY_HEAD: f64 = 0.8;
/// Beside an unknown label, by its own shape.
const BY_SHAPE: f64 = 0.74;
/// Longest value of a name.
const NAME_CHARS_MAX: usize = 80;
/// Longest error or expectation that is kept.
const TEXT_CHARS_MAX: usize = 600;

/// Values that say that there is none.
pub const NOTHING: [&str; 44] = [
    "n/a",
    "na",
    "none",
    "-",
    "--",
    "—",
    "unknown",
    "not sure",
    "no",
    "?",
    "??",
    "tbd",
    "x",
    "无",
    "没有",
    "不清楚",
    "不知道",
    "暂无",
    "未知",
    "无。",
    "略",
    "keine",
    "keiner",
    "unbekannt",
    "entfällt",
    "aucun",
    "aucune",
    "inconnu",
    "ninguno",
    "ninguna",
    "desconocido",
    "nenhum",
    "nenhuma",
    "desconhecido",
    "なし",
    "無し",
    "不明",
    "特になし",
    "nothing",
    "nichts",
    "rien",
    "nada",
    "(none)",
    "...",
];

/// Offers what labelled lines say.
pub fn apply(text: &Text<'_>, labelled: &[Labelled<'_>], findings: &mut Findings) {
    let is_block = is_block(labelled);
    let mut versions: Vec<(Label, &Labelled<'_>, f64)> = Vec::new();
    for line in labelled {
        let is_nothing = NOTHING.contains(&line.value.to_lowercase().as_str());
        // A program's own block has the date of its build.
        let is_of_block = matches!(line.label, None | Some(Label::OccurredAt | Label::Error));
        if is_nothing || line.value.is_empty() || is_block && is_of_block {
            continue;
        }
        let mut confidence = match (line.label, line.exact) {
            (None, _) => BY_SHAPE,
            (Some(_), true) => EXACT,
            (Some(_), false) => BY_HEAD,
        };
        if !line.starts_line {
            confidence -= 0.05;
        }
        // A question or title with a word like `build` in it, and a sentence behind.
        if !line.exact && line.label == Some(Label::AppVersion) && line.value.chars().count() > 40 {
            continue;
        }
        match line.label {
            Some(label @ (Label::BrowserVersion | Label::OsVersion)) if is_number(line.value) => {
                versions.push((label, line, confidence));
            }
            Some(label) => known(text, line, label, confidence, findings),
            None => by_shape(text, line, confidence, findings),
        }
    }
    for (label, line, confidence) in versions {
        complete(text, label, line, confidence, findings);
    }
}

/// Whether a program wrote the lines about itself: its commit, its engines, the date of its build.
#[must_use]
pub fn is_block(labelled: &[Labelled<'_>]) -> bool {
    const MARKS: [&str; 3] = ["commit", "electron", "node.js"];
    labelled.iter().any(|l| l.label.is_none() && MARKS.iter().any(|m| l.words.eq_ignore_ascii_case(m)))
}

/// A version alone, beside `Browser version` or `OS version`: it completes the name that another line gives.
fn complete(text: &Text<'_>, label: Label, line: &Labelled<'_>, confidence: f64, findings: &mut Findings) {
    let version = line.value;
    // `Android version: 14` names it itself.
    let named =
        products::find(&line.words).into_iter().find(|m| matches!(m.kind, Kind::Browser | Kind::System));
    let best = if label == Label::BrowserVersion { &mut findings.browser } else { &mut findings.os };
    match best.get_mut() {
        Some(known) if known.value.version.is_none() => known.value.version = Some(version.to_owned()),
        Some(_) => {}
        None => {
            let name = named.map(|m| m.name);
            let is_windows = label == Label::OsVersion && name.is_none() && version.starts_with("10.0.");
            let (name, version) = if is_windows {
                (Some("Windows".to_owned()), products::windows_version(version))
            } else {
                (name, version.to_owned())
            };
            let product = Product { name, version: Some(version) };
            best.offer(product, text.evidence(Source::Label, line.value, confidence * 0.8));
        }
    }
}

fn is_number(value: &str) -> bool {
    let bare = value.trim_start_matches(['v', 'V']).split_whitespace().next().unwrap_or_default();
    bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn known(text: &Text<'_>, line: &Labelled<'_>, label: Label, confidence: f64, findings: &mut Findings) {
    let value = line.value;
    let label_text = |t: &str| text.evidence(Source::Label, t, confidence);
    match label {
        Label::Username => username(text, line, confidence, findings),
        Label::Organisation => {
            if let Some(name) = organisation(value) {
                findings.organisation.offer(name.to_owned(), label_text(value));
            }
        }
        Label::Phone => match contact::phone_in_value(value) {
            Some(number) => contact::offer_phone(text, number, confidence, findings),
            None => environment_value(text, value, confidence, findings),
        },
        Label::AppVersion => app_version(text, value, confidence, findings),
        Label::Device => device(text, value, confidence, findings),
        Label::Browser | Label::BrowserVersion => browser(text, value, confidence, findings),
        Label::Os | Label::OsVersion => os(text, value, confidence, findings),
        Label::Environment => {
            let items = if line.items.is_empty() { vec![value] } else { line.items.clone() };
            for item in items {
                environment_value(text, item, confidence - 0.03, findings);
            }
        }
        Label::OccurredAt => occurred_at(text, value, line.exact, confidence, findings),
        Label::Error => {
            let whole = if line.items.len() > 1 { line.items.join("\n") } else { value.to_owned() };
            // `Message:` is also what web forms call the whole story.
            let is_story = ["message", "mensaje", "mensagem", "メッセージ", "消息", "nachricht"]
                .contains(&line.words.to_lowercase().as_str())
                && value.chars().count() > 40
                && !fault::is_error(value);
            if !is_yes(value) && !is_story {
                findings.error_text.offer(cut(&unquoted(&whole)), label_text(value));
            }
        }
        Label::Tried => {
            let items = if line.items.is_empty() {
                steps::items(value)
            } else {
                line.items.iter().flat_map(|i| steps::items(i)).collect()
            };
            findings.offer_steps(items.into_iter().map(|i| (i.clone(), label_text(&i))).collect());
        }
        Label::Expected => {
            let whole = if line.items.len() > 1 { line.items.join(" ") } else { value.to_owned() };
            findings.expected.offer(cut(&whole), label_text(value));
        }
        Label::Url => contact::offer_url_value(text, value, confidence, findings),
        Label::UserAgent => {
            environment::offer_agent(text, value, confidence - 0.02, findings);
        }
        Label::Narrative | Label::Ignored => {}
    }
}

/// `yes`, `see screenshot`: no words of an error.
fn is_yes(value: &str) -> bool {
    let lower = value.to_lowercase();
    let see = [
        "see ",
        "attached",
        "见截图",
        "见附件",
        "如图",
        "如附件",
        "siehe",
        "voir",
        "ver captura",
        "ver adjunt",
        "ver anexo",
        "添付",
        "详见",
        "截图",
    ];
    ["yes", "ja", "oui", "sí", "sim", "是", "有"].contains(&lower.as_str())
        || value.chars().count() <= 40
            && see.iter().any(|w| lower.starts_with(w) || lower.ends_with("attached"))
}

fn cut(text: &str) -> String {
    let end = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text).trim().to_owned()
}

/// Without one pair of quotation marks around the whole.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    const PAIRS: [(char, char); 8] =
        [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('\'', '\''), ('‘', '’'), ('`', '`')];
    let inner = PAIRS.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.filter(|t| !t.contains(['"', '“', '”'])).unwrap_or(text).trim().to_owned()
}

/// A login name: one word, an address, or a person's name; no sentence.
fn username(text: &Text<'_>, line: &Labelled<'_>, confidence: f64, findings: &mut Findings) {
    let value = unquoted(line.value);
    let value = value.trim_start_matches("mailto:");
    let stop = |c: char| {
        matches!(c, ',' | '，' | ';' | '；' | '、' | '(' | '（' | '|' | '<' | '。' | '[' | '!' | '！')
    };
    // `Login: bob / Sommer2026!`: what follows may be the password.
    let value = value.split(" / ").next().unwrap_or_default();
    let mut name = value.split(stop).next().unwrap_or_default().trim().trim_end_matches(['.', ':']);
    // `周敏（zhoumin）`, `Ann Lee (alee)`: the login stands in the parentheses.
    static INSIDE: Pattern = Pattern::new(r"^[^(（]{2,40}[(（]([a-z0-9][a-z0-9._@-]{2,40})[)）]$");
    if !name.bytes().all(|b| b.is_ascii_lowercase() || !b.is_ascii_alphabetic()) || !name.is_ascii() {
        name = INSIDE.captures(value).and_then(|c| c.get(1)).map_or(name, |m| m.as_str());
    }
    if name.contains('@') || name.contains("://") {
        name = name.split_whitespace().find(|w| w.contains('@')).unwrap_or_default();
    }
    let words = name.split_whitespace().count();
    if name.is_empty() || words > 4 || name.chars().count() > 64 || name.contains("://") {
        return;
    }
    // Beside `account` or `user` may stand anything; a name of several words is sure only beside a user name's label.
    let lower = line.words.to_lowercase();
    let is_name_label = [
        "name",
        "login",
        "id",
        "用户名",
        "登录名",
        "nom d",
        "nombre",
        "nome",
        "kennung",
        "identifiant",
        "ユーザー名",
        "ユーザ名",
        "账号",
        "帐号",
        "帳號",
        "账户",
    ]
    .iter()
    .any(|w| lower.contains(w));
    // `用户：反馈登录不上` tells a story.
    let is_long = name.chars().filter(|c| *c > '\u{2e80}').count() > 4;
    if (words > 2 || is_long) && !is_name_label || name.bytes().all(|b| b.is_ascii_digit()) && name.len() < 3
    {
        return;
    }
    if !line.starts_line && words > 1 {
        name = name.split_whitespace().next().unwrap_or_default();
    }
    let penalty = if words > 1 && !is_name_label { 0.15 } else { 0.0 };
    findings.username.offer(name.to_owned(), text.evidence(Source::Label, line.value, confidence - penalty));
}

fn organisation(value: &str) -> Option<&str> {
    let name = value.split(['\n', ';', '；', '|', '。', '<']).next()?.trim();
    let name = name
        .split("（")
        .next()
        .filter(|n| !n.trim().is_empty() && value.contains('）') && value.ends_with('）'))
        .unwrap_or(name);
    let name = name.trim_matches(|c: char| matches!(c, '"' | '“' | '”' | '«' | '»' | ' ' | ','));
    // `Company: we changed our name`.
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    if ["we", "our", "my", "wir", "unsere", "nous", "notre", "nuestra", "nossa"].contains(&first.as_str())
        || name.starts_with("我们")
    {
        return None;
    }
    (!name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.contains('@')).then_some(name)
}

/// A version of our program, unless the value names another product.
fn app_version(text: &Text<'_>, value: &str, confidence: f64, findings: &mut Findings) {
    static VERSION: Pattern = Pattern::new(
        r"(?i)\bv?(\d{1,5}(?:\.\d{1,8}){0,5}(?:[-+_. ]?(?:alpha|beta|rc|preview|insider|dev|build|esr|nightly)[-. ]?[0-9A-Za-z.]*)?)",
    );
    let mentions = products::find(value);
    let is_other = |m: &&Mention| m.kind != Kind::Device && m.start <= 12;
    if let Some(mention) = mentions.iter().find(is_other) {
        if mention.kind == Kind::Other {
            return;
        }
        let here = Text { text: value, ..*text };
        // `Version: 5.2 on Windows 11`: the number may come first.
        environment::offer(&here, mention, confidence - 0.05, Source::Label, findings);
        let before = value.get(..mention.start).unwrap_or_default();
        let Some(found) = VERSION.captures(before).and_then(|c| c.get(0)) else { return };
        findings
            .app_version
            .offer(found.as_str().to_owned(), text.evidence(Source::Label, value, confidence));
        return;
    }
    let Some(found) = VERSION.find(value) else { return };
    let version = if value.chars().count() <= 24 && !value.contains(' ') { value } else { found.as_str() };
    let is_dotted = version.contains('.');
    let doubt = if is_dotted { 0.0 } else { 0.1 };
    let version = version.trim_end_matches([',', ';', '.']).trim();
    findings.app_version.offer(version.to_owned(), text.evidence(Source::Label, value, confidence - doubt));
}

/// A device as written, with a system that stands beside it.
fn device(text: &Text<'_>, value: &str, confidence: f64, findings: &mut Findings) {
    let mentions = products::find(value);
    let roles = role::roles(value, &mentions);
    let here = Text { text: value, ..*text };
    let mut end = value.len();
    for (mention, role) in mentions.iter().zip(roles) {
        if matches!(mention.kind, Kind::Browser | Kind::System) && role == Role::Own {
            environment::offer(&here, mention, confidence - 0.06, Source::Label, findings);
            end = end.min(mention.start);
        }
    }
    let name = value.get(..end).unwrap_or(value);
    let name = name.trim_end_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, ',' | '，' | '/' | '(' | '（' | ';' | '；' | '-' | '+' | '、' | ':' | '·')
    });
    let name = ["running", "with", "mit", "avec", "con", "com", "on", "系统"]
        .iter()
        .fold(name, |n, w| n.strip_suffix(w).unwrap_or(n))
        .trim_end();
    // The program's version may stand with it: `iPhone 15 / App 5.2`.
    if !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !matches!(name.to_lowercase().as_str(), "web" | "my" | "网页")
    {
        findings
            .device
            .offer(name.trim_end_matches('.').to_owned(), text.evidence(Source::Label, value, confidence));
    }
}

fn browser(text: &Text<'_>, value: &str, confidence: f64, findings: &mut Findings) {
    if user_agent::looks_like_one(value) && environment::offer_agent(text, value, confidence, findings) {
        return;
    }
    let mentions = products::find(value);
    let here = Text { text: value, ..*text };
    if !own(&here, &mentions, confidence, findings).0 {
        unknown_browser(&here, confidence, findings);
    }
}

/// `Browser: Foo 12.3`: names that no table has.
fn unknown_browser(text: &Text<'_>, confidence: f64, findings: &mut Findings) {
    static NAME: Pattern = Pattern::new(
        r"^([\p{L}][\p{L}\d !+._-]{1,30}?)[ /]+(?:v|version |版本)?(\d{1,4}(?:\.\d{1,6}){0,4})\b",
    );
    let Some(found) = NAME.captures(text.text) else { return };
    let (Some(name), Some(version)) = (found.get(1), found.get(2)) else { return };
    let product =
        Product { name: Some(name.as_str().trim().to_owned()), version: Some(version.as_str().to_owned()) };
    findings.browser.offer(product, text.evidence(Source::Label, text.text, confidence - 0.15));
}

fn os(text: &Text<'_>, value: &str, confidence: f64, findings: &mut Findings) {
    let raw = value.to_ascii_lowercase();
    let is_raw = raw.contains("windows_nt")
        || raw.contains("darwin")
        || raw.starts_with("linux x")
        || raw.starts_with("linux arm")
        || raw.contains("windows nt");
    if is_raw && let Some(os) = environment::kernel(value) {
        findings.os.offer(os, text.evidence(Source::Label, value, confidence));
        return;
    }
    let mentions = products::find(value);
    let here = Text { text: value, ..*text };
    if own(&here, &mentions, confidence, findings).1 {
        return;
    }
    let device = mentions.iter().find(|m| m.kind == Kind::Device).map(|m| m.name.to_lowercase());
    let name = match raw.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default() {
        "mac" => Some("macOS"),
        "win" => Some("Windows"),
        _ if device.as_deref().is_some_and(|d| d.starts_with("mac") || d.starts_with("imac")) => {
            Some("macOS")
        }
        _ => None,
    };
    static NUMBER: Pattern = Pattern::new(r"\b(\d{1,2}(?:\.\d{1,3}){0,2}|XP)\b");
    if let Some(name) = name {
        let version = NUMBER.find(value).map(|m| m.as_str().to_owned());
        let product = Product { name: Some(name.to_owned()), version };
        findings.os.offer(product, text.evidence(Source::Label, value, confidence - 0.05));
    }
}

/// Offers the first own browser, system and device of a value; says which of the first two there were.
fn own(text: &Text<'_>, mentions: &[Mention], confidence: f64, findings: &mut Findings) -> (bool, bool) {
    let roles = role::roles(text.text, mentions);
    let (mut browser, mut os, mut device) = (false, false, false);
    for (mention, role) in mentions.iter().zip(roles) {
        if !matches!(role, Role::Own | Role::Tried | Role::Other) {
            continue;
        }
        let seen = match mention.kind {
            Kind::Browser => &mut browser,
            Kind::System => &mut os,
            Kind::Device => &mut device,
            Kind::Maker | Kind::Other => continue,
        };
        if !*seen {
            environment::offer(text, mention, confidence, Source::Label, findings);
            *seen = true;
        }
    }
    (browser, os)
}

/// Any of browser, system, device and version.
fn environment_value(text: &Text<'_>, value: &str, confidence: f64, findings: &mut Findings) {
    let here = Text { text: value, ..*text };
    if user_agent::looks_like_one(value) && environment::offer_agent(&here, value, confidence, findings) {
        return;
    }
    let mentions = products::find(value);
    own(&here, &mentions, confidence, findings);
    environment::in_prose(&here, findings);
}

fn occurred_at(text: &Text<'_>, value: &str, exact: bool, confidence: f64, findings: &mut Findings) {
    let when = time::in_value(value, text.language, text.at);
    let is_short = value.chars().count() <= 70;
    // `Time zone issue: tasks due 5 March …` is a sentence.
    let is_all = |w: &time::When| w.start <= 12 && value.len() - w.end <= 24;
    match when.filter(|w| exact || is_all(w)) {
        Some(when) => {
            let words = if is_short { value } else { value.get(when.start..when.end).unwrap_or(value) };
            let (from, to) = when.interval.unzip();
            let found = OccurredAt { text: Some(words.trim_end_matches(['.', '。']).to_owned()), from, to };
            findings.occurred_at.offer(found, text.evidence(Source::Label, value, confidence));
        }
        None if exact && is_short && value.chars().count() >= 4 && !value.contains("://") => {
            let found = OccurredAt { text: Some(value.to_owned()), from: None, to: None };
            findings.occurred_at.offer(found, text.evidence(Source::Label, value, confidence * 0.6));
        }
        None => {}
    }
}

/// The value alone tells, beside a label that nobody knows: it must be all of one kind.
fn by_shape(text: &Text<'_>, line: &Labelled<'_>, confidence: f64, findings: &mut Findings) {
    static ERROR: Pattern = Pattern::new(
        r"^(?:[A-Z]\w*(?:Error|Exception)\b.*|ERR_[A-Z_]+|(?:Error|HTTP|Fehler|Erreur)\s?\d{3}\b.*|0x[0-9A-Fa-f]{6,8}.*|[45]\d\d [A-Z][a-z]+(?: [A-Z][a-z]+)*)$",
    );
    let value = line.value;
    let is_label = line.words.split_whitespace().count() <= 4 && line.words.chars().count() <= 24;
    if !is_label || value.chars().count() > 120 || !line.starts_line {
        return;
    }
    let here = Text { text: value, ..*text };
    let mentions = products::find(value);
    if let [mention] = mentions.as_slice() {
        let rest = value.len() - (mention.end - mention.start);
        let is_bound = matches!(mention.kind, Kind::Browser | Kind::System) && mention.version.is_some()
            || mention.kind == Kind::Device;
        let of_label = products::find(&line.words);
        if rest <= 4 && is_bound && of_label.is_empty() {
            environment::offer(&here, mention, confidence, Source::Label, findings);
            return;
        }
    }
    if ERROR.is_match(value) {
        findings.error_text.offer(cut(value), text.evidence(Source::Label, value, confidence));
    }
}
