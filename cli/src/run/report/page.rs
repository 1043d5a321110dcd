//! The page itself.

use std::time::Duration;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use segue::ensemble::Share;

use super::Report;
use super::drawing;
use super::latency::Latency;
use crate::graph::picture::Picture;
use crate::run::table::{grouped, percent};

/// Colours have at least the contrast that WCAG 2.2 asks of text (1.4.3), in light and in dark.
const STYLE: &str = include_str!("style.css");
/// How many rows a table has at most.
const LISTED: usize = 50;

pub(super) fn page(report: &Report<'_>) -> String {
    let Report { ensemble, tally, seed, asked, .. } = report;
    let name = ensemble.name();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (name) ": " (grouped(tally.runs())) " runs" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (name) }
                    p.summary {
                        (grouped(tally.runs())) " runs, seed " (seed.to_string())
                        @if tally.runs() < *asked { " (stopped; " (grouped(*asked)) " were asked for)" }
                    }
                    (troubles(report))
                    (shares("Agents", "agent", tally.agents().map(|(name, share, _)| (name.to_owned(), share)).collect()))
                    @let failing: Vec<_> = tally.agents().filter(|(_, _, failed)| failed.count > 0)
                        .map(|(name, _, failed)| (name.to_owned(), failed)).collect();
                    (shares("Failures by agent", "agent", failing))
                    (shares("Versions that served", "agent and version", versions(report)))
                    (shares("Which agents ran together", "agents", together(report)))
                    (latency(report.latency))
                    (plan(&Picture::new(ensemble.plan(), None)))
                    (failures(report))
                }
                footer { p { "Intervals are Wilson's, 95 %: of 100 such intervals, 95 hold the true share. Made by segue " (env!("CARGO_PKG_VERSION")) "." } }
            }
        }
    };
    page.into_string()
}

fn troubles(report: &Report<'_>) -> Markup {
    let tally = report.tally;
    let failed = Share::of(tally.failed(), tally.runs());
    html! {
        @if failed.count > 0 {
            p.bad { strong { (grouped(failed.count)) " failed" } ": " (percent(failed.share)) " (95 %: " (percent(failed.low)) " – " (percent(failed.high)) ")" }
        }
        @if tally.unkeyed() > 0 {
            p.warn { strong { (grouped(tally.unkeyed())) " without a sticky key" } ": their sides were drawn run by run" }
        }
    }
}

fn versions(report: &Report<'_>) -> Vec<(String, Share)> {
    let served = report.tally.components();
    let row = |agent: &str, version: &str| format!("{agent}: {version}");
    served
        .flat_map(|(agent, versions)| {
            let rows: Vec<_> =
                versions.into_iter().map(|(version, share)| (row(agent, version), share)).collect();
            rows
        })
        .collect()
}

fn together(report: &Report<'_>) -> Vec<(String, Share)> {
    let name = |names: Vec<&str>| if names.is_empty() { "(none)".to_owned() } else { names.join(" + ") };
    report.tally.combinations().into_iter().map(|(names, share)| (name(names), share)).collect()
}

fn plan(picture: &Picture) -> Markup {
    html! {
        section {
            h2 id="plan" { "Plan" }
            (drawing::draw(picture))
            (drawing::words(picture))
        }
    }
}

/// A table in a frame that scrolls where it is too wide, by the keyboard too; called as the heading of that id says.
fn table(heading: &str, rows: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="group" aria-labelledby=(heading) { table aria-labelledby=(heading) { (rows) } } }
}

fn shares(title: &str, column: &str, rows: Vec<(String, Share)>) -> Markup {
    let id = title.to_lowercase().replace(' ', "-");
    let more = rows.len().saturating_sub(LISTED);
    html! {
        @if !rows.is_empty() {
            section {
                h2 id=(id) { (title) }
                (table(&id, &html! {
                    thead { tr {
                        th scope="col" { (column) } th.number scope="col" { "runs" } th.number scope="col" { "share" }
                        th.number scope="col" { "95 % interval" } td.bar aria-hidden="true" {}
                    } }
                    tbody { @for (name, share) in rows.iter().take(LISTED) {
                        tr {
                            th scope="row" { (name) }
                            td.number { (grouped(share.count)) }
                            td.number { (percent(share.share)) }
                            td.number { (percent(share.low)) " – " (percent(share.high)) }
                            td.bar aria-hidden="true" { (bar(share)) }
                        }
                    } }
                }))
                @if more > 0 { p { "… and " (more) " more" } }
            }
        }
    }
}

