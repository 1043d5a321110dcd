//! A server that does as its script says.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What is done with one request.
#[derive(Clone)]
pub(super) enum Say {
    /// These bytes, and the connection is closed.
    Bytes(String),
    /// These bytes, and the connection waits for the next request.
    Stay(String),
    /// Nothing, and the connection stays open.
    Nothing,
    /// These bytes, and then nothing.
    Begin(String),
    /// A head, and then a byte every few milliseconds for ever.
    Drip,
    /// So many bytes in chunks, without saying how many there will be.
    Chunks(usize),
}

impl Say {
    pub(super) fn status(status: &str, kind: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ))
    }

    pub(super) fn json(body: &str) -> Self {
        Self::status("200 OK", "application/json", body)
    }

    /// A status with one header and no body.
    pub(super) fn header(status: &str, header: &str) -> Self {
        Self::Bytes(format!(
            "HTTP/1.1 {status}\r\n{header}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ))
    }
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    scheme: &'static str,
    seen: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// The n-th request is answered by the n-th line of the script; the last one stands for all that follow.
    pub(super) async fn start<const N: usize>(script: [Say; N]) -> Self {
        Self::start_with(script.to_vec(), None).await
    }

    pub(super) async fn start_with(script: Vec<Say>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
        let address = listener.local_addr().expect("it has an address");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server =
            Self { address, scheme, seen: Arc::default(), sent: Arc::default(), connections: Arc::default() };
        let (seen, sent, connections) =
            (server.seen.clone(), server.sent.clone(), server.connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (script, seen, sent, tls) = (script.clone(), seen.clone(), sent.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &script, &seen, &sent).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &script, &seen, &sent).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The requests, as they came.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("nobody panics").clone()
    }

    /// How many connections were made.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many bytes of bodies were taken off its hands.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    script: &[Say],
    seen: &Mutex<Vec<String>>,
    sent: &AtomicUsize,
) {
    let say = loop {
        let Some(request) = read(&mut stream).await else { return };
        let say = {
            let mut seen = seen.lock().expect("nobody panics");
            seen.push(request);
            script[(seen.len() - 1).min(script.len() - 1)].clone()
        };
        let Say::Stay(bytes) = say else { break say };
        let _ = stream.write_all(bytes.as_bytes()).await;
    };
    match say {
        Say::Bytes(bytes) | Say::Stay(bytes) => {
            let _ = stream.write_all(bytes.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        Say::Nothing => std::future::pending().await,
        Say::Begin(bytes) => {
            let _ = stream.write_all(bytes.as_bytes()).await;
            std::future::pending::<()>().await;
        }
        Say::Drip => {
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        Say::Chunks(bytes) => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let _ = stream.write_all(head.as_bytes()).await;
            let piece = format!("10000\r\n{}\r\n", "x".repeat(1 << 16));
            while sent.load(Ordering::SeqCst) < bytes && stream.write_all(piece.as_bytes()).await.is_ok() {
                sent.fetch_add(1 << 16, Ordering::SeqCst);
            }
            let _ = stream.write_all(b"0\r\n\r\n").await;
        }
    }
}

/// A request with its body, if it comes to its end.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a number")) {
                return Some(text.into_owned());
            }
        }
    }
}
