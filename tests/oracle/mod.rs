//! Evaluates a tree by walking it: the plainest reading of ECMA-262 that one can write, as oracle for the compiler
//! and the machine. Uses the operators and the built-ins that they use, and nothing of `compile`, `bytecode` or `vm`.
//!
//! Names live in environments that are searched when a name is read, nothing is folded, resolved or shared; a chain
//! is walked link by link. Its own limits end what would not end; they are not compared.

mod bind;
mod chain;

use std::sync::{Arc, Mutex, PoisonError};

use segue::builtins::{self, Host, Take};
use segue::draw::Cursor;
use segue::syntax::ast::{
    Arrow, Binary, BinaryTail, Chain, Element, Expr, ExprKind, LinkKind, Property, PropertyKey, Text,
};
use segue::syntax::{BinaryOp, Span, UnaryOp};
use segue::value::{
    Array, Closure, ErrorKind, Invoke, Meter, ObjectBuilder, Regex, Str, Thrown, Value, coercion, operators,
};

pub(crate) type Outcome = Result<Value, Thrown>;

/// One evaluation.
pub(crate) struct Oracle<'o, 'd> {
    source: &'o str,
    variables: &'o [(&'o str, Value)],
    draws: &'o mut Cursor<'d>,
    steps: usize,
    calls: usize,
    /// All that were made: a function may lie in the one that it sees, and neither would ever be dropped.
    environments: Vec<Arc<Environment>>,
}

