//! Characters that begin no token: what word processors make of quotes and signs, and what other languages use.

use super::Place;
use crate::syntax::Diagnostic;

/// What looks alike, and what JavaScript wants.
const LOOK_ALIKES: &[(&str, &str, &str)] = &[
    ("“”„‟«»＂", "\"", "a typographic quote is no quote"),
    ("‘’‚‛‹›´＇", "'", "a typographic quote is no quote"),
    ("−–—‒‐‑﹣－", "-", "this dash is no minus sign"),
    ("×✕✖∗＊", "*", "this sign is no operator"),
    ("÷∕⁄", "/", "this sign is no operator"),
    ("≠", "!==", "this sign is no operator"),
    ("≤", "<=", "this sign is no operator"),
    ("≥", ">=", "this sign is no operator"),
    ("∧", "&&", "this sign is no operator"),
    ("∨", "||", "this sign is no operator"),
    ("¬", "!", "this sign is no operator"),
    ("⇒→", "=>", "this arrow is no operator"),
    ("…", "...", "this is one character, not three dots"),
    ("（", "(", "this is no parenthesis"),
    ("）", ")", "this is no parenthesis"),
    ("，、", ",", "this is no comma"),
    ("：", ":", "this is no colon"),
    ("；", ";", "this is no semicolon"),
    ("？", "?", "this is no question mark"),
    ("！", "!", "this is no exclamation mark"),
    ("＝", "=", "this is no equals sign"),
];

pub(super) fn stray(place: &Place<'_>) -> Diagnostic {
    let character = place.word(0).chars().next().unwrap_or('\0');
    for (look_alikes, wanted, title) in LOOK_ALIKES {
        if look_alikes.contains(character) {
            return place
                .error("look-alike", *title)
                .label(format!("this is U+{:04X}", u32::from(character)))
                .help(format!("write `{wanted}`"));
        }
    }
    let fault = place.error("unknown-character", title(character));
    match character {
        '#' => fault.help("there are no comments with `#` and no private names; a comment is `/* … */`"),
        '@' => fault.help("put text into quotes: 'prompts/extraction@production'"),
        _ => fault.help("put text into quotes"),
    }
}

fn title(character: char) -> String {
    if character.is_control() || character.is_whitespace() {
        format!("the character U+{:04X} has no meaning here", u32::from(character))
    } else {
        format!("`{character}` has no meaning here")
    }
}
