//! "Did you mean": the only place that compares names by their looks.

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
    let length = name.chars().count();
    if !(2..=MAX_LENGTH).contains(&length) {
        return None;
    }
    let limit = (length / 3).max(1);
    let lower = name.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.chars().count().abs_diff(length) > limit {
            continue;
        }
        let distance =
            if candidate.to_lowercase() == lower { 0 } else { strsim::osa_distance(name, candidate) };
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
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
