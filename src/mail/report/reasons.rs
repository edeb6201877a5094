//! What servers say when they refuse, as data. Lower case; `…` stands for up to [`GAP_MAX`] bytes of anything. A phrase
//! belongs in the group of what the *sender* can do about it; the program that says it stands beside it where one is known.
//!
//! To add a server: put its phrase into the right group, and a line into the test below.

/// Bytes that a `…` may skip: phrases speak within one sentence.
pub const GAP_MAX: usize = 120;

/// Whether a text (lower case, single blanks) says a phrase.
#[must_use]
pub fn says(text: &str, phrase: &str) -> bool {
    let Some((first, rest)) = phrase.split_once('…') else {
        return text.contains(phrase);
    };
    let first = first.trim_end();
    let mut from = 0;
    // Each occurrence of the first piece is tried: the pieces behind it must follow within reach.
    while let Some(at) = text.get(from..).and_then(|t| t.find(first)) {
        let end = from + at + first.len();
        let mut reach = text.get(end..).unwrap_or_default();
        let follows = rest.split('…').map(str::trim).all(|piece| {
            let behind = window(reach, GAP_MAX + piece.len()).find(piece);
            reach = behind.and_then(|n| reach.get(n + piece.len()..)).unwrap_or_default();
            behind.is_some()
        });
        if follows {
            return true;
        }
        from = end;
    }
    false
}

/// The first bytes of a text, whole characters.
fn window(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// Whether a text says any phrase of a group.
#[must_use]
pub fn says_any(text: &str, group: &[&str]) -> bool {
    group.iter().any(|phrase| says(text, phrase))
}

/// A limit of the *sender*: what is full is his quota of mails, whatever code stands beside it.
pub const SENDING_LIMIT: &[&str] = &[
    "sending quota", // Google: 5.4.5
    "sending limit",
    "relay limit", // Google
    "relay quota",
    "quota for sending",         // Google
    "submission quota exceeded", // Exchange Online: 5.2.2
    "message rate … exceeded",
    "rate limit exceeded",
];

/// The mailbox holds no more.
pub const MAILBOX_FULL: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "mailbox … is full",
    "full mailbox",
    "mailfolder is full",
    "inbox is full",
    "folder is full",
    "as their mailbox is full", // KDDI
    "out of storage",           // Google
    "over quota",
    "overquota",
    "over its quota",
    "over … quota",
    "account is … quota",
    "temporarily over quota", // KDDI EZweb
    "quota exceed",           // Exim, Dovecot
    "quota … exceeded",
    "exceeded … quota",
    "exceeds … quota",
    "quota violation", // Sun Messaging Server
    "quota full",
    "quota is full",
    "disk quota",
    "maildir … quota",
    "mailbox … quota",
    "exceeded storage allocation", // RFC 5321 section 4.2.2
    "exceeded … storage limit",
    "mailbox size limit",
    "mailbox exceeds",
    "mailbox has exceeded",
    "mailbox … exceeded … limit",
    "mailbox exceeded the local limit", // BIGLOBE
    "in recipient's mailbox exceeded",  // BIGLOBE
    "mailbox would exceed maximum allowed storage",
    "storage limit",
    ".i.ua/err/4/", // i.ua
    "insufficient disk space",
    "not sufficient disk space",
    "insufficient storage",
    "enough … space",
    "no space left on device",
    "too many messages on the server",
    "too many messages in this mailbox",
    "too much mail data", // NTT DoCoMo
    "space has been used up",
    "for exceeding receiving limits",
    "boite du destinataire pleine", // Orange, La Poste
    "boîte … pleine",
    "boîte aux lettres … saturée",
    "postfach … voll",
    "speicherplatz … überschritten",
    "mailbox … voll",
    "postvak … vol",
    "buzón … lleno",
    "casella … piena",
    "caixa … cheia",
    "skrzynka … pełna",
    "skrzynka … przepełniona",
    "ящик … переполнен",
    "превышена квота",
    "превышен … размер почтового ящика",
    "メールボックス … 容量",
    "メールボックスがいっぱい",
    "メールボックスが一杯",
    "容量を超え",
    "容量オーバー",
    "메일함 … 초과",
    "용량 … 초과",
    "邮箱已满",
    "邮箱满",
    "邮箱容量",
    "邮箱空间",
    "空间已满",
    "空间不足",
    "容量不足",
    "容量已满",
    "超出 … 容量",
    "信箱已滿",
    "郵箱已滿",
    "信箱容量",
    "空間不足",
];

/// The disk of the server is full: nobody's mailbox, so none of the group above.
pub const SERVER_FULL: &[&str] =
    &["insufficient system storage", "insufficient system resources", "mail system full"];

