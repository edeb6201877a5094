//! Everything that can be wrong with an agent's mail, for the sample of a refusal.

use super::after;
use crate::desk::{ArticleName, Problem, TicketId, Unsuitable};

pub(super) fn problems() -> Vec<Problem> {
    let (command, close) = (String::from("clsoe"), String::from("close"));
    vec![
        Problem::UnknownCommand { line: 2, command: command.clone(), did_you_mean: Some(close.clone()) },
        Problem::UnknownCommand { line: 3, command, did_you_mean: None },
        Problem::BadArgument {
            line: 4,
            command: "priority".to_owned(),
            argument: "huge".to_owned(),
            allowed: ["low", "normal", "high", "urgent"].map(str::to_owned).to_vec(),
        },
        Problem::BadArgument {
            line: 5,
            command: "hold".to_owned(),
            argument: "soon".to_owned(),
            allowed: Vec::new(),
        },
        Problem::NotAllowed { line: 6, command: "away".to_owned(), least_role: "lead".to_owned() },
        Problem::WrongState { line: 7, command: "wait".to_owned(), state: "closed".to_owned() },
        Problem::Contradiction { line: 8, command: close.clone(), other: "open".to_owned() },
        Problem::BelowQuote { command: close },
        Problem::NothingNew,
        Problem::HiddenText,
        Problem::NoRecipient {
            address: "lina@huaxia.example".to_owned(),
            since: Some(after(-60)),
            why: "550 5.1.1 User unknown".to_owned(),
        },
        Problem::NoRecipient { address: "lina@huaxia.example".to_owned(), since: None, why: String::new() },
        Problem::AnswersBundle,
        Problem::QuotedNotification,
        Problem::NoConsent,
        Problem::NameTicket { line: 9, command: "close".to_owned() },
        Problem::UnknownTicket { line: 10, command: "close".to_owned(), ticket: TicketId(4711) },
        Problem::SeveralTickets {
            line: 11,
            command: "take".to_owned(),
            first: TicketId(1042),
            ticket: TicketId(1043),
        },
        Problem::TextForNobody,
        no_article(
            "chart",
            vec![
                article_name("charts", "When the Gantt chart stays blank"),
                article_name("login", "登录不上时"),
            ],
            3,
        ),
        no_article("", vec![article_name("charts", "When the Gantt chart stays blank")], 0),
        no_article("", Vec::new(), 0),
    ]
    .into_iter()
    .chain(unsuitable())
    .collect()
}

fn article_name(name: &str, title: &str) -> ArticleName {
    ArticleName { name: name.to_owned(), title: title.to_owned() }
}

fn no_article(argument: &str, articles: Vec<ArticleName>, more: u32) -> Problem {
    Problem::NoArticle {
        line: 12,
        command: "article".to_owned(),
        argument: argument.to_owned(),
        articles,
        more,
    }
}

fn unsuitable() -> Vec<Problem> {
    use Unsuitable as U;
    let one = |command: &str, argument: &str, reason| Problem::Unsuitable {
        line: 9,
        command: command.to_owned(),
        argument: argument.to_owned(),
        reason,
    };
    let people = [
        ("nobody", U::NoAddress),
        ("support@example.com", U::Ours),
        ("bob@example.com", U::Staff),
        ("noreply@huaxia.example", U::Robot),
        ("lina@huaxia.example", U::Requester),
        ("wei@huaxia.example", U::NotOn),
        ("10", U::TooMany),
    ];
    let tickets = [
        ("#977", U::NoTicket),
        ("#1042", U::Itself),
        ("#976", U::Gone),
        ("#975", U::OtherPeople),
        ("#974", U::ReplyBesides),
        ("3", U::TooManyArticles),
    ];
    let people = people.into_iter().map(|(argument, reason)| one("cc", argument, reason));
    people.chain(tickets.into_iter().map(|(argument, reason)| one("merge", argument, reason))).collect()
}
