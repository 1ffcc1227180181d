//! Whether the two ways of finding the items of a list agree, for tests from within and from outside.

use super::{events, list, split};

/// Whether the line splitter and the event parser find the same in a text. `None` if the splitter declines, or if
/// the text is none.
#[must_use]
pub fn of(source: &[u8]) -> Option<bool> {
    let source = list::decode(source.to_vec()).ok()?;
    let lines = split::split(&source)?;
    if events::layout(&source).is_ok_and(|events| events == lines) {
        return Some(true);
    }
    // Only what YAML itself forbids may be read in two ways, and what cannot be read at all.
    Some(!is_strict(&source))
}

/// Whether a text is a list by the strict rules of YAML, on which neither the reader nor other tools insist.
#[must_use]
pub fn is_strict(source: &str) -> bool {
    events::layout_by(source, true).is_ok()
}
