//! What is written, and what the real program has written.

use super::*;
use crate::krm::yaml;

#[test]
fn a_file_of_the_real_program_opens() {
    let file = yaml::parse(include_str!("../../../tests/sops/by-sops.yaml")).unwrap();
    let opened = open(&file, &identities()).unwrap();
    assert_eq!(
        opened.plain,
        json!({
            "apiVersion": "v1",
            "data": { "blob": "aGVsbG8=" },
            "kind": "Secret",
            "metadata": { "labels": { "app": "shop" }, "name": "shop-db" },
            "stringData": {
                "answer": 42,
                "default": true,
                "empty": "",
                "list": ["first", { "key": "second" }],
                "moment": "2024-01-02T03:04:05Z",
                "password": "correct horse\nbattery staple \\n <&> ü 😀",
                "ratio": 1.5,
            },
            "type": "Opaque",
        })
    );
    assert!(opened.decrypted.contains("/stringData/list/1/key"));
    assert!(!opened.decrypted.contains("/stringData/empty"));
    assert_eq!(opened.decrypted, sealed_pointers(&file));
    assert!(!format!("{opened:?}").contains("horse"));
}

#[test]
fn the_metadata_is_what_the_real_program_writes() {
    let (other, _) = stranger();
    let both = [recipient(), other.clone(), recipient()];
    let sealed = seal(
        &json!({"data": "x"}),
        &both,
        &Selection::secret_data(),
        true,
        NOW,
    )
    .unwrap();
    let block = sealed["sops"].as_object().unwrap();
    let keys: Vec<_> = block.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "age",
            "encrypted_regex",
            "lastmodified",
            "mac",
            "mac_only_encrypted",
            "version"
        ]
    );
    let metadata = Metadata::of(&sealed).unwrap().unwrap();
    let expected = [recipient(), other].map(|recipient| recipient.to_string());
    assert_eq!(metadata.recipients, expected.into());
    assert_eq!(block["age"].as_array().unwrap().len(), 2);
    assert!(block["age"][0]["recipient"].as_str() < block["age"][1]["recipient"].as_str());
    assert!(
        block["age"][0]["enc"]
            .as_str()
            .unwrap()
            .ends_with("-----END AGE ENCRYPTED FILE-----\n")
    );
}

#[test]
fn two_seals_share_nothing() {
    let plain = json!({"a": "same", "b": "same"});
    let [one, two] = [(); 2].map(|()| sealed(&plain, &Selection::everything(), false));
    assert_ne!(one["a"], two["a"]);
    assert_ne!(one["sops"]["mac"], two["sops"]["mac"]);
}

#[test]
fn what_cannot_be_sealed_is_refused() {
    let all = Selection::everything();
    let refused = |plain: Value, recipients: &[Recipient], now: &str| {
        seal(&plain, recipients, &all, false, now)
            .unwrap_err()
            .to_string()
    };
    let us = [recipient()];
    assert!(refused(json!(["x"]), &us, NOW).contains("only a map"));
    assert!(refused(json!({"sops": 1}), &us, NOW).contains("already"));
    assert!(refused(json!({"a": "x"}), &[], NOW).contains("nobody"));
    assert!(refused(json!({"a": [u64::MAX]}), &us, NOW).contains("/a/0"));
    for now in [
        "",
        "2026-11-22",
        "2026-11-22T10:56:45+00:00",
        "2026-11-22T10:56:45.5Z",
    ] {
        assert!(
            refused(json!({"a": "x"}), &us, now).contains("time"),
            "{now}"
        );
    }
}

#[test]
fn pointers_escape_keys() {
    let document = json!({"a/b~c": ["x", "", null, 1], "sops": {"x": "y"}});
    let expected = ["/a~1b~0c/0", "/a~1b~0c/3"].map(str::to_owned);
    assert_eq!(readable_pointers(&document), expected.into());
    assert!(sealed_pointers(&document).is_empty());
}

#[test]
fn only_well_formed_values_are_sealed() {
    let document = sealed(&json!({"a": "x"}), &Selection::everything(), false);
    let text = document["a"].as_str().unwrap();
    assert!(is_sealed(text));
    for broken in [
        format!("{text}\n"),
        format!(" {text}"),
        text.replace("iv:", "iv:A"),
        text.replace(",tag:", ",tag:,tag:"),
        text.replace("type:str", "type:"),
        "ENC[AES256_GCM,data:,iv:,tag:,type:str]".to_owned(),
    ] {
        assert!(!is_sealed(&broken), "{broken}");
    }
}

