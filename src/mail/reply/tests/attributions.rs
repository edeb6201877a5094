//! Attributions of programs in many languages, each above a quote with marks and above one without.

use super::reply;

/// Program and language, attribution.
const ATTRIBUTIONS: &[(&str, &str)] = &[
    ("Gmail en", "On Mon, Mar 2, 2026 at 10:00 AM Ann Lee <ann@lee.example> wrote:"),
    (
        "Gmail en, wrapped",
        "On Mon, Mar 2, 2026 at 10:00 AM Ann Lee <\nann.lee.of.the.long.name@lee.example> wrote:",
    ),
    (
        "Gmail en, wrapped twice",
        "On Mon, Mar 2, 2026 at 10:00 AM Ann Lee with a long name\n<ann.lee@lee.example>\nwrote:",
    ),
    ("Gmail en, no name", "On Mon, Mar 2, 2026 at 10:00 AM <ann@lee.example> wrote:"),
    ("Gmail 2012", "2012-03-02 10:00 GMT+01:00 Ann Lee <ann@lee.example>:"),
    ("Gmail 2015", "2015-03-02 10:00 GMT+01:00 Ann Lee"),
    ("Gmail for phones", "On Mar 2, 2026 10:00 AM, \"Ann Lee\" <ann@lee.example> wrote:"),
    ("Gmail de", "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Ann Lee <ann@lee.example>:"),
    ("Gmail de, name first", "Ann Lee <ann@lee.example> schrieb am Mo., 2. März 2026\num 10:00 Uhr:"),
    ("Gmail fr", "Le lun. 2 mars 2026 à 10:00, Ann Lee <ann@lee.example> a écrit :"),
    ("Gmail es", "El lun, 2 mar 2026 a las 10:00, Ann Lee (<ann@lee.example>) escribió:"),
    ("Gmail pt", "Em seg., 2 de mar. de 2026 às 10:00, Ann Lee <ann@lee.example> escreveu:"),
    ("Gmail pt_PT", "Ann Lee <ann@lee.example> escreveu no dia segunda, 2/03/2026 à(s) 10:00:"),
    ("Gmail it", "Il giorno lun 2 mar 2026 alle ore 10:00 Ann Lee <ann@lee.example> ha scritto:"),
    ("Gmail nl", "Op ma 2 mrt 2026 om 10:00 schreef Ann Lee <ann@lee.example>:"),
    ("Gmail pl", "pon., 2 mar 2026 o 10:00 Ann Lee <ann@lee.example> napisał(a):"),
    ("Gmail ru", "пн, 2 мар. 2026 г. в 10:00, Ann Lee <ann@lee.example>:"),
    ("Gmail uk", "пн, 2 бер. 2026 р. о 10:00 Ann Lee <ann@lee.example> пише:"),
    ("Gmail ja", "2026年3月2日(月) 10:00 Ann Lee <ann@lee.example>:"),
    ("Gmail ko", "2026년 3월 2일 (월) 오전 10:00, Ann Lee <ann@lee.example>님이 작성:"),
    ("Gmail zh_CN", "Ann Lee <ann@lee.example> 于2026年3月2日周一 10:00写道："),
    ("Gmail zh_TW", "Ann Lee <ann@lee.example> 於 2026年3月2日 週一 上午10:00寫道："),
    ("Gmail tr", "Ann Lee <ann@lee.example>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:"),
    ("Gmail sv", "Den mån 2 mars 2026 kl 10:00 skrev Ann Lee <ann@lee.example>:"),
    ("Gmail da", "Den man. 2. mar. 2026 kl. 10.00 skrev Ann Lee <ann@lee.example>:"),
    ("Gmail no", "man. 2. mar. 2026 kl. 10:00 skrev Ann Lee <ann@lee.example>:"),
    ("Gmail fi", "ma 2. maalisk. 2026 klo 10.00 Ann Lee (ann@lee.example) kirjoitti:"),
    ("Gmail cs", "po 2. 3. 2026 v 10:00 odesílatel Ann Lee <ann@lee.example> napsal:"),
    ("Gmail sk", "po 2. 3. 2026 o 10:00 Ann Lee <ann@lee.example> napísal(a):"),
    ("Gmail hu", "Ann Lee <ann@lee.example> ezt írta (időpont: 2026. márc. 2., H, 10:00):"),
    ("Gmail ro", "În lun., 2 mar. 2026 la 10:00, Ann Lee <ann@lee.example> a scris:"),
    ("Gmail hr", "pon, 2. ožu 2026. u 10:00 Ann Lee <ann@lee.example> napisao je:"),
    ("Gmail el", "Στις Δευ 2 Μαρ 2026 στις 10:00 π.μ., ο/η Ann Lee <ann@lee.example> έγραψε:"),
    ("Gmail vi", "Vào Th 2, 2 thg 3, 2026 vào lúc 10:00 Ann Lee <ann@lee.example> đã viết:"),
    ("Gmail id", "Pada tanggal Sen, 2 Mar 2026 pukul 10.00 Ann Lee <ann@lee.example> menulis:"),
    ("Gmail et", "Kuupäev E, 2. märts 2026 kell 10:00 kirjutas Ann Lee (<ann@lee.example>):"),
    ("Gmail ar", "في الاثنين، 2 مارس 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Ann Lee <ann@lee.example>:"),
    (
        "Gmail he",
        "\u{200f}בתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת \u{202a}Ann Lee\u{202c} \u{200f}<\u{202a}ann@lee.example\u{202c}\u{200f}>:\u{202c}",
    ),
    (
        "Gmail zh_CN, wrapped",
        "Ann of the very long name <ann.lee@lee.example>\n于2026年3月2日周一 10:00写道：",
    ),
    ("Zoho, wrapped", "---- On Mon, 02 Mar 2026 10:00:00 +0100 Ann Lee <ann@lee.example>\nwrote ---"),
    ("Gmail ca", "Missatge de Ann Lee <ann@lee.example> del dia dl., 2 de març 2026 a les\n10:00:"),
    ("Gmail th", "ในวันที่ จ. 2 มี.ค. 2026 เวลา 10:00 Ann Lee <ann@lee.example> เขียนว่า:"),
    ("Gmail bg", "На пн, 2.03.2026 г. в 10:00 Ann Lee <ann@lee.example> написа:"),
    ("Thunderbird sl", "Dne 2. 03. 2026 ob 10:00 je Ann Lee napisal(a):"),
    ("AOL", "In a message dated 3/2/2026 10:00:00 AM Eastern Standard Time, ann@lee.example writes:"),
    ("Mutt, old", "* Ann Lee <ann@lee.example> [2026-03-02 10:00:00 +0100]:"),
    (
        "Yandex Mail with header lines",
        "----------------\nКому: Bob (bob@lee.example);\nТема: Вопрос;\n02.03.2026, 10:00, \"Ann Lee\" <ann@lee.example>:",
    ),
    ("Apple Mail en", "On 2 Mar 2026, at 10:00, Ann Lee <ann@lee.example> wrote:"),
    ("Apple Mail en_US", "On Mar 2, 2026, at 10:00 AM, Ann Lee <ann@lee.example> wrote:"),
    ("Apple Mail, narrow blank", "On Mar 2, 2026, at 10:00\u{202f}AM, Ann Lee <ann@lee.example> wrote:"),
    ("Apple Mail de", "Am 02.03.2026 um 10:00 schrieb Ann Lee <ann@lee.example>:"),
    ("Apple Mail fr", "Le 2 mars 2026 à 10:00, Ann Lee <ann@lee.example> a écrit :"),
    ("Apple Mail es", "El 2 mar 2026, a las 10:00, Ann Lee <ann@lee.example> escribió:"),
    ("Apple Mail it", "Il giorno 2 mar 2026, alle ore 10:00, Ann Lee <ann@lee.example> ha scritto:"),
    ("Apple Mail nl", "Op 2 mrt. 2026, om 10:00 heeft Ann Lee <ann@lee.example> het volgende geschreven:"),
    ("Apple Mail pl", "Wiadomość napisana przez Ann Lee <ann@lee.example> w dniu 2 mar 2026, o godz. 10:00:"),
    ("Apple Mail pt", "Em 2 de mar. de 2026, à(s) 10:00, Ann Lee <ann@lee.example> escreveu:"),
    ("Apple Mail ru", "2 марта 2026 г., в 10:00, Ann Lee <ann@lee.example> написал(а):"),
    ("Apple Mail zh", "在 2026年3月2日，上午10:00，Ann Lee <ann@lee.example> 写道："),
    ("Apple Mail zh, 2023", "2026年3月2日 10:00，Ann Lee <ann@lee.example> 写道："),
    ("Apple Mail zh_TW", "Ann Lee <ann@lee.example> 於 2026年3月2日 上午10:00 寫道："),
    ("Apple Mail ja", "2026/03/02 10:00、Ann Lee <ann@lee.example>のメール:"),
    ("Apple Mail ko", "2026. 3. 2. 오전 10:00, Ann Lee <ann@lee.example> 작성:"),
    ("Apple Mail sv", "2 mars 2026 kl. 10:00 skrev Ann Lee <ann@lee.example>:"),
    ("Apple Mail cs", "2. 3. 2026 v 10:00, Ann Lee <ann@lee.example>:"),
    ("Thunderbird en", "On 02/03/2026 10:00, Ann Lee wrote:"),
    ("Thunderbird en, via", "On 02/03/2026 10:00, Ann Lee via Support wrote:"),
    ("Thunderbird de", "Am 02.03.26 um 10:00 schrieb Ann Lee:"),
    ("Thunderbird fr", "Le 02/03/2026 à 10:00, Ann Lee a écrit :"),
    ("Thunderbird es", "El 2/3/26 a las 10:00, Ann Lee escribió:"),
    ("Thunderbird it", "Il 02/03/2026 10:00, Ann Lee ha scritto:"),
    ("Thunderbird nl", "Op 02-03-2026 om 10:00 schreef Ann Lee:"),
    ("Thunderbird pl", "W dniu 2.03.2026 o 10:00, Ann Lee pisze:"),
    ("Thunderbird pt", "Em 02/03/2026 10:00, Ann Lee escreveu:"),
    ("Thunderbird ru", "02.03.2026 10:00, Ann Lee пишет:"),
    ("Thunderbird zh", "在 2026/3/2 10:00, Ann Lee 写道:"),
    ("Thunderbird ja", "On 2026/03/02 10:00, Ann Lee wrote:"),
    ("Thunderbird cs", "Dne 02. 03. 26 v 10:00 Ann Lee napsal(a):"),
    ("Thunderbird sk", "Dňa 2. 3. 2026 o 10:00 Ann Lee napísal(a):"),
    ("Thunderbird hu", "2026. 03. 02. 10:00 keltezéssel, Ann Lee írta:"),
    ("Thunderbird fi", "Ann Lee kirjoitti 2.3.2026 klo 10.00:"),
    ("Thunderbird sv", "Den 2026-03-02 kl. 10:00, skrev Ann Lee:"),
    ("Thunderbird da", "Den 02.03.2026 kl. 10.00 skrev Ann Lee:"),
    ("Yahoo en", "On Monday, March 2, 2026 at 10:00:00 AM GMT+1, Ann Lee <ann@lee.example> wrote:"),
    (
        "Yahoo de",
        "Am Montag, 2. März 2026 um 10:00:00 MEZ hat Ann Lee <ann@lee.example> Folgendes geschrieben:",
    ),
    ("Yahoo fr", "Le lundi 2 mars 2026 à 10:00:00 UTC+1, Ann Lee <ann@lee.example> a écrit :"),
    ("Yahoo es", "En lunes, 2 de marzo de 2026, 10:00:00 CET, Ann Lee <ann@lee.example> escribió:"),
    ("Yahoo it", "Il lunedì 2 marzo 2026 alle ore 10:00:00 CET, Ann Lee <ann@lee.example> ha scritto:"),
    ("Yahoo zh_TW", "Ann Lee <ann@lee.example> 於 2026年3月2日 週一 上午10:00:00 [GMT+8] 寫道："),
    ("NetEase zh", "在 2026-03-02 10:00:00，\"Ann Lee\" <ann@lee.example> 写道："),
    ("NetEase en", "At 2026-03-02 10:00:00, \"Ann Lee\" <ann@lee.example> wrote:"),
    ("Yandex", "02.03.2026, 10:00, \"Ann Lee\" <ann@lee.example>:"),
    ("mail.ru", "Понедельник, 2 марта 2026, 10:00 +03:00 от Ann Lee <ann@lee.example>:"),
    ("Tuta en", "Mar 2, 2026, 10:00 by ann@lee.example:"),
    ("Tuta de", "2. März 2026, 10:00 von ann@lee.example:"),
    ("Proton", "On Monday, March 2nd, 2026 at 10:00 AM, Ann Lee <ann@lee.example> wrote:"),
    ("Zoho", "---- On Mon, 02 Mar 2026 10:00:00 +0100 Ann Lee <ann@lee.example> wrote ---"),
    ("Zoho, entities", "---- On Mon, 02 Mar 2026 10:00:00 +0100 Ann Lee&lt;ann@lee.example&gt; wrote ----"),
    ("Zoho zh", "---- 在 星期一, 02 三月 2026 10:00:00 +0800 Ann Lee <ann@lee.example> 撰写 ----"),
    ("Spark", "On 2 Mar 2026, 10:00 +0100, Ann Lee <ann@lee.example>, wrote:"),
    ("Front", "On March 2, 2026 at 10:00 AM GMT+1 ann@lee.example wrote:"),
    ("Missive", "On March 2, 2026 at 10:00 AM, Ann Lee (ann@lee.example) wrote:"),
    ("HEY", "On March 2, 2026, Ann Lee <ann@lee.example> wrote:"),
    ("Airmail", "On 2 March 2026 at 10:00:00, Ann Lee (ann@lee.example) wrote:"),
    ("BlueMail", "On Mar 2, 2026, at 10:00, Ann Lee <ann@lee.example<mailto:ann@lee.example>> wrote:"),
    ("Evolution", "On Mon, 2026-03-02 at 10:00 +0100, Ann Lee wrote:"),
    ("KMail", "On Monday, 2 March 2026 10:00:00 CET Ann Lee wrote:"),
    ("mutt", "On Mon, Mar 02, 2026 at 10:00:00AM +0100, Ann Lee wrote:"),
    ("Claws", "On Mon, 2 Mar 2026 10:00:00 +0100\nAnn Lee <ann@lee.example> wrote:"),
    ("Roundcube", "On 2026-03-02 10:00, Ann Lee wrote:"),
    ("Roundcube de", "Am 2026-03-02 10:00, schrieb Ann Lee:"),
    ("Lotus Notes", "Ann Lee <ann@lee.example> wrote on 02/03/2026 10:00:11 AM:"),
    ("Lotus Notes de", "Ann Lee <ann@lee.example> schrieb am 02.03.2026 10:00:11:"),
    ("Samsung pl", "Dnia 2 marca 2026 10:00 Ann Lee <ann@lee.example> napisał(a):"),
    ("Outlook for iOS, old", "On Mon, Mar 2, 2026 at 10:00 AM +0100, \"Ann Lee\" <ann@lee.example> wrote:"),
    ("Gmail th", "ในวันที่ พฤ. 2 มี.ค. 2026 เวลา 10:00 Ann Lee <ann@lee.example> เขียนว่า:"),
    ("Gmail fa", "در تاریخ پنجشنبه 2 مارس 2026، 10:00 Ann Lee <ann@lee.example> نوشت:"),
    ("Gmail lv", "pirmd., 2026. g. 2. marts plkst. 10:00, Ann Lee (<ann@lee.example>) rakstīja:"),
    ("Gmail zh_CN, wrapped", "Ann Lee <ann@lee.example> 于2026年3月2日周一\n10:00写道："),
    ("The Bat!", "Вы писали 2 марта 2026 г., 10:00:00:"),
    ("behind emphasis", "*On Mon, Mar 2, 2026 at 10:00 AM Ann Lee <ann@lee.example> wrote:*"),
];

