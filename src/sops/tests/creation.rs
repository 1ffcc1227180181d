//! `.sops.yaml`.

use super::*;
use crate::krm::yaml;
use crate::sops::config::Config;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(&yaml::parse(text).unwrap())
}

#[test]
fn the_first_rule_that_fits_counts() {
    let config = parse(
        r"
creation_rules:
- path_regex: ^secrets/.*\.ya?ml$
  encrypted_regex: ^(data|stringData)$
  mac_only_encrypted: true
  age: age1a, age1b,
- path_regex: \.env$
  age: [age1c, 'age1d,age1e']
  pgp: ''
  owner: somebody
- kms: arn:aws:kms:1
stores:
  yaml: {indent: 2}
",
    )
    .unwrap();
    let rule = config.rule("secrets/db/a.yml").unwrap();
    assert_eq!(rule.age, ["age1a", "age1b"].map(str::to_owned).into());
    assert_eq!(rule.selection, Some(Selection::secret_data()));
    assert_eq!(
        (rule.mac_only, rule.groups, rule.other_keys),
        (Some(true), 1, false)
    );
    let rule = config.rule("x/.env").unwrap();
    assert_eq!(rule.age.len(), 3);
    assert_eq!(
        (rule.mac_only, &rule.selection, rule.other_keys),
        (None, &None, false)
    );
    assert!(config.rule("other").unwrap().other_keys);
}

#[test]
fn groups_hide_the_keys_beside_them() {
    let config = parse(
        "creation_rules:\n- age: age1no\n  key_groups:\n  - age: [age1a]\n    merge:\n    - {age: [age1b], pgp: [AB]}\n  - age: [age1c]\n",
    )
    .unwrap();
    let rule = config.rule("x").unwrap();
    assert_eq!(
        rule.age,
        ["age1a", "age1b", "age1c"].map(str::to_owned).into()
    );
    assert_eq!((rule.groups, rule.other_keys), (2, true));
}

#[test]
fn an_empty_file_has_no_rules() {
    for text in ["{}", "null", "creation_rules:\n", "destination_rules: []\n"] {
        assert!(parse(text).unwrap().rule("x").is_none());
    }
    let config = parse("creation_rules:\n- {path_regex: '^a$', age: age1a}\n").unwrap();
    assert!(config.rule("b").is_none());
}

#[test]
fn a_mistake_names_the_rule() {
    for rule in [
        "{path_regex: '('}",
        "{path_regex: 1}",
        "{encrypted_regex: '('}",
        "{encrypted_comment_regex: x}",
        "{age: 1}",
        "{age: [[x]]}",
        "{key_groups: x}",
        "{key_groups: [x]}",
        "{mac_only_encrypted: x}",
        "x",
    ] {
        let reason = parse(&format!("creation_rules:\n- {{}}\n- {rule}\n")).unwrap_err();
        assert!(reason.starts_with("rule 2 "), "{reason}");
    }
    assert!(parse("[]").is_err());
    assert!(parse("creation_rules: x").is_err());
}
