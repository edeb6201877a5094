//! What the try-out prints: expectations as `ok` or `FAILED`, tickets as a table, mails by their first lines.

use std::io;

use maildesk_lab::mailclient::Mail;
use serde_json::Value;

/// Expectations so far.
#[derive(Debug, Default)]
pub struct Checklist {
    failed: u32,
    met: u32,
}

impl Checklist {
    /// Prints one expectation with its outcome.
    pub fn expect(&mut self, what: &str, is_met: bool) {
        println!("  {:<6} {what}", if is_met { "ok" } else { "FAILED" });
        if is_met { self.met += 1 } else { self.failed += 1 }
    }

    /// As [`Checklist::expect`], for something that was waited for; says why it did not come.
    pub fn happened<T>(&mut self, what: &str, outcome: io::Result<T>) -> Option<T> {
        self.expect(what, outcome.is_ok());
        outcome.map_err(|why| println!("         {why}")).ok()
    }

    /// The closing line, and whether everything was seen.
    pub fn close(&self) -> bool {
        println!("\n{} of {} expectations met", self.met, self.met + self.failed);
        self.failed == 0
    }
}

/// A heading.
pub fn title(text: &str) {
    println!("\n== {text}");
}

/// Tickets as rows of a table.
pub fn tickets(rows: &[Value]) {
    println!(
        "  {:<4} {:<9} {:<10} {:<7} {:<4} {:<22} subject",
        "#", "state", "category", "prio", "lang", "requester"
    );
    for row in rows {
        let word = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        let (state, category, priority) = (word("state"), word("category"), word("priority"));
        let (language, requester, subject) = (word("language"), word("requester"), word("subject"));
        let number = row["number"].as_i64().unwrap_or(0);
        println!(
            "  {number:<4} {state:<9} {category:<10} {priority:<7} {language:<4} {requester:<22} {subject}"
        );
    }
}

/// A mailbox: the subject of each mail and how it begins.
pub fn mails(owner: &str, mails: &[Mail]) {
    const LINES: usize = 5;
    println!("\n-- {owner}: {} mail{}", mails.len(), if mails.len() == 1 { "" } else { "s" });
    for mail in mails {
        println!("   {}", mail.subject());
        let text = mail.text();
        for line in text.lines().filter(|l| !l.trim().is_empty()).take(LINES) {
            println!("     | {line}");
        }
    }
}
