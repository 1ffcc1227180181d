//! An encrypted stack that was changed without sops is refused in every door, with a word about what to
//! do, and without a word about its secrets.

use super::super::sandbox::Run;
use super::bench::{Bench, Key, assert_silent, encrypted_for, rich_inline};

const KPTFILE: &str = "\
apiVersion: kpt.dev/v1
kind: Kptfile
metadata: {name: shop}
pipeline:
  mutators:
  - {exec: cnpg-stack, configPath: stack.yaml}
";

/// The stack as sops encrypted it, the key at hand.
fn sealed(test: &str, stack: &str) -> (Bench, String) {
    let mut bench = Bench::new(test);
    let key = Key::new();
    bench.hold(&key);
    bench
        .sandbox
        .write("stack.yaml", &encrypted_for(stack, &[&key]));
    bench.encrypt_stack("stack.yaml", &[&key]);
    let text = bench.sandbox.read("stack.yaml");
    (bench, text)
}

/// Runs a stack in every door.
fn doors(bench: &Bench, stack: &str) -> [Run; 3] {
    for directory in ["generator", "package", "file"] {
        bench
            .sandbox
            .write(&format!("{directory}/stack.yaml"), stack);
    }
    bench
        .sandbox
        .write("generator/kustomization.yaml", "generators: [stack.yaml]\n");
    bench.sandbox.write("package/Kptfile", KPTFILE);
    let kpt = [
        "fn",
        "render",
        "package",
        "--allow-exec",
        "--truncate-output=false",
    ];
    [
        bench.function("generator"),
        bench.run("kpt", &kpt),
        bench.render("file/stack.yaml", "tree"),
    ]
}

/// Holds that a stack is refused in every door, about this field, and that nothing comes of it.
#[track_caller]
fn assert_refused(bench: &Bench, stack: &str, field: &str, advice: &str) {
    for run in doors(bench, stack) {
        let said = format!("{}\n{}{}", run.command, run.stdout, run.stderr);
        assert_eq!(run.code, 1, "{said}");
        let about = format!("cannot-decrypt: `{field}` ");
        let line = said.lines().find(|line| line.contains(&about));
        let line = line.unwrap_or_else(|| panic!("nothing about {field}\n{said}"));
        for part in [advice, "sops --encrypt --in-place --mac-only-encrypted"] {
            assert!(line.contains(part), "{said}");
        }
        assert_silent("a refusal", &said);
        assert!(!said.contains("kind: Secret"), "{said}");
    }
    assert!(!bench.sandbox.path("tree").exists(), "render wrote");
    let files = bench.sandbox.files("package");
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["Kptfile", "stack.yaml"]);
    assert_eq!(files["stack.yaml"], stack, "kpt changed the stack");
}

/// The lines of a text that start with a key, without their line breaks.
fn lines<'t>(text: &'t str, key: &str) -> Vec<&'t str> {
    let lines = text.lines();
    lines
        .filter(|line| line.trim_start().starts_with(key))
        .collect()
}

/// The text without a line.
fn without(text: &str, line: &str) -> String {
    replaced(text, line, "")
}

/// The text with something else in the place of a line.
#[track_caller]
fn replaced(text: &str, line: &str, by: &str) -> String {
    let line = format!("{line}\n");
    assert_eq!(text.matches(&line).count(), 1, "{line}");
    text.replace(&line, by)
}

#[test]
fn what_was_not_changed_is_taken() {
    let (bench, text) = sealed("untouched", &rich_inline());
    for run in doors(&bench, &text) {
        run.output();
    }
}

#[test]
fn a_changed_ciphertext() {
    let (bench, text) = sealed("ciphertext", &rich_inline());
    let line = lines(&text, "adminPassword:")[0];
    let (start, data) = line.split_once(",data:").expect("it is encrypted");
    let other = if data.starts_with('A') { "B" } else { "A" };
    let by = format!("{start},data:{other}{}\n", &data[1..]);
    let stack = replaced(&text, line, &by);
    assert_refused(&bench, &stack, "spec.adminPassword", "was changed");
}

