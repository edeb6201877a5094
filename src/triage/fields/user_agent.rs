//! User-agent strings: which browser and which system they name, by the rules of uap-core (`user_agents.tsv`) and a few of our
//! own for programs of China that those lack. Knows no mail.
//!
//! A rule is looked at only when one of its words occurs, and compiled when it is looked at first: nothing is spent on mails
//! without such a string, and little on the others. Patterns are matched by `regex`, in time linear in the string.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

use super::products;
use crate::triage::Product;

/// A user-agent string is at most so long: the longest of uap-core's tests has 600 bytes.
const BYTES_MAX: usize = 1_024;
const RULES: &str = include_str!("user_agents.tsv");
/// Rules that come before those of uap-core, in the same form.
const OWN_RULES: &str = "\
b\tDingTalk/\t(?:DingTalk|AliApp\\(DingTalk)/(\\d+)\\.(\\d+)(?:\\.(\\d+)|)\tDingTalk\t$1\t$2\t$3
b\tLark/\tLark/(\\d+)\\.(\\d+)(?:\\.(\\d+)|)\tLark\t$1\t$2\t$3
b\tFeishu/\tFeishu/(\\d+)\\.(\\d+)(?:\\.(\\d+)|)\tLark\t$1\t$2\t$3
b\t360SE\t360SE(?:[/ ](\\d+)(?:\\.(\\d+)|)|)\t360 Secure Browser\t$1\t$2
b\tQIHU 360EE\tQIHU 360EE\t360 Speed Browser
b\tQIHU 360SE\tQIHU 360SE\t360 Secure Browser
b\tLBBROWSER\tLBBROWSER(?:/(\\d+)|)\tLiebao Browser\t$1
b\t2345Explorer\t2345Explorer[/ ](\\d+)\\.(\\d+)\t2345 Explorer\t$1\t$2
b\tArkWeb/\tArkWeb/(\\d+)\\.(\\d+)\tArkWeb\t$1\t$2
o\tOpenHarmony\tOpenHarmony[/ ;]*(\\d+)(?:\\.(\\d+)|)\tHarmonyOS\t$1\t$2
";

struct Rule {
    is_browser: bool,
    pattern: &'static str,
    name: &'static str,
    version: [&'static str; 3],
    compiled: OnceLock<Option<Regex>>,
}

struct Rules {
    rules: Vec<Rule>,
    words: Option<AhoCorasick>,
    /// Of each word, the number of its rule.
    rule_of_word: Vec<usize>,
    /// Rules without such words.
    always: Vec<usize>,
}

static LIST: LazyLock<Rules> = LazyLock::new(|| {
    let lines = OWN_RULES.lines().chain(RULES.lines()).filter(|l| !l.starts_with('#'));
    let (mut rules, mut words, mut rule_of_word, mut always) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (kind, needed, pattern, name) = (next(), next(), next(), next());
        let version = [next(), next(), next()];
        let number = rules.len();
        for word in needed.split('\u{1f}').filter(|w| !w.is_empty()) {
            words.push(word);
            rule_of_word.push(number);
        }
        if needed.is_empty() {
            always.push(number);
        }
        rules.push(Rule { is_browser: kind == "b", pattern, name, version, compiled: OnceLock::new() });
    }
    Rules { rules, words: AhoCorasick::new(words).ok(), rule_of_word, always }
});

/// What a user-agent string says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    pub browser: Option<Product>,
    pub os: Option<Product>,
}

/// Reads one user-agent string.
#[must_use]
pub fn read(agent: &str) -> Agent {
    let agent = agent.get(..agent.floor_char_boundary(BYTES_MAX)).unwrap_or(agent).trim();
    let list = &*LIST;
    let mut numbers = list.always.clone();
    if let Some(words) = &list.words {
        let found = words.find_overlapping_iter(agent);
        numbers.extend(found.filter_map(|m| list.rule_of_word.get(m.pattern().as_usize())));
    }
    numbers.sort_unstable();
    numbers.dedup();
    let mut result = Agent::default();
    for rule in numbers.iter().filter_map(|n| list.rules.get(*n)) {
        let place = if rule.is_browser { &mut result.browser } else { &mut result.os };
        if place.is_none() {
            *place = rule.product(agent);
        }
    }
    result.browser = result.browser.map(plain_browser).filter(|b| b.name.is_some());
    if let Some(browser) = &mut result.browser {
        by_gecko(agent, browser);
    }
    result.os = result.os.map(plain_system).filter(|o| o.name.is_some());
    result
}

/// Every SeaMonkey on Gecko 60 and later is a 2.53 (its release notes from 2.53.1 on): where a tracker masked the version, which with
/// its four numbers looks like an address, the engine's tells it.
fn by_gecko(agent: &str, browser: &mut Product) {
    let gecko =
        || agent.split_once("rv:")?.1.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u32>().ok();
    if browser.version.is_none()
        && browser.name.as_deref() == Some("SeaMonkey")
        && gecko().is_some_and(|g| g >= 60)
    {
        browser.version = Some("2.53".to_owned());
    }
}

