//! The input file is the test: `tests/inputs/<kind>/<name>` gives `tests/snapshots/<kind>/<name>.snap`.
//!
//! An input is a source text; before it, parted by a line `---`, may stand a JSON object: the variables, and for
//! `limits` the limits under `$limits`, for `deviations` what V8 gives under `$v8`. The snapshot repeats the source.
//! `cargo test --test inputs ternary` runs one by name; `INSTA_UPDATE=always` accepts what it gives.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use segue::Engine;
use segue::compile::{Scope, Undeclared, compile};
use segue::component::DirectorySource;
use segue::draw::{Seed, Stream};
use segue::ensemble::plan::OperationInfo;
use segue::syntax::{self, Colour, Diagnostic, outline, parse, render_place};
use segue::value::{Object, Value};
use segue::vm::{Limits, Vm};

#[path = "checks/parsing.rs"]
#[allow(dead_code, reason = "only the check of trees is wanted here")]
mod parsing;
#[path = "checks/show.rs"]
mod show;

type Outcome = datatest_stable::Result<()>;

/// An input, taken apart.
struct Input<'t> {
    context: Object,
    source: &'t str,
}

fn read(text: &str) -> datatest_stable::Result<Input<'_>> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let Some((context, source)) = text.split_once("\n---\n") else {
        return Ok(Input { context: Object::empty(), source: text });
    };
    match Value::from_json(context)? {
        Value::Object(context) => Ok(Input { context, source }),
        _ => Err("the part before `---` is no JSON object".into()),
    }
}

fn scope(context: &Object, undeclared: Undeclared) -> Scope {
    let mut scope = Scope::new(undeclared);
    for (slot, key) in (0..).zip(context.keys()) {
        scope.variable(&key.to_text(), slot);
    }
    scope.finish();
    scope
}

fn snapshot(kind: &str, path: &Path, input: &str, output: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(kind);
    let name = path.file_stem().and_then(|stem| stem.to_str()).expect("inputs have plain names");
    check_repeated(&root.join(name).with_extension("snap"), input);
    insta::with_settings!({
        snapshot_path => root,
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => input,
    }, { insta::assert_snapshot!(name, output.trim_end()) });
}

/// The snapshot repeats the source that it was made of; insta itself compares what came out alone.
fn check_repeated(path: &Path, input: &str) {
    let Ok(recorded) = fs::read_to_string(path) else { return };
    let repeated = recorded.lines().find_map(|line| line.strip_prefix("description: "));
    let repeated = repeated.unwrap_or_else(|| panic!("{} repeats no source", path.display()));
    let repeated = serde_json::from_str::<String>(repeated).unwrap_or_else(|_| repeated.to_owned());
    let is_same = repeated.trim_end() == input.trim_end();
    if !is_same && std::env::var_os("INSTA_UPDATE").is_some_and(|mode| mode == "always") {
        // What came out may be the same; only a new file repeats the new source.
        fs::remove_file(path).expect("it was read above");
        return;
    }
    assert!(is_same, "{} was made of another source, accept it anew:\n{repeated}", path.display());
}

fn rendered(faults: &[Diagnostic], source: &str) -> String {
    let each = faults.iter().map(|fault| fault.render("input", source, Colour::Never));
    each.collect::<Vec<_>>().join("\n\n")
}

fn tokens(path: &Path, text: String) -> Outcome {
    let input = read(&text)?;
    let scope = scope(&input.context, Undeclared::Throw);
    let (tokens, faults) = syntax::tokens(input.source, scope.declared());
    let lines = tokens.iter().map(|(kind, span)| format!("{kind:<20} {}", &input.source[span.range()]));
    let mut output = lines.collect::<Vec<_>>().join("\n");
    if !faults.is_empty() {
        output = format!("{output}\n\n{}", rendered(&faults, input.source));
    }
    snapshot("tokens", path, &text, &output);
    Ok(())
}

