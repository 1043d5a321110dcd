//! Finds the integers of a JSON text that a double does not hold exactly for sure.

/// An integer outside ±(2⁵³ − 1), and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsafeInteger {
    /// The way to it as an expression would write it: `orders[3].id`, empty for the whole text.
    pub path: String,
    /// The number as it is written.
    pub literal: String,
}

/// The integers of a JSON text outside ±(2⁵³ − 1), which as doubles may have become their neighbours: an id of 19
/// digits would make `id % 2` always 0. O(text).
///
/// Only integers that are written as such count; `1e300` was meant to be inexact. What is no JSON gives what was
/// found up to the fault; [`parse`](super::parse) reports that.
#[must_use]
pub fn unsafe_integers(text: &str) -> Vec<UnsafeInteger> {
    let mut scan = Scan { text, bytes: text.as_bytes(), at: 0, path: Vec::new(), found: Vec::new() };
    while scan.step() {}
    scan.found
}

/// Where in a container the scan is.
enum Step<'t> {
    Item(usize),
    /// A key as it is written between its quotes; `None` until it has come.
    Key(Option<&'t str>),
}

struct Scan<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    path: Vec<Step<'t>>,
    found: Vec<UnsafeInteger>,
}

impl Scan<'_> {
    /// Looks at one token; `false` at the end.
    fn step(&mut self) -> bool {
        let Some(&byte) = self.bytes.get(self.at) else { return false };
        let start = self.at;
        self.at += 1;
        match byte {
            b'[' => self.path.push(Step::Item(0)),
            b'{' => self.path.push(Step::Key(None)),
            b']' | b'}' => drop(self.path.pop()),
            b',' => match self.path.last_mut() {
                Some(Step::Item(index)) => *index += 1,
                Some(Step::Key(key)) => *key = None,
                None => {}
            },
            b'"' => self.string(start),
            b'-' | b'0'..=b'9' => self.number(start),
            _ => {}
        }
        true
    }

    fn string(&mut self, start: usize) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let end = self.at.min(self.bytes.len());
        self.at = end + 1;
        if let Some(Step::Key(key @ None)) = self.path.last_mut() {
            // An escape may have stepped over the end of a text that is no JSON.
            *key = self.text.get(start + 1..end);
        }
    }

    fn number(&mut self, start: usize) {
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
        self.at = start + self.bytes[start..].iter().take_while(|byte| is_part(byte)).count();
        let literal = &self.text[start..self.at];
        let digits = literal.strip_prefix('-').unwrap_or(literal);
        let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_safe = digits.parse::<u64>().is_ok_and(|magnitude| magnitude < 1 << 53);
        if is_integer && !is_safe {
            let path = self.path.iter().fold(String::new(), |path, step| path + &shown(step));
            let path = path.strip_prefix('.').map_or_else(|| path.clone(), str::to_owned);
            self.found.push(UnsafeInteger { path, literal: literal.to_owned() });
        }
    }
}

fn shown(step: &Step<'_>) -> String {
    match step {
        Step::Item(index) => format!("[{index}]"),
        Step::Key(None) => String::new(),
        Step::Key(Some(key)) => {
            let is_name = !key.is_empty()
                && !key.starts_with(|c: char| c.is_ascii_digit())
                && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
            if is_name { format!(".{key}") } else { format!("[\"{key}\"]") }
        }
    }
}
