//! LuaJIT through mlua: a tracing JIT behind C's calling conventions. Lua has no `filter`, `map` and `reduce`.

use std::hint::black_box;

use mlua::prelude::{LuaSerdeExt, LuaSerializeOptions};
use mlua::{Function, Lua, Table, Value};

use super::{Built, Engine, leak, plain};
use crate::workload::{Answer, Id, NAMES, Workload};

pub const ENGINE: Engine = Engine {
    name: "LuaJIT (mlua)",
    package: "mlua",
    source,
    build,
    compiler: Some(|source| {
        let lua = lua();
        Box::new(move || {
            black_box(compile(lua, black_box(source)));
        })
    }),
    is_rust: false,
};

fn source(id: Id) -> Option<&'static str> {
    Some(match id {
        Id::W1 => "input.user_id % 2 == 0",
        Id::W2 => "math.random() < 0.9",
        Id::W3 => "a.output or b.output",
        Id::W4 => "b.executed and 'control' or 'treatment'",
        Id::W5 => {
            "math.random() * 100 < env.ROLLOUT_PERCENTAGE and 'prompts/extraction@v1.1.0' or 'prompts/extraction@v1.0.0'"
        }
        Id::W6 => {
            "input.user.plan == 'pro' and input.user.age >= 18 and not input.user.blocked and input.country ~= 'XX'"
        }
        Id::W7 => "'Hello ' .. input.user.name .. ', you have ' .. #input.items .. ' items'",
        Id::W8 => "(input.a * 2 + input.b) / (input.c - 1) ^ 2 + input.a % 7",
        Id::W9 => {
            "fold(map(filter(input.items, function(x) return x.price > 10 end), function(x) return x.price * x.qty end), function(s, v) return s + v end, 0)"
        }
    })
}

const LISTS: &str = "
function filter(list, keep)
  local kept, n = {}, 0
  for i = 1, #list do
    local item = list[i]
    if keep(item) then n = n + 1; kept[n] = item end
  end
  return kept
end
function map(list, make)
  local made = {}
  for i = 1, #list do made[i] = make(list[i]) end
  return made
end
function fold(list, add, sum)
  for i = 1, #list do sum = add(sum, list[i]) end
  return sum
end";

fn lua() -> &'static Lua {
    let lua = leak(Lua::new());
    lua.load(LISTS).exec().expect("it runs");
    lua
}

fn compile(lua: &Lua, source: &str) -> Function {
    let text = format!("return function(input, env, a, b) return {source} end");
    lua.load(text).eval().expect("it compiles")
}

fn tables(lua: &Lua, request: &serde_json::Value) -> [Table; 4] {
    // JSON's null is nil.
    let options = LuaSerializeOptions::new()
        .set_array_metatable(false)
        .serialize_none_to_null(false)
        .serialize_unit_to_null(false);
    NAMES.map(|name| {
        let value = lua.to_value_with(&request[name], options).expect("JSON is a value");
        value.as_table().expect("each variable is an object").clone()
    })
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let lua = lua();
    let function = compile(lua, source);
    let again = function.clone();
    let call = |function: &Function, [input, env, a, b]: &[Table; 4]| {
        function.call::<Value>((input, env, a, b)).expect("no error")
    };
    let ring: Vec<[Table; 4]> = workload.requests.iter().map(|request| tables(lua, request)).collect();
    Built {
        prepared: plain(move |at| call(&function, &ring[at]), read),
        converted: Some(plain(move |at| call(&again, &tables(lua, &workload.requests[at])), read)),
    }
}

fn read(value: Value) -> Answer {
    match value {
        Value::Boolean(claim) => Answer::Bool(claim),
        Value::Integer(number) => Answer::Number(number as f64),
        Value::Number(number) => Answer::Number(number),
        other => Answer::Text(other.to_string().expect("it is a text")),
    }
}
