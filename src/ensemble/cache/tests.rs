//! Answers used again: what tells them apart, what is never kept, and what a file survives.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pretty_assertions::assert_eq;

use super::*;
use crate::component::{Components, MemorySource};
use crate::engine::Engine;
use crate::ensemble::operation::{Call, Operation, OperationError, Performing};
use crate::ensemble::{Run, Step};

/// `count`: gives how often it was called, and fails where `config.fails`. With `config.ms` it takes its time.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Operation for Count {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        if call.config_field("fails").is_some_and(Value::truthy) {
            return Performing::failed(OperationError::failed("no"));
        }
        let value = match call.config_field("value") {
            Some(value) => value.clone(),
            None => Value::Number(count as f64),
        };
        match call.config_field("ms") {
            None => Performing::Ready(Ok(value)),
            Some(_) => Performing::pending(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Ok(value)
            }),
        }
    }
}

fn engine(cache: Cache) -> (Engine, Count) {
    let count = Count::default();
    let mut components = Components::new();
    for (version, text) in [("v1.0.0", "one"), ("v1.0.1", "one"), ("v2.0.0", "two")] {
        components.add(&format!("prompts/a@{version}"), text).expect("a version");
    }
    let source = MemorySource::from(components);
    let engine = Engine::builder().operation("count", count.clone()).components(source).cache(cache).build();
    (engine, count)
}

fn run(engine: &Engine, fields: &str, input: &str) -> Run {
    let text =
        format!("ensemble: e\nagents:\n  - name: a\n    operation: count\n    on_error: continue\n{fields}");
    let text = text.replace("\n- ", "\n    ");
    let ensemble = engine.load_str("test.yaml", &text).unwrap_or_else(|error| panic!("{error}"));
    ensemble.run_json(input).seed(7).blocking().unwrap_or_else(|error| panic!("{error}"))
}

/// Runs with each of the inputs in turn, and gives what came out.
fn outputs<const N: usize>(fields: &str, inputs: [&str; N]) -> [String; N] {
    let (engine, _) = engine(Cache::default());
    inputs.map(|input| run(&engine, fields, input).agent("a").expect("it is there").output.to_json_string())
}

const TTL: &str = "    cache: {ttl: 10m}\n";

#[test]
fn the_same_question_gets_the_same_answer() {
    let (engine, count) = engine(Cache::default());
    let first = run(&engine, TTL, "{\"q\": 1}");
    let second = run(&engine, TTL, "{\"q\": 1}");
    let (first, state) = (first.agent("a").expect("it is there"), second.agent("a").expect("it is there"));
    assert_eq!((first.attempts, first.cached), (1, None));
    assert_eq!((state.attempts, state.executed, state.success()), (0, true, true));
    assert!(state.cached.is_some_and(|age| age < Duration::from_secs(60)));
    assert_eq!(state.output.to_json_string(), "1");
    assert_eq!(count.0.load(Ordering::SeqCst), 1);
    let told = second.trace().entries().iter().filter(|entry| matches!(entry.step, Step::Cached { .. }));
    assert_eq!(told.count(), 1);
    assert!(!second.trace().entries().iter().any(|entry| matches!(entry.step, Step::Attempt { .. })));
    assert!(second.to_json().contains("\"cached_ms\":"));
    // Without `cache` nothing is looked for.
    assert_eq!(run(&engine, "", "{\"q\": 1}").agent("a").expect("it is there").attempts, 1);
}

#[test]
fn answers_are_kept_apart_by_all_that_they_are_made_from() {
    let inputs = ["{\"q\": 1}", "{\"q\": \"1\"}", "{\"q\": 1}", "{}", "{\"q\": null}", "{\"q\": [1]}"];
    assert_eq!(outputs(TTL, inputs), ["1", "2", "1", "3", "4", "5"]);
    let config = "    config: {n: '${input.n}', f: '${Math.max(input.n, 2)}'}\n    input: same\n    cache: {ttl: 1h}\n";
    assert_eq!(outputs(config, ["{\"n\": 1}", "{\"n\": 2}", "{\"n\": 1}"]), ["1", "2", "1"]);
    // By content: a version that says the same is the same.
    let component = "    component: prompts/a@${input.v}\n    input: same\n    cache: {ttl: 1h}\n";
    let versions = ["{\"v\": \"v1.0.0\"}", "{\"v\": \"v1.0.1\"}", "{\"v\": \"v2.0.0\"}"];
    assert_eq!(outputs(component, versions), ["1", "1", "2"]);
}

