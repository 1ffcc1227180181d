//! AES-256-GCM as SOPS uses it: one data key for a document, a nonce of 32 bytes for every value.

use std::fmt;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U32;
use aes_gcm::aead::rand_core::RngCore;
use aes_gcm::aead::{Aead, KeyInit, OsRng, Payload};
use aes_gcm::aes::Aes256;
use anyhow::{Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The length of keys and, against the custom of GCM, of nonces.
const LENGTH: usize = 32;
/// The length of the tag that stands apart from the data.
const TAG_LENGTH: usize = 16;

/// The key that all values of one document are encrypted with.
pub(super) struct DataKey([u8; LENGTH]);

impl DataKey {
    /// A fresh key, drawn from the operating system.
    pub(super) fn random() -> Result<Self> {
        random().map(Self)
    }

    /// The key in the payload of an age file.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The payload of an age file.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Encrypts bytes of a type, tied to a place.
    pub(super) fn encrypt(&self, kind: &str, bytes: &[u8], bound: &str) -> Result<String> {
        let nonce = random()?;
        let payload = Payload {
            msg: bytes,
            aad: bound.as_bytes(),
        };
        let mut data = self
            .cipher()
            .encrypt(&nonce.into(), payload)
            .map_err(|_| anyhow!("a value is too large to be encrypted"))?;
        let tag = data.split_off(data.len().saturating_sub(TAG_LENGTH));
        Ok(format!(
            "ENC[AES256_GCM,data:{},iv:{},tag:{},type:{kind}]",
            STANDARD.encode(data),
            STANDARD.encode(nonce),
            STANDARD.encode(tag),
        ))
    }

    /// Decrypts a value, if nobody has changed or moved it.
    pub(super) fn decrypt(&self, sealed: &Sealed<'_>, bound: &str) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: &sealed.data,
            aad: bound.as_bytes(),
        };
        self.cipher().decrypt(&sealed.nonce.into(), payload).ok()
    }

    /// The cipher with this key.
    fn cipher(&self) -> AesGcm<Aes256, U32> {
        AesGcm::new(&self.0.into())
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Random bytes from the operating system.
fn random() -> Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| anyhow!("the operating system gave no random numbers"))?;
    Ok(bytes)
}

/// An encrypted value, taken apart.
pub(super) struct Sealed<'a> {
    /// The ciphertext and, behind it, the tag.
    data: Vec<u8>,
    nonce: [u8; LENGTH],
    /// The type of the value inside.
    pub(super) kind: &'a str,
}

impl<'a> Sealed<'a> {
    /// Takes a value apart; `None` when it is not an encrypted value.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let inner = text
            .strip_prefix("ENC[AES256_GCM,data:")?
            .strip_suffix(']')?;
        let (data, rest) = inner.split_once(",iv:")?;
        let (nonce, rest) = rest.split_once(",tag:")?;
        let (tag, kind) = rest.split_once(",type:")?;
        let is_word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase());
        let mut data = STANDARD.decode(data).ok().filter(|data| !data.is_empty())?;
        let tag: [u8; TAG_LENGTH] = STANDARD.decode(tag).ok()?.try_into().ok()?;
        data.extend(tag);
        is_word.then_some(Self {
            data,
            nonce: STANDARD.decode(nonce).ok()?.try_into().ok()?,
            kind,
        })
    }
}
