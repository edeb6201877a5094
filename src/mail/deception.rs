//! Characters and names that are made to be taken for others (FAULTS section 3): invisible ones, ones that turn the direction of
//! writing, letters of another script that look like Latin ones, an address in place of a name. Knows strings only; what is found is
//! a warning and decides nothing.
//!
//! Invariant: names in any one language, and names beside their translation, are no deception.

use super::Address;

/// Letters that look like a Latin one in common fonts (Unicode Technical Standard 39, confusables.txt: Cyrillic and Greek letters
/// whose skeleton is one Latin letter).
const LOOK_LIKE_LATIN: &str = "АВЕЅІЈКМНОРСТУХҮЗаеѕіјорсухһԁԛԝѵӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυιγ";

/// The Latin letter that each of them looks like.
const LOOKED_LIKE: &str = "ABESIJKMHOPCTYXY3aesijopcyxhdqwvlABEZHIKMNOPTYXovuiy";

/// Whether nobody sees this character, though programs do: controls, bidirectional marks, zero width, tags, byte order marks.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}' | '\u{ad}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a header may not hold this character at all. Some hidden ones have a use in honest text: joiners in Persian, Indic
/// scripts and emoji, direction marks of Hebrew and Arabic, soft hyphens; embeddings, overrides and isolates turn what stands
/// behind them, and separators break a line.
#[must_use]
pub fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Takes out what a header may not hold.
pub fn clean(text: &mut String) {
    if !text.is_ascii() && text.contains(turns_text) {
        text.retain(|c| !turns_text(c));
        text.truncate(text.trim_end().len());
    }
}

/// Takes it out of a name and an address.
pub fn clean_address(address: &mut Address) {
    clean(&mut address.address);
    if let Some(name) = &mut address.name {
        clean(name);
    }
    address.name = address.name.take().filter(|n| !n.is_empty());
}

/// A word that mixes Latin letters with ones of another script that look like them: no language does.
#[must_use]
pub fn has_homograph(text: &str) -> bool {
    !text.is_ascii()
        && text.split(|c: char| !c.is_alphabetic()).any(|word| {
            word.contains(|c: char| c.is_ascii_alphabetic()) && word.contains(|c| LOOK_LIKE_LATIN.contains(c))
        })
}

/// What the text looks like: lower case, and letters that pass for Latin ones as those. Two texts that differ and look the
/// same are made to deceive.
#[must_use]
pub fn skeleton(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let latin = |c: char| LOOK_LIKE_LATIN.chars().zip(LOOKED_LIKE.chars()).find(|(known, _)| *known == c);
    let shown = text.chars().filter(|c| !is_hidden(*c)).map(|c| latin(c).map_or(c, |(_, looks)| looks));
    shown.flat_map(char::to_lowercase).collect()
}

/// What is odd about how a sender shows themself, not yet cleaned.
#[must_use]
pub fn in_sender(sender: &Address) -> Vec<&'static str> {
    let mut found = Vec::new();
    let name = sender.name.as_deref().unwrap_or_default();
    if name.contains(turns_text) || sender.address.contains(turns_text) {
        found.push("From holds invisible characters or ones that turn the text");
    }
    if has_homograph(name) || has_homograph(&sender.domain()) {
        found.push("From mixes letters of several scripts that look alike");
    }
    if shows_another_address(name, &sender.key()) {
        found.push("From shows another address than it has");
    }
    found
}

fn shows_another_address(name: &str, key: &str) -> bool {
    let name = name.to_lowercase();
    let outside = |c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c);
    let mut addresses = name.split(outside).filter(|w| {
        w.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
    });
    addresses.any(|shown| shown.trim_end_matches('.') != key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, address: &str) -> usize {
        in_sender(&Address { name: Some(name.into()), address: address.into() }).len()
    }

    #[test]
    fn honest_names() {
        for name in [
            "Anna Berg",
            "Анна Берг",
            "Анна Berg",
            "Άννα",
            "张伟 Wei",
            "Zoë Ångström",
            "R&D (μ-lab)",
            "علي\u{200c}رضا",
            "👩\u{200d}💻 Ann",
            "anna@acme.example",
            "'Anna@ACME.example'",
            "10kΩ",
            "Anna @ ACME",
            "me@home",
        ] {
            assert_eq!(found(name, "anna@acme.example"), 0, "{name}");
        }
    }

    #[test]
    fn what_texts_look_like() {
        assert_eq!(LOOK_LIKE_LATIN.chars().count(), LOOKED_LIKE.chars().count());
        for (text, looks) in [
            ("Alice", "alice"),
            ("А\u{200b}lісе", "alice"),
            ("ехаmрӏе.com", "example.com"),
            ("пример", "пpимep"),
            ("Zoë 李娜", "zoë 李娜"),
        ] {
            assert_eq!(skeleton(text), looks, "{text}");
        }
    }

    #[test]
    fn cleaned_names() {
        let mut address = Address {
            name: Some("\u{202e}ad\u{200b}min\u{2066}".into()),
            address: "a\u{feff}@b.example".into(),
        };
        clean_address(&mut address);
        assert_eq!((address.name.as_deref(), address.address.as_str()), (Some("admin"), "a@b.example"));
    }

    #[test]
    fn deceptive_names() {
        for (name, address) in [
            ("support@desk.example", "evil@bad.example"),
            ("Support (support@desk.example)", "evil@bad.example"),
            ("\u{202e}nimda", "evil@bad.example"),
            ("ad\u{200b}min", "evil@bad.example"),
            ("ad\u{2060}min", "evil@bad.example"),
            ("Аdmin", "evil@bad.example"),
            ("Pаypal", "evil@bad.example"),
            ("Anna", "anna@аcme.example"),
        ] {
            assert_eq!(found(name, address), 1, "{name} {address}");
        }
    }
}
