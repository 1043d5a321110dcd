use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;

use super::support::Project;

#[test]
fn the_project_is_the_examples() {
    let project = Project::empty();
    insta::assert_snapshot!("new", project.call(&["new", "deep/demo"]));
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let written = project.path().join("deep/demo");
    let mut files = 0;
    let mut folders = vec![examples.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension != "rs") {
                let name = path.strip_prefix(&examples).expect("inside");
                assert_eq!(fs::read(&path).ok(), fs::read(written.join(name)).ok(), "{}", name.display());
                files += 1;
            }
        }
    }
    assert_eq!(files, 11);
    let called = project.call(&["run", "deep/demo/canary.yaml"]);
    assert_eq!(called.code, Some(0), "{called}");
}

#[test]
fn nothing_is_overwritten() {
    let project = Project::empty();
    project.write("demo/mine.txt", "mine");
    project.write("file", "");
    insta::assert_snapshot!("new_not_empty", project.call(&["new", "demo"]));
    assert_eq!(fs::read_dir(project.path().join("demo")).expect("a folder").count(), 1);
    assert_eq!(project.call(&["new", "file"]).code, Some(2));
    assert_eq!(project.call(&["new", "file/inside"]).code, Some(2));
    let names = fs::read_dir(project.path()).expect("a folder").count();
    assert_eq!(names, 2, "nothing unfinished stays behind");
}
