//! Typical mistakes: what is said about them.
