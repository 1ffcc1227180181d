//! What somebody has to do, in which order, to move a database online: text for the head of the file.

use super::{published, sql_name};
use crate::validate::{End, External, Migration, Stack};

/// The name of the Job of the structure, and of the one of the cut-over, as far as it is known here.
const JOB: &str = "app.kubernetes.io/instance";

/// The steps of a replication.
pub(in crate::plan::migration) fn text(stack: &Stack, migration: &Migration) -> String {
    let name = &migration.name;
    let namespace = &stack.namespace;
    let selector = format!("{JOB}={},cnpgstack.io/migration={name}", stack.cluster);
    let other_half = match (&migration.source, &migration.destination) {
        (End::External(source), _) => publish(stack, migration, source),
        (_, End::External(destination)) => subscribe(stack, migration, destination),
        _ => String::new(),
    };
    // The Subscription names an entry of the Cluster's externalClusters.
    let stack_first = match migration.source {
        End::External(_) => {
            "Apply the stack, whose Cluster gets the address and the login of the source, and then this file."
        }
        End::Own { .. } => "Apply this file.",
    };
    format!(
        "1. {other_half}\n\
         2. {stack_first} The Job migration-{name} makes the structure; the rows follow as soon as both halves \
         are there, while the source stays in use. Until the cut-over change no structure: DDL, sequences and large \
         objects are not replicated.\n\
         3. Cut over when the destination has caught up: kubectl -n {namespace} get jobs -l {selector} shows the \
         suspended Job migration-{name}-cutover-..., and kubectl -n {namespace} patch job NAME --type merge -p \
         '{{\"spec\":{{\"suspend\":false}}}}' starts it. It makes the source read-only and ends its sessions, waits \
         for the last rows, compares the counts of all tables and moves the sequences up. If any of it fails the \
         source can be written to again.\n\
         4. Point the applications to the destination, then delete what this file made (kubectl delete -f), and \
         take the migration out of the CnpgStack. The source stays read-only.\n"
    )
}

/// On a source outside the stack.
fn publish(stack: &Stack, migration: &Migration, source: &External) -> String {
    let publication = identifier(&sql_name(stack, migration));
    let target = if migration.include.is_empty() {
        "FOR ALL TABLES".to_owned()
    } else {
        let parts = published(migration).map(|(schema, table)| match table {
            "*" => format!("TABLES IN SCHEMA {}", identifier(schema)),
            table => format!("TABLE {}.{}", identifier(schema), identifier(table)),
        });
        format!("FOR {}", parts.collect::<Vec<_>>().join(", "))
    };
    format!(
        "In database {database} of the source, with wal_level = logical, run: CREATE PUBLICATION {publication} \
         {target} WITH (publish_via_partition_root = true); and see to it that {user} has REPLICATION, and SELECT \
         on the tables.",
        database = identifier(&source.database),
        user = identifier(&source.user),
    )
}

/// On a destination outside the stack.
fn subscribe(stack: &Stack, migration: &Migration, destination: &External) -> String {
    let name = identifier(&sql_name(stack, migration));
    let database = migration.source.database();
    let connection = format!(
        "host={} port=5432 dbname={} user=ROLE password=PASSWORD sslmode=verify-full sslrootcert=FILE",
        stack.host("rw"),
        parameter(database),
    );
    format!(
        "After step 2, in database {} of the destination, run: CREATE SUBSCRIPTION {name} CONNECTION {} PUBLICATION \
         {name}; with a ROLE of the stack that has REPLICATION, and SELECT on the tables, an address of the stack's \
         primary that the destination can reach, and the certificate of the Secret {}-ca.",
        identifier(&destination.database),
        literal(&connection),
        stack.cluster,
    )
}

/// An SQL identifier.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// An SQL string.
fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') {
        return format!("E'{}'", quoted.replace('\\', "\\\\"));
    }
    format!("'{quoted}'")
}

/// A value in a connection string of libpq.
fn parameter(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_strings_are_quoted() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\b'"), r"E'a\\b'''");
        assert_eq!(parameter(r"a'\"), r"'a\'\\'");
    }
}
