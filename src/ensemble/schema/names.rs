//! Which names agents and variables may have.

/// Names that mean something else in an expression: the ensemble's own, and the language's globals.
const RESERVED: &[&str] = &[
    "input",
    "env",
    "agents",
    "draw",
    "fail",
    "Math",
    "JSON",
    "Number",
    "String",
    "Boolean",
    "Array",
    "Object",
    "RegExp",
    "Date",
    "Symbol",
    "BigInt",
    "Map",
    "Set",
    "Promise",
    "Function",
    "Error",
    "Reflect",
    "Proxy",
    "Intl",
    "globalThis",
    "undefined",
    "NaN",
    "Infinity",
    "parseInt",
    "parseFloat",
    "isNaN",
    "isFinite",
    "encodeURIComponent",
    "decodeURIComponent",
    "encodeURI",
    "decodeURI",
    "eval",
    "arguments",
];

/// ECMAScript's reserved words: an expression could not tell such an agent from the language.
const WORDS: &[&str] = &[
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// The longest name, in bytes.
const MAX_LENGTH: usize = 128;

/// What is wrong with an agent's name, and the mend.
pub(super) struct NameFault {
    pub(super) code: &'static str,
    pub(super) title: String,
    pub(super) help: String,
}

/// Checks the name of an agent: an identifier, with hyphens inside.
pub(super) fn check_agent(name: &str) -> Result<(), NameFault> {
    if RESERVED.contains(&name) || WORDS.contains(&name) {
        return Err(NameFault {
            code: "reserved-name",
            title: format!("no agent may be called `{name}`: it means something else in expressions"),
            help: format!("call it `{}-agent`, for instance", name.to_lowercase()),
        });
    }
    let is_start = |letter: char| letter.is_alphabetic() || letter == '_' || letter == '$';
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-');
    let is_valid = name.starts_with(is_start) && !name.ends_with('-') && name.chars().all(is_part);
    if is_valid && name.len() <= MAX_LENGTH {
        return Ok(());
    }
    let mut mend: String = name.chars().map(|letter| if is_part(letter) { letter } else { '-' }).collect();
    mend = mend.trim_matches('-').to_owned();
    if !mend.starts_with(is_start) {
        mend.insert_str(0, "agent-");
    }
    let help = if name.len() > MAX_LENGTH {
        format!("a name has at most {MAX_LENGTH} bytes")
    } else {
        format!(
            "a name is letters, digits, `-` and `_`, and begins with a letter: `{}`",
            mend.trim_matches('-')
        )
    };
    Err(NameFault { code: "invalid-name", title: format!("`{name}` is no name for an agent"), help })
}

/// Whether expressions can read `env.NAME`.
pub(super) fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn names_are_identifiers_with_hyphens_inside() {
        for name in ["analyzer-stable", "ring-0", "a", "_x", "größe", "class-a", "a--b", "inputs"] {
            assert_eq!(check_agent(name).map_err(|fault| fault.title), Ok(()));
        }
        for name in ["", "0-ring", "a b", "a.b", "-a", "a-", "a/b", "input", "Math", "typeof", "fail"] {
            assert!(check_agent(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_bad_name_is_mended() {
        let help = |name: &str| check_agent(name).map_err(|fault| fault.help).err();
        let rule = "a name is letters, digits, `-` and `_`, and begins with a letter";
        assert_eq!(help("my agent!"), Some(format!("{rule}: `my-agent`")));
        assert_eq!(help("0"), Some(format!("{rule}: `agent-0`")));
        assert_eq!(help("env"), Some("call it `env-agent`, for instance".to_owned()));
    }
}
