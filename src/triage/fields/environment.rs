//! Browser, system, device and version of our program: in prose, in user-agent strings, in blocks that programs write about themselves.

use std::ops::Range;

use super::{
    Findings, Place, Text,
    candidate::Source,
    pattern::Pattern,
    products::{self, Mention},
    role::{self, Role},
    user_agent,
};
use crate::triage::{Product, words::products::Kind};

/// User agents read of one text.
const AGENTS_MAX: usize = 4;
/// Versions of one shape looked at in one text.
const CANDIDATES_MAX: usize = 40;

/// Beginnings of user-agent strings.
const AGENT_STARTS: [&str; 4] = ["Mozilla/", "Opera/", "Dalvik/", "UCWEB/"];

/// Reads user-agent strings; gives their places.
pub fn user_agents(text: &Text<'_>, findings: &mut Findings) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    for start in AGENT_STARTS.iter().flat_map(|word| memchr::memmem::find_iter(text.text.as_bytes(), word)) {
        if places.len() >= AGENTS_MAX || places.iter().any(|p| p.contains(&start)) {
            continue;
        }
        let end = agent_end(text.text, start);
        let agent = text.text.get(start..end).unwrap_or_default();
        if agent.len() >= 20 {
            offer_agent(text, &agent.replace('\n', " "), 0.93, findings);
            places.push(start..end);
        }
    }
    places
}

/// A string ends with its line; one that a mail program wrapped goes on with the products that it holds.
fn agent_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let mut end = rest.find(['\n', '"', '“', '”', '|', '`']).unwrap_or(rest.len());
    while rest.get(end..).is_some_and(|t| t.starts_with('\n')) {
        let next = rest.get(end + 1..).unwrap_or_default();
        let line = next.split('\n').next().unwrap_or_default();
        let bare = line.trim_start_matches(['>', ' ', '\t']);
        let goes_on = [
            "AppleWebKit/",
            "(KHTML",
            "like Gecko",
            "Gecko",
            "Chrome/",
            "Version/",
            "Safari/",
            "Mobile/",
            "Firefox/",
            "Edg/",
            "Edge/",
            "x64)",
            "Win64",
            "Intel Mac",
            "rv:",
            "(Windows",
            "(Macintosh",
            "(X11",
            "(Linux",
            "(iPhone",
            "QIHU",
            "MicroMessenger/",
            "Gecko)",
        ];
        if end > 900 || !goes_on.iter().any(|w| bare.starts_with(w)) {
            break;
        }
        end += 1 + line.len();
    }
    start + end
}

/// What a user-agent string says about the sender's machine.
pub fn offer_agent(text: &Text<'_>, agent: &str, confidence: f64, findings: &mut Findings) -> bool {
    let found = user_agent::read(agent);
    let is_something = found.browser.is_some() || found.os.is_some();
    if let Some(browser) = found.browser {
        findings.browser.offer(browser, text.evidence(Source::UserAgent, agent, confidence));
    }
    if let Some(os) = found.os {
        // Browsers call Windows 11 "NT 10.0" and every macOS since 11 "10_15_7".
        let frozen = matches!(os.version.as_deref(), Some("10" | "10.15.7"));
        let doubt = if frozen { 0.12 } else { 0.0 };
        findings.os.offer(os, text.evidence(Source::UserAgent, agent, confidence - doubt));
    }
    is_something
}

/// Where it happened, as the prose tells.
pub fn in_prose(text: &Text<'_>, findings: &mut Findings) {
    let mentions = products::find(text.text);
    let roles = role::roles(text.text, &mentions);
    // Beside a machine of their own, that of somebody else is none of the report.
    let is_machine = |m: &Mention| matches!(m.kind, Kind::Browser | Kind::System | Kind::Device);
    let has_own = mentions.iter().zip(&roles).any(|(m, role)| *role == Role::Own && is_machine(m));
    for (mention, role) in mentions.iter().zip(&roles) {
        if has_own && *role == Role::Other {
            continue;
        }
        if let Some(confidence) = confidence(text, mention, *role) {
            let mention = advanced(text.text, mention);
            offer(text, &mention, confidence, Source::Prose, findings);
        }
    }
    app_versions(text, &mentions, findings);
    in_log_head(text, findings);
}

