use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::support::{Called, Project, keys};

#[test]
fn one_run_prints_its_output_and_how_it_came_about() {
    let project = Project::new();
    for (name, arguments) in [
        ("canary", &["run", "canary.yaml", "--seed", "5"][..]),
        ("ring", &["run", "ring.yaml", "--seed", "5", "--input", r#"{"user_id": 7, "segment": "beta"}"#]),
        ("unkeyed", &["run", "staged-canary.yaml", "--seed", "5"]),
        ("trace", &["run", "blue-green.yaml", "--seed", "5", "--trace", "--env", "LIVE=green"]),
        (
            "unsafe_integer",
            &["run", "ab-test.yaml", "--seed", "5", "--input", r#"{"user_id": 12345678901234567890}"#],
        ),
    ] {
        insta::assert_snapshot!(format!("run_{name}"), project.call(arguments));
    }
}

#[test]
fn a_fresh_seed_is_shown_and_replays() {
    let project = Project::new();
    let first = project.call(&["run", "canary.yaml", "--json"]);
    let seed = first.json()["seed"].to_string();
    let again = project.call(&["run", "canary.yaml", "--json", "--seed", &seed]);
    assert_eq!(first.json()["output"], again.json()["output"]);
}

#[test]
fn json_of_one_run() {
    let project = Project::new();
    let called = project.call(&["run", "canary.yaml", "--seed", "5", "--json"]);
    assert_eq!((called.code, &*called.stderr), (Some(0), ""));
    let mut json = called.json();
    assert_eq!(keys(&json), ["ensemble", "seed", "status", "error", "output", "agents", "warnings"]);
    let text = "Extract the names of people, places and organisations from the text.\n\
                Answer with one name a line.\n\nText: (none)\n";
    let duration = json["agents"]["analyzer-stable"]["duration_ms"].take();
    assert!(duration.is_number(), "{duration}");
    assert_eq!(
        json,
        json!({
            "ensemble": "canary-example", "seed": 5, "status": "ok", "error": null,
            "output": {"result": text, "was_canary": false},
            "agents": {
                "analyzer-stable": {
                    "executed": true, "success": true, "failed": false, "component": "prompts/extraction@v1.0.0",
                    "output": text, "error": null, "attempts": 1, "duration_ms": null
                },
                "analyzer-canary": {
                    "executed": false, "success": false, "failed": false, "component": null,
                    "output": null, "error": null, "attempts": 0, "duration_ms": null
                }
            },
            "warnings": []
        })
    );
    assert_eq!(keys(&json["agents"]), ["analyzer-stable", "analyzer-canary"]);
}

#[test]
fn a_batch_splits_the_traffic_and_says_so() {
    let project = Project::new();
    let called = project.call(&["run", "canary.yaml", "--runs", "20000", "--seed", "1", "--json"]);
    let json = called.json();
    assert_eq!(
        keys(&json),
        ["ensemble", "runs", "failed", "unkeyed", "seed", "failures", "agents", "components", "combinations"]
    );
    let count = |path: &str| json.pointer(path).and_then(Value::as_u64).expect("a count");
    let stable = count("/agents/analyzer-stable/executed");
    let canary = count("/agents/analyzer-canary/executed");
    // Both and neither are 0.
    assert_eq!(stable + canary, 20_000);
    assert!((17_800..18_200).contains(&stable), "{stable}");
    assert_eq!(
        json["combinations"],
        json!([
            {"executed": ["analyzer-stable"], "count": stable},
            {"executed": ["analyzer-canary"], "count": canary}
        ])
    );
    assert_eq!(json["components"]["analyzer-canary"], json!({"prompts/extraction@v1.1.0": canary}));
    insta::assert_snapshot!(
        "run_batch",
        project.call(&["run", "canary.yaml", "--runs", "20000", "--seed", "1"])
    );
    insta::assert_snapshot!(
        "run_batch_unkeyed",
        project.call(&["run", "ring.yaml", "--runs", "2000", "--seed", "1"])
    );
}

#[test]
fn one_run_counts_as_a_batch_where_runs_are_asked_for() {
    let project = Project::new();
    let json = project.call(&["run", "canary.yaml", "--runs", "1", "--json"]).json();
    assert_eq!(json["runs"], 1);
    assert_eq!(project.call(&["run", "canary.yaml", "--runs", "0"]).code, Some(2));
}

#[test]
fn inputs_are_one_run_a_line_or_taken_in_turn() {
    let project = Project::new();
    project.write("users.jsonl", "{\"user_id\": 1}\n\n{\"user_id\": 2}\r\n{\"user_id\": 3}");
    let executed = |arguments: &[&str]| {
        let mut all = vec!["run", "ab-test.yaml", "--json"];
        all.extend(arguments);
        let json = project.call(&all).json();
        (json["runs"].clone(), json["agents"]["analyzer-control"]["executed"].clone())
    };
    assert_eq!(executed(&["--inputs", "users.jsonl"]), (json!(3), json!(1)));
    assert_eq!(executed(&["--inputs", "users.jsonl", "--runs", "300"]), (json!(300), json!(100)));
    let called =
        project.call_with(&["run", "ab-test.yaml", "--inputs", "-", "--json"], b"{\"user_id\": 4}\n");
    assert_eq!(called.json()["agents"]["analyzer-control"]["executed"], 1);
    project.write("bad.jsonl", "{}\nnonsense\n");
    project.write("none.jsonl", "\n");
    project.write("big.jsonl", "{\"user_id\": 9007199254740993}\n");
    for (name, arguments) in [
        ("bad", &["run", "ab-test.yaml", "--inputs", "bad.jsonl"][..]),
        ("none", &["run", "ab-test.yaml", "--inputs", "none.jsonl"]),
        ("strict", &["run", "ab-test.yaml", "--inputs", "big.jsonl", "--strict"]),
    ] {
        insta::assert_snapshot!(format!("run_inputs_{name}"), project.call(arguments));
    }
}

#[test]
fn a_run_of_a_batch_replays_alone() {
    let project = Project::new();
    project.write(
        "odd.yaml",
        "ensemble: odd\nagents:\n  - name: a\n    operation: transform\n    config:\n      value: ${Math.random() < 0.5 ? fail('tails') : 1}\n",
    );
    let called = project.call(&["run", "odd.yaml", "--runs", "100", "--seed", "3", "--json"]);
    assert_eq!(called.code, Some(1));
    let json = called.json();
    let failures = json["failures"].as_array().expect("failures");
    assert_eq!(failures.len(), 20);
    assert!(json["failed"].as_u64() > Some(20));
    assert_eq!(keys(&failures[0]), ["run", "seed", "error"]);
    assert_eq!(keys(&failures[0]["error"]), ["kind", "message", "agent", "field"]);
    let runs: Vec<u64> = failures.iter().map(|failure| failure["run"].as_u64().expect("a number")).collect();
    assert!(runs.is_sorted());
    let seed = failures[0]["seed"].to_string();
    let alone = project.call(&["run", "odd.yaml", "--seed", &seed, "--json"]);
    assert_eq!((alone.code, &alone.json()["error"]), (Some(1), &failures[0]["error"]));
    insta::assert_snapshot!(
        "run_batch_failed",
        project.call(&["run", "odd.yaml", "--runs", "5", "--seed", "3"])
    );
    insta::assert_snapshot!("run_failed", project.call(&["run", "odd.yaml", "--seed", &seed]));
}

#[test]
fn what_is_wrong_before_the_first_agent_is_2() {
    let project = Project::new();
    project.write(
        "broken.yaml",
        "ensemble: broken\nagents:\n  - name: a\n    operation: think\n    condition: input.beta\n",
    );
    project.write("bytes.yaml", b"ensemble: \xff\n");
    for (name, arguments) in [
        ("no_env", &["run", "progressive.yaml"][..]),
        ("no_env_batch", &["run", "progressive.yaml", "--runs", "100"]),
        ("no_file", &["run", "missing.yaml"]),
        ("not_utf8", &["run", "bytes.yaml"]),
        ("broken", &["run", "broken.yaml"]),
        ("bad_input", &["run", "canary.yaml", "--input", "{bad"]),
        ("bad_env", &["run", "canary.yaml", "--env", "LIVE"]),
        ("bad_components", &["run", "canary.yaml", "--components", "nowhere"]),
        ("input_and_inputs", &["run", "canary.yaml", "--input", "1", "--inputs", "x.jsonl"]),
        ("strict", &["run", "ab-test.yaml", "--strict", "--input", r#"{"user_id": 9007199254740993}"#]),
    ] {
        let called = project.call(arguments);
        assert_eq!((called.code, &*called.stdout), (Some(2), ""), "{called}");
        insta::assert_snapshot!(format!("run_{name}"), called);
    }
}

#[test]
fn a_missing_component_fails_its_agent_alone() {
    let project = Project::new();
    project.write("components/prompts/extraction/slots.yaml", "production: v1.0.0\n");
    let called = project.call(&["run", "canary.yaml", "--seed", "5"]);
    assert_eq!(called.code, Some(0), "the stable side goes on: {called}");
    let called = project.call(&["run", "canary.yaml", "--runs", "1000", "--seed", "5", "--json"]);
    let json = called.json();
    assert_eq!((called.code, &json["failed"]), (Some(1), &json["agents"]["analyzer-canary"]["failed"]));
    assert_eq!(json["agents"]["analyzer-stable"]["failed"], 0);
    let seed = json["failures"][0]["seed"].to_string();
    let called = project.call(&["run", "canary.yaml", "--seed", &seed]);
    assert_eq!(called.code, Some(1));
    insta::assert_snapshot!("run_missing_slot", called);
}

#[test]
fn components_are_found_above_the_file_and_where_one_says() {
    let project = Project::new();
    let canary = std::fs::read(project.path().join("canary.yaml")).expect("a file");
    project.write("deep/down/canary.yaml", canary);
    assert_eq!(project.call(&["run", "deep/down/canary.yaml"]).code, Some(0));
    project.write("other/prompts/extraction/v9.0.0.txt", "nine");
    project.write("other/prompts/extraction/slots.yaml", "production: v9.0.0\ncanary: v9.0.0\n");
    let called = project.call(&["run", "canary.yaml", "--components", "other", "--json"]);
    assert_eq!(called.json()["output"]["result"], "nine");
}

#[test]
fn a_page_tells_of_many_runs_and_needs_nothing_else() {
    let project = Project::new();
    project.write(
        "odd.yaml",
        "ensemble: <b>odd</b> & co\nagents:\n  - {name: a, operation: transform, condition: '${Math.random() < 0.5}', config: {value: 1}}\n  - {name: b, operation: transform, config: {value: \"${fail('<i>no</i>')}\"}, condition: '${Math.random() > 0.9}'}\n",
    );
    let called = project.call(&["run", "odd.yaml", "--runs", "200", "--seed", "3", "--html", "report.html"]);
    assert_eq!(called.code, Some(1), "{called}");
    let page = std::fs::read_to_string(project.path().join("report.html")).expect("the page");
    for forbidden in ["<script", "http://", "https://", "<b>", "<i>", "@import", "url(h"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("&lt;b&gt;odd&lt;/b&gt; &amp; co") && page.contains("&lt;i&gt;no&lt;/i&gt;"));
    // What the table on standard output says stands on the page too.
    let shares: Vec<&str> = called.stdout.split_whitespace().filter(|word| word.contains('.')).collect();
    assert!(shares.len() > 6, "{called}");
    for share in shares.into_iter().filter(|word| word.parse::<f64>().is_ok()) {
        assert!(page.contains(share), "{share}");
    }
    assert_eq!(project.call(&["run", "canary.yaml", "--html", "x.html"]).code, Some(2));
}

const CACHED: &str = "
ensemble: e
agents:
  - {name: a, operation: think, config: {prompt: 'hi ${input.n ?? 0}'}, cache: {ttl: 1h}}
output: ${a.output}
";

#[test]
fn answers_in_a_file_serve_the_next_command_and_say_so() {
    let project = Project::empty();
    project.write("cached.yaml", CACHED);
    let call = |arguments: &[&str]| {
        let common = ["cached.yaml", "--seed", "5", "--cache", "answers"];
        project.call(&[&arguments[..1], &common, &arguments[1..]].concat())
    };
    assert_eq!(call(&["run", "--json"]).json()["agents"]["a"]["attempts"], 1);
    let json = call(&["run", "--json"]).json();
    assert_eq!((&json["output"], &json["agents"]["a"]["attempts"]), (&json!("hi 0"), &json!(0)));
    assert!(json["agents"]["a"]["cached_ms"].is_number(), "{json}");
    for arguments in [&["run"][..], &["run", "--trace"], &["explain"]] {
        let called = call(arguments);
        let told = format!("{}{}", called.stdout, called.stderr);
        assert!(told.contains("from the cache"), "{told}");
    }
    let other = call(&["run", "--json", "--input", "{\"n\": 1}"]).json();
    assert_eq!(other["agents"]["a"]["attempts"], 1);
}

#[test]
fn a_file_that_cannot_keep_answers_is_told_and_stops_nothing() {
    let project = Project::empty();
    project.write("cached.yaml", CACHED);
    project.write("answers", "dear aunt, ".repeat(500));
    let called = project.call(&["run", "cached.yaml", "--cache", "answers"]);
    assert_eq!((called.code, called.stdout.trim()), (Some(0), "\"hi 0\""), "{called}");
    let told = "warning: --cache: `answers` is damaged, or no store of answers";
    assert!(called.stderr.starts_with(told), "{called}");
    let text = std::fs::read_to_string(project.path().join("answers")).expect("it is left alone");
    assert_eq!(text, "dear aunt, ".repeat(500));
}

#[test]
fn metrics_count_a_batch_and_one_run() {
    let project = Project::new();
    let called =
        project.call(&["run", "canary.yaml", "--seed", "5", "--runs", "100", "--metrics", "batch.txt"]);
    assert_eq!(called.code, Some(0), "{called}");
    let text = std::fs::read_to_string(project.path().join("batch.txt")).expect("it is written");
    assert!(text.contains("segue_runs_total{ensemble=\"canary-example\",status=\"done\"} 100"), "{text}");
    assert!(text.ends_with("# EOF\n"));
    project.write("fails.yaml", CACHED.replace("${input.n ?? 0}", "${fail(404)}"));
    let called = project.call(&["run", "fails.yaml", "--metrics", "one.txt"]);
    assert_eq!(called.code, Some(1), "{called}");
    let text = std::fs::read_to_string(project.path().join("one.txt")).expect("it is written");
    assert!(text.contains("segue_agents_total{ensemble=\"e\",agent=\"a\",status=\"failed\"} 1"), "{text}");
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_anything_runs() {
    let project = Project::new();
    let before = std::fs::read_dir(project.path()).expect("a folder").count();
    for (name, arguments) in [
        ("html", &["run", "canary.yaml", "--runs", "10", "--html", "none/report.html"][..]),
        ("metrics", &["run", "canary.yaml", "--metrics", "components"]),
    ] {
        let called = project.call(arguments);
        assert_eq!((called.code, &*called.stdout), (Some(2), ""), "{called}");
        insta::assert_snapshot!(format!("run_unwritable_{name}"), called);
    }
    // What does not even compile writes nothing, and leaves nothing behind either.
    project.call(&["run", "missing.yaml", "--metrics", "one.txt"]);
    assert_eq!(std::fs::read_dir(project.path()).expect("a folder").count(), before);
}

#[test]
fn a_key_that_is_not_set_is_told_before_the_run_and_where_it_fails() {
    let project = Project::empty();
    let text = "ensemble: e\nagents:\n  - name: a\n    operation: think\n    config: {provider: openai, model: m, prompt: hi, api_key_env: SEGUE_TEST_KEY}\n";
    project.write("open.yaml", text);
    project.write("gated.yaml", format!("{text}    condition: ${{input.ask}}\n"));
    for (name, arguments, code) in [
        ("check", &["check", "open.yaml", "gated.yaml"][..], 0),
        ("run", &["run", "open.yaml", "--seed", "5"], 1),
        ("gated_off", &["run", "gated.yaml", "--seed", "5", "--input", "{\"ask\": false}"], 0),
        ("gated_on", &["explain", "gated.yaml", "--seed", "5", "--input", "{\"ask\": true}"], 1),
    ] {
        let called = project.call(arguments);
        assert_eq!(called.code, Some(code), "{called}");
        insta::assert_snapshot!(format!("unset_key_{name}"), called);
    }
}

#[test]
fn keys_that_ensembles_inside_lack_are_told_and_what_runs_itself_ends() {
    let project = Project::empty();
    project.write(
        "inner.yaml",
        "ensemble: inner
agents:
  - {name: deep, operation: think, config: {provider: openai, model: m, prompt: hi, api_key_env: SEGUE_TEST_KEY}}
output: ${deep.output}
",
    );
    project.write(
        "outer.yaml",
        "ensemble: outer
agents:
  - {name: first, operation: ensemble, config: {file: inner.yaml}}
  - {name: itself, operation: ensemble, config: {file: outer.yaml}, condition: '${input.again}'}
  - {name: gated, operation: ensemble, config: {file: inner.yaml}, condition: '${input.ask}'}
  - {name: closed, operation: ensemble, config: {file: inner.yaml}, condition: false}
output: ${first.output}
",
    );
    let called = project.call(&["check", "outer.yaml"]);
    assert_eq!(called.code, Some(0), "{called}");
    insta::assert_snapshot!("unset_key_inside", called);
    let called = project.call(&["run", "outer.yaml", "--seed", "5"]);
    assert_eq!(
        called.stderr.matches("warning:").count(),
        1,
        "what a gate may skip is told if it runs: {called}"
    );
}

/// The file may not grow: what a quota or a full disk looks like to who writes answers.
#[cfg(unix)]
#[test]
fn a_batch_whose_answers_cannot_be_kept_says_so_in_the_end() {
    let project = Project::empty();
    project.write("cached.yaml", CACHED.replace("hi ", "${\"x\".repeat(20000)} "));
    let one = project.call(&["run", "cached.yaml", "--cache", "answers"]);
    assert_eq!(one.code, Some(0), "{one}");
    project.write("in.jsonl", (0..200).map(|n| format!("{{\"n\": {n}}}\n")).collect::<String>());
    let blocks = std::fs::metadata(project.path().join("answers")).expect("a file").len() / 512;
    let segue = assert_cmd::cargo::cargo_bin!("segue");
    let line = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec '{}' run cached.yaml --inputs in.jsonl --cache answers --json",
        segue.display()
    );
    let output = std::process::Command::new("sh").args(["-c", &line]).current_dir(project.path()).output();
    let called = Called::new(&["run"], &output.expect("a shell"));
    assert_eq!((called.code, &called.json()["runs"]), (Some(0), &json!(200)), "{called}");
    assert_eq!(called.stderr.matches("answers are kept in memory alone").count(), 1, "{called}");
}

/// What a model or a user wrote may be made to steer the terminal of whoever looks at a run.
#[test]
fn what_others_wrote_does_not_steer_the_terminal() {
    let project = Project::empty();
    project.write(
        "steers.yaml",
        "ensemble: e
agents:
  - {name: a, operation: transform, config: {value: '${input.t}'}}
  - {name: b, operation: transform, config: {value: \"${fail(input.t)}\"}, condition: '${input.t !== 0}', on_error: continue}
  - {name: c, operation: transform, config: {value: \"${fail(input.t)}\"}, depends_on: [a, b], condition: '${input.fails}'}
",
    );
    let text = "x\u{1b}[2J\u{9b}31m\u{202e}y\u{7}\u{85}\r\nz";
    let inputs = [true, false].map(|fails| json!({"fails": fails, "t": text}).to_string());
    for arguments in
        [&["run"][..], &["run", "--trace"], &["run", "--runs", "3"], &["explain"], &["graph", "--run"]]
    {
        for input in &inputs {
            let common = ["steers.yaml", "--input", input];
            let called = project.call(&[&arguments[..1], &common, &arguments[1..]].concat());
            for text in [&called.stdout, &called.stderr] {
                let steers = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
                assert!(!text.contains(steers), "{arguments:?}: {text:?}");
            }
        }
    }
    let json = project.call(&["run", "steers.yaml", "--input", &inputs[1]]).json();
    assert_eq!(json["a"], text, "it is the same JSON");
}
