//! Lengths of time: `500ms`, `5s`, `2m`.

use std::time::Duration;

/// No length of time is longer: more than a week is a mistake, not a wait.
const MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Reads a number and its unit: `ms`, `s`, `m` or `h`; fractions are allowed (`1.5s`).
///
/// # Errors
/// How to write it.
pub(in crate::ensemble) fn parse(text: &str) -> Result<Duration, String> {
    const HOW: &str = "write it as `500ms`, `5s` or `2m`";
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = (&text[..digits], text[digits..].trim_start());
    let milliseconds = match unit {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        "sec" | "secs" | "second" | "seconds" => return Err(format!("write it as `{number}s`")),
        "min" | "mins" | "minute" | "minutes" => return Err(format!("write it as `{number}m`")),
        _ => return Err(HOW.to_owned()),
    };
    // `str::parse` reads more than this (`inf`, `1e9`); the letters before the unit are digits and dots only.
    let number: f64 = number.parse().map_err(|_| HOW.to_owned())?;
    let seconds = number * milliseconds / 1_000.0;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if duration <= MAX => Ok(duration),
        _ => Err("it is at most a week".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_duration_is_a_number_with_a_unit() {
        let read = |text| parse(text).map(|duration| duration.as_millis());
        assert_eq!(read("500ms"), Ok(500));
        assert_eq!(read("5s"), Ok(5_000));
        assert_eq!(read("2m"), Ok(120_000));
        assert_eq!(read("1.5s"), Ok(1_500));
        assert_eq!(read("1h"), Ok(3_600_000));
        assert_eq!(read("0s"), Ok(0));
        for text in ["", "5", "s", "-5s", "5 parsecs", "1e3s", "1.2.3s", "infs", "5S"] {
            assert_eq!(read(text), Err("write it as `500ms`, `5s` or `2m`".to_owned()), "{text}");
        }
        assert_eq!(read("30 seconds"), Err("write it as `30s`".to_owned()));
        assert_eq!(read("99999999999999999999h"), Err("it is at most a week".to_owned()));
    }
}
