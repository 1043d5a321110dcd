//! The one hash of the bucketing: SHA-256 of parts that cannot run into each other.

use sha2::{Digest, Sha256};

/// SHA-256 of the parts, each after its length in bytes as 8 little-endian bytes.
pub(super) fn framed(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The first 8 bytes of [`framed`], little-endian.
pub(super) fn framed_number(parts: &[&[u8]]) -> u64 {
    let hash = framed(parts);
    u64::from_le_bytes(*hash.first_chunk().expect("a hash of 32 bytes has 8"))
}
