//! Every kind of letter with invented contents: rendered once at start, so that a template's mistake shows before the
//! first mail and not in it.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use super::{Frame, Templates, templates::position, try_render};
use crate::{
    desk::{
        AgentPolicy, ArticleBrief, Ask, BundleItem, Conversation, Digest, DigestLine, EventBrief, Fact,
        FileBrief, Guess, Hints, Letter, LetterBody, MailboxPolicy, Matter, MessageKind, NotificationCause,
        PersonId, Policy, Priority, RelatedTicket, Said, SentArticle, Silenced, SimilarTicket, State,
        TicketBrief, TicketId, Understanding,
    },
    mail::Address,
    triage::secrets::SecretKind,
};

mod problems;

use problems::problems;

/// 2026-11-23 16:00 in Shanghai, a Monday.
const NOW: Timestamp = Timestamp::constant(1_795_420_800, 0);

/// All mistakes that show only when letters are rendered, each once.
pub(super) fn try_all(templates: &Templates) -> Vec<String> {
    let (policy, zone) = (policy(), TimeZone::UTC);
    let mut mistakes = Vec::new();
    for language in templates.languages() {
        for ticket in [Some(TicketId(1042)), None] {
            for (_, letter) in letters(language) {
                if let Err(e) = try_render(&letter, &frame(&policy, &zone, ticket), templates) {
                    let mistake = position(templates, &e);
                    if !mistakes.contains(&mistake) {
                        mistakes.push(mistake);
                    }
                }
            }
        }
    }
    mistakes
}

/// A frame on the sample policy.
#[must_use]
pub fn frame<'a>(policy: &'a Policy, zone: &'a TimeZone, ticket: Option<TicketId>) -> Frame<'a> {
    static MAILBOX: std::sync::LazyLock<MailboxPolicy> = std::sync::LazyLock::new(mailbox);
    Frame {
        policy,
        mailbox: &MAILBOX,
        ticket,
        reply_address: "support+reply@example.com",
        desk_address: "support+desk@example.com",
        zone,
        now: NOW,
    }
}

fn mailbox() -> MailboxPolicy {
    MailboxPolicy {
        name: "support".to_owned(),
        address: "support@example.com".to_owned(),
        ..MailboxPolicy::default()
    }
}

/// A desk with two of the built-in categories and one of its own.
#[must_use]
pub fn policy() -> Policy {
    let agent = |name: &str, address: &str| AgentPolicy {
        name: name.to_owned(),
        address: address.to_owned(),
        languages: vec!["en".to_owned()],
        ..AgentPolicy::default()
    };
    Policy {
        desk_name: "Example Support".to_owned(),
        default_language: "en".to_owned(),
        official_addresses: vec!["support@example.com".to_owned()],
        zone: "UTC".to_owned(),
        mailboxes: vec![mailbox()],
        agents: vec![agent("Bob Miller", "bob@example.com"), agent("王芳", "fang@example.com")],
        categories: ["technical", "account", "spare parts"].map(str::to_owned).to_vec(),
        ..Policy::default()
    }
}

fn person(name: &str, address: &str) -> Address {
    Address { name: Some(name.to_owned()), address: address.to_owned() }
}

/// Minutes after [`NOW`].
fn after(minutes: i64) -> Timestamp {
    NOW.saturating_add(jiff::SignedDuration::from_mins(minutes)).unwrap_or(NOW)
}

