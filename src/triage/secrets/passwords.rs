//! Passwords: only beside a label, and only where what follows is a value and not the rest of a sentence ("password: reset
//! does not work").

use std::sync::LazyLock;

use regex::Regex;

use super::{Secret, SecretKind};

/// In lower case; the longest of those that share a beginning first.
const LABELS: &str = r"passwords?|passwd|passphrase|passcode|pass\s?word|pwd|pw|密\s?码|密\s?碼|口令|通行码|passwort|kennwort|mot\s+de\s+passe|mdp|contraseña|contrasena|clave\s+de\s+acceso|senha|palavra[\s\-]passe|パスワード|暗証番号|비밀번호|пароль|wachtwoord|hasło|parola";

/// Any word of the patterns below: most texts have none, and nothing else is looked for in them.
static LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let logins = "user|login|benutzer|usuario|usuário|identifiant|账号|帐号|帳號|用户名|用戶名|登录名";
    Regex::new(&format!("(?i)(?:{LABELS}|pass|{logins}|curl|mysql)")).ok()
});

/// Whose it is: `password for bob`, `Passwort für den Zugang`.
const OF: &str = r"\s(?:for|of|für|zu|pour|para|de|do|da|del|di)\s[^\n:=：]{1,30}?";

/// A label, at most a few characters beside it ("(temporary)", "*:"), a sign, and a value on the same line or alone on the next.
static LABELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let label = format!(r"(?i)(?:{LABELS})");
    let beside = format!(r#"(?:\s?[\(（\[【][^\)）\]】\n]{{1,20}}[\)）\]】]|{OF})?["'*_`]{{0,3}}"#);
    let sign = r#"\s{0,3}(?P<sign>[:=：＝]|->|=>)[ \t\u{3000}"'*_`“「]{0,4}"#;
    Regex::new(&format!(r"{label}{beside}{sign}(?P<value>[^\s\u{{3000}}]{{3,72}})")).ok()
});

static NEXT_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?im)(?:{LABELS})\s?[:：]?[ \t]*\r?\n[ \t]{{0,8}}(?P<value>[^\s]{{6,72}})[ \t]*\r?$"
    ))
    .ok()
});

/// "my password is X", 密码是 X: no sign, so the value itself must look like a password.
static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let verb = r#"(?:\s+(?:is|was|lautet|ist|war|est|es|é|era|è|jest)\s*[:：]?\s+|\s*(?:是|为|為|改成了?|改为|设为|设置为|重置为|初始为|默认为|默认是|还是|は|が)\s*[:：]?\s*)"#;
    Regex::new(&format!(r#"(?i)(?:{LABELS})(?:{OF})?{verb}["'`“「]?(?P<value>[!-~]{{6,72}})"#)).ok()
});

/// Two values behind a label of both: "账号/密码：admin Abc@123", "user/pass: lina / Abc@123".
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let user = r"(?:账号|帐号|帳號|用户名|用戶名|账户|user(?:\s?name)?|login|benutzer(?:name)?|usuario|usuário|identifiant|id)";
    Regex::new(&format!(
        r"(?i){user}\s{{0,2}}(?:[/／\-&和及与+、,]|and|und|et|y|e)?\s{{0,2}}(?:{LABELS}|pass)\s{{0,2}}[:=：]\s{{0,2}}[^\s/，,、；;]{{2,64}}\s{{0,2}}[/，,、；;\s]\s{{0,2}}(?P<value>[!-~]{{4,72}})"
    ))
    .ok()
});

/// No sign at all: `Password Abc@12345`, `密码 Abc12345`. Then the value itself must leave no doubt.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?:{LABELS})[ \t\u{{3000}}]{{0,2}}[-–]?[ \t\u{{3000}}]{{0,2}}(?P<value>[!-~]{{6,72}})"
    ))
    .ok()
});

