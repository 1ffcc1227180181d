//! What a user may try in a database, and which permissions allow it: the specification's table, written
//! a second time, in terms of what PostgreSQL does and not of what is granted.

use std::collections::{BTreeMap, BTreeSet};

use crate::rig::server::Server;

/// Permissions by name.
pub(super) type Flags = BTreeSet<&'static str>;

/// Every permission.
pub(super) const FLAGS: [&str; 9] = [
    "connect",
    "read",
    "write",
    "manage_roles",
    "create_schema",
    "create_tables",
    "execute_functions",
    "default_privileges",
    "metadata_access",
];

/// Something that a permission rules.
pub(super) struct Operation {
    pub name: String,
    pub sql: String,
    pub allowed: fn(&Flags) -> bool,
}

/// What the databases of these tests hold.
pub(super) const FIXTURE: &str = include_str!("fixture.sql");

/// Every operation on what is there, and on what these creators made after the Job.
pub(super) fn all(creators: &[&str]) -> Vec<Operation> {
    let mut operations = vec![];
    let mut add = |name: &str, sql: &str, allowed: fn(&Flags) -> bool| {
        operations.push(Operation {
            name: name.to_owned(),
            sql: sql.to_owned(),
            allowed,
        });
    };
    reading(&mut add);
    writing(&mut add);
    making(&mut add);
    running(&mut add);
    for creator in creators {
        later(creator, &mut add);
    }
    operations
}

type Add<'a> = dyn FnMut(&str, &str, fn(&Flags) -> bool) + 'a;

fn reading(add: &mut Add<'_>) {
    let read = |flags: &Flags| flags.contains("read");
    add("select from a table", "SELECT * FROM app.t", read);
    add(
        "select from a table in public",
        "SELECT * FROM public.p",
        read,
    );
    add("select from a view", "SELECT * FROM app.v", read);
    add(
        "select from a materialized view",
        "SELECT * FROM app.m",
        read,
    );
    add("select from a foreign table", "SELECT * FROM app.ft", read);
    add(
        "select from a partitioned table",
        "SELECT * FROM app.parted",
        read,
    );
    add("select from a partition", "SELECT * FROM app.part", read);
    add(
        "select from a sequence",
        "SELECT last_value FROM app.s",
        read,
    );
    add(
        "select from a table with an awkward name",
        "TABLE \"On \"\"call's\"\" $(id) ünï\nline\".\"Ta\"\"b'le $1 \\d\nselect\"",
        read,
    );
    add(
        "select from an extension's table",
        "SELECT * FROM app.of_extension",
        |_| false,
    );
    add(
        "update where",
        "UPDATE app.t SET note = 'x' WHERE id = 1",
        |flags| flags.contains("read") && flags.contains("write"),
    );
    add(
        "read the data directory's setting",
        "SELECT 1 / count(*) FROM pg_settings WHERE name = 'data_directory'",
        |flags| flags.contains("metadata_access"),
    );
    add(
        "see what others do",
        "SELECT 1 / count(*) FROM pg_stat_activity WHERE backend_type = 'checkpointer'",
        |flags| flags.contains("metadata_access"),
    );
    for hidden in [
        "pg_authid",
        "pg_shadow",
        "pg_user_mapping",
        "pg_largeobject",
    ] {
        add(
            &format!("select from {hidden}"),
            &format!("SELECT * FROM {hidden}"),
            |_| false,
        );
    }
    add(
        "select the credentials of subscriptions",
        "SELECT subconninfo FROM pg_subscription",
        |_| false,
    );
    add(
        "list tables",
        "SELECT count(*) FROM information_schema.tables, pg_catalog.pg_class",
        |_| true,
    );
}