/// The mail itself is too big.
pub const TOO_BIG: &[&str] = &[
    "too large",
    "too big",
    "size limit",
    "exceeds size",
    "size exceeds",
    "message length exceeds",
    "exceeds the maximum",
    "exceeded maximum",
    "exceeded the maximum",
    "exeeded the maximum size", // qmail-ldap, so spelled
    "exceeds maximum",
    "exceeds fixed",
    "exceeds my databytes limit", // qmail-smtpd
    "max message size",
    "maximum message size",
    "line limit exceeded",
    "message size limits", // Google
    "email size exceeded", // Mimecast
    "msg-p1",              // Facebook
    "int-p2",              // Facebook
    "aup# … 1530",         // Charter Spectrum
    "recipsizelimit",      // Exchange 2007 and later
    "taille limite du message",
    "message trop volumineux",
    "nachricht … zu groß",
    "mensaje … demasiado grande",
    "messaggio … troppo grande",
    "mensagem … muito grande",
    "слишком больш",
    "サイズが大き",
    "サイズ … 超え",
    "邮件太大",
    "邮件过大",
    "邮件大小",
    "超过大小",
    "大小超过",
    "大小超出",
    "郵件太大",
    "郵件過大",
    "附件过大",
];

/// The mailbox has another address now.
pub const MOVED: &[&str] = &[
    "has been replaced by",
    "mailbox has moved",
    "user has moved to",
    "recipient no longer on server",
    "新地址",
];

/// The domain takes no mail at all (RFC 7505 and the words of those who meet it).
pub const NO_MAIL_SERVICE: &[&str] = &[
    "does not accept mail",
    "does not accept any mail",
    "nullmx",
    "null mx",
    "mail receiving disabled",
    "no mx record found for domain",                 // Yahoo
    "an mx or srv record indicated no smtp service", // Exim
    "no host found for existing smtp connection",    // Exim
    "couldn't find a mail exchanger",                // qmail
    "malformed or unexpected name server reply",     // Postfix at a null MX
    "no mx found for",                               // OpenSMTPD
    "seem to reject all mails",                      // OpenSMTPD
    "smtp protocol returned a permanent error",
    "no route for current request",
    "system not accepting network messages",
    "no mail-enabled subscriptions", // Exchange Online
];

/// The host or domain of the address does not exist.
pub const NO_DOMAIN: &[&str] = &[
    "host unknown",
    "unknown host",
    "host or domain name not found", // Postfix
    "domain does not exist",         // OpenSMTPD
    "domain … does not exist",
    "no such domain", // Courier
    "no such host",
    "unknown domain",
    "domain not found",
    "domain name not found",                   // Gmail
    "responded with code nxdomain",            // Gmail
    "dns server returned answer with no data", // Gmail
    "unrouteable address",                     // Exim
    "unroutable address",
    "all host address lookups failed permanently", // Exim
    "mx records point to non-existent hosts",      // Exim
    "couldn't find any host",                      // qmail
    "couldn't find any host named",                // qmail
    "invalid domain",                              // OpenSMTPD, Amazon SES
    "illegal host/domain name found",              // Sun Messaging Server
    "name or service not known",
    "nonexistentdomain",          // Exchange 2007 and later
    "domain … couldn't be found", // Gmail
    "dns lookup failure: host",   // DragonFly Mail Agent
    "remote domain doesnt exist", // KDDI
    "domain is not reachable",    // Outlook.com
    "account or domain may not exist",
    "domain must exist",
    "bad destination host",
    "host not found",
    "域名不存在",
    "域名 … 不存在",
    "无法解析 … 域名",
    "找不到 … 域名",
    "域名解析失败",
];

/// The name system or the way failed for now, or mail went round in a circle.
pub const NO_WAY: &[&str] = &[
    "host name lookup failure", // Sendmail
    "host not found, try again",
    "temporary failure in mx lookup", // OpenSMTPD
    "dns lookup failed",              // Courier
    "had no relevant answers",        // Gmail
    "dns query failed",               // Exchange Online
    "domain name server timed out",
    "unrouteable mail domain", // Exim
    "could not connect and send the mail to",
    "dns records for the destination computer could not be found",
    "unable to resolve route",
    "malformed name server reply",
    "too many hops",
    "hop count",
    "maximum hop", // Notes
    "mail loop",
    "loop detected",
    "loops back to",
    "loop was found",
    "message looping",
    "routing loop",
    "forwarding loop",
    "mxloopback", // Exchange 2007 and later
    "no route to host",
    "host is unreachable",
    "network is unreachable",
    "no valid route to", // OpenSMTPD
    "all routes to destination blocked",
    "wasn't able to establish an smtp connection", // qmail
    "listed as a best-preference mx",              // qmail
];

