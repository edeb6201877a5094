//! The organisation that a mail states: by its legal form, by a word before it (`we are …`, 我司…), in a signature. A domain is no
//! statement. Names of products and of whom the mail speaks about are passed over as far as words tell.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Findings, Text, candidate::Source, pattern::Pattern, products};
use crate::triage::{
    prefixes::Prefixes,
    words::organisations::{AFTER, CUES, FULL, NO_NAMES, ORDINARY, ORDINARY_PARTS, STOPS, TRADES},
};

/// A name in capitals that ends with a legal form.
static FORM: Pattern = Pattern::new(concat!(
    r"\b((?:[\p{Lu}0-9][\p{L}\d&'’-]*(?:\.[\p{L}\d]+)*,? (?:(?:&|und|et|y|e|and|of|de|du|da|do|der|the) )?){1,5}",
    r"(?:GmbH(?: & Co\.? KGa?A?)?|AG|KGaA|KG|OHG|e\.V\.|GbR|UG|Ltd\b\.?|Limited|LLC|L\.L\.C\.|Inc\b\.?|Corp\b\.?|Corporation|PLC|plc|LLP|BV|B\.V\.|NV|N\.V\.|AB|A/S|ApS|AS|Oyj?|S\.A\.S\.?|S\.A\. de C\.V\.|S\.A\.?|SARL|S\.à r\.l\.|SAS|SA|[Ss]\.?[Rr]\.?[Ll]\b\.?|SpA|S\.p\.A\.?|S\.L\.U?\.?|SLU?|Ltda\b\.?|LTDA|ME|Pty\.? Ltd\.?|Pte\.? Ltd\.?|Co\.,? Ltd\.?|d\.o\.o\.|s\.r\.o\.|Kft\.?|Sp\. z o\.o\.|K\.K\.|GK|Holdings?|Group))(?:[\s,.;:)。，!?]|$)",
));
/// A part of each of those legal forms.
static FORM_PARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let parts = [
        "GmbH", " AG", "KGaA", " KG", "OHG", "e.V", "GbR", " UG", "Ltd", "Limited", "LLC", "L.L.C", " Inc",
        " Corp", "PLC", "plc", "LLP", " BV", "B.V", " NV", "N.V", " AB", "A/S", "ApS", " AS", " Oy", "S.A",
        "SARL", "S.à", " SAS", " SA", "rl", "r.l", "RL", "R.L", "SpA", "S.p.A", "S.L", " SL", "Ltda", "LTDA",
        " ME", "Co.", "d.o.o", "s.r.o", "Kft", "z o.o", "K.K", " GK", "Holding", "Group",
    ];
    AhoCorasick::new(parts).ok()
});
/// What says whose name follows.
static CUE: Pattern = Pattern::new(concat!(
    r"\b(?:[Ww]e are|[Ww]e're|[Ww]e’re|I work (?:at|for|with)|[Hh]ere at|on behalf of|[Oo]ur (?:company|organi[sz]ation|firm|school|university|client)(?: name)?(?: is(?: called)?)?,?|[Ee]mployed at|(?:admin|administrator|manager|director|developer|engineer|consultant|head of \w+) (?:at|of|for)|(?:I am|I'm|I’m|[Mm]y name is) [\p{Lu}]\w+(?: [\p{Lu}]\w+)? (?:from|at|of|with)|[Tt]his is [\p{Lu}]\w+(?: [\p{Lu}]\w+)? (?:from|at|of)|I represent|I'm with|I am with|(?:I am|I'm|I’m) (?:writing )?from|writing (?:to you )?from|[Ww]e at",
    r"|[Ww]ir sind(?: die| der| das)?|[Ii]ch arbeite (?:bei|für)(?: der| die| dem)?|im Namen (?:der|von|des)|von der Firma|[Ff]irma|für die|bei der|für den|[Ww]ir von(?: der)?|[Ww]ir bei(?: der)?",
    r"|[Nn]ous sommes(?: la| le| l['’])?(?: société| entreprise)?|[Ll]a société|[Ll]['’]entreprise|[Cc]hez|[Nn]otre (?:société|entreprise)(?: est)?,?|pour le compte de|au nom de",
    r"|[Ss]omos(?: la| el| de)?|a nombre de(?: la)?|[Ll]a empresa|[Nn]uestra empresa(?: es)?,?|[Tt]rabajo (?:en|para)|de parte de|en nombre de",
    r"|[Ss]omos (?:a|o|da|do)|[Aa] empresa|[Nn]ossa empresa(?: é)?(?: a)?,?|em nome d[aeo]|[Tt]rabalho n[ao]|faço parte d[ao])",
    r"\s+(?:the )?[“«]?((?:[\p{Lu}][\p{L}\d&'’-]*|\d[\p{L}][\p{L}\d]*)(?:\.[\p{L}\d]+)*(?: (?:(?:of|and|&|de|du|des|del|da|do|der|und|et|y|e) )?[\p{Lu}\d][\p{L}\d&'’-]*(?:\.[\p{L}\d]+)*){0,4})",
));
/// `We are a consultancy, ChantierPlus, and …`.
static APPOSITION: Pattern = Pattern::new(
    r"(?:[Ww]e are|[Ww]ir sind|[Nn]ous sommes|[Ss]omos) (?:an?|the|eine?|une?|uma?|una) [^.,;\n]{3,60}, ([\p{Lu}][\p{L}\d&'’.-]*(?: [\p{Lu}][\p{L}\d&'’.-]*){0,3})(?:,|\.|;)",
);
/// A company that wants something: the sentence begins with its name.
static SUBJECT: Pattern = Pattern::new(
    r"(?:^|[\n.!?] ?|[,，] )([\p{Lu}][\p{L}\d&'’-]+(?: (?:(?:of|and|&|de) )?[\p{Lu}\d][\p{L}\d&'’-]*){0,3}) (?:would like|is (?:evaluating|looking|interested|considering|planning|a customer|currently)|wants to|plans to|intends to|möchte|plant|interessiert sich|souhaite|envisage|desea|quiere|necesita|gostaria|pretende|deseja)",
);
static GERMAN_KIND: Pattern = Pattern::new(
    r"(?i)(?:stadtwerk|universität|hochschule|schule|akademie|verein|verband|bank|kasse|klinik|krankenhaus|gruppe|werke?\b|verlag|stiftung|amt\b|behörde|gemeinde|institut|holding|logistik|energie|handel|kirche|kanzlei|praxis|messe|versicherung|gmbh|\bag\b|\bkg\b)",
);
static JAPANESE: Pattern = Pattern::new(concat!(
    r"((?:株式会社|有限会社|合同会社|一般社団法人|学校法人)[^\s、。（(「」\n]{1,15}?",
    r"|[^\s、。：:（(「」のはがをにとで\n]{1,15}(?:株式会社|有限会社|合同会社)",
    r"|[\p{Han}\p{Katakana}ーA-Za-z]{1,12}(?:製作所|工業|大学|病院|銀行|商事|建設|電機|製薬|食品|物産|商会|工務店|設計|運輸|印刷|システムズ|市役所|高校|研究所))",
    r"(?:です|の[^\s、。\n]{1,14}(?:です|と申します)|と申します|でございます|では|にて|[、。」』\s]|$)",
));

