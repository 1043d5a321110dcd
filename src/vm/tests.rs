use super::{Limits, Vm};
use crate::compile::{Scope, Undeclared, compile};
use crate::draw::{Seed, Stream};
use crate::syntax::parse;
use crate::value::Value;
use pretty_assertions::assert_eq;

fn of_input() -> Scope {
    let mut scope = Scope::new(Undeclared::Throw);
    scope.variable("input", 0);
    scope.finish();
    scope
}

fn run(source: &str, limits: Limits) -> String {
    let scope = of_input();
    let expr = match parse(source, scope.declared()) {
        Ok(expr) => expr,
        Err(faults) => return format!("SyntaxError: {}", faults[0].title),
    };
    let program = compile(&expr, source, &scope).expect("names throw at run time");
    let input = r#"{"a":{"b":[1,2,3]},"user_id":42,"s":"text","n":null,"ten":"10","hex":"0xff","blank":" ","yes":true,
        "long":"00000000000000000000000000000000000000000000002","wide":"4294967296","o":{"length":{"x":7}}}"#;
    let input = Value::from_json(input).expect("JSON");
    let mut stream = Stream::seeded(Seed::default());
    match Vm::new(limits).run(&program, &[input], &mut stream.cursor()) {
        Ok(Value::Undefined) => "undefined".to_owned(),
        Ok(value) => value.to_json_string(),
        Err(error) => format!("{error} at `{}`", &source[error.span.range()]),
    }
}

fn eval(source: &str) -> String {
    run(source, Limits::default())
}

#[test]
fn operands_of_other_types_are_numbers_in_comparisons_and_arithmetic() {
    // Of strings as `env` has them; two strings are compared as texts.
    for (source, expected) in [
        ("50 < input.s", "false"),
        ("input.ten > 9", "true"),
        ("input.ten > '9'", "false"),
        ("input.ten * 2 - input.n", "20"),
        ("input.ten + 1", "\"101\""),
        ("input.hex >= 255", "true"),
        ("input.blank <= 0", "true"),
        ("input.long > 1", "true"),
        ("input.wide < 4294967296.5", "true"),
        ("input.yes + 1", "2"),
        ("(input.n < 1) > 0", "true"),
        ("-input.ten", "-10"),
        ("-input.missing < 1", "false"),
        ("input.yes === true && input.n !== false && true !== input.ten", "true"),
        ("input.a.b.length > 2 && input.s.length === 4", "true"),
        ("input.a.b.length.missing === undefined", "true"),
        ("input.o.length.x", "7"),
        ("4294967297 % input.ten", "7"),
        ("1 / (-0 % input.ten)", "null"),
        ("-7 % input.ten", "-7"),
        ("7 % input.n", "null"),
    ] {
        assert_eq!(eval(source), expected, "{source}");
    }
}

