//! What a migration brings has no permissions: the destination's own are set again, by what the grant Jobs run.

use k8s_openapi::api::core::v1::{Container, EnvVar, Volume, VolumeMount};

use super::super::job::{self, FILES};
use super::super::roster::Roster;
use super::super::{grant, grant_job};
use super::job::PROGRESS;
use crate::validate::{End, Grant, Migration, Stack, User};

/// A user of the destination, and what it may do there.
type Entry<'a> = (&'a Grant, &'a User);

/// The users of the destination, when it is a database of the stack.
pub(super) fn users<'a>(stack: &'a Stack, migration: &Migration) -> Vec<Entry<'a>> {
    let End::Own { database } = &migration.destination else {
        return Vec::new();
    };
    let roster = Roster::new(stack);
    let grants = roster.in_database(database);
    grants
        .filter_map(|grant| Some((grant, roster.user(&grant.user)?)))
        .collect()
}

/// One container each, one after the other; the last one ends the sidecar of a mesh.
pub(super) fn containers(stack: &Stack, users: &[Entry<'_>]) -> Vec<Container> {
    let roster = Roster::new(stack);
    let containers = (1..=users.len()).zip(users);
    containers
        .map(|(number, entry)| container(&roster, entry, number, number == users.len()))
        .collect()
}

fn container(
    roster: &Roster<'_>,
    (grant, user): &Entry<'_>,
    number: usize,
    last: bool,
) -> Container {
    let script = format!("{FILES}-after/after.sh");
    let name = format!("grant-{number}");
    let before = match number {
        1 => "migrated".to_owned(),
        _ => format!("grant-{}", number - 1),
    };
    Container {
        env: Some(
            grant_job::environment(roster, grant, user)
                .into_iter()
                .chain(sequence(&before, &name, last))
                .collect(),
        ),
        volume_mounts: Some(mounts(user, number)),
        ..job::container(
            &name,
            &roster.stack.client_image,
            &["/bin/bash", &script],
            grant_job::SHARE,
        )
    }
}

fn sequence(before: &str, name: &str, last: bool) -> [EnvVar; 3] {
    [
        job::variable("PROGRESS_AFTER", before),
        job::variable("PROGRESS_AS", name),
        job::variable("SIDECAR_STAYS", if last { "" } else { "yes" }),
    ]
}

/// The files of the grant Jobs where those expect them.
fn mounts(user: &User, number: usize) -> Vec<VolumeMount> {
    let read = |name: &str, path: String| VolumeMount {
        name: name.to_owned(),
        mount_path: path,
        read_only: Some(true),
        ..VolumeMount::default()
    };
    // The scripts know one place for passwords, whatever the volume is called.
    let write = |name: &str, path: &str| VolumeMount {
        name: name.to_owned(),
        mount_path: path.to_owned(),
        ..VolumeMount::default()
    };
    let login = grant_job::login(&format!("user-{number}"), user);
    [
        read("grant-files", FILES.to_owned()),
        read("files", format!("{FILES}-after")),
        read("ca", format!("{FILES}-ca")),
        read("admin", format!("{FILES}-admin")),
        write(&scratch_name(number), "/scratch"),
        write(PROGRESS, "/progress"),
    ]
    .into_iter()
    .chain(login.map(|volume| read(&volume.name, format!("{FILES}-user"))))
    .collect()
}

fn scratch_name(number: usize) -> String {
    format!("scratch-{number}")
}

/// What the containers mount besides the migration's own.
pub(super) fn volumes(users: &[Entry<'_>]) -> Vec<Volume> {
    let files = Volume {
        name: "grant-files".to_owned(),
        ..job::files(&grant::FILES)
    };
    let of_user = |(number, (_, user)): (usize, &Entry<'_>)| {
        let scratch = Volume {
            name: scratch_name(number),
            ..job::scratch(grant_job::SCRATCH)
        };
        let login = grant_job::login(&format!("user-{number}"), user);
        std::iter::once(scratch).chain(login)
    };
    let own = (1..).zip(users).flat_map(of_user);
    (!users.is_empty())
        .then_some(files)
        .into_iter()
        .chain(own)
        .collect()
}
