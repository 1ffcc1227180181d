//! As much Markdown as the pages need. Text in back-quotes stays as it is everywhere.

/// A table, written row by row.
pub(super) struct Table<'t> {
    text: &'t mut String,
}

impl<'t> Table<'t> {
    /// A table with these titles.
    pub(super) fn new(text: &'t mut String, titles: &[&str]) -> Self {
        let mut table = Self { text };
        table.row(
            &titles
                .iter()
                .map(|title| (*title).to_owned())
                .collect::<Vec<_>>(),
        );
        table.line(&vec!["---".to_owned(); titles.len()]);
        table
    }

    /// Adds a row of cells that are Markdown already; a bar would end its cell, even in back-quotes.
    pub(super) fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        self.line(&cells);
    }

    fn line(&mut self, cells: &[String]) {
        self.text.push_str("| ");
        self.text.push_str(&cells.join(" | "));
        self.text.push_str(" |\n");
    }
}

/// A word as code.
pub(super) fn code(word: &str) -> String {
    format!("`{word}`")
}

/// Plain text with code in back-quotes: what Markdown or HTML would read as a sign is escaped outside of the code.
pub(super) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let escaped = parts.map(|(position, part)| {
        if position % 2 == 1 {
            part.to_owned()
        } else {
            part.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('*', "\\*")
                .replace('[', "\\[")
        }
    });
    escaped.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_escaped_outside_of_code_and_bars_everywhere_in_a_table() {
        assert_eq!(
            prose("a < b * c `0 * <x>` [d]"),
            "a &lt; b \\* c `0 * <x>` \\[d]"
        );
        let mut text = String::new();
        Table::new(&mut text, &["x", "y"]).row(&[prose("a|b"), code("c|d")]);
        assert_eq!(text, "| x | y |\n| --- | --- |\n| a\\|b | `c\\|d` |\n");
    }
}
