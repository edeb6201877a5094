//! The words of an error as the mail gives them: quoted behind a word that says so, lines that programs write, codes.

use super::{Findings, Text, candidate::Source, labelled, pattern::Pattern};

/// Longest error that is kept.
const CHARS_MAX: usize = 300;

/// Words in front of a quotation that make it a message.
static CUE_BEFORE: Pattern = Pattern::new(concat!(
    r"(?i)(?:\b(?:say|says|said|saying|read|reads|reading|show|shows|showed|showing|shown|display|displays|displayed|displaying|message|messages|error|errors|warning|alert|popup|pop-up|prompt|prompted|get|gets|got|getting|receive|received|receiving|with|return|returns|returned|returning|report|reports|reported|throws|throwing|states|fails with|see|seeing|appears|called|toast|banner|console)",
    r"|meldung|fehlermeldung|fehler|meldet|zeigt|erscheint|heißt|kommt|steht|hinweis|mit|bekomme|erhalte|lautet",
    r"|message|erreur|affiche|indique|dit|apparaît|reçois|obtiens|alerte|avec",
    r"|mensaje|error|muestra|aparece|dice|sale|recibo|obtengo|aviso|con",
    r"|mensagem|erro|mostra|diz|exibe|recebo|aviso|com",
    r"|提示|显示|報錯|报错|弹出|彈出|弹窗|返回|返回体|错误|錯誤|報|报|写着|出现|顯示|跳出|消息|异常|里有|看到|内容是|说",
    r"|エラー|メッセージ|表示|出て|警告|返って|(?:can['’]?t|cannot|fails?|failed|unable|nicht|impossible|no puedo|não consigo|无法|不了|打不开|失败)[^\n.。]{0,30}[:：])",
    r"(?:\s|:|：|,|，|是|为|了|着|=|the|a|an|:|that|der|die|das|le|la|el|o|que|says|こと|が|は|に|と|->|ein|eine|un|une|una|uma|message|error|信息|内容|一个|如下|“|of|only|just|always|again|then|nur|immer|wieder|einfach|dann|folgende|juste|toujours|suivant|solo|siempre|siguiente|apenas|sempre|seguinte)*$",
));
/// Words behind a quotation that make it a message.
static CUE_BEHIND: Pattern = Pattern::new(
    r"^\s?(?:(?:と|という|との|の)(?:出|表示|言われ|エラー|メッセージ|警告)|appears?|is (?:shown|displayed)|shows up|pops up|erscheint|wird angezeigt|angezeigt|s['’]affiche|apparaît|aparece|se muestra|é exibid|的?(?:提示|错误|报错|弹窗))",
);
/// Words that errors are made of.
static ERROR_WORDS: Pattern = Pattern::new(concat!(
    r"(?i)(?:error|fail|invalid|expired|denied|not found|timed? ?out|forbidden|unauthori[sz]ed|unable|cannot|can't|could not|couldn't|went wrong|exception|unexpected|try again|not allowed|no permission|unavailable|refused|rejected|missing|incorrect|wrong|exceeded|too (?:large|many|long)|corrupt|undefined|null|abort|not supported|unknown|conflict|insufficient|blocked|locked|offline|lost|not [a-z]{3,12}ed\b|bad gateway|gateway|internal server",
    r"|fehler|fehlgeschlagen|ungültig|abgelaufen|verweigert|nicht gefunden|nicht möglich|konnte nicht|zeitüberschreitung|keine berechtigung|falsch|gesperrt|zu (?:groß|lang|viele)\b|unterbrochen|abgebrochen|getrennt",
    r"|erreur|échou|échec|invalide|expiré|refusé|introuvable|impossible|délai|incorrect|interdit|indisponible|réessayer|trop (?:volumineu|grand|gros|lourd|long|de )|interrompu|perdue?\b|verrouillé|bloqué",
    r"|fall[óa]|inválid|caducad|expirad|denegad|no encontrad|no se pud|no se puede|incorrect|tiempo de espera|intente|vuelva|demasiad|interrumpid|bloquead",
    r"|erro\b|falh|negad|não encontrad|não foi possível|incorret|tente novamente|tempo esgotado|muito (?:grande|longo)|excedid|interrompid|bloquead",
    r"|错误|失败|无法|不能|超时|异常|无效|过期|拒绝|不存在|未找到|重试|没有权限|无权限|无权|不正确|不匹配|已锁定|锁定|未绑定|不足|中断|冲突|禁止|不可用|稍后再试|崩溃|繁忙|受限|不支持|过大|过长|太大|超过|超出|上限|錯誤|失敗|無法|逾時",
    r"|エラー|失敗|できません|無効|期限切れ|見つかりません|権限がありません|タイムアウト|接続できま|正しくありません|拒否|ありません|お試しください)",
));
/// What people point at when they quote: buttons, names of projects.
static POINTING: Pattern = Pattern::new(
    r"(?i)(?:点击?了?|按下?|选择|打开|项目|名为|叫|的|board|project|named|called|click(?:ed|ing)?(?: on)?|button|tab|menu|press(?:ed)?|task|folder|file|open(?:ed)?|select(?:ed)?|klick\w* auf|auf|schaltfläche|bouton|cliqu\w+ sur|botón|clic en|botão|clicar em|ボタン|「?プロジェクト)\s*$",
);
/// What closes a quotation that this mark opens.
fn closing(open: char) -> Option<char> {
    Some(match open {
        '"' => '"',
        '“' => '”',
        '„' => '“',
        '«' => '»',
        '「' => '」',
        '『' => '』',
        '‘' => '’',
        _ => return None,
    })
}

