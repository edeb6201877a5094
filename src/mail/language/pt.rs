//! Portuguese of Portugal and Brazil.

use super::Language;

pub const PT: Language = Language {
    code: "pt",
    reply_prefixes: &["res"],
    forward_prefixes: &["enc", "encaminhado", "encam"],
    from: &["de", "remetente"],
    date: &["data", "enviado", "enviada", "enviada em", "enviado em", "data de envio"],
    to: &["para", "destinatário"],
    cc: &["cc", "cópia"],
    subject: &["assunto"],
    other: &["responder para", "responder a", "importância", "anexos"],
    attributions: &[
        r"(?i)^(?:em|a|no\s+dia|às)\s.{6,}\sescreveu\s*:?$",
        r"(?i)^.{3,200}<[^<>\s]+@[^<>\s]+>\s+escreveu\s*(?:\(.{4,60}\)|(?:em|no\s+dia)\s.{6,60})?\s*:$",
    ],
    originals: &["mensagem original", "e-mail original"],
    forwards: &[
        "mensagem encaminhada",
        "mensagem reencaminhada",
        "início da mensagem encaminhada",
        "início da mensagem reencaminhada",
        "e-mail encaminhado",
    ],
    footers: &[
        "enviado do meu",
        "enviado a partir do meu",
        "enviado do ",
        "enviado via ",
        "obter o outlook",
        "obtenha o outlook",
        "baixe o outlook",
    ],
    automatic_subjects: &[
        "resposta automática",
        "ausência temporária",
        "fora do escritório",
        "resposta automatica",
        "ausente do escritório",
        "ausente:",
        "mensagem automática",
    ],
    automatic_bodies: &[
        "esta é uma resposta automática",
        "esta é uma mensagem automática",
        "resposta automática",
        "estou fora do escritório",
        "estarei ausente",
        "estou de férias",
        "não responda a este",
    ],
};
