//! What the sender tried: clauses in the past that speak of the usual remedies, in each language's own way of telling them.
//!
//! A clause counts when it has a remedy in the past tense and no negation, request or condition. Knows no labels but the lists of values
//! that stand beside them.

use super::{Findings, LIST_MAX, Text, candidate::Source, pattern::Pattern};

/// Bytes of a step.
const STEP_BYTES_MAX: usize = 160;
const CONFIDENCE: f64 = 0.75;

/// Items of a list on one line: `cleared cookies, another network`.
pub fn items(value: &str) -> Vec<String> {
    static SEPARATOR: Pattern =
        Pattern::new(r"\s*(?:[;；、\n]|,\s|，|\s\+\s|(?:^|\s)(?:\d{1,2}[.)、]|[①-⑩])\s?)\s*");
    let mut items = Vec::new();
    let mut from = 0;
    for found in SEPARATOR.find_iter(value) {
        push(&mut items, value.get(from..found.start()));
        from = found.end();
    }
    push(&mut items, value.get(from..));
    items
}

fn push(items: &mut Vec<String>, item: Option<&str>) {
    let item = item.unwrap_or_default().trim().trim_matches(|c| matches!(c, '.' | '。' | '-' | '*' | '•'));
    let item = ["and ", "und ", "et ", "y ", "e ", "及", "和"]
        .iter()
        .find_map(|w| item.strip_prefix(w))
        .unwrap_or(item)
        .trim();
    if !item.is_empty() && items.len() < LIST_MAX {
        items.push(item.to_owned());
    }
}

