//! Files of mails split by portions of every size.

use proptest::prelude::*;

use super::{Behind, Next, Splitter, from_line, is_mbox};

/// Splits a file that is handed in by portions of this size, as the reader of files does.
fn split_by(file: &[u8], portion: usize) -> Vec<Vec<u8>> {
    let mut splitter = Splitter::new(&file[..file.len().min(super::SAMPLE_BYTES)]);
    let (mut begin, mut end, mut mails) = (0, 0, Vec::new());
    loop {
        let behind = if end < file.len() { Behind::More } else { Behind::Nothing };
        match splitter.next(&file[begin..end], behind) {
            Next::Mail { bytes, used, .. } => {
                assert!(used > 0);
                mails.push(bytes.into_owned());
                begin += used;
            }
            Next::Rest { used } | Next::Junk { used } => begin += used,
            Next::More => {
                assert!(end < file.len(), "asked for more than there is");
                end = file.len().min(end + portion);
            }
            Next::End => return mails,
        }
    }
}

/// By three portions, which must not matter.
fn split(file: &str) -> Vec<String> {
    let whole = split_by(file.as_bytes(), usize::MAX / 2);
    for portion in [1, 7, 64] {
        assert_eq!(split_by(file.as_bytes(), portion), whole, "in portions of {portion}");
    }
    whole.into_iter().map(|mail| String::from_utf8(mail).unwrap()).collect()
}

const FROM: &str = "From li@acme.example Mon Jan  5 10:00:00 2026";

#[test]
fn the_blank_line_between_mails_belongs_to_neither() {
    let file = format!("{FROM}\nSubject: one\n\nbody\n\n{FROM}\nSubject: two\n\nbody\n");
    assert_eq!(split(&file), ["Subject: one\n\nbody\n", "Subject: two\n\nbody\n"]);
    let file = file.replace('\n', "\r\n");
    assert_eq!(split(&file), ["Subject: one\r\n\r\nbody\r\n", "Subject: two\r\n\r\nbody\r\n"]);
}

#[test]
fn a_writer_without_blank_lines_is_understood() {
    let file = format!("{FROM}\nSubject: one\n\nbody\n{FROM}\nSubject: two\n\nno line end");
    assert_eq!(split(&file), ["Subject: one\n\nbody\n", "Subject: two\n\nno line end"]);
}

#[test]
fn a_sentence_that_begins_with_from_splits_nothing() {
    for line in [
        "From the beginning it was slow.",
        "From Mon to Fri: 10:00 until 18:00, in 2026",
        "From: Li <li@acme.example>",
        "From li@acme.example",
        "From here on Mon Jan  5 10:00:00 2026 nothing worked",
    ] {
        let body = format!("Hello,\n\n{line}\nand so on\n");
        let file = format!("{FROM}\nSubject: one\n\n{body}\n{FROM}\nSubject: two\n\nx\n");
        assert_eq!(split(&file), [format!("Subject: one\n\n{body}"), "Subject: two\n\nx\n".into()], "{line}");
    }
}

#[test]
fn quoting_is_undone_as_it_was_done() {
    let rd = format!("{FROM}\nSubject: one\n\n>From a\n>>From b\n> From c\nx >From d\n");
    assert_eq!(split(&rd), ["Subject: one\n\nFrom a\n>From b\n> From c\nx >From d\n"]);

    let body = ">From a\n>>From b\n";
    let cl = format!("{FROM}\nContent-Length: {}\n\n{body}\n{FROM}\nSubject: two\n\nx\n", body.len());
    assert_eq!(split(&cl), ["Content-Length: 17\n\nFrom a\n>>From b\n", "Subject: two\n\nx\n"]);

    let (first, second) = (">From a\n", format!("see\n\n{FROM}\nSubject: pasted\n\n>From b\n"));
    let cl2 = format!(
        "{FROM}\nContent-Length: {}\n\n{first}\n{FROM}\nContent-Length: {}\n\n{second}\n",
        first.len(),
        second.len()
    );
    assert_eq!(
        split(&cl2),
        [format!("Content-Length: 8\n\n{first}"), format!("Content-Length: {}\n\n{second}", second.len())]
    );
}

