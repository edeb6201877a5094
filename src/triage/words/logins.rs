//! Words that follow "account" or "login" in ordinary sentences and are no login's name. Data only.

#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const ORDINARY: &[&str] = &[
    "not", "is", "was", "and", "or", "the", "my", "our", "your", "that", "this", "with", "for", "from", "in", "on", "to", "has", "have", "cannot", "can", "does", "wrong", "invalid",
    "incorrect", "correct", "locked", "blocked", "disabled", "suspended", "deactivated", "expired", "missing", "unknown", "already", "still", "now", "no", "name", "names",
    "id", "ids", "password", "passwords", "email", "e-mail", "address", "page", "screen", "button", "form", "error", "errors", "fails", "failed", "failure", "working", "works",
    "broken", "manager", "settings", "permissions", "role", "roles", "interface", "account", "accounts", "login", "logins", "user", "users", "data", "list", "group", "management",
    "active", "inactive", "available", "being", "shown", "empty", "both", "same", "also", "here", "there", "admin's", "attached", "below", "above", "as", "at", "by", "it",
    "he", "she", "they", "we", "who", "are", "will", "would", "should", "must", "only", "all", "any", "each", "every", "portal", "site", "via", "using", "per", "of", "sso",
    "api", "oa", "vip", "ldap", "saml", "oauth", "sms", "app", "bug", "demo", "test", "nicht", "ist", "und", "oder", "gesperrt", "falsch", "ungültig", "unbekannt", "korrekt",
    "richtig", "der", "die", "das", "kann", "mit", "von", "wird", "wurde", "war", "hat", "auf", "bei", "im", "für", "est", "et", "ou", "pas", "incorrecte", "bloqué", "invalide",
    "inconnu", "de", "du", "des", "le", "la", "les", "ne", "qui", "que", "avec", "pour", "dans", "sur", "es", "incorrecto", "bloqueado", "bloqueada", "inválido", "y", "con",
    "para", "por", "en", "el", "não", "está", "com", "em", "foi", "e", "do", "da", "dos", "na", "se", "ao", "sem", "fue", "ha", "deux", "chrome", "firefox", "edge", "windows",
    "safari",
];
