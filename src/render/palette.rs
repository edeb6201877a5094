//! The colours of HTML mails, light and dark, and the fonts. Templates take every colour from here, so that the
//! contrast test sees all pairs that can appear.

use minijinja::{Value, context};

/// One colour scheme, `#rrggbb` each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    pub page: &'static str,
    pub text: &'static str,
    /// Secondary text: names of facts, hints, the last lines.
    pub soft: &'static str,
    /// Ground of quoted words.
    pub boxed: &'static str,
    /// Hairlines; carry no meaning, so no contrast is demanded of them.
    pub line: &'static str,
    pub accent: &'static str,
    pub on_accent: &'static str,
}

pub(super) const LIGHT: Palette = Palette {
    page: "#ffffff",
    text: "#1f2328",
    soft: "#57606a",
    boxed: "#f4f6f8",
    line: "#d8dee4",
    accent: "#0b57b7",
    on_accent: "#ffffff",
};

pub(super) const DARK: Palette = Palette {
    page: "#16181c",
    text: "#e8eaed",
    soft: "#a9b1ba",
    boxed: "#22262c",
    line: "#3a4048",
    accent: "#8ab8ff",
    on_accent: "#10141a",
};

/// System fonts, Han included; single quotes because the value stands in a double-quoted attribute.
pub(super) const FONTS: &str = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif";

impl Palette {
    /// The palette as templates see it.
    pub(super) fn value(self) -> Value {
        context! {
            page => self.page, text => self.text, soft => self.soft, box => self.boxed, line => self.line,
            accent => self.accent, on_accent => self.on_accent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DARK, LIGHT};

    /// Relative luminance of `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let parts = [1, 3, 5].map(|at| {
            let value = colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
            let value = f64::from(value.unwrap_or_default()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        let [red, green, blue] = parts;
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn all_words_stand_out_from_their_ground() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
        for c in [LIGHT, DARK] {
            for (ink, ground) in [
                (c.text, c.page),
                (c.soft, c.page),
                (c.text, c.boxed),
                (c.soft, c.boxed),
                (c.on_accent, c.accent),
                (c.accent, c.page),
            ] {
                assert!(contrast(ink, ground) >= 4.5, "{ink} on {ground}: {:.2}", contrast(ink, ground));
            }
        }
    }
}
