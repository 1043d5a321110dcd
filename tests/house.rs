//! Holds `ARCHITECTURE.md` and `CONTRIBUTING.md` to the code: the instructions, the rooms and the files that they name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use segue::bytecode::Op;

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const BEGIN: &str = "<!-- instructions -->\n";
const END: &str = "<!-- end -->\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The table of instructions, three in a row, so that the page stays short.
fn instructions() -> String {
    let mut table = String::from("| | | | | | |\n|---|---|---|---|---|---|\n");
    for row in Op::ALL.chunks(3) {
        let cells = row
            .iter()
            .map(|(mnemonic, effect)| format!(" `{mnemonic}` | {} |", effect.trim().replace('|', "\\|")));
        table.push('|');
        table.extend(cells);
        table.push('\n');
    }
    table
}

#[test]
fn the_architecture_lists_the_instructions_that_there_are() {
    let page = read(ARCHITECTURE);
    let (before, rest) = page.split_once(BEGIN).expect("the page marks where the table begins");
    let (table, after) = rest.split_once(END).expect("the page marks where the table ends");
    let expected = instructions();
    if std::env::var_os("SEGUE_BLESS").is_some() {
        fs::write(root().join(ARCHITECTURE), format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(expected, table, "`SEGUE_BLESS=1 cargo test --test house instructions` writes the table anew");
}

#[test]
fn the_architecture_names_every_room_and_no_other() {
    let page = read(ARCHITECTURE);
    let tree = page.split("```").nth(1).expect("the tree is the first block");
    let (_, tree) = tree.split_once("src/\n").expect("the tree begins with src/");
    let named: BTreeSet<String> = tree
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.trim_end_matches('/').to_owned())
        .collect();
    let there: BTreeSet<String> = fs::read_dir(root().join("src"))
        .expect("the sources are there")
        .map(|entry| entry.expect("they can be listed").file_name().into_string().expect("names are UTF-8"))
        .collect();
    assert_eq!(there, named);
}

#[test]
fn the_files_that_the_pages_name_exist() {
    let summary = read("docs/SUMMARY.md");
    let chapters = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let book = chapters.map(|page| format!("docs/{page}")).chain(["docs/SUMMARY.md".to_owned()]);
    let pages = [ARCHITECTURE, "CONTRIBUTING.md", "README.md"].map(str::to_owned);
    for page in pages.into_iter().chain(book) {
        let page = page.as_str();
        let text = read(page);
        let quoted = text.split('`').skip(1).step_by(2);
        let prose: String = text.split('`').step_by(2).collect();
        let linked = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let folder = Path::new(page).parent().unwrap_or(Path::new(""));
        for name in quoted.filter(|name| is_path(name)) {
            assert!(root().join(name).exists(), "{page} names `{name}`, which does not exist");
        }
        for link in linked.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let file = link.split('#').next().unwrap_or(link);
            assert!(root().join(folder).join(file).exists(), "{page} links to {link}, which does not exist");
        }
    }
}

/// Whether what stands in quotes is the name of a file of ours, counted from the root.
fn is_path(name: &str) -> bool {
    const ROOMS: &[&str] = &["src/", "cli/", "grammar/", "docs/", "examples/", "benches/", "tests/"];
    ROOMS.iter().any(|room| name.starts_with(room)) && !name.contains(['<', ' ', '*', '{'])
}

#[test]
fn the_pages_are_short() {
    for (page, most) in [(ARCHITECTURE, 150), ("CONTRIBUTING.md", 80)] {
        let lines = read(page).lines().count();
        assert!(lines <= most, "{page} has {lines} lines, at most {most} are read");
    }
}
