//! Makes expressions, by the grammar, of a row of choices: the same bytes give the same expression.
//!
//! When the choices are used up, the simplest way is taken, so that shorter rows make shorter expressions: whoever
//! searches for a small counterexample drops bytes.

/// Which language the expressions are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// All that segue accepts: filters, hyphenated names, `Math.random()`.
    Segue,
    /// What JavaScript gives the same answer to, whatever the machine.
    #[allow(dead_code, reason = "the fuzz targets have no JavaScript at hand")]
    JavaScript,
}

/// The expression that these choices make.
pub(crate) fn expression(choices: &[u8], dialect: Dialect) -> String {
    let mut generator = Generator { choices, at: 0, dialect, names: Vec::new() };
    generator.expression(5)
}

/// A row of choices from a seed (SplitMix64; Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// 2014).
#[allow(dead_code, reason = "the fuzz targets bring their own bytes")]
pub(crate) fn choices(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 56) as u8
    };
    (0..count).map(next).collect()
}

const LITERALS: &[&str] = &[
    "1",
    "0",
    "-1",
    "2.5",
    "1e21",
    "0x1F",
    "1_000",
    ".5e-7",
    "NaN",
    "Infinity",
    "-0",
    "4294967295",
    "''",
    "'a'",
    "'segue'",
    "'10'",
    "' 7 '",
    "'é😀'",
    "'\\ud83d'",
    "'b-c'",
    "true",
    "false",
    "null",
    "undefined",
    "`t`",
];

const PATHS: &[&str] = &[
    "input.n",
    "input.s",
    "input.a.b",
    "input.a.c",
    "input.xs",
    "input.e",
    "input.t",
    "input.f",
    "input.nope",
    "input['a']",
    "input.a?.c?.d",
    "input.nope?.x.y",
    "input.a.b[1]",
    "input.s[0]",
    "input.s.length",
    "input",
    "input.xs.length",
    "input.n",
    "input.f",
    "input.xs",
    "input.s",
    "input.a.b.length",
    "input.a",
    "input.xs[0]",
    "input.n",
    "input.f",
    "input.s",
    "input.t",
    "input.a.c.x",
    "nope",
];

const BINARY: &[&str] = &[
    "+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "===", "!==", "&", "|", "^", "<<", ">>",
    ">>>", "&&", "||", "+", "-", "*", "<", "===", "&&", "||", "in",
];

const UNARY: &[&str] = &["!", "-", "+", "~", "typeof ", "void "];

const FUNCTIONS: &[&str] = &[
    "Math.floor",
    "Math.ceil",
    "Math.round",
    "Math.trunc",
    "Math.abs",
    "Math.sign",
    "Math.sqrt",
    "Math.max",
    "Math.min",
    "Number",
    "String",
    "Boolean",
    "parseInt",
    "parseFloat",
    "isNaN",
    "isFinite",
    "Number.isInteger",
    "Array.isArray",
    "Object.keys",
    "Object.values",
    "Object.entries",
    "JSON.stringify",
    "encodeURIComponent",
    "Array.of",
    "Math.imul",
    "Math.clz32",
    "Math.fround",
    "Number.isSafeInteger",
    "Object.fromEntries",
];

/// Methods of arrays, with arguments; `E` is an expression, `F` a function of one parameter, `G` of two.
const ARRAY_METHODS: &[&str] = &[
    "map(F)",
    "filter(F)",
    "slice(1, 2)",
    "slice(E)",
    "includes(E)",
    "indexOf(E)",
    "concat(E)",
    "join(E)",
    "find(F)",
    "some(F)",
    "every(F)",
    "reduce(G, E)",
    "reduce(G)",
    "at(-1)",
    "at(E)",
    "flat()",
    "flatMap(F)",
    "toReversed()",
    "findIndex(F)",
    "lastIndexOf(E)",
    "with(0, E)",
    "toSorted()",
    "findLast(F)",
    "reduceRight(G, E)",
    "map(F).join('-')",
    "length",
    "toString()",
];

