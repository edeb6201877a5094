//! What mail programs write into mails in each language: names of header lines, "On … wrote:", dividers, footers, prefixes
//! of subjects, the words of automatic replies. Data, one file a language; a new language is a new file with its line in
//! [`ALL`]. Knows no mail; what the words mean is decided by `reply`, `forward`, `subject` and `auto_reply`.
//!
//! Invariant: every word is lower case (a test holds it), so that it is compared with lower-case text.

mod ar;
mod bg;
mod ca;
mod cs;
mod da;
mod de;
mod el;
mod en;
mod es;
mod et;
mod fa;
mod fi;
mod fr;
mod he;
mod hi;
mod hr;
mod hu;
mod id;
mod is;
mod it;
mod ja;
mod ko;
mod lt;
mod lv;
mod ms;
mod nl;
mod no;
mod pl;
mod pt;
mod ro;
mod ru;
mod sk;
mod sl;
mod sr;
mod sv;
mod th;
mod tr;
mod uk;
mod vi;
mod zh;

use std::{collections::BTreeMap, sync::LazyLock};

/// The words of one language.
#[derive(Debug)]
pub struct Language {
    /// ISO 639-1.
    pub code: &'static str,
    /// Prefixes of the subject of a reply, without the colon.
    pub reply_prefixes: &'static [&'static str],
    /// Prefixes of the subject of a forward, without the colon.
    pub forward_prefixes: &'static [&'static str],
    /// Names of the lines in the header block above a quoted or forwarded mail, without the colon.
    pub from: &'static [&'static str],
    pub date: &'static [&'static str],
    pub to: &'static [&'static str],
    pub cc: &'static [&'static str],
    pub subject: &'static [&'static str],
    /// Further lines of such a block: Reply-To, Importance, Attachments.
    pub other: &'static [&'static str],
    /// What says "wrote" in the line above a quoted mail, "On … wrote:".
    pub wrote: &'static [&'static str],
    /// Words with which such a line begins before its date: "on".
    pub wrote_on: &'static [&'static str],
    /// Words that stand in such a line between the date and the name: "from".
    pub before_names: &'static [&'static str],
    /// Words of the divider above a quoted mail, without its dashes: "Original Message".
    pub originals: &'static [&'static str],
    /// Words of the line above which helpdesks want the answer, between rules.
    pub answer_lines: &'static [&'static str],
    /// Words of the divider or line that introduces a forwarded mail, without its dashes and colon.
    pub forwards: &'static [&'static str],
    /// Beginnings of the words between rules behind a forwarded mail: "End forwarded message".
    pub forward_ends: &'static [&'static str],
    /// Beginnings of the words between rules that part the header block of a forwarded mail from its body.
    pub body_follows: &'static [&'static str],
    /// Beginnings of the footers that phones and programs add, each a whole line.
    /// `…` stands for any words.
    pub footers: &'static [&'static str],
    /// Ends of such footers in languages whose verb stands last; the device or program stands at the beginning.
    pub footer_ends: &'static [&'static str],
    /// What people write above their name, as a line of its own: "Best regards".
    pub closings: &'static [&'static str],
    /// Labels of the lines below a name, without the colon: "Phone".
    pub contacts: &'static [&'static str],
    /// Beginnings of the notices that companies add; only where one of `confidential` follows.
    pub disclaimers: &'static [&'static str],
    /// Pieces of words that such a notice holds.
    pub confidential: &'static [&'static str],
    /// Beginnings of subjects that only automatic replies have.
    pub automatic_subjects: &'static [&'static str],
    /// Words of a body that names itself automatic.
    pub automatic_bodies: &'static [&'static str],
}

/// The base of every language's record: no words at all.
const NONE: Language = Language {
    code: "",
    reply_prefixes: &[],
    forward_prefixes: &[],
    from: &[],
    date: &[],
    to: &[],
    cc: &[],
    subject: &[],
    other: &[],
    wrote: &[],
    wrote_on: &[],
    before_names: &[],
    originals: &[],
    answer_lines: &[],
    forwards: &[],
    forward_ends: &[],
    body_follows: &[],
    footers: &[],
    footer_ends: &[],
    closings: &[],
    contacts: &[],
    disclaimers: &[],
    confidential: &[],
    automatic_subjects: &[],
    automatic_bodies: &[],
};

