use super::*;

fn all(text: &str) -> Vec<String> {
    let show = |l: &Labelled<'_>| {
        let mut value = l.value.to_owned();
        if l.items.len() > 1 {
            value = l.items.join(" / ");
        }
        format!("{:?}={value}", l.label.map_or_else(|| "?".to_owned(), |l| format!("{l:?}"))).replace('"', "")
    };
    find(text).iter().map(show).collect()
}

#[test]
fn no_label_ends_with_a_digit() {
    // `label_start` passes over what ends so: clocks are frequent, and such labels were none.
    for word in crate::triage::words::labels::LABELS.iter().flat_map(|(_, words)| *words) {
        assert!(!word.ends_with(|c: char| c.is_ascii_digit()), "{word}");
    }
}

#[test]
fn shapes_of_labelled_lines() {
    for (text, wanted) in [
        ("Browser: Chrome 126", &["Browser=Chrome 126"][..]),
        ("**Browser**: Chrome 126", &["Browser=Chrome 126"]),
        ("**Browser:** Chrome 126", &["Browser=Chrome 126"]),
        ("- Your browser (and version): Chrome 126", &["Browser=Chrome 126"]),
        ("1. 浏览器：Chrome 126", &["Browser=Chrome 126"]),
        ("> Company - Acme", &["Organisation=Acme"]),
        ("Gerät = Pixel 8", &["Device=Pixel 8"]),
        ("【用户名】lina", &["Username=lina"]),
        ("用 户 名：lina", &["Username=lina"]),
        ("浏览器 | Safari 17.3", &["Browser=Safari 17.3"]),
        ("| Browser | Safari 17.3 |", &["Browser=Safari 17.3"]),
        ("Browser\tSafari 17.3", &["Browser=Safari 17.3"]),
        (
            "Browser | OS | User\n--- | --- | ---\nSafari 17 | macOS 14 | ann",
            &["Browser=Safari 17", "Os=macOS 14", "Username=ann"],
        ),
        ("### Browser\n\nChrome 126\n\n### OS\n\nWindows 11", &["Browser=Chrome 126", "Os=Windows 11"]),
        ("Browser:\nChrome 126\nOS:\nWindows 11", &["Browser=Chrome 126", "Os=Windows 11"]),
        (
            "用户名：mao　公司：云杉　浏览器：Chrome 120",
            &["Username=mao", "Organisation=云杉", "Browser=Chrome 120"],
        ),
        (
            "Username: ann, Company: Acme; OS: Windows 11",
            &["Username=ann", "Organisation=Acme", "Os=Windows 11"],
        ),
        ("换成直式也一样。帐号：yichun", &["Username=yichun"]),
        ("Drag does nothing. Account: kim@x.example", &["Username=kim@x.example"]),
        ("We rotated it. Organisation: Klinker Bouw BV. Thanks", &["Organisation=Klinker Bouw BV"]),
        ("Tried:\n- cleared the cache\n- restarted", &["Tried=cleared the cache / restarted"]),
        ("What browser are you using? Chrome 126", &["Browser=Chrome 126"]),
        ("Nom d’utilisateur : anna", &["Username=anna"]),
        ("See https://x.example/a", &[]),
        ("It was 14:30 then", &[]),
    ] {
        assert_eq!(all(text), wanted, "{text}");
    }
}

#[test]
fn labels_of_many_kinds() {
    for (words, wanted) in [
        ("Your operating system", Some(Label::Os)),
        ("您使用的浏览器", Some(Label::Browser)),
        ("ご利用のブラウザ", Some(Label::Browser)),
        ("Ihr Benutzername", Some(Label::Username)),
        ("Votre navigateur", Some(Label::Browser)),
        ("Su sistema operativo", Some(Label::Os)),
        ("Which internet browser do you have", Some(Label::Browser)),
        ("Approximate time it happened", Some(Label::OccurredAt)),
        ("Due date of the invoice", Some(Label::Ignored)),
        ("Fruit", None),
    ] {
        assert_eq!(look_up(words).map(|(l, _)| l), wanted, "{words}");
    }
}
