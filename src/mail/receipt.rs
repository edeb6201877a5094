//! Receipts that programs send as plain mails, without the `multipart/report` of RFC 8098: the mail was read, deleted or
//! received. Known by the prefix of the subject *and* the first sentence, as data; either alone is a person's.

/// Beginnings of subjects: Outlook per language, Notes, GroupWise, Foxmail, NetEase, Mail.ru, Thunderbird, web mailers.
const SUBJECTS: &[&str] = &[
    "read:",
    "not read:",
    "read receipt",
    "return receipt",
    "disposition notification",
    "delivered:",
    "message status - opened",
    "message status - read",
    "message status - deleted",
    "message status - delivered",
    "gelesen:",
    "nicht gelesen:",
    "lesebestätigung",
    "empfangsbestätigung",
    "lu:",
    "lu :",
    "non lu",
    "accusé de lecture",
    "confirmation de lecture",
    "accusé de réception",
    "leído:",
    "no leído:",
    "confirmación de lectura",
    "acuse de recibo",
    "lida:",
    "não lida:",
    "confirmação de leitura",
    "letto:",
    "non letto:",
    "conferma di lettura",
    "ricevuta di ritorno",
    "gelezen:",
    "niet gelezen:",
    "leesbevestiging",
    "przeczytano:",
    "nie przeczytano:",
    "potwierdzenie przeczytania",
    "прочтено:",
    "прочитано:",
    "уведомление о прочтении",
    "開封済み:",
    "開封済み：",
    "開封確認",
    "未開封のまま削除",
    "읽음:",
    "읽음 확인",
    "수신 확인",
    "已读:",
    "已读：",
    "未读:",
    "未读：",
    "已读回执",
    "阅读回执",
    "已讀:",
    "讀取回條",
    "回执",
    "[回执]",
    "【已读】",
    "läst:",
    "læst:",
    "lest:",
    "luettu:",
    "okundu:",
    "přečteno:",
    "olvasott:",
    "elolvasva:",
    "ungelesen:",
    "讀取:",
    "讀取：",
    "未讀取:",
    "未讀:",
    "開封済:",
    "開封済：",
    "未開封:",
    "읽지 않음:",
    "okunmadı:",
    "nepřečteno:",
    "přečtené:",
    "citit:",
    "διαβάστηκε:",
    "прочетено:",
    // Exchange's reports of success, where a gateway made plain mail of them
    "zugestellt:",
    "übermittelt:",
    "remis:",
    "remis :",
    "entregado:",
    "entregue:",
    "recapitato:",
    "consegnato:",
    "bezorgd:",
    "dostarczono:",
    "доставлено:",
    "配信済み:",
    "배달됨:",
    "已送达:",
    "已送达：",
    "已傳遞:",
    "已送達:",
    "投递成功",
    "邮件投递成功",
];

/// What the first lines of such a mail say.
const SENTENCES: &[&str] = &[
    "was read on",
    "was read at",
    "has been read",
    "was displayed on",
    "was deleted without being read",
    "is a receipt for the mail you sent",
    "is a return receipt for the mail",
    "this is a return receipt",
    "this is a receipt",
    "this receipt verifies that the message",
    "was received by:",
    "your message was opened",
    "your message has been opened",
    "has been displayed on the recipient",
    "wurde gelesen",
    "gelesen am",
    "wurde am … gelesen",
    "ungelesen gelöscht",
    "dies ist eine empfangsbestätigung",
    "dies ist eine lesebestätigung",
    "a été lu",
    "a été ouvert",
    "ceci est un accusé",
    "se leyó",
    "ha sido leído",
    "fue leído",
    "foi lida",
    "foi lido",
    "è stato letto",
    "è stata letta",
    "is gelezen",
    "werd gelezen",
    "został przeczytany",
    "została przeczytana",
    "было прочтено",
    "было прочитано",
    "прочитано",
    "開封されました",
    "開封しました",
    "表示されました",
    "읽었습니다",
    "읽음 확인",
    "阅读了",
    "已阅读",
    "已被阅读",
    "已被 … 阅读", // QQ Mail
    "已在 … 阅读", // Outlook
    "已在 … 讀取",
    "已于",
    "已经阅读",
    "已讀取",
    "已打开",
    "收到您发送",
    "阅读回执",
    "已读回执",
    "这是邮件收条",
    "收条",
    "未阅读 … 删除",
    "未讀取 … 刪除",
    "已送达以下收件人",
    "已成功送达",
    "已成功投递",
    "已傳遞給",
    "okundu",
    "okunmadan silindi",
    "byla přečtena",
    "bola prečítaná",
    "elolvasták",
    "a fost citit",
    "읽지 않고 삭제",
    "읽지 않은 상태로 삭제",
    "empfängern zugestellt",
    "empfänger zugestellt",
    "remis aux destinataires suivants",
    "a los siguientes destinatarios",
    "aos seguintes destinatários",
    "ai seguenti destinatari",
    "bezorgd bij de volgende",
    "do następujących adresatów",
    "受信者に配信されました",
    "받는 사람에게 배달되었습니다",
    "lästes",
    "blev læst",
    "ble lest",
];

