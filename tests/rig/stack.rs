//! Stacks as a user writes them, and what the operator would do with what comes out.

use serde_json::{Value, json};

use crate::rig::server::Server;
use crate::support::process::{Env, library};
use crate::support::wire;

/// The namespace of all stacks here.
pub(crate) const NAMESPACE: &str = "storefront";
/// The Cluster that follows from it.
pub(crate) const CLUSTER: &str = "cluster-storefront";
/// The superuser.
pub(crate) const ADMIN: &str = "keeper";
/// Its password: with what means something in libpq's files, in shells and in SQL.
pub(crate) const ADMIN_PASSWORD: &str = r#"ad:min\pa'ss "w$(id)ord$$%"#;

/// An entry of `databases`.
#[derive(Clone)]
pub(crate) struct Entry {
    pub value: Value,
}

/// The password of every user here.
pub(crate) fn password(user: &str) -> String {
    format!("pw-{}-:\\'\"$HOME`id`", user.len())
}

/// A user of a database with these permissions.
pub(crate) fn entry(database: &str, user: &str, permissions: &[&str]) -> Entry {
    Entry {
        value: json!({
            "database": database,
            "username": user,
            "password": password(user),
            "cnpgPermissions": permissions,
        }),
    }
}

impl Entry {
    /// Sets another field.
    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.value[field] = value.into();
        self
    }

    /// Takes a field out.
    pub(crate) fn without(mut self, field: &str) -> Self {
        let fields = self.value.as_object_mut();
        fields.expect("an entry is an object").remove(field);
        self
    }

    /// Takes everything away.
    pub(crate) fn absent(self) -> Self {
        self.with("state", "absent").without("password")
    }
}

/// The documents of a stack for a server.
pub(crate) fn stack(version: &str, entries: &[Entry]) -> Vec<Value> {
    with_links(version, entries, &json!({}))
}

/// The documents of a stack with links.
pub(crate) fn with_links(version: &str, entries: &[Entry], links: &Value) -> Vec<Value> {
    documents(version, entries, &json!({"links": links}), &Env::new())
}

/// The documents of a stack with more fields, for an environment of the function.
pub(crate) fn documents(version: &str, entries: &[Entry], more: &Value, env: &Env) -> Vec<Value> {
    let databases: Vec<&Value> = entries.iter().map(|entry| &entry.value).collect();
    let mut spec = json!({
        "namespace": NAMESPACE,
        "psqlVersion": version,
        "adminUser": ADMIN,
        "adminPassword": ADMIN_PASSWORD,
        "databases": databases,
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        spec[key] = value.clone();
    }
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": [],
        "functionConfig": {
            "apiVersion": "cnpgstack.io/v1alpha1",
            "kind": "CnpgStack",
            "metadata": {"name": "shop"},
            "spec": spec,
        },
    });
    let run = library(list.to_string().as_bytes(), env);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = String::from_utf8(run.stdout).expect("the output is UTF-8");
    let list = wire::value(&text).expect("the output is YAML");
    wire::items(&list).cloned().collect()
}

/// An SQL identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// An SQL string.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Does what the operator does at first: the admin, the owner roles, the databases. The users'
/// roles are left to the Jobs.
pub(crate) fn operator(server: &Server, documents: &[Value]) {
    let of_kind = |kind: &'static str| documents.iter().filter(move |d| d["kind"] == kind);
    let text = |value: &Value, at: &str| {
        value
            .pointer(at)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut sql = format!(
        "CREATE ROLE {} SUPERUSER LOGIN PASSWORD {};\nCREATE ROLE streaming_replica REPLICATION LOGIN;\n",
        quoted(ADMIN),
        literal(ADMIN_PASSWORD),
    );
    for role in of_kind("DatabaseRole")
        .filter(|role| role["spec"]["login"] == false && role["spec"]["disablePassword"].is_null())
    {
        sql += &format!(
            "CREATE ROLE {} NOLOGIN;\n",
            quoted(&text(role, "/spec/name"))
        );
    }
    for database in of_kind("Database") {
        let (name, owner) = (text(database, "/spec/name"), text(database, "/spec/owner"));
        sql += &format!(
            "CREATE DATABASE {} OWNER {};\n",
            quoted(&name),
            quoted(&owner)
        );
    }
    server.psql("postgres", &sql);
}
