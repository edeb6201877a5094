//! Files as the mail holds them: bytes, names and kinds.

use super::*;
use crate::mail::{AttachmentKind, structure};

#[test]
fn original_bytes_and_kind() {
    let raw = b"Content-Type: text/plain; charset=gb2312; name=\"../a.log\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nuMo=\r\n";
    let tree = structure::parse(raw);
    let mut list = Vec::new();
    let mut warnings = Vec::new();
    walk(&tree, &[], &mut |file| {
        list.push(describe(&file, 1, &mut warnings));
        ControlFlow::Continue(())
    });
    let [a] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!((a.name.as_str(), a.size, a.kind), ("a.log", 2, AttachmentKind::Log));
    assert_eq!(a.original_name.as_deref(), Some("../a.log"));
    assert_eq!(a.sha256, HEXLOWER.encode(&Sha256::digest(b"\xb8\xca")));
    assert_eq!(warnings.len(), 1);
}

#[test]
fn names_where_programs_put_them() {
    for (head, name) in [
        ("Content-Type: image/jpeg\nContent-Location: http://x.example/a/Photo25.jpg", "Photo25.jpg"),
        ("Content-Type: application/pdf\nContent-Description: report.pdf", "report.pdf"),
        ("Content-Type: application/pdf\nContent-Description: The report", "part-1.txt"),
        ("Content-Type: message/rfc822", "part-1.eml"),
        ("Content-Disposition: attachment; name=\"b.pdf\"\nContent-Type: application/pdf", "b.pdf"),
    ] {
        let raw = format!("{head}\n\nwords");
        let tree = structure::parse(raw.as_bytes());
        let mut names = Vec::new();
        walk(&tree, &[], &mut |file| {
            names.push(describe(&file, 1, &mut Vec::new()).name);
            ControlFlow::Continue(())
        });
        assert_eq!(names, [name], "{head}");
    }
}
