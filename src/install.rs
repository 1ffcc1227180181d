//! `cnpg-stack install`: the program copies itself, for init containers without a shell.
//!
//! This is an end, like `render`: it works in the given directory. The copy is written under
//! another name and renamed, so an older one may be running there meanwhile.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::sink::tree::disk::{PROGRAM, Root};

/// The name of the copy.
const NAME: &str = "cnpg-stack";
/// What the messages call it.
const VERSION: &str = concat!("version ", env!("CARGO_PKG_VERSION"));

/// Copies the program into a directory, which is made where it is missing, and says what was done.
///
/// # Errors
///
/// When the program cannot be read, when the directory cannot be written to, or when something
/// else than a regular file has the name of the copy.
pub fn install(program: &mut File, directory: &Path) -> Result<String> {
    let shown = directory.display();
    let mut bytes = Vec::new();
    let read = program.read_to_end(&mut bytes);
    read.context("the running program cannot be read")?;
    copy(&bytes, directory).with_context(|| format!("cannot install into {shown}"))
}

fn copy(bytes: &[u8], directory: &Path) -> Result<String> {
    let root = Root::create(directory)?;
    if !root.lock()? {
        bail!("another cnpg-stack is at work in there; try again when it is done");
    }
    let path = directory.join(NAME);
    let said = |done| format!("{}: {VERSION} {done}", path.display());
    // One byte more tells whether a longer file begins like the program.
    let found = root.read_start(NAME, bytes.len() as u64 + 1)?;
    if let Some(found) = &found
        && found.mode == PROGRAM
        && found.bytes == bytes
    {
        return Ok(said("is there already"));
    }
    root.write_program(NAME, bytes)?;
    Ok(said(if found.is_some() {
        "installed in the place of another one"
    } else {
        "installed"
    }))
}
