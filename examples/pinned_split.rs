//! Tests of one's own that pin a split by its seed: exact counts, on every machine, for ever.
//!
//! `cargo run --example pinned_split`; in a project the functions below would be tests.

use segue::Engine;
use segue::draw::{Seed, run_seed};
use segue::ensemble::{Ensemble, Tally};

const ENSEMBLE: &str = "
ensemble: ranking
sticky: ${input.user_id}
agents:
  - name: old-model
    operation: transform
    condition: ${Math.random() >= 0.2}
    config: {value: old}
  - name: new-model
    operation: transform
    condition: ${Math.random() < 0.2}
    config: {value: new}
output: ${old-model.output ?? new-model.output}
";

/// A fifth of the users is on the new side: these very users.
fn the_split_is_what_it_was(ranking: &Ensemble) -> Result<(), Box<dyn std::error::Error>> {
    let seed = Seed::new(1)?;
    let mut tally = Tally::new(ranking, seed);
    for user in 0..1_000_u32 {
        let run =
            ranking.run(segue::context! { user_id: user }).seed(run_seed(seed, user.into())).blocking()?;
        tally.record(user.into(), &run);
    }
    let executed: Vec<(&str, u64)> = tally.agents().map(|(name, share, _)| (name, share.count)).collect();
    assert_eq!(executed, [("old-model", 784), ("new-model", 216)]);
    Ok(())
}

/// A user stays where they are, whatever the seed: the key decides.
fn a_user_keeps_their_side(ranking: &Ensemble) -> Result<(), Box<dyn std::error::Error>> {
    let side = |seed: u64| -> Result<String, Box<dyn std::error::Error>> {
        let run = ranking.run(segue::context! { user_id: "ann" }).seed(Seed::new(seed)?).blocking()?;
        Ok(run.output_as()?)
    };
    let first = side(0)?;
    for seed in 1..50 {
        assert_eq!(side(seed)?, first);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ranking = Engine::new().load_str("ranking.yaml", ENSEMBLE)?;
    the_split_is_what_it_was(&ranking)?;
    a_user_keeps_their_side(&ranking)?;
    println!("the split is what it was");
    Ok(())
}
