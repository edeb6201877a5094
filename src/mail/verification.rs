//! Mails by which another service proves an address: sign-up links, one-time codes, password resets. Whoever reads one that was
//! sent to a help desk can take the desk's name at that service, and with it a company's chat or code ("Ticket Trick").
//!
//! Knows words, codes and links, no ticket. When in doubt a mail of a machine is one; a person who writes *about* such a mail
//! stays a person. Linear in the text.

use std::{borrow::Cow, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::{Address, Class, class::robot_local_part};

/// What such mails ask for, lower case. In each, the reader is told to do something, or what is enclosed is a secret.
const PHRASES: &[&str] = &[
    // English
    "verify your email",
    "verify your e-mail",
    "verify your account",
    "verify your address",
    "verify your identity",
    "verify this email",
    "verify email address",
    "confirm your email",
    "confirm your e-mail",
    "confirm your account",
    "confirm your address",
    "confirm your registration",
    "confirm your subscription",
    "confirm your sign",
    "confirm this email",
    "confirm email address",
    "activate your account",
    "complete your registration",
    "complete your sign",
    "finish signing up",
    "finish setting up your account",
    "reset your password",
    "reset password",
    "password reset",
    "set a new password",
    "choose a new password",
    "create a new password",
    "verification code",
    "confirmation code",
    "security code",
    "activation code",
    "authentication code",
    "authorization code",
    "access code",
    "login code",
    "log-in code",
    "sign-in code",
    "sign in code",
    "one-time code",
    "one time code",
    "one-time password",
    "one-time pin",
    "single-use code",
    "temporary password",
    "magic link",
    "sign-in link",
    "login link",
    "sign in to",
    "email verification",
    "account verification",
    "invited you to join",
    "has invited you",
    "accept invitation",
    "accept the invitation",
    "join your team",
    // Chinese, both scripts
    "验证码",
    "校验码",
    "动态码",
    "验证您的邮箱",
    "验证你的邮箱",
    "验证邮箱",
    "邮箱验证",
    "验证您的账",
    "激活您的账",
    "激活账号",
    "激活帐号",
    "激活链接",
    "重置密码",
    "重设密码",
    "找回密码",
    "确认注册",
    "邀请您加入",
    "邀请你加入",
    "驗證碼",
    "驗證您的",
    "重設密碼",
    "啟用您的帳",
    // German
    "bestätigungscode",
    "verifizierungscode",
    "sicherheitscode",
    "einmalcode",
    "einmalpasswort",
    "bestätigen sie ihre e-mail",
    "bestätigen sie ihre anmeldung",
    "bestätige deine e-mail",
    "e-mail-adresse bestätigen",
    "passwort zurücksetzen",
    "konto aktivieren",
    "aktivieren sie ihr konto",
    // French
    "code de vérification",
    "code de confirmation",
    "code de sécurité",
    "code à usage unique",
    "confirmez votre adresse",
    "vérifiez votre adresse",
    "confirmer votre adresse",
    "réinitialiser votre mot de passe",
    "réinitialisez votre mot de passe",
    "réinitialisation de votre mot de passe",
    "activez votre compte",
    // Spanish
    "código de verificación",
    "código de confirmación",
    "código de seguridad",
    "código de acceso",
    "verifica tu correo",
    "confirma tu correo",
    "confirme su correo",
    "verifique su correo",
    "restablecer tu contraseña",
    "restablecer su contraseña",
    "restablece tu contraseña",
    "activa tu cuenta",
    // Portuguese
    "código de verificação",
    "código de confirmação",
    "código de segurança",
    "confirme seu e-mail",
    "confirme o seu e-mail",
    "verifique seu e-mail",
    "redefinir sua senha",
    "redefinir a sua senha",
    "redefinição de senha",
    // Italian, Dutch, Polish
    "codice di verifica",
    "conferma il tuo indirizzo",
    "reimposta la password",
    "reimpostare la password",
    "verificatiecode",
    "bevestig je e-mail",
    "bevestig uw e-mail",
    "wachtwoord opnieuw instellen",
    "kod weryfikacyjny",
    "potwierdź swój adres",
    "zresetuj hasło",
    // Russian, Japanese, Korean
    "код подтверждения",
    "проверочный код",
    "подтвердите адрес",
    "подтвердите свой адрес",
    "подтвердите email",
    "сброс пароля",
    "сбросить пароль",
    "восстановление пароля",
    "確認コード",
    "認証コード",
    "ワンタイムパスワード",
    "メールアドレスの確認",
    "メールアドレスを確認",
    "パスワードの再設定",
    "パスワードをリセット",
    "인증번호",
    "인증 코드",
    "확인 코드",
    "비밀번호 재설정",
    "이메일 인증",
];

/// Beginnings of local parts from which services send by themselves, though a person may read answers there.
const SERVICES: &[&str] = &[
    "account",
    "admin",
    "auth",
    "confirm",
    "feedback",
    "hello",
    "info",
    "invite",
    "login",
    "mail",
    "member",
    "message",
    "news",
    "notif",
    "notify",
    "passw",
    "register",
    "registration",
    "security",
    "service",
    "signin",
    "signup",
    "support",
    "system",
    "team",
    "verif",
    "welcome",
];

/// Parts of links that act for whoever opens them, lower case.
const LINKS: &[&str] = &[
    "verif", "confirm", "activat", "reset", "signup", "sign-up", "sign_up", "signin", "sign-in", "login",
    "invit", "token", "magic", "passw", "regist", "auth", "join", "code=", "key=", "optin", "opt-in",
    "validate",
];

/// A longer word in a link is no name of a page.
const SECRET_CHARS: usize = 20;
/// Texts are searched to here; such mails are short.
const TEXT_BYTES: usize = 64 << 10;
/// What stands for what is not shown.
const MASK: &str = "••••";

static WORDS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasickBuilder::new().ascii_case_insensitive(true).build(PHRASES).ok());

