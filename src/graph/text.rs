//! Text in a picture: what can be seen of it, how wide it is, and how it is broken and cut.

use unicode_width::UnicodeWidthChar;

/// Advances of the printable ASCII characters from the space on, in thousandths of the size. They are
/// those of `DejaVu Sans Bold`: of the fonts that a browser may take it is about the widest, so that text
/// in any other one has room to spare.
const ADVANCES: [u16; 95] = [
    349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366, 696, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 581, 1000, 774, 763, 734, 831, 684,
    684, 821, 837, 373, 373, 775, 638, 996, 837, 851, 733, 851, 771, 721, 683, 813, 774, 1104, 771,
    725, 726, 458, 366, 458, 838, 500, 500, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343, 666,
    343, 1042, 712, 688, 716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583, 712, 366, 712, 838,
];
/// Other letters: wide enough for nearly all of Latin, Greek and Cyrillic.
const LETTER: i64 = 900;
/// Characters that take two cells of a terminal: Chinese, Japanese, Korean, emoji.
const WIDE: i64 = 1250;

/// The text with everything written out that would not be seen, would turn its neighbours around, or
/// is no character of XML.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().fold(String::new(), |mut shown, c| {
        if is_hidden(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
        shown
    })
}

fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(code & 0xFFFF, 0xFFFE | 0xFFFF)
        || matches!(code,
            0xAD | 0x061C | 0x115F | 0x1160 | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E
            | 0x2060..=0x206F | 0x3164 | 0xFDD0..=0xFDEF | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB
            | 0xE0000..=0xE007F)
}

/// An upper bound of the width of a line in tenths of a pixel, at a font size in tenths of a pixel.
#[must_use]
pub fn width(text: &str, size: i64) -> i64 {
    let thousandths: i64 = text.chars().map(advance).sum();
    (thousandths * size + 999) / 1000
}

fn advance(c: char) -> i64 {
    let index = usize::try_from(u32::from(c)).unwrap_or(usize::MAX);
    if let Some(advance) = index.checked_sub(32).and_then(|index| ADVANCES.get(index)) {
        return i64::from(*advance);
    }
    match c.width() {
        Some(0) | None => 0,
        Some(1) => LETTER,
        Some(_) => WIDE,
    }
}

/// The line, or as much of its beginning as fits, with an ellipsis.
#[must_use]
pub fn cut(text: &str, size: i64, room: i64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size) + width("…", size) > room {
            kept.pop();
            break;
        }
    }
    kept.truncate(kept.trim_end().len());
    kept + "…"
}

/// The lines that a text is broken into; at most so many, the last one cut.
#[must_use]
pub fn wrap(text: &str, size: i64, room: i64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        for (number, piece) in pieces(word, size, room).into_iter().enumerate() {
            let glue = if number == 0 { " " } else { "" };
            let joined = lines.last().map(|line| format!("{line}{glue}{piece}"));
            let full = lines.len() >= most;
            let fits = |line: &String| full || width(line, size) <= room;
            match (lines.last_mut(), joined.filter(fits)) {
                (Some(last), Some(joined)) => *last = joined,
                _ => lines.push(piece.to_owned()),
            }
        }
    }
    lines.iter().map(|line| cut(line, size, room)).collect()
}

/// The word, or when it does not fit into a line its parts, as `minio.`, `example.`, `com`.
fn pieces(word: &str, size: i64, room: i64) -> Vec<&str> {
    if width(word, size) <= room {
        return vec![word];
    }
    word.split_inclusive(|c: char| c.is_ascii_punctuation())
        .collect()
}

/// Adds to a text that is being written.
pub(super) fn add(out: &mut String, more: &str) {
    out.push_str(more);
}
