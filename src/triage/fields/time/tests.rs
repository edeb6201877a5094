use super::*;

/// Wednesday, 20 March 2024, 09:30 in the sender's zone.
fn at(offset_hours: i32) -> Moment {
    let instant: jiff::Timestamp = "2024-03-20T09:30:00Z".parse().unwrap();
    Moment {
        instant: instant.checked_sub(jiff::SignedDuration::from_hours(i64::from(offset_hours))).ok(),
        offset_seconds: offset_hours * 3_600,
    }
}

fn first(text: &str, language: &str) -> Option<(String, String, String)> {
    let found = find(text, Some(language), at(8));
    let when = found.first()?;
    let (from, to) = when.interval.clone().unwrap_or_default();
    let minute = |t: &str| t.get(..16).unwrap_or_default().to_owned();
    Some((text.get(when.start..when.end).unwrap().to_owned(), minute(&from), minute(&to)))
}

fn is(language: &str, text: &str, words: &str, from: &str, to: &str) {
    let wanted = (words.to_owned(), format!("2024-{from}"), format!("2024-{to}"));
    assert_eq!(first(text, language), Some(wanted), "{text}");
}

#[test]
fn chinese() {
    is("zh", "昨天下午三点左右开始拖不动", "昨天下午三点左右开始", "03-19T14:30", "03-20T09:30");
    is("zh", "3月19日下午两点半", "3月19日下午两点半", "03-19T14:30", "03-19T14:31");
    is("zh", "今天早上八点登录时提示", "今天早上八点", "03-20T08:00", "03-20T09:00");
    is("zh", "从三月十二号开始，企业微信里", "从三月十二号开始", "03-12T00:00", "03-20T09:30");
    is("zh", "上周五之后，我们部门的", "上周五之后", "03-15T00:00", "03-20T09:30");
    is("zh", "昨晚 11 点多开始的", "昨晚 11 点多开始", "03-19T23:00", "03-20T09:30");
    is("zh", "前天晚上第一次出现", "前天晚上", "03-18T18:00", "03-19T00:00");
    is("zh", "导入时间是周一上午", "周一上午", "03-18T05:00", "03-18T12:00");
    is("zh", "两小时前还正常", "两小时前", "03-20T07:00", "03-20T08:00");
    is("zh", "2024年3月5日14:20出现", "2024年3月5日14:20", "03-05T14:20", "03-05T14:21");
    is("zh", "北京时间 3 月 18 日 16:40 发生", "北京时间 3 月 18 日 16:40", "03-18T16:40", "03-18T16:41");
    is("zh", "刚才开始全部失败", "刚才开始", "03-20T09:15", "03-20T09:30");
    is("zh", "今天上午九点半发现的", "今天上午九点半", "03-20T09:30", "03-20T09:31");
}

#[test]
fn english() {
    is("en", "It started about an hour ago, on Safari", "about an hour ago", "03-20T07:45", "03-20T09:15");
    is("en", "like this since Tuesday morning.", "since Tuesday morning", "03-19T05:00", "03-20T09:30");
    is("en", "First noticed yesterday evening.", "yesterday evening", "03-19T18:00", "03-20T00:00");
    is("en", "stopped on 17 March at 02:00 UTC", "on 17 March at 02:00 UTC", "03-17T02:00", "03-17T02:01");
    is(
        "en",
        "Exported at 3:20 pm on 19 March with Edge",
        "at 3:20 pm on 19 March",
        "03-19T15:20",
        "03-19T15:21",
    );
    is("en", "Noticed on Monday at 9am.", "on Monday at 9am", "03-18T09:00", "03-18T10:00");
    is("en", "since the update on 12 March", "on 12 March", "03-12T00:00", "03-13T00:00");
    is("en", "This began after lunch today", "after lunch today", "03-20T12:00", "03-20T15:00");
    is("en", "as of 18 March 14:00 EET", "as of 18 March 14:00 EET", "03-18T14:00", "03-20T03:30");
    is("en", "Last Friday around 4 pm it broke", "Last Friday around 4 pm", "03-15T15:30", "03-15T16:30");
    is("en", "on March 5th, 2024 at 14:20", "on March 5th, 2024 at 14:20", "03-05T14:20", "03-05T14:21");
}

#[test]
fn german_french_spanish_portuguese_japanese() {
    is("de", "seit heute Morgen lädt", "seit heute Morgen", "03-20T05:00", "03-20T09:30");
    is("de", "gestern gegen 14 Uhr", "gestern gegen 14 Uhr", "03-19T13:30", "03-19T14:30");
    is("de", "am 5. März um 14.30 Uhr", "am 5. März um 14.30 Uhr", "03-05T14:30", "03-05T14:31");
    is("de", "vor zwei Tagen", "vor zwei Tagen", "03-18T00:00", "03-19T00:00");
    is("fr", "me connecter depuis hier soir : ", "depuis hier soir", "03-19T18:00", "03-20T09:30");
    is("fr", "le 5 mars vers 14h20", "le 5 mars vers 14h20", "03-05T13:50", "03-05T14:50");
    is("fr", "il y a deux heures", "il y a deux heures", "03-20T07:00", "03-20T08:00");
    is("es", "ayer a las 15:00", "ayer a las 15:00", "03-19T15:00", "03-19T15:01");
    is("es", "desde el lunes", "desde el lunes", "03-18T00:00", "03-20T09:30");
    is("pt", "ontem às 14h20", "ontem às 14h20", "03-19T14:20", "03-19T14:21");
    is("pt", "desde ontem de manhã", "desde ontem de manhã", "03-19T05:00", "03-20T09:30");
    is("ja", "3月19日 午前9時頃から", "3月19日 午前9時頃から", "03-19T08:30", "03-20T09:30");
    is("ja", "昨日の午後3時ごろ", "昨日の午後3時ごろ", "03-19T14:30", "03-19T15:30");
}

#[test]
fn limits_and_what_lies_ahead_are_no_faults() {
    for (language, text) in [
        ("en", "Please answer by Friday"),
        ("en", "We renew on 1 April 2025"),
        ("en", "Good morning, version 10.15.7 and 192.168.1.12"),
        ("en", "until tomorrow"),
        ("zh", "请在周五前回复"),
        ("zh", "下周安排演示"),
        ("zh", "早上好"),
        ("de", "Ich bekomme hier nichts"),
        ("de", "bis Freitag"),
        ("en", "version 2024.1.7 with 5 people"),
    ] {
        assert_eq!(first(text, language), None, "{text}");
    }
}

#[test]
fn labelled_values() {
    let of = |text: &str| {
        in_value(text, None, Moment { offset_seconds: 0, ..at(0) })
            .and_then(|w| w.interval)
            .unwrap_or_default()
            .0
    };
    for text in [
        "2024-03-05 14:20",
        "2024/03/05 14:20",
        "05.03.2024 14:20",
        "5 March 2024, 2:20 pm",
        "2024年3月5日14:20",
        "2024-03-05T14:20:00Z",
    ] {
        assert_eq!(of(text).get(..16), Some("2024-03-05T14:20"), "{text}");
    }
}

#[test]
fn any_text_ends() {
    for text in [
        "一".repeat(5_000),
        "1:".repeat(5_000),
        "seit ".repeat(5_000),
        "2024-".repeat(5_000),
        "上周".repeat(3_000),
    ] {
        let _ = find(&text, None, at(0));
    }
}
