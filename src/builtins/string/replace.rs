//! Replacing matches: by a text in which `$` means something, or by what a function gives.

use super::patterns::require_global;
use crate::builtins::regex::{Finder, Program, Subject, program_of};
use crate::builtins::{Call, Outcome};
use crate::value::coercion::to_string;
use crate::value::{Object, Regex, Str, StrBuilder, Thrown, Value};

pub(super) fn first(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.replace")?;
    match call.argument(0) {
        Value::Regex(regex) => by_regex(call, &text, regex),
        pattern => {
            let needle = to_string(pattern, call.host)?;
            let replacement = Replacement::of(call)?;
            call.host.scan(text.byte_len() + needle.byte_len())?;
            let places: Vec<usize> = text.index_of(&needle, 0).into_iter().collect();
            by_text(call, &text, &needle, &places, &replacement)
        }
    }
}

pub(super) fn all(call: &mut Call<'_>) -> Outcome {
    const NAME: &str = "String.prototype.replaceAll";
    let text = call.this_string(NAME)?;
    require_global(call, NAME)?;
    match call.argument(0) {
        Value::Regex(regex) => by_regex(call, &text, regex),
        pattern => {
            let needle = to_string(pattern, call.host)?;
            let replacement = Replacement::of(call)?;
            let mut places = places(call, &text, &needle, usize::MAX)?;
            if needle.is_empty() {
                places.push(text.len());
            }
            by_text(call, &text, &needle, &places, &replacement)
        }
    }
}

/// What takes the place of a match.
enum Replacement<'c> {
    /// A text without a `$`.
    Plain(Str),
    /// A text in which `$1` and kin are filled in, as its units.
    Template(Vec<u16>),
    /// What a function gives.
    Function(&'c Value),
}

impl<'c> Replacement<'c> {
    fn of(call: &mut Call<'c>) -> Result<Self, Thrown> {
        let given = call.argument(1);
        if given.is_callable() {
            return Ok(Self::Function(given));
        }
        let text = to_string(given, call.host)?;
        call.host.scan(text.byte_len())?;
        let has_dollar = match text.as_str() {
            Some(text) => text.contains('$'),
            None => text.units().any(|unit| unit == DOLLAR),
        };
        if !has_dollar {
            return Ok(Self::Plain(text));
        }
        call.allocate(text.len() * 2)?;
        Ok(Self::Template(text.units().collect()))
    }
}

const DOLLAR: u16 = b'$' as u16;

/// A match to be replaced.
struct Match<'m> {
    subject: &'m Subject<'m>,
    start: usize,
    end: usize,
    /// The capture groups, without the whole match.
    groups: &'m [Option<(usize, usize)>],
    /// The numbers of the named groups, if any group is named.
    names: Option<(&'m Program, &'m [(String, u32)])>,
}

/// Where `needle` stands in `text`, from the start on and without overlaps; at most `limit` places. Nothing at all
/// stands at every unit.
pub(super) fn places(
    call: &mut Call<'_>,
    text: &Str,
    needle: &Str,
    limit: usize,
) -> Result<Vec<usize>, Thrown> {
    call.host.scan(text.byte_len() + needle.byte_len())?;
    if needle.is_empty() {
        let count = text.len().min(limit);
        call.charge(count)?;
        call.allocate(count * size_of::<usize>())?;
        return Ok((0..count).collect());
    }
    let mut places = Vec::new();
    let mut found = |call: &mut Call<'_>, at: usize| {
        call.charge(1)?;
        call.allocate(size_of::<usize>())?;
        places.push(at);
        Ok::<(), Thrown>(())
    };
    match (text.as_str(), needle.as_str()) {
        (Some(characters), Some(wanted)) => {
            let is_ascii = text.as_ascii_bytes().is_some();
            let (mut bytes, mut units) = (0, 0);
            for (at, _) in characters.match_indices(wanted).take(limit) {
                units += if is_ascii { at - bytes } else { characters[bytes..at].encode_utf16().count() };
                bytes = at;
                found(call, units)?;
            }
        }
        _ => {
            let mut from = 0;
            for _ in 0..limit {
                let Some(at) = text.index_of(needle, from) else { break };
                found(call, at)?;
                from = at + needle.len();
                call.host.scan(text.byte_len() + needle.byte_len())?;
            }
        }
    }
    Ok(places)
}

fn by_text(
    call: &mut Call<'_>,
    text: &Str,
    needle: &Str,
    places: &[usize],
    replacement: &Replacement<'_>,
) -> Outcome {
    if places.is_empty() {
        return Ok(Value::String(text.clone()));
    }
    let subject = Subject::new(text, call.host)?;
    let mut out = StrBuilder::new();
    let mut done = 0;
    for start in places {
        let found =
            Match { subject: &subject, start: *start, end: start + needle.len(), groups: &[], names: None };
        subject.push_to(&mut out, done, *start, call.host)?;
        push_replacement(call, &mut out, replacement, &found)?;
        done = found.end;
    }
    subject.push_to(&mut out, done, subject.len(), call.host)?;
    out.finish_checked().map(Value::String)
}

