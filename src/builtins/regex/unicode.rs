//! What Unicode says: which characters are one when case does not count, and which have a property.
//!
//! The tables are `regex-syntax`'s (Unicode 16); which names ECMAScript allows is in [`names`](super::names).

use super::charset::{CharSet, MAX};
use super::flags::Flags;
use super::names;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};
use std::sync::OnceLock;
use unicode_normalization::{IsNormalized, is_nfkc_quick};

const SURROGATES: (u32, u32) = (0xd800, 0xdfff);

/// The set with everything that is equal to a member when case does not count (ECMA-262 section 22.2.2.7.3,
/// Canonicalize); the set itself unless the flag `i` is set.
pub(super) fn fold(set: CharSet, flags: Flags) -> CharSet {
    if !flags.ignores_case {
        set
    } else if flags.by_code_point() {
        simple_fold(&set)
    } else {
        upper_fold(&set)
    }
}

/// Closes a set under simple case folding.
fn simple_fold(set: &CharSet) -> CharSet {
    let mut class = ClassUnicode::new(scalar_ranges(set));
    if class.try_case_fold_simple().is_err() {
        return set.clone(); // Only without the tables, which are compiled in.
    }
    from_class(&class).union(&surrogates_in(set))
}

/// Closes a set under what `toUpperCase` makes of single units.
fn upper_fold(set: &CharSet) -> CharSet {
    let mut ranges = set.ranges().to_vec();
    for (start, end) in set.ranges() {
        for letter in *start..=(*end).min(127) {
            if let Some(letter) = char::from_u32(letter).filter(char::is_ascii_alphabetic) {
                let other = u32::from(letter) ^ 0x20;
                ranges.push((other, other));
            }
        }
    }
    // Nothing beyond ASCII is equal to ASCII, and where all of it is in the set nothing can be added.
    let beyond: Vec<_> = set.ranges().iter().filter(|range| range.1 > 127).collect();
    let holds_all = beyond.iter().any(|range| range.0 <= 128 && range.1 >= 0xffff);
    if !beyond.is_empty() && !holds_all {
        for class in upper_classes() {
            if class.iter().any(|unit| set.contains(u32::from(*unit))) {
                ranges.extend(class.iter().map(|unit| (u32::from(*unit), u32::from(*unit))));
            }
        }
    }
    CharSet::new(ranges)
}

/// The units beyond ASCII that are equal to others when case does not count, without the flags `u` and `v`.
fn upper_classes() -> &'static [Vec<u16>] {
    static CLASSES: OnceLock<Vec<Vec<u16>>> = OnceLock::new();
    CLASSES.get_or_init(|| {
        let mut pairs: Vec<(u16, u16)> = (128..=0xffff).map(|unit| (canonical_unit(unit), unit)).collect();
        pairs.sort_unstable();
        let classes = pairs.chunk_by(|a, b| a.0 == b.0).filter(|class| class.len() > 1);
        classes.map(|class| class.iter().map(|pair| pair.1).collect()).collect()
    })
}

/// Canonicalize without the flags `u` and `v`: upper case, where that is one unit and does not lead into ASCII.
fn canonical_unit(unit: u16) -> u16 {
    let Some(c) = char::from_u32(u32::from(unit)) else { return unit };
    let mut upper = c.to_uppercase();
    let (Some(first), None) = (upper.next(), upper.next()) else { return unit };
    match u16::try_from(u32::from(first)) {
        Ok(upper) if unit < 128 || upper >= 128 => upper,
        _ => unit,
    }
}

/// Whether two characters are one when case does not count.
pub(super) fn are_equal(a: u32, b: u32, flags: Flags) -> bool {
    if a == b {
        return true;
    }
    if flags.by_code_point() {
        return simple_fold(&CharSet::of(a)).contains(b);
    }
    match (u16::try_from(a), u16::try_from(b)) {
        (Ok(a), Ok(b)) => canonical_unit(a) == canonical_unit(b),
        _ => false,
    }
}

/// One member for all that are equal to `code_point` by simple case folding.
pub(super) fn representative(code_point: u32) -> u32 {
    simple_fold(&CharSet::of(code_point)).ranges().first().map_or(code_point, |range| range.0)
}

