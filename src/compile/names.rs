//! Finds every fault of a name or filter before code is made.
//!
//! One walk over the tree with the arrow parameters in scope at each place. What it accepts, code generation can
//! resolve without failing.

use super::params;
use super::scope::Meaning;
use super::{Scope, Undeclared};
use crate::builtins;
use crate::syntax::ast::{
    Arrow, BinaryTail, Chain, Element, Expr, ExprKind, Link, LinkKind, Name, Property, PropertyKey, Text,
};
use crate::syntax::{BinaryOp, Diagnostic, Span, neighbour};
use crate::value::{Native, Value};

/// All faults of names and filters in `expr`, in the order of the text.
pub(super) fn check(expr: &Expr, text: &str, scope: &Scope) -> Vec<Diagnostic> {
    let mut checker = Checker { text, scope, params: Vec::new(), covered: 0, faults: Vec::new() };
    checker.expr(expr);
    checker.faults
}

/// What stands for a filter.
#[derive(Clone, Copy, Debug)]
pub(super) enum Filter<'s> {
    /// A filter of the language.
    BuiltIn(&'static Native),
    /// A function of the host's, which takes the value as its first argument.
    Host(&'s Value),
}

impl<'s> Filter<'s> {
    /// The filter of that name.
    pub(super) fn named(name: &str, scope: &'s Scope) -> Option<Self> {
        let host = || scope.extensions().filter(name).map(Self::Host);
        builtins::filter(name).map(Self::BuiltIn).or_else(host)
    }
}

/// The filter that the right side of a `|` names, with its arguments: `upper`, `default('x')`. A variable wins.
pub(super) fn filter<'e, 's>(
    op: BinaryOp,
    operand: &'e Expr,
    scope: &'s Scope,
    is_parameter: impl Fn(&str) -> bool,
) -> Option<(Filter<'s>, &'e [Element])> {
    if op != BinaryOp::BitOr {
        return None;
    }
    let (name, arguments): (&Name, &'e [Element]) = match &operand.kind {
        ExprKind::Name(name) => (name, &[]),
        ExprKind::Chain(Chain { base, links }) => match (&base.kind, links.as_slice()) {
            (ExprKind::Name(name), [Link { kind: LinkKind::Call(arguments), optional: false, .. }]) => {
                (name, arguments)
            }
            _ => return None,
        },
        _ => return None,
    };
    if is_parameter(name) || scope.hides_filter(name) {
        return None;
    }
    Some((Filter::named(name, scope)?, arguments))
}

/// The constant key of a link: `.name`, `['name']`, with its place.
pub(super) fn constant_key(link: &Link) -> Option<(&str, Span)> {
    match &link.kind {
        LinkKind::Member(name, span) => Some((name, *span)),
        LinkKind::Index(Expr { kind: ExprKind::String(Text::Utf8(text)), span }) => Some((text, *span)),
        LinkKind::Index(_) | LinkKind::Call(_) => None,
    }
}

pub(super) struct Checker<'c> {
    text: &'c str,
    pub(super) scope: &'c Scope,
    /// Arrow parameters in scope, innermost last.
    params: Vec<&'c str>,
    /// What ends before it is part of a fault already.
    pub(super) covered: u32,
    pub(super) faults: Vec<Diagnostic>,
}

impl<'c> Checker<'c> {
    fn is_variable(&self, name: &str) -> bool {
        self.params.contains(&name) || self.scope.meaning(name).is_some() || self.scope.is_draw(name)
    }

    fn is_known(&self, name: &str) -> bool {
        self.is_variable(name) || builtins::global(name).is_some()
    }

