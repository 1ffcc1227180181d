//! Finding the files below a directory.

use std::fs::File;
use std::io;

use rustix::fs::{Dir, DirEntry, FileType};

use super::{Root, at, step};

impl Root {
    /// The paths of all regular files, leftovers too, sorted.
    ///
    /// Directories still to be read wait as paths, not as open files: a deep tree must
    /// not run into the limit of those.
    pub(super) fn files(&self, directory: &str) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        let mut waiting = vec![directory.to_owned()];
        while let Some(path) = waiting.pop() {
            let Some(directory) = self.reach(&step::steps(&path)?)? else {
                continue;
            };
            for (below, kind) in entries(&directory, &path)? {
                match kind {
                    FileType::RegularFile => files.push(below),
                    FileType::Directory => waiting.push(below),
                    _ => {}
                }
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}

/// The paths in a directory, each with what it is.
fn entries(directory: &File, path: &str) -> io::Result<Vec<(String, FileType)>> {
    let named = |error| at::named(if path.is_empty() { "." } else { path }, error);
    let mut entries = Vec::new();
    for entry in Dir::read_from(directory).map_err(named)? {
        let entry = entry.map_err(named)?;
        // No path of ours has a name that is not UTF-8.
        let Ok(name) = entry.file_name().to_str() else {
            continue;
        };
        if !matches!(name, "." | "..") {
            let kind = kind(directory, &entry).map_err(named)?;
            entries.push((join(path, name), kind));
        }
    }
    Ok(entries)
}

/// Some file systems do not say in the entry.
fn kind(directory: &File, entry: &DirEntry) -> rustix::io::Result<FileType> {
    match entry.file_type() {
        FileType::Unknown => {
            at::kind(directory, entry.file_name()).map(|kind| kind.unwrap_or(FileType::Unknown))
        }
        known => Ok(known),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}/{name}")
    }
}
