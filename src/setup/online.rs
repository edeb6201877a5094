//! `maildesk check --online`: a look at everything that a desk needs of the world, with what to do for each row. Effects: it
//! logs in, asks DNS, opens the store, and sends probes to the mailbox itself; it changes nothing else.

use std::{collections::BTreeSet, path::Path, time::Duration};

use hickory_resolver::TokioResolver;

use super::{
    domain::{self, AgentDomain, DkimKey, Newest, USUAL_SELECTORS},
    errand::{Errand, Outcome},
    login::{self, Refused},
    mark, names,
    probe::{Plan, Question, Trip, judge},
    provider::{self, Provider},
    report::{Report, Row},
    verdicts::{Expected, rows},
};
use crate::{
    config::{After, Config, MailboxConfig, Sent, StoreConfig},
    desk::{MailFacts, Trust, proof::Origin, proof::origin},
    edge,
    imap::{ImapLimits, Session},
    intake::{Inquiry, Prover, imap_limits, open_store, read_once, read_policy, store_options},
    mail::{ReadPolicy, Reading},
    net::{self, records},
    smtp::Deadlines,
    store::{Schema, Store},
};

/// All look-ups for the signatures of one probe.
const DNS_MAX: Duration = Duration::from_secs(8);

/// What the operator wants.
#[derive(Debug, Clone, Copy)]
pub struct Online {
    /// Whether probes are sent.
    pub probe: bool,
    /// How long a probe is waited for.
    pub wait: Duration,
}

/// Looks at everything. `progress` is told what is being waited for.
pub async fn look(config: &Config, online: Online, progress: &dyn Fn(&str)) -> Report {
    let mut report = Report::default();
    let store = look_at_store(&mut report, &config.store).await;
    let resolver = match net::resolver(config.resolver) {
        Ok(resolver) => Some(resolver),
        Err(why) => {
            report.fail("DNS", why.to_string(), "Without DNS no sender is proven and no server is found.");
            None
        }
    };
    let mut looked = BTreeSet::new();
    for mailbox in &config.mailboxes {
        let provider = provider_of(mailbox);
        progress(&format!("{}: logging in …", mailbox.name));
        let reachable = servers(&mut report, config, mailbox, provider).await;
        let mut returned = None;
        if online.probe && reachable {
            progress(&format!(
                "{}: probe mails are on their way (up to {} s) …",
                mailbox.name,
                online.wait.as_secs()
            ));
            returned = probe(&mut report, config, mailbox, provider, store.as_ref(), online.wait).await;
        }
        let is_marked = |row: &Row| row.what == format!("{}: mark of internal mail", mailbox.name);
        if !config.policy.trust.internal.is_empty() && !report.rows.iter().any(is_marked) {
            known_mark(&mut report, mailbox, store.as_ref()).await;
        }
        let domain = domain_of(&mailbox.address);
        if let Some(resolver) = &resolver
            && looked.insert(domain.to_owned())
        {
            progress(&format!("{domain}: asking DNS …"));
            outgoing_domain(&mut report, resolver, domain, provider, returned.as_deref()).await;
        }
    }
    if let Some(resolver) = &resolver {
        agents(&mut report, config, resolver, store.as_ref()).await;
    }
    if config.policy.operators.is_empty() {
        report.warn(
            "alerts",
            "nobody is told of trouble, nor of what shadow mode holds back",
            "Name an address: [alerts] to = [\"ops@example.com\"].",
        );
    }
    if let Some(store) = store {
        store.close().await;
    }
    report
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

fn provider_of(mailbox: &MailboxConfig) -> Option<&'static Provider> {
    provider::by_host(&mailbox.imap.host)
        .or_else(|| provider::by_host(&mailbox.smtp.server.host))
        .or_else(|| provider::by_domain(domain_of(&mailbox.address)))
}

