//! What was measured, as Markdown.

use std::collections::BTreeSet;
use std::fmt;

/// Which table of the expression engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Prepared,
    Converted,
    Allocations,
}

const TABLES: [(Table, &str); 3] = [
    (Table::Prepared, "Nanoseconds an evaluation, the request in the engine's own form"),
    (
        Table::Converted,
        "Nanoseconds an evaluation, the request a fresh `serde_json::Value` (node: JSON text)",
    ),
    (Table::Allocations, "Allocations an evaluation, of Rust's heap, the request in the engine's own form"),
];

#[derive(Default)]
pub struct Report {
    cells: Vec<(Table, &'static str, String, f64)>,
    packages: BTreeSet<&'static str>,
    facts: Vec<String>,
    remarks: Vec<String>,
}

impl Report {
    pub fn time(&mut self, table: Table, row: &'static str, column: &str, figure: f64) {
        self.cells.push((table, row, column.to_owned(), figure));
    }

    pub fn version(&mut self, package: &'static str) {
        if !package.is_empty() {
            self.packages.insert(package);
        }
    }

    pub fn fact(&mut self, fact: String) {
        self.facts.push(fact);
    }

    pub fn remark(&mut self, remark: String) {
        eprintln!("{remark}");
        self.remarks.push(remark);
    }

    fn find(&self, table: Table, row: &str, column: &str) -> Option<f64> {
        let found = self.cells.iter().find(|(t, r, c, _)| *t == table && *r == row && c == column);
        found.map(|(_, _, _, figure)| *figure)
    }

    fn table(&self, f: &mut fmt::Formatter<'_>, table: Table) -> fmt::Result {
        let mut rows: Vec<&str> = Vec::new();
        let mut columns: Vec<&str> = Vec::new();
        for (_, row, column, _) in self.cells.iter().filter(|(t, ..)| *t == table) {
            if !rows.contains(row) {
                rows.push(row);
            }
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        // A row may have begun with a later column.
        columns.sort_by_key(|column| column[1..].parse::<u32>().unwrap_or(u32::MAX));
        writeln!(f, "| | {} |\n|---|{}", columns.join(" | "), "--:|".repeat(columns.len()))?;
        for row in rows {
            let cells: Vec<String> = columns
                .iter()
                .map(|column| self.find(table, row, column).map_or_else(|| "–".to_owned(), digits))
                .collect();
            writeln!(f, "| {row} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (table, title) in TABLES {
            if self.cells.iter().any(|(t, ..)| *t == table) {
                writeln!(f, "### {title}\n")?;
                self.table(f, table)?;
                writeln!(f)?;
            }
        }
        for fact in self.facts.iter().chain(&self.remarks) {
            writeln!(f, "- {fact}")?;
        }
        Ok(())
    }
}

/// About three significant digits.
pub fn digits(figure: f64) -> String {
    match figure {
        0.0 => "0".to_owned(),
        figure if figure < 9.95 => format!("{figure:.1}"),
        figure if figure < 9_995.0 => format!("{figure:.0}"),
        figure => format!("{:.1}k", figure / 1e3),
    }
}
