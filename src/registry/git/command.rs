//! Running one `git`.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::{GitError, GitErrorKind};

/// How much of what git prints is kept where all of it is asked for.
const MAX_OUTPUT: u64 = 256 << 20;
/// How much of its complaints is kept.
const MAX_STDERR: u64 = 64 << 10;

/// Which `git` is run, and what is different in its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Git {
    program: PathBuf,
    variables: Vec<(OsString, Option<OsString>)>,
}

impl Default for Git {
    fn default() -> Self {
        Self { program: "git".into(), variables: Vec::new() }
    }
}

impl Git {
    /// Another program than the `git` in `PATH`.
    #[must_use]
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), ..Self::default() }
    }

    /// Sets a variable for every command; `None` takes it away.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<OsString>, value: Option<&str>) -> Self {
        self.variables.push((name.into(), value.map(Into::into)));
        self
    }

    /// Whether the commands run with any variable whose name `is_meant`.
    pub(super) fn sets(&self, is_meant: impl Fn(&OsStr) -> bool) -> bool {
        let changed = |name: &OsStr| self.variables.iter().rfind(|(known, _)| known == name);
        let inherited = std::env::vars_os().map(|(name, _)| name);
        inherited.filter(|name| changed(name).is_none()).any(|name| is_meant(&name))
            || self.variables.iter().any(|(name, value)| value.is_some() && is_meant(name))
    }

    /// `git SUBCOMMAND …` in `directory`.
    #[must_use]
    pub fn command(&self, directory: &Path, subcommand: &str) -> GitCommand {
        let mut command = Command::new(&self.program);
        command.current_dir(directory).arg(subcommand);
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        GitCommand {
            command,
            program: self.program.clone(),
            directory: directory.to_owned(),
            shown: subcommand.to_owned(),
            stdin: None,
        }
    }
}

/// One `git` that is about to run.
#[derive(Debug)]
pub struct GitCommand {
    command: Command,
    program: PathBuf,
    directory: PathBuf,
    shown: String,
    stdin: Option<Vec<u8>>,
}

/// What a `git` that has ended printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitOutput {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, of which the first 64 KiB.
    pub stderr: String,
}

impl GitOutput {
    /// Whether it ended with 0.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }
}

impl GitCommand {
    /// An argument of our own. What a user typed goes behind `--end-of-options` or `--`, or to standard input.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Several arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// A variable of its environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What it reads from standard input; without, that is empty.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// Where it cannot be run, or prints more than 256 MiB; that it ended with another code than 0 is no error here.
    pub fn output(self) -> Result<GitOutput, GitError> {
        let shown = self.shown.clone();
        let mut stdout = Vec::new();
        let (status, stderr) = self.with_output(&mut |pipe| {
            pipe.take(MAX_OUTPUT + 1)
                .read_to_end(&mut stdout)
                .map_err(|error| GitError::io("read from", &error))?;
            if stdout.len() as u64 > MAX_OUTPUT {
                let message = format!("`git {shown}` prints more than {} MiB", MAX_OUTPUT >> 20);
                return Err(GitError::new(GitErrorKind::TooLarge, message));
            }
            Ok(())
        })?;
        Ok(GitOutput { code: status.code(), stdout, stderr })
    }

    /// Runs it to its end, and gives what it printed if it ended with 0.
    ///
    /// # Errors
    /// As [`output`](Self::output), and where it ended with another code.
    pub fn run(self) -> Result<Vec<u8>, GitError> {
        let shown = self.shown.clone();
        let output = self.output()?;
        if output.is_success() {
            Ok(output.stdout)
        } else {
            Err(GitError::failed(&shown, output.code, &output.stderr))
        }
    }

    /// Runs it to its end and gives each line that it prints, without its line end, as it comes; whole lines are held
    /// in memory one at a time. Gives the exit code and standard error.
    ///
    /// # Errors
    /// As [`output`](Self::output), and those of `each`, after which git is left to end by itself.
    pub fn lines(
        self,
        mut each: impl FnMut(&[u8]) -> Result<(), GitError>,
    ) -> Result<(Option<i32>, String), GitError> {
        let (status, stderr) = self.with_output(&mut |pipe| {
            let mut reader = BufReader::with_capacity(64 << 10, pipe);
            let mut line = Vec::new();
            loop {
                line.clear();
                let read =
                    reader.read_until(b'\n', &mut line).map_err(|error| GitError::io("read from", &error))?;
                if read == 0 {
                    return Ok(());
                }
                each(line.strip_suffix(b"\n").unwrap_or(&line))?;
            }
        })?;
        Ok((status.code(), stderr))
    }

    /// Runs it with the caller's standard input, output and error, in the user's language: for what git itself shows.
    /// Gives the exit code.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub fn show(mut self) -> Result<Option<i32>, GitError> {
        let status = self.command.status();
        let status = status.map_err(|error| GitError::not_started(&self.program, &self.directory, &error))?;
        Ok(status.code())
    }

    /// Starts it with all three pipes, for a conversation.
    pub(super) fn converse(mut self) -> Result<Child, GitError> {
        self.command.env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().map_err(|error| GitError::not_started(&self.program, &self.directory, &error))
    }

    /// Runs it; `read` consumes standard output while standard input is written and standard error collected beside it,
    /// so that no full pipe stops either side.
    fn with_output(
        mut self,
        read: &mut dyn FnMut(&mut dyn Read) -> Result<(), GitError>,
    ) -> Result<(ExitStatus, String), GitError> {
        let stdin = if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() };
        self.command.env("LC_ALL", "C").stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self
            .command
            .spawn()
            .map_err(|error| GitError::not_started(&self.program, &self.directory, &error))?;
        let (input, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let text = self.stdin.take().unwrap_or_default();
        let (result, complaints) = std::thread::scope(|scope| {
            let complaints = scope.spawn(move || stderr.map(collect).unwrap_or_default());
            if let Some(mut input) = input {
                // A git that ends before it has read everything says why by its code and on standard error.
                scope.spawn(move || drop(input.write_all(&text)));
            }
            let result = match stdout {
                Some(mut stdout) => {
                    let result = read(&mut stdout);
                    drop(stdout);
                    result
                }
                None => Ok(()),
            };
            (result, complaints.join().unwrap_or_default())
        });
        let status = child.wait().map_err(|error| GitError::io("wait for", &error))?;
        result?;
        Ok((status, complaints))
    }
}

/// The first part of what comes from a pipe; the rest is read and dropped, so that the writer can go on.
pub(super) fn collect(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = pipe.by_ref().take(MAX_STDERR).read_to_end(&mut bytes);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    String::from_utf8_lossy(&bytes).into_owned()
}