/// A store that is not there yet is not made here: it would belong to whoever runs the check, and not to the service. Nor is an
/// older one migrated: that would shut out the daemons that work with it.
async fn look_at_store(report: &mut Report, store: &StoreConfig) -> Option<Store> {
    let file = store.url.strip_prefix("sqlite://").map(|rest| rest.split('?').next().unwrap_or(rest));
    if let Some(file) = file.filter(|file| !Path::new(file).exists()) {
        let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty());
        match folder {
            Some(folder) if !folder.exists() => report.warn(
                "store",
                format!("{} is not there yet", folder.display()),
                "The service makes it at its first start (StateDirectory); else make it, for the user who runs maildesk.",
            ),
            _ => report.pass("store", "not there yet; the first `maildesk run` makes it"),
        }
        return None;
    }
    let opened = match Store::schema(&store_options(store)).await {
        Ok(Schema::Missing) => {
            report.pass("store", "opened; the first `maildesk run` makes its tables");
            return None;
        }
        Ok(Schema::Older) => {
            report.warn(
                "store",
                "opened; its schema is that of an older maildesk",
                "The next `maildesk run` of this program migrates it, and older programs refuse it from then on: where several \
                 daemons share it, replace all of them.",
            );
            return None;
        }
        Ok(Schema::Reached) => open_store(store).await,
        Err(why) => Err(why),
    };
    match opened {
        Ok(store) => {
            report.pass("store", "opened");
            Some(store)
        }
        Err(why) => {
            report.fail(
                "store",
                why.to_string(),
                "Run the check as the user who runs maildesk; check [store] url.",
            );
            None
        }
    }
}

/// Both logins, what the IMAP server can do, and the folders. Returns whether probes can be sent.
async fn servers(
    report: &mut Report,
    config: &Config,
    mailbox: &MailboxConfig,
    provider: Option<&'static Provider>,
) -> bool {
    let row = |what: &str| format!("{}: {what}", mailbox.name);
    let limits = imap_limits(&config.policy.limits);
    let first = mailbox.folders.first().map_or("INBOX", String::as_str);
    let imap = login::imap(&mailbox.imap, &limits, first, provider).await;
    let imap_works = match imap {
        Ok(mut session) => {
            let place = format!("{}:{}", mailbox.imap.host, mailbox.imap.port);
            report.pass(row("IMAP login"), format!("logged in at {place}"));
            capabilities(report, mailbox, &session);
            folders(report, mailbox, &mut session).await;
            session.logout().await;
            true
        }
        Err(why) => refused(report, row("IMAP login"), &why),
    };
    let hello = domain_of(&mailbox.address);
    let smtp = &mailbox.smtp.server;
    let smtp_works = match login::smtp(smtp, hello, &Deadlines::default(), provider).await {
        Ok(connection) => {
            connection.quit().await;
            let how = if smtp.user.is_empty() { "reached, without a login" } else { "logged in" };
            report.pass(row("SMTP login"), format!("{how} at {}:{}", smtp.host, smtp.port));
            true
        }
        Err(why) => refused(report, row("SMTP login"), &why),
    };
    imap_works && smtp_works
}

fn refused(report: &mut Report, what: String, why: &Refused) -> bool {
    report.fail(what, why.to_string(), why.advice());
    false
}

fn capabilities(report: &mut Report, mailbox: &MailboxConfig, session: &Session) {
    let row = |what: &str| format!("{}: {what}", mailbox.name);
    if session.has_idle() {
        report.pass(row("push (IDLE)"), "new mail is noticed at once");
    } else {
        report.warn(
            row("push (IDLE)"),
            "the server has no IDLE: mail is noticed by the poll alone",
            format!("Nothing must be done; poll = \"{}\" decides how soon.", mailbox.poll),
        );
    }
    if mailbox.after != After::Keep {
        if session.removes_exactly() {
            report.pass(row("removing mail"), "MOVE or UIDPLUS is there");
        } else {
            report.warn(
                row("removing mail"),
                "the server has neither MOVE nor UIDPLUS: what was taken stays, flagged as deleted",
                "Set after = \"keep\", or empty the folder with a mail program now and then.",
            );
        }
    }
}

