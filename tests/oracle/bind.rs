//! Calling arrow functions: parameters, patterns, defaults.

use std::sync::{Arc, Mutex, PoisonError};

use segue::syntax::ast::{Arrow, Parameter, Pattern, PatternKind};
use segue::value::{Array, Closure, ObjectBuilder, Str, Thrown, Value};

use super::{Environment, Function, Oracle, Outcome};

impl Oracle<'_, '_> {
    pub(super) fn call_closure(&mut self, closure: &Closure, arguments: &[Value]) -> Outcome {
        let Some(function) = closure.program.downcast_ref::<Function>() else {
            return Err(Thrown::type_error("a function from elsewhere"));
        };
        let mut names = Vec::new();
        bound_names(&function.arrow, &mut names);
        let names = names.into_iter().map(|name| (name.into(), Mutex::new(None))).collect();
        let scope = Arc::new(Environment { names, outer: function.outer.clone() });
        self.environments.push(scope.clone());
        for (at, parameter) in function.arrow.params.iter().enumerate() {
            let argument = arguments.get(at).cloned().unwrap_or_default();
            self.parameter(parameter, argument, &scope)?;
        }
        if let Some(rest) = &function.arrow.rest {
            let given = arguments.get(function.arrow.params.len()..).unwrap_or_default();
            self.pattern(rest, Value::Array(Array::new(given.to_vec())?), &scope)?;
        }
        self.expr(&function.arrow.body, Some(&scope))
    }

    fn parameter(
        &mut self,
        parameter: &Parameter,
        argument: Value,
        scope: &Arc<Environment>,
    ) -> Result<(), Thrown> {
        let value = match (&parameter.default, argument) {
            (Some(default), Value::Undefined) => {
                let name = match &parameter.pattern.kind {
                    PatternKind::Name(name) => Str::from(&**name),
                    PatternKind::Array { .. } | PatternKind::Object { .. } => Str::EMPTY,
                };
                self.named(default, name, Some(scope))?
            }
            (_, argument) => argument,
        };
        self.pattern(&parameter.pattern, value, scope)
    }

    fn pattern(&mut self, pattern: &Pattern, value: Value, scope: &Arc<Environment>) -> Result<(), Thrown> {
        match &pattern.kind {
            PatternKind::Name(name) => {
                set(scope, name, value);
                Ok(())
            }
            PatternKind::Array { items, rest } => {
                let values = self.iterate(&value)?;
                for (at, item) in items.iter().enumerate() {
                    let Some(item) = item else { continue };
                    self.parameter(item, values.get(at).cloned().unwrap_or_default(), scope)?;
                }
                let Some(rest) = rest else { return Ok(()) };
                let left = values.get(items.len()..).unwrap_or_default();
                self.pattern(rest, Value::Array(Array::new(left.to_vec())?), scope)
            }
            PatternKind::Object { properties, rest } => {
                if value.is_nullish() {
                    return Err(Thrown::type_error("nothing can be taken out of nothing"));
                }
                let mut taken = Vec::new();
                for (key, parameter) in properties {
                    let key = self.key(key, Some(scope))?;
                    let part = self.property(&value, &key)?;
                    taken.push(key);
                    self.parameter(parameter, part, scope)?;
                }
                let Some((name, _)) = rest else { return Ok(()) };
                let mut left = ObjectBuilder::new();
                for (key, value) in self.own_properties(&value)? {
                    if !taken.contains(&key) {
                        left.insert(key, value);
                    }
                }
                set(scope, name, Value::Object(left.build()?));
                Ok(())
            }
        }
    }
}

fn set(scope: &Environment, name: &str, value: Value) {
    let place = scope.names.iter().find(|(known, _)| **known == *name);
    let (_, place) = place.expect("all names of the patterns are bound");
    let before = place.lock().unwrap_or_else(PoisonError::into_inner).replace(value);
    assert!(before.is_none(), "`{name}` is bound once");
}

fn bound_names<'a>(arrow: &'a Arrow, names: &mut Vec<&'a str>) {
    arrow.params.iter().for_each(|parameter| bound_by(&parameter.pattern, names));
    if let Some(rest) = &arrow.rest {
        bound_by(rest, names);
    }
}

fn bound_by<'a>(pattern: &'a Pattern, names: &mut Vec<&'a str>) {
    match &pattern.kind {
        PatternKind::Name(name) => names.push(name),
        PatternKind::Array { items, rest } => {
            items.iter().flatten().for_each(|item| bound_by(&item.pattern, names));
            if let Some(rest) = rest {
                bound_by(rest, names);
            }
        }
        PatternKind::Object { properties, rest } => {
            properties.iter().for_each(|(_, parameter)| bound_by(&parameter.pattern, names));
            if let Some((name, _)) = rest {
                names.push(name);
            }
        }
    }
}
