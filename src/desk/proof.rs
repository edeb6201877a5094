//! Who really sent a mail (FAULTS section 1 A): judges Authentication-Results (RFC 8601), our own findings on DKIM and ARC,
//! and Exchange's mark of internal mail. Knows no DNS: the findings were made before.
//!
//! Invariants: only the topmost field of a configured authserv-id within our own Received lines is believed; SPF
//! proves nothing; doubt is "unproven", never an error.
//!
//! That a mail fails DMARC is only ever taken from the trusted server. We see no client address that a sender could not
//! have written, so we cannot evaluate SPF, and a mail without an aligned signature may still pass by it.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{ArcFinding, DkimFinding, DmarcFinding, Findings, Trust};
use crate::mail::{AuthenticationResults, ExchangeMarks, Reading};

/// Smallest RSA modulus that counts (FAULTS section 1).
const RSA_BITS_MIN: u32 = 2048;

/// AuthMechanism of mail that a person with a login submits: 04 from Outlook and the web, 06 by SMTP. What a relay hands in
/// that is trusted by its address says 10 (as in mail of Intel's and HPE's): whoever reaches it writes any From.
const LOGINS: [&str; 2] = ["04", "06"];

/// Headers that a signature must cover to count.
const SIGNED_REQUIRED: [&str; 3] = ["from", "subject", "date"];

/// Second levels under which strangers register: a signature by one of them is nobody's. Not the whole public suffix
/// list: a parent domain counts only with two labels or more, so only second-level suffixes could slip through.
const PUBLIC_SECOND_LEVELS: [&str; 24] = [
    "ac", "ad", "asso", "co", "com", "edu", "go", "gob", "gouv", "gov", "gr", "ltd", "me", "mil", "ne",
    "net", "nom", "or", "org", "pe", "plc", "re", "sch", "id",
];

/// Whether a mail was sent by whom its From names, and how we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Proven(Proof),
    /// Why not, without addresses.
    Unproven {
        reason: &'static str,
        dmarc_refused: bool,
    },
}

/// What the proof rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The trusted server says `dmarc=pass` for the domain of From.
    Dmarc,
    /// The trusted server says `auth=pass` for the address of From.
    Submission,
    /// An aligned DKIM signature that we checked ourselves.
    Dkim,
    /// The provider's mark of internally submitted mail, which outside mail cannot carry.
    Internal,
    /// A sealer whom the operator named found `dmarc=pass` before the mail was changed on its way.
    Arc,
}

impl Origin {
    /// Whether the sender is proven.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self, Self::Proven(_))
    }

    /// The trusted server says that DMARC failed and the domain asks for quarantine or reject.
    #[must_use]
    pub fn dmarc_refused(&self) -> bool {
        matches!(self, Self::Unproven { dmarc_refused: true, .. })
    }

    /// For events: `proven by dmarc`, `no trusted result and no aligned signature`.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Proven(Proof::Dmarc) => "proven by dmarc",
            Self::Proven(Proof::Submission) => "proven by authenticated submission",
            Self::Proven(Proof::Dkim) => "proven by dkim",
            Self::Proven(Proof::Internal) => "proven by the provider's mark of internal mail",
            Self::Proven(Proof::Arc) => "proven by arc",
            Self::Unproven { reason, .. } => reason,
        }
    }
}

/// Judges where a mail came from. Without one plain From address nothing can be proven.
#[must_use]
pub fn origin(reading: &Reading, findings: &Findings, trust: &Trust) -> Origin {
    let trusted = trusted_results(reading, trust);
    let dmarc_refused = trusted.as_ref().is_some_and(|t| t.iter().any(Method::is_refused_dmarc));
    let unproven = |reason| Origin::Unproven { reason, dmarc_refused };
    let Some(from) = reading.trace.strict_from.as_deref() else {
        return unproven("From is not one plain address");
    };
    let Some((_, domain)) = from.rsplit_once('@') else { return unproven("From has no domain") };
    if let Some(proof) = trusted.as_ref().and_then(|methods| by_results(methods, from, domain)) {
        return Origin::Proven(proof);
    }
    let mut reason = if trusted.is_some() {
        "the trusted server proves nothing"
    } else {
        "no trusted result and no signature"
    };
    for finding in &findings.dkim {
        match dkim_fault(finding, domain, findings.dmarc) {
            None => return Origin::Proven(Proof::Dkim),
            Some(fault) => reason = fault,
        }
    }
    let failed =
        trusted.is_some_and(|methods| methods.iter().any(|m| m.name == "dmarc" && m.result == "fail"));
    if trust.internal.iter().any(|own| own == domain) && is_marked_internal(&reading.trace.exchange) {
        match (findings.mark_holds, failed) {
            (true, false) => return Origin::Proven(Proof::Internal),
            (true, true) => {
                reason = "marked as internal mail, and the trusted server says that it fails DMARC"
            }
            (false, _) => reason = "marked as internal mail, and no probe showed that others cannot do that",
        }
    }
    match findings.arc.as_ref().map(|arc| arc_fault(arc, from, domain, trust)) {
        Some(None) => Origin::Proven(Proof::Arc),
        Some(Some(fault)) => unproven(fault),
        None => unproven(reason),
    }
}

