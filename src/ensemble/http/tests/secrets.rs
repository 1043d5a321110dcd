//! A secret is planted, everything fails, and what is left of the run is searched for it.

use super::*;

/// Long, with letters that JSON and URLs write otherwise.
const SECRET: &str = "hunter2/\"planted\"+secret";

/// Everything that a run leaves, but for its output.
fn remains(run: &Run) -> Vec<String> {
    let state = run.agent("a").expect("there is one");
    vec![
        run.trace().to_string(),
        format!("{:?}", run.trace()),
        run.to_json(),
        format!("{run:?}"),
        format!("{:?} {:?}", run.error(), state.error),
        run.error().map(ToString::to_string).unwrap_or_default(),
    ]
}

fn search(run: &Run, what: &str) {
    for text in remains(run) {
        for piece in ["hunter2", "planted"] {
            assert!(!text.contains(piece), "{what}: {text}");
        }
    }
}

#[tokio::test]
async fn no_trace_error_or_debug_output_holds_the_key_of_a_service_that_repeats_it() {
    let echo = format!("the key {SECRET} is wrong");
    let json = serde_json::json!({"error": {"message": echo}}).to_string();
    let long = format!("{}{SECRET}", "x".repeat(290));
    for (what, say) in [
        ("text", Say::status("401 Unauthorized", "text/plain", &echo)),
        ("json", Say::status("500 Oh", "application/json", &json)),
        ("cut", Say::status("503 Oh", "text/plain", &long)),
        ("raw json", Say::status("500 Oh", "application/json", &format!("[{}]", serde_json::json!(SECRET)))),
    ] {
        let server = Server::start([say]).await;
        let options = || local().circuit(0, std::time::Duration::ZERO);
        for provider in ["openai", "anthropic"] {
            let base = server.url("");
            let names = [("OPENAI_API_KEY", SECRET), ("ANTHROPIC_API_KEY", SECRET)];
            let bases = [("OPENAI_BASE_URL", &*base), ("ANTHROPIC_BASE_URL", &*base)];
            let fields = format!(
                "retry: {{retries: 1, delay: 0s}}\nconfig: {{provider: {provider}, model: m, prompt: hi}}"
            );
            let run = run_with(options(), &[names, bases].concat(), &agent("think", &fields)).await;
            search(&run, what);
            assert!(!server.seen().is_empty() && server.seen().iter().all(|seen| seen.contains(SECRET)));
            assert!(told(&run).0.contains("_API_KEY›") || what == "cut", "{:?}", told(&run));
        }
        let fields = format!(
            "retry: {{retries: 1, delay: 0s}}\nconfig: {{url: '{}', headers: {{x-key: '${{env.KEY}}'}}, query: {{key: '${{env.KEY}}'}}}}",
            server.url("/${encodeURIComponent(env.KEY)}")
        );
        let text = format!("{}env: {{KEY: {{secret: true}}}}\n", agent("http", &fields));
        search(&run_with(options(), &[("KEY", SECRET)], &text).await, what);
    }
}

#[tokio::test]
async fn an_answer_that_repeats_a_key_is_masked_where_it_is_shown() {
    let answer = serde_json::json!({"choices": [{"message": {"content": format!("it is {SECRET}")}}]});
    let server = Server::start([Say::json(&answer.to_string())]).await;
    let base = server.url("");
    let names = [("OPENAI_API_KEY", SECRET), ("OPENAI_BASE_URL", &*base)];
    let text = agent("think", "config: {provider: openai, model: m, prompt: hi}") + "output: done\n";
    let run = run_with(local(), &names, &text).await;
    search(&run, "answer");
    assert!(run.trace().to_string().contains("it is ‹OPENAI_API_KEY›"), "{}", run.trace());
}
