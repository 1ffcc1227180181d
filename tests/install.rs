//! `install`: the program copies itself.

#![expect(
    clippy::expect_used,
    reason = "a directory that cannot be made ends the test"
)]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use support::process::{Env, Run, binary_in, communicate};
use support::tree::{self, Tree};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_cnpg-stack");
/// What an older copy holds here.
const OLDER: &[u8] = b"an older version\n";

/// Runs `install bin` in a directory.
fn install(work: &Path) -> Run {
    binary_in(work, &["install", "bin"], &Env::new())
}

/// Runs `install bin` behind the arguments of another program, which ends by starting ours.
fn install_by(work: &Path, program: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new(program);
    command
        .current_dir(work)
        .args(arguments)
        .args([PROGRAM, "install", "bin"]);
    let output = communicate(command, "");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A working directory with an older copy.
fn with_older(name: &str) -> std::path::PathBuf {
    let work = tree::fresh(name);
    tree::write(&work, "bin/cnpg-stack", OLDER);
    work
}

/// The run said this, on standard error alone.
#[track_caller]
fn assert_said(run: &Run, code: i32, said: &str) {
    assert_eq!(run.report(), format!("exit {code}\n{said}\n"));
    assert!(run.stdout.is_empty(), "something is on standard output");
}

/// The directory holds the program, for everybody to run, and nothing else.
#[track_caller]
fn assert_installed(work: &Path) {
    let found = tree::read(&work.join("bin"));
    assert_eq!(found.keys().collect::<Vec<_>>(), ["cnpg-stack"]);
    let copy = found.values().next().expect("there is one");
    assert!((copy.mode, copy.link) == (0o755, false), "{:o}", copy.mode);
    let same = copy.bytes == fs::read(PROGRAM).expect("the program is there");
    assert!(same, "the copy differs");
}

fn said(what: &str) -> String {
    format!(
        "bin/cnpg-stack: version {} {what}",
        env!("CARGO_PKG_VERSION")
    )
}

#[test]
fn a_copy_runs_and_can_copy_itself() {
    let work = tree::fresh("install-copy");
    assert_said(
        &binary_in(&work, &["install", "volume/tools/bin"], &Env::new()),
        0,
        &format!("volume/tools/{}", said("installed")),
    );
    let mut copy = Command::new(work.join("volume/tools/bin/cnpg-stack"));
    copy.current_dir(&work).args(["install", "bin"]);
    let output = communicate(copy, "");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        said("installed") + "\n"
    );
    assert_installed(&work);
}

#[test]
fn the_umask_does_not_reach_the_copy() {
    let work = tree::fresh("install-umask");
    let run = install_by(&work, "sh", &["-c", "umask 077; exec \"$@\"", "sh"]);
    assert_said(&run, 0, &said("installed"));
    assert_installed(&work);
}

#[test]
fn a_second_time_there_is_nothing_to_do() {
    let work = tree::fresh("install-twice");
    install(&work);
    let before = tree::read(&work);
    assert_said(&install(&work), 0, &said("is there already"));
    assert_eq!(tree::read(&work), before, "the copy was written anew");
}

#[test]
fn permissions_of_a_copy_are_put_right() {
    let work = tree::fresh("install-mode");
    install(&work);
    let copy = work.join("bin/cnpg-stack");
    fs::set_permissions(copy, Permissions::from_mode(0o644)).expect("it is ours");
    assert_said(
        &install(&work),
        0,
        &said("installed in the place of another one"),
    );
    assert_installed(&work);
}

#[test]
fn a_version_that_runs_is_replaced_and_goes_on() {
    let work = tree::fresh("install-running");
    let bin = work.join("bin");
    fs::create_dir(&bin).expect("the directory is new");
    // Any other program that waits: here `cat`, under our name.
    let cat = ["/bin/cat", "/usr/bin/cat"].map(Path::new);
    let cat = cat.into_iter().find(|path| path.exists());
    fs::copy(cat.expect("there is a cat"), bin.join("cnpg-stack")).expect("it can be copied");
    let mut older = Command::new(bin.join("cnpg-stack"));
    let older = older.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut older = older.expect("the older one starts");

    assert_said(
        &install(&work),
        0,
        &said("installed in the place of another one"),
    );
    assert_installed(&work);
    assert_eq!(older.try_wait().expect("it can be asked"), None);
    drop(older.stdin.take());
    assert!(older.wait().expect("it ends").success());
}

#[test]
fn whoever_runs_from_there_installs_itself() {
    let work = tree::fresh("install-onto-itself");
    install(&work);
    let run = install_by(
        &work,
        "sh",
        &["-c", "exec bin/cnpg-stack install bin", "sh"],
    );
    assert_said(&run, 0, &said("is there already"));
    assert_installed(&work);
}

/// What is refused changes nothing.
#[track_caller]
fn assert_refused(work: &Path, run: &Run, why: &str, before: &Tree) {
    assert_said(run, 2, &format!("[error] cannot install into bin: {why}"));
    assert_eq!(&tree::read(work), before, "something was changed");
}

#[test]
fn a_link_is_not_followed() {
    let work = tree::fresh("install-link");
    tree::write(&work, "victim", OLDER);
    fs::create_dir(work.join("bin")).expect("the directory is new");
    symlink("../victim", work.join("bin/cnpg-stack")).expect("the link is new");
    let before = tree::read(&work);
    let why = "`cnpg-stack` is a symbolic link, which is not followed";
    assert_refused(&work, &install(&work), why, &before);
}

#[test]
fn a_directory_is_not_replaced() {
    let work = tree::fresh("install-directory");
    tree::write(&work, "bin/cnpg-stack/file", OLDER);
    let before = tree::read(&work);
    let why = "`cnpg-stack` is not a regular file";
    assert_refused(&work, &install(&work), why, &before);
}

#[test]
fn a_file_is_no_directory_to_install_into() {
    let work = tree::fresh("install-file");
    tree::write(&work, "bin", OLDER);
    let before = tree::read(&work);
    let why = "`bin`: File exists (os error 17)";
    assert_refused(&work, &install(&work), why, &before);
}

#[test]
fn a_directory_that_cannot_be_written_to_is_reported() {
    let work = with_older("install-unwritable");
    let bin = work.join("bin");
    fs::set_permissions(&bin, Permissions::from_mode(0o555)).expect("it is ours");
    let before = tree::read(&work);
    // root may write everywhere, unless the capability to do so is taken away.
    let is_root = fs::metadata(&bin).expect("it is there").uid() == 0;
    let run = if is_root {
        install_by(
            &work,
            "setpriv",
            &["--bounding-set=-all", "--inh-caps=-all"],
        )
    } else {
        install(&work)
    };
    fs::set_permissions(&bin, Permissions::from_mode(0o755)).expect("it is ours");
    let why = "`cnpg-stack`: Permission denied (os error 13)";
    assert_refused(&work, &run, why, &before);
}

#[test]
fn a_full_disk_leaves_the_older_copy() {
    let work = with_older("install-full");
    let before = tree::read(&work);
    // A limit on the size of files is the nearest thing that needs no file system of its own.
    let limited = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    let run = install_by(&work, "sh", &["-c", limited, "sh"]);
    let why = "`cnpg-stack`: File too large (os error 27)";
    assert_refused(&work, &run, why, &before);
}

#[test]
fn two_at_once_do_not_mix() {
    let work = with_older("install-locked");
    let before = tree::read(&work);
    let run = install_by(&work, "flock", &["bin"]);
    let why = "another cnpg-stack is at work in there; try again when it is done";
    assert_refused(&work, &run, why, &before);
}
