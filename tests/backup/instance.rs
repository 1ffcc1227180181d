//! A PostgreSQL instance that archives its WAL, or is brought up from an archive, the way CNPG does it.
//!
//! In CNPG the instance manager hands the name of a file over to the plugin's sidecar, which runs Barman. Here
//! a script in the container hands it over to a thread of the test.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use serde_json::Value;

use super::archive::Archive;
use super::documents::Documents;
use crate::rig::server::{directory, open, run};

/// `hand archive|restore NAME PATH`: has the other side do it.
const HAND: &str = r#"#!/bin/sh
spool=$(dirname "$0")/spool id=$1-$2
rm -f "$spool/$id".*
printf '%s %s %s\n' "$1" "$2" "$PWD/$3" >"$spool/$id.tmp"
mv "$spool/$id.tmp" "$spool/$id.request"
while :; do
  [ ! -e "$spool/$id.ok" ] || { rm "$spool/$id.ok"; exit 0; }
  [ ! -e "$spool/$id.fail" ] || { rm "$spool/$id.fail"; exit 1; }
  sleep 0.05
done
"#;

/// An instance. It is gone when this is dropped.
pub(super) struct Instance {
    version: &'static str,
    directory: PathBuf,
    container: String,
    archive: Archive,
    ended: Arc<AtomicBool>,
    hands: Option<JoinHandle<()>>,
}

/// Does what the sidecar does, until it is told to stop.
fn serve(spool: &Path, archive: &Archive, origin: &Archive, ended: &AtomicBool) {
    while !ended.load(Ordering::Relaxed) {
        let entries = fs::read_dir(spool).into_iter().flatten().flatten();
        let requests = entries.map(|entry| entry.path()).filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "request")
        });
        for request in requests {
            let line = fs::read_to_string(&request).expect("it was renamed into place");
            fs::remove_file(&request).expect("nobody else removes it");
            let words: Vec<&str> = line.split_whitespace().collect();
            let done = match words[..] {
                ["archive", _, path] => archive.archive(path).code == 0,
                ["restore", name, path] => {
                    let fetched = origin.fetch_wal(name, path).code == 0;
                    fetched && chown(path, Some(26), Some(26)).is_ok()
                }
                _ => panic!("not a request: {line}"),
            };
            let answer = request.with_extension(if done { "ok" } else { "fail" });
            fs::write(answer, "").expect("the spool is writable");
        }
        sleep(Duration::from_millis(20));
    }
}

impl Instance {
    fn new(version: &'static str, archive: Archive, origin: &Archive) -> Self {
        let directory = directory(&format!("instance-{version}"));
        for name in ["spool", "run", "data"] {
            let path = directory.join(name);
            fs::create_dir(&path).expect("it is new");
            chown(&path, Some(26), Some(26)).expect("it can be given away");
            open(&path, if name == "data" { 0o700 } else { 0o777 });
        }
        let hand = directory.join("hand");
        fs::write(&hand, HAND).expect("it can be written");
        open(&hand, 0o755);
        let ended = Arc::new(AtomicBool::new(false));
        let hands = {
            let (spool, archive, origin) =
                (directory.join("spool"), archive.clone(), origin.clone());
            let ended = Arc::clone(&ended);
            std::thread::spawn(move || serve(&spool, &archive, &origin, &ended))
        };
        let name = directory.file_name().expect("it has a name");
        Self {
            version,
            container: name.to_string_lossy().into_owned(),
            directory,
            archive,
            ended,
            hands: Some(hands),
        }
    }

    /// A new and empty one, that archives where its Cluster says.
    pub(super) fn create(version: &'static str, documents: &Documents, cluster: &str) -> Self {
        let archive = Archive::written(documents, cluster);
        assert!(archive.is_empty(), "CNPG would refuse {}", archive.server);
        let instance = Self::new(version, archive.clone(), &archive);
        let data = instance.data();
        let initdb = [
            "-D",
            &data,
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--auth=trust",
        ];
        instance.pod(&["--rm"], "initdb", &initdb);
        instance.configure(&["archive_command = 'HAND archive %f %p'".to_owned()]);
        instance.start();
        instance
    }

    /// One that is brought up as its Cluster says: from which folder, to which target, into which folder.
    pub(super) fn recover(version: &'static str, documents: &Documents, cluster: &str) -> Self {
        let archive = Archive::written(documents, cluster);
        assert!(archive.is_empty(), "CNPG would refuse {}", archive.server);
        let origin = Archive::origin(documents, cluster);
        let bootstrap = &documents.get("Cluster", cluster)["spec"]["bootstrap"]["recovery"];
        let target = bootstrap.get("recoveryTarget").cloned().unwrap_or_default();
        let backup = origin.chosen(&target);
        let instance = Self::new(version, archive, &origin);
        let id = backup["backup_id"].as_str().expect("a backup has an ID");
        origin.restore(id, &instance.directory.join("data"));
        let data = instance.data();
        run("chown", &["-R", "26:26", &data], "").output();
        let mut settings = vec![
            "recovery_target_action = promote".to_owned(),
            "restore_command = 'HAND restore %f %p'".to_owned(),
            "archive_command = 'HAND archive %f %p'".to_owned(),
        ];
        let target = given(&target);
        settings.extend(
            target
                .iter()
                .map(|(name, value)| format!("{name} = '{}'", value.replace('\'', "''"))),
        );
        instance.configure(&settings);
        for name in ["postgresql.auto.conf", "recovery.signal"] {
            let path = instance.directory.join("data").join(name);
            fs::write(&path, "").expect("it can be written");
            chown(&path, Some(26), Some(26)).expect("it can be given away");
        }
        instance.start();
        assert_eq!(instance.targets(), changed(&target), "{cluster}");
        instance
    }

