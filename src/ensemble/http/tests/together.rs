//! Many who ask a service the same at the same time: how often it is asked, counted by the service.

use std::future::IntoFuture;
use std::time::Duration;

use futures_util::future::join_all;
use pretty_assertions::assert_eq;

use super::*;
use crate::ensemble::Ensemble;

fn loaded(server: &Server) -> Ensemble {
    let fields = format!("config: {{url: '{}'}}\ncache: {{ttl: 1h}}", server.url("/x"));
    engine(local(), &[]).load_str("test.yaml", &agent("http", &fields)).expect("it loads")
}

async fn many(ensemble: &Ensemble) -> Vec<Run> {
    let runs = join_all((0..50).map(|_| async { ensemble.run(Value::Null).seed(7).await.expect("it runs") }));
    runs.await
}

/// How many failed, how many asked and were answered, how many had another's answer.
fn counts(runs: &[Run]) -> [usize; 3] {
    let states = || runs.iter().filter_map(|run| run.agent("a"));
    let count = |is: fn(&&crate::ensemble::AgentState) -> bool| states().filter(is).count();
    [
        count(|state| state.failed()),
        count(|state| state.success() && state.attempts == 1),
        count(|state| state.success() && state.cached.is_some()),
    ]
}

#[tokio::test]
async fn a_service_is_asked_once() {
    let server = Server::start([Say::json("{\"n\": 1}")]).await;
    let ensemble = loaded(&server);
    assert_eq!(counts(&many(&ensemble).await), [0, 1, 49]);
    assert_eq!(counts(&many(&ensemble).await), [0, 0, 50]);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_failure_is_nobody_elses() {
    let refusal = Say::status("500 Internal Server Error", "text/plain", "no");
    let cut = Say::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned());
    let server = Server::start([refusal, cut, Say::json("{}")]).await;
    assert_eq!(counts(&many(&loaded(&server)).await), [2, 1, 47]);
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_run_that_is_dropped_leaves_the_asking_to_another() {
    let server = Server::start([Say::Nothing, Say::json("{}")]).await;
    let ensemble = loaded(&server);
    let given_up =
        tokio::time::timeout(Duration::from_millis(50), ensemble.run(Value::Null).seed(7).into_future());
    let (given_up, runs) = tokio::join!(given_up, many(&ensemble));
    assert!(given_up.is_err());
    assert_eq!((counts(&runs), server.seen().len()), ([0, 1, 49], 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_ask_once_too() {
    let server = Server::start([Say::json("{}")]).await;
    let ensemble = loaded(&server);
    let tasks = (0..4).map(|_| {
        let ensemble = ensemble.clone();
        tokio::spawn(async move { many(&ensemble).await })
    });
    let runs: Vec<Run> = join_all(tasks).await.into_iter().flat_map(|runs| runs.expect("no panic")).collect();
    assert_eq!((counts(&runs), server.seen().len()), ([0, 1, 199], 1));
}
