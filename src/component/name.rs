//! What prefixes, types, names and environments may be called: git's rules for one part of a reference, and ours.
//!
//! Names become parts of paths and of git's reference names, and are shown to people who decide by them: they may
//! do no harm in any of these. This is the only place that knows the rules.

/// The longest part, in bytes: with git's `.lock` behind it, it is still a file name on every file system.
const MAX_SEGMENT: usize = 200;

/// Says what is wrong with one part of a component's name, or with an environment.
///
/// Git's rules are those of `git check-ref-format`; ours forbid `@` (it stands before the slot), white space, and
/// letters that nobody sees.
pub(crate) fn check_segment(segment: &str) -> Result<(), String> {
    if is_plain_segment(segment) {
        return Ok(());
    }
    if segment.is_empty() {
        return Err("a part of the reference is empty: write `type/name@slot`".into());
    }
    if segment.len() > MAX_SEGMENT {
        let start: String = segment.chars().take(20).collect();
        return Err(format!(
            "`{start}…` is too long for a name: {} bytes, at most {MAX_SEGMENT}",
            segment.len()
        ));
    }
    if let Some(letter) = segment.chars().find(|&letter| !is_name_character(letter)) {
        return Err(format!(
            "{letter:?} cannot stand in `{}`: use letters, digits, `-`, `_` and `.`",
            segment.escape_debug()
        ));
    }
    if segment.starts_with(['.', '-']) || segment.ends_with('.') || segment.contains("..") {
        return Err(format!("`{segment}` is not a name: it begins with a letter or digit, and has no `..`"));
    }
    if segment.to_ascii_lowercase().ends_with(".lock") {
        return Err(format!("`{segment}` is not a name: git keeps the ending `.lock` to itself"));
    }
    Ok(())
}

/// Whether it is a name to which no rule applies but its length, as nearly all are: a manifest may have ten thousand.
fn is_plain_segment(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !segment.is_empty()
        && segment.len() <= MAX_SEGMENT
        && !segment.starts_with('-')
        && segment.bytes().all(is_plain)
}

/// Whether a letter may stand in a name; what it may not begin or end with is [`check_segment`]'s.
pub(crate) fn is_name_character(letter: char) -> bool {
    match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => true,
        // What git forbids, and what separates.
        '~' | '^' | ':' | '?' | '*' | '[' | '\\' | '/' | '@' => false,
        // What shells and Windows' file names would trip over; git has no rule against these.
        '"' | '<' | '>' | '|' => false,
        letter => !letter.is_whitespace() && !letter.is_control() && !is_unseen(letter),
    }
}

/// Letters without a shape of their own, which make two names look the same: joiners, marks of direction, variation
/// selectors, fillers, tags, and what is private or no letter at all.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_may_stand_in_names() {
        for name in
            ["extraction", "prüfung", "抽出", "__proto__", "a.b", "ring-0", "rollout-10pct", "a=b", "x+y"]
        {
            assert_eq!(check_segment(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_git_forbids_and_what_nobody_sees_is_refused() {
        let long = "x".repeat(201);
        for name in [
            "",
            ".a",
            "-a",
            "--upload-pack=x",
            "a.",
            "a..b",
            "a.lock",
            "a.LOCK",
            "a b",
            "a\nb",
            "a\0b",
            "a~1",
            "a^",
            "a:b",
            "a?b",
            "a*",
            "a[b",
            "a\\b",
            "a/b",
            "a@{b",
            "a\u{7f}",
            "a\u{200b}b",
            "a\u{202e}b",
            "a\u{a0}b",
            &long,
        ] {
            assert!(check_segment(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn what_is_refused_is_shown_without_harm_to_the_terminal() {
        assert_eq!(
            check_segment("a\u{1b}[31m"),
            Err("'\\u{1b}' cannot stand in `a\\u{1b}[31m`: use letters, digits, `-`, `_` and `.`".into())
        );
    }
}
