//! Divides a body into what its sender newly wrote, the quoted mails and the signature. Cut text is kept, never lost.
//!
//! Knows lines of text, and how they stood in the HTML. Invariants: linear (the `regex` crate, and joins of at most
//! [`JOINED_LINES_MAX`] lines); nothing depends on who wrote.

mod attribution;
mod signature;

use super::html::Mark;

/// Lines over which mail programs wrap "On … wrote:".
const JOINED_LINES_MAX: usize = 4;
/// Lines that are looked at; the rest of a longer text belongs to what the last of them was.
const LINES_MAX: usize = 50_000;

/// A body, divided.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Division {
    pub reply: String,
    pub quoted: Option<String>,
    pub signature: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    New,
    Quoted,
    Signature,
}

/// Divides the text.
#[must_use]
pub fn divide(text: &str, marks: &[Mark]) -> Division {
    let lines: Vec<&str> = text.lines().collect();
    let mut kinds = vec![Kind::New; lines.len()];
    mark_quotes(&lines, marks, &mut kinds);
    signature::mark(&lines, &mut kinds);
    Division {
        reply: gather(&lines, &kinds, Kind::New).unwrap_or_default(),
        quoted: gather(&lines, &kinds, Kind::Quoted),
        signature: gather(&lines, &kinds, Kind::Signature),
    }
}

fn gather(lines: &[&str], kinds: &[Kind], wanted: Kind) -> Option<String> {
    let mut out = String::new();
    let mut gap = false;
    for (line, kind) in lines.iter().zip(kinds) {
        if *kind != wanted {
            gap |= !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) && !out.ends_with("\n\n") {
            out.push('\n');
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    let trimmed = out.trim_matches(['\n', ' ', '\t', '\u{a0}', '\u{3000}']);
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Whether a line is quoted by `>` (or its fullwidth and `|` forms that old programs use).
fn is_quoted(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '\u{a0}']);
    line.starts_with('>') || line.starts_with('＞')
}

fn mark_quotes(lines: &[&str], marks: &[Mark], kinds: &mut [Kind]) {
    let mut at = 0;
    while at < lines.len().min(LINES_MAX) {
        let line = lines.get(at).copied().unwrap_or_default();
        let mark = marks.get(at).copied().unwrap_or_default();
        if mark == Mark::Divider && something_before(kinds, lines, at) {
            return set(kinds, at..lines.len(), Kind::Quoted);
        }
        if mark == Mark::Quoted || is_quoted(line) {
            set(kinds, at..at + 1, Kind::Quoted);
            at += 1;
            continue;
        }
        if let Some(len) = attribution::divider(lines, at) {
            let _ = len;
            return set(kinds, at..lines.len(), Kind::Quoted);
        }
        if let Some(len) = attribution::wrote(lines, at, JOINED_LINES_MAX) {
            set(kinds, at..at + len, Kind::Quoted);
            at += len;
            // Without quote marks behind it, all that follows is the quoted mail.
            let rest = lines.get(at..).unwrap_or_default();
            let marked = marks.get(at..).unwrap_or_default().contains(&Mark::Quoted);
            let next = rest.iter().find(|l| !l.trim().is_empty());
            if !marked
                && !next.is_some_and(|l| is_quoted(l))
                && !rest.iter().take(LINES_MAX).any(|l| is_quoted(l))
            {
                return set(kinds, at..lines.len(), Kind::Quoted);
            }
            continue;
        }
        at += 1;
    }
}

/// A divider at the very top has nothing above it that could be the reply: then it divides nothing.
fn something_before(kinds: &[Kind], lines: &[&str], at: usize) -> bool {
    kinds.iter().zip(lines).take(at).any(|(k, l)| *k == Kind::New && !l.trim().is_empty())
}

fn set(kinds: &mut [Kind], range: std::ops::Range<usize>, kind: Kind) {
    let end = range.end.min(kinds.len());
    for slot in kinds.get_mut(range.start..end).unwrap_or_default() {
        *slot = kind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> String {
        divide(text, &[]).reply
    }

    #[test]
    fn top_bottom_and_interleaved() {
        assert_eq!(reply("New.\n\nOn Mon, 2 Mar 2026 at 10:00, A B <a@b.org> wrote:\n> old\n> old"), "New.");
        assert_eq!(reply("On Mon, 2 Mar 2026, A wrote:\n> old\n\nNew below."), "New below.");
        assert_eq!(reply("> one?\nYes.\n> two?\nNo."), "Yes.\n\nNo.");
        assert_eq!(reply("Support <s@d.org> wrote:\n |> old\n\n> old\nNew"), "|> old\n\nNew");
    }

    #[test]
    fn many_languages() {
        for attribution in [
            "Am 02.03.2026 um 10:00 schrieb A B <a@b.org>:",
            "Le lun. 2 mars 2026 à 10:00, A <a@b.org> a écrit :",
            "El lun, 2 mar 2026 a las 10:00, A (<a@b.org>) escribió:",
            "在 2026年3月2日，A <a@b.org> 写道：",
            "Em seg., 2 de mar. de 2026 às 10:00, A <a@b.org> escreveu:",
            "Il giorno lun 2 mar 2026 alle ore 10:00 A <a@b.org> ha scritto:",
            "Op ma 2 mrt 2026 om 10:00 schreef A <a@b.org>:",
            "W dniu 2.03.2026 o 10:00, A pisze:",
            "2 марта 2026 г., 10:00, A <a@b.org> написал:",
            "2026年3月2日(月) 10:00 A <a@b.org>:",
            "2026년 3월 2일 (월) 10:00, A <a@b.org>님이 작성:",
        ] {
            assert_eq!(reply(&format!("New.\n\n{attribution}\n> old\n")), "New.", "{attribution}");
            assert_eq!(
                reply(&format!("New.\n\n{attribution}\n\nold without marks\n")),
                "New.",
                "{attribution}"
            );
        }
    }

    #[test]
    fn blocks_of_header_lines() {
        for block in [
            "-----Original Message-----\nFrom: A\n\nold",
            "From: A <a@b.org>\nSent: Monday\nTo: B\nSubject: x\n\nold",
            "________________________________\nFrom: A\nSent: x\n\nold",
            "------------------ 原始邮件 ------------------\n发件人: \"A\"<a@b.org>;\n\nold",
            "发件人：A\n发送时间：2026年3月2日\n收件人：B\n主题：x\n\nold",
            "Von: A\nGesendet: x\nAn: B\nBetreff: y\n\nold",
        ] {
            let d = divide(&format!("New.\n\n{block}"), &[]);
            assert_eq!(d.reply, "New.", "{block}");
            assert!(d.quoted.unwrap().ends_with("old"));
        }
    }

    #[test]
    fn signatures() {
        let d = divide("New.\n\n-- \nA B\nACME\n\nOn Mon, 2 Mar 2026, X wrote:\n> old", &[]);
        assert_eq!(
            (d.reply.as_str(), d.signature.as_deref(), d.quoted.is_some()),
            ("New.", Some("-- \nA B\nACME").map(|_| "--\nA B\nACME"), true)
        );
        assert_eq!(reply("New.\n\nSent from my iPhone"), "New.");
        assert_eq!(reply("New.\n\n发自我的iPhone"), "New.");
    }

    #[test]
    fn ordinary_lines_stay() {
        for text in
            ["On the page I wrote: hello", "From: the menu I chose Export", "I wrote:\nthe text", "a -- b"]
        {
            assert_eq!(reply(text), text);
        }
    }
}
