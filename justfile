# Short names for what CONTRIBUTING.md describes. The checks themselves are in `.ci/run`.

# List the words.
default:
    @just --list

# Everything that CI sees, or parts of it: `just ci lint test`.
ci *parts:
    .ci/run {{parts}}

# Run the tests whose name contains the words.
test *words:
    cargo test --workspace {{words}}

# Run one input of `tests/inputs`: `just input eval::ternary`.
input name:
    cargo test --test inputs {{name}}

# Accept what one input gives now, after reading the difference.
accept name:
    INSTA_UPDATE=always cargo test --test inputs {{name}}

# Run the benchmarks whose name contains the word.
bench word="":
    cargo bench --package segue --bench '*' -- {{word}}

# Fuzz one target for so many seconds.
fuzz target seconds="60":
    cargo +nightly fuzz run {{target}} -- -max_total_time={{seconds}}

# Compare so many fresh expressions with the V8 of the node that is installed.
fresh seed count="1000":
    node scripts/record.mjs --fresh {{seed}} {{count}}

# Format everything.
format:
    cargo fmt --all