#[test]
fn calls_in_a_row_give_and_cost_what_they_do_one_by_one() {
    // A callback that could look at its array is called the long way.
    let longer = |source: &str, callback: &str, parameters: &str| {
        source.replace(callback, &callback.replace("x =>", &format!("({parameters}) =>")))
    };
    let items = "Array.from({ length: 300 }, (_, i) => ({ n: i, s: i > 4 ? 'x' : 1 }))";
    for (source, callback, parameters) in [
        (
            "input.a.b.filter(x => x > 1).map(x => x * 2).reduce((s, x) => s + x, 0)",
            "x => x > 1",
            "x, i, all",
        ),
        (
            "input.a.b.filter(x => x > 1).map(x => x * 2).reduce((s, x) => s + x, 0)",
            "x => x * 2",
            "x, i, all",
        ),
        ("ITEMS.filter(x => x.n >= 9).map(x => x.n).length", "x => x.n >= 9", "x, i, all"),
        ("ITEMS.filter(x => x.n !== input.user_id).length", "x => x.n !== input.user_id", "x, i, all"),
        (
            "ITEMS.filter(x => x.n % 3 === 0).map(x => x.n / 2).reduce((s, x) => s - x, 9)",
            "x => x.n / 2",
            "x, i, all",
        ),
        ("ITEMS.filter(x => x.n < 20).map(x => x.s).filter(x => x !== 1).length", "x => x.s", "x, i, all"),
        (
            "[{ n: 1 }, { m: 0, n: 5 }, {}, { n: '7' }].map(x => x.n * 2).filter(x => x > 1).length",
            "x => x > 1",
            "x, i, all",
        ),
        (
            "[3, 4, 5].map(x => x - 1).filter((x, i) => i <= x).reduce((s, x, i) => s + i, 0)",
            "x => x - 1",
            "x, i, all",
        ),
        ("ITEMS.map(x => x.s).reduce((s, x) => s + x, 0)", "x => x.s", "x, i, all"),
        ("ITEMS.map(x => x.n.toFixed()).length", "x => x.n.toFixed()", "x, i, all"),
        ("ITEMS.filter(x => x.what.not).length", "x => x.what.not", "x, i, all"),
        ("[].filter(x => x).reduce((s, x) => s + x, 7)", "x => x)", "x, i, all"),
    ] {
        // Twice: what the first one pays too much, the second one lacks.
        let source = source.replace("ITEMS", items);
        let short = format!("[{source}, {source}]");
        let long = longer(&short, callback, parameters);
        let outcome = |source: &str, limits: &Limits| {
            run(source, limits.clone()).split(" at `").next().map(str::to_owned)
        };
        let enough = Limits::default();
        assert_eq!(outcome(&short, &enough), outcome(&long, &enough), "{source}");
        let fuel = |fuel: usize| Limits { fuel: fuel as u64, ..Limits::default() };
        let memory = |memory: usize| Limits { memory, ..Limits::default() };
        for limits in [&fuel as &dyn Fn(usize) -> Limits, &memory] {
            // The least that suffices, to the unit.
            let least = |source: &str| {
                let is_enough = |limit: usize| outcome(source, &limits(limit)) == outcome(source, &enough);
                (0..20).rev().fold(
                    0,
                    |least, bit| if is_enough(least + (1 << bit)) { least } else { least + (1 << bit) },
                )
            };
            assert_eq!(least(&short), least(&long), "{source}");
        }
    }
}

#[test]
fn a_fold_goes_on_where_its_sum_becomes_a_text() {
    for (source, expected) in [
        ("input.a.b.reduce((s, x) => s + x, 0)", "6"),
        ("input.a.b.reduce((s, x, i) => x > 2 ? s + '!' : s + i, 0)", "\"1!\""),
        ("input.a.b.reduce((s, x) => x > s ? x : s)", "3"),
        ("input.a.b.reduce((s, x, i, all) => s + all.length, '')", "\"333\""),
        ("input.a.b.reduce((s, x) => x === 2 ? { s } : s, 1).s", "1"),
        ("[].reduce((s, x) => s + x, input.o) === input.o", "true"),
    ] {
        assert_eq!(eval(source), expected, "{source}");
    }
}

