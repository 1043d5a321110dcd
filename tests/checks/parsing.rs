//! Parsing: trees are sound, printing is parsing's inverse, faults point into the text.

use segue::syntax::ast::Expr;
use segue::syntax::{Colour, DeclaredNames, Diagnostic, Row, Span, outline, parse};

/// Checks all that can be said of a text without evaluating it.
pub(crate) fn check(text: &str, names: &DeclaredNames) {
    match parse(text, names) {
        Ok(expr) => {
            check_tree(&outline(&expr), text);
            check_print(&expr, names);
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "a text is refused without a reason: {text:?}");
            check_diagnostics(&faults, text);
        }
    }
}

/// Every diagnostic points into the text, between letters, and can be shown.
pub(crate) fn check_diagnostics(diagnostics: &[Diagnostic], text: &str) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.title.is_empty());
        for label in &diagnostic.labels {
            check_span(label.span, text);
        }
    }
    if let Some(first) = diagnostics.first() {
        assert!(first.render("text", text, Colour::Never).contains("-->"));
    }
}

fn check_span(span: Span, text: &str) {
    let range = span.range();
    assert!(text.get(range.clone()).is_some(), "{range:?} is no part of a text of {} bytes", text.len());
}

/// Every node lies in the one around it, and after the one before it.
pub(crate) fn check_tree(rows: &[Row], text: &str) {
    let mut around: Vec<(usize, Span)> = Vec::new();
    let mut before: Option<(usize, Span)> = None;
    for row in rows {
        check_span(row.span, text);
        while around.last().is_some_and(|(depth, _)| *depth >= row.depth) {
            before = around.pop();
        }
        if let Some((_, parent)) = around.last() {
            assert!(
                parent.start <= row.span.start && row.span.end <= parent.end,
                "`{}` at {:?} is outside of the node around it, {:?}",
                row.label,
                row.span,
                parent
            );
        }
        if let Some((depth, sibling)) = before
            && depth == row.depth
        {
            assert!(
                sibling.end <= row.span.start,
                "`{}` at {:?} overlaps {:?}",
                row.label,
                row.span,
                sibling
            );
        }
        around.push((row.depth, row.span));
        before = None;
    }
}

/// What is printed parses to the same tree.
fn check_print(expr: &Expr, names: &DeclaredNames) {
    let printed = expr.to_string();
    let again = match parse(&printed, names) {
        Ok(again) => again,
        Err(faults) => panic!("`{printed}` is printed, and refused: {}", faults[0].title),
    };
    assert_eq!(labels(expr), labels(&again), "`{printed}` has another tree");
    assert_eq!(printed, again.to_string());
}

fn labels(expr: &Expr) -> Vec<(usize, String)> {
    outline(expr).into_iter().map(|row| (row.depth, row.label)).collect()
}
