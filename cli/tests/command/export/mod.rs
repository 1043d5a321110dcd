//! Spans that arrive at a collector: a real server on loopback that decodes what it is sent.

mod collector;

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;

use self::collector::{Collector, SILENT, Span};
use super::support::{Called, Project, command};

fn call(project: &Project, arguments: &[&str], environment: &[(&str, &str)]) -> Called {
    let mut command = command(project.path(), arguments);
    for name in ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME"] {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied());
    Called::new(arguments, &command.output().expect("it starts"))
}

/// The spans as a tree, those beside each other in the order in which they began.
fn tree(spans: &[Span]) -> Vec<String> {
    let mut below: BTreeMap<&[u8], Vec<&Span>> = BTreeMap::new();
    for span in spans {
        below.entry(&span.parent).or_default().push(span);
    }
    let mut lines = Vec::new();
    let mut waiting: Vec<(usize, &Span)> = Vec::new();
    let push = |waiting: &mut Vec<_>, depth, parent: &[u8]| {
        let mut children = below.get(parent).cloned().unwrap_or_default();
        children.sort_by_key(|span| std::cmp::Reverse((span.start, span.attributes.clone())));
        waiting.extend(children.into_iter().map(|span| (depth, span)));
    };
    push(&mut waiting, 0, &[]);
    while let Some((depth, span)) = waiting.pop() {
        let attributes: Vec<String> =
            span.attributes.iter().map(|(key, value)| format!(" {key}={value}")).collect();
        let status = span.failed.as_ref().map_or("", |_| " !");
        lines.push(format!("{:1$}{2}{status}{3}", "", depth * 2, span.name, attributes.concat()));
        push(&mut waiting, depth + 1, &span.id);
    }
    lines
}

const FILES: [(&str, &str); 2] = [
    (
        "outer.yaml",
        "ensemble: outer
env: {KEY: {secret: true}}
agents:
  - {name: good, operation: transform, config: {value: '${env.KEY}'}}
  - {name: inner, operation: ensemble, config: {file: inner.yaml}, depends_on: [good]}
  - {name: off, operation: transform, condition: false, config: {value: 1}}
  - name: bad
    operation: http
    depends_on: [inner]
    config: {url: '${input.url}', headers: {x-key: '${env.KEY}'}}
    retry: {retries: 1, delay: 0s}
    on_error: continue
",
    ),
    ("inner.yaml", "ensemble: within\nagents: [{name: x, operation: transform, config: {value: 1}}]\n"),
];

#[test]
fn a_run_arrives_as_spans_without_secrets() {
    let project = Project::empty();
    FILES.iter().for_each(|(name, text)| drop(project.write(name, text)));
    let collector = Collector::start(200);
    // It knows no such path, and says so with the key that it was asked with.
    let input = format!("{{\"url\": \"{}/busy\"}}", collector.url());
    let called = call(
        &project,
        &[
            &["run", "outer.yaml", "--seed", "7", "--env", "KEY=planted-secret", "--input", &input][..],
            &["--allow-private-addresses", "--otlp", &collector.url()],
        ]
        .concat(),
        &[],
    );
    assert_eq!(called.code, Some(0), "{called}");
    let seen = collector.seen();
    assert!(seen.iter().all(|request| request.path == "/v1/traces"), "{:?}", seen[0].path);
    assert!(seen.iter().all(|request| request.holds("content-type: application/x-protobuf")));
    let said =
        format!("OperationError: `{}` answered 503 Service Unavailable: key ‹KEY› is busy", collector.url());
    let (failed, last) = (format!("error={said}"), format!("error=bad: {said}"));
    let spans = collector.spans();
    assert_eq!(
        tree(&spans),
        [
            "segue.run ensemble=outer seed=7",
            "  segue.agent agent=good attempts=1 status=done",
            "    segue.attempt attempt=1",
            "  segue.agent agent=inner attempts=1 status=done",
            "    segue.attempt attempt=1",
            "      segue.run ensemble=within seed=6824229992383808",
            "        segue.agent agent=x attempts=1 status=done",
            "          segue.attempt attempt=1",
            &format!("  segue.agent ! agent=bad attempts=2 {last} status=failed"),
            &format!("    segue.attempt ! attempt=1 {failed}"),
            &format!("    segue.attempt ! attempt=2 {last}"),
        ]
    );
    let trace = &spans[0].trace;
    assert!(spans.iter().all(|span| span.trace == *trace && span.start <= span.end));
    assert_eq!(collector.service(), "segue");
    assert!(!seen.iter().any(|request| request.holds("planted-secret")), "a secret is out");
}

