mod answers;
mod edges;
mod stated;
mod systems;

use super::*;

fn mail(subject: &str, text: &str) -> Reading {
    let date = "2024-03-20T09:30:00Z".parse().ok();
    Reading {
        title: subject.to_owned(),
        subject: Some(subject.to_owned()),
        text: text.to_owned(),
        reply: text.to_owned(),
        date,
        date_offset_seconds: Some(0),
        ..Reading::default()
    }
}

fn facts(text: &str, language: &str) -> Fields {
    read(&mail("", text), Some(language)).0
}

fn show(product: Option<&Product>) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    product.map(|p| format!("{} {}", part(&p.name), part(&p.version)).trim().to_owned()).unwrap_or_default()
}

/// Browser, system, device, version, user, organisation, error, steps: what is found of each, empty for nothing.
fn line(f: &Fields) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        show(f.browser.as_ref()),
        show(f.os.as_ref()),
        part(&f.device),
        part(&f.app_version),
        part(&f.username),
        part(&f.organisation),
        part(&f.error_text),
        f.steps_tried.join("; "),
    ]
    .join(" | ")
}

#[test]
fn evidence_names_source_and_words() {
    let text =
        "My login is aisha.khan.\n\nBrowser: Chrome 126\n\nIt fails on Windows 11 since yesterday 15:00.";
    let (fields, evidence) = read(&mail("", text), Some("en"));
    assert_eq!(show(fields.os.as_ref()), "Windows 11");
    let of = |name: &str| evidence.get(name).map(|e| (e.source.as_str(), e.span.as_str())).unwrap();
    assert_eq!(of("browser"), ("label", "Chrome 126"));
    assert_eq!(of("os"), ("prose", "Windows 11"));
    assert_eq!(of("username"), ("prose", "My login is aisha.khan"));
    assert_eq!(of("occurred_at"), ("prose", "since yesterday 15:00"));
    let when = fields.occurred_at.unwrap();
    assert_eq!(when.from.as_deref(), Some("2024-03-19T15:00:00+00:00"));
    assert_eq!(when.to.as_deref(), Some("2024-03-20T09:30:00+00:00"));
}

#[test]
fn the_first_source_counts_and_others_fill_gaps() {
    let mut reading = mail("Crash on Android 14", "It crashes. App version 5.8.2.");
    reading.attached_texts.push(
        "navigator.userAgent: Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0\n"
            .to_owned(),
    );
    let (fields, evidence) = read(&reading, Some("en"));
    assert_eq!(show(fields.os.as_ref()), "Android 14");
    assert_eq!(fields.app_version.as_deref(), Some("5.8.2"));
    assert_eq!(show(fields.browser.as_ref()), "Firefox 123.0");
    assert_eq!(evidence.get("browser").map(|e| e.source.as_str()), Some("attachment"));
}

#[test]
fn a_forward_without_comment_is_read() {
    let mut reading = mail("Fwd: broken", "");
    reading.forwarded = Some(crate::mail::Forwarded {
        body: Some("Username: ann\nIt fails in Chrome 126".to_owned()),
        ..crate::mail::Forwarded::default()
    });
    assert_eq!(line(&read(&reading, Some("en")).0), "Chrome 126 |  |  |  | ann |  |  | ");
}

#[test]
fn an_own_quotation_is_no_statement() {
    let mut reading = mail("Re: broken", "Still broken.");
    reading.in_reply_to.push("a@b".to_owned());
    reading.text = "Still broken.\n\nOn Monday you wrote:\n> Browser: Chrome 126".to_owned();
    reading.quoted = Some("On Monday you wrote:\n> Browser: Chrome 126".to_owned());
    assert_eq!(line(&read(&reading, Some("en")).0), " |  |  |  |  |  |  | ");
}

#[test]
fn environment_blocks_of_programs() {
    let f = facts(
        "- VS Code Version: 1.85.1\n- OS Version: Windows 11 23H2\n\nSteps to Reproduce:\n\n1. Open",
        "en",
    );
    assert_eq!((show(f.os.as_ref()).as_str(), f.app_version.as_deref()), ("Windows 11 23H2", Some("1.85.1")));
    let f = facts(
        "VS Code version: Code 1.85.1 (0ee08df0cf4527e40edc9aa28f4b5bd38bbff2b2, 2023-12-13T09:49:37.021Z)\nOS version: Windows_NT x64 10.0.22631\nModes:\n",
        "en",
    );
    assert_eq!((show(f.os.as_ref()).as_str(), f.app_version.as_deref()), ("Windows 11", Some("1.85.1")));
    let f = facts(
        "Version: 1.97.2 (Universal)\nCommit: e54c774\nDate: 2025-02-12T23:20:35.343Z\nElectron: 32.2.7\nOS: Darwin arm64 24.3.0",
        "en",
    );
    assert_eq!(
        (show(f.os.as_ref()).as_str(), f.app_version.as_deref(), f.occurred_at.is_none()),
        ("macOS 15", Some("1.97.2"), true)
    );
}

