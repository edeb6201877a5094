//! By what reports are known that follow no standard, as data: their subjects, senders and first sentences. All lower case.
//!
//! To add a server: its subject and first sentence here, its label or sentence before an address in [`super::layout`], its
//! reasons in [`super::reasons`]; then a row in the tests of [`super`].

/// Beginnings of subjects that only mail systems write. With a machine's address they suffice.
pub const SUBJECTS_OF_SERVERS: &[&str] = &[
    "undelivered mail returned to sender", // Postfix
    "delayed mail (still being retried)",  // Postfix
    "postfix smtp server: errors from",    // Postfix to the postmaster
    "returned mail:",                      // Sendmail
    "returned mail -",
    "warning: could not send message", // Sendmail
    "postmaster notify:",              // Sendmail
    "mail delivery failed",            // Exim, DragonFly, 1&1
    "mail delivery failure",           // MessageLabs
    "mail delivery error",
    "mail delivery warning",
    "mail failure",                 // Exim, MX Logic
    "mail failed",                  // smail
    "message frozen",               // Exim
    "warning: message",             // Exim
    "failure notice",               // qmail
    "failure delivery",             // Yahoo
    "delivery status notification", // Exchange, Gmail, Outlook.com
    "delivery notification:",       // PMDF, Sun
    "delivery failure",             // Domino, Exchange, GroupWise
    "delivery_failure:",            // Domino
    "delivery report",
    "delivery has failed",
    "delivery failed",
    "delivery error",
    "undeliverable:",        // Exchange
    "undeliverable mail",    // IMail, MailMarshal
    "undeliverable message", // Notes
    "undeliverable email",
    "undelivered mail",
    "non-delivery",
    "nondeliverable mail", // X.400, PMDF
    "non delivered mail",
    "notice: mail delivery status", // Courier
    "warning: delayed mail",        // Courier
    "warning - delayed mail",
    "mail system error - returned mail", // KDDI EZweb
    "mail could not be delivered",       // InterScan
    "message status - undeliverable",    // GroupWise
    "message delivery failure",
    "message undeliverable",               // XMail
    "email delivery failure",              // Mimecast
    "[postmaster] email delivery failure", // Mimecast
    "there was an error sending your mail",
    "error sending message",
    "could not send message",
    "permanent delivery failure", // MDaemon
    "permanent error",
    "user unknown",
    "sorry, your mail could not be delivered", // Facebook
    "sorry, your message could not be delivered",
    "bounced mail",
    "waiting mail (", // MMDF
    "failed mail (",  // MMDF
    "smtp error",
    "aws notification message", // Amazon SNS
    "系统退信",                 // QQ, NetEase, Coremail
    "系統退信",
    "退信通知",
    "自动退信",
    "邮件投递失败", // Aliyun
    "邮件发送失败",
    "您的邮件被退回",
    "邮件退回",
    "投递失败",
    "未传递",   // Exchange zh-CN
    "無法傳遞", // Exchange zh-TW
    "未送達",
    "無法傳送",
    "unzustellbar", // Exchange de
    "nicht zugestellt",
    "mailzustellung fehlgeschlagen",
    "non remis", // Exchange fr
    "non_remis",
    "échec de la remise",
    "échec de remise",
    "message non distribué",
    "no se puede entregar", // Exchange es
    "no entregado",
    "no se ha podido entregar",
    "não é possível entregar", // Exchange pt
    "não entregue",
    "não entregável",
    "non recapitabile", // Exchange it
    "mancato recapito",
    "mancata consegna",
    "onbestelbaar", // Exchange nl
    "niet bezorgd",
    "olevererbart", // Exchange sv
    "går inte att leverera",
    "kan ikke leveres",   // Exchange da, nb
    "ei voitu toimittaa", // Exchange fi
    "toimittamaton",
    "nie można dostarczyć", // Exchange pl
    "niedostarczone",
    "nedoručitelné", // Exchange cs
    "nelze doručit",
    "kézbesíthetetlen", // Exchange hu
    "teslim edilemedi", // Exchange tr
    "недоставлен",      // Exchange ru
    "не удалось доставить",
    "не удается доставить",
    "配信不能", // Exchange ja
    "配信不可",
    "配信エラー",
    "送信エラー",
    "配送エラー",
    "メールが配信できません",
    "メールを送信できません",
    "배달되지 않음", // Exchange ko
    "배달할 수 없음",
    "전송 실패",
    "[메일 전송 실패]", // Naver
    "[반송]",           // Daum
    "반송 메일",
    "메일 발송 실패",
    "메일 전송 실패",
    "메일 전송에 실패",
    "falha na entrega", // Locaweb, UOL, Terra
    "falha de entrega",
    "falha ao entregar",
    "mensagem não entregue",
    "mensagem devolvida",
    "mensaje no entregado",
    "correo no entregado",
    "correo devuelto",
    "échec de la distribution",
    "echec de distribution",
    "messaggio non recapitato",
    "messaggio non consegnato",
    "zwrot poczty", // Polish providers
    "zwrot wiadomości",
    "wiadomość niedostarczona",
    "nie dostarczono",
    "bericht niet bezorgd",
    "bericht niet afgeleverd",
    "i̇leti teslim edilemedi",
    "ileti teslim edilemedi",
    "сообщение не доставлено",
    "письмо не доставлено",
    "邮件无法投递",
    "邮件退信",
];

