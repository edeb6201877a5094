//! Browsers, systems, devices and other software that a text names, with the versions that go with them. Says what stands there;
//! whether it is the sender's, `role.rs` says. Knows no mail.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::pattern::Pattern;
use crate::triage::words::products::{
    ALSO_WORDS, Kind, MAC_BEFORE, MACHINES, NAMES, Name, RUNS, SEVERAL, Sure,
};

/// Mentions looked at in one text.
const MENTIONS_MAX: usize = 200;

/// One product as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub kind: Kind,
    /// The product's usual name; for devices the words of the text.
    pub name: String,
    pub version: Option<String>,
    /// Bytes of the text, the version included.
    pub start: usize,
    pub end: usize,
}

struct Finder {
    words: Option<AhoCorasick>,
    names: Vec<&'static Name>,
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let (mut words, mut names) = (Vec::new(), Vec::new());
    for name in NAMES {
        for word in name.words {
            words.push(*word);
            names.push(name);
        }
    }
    let words = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(words)
        .ok();
    Finder { words, names }
});

/// What may stand between a name and its version, and the version.
static VERSION: Pattern = Pattern::new(concat!(
    r"^(?:[\s:：/,，(（\[‐-―_-]{0,3}",
    r"(?i:web browser|browser|浏览器|瀏覽器|navegador|navigateur|ブラウザー?|pc|desktop|mobile|systems?|系统|系統|手机|电脑|os|",
    r"current(?:ly)? |version\s*(?:number|is|为|是)?|versions?|(?:is|ist|est|es|é|running)\x20|versión|versão|バージョン|版本号?是?为?|版本號?|正式版|稳定版|ver\.?|v\.?|",
    r"stable|release|build|edition|的|内核|x64|64-bit|64bit|64位|latest version|latest)?)*?",
    r"[\s:：/(（=_-]{0,3}v?(\d{1,5}(?:[._]\d{1,6}){0,4})(?:[ -]?(esr|beta\d?|b\d{1,2}|dev|canary|nightly|rc\d?|LTS))?",
));
/// The words alone, when a comma parts name and number: `Chrome, version 126`, and never `in Chrome, 3 people`.
static AFTER_COMMA: Pattern =
    Pattern::new(r"(?i)^\s*[,，]\s*(?:the )?(?:version|versión|versão|版本|バージョン|ver|v|build)");
/// `version 126 of Chrome`, `126 版的 Chrome`.
static VERSION_BEFORE: Pattern = Pattern::new(
    r"(?i)(?:(?:version|versión|versão|v\.?|ver\.?)\s?(\d{1,4}(?:\.\d{1,6}){0,4})\s(?:of|de|von|du|do|del)\s(?:the |google |mozilla |microsoft )?|(\d{1,4}(?:\.\d{1,6}){0,4})\s?(?:版本?)的?\s?)$",
);
/// Units that make a number behind a name no version.
static UNIT: Pattern = Pattern::new(
    r"(?i)^ ?(?:(?:times|days?|hours?|minutes?|mins?|weeks?|months?|years?|users?|people|persons?|of (?:our|the|my|us)|tabs?|windows|licen[cs]es|seats|mal|fois|veces|vezes|tage?n?|stunden?|jours?|horas?|días?|dias?)\b|次|天|个|人|台|小时|分钟|年|月|日|号|点|回|件|名|時|分|%|gb|mb|kb|px|st\b|nd\b|rd\b|th\b|:\d|：\d|[ap]m\b|€|\$|元)",
);
/// The model behind a maker or a family of devices.
static MODEL: Pattern = Pattern::new(concat!(
    r"^(?:[ \t]?(?:(?i:galaxy|note|find|reno|mate|nova|pura|redmi|magic|pro|max|plus|ultra|air|mini|se|xr|xs|fold|flip|tab|edge|",
    r"carbon|gen|x1|book|pad|matepad|matebook|magicbook|xps|latitude|inspiron|optiplex|thinkpad|thinkbook|ideapad|yoga|legion|elitebook|probook|zenbook|vivobook|xperia|",
    r"play|neo|ace|turbo|gt|civi|moto|phone|lite|fe|rsr|rs|5g|s\d\d?\+?|m\d|intel)\b",
    r"|[A-Za-z]{0,3}-?\d{1,4}[A-Za-z]{0,2}\+?(?:th\b)?|畅享|青春版|至尊版|标准版|\((?:\d{4}|(?:late|early|mid)[^)]{0,12}|[^)]{0,12}gen[^)]{0,12}|M\d[^)]{0,6})\)",
    r"|(?:M\d|A\d\d)\b)){1,6}",
));
/// Words that make a maker's name a device.
static DEVICE_WORD: Pattern = Pattern::new(
    r"(?i)^\s?(?:手机|手機|平板电脑|平板|笔记本电脑|笔记本|电脑|phone|smartphone|tablet|laptop|notebook|handy|pc|desktop|スマホ|端末|タブレット)",
);
static EDITION: Pattern = Pattern::new(
    r"(?i)^[\s,(（]{0,2}(?:pro(?:fessional)?|home|enterprise|education|ltsc|企业版|专业版|家庭版|旗舰版|教育版|家庭中文版)?(?:\s?(?:64|32)[ -]?(?:bit|位))?[\s,(（]{0,2}(?:version |版本 ?)?(\d\dH[12]|R2|SP\d|XP|Vista|(?:1507|1511|1607|1703|1709|1803|1809|1903|1909|2004)\b)?",
);

