//! Nesting is capped, length is not; small stacks suffice, for dropping too.

use pretty_assertions::assert_eq;

use super::plain;
use crate::syntax::MAX_NESTING;

/// `count` openings around a `1`: `None` if that is an expression, else the fault's code.
fn nest(open: &str, close: &str, count: usize) -> Option<&'static str> {
    let text = format!("{}1{}", open.repeat(count), close.repeat(count));
    plain(&text).err().map(|faults| faults[0].code)
}

const SHAPES: [(&str, &str); 10] = [
    ("(", ")"),
    ("[", "]"),
    ("!", ""),
    ("- ", ""),
    ("f(", ")"),
    ("a[", "]"),
    ("a?b:", ""),
    ("1**", ""),
    ("`${", "}`"),
    ("({a:", "})"),
];

#[test]
fn nesting_is_capped_on_both_sides() {
    // The outermost expression is a level of its own.
    assert_eq!(nest("(", ")", MAX_NESTING - 1), None);
    assert_eq!(nest("(", ")", MAX_NESTING), Some("too-deep"));
    assert_eq!(nest("x=>", "", MAX_NESTING - 1), None);
    assert_eq!(nest("x=>", "", MAX_NESTING), Some("too-deep"));
    for (open, close) in SHAPES {
        assert_eq!(nest(open, close, MAX_NESTING / 2 - 1), None, "{open}");
        assert_eq!(nest(open, close, MAX_NESTING + 1), Some("too-deep"), "{open}");
        assert_eq!(nest(open, close, 20_000), Some("too-deep"), "{open}");
    }
}

#[test]
fn height_without_nesting_is_capped_too() {
    let level = ("a||(b&&c|d^e&f==g<h<<i+j*k**", ")*1+1<<1<1==1&1^1|1&&1||1");
    assert_eq!(nest(level.0, level.1, 10), None);
    assert_eq!(nest("(", ")*1+1<<1<1==1&1^1|1&&1||1", 200), Some("too-deep"));
}

#[test]
fn half_a_megabyte_of_stack_is_enough() {
    let all = || {
        for (open, close) in SHAPES {
            nest(open, close, MAX_NESTING / 2 - 1);
            nest(open, close, 100_000);
        }
        nest("(", ")*1+1<<1<1==1&1^1|1&&1||1", 40);
    };
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(all).expect("threads can be made");
    assert!(thread.join().is_ok());
}

#[test]
fn what_is_merely_long_is_accepted() {
    for text in [
        format!("{}1", "1+".repeat(100_000)),
        format!("{}1", "0||".repeat(20_000)),
        format!("{}1", "a*b+".repeat(20_000)),
        format!("a{}", ".b".repeat(50_000)),
        format!("a{}", "()".repeat(50_000)),
        format!("[{}]", "a,".repeat(50_000)),
        format!("`{}`", "${a}".repeat(20_000)),
        format!("({}z) => 1", (0..10_000).map(|index| format!("a{index},")).collect::<String>()),
        format!("'{}'", "x".repeat(500_000)),
        "a".repeat(500_000),
    ] {
        assert!(plain(&text).is_ok(), "{}", &text[..20]);
    }
}
