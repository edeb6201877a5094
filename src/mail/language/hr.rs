//! Croatian, and Serbian and Slovenian where they write the same.

use super::Language;

pub const HR: Language = Language {
    code: "hr",
    reply_prefixes: &["odg"],
    forward_prefixes: &["proslijeđeno", "pros", "prosl", "proslijeđena", "prosleđeno"],
    from: &["od", "šalje", "pošiljatelj"],
    date: &["datum", "poslano", "poslato", "dana"],
    to: &["prima", "za", "primatelj", "kome", "primatelji"],
    cc: &["kopija", "kopija za", "cc"],
    subject: &["predmet", "naslov", "zadeva"],
    other: &["odgovori na", "važnost", "prilozi", "prioritet"],
    attributions: &[
        r"(?i)^(?:dana|dne|u|v)?\s?.{6,}\s(?:napisao|napisala|je\snapisao|je\snapisala|je\snapisao\/la|piše|pisao|napisao\/la)(?:\sje)?\s*(?:\(.{2,20}\))?\s*:$",
    ],
    originals: &["izvorna poruka", "originalna poruka", "izvirno sporočilo"],
    forwards: &[
        "proslijeđena poruka",
        "započni proslijeđenu poruku",
        "prosleđena poruka",
        "posredovano sporočilo",
        "početak proslijeđene poruke",
        "proslijeđeni e-mail",
        "prosleđeni mejl",
        "proslijeđena e-poruka",
    ],
    footers: &["poslano s ", "poslano sa ", "poslano iz ", "poslato sa "],
    automatic_subjects: &["automatski odgovor", "samodejni odgovor", "izvan ureda"],
    automatic_bodies: &["automatski odgovor"],
};
