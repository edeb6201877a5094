//! Czech.

use super::Language;

pub const CS: Language = Language {
    code: "cs",
    reply_prefixes: &["odpověď", "odp"],
    forward_prefixes: &["přep", "fw", "předáno", "přeposláno"],
    from: &["od", "odesílatel"],
    date: &["datum", "odesláno", "dne"],
    to: &["komu", "pro", "adresát", "příjemce"],
    cc: &["kopie", "kopie komu", "v kopii"],
    subject: &["předmět", "věc"],
    other: &[
        "odpovědět",
        "odpověď komu",
        "důležitost",
        "odpověď na",
        "odpovědět na",
        "priorita",
        "přílohy",
        "příloha",
    ],
    attributions: &[
        r"(?i)^(?:dne|po|út|st|čt|pá|so|ne)\s.{6,}\snapsal\(?a?\)?\s*:$",
        r"(?i)^.{3,200}\snapsal\(?a?\)?(?:\s(?:dne|\d).{6,60})?\s*:$",
    ],
    originals: &["původní zpráva", "původní e-mail"],
    forwards: &[
        "přeposlaná zpráva",
        "začátek přeposílané zprávy",
        "předaná zpráva",
        "začátek přeposlané zprávy",
        "přeposlaný e-mail",
        "předána zpráva",
        "přeposílaná zpráva",
        "přeposlaný mail",
        "předaný e-mail",
    ],
    footers: &["odesláno z ", "odesláno ze ", "získejte outlook"],
    automatic_subjects: &["automatická odpověď", "mimo kancelář", "nepřítomnost"],
    automatic_bodies: &[
        "toto je automatická odpověď",
        "automatická odpověď",
        "tato zpráva byla vygenerována automaticky",
        "jsem na dovolené",
    ],
};
