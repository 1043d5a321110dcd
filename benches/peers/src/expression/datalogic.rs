//! datalogic-rs: JSONLogic, compiled to a tree, evaluated in an arena that is emptied after each evaluation. Its source
//! is JSON. It has no power operator, so that W8 multiplies.

use std::hint::black_box;

use datalogic_rs::bumpalo::Bump;
use datalogic_rs::operator::EvalContext;
use datalogic_rs::{ArenaExt, CustomOperator, DataValue, Logic, ParsedData};

use super::{Built, Engine, Evaluator, leak};
use crate::workload::{Answer, Id, REQUESTS, Workload, draw};

pub const ENGINE: Engine = Engine {
    name: "datalogic-rs",
    package: "datalogic-rs",
    source,
    build,
    compiler: Some(|source| {
        let engine = engine();
        Box::new(move || {
            black_box(engine.compile(black_box(source)).expect("it compiles"));
        })
    }),
    is_rust: true,
};

fn source(id: Id) -> Option<&'static str> {
    Some(match id {
        Id::W1 => r#"{"===":[{"%":[{"var":"input.user_id"},2]},0]}"#,
        Id::W2 => r#"{"<":[{"draw":[]},0.9]}"#,
        Id::W3 => r#"{"or":[{"var":"a.output"},{"var":"b.output"}]}"#,
        Id::W4 => r#"{"if":[{"var":"b.executed"},"control","treatment"]}"#,
        Id::W5 => {
            r#"{"if":[{"<":[{"*":[{"draw":[]},100]},{"var":"env.ROLLOUT_PERCENTAGE"}]},"prompts/extraction@v1.1.0","prompts/extraction@v1.0.0"]}"#
        }
        Id::W6 => {
            r#"{"and":[{"===":[{"var":"input.user.plan"},"pro"]},{">=":[{"var":"input.user.age"},18]},{"!":[{"var":"input.user.blocked"}]},{"!==":[{"var":"input.country"},"XX"]}]}"#
        }
        Id::W7 => {
            r#"{"cat":["Hello ",{"var":"input.user.name"},", you have ",{"length":{"var":"input.items"}}," items"]}"#
        }
        Id::W8 => {
            r#"{"+":[{"/":[{"+":[{"*":[{"var":"input.a"},2]},{"var":"input.b"}]},{"*":[{"-":[{"var":"input.c"},1]},{"-":[{"var":"input.c"},1]}]}]},{"%":[{"var":"input.a"},7]}]}"#
        }
        Id::W9 => {
            r#"{"reduce":[{"map":[{"filter":[{"var":"input.items"},{">":[{"var":"price"},10]}]},{"*":[{"var":"price"},{"var":"qty"}]}]},{"+":[{"var":"accumulator"},{"var":"current"}]},0]}"#
        }
    })
}

struct Draw;

impl CustomOperator for Draw {
    fn evaluate<'a>(
        &self,
        _: &[&'a DataValue<'a>],
        _: &mut EvalContext<'_, 'a>,
        arena: &'a Bump,
    ) -> datalogic_rs::Result<&'a DataValue<'a>> {
        Ok(arena.f64(draw()))
    }
}

fn engine() -> datalogic_rs::Engine {
    datalogic_rs::Engine::builder().add_operator("draw", Draw).build()
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let engine = leak(engine());
    let logic = leak(engine.compile(source).expect("it compiles"));
    let parse = |request: &serde_json::Value| ParsedData::from_json(&request.to_string()).expect("JSON");
    let ring: Vec<ParsedData> = workload.requests.iter().map(parse).collect();
    Built {
        prepared: Box::new(Prepared { engine, logic, ring, arena: Bump::new() }),
        converted: Some(Box::new(Converted { engine, logic, ring: &workload.requests, arena: Bump::new() })),
    }
}

struct Prepared {
    engine: &'static datalogic_rs::Engine,
    logic: &'static Logic,
    ring: Vec<ParsedData>,
    arena: Bump,
}

struct Converted {
    engine: &'static datalogic_rs::Engine,
    logic: &'static Logic,
    ring: &'static [serde_json::Value],
    arena: Bump,
}

macro_rules! evaluator {
    ($name:ident) => {
        impl Evaluator for $name {
            fn run(&mut self, times: usize) {
                for time in 0..times {
                    let request = &self.ring[black_box(time % REQUESTS)];
                    black_box(self.engine.evaluate(self.logic, request, &self.arena).expect("no error"));
                    self.arena.reset();
                }
            }

            fn answer(&mut self, request: usize) -> Answer {
                let value = self.engine.evaluate(self.logic, &self.ring[request], &self.arena);
                match value.expect("no error") {
                    DataValue::Bool(claim) => Answer::Bool(*claim),
                    DataValue::String(text) => Answer::Text((*text).to_owned()),
                    number => Answer::Number(number.as_f64().unwrap_or(f64::NAN)),
                }
            }
        }
    };
}

evaluator!(Prepared);
evaluator!(Converted);
