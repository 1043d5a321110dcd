//! Strings made from one: repeated, filled up, trimmed, in other case or normal form.

use super::slice;
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::coercion::to_string;
use crate::value::number::{self, is_white_space};
use crate::value::operators::invalid_string_length;
use crate::value::{Str, StrBuilder, Thrown, Value};
use unicode_normalization::UnicodeNormalization;

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::StringText,
    [
        function("String.prototype.repeat", 1, "count", repeat)
            .spec("sec-string.prototype.repeat")
            .about("the string `count` times")
            .example("'ab'.repeat(2)", "'abab'"),
        function("String.prototype.padStart", 2, "length, filler?", |call| pad(call, Side::Start))
            .spec("sec-string.prototype.padstart")
            .about("it behind as much of the filler as makes it so long")
            .example("'7'.padStart(3, '0')", "'007'"),
        function("String.prototype.padEnd", 2, "length, filler?", |call| pad(call, Side::End))
            .spec("sec-string.prototype.padend")
            .about("it before as much of the filler as makes it so long")
            .example("'ab'.padEnd(4, '.')", "'ab..'"),
        function("String.prototype.trim", 0, "", |call| {
            trim(call, "String.prototype.trim", &[Side::Start, Side::End])
        })
        .spec("sec-string.prototype.trim")
        .about("it without white space around it")
        .example("' a '.trim()", "'a'"),
        function("String.prototype.trimStart", 0, "", |call| {
            trim(call, "String.prototype.trimStart", &[Side::Start])
        })
        .spec("sec-string.prototype.trimstart")
        .about("it without white space in front")
        .example("' a '.trimStart()", "'a '"),
        function("String.prototype.trimEnd", 0, "", |call| {
            trim(call, "String.prototype.trimEnd", &[Side::End])
        })
        .spec("sec-string.prototype.trimend")
        .about("it without white space behind")
        .example("' a '.trimEnd()", "' a'"),
        function("String.prototype.toUpperCase", 0, "", |call| {
            change_case(call, "String.prototype.toUpperCase", Case::Upper)
        })
        .spec("sec-string.prototype.touppercase")
        .about("it in capitals, as Unicode has them")
        .example("'straße'.toUpperCase()", "'STRASSE'"),
        function("String.prototype.toLowerCase", 0, "", |call| {
            change_case(call, "String.prototype.toLowerCase", Case::Lower)
        })
        .spec("sec-string.prototype.tolowercase")
        .about("it in small letters, as Unicode has them")
        .example("'ΟΔΟΣ'.toLowerCase()", "'οδος'"),
        function("String.prototype.toLocaleUpperCase", 0, "", |call| {
            change_case(call, "String.prototype.toLocaleUpperCase", Case::Upper)
        })
        .spec("sec-string.prototype.tolocaleuppercase")
        .about("as `toUpperCase`, whatever the locale")
        .example("'ab'.toLocaleUpperCase()", "'AB'"),
        function("String.prototype.toLocaleLowerCase", 0, "", |call| {
            change_case(call, "String.prototype.toLocaleLowerCase", Case::Lower)
        })
        .spec("sec-string.prototype.tolocalelowercase")
        .about("as `toLowerCase`, whatever the locale")
        .example("'AB'.toLocaleLowerCase()", "'ab'"),
        function("String.prototype.normalize", 0, "form?", normalize)
            .spec("sec-string.prototype.normalize")
            .about("it in a Unicode normal form: NFC, NFD, NFKC or NFKD")
            .example("'a\\u0301'.normalize()", "'á'"),
    ],
);

fn repeat(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.repeat")?;
    let count = call.integer(0)?;
    if !(0.0..f64::INFINITY).contains(&count) {
        let shown = call.shown(call.argument(0))?;
        return Err(Thrown::range(format!("Invalid count value: {shown}")));
    }
    if text.is_empty() || count == 0.0 {
        return Ok(Value::EMPTY);
    }
    if text.len() as f64 * count > Str::MAX_UNITS as f64 {
        return Err(invalid_string_length());
    }
    let count = count as usize;
    // 'a'.repeat(1e9) must cost what it would make, not one instruction.
    call.allocate(text.byte_len() * count)?;
    Ok(Value::String(repeated(&text, count)))
}

