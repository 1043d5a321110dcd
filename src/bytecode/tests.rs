use super::Op;
use pretty_assertions::assert_eq;
use std::collections::HashSet;

#[test]
fn mnemonics_differ_and_every_instruction_says_what_it_does() {
    let names: HashSet<&str> = Op::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), Op::ALL.len());
    for (name, meaning) in Op::ALL {
        assert!(meaning.len() > 3, "{name} has no meaning");
    }
}