/// Characters in which a receipt says what it is; receipts are short.
const START_CHARS: usize = 500;
/// A mail of more characters is a letter.
const TEXT_CHARS_MAX: usize = 2_500;

/// Why a mail counts as a receipt.
#[must_use]
pub fn by_words(subject: &str, text: &str) -> Option<String> {
    let subject = subject.trim().to_lowercase();
    let prefix = SUBJECTS.iter().find(|s| subject.starts_with(**s))?;
    if text.chars().nth(TEXT_CHARS_MAX).is_some() {
        return None;
    }
    let start: String = text.chars().take(START_CHARS).collect::<String>().to_lowercase();
    // Who asks about receipts is a person.
    if start.contains(['?', '？']) {
        return None;
    }
    let says = |sentence: &str| match sentence.split_once(" … ") {
        Some((first, second)) => {
            start.find(first).and_then(|at| start.get(at..)).is_some_and(|r| r.contains(second))
        }
        None => start.contains(sentence),
    };
    SENTENCES.iter().any(|s| says(s)).then(|| format!("receipt by its subject (\"{prefix}\") and words"))
}

#[cfg(test)]
mod tests {
    use super::by_words;

    #[test]
    fn receipts_of_programs() {
        for (subject, text) in [
            (
                "Read: Gantt",
                "Your message\n\n  To: Support\n  Subject: Gantt\n\nwas read on Monday, 4 March 2024 10:02.",
            ),
            ("Gelesen: Gantt", "Ihre Nachricht wurde am 4. März gelesen."),
            ("Lu : Gantt", "Votre message a été lu le 4 mars."),
            ("已读：甘特图", "您的邮件 甘特图 已于 2024-03-04 10:02 阅读。"),
            ("已读: 甘特图", "您的邮件\n\n   主题: 甘特图\n\n 已在 2024/3/4 10:02 阅读。"),
            ("已读：甘特图", "您发送的邮件 甘特图 已被收件人 a@lee.example 阅读。"),
            ("已送达: 甘特图", "您的邮件已送达以下收件人:\n\na@lee.example"),
            (
                "Zugestellt: Gantt",
                "Ihre Nachricht wurde den folgenden Empfängern zugestellt:\n\na@lee.example",
            ),
            ("Ungelesen: Gantt", "Ihre Nachricht\n\n   An: Ann\n\n wurde am 2. März ungelesen gelöscht."),
            ("讀取: 甘特圖", "您的郵件\n\n   主旨: 甘特圖\n\n 已在 2024/3/4 10:02 讀取。"),
            ("Okundu: Gantt", "İletiniz\n\n 4 Mart 2024 10:00 tarihinde okundu."),
            ("回执: 甘特图", "这是邮件收条，对方已阅读您的邮件。"),
            ("開封済み: ガント", "メッセージは 3月4日に開封されました。"),
            ("Return Receipt", "Your document: Gantt\nwas received by: Ann/Example\nat: 10:02"),
        ] {
            assert!(by_words(subject, text).is_some(), "{subject}");
        }
    }

    #[test]
    fn people_who_write_about_receipts() {
        for (subject, text) in [
            ("Read: the manual says nothing of exports", "Where do I find it?"),
            ("Read receipts", "How do I switch off that a note was read on opening?"),
            ("Entregado: 5 licencias de 10", "No se ha entregado todo. Faltan cinco."),
            ("已送达：包裹少了一件", "请补发。"),
            ("已读状态不更新", "消息已阅读，但是还显示未读。"),
            ("Delivered: 20 seats, ordered 25", "Please send the rest."),
            ("Re: Read: Gantt", "Your message was read on Monday, but nobody answered."),
        ] {
            assert_eq!(by_words(subject, text), None, "{subject}");
        }
    }
}
