//! The instructions, declared once: name, operands, what they do to the stack.
//!
//! It is an accumulator machine: every instruction reads or leaves its value in the *accumulator*, and the stack
//! holds only what has to wait (a left operand while the right one is computed, arguments before a call). Most
//! gates never touch the stack. Code runs forward only: no instruction jumps back.

use std::fmt;

/// Defines index types into a program's tables.
macro_rules! index {
    ($($(#[$doc:meta])* $name:ident $letter:literal,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The index of the entry after `length` others.
            #[must_use]
            pub fn after(length: usize) -> Self {
                Self(u32::try_from(length).expect("a text of at most 4 GiB makes fewer entries than 2³²"))
            }

            /// The index.
            #[must_use]
            #[inline]
            pub fn get(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }
    )*};
}

index! {
    /// A constant in [`Code::constants`](super::Code::constants).
    ConstIdx "k",
    /// A path in [`Code::paths`](super::Code::paths).
    PathIdx "p",
    /// A key in [`Code::keys`](super::Code::keys).
    KeyIdx "m",
    /// A call in [`Code::calls`](super::Code::calls).
    CallIdx "c",
    /// A function in [`Code::functions`](super::Code::functions).
    FunctionIdx "f",
    /// The keys of an object literal in [`Code::shapes`](super::Code::shapes).
    ShapeIdx "s",
    /// A text with holes in [`Code::joins`](super::Code::joins).
    JoinIdx "j",
    /// Calls in a row in [`Code::pipelines`](super::Code::pipelines).
    PipelineIdx "r",
    /// A variable of the scope.
    SlotIdx "v",
    /// A parameter, or what a pattern binds, in the frame.
    LocalIdx "l",
    /// A captured value.
    CaptureIdx "x",
    /// An instruction of the same function; jumps are absolute.
    Addr "@",
}

/// Where an operator finds its right operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the accumulator; the left one is popped.
    Stack,
    /// A constant; the left one is in the accumulator.
    Const(ConstIdx),
    /// A path; the left one is in the accumulator.
    Path(PathIdx),
    /// A local; the left one is in the accumulator.
    Local(LocalIdx),
}

impl Source {
    /// How many values it pops.
    fn pops(self) -> usize {
        usize::from(self == Self::Stack)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stack => f.write_str("pop"),
            Self::Const(index) => index.fmt(f),
            Self::Path(index) => index.fmt(f),
            Self::Local(index) => index.fmt(f),
        }
    }
}

