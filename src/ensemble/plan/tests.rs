//! Whole files: what they become, and what is said of them where.

use pretty_assertions::assert_eq;

use super::*;
use crate::ensemble::compile;
use crate::syntax::Severity;

fn operations() -> Vec<OperationInfo> {
    let info = |name: &'static str,
                component,
                required: &'static [&'static str],
                optional: &'static [&'static str]| {
        let config = ConfigFields { required: required.into(), optional: optional.into(), is_open: false };
        OperationInfo { component, config, ..OperationInfo::open(name) }
    };
    vec![
        info("think", Need::Required, &[], &["model", "schema"]),
        info("transform", Need::Unused, &["value"], &[]),
        info("ensemble", Need::Or("file".into()), &[], &[]),
        OperationInfo::open("anything"),
    ]
}

fn plan_of(text: &str) -> Plan {
    let compiled = compile(text, &operations());
    assert_eq!(said(text), Vec::<String>::new(), "{text}");
    compiled.plan.expect("a plan")
}

/// Each diagnostic but hints on quoting as `severity code line:column title «underlined» [help]`, further places
/// behind it.
pub(super) fn said(text: &str) -> Vec<String> {
    let compiled = compile(text, &operations());
    let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
    assert_eq!(compiled.plan.is_none(), errors > 0, "there is a plan if there are no errors: {text}");
    let told = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.code != "yaml-quoting");
    told.map(|diagnostic| {
        let place = |span: Span| {
            let before = &text[..span.start as usize];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|&letter| letter != '\n').count() + 1;
            format!("{line}:{column} «{}»", &text[span.range()])
        };
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        let help = diagnostic.help.as_deref().map(|help| format!(" [{help}]")).unwrap_or_default();
        let also: String = diagnostic.labels[1..]
            .iter()
            .map(|label| format!(", {} {}", place(label.span), label.text))
            .collect();
        let (code, title) = (diagnostic.code, &diagnostic.title);
        format!("{severity} {code} {} {title}{help}{also}", place(diagnostic.span()))
    })
    .collect()
}

/// What is said of agents, written from line 3 on.
pub(super) fn of_agents(agents: &str) -> Vec<String> {
    said(&format!("ensemble: e\nagents:\n{agents}"))
}

/// What is said of two agents' conditions.
pub(super) fn of_gates(one: &str, two: &str) -> Vec<String> {
    of_agents(&format!(
        "- {{name: a, operation: anything, condition: {one}}}\n- {{name: b, operation: anything, condition: {two}}}\n"
    ))
}

fn names(plan: &Plan, agents: &[AgentIdx]) -> Vec<String> {
    agents.iter().map(|agent| plan.agents[agent.0 as usize].name.to_string()).collect()
}

const CANARY: &str = include_str!("../../../examples/canary.yaml");
const AB: &str = include_str!("../../../examples/ab-test.yaml");
const ROLLOUT: &str = include_str!("../../../examples/progressive.yaml");

#[test]
fn the_canary_is_two_gates_on_one_stream() {
    let plan = plan_of(CANARY);
    let gate = |at: usize| match &plan.agents[at].gate {
        Gate::Expression(gate) => gate,
        other => panic!("{other:?}"),
    };
    assert_eq!(gate(0).stream, Some(StreamId::new(crate::draw::StreamKind::Condition, "", "")));
    assert_eq!(gate(0).stream, gate(1).stream);
    assert_eq!(&*gate(1).field, "analyzer-canary.condition");
    assert!(matches!(&plan.agents[0].component, Some(ComponentPlan::Fixed(reference))
        if reference.to_string() == "prompts/extraction@production"));
    assert_eq!(names(&plan, &plan.output_reads), ["analyzer-stable", "analyzer-canary"]);
    let Some(Field::Map(shape, _)) = &plan.output else { panic!("{:?}", plan.output) };
    assert_eq!(
        shape.keys().iter().map(|key| key.to_text().into_owned()).collect::<Vec<_>>(),
        ["result", "was_canary"]
    );
    assert_eq!((&*plan.name, &*plan.salt), ("canary-example", "canary-example"));
}