/// Whether another service proves an address by this mail. `forbids`: the header forbids automatic answers; `answers`: it is a
/// reply to some mail.
pub(super) fn is_verification(
    from: Option<&Address>,
    class: Class,
    forbids: bool,
    answers: bool,
    subject: &str,
    text: &str,
) -> bool {
    if !matches!(class, Class::Human | Class::AutoReply | Class::List | Class::Bulk) {
        return false;
    }
    let text = start(text);
    let (in_subject, in_text) = (speaks(subject), speaks(text));
    if !(in_subject || in_text) || !(holds_code(text) || holds_code(subject) || holds_link(text)) {
        return false;
    }
    let address = from.map(Address::key).unwrap_or_default();
    let local = address.split('@').next().unwrap_or_default();
    let service = robot_local_part(&address).is_some() || SERVICES.iter().any(|word| local.starts_with(word));
    let machine = class != Class::Human || forbids;
    // Such a mail asks nothing; a person who asks where their code stays does.
    machine || (!answers && !asks(text) && (service || (in_subject && in_text)))
}

fn asks(text: &str) -> bool {
    text.contains('？') || text.split_whitespace().any(|word| word.ends_with('?'))
}

fn start(text: &str) -> &str {
    let end = (0..=TEXT_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or(text)
}

fn speaks(text: &str) -> bool {
    let small = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) };
    WORDS.as_ref().is_some_and(|words| words.is_match(small.as_ref()))
}

fn holds_code(text: &str) -> bool {
    text.lines().any(|line| line.split(is_gap).any(is_code) || is_spaced(line))
}

fn holds_link(text: &str) -> bool {
    links(text).any(|(_, link)| {
        let path = link.split_once("://").map_or(link, |(_, rest)| rest);
        let path = path.split_once('/').map_or("", |(_, path)| path).to_ascii_lowercase();
        LINKS.iter().any(|word| path.contains(word))
            || path.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word.len() >= SECRET_CHARS)
    })
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || !(c.is_ascii_alphanumeric() || c == '-')
}

