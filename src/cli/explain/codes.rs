//! `explain codes`: what the codes of messages mean, and what to do about them.

use std::fmt::Write as _;

use crate::diagnostic::Code;
use crate::spec::closest;

/// The code of that name.
pub(super) fn find(given: &str) -> Result<Code, Option<String>> {
    let mut all = Code::ALL.iter().copied();
    let found = all.find(|code| code.as_str() == given);
    let names = Code::ALL.iter().map(|code| code.as_str());
    found.ok_or_else(|| closest(given, names).map(ToOwned::to_owned))
}

/// All codes in a line each, or what there is to know about these.
#[must_use]
pub fn text(codes: &[Code]) -> String {
    if codes.is_empty() {
        return overview();
    }
    let texts: Vec<String> = codes.iter().map(|code| details(*code)).collect();
    texts.join("\n")
}

fn overview() -> String {
    let mut text = String::from("`cnpg-stack explain codes CODE` says what to do about one.\n\n");
    let widths = Code::ALL.iter().map(|code| code.as_str().len()).max();
    let width = widths.unwrap_or_default();
    for code in Code::ALL {
        let (name, severity) = (code.as_str(), code.severity().as_str());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:width$}  {severity:7}  {}", code.meaning());
    }
    text
}

fn details(code: Code) -> String {
    format!(
        "{} ({})\n\n  {}\n\n  {}\n",
        code.as_str(),
        code.severity().as_str(),
        code.meaning(),
        code.remedy()
    )
}