/// The server tried long enough, or nobody answered.
pub const EXPIRED: &[&str] = &[
    "retry timeout exceeded",             // Exim
    "retry time not reached",             // Exim
    "failing for a long time",            // Exim
    "delay reason:",                      // Exim
    "has been frozen",                    // Exim
    "was frozen on arrival",              // Exim
    "no action is required on your part", // Exim
    "delivery time expired",
    "delivery expired",
    "envelope expired", // OpenSMTPD
    "message expired",  // Exchange, Cisco
    "queue.expired",    // Exchange
    "message timed out",
    "not yet been fully delivered",           // MMDF
    "message has been in the queue too long", // qmail
    "in the queue too long",
    "queued too long",
    "too long in the queue",
    "within the allowed queue period",
    "expired after",
    "could not be delivered for", // Sendmail, MMDF
    "not been delivered for",
    "could not deliver for the last", // DragonFly Mail Agent
    "cannot send message for",        // Sendmail 5
    "was not delivered within",       // KDDI EZweb
    "was aborted after … hour",
    "unable to deliver in", // Amazon SES
    "unable to deliver message after multiple retries",
    "did not accept our requests to connect", // Gmail
    "could not contact dns servers",          // Gmail
    "will be retried",                        // Gmail
    "host not reachable",                     // Zoho
    "could not find a gateway for",
    "failed to deliver to domain",
    "server did not respond",
    "remote host is not responding", // KDDI EZweb
    "it has not been collected after",
    "has been delayed",
    "delivery attempts will continue",
    "connection timed out",
    "connection timeout",
    "connect timeout",
    "operation timed out",
    "timed out",
    "timeout - closing connection", // Google
    "delivery retry timeout",       // GMX
    "delivery timeout",             // GoDaddy
    "délai … dépassé",
    "zeitüberschreitung",
    "tiempo de espera",
    "tempo scaduto",
    "истекло время",
    "истек срок",
    "タイムアウト",
    "시간 초과",
    "超时",
    "逾時",
    "超過時間",
    "多次尝试",
    "多次重试",
];

/// The program that reports says itself that the address does not exist: certain without any SMTP stage.
pub const NO_ADDRESS_STATED: &[&str] = &[
    "unknown recipient",                                     // Exchange 5.5: (000C05A6)
    "recipient name is not recognized",                      // Exchange 5.5
    "the e-mail account does not exist at the organization", // Exchange 2000, 2003
    "e-mail address you entered couldn't be found",          // Exchange 2010
    "resolver.adr.recip", // Exchange 2007 and later: RecipNotFound, RecipientNotFound
    "resolver.adr.exrecipnotfound",
    "wasn't found at",                                 // Office 365
    "address couldn't be found",                       // Gmail since 2016
    "address not found",                               // Gmail since 2016
    "adresse introuvable",                             // Gmail fr
    "adresse nicht gefunden",                          // Gmail de
    "no se ha encontrado la dirección",                // Gmail es
    "endereço não encontrado",                         // Gmail pt
    "indirizzo non trovato",                           // Gmail it
    "адрес не найден",                                 // Gmail ru
    "找不到地址",                                      // Gmail zh
    "未找到该地址",                                    // Outlook zh
    "unknown user:",                                   // IMail
    "unknown user name in",                            // MMDF
    "unrecognised o/r name",                           // PP (X.400)
    "recipient's mailbox unknown",                     // PP (X.400)
    "destination addresses were unknown",              // Netscape, Sun
    "5.4.1 recipient address rejected: access denied", // Exchange Online
    "unknown user \"",                                 // Postfix virtual and local
    "invalid final delivery userid",                   // IMail
    "not listed in domino directory",                  // Domino
    "not listed in public name & address book",        // Notes 4
    "no se encuentra en el directorio de domino",
    "non répertorié dans l'annuaire domino",
    "nicht im domino-verzeichnis",
    "ディレクトリには見つかりません",
    "ディレクトリのリストにありません",
    "please check if address is correct",        // InterScan
    "no mailbox here by that name",              // qmail
    "vdeliver: invalid or unknown virtual user", // vmailmgr
    "user unknown in … table",                   // Postfix's own tables
    "mail.local: unknown user",                  // Sendmail's mail.local
    "error: invalid user address",               // Verizon vtext.com
    "no valid recipients for this mm",           // Verizon vzwpix.com
    ">: user unknown",                           // KDDI: at RCPT; after the data it says ": User unknown"
    "542 … rejected",                            // MessageLabs: address registration
    "does not exist on this system",             // MailEnable, MDaemon
    "account is not a member of this",           // SurgeMail
    "no such user or alias",
    "account does not exist",                                // GoDaddy
    "mailbox not found",                                     // QQ, Yahoo
    "dd this user doesn't have a",                           // Yahoo
    "au moins un destinataire invalide",                     // Orange, La Poste
    "5.5.0 requested action not taken: mailbox unavailable", // Outlook.com
    "mailbox unavailable (s2017062302)",                     // Outlook.com
    "invalid recipient … mimecast",
    "reserved by rfc 2606", // Exchange Online
    "rcp-p1",               // Facebook
    "int-p1",
    "int-p3",
    "int-p4",
    ".i.ua/err/2/",           // i.ua
    "mailbox doesn't exist:", // Dovecot
    "invalid user specified", // maildrop
    "rcpt ( … dosn't exist",  // Coremail, NetEase, Aliyun, so spelled
    "帐号不存在",             // NetEase
    "账号不存在",
    "用户不存在",
    "地址不存在", // QQ
    "邮箱不存在",
    "收件人不存在",
    "邮箱地址有误",
    "查无此人",
    "使用者不存在",
    "無此使用者",
    "帳號不存在",
    "信箱不存在",
    "宛先 … 存在し", // ja: 存在しない, 存在しません
    "宛先不明",
    "アドレスは存在しません",
    "アドレスが見つかりません", // NTT DoCoMo
    "受信者が見つかりません",
    "宛先が見つかりません",
    "존재하지 않는",
];

