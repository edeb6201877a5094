//! Words of time in all languages. Data only; `fields/time.rs` puts them together.

/// What a word of time means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Days from today.
    Day(i8),
    /// Hours of a day, from and to; clocks up to 12 in it count from noon when the last is set.
    Part(u8, u8, bool),
    /// Both: `last night`, 今早.
    DayPart(i8, u8, u8, bool),
    /// Monday is 1.
    Weekday(i8),
    Month(i8),
    /// Before or behind a weekday or unit: the last one.
    Last,
    This,
    Next,
    Unit(Unit),
    /// Behind a duration.
    Ago,
    /// Before a duration.
    AgoBefore,
    Number(u8),
    Approx,
    Since,
    Now,
    /// Seconds are not needed: minutes east of UTC.
    Zone(i16),
    /// Between the parts of one expression.
    Link,
    /// What follows is a limit, or lies ahead.
    Until,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

use Word::*;

#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const WORDS: &[(Word, &[&str])] = &[
    (Day(0), &["today", "今天", "今日", "heute", "aujourd'hui", "aujourd’hui", "hoy", "hoje", "本日", "oggi", "vandaag", "сегодня", "오늘", "dzisiaj"]),
    (Day(-1), &["yesterday", "昨天", "昨日", "gestern", "hier", "ayer", "ontem", "きのう", "ieri", "gisteren", "вчера", "어제", "wczoraj"]),
    (Day(-2), &["the day before yesterday", "day before yesterday", "前天", "前日", "vorgestern", "avant-hier", "anteayer", "antes de ayer", "anteontem", "一昨日", "おととい"]),
    (Day(-3), &["大前天"]),
    (Day(1), &["tomorrow", "明天", "明日", "demain", "mañana por la mañana", "amanhã"]),
    (Day(2), &["后天", "後天", "明後日", "übermorgen", "après-demain", "pasado mañana"]),
    (DayPart(0, 5, 12, false), &["this morning", "今早", "今晨", "今天早上", "今天上午", "heute morgen", "heute früh", "heute vormittag", "ce matin", "esta mañana", "hoy por la mañana", "esta manhã", "hoje de manhã", "hoje cedo", "hoje pela manhã", "今朝", "けさ", "stamattina", "vanmorgen"]),
    (DayPart(0, 12, 18, true), &["this afternoon", "heute nachmittag", "heute mittag", "cet après-midi", "cette après-midi", "esta tarde", "hoje à tarde", "vanmiddag"]),
    (DayPart(0, 18, 24, true), &["this evening", "tonight", "今晚", "heute abend", "ce soir", "esta noche", "esta noite", "hoje à noite", "今夜", "今晩"]),
    (DayPart(-1, 18, 24, true), &["last night", "yesterday night", "昨晚", "昨夜", "昨晩", "gestern abend", "gestern nacht", "hier soir", "la nuit dernière", "cette nuit", "anoche", "ontem à noite", "noite passada", "ゆうべ"]),
    (DayPart(-2, 18, 24, true), &["前晚", "前天晚上"]),
    (DayPart(-1, 5, 12, false), &["昨早", "gestern früh", "gestern morgen", "hier matin"]),
    (DayPart(0, 12, 15, true), &["after lunch today", "since lunch", "after lunch", "seit dem mittag", "depuis midi"]),
    (Part(5, 9, false), &["early morning", "清晨", "一早", "early this morning", "frühmorgens", "早朝", "明け方", "de madrugada", "madrugada"]),
    (Part(0, 6, false), &["凌晨", "半夜", "深夜", "in the middle of the night", "nachts", "未明"]),
    (Part(5, 12, false), &["morning", "mornings", "早上", "上午", "早晨", "早間", "vormittag", "vormittags", "morgens", "matin", "matinée", "por la mañana", "de la mañana", "mañana", "pela manhã", "de manhã", "da manhã", "manhã", "午前", "朝", "früh"]),
    (Part(11, 14, true), &["noon", "midday", "lunch", "lunchtime", "lunch time", "中午", "mittag", "mittags", "midi", "mediodía", "meio-dia", "正午", "お昼", "昼", "昼頃", "午间"]),
    (Part(12, 18, true), &["afternoon", "下午", "午後", "午后", "nachmittag", "nachmittags", "après-midi", "por la tarde", "de la tarde", "tarde", "à tarde", "da tarde", "昼過ぎ", "in the afternoon"]),
    (Part(17, 20, true), &["傍晚", "夕方"]),
    (Part(18, 24, true), &["evening", "night", "晚上", "晚间", "夜里", "夜间", "abend", "abends", "soir", "soirée", "por la noche", "de la noche", "noche", "à noite", "da noite", "noite", "夜", "晩", "nacht", "晚"]),
    (Part(12, 24, true), &["p.m.", "pm"]),
    (Part(0, 12, false), &["a.m.", "am "]),
    (Weekday(1), &["monday", "montag", "montags", "lundi", "lunes", "segunda-feira", "segunda", "周一", "星期一", "礼拜一", "週一", "月曜日", "月曜", "lunedì", "maandag"]),
    (Weekday(2), &["tuesday", "dienstag", "mardi", "martes", "terça-feira", "terça", "周二", "星期二", "礼拜二", "週二", "火曜日", "火曜", "martedì", "dinsdag"]),
    (Weekday(3), &["wednesday", "mittwoch", "mercredi", "miércoles", "quarta-feira", "quarta", "周三", "星期三", "礼拜三", "週三", "水曜日", "水曜", "woensdag"]),
    (Weekday(4), &["thursday", "donnerstag", "jeudi", "jueves", "quinta-feira", "quinta", "周四", "星期四", "礼拜四", "週四", "木曜日", "木曜", "donderdag"]),
    (Weekday(5), &["friday", "freitag", "vendredi", "viernes", "sexta-feira", "sexta", "周五", "星期五", "礼拜五", "週五", "金曜日", "金曜", "vrijdag"]),
    (Weekday(6), &["saturday", "samstag", "sonnabend", "samedi", "sábado", "周六", "星期六", "礼拜六", "週六", "土曜日", "土曜", "周末", "weekend", "wochenende", "week-end", "fin de semana", "fim de semana", "週末"]),
    (Weekday(7), &["sunday", "sonntag", "dimanche", "domingo", "周日", "星期日", "星期天", "礼拜天", "週日", "日曜日", "日曜"]),
    (Month(1), &["january", "jan", "jan.", "januar", "jänner", "janvier", "janv.", "enero", "janeiro"]),
    (Month(2), &["february", "feb", "feb.", "februar", "février", "févr.", "febrero", "fevereiro", "fev"]),
    (Month(3), &["march", "mar", "mar.", "märz", "mrz", "mars", "marzo", "março"]),
    (Month(4), &["april", "apr", "apr.", "avril", "abril", "abr", "avr."]),
    (Month(5), &["may", "mai", "mayo", "maio"]),
    (Month(6), &["june", "jun", "jun.", "juni", "juin", "junio", "junho"]),
    (Month(7), &["july", "jul", "jul.", "juli", "juillet", "julio", "julho", "juil."]),
    (Month(8), &["august", "aug", "aug.", "août", "agosto"]),
    (Month(9), &["september", "sep", "sep.", "sept", "sept.", "septembre", "septiembre", "setembro", "set"]),
    (Month(10), &["october", "oct", "oct.", "oktober", "okt", "okt.", "octobre", "octubre", "outubro", "out"]),
    (Month(11), &["november", "nov", "nov.", "novembre", "noviembre", "novembro"]),
    (Month(12), &["december", "dec", "dec.", "dezember", "dez", "dez.", "décembre", "déc.", "diciembre", "dic", "dezembro"]),
    (Last, &["last", "past", "letzten", "letzter", "letzte", "letztem", "vergangenen", "vergangene", "dernier", "dernière", "passé", "passée", "pasado", "pasada", "passado", "passada", "última", "último", "上个", "上個", "上", "previous"]),
    (This, &["this", "diesen", "dieser", "diese", "ce", "cette", "este", "esta", "这个", "本", "这"]),
    (Next, &["next", "coming", "nächsten", "nächste", "nächster", "kommenden", "kommende", "prochain", "prochaine", "próximo", "próxima", "que viene", "que vem", "下个", "下個", "下", "来週の", "来週", "来月"]),
    (Unit(self::Unit::Minute), &["minutes", "minute", "mins", "min", "min.", "minuten", "minutos", "minuto", "分钟", "分鐘", "分間", "分"]),
    (Unit(self::Unit::Hour), &["hours", "hour", "hrs", "hr", "stunden", "stunde", "std.", "heures", "heure", "horas", "hora", "小时", "小時", "个小时", "個小時", "个钟头", "個鐘頭", "時間", "钟头"]),
    (Unit(self::Unit::Day), &["days", "day", "business days", "working days", "tagen", "tage", "tag", "jours", "jour", "días", "día", "dias", "dia", "天", "日間"]),
    (Unit(self::Unit::Week), &["weeks", "week", "wochen", "woche", "semaines", "semaine", "semanas", "semana", "周", "星期", "个星期", "個星期", "礼拜", "个礼拜", "週間"]),
    (Unit(self::Unit::Month), &["months", "month", "monaten", "monate", "monat", "mois", "meses", "mes", "mês", "个月", "個月", "か月", "ヶ月", "ヵ月", "月"]),
    (Ago, &["ago", "earlier", "zuvor", "plus tôt", "atrás", "前から", "前", "以前", "之前"]),
    (AgoBefore, &["vor", "il y a", "voilà", "hace", "desde hace", "há", "faz", "for the last", "for the past", "over the last", "over the past", "in the last", "in the past"]),
    (Number(1), &["an", "a", "one", "einer", "einem", "einen", "ein", "eine", "un", "une", "uno", "una", "um", "uma", "一"]),
    (Number(2), &["two", "a couple of", "couple of", "zwei", "deux", "dos", "dois", "duas", "两", "兩", "二"]),
    (Number(3), &["three", "a few", "few", "several", "some", "drei", "ein paar", "einigen", "wenigen", "trois", "quelques", "tres", "unos", "unas", "pocos", "pocas", "três", "alguns", "algumas", "poucos", "poucas", "三", "几", "幾", "数", "好几"]),
    (Number(4), &["four", "vier", "quatre", "cuatro", "quatro", "四"]),
    (Number(5), &["five", "fünf", "cinq", "cinco", "五"]),
    (Number(6), &["six", "sechs", "seis", "六"]),
    (Number(7), &["seven", "sieben", "sept", "siete", "sete", "七"]),
    (Number(8), &["eight", "acht", "huit", "ocho", "oito", "八"]),
    (Number(10), &["ten", "zehn", "dix", "diez", "dez", "十", "十多", "十几"]),
    (Approx, &["around", "about", "approximately", "approx.", "approx", "roughly", "circa", "ca.", "ca", "gegen", "etwa", "ungefähr", "rund", "vers", "environ", "aux alentours de", "autour de", "sobre las", "sobre la", "hacia las", "alrededor de las", "alrededor de la", "aproximadamente a las", "aproximadamente", "por volta das", "por volta da", "por volta de", "cerca das", "cerca de", "左右", "大约", "大概", "大約", "约", "前后", "前後", "许", "差不多", "ごろ", "頃", "ころ", "くらい", "ぐらい", "~", "～", "-ish", "ish", "shortly after", "just after", "shortly before", "kurz nach", "kurz vor", "多"]),
    (Since, &["ever since", "since", "starting", "beginning", "as of", "seit dem", "seit der", "seit", "ab dem", "ab", "depuis le", "depuis la", "depuis", "dès", "à partir de", "desde el", "desde la", "desde las", "desde hace", "desde o", "desde a", "desde as", "desde", "a partir de", "a partir del", "自", "从", "從", "自从", "起", "以来", "以來", "开始", "開始", "之后", "之後", "以后", "から", "より", "始"]),
    (Now, &["just now", "right now", "a moment ago", "moments ago", "a minute ago", "刚才", "刚刚", "剛才", "剛剛", "方才", "gerade eben", "soeben", "eben gerade", "vorhin", "à l'instant", "à l’instant", "tout à l'heure", "tout à l’heure", "il y a un instant", "hace un momento", "hace un rato", "ahora mismo", "agora mesmo", "agora há pouco", "há pouco", "さっき", "先ほど", "先程", "たった今", "つい先ほど"]),
    (Zone(0), &["utc", "gmt", "zulu", "wet", "世界标准时间"]),
    (Zone(60), &["cet", "mez", "bst", "wat", "west"]),
    (Zone(120), &["cest", "mesz", "eet", "sast", "cat"]),
    (Zone(180), &["eest", "msk", "莫斯科时间"]),
    (Zone(330), &["ist"]),
    (Zone(480), &["北京时间", "北京時間", "beijing time", "china standard time", "china time", "hkt", "sgt", "台北时间", "台灣時間", "新加坡时间", "shanghai time"]),
    (Zone(540), &["jst", "kst", "日本時間", "东京时间", "東京時間", "japan time", "tokyo time"]),
    (Zone(600), &["aest"]),
    (Zone(660), &["aedt"]),
    (Zone(-180), &["brt", "horário de brasília", "hora de brasília"]),
    (Zone(-240), &["edt"]),
    (Zone(-300), &["est", "cdt"]),
    (Zone(-360), &["mdt"]),
    (Zone(-420), &["mst", "pdt"]),
    (Zone(-480), &["pst"]),
    (Link, &["at", "on", "in the", "in", "the", "of", "um", "am", "kam", "den", "dem", "der", "à", "a las", "a la", "às", "as", "de la", "de", "da", "do", "das", "del", "el", "dans la", "dans l'", "en la", "por la", "pela", "le", "la", "les", "l'", "l’", "na", "no", "nach", "von", "vom", "的", "の", "在", "于", "於", "に", "下", "when", "uhr", "local time", "heure locale", "hora local", "ortszeit", "当地时间", "本地时间", "现地时间", "early", "late", "mid", "shortly"]),
    (Until, &["until", "till", "by", "before", "due", "no later than", "bis zum", "bis", "vor dem", "spätestens", "jusqu'au", "jusqu'à", "jusqu’au", "avant le", "avant", "d'ici", "hasta el", "hasta", "antes del", "antes de", "até o", "até", "antes do", "截至", "截止", "到期", "最晚", "不晚于", "deadline", "starting from next", "valid until", "expires on", "expires", "expire", "renews", "renew", "renewal", "läuft ab", "expira", "invoice of", "invoice dated", "rechnung vom", "facture du", "factura del", "fatura de"]),
];
