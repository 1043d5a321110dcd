//! A batch job: an ensemble over many records, some at a time, failures kept apart.
//!
//! `cargo run --example batch`

use std::sync::Arc;
use std::time::Duration;

use segue::Engine;
use segue::ensemble::operation::{Call, Operation, OperationError, Performing};
use tokio::task::JoinSet;

const ENSEMBLE: &str = "
ensemble: enrich
agents:
  - name: lookup
    operation: lookup
    input: {id: '${input.id}'}
    retry: {retries: 2, delay: 5ms}
    timeout: 1s
  - name: label
    operation: transform
    config:
      value: ${lookup.output.score > 0.5 ? 'keep' : 'drop'}
output:
  id: ${input.id}
  label: ${label.output}
  attempts: ${lookup.attempts}
";

#[derive(serde::Deserialize)]
struct Input {
    id: u32,
}

/// A slow service that stumbles over every seventh record at first, and has never heard of record 13.
struct Lookup;

impl Operation for Lookup {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        Performing::pending(async move {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let Input { id } = segue::value::from_value(call.input())
                .map_err(|error| OperationError::invalid(error.to_string()))?;
            match id {
                13 => Err(OperationError::failed("there is no record 13")),
                id if id % 7 == 0 && call.attempt() == 1 => Err(OperationError::transport("try again")),
                id => Ok(segue::context! { score: (f64::from(id) / 40.0) }),
            }
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let enrich = Engine::builder().operation("lookup", Lookup).build().load_str("enrich.yaml", ENSEMBLE)?;
    // So many records at a time; the next begins when one has ended.
    let at_once = Arc::new(tokio::sync::Semaphore::new(8));
    let mut jobs = JoinSet::new();
    for id in 0..40_u32 {
        let (enrich, at_once) = (enrich.clone(), at_once.clone());
        jobs.spawn(async move {
            let _place = at_once.acquire_owned().await;
            enrich.run(segue::context! { id: id }).await
        });
    }
    let (mut kept, mut failed) = (0, Vec::new());
    while let Some(ended) = jobs.join_next().await {
        let run = ended??;
        match run.error() {
            None => kept += usize::from(run.output().to_json_string().contains("keep")),
            Some(error) => failed.push(error.to_string()),
        }
    }
    println!("{kept} kept, {} failed: {failed:?}", failed.len());
    assert_eq!((kept, failed.len()), (19, 1));
    Ok(())
}