fn by_regex(call: &mut Call<'_>, text: &Str, regex: &Regex) -> Outcome {
    let program = program_of(regex)?;
    let replacement = Replacement::of(call)?;
    let subject = Subject::new(text, call.host)?;
    let mut finder = Finder::new(program, &subject);
    let mut out = StrBuilder::new();
    let (mut done, mut from) = (0, 0);
    let mut groups = Vec::with_capacity(program.groups as usize);
    let names = program.names_shape.is_some().then_some((program, program.names.as_slice()));
    while from <= subject.len() && finder.find(from, call.host)? {
        call.charge(program.groups as usize)?;
        groups.clear();
        groups.extend((1..program.groups).map(|number| finder.group(number)));
        let (start, end) = finder.span();
        let found = Match { subject: &subject, start, end, groups: &groups, names };
        subject.push_to(&mut out, done, start, call.host)?;
        push_replacement(call, &mut out, &replacement, &found)?;
        done = end;
        from = finder.next_start();
        if !program.flags.is_global {
            break;
        }
    }
    if from == 0 {
        return Ok(Value::String(text.clone()));
    }
    subject.push_to(&mut out, done, subject.len(), call.host)?;
    out.finish_checked().map(Value::String)
}

fn push_replacement(
    call: &mut Call<'_>,
    out: &mut StrBuilder,
    replacement: &Replacement<'_>,
    found: &Match<'_>,
) -> Result<(), Thrown> {
    match replacement {
        Replacement::Plain(text) => out.push_charged(text, call.host),
        Replacement::Template(units) => push_template(call, out, units, found),
        Replacement::Function(function) => {
            let arguments = arguments(call, found)?;
            let given = call.invoke(function, &arguments)?;
            let given = to_string(&given, call.host)?;
            out.push_charged(&given, call.host)
        }
    }
}

/// What a replacing function gets: the match, the groups, the place, the text, and the named groups if there are any.
fn arguments(call: &mut Call<'_>, found: &Match<'_>) -> Result<Vec<Value>, Thrown> {
    call.allocate_items(found.groups.len() + 4)?;
    let mut arguments = Vec::with_capacity(found.groups.len() + 4);
    let spans = std::iter::once(Some((found.start, found.end))).chain(found.groups.iter().copied());
    for span in spans {
        arguments.push(match span {
            Some((start, end)) => {
                call.allocate(end - start)?;
                Value::String(found.subject.slice(start, end))
            }
            None => Value::Undefined,
        });
    }
    let named = match found.names {
        Some((program, names)) => {
            let values = names.iter().map(|(_, number)| arguments[*number as usize].clone()).collect();
            program.names_shape.clone().map(|shape| Object::new(shape, values)).transpose()?
        }
        None => None,
    };
    arguments.push(Value::Number(found.start as f64));
    arguments.push(Value::String(found.subject.text().clone()));
    arguments.extend(named.map(Value::Object));
    Ok(arguments)
}

/// GetSubstitution (ECMA-262 section 22.1.3.19.1).
fn push_template(
    call: &mut Call<'_>,
    out: &mut StrBuilder,
    template: &[u16],
    found: &Match<'_>,
) -> Result<(), Thrown> {
    call.host.scan(template.len() * 2)?;
    let (subject, length) = (found.subject, found.subject.len());
    let mut rest = template;
    while let Some(dollar) = rest.iter().position(|unit| *unit == DOLLAR) {
        out.push_charged(&Str::from_units(&rest[..dollar]), call.host)?;
        rest = &rest[dollar..];
        let filled = match rest.get(1).and_then(|unit| u8::try_from(*unit).ok()) {
            Some(b'&') => Some((2, Some((found.start, found.end)))),
            Some(b'`') => Some((2, Some((0, found.start)))),
            Some(b'\'') => Some((2, Some((found.end, length)))),
            Some(b'0'..=b'9') => numbered_group(rest, found.groups),
            Some(b'<') => named_group(rest, found),
            _ => None,
        };
        match filled {
            Some((taken, Some((start, end)))) => {
                subject.push_to(out, start, end, call.host)?;
                rest = &rest[taken..];
            }
            // A group that did not take part.
            Some((taken, None)) => rest = &rest[taken..],
            // `$$`, and what means nothing, is a dollar sign.
            None => {
                out.push_charged(&Str::from("$"), call.host)?;
                rest = &rest[if rest.get(1) == Some(&DOLLAR) { 2 } else { 1 }..];
            }
        }
    }
    out.push_charged(&Str::from_units(rest), call.host)
}

/// How many units of the template are taken, and what part of the text they stand for.
type Taken = (usize, Option<(usize, usize)>);

/// `$1` to `$99`: two digits where there is such a group, else one.
fn numbered_group(rest: &[u16], groups: &[Option<(usize, usize)>]) -> Option<Taken> {
    let digit = |at: usize| {
        let unit = rest.get(at)?.checked_sub(u16::from(b'0'))?;
        (unit < 10).then_some(usize::from(unit))
    };
    let first = digit(1)?;
    let both = digit(2).map(|second| first * 10 + second);
    match both {
        Some(number) if (1..=groups.len()).contains(&number) => Some((3, groups[number - 1])),
        _ if (1..=groups.len()).contains(&first) => Some((2, groups[first - 1])),
        _ => None,
    }
}

/// `$<name>`, where groups are named at all; an unknown name is nothing.
fn named_group(rest: &[u16], found: &Match<'_>) -> Option<Taken> {
    let (_, names) = found.names?;
    let close = rest.iter().position(|unit| *unit == u16::from(b'>'))?;
    let name = String::from_utf16(&rest[2..close]).ok();
    let number = name.and_then(|name| names.iter().find(|(known, _)| *known == name));
    Some((close + 1, number.and_then(|(_, number)| found.groups[*number as usize - 1])))
}
