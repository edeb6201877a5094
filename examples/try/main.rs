//! Try maildesk on this machine alone: `scripts/try` starts a real Dovecot, a real Postfix and a desk on loopback, writes to it
//! as clients do, answers as an agent does, shows what happened, and leaves everything running for a mail program of yours.
//! `--once` ends by itself and fails when something was not seen to happen.

#![allow(clippy::print_stdout, reason = "its purpose is to print")]
#![allow(clippy::indexing_slicing, reason = "indexing JSON gives null where there is nothing, never a panic")]

mod mails;
mod show;

use std::{env, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use maildesk_lab::{
    desk::{Agent, Desk, DeskOptions},
    dovecot::Dovecot,
    house::House,
    mailclient::{Draft, Mail, reply_to},
    postfix::Postfix,
};
use mails::{Sample, Wanted, samples};
use show::Checklist;

const SUPPORT: &str = "support@desk.test";
const ALICE: &str = "alice@desk.test";
const CLIENTS: [&str; 7] = [
    "ann@client.test",
    "lina@client.test",
    "ben@client.test",
    "carl@client.test",
    "wang@client.test",
    "dieter@client.test",
    "robots@client.test",
];
/// Every account has the same password here: nothing listens beyond loopback.
const PASSWORD: &str = "try-me";

struct Arguments {
    once: bool,
    binary: PathBuf,
}

fn main() -> Result<ExitCode> {
    let arguments = arguments()?;
    let accounts: Vec<(&str, &str)> =
        [SUPPORT, ALICE].iter().chain(&CLIENTS).map(|a| (*a, PASSWORD)).collect();
    let house = House::start(&accounts).context("starting Dovecot and Postfix (root is needed)")?;
    let alice = Agent { name: "Alice Chen", address: ALICE, role: "lead", languages: &["en", "zh"] };
    let options = DeskOptions { agents: vec![alice], more: SLA.to_owned(), ..DeskOptions::default() };
    let desk = Desk::started(&arguments.binary, &house, &options)?;
    println!("A desk for {SUPPORT} is running, with Dovecot and Postfix on {}.", house.dovecot.ip());
    let mut stage = Stage { desk, house, checklist: Checklist::default() };
    stage.play()?;
    if arguments.once {
        let Stage { desk, mut checklist, house } = stage;
        checklist.happened("the desk stops in time, without a warning or a mail left over", desk.finish());
        drop(house);
        return Ok(if checklist.close() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    stage.checklist.close();
    stage.stay()?;
    Ok(ExitCode::SUCCESS)
}

const SLA: &str =
    "[[sla]]\nplan = \"*\"\ntargets = [ { category = \"*\", priority = \"*\", first_response = \"1d\" } ]\n";

fn arguments() -> Result<Arguments> {
    let mut once = false;
    let mut binary = None;
    let mut words = env::args_os().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--once") => once = true,
            Some("--maildesk") => binary = words.next().map(PathBuf::from),
            _ => bail!("usage: try [--once] [--maildesk PROGRAM]"),
        }
    }
    // Examples are built into a folder beside the program.
    let beside = || Some(env::current_exe().ok()?.parent()?.parent()?.join("maildesk"));
    let binary = binary.or_else(beside).context("where is maildesk? name it with --maildesk")?;
    Ok(Arguments { once, binary })
}

/// The desk ends before its servers do.
struct Stage {
    desk: Desk,
    house: House,
    checklist: Checklist,
}

impl Stage {
    fn play(&mut self) -> Result<()> {
        let samples = samples(SUPPORT);
        self.write(&samples)?;
        self.acknowledged(&samples)?;
        self.answered()?;
        self.forged()?;
        self.silent(&samples)?;
        self.accounted(samples.len())?;
        self.show()
    }

    fn write(&self, samples: &[Sample]) -> Result<()> {
        show::title("Clients write");
        for sample in samples {
            if sample.proven {
                self.house.submit(sample.sender, &[SUPPORT], &sample.raw)?;
            } else {
                self.house.deliver(sample.envelope_from, &[SUPPORT], &sample.raw)?;
            }
            println!("  sent   {}", sample.what);
        }
        Ok(())
    }

    fn acknowledged(&mut self, samples: &[Sample]) -> Result<()> {
        show::title("They are answered in their language");
        for sample in samples {
            let Wanted::Acknowledged(words) = sample.wanted else { continue };
            let mut inbox = self.house.inbox(sample.sender)?;
            let id = Mail::new(sample.raw.clone()).header("Message-ID");
            let is_ack = |m: &Mail| m.header("In-Reply-To") == id && m.text().contains(words);
            let what = format!("{}: an acknowledgement with “{words}”", sample.what);
            self.checklist.happened(&what, inbox.wait_for("it", is_ack));
        }
        Ok(())
    }

    /// Alice answers Ann, and Ann answers back.
    fn answered(&mut self) -> Result<()> {
        show::title("Alice answers from her mail program");
        let mut staff = self.house.inbox(ALICE)?;
        let of_ann = |m: &Mail| m.subject().contains("Gantt chart stays empty");
        let Some(news) = self.checklist.happened("Alice is notified", staff.wait_for("it", of_ann)) else {
            return Ok(());
        };
        let words = "We found the cause; please reload the page.";
        let (to, raw) = reply_to(
            &news,
            "Alice Chen <alice@desk.test>",
            "alice.1@desk.test",
            &format!("#take\n\n{words}"),
        );
        self.house.submit(ALICE, &[&to], &raw)?;
        let mut inbox = self.house.inbox("ann@client.test")?;
        let answer = inbox.wait_for("it", |m| m.text().contains(words));
        let Some(answer) = self.checklist.happened("Ann has the answer", answer) else { return Ok(()) };
        let hides = answer.address("From") == SUPPORT && !answer.contains(ALICE);
        self.checklist.expect("it comes from the desk and hides Alice's address", hides);
        let (to, raw) = reply_to(
            &answer,
            "ann@client.test",
            "ann.2@client.test",
            "Wonderful, but now the export is slow.",
        );
        self.house.submit("ann@client.test", &[&to], &raw)?;
        let back = staff.wait_for("it", |m| m.text().contains("now the export is slow"));
        self.checklist.happened("Ann's answer reaches Alice on the same ticket", back);
        let tickets = self.desk.tickets()?;
        let of_ann = |t: &&serde_json::Value| t["requester"] == "ann@client.test";
        let mine: Vec<_> = tickets.iter().filter(of_ann).collect();
        let is_one = mine.len() == 1 && mine.iter().all(|t| t["assignee"] == ALICE);
        self.checklist.expect("it is one ticket, and Alice has it", is_one);
        Ok(())
    }

    fn forged(&mut self) -> Result<()> {
        show::title("Somebody pretends to be Alice");
        let draft = Draft::new(
            "Alice Chen <alice@desk.test>",
            SUPPORT,
            "forged@other.test",
            "Re: Gantt [#1]",
            "#close\n\nPay me.",
        );
        self.house.deliver("mallory@other.test", &[SUPPORT], &draft.bytes())?;
        self.desk.wait_for_outcome_total(samples(SUPPORT).len() as u64 + 3)?;
        self.desk.wait_until_quiet()?;
        let is_closed = self.desk.tickets()?.iter().any(|t| t["state"] == "closed");
        self.checklist.expect("nothing is closed", !is_closed);
        let ann = self.house.inbox("ann@client.test")?.messages()?;
        self.checklist.expect("nothing of it reaches a client", !ann.iter().any(|m| m.contains("Pay me.")));
        Ok(())
    }

    fn silent(&mut self, samples: &[Sample]) -> Result<()> {
        show::title("Robots are not answered");
        let silence = samples.iter().filter(|s| s.wanted == Wanted::Silence).count();
        let got = self.house.inbox("robots@client.test")?.messages()?;
        self.checklist.expect(&format!("no mail for {silence} robots' mails"), got.is_empty());
        Ok(())
    }

    fn accounted(&mut self, samples: usize) -> Result<()> {
        show::title("Every mail is accounted for");
        let there = self.house.inbox(SUPPORT)?.messages()?.len();
        let reconciled = self.desk.wait("the reconciliation", || {
            let status = self.desk.status()?;
            Ok((status["unaccounted"] == 0 && self.desk.outcome_total()? == there as u64).then_some(status))
        });
        let what = format!("{there} mails on the server, {} sent here, 0 unaccounted for", samples + 3);
        let Some(status) = self.checklist.happened(&what, reconciled) else { return Ok(()) };
        println!("         ledger {}, outbox {}", status["outcomes"], status["outbox"]);
        for row in self.desk.quarantine()? {
            println!("         quarantined: {}", row["reason"].as_str().unwrap_or("-"));
        }
        Ok(())
    }

    fn show(&self) -> Result<()> {
        show::title("Tickets");
        show::tickets(&self.desk.tickets()?);
        show::title("Mailboxes");
        for owner in std::iter::once(ALICE).chain(CLIENTS) {
            show::mails(owner, &self.house.inbox(owner)?.messages()?);
        }
        Ok(())
    }

    /// Leaves everything running until Ctrl-C.
    fn stay(self) -> Result<()> {
        let (ip, ca) = (self.house.dovecot.ip(), self.house.ca_file());
        let (imap, imaps) = (Dovecot::IMAP, Dovecot::IMAPS);
        let (smtp, submission) = (Postfix::SUBMISSIONS, Postfix::SUBMISSION);
        show::title("Now you");
        println!("  IMAP        {ip}:{imaps} (TLS) or {ip}:{imap} (none)");
        println!("  submission  {ip}:{smtp} (TLS) or {ip}:{submission} (STARTTLS)");
        println!("  trust       {}", ca.display());
        println!("  accounts    {ALICE} (agent), {}", CLIENTS.join(", "));
        println!("  password    {PASSWORD} (all of them)");
        println!("  write to    {SUPPORT}");
        println!("  desk        {}", self.desk.config_path().display());
        println!("  Ctrl-C ends it.");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(tokio::signal::ctrl_c())?;
        let Self { desk, house, .. } = self;
        if let Err(left) = desk.finish() {
            println!("{left}");
        }
        drop(house);
        Ok(())
    }
}
