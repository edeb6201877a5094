//! The lexicon on tickets of our own in seven languages, and learning on made-up trades.

use std::collections::BTreeMap;

use super::{BORN, Correction, Model, PRECISION, Read, guess};

const TICKETS: &str = include_str!("../../../tests/fixtures/triage/tickets.jsonl");

#[derive(serde::Deserialize)]
struct Ticket {
    lang: String,
    label: String,
    text: String,
    /// The weights were fitted on it; the others stand for what comes.
    fitted: bool,
}

fn tickets(fitted: bool) -> Vec<Ticket> {
    let all = TICKETS.lines().map(|line| serde_json::from_str::<Ticket>(line).unwrap());
    all.filter(|ticket| ticket.fitted == fitted).collect()
}

/// Mean over the categories of the harmonic mean of precision and recall.
fn macro_f1(pairs: &[(String, String)]) -> f64 {
    let score = |name: &&str| {
        let hit = pairs.iter().filter(|(gold, got)| gold == name && got == name).count();
        let said = pairs.iter().filter(|(_, got)| got == name).count();
        let there = pairs.iter().filter(|(gold, _)| gold == name).count();
        2.0 * hit as f64 / (said + there).max(1) as f64
    };
    BORN.iter().map(score).sum::<f64>() / 3.0
}

fn judged(tickets: &[Ticket], model: &Model) -> Vec<(String, String)> {
    let one = |ticket: &Ticket| {
        let name = guess(&Read::of("", &ticket.text), model).name.unwrap_or_default();
        (ticket.label.clone(), name)
    };
    tickets.iter().map(one).collect()
}

#[test]
fn tickets_that_the_weights_were_fitted_on_are_filed_right_in_every_language() {
    let tickets = tickets(true);
    assert!(tickets.len() > 400);
    let mut by_language: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for (ticket, pair) in tickets.iter().zip(judged(&tickets, &Model::default())) {
        by_language.entry(&ticket.lang).or_default().push(pair);
    }
    assert_eq!(by_language.len(), 7);
    for (language, pairs) in by_language {
        assert!(macro_f1(&pairs) >= 0.93, "{language}: {}", macro_f1(&pairs));
    }
}

#[test]
fn tickets_of_other_topics_and_wordings_are_mostly_filed_right() {
    let tickets = tickets(false);
    assert!(tickets.len() >= 50);
    let f1 = macro_f1(&judged(&tickets, &Model::default()));
    assert!(f1 >= 0.85, "{f1}");
}

#[test]
fn what_files_by_itself_is_right() {
    let all: Vec<Ticket> = tickets(true).into_iter().chain(tickets(false)).collect();
    let guesses = all.iter().map(|t| (t, guess(&Read::of("", &t.text), &Model::default())));
    let filed: Vec<_> = guesses.filter(|(_, guess)| guess.auto).collect();
    let right = filed.iter().filter(|(t, guess)| guess.name.as_deref() == Some(&t.label)).count();
    assert!(filed.len() * 3 >= all.len(), "only {} of {}", filed.len(), all.len());
    assert!(right as f64 >= 0.97 * filed.len() as f64, "{right} of {}", filed.len());
}

#[test]
fn every_guess_names_its_words() {
    let found = guess(
        &Read::of("Refund", "We were charged twice in March, please refund one payment."),
        &Model::default(),
    );
    assert_eq!(found.name.as_deref(), Some("account"));
    assert!(
        found.reasons.iter().any(|r| r == "account: charged twice" || r == "account: refund"),
        "{:?}",
        found.reasons
    );
    assert_eq!(found.ranking.len(), 3);
    let sum: f64 = found.ranking.iter().map(|r| r.confidence).sum();
    assert!((sum - 1.0).abs() < 0.001, "{sum}");
    let silent = guess(&Read::of("", ""), &Model::default());
    assert!(!silent.auto && silent.reasons.is_empty());
}

#[test]
fn what_is_asked_outweighs_what_is_named() {
    for (text, category) in [
        ("The invoice template prints the amounts in the wrong place.", "technical"),
        ("登录邮箱换了，请改成公司新邮箱。", "account"),
        ("What would 200 seats cost us? We are not a customer yet.", "business"),
        ("Please add 4 seats to our subscription.", "account"),
        ("付款节点的自动提醒这两天都没触发。", "technical"),
        ("J'ai été débité deux fois, merci de rembourser.", "account"),
    ] {
        assert_eq!(guess(&Read::of("", text), &Model::default()).name.as_deref(), Some(category), "{text}");
    }
}

