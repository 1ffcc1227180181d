//! psql beside a server, started by what waits for questions in its container.
//!
//! A test asks some ten questions, and `podman exec` needs twenty times the time of the psql that it starts. It may also
//! take one for ended before it has passed on what was said: a login that was refused was once seen without a word.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::server::{Run, open, run};

/// Part of what the container runs, in the directory that it shares with the tests.
///
/// Each question is a directory: its words, each ended by NUL, and its standard input; the streams and the exit code
/// come to lie beside them, the code last.
pub(super) const ANSWER: &str = r#"
mkdir -m 777 questions
mkfifo -m 622 asking
answer() {
  cd "questions/$1"
  mapfile -d '' -t words <words
  code=0
  env "${words[@]}" <stdin >stdout 2>stderr || code=$?
  echo "$code" >unfinished
  mv unfinished code
}
(
  exec 3<>asking
  mv asking ask
  while read -r number <&3; do answer "$number" 3<&- & done
) >/dev/null 2>&1 &
"#;

/// Whether a container takes questions by now.
pub(super) fn taken(directory: &Path) -> bool {
    directory.join("ask").exists()
}

/// Runs a program in a server's container: variables, its name and its arguments, as `env` has them.
pub(super) fn ask(directory: &Path, container: &str, words: &[&str], input: &str) -> Run {
    let question = put(directory, words, input);
    let code = wait(&question, container);
    let said = |stream: &str| {
        let bytes = fs::read(question.join(stream)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Run {
        code,
        stdout: said("stdout"),
        stderr: said("stderr"),
    }
}

fn put(directory: &Path, words: &[&str], input: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let question = directory.join("questions").join(number.to_string());
    fs::create_dir(&question).expect("a question has a directory");
    open(&question, 0o777);
    let words: String = words.iter().map(|word| format!("{word}\0")).collect();
    for (name, text) in [("words", words.as_str()), ("stdin", input)] {
        let file = question.join(name);
        fs::write(&file, text).expect("a question can be written");
        open(&file, 0o644);
    }
    let ask = fs::OpenOptions::new()
        .write(true)
        .open(directory.join("ask"));
    let mut ask = ask.expect("the container takes questions");
    // One write, so that those of other threads cannot come between.
    ask.write_all(format!("{number}\n").as_bytes())
        .expect("a question can be asked");
    question
}

/// The exit code; that of `podman exec` when the container is gone.
fn wait(question: &Path, container: &str) -> i32 {
    let mut looked = Instant::now();
    loop {
        if let Ok(code) = fs::read_to_string(question.join("code")) {
            return code.trim().parse().expect("an exit code is a number");
        }
        if looked.elapsed() > Duration::from_secs(5) {
            looked = Instant::now();
            let arguments = [
                "container",
                "inspect",
                "--format",
                "{{.State.Running}}",
                container,
            ];
            if run("podman", &arguments, "").stdout.trim() != "true" {
                return 125;
            }
        }
        sleep(Duration::from_millis(3));
    }
}
