//! A list of words of which all are found at once that a text begins with. **Pure**; knows no meaning of them.
//!
//! A sorted list is built with a third of the work that an automaton of as many words takes, which every short-lived process would
//! wait for, and it is asked only where a word can begin.

/// Words, each with a number: its place in ascending order.
#[derive(Debug, Default)]
pub struct Prefixes {
    /// [`head`] of each word: most comparisons need no more.
    heads: Vec<u64>,
    words: Vec<String>,
    /// The number of the longest other word that this one begins with.
    shorter: Vec<Option<usize>>,
}

impl Prefixes {
    /// Takes words in any order; of equals one.
    #[must_use]
    pub fn new(mut words: Vec<String>) -> Self {
        words.sort_unstable();
        words.dedup();
        let mut list = Self { heads: words.iter().map(|w| head(w)).collect(), words, shorter: Vec::new() };
        for number in 0..list.words.len() {
            // What lies between a word and one that it begins with begins with that one, too.
            let word = list.words.get(number).map_or("", String::as_str);
            let shorter = list.begun(number.checked_sub(1), word).next().map(|(shorter, _)| shorter);
            list.shorter.push(shorter);
        }
        list
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The number of a word.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<usize> {
        self.of(word).next().filter(|(_, length)| *length == word.len()).map(|(number, _)| number)
    }

    /// The numbers of all words that `text` begins with, and their bytes; the longest first.
    pub fn of(&self, text: &str) -> impl Iterator<Item = (usize, usize)> {
        let head = head(text);
        let (from, to) =
            (self.heads.partition_point(|h| *h < head), self.heads.partition_point(|h| *h <= head));
        // Hundreds of phrases may share these eight bytes.
        let alike = self.words.get(from..to).unwrap_or_default();
        self.begun((from + alike.partition_point(|word| word.as_str() <= text)).checked_sub(1), text)
    }

    /// Of the word of this number and those that it begins with, the ones that `text` begins with.
    fn begun(&self, number: Option<usize>, text: &str) -> impl Iterator<Item = (usize, usize)> {
        let shorter = |number: &usize| *self.shorter.get(*number)?;
        std::iter::successors(number, shorter)
            .filter_map(|number| Some((number, self.words.get(number)?)))
            .skip_while(move |(_, word)| !text.starts_with(word.as_str()))
            .map(|(number, word)| (number, word.len()))
    }
}

/// The first eight bytes as a number that compares as they do.
fn head(text: &str) -> u64 {
    match text.as_bytes().first_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
            u64::from_be_bytes(bytes)
        }
    }
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

    #[test]
    fn a_word_is_found_by_itself() {
        let words = ["payments", "payment", "pay"].map(str::to_owned);
        let list = Prefixes::new(words.to_vec());
        assert_eq!(
            ["pay", "payment", "payments", "paym", ""].map(|w| list.find(w)),
            [Some(0), Some(1), Some(2), None, None]
        );
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
