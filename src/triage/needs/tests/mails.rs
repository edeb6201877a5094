//! Whole mails of own wording in seven languages, and what each does not tell. Reading is not certain, so the share that is right
//! is held, not each row.

use std::collections::BTreeSet;

use crate::{mail, triage::triage};

const ALL: [&str; 5] = super::super::TECHNICAL;
const USER: &str = "username";
const ENVIRONMENT: &str = "environment";
const TIME: &str = "occurred_at";
const EVIDENCE: &str = "evidence";
const STEPS: &str = "steps_tried";

/// Subject, text, what is missing.
const MAILS: &[(&str, &str, &[&str])] = &[
    (
        "看板报错",
        "今天上午十点半打开看板就报错，浏览器是 Edge 129，已经清过缓存，账号 zhouwei。",
        &[EVIDENCE],
    ),
    (
        "附件上传失败",
        "上传附件一直失败，提示“网络异常”。我的登录名是 chenhao，用的是公司电脑 Windows 10。",
        &[TIME, EVIDENCE, STEPS],
    ),
    (
        "手机端闪退",
        "安卓手机（华为 Mate 60）上点开日历就闪退，版本 6.1.0，昨晚开始的，重装过没用。",
        &[USER, EVIDENCE],
    ),
    ("登录不了", "登录不了，一直转圈。", &ALL),
    (
        "报表数据不对",
        "11月20日下午导出的工时报表少了三个人，导出文件见附件，用户名：liuyang，Chrome 130",
        &[EVIDENCE, STEPS],
    ),
    (
        "邮件提醒收不到",
        "从上周三起收不到任务提醒邮件，垃圾箱也找过了，用户名 hesong",
        &[ENVIRONMENT, EVIDENCE],
    ),
    (
        "接口报 401",
        "接口从昨天 18:00 起返回 401：\n{\"code\":401,\"message\":\"token invalid\"}\n我们已经重新生成过令牌。",
        &[USER, ENVIRONMENT],
    ),
    ("搜索不到", "搜索功能搜不到中文任务，Safari 17，macOS 14。试过换关键词。", &[USER, TIME, EVIDENCE]),
    (
        "權限問題",
        "昨天下午開始專案資料夾打不開，顯示無權限。帳號 lin_yj，用 Firefox 131。",
        &[EVIDENCE, STEPS],
    ),
    (
        "Gantt empty",
        "Since yesterday 4 pm the Gantt view is empty in Chrome 130 on Windows 11. User name: mjones. I reloaded and signed out and in.",
        &[EVIDENCE],
    ),
    (
        "Cannot upload",
        "Uploads fail with \"Request entity too large\". I am on Firefox.",
        &[USER, TIME, EVIDENCE, STEPS],
    ),
    (
        "App crash",
        "The iOS app (6.2.1) crashes on my iPhone 15 when I open a comment. Reinstalling did not help. Happens since Monday.",
        &[USER, EVIDENCE],
    ),
    (
        "Sync broken",
        "Calendar sync stopped on 12 November. My account is peter.k.",
        &[ENVIRONMENT, EVIDENCE, STEPS],
    ),
    (
        "500 error",
        "We get this when saving a task:\n\nHTTP/1.1 500 Internal Server Error\nX-Request-Id: 7f3a\n\nUser: anna_b",
        &[ENVIRONMENT, TIME, STEPS],
    ),
    ("Nothing loads", "nothing loads anymore, help", &ALL),
    (
        "Login",
        "My login hgreen is refused since this morning, I tried another browser too.",
        &[ENVIRONMENT, EVIDENCE],
    ),
    (
        "Board frozen",
        "The board freezes when I drag a card. Edge 129, Windows 10, first seen last Friday.",
        &[USER, EVIDENCE, STEPS],
    ),
    (
        "Fehler beim Export",
        "Beim Export nach PDF kommt seit gestern Nachmittag eine Fehlermeldung. Ich nutze Chrome 130 unter Windows 11. Cache geleert habe ich schon.",
        &[USER, EVIDENCE],
    ),
    (
        "Anmeldung geht nicht",
        "Ich kann mich nicht anmelden. Benutzername: s.meier",
        &[ENVIRONMENT, TIME, EVIDENCE, STEPS],
    ),
    (
        "Kalender doppelt",
        "Alle Termine erscheinen doppelt, seit dem Update vom 18. November. Benutzer: kruse, Firefox 132.",
        &[EVIDENCE, STEPS],
    ),
    (
        "Erreur export",
        "Depuis ce matin l'export échoue avec « Erreur interne ». Navigateur : Firefox 132. Identifiant : cdurand.",
        &[EVIDENCE, STEPS],
    ),
    (
        "Page blanche",
        "La page reste blanche. J'ai essayé avec un autre navigateur.",
        &[USER, ENVIRONMENT, TIME, EVIDENCE],
    ),
    (
        "No carga",
        "El tablero no carga desde ayer por la tarde. Uso Chrome 130 en Windows 10. Usuario: jlopez. Ya borré la caché.",
        &[EVIDENCE],
    ),
    ("Error al guardar", "Al guardar una tarea aparece un error.", &ALL),
    (
        "Não abre",
        "O quadro não abre desde ontem às 15h. Usuário: pcosta. Já limpei o cache.",
        &[ENVIRONMENT, EVIDENCE],
    ),
    (
        "Erro",
        "O aplicativo fecha sozinho no meu Samsung Galaxy S24, Android 15.",
        &[USER, TIME, EVIDENCE, STEPS],
    ),
    (
        "表示されない",
        "昨日の午後3時頃からガントチャートが表示されません。ユーザー名：sato_k、Chrome 130、Windows 11です。キャッシュは削除しました。",
        &[EVIDENCE],
    ),
    ("ログインできません", "ログインできません。エラー「認証に失敗しました」が出ます。", &ALL),
    (
        "通知が届かない",
        "11月20日から通知メールが届きません。アカウントは yamada です。",
        &[ENVIRONMENT, EVIDENCE, STEPS],
    ),
    (
        "Timeline",
        "timeline jumps back to 2019 whenever i scroll, chrome on a chromebook, started 2 days ago",
        &[USER, EVIDENCE, STEPS],
    ),
];

/// Of what is said to be missing, and of what is missing, this share at least is right (harmonic mean).
const F1_MIN: f64 = 0.92;

#[test]
fn whole_mails_lack_what_they_do_not_tell() {
    let (mut right, mut said, mut wanted) = (0_u32, 0_u32, 0_u32);
    let mut wrong = Vec::new();
    for (subject, text, missing) in MAILS {
        let bytes = format!(
            "From: A <a@client.example>\r\nTo: support@desk.example\r\nSubject: {subject}\r\n\
             Date: Thu, 26 Nov 2026 10:00:00 +0800\r\nMessage-ID: <x@client.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        );
        let read = triage(&mail::read(bytes.as_bytes(), &mail::ReadPolicy::default()));
        let found: BTreeSet<&str> = read.missing.iter().map(String::as_str).collect();
        let expected: BTreeSet<&str> = missing.iter().copied().collect();
        let count = |set: usize| u32::try_from(set).unwrap();
        right += count(found.intersection(&expected).count());
        said += count(found.len());
        wanted += count(expected.len());
        if found != expected {
            wrong.push((subject, found.into_iter().map(str::to_owned).collect::<Vec<_>>()));
        }
    }
    let f1 = 2.0 * f64::from(right) / f64::from(said + wanted);
    assert!(f1 >= F1_MIN, "{f1:.3}: {wrong:#?}");
}
