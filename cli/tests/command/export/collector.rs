//! A collector of OpenTelemetry on loopback, as much of it as it takes to see what arrives.
//!
//! What it is sent is taken apart by the wire format alone, so that it does not share the sender's faults.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The status of one that does not answer.
pub(super) const SILENT: u16 = 0;

pub(super) struct Collector {
    address: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

#[derive(Clone)]
pub(super) struct Request {
    pub(super) path: String,
    head: String,
    body: Vec<u8>,
}

impl Request {
    /// Whether the text stands anywhere in it.
    pub(super) fn holds(&self, text: &str) -> bool {
        let is_in = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        is_in(self.head.as_bytes()) || is_in(&self.body)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) trace: Vec<u8>,
    pub(super) id: Vec<u8>,
    pub(super) parent: Vec<u8>,
    pub(super) name: String,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) attributes: Vec<(String, String)>,
    /// What its status says, where that is an error.
    pub(super) failed: Option<String>,
}

impl Collector {
    /// One that answers with this status.
    pub(super) fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || serve(stream, status, &kept));
            }
        });
        Self { address, seen }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What exporters have sent.
    pub(super) fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("nobody panics").clone()
    }

    pub(super) fn spans(&self) -> Vec<Span> {
        let seen = self.seen();
        let resources = seen.iter().flat_map(|request| messages(&request.body, 1));
        let scopes = resources.flat_map(|resource| messages(resource, 2));
        scopes.flat_map(|scope| messages(scope, 2)).map(Span::read).collect()
    }

    /// The service's name in the first request.
    pub(super) fn service(&self) -> String {
        let seen = self.seen();
        let resource = messages(&seen[0].body, 1).into_iter().flat_map(|spans| messages(spans, 1));
        let mut attributes = resource.flat_map(attributes_of_resource);
        attributes.find(|(key, _)| key == "service.name").expect("a name").1
    }
}

/// Answers requests until nobody asks any more. `/busy` is a service that agents ask.
fn serve(mut stream: TcpStream, status: u16, kept: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        let length = header("content-length").map_or(0, |length| length.parse().expect("a number"));
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let path = head.split(' ').nth(1).expect("a path").to_owned();
        let (status, said) = if path == "/busy" {
            (503, format!("key {} is busy", header("x-key").unwrap_or_default()))
        } else {
            kept.lock().expect("nobody panics").push(Request { path, head, body });
            (status, String::new())
        };
        if status == SILENT {
            continue;
        }
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{said}", said.len());
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A field of a message: its number and what is in it.
enum Field<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

/// The fields of a message in the wire format of Protocol Buffers.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut bytes)),
            1 => Field::Number(u64::from_le_bytes(taken(&mut bytes, 8).try_into().expect("eight bytes"))),
            2 => {
                let length = varint(&mut bytes);
                Field::Bytes(taken(&mut bytes, usize::try_from(length).expect("a length")))
            }
            5 => {
                let bytes = taken(&mut bytes, 4);
                Field::Number(u32::from_le_bytes(bytes.try_into().expect("four bytes")).into())
            }
            kind => panic!("there is no wire type {kind}"),
        };
        fields.push((tag >> 3, field));
    }
    fields
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = taken(bytes, 1)[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

fn taken<'b>(bytes: &mut &'b [u8], count: usize) -> &'b [u8] {
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}

/// The messages in the field of that number.
fn messages(bytes: &[u8], number: u64) -> Vec<&[u8]> {
    let fields = fields(bytes).into_iter();
    let of_number = fields.filter_map(|(of, field)| match field {
        Field::Bytes(bytes) if of == number => Some(bytes),
        _ => None,
    });
    of_number.collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a text")
}

fn attributes_of_resource(resource: &[u8]) -> Vec<(String, String)> {
    messages(resource, 1).into_iter().map(attribute).collect()
}

/// A `KeyValue`, with what is in its `AnyValue`.
fn attribute(bytes: &[u8]) -> (String, String) {
    let key = text(messages(bytes, 1)[0]);
    let value = messages(bytes, 2)[0];
    let value = match fields(value).into_iter().next() {
        Some((1, Field::Bytes(value))) => text(value),
        Some((_, Field::Number(value))) => value.to_string(),
        _ => "?".to_owned(),
    };
    (key, value)
}

impl Span {
    fn read(bytes: &[u8]) -> Self {
        let one = |number| messages(bytes, number).first().copied().unwrap_or_default().to_vec();
        let number = |bytes: &[u8], number| {
            let mut found = fields(bytes).into_iter().filter(|(of, _)| *of == number);
            found.find_map(|(_, field)| if let Field::Number(value) = field { Some(value) } else { None })
        };
        let status = one(15);
        let is_error = number(&status, 3) == Some(2);
        let mut attributes: Vec<_> = messages(bytes, 9).into_iter().map(attribute).collect();
        attributes.sort();
        Self {
            trace: one(1),
            id: one(2),
            parent: one(4),
            name: text(&one(5)),
            start: number(bytes, 7).expect("a time"),
            end: number(bytes, 8).expect("a time"),
            attributes,
            failed: is_error.then(|| text(messages(&status, 2).first().copied().unwrap_or_default())),
        }
    }
}
