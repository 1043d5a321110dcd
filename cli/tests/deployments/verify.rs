//! `segue verify` and `segue status`: what is said of tags that are as they should be, and of those that are not.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::push::deployed;
use super::support::{FILE, Hub, Repo};

fn findings(repo: &Repo) -> Vec<(String, String)> {
    let json = repo.segue("verify --json").json();
    let list = json["findings"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    list.iter().map(|finding| (text(&finding["slot"]), text(&finding["kind"]))).collect()
}

fn pair(slot: &str, kind: &str) -> (String, String) {
    (slot.to_owned(), kind.to_owned())
}

#[test]
fn tags_that_are_as_recorded_are_well() {
    let (_hub, ada, bob) = deployed();
    for who in [&ada, &bob] {
        let called = who.ok("verify");
        assert_eq!(called.stdout, "all is well: components 1, versions 2, environments 2\n");
    }
    let json = ada.ok("verify --json").json();
    assert_eq!(json, json!({"components": 1, "versions": 2, "environments": 2, "findings": [], "notes": []}));
}

#[test]
fn a_version_that_moved_is_found() {
    let repo = Repo::new();
    repo.git("tag --force --annotate --message moved components/prompts/extraction/v1.0.0 HEAD");
    let called = repo.fails(1, "verify");
    assert!(
        called.stdout.starts_with("version-moved: v1.0.0 of prompts/extraction was moved: it is at "),
        "{called}"
    );
    let json = repo.fails(1, "verify --json").json();
    assert_eq!(json["error"]["code"], "verify-failed");
    assert_eq!(findings(&repo), [pair("v1.0.0", "version-moved")]);
    repo.git("tag --delete components/prompts/extraction/v1.0.0");
    assert_eq!(findings(&repo), [pair("v1.0.0", "version-missing")]);
    // One that segue deleted is not missing.
    let repo = Repo::new();
    repo.ok("tag delete prompts/extraction v1.0.0 --yes-delete-version");
    repo.ok("verify");
}

#[test]
fn an_environment_at_no_version_is_found() {
    let repo = Repo::new();
    repo.commit(FILE, "Not a version.\n");
    repo.ok("tag set prompts/extraction dev HEAD");
    let called = repo.fails(1, "verify");
    assert!(called.stdout.contains("dev of prompts/extraction is at "), "{called}");
    assert_eq!(findings(&repo), [pair("dev", "unknown-version")]);
}

#[test]
fn a_version_that_differs_from_the_remotes_is_found() {
    let hub = Hub::empty();
    let ada = hub.clone_as("ada");
    ada.commit(FILE, "First.\n");
    ada.git("tag --annotate --message one components/prompts/extraction/v1.0.0");
    ada.git("push --quiet --tags origin main");
    ada.ok("fetch");
    ada.git("tag --force --annotate --message two components/prompts/extraction/v1.0.0");
    assert_eq!(findings(&ada), [pair("v1.0.0", "version-differs")]);
    let called = ada.ok("push --tags --force");
    assert!(called.stderr.contains("another one on origin, and stays so"), "{called}");
}

#[test]
fn signatures_and_rules_of_the_manifest_are_checked() {
    let repo = Repo::new();
    repo.ok("tag set prompts/extraction production v1.1.0");
    repo.write(
        "segue.yaml",
        "environments: [staging, production]\nrules:\n  production: {requires: [staging], branches: [release], signed: true}\n",
    );
    assert_eq!(findings(&repo), [pair("production", "signature"), pair("production", "rule")]);
    let called = repo.fails(1, "verify");
    assert!(
        called.stdout.contains("production of prompts/extraction is not signed (segue.yaml:3: production:"),
        "{called}"
    );
    repo.git("branch release");
    repo.ok("tag set prompts/extraction staging v1.1.0");
    assert_eq!(findings(&repo), [pair("production", "signature")]);
    repo.git("tag --force --annotate --message 'not signed' components/prompts/extraction/production HEAD");
    assert_eq!(findings(&repo), [pair("production", "signature")]);
}

#[test]
fn a_good_signature_passes_and_that_of_somebody_else_does_not() {
    let repo = Repo::new();
    let (key, others) = (repo.around().join("key"), repo.around().join("others"));
    for key in [&key, &others] {
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(key)
            .output();
        if !made.is_ok_and(|output| output.status.success()) {
            eprintln!("there is no ssh-keygen here: nothing was signed");
            return;
        }
    }
    let public = std::fs::read_to_string(key.with_extension("pub")).expect("a public key");
    let allowed = repo.around().join("allowed");
    std::fs::write(&allowed, format!("ada@example.com {public}")).expect("a file");
    repo.git("config gpg.format ssh");
    repo.git_words(&["config", "user.signingKey", &key.display().to_string()]);
    repo.git_words(&["config", "gpg.ssh.allowedSignersFile", &allowed.display().to_string()]);
    repo.write("segue.yaml", "rules:\n  production: {signed: true}\n");
    repo.ok("tag set prompts/extraction production v1.1.0");
    assert_eq!(findings(&repo), []);
    repo.ok("verify");

    repo.git_words(&["config", "user.signingKey", &others.display().to_string()]);
    repo.ok("tag set prompts/extraction production v1.0.0");
    assert_eq!(findings(&repo), [pair("production", "signature")]);
}

#[test]
fn a_clone_without_tags_does_not_pass() {
    let (hub, ada, _bob) = deployed();
    ada.git_words(&["clone", "--quiet", "--no-tags", hub.path().to_str().expect("a path"), "../bare-handed"]);
    let repo = ada.at("../bare-handed");
    let called = repo.fails(1, "verify --json");
    assert_eq!(called.json()["error"]["code"], "missing-tags");
    assert!(called.stderr.contains("`segue fetch origin`"), "{called}");
    assert!(repo.ok("status").stderr.contains("segue fetch origin"));
    // Where there is no remote there is nothing to fetch.
    Repo::empty().ok("verify");
}

#[test]
fn a_status_is_a_matrix_in_the_order_of_the_manifest() {
    let (_hub, ada, bob) = deployed();
    ada.write("segue.yaml", "environments: [dev, staging, production]\n");
    ada.ok("tag set prompts/extraction canary v1.0.0");
    assert_eq!(
        ada.ok("status").stdout,
        "\
component           newest  dev  staging  production  canary
prompts/extraction  v1.1.0  ·    v1.1.0   v1.0.0 -1   v1.0.0 -1 ↑

↑  to be pushed: segue push --tags --force
-N N versions are newer
"
    );
    let json = ada.ok("status --json").json();
    assert_eq!(json["environments"], json!(["dev", "staging", "production", "canary"]));
    let component = &json["components"][0];
    assert_eq!(
        (&component["component"], &component["newest"]),
        (&json!("prompts/extraction"), &json!("v1.1.0"))
    );
    let staging = &component["slots"]["staging"];
    assert_eq!(
        (&staging["version"], &staging["ahead"], &staging["behind"]),
        (&json!("v1.1.0"), &json!(1), &json!(0))
    );
    assert_eq!(staging["who"], "Ada <ada@example.com>");
    assert_eq!(component["slots"]["canary"]["state"], "unpushed");

    bob.ok("tag set prompts/extraction production v1.1.0");
    bob.ok("push --tags --force");
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("tag set prompts/extraction production v1.0.0");
    ada.fails(1, "fetch");
    ada.git(
        "tag --force components/prompts/extraction/staging components/prompts/extraction/v1.0.0^{commit}",
    );
    let json = ada.ok("status --json").json();
    let state = |slot: &str| json["components"][0]["slots"][slot]["state"].clone();
    assert_eq!((state("production"), state("staging")), (json!("conflict"), json!("drifted")));
    assert!(ada.ok("status").stdout.contains("v1.0.0 -1 ⇅"));
}

#[test]
fn a_status_lists_the_versions_that_are_to_be_pushed() {
    let (_hub, ada, _bob) = deployed();
    ada.commit(FILE, "Third.\n");
    ada.ok("tag create prompts/extraction v1.2.0");
    let called = ada.ok("status");
    assert!(
        called.stdout.contains("to be pushed: prompts/extraction v1.2.0 (segue push --tags)"),
        "{called}"
    );
    assert_eq!(ada.ok("status --json").json()["components"][0]["unpushed"], json!(["v1.2.0"]));
}