/// `我是北辰数智的采购经理`: a name without an ending that tells, before the work of whoever writes.
static STAFF: Pattern = Pattern::new(
    r"(?:我是|我们是|本人是)([\p{Han}A-Za-z0-9]{2,14}?)的[\p{Han}A-Za-z]{0,6}?(?:经理|主管|管理员|负责人|工程师|采购|行政|财务|会计|运维|总监|助理|专员|秘书|主任|科长|老师|员工)",
);

struct Endings {
    words: Option<AhoCorasick>,
    full: usize,
}

static ENDINGS: LazyLock<Endings> = LazyLock::new(|| Endings {
    words: AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(FULL.iter().chain(TRADES))
        .ok(),
    full: FULL.len(),
});

pub fn in_prose(text: &Text<'_>, findings: &mut Findings) {
    if text.place == super::Place::Attachment {
        return;
    }
    latin(text, findings);
    if text.text.chars().any(|c| c > '\u{2e80}') {
        chinese(text, findings);
        if text.language == Some("ja") {
            for found in JAPANESE.captures_iter(text.text) {
                offer(text, found.get(1).map(|m| m.as_str()), 0.78, findings);
            }
        }
    }
}

fn latin(text: &Text<'_>, findings: &mut Findings) {
    let forms = FORM.captures_iter(if has_form(text.text) { text.text } else { "" });
    let forms: Vec<&str> = forms.filter_map(|c| Some(c.get(1)?.as_str())).collect();
    // Of "from A Ltd to B Ltd" the last one is to be.
    if let Some(name) = forms.last() {
        let name = name.trim_end_matches([',', '.']).trim();
        // `CEO of Blue Whale Inc.`
        let name =
            name.split_once(" of ").filter(|(title, _)| TITLE.is_match(title)).map_or(name, |(_, name)| name);
        if name.contains(' ') {
            offer(text, Some(name), 0.76, findings);
        }
    }
    for (pattern, confidence) in [(&CUE, 0.74), (&APPOSITION, 0.74), (&SUBJECT, 0.68)] {
        for found in pattern.captures_iter(text.text) {
            let (Some(whole), Some(name)) = (found.get(0), found.get(1)) else { continue };
            let cue =
                text.text.get(whole.start()..name.start()).unwrap_or_default().trim_end().to_lowercase();
            // German writes every noun with a capital: what follows must be a kind of organisation.
            let is_any_noun = ["für die", "für den", "bei der", "wir bei"].iter().any(|w| cue.ends_with(w));
            if is_any_noun && !GERMAN_KIND.is_match(name.as_str()) {
                continue;
            }
            let name = name.as_str().trim_end_matches(['.', ',', '-', '\'']);
            if is_name(name) {
                offer(text, Some(name), confidence, findings);
            }
        }
    }
}

