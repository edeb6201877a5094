//! Words that tell whether a product that a sentence names is where it fails, where it works, or somebody else's. Data only.

/// It works there.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const WORKS: &[&str] = &[
    "works", "work fine", "work well", "working fine", "work as", "worked", "is fine", "are fine", "was fine", "looks fine", "fine on", "fine in", "fine with", "all good", "no problem", "no problems", "no issue", "no issues", "no such problem", "no trouble",
    "not crash", "n't crash", "n’t crash", "not fail", "n't fail", "not freeze", "n't freeze", "stürzt nicht", "ne plante pas", "no falla", "não trava", "不会崩溃", "不崩溃", "不闪退", "不会闪退", "落ちません", "落ちない",
    "am able to log", "was able to log", "am able to sign in", "was able to sign in", "am able to use", "am able to open", "was able to open", "able to log in", "able to login", "able to sign in", "can log in", "can login", "can sign in", "not able to reproduce", "not able to replicate", "unable to reproduce", "unable to replicate", "cannot replicate", "can't replicate", "couldn't reproduce", "could not reproduce",
    "was normal", "is normal", "normal on", "normal in", "is ok", "is okay", "ok in", "ok on", "without problem", "without problems", "without issue", "without issues", "without any", "not happen", "n't happen", "not occur", "n't occur", "cannot reproduce", "can't reproduce", "cannot be reproduced", "not reproducible", "displays correctly", "loads correctly", "correctly in", "opens fine", "loads fine", "runs fine", "perfectly", "succeeds", "not affected", "unaffected",
    "funktioniert", "funktionierte", "funktionieren", "geht es", "es geht", "läuft", "klappt", "kein problem", "keine probleme", "in ordnung", "problemlos", "tritt nicht auf", "nicht betroffen", "einwandfrei", "ohne probleme", "tadellos",
    "fonctionne", "fonctionnait", "fonctionnent", "ça marche", "marche bien", "marche très bien", "marche", "aucun problème", "pas de problème", "sans problème", "aucun souci", "pas de souci", "sans souci", "tout va bien", "correctement", "normalement sur",
    "funciona", "funcionaba", "funcionan", "sin problema", "sin problemas", "va bien", "no hay problema", "ningún problema", "no ocurre", "no pasa", "no sucede", "correctamente", "perfectamente",
    "funcionava", "funcionam", "sem problema", "sem problemas", "não há problema", "não ocorre", "não acontece", "normalmente", "tudo bem", "corretamente", "perfeitamente",
    "正常", "没问题", "没有问题", "沒問題", "沒有問題", "没事", "没有事", "无此问题", "没有这个问题", "没这个问题", "不存在", "就好了", "就可以", "是好的", "都可以", "能用", "可以用", "可以打开", "能打开", "可以登录", "能登录", "没有异常", "不会出现", "没出现", "没有出现", "不受影响", "就行", "一切ok", "就没有", "没有报错", "可以正常", "可以导出", "没毛病",
    "問題ない", "問題なく", "問題ありません", "動作します", "動作しました", "発生しません", "発生しない", "起きません", "起きない", "起こりません", "再現しません", "再現しない", "使えます", "大丈夫", "表示されました", "見られます", "正常に",
];

/// It worked there once: that is where it fails now.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const ENDED: &[&str] = &[
    "used to work", "used to be fine", "worked until", "worked fine until", "worked well until", "worked perfectly until", "working until", "working fine until", "worked before", "worked fine before", "working before", "working fine before", "was fine until", "was fine before", "stopped working",
    "früher funktioniert", "früher ging", "bisher funktioniert", "bis gestern", "bis letzte woche", "bis zum update", "fonctionnait avant", "marchait avant", "avant ça marchait", "jusqu'à", "jusqu’à", "funcionaba antes", "antes funcionaba", "funcionava antes", "antes funcionava", "hasta ayer", "hasta la semana", "até ontem", "até a semana",
    "以前正常", "以前一直正常", "以前都正常", "以前是正常", "之前正常", "之前一直正常", "之前都正常", "之前是正常", "之前没问题", "之前都没问题", "以前没问题", "原来正常", "原来是好的", "之前是好的", "之前可以", "之前还可以", "昨天还正常", "昨天还能", "昨天还可以", "以前可以", "昨日まで", "先週まで", "以前は正常", "前は使え", "更新前は", "アップデート前は",
];

/// Before, or in German and French also behind, words of `WORKS`: it does not.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const NEGATORS: &[&str] = &[
    "not ", "n't ", "n’t ", "no longer ", "never ", "stopped ", "hardly ", "barely ", "nothing ", "none ", "neither ", "should ", "to be ", "nobody ", "no one ", "nicht", "nie ", "kaum", "nichts", "ne ", "n'", "n’", " pas", " plus", "rien", "no ", "nada ", "não ", "nao ", "不", "无法", "無法", "没法", "不能", "未", "非", "ません", "ない", "without ",
];

/// The other way round than the clause before: `not in Firefox`.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const ELLIPTIC: &[&str] = &[
    "not in", "not on", "not with", "not under", "not using", "nicht in", "nicht im", "nicht unter", "nicht mit", "nicht auf", "nicht bei", "pas sous", "pas sur", "pas avec", "pas dans", "no en", "no con", "não no", "não na", "não em", "não com", "neither in",
];

/// Right before a name: it is denied.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const DENIED: &[&str] = &["not", "isn't", "isn’t", "without", "nicht", "kein", "keinen", "pas", "ni", "não", "不是", "并非", "並非", "非", "没有用", "没用", "instead of", "rather than", "don't have", "don’t have", "do not have", "have no", "have no access to", "habe kein", "habe keinen", "n'ai pas de", "no tengo", "não tenho", "没有", "statt", "anstatt", "au lieu de", "en lugar de", "em vez de", "而不是", "而非", "不用"];

