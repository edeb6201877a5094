//! What an answer to our questions says: numbered lines, a line for each question, one bare word where one thing was asked; and
//! the lines that begin with an operator's own labels. What stands in sentences is found by the fields, not here.

/// A value longer than this is told in sentences.
const VALUE_CHARS_MAX: usize = 200;
/// Lines of a bare answer without numbers.
const BARE_CHARS_MAX: usize = 80;
/// What says that there is nothing to tell, lower case.
const NOTHING: &[&str] = &[
    "no",
    "none",
    "n/a",
    "na",
    "nothing",
    "nope",
    "unknown",
    "not available",
    "-",
    "—",
    "/",
    "?",
    "nein",
    "keine",
    "keiner",
    "nichts",
    "non",
    "aucun",
    "aucune",
    "rien",
    "ninguno",
    "ninguna",
    "nada",
    "não",
    "nenhum",
    "nenhuma",
    "没有",
    "无",
    "暂无",
    "不知道",
    "不清楚",
    "沒有",
    "無",
    "なし",
    "ありません",
    "特になし",
    "不明",
];
/// What only points at a file.
const SEE_FILE: &[&str] = &[
    "attached",
    "see attached",
    "see attachment",
    "in the attachment",
    "attachment",
    "anbei",
    "im anhang",
    "siehe anhang",
    "ci-joint",
    "en pièce jointe",
    "adjunto",
    "adjunta",
    "em anexo",
    "anexo",
    "见附件",
    "如附件",
    "附件",
    "见截图",
    "如图",
    "見附件",
    "添付",
    "添付します",
];

/// What `text` answers to the questions `asked`, in their order as they were numbered: name and value. Nothing where it answers
/// in sentences.
#[must_use]
pub fn answers(text: &str, asked: &[String]) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let numbered = numbered(&lines, asked);
    if !numbered.is_empty() {
        return numbered;
    }
    bare(&lines, asked)
}

/// The first line that begins with one of `labels` and a colon: its value.
#[must_use]
pub fn labelled(text: &str, labels: &[String]) -> Option<String> {
    text.lines().find_map(|line| {
        let (label, value) = line.split_once([':', '：'])?;
        let label = folded(label);
        let known = labels.iter().any(|own| folded(own) == label);
        value_of(value).filter(|_| known)
    })
}

/// A label as it is compared: without marks of lists and of emphasis, in lower case.
fn folded(label: &str) -> String {
    let bare =
        label.trim().trim_matches(|c: char| "*_-•·●>#`【】[]()（）. 、".contains(c) || c.is_ascii_digit());
    bare.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `1. lina01`, `2) Chrome 126`, `③ 昨天下午`; what follows on lines without a number belongs to the one above.
fn numbered(lines: &[&str], asked: &[String]) -> Vec<(String, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for line in lines {
        match number_of(line) {
            Some((number, rest)) if (1..=asked.len()).contains(&number) => {
                found.push((number, rest.to_owned()))
            }
            Some(_) | None => {
                if let Some((_, value)) = found.last_mut().filter(|(_, value)| value.is_empty()) {
                    (*line).clone_into(value);
                }
            }
        }
    }
    let ascends = found.iter().zip(found.iter().skip(1)).all(|((a, _), (b, _))| a < b);
    if !ascends {
        return Vec::new();
    }
    let named = found.into_iter().filter_map(|(number, value)| {
        let name = asked.get(number - 1)?;
        Some((name.clone(), value_of(&without_question(&value, name))?))
    });
    named.collect()
}

fn number_of(line: &str) -> Option<(usize, &str)> {
    let circled = "①②③④⑤⑥⑦⑧⑨";
    let first = line.chars().next()?;
    if let Some(at) = circled.chars().position(|c| c == first) {
        return Some((at + 1, line.strip_prefix(first)?.trim_start()));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits).filter(|_| digits == 1 || digits == 2)?;
    let rest = rest.trim_start_matches([' ', '\u{3000}']);
    let rest = rest.strip_prefix(['.', ')', '、', '）', '．', ':', '：', '，'])?;
    // `1.5 GB` and `10:30` are no numbers of a list.
    let is_list = !rest.starts_with(|c: char| c.is_ascii_digit()) || rest.len() > 8;
    Some((number.parse().ok()?, rest.trim_start())).filter(|_| is_list)
}

/// The question's own words may stand before the answer: 您登录时使用的用户名：lina01.
fn without_question(value: &str, name: &str) -> String {
    let is_time = name == "occurred_at";
    match value.split_once('：').or_else(|| value.split_once(": ")) {
        Some((question, answer))
            if !answer.trim().is_empty() && !is_time && question.chars().count() <= 60 =>
        {
            answer.to_owned()
        }
        Some(_) | None => value.to_owned(),
    }
}

/// As many short lines as there were questions, or one bare name where one was asked for.
fn bare(lines: &[&str], asked: &[String]) -> Vec<(String, String)> {
    let short = |line: &&&str| line.chars().count() <= BARE_CHARS_MAX && !line.ends_with(['?', '？']);
    let values: Vec<&&str> = lines.iter().filter(short).collect();
    if values.len() != lines.len() || values.len() != asked.len() {
        return Vec::new();
    }
    let fits = |name: &str, value: &str| name != "username" || is_name(value);
    if !asked.iter().zip(&values).all(|(name, value)| fits(name, value)) {
        return Vec::new();
    }
    // One short sentence to one question that is not about a name is left to the fields.
    if asked.len() == 1 && asked.first().is_none_or(|name| name != "username") {
        return Vec::new();
    }
    let named = asked.iter().zip(&values).filter_map(|(name, value)| Some((name.clone(), value_of(value)?)));
    named.collect()
}

/// A user name as programs take it: one word of a keyboard.
fn is_name(value: &str) -> bool {
    let is_thanks = ["thanks", "thank", "hello", "danke", "merci", "gracias", "obrigado", "okay"]
        .contains(&value.to_lowercase().as_str());
    (2..=64).contains(&value.len())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "._-@+\\".contains(c))
        && !is_thanks
}

/// A value that says something.
fn value_of(value: &str) -> Option<String> {
    let value =
        value.trim().trim_matches(['*', '_', '`']).trim_end_matches(['。', '；', ';', '，', ',']).trim();
    let lower = value.trim_end_matches(['.', '!']).to_lowercase();
    let says = !value.is_empty() && !NOTHING.contains(&lower.as_str()) && !SEE_FILE.contains(&lower.as_str());
    says.then(|| value.chars().take(VALUE_CHARS_MAX).collect())
}
