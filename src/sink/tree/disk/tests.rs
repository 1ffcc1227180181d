//! The output directory in everyday use; `hostile` has the rest.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::fs::{FileType, Mode};

use super::{Root, at, step};

mod hostile;

/// A directory of its own for a test: `out` is the root, and beside it lies `victim`,
/// which must stay as it is.
struct Tree {
    base: PathBuf,
    root: Root,
}

impl Tree {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("cnpg-stack-disk-{}-{number}", std::process::id());
        let base = std::env::temp_dir().join(name);
        fs::create_dir_all(base.join("victim")).unwrap();
        let victim = base.join("victim/file");
        fs::write(&victim, "precious").unwrap();
        fs::set_permissions(&victim, Permissions::from_mode(0o644)).unwrap();
        let root = Root::create(&base.join("out")).unwrap();
        Self { base, root }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.base.join("out").join(path)
    }

    fn link(&self, target: &str, path: &str) {
        symlink(self.base.join(target), self.at(path)).unwrap();
    }

    fn fifo(&self, path: &str) {
        let mode = Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, self.at(path), FileType::Fifo, mode, 0).unwrap();
    }

    fn mode(&self, path: &str) -> u32 {
        mode(&self.at(path))
    }

    /// Every operation on a file has to fail with this message, and change nothing.
    fn refuses(&self, path: &str, message: &str) {
        let before = self.snapshot();
        assert_refused(self.root.read(path).map(drop), message);
        assert_refused(self.root.write(path, b"new", true), message);
        assert_refused(self.root.restrict(path), message);
        assert_refused(self.root.remove(path), message);
        assert_eq!(self.snapshot(), before);
    }

    /// Every path, with its mode, and its content where it is a file.
    fn snapshot(&self) -> Vec<(PathBuf, u32, String)> {
        let mut found = Vec::new();
        let mut waiting = vec![self.base.clone()];
        while let Some(path) = waiting.pop() {
            let metadata = fs::symlink_metadata(&path).unwrap();
            let mut content = String::new();
            if metadata.is_dir() {
                let entries = fs::read_dir(&path).unwrap();
                waiting.extend(entries.map(|entry| entry.unwrap().path()));
            } else if metadata.is_file() {
                content = fs::read_to_string(&path).unwrap();
            }
            found.push((path, metadata.permissions().mode(), content));
        }
        found.sort();
        found
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.base);
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn assert_refused(result: io::Result<()>, message: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn written_files_are_read_and_listed() {
    let tree = Tree::new();
    tree.root.write("b/c/two", b"2", false).unwrap();
    tree.root.write("b.yaml", b"3", false).unwrap();
    tree.root.write("a", b"1", false).unwrap();
    tree.root.write("a", b"one", false).unwrap();
    assert_eq!(tree.root.read("a").unwrap().unwrap().bytes, b"one");
    assert_eq!(tree.root.list("").unwrap(), ["a", "b.yaml", "b/c/two"]);
    assert_eq!(tree.root.list("b").unwrap(), ["b/c/two"]);
    assert_eq!(tree.root.list("b/c").unwrap(), ["b/c/two"]);
}

#[test]
fn what_is_not_there_is_none() {
    let tree = Tree::new();
    tree.root.write("a/file", b"", false).unwrap();
    assert!(tree.root.read("file").unwrap().is_none());
    assert!(tree.root.read("a/b/file").unwrap().is_none());
    assert!(tree.root.list("b").unwrap().is_empty());
    assert!(tree.root.list("a/b").unwrap().is_empty());
    tree.root.sweep("b").unwrap();
    assert!(Root::open(&tree.at("nowhere")).unwrap().is_none());
    for result in [tree.root.restrict("x/y"), tree.root.remove("x/y")] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().starts_with("`x/y`: "), "{error}");
    }
}