/// A text so many times; paid for, and no longer than strings may be.
fn repeated(text: &Str, count: usize) -> Str {
    match text.as_str() {
        Some(text) => Str::from(text.repeat(count)),
        None => Str::from_units(&text.units().collect::<Vec<_>>().repeat(count)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

/// StringPaddingBuiltinsImpl (ECMA-262 section 22.1.3.17.1).
fn pad(call: &mut Call<'_>, side: Side) -> Outcome {
    let name = match side {
        Side::Start => "String.prototype.padStart",
        Side::End => "String.prototype.padEnd",
    };
    let text = call.this_string(name)?;
    let length = number::length(call.number(0)?);
    if length <= text.len() as f64 {
        return Ok(Value::String(text));
    }
    let filler = match call.argument(1) {
        Value::Undefined => Str::from(" "),
        given => to_string(given, call.host)?,
    };
    if filler.is_empty() {
        return Ok(Value::String(text));
    }
    if length > Str::MAX_UNITS as f64 {
        return Err(invalid_string_length());
    }
    let missing = length as usize - text.len();
    let count = missing / filler.len();
    let rest = filler.slice(0, missing % filler.len());
    call.allocate(filler.byte_len() * count + rest.byte_len() + text.byte_len())?;
    let fill = repeated(&filler, count);
    let padded = match side {
        Side::Start => Str::concat(&[&fill, &rest, &text]),
        Side::End => Str::concat(&[&text, &fill, &rest]),
    };
    Ok(Value::String(padded))
}

fn trim(call: &mut Call<'_>, name: &str, sides: &[Side]) -> Outcome {
    let text = call.this_string(name)?;
    call.host.scan(text.byte_len())?;
    let is_space = |unit: u16| char::from_u32(u32::from(unit)).is_some_and(is_white_space);
    let (mut start, mut end) = (0, text.len());
    if sides.contains(&Side::Start) {
        start = match text.as_ascii_bytes() {
            Some(bytes) => bytes.iter().take_while(|byte| is_space(u16::from(**byte))).count(),
            None => text.units().take_while(|unit| is_space(*unit)).count(),
        };
    }
    if sides.contains(&Side::End) && start < end {
        // White space is one unit each.
        let spaces = match (text.as_ascii_bytes(), text.as_str()) {
            (Some(bytes), _) => bytes.iter().rev().take_while(|byte| is_space(u16::from(**byte))).count(),
            (None, Some(text)) => text.chars().rev().take_while(|c| is_white_space(*c)).count(),
            (None, None) => text.units().fold(0, |spaces, unit| if is_space(unit) { spaces + 1 } else { 0 }),
        };
        end -= spaces;
    }
    slice(&text, start, end, call.host).map(Value::String)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Upper,
    Lower,
}

fn change_case(call: &mut Call<'_>, name: &str, case: Case) -> Outcome {
    let text = call.this_string(name)?;
    call.host.scan(text.byte_len())?;
    if let Some(ascii) = text.as_ascii() {
        let changes = match case {
            Case::Upper => ascii.bytes().any(|byte| byte.is_ascii_lowercase()),
            Case::Lower => ascii.bytes().any(|byte| byte.is_ascii_uppercase()),
        };
        if !changes {
            return Ok(Value::String(text));
        }
        if ascii.len() <= Str::INLINE {
            let mut bytes = [0; Str::INLINE];
            let bytes = &mut bytes[..ascii.len()];
            bytes.copy_from_slice(ascii.as_bytes());
            match case {
                Case::Upper => bytes.make_ascii_uppercase(),
                Case::Lower => bytes.make_ascii_lowercase(),
            }
            return Ok(Value::from(str::from_utf8(bytes).unwrap_or(ascii)));
        }
    }
    // A character becomes at most three, and they take at most three times its bytes.
    call.allocate(text.byte_len() * 3)?;
    by_texts(&text, |text, changed| {
        match case {
            Case::Upper => changed.push_text(&text.to_uppercase()),
            Case::Lower => changed.push_text(&text.to_lowercase()),
        }
        Ok(())
    })
}

/// Goes over the texts between lone surrogates, which stay what they are.
fn by_texts(text: &Str, mut change: impl FnMut(&str, &mut StrBuilder) -> Result<(), Thrown>) -> Outcome {
    let mut changed = StrBuilder::with_capacity(text.byte_len());
    if let Some(text) = text.as_str() {
        change(text, &mut changed)?;
        return changed.finish_checked().map(Value::String);
    }
    let mut between = String::new();
    for decoded in char::decode_utf16(text.units()) {
        match decoded {
            Ok(c) => between.push(c),
            Err(lone) => {
                change(&std::mem::take(&mut between), &mut changed)?;
                changed.push_unit(lone.unpaired_surrogate());
            }
        }
    }
    change(&between, &mut changed)?;
    changed.finish_checked().map(Value::String)
}

fn normalize(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.normalize")?;
    let form = match call.argument(0) {
        Value::Undefined => Str::from("NFC"),
        given => to_string(given, call.host)?,
    };
    let form = match form.as_str() {
        Some("NFC") => Form::Nfc,
        Some("NFD") => Form::Nfd,
        Some("NFKC") => Form::Nfkc,
        Some("NFKD") => Form::Nfkd,
        _ => {
            let message = "The normalization form should be one of NFC, NFD, NFKC, NFKD.";
            return Err(Thrown::range(message));
        }
    };
    call.host.scan(text.byte_len())?;
    if text.as_ascii_bytes().is_some() {
        return Ok(Value::String(text));
    }
    by_texts(&text, |text, changed| match form {
        Form::Nfc => push_chars(call, text.nfc(), changed),
        Form::Nfd => push_chars(call, text.nfd(), changed),
        Form::Nfkc => push_chars(call, text.nfkc(), changed),
        Form::Nfkd => push_chars(call, text.nfkd(), changed),
    })
}

/// The normal forms of Unicode.
#[derive(Clone, Copy)]
enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

/// Appends characters, paying as they come: one may become eighteen (U+FDFA).
fn push_chars(
    call: &mut Call<'_>,
    chars: impl Iterator<Item = char>,
    changed: &mut StrBuilder,
) -> Result<(), Thrown> {
    const PIECE: usize = 1024;
    let mut piece = String::new();
    let mut chars = chars.peekable();
    while chars.peek().is_some() {
        call.allocate(PIECE)?;
        piece.clear();
        while piece.len() < PIECE - 4
            && let Some(c) = chars.next()
        {
            piece.push(c);
        }
        changed.push_text(&piece);
    }
    Ok(())
}
