//! The JSON Schema of ensemble files, for editors.

/// JSON Schema (draft 2020-12) of an ensemble file, as editors use it for completion and hover.
///
/// It describes the shape of a file: fields, types, choices. What expressions say, and which names there are, only
/// [`check`](crate::Engine::check) can tell.
pub const JSON_SCHEMA: &str = include_str!("../../../examples/ensemble.schema.json");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use pretty_assertions::assert_eq;
    use serde_json::{Value, json};

    use super::super::{agent, cache, ensemble, retry};
    use super::*;
    use crate::ensemble::yaml::{self, Node, NodeKind};

    fn schema() -> Value {
        serde_json::from_str(JSON_SCHEMA).expect("the schema is JSON")
    }

    fn fits(text: &str) -> bool {
        let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
        let root = yaml::read(text).root;
        validator.is_valid(&json_of(&root.expect("it is YAML")))
    }

    fn json_of(node: &Node) -> Value {
        match &node.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(claim) => json!(claim),
            NodeKind::Number(number) => json!(number),
            NodeKind::Text(scalar) => json!(&*scalar.text),
            NodeKind::List(items) => items.iter().map(json_of).collect(),
            NodeKind::Map(map) => {
                let entries = map.entries.iter();
                Value::Object(
                    entries.map(|entry| (entry.key.value.to_string(), json_of(&entry.value))).collect(),
                )
            }
        }
    }

    fn keys(value: &Value) -> BTreeSet<&str> {
        value.as_object().expect("a map").keys().map(String::as_str).collect()
    }

    #[test]
    fn it_knows_the_fields_that_files_may_have() {
        let schema = schema();
        let fields = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(keys(&schema["properties"]), fields(ensemble::FIELDS));
        let agent_fields = &schema["$defs"]["agent"]["properties"];
        assert_eq!(keys(agent_fields), fields(agent::FIELDS));
        assert_eq!(keys(&agent_fields["retry"]["oneOf"][1]["properties"]), fields(retry::RETRY));
        assert_eq!(keys(&agent_fields["cache"]["properties"]), fields(cache::CACHE));
    }

    #[test]
    fn every_field_tells_what_it_is() {
        fn check(schema: &Value, path: &str) {
            for (name, field) in schema["properties"].as_object().expect("properties") {
                let is_told = field["description"].is_string() || field["$ref"].is_string();
                assert!(is_told, "{path}{name} has no description");
            }
        }
        let schema = schema();
        check(&schema, "");
        check(&schema["$defs"]["agent"], "agent.");
    }

    #[test]
    fn every_example_fits() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut count = 0;
        for folder in [folder.join("examples"), folder.join("tests/inputs/run")] {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.extension().is_none_or(|extension| extension != "yaml") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a file");
                // A run's input stands before the ensemble.
                let text = text.split_once("\n---\n").map_or(text.as_str(), |(_, ensemble)| ensemble);
                assert!(fits(text), "{}", path.display());
                count += 1;
            }
        }
        assert!(count > 10, "{count} files");
    }

    #[test]
    fn broken_files_do_not_fit() {
        const GOOD: &str =
            "ensemble: e\nagents:\n  - {name: a, operation: think, component: prompts/x@v1.0.0}\n";
        assert!(fits(GOOD));
        let agent = |line: &str| GOOD.replace("component: prompts/x@v1.0.0", line);
        let top = |line: &str| format!("{GOOD}{line}\n");
        for broken in [
            GOOD.replace("ensemble: e\n", ""),
            top("name: twice"),
            GOOD.replace("operation: think, ", ""),
            "ensemble: e\nagents: []\n".to_owned(),
            "ensemble: e\n".to_owned(),
            agent("condition: input.beta"),
            agent("condition: no"),
            agent("condition: 1"),
            agent("condition: true, when: true"),
            agent("timeout: 5"),
            agent("timeout: 5 parsecs"),
            agent("retry: -1"),
            agent("retry: {delay: 5s}"),
            agent("retry: {retries: 1, backoff: fast}"),
            agent("cache: 10m"),
            agent("cache: {key: x}"),
            agent("cache: {ttl: 5}"),
            agent("on_error: ignore"),
            agent("on_error: {}"),
            agent("depends_on: {a: b}"),
            agent("componet: x"),
            GOOD.replace("name: a", "name: input"),
            top("concurrency: 0"),
            top("sticky: user"),
            top("sticky: ${input.id}\ndraws: independent"),
            top("bucketing: segue-2"),
            top("draws: random"),
            top("timeout: 10"),
            top("operation: think"),
            top("env: {2X: y}"),
        ] {
            assert!(!fits(&broken), "{broken}");
            let checked = crate::Engine::new().load_str("broken.yaml", &broken);
            assert!(checked.is_err(), "the schema is stricter than the engine: {broken}");
        }
    }
}
