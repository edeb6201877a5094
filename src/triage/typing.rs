//! How far two words are apart by slips of typing. Knows no words.

/// Slips of typing between two words: a letter missing, added, changed, or two neighbours swapped.
#[must_use]
pub fn edit_distance(one: &str, other: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().take(32).collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best =
                (cell(&row, j) + usize::from(x != y)).min(cell(&row, j + 1) + 1).min(cell(&next, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(cell(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    cell(&row, b.len())
}

#[cfg(test)]
mod tests {
    use super::edit_distance;

    #[test]
    fn a_slip_counts_once() {
        for (one, other, distance) in [
            ("close", "close", 0),
            ("clsoe", "close", 1),
            ("clos", "close", 1),
            ("closed", "close", 1),
            ("clise", "close", 1),
            ("关闭", "关门", 1),
            ("", "note", 4),
        ] {
            assert_eq!(edit_distance(one, other), distance, "{one} {other}");
        }
    }
}
