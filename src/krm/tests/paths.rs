//! The line splitter and the event parser find the same things.

use proptest::prelude::*;

use super::generate;
use crate::krm::head::{Field, Head};
use crate::krm::list::ResourceList;
use crate::krm::write::Edits;
use crate::krm::{agreement, events, split};

/// Checks one text: where the splitter does not decline, the event parser agrees.
fn agree(source: &str) -> Result<bool, TestCaseError> {
    let agreed = agreement::of(source.as_bytes());
    prop_assert_ne!(
        agreed,
        Some(false),
        "{}\n{:#?}\n{:#?}",
        source,
        split::split(source),
        events::layout(source)
    );
    Ok(agreed.is_some())
}

/// Checks that no head by lines says anything that parsing contradicts.
fn heads_hold(source: &str) -> Result<(), TestCaseError> {
    let Ok(list) = ResourceList::read(source.as_bytes().to_vec()) else {
        return Ok(());
    };
    for item in list.items().chain(list.function_config()) {
        let Ok(value) = item.parse() else { continue };
        let (scanned, parsed) = (item.head(), Head::of(&value));
        let pairs = [
            (scanned.api_version, parsed.api_version),
            (scanned.kind, parsed.kind),
            (scanned.name, parsed.name),
            (scanned.namespace, parsed.namespace),
            (scanned.path, parsed.path),
            (scanned.index, parsed.index),
            (scanned.stack, parsed.stack),
        ];
        for (scanned, parsed) in pairs {
            prop_assert!(
                scanned == Field::Unsure || scanned == parsed,
                "{scanned:?} {parsed:?}\n{source}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_two_paths_agree(source in generate::resource_list()) {
        agree(&source)?;
        heads_hold(&source)?;
    }

    #[test]
    fn the_two_paths_agree_on_damaged_lists(source in generate::damaged_list()) {
        agree(&source)?;
    }

    #[test]
    fn what_is_read_is_written_back(source in generate::damaged_list()) {
        if let Ok(list) = ResourceList::read(source.clone().into_bytes()) {
            let mut out = Vec::new();
            list.write(&Edits::default(), &mut out).unwrap();
            prop_assert_eq!(out, source.into_bytes());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(source in "[-a:#\\[\\]{}'\"|>&*!%? \\n\\t,.]{0,60}") {
        let list = format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n{source}");
        agree(&list)?;
        let _ = ResourceList::read(source.into_bytes());
    }
}

/// The splitter does take the lists that kustomize and kpt send, and their usual variations.
#[test]
fn the_splitter_takes_plain_lists() {
    let head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: # all\n";
    let items = "- kind: A\n  x: |\n    - y\n\n# low\n-\n  kind: B\n- # head\n  \"kind\": C\n";
    let indented = format!("  {}", items.trim_end().replace('\n', "\n  ")) + "\n";
    let config = "functionConfig:\n  kind: D\n";
    let plain = format!("{head}{items}{config}");
    let wide = format!("{config}{head}{indented}");
    for text in [
        &plain,
        &wide,
        &plain.replace('\n', "\r\n"),
        plain.trim_end(),
    ] {
        assert!(agree(text).unwrap(), "declined\n{text}");
    }
}