#[test]
fn a_key_of_its_own_takes_the_place_of_input_and_configuration() {
    let key = "    config: {q: '${input.q}'}\n    cache: {ttl: 1h, key: '${input.q?.trim()}'}\n";
    let inputs = ["{\"q\": \"a\", \"n\": 1}", "{\"q\": \" a \"}", "{\"q\": \"b\"}"];
    assert_eq!(outputs(key, inputs), ["1", "1", "2"]);
    // A key that is missing would give everybody one answer.
    assert_eq!(outputs(key, ["{}", "{}", "{\"q\": null}"]), ["1", "2", "3"]);
    // Another configuration in the file is another question, whatever the key.
    let (engine, _) = engine(Cache::default());
    for (model, expected) in [("one", "1"), ("two", "2"), ("one", "1")] {
        let fields = format!("    config: {{model: {model}}}\n    cache: {{ttl: 1h, key: k}}\n");
        assert_eq!(run(&engine, &fields, "{}").output().to_json_string(), format!("{{\"a\":{expected}}}"));
    }
}

#[test]
fn what_failed_is_never_kept() {
    let (engine, _) = engine(Cache::default());
    let fields = format!("    config: {{fails: true}}\n{TTL}");
    for _ in 0..2 {
        let run = run(&engine, &fields, "{}");
        let state = run.agent("a").expect("it is there");
        assert_eq!((state.attempts, state.failed(), state.cached), (1, true, None));
    }
    // Neither is a fallback, which is no answer.
    let fields = fields.replace("    config", "    on_error: {fallback: x}\n    config");
    let text = format!("ensemble: e\nagents:\n  - name: a\n    operation: count\n{fields}");
    let ensemble = engine.load_str("test.yaml", &text).expect("it loads");
    for _ in 0..2 {
        let run = ensemble.run_json("{}").blocking().expect("it runs");
        assert_eq!(run.agent("a").expect("it is there").attempts, 1);
    }
}

#[test]
fn an_answers_time_comes_to_its_end() {
    let fields = "    cache: {ttl: 1ms}\n";
    let (engine, _) = engine(Cache::default());
    assert_eq!(run(&engine, fields, "{}").output().to_json_string(), "{\"a\":1}");
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(5) {
        std::hint::spin_loop();
    }
    assert_eq!(run(&engine, fields, "{}").output().to_json_string(), "{\"a\":2}");
}

#[test]
fn memory_is_bounded() {
    let cache = Cache::in_memory(1 << 20);
    for number in 0..10_000_u32 {
        let mut keyed = Keyed::new("x");
        keyed.text(&number.to_string());
        cache.put(keyed.finish(), "x".repeat(1_000).into(), Duration::from_secs(60), |_| true);
    }
    assert!(cache.0.memory.weight() <= 1 << 20);
    assert!(cache.0.memory.len() > 100);
}

#[tokio::test]
async fn an_answer_that_was_waited_for_is_kept_too() {
    let (engine, count) = engine(Cache::default());
    let text = "ensemble: e\nagents:\n  - {name: a, operation: count, config: {ms: 5}, cache: {ttl: 1h}}\n";
    let ensemble = engine.load_str("test.yaml", text).expect("it loads");
    for _ in 0..3 {
        ensemble.run_json("{}").await.expect("it runs");
    }
    assert_eq!(count.0.load(Ordering::SeqCst), 1);
}

