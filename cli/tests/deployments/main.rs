//! Deployments as git tags, against real repositories: the real `git`, the real binary, a bare remote and its clones.
//!
//! A module a command, or a question that goes across them; [`support`] makes the repositories.

#[cfg(unix)]
mod adversity;
mod fetch;
mod moves;
mod plumbing;
mod push;
mod reads;
mod support;
mod verify;
