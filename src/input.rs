//! Reading what the user names, never more than the limit: the ends of all commands read with this.
//!
//! One [`Input`] is for a whole run. What it has read counts together, and it stops one byte behind the
//! limit, before the rest is in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::fs::{Mode, OFlags};

use crate::krm::Limits;

/// How large a file of keys or of rules may be, in bytes: a thousand times what people have.
const MAX_SETTINGS: usize = 1 << 20;

/// The pipes that a shell hands over as a file (`<(...)`). Whoever made them writes into them.
const HANDED_OVER: [&str; 3] = ["/dev/fd/", "/dev/stdin", "/proc/self/fd/"];

/// What may still be read.
#[derive(Debug)]
pub struct Input {
    limits: Limits,
    room: AtomicUsize,
}

impl Input {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            room: AtomicUsize::new(limits.size),
        }
    }

    /// Reads standard input to its end.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is more than may still be read.
    pub fn standard(&self) -> io::Result<Vec<u8>> {
        self.all(&mut io::stdin().lock(), 0)
    }

    /// Reads a file by the name that the user gave it; `-` is standard input.
    ///
    /// # Errors
    ///
    /// The same, and when it is no file. A pipe or a device is none: it may never end.
    pub fn named(&self, name: &str) -> io::Result<Vec<u8>> {
        match name {
            "-" => self.standard(),
            name => self.file(Path::new(name)),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let (mut file, length) = open(path)?;
        self.all(&mut file, length)
    }

    /// Reads to the end, and takes what was read off what may be.
    fn all(&self, from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
        let room = self.room.load(Ordering::Relaxed);
        let bytes = within(from, room, length)?;
        let Some(bytes) = bytes else {
            return Err(io::Error::other(self.limits.too_large()));
        };
        self.room.fetch_sub(bytes.len(), Ordering::Relaxed);
        Ok(bytes)
    }
}

/// The text of a small file: keys, or rules.
///
/// # Errors
///
/// When it cannot be read, is no file, is no text, or is too large to be what it should be.
pub fn settings(path: &Path) -> io::Result<String> {
    let (mut file, length) = open(path)?;
    let bytes = within(&mut file, MAX_SETTINGS, length)?;
    let bytes = bytes.ok_or_else(|| io::Error::other("is larger than 1 MiB"))?;
    String::from_utf8(bytes).map_err(|_| io::Error::other("is not UTF-8"))
}

/// Everything, of an expected length; none if that is more than there is room for.
fn within(from: &mut impl Read, room: usize, length: usize) -> io::Result<Option<Vec<u8>>> {
    let most = room.saturating_add(1);
    let mut bytes = Vec::with_capacity(length.saturating_add(1).min(most));
    from.take(most as u64).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= room).then_some(bytes))
}

/// Opens a file, and tells how long it says it is.
fn open(path: &Path) -> io::Result<(File, usize)> {
    let handed_over = path
        .to_str()
        .is_some_and(|path| HANDED_OVER.iter().any(|start| path.starts_with(start)));
    if handed_over {
        return Ok((File::open(path)?, 0));
    }
    // Opening a pipe waits for somebody who writes, unless it is asked not to.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::other(
            "is a pipe or a device, not a file; give what comes out of it as standard input (-)",
        ));
    }
    Ok((file, usize::try_from(metadata.len()).unwrap_or(usize::MAX)))
}