/// Lines that programs write.
static EXCEPTION: Pattern = Pattern::new(
    r"(?:^|[\s:：>（(])((?:[A-Za-z_][\w$]*[.:]{1,2})*[A-Z][A-Za-z]*(?:Error|Exception|Fault)(?: \[[\w-]+\])?: ?[^\n]+)",
);
static COLON: Pattern = Pattern::new(concat!(
    r"(?i)(?:\b(?:error(?: message| text| code)?|exception|message d['’]erreur|fehlermeldung|fehlercode|mensaje de error|código de error|mensagem de erro|código de erro)|错误信息|错误提示|错误代码|错误码|报错信息|报错内容|报错|页面显示|页面提示|系统提示|提示|显示|エラーメッセージ|エラーコード|エラー)",
    r"\s*(?:is|was|says|ist|lautet|est|es|é|是|为|:|：|は)+\s*([^\n。]+)",
));
static CODE: Pattern = Pattern::new(concat!(
    r"(?i)(\bERR_[A-Z0-9_]{3,}|\bDNS_PROBE_[A-Z_]+|(?-i:\bE[A-Z]{4,}\b: [^\n]+)|\b0x[0-9a-f]{8}\b|\bAADSTS\d+[^\n。]*",
    r"|\b(?:http(?: status)?|error(?: code)?|status(?: code)?|code|fehler(?:code)?|erreur|código|erro|错误代码|错误码|错误|代码|报错|エラーコード|エラー)\s?[:：#]?\s?\(?(?:[45]\d\d\b(?-i:[: ]{1,2}[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+){0,3})?|[A-Z]{1,5}[-_]\d{2,6}\b|\d{4,6}\b)\)?",
    r"|\b[45]\d\d (?:Internal Server Error|Bad Gateway|Gateway Time-?out|Service (?:Temporarily )?Unavailable|Forbidden|Not Found|Unauthorized|Bad Request|Too Many Requests|Conflict|Request Entity Too Large|Payload Too Large|error|错误|fehler|erreur)",
    r"|(?:\b(?:a|an|with|einen?|une|un|uma?) |返回 ?|报 ?|出现 ?)[45]\d\d\b(?: error| errors| 错误|(?-i: [A-Z][a-z]+(?: [A-Z][a-z]+){0,3}))?)",
));
/// A body that a server returned.
static BODY: Pattern =
    Pattern::new(r#"\{\s*"(?:error|errors|message|code|errcode|errmsg|status|msg|detail)"[^}\n]*\}+"#);
/// Chinese messages without quotation marks: 提示密码错误.
static WIDE: Pattern = Pattern::new(
    r"(?:提示我?|报错|弹出|弹窗|显示|说)(?:信息)?[:：]?\s?([^，。,！!?？\n；;“”「」\x22：:、的]+)",
);
static SAYING: Pattern = Pattern::new(
    r"(?i)\b(?:saying|stating|(?:it|which|that|message|error|page|popup|screen|app|site|system|window|browser|server|banner) (?:just |only |always |now )?(?:says|said|tells me|reads|states)|error is|error was)\s+(?:that\s+)?([^.\n,;“\x22]+)",
);

static GETTING: Pattern = Pattern::new(
    r"\b(?:got|get|gets|getting|received|receive|shows?|see|with|throws) (?:the |an? |this |following )?(?:error|message|error message|exception)[:,]? ([A-Z][^.\n,;“\x22]+)",
);

pub fn in_prose(text: &Text<'_>, findings: &mut Findings) {
    quoted(text, findings);
    exceptions(text, findings);
    if text.place == super::Place::Attachment {
        return;
    }
    for found in COLON.captures_iter(text.text).take(20) {
        if let Some(words) = found.get(1) {
            let words = sentence(words.as_str());
            let sure = if ERROR_WORDS.is_match(words) || CODE.is_match(words) { 0.82 } else { 0.6 };
            let is_nothing = labelled::NOTHING.contains(&words.to_lowercase().as_str());
            if !is_nothing && !words.starts_with(['“', '"', '「', '«', '„']) && words.chars().count() >= 3
            {
                offer(text, words, sure, findings);
            }
        }
    }
    if let Some(found) = BODY.find(text.text) {
        offer(text, found.as_str(), 0.83, findings);
    }
    if let Some(found) = CODE.find(text.text) {
        let words = found.as_str();
        let words = [
            "a ", "an ", "with ", "einen ", "einem ", "ein ", "une ", "un ", "uma ", "um ", "返回", "报",
            "出现",
        ]
        .iter()
        .find_map(|w| words.strip_prefix(w))
        .unwrap_or(words);
        offer(text, words.trim_matches(['(', ')', ' ']), 0.64, findings);
    }
    for pattern in [&WIDE, &SAYING, &GETTING] {
        for words in pattern.captures_iter(text.text).take(20).filter_map(|c| c.get(1)) {
            if words.as_str().chars().count() <= 120 && ERROR_WORDS.is_match(words.as_str()) {
                offer(text, words.as_str(), 0.7, findings);
            }
        }
    }
}

fn offer(text: &Text<'_>, words: &str, confidence: f64, findings: &mut Findings) {
    let words = words.trim().trim_end_matches(['。', '，', ',', ';']);
    let words = words.strip_suffix('.').unwrap_or(words);
    let end = words.char_indices().nth(CHARS_MAX).map_or(words.len(), |(at, _)| at);
    let words = words.get(..end).unwrap_or(words).trim_end();
    findings.error_text.offer(words.to_owned(), text.evidence(Source::Prose, words, confidence));
}

fn sentence(words: &str) -> &str {
    let stop = words.char_indices().find(|(at, c)| {
        let after = words.get(at + c.len_utf8()..).unwrap_or_default();
        matches!(c, '。' | '；')
            || *c == '.'
                && after.starts_with(' ')
                && after.trim_start().starts_with(|c: char| c.is_uppercase())
    });
    stop.map_or(words, |(at, _)| words.get(..at).unwrap_or(words)).trim()
}

/// Whether words are those of an error.
pub fn is_error(words: &str) -> bool {
    ERROR_WORDS.is_match(words) || CODE.is_match(words)
}

/// Quotations behind a word that says it is a message, or made of words of errors.
fn quoted(text: &Text<'_>, findings: &mut Findings) {
    let mut from = 0;
    for _ in 0..60 {
        let rest = text.text.get(from..).unwrap_or_default();
        let opens = |(at, c): (usize, char)| Some((at, c, closing(c)?));
        let Some((at, open, close)) = rest.char_indices().find_map(opens) else {
            return;
        };
        let start = from + at + open.len_utf8();
        let inner = text.text.get(start..).unwrap_or_default();
        let window = inner.get(..inner.floor_char_boundary(400)).unwrap_or_default();
        let Some(end) = window.find(close).filter(|e| !window.get(..*e).is_some_and(|t| t.contains("\n\n")))
        else {
            from = start;
            continue;
        };
        let words = window.get(..end).unwrap_or_default();
        let before = text
            .text
            .get(text.text.ceil_char_boundary((from + at).saturating_sub(48))..from + at)
            .unwrap_or_default();
        from = start + end + window.get(end..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
        let has_words = ERROR_WORDS.is_match(words) || CODE.is_match(words) || EXCEPTION.is_match(words);
        let behind = text.text.get(from..).unwrap_or_default();
        let has_cue = CUE_BEFORE.is_match(before) || CUE_BEHIND.is_match(behind);
        // A task may be called "Error handling", a button "Try again".
        let is_title =
            words.split_whitespace().count() <= 3 && words.chars().count() <= 24 && !CODE.is_match(words);
        let points = POINTING.is_match(before) && (!has_words || is_title);
        let confidence = match (has_cue, has_words) {
            (true, true) => 0.88,
            (false, true) if !points => 0.76,
            (true, false) if !points && words.chars().count() >= 4 => 0.66,
            _ => continue,
        };
        if words.chars().count() <= 300 {
            offer(text, &words.replace('\n', " "), confidence, findings);
        }
    }
}

/// The line that names the exception: of a Python traceback the last, else the first.
fn exceptions(text: &Text<'_>, findings: &mut Findings) {
    if !["Error", "Exception", "Fault"].iter().any(|word| text.text.contains(word)) {
        return;
    }
    let mut all = EXCEPTION.captures_iter(text.text).filter_map(|c| c.get(1)).take(50);
    let found = if text.text.contains("Traceback (most recent call last)") { all.last() } else { all.next() };
    if let Some(line) = found {
        let confidence = if text.place == super::Place::Attachment { 0.7 } else { 0.85 };
        offer(text, line.as_str(), confidence, findings);
    }
}
