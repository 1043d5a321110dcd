//! Runs what the pages for users show: commands with their exit codes and output, YAML, expressions.
//!
//! A page's blocks speak by their language. `sh`: every line is a command that ends well. `console`: lines after `$ `
//! are commands, what follows is their standard output, or their standard error where they fail (`console exit-2`).
//! `yaml` after `<!-- FILE -->` stands in that file; `yaml ensemble` compiles. `js`: each line is `EXPRESSION // →
//! VALUE`, or `EXPRESSION // throws CLASS`. Rust is run as a documentation test of the library.
//!
//! Blocks that say `deployed` are typed one after the other in a git repository with a component and a remote, of
//! each page's own; its `sh` blocks are run by a shell, and `<!-- deployed: FILE -->` writes a file there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;
use pretty_assertions::assert_eq;
use segue::{Engine, context};

/// README.md, and every page of the book.
static PAGES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let summary = read("docs/SUMMARY.md");
    let links = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let pages = links.map(|page| &*String::leak(format!("docs/{page}")));
    std::iter::once("README.md").chain(pages).collect()
});

/// A block of a page that is fenced by three backticks.
struct Block {
    page: &'static str,
    line: usize,
    /// What stands behind the backticks, in words.
    info: Vec<String>,
    /// The comment in the line above.
    file: Option<String>,
    text: String,
}

impl Block {
    fn is(&self, language: &str) -> bool {
        self.info.first().is_some_and(|word| word == language)
    }

    fn is_deployed(&self) -> bool {
        self.info.iter().any(|word| word == "deployed")
    }

    fn exit(&self) -> i32 {
        let word = self.info.iter().find_map(|word| word.strip_prefix("exit-"));
        word.map_or(0, |code| code.parse().expect("an exit code is a number"))
    }

    fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The blocks of a language, those apart that are typed in a repository.
fn blocks(language: &str) -> Vec<Block> {
    let mut blocks = all_blocks();
    let is_written = |block: &Block| block.file.as_deref().is_some_and(|file| file.starts_with("deployed: "));
    blocks.retain(|block| block.is(language) && !block.is_deployed() && !is_written(block));
    assert!(!blocks.is_empty(), "no page has a block of {language}");
    blocks
}

fn all_blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for &page in &*PAGES {
        let text = read(page);
        let mut open: Option<Block> = None;
        let mut before = "";
        for (index, line) in text.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(info)) => {
                    let info = info.split_whitespace().map(str::to_owned).collect();
                    let file = before.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
                    let file = file.map(str::to_owned);
                    open = Some(Block { page, line: index + 2, info, file, text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
            before = line;
        }
        assert!(open.is_none(), "{page}: a block is not closed");
    }
    blocks
}

/// Runs a line that is typed at a terminal, in `folder`.
fn run(folder: &Path, line: &str, place: &str) -> Output {
    let words = words(line);
    let arguments = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["segue", ..] => &words[1..],
        // The same command, as a clone runs it.
        ["cargo", "run", "--release", "--", ..] => &words[4..],
        _ => panic!("{place}: `{line}` is no command that this test knows"),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
    command.current_dir(folder).args(arguments).env("NO_COLOR", "1").output().expect("the command starts")
}

/// Splits a line as a shell does, single quotes included.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is always one").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A folder to type in: the project's examples, and whatever the commands write.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    copy(&root().join("examples"), &folder.path().join("examples"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the examples are there") {
        let entry = entry.expect("they can be listed");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

#[test]
fn every_command_that_is_shown_ends_well() {
    let folder = workspace();
    for block in blocks("sh") {
        for line in block.text.lines().filter(|line| *line != "cargo test") {
            let output = run(folder.path(), line, &block.place());
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{}: {line}\n{errors}", block.place());
        }
    }
}

#[test]
fn what_is_shown_of_an_output_is_what_is_printed() {
    let folder = workspace();
    for block in blocks("console") {
        compare_shown(folder.path(), &block);
    }
}

/// Types the commands of a block and compares what they print with what it shows.
fn compare_shown(folder: &Path, block: &Block) {
    let mut shown = String::new();
    for line in block.text.lines() {
        let Some(command) = line.strip_prefix("$ ") else { continue };
        let output = run(folder, command, &block.place());
        assert_eq!(output.status.code(), Some(block.exit()), "{}: {command}", block.place());
        let text = if block.exit() == 0 { output.stdout } else { output.stderr };
        let text = String::from_utf8(text).expect("the command prints UTF-8");
        let text: String = text.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect();
        shown.push_str(&format!("{line}\n{text}"));
    }
    assert_eq!(shown, block.text, "{}", block.place());
}

/// A repository with a component that was changed since its first commit, and a remote.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let script = "git init --quiet --bare --initial-branch=main ../remote.git
        git init --quiet --initial-branch=main .
        git config user.name Ada
        git config user.email ada@example.com
        git remote add origin ../remote.git
        mkdir prompts
        echo 'Extract the fields.' > prompts/extraction.md
        git add .
        git commit --quiet --message 'Extracts fields'
        echo 'Extract the fields, dates too.' > prompts/extraction.md";
    fs::create_dir(folder.path().join("work")).expect("a folder can be made");
    shell(&folder.path().join("work"), script, "a repository");
    folder
}

