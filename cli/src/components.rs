//! `segue components`: which components there are, and which files they are.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Component, Path};

use clap::{Args, Subcommand};
use segue::registry::manifest::{self, Manifest};
use segue::registry::{Address, ErrorCode, Query, Registry, RegistryError};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::init::{replace, unlisted};
use crate::moves::registry;
use crate::output::{FAINT, Output, STRONG, WARN};

/// Lists components and the files that they are; changes the list in `segue.yaml`
#[derive(Args, Debug)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Components {
    #[command(subcommand)]
    command: ComponentsCommand,
}

#[derive(Debug, Subcommand)]
enum ComponentsCommand {
    List(List),
    Add(Add),
    Remove(Remove),
    Discover(Discover),
}

/// Lists the components: those of `segue.yaml`, those with tags, those found by their names
#[derive(Args, Debug)]
struct List {
    /// Print a list of {\"component\", \"prefix\", \"path\", \"listed\", \"tagged\"}
    #[arg(long)]
    json: bool,
}

/// Lists a component in `segue.yaml`: which file it is
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue components add queries/report sql/report.sql
  segue components add logic/scripts/clean src/clean.js

Only its line is added: comments and order stay. A component that is named like its file needs no line.")]
struct Add {
    /// The component: `type/name`, with `logic/` before it for code
    component: String,
    /// Its file, from where you stand
    file: String,
    /// Print {\"component\", \"path\"}
    #[arg(long)]
    json: bool,
}

/// Takes a component out of `segue.yaml`; its file and its tags stay
#[derive(Args, Debug)]
struct Remove {
    /// The component
    component: String,
    /// Print {\"component\", \"path\"}
    #[arg(long)]
    json: bool,
}

/// Shows the files that are components by their names and not listed in `segue.yaml`
#[derive(Args, Debug)]
#[command(after_help = "\
Found are `TYPE/NAME.*` and `TYPE/NAME/{NAME,index,prompt}.*`, the same below `components/` and `logic/`, for the usual
types and those that `segue.yaml` declares. They need not be listed; --add does it, so that a file can move later.")]
struct Discover {
    /// List them in `segue.yaml`
    #[arg(long)]
    add: bool,
    /// Print a list of {\"component\", \"prefix\", \"path\"}
    #[arg(long)]
    json: bool,
}

impl Components {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        match self.command {
            ComponentsCommand::List(list) => list.run(&registry, out),
            ComponentsCommand::Add(add) => add.run(&registry, out),
            ComponentsCommand::Remove(remove) => remove.run(&registry, out),
            ComponentsCommand::Discover(discover) => discover.run(&registry, out),
        }
    }
}

/// What is known of a component.
#[derive(Default)]
struct Known {
    path: Option<Box<str>>,
    is_listed: bool,
    is_tagged: bool,
}

impl List {
    fn run(self, registry: &Registry, out: &mut Output) -> Outcome {
        let mut known: BTreeMap<Address, Known> = BTreeMap::new();
        for (address, path) in unlisted(registry)? {
            known.entry(address).or_default().path = Some(path);
        }
        for declared in registry.manifest()?.components() {
            let entry = known.entry(declared.address.clone()).or_default();
            (entry.path, entry.is_listed) = (Some(declared.path.clone()), true);
        }
        for address in registry.components()? {
            known.entry(address).or_default().is_tagged = true;
        }
        if self.json {
            let list: Vec<Value> = known
                .iter()
                .map(|(address, known)| {
                    json!({
                        "component": address.path(), "prefix": address.prefix().as_str(), "path": known.path,
                        "listed": known.is_listed, "tagged": known.is_tagged,
                    })
                })
                .collect();
            writeln!(out.results(), "{}", Value::from(list))?;
            return Ok(Exit::Ok);
        }
        let names: Vec<String> = known.keys().map(shown).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        let paths = known.values().map(|known| known.path.as_deref().map_or(1, |path| path.chars().count()));
        let path_width = paths.max().unwrap_or_default();
        for (name, known) in names.iter().zip(known.values()) {
            let about = match (known.is_listed, known.is_tagged) {
                (true, true) => "listed",
                (true, false) => "listed, no tag yet",
                (false, true) => "",
                (false, false) => "no tag yet",
            };
            let path = known.path.as_deref().unwrap_or("-");
            let about = if about.is_empty() { String::new() } else { out.paint(FAINT, about) };
            let line = format!("{name:width$}  {path:path_width$}  {about}");
            writeln!(out.results(), "{}", line.trim_end())?;
        }
        if known.is_empty() {
            let text = "there is none: a component is a file such as `prompts/extraction.md`, in git";
            out.note(STRONG, "note", text)?;
        }
        Ok(Exit::Ok)
    }
}

