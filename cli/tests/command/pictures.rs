//! `explain` and `graph`.

use pretty_assertions::assert_eq;

use super::support::Project;

const JOIN: &str = "\
ensemble: join
agents:
  - name: fetch
    operation: transform
    config: {value: \"a `quoted` <b> & #1\"}
  - name: gated-1
    operation: transform
    condition: ${fetch.output.length > 100 || input.force === \"yes\"}
    config: {value: ${fetch.output}}
  - name: last
    operation: transform
    requires: fetch
    depends_on: gated-1
    config: {value: 1}
  - name: broken
    operation: transform
    on_error: {fallback: none}
    config: {value: ${fail('no luck')}}
output:
  merged: ${gated-1.output ?? last.output}
";

#[test]
fn pictures_of_plans_and_runs() {
    let project = Project::new();
    project.write("join.yaml", JOIN);
    for (name, arguments) in [
        ("mermaid", &["graph", "canary.yaml"][..]),
        ("join", &["graph", "join.yaml"]),
        ("join_run", &["graph", "join.yaml", "--run", "--seed", "1"]),
        ("dot", &["graph", "join.yaml", "--format", "dot", "--run", "--seed", "1"]),
        ("no_file", &["graph", "none.yaml"]),
    ] {
        insta::assert_snapshot!(format!("graph_{name}"), project.call(arguments));
    }
}

#[test]
fn a_story_tells_what_decided() {
    let project = Project::new();
    project.write("join.yaml", JOIN);
    for (name, arguments) in [
        ("canary", &["explain", "canary.yaml", "--seed", "5"][..]),
        ("progressive", &["explain", "progressive.yaml", "--seed", "5", "--env", "ROLLOUT_PERCENTAGE=30"]),
        ("join", &["explain", "join.yaml", "--seed", "5"]),
        ("unkeyed", &["explain", "staged-canary.yaml", "--seed", "5"]),
    ] {
        insta::assert_snapshot!(format!("explain_{name}"), project.call(arguments));
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let project = Project::new();
    let story = || {
        let mut story = project.call(&["explain", "canary.yaml", "--seed", "9", "--json"]).json();
        for agent in ["analyzer-stable", "analyzer-canary"] {
            story["agents"][agent]["duration_ms"].take();
        }
        story
    };
    let first = story();
    assert_eq!(first, story());
    assert_eq!(first["agents"]["analyzer-stable"]["slot"], "prompts/extraction@production");
    assert_eq!(first["agents"]["analyzer-stable"]["gate"]["parts"][0]["text"], "Math.random()");
    assert_eq!(first["output_parts"]["output.was_canary"]["value"], first["output"]["was_canary"]);
}
