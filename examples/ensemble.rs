//! Embeds an ensemble with an operation of one's own, and components that are deployed while the program runs.
//!
//! `cargo run --example ensemble`

use std::sync::Arc;

use segue::Engine;
use segue::component::MemorySource;
use segue::ensemble::operation::{Call, Operation, OperationError, Performing};
use segue::value::Value;

const ENSEMBLE: &str = "
ensemble: review

agents:
  # Nine of ten reviews are scored by the stable word list
  - name: scorer-stable
    operation: score
    component: configs/words@production
    condition: ${Math.random() < 0.9}

  - name: scorer-canary
    operation: score
    component: configs/words@canary
    condition: ${Math.random() >= 0.9}

output:
  score: ${scorer-stable.output ?? scorer-canary.output}
  words: ${scorer-canary.executed ? 'new' : 'old'}
";

/// Counts how many of the component's words are in the input's text.
struct Score;

impl Operation for Score {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        Performing::Ready(score(&call))
    }
}

fn score(call: &Call<'_>) -> Result<Value, OperationError> {
    let words = call.component().ok_or_else(|| OperationError::invalid("`score` needs a component"))?;
    let Value::Object(input) = call.input() else { return Err(OperationError::invalid("no input")) };
    let Some(Value::String(text)) = input.get_str("text") else {
        return Err(OperationError::invalid("`score` needs `input.text`"));
    };
    let text = text.to_text();
    let count = words.text.split_whitespace().filter(|word| text.contains(*word)).count();
    Ok(Value::from(count as f64))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let components = Arc::new(MemorySource::new());
    components.add("configs/words@v1.0.0", "good fine")?;
    components.add("configs/words@v1.1.0", "good fine great")?;
    components.set("configs/words@production", "v1.0.0")?;
    components.set("configs/words@canary", "v1.1.0")?;

    let engine = Engine::builder().operation("score", Score).shared_components(components.clone()).build();
    let review = engine.load_str("review.yaml", ENSEMBLE)?;
    let input = segue::context! { text: "great food, fine music" };

    // A run replays from its seed.
    let run = review.run(input.clone()).seed(segue::draw::Seed::new(7)?).blocking()?;
    println!("{}\n{}\n", run.output().to_json_string(), run.trace());
    let again = review.run(input.clone()).seed(run.seed()).blocking()?;
    assert_eq!(run.output().to_json_string(), again.output().to_json_string());

    // How the traffic splits.
    let mut canaries = 0;
    for k in 0..10_000 {
        let run = review.run(input.clone()).seed(segue::draw::run_seed(run.seed(), k)).blocking()?;
        canaries += usize::from(run.agent("scorer-canary").is_some_and(|agent| agent.executed));
    }
    println!("{canaries} of 10000 runs went to the canary");

    // Deploying is moving a slot; the next run serves it.
    components.set("configs/words@production", "v1.1.0")?;
    let run = review.run(input).blocking()?;
    println!("{}", run.output().to_json_string());
    Ok(())
}