    fn expr(&mut self, expr: &'c Expr) {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
            ExprKind::Regex(literal) => {
                if let Err(fault) = crate::builtins::regex::validate(&literal.pattern, &literal.flags) {
                    let title = fault.replacen("Invalid", "invalid", 1);
                    self.faults.push(Diagnostic::error("invalid-regex", title, expr.span));
                }
            }
            ExprKind::Template(template) => template.holes.iter().for_each(|hole| self.expr(hole)),
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Array(items) => self.elements(items),
            ExprKind::Object(properties) => properties.iter().for_each(|property| self.property(property)),
            ExprKind::Paren(inner) => self.expr(inner),
            // `typeof` of an unknown name is 'undefined', in JavaScript.
            ExprKind::Unary(_, operand) => self.expr(operand),
            ExprKind::Binary(binary) => {
                let logical = binary.rest.first().is_some_and(|tail| tail.op.is_logical());
                if logical {
                    let operands = std::iter::once(&*binary.first);
                    let operands = operands.chain(binary.rest.iter().map(|tail| &tail.operand));
                    operands.for_each(|operand| {
                        self.refuse_bare_filter(operand, binary.rest[0].op.symbol(), expr)
                    });
                }
                self.expr(&binary.first);
                let mut left_end = &*binary.first;
                for tail in &binary.rest {
                    self.tail(left_end, tail);
                    left_end = &tail.operand;
                }
            }
            ExprKind::Conditional(conditional) => {
                for part in [&conditional.test, &conditional.consequent, &conditional.alternate] {
                    self.refuse_bare_filter(part, "?:", expr);
                    self.expr(part);
                }
            }
            ExprKind::Chain(chain) => self.chain(chain),
            ExprKind::Arrow(arrow) => self.arrow(arrow),
        }
    }

    /// The filter that an operator with its right operand is.
    fn filter(&self, tail: &'c BinaryTail) -> Option<(Filter<'c>, &'c [Element])> {
        filter(tail.op, &tail.operand, self.scope, |name| self.params.contains(&name))
    }

    /// An operator with its right operand, which may be a filter.
    fn tail(&mut self, left: &'c Expr, tail: &'c BinaryTail) {
        if let Some((_, arguments)) = self.filter(tail) {
            self.elements(arguments);
            return;
        }
        if tail.op == BinaryOp::BitOr {
            let head = match &tail.operand.kind {
                ExprKind::Name(name) => Some((name, tail.operand.span)),
                ExprKind::Chain(chain) => match &chain.base.kind {
                    ExprKind::Name(name) => Some((name, chain.base.span)),
                    _ => None,
                },
                _ => None,
            };
            if let Some((name, span)) = head.filter(|(name, _)| self.refuses(name)) {
                let built_in = builtins::filter_names().map(|name| -> &str { name });
                let filters = self.scope.extensions().filter_names().chain(built_in);
                let title = format!("unknown filter `{name}`");
                let diagnostic = Diagnostic::error("unknown-filter", title, span);
                self.faults.push(match neighbour(name, filters) {
                    Some(near) => diagnostic.did_you_mean(name, near),
                    None => diagnostic
                        .help("the filters are listed in the reference; a bitwise or needs a known name"),
                });
                return;
            }
        }
        if tail.op == BinaryOp::Subtract && self.suggest_hyphenated(left, tail) {
            return;
        }
        self.expr(&tail.operand);
    }

    /// `input.user-id`: a property with a hyphen, if what follows the hyphen names nothing.
    fn suggest_hyphenated(&mut self, left: &'c Expr, tail: &'c BinaryTail) -> bool {
        let ExprKind::Name(name) = &tail.operand.kind else { return false };
        let ExprKind::Chain(chain) = &left.kind else { return false };
        let Some(Link { kind: LinkKind::Member(member, place), .. }) = chain.links.last() else {
            return false;
        };
        let is_unspaced = place.end == tail.op_span.start && tail.op_span.end == tail.operand.span.start;
        if !is_unspaced || !self.refuses(name) {
            return false;
        }
        let before = &self.text[left.span.start as usize..place.start as usize];
        let object = before.trim_end().trim_end_matches('.').trim_end_matches('?');
        let title = format!("unknown name `{name}`");
        let help = format!("for a property with a hyphen write `{object}['{member}-{name}']`");
        let span = Span { start: place.start, end: tail.operand.span.end };
        self.faults.push(
            Diagnostic::error("unknown-name", title, tail.operand.span)
                .also(span, "read as a subtraction")
                .help(help),
        );
        true
    }

    /// Whether a name is unknown, and unknown names are refused.
    fn refuses(&self, name: &str) -> bool {
        self.scope.undeclared() == Undeclared::Refuse && !self.is_known(name)
    }

    fn name(&mut self, name: &'c str, span: Span) {
        if self.is_ambiguous(name) {
            let spaced = name.replace('-', " - ");
            let title = format!("`{name}` can be read in two ways");
            // Only ensembles have `agents`; elsewhere the name can be had by renaming one of the others alone.
            let help = match self.scope.meaning("agents") {
                Some(Meaning::Group(_)) => {
                    format!("for the agent write `agents['{name}']`, for a subtraction `{spaced}`")
                }
                _ => format!(
                    "for a subtraction write `{spaced}`; for the variable give it a name without hyphens"
                ),
            };
            self.faults.push(Diagnostic::error("ambiguous-name", title, span).help(help));
            return;
        }
        if !self.params.contains(&name)
            && let Some(Meaning::Group(group)) = self.scope.meaning(name)
        {
            let title = format!("`{name}` is read by a constant key");
            let help = match group.members.keys().next() {
                Some(member) => format!("write `{name}['{member}']`"),
                None => "it has no members".to_owned(),
            };
            self.faults.push(Diagnostic::error("group-as-value", title, span).help(help));
            return;
        }
        if self.refuses(name) {
            self.unknown(name, span);
        }
    }

    /// Whether a declared name with hyphens could also be a subtraction of names in scope.
    fn is_ambiguous(&self, name: &str) -> bool {
        if !name.contains('-') || self.params.contains(&name) {
            return false;
        }
        // Whether `rest` can be cut at hyphens into names in scope; the cuts seen from the left.
        let cuts: Vec<usize> =
            name.match_indices('-').map(|(at, _)| at).chain(std::iter::once(name.len())).collect();
        let mut reachable = vec![0];
        for &end in &cuts {
            let is_piece = |start: &usize| {
                let piece = &name[*start..end];
                (*start, end) != (0, name.len()) && self.is_operand(piece)
            };
            if reachable.iter().any(is_piece) {
                if end == name.len() {
                    return true;
                }
                reachable.push(end + 1);
            }
        }
        false
    }

    /// Whether a piece of a hyphenated name would stand for something by itself.
    fn is_operand(&self, piece: &str) -> bool {
        self.is_variable(piece)
    }

    fn unknown(&mut self, name: &str, span: Span) {
        if span.start < self.covered || self.unknown_hyphenated(span) {
            return;
        }
        let known = self.params.iter().copied().chain(self.scope.names());
        let near = neighbour(name, known.chain(builtins::global_names().map(|global| -> &str { global })));
        let diagnostic = Diagnostic::error("unknown-name", format!("unknown name `{name}`"), span);
        let diagnostic = diagnostic.label("no agent or input has this name");
        self.faults.push(match (builtins::foreign_name(name), near) {
            (Some(mend), _) => diagnostic.help(format!("write {mend}")),
            (None, Some(near)) => diagnostic.did_you_mean(name, near),
            (None, None) if Filter::named(name, self.scope).is_some() => diagnostic
                .help(format!("`{name}` is a filter: write `value | {name}`, in parentheses where needed")),
            (None, None) => diagnostic,
        });
    }

    /// `analyser-stable` for `analyzer-stable`: the whole of a name with hyphens that is nearly a declared one.
    fn unknown_hyphenated(&mut self, span: Span) -> bool {
        let whole = self.hyphenated(span.start);
        if !whole.contains('-') {
            return false;
        }
        let hyphenated = self.scope.names().filter(|name| name.contains('-'));
        let Some(near) = neighbour(whole, hyphenated) else { return false };
        let span = Span::new(span.start as usize, span.start as usize + whole.len());
        let diagnostic = Diagnostic::error("unknown-name", format!("unknown name `{whole}`"), span);
        let diagnostic = diagnostic.label("no agent or input has this name");
        self.faults.push(diagnostic.did_you_mean(whole, near));
        self.covered = span.end;
        true
    }

    /// What would be one name from here on if names could have hyphens.
    pub(super) fn hyphenated(&self, start: u32) -> &'c str {
        let rest = &self.text[start as usize..];
        let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-');
        &rest[..rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())]
    }

    fn elements(&mut self, elements: &'c [Element]) {
        for element in elements {
            match element {
                Element::Item(expr) | Element::Spread(expr) => self.expr(expr),
            }
        }
    }

    fn property(&mut self, property: &'c Property) {
        match property {
            Property::KeyValue(key, value) => {
                self.key(key);
                self.expr(value);
            }
            Property::Shorthand(name, span) => self.name(name, *span),
            Property::Spread(expr) => self.expr(expr),
        }
    }

    fn key(&mut self, key: &'c PropertyKey) {
        if let PropertyKey::Computed(expr) = key {
            self.expr(expr);
        }
    }

    fn chain(&mut self, chain: &'c Chain) {
        let mut links = chain.links.as_slice();
        match &chain.base.kind {
            ExprKind::Name(name) if !self.params.contains(&&**name) => match self.scope.meaning(name) {
                Some(Meaning::Group(group)) => {
                    match links.first().and_then(constant_key) {
                        Some((key, span)) => self.member(name, group, key, span),
                        None => self.name(name, chain.base.span),
                    }
                    links = links.get(1..).unwrap_or_default();
                }
                None => {
                    self.name(name, chain.base.span);
                    if let Some((key, span)) = links.first().and_then(constant_key) {
                        self.member_of_global(name, key, span);
                    }
                }
                Some(Meaning::Slot(_) | Meaning::Constant(_)) => self.name(name, chain.base.span),
            },
            _ => self.expr(&chain.base),
        }
        for link in links {
            match &link.kind {
                LinkKind::Member(..) => {}
                LinkKind::Index(index) => self.expr(index),
                LinkKind::Call(arguments) => self.elements(arguments),
            }
        }
    }

    fn arrow(&mut self, arrow: &'c Arrow) {
        let height = self.params.len();
        self.params.extend(params::names(arrow));
        params::expressions(arrow).into_iter().for_each(|expr| self.expr(expr));
        self.expr(&arrow.body);
        self.params.truncate(height);
    }

    /// A filter beside an operator that binds weaker is ambiguous to the reader: as `??` beside `||`, it is refused.
    fn refuse_bare_filter(&mut self, part: &'c Expr, operator: &str, whole: &'c Expr) {
        let ExprKind::Binary(binary) = &part.kind else { return };
        let Some(tail) = binary.rest.iter().find(|tail| self.filter(tail).is_some()) else { return };
        let filter = &self.text[tail.operand.span.range()];
        let filtered = &self.text[part.span.range()];
        let before = &self.text[whole.span.start as usize..part.span.start as usize];
        let rest = &self.text[part.span.end as usize..whole.span.end as usize];
        let plain = &self.text[part.span.start as usize..tail.op_span.start as usize];
        let title = format!("a filter beside `{operator}` needs parentheses");
        let span = tail.op_span.to(tail.operand.span);
        let help = if rest.trim().is_empty() {
            format!("write `{before}({filtered})` or `({before}{}) | {filter}`", plain.trim_end())
        } else {
            format!("write `{before}({filtered}){rest}` or `({before}{}{rest}) | {filter}`", plain.trim_end())
        };
        self.faults.push(Diagnostic::error("filter-mixed", title, span).help(help));
    }
}