fn writing(add: &mut Add<'_>) {
    let write = |flags: &Flags| flags.contains("write");
    add("insert", "INSERT INTO app.t VALUES (2, 'two')", write);
    add(
        "insert into a view",
        "INSERT INTO app.v VALUES (2, 'two')",
        write,
    );
    add(
        "insert into a partitioned table",
        "INSERT INTO app.parted VALUES (1)",
        write,
    );
    add(
        "insert into a table in public",
        "INSERT INTO public.p VALUES (1)",
        write,
    );
    add(
        "insert into a table with an awkward name",
        "INSERT INTO \"On \"\"call's\"\" $(id) ünï\nline\".\"Ta\"\"b'le $1 \\d\nselect\" VALUES (1)",
        write,
    );
    add(
        "insert into an extension's table",
        "INSERT INTO app.of_extension VALUES (1)",
        |_| false,
    );
    add("update", "UPDATE app.t SET note = 'x'", write);
    add("delete", "DELETE FROM app.t", write);
    add("nextval", "SELECT nextval('app.s')", write);
    add(
        "nextval with an awkward name",
        "SELECT nextval('\"On \"\"call''s\"\" $(id) ünï\nline\".\"SELECT\"')",
        write,
    );
    add("setval", "SELECT setval('app.s', 7)", |_| false);
    add("truncate", "TRUNCATE app.t", |_| false);
    add(
        "make a trigger",
        "CREATE TRIGGER x BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        |_| false,
    );
    add(
        "refresh a materialized view",
        "REFRESH MATERIALIZED VIEW app.m",
        |_| false,
    );
    add("drop a table", "DROP TABLE app.t", |_| false);
    add(
        "hold a grant option",
        "SELECT 1 / has_table_privilege('app.t'::regclass, 'SELECT WITH GRANT OPTION, INSERT WITH GRANT OPTION')::int",
        |_| false,
    );
}

fn making(add: &mut Add<'_>) {
    let tables = |flags: &Flags| flags.contains("create_tables");
    add("make a schema", "CREATE SCHEMA made", |flags| {
        flags.contains("create_schema")
    });
    add("make a table", "CREATE TABLE app.made (id int)", tables);
    add(
        "make a table in public",
        "CREATE TABLE public.made (id int)",
        tables,
    );
    add(
        "make a table in a schema with an awkward name",
        "CREATE TABLE \"On \"\"call's\"\" $(id) ünï\nline\".made (id int)",
        tables,
    );
    add(
        "make a table in an extension's schema",
        "CREATE TABLE of_extension_as_well.made (id int)",
        |_| false,
    );
    add(
        "make a temporary table",
        "CREATE TEMPORARY TABLE made (id int)",
        tables,
    );
    add("make a role", "CREATE ROLE made", |flags| {
        flags.contains("manage_roles")
    });
    add(
        "make a database",
        "SELECT 1 / (SELECT rolcreatedb::int FROM pg_roles WHERE rolname = current_user)",
        |_| false,
    );
    add("become the owner", "SET ROLE orders_owner", |_| false);
    add("become the admin", "SET ROLE keeper", |_| false);
    add(
        "read a file of the server",
        "SELECT pg_read_file('/etc/passwd')",
        |_| false,
    );
}

fn running(add: &mut Add<'_>) {
    let run = |flags: &Flags| flags.contains("execute_functions");
    let reach = |flags: &Flags| {
        flags.contains("execute_functions")
            && ["read", "write", "create_tables"]
                .iter()
                .any(|flag| flags.contains(flag))
    };
    add("call a function in public", "SELECT public.f()", run);
    add("call a function", "SELECT app.f()", reach);
    add(
        "call a function with defaults",
        "SELECT app.defaulted(1)",
        reach,
    );
    add("call a procedure", "CALL app.p()", reach);
    add("call an aggregate", "SELECT app.total(1)", reach);
    add("call a window function", "SELECT app.w() OVER ()", reach);
    add(
        "call a function with an awkward name",
        "SELECT \"On \"\"call's\"\" $(id) ünï\nline\".\"Fu\"\"nc\"(NULL)",
        reach,
    );
    add(
        "call an extension's function",
        "SELECT akeys('a=>1'::hstore)",
        |_| true,
    );
    add(
        "call an extension's closed function",
        "SELECT app.of_extension_too()",
        |_| false,
    );
    add("call a built-in function", "SELECT length('x')", |_| true);
}