#[test]
fn the_ab_test_draws_nothing() {
    let plan = plan_of(AB);
    assert!(
        plan.agents
            .iter()
            .all(|agent| matches!(&agent.gate, Gate::Expression(gate) if gate.stream.is_none()))
    );
    assert_eq!(plan.env_required.len(), 0);
}

#[test]
fn the_rollout_needs_its_percentage() {
    let plan = plan_of(ROLLOUT);
    let Some(ComponentPlan::Expression(component)) = &plan.agents[0].component else { panic!() };
    assert_eq!(component.stream, Some(StreamId::new(crate::draw::StreamKind::Component, "", "")));
    let [required] = &*plan.env_required else { panic!() };
    assert_eq!((&*required.name, &*required.field), ("ROLLOUT_PERCENTAGE", "analyzer.component"));
    assert_eq!(&ROLLOUT[required.span.range()], "env.ROLLOUT_PERCENTAGE");
}

#[test]
fn fields_keep_what_is_constant_and_name_what_is_not() {
    let plan = plan_of(
        "ensemble: e
agents:
- name: a
  operation: anything
  input:
    b: 1
    10: ${input.x}
    2: [x, '$${y}', {deep: \"${ Math.random() }!\"}]
    a key: ${1 + 1}
  config: {all: [1, {two: null}], text: 'it is $${x}'}
output: ${a.output}
",
    );
    let agent = &plan.agents[0];
    let Some(Field::Map(shape, fields)) = &agent.input else { panic!("{:?}", agent.input) };
    let keys: Vec<_> = shape.keys().iter().map(|key| key.to_text().into_owned()).collect();
    assert_eq!(keys, ["2", "10", "b", "a key"]);
    assert!(matches!(fields[3], Field::Constant(Value::Number(two)) if two == 2.0));
    let Field::List(items) = &fields[0] else { panic!() };
    assert!(matches!(&items[1], Field::Constant(Value::String(text)) if text.to_text() == "${y}"));
    let Field::Map(_, deep) = &items[2] else { panic!() };
    let Field::Expression(deep) = &deep[0] else { panic!() };
    assert_eq!((&*deep.field, &*deep.text), ("a.input['2'][2].deep", "${ Math.random() }!"));
    let label = "a.input['2'][2].deep";
    assert_eq!(deep.stream, Some(StreamId::new(crate::draw::StreamKind::Field, "", label)));
    assert!(matches!(&agent.config, Some(Field::Constant(Value::Object(_)))));
    assert!(matches!(&plan.output, Some(Field::Expression(output)) if &*output.field == "output"));
}

#[test]
fn what_is_read_is_waited_for() {
    let plan = plan_of(
        "ensemble: e
agents:
- {name: last, operation: anything, condition: \"${a.executed && agents['b-b'].success}\", input: {x: '${c.output}'}}
- {name: a, operation: anything, depends_on: c}
- {name: b-b, operation: anything, on_error: {fallback: '${c.output ?? a.output}'}}
- {name: c, operation: anything}
- {name: d, operation: anything, requires: [a], component: 'prompts/x@${c.output}', input: '${[1].map(a => a + 1)}'}
",
    );
    let of = |at: usize| {
        let agent = &plan.agents[at];
        (names(&plan, &agent.gate_needs), names(&plan, &agent.needs), names(&plan, &agent.requires))
    };
    let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(of(0), (list(&["a", "b-b"]), list(&["a", "b-b", "c"]), list(&[])));
    assert_eq!(of(1), (list(&[]), list(&["c"]), list(&[])));
    assert_eq!(of(2), (list(&[]), list(&["a", "c"]), list(&[])));
    assert_eq!(of(4), (list(&[]), list(&["a", "c"]), list(&["a"])));
    assert_eq!(names(&plan, &plan.order), ["c", "a", "b-b", "d", "last"]);
}

#[test]
fn layers_and_independent_draws_choose_the_streams() {
    use crate::draw::StreamKind::Condition;
    let gates = |head: &str| {
        let plan = plan_of(&format!(
            "ensemble: e\n{head}agents:
- {{name: a, operation: anything, condition: '${{draw < .5}}'}}
- {{name: b, operation: anything, layer: model, condition: '${{draw < .5}}'}}\n"
        ));
        let streams = plan.agents.iter().map(|agent| match &agent.gate {
            Gate::Expression(gate) => gate.stream,
            _ => None,
        });
        streams.collect::<Vec<_>>()
    };
    assert_eq!(
        gates(""),
        [Some(StreamId::new(Condition, "", "")), Some(StreamId::new(Condition, "model", ""))]
    );
    assert_eq!(
        gates("draws: independent\n"),
        [Some(StreamId::new(Condition, "", "a")), Some(StreamId::new(Condition, "model", "b"))]
    );
}

#[test]
fn the_environment_is_required_where_nothing_guards_it() {
    let plan = plan_of(
        "ensemble: e
env: {D: 1, S: {secret: true}}
agents:
- name: a
  operation: anything
  input: ['${env.D}', '${env.S}', '${env.G ?? 1}', '${env.H || 1}', '${env.I?.length}', '${typeof env.J}']
  config: {x: '${env[input.name]}', y: '${env}', z: '${env.S + env[\"K\"]}'}
",
    );
    let required: Vec<_> = plan.env_required.iter().map(|it| (&*it.name, &*it.field)).collect();
    assert_eq!(required, [("S", "a.input[1]"), ("K", "a.config.z")]);
    assert!(plan.env[1].is_secret);
}

#[test]
fn cycles_show_their_path_and_each_edge() {
    assert_eq!(
        of_agents(
            "- {name: a, operation: anything, condition: '${b.executed}'}
- {name: b, operation: anything, depends_on: [c]}
- {name: c, operation: anything, input: 'x ${a.output}'}
- {name: d, operation: anything, requires: e}
- {name: e, operation: anything, on_error: {fallback: '${d.output}'}}
"
        ),
        [
            "error cycle 3:48 «b.executed» these agents wait for each other: a → b → c → a [one of them has to start without the others], 4:47 «c» `b` waits for `c`, 5:46 «a.output» `c` waits for `a`",
            "error cycle 6:44 «e» these agents wait for each other: d → e → d [one of them has to start without the others], 7:58 «d.output» `e` waits for `d`",
        ]
    );
}

#[test]
fn no_agent_reads_itself() {
    assert_eq!(
        of_agents(
            "- name: a-b
  operation: anything
  condition: ${a-b.executed}
  input: {x: '${agents[\"a-b\"].output}'}
  on_error: {fallback: '${a-b.error.message}'}
"
        ),
        [
            "error self-reference 5:16 «a-b.executed» the `condition` of `a-b` reads `a-b` itself",
            "error self-reference 6:17 «agents[\"a-b\"].output» the `input` of `a-b` reads `a-b` itself",
            "error self-reference 7:27 «a-b.error» the `on_error` of `a-b` reads `a-b` itself",
        ]
    );
}

#[test]
fn unknown_members_of_agents_are_refused() {
    assert_eq!(
        of_agents(
            "- {name: a, operation: anything}
- {name: b, operation: anything, condition: \"${a.executd || agents.a['succes'] || a.error.mesage}\"}
- {name: c, operation: anything, input: \"${a.text} ${a.error?.kind} ${a[input.x]} ${[a].map(b => b.text)}\"}
"
        ),
        [
            "error unknown-member 4:50 «executd» the agent `a` has no `executd` [did you mean `executed`?]",
            "error unknown-member 4:70 «'succes'» the agent `a` has no `succes` [did you mean `success`?]",
            "error unknown-member 4:91 «mesage» an agent's `error` has no `mesage` [did you mean `message`?]",
            "error unknown-member 5:46 «text» the agent `a` has no `text` [it has `output`, `executed`, `success`, `failed`, `error`, `attempts`, `duration` and `component`; what it gave is in `output`: `output.text`]",
        ]
    );
}

#[test]
fn unknown_names_are_underlined_in_the_file() {
    // A folded block, an escape before, letters of several bytes, CRLF.
    let text = "ensemble: e\r\nagents:\r\n- name: analyzer\r\n  operation: anything\r\n- name: b\r\n  operation: anything\r\n  input:\r\n    a: >\r\n      ${input.x\r\n        ? analyser.output : 1}\r\n    b: \"é\\t${analyser.output}\"\r\n    ü: 'it''s ${analyser}'\r\n";
    let said = said(text);
    let places: Vec<&str> = said.iter().map(|line| line.split(" [").next().unwrap_or("")).collect();
    assert_eq!(
        places,
        [
            "error unknown-name 10:11 «analyser» unknown name `analyser`",
            "error unknown-name 11:14 «analyser» unknown name `analyser`",
            "error unknown-name 12:17 «analyser» unknown name `analyser`",
        ]
    );
    assert!(said[0].contains("did you mean `analyzer`?"), "{}", said[0]);
}

#[test]
fn components_are_checked_before_any_run() {
    assert_eq!(
        of_agents(
            "- {name: a, operation: think, component: prompts/extraction@1.2}
- {name: b, operation: think, component: \" extraction\"}
- name: c
  operation: think
  component: >
    ${input.x
      ? 'prompts/extraction@v1'
      : (input.y ? 'production' : input.z || 'prompts/a@b')}
- {name: d, operation: think, component: \"${input.v === 'x' ? input.a : 'p/\\u0062@@'}\"}
"
        ),
        [
            "error invalid-component 3:61 «1.2» `1.2` is not a version [write `v1.2.0`]",
            "error invalid-component 4:44 «extraction» `extraction` names no slot [write `extraction@production`]",
            "warning invalid-component 9:29 «v1» `v1` is not a version [write `v1.0.0`]",
            "warning invalid-component 10:21 «production» `production` names no slot [write `production@production`]",
            "warning invalid-component 11:83 «@» a reference has one `@`",
        ]
    );
}

#[test]
fn operations_are_checked() {
    assert_eq!(
        of_agents(
            "- {name: a, operation: thnk}
- {name: b, operation: think, config: {modle: x}}
- {name: c, operation: transform, component: a/b@c}
- {name: d, operation: ensemble}
- {name: e, operation: ensemble, config: {file: x.yaml}}
- {name: f, operation: ensemble, component: ensembles/x@production}
- {name: g, operation: transform, config: '${input.config}'}
- {name: h, operation: fetch}
- {name: i, operation: think, component: ''}
"
        ),
        [
            "error unknown-operation 3:24 «thnk» there is no operation `thnk` [did you mean `think`?]",
            "error missing-component 4:24 «think» `think` needs a `component` [add `component: prompts/NAME@production`, for instance]",
            "error unknown-field 4:40 «modle» the `config` of `think` has no field `modle` [did you mean `model`?]",
            "error missing-field 5:24 «transform» `transform` needs `config.value` [add `config: {value: …}`]",
            "warning unused-component 5:46 «a/b@c» `transform` uses no component [take `component` away]",
            "error missing-component 6:24 «ensemble» `ensemble` needs `config.file` or a `component` [add `config: {file: …}`, or `component: ensembles/NAME@production`]",
            "error unknown-operation 10:24 «fetch» there is no operation `fetch` [there are `anything`, `ensemble`, `think` and `transform`]",
            "error empty-text 11:42 «''» `component` is empty",
        ]
    );
}

#[test]
fn all_faults_come_in_one_go_without_followers() {
    assert_eq!(
        said(
            "ensemble: e
agents:
- {name: 10pct, operation: anything}
- {name: a, operation: thnk, condition: '${a.output', timeout: 5}
- {name: b, operation: anything, condition: yes, input: {x: '${10pct.output + a.outptu}'}, depends_on: [10pct, c]}
- {name: c, operation: anything, requires: b, input: '${nobody}'}
sticky: ${a.output}
input: {type: strin}
output: {x: '${a.output +}'}
"
        )
        .iter()
        .map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>(),
        [
            "error invalid-name 3:10",
            "error unknown-operation 4:24",
            "error unclosed-hole 4:42",
            "error duration-without-unit 4:64",
            "error condition-not-boolean 5:45",
            "error unknown-member 5:81",
            "error cycle 5:112",
            "error unknown-name 6:57",
            "error sticky-reads-agent 7:11",
            "error invalid-schema 8:15",
            "error missing-operand 9:26",
        ]
    );
}

#[test]
fn without_agents_their_names_are_no_further_faults() {
    let said = said("ensemble: e\nagents: {a: {operation: think}}\noutput: ${a.output}\n");
    assert_eq!(said.len(), 1, "{said:?}");
}

/// Agents that each read the one before.
fn chain(agents: u32) -> String {
    let mut text = String::from("ensemble: e\nagents:\n- {name: a0, operation: anything}\n");
    for index in 1..agents {
        let before = index - 1;
        text.push_str(&format!(
            "- {{name: a{index}, operation: anything, condition: ${{draw < 0.5 && a{before}.executed}}}}\n"
        ));
    }
    text
}

#[test]
fn a_long_chain_of_agents_is_planned() {
    let plan = compile(&chain(20_000), &operations()).plan.expect("a plan");
    assert_eq!(plan.order.len(), 20_000);
}

#[test]
fn faults_are_bounded() {
    let mut text = String::from("ensemble: e\nagents:\n");
    for index in 0..20_000 {
        text.push_str(&format!(
            "- {{name: a{index}, operation: anything, condition: ${{b{index}.executed}}}}\n"
        ));
    }
    let diagnostics = compile(&text, &operations()).diagnostics;
    let told: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.code != "yaml-quoting").collect();
    assert!(told.len() < 250, "{}", told.len());
    assert!(told.iter().any(|diagnostic| diagnostic.code == "too-many-faults"));
}

/// `cargo test --release --lib planning_a_small_ensemble -- --ignored --nocapture`
#[test]
#[ignore = "prints a time"]
fn planning_a_small_ensemble_takes_microseconds() {
    let operations = operations();
    for text in [CANARY, AB, ROLLOUT] {
        let start = std::time::Instant::now();
        for _ in 0..10_000 {
            std::hint::black_box(compile(std::hint::black_box(text), &operations));
        }
        let whole = start.elapsed() / 10_000;
        let start = std::time::Instant::now();
        for _ in 0..10_000 {
            std::hint::black_box(crate::ensemble::schema::parse(std::hint::black_box(text)));
        }
        println!("{whole:?}, of which reading the file {:?}", start.elapsed() / 10_000);
    }
    for agents in [1_000, 10_000, 100_000] {
        let text = chain(agents);
        let start = std::time::Instant::now();
        std::hint::black_box(compile(std::hint::black_box(&text), &operations));
        println!("{agents} agents: {:?} an agent", start.elapsed() / agents);
    }
}

#[test]
fn a_cycle_as_people_see_it() {
    let text = "ensemble: e
agents:
  - name: draft
    operation: anything
    condition: ${review.success}
  - name: review
    operation: anything
    input: {text: ${draft.output}}
";
    let diagnostics = compile(text, &operations()).diagnostics;
    let cycle = diagnostics.iter().find(|diagnostic| diagnostic.code == "cycle").expect("a cycle");
    insta::assert_snapshot!(cycle.render("e.yaml", text, crate::syntax::Colour::Never), @r"
    error: these agents wait for each other: draft → review → draft
     --> e.yaml:5:18
      |
    5 |     condition: ${review.success}
      |                  ^^^^^^^^^^^^^^ `draft` waits for `review`
    ...
    8 |     input: {text: ${draft.output}}
      |                     ------------ `review` waits for `draft`
      |
      = help: one of them has to start without the others
    ");
}