/// Runs a script with our binary as `segue`; it must end well.
fn shell(folder: &Path, script: &str, place: &str) {
    let binaries = Path::new(env!("CARGO_BIN_EXE_segue")).parent().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(binaries.to_owned()).chain(std::env::split_paths(&path));
    let mut command = Command::new("sh");
    let command = command.args(["-e", "-c", script]).current_dir(folder).env("NO_COLOR", "1");
    let command = command
        .env("PATH", std::env::join_paths(paths).expect("they were joined before"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().expect("a shell starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{place}\n{script}\n{errors}");
}

#[test]
fn the_deployments_that_are_shown_work_one_after_the_other() {
    for &page in &*PAGES {
        let folder = repository();
        let work = folder.path().join("work");
        for block in all_blocks().into_iter().filter(|block| block.page == page) {
            let written = block.file.as_deref().and_then(|file| file.strip_prefix("deployed: "));
            match written {
                Some(file) => fs::write(work.join(file), &block.text).expect("a file can be written"),
                None if !block.is_deployed() => {}
                None if block.is("sh") => shell(&work, &block.text, &block.place()),
                None => compare_shown(&work, &block),
            }
        }
    }
}

#[test]
fn the_yaml_that_is_shown_stands_in_its_file_or_compiles() {
    let engine = Engine::new();
    for block in blocks("yaml") {
        let place = block.place();
        if let Some(file) = &block.file {
            assert!(read(file).contains(&block.text), "{place}: {file} reads otherwise");
        } else {
            assert_eq!(
                block.info.get(1).map(String::as_str),
                Some("ensemble"),
                "{place}: what is this YAML?"
            );
            if let Err(error) = engine.load_str(&place, &block.text) {
                panic!("{error}");
            }
        }
    }
}

#[test]
fn the_expressions_that_are_shown_give_what_is_shown() {
    let engine = Engine::new();
    let context = context! {
        input: { user_id: 42, name: "Ada", tags: ["eu", "beta"] },
        user: {},
        "analyzer-stable": { output: "from the agent" },
    };
    let names = ["input", "user", "analyzer-stable"];
    let value = |text: &str, place: &str| {
        let compiled = engine.compile_with(text, &names).unwrap_or_else(|error| panic!("{place}: {error}"));
        let value = compiled.eval(&context).unwrap_or_else(|error| panic!("{place}: {text}: {error}"));
        value.to_json_string()
    };
    for block in blocks("js") {
        for line in block.text.lines() {
            if let Some((expression, class)) = line.split_once("// throws ") {
                let error = engine.compile_with(expression, &names).expect("it compiles").eval(&context);
                let error = error.expect_err(line).to_string();
                assert!(error.contains(class), "{}: {line}: {error}", block.place());
                continue;
            }
            let (expression, expected) = line.split_once("// →").expect("a line shows what comes out");
            assert_eq!(value(expected, &block.place()), value(expression, &block.place()), "{line}");
        }
    }
}

#[test]
fn the_two_commands_that_matter_are_shown_first() {
    let first = &blocks("sh")[0];
    let commands = "cargo run --release -- run examples/canary.yaml --runs 100000\ncargo test\n";
    assert_eq!(first.text, commands, "{}", first.place());
}
