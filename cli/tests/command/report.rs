//! The page of `run --html` as somebody meets it who has it read aloud.

use std::collections::HashSet;

use pretty_assertions::assert_eq;

use super::support::Project;

const ODD: &str = "\
ensemble: odd <x>
agents:
  - {name: a, operation: transform, condition: '${Math.random() < 0.5}', config: {value: 1}}
  - {name: b, operation: transform, condition: '${Math.random() > 0.9}', config: {value: \"${fail('no')}\"}}
  - {name: c, operation: think, component: prompts/extraction@production, depends_on: [a]}
  - {name: d, operation: transform, requires: [b], config: {value: 2}}
output: {x: '${a.output}', c: '${c.output}'}
";

/// A tag that opens: its name and what else stands in it.
struct Tag {
    name: String,
    attributes: String,
    /// What follows up to the next tag.
    text: String,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.attributes.split_once(&format!(" {name}=\""))?;
        rest.split('"').next()
    }
}

/// The tags that open, in order.
fn tags(page: &str) -> Vec<Tag> {
    let pieces = page.split('<').skip(1).filter(|piece| !piece.starts_with(['/', '!']));
    let tags = pieces.map(|piece| {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        let (name, attributes) = tag.split_at(tag.find(' ').unwrap_or(tag.len()));
        Tag { name: name.to_owned(), attributes: attributes.to_owned(), text: text.to_owned() }
    });
    tags.collect()
}

fn page() -> String {
    let project = Project::new();
    project.write("odd.yaml", ODD);
    let called = project.call(&["run", "odd.yaml", "--runs", "200", "--seed", "3", "--html", "report.html"]);
    assert_eq!(called.code, Some(1), "{called}");
    std::fs::read_to_string(project.path().join("report.html")).expect("the page")
}

#[test]
fn the_page_has_a_language_a_title_landmarks_and_headings_in_order() {
    let page = page();
    let tags = tags(&page);
    let all = |name: &'static str| tags.iter().filter(move |tag| tag.name == name);
    assert_eq!(all("html").next().and_then(|tag| tag.get("lang")), Some("en"));
    assert_eq!(all("title").next().map(|tag| &*tag.text), Some("odd &lt;x&gt;: 200 runs"));
    for landmark in ["main", "footer"] {
        assert_eq!(all(landmark).count(), 1, "{landmark}");
    }
    let headings = tags.iter().filter(|tag| matches!(&*tag.name, "h1" | "h2" | "h3" | "h4"));
    let headings: Vec<String> = headings.map(|tag| format!("{} {}", tag.name, tag.text)).collect();
    assert_eq!(
        headings,
        [
            "h1 odd &lt;x&gt;",
            "h2 Agents",
            "h2 Failures by agent",
            "h2 Versions that served",
            "h2 Which agents ran together",
            "h2 Durations",
            "h3 How many runs took how long",
            "h2 Plan",
            "h2 The first failures",
        ]
    );
}

#[test]
fn tables_have_names_and_every_header_says_of_what() {
    let page = page();
    let tags = tags(&page);
    let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "two ids are one: {ids:?}");
    for tag in &tags {
        if let Some(label) = tag.get("aria-labelledby") {
            assert!(ids.contains(&label), "nothing is called {label}");
        }
        match &*tag.name {
            "table" => assert!(tag.get("aria-labelledby").is_some(), "a table without a name"),
            "th" => assert!(matches!(tag.get("scope"), Some("col" | "row")), "{}", tag.text),
            _ => {}
        }
        // What scrolls is reached by the keyboard, and says what it is.
        if matches!(tag.get("class"), Some("scroll" | "drawing")) {
            assert_eq!((tag.get("tabindex"), tag.get("role")), (Some("0"), Some("group")));
            assert!(tag.get("aria-labelledby").is_some());
        }
    }
    assert_eq!(tags.iter().filter(|tag| tag.name == "table").count(), 6);
}

#[test]
fn what_a_picture_shows_is_said_in_words() {
    let page = page();
    let mut rest = page.as_str();
    let mut pictures = 0;
    while let Some(at) = rest.find("<svg") {
        let cell = rest[..at].rfind("<t").map_or("", |start| &rest[start..at]);
        let drawing = tags(&rest[at..]).into_iter().next().expect("a picture");
        let is_hidden = cell.contains("class=\"bar\"") && cell.contains("aria-hidden=\"true\"");
        let label = drawing.get("aria-label").unwrap_or_default();
        let is_told = drawing.get("role") == Some("img") && label.contains("in words");
        assert!(is_hidden != is_told, "{cell}{}", drawing.attributes);
        pictures += 1;
        rest = &rest[at + 4..];
    }
    assert!(pictures > 8, "{pictures}");
    // A hidden cell has its numbers beside it, and nothing that could be reached.
    assert!(!page.contains("<td class=\"bar\">"));
    let words = page.split("<details>").nth(1).and_then(|rest| rest.split("</details>").next());
    let words = words.expect("the plan in words").replace("</li>", "\n");
    let words: String =
        words.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text)).collect();
    assert_eq!(
        words.trim_end(),
        "The plan in words\
         a: transform; if Math.random() &lt; 0.5\n\
         b: transform; if Math.random() &gt; 0.9\n\
         c: think · prompts/extraction@production; after a\n\
         d: transform; only with an output of b\n\
         output: made of a, c"
    );
}
