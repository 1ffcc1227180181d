use super::super::hba::*;
use super::{pass, refuse};

#[test]
fn lines() {
    pass(
        line,
        &[
            "host all all all scram-sha-256",
            "hostnossl all all all reject",
            "hostssl orders,billing app,+readers 10.0.0.0/8 md5",
            "hostssl orders, billing app fd00::/8 cert clientcert=verify-full",
            "host\tall\t\"all\"\t10.0.0.0 255.0.0.0\tscram-sha-256",
            "host \"a b\" \"say \"\"x\"\"\" samenet scram-sha-256 # why",
            "host all all .example.com gss include_realm=0 krb_realm=EXAMPLE.COM",
            "hostssl sameuser all db-1.example.com scram-sha-256 clientcert=verify-ca clientname=DN",
            "hostgssenc replication replicator samehost gss",
            "host \"@file\" \"+x\" all scram-sha-256",
        ],
    );
    let cases = [
        ("one line", "host all all all md5\nhost all all all trust"),
        ("backslash", "host all all all md5\\"),
        ("podSelectorRefs", "host all all ${podselector:app} md5"),
        ("TYPE DATABASE", ""),
        ("TYPE DATABASE", "# nothing"),
        ("local", "local all all peer"),
        ("begin with host", "include other.conf"),
        ("five fields", "host all all"),
        ("method behind", "host all all all"),
        ("mask behind", "host all all 10.0.0.1 md5"),
        ("mask behind", "host all all 10.0.0.1 ffff:: md5"),
        ("prefix", "host all all 10.0.0.0/33 md5"),
        ("prefix", "host all all 10.0.0.0/+8 md5"),
        ("prefix", "host all all example.com/8 md5"),
        ("an address", "host all all 10.0.0 md5"),
        ("an address", "host all all -x- md5"),
        ("lists", "host all all all,samenet md5"),
        ("missing", "host all \"all all md5"),
        ("file", "host @names all all md5"),
        ("regular", "host /^a all all md5"),
        ("regular", "host all \"/^a\" all md5"),
        ("empty", "host all \"\" all md5"),
        ("trust", "host all all all trust"),
        ("sent as it is", "host all all all password"),
        ("one of the methods", "host all all all peer"),
        ("one of the methods", "host all all all ldap ldapserver=x"),
        ("hostssl", "host all all all cert"),
        ("hostgssenc", "hostgssenc all all all md5"),
        ("NAME=VALUE", "host all all all md5 x"),
        ("map", "hostssl all all all cert map=m"),
        ("go with", "host all all all md5 clientcert=verify-ca"),
        ("go with", "hostssl all all all cert clientcert=verify-ca"),
        ("go with", "hostssl all all all cert clientname=cn"),
        ("go with", "host all all all md5 include_realm=1"),
        ("go with", "host all all all md5 krb_realm=EXAMPLE.COM"),
        ("go with", "host all all all gss krb_realm="),
    ];
    for (part, value) in cases {
        refuse(line, part, &[value]);
    }
}

#[test]
fn who_is_shut_out() {
    let decides = |text: &str, database: &str, user: &str| {
        let rule = line(text).unwrap();
        (rule.decides(database, user), rule.takes_passwords())
    };
    assert_eq!(
        decides("host all all all reject", "orders", "app"),
        (true, false)
    );
    assert_eq!(
        decides("hostssl all all 0.0.0.0/0 cert", "orders", "app"),
        (true, false)
    );
    assert_eq!(
        decides("host all all 0.0.0.0 0.0.0.0 md5", "orders", "app"),
        (true, true)
    );
    assert!(!decides("hostnossl all all all reject", "orders", "app").0);
    assert!(!decides("host all all 10.0.0.0/8 reject", "orders", "app").0);
    assert!(!decides("host all all ::/0 reject", "orders", "app").0);
    assert!(!decides("host \"all\" all all reject", "orders", "app").0);
    assert!(decides("host sameuser all all reject", "app", "app").0);
    assert!(!decides("host sameuser all all reject", "orders", "app").0);
    assert!(decides("host billing,orders other,app all reject", "orders", "app").0);
    let both = "hostssl all all all scram-sha-256 clientcert=verify-full";
    assert_eq!(decides(both, "orders", "app"), (true, false));
}

/// Whatever a database and a user are called, the line is for them alone.
#[test]
fn certificate_lines() {
    for (database, user) in [
        ("orders", "app"),
        ("all", "+all"),
        ("a\"b", "x, y # z"),
        ("replication", "@u"),
    ] {
        let text = certificate_line(database, user);
        let rule = line(&text).unwrap();
        assert!(
            rule.decides(database, user) && !rule.takes_passwords(),
            "{text}"
        );
        assert!(
            !rule.decides("another", user) && !rule.decides(database, "another"),
            "{text}"
        );
    }
    pass(plain_name, &["a/b", "${a}", "$x"]);
    refuse(plain_name, "slash", &["/a", "${podselector:x}", "x${a:b}"]);
}
