//! What other languages call the things that are here: for messages only.

use super::{global, static_member};
use crate::value::{Str, Value};

/// Names that other languages know, and what to write here.
const NAMES: &[(&str, &str)] = &[
    ("None", "`null`"),
    ("nil", "`null`"),
    ("Null", "`null`"),
    ("NULL", "`null`"),
    ("True", "`true`"),
    ("TRUE", "`true`"),
    ("yes", "`true`"),
    ("Yes", "`true`"),
    ("on", "`true`"),
    ("False", "`false`"),
    ("FALSE", "`false`"),
    ("no", "`false`"),
    ("No", "`false`"),
    ("off", "`false`"),
    ("len", "`value.length`"),
    ("str", "`String(value)`"),
    ("int", "`Math.trunc(value)`, or `parseInt(text)` of a text"),
    ("float", "`Number(value)`"),
    ("bool", "`Boolean(value)`"),
    ("range", "`Array.from({ length: n }, (_, i) => i)`"),
    ("sum", "`list.reduce((a, b) => a + b, 0)`"),
    ("any", "`list.some(x => …)`"),
    ("all", "`list.every(x => …)`"),
    ("print", "the value alone"),
    ("console", "the value alone: nothing is printed here"),
    ("Date", "the time as data, such as `input.now`: a run must give the same each time"),
    ("now", "the time as data, such as `input.now`: a run must give the same each time"),
    ("Map", "an object: `{ key: value }`"),
    ("Set", "a list: `list.includes(x)` asks for one"),
    ("RegExp", "`/pattern/flags`"),
    ("BigInt", "a number; keep large ones as strings"),
    ("process", "`env.NAME`"),
];

/// Methods that other languages know, and what to write here.
const METHODS: &[(&str, &str)] = &[
    ("contains", "`.includes(…)`"),
    ("has", "`key in object`"),
    ("has_key", "`key in object`"),
    ("len", "`.length`"),
    ("size", "`.length`"),
    ("count", "`.length`, or `.filter(x => …).length`"),
    ("upper", "`.toUpperCase()`"),
    ("uppercase", "`.toUpperCase()`"),
    ("lower", "`.toLowerCase()`"),
    ("lowercase", "`.toLowerCase()`"),
    ("strip", "`.trim()`"),
    ("lstrip", "`.trimStart()`"),
    ("rstrip", "`.trimEnd()`"),
    ("equals", "`===`"),
    ("get", "`object[key]`"),
    ("keys", "`Object.keys(object)`"),
    ("values", "`Object.values(object)`"),
    ("items", "`Object.entries(object)`"),
    ("entries", "`Object.entries(object)`"),
    ("first", "`.at(0)`"),
    ("last", "`.at(-1)`"),
    ("append", "`[...list, item]`"),
    ("add", "`[...list, item]`"),
    ("push", "`[...list, item]`"),
    ("extend", "`[...list, ...other]`"),
    ("unshift", "`[item, ...list]`"),
    ("pop", "`.at(-1)`, and `.slice(0, -1)` for the rest"),
    ("shift", "`.at(0)`, and `.slice(1)` for the rest"),
    ("splice", "`.toSpliced(…)`"),
    ("fill", "`.map(() => …)`"),
    ("sum", "`.reduce((a, b) => a + b, 0)`"),
    ("isEmpty", "`.length === 0`"),
    ("is_empty", "`.length === 0`"),
    ("format", "a template: `…${x}…`"),
    ("each", "`.map(x => …)`"),
    ("select", "`.filter(x => …)`"),
    ("collect", "`.map(x => …)`"),
    ("reject", "`.filter(x => !(…))`"),
];

/// What to write for a name that is known elsewhere: `null` for `None`, `Math.floor` for `floor`.
#[must_use]
pub fn foreign_name(name: &str) -> Option<String> {
    if let Some((_, mend)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some((*mend).to_owned());
    }
    let Some(Value::Native(math)) = global("Math") else { return None };
    static_member(math, &Str::from(name)).map(|_| format!("`Math.{name}`"))
}

/// What to write for a method that is known elsewhere.
#[must_use]
pub fn foreign_method(name: &str) -> Option<&'static str> {
    METHODS.iter().find(|(known, _)| *known == name).map(|(_, mend)| *mend)
}
