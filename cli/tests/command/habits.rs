use std::process::Stdio;

use pretty_assertions::assert_eq;

use super::support::{Called, Project, command};

#[test]
fn help_has_examples() {
    let project = Project::empty();
    for name in ["run", "check", "eval", "repl", "new", "explain", "graph", "schema", "completions", "man"] {
        let called = project.call(&[name, "--help"]);
        assert_eq!(called.code, Some(0));
        assert!(called.stdout.contains(":\n  segue "), "{called}");
    }
    let called = project.call(&["--version"]);
    assert_eq!((called.code, called.stdout), (Some(0), format!("segue {}\n", env!("CARGO_PKG_VERSION"))));
    assert_eq!(project.call(&[]).code, Some(2));
    assert_eq!(project.call(&["nonsense"]).code, Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = Project::empty();
    project.write("big.json", format!("[{}1]", "1,".repeat(1_000_000)));
    for arguments in [&["eval", "input", "--input", "@big.json"][..], &["--help"], &["eval", "--jsonl"]] {
        let mut call = command(project.path(), arguments);
        call.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = call.spawn().expect("it starts");
        drop(child.stdout.take());
        let request = b"{\"id\": \"a\", \"expr\": \"1\"}\n";
        // It may be gone already.
        let _ = std::io::Write::write_all(child.stdin.as_mut().expect("a pipe"), request);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{arguments:?}");
    }
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let project = Project::new();
    project.write("broken.yaml", "ensemble: broken\nagents: 1\n");
    let call = |variables: &[(&str, &str)], arguments: &[&str]| {
        let output =
            command(project.path(), arguments).envs(variables.iter().copied()).output().expect("it starts");
        let called = Called::new(arguments, &output);
        (called.stdout.contains('\x1b'), called.stderr.contains('\x1b'))
    };
    let batch = &["run", "canary.yaml", "--runs", "10"];
    let broken = &["run", "broken.yaml"];
    assert_eq!(call(&[], batch), (false, false));
    assert_eq!(call(&[], broken), (false, false));
    assert_eq!(call(&[("CLICOLOR_FORCE", "1")], batch), (true, false));
    assert_eq!(call(&[("CLICOLOR_FORCE", "1")], broken), (false, true));
    assert_eq!(call(&[("CLICOLOR_FORCE", "1")], &["check", "broken.yaml"]), (true, false));
    assert_eq!(call(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], batch), (false, false));
    assert_eq!(call(&[("NO_COLOR", "1")], broken), (false, false));
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_a_batch_with_what_was_done() {
    let project = Project::new();
    let arguments = &["run", "canary.yaml", "--runs", "1000000000", "--json"];
    let mut call = command(project.path(), arguments);
    let child = call.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let id = child.id().to_string();
    while !catches_interrupts(&id) {
        std::thread::yield_now();
    }
    let sent = std::process::Command::new("kill").args(["-INT", &id]).status().expect("kill");
    assert!(sent.success());
    let called = Called::new(arguments, &child.wait_with_output().expect("it ends"));
    assert_eq!(called.code, Some(130), "{called}");
    let json = called.json();
    let runs = json["runs"].as_u64().expect("a count");
    let agents = json["agents"].as_object().expect("agents");
    let executed: u64 = agents.values().map(|agent| agent["executed"].as_u64().expect("a count")).sum();
    assert_eq!(executed, runs);
    assert_eq!(called.stderr, format!("stopped: {runs} of 1000000000 runs were done\n"));
}

/// Whether a process has its handler: before that, the signal would end it at once.
#[cfg(target_os = "linux")]
fn catches_interrupts(id: &str) -> bool {
    const SIGINT: u64 = 1 << 1;
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a mask");
    u64::from_str_radix(caught.trim(), 16).expect("a mask") & SIGINT != 0
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let project = Project::new();
    let help = project.call(&["--help"]).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"run") && commands.contains(&"completions"), "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let completions = project.call(&["completions", shell]).stdout;
        let missing: Vec<_> = commands.iter().filter(|command| !completions.contains(**command)).collect();
        assert!(missing.is_empty(), "{shell}: {missing:?}");
    }
    assert_eq!(project.call(&["man", "pages"]).code, Some(0));
    for command in commands {
        let page = std::fs::read_to_string(project.path().join(format!("pages/segue-{command}.1")));
        assert!(page.is_ok_and(|page| page.contains(".SH SYNOPSIS")), "{command}");
    }
}
