//! The base subject: without reply and forward prefixes of any language and without `[#123]`. Only suggests which mails
//! belong together (SPEC section 6).

use super::language;

/// Rounds of stripping: mails that went to and fro for years have this many prefixes at most.
const ROUNDS_MAX: usize = 64;

/// Strips prefixes (also `Re[2]:`, `回复：`), `[Fwd: …]`, trailing `(fwd)` and ticket numbers.
#[must_use]
pub fn base(subject: &str) -> String {
    let numbered = without_ticket_numbers(subject);
    let mut rest = numbered.trim();
    for _ in 0..ROUNDS_MAX {
        let before = rest;
        rest = strip_prefix(rest).trim();
        if let Some(inner) = rest.strip_prefix('[').and_then(|r| r.strip_suffix(']'))
            && strip_prefix(inner).len() < inner.len()
        {
            rest = strip_prefix(inner).trim();
        }
        if rest.len() >= 5 && rest.is_char_boundary(rest.len() - 5) {
            let (head, tail) = rest.split_at(rest.len() - 5);
            if tail.eq_ignore_ascii_case("(fwd)") {
                rest = head.trim();
            }
        }
        if rest == before {
            break;
        }
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The form in which base subjects are compared (RFC 5256 section 2.1: `i;unicode-casemap`).
#[must_use]
pub fn folded(base: &str) -> String {
    base.to_lowercase()
}

/// The text behind one leading prefix, or the text itself.
fn strip_prefix(text: &str) -> &str {
    // RFC 5256 section 2.1: a list's tag may stand before the prefix, and goes with it.
    let tagged = text.strip_prefix('[').and_then(|t| t.split_once(']')).map(|(_, t)| t.trim_start());
    for candidate in [Some(text), tagged].into_iter().flatten() {
        let Some((at, colon)) =
            candidate.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：' | '﹕'))
        else {
            continue;
        };
        let (word, rest) = candidate.split_at_checked(at).unwrap_or(("", candidate));
        let word = word.trim_end().to_lowercase();
        let word = word.trim_end_matches(|c: char| {
            c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^' | '*' | ' ' | '.' | '）' | '（')
        });
        if language::prefix(word).is_some() {
            return rest.get(colon.len_utf8()..).unwrap_or_default().trim_start();
        }
    }
    text
}

fn without_ticket_numbers(subject: &str) -> String {
    let mut out = String::with_capacity(subject.len());
    let mut rest = subject;
    while let Some((before, after)) = rest.split_once("[#") {
        out.push_str(before);
        match after.split_once(']') {
            Some((inside, behind)) if is_ticket_tag(inside) => rest = behind,
            _ => {
                out.push_str("[#");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// `1042`, and `1042 technical high` as our notifications to agents have it.
fn is_ticket_tag(inside: &str) -> bool {
    let number = inside.split(' ').next().unwrap_or_default();
    !number.is_empty() && number.len() <= 19 && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_many_languages() {
        for subject in [
            "Re: 甘特图 空白",
            "回复：甘特图 空白",
            "RE: Fwd: AW: WG: 甘特图 空白",
            "Re[2]: 甘特图 空白",
            "答复: 转发: 甘特图 空白 [#1042]",
            "Re: [#7] 甘特图  空白",
            "[Fwd: 甘特图 空白]",
            "Re (3): 甘特图 空白",
            "SV: RV: TR: R: I: 甘特图 空白",
            "甘特图 空白 (fwd)",
            "Re: [#1042 technical high] 甘特图 空白",
            "[list] Re: 甘特图 空白",
            "返信: 甘特图 空白",
        ] {
            assert_eq!(base(subject), "甘特图 空白", "{subject}");
        }
    }

    #[test]
    fn words_that_only_look_like_prefixes_stay() {
        for subject in
            ["Reply: no", "Error: 502", "[urgent] help", "C: drive full", "[#abc] x", "Regarding: seats"]
        {
            assert_eq!(base(subject), subject);
        }
        assert_eq!(base("Re:"), "");
    }

    #[test]
    fn subjects_are_compared_without_letter_case() {
        for subject in ["Invoice", "Re: [FWD: invoice]", "RE: INVOICE (fwd) (Fwd)", "[a] Fw: [b] re: invoice"]
        {
            assert_eq!(folded(&base(subject)), "invoice", "{subject}");
        }
    }
}
