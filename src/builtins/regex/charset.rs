//! Sets of code points: what a character class matches.

/// The last code point.
pub(super) const MAX: u32 = 0x10_FFFF;

/// A set of code points as sorted ranges, both ends included, that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CharSet {
    ranges: Vec<(u32, u32)>,
}

impl CharSet {
    /// The set of these ranges, in any order.
    pub(super) fn new(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match merged.last_mut() {
                Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        Self { ranges: merged }
    }

    /// One code point.
    pub(super) fn of(code_point: u32) -> Self {
        Self { ranges: vec![(code_point, code_point)] }
    }

    /// The ranges, rising.
    pub(super) fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    /// The only member, if there is exactly one.
    pub(super) fn only(&self) -> Option<u32> {
        match self.ranges.as_slice() {
            [(start, end)] if start == end => Some(*start),
            _ => None,
        }
    }

    /// Whether it holds `code_point`. O(log ranges).
    pub(super) fn contains(&self, code_point: u32) -> bool {
        let after = self.ranges.partition_point(|range| range.0 <= code_point);
        after > 0 && code_point <= self.ranges[after - 1].1
    }

    /// What is in either.
    pub(super) fn union(&self, other: &Self) -> Self {
        Self::new([self.ranges.as_slice(), &other.ranges].concat())
    }

    /// All code points that are not in it.
    pub(super) fn complement(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for (start, end) in &self.ranges {
            if *start > next {
                ranges.push((next, start - 1));
            }
            next = end + 1;
        }
        if next <= MAX {
            ranges.push((next, MAX));
        }
        Self { ranges }
    }

    /// What is in both.
    pub(super) fn intersection(&self, other: &Self) -> Self {
        self.complement().union(&other.complement()).complement()
    }

    /// What is in this one only.
    pub(super) fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }
}

/// A [`CharSet`] made for asking: one bit a character for ASCII, ranges for the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Matcher {
    ascii: [u64; 2],
    beyond: Box<[(u32, u32)]>,
}

impl Matcher {
    /// Whether it holds `code_point`. O(1) for ASCII, O(log ranges) otherwise.
    #[inline]
    pub(super) fn contains(&self, code_point: u32) -> bool {
        if code_point < 128 {
            return self.ascii[(code_point >> 6) as usize] >> (code_point & 63) & 1 == 1;
        }
        let after = self.beyond.partition_point(|range| range.0 <= code_point);
        after > 0 && code_point <= self.beyond[after - 1].1
    }
}

impl From<&CharSet> for Matcher {
    fn from(set: &CharSet) -> Self {
        let mut ascii = [0; 2];
        for (start, end) in set.ranges() {
            for code_point in *start..=(*end).min(127) {
                ascii[(code_point >> 6) as usize] |= 1 << (code_point & 63);
            }
        }
        let beyond = set.ranges().iter().filter(|range| range.1 > 127);
        Self { ascii, beyond: beyond.map(|range| (range.0.max(128), range.1)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn sets() -> impl Strategy<Value = CharSet> {
        let range = (0_u32..300, 0_u32..40).prop_map(|(start, width)| (start, start + width));
        prop::collection::vec(range, 0..6).prop_map(CharSet::new)
    }

    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(CharSet::new(vec![(5, 9), (1, 2), (3, 4), (8, 12)]).ranges(), [(1, 12)]);
        assert_eq!(CharSet::new(vec![(0, MAX)]).complement(), CharSet::default());
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(a in sets(), b in sets(), at in 0_u32..400) {
            let (in_a, in_b) = (a.contains(at), b.contains(at));
            prop_assert_eq!(a.union(&b).contains(at), in_a || in_b);
            prop_assert_eq!(a.intersection(&b).contains(at), in_a && in_b);
            prop_assert_eq!(a.difference(&b).contains(at), in_a && !in_b);
            prop_assert_eq!(a.complement().contains(at), !in_a);
            prop_assert_eq!(Matcher::from(&a).contains(at), in_a);
            prop_assert_eq!(a.complement().complement(), a);
        }
    }
}