/// Declares the instructions: operands, and how many values each pops and pushes.
macro_rules! opcodes {
    ($($(#[doc = $doc:literal])* $name:ident $(($($field:ident: $type:ty),*))? $mnemonic:literal $pops:expr => $pushes:expr,)*) => {
        /// An instruction. `acc` is the accumulator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Op {
            $($(#[doc = $doc])* $name $(($($type),*))?,)*
        }

        impl Op {
            /// How it is written in a disassembly.
            #[must_use]
            pub fn mnemonic(&self) -> &'static str {
                match self { $(Self::$name { .. } => $mnemonic,)* }
            }

            /// How many values it takes off the stack, and how many it leaves there.
            #[must_use]
            pub fn stack_effect(&self) -> (usize, usize) {
                match self {
                    $(#[allow(unused_variables)] Self::$name $(($($field),*))? => ($pops, $pushes),)*
                }
            }

            /// All instructions, as `ARCHITECTURE.md` lists them: mnemonic, what it does.
            pub const ALL: &[(&str, &str)] = &[$(($mnemonic, concat!($($doc),*))),*];
        }
    };
}

opcodes! {
    /// acc ← constant `.0`
    Const(index: ConstIdx) "const" 0 => 0,
    /// acc ← a regular expression of its own that is written as constant `.0`
    Regex(index: ConstIdx) "regex" 0 => 0,
    /// acc ← variable `.0` of the scope
    Variable(slot: SlotIdx) "variable" 0 => 0,
    /// acc ← local `.0`
    Local(local: LocalIdx) "local" 0 => 0,
    /// acc ← captured value `.0`
    Capture(capture: CaptureIdx) "capture" 0 => 0,
    /// acc ← the value at path `.0`, such as `input.user.id`
    Path(path: PathIdx) "path" 0 => 0,
    /// acc ← the stream's next draw
    Random "random" 0 => 0,
    /// acc ← the stream's first draw
    Draw "draw" 0 => 0,
    /// acc ← a function that captures what it needs
    Closure(function: FunctionIdx) "closure" 0 => 0,
    /// acc ← what the cell acc holds; a ReferenceError with the message in constant `.0` while it is empty
    Late(message: ConstIdx) "late" 0 => 0,
    /// the cell in local `.0`, if there is one, holds acc
    SetLate(local: LocalIdx) "set-late" 0 => 0,
    /// push acc
    Push "push" 0 => 1,
    /// local `.0` ← acc, which is undefined afterwards
    Store(local: LocalIdx) "store" 0 => 0,

    /// acc ← acc.key
    Member(key: KeyIdx) "member" 0 => 0,
    /// acc ← `object[key]`: acc and the operand, or popped and acc
    Index(key: Source) "index" key.pops() => 0,
    /// if acc is null or undefined: acc ← undefined, jump
    JumpIfNullish(to: Addr) "jump-if-nullish" 0 => 0,

    /// jump
    Jump(to: Addr) "jump" 0 => 0,
    /// jump if acc is falsy
    JumpIfFalse(to: Addr) "jump-if-false" 0 => 0,
    /// jump if acc is truthy
    JumpIfTrue(to: Addr) "jump-if-true" 0 => 0,
    /// jump if acc is neither null nor undefined
    JumpIfPresent(to: Addr) "jump-if-present" 0 => 0,
    /// jump if acc is not undefined: no default is needed
    JumpIfDefined(to: Addr) "jump-if-defined" 0 => 0,
    /// end the function with acc
    Return "return" 0 => 0,
    /// throw a ReferenceError with the message in constant `.0`
    Throw(message: ConstIdx) "throw" 0 => 0,

    /// acc ← !acc
    Not "not" 0 => 0,
    /// acc ← ~acc
    BitNot "bit-not" 0 => 0,
    /// acc ← +acc
    Plus "plus" 0 => 0,
    /// acc ← -acc
    Minus "minus" 0 => 0,
    /// acc ← typeof acc
    Typeof "typeof" 0 => 0,

    /// acc ← left | right
    BitOr(right: Source) "bit-or" right.pops() => 0,
    /// acc ← left ^ right
    BitXor(right: Source) "bit-xor" right.pops() => 0,
    /// acc ← left & right
    BitAnd(right: Source) "bit-and" right.pops() => 0,
    /// acc ← left == right
    Equal(right: Source) "equal" right.pops() => 0,
    /// acc ← left != right
    NotEqual(right: Source) "not-equal" right.pops() => 0,
    /// acc ← left === right
    StrictEqual(right: Source) "strict-equal" right.pops() => 0,
    /// acc ← left !== right
    StrictNotEqual(right: Source) "strict-not-equal" right.pops() => 0,
    /// acc ← left < right
    Less(right: Source) "less" right.pops() => 0,
    /// acc ← left <= right
    LessEqual(right: Source) "less-equal" right.pops() => 0,
    /// acc ← left > right
    Greater(right: Source) "greater" right.pops() => 0,
    /// acc ← left >= right
    GreaterEqual(right: Source) "greater-equal" right.pops() => 0,
    /// acc ← left in right
    In(right: Source) "in" right.pops() => 0,
    /// acc ← left << right
    ShiftLeft(right: Source) "shift-left" right.pops() => 0,
    /// acc ← left >> right
    ShiftRight(right: Source) "shift-right" right.pops() => 0,
    /// acc ← left >>> right
    ShiftRightUnsigned(right: Source) "shift-right-unsigned" right.pops() => 0,
    /// acc ← left + right
    Add(right: Source) "add" right.pops() => 0,
    /// acc ← left - right
    Subtract(right: Source) "subtract" right.pops() => 0,
    /// acc ← left * right
    Multiply(right: Source) "multiply" right.pops() => 0,
    /// acc ← left / right
    Divide(right: Source) "divide" right.pops() => 0,
    /// acc ← left % right
    Remainder(right: Source) "remainder" right.pops() => 0,
    /// acc ← left ** right
    Exponent(right: Source) "exponent" right.pops() => 0,

    /// acc ← the value of the calls that follow, made item by item, and jump past them; or push acc, and they are
    /// made one after the other
    Pipeline(pipeline: PipelineIdx) "pipeline" 0 => 1,
    /// acc ← function(arguments), all popped
    Call(call: CallIdx, arguments: u32) "call" *arguments as usize + 1 => 0,
    /// acc ← receiver.method(arguments), all popped
    CallMethod(call: CallIdx, arguments: u32) "call-method" *arguments as usize + 1 => 0,
    /// acc ← `receiver[key](arguments)`, all popped
    CallIndexed(call: CallIdx, arguments: u32) "call-indexed" *arguments as usize + 2 => 0,
    /// acc ← built-in(arguments), arguments popped
    CallNative(call: CallIdx, arguments: u32) "call-native" *arguments as usize => 0,
    /// acc ← function(...list)
    CallSpread(call: CallIdx) "call-spread" 1 => 0,
    /// acc ← receiver.method(...list)
    CallMethodSpread(call: CallIdx) "call-method-spread" 1 => 0,
    /// acc ← `receiver[key](...list)`
    CallIndexedSpread(call: CallIdx) "call-indexed-spread" 2 => 0,
    /// acc ← built-in(...list)
    CallNativeSpread(call: CallIdx) "call-native-spread" 0 => 0,

    /// acc ← an array of values popped
    Array(items: u32) "array" *items as usize => 0,
    /// begin a list
    ListBegin "list-begin" 0 => 0,
    /// append acc to the list
    ListPush "list-push" 0 => 0,
    /// append what acc iterates over to the list
    ListSpread "list-spread" 0 => 0,
    /// acc ← the list as an array
    ListEnd "list-end" 0 => 0,
    /// acc ← an object of shape `.0` with values popped
    Object(shape: ShapeIdx, values: u32) "object" *values as usize => 0,
    /// begin an object
    ObjectBegin "object-begin" 0 => 0,
    /// property `.0` of the object ← acc
    ObjectSet(key: KeyIdx) "object-set" 0 => 0,
    /// give the new function acc the name on top of the stack
    NameFunction "name-function" 0 => 0,
    /// property of the object named by what is popped ← acc
    ObjectSetComputed "object-set-computed" 1 => 0,
    /// all own properties of acc into the object
    ObjectSpread "object-spread" 0 => 0,
    /// acc ← the object
    ObjectEnd "object-end" 0 => 0,
    /// acc ← acc as a property key
    ToKey "to-key" 0 => 0,
    /// acc ← the parts popped, each as a string, joined: a template literal
    Concat(parts: u32) "concat" *parts as usize => 0,
    /// acc ← the parts popped, joined by the rules of a text with holes
    Join(join: JoinIdx, parts: u32) "join" *parts as usize => 0,

    /// acc ← what acc iterates over, as an array; a TypeError if it does not
    Iterate "iterate" 0 => 0,
    /// acc ← item `.0` of the array acc
    Item(index: u32) "item" 0 => 0,
    /// acc ← the items of the array acc from `.0` on
    ItemsFrom(index: u32) "items-from" 0 => 0,
    /// throw a TypeError if acc is null or undefined: nothing can be taken out of it
    CheckPattern "check-pattern" 0 => 0,
    /// acc ← the own properties of acc but for the keys popped
    ObjectRest(keys: u32) "object-rest" *keys as usize => 0,
}
