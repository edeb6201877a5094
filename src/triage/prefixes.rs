//! A list of words of which all are found at once that a text begins with. **Pure**; knows no meaning of them.
//!
//! A sorted list is built in a tenth of the time that an automaton of as many words takes, which every short-lived process would
//! wait for, and it is asked only where a word can begin.

/// Words, each with a number: its place in ascending order.
#[derive(Debug, Default)]
pub struct Prefixes {
    words: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// [`head`] of the word: most comparisons need no more.
    head: u64,
    word: String,
    /// The longest other word that this one begins with.
    shorter: Option<usize>,
}

impl Prefixes {
    /// Takes words in any order; of equals one.
    #[must_use]
    pub fn new(mut words: Vec<String>) -> Self {
        words.sort_unstable();
        words.dedup();
        let mut list = Self { words: Vec::with_capacity(words.len()) };
        for word in words {
            // What lies between a word and one that it begins with begins with that one, too.
            let shorter = list.begun(list.words.len().checked_sub(1), &word).next().map(|(number, _)| number);
            list.words.push(Entry { head: head(&word), word, shorter });
        }
        list
    }

    /// The numbers of all words that `text` begins with, and their bytes; the longest first.
    pub fn of(&self, text: &str) -> impl Iterator<Item = (usize, usize)> {
        let head = head(text);
        let above = self.words.partition_point(|w| (w.head, w.word.as_str()) <= (head, text));
        self.begun(above.checked_sub(1), text)
    }

    /// Of the word of this number and those that it begins with, the ones that `text` begins with.
    fn begun(&self, number: Option<usize>, text: &str) -> impl Iterator<Item = (usize, usize)> {
        let shorter = |number: &usize| self.words.get(*number)?.shorter;
        std::iter::successors(number, shorter)
            .filter_map(|number| Some((number, self.words.get(number)?.word.as_str())))
            .skip_while(move |(_, word)| !text.starts_with(word))
            .map(|(number, word)| (number, word.len()))
    }
}

/// The first eight bytes as a number that compares as they do.
fn head(text: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<'w>(words: &[&'w str], text: &str) -> Vec<&'w str> {
        let list = Prefixes::new(words.iter().map(|w| (*w).to_owned()).collect());
        let mut sorted = words.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        list.of(text)
            .map(|(number, length)| (sorted[number], length))
            .map(|(w, length)| {
                assert_eq!(w.len(), length);
                w
            })
            .collect()
    }

    #[test]
    fn the_longest_comes_first_and_words_between_do_not_hide_it() {
        let words = ["pay", "payment", "payment method", "payments", "payroll", "pax", "发票", "发"];
        assert_eq!(found(&words, "payment methods"), ["payment method", "payment", "pay"]);
        assert_eq!(found(&words, "paymentz"), ["payment", "pay"]);
        assert_eq!(found(&words, "payz"), ["pay"]);
        assert_eq!(found(&words, "发票抬头"), ["发票", "发"]);
        assert_eq!(found(&words, "pa"), [""; 0]);
        assert_eq!(found(&[], "pay"), [""; 0]);
    }

    proptest! {
        #[test]
        fn all_that_a_text_begins_with_are_found(
            words in proptest::collection::vec("[ab\u{e9}\u{0}]{1,12}", 0..40),
            text in "[ab\u{e9}\u{0}]{0,14}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut wanted: Vec<&str> = words.iter().copied().filter(|w| text.starts_with(w)).collect();
            wanted.sort_unstable_by_key(|w| std::cmp::Reverse(w.len()));
            wanted.dedup();
            prop_assert_eq!(found(&words, &text), wanted);
        }
    }
}
