//! Hungarian.

use super::Language;

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
    attributions: &[
        r"(?i)^.{6,200}\s(?:ezt\s)?írta(?:\s\(.{4,60}\))?\s*[:：]$",
        r"(?i)^.{3,200}<[^<>\s]+@[^<>\s]+>\s(?:ezt\s)?írta\b.{0,60}:$",
    ],
    originals: &["eredeti üzenet", "eredeti levél"],
    forwards: &[
        "továbbított üzenet",
        "továbbított levél",
        "továbbított levél kezdete",
        "továbbított üzenet kezdete",
        "továbbított e-mail",
        "továbbította",
    ],
    footers: &["elküldve a", "küldve ", "az én iphone", "outlook letöltése"],
    automatic_subjects: &["automatikus válasz", "házon kívül"],
    automatic_bodies: &["automatikus válasz", "szabadságon vagyok"],
};
