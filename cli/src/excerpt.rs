//! Texts that have to fit: on one line, within so many characters, and onto a terminal.

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

/// A text of somebody's for a terminal: what would move the cursor, change colours or turn the reading direction is
/// shown as what it is.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => shown.push('\n'),
            letter if is_harmful(letter) => shown.extend(letter.escape_default()),
            letter => shown.push(letter),
        }
    }
    shown
}

/// A JSON text for a terminal, as [`harmless`]; it stays the same JSON.
pub(crate) fn harmless_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            // What is harmful stands in strings: JSON knows it nowhere else.
            letter if letter != '\n' && is_harmful(letter) => {
                shown.push_str(&format!("\\u{:04x}", u32::from(letter)))
            }
            letter => shown.push(letter),
        }
    }
    shown
}

/// Whether a terminal may do something else than show it. All of them fit into four hexadecimal digits.
pub(crate) fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

    #[test]
    fn what_would_steer_a_terminal_is_shown_as_what_it_is() {
        let text = "a\x1b[2J\u{9b}31m\u{202e}\n\té";
        assert_eq!(harmless(text), "a\\u{1b}[2J\\u{9b}31m\\u{202e}\n\\té");
        let json = "[\n  \"\\u001b\u{9b}\u{202e}é\"\n]";
        assert_eq!(harmless_json(json), "[\n  \"\\u001b\\u009b\\u202eé\"\n]");
        let [one, other] = [json, &harmless_json(json)].map(serde_json::from_str::<serde_json::Value>);
        assert_eq!(one.expect("JSON"), other.expect("JSON"));
    }
}