fn ast(path: &Path, text: String) -> Outcome {
    let input = read(&text)?;
    let scope = scope(&input.context, Undeclared::Throw);
    let expr = parse(input.source, scope.declared()).map_err(|faults| rendered(&faults, input.source))?;
    parsing::check(input.source, scope.declared());
    let lines = outline(&expr).into_iter().map(|row| {
        let label = format!("{}{}", "  ".repeat(row.depth), row.label);
        let source = input.source[row.span.range()].replace('\n', "⏎");
        format!("{label:<36} │ {source}")
    });
    snapshot("ast", path, &text, &lines.collect::<Vec<_>>().join("\n"));
    Ok(())
}

fn bytecode(path: &Path, text: String) -> Outcome {
    let input = read(&text)?;
    let scope = scope(&input.context, Undeclared::Throw);
    let expr = parse(input.source, scope.declared()).map_err(|faults| rendered(&faults, input.source))?;
    let program = compile(&expr, input.source, &scope).map_err(|faults| rendered(&faults, input.source))?;
    snapshot("bytecode", path, &text, &program.disassemble());
    Ok(())
}

/// What an input gives: its value, or its error with the place.
fn answer(input: &Input<'_>) -> String {
    let scope = scope(&input.context, Undeclared::Throw);
    let program = parse(input.source, scope.declared())
        .and_then(|expr| compile(&expr, input.source, &scope))
        .map_err(|faults| format!("SyntaxError\n{}", rendered(&faults, input.source)));
    let program = match program {
        Ok(program) => program,
        Err(faults) => return faults,
    };
    let mut limits = Limits::default();
    if let Some(Value::Object(given)) = input.context.get_str("$limits") {
        let number = |name: &str| match given.get_str(name) {
            Some(Value::Number(number)) => Some(*number as u64),
            _ => None,
        };
        limits.fuel = number("fuel").unwrap_or(limits.fuel);
        limits.memory = number("memory").map_or(limits.memory, |bytes| bytes as usize);
        limits.calls = number("calls").map_or(limits.calls, |calls| calls as u32);
        limits.output = number("output").map_or(limits.output, |values| values as usize);
    }
    let mut stream = Stream::seeded(Seed::default());
    match Vm::new(limits).run(&program, input.context.values(), &mut stream.cursor()) {
        Ok(value) => show::show(&value),
        Err(error) => format!("{error}\n{}", render_place("input", input.source, error.span, Colour::Never)),
    }
}

fn eval(path: &Path, text: String) -> Outcome {
    snapshot("eval", path, &text, &answer(&read(&text)?));
    Ok(())
}

fn limits(path: &Path, text: String) -> Outcome {
    snapshot("limits", path, &text, &answer(&read(&text)?));
    Ok(())
}

/// A deviation is one as long as V8 gives something else.
fn deviations(path: &Path, text: String) -> Outcome {
    let input = read(&text)?;
    let answer = answer(&input);
    let Some(Value::String(v8)) = input.context.get_str("$v8") else {
        return Err("a deviation says under `$v8` what V8 gives".into());
    };
    let first = answer.lines().next().unwrap_or_default();
    // Of an error V8's class counts, not its words.
    let first = first.split_once("Error: ").map_or(first.to_owned(), |(class, _)| format!("{class}Error"));
    if first == v8.to_text() {
        return Err("this gives what V8 gives: it is no deviation any more".into());
    }
    snapshot("deviations", path, &text, &answer);
    Ok(())
}

/// A mistake, and what is said about it, in an ensemble's sense: unknown names are refused.
fn diagnostics(path: &Path, text: String) -> Outcome {
    let input = read(&text)?;
    let scope = scope(&input.context, Undeclared::Refuse);
    let outcome = parse(input.source, scope.declared()).and_then(|expr| compile(&expr, input.source, &scope));
    let Err(faults) = outcome else { return Err("nothing is wrong with it".into()) };
    parsing::check_diagnostics(&faults, input.source);
    snapshot("diagnostics", path, &text, &rendered(&faults, input.source));
    Ok(())
}

