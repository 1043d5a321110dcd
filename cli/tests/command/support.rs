//! Calling the binary in a folder of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with the project that `segue new` writes.
pub(crate) struct Project(TempDir);

/// How a call ended.
pub(crate) struct Called {
    arguments: Vec<String>,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A call with an environment in which nothing asks for colour or against it.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("segue"));
    command.args(arguments).current_dir(folder);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self(TempDir::new().expect("a folder"));
        let called = project.call(&["new", "."]);
        assert_eq!((called.code, called.stderr.as_str()), (Some(0), ""));
        project
    }

    pub(crate) fn empty() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    pub(crate) fn call(&self, arguments: &[&str]) -> Called {
        self.call_with(arguments, b"")
    }

    /// A call with something on standard input.
    pub(crate) fn call_with(&self, arguments: &[&str], stdin: &[u8]) -> Called {
        let mut command = assert_cmd::Command::from_std(command(self.path(), arguments));
        let output = command.write_stdin(stdin).output().expect("it starts");
        Called::new(arguments, &output)
    }
}

impl Called {
    pub(crate) fn new(arguments: &[&str], output: &Output) -> Self {
        Self {
            arguments: arguments.iter().map(ToString::to_string).collect(),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).expect("text"),
            stderr: String::from_utf8(output.stderr.clone()).expect("text"),
        }
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

/// The call and all that came of it, for snapshots; durations and fresh seeds are left out.
impl std::fmt::Display for Called {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.code.map_or("a signal".to_owned(), |code| code.to_string());
        write!(f, "$ segue {}\nexit {code}\n", self.arguments.join(" "))?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "── {name}\n{}", without_times(text))?;
            }
        }
        Ok(())
    }
}

/// The text with the numbers before ` ms` made one.
fn without_times(text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let is_time = |at: usize| {
            words.get(at + 1).is_some_and(|unit| *unit == "ms") && words[at].parse::<f64>().is_ok()
        };
        let words: Vec<&str> =
            words.iter().enumerate().map(|(at, word)| if is_time(at) { "0.00" } else { word }).collect();
        let _ = writeln!(shown, "{}", words.join(" "));
    }
    shown
}

/// The keys of an object, in order.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}