/// All languages, those of most mails first.
pub const ALL: &[&Language] = &[
    &en::EN,
    &zh::ZH,
    &de::DE,
    &fr::FR,
    &es::ES,
    &pt::PT,
    &it::IT,
    &nl::NL,
    &pl::PL,
    &ru::RU,
    &ja::JA,
    &ko::KO,
    &ar::AR,
    &cs::CS,
    &da::DA,
    &el::EL,
    &et::ET,
    &fi::FI,
    &he::HE,
    &hr::HR,
    &hu::HU,
    &id::ID,
    &is::IS,
    &no::NO,
    &ro::RO,
    &sk::SK,
    &sv::SV,
    &tr::TR,
    &uk::UK,
    &vi::VI,
    &bg::BG,
    &ca::CA,
    &fa::FA,
    &hi::HI,
    &lt::LT,
    &lv::LV,
    &ms::MS,
    &sl::SL,
    &sr::SR,
    &th::TH,
];

/// What a line of a header block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    From,
    Date,
    To,
    Cc,
    Subject,
    Other,
}

/// What a prefix of a subject says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    Reply,
    Forward,
}

static FIELDS: LazyLock<BTreeMap<&str, Field>> = LazyLock::new(|| {
    let mut out = BTreeMap::new();
    for language in ALL {
        for (names, field) in [
            (language.from, Field::From),
            (language.date, Field::Date),
            (language.to, Field::To),
            (language.cc, Field::Cc),
            (language.subject, Field::Subject),
            (language.other, Field::Other),
        ] {
            for name in names {
                out.entry(*name).or_insert(field);
            }
        }
    }
    out
});

static PREFIXES: LazyLock<BTreeMap<&str, Prefix>> = LazyLock::new(|| {
    let mut out = BTreeMap::new();
    for language in ALL {
        let replies = language.reply_prefixes.iter().map(|p| (*p, Prefix::Reply));
        for (prefix, kind) in replies.chain(language.forward_prefixes.iter().map(|p| (*p, Prefix::Forward))) {
            out.entry(prefix).or_insert(kind);
        }
    }
    out
});

/// The field of a header block that has this name (lower case, without colon) in any language.
#[must_use]
pub fn field(name: &str) -> Option<Field> {
    FIELDS.get(name).copied()
}

/// What a prefix (lower case, without colon) of a subject says in any language.
#[must_use]
pub fn prefix(word: &str) -> Option<Prefix> {
    PREFIXES.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case() {
        for language in ALL {
            for words in [
                language.reply_prefixes,
                language.forward_prefixes,
                language.from,
                language.date,
                language.to,
                language.cc,
                language.subject,
                language.other,
                language.wrote,
                language.wrote_on,
                language.before_names,
                language.originals,
                language.answer_lines,
                language.forwards,
                language.forward_ends,
                language.body_follows,
                language.footers,
                language.footer_ends,
                language.closings,
                language.contacts,
                language.disclaimers,
                language.confidential,
                language.automatic_subjects,
                language.automatic_bodies,
            ] {
                for word in words {
                    assert_eq!(*word, word.to_lowercase(), "{}", language.code);
                    assert_eq!(*word, word.trim_start(), "{}", language.code);
                }
            }
        }
    }

    #[test]
    fn languages_stand_in_their_own_files_once() {
        let mut codes: Vec<_> = ALL.iter().map(|l| l.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
    }

    #[test]
    fn names_and_prefixes_of_some_languages() {
        for (name, want) in [
            ("from", Field::From),
            ("发件人", Field::From),
            ("gesendet", Field::Date),
            ("à", Field::To),
            ("抄送", Field::Cc),
            ("件名", Field::Subject),
        ] {
            assert_eq!(field(name), Some(want), "{name}");
        }
        assert_eq!(prefix("wg"), Some(Prefix::Forward));
        assert_eq!(prefix("回复"), Some(Prefix::Reply));
        assert_eq!((field("error"), prefix("error")), (None, None));
    }
}
