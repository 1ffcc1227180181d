use super::super::pgbouncer::{hba_line, name, value};
use super::{pass, propose, refuse};

#[test]
fn names_that_the_operator_takes() {
    let newest = |key: &str| name(key, 30);
    pass(
        newest,
        &["max_client_conn", "auth_type", "client_tls13_ciphers"],
    );
    refuse(newest, "`poolMode`", &["pool_mode"]);
    refuse(newest, "`pgHba`", &["auth_hba_file"]);
    refuse(
        newest,
        "CNPG sets it itself",
        &["auth_query", "listen_port"],
    );
    refuse(
        newest,
        "leaves to the user",
        &["", "Max_Client_Conn", "logfile", "max-client-conn"],
    );
    propose(
        newest,
        &[
            ("max_client_conns", Some("max_client_conn")),
            ("auth_query", None),
        ],
    );
    let old = |key: &str| name(key, 27);
    pass(old, &["max_client_conn", "server_tls_ciphers"]);
    refuse(old, "below 1.28", &["auth_type", "server_tls_sslmode"]);
    refuse(old, "below 1.29", &["client_tls_ciphers"]);
}

#[test]
fn values() {
    let of = |key: &'static str| move |text: &str| value(key, text);
    pass(of("max_client_conn"), &["1", "1000"]);
    refuse(
        of("max_client_conn"),
        "from 1",
        &["", "0", "00", "-1", "1k", "1.5", "2147483648"],
    );
    pass(of("max_prepared_statements"), &["0", "200"]);
    refuse(of("max_prepared_statements"), "from 0", &["on", "+1"]);
    pass(of("log_connections"), &["0", "1"]);
    refuse(of("log_connections"), "\"0\" or \"1\"", &["on", "true", ""]);
    pass(of("query_wait_timeout"), &["0", "30", "0.5"]);
    refuse(
        of("query_wait_timeout"),
        "without a unit",
        &["30s", ".5", "5.", "1e3"],
    );
    pass(of("auth_type"), &["hba", "scram-sha-256"]);
    refuse(of("auth_type"), "anybody", &["trust", "any", "plain"]);
    pass(of("client_tls_sslmode"), &["require", "disable"]);
    refuse(
        of("server_tls_sslmode"),
        "certificate",
        &["disable", "allow"],
    );
    pass(
        of("ignore_startup_parameters"),
        &["search_path, options", "a"],
    );
    refuse(
        of("ignore_startup_parameters"),
        "commas",
        &["", "a,,b", "a b"],
    );
    pass(of("server_reset_query"), &["DISCARD ALL", ""]);
    refuse(
        of("server_reset_query"),
        "one line",
        &["DISCARD ALL\nlisten_port = 1", " x", "\0"],
    );
}

#[test]
fn lines_of_the_hba_file() {
    pass(
        hba_line,
        &[
            "hostnossl all all 0.0.0.0/0 reject",
            "host orders orders_app 10.0.0.0 255.0.0.0 scram-sha-256",
            "local all all peer",
        ],
    );
    refuse(
        hba_line,
        "one rule",
        &[
            "",
            "host all all md5",
            "hostgssenc all all ::/0 md5",
            "# host all all ::/0 md5",
            "host all all ::/0 md5 # comment",
            "host all all ::/0 md5\nhost all all ::/0 md5",
        ],
    );
    refuse(hba_line, "any user", &["host all all ::/0 trust"]);
}