/// Four to ten digits (`123456`, `123-456`), a code with a service's letter before it (`G-123456`), or one of both or of capital
/// letters in groups (`AB3D-9KXZ`, `QWE-RTY`).
fn is_code(word: &str) -> bool {
    let word = word.trim_matches('-');
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
    let plain = word.bytes().filter(|b| *b != b'-').count();
    let grouped = word.contains('-');
    let written = is_year(word) || is_date(word);
    (4..=16).contains(&plain)
        && ((digits >= 4 && digits + upper == plain && !written && (upper > 0 || plain <= 10))
            || (digits >= 2 && upper >= 2 && digits + upper == plain)
            || (grouped && upper == plain && word.split('-').all(|group| group.len() >= 3)))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

/// `2026-11-20`
fn is_date(word: &str) -> bool {
    let mut groups = word.split('-');
    let year = groups.next().is_some_and(is_year);
    let rest: Vec<&str> = groups.collect();
    year && rest.len() == 2 && rest.iter().all(|group| (1..=2).contains(&group.len()))
}

/// `1 2 3 4 5 6` on a line of its own.
fn is_spaced(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let single = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_digit());
    (4..=10).contains(&words.clone().count()) && words.all(single)
}

/// Links with where they begin.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| c.is_whitespace() || "<>\"'()[]{}|，。；、）】》".contains(c);
    text.match_indices("://").filter_map(move |(at, _)| {
        let before = text.get(..at)?;
        let scheme = before.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |end| end + 1);
        let begin = (scheme..=at).find(|begin| before.is_char_boundary(*begin))?;
        let rest = text.get(begin..)?;
        let end = rest.find(ends).unwrap_or(rest.len());
        rest.get(..end).map(|link| (begin, link))
    })
}

/// The text without what acts for whoever reads it: of links only where they lead, of codes nothing.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (begin, link) in links(text) {
        let Some(before) = text.get(done..begin) else { continue };
        mask_codes(before, &mut out);
        let (scheme, rest) = link.split_once("://").unwrap_or(("", link));
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // A name before `@` may be a secret as well.
        let host = host.rsplit('@').next().unwrap_or_default();
        out.extend([scheme, "://", host, "/", MASK]);
        done = begin + link.len();
    }
    mask_codes(text.get(done..).unwrap_or_default(), &mut out);
    out
}

/// Everything that may be a code: in such a mail a date that is lost does no harm.
fn mask_codes(text: &str, out: &mut String) {
    for line in text.split_inclusive('\n') {
        if is_spaced(line) || is_alone(line) {
            out.push_str(MASK);
            out.push_str(if line.ends_with('\n') { "\n" } else { "" });
            continue;
        }
        let mut rest = line;
        while !rest.is_empty() {
            let gap = rest.find(|c| !is_gap(c)).unwrap_or(rest.len());
            let (before, from) = rest.split_at_checked(gap).unwrap_or((rest, ""));
            let end = from.find(is_gap).unwrap_or(from.len());
            let (word, after) = from.split_at_checked(end).unwrap_or((from, ""));
            out.push_str(before);
            out.push_str(if may_be_secret(word) { MASK } else { word });
            rest = after;
        }
    }
}

/// A word alone on its line that is no sentence: `fresh-maple-river-stone`, `xkqjzv`.
fn is_alone(line: &str) -> bool {
    let word = line.trim();
    let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+/=".contains(&b));
    plain
        && word.len() >= 4
        && !word.contains(' ')
        && !(word.bytes().all(|b| b.is_ascii_alphabetic()) && is_written(word))
}

/// `Hello`, `Thanks`: a capital letter before small ones.
fn is_written(word: &str) -> bool {
    let mut letters = word.bytes();
    letters.next().is_some_and(|b| b.is_ascii_uppercase()) && letters.all(|b| b.is_ascii_lowercase())
}

fn may_be_secret(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let hyphens = word.bytes().filter(|b| *b == b'-').count();
    digits >= 4
        || (digits >= 1 && letters >= 1 && word.len() >= 5)
        || hyphens >= 3
        || is_code(word)
        || word.len() >= 24
}

#[cfg(test)]
mod tests;
