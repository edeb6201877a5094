//! Numbers that belong to people: cards (ISO/IEC 7812), bank accounts (ISO 13616), Chinese identity cards (GB 11643) and
//! US social security. The check digits must be right; where chance alone could make them right, the words before decide.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{Secret, SecretKind, before, stands_alone};

/// Digits in one piece or in groups by blanks or hyphens.
static DIGITS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9](?:[ \-]?[0-9]){12,18}").ok());
static IDENTITY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[1-9][0-9]{5} ?[0-9]{8} ?[0-9]{3}[0-9Xx]").ok());
static IBAN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?").ok());
static SSN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9]{3}-[0-9]{2}-[0-9]{4}").ok());

/// Words before a number that is another thing than a card's.
const OTHER_NUMBERS: &[&str] = &[
    "order",
    "订单",
    "訂單",
    "单号",
    "單號",
    "流水",
    "交易号",
    "tracking",
    "运单",
    "快递",
    "invoice",
    "发票",
    "receipt",
    "rechnung",
    "bestell",
    "auftrag",
    "commande",
    "facture",
    "pedido",
    "factura",
    "fatura",
    "注文",
    "伝票",
    "phone",
    "tel",
    "电话",
    "手机",
    "mobile",
    "fax",
    "ticket",
    "工单",
    "case",
    "serial",
    "序列",
    "imei",
    "编号",
    "request",
    "trace",
    "session",
    "timestamp",
    "id:",
    "id=",
    "id：",
    "_id",
    "uid",
    "税号",
    "vat",
    "licen",
    "许可",
    "sku",
    "barcode",
    "条码",
    "kunden",
    "customer n",
    " id ",
    " ref",
    "sendung",
    "vorgang",
    "client n",
    "cliente n",
    "suivi",
    "rastre",
    "guía",
];
/// Words by which it is a card's whatever else stands there: `card of order 1042`.
const CARDS: &[&str] = &[
    "card",
    "karte",
    "carte",
    "tarjeta",
    "cartão",
    "卡号",
    "银行卡",
    "信用卡",
    "カード",
    "visa",
    "mastercard",
    "amex",
];
const SOCIAL_SECURITY: &[&str] = &["ssn", "social security", "social-security"];
/// Characters before a number that tell what it is.
const CONTEXT_CHARS: usize = 28;

pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut take = |pattern: &Option<Regex>, kind, test: &dyn Fn(&str, usize) -> bool| {
        let Some(pattern) = pattern else { return };
        for span in pattern.find_iter(text) {
            if stands_alone(text, &span.range())
                && is_whole(text, &span.range())
                && test(span.as_str(), span.start())
            {
                found.push(Secret { kind, span: span.range() });
            }
        }
    };
    take(&DIGITS, SecretKind::Card, &|number, at| {
        let context = format!(" {}", before(text, at, CONTEXT_CHARS));
        let says = |words: &[&str]| words.iter().any(|word| context.contains(word));
        is_card(number) && (says(CARDS) || !says(OTHER_NUMBERS))
    });
    take(&IDENTITY, SecretKind::Identity, &|number, _| is_chinese_identity(number));
    take(&SSN, SecretKind::Identity, &|_, at| {
        let context = before(text, at, CONTEXT_CHARS);
        SOCIAL_SECURITY.iter().any(|word| context.contains(word))
    });
    if let Some(pattern) = &*IBAN {
        for span in pattern.find_iter(text).filter(|span| stands_alone(text, &span.range())) {
            // The pattern may run on into the next word: the country says how long the number is.
            if let Some(length) = iban_length(span.as_str()) {
                found.push(Secret { kind: SecretKind::Account, span: span.start()..span.start() + length });
            }
        }
    }
    found
}

/// No part of something longer that is joined by a point, hyphen, slash or colon: versions, times, paths.
fn is_whole(text: &str, span: &Range<usize>) -> bool {
    let joins = |c: char| "-./:#\\+".contains(c);
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    let joined_before = before.ends_with(joins) && !before.ends_with(": ") && {
        let head = before.trim_end_matches(joins);
        before.ends_with(['/', '#', '+', '\\']) || head.ends_with(|c: char| c.is_ascii_digit())
    };
    let joined_after =
        after.starts_with(joins) && after.chars().nth(1).is_some_and(|c| c.is_ascii_alphanumeric());
    !joined_before && !joined_after
}

fn is_card(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let head = |n: usize| digits.iter().take(n).fold(0, |all, digit| all * 10 + digit);
    let known = match digits.len() {
        14 => matches!(head(3), 300..=305) || matches!(head(2), 36 | 38),
        15 => matches!(head(2), 34 | 37),
        16 => {
            head(1) == 4
                || matches!(head(2), 51..=55 | 62 | 65)
                || matches!(head(4), 2221..=2720 | 3528..=3589 | 6011)
                || matches!(head(3), 644..=649)
        }
        17..=19 => head(2) == 62,
        _ => false,
    };
    let varied = digits.iter().any(|digit| Some(digit) != digits.first());
    known && varied && luhn(&digits) && is_grouped(number)
}

/// In one piece, in fours, or as American Express groups: 4-6-5. Other groups are telephone and order numbers.
fn is_grouped(number: &str) -> bool {
    let groups: Vec<usize> = number.split([' ', '-']).map(str::len).collect();
    match groups.as_slice() {
        [_] | [4, 6, 5] | [4, 6, 4] => true,
        [firsts @ .., last] => firsts.iter().all(|group| *group == 4) && *last <= 4,
        [] => false,
    }
}

/// ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled @ 0..=9) => doubled,
            (_, doubled) => doubled - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// GB 11643-1999: region, birthday, serial number, and a check character modulo 11.
fn is_chinese_identity(number: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &str = "10X98765432";
    let number: String = number.chars().filter(|c| *c != ' ').collect();
    let part =
        |range: Range<usize>| number.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let region = part(0..2);
    let born = (part(6..10), part(10..12), part(12..14));
    let sum: u32 = number
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = usize::try_from(sum % 11).ok().and_then(|at| CHECKS.chars().nth(at));
    (11..=91).contains(&region)
        && (1900..=2035).contains(&born.0)
        && (1..=12).contains(&born.1)
        && (1..=31).contains(&born.2)
        && check == number.chars().next_back().map(|c| c.to_ascii_uppercase())
}

/// Lengths of account numbers by country (ISO 13616 registry), for those that clients have.
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("BR", 29),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IS", 26),
    ("IT", 27),
    ("KW", 30),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TR", 26),
    ("UA", 29),
];

/// How many bytes of `text`, blanks among them, are an account number whose check digits are right (modulo 97).
fn iban_length(text: &str) -> Option<usize> {
    let text = text.to_ascii_uppercase();
    let country = text.get(..2)?;
    let (_, length) = IBAN_LENGTHS.iter().find(|(code, _)| *code == country)?;
    let end = text.char_indices().filter(|(_, c)| *c != ' ').nth(length - 1).map(|(at, _)| at + 1)?;
    if text.get(end..)?.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let bare: String = text.get(..end)?.chars().filter(|c| *c != ' ').collect();
    let (head, tail) = bare.split_at_checked(4)?;
    let rest = tail.chars().chain(head.chars()).filter_map(|c| c.to_digit(36)).fold(0_u64, |rest, digit| {
        let shifted = if digit >= 10 { rest * 100 } else { rest * 10 };
        (shifted + u64::from(digit)) % 97
    });
    (rest == 1).then_some(end)
}
