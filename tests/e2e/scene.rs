//! What every test starts from: a house with a desk, and the people around it.

use std::sync::atomic::{AtomicU32, Ordering};

use maildesk_lab::{
    availability,
    desk::{Desk, DeskOptions, Engine},
    house::House,
    mailclient::{Draft, ImapBox, Mail, reply_to},
    postfix::LoginMark,
};

use crate::ENGINE;

pub const SUPPORT: &str = "support@desk.test";
pub const ALICE: &str = "alice@desk.test";
pub const ANN: &str = "ann@client.test";
pub const LI: &str = "li@client.test";
pub const OTHER_DESK: &str = "help@other.test";
pub const BINARY: &str = env!("CARGO_BIN_EXE_maildesk");

const USERS: [(&str, &str); 7] = [
    (SUPPORT, "pw-support-7Qz"),
    (ALICE, "pw-alice-7Qz"),
    ("bob@desk.test", "pw-bob-7Qz"),
    (ANN, "pw-ann-7Qz"),
    (LI, "pw-li-7Qz"),
    ("c@client.test", "pw-c-7Qz"),
    (OTHER_DESK, "pw-help-7Qz"),
];

/// Servers and a desk.
pub struct Scene {
    pub desk: Desk,
    pub house: House,
}

/// Servers alone; `None`: skip, the servers are missing.
pub fn house() -> Option<House> {
    house_marking(LoginMark::default())
}

fn house_marking(mark: LoginMark) -> Option<House> {
    let there = availability::real_servers() && (ENGINE == Engine::Sqlite || availability::postgres());
    there.then(|| House { engine: ENGINE, ..House::start_marking(&USERS, mark).unwrap() })
}

/// Servers with a Rspamd; `None`: skip, something is missing.
pub fn house_filtered() -> Option<House> {
    let there = availability::real_servers()
        && availability::second_tier("rspamd")
        && (ENGINE == Engine::Sqlite || availability::postgres());
    there.then(|| House { engine: ENGINE, ..House::start_filtered(&USERS).unwrap() })
}

/// Servers and a running desk; `None`: skip, the servers are missing.
pub fn scene(options: &DeskOptions) -> Option<Scene> {
    scene_marking(options, LoginMark::default())
}

/// As [`scene`], with servers that mark what was submitted with a login in this way.
pub fn scene_marking(options: &DeskOptions, mark: LoginMark) -> Option<Scene> {
    let house = house_marking(mark)?;
    let desk = Desk::started(BINARY, &house, options).unwrap();
    Some(Scene { desk, house })
}

/// A Message-ID that no other mail of this run has.
pub fn fresh_id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{}.{}@lab.test", NEXT.fetch_add(1, Ordering::Relaxed), std::process::id())
}

/// A client's plain mail to the desk.
pub fn letter(from: &str, subject: &str, text: &str) -> Draft {
    Draft::new(from, SUPPORT, &fresh_id(), subject, text)
}

impl Scene {
    pub fn inbox(&self, user: &str) -> ImapBox {
        self.house.inbox(user).unwrap()
    }

    /// From outside, with nothing that proves the sender.
    pub fn deliver(&self, from: &str, draft: &Draft) {
        self.house.deliver(from, &[SUPPORT], &draft.bytes()).unwrap();
    }

    /// With the sender's login, which proves them.
    pub fn submit(&self, user: &str, draft: &Draft) {
        self.house.submit(user, &[SUPPORT], &draft.bytes()).unwrap();
    }

    /// Answers a mail from a mail program with the user's login. Returns the answer's Message-ID.
    pub fn answer(&self, user: &str, mail: &Mail, text: &str) -> String {
        let id = fresh_id();
        let (to, raw) = reply_to(mail, user, &id, text);
        self.house.submit(user, &[&to], &raw).unwrap();
        id
    }

    /// Waits for a notification to Alice whose subject contains this.
    pub fn notification(&self, subject: &str) -> Mail {
        self.inbox(ALICE).wait_for(subject, |m| m.subject().contains(subject)).unwrap()
    }

    /// How many mails lie in an inbox once the desk has nothing left to do.
    pub fn count_when_quiet(&self, user: &str) -> usize {
        self.quiet_inbox(user).len()
    }

    /// What lies in an inbox once the desk has nothing left to do and Postfix has delivered everything: a mail that is put
    /// into the queue last is waited for.
    pub fn quiet_inbox(&self, user: &str) -> Vec<Mail> {
        self.desk.wait_until_quiet().unwrap();
        let mark = fresh_id();
        let probe = Draft::new("probe@other.test", user, &mark, "probe", "probe");
        self.house.deliver("probe@other.test", &[user], &probe.bytes()).unwrap();
        let is_probe = |m: &Mail| m.header("From") == "probe@other.test";
        let mails =
            self.inbox(user).wait_until("the probe", |all| all.iter().any(|m| m.contains(&mark))).unwrap();
        mails.into_iter().filter(|m| !is_probe(m)).collect()
    }

    /// The operator's word instead of the minutes of the retry schedule.
    pub fn retry_outbox(&self) {
        for row in self.desk.outbox().unwrap().iter().filter(|r| r["state"] != "sent") {
            self.desk.run(&["outbox", "retry", &row["id"].to_string()]).unwrap();
        }
    }

    pub fn finish(self) {
        self.desk.finish().unwrap();
    }
}