impl Rule {
    fn product(&self, agent: &str) -> Option<Product> {
        let compiled = self
            .compiled
            .get_or_init(|| RegexBuilder::new(self.pattern).unicode(false).size_limit(1 << 20).build().ok());
        let found = compiled.as_ref()?.captures(agent.as_bytes())?;
        let group = |number: usize| {
            let bytes = found.get(number)?.as_bytes();
            let text = String::from_utf8_lossy(bytes).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let filled = |template: &str, number: usize| {
            if template.is_empty() {
                return group(number);
            }
            let mut text = template.to_owned();
            for n in 1..=6 {
                let place = format!("${n}");
                if text.contains(&place) {
                    text = text.replace(&place, &group(n).unwrap_or_default());
                }
            }
            Some(text.trim().to_owned()).filter(|t| !t.is_empty())
        };
        let name = filled(self.name, 1);
        let mut version = String::new();
        for (part, template) in self.version.iter().enumerate() {
            // A name of the rule's own leaves the groups' numbers as they are.
            let Some(text) = filled(template, part + 2) else { break };
            if !version.is_empty() {
                version.push('.');
            }
            version.push_str(&text);
        }
        Some(Product { name, version: Some(version).filter(|v| !v.is_empty() && !products::is_masked(v)) })
    }
}

/// The name by which people know a browser: engines' variants on telephones are the same browser.
fn plain_browser(mut product: Product) -> Product {
    let Some(name) = product.name.take() else { return product };
    let plain = match name.as_str() {
        "Chrome Mobile" | "Chrome Mobile WebView" | "Chrome Mobile iOS" => "Chrome",
        "Mobile Safari" | "Mobile Safari UI/WKWebView" => "Safari",
        "Firefox Mobile" => "Firefox",
        "Edge Mobile" => "Edge",
        "WeChat Browser" => "WeChat",
        "Other" => return Product::default(),
        other => other,
    };
    product.name = Some(plain.to_owned());
    product
}

fn plain_system(mut product: Product) -> Product {
    let Some(name) = product.name.take() else { return product };
    let plain = match name.as_str() {
        "Mac OS X" | "Mac OS" if product.version.as_deref().is_none_or(|v| !v.starts_with('9')) => "macOS",
        "Chrome OS" => "ChromeOS",
        "Other" => return Product::default(),
        other => other,
    };
    product.name = Some(plain.to_owned());
    product
}

/// Whether a text may be a user-agent string: several `name/version` and the comments in parentheses that go with them.
#[must_use]
pub fn looks_like_one(text: &str) -> bool {
    let is_product = |word: &str| {
        let (name, version) = word.split_once('/').unwrap_or_default();
        name.bytes().any(|b| b.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            && version.bytes().next().is_some_and(|b| b.is_ascii_digit())
    };
    let products = text.split_whitespace().filter(|w| is_product(w)).count();
    text.starts_with("Mozilla/")
        || text.starts_with("Opera/")
        || products >= 2
        || products == 1 && text.contains(" (") && text.contains(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(product: Option<&Product>) -> String {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        product.map(|p| format!("{} {}", part(&p.name), part(&p.version))).unwrap_or_default()
    }

    #[test]
    fn every_rule_compiles_and_names_something() {
        for rule in &LIST.rules {
            assert!(
                RegexBuilder::new(rule.pattern).unicode(false).size_limit(1 << 20).build().is_ok(),
                "{}",
                rule.pattern
            );
        }
        assert!(LIST.rules.len() > 600);
    }

    #[test]
    fn browsers_and_systems_of_today() {
        let mozilla = "Mozilla/5.0";
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, browser, os) in [
            (
                format!("{mozilla} (Windows NT 10.0; Win64; x64) {webkit} Chrome/142.0.0.0 Safari/537.36"),
                "Chrome 142.0.0",
                "Windows 10",
            ),
            (
                format!(
                    "{mozilla} (Windows NT 10.0; Win64; x64) {webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"
                ),
                "Edge 141.0.0",
                "Windows 10",
            ),
            (
                format!("{mozilla} (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"),
                "Firefox 143.0",
                "Linux ",
            ),
            (
                format!(
                    "{mozilla} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"
                ),
                "Safari 26.0",
                "macOS 10.15.7",
            ),
            (
                format!(
                    "{mozilla} (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) NetType/WIFI Language/zh_CN"
                ),
                "WeChat 8.0.60",
                "iOS 18.6",
            ),
            (
                format!(
                    "{mozilla} (Windows NT 10.0; WOW64) {webkit} Chrome/86.0.4240.198 Safari/537.36 QIHU 360SE"
                ),
                "360 Secure Browser ",
                "Windows 10",
            ),
            (
                format!(
                    "{mozilla} (Phone; OpenHarmony 5.0) {webkit} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile"
                ),
                "ArkWeb 4.1",
                "HarmonyOS 5.0",
            ),
            (
                format!(
                    "{mozilla} (Linux; Android 14; V2309A) {webkit} Version/4.0 Chrome/123.0.6312.118 Mobile Safari/537.36 VivoBrowser/24.2.10.0"
                ),
                "VivoBrowser 24.2.10",
                "Android 14",
            ),
        ] {
            let found = read(&agent);
            assert_eq!(product(found.browser.as_ref()), browser, "{agent}");
            assert_eq!(product(found.os.as_ref()), os, "{agent}");
        }
    }

    #[test]
    fn masked_versions_are_none_but_for_what_the_engine_tells() {
        for (agent, browser) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:68.0) Gecko/20100101 SeaMonkey/192.0.2.1", "SeaMonkey 2.53"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:52.0) Gecko/20100101 SeaMonkey/192.0.2.1", "SeaMonkey "),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/192.0.2.1 Safari/537.36",
                "Chrome ",
            ),
        ] {
            assert_eq!(product(read(agent).browser.as_ref()), browser, "{agent}");
        }
    }

    #[test]
    fn what_no_rule_knows_is_nothing() {
        assert_eq!(read("hello world"), Agent::default());
        assert_eq!(read(""), Agent::default());
    }
}