/// A login and its password side by side: `账号 admin 密码 888888`, `Login: bob / Sommer2026!`.
static BESIDE_LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let user = r"(?:账号|帐号|帳號|用户名|用戶名|登录名|user(?:\s?name)?|login|benutzer(?:name)?|usuario|usuário|identifiant)";
    let parted = format!(r"(?:\s{{0,2}}[/／]\s{{0,2}}|[\s，,;；、]{{1,3}}(?:{LABELS})\s?[:：]?\s?)");
    Regex::new(&format!(r"(?i){user}\s?[:：]?\s?[A-Za-z0-9._@+\-]{{2,64}}{parted}(?P<value>[!-~]{{4,72}})"))
        .ok()
});

/// `pass` is a word of its own, so a sign and a strong value must follow.
static SHORT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)pass\s?[:=]\s?(?P<value>[!-~]{6,72})").ok());

/// Commands and markup that carry one: `curl -u lina:geheim`, `mysql -pgeheim`, `<password>geheim</password>`.
static CARRIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let curl = r#"curl\b[^\n]{0,200}?\s(?:-u|--user)[ =]["']?[^\s:"']{1,64}:"#;
    let mysql = r"mysql(?:dump|admin)?\b[^\n]{0,120}?\s-p";
    let markup = format!(r"<(?:{LABELS})>");
    Regex::new(&format!(r#"(?i)(?:{curl}|{mysql}|{markup})(?P<value>[^\s"'<]{{4,72}})"#)).ok()
});

/// What follows a label in sentences about passwords, lower case.
const NO_VALUES: &[&str] = &[
    "reset",
    "wrong",
    "incorrect",
    "invalid",
    "expired",
    "forgotten",
    "forgot",
    "changed",
    "required",
    "missing",
    "empty",
    "none",
    "null",
    "undefined",
    "false",
    "true",
    "hidden",
    "protected",
    "string",
    "text",
    "n/a",
    "unknown",
    "unchanged",
    "correct",
    "yes",
    "no",
    "same",
    "see",
    "below",
    "above",
    "attached",
    "please",
    "cannot",
    "can't",
    "doesn't",
    "does",
    "not",
    "must",
    "should",
    "falsch",
    "vergessen",
    "abgelaufen",
    "geändert",
    "ungültig",
    "zurücksetzen",
    "funktioniert",
    "oublié",
    "expiré",
    "incorrect",
    "incorrecta",
    "olvidada",
    "olvidé",
    "caducada",
    "incorreta",
    "inválida",
    "esqueci",
    "expirada",
    "redacted",
    "masked",
    "placeholder",
    "example",
];

pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    if !LABEL.as_ref().is_some_and(|label| label.is_match(text)) {
        return found;
    }
    let mut take = |pattern: &Option<Regex>, test: &dyn Fn(&str, &str) -> bool| {
        let Some(pattern) = pattern else { return };
        for captures in pattern.captures_iter(text) {
            let Some(value) = captures.name("value") else { continue };
            if !is_label_alone(text, captures.get(0).map_or(0, |all| all.start())) {
                continue;
            }
            let span = trimmed(text, value.range());
            let rest = text.get(span.end..).unwrap_or_default();
            if test(text.get(span.clone()).unwrap_or_default(), rest) {
                found.push(Secret { kind: SecretKind::Password, span });
            }
        }
    };
    take(&LABELLED, &is_value);
    take(&NEXT_LINE, &|value, _| is_strong(value) && !is_label(value));
    take(&SAID, &|value, _| is_strong(value));
    take(&PAIR, &|value, _| is_strong(value) || value.len() >= 6);
    take(&BARE, &|value, _| is_strong(value) && value.len() >= 8 && has_mark(value));
    take(&BESIDE_LOGIN, &|value, _| {
        is_strong(value) && !is_product(value) || value.chars().all(|c| c.is_ascii_digit())
    });
    take(&SHORT, &|value, _| is_strong(value));
    take(&CARRIED, &|value, _| !value.starts_with('$'));
    found
}