/// Methods of strings.
const STRING_METHODS: &[&str] = &[
    "charAt(E)",
    "split('')",
    "toUpperCase()",
    "padStart(5, E)",
    "repeat(2)",
    "trim()",
    "startsWith(E)",
    "substring(1, E)",
    "charCodeAt(E)",
    "replace('a', E)",
    "slice(E)",
    "at(E)",
    "includes(E)",
    "indexOf(E)",
    "concat(E)",
    "length",
    "codePointAt(0)",
    "replaceAll('e', E)",
    "lastIndexOf(E)",
    "padEnd(E, '-')",
];

/// Methods of anything.
const METHODS: &[&str] =
    &["toString()", "valueOf()", "hasOwnProperty(E)", "toString(2)", "toFixed(2)", "map(F)"];

const ARRAYS: &[&str] = &["input.xs", "input.a.b", "[3, 1, 2]", "['a', 'b', null]", "[]"];

const STRINGS: &[&str] = &["input.s", "'segue'", "'é😀'", "' a b '", "`t${input.n}`"];

const FILTERS: &[&str] =
    &["uppercase", "lowercase", "default('x')", "length", "first", "last", "json", "trim"];

struct Generator<'c> {
    choices: &'c [u8],
    at: usize,
    dialect: Dialect,
    /// The parameters in scope.
    names: Vec<String>,
}

