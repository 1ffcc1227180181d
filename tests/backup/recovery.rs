//! Two stacks share a bucket; each is backed up, destroyed in thought, and brought up again.

use serde_json::{Value, json};

use super::archive::Archive;
use super::documents::{Documents, link};
use super::instance::Instance;
use super::store::{BUCKET, Store};

/// The folder that both stacks are given: only the folders of their clusters keep them apart.
const PATH: &str = "shared/by-both";

fn shop(store: &Store, more: &Value, items: &Value) -> Documents {
    let mut spec = json!({
        "namespace": "storefront", "psqlVersion": "18.6",
        "links": {"cnpgBucket": link(store, BUCKET, Some(PATH))},
    });
    for (key, value) in more.as_object().expect("fields are an object") {
        spec[key] = value.clone();
    }
    Documents::new(store, &spec, items)
}

fn warehouse(store: &Store) -> Documents {
    let spec = json!({
        "namespace": "warehouse", "psqlVersion": "15.19",
        "links": {"cnpgSwbucket": link(store, BUCKET, Some(PATH))},
        "backup": {"apply": true, "compression": "none"},
    });
    Documents::new(store, &spec, &json!([]))
}

/// What happened to the shop: two base backups, and what is known of the moment between two rows.
struct History {
    first: String,
    time: String,
    lsn: String,
    xid: String,
    next_xid: String,
}

/// `before` | first backup | `A` | the moment | `B` | second backup | `C`.
fn live(shop: &Instance) -> History {
    shop.psql("CREATE TABLE t (v text); INSERT INTO t VALUES ('before')");
    let first = shop.backup("backup-20261101");
    let insert = |row: &str| {
        shop.psql(&format!(
            "BEGIN; INSERT INTO t VALUES ('{row}'); SELECT pg_current_xact_id(); COMMIT"
        ))
    };
    let xid = insert("A");
    let lsn = shop.psql("SELECT pg_current_wal_insert_lsn()");
    shop.psql("SELECT pg_create_restore_point('before release 42: it''s $HOME')");
    let time = shop.psql("SELECT clock_timestamp() AT TIME ZONE 'UTC'");
    shop.psql("SELECT pg_sleep(0.2)");
    let next_xid = insert("B");
    shop.archived();
    shop.backup("backup-20261102");
    insert("C");
    shop.archived();
    History {
        first,
        time,
        lsn,
        xid,
        next_xid,
    }
}

/// Every target that CNPG takes, with the rows that are there afterwards.
fn drills(history: &History) -> Vec<(&'static str, Value, &'static str)> {
    let History {
        first,
        time,
        lsn,
        xid,
        next_xid,
    } = history;
    let name = "before release 42: it's $HOME";
    vec![
        ("time", json!({"targetTime": time}), "A before"),
        (
            "rfc3339",
            json!({"targetTime": format!("{}Z", time.replace(' ', "T"))}),
            "A before",
        ),
        ("lsn", json!({"targetLSN": lsn}), "A before"),
        (
            "point",
            json!({"backupId": first, "targetName": name}),
            "A before",
        ),
        (
            "xid",
            json!({"backupId": first, "targetXID": xid}),
            "A before",
        ),
        (
            "exclusive",
            json!({"backupId": first, "targetXID": next_xid, "exclusive": true}),
            "A before",
        ),
        (
            "object",
            json!({"backupId": "backup-20261101", "targetTime": time}),
            "A before",
        ),
        ("backup", json!({"backupId": first}), "before"),
        (
            "replayed",
            json!({"backupId": first, "latest": true}),
            "A B C before",
        ),
        (
            "timeline",
            json!({"latest": true, "targetTLI": "latest"}),
            "A B C before",
        ),
        ("newest", json!({"latest": true}), "A B C before"),
    ]
}

