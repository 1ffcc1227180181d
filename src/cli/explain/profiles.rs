//! `explain profile`: what each `spec.profile` fills in and asks for, out of the table that the validation works by.

use std::fmt::Write as _;

use clap::builder::PossibleValuesParser;

use crate::spec::Profile;
use crate::validate::profile::{DEMANDS, Demand, SETTINGS, Setting};

/// The names that are taken as profiles.
pub(super) fn profile() -> PossibleValuesParser {
    PossibleValuesParser::new(Profile::ALL.map(Profile::as_str))
}

/// What a profile fills in.
pub fn settings(profile: Profile) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |row| row.profile == profile)
}

/// What a profile asks for.
pub fn demands(profile: Profile) -> impl Iterator<Item = &'static Demand> {
    DEMANDS.iter().filter(move |row| row.profile == profile)
}

/// The listed profiles, or all of them.
#[must_use]
pub fn text(listed: &[String]) -> String {
    let mut text = String::from(
        "A profile fills in fields that are left out. A field that is set always wins, and an object as a whole: no\n\
         profile adds to an `availability.synchronous` of yours. Without a profile nothing is filled in.\n",
    );
    let chosen =
        |profile: &Profile| listed.is_empty() || listed.iter().any(|name| name == profile.as_str());
    for profile in Profile::ALL.into_iter().filter(chosen) {
        add(&mut text, profile);
    }
    text
}

/// Writing to a string cannot fail.
fn add(text: &mut String, profile: Profile) {
    let _ = writeln!(text, "\n{} fills in", profile.as_str());
    for row in settings(profile) {
        let _ = writeln!(text, "  {}: {}", row.field, row.value);
        if !row.when.is_empty() {
            let _ = writeln!(text, "      when {}", row.when);
        }
        let _ = writeln!(text, "      {}", row.why);
    }
    let mut demands = demands(profile).peekable();
    if demands.peek().is_some() {
        let _ = writeln!(text, "\n{} warns", profile.as_str());
    }
    for row in demands {
        let _ = writeln!(text, "  {}\n      {}", row.field, row.message);
    }
}