/// What the trusted server's results prove by themselves.
fn by_results(methods: &[Method], from: &str, domain: &str) -> Option<Proof> {
    if dmarc_passed(methods, from, domain) {
        return Some(Proof::Dmarc);
    }
    all_say(methods, "auth", |m| m.is_pass("auth") && m.property_is("smtp.auth", from))
        .then_some(Proof::Submission)
}

/// Whether the trusted server's word alone proves the sender: then nobody need be asked.
#[must_use]
pub fn is_proven_by_results(reading: &Reading, trust: &Trust) -> bool {
    origin(reading, &Findings::default(), trust).is_proven()
}

/// Exchange says once, and nowhere otherwise, that the mail was submitted inside the organisation, by a person's login. What
/// it writes of its organisation it strips from mail that comes in (its header firewall), and says `Anonymous` of that; the
/// field about tenants crosses borders, so it proves nothing and may only not contradict.
#[must_use]
pub fn is_marked_internal(marks: &ExchangeMarks) -> bool {
    let all_are = |list: &[String], word: &str| list.iter().all(|value| value.eq_ignore_ascii_case(word));
    let named_once = matches!(marks.auth_source.as_slice(), [source] if source.contains('.'));
    let by_login = matches!(marks.mechanism.as_slice(), [how] if LOGINS.contains(&how.as_str()));
    marks.auth_as.len() == 1
        && all_are(&marks.auth_as, "Internal")
        && named_once
        && by_login
        && all_are(&marks.direction, "Originating")
        && all_are(&marks.cross_tenant, "Internal")
}

/// Why a chain of seals does not prove the sender; `None` when it does.
fn arc_fault(arc: &ArcFinding, from: &str, domain: &str, trust: &Trust) -> Option<&'static str> {
    let is_named = |name: &str| trust.arc_sealers.iter().any(|known| known.eq_ignore_ascii_case(name));
    let signature = &arc.signature;
    if !is_named(&arc.sealer) || !arc.sealer.eq_ignore_ascii_case(&signature.domain) {
        return Some("sealed by nobody who is trusted ([trust] arc_sealers)");
    }
    if !is_strong(&arc.algorithm, arc.key_bits) {
        return Some("the key of the ARC seal is too weak");
    }
    if let Some(fault) = signature_fault(signature) {
        return Some(if signature.passed { fault } else { "the chain of ARC seals does not verify" });
    }
    let (_, methods) = parse(&arc.results);
    (!dmarc_passed(&methods, from, domain)).then_some("the ARC sealer did not find that DMARC passed")
}

/// A pass for this very domain.
fn dmarc_passed(methods: &[Method], from: &str, domain: &str) -> bool {
    all_say(methods, "dmarc", |m| {
        m.is_pass("dmarc") && (m.property_is("header.from", domain) || m.property_is("header.from", from))
    })
}

/// There is a result of this method, and each one says so: a field that contradicts itself proves nothing.
fn all_say(methods: &[Method], name: &str, says: impl Fn(&Method) -> bool) -> bool {
    let mut results = methods.iter().filter(|m| m.name == name).peekable();
    results.peek().is_some() && results.all(says)
}

/// Why a signature does not prove this From domain; `None` when it does.
pub(super) fn dkim_fault(
    finding: &DkimFinding,
    from_domain: &str,
    dmarc: DmarcFinding,
) -> Option<&'static str> {
    signature_fault(finding).or_else(|| alignment_fault(&finding.domain, from_domain, dmarc))
}

/// What makes a signature worthless, whoever made it.
fn signature_fault(finding: &DkimFinding) -> Option<&'static str> {
    let signs = |name: &&str| finding.signed_headers.iter().any(|h| h.eq_ignore_ascii_case(name));
    if !finding.passed {
        Some("the DKIM signature does not verify")
    } else if finding.expired {
        Some("the DKIM signature has expired")
    } else if finding.body_length_limited {
        Some("the DKIM signature covers only a part of the body (l=)")
    } else if !is_strong(&finding.algorithm, finding.key_bits) {
        Some("the DKIM key or algorithm is too weak")
    } else if !SIGNED_REQUIRED.iter().all(signs) {
        Some("the DKIM signature does not cover From, Subject and Date")
    } else {
        None
    }
}

