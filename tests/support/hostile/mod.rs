//! Inputs that nobody sends by accident, by name.

use std::collections::BTreeMap;

mod doors;
mod items;
mod limits;
mod lists;
mod many;
mod stacks;
mod values;
mod yaml;

/// A hostile input: standard input of the function, or what another command finds.
pub(crate) struct Input {
    /// What it tries.
    pub name: String,
    /// Standard input.
    pub bytes: Vec<u8>,
    /// The arguments; none for the function.
    pub arguments: Vec<String>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// What is in the directory that the program runs in, by path.
    pub files: Vec<(String, Thing)>,
}

/// What may stand in a directory.
pub(crate) enum Thing {
    /// A file.
    File(Vec<u8>),
    /// A symbolic link.
    Link(String),
    /// A pipe that nobody writes into.
    Pipe,
}

impl Input {
    /// An input of the function.
    pub(crate) fn function(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            bytes,
            arguments: Vec::new(),
            env: BTreeMap::new(),
            files: Vec::new(),
        }
    }

    /// An input of a command, given with its arguments.
    fn command(name: &str, arguments: &str) -> Self {
        let mut input = Self::function(name, Vec::new());
        input.arguments = arguments.split(' ').map(ToOwned::to_owned).collect();
        input
    }

    /// The same with a file beside it.
    fn file(self, path: &str, text: impl Into<Vec<u8>>) -> Self {
        self.thing(path, Thing::File(text.into()))
    }

    /// The same with something else beside it.
    fn thing(mut self, path: &str, thing: Thing) -> Self {
        self.files.push((path.to_owned(), thing));
        self
    }

    /// The same with a variable.
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Whether it is one of the function without any flag: then the items have to come out again.
    pub(crate) fn is_plain(&self) -> bool {
        self.arguments.is_empty()
    }

    /// How many secrets stand in it: what comes in goes out again.
    pub(crate) fn secrets(&self) -> usize {
        String::from_utf8_lossy(&self.bytes)
            .matches("hunter2")
            .count()
    }

    /// Everything that makes it what it is.
    pub(crate) fn key(&self) -> String {
        let files = self.files.iter().map(|(path, thing)| match thing {
            Thing::File(bytes) => format!("{path}={}", String::from_utf8_lossy(bytes)),
            Thing::Link(to) => format!("{path}>{to}"),
            Thing::Pipe => format!("{path}|"),
        });
        let files: Vec<String> = files.collect();
        let bytes = String::from_utf8_lossy(&self.bytes);
        format!("{:?} {:?} {files:?} {bytes}", self.arguments, self.env)
    }
}

/// Every input.
pub(crate) fn inputs() -> Vec<Input> {
    let tables = [
        lists::bytes(),
        lists::lists(),
        items::items(),
        items::places(),
        items::syntax(),
        items::large(),
        stacks::stacks(),
        values::values(),
        yaml::yaml(),
        many::many(),
        limits::limits(),
        doors::doors(),
    ];
    tables.into_iter().flatten().collect()
}

/// The head of a list.
const HEAD: &str = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n";

/// A `functionConfig` without mistakes.
const CONFIG: &str = "functionConfig:
  apiVersion: cnpgstack.io/v1alpha1
  kind: CnpgStack
  metadata:
    name: shop
  spec:
    namespace: storefront
    psqlVersion: \"17.5\"
    adminUser: keeper
    adminPasswordFrom: {secretRef: {name: keeper-login}}
";

/// A stack in a file of its own, with more lines in its `spec`.
fn stack(lines: &str) -> String {
    let mut text = String::new();
    for line in CONFIG.lines().skip(1).chain(lines.lines()) {
        text.push_str(line.strip_prefix("  ").unwrap_or(line));
        text.push('\n');
    }
    text
}

/// An input of some text.
fn input(name: &str, text: impl Into<String>) -> Input {
    Input::function(name, text.into().into_bytes())
}

/// A list of these items, given with their dashes.
fn with_items(name: &str, items: &str) -> Input {
    input(name, format!("{HEAD}items:\n{items}{CONFIG}"))
}

/// A list without items whose stack has more lines in its `spec`.
fn with_spec(name: &str, lines: &str) -> Input {
    input(name, format!("{HEAD}items: []\n{CONFIG}{lines}"))
}

/// Nine lists of ten aliases each, nested: a thousand million scalars.
fn bomb(indent: &str) -> String {
    let mut text = format!("{indent}a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for pair in "abcdefghi".as_bytes().windows(2) {
        let [from, to] = [pair.first(), pair.last()].map(|byte| char::from(*byte.unwrap_or(&b'a')));
        let aliases = vec![format!("*{from}"); 10].join(", ");
        text.push_str(&format!("{indent}{to}: &{to} [{aliases}]\n"));
    }
    text
}
