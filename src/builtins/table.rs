//! The tables: what a row is, where each row lives, and how it is found again.
//!
//! A group is a slice of rows in one file. A row's [`Native::id`] is its group and its index there, so that calling
//! is two look-ups by index; names are looked up in maps that are made from the same rows once.

use super::{Call, Methods, Outcome};
use super::{array, boolean, ensemble, filter, function, global, json, math, number, object, regex, string};
use crate::value::{Native, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A row: a function that the language brings along, a constant, or a namespace.
#[derive(Debug)]
pub struct Builtin {
    /// What it is as a value: its qualified name (`Array.prototype.map`, `Math.PI`, `parseInt`) and `length`.
    pub native: Native,
    /// The parameters, as the reference writes them: `callback, initial?`.
    pub params: &'static str,
    /// What it does.
    pub run: Run,
    /// The id of its section in ECMA-262; empty for what is not JavaScript's.
    pub spec: &'static str,
    /// One line for the reference and for completion, without a full stop.
    pub about: &'static str,
    /// An expression, and one that is equal to it.
    pub example: (&'static str, &'static str),
}

/// What a row does when it is called or read.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// It is a function.
    Function(fn(&mut Call<'_>) -> Outcome),
    /// It is a number.
    Number(f64),
    /// It is `undefined`.
    Undefined,
    /// It is an object that only holds other rows.
    Namespace,
    /// It is the very function of another name: `Number.parseInt === parseInt`.
    SameAs(&'static str),
}

const fn row(native: Native, run: Run) -> Builtin {
    Builtin { native, params: "", run, spec: "", about: "", example: ("", "") }
}

/// The row of a function; `length` is what JavaScript's `.length` says. [`numbered`] gives it its id.
pub(super) const fn function(
    name: &'static str,
    length: u8,
    params: &'static str,
    run: fn(&mut Call<'_>) -> Outcome,
) -> Builtin {
    let mut row = row(Native { name, length, is_namespace: false, id: 0 }, Run::Function(run));
    row.params = params;
    row
}

/// The row of a value that is no function.
pub(super) const fn constant(name: &'static str, run: Run) -> Builtin {
    row(Native { name, length: 0, is_namespace: matches!(run, Run::Namespace), id: 0 }, run)
}

/// The row of a second name for a function.
pub(super) const fn same_as(name: &'static str, params: &'static str, other: &'static str) -> Builtin {
    let mut row = row(Native { name, length: 0, is_namespace: false, id: 0 }, Run::SameAs(other));
    row.params = params;
    row
}

impl Builtin {
    /// The section of ECMA-262 that defines it.
    pub(super) const fn spec(mut self, id: &'static str) -> Self {
        self.spec = id;
        self
    }

    /// What it is for, in one line.
    pub(super) const fn about(mut self, line: &'static str) -> Self {
        self.about = line;
        self
    }

    /// An expression, and what it is equal to.
    pub(super) const fn example(mut self, source: &'static str, result: &'static str) -> Self {
        self.example = (source, result);
        self
    }

    /// Where it is found.
    #[must_use]
    pub fn place(&self) -> Place {
        let name = self.native.name;
        if self.native.id >> 8 == Group::Filters as u16 {
            return Place::Filter;
        }
        if self.native.id >> 8 == Group::Ensemble as u16 {
            return Place::Ensemble;
        }
        match name.split_once(".prototype.") {
            Some((receiver, method)) => Place::Method { receiver, name: method },
            None => name.split_once('.').map_or(Place::Global, |(owner, name)| Place::Static { owner, name }),
        }
    }

    /// What it is as a value.
    fn value(&'static self) -> Option<Value> {
        match self.run {
            Run::Function(_) | Run::Namespace => Some(Value::Native(&self.native)),
            Run::Number(number) => Some(Value::Number(number)),
            Run::Undefined => Some(Value::Undefined),
            Run::SameAs(other) => INDEX.qualified.get(other).map(|row| Value::Native(&row.native)),
        }
    }
}

/// Where a built-in is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A name of its own: `parseInt`, `Math`.
    Global,
    /// A member of a namespace or constructor: `Math.max`.
    Static {
        /// `Math`
        owner: &'static str,
        /// `max`
        name: &'static str,
    },
    /// A method that values inherit: `[1].map(f)`.
    Method {
        /// The constructor in whose prototype JavaScript keeps it: `Array`.
        receiver: &'static str,
        /// `map`
        name: &'static str,
    },
    /// After `|`.
    Filter,
    /// A name that only ensembles have.
    Ensemble,
}

/// The slices of rows: the upper byte of [`Native::id`], and the index in [`GROUPS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Group {
    Globals,
    Filters,
    MathNumbers,
    MathFunctions,
    Json,
    NumberStatics,
    NumberMethods,
    BooleanMethods,
    ObjectStatics,
    ObjectMethods,
    FunctionMethods,
    ArrayStatics,
    ArrayIterate,
    ArraySearch,
    ArrayBuild,
    ArraySort,
    ArrayText,
    StringStatics,
    StringMethods,
    StringText,
    StringSearch,
    StringPatterns,
    RegexMethods,
    Ensemble,
}

/// The rows of each [`Group`], in the order of its variants.
///
/// Every [`Native`] that becomes a value is reached through this one static: what the slices point at has no name of
/// its own, and the compiler may lay it out once for each part of the program that mentions it.
static GROUPS: [&[Builtin]; 24] = [
    global::ROWS,
    filter::ROWS,
    math::NUMBERS,
    math::FUNCTIONS,
    json::STATICS,
    number::STATICS,
    number::METHODS,
    boolean::METHODS,
    object::STATICS,
    object::METHODS,
    function::METHODS,
    array::STATICS,
    array::ITERATE,
    array::SEARCH,
    array::BUILD,
    array::SORT,
    array::TEXT,
    string::STATICS,
    string::METHODS,
    string::TEXT,
    string::SEARCH,
    string::PATTERNS,
    regex::METHODS,
    ensemble::ROWS,
];

/// Gives each row its id.
pub(super) const fn numbered<const N: usize>(group: Group, mut rows: [Builtin; N]) -> [Builtin; N] {
    assert!(N <= 256, "a group's index is one byte");
    let mut at = 0;
    while at < N {
        rows[at].native.id = (group as u16) << 8 | at as u16;
        at += 1;
    }
    rows
}

/// The row that a native belongs to. O(1).
#[inline]
pub(super) fn row_of(native: &Native) -> Option<&'static Builtin> {
    GROUPS.get(usize::from(native.id >> 8))?.get(usize::from(native.id & 0xff))
}

/// All rows, group by group.
pub fn rows() -> impl Iterator<Item = &'static Builtin> {
    GROUPS.iter().flat_map(|rows| rows.iter())
}