/// Parts of subjects that people write too; they need the server's words beside them.
pub const SUBJECTS: &[&str] = &[
    "undeliver",
    "undelievered",
    "returned mail",
    "mail delivery",
    "delivery status",
    "delivery failure",
    "failure notice",
    "delivery fail",
    "failed delivery",
    "delivery notification",
    "delivery has failed",
    "not delivered",
    "could not be delivered",
    "returned to sender",
    "returning message",
    "non-delivery",
    "nondeliver",
    "non delivered",
    "message status",
    "delivery problem",
    "delivery error",
    "unable to deliver",
    "mail system error",
    "returned email",
    "returned message",
    "mail could not",
    "delayed",
    "delivery report",
    "user unknown",
    "mail failed",
    "error sending",
    "message delivery",
    "mail error",
    "bounced",
    "address change",
    "退信",
    "投递失败",
    "退回",
    "无法送达",
    "无法投递",
    "未送达",
    "发送失败",
    "發送失敗",
    "non remis",
    "devuelto",
    "rückläufer",
    "retour à l'expéditeur",
];

/// Parts of a sender's shown name or address that no person has.
pub const DAEMONS: &[&str] = &[
    "mailer-daemon",
    "mailer_daemon",
    "mailerdaemon",
    "mailer daemon",
    "mail-daemon",
    "mail daemon",
    "maildaemon",
    "mdaemon",
    "mail delivery system",
    "mail delivery subsystem",
    "mail delivery service",
    "mail deliver system", // an MTA of Japanese providers
    "mail.delivery.system",
    "internet mail delivery",
    "mail_delivery",
    "maildelivery",
    "delivery subsystem",
    "microsoftexchange",
    "courier mail server",
    "mail transport",
    "pmdf e-mail interconnect",
    "smtp gateway",
    "memo distribution", // MMDF
    "mmdf@",
    "x.400 administrator", // PP
    "smtp_mail_service",
    "antivirus_for_smtp",
    "@bounce",
    "邮件系统",
    "邮件投递系统",
];

/// Roles behind which people sit as well as programs.
pub const ROLES: &[&str] = &[
    "postmaster",
    "post_master",
    "administrator",
    "admin@",
    "root@",
    "no-reply",
    "noreply",
    "mail system",
    "mailsystem",
    "bounce",
    "imss@",
    "系统管理员",
    "system admin",
];

/// Beginnings of lines with which programs begin a report, and that no one else writes so.
pub const OPENINGS: &[&str] = &[
    "hi. this is the qmail-send program",
    "hi. this is the", // qmail's kin
    "this is the qmail-send program",
    "this message was created automatically by mail delivery software", // Exim
    "this is the mail system at host",                                  // Postfix
    "this is the postfix program at host",
    "this is the mailer-daemon", // OpenSMTPD
    "this is the dragonfly mail agent",
    "this is the mail delivery agent at", // MessageLabs
    "this is the symantec mail security",
    "this is an automatically generated delivery status notification",
    "this is a delivery status notification", // Courier
    "this is a permanent error",
    "this is an advisory-only email",
    "this report relates to a message you sent", // PMDF
    "transcript of session follows",             // Sendmail, Postfix
    "transcript of the session follows",
    "the original message was received at", // Sendmail
    "the following addresses had",          // Sendmail
    "the following address failed",         // 1&1
    "the following message to <",
    "the following recipients",
    "the user(s) account is",              // KDDI EZweb
    "delivery to the following recipient", // Gmail, Exchange
    "delevery to the following recipient", // so spelled
    "delivery of email to this address",
    "did not reach the following recipient", // Exchange 5.5
    "message from interscan",                // Trend Micro
    "failed recipients ---",
    "failure reasons ---",       // Notes
    "failed addresses follow",   // smail, T-Online
    "non-delivered information", // BIGLOBE
    "permanent fatal errors",
    "your message could not be delivered to",
    "your message was not delivered", // KDDI EZweb
    "your message has encountered delivery problems",
    "your message cannot be delivered to the following",
    "your message with subject:",                         // Symantec
    "your mail sent on:",                                 // KDDI
    "could not be delivered to the following recipients", // Symantec
    "could not be delivered because of",                  // MailMarshal
    "could not be delivered to: <",                       // KDDI
    "was not delivered to:",                              // Domino
    "we had trouble delivering your message",
    "we were unable to deliver",
    "error: invalid user address", // Verizon
    "error message below:",        // Verizon
    "unable to deliver message to",
    "unable to deliver your message to",
    "sorry, unable to deliver your message", // EarthLink
    "sorry, i wasn't able to deliver",
    "sorry, your message to",
    "i'm afraid i wasn't able to deliver your message", // qmail
    "an error was detected while processing the enclosed message", // LSMTP, LISTSERV
    "could not deliver message to the following recipient",
    "each of the following recipients was rejected", // KDDI EZweb
    "an error occurred while trying to deliver the mail", // Amazon WorkMail, SES
    "an error has occurred while attempting to deliver", // OpenSMTPD
    "there was an error delivering your mail",
    "votre message n'a pas pu etre delivre",
    "here is your list of failed recipients",
    "this is the machine generated message from mail service", // newmail.ru
    "the following addresses did not receive a copy of your message", // MDaemon
    "the following data may be used to determine",
    "the email below could not be delivered to the following user", // Microsoft SMTPSVC
    "unable to deliver message to the following address",           // Yahoo
    "unable to deliver mail to the following recipient",
    "a message that you sent could not be delivered", // 1&1, MX Logic
    "a message that you have sent could not be delivered",
    "the address to which the message has not yet been delivered is", // Exim
    "a message that you sent has not yet been delivered",             // Exim
    "your message to:",                                               // MessageSwitch
    "we're sorry. there's a problem",                                 // qmail's kin
    "check your send e-mail address",
    "unfortunately, your mail was not delivered",
    "your mail to the following recipients could not be delivered", // AOL
    "message not delivered to the following",
    "the message that you sent was undeliverable to the following", // GroupWise
    "this message was undeliverable due to the following reason",   // Netscape, Sun
    "the following message was undeliverable",
    "a summary of the undelivered message you sent follows",
    "an email that you attempted to send", // Mimecast
    "the following is the error message",
    "the user's mailbox is full",
    "user's mailbox is full", // Prodigy
    "your e-mail message could not be delivered",
    "mail could not be delivered",
    "could not deliver the message",
    "delivery failed for the following recipient",
    "delivery has failed to these recipients or groups", // Exchange 2007 and later
    "couldn't be delivered to the following",            // Office 365
    "このメールは「m-filter」が自動的に生成",
    "以下のメールアドレスへの送信に失敗",
    "抱歉，您的邮件被退回来了",   // NetEase
    "您发送的邮件被退回",         // QQ
    "你的邮件没有送达以下收件人", // Exmail
    "未能将邮件传递给以下收件人", // Outlook zh
    "无法发送到",                 // QQ
    "您的邮件无法投递",
    "失败收件人", // Aliyun
];