fn is_strong(algorithm: &str, key_bits: Option<u32>) -> bool {
    match algorithm.to_ascii_lowercase().as_str() {
        "ed25519-sha256" => true,
        "rsa-sha256" => key_bits.is_some_and(|bits| bits >= RSA_BITS_MIN),
        _ => false,
    }
}

/// Why a signature of this domain says nothing of that From domain.
fn alignment_fault(signer: &str, from_domain: &str, dmarc: DmarcFinding) -> Option<&'static str> {
    if !is_aligned(signer, from_domain) {
        return Some("the DKIM signature is another domain's");
    }
    match dmarc {
        _ if signer.eq_ignore_ascii_case(from_domain) => None,
        DmarcFinding::Published { strict: true } => {
            Some("the DKIM signature is a parent domain's, and the domain asks for its own (adkim=s)")
        }
        DmarcFinding::NoAnswer => {
            Some("the DKIM signature is a parent domain's, and DNS did not say whether that suffices")
        }
        DmarcFinding::NotAsked | DmarcFinding::Absent | DmarcFinding::Published { strict: false } => None,
    }
}

/// Whether a signature that verified proves something of this From domain only if its domain asks for no strict alignment.
#[must_use]
pub fn depends_on_dmarc(finding: &DkimFinding, from_domain: &str) -> bool {
    finding.passed
        && !finding.domain.eq_ignore_ascii_case(from_domain)
        && is_aligned(&finding.domain, from_domain)
}

/// By what a replay of a signed mail is known (FAULTS section 1): who signed, the signed body, Date and From. Whatever else
/// differs (recipients, Message-ID) may not be signed. None for a mail without a signature that verified: nothing but a
/// signature can be carried to another mail.
#[must_use]
pub fn replay_keys(reading: &Reading, findings: &Findings) -> Vec<String> {
    let Some(from) = reading.trace.strict_from.as_deref() else { return Vec::new() };
    let date = reading.date.map_or(i64::MIN, jiff::Timestamp::as_second);
    let key = |kind: &str, finding: &DkimFinding| {
        let mut hash = Sha256::new();
        for piece in [kind, finding.domain.as_str(), &finding.body_hash, from] {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece);
        }
        hash.update(date.to_be_bytes());
        HEXLOWER.encode(&hash.finalize())
    };
    let by_dkim = findings.dkim.iter().map(|finding| ("dkim", finding));
    let by_arc = findings.arc.iter().map(|arc| ("arc", &arc.signature));
    let signed = by_dkim.chain(by_arc).filter(|(_, f)| f.passed && !f.body_hash.is_empty());
    signed.map(|(kind, finding)| key(kind, finding)).collect()
}

/// Relaxed alignment (RFC 7489 section 3.1.1), stricter: the same domain or a parent of it that somebody owns.
fn is_aligned(signer: &str, from_domain: &str) -> bool {
    let (signer, from) = (signer.to_lowercase(), from_domain.to_lowercase());
    if signer == from {
        return signer.contains('.');
    }
    let is_parent = from.strip_suffix(&signer).is_some_and(|head| head.ends_with('.'));
    is_parent && !is_public_suffix(&signer)
}

fn is_public_suffix(domain: &str) -> bool {
    let mut labels = domain.split('.');
    match (labels.next(), labels.next(), labels.next()) {
        // `bj.cn`, `gd.cn`: China gives out names under each province's two letters.
        (Some(second), Some("cn"), None) if second.len() == 2 => true,
        (Some(second), Some(top), None) => top.len() == 2 && PUBLIC_SECOND_LEVELS.contains(&second),
        (_, None, _) => true,
        _ => false,
    }
}

/// One `method=result` of a field, comments kept apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) result: String,
    properties: Vec<(String, String)>,
    comment: String,
}

impl Method {
    fn is_pass(&self, name: &str) -> bool {
        self.name == name && self.result == "pass"
    }

    /// The property is there, and has this value wherever it stands: one that comes twice was put there by somebody else.
    fn property_is(&self, name: &str, value: &str) -> bool {
        let mut values = self.properties.iter().filter(|(n, _)| n == name).map(|(_, v)| v).peekable();
        values.peek().is_some() && values.all(|v| v.eq_ignore_ascii_case(value))
    }

    /// Google writes the policy as a comment, `(p=REJECT sp=REJECT dis=NONE)`; Microsoft as `action=oreject`; others as
    /// `policy.dmarc=reject`.
    fn is_refused_dmarc(&self) -> bool {
        let strict = |value: &str| {
            let value = value.to_ascii_lowercase();
            value.starts_with("reject") || value.starts_with("quarantine") || value.starts_with("oreject")
        };
        let policy_property = |n: &str| {
            matches!(
                n,
                "action" | "policy.dmarc" | "policy.published-domain-policy" | "policy.applied-disposition"
            )
        };
        let in_comment = || {
            self.comment
                .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
                .filter_map(|word| word.split_once('='))
                .any(|(n, v)| (n.eq_ignore_ascii_case("p") || n.eq_ignore_ascii_case("policy")) && strict(v))
        };
        self.name == "dmarc"
            && self.result == "fail"
            && (self.properties.iter().any(|(n, v)| policy_property(n) && strict(v)) || in_comment())
    }
}

