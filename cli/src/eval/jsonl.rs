//! `segue eval --jsonl`: a request a line in, an answer a line out, in order, whatever the lines hold.
//!
//! Nothing that stands in a line ends the process: it is read in bounded memory, evaluated within limits on a stack
//! of its own size, and a fault of ours is answered like any other.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use segue::value::{ErrorKind, Object, Str, StrBuilder, Value, json};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::encoding::encode;
use super::session::{Fault, Session};
use super::{describe, error_json};
use crate::exit::{Exit, Failure, Outcome};

/// The longest line that is looked at; of a longer one the rest is skipped.
const MAX_LINE: usize = 256 << 20;

/// Parser and evaluation bound their depth themselves; this is room for both bounds and then some.
const STACK: usize = 256 << 20;

/// Answers every line of standard input, until its end.
pub(super) fn answer_all(session: Session) -> Outcome {
    let thread = std::thread::Builder::new().name("eval".to_owned()).stack_size(STACK);
    let worker = thread.spawn(move || answer(session, &mut io::stdin().lock(), &mut io::stdout().lock()));
    let worker = worker.map_err(|error| anyhow::anyhow!("cannot start a thread: {error}"))?;
    match worker.join() {
        Ok(result) => result.map(|()| Exit::Ok),
        Err(_) => Ok(Exit::Failed),
    }
}

fn answer(
    mut session: Session,
    requests: &mut impl BufRead,
    answers: &mut impl Write,
) -> Result<(), Failure> {
    let mut line = Vec::new();
    loop {
        let length =
            read_line(requests, &mut line).map_err(|error| anyhow::anyhow!("cannot read: {error}"))?;
        let Some(length) = length else { return Ok(()) };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = if length > MAX_LINE {
            Answer::refused("null", "LimitError", format!("a line has at most {MAX_LINE} bytes"))
        } else {
            reply(&mut session, &line)
        };
        answers.write_all(answer.text().as_bytes())?;
        answers.flush()?;
    }
}

/// Reads a line without its end; gives its length, which is more than was kept if it is too long.
fn read_line(requests: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<usize>> {
    line.clear();
    let mut length = 0;
    loop {
        let chunk = match requests.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok((length > 0).then_some(length));
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let room = (MAX_LINE + 1).saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        length += part.len() + usize::from(end.is_some());
        let consumed = part.len() + usize::from(end.is_some());
        requests.consume(consumed);
        if end.is_some() {
            return Ok(Some(length));
        }
    }
}

/// What is said to one request.
struct Answer {
    /// As JSON.
    id: String,
    /// The value's encoding, or kind and message.
    result: Result<String, (String, String)>,
}

impl Answer {
    fn refused(id: impl Into<String>, kind: &str, message: impl Into<String>) -> Self {
        Self { id: id.into(), result: Err((kind.to_owned(), message.into())) }
    }

    fn text(&self) -> String {
        let id = &self.id;
        match &self.result {
            Ok(value) => format!("{{\"id\":{id},\"value\":{value}}}\n"),
            Err((kind, message)) => format!("{{\"id\":{id},\"error\":{}}}\n", error_json(kind, message)),
        }
    }
}

fn reply(session: &mut Session, line: &[u8]) -> Answer {
    let request = match parse(line) {
        Ok(request) => request,
        Err(answer) => return answer,
    };
    let id = request.id;
    let evaluated = catch_unwind(AssertUnwindSafe(|| {
        let value = session.eval(&request.source, &request.context)?;
        encode(&value).map_err(|thrown| Fault::Thrown {
            kind: thrown.kind,
            message: thrown.message,
            span: Default::default(),
        })
    }));
    match evaluated {
        Ok(Ok(value)) => Answer { id, result: Ok(value) },
        Ok(Err(fault)) => {
            let (kind, message) = describe(&fault);
            Answer::refused(id, kind, message)
        }
        // What happened is on standard error. No class of the protocol is for faults of ours.
        Err(_) => Answer::refused(id, "LimitError", "internal error: please report this expression"),
    }
}

struct Request {
    id: String,
    source: String,
    context: Object,
}

fn parse(line: &[u8]) -> Result<Request, Answer> {
    let refuse = |id: &str, message: &str| Answer::refused(id, "SyntaxError", message);
    let Ok(text) = std::str::from_utf8(line) else { return Err(refuse("null", "the line is not UTF-8")) };
    let value = Value::from_json(text).map_err(|error| match error.kind {
        ErrorKind::Limit => Answer::refused(shallow_id(text), "LimitError", error.message),
        _ => refuse("null", &format!("the line is no JSON: {}", error.message)),
    })?;
    let Value::Object(request) = value else { return Err(refuse("null", "the line is no object")) };
    let id = match request.get_str("id") {
        Some(id @ (Value::String(_) | Value::Number(_))) => id.to_json_string(),
        Some(_) => return Err(refuse("null", "`id` is not a string")),
        None => return Err(refuse("null", "the request has no `id`")),
    };
    let context = match request.get_str("context") {
        None => Object::empty(),
        Some(Value::Object(context)) => context.clone(),
        Some(_) => return Err(refuse(&id, "`context` is not an object")),
    };
    let source = match (request.get_str("expr"), request.get_str("expr_hex")) {
        (Some(_), Some(_)) => Err("the request has both `expr` and `expr_hex`".to_owned()),
        (Some(Value::String(source)), None) => match source.as_str() {
            Some(source) => Ok(source.to_owned()),
            None => Err("the source holds a surrogate that stands alone".to_owned()),
        },
        (None, Some(Value::String(digits))) => from_hex(&digits.to_text()),
        (None, None) => Err("the request has no `expr`".to_owned()),
        _ => Err("the source is not a string".to_owned()),
    };
    let source = source.map_err(|message| refuse(&id, &message))?;
    Ok(Request { id, source, context })
}

/// The `id` of a request that nests too deeply to be read as a whole.
fn shallow_id(text: &str) -> String {
    #[derive(Deserialize)]
    struct Shallow<'t> {
        #[serde(borrow)]
        id: std::borrow::Cow<'t, str>,
        #[serde(default, rename = "context")]
        _context: Option<IgnoredAny>,
    }
    match serde_json::from_str::<Shallow<'_>>(text) {
        Ok(request) => {
            let mut quoted = StrBuilder::new();
            json::quote(&Str::from(&*request.id), &mut quoted);
            quoted.into_text()
        }
        Err(_) => "null".to_owned(),
    }
}

