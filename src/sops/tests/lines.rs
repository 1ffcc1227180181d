//! The dotenv form.

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_read(
        entries in prop::collection::btree_map("[A-Z_][A-Z0-9_]{0,8}", "[^\n\r\0]{0,20}", 0..6),
    ) {
        let plain: Value = serde_json::to_value(&entries).unwrap();
        prop_assert_eq!(dotenv::read(&dotenv::write(&plain).unwrap()).unwrap(), plain.clone());
        let sealed = sealed(&plain, &Selection::everything(), false);
        let read = dotenv::read(&dotenv::write(&sealed).unwrap()).unwrap();
        prop_assert_eq!(&read, &sealed);
        prop_assert_eq!(open(&read, &identities()).unwrap().plain, plain);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(sops_|__map_|__list_|[a-z0-9#=\n]){0,12}") {
        let _ = dotenv::read(&text);
    }
}

#[test]
fn metadata_is_read_from_its_lines() {
    let text = "# a comment\n\nA= x\"y\" =\\n\nsops_version=3.11.0\nsops_mac_only_encrypted=true\n\
                sops_age__list_0__map_enc=a\\nb\\n\nsops_age__list_1__map_enc=c\n\
                sops_kms__list_0__map_context__map_my__key=v\n";
    assert_eq!(
        dotenv::read(text),
        Ok(json!({
            "A": " x\"y\" =\\n",
            "sops": {
                "age": [{"enc": "a\nb\n"}, {"enc": "c"}],
                "kms": [{"context": {"my__key": "v"}}],
                "mac_only_encrypted": "true",
                "version": "3.11.0",
            },
        }))
    );
}

#[test]
fn a_switch_survives_the_form() {
    let sealed = sealed(&json!({"A": "x"}), &Selection::everything(), true);
    let text = dotenv::write(&sealed).unwrap();
    assert!(text.contains("\nsops_mac_only_encrypted=true\n"), "{text}");
    let read = dotenv::read(&text).unwrap();
    assert!(Metadata::of(&read).unwrap().unwrap().mac_only);
    assert!(open(&read, &identities()).is_ok());
}

#[test]
fn disorder_is_refused() {
    let deep = format!("sops_a{}=x\n", "__map_a".repeat(100_000));
    for text in [
        "novalue",
        "A=1\nA=2",
        "sops_a=1\nsops_a=2",
        "sops_a=1\nsops_a__map_b=2",
        "sops_a__list_1=x",
        "sops_a__list_x=x",
        "sops_a__list_99999999999999999999=x",
        "sops=1\nsops_a=1",
        &deep,
    ] {
        assert!(
            dotenv::read(text).is_err(),
            "{}",
            &text[..text.len().min(40)]
        );
    }
}

#[test]
fn what_the_form_cannot_hold_is_refused() {
    for plain in [
        json!([]),
        json!({"A": 1}),
        json!({"A": {"B": "x"}}),
        json!({"A": "secret\n"}),
        json!({"A": "secret\r"}),
        json!({"A": "secret\0"}),
        json!({"A=B": "x"}),
        json!({"#A": "x"}),
        json!({"": "x"}),
        json!({"sops_x": "x"}),
        json!({"A": "x\\n", "sops": {}}),
    ] {
        let reason = dotenv::write(&plain).unwrap_err();
        assert!(!reason.contains("secret"), "{reason}");
    }
    assert_eq!(
        dotenv::write(&json!({"B": "x\\n", "A": ""})),
        Ok("A=\nB=x\\n\n".to_owned())
    );
}
