//! Texts that have to fit: on one line, and within so many characters.

/// The text on one line: each run of white space is one space.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text if it has at most so many characters, else as many of them and a `…`.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn lines_are_joined_and_what_is_long_is_cut_between_characters() {
        assert_eq!(one_line("  ${a &&\n    b}\n"), "${a && b}");
        assert_eq!(cut("üüü", 3), "üüü");
        assert_eq!(cut("üüüü", 3), "üüü…");
    }
}
