//! When base backups are taken.

use super::draft::Draft;
use super::found::{Found, name_of};
use super::pointer::{on, text, word};
use super::report::{Note, Topic};
use crate::validate::cut_name;
use serde_json::Value;

/// The schedule that the stack takes over: the first one whose backups the stack's own kind of backup is.
#[must_use]
pub fn taken<'a>(found: &'a Found, draft: &Draft) -> Option<&'a Value> {
    let fits = |schedule: &&Value| {
        let method = text(schedule, "/spec/method").unwrap_or("barmanObjectStore");
        draft.has_bucket() == (method != "volumeSnapshot")
    };
    found.schedules.iter().find(fits)
}

/// The schedule of snapshots beside the archive: only where the archive has one, too, for both are applied or none.
#[must_use]
pub fn beside<'a>(found: &'a Found, draft: &Draft) -> Option<&'a Value> {
    taken(found, draft).filter(|_| draft.has_bucket())?;
    // Without it none of them can be taken.
    found.cluster.pointer("/spec/backup/volumeSnapshot")?;
    let snapshots = |schedule: &&Value| text(schedule, "/spec/method") == Some("volumeSnapshot");
    found.schedules.iter().find(snapshots)
}

/// Carries the schedules over.
pub fn carry(found: &Found, draft: &mut Draft) {
    let time = |schedule: &Value| word(schedule, "/spec/schedule").to_owned();
    let beside = beside(found, draft).map(time);
    if let Some(beside) = beside {
        draft.set("backup.snapshotSchedule", beside);
    }
    match taken(found, draft) {
        Some(schedule) => {
            draft.set("backup.schedule", time(schedule));
            draft.set("backup.apply", true);
            if on(schedule, "/spec/suspend") {
                draft.set("backup.suspend", true);
            }
        }
        None if draft.has_bucket() => draft.set("backup.apply", false),
        None => {}
    }
}

/// What is said about the schedules in the end.
pub fn explain(found: &Found, draft: &mut Draft) {
    let taken = taken(found, draft).map(name_of);
    let beside = beside(found, draft).map(name_of);
    let mut notes = Vec::new();
    for schedule in &found.schedules {
        let name = name_of(schedule);
        let kind = if Some(name) == beside {
            "snapshot"
        } else {
            "backup"
        };
        let new = cut_name(&format!("{kind}-{}", found.namespace), 48);
        if Some(name) != taken && Some(name) != beside {
            let note = Note::new(
                Topic::Left,
                found.object("ScheduledBackup", name),
                "a stack has one schedule, of its own kind of backup",
            );
            notes.push(note.todo("keep its manifest"));
        } else if name != new {
            notes.push(replaced(found, name, &new));
            let why = "takes the first base backup at once";
            let note = Note::new(Topic::Changes, found.object("ScheduledBackup", &new), why);
            notes.push(note.at("spec.immediate"));
        }
    }
    if taken.is_none() && draft.has_bucket() {
        let note = Note::new(
            Topic::Left,
            found.itself(),
            "no ScheduledBackup of it is in the input, so the stack's is among the files that are applied by hand",
        );
        notes.push(
            note.todo(
                "set backup.schedule and backup.apply: true if nothing else takes base backups",
            ),
        );
    }
    draft.notes.extend(notes);
}

/// Backups may belong to the schedule that made them, and snapshots to the Backups.
fn replaced(found: &Found, old: &str, new: &str) -> Note {
    let why = format!("is replaced by {new}: the two of them would take every backup twice");
    let todo = format!(
        "`kubectl delete scheduledbackup {old} -n {} --cascade=orphan`: without that its Backups are deleted too",
        found.namespace
    );
    Note::new(Topic::Before, found.object("ScheduledBackup", old), why).todo(todo)
}
