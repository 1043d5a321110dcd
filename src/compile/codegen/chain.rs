//! Members, indices and calls, and the short circuit of `?.`.

use super::{Codegen, Resolved};
use crate::builtins;
use crate::bytecode::{Addr, CallIdx, Callee, CaptureSource, Key, LocalIdx, Op};
use crate::compile::names::constant_key;
use crate::compile::scope::Meaning;
use crate::syntax::Span;
use crate::syntax::ast::{Chain, Element, Expr, ExprKind, Link, LinkKind};
use crate::value::{Native, Str, Value};

impl Codegen<'_> {
    pub(super) fn chain(&mut self, chain: &Chain, span: Span) {
        let mut exits = Vec::new();
        let mut at = self.base(chain, span);
        let whole = |link: &Link| Span { start: span.start, end: link.span.end };
        while let Some(link) = chain.links.get(at) {
            if link.optional {
                exits.push(self.jump(Op::JumpIfNullish, link.span));
            }
            let call = chain.links.get(at + 1).and_then(|next| match &next.kind {
                LinkKind::Call(arguments) => Some((arguments.as_slice(), next)),
                LinkKind::Member(..) | LinkKind::Index(_) => None,
            });
            match (&link.kind, call) {
                (LinkKind::Call(arguments), _) => {
                    let callee = Span { start: span.start, end: link.span.start };
                    self.call_value(arguments, callee, whole(link));
                }
                (LinkKind::Member(name, _), Some((arguments, next))) => {
                    let name = Str::from(&**name);
                    let callee = whole(link);
                    if next.optional {
                        let receiver = self.store_temporary(callee);
                        self.emit(Op::Local(receiver), callee);
                        let key = self.tables.key(name.clone(), callee);
                        self.emit(Op::Member(key), callee);
                        exits.push(self.jump(Op::JumpIfNullish, next.span));
                        self.emit(Op::Local(receiver), callee);
                    } else if !self.all_harmless(arguments) {
                        // Nothing has no methods, and that is said before an argument can throw.
                        let receiver = self.store_temporary(callee);
                        self.emit(Op::Local(receiver), callee);
                        let key = self.tables.key(name.clone(), callee);
                        self.emit(Op::Member(key), callee);
                        self.emit(Op::Local(receiver), callee);
                    }
                    let call = self.tables.method(name, callee);
                    self.call_method(call, arguments, whole(next));
                    at += 1;
                }
                (LinkKind::Index(key), Some((arguments, next))) => {
                    self.call_indexed(key, arguments, next, whole(link), &mut exits);
                    at += 1;
                }
                (LinkKind::Member(name, _), None) => {
                    let key = self.tables.key(Str::from(&**name), whole(link));
                    self.emit(Op::Member(key), whole(link));
                }
                (LinkKind::Index(key), None) => match &key.kind {
                    ExprKind::String(text) => {
                        let key = self.tables.key(super::str_of(text), whole(link));
                        self.emit(Op::Member(key), whole(link));
                    }
                    _ => self.index(key, whole(link)),
                },
            }
            at += 1;
        }
        self.land_all(&exits);
    }

    /// Makes the base, with as many links as can be had with it; how many links that were.
    fn base(&mut self, chain: &Chain, span: Span) -> usize {
        if let Some(taken) = self.parenthesised_method(chain, span) {
            return taken;
        }
        let ExprKind::Name(name) = &chain.base.kind else {
            self.expression(&chain.base);
            return 0;
        };
        if self.find(name, self.frames.len() - 1).is_none()
            && let Some(Meaning::Group(group)) = self.scope.meaning(name)
        {
            let key = chain.links.first().and_then(constant_key);
            let slot = key.and_then(|(key, _)| group.members.get(key)).copied();
            let root = self.find_slot(slot.expect("names were checked"));
            return self.path(root, chain, 1, span);
        }
        match self.resolve(name) {
            Resolved::Stored(root) => self.path(root, chain, 0, span),
            Resolved::Value(Value::Native(native)) => self.built_in(native, chain, span),
            _ => {
                self.name(name, chain.base.span);
                0
            }
        }
    }

    /// `(a.b)(c)`: parentheses do not part a method from its receiver. The links taken, if it is one.
    fn parenthesised_method(&mut self, chain: &Chain, span: Span) -> Option<usize> {
        let mut base = &*chain.base;
        let ExprKind::Paren(_) = base.kind else { return None };
        while let ExprKind::Paren(inner) = &base.kind {
            base = inner;
        }
        let [call @ Link { kind: LinkKind::Call(_), .. }, ..] = chain.links.as_slice() else { return None };
        let ExprKind::Chain(inner) = &base.kind else { return None };
        let (method, before) = inner.links.split_last()?;
        if matches!(method.kind, LinkKind::Call(_)) {
            return None;
        }
        if call.optional {
            // What ends the inner chain early gives undefined, and that ends the outer one here: they are one chain.
            let links = inner.links.iter().chain(&chain.links).cloned().collect();
            self.chain(&Chain { base: inner.base.clone(), links }, span);
            return Some(chain.links.len());
        }
        if inner.links.iter().all(|link| !link.optional) {
            let links = inner.links.iter().chain([call]).cloned().collect();
            self.chain(&Chain { base: inner.base.clone(), links }, span);
            return Some(1);
        }
        // What ends the inner chain early ends it before the call, which then has nothing to call.
        let receiver = match before {
            [] => (*inner.base).clone(),
            [.., last] => {
                let kind = ExprKind::Chain(Chain { base: inner.base.clone(), links: before.to_vec() });
                Expr { kind, span: Span { start: base.span.start, end: last.span.end } }
            }
        };
        let receiver = Expr { span: receiver.span, kind: ExprKind::Paren(Box::new(receiver)) };
        let links = vec![Link { optional: false, ..method.clone() }, call.clone()];
        let span = Span { start: base.span.start, end: call.span.end };
        self.chain(&Chain { base: Box::new(receiver), links }, span);
        Some(1)
    }

    /// A stored value and the constant keys read from it, as one instruction. Links before `from` are done with.
    fn path(&mut self, root: CaptureSource, chain: &Chain, from: usize, span: Span) -> usize {
        let mut keys = Vec::new();
        let mut taken = from;
        for (at, link) in chain.links.iter().enumerate().skip(from) {
            let is_called = matches!(chain.links.get(at + 1), Some(Link { kind: LinkKind::Call(_), .. }));
            if link.optional || is_called {
                break;
            }
            let name = match &link.kind {
                LinkKind::Member(name, _) => Str::from(&**name),
                LinkKind::Index(Expr { kind: ExprKind::String(text), .. }) => super::str_of(text),
                LinkKind::Index(_) | LinkKind::Call(_) => break,
            };
            keys.push(Key::new(name, Span { start: span.start, end: link.span.end }));
            taken = at + 1;
        }
        let end = chain.links[..taken].last().map_or(chain.base.span.end, |link| link.span.end);
        let place = Span { start: span.start, end };
        if keys.is_empty() {
            self.load(root, place);
        } else {
            let path = self.tables.path(root, keys);
            self.emit(Op::Path(path), place);
        }
        taken
    }

    /// `Math.PI`, `Math.max(a, b)`, `parseInt(x)`: what nothing can shadow is resolved here.
    fn built_in(&mut self, native: &'static Native, chain: &Chain, span: Span) -> usize {
        let call_at = |at: usize| match chain.links.get(at) {
            Some(Link { kind: LinkKind::Call(arguments), optional: false, span }) => {
                Some((arguments.as_slice(), *span))
            }
            _ => None,
        };
        if let Some((arguments, place)) = call_at(0).filter(|_| !native.is_namespace) {
            self.call_native(native, arguments, Span { start: span.start, end: place.end });
            return 1;
        }
        if let Some(Link { kind: LinkKind::Member(name, _), span: place, .. }) = chain.links.first()
            && let Some(member) = builtins::static_member(native, &Str::from(&**name))
        {
            if let (Value::Native(method), Some((arguments, call))) = (&member, call_at(1))
                && !method.is_namespace
            {
                self.call_native(method, arguments, Span { start: span.start, end: call.end });
                return 2;
            }
            if !matches!(chain.links.get(1), Some(Link { kind: LinkKind::Call(_), .. })) {
                self.constant(member, Span { start: span.start, end: place.end });
                return 1;
            }
        }
        self.constant(Value::Native(native), chain.base.span);
        0
    }

    fn call_native(&mut self, native: &'static Native, arguments: &[Element], span: Span) {
        if native.name == "Math.random" && arguments.is_empty() {
            self.tables.note_draw();
            self.emit(Op::Random, span);
            return;
        }
        if native.name == "Math.random" {
            self.tables.note_draw();
        }
        let call = self.tables.native(native, span);
        if has_spread(arguments) {
            self.list(arguments, span);
            self.emit(Op::CallNativeSpread(call), span);
        } else {
            let count = self.push_arguments(arguments);
            self.emit(Op::CallNative(call, count), span);
        }
    }

    /// Calls what is in the accumulator.
    fn call_value(&mut self, arguments: &[Element], callee: Span, span: Span) {
        let call = self.tables.call(Callee::Value, callee);
        self.emit(Op::Push, callee);
        if has_spread(arguments) {
            self.list(arguments, span);
            self.emit(Op::CallSpread(call), span);
        } else {
            let count = self.push_arguments(arguments);
            self.emit(Op::Call(call, count), span);
        }
    }

    /// Calls a method of what is in the accumulator.
    fn call_method(&mut self, call: CallIdx, arguments: &[Element], span: Span) {
        self.emit(Op::Push, span);
        if has_spread(arguments) {
            self.list(arguments, span);
            self.emit(Op::CallMethodSpread(call), span);
        } else {
            let count = self.push_arguments(arguments);
            self.emit(Op::CallMethod(call, count), span);
        }
    }

    /// `receiver[key](arguments)`; the receiver is in the accumulator.
    fn call_indexed(
        &mut self,
        key: &Expr,
        arguments: &[Element],
        call: &Link,
        callee: Span,
        exits: &mut Vec<Addr>,
    ) {
        let span = Span { start: callee.start, end: call.span.end };
        let site = self.tables.call(Callee::Indexed, callee);
        if call.optional {
            let receiver = self.store_temporary(callee);
            self.expression(key);
            self.emit(Op::ToKey, key.span);
            let name = self.store_temporary(callee);
            self.emit(Op::Local(receiver), callee);
            self.emit(Op::Index(crate::bytecode::Source::Local(name)), callee);
            exits.push(self.jump(Op::JumpIfNullish, call.span));
            self.emit(Op::Local(receiver), callee);
            self.emit(Op::Push, callee);
            self.emit(Op::Local(name), callee);
        } else if self.all_harmless(arguments) {
            self.emit(Op::Push, callee);
            self.expression(key);
        } else {
            let receiver = self.store_temporary(callee);
            self.expression(key);
            let name = self.store_temporary(callee);
            self.emit(Op::Local(receiver), callee);
            self.emit(Op::Index(crate::bytecode::Source::Local(name)), callee);
            self.emit(Op::Local(receiver), callee);
            self.emit(Op::Push, callee);
            self.emit(Op::Local(name), callee);
        }
        self.emit(Op::Push, callee);
        if has_spread(arguments) {
            self.list(arguments, span);
            self.emit(Op::CallIndexedSpread(site), span);
        } else {
            let count = self.push_arguments(arguments);
            self.emit(Op::CallIndexed(site, count), span);
        }
    }

    /// Whether evaluating these arguments can throw at most what a call without a receiver throws, a `TypeError`.
    fn all_harmless(&mut self, arguments: &[Element]) -> bool {
        arguments.iter().all(|argument| match argument {
            Element::Item(expr) => self.is_harmless(expr),
            Element::Spread(_) => false,
        })
    }

    fn is_harmless(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => true,
            ExprKind::Regex(_) | ExprKind::Arrow(_) => true,
            ExprKind::Name(name) => {
                !matches!(self.resolve(name), Resolved::Undeclared | Resolved::NotReady | Resolved::Late(_))
            }
            ExprKind::Paren(inner) => self.is_harmless(inner),
            ExprKind::Array(items) => self.all_harmless(items),
            ExprKind::Chain(chain) => {
                let is_member = |link: &Link| matches!(link.kind, LinkKind::Member(..));
                let is_group = matches!(&chain.base.kind, ExprKind::Name(name)
                    if matches!(self.scope.meaning(name), Some(Meaning::Group(_))));
                chain.links.iter().all(is_member) && (is_group || self.is_harmless(&chain.base))
            }
            ExprKind::Template(_) | ExprKind::Object(_) | ExprKind::Unary(..) | ExprKind::Binary(_) => false,
            ExprKind::Conditional(_) => false,
        }
    }

    /// Keeps the accumulator in a local of its own.
    pub(super) fn store_temporary(&mut self, span: Span) -> LocalIdx {
        let local = self.builder().new_local();
        self.emit(Op::Store(local), span);
        local
    }

    /// Pushes arguments that have no spread among them; how many.
    pub(super) fn push_arguments(&mut self, arguments: &[Element]) -> u32 {
        for argument in arguments {
            if let Element::Item(expr) = argument {
                self.expression(expr);
                self.emit(Op::Push, expr.span);
            }
        }
        u32::try_from(arguments.len()).expect("a text of at most 4 GiB has fewer arguments")
    }

    fn list(&mut self, elements: &[Element], span: Span) {
        self.emit(Op::ListBegin, span);
        self.list_elements(elements);
    }

    /// Appends elements to the list that was begun.
    pub(super) fn list_elements(&mut self, elements: &[Element]) {
        for element in elements {
            match element {
                Element::Item(expr) => {
                    self.expression(expr);
                    self.emit(Op::ListPush, expr.span);
                }
                Element::Spread(expr) => {
                    self.expression(expr);
                    self.emit(Op::ListSpread, expr.span);
                }
            }
        }
    }
}

/// Whether any element is spread.
pub(super) fn has_spread(elements: &[Element]) -> bool {
    elements.iter().any(|element| matches!(element, Element::Spread(_)))
}