#[test]
fn faults_are_told_where_they_stand() {
    let told = |cache: &str| {
        let text = format!(
            "ensemble: e\nagents:\n  - {{name: a, operation: transform, config: {{value: 1}}, {cache}}}\n"
        );
        let error = Engine::new().load_str("test.yaml", &text).expect_err("it is faulty");
        error.diagnostics.iter().map(|fault| fault.title.clone()).collect::<Vec<_>>()
    };
    assert_eq!(told("cache: 10m"), ["`cache` is a map with `ttl`, and `key` if need be"]);
    assert_eq!(told("cache: {key: x}"), ["`cache` does not say for how long: `ttl`"]);
    assert_eq!(told("cache: {ttl: 0s}"), ["a `ttl` of nothing keeps nothing"]);
    assert_eq!(told("cache: {ttl: 1s, keys: x}"), ["`cache` has no field `keys`"]);
    assert_eq!(told("cache: {ttl: 1s, key: '${b}'}"), ["unknown name `b`"]);
    let nested = "ensemble: e\nagents:\n  - {name: a, operation: ensemble, config: {file: x.yaml}, cache: {ttl: 1s}}\n";
    let error = Engine::new().load_str("test.yaml", nested).expect_err("it is faulty");
    assert_eq!(error.diagnostics[0].title, "what `ensemble` gives cannot be kept");
}

#[cfg(feature = "cache-store")]
mod file {
    use std::io::{BufRead, BufReader, Write};
    use std::path::Path;
    use std::process::{Command, Stdio};

    use pretty_assertions::assert_eq;

    use super::*;

    fn key(text: &str) -> Key {
        let mut keyed = Keyed::new("test");
        keyed.text(text);
        keyed.finish()
    }

    fn put(cache: &Cache, text: &str, value: &str) {
        let value = Value::from_json(value).expect("JSON");
        cache.put(key(text), value, Duration::from_secs(600), |_| true);
    }

    fn get(cache: &Cache, text: &str) -> Option<String> {
        cache.get(&key(text)).map(|hit| hit.value.to_json_string())
    }

    #[test]
    fn answers_outlive_the_process_that_got_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answers");
        for (round, attempts) in [(1, 1), (2, 0)] {
            let (engine, _) = engine(Cache::open(&path).expect("it opens"));
            let run = run(&engine, "    config: {value: {x: [1, ä]}}\n    cache: {ttl: 1h}\n", "{}");
            let state = run.agent("a").expect("it is there");
            assert_eq!(
                (state.attempts, &*state.output.to_json_string()),
                (attempts, "{\"x\":[1,\"ä\"]}"),
                "{round}"
            );
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_json_does_not_hold_stays_in_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answers");
        let lone = Value::String(crate::value::Str::from_unit(0xD800));
        let values =
            [Value::Undefined, Value::Number(f64::NAN), Value::Number(-0.0), lone, Value::from("text")];
        let cache = Cache::open(&path).expect("it opens");
        for (at, value) in values.iter().enumerate() {
            cache.put(key(&at.to_string()), value.clone(), Duration::from_secs(60), |_| true);
        }
        assert!((0..values.len()).all(|at| get(&cache, &at.to_string()).is_some()));
        drop(cache);
        let cache = Cache::open(&path).expect("it opens");
        let found: Vec<bool> = (0..values.len()).map(|at| get(&cache, &at.to_string()).is_some()).collect();
        assert_eq!(found, [false, false, false, false, true]);
    }

    #[test]
    fn a_secret_is_in_no_file() {
        const SECRET: &str = "hunter22-planted-secret";
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answers");
        let cache = Cache::open(&path).expect("it opens");
        let (engine, count) = engine(cache.clone());
        // In the question, where a hash stands for it; in one answer, plain; in another, within JSON.
        let text = "
ensemble: e
env: {KEY: {secret: true}}
agents:
  - {name: asked, operation: count, input: '${env.KEY}', config: {key: '${env.KEY}'}, cache: {ttl: 1h}}
  - {name: plain, operation: count, config: {value: 'it is ${env.KEY}'}, cache: {ttl: 1h}}
  - {name: inside, operation: count, config: {value: {deep: ['${env.KEY}']}}, cache: {ttl: 1h, key: '${env.KEY}'}}
";
        let ensemble = engine.load_str("test.yaml", text).expect("it loads");
        for _ in 0..2 {
            ensemble.run_json("{}").env("KEY", SECRET).blocking().expect("it runs");
        }
        // Memory serves them all the same.
        assert_eq!(count.0.load(Ordering::SeqCst), 3);
        drop((ensemble, engine, cache));
        let bytes = std::fs::read(&path).expect("it is there");
        assert!(bytes.len() > 1_000);
        let is_there = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!is_there, "the secret is in the file");
        // The answer without it is there.
        let answers = Cache::open(&path).expect("it opens");
        let (engine, count) = super::engine(answers);
        let ensemble = engine.load_str("test.yaml", text).expect("it loads");
        ensemble.run_json("{}").env("KEY", SECRET).blocking().expect("it runs");
        assert_eq!(count.0.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn what_is_no_store_is_told_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answers");
        std::fs::write(&path, "a letter to my aunt\n".repeat(1_000)).expect("it is written");
        let error = Cache::open(&path).expect_err("it is no store");
        assert_eq!(error.kind, CacheErrorKind::Broken, "{error}");
        assert!(error.message.contains("is damaged, or no store of answers"), "{error}");
        assert!(std::fs::read_to_string(&path).expect("text").starts_with("a letter"));
        let error = Cache::open(folder.path()).expect_err("a folder is no file");
        assert_eq!(error.kind, CacheErrorKind::Io, "{error}");
    }

