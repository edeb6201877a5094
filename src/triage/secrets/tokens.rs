//! Private keys, and tokens that are known by their shape, by a label or by their place in a link.

use std::sync::LazyLock;

use regex::Regex;

use super::{Secret, SecretKind, stands_alone};

/// Shapes that are nothing else, with the service that gives them.
const SHAPES: &[&str] = &[
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",                        // AWS access key id
    r"gh[pousr]_[A-Za-z0-9]{30,255}",                    // GitHub
    r"github_pat_[A-Za-z0-9_]{22,255}",                  // GitHub, fine-grained
    r"glpat-[A-Za-z0-9_\-]{20,100}",                     // GitLab
    r"xox[abeoprs]-[A-Za-z0-9\-]{10,250}",               // Slack
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,247}",   // Stripe
    r"AIza[0-9A-Za-z_\-]{35}",                           // Google
    r"ya29\.[0-9A-Za-z_\-]{20,500}",                     // Google OAuth
    r"sk-(?:[A-Za-z]+-)?[A-Za-z0-9_\-]{20,250}",         // OpenAI, Anthropic, DeepSeek
    r"npm_[A-Za-z0-9]{36}",                              // npm
    r"pypi-[A-Za-z0-9_\-]{40,300}",                      // PyPI
    r"SG\.[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{16,64}", // SendGrid
    r"LTAI[A-Za-z0-9]{12,28}",                           // Aliyun
    r"AKID[A-Za-z0-9]{28,40}",                           // Tencent Cloud
    r"dop_v1_[a-f0-9]{64}",                              // DigitalOcean
    r"hf_[A-Za-z0-9]{30,60}",                            // Hugging Face
    r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",               // Shopify
    r"whsec_[A-Za-z0-9+/]{24,80}=*",                     // Stripe, Svix: secrets of webhooks
    r"GOCSPX-[A-Za-z0-9_\-]{20,60}",                     // Google OAuth client
    r"dckr_pat_[A-Za-z0-9_\-]{20,60}",                   // Docker Hub
    r"[0-9]{8,10}:AA[A-Za-z0-9_\-]{33}",                 // Telegram bot
    r"eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.?[A-Za-z0-9_\-]*", // JSON Web Token (RFC 7519)
];

static SHAPE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?:{})", SHAPES.join("|"))).ok());

static PRIVATE_KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pem = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\z)";
    Regex::new(pem).ok()
});

/// Labels that are followed by a token. In prose "token expired" is no secret, so a sign of assignment must follow, and the
/// value must look drawn at random.
static LABELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let label = r#"(?i)(?:api[\s_\-]?key|api[\s_\-]?token|access[\s_\-]?key(?:[\s_\-]?id)?|secret[\s_\-]?(?:access[\s_\-]?)?key|secret[\s_\-]?id|account[\s_\-]?key|client[\s_\-]?secret|app[\s_\-]?secret|access[\s_\-]?token|refresh[\s_\-]?token|auth[\s_\-]?token|bearer|token|secret|令牌|密钥|密鑰|秘钥|金鑰|トークン|シークレット|schlüssel|jeton|clé|clave|chave)"#;
    let sign = r#"["'`）)]{0,2}\s{0,2}(?:[:=：＝]|是|为|is|=>|->)\s{0,2}(?:bearer\s)?["'`]?"#;
    Regex::new(&format!(r"{label}{sign}([A-Za-z0-9_\-+/.=~]{{16,512}})")).ok()
});

/// Headers and links that carry one.
static CARRIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let header = r"(?i)authorization\s*[:=]\s*(?:bearer|basic|token)\s+([A-Za-z0-9_\-+/.=~]{8,2000})";
    let parameter = r"(?i)[?&](?:access_token|token|api_?key|key|secret|sig|signature|auth|password|pwd)=([A-Za-z0-9_\-+/.=~%]{12,512})";
    let userinfo = r"(?i)[a-z][a-z0-9+.\-]{1,20}://[^\s/:@]{1,64}:([^\s/@]{3,128})@[a-z0-9\[]";
    let cookie =
        r"(?i)(?:^|[;\s])[a-z_.\-]{0,20}(?:sess|sid|auth|jwt)[a-z_.\-]{0,16}=([A-Za-z0-9%._~+/\-]{16,2000})";
    let hook = r"hooks\.slack\.com/services/([A-Za-z0-9/]{20,100})";
    Regex::new(&format!("(?:{header}|{parameter}|{userinfo}|{hook}|{cookie})")).ok()
});

/// Letters beside digits, or upper beside lower case, without the look of words: below this a value is a name.
const KINDS_OF_CHARACTERS_MIN: usize = 2;

pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let secret = |kind, span: regex::Match<'_>| Secret { kind, span: span.range() };
    if text.contains("PRIVATE KEY")
        && let Some(pattern) = &*PRIVATE_KEY
    {
        found.extend(pattern.find_iter(text).map(|span| secret(SecretKind::PrivateKey, span)));
    }
    if let Some(pattern) = &*SHAPE {
        let alone = pattern.find_iter(text).filter(|span| stands_alone(text, &span.range()));
        // `sk-` alone begins many a name.
        let alone = alone.filter(|span| !span.as_str().starts_with("sk-") || looks_drawn(span.as_str()));
        found.extend(alone.map(|span| secret(SecretKind::Token, span)));
    }
    for pattern in [&*LABELLED, &*CARRIED].into_iter().flatten() {
        for captures in pattern.captures_iter(text) {
            let value = captures.iter().skip(1).flatten().next();
            found.extend(
                value
                    .filter(|span| {
                        span.as_str().contains("://") || looks_drawn(span.as_str()) || is_userinfo(&captures)
                    })
                    .map(|span| secret(SecretKind::Token, span)),
            );
        }
    }
    found
}

/// A password in a link's authority is one whatever it looks like.
fn is_userinfo(captures: &regex::Captures<'_>) -> bool {
    captures.get(3).is_some()
}

/// Whether a value looks drawn at random: several kinds of characters well mixed, and no words put together.
fn looks_drawn(value: &str) -> bool {
    let of = |test: fn(&char) -> bool| value.chars().filter(test).count();
    let digits = of(char::is_ascii_digit);
    let (upper, lower) = (of(char::is_ascii_uppercase), of(char::is_ascii_lowercase));
    let kinds = [digits >= 2, upper >= 2, lower >= 2].into_iter().filter(|has| *has).count();
    // `board_view_settings`, `2026-11-20T10:00:01`, `not-a-real-token`: pieces that are all letters or all digits.
    let pieces = value.split(['-', '_', '.', '/', '=', '+', '~']).filter(|piece| !piece.is_empty());
    let mixed = pieces.clone().any(|piece| {
        let d = piece.chars().filter(char::is_ascii_digit).count();
        let changes = piece.chars().zip(piece.chars().skip(1)).filter(|(a, b)| kind(*a) != kind(*b)).count();
        (d >= 2 && d < piece.len() && piece.len() >= 8 || changes >= 4) && changes >= 3
    });
    kinds >= KINDS_OF_CHARACTERS_MIN && mixed
}

fn kind(c: char) -> u8 {
    match c {
        '0'..='9' => 0,
        'a'..='z' => 1,
        'A'..='Z' => 2,
        _ => 3,
    }
}