#[test]
fn a_wrong_content_length_is_not_believed() {
    for length in ["3", "17", "4000", "99999999999999999999999", "-1", "x"] {
        let file = format!("{FROM}\nContent-Length: {length}\n\nsome body\n\n{FROM}\nSubject: two\n\nx\n");
        assert_eq!(
            split(&file),
            [format!("Content-Length: {length}\n\nsome body\n"), "Subject: two\n\nx\n".into()],
            "{length}"
        );
    }
}

#[test]
fn a_mail_that_ends_in_its_header_takes_nothing_of_the_next() {
    let file = format!(
        "{FROM}\nSubject: one\n{FROM}\nContent-Length: 2\nSubject: two\n\nx\n\n{FROM}\nSubject: 3\n\n"
    );
    assert_eq!(split(&file), ["Subject: one\n", "Content-Length: 2\nSubject: two\n\nx\n", "Subject: 3\n"]);
}

#[test]
fn an_envelope_that_was_quoted_into_the_header_is_left_out() {
    let file = format!("{FROM}\n>From root Mon Jan  5 09:00:00 2026\nSubject: one\n\nx\n");
    assert_eq!(split(&file), ["Subject: one\n\nx\n"]);
}

#[test]
fn what_stands_before_the_first_mail_is_passed_over() {
    let file = format!("\n\n# exported\n\n{FROM}\nSubject: one\n\nx\n");
    assert_eq!(split(&file), ["Subject: one\n\nx\n"]);
    assert_eq!(split("nothing of the kind\nFrom nobody\n"), Vec::<String>::new());
}

#[test]
fn a_mail_without_a_date_in_its_line_needs_the_blank_line_and_a_field() {
    let file = "From -\nSubject: one\n\nx\n\nFrom li@acme.example\nSubject: two\n\ny\n";
    assert_eq!(split(file), ["Subject: one\n\nx\n", "Subject: two\n\ny\n"]);
    assert!(is_mbox(file.as_bytes()));
    assert!(!is_mbox(b"From: li@acme.example\nSubject: one\n\nx\n"));
    assert!(!is_mbox(b"From the desk of\n"));
}

#[test]
fn a_mail_that_is_too_large_is_dropped_up_to_the_next() {
    let file = format!("{FROM}\nSubject: one\n\n{}\n{FROM}\nSubject: two\n\ny\n", "x\n".repeat(1000));
    let bytes = file.as_bytes();
    let mut splitter = Splitter::new(b"");
    assert_eq!(splitter.next(&bytes[..1000], Behind::Full), Next::More);
    splitter.cut(900);
    let Next::Rest { used } = splitter.next(&bytes[900..], Behind::Nothing) else { panic!("no rest") };
    let Next::Mail { bytes: mail, .. } = splitter.next(&bytes[900 + used..], Behind::Nothing) else {
        panic!("no mail")
    };
    assert_eq!(mail.as_ref(), b"Subject: two\n\ny\n");
}

#[test]
fn dates_of_all_writers() {
    for (line, at) in [
        ("From a@b.org Mon Jan  5 10:00:00 2026", "2026-01-05T10:00:00Z"),
        ("From - Mon Jan 05 10:00:00 2026", "2026-01-05T10:00:00Z"),
        ("From ???@??? Mon Jan 05 10:00:00 2026", "2026-01-05T10:00:00Z"),
        ("From 1790000@xxx Mon Jan 05 10:00:00 +0000 2026", "2026-01-05T10:00:00Z"),
        ("From a@b.org Mon Jan  5 10:00:00 2026 +0800", "2026-01-05T02:00:00Z"),
        ("From a@b.org Mon Jan  5 10:00:00 PST 2026", "2026-01-05T18:00:00Z"),
        ("From a@b.org Mon Jan  5 10:00:00 CET 2026", "2026-01-05T10:00:00Z"),
        ("From a@b.org Mon Jan  5 10:00 2026", "2026-01-05T10:00:00Z"),
        ("From a Mon Jan  5 10:00:00 2026 remote from uucp", "2026-01-05T10:00:00Z"),
        ("From a@b.org Mon, 05 Jan 2026 10:00:00 -0500", "2026-01-05T15:00:00Z"),
        ("From a@b.org 2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z"),
        ("From a@b.org 2026-01-05T10:00:00", "2026-01-05T10:00:00Z"),
        ("From a@b.org Monday, 5-Jan-2026 nothing 10:00", ""),
        ("From \"Mon Mothma\" <mon@rebels.example> Mon Jan  5 10:00:00 2026", "2026-01-05T10:00:00Z"),
        ("From a@b.org Mon Feb 30 10:00:00 2026", ""),
        ("From a@b.org Mon Jan  5 25:00:00 2026", ""),
        ("From the start, Mon Jan 5", ""),
    ] {
        let expected = (!at.is_empty()).then(|| at.parse().unwrap());
        assert_eq!(from_line::date(line.as_bytes()), expected, "{line}");
    }
}

