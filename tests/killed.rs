//! A render that is killed at any moment leaves every file old or new, and the next one finishes the work.
//!
//! Several stacks are rendered from an earlier tree, in which every file with a secret and many others
//! are different, and the process is killed at fifty moments: some of the whole time that it takes, most
//! of the short time in which it writes. What is left is looked at file by file. Encrypted files are
//! other ones in each run, so these are opened.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a broken set-up ends the test, and how many kills hit is worth knowing"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{fixture, sealed, tree};

/// How many runs are killed.
const KILLS: u32 = 50;
/// How many stacks are rendered at once.
const STACKS: usize = 5;
/// The output directory.
const OUT: &str = "out";

/// What a tree holds, by path: an encrypted file by what is in it.
type Content = BTreeMap<String, Vec<u8>>;

#[test]
fn plain_files_are_old_or_new() {
    killed("killed-plain", "mode: never");
}

#[test]
fn encrypted_files_are_old_or_new() {
    killed("killed-encrypted", &format!("age: [{}]", sealed::RECIPIENT));
}

fn killed(name: &str, secrets: &str) {
    let work = tree::fresh(name);
    for version in ["old", "new"] {
        fs::write(
            work.join(format!("{version}.yaml")),
            stacks(version, secrets),
        )
        .expect("an input can be written");
        render(&work, version, version);
    }
    let mut reader = Reader::default();
    let old = reader.content(&work.join("old"));
    let new = reader.content(&work.join("new"));
    let differing = old
        .iter()
        .filter(|(path, bytes)| new.get(*path) != Some(*bytes));
    assert!(
        differing.count() > 6 * STACKS,
        "the two trees are too much alike"
    );

    // The shortest of some: a busy machine makes a run long, and the kills would come after the end.
    let durations: Vec<_> = (0..3).map(|_| durations(&work)).collect();
    let whole = durations
        .iter()
        .map(|(whole, _)| *whole)
        .min()
        .unwrap_or_default();
    let writing = durations
        .iter()
        .map(|(_, writing)| *writing)
        .min()
        .unwrap_or_default();
    let (mut failures, mut mixed) = (Vec::new(), 0);
    for number in 0..KILLS {
        reset(&work);
        run_for(&work, &moment(number, whole, writing));
        let left = reader.content(&work.join(OUT));
        mixed += u32::from(is_mixed(&left, &old) && is_mixed(&left, &new));
        failures.extend(wrong(&left, &old, &new).map(|path| format!("kill {number}: {path}")));
        render(&work, "new", OUT);
        if reader.content(&work.join(OUT)) != new {
            failures.push(format!(
                "kill {number}: the next run does not finish the work"
            ));
        }
    }
    let beside: Vec<String> = tree::read(&work)
        .into_keys()
        .filter(|path| !["old", "new", OUT].contains(&path.split('/').next().unwrap_or_default()))
        .collect();
    assert_eq!(
        beside,
        ["new.yaml", "old.yaml"],
        "something is written beside the output"
    );
    println!("{name}: {mixed} of {KILLS} runs were killed between two files");
    fixture::report(&failures);
    assert!(mixed >= 3, "the kills come at the wrong moments");
}

/// Whether a tree has another file than this one has, leftovers aside.
fn is_mixed(left: &Content, whole: &Content) -> bool {
    whole
        .iter()
        .any(|(path, bytes)| left.get(path) != Some(bytes))
}

/// When a run is killed.
enum Moment {
    /// So long after its start.
    Start(Duration),
    /// So long after its first file is there.
    Writing(Duration),
}

/// Every fifth moment is one of the whole run, the others are of the time in which it writes.
fn moment(number: u32, whole: Duration, writing: Duration) -> Moment {
    let share = random();
    if number.is_multiple_of(5) {
        return Moment::Start(whole.mul_f64(share));
    }
    Moment::Writing(writing.mul_f64(share))
}

/// A number between zero and one, another one each time.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(Instant::now());
    f64::from((bits >> 32) as u32) / f64::from(u32::MAX)
}

