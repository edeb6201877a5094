//! Everything that holds mail is recognised by what is in it.

use std::{fs, io::Write, os::unix::fs::symlink, path::Path, process::Command};

use flate2::{Compression, write::GzEncoder};

use crate::scene::{Old, Scene, mbox, question, scene};

fn mails(count: u32) -> Vec<String> {
    (1..=count).map(|n| question(n, &format!("m{n}@acme.test"), &format!("c{n}@acme.test")).text()).collect()
}

/// The body of the n-th mail as it was kept.
fn body_of(scene: &Scene, n: usize) -> String {
    scene.raws()[n].replace("\r\n", "\n").split_once("\n\n").unwrap().1.to_owned()
}

#[test]
fn mailbox_files_of_all_writers_give_the_same_mails() {
    let mark = "From li@acme.test Mon Jan  1 10:00:00 2024";
    let body = &format!(
        "The log says:\n\nFrom here on nothing works.\n>From there it did.\n\n{mark}\nis the last line."
    );
    let mail = Old { body, ..question(1, "m@acme.test", "li@acme.test") }.text();
    let other = question(2, "n@acme.test", "wang@acme.test").text();
    let from = format!("{mark}\n");
    let with_length = |mail: &str, quoted: bool| {
        let (header, body) = mail.split_once("\n\n").unwrap();
        let body = if quoted { body.replace("\nFrom ", "\n>From ") } else { body.to_owned() };
        format!("{from}{header}\nContent-Length: {}\n\n{body}\n", body.len())
    };
    let quoted_once = |mail: &str| mail.replace("\nFrom ", "\n>From ");
    let rd = mbox(&[mail.clone(), other.clone()]);
    let files = [
        ("mboxrd", rd.clone()),
        ("mboxrd with CRLF", rd.replace('\n', "\r\n")),
        ("mboxcl", with_length(&mail, true) + &with_length(&other, true)),
        ("mboxcl2", with_length(&mail, false) + &with_length(&other, false)),
        ("no blank lines", format!("{}\n{from}{other}", mbox(std::slice::from_ref(&mail)).trim_end())),
    ];
    for (name, file) in &files {
        let scene = scene();
        let path = scene.file("old", file);
        let summary = scene.import_path(&path);
        assert_eq!(
            (&summary["tickets"], &summary["unreadable"]),
            (&2.into(), &0.into()),
            "{name}: {summary}"
        );
        let text = body_of(&scene, 0);
        // mboxcl cannot tell a line that was quoted before from one that it quoted.
        let expected = if *name == "mboxcl" { body.replace(">From", "From") } else { body.clone() };
        assert_eq!(text.trim_end(), expected, "{name}");
        scene.desk.finish().unwrap();
    }
    // An mboxo file differs from the others in lines that were quoted before alone.
    let scene = scene();
    let path = scene.file("old", format!("{from}{}\n{from}{other}\n", quoted_once(&mail)));
    assert_eq!(scene.import_path(&path)["tickets"], 2);
    assert!(body_of(&scene, 0).contains("\nFrom here on nothing works."));
    scene.desk.finish().unwrap();
}