#[test]
fn the_root_may_be_a_link_and_may_be_missing() {
    let tree = Tree::new();
    tree.link("out", "loop");
    let linked = Root::open(&tree.at("loop")).unwrap().unwrap();
    linked.write("a", b"", false).unwrap();
    assert!(tree.at("a").exists());
    Root::create(&tree.at("loop/x/y")).unwrap();
    assert_eq!(tree.mode("x/y") & 0o700, 0o700);
    tree.link("nowhere", "dangling");
    assert!(Root::open(&tree.at("dangling")).unwrap().is_none());
    assert!(Root::create(&tree.at("dangling")).is_err());
    assert!(Root::open(&tree.at("a")).is_err());
}

#[test]
fn secrets_are_for_their_owner_only() {
    let tree = Tree::new();
    let umask = 0o666
        & !{
            fs::write(tree.base.join("plain"), "").unwrap();
            mode(&tree.base.join("plain"))
        };
    tree.root.write("open", b"", false).unwrap();
    assert_eq!(tree.mode("open"), 0o644 & !umask);
    tree.root.write("secret", b"", true).unwrap();
    assert_eq!(tree.mode("secret"), 0o600);
    tree.root.write("open", b"", true).unwrap();
    assert_eq!(tree.mode("open"), 0o600);
    assert_eq!(tree.root.read("secret").unwrap().unwrap().mode, 0o600);
}

#[test]
fn a_file_can_be_restricted() {
    let tree = Tree::new();
    tree.root.write("a/file", b"kept", false).unwrap();
    fs::set_permissions(tree.at("a/file"), Permissions::from_mode(0o4666)).unwrap();
    assert_eq!(tree.root.read("a/file").unwrap().unwrap().mode, 0o4666);
    tree.root.restrict("a/file").unwrap();
    let found = tree.root.read("a/file").unwrap().unwrap();
    assert_eq!((found.bytes.as_slice(), found.mode), (&b"kept"[..], 0o600));
}

#[test]
fn leftovers_are_not_listed_and_are_swept() {
    let tree = Tree::new();
    tree.root.write("a/b/file", b"", false).unwrap();
    for left in [
        ".x.cnpg-stack-tmp",
        "a/.x.cnpg-stack-tmp",
        "a/b/.x.cnpg-stack-tmp",
    ] {
        fs::write(tree.at(left), "half").unwrap();
    }
    // Too much like one to be swept away.
    let others = [
        "a/..cnpg-stack-tmp",
        "a/x.cnpg-stack-tmp",
        "a/.x.cnpg-stack-tmp.yaml",
    ];
    for other in others {
        fs::write(tree.at(other), "").unwrap();
    }
    let mut listed = others.map(str::to_owned).to_vec();
    listed.push("a/b/file".to_owned());
    listed.sort();
    assert_eq!(tree.root.list("").unwrap(), listed);
    tree.root.sweep("a").unwrap();
    assert!(tree.at(".x.cnpg-stack-tmp").exists());
    assert!(!tree.at("a/.x.cnpg-stack-tmp").exists());
    assert!(!tree.at("a/b/.x.cnpg-stack-tmp").exists());
    tree.root.sweep("").unwrap();
    assert!(!tree.at(".x.cnpg-stack-tmp").exists());
    assert_eq!(tree.root.list("").unwrap(), listed);
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let tree = Tree::new();
    fs::create_dir(tree.at("target")).unwrap();
    let before = tree.snapshot();
    // As if the target had become a directory after it was looked at: the temporary
    // file is complete, and the rename fails. It fails for root too.
    let (_, name) = step::file("target").unwrap();
    let mode = Mode::from_raw_mode(0o600);
    let error = at::replace(&tree.root.directory, name, b"new", mode).unwrap_err();
    assert!(error.to_string().starts_with("`target`: "), "{error}");
    assert_eq!(tree.snapshot(), before);
    // The name fits, that of the temporary file does not.
    let long = "x".repeat(250);
    assert!(tree.root.write(&long, b"new", true).is_err());
    assert_eq!(tree.snapshot(), before);
}

