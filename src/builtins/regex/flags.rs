//! The flags of a regular expression.

/// Which flags are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// `d`: results say where each group matched.
    pub(crate) has_indices: bool,
    /// `g`: all matches, not the first.
    pub(crate) is_global: bool,
    /// `i`: case does not count.
    pub(crate) ignores_case: bool,
    /// `m`: `^` and `$` match at line breaks.
    pub(crate) is_multiline: bool,
    /// `s`: `.` matches line breaks too.
    pub(crate) is_dot_all: bool,
    /// `u`: code points and strict syntax.
    pub(crate) is_unicode: bool,
    /// `v`: as `u`, with set notation.
    pub(crate) has_sets: bool,
    /// `y`: matches only where the search starts.
    pub(crate) is_sticky: bool,
}

impl Flags {
    /// Reads flags; `None` if one is unknown, comes twice, or `u` and `v` come together.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut flags = Self::default();
        for flag in text.chars() {
            let is_set = match flag {
                'd' => &mut flags.has_indices,
                'g' => &mut flags.is_global,
                'i' => &mut flags.ignores_case,
                'm' => &mut flags.is_multiline,
                's' => &mut flags.is_dot_all,
                'u' => &mut flags.is_unicode,
                'v' => &mut flags.has_sets,
                'y' => &mut flags.is_sticky,
                _ => return None,
            };
            if std::mem::replace(is_set, true) {
                return None;
            }
        }
        (!(flags.is_unicode && flags.has_sets)).then_some(flags)
    }

    /// Whether text is matched by code points: `u` or `v`.
    pub(crate) fn by_code_point(self) -> bool {
        self.is_unicode || self.has_sets
    }
}
