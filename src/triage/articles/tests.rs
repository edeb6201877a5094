//! A shelf of articles, and mails that some of them answer and most do not.

use super::{Article, Index};

fn article(name: &str, source: &str) -> Article {
    Article::parse(name, source).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn shelf() -> Index {
    let of = |name: &str, language: &str, title: &str, tags: &str, text: &str| {
        article(
            name,
            &format!(
                "---\ntitle: {title}\nlanguages: [{language}]\ntags: [{tags}]\nurl: https://help.example.com/{name}\n---\n{text}\n"
            ),
        )
    };
    Index::build(vec![
        of(
            "gantt-zh",
            "zh",
            "甘特图空白时的处理办法",
            "甘特图, 白屏, 空白, 不显示",
            "升级后如果甘特图一片空白，请关闭浏览器的硬件加速，然后强制刷新页面。",
        ),
        of(
            "password-zh",
            "zh",
            "如何重置密码",
            "忘记密码, 重置密码, 登录密码",
            "在登录页点击“忘记密码”，输入邮箱，按邮件里的链接设置新密码。",
        ),
        of(
            "invoice-zh",
            "zh",
            "如何开具发票",
            "发票, 开票, 专票, 增值税",
            "在“账单”里点击“申请发票”，填写抬头和税号。",
        ),
        of(
            "export-zh",
            "zh",
            "导出数据到 Excel",
            "导出, Excel, CSV",
            "在列表右上角选择“导出”。超过一万行时会分成几个文件。",
        ),
        of(
            "wecom-zh",
            "zh",
            "企业微信收不到通知",
            "企业微信, 通知, 推送",
            "请检查应用的可见范围，并重新授权企业微信。",
        ),
        of("members-zh", "zh", "邀请成员和分配角色", "邀请成员, 角色, 权限", "管理员可以在成员页邀请同事。"),
        of(
            "gantt-en",
            "en",
            "Gantt chart stays blank after an upgrade",
            "gantt, blank, white screen",
            "Switch off hardware acceleration in your browser and reload the page.",
        ),
        of(
            "password-en",
            "en",
            "How to reset your password",
            "forgot password, reset password",
            "Click Forgot password on the sign-in page. We mail you a link.",
        ),
        of(
            "two-factor-en",
            "en",
            "Two-factor codes are rejected",
            "2FA, authenticator, code",
            "Codes depend on the clock of your phone. Switch on automatic time.",
        ),
        of(
            "import-en",
            "en",
            "Import tasks from a CSV file",
            "import, csv, excel, columns",
            "Save the file as UTF-8. The first line names the columns.",
        ),
        of(
            "api-en",
            "en",
            "Rate limits of the API",
            "api, rate limit, 429",
            "Each token may make 300 requests a minute; then the API answers 429.",
        ),
        of(
            "vat-en",
            "en",
            "Add a VAT number to your invoices",
            "vat, invoice, tax number",
            "Open Billing, then Invoice details.",
        ),
        of(
            "billing-en",
            "en",
            "Change your billing date",
            "billing date, renewal",
            "Owners change it under Billing.",
        ),
        of(
            "kalender-de",
            "de",
            "Kalender mit Outlook abgleichen",
            "Kalender, Outlook, Synchronisierung",
            "Öffnen Sie die Einstellungen und verbinden Sie Outlook.",
        ),
    ])
}

fn offered(subject: &str, text: &str, language: &str) -> Vec<String> {
    shelf().search(subject, text, language).into_iter().map(|hit| hit.article.name.clone()).collect()
}

#[test]
fn the_article_of_the_matter_comes_first() {
    for (subject, text, language, first) in [
        ("甘特图无法加载", "升级后甘特图一直空白，已经清除缓存并重新登录，还是不行。", "zh", "gantt-zh"),
        ("登录问题", "您好，我忘记密码了，怎么重置？", "zh", "password-zh"),
        ("开发票", "请为 2 月份的订阅费开具增值税专用发票，抬头见附件。", "zh", "invoice-zh"),
        ("请教", "怎样把任务列表导出成 Excel？", "zh", "export-zh"),
        ("通知", "从三月十二号开始，企业微信里收不到任务通知，邮件通知正常。", "zh", "wecom-zh"),
        ("Chart", "Since the upgrade the Gantt chart is blank for all of us.", "en", "gantt-en"),
        ("Locked out", "I forgot my password and need to reset it.", "en", "password-en"),
        ("Locked out", "The code from my authenticator is rejected.", "en", "two-factor-en"),
        ("CSV import", "How do I import our tasks from a CSV file?", "en", "import-en"),
        ("429", "The API answers 429, what is your rate limit?", "en", "api-en"),
        (
            "VAT number on invoice",
            "The invoice INV-0099 lacks our VAT number. Please reissue it.",
            "en",
            "vat-en",
        ),
        ("Outlook", "Wie kann ich den Kalender mit Outlook synchronisieren?", "de", "kalender-de"),
    ] {
        assert_eq!(
            offered(subject, text, language).first().map(String::as_str),
            Some(first),
            "{subject}: {text}"
        );
    }
}

#[test]
fn none_is_offered_where_none_is_good() {
    for (subject, text, language) in [
        ("看板拖不动", "昨天下午三点左右开始，看板上的卡片拖不动了。我用的是 Edge 121。", "zh"),
        ("甘特图打印", "打印甘特图时右边被切掉。", "zh"),
        ("用不了", "你们的软件用不了了，快点解决！！", "zh"),
        ("500 人批量采购", "华鑫水泥计划全集团使用，请给一份批量授权报价和折扣政策。", "zh"),
        ("权限", "我们部门的文件夹在左侧栏消失，管理员说权限没动过。", "zh"),
        ("任务全部丢失", "刷新页面之后任务全部不见了，回收站也没有。", "zh"),
        ("Timeline flickers", "The timeline flickers on Windows 10 with Edge 122.", "en"),
        ("help", "Nothing works since this morning. Please fix it asap.", "en"),
        ("Comments", "Comments are sorted wrongly on the board. I am on Firefox 122.", "en"),
        ("Pricing", "What volume discount do you offer for a three-year term?", "en"),
        ("Chart", "The burndown chart is wrong after the weekend.", "en"),
        ("Phone", "The app on my phone does not open links.", "en"),
        ("Angebot", "Bitte senden Sie uns ein Angebot über 80 Lizenzen.", "de"),
        ("", "", "en"),
        // The right matter in a language for which there is no article.
        ("Mot de passe", "J'ai oublié mon mot de passe, comment le réinitialiser ?", "fr"),
        // A log names much; what the client writes counts.
        (
            "Sync",
            "Sync never ends.\n2026-11-20 10:00:01 ERROR import csv columns tasks file api rate limit 429 token",
            "en",
        ),
    ] {
        assert_eq!(offered(subject, text, language), Vec::<String>::new(), "{subject}: {text}");
    }
}

#[test]
fn only_a_mail_about_nothing_else_is_answered_by_an_article() {
    let shelf = shelf();
    let answers = |subject: &str, text: &str, language: &str| {
        shelf.search(subject, text, language).iter().any(|hit| hit.answers)
    };
    assert!(answers("如何重置密码", "忘记密码了，怎么重置密码？", "zh"));
    assert!(answers("Two-factor", "My two-factor codes from the authenticator are rejected.", "en"));
    assert!(!answers("Password", "My password is refused on the phone.", "en"));
}

#[test]
fn heads_are_read_as_static_sites_write_them() {
    let yaml = article(
        "a",
        "---\ntitle: \"A: b\"\ntags:\n  - one\n  - two words\nlang: zh-CN\n---\n# No\n\nFirst **paragraph**\nhere.\n\nSecond.",
    );
    assert_eq!(yaml.title, "A: b");
    assert_eq!(yaml.tags, ["one", "two words"]);
    assert_eq!(yaml.languages, ["zh"]);
    assert_eq!(yaml.summary, "First paragraph here.");
    let toml =
        article("b", "+++\ntitle = 'B'\ntags = [\"x\", \"y\"]\nurl = \"https://e.example/b\"\n+++\ntext");
    assert_eq!(
        (toml.title.as_str(), toml.tags.len(), toml.url.as_deref()),
        ("B", 2, Some("https://e.example/b"))
    );
    assert_eq!(article("c", "# Heading\n\ntext").title, "Heading");
    assert_eq!(article("d", "---\r\ntitle: D\r\n---\r\nx").text, "x");
    assert!(Article::parse("e", "no title at all").is_err());
    assert!(Article::parse("f", "---\ntitle: F\nnever ends").is_err());
    let dangerous = article("g", "---\ntitle: G\nurl: javascript:alert(1)\n---\nx");
    assert_eq!(dangerous.url, None);
}

#[test]
fn articles_are_found_by_name() {
    let shelf = shelf();
    assert_eq!(shelf.named("Password-EN", &[]).map(|a| a.title.as_str()), Some("How to reset your password"));
    assert_eq!(shelf.named("nothing", &["en"]), None);
    assert_eq!(shelf.articles().len(), 14);
    assert!(Index::default().search("a", "b", "en").is_empty());
}

#[test]
fn translations_share_a_name() {
    let of = |name: &str, language: &str| {
        article(name, &format!("---\ntitle: {name}\nlanguages: [{language}]\n---\ntext"))
    };
    for (name, language, family) in [
        ("export.zh", "zh", "export"),
        ("export-EN", "en", "export"),
        ("export_pt-BR", "pt", "export"),
        ("export.zh", "en", "export.zh"),
        ("open-endless", "en", "open-endless"),
        ("en", "en", "en"),
        ("-en", "en", "-en"),
    ] {
        assert_eq!(of(name, language).family(), family, "{name}");
    }
    let index =
        Index::build(vec![of("export", "en"), of("export.zh", "zh"), of("import", "zh"), of("import", "en")]);
    let named = |name: &str, languages: &[&str]| {
        index.named(name, languages).map(|a| (a.name.as_str(), a.languages[0].as_str()))
    };
    assert_eq!(named("export", &["zh", "en"]), Some(("export.zh", "zh")));
    assert_eq!(named("Export", &["ja", "en"]), Some(("export", "en")));
    assert_eq!(named("export.zh", &["en"]), Some(("export.zh", "zh")), "who names a translation gets it");
    assert_eq!(named("import", &["en"]), Some(("import", "en")));
    assert_eq!(named("import", &["fr"]), Some(("import", "zh")), "else any");
    assert_eq!(index.count(), 2);
    let nearest: Vec<&str> = index.nearest("imprt", &["en"], 9).iter().map(|a| a.name.as_str()).collect();
    assert_eq!(nearest, ["import", "export"]);
    assert_eq!(index.nearest("", &["en"], 1).len(), 1);
}