/// `\d`
pub(super) fn digits() -> CharSet {
    CharSet::new(vec![(0x30, 0x39)])
}

/// `\w`: with `i` and `u`, `ſ` and the Kelvin sign too, which fold to `s` and `k`.
pub(super) fn word_characters(flags: Flags) -> CharSet {
    let set = CharSet::new(vec![(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)]);
    if flags.by_code_point() { fold(set, flags) } else { set }
}

/// `\s`: white space and line breaks, as `trim` has them.
pub(super) fn spaces() -> CharSet {
    CharSet::new(vec![
        (0x09, 0x0d),
        (0x20, 0x20),
        (0xa0, 0xa0),
        (0x1680, 0x1680),
        (0x2000, 0x200a),
        (0x2028, 0x2029),
        (0x202f, 0x202f),
        (0x205f, 0x205f),
        (0x3000, 0x3000),
        (0xfeff, 0xfeff),
    ])
}

/// What `.` leaves out, and where `^` and `$` match with the flag `m`.
pub(super) fn line_breaks() -> CharSet {
    CharSet::new(vec![(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)])
}

/// Whether it is a line break.
pub(super) fn is_line_break(code_point: u32) -> bool {
    matches!(code_point, 0x0a | 0x0d | 0x2028 | 0x2029)
}

/// Whether an identifier, such as a group's name, may start with it.
pub(super) fn is_id_start(code_point: u32) -> bool {
    static SET: OnceLock<CharSet> = OnceLock::new();
    matches!(char::from_u32(code_point), Some('$' | '_' | 'a'..='z' | 'A'..='Z'))
        || (code_point > 127
            && SET.get_or_init(|| table("ID_Start").unwrap_or_default()).contains(code_point))
}

/// Whether an identifier may go on with it.
pub(super) fn is_id_continue(code_point: u32) -> bool {
    static SET: OnceLock<CharSet> = OnceLock::new();
    matches!(
        char::from_u32(code_point),
        Some('$' | '_' | 'a'..='z' | 'A'..='Z' | '0'..='9' | '\u{200c}' | '\u{200d}')
    ) || (code_point > 127
        && SET.get_or_init(|| table("ID_Continue").unwrap_or_default()).contains(code_point))
}

/// What `\p{name}` or `\p{name=value}` stands for; `None` for names that ECMAScript does not know, which are told
/// apart by case and underscores.
pub(super) fn property(name: &str, value: Option<&str>) -> Option<CharSet> {
    match (name, value) {
        ("General_Category" | "gc", Some(value)) | (value, None) if names::is_category(value) => {
            category(value)
        }
        ("Script" | "sc", Some(value)) if names::is_script(value) => script("sc", value),
        ("Script_Extensions" | "scx", Some(value)) if names::is_script(value) => script("scx", value),
        ("Any", None) => Some(CharSet::new(vec![(0, MAX)])),
        ("ASCII", None) => Some(CharSet::new(vec![(0, 127)])),
        ("Changes_When_NFKC_Casefolded" | "CWKCF", None) => changes_when_nfkc_casefolded(),
        ("Assigned", None) => Some(category("Cn")?.complement()),
        (name, None) => names::binary(name).and_then(table),
        _ => None,
    }
}

/// What NFKC_Casefold changes (Unicode Standard Annex 44): the tables lack it, but have what it is made of.
fn changes_when_nfkc_casefolded() -> Option<CharSet> {
    static SET: OnceLock<Option<CharSet>> = OnceLock::new();
    let set = SET.get_or_init(|| {
        let changes = |c: &char| is_nfkc_quick(std::iter::once(*c)) == IsNormalized::No;
        let composed = ('\0'..=char::MAX).filter(changes).map(|c| (u32::from(c), u32::from(c)));
        let composed = CharSet::new(composed.collect()).intersection(&category("Cn")?.complement());
        let folded = table("Changes_When_Casefolded")?;
        Some(composed.union(&folded).union(&table("Default_Ignorable_Code_Point")?))
    });
    set.clone()
}

