//! `JSON.parse`: from text straight to values, without recursion.
//!
//! Objects that have the same keys in the same order share one [`Shape`]: keys are followed through a tree of
//! transitions (see [`shapes`](super::shapes)), where a key seen before is recognised by its bytes in the text.

use super::failure::Failure;
use super::shapes::{Node, Shapes};
use crate::value::{Array, MAX_DEPTH, Meter, Object, Str, StrBuilder, Thrown, Value};

/// Parses JSON text as `JSON.parse` does without a reviver. O(text), charged.
///
/// # Errors
/// `SyntaxError` in V8's words, `LimitError` where it nests deeper than [`MAX_DEPTH`] or costs too much.
pub fn parse(text: &Str, meter: &mut (impl Meter + ?Sized)) -> Result<Value, Thrown> {
    match text.as_str() {
        Some(text) => parse_str(text, meter),
        None => parse_str(&escape_lone_surrogates(text), meter),
    }
}

/// As [`parse`], of text that has no lone surrogates.
///
/// # Errors
/// As [`parse`].
pub fn parse_str(text: &str, meter: &mut (impl Meter + ?Sized)) -> Result<Value, Thrown> {
    meter.scan(text.len())?;
    let mut parser = Parser::new(text, meter);
    let value = parser.value()?;
    parser.end(value)
}

/// JSON allows lone surrogates inside strings only, where an escape says the same. After a backslash it says
/// something else, but there a surrogate is as wrong as any other stranger.
fn escape_lone_surrogates(text: &Str) -> String {
    let mut escaped = String::with_capacity(text.byte_len());
    let mut after_backslash = false;
    for code_point in text.code_points() {
        match char::from_u32(code_point) {
            Some(c) => {
                escaped.push(c);
                after_backslash = c == '\\' && !after_backslash;
            }
            None => {
                if after_backslash {
                    escaped.push(char::REPLACEMENT_CHARACTER);
                } else {
                    escaped.push_str(&format!("\\u{code_point:04x}"));
                }
                after_backslash = false;
            }
        }
    }
    escaped
}

/// An array or object whose end has not come yet.
struct Frame {
    /// Where its values start on the stack of values.
    start: usize,
    /// How deeply its values nest.
    depth: u32,
    /// An object's keys so far; `None` for an array.
    keys: Option<Node>,
}

pub(super) struct Parser<'t, 'm, M: ?Sized> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    frames: Vec<Frame>,
    values: Vec<Value>,
    shapes: Shapes,
    meter: &'m mut M,
}

/// What bookkeeping an allocation carries: counts, length, header.
const HEADER_BYTES: usize = 48;

#[cold]
pub(super) fn too_deep() -> Thrown {
    Thrown::limit(format!("JSON nests deeper than {MAX_DEPTH} levels"))
}

impl<'t, 'm, M: Meter + ?Sized> Parser<'t, 'm, M> {
    pub(super) fn new(text: &'t str, meter: &'m mut M) -> Self {
        let (frames, values, shapes) = (Vec::new(), Vec::new(), Shapes::default());
        Self { text, bytes: text.as_bytes(), at: 0, frames, values, shapes, meter }
    }

