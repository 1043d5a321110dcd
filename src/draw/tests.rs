use super::*;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

const DOCUMENT: &str = include_str!("../../docs/draws.md");

fn seed(number: u64) -> Seed {
    Seed::new(number).expect("a small seed")
}

/// The lines of the document's block that is marked so, split at `|`.
fn vectors(block: &str) -> Vec<Vec<&'static str>> {
    let start = DOCUMENT.find(&format!("```text {block}\n")).expect("the document has the block");
    let lines = DOCUMENT[start..].lines().skip(1).take_while(|line| *line != "```");
    let rows: Vec<Vec<_>> = lines.map(|line| line.split('|').map(str::trim).collect()).collect();
    assert!(rows.len() >= 3, "the block {block} has vectors");
    rows
}

fn kind(name: &str) -> StreamKind {
    StreamKind::ALL.iter().copied().find(|kind| kind.name() == name).expect("a kind's name")
}

fn shown(stream: &mut Stream) -> String {
    (0..3).map(|n| stream.draw(n).to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_documents_streams_are_ours() {
    for row in vectors("streams") {
        let id = StreamId::new(kind(row[0]), row[1], row[2]);
        assert_eq!(format!("{:016x}", id.number()), row[3], "{row:?}");
    }
}

#[test]
fn the_documents_seeded_draws_are_ours() {
    for row in vectors("seeded") {
        let keys = RunKeys::new(row[0].parse().expect("a seed"));
        let mut stream = match row[1] {
            "ordinary" => Stream::seeded(keys.seed()),
            name => keys.stream(StreamId::new(kind(name), row[2], row[3])),
        };
        assert_eq!(shown(&mut stream), row[4], "{row:?}");
    }
}

#[test]
fn the_documents_sticky_draws_are_ours() {
    for row in vectors("sticky") {
        // Whatever the seed is.
        let keys = RunKeys::new(seed(99)).with_sticky(Key::sticky(row[0], row[1]));
        let mut stream = keys.stream(StreamId::new(kind(row[2]), row[3], ""));
        assert_eq!(shown(&mut stream), row[4], "{row:?}");
    }
}

#[test]
fn the_documents_derived_seeds_are_ours() {
    for row in vectors("seeds") {
        let parent: Seed = row[1].parse().expect("a seed");
        let derived = match row[0] {
            "run" => run_seed(parent, row[2].parse().expect("a number")),
            _ => nested_seed(parent, row[2]),
        };
        assert_eq!(derived.to_string(), row[3], "{row:?}");
    }
}

#[test]
fn a_seed_is_an_integer_that_json_carries() {
    assert_eq!("9007199254740991".parse(), Ok(Seed::MAX));
    for wrong in ["9007199254740992", "-1", "1.5", "", "1e3", "0x10"] {
        let error = wrong.parse::<Seed>().expect_err("no seed");
        let expected = "a seed is an integer from 0 to 9007199254740991 (2^53 - 1), not";
        assert_eq!(error.to_string(), format!("{expected} `{wrong}`"));
    }
    assert_eq!(Seed::new(1 << 53), Err(InvalidSeed("9007199254740992".to_owned())));
}

#[test]
fn fields_that_are_no_gates_draw_anew_for_the_same_user() {
    let field = StreamId::new(StreamKind::Field, "", "analyzer.input");
    let gate = StreamId::new(StreamKind::Condition, "", "");
    let run = |number| RunKeys::new(seed(number)).with_sticky(Key::sticky("demo", "42"));
    assert_eq!(run(1).stream(gate).draw(0), run(2).stream(gate).draw(0));
    assert_ne!(run(1).stream(field).draw(0), run(2).stream(field).draw(0));
}

#[test]
fn kinds_layers_labels_salts_and_users_draw_apart() {
    let first = |salt, user, kind, layer, label| {
        let keys = RunKeys::new(seed(1)).with_sticky(Key::sticky(salt, user));
        keys.stream(StreamId::new(kind, layer, label)).draw(0).to_bits()
    };
    let (gate, version) = (StreamKind::Condition, StreamKind::Component);
    let draws = [
        first("demo", "42", gate, "", ""),
        first("demo", "43", gate, "", ""),
        first("demo2", "42", gate, "", ""),
        first("demo", "42", version, "", ""),
        first("demo", "42", gate, "model", ""),
        first("demo", "42", gate, "", "model"),
        // Parts do not run into each other.
        first("demo4", "2", gate, "", ""),
    ];
    let distinct: std::collections::HashSet<_> = draws.iter().collect();
    assert_eq!(distinct.len(), draws.len());
}

#[test]
fn a_percentage_of_the_users_is_that_percentage() {
    let gate = StreamId::new(StreamKind::Condition, "", "");
    let users = 0..20_000_u32;
    let inside = users.filter(|user| {
        let keys = RunKeys::new(seed(0)).with_sticky(Key::sticky("demo", &user.to_string()));
        keys.stream(gate).draw(0) < 0.1
    });
    // Exact, because nothing about it may change; the standard deviation is 42.
    assert_eq!(inside.count(), COUNTED);
}

const COUNTED: usize = 2_017;

proptest! {
    #[test]
    fn a_draw_is_the_same_in_whatever_order_it_is_asked_for(number in 0..1_u64 << 53, order in prop::collection::vec(0..60_u64, 1..40)) {
        let mut stream = Stream::seeded(seed(number));
        for n in order {
            let mut fresh = Stream::seeded(seed(number));
            let mut cursor = fresh.cursor();
            for _ in 0..n {
                cursor.random();
            }
            let draw = stream.draw(n);
            prop_assert_eq!(draw.to_bits(), cursor.random().to_bits());
            prop_assert!((0.0..1.0).contains(&draw));
        }
    }

    #[test]
    fn gates_of_one_layer_agree(number in 0..1_u64 << 53, percentage in 0.0..1.0, layer in "[a-z]{0,4}") {
        let mut stream = RunKeys::new(seed(number)).stream(StreamId::new(StreamKind::Condition, &layer, ""));
        let low = stream.cursor().random() < percentage;
        let high = stream.cursor().random() >= percentage;
        prop_assert_ne!(low, high);
        prop_assert_eq!(stream.cursor().first() < percentage, low);
    }

    #[test]
    fn who_is_in_stays_in_as_the_percentage_grows(user in ".{1,12}", from in 0.0..1.0, more in 0.0..0.5) {
        let is_in = |number, share| {
            let keys = RunKeys::new(seed(number)).with_sticky(Key::sticky("demo", &user));
            keys.stream(StreamId::new(StreamKind::Condition, "", "")).cursor().random() < share
        };
        prop_assert!(!is_in(1, from) || is_in(2, from + more));
    }
}

#[test]
fn a_stream_on_demand_is_the_one_of_the_seed_that_it_asks_for() {
    let mut asked = Stream::on_demand(|| seed(7));
    assert_eq!(shown(&mut asked), shown(&mut Stream::seeded(seed(7))));
}
