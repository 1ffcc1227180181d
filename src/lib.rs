//! **cnpg-stack**: one `CnpgStack` file in, a complete CloudNativePG stack out.
//!
//! ```text
//! CnpgStack --read--> Spec --validate--> Stack --plan--> Plan<Base> --link--> Plan<Linked>
//!           --place--> [Placed] --sink--> items of the ResourceList
//! ```
//!
//! [`run`] is the whole KRM function, bytes in and bytes out; [`pipeline::process`]
//! shows every stage on one screen. Stages are pure and import only the data types
//! of the stages before them (`ARCHITECTURE.md` has the rules).

use std::io;

use diagnostic::Diagnostics;
use krm::{Edits, ResourceList};
use world::World;

pub mod cli;
pub mod diagnostic;
pub mod generate;
pub mod graph;
pub mod import;
pub mod input;
pub mod install;
pub mod inventory;
pub mod krm;
pub mod link;
pub mod meta;
pub mod open;
pub mod picture;
pub mod pipeline;
pub mod place;
pub mod plan;
pub mod render;
pub mod sink;
pub mod sops;
pub mod source;
pub mod spec;
pub mod validate;
pub mod vet;
pub mod world;

/// The exit code of a run without errors.
pub const EXIT_DONE: u8 = 0;
/// The exit code when the results hold an error.
pub const EXIT_WRONG_INPUT: u8 = 1;
/// The exit code for wrong usage and for input that is no ResourceList at all.
pub const EXIT_UNREADABLE: u8 = 2;
/// The exit code for a bug of ours.
pub const EXIT_BUG: u8 = 70;

/// What a run of the function came to.
#[derive(Debug)]
pub struct Outcome {
    list: ResourceList,
    edits: Edits,
    diagnostics: Diagnostics,
}

/// Runs the function on a ResourceList.
///
/// Mistakes of the user are part of the outcome; its items are then those that came in.
///
/// # Errors
///
/// When the input is no ResourceList: then there is nothing that could be given back.
pub fn run(input: Vec<u8>, world: &World<'_>) -> anyhow::Result<Outcome> {
    let list = ResourceList::read_within(input, world.limits)?;
    let mut diagnostics = Diagnostics::default();
    let config = pipeline::config(&list, &mut diagnostics);
    let edits = config
        .clone()
        .and_then(|config| pipeline::process(&list, config, world, &mut diagnostics));
    if diagnostics.has_errors() {
        // Items are passed on unread. A list that is cut off in the middle must not be
        // passed on as if it were one: the orchestrator's complaint would hide ours.
        list.verify()?;
    }
    let mut edits = edits
        .filter(|_| !diagnostics.has_errors())
        .unwrap_or_default();
    edits.results = sink::results::results(&diagnostics, config.as_ref());
    Ok(Outcome {
        list,
        edits,
        diagnostics,
    })
}

impl Outcome {
    /// Writes the ResourceList.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn write(&self, out: &mut impl io::Write) -> anyhow::Result<()> {
        self.list.write(&self.edits, out)
    }

    /// What there is to say; kustomize's users see nothing else of the results.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The exit code: it follows from the highest severity.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.diagnostics.has_errors() {
            EXIT_WRONG_INPUT
        } else {
            EXIT_DONE
        }
    }
}