/// A ticket with everything set.
fn brief() -> TicketBrief {
    let event = |minutes, actor: &str, kind: &str, detail: &str| EventBrief {
        at: after(minutes),
        actor: actor.to_owned(),
        kind: kind.to_owned(),
        detail: detail.to_owned(),
    };
    TicketBrief {
        subject: "甘特图无法加载".to_owned(),
        state: State::Open,
        category: Some("technical".to_owned()),
        priority: Priority::High,
        team: Some("plan".to_owned()),
        assignee: Some("fang@example.com".to_owned()),
        requester: person("李娜", "lina@huaxia.example"),
        requester_proven: true,
        proposed_by: Some("bob@example.com".to_owned()),
        others: vec![person("王伟", "wei@huaxia.example")],
        first_response_due_at: Some(after(120)),
        history: vec![
            event(-50, "maildesk", "created", ""),
            event(-20, "bob@example.com", "category", "account -> technical"),
            event(-15, "bob@example.com", "refused", "nothing was done and nothing was sent"),
            event(-10, "bob@example.com", "reply", "36 words"),
            event(-5, "maildesk", "facts", "username, occurred_at"),
        ],
        matter: matter(),
        guesses: Vec::new(),
    }
}

/// Most of what a mail can tell, one fact of an earlier ticket and one of the operator's own; a screenshot is missing.
fn matter() -> Matter {
    let fact = |value: &str, source: &str| Fact {
        value: value.to_owned(),
        source: source.to_owned(),
        confidence: 90,
        from: None,
        to: None,
    };
    let time = Fact {
        from: Some(after(-1530)), to: Some(after(-1470)), ..fact("昨天下午三点左右", "prose")
    };
    let facts = [
        ("username", fact("lina01", "history")),
        ("browser", fact("Chrome 126", "prose")),
        ("os", fact("Windows 11", "prose")),
        ("occurred_at", time),
        ("error_text", fact("chart <script>alert(1)</script> {{ config }} failed & stopped", "prose")),
        ("steps_tried", fact("清除缓存\n重新登录", "prose")),
        ("invoice_title", fact("华夏科技有限公司", "label")),
    ];
    Matter {
        facts: facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect(),
        asked: vec!["evidence".to_owned()],
        asked_elsewhere: Vec::new(),
    }
}

fn understanding() -> Understanding {
    let ask =
        |name: &str, label: Option<&str>| Ask { name: name.to_owned(), label: label.map(str::to_owned) };
    let article = |title: &str, url: Option<&str>, summary: &str| ArticleBrief {
        title: title.to_owned(),
        url: url.map(str::to_owned),
        summary: summary.to_owned(),
    };
    Understanding {
        facts: matter().facts,
        asks: vec![ask("environment", None), ask("evidence", None), ask("invoice_title", Some("发票抬头"))],
        articles: vec![
            article("甘特图空白时的处理办法", Some("https://help.example.com/zh/articles/charts/blank"), ""),
            article("Hardware acceleration", None, "Open Settings, then Charts, and switch it off."),
        ],
        secrets: vec![SecretKind::Password, SecretKind::Card],
        known_outage: false,
    }
}

/// A ticket with nothing set.
fn bare_brief() -> TicketBrief {
    TicketBrief {
        category: None,
        team: None,
        assignee: None,
        requester: Address { name: None, address: "lina@huaxia.example".to_owned() },
        requester_proven: false,
        proposed_by: None,
        others: Vec::new(),
        first_response_due_at: None,
        history: Vec::new(),
        matter: Matter::default(),
        ..brief()
    }
}

const CLIENT_TEXT: &str = "您好：\n\n升级后甘特图一直空白，已经清除缓存并重新登录，还是不行。浏览器是 Chrome 126，系统是 Windows 11，昨天下午三点左右开始。\n\n    Error: chart <script>alert(1)</script> {{ config }} failed & stopped\n\n谢谢\n李娜";

const AGENT_TEXT: &str = "Dear Li Na,\n\nthank you for the details. Please open Settings, then Charts, and switch off “Hardware acceleration”; the chart should be back after a reload. The steps with pictures:\nhttps://help.example.com/en/articles/charts/what-to-do-when-the-gantt-chart-stays-blank-after-an-upgrade\n\nIf it stays blank, send us the log, and we look into it today.\n\nKind regards\nBob Miller";