/// The rows by their names.
pub(super) struct Index {
    qualified: HashMap<&'static str, &'static Builtin>,
    globals: HashMap<&'static str, &'static Builtin>,
    filters: HashMap<&'static str, &'static Native>,
    methods: HashMap<&'static str, Methods>,
    /// By the owner's name.
    statics: HashMap<&'static str, HashMap<&'static str, &'static Builtin>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

impl Index {
    fn new() -> Self {
        let mut index = Self {
            qualified: HashMap::new(),
            globals: HashMap::new(),
            filters: HashMap::new(),
            methods: HashMap::new(),
            statics: HashMap::new(),
        };
        for row in rows() {
            let name = row.native.name;
            match row.place() {
                Place::Filter => {
                    index.filters.insert(name, &row.native);
                    continue;
                }
                Place::Global => {
                    index.globals.insert(name, row);
                }
                Place::Static { owner, name } => {
                    index.statics.entry(owner).or_default().insert(name, row);
                }
                Place::Method { .. } => {}
                Place::Ensemble => continue,
            }
            index.qualified.insert(name, row);
        }
        for row in rows() {
            let Place::Method { receiver, name } = row.place() else { continue };
            let native = match row.run {
                Run::SameAs(other) => index.qualified.get(other).map(|row| &row.native),
                Run::Function(_) => Some(&row.native),
                Run::Number(_) | Run::Undefined | Run::Namespace => None,
            };
            let methods = index.methods.entry(name).or_default();
            match receiver {
                "String" => methods.string = native,
                "Number" => methods.number = native,
                "Boolean" => methods.boolean = native,
                "Array" => methods.array = native,
                "Function" => methods.function = native,
                "RegExp" => methods.regex = native,
                "Object" => methods.object = native,
                _ => {}
            }
        }
        // Everything inherits from Object.prototype in the end.
        for methods in index.methods.values_mut() {
            let Some(inherited) = methods.object else { continue };
            for own in [
                &mut methods.string,
                &mut methods.number,
                &mut methods.boolean,
                &mut methods.array,
                &mut methods.function,
                &mut methods.regex,
            ] {
                own.get_or_insert(inherited);
            }
        }
        index
    }
}

/// All methods called `name`. O(1).
pub(super) fn methods(name: &str) -> Methods {
    INDEX.methods.get(name).copied().unwrap_or_default()
}

/// The value of a global name. O(1).
pub(super) fn global_value(name: &str) -> Option<Value> {
    INDEX.globals.get(name)?.value()
}

/// The filter of that name. O(1).
pub(super) fn filter_named(name: &str) -> Option<&'static Native> {
    INDEX.filters.get(name).copied()
}

/// What only ensembles can name. O(rows of it).
pub(super) fn ensemble_value(name: &str) -> Option<Value> {
    GROUPS[Group::Ensemble as usize].iter().find(|row| row.native.name == name)?.value()
}

/// What `owner` holds under `name`. O(1).
pub(super) fn static_member(owner: &Native, name: &str) -> Option<Value> {
    INDEX.statics.get(owner.name)?.get(name)?.value()
}

/// The names of all globals, for completion and suggestions.
pub fn global_names() -> impl Iterator<Item = &'static str> {
    rows().filter(|row| row.place() == Place::Global).map(|row| row.native.name)
}

/// The names of all filters, for completion and suggestions.
pub fn filter_names() -> impl Iterator<Item = &'static str> {
    rows().filter(|row| row.place() == Place::Filter).map(|row| row.native.name)
}

/// The names of all methods of whatever receiver; one that several receivers have comes several times.
pub fn method_names() -> impl Iterator<Item = &'static str> {
    rows().filter_map(|row| match row.place() {
        Place::Method { name, .. } => Some(name),
        Place::Global | Place::Static { .. } | Place::Filter | Place::Ensemble => None,
    })
}

/// The names of what `native` holds: `max`, `PI`, … for `Math`.
pub fn static_names(native: &Native) -> impl Iterator<Item = &'static str> {
    rows().filter_map(|row| match row.place() {
        Place::Static { owner, name } if owner == native.name => Some(name),
        Place::Static { .. } | Place::Global | Place::Method { .. } | Place::Filter | Place::Ensemble => None,
    })
}
