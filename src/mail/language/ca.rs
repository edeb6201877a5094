//! Catalan.

use super::{Language, NONE};

pub const CA: Language = Language {
    code: "ca",
    from: &["remitent"],
    date: &["data", "enviat", "enviat el"],
    to: &["per a"],
    cc: &["a/c", "còpia"],
    subject: &["assumpte", "tema"],
    wrote: &["missatge de", "va escriure", "ha escrit"],
    wrote_on: &["el dia"],
    originals: &["missatge original", "missatge d'origen"],
    forwards: &["missatge reenviat", "inici del missatge reenviat", "missatge reenviat per"],
    footers: &["enviat des de", "enviat des del", "enviat amb "],
    closings: &[
        "salutacions",
        "salutacions cordials",
        "cordialment",
        "atentament",
        "gràcies",
        "moltes gràcies",
        "una salutació",
    ],
    contacts: &["telèfon", "tel", "mòbil", "correu", "adreça"],
    disclaimers: &["aquest missatge", "aquest correu"],
    confidential: &["confidencial", "destinatari"],
    automatic_subjects: &["resposta automàtica", "fora de l'oficina"],
    automatic_bodies: &["resposta automàtica", "missatge automàtic"],
    ..NONE
};
