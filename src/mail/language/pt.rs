//! Portuguese of Portugal and Brazil.

use super::Language;

pub const PT: Language = Language {
    code: "pt",
    reply_prefixes: &["res"],
    forward_prefixes: &["enc", "encaminhado", "encam", "reenc"],
    from: &["de", "remetente"],
    date: &["data", "enviado", "enviada", "enviada em", "enviado em", "data de envio", "data da mensagem"],
    to: &["para", "destinatário", "destinatários"],
    cc: &["cc", "cópia", "com cópia"],
    subject: &["assunto"],
    other: &["responder para", "responder a", "importância", "anexos", "anexo", "prioridade"],
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
        "encaminhado por",
        "reencaminhado por",
        "email encaminhado",
        "e-mail reencaminhado",
        "mensagem reenviada",
        "início da mensagem reenviada",
        "mensagem transferida",
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
    automatic_subjects: &["resposta automática", "ausência temporária", "fora do escritório"],
    automatic_bodies: &["esta é uma resposta automática"],
};
