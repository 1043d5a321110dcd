//! `segue new`: a small project with the deployment strategies, ready to run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// Writes a small project: the deployment strategies as ensembles, and a component in two versions
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue new demo
  segue run demo/canary.yaml --runs 100000

Nothing that exists is overwritten: the folder is made, or has to be empty.")]
pub(crate) struct New {
    /// The folder to make
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Names and texts, as they stand in the project's own `examples/`.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("../../examples/README.md")),
    ("canary.yaml", include_str!("../../examples/canary.yaml")),
    ("ab-test.yaml", include_str!("../../examples/ab-test.yaml")),
    ("progressive.yaml", include_str!("../../examples/progressive.yaml")),
    ("blue-green.yaml", include_str!("../../examples/blue-green.yaml")),
    ("ring.yaml", include_str!("../../examples/ring.yaml")),
    ("staged-canary.yaml", include_str!("../../examples/staged-canary.yaml")),
    ("ensemble.schema.json", segue::ensemble::schema::JSON_SCHEMA),
    (
        "components/prompts/extraction/v1.0.0.md",
        include_str!("../../examples/components/prompts/extraction/v1.0.0.md"),
    ),
    (
        "components/prompts/extraction/v1.1.0.md",
        include_str!("../../examples/components/prompts/extraction/v1.1.0.md"),
    ),
    (
        "components/prompts/extraction/slots.yaml",
        include_str!("../../examples/components/prompts/extraction/slots.yaml"),
    ),
];

impl New {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        write_project(&self.directory)?;
        let shown = self.directory.display();
        writeln!(out.results(), "wrote {} files to {shown}", FILES.len())?;
        writeln!(
            out.results(),
            "next: segue run {} --runs 100000",
            self.directory.join("canary.yaml").display()
        )?;
        Ok(Exit::Ok)
    }
}

/// Writes the project beside its place and moves it there: it is there as a whole, or not at all.
fn write_project(directory: &Path) -> anyhow::Result<()> {
    let shown = directory.display();
    let is_there = match fs::read_dir(directory) {
        Ok(mut entries) => match entries.next() {
            None => true,
            Some(_) => bail!("`{shown}` is not empty: nothing was written"),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("cannot use `{shown}`")),
    };
    if is_there {
        // A folder that somebody stands in must stay the one that it is.
        return write_files(directory);
    }
    let Some(name) = directory.file_name() else { bail!("`{shown}` is no name for a folder") };
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    let mut unfinished = name.to_owned();
    unfinished.push(format!(".unfinished-{}", std::process::id()));
    let unfinished = parent.join(unfinished);
    let written = fs::create_dir(&unfinished)
        .with_context(|| format!("cannot make `{shown}`"))
        .and_then(|()| write_files(&unfinished))
        .and_then(|()| fs::rename(&unfinished, directory).with_context(|| format!("cannot make `{shown}`")));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_dir_all(&unfinished);
    }
    written
}

fn write_files(directory: &Path) -> anyhow::Result<()> {
    for (name, text) in FILES {
        let path = directory.join(name);
        let folder = path.parent().unwrap_or(directory);
        fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let mut options = fs::OpenOptions::new();
        let written = options
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
