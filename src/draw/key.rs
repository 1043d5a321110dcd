//! What picks a stream: the key of the generator, and the number of the stream under that key.

use super::hash::{framed, framed_number};
use super::{Seed, Stream};

/// What a stream's numbers decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamKind {
    /// Whether agents run.
    Condition,
    /// Which version of a component serves.
    Component,
    /// Anything else: inputs, configuration, outputs.
    Field,
}

impl StreamKind {
    /// All kinds.
    pub const ALL: &[Self] = &[Self::Condition, Self::Component, Self::Field];

    /// The kind's name in the hash.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Component => "component",
            Self::Field => "field",
        }
    }

    /// Whether a sticky key fixes its draws.
    #[must_use]
    pub fn is_sticky(self) -> bool {
        match self {
            Self::Condition | Self::Component => true,
            Self::Field => false,
        }
    }
}

/// One of the streams of a run, the same in every run. Made when an ensemble is planned, so that a run hashes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamId {
    kind: StreamKind,
    number: u64,
}

impl StreamId {
    /// The stream of a kind and layer (empty where there is none), told from others of the same by `label`.
    ///
    /// Gates share a stream: their label is empty. With `draws: independent` it is the agent's name; the label of any
    /// other field is agent and field, `analyzer.input.text`.
    #[must_use]
    pub fn new(kind: StreamKind, layer: &str, label: &str) -> Self {
        let parts: [&[u8]; 4] =
            [b"segue-1 stream", kind.name().as_bytes(), layer.as_bytes(), label.as_bytes()];
        Self { kind, number: framed_number(&parts) }
    }

    /// What its numbers decide.
    #[must_use]
    pub fn kind(self) -> StreamKind {
        self.kind
    }

    /// The stream number, ChaCha's nonce.
    #[must_use]
    pub fn number(self) -> u64 {
        self.number
    }
}

/// The key of the generator.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a run's own draws: the seed as 8 little-endian bytes, `segue-1` and a zero byte, 16 zero bytes.
    #[must_use]
    pub fn seeded(seed: Seed) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..15].copy_from_slice(b"segue-1");
        Self(key)
    }

    /// The key of all runs for one user: a hash of `salt` (the ensemble's name, or what `salt:` says) and the sticky
    /// key's text.
    #[must_use]
    pub fn sticky(salt: &str, text: &str) -> Self {
        Self(framed(&[b"segue-1 sticky", salt.as_bytes(), text.as_bytes()]))
    }

    /// The bytes, as ChaCha takes them.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A sticky key is somebody's name; what is made of it need not be shown either.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The keys of one run: its seed's, and its user's if the ensemble is sticky.
#[derive(Clone, Copy, Debug)]
pub struct RunKeys {
    seed: Seed,
    sticky: Option<Key>,
}

impl RunKeys {
    /// A run whose every draw comes from its seed.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self { seed, sticky: None }
    }

    /// The same run with gates and versions fixed by a sticky key.
    #[must_use]
    pub fn with_sticky(self, key: Key) -> Self {
        Self { sticky: Some(key), ..self }
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Whether gates and versions come from a sticky key.
    #[must_use]
    pub fn is_sticky(&self) -> bool {
        self.sticky.is_some()
    }

    /// The stream `id` of this run. Costs nothing before the first draw.
    #[must_use]
    pub fn stream(&self, id: StreamId) -> Stream {
        let key = self.sticky.filter(|_| id.kind().is_sticky()).unwrap_or_else(|| Key::seeded(self.seed));
        Stream::new(key, id.number())
    }
}
