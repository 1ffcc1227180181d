//! `completions` and `man`: what a shell and `man` want to know, out of the definition of the arguments.

use std::io;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Arguments;

/// The script that makes a shell complete the arguments.
#[must_use]
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "cnpg-stack", &mut script);
    let script = String::from_utf8_lossy(&script);
    // In bash the name of a program with a dash is spelt in two ways, and nothing behind a subcommand is
    // completed (<https://github.com/clap-rs/clap/issues/6421>). A test asks bash itself.
    script.replace("cnpg__subcmd__stack", "cnpg__stack")
}

/// The manual page of the program; with a directory nothing, and the pages of all commands are in there.
///
/// # Errors
///
/// When a page cannot be written.
pub fn man(directory: Option<&Path>) -> Result<String> {
    let Some(directory) = directory else {
        return Ok(main_page()?);
    };
    let pages = std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), directory));
    pages.with_context(|| directory.display().to_string())?;
    Ok(String::new())
}

fn main_page() -> io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
