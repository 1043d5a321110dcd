//! Properties that hold for all expressions, tried on many: made by the grammar, and made of anything.

use proptest::prelude::*;
use segue::syntax::DeclaredNames;

mod checks;
mod generator;
mod oracle;

use checks::{evaluating, parsing, show};
use generator::{Dialect, choices, expression};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn compiled_code_and_the_tree_walk_agree(row in proptest::collection::vec(any::<u8>(), 0..300)) {
        evaluating::check(&expression(&row, Dialect::Segue));
    }

    #[test]
    fn what_is_printed_parses_to_the_same_tree(row in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = expression(&row, Dialect::Segue);
        parsing::check(&text, DeclaredNames::NONE);
        parsing::check(&text, &DeclaredNames::new(["a", "b", "a-b", "input"]));
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC{0,40}") {
        parsing::check(&text, DeclaredNames::NONE);
        evaluating::check(&text);
    }

    #[test]
    fn anything_that_looks_like_code_is_evaluated_or_refused(
        text in r#"([a-c0-9.?\[\](){},:=><!&|+*/%^~'"`$ -]|=>|\?\.|\.\.\.|input|typeof |\\u0061){0,24}"#
    ) {
        parsing::check(&text, DeclaredNames::NONE);
        evaluating::check(&text);
    }
}

#[test]
fn the_generator_makes_what_is_accepted() {
    let mut values = 0;
    for seed in 0..500 {
        let text = expression(&choices(seed, 200), Dialect::Segue);
        if evaluating::check(&text).is_some_and(|answer| !answer.ends_with("Error")) {
            values += 1;
        }
    }
    assert!(values > 150, "only {values} of 500 generated expressions have a value");
    assert_eq!(show::show(&segue::Value::Number(-0.0)), "-0");
}
