use pretty_assertions::assert_eq;

use super::support::{Called, Project};

/// A session with this piped in.
fn repl(arguments: &[&str], lines: &str) -> Called {
    let mut all = vec!["repl"];
    all.extend(arguments);
    Project::new().call_with(&all, lines.as_bytes())
}

#[test]
fn each_expression_is_answered_by_a_line() {
    for (lines, printed) in [
        ("1 + 1\n\n'a'\n", "2\n\"a\"\n"),
        ("1", "1\n"),
        ("[1,\n 2]\n3\n", "[1,2]\n3\n"),
        ("`a\nb`", "\"a\\nb\"\n"),
        ("undefined\n(x => x)(4)", "undefined\n4\n"),
        (":let f = x => x + 1\nf(1)\n:let a-b = [\n7]\na-b[0] - 1\n_ * 2", "2\n6\n12\n"),
        ("input.n\n", "4\n"),
        ("env.K + env.L\n:env L=2\nenv.K + env.L\n", "\"k1\"\n\"k2\"\n"),
        ("2\n:quit\n3\n", "2\n"),
        (":all 'x'.repeat(9)", "\"xxxxxxxxx\"\n"),
        (":ast a + 1", "binary\n  name a\n  +\n  number 1.0\n"),
    ] {
        let called = repl(&["--input", r#"{"n": 4}"#, "--env", "K=k", "--env", "L=1"], lines);
        assert_eq!(
            (called.code, called.stdout.as_str(), called.stderr.as_str()),
            (Some(0), printed, ""),
            "{lines}"
        );
    }
}

#[test]
fn what_fails_is_told_and_the_rest_goes_on() {
    let called = repl(
        &[],
        "1 +\nmissing.x\n:nonsense\n:tim 1\nx => x\n:let if = 1\n:seed -1\n:load none.yaml\n:ast\n2\n(3\n",
    );
    insta::assert_snapshot!("repl_failures", called);
}

#[test]
fn expressions_draw_one_after_the_other_from_the_seed() {
    let called = repl(&["--seed", "7"], "Math.random()\nMath.random()\n:seed 7\nMath.random()\n");
    let draws: Vec<&str> = called.stdout.lines().collect();
    assert_eq!(draws.len(), 3, "{called}");
    assert_ne!(draws[0], draws[1]);
    assert_eq!(draws[0], draws[2]);
}

#[test]
fn bytecode_is_shown_and_time_is_told_beside_the_result() {
    let called = repl(&[], ":bytecode a.b < 1\n:time 1 + 1\n");
    assert_eq!(called.code, Some(0), "{called}");
    assert!(called.stdout.starts_with("0000  ") && called.stdout.ends_with("\n2\n"), "{called}");
    assert!(called.stderr.trim_end().ends_with(" ms"), "{called}");
}

#[test]
fn an_ensemble_is_loaded_with_what_a_run_made_of_it() {
    let lines = ":load canary.yaml\nObject.keys(agents).map(name => agents[name].executed).filter(x => x).length\n\
                 analyzer-canary.executed !== analyzer-stable.executed\n";
    let called = repl(&["--seed", "3"], lines);
    assert_eq!((called.code, called.stderr.as_str()), (Some(0), ""), "{called}");
    assert!(called.stdout.ends_with("true\n"), "{called}");
}

#[test]
fn bad_arguments_are_2() {
    for arguments in [&["--input", "-"][..], &["--input", "{bad"], &["--seed", "x"], &["--env", "K"]] {
        assert_eq!(repl(arguments, "1").code, Some(2), "{arguments:?}");
    }
}
