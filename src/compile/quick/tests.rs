use crate::bytecode::{CaptureSource, Code, Operation, Operator, QUICK_DEPTH, QuickBody, Term};
use crate::compile::{Scope, Undeclared, compile};
use crate::syntax::parse;
use pretty_assertions::assert_eq;

/// The quick code of an expression over `a`, `b`, `c`, written with every operator in parentheses.
fn tree(source: &str) -> Option<String> {
    let mut scope = Scope::new(Undeclared::Refuse);
    for (slot, name) in (0..).zip(["a", "b", "c"]) {
        scope.variable(name, slot);
    }
    scope.finish();
    let expr = parse(source, scope.declared()).expect("it parses");
    let program = compile(&expr, source, &scope).expect("it compiles");
    let code = program.code();
    Some(match &code.main().quick.as_ref()?.body {
        QuickBody::Value(term) => shown(term, code),
        QuickBody::Text(parts) => parts.iter().map(|part| shown(part, code)).collect::<Vec<_>>().join(" ~ "),
    })
}

fn shown(term: &Term, code: &Code) -> String {
    match term {
        Term::Number(number) => number.to_string(),
        Term::Const(index) => code.constants[index.get()].to_json_string(),
        Term::Variable(slot) => ["a", "b", "c"][slot.get()].to_owned(),
        Term::Local(local) => local.to_string(),
        Term::Capture(capture) => capture.to_string(),
        Term::Path(path) | Term::Length(path) => {
            let root = match path.root {
                CaptureSource::Variable(slot) => ["a", "b", "c"][slot.get()],
                CaptureSource::Local(_) | CaptureSource::Capture(_) => "?",
            };
            let keys = path.keys.iter().map(|key| format!(".{}", key.name.to_text()));
            let mark = if matches!(term, Term::Length(_)) { "#" } else { "" };
            format!("{mark}{root}{}", keys.collect::<String>())
        }
        Term::Random => "random".to_owned(),
        Term::Draw => "draw".to_owned(),
        Term::Operation(operation) | Term::Choice(operation) => {
            let Operation { operator, left, right, otherwise } = &**operation;
            let [left, right, otherwise] = [left, right, otherwise].map(|term| shown(term, code));
            match operator {
                Operator::Not | Operator::Minus => format!("({operator:?} {left})"),
                Operator::Choose => format!("(Choose {left} {right} {otherwise})"),
                _ => format!("({operator:?} {left} {right})"),
            }
        }
    }
}

#[test]
fn operators_are_found_again_in_their_instructions() {
    for (source, expected) in [
        ("a.x % 2 === 0", "(StrictEqual (Remainder a.x 2) 0)"),
        ("a.x || b.x || 'none'", "(Or a.x (Or b.x \"none\"))"),
        ("a && b && c", "(And a (And b c))"),
        ("(a && b) || c", "(Or (And a b) c)"),
        ("a ?? b.x", "(Coalesce a b.x)"),
        ("a ? b : c", "(Choose a b c)"),
        ("a ? b : b ? c : 1", "(Choose a b (Choose b c 1))"),
        ("a ? b ? 1 : 2 : c", "(Choose a (Choose b 1 2) c)"),
        ("(a && b) ? 1 : 2", "(Choose (And a b) 1 2)"),
        ("a && (b ? 1 : 2)", "(And a (Choose b 1 2))"),
        ("a ? b && c : b || c", "(Choose a (And b c) (Or b c))"),
        ("!(a ? b : c) && -a.x < 3", "(And (Not (Choose a b c)) (Less (Minus a.x) 3))"),
        (
            "(a.x * 2 + b.x) / (c.x - 1) ** 2",
            "(Divide (Add (Multiply a.x 2) b.x) (Exponent (Subtract c.x 1) 2))",
        ),
        ("a.x + (b || c.x) * 2", "(Add a.x (Multiply (Or b c.x) 2))"),
        ("Math.random() * 100 < a.share", "(Less (Multiply random 100) a.share)"),
        ("a.items.length > 3", "(Greater #a.items.length 3)"),
        (
            "`Hello ${a.name}, ${b ? 'yes' : 'no'}`",
            "\"Hello \" ~ a.name ~ \", \" ~ (Choose b \"yes\" \"no\")",
        ),
    ] {
        assert_eq!(tree(source).as_deref(), Some(expected), "{source}");
    }
}

#[test]
fn what_calls_or_makes_anything_has_no_quick_code() {
    for source in ["a.x()", "[a]", "{x: a}.x", "a.map(x => x)", "a?.x", "a[b]", "typeof a", "a in b", "a | 0"]
    {
        assert_eq!(tree(source), None, "{source}");
    }
}

#[test]
fn deep_expressions_have_no_quick_code() {
    let nested = |depth: usize| format!("{}a.x{}", "(1 - ".repeat(depth), ")".repeat(depth));
    assert!(tree(&nested(QUICK_DEPTH)).is_some());
    assert_eq!(tree(&nested(QUICK_DEPTH + 1)), None);
    let row = |count: usize| vec!["a"; count].join(" && ");
    assert!(tree(&row(QUICK_DEPTH)).is_some());
    assert_eq!(tree(&row(100_000)), None);
    assert_eq!(tree(&vec!["a.x"; 100_000].join(" + ")), None);
}
