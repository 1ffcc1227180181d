//! The flags that move the limits of what is read.

use std::fmt::Display;

use clap::Args;

use crate::krm::Limits;
use crate::krm::limits::{Bytes, DEEPEST, LARGEST, MOST};

/// How much is read before a command gives up.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Limits of what is read")]
pub struct LimitArguments {
    /// All input together: bytes, or a number with KiB, MiB or GiB, at most 4GiB [default: 256MiB]
    #[arg(long = "max-size", value_name = "SIZE", value_parser = size, hide_short_help = true)]
    size: Option<usize>,
    /// Levels of lists and mappings in each other, at most 240: more would overflow the stack [default: 64]
    #[arg(long = "max-depth", value_name = "LEVELS", value_parser = depth, hide_short_help = true)]
    depth: Option<usize>,
    /// Values in one item of a list, or in one file [default: 500000]
    #[arg(long = "max-nodes", value_name = "COUNT", value_parser = count, hide_short_help = true)]
    nodes: Option<usize>,
    /// Anchors, and aliases of them, in one item or file [default: 2000]
    #[arg(long = "max-aliases", value_name = "COUNT", value_parser = count, hide_short_help = true)]
    aliases: Option<usize>,
    /// Values that come out of aliases, with a KiB of text each [default: 10000]
    #[arg(long = "max-expansion", value_name = "COUNT", value_parser = count, hide_short_help = true)]
    expansion: Option<usize>,
    /// Documents in one file [default: 100000]
    #[arg(long = "max-documents", value_name = "COUNT", value_parser = count, hide_short_help = true)]
    documents: Option<usize>,
}

impl LimitArguments {
    /// The limits; what is not given is as it is without flags.
    #[must_use]
    pub fn limits(self) -> Limits {
        let default = Limits::default();
        Limits {
            size: self.size.unwrap_or(default.size),
            depth: self.depth.unwrap_or(default.depth),
            nodes: self.nodes.unwrap_or(default.nodes),
            aliases: self.aliases.unwrap_or(default.aliases),
            expansion: self.expansion.unwrap_or(default.expansion),
            documents: self.documents.unwrap_or(default.documents),
        }
    }
}

/// Why there is an end to numbers.
const TOO_LARGE: &str = "more would not fit in memory";

/// A number of bytes, with or without a unit.
fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|char: char| !char.is_ascii_digit());
    let shift = match text.get(digits.len()..).unwrap_or_default() {
        "" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err("must be a number of bytes, or one with KiB, MiB or GiB".to_owned()),
    };
    let number = between(digits, LARGEST >> shift, Bytes(LARGEST), TOO_LARGE);
    number.map(|number| number << shift)
}

fn depth(text: &str) -> Result<usize, String> {
    between(text, DEEPEST, DEEPEST, "more would overflow the stack")
}

fn count(text: &str) -> Result<usize, String> {
    between(text, MOST, MOST, TOO_LARGE)
}

/// A number from one to `most`, which is shown with its unit, and the reason for that.
fn between(text: &str, most: usize, shown: impl Display, reason: &str) -> Result<usize, String> {
    let number = text.parse::<usize>().ok().filter(|number| *number > 0);
    match number {
        Some(number) if number <= most => Ok(number),
        Some(_) => Err(format!("must be at most {shown}: {reason}")),
        None => Err(format!("must be a whole number from 1 to {most}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_unit_or_none_and_an_end() {
        assert_eq!(size("1"), Ok(1));
        assert_eq!(size("512KiB"), Ok(512 << 10));
        assert_eq!(size("4GiB"), Ok(4 << 30));
        for wrong in [
            "", "0", "0MiB", "-1", "1.5GiB", "1MB", "1 MiB", "MiB", "5GiB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert!(size("99999999999999999999").is_err());
        let most = "must be at most 4 GiB: more would not fit in memory";
        assert_eq!(size("5GiB"), Err(most.to_owned()));
    }

    #[test]
    fn a_depth_that_would_overflow_the_stack_is_refused_with_the_reason() {
        assert_eq!(depth("240"), Ok(240));
        assert_eq!(
            depth("241"),
            Err("must be at most 240: more would overflow the stack".to_owned())
        );
    }
}
