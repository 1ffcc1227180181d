//! Arguments that are one of many known words: an unknown one suggests the nearest and does not
//! list them all, shells complete them.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StyledStr, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

/// Reads a word, or says which was probably meant.
pub(super) type Find<T> = fn(&str) -> Result<T, Option<String>>;

/// A parser for such an argument.
#[derive(Clone)]
pub(super) struct Known<T> {
    /// Finds the thing of that name.
    pub(super) find: Find<T>,
    /// All names.
    pub(super) names: fn() -> Vec<String>,
    /// What prints them.
    pub(super) list: &'static str,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Known<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let given = value.to_string_lossy();
        (self.find)(&given).map_err(|near| {
            let mut error = Error::new(ErrorKind::InvalidValue).with_cmd(command);
            let name = arg.map(ToString::to_string).unwrap_or_default();
            error.insert(ContextKind::InvalidArg, ContextValue::String(name));
            let given = ContextValue::String(given.into_owned());
            error.insert(ContextKind::InvalidValue, given);
            let (kind, hint) = if let Some(near) = near {
                (ContextKind::SuggestedValue, ContextValue::String(near))
            } else {
                let text = StyledStr::from(format!("`{}` prints all of them", self.list));
                (ContextKind::Suggested, ContextValue::StyledStrs(vec![text]))
            };
            error.insert(kind, hint);
            error
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
    }
}