fn confidence(text: &Text<'_>, mention: &Mention, role: Role) -> Option<f64> {
    let has_version = mention.version.is_some();
    let base: f64 = match mention.kind {
        Kind::Browser | Kind::System if has_version => 0.86,
        Kind::Browser | Kind::System => 0.7,
        Kind::Device => 0.8,
        Kind::Maker | Kind::Other => return None,
    };
    let confidence = match role {
        Role::Own => base,
        Role::Other => base * 0.6,
        Role::Tried if mention.kind == Kind::Device => base * 0.7,
        Role::Tried if has_version => base * 0.55,
        Role::Works | Role::Past | Role::Asked | Role::Tried => return None,
    };
    let from = text.text.ceil_char_boundary(mention.start.saturating_sub(30));
    let before = text.text.get(from..mention.start)?.to_lowercase();
    let uses = [
        "using",
        "use ",
        "i'm on",
        "i am on",
        "running",
        "用的是",
        "使用",
        "我用",
        "我的",
        "benutze",
        "nutze",
        "verwende",
        "utilise",
        "uso ",
        "usando",
        "utilizo",
        "使って",
        "my ",
    ];
    let bonus = if uses.iter().any(|w| before.contains(w)) { 0.04 } else { 0.0 };
    Some(confidence + bonus)
}

/// `from Chrome 125 to 126`: the second number counts.
fn advanced(text: &str, mention: &Mention) -> Mention {
    static TO: Pattern = Pattern::new(
        r"^\s*(?:to|auf|vers|à|a|para|到|升级到|升到|から)\s*(?:version |v)?(\d{1,4}(?:\.\d+){0,4})\b",
    );
    static FROM_TO: Pattern = Pattern::new(
        r"^\s*(?:from|von|de|desde|从)\s*(?:version |v)?\d[\d.]*\s*(?:to|auf|à|a|para|到|升级到|升到)\s*(?:version |v)?(\d{1,4}(?:\.\d+){0,4})\b",
    );
    let mut mention = mention.clone();
    let rest = text.get(mention.end..).unwrap_or_default();
    let pattern = if mention.version.is_some() { &TO } else { &FROM_TO };
    if let Some(version) = pattern.captures(rest).and_then(|c| c.get(1)) {
        mention.version = Some(version.as_str().to_owned());
    }
    mention
}

/// Offers one product as the sender's.
pub fn offer(text: &Text<'_>, mention: &Mention, confidence: f64, source: Source, findings: &mut Findings) {
    let span = text.text.get(mention.start..mention.end).unwrap_or(&mention.name);
    let product = Product { name: Some(mention.name.clone()), version: mention.version.clone() };
    match mention.kind {
        Kind::Browser => offer_product(&mut findings.browser, product, text, span, confidence, source),
        Kind::System => offer_product(&mut findings.os, product, text, span, confidence, source),
        Kind::Device => findings.device.offer(mention.name.clone(), text.evidence(source, span, confidence)),
        Kind::Maker | Kind::Other => {}
    }
}

/// A product of which the version is known is better than the same without one.
fn offer_product(
    best: &mut super::Best<Product>,
    mut product: Product,
    text: &Text<'_>,
    span: &str,
    confidence: f64,
    source: Source,
) {
    let known = best.get().filter(|c| c.value.name == product.name);
    let completes = known.is_some_and(|c| c.value.version.is_none()) && product.version.is_some();
    if product.version.is_none() {
        product.version = known.and_then(|c| c.value.version.clone());
    }
    if completes && let Some(known) = best.get_mut() {
        known.value.version = product.version;
        return;
    }
    best.offer(product, text.evidence(source, span, confidence));
}

