//! Embeds an expression: compiled once, evaluated for each request, bounded however it is written.
//!
//! `cargo run --example expression`

use segue::{Engine, context};
use serde::{Deserialize, Serialize};

/// What a program has at hand; anything that serde can write will do.
#[derive(Serialize)]
struct Request {
    user: User,
    cart: Vec<Item>,
}

#[derive(Serialize)]
struct User {
    id: u32,
    plan: &'static str,
}

#[derive(Serialize)]
struct Item {
    name: &'static str,
    price: f64,
}

/// And anything that serde can read comes out.
#[derive(Debug, Deserialize, PartialEq)]
struct Summary {
    total: f64,
    names: Vec<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::new();

    // A gate, as an ensemble has it.
    let gate = engine.compile("user.plan === 'pro' && user.id % 2 === 0")?;
    assert!(gate.eval(&context! { user: { id: 42, plan: "pro" } })?.truthy());

    // Typed in, typed out.
    let request = Request {
        user: User { id: 7, plan: "free" },
        cart: vec![Item { name: "pen", price: 1.5 }, Item { name: "ink", price: 4.0 }],
    };
    assert!(!gate.eval_as::<bool>(&request)?);
    let summary = engine.compile(
        "({ total: cart.reduce((sum, item) => sum + item.price, 0), names: cart.map(item => item.name) })",
    )?;
    let summary: Summary = summary.eval_as(&request)?;
    println!("{summary:?}");
    assert_eq!(summary, Summary { total: 5.5, names: vec!["pen".into(), "ink".into()] });

    // A template is text with expressions in it.
    let greeting = engine.template("User ${user.id} has ${cart.length} things in the cart.")?;
    println!("{}", greeting.eval_as::<String>(&request)?);

    // What is wrong is said with its place.
    let error = engine.compile("user.id %% 2").err().ok_or("it does not compile")?;
    println!("{error}");

    // What never ends is ended.
    let endless = engine.compile("(f => f(f))(f => f(f))")?;
    let error = endless.eval(&context! {}).err().ok_or("it does not end")?;
    println!("{error}");
    Ok(())
}
