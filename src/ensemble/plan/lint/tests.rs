//! What is told of a file that compiles, and where it is silent.

use pretty_assertions::assert_eq;

use crate::ensemble::plan::tests::{of_agents, of_gates, said};

#[test]
fn a_key_of_nobody_is_no_key() {
    let of = |key: &str| {
        said(&format!("ensemble: e\nagents: [{{name: a, operation: anything}}]\nsticky: {key}\n"))
    };
    assert_eq!(of("${input.user}"), [] as [&str; 0]);
    assert_eq!(of("${input.user ?? Math.random()}"), [] as [&str; 0]);
    let help = "[write an expression over the input, such as `${input.user_id}`]";
    assert_eq!(
        of("${'x'}"),
        [format!("error constant-sticky 3:9 «${{'x'}}» the sticky key is the same for everybody {help}")]
    );
    assert_eq!(
        of("${draw}"),
        [format!(
            "warning drawn-sticky 3:9 «${{draw}}» the sticky key is drawn anew in each run: nobody stays on a side {help}"
        )]
    );
}

#[test]
fn splits_with_a_fault_at_a_border_are_told() {
    assert_eq!(
        of_gates("${Math.random() < 0.5}", "${Math.random() >= 0.6}"),
        [
            "warning split-gap 4:47 «Math.random() >= 0.6» 10 % of the runs take neither `a` nor `b` [let both compare with the same number: `draw < 0.5` and `draw >= 0.5`, for instance], 3:47 «Math.random() < 0.5» from 0 to 0.5"
        ]
    );
    assert_eq!(
        of_gates("${0.95 > draw}", "${draw * 100 > 90}"),
        [
            "warning split-overlap 4:47 «draw * 100 > 90» 5 % of the runs take both `a` and `b` [let both compare with the same number: `draw < 0.95` and `draw >= 0.95`, for instance], 3:47 «0.95 > draw» from 0 to 0.95"
        ]
    );
    // Three arms, the last border amiss.
    let said = of_agents(
        "- {name: a, operation: anything, condition: '${draw < .5}'}
- {name: b, operation: anything, condition: '${draw >= .5 && draw < .8}'}
- {name: c, operation: anything, condition: '${draw >= .85}'}
",
    );
    assert!(matches!(&said[..], [gap] if gap.starts_with("warning split-gap 5:48")), "{said:?}");
}

#[test]
fn splits_that_may_be_meant_are_silent() {
    for (one, two) in [
        ("${Math.random() < 0.9}", "${Math.random() >= 0.9}"),
        ("${Math.random() * 100 < 30}", "${draw >= .3}"),
        ("${draw < .3}", "${!(draw < .3)}"),
        ("${draw < .3}", "${draw > .3}"),
        ("${draw < .3}", "${1 - draw <= .7}"),
        // A sampling inside a sampling, two small experiments, an open end.
        ("${draw < .01}", "${draw < .5}"),
        ("${draw < .1}", "${draw >= .9}"),
        ("${draw < .1}", "${draw >= .1 && draw < .2}"),
        // What depends on more than the draw cannot be told.
        ("${draw < .5 && input.beta}", "${draw >= .6}"),
        ("${draw < env.X}", "${draw >= .6}"),
        ("${[input.x].some(draw => draw < 7)}", "${draw >= .6}"),
        // The ends of a rollout.
        ("${draw < 1}", "${draw >= 1}"),
        ("${draw < 0}", "${draw >= .2}"),
        ("${draw < .5}", "true"),
    ] {
        assert_eq!(of_gates(one, two), [] as [&str; 0], "{one} {two}");
    }
    let layers = "- {name: a, operation: anything, layer: x, condition: '${draw < .5}'}
- {name: b, operation: anything, condition: '${draw >= .6}'}
";
    assert_eq!(of_agents(layers), [] as [&str; 0]);
    let independent = "draws: independent\nensemble: e\nagents:
- {name: a, operation: anything, condition: '${draw < .5}'}
- {name: b, operation: anything, condition: '${draw >= .6}'}
";
    assert_eq!(said(independent), [] as [&str; 0]);
}