/// The methods of the one field that is believed.
pub(super) fn trusted_results(reading: &Reading, trust: &Trust) -> Option<Vec<Method>> {
    believed(reading, trust).map(|field| parse(&field.value).1)
}

/// The one field that is believed: the topmost with a configured authserv-id, if it stands within our own Received lines.
/// Whatever stands lower may be forged.
#[must_use]
pub fn believed<'r>(reading: &'r Reading, trust: &Trust) -> Option<&'r AuthenticationResults> {
    let is_ours = |field: &&AuthenticationResults| {
        let id = authserv_id(&field.value);
        trust.authserv_ids.iter().any(|known| known.eq_ignore_ascii_case(&id))
    };
    reading
        .trace
        .authentication_results
        .iter()
        .find(is_ours)
        .filter(|f| f.received_above <= trust.own_received)
}

/// The name in an Authentication-Results field, lower case; empty when there is none.
#[must_use]
pub fn authserv_id(value: &str) -> String {
    parse(value).0
}

/// The authserv-id (`""` when there is none, as Microsoft writes it) and the results.
fn parse(value: &str) -> (String, Vec<Method>) {
    let mut segments = segments(value).unwrap_or_default().into_iter().peekable();
    let id = match segments.peek() {
        Some(first) if !first.words.iter().any(|w| w.contains('=')) => {
            segments.next().and_then(|s| s.words.into_iter().next()).unwrap_or_default()
        }
        _ => String::new(),
    };
    (id.to_lowercase(), segments.filter_map(method).collect())
}

fn method(segment: Segment) -> Option<Method> {
    let mut pairs = segment.words.iter().filter_map(|w| w.split_once('='));
    let (name, result) = pairs.next()?;
    // `dkim/1=pass`: the version of the method changes nothing for us.
    let name = name.split('/').next().unwrap_or(name);
    Some(Method {
        name: name.to_ascii_lowercase(),
        result: result.to_ascii_lowercase(),
        properties: pairs.map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect(),
        comment: segment.comment,
    })
}

/// What stands between two semicolons: words without comments, quotes resolved, blanks around `=`, `.` and `/` gone.
#[derive(Debug, Default)]
struct Segment {
    words: Vec<String>,
    comment: String,
}

/// `None` when quotes or comments do not close, or a comment holds a quote: senders choose words that servers repeat there
/// (`domain of "x); dmarc=pass ("@evil.example`), and in a comment a quote protects nothing (RFC 5322 section 3.2.2).
fn segments(value: &str) -> Option<Vec<Segment>> {
    let mut all = Vec::new();
    let mut lexer = Lexer::default();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if lexer.depth > 0 || lexer.quoted => lexer.take(chars.next().unwrap_or(' ')),
            '"' if lexer.depth > 0 => return None,
            '"' => lexer.quoted = !lexer.quoted,
            _ if lexer.quoted => lexer.take(c),
            '(' => {
                lexer.depth += 1;
                lexer.segment.comment.push(' ');
                lexer.gap |= lexer.depth == 1;
            }
            ')' if lexer.depth > 0 => lexer.depth -= 1,
            ';' if lexer.depth == 0 => all.push(lexer.finish()),
            _ if c.is_whitespace() && lexer.depth == 0 => lexer.gap = true,
            _ => lexer.take(c),
        }
    }
    all.push(lexer.finish());
    (lexer.depth == 0 && !lexer.quoted).then_some(all)
}

#[derive(Debug, Default)]
struct Lexer {
    segment: Segment,
    word: String,
    quoted: bool,
    gap: bool,
    depth: usize,
}

impl Lexer {
    fn take(&mut self, c: char) {
        if self.depth > 0 {
            self.segment.comment.push(c);
            return;
        }
        // `dmarc = pass` is one word (RFC 8601 section 2.2 allows CFWS there).
        let joins = self.word.ends_with('=') || (c == '=' && !self.quoted && !self.word.contains('='));
        if self.gap && !joins {
            self.end_word();
        }
        self.gap = false;
        self.word.push(c);
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.segment.words.push(std::mem::take(&mut self.word));
        }
    }

    fn finish(&mut self) -> Segment {
        self.end_word();
        self.gap = false;
        std::mem::take(&mut self.segment)
    }
}
