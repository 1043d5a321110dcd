//! Feature flags with expressions alone: rules from a configuration file, compiled once, asked for each request.
//!
//! `cargo run --example feature_flags`

use std::collections::BTreeMap;

use segue::{Engine, Expression, context};

/// What an operator writes. A rule that cannot be read is found when the file is loaded, not when it is needed.
const FLAGS: &str = r#"{
    "dark-mode": "true",
    "new-checkout": "user.country === 'SE' && user.id % 10 < 3",
    "search-v2": "user.groups.includes('staff') || user.plan?.startsWith('pro')",
    "legacy-export": "!user.groups.includes('staff')"
}"#;

/// The flags of a program.
struct Flags(BTreeMap<String, Expression>);

impl Flags {
    fn load(text: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let engine = Engine::new();
        let rules: BTreeMap<String, String> = serde_json::from_str(text)?;
        let compiled = rules.into_iter().map(|(name, rule)| match engine.compile(&rule) {
            Ok(rule) => Ok((name, rule)),
            Err(error) => Err(format!("flag {name}: {error}")),
        });
        Ok(Self(compiled.collect::<Result<_, _>>()?))
    }

    /// Whether a flag is on. A rule that throws, as on a user without `groups`, is off, and says why.
    fn is_on(&self, name: &str, user: &segue::Value) -> bool {
        let Some(rule) = self.0.get(name) else { return false };
        match rule.eval(user) {
            Ok(value) => value.truthy(),
            Err(error) => {
                eprintln!("flag {name} is off: {error}");
                false
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let flags = Flags::load(FLAGS)?;
    let ann = context! { user: { id: 12, country: "SE", groups: ["staff"], plan: "pro-yearly" } };
    let bob = context! { user: { id: 19, country: "SE", groups: [], plan: null } };
    for name in ["dark-mode", "new-checkout", "search-v2", "legacy-export"] {
        println!("{name:14} ann {:5} bob {}", flags.is_on(name, &ann), flags.is_on(name, &bob));
    }
    assert!(flags.is_on("new-checkout", &ann) && !flags.is_on("new-checkout", &bob));
    assert!(flags.is_on("search-v2", &ann) && !flags.is_on("search-v2", &bob));
    // A user that the rule does not expect has the flag off.
    assert!(!flags.is_on("search-v2", &context! { user: { id: 1 } }));
    // A faulty rule is refused with its place.
    assert!(Flags::load(r#"{"broken": "user.id === "}"#).is_err());
    Ok(())
}