/// First person and a remedy, or a remedy that begins its clause: `Reinstalled twice`.
static ENGLISH: Pattern = Pattern::new(concat!(
    r"(?i)^(?:(?:so|then|and|but|also|yes|first|next|finally|afterwards|even|just|already|meanwhile|in addition|additionally|after that|of course|so far),? )*",
    r"(?:(?:(?:i|we|my colleagues?|our it|it|our admin|my admin|they)(?:['’]ve| have|['’]d| had)?) )?(?:(?:have|already|also|even|then|just|both|now|since|tried|have tried|again|manually|completely|fully|and|twice) )*",
    r"(clear(?:ed|ing)|rebooted|rebooting|restarted|restarting|re-?install(?:ed|ing)|uninstall(?:ed|ing)|re-?log(?:ged|ging)|log(?:ged|ging) (?:out|off|back)|sign(?:ed|ing) (?:out|off|back)|re-?creat(?:ed|ing)|re-?generat(?:ed|ing)|rotat(?:ed|ing)|renew(?:ed|ing)|(?:turned|turning|switched|switching) (?:off|on|to)|disabl(?:ed|ing)|deactivat(?:ed|ing)|unplugg(?:ed|ing)|re-?connect(?:ed|ing)|refresh(?:ed|ing)|re-?load(?:ed|ing)|flush(?:ed|ing)|empt(?:ied|ying)|re-?add(?:ed|ing)|re-?invit(?:ed|ing)|re-?import(?:ed|ing)|re-?export(?:ed|ing)|re-?upload(?:ed|ing)|re-?sync(?:ed|ing)|re-?saved|roll(?:ed|ing) back|downgrad(?:ed|ing)|compared|whitelist(?:ed|ing)|repair(?:ed|ing)|re-?authori[sz](?:ed|ing)|re-?authenticat(?:ed|ing)|re-?link(?:ed|ing)|rebuilt|double[- ]checked|swapp(?:ed|ing)|re-?tried|retrying|hard[- ]refreshed|power[- ]cycl(?:ed|ing)|factory reset|force[- ](?:quit|closed|stopped)|wip(?:ed|ing)|resetting|safe mode|incognito|private (?:window|mode|browsing))\b",
));
/// `reset` and `split` are also what is asked for: the subject must be there.
static ENGLISH_PAST: Pattern = Pattern::new(
    r"(?i)^(?:(?:so|then|and|but|also) )*(?:i|we)(?:['’]ve| have)?(?: already| also| even| then)* (reset|split|cut|put|ran|set|rebuilt|removed and|deleted and|changed the (?:password|browser|network|cable|settings)|updated (?:the|my|our) (?:browser|driver|app|client|system|firmware)|created a new|made a new|moved to|used (?:another|a different|incognito|a private)|checked (?:the|my|our)|verified|tested (?:it |this )?(?:with|in|on)|contacted|went back)\b",
);
/// `I tried clearing the cache and another browser`.
static ENGLISH_TRIED: Pattern = Pattern::new(
    r"(?i)\b(?:tried|attempted)\s+(?:to\s+(clear|restart|reboot|re-?install|uninstall|log out|sign out|reset|update|upgrade|disable|switch|change|use another|use a different|refresh|reload|re-?connect|delete|remove|downgrade|open it in|run it)|(?:with |using |in |on |from |it (?:in|on|with|from) )?(another|a different|different|other|an? incognito|incognito|private|a private|safe mode|chrome|firefox|edge|safari|opera|both|several|two|three|multiple|all|various|many|the usual|everything|a new|a second|vpn|a vpn|without|turning|using|deleting|removing|changing|switching|updating|upgrading|running|opening|logging|signing|creating|the (?:mobile|web|desktop)|on (?:another|a different)|my phone|[a-z-]{3,20}ing))\b",
);
static CHINESE: Pattern = Pattern::new(
    r"(?:重启|重啟|重装|卸载|解除安裝|清除|清空|清理|清了|清过|清缓存|换了|换过|换成|换用|換了|換過|換成|更换过|更换了|更换|重新|重登|重建|重置过|重置了|刷新|重试|重試|试过|试了|試過|試了|尝试|嘗試|禁用|disable|停用|关闭了|关掉|关了|升级到最新|升级过|更新过|更新到最新|切换到|切换过|切换了|回退|降级|无痕|隐身模式|無痕|检查过|检查了|排查过|改用|拔插|断开|重连|退出登录|退出重|登出|登出再|注销|用[^，。]{1,12}试|删除后重|删了重|删掉重|修复过|修复了|拆成|拆分|分批|等了|多次)",
);
static CHINESE_PAST: Pattern = Pattern::new(
    r"(?:过|過|了|已|试|試|也|都|后|後|无效|無效|没用|不行|重装|成|无果|依旧|还是|仍|卸载重装|多次)",
);
static CHINESE_NOT: Pattern = Pattern::new(
    r"(?:没有?(?:重启|重装|清|换|试|尝试|更新)|未(?:重启|重装|清|换|试|尝试)|请|麻烦|能否|可以|需要|要不要|是否|如果|还没|不想|怎么|如何|帮忙|帮我|更新后|升级后|更新之后|升级之后|更新以后|升级以后|更换管理员|更换(?:手机号|邮箱|绑定|套餐)|希望|想要|想|建议|应该|刷新之?后|刷新页面之?后|每次|一刷新|就会|自动刷新|自动退出|被登出|失败|了，才|没问题|没有问题|查看|看到)",
);
static GERMAN: Pattern = Pattern::new(
    r"(?i)\b(geleert|gelöscht|neu ?gestartet|neu ?installiert|deinstalliert|deaktiviert|aktiviert|aktualisiert|zurückgesetzt|abgemeldet|angemeldet|ausgeloggt|eingeloggt|getestet|probiert|versucht|gewechselt|ausprobiert|abgeschaltet|ausgeschaltet|neu angelegt|neu erstellt|geprüft|überprüft|verglichen|ausgetauscht|neu verbunden|aufgeteilt|geändert|ersetzt|neu geladen|neu hochgeladen|neu importiert|durchgeführt|heruntergefahren|bereinigt|umgestellt)\b",
);
static GERMAN_PAST: Pattern =
    Pattern::new(r"(?i)\b(?:habe|haben|hab|hatte|hatten|bereits|schon|wurde|wurden|wir|ich|auch)\b");
