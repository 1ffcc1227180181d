//! How the data directory was made: a Cluster that is made anew is like it.

use super::defaults;
use super::draft::Draft;
use super::found::Found;
use super::plaintext::has_password;
use super::pointer::{list, picked};

/// Fields that have the same name in the stack, and those that CNPG fills in whatever `locale` says.
const FIELDS: [&str; 7] = [
    "encoding",
    "locale",
    "localeProvider",
    "icuLocale",
    "icuRules",
    "builtinLocale",
    "dataChecksums",
];
const PARTS: [(&str, &str); 2] = [("localeCollate", "C"), ("localeCType", "C")];

/// Carries it over.
pub fn carry(found: &Found, draft: &mut Draft) {
    let filled = defaults::filled(&found.cluster);
    let Some(initdb) = filled.pointer("/spec/bootstrap/initdb") else {
        return;
    };
    let mut fields = picked(initdb, &FIELDS);
    if fields.get("encoding").is_some_and(|name| name == "UTF8") {
        fields.remove("encoding");
    }
    let locale = fields.contains_key("locale");
    for (name, default) in PARTS {
        let given = initdb.get(name).filter(|value| locale || *value != default);
        fields.extend(given.map(|value| (name.to_owned(), value.clone())));
    }
    let size = initdb.get("walSegmentSize").filter(|size| *size != 16);
    fields.extend(size.map(|size| ("walSegmentSize".to_owned(), size.clone())));
    if !fields.is_empty() {
        draft.set("initdbOptions", fields);
    }
    // Of several statements CNPG makes several calls.
    if let [sql] = list(initdb, "/postInitApplicationSQL")
        && !has_password(sql)
    {
        draft.set("initDb", sql.clone());
    }
}
