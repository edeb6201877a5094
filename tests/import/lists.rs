//! Old lists of tickets: what fits becomes tickets, what does not is told line by line.

use crate::scene::scene;

const ENGLISH: &str = "Ticket ID,Subject,Requester email,Status,Priority,Type,Assignee,Created At,Solved at,Tags,Satisfaction\n\
    101,Export stays empty,Li Na <Li@acme.test>,Solved,High,technical,Alice Chen,2024-01-05 10:20,2024-01-06 11:00,\"vip, export\",good\n\
    102,\"Invoice, July\",wang@acme.test,open,medium,billing,,2024-01-07T08:00:00Z,,,\n\
    103,No address,nobody,open,low,,,2024-01-08,,,\n\
    104,Odd state,zhang@acme.test,escalated,low,,,2024-01-08,,,\n\
    105,Odd date,zhang@acme.test,open,low,,,last week,,,\n\
    101,Twice,zhang@acme.test,open,low,,,2024-01-08,,,\n\
    106,Small things,zhang@acme.test,closed,extreme,gardening,Bob,2024-01-08,,,\n";

#[test]
fn an_english_list_is_reported_line_by_line_and_then_made() {
    let scene = scene();
    let file = scene.file("tickets.csv", ENGLISH);
    let file = file.to_str().unwrap();
    let (good, words) = scene.said(&["import", "--tickets", file, "--dry-run"]);
    assert!(!good, "{words}");
    for expected in [
        "3  tickets would be made",
        "4  lines that make no ticket",
        "columns without a use here: Satisfaction",
        "line 4: Requester email `nobody`: expected an address",
        "line 5: Status `escalated`: expected one of new, open",
        "line 6: Created At `last week`: expected a date like",
        "line 7: Ticket ID `101`: expected a number of its own: line 2 has it too",
        "line 8: Priority `extreme`: expected low, normal",
        "line 8: Type `gardening`: expected one of technical, account, business",
        "line 8: Assignee `Bob`: expected the name or address",
    ] {
        assert!(words.contains(expected), "`{expected}` is missing:\n{words}");
    }
    assert_eq!(scene.desk.tickets().unwrap().len(), 0, "a dry run makes nothing");
    let made = scene.import(&["--tickets", file]);
    assert_eq!((&made["tickets"], &made["dropped_lines"]), (&3.into(), &4.into()), "{made}");
    let tickets = scene.desk.tickets().unwrap();
    let brief = |n: usize| {
        let t = &tickets[n];
        let word = |key: &str| t[key].as_str().unwrap_or_default().to_owned();
        [
            word("state"),
            word("priority"),
            word("category"),
            word("assignee"),
            word("requester"),
            word("subject"),
        ]
    };
    assert_eq!(
        brief(0),
        ["resolved", "high", "technical", "alice@desk.test", "li@acme.test", "Export stays empty"]
    );
    assert_eq!(brief(1), ["open", "normal", "business", "", "wang@acme.test", "Invoice, July"]);
    assert_eq!(brief(2), ["closed", "normal", "", "", "zhang@acme.test", "Small things"]);
    assert_eq!(tickets[0]["created_at"], "2024-01-05T10:20:00Z");
    assert_eq!(tickets[0]["updated_at"], "2024-01-06T11:00:00Z");
    let shown = scene.desk.ticket(1).unwrap();
    assert_eq!(shown["chain_intact"], true);
    assert!(shown["events"].to_string().contains("there number 101"), "{shown}");
    assert!(scene.rows().iter().any(|row| row.contains("was:101") && row.contains("vip")));
    let again = scene.import(&["--tickets", file]);
    assert_eq!((&again["tickets"], &again["taken_before"]), (&0.into(), &3.into()), "{again}");
    let undone = scene.import(&["--undo", "tickets", "--yes"]);
    assert_eq!((&undone["tickets"], &undone["items"]), (&3.into(), &3.into()), "{undone}");
    assert!(!scene.rows().iter().any(|row| row.starts_with("ticket ") || row.starts_with("item ")));
    scene.assert_silent();
    scene.desk.finish().unwrap();
}