/// Mistakes in an ensemble's file.
fn files(path: &Path, text: String) -> Outcome {
    let operations = ["think", "transform", "ensemble"].map(OperationInfo::open);
    let compiled = segue::ensemble::compile(&text, &operations);
    parsing::check_diagnostics(&compiled.diagnostics, &text);
    if compiled.diagnostics.is_empty() {
        return Err("nothing is wrong with it".into());
    }
    snapshot("diagnostics", path, &text, &rendered(&compiled.diagnostics, &text));
    Ok(())
}

/// A whole run, with the components of `examples/`: how it ended, its output, its agents, its trace without times.
fn run(path: &Path, text: String) -> Outcome {
    let input = read(&text)?;
    let components = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/components");
    let engine = Engine::builder().components(DirectorySource::open(&components)?).build();
    let ensemble = engine.load_str("input.yaml", input.source)?;
    let given = |key: &str| input.context.get_str(key).cloned().unwrap_or_default();
    let Value::Number(seed) = given("seed") else { return Err("a run says its `seed`".into()) };
    let mut run = ensemble.run(given("input")).seed(Seed::new(seed as u64)?);
    if let Value::Object(env) = given("env") {
        for (name, value) in env.entries() {
            run = run.env(&*name.to_text(), value.to_json_string().trim_matches('"'));
        }
    }
    let output = match run.blocking() {
        Ok(run) => {
            let agents = run.agents().map(|(name, agent)| {
                let state = if agent.failed() {
                    "failed"
                } else if agent.executed {
                    "done"
                } else {
                    "skipped"
                };
                format!("{name}: {state}, attempts {}, {}", agent.attempts, show::show(&agent.output))
            });
            let trace = run.trace().to_string();
            let steps = trace.lines().map(|line| line.split_once(" ms  ").map_or(line, |(_, step)| step));
            let mut lines = vec![format!("{:?}: {}", run.status(), show::show(run.output()))];
            lines.extend(agents);
            lines.extend(steps.map(str::to_owned));
            lines.join("\n")
        }
        Err(refused) => format!("refused: {refused}"),
    };
    snapshot("run", path, &text, &output);
    Ok(())
}

/// No snapshot without an input, and the deviations are those that the document lists.
fn books(path: &Path) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let kind = path.parent().and_then(Path::file_name).expect("inputs lie in their kind's directory");
    let names = |directory: &Path| -> datatest_stable::Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(directory)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            names.insert(name.split('.').next().unwrap_or_default().to_owned());
        }
        Ok(names)
    };
    let inputs = names(&root.join("tests/inputs").join(kind))?;
    let snapshots = names(&root.join("tests/snapshots").join(kind))?;
    let orphans: Vec<_> = snapshots.difference(&inputs).collect();
    if !orphans.is_empty() {
        return Err(format!("snapshots without an input: {orphans:?}").into());
    }
    if kind == "deviations" {
        let document = fs::read_to_string(root.join("grammar/deviations.md"))?;
        let sections = document.lines().filter_map(|line| line.strip_prefix("### "));
        let sections: BTreeSet<String> = sections.map(str::to_owned).collect();
        if sections != inputs {
            return Err(format!("deviations.md lists {sections:?}, the inputs are {inputs:?}").into());
        }
    }
    Ok(())
}

datatest_stable::harness! {
    { test = tokens, root = "tests/inputs/tokens", pattern = r"\.expr$" },
    { test = ast, root = "tests/inputs/ast", pattern = r"\.expr$" },
    { test = bytecode, root = "tests/inputs/bytecode", pattern = r"\.expr$" },
    { test = eval, root = "tests/inputs/eval", pattern = r"\.expr$" },
    { test = limits, root = "tests/inputs/limits", pattern = r"\.expr$" },
    { test = deviations, root = "tests/inputs/deviations", pattern = r"\.expr$" },
    { test = diagnostics, root = "tests/inputs/diagnostics", pattern = r"\.expr$" },
    { test = files, root = "tests/inputs/diagnostics", pattern = r"\.yaml$" },
    { test = run, root = "tests/inputs/run", pattern = r"\.yaml$" },
    // Once a kind, at an input that it has.
    { test = books, root = "tests/inputs", pattern = r"/(first\.expr|array-holes\.expr|canary-new\.yaml)$" },
}
