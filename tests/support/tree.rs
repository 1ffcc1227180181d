//! Directory trees: made, copied, and read with everything that a test wants to know.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// A file as it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What is in it; for a link, where it leads.
    pub bytes: Vec<u8>,
    /// Its permission bits.
    pub mode: u32,
    /// Number, seconds and nanoseconds: a file that is written anew has others.
    pub stamp: (u64, i64, i64),
    /// Whether it is a symbolic link.
    pub link: bool,
}

/// The files by path.
pub(crate) type Tree = BTreeMap<String, Entry>;

/// An empty directory of a test's own. With a `.git`, so that no `.sops.yaml` above it counts.
pub(crate) fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        fs::remove_dir_all(&path).expect("a directory of the test can be removed");
    }
    fs::create_dir_all(path.join(".git")).expect("a directory of the test can be made");
    path.canonicalize().expect("the directory is there")
}

/// Everything below a directory; nothing when it is not there.
pub(crate) fn read(root: &Path) -> Tree {
    let mut tree = Tree::new();
    if root.exists() {
        collect(root, root, &mut tree);
    }
    tree
}

fn collect(root: &Path, directory: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(directory).expect("a directory can be listed") {
        let path = entry.expect("a directory can be listed").path();
        let metadata = fs::symlink_metadata(&path).expect("what is listed is there");
        if metadata.is_dir() {
            collect(root, &path, tree);
            continue;
        }
        let link = metadata.is_symlink();
        let bytes = if link {
            let target = fs::read_link(&path).expect("a link can be read");
            target.to_string_lossy().into_owned().into_bytes()
        } else {
            fs::read(&path).expect("a file can be read")
        };
        let below = path.strip_prefix(root).expect("it lies below the root");
        let entry = Entry {
            bytes,
            mode: metadata.permissions().mode() & 0o7777,
            stamp: (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()),
            link,
        };
        tree.insert(below.to_string_lossy().into_owned(), entry);
    }
}

/// Copies everything below a directory that need not be there.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (path, entry) in read(from) {
        write(to, &path, &entry.bytes);
    }
}

/// Writes a file, and the directories above it.
pub(crate) fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    let parent = path.parent().expect("a file lies in a directory");
    fs::create_dir_all(parent).expect("a directory of the test can be made");
    fs::write(&path, bytes).expect("a file of the test can be written");
}

/// The bytes of a tree, which is what two trees are compared by.
pub(crate) fn bytes(tree: &Tree) -> BTreeMap<String, Vec<u8>> {
    let files = tree.iter();
    files
        .map(|(path, entry)| (path.clone(), entry.bytes.clone()))
        .collect()
}
