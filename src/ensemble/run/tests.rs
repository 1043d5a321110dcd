//! Runs, from hand-made plans.
