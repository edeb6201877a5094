//! Names of logins in prose: `my login is aisha.khan`, `账号 qiancheng`. A word for it must stand before; an address alone is no login.

use super::{Findings, Text, candidate::Source, pattern::Pattern};
use crate::triage::words::logins::ORDINARY;

/// A word that can mean nothing else, what may link it to the name, and the name.
static STRONG: Pattern = Pattern::new(concat!(
    r#"(?i)(?:\b(?:user ?names?|user[- ]?ids?|user login|login (?:name|id)|logon name|account (?:name|id)|sign-?in (?:name|id)|userid|(?:logged|signed|log|sign) in as(?: user)?|angemeldet als|connecté en tant que|conectado como|logado como|benutzernamen?|nutzernamen?|benutzerkennung|anmeldenamen?|loginnamen?|nom d['’]utilisateur|identifiant(?: de connexion)?|nombre de usuario|nome de usuário|nome de utilizador|id de usuario|id de usuário)"#,
    r#"|用户名|用户账号|用户id|登录名|登录账号|登陆账号|登录用户名|使用者名稱|使用者帳號|ユーザー名|ユーザ名|ユーザーid|ユーザid|ログインid|ログイン名|アカウント名|アカウントid|工号|会员号)"#,
    r#"\s?(?:is|was|ist|lautet|est|es|é|为|為|是|叫|:|：|=|は|\(|（|->)?\s*["'“”‘’「『(（«`*]{0,3}([A-Za-z0-9][A-Za-z0-9_.+@\\-]*[A-Za-z0-9_])"#,
));
/// A Chinese or Japanese name of a login, only where the link says that it follows.
static STRONG_WIDE: Pattern = Pattern::new(
    r"(?:用户名|登录名|使用者名稱|账号|帐号)(?:是|为|叫|:|：)\s*[“「]?(\p{Han}{2,4})(?:[”」。，,；;\s]|$)",
);
/// Words that mean more than a login: the link must be there, or the name must look like one.
static WEAK: Pattern = Pattern::new(concat!(
    r#"(?i)(?:\b(?:(?:my |the |our )?(?:login|account|sign-?in|registered) (?:e-?mail|address)|anmelde-?e?-?mail|my login|our login|the login|login|log-in|my user|the user|user|my account|the account|admin account|account|handle|benutzer|nutzer|konto|mein login|kennung|zugang|compte|utilisateur|mon login|usuario|usuária|cuenta|usuário|utilizador|conta|minha conta)"#,
    r#"|管理员账号|账号|账户名称?|账号名称?|帐户名|帐号|帳號|账户|帐户|帳戶|登录邮箱|登入帳號|用户|アカウント|ログイン|user id|uid)(?: admin| administrateur| administrador)?"#,
    r#"(\s?(?:is|ist|lautet|est|es|é|为|為|是|叫|:|：|=|は|が|从|由)\s*|\s?[(（「『“"]\s*|\s(?:from|email|name)?\s?|\s*)["'“”‘’「『«`*]{0,2}([A-Za-z0-9][A-Za-z0-9_.+@\\-]*[A-Za-z0-9_])"#,
));

pub fn in_prose(text: &Text<'_>, findings: &mut Findings) {
    for (pattern, confidence) in [(&STRONG, 0.9), (&STRONG_WIDE, 0.8)] {
        for found in pattern.captures_iter(text.text) {
            let (Some(whole), Some(name)) = (found.get(0), found.get(1)) else { continue };
            if is_name(name.as_str(), text.text, name.end()) {
                let evidence = text.evidence(Source::Prose, whole.as_str(), confidence);
                findings.username.offer(name.as_str().to_owned(), evidence);
            }
        }
    }
    for found in WEAK.captures_iter(text.text) {
        let (Some(whole), Some(link), Some(name)) = (found.get(0), found.get(1), found.get(2)) else {
            continue;
        };
        if !is_name(name.as_str(), text.text, name.end()) {
            continue;
        }
        let wide = whole.as_str().chars().next().is_some_and(|c| c > '\u{2e80}');
        let is_told = !link.as_str().trim().is_empty();
        let confidence = match (is_told, looks_like_login(name.as_str()), wide) {
            (true, true, _) => 0.86,
            (false, true, _) => 0.8,
            // `账号 qiancheng`: Latin letters in a Chinese sentence.
            (_, false, true) => {
                if name.as_str().bytes().any(|b| b.is_ascii_lowercase()) {
                    0.8
                } else {
                    continue;
                }
            }
            (true, false, false) if ends_clause(text.text, name.end()) => 0.72,
            // One of a list: `Windows 11 / Firefox 132 / user tbrandt`.
            (false, false, false)
                if ends_clause(text.text, name.end())
                    && is_listed(text.text, whole.start(), name.as_str(), name.end()) =>
            {
                0.66
            }
            (_, false, false) => continue,
        };
        findings
            .username
            .offer(name.as_str().to_owned(), text.evidence(Source::Prose, whole.as_str(), confidence));
    }
}

fn is_name(name: &str, text: &str, end: usize) -> bool {
    let lower = name.to_lowercase();
    let goes_on = text.get(end..).is_some_and(|t| t.starts_with(['\'', '’']) && !t.starts_with("' "));
    !ORDINARY.contains(&lower.as_str())
        && (3..=64).contains(&name.chars().count())
        && !goes_on
        && !is_url(text, end)
}

fn is_url(text: &str, end: usize) -> bool {
    text.get(end..).is_some_and(|t| t.starts_with("://"))
}

/// A digit, dot, underscore or at-sign within: no ordinary word.
fn looks_like_login(name: &str) -> bool {
    let has = |set: &[char]| name.contains(set);
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    has(&['@', '_', '.', '\\']) && name.bytes().any(|b| b.is_ascii_alphabetic())
        || digits > 0 && digits < name.len() && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// `…/ user tbrandt`, `Usuario jtorres, Firefox 133`.
fn is_listed(text: &str, start: usize, name: &str, end: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end_matches(' ');
    let begins = before.is_empty() || before.ends_with(['.', '\n', ':', '。']);
    let goes_on = text.get(end..).is_some_and(|t| t.starts_with(','));
    let is_plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_plain && (before.ends_with(['/', ',', ';', '|', '(']) || begins && goes_on)
}

fn ends_clause(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let rest = rest.trim_start_matches(['"', '”', '\'', '’', '»', '`', '*', ')']);
    rest.is_empty()
        || rest.starts_with(['.', ',', ';', '\n', '!', ')', '，', '。', '—', '–'])
        || [" and ", " et ", " und ", " y ", " e "].iter().any(|w| rest.starts_with(w))
        || rest.starts_with(" (")
}