#[test]
fn callbacks_of_one_operator_go_on_where_looking_is_not_enough() {
    for (source, expected) in [
        // Numbers, then a text that is appended to, then numbers again.
        ("[1, 2, 'x', 3].map(x => x + 1)", r#"[2,3,"x1",4]"#),
        ("[1, 2, 'x', 3].map((x, at) => at * 10)", "[0,10,20,30]"),
        ("[5, 6].map((x, at, all) => all.length)", "[2,2]"),
        ("[5, 6].map((x, at, all, more) => more === undefined)", "[true,true]"),
        // Members: of one shape, of others, missing, inherited, of what is no object.
        ("[{ p: 1 }, { p: 2 }, { q: 0, p: 3 }, {}].map(x => x.p > 1)", "[false,true,true,false]"),
        ("[{ p: 1 }, { q: 2 }, { p: 3 }].map(x => x.p)", "[1,null,3]"),
        ("[{ toString: 1 }, {}].map(x => typeof x.toString)", r#"["number","function"]"#),
        ("[{}, { toString: 1 }].map(x => x.toString === 1)", "[false,true]"),
        ("['ab', [1], { length: 'l' }].map(x => x.length)", r#"[2,1,"l"]"#),
        ("[{ p: { q: 2 } }].map(x => x.p.q * 2)", "[4]"),
        ("((limit) => [1, 2, 3].filter(x => x >= limit))(2)", "[2,3]"),
        ("((o) => [1, 2, 3].filter(x => x < o.limit))({ limit: 3 })", "[1,2]"),
        ("[1, 2, 3].find(x => x > 1) + [1, 2, 3].findIndex(x => x > 1)", "3"),
        ("[3, 4].reduce((sum, x) => sum + x)", "7"),
        ("[3, 4].reduce((sum, x, at) => sum + at, 10)", "11"),
        ("[1, 2, 'x', 3].reduce((sum, x) => sum + x, 0)", r#""3x3""#),
        ("[{ n: 1 }, { n: 2 }].reduce((sum, x) => sum - x.n, 0)", "-3"),
        ("[[2, 3], [4]].map(x => x.reduce((a, b) => a ** b))", "[8,4]"),
    ] {
        assert_eq!(eval(source), expected, "{source}");
    }
    let error = eval("[{ p: 1 }, null].map(x => x.p)");
    assert_eq!(error, "TypeError: Cannot read properties of null (reading 'p') at `x.p`");
}

#[test]
fn what_is_not_called_is_not_paid_for() {
    let limits = Limits { fuel: 1_500, ..Limits::default() };
    let items = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap(x => [x, x, x, x, x, x, x, x, x, x])";
    let searches = |reach: u32| {
        format!("(all => [1, 2, 3, 4, 5, 6, 7, 8].map(() => all.findIndex(x => x >= {reach}))[7])({items})")
    };
    assert_eq!(run(&searches(1), limits.clone()), "10");
    assert!(run(&searches(9), limits).starts_with("LimitError"));

    // Looking is not enough for the first item, so that none of what was set aside for the others is used.
    let limits = Limits { fuel: 420, ..Limits::default() };
    let items = "['x', 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    assert_eq!(
        run(
            &format!("(all => [1, 2, 3, 4, 5, 6].map(() => all.map(x => x + 1))[5].length)({items})"),
            limits
        ),
        "10"
    );
}

#[test]
fn texts_with_holes_are_made_of_whatever_stands_in_them() {
    let long = "x".repeat(600);
    for (source, expected) in [
        ("`${input.s}: ${input.a.b.length} of ${input.user_id}`", r#""text: 3 of 42""#.to_owned()),
        ("`${input.s === 'text' ? 'yes' : 'no'}${-0}${0 / 0}${1e21}`", r#""yes0NaN1e+21""#.to_owned()),
        (
            "`${input.n} ${input.yes} ${input.a.b} ${input.missing}`",
            r#""null true 1,2,3 undefined""#.to_owned(),
        ),
        ("`${{ toString: () => 'own' }}`", r#""own""#.to_owned()),
        ("`é${'ü'}`.length", "2".to_owned()),
        ("`${'\\ud83d'}${'\\ude00'}` === '😀'", "true".to_owned()),
        ("`${'\\ud83d'}!`.length", "2".to_owned()),
        ("`${input.s}${1}${2}${3}${4}${5}${6}${7}${8}${9}${10}${11}`", r#""text1234567891011""#.to_owned()),
    ] {
        assert_eq!(eval(source), expected, "{source}");
    }
    assert_eq!(eval(&format!("`{long}${{input.s}}`")), format!("\"{long}text\""));
    let little = Limits { memory: 10, ..Limits::default() };
    assert!(run("`${input.s}, ${input.s}, ${input.s}`", little).starts_with("LimitError"));
}

#[test]
fn constants_are_given_out_as_they_are_however_many() {
    let (scope, mut vm, mut stream) = (of_input(), Vm::default(), Stream::seeded(Seed::default()));
    let texts: Vec<String> = (0..9).map(|at| format!("prompts/extraction@v{at}.0.0")).collect();
    let source = texts
        .iter()
        .enumerate()
        .fold("'none'".to_owned(), |rest, (at, text)| format!("input === {at} ? '{text}' : {rest}"));
    let expr = parse(&source, scope.declared()).expect("it is an expression");
    let program = compile(&expr, &source, &scope).expect("its names are known");
    for at in (0..9).chain([0, 0, 4, 8, 4]) {
        let value = vm.run(&program, &[Value::from(at)], &mut stream.cursor()).expect("it does not throw");
        assert_eq!(value.to_json_string(), format!("\"{}\"", texts[at as usize]));
    }
}

#[test]
fn expressions_give_what_javascript_gives() {
    for (source, expected) in [
        ("input.user_id % 2 === 0", "true"),
        ("input.a.b[1] + input.a.b.length", "5"),
        ("1 + 2 * 3 ** 2 - -1", "20"),
        ("'a' + 1 + null", "\"a1null\""),
        ("input?.x?.y.z", "undefined"),
        ("input.x?.y.z.w", "undefined"),
        ("input.missing?.(1)", "undefined"),
        ("input.a?.b?.slice?.(1)", "[2,3]"),
        ("input.a?.['b']?.['slice']?.(2)", "[3]"),
        ("(x => x * 2)(21)", "42"),
        ("((a, b = a + 1, ...c) => [a, b, c])(1, undefined, 3, 4)", "[1,2,[3,4]]"),
        (
            "(({ a: { b: [x, , z = 9] }, ...rest }) => [x, z, rest])({ a: { b: [1, 2] }, c: 3 })",
            "[1,9,{\"c\":3}]",
        ),
        ("(([a, ...b]) => [a, b])('xyz')", "[\"x\",[\"y\",\"z\"]]"),
        ("(a => b => a + b)(1)(2)", "3"),
        ("(f => f(f, 5))((f, n) => n === 0 ? 0 : n + f(f, n - 1))", "15"),
        ("[1, ...input.a.b, ...'ab']", "[1,1,2,3,\"a\",\"b\"]"),
        ("({ a: 1, ['b' + 1]: 2, ...{ c: 3 }, a: 4, 1: 5 })", "{\"1\":5,\"a\":4,\"b1\":2,\"c\":3}"),
        ("`a${1}b${'c'}`", "\"a1bc\""),
        ("typeof nope", "\"undefined\""),
        ("typeof (nope)", "\"undefined\""),
        ("void 0", "undefined"),
        ("null ?? 'x'", "\"x\""),
        ("0 || '' || 7", "7"),
        ("1 && 2 && 0", "0"),
        ("1 < 2 < 3", "true"),
        ("!input.n && !'' ", "true"),
        ("({ f: x => x }).f.name", "\"f\""),
        ("({ ['f' + 1]: (x => x) }).f1.name", "\"f1\""),
        ("(input.a.b.slice)(1)", "[2,3]"),
        ("(input?.a.b.slice)(1)", "[2,3]"),
        ("(input?.a?.b?.slice)?.(2)", "[3]"),
        ("(input?.z?.b.slice)?.(2).length", "undefined"),
        ("'b' in { b: 1 }", "true"),
    ] {
        assert_eq!(eval(source), expected, "{source}");
    }
}

#[test]
fn errors_say_class_and_place() {
    for (source, expected) in [
        ("1 + nope", "ReferenceError: nope is not defined at `nope`"),
        ("input.n.x", "TypeError: Cannot read properties of null (reading 'x') at `input.n.x`"),
        ("1 + input.z.y.x", "TypeError: Cannot read properties of undefined (reading 'y') at `input.z.y`"),
        ("input.a(1)", "TypeError: input.a is not a function at `input.a`"),
        ("(a => a.b.c)({})", "TypeError: Cannot read properties of undefined (reading 'c') at `a.b.c`"),
        ("((a = b, b = 1) => a)()", "ReferenceError: Cannot access 'b' before initialization at `b`"),
        ("(({ a }) => a)(null)", "TypeError: Cannot destructure 'null' as it is null. at `{ a }`"),
        (
            "(input?.z?.slice)(1)",
            "TypeError: Cannot read properties of undefined (reading 'slice') at `input?.z?.slice`",
        ),
        ("[...5]", "TypeError: number is not iterable at `5`"),
    ] {
        assert_eq!(eval(source), expected, "{source}");
    }
}

#[test]
fn recursion_without_end_is_a_range_error() {
    let source = "(f => f(f))(f => f(f))";
    assert_eq!(eval(source), "RangeError: Maximum call stack size exceeded at `f(f)`");
}

#[test]
fn fuel_memory_and_output_hold_on_both_sides() {
    let limits = Limits { fuel: 4, ..Limits::default() };
    assert_eq!(run("input.a.b[0] + 1", limits.clone()), "2");
    let error = run("input.a.b[0] + 1 + input.user_id", limits);
    assert!(error.starts_with("LimitError: the expression takes more steps than it may"), "{error}");
    let tree = "(f => f(f, 22))((f, n) => n === 0 ? 1 : (a => [a, a])(f(f, n - 1)))";
    assert!(
        eval(tree).starts_with("LimitError: the result has more than"),
        "a shared value is counted as often as it is written"
    );
    let limits = Limits { memory: 100, ..Limits::default() };
    assert_eq!(run("[1, 2, 3]", limits.clone()), "[1,2,3]");
    assert!(run("[1, 2, 3, 4, 5, 6, 7]", limits).starts_with("LimitError: the expression makes more data"));
}

#[test]
fn a_long_flat_expression_is_no_deep_one() {
    let source = vec!["input.user_id"; 50_000].join(" + ");
    assert_eq!(eval(&source), "2100000");
}

#[test]
fn a_chain_of_cells_is_dropped_without_recursion() {
    // Each function holds the one before it in a cell, and nothing counts that as nesting.
    let chain = "Array.from({ length: 30000 }).reduce(last => ((a = () => b, b = last) => a)(), 7)";
    assert_eq!(eval(&format!("typeof ({chain})")), "\"function\"");
    assert_eq!(eval(&format!("typeof ({chain})()()()")), "\"function\"");
}

#[test]
fn a_function_that_outlives_its_evaluation_finds_its_cells_empty() {
    let mut scope = Scope::new(Undeclared::Throw);
    scope.variable("input", 0);
    scope.finish();
    let mut vm = Vm::default();
    let mut stream = Stream::seeded(Seed::default());
    let mut value = Value::Undefined;
    for source in ["((a = () => b, b = 1) => a() && a)()", "input()"] {
        let expr = parse(source, scope.declared()).expect("it is an expression");
        let program = compile(&expr, source, &scope).expect("its names are known");
        match vm.run(&program, &[value.clone()], &mut stream.cursor()) {
            Ok(made) => value = made,
            Err(error) => {
                assert_eq!(error.to_string(), "ReferenceError: Cannot access 'b' before initialization");
                return;
            }
        }
    }
    panic!("the second evaluation gives {value:?}");
}

#[test]
fn texts_of_every_length_and_alphabet_are_joined_in_the_same_room() {
    let (scope, mut vm, mut stream) = (of_input(), Vm::default(), Stream::seeded(Seed::default()));
    let source = "`<${input}|${input}>`";
    let program = compile(&parse(source, scope.declared()).expect("it parses"), source, &scope);
    let program = program.expect("its names are known");
    // Longer and shorter by turns, so that something lies behind each text.
    let lengths = (0..=30).chain(250..=260).chain([600, 15, 14, 13, 0]);
    for (length, letter) in lengths.flat_map(|length| ["x", "é", "𝄞"].map(|letter| (length, letter))) {
        let text = letter.repeat(length);
        let made = vm.run(&program, &[Value::from(text.as_str())], &mut stream.cursor()).expect("no error");
        let Value::String(made) = made else { panic!("{made:?} is no text") };
        assert_eq!(made.to_text(), format!("<{text}|{text}>"));
        assert_eq!(made.len(), 3 + 2 * text.encode_utf16().count());
    }
}

#[test]
fn who_gives_up_takes_its_draws_back() {
    let (scope, mut vm, mut stream) = (of_input(), Vm::default(), Stream::seeded(Seed::default()));
    let first = stream.draw(0);
    // A text is appended to, which quick code leaves to others.
    let source = "Math.random() * 100 + input";
    let program = compile(&parse(source, scope.declared()).expect("it parses"), source, &scope);
    let program = program.expect("its names are known");
    assert!(program.code().main().quick.is_some());
    let mut draws = stream.cursor();
    let made = vm.run(&program, &[Value::from("%")], &mut draws).expect("it does not throw");
    let percentage = crate::value::number::to_js_string(first * 100.0).to_text().into_owned();
    assert_eq!(made.to_json_string(), format!("\"{percentage}%\""));
    assert_eq!(draws.position(), 1);
}
