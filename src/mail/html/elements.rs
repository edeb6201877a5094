//! Kinds of elements.

/// Elements without an end.
pub fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"img"
            | b"br"
            | b"hr"
            | b"input"
            | b"meta"
            | b"link"
            | b"col"
            | b"wbr"
            | b"area"
            | b"base"
            | b"embed"
    )
}

/// Elements that stand on lines of their own.
pub fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"div"
            | b"tr"
            | b"table"
            | b"ul"
            | b"ol"
            | b"li"
            | b"dl"
            | b"dt"
            | b"dd"
            | b"section"
            | b"article"
            | b"header"
            | b"footer"
            | b"center"
            | b"body"
            | b"head"
            | b"form"
            | b"address"
            | b"fieldset"
            | b"main"
            | b"includetail"
            | b"caption"
    )
}