#[test]
fn keys_of_other_kinds_are_named() {
    let document = json!({"a": "x", "sops": {
        "pgp": [{"fp": "ABCD", "enc": "..."}],
        "kms": [{"arn": "arn:aws:kms:1", "enc": "..."}],
        "gcp_kms": [{"resource_id": "projects/p"}],
        "azure_kv": [{"vault_url": "https://v", "name": "n", "version": "1"}],
        "hc_vault": [{"vault_address": "https://v", "engine_path": "transit", "key_name": "k"}],
        "hckms": [{"key_id": "r:k"}],
        "age": null, "mac": "m", "lastmodified": NOW,
    }});
    let metadata = Metadata::of(&document).unwrap().unwrap();
    let named: Vec<_> = metadata
        .other_keys
        .values()
        .flatten()
        .map(String::as_str)
        .collect();
    assert_eq!(
        named,
        [
            "https://v/keys/n/1",
            "projects/p",
            "https://v/v1/transit/keys/k",
            "r:k",
            "arn:aws:kms:1",
            "ABCD"
        ]
    );
    assert_eq!(metadata.groups, 1);
    let fault = open(&document, &identities()).unwrap_err();
    assert_eq!(
        fault,
        Fault::NoIdentity {
            recipients: [].into(),
            other_keys: true
        }
    );
    assert!(fault.to_string().contains("other kinds"));
}

#[test]
fn several_key_groups_are_not_opened() {
    let mut document = sealed(&json!({"a": "x"}), &Selection::everything(), false);
    let age = document["sops"]["age"].take();
    document["sops"]["key_groups"] = json!([{"age": age}]);
    assert!(open(&document, &identities()).is_ok());
    document["sops"]["key_groups"] = json!([{"age": age}, {"pgp": [{"fp": "AB"}]}]);
    document["sops"]["shamir_threshold"] = json!(2);
    assert_eq!(Metadata::of(&document).unwrap().unwrap().groups, 2);
    assert_eq!(open(&document, &identities()), Err(Fault::KeyGroups));
}

#[test]
fn unreadable_metadata_is_a_fault() {
    assert!(Metadata::of(&json!({"a": "x"})).is_none());
    assert!(Metadata::of(&json!({"sops": "x"})).is_none());
    assert!(matches!(
        open(&json!({"a": "x"}), &identities()),
        Err(Fault::Metadata(_))
    ));
    for block in [
        json!({}),
        json!({"age": "x"}),
        json!({"age": ["x"]}),
        json!({"age": [{"recipient": 1}]}),
        json!({"age": [{"enc": "x"}], "mac": 1}),
        json!({"age": [{"enc": "x"}], "mac_only_encrypted": "maybe"}),
        json!({"age": [{"enc": "x"}], "encrypted_regex": "("}),
        json!({"age": [{"enc": "x"}], "encrypted_comment_regex": "x"}),
        json!({"key_groups": [1, 2]}),
    ] {
        let fault = open(&json!({"a": "x", "sops": block}), &identities()).unwrap_err();
        assert!(matches!(fault, Fault::Metadata(_)), "{fault:?}");
    }
}

#[test]
fn json_is_printed_as_go_prints_it() {
    let value = json!({
        "a": [], "b": {}, "c": [1, [true, null]], "d": "<a & b>\u{2028}\u{7f}\u{1}\u{8}\t\"\\ü😀",
        "e": {"f<": 1.0}, "g": [1e-7, 1.5e21, 1e20, -0.0, 0.1, 12_345_678_901_i64],
    });
    let text = json::write(&value);
    assert_eq!(
        text,
        "{\n\t\"a\": [],\n\t\"b\": {},\n\t\"c\": [\n\t\t1,\n\t\t[\n\t\t\ttrue,\n\t\t\tnull\n\t\t]\n\t],\n\
         \t\"d\": \"\\u003ca \\u0026 b\\u003e\\u2028\u{7f}\\u0001\\b\\t\\\"\\\\ü😀\",\n\
         \t\"e\": {\n\t\t\"f\\u003c\": 1\n\t},\n\
         \t\"g\": [\n\t\t1e-7,\n\t\t1.5e+21,\n\t\t100000000000000000000,\n\t\t-0,\n\t\t0.1,\n\t\t12345678901\n\t]\n}\n"
    );
}
