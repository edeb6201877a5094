//! Italian.

use super::Language;

pub const IT: Language = Language {
    code: "it",
    reply_prefixes: &["r", "rif", "ris"],
    forward_prefixes: &["i", "inoltro", "inoltra", "inoltrato"],
    from: &["da", "mittente"],
    date: &["data", "inviato", "inviato il", "data invio", "data di invio", "inviata"],
    to: &["a", "destinatario", "destinatari"],
    cc: &["cc", "copia", "copia per conoscenza", "per conoscenza"],
    subject: &["oggetto", "ogg"],
    other: &["rispondi a", "priorità", "allegati", "rispondi", "allegato", "importanza"],
    attributions: &[
        r"(?i)^(?:il|in\s+data|data)\s.{6,}\sha\s+scritto\s*:?$",
        r"(?i)^.{3,200}<[^<>\s]+@[^<>\s]+>\s+ha\s+scritto\s*:$",
    ],
    originals: &["messaggio originale", "messaggio originario"],
    forwards: &[
        "messaggio inoltrato",
        "inizio messaggio inoltrato",
        "inizio del messaggio inoltrato",
        "inoltrato da",
        "e-mail inoltrata",
        "email inoltrata",
        "messaggio girato",
    ],
    footers: &["inviato da ", "inviato dal ", "inviato con ", "scarica outlook", "ottieni outlook"],
    automatic_subjects: &[
        "risposta automatica",
        "fuori sede",
        "assenza dall'ufficio",
        "fuori ufficio",
        "assente dall'ufficio",
        "messaggio automatico",
    ],
    automatic_bodies: &[
        "questa è una risposta automatica",
        "questo è un messaggio automatico",
        "risposta automatica",
        "sono fuori ufficio",
        "sarò assente",
        "sono in ferie",
        "sono assente",
        "non rispondere a questo",
    ],
};