/// Every kind of letter, full and bare, under the name of its golden files.
#[must_use]
pub fn letters(language: &str) -> Vec<(&'static str, Letter)> {
    let letter = |body| Letter {
        to: person("Bob Miller", "bob@example.com"),
        person: PersonId(7),
        language: language.to_owned(),
        reply_purpose: None,
        automatic: None,
        in_reply_to: None,
        references: Vec::new(),
        files: Vec::new(),
        body,
    };
    let mut all = client_bodies();
    all.extend(staff_bodies());
    all.extend(guessed_bodies());
    all.extend(hinted_bodies());
    all.extend(answer_bodies());
    all.into_iter().map(|(name, body)| (name, letter(body))).collect()
}

fn client_bodies() -> Vec<(&'static str, LetterBody)> {
    let reply = |text: &str| LetterBody::Reply {
        agent_name: "Bob Miller".to_owned(),
        subject: "Re: 甘特图无法加载".to_owned(),
        text: text.to_owned(),
        articles: Vec::new(),
    };
    let subject = Some("回复：Re: 甘特图无法加载".to_owned());
    vec![
        (
            "acknowledgement",
            LetterBody::Acknowledgement {
                subject,
                promise: Some(after(1080)),
                continues: Some(TicketId(977)),
                understanding: understanding(),
            },
        ),
        (
            "acknowledgement_plain",
            LetterBody::Acknowledgement {
                subject: Some("Invoice".to_owned()),
                promise: Some(after(1080)),
                continues: None,
                understanding: Understanding::default(),
            },
        ),
        (
            "acknowledgement_unproven",
            LetterBody::Acknowledgement {
                subject: None,
                promise: None,
                continues: None,
                understanding: Understanding {
                    facts: BTreeMap::new(),
                    articles: understanding().articles.split_off(1),
                    ..understanding()
                },
            },
        ),
        (
            "acknowledgement_outage",
            LetterBody::Acknowledgement {
                subject: Some("甘特图无法加载".to_owned()),
                promise: Some(after(1080)),
                continues: None,
                understanding: Understanding { known_outage: true, ..Understanding::default() },
            },
        ),
        ("reply", reply(AGENT_TEXT)),
        ("reply_unsigned", reply("已经修好了，请刷新页面再试。")),
        ("reply_article", with_articles(reply(""), 1)),
        ("reply_articles", with_articles(reply("Dear Li Na,\n\nplease try this first.\n\nBob Miller"), 2)),
    ]
}

fn with_articles(body: LetterBody, count: usize) -> LetterBody {
    let LetterBody::Reply { agent_name, subject, text, .. } = body else { return body };
    let article = |title: &str, url: Option<&str>, text: &str| SentArticle {
        name: "charts".to_owned(),
        title: title.to_owned(),
        url: url.map(str::to_owned),
        text: text.to_owned(),
    };
    let mut articles = vec![
        article(
            "When the Gantt chart stays blank",
            Some("https://help.example.com/en/articles/charts"),
            ARTICLE,
        ),
        article("甘特图空白时的处理办法", None, "打开**设置**，再打开图表，\n关闭“硬件加速”。"),
    ];
    articles.truncate(count);
    LetterBody::Reply { agent_name, subject, text, articles }
}

/// A bit of everything that articles are made of.
const ARTICLE: &str = "# When the Gantt chart stays blank\n\nThis is what helps **most** of the time, in *any* browser.\n\n## Clear the cache\n\n1. Open `Settings`, then [Privacy](https://help.example.com/en/articles/privacy).\n2. Choose one:\n   - Cached files\n   - Everything\n3. Sign in again.\n\n```sh\nmaildesk-app --reset {{ config }}\n  && <b>done</b>\n```\n\n> Your plans are not touched.\n\nMore: [cookies](/en/articles/cookies), [graphics](https://help.example.com/en/articles/graphics).\n";