#[test]
fn programs_and_languages() {
    let mut wrong = Vec::new();
    for (program, attribution) in ATTRIBUTIONS {
        for below in ["> old\n> words\n", "\n> old\n", "\nold without marks\n", "old without marks\n"] {
            let got = reply(&format!("New words here.\n\n{attribution}\n{below}"));
            if got != "New words here." {
                wrong.push(format!("{program} {below:?}: {got:?}"));
            }
        }
        let got = reply(&format!("{attribution}\n> old\n\nNew below."));
        if got != "New below." {
            wrong.push(format!("{program} below: {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_alone_need_a_marked_quote() {
    assert_eq!(reply("Yes.\n\nAnn Lee wrote:\n> old"), "Yes.");
    assert_eq!(reply("Yes.\n\nAnn Lee <ann@lee.example> writes:\n\n> old"), "Yes.");
    assert_eq!(reply("Yes.\n\nQuoting Ann Lee <ann@lee.example>:\n\n> old"), "Yes.");
    assert_eq!(reply("Ann wrote:\nthe table is empty"), "Ann wrote:\nthe table is empty");
}

#[test]
fn glued_to_the_reply() {
    assert_eq!(reply("Thanks! On Wed, Apr 1, 2026 at 3:59 PM, ann@lee.example wrote:\n> old"), "Thanks!");
    assert_eq!(reply("fine--- On Wed, Apr 1, 2026 at 3:59 PM, ann@lee.example wrote:\n> old"), "fine");
    assert_eq!(
        reply("Works.\nOn Wed, Apr 1, 2026 at 3:59 PM, Ann Lee <ann@lee.example>\nwrote:\n> old"),
        "Works."
    );
}

#[test]
fn below_the_quote_and_between() {
    assert_eq!(reply("> one?\nYes.\n> two?\nNo."), "Yes.\n\nNo.");
    assert_eq!(
        reply("On Mon, 2 Mar 2026, Ann wrote:\n> one?\n\nYes.\n\n> two?\n\nNo, never.\n"),
        "Yes.\n\nNo, never."
    );
    assert_eq!(reply("Support <s@d.example> wrote:\n |> old\n\n> old\nNew"), "|> old\n\nNew");
}

#[test]
fn wrapped_quotes() {
    let long = "> This line of a quoted mail is so long that the program wrapped it without a\nmark on the rest\n> and went on";
    assert_eq!(reply(&format!("New.\n\nOn Mon, 2 Mar 2026, Ann wrote:\n{long}\n")), "New.");
    let question =
        "> Does the export of this table end with the same message on each computer of yours?\nyes\n> And";
    assert_eq!(reply(question), "yes");
    assert_eq!(reply("New.\n\n> See (https://a.example/path?with=many\n_words=1)\n> x\n"), "New.");
}

/// Without quote marks below it could be a sentence about somebody.
#[test]
fn a_name_before_the_date_belongs_to_it() {
    for above in ["New.\n\n", ""] {
        let text = format!("{above}Ann Lee 於 2026/3/2 10:00 寫道:\n> old\n\n");
        assert_eq!(reply(&text), above.trim_end());
    }
}
