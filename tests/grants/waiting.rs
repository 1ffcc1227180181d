//! The four steps: what a Job waits for, and how it fails.

use std::thread;
use std::time::Duration;

use super::operations::FIXTURE;
use crate::rig::job::of;
use crate::rig::server::{Server, on_every_version, run};
use crate::rig::stack::{ADMIN, entry, literal, operator, quoted, stack};

#[test]
fn a_database_that_appears_late_is_waited_for() {
    on_every_version(|server| {
        let documents = stack(
            server.version,
            &[entry("orders", "orders_app", &["connect"])],
        );
        let job = of(&documents, "orders", "orders_app");
        let log = thread::scope(|scope| {
            let running = scope.spawn(|| job.succeeds(server));
            thread::sleep(Duration::from_secs(30));
            operator(server, &documents);
            running.join().expect("the Job succeeds")
        });
        for step in [
            "step 1 of 4",
            "not yet: ",
            "step 2 of 4",
            "step 3 of 4",
            "step 4 of 4",
            "Z done",
        ] {
            assert!(log.contains(step), "{step}: {log}");
        }
    });
}

/// Each reason is named, and it is the last word.
#[test]
fn a_job_that_waits_in_vain_says_for_what() {
    let server = Server::start("18");
    let documents = stack("18", &[entry("orders", "orders_app", &["connect"])]);
    let job = of(&documents, "orders", "orders_app").with("WAIT_SECONDS", "3");
    let says = |reason: &str| {
        let log = job.fails(&server);
        let last = log.lines().last().unwrap_or_default().to_owned();
        assert!(
            last.contains("failed: step 1 of 4: not ready after 3 seconds")
                && last.contains(reason),
            "{reason}: {log}"
        );
    };
    says("password authentication failed for user \"keeper\"");
    let password = literal(crate::rig::stack::ADMIN_PASSWORD);
    server.psql(
        "postgres",
        &format!("CREATE ROLE {} LOGIN PASSWORD {password}", quoted(ADMIN)),
    );
    says("role keeper is not a superuser yet");
    server.psql("postgres", "ALTER ROLE keeper SUPERUSER");
    says("database orders does not exist yet");
    server.psql("postgres", "CREATE DATABASE orders ALLOW_CONNECTIONS false");
    says("database orders allows no connections");
    server.psql("postgres", "ALTER DATABASE orders ALLOW_CONNECTIONS true");
    says("role orders_owner, the owner of database orders, does not exist yet");
    server.psql("postgres", "CREATE ROLE orders_owner");
    job.succeeds(&server);
}

/// A certificate of another authority, or another name, ends the connection before a password is sent.
#[test]
fn the_server_is_checked_in_full() {
    let (server, other) = (Server::start("18"), Server::start("18"));
    let documents = stack("18", &[entry("orders", "orders_app", &["connect"])]);
    operator(&server, &documents);
    let job = of(&documents, "orders", "orders_app").with("WAIT_SECONDS", "1");
    let renamed = job
        .clone()
        .with("PGHOST", "elsewhere.example.com")
        .fails(&server);
    assert!(renamed.contains("does not match host name"), "{renamed}");
    let careless = job
        .clone()
        .with("PGHOST", "elsewhere.example.com")
        .with("PGSSLMODE", "verify-ca");
    careless.succeeds(&server);
    let forged = job
        .clone()
        .with_authority(&other.authority())
        .fails(&server);
    assert!(forged.contains("certificate verify failed"), "{forged}");
    let careless = job
        .clone()
        .with("PGSSLMODE", "require")
        .with("PGSSLROOTCERT", "/nothing");
    careless
        .with_authority(&other.authority())
        .succeeds(&server);
    job.succeeds(&server);
}