#[test]
fn of_a_batch_no_span_is_lost() {
    let project = Project::new();
    let collector = Collector::start(200);
    let called =
        call(&project, &["run", "canary.yaml", "--runs", "2000", "--otlp", &collector.url(), "--json"], &[]);
    assert_eq!((called.code, &*called.stderr), (Some(0), ""), "{called}");
    let spans = collector.spans();
    let count = |name: &str| spans.iter().filter(|span| span.name == name).count();
    assert_eq!([count("segue.run"), count("segue.agent"), count("segue.attempt")], [2_000; 3]);
    let traces: std::collections::HashSet<_> = spans.iter().map(|span| &span.trace).collect();
    assert_eq!(traces.len(), 2_000, "each run is a trace of its own");
}

#[test]
fn the_variables_of_exporters_hold() {
    let project = Project::new();
    let sent = |environment: &[(&str, &str)]| {
        let collector = Collector::start(200);
        let url = collector.url();
        let all = [&[("OTEL_EXPORTER_OTLP_ENDPOINT", &*url)], environment].concat();
        let called = call(&project, &["run", "canary.yaml", "--seed", "5"], &all);
        assert_eq!(called.code, Some(0), "{called}");
        collector
    };
    assert_eq!(sent(&[]).spans().len(), 3);
    for off in [
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ] {
        assert_eq!(sent(&[off]).seen().len(), 0, "{off:?}");
    }
    let collector = sent(&[
        ("OTEL_SERVICE_NAME", "canaries"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x"),
    ]);
    assert_eq!(collector.service(), "canaries");
    assert!(collector.seen()[0].holds("authorization: Bearer x"));
    // One that is wrong may be meant for others.
    let called = call(
        &project,
        &["run", "canary.yaml", "--seed", "5"],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "no address")],
    );
    assert_eq!(called.code, Some(0), "{called}");
    assert!(called.stderr.starts_with("warning: OTEL_EXPORTER_OTLP_ENDPOINT: "), "{called}");
}

#[test]
fn a_collector_that_takes_nothing_fails_no_run_and_is_told() {
    let project = Project::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let closed = format!("http://{}", closed.expect("an address"));
    let (refusing, silent) = (Collector::start(403), Collector::start(SILENT));
    let patience = [("OTEL_EXPORTER_OTLP_TIMEOUT", "100")];
    for (url, why) in [
        (&closed, "cannot be reached: Connection refused"),
        (&refusing.url(), "answered 403 Forbidden"),
        (&silent.url(), "cannot be reached: operation timed out"),
    ] {
        let called = call(&project, &["run", "canary.yaml", "--runs", "2000", "--otlp", url], &patience);
        assert_eq!(called.code, Some(0), "{called}");
        let told = called.stderr.trim_end();
        assert!(told.starts_with("warning: --otlp: 6000 spans could not be sent: "), "{told}");
        assert!(told.contains(&format!("`{url}/v1/traces` {why}")), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    for url in ["nonsense", "ftp://x"] {
        let called = call(&project, &["run", "canary.yaml", "--otlp", url], &[]);
        assert_eq!((called.code, &*called.stdout), (Some(2), ""), "{called}");
        assert!(called.stderr.starts_with("error: --otlp: "), "{called}");
    }
}
