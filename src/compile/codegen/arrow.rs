//! Arrow functions: parameters with patterns and defaults, and what is captured.

use super::{Binding, Codegen, str_of};
use crate::bytecode::{LocalIdx, Op, Source};
use crate::compile::builder::FunctionShape;
use crate::syntax::Span;
use crate::syntax::ast::{Arrow, Name, Parameter, Pattern, PatternKind, PropertyKey};
use crate::value::{Str, Value};

impl Codegen<'_> {
    pub(super) fn arrow(&mut self, arrow: &Arrow, name: Str, span: Span) {
        self.enter();
        let parameters =
            u32::try_from(arrow.params.len()).expect("a text of at most 4 GiB has fewer parameters");
        let arguments: Vec<LocalIdx> = arrow.params.iter().map(|_| self.builder().new_local()).collect();
        let rest = arrow.rest.as_ref().map(|rest| (rest, self.builder().new_local()));
        for (parameter, local) in arrow.params.iter().zip(&arguments) {
            self.declare(&parameter.pattern, *local);
        }
        if let Some((pattern, local)) = rest {
            self.declare(pattern, local);
        }
        for (parameter, local) in arrow.params.iter().zip(&arguments) {
            self.parameter(parameter, *local);
        }
        if let Some((pattern, local)) = rest {
            self.bind(pattern, local);
        }
        self.expression(&arrow.body);
        let has_default = |parameter: &Parameter| parameter.default.is_some();
        let before_default = arrow.params.iter().position(has_default).unwrap_or(arrow.params.len());
        let length = u32::try_from(before_default).expect("it is at most the parameters");
        let shape = FunctionShape { parameters, has_rest: arrow.rest.is_some(), name, length, span };
        let function = self.leave(shape, arrow.body.span);
        self.emit(Op::Closure(function), span);
    }

    /// Makes the names of a pattern known, without a value so far. A plain name is the argument itself.
    fn declare(&mut self, pattern: &Pattern, argument: LocalIdx) {
        match &pattern.kind {
            PatternKind::Name(name) => self.add_binding(name, argument),
            PatternKind::Array { items, rest } => {
                for item in items.iter().flatten() {
                    self.declare_part(&item.pattern);
                }
                if let Some(rest) = rest {
                    self.declare_part(rest);
                }
            }
            PatternKind::Object { properties, rest } => {
                for (_, parameter) in properties {
                    self.declare_part(&parameter.pattern);
                }
                if let Some((name, _)) = rest {
                    let local = self.builder().new_local();
                    self.add_binding(name, local);
                }
            }
        }
    }

    fn declare_part(&mut self, pattern: &Pattern) {
        let local = match pattern.kind {
            PatternKind::Name(_) => self.builder().new_local(),
            // Its own names get locals; this one is never used.
            PatternKind::Array { .. } | PatternKind::Object { .. } => LocalIdx(u32::MAX),
        };
        self.declare(pattern, local);
    }

    fn add_binding(&mut self, name: &Name, local: LocalIdx) {
        let frame = self.frames.last_mut().expect("an arrow function has entered its frame");
        frame.bindings.push(Binding { name: name.clone(), local, is_ready: false, cell: None });
    }

    /// Where the value of a name lies.
    fn place(&mut self, name: &str) -> LocalIdx {
        self.binding(name).local
    }

    /// Marks a name as having its value; who captured it earlier gets it now.
    fn ready(&mut self, name: &str, span: Span) {
        let binding = self.binding(name);
        binding.is_ready = true;
        let (local, cell) = (binding.local, binding.cell);
        if let Some(cell) = cell {
            self.emit(Op::Local(local), span);
            self.emit(Op::SetLate(cell), span);
        }
    }

    fn binding(&mut self, name: &str) -> &mut Binding {
        let frame = self.frames.last_mut().expect("an arrow function has entered its frame");
        let binding = frame.bindings.iter_mut().find(|binding| *binding.name == *name);
        binding.expect("every name of a pattern is declared first")
    }

    /// An argument in `local`: its default where it is undefined, then what its pattern binds.
    fn parameter(&mut self, parameter: &Parameter, local: LocalIdx) {
        if let Some(default) = &parameter.default {
            self.emit(Op::Local(local), parameter.pattern.span);
            let given = self.jump(Op::JumpIfDefined, parameter.pattern.span);
            self.named_expression(default, pattern_name(&parameter.pattern));
            self.emit(Op::Store(local), default.span);
            self.builder().land(given);
        }
        self.bind(&parameter.pattern, local);
    }

    /// Takes apart the value in `local`.
    fn bind(&mut self, pattern: &Pattern, local: LocalIdx) {
        match &pattern.kind {
            PatternKind::Name(name) => {
                let place = self.place(name);
                if place != local {
                    self.emit(Op::Local(local), pattern.span);
                    self.emit(Op::Store(place), pattern.span);
                }
                self.ready(name, pattern.span);
            }
            PatternKind::Array { items, rest } => {
                self.emit(Op::Local(local), pattern.span);
                self.emit(Op::Iterate, pattern.span);
                let array = self.store_temporary(pattern.span);
                for (at, item) in (0_u32..).zip(items) {
                    let Some(item) = item else { continue };
                    self.emit(Op::Local(array), item.pattern.span);
                    self.emit(Op::Item(at), item.pattern.span);
                    self.part(item);
                }
                if let Some(rest) = rest {
                    let from = u32::try_from(items.len()).expect("a text of at most 4 GiB has fewer items");
                    self.emit(Op::Local(array), rest.span);
                    self.emit(Op::ItemsFrom(from), rest.span);
                    let local = self.part_local(rest);
                    self.emit(Op::Store(local), rest.span);
                    self.bind(rest, local);
                }
            }
            PatternKind::Object { properties, rest } => {
                self.bind_object(properties, rest.as_ref(), local, pattern.span)
            }
        }
    }

    fn bind_object(
        &mut self,
        properties: &[(PropertyKey, Parameter)],
        rest: Option<&(Name, Span)>,
        local: LocalIdx,
        span: Span,
    ) {
        self.emit(Op::Local(local), span);
        self.emit(Op::CheckPattern, span);
        let mut taken: Vec<Source> = Vec::new();
        for (key, parameter) in properties {
            match key {
                PropertyKey::Static(text, place) => {
                    let name = str_of(text);
                    taken.push(Source::Const(self.tables.constant(Value::String(name.clone()))));
                    self.emit(Op::Local(local), *place);
                    let key = self.tables.key(name, *place);
                    self.emit(Op::Member(key), *place);
                }
                PropertyKey::Computed(expr) => {
                    self.expression(expr);
                    self.emit(Op::ToKey, expr.span);
                    let key = self.store_temporary(expr.span);
                    taken.push(Source::Local(key));
                    self.emit(Op::Local(local), expr.span);
                    self.emit(Op::Index(Source::Local(key)), expr.span);
                }
            }
            self.part(parameter);
        }
        let Some((name, place)) = rest else { return };
        for key in &taken {
            match *key {
                Source::Const(index) => self.emit(Op::Const(index), *place),
                Source::Local(local) => self.emit(Op::Local(local), *place),
                Source::Stack | Source::Path(_) => unreachable!("keys are constants or locals"),
            };
            self.emit(Op::Push, *place);
        }
        self.emit(Op::Local(local), *place);
        let count = u32::try_from(taken.len()).expect("a text of at most 4 GiB has fewer keys");
        self.emit(Op::ObjectRest(count), *place);
        let local = self.place(name);
        self.emit(Op::Store(local), *place);
        self.ready(name, *place);
    }

    /// A part of a pattern; its value is in the accumulator.
    fn part(&mut self, parameter: &Parameter) {
        let span = parameter.pattern.span;
        if let Some(default) = &parameter.default {
            let given = self.jump(Op::JumpIfDefined, span);
            self.named_expression(default, pattern_name(&parameter.pattern));
            self.builder().land(given);
        }
        let local = self.part_local(&parameter.pattern);
        self.emit(Op::Store(local), span);
        self.bind(&parameter.pattern, local);
    }

    /// Where the value of a part goes: a name's own place, or a new one to be taken apart.
    fn part_local(&mut self, pattern: &Pattern) -> LocalIdx {
        match &pattern.kind {
            PatternKind::Name(name) => self.place(name),
            PatternKind::Array { .. } | PatternKind::Object { .. } => self.builder().new_local(),
        }
    }
}

/// The name that a pattern gives to a function that is its default.
fn pattern_name(pattern: &Pattern) -> Str {
    match &pattern.kind {
        PatternKind::Name(name) => Str::from(&**name),
        PatternKind::Array { .. } | PatternKind::Object { .. } => Str::EMPTY,
    }
}
