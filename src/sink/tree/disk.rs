//! The directory that a tree is written to.
//!
//! Secrets go in, and anybody may have put symbolic links there: a link followed would
//! put a password where others read it, or overwrite a file elsewhere. So no path is
//! ever given to the system whole. Every name below the root is looked up in the open
//! directory above it and no link is followed, whoever swaps names meanwhile (`at.rs`).
//! Above the root links are followed: the user named that path.
//!
//! Paths are relative and have slashes; errors name them.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use at::named;
use step::Step;

use crate::krm::Limits;
use crate::krm::limits::Bytes;

mod at;
mod leftover;
mod step;
#[cfg(test)]
mod tests;
mod walk;

/// The bits of a mode that are permissions.
const PERMISSIONS: u32 = 0o7777;
/// The permissions of a secret.
const SECRET: u32 = 0o600;
/// The permissions of a program.
pub const PROGRAM: u32 = 0o755;

/// An open output directory. Threads may share it, as long as no file is written by two
/// of them and none is removed beside one that is being written.
#[derive(Debug)]
pub struct Root {
    directory: File,
}

/// A file that was read. Not `Debug`: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its permission bits.
    pub mode: u32,
}

impl Root {
    /// Opens a directory; none when there is nothing under that path.
    ///
    /// # Errors
    ///
    /// When it is no directory or cannot be opened.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(directory) => Ok(Some(Self {
                directory: directory.into(),
            })),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(named(&path.to_string_lossy(), error)),
        }
    }

    /// Opens a directory and makes it, and those above it, where they are missing.
    ///
    /// # Errors
    ///
    /// When it cannot be made or opened.
    pub fn create(path: &Path) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(path)
            .map_err(|error| named(&path.to_string_lossy(), error))?;
        Self::open(path)?.ok_or_else(|| named(&path.to_string_lossy(), Errno::NOENT))
    }

    /// Takes the lock of the directory; false when another process has it. It is held
    /// until the `Root` is dropped.
    ///
    /// # Errors
    ///
    /// When the file system has no locks.
    pub fn lock(&self) -> io::Result<bool> {
        match rustix::fs::flock(&self.directory, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(named(".", error)),
        }
    }

    /// Reads a file; none when it or a directory on the way is not there.
    ///
    /// # Errors
    ///
    /// When a link is on the way, when it is no regular file, when it is larger than any file of a stack,
    /// or when it cannot be read.
    pub fn read(&self, path: &str) -> io::Result<Option<Found>> {
        let most = Limits::OUTPUT.size as u64;
        let found = self.read_start(path, most + 1)?;
        if found
            .as_ref()
            .is_some_and(|found| found.bytes.len() as u64 > most)
        {
            let size = Bytes(Limits::OUTPUT.size);
            let message = format!("is larger than {size}, which no file of a stack is");
            return Err(named(path, io::Error::other(message)));
        }
        Ok(found)
    }

    /// Reads so many bytes of a file at most; none when it or a directory on the way is not there.
    ///
    /// # Errors
    ///
    /// When a link is on the way, when it is no regular file, or when it cannot be read.
    pub fn read_start(&self, path: &str, most: u64) -> io::Result<Option<Found>> {
        let (directories, name) = step::file(path)?;
        let Some(within) = self.reach(&directories)? else {
            return Ok(None);
        };
        let Some(file) = at::file(&within, name)? else {
            return Ok(None);
        };
        contents(file, most)
            .map(Some)
            .map_err(|error| named(path, error))
    }

    /// The paths of all regular files below a directory, or below the root for an empty
    /// path, sorted; none when it is not there. Leftovers of a killed run are left out.
    ///
    /// # Errors
    ///
    /// When the directory itself or one on the way is a link or no directory, or when
    /// one cannot be read.
    pub fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let mut files = self.files(directory)?;
        files.retain(|path| !leftover::is(path));
        Ok(files)
    }

    /// Writes a file, and the directories above it: the old content or the new one,
    /// never a part. A secret is for its owner only, from the first byte on.
    ///
    /// # Errors
    ///
    /// When a link is on the way, when there is something else than a regular file, or
    /// when it cannot be written. A file that was there stays as it is.
    pub fn write(&self, path: &str, bytes: &[u8], secret: bool) -> io::Result<()> {
        let mode = if secret {
            Mode::from_raw_mode(0o600)
        } else {
            Mode::from_raw_mode(0o644)
        };
        self.put(path, bytes, mode)
    }

    /// Writes a program in the same way. Everybody may run it, whatever the umask is.
    ///
    /// # Errors
    ///
    /// As with [`Root::write`].
    pub fn write_program(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.put(path, bytes, Mode::from_raw_mode(PROGRAM))
    }

    fn put(&self, path: &str, bytes: &[u8], mode: Mode) -> io::Result<()> {
        let (directories, name) = step::file(path)?;
        let within = self.make(&directories)?;
        at::is_file(&within, name)?;
        at::replace(&within, name, bytes, mode)
    }

    /// Takes a file from everybody but its owner.
    ///
    /// # Errors
    ///
    /// When it is not there, when a link is on the way, or when it is no regular file.
    pub fn restrict(&self, path: &str) -> io::Result<()> {
        let (directories, name) = step::file(path)?;
        let within = self.reach(&directories)?;
        let file = within.and_then(|within| at::file(&within, name).transpose());
        let file = file.unwrap_or_else(|| Err(named(path, Errno::NOENT)))?;
        file.set_permissions(Permissions::from_mode(SECRET))
            .map_err(|error| named(path, error))
    }

    /// Removes a file, and the directories above it that are empty then. The root stays.
    ///
    /// # Errors
    ///
    /// When it is not there, when a link is on the way, or when it is no regular file.
    pub fn remove(&self, path: &str) -> io::Result<()> {
        let (directories, name) = step::file(path)?;
        self.unlink(&directories, name)?;
        self.prune(&directories)
    }

    /// Removes what killed runs left below a directory, or below the root for an empty
    /// path. For a run that holds the lock: what others are writing looks the same.
    ///
    /// # Errors
    ///
    /// As with [`Root::list`], and when one cannot be removed.
    pub fn sweep(&self, directory: &str) -> io::Result<()> {
        let files = self.files(directory)?;
        for path in files.iter().filter(|path| leftover::is(path)) {
            let (directories, name) = step::file(path)?;
            self.unlink(&directories, name)?;
        }
        Ok(())
    }

    /// The directory at the end of these steps; none when one of them is not there.
    fn reach(&self, directories: &[Step<'_>]) -> io::Result<Option<File>> {
        let mut reached = self.directory.try_clone()?;
        for &step in directories {
            let Some(next) = at::directory(&reached, step)? else {
                return Ok(None);
            };
            reached = next;
        }
        Ok(Some(reached))
    }

    /// The same, with what is missing made.
    fn make(&self, directories: &[Step<'_>]) -> io::Result<File> {
        let mut reached = self.directory.try_clone()?;
        for &step in directories {
            reached = at::made(&reached, step)?;
        }
        Ok(reached)
    }

    fn unlink(&self, directories: &[Step<'_>], name: Step<'_>) -> io::Result<()> {
        match self.reach(directories)? {
            Some(within) if at::is_file(&within, name)? => at::unlink(&within, name),
            _ => Err(named(name.path, Errno::NOENT)),
        }
    }

    /// Removes the directories that are empty, from the last one upwards.
    fn prune(&self, mut directories: &[Step<'_>]) -> io::Result<()> {
        while let Some((&last, above)) = directories.split_last() {
            match self.reach(above)? {
                Some(within) if at::remove_empty(&within, last) => directories = above,
                _ => break,
            }
        }
        Ok(())
    }
}

fn contents(file: File, most: u64) -> io::Result<Found> {
    let mode = file.metadata()?.permissions().mode() & PERMISSIONS;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Found { bytes, mode })
}
