//! Spanish.

use super::Language;

pub const ES: Language = Language {
    code: "es",
    reply_prefixes: &["rta", "resp"],
    forward_prefixes: &["rv", "reenv", "reenviado", "renv"],
    from: &["de", "remitente"],
    date: &["fecha", "enviado", "enviado el", "enviada", "fecha de envío", "enviado a las", "recibido"],
    to: &["para", "a", "destinatario", "destinatarios"],
    cc: &["cc", "copia", "con copia"],
    subject: &["asunto"],
    other: &[
        "responder a",
        "importancia",
        "datos adjuntos",
        "responder",
        "adjuntos",
        "prioridad",
        "archivos adjuntos",
    ],
    attributions: &[
        r"(?i)^el\s.{6,}\sescribi[óo]\s*:?$",
        r"(?i)^.{3,200}<[^<>\s]+@[^<>\s]+>\s+escribi[óo]\s*:$",
    ],
    originals: &["mensaje original", "correo original", "mensaje de origen"],
    forwards: &[
        "mensaje reenviado",
        "inicio del mensaje reenviado",
        "correo reenviado",
        "reenviado por",
        "comienzo del mensaje reenviado",
        "mensaje remitido",
        "remitido por",
        "correo remitido",
        "inicio de mensaje reenviado",
        "inicio del mensaje remitido",
    ],
    footers: &[
        "enviado desde mi",
        "enviado desde ",
        "enviado con ",
        "obtener outlook",
        "obtén outlook",
        "descargar outlook",
    ],
    automatic_subjects: &["respuesta automática", "fuera de la oficina", "fuera de oficina"],
    automatic_bodies: &["esta es una respuesta automática"],
};
