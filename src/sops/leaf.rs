//! The bytes of a leaf, for the cipher and for the MAC, and the MAC itself.

use std::fmt::Write as _;

use serde_json::{Number, Value};
use sha2::{Digest, Sha256, Sha512};

/// The type and the bytes of a leaf as SOPS writes them.
///
/// Booleans are `True` and `False`, and floats never have an exponent. Integers beyond 64 bits with a
/// sign are floats to SOPS.
pub(super) fn encode(value: &Value) -> (&'static str, Vec<u8>) {
    match value {
        Value::String(text) => ("str", text.clone().into_bytes()),
        Value::Bool(true) => ("bool", b"True".to_vec()),
        Value::Bool(false) => ("bool", b"False".to_vec()),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => ("int", integer.to_string().into_bytes()),
            None => (
                "float",
                number.as_f64().unwrap_or_default().to_string().into_bytes(),
            ),
        },
        // Not leaves: the walk never hands them in.
        Value::Null | Value::Array(_) | Value::Object(_) => ("str", Vec::new()),
    }
}

/// The leaf that the decrypted bytes of a type stand for. The errors quote nothing.
pub(super) fn decode(kind: &str, bytes: Vec<u8>) -> Result<Value, &'static str> {
    let text = String::from_utf8(bytes).map_err(|_| "holds bytes that are no text")?;
    match kind {
        "str" | "bytes" | "time" => Ok(Value::String(text)),
        "int" => text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| "is no integer of 64 bits"),
        "float" => text
            .parse::<f64>()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number)
            .ok_or("is no finite number"),
        "bool" => match text.as_str() {
            "True" | "true" => Ok(Value::Bool(true)),
            "False" | "false" => Ok(Value::Bool(false)),
            _ => Err("is no boolean"),
        },
        _ => Err("is of a type that values do not have"),
    }
}

/// The running hash over the values of a document.
pub(super) struct Mac {
    hash: Sha512,
    only_encrypted: bool,
}

impl Mac {
    /// The hash over nothing. The two kinds of MAC start differently, so that one never passes for the
    /// other.
    pub(super) fn new(only_encrypted: bool) -> Self {
        let mut hash = Sha512::new();
        if only_encrypted {
            hash.update(Sha256::digest(b"sops"));
        }
        Self {
            hash,
            only_encrypted,
        }
    }

    /// Adds a readable leaf, selected for encryption or not.
    pub(super) fn add(&mut self, value: &Value, selected: bool) {
        if selected || !self.only_encrypted {
            self.hash.update(encode(value).1);
        }
    }

    /// The text that is encrypted and stored.
    pub(super) fn finish(self) -> String {
        self.hash
            .finalize()
            .iter()
            .fold(String::new(), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02X}");
                text
            })
    }
}