    #[test]
    fn a_newer_version_and_another_process_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answers");
        let open = Cache::open(&path).expect("it opens");
        let error = Cache::open(&path).expect_err("it is open");
        assert_eq!(error.kind, CacheErrorKind::InUse, "{error}");
        drop(open);
        store::set_format(&path, 2);
        let error = Cache::open(&path).expect_err("it is newer");
        assert_eq!(error.kind, CacheErrorKind::Newer, "{error}");
        assert!(error.message.contains("made by a newer version of segue (format 2"), "{error}");
    }

    #[test]
    fn a_damaged_file_stops_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answers");
        let cache = Cache::open(&path).expect("it opens");
        for number in 0..200 {
            put(&cache, &number.to_string(), &format!("\"{}\"", "x".repeat(500)));
        }
        drop(cache);
        let whole = std::fs::read(&path).expect("it is there");
        let mut random: u64 = 7;
        for _ in 0..24 {
            let mut damaged = whole.clone();
            for _ in 0..40 {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (random >> 33) as usize % damaged.len();
                damaged[at] ^= (random >> 20) as u8 | 1;
            }
            std::fs::write(&path, &damaged).expect("it is written");
            let Ok(cache) = Cache::open(&path) else { continue };
            for number in 0..200 {
                let _ = get(&cache, &number.to_string());
            }
            put(&cache, "more", "1");
            cache.flush();
            assert_eq!(get(&cache, "more"), Some("1".to_owned()));
        }
    }

    /// What the child does: it never ends by itself.
    fn write_for_ever(path: &Path) {
        let cache = Cache::open(path).expect("it opens");
        for number in 0_u64.. {
            put(&cache, &number.to_string(), &format!("[{number}, \"{}\"]", "x".repeat(2_000)));
            if number % 5 == 0 {
                cache.flush();
                println!("flushed {number}");
                let _ = std::io::stdout().flush();
            }
        }
    }

    #[test]
    fn a_kill_while_writing_leaves_a_whole_file() {
        const CHILD: &str = "SEGUE_TEST_CACHE_CHILD";
        if let Some(path) = std::env::var_os(CHILD) {
            return write_for_ever(Path::new(&path));
        }
        let folder = tempfile::tempdir().expect("a folder");
        for round in 1..=5_u64 {
            let path = folder.path().join(format!("answers-{round}"));
            let name = "ensemble::cache::tests::file::a_kill_while_writing_leaves_a_whole_file";
            let mut child = Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", name, "--nocapture"])
                .env(CHILD, &path)
                .stdout(Stdio::piped())
                .spawn()
                .expect("it starts");
            let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
            let flushed = lines.map_while(Result::ok).filter_map(|line| {
                let (_, number) = line.split_once("flushed ")?;
                number.trim().parse::<u64>().ok()
            });
            let last =
                flushed.take_while(|number| *number < round * 23).last().expect("something is flushed");
            // On Unix, SIGKILL.
            child.kill().expect("it is there to be killed");
            child.wait().expect("it ends");
            let cache = Cache::open(&path).expect("it opens after the kill");
            for number in 0..=last {
                let answer = get(&cache, &number.to_string()).expect("what was flushed is there");
                assert!(answer.starts_with(&format!("[{number},")));
            }
            put(&cache, "more", "1");
            cache.flush();
            assert_eq!(cache.fault(), None);
        }
    }
}
