//! One name in an open directory. Nothing here follows a link.

use std::fs::File;
use std::io::{self, Write as _};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::leftover;
use super::step::Step;

/// The permissions of new directories, less the umask.
pub(super) const DIRECTORY_MODE: Mode = Mode::from_raw_mode(0o755);
/// For whatever is opened. Without `NONBLOCK`, opening a FIFO waits for its other end.
const OPEN: OFlags = OFlags::NOFOLLOW
    .union(OFlags::CLOEXEC)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY);

/// An error of the system, with the path that it is about.
pub(super) fn named(path: &str, error: impl Into<io::Error>) -> io::Error {
    let error = error.into();
    io::Error::new(error.kind(), format!("`{}`: {error}", path.escape_debug()))
}

/// An error of ours about a path.
pub(super) fn refused(path: &str, why: &str) -> io::Error {
    let message = format!("`{}` {why}", path.escape_debug());
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// What a name is; none when it is not there.
pub(super) fn kind(
    within: &File,
    name: impl rustix::path::Arg,
) -> rustix::io::Result<Option<FileType>> {
    match rustix::fs::statat(within, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens a directory; none when it is not there.
pub(super) fn directory(within: &File, step: Step<'_>) -> io::Result<Option<File>> {
    let flags = OPEN | OFlags::RDONLY | OFlags::DIRECTORY;
    open(within, step, flags, FileType::Directory)
}

/// Opens a regular file for reading; none when it is not there.
pub(super) fn file(within: &File, step: Step<'_>) -> io::Result<Option<File>> {
    let Some(file) = open(within, step, OPEN | OFlags::RDONLY, FileType::RegularFile)? else {
        return Ok(None);
    };
    let metadata = file.metadata().map_err(|error| named(step.path, error))?;
    if metadata.is_file() {
        Ok(Some(file))
    } else {
        Err(refused(step.path, other(FileType::RegularFile)))
    }
}

fn open(
    within: &File,
    step: Step<'_>,
    flags: OFlags,
    wanted: FileType,
) -> io::Result<Option<File>> {
    match rustix::fs::openat(within, step.name, flags, Mode::empty()) {
        Ok(opened) => Ok(Some(opened.into())),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => {
            // Systems do not agree on the error for a link. Asking is only for the message.
            expect(within, step, wanted)?;
            Err(named(step.path, error))
        }
    }
}

/// Whether a regular file is there; an error when something else is.
pub(super) fn is_file(within: &File, step: Step<'_>) -> io::Result<bool> {
    expect(within, step, FileType::RegularFile)
}

fn expect(within: &File, step: Step<'_>, wanted: FileType) -> io::Result<bool> {
    match kind(within, step.name).map_err(|error| named(step.path, error))? {
        None => Ok(false),
        Some(kind) if kind == wanted => Ok(true),
        Some(FileType::Symlink) => Err(refused(
            step.path,
            "is a symbolic link, which is not followed",
        )),
        Some(_) => Err(refused(step.path, other(wanted))),
    }
}

fn other(wanted: FileType) -> &'static str {
    match wanted {
        FileType::Directory => "is not a directory",
        _ => "is not a regular file",
    }
}

/// Opens a directory, and makes it where it is missing.
pub(super) fn made(within: &File, step: Step<'_>) -> io::Result<File> {
    if let Some(there) = directory(within, step)? {
        return Ok(there);
    }
    let made = match rustix::fs::mkdirat(within, step.name, DIRECTORY_MODE) {
        // Another thread may have been faster.
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(named(step.path, error)),
    };
    made?;
    directory(within, step)?.ok_or_else(|| named(step.path, Errno::NOENT))
}

/// Puts a file with this content in the place of a file, or of nothing.
///
/// Whoever is killed leaves the old file or the new one. That it outlasts a crash of the machine is
/// not waited for: a tree is made anew by one command, and a thousand stacks would take a minute.
pub(super) fn replace(within: &File, step: Step<'_>, bytes: &[u8], mode: Mode) -> io::Result<()> {
    let temporary = leftover::name(step.name);
    let replaced = fill(within, &temporary, bytes, mode)
        .and_then(|()| Ok(rustix::fs::renameat(within, &temporary, within, step.name)?));
    if replaced.is_err() {
        // It may not have come into being; the error to tell is the one before.
        let _ = rustix::fs::unlinkat(within, &temporary, AtFlags::empty());
    }
    replaced.map_err(|error| named(step.path, error))
}

/// Writes a file that is new, so that nobody has it open or has chosen its mode.
fn fill(within: &File, name: &str, bytes: &[u8], mode: Mode) -> io::Result<()> {
    match rustix::fs::unlinkat(within, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OPEN | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let mut file = File::from(rustix::fs::openat(within, name, flags, mode)?);
    file.write_all(bytes)?;
    if mode.contains(Mode::XUSR) {
        // The umask is for what a user writes; a program is for whoever else has the volume.
        rustix::fs::fchmod(&file, mode)?;
    }
    Ok(())
}

/// Removes a file.
pub(super) fn unlink(within: &File, step: Step<'_>) -> io::Result<()> {
    rustix::fs::unlinkat(within, step.name, AtFlags::empty())
        .map_err(|error| named(step.path, error))
}

/// Removes a directory; false when it is not empty. One that has to stay, such as a
/// mount point, does no harm, so it is no error either.
pub(super) fn remove_empty(within: &File, step: Step<'_>) -> bool {
    rustix::fs::unlinkat(within, step.name, AtFlags::REMOVEDIR).is_ok()
}
