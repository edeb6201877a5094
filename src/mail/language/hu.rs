//! Hungarian.

use super::{Language, NONE};

pub const HU: Language = Language {
    code: "hu",
    reply_prefixes: &["vá", "vs"],
    forward_prefixes: &["továbbítás", "továbbítva", "tov", "továbbít"],
    from: &["feladó", "küldő"],
    date: &["dátum", "elküldve", "küldve", "küldés ideje", "küldés dátuma", "érkezett"],
    to: &["címzett", "címzettek"],
    cc: &["másolatot kap", "másolat", "másolatot kapja"],
    subject: &["tárgy"],
    other: &["válaszcím", "fontosság", "mellékletek", "melléklet", "prioritás"],
    wrote: &["írta", "ezt írta"],
    wrote_on: &[],
    before_names: &[
        // Outlook 2019 for Mac
        "időpontban",
    ],
    originals: &["eredeti üzenet", "eredeti levél"],
    answer_lines: &["e sor fölé", "ezen sor fölé"],
    forwards: &[
        "továbbított üzenet",
        "továbbított levél",
        "továbbított levél kezdete",
        "továbbított üzenet kezdete",
        "továbbított e-mail",
        "továbbította",
    ],
    footers: &["elküldve a", "küldve ", "az én iphone", "outlook letöltése"],
    footer_ends: &["küldve", "elküldve"],
    closings: &["üdvözlettel", "tisztelettel", "köszönettel", "köszönöm", "üdv", "köszönöm szépen"],
    contacts: &["telefon", "tel", "mobil", "fax", "cím"],
    disclaimers: &["ez az e-mail", "ez az üzenet", "jelen üzenet", "a jelen e-mail"],
    confidential: &["bizalmas", "címzett"],
    automatic_subjects: &["automatikus válasz", "házon kívül"],
    automatic_bodies: &["automatikus válasz", "szabadságon vagyok"],
    ..NONE
};