#[test]
fn two_splits_in_one_layer_are_hinted_at() {
    let agents = |layer: &str, share: &str| {
        of_agents(&format!(
            "- {{name: a, operation: anything, condition: '${{draw < .9}}'}}
- {{name: b, operation: anything, condition: '${{draw >= .9}}'}}
- {{name: c, operation: anything{layer}, condition: '${{draw < {share}}}'}}
- {{name: d, operation: anything{layer}, condition: '${{draw >= {share}}}'}}
"
        ))
    };
    let said = agents("", ".5");
    assert!(matches!(&said[..], [hint] if hint.starts_with("hint two-splits")), "{said:?}");
    assert_eq!(agents(", layer: model", ".5"), [] as [&str; 0]);
    // One split over two stages of a pipeline.
    assert_eq!(agents("", ".9"), [] as [&str; 0]);
}

#[test]
fn draws_that_are_not_what_they_look_like_are_told() {
    assert_eq!(
        of_gates(
            "${Math.random() >= .5 && Math.random() < .8}",
            "${input.a ? Math.random() < .1 : Math.random() < .2}"
        ),
        [
            "warning two-draws 3:70 «Math.random()» this condition draws twice: each `Math.random()` is another number [use `draw`, which is the first number of the run as often as it is read], 3:47 «Math.random()» the first one"
        ]
    );
    assert_eq!(
        of_gates("${Math.random() < 10}", "${draw * 100 > -1 || input.x}"),
        [
            "warning constant-draw 3:47 «Math.random() < 10» this comparison holds for every draw [a draw is a number from 0 to 1: for a percentage, compare `draw * 100`]",
            "warning constant-draw 4:47 «draw * 100 > -1» this comparison holds for every draw [a draw is a number from 0 to 1, and never 1 itself]",
        ]
    );
    assert_eq!(
        of_gates("${0.5 <= draw < 0.8}", "${0 < input.x < 2 && draw < .5}"),
        [
            "warning chained-comparison 3:47 «0.5 <= draw < 0.8» the second comparison compares `true` or `false`, not the draw [join two comparisons: `draw >= 0.5 && draw < 0.8`]"
        ]
    );
    assert_eq!(
        of_gates("${1 > 2}", "${fail('not yet')}"),
        [
            "hint constant-condition 3:47 «1 > 2» this condition is the same in every run [write `condition: false`]"
        ]
    );
}

#[test]
fn methods_that_nothing_has_and_functions_that_are_not_called_are_told() {
    assert_eq!(
        of_gates("${input.text.toUpercase() === 'A' && draw < .5}", "${input.tags.contains('x')}"),
        [
            "warning unknown-method 3:58 «toUpercase» no value has a method `toUpercase` [did you mean `toUpperCase`?]",
            "warning unknown-method 4:58 «contains» no value has a method `contains` [write `.includes(…)`]",
        ]
    );
    assert_eq!(
        of_gates("${Math.random < .5}", "${Math.random}"),
        [
            "warning function-not-called 3:47 «Math.random» `Math.random` is a function, and is not called [write `Math.random()`]",
            "warning function-not-called 4:47 «Math.random» `Math.random` is a function, and is not called [write `Math.random()`]",
        ]
    );
    assert_eq!(
        of_gates("${input.tags.length() > 1 && draw < .5}", "${input.ring in ['a', 'b']}"),
        [
            "warning unknown-method 3:57 «.length()» `length` is a number, and cannot be called [write `.length` without parentheses]",
            "warning in-a-list 4:58 «in» `in` asks whether a list has a position, not whether it holds a value [write `['a', 'b'].includes(input.ring)`]",
        ]
    );
    let fine = of_gates(
        "${({ trin: x => x }).trin(input.a) && input.a.unheardOf() && draw < .5}",
        "${[input.a].map(Math.abs)[0] > 1 && typeof Math.max === input.b && (Math.min || input.c)}",
    );
    assert_eq!(fine, [] as [&str; 0]);
}
