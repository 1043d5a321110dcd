//! The methods that regular expressions inherit, and what a match looks like as a value.

use super::super::table::{Builtin, Group, function, numbered};
use super::super::{Call, Outcome};
use super::{Finder, Program, Subject, program_of};
use crate::value::coercion::to_string;
use crate::value::{Array, Meter, Object, ObjectBuilder, Regex, Str, Thrown, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::RegexMethods,
    [
        function("RegExp.prototype.exec", 1, "text", exec)
            .spec("sec-regexp.prototype.exec")
            .about("the first match with its groups, or null; `lastIndex` is always 0")
            .example("/(\\d)\\d/.exec('a42')[1]", "'4'"),
        function("RegExp.prototype.test", 1, "text", test)
            .spec("sec-regexp.prototype.test")
            .about("whether it matches somewhere in the text")
            .example("/^v\\d+/.test('v12')", "true"),
        function("RegExp.prototype.toString", 0, "", source)
            .spec("sec-regexp.prototype.tostring")
            .about("the expression as it is written")
            .example("/a+/gi.toString()", "'/a+/gi'"),
    ],
);

fn this_regex<'c>(call: &Call<'c>, name: &str) -> Result<&'c Regex, Thrown> {
    match call.this {
        Value::Regex(regex) => Ok(regex),
        other => {
            let shown = other.type_of();
            Err(Thrown::type_error(format!("Method {name} called on incompatible receiver [{shown}]")))
        }
    }
}

fn exec(call: &mut Call<'_>) -> Outcome {
    let program = program_of(this_regex(call, "RegExp.prototype.exec")?)?;
    let text = call.string(0)?;
    let subject = Subject::new(&text, call.host)?;
    let mut finder = Finder::new(program, &subject);
    if finder.find(0, call.host)? {
        return result_of(program, &finder, &subject, call.host);
    }
    Ok(Value::Null)
}

fn test(call: &mut Call<'_>) -> Outcome {
    let program = program_of(this_regex(call, "RegExp.prototype.test")?)?;
    let text = call.string(0)?;
    let subject = Subject::new(&text, call.host)?;
    Finder::new(program, &subject).find(0, call.host).map(Value::Bool)
}

fn source(call: &mut Call<'_>) -> Outcome {
    let regex = this_regex(call, "RegExp.prototype.toString")?;
    to_string(&Value::Regex(regex.clone()), call.host).map(Value::String)
}

/// The last match of `finder` as `exec` gives it: an array of the groups with `index`, `input`, `groups`, and with the
/// flag `d` `indices`.
///
/// # Errors
/// The limits.
pub(in crate::builtins) fn result_of(
    program: &Program,
    finder: &Finder<'_>,
    subject: &Subject<'_>,
    meter: &mut dyn Meter,
) -> Outcome {
    let (start, end) = finder.span();
    let count = program.groups as usize;
    meter.charge(count)?;
    meter.allocate((count + 4) * size_of::<Value>() + (end - start))?;
    let mut items = Vec::with_capacity(count);
    for number in 0..program.groups {
        let text = match finder.group(number) {
            Some((start, end)) => {
                meter.allocate(end - start)?;
                Value::String(subject.slice(start, end))
            }
            None => Value::Undefined,
        };
        items.push(text);
    }
    let groups = groups_of(program, &items)?;
    let mut extra = vec![Value::Number(start as f64), Value::String(subject.text().clone()), groups];
    if program.flags.has_indices {
        extra.push(indices_of(program, finder, meter)?);
    }
    let extra = Object::new(program.result_shape.clone(), extra)?;
    Array::with_extra(items, extra).map(Value::Array)
}

/// The named groups: an object of what `items` holds for each, `undefined` if there are none.
fn groups_of(program: &Program, items: &[Value]) -> Outcome {
    let Some(shape) = &program.names_shape else { return Ok(Value::Undefined) };
    let named = program.names.iter().map(|(_, number)| items[*number as usize].clone());
    Object::new(shape.clone(), named.collect()).map(Value::Object)
}

fn indices_of(program: &Program, finder: &Finder<'_>, meter: &mut dyn Meter) -> Outcome {
    let count = program.groups as usize;
    meter.charge(count)?;
    meter.allocate(count * size_of::<Value>() * 4)?;
    let mut items = Vec::with_capacity(count);
    for number in 0..program.groups {
        items.push(match finder.group(number) {
            Some((start, end)) => {
                Value::Array(Array::new(vec![Value::Number(start as f64), Value::Number(end as f64)])?)
            }
            None => Value::Undefined,
        });
    }
    let groups = groups_of(program, &items)?;
    let mut extra = ObjectBuilder::with_capacity(1);
    extra.insert(Str::from("groups"), groups);
    let extra = extra.build()?;
    Array::with_extra(items, extra).map(Value::Array)
}
