//! Streams, and reading them from the start again and again.

use super::{Key, Seed};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How many draws a stream remembers. Later ones are drawn again when a second reader comes to them.
const REMEMBERED: usize = 16;

/// One stream of a run: an endless row of numbers in [0, 1), each always the same.
///
/// Nothing is computed before the first draw, which costs some 100 ns; one that is remembered costs 1 ns, any other
/// that follows its predecessor 3.
#[derive(Clone, Debug)]
pub struct Stream {
    key: Source,
    number: u64,
    /// Apart, so that a stream from which nothing is drawn is small: a run waits with several.
    drawn: Option<Box<Drawn>>,
}

/// What the first draw makes.
#[derive(Clone, Debug)]
struct Drawn {
    generator: ChaCha8Rng,
    /// The draw that the generator gives next.
    next: u64,
    remembered: [f64; REMEMBERED],
    known: usize,
}

/// Where a stream's key comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Key(Key),
    /// A seed that is made at the first draw.
    OnDemand(fn() -> Seed),
}

impl Stream {
    /// The stream of that number under that key.
    #[must_use]
    pub fn new(key: Key, number: u64) -> Self {
        Self::from_source(Source::Key(key), number)
    }

    fn from_source(key: Source, number: u64) -> Self {
        Self { key, number, drawn: None }
    }

    /// An ordinary stream whose seed is asked for when something is drawn, and not before.
    #[must_use]
    pub fn on_demand(seed: fn() -> Seed) -> Self {
        Self::from_source(Source::OnDemand(seed), 0)
    }

    /// An ordinary stream, for evaluating expressions outside ensembles: number 0 under the seed's key.
    #[must_use]
    pub fn seeded(seed: Seed) -> Self {
        Self::new(Key::seeded(seed), 0)
    }

    /// Draw number `n`, counted from 0, in `[0, 1)`: 53 random bits times 2⁻⁵³, so that 1 never occurs.
    #[inline]
    pub fn draw(&mut self, n: u64) -> f64 {
        let remembered = match &self.drawn {
            Some(drawn) => drawn.remembered[..drawn.known].get(usize::try_from(n).unwrap_or(usize::MAX)),
            None => None,
        };
        match remembered {
            Some(draw) => *draw,
            None => self.generate(n),
        }
    }

    #[inline(never)]
    fn generate(&mut self, n: u64) -> f64 {
        let drawn = self.drawn.get_or_insert_with(|| {
            let key = match self.key {
                Source::Key(key) => key,
                Source::OnDemand(seed) => Key::seeded(seed()),
            };
            let mut generator = ChaCha8Rng::from_seed(*key.bytes());
            generator.set_stream(self.number);
            Box::new(Drawn { generator, next: 0, remembered: [0.0; REMEMBERED], known: 0 })
        });
        // What is skipped must be remembered too, or the memory would have holes.
        let from = if n < REMEMBERED as u64 { drawn.known as u64 } else { n };
        if drawn.next != from {
            // A draw takes two words of the key stream.
            drawn.generator.set_word_pos(u128::from(from) * 2);
        }
        let mut draw = 0.0;
        for at in from..=n {
            draw = (drawn.generator.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64);
            if let Some(room) = drawn.remembered.get_mut(at as usize).filter(|_| at == drawn.known as u64) {
                *room = draw;
                drawn.known += 1;
            }
        }
        drawn.next = n + 1;
        draw
    }

    /// A reader at the stream's start.
    #[inline]
    pub fn cursor(&mut self) -> Cursor<'_> {
        self.cursor_at(0)
    }

    /// A reader whose next draw is number `n`: for who goes on where the last reader stopped.
    #[inline]
    pub fn cursor_at(&mut self, n: u64) -> Cursor<'_> {
        Cursor { stream: self, start: n, position: n, has_read_first: false }
    }
}

/// Reads a stream, draw by draw.
#[derive(Debug)]
pub struct Cursor<'s> {
    stream: &'s mut Stream,
    start: u64,
    position: u64,
    has_read_first: bool,
}

impl Cursor<'_> {
    /// The next draw: `Math.random()`.
    #[inline]
    pub fn random(&mut self) -> f64 {
        let draw = self.stream.draw(self.position);
        self.position += 1;
        draw
    }

    /// The stream's first draw, as often as it is asked for: `draw`.
    #[inline]
    pub fn first(&mut self) -> f64 {
        self.has_read_first = true;
        self.stream.draw(0)
    }

    /// The number of the next draw.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Makes number `n` the next draw, for who takes back what it has drawn.
    pub fn rewind(&mut self, n: u64) {
        self.position = n;
    }

    /// The draws that [`random`](Self::random) has given, at most `limit` of them, or the first one if only
    /// [`first`](Self::first) has been asked: for a trace.
    pub fn taken(&mut self, limit: usize) -> Vec<f64> {
        let end = self.position.min(self.start.saturating_add(limit as u64));
        if self.position == self.start && self.has_read_first {
            return vec![self.stream.draw(0)];
        }
        (self.start..end).map(|n| self.stream.draw(n)).collect()
    }
}