async fn folders(report: &mut Report, mailbox: &MailboxConfig, session: &mut Session) {
    let row = |what: &str| format!("{}: {what}", mailbox.name);
    let target = match &mailbox.after {
        After::Move(folder) => Some(folder),
        After::Keep | After::Delete => None,
    };
    for folder in mailbox.folders.iter().chain(target) {
        match session.select(folder).await {
            Ok(selected) if selected.read_only => report.fail(
                row(&format!("folder {folder}")),
                "it is read-only for this login, so mail in it cannot be marked",
                "Grant the login write access to it.",
            ),
            Ok(selected) => {
                report.pass(row(&format!("folder {folder}")), format!("{} messages in it", selected.exists));
            }
            Err(why) => report.fail(
                row(&format!("folder {folder}")),
                why.to_string(),
                "Make the folder, or correct its name in `folders` or `after`.",
            ),
        }
    }
    if mailbox.sent != Sent::OFF {
        sent_folder(report, mailbox, session).await;
    }
}

async fn sent_folder(report: &mut Report, mailbox: &MailboxConfig, session: &mut Session) {
    let what = format!("{}: sent mail", mailbox.name);
    let found = match &mailbox.sent_folder {
        Some(name) => session.select(name).await.map(|_| Some(name.clone())),
        None => session.special_folders().await.map(|folders| folders.sent),
    };
    match found {
        Ok(Some(name)) => report.pass(what, format!("it is in {name}")),
        Ok(None) => report.warn(
            what,
            "its folder cannot be told: the server marks none, and none has a usual name",
            "Name it: sent_folder = \"…\"; until then answers that people send from the mailbox itself are not seen.",
        ),
        Err(why) => report.fail(what, why.to_string(), "Correct sent_folder, or set sent = \"off\"."),
    }
}

/// Sends probes and adds what they taught. Returns the plain one as it came back.
async fn probe(
    report: &mut Report,
    config: &Config,
    mailbox: &MailboxConfig,
    provider: Option<&'static Provider>,
    store: Option<&Store>,
    wait: Duration,
) -> Option<Vec<u8>> {
    let policy = config.policy.mailbox(&mailbox.name)?;
    let trust = &config.policy.trust;
    let target = match &mailbox.after {
        After::Move(folder) => Some(folder.clone()),
        After::Keep | After::Delete => None,
    };
    let errand = Errand {
        imap: &mailbox.imap,
        smtp: &mailbox.smtp.server,
        limits: ImapLimits::default(),
        provider,
        folders: mailbox.folders.iter().cloned().chain(target).collect(),
        wait,
        desk: store.map(|store| (mailbox.name.as_str(), store)),
    };
    let plan = Plan {
        address: &mailbox.address,
        mark: if policy.subaddressing.is_empty() { "+" } else { &policy.subaddressing },
        desk_id: &config.policy.desk_id,
        authserv_ids: &trust.authserv_ids,
        internal: !trust.internal.is_empty(),
        now: edge::now(),
    };
    let questions = [Question::Plain, Question::Subaddress, Question::NullSender, Question::TokenSender];
    match errand.run(&plan, &questions).await {
        Ok(outcome) => {
            let learned = judge(&outcome.trips, trust);
            let expected = Expected {
                mailbox: &mailbox.name,
                mark: &policy.subaddressing,
                plain_envelope: policy.plain_envelope,
                trust,
                provider,
            };
            rows(report, &expected, &learned);
            remains(report, &mailbox.name, &outcome);
            if plan.internal {
                internal_mark(report, config, mailbox, &errand, &outcome.trips).await;
            }
            outcome.plain_bytes
        }
        Err(why) => {
            refused(report, format!("{}: probe", mailbox.name), &why);
            None
        }
    }
}

