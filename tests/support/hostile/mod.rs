//! Inputs that nobody sends by accident, by name.

mod items;
mod lists;
mod stacks;

/// A hostile input.
pub(crate) struct Input {
    /// What it tries.
    pub name: String,
    /// Standard input.
    pub bytes: Vec<u8>,
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

/// An input of some text.
fn input(name: &str, text: impl Into<String>) -> Input {
    Input {
        name: name.to_owned(),
        bytes: text.into().into_bytes(),
    }
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
