//! Expectations were made with node 20.

use super::*;
use crate::value::Str;
use pretty_assertions::assert_eq;

#[test]
fn a_number_has_the_shortest_text_that_reads_back() {
    for (number, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (2_147_483_647.0, "2147483647"),
        (-2_147_483_648.0, "-2147483648"),
        (4_294_967_296.0, "4294967296"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (999_999_999_999_999_900_000.0, "999999999999999900000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
        (-1.5e-9, "-1.5e-9"),
        (123_456.789, "123456.789"),
    ] {
        assert_eq!(to_js_string(number), text);
    }
}

#[test]
fn ties_are_rounded_away_from_zero_as_javascript_does() {
    for (number, digits, text) in [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.25, 1, "0.3"),
        (1.005, 2, "1.00"),
        (9.5, 0, "10"),
        (99.95, 1, "100.0"),
        (0.000001, 7, "0.0000010"),
        (1e21, 2, "1e+21"),
        (-0.0, 2, "0.00"),
        (-0.0000001, 2, "-0.00"),
        (f64::NAN, 2, "NaN"),
        (8.345, 2, "8.35"),
        (0.125, 2, "0.13"),
        (1e20, 2, "100000000000000000000.00"),
    ] {
        assert_eq!(to_fixed(number, digits), text, "({number}).toFixed({digits})");
    }
    for (number, digits, text) in [
        (2.5, 1, "3"),
        (25.0, 1, "3e+1"),
        (35.0, 1, "4e+1"),
        (9.5, 1, "1e+1"),
        (0.0, 3, "0.00"),
        (123.456, 4, "123.5"),
        (0.000001, 2, "0.0000010"),
        (0.0000001, 2, "1.0e-7"),
        (123_456.0, 2, "1.2e+5"),
        (-1.25, 2, "-1.3"),
        (1e21, 3, "1.00e+21"),
    ] {
        assert_eq!(to_precision(number, digits), text, "({number}).toPrecision({digits})");
    }
    for (number, digits, text) in [
        (25.0, Some(0), "3e+1"),
        (1.25, Some(1), "1.3e+0"),
        (0.0, Some(2), "0.00e+0"),
        (9.5, Some(0), "1e+1"),
        (-1234.5, None, "-1.2345e+3"),
        (0.6250991821289062, None, "6.250991821289062e-1"),
        (0.0, None, "0e+0"),
        (5e-324, None, "5e-324"),
        (1e21, None, "1e+21"),
        (f64::INFINITY, None, "Infinity"),
    ] {
        assert_eq!(to_exponential(number, digits), text, "({number}).toExponential({digits:?})");
    }
}

#[test]
fn other_radixes_show_the_digits_that_v8_shows() {
    for (number, radix, text) in [
        (255.0, 16, "ff"),
        (-255.0, 2, "-11111111"),
        (0.5, 2, "0.1"),
        (0.1, 3, "0.0022002200220022002200220022002201"),
        (35.0, 36, "z"),
        (0.0, 7, "0"),
        (-0.0, 7, "0"),
        (18_446_744_073_709_551_616.0, 28, "2nc6j26l66rg00"),
        (9_223_372_036_854_775_808.0, 7, "22341010611245052042000"),
        (f64::NAN, 2, "NaN"),
        (1e21, 36, "5v1j4f4ds7c000"),
        (1e21, 10, "1e+21"),
        (0.1, 16, "0.1999999999999a"),
    ] {
        assert_eq!(to_radix(number, radix), text, "({number}).toString({radix})");
    }
}

#[test]
fn text_is_a_number_only_as_a_whole() {
    for (text, number) in [
        ("", 0.0),
        (" \u{a0}\u{feff}\n", 0.0),
        (" 12 ", 12.0),
        ("0x1F", 31.0),
        ("0b101", 5.0),
        ("0O17", 15.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-Infinity", f64::NEG_INFINITY),
        ("1e3", 1000.0),
        ("+1", 1.0),
        ("010", 10.0),
        ("0x20000000000001", 9_007_199_254_740_992.0),
        ("0x20000000000003", 9_007_199_254_740_996.0),
        ("1e1000", f64::INFINITY),
    ] {
        assert_eq!(parse_number_literal(text), number, "{text}");
    }
    for text in [
        "1_000", "-0x1", "0x", "1px", ".", "e5", "1e", "infinity", "inf", "nan", "NaN", "1 2", "0b2", "1n",
        "\u{180e}",
    ] {
        assert!(parse_number_literal(text).is_nan(), "{text}");
    }
    assert!(parse_number_literal("-0").is_sign_negative());
}

#[test]
fn prefixes_are_read_as_far_as_they_go() {
    for (text, number) in
        [("3.25abc", 3.25), ("  -.5e", -0.5), ("1e+", 1.0), ("Infinityx", f64::INFINITY), ("5..2", 5.0)]
    {
        assert_eq!(parse_float_prefix(text), number, "{text}");
    }
    for (text, radix, number) in [
        ("42px", 10, 42.0),
        ("0x1f", 0, 31.0),
        ("0x1f", 16, 31.0),
        ("0x1f", 10, 0.0),
        ("-0xf", 0, -15.0),
        ("z", 36, 35.0),
        ("101", 2, 5.0),
        ("\u{a0}7", 0, 7.0),
        ("9007199254740993", 10, 9_007_199_254_740_992.0),
        ("05ieurpujhay09ixyo", 36, 4.386385808605504e25),
    ] {
        assert_eq!(parse_int(&Str::from(text), radix), number, "parseInt({text:?}, {radix})");
    }
    for (text, radix) in [("", 10), ("0x", 16), ("9", 8), ("1", 1), ("1", 37), ("-", 10), ("é", 36)] {
        assert!(parse_int(&Str::from(text), radix).is_nan(), "parseInt({text:?}, {radix})");
    }
    assert!(parse_int(&Str::from("-0"), 10).is_sign_negative());
}

#[test]
fn integers_wrap_as_they_do_in_javascript() {
    for (number, expected) in [
        (2_147_483_648.0, i32::MIN),
        (4_294_967_296.0, 0),
        (-2_147_483_649.0, i32::MAX),
        (1e21, -559_939_584),
        (f64::NAN, 0),
        (f64::INFINITY, 0),
        (-1.9, -1),
        (0.9, 0),
        (1e10, 1_410_065_408),
    ] {
        assert_eq!(int32(number), expected, "{number} | 0");
    }
    assert_eq!(uint32(-1.0), u32::MAX);
    assert_eq!(length(-5.0), 0.0);
    assert_eq!(length(f64::INFINITY), MAX_SAFE_INTEGER);
    assert!(integer_or_infinity(-0.5).is_sign_positive());
    assert_eq!((array_index(-0.0), array_index(4_294_967_295.0), array_index(1.5)), (Some(0), None, None));
}
