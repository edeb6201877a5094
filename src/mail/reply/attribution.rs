//! The lines that mail programs put above a quoted mail: "On … wrote:", blocks of header lines, dividers. One table for
//! each concern; a new language is a new row.

use std::sync::LazyLock;

use regex::Regex;

/// Longest attribution: a name, an address and a date.
const ATTRIBUTION_BYTES_MAX: usize = 400;

/// "On … wrote:" on one line, by language.
const WROTE: &[&str] = &[
    // en
    r"(?i)^(?:on|at)\s.{6,}\b(?:wrote|writes|said|replied)(?:\s+on\s.{6,60})?\s*[:：]?$",
    r"(?i)^.{3,200}<[^<>\s]+@[^<>\s]+>\s*(?:wrote|writes|said)\s*[:：]$",
    r"(?i)^[^<>:]{3,80}\s\(?\S+@\S+\)?\s(?:wrote|writes)\s*[:：]$",
    // de
    r"(?i)^(?:am|on)\s.{6,}\bschrieb\b.{0,200}[:：]$",
    r"(?i)^.{3,200}\sschrieb(?:\sam\s.{6,60})?\s*:$",
    // fr
    r"(?i)^le\s.{6,}\sa\s+écrit(?:\s*:|$)",
    // es
    r"(?i)^el\s.{6,}\sescribi[óo]\s*:?$",
    // pt
    r"(?i)^(?:em|a|no\s+dia)\s.{6,}\sescreveu\s*:?$",
    // it
    r"(?i)^(?:il|in\s+data|data)\s.{6,}\sha\s+scritto\s*:?$",
    // nl
    r"(?i)^op\s.{6,}\s(?:schreef|heeft)\b.{0,200}:$",
    // pl
    r"(?i)^(?:w\s+dniu|dnia|pon\.|wt\.|śr\.|czw\.|pt\.|sob\.|niedz\.)\s?.{6,}\s(?:napisa[łl]\(?a?\)?|pisze)\b.{0,200}:?$",
    // sv, da, no, fi, cs
    r"(?i)^(?:den|på|fre|lør|søn|man|tir|ons|tor)\b.{6,}\b(?:skrev|skrifaði)\b.{0,200}:$",
    r"(?i)^.{6,}\skirjoitti\s*:$",
    r"(?i)^dne\s.{6,}\snapsal\(?a?\)?\s*:$",
    // ru, uk
    r"(?i)^.{6,}\s(?:написал|пишет|писал|пише)(?:\(а\)|а)?\s*:$",
    // zh in both scripts
    r"^(?:在|于|於)?\s*.{2,200}(?:写道|寫道|写到|寫到)\s*[:：]?$",
    r"^.{0,100}于\s?\d{4}.{4,60}(?:写道|回复)?\s*[:：]$",
    // ja
    r"^.{4,200}(?:のメール|のメッセージ|wrote|書きました|さんは書きました)\s*[:：]$",
    // ko
    r"^.{4,200}(?:님이|이|가)\s?(?:작성|썼습니다|쓴 글).{0,5}[:：]?$",
    // tr, vi
    r"(?i)^.{6,}\s(?:tarihinde|şunu yazdı|đã viết)\b.{0,100}:?$",
    // Zoho
    r"(?i)^-{2,}\s*on\s.{6,}\swrote\s*-{2,}$",
    // Gmail where it has no words: a date, a name, an address, a colon
    r"^(?:\S+\s)?\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}.{0,120}<\s*[^<>\s]+@[^<>\s]+>\s*[:：]$",
    r#"^\d{1,2}[./]\d{1,2}[./]\d{4},?\s.{0,120}<\s*[^<>\s]+@[^<>\s]+>\s*[:：]?$"#,
];

/// Dividers that stand on a line of their own; what follows is the old mail.
const DIVIDERS: &[&str] = &[
    r"(?i)^-{2,}\s?(?:original message|original appointment|reply message|antwort nachricht|ответ|réponse|ursprüngliche nachricht|originalnachricht|message d'origine|message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande|wiadomość oryginalna|исходное сообщение|original|urspr\. nachricht|alkuperäinen viesti)\s?-{2,}$",
    r"^-{2,}\s*(?:原始邮件|原始郵件|原邮件|原始信件|回复的原邮件|原始消息|元のメッセージ|原문|원본 메시지|회신 원문|Original)\s*-{2,}",
    r"^-{3,}\s*(?:回复的邮件|回复的原邮件|转发的邮件|Replied Message)\s*-{3,}",
    r"(?i)^_{20,}\s*(?:from|von|de|发件人)\s*[:：]",
    r"(?i)^={2,}\s?(?:original message|原始邮件)\s?={2,}$",
];