    /// The value that comes next.
    pub(super) fn value(&mut self) -> Result<Value, Thrown> {
        loop {
            // Either a whole value, or the start of a container whose first value comes next.
            let Some(mut value) = self.start_value()? else { continue };
            // Close every container that ends after this value.
            loop {
                let Some(frame) = self.frames.last_mut() else { return Ok(value) };
                frame.depth = frame.depth.max(value.depth());
                let is_object = frame.keys.is_some();
                self.values.push(value);
                self.skip_white_space();
                match (self.peek(), is_object) {
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b','), true) => {
                        self.at += 1;
                        self.skip_white_space();
                        self.key(Failure::ExpectedKey)?;
                        break;
                    }
                    (Some(b']'), false) => value = self.close_array()?,
                    (Some(b'}'), true) => value = self.close_object()?,
                    (_, false) => return Err(self.fail(Failure::ExpectedCommaOrBracket)),
                    (_, true) => return Err(self.fail(Failure::ExpectedCommaOrBrace)),
                }
            }
        }
    }

    /// The value, if nothing comes after it.
    pub(super) fn end(&mut self, value: Value) -> Result<Value, Thrown> {
        self.skip_white_space();
        if self.at < self.bytes.len() { Err(self.fail(Failure::AfterEnd)) } else { Ok(value) }
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(super) fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    #[cold]
    pub(super) fn fail(&self, failure: Failure) -> Thrown {
        failure.at(self.text, self.at)
    }

    /// A primitive or an empty container; `None` after the start of a container that holds something.
    #[inline]
    fn start_value(&mut self) -> Result<Option<Value>, Thrown> {
        self.skip_white_space();
        match self.peek() {
            Some(b'"') => Ok(Some(Value::String(self.string()?))),
            Some(b'{') => self.open_object(),
            Some(b'[') => self.open_array(),
            _ => self.primitive().map(Some),
        }
    }

    fn open(&mut self, keys: Option<Node>) -> Result<(), Thrown> {
        if self.frames.len() >= MAX_DEPTH as usize {
            return Err(too_deep());
        }
        self.frames.push(Frame { start: self.values.len(), depth: 0, keys });
        self.at += 1;
        self.skip_white_space();
        Ok(())
    }

    fn open_array(&mut self) -> Result<Option<Value>, Thrown> {
        self.open(None)?;
        if self.peek() == Some(b']') { self.close_array().map(Some) } else { Ok(None) }
    }

    fn open_object(&mut self) -> Result<Option<Value>, Thrown> {
        self.open(Some(Shapes::ROOT))?;
        if self.peek() == Some(b'}') {
            return self.close_object().map(Some);
        }
        self.key(Failure::ExpectedKeyOrBrace)?;
        Ok(None)
    }

    /// A key and its colon.
    #[inline]
    fn key(&mut self, otherwise: Failure) -> Result<(), Thrown> {
        if self.peek() != Some(b'"') {
            return Err(self.fail(otherwise));
        }
        let frame = self.frames.last_mut().expect("a key stands in an object");
        let node = frame.keys.expect("a key stands in an object");
        let rest = &self.bytes[self.at + 1..];
        let next = match self.shapes.follow(node, rest) {
            Some((next, used)) => {
                self.at += 1 + used + 1;
                next
            }
            None => {
                let key = self.string()?;
                self.meter.charge(1)?;
                self.shapes.step(node, key)
            }
        };
        self.frames.last_mut().expect("a key stands in an object").keys = Some(next);
        self.colon(node == Shapes::ROOT)
    }

    /// The colon after a key.
    #[inline]
    pub(super) fn colon(&mut self, is_first: bool) -> Result<(), Thrown> {
        if self.peek() != Some(b':') {
            self.skip_white_space();
            if self.peek() != Some(b':') {
                // V8 says what it expects after the first key only.
                return Err(self.fail(if is_first { Failure::ExpectedColon } else { Failure::Unexpected }));
            }
        }
        self.at += 1;
        Ok(())
    }

    fn close_array(&mut self) -> Result<Value, Thrown> {
        self.at += 1;
        let frame = self.frames.pop().expect("an array is open");
        let count = self.values.len() - frame.start;
        self.meter.allocate(HEADER_BYTES + count * size_of::<Value>())?;
        let items = self.values.drain(frame.start..);
        Ok(Value::Array(Array::from_drain(frame.depth + 1, items)))
    }

    fn close_object(&mut self) -> Result<Value, Thrown> {
        self.at += 1;
        let frame = self.frames.pop().expect("an object is open");
        let node = frame.keys.expect("it is an object that is open");
        let count = self.values.len() - frame.start;
        self.meter.allocate(HEADER_BYTES + count * size_of::<Value>())?;
        if self.shapes.is_new(node) {
            self.meter.allocate(HEADER_BYTES + count * size_of::<Value>())?;
        }
        let values = self.values.drain(frame.start..);
        match self.shapes.shape(node) {
            Some(shape) => Ok(Value::Object(Object::from_drain(shape, frame.depth + 1, values))),
            None => Ok(Value::Object(self.shapes.irregular(node, values)?)),
        }
    }

    pub(super) fn string(&mut self) -> Result<Str, Thrown> {
        self.at += 1;
        let start = self.at;
        let is_ascii = self.plain_run()?;
        let run = &self.text[start..self.at];
        if self.bytes[self.at] == b'"' {
            self.at += 1;
            if run.len() > Str::INLINE {
                self.meter.allocate(run.len())?;
            }
            return Ok(if is_ascii { Str::from_counted(run, run.len()) } else { Str::from(run) });
        }
        self.escaped_string(run)
    }

    /// The rest of a string, from its first backslash on.
    fn escaped_string(&mut self, first: &str) -> Result<Str, Thrown> {
        let mut built = StrBuilder::new();
        built.push_text(first);
        loop {
            self.escape(&mut built)?;
            let start = self.at;
            self.plain_run()?;
            built.push_text(&self.text[start..self.at]);
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                self.meter.allocate(built.len())?;
                return Ok(built.finish());
            }
        }
    }

    /// Goes to the next quote or backslash; tells whether everything up to there is ASCII.
    #[inline]
    pub(super) fn plain_run(&mut self) -> Result<bool, Thrown> {
        const ONES: u64 = u64::from_le_bytes([1; 8]);
        const HIGHS: u64 = ONES << 7;
        let mut seen = 0;
        while let Some(chunk) = self.bytes[self.at..].first_chunk::<8>() {
            let word = u64::from_le_bytes(*chunk);
            // In each byte the high bit, where it is under 0x20, a quote or a backslash; the lowest set is exact.
            let zero_at = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
            let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
            let quote = zero_at(word ^ (ONES * u64::from(b'"')));
            let backslash = zero_at(word ^ (ONES * u64::from(b'\\')));
            let special = control | quote | backslash;
            if special != 0 {
                let bytes = special.trailing_zeros() / 8;
                self.at += bytes as usize;
                seen |= word & !(u64::MAX << (8 * bytes));
                return self.plain_end(seen & HIGHS == 0);
            }
            seen |= word;
            self.at += 8;
        }
        while let Some(byte) = self.peek() {
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                break;
            }
            seen |= u64::from(byte);
            self.at += 1;
        }
        self.plain_end(seen & HIGHS == 0)
    }

    #[inline]
    fn plain_end(&mut self, is_ascii: bool) -> Result<bool, Thrown> {
        match self.peek() {
            Some(b'"' | b'\\') => Ok(is_ascii),
            Some(_) => Err(self.fail(Failure::ControlCharacter)),
            None => Err(self.fail(Failure::UnterminatedString)),
        }
    }

    pub(super) fn escape(&mut self, built: &mut StrBuilder) -> Result<(), Thrown> {
        self.at += 1;
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => c,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape(built);
            }
            // V8 has a table of the escapes that ends with Latin-1.
            Some(..0xc4) => return Err(self.fail(Failure::BadEscape)),
            Some(_) | None => return Err(self.fail(Failure::Unexpected)),
        };
        self.at += 1;
        built.push_unit(u16::from(c));
        Ok(())
    }

    fn unicode_escape(&mut self, built: &mut StrBuilder) -> Result<(), Thrown> {
        let high = self.hex_unit()?;
        // A pair at once, so that the builder need not leave UTF-8 for it.
        if (0xd800..0xdc00).contains(&high) && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let low = self.hex_unit()?;
            match char::decode_utf16([high, low]).next() {
                Some(Ok(c)) => built.push_text(c.encode_utf8(&mut [0; 4])),
                Some(Err(_)) | None => {
                    // The second escape may be the first half of the next pair: it is read again.
                    self.at -= 6;
                    built.push_unit(high);
                }
            }
            return Ok(());
        }
        built.push_unit(high);
        Ok(())
    }

    fn hex_unit(&mut self) -> Result<u16, Thrown> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| (byte as char).to_digit(16)) else {
                return Err(self.fail(Failure::BadUnicodeEscape));
            };
            unit = unit << 4 | digit as u16;
            self.at += 1;
        }
        Ok(unit)
    }
}