/// What a server's own text says somewhere; people say it too.
pub const WORDS: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "not be delivered",
    "was not delivered",
    "wasn't delivered",
    "unable to deliver",
    "delivery failed",
    "delivery has failed",
    "failed permanently",
    "failed to deliver",
    "undeliverable",
    "returned to sender",
    "user unknown",
    "unknown user",
    "your message to",
    "message was not",
    "mail could not",
    "the following address",
    "bounced",
    "recipient",
    "rejected",
    "reason:",
    "non-delivered",
    "delivery errors",
    "invalid user address",
    "无法发送",
    "退回",
    "无法投递",
    "投递失败",
    "未能送达",
    "无法送达",
    "不存在",
    "配信",
    "エラー",
    "送信でき",
    "zugestellt werden",
    "n'a pas pu être",
    "no se pudo entregar",
    "no se ha podido",
    "non è stato possibile",
    "não foi possível",
    "не доставлено",
    "не было доставлено",
    "nie została dostarczona",
    "nie mogła zostać dostarczona",
    "kon niet worden bezorgd",
    "teslim edilemedi",
    "não pôde ser entregue",
    "반송",
    "전송하지 못",
    "보내지 못",
    "전송에 실패",
];

/// Subjects of other machine mail from the same senders.
pub const OTHER_SUBJECTS: &[&str] = &[
    "auto",
    "out of office",
    "vacation",
    "password",
    "verify",
    "verification",
    "welcome",
    "invoice",
    "order",
    "自动回复",
    "验证码",
];

/// Beginnings of `X-Mailer` and `User-Agent` of programs that people write with.
pub const PEOPLES_PROGRAMS: &[&str] = &[
    "apple mail",
    "iphone mail",
    "ipad mail",
    "mozilla",
    "thunderbird",
    "microsoft outlook",
    "microsoft office outlook",
    "microsoft-macoutlook",
    "outlook",
    "foxmail",
    "qqmail",
    "coremail webmail",
    "netease",
    "roundcube",
    "squirrelmail",
    "horde",
    "internet messaging program",
    "mutt",
    "neomutt",
    "k-9",
    "kmail",
    "evolution",
    "claws",
    "sylpheed",
    "the bat!",
    "emclient",
    "mailbird",
    "postbox",
    "spark",
    "airmail",
    "lotus notes",
    "becky",
    "zimbra",
    "open-xchange",
    "aliyun",
    "wemail",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_lower_case() {
        for table in
            [SUBJECTS_OF_SERVERS, SUBJECTS, DAEMONS, ROLES, OPENINGS, WORDS, OTHER_SUBJECTS, PEOPLES_PROGRAMS]
        {
            for words in table {
                assert_eq!(&words.to_lowercase(), words);
            }
        }
    }
}