/// The text whose bytes are given in hexadecimal.
fn from_hex(digits: &str) -> Result<String, String> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = digits.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect();
    let bytes = bytes.ok_or("`expr_hex` is not hexadecimal: two digits a byte")?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("the source is not UTF-8: byte {:#04x} at offset {at}", error.as_bytes()[at])
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use segue::draw::Seed;

    use super::super::session::Source;
    use super::*;

    fn answers(requests: &[u8]) -> Vec<String> {
        let session = Session::new(Source::Expression, Seed::default());
        let mut out = Vec::new();
        answer(session, &mut io::BufReader::with_capacity(7, requests), &mut out).expect("answers");
        String::from_utf8(out).expect("text").lines().map(str::to_owned).collect()
    }

    fn refused(id: &str, kind: &str, message: &str) -> String {
        Answer::refused(id, kind, message).text().trim_end().to_owned()
    }

    #[test]
    fn every_line_is_answered_whatever_it_holds() {
        let requests = b"{\"id\":\"a\"}\n\n  \r\nnonsense\n{\"expr\":\"1\"}\n[1]\n\xff\n\
            {\"id\":\"b\",\"expr\":1}\n{\"id\":\"c\",\"expr\":\"1\",\"context\":[]}\n{\"id\":null,\"expr\":\"1\"}\n\
            {\"id\":\"d\",\"expr_hex\":\"31ff\"}\n{\"id\":\"e\",\"expr_hex\":\"3\"}\n\
            {\"id\":\"f\",\"expr\":\"'\\ud800'\"}";
        let answers = answers(requests);
        assert_eq!(answers[0], refused("\"a\"", "SyntaxError", "the request has no `expr`"));
        assert!(
            answers[1]
                .starts_with(r#"{"id":null,"error":{"kind":"SyntaxError","message":"the line is no JSON"#)
        );
        for (answer, id, message) in [
            (&answers[2], "null", "the request has no `id`"),
            (&answers[3], "null", "the line is no object"),
            (&answers[4], "null", "the line is not UTF-8"),
            (&answers[5], "\"b\"", "the source is not a string"),
            (&answers[6], "\"c\"", "`context` is not an object"),
            (&answers[7], "null", "`id` is not a string"),
            (&answers[8], "\"d\"", "the source is not UTF-8: byte 0xff at offset 1"),
            (&answers[9], "\"e\"", "`expr_hex` is not hexadecimal: two digits a byte"),
            (&answers[10], "\"f\"", "the source holds a surrogate that stands alone"),
        ] {
            assert_eq!(answer, &refused(id, "SyntaxError", message));
        }
        assert_eq!(answers.len(), 11);
    }

    #[test]
    fn a_context_that_nests_without_end_is_refused_by_its_name() {
        let nested = "[".repeat(100_000) + &"]".repeat(100_000);
        let answers = answers(format!(r#"{{"id":"a\"b","expr":"1","context":{{"x":{nested}}}}}"#).as_bytes());
        assert!(answers[0].starts_with(r#"{"id":"a\"b","error":{"kind":"LimitError""#), "{}", answers[0]);
    }
}
