//! The output directory against what somebody else has put there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::fs::{CWD, RenameFlags};

use super::{Tree, assert_refused, mode};

#[test]
fn a_link_in_place_of_a_file_is_not_followed() {
    let tree = Tree::new();
    fs::create_dir(tree.at("a")).unwrap();
    tree.link("victim/file", "a/file");
    tree.link("victim/missing", "a/dangling");
    tree.link("victim", "a/directory");
    symlink("self", tree.at("a/self")).unwrap();
    for name in ["file", "dangling", "directory", "self"] {
        let message = format!("`a/{name}` is a symbolic link, which is not followed");
        tree.refuses(&format!("a/{name}"), &message);
    }
}

#[test]
fn a_link_in_place_of_a_directory_is_not_followed() {
    let tree = Tree::new();
    fs::create_dir(tree.at("a")).unwrap();
    tree.link("victim", "a/b");
    tree.link("nowhere", "dangling");
    symlink("a", tree.at("inside")).unwrap();
    let because = "is a symbolic link, which is not followed";
    tree.refuses("a/b/file", &format!("`a/b` {because}"));
    tree.refuses("a/b/new/file", &format!("`a/b` {because}"));
    tree.refuses("dangling/file", &format!("`dangling` {because}"));
    tree.refuses("inside/file", &format!("`inside` {because}"));
    assert_refused(tree.root.list("a/b").map(drop), &format!("`a/b` {because}"));
    assert_refused(tree.root.sweep("a/b"), &format!("`a/b` {because}"));
}

#[test]
fn only_regular_files_are_touched() {
    let tree = Tree::new();
    fs::create_dir_all(tree.at("directory/below")).unwrap();
    tree.fifo("fifo");
    let _socket = std::os::unix::net::UnixListener::bind(tree.at("socket")).unwrap();
    for name in ["directory", "fifo", "socket"] {
        tree.refuses(name, &format!("`{name}` is not a regular file"));
    }
    tree.refuses("fifo/file", "`fifo` is not a directory");
    fs::write(tree.at("file"), "").unwrap();
    tree.refuses("file/file", "`file` is not a directory");
    assert_eq!(tree.root.list("").unwrap(), ["file"]);
}

#[test]
fn paths_stay_below_the_root() {
    let tree = Tree::new();
    for path in [
        "/",
        "/a",
        "..",
        "../victim/file",
        "a/../b",
        "a/..",
        ".",
        "./a",
        "a/.",
        "a//b",
        "a/",
    ] {
        let message = format!("`{path}` must be relative, without empty, `.` and `..` parts");
        tree.refuses(path, &message);
        assert_refused(tree.root.list(path).map(drop), &message);
        assert_refused(tree.root.sweep(path), &message);
    }
    tree.refuses("", "`` must name a file");
    tree.root.write("..a/...", b"", false).unwrap();
    assert!(tree.root.write("a\0b", b"", false).is_err());
}

#[test]
fn errors_are_one_line() {
    let tree = Tree::new();
    tree.link("victim", "a\nb");
    tree.refuses("a\nb", "`a\\nb` is a symbolic link, which is not followed");
}

#[test]
fn links_are_not_listed_and_not_swept() {
    let tree = Tree::new();
    tree.root.write("a/file", b"", false).unwrap();
    let left = tree.base.join("victim/.file.cnpg-stack-tmp");
    fs::write(&left, "").unwrap();
    tree.link("victim", "a/directory");
    tree.link("victim/file", "a/link");
    tree.link("victim/file", "a/.link.cnpg-stack-tmp");
    tree.fifo("a/fifo");
    assert_eq!(tree.root.list("").unwrap(), ["a/file"]);
    let before = tree.snapshot();
    tree.root.sweep("").unwrap();
    assert_eq!(tree.snapshot(), before);
    assert!(left.exists());
}

#[test]
fn an_old_temporary_file_is_not_written_into() {
    let tree = Tree::new();
    // Open to others, and a second name of a file elsewhere.
    fs::hard_link(tree.base.join("victim/file"), tree.at(".a.cnpg-stack-tmp")).unwrap();
    tree.link("victim/file", ".b.cnpg-stack-tmp");
    tree.fifo(".c.cnpg-stack-tmp");
    for name in ["a", "b", "c"] {
        tree.root.write(name, b"new", true).unwrap();
        assert_eq!(tree.mode(name), 0o600);
    }
    let victim = fs::read_to_string(tree.base.join("victim/file")).unwrap();
    assert_eq!(victim, "precious");
    assert_eq!(fs::read_dir(tree.at("")).unwrap().count(), 3);
}

#[test]
fn the_other_name_of_a_file_keeps_its_content() {
    let tree = Tree::new();
    fs::hard_link(tree.base.join("victim/file"), tree.at("a")).unwrap();
    tree.root.write("a", b"new", true).unwrap();
    let victim = fs::read_to_string(tree.base.join("victim/file")).unwrap();
    assert_eq!(victim, "precious");
}

/// Names swapped for links by somebody else all the while: whatever each call says, the
/// file outside is neither read nor written.
#[test]
fn swapped_names_lead_nowhere() {
    let tree = Tree::new();
    tree.root.write("a/file", b"ours", false).unwrap();
    tree.link("victim", "evil");
    let done = AtomicBool::new(false);
    // How often the directory was met, and how often the link.
    let (mut ours, mut refused) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                swap(&tree.at("a"), &tree.at("evil"));
            }
        });
        while ours < 50 || refused < 50 {
            let _ = tree.root.write("a/file", b"ours", true);
            let _ = tree.root.restrict("a/file");
            match tree.root.read("a/file") {
                Ok(Some(found)) if found.bytes == b"ours" => ours += 1,
                Ok(_) => break,
                Err(_) => refused += 1,
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(ours >= 50 && refused >= 50, "{ours} {refused}");
    let victim = tree.base.join("victim/file");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(fs::read_dir(tree.base.join("victim")).unwrap().count(), 1);
    assert_ne!(mode(&victim), 0o600);
}

fn swap(one: &Path, two: &Path) {
    rustix::fs::renameat_with(CWD, one, CWD, two, RenameFlags::EXCHANGE).unwrap();
}
