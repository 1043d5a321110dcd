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
                    section { h2 { "Plan" } (drawing::draw(&Picture::new(ensemble.plan(), None))) }
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

fn shares(title: &str, column: &str, rows: Vec<(String, Share)>) -> Markup {
    let more = rows.len().saturating_sub(LISTED);
    html! {
        @if !rows.is_empty() {
            section {
                h2 { (title) }
                div.scroll { table {
                    thead { tr {
                        th scope="col" { (column) } th.number scope="col" { "runs" } th.number scope="col" { "share" }
                        th.number scope="col" { "95 % interval" } td.bar {}
                    } }
                    tbody { @for (name, share) in rows.iter().take(LISTED) {
                        tr {
                            th scope="row" { (name) }
                            td.number { (grouped(share.count)) }
                            td.number { (percent(share.share)) }
                            td.number { (percent(share.low)) " – " (percent(share.high)) }
                            td.bar { (bar(share)) }
                        }
                    } }
                } }
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

/// The share as a bar with its interval; the numbers beside it say the same.
fn bar(share: &Share) -> Markup {
    let at = |share: f64| format!("{:.3}", share * 100.0);
    html! {
        svg.share viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
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
                h2 { "Durations" }
                div.scroll { table {
                    thead { tr { @for (name, _) in PERCENTILES { th.number scope="col" { (name) } } } }
                    tbody { tr { @for (_, percent) in PERCENTILES { td.number { (shown(latency.percentile(percent))) } } } }
                } }
                div.scroll { table {
                    thead { tr { th scope="col" { "from – to" } th.number scope="col" { "runs" } td.bar {} } }
                    tbody { @for bucket in &buckets {
                        tr {
                            th scope="row" { (shown(bucket.from)) " – " (shown(bucket.to)) }
                            td.number { (grouped(bucket.count)) }
                            td.bar { svg.share viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
                                rect.part x="0" y="1" width=(format!("{:.3}", bucket.count as f64 / most as f64 * 100.0)) height="8" {}
                            } }
                        }
                    } }
                } }
            }
        }
    }
}

fn failures(report: &Report<'_>) -> Markup {
    let failures = report.tally.failures();
    html! {
        @if !failures.is_empty() {
            section {
                h2 { "The first failures" }
                p { "The seed alone replays a run: " code { "segue explain FILE --seed N" } }
                ul { @for failed in failures {
                    li { "run " (failed.run) ", seed " (failed.seed.to_string()) ": " (failed.error.to_string()) }
                } }
            }
        }
    }
}