/// The machine of somebody else.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const OTHERS: &[&str] = &[
    "colleague", "coworker", "co-worker", "co worker", "teammate", "my boss", "my manager's", "a friend", "someone else", "somebody else", "other people", "other users", "others", "another computer", "another machine", "another laptop", "another device", "another pc", "other computer", "other laptop", "second computer", "home computer", "my wife", "my husband", "my son", "my daughter", "my mother", "my father", "my mom", "my mum", "my dad", "my brother", "my sister", "my friend", "roommate", "our server", "my server", "the server", "servers run", "server runs", "web server", "his ", "her ", "their ",
    "meine frau", "mein mann", "mein sohn", "meine tochter", "meines freundes", "unser server", "unserem server", "der server", "dem server", "ma femme", "mon mari", "mon fils", "ma fille", "un ami", "notre serveur", "le serveur", "mi esposa", "mi marido", "mi mujer", "mi hijo", "mi hija", "un amigo", "el servidor", "nuestro servidor", "minha esposa", "meu marido", "meu filho", "um amigo", "o servidor", "nosso servidor", "老婆", "老公", "爱人", "室友", "孩子的", "服务器", "服务端", "妻の", "夫の", "友人", "サーバー",
    "kolleg", "anderen rechner", "anderen computer", "anderem rechner", "andere nutzer", "mein chef", "collègue", "autre ordinateur", "autre poste", "autre pc", "mon chef", "compañer", "otro ordenador", "otro equipo", "otra computadora", "mi jefe", "colega", "outro computador", "outra máquina", "meu chefe",
    "同事", "别人", "別人", "其他人", "其他同事", "另一台", "另外一台", "别的电脑", "其他电脑", "朋友", "老板", "领导", "同僚", "他の人", "別のpc", "別の端末", "別のパソコン", "上司", "他のユーザー", "家の",
];

/// It was so before.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const PAST: &[&str] = &[
    "previously", "used to", "formerly", "until recently", "back when", "was using", "were using", "früher", "vorher", "zuvor", "bisher", "auparavant", "avant", "anciennement", "antes", "anteriormente", "antigamente", "之前用", "以前用", "原来用", "之前是", "原来是", "以前は", "先前", "之前在",
];

/// A question what is supported, a plan: no report.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const SUPPORT: &[&str] = &[
    "only supports", "only support", "supports only", "want to buy", "going to buy", "plan to upgrade", "planning to upgrade", "going to upgrade", "thinking of upgrading", "until i upgrade", "before i upgrade", "plan to switch", "planning to switch", "unterstützt nur", "nur für", "ne supporte que", "solo soporta", "só suporta", "quiero comprar", "quero comprar", "只支持", "仅支持", "打算升级", "准备升级", "打算换", "准备换", "のみ対応", "だけ対応",
    "do you support", "plans to support", "plan to support", "planning to support", "going to support", "does it support", "is it compatible", "are you compatible", "do you have a version", "is there a version", "is there an app", "supported browsers", "will you support", "do you offer", "unterstützen sie", "unterstützt", "prenez-vous en charge", "compatible avec", "est-il compatible", "es compatible", "soportan", "é compatível", "vocês suportam", "支持哪", "是否支持", "能否支持", "可否支持", "是否兼容", "支持吗", "对应していますか", "対応していますか", "対応してい", "是否适配", "适配清单", "適配", "适配",
];

/// Whoever writes: a few words that hold one of these begin anew and do not go on with the clause before.
pub const MINE: &[&str] =
    &["我", "私", "mine", "my", "i", "ich", "mein", "je", "mon", "ma", "yo", "mi", "eu", "meu", "minha"];

/// Tried there as well.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const TRIED: &[&str] = &[
    "tried", "tested", "also in", "also with", "also on", "same in", "same on", "same with", "same thing in", "switched to", "switching to", "versucht", "probiert", "getestet", "auch in", "auch mit", "auch im", "essayé", "testé", "there too", "there as well", "aussi sur", "aussi avec", "probé", "he probado", "probado", "intenté", "también en", "también con", "tentei", "testei", "também no", "também com", "também em", "试过", "試過", "换了", "换成", "换用", "换过", "換成", "換了", "也一样", "也是一样", "同样", "試し", "同じ", "也不行", "尝试",
];

/// Between clauses of which the second says the contrary.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const BUT: &[&str] = &[
    " but ", " while ", " whereas ", " however ", " though ", " yet ", " aber ", " während ", " jedoch ", " sondern ", " mais ", " alors que ", " tandis que ", " pero ", " mientras ", " sino ", " mas ", " enquanto ", " porém ", "但是", "可是", "不过", "但", "然而", "而在", "而用", "只有", "ですが", "けれど", "けど", "一方",
];

/// Beside one of [`WHETHER`] in a clause: whether we support a product.
pub const FITS: &[&str] = &["支持", "兼容", "适配"];
pub const WHETHER: &[&str] = &["吗", "么", "是否", "能不能", "可否", "能否", "哪些"];

/// In a question: whether we support a product, or which one the reader uses.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const ASKED: &[&str] = &[
    "existe", "available on", "available for", "verfügbar", "disponible sur", "disponible pour", "disponible para", "disponível", "Does it run", "does it run", "Does it work", "does it work", "support ", "Support ", "compatible", "unterstütz", "kompatibel", "soporta", "suporta", "you using", "you on ", "you running", "o you use ", "ersion of ", "nutzen Sie", "verwenden Sie", "utilisez-vous", "usted usa", "você usa", "您用的", "你用的", "お使いです",
];