/// All products that `text` names, in order; they do not overlap.
#[must_use]
pub fn find(text: &str) -> Vec<Mention> {
    let Some(words) = &FINDER.words else { return Vec::new() };
    let mut mentions: Vec<Mention> = Vec::new();
    let mut free_from = 0;
    for found in words.find_iter(text) {
        if mentions.len() >= MENTIONS_MAX {
            break;
        }
        let Some(name) = FINDER.names.get(found.pattern().as_usize()) else { continue };
        if found.start() < free_from || !is_word(text, found.start(), found.end()) {
            continue;
        }
        if let Some(mention) = mention(text, name, found.start(), found.end()) {
            free_from = mention.end;
            mentions.push(mention);
        }
    }
    mentions
}

/// Whether no letter or digit of the same script touches the words.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let part = text.get(start..end).unwrap_or_default();
    let touches = |c: Option<char>, edge: Option<char>| {
        let latin = |c: char| c.is_alphanumeric() && c < '\u{2e80}' || c == '_';
        c.is_some_and(latin) && edge.is_some_and(latin)
    };
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(end..).and_then(|t| t.chars().next());
    // `Windows11`, `Chrome126`: a number may follow without a blank.
    let number_follows = after.is_some_and(|c| c.is_ascii_digit());
    let in_name = before.is_some_and(|c| matches!(c, '@' | '.' | '/' | '-')) && part.is_ascii() && {
        // `www.chrome.com`, `user@outlook`, `my-edge`, not `/Chrome` in a list.
        before != Some('/') || text.get(..start).is_some_and(|t| t.ends_with("//"))
    };
    let in_domain = part.is_ascii()
        && after == Some('.')
        && text.get(end + 1..).and_then(|t| t.chars().next()).is_some_and(|c| c.is_ascii_lowercase());
    !touches(before, part.chars().next())
        && !in_name
        && !in_domain
        && after != Some('@')
        && (number_follows || !touches(after, part.chars().next_back()))
}

