//! What the fuzz targets do with their bytes. `fuzz_targets/` feeds them from libFuzzer, `tests/fuzz.rs` of the
//! package feeds them with the corpus.
//!
//! Each target takes any bytes and says what is wrong with what the library made of them. A panic is a finding too.

pub(crate) mod change;
pub(crate) mod readers;
pub(crate) mod sops;
pub(crate) mod stack;
pub(crate) mod wire;
pub(crate) mod yaml;

/// What a target comes to: nothing, or what is wrong.
pub(crate) type Finding = Result<(), String>;

/// A target.
pub(crate) type Check = fn(&[u8]) -> Finding;

/// Every target by its name, which is also that of the directories `corpus/NAME` and `findings/NAME`.
pub(crate) const TARGETS: [(&str, Check); 4] = [
    ("wire", wire::check),
    ("stack", stack::check),
    ("sops", sops::check),
    ("yaml", yaml::check),
];

/// Says what is wrong unless something holds.
pub(crate) fn ensure(holds: bool, wrong: impl FnOnce() -> String) -> Finding {
    if holds { Ok(()) } else { Err(wrong()) }
}
