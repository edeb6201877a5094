//! TNEF that the tests write themselves, read back: what a part holds, and what a hostile one may not do.

use super::*;

/// Writes TNEF for the tests.
#[derive(Default)]
struct Writer {
    out: Vec<u8>,
}

impl Writer {
    fn new() -> Self {
        let mut out = SIGNATURE.to_vec();
        out.extend([1, 0]);
        Self { out }
    }

    fn attribute(mut self, level: u8, id: u32, value: &[u8]) -> Self {
        self.out.push(level);
        self.out.extend(id.to_le_bytes());
        self.out.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        self.out.extend(value);
        self.out.extend([0, 0]);
        self
    }
}

fn properties(list: &[(u16, u16, &[u8])]) -> Vec<u8> {
    let mut out = u32::try_from(list.len()).unwrap().to_le_bytes().to_vec();
    for (number, kind, value) in list {
        out.extend(kind.to_le_bytes());
        out.extend(number.to_le_bytes());
        if *number >= 0x8000 {
            out.extend([7; 16]);
            out.extend([1, 0, 0, 0, 6, 0, 0, 0]);
            out.extend(b"a\0b\0\0\0\0\0");
        }
        if is_variable(*kind) {
            out.extend([1, 0, 0, 0]);
            out.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
            out.extend(*value);
            out.extend(vec![0; (4 - value.len() % 4) % 4]);
        } else {
            out.extend(*value);
        }
    }
    out
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn sample() -> Vec<u8> {
    let long = wide("日志 2024.log");
    let file = properties(&[
        (0x8001, UNICODE, &wide("named")),
        (PR_ATTACH_LONG_FILENAME, UNICODE, &long),
        (PR_ATTACH_MIME_TAG, STRING8, b"Text/Plain\0"),
    ]);
    let inner = Writer::new()
        .attribute(
            1,
            MAPI_PROPERTIES,
            &properties(&[(PR_SUBJECT, UNICODE, &wide("Inner")), (PR_BODY, UNICODE, &wide("inner body"))]),
        )
        .out;
    let object = [&[9; 16][..], &inner].concat();
    let embedded =
        properties(&[(PR_ATTACH_DATA, OBJECT, &object), (PR_ATTACH_METHOD, 0x0003, &[5, 0, 0, 0])]);
    let body = b"<p>caf\xe9</p>".to_vec();
    Writer::new()
        .attribute(1, OEM_CODE_PAGE, &1252_u32.to_le_bytes())
        .attribute(
            1,
            MAPI_PROPERTIES,
            &properties(&[(PR_SUBJECT, STRING8, b"Outer\0"), (PR_BODY_HTML, BINARY, &body)]),
        )
        .attribute(2, ATTACH_REND_DATA, &[0; 14])
        .attribute(2, ATTACH_TITLE, b"LOG~1.LOG\0")
        .attribute(2, ATTACH_DATA, b"bytes")
        .attribute(2, ATTACHMENT, &file)
        .attribute(2, ATTACH_REND_DATA, &[0; 14])
        .attribute(2, ATTACHMENT, &embedded)
        .out
}

#[test]
fn files_names_bodies_and_messages() {
    let raw = sample();
    let message = read(&raw).unwrap();
    assert!(!message.is_damaged);
    assert_eq!((message.subject.as_deref(), message.html.as_deref()), (Some("Outer"), Some("<p>café</p>")));
    let [file, embedded] = message.files.as_slice() else { panic!("{message:?}") };
    assert_eq!(file.name.as_deref(), Some("日志 2024.log"));
    assert_eq!(file.content_type.as_deref(), Some("text/plain"));
    assert!(matches!(file.content, Content::Bytes(b"bytes")));
    let Content::Message(inner) = &embedded.content else { panic!("{embedded:?}") };
    assert_eq!((inner.subject.as_deref(), inner.text.as_deref()), (Some("Inner"), Some("inner body")));
    let mail = String::from_utf8(inner.as_mail()).unwrap();
    assert!(mail.starts_with("Subject: Inner\r\n") && mail.ends_with("\r\n\r\ninner body"), "{mail}");
}

#[test]
fn every_truncation_gives_what_stands_before_it() {
    let raw = sample();
    assert!(read(b"").is_none() && read(b"no tnef at all").is_none());
    for end in 6..raw.len() {
        let message = read(raw.get(..end).unwrap()).unwrap();
        assert!(message.files.len() <= 2);
    }
    let cut = read(raw.get(..raw.len() - 40).unwrap()).unwrap();
    assert!(cut.is_damaged && cut.files.len() == 1);
}

#[test]
fn bombs_are_bounded() {
    let mut many = Writer::new();
    for _ in 0..5_000 {
        many = many.attribute(2, ATTACH_REND_DATA, b"").attribute(2, ATTACH_DATA, b"x");
    }
    assert_eq!(read(&many.out).unwrap().files.len(), FILES_MAX);
    // A count of properties that the input does not hold.
    let lie = Writer::new().attribute(1, MAPI_PROPERTIES, &u32::MAX.to_le_bytes()).out;
    assert!(read(&lie).unwrap().is_damaged);
    let empty_values =
        [&1_u32.to_le_bytes()[..], &[0x02, 0x11, 1, 0], &u32::MAX.to_le_bytes(), &[0; 64]].concat();
    assert!(read(&Writer::new().attribute(1, MAPI_PROPERTIES, &empty_values).out).unwrap().is_damaged);
    let mut deep = Writer::new().out;
    for _ in 0..50 {
        let object = [&[9; 16][..], &deep].concat();
        deep = Writer::new()
            .attribute(2, ATTACH_REND_DATA, b"")
            .attribute(2, ATTACHMENT, &properties(&[(PR_ATTACH_DATA, OBJECT, &object)]))
            .out;
    }
    assert!(read(&deep).is_some());
}
