//! `grammar/builtins.md` is printed from the tables.

use super::*;
use pretty_assertions::assert_eq;
use std::fmt::Write;
use std::path::Path;

/// The reference as it must be.
fn reference() -> String {
    let mut out = String::from(
        "# Built-ins\n\n\
         Printed from the tables in `src/builtins`; `SEGUE_BLESS=1 cargo test -p segue reference` writes it anew.\n\
         Each example is an expression, and one that is equal to it.\n",
    );
    let heading = |row: &Builtin| match row.place() {
        Place::Global => "Globals".to_owned(),
        Place::Static { owner, .. } => owner.to_owned(),
        Place::Method { receiver, .. } => format!("Methods of {receiver}"),
        Place::Filter => "Filters".to_owned(),
        Place::Ensemble => "Ensembles only".to_owned(),
    };
    let mut headings: Vec<String> = Vec::new();
    for row in rows() {
        let heading = heading(row);
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for section in headings {
        write!(out, "\n## {section}\n\n| | | example |\n|---|---|---|\n").expect("text");
        for row in rows().filter(|row| heading(row) == section) {
            let name = match row.place() {
                Place::Global | Place::Filter | Place::Ensemble => row.native.name.to_owned(),
                Place::Static { .. } => row.native.name.to_owned(),
                Place::Method { name, .. } => format!(".{name}"),
            };
            let call = match row.run {
                Run::Function(_) | Run::SameAs(_)
                    if row.place() == Place::Filter && row.params.is_empty() =>
                {
                    name
                }
                Run::Function(_) | Run::SameAs(_) => format!("{name}({})", row.params),
                Run::Number(_) | Run::Undefined | Run::Namespace => name,
            };
            let about = match row.spec {
                "" => row.about.to_owned(),
                spec => format!("{} ([spec](https://tc39.es/ecma262/#{spec}))", row.about),
            };
            let cell = |text: &str| text.replace('|', "\\|");
            let (source, result) = row.example;
            writeln!(
                out,
                "| `{}` | {} | `{}` → `{}` |",
                cell(&call),
                cell(&about),
                cell(source),
                cell(result)
            )
            .expect("text");
        }
    }
    out
}

#[test]
#[allow(clippy::disallowed_methods)] // A test may read the file that it guards.
fn the_printed_reference_is_that_of_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar/builtins.md");
    let reference = reference();
    if std::env::var_os("SEGUE_BLESS").is_some() {
        std::fs::write(&path, &reference).expect("the file can be written");
    }
    let file = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(file, reference, "run with SEGUE_BLESS=1 to write it anew");
}