/// The label is a word of its own: no `resetPassword=`, no `pw` at the end of a name.
fn is_label_alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    !before.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Without the punctuation that ends a sentence or a quotation.
fn trimmed(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let value = text.get(span.clone()).unwrap_or_default();
    let cut = value
        .find(['，', '。', '；', '、', '）', '」', '”', '！', '？', '<'])
        .map_or(value, |at| value.get(..at).unwrap_or_default());
    let kept = cut.trim_end_matches(['"', '\'', '`', ',', ';', '.', ')', ']', '*']);
    // A password may well end with such a character; where nothing is left, it was none.
    span.start..span.start + kept.len()
}

/// What stands behind "password:". A value of letters alone counts only when it ends the line.
fn is_value(value: &str, rest: &str) -> bool {
    let is_masked = value.chars().all(|c| "*•●·xX.#-_…".contains(c));
    let lower = value.to_lowercase();
    // Passwords are typed on a keyboard; what is not is a sentence.
    if is_masked
        || !value.is_ascii()
        || value.len() < 4
        || NO_VALUES.contains(&lower.as_str())
        || value.contains("://")
    {
        return false;
    }
    if is_strong(value) {
        return true;
    }
    let rest = rest.trim_start_matches([
        '"', '\'', '`', '*', '_', ' ', '\t', '。', '.', ',', '，', ')', '）', '」', '”',
    ]);
    let ends_line = rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n");
    let letters = value.chars().all(|c| c.is_ascii_alphabetic());
    let digits = value.chars().all(|c| c.is_ascii_digit());
    ends_line && ((letters && value.len() >= 6) || (digits && value.len() >= 4))
}

/// Letters together with digits or marks inside the word, as passwords have them and words do not.
fn is_strong(value: &str) -> bool {
    if !value.is_ascii()
        || value.len() < 6
        || value.contains("://")
        || value.contains("](")
        || value.starts_with('/')
    {
        return false;
    }
    let has = |test: fn(char) -> bool| value.chars().any(test);
    let letters = has(|c| c.is_ascii_alphabetic());
    let digits = has(|c| c.is_ascii_digit());
    let marks = value
        .trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .contains(|c: char| "!@#$%^&*+?~".contains(c))
        || value.ends_with(['!', '#', '$', '%', '&', '*', '?'])
            && value.chars().rev().nth(1).is_some_and(|c| c.is_ascii_digit());
    letters && (digits || marks) && !is_address(value) && !is_code(value)
}

/// A mark within, which no word, version or name of a product has.
fn has_mark(value: &str) -> bool {
    value.contains(['!', '@', '#', '$', '%', '^', '&', '*', '?', '~'])
        && value.bytes().any(|b| b.is_ascii_digit())
}

/// `User: bob / Chrome126` tells the environment.
fn is_product(value: &str) -> bool {
    let lower = value.to_lowercase();
    [
        "chrome", "firefox", "edge", "safari", "opera", "windows", "win1", "win7", "macos", "android", "ios",
        "iphone", "ipad", "ubuntu",
    ]
    .iter()
    .any(|name| lower.starts_with(name))
}

fn is_address(value: &str) -> bool {
    let dotted = |domain: &str| {
        domain.contains('.') && domain.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
    };
    value.split_once('@').is_some_and(|(user, domain)| !user.is_empty() && dotted(domain))
}

/// `ERR_401`, `E-4012`, `AADSTS50011`, `v2.3.1`, `0x80070005`: what a program calls its errors and versions.
fn is_code(value: &str) -> bool {
    let upper_then_digits = {
        let rest = value.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '_' || c == '-');
        rest.len() < value.len() && !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit())
    };
    let version = value.trim_start_matches(['v', 'V']).chars().all(|c| c.is_ascii_digit() || c == '.');
    upper_then_digits || version || value.starts_with("0x")
}

fn is_label(value: &str) -> bool {
    value.ends_with([':', '：'])
}
