//! Names of objects: full hexadecimal object ids.

use std::fmt;

/// The full id of an object, as hexadecimal text: 40 digits under SHA-1, 64 under SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    digits: [u8; Self::LONGEST],
    length: u8,
}

/// How a repository names its objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ObjectFormat {
    /// 40 digits.
    #[default]
    Sha1,
    /// 64 digits.
    Sha256,
}

impl ObjectFormat {
    /// How many digits a full id has.
    #[must_use]
    pub fn digits(self) -> usize {
        match self {
            Self::Sha1 => 40,
            Self::Sha256 => 64,
        }
    }
}

impl ObjectId {
    const LONGEST: usize = 64;

    /// Reads a full id, in lower case as git prints it; `None` for anything else, abbreviations included.
    ///
    /// ```
    /// use segue::registry::git::ObjectId;
    /// let id = ObjectId::parse("93ffafdfc1619492a63879985acdfed083cd0d3f").expect("an id");
    /// assert_eq!(id.short(), "93ffafdfc161");
    /// assert_eq!(ObjectId::parse("93ffafd"), None);
    /// ```
    #[must_use]
    pub fn parse(text: impl AsRef<[u8]>) -> Option<Self> {
        let text = text.as_ref();
        let is_full = matches!(text.len(), 40 | 64);
        if !is_full || !text.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut digits = [0; Self::LONGEST];
        digits[..text.len()].copy_from_slice(text);
        Some(Self { digits, length: u8::try_from(text.len()).ok()? })
    }

    /// The id of these bytes, 20 or 32 of them, as trees hold it.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        if !matches!(bytes.len(), 20 | 32) {
            return None;
        }
        let mut digits = [0; Self::LONGEST];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        Some(Self { digits, length: if bytes.len() == 20 { 40 } else { 64 } })
    }

    /// The id that stands for "no object".
    #[must_use]
    pub fn zero(format: ObjectFormat) -> Self {
        let mut digits = [0; Self::LONGEST];
        let length = format.digits();
        digits[..length].fill(b'0');
        Self { digits, length: if length == 40 { 40 } else { 64 } }
    }

    /// Whether it stands for "no object".
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.as_str().bytes().all(|digit| digit == b'0')
    }

    /// All digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..usize::from(self.length)]).expect("hexadecimal digits are ASCII")
    }

    /// The first 12 digits, as they are shown.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.as_str()[..12]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AsRef<str> for ObjectId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
