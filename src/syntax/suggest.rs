//! "Did you mean": the only place that compares names by their looks.

/// What a misspelt name most likely means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbour<'c> {
    /// The name that is meant.
    pub name: &'c str,
    /// Whether no other comes close, so that it can be put in the place of the misspelt one without asking.
    pub is_only: bool,
}

/// The candidate that a misspelt name most likely means: one that differs in case alone, else the nearest within
/// a third of the name's length (and at least one edit, where two neighbours swapped are one). The first of several.
///
/// O(candidates × length²) for candidates of about the name's length; others cost nothing.
///
/// ```
/// use segue::syntax::nearest;
/// assert_eq!(nearest("analyser", ["analyzer", "extractor"]), Some("analyzer"));
/// assert_eq!(nearest("tolowercase", ["toUpperCase", "toLowerCase"]), Some("toLowerCase"));
/// assert_eq!(nearest("x", ["y"]), None);
/// ```
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    neighbour(name, candidates).map(|neighbour| neighbour.name)
}

/// The candidate that a name is short for: the only one that begins with all of it, three letters or more.
///
/// ```
/// use segue::syntax::long_for;
/// assert_eq!(long_for("prod", ["staging", "production"]), Some("production"));
/// assert_eq!(long_for("canary", ["canary-5", "canary-25"]), None);
/// ```
pub fn long_for<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let is_longer = |candidate: &&str| candidate.starts_with(name) && candidate.len() > name.len();
    let mut longer = candidates.into_iter().filter(is_longer);
    match (longer.next(), longer.next()) {
        (Some(only), None) if name.chars().count() > 2 => Some(only),
        _ => None,
    }
}

/// As [`nearest`], and whether no other comes within one edit of being as near. O(candidates × length²).
///
/// ```
/// use segue::syntax::neighbour;
/// assert!(neighbour("executd", ["executed", "output"]).is_some_and(|near| near.is_only));
/// assert!(neighbour("ring-3", ["ring-0", "ring-1"]).is_some_and(|near| !near.is_only));
/// ```
pub fn neighbour<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<Neighbour<'c>> {
    let length = name.chars().count();
    if !(2..=MAX_LENGTH).contains(&length) {
        return None;
    }
    let limit = (length / 3).max(1);
    let lower = name.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    let mut second = usize::MAX;
    for candidate in candidates {
        // A rival may be one edit further away than any suggestion.
        if candidate.chars().count().abs_diff(length) > limit + 1 {
            continue;
        }
        let distance =
            if candidate.to_lowercase() == lower { 0 } else { strsim::osa_distance(name, candidate) };
        match best {
            Some((_, known)) if known == candidate => {}
            Some((least, _)) if distance >= least => second = second.min(distance),
            _ if distance <= limit => {
                second = best.map_or(second, |(least, _)| least.min(second));
                best = Some((distance, candidate));
            }
            _ => second = second.min(distance),
        }
    }
    best.map(|(least, name)| Neighbour { name, is_only: second > least + 1 })
}

/// Longer names are no misspelling of anything.
const MAX_LENGTH: usize = 256;

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::nearest;

    #[test]
    fn case_comes_before_distance_and_far_names_are_not_suggested() {
        for (name, candidates, expected) in [
            ("Output", vec!["outputs", "output"], Some("output")),
            ("executd", vec!["executed", "execute"], Some("executed")),
            ("lenght", vec!["length"], Some("length")),
            ("conditon", vec!["component", "condition"], Some("condition")),
            ("ab", vec!["ac"], Some("ac")),
            ("a", vec!["b"], None),
            ("analyzer", vec!["extractor", "review"], None),
            ("", vec!["a"], None),
        ] {
            assert_eq!(nearest(name, candidates), expected, "{name}");
        }
    }
}
