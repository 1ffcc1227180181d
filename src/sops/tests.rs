//! The format against itself and against a file of the real program.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

mod creation;

mod format;
mod keys;
mod lines;
mod rules;
mod tampering;

/// A throw-away key for tests. It protects nothing.
const KEY_ONE: &str = include_str!("../../tests/sops/throw-away.age");
const NOW: &str = "2026-11-22T10:56:45Z";

fn identities() -> Identities {
    Identities::parse(KEY_ONE).unwrap()
}

fn recipient() -> Recipient {
    let line = KEY_ONE
        .lines()
        .find_map(|line| line.strip_prefix("# public key: "));
    Recipient::parse(line.unwrap()).unwrap()
}

/// Another key, fresh each time.
fn stranger() -> (Recipient, Identities) {
    use age::secrecy::ExposeSecret as _;
    let identity = age::x25519::Identity::generate();
    let recipient = Recipient::parse(&identity.to_public().to_string()).unwrap();
    let text = identity.to_string();
    (recipient, Identities::parse(text.expose_secret()).unwrap())
}

fn sealed(plain: &Value, selection: &Selection, mac_only: bool) -> Value {
    seal(plain, &[recipient()], selection, mac_only, NOW).unwrap()
}

/// Documents of all shapes, with strings of all kinds.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "(data|true|ENC\\[|\n|\\\\n| |=|:|~|/){0,6}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z~/:.]{0,5}|data|\\PC{1,3}", inner, 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(
        "[a-z]{1,3}|data|stringData|[a-z]_unencrypted|\\PC{1,3}",
        value,
        0..6,
    )
    .prop_map(|entries| Value::Object(entries.into_iter().filter(|(key, _)| key != KEY).collect()))
}

fn selections() -> impl Strategy<Value = Selection> {
    prop_oneof![
        Just(Selection::everything()),
        Just(Selection::secret_data())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_sealed_opens_as_it_was(
        plain in documents(),
        selection in selections(),
        mac_only in any::<bool>(),
    ) {
        let sealed = sealed(&plain, &selection, mac_only);
        let opened = open(&sealed, &identities()).unwrap();
        prop_assert_eq!(&opened.plain, &plain);
        prop_assert_eq!(opened.decrypted, sealed_pointers(&sealed));
        let metadata = Metadata::of(&sealed).unwrap().unwrap();
        prop_assert_eq!(metadata.selection, selection);
        prop_assert_eq!(metadata.mac_only, mac_only);
    }
}
