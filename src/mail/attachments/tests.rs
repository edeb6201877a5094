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