fn mention(text: &str, name: &'static Name, start: usize, end: usize) -> Option<Mention> {
    let written = text.get(start..end)?;
    let rest = text.get(end..)?;
    match name.kind {
        Kind::Device => {
            let model = MODEL.find(rest).map_or(0, |m| m.end());
            let end = end + model;
            Some(Mention {
                kind: Kind::Device,
                name: text.get(start..end)?.trim().to_owned(),
                version: None,
                start,
                end,
            })
        }
        Kind::Maker => {
            let model = MODEL.find(rest).filter(|m| m.as_str().bytes().any(|b| b.is_ascii_alphanumeric()));
            // `Vivo 3 años fuera` is Spanish, `vivo Y22` a telephone.
            let is_word = ALSO_WORDS.contains(&written.to_lowercase().as_str());
            let has_digit = |t: &str| {
                t.bytes().any(|b| b.is_ascii_digit())
                    && (!is_word || t.bytes().any(|b| b.is_ascii_alphabetic()))
            };
            let end = match (model, DEVICE_WORD.find(rest)) {
                (Some(model), _) if has_digit(model.as_str()) => end + model.end(),
                (_, Some(word)) => {
                    let after = end + word.end();
                    let more =
                        text.get(after..).and_then(|t| MODEL.find(t)).filter(|m| has_digit(m.as_str()));
                    after + more.map_or(0, |m| m.end())
                }
                _ => return None,
            };
            let name = text.get(start..end)?.trim().to_owned();
            Some(Mention { kind: Kind::Device, name, version: None, start, end })
        }
        Kind::Browser | Kind::System | Kind::Other => {
            let mut version = version_in(text, written, start, end).or_else(|| version(text, end));
            let mut start = start;
            if version.is_none()
                && name.kind == Kind::Browser
                && let Some((before, at)) = version_before(text, start)
            {
                (version, start) = (Some((before, end)), at);
            }
            let has_release =
                name.name == "Windows" && EDITION.captures(rest).is_some_and(|c| c.get(1).is_some());
            let place = Place { text, written, start, end };
            if !is_sure(name, &place, version.is_some() || has_release) {
                return None;
            }
            let (version, end) = match version {
                Some((version, end)) => (Some(version), end),
                None => ((!name.version.is_empty()).then(|| name.version.to_owned()), end),
            };
            let mut mention = Mention { kind: name.kind, name: name.name.to_owned(), version, start, end };
            if name.name == "Windows" {
                windows(text, &mut mention);
            }
            plausible(&mention).then_some(mention)
        }
    }
}

/// The version that follows a name, and where it ends.
fn version(text: &str, end: usize) -> Option<(String, usize)> {
    let rest = text.get(end..)?;
    if rest.starts_with([',', '，']) && !AFTER_COMMA.is_match(rest) {
        return None;
    }
    let window = rest.get(..rest.floor_char_boundary(80))?;
    let found = VERSION.captures(window)?;
    let number = found.get(1)?;
    let whole = found.get(0)?;
    if window.get(..number.start())?.contains('\n') {
        return None;
    }
    let after = rest.get(number.end()..)?;
    let is_counted = !number.as_str().contains('.') && UNIT.is_match(after) && found.get(2).is_none();
    let goes_on = after.starts_with(|c: char| c.is_ascii_alphabetic())
        && found.get(2).is_none()
        && !after.starts_with(['x', 'X', 'H']);
    if is_counted || goes_on {
        return None;
    }
    if is_masked(number.as_str()) {
        return None;
    }
    let mut version = number.as_str().replace('_', ".");
    if let Some(channel) = found.get(2) {
        let glue = rest.get(number.end()..channel.start()).unwrap_or_default();
        version.push_str(glue);
        version.push_str(channel.as_str());
    }
    Some((version, end + whole.end()))
}

/// `win10`, `ie11`, `win8.1`: the number is in the name.
fn version_in(text: &str, written: &str, start: usize, end: usize) -> Option<(String, usize)> {
    let at = written.find(|c: char| c.is_ascii_digit())?;
    let head = written.get(..at)?.trim_end().to_ascii_lowercase();
    if !matches!(head.as_str(), "win" | "ie") {
        return None;
    }
    let rest = text.get(end..)?;
    let goes_on = rest.strip_prefix('.').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let more = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let end = end + if goes_on { more } else { 0 };
    Some((text.get(start + at..end)?.trim_end_matches('.').to_owned(), end))
}

fn version_before(text: &str, start: usize) -> Option<(String, usize)> {
    let from = text.ceil_char_boundary(start.saturating_sub(48));
    let before = text.get(from..start)?;
    let found = VERSION_BEFORE.captures(before)?;
    let number = found.get(1).or_else(|| found.get(2))?;
    Some((number.as_str().to_owned(), from + found.get(0)?.start()))
}

/// Where a name stands.
struct Place<'a> {
    text: &'a str,
    written: &'a str,
    start: usize,
    end: usize,
}