/// Names of header lines in quoted blocks, lower case: sender, and others.
const SENDERS: &[&str] = &[
    "from",
    "von",
    "de",
    "da",
    "van",
    "od",
    "från",
    "fra",
    "lähettäjä",
    "от",
    "від",
    "发件人",
    "發件人",
    "寄件者",
    "寄件人",
    "差出人",
    "보낸 사람",
    "보낸사람",
    "kimden",
    "from ",
];
const OTHERS: &[&str] = &[
    "sent",
    "date",
    "to",
    "subject",
    "cc",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "envoyé",
    "envoyé le",
    "à",
    "objet",
    "date :",
    "enviado",
    "enviado el",
    "enviado em",
    "para",
    "asunto",
    "assunto",
    "fecha",
    "data",
    "inviato",
    "a",
    "oggetto",
    "verzonden",
    "aan",
    "onderwerp",
    "wysłano",
    "do",
    "temat",
    "skickat",
    "till",
    "ämne",
    "sendt",
    "til",
    "emne",
    "lähetetty",
    "vastaanottaja",
    "aihe",
    "отправлено",
    "дата",
    "кому",
    "тема",
    "发送时间",
    "發送時間",
    "发送日期",
    "日期",
    "时间",
    "時間",
    "收件人",
    "收件者",
    "主题",
    "主旨",
    "主題",
    "抄送",
    "傳送時間",
    "寄件日期",
    "送信日時",
    "送信日",
    "宛先",
    "件名",
    "날짜",
    "보낸 날짜",
    "받는 사람",
    "제목",
    "received",
    "reply-to",
    "sent by",
];

static WROTE_RES: LazyLock<Vec<Regex>> = LazyLock::new(|| compile(WROTE));
static DIVIDER_RES: LazyLock<Vec<Regex>> = LazyLock::new(|| compile(DIVIDERS));

/// The tables are constants and a test compiles every row, so that none is ever dropped here.
fn compile(rows: &[&str]) -> Vec<Regex> {
    rows.iter().filter_map(|row| Regex::new(row).ok()).collect()
}

/// How many lines from `at` make an attribution; `None` when none does.
#[must_use]
pub fn wrote(lines: &[&str], at: usize, joined_max: usize) -> Option<usize> {
    let mut joined = String::new();
    for (count, line) in lines.get(at..)?.iter().take(joined_max).enumerate() {
        let line = line.trim().trim_matches('*').trim();
        if line.is_empty() || line.starts_with('>') || joined.len() + line.len() > ATTRIBUTION_BYTES_MAX {
            return None;
        }
        if count > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if may_end(line) && evident(&joined) && WROTE_RES.iter().any(|re| re.is_match(&joined)) {
            return Some(count + 1);
        }
        if count == 0 && !may_begin(line) {
            return None;
        }
    }
    None
}

/// An attribution names a date or an address: a sentence that happens to end in "wrote:" does not.
fn evident(joined: &str) -> bool {
    joined.contains('@')
        || joined.bytes().filter(u8::is_ascii_digit).count() >= 3
        || joined.split(',').count() > 2
}

/// Cheap test before the patterns run.
fn may_end(line: &str) -> bool {
    line.ends_with([':', '：'])
        || ["wrote", "道", "到", "écrit", "escribió", "escreveu", "scritto", "작성"]
            .iter()
            .any(|w| line.ends_with(w))
}

/// Whether an attribution that goes on in the next line may begin so.
fn may_begin(line: &str) -> bool {
    let digits = line.bytes().any(|b| b.is_ascii_digit());
    digits
        || line.contains('@')
        || line.split_whitespace().next().is_some_and(|w| {
            ["On", "Am", "Le", "El", "Em", "Il", "Op", "W", "Den", "在", "Dne", "At"].contains(&w)
        })
}

/// Whether the line at `at` is a divider or the first of a block of header lines.
#[must_use]
pub fn divider(lines: &[&str], at: usize) -> Option<usize> {
    let line = lines.get(at)?.trim().trim_matches('*').trim();
    if line.starts_with(['-', '_', '=']) && !line.ends_with(" wrote ----") {
        // QQ Mail leaves entities in its plain text.
        let line = &*line.replace("&nbsp;", " ");
        if line.len() <= 200 && DIVIDER_RES.iter().any(|re| re.is_match(line)) {
            return Some(1);
        }
        let rule = line.len() >= 5 && line.bytes().all(|b| matches!(b, b'-' | b'_' | b'='));
        let next = next_filled(lines, at + 1)?;
        return (rule && header_block(lines, next)).then_some(1);
    }
    header_block(lines, at).then_some(1)
}

fn next_filled(lines: &[&str], from: usize) -> Option<usize> {
    lines.get(from..)?.iter().take(3).position(|l| !l.trim().is_empty()).map(|n| from + n)
}

/// The name of a header line such as `*From:* A`, lower case.
fn header_name(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches(['*', '|', ' ', '\u{a0}']);
    let at = line.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?.0;
    let name = line.get(..at)?.trim().trim_matches('*').trim();
    Some(name.chars().filter(|c| !matches!(c, '\u{3000}' | '\u{a0}')).flat_map(char::to_lowercase).collect())
}

/// A sender line and two further header lines within the next few.
fn header_block(lines: &[&str], at: usize) -> bool {
    let Some(first) = lines.get(at).and_then(|l| header_name(l)) else { return false };
    let sender = SENDERS.contains(&first.as_str());
    if !sender && !OTHERS.contains(&first.as_str()) {
        return false;
    }
    let mut senders = usize::from(sender);
    let mut others = usize::from(!sender);
    for line in lines.get(at + 1..).unwrap_or_default().iter().take(8) {
        match header_name(line) {
            Some(name) if SENDERS.contains(&name.as_str()) => senders += 1,
            Some(name) if OTHERS.contains(&name.as_str()) => others += 1,
            _ if line.trim().is_empty() && senders + others >= 3 => break,
            _ => {}
        }
    }
    senders >= 1 && others >= if sender { 1 } else { 2 } && senders + others >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_compiles() {
        assert_eq!((WROTE_RES.len(), DIVIDER_RES.len()), (WROTE.len(), DIVIDERS.len()));
    }
}