impl Drop for Oracle<'_, '_> {
    fn drop(&mut self) {
        for (_, value) in self.environments.iter().flat_map(|environment| &environment.names) {
            drop(value.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

/// What an arrow function is, besides being a value.
struct Function {
    arrow: Arrow,
    text: Str,
    outer: Option<Arc<Environment>>,
}

/// The names that one call binds. What has no value yet may not be read.
struct Environment {
    names: Vec<(Box<str>, Mutex<Option<Value>>)>,
    outer: Option<Arc<Environment>>,
}

type Scope<'s> = Option<&'s Arc<Environment>>;

impl<'o, 'd> Oracle<'o, 'd> {
    /// An oracle that gives up after so many steps, or calls inside calls, with a `LimitError`.
    pub(crate) fn new(
        source: &'o str,
        variables: &'o [(&'o str, Value)],
        draws: &'o mut Cursor<'d>,
        steps: usize,
        calls: usize,
    ) -> Self {
        Self { source, variables, draws, steps, calls, environments: Vec::new() }
    }

    /// The expression's value.
    pub(crate) fn evaluate(&mut self, expr: &Expr) -> Outcome {
        self.expr(expr, None)
    }

    fn expr(&mut self, expr: &Expr, scope: Scope<'_>) -> Outcome {
        self.charge(1)?;
        match &expr.kind {
            ExprKind::Null => Ok(Value::Null),
            ExprKind::Bool(claim) => Ok(Value::Bool(*claim)),
            ExprKind::Number(number) => Ok(Value::Number(*number)),
            ExprKind::String(text) => Ok(Value::String(str_of(text))),
            ExprKind::Template(template) => {
                let mut text = Value::String(str_of(&template.quasis[0]));
                for (hole, quasi) in template.holes.iter().zip(&template.quasis[1..]) {
                    let value = self.expr(hole, scope)?;
                    let part = coercion::to_string(&value, self)?;
                    text = operators::add(&text, &Value::String(part), self)?;
                    text = operators::add(&text, &Value::String(str_of(quasi)), self)?;
                }
                Ok(text)
            }
            ExprKind::Regex(regex) => Ok(Value::Regex(Regex::new(&regex.pattern, &regex.flags))),
            ExprKind::Name(name) => self.name(name, scope),
            ExprKind::Array(items) => Ok(Value::Array(Array::new(self.elements(items, scope)?)?)),
            ExprKind::Object(properties) => self.object(properties, scope),
            ExprKind::Paren(inner) => self.expr(inner, scope),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, scope),
            ExprKind::Binary(binary) => self.binary(binary, scope),
            ExprKind::Conditional(parts) => {
                let chosen = if self.expr(&parts.test, scope)?.truthy() {
                    &parts.consequent
                } else {
                    &parts.alternate
                };
                self.expr(chosen, scope)
            }
            ExprKind::Chain(chain) => self.chain(chain, scope),
            ExprKind::Arrow(arrow) => self.arrow(arrow, Str::EMPTY, expr.span, scope),
        }
    }

    /// NamedEvaluation (ECMA-262 section 8.4.5): a function without a name gets that of its place.
    fn named(&mut self, expr: &Expr, name: Str, scope: Scope<'_>) -> Outcome {
        match &expr.kind {
            ExprKind::Arrow(arrow) => self.arrow(arrow, name, expr.span, scope),
            ExprKind::Paren(inner) => self.named(inner, name, scope),
            _ => self.expr(expr, scope),
        }
    }

    fn arrow(&mut self, arrow: &Arrow, name: Str, span: Span, scope: Scope<'_>) -> Outcome {
        let text = Str::from(&self.source[span.range()]);
        let length = arrow.params.iter().take_while(|parameter| parameter.default.is_none()).count();
        let function = Function { arrow: arrow.clone(), text, outer: scope.cloned() };
        let closure = Closure::new(Arc::new(function), 0, Box::default())?;
        let length = u32::try_from(length).expect("a text of at most 4 GiB has fewer parameters");
        Ok(Value::Closure(Arc::new(closure.named(name, length))))
    }

    fn find(&self, name: &str, scope: Scope<'_>) -> Option<Outcome> {
        let mut around = scope;
        while let Some(environment) = around {
            if let Some((_, value)) = environment.names.iter().find(|(known, _)| **known == *name) {
                let message = format!("Cannot access '{name}' before initialization");
                let value = value.lock().unwrap_or_else(PoisonError::into_inner).clone();
                return Some(value.ok_or_else(|| Thrown::new(ErrorKind::Reference, message)));
            }
            around = environment.outer.as_ref();
        }
        let variable = self.variables.iter().find(|(known, _)| *known == name);
        variable.map(|(_, value)| Ok(value.clone()))
    }

    fn lookup(&self, name: &str, scope: Scope<'_>) -> Option<Outcome> {
        self.find(name, scope).or_else(|| builtins::global(name).map(Ok))
    }

    fn name(&self, name: &str, scope: Scope<'_>) -> Outcome {
        let undefined = || Thrown::new(ErrorKind::Reference, format!("{name} is not defined"));
        self.lookup(name, scope).unwrap_or_else(|| Err(undefined()))
    }

    fn elements(&mut self, elements: &[Element], scope: Scope<'_>) -> Result<Vec<Value>, Thrown> {
        let mut items = Vec::new();
        for element in elements {
            match element {
                Element::Item(value) => items.push(self.expr(value, scope)?),
                Element::Spread(value) => {
                    let value = self.expr(value, scope)?;
                    items.extend(self.iterate(&value)?);
                }
            }
        }
        Ok(items)
    }

    /// The items of an array, the code points of a string.
    fn iterate(&mut self, value: &Value) -> Result<Vec<Value>, Thrown> {
        let items: Vec<Value> = match value {
            Value::Array(array) => array.items().to_vec(),
            Value::String(text) => {
                text.code_points().filter_map(Str::from_code_point).map(Value::String).collect()
            }
            other => return Err(Thrown::type_error(format!("{} is not iterable", other.type_of()))),
        };
        self.charge(items.len())?;
        Ok(items)
    }

    fn object(&mut self, properties: &[Property], scope: Scope<'_>) -> Outcome {
        let mut object = ObjectBuilder::new();
        // V8 looks ahead in a literal that begins with a spread: a key that comes again is not stored here.
        let mut looks_ahead = matches!(properties.first(), Some(Property::Spread(_)));
        for (at, property) in properties.iter().enumerate() {
            looks_ahead &= at == 0 || static_key(property).is_some();
            let is_stored = !looks_ahead
                || static_key(property).is_none_or(|key| {
                    properties[at + 1..].iter().all(|later| static_key(later).as_ref() != Some(&key))
                });
            match property {
                Property::KeyValue(key, value) => {
                    let key = self.key(key, scope)?;
                    let value = self.named(value, key.clone(), scope)?;
                    if is_stored {
                        object.insert(key, value);
                    }
                }
                Property::Shorthand(name, _) => {
                    let value = self.name(name, scope)?;
                    if is_stored {
                        object.insert(Str::from(&**name), value);
                    }
                }
                Property::Spread(value) => {
                    let value = self.expr(value, scope)?;
                    for (key, value) in self.own_properties(&value)? {
                        object.insert(key, value);
                    }
                }
            }
        }
        Ok(Value::Object(object.build()?))
    }

    fn key(&mut self, key: &PropertyKey, scope: Scope<'_>) -> Result<Str, Thrown> {
        match key {
            PropertyKey::Static(text, _) => Ok(str_of(text)),
            PropertyKey::Computed(expr) => {
                let value = self.expr(expr, scope)?;
                coercion::to_property_key(&value, self)
            }
        }
    }

    /// The own enumerable properties: what spread copies.
    fn own_properties(&mut self, value: &Value) -> Result<Vec<(Str, Value)>, Thrown> {
        let index = |at: usize| Str::from(at.to_string().as_str());
        let own: Vec<(Str, Value)> = match value {
            Value::Object(object) => {
                object.entries().map(|(key, value)| (key.clone(), value.clone())).collect()
            }
            Value::Array(array) => {
                let items = array.items().iter().enumerate().map(|(at, item)| (index(at), item.clone()));
                let extra = array.extra().into_iter().flat_map(|extra| extra.entries());
                items.chain(extra.map(|(key, value)| (key.clone(), value.clone()))).collect()
            }
            Value::String(text) => {
                let units = text.units().enumerate();
                units.map(|(at, unit)| (index(at), Value::String(Str::from_unit(unit)))).collect()
            }
            _ => Vec::new(),
        };
        self.charge(own.len())?;
        Ok(own)
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr, scope: Scope<'_>) -> Outcome {
        if let (UnaryOp::Typeof, ExprKind::Name(name)) = (op, &without_parentheses(operand).kind)
            && self.lookup(name, scope).is_none()
        {
            return Ok(Value::from("undefined"));
        }
        let value = self.expr(operand, scope)?;
        match op {
            UnaryOp::Not => Ok(operators::not(&value)),
            UnaryOp::BitNot => operators::bit_not(&value, self),
            UnaryOp::Plus => operators::plus(&value, self),
            UnaryOp::Minus => operators::negate(&value, self),
            UnaryOp::Typeof => Ok(operators::type_of(&value)),
            UnaryOp::Void => Ok(Value::Undefined),
        }
    }

    fn binary(&mut self, binary: &Binary, scope: Scope<'_>) -> Outcome {
        let mut value = self.expr(&binary.first, scope)?;
        for tail in &binary.rest {
            value = self.tail(value, tail, scope)?;
        }
        Ok(value)
    }

    fn tail(&mut self, left: Value, tail: &BinaryTail, scope: Scope<'_>) -> Outcome {
        if let Some(outcome) = self.filter(&left, tail, scope) {
            return outcome;
        }
        let is_decided = match tail.op {
            BinaryOp::Or => left.truthy(),
            BinaryOp::And => !left.truthy(),
            BinaryOp::Coalesce => !left.is_nullish(),
            _ => false,
        };
        if is_decided {
            return Ok(left);
        }
        let right = self.expr(&tail.operand, scope)?;
        let (a, b) = (&left, &right);
        match tail.op {
            BinaryOp::Or | BinaryOp::And | BinaryOp::Coalesce => Ok(right),
            BinaryOp::BitOr => operators::bit_or(a, b, self),
            BinaryOp::BitXor => operators::bit_xor(a, b, self),
            BinaryOp::BitAnd => operators::bit_and(a, b, self),
            BinaryOp::Equal => operators::equal(a, b, self),
            BinaryOp::NotEqual => operators::not_equal(a, b, self),
            BinaryOp::StrictEqual => operators::strict_equal(a, b, self),
            BinaryOp::StrictNotEqual => operators::strict_not_equal(a, b, self),
            BinaryOp::Less => operators::less(a, b, self),
            BinaryOp::LessEqual => operators::less_equal(a, b, self),
            BinaryOp::Greater => operators::greater(a, b, self),
            BinaryOp::GreaterEqual => operators::greater_equal(a, b, self),
            BinaryOp::In => operators::is_in(a, b, self),
            BinaryOp::ShiftLeft => operators::shift_left(a, b, self),
            BinaryOp::ShiftRight => operators::shift_right(a, b, self),
            BinaryOp::ShiftRightUnsigned => operators::shift_right_unsigned(a, b, self),
            BinaryOp::Add => operators::add(a, b, self),
            BinaryOp::Subtract => operators::subtract(a, b, self),
            BinaryOp::Multiply => operators::multiply(a, b, self),
            BinaryOp::Divide => operators::divide(a, b, self),
            BinaryOp::Remainder => operators::remainder(a, b, self),
            BinaryOp::Exponent => operators::exponent(a, b, self),
        }
    }

    /// `value | name(arguments)`, where no variable has that name.
    fn filter(&mut self, value: &Value, tail: &BinaryTail, scope: Scope<'_>) -> Option<Outcome> {
        let (name, arguments): (&str, &[Element]) = match &tail.operand.kind {
            _ if tail.op != BinaryOp::BitOr => return None,
            ExprKind::Name(name) => (name, &[]),
            ExprKind::Chain(Chain { base, links }) => match (&base.kind, links.as_slice()) {
                (ExprKind::Name(name), [link]) if !link.optional => match &link.kind {
                    LinkKind::Call(arguments) => (name, arguments),
                    LinkKind::Member(..) | LinkKind::Index(_) => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
        if self.find(name, scope).is_some() {
            return None;
        }
        let native = builtins::filter(name)?;
        let arguments = match self.elements(arguments, scope) {
            Ok(arguments) => std::iter::once(value.clone()).chain(arguments).collect::<Vec<_>>(),
            Err(thrown) => return Some(Err(thrown)),
        };
        Some(builtins::call(native, &Value::Undefined, &arguments, self))
    }
}

impl Meter for Oracle<'_, '_> {
    fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        self.steps = self.steps.checked_sub(units).ok_or_else(|| Thrown::limit("the oracle gives up"))?;
        Ok(())
    }

    fn allocate(&mut self, bytes: usize) -> Result<(), Thrown> {
        self.charge(bytes / 8)
    }
}

impl Invoke for Oracle<'_, '_> {
    fn invoke(&mut self, function: &Value, this: &Value, arguments: &[Value]) -> Outcome {
        self.calls = self.calls.checked_sub(1).ok_or_else(|| Thrown::limit("the oracle calls no deeper"))?;
        let outcome = match function {
            Value::Closure(closure) => self.call_closure(closure, arguments),
            Value::Native(native) if !native.is_namespace => builtins::call(native, this, arguments, self),
            other => Err(Thrown::type_error(format!("{} is not a function", other.type_of()))),
        };
        self.calls += 1;
        outcome
    }

    fn closure_source(&self, closure: &Closure) -> Str {
        match closure.program.downcast_ref::<Function>() {
            Some(function) => function.text.clone(),
            None => Str::from("function () { [native code] }"),
        }
    }

    fn has_inherited(&self, value: &Value, key: &Str) -> bool {
        builtins::inherited(value, key).is_some()
            || matches!(value, Value::Native(native) if builtins::static_member(native, key).is_some())
    }
}

impl Host for Oracle<'_, '_> {
    fn random(&mut self) -> f64 {
        self.draws.random()
    }

    fn invoke_fold(
        &mut self,
        callback: &Value,
        accumulator: Value,
        items: &[Value],
        first: usize,
        array: &Value,
    ) -> Outcome {
        builtins::fold_each(self, callback, accumulator, items, first, array)
    }

    fn invoke_items(
        &mut self,
        callback: &Value,
        items: &[Value],
        first: usize,
        array: &Value,
        take: &mut Take<'_>,
    ) -> Result<(), Thrown> {
        builtins::invoke_each(self, callback, items, first, array, take)
    }
}

fn static_key(property: &Property) -> Option<Str> {
    match property {
        Property::KeyValue(PropertyKey::Static(text, _), _) => Some(str_of(text)),
        Property::Shorthand(name, _) => Some(Str::from(&**name)),
        Property::KeyValue(PropertyKey::Computed(_), _) | Property::Spread(_) => None,
    }
}

fn without_parentheses(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Paren(inner) => without_parentheses(inner),
        _ => expr,
    }
}

fn str_of(text: &Text) -> Str {
    match text {
        Text::Utf8(text) => Str::from(&**text),
        Text::Utf16(units) => Str::from_units(units),
    }
}
