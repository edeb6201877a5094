//! Answers below quoted questions.

use super::{line, mail};
use crate::{mail::Reading, triage::fields};

/// An answer of which the program that read it kept the new lines apart from the quoted ones.
fn answered(text: &str) -> Reading {
    let own: Vec<&str> = text.lines().filter(|l| !l.starts_with('>')).collect();
    let mut reading = mail("Re: [#7]", text);
    reading.reply = own.join("\n");
    reading.in_reply_to = vec!["desk@example".to_owned()];
    reading
}

#[test]
fn the_line_below_a_question_answers_it() {
    for (language, text, wanted) in [
        (
            "en",
            "> 1. Which user name do you sign in with?\n\nIt is rosa.lind\n\n> 2. Your browser with its version?\nFirefox 143\n",
            "Firefox 143 |  |  |  | rosa.lind |  |  | ",
        ),
        (
            "en",
            "> the user name you sign in with (for example lina.chen)\nrosa\n> what you have tried already (for example another browser)\nnew password; a second laptop\n",
            " |  |  |  | rosa |  |  | new password; a second laptop",
        ),
        (
            "de",
            "> der Benutzername, mit dem Sie sich anmelden (zum Beispiel lina.chen)\nhbrandl\n> Ihr System (zum Beispiel Windows 11)\nDebian 12\n",
            " | Debian 12 |  |  | hbrandl |  |  | ",
        ),
        (
            "fr",
            "> Quel est votre identifiant ?\nc.lemoine\n> Quelle version de l'application ?\n5.2.1\n",
            " |  |  | 5.2.1 | c.lemoine |  |  | ",
        ),
        (
            "zh",
            "> 1、您登录时使用的用户名（例如 lina.chen）\nzhoumeng\n> 2、您的公司或单位名称\n青禾环保\n",
            " |  |  |  | zhoumeng | 青禾环保 |  | ",
        ),
        // Nobody's names: what says that there is none, and what is quoted.
        (
            "en",
            "> Which user name do you sign in with?\nI do not know\n> My user name is admin7\nok\n",
            " |  |  |  |  |  |  | ",
        ),
        ("en", "> Your company or organisation\nsee my signature\n", " |  |  |  |  |  |  | "),
    ] {
        let (found, _) = fields::read(&answered(text), Some(language));
        assert_eq!(line(&found), wanted, "{text}");
    }
}

#[test]
fn a_signature_below_the_last_question_is_no_answer() {
    let mut reading = answered("thanks\n> Your device (for example iPad Air)\n\nSent from my iPhone\n");
    reading.reply = "thanks".to_owned();
    let (found, _) = fields::read(&reading, Some("en"));
    assert_eq!(line(&found), line(&crate::triage::Fields::default()));
}

#[test]
fn a_mail_that_answers_nothing_has_no_questions() {
    let (found, _) = fields::read(&mail("", "> Which user name do you sign in with?\nbob77\n"), Some("en"));
    assert_eq!(line(&found), line(&crate::triage::Fields::default()));
}
