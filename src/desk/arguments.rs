//! What stands behind commands that name people and tickets. Mail programs put angle brackets and links around addresses; nobody
//! should have to take them away. Knows neither tickets nor staff.

use super::TicketId;

/// Addresses of one command.
const ADDRESSES_MAX: usize = 50;

/// Words by which an agent says that the people of a merged ticket may read the other one.
const WITH_PEOPLE: [&str; 4] = ["+cc", "cc", "+抄送", "抄送"];

/// `+a@x -b@y`: whom to add and whom to take away, lower case; `None`: something else stands there.
pub(super) fn people(argument: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    let words = argument.split(|c: char| c.is_whitespace() || ",;，；、".contains(c));
    for word in words.filter(|word| !word.is_empty()).take(ADDRESSES_MAX) {
        // A minus as phones and word processors write it.
        let minus = word.strip_prefix(['-', '\u{2212}', '\u{2013}', '－']);
        let plain = minus.or_else(|| word.strip_prefix(['+', '＋'])).unwrap_or(word);
        let list = if minus.is_some() { &mut remove } else { &mut add };
        let address = address(plain)?;
        if !list.contains(&address) {
            list.push(address);
        }
    }
    (!add.is_empty() || !remove.is_empty()).then_some((add, remove))
}

/// One address, lower case: `a@x`, `<a@x>`, `a@x<mailto:a@x>`, `[a@x](mailto:a@x)`.
pub(super) fn address(argument: &str) -> Option<String> {
    let word = argument.trim().trim_start_matches(['<', '[', '(']);
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    let end = word.find(['<', '>', ']', ')']).unwrap_or(word.len());
    let (word, rest) = word.split_at_checked(end)?;
    // Behind the address only the link to the same one.
    let link = rest.trim_matches(['<', '>', '[', ']', '(', ')']);
    let linked = link.strip_prefix("mailto:").unwrap_or(link);
    let alone = linked.is_empty() || linked.eq_ignore_ascii_case(word);
    let is_address = word.contains('@') && !word.contains(char::is_whitespace);
    (alone && is_address).then(|| word.to_lowercase())
}

/// `12`, `#12`, `12 +cc`: the ticket, and whether this one's people come along.
pub(super) fn merge(argument: &str) -> Option<(TicketId, bool)> {
    let mut words = argument.split_whitespace();
    let number = words.next()?.trim_start_matches(['#', '＃']);
    let short = (1..=12).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let into = number.parse().ok().filter(|_| short).map(TicketId)?;
    let people = words.next().map(str::to_lowercase);
    let known = people.as_deref().is_none_or(|word| WITH_PEOPLE.contains(&word));
    (known && words.next().is_none()).then_some((into, people.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_stand_in_many_ways() {
        let both = |add: &[&str], remove: &[&str]| {
            let list = |of: &[&str]| of.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>();
            Some((list(add), list(remove)))
        };
        for (argument, found) in [
            ("+a@x.test -b@x.test", both(&["a@x.test"], &["b@x.test"])),
            ("A@X.test, +b@x.test", both(&["a@x.test", "b@x.test"], &[])),
            ("+a@x.test<mailto:a@x.test>", both(&["a@x.test"], &[])),
            ("<a@x.test>", both(&["a@x.test"], &[])),
            ("＋a@x.test、\u{2212}b@x.test", both(&["a@x.test"], &["b@x.test"])),
            ("+a@x.test +a@x.test", both(&["a@x.test"], &[])),
            ("", None),
            ("+", None),
            ("+alice", None),
            ("+a@x.test <mailto:b@x.test> and me", None),
            ("a@x.test<mailto:b@x.test>", None),
        ] {
            assert_eq!(people(argument), found, "{argument}");
        }
    }

    #[test]
    fn tickets_to_merge_into() {
        for (argument, found) in [
            ("12", Some((12, false))),
            ("#12", Some((12, false))),
            ("12 +cc", Some((12, true))),
            ("#12 抄送", Some((12, true))),
            ("", None),
            ("twelve", None),
            ("12 13", None),
            ("-1", None),
            ("12 cc 13", None),
            ("9999999999999", None),
        ] {
            assert_eq!(merge(argument), found.map(|(id, people)| (TicketId(id), people)), "{argument}");
        }
    }
}
