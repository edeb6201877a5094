//! The lexicon on tickets of our own in seven languages, and learning on made-up trades.

use std::collections::BTreeMap;

use super::{
    BUILT_IN, Correction, Model, OwnWords, PRECISION, Read, by_lexicon,
    calibration::{Calibration, Outcome},
    features, guess, lexicon, words_for,
};

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
    BUILT_IN.iter().map(score).sum::<f64>() / 3.0
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

/// The names of the concepts that a text shows.
fn shown(text: &str) -> Vec<String> {
    let read = Read::of("", text);
    let lexicon = crate::triage::builtin::lexicon();
    super::evidence_of(lexicon, &read.folded, &read.hits).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn how_a_mail_is_put_counts_and_is_no_reason() {
    // Japanese asks without a question mark, and so does who writes in a hurry.
    for (text, asks, states) in [
        ("デモを見せていただくことは可能でしょうか。", true, false),
        ("印刷すると右端が切れてしまいます。", false, true),
        ("how do i stop the auto renewal", false, false),
        ("Half of the pages come out empty.", false, true),
    ] {
        let shown = shown(text);
        assert_eq!(shown.iter().any(|name| name == "form_question"), asks, "{text}: {shown:?}");
        assert_eq!(shown.iter().any(|name| name == "form_statement"), states, "{text}: {shown:?}");
    }
    let found = guess(
        &Read::of("", "Every time the page opens, the list is empty and nothing loads."),
        &Model::default(),
    );
    assert_eq!(found.name.as_deref(), Some("technical"));
    for word in ["every", "the"] {
        assert!(!found.reasons.iter().any(|r| r.ends_with(&format!(": {word}"))), "{:?}", found.reasons);
    }
    let found =
        guess(&Read::of("登录不了", "您好，昨天下午开始登录不了，提示 500 错误。"), &Model::default());
    assert_eq!(found.name.as_deref(), Some("technical"));
    let is_letter = |reason: &String| reason.rsplit(": ").next().is_some_and(|word| word.chars().count() < 2);
    assert!(!found.reasons.is_empty() && !found.reasons.iter().any(is_letter), "{:?}", found.reasons);
}

#[test]
fn words_that_two_languages_write_alike_count_in_their_own() {
    // 請 alone is "please" in Chinese; in Japanese it is half of "invoice" and of "application".
    assert!(shown("请给我们重开一张发票").iter().any(|name| name == "please"));
    assert!(!shown("請求書の番号が毎週1から振り直されてしまいます。").iter().any(|name| name == "please"));
    // English "a" is Spanish "to".
    assert!(
        shown("We would like to see a quote for a school of ours")
            .iter()
            .any(|name| name == "form_indefinite")
    );
    let spanish = "Las horas del viernes aparecen el sábado a los compañeros que trabajan en el este.";
    assert!(!shown(spanish).iter().any(|name| name == "form_indefinite"), "{:?}", shown(spanish));
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
    let model = Model::default().taught(&garden(90));
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
    assert_eq!(quality.words_right, None);
}

#[test]
fn the_same_corrections_teach_the_same() {
    let (one, two) = (Model::default().taught(&garden(60)), Model::default().taught(&garden(60)));
    let read = Read::of("", "the mower and the roses");
    assert_eq!(guess(&read, &one), guess(&read, &two));
    assert!(one.learned.is_some() && one.learned == two.learned, "every number of it");
}

/// Sixty corrections, of which `rare` are of the rare category; both speak of the same things and differ in what they ask.
fn gates(rare: usize) -> Vec<Correction> {
    let places = ["north", "south", "east", "west", "old", "new"];
    let row = |at: usize| {
        let asks = if at < rare { "who pays for it" } else { "please repair it" };
        let text = format!("The {} gate number {at} of the garden is broken, {asks}.", places[at % 6]);
        let category = if at < rare { "money" } else { "repair" };
        Correction { title: String::new(), text, category: category.to_owned() }
    };
    (0..60).map(row).collect()
}

#[test]
fn a_rare_category_is_found_although_few_corrections_speak_for_it() {
    let model = Model::default().taught(&gates(4));
    let name = |text: &str| guess(&Read::of("", text), &model).name.unwrap();
    assert_eq!(name("The gate is broken, who pays for the gate."), "money");
    assert_eq!(name("The gate of the garden is broken. Will you repair it?"), "repair");
    let quality = model.learned.unwrap().quality;
    assert_eq!(quality.by_category["money"], 4);
    assert!(quality.right > 0.95, "{quality:?}");
}

#[test]
fn what_is_said_first_counts_more_than_what_stands_in_the_signature() {
    let count = |text: &str, word: &str| {
        let read = Read::of("", text);
        let shown = features::words(&read.folded).into_iter().find(|(_, found)| *found == word);
        let (place, _) = shown.unwrap();
        let parts = features::parts(&read.folded, &[]);
        parts.words.iter().find(|(at, _)| *at == place).unwrap().1
    };
    let filler = "and so on ".repeat(12);
    for (text, early, late) in [
        (format!("parking {filler} mower"), "parking", "mower"),
        (format!("停车{filler}割草{filler}"), "停车", "割草"),
    ] {
        assert!(count(&text, early) > 1.5 * count(&text, late), "{text}");
    }
    // A subject that the text says again counts twice.
    assert!(count("parking. Hello, parking please", "parking") > count("parking. Hello, please", "parking"));
    // Two desks' worth of mails that all end in the other's words.
    let rows = (0..60).map(|at| {
        let (asks, category) = if at % 2 == 0 { ("mower", "mowers") } else { ("rose", "roses") };
        let text =
            format!("A {asks} from row {at}. {filler} We sell roses and mowers: rose, mower, rose, mower.");
        Correction { title: String::new(), text, category: category.to_owned() }
    });
    let model = Model::default().taught(&rows.collect::<Vec<_>>());
    let found = guess(&Read::of("", &format!("The mower. {filler} {filler} rose, rose, rose")), &model);
    assert_eq!(found.name.as_deref(), Some("mowers"), "{found:?}");
    assert!(found.reasons.contains(&"learned for mowers: mower".to_owned()), "{found:?}");
}

#[test]
fn a_concept_counts_by_where_it_first_shows() {
    let weight = |text: &str| {
        let read = Read::of("", text);
        let evidence = by_lexicon::evidence(lexicon(), &read.folded, &read.hits);
        let shown = evidence.iter().find(|shown| {
            let at = shown.at.and_then(|at| read.folded.text.get(at..));
            at.is_some_and(|text| text.starts_with("refund") || text.starts_with("退款"))
        });
        let alone = [*shown.unwrap()];
        features::parts(&read.folded, &alone).concepts[0].1
    };
    let filler = "and so on ".repeat(12);
    assert!(weight("refund please") > 1.3 * weight(&format!("hello {filler} refund please")));
    assert!(weight("退款") > 1.3 * weight(&format!("你好{filler}退款")));
}

#[test]
fn guesses_are_as_sure_as_their_category_was_right() {
    // Equally sure: the first category's guesses were right 98 times in a hundred, the second's 60 times.
    let outcomes: Vec<Outcome> = (0..400)
        .map(|at| {
            let guess = at % 2;
            let right = if guess == 0 { at % 100 != 0 } else { at % 5 < 3 };
            Outcome { sureness: 1.0 + f64::from(at as u32 % 7) / 7.0, guess, right, words_right: None }
        })
        .collect();
    let fit = Calibration::of(&outcomes, 2, PRECISION);
    assert!(fit.confidence(1.5, 0) > 0.93, "{fit:?}");
    assert!((0.5..0.7).contains(&fit.confidence(1.5, 1)), "{fit:?}");
    assert!(fit.confidence(1.8, 0) >= fit.confidence(1.2, 0), "{fit:?}");
    assert!(fit.can_file() && fit.files(1.2, 0) && !fit.files(1.2, 1), "{fit:?}");
    // The first category's alone are too few to promise anything.
    let few = Calibration::of(&outcomes[..24], 2, PRECISION);
    assert!(!few.can_file(), "{few:?}");
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
    let untaught = guess(&read, &Model::default());
    let few = Model::default().taught(&correct(19, &|_, t| t.label.clone()));
    assert!(few.learned.is_none());
    assert_eq!(guess(&read, &few), untaught);
    assert_eq!(guess(&read, &Model::default().taught(&[])), untaught);
    // Categories by chance: nothing is to be learned, and the guard sees that.
    let by_chance = |at: usize, _: &Ticket| BUILT_IN[(at * 7919 + at / 3) % 3].to_owned();
    let useless = Model::default().taught(&correct(150, &by_chance));
    let quality = &useless.learned.as_ref().unwrap().quality;
    assert!(!quality.speaks || quality.right > quality.words_right.unwrap(), "{quality:?}");
    assert!(quality.filed < 0.2, "{quality:?}");
    // Where the lexicon is right already, it stays the one that speaks.
    let right = Model::default().taught(&correct(150, &|_, t| t.label.clone()));
    assert!(!right.learned.as_ref().unwrap().quality.speaks);
    assert_eq!(guess(&read, &right), untaught);
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
    let model = Model::default().taught(&rows.chain(broken).collect::<Vec<_>>());
    let read = Read::of("", "Could you send us the price list for region 3?");
    assert_eq!(guess(&read, &Model::default()).name.as_deref(), Some("business"));
    assert_eq!(guess(&read, &model).name.as_deref(), Some("account"));
}

/// A desk with these categories and their words; a name that begins with `!` is built-in and means something else here.
fn desk(categories: &[(&str, &[&str])]) -> Model {
    let name = |name: &str| name.trim_start_matches('!').to_owned();
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let words = categories.iter().filter(|(_, words)| !words.is_empty());
    let words = words.map(|(category, words)| (name(category), list(words))).collect();
    let redefined = categories.iter().filter(|(category, _)| category.starts_with('!'));
    let redefined = redefined.map(|(category, _)| name(category)).collect();
    Model {
        categories: categories.iter().map(|(category, _)| name(category)).collect(),
        words: std::sync::Arc::new(OwnWords::new(words, redefined)),
        ..Model::default()
    }
}

const SHOP: [(&str, &[&str]); 3] = [
    ("delivery", &["parcel", "courier", "tracking number", "where is my order", "快递", "物流", "签收"]),
    ("returns", &["return label", "send ~ back", "refund", "wrong size", "退货", "退款", "换货"]),
    ("advice", &["which size", "recommend", "in stock", "尺码", "推荐", "有货吗"]),
];

#[test]
fn an_operators_words_guess_from_the_first_mail_on() {
    let shop = desk(&SHOP);
    for (text, category) in [
        ("The courier says that my parcel was left at the door.", "delivery"),
        ("I want to send these shoes back, please give me a REFUND.", "returns"),
        ("Which size do you recommend for 180 cm?", "advice"),
        ("快遞三天沒有動靜了", "delivery"),
        ("衣服太小了，想退货退款", "returns"),
    ] {
        let found = guess(&Read::of("", text), &shop);
        assert_eq!(found.name.as_deref(), Some(category), "{text}: {found:?}");
        assert!(!words_for(&found, category).is_empty(), "{found:?}");
        let sum: f64 = found.ranking.iter().map(|row| row.confidence).sum();
        assert!(found.ranking.len() == 3 && (sum - 1.0).abs() < 0.001, "{found:?}");
    }
}

#[test]
fn an_operators_words_file_only_what_they_are_sure_of() {
    let shop = desk(&SHOP);
    let auto = |model: &Model, title: &str, text: &str| {
        let found = guess(&Read::of(title, text), model);
        (found.name.unwrap_or_default(), found.auto)
    };
    // One word may stand in any mail; several of one category, and none of another, say what it is about.
    assert_eq!(auto(&shop, "", "My parcel is nice."), ("delivery".to_owned(), false));
    let sure = "The courier has the parcel, the tracking number is 12.";
    assert_eq!(auto(&shop, "", sure), ("delivery".to_owned(), true));
    assert_eq!(
        auto(&shop, "Parcel, courier", "where is it?"),
        ("delivery".to_owned(), true),
        "the subject counts more"
    );
    assert!(!auto(&shop, "", &format!("{sure} I want a refund.")).1, "two categories");
    let strict = Model { precision: 0.99, ..shop.clone() };
    assert!(!auto(&strict, "", sure).1);
    // Nothing was found: no guess at all, in place of three meaningless ones.
    let silent = guess(&Read::of("Hello", "I have a question about the garden."), &shop);
    assert_eq!(silent, crate::triage::CategoryGuess::default());
}

#[test]
fn categories_without_words_are_guessed_by_nobody_before_corrections() {
    let own = desk(&[("delivery", &[]), ("returns", &[])]);
    let found = guess(&Read::of("Refund", "Our invoice is wrong, we want a refund."), &own);
    assert_eq!(found, crate::triage::CategoryGuess::default());
}

#[test]
fn built_in_categories_are_kept_beside_own_ones_or_left_out() {
    let broken = Read::of("Error 500", "The board does not load, it crashes with error 500 every time.");
    let alone = guess(&broken, &Model::default());
    assert!(alone.auto && alone.name.as_deref() == Some("technical"));
    let beside = desk(&[("technical", &[]), ("account", &[]), ("business", &[]), SHOP[0]]);
    let kept = guess(&broken, &beside);
    assert!(kept.auto && kept.name == alone.name, "{kept:?}");
    assert!(kept.confidence < alone.confidence, "a category more is a doubt more");
    let parcel = guess(&Read::of("Where is my order", "The courier has no parcel."), &beside);
    assert!(parcel.auto && parcel.name.as_deref() == Some("delivery"), "{parcel:?}");
    // Both speak: a person decides.
    let both = Read::of(
        "",
        "The page for the tracking number of my parcel crashes with error 500, it does not load.",
    );
    let found = guess(&both, &beside);
    assert!(!found.auto, "{found:?}");
    let two: Vec<&str> = found.ranking.iter().take(2).map(|row| row.name.as_str()).collect();
    assert!(two.contains(&"technical") && two.contains(&"delivery"), "{found:?}");
    // Left out, the built-in words say nothing and are no reason.
    let left_out = guess(&both, &desk(&[SHOP[0], SHOP[1]]));
    assert!(left_out.reasons.iter().all(|reason| reason.starts_with("delivery: ")), "{left_out:?}");
    // Nor do they make what they kept of the three likelier than it is.
    let quote = Read::of("", "What would 200 seats cost us? We are not a customer yet.");
    let two = guess(&quote, &desk(&[("technical", &[]), ("account", &[])]));
    assert!(!two.auto && two.confidence < 0.5, "{two:?}");
    // A built-in name with another meaning.
    let bank = desk(&[("!account", &["iban", "current account"]), ("cards", &["card", "pin"])]);
    let refund = guess(&Read::of("", "We were charged twice, please refund."), &bank);
    assert_eq!(refund, crate::triage::CategoryGuess::default());
    assert_eq!(guess(&Read::of("", "my IBAN"), &bank).name.as_deref(), Some("account"));
    // A built-in one with further words.
    let more = desk(&[("technical", &["gantry"]), ("account", &[]), ("business", &[])]);
    let gantry = Read::of("", "Something about the gantry, please look.");
    let before =
        guess(&gantry, &Model::default()).ranking.iter().find(|r| r.name == "technical").unwrap().confidence;
    let after = guess(&gantry, &more);
    assert!(after.name.as_deref() == Some("technical") && after.confidence > before, "{before} {after:?}");
}

#[test]
fn corrections_go_on_from_an_operators_words() {
    // This shop files what its words call returns under delivery when it is about a parcel that came back.
    let row = |at: usize, text: &str, category: &str| Correction {
        title: String::new(),
        text: format!("{text} number {at}"),
        category: category.to_owned(),
    };
    let corrections: Vec<Correction> = (0..60)
        .map(|at| match at % 3 {
            0 => row(at, "The post will send my order back to you, please", "delivery"),
            1 => row(at, "I do not like the colour, refund please,", "returns"),
            _ => row(at, "Can you recommend a jacket", "advice"),
        })
        .collect();
    let shop = desk(&SHOP);
    assert!(
        shop.taught(&corrections[..19]).learned.is_none(),
        "the words speak alone until there is something to learn from"
    );
    let taught = shop.taught(&corrections);
    let quality = &taught.learned.as_ref().unwrap().quality;
    assert!(quality.speaks && quality.right > quality.words_right.unwrap(), "{quality:?}");
    let back = Read::of("", "The post will send it back to you");
    assert_eq!(guess(&back, &shop).name.as_deref(), Some("returns"));
    let now = guess(&back, &taught);
    assert_eq!(now.name.as_deref(), Some("delivery"), "{now:?}");
    assert!(!words_for(&now, "delivery").is_empty(), "{now:?}");
    // What is no category of this desk teaches nothing.
    let foreign: Vec<Correction> = (0..60).map(|at| row(at, "anything", "technical")).collect();
    assert!(shop.taught(&foreign).learned.is_none());
}