/// Holds the forged mark of internal mail against what came back and what lies in the mailbox, and records the verdict: by it
/// the desk believes the mark or does not.
async fn internal_mark(
    report: &mut Report,
    config: &Config,
    mailbox: &MailboxConfig,
    errand: &Errand<'_>,
    trips: &[Trip],
) {
    let agents = config.policy.agents.iter().map(|agent| domain_of(&agent.address).to_owned());
    let own: Vec<String> = config.policy.trust.internal.iter().cloned().chain(agents).collect();
    let older = errand.older_mails().await.unwrap_or_default();
    let verdict = mark::row(report, &mailbox.name, mark::judge(trips), &mark::outside(&older, &own));
    let (Some(holds), Some((name, store))) = (verdict, errand.desk) else {
        if verdict == Some(true) {
            report.warn(
                format!("{}: mark of internal mail", mailbox.name),
                "the store is not there yet, so that this cannot be remembered and counts for nobody",
                "Start the service once, and check again.",
            );
        }
        return;
    };
    if let Err(why) = store.set_internal_mark(name, &mailbox.imap.host, holds, edge::now()).await {
        report.fail(
            format!("{}: mark of internal mail", mailbox.name),
            format!("what the probe showed was not remembered: {why}"),
            "Run the check as the user who runs maildesk.",
        );
    }
}

/// What an earlier probe showed, where this look taught nothing.
async fn known_mark(report: &mut Report, mailbox: &MailboxConfig, store: Option<&Store>) {
    let holds = match store {
        Some(store) => store.internal_mark_holds(&mailbox.name, &mailbox.imap.host).await.unwrap_or(false),
        None => false,
    };
    mark::row_of_before(report, &mailbox.name, holds);
}

fn remains(report: &mut Report, mailbox: &str, outcome: &Outcome) {
    if outcome.in_junk {
        report.warn(
            format!("{mailbox}: junk"),
            "a probe arrived in the folder for junk, where the desk does not look",
            "Teach the mail server that mail of the mailbox to itself is none, or add the folder to `folders`.",
        );
    }
    if outcome.left > 0 {
        report.warn(
            format!("{mailbox}: probe"),
            format!("{} probe mails could not be removed", outcome.left),
            "You may delete them (subject: maildesk probe); no ticket is made of them.",
        );
    }
}

/// SPF, DKIM and DMARC of the domain that the desk writes from.
async fn outgoing_domain(
    report: &mut Report,
    resolver: &TokioResolver,
    domain: &str,
    provider: Option<&'static Provider>,
    returned: Option<&[u8]>,
) {
    let silent = |report: &mut Report, what: &str, why: records::NoAnswer| {
        report.warn(
            format!("{domain}: {what}"),
            why.to_string(),
            "Check that this machine reaches its DNS server.",
        );
    };
    match records::txt(resolver, domain).await {
        Ok(txt) => {
            domain::judge_spf(
                report,
                &format!("{domain}: SPF"),
                domain,
                &txt,
                provider.map_or("", |p| p.spf_include),
            );
        }
        Err(why) => silent(report, "SPF", why),
    }
    match dkim(resolver, domain, provider, returned).await {
        Ok(Ok(found)) => report.pass(format!("{domain}: DKIM"), found),
        Ok(Err(found)) => report.warn(
            format!("{domain}: DKIM"),
            found,
            format!("Have the provider sign mail of {domain} (2048 bits, d={domain}); some receivers refuse unsigned mail."),
        ),
        Err(why) => silent(report, "DKIM", why),
    }
    match names::dmarc(resolver, domain).await {
        Ok(found) => domain::judge_dmarc(report, &format!("{domain}: DMARC"), domain, found),
        Err(why) => silent(report, "DMARC", why),
    }
}

/// What is known of our signature: the inner error is a finding that deserves a look.
async fn dkim(
    resolver: &TokioResolver,
    domain: &str,
    provider: Option<&'static Provider>,
    returned: Option<&[u8]>,
) -> Result<Result<String, String>, records::NoAnswer> {
    if let Some((bytes, reading)) = returned.and_then(|bytes| Some((bytes, read(bytes)?)))
        && reading.trace.dkim_signatures > 0
    {
        let inquiry = Inquiry { bytes, from_domain: domain, arc_sealers: &[], deadline: DNS_MAX };
        let findings = Prover::new(resolver.clone()).findings(&inquiry).await;
        return Ok(match origin(&reading, &findings, &Trust::default()) {
            Origin::Proven(_) => {
                Ok("the returned probe carries an aligned signature that verifies".to_owned())
            }
            Origin::Unproven { reason, .. } => Err(format!("the returned probe is signed, but {reason}")),
        });
    }
    let own = provider.map_or(&[][..], |p| p.dkim_selectors);
    let selectors: Vec<&'static str> = own.iter().chain(&USUAL_SELECTORS).copied().collect();
    Ok(match names::dkim_selector(resolver, domain, &selectors).await? {
        Some((selector, DkimKey::Short)) => Err(format!(
            "the key under {selector}._domainkey is shorter than 2048 bits, which many receivers do not count"
        )),
        Some((selector, _)) => Ok(format!(
            "a key is published under {selector}._domainkey (mail to itself is not signed, so none was checked)"
        )),
        None => Err("no signature was seen, and no key under the usual selectors".to_owned()),
    })
}