impl Place<'_> {
    fn before(&self) -> &str {
        self.text.get(..self.start).unwrap_or_default().trim_end_matches(' ')
    }

    fn rest(&self) -> &str {
        self.text.get(self.end..).unwrap_or_default().trim_start()
    }

    /// Whether one of `words`, lower case, stands right before the name.
    fn follows(&self, words: &[&str]) -> bool {
        let before = self.before();
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        !word.is_empty() && words.contains(&word.to_lowercase().as_str())
    }

    /// Whether one of `words` stands right behind the name.
    fn leads(&self, words: &[&str]) -> bool {
        let word = self.rest().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        !word.is_empty() && words.contains(&word.to_lowercase().as_str())
    }

    /// Whether the name stands among Chinese or Japanese words, where it is no word of English.
    fn is_among_wide(&self) -> bool {
        let wide = |c: char| ('\u{3040}'..='\u{9fff}').contains(&c);
        self.before().ends_with(wide) || self.rest().starts_with(wide)
    }
}

/// Whether words that are also ordinary ones mean the product here.
fn is_sure(name: &Name, place: &Place<'_>, has_version: bool) -> bool {
    let written = place.written;
    let beside = ["browser", "Browser", "浏览器", "navegador", "navigateur", "ブラウザ"];
    let has_word = beside.iter().any(|w| place.rest().starts_with(w));
    match name.sure {
        Sure::Always => true,
        Sure::Version => has_version || has_word,
        Sure::Capital if has_version || has_word => true,
        Sure::Capital => {
            let capital = written.starts_with(|c: char| c.is_uppercase()) || !written.is_ascii();
            let all_capitals =
                written.len() > 2 && written.bytes().all(|b| b.is_ascii_uppercase() || b == b' ');
            let is_plural = name.name == "Windows" && place.follows(SEVERAL);
            capital && !all_capitals && !is_plural || is_placed(name, place)
        }
        Sure::Beside => {
            static APPLE: Pattern = Pattern::new(r"(?i)\b(?:i?mac(?:book| ?os)?|os ?x|apple)\b");
            place.follows(RUNS) || APPLE.is_match(place.text)
        }
    }
}

/// Whether the words beside a name in small or all in capital letters are those of a system and no others.
fn is_placed(name: &Name, place: &Place<'_>) -> bool {
    match name.name {
        "macOS" => {
            place.follows(RUNS) || place.follows(MAC_BEFORE) || place.leads(MACHINES) || place.is_among_wide()
        }
        "Windows" => place.follows(RUNS) || place.leads(MACHINES) || place.is_among_wide(),
        _ => false,
    }
}

/// Editions, releases and builds: `Windows 10 Pro 22H2` is `10 22H2`, `Windows 10.0.22631` is 11.
fn windows(text: &str, mention: &mut Mention) {
    let Some(rest) = text.get(mention.end..) else { return };
    if let Some(found) = EDITION.captures(rest)
        && let Some(release) = found.get(1)
    {
        mention.end += release.end();
        let release = release.as_str();
        mention.version = Some(match mention.version.take() {
            Some(version) => format!("{version} {}", release.to_ascii_uppercase()),
            None if release.eq_ignore_ascii_case("xp") => "XP".to_owned(),
            None if release.eq_ignore_ascii_case("vista") => "Vista".to_owned(),
            None => release.to_ascii_uppercase(),
        });
    }
    if let Some(version) = &mention.version {
        mention.version = Some(windows_version(version));
    }
}