/// A wrong password in the Secret of the user is set anew; an empty one is an error.
#[test]
fn the_users_password_is_the_one_of_the_secret() {
    on_every_version(|server| {
        let documents = stack(
            server.version,
            &[entry("orders", "orders_app", &["connect"])],
        );
        operator(server, &documents);
        let job = of(&documents, "orders", "orders_app");
        assert!(job.succeeds(server).contains("the password was set"));
        assert!(job.succeeds(server).contains("the password is right"));
        // The operator trims white space, so the Job does.
        let rotated = job
            .clone()
            .with_password("user", " \tn:e\\w'pass$(id)\"wörd\n");
        assert!(rotated.succeeds(server).contains("the password was set"));
        assert!(
            job.with_password("user", "n:e\\w'pass$(id)\"wörd")
                .succeeds(server)
                .contains("the password is right")
        );
        let empty = rotated.with_password("user", " \n").fails(server);
        assert!(
            empty.contains("the password in /etc/cnpg-stack-user/password is empty"),
            "{empty}"
        );
    });
}

/// A classic Istio sidecar is told to end, whether the Job succeeds or not.
#[test]
fn the_sidecar_is_ended() {
    let server = Server::start("18");
    let documents = stack("18", &[entry("orders", "orders_app", &["connect"])]);
    let job = of(&documents, "orders", "orders_app");
    let failing = job.clone().with("WAIT_SECONDS", "1");
    assert!(
        sidecar(&server, || drop(failing.fails(&server)))
            .starts_with("POST /quitquitquit HTTP/1.1")
    );
    operator(&server, &documents);
    server.psql("orders", FIXTURE);
    assert!(
        sidecar(&server, || drop(job.succeeds(&server))).starts_with("POST /quitquitquit HTTP/1.1")
    );
}

/// A sidecar that hangs up in the middle of the request does not change how the Job ends. (A broken pipe
/// once made a failure of 1 a 141, and would have made a success one, too.)
#[test]
fn a_rude_sidecar_changes_nothing() {
    let server = Server::start("18");
    let documents = stack("18", &[entry("orders", "orders_app", &["connect"])]);
    operator(&server, &documents);
    let job = of(&documents, "orders", "orders_app");
    let script = "use IO::Socket::INET;
        my $l = IO::Socket::INET->new(LocalAddr => '127.0.0.1:15020', Listen => 9, ReuseAddr => 1) or die $!;
        while (my $c = $l->accept) { sysread($c, my $x, 1); setsockopt($c, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)); close $c; }";
    let listener = [
        "exec",
        "--detach",
        &server.container,
        "timeout",
        "60",
        "perl",
        "-MSocket",
        "-e",
        script,
    ];
    run("podman", &listener, "").output();
    let failing = job
        .clone()
        .with("PGDATABASE", "nothing")
        .with("WAIT_SECONDS", "0")
        .with("WANTED", "{}");
    for _ in 0..20 {
        failing.fails(&server);
    }
    job.succeeds(&server);
}

/// What a listener on the sidecar's port is told while something runs.
fn sidecar(server: &Server, meanwhile: impl FnOnce()) -> String {
    let script = "use IO::Socket::INET; $| = 1;
        my $l = IO::Socket::INET->new(LocalAddr => '127.0.0.1:15020', Listen => 1, ReuseAddr => 1) or die $!;
        my $c = $l->accept; my $line = <$c>; print $line;
        print $c \"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n\"; close $c;";
    thread::scope(|scope| {
        let listener = scope.spawn(|| {
            run(
                "podman",
                &[
                    "exec",
                    &server.container,
                    "timeout",
                    "60",
                    "perl",
                    "-e",
                    script,
                ],
                "",
            )
        });
        // 15020 in hexadecimal, among the listening sockets.
        let listens = [
            "exec",
            &server.container,
            "grep",
            "-q",
            ":3AAC ",
            "/proc/net/tcp",
        ];
        while run("podman", &listens, "").code != 0 {
            thread::sleep(Duration::from_millis(50));
        }
        meanwhile();
        listener
            .join()
            .expect("the listener ends")
            .output()
            .to_owned()
    })
}