fn staff_bodies() -> Vec<(&'static str, LetterBody)> {
    let notification = |cause, brief, files: Vec<FileBrief>| LetterBody::Notification {
        cause,
        brief,
        author: (cause == NotificationCause::Stranger).then(|| person("Mallory", "mallory@other.example")),
        note: (cause == NotificationCause::Assigned).then(|| "She is on the phone until noon.".to_owned()),
        text: CLIENT_TEXT.to_owned(),
        secrets: if cause == NotificationCause::NewTicket { vec![SecretKind::Password] } else { Vec::new() },
        quoted: !files.is_empty(),
        files_left_out: files.len() == 1,
        files,
        hints: Hints::default(),
    };
    let returned = |cause, brief| LetterBody::Notification {
        cause,
        brief,
        author: None,
        note: Some(
            "550 5.1.1 User unknown; see https://mail.huaxia.example/help/5.1.1 <script>x</script>"
                .to_owned(),
        ),
        text: CLIENT_TEXT.to_owned(),
        secrets: Vec::new(),
        quoted: false,
        files: Vec::new(),
        files_left_out: false,
        hints: Hints::default(),
    };
    let file = |name: &str, size_bytes| FileBrief { name: name.to_owned(), size_bytes };
    let files = vec![file("截图 1.png", 348_211), file("browser.log", 812)];
    let late = TicketBrief { first_response_due_at: Some(after(-130)), ..bare_brief() };
    vec![
        ("notification", notification(NotificationCause::NewTicket, brief(), files)),
        ("notification_bare", notification(NotificationCause::ClientAnswered, bare_brief(), Vec::new())),
        ("notification_reopened", notification(NotificationCause::Reopened, late, vec![file("video.mp4", 48_400_000)])),
        ("notification_assigned", notification(NotificationCause::Assigned, brief(), Vec::new())),
        ("notification_claims_staff", notification(NotificationCause::ClaimsStaff, bare_brief(), Vec::new())),
        ("notification_stranger", notification(NotificationCause::Stranger, brief(), Vec::new())),
        ("notification_unreachable", returned(NotificationCause::Unreachable, brief())),
        ("notification_undelivered", returned(NotificationCause::Undelivered, bare_brief())),
        ("reminder", LetterBody::Reminder { brief: TicketBrief { assignee: None, ..brief() }, due_at: after(24) }),
        ("reminder_late", LetterBody::Reminder { brief: brief(), due_at: after(-5) }),
        (
            "alert",
            LetterBody::Alert {
                title: "support@example.com cannot be read since 09:12".to_owned(),
                facts: vec![
                    ("Server".to_owned(), "imap.example.com:993 says AUTHENTICATIONFAILED".to_owned()),
                    ("Next try".to_owned(), "09:42".to_owned()),
                ],
                advice: "No mail is lost: it waits on the server. Renew the client password, then run maildesk check --online.".to_owned(),
            },
        ),
        ("bundle", LetterBody::Bundle(vec![bundled("甘特图无法加载"), bundled("Cannot log in")])),
        ("digest", LetterBody::Digest(digest())),
        (
            "digest_quiet",
            LetterBody::Digest(Digest {
                held_back: Vec::new(),
                lines: Vec::new(),
                arrived: vec![("ignored".to_owned(), 1)],
                waiting: Vec::new(),
                ..digest()
            }),
        ),
        ("alert_bare", LetterBody::Alert { title: "The disk is full".to_owned(), facts: Vec::new(), advice: String::new() }),
    ]
}

fn guess(category: &str, percent: u8, words: &[&str]) -> Guess {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Guess { category: category.to_owned(), percent, words }
}

fn bundled(subject: &str) -> BundleItem {
    BundleItem {
        subject: format!("[#1042 technical high] {subject} · 李娜"),
        text: "Li Na answered on #1042.\n\nAnswer by replying to this mail.\n\nClient:   Li Na <lina@huaxia.example>\nPriority: high\n\nNew text:\n\n  It stays blank, {{ config }} & <b>more</b>.\n\nOr reply with one of these at the top:\n  #take Take\n\nYou get this because nobody has taken #1042 yet.\n".to_owned(),
        reply_address: "support+aeqtcmrtgq2tmnzyhfqwey3emvtgc3lqnrsxqylnobwgk2lt@example.com".to_owned(),
    }
}

