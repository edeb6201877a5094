//! A source file as the rules see it: comments, texts and tests blanked out, lines kept.

/// One file of `src/`.
pub struct Source {
    /// As `src/mail/reading.rs`.
    pub path: String,
    /// As written.
    pub text: String,
    /// With comments, texts and `#[cfg(test)]` blocks replaced by spaces, line for line.
    pub code: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let code = without_tests(&without_comments_and_texts(text));
        // A file that only exists under test: `tests.rs`, or anything in `tests/`.
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        let code = if is_test { blanked(&code) } else { code };
        Self { path: path.into(), text: text.into(), code }
    }

    /// `mail` of `src/mail/reading.rs`; none for `src/lib.rs`.
    pub fn folder(&self) -> Option<&str> {
        self.path.strip_prefix("src/")?.split_once('/').map(|(folder, _)| folder)
    }

    /// The line, from 1, of a byte position in `code`.
    pub fn line(&self, at: usize) -> usize {
        1 + self.code[..at].matches('\n').count()
    }
}

fn blanked(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

fn without_comments_and_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = skipped(rest, code.chars().next_back());
        if length == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push_str(&blanked(&rest[..length]));
            rest = &rest[length..];
        }
    }
    code
}

/// How many bytes from here are a comment, a text or a character; 0 when none begins here.
fn skipped(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        return quoted(rest, 1);
    }
    for prefix in ["b\"", "c\""] {
        if !in_word && rest.starts_with(prefix) {
            return quoted(rest, 2);
        }
    }
    let raw = rest.trim_start_matches(['b', 'c']);
    if !in_word && raw.starts_with('r') && rest.len() - raw.len() <= 1 {
        let hashes = raw[1..].len() - raw[1..].trim_start_matches('#').len();
        if raw[1 + hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = rest.len() - raw.len() + hashes + 2;
            return rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len());
        }
    }
    if rest.starts_with('\'') { character(rest) } else { 0 }
}

fn quoted(rest: &str, begin: usize) -> usize {
    let bytes = rest.as_bytes();
    let mut at = begin;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// A character between quotes; a lifetime has no second quote.
fn character(rest: &str) -> usize {
    if rest.starts_with("'\\") {
        return rest.char_indices().skip(3).find(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1);
    }
    match rest.char_indices().nth(2) {
        Some((at, '\'')) => at + 1,
        _ => 0,
    }
}

fn without_tests(code: &str) -> String {
    let mut code = code.to_owned();
    while let Some(begin) = code.find("#[cfg(test)]") {
        let end = item_end(&code, begin);
        let blank = blanked(&code[begin..end]);
        code.replace_range(begin..end, &blank);
    }
    code
}

/// Behind the `;` or the `}` that ends the item at `begin`.
pub fn item_end(code: &str, begin: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[begin..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return begin + at + 1;
                }
            }
            ';' if depth == 0 => return begin + at + 1,
            _ => {}
        }
    }
    code.len()
}
