//! The fuzz targets of cnpg-stack, for libFuzzer. What they do stands in `targets/`.

#![allow(
    dead_code,
    reason = "the support of the tests is taken as a whole, and a part of it is used"
)]

/// The root of the repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What the tests have for looking at documents.
#[path = "../../tests/support"]
mod support {
    pub(crate) mod admission;
    pub(crate) mod crd;
    pub(crate) mod sealed;
    pub(crate) mod stacks;
    pub(crate) mod wire;
}
mod targets;

/// Reads what takes longer than an input may.
pub fn prepare() {
    targets::stack::crds();
}

/// Runs one target.
///
/// # Panics
///
/// If it has a finding.
pub fn run(target: &str, bytes: &[u8]) {
    let check = targets::TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .map(|(_, check)| check);
    if let Err(wrong) = check.expect("a target of that name")(bytes) {
        panic!("{target}: {wrong}");
    }
}
