//! Hostile values: what people or programs put into fields to see what happens.

use super::{CONFIG, HEAD, Input, input, with_spec};

/// Every input.
pub(super) fn values() -> Vec<Input> {
    [
        unicode(),
        injections(),
        amounts(),
        times(),
        typed(),
        places(),
        secrets(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A stack in which a line of the configuration is another.
fn swapped(name: &str, from: &str, to: &str) -> Input {
    input(
        name,
        format!("{HEAD}items: []\n{}", CONFIG.replace(from, to)),
    )
}

/// Characters that are not what they seem.
fn unicode() -> Vec<Input> {
    let namespace = |name: &str, value: &str| {
        swapped(
            name,
            "namespace: storefront",
            &format!("namespace: \"{value}\""),
        )
    };
    let label = |name: &str, value: &str| {
        with_spec(name, &format!("    customLabels: {{\"{value}\": a}}\n"))
    };
    vec![
        namespace("a Cyrillic letter in a namespace", "st\u{43e}refront"),
        namespace("a direction mark in a namespace", "store\\u202etnorf"),
        namespace("a space without width", "store\\u200bfront"),
        namespace("an escape of the terminal", "\\x1b[2Jstorefront"),
        namespace("an escape in one character", "\\x9b2Jstorefront"),
        namespace("a bell and a backspace", "store\\afront\\b"),
        namespace("a forged message", "a\\n[error] forged: `spec` is fine"),
        namespace("full-width letters", "\u{ff53}\u{ff54}ore"),
        namespace("letters with combining marks", "sto\u{301}\u{301}re"),
        namespace("an emoji", "store\u{1f600}"),
        label("an escape in a key", "a\\x1b[2J"),
        label("an escape in one character in a key", "a\\x9bb"),
        label("a direction mark in a key", "a\\u202eb"),
        label("a newline in a key", "a\\n[error] forged"),
        label("a backquote in a key", "a` is fine; `b"),
        label("a key of a million", &"k".repeat(1_000_000)),
        with_spec("an unknown field with an escape", "    \"na\\x1bme\": 1\n"),
        with_spec(
            "an unknown field with a direction mark",
            "    \"na\\u202eme\": 1\n",
        ),
        with_spec(
            "an unknown field of a million",
            &format!("    {}: 1\n", "f".repeat(1_000_000)),
        ),
    ]
}

/// Text that is code elsewhere.
fn injections() -> Vec<Input> {
    let user = |name: &str, value: &str| {
        swapped(name, "adminUser: keeper", &format!("adminUser: {value}"))
    };
    let database = |name: &str, value: &str| {
        with_spec(
            name,
            &format!(
                "    databases: [{{database: {value}, username: app, passwordFrom: {{secretRef: {{name: a}}}}, cnpgPermissions: [connect]}}]\n"
            ),
        )
    };
    vec![
        user("SQL in a user", "\"keeper'; DROP ROLE postgres; --\""),
        user("quotes in a user", "'kee\"per'"),
        user("a user of a system", "pg_monitor"),
        user("a user of 64 bytes", &"u".repeat(64)),
        user("a user of the replication", "streaming_replica"),
        database("shell in a database", "\"$(reboot)\""),
        database("backquotes in a database", "\"`id`\""),
        database("a database of a system", "template0"),
        database(
            "a connection string as database",
            "\"postgres://u:hunter2@h/d\"",
        ),
        database("a wildcard as database", "'*'"),
        with_spec(
            "shell in a host",
            "    migrations: [{name: m, mode: full, dbMigration: {host: '$(id).example.com', database: a, username: u, passwordFrom: {secretRef: {name: a}}}, migrationDb: {database: app}}]\n",
        ),
        with_spec(
            "an option as a host",
            "    migrations: [{name: m, mode: full, dbMigration: {host: '-oProxyCommand=id', database: a, username: u, passwordFrom: {secretRef: {name: a}}}, migrationDb: {database: app}}]\n",
        ),
        with_spec(
            "globs in tables",
            "    migrations: [{name: m, mode: full, dbMigration: {host: h, database: a, username: u, passwordFrom: {secretRef: {name: a}}}, migrationDb: {database: app}, tables: {include: ['*.*', '(a+)+$', '[[:alpha:]', '**']}}]\n",
        ),
        with_spec(
            "shell in a parameter",
            "    postgresParameters: {archive_command: 'rm -rf /', log_line_prefix: \"%m'\\n\"}\n",
        ),
        with_spec(
            "a parameter of a preload",
            "    postgresParameters: {shared_preload_libraries: '../../tmp/evil', local_preload_libraries: a}\n",
        ),
        with_spec(
            "a way in for everybody",
            "    pgHba: [\"host all all 0.0.0.0/0 trust\\nlocal all all trust\", 'include /etc/passwd', '@file']\n",
        ),
        with_spec(
            "psql commands in SQL",
            "    initDb: \"\\\\! rm -rf /\\n\\\\copy t from program 'id'\"\n",
        ),
        with_spec(
            "a template in an image",
            "    imageName: '{{ .Values.image }}'\n",
        ),
        with_spec(
            "an image with a space",
            "    imageName: 'ghcr.io/x/y:17 --privileged'\n",
        ),
        with_spec(
            "an image of a digest too short",
            "    imageName: 'ghcr.io/x/y:17@sha256:abc'\n",
        ),
        with_spec(
            "markup in a query",
            "    monitoring: {queries: [{name: '<script>', query: 'SELECT 1', metrics: [{column: 'a\"b', usage: GAUGE}]}]}\n",
        ),
    ]
}

/// Numbers, sizes and times at their ends.
fn amounts() -> Vec<Input> {
    vec![
        with_spec("a size of zero", "    storageSize: 0\n"),
        with_spec("a size below zero", "    storageSize: -5Gi\n"),
        with_spec(
            "a size of a fraction of a byte",
            "    storageSize: 1n\n    memLimit: 0.0001\n",
        ),
        with_spec(
            "a size beyond all",
            "    storageSize: 99999999999999999999Ei\n",
        ),
        with_spec("a size with blanks", "    storageSize: ' 10 Gi '\n"),
        with_spec(
            "a size in another script",
            "    storageSize: '\u{661}\u{660}Gi'\n",
        ),
        with_spec(
            "a size in octal",
            "    storageSize: 010\n    memLimit: 0o17\n",
        ),
        with_spec("a size of base 60", "    storageSize: 1:30:00\n"),
        with_spec("a size of a date", "    storageSize: 2026-11-02\n"),
        with_spec("a number in a string", "    instances: \"3\"\n"),
        with_spec("a number with underscores", "    instances: 1_000\n"),
        with_spec("a number in hexadecimal", "    instances: 0xffffffff\n"),
        with_spec("a number with a fraction", "    instances: 3.0\n"),
        with_spec("a number of 1e3", "    instances: 1e3\n"),
        with_spec(
            "cron fields beyond all",
            "    backup: {schedule: '99999999999999999999 0 0 1 1 0'}\n",
        ),
        with_spec(
            "cron fields below zero",
            "    backup: {schedule: '-1 0 0 1 1 0'}\n",
        ),
        with_spec(
            "cron fields of a step of zero",
            "    backup: {schedule: '*/0 0 0 1 1 0'}\n",
        ),
        with_spec(
            "cron fields turned around",
            "    backup: {schedule: '0 0 5-1 1 1 0'}\n",
        ),
        with_spec(
            "cron on a day that never comes",
            "    backup: {schedule: '0 0 0 31 2 *'}\n",
        ),
        with_spec(
            "cron with a zone",
            "    backup: {schedule: 'CRON_TZ=Mars/Olympus 0 0 0 * * *'}\n",
        ),
        with_spec("cron of words", "    backup: {schedule: '@every 1ns'}\n"),
    ]
}

/// Times, and other numbers of more than one digit too many.
fn times() -> Vec<Input> {
    vec![
        with_spec(
            "a time that does not exist",
            "    pitrClusters: [{name: a, targetTime: '2026-02-30 25:61:61+99'}]\n",
        ),
        with_spec(
            "a time beyond all",
            "    pitrClusters: [{name: a, targetTime: '999999999-01-01 00:00:00Z'}]\n",
        ),
        with_spec(
            "a time before Postgres",
            "    pitrClusters: [{name: a, targetTime: '0001-01-01 00:00:00Z'}]\n",
        ),
        with_spec(
            "a position beyond all",
            "    pitrClusters: [{name: a, targetLSN: 'FFFFFFFFF/FFFFFFFFF'}]\n",
        ),
        with_spec(
            "a transaction beyond all",
            "    pitrClusters: [{name: a, targetXID: '99999999999999999999'}]\n",
        ),
        with_spec(
            "a retention beyond all",
            "    backup: {schedule: '0 0 0 * * *', retention: 99999999999999999999d}\n",
        ),
        with_spec(
            "a port beyond all",
            "    services: {additional: [{name: a, selectorType: rw, type: NodePort, nodePort: 65536, port: -1}]}\n",
        ),
        with_spec(
            "address ranges that are none",
            "    services: {additional: [{name: a, selectorType: rw, type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/33, '::/129', 1.2.3, a/b]}]}\n",
        ),
        with_spec(
            "attempts beyond all",
            "    pitrClusters: [{name: a, latest: true, attempt: 9223372036854775807}]\n",
        ),
    ]
}

/// Values of the wrong type, everywhere.
fn typed() -> Vec<Input> {
    let fields = [
        "availability",
        "backup",
        "barmanPlugin",
        "customLabels",
        "databases",
        "imageName",
        "images",
        "initDb",
        "instances",
        "links",
        "migrations",
        "monitoring",
        "networkPolicy",
        "operator",
        "output",
        "patches",
        "pgHba",
        "pitrClusters",
        "pooler",
        "postgresParameters",
        "recovery",
        "registry",
        "replica",
        "secrets",
        "serviceAccount",
        "services",
        "storageSize",
        "tablespaces",
    ];
    let each = |value: &str| {
        fields
            .map(|field| format!("    {field}: {value}\n"))
            .concat()
    };
    vec![
        with_spec("text everywhere", &each("text")),
        with_spec("lists everywhere", &each("[[], [[]]]")),
        with_spec("mappings everywhere", &each("{a: {b: c}}")),
        with_spec("numbers everywhere", &each("1e3")),
        with_spec("null everywhere", &each("null")),
        with_spec(
            "booleans of YAML 1.1",
            "    networkPolicy: yes\n    hibernate: off\n",
        ),
        with_spec(
            "keys of other types",
            "    1: a\n    true: b\n    ~: c\n    1.5: d\n",
        ),
        with_spec("an empty key", "    '': a\n"),
        with_spec("a key of a mapping", "    ? {a: b}\n    : c\n"),
        with_spec(
            "a key in other letters",
            "    Namespace: a\n    NAMESPACE: b\n    name_space: c\n",
        ),
        with_spec("a key with a blank", "    'namespace ': a\n"),
        with_spec(
            "a secret as a key",
            "    passwordFrom: {hunter2: a}\n    \"adminPassword:hunter2\": b\n",
        ),
    ]
}

/// Paths that lead elsewhere.
fn places() -> Vec<Input> {
    let output =
        |name: &str, path: &str| with_spec(name, &format!("    output: {{basePath: {path}}}\n"));
    vec![
        output("an absolute path", "/etc/cron.d"),
        output("a path of dots", "./a/./b/"),
        output("a path with a backslash", "'a\\b'"),
        output("a path of Windows", "'C:\\Windows'"),
        output("a path of the home", "'~/x'"),
        output("a path of links of the kernel", "/proc/self/root"),
        output("a path with a direction mark", "\"a\\u202eb\""),
        output("a path with a percent sign", "'%2e%2e/a'"),
        output("a path of a million", &"a/".repeat(500_000)),
        output("a path into the repository", ".git/hooks"),
        output("a path with a glob", "'a/*'"),
        output("a path that is empty", "''"),
    ]
}

/// Secrets where they do not belong, and encryption that is none.
fn secrets() -> Vec<Input> {
    let sops =
        |name: &str, text: &str| input(name, format!("{HEAD}items: []\n{CONFIG}  sops: {text}\n"));
    let sealed = "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]";
    vec![
        swapped("a password as a reference", "adminPasswordFrom: {secretRef: {name: keeper-login}}", "adminPasswordFrom: hunter2"),
        swapped("a password that is a list", "adminPasswordFrom: {secretRef: {name: keeper-login}}", "adminPassword: [hunter2]"),
        swapped("a password with a NUL", "adminPasswordFrom: {secretRef: {name: keeper-login}}", "adminPassword: \"hunter2\\0\""),
        swapped("a password with a newline", "adminPasswordFrom: {secretRef: {name: keeper-login}}", "adminPassword: \"hunter2\\n[error] forged\""),
        swapped("a password of a million", "adminPasswordFrom: {secretRef: {name: keeper-login}}", &format!("adminPassword: hunter2{}", "p".repeat(1_000_000))),
        swapped("a variable with an equals sign", "adminPasswordFrom: {secretRef: {name: keeper-login}}", "adminPasswordFrom: {env: 'A=B'}"),
        swapped("a variable that is not there", "adminPasswordFrom: {secretRef: {name: keeper-login}}", "adminPasswordFrom: {env: LD_PRELOAD}"),
        swapped("a sealed value without metadata", "adminPasswordFrom: {secretRef: {name: keeper-login}}", &format!("adminPassword: '{sealed}'")),
        sops("SOPS that is text", "hunter2"),
        sops("SOPS without anything", "{}"),
        sops("SOPS without a MAC", "{age: [], lastmodified: '2026-11-02T00:00:00Z', mac_only_encrypted: true}"),
        sops("SOPS of a time that is none", "{age: [], lastmodified: yesterday, mac: a, mac_only_encrypted: true}"),
        sops("SOPS of a pattern that is none", &format!("{{age: [], lastmodified: '2026-11-02T00:00:00Z', mac: '{sealed}', mac_only_encrypted: true, encrypted_regex: '((('}}")),
        sops("SOPS of a pattern that explodes", &format!("{{age: [], lastmodified: '2026-11-02T00:00:00Z', mac: '{sealed}', mac_only_encrypted: true, encrypted_regex: '((a{{1,999}}){{1,999}}){{1,999}}'}}")),
        sops("SOPS for many", &format!("{{age: [{}], lastmodified: '2026-11-02T00:00:00Z', mac: '{sealed}', mac_only_encrypted: true, encrypted_regex: '^password$'}}", "{recipient: age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z, enc: x}, ".repeat(2_000))),
        sops("SOPS with groups of keys", &format!("{{key_groups: [{{age: []}}], shamir_threshold: 9999999999, lastmodified: '2026-11-02T00:00:00Z', mac: '{sealed}', mac_only_encrypted: true}}")),
        with_spec("a recipient that is none", "    secrets: {age: [age1hunter, AGE-SECRET-KEY-1HUNTER2, \"age1\\nx\"]}\n"),
        with_spec("a certificate that is none", "    links: {cnpgBucket: {endpoint: 'https://a', bucket: abc, endpointCA: {name: '../ca', key: \"a\\nb\"}, accessKey: a, secretKeyFrom: {env: NOPE}}}\n"),
        with_spec("a registry with a password", "    registry: {server: 'https://u:hunter2@registry.example.com', username: 'a:hunter2', passwordFrom: {env: NOPE}}\n"),
        with_spec("an endpoint with a password", "    links: {cnpgBucket: {endpoint: 'https://u:hunter2@minio', bucket: abc, accessKey: a, secretKey: hunter2hunter2}}\n"),
    ]
}
