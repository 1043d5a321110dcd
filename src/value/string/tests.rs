use super::*;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// Strings with all that is hard: ASCII, pairs, lone halves, long and short.
fn units() -> impl Strategy<Value = Vec<u16>> {
    let unit = prop_oneof![
        4 => 0x61_u16..0x64,
        1 => Just(0xe9_u16),
        1 => Just(0x20ac_u16),
        2 => Just(0xd83d_u16),
        2 => Just(0xde00_u16),
    ];
    prop::collection::vec(unit, 0..24)
}

fn find(text: &[u16], needle: &[u16], from: usize) -> Option<usize> {
    (from..=text.len()).find(|at| text[*at..].starts_with(needle))
}

#[test]
fn two_halves_make_a_character_again() {
    let (high, low) = (Str::from_unit(0xd83d), Str::from_unit(0xde00));
    assert_eq!(Str::concat(&[&high, &low]), "😀");
    let mut built = StrBuilder::new();
    built.push_text("a");
    built.push_unit(0xd83d);
    built.push(&low);
    built.push_text("b");
    assert_eq!(built.finish(), "a😀b");
    assert_eq!(high.to_text(), "\u{fffd}");
}

#[test]
fn equal_strings_have_equal_forms_on_both_sides_of_the_inline_bound() {
    for length in [0, 13, 14, 15, 30] {
        let text = "x".repeat(length);
        let (half, rest) = text.split_at(length / 2);
        let concatenated = Str::concat(&[&Str::from(half), &Str::from(rest)]);
        let from_units = Str::from_units(&text.encode_utf16().collect::<Vec<_>>());
        let sliced = Str::from(format!("{text}!")).slice(0, length);
        assert_eq!((&concatenated, &from_units), (&Str::from(text.as_str()), &sliced));
        assert_eq!((concatenated.len(), concatenated.as_ascii()), (length, Some(text.as_str())));
    }
}

#[test]
fn array_indices_are_canonical() {
    let index = |text: &str| Str::from(text).as_array_index();
    assert_eq!((index("0"), index("42"), index("4294967294")), (Some(0), Some(42), Some(4_294_967_294)));
    for text in ["", "00", "01", "-1", "1.0", "4294967295", "99999999999", " 1", "1e3"] {
        assert_eq!(index(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_string_behaves_as_its_units(units in units(), other in units(), a in 0..30_usize, b in 0..30_usize) {
        let text = Str::from_units(&units);
        let (start, end) = (a.min(units.len()), b.min(units.len()));
        prop_assert_eq!(text.len(), units.len());
        prop_assert_eq!(text.units().collect::<Vec<_>>(), units.clone());
        prop_assert_eq!(text.unit(a), units.get(a).copied());
        let sliced = units.get(start..end).unwrap_or_default();
        prop_assert_eq!(&text.slice(start, end), &Str::from_units(sliced));
        let second = Str::from_units(&other);
        prop_assert_eq!(text.cmp(&second), units.cmp(&other));
        prop_assert_eq!(text == second, units == other);
        let joined = [units.clone(), other.clone()].concat();
        prop_assert_eq!(Str::concat(&[&text, &second]), Str::from_units(&joined));
        let mut built = StrBuilder::new();
        built.push(&text);
        other.iter().for_each(|unit| built.push_unit(*unit));
        prop_assert_eq!(built.len(), joined.len());
        prop_assert_eq!(built.finish(), Str::from_units(&joined));
        let points: Str = Str::concat(&text.code_points().filter_map(Str::from_code_point).collect::<Vec<_>>().iter().collect::<Vec<_>>());
        prop_assert_eq!(points, text);
    }

    #[test]
    fn searching_finds_what_comparing_units_finds(units in units(), start in 0..24_usize, width in 0..4_usize, from in 0..30_usize, other in units()) {
        let text = Str::from_units(&units);
        let start = start.min(units.len());
        let inside = units[start..(start + width).min(units.len())].to_vec();
        for needle in [inside, other[..other.len().min(2)].to_vec()] {
            let wanted = Str::from_units(&needle);
            prop_assert_eq!(text.index_of(&wanted, from), find(&units, &needle, from));
            let last = (0..=from.min(units.len())).rev().find(|at| units[*at..].starts_with(&needle));
            prop_assert_eq!(text.last_index_of(&wanted, from), last);
            let has = units.get(from..).is_some_and(|rest| rest.starts_with(&needle));
            prop_assert_eq!(text.has_at(&wanted, from), has, "{:?} at {}", needle, from);
        }
    }
}