impl Generator<'_> {
    /// The next choice, below `count`; 0 once there are none.
    fn choose(&mut self, count: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % count
    }

    fn one_of(&mut self, options: &[&str]) -> String {
        options[self.choose(options.len())].to_owned()
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.leaf();
        }
        let depth = depth - 1;
        match self.choose(14) {
            0 => self.leaf(),
            1..=3 => self.binary(depth),
            4 => {
                let [test, yes, no] = [self.operand(depth), self.expression(depth), self.expression(depth)];
                format!("{test} ? {yes} : {no}")
            }
            5 => self.coalesce(depth),
            6 => self.array(depth),
            7 => self.object(depth),
            8..=9 => self.method(depth),
            10 => self.call(depth),
            11 => self.template(depth),
            12 => self.applied(depth),
            _ => self.postfix(depth),
        }
    }

    fn leaf(&mut self) -> String {
        match self.choose(3) {
            0 => self.one_of(LITERALS),
            1 if !self.names.is_empty() => {
                let at = self.choose(self.names.len());
                self.names[at].clone()
            }
            2 if self.dialect == Dialect::Segue => {
                self.one_of(&["a-b", "a - b", "a -b", "Math.random()", "a"])
            }
            _ => self.one_of(PATHS),
        }
    }

    /// Something that binds tighter than any infix operator.
    fn operand(&mut self, depth: usize) -> String {
        format!("({})", self.expression(depth))
    }

    fn term(&mut self, depth: usize) -> String {
        match self.choose(3) {
            0 => {
                let leaf = self.leaf();
                // `-1 ** 2` is no JavaScript.
                if leaf.starts_with('-') { format!("({leaf})") } else { leaf }
            }
            _ => self.operand(depth),
        }
    }

    /// A chain of operators without parentheses, so that precedence decides.
    fn binary(&mut self, depth: usize) -> String {
        let mut text = self.term(depth);
        for _ in 0..=self.choose(3) {
            if self.choose(10) == 9 {
                text = format!("{text} ** {}", self.term(depth));
                continue;
            }
            let (operator, right) = (self.one_of(BINARY), self.term(depth));
            if self.choose(5) == 4 {
                let unary = self.one_of(UNARY);
                // Nothing may be raised to a power behind a prefix operator.
                text = format!("{text} {operator} ({unary}{right})");
            } else {
                text = format!("{text} {operator} {right}");
            }
        }
        if self.dialect == Dialect::Segue && self.choose(6) == 5 {
            return format!("({text}) | {}", self.one_of(FILTERS));
        }
        text
    }

    fn coalesce(&mut self, depth: usize) -> String {
        let (left, right) = (self.term(depth), self.term(depth));
        format!("{left} ?? {right}")
    }

    fn array(&mut self, depth: usize) -> String {
        let count = self.choose(4);
        let item = |_| match self.choose(6) {
            4 => format!("...{}", self.one_of(ARRAYS)),
            5 if self.choose(4) == 3 => format!("...{}", self.operand(depth)),
            _ => self.expression(depth),
        };
        format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(", "))
    }

    fn object(&mut self, depth: usize) -> String {
        let count = self.choose(4);
        let property = |at| match self.choose(7) {
            0 => format!("k{at}: {}", self.expression(depth)),
            1 => format!("'b c': {}", self.expression(depth)),
            2 => format!("[{}]: {}", self.expression(depth), self.expression(depth)),
            3 => format!("...{}", self.operand(depth)),
            4 => format!("{}: {}", self.one_of(&["1", "x", "a", "toString", "k0"]), self.expression(depth)),
            5 => format!("valueOf: () => {}", self.operand(depth)),
            _ => format!("f: {}", self.function(depth, 1)),
        };
        format!("({{{}}})", (0..count).map(property).collect::<Vec<_>>().join(", "))
    }

    fn method(&mut self, depth: usize) -> String {
        let (receiver, methods) = match self.choose(5) {
            0 | 1 => (self.one_of(ARRAYS), ARRAY_METHODS),
            2 => (self.one_of(STRINGS), STRING_METHODS),
            3 => (self.array(depth), ARRAY_METHODS),
            _ => (self.operand(depth), METHODS),
        };
        let dot = if self.choose(4) == 3 { "?." } else { "." };
        let method = self.one_of(methods);
        let mut text = format!("{receiver}{dot}");
        for letter in method.chars() {
            match letter {
                'E' => text.push_str(&self.expression(depth.min(2))),
                'F' => text.push_str(&self.function(depth, 1)),
                'G' => text.push_str(&self.function(depth, 2)),
                other => text.push(other),
            }
        }
        text
    }

    fn call(&mut self, depth: usize) -> String {
        let name = self.one_of(FUNCTIONS);
        let arguments: Vec<String> = (0..self.choose(3)).map(|_| self.expression(depth)).collect();
        format!("{name}({})", arguments.join(", "))
    }

    fn template(&mut self, depth: usize) -> String {
        format!("`a${{{}}}-${{{}}}`", self.expression(depth), self.expression(depth))
    }

    /// A function, and arguments for it.
    fn applied(&mut self, depth: usize) -> String {
        let count = self.choose(3);
        let function = self.function(depth, count);
        let arguments: Vec<String> = (0..count).map(|_| self.expression(depth)).collect();
        format!("({function})({})", arguments.join(", "))
    }

    fn function(&mut self, depth: usize, count: usize) -> String {
        let outer = self.names.len();
        let mut parameters = Vec::new();
        for at in 0..count {
            let name = format!("p{}", outer + at);
            let parameter = match self.choose(8) {
                5 => format!("[{name}]"),
                6 => format!("{{ b: {name} = 1 }}"),
                7 => format!("{name} = {}", self.expression(depth.min(1))),
                // The last parameter, which may come later, and which is captured before it has its value.
                4 => format!("{name} = () => p{}", outer + count - 1),
                _ => name.clone(),
            };
            self.names.push(name);
            parameters.push(parameter);
        }
        let body = self.expression(depth);
        self.names.truncate(outer);
        let body = if body.starts_with('{') { format!("({body})") } else { body };
        format!("({}) => {body}", parameters.join(", "))
    }

    fn postfix(&mut self, depth: usize) -> String {
        let base = self.operand(depth);
        let key = self.expression(depth.min(2));
        match self.choose(6) {
            0 => format!("{base}.length"),
            1 => format!("{base}[{key}]"),
            2 => format!("{base}?.[{key}]"),
            3 => format!("{base}?.b"),
            4 => format!("{base}?.({key})"),
            _ => format!("{base}.k0"),
        }
    }
}
