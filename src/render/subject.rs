//! Subject lines. Invariant: one line, no control characters, at most [`SUBJECT_COLUMNS`] columns of the client's words.

use super::text::{clean_line, cut};

/// Columns of the client's subject that are kept; with tag and name a subject stays within what mail programs list.
const SUBJECT_COLUMNS: usize = 120;

/// What mail programs put before the subject of an answer, lower case, without the colon (RFC 5322 section 3.6.5 knows
/// only `Re`; the others are Outlook's, in the language of its menus).
const ANSWER_PREFIXES: [&str; 12] =
    ["re", "aw", "antw", "sv", "vs", "rv", "odp", "回复", "答复", "回覆", "回復", "返信"];

/// The client's own words: without `Re:` in any language and without our tag, however often they were put before it.
pub(super) fn base(subject: &str, number: Option<&str>) -> String {
    let mut rest = clean_line(subject);
    if let Some(number) = number {
        rest = clean_line(&rest.replace(&format!("[{number}]"), " "));
    }
    while let Some(shorter) = without_prefix(&rest) {
        rest = shorter;
    }
    cut(&rest, SUBJECT_COLUMNS)
}

/// The subject behind one answer prefix; `None` when there is none. `Re[2]:` and `Re(2):` count as well.
fn without_prefix(subject: &str) -> Option<String> {
    let (head, rest) = subject.split_once([':', '：'])?;
    let word =
        head.trim_end_matches(|c: char| c.is_ascii_digit() || "[]()".contains(c)).trim().to_lowercase();
    ANSWER_PREFIXES.contains(&word.as_str()).then(|| rest.trim_start().to_owned())
}

/// `Re: <subject> [#1042]`.
pub(super) fn answer(base: &str, number: Option<&str>) -> String {
    match number {
        Some(number) => format!("Re: {base} [{number}]"),
        None => format!("Re: {base}"),
    }
}

/// `[#1042 technical high]`: what sorts first in an agent's list. Fixed words, so that filters hold in any language.
pub(super) fn tag(number: Option<&str>, category: Option<&str>, priority: &str) -> String {
    let words: Vec<&str> = [number, category, Some(priority)].into_iter().flatten().collect();
    format!("[{}]", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{answer, base, tag};
    use crate::render::text::width;

    #[test]
    fn answer_prefixes_and_our_tag_are_not_doubled() {
        for written in [
            "Re: RE: Chart [#1042]",
            "回复：Re: Chart",
            "AW: Antw: [#1042] Chart",
            "Re[2]: Chart",
            "Re: Chart\r\n [#1042]",
        ] {
            assert_eq!(
                answer(&base(written, Some("#1042")), Some("#1042")),
                "Re: Chart [#1042]",
                "{written}"
            );
        }
    }

    #[test]
    fn the_clients_own_words_stay() {
        assert_eq!(base("Fwd: Rechnung: Mai", Some("#7")), "Fwd: Rechnung: Mai");
        assert_eq!(base("Error [#99] in chart", Some("#7")), "Error [#99] in chart");
        assert_eq!(base("Re:", None), "");
    }

    #[test]
    fn long_subjects_are_cut_between_characters() {
        let cut = base(&"甘特图".repeat(100), None);
        assert!(cut.ends_with('…') && width(&cut) <= 120, "{}", width(&cut));
    }

    #[test]
    fn agents_tags_leave_out_what_is_not_known() {
        assert_eq!(tag(Some("#1042"), Some("technical"), "high"), "[#1042 technical high]");
        assert_eq!(tag(None, None, "normal"), "[normal]");
    }
}