#[test]
fn prose_in_seven_languages() {
    for (language, text, wanted) in [
        (
            "en",
            "I'm on Edge 131 under Windows 11. Cleared the cache, no luck. It says \"Session expired\".",
            "Edge 131 | Windows 11 |  |  |  |  | Session expired | Cleared the cache",
        ),
        (
            "zh",
            "我用的是 Edge 131，Windows 11 系统，账号 lina_01。提示“会话已过期”。已经清除过缓存。",
            "Edge 131 | Windows 11 |  |  | lina_01 |  | 会话已过期 | 已经清除过缓存",
        ),
        (
            "de",
            "Ich nutze Firefox 133 unter Windows 10. Mein Benutzername ist k.stolz. Es erscheint „Zugriff verweigert“. Den Cache habe ich geleert.",
            "Firefox 133 | Windows 10 |  |  | k.stolz |  | Zugriff verweigert | Den Cache habe ich geleert",
        ),
        (
            "fr",
            "J’utilise Chrome 131 sous macOS 15.1. Mon identifiant est m.dupont. Le message « Accès refusé » apparaît. J’ai redémarré l’ordinateur.",
            "Chrome 131 | macOS 15.1 |  |  | m.dupont |  | Accès refusé | J’ai redémarré l’ordinateur",
        ),
        (
            "es",
            "Uso Chrome 131 en Windows 11. Mi usuario es jgarcia7. Aparece \"Acceso denegado\". Ya borré la caché.",
            "Chrome 131 | Windows 11 |  |  | jgarcia7 |  | Acceso denegado | Ya borré la caché",
        ),
        (
            "pt",
            "Uso o Chrome 131 no Windows 11. Meu usuário é jsilva2. Aparece \"Acesso negado\". Já limpei o cache.",
            "Chrome 131 | Windows 11 |  |  | jsilva2 |  | Acesso negado | Já limpei o cache",
        ),
        (
            "ja",
            "Windows 11のChrome 131を使っています。ユーザー名はtanaka_mです。「アクセスが拒否されました」と表示されます。キャッシュをクリアしましたが変わりません。",
            "Chrome 131 | Windows 11 |  |  | tanaka_m |  | アクセスが拒否されました | キャッシュをクリアしましたが変わりません",
        ),
    ] {
        assert_eq!(line(&facts(text, language)), wanted, "{text}");
    }
}

#[test]
fn organisations() {
    for (language, text, wanted) in [
        ("zh", "我是金杉食品的管理员，登录不了", "金杉食品"),
        ("zh", "我们公司是远望卫星应用研究所，影响很多人", "远望卫星应用研究所"),
        ("zh", "您好，我们嘉禾乳业目前是团队版", "嘉禾乳业"),
        ("zh", "华鑫水泥计划全集团使用", "华鑫水泥"),
        ("zh", "我司舟行信息在华南有客户", "舟行信息"),
        ("zh", "江北大学项目管理课程想使用", "江北大学"),
        ("zh", "请把抬头从 Sunbridge Ltd 改成 Sunbridge Asia Ltd，谢谢", "Sunbridge Asia Ltd"),
        ("en", "We are Stonebeck Surveyors.", "Stonebeck Surveyors"),
        ("en", "NileCloud would like to resell it", "NileCloud"),
        ("en", "Please reissue it to Laguna Yachts srl.", "Laguna Yachts srl"),
        ("de", "ein Angebot für die Stadtwerke Süd.", "Stadtwerke Süd"),
        ("fr", "Nous sommes un cabinet de conseil, ChantierPlus, et souhaitons", "ChantierPlus"),
        ("es", "a nombre de Naranjal S.L.", "Naranjal S.L"),
        ("ja", "藤森製作所です。300名での導入", "藤森製作所"),
        ("en", "We are Using it. I am from Germany. The Gantt chart is empty.", ""),
        ("zh", "我们公司的任务信息都不见了，错误信息见附件", ""),
    ] {
        assert_eq!(facts(text, language).organisation.unwrap_or_default(), wanted, "{text}");
    }
}

#[test]
fn ordinary_sentences_state_nothing() {
    for (language, text) in [
        ("en", "Your account manager said my account is locked and the user interface is slow."),
        ("en", "Could you reset my password? I want to open the board \"Release 4.2\" in two windows."),
        ("en", "Do you support Safari and HarmonyOS? We have 200 users."),
        ("zh", "请帮忙重置密码，点“我的任务”按钮没有反应。"),
        ("zh", "请问是否支持鸿蒙系统？需要重启吗？"),
        ("de", "Bitte setzen Sie mein Konto zurück, der Benutzer ist gesperrt."),
    ] {
        assert_eq!(line(&facts(text, language)), " |  |  |  |  |  |  | ", "{text}");
    }
}

#[test]
fn a_mailer_completes_a_version_and_names_nothing_by_itself() {
    let mut reading = mail("", "It fails on Linux.");
    reading.mailer =
        Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0".to_owned());
    let (fields, _) = read(&reading, Some("en"));
    assert_eq!((show(fields.os.as_ref()).as_str(), fields.browser.is_none()), ("Linux", true));
    reading.reply = "It fails.".to_owned();
    assert_eq!(line(&read(&reading, Some("en")).0), " |  |  |  |  |  |  | ");
}

#[test]
fn long_and_hostile_texts_end_soon() {
    for piece in [
        "Chrome 126 ",
        "账号：",
        "error: \"",
        "v1.2 ",
        "| a | b\n",
        "我们公司",
        "Mozilla/5.0 (",
        "- \n",
        "2024-",
        "tried ",
        "I work at A ",
        "（",
        "「",
    ] {
        let text = piece.repeat(100_000 / piece.len());
        let _ = facts(&text, "en");
        let _ = facts(&text, "zh");
        let _ = facts(&text, "ja");
    }
}
