//! What may stand before a component's text: `---`, `template: false`, `---`.
//!
//! Other tools keep their own data there; it is left to them. A block between two `---` lines that is no YAML map is
//! text: a rule in Markdown looks the same.

use crate::syntax::nearest;

/// A file's text, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body<'f> {
    /// What follows the front matter.
    pub(super) text: &'f str,
    /// Whether holes in it are filled.
    pub(super) is_template: bool,
}

/// What is wrong with front matter, and in which line of the file, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FrontMatterFault {
    pub(super) line: usize,
    pub(super) message: String,
}

/// The one key that is ours.
const TEMPLATE: &str = "template";

/// Takes front matter off a file's text; a byte order mark too. O(text).
pub(super) fn split(file: &str) -> Result<Body<'_>, FrontMatterFault> {
    let content = file.strip_prefix('\u{feff}').unwrap_or(file);
    let whole = Body { text: content, is_template: true };
    let Some(first) = content.lines().next().filter(|line| line.trim_end() == "---") else {
        return Ok(whole);
    };
    let start = (first.len() + line_break(&content[first.len()..])).min(content.len());
    let Some((end, text)) = closing_line(content, start) else { return Ok(whole) };
    let Ok(serde_yaml::Value::Mapping(map)) = serde_yaml::from_str(&content[start..end]) else {
        return Ok(whole);
    };
    let fault = |key: &str, message: String| {
        let at = content[start..end].lines().position(|line| line.trim_start().starts_with(key));
        Err(FrontMatterFault { line: at.map_or(1, |index| index + 2), message })
    };
    let mut is_template = true;
    for (key, value) in &map {
        match (key.as_str(), value) {
            (Some(TEMPLATE), serde_yaml::Value::Bool(value)) => is_template = *value,
            (Some(TEMPLATE), _) => return fault(TEMPLATE, "`template` is `true` or `false`".to_owned()),
            (Some(key), _) if nearest(key, [TEMPLATE]).is_some() => {
                return fault(key, format!("`{key}` means nothing here: did you mean `{TEMPLATE}`?"));
            }
            _ => {}
        }
    }
    Ok(Body { text: &content[text..], is_template })
}

/// Where the closing `---` begins, and where the text after its line does.
fn closing_line(content: &str, start: usize) -> Option<(usize, usize)> {
    let mut at = start;
    while at < content.len() {
        let line = content[at..].split('\n').next().unwrap_or_default();
        let next = (at + line.len() + 1).min(content.len());
        if line.trim_end() == "---" {
            return Some((at, next));
        }
        at = next;
    }
    None
}

fn line_break(rest: &str) -> usize {
    if rest.starts_with("\r\n") { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn body(file: &str) -> (&str, bool) {
        let body = split(file).expect("no fault");
        (body.text, body.is_template)
    }

    #[test]
    fn front_matter_is_taken_off() {
        for (file, expected) in [
            ("text", ("text", true)),
            ("", ("", true)),
            ("---\ntemplate: false\n---\n${raw}\n", ("${raw}\n", false)),
            ("---\r\ntemplate: false\r\n---\r\n${raw}", ("${raw}", false)),
            ("\u{feff}---\ntemplate: true\n---\nx", ("x", true)),
            ("---\nauthor: me\n---\nx", ("x", true)),
            ("---\ntemplate: false\n---", ("", false)),
        ] {
            assert_eq!(body(file), expected, "{file:?}");
        }
    }

    #[test]
    fn rules_in_a_text_are_text() {
        for file in [
            "---",
            "---\n",
            "---\nno end",
            "---\nwords\n---\nmore",
            "----\na: b\n---\n",
            "x\n---\na: b\n---\n",
        ] {
            assert_eq!(body(file), (file, true));
        }
    }

    #[test]
    fn what_is_nearly_ours_is_not_ignored() {
        let fault = |file: &str| split(file).expect_err("a fault");
        assert_eq!(
            fault("---\na: b\ntemplat: false\n---\n"),
            FrontMatterFault {
                line: 3,
                message: "`templat` means nothing here: did you mean `template`?".to_owned()
            }
        );
        assert_eq!(fault("---\ntemplate: no\n---\n").line, 2);
    }
}
