//! `completions` and `man` know every command.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be set up is a failure"
)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use clap::CommandFactory as _;
use cnpg_stack::cli::Arguments;
use support::process::{Env, binary};

/// The names of all commands, with those that they stand in: `explain`, `explain fields`.
fn commands() -> Vec<String> {
    fn collect(command: &clap::Command, before: &str, found: &mut Vec<String>) {
        for below in command.get_subcommands() {
            let name = format!("{before}{}", below.get_name());
            collect(below, &format!("{name} "), found);
            found.push(name);
        }
    }
    let mut found = Vec::new();
    collect(&Arguments::command(), "", &mut found);
    assert!(found.len() > 8, "{found:?}");
    found
}

fn printed(arguments: &[&str]) -> String {
    let run = binary(arguments, b"", &Env::new());
    assert_eq!(run.report(), "exit 0\n", "{arguments:?}");
    String::from_utf8(run.stdout).expect("text")
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]);
        for command in commands() {
            let word = command.rsplit(' ').next().expect("a command has a name");
            assert!(script.contains(word), "{shell}: {command}");
        }
    }
}

/// What bash would offer behind these words; the last one is being written.
fn offered(words: &[&str]) -> Vec<String> {
    let script = printed(&["completions", "bash"]);
    let [.., before, last] = words else {
        panic!("{words:?} has no word to complete")
    };
    let list: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let ask = format!(
        "{script}\nCOMP_WORDS=({})\nCOMP_CWORD={}\n_cnpg__stack cnpg-stack '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        list.join(" "),
        words.len() - 1,
        last,
        before,
    );
    let output = Command::new("bash").args(["--norc", "-c", &ask]).output();
    let output = output.expect("bash can be started");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn bash_offers_what_there_is() {
    assert_eq!(offered(&["cnpg-stack", "expl"]), ["explain"]);
    assert_eq!(
        offered(&["cnpg-stack", "explain", "fi"]),
        ["fields", "files"]
    );
    let codes = offered(&["cnpg-stack", "explain", "codes", "invalid-sch"]);
    assert_eq!(codes, ["invalid-schedule"]);
}

#[test]
fn the_manual_page_has_every_command() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH cnpg-stack 1"), "{page}");
    for command in commands().iter().filter(|name| !name.contains(' ')) {
        let name = format!("cnpg\\-stack\\-{command}");
        assert!(page.contains(&name), "{command}");
    }
}

#[test]
fn a_directory_gets_a_page_for_every_command() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("man/pages");
    let _ = fs::remove_dir_all(&directory);
    let shown = directory.display().to_string();
    // The second time over the pages of the first.
    for _ in 0..2 {
        assert_eq!(printed(&["man", &shown]), "");
    }
    let mut expected: Vec<String> = commands()
        .iter()
        .map(|name| format!("cnpg-stack-{}.1", name.replace(' ', "-")))
        .collect();
    expected.push("cnpg-stack.1".to_owned());
    expected.sort();
    let names = fs::read_dir(&directory).expect("the pages are there");
    let mut found: Vec<String> = names
        .map(|entry| {
            entry
                .expect("they can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    found.sort();
    assert_eq!(found, expected);
}
