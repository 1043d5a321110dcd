//! Programs as text: what `:bytecode` and the snapshots show.

use super::{
    Callee, Capture, CaptureSource, Code, ConstIdx, Function, FunctionIdx, KeyIdx, Op, PathIdx, Source,
};
use crate::value::{Value, json};
use std::fmt::Write;

/// How much of a source text or constant is shown.
const SHOWN: usize = 40;

pub(super) fn disassemble(code: &Code) -> String {
    let mut out = String::new();
    for (index, function) in code.functions.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        heading(code, FunctionIdx::after(index), function, &mut out);
        for (at, op) in function.ops.iter().enumerate() {
            let operands = operands(code, op);
            let source = cut(&code.source[function.spans[at].range()]);
            let line = format!("{at:04}  {:<15} {operands}", op.mnemonic());
            writeln!(out, "{:<52} │ {source}", line.trim_end()).expect("a String takes everything");
        }
    }
    out
}

fn heading(code: &Code, index: FunctionIdx, function: &Function, out: &mut String) {
    if index.0 == 0 {
        return;
    }
    write!(out, "{index} `{}`", cut(&code.source[function.span.range()])).expect("a String takes everything");
    for (at, capture) in function.captures.iter().enumerate() {
        write!(out, "{} x{at} = {}", if at == 0 { " captures" } else { "," }, captured(*capture))
            .expect("a String takes everything");
    }
    out.push('\n');
}

fn operands(code: &Code, op: &Op) -> String {
    match *op {
        Op::Const(index) | Op::Regex(index) | Op::Throw(index) | Op::Late(index) => constant(code, index),
        Op::Variable(slot) => slot.to_string(),
        Op::Local(local) | Op::Store(local) | Op::SetLate(local) => local.to_string(),
        Op::Capture(capture) => capture.to_string(),
        Op::Path(index) => path(code, index),
        Op::Closure(function) => function.to_string(),
        Op::Member(index) | Op::ObjectSet(index) => key(code, index),
        Op::JumpIfNullish(to)
        | Op::Jump(to)
        | Op::JumpIfFalse(to)
        | Op::JumpIfTrue(to)
        | Op::JumpIfPresent(to)
        | Op::JumpIfDefined(to) => format!("@{:04}", to.0),
        Op::Index(right)
        | Op::BitOr(right)
        | Op::BitXor(right)
        | Op::BitAnd(right)
        | Op::Equal(right)
        | Op::NotEqual(right)
        | Op::StrictEqual(right)
        | Op::StrictNotEqual(right)
        | Op::Less(right)
        | Op::LessEqual(right)
        | Op::Greater(right)
        | Op::GreaterEqual(right)
        | Op::In(right)
        | Op::ShiftLeft(right)
        | Op::ShiftRight(right)
        | Op::ShiftRightUnsigned(right)
        | Op::Add(right)
        | Op::Subtract(right)
        | Op::Multiply(right)
        | Op::Divide(right)
        | Op::Remainder(right)
        | Op::Exponent(right) => source(code, right),
        Op::Call(call, count)
        | Op::CallMethod(call, count)
        | Op::CallIndexed(call, count)
        | Op::CallNative(call, count) => format!("{}/{count}", callee(&code.calls[call.get()].callee)),
        Op::CallSpread(call)
        | Op::CallMethodSpread(call)
        | Op::CallIndexedSpread(call)
        | Op::CallNativeSpread(call) => format!("{}/…", callee(&code.calls[call.get()].callee)),
        Op::Pipeline(index) => format!("@{:04}", code.pipelines[index.get()].exit.0),
        Op::Array(count)
        | Op::Concat(count)
        | Op::Join(_, count)
        | Op::Item(count)
        | Op::ItemsFrom(count)
        | Op::ObjectRest(count) => count.to_string(),
        Op::Object(shape, _) => {
            let keys: Vec<String> = code.shapes[shape.get()].keys().iter().map(ToString::to_string).collect();
            cut(&format!("{{{}}}", keys.join(", ")))
        }
        Op::Random | Op::Draw | Op::Push | Op::Return | Op::Not | Op::BitNot | Op::Plus | Op::Minus => {
            String::new()
        }
        Op::Typeof | Op::ToKey | Op::Iterate | Op::CheckPattern => String::new(),
        Op::ListBegin | Op::ListPush | Op::ListSpread | Op::ListEnd => String::new(),
        Op::NameFunction | Op::ObjectBegin | Op::ObjectSetComputed | Op::ObjectSpread | Op::ObjectEnd => {
            String::new()
        }
    }
}

fn source(code: &Code, right: Source) -> String {
    match right {
        Source::Stack => "pop".to_owned(),
        Source::Const(index) => constant(code, index),
        Source::Path(index) => path(code, index),
        Source::Local(local) => local.to_string(),
    }
}

fn constant(code: &Code, index: ConstIdx) -> String {
    format!("{index} = {}", cut(&show(&code.constants[index.get()])))
}

fn key(code: &Code, index: KeyIdx) -> String {
    cut(&code.keys[index.get()].name.to_text())
}

fn path(code: &Code, index: PathIdx) -> String {
    let path = &code.paths[index.get()];
    let keys: Vec<_> = path.keys.iter().map(|key| key.name.to_text()).collect();
    cut(&format!("{}.{}", root(path.root), keys.join(".")))
}

fn root(source: CaptureSource) -> String {
    match source {
        CaptureSource::Variable(slot) => slot.to_string(),
        CaptureSource::Local(local) => local.to_string(),
        CaptureSource::Capture(capture) => capture.to_string(),
    }
}

fn captured(capture: Capture) -> String {
    match capture {
        Capture::Value(source) => root(source),
        Capture::Late(local) => format!("the cell in {local}"),
    }
}

fn callee(callee: &Callee) -> String {
    match callee {
        Callee::Value => "function".to_owned(),
        Callee::Method(key, _) => key.name.to_string(),
        Callee::Indexed => "[…]".to_owned(),
        Callee::Native(native) => native.name.to_owned(),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Undefined => "undefined".to_owned(),
        Value::Number(number) => crate::value::number::to_js_string(*number).to_string(),
        Value::Native(native) => native.name.to_owned(),
        Value::Regex(regex) => format!("/{}/{}", regex.pattern(), regex.flags()),
        Value::String(text) => {
            let mut quoted = crate::value::StrBuilder::new();
            json::quote(text, &mut quoted);
            quoted.into_text()
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => value.to_json_string(),
        Value::Closure(_) => "function".to_owned(),
    }
}

/// One line, cut where it is too long.
fn cut(text: &str) -> String {
    let mut line: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.len() < text.len() {
        line.push('…');
    }
    line
}
