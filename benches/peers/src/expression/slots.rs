//! The floor of any engine with dynamic values: Rust by hand over tagged values whose names were resolved beforehand.
//! Each read still checks the tag and the object's shape, and what comes out is owned.

use std::sync::Arc;

use super::{Built, Engine, leak, plain};
use crate::workload::{Answer, Id, NO, Workload, YES, draw};

pub const SLOTS: Engine = Engine {
    name: "by hand, slots",
    package: "",
    source: |id| Some(id.javascript()),
    build,
    compiler: None,
    is_rust: true,
};

#[derive(Clone)]
enum Dynamic {
    Null,
    Bool(bool),
    Number(f64),
    Text(Arc<str>),
    List(Arc<[Dynamic]>),
    Record(Arc<Record>),
}

struct Record {
    /// The address tells one set of keys from another.
    keys: Arc<[String]>,
    values: Box<[Dynamic]>,
}

static NULL: Dynamic = Dynamic::Null;

impl Dynamic {
    fn number(&self) -> f64 {
        if let Self::Number(number) = self { *number } else { f64::NAN }
    }

    fn truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(claim) => *claim,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::List(_) | Self::Record(_) => true,
        }
    }

    fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Text(text) if **text == *wanted)
    }

    fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }
}

/// One step of a path, as the first request showed it.
#[derive(Clone, Copy)]
struct Step {
    keys: *const String,
    at: usize,
}

impl Step {
    fn learn(value: &Dynamic, key: &str) -> Self {
        let Dynamic::Record(record) = value else { panic!("`{key}` of no record") };
        let at = record.keys.iter().position(|known| known == key).expect("the key is there");
        Self { keys: record.keys.as_ptr(), at }
    }

    fn read<'v>(&self, value: &'v Dynamic) -> &'v Dynamic {
        match value {
            Dynamic::Record(record) if record.keys.as_ptr() == self.keys => &record.values[self.at],
            _ => &NULL,
        }
    }
}

fn learn<const N: usize>(first: &Dynamic, keys: [&str; N]) -> [Step; N] {
    let mut value = first;
    keys.map(|key| {
        let step = Step::learn(value, key);
        value = step.read(value);
        step
    })
}

fn at<'v, const N: usize>(value: &'v Dynamic, path: &[Step; N]) -> &'v Dynamic {
    path.iter().fold(value, |value, step| step.read(value))
}

/// Converts requests; records of the same keys share them.
#[derive(Default)]
struct Converter(Vec<Arc<[String]>>);

impl Converter {
    fn convert(&mut self, json: &serde_json::Value) -> Dynamic {
        use serde_json::Value as Json;
        match json {
            Json::Null => Dynamic::Null,
            Json::Bool(claim) => Dynamic::Bool(*claim),
            Json::Number(number) => Dynamic::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => Dynamic::Text(text.as_str().into()),
            Json::Array(items) => Dynamic::List(items.iter().map(|item| self.convert(item)).collect()),
            Json::Object(map) => {
                let known = self.0.iter().find(|keys| keys.iter().eq(map.keys())).cloned();
                let keys = known.unwrap_or_else(|| {
                    self.0.push(map.keys().cloned().collect());
                    self.0[self.0.len() - 1].clone()
                });
                let values = map.values().map(|value| self.convert(value)).collect();
                Dynamic::Record(Arc::new(Record { keys, values }))
            }
        }
    }
}

fn build(workload: &'static Workload, _: &'static str) -> Built {
    let mut converter = Converter::default();
    let ring: &'static Vec<Dynamic> =
        leak(workload.requests.iter().map(|request| converter.convert(request)).collect());
    leak(converter);
    let first = &ring[0];
    let text = |text: &str| Dynamic::Text(text.into());
    match workload.id {
        Id::W1 => {
            let id = learn(first, ["input", "user_id"]);
            over(ring, move |r| {
                let id = at(r, &id).number();
                // JavaScript's `%`; integers go the short way.
                let whole = id as i32;
                let is_whole = f64::from(whole) == id;
                Dynamic::Bool(if is_whole { whole % 2 == 0 } else { id % 2.0 == 0.0 })
            })
        }
        Id::W2 => over(ring, |_| Dynamic::Bool(draw() < 0.9)),
        Id::W3 => {
            let (a, b) = (learn(first, ["a", "output"]), learn(first, ["b", "output"]));
            over(ring, move |r| {
                let a = at(r, &a);
                if a.truthy() { a.clone() } else { at(r, &b).clone() }
            })
        }
        Id::W4 => {
            let executed = learn(first, ["b", "executed"]);
            let (yes, no) = (text("control"), text("treatment"));
            over(ring, move |r| if at(r, &executed).truthy() { yes.clone() } else { no.clone() })
        }
        Id::W5 => {
            let share = learn(first, ["env", "ROLLOUT_PERCENTAGE"]);
            let (yes, no) = (text(YES), text(NO));
            over(
                ring,
                move |r| {
                    if draw() * 100.0 < at(r, &share).number() { yes.clone() } else { no.clone() }
                },
            )
        }
        Id::W6 => {
            let plan = learn(first, ["input", "user", "plan"]);
            let age = learn(first, ["input", "user", "age"]);
            let blocked = learn(first, ["input", "user", "blocked"]);
            let country = learn(first, ["input", "country"]);
            over(ring, move |r| {
                Dynamic::Bool(
                    at(r, &plan).is("pro")
                        && at(r, &age).number() >= 18.0
                        && !at(r, &blocked).truthy()
                        && !at(r, &country).is("XX"),
                )
            })
        }
        Id::W7 => {
            let (name, items) = (learn(first, ["input", "user", "name"]), learn(first, ["input", "items"]));
            over(ring, move |r| {
                let Dynamic::Text(name) = at(r, &name) else { return Dynamic::Null };
                let count = at(r, &items).items().len();
                Dynamic::Text(format!("Hello {name}, you have {count} items").into())
            })
        }
        Id::W8 => {
            let [a, b, c] = ["a", "b", "c"].map(|key| learn(first, ["input", key]));
            over(ring, move |r| {
                let [a, b, c] = [&a, &b, &c].map(|path| at(r, path).number());
                Dynamic::Number((a * 2.0 + b) / (c - 1.0).powf(2.0) + a % 7.0)
            })
        }
        Id::W9 => {
            let items = learn(first, ["input", "items"]);
            let item = &at(first, &items).items()[0];
            let (price, qty) = (Step::learn(item, "price"), Step::learn(item, "qty"));
            // As it is written: two lists in between.
            over(ring, move |r| {
                let is_kept = |item: &&Dynamic| price.read(item).number() > 10.0;
                let kept: Vec<Dynamic> = at(r, &items).items().iter().filter(is_kept).cloned().collect();
                let worth =
                    |item: &Dynamic| Dynamic::Number(price.read(item).number() * qty.read(item).number());
                let worths: Vec<Dynamic> = kept.iter().map(worth).collect();
                Dynamic::Number(worths.iter().fold(0.0, |sum, worth| sum + worth.number()))
            })
        }
    }
}

fn over(ring: &'static [Dynamic], evaluate: impl Fn(&Dynamic) -> Dynamic + 'static) -> Built {
    let read = |value| match value {
        Dynamic::Bool(claim) => Answer::Bool(claim),
        Dynamic::Number(number) => Answer::Number(number),
        Dynamic::Text(text) => Answer::Text(text.as_ref().to_owned()),
        Dynamic::Null | Dynamic::List(_) | Dynamic::Record(_) => Answer::Text("none".into()),
    };
    Built { prepared: plain(move |at| evaluate(&ring[at]), read), converted: None }
}
