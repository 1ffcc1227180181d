//! What to do about each code, for somebody who meets it at night: `explain codes` and
//! `docs/reference/codes.md` print it beside the meaning.

use super::{Code, Severity};

mod values;

impl Code {
    /// How much a message with this code matters; it is the same wherever the code is reported.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.row().1
    }

    /// What to do: the usual cause, how to find it, how to put it right.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.row().2
    }

    /// A test holds that every code has its row.
    fn row(self) -> (Self, Severity, &'static str) {
        let mut rows = ROWS.iter().chain(values::ROWS).copied();
        let found = rows.find(|(code, ..)| *code == self);
        found.unwrap_or((self, Severity::Error, ""))
    }
}

/// Severity and remedy of each code about files, fields and names; those about values are in [`values`].
const ROWS: &[(Code, Severity, &str)] = &[
    (
        Code::MissingConfig,
        Severity::Error,
        "List the stack's file under `generators:` or `transformers:` of the kustomization.yaml, name it as `configPath` in \
         the Kptfile, or pass it with `--fn-config`. To try it without an orchestrator use `cnpg-stack render -f stack.yaml \
         -o DIR`.",
    ),
    (
        Code::WrongKind,
        Severity::Error,
        "The file must say `apiVersion: cnpgstack.io/v1alpha1` and `kind: CnpgStack`. Check that the orchestrator was given \
         the stack's file and not another one; the message shows what it was given.",
    ),
    (
        Code::UnreadableConfig,
        Severity::Error,
        "The message says what the parser met, with a line and a column where it knows them; look for tabs, a missing space \
         behind a colon, quotes that do not end, and the same key twice.",
    ),
    (
        Code::UnreadableItem,
        Severity::Error,
        "The message names the item by its position or by kind and name. Correct the YAML of the file it came from, or keep \
         the file out of the package; an item that has nothing to do with the stack is not looked into.",
    ),
    (
        Code::UnreadableFile,
        Severity::Error,
        "The message names the path. `render` follows no symbolic link below the output directory: put a real directory or \
         file in its place, and check who owns it and its mode. For `.sops.yaml` correct the rule that the message names.",
    ),
    (
        Code::ForeignFile,
        Severity::Error,
        "Find out whose file it is: it lacks the annotation `cnpgstack.io/stack`, or carries another stack's. Move it away, \
         or give the stack directories of its own with `output.basePath` and `output.day2Path`.",
    ),
    (
        Code::StaleFile,
        Severity::Warning,
        "Look at the file, make sure that nothing else uses it, and run `render` again with `--prune`. The objects in the \
         cluster are removed by whoever applies the files, not by this program.",
    ),
    (
        Code::TwoStacks,
        Severity::Error,
        "The message names both. Delete one of the documents, or give it another `namespace`; to add a database to a \
         namespace, add it to the stack that is there.",
    ),
    (
        Code::UnknownField,
        Severity::Error,
        "Take the spelling that the message suggests; `cnpg-stack explain fields` lists all fields. A field at the wrong \
         depth is the usual cause when the spelling is right: look at the indentation.",
    ),
    (
        Code::WrongType,
        Severity::Error,
        "The message says which type is wanted. A string that YAML reads as a number or a boolean, such as a version or `on`, \
         needs quotes; a list of one entry still needs its dash or brackets.",
    ),
    (
        Code::InvalidValue,
        Severity::Error,
        "Take one of the values that the message lists, or the form that it describes. `cnpg-stack explain fields PATH` shows \
         what the field takes.",
    ),
    (
        Code::MissingField,
        Severity::Error,
        "Set the field that the message names, or the one that it offers in its place. `cnpg-stack explain fields PATH` says \
         what belongs there.",
    ),
    (
        Code::Conflict,
        Severity::Error,
        "The message names the other field, entry or object. Keep the one that is meant and take the other out; a setting \
         that would have no effect is refused so that nobody relies on it.",
    ),
    (
        Code::DuplicateEntry,
        Severity::Error,
        "Merge the two entries into one, or change what tells them apart. All permissions of a user in a database belong in \
         one entry of `databases`.",
    ),
    (
        Code::InvalidName,
        Severity::Error,
        "Use lower-case letters, digits and dashes, within the length that the message gives; without `clusterName`, `namespace` \
         has at most 42 characters, because the Cluster's name is made from it. Take the proposed name only if nothing exists \
         under the old one: another name is another object.",
    ),
    (
        Code::InvalidLabel,
        Severity::Error,
        "A label value has at most 63 letters, digits, `-`, `_` and `.`, and starts and ends with a letter or digit; a key \
         may have a DNS prefix before a slash. Long texts belong in annotations.",
    ),
    (
        Code::ReservedLabel,
        Severity::Error,
        "Use a key of your own, with a prefix that you own, such as `example.com/team`. The labels of CNPG, Argo CD, Flux and \
         Kubernetes decide which object belongs to whom, so setting them by hand breaks selection and pruning.",
    ),
    (
        Code::InvalidIdentifier,
        Severity::Error,
        "PostgreSQL takes at most 63 bytes and keeps names such as `postgres`, `template1`, `streaming_replica` and those \
         that start with `pg_` for itself. Choose another name; for an existing database rename it in PostgreSQL first.",
    ),
];
