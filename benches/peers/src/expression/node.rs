//! node, where there is one: V8 with its JIT, and with its bytecode interpreter alone (`--jitless`).

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::COMPILED;
use crate::measure::Patience;
use crate::workload::{Answer, Id, Workload, expected};

/// One cell: `W1` … `W10`, which table (`prepared`, `converted`, `inlined`), nanoseconds.
pub struct Cell {
    pub workload: String,
    pub table: String,
    pub nanoseconds: f64,
}

pub fn measure(patience: Patience, workloads: &[&Workload], flags: &[&str]) -> Result<Vec<Cell>, String> {
    let orders = json!({
        "batches": patience.batches,
        "milliseconds": patience.batch.as_secs_f64() * 1e3,
        "compiled": COMPILED.javascript(),
        "workloads": workloads.iter().map(|workload| orders(workload)).collect::<Vec<_>>(),
    });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/expression/node.mjs");
    let mut node = Command::new("node")
        .args(flags)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("node does not start: {error}"))?;
    let mut stdin = node.stdin.take().expect("it is piped");
    stdin.write_all(orders.to_string().as_bytes()).map_err(|error| error.to_string())?;
    drop(stdin);
    let said = node.wait_with_output().map_err(|error| error.to_string())?;
    if !said.status.success() {
        return Err("node's answers are not the expected ones, or it failed: see above".to_owned());
    }
    let cells: Vec<(String, String, f64)> =
        serde_json::from_slice(&said.stdout).map_err(|error| error.to_string())?;
    Ok(cells
        .into_iter()
        .map(|(workload, table, nanoseconds)| Cell { workload, table, nanoseconds })
        .collect())
}

fn orders(workload: &Workload) -> Value {
    let right = |request: &Value| match expected(workload.id, request) {
        Answer::Bool(claim) => json!(claim),
        Answer::Number(number) => json!(number),
        Answer::Text(text) => json!(text),
    };
    let expected =
        (!workload.id.is_random()).then(|| workload.requests.iter().map(right).collect::<Vec<_>>());
    json!({
        "name": format!("{:?}", workload.id),
        "source": Id::javascript(workload.id),
        "requests": workload.requests,
        "expected": expected,
    })
}