#[test]
fn folders_are_looked_through_and_what_is_no_correspondence_is_passed_over() {
    let scene = scene();
    let mails = mails(9);
    scene.file("a/one.eml", &mails[0]);
    scene.file("a/deep/two.eml", mails[1].replace('\n', "\r\n"));
    scene.file("a/Archive", mbox(&mails[2..4]));
    scene.file("a/Archive.msf", "// <!-- <mdb:mork:z v=\"1.4\"/> -->");
    scene.file("a/.hidden/x.eml", &mails[8]);
    scene.file("a/Trash/x.eml", &mails[8]);
    scene.file("a/old.pst", b"!BDN\0\0");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(mbox(&mails[4..5]).as_bytes()).unwrap();
    scene.file("a/2019.mbox.gz", packed.finish().unwrap());
    scene.file("Maildir/cur/1704186000.M1.host:2,S", &mails[5]);
    scene.file("Maildir/new/1704186001.M2.host", &mails[6]);
    scene.file("Maildir/cur/1704186002.M3.host:2,ST", &mails[8]);
    scene.file("Maildir/cur/1704186003.M4.host:2,D", &mails[8]);
    scene.file("Maildir/tmp/1704186004.M5.host", &mails[8]);
    scene.file("Maildir/dovecot-uidlist", "3 V1 N1");
    scene.file("Maildir/.Projects.A/cur/1704186005.M6.host:2,", &mails[7]);
    fs::create_dir_all(scene.desk.folder().join("old/Maildir/.Projects.A/new")).unwrap();
    scene.file("Maildir/.Trash/cur/1704186006.M7.host:2,", &mails[8]);
    let summary = scene.import_path(&scene.desk.folder().join("old"));
    assert_eq!((&summary["mails"], &summary["tickets"]), (&8.into(), &8.into()), "{summary}");
    assert_eq!(summary["unreadable"], 0);
    let left_out: Vec<String> = summary["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| {
            format!(
                "{}: {}",
                t["place"].as_str().unwrap().rsplit('/').next().unwrap(),
                t["why"].as_str().unwrap()
            )
        })
        .collect();
    for (name, why) in [
        ("Archive.msf", "neither"),
        ("old.pst", "Outlook"),
        ("Trash", "without correspondence"),
        (".Trash", "without correspondence"),
        ("1704186002.M3.host:2,ST", "deleted"),
        ("1704186003.M4.host:2,D", "draft"),
    ] {
        assert!(left_out.iter().any(|t| t.starts_with(name) && t.contains(why)), "{name}: {left_out:?}");
    }
    // Named by itself, the trash is what the operator wants.
    let summary = scene.import_path(&scene.desk.folder().join("old/a/Trash"));
    assert_eq!(summary["tickets"], 1);
    scene.desk.finish().unwrap();
}

/// Who may write into a mailbox chooses neither what else is read nor what is waited for.
#[test]
fn links_pipes_and_devices_are_named_and_never_opened() {
    let scene = scene();
    let mails = mails(3);
    let old = scene.desk.folder().join("old");
    let secret = scene.file("secret.eml", &mails[2]);
    scene.file("M/cur/1704186000.M1.host:2,S", &mails[0]);
    fs::create_dir_all(old.join("M/new")).unwrap();
    scene.file("plain/two.eml", &mails[1]);
    for (target, link) in [
        (Path::new("/dev/zero"), "M/cur/1704186001.zero"),
        (&secret, "M/new/1704186002.link"),
        (&secret, "plain/link.eml"),
        (&old.join("M"), "plain/folder"),
    ] {
        symlink(target, old.join(link)).unwrap();
    }
    for pipe in ["M/cur/1704186003.pipe", "plain/pipe.eml"] {
        assert!(Command::new("mkfifo").arg(old.join(pipe)).status().unwrap().success());
    }
    let paths = [old.join("M"), old.join("plain")];
    let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let summary = scene.import(&[paths[0], paths[1], "--batch", "b"]);
    assert_eq!((&summary["tickets"], &summary["unreadable"]), (&2.into(), &0.into()), "{summary}");
    let left_out = summary["left_out"].as_array().unwrap();
    let told = |name: &str| left_out.iter().any(|t| t["place"].as_str().unwrap().ends_with(name));
    for name in ["zero", "1704186002.link", "link.eml", "plain/folder", ".pipe", "pipe.eml"] {
        assert!(told(name), "{name}: {left_out:?}");
    }
    assert_eq!(left_out.len(), 6, "{left_out:?}");
    for path in [old.join("plain/pipe.eml"), "/dev/zero".into()] {
        let (good, words) = scene.said(&["import", path.to_str().unwrap()]);
        assert!(!good && words.contains("neither a file nor a folder"), "{words}");
    }
    scene.desk.finish().unwrap();
}