/// Forums and trackers mask what looks like an address by one of RFC 5737: no version is left of it.
#[must_use]
pub fn is_masked(version: &str) -> bool {
    ["192.0.2", "198.51.100", "203.0.113"]
        .iter()
        .any(|net| version.strip_prefix(net).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// What Windows calls itself for people: builds from 22000 on are 11.
#[must_use]
pub fn windows_version(version: &str) -> String {
    let build = |v: &str| v.strip_prefix("10.0.").and_then(|b| b.split('.').next()?.parse::<u32>().ok());
    match build(version) {
        Some(22_000..) => "11".to_owned(),
        Some(_) => "10".to_owned(),
        None => match version {
            "10.0" => "10".to_owned(),
            "6.1" => "7".to_owned(),
            "6.2" => "8".to_owned(),
            "6.3" => "8.1".to_owned(),
            _ => version.to_owned(),
        },
    }
}

/// Numbers that no release of the product can have are none of its versions; the name stays.
fn plausible(mention: &Mention) -> bool {
    let Some(version) = &mention.version else { return true };
    let major: u32 =
        version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse().unwrap_or(0);
    match (mention.kind, mention.name.as_str()) {
        (Kind::System, "Windows") => {
            matches!(major, 0 | 3 | 7 | 8 | 10 | 11 | 12 | 95 | 98 | 2000) || version.contains('H')
        }
        (Kind::System, "Windows Server") => (2_003..=2_040).contains(&major),
        (Kind::System, "iOS" | "iPadOS" | "Android" | "macOS" | "HarmonyOS") => major <= 40,
        (Kind::Browser, _) => major <= 400,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> String {
        let show = |m: &Mention| {
            let kind = match m.kind {
                Kind::Browser => "b",
                Kind::System => "s",
                Kind::Device => "d",
                Kind::Maker => "m",
                Kind::Other => return None,
            };
            Some(format!("{kind}:{}/{}", m.name, m.version.as_deref().unwrap_or("-")))
        };
        find(text).iter().filter_map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_with_versions() {
        for (text, wanted) in [
            ("Chrome 126 on Windows 11", "b:Chrome/126 s:Windows/11"),
            ("Google Chrome (version 126.0.6478.127, 64-bit)", "b:Chrome/126.0.6478.127"),
            ("version 126 of Google Chrome", "b:Chrome/126"),
            ("Chrome, version 126.0", "b:Chrome/126.0"),
            ("用的是 Chrome浏览器 版本 126，win10系统", "b:Chrome/126 s:Windows/10"),
            ("谷歌浏览器126版本", "b:Chrome/126"),
            ("火狐浏览器（115.7.0esr）", "b:Firefox/115.7.0esr"),
            ("Win 11 Pro 23H2 / Edge 120.0.2210", "s:Windows/11 23H2 b:Edge/120.0.2210"),
            ("Windows 10 专业版 22H2", "s:Windows/10 22H2"),
            ("Windows XP und IE 8", "s:Windows/XP b:IE/8"),
            ("IE11 sous Windows 7", "b:IE/11 s:Windows/7"),
            ("macOS Sonoma 14.3, Safari 17.3", "s:macOS/14.3 b:Safari/17.3"),
            ("on macOS Sequoia", "s:macOS/15"),
            ("Mac OS X 10.15.7", "s:macOS/10.15.7"),
            ("iPhone 15 Pro Max mit iOS 17.3", "d:iPhone 15 Pro Max/- s:iOS/17.3"),
            ("小米 14，系统 Android 14", "d:小米 14/- s:Android/14"),
            ("华为 Mate 60 Pro，鸿蒙 4.0", "d:华为 Mate 60 Pro/- s:HarmonyOS/4.0"),
            ("华为手机", "d:华为手机/-"),
            ("Samsung Galaxy S23 Ultra (Android 14)", "d:Samsung Galaxy S23 Ultra/- s:Android/14"),
            ("MacBook Air M2", "d:MacBook Air M2/-"),
            ("ThinkPad X1 Carbon Gen 9", "d:ThinkPad X1 Carbon Gen 9/-"),
            ("Ubuntu 22.04 LTS", "s:Ubuntu/22.04 LTS"),
            ("360 安全浏览器 14", "b:360安全浏览器/14"),
            ("QQ浏览器 13.2 和搜狗浏览器", "b:QQ浏览器/13.2 b:搜狗浏览器/-"),
            ("Windows 10.0.22631", "s:Windows/11"),
            ("IE11.0.9600 on win8.1 pro", "b:IE/11.0.9600 s:Windows/8.1"),
            ("SeaMonkey 2.53.18b1 after SeaMonkey 192.0.2.1", "b:SeaMonkey/2.53.18b1 b:SeaMonkey/-"),
        ] {
            assert_eq!(all(text), wanted, "{text}");
        }
    }

    #[test]
    fn ordinary_words_and_other_software() {
        for (text, wanted) in [
            ("Please open two windows and the edge of the opera", ""),
            ("In Excel 2019 and Jira 9.4 on SAP S/4HANA 2023", ""),
            ("see www.chrome.com or me@outlook.example", ""),
            ("In Chrome 3 of our users", "b:Chrome/-"),
            ("Chrome, 3 people", "b:Chrome/-"),
            ("opened Chrome 5 times", "b:Chrome/-"),
            ("Huawei would like a quote", ""),
            ("Windows Defender blocks it", ""),
            ("MIUI 14", ""),
        ] {
            assert_eq!(all(text), wanted, "{text}");
        }
    }
}
