use super::{Group, Scope, Undeclared, compile, references};
use crate::syntax::{DeclaredNames, parse};
use pretty_assertions::assert_eq;

fn scope() -> Scope {
    let mut scope = Scope::new(Undeclared::Refuse);
    for (slot, name) in (0..).zip(["input", "env", "analyzer", "stable", "analyzer-stable", "ring-0"]) {
        scope.variable(name, slot);
    }
    let mut group = Group::default();
    group.members.insert("analyzer-stable".into(), 4);
    scope.group("agents", group);
    scope.allow_draw();
    scope.finish();
    scope
}

fn code(source: &str) -> String {
    let scope = scope();
    let expr = parse(source, scope.declared()).expect("it parses");
    let program = compile(&expr, source, &scope).expect("it compiles");
    let lines = program.disassemble();
    lines
        .lines()
        .map(|line| line.split('│').next().unwrap_or_default().trim_end())
        .collect::<Vec<_>>()
        .join("\n")
}

fn faults(source: &str) -> Vec<String> {
    let scope = scope();
    let expr = parse(source, scope.declared()).expect("it parses");
    let faults = compile(&expr, source, &scope).expect_err("a fault");
    faults.iter().map(|fault| format!("{}: {}", fault.title, fault.help.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn a_gate_is_a_handful_of_instructions() {
    assert_eq!(code("Math.random() < 0.9"), "0000  random\n0001  less            k0 = 0.9\n0002  return");
    assert_eq!(
        code("input.user_id % 2 === 0"),
        "0000  path            v0.user_id\n0001  remainder       k0 = 2\n0002  strict-equal    k1 = 0\n0003  return"
    );
    assert_eq!(
        code("agents['analyzer-stable'].output || ring-0.output"),
        "0000  path            v4.output\n0001  jump-if-true    @0003\n0002  path            v5.output\n0003  return"
    );
}

#[test]
fn constants_are_folded_and_errors_are_not() {
    assert_eq!(code("1 + 2 * 3 === 7 ? 'a' + 1 : input"), "0000  const           k7 = \"a1\"\n0001  return");
    assert_eq!(code("true && input"), "0000  variable        v0\n0001  return");
    assert_eq!(code("null ?? false"), "0000  const           k1 = false\n0001  return");
    assert!(code("null.x").contains("member"), "what throws is left to run time");
    assert!(code("[1] === [1]").contains("array"), "objects keep identity");
}

#[test]
fn unknown_and_ambiguous_names_say_what_to_write() {
    assert_eq!(faults("analyser"), ["unknown name `analyser`: did you mean `analyzer`?"]);
    assert_eq!(faults("nope1 + nope2").len(), 2);
    assert_eq!(
        faults("analyzer-stable"),
        [
            "`analyzer-stable` can be read in two ways: for the agent write `agents['analyzer-stable']`, for a \
          subtraction `analyzer - stable`"
        ]
    );
    assert_eq!(
        faults("input.user-id"),
        ["unknown name `id`: for a property with a hyphen write `input['user-id']`"]
    );
    assert_eq!(
        faults("agents.analyzer-stable.output"),
        ["`agents.analyzer` is read as far as the hyphen: write `agents['analyzer-stable']`"]
    );
    assert_eq!(faults("agents.x"), ["`agents` has no member `x`: -"]);
    assert_eq!(
        faults("agents[input.x]"),
        ["`agents` is read by a constant key: write `agents['analyzer-stable']`"]
    );
    assert_eq!(faults("Math.radnom() < .5"), ["`Math` has no `radnom`: did you mean `random`?"]);
    assert_eq!(faults("Object['create']({})"), ["`Object` has no `create`: -"]);
    assert!(code("(Math => Math.radnom)(1)").contains("closure"), "a parameter hides the global");
    assert!(code("Number.name + Number.toString()").contains("add"), "functions have members too");
    assert!(
        code("(stable => stable - 1)(1)").contains("subtract"),
        "a parameter is no part of a declared name"
    );
}

#[test]
fn references_see_members_groups_guards_and_shadowing() {
    let scope = scope();
    let source = "agents['analyzer-stable'].output.x + env.A + (env.B ?? 1) + [1].map(input => input.z)[0] + ring-0.executed";
    let expr = parse(source, scope.declared()).expect("it parses");
    let found: Vec<String> = references(&expr, &scope)
        .iter()
        .map(|reference| {
            let members: Vec<&str> = reference.members.iter().map(|(name, _)| &**name).collect();
            format!("{} {} {}", reference.slot, members.join("."), reference.is_guarded)
        })
        .collect();
    assert_eq!(found, ["4 output.x false", "1 A false", "1 B true", "5 executed false"]);
    assert_eq!(
        scope.declared(),
        &DeclaredNames::new(["agents", "analyzer", "analyzer-stable", "env", "input", "ring-0", "stable"])
    );
}
