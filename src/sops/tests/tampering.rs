//! Nothing that the format protects can be changed without the keys.

use super::*;

/// A document with two values that are tied to the same place.
fn document(mac_only: bool) -> Value {
    let plain = json!({
        "data": { "a": "one", "list": ["first", "second"], "z": "last" },
        "kind": "Secret",
    });
    sealed(&plain, &Selection::secret_data(), mac_only)
}

/// The fault after a change of the document, for both kinds of MAC.
fn faults(change: impl Fn(&mut Value)) -> [Fault; 2] {
    [false, true].map(|mac_only| {
        let mut document = document(mac_only);
        assert!(open(&document, &identities()).is_ok());
        change(&mut document);
        open(&document, &identities()).unwrap_err()
    })
}

fn pointer_of(fault: &Fault) -> &str {
    match fault {
        Fault::Leaf { pointer, .. } => pointer,
        fault => panic!("{fault:?}"),
    }
}

/// Changes a character of the ciphertext, and keeps it well-formed.
fn flip(value: &mut Value, before: &str) {
    let text = value.as_str().unwrap();
    let at = text.find(before).unwrap() + before.len();
    let other = if text[at..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
    assert!(is_sealed(&changed));
    *value = changed.into();
}

#[test]
fn a_changed_value_is_noticed() {
    for before in ["data:", "iv:", "tag:"] {
        for fault in faults(|document| flip(&mut document["data"]["list"][1], before)) {
            assert_eq!(pointer_of(&fault), "/data/list/1");
        }
    }
}

#[test]
fn a_changed_type_is_no_string() {
    for kind in ["int", "float", "bool", "comment", "zebra"] {
        for fault in faults(|document| {
            let value = document["data"]["a"].as_str().unwrap();
            document["data"]["a"] = value.replace("type:str", &format!("type:{kind}")).into();
        }) {
            assert_eq!(pointer_of(&fault), "/data/a");
            assert!(!fault.to_string().contains("one"), "{fault}");
        }
    }
}

#[test]
fn swapped_items_of_a_list_are_noticed() {
    let swap = |document: &mut Value| document["data"]["list"].as_array_mut().unwrap().swap(0, 1);
    assert_eq!(faults(swap), [Fault::Mac, Fault::Mac]);
}

#[test]
fn a_value_from_another_key_is_noticed() {
    for fault in faults(|document| document["data"]["a"] = document["data"]["z"].clone()) {
        assert_eq!(pointer_of(&fault), "/data/a");
    }
}

#[test]
fn a_value_from_another_document_is_noticed() {
    let other = document(true);
    for fault in faults(|document| document["data"]["a"] = other["data"]["a"].clone()) {
        assert_eq!(pointer_of(&fault), "/data/a");
    }
}

#[test]
fn a_removed_value_is_noticed() {
    let all: [fn(&mut Value); 4] = [
        |document| drop(document["data"].as_object_mut().unwrap().remove("z")),
        |document| document["data"]["z"] = "".into(),
        |document| document["data"]["z"] = Value::Null,
        |document| drop(document["data"]["list"].as_array_mut().unwrap().pop()),
    ];
    for remove in all {
        assert_eq!(faults(remove), [Fault::Mac, Fault::Mac]);
    }
}

#[test]
fn a_readable_value_is_not_taken_for_an_encrypted_one() {
    for value in [
        json!("mine"),
        json!(1),
        json!(false),
        json!("ENC[AES256_GCM,data:YQ==]"),
    ] {
        for fault in faults(|document| document["data"]["list"][0] = value.clone()) {
            assert_eq!(pointer_of(&fault), "/data/list/0");
            assert!(!fault.to_string().contains("mine"), "{fault}");
        }
    }
}

#[test]
fn an_added_value_is_noticed() {
    for fault in faults(|document| document["data"]["b"] = "mine".into()) {
        assert_eq!(pointer_of(&fault), "/data/b");
    }
    let copy = |document: &mut Value| {
        let list = document["data"]["list"].as_array_mut().unwrap();
        list.push(list[0].clone());
    };
    assert_eq!(faults(copy), [Fault::Mac, Fault::Mac]);
}

#[test]
fn a_changed_mac_or_time_is_noticed() {
    let changes: [fn(&mut Value); 4] = [
        |document| flip(&mut document["sops"]["mac"], "data:"),
        |document| document["sops"]["mac"] = "mine".into(),
        |document| document["sops"]["mac"] = document["data"]["a"].clone(),
        |document| document["sops"]["lastmodified"] = "2026-11-22T10:56:46Z".into(),
    ];
    for change in changes {
        assert_eq!(faults(change), [Fault::Mac, Fault::Mac]);
    }
}

#[test]
fn a_removed_mac_is_noticed() {
    let remove = |document: &mut Value| document["sops"]["mac"] = "".into();
    assert_eq!(faults(remove), [Fault::NoMac, Fault::NoMac]);
}

#[test]
fn a_changed_rule_is_noticed() {
    let widen = |document: &mut Value| document["sops"]["encrypted_regex"] = "^nothing$".into();
    assert_eq!(faults(widen), [Fault::Mac, Fault::Mac]);
    let other_mac = |document: &mut Value| {
        let on = document["sops"]["mac_only_encrypted"] == true;
        document["sops"]["mac_only_encrypted"] = (!on).into();
    };
    assert_eq!(faults(other_mac), [Fault::Mac, Fault::Mac]);
}

#[test]
fn a_changed_readable_value_is_noticed_unless_the_mac_leaves_it_out() {
    for mac_only in [false, true] {
        let mut document = document(mac_only);
        document["kind"] = "ConfigMap".into();
        let opened = open(&document, &identities());
        assert_eq!(opened.is_ok(), mac_only);
    }
}
