//! Czech.

use super::{Language, NONE};

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
    wrote: &["napsal", "napsala", "napsal(a)", "napsal/a"],
    wrote_on: &["dne"],
    before_names: &[
        // Outlook 2019 for Mac
        "uživatel",
    ],
    originals: &["původní zpráva", "původní e-mail"],
    answer_lines: &["nad tento řádek", "nad tímto řádkem"],
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
    footer_ends: &[],
    closings: &[
        "s pozdravem",
        "se srdečným pozdravem",
        "zdravím",
        "hezký den",
        "děkuji",
        "děkuju",
        "díky",
        "s přátelským pozdravem",
    ],
    contacts: &["telefon", "tel", "mobil", "fax", "adresa"],
    disclaimers: &["tato zpráva", "tento e-mail", "tento email", "obsah této"],
    confidential: &["důvěrn", "adresát", "určen"],
    automatic_subjects: &["automatická odpověď", "mimo kancelář", "nepřítomnost"],
    automatic_bodies: &[
        "toto je automatická odpověď",
        "automatická odpověď",
        "tato zpráva byla vygenerována automaticky",
        "jsem na dovolené",
    ],
    ..NONE
};
