//! Keys: whose they are, and that they stay hidden.

use super::*;

#[test]
fn recipients_are_parsed_and_refused() {
    assert_eq!(
        Recipient::parse(&format!(" {}\n", recipient())),
        Ok(recipient())
    );
    for (text, word) in [
        ("", "not an age recipient"),
        ("age1qqqq", "not an age recipient"),
        ("ssh-ed25519 AAAA", "SSH"),
        ("age1yubikey1qwe", "plugin"),
        ("age1pq1qwe", "post-quantum"),
        ("AGE-SECRET-KEY-1ABC", "secret"),
    ] {
        let reason = Recipient::parse(text).unwrap_err();
        assert!(reason.contains(word), "{reason}");
        assert!(!reason.contains("ABC"), "{reason}");
    }
}

#[test]
fn identities_are_parsed_and_hidden() {
    assert!(Identities::default().is_empty());
    let key = KEY_ONE
        .lines()
        .find(|line| line.starts_with("AGE"))
        .unwrap();
    let text = format!("# a comment\r\n\r\nssh-something\nAGE-PLUGIN-X-1Q\n  {key}\r\n");
    let mut identities = Identities::parse(&text).unwrap();
    assert!(!identities.is_empty());
    identities.add(stranger().1);
    assert_eq!(format!("{identities:?}"), "(hidden)");
    for text in ["", "# nothing", "ssh-something", &key[..40]] {
        let reason = Identities::parse(text).unwrap_err();
        assert!(!reason.contains(&key[16..20]), "{reason}");
    }
}

#[test]
fn each_recipient_opens_alone_and_nobody_else() {
    let (one, ours) = stranger();
    let (two, theirs) = stranger();
    let plain = json!({"a": "x"});
    let sealed = seal(
        &plain,
        &[one.clone(), two.clone()],
        &Selection::everything(),
        false,
        NOW,
    )
    .unwrap();
    for identities in [ours, theirs] {
        assert_eq!(open(&sealed, &identities).unwrap().plain, plain);
    }
    for nobody in [Identities::default(), stranger().1] {
        let fault = open(&sealed, &nobody).unwrap_err();
        let recipients = [one.to_string(), two.to_string()].into();
        assert_eq!(
            fault,
            Fault::NoIdentity {
                recipients,
                other_keys: false
            }
        );
        assert!(fault.to_string().contains(one.as_str()));
    }
}

#[test]
fn a_damaged_data_key_opens_nothing() {
    let mut sealed = sealed(&json!({"a": "x"}), &Selection::everything(), false);
    for enc in [
        "",
        "x",
        "-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n",
    ] {
        sealed["sops"]["age"][0]["enc"] = enc.into();
        assert!(matches!(
            open(&sealed, &identities()),
            Err(Fault::NoIdentity { .. })
        ));
    }
}