static FRENCH: Pattern = Pattern::new(
    r"(?i)(?:j['’]ai|nous avons|on a|ai|avons|je me suis|nous nous sommes|déjà)\s(?:déjà |aussi |également |même |bien |tout |essayé de |tenté de )*(vidé|effacé|redémarr|réinstall|désinstall|désactiv|activé|mis à jour|réinitialis|déconnect|reconnect|testé|essayé|changé|vérifié|relancé|supprimé|rafraîchi|rechargé|comparé|recréé|remplacé|tenté|nettoyé|refait|recommencé|débranché|vider|effacer|utilisé un autre)",
);
static SPANISH: Pattern = Pattern::new(
    r"(?i)\b(?:(?:he|hemos|había)\s(?:ya |también )?(?:borrado|limpiado|reiniciado|reinstalado|desinstalado|desactivado|activado|actualizado|restablecido|cerrado|probado|cambiado|verificado|intentado|vaciado|comprobado|vuelto|eliminado)|borré|limpié|reinicié|reinstalé|desinstalé|probé|cambié|desactivé|actualicé|vacié|cerré|restablecí|eliminé|volví a|intenté (?:con|en|borrar|reiniciar|cambiar|limpiar)|reiniciamos|probamos|borramos|limpiamos|reinstalamos|cambiamos|desactivamos|cerramos)",
);
static PORTUGUESE: Pattern = Pattern::new(
    r"(?i)\b(?:limpei|reiniciei|reinstalei|desinstalei|testei|mudei|troquei|desativei|desabilitei|atualizei|apaguei|saí e|fechei|refiz|redefini|recriei|verifiquei|tentei (?:com|em|no|na|usar|limpar|reiniciar|trocar|outro)|limpamos|reiniciamos|testamos|reinstalamos|trocamos|desativamos|atualizamos|já tentamos|recarreguei|excluí)",
);
static JAPANESE: Pattern = Pattern::new(
    r"(?:(?:クリア|削除|再起動|再インストール|再ログイン|再設定|再読み込み|リロード|更新|変更|無効化|無効に|初期化|確認)(?:は|も|を)?(?:して|し|済|しました|した|いたし)|ログインし直|入れ直|切り替え|試し|試みま|やり直し|別のブラウザ|シークレット|繋ぎ直)",
);
static JAPANESE_PAST: Pattern =
    Pattern::new(r"(?:ました|済み|済です|しても|ても|てみ|したが|しましたが|た$)");
/// Told as not done, asked for, or on a condition.
static NOT_DONE: Pattern = Pattern::new(
    r"(?i)\b(?:have you|did you|haven['’]?t|have not|hasn['’]?t|didn['’]?t|did not|not yet|can you|could you|please|would you|should i|if i|whenever|every time|when i|after i|once i|until i|how (?:do|can)|noch nicht|bitte|können sie|wenn ich|sobald|nachdem|pas encore|pouvez|merci de|si je|quand je|lorsque|aún no|todavía no|por favor|cuando|si yo|ainda não|quando|por favor|pode|poderia|まだ|ください)\b",
);

/// What follows the list of what was tried.
const STOPS: [&str; 22] = [
    ", but ",
    " but ",
    ", no ",
    ", same",
    ", still",
    ", and it",
    " and it ",
    ", none",
    ", nothing",
    " without success",
    " with no ",
    " with the same",
    ", to no avail",
    ", both no",
    ", neither",
    " no luck",
    ", all ",
    " and still",
    " and nothing",
    " and got",
    ", it ",
    " and the ",
];

/// Finds steps in prose.
pub fn in_prose(text: &Text<'_>, findings: &mut Findings) {
    let mut steps: Vec<String> = Vec::new();
    let is = |code: &str| text.language.is_none_or(|l| l == code);
    let is_wide = |text: &str| text.chars().any(|c| c > '\u{2e80}');
    let is_kana = |text: &str| text.chars().any(|c| ('\u{3041}'..='\u{30ff}').contains(&c));
    let has_wide = is_wide(text.text);
    let has_kana = has_wide && is("ja") && is_kana(text.text);
    for sentence in sentences(text.text) {
        if has_kana && is_kana(sentence) {
            clauses(sentence, &['、', '。', ',', '，'], &mut steps, |c| {
                JAPANESE.is_match(c) && JAPANESE_PAST.is_match(c)
            });
        } else if has_wide && is_wide(sentence) {
            chinese(sentence, &mut steps);
        } else {
            let before = steps.len();
            if is("en") {
                english(sentence, &mut steps);
            }
            latin(text, sentence, before, &mut steps);
        }
        if steps.len() >= LIST_MAX {
            break;
        }
    }
    let evident = |step: String| {
        let evidence = text.evidence(Source::Prose, &step, CONFIDENCE);
        (step, evidence)
    };
    findings.offer_steps(steps.into_iter().map(evident).collect());
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..).filter(|r| !r.is_empty())?;
        let after = |at: usize| rest.as_bytes().get(at + 1);
        let stop = rest.char_indices().find(|(at, c)| match c {
            '。' | '！' | '？' | '!' | '?' | '\n' => true,
            '.' => after(*at).is_none_or(|next| matches!(next, b' ' | b'\n')),
            _ => false,
        });
        let end = stop.map_or(rest.len(), |(at, c)| at + c.len_utf8());
        from += end;
        rest.get(..end)
    })
    .filter(|s| s.len() <= 2_000)
}

