//! Spanish.

use super::Language;

pub const ES: Language = Language {
    code: "es",
    reply_prefixes: &["rta", "resp"],
    forward_prefixes: &["rv", "reenv", "reenviado"],
    from: &["de", "remitente"],
    date: &["fecha", "enviado", "enviado el", "enviada", "fecha de envío"],
    to: &["para", "a", "destinatario"],
    cc: &["cc", "copia", "con copia"],
    subject: &["asunto"],
    other: &["responder a", "importancia", "datos adjuntos"],
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
    ],
    footers: &[
        "enviado desde mi",
        "enviado desde ",
        "enviado con ",
        "obtener outlook",
        "obtén outlook",
        "descargar outlook",
    ],
    automatic_subjects: &[
        "respuesta automática",
        "fuera de la oficina",
        "fuera de oficina",
        "respuesta automatica",
        "ausente:",
        "ausencia de la oficina",
        "mensaje automático",
    ],
    automatic_bodies: &[
        "esta es una respuesta automática",
        "este es un mensaje automático",
        "respuesta automática",
        "estoy fuera de la oficina",
        "me encuentro fuera de la oficina",
        "estaré fuera de la oficina",
        "estoy de vacaciones",
        "no responda a este",
    ],
};
