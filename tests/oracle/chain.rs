//! Members, indices, calls, and what `?.` leaves out.

use segue::builtins;
use segue::syntax::ast::{Chain, Expr, ExprKind, LinkKind};
use segue::value::{Invoke, Str, Thrown, Value, coercion, member};

use super::{Oracle, Outcome, Scope, without_parentheses};

/// A value with what `this` is if it is called.
struct Reference {
    value: Value,
    this: Value,
}

impl Oracle<'_, '_> {
    pub(super) fn chain(&mut self, chain: &Chain, scope: Scope<'_>) -> Outcome {
        self.reference(chain, scope).map(|reference| reference.value)
    }

    /// What an expression refers to: parentheses do not part a method from its receiver (ECMA-262 section 13.2.9).
    fn base(&mut self, expr: &Expr, scope: Scope<'_>) -> Result<Reference, Thrown> {
        match &without_parentheses(expr).kind {
            ExprKind::Chain(chain) => self.reference(chain, scope),
            _ => Ok(Reference { value: self.expr(expr, scope)?, this: Value::Undefined }),
        }
    }

    fn reference(&mut self, chain: &Chain, scope: Scope<'_>) -> Result<Reference, Thrown> {
        let mut at = self.base(&chain.base, scope)?;
        for link in &chain.links {
            if link.optional && at.value.is_nullish() {
                return Ok(Reference { value: Value::Undefined, this: Value::Undefined });
            }
            at = match &link.kind {
                LinkKind::Member(name, _) => {
                    let value = self.property(&at.value, &Str::from(&**name))?;
                    Reference { value, this: at.value }
                }
                LinkKind::Index(key) => {
                    let key = self.expr(key, scope)?;
                    Reference { value: self.computed(&at.value, &key)?, this: at.value }
                }
                LinkKind::Call(arguments) => {
                    let arguments = self.elements(arguments, scope)?;
                    if !at.value.is_callable() {
                        return Err(Thrown::type_error("not a function"));
                    }
                    let value = self.invoke(&at.value, &at.this, &arguments)?;
                    Reference { value, this: Value::Undefined }
                }
            };
        }
        Ok(at)
    }

    fn computed(&mut self, object: &Value, key: &Value) -> Outcome {
        if object.is_nullish() {
            return Err(Thrown::type_error("cannot read a property of nothing"));
        }
        let key = coercion::to_property_key(key, self)?;
        self.property(object, &key)
    }

    pub(super) fn property(&mut self, object: &Value, key: &Str) -> Outcome {
        if object.is_nullish() {
            return Err(member::cannot_read(object, &key.to_text()));
        }
        let own = member::own_property(object, key);
        let of_namespace = || match object {
            Value::Native(native) => builtins::static_member(native, key),
            _ => None,
        };
        let inherited = || builtins::inherited(object, key).map(Value::Native);
        Ok(own.or_else(of_namespace).or_else(inherited).unwrap_or_default())
    }
}