/// Clauses of which `is_step` holds.
fn clauses(sentence: &str, separators: &[char], steps: &mut Vec<String>, is_step: impl Fn(&str) -> bool) {
    for clause in sentence.split(separators) {
        let clause = clause.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '。' | '.' | '！' | '!' | '（' | '）' | '(' | ')')
        });
        if clause.len() <= STEP_BYTES_MAX && clause.chars().count() >= 3 && is_step(clause) {
            steps.push(short(clause));
        }
    }
}

/// A clause may list several remedies: `重新登录、换手机流量都试过`.
fn chinese(sentence: &str, steps: &mut Vec<String>) {
    for clause in sentence.split(['，', ',', '；', ';', '：']) {
        let is_told = CHINESE.is_match(clause)
            && CHINESE_PAST.is_match(clause)
            && !CHINESE_NOT.is_match(clause)
            && !is_begin(clause);
        if is_told {
            clauses(clause, &['、'], steps, |part| CHINESE.is_match(part));
        } else if clause.contains('、') {
            clauses(clause, &['、'], steps, |part| {
                CHINESE.is_match(part) && CHINESE_PAST.is_match(part) && !CHINESE_NOT.is_match(part)
            });
        }
    }
}

/// `升级到最新版本后打不开` tells since when, `升级到最新版本后仍然打不开` what was tried.
fn is_begin(clause: &str) -> bool {
    static SINCE: Pattern = Pattern::new(r"(?:升级|升級|更新)[^，。]{0,12}[后後]");
    const STILL: [&str; 8] = ["仍", "还", "也", "依旧", "依然", "没用", "无效", "都"];
    SINCE.is_match(clause) && !STILL.iter().any(|w| clause.contains(w))
}

/// Without the words that lead to it.
fn short(clause: &str) -> String {
    const LEAD: &[&str] =
        &["但是", "但", "我们", "我", "也", "还", "又", "并且", "并", "然后", "都", "之后", "后来", "另外"];
    let mut clause = clause;
    for _ in 0..3 {
        clause = LEAD.iter().find_map(|w| clause.strip_prefix(w)).unwrap_or(clause).trim_start();
    }
    clause.to_owned()
}

fn english(sentence: &str, steps: &mut Vec<String>) {
    let tried = ENGLISH_TRIED.captures(sentence).filter(|tried| {
        let before = sentence.get(..tried.get(0).map_or(0, |m| m.start())).unwrap_or_default();
        !NOT_DONE.is_match(before)
    });
    let Some(tried) = tried else { return told(sentence, steps) };
    let whole = tried.get(0).map_or(0, |m| m.start());
    told(sentence.get(..whole).unwrap_or_default(), steps);
    let group = tried.get(1).or_else(|| tried.get(2));
    let from_phone = tried.get(0).is_some_and(|m| m.as_str().contains(" from "));
    let at = if from_phone { whole } else { group.map_or(whole, |g| g.start()) };
    let rest = sentence.get(at..).unwrap_or_default();
    let rest = rest.split([';', '(', '—']).next().unwrap_or(rest);
    let stop = STOPS.iter().filter_map(|w| rest.find(w)).min();
    let list = rest.get(..stop.unwrap_or(rest.len())).unwrap_or(rest).trim_end_matches(['.', '!', ' ', '\n']);
    for item in list.split(", ").flat_map(|i| i.split(" and ")).map(|i| i.trim().trim_start_matches("and ")) {
        if item.len() > 3 && item.len() <= STEP_BYTES_MAX && steps.len() < LIST_MAX {
            steps.push(item.to_owned());
        }
    }
}