/// Words of a refusing server about the mailbox. They count as "no such address" only in answer to RCPT: carriers
/// (NTT DoCoMo, KDDI, SoftBank) and filters answer "user unknown" after the data to mail that they merely dislike.
pub const NO_ADDRESS_SAID: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "no such person",
    "nosuchuser",
    "user not found",
    "user … not found",
    "user not known",
    "user does not exist",
    "user … does not exist",
    "is not a known user",
    "not a valid recipient",
    "not a valid mailbox",
    "not a valid user",
    "unknown recipient",
    "recipient unknown",
    "recipient not found",
    "recipient … not found",
    "invalid recipient",
    "bad recipient",
    "invalid mailbox",
    "mailbox invalid",
    "unknown mailbox",
    "mailbox not found",
    "mailbox unavailable",
    "mailbox is unavailable",
    "mailbox is inactive",
    "mailbox not present",
    "no mailbox",
    "mailbox … does not exist",
    "address unknown",
    "unknown address",
    "unknown e-mail address",
    "unknown email address",
    "addressee unknown",
    "invalid address",
    "address invalid",
    "address does not exist",
    "address not present in directory",
    "inactive email address", // iCloud
    "account … does not exist",
    "no account",
    "doesn't have a",
    "does not exist",
    "doesn't exist",
    "dosn't exist", // NetEase, Coremail, so spelled
    "not exist",
    "unknown local",
    "not a local address",
    "recipient is not local",
    "recipient not exist",
    "recipient is not accepted",
    "recipient mailbox is not allowed", // MessageLabs
    "recipient rejected",
    "unknown or illegal alias", // iCloud
    "no longer valid",
    "recipient refuses to accept your mail",
    "bad address",
    "bad destination",
    "undeliverable address",
    "recipient address rejected: access denied", // Exchange Online: 5.4.1
    "recipient address rejected: invalid",
    "recipient address rejected: unknown",
    "user missing home directory",
    "there is no one at this address",
    "user … unknown",
    "not our customer",
    "does not like recipient",
    "invalid user",
    "badrcptto",
    "badrecipientto",
    "validrcptto",
    "not listed in",
    "no existe",
    "nessun utente simile",
    "utilisateur inconnu",
    "destinataire invalide",
    "benutzer … unbekannt",
    "empfänger unbekannt",
    "不存在",
];

/// The program that reports says itself that the account is barred, whatever the server's reply beside it.
pub const BARRED_STATED: &[&str] =
    &["the user(s) account is disabled", "the user(s) account is temporarily limited"]; // KDDI EZweb

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_reach_within_a_sentence() {
        assert!(says("the mailbox of a@b is full now", "mailbox … is full"));
        assert!(!says("your mailbox", "mailbox … is full"));
        let far = format!("mailbox {} is full", "x".repeat(GAP_MAX));
        assert!(!says(&far, "mailbox … is full"));
        assert!(says("user a. user b not found", "user … not found"));
    }

    #[test]
    fn phrases_are_lower_case_and_trimmed() {
        for group in [
            SENDING_LIMIT,
            MAILBOX_FULL,
            SERVER_FULL,
            TOO_BIG,
            MOVED,
            NO_MAIL_SERVICE,
            NO_DOMAIN,
            NO_WAY,
            EXPIRED,
            NO_ADDRESS_STATED,
            NO_ADDRESS_SAID,
            BARRED_STATED,
            super::super::refusals::REFUSED,
        ] {
            for phrase in group {
                assert_eq!(&phrase.to_lowercase(), phrase);
                assert_eq!(phrase.trim(), *phrase);
            }
        }
    }
}