    /// The recovery targets that the server was given, as far as they are no defaults.
    fn targets(&self) -> BTreeMap<String, String> {
        let sql =
            "SELECT name || '=' || setting FROM pg_settings WHERE name LIKE 'recovery\\_target%'
                   AND name <> 'recovery_target_action' AND setting <> boot_val";
        let answer = self.psql(sql);
        let pairs = answer.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn data(&self) -> String {
        self.directory.join("data").display().to_string()
    }

    /// Writes postgresql.conf, as CNPG does also after a restore: what is in a backup does not count. `HAND` stands
    /// for the script.
    fn configure(&self, settings: &[String]) {
        let directory = self.directory.display();
        let path = self.directory.join("data/postgresql.conf");
        let fixed = format!(
            "listen_addresses = ''\nunix_socket_directories = '{directory}/run'\nfsync = off\nwal_level = logical\n\
             archive_mode = on\nlogging_collector = off\nlog_destination = stderr\n"
        );
        let own = settings
            .join("\n")
            .replace("HAND", &format!("{directory}/hand"));
        fs::write(&path, format!("{fixed}{own}\n")).expect("it can be written");
        chown(&path, Some(26), Some(26)).expect("it can be given away");
    }

    /// Runs a program of the operand image on the directory, under the path that it has here.
    fn pod(&self, flags: &[&str], program: &str, arguments: &[&str]) {
        let mount = format!("{0}:{0}", self.directory.display());
        let image = format!("ghcr.io/cloudnative-pg/postgresql:{}", self.version);
        let program = format!("/usr/lib/postgresql/{}/bin/{program}", self.version);
        let fixed = [
            "run",
            "--network=none",
            "--user=26:26",
            "--pull=never",
            "--volume",
            &mount,
        ];
        let all: Vec<&str> = fixed
            .into_iter()
            .chain(flags.iter().copied())
            .chain([image.as_str(), &program])
            .chain(arguments.iter().copied())
            .collect();
        run("podman", &all, "").output();
    }

    /// Starts it and waits until it is a primary: a recovery ends with a promotion.
    fn start(&self) {
        let data = self.data();
        let flags = ["--detach", "--name", &self.container, "--stop-signal=INT"];
        self.pod(&flags, "postgres", &["-D", &data]);
        for _ in 0..1200 {
            let answer = self.try_psql("SELECT pg_is_in_recovery()");
            if answer.code == 0 && answer.stdout == "f\n" {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        panic!(
            "it does not come up\n{}",
            run("podman", &["logs", &self.container], "").text()
        );
    }

    fn try_psql(&self, sql: &str) -> crate::rig::server::Run {
        let host = format!("--host={}/run", self.directory.display());
        let arguments = [
            "exec",
            "--interactive",
            &self.container,
            "psql",
            &host,
            "--username=postgres",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--file=-",
        ];
        run("podman", &arguments, sql)
    }

    /// Runs SQL; the answer is what it prints, without the last line's end.
    #[track_caller]
    pub(super) fn psql(&self, sql: &str) -> String {
        let run = self.try_psql(sql);
        run.output().trim_end().to_owned()
    }

    /// The rows of the table that the tests write to.
    pub(super) fn rows(&self) -> String {
        self.psql("SELECT string_agg(v, ' ' ORDER BY v) FROM t")
    }

    /// Switches to the next file of WAL and waits until all before it are archived.
    pub(super) fn archived(&self) {
        let wal = self.psql("SELECT pg_walfile_name(pg_switch_wal())");
        let sql = format!(
            "SELECT coalesce(max(last_archived_wal) >= '{wal}', false) FROM pg_stat_archiver"
        );
        for _ in 0..600 {
            if self.psql(&sql) == "t" {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!(
            "{wal} is not archived\n{}",
            run("podman", &["logs", &self.container], "").text()
        );
    }

    /// Takes a base backup; the answer is its ID.
    pub(super) fn backup(&self, name: &str) -> String {
        self.archive.backup(&self.directory.join("run"), name)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        run(
            "podman",
            &["rm", "--force", "--time=0", &self.container],
            "",
        );
        if let Some(hands) = self.hands.take() {
            hands.join().ok();
        }
        fs::remove_dir_all(&self.directory).ok();
    }
}

/// Those that are no defaults of PostgreSQL.
fn changed(target: &[(&str, String)]) -> BTreeMap<String, String> {
    let defaults = ["latest", "on"];
    let pairs = target
        .iter()
        .filter(|(_, value)| !defaults.contains(&value.as_str()));
    pairs
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

/// What CNPG writes for a recovery target (`BuildPostgresOptions`); with none it writes nothing.
fn given(target: &Value) -> Vec<(&'static str, String)> {
    if target.is_null() {
        return Vec::new();
    }
    let fields = [
        ("targetTLI", "recovery_target_timeline"),
        ("targetXID", "recovery_target_xid"),
        ("targetName", "recovery_target_name"),
        ("targetLSN", "recovery_target_lsn"),
        // A time that is no RFC 3339 is passed on as it is; ours never is.
        ("targetTime", "recovery_target_time"),
    ];
    let mut settings: Vec<(&'static str, String)> = fields
        .into_iter()
        .filter_map(|(field, name)| Some((name, target.get(field)?.as_str()?.to_owned())))
        .collect();
    if target["targetImmediate"] == true {
        settings.push(("recovery_target", "immediate".to_owned()));
    }
    let inclusive = if target["exclusive"] == true {
        "off"
    } else {
        "on"
    };
    settings.push(("recovery_target_inclusive", inclusive.to_owned()));
    settings
}
