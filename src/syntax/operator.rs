//! The operator table: every unary and binary operator with its symbol, binding power and associativity.
//!
//! The parser, the printer and `grammar/precedence.md` are made from these rows; what an operator *means* is a
//! function in `value/operators.rs`. Binding powers follow the grammar of ECMA-262 section 13, tightest last.

/// Which way a chain of one operator groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Associativity {
    /// `a - b - c` is `(a - b) - c`.
    Left,
    /// `a ** b ** c` is `a ** (b ** c)`.
    Right,
}

macro_rules! operators {
    (
        unary { $($unary:ident $unary_symbol:literal)* }
        binary { $($binary:ident $symbol:literal $power:literal $associativity:ident)* }
    ) => {
        /// A prefix operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum UnaryOp { $(#[doc = concat!("`", $unary_symbol, "`")] $unary,)* }

        impl UnaryOp {
            /// All prefix operators.
            pub const ALL: &[Self] = &[$(Self::$unary),*];

            /// How it is written.
            #[must_use]
            pub fn symbol(self) -> &'static str {
                match self { $(Self::$unary => $unary_symbol,)* }
            }
        }

        /// An infix operator, the short-circuiting ones included.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum BinaryOp { $(#[doc = concat!("`", $symbol, "`")] $binary,)* }

        impl BinaryOp {
            /// All infix operators.
            pub const ALL: &[Self] = &[$(Self::$binary),*];

            /// How it is written.
            #[must_use]
            pub fn symbol(self) -> &'static str {
                match self { $(Self::$binary => $symbol,)* }
            }

            /// The higher, the tighter it binds. Unary operators bind tighter than all of them, save that
            /// `-a ** b` is an error (ECMA-262 section 13.6).
            #[must_use]
            pub fn power(self) -> u16 {
                match self { $(Self::$binary => $power,)* }
            }

            /// Which way a chain of it groups.
            #[must_use]
            pub fn associativity(self) -> Associativity {
                match self { $(Self::$binary => Associativity::$associativity,)* }
            }
        }
    };
}

operators! {
    unary {
        Not "!"
        BitNot "~"
        Plus "+"
        Minus "-"
        Typeof "typeof"
        Void "void"
    }
    binary {
        Coalesce "??" 1 Left
        Or "||" 2 Left
        And "&&" 3 Left
        BitOr "|" 4 Left
        BitXor "^" 5 Left
        BitAnd "&" 6 Left
        Equal "==" 7 Left
        NotEqual "!=" 7 Left
        StrictEqual "===" 7 Left
        StrictNotEqual "!==" 7 Left
        Less "<" 8 Left
        LessEqual "<=" 8 Left
        Greater ">" 8 Left
        GreaterEqual ">=" 8 Left
        In "in" 8 Left
        ShiftLeft "<<" 9 Left
        ShiftRight ">>" 9 Left
        ShiftRightUnsigned ">>>" 9 Left
        Add "+" 10 Left
        Subtract "-" 10 Left
        Multiply "*" 11 Left
        Divide "/" 11 Left
        Remainder "%" 11 Left
        Exponent "**" 12 Right
    }
}

impl BinaryOp {
    /// Whether the right operand is evaluated only if the left one does not decide.
    #[must_use]
    pub fn is_logical(self) -> bool {
        matches!(self, Self::Coalesce | Self::Or | Self::And)
    }
}