/// A word for our program with its version.
static APP: Pattern = Pattern::new(concat!(
    r"(?i)(?:\b(?:desktop[ -]app|mobile app|desktop[ -]client|mobile client|application de bureau|application mobile|aplicación de escritorio|app de escritorio|aplicativo de desktop|app|application|client|software|desktop|plugin|add-in|server|version|versions?nummer|versión|versão|anwendung|programm|appli|aplicación|aplicativo|aplicação|aplicacao|build|release|v)",
    r"|客户端|桌面端|移动端|手机端|电脑端|pc端|软件|程序|应用|服务端|小程序|插件|版本号?|版本為|版|アプリ|クライアント|バージョン|ソフト)",
    r"(?:\s?(?:version|versión|versão|ver\.?|v\.?|版本号?|バージョン|is|ist|est|es|é|为|是|は|の|number|nummer|:|：|=|\(|（|,|de la app|der app|do app|de l'app)){0,3}\s?v?",
    r"(\d{1,4}(?:\.\d{1,6}){1,4}(?:[-+][0-9A-Za-z][0-9A-Za-z.]{0,20})?)",
));
/// An update to a version.
static UPDATE: Pattern = Pattern::new(
    r"(?i)(?:updat(?:e|ed|ing) to|upgrad(?:e|ed|ing) to|update auf|aktualisiert auf|mise à jour vers|passage à|actualicé a|actualizar a|atualizei para|atualização para|升级到了?|更新到了?|升到了?|アップデート|アップグレード)\s?(?:(?:the |version |v|版本|バージョン)*\s?(\d{1,4}(?:\.\d{1,6}){1,4}(?:[-+][0-9A-Za-z][0-9A-Za-z.]{0,20})?)|(?:the )?(?:version |版本 ?)(\d{2,4})\b)",
);
/// A number that calls itself a version.
static BARE: Pattern =
    Pattern::new(r"(?:^|[\s(（，,、])[vV](\d{1,4}(?:\.\d{1,6}){1,3}(?:[-+][0-9A-Za-z][0-9A-Za-z.]{0,20})?)");

/// Versions of our own program: those that belong to no other product.
fn app_versions(text: &Text<'_>, mentions: &[Mention], findings: &mut Findings) {
    let mut candidates: Vec<(Mention, f64)> = Vec::new();
    // Few mails hold such numbers, and the words before them are many.
    let (has_digit, has_point) = digits(text.text);
    let patterns = [(&APP, 0.8, has_point), (&UPDATE, 0.72, has_digit), (&BARE, 0.6, has_point)];
    for (pattern, confidence, may_match) in patterns {
        if !may_match {
            continue;
        }
        for found in pattern.captures_iter(text.text).take(CANDIDATES_MAX) {
            let (Some(whole), Some(number)) = (found.get(0), found.iter().skip(1).flatten().next()) else {
                continue;
            };
            if is_of_other(text.text, mentions, whole.start(), number.start(), number.end()) {
                continue;
            }
            let (start, end) = (whole.start(), number.end());
            let candidate =
                Mention { kind: Kind::Other, name: number.as_str().to_owned(), version: None, start, end };
            candidates.push((candidate, confidence));
        }
    }
    candidates.sort_by_key(|(c, _)| c.start);
    let places: Vec<Mention> = candidates.iter().map(|(c, _)| c.clone()).collect();
    let roles = role::roles(text.text, &places);
    for ((candidate, confidence), role) in candidates.into_iter().zip(roles) {
        if matches!(role, Role::Works | Role::Past | Role::Asked) {
            continue;
        }
        let span = text.text.get(candidate.start..candidate.end).unwrap_or_default();
        findings.app_version.offer(candidate.name, text.evidence(Source::Prose, span, confidence));
    }
}

/// Whether a text has a digit, and a point between two of them.
fn digits(text: &str) -> (bool, bool) {
    let is_pointed = |three: &[u8]| matches!(three, [a, b'.', b] if a.is_ascii_digit() && b.is_ascii_digit());
    (text.bytes().any(|b| b.is_ascii_digit()), text.as_bytes().windows(3).any(is_pointed))
}

/// Words before a version that is none of our program.
const OF_OTHERS: [&str; 27] = [
    "api",
    "rest",
    "tls",
    "ssl",
    "http",
    "schema",
    "protocol",
    "node",
    "board",
    "project",
    "release",
    "plan",
    "schrift",
    "python",
    "browser",
    "浏览器",
    "系统",
    "os",
    "windows",
    "driver",
    "kernel",
    "webview",
    "接口",
    "协议",
    "文档",
    "合同",
    "板",
];