#[test]
fn a_chinese_list_in_gb18030_with_semicolons_is_understood() {
    let scene = scene();
    let list = "工单编号;标题;客户邮箱;客户姓名;状态;优先级;分类;创建时间;关闭时间;标签;问题描述\r\n\
        A-1;甘特图无法加载;lina@huaxia.test;李娜;已关闭;紧急;技术;2024年1月5日 下午3:20;2024/1/6 10:00;重要、升级;升级后一直空白\r\n\
        A-2;发票抬头;wang@huaxia.test;王芳;处理中;普通;商务;2024-01-07;;;\r\n\
        A-3;未知;不知道;;处理中;普通;商务;2024-01-07;;;\r\n";
    let (bytes, _, _) = encoding_rs::GB18030.encode(list);
    let file = scene.file("工单.csv", bytes);
    let made = scene.import(&["--tickets", file.to_str().unwrap(), "--batch", "zh"]);
    assert_eq!((&made["tickets"], &made["dropped_lines"]), (&2.into(), &1.into()), "{made}");
    assert_eq!(made["misfits"][0]["column"], "客户邮箱");
    assert_eq!(made["misfits"][0]["value"], "不知道");
    let tickets = scene.desk.tickets().unwrap();
    assert_eq!(tickets[0]["subject"], "甘特图无法加载");
    assert_eq!((&tickets[0]["state"], &tickets[0]["priority"]), (&"closed".into(), &"urgent".into()));
    assert_eq!(tickets[0]["category"], "technical");
    assert_eq!(tickets[0]["created_at"], "2024-01-05T15:20:00Z");
    let shown = scene.desk.ticket(1).unwrap();
    assert!(shown["events"].to_string().contains("升级后一直空白"));
    assert!(scene.rows().iter().any(|row| row.contains("重要") && row.contains("was:A-1")));
    scene.desk.finish().unwrap();
}

#[test]
fn a_file_that_is_no_list_is_refused_in_words() {
    let scene = scene();
    for (name, text, words) in [
        ("a.csv", "Subject,Status\nx,open\n", "no column holds the requesters' addresses"),
        ("b.csv", "", "no column"),
    ] {
        let file = scene.file(name, text);
        let (good, said) = scene.said(&["import", "--tickets", file.to_str().unwrap()]);
        assert!(!good && said.contains(words), "{said}");
    }
    let (good, said) = scene.said(&["import", "--tickets", "/nowhere.csv"]);
    assert!(!good && said.contains("/nowhere.csv"), "{said}");
    scene.desk.finish().unwrap();
}

#[test]
fn a_value_that_no_store_takes_costs_its_line_and_no_other() {
    let scene = scene();
    let local = "a".repeat(5000);
    let number = "7".repeat(1500);
    let list = format!(
        "Ticket ID,Email,Subject\n1,li@acme.test,fine\n2,b\0ad@acme.test,odd\n3,{local}@acme.test,long\n\
         \"4\u{1b}\",li@acme.test,odd number\n{number},wang@acme.test,long number\n"
    );
    let file = scene.file("odd.csv", list);
    let file = file.to_str().unwrap();
    let (good, words) = scene.said(&["import", "--tickets", file, "--dry-run"]);
    assert!(!good && words.contains("2  tickets would be made"), "{words}");
    for line in
        ["line 3: Email `b\u{fffd}ad@acme.test`", "line 4: Email `aaaa", "line 5: Ticket ID `4\u{fffd}`"]
    {
        assert!(words.contains(line), "{line}: {words}");
    }
    assert!(words.contains("254 bytes and without control characters"), "{words}");
    let made = scene.import(&["--tickets", file]);
    assert_eq!(
        (&made["tickets"], &made["dropped_lines"], &made["misfits_all"]),
        (&2.into(), &3.into(), &3.into())
    );
    let again = scene.import(&["--tickets", file]);
    assert_eq!((&again["tickets"], &again["taken_before"]), (&0.into(), &2.into()), "{again}");
    scene.desk.finish().unwrap();
}

#[test]
fn a_list_that_is_too_large_is_refused_before_it_is_in_memory() {
    let scene = scene();
    let sparse = scene.file("sparse.csv", "");
    std::fs::File::options().write(true).open(&sparse).unwrap().set_len((64 << 20) + 1).unwrap();
    let long = scene.file("long.csv", format!("email\n{}", "a@b.cc\n".repeat(200_001)));
    for (file, words) in [(sparse, "larger than 64 MiB"), (long, "more than 200000 lines")] {
        let (good, said) = scene.said(&["import", "--tickets", file.to_str().unwrap(), "--dry-run"]);
        assert!(!good && said.contains(words) && said.contains("split it"), "{said}");
    }
    scene.desk.finish().unwrap();
}
