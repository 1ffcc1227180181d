//! What of a text of the user is shown: one line, of a bearable length, that changes nothing but what it says.

/// How many characters of a message are shown at its start, and at its end.
const MESSAGE: (usize, usize) = (1_200, 600);
/// How many characters of a value or a name are shown at its start, and at its end.
const WORD: (usize, usize) = (160, 20);

/// A text on one line. A name with a newline must not forge a second one, nor one with a mark that turns
/// the direction of writing what stands behind it, nor one with an escape what the terminal does.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for char in text.chars() {
        if is_harmless(char) {
            line.push(char);
        } else {
            line.extend(char.escape_default());
        }
    }
    line
}

/// A message: on one line, with what is too much left out of its middle.
#[must_use]
pub fn message(text: &str) -> String {
    one_line(&cut(text, MESSAGE))
}

/// A value or a name, likewise.
pub(super) fn word(text: &str) -> String {
    cut(text, WORD)
}

/// Whether a character is seen as what it is.
fn is_harmless(char: char) -> bool {
    !char.is_control()
        && !matches!(char,
            // Soft hyphen, Arabic letter mark, marks without width, separators of lines, directions.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text without its middle, where it has more characters than `first` and `last`.
fn cut(text: &str, (first, last): (usize, usize)) -> String {
    // What is counted is bounded; most texts are short by their bytes already.
    if text.len() <= first + last {
        return text.to_owned();
    }
    let count = text.chars().count();
    // The remark takes some room too, and would not make a text shorter that is hardly too long.
    if count <= first + last + 60 {
        return text.to_owned();
    }
    let end = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
    let (head, tail) = (end(first), end(count - last));
    format!(
        "{}[... {} characters ...]{}",
        text.get(..head).unwrap_or_default(),
        count - first - last,
        text.get(tail..).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_a_terminal_or_a_reader_is_written_out() {
        let cases = [
            ("a\nb", "a\\nb"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("abc\u{202e}def", "abc\\u{202e}def"),
            ("pay\u{200b}pal", "pay\\u{200b}pal"),
            ("größer 数据", "größer 数据"),
        ];
        for (text, shown) in cases {
            assert_eq!(one_line(text), shown);
        }
    }

    #[test]
    fn a_long_text_keeps_its_ends() {
        let long = format!("begin{}end", "ä".repeat(1_000_000));
        let shown = message(&long);
        assert!(shown.starts_with("begin") && shown.ends_with("end"));
        assert!(shown.contains("[... 998208 characters ...]"), "{shown}");
        assert!(shown.chars().count() < 2_000);
        assert_eq!(word(&"x".repeat(240)), "x".repeat(240));
        assert!(word(&"x".repeat(241)).len() < 240);
    }
}
