//! JSON text of which only a part is wanted: the rest is checked, and no value is made of it.
//!
//! An expression reads a few members of a request. Making values of all the others is most of what reading the text
//! costs.

use super::failure::Failure;
use super::parse::{Parser, too_deep};
use crate::value::{MAX_DEPTH, Meter, Object, ObjectBuilder, Shape, Str, StrBuilder, Thrown, Value};
use smallvec::SmallVec;

/// What is wanted of a value: all of it, or some members if it is an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    is_whole: bool,
    members: Vec<(Str, Projection)>,
}

/// Deeper members are wanted with all that is beside them.
const DEPTH: usize = 32;

impl Projection {
    /// All of it.
    #[must_use]
    pub fn whole() -> Self {
        Self { is_whole: true, members: Vec::new() }
    }

    /// Adds a member, by the keys that lead to it: all of that is wanted, and of what lies on the way no more. No keys
    /// are the value itself.
    pub fn add<'k>(&mut self, keys: impl IntoIterator<Item = &'k Str>) {
        let mut place = self;
        for key in keys.into_iter().take(DEPTH) {
            let known = place.members.iter().position(|(known, _)| known == key);
            let at = known.unwrap_or_else(|| {
                place.members.push((key.clone(), Self::default()));
                place.members.len() - 1
            });
            place = &mut place.members[at].1;
        }
        *place = Self::whole();
    }

    /// Puts what is wanted of a member in its place.
    pub fn set(&mut self, key: Str, wanted: Self) {
        self.members.push((key, wanted));
    }

    fn member(&self, key: &Str) -> Option<&Self> {
        self.members.iter().find(|(known, _)| known == key).map(|(_, wanted)| wanted)
    }
}

impl Value {
    /// The value that a JSON text says, without the members that `wanted` does not name. What is wanted of anything but
    /// an object is all of it. O(text).
    ///
    /// ```
    /// use segue::value::{Str, Value, json::Projection};
    ///
    /// let mut wanted = Projection::default();
    /// wanted.add(&[Str::from("user"), Str::from("id")]);
    /// let text = r#"{"user": {"id": 42, "name": "Ada"}, "items": [1, 2, 3]}"#;
    /// assert_eq!(Value::from_json_part(text, &wanted)?.to_json_string(), r#"{"user":{"id":42}}"#);
    /// # Ok::<(), segue::value::Thrown>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json), wherever in the text it is.
    pub fn from_json_part(text: &str, wanted: &Projection) -> Result<Self, Thrown> {
        let meter = &mut super::Unmetered;
        let mut parser = Parser::new(text, meter);
        let value = parser.part(wanted)?;
        parser.end(value)
    }
}

impl<M: Meter + ?Sized> Parser<'_, '_, M> {
    /// What is wanted of the value that comes next. As deep as projections are.
    fn part(&mut self, wanted: &Projection) -> Result<Value, Thrown> {
        self.skip_white_space();
        if wanted.is_whole || self.peek() != Some(b'{') {
            return self.value();
        }
        self.at += 1;
        self.skip_white_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(Object::empty()));
        }
        let mut found: SmallVec<[(Str, Value); 4]> = SmallVec::new();
        let mut is_first = true;
        loop {
            let start = self.at;
            let may_be_known = self.skip_key(is_first)?;
            match self.wanted_key(start, may_be_known, wanted)? {
                Some((key, wanted)) => {
                    let value = self.part(wanted)?;
                    found.push((key, value));
                }
                None => self.skip_value()?,
            }
            is_first = false;
            self.skip_white_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.fail(Failure::ExpectedCommaOrBrace)),
            }
            self.skip_white_space();
        }
        self.at += 1;
        object(found).map(Value::Object)
    }

    /// What is wanted of the member whose key began at `start` and has been passed, if anything is.
    fn wanted_key<'p>(
        &mut self,
        start: usize,
        has_escape: bool,
        wanted: &'p Projection,
    ) -> Result<Option<(Str, &'p Projection)>, Thrown> {
        let rest = &self.bytes[start + 1..];
        let is_written = |key: &Str| {
            let key = key.text_bytes();
            rest.get(key.len()) == Some(&b'"') && rest.starts_with(key)
        };
        if !has_escape {
            let member = wanted.members.iter().find(|(key, _)| !key.has_lone_surrogate() && is_written(key));
            return Ok(member.map(|(key, wanted)| (key.clone(), wanted)));
        }
        let after = std::mem::replace(&mut self.at, start);
        let key = self.string()?;
        self.at = after;
        Ok(wanted.member(&key).map(|wanted| (key, wanted)))
    }

    /// Passes a key and its colon; whether there is an escape in it.
    fn skip_key(&mut self, is_first: bool) -> Result<bool, Thrown> {
        if self.peek() != Some(b'"') {
            return Err(self.fail(if is_first { Failure::ExpectedKeyOrBrace } else { Failure::ExpectedKey }));
        }
        let has_escape = self.skip_string()?;
        self.colon(is_first)?;
        Ok(has_escape)
    }

    /// Passes a string; whether there is an escape in it.
    fn skip_string(&mut self) -> Result<bool, Thrown> {
        self.at += 1;
        self.plain_run()?;
        let mut has_escape = false;
        while self.peek() == Some(b'\\') {
            has_escape = true;
            self.escape(&mut StrBuilder::new())?;
            self.plain_run()?;
        }
        self.at += 1;
        Ok(has_escape)
    }

    /// Passes a value, without recursion.
    fn skip_value(&mut self) -> Result<(), Thrown> {
        // Whether each container that is open is an object.
        let mut open: SmallVec<[bool; 32]> = SmallVec::new();
        loop {
            self.skip_white_space();
            match self.peek() {
                Some(b'"') => {
                    self.skip_string()?;
                }
                Some(bracket @ (b'{' | b'[')) => {
                    if open.len() >= MAX_DEPTH as usize {
                        return Err(too_deep());
                    }
                    self.at += 1;
                    self.skip_white_space();
                    let is_object = bracket == b'{';
                    if self.peek() == Some(if is_object { b'}' } else { b']' }) {
                        self.at += 1;
                    } else {
                        open.push(is_object);
                        if is_object {
                            self.skip_key(true)?;
                        }
                        continue;
                    }
                }
                _ => {
                    self.primitive()?;
                }
            }
            // Whatever ends with this value.
            loop {
                let Some(&is_object) = open.last() else { return Ok(()) };
                self.skip_white_space();
                match (self.peek(), is_object) {
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b','), true) => {
                        self.at += 1;
                        self.skip_white_space();
                        self.skip_key(false)?;
                        break;
                    }
                    (Some(b']'), false) | (Some(b'}'), true) => {
                        self.at += 1;
                        open.pop();
                    }
                    (_, false) => return Err(self.fail(Failure::ExpectedCommaOrBracket)),
                    (_, true) => return Err(self.fail(Failure::ExpectedCommaOrBrace)),
                }
            }
        }
    }
}

/// The object of these members; of those that come twice the last value counts, in the first place.
fn object(found: SmallVec<[(Str, Value); 4]>) -> Result<Object, Thrown> {
    let keys = found.iter().map(|(key, _)| key.clone()).collect();
    if let Some(shape) = Shape::from_ordered(keys) {
        return Object::new(shape, found.into_iter().map(|(_, value)| value).collect());
    }
    let mut builder = ObjectBuilder::with_capacity(found.len());
    for (key, value) in found {
        builder.insert(key, value);
    }
    builder.build()
}

#[cfg(test)]
mod tests;