#[test]
fn a_failed_write_keeps_the_old_file() {
    let tree = Tree::new();
    tree.root.write("a", b"old", false).unwrap();
    fs::create_dir(tree.at(".a.cnpg-stack-tmp")).unwrap();
    let before = tree.snapshot();
    assert!(tree.root.write("a", b"new", true).is_err());
    assert_eq!(tree.snapshot(), before);
}

#[test]
fn removing_takes_empty_directories_along() {
    let tree = Tree::new();
    for path in ["a/b/c/one", "a/b/c/two", "a/three"] {
        tree.root.write(path, b"", false).unwrap();
    }
    tree.root.remove("a/b/c/one").unwrap();
    assert!(tree.at("a/b/c/two").exists());
    tree.root.remove("a/b/c/two").unwrap();
    assert!(!tree.at("a/b").exists());
    tree.root.remove("a/three").unwrap();
    assert!(!tree.at("a").exists());
    assert!(tree.at("").exists());
    tree.root.write("four", b"", false).unwrap();
    tree.root.remove("four").unwrap();
    assert!(tree.at("").exists());
}

#[test]
fn only_one_has_the_lock() {
    let tree = Tree::new();
    let other = Root::open(&tree.at("")).unwrap().unwrap();
    assert!(tree.root.lock().unwrap());
    assert!(tree.root.lock().unwrap());
    assert!(!other.lock().unwrap());
    // Descriptors that came and went do not take it along.
    tree.root.write("a", b"", false).unwrap();
    tree.root.list("").unwrap();
    assert!(!other.lock().unwrap());
    drop(Root::open(&tree.at("")).unwrap());
    assert!(!other.lock().unwrap());
    let again = Root::create(&tree.at("")).unwrap();
    assert!(!again.lock().unwrap());
}

#[test]
fn the_lock_goes_with_its_holder() {
    let tree = Tree::new();
    let holder = Root::open(&tree.at("")).unwrap().unwrap();
    assert!(holder.lock().unwrap());
    assert!(!tree.root.lock().unwrap());
    drop(holder);
    assert!(tree.root.lock().unwrap());
}

#[test]
fn threads_write_at_once() {
    let tree = Tree::new();
    let path = |thread: usize, file: usize| format!("a/{}/b/{thread}-{file}", file % 3);
    thread::scope(|scope| {
        for thread in 0..8 {
            let root = &tree.root;
            scope.spawn(move || {
                for file in 0..12 {
                    let path = path(thread, file);
                    root.write(&path, path.as_bytes(), file % 2 == 0).unwrap();
                }
            });
        }
    });
    let listed = tree.root.list("a").unwrap();
    assert_eq!(listed.len(), 8 * 12);
    for path in &listed {
        let found = tree.root.read(path).unwrap().unwrap();
        assert_eq!(found.bytes, path.as_bytes());
    }
    thread::scope(|scope| {
        for half in listed.chunks(24) {
            let root = &tree.root;
            scope.spawn(move || half.iter().for_each(|path| root.remove(path).unwrap()));
        }
    });
    assert_eq!(fs::read_dir(tree.at("")).unwrap().count(), 0);
}

#[test]
fn a_deep_tree_is_listed_and_swept() {
    let tree = Tree::new();
    let deep = "d/".repeat(300);
    tree.root
        .write(&format!("{deep}.x.cnpg-stack-tmp"), b"", false)
        .unwrap();
    tree.root.sweep("").unwrap();
    assert!(tree.root.list("").unwrap().is_empty());
    tree.root.write(&format!("{deep}file"), b"", false).unwrap();
    assert_eq!(tree.root.list("").unwrap(), [format!("{deep}file")]);
    tree.root.remove(&format!("{deep}file")).unwrap();
    assert!(!tree.at("d").exists());
}
