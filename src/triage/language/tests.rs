//! Languages of short, mixed and machine-ridden texts.

use super::of;

fn is(text: &str, code: &str, reliable: bool) {
    let l = of(text);
    assert_eq!((l.code.as_deref(), l.reliable), (Some(code), reliable), "{text}");
}

fn guessed(text: &str, code: &str) {
    assert_eq!(of(text).code.as_deref(), Some(code), "{text}");
}

#[test]
fn scripts_decide() {
    is("甘特图无法加载", "zh", true);
    is("甘特圖列印跑版", "zh", true);
    is("升级到 Chrome 126 以后甘特图一直空白", "zh", true);
    is("ガントチャートが表示されません", "ja", true);
    is("간트 차트가 로드되지 않습니다", "ko", true);
    guessed("После обновления мы не видим диаграммы", "ru");
    guessed("Після оновлення ми не бачимо діаграм, є помилка", "uk");
    guessed("Δεν μπορώ να συνδεθώ στον λογαριασμό μου από σήμερα το πρωί", "el");
}

#[test]
fn chinese_with_foreign_terms_and_error_texts_stays_chinese() {
    is(
        "Hi support，我们的 dashboard 今天加载特别慢，Console 里有 \"504 Gateway Timeout\"。user id 是 jwang。",
        "zh",
        true,
    );
    is("请把 invoice 抬头从 Sunbridge Ltd 改成 Sunbridge Asia Ltd，谢谢。", "zh", true);
    is("API 批量更新返回 500", "zh", true);
    is(
        "登录报错 AADSTS50011: The redirect URI specified in the request does not match the redirect URIs configured for the application. Make sure the redirect URI sent in the request matches one added to your application.",
        "zh",
        true,
    );
    is(
        "导出时报错，日志如下：\nTraceback (most recent call last):\n  File \"export.py\", line 41, in push\n    r.raise_for_status()\n\
         requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://api.example.com/v2/boards\n\
         2026-11-20 10:00:01 ERROR [main] com.example.Sync - cannot write the file to the disk\n\
         2026-11-20 10:00:02 ERROR [main] com.example.Sync - cannot write the file to the disk",
        "zh",
        true,
    );
    is(
        "点击 \"Save as template\" 之后显示 \"You do not have permission to save this template, please contact your administrator\"",
        "zh",
        true,
    );
}

#[test]
fn names_of_fields_and_quotations_do_not_make_a_text_chinese() {
    is(
        "Dear support, custom fields named 负责人 and 截止日期 show as question marks in the exported file.",
        "en",
        true,
    );
    guessed("The field 负责人 is empty for all of our tasks", "en");
    is(
        "Bei uns zeigt die Seite seit gestern nur noch \u{201e}甘特图加载失败，请稍后重试\u{201c} an, was können wir tun?",
        "de",
        true,
    );
    is(
        "ボタン「新規作成」を押すと \"Internal server error, please try again later\" と表示されます",
        "ja",
        true,
    );
}

#[test]
fn sentences_count_and_logs_do_not() {
    is(
        "Guten Tag, seit heute kommt beim Öffnen diese Meldung, bitte um Hilfe:\n\
         Uncaught TypeError: Cannot read properties of undefined (reading 'id')\n    at render (https://app.example.com/main.js:1:2)\n\
         GET https://app.example.com/api/boards 500 (Internal Server Error)\n{\"error\":\"the board could not be loaded\"}",
        "de",
        true,
    );
    is(
        "Bonjour, l'application ne démarre plus.\n2026-11-20T10:00:01Z ERROR the service was not able to connect to the server\n\
         2026-11-20T10:00:02Z ERROR the service was not able to connect to the server",
        "fr",
        true,
    );
}

#[test]
fn short_latin_text_needs_several_words_that_no_neighbour_has() {
    is("Chart is empty", "en", false);
    is("The chart is empty", "en", true);
    is("Bitte um Hilfe, das geht nicht", "de", true);
    assert_eq!(of("OK").code, None);
    assert_eq!(of("").code, None);
    assert_eq!(of("#1042").code, None);
    for (text, code) in [
        ("Hola, necesito la factura de marzo a nombre de Naranjal S.L.", "es"),
        ("Olá, preciso da fatura de março.", "pt"),
        ("Queremos cancelar a assinatura.", "pt"),
        ("Queremos cancelar la suscripción.", "es"),
        ("L'invitation de ma collègue a expiré.", "fr"),
        ("Die Kalendersynchronisierung legt alle Termine doppelt an.", "de"),
        ("app just closes", "en"),
        ("Nie mogę się zalogować", "pl"),
        ("Non riesco ad accedere al mio account", "it"),
        ("Ik kan niet meer inloggen", "nl"),
        ("Oturum açamıyorum, lütfen yardım edin", "tr"),
    ] {
        guessed(text, code);
    }
    let long =
        "We upgraded yesterday and since then the chart does not load in any browser we have tried so far.";
    is(long, "en", true);
}
