//! Calls: closures, built-ins, methods found on the receiver.

use super::machine::{Machine, Stack};
use super::operand::Operand;
use crate::builtins::{self, Methods};
use crate::bytecode::{CallIdx, CallSite, Callee, Code, Key};
use crate::syntax::{Span, nearest};
use crate::value::{Invoke, Native, Str, Thrown, Value, coercion, member};
use smallvec::SmallVec;

/// Arguments as built-ins take them.
type Arguments = SmallVec<[Value; 4]>;

impl Machine<'_, '_> {
    /// A function and its arguments, all on the stack.
    pub(super) fn call<'a>(
        &mut self,
        code: &Code,
        stack: &mut Stack<'a>,
        call: CallIdx,
        count: usize,
    ) -> Result<Operand<'a>, Thrown> {
        let arguments = take_arguments(stack, count);
        let function = pop(stack);
        self.call_value(code, &code.calls[call.get()], &function, &Value::Undefined, &arguments)
    }

    /// A receiver and the arguments of its method, all on the stack.
    pub(super) fn call_method<'a>(
        &mut self,
        code: &Code,
        stack: &mut Stack<'a>,
        call: CallIdx,
        count: usize,
    ) -> Result<Operand<'a>, Thrown> {
        let arguments = take_arguments(stack, count);
        let receiver = pop(stack);
        self.call_named(code, &code.calls[call.get()], &receiver, &arguments)
    }

    /// A receiver, a key and the arguments of that method, all on the stack.
    pub(super) fn call_indexed<'a>(
        &mut self,
        code: &Code,
        stack: &mut Stack<'a>,
        call: CallIdx,
        count: usize,
    ) -> Result<Operand<'a>, Thrown> {
        let arguments = take_arguments(stack, count);
        let key = pop(stack);
        let receiver = pop(stack);
        let function = self.index(receiver.again(), key.get())?;
        self.call_value(code, &code.calls[call.get()], &function, receiver.get(), &arguments)
    }

    /// The arguments of a built-in, on the stack.
    #[inline]
    pub(super) fn call_native<'a>(
        &mut self,
        code: &Code,
        stack: &mut Stack<'a>,
        call: CallIdx,
        count: usize,
    ) -> Result<Operand<'a>, Thrown> {
        let arguments = take_arguments(stack, count);
        self.native(&code.calls[call.get()], &arguments)
    }

    /// Any call whose arguments are in the list that was made for it.
    pub(super) fn spread_call<'a>(
        &mut self,
        code: &Code,
        stack: &mut Stack<'a>,
        call: CallIdx,
    ) -> Result<Operand<'a>, Thrown> {
        let arguments = self.scratch.lists.pop().expect("the compiler began a list");
        let site = &code.calls[call.get()];
        match site.callee {
            Callee::Native(_) => self.native(site, &arguments),
            Callee::Value => {
                let function = pop(stack);
                self.call_value(code, site, &function, &Value::Undefined, &arguments)
            }
            Callee::Method(..) => {
                let receiver = pop(stack);
                self.call_named(code, site, &receiver, &arguments)
            }
            Callee::Indexed => {
                let key = pop(stack);
                let receiver = pop(stack);
                let function = self.index(receiver.again(), key.get())?;
                self.call_value(code, site, &function, receiver.get(), &arguments)
            }
        }
    }

    #[inline]
    fn native<'a>(&mut self, site: &CallSite, arguments: &[Value]) -> Result<Operand<'a>, Thrown> {
        let Callee::Native(native) = site.callee else { unreachable!("the compiler made it a built-in") };
        builtins::call(native, &Value::Undefined, arguments, self).map(Operand::Owned)
    }

    fn call_named<'a>(
        &mut self,
        code: &Code,
        site: &CallSite,
        receiver: &Operand<'a>,
        arguments: &[Value],
    ) -> Result<Operand<'a>, Thrown> {
        let Callee::Method(key, methods) = &site.callee else {
            unreachable!("the compiler made it a method")
        };
        let this = receiver.get();
        if let Some(native) = self.method_of(this, key, methods) {
            return builtins::call(native, this, arguments, self).map(Operand::Owned);
        }
        let function = match this {
            Value::Object(object) => match key.find(object) {
                Some(own) => own.clone(),
                None => Value::Undefined,
            },
            _ => {
                let found = self.property(this, &key.name);
                if found.is_err() {
                    self.blame_span(code, key.span);
                }
                found?
            }
        };
        if function.is_callable() {
            return self.invoke(&function, this, arguments).map(Operand::Owned);
        }
        Err(self.not_a_function(code, site, Some((this, key))))
    }

    /// The built-in method that nothing of the receiver's own stands before.
    #[inline]
    fn method_of(&self, this: &Value, key: &Key, methods: &Methods) -> Option<&'static Native> {
        let native = methods.of(this)?;
        match this {
            Value::Object(object) => key.find(object).is_none().then_some(native),
            Value::Native(holder) => builtins::static_member(holder, &key.name).is_none().then_some(native),
            Value::Array(array) if array.extra().is_some() => {
                member::own_property(this, &key.name).is_none().then_some(native)
            }
            _ => Some(native),
        }
    }

    fn call_value<'a>(
        &mut self,
        code: &Code,
        site: &CallSite,
        function: &Operand<'_>,
        this: &Value,
        arguments: &[Value],
    ) -> Result<Operand<'a>, Thrown> {
        if !function.get().is_callable() {
            return Err(self.not_a_function(code, site, None));
        }
        self.invoke(function.get(), this, arguments).map(Operand::Owned)
    }

    /// V8's error, with the name that was most likely meant.
    #[cold]
    fn not_a_function(&mut self, code: &Code, site: &CallSite, method: Option<(&Value, &Key)>) -> Thrown {
        self.blame_span(code, site.span);
        let mut message = format!("{} is not a function", shortened(&code.source, site.span));
        if let Some((this, key)) = method {
            let foreign = key.name.as_str().and_then(builtins::foreign_method);
            if key.is_length && matches!(this, Value::String(_) | Value::Array(_)) {
                message.push_str(" (write `.length` without parentheses)");
            } else if let Some(mend) = foreign.filter(|_| !matches!(this, Value::Native(_))) {
                message.push_str(&format!(" (write {mend})"));
            } else if let Some(near) = near_method(this, &key.name) {
                message.push_str(&format!(" (did you mean `{near}`?)"));
            }
        }
        Thrown::type_error(message)
    }

    /// `acc` as a property key.
    pub(super) fn property_key<'a>(&mut self, key: Operand<'a>) -> Result<Operand<'a>, Thrown> {
        match key.get() {
            Value::String(_) => Ok(key),
            other => {
                let text = coercion::to_property_key(other, self)?;
                Ok(Operand::Owned(Value::String(text)))
            }
        }
    }
}

/// The method or static of a name near `name` that the receiver has.
fn near_method(this: &Value, name: &Str) -> Option<&'static str> {
    let name = name.as_str()?;
    if let Value::Native(native) = this {
        return nearest(name, builtins::static_names(native));
    }
    let inherits = |candidate: &&str| Methods::named(candidate).of(this).is_some();
    nearest(name, builtins::method_names().filter(inherits))
}

/// The text of a place, cut where it is long.
fn shortened(source: &str, span: Span) -> String {
    const SHOWN: usize = 60;
    let text = &source[span.range()];
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[inline]
fn pop<'a>(stack: &mut Stack<'a>) -> Operand<'a> {
    stack.pop().expect("the compiler pushed what a call takes")
}

#[inline]
fn take_arguments(stack: &mut Stack<'_>, count: usize) -> Arguments {
    let first = stack.len() - count;
    stack.drain(first..).map(Operand::into_value).collect()
}