/// What somebody made after the Job ran.
pub(super) fn made_by(creator: &str) -> String {
    format!(
        "SET ROLE {creator};\nCREATE TABLE app.later_{creator} (id int);\nCREATE SEQUENCE app.later_s_{creator};\n\
         CREATE FUNCTION app.later_f_{creator}() RETURNS int LANGUAGE sql AS 'SELECT 1';\n\
         CREATE SCHEMA later_{creator};\nCREATE TABLE later_{creator}.t (id int);\nRESET ROLE;\n"
    )
}

/// Away with it.
pub(super) fn dropped(creator: &str) -> String {
    format!(
        "DROP TABLE app.later_{creator};\nDROP SEQUENCE app.later_s_{creator};\n\
         DROP FUNCTION app.later_f_{creator}();\nDROP SCHEMA later_{creator} CASCADE;\n"
    )
}

fn later(creator: &str, add: &mut Add<'_>) {
    let mut add = |what: &str, sql: String, allowed: fn(&Flags) -> bool| {
        add(&format!("{what} that {creator} made later"), &sql, allowed);
    };
    let read: fn(&Flags) -> bool =
        |flags| flags.contains("read") && flags.contains("default_privileges");
    let write: fn(&Flags) -> bool =
        |flags| flags.contains("write") && flags.contains("default_privileges");
    let run: fn(&Flags) -> bool = |flags| {
        flags.contains("execute_functions")
            && flags.contains("default_privileges")
            && ["read", "write", "create_tables"]
                .iter()
                .any(|flag| flags.contains(flag))
    };
    add(
        "select from a table",
        format!("SELECT * FROM app.later_{creator}"),
        read,
    );
    add(
        "select from a sequence",
        format!("SELECT * FROM app.later_s_{creator}"),
        read,
    );
    add(
        "select from a table in a schema",
        format!("SELECT * FROM later_{creator}.t"),
        read,
    );
    add(
        "insert into a table",
        format!("INSERT INTO app.later_{creator} VALUES (1)"),
        write,
    );
    add(
        "insert into a table in a schema",
        format!("INSERT INTO later_{creator}.t VALUES (1)"),
        write,
    );
    add(
        "nextval of a sequence",
        format!("SELECT nextval('app.later_s_{creator}')"),
        write,
    );
    add(
        "call a function",
        format!("SELECT app.later_f_{creator}()"),
        run,
    );
    add(
        "truncate a table",
        format!("TRUNCATE app.later_{creator}"),
        |_| false,
    );
}

/// Tries every operation as a user, each in a transaction that is rolled back, and tells how it went:
/// `00000`, or the SQLSTATE of the refusal.
#[track_caller]
pub(super) fn try_all(
    server: &Server,
    user: &str,
    database: &str,
    operations: &[Operation],
) -> BTreeMap<String, String> {
    let mut script = String::new();
    for (number, Operation { sql, .. }) in operations.iter().enumerate() {
        script +=
            &format!("BEGIN;\n{sql};\n\\echo @{number} :LAST_ERROR_SQLSTATE :ERROR\nROLLBACK;\n");
    }
    let run = server.try_psql(user, database, &script);
    let mut answers = BTreeMap::new();
    for line in run.stdout.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let ([number, state, error], true) = (words.as_slice(), line.starts_with('@')) {
            let number: usize = number[1..].parse().expect("the script wrote a number");
            let answer = if *error == "true" { *state } else { "00000" };
            answers.insert(operations[number].name.clone(), answer.to_owned());
        }
    }
    assert_eq!(answers.len(), operations.len(), "{}", run.text());
    answers
}

/// Where the answers are not those of the table.
pub(super) fn mistakes(
    operations: &[Operation],
    answers: &BTreeMap<String, String>,
    flags: &Flags,
) -> Vec<String> {
    // 22012 is the division by zero of those that refuse by showing nothing, P0001 and 42501 are refusals.
    let refusals = ["42501", "22012"];
    let wrong = |operation: &&Operation| {
        let answer = answers[&operation.name].as_str();
        if (operation.allowed)(flags) {
            answer != "00000"
        } else {
            !refusals.contains(&answer)
        }
    };
    let shown = |operation: &Operation| format!("{}: {}", operation.name, answers[&operation.name]);
    operations.iter().filter(wrong).map(shown).collect()
}