fn read(bytes: &[u8]) -> Option<Reading> {
    read_once(bytes.to_vec(), ReadPolicy::default()).ok()
}

/// Whether mail of the agents can be proven to be theirs.
async fn agents(report: &mut Report, config: &Config, resolver: &TokioResolver, store: Option<&Store>) {
    let policy = &config.policy;
    if policy.agents.is_empty() {
        report.warn(
            "agents",
            "there are none: nobody is told of tickets",
            "Add [[agent]] blocks to the config.",
        );
    }
    let domains: BTreeSet<&str> = policy.agents.iter().map(|agent| domain_of(&agent.address)).collect();
    for domain in domains {
        let selectors = agent_selectors(resolver, domain).await;
        let found = async {
            Ok::<_, records::NoAnswer>(AgentDomain {
                dmarc: names::dmarc(resolver, domain).await?,
                dkim_key: names::dkim_selector(resolver, domain, &selectors)
                    .await?
                    .map_or(DkimKey::None, |(_, key)| key),
                results_believed: !policy.trust.authserv_ids.is_empty(),
                own: policy.mailboxes.iter().any(|mailbox| domain_of(&mailbox.address) == domain),
                marked: is_marked(config, domain, store).await,
                newest: newest(config, domain, store).await,
            })
        };
        match found.await {
            Ok(known) => domain::judge_agents(report, domain, &known),
            Err(why) => report.warn(
                format!("agents at {domain}"),
                why.to_string(),
                "Check that this machine reaches its DNS server.",
            ),
        }
    }
}

/// Whether the mark of internal mail counts for a domain, in every mailbox.
async fn is_marked(config: &Config, domain: &str, store: Option<&Store>) -> bool {
    let Some(store) = store.filter(|_| config.policy.trust.internal.iter().any(|own| own == domain)) else {
        return false;
    };
    for mailbox in &config.mailboxes {
        if !store.internal_mark_holds(&mailbox.name, &mailbox.imap.host).await.unwrap_or(false) {
            return false;
        }
    }
    true
}

/// What the newest mail of the domain's agents proves by the config of today.
async fn newest(config: &Config, domain: &str, store: Option<&Store>) -> Option<Newest> {
    let mut newest: Option<Newest> = None;
    for agent in config.policy.agents.iter().filter(|agent| domain_of(&agent.address) == domain) {
        let Ok(Some((at, bytes, facts))) = store?.newest_of_agent(&agent.address).await else { continue };
        let Ok(facts) = serde_json::from_str::<MailFacts>(&facts) else { continue };
        let Ok(reading) = read_once(bytes, read_policy(&config.policy)) else { continue };
        let origin = origin(&reading, &facts.findings, &config.policy.trust);
        if newest.as_ref().is_none_or(|known| known.at < at) {
            newest =
                Some(Newest { at, proven: origin.is_proven() && !facts.replayed, words: origin.words() });
        }
    }
    newest
}

/// The selectors of the provider that the domain's MX names, and the usual ones.
async fn agent_selectors(resolver: &TokioResolver, domain: &str) -> Vec<&'static str> {
    let mx = records::mx(resolver, domain).await.unwrap_or_default();
    let provider =
        provider::by_domain(domain).or_else(|| mx.iter().find_map(|exchange| provider::by_mx(exchange)));
    provider.map_or(&[][..], |p| p.dkim_selectors).iter().chain(&USUAL_SELECTORS).copied().collect()
}