/// Whether the number is another product's, an interface's or the like.
fn is_of_other(text: &str, mentions: &[Mention], start: usize, number: usize, end: usize) -> bool {
    if mentions.iter().any(|m| m.start < end && number < m.end) {
        return true;
    }
    let begins_word =
        text.get(..start).and_then(|t| t.chars().next_back()).is_none_or(|c| !c.is_ascii_alphanumeric());
    // Right behind another product's name: `Jira version 9.4`, `Node v18.2`.
    let says_version = text.get(start..number).is_some_and(|cue| {
        let cue = cue.to_lowercase();
        ["v", "版", "バ", "build", "release"].iter().any(|w| cue.starts_with(w))
    });
    let follows = says_version
        && mentions.iter().any(|m| {
            m.kind != Kind::Device
                && m.version.is_none()
                && m.end <= number
                && text
                    .get(m.end..start.max(m.end))
                    .is_some_and(|gap| gap.chars().all(|c| c == ' ' || c == '的'))
        });
    let from = text.ceil_char_boundary(start.saturating_sub(16));
    let before = text.get(from..start).unwrap_or_default().trim_end().to_lowercase();
    let ends_with = |word: &&str| {
        before
            .strip_suffix(*word)
            .is_some_and(|rest| !word.is_ascii() || !rest.ends_with(|c: char| c.is_alphanumeric()))
    };
    let other = OF_OTHERS.iter().any(ends_with);
    let after = text.get(end..).unwrap_or_default();
    let is_size =
        ["GB", "MB", "KB", " GB", " MB", " GHz", "%", "元", "万", "ms"].iter().any(|u| after.starts_with(u));
    let in_quotes = text.get(..start).is_some_and(|t| t.ends_with(['"', '“', '「', '《']));
    let in_word = after.starts_with(|c: char| c.is_ascii_alphanumeric());
    !begins_word || follows || other || is_size || in_word || in_quotes
}

/// Systems as programs name them: `Windows_NT x64 10.0.22631`, `Darwin arm64 23.2.0`, `Linux x64 6.5.0`.
static KERNEL: Pattern = Pattern::new(
    r"(?i)\b(windows_nt|windows nt|darwin|linux)(?: (?:kernel version|x64|x86_64|ia32|arm64|aarch64|armhf|x86))?[ /v]*(\d+(?:\.\d+){0,3})?",
);

/// The system that such a line names, as people call it.
pub fn kernel(value: &str) -> Option<Product> {
    let found = KERNEL.captures(value)?;
    let version = found.get(2).map(|v| v.as_str());
    let product =
        |name: &str, version: Option<String>| Some(Product { name: Some(name.to_owned()), version });
    match found.get(1)?.as_str().to_ascii_lowercase().as_str() {
        "linux" => product("Linux", version.map(str::to_owned)),
        "darwin" => {
            let major: Option<u32> = version.and_then(|v| v.split('.').next()?.parse().ok());
            let named = major.and_then(|m| match m {
                // Darwin 20 is macOS 11, 24 is macOS 15; Apple then counts years: 25 is macOS 26.
                25.. => Some((m + 1).to_string()),
                20..=24 => Some((m - 9).to_string()),
                5..=19 => Some(format!("10.{}", m - 4)),
                _ => None,
            });
            product("macOS", named)
        }
        _ => product("Windows", version.map(products::windows_version)),
    }
}

/// A mail program's own header completes the version of the system that the mail names: it runs on the same machine, or it does not.
pub fn by_mailer(mailer: Option<&str>, findings: &mut Findings) {
    let (Some(mailer), Some(known)) = (mailer, findings.os.get_mut()) else { return };
    if known.value.version.is_some() || !mailer.contains("Mozilla/") {
        return;
    }
    let Some(os) = user_agent::read(mailer).os else { return };
    let frozen = matches!(os.version.as_deref(), Some("10" | "10.15.7"));
    if os.name == known.value.name && !frozen {
        known.value.version = os.version;
        known.evidence.source = Source::Header.as_str().to_owned();
        known.evidence.confidence = (known.evidence.confidence * 0.8 * 100.0).round() / 100.0;
    }
}

/// Attached texts say their program's version in their first lines: `Tidemark Desktop 3.4.0 (build 9921)`.
static LOG_HEAD: Pattern = Pattern::new(
    r"^(?:\[[^\]\n]{0,40}\] ?|\d[\d:.\- T]{6,30} ?(?:INFO|DEBUG)?[:\] ]*)?[A-Z][A-Za-z][A-Za-z ]{1,40}? (?:v(?:ersion)? ?)?(\d{1,4}\.\d{1,4}(?:\.\d{1,6}){0,2})\b",
);

fn in_log_head(text: &Text<'_>, findings: &mut Findings) {
    if text.place != Place::Attachment {
        return;
    }
    for line in text.text.lines().take(12) {
        if let Some(number) = LOG_HEAD.captures(line).and_then(|c| c.get(1))
            && products::find(line).iter().all(|m| m.end < number.start() || m.start > number.start())
        {
            let evidence = text.evidence(Source::Attachment, line, 0.85);
            findings.app_version.offer(number.as_str().to_owned(), evidence);
        }
    }
}