/// Few mails hold a legal form, and looking for the name before it is dear.
fn has_form(text: &str) -> bool {
    FORM_PARTS.as_ref().is_none_or(|parts| parts.is_match(text))
}

fn offer(text: &Text<'_>, name: Option<&str>, confidence: f64, findings: &mut Findings) {
    if let Some(name) = name.map(str::trim).filter(|n| n.chars().count() >= 2) {
        findings.organisation.offer(name.to_owned(), text.evidence(Source::Prose, name, confidence));
    }
}

/// No product, weekday or word that only begins a sentence.
fn is_name(name: &str) -> bool {
    let first = name.split([' ', '-']).next().unwrap_or_default().to_lowercase();
    let is_plain = NO_NAMES.contains(&first.as_str());
    name.chars().count() >= 3 && !is_plain && products::find(name).is_empty() && !name.contains('@')
}

/// Names by their endings: what stands before them back to a cue or the clause's begin.
fn chinese(text: &Text<'_>, findings: &mut Findings) {
    let Some(words) = &ENDINGS.words else { return };
    for found in STAFF.captures_iter(text.text) {
        let name = found.get(1).map(|m| m.as_str()).filter(|name| !is_ordinary(name));
        offer(text, name, 0.7, findings);
    }
    let mut last_start = usize::MAX;
    for found in words.find_iter(text.text).take(200) {
        let is_full = found.pattern().as_usize() < ENDINGS.full;
        let Some((name, has_cue)) = name_before(text.text, found.start(), found.end()) else { continue };
        let start = found.end() - name.len();
        // The longer name of one beginning counts: 长河汽车 and 长河汽车零部件有限公司.
        let goes_on = start == last_start;
        last_start = start;
        let after = text.text.get(found.end()..).unwrap_or_default();
        let ends_well = !after.starts_with(is_han) || AFTER.iter().any(|w| after.starts_with(w));
        let chars = name.chars().count();
        let tail_chars = text.text.get(found.start()..found.end()).map_or(0, |t| t.chars().count());
        if chars < tail_chars + 1 || chars > 22 || !ends_well {
            continue;
        }
        // The whole clause is the name: 启航教育, or a line of a signature.
        let is_alone = !after.starts_with(is_han) && begins_clause(text.text, start);
        let confidence = match (is_full, has_cue) {
            (true, true) => 0.84,
            (true, false) if begins_clause(text.text, start) => 0.78,
            (true, false) => 0.66,
            // Titles of mails end so: 接口文档咨询.
            (false, false) if text.place == super::Place::Subject => continue,
            (false, true) => 0.74,
            (false, false) if is_alone && chars >= 4 => 0.62,
            (false, false) if begins_clause(text.text, start) && wants(after) && chars >= 4 => 0.62,
            (false, false) => continue,
        };
        let confidence = if goes_on { confidence + 0.01 } else { confidence };
        if !is_ordinary(&name) {
            offer(text, Some(&name), confidence, findings);
        }
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

fn wants(after: &str) -> bool {
    ["拟", "计划", "想", "希望", "需要", "打算", "准备", "要采购", "要购买", "正在", "目前"]
        .iter()
        .any(|w| after.starts_with(w))
}

fn begins_clause(text: &str, start: usize) -> bool {
    text.get(..start).and_then(|t| t.chars().next_back()).is_none_or(|c| !is_han(c) && !c.is_alphanumeric())
}

/// Words with such an ending that name no organisation.
fn is_ordinary(name: &str) -> bool {
    ORDINARY.contains(&name) || ORDINARY_PARTS.iter().any(|p| name.contains(p))
}

static CUE_WORDS: LazyLock<Prefixes> =
    LazyLock::new(|| Prefixes::new(CUES.iter().map(|w| (*w).to_owned()).collect()));
static STOP_WORDS: LazyLock<Prefixes> =
    LazyLock::new(|| Prefixes::new(STOPS.iter().map(|w| (*w).to_owned()).collect()));

/// Where the last of these words ends.
fn last_end(run: &str, words: &Prefixes) -> Option<usize> {
    let ends = run
        .char_indices()
        .flat_map(|(at, _)| words.of(run.get(at..).unwrap_or_default()).map(move |(_, length)| at + length));
    ends.max()
}

/// The name that ends at `end`: Han letters back to a cue. Whether a cue stood there.
fn name_before(text: &str, ending: usize, end: usize) -> Option<(String, bool)> {
    let from = text.ceil_char_boundary(ending.saturating_sub(90));
    let before = text.get(from..ending)?;
    let is_part =
        |c: char| is_han(c) || matches!(c, '（' | '）' | '(' | ')' | '·') || c.is_ascii_alphanumeric();
    let run_start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_part(*c))
        .last()
        .map_or(before.len(), |(at, _)| at);
    let run = before.get(run_start..)?;
    let cue = last_end(run, &CUE_WORDS);
    let stop = last_end(run, &STOP_WORDS).unwrap_or(0);
    let (begin, has_cue) = match cue {
        Some(at) if at >= stop => (at, true),
        _ => (stop, false),
    };
    let name = run.get(begin..)?.trim_start_matches(['（', '(', ')', '）']);
    // 我是金杉食品的管理员: 我是 alone is a cue only for names that end well, which the caller sees to.
    let tail = text.get(ending..end)?;
    (!name.is_empty()).then(|| (format!("{name}{tail}"), has_cue))
}

/// Titles in signatures: the organisation stands on the next line or behind a comma.
static TITLE: Pattern = Pattern::new(
    r"(?i)\b(?:manager|director|head of|lead|engineer|developer|administrator|officer|consultant|analyst|ceo|cto|cio|cfo|coo|founder|owner|president|architect|coordinator|specialist|assistant|secretary|leiter(?:in)?|geschäftsführer(?:in)?|ingenieur(?:in)?|responsable|directeur|directrice|chef de|ingénieur|gérant|director[a]?|gerente|jefe|ingeniero|diretor[a]?|coordenador[a]?|analista)\b",
);

pub fn in_signature(signature: &Text<'_>, findings: &mut Findings) {
    if signature.text.trim().is_empty() {
        return;
    }
    let lines: Vec<&str> = signature.text.lines().map(str::trim).filter(|l| !l.is_empty()).take(14).collect();
    for line in lines.iter().filter(|line| has_form(line)) {
        if let Some(name) = FORM.captures(line).and_then(|c| c.get(1)) {
            offer(signature, Some(name.as_str().trim_end_matches([',', '.'])), 0.88, findings);
            return;
        }
    }
    chinese(signature, findings);
    if signature.language == Some("ja")
        && let Some(name) = JAPANESE.captures(signature.text).and_then(|c| c.get(1))
    {
        offer(signature, Some(name.as_str()), 0.8, findings);
    }
    if let Some(name) = below_title(&lines) {
        offer(signature, Some(name), 0.66, findings);
    }
}

/// The line below a title, or what a title's line says behind `at`, a comma or a bar.
fn below_title<'a>(lines: &[&'a str]) -> Option<&'a str> {
    let at = lines.iter().position(|l| TITLE.is_match(l) && l.chars().count() <= 80)?;
    let line = lines.get(at)?;
    let behind = [" at ", " @ ", " | ", ", ", " – ", " - "].iter().find_map(|s| {
        let (before, behind) = line.rsplit_once(s)?;
        (TITLE.is_match(before) && !TITLE.is_match(behind)).then_some(behind)
    });
    let plausible = |t: &&str| {
        let t = t.trim();
        let capitals = t.split(' ').filter(|w| w.starts_with(|c: char| c.is_uppercase())).count();
        (3..=50).contains(&t.chars().count())
            && capitals * 2 >= t.split(' ').count()
            && !t.contains(['@', '/', ':', '+', '<'])
            && t.bytes().filter(u8::is_ascii_digit).count() <= 2
            && is_name(t)
    };
    behind.filter(plausible).or_else(|| lines.get(at + 1).copied().filter(plausible)).map(str::trim)
}