/// How long a run takes, and how long of that it writes.
fn durations(work: &Path) -> (Duration, Duration) {
    reset(work);
    let start = Instant::now();
    let mut child = command(work, "new", OUT)
        .spawn()
        .expect("the program starts");
    wait_for_writing(work, &mut child);
    let writing = Instant::now();
    child.wait().expect("the program can be waited for");
    (start.elapsed(), writing.elapsed())
}

/// Until the first file is a new one, or the run has ended. kustomization.yaml comes first in each stack.
fn wait_for_writing(work: &Path, child: &mut Child) {
    let file = |number| {
        work.join(OUT)
            .join(format!("s{number}/base/kustomization.yaml"))
    };
    let number = |number| fs::metadata(file(number)).map_or(0, |file| file.ino());
    let before: Vec<u64> = (0..STACKS).map(number).collect();
    while child
        .try_wait()
        .expect("the program can be waited for")
        .is_none()
    {
        if !(0..STACKS).map(number).eq(before.iter().copied()) {
            return;
        }
    }
}

/// The files that are neither old nor new. What was being written may lie beside its place.
fn wrong<'a>(
    left: &'a Content,
    old: &'a Content,
    new: &'a Content,
) -> impl Iterator<Item = String> {
    let is_leftover = |path: &str| path.ends_with(".cnpg-stack-tmp");
    let files = left.iter().filter(move |(path, _)| !is_leftover(path));
    let broken = files.filter(move |(path, bytes)| {
        old.get(*path) != Some(*bytes) && new.get(*path) != Some(*bytes)
    });
    let gone = old.keys().filter(move |path| !left.contains_key(*path));
    broken.map(|(path, _)| path).chain(gone).cloned()
}

/// Puts the old tree into the output directory.
fn reset(work: &Path) {
    let out = work.join(OUT);
    if out.exists() {
        fs::remove_dir_all(&out).expect("the output can be removed");
    }
    tree::copy(&work.join("old"), &out);
}

fn command(work: &Path, version: &str, out: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cnpg-stack"));
    command
        .args(["render", "-f", &format!("{version}.yaml"), "-o", out])
        .env_clear()
        .env("SOPS_AGE_KEY", sealed::key())
        .current_dir(work)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[track_caller]
fn render(work: &Path, version: &str, out: &str) {
    let status = command(work, version, out).status();
    assert!(status.expect("the program starts").success());
}

fn run_for(work: &Path, moment: &Moment) {
    let mut child = command(work, "new", OUT)
        .spawn()
        .expect("the program starts");
    match moment {
        Moment::Start(duration) => sleep(*duration),
        Moment::Writing(duration) => {
            wait_for_writing(work, &mut child);
            sleep(*duration);
        }
    }
    child.kill().expect("the program can be killed");
    child.wait().expect("the program can be waited for");
}

/// Reads trees, and remembers what is in an encrypted file: opening one takes a while.
#[derive(Default)]
struct Reader(BTreeMap<Vec<u8>, Vec<u8>>);

impl Reader {
    fn content(&mut self, root: &Path) -> Content {
        let files = tree::read(root).into_iter();
        files
            .map(|(path, entry)| {
                let known = self.0.entry(entry.bytes);
                let shown = known.or_insert_with_key(|bytes| sealed::shown(&path, bytes));
                (path, shown.clone())
            })
            .collect()
    }
}

/// Stacks whose files with secrets, Clusters and Databases are others in each version.
fn stacks(version: &str, secrets: &str) -> String {
    let mut text = String::new();
    for number in 0..STACKS {
        write!(
            text,
            "---\napiVersion: cnpgstack.io/v1alpha1\nkind: CnpgStack\nmetadata: {{name: shop-{number}}}\nspec:\n  \
             namespace: storefront-{number}\n  psqlVersion: \"17.5\"\n  adminUser: keeper\n  adminPassword: {version}-keeper\n  \
             customLabels: {{version: {version}}}\n  operator: {{manageConfig: false}}\n  secrets: {{{secrets}}}\n  \
             output: {{basePath: s{number}/base, day2Path: s{number}/day2}}\n  databases:\n"
        )
        .expect("a string takes everything");
        for database in 0..6 {
            writeln!(
                text,
                "  - {{database: db{database}, username: user{database}, password: {version}-user-{database}, cnpgPermissions: [connect]}}"
            )
            .expect("a string takes everything");
        }
    }
    text
}