fn category(name: &str) -> Option<CharSet> {
    let surrogates = CharSet::new(vec![SURROGATES]);
    match name {
        "Cs" | "Surrogate" => Some(surrogates),
        "C" | "Other" => Some(table("gc=C")?.union(&surrogates)),
        // Surrogates are assigned, but no characters to the tables.
        "Cn" | "Unassigned" => Some(table("gc=Cn")?.difference(&surrogates)),
        _ => table(&format!("gc={name}")),
    }
}

fn script(property: &str, name: &str) -> Option<CharSet> {
    if matches!(name, "Zzzz" | "Unknown") {
        let known = names::scripts().filter(|name| *name != "Zzzz");
        let ranges = known.filter_map(|name| table(&format!("sc={name}")));
        let ranges = ranges.flat_map(|set| set.ranges().to_vec()).collect();
        return Some(CharSet::new(ranges).complement());
    }
    table(&format!("{property}={name}"))
}

/// What the tables hold under a name.
fn table(name: &str) -> Option<CharSet> {
    let hir = regex_syntax::Parser::new().parse(&format!("\\p{{{name}}}")).ok()?;
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => Some(from_class(class)),
        HirKind::Literal(literal) => {
            let text = str::from_utf8(&literal.0).ok()?;
            Some(CharSet::new(text.chars().map(|c| (u32::from(c), u32::from(c))).collect()))
        }
        _ => None,
    }
}

fn from_class(class: &ClassUnicode) -> CharSet {
    let ranges: Vec<(u32, u32)> =
        class.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect();
    CharSet::new(ranges)
}

fn scalar_ranges(set: &CharSet) -> Vec<ClassUnicodeRange> {
    let scalars = set.difference(&CharSet::new(vec![SURROGATES]));
    let range = |(start, end): &(u32, u32)| Some((char::from_u32(*start)?, char::from_u32(*end)?));
    let ranges = scalars.ranges().iter().filter_map(range);
    ranges.map(|(start, end)| ClassUnicodeRange::new(start, end)).collect()
}

fn surrogates_in(set: &CharSet) -> CharSet {
    set.intersection(&CharSet::new(vec![SURROGATES]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_allowed_name_has_a_table_and_no_other_spelling_has_one() {
        for name in names::scripts() {
            assert!(property("sc", Some(name)).is_some_and(|set| !set.ranges().is_empty()), "{name}");
        }
        for name in ["Lu", "Cn", "Cs", "Other", "Any", "Assigned", "CWKCF", "space", "ExtPict", "Zs"] {
            assert!(property(name, None).is_some(), "{name}");
        }
        for name in
            ["lu", "Greek", "Uppercaseletter", "greek", "White_space", "Age", "InCB", "Other_Math", "L&"]
        {
            assert_eq!(property(name, None), None, "{name}");
        }
        for name in ["greek", "Oldpermic", "", "Hrkt"] {
            assert_eq!(property("Script", Some(name)), None, "{name}");
        }
    }

    #[test]
    fn surrogates_are_in_the_sets_that_say_so() {
        for (name, expected) in
            [("Cs", true), ("C", true), ("Cn", false), ("Assigned", true), ("Any", true), ("L", false)]
        {
            let set = property(name, None).unwrap_or_default();
            assert_eq!(set.contains(0xd800), expected, "{name}");
        }
        assert_eq!(property("sc", Some("Unknown")).map(|set| set.contains(0xdfff)), Some(true));
    }

    #[test]
    fn upper_folding_of_a_set_is_that_of_its_units() {
        for unit in [
            0x41_u32, 0x6b, 0xb5, 0xdf, 0xe9, 0x131, 0x17f, 0x1c5, 0x345, 0x3c2, 0x1e9e, 0x1fbe, 0x212a,
            0xa64b,
        ] {
            let folded = upper_fold(&CharSet::of(unit));
            let wanted = (0..=0xffff_u32).filter(|other| are_equal(unit, *other, Flags::default()));
            let wanted = CharSet::new(wanted.map(|other| (other, other)).collect());
            assert_eq!(folded, wanted, "U+{unit:04X}");
        }
    }
}
