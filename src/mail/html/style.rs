//! Styles that hide text from the reader's eye.

/// Whether a style (lower case, no blanks) hides its element.
pub fn hides(style: &str) -> bool {
    let zero = |property: &str| {
        style.match_indices(property).any(|(at, _)| {
            let value = style.get(at + property.len()..).unwrap_or_default();
            let number: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            number.parse::<f32>().is_ok_and(|n| n == 0.0)
        })
    };
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || style.contains("mso-hide:all")
        || zero("font-size:")
        || zero("opacity:")
        || zero("max-height:")
}

/// White letters without a background of their own.
pub fn white_on_white(style: &str) -> bool {
    let white = |value: &str| {
        ["#fff;", "#ffffff", "white", "rgb(255,255,255)"].iter().any(|w| value.starts_with(w))
            || value == "#fff"
    };
    !style.contains("background") && style.split(';').any(|d| d.strip_prefix("color:").is_some_and(white))
}