/// Notifications of new tickets that nobody filed: a guess did, or two of them are shown.
fn guessed_bodies() -> Vec<(&'static str, LetterBody)> {
    let new = || TicketBrief { state: State::New, assignee: None, history: Vec::new(), ..brief() };
    let filed = TicketBrief { guesses: vec![guess("technical", 96, &["空白", "failed"])], ..new() };
    let two = vec![guess("spare parts", 58, &["升级"]), guess("technical", 37, &["空白", "failed"])];
    let doubtful = TicketBrief { category: None, guesses: two, ..new() };
    let unknown = TicketBrief { category: None, ..new() };
    let notification = |brief| LetterBody::Notification {
        cause: NotificationCause::NewTicket,
        brief,
        author: None,
        note: None,
        text: CLIENT_TEXT.to_owned(),
        secrets: Vec::new(),
        quoted: false,
        files: Vec::new(),
        files_left_out: false,
        hints: Hints::default(),
    };
    vec![
        ("notification_filed", notification(filed)),
        ("notification_doubtful", notification(doubtful)),
        ("notification_unfiled", notification(unknown)),
    ]
}

/// Notifications that say more than the mail does.
fn hinted_bodies() -> Vec<(&'static str, LetterBody)> {
    let notification = |cause, brief, hints| LetterBody::Notification {
        cause,
        brief,
        author: Some(person("Bob Miller", "bob@example.com")),
        note: None,
        text: CLIENT_TEXT.to_owned(),
        secrets: Vec::new(),
        quoted: false,
        files: Vec::new(),
        files_left_out: false,
        hints,
    };
    let related = |id, subject: &str| RelatedTicket { id: TicketId(id), subject: subject.to_owned() };
    let similar = |id, subject: &str, by: Option<&str>, minutes| SimilarTicket {
        id: TicketId(id),
        subject: subject.to_owned(),
        answered_by: by.map(str::to_owned),
        at: after(minutes),
    };
    let odd = ["the sender's domain looks like ours", "From shows another address than it has"];
    let imitates = Hints { warnings: odd.map(str::to_owned).to_vec(), ..Hints::default() };
    let forwarded = Hints {
        cc: vec![
            person("王伟", "wei@huaxia.example"),
            Address { name: None, address: "ops@huaxia.example".to_owned() },
        ],
        related: vec![related(1031, "甘特图无法加载"), related(977, "")],
        similar: vec![
            similar(812, "升级后看板一直空白", Some("fang@example.com"), -40 * 1440),
            similar(640, "", None, -500 * 1440),
        ],
        ..Hints::default()
    };
    let masked = Hints { masked: true, ..Hints::default() };
    vec![
        ("notification_imitates", notification(NotificationCause::Imitates, bare_brief(), imitates)),
        ("notification_forwarded", notification(NotificationCause::Forwarded, brief(), forwarded)),
        ("notification_masked", notification(NotificationCause::NewTicket, bare_brief(), masked)),
    ]
}

fn digest() -> Digest {
    let counts = |of: &[(&str, u64)]| of.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect();
    let line = |kind: &str, ticket, to: &str, subject: &str| DigestLine {
        kind: kind.to_owned(),
        ticket,
        to: to.to_owned(),
        subject: subject.to_owned(),
    };
    Digest {
        mailbox: "support".to_owned(),
        since: after(-1440),
        held_back: counts(&[("acknowledgement", 14), ("notification", 9), ("alarm", 1)]),
        lines: vec![
            line(
                "acknowledgement",
                Some(TicketId(1042)),
                "lina@huaxia.example",
                "回复：甘特图无法加载 [#1042]",
            ),
            line(
                "notification",
                Some(TicketId(1042)),
                "bob@example.com",
                "[#1042 technical] 甘特图无法加载 · Li Na",
            ),
            line(
                "acknowledgement",
                None,
                "a.very.long.name.of.somebody@a-very-long-domain-name.example",
                "We have your mail",
            ),
        ],
        arrived: counts(&[("ticket", 15), ("ignored", 2), ("quarantined", 1)]),
        waiting: counts(&[("new", 6), ("open", 8), ("quarantined", 1)]),
    }
}