static FOLLOWING: Pattern =
    Pattern::new(r"(?i)^(?:also |then |and |even )*(?:[a-z-]{2,}ed|ran|set|made|put|took|went)\b [a-z]");
/// What people see is nothing that they tried.
static OBSERVING: Pattern = Pattern::new(
    r"(?i)^(?:also |then |and |even )*(?:noticed|reali[sz]ed|discovered|received|wanted|needed|expected|hoped|failed|stopped|happened|appeared|seemed|looked|worked|crashed|started to|turned out|asked|ended|remained|showed)\b",
);

/// Clauses with a remedy in the past.
fn told(sentence: &str, steps: &mut Vec<String>) {
    let clauses = sentence
        .split([',', ';', '(', ')', ':', '—'])
        .flat_map(|c| c.split(" and "))
        .flat_map(|c| c.split(" but "));
    let before = steps.len();
    for clause in clauses {
        let clause = clause.trim().trim_end_matches(['.', '!', '\n', ' ']);
        // `I refreshed it, started in safe mode and created a profile`: what follows a remedy in the same form is one, too.
        let follows =
            || FOLLOWING.find(clause).filter(|_| steps.len() > before && !OBSERVING.is_match(clause));
        let remedy = ENGLISH.find(clause).or_else(|| ENGLISH_PAST.find(clause)).or_else(follows);
        let Some(remedy) = remedy else { continue };
        // `Reinstalling did not help` was done, `I did not restart` was not.
        let is_done = NOT_DONE.find(clause).is_none_or(|not| not.start() >= remedy.end());
        if is_done && clause.len() <= STEP_BYTES_MAX && steps.len() < LIST_MAX {
            steps.push(clause.to_owned());
        }
    }
}

/// German, French, Spanish, Portuguese: by the verb in the past.
fn latin(text: &Text<'_>, sentence: &str, before: usize, steps: &mut Vec<String>) {
    let is = |code: &str| text.language.is_none_or(|l| l == code);
    if !["de", "fr", "es", "pt"].into_iter().any(is) {
        return;
    }
    let and = match text.language {
        Some("de") => " und ",
        Some("fr") => " et ",
        Some("es") => " y ",
        Some("pt") => " e ",
        _ => " ; ",
    };
    let has_past = is("de") && GERMAN_PAST.is_match(sentence);
    for clause in sentence.split([',', ';', '(', ')', ':']).flat_map(|c| c.split(and)) {
        let clause = clause.trim().trim_end_matches(['.', '!', '\n', ' ']);
        let is_quoted = clause.starts_with(['„', '"', '“', '«']);
        if clause.is_empty() || is_quoted || clause.len() > STEP_BYTES_MAX || NOT_DONE.is_match(clause) {
            continue;
        }
        let follows = steps.len() > before;
        // `wurde ich abgemeldet`: done to the sender, not by them.
        let is_suffered = || {
            [
                "wurde ich",
                "werde ich",
                "wurden wir",
                "werden wir",
                "ich wurde",
                "ich werde",
                "wir wurden",
                "wir werden",
            ]
            .iter()
            .any(|w| clause.contains(w))
        };
        let is_step = has_past && GERMAN.is_match(clause) && !is_suffered()
            || is("fr")
                && (FRENCH.is_match(clause) || follows && text.language == Some("fr") && starts_past(clause))
            || is("es") && SPANISH.is_match(clause)
            || is("pt") && PORTUGUESE.is_match(clause);
        if is_step && !steps.iter().skip(before).any(|s| s == clause) {
            steps.push(clause.to_owned());
        }
    }
}

/// `… et redémarré l'ordinateur`, behind a first step.
fn starts_past(clause: &str) -> bool {
    static PARTICIPLE: Pattern = Pattern::new(
        r"(?i)^(?:puis |ensuite |aussi )?(?:vidé|effacé|redémarré|réinstallé|désinstallé|désactivé|réinitialisé|déconnecté|reconnecté|testé|essayé|changé|vérifié|relancé|supprimé|rafraîchi|rechargé)",
    );
    PARTICIPLE.is_match(clause)
}