/// `21 µs`, `840 ms`, `3.2 s`.
fn shown(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    match micros {
        0.0..10.0 => format!("{micros:.1} µs"),
        10.0..1e3 => format!("{micros:.0} µs"),
        1e3..1e6 => format!("{:.0} ms", micros / 1e3),
        _ => format!("{:.1} s", micros / 1e6),
    }
}

/// The share as a bar with its interval. The numbers beside it say the same: its cell is hidden from who has it read.
fn bar(share: &Share) -> Markup {
    let at = |share: f64| format!("{:.3}", share * 100.0);
    html! {
        svg.share viewBox="0 0 100 10" preserveAspectRatio="none" {
            rect.all x="0" y="1" width="100" height="8" {}
            rect.part x="0" y="1" width=(at(share.share)) height="8" {}
            rect.interval x=(at(share.low)) y="3.5" width=(at((share.high - share.low).max(0.002))) height="3" {}
        }
    }
}

fn latency(latency: &Latency) -> Markup {
    const PERCENTILES: [(&str, f64); 5] =
        [("median", 50.0), ("90 %", 90.0), ("99 %", 99.0), ("99.9 %", 99.9), ("longest", 100.0)];
    let buckets = latency.buckets();
    let most = buckets.iter().map(|bucket| bucket.count).max().unwrap_or(0).max(1);
    html! {
        @if !latency.is_empty() {
            section {
                h2 id="durations" { "Durations" }
                (table("durations", &html! {
                    thead { tr { @for (name, _) in PERCENTILES { th.number scope="col" { (name) } } } }
                    tbody { tr { @for (_, percent) in PERCENTILES { td.number { (shown(latency.percentile(percent))) } } } }
                }))
                h3 id="how-many" { "How many runs took how long" }
                (table("how-many", &html! {
                    thead { tr { th scope="col" { "from – to" } th.number scope="col" { "runs" } td.bar aria-hidden="true" {} } }
                    tbody { @for bucket in &buckets {
                        tr {
                            th scope="row" { (shown(bucket.from)) " – " (shown(bucket.to)) }
                            td.number { (grouped(bucket.count)) }
                            td.bar aria-hidden="true" { svg.share viewBox="0 0 100 10" preserveAspectRatio="none" {
                                rect.part x="0" y="1" width=(format!("{:.3}", bucket.count as f64 / most as f64 * 100.0)) height="8" {}
                            } }
                        }
                    } }
                }))
            }
        }
    }
}

fn failures(report: &Report<'_>) -> Markup {
    let failures = report.tally.failures();
    html! {
        @if !failures.is_empty() {
            section {
                h2 id="first-failures" { "The first failures" }
                p { "The seed alone replays a run: " code { "segue explain FILE --seed N" } }
                ul { @for failed in failures {
                    li { "run " (failed.run) ", seed " (failed.seed.to_string()) ": " (failed.error.to_string()) }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a variable of the style is in light, and in dark.
    fn colours(name: &str) -> [u32; 2] {
        let marker = format!("--{name}: #");
        let values: Vec<u32> =
            STYLE.split(&marker).skip(1).map(|rest| hex(rest.split(';').next().unwrap_or(""))).collect();
        values.try_into().unwrap_or_else(|values: Vec<_>| panic!("{name} is given {} times", values.len()))
    }

    fn hex(digits: &str) -> u32 {
        let whole: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits.to_owned(),
        };
        u32::from_str_radix(&whole, 16).unwrap_or_else(|_| panic!("{digits} is no colour"))
    }

    /// The contrast of two colours, as WCAG 2.2 defines it.
    fn contrast(one: u32, other: u32) -> f64 {
        let luminance = |colour: u32| {
            let part = |shift: u32| {
                let part = f64::from(colour >> shift & 0xff) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0) + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn colours_stand_out_in_light_and_in_dark() {
        for (front, back, least) in [
            ("text", "page", 4.5),
            ("faint", "page", 4.5),
            ("bad", "page", 4.5),
            ("warn", "page", 4.5),
            ("text", "box", 4.5),
            // What is no text (1.4.11).
            ("part", "all", 3.0),
            ("part", "page", 3.0),
            ("faint", "box", 3.0),
        ] {
            for (front_colour, back_colour) in colours(front).into_iter().zip(colours(back)) {
                let contrast = contrast(front_colour, back_colour);
                assert!(contrast >= least, "{front} on {back}: {contrast:.2}");
            }
        }
    }
}
