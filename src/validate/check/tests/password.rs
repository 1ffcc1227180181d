use super::super::password::*;
use super::{pass, refuse};
use proptest::prelude::*;

#[test]
fn passwords() {
    let good = [
        "x",
        "correct horse battery staple",
        "'\"\\$(x)`{}",
        "grün",
        "пароль",
        "密码",
        "md5",
        "md5 of something",
        "scram-sha-256",
        &"x".repeat(1000),
    ];
    pass(password, &good);
    refuse(password, "empty", &[""]);
    refuse(
        password,
        "1000 bytes",
        &[&"x".repeat(1001), &"ü".repeat(501)],
    );
    refuse(
        password,
        "control",
        &["a\n", "a\tb", "\0", "\u{7f}", "a\u{85}"],
    );
    refuse(
        password,
        "white space",
        &[" a", "a ", "\u{a0}a", "a\u{3000}", "\u{2028}a", " "],
    );
    let md5 = format!("md5{}", "0123456789abcdefABCDEF0123456789");
    refuse(
        password,
        "hash",
        &[&md5, "SCRAM-SHA-256$4096:salt$a:b", "scram-sha-256$"],
    );
}

#[test]
fn characters_that_saslprep_refuses_or_changes() {
    let bad = [
        "a😀b",
        "סיסמה",
        "كلمة",
        "a\u{ad}b",
        "a\u{200b}b",
        "a\u{200d}b",
        "a\u{202e}b",
        "a\u{e000}b",
        "a\u{feff}b",
        "❤\u{fe0f}",
        "a\u{a0}b",
        "a\u{fdd0}b",
        "a\u{1e9e}b",
    ];
    refuse(password, "SASLprep", &bad);
}

proptest! {
    #[test]
    fn no_message_shows_the_password(secret in "[^ a-z]{6,20}", wrap in 0..4) {
        let value = match wrap {
            0 => format!(" {secret}"),
            1 => format!("{secret}\n"),
            2 => format!("SCRAM-SHA-256${secret}"),
            _ => secret.repeat(200),
        };
        let refusal = password(&value).unwrap_err();
        prop_assert!(!refusal.message.contains(&secret));
        prop_assert_eq!(refusal.proposed, None);
    }

    #[test]
    fn printable_ascii_passes(value in "[!-~]([ -~]{0,60}[!-~])?") {
        prop_assume!(!value.starts_with("md5") && !value.to_lowercase().starts_with("scram"));
        prop_assert!(password(&value).is_ok());
    }
}
