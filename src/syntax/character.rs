//! Classes of characters by ECMA-262 section 12: identifiers, white space, line terminators.

/// Whether an identifier may begin with it (`\` apart).
#[inline]
pub(super) fn is_identifier_start(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphabetic() || matches!(character, '$' | '_');
    }
    unicode_ident::is_xid_start(character) || is_only_id_start(character)
}

/// Whether an identifier may go on with it (`\` apart).
#[inline]
pub(super) fn is_identifier_part(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || matches!(character, '$' | '_');
    }
    // The joiners are identifier parts by ECMA-262 itself, whatever Unicode says of them.
    unicode_ident::is_xid_continue(character)
        || is_only_id_start(character)
        || matches!(character, '\u{200C}' | '\u{200D}')
}

/// ID_Start without XID_Start: what normalisation would change (UAX #31, section 5.1). All are ID_Continue.
fn is_only_id_start(character: char) -> bool {
    matches!(
        character,
        '\u{37A}' | '\u{E33}' | '\u{EB3}' | '\u{309B}' | '\u{309C}' | '\u{FC5E}'
            ..='\u{FC63}'
                | '\u{FDFA}'
                | '\u{FDFB}'
                | '\u{FE70}'
                | '\u{FE72}'
                | '\u{FE74}'
                | '\u{FE76}'
                | '\u{FE78}'
                | '\u{FE7A}'
                | '\u{FE7C}'
                | '\u{FE7E}'
                | '\u{FF9E}'
                | '\u{FF9F}'
    )
}

/// Whether it ends a line: LF, CR, U+2028, U+2029.
#[inline]
pub(super) fn is_line_terminator(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Whether it separates tokens and does nothing else, line terminators included.
pub(super) fn is_space(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\u{B}' | '\u{C}' | '\r' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}' | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\u{FEFF}'
    )
}

/// The length of the line (in bytes, without its terminator) that `text` begins with.
pub(super) fn line_length(text: &str) -> usize {
    text.find(is_line_terminator).unwrap_or(text.len())
}