/// How a file of mails is written.
#[derive(Debug, Clone, Copy)]
enum Writer {
    Rd,
    Cl,
    Cl2,
}

impl Writer {
    fn write(self, mails: &[String], line_end: &str) -> String {
        let one = |body: &String| {
            let lines: String = body
                .split_inclusive('\n')
                .map(|line| match self {
                    Self::Rd if line.trim_start_matches('>').starts_with("From ") => format!(">{line}"),
                    Self::Cl if line.starts_with("From ") => format!(">{line}"),
                    Self::Rd | Self::Cl | Self::Cl2 => line.to_owned(),
                })
                .collect();
            let lines = lines.replace('\n', line_end);
            let length = match self {
                Self::Rd => String::new(),
                Self::Cl | Self::Cl2 => format!("Content-Length: {}{line_end}", lines.len()),
            };
            format!("{FROM}{line_end}Subject: x{line_end}{length}{line_end}{lines}{line_end}")
        };
        mails.iter().map(one).collect()
    }
}

fn body() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("text".to_owned()),
        Just(String::new()),
        Just("From the start".to_owned()),
        Just(">>From quoted".to_owned()),
        Just(format!("{FROM} x")),
        Just("Subject: pasted".to_owned()),
        "[ -~]{0,20}",
    ];
    // The last line has words, so that a trailing blank line is the writer's.
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n") + "\nend\n")
}

#[test]
fn a_mail_without_anything_ends_where_the_next_begins_whatever_the_portion() {
    let file = format!("From x\n{FROM}\nContent-Length: 9\n\n>From \n\r\nFrom \nSubject: x\n");
    let whole = split_by(file.as_bytes(), usize::MAX / 2);
    assert_eq!(whole.len(), 3);
    assert_eq!(split_by(file.as_bytes(), 1), whole);
}

proptest! {
    #[test]
    fn what_was_written_is_read_again(
        mails in prop::collection::vec(body(), 1..6),
        writer in prop_oneof![Just(Writer::Rd), Just(Writer::Cl2)],
        crlf in any::<bool>(),
        portion in 1_usize..200,
    ) {
        let line_end = if crlf { "\r\n" } else { "\n" };
        let file = writer.write(&mails, line_end);
        let bodies: Vec<String> = split_by(file.as_bytes(), portion)
            .into_iter()
            .map(|mail| {
                let mail = String::from_utf8(mail).unwrap();
                mail.split_once(&line_end.repeat(2)).unwrap().1.replace("\r\n", "\n")
            })
            .collect();
        prop_assert_eq!(bodies, mails);
    }

    #[test]
    fn mboxcl_loses_only_what_it_does_not_quote(mails in prop::collection::vec(body(), 1..6)) {
        let file = Writer::Cl.write(&mails, "\n");
        prop_assert_eq!(split_by(file.as_bytes(), 50).len(), mails.len());
    }

    #[test]
    fn any_bytes_end(pieces in prop::collection::vec(prop_oneof![
        Just("\n".to_owned()), Just("\r\n".to_owned()), Just("From ".to_owned()), Just(format!("{FROM}\n")),
        Just(">From ".to_owned()), Just("Content-Length: 9\n".to_owned()), Just("Subject: x\n".to_owned()),
        "[a-z\u{0}]{0,9}",
    ], 0..40), portion in 1_usize..60) {
        let file = pieces.concat();
        let whole = split_by(file.as_bytes(), usize::MAX / 2);
        prop_assert_eq!(split_by(file.as_bytes(), portion), whole);
    }
}
