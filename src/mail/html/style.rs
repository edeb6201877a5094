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

/// Letters in the colour of what is behind them: white ones where no background is named, else ones of the same colour.
pub fn white_on_white(style: &str) -> bool {
    let of = |names: &[&str]| {
        let declared = style.split(';').filter_map(|d| d.split_once(':'));
        declared.rev().find(|(name, _)| names.contains(name)).map(|(_, value)| colour(value))
    };
    let Some(letters) = of(&["color"]) else { return false };
    match of(&["background", "background-color"]) {
        None | Some("transparent" | "none" | "inherit" | "initial") => letters == "white",
        Some(behind) => letters == behind,
    }
}

/// A colour by one name; white has many.
fn colour(value: &str) -> &str {
    let value = value.strip_suffix("!important").unwrap_or(value);
    let white = [
        "#fff",
        "#ffffff",
        "#ffffffff",
        "white",
        "rgb(255,255,255)",
        "rgba(255,255,255,1)",
        "hsl(0,0%,100%)",
    ];
    if white.contains(&value) { "white" } else { value }
}