fn conversation() -> Conversation {
    let said = |by, kind, minutes, text: &str, cut| Said {
        by,
        kind,
        at: after(minutes),
        text: text.to_owned(),
        cut,
    };
    Conversation {
        ticket: TicketId(1042),
        said: vec![
            said(person("李娜", "lina@huaxia.example"), MessageKind::Client, -900, CLIENT_TEXT, false),
            said(person("Bob Miller", "bob@example.com"), MessageKind::Reply, -300, AGENT_TEXT, true),
            said(person("王芳", "fang@example.com"), MessageKind::Note, -20, "She called.", false),
        ],
        left_out: 3,
    }
}

fn silenced(count: usize) -> Vec<Silenced> {
    let one = |address: &str, since, why: &str| Silenced {
        address: address.to_owned(),
        since,
        why: why.to_owned(),
    };
    let all = [
        one("boss@huaxia.example", Some(after(-3000)), "550 5.1.1 User unknown"),
        one("ops@huaxia.example", None, ""),
    ];
    all.into_iter().take(count).collect()
}

/// Answers to agents' own mails.
fn answer_bodies() -> Vec<(&'static str, LetterBody)> {
    let confirmation = |actions: &[&str], text: Option<&str>, recipient| LetterBody::Confirmation {
        subject: "Re: 甘特图无法加载".to_owned(),
        actions: actions.iter().map(|a| (*a).to_owned()).collect(),
        text: text.map(str::to_owned),
        recipient,
        also_to: Vec::new(),
        reason: "no trusted result and no signature".to_owned(),
        expires_at: after(15),
        action: String::new(),
        period_seconds: if actions.is_empty() { 0 } else { 12 * 3600 },
    };
    let transcript = |done: &[&str], sent_words, help| LetterBody::Transcript {
        subject: "甘特图无法加载".to_owned(),
        done: done.iter().map(|d| (*d).to_owned()).collect(),
        sent_to: (sent_words > 0).then(|| person("Li Na", "lina@huaxia.example")),
        also_to: (sent_words > 1).then(|| person("王伟", "wei@huaxia.example")).into_iter().collect(),
        sent_words,
        unreachable: silenced(if sent_words == 1 { 2 } else { 0 }),
        help,
        believed_until: done.first().filter(|d| d.starts_with("state")).map(|_| after(600)),
    };
    vec![
        (
            "confirmation",
            confirmation(&["resolve"], Some(AGENT_TEXT), Some(person("Li Na", "lina@huaxia.example"))),
        ),
        ("confirmation_actions", confirmation(&["category account", "assign Bob Miller"], None, None)),
        ("confirmation_nobody", confirmation(&[], Some("Done."), None)),
        (
            "refusal",
            LetterBody::Refusal {
                subject: "甘特图无法加载".to_owned(),
                problems: problems(),
                original: format!("#take\n#clsoe\n\n{AGENT_TEXT}"),
            },
        ),
        (
            "transcript",
            transcript(&["category technical -> account", "assignee none -> bob@example.com"], 86, false),
        ),
        ("transcript_believed", transcript(&["state open -> closed"], 0, false)),
        ("transcript_locked", transcript(&["period open -> ended"], 0, false)),
        ("transcript_sent", transcript(&[], 1, false)),
        ("transcript_nothing", transcript(&[], 0, false)),
        ("help", transcript(&[], 0, true)),
        ("shown", LetterBody::Shown { brief: brief(), conversation: conversation() }),
        ("shown_bare", LetterBody::Shown { brief: bare_brief(), conversation: Conversation::default() }),
        ("challenge", LetterBody::Challenge { id: 3 }),
    ]
}