#[test]
fn broken_input_is_told_of_with_its_place_and_stops_nothing() {
    let scene = scene();
    let mails = mails(4);
    let expunged = mails[3].replacen("MIME-Version", "X-Mozilla-Status: 0009\nMIME-Version", 1);
    let nobody = mails[2].replacen("From: c3@acme.test", "From: nobody", 1);
    let file =
        mbox(&[mails[0].clone(), "x-nothing: 1\n\nno mail\n".into(), nobody, expunged, mails[1].clone()]);
    let offset = file.find("From sender@old.test Mon Jan  1 10:00:00 2024\nx-nothing").unwrap();
    scene.file("all/old.mbox", &file);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(mbox(&mails[2..4]).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    scene.file("all/half.gz", &packed[..packed.len() - 40]);
    scene.file("all/empty.eml", "");
    let all = scene.desk.folder().join("old/all");
    let summary = scene.import_path(&all);
    let troubles = summary["troubles"].to_string();
    assert!(troubles.contains(&format!("old.mbox@{offset}\"")), "{troubles}");
    assert!(troubles.contains("no usable sender") && troubles.contains("half.gz@"), "{troubles}");
    assert_eq!(summary["passed_over"]["deleted"], 1, "{summary}");
    assert!(summary["tickets"].as_u64().unwrap() >= 2, "{summary}");
    let (good, words) = scene.said(&["import", all.to_str().unwrap()]);
    assert!(good, "{words}");
    assert!(words.contains("taken by an earlier run") && words.contains("unreadable: "), "{words}");
    scene.desk.finish().unwrap();
}

#[test]
fn a_mail_that_is_too_large_becomes_a_ticket_of_its_header() {
    let scene = scene();
    let config = fs::read_to_string(scene.desk.config_path()).unwrap();
    fs::write(scene.desk.config_path(), config + "\n[limits]\nmessage_bytes_max = \"1MiB\"\n").unwrap();
    let mails = mails(3);
    let large = |mail: &str| format!("{mail}{}", "0123456789abcdef\n".repeat(100_000));
    scene.file("all/inbox", mbox(&[mails[0].clone(), large(&mails[1])]) + &mbox(&mails[2..3]));
    scene.file("all/alone.eml", large(&mails[1]).replace("m2@", "alone@"));
    let summary = scene.import_path(&scene.desk.folder().join("old/all"));
    assert_eq!(summary["tickets"], 4, "{summary}");
    let oversized =
        scene.rows().iter().filter(|row| row.starts_with("event ") && row.contains("\"oversized\"")).count();
    assert_eq!(oversized, 2);
    scene.desk.finish().unwrap();
}

#[test]
fn words_for_an_operator_who_errs() {
    let scene = scene();
    for (arguments, words) in [
        (vec!["import"], "PATH"),
        (vec!["import", "/nowhere/inbox"], "/nowhere/inbox"),
        (vec!["import", "/etc/hostname", "--mailbox", "sales"], "there are: support"),
        (vec!["import", "/etc/hostname", "--state", "new"], "closed, resolved or open"),
        (vec!["import", "/etc/hostname", "--open-since", "yesterday"], "2026-01-31"),
        (vec!["import", "/etc/hostname", "--batch", ""], "--batch"),
        (vec!["import", "--undo", "nothing"], "no batch `nothing`"),
        (vec!["import", "--dry-run", "x"], "--tickets"),
    ] {
        let (good, said) = scene.said(&arguments);
        assert!(!good && said.contains(words), "{arguments:?}: {said}");
    }
    let (good, help) = scene.said(&["import", "--help"]);
    assert!(
        good && help.contains("--open-since") && help.contains("Sent folder") && help.contains("closed"),
        "{help}"
    );
    scene.desk.finish().unwrap();
}
