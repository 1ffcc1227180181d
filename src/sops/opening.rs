//! From an encrypted document to a readable one.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::cipher::{DataKey, Sealed};
use super::leaf::{self, Mac};
use super::walk::{self, Place};
use super::{Fault, Identities, Metadata};

/// A document that was decrypted, and that nobody has tampered with.
#[derive(Clone, PartialEq)]
pub struct Opened {
    /// The document without its metadata.
    pub plain: Value,
    /// The JSON pointers of the values that were encrypted.
    pub decrypted: BTreeSet<String>,
}

/// Names the values and hides them.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("plain", &"(hidden)")
            .field("decrypted", &self.decrypted)
            .finish()
    }
}

/// Decrypts a document and checks its MAC.
///
/// # Errors
///
/// If the data key cannot be had, or the document is not as it left the hands of SOPS. A value that
/// should be encrypted and is not is one such fault: this is where somebody without the keys would put
/// a value of their own.
pub fn open(sealed: &Value, identities: &Identities) -> Result<Opened, Fault> {
    let (Some(entries), Some(metadata)) = (sealed.as_object(), Metadata::of(sealed)) else {
        return Err(Fault::Metadata("there is none".to_owned()));
    };
    let metadata = metadata.map_err(Fault::Metadata)?;
    let key = data_key(&metadata, identities)?;
    if metadata.mac.is_empty() {
        return Err(Fault::NoMac);
    }
    decrypt(entries, &metadata, &key)
}

/// Decrypts the data key with whichever identity can.
fn data_key(metadata: &Metadata, identities: &Identities) -> Result<DataKey, Fault> {
    if metadata.groups > 1 {
        return Err(Fault::KeyGroups);
    }
    metadata
        .data_keys
        .iter()
        .find_map(|armored| identities.unwrap_key(armored))
        .ok_or_else(|| Fault::NoIdentity {
            recipients: metadata.recipients.clone(),
            other_keys: !metadata.other_keys.is_empty(),
        })
}

/// Decrypts all values that are selected, and checks the MAC over them.
fn decrypt(
    entries: &Map<String, Value>,
    metadata: &Metadata,
    key: &DataKey,
) -> Result<Opened, Fault> {
    let mut mac = Mac::new(metadata.mac_only);
    let mut decrypted = BTreeSet::new();
    let plain = walk::rebuild(entries, &mut |place, value| {
        let selected = metadata.selection.selects(&place.keys());
        let plain = if selected && value.as_str() != Some("") {
            decrypted.insert(place.pointer().to_owned());
            decrypt_leaf(key, place, value)?
        } else {
            value.clone()
        };
        mac.add(&plain, selected);
        Ok(plain)
    })?;
    if stored_mac(metadata, key).as_deref() != Some(mac.finish().as_bytes()) {
        return Err(Fault::Mac);
    }
    Ok(Opened {
        plain: Value::Object(plain),
        decrypted,
    })
}

/// Decrypts one value.
fn decrypt_leaf(key: &DataKey, place: &Place, value: &Value) -> Result<Value, Fault> {
    let fault = |reason: &str| Fault::Leaf {
        pointer: place.pointer().to_owned(),
        reason: reason.to_owned(),
    };
    let sealed = value
        .as_str()
        .and_then(Sealed::parse)
        .ok_or_else(|| fault("must be encrypted, but is not"))?;
    let bytes = key
        .decrypt(&sealed, &place.bound())
        .ok_or_else(|| fault("does not decrypt: it was changed, or moved from another place"))?;
    leaf::decode(sealed.kind, bytes).map_err(fault)
}

/// The MAC that the metadata holds, if it was encrypted with this key and at this time.
fn stored_mac(metadata: &Metadata, key: &DataKey) -> Option<Vec<u8>> {
    let sealed = Sealed::parse(&metadata.mac)?;
    key.decrypt(&sealed, &metadata.modified)
}
