//! What all commands about deployments share: exit codes, errors for people and for programs.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::support::Repo;

#[test]
fn a_program_is_told_of_wrong_usage_too() {
    let repo = Repo::empty();
    let called = repo.fails(2, "xyzzy --json");
    assert_eq!(
        called.json(),
        json!({"error": {"code": "usage", "message": "unrecognized subcommand 'xyzzy'", "help": "Usage: segue <COMMAND>"}})
    );
    assert!(called.stderr.starts_with("error: unrecognized subcommand 'xyzzy'"), "{called}");
    assert_eq!(repo.fails(2, "xyzzy").stdout, "");
}
