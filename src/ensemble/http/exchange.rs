//! Sending and reading: hop after hop, piece by piece.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::runtime::Id;
use tokio::time::timeout;

use super::redirect::{self, Hop};
use super::request::{Request, Response, origin};
use super::{ClientKey, Http, Listener, events, failure, resolver};
use crate::ensemble::operation::OperationError;
use crate::ensemble::run::Secrets;

/// How much is read of an answer whose status was not expected: enough to say why.
const REASON: usize = 64 << 10;

/// An answer, of whatever status.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// What reading an answer ends with.
enum Read {
    Whole(Vec<u8>),
    /// There is more than was asked for.
    Part(Vec<u8>),
}

impl Http {
    /// Sends the request, and follows redirects as far as it says.
    pub(super) async fn follow(
        &self,
        request: Request,
        secrets: &Secrets,
        runtime: Id,
        mut listener: Option<&mut Listener<'_>>,
    ) -> Result<Response, OperationError> {
        let Request { method, url, headers, body, .. } = &request;
        let mut hop =
            Hop { method: method.clone(), url: url.clone(), headers: headers.clone(), body: body.clone() };
        let mut left = request.redirects;
        loop {
            let answer = self.exchange(&hop, &request, (secrets, runtime), listener.as_deref_mut()).await?;
            let location = redirect::location(answer.status, &answer.headers);
            match location {
                Some(location) if left > 0 => {
                    left -= 1;
                    hop = hop.next(answer.status, location)?;
                }
                Some(_) if request.redirects > 0 => {
                    let many = request.redirects;
                    let message = format!("`{}` redirects more than {many} times", request.origin());
                    return Err(OperationError::failed(message));
                }
                Some(_) | None => {
                    let Answer { status, headers, body } = answer;
                    return Ok(Response { status: status.as_u16(), headers, body });
                }
            }
        }
    }

    /// One request and its answer: an expected one, or a redirect that is to be followed.
    async fn exchange(
        &self,
        hop: &Hop,
        request: &Request,
        (secrets, runtime): (&Secrets, Id),
        listener: Option<&mut Listener<'_>>,
    ) -> Result<Answer, OperationError> {
        let may_be_private = self.options.allows_private || request.may_be_private;
        let origin = origin(&hop.url);
        resolver::check_literal(&hop.url, may_be_private, &self.options.private_hosts)
            .map_err(|refused| failure::private(&refused, &origin))?;
        let key = ClientKey {
            runtime,
            connect_timeout: request.timeouts.connect,
            may_be_private,
            is_encrypted: hop.url.scheme() == "https",
        };
        let client = self.client(key)?;
        let pass = self.circuits.enter(&origin)?;
        match self.ask(&client, hop, (request, &origin), listener).await {
            Ok(answer) => {
                let is_followed =
                    request.redirects > 0 && redirect::location(answer.status, &answer.headers).is_some();
                let opened = match answer.status.is_server_error() {
                    true => pass.failed(),
                    false => {
                        pass.succeeded();
                        None
                    }
                };
                if is_followed || request.expect.includes(answer.status.as_u16()) {
                    return Ok(answer);
                }
                let Answer { status, headers, body } = &answer;
                let error = failure::status(&origin, *status, headers, body, secrets, request.is_repeatable);
                Err(failure::with_circuit(error, opened))
            }
            // A host that is down or slow; a certificate or an address that is refused says nothing of its health.
            Err(error) if error.is_transient || error.kind.is_transient() => {
                Err(failure::with_circuit(error, pass.failed()))
            }
            Err(error) => Err(error),
        }
    }

    async fn ask(
        &self,
        client: &reqwest::Client,
        hop: &Hop,
        (request, origin): (&Request, &str),
        listener: Option<&mut Listener<'_>>,
    ) -> Result<Answer, OperationError> {
        let mut sent = reqwest::Request::new(hop.method.clone(), hop.url.clone());
        *sent.headers_mut() = hop.headers.clone();
        *sent.body_mut() = hop.body.clone().map(Into::into);
        let limit = request.timeouts.first_byte;
        let is_repeatable = request.is_repeatable;
        let late = || failure::Late { limit, origin: origin.to_owned(), is_repeatable };
        let transport = |error: reqwest::Error| failure::transport(&error, origin, is_repeatable);
        let answer = timeout(limit, client.execute(sent)).await.map_err(|_| late().first_byte())?;
        let mut answer = answer.map_err(transport)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let is_expected = request.expect.includes(status.as_u16());
        let most = if is_expected { request.max_bytes } else { request.max_bytes.min(REASON) };
        if is_expected && answer.content_length().is_some_and(|length| length > most as u64) {
            return Err(failure::too_long(origin, most));
        }
        if is_expected
            && let Some(listener) = listener
            && events::are_in(&headers)
        {
            let read = events::read(answer, most, limit, listener).await;
            read.map_err(|cut| failure::cut(cut, origin, most, is_repeatable))?;
            return Ok(Answer { status, headers, body: Vec::new() });
        }
        let read = read(&mut answer, most, limit);
        let body = match read.await {
            Ok(Read::Whole(body)) => body,
            Ok(Read::Part(body)) if !is_expected => body,
            Ok(Read::Part(_)) => return Err(failure::too_long(origin, most)),
            Err(Broken::Late) => return Err(late().first_byte()),
            // Why it failed is half told; that it failed is known.
            Err(Broken::Off(_)) if !is_expected => Vec::new(),
            Err(Broken::Off(error)) => return Err(transport(error)),
        };
        Ok(Answer { status, headers, body })
    }
}

/// Why an answer could not be read to its end.
enum Broken {
    Late,
    Off(reqwest::Error),
}

/// Reads an answer as far as `most` bytes; never more is held than that and one piece.
async fn read(
    answer: &mut reqwest::Response,
    most: usize,
    limit: std::time::Duration,
) -> Result<Read, Broken> {
    let mut body = Vec::new();
    loop {
        let piece = timeout(limit, answer.chunk()).await.map_err(|_| Broken::Late)?;
        let Some(piece) = piece.map_err(Broken::Off)? else { return Ok(Read::Whole(body)) };
        let room = most - body.len();
        body.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            return Ok(Read::Part(body));
        }
    }
}
