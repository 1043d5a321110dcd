//! The arrows between the rooms of `src/`: a room imports only from rooms to its left.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with those that it may know, in the order in which ARCHITECTURE.md draws them.
const ROOMS: &[(&str, &[&str])] = &[
    ("syntax", &[]),
    ("value", &[]),
    ("draw", &[]),
    ("builtins", &["value", "draw", "syntax"]),
    ("bytecode", &["value", "draw", "syntax", "builtins"]),
    ("compile", &["value", "draw", "syntax", "builtins", "bytecode"]),
    ("vm", &["value", "draw", "syntax", "builtins", "bytecode"]),
    ("template", &["value", "draw", "syntax", "builtins", "bytecode", "compile", "vm"]),
    ("component", &["value", "draw", "syntax", "builtins", "bytecode", "compile", "vm", "template"]),
    (
        "ensemble",
        &["value", "draw", "syntax", "builtins", "bytecode", "compile", "vm", "template", "component"],
    ),
    ("registry", &["value", "draw", "syntax", "component"]),
];

/// The rooms that reach for no clock, file, environment or random source of their own.
const PURE: &[&str] = &["syntax", "value", "draw", "builtins", "bytecode", "compile", "vm", "template"];

/// All Rust files of a room, tests apart.
fn files(room: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(room).expect("a room is a directory") {
        let path = entry.expect("it can be listed").path();
        let is_tests = path.file_stem().is_some_and(|stem| stem == "tests");
        if is_tests {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The code of a file: comments, and the tests at its end, may look wherever they want.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The rooms named in `crate::room` and `crate::{room, …}`.
fn rooms_in(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$')) {
            continue;
        }
        let rest = &code[at + found.len()..];
        let word = |text: &str| {
            text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>()
        };
        match rest.strip_prefix('{') {
            None => drop(rooms.insert(word(rest))),
            Some(group) => {
                let mut depth = 0;
                let mut is_start = true;
                for (at, letter) in group.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => is_start = true,
                        _ if is_start && letter.is_alphabetic() => {
                            rooms.insert(word(&group[at..]));
                            is_start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    rooms
}

#[test]
fn every_room_imports_only_from_its_left() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).chain(["engine"]).collect();
    let mut broken = Vec::new();
    for (room, known) in ROOMS {
        let directory = source.join(room);
        if !directory.is_dir() {
            continue;
        }
        for file in files(&directory) {
            let text = fs::read_to_string(&file).expect("a source file is UTF-8");
            for other in rooms_in(&code(&text)) {
                if names.contains(&other.as_str()) && other != *room && !known.contains(&other.as_str()) {
                    broken.push(format!("{}: {room} knows {other}", file.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_directory_of_the_source_is_a_room() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(source).expect("there is a source") {
        let entry = entry.expect("it can be listed");
        let name = entry.file_name().into_string().expect("rooms have plain names");
        if entry.path().is_dir() && name != "engine" {
            assert!(ROOMS.iter().any(|(room, _)| *room == name), "`{name}` has no place among the arrows");
        }
    }
}

#[test]
fn every_pure_room_refuses_ambient_things() {
    for room in PURE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room).join("mod.rs");
        let text = fs::read_to_string(path).expect("a room has a mod.rs");
        assert!(text.contains("#![deny(clippy::disallowed_methods)]"), "{room} allows what it should deny");
    }
}

#[test]
fn paths_are_found_in_all_their_forms() {
    let found = |code: &str| rooms_in(code).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(found("use crate::value::{Str, Value};"), "value");
    assert_eq!(found("use crate::{value::{Str, vm}, syntax::Span};"), "syntax value");
    assert_eq!(found("pub(crate) fn f() -> crate::vm::Vm"), "vm");
    assert_eq!(found("$crate::value::Value"), "");
}
