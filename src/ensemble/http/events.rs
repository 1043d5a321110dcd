//! An answer in server-sent events, read as they come.
//!
//! A connection that ends says nothing of whether the answer did: whoever listens tells when it is whole, and a stream
//! that ends before has broken off.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::unfold;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use sse_stream::{Error, SseByteStream};
use tokio::time::timeout;

use crate::ensemble::operation::OperationError;

/// What is done with each event: its name, if it has one, and its data.
pub(crate) type Take<'l> = Box<dyn FnMut(Option<&str>, &str) -> Result<Flow, OperationError> + Send + 'l>;

/// Who listens to an answer that comes in events.
pub(crate) struct Listener<'l> {
    pub(crate) take: Take<'l>,
    /// The longest silence once it has begun.
    pub(crate) silence: Duration,
}

/// Whether an answer goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// It has to.
    More,
    /// It may; it is whole if it does not.
    Enough,
    /// It is whole, and nothing more is read.
    Done,
}

/// Why a stream of events was not read to its end.
pub(super) enum Cut {
    /// Nothing came for so long.
    Late(Duration),
    Off(reqwest::Error),
    TooLong,
    /// It ended before the answer did.
    Short,
    NoText(std::str::Utf8Error),
    /// What whoever listens says.
    Refused(OperationError),
}

/// Why no further piece comes.
#[derive(Debug, thiserror::Error)]
#[error("the stream of events was cut")]
enum Broken {
    Late(Duration),
    Off(reqwest::Error),
    TooLong,
}

/// Whether the answer comes in events.
pub(super) fn are_in(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
}

/// Reads events to the end of the answer, which is at most `most` bytes long and begins within `first`.
pub(super) async fn read(
    answer: reqwest::Response,
    most: usize,
    first: Duration,
    listener: &mut Listener<'_>,
) -> Result<(), Cut> {
    let silence = listener.silence;
    let pieces = unfold((answer, most, first), |(mut answer, left, limit)| async move {
        let piece = match timeout(limit, answer.chunk()).await {
            Err(_) => Err(Broken::Late(limit)),
            Ok(Err(error)) => Err(Broken::Off(error)),
            Ok(Ok(None)) => return None,
            Ok(Ok(Some(piece))) if piece.len() > left => Err(Broken::TooLong),
            Ok(Ok(Some(piece))) => Ok(piece),
        };
        let left = left.saturating_sub(piece.as_ref().map_or(0, |piece| piece.len()));
        Some((piece, (answer, left, silence)))
    });
    let mut events = std::pin::pin!(SseByteStream::new(Box::pin(pieces)));
    let mut flow = Flow::More;
    while let Some(event) = events.next().await {
        let event = event.map_err(cut)?;
        let Some(data) = event.data else { continue };
        flow = (listener.take)(event.event.as_deref(), &data).map_err(Cut::Refused)?;
        if flow == Flow::Done {
            return Ok(());
        }
    }
    if flow == Flow::Enough { Ok(()) } else { Err(Cut::Short) }
}

#[cold]
fn cut(error: Error) -> Cut {
    match error {
        Error::Body(cause) => match cause.downcast::<Broken>().map(|broken| *broken) {
            Ok(Broken::Late(limit)) => Cut::Late(limit),
            Ok(Broken::Off(error)) => Cut::Off(error),
            Ok(Broken::TooLong) => Cut::TooLong,
            Err(_) => Cut::Short,
        },
        Error::Utf8Parse(error) => Cut::NoText(error),
        _ => Cut::Short,
    }
}
