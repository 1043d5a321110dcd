//! Stand-in for `syntax::hole_end`.

use crate::syntax::{Diagnostic, Span};

/// One past the `}` that closes the `${` at `start`.
pub(crate) fn hole_end(text: &str, start: usize) -> Result<usize, Diagnostic> {
    let bytes = text.as_bytes();
    let mut stack: Vec<u8> = vec![b'{'];
    let mut at = start + 2;
    let unclosed =
        || Err(Diagnostic::error("unclosed-hole", "this `${` is never closed", Span::new(start, start + 2)));
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if stack.last() == Some(&b'`') {
            match byte {
                b'\\' => at += 1,
                b'`' => drop(stack.pop()),
                b'$' if bytes.get(at) == Some(&b'{') => {
                    at += 1;
                    stack.push(b'{');
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'{' | b'`' => stack.push(byte),
            b'}' => {
                stack.pop();
                if stack.is_empty() {
                    return Ok(at);
                }
            }
            b'\'' | b'"' => loop {
                match bytes.get(at) {
                    None | Some(b'\n') => return unclosed(),
                    Some(b'\\') => at += 2,
                    Some(&other) => {
                        at += 1;
                        if other == byte {
                            break;
                        }
                    }
                }
            },
            _ => {}
        }
    }
    unclosed()
}
