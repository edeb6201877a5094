//! French.

use super::Language;

pub const FR: Language = Language {
    code: "fr",
    reply_prefixes: &["réf", "rép", "rés"],
    forward_prefixes: &["tr", "transf", "transféré"],
    from: &["de", "expéditeur"],
    date: &["date", "envoyé", "envoyé le", "date d'envoi", "date d’envoi"],
    to: &["à", "a", "destinataire", "pour"],
    cc: &["copie", "copie à", "copie (cc)", "cc"],
    subject: &["objet", "sujet"],
    other: &["répondre à", "importance", "pièces jointes", "pj"],
    attributions: &[
        r"(?i)^le\s.{6,}\sa\s+écrit(?:\s*:|$)",
        r"(?i)^.{3,200}<[^<>\s]+@[^<>\s]+>\s+a\s+écrit\s*(?:le\s.{6,60})?\s*:$",
    ],
    originals: &[
        "message d'origine",
        "message d’origine",
        "message original",
        "message initial",
        "réponse",
        "courriel d'origine",
    ],
    forwards: &[
        "message transféré",
        "message transmis",
        "message réexpédié",
        "courriel transféré",
        "début du message réexpédié",
        "début du message transféré",
        "transféré par",
    ],
    footers: &[
        "envoyé de mon",
        "envoyé depuis mon",
        "envoyé de ",
        "envoyé depuis ",
        "envoyé avec ",
        "envoyé à partir de",
        "télécharger outlook",
        "téléchargez outlook",
        "obtenez outlook",
    ],
    automatic_subjects: &["réponse automatique", "absence du bureau", "message d'absence"],
    automatic_bodies: &["je suis absent"],
};