/// Runs the tests three at a time: each is a server, and most of the time is waiting.
fn side_by_side<T: Sync>(list: &[T], test: impl Fn(&T) + Sync) {
    for some in list.chunks(3) {
        std::thread::scope(|scope| {
            let test = &test;
            for thread in some
                .iter()
                .map(|one| scope.spawn(move || test(one)))
                .collect::<Vec<_>>()
            {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
        });
    }
}

/// The issue's own sentence: base backup, WAL archived, rows added, base backup restored, recovery between two
/// known rows, and exactly the first row is there.
#[test]
fn two_stacks_that_share_a_bucket_are_brought_up_again() {
    let store = Store::start(true);
    let others = warehouse(&store);
    let other = Instance::create("15", &others, "cluster-warehouse");
    other.psql("CREATE TABLE t (v text); INSERT INTO t VALUES ('theirs')");
    other.backup("backup-20261101");
    other.archived();

    let documents = shop(&store, &json!({}), &json!([]));
    let shop_server = Instance::create("18", &documents, "cluster-storefront");
    let history = live(&shop_server);
    let live = Archive::written(&documents, "cluster-storefront");
    assert_eq!(live.server, "cluster-storefront-pg18");
    assert!(
        !live.is_empty(),
        "the folder that is read is not one to write to"
    );
    assert!(!store.objects(&live.folder()).is_empty());
    drop(shop_server);

    let drills = drills(&history);
    let entry = |(name, target, _): &(&str, Value, &str)| {
        let mut entry = target.clone();
        entry["name"] = json!(name);
        entry
    };
    let entries: Vec<Value> = drills.iter().map(entry).collect();
    // As the cluster has it; the file names only the object.
    let backup = json!({
        "apiVersion": "postgresql.cnpg.io/v1", "kind": "Backup",
        "metadata": {"name": "backup-20261101", "namespace": "storefront"},
        "spec": {"cluster": {"name": "cluster-storefront"}, "method": "plugin"},
        "status": {"backupId": history.first, "phase": "completed"},
    });
    let documents = shop(&store, &json!({"pitrClusters": entries}), &json!([backup]));
    assert_eq!(documents.recovered().len(), drills.len() + 1);
    let mut all: Vec<(String, &str)> = drills
        .iter()
        .map(|(name, _, rows)| (format!("cluster-storefront-{name}"), *rows))
        .collect();
    all.push(("cluster-storefront-restore".to_owned(), "A B C before"));
    side_by_side(&all, |(cluster, rows)| {
        let instance = Instance::recover("18", &documents, cluster);
        assert_eq!(instance.rows(), *rows, "{cluster}");
        // It archives on its own.
        instance.psql("INSERT INTO t VALUES ('later')");
        instance.archived();
    });

    // A second drill into the same folder is refused, with another attempt it is not.
    let own = Archive::written(&documents, "cluster-storefront-time");
    assert!(!own.is_empty());
    let mut again = entry(&drills[0]);
    again["attempt"] = json!(2);
    let documents = shop(&store, &json!({"pitrClusters": [again]}), &json!([]));
    let instance = Instance::recover("18", &documents, "cluster-storefront-time");
    assert_eq!(instance.rows(), "A before");
    drop(instance);

    the_kubernetes_cluster_is_gone(&store, &history.time);

    // All the while the other stack was nobody's business.
    let instance = Instance::recover("15", &others, "cluster-warehouse-restore");
    assert_eq!(instance.rows(), "theirs");
}

/// One field brings the stack's own Cluster up again, and once more from what that one archived.
fn the_kubernetes_cluster_is_gone(store: &Store, time: &str) {
    let recovery = json!({"recovery": {"targetTime": time}});
    let documents = shop(store, &recovery, &json!([]));
    let instance = Instance::recover("18", &documents, "cluster-storefront");
    assert_eq!(instance.rows(), "A before");
    instance.backup("backup-20261103");
    instance.psql("INSERT INTO t VALUES ('second life')");
    instance.archived();
    drop(instance);
    let archive = Archive::written(&documents, "cluster-storefront");
    assert_eq!(archive.server, "cluster-storefront-pg18-2");
    // What is restored from then on is the second life.
    let instance = Instance::recover("18", &documents, "cluster-storefront-restore");
    assert_eq!(instance.rows(), "A before second life");
    drop(instance);
    let recovery = json!({"recovery": {"latest": true, "generation": 3}});
    let documents = shop(store, &recovery, &json!([]));
    let instance = Instance::recover("18", &documents, "cluster-storefront");
    assert_eq!(instance.rows(), "A before second life");
}