impl Add {
    fn run(self, registry: &Registry, out: &mut Output) -> Outcome {
        let path = from_top(registry, &self.file)?;
        let top = registry.repository().work_tree.as_deref();
        if !top.is_some_and(|top| top.join(&path).is_file()) {
            let error = RegistryError::new(ErrorCode::MissingFile, format!("there is no file `{path}`"));
            return Err(error.with_help("the file is named from where you stand").into());
        }
        let address = registry.name_of_file(&self.component, &path)?;
        let changed = manifest::add(&text(registry)?, &address, &path)?;
        write(registry, &changed)?;
        told(&address, &path, "listed", self.json, out)
    }
}

impl Remove {
    fn run(self, registry: &Registry, out: &mut Output) -> Outcome {
        let query = Query::parse(&self.component)?;
        let manifest = registry.manifest()?;
        let listed: Vec<&Address> = manifest.components().iter().map(|declared| &declared.address).collect();
        let address = query.choose(listed).map_err(|error| match error.code {
            ErrorCode::UnknownComponent => {
                let help = error.help.filter(|help| help.starts_with("did you mean"));
                RegistryError::new(error.code, format!("`{query}` is not listed in {}", manifest::FILE))
                    .with_help(
                        help.map_or_else(|| "`segue components list` shows what is".to_owned(), String::from),
                    )
            }
            _ => error,
        })?;
        let path = manifest.declared(&address).map(|declared| declared.path.to_string()).unwrap_or_default();
        let changed = manifest::remove(&text(registry)?, &address)?;
        write(registry, &changed)?;
        told(&address, &path, "no longer listed", self.json, out)
    }
}

impl Discover {
    fn run(self, registry: &Registry, out: &mut Output) -> Outcome {
        let found = unlisted(registry)?;
        if self.add && !found.is_empty() {
            let mut changed = text(registry)?;
            for (address, path) in &found {
                changed = manifest::add(&changed, address, path)?;
            }
            write(registry, &changed)?;
        }
        if self.json {
            let list: Vec<Value> = found
                .iter()
                .map(|(address, path)| {
                    json!({"component": address.path(), "prefix": address.prefix().as_str(), "path": path})
                })
                .collect();
            writeln!(out.results(), "{}", Value::from(list))?;
            return Ok(Exit::Ok);
        }
        for (address, path) in &found {
            writeln!(out.results(), "{}: {path}", shown(address))?;
        }
        match (found.len(), self.add) {
            (0, _) => out.note(STRONG, "note", "nothing that is not listed already")?,
            (_, true) => {
                out.note(STRONG, "note", &format!("all of them are listed in {} now", manifest::FILE))?
            }
            (_, false) => {
                out.note(
                    STRONG,
                    "hint",
                    "they need not be listed; to do it all the same: segue components discover --add",
                )?;
            }
        }
        Ok(Exit::Ok)
    }
}

/// `type/name`, and `logic/` before it for code.
fn shown(address: &Address) -> String {
    match address.prefix() {
        segue::registry::Prefix::Components => address.path(),
        segue::registry::Prefix::Logic => address.to_string(),
    }
}

fn told(address: &Address, path: &str, what: &str, is_json: bool, out: &mut Output) -> Outcome {
    if is_json {
        writeln!(
            out.results(),
            "{}",
            json!({"component": address.path(), "prefix": address.prefix().as_str(), "path": path})
        )?;
    } else {
        writeln!(out.results(), "{}: {path} ({what} in {})", shown(address), manifest::FILE)?;
    }
    if !is_json && what == "listed" {
        out.note(WARN, "note", "the others see it when `segue.yaml` is committed and pushed")?;
    }
    Ok(Exit::Ok)
}

/// The text of the manifest, empty where there is none.
fn text(registry: &Registry) -> Result<String, Failure> {
    // Errors of what is there are told before anything is changed.
    registry.manifest()?;
    match fs::read_to_string(path(registry)?) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            Err(RegistryError::new(ErrorCode::Io, format!("cannot read {}: {error}", manifest::FILE)).into())
        }
    }
}

fn write(registry: &Registry, text: &str) -> Result<(), Failure> {
    replace(&path(registry)?, text)
}

fn path(registry: &Registry) -> Result<std::path::PathBuf, Failure> {
    Manifest::path_in(registry.repository()).ok_or_else(|| {
        let error = RegistryError::new(ErrorCode::Usage, "a bare repository has no `segue.yaml` to change");
        error.with_help("change it in a clone with a work tree, commit and push it").into()
    })
}

/// A file as it was typed, from the top of the repository.
fn from_top(registry: &Registry, typed: &str) -> Result<String, Failure> {
    let outside = || -> Failure {
        let error = RegistryError::new(ErrorCode::Usage, format!("`{typed}` is not in this repository"));
        error.with_help("a component is a file of the repository").into()
    };
    let typed_path = Path::new(typed);
    let whole = if typed_path.is_absolute() {
        let top = registry.repository().work_tree.as_deref().ok_or_else(outside)?;
        let file = typed_path.canonicalize().map_err(|_| outside())?;
        file.strip_prefix(top).map_err(|_| outside())?.to_owned()
    } else {
        Path::new(&*registry.repository().prefix).join(typed_path)
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str().ok_or_else(outside)?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop().ok_or_else(outside)?),
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    Ok(parts.join("/"))
}
