//! `segue deploy`: several components move together.

use clap::Args;
use segue::registry::{ErrorCode, RegistryError};

use crate::exit::{Exit, Failure, Outcome};
use crate::moves::{self, Overriding, Telling, Why, registry};
use crate::output::Output;

/// Moves an environment of several components at once: all of them, or none
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  segue deploy production prompts/extraction=v1.2.0 configs/limits=v2.0.1")]
pub(crate) struct Deploy {
    /// The environment, such as `production`
    environment: String,
    /// What moves where: a component and a version, another environment, or a revision
    #[arg(value_name = "COMPONENT=VERSION", required = true)]
    pairs: Vec<String>,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    overriding: Overriding,
    #[command(flatten)]
    telling: Telling,
}

impl Deploy {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let pairs =
            self.pairs.iter().map(|pair| split(&self.environment, pair)).collect::<Result<Vec<_>, _>>()?;
        let how = moves::set(&self.why, &self.overriding);
        let moved = registry.set(&self.environment, &pairs, &how)?;
        self.telling.report(out, &registry, &moved)?;
        Ok(Exit::Ok)
    }
}

/// Neither versions nor components hold `=`, but a revision may.
fn split<'p>(environment: &str, pair: &'p str) -> Result<(&'p str, &'p str), Failure> {
    match pair.split_once('=') {
        Some((component, to)) if !to.is_empty() => Ok((component, to)),
        _ => {
            let component = pair.trim_end_matches('=').escape_debug();
            let error = RegistryError::new(ErrorCode::Usage, format!("`{component}` has no version"));
            let help = if environment.contains('=') {
                format!("the environment comes first: `segue deploy {component} {environment}`")
            } else {
                format!("write `{component}=v1.0.0`")
            };
            Err(error.with_help(help).into())
        }
    }
}
