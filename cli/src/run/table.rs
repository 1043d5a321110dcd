//! What a batch came to, as tables with bars.

use std::io::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use segue::draw::Seed;
use segue::ensemble::{Share, Tally};

use crate::excerpt::harmless;
use crate::output::{BAD, BAR, FAINT, Output, STRONG, WARN};

/// How wide a bar of all runs is, where there is room, and where there is none.
const BAR_WIDTHS: (usize, usize) = (30, 8);
/// How wide the columns between name and bar are, with the spaces around them.
const COLUMNS: usize = 42;
/// How many combinations, and versions of one agent, are listed.
const LISTED: usize = 20;

pub(super) fn print(tally: &Tally, name: &str, seed: Seed, out: &mut Output) -> std::io::Result<()> {
    let runs = grouped(tally.runs());
    let head = out.paint(STRONG, name);
    let word = if tally.runs() == 1 { "run" } else { "runs" };
    writeln!(out.results(), "{head}: {runs} {word}, seed {seed}")?;
    if tally.failed() > 0 {
        let failed = out.paint(BAD, &format!("{} failed", grouped(tally.failed())));
        writeln!(out.results(), "{failed}{}", interval_of(Share::of(tally.failed(), tally.runs())))?;
    }
    if tally.unkeyed() > 0 {
        let unkeyed = out.paint(WARN, &format!("{} without a sticky key", grouped(tally.unkeyed())));
        writeln!(out.results(), "{unkeyed}: their sides were drawn run by run")?;
    }
    section("agent", tally.agents().map(|(name, executed, _)| (name.to_owned(), executed)).collect(), out)?;
    let failing: Vec<_> = tally.agents().filter(|(_, _, failed)| failed.count > 0).collect();
    if !failing.is_empty() {
        let rows = failing.into_iter().map(|(name, _, failed)| (name.to_owned(), failed)).collect();
        section("failed", rows, out)?;
    }
    let served: Vec<_> = tally.components().collect();
    let width = served.iter().map(|(agent, _)| agent.chars().count()).max().unwrap_or(0);
    let versions = served.into_iter().flat_map(|(agent, versions)| {
        versions.into_iter().map(move |(version, share)| (format!("{agent:width$}  {version}"), share))
    });
    let versions = versions.collect();
    section("component", versions, out)?;
    let combination =
        |names: Vec<&str>| if names.is_empty() { "(none)".to_owned() } else { names.join(" + ") };
    let combinations = tally.combinations().into_iter().map(|(names, share)| (combination(names), share));
    section("together", combinations.collect(), out)?;
    failures(tally, out)
}

/// Rows of a name, a count, a share, its interval and a bar.
fn section(title: &str, rows: Vec<(String, Share)>, out: &mut Output) -> std::io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let names = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let room = terminal_width().saturating_sub(names + COLUMNS);
    let width = room.clamp(BAR_WIDTHS.1, BAR_WIDTHS.0);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header([title, "runs", "share", "95 % interval", ""]);
    let more = rows.len().saturating_sub(LISTED);
    let rest: u64 = rows.iter().skip(LISTED).map(|(_, share)| share.count).sum();
    for (name, share) in rows.into_iter().take(LISTED) {
        table.add_row([
            name,
            grouped(share.count),
            percent(share.share),
            format!("{} – {}", percent(share.low), percent(share.high)),
            bar(share.share, width),
        ]);
    }
    for column in 1..=3 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(out.results())?;
    for (index, line) in table.lines().enumerate() {
        let line = line.trim_end();
        let line = if index == 0 { out.paint(FAINT, line) } else { painted_bar(line, out) };
        writeln!(out.results(), "{line}")?;
    }
    if more > 0 {
        let rest = out.paint(FAINT, &format!(" … and {more} more, {} runs", grouped(rest)));
        writeln!(out.results(), "{rest}")?;
    }
    Ok(())
}

/// The terminal's width; on a pipe, enough.
fn terminal_width() -> usize {
    const PIPE: u16 = 120;
    usize::from(Table::new().width().unwrap_or(PIPE))
}

/// Bars are the only blocks in a line.
fn painted_bar(line: &str, out: &Output) -> String {
    match line.find(is_block) {
        Some(start) => format!("{}{}", &line[..start], out.paint(BAR, &line[start..])),
        None => line.to_owned(),
    }
}

fn is_block(letter: char) -> bool {
    ('\u{2588}'..='\u{258f}').contains(&letter)
}

fn failures(tally: &Tally, out: &mut Output) -> std::io::Result<()> {
    if tally.failures().is_empty() {
        return Ok(());
    }
    let title = out.paint(FAINT, "the first failures");
    writeln!(out.results(), "\n {title}")?;
    for failed in tally.failures() {
        let error = harmless(&failed.error.to_string());
        writeln!(out.results(), " run {}, seed {}: {error}", failed.run, failed.seed)?;
    }
    Ok(())
}

fn interval_of(share: Share) -> String {
    format!(": {} (95 %: {} – {})", percent(share.share), percent(share.low), percent(share.high))
}

/// `12.3 %`; small shares keep two digits that tell something.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = if percent > 0.0 && percent < 1.0 { 3 } else { 2 };
    format!("{percent:.digits$} %")
}

/// `100000` as `100,000`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A bar in eighths of a block; what is not nothing has at least one.
fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share * (width * 8) as f64).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn numbers_are_grouped_and_shares_keep_their_digits() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.0, 0.001_234, 0.5, 1.0].map(percent), ["0.00 %", "0.123 %", "50.00 %", "100.00 %"]);
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(0.0, 30), "");
        assert_eq!(bar(1e-9, 30), "▏");
        assert_eq!(bar(0.5, 30).chars().count(), 15);
        assert_eq!(bar(1.0, 8), "█".repeat(8));
    }
}
