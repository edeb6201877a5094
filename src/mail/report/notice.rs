//! The third shape of report: JSON of a sending service. Amazon SES publishes bounces, complaints and deliveries through
//! SNS, which mails them as the body of a plain text (Amazon SES Developer Guide, "notification contents").

use serde_json::Value;

use super::Finding;

/// What a notification tells.
#[derive(Debug, Default)]
pub struct Notice {
    pub complaint: bool,
    pub recipients: Vec<Finding>,
    pub message_id: Option<String>,
}

/// Longest notification that is read.
const JSON_BYTES_MAX: usize = 256 * 1024;

/// Sub-types of a bounce in words that other servers use for the same.
const SUB_TYPES: &[(&str, &str)] = &[
    ("NoEmail", "no such recipient"),
    ("MailboxFull", "mailbox full"),
    ("MessageTooLarge", "message too large"),
    ("ContentRejected", "content rejected"),
    ("AttachmentRejected", "content rejected"),
    ("Suppressed", "on the suppression list"),
    ("OnAccountSuppressionList", "on the suppression list"),
];

/// Reads the notification that a text is.
#[must_use]
pub fn read(text: &str) -> Option<Notice> {
    let text = text.trim_start();
    if !text.starts_with('{') || text.len() > JSON_BYTES_MAX {
        return None;
    }
    // Sendmail breaks lines of more than 990 bytes with `!`, a line end and a blank.
    let joined = text.replace("!\n ", "");
    let value = object(&joined)?;
    let value = match value.get("Message").and_then(Value::as_str) {
        Some(inner) => object(inner)?,
        None => value,
    };
    let kind = value.get("notificationType").or_else(|| value.get("eventType"))?.as_str()?;
    let mut notice = match kind {
        "Bounce" => Notice { recipients: bounced(value.get("bounce")?), ..Notice::default() },
        "Complaint" => Notice {
            complaint: true,
            recipients: addresses(value.get("complaint")?.get("complainedRecipients")?, "failed"),
            ..Notice::default()
        },
        "Delivery" => {
            let delivery = value.get("delivery")?;
            let mut recipients = addresses(delivery.get("recipients")?, "delivered");
            for recipient in &mut recipients {
                recipient.diagnostic = text_of(delivery, "smtpResponse");
            }
            Notice { recipients, ..Notice::default() }
        }
        "DeliveryDelay" => Notice {
            recipients: addresses(value.get("deliveryDelay")?.get("delayedRecipients")?, "delayed"),
            ..Notice::default()
        },
        _ => return None,
    };
    notice.message_id = value.get("mail").and_then(message_id);
    Some(notice)
}

/// The first object of a text; what follows it (how to unsubscribe) is no part of it.
fn object(text: &str) -> Option<Value> {
    serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok().filter(Value::is_object)
}

fn text_of(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn bounced(bounce: &Value) -> Vec<Finding> {
    let kind = text_of(bounce, "bounceSubType").unwrap_or_default();
    let meaning = SUB_TYPES.iter().find(|(name, _)| *name == kind).map_or("", |(_, words)| words);
    let mut found = addresses(bounce.get("bouncedRecipients").unwrap_or(&Value::Null), "failed");
    for one in &mut found {
        one.words = meaning.to_owned();
    }
    found
}

fn addresses(list: &Value, action: &str) -> Vec<Finding> {
    let of = |item: &Value| {
        let address = item.as_str().map(str::to_owned).or_else(|| text_of(item, "emailAddress"))?;
        let diagnostic = text_of(item, "diagnosticCode");
        Some(Finding {
            address: Some(address),
            action: text_of(item, "action").or_else(|| Some(action.to_owned())),
            status: text_of(item, "status"),
            diagnostic: diagnostic
                .map(|d| d.split_once(';').map_or(d.as_str(), |(_, t)| t).trim().to_owned()),
            ..Finding::default()
        })
    };
    list.as_array().into_iter().flatten().take(super::RECIPIENTS_MAX).filter_map(of).collect()
}

/// The Message-ID that was sent: SES replaces it, but keeps ours among the copied fields.
fn message_id(mail: &Value) -> Option<String> {
    let headers = mail.get("headers").and_then(Value::as_array);
    let field = headers.into_iter().flatten().find(|h| {
        h.get("name").and_then(Value::as_str).is_some_and(|n| n.eq_ignore_ascii_case("Message-ID"))
    });
    let id = field
        .and_then(|h| text_of(h, "value"))
        .or_else(|| mail.get("commonHeaders").and_then(|h| text_of(h, "messageId")))?;
    crate::mail::ids::one(id.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNCE: &str = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"NoEmail","bouncedRecipients":[{"emailAddress":"a@b.org","status":"5.1.1","action":"failed","diagnosticCode":"smtp; 550 5.1.1 unknown"}]},"mail":{"messageId":"0100","headers":[{"name":"Message-ID","value":"<m1@desk.example>"}]}}"#;

    #[test]
    fn bounce_with_and_without_an_envelope_of_sns() {
        let envelope = serde_json::json!({"Type": "Notification", "Message": BOUNCE}).to_string();
        for text in [BOUNCE.to_owned(), format!("{BOUNCE}\n\n--\nIf you wish to stop"), envelope] {
            let notice = read(&text).unwrap();
            let one = &notice.recipients[0];
            assert_eq!((one.address.as_deref(), one.status.as_deref()), (Some("a@b.org"), Some("5.1.1")));
            assert_eq!(notice.message_id.as_deref(), Some("m1@desk.example"));
        }
    }

    #[test]
    fn other_kinds_and_other_texts() {
        let complaint = r#"{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"a@b.org"}]},"mail":{}}"#;
        assert!(read(complaint).unwrap().complaint);
        let delivery = r#"{"eventType":"Delivery","delivery":{"recipients":["a@b.org"],"smtpResponse":"250 ok"},"mail":{}}"#;
        assert_eq!(read(delivery).unwrap().recipients[0].action.as_deref(), Some("delivered"));
        for text in ["Hello", "{", "{\"error\": 500}", "{}"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
