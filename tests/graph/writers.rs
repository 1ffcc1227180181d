//! What both writers promise of any picture: nothing gets out of its quotes, and nothing is lost.

use cnpg_stack::graph::{mermaid, svg, text};
use regex::Regex;

use crate::pictures;

#[test]
fn every_svg_is_well_formed_and_needs_nothing_else() {
    for (name, picture) in pictures() {
        let text = svg::write(&picture);
        let document =
            roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let elements = document.descendants().filter(roxmltree::Node::is_element);
        let allowed = [
            "svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text",
        ];
        for element in elements.clone() {
            let tag = element.tag_name().name();
            assert!(allowed.contains(&tag), "{name}: <{tag}>");
            for attribute in element.attributes() {
                let outside = attribute.name().contains("href")
                    || attribute.name().starts_with("on")
                    || (attribute.value().contains("url(") && attribute.value() != "url(#tip)");
                assert!(!outside, "{name}: {attribute:?}");
            }
        }
        let svg = document.root_element();
        assert_eq!(svg.attribute("role"), Some("img"), "{name}");
        let style = elements
            .clone()
            .filter(|e| e.has_tag_name(("http://www.w3.org/2000/svg", "style")));
        let style: String = style.filter_map(|e| e.text()).collect();
        assert!(style.contains("prefers-color-scheme: dark"), "{name}");
        let loads = ["url(", "@import", "@font-face"];
        assert!(!loads.iter().any(|word| style.contains(word)), "{name}");
        // What was cut is whole in the tooltip of its box.
        let tips: Vec<&str> = elements
            .filter(|element| element.tag_name().name() == "title")
            .filter_map(|element| element.text())
            .collect();
        for node in picture.frames.iter().flat_map(|frame| &frame.nodes) {
            let title = text::visible(&node.title);
            assert!(
                tips.iter().any(|tip| tip.contains(&title)),
                "{name}: {title}"
            );
        }
    }
}

/// What a reader sees of a label, as Mermaid decodes it.
fn decoded(label: &str, entity: &Regex) -> Vec<String> {
    let decode = |line: &str| {
        let shown = entity.replace_all(line, |found: &regex::Captures<'_>| match &found[1] {
            "quot" => "\"".to_owned(),
            "amp" => "&".to_owned(),
            "lt" => "<".to_owned(),
            "gt" => ">".to_owned(),
            "nbsp" => " ".to_owned(),
            number => {
                let code = number.parse().expect("an entity has a number");
                char::from_u32(code).expect("a character").to_string()
            }
        });
        shown.into_owned()
    };
    label.split("<br>").map(decode).collect()
}

#[test]
fn every_label_of_a_flowchart_is_quoted_and_says_what_the_model_says() {
    let node = Regex::new(
        r#"^    (s\d+n\d+)(\[|\(\[|\[\(|\{\{|\[\[)"([^"]*)"(\]|\]\)|\)\]|\}\}|\]\]):::[a-z]+$"#,
    )
    .expect("a pattern");
    let safe = Regex::new(r"^([\p{L}\p{M}\p{N} ,_./-]|#(quot|amp|lt|gt|nbsp|\d+);|<br>)*$")
        .expect("a pattern");
    let frame = Regex::new(r#"^  subgraph s\d+\["([^"]*)"\]$"#).expect("a pattern");
    let rest = Regex::new(
        r"^(flowchart LR|  end|  s\d+n\d+ (---|-->|-\.->) s\d+n\d+|  classDef [a-z]+ fill:#\w{6},stroke:#\w{6},color:#\w{6})$",
    )
    .expect("a pattern");
    let entity = Regex::new(r"#(\w+);").expect("a pattern");
    for (name, picture) in pictures() {
        let text = mermaid::write(&picture);
        let mut labels = Vec::new();
        let mut titles = Vec::new();
        for line in text.lines() {
            let label = node.captures(line).map(|found| found[3].to_owned());
            let title = frame.captures(line).map(|found| found[1].to_owned());
            let known = label.is_some() || title.is_some() || rest.is_match(line);
            assert!(known, "{name}: {line}");
            for text in label.iter().chain(&title) {
                // Without these, neither an entity nor a style of Mermaid starts anywhere.
                assert!(safe.is_match(text), "{name}: {text}");
            }
            labels.extend(label.map(|label| decoded(&label, &entity)));
            titles.extend(title.map(|title| decoded(&title, &entity).concat()));
        }
        let nodes = picture.frames.iter().flat_map(|frame| &frame.nodes);
        let wanted: Vec<Vec<String>> = nodes
            .map(|node| {
                let lines = [node.caption, &node.title];
                let lines = lines
                    .into_iter()
                    .chain(node.details.iter().map(String::as_str));
                lines.map(text::visible).collect()
            })
            .collect();
        assert_eq!(labels, wanted, "{name}");
        assert_eq!(titles.len(), picture.frames.len(), "{name}");
        for (title, frame) in titles.iter().zip(&picture.frames) {
            assert!(title.starts_with(&frame.title), "{name}: {title}");
        }
    }
}