/// Tickets of a garden centre, each word in several sentences.
fn garden(count: usize) -> Vec<Correction> {
    let things = [
        (
            "roses",
            [
                "my roses have black spots",
                "the rose bush lost all leaves",
                "what helps against mildew on roses",
            ],
        ),
        (
            "mowers",
            [
                "the mower does not start",
                "blade of the lawn mower is blunt",
                "mower battery is empty after a minute",
            ],
        ),
        (
            "visits",
            [
                "when do you open on sunday",
                "is there parking for a coach",
                "can we visit with forty children",
            ],
        ),
    ];
    (0..count)
        .map(|at| {
            let (category, sentences) = things[at % 3];
            let text = format!("Hello, {} in garden {}.", sentences[(at / 3) % 3], at % 7);
            Correction { title: String::new(), text, category: category.to_owned() }
        })
        .collect()
}

#[test]
fn an_operators_own_categories_are_learned_from_corrections_alone() {
    let model = Model::learn(&[], &garden(90), PRECISION);
    for (text, category) in [
        ("Leaves of my roses are falling", "roses"),
        ("lawn mower stops after one minute", "mowers"),
        ("parking on sunday?", "visits"),
    ] {
        let found = guess(&Read::of("", text), &model);
        assert_eq!(found.name.as_deref(), Some(category), "{text}: {found:?}");
        assert!(found.reasons.iter().any(|r| r.starts_with("learned for")), "{found:?}");
    }
    let quality = &model.learned.as_ref().unwrap().quality;
    assert!(quality.right > 0.95 && quality.filed > 0.5, "{quality:?}");
    assert_eq!(quality.lexicon_right, None);
}

#[test]
fn the_same_corrections_teach_the_same() {
    let (one, two) = (Model::learn(&[], &garden(60), PRECISION), Model::learn(&[], &garden(60), PRECISION));
    let read = Read::of("", "the mower and the roses");
    assert_eq!(guess(&read, &one), guess(&read, &two));
}

#[test]
fn few_corrections_or_useless_ones_leave_the_lexicon_alone() {
    let correct = |count: usize, category: &dyn Fn(usize, &Ticket) -> String| -> Vec<Correction> {
        let all = tickets(true);
        let row = |(at, t): (usize, &Ticket)| Correction {
            title: String::new(),
            text: t.text.clone(),
            category: category(at, t),
        };
        all.iter().enumerate().take(count).map(row).collect()
    };
    let read = Read::of("", "Please cancel our subscription and refund the last payment.");
    let born = guess(&read, &Model::default());
    let few = Model::learn(&[], &correct(19, &|_, t| t.label.clone()), PRECISION);
    assert!(few.learned.is_none());
    assert_eq!(guess(&read, &few), born);
    // Categories by chance: nothing is to be learned, and the guard sees that.
    let by_chance = |at: usize, _: &Ticket| BORN[(at * 7919 + at / 3) % 3].to_owned();
    let useless = Model::learn(&[], &correct(150, &by_chance), PRECISION);
    let quality = &useless.learned.as_ref().unwrap().quality;
    assert!(!quality.speaks || quality.right > quality.lexicon_right.unwrap(), "{quality:?}");
    assert!(quality.filed < 0.2, "{quality:?}");
    // Where the lexicon is right already, it stays the one that speaks.
    let right = Model::learn(&[], &correct(150, &|_, t| t.label.clone()), PRECISION);
    assert!(!right.learned.as_ref().unwrap().quality.speaks);
    assert_eq!(guess(&read, &right), born);
}

#[test]
fn corrections_turn_the_lexicon_where_this_desk_files_otherwise() {
    // Here a question about the price list is account work.
    let rows = (0..60).map(|at| Correction {
        title: String::new(),
        text: format!("Could you send us the price list for region {}?", at % 9),
        category: if at % 6 == 5 { "technical" } else { "account" }.to_owned(),
    });
    let broken = (0..20).map(|at| Correction {
        title: String::new(),
        text: format!("The board number {at} does not load, error 500."),
        category: "technical".to_owned(),
    });
    let model = Model::learn(&[], &rows.chain(broken).collect::<Vec<_>>(), PRECISION);
    let read = Read::of("", "Could you send us the price list for region 3?");
    assert_eq!(guess(&read, &Model::default()).name.as_deref(), Some("business"));
    assert_eq!(guess(&read, &model).name.as_deref(), Some("account"));
}