/// Both values decrypt: the place of a list's entry is no part of what a value is bound to.
#[test]
fn two_values_swapped() {
    let (bench, text) = sealed("swapped", &rich_inline());
    let found = lines(&text, "password:");
    let (first, second) = (found[0], found[1]);
    let stack = replaced(&text, first, "HERE\n");
    let stack = replaced(&stack, second, &format!("{first}\n"));
    let stack = stack.replace("HERE\n", &format!("{second}\n"));
    assert_refused(&bench, &stack, "sops", "swapped with another");
}

/// Of a field that is required, and of one that is not.
#[test]
fn a_removed_value() {
    let (bench, text) = sealed("removed", &rich_inline());
    let password = lines(&text, "password:")[1];
    let stack = without(&text, password);
    assert_refused(&bench, &stack, "sops", "removed");
    let by = password.split_once("password:").expect("the key").0;
    let by = format!("{by}passwordFrom: {{secretRef: {{name: of-somebody-else}}}}\n");
    let stack = replaced(&text, password, &by);
    assert_refused(&bench, &stack, "sops", "removed");
}

#[test]
fn plaintext_in_the_place_of_ciphertext() {
    let (bench, text) = sealed("plaintext", &rich_inline());
    let line = lines(&text, "adminPassword:")[0];
    for value in ["billing-password", "''", "123", "true", "null"] {
        let by = format!("    adminPassword: {value}\n");
        let stack = replaced(&text, line, &by);
        // What SOPS itself would not encrypt is gone to the MAC.
        let field = match value {
            "''" | "null" => "sops",
            _ => "spec.adminPassword",
        };
        for run in doors(&bench, &stack) {
            let said = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(run.code, 1, "{said}");
            let about = format!("cannot-decrypt: `{field}` ");
            assert!(said.contains(&about), "{value}\n{said}");
            assert!(said.contains("sops --encrypt"), "{said}");
            assert!(!said.contains("billing-password"), "{said}");
        }
    }
}

#[test]
fn no_mac() {
    let (bench, text) = sealed("no-mac", &rich_inline());
    let mac = lines(&text, "mac:")[0];
    assert_refused(&bench, &without(&text, mac), "sops", "has no MAC");
    let stack = replaced(&text, mac, "    mac: ''\n");
    assert_refused(&bench, &stack, "sops", "has no MAC");
    let password = lines(&text, "password:")[0].replace("password:", "mac:");
    let stack = replaced(&text, mac, &format!("    {}\n", password.trim()));
    assert_refused(&bench, &stack, "sops", "does not match");
}

#[test]
fn no_mac_only_encrypted() {
    let (bench, text) = sealed("no-mac-only", &rich_inline());
    let line = lines(&text, "mac_only_encrypted:")[0];
    assert_refused(&bench, &without(&text, line), "sops", "alphabetical order");
    let stack = replaced(&text, line, "    mac_only_encrypted: false\n");
    assert_refused(&bench, &stack, "sops", "alphabetical order");
}

/// sops takes the values in the order of the file, and kustomize sorts the file.
#[test]
fn keys_that_are_not_in_alphabetical_order() {
    let stack = rich_inline();
    let start = stack.find("  registry:\n").expect("there is a registry");
    let (before, registry) = stack.split_at(start);
    let unsorted = before.replace("spec:\n", &format!("spec:\n{registry}"));
    let (bench, text) = sealed("unsorted", &unsorted);
    bench.decrypt("stack.yaml");
    assert_refused(&bench, &text, "sops", "alphabetical order");
}

/// The `sops` map is gone, and the values are taken for passwords: nobody would know them.
#[test]
fn no_metadata() {
    let (bench, text) = sealed("no-metadata", &rich_inline());
    let (stack, _) = text.split_once("\nsops:\n").expect("there is metadata");
    for run in doors(&bench, &format!("{stack}\n")) {
        let said = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, 1, "{said}");
        assert!(said.contains("`spec.adminPassword`"), "{said}");
        assert!(!said.contains("ENC["), "{said}");
    }
}
