//! The grant Jobs: one per database and user.
//!
//! CNPG has no declarative GRANTs, so a Job brings the privileges in line. What it does, and why it may be
//! trusted with a superuser's session, is written in `grant/job/`.
//!
//! A Job's template is immutable, so the last stage puts a hash of it into the name
//! (`link/job_names.rs`). No secret is in the template: passwords and the CA are mounted.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, EnvVar, Volume};

use super::grant;
use super::job::{self, FILES, Limits};
use super::roster::Roster;
use crate::meta::{self, Meta};
use crate::validate::{Grant, Stack, User, job_name};

/// Minutes for the work, an hour to read the log.
const LIMITS: Limits = Limits {
    deadline: 600,
    kept: 3600,
};
/// What it is given of the node.
pub(super) const SHARE: job::Share = ["50m", "64Mi", "256Mi"];
/// Room for passwords.
pub(super) const SCRATCH: &str = "16Mi";
/// What the script allows itself, so that it can still say what was missing.
const WAIT_SECONDS: i64 = 480;

pub(super) fn build_all(stack: &Stack) -> Vec<Job> {
    let roster = Roster::new(stack);
    let grants = stack.grants.iter();
    grants
        .filter_map(|grant| Some(build(&roster, grant, roster.user(&grant.user)?)))
        .collect()
}

fn build(roster: &Roster<'_>, grant: &Grant, user: &User) -> Job {
    let stack = roster.stack;
    let metadata = Meta::new(stack, &job_name(&grant.database, &grant.user))
        .label(meta::JOB, meta::GRANT_JOB)
        .annotation(meta::DATABASE, &grant.database)
        .annotation(meta::USER, &grant.user)
        .annotation(
            meta::STATE,
            if grant.absent {
                meta::ABSENT
            } else {
                "present"
            },
        )
        .literal()
        .recreated();
    let volumes = volumes(stack, user);
    let pod = job::pod(
        stack,
        vec![container(roster, grant, user, &volumes)],
        volumes,
    );
    Job {
        metadata: metadata.build(),
        spec: Some(job::spec(stack, meta::GRANT_JOB, &LIMITS, pod)),
        status: None,
    }
}

fn container(roster: &Roster<'_>, grant: &Grant, user: &User, volumes: &[Volume]) -> Container {
    let script = format!("{FILES}/grant.sh");
    Container {
        env: Some(environment(roster, grant, user)),
        volume_mounts: Some(volumes.iter().map(job::mount).collect()),
        ..job::container(
            "grant",
            &roster.stack.client_image,
            &["/bin/bash", &script],
            SHARE,
        )
    }
}

/// Names and libpq's settings; never a password.
pub(super) fn environment(roster: &Roster<'_>, grant: &Grant, user: &User) -> Vec<EnvVar> {
    let stack = roster.stack;
    // Over several lines, so that a changed permission is one line of a diff.
    let wanted = format!("{:#}", grant::wanted(roster, grant, user));
    let wait = WAIT_SECONDS.to_string();
    let pairs = [
        ("ADMIN_USER", stack.admin.name.as_str()),
        ("GRANT_USER", &grant.user),
        ("WANTED", &wanted),
        ("WAIT_SECONDS", &wait),
        // The name of the database goes nowhere else: as an argument it could be a connection string.
        ("PGDATABASE", &grant.database),
    ];
    let variables = pairs.map(|(name, value)| job::variable(name, value));
    variables
        .into_iter()
        .chain(job::connection(stack))
        .collect()
}

fn volumes(stack: &Stack, user: &User) -> Vec<Volume> {
    let login = login("user", user);
    [job::files(&grant::FILES), job::scratch(SCRATCH)]
        .into_iter()
        .chain(job::admin(stack))
        .chain(login)
        .collect()
}

/// What the user logs in with: its password, or the certificate that the operator makes.
pub(super) fn login(volume: &str, user: &User) -> Option<Volume> {
    let password = user.login.as_ref();
    let password = password.map(|login| job::secret(volume, &login.secret_name, &["password"]));
    let secret = user.certificate_secret();
    password.or_else(|| Some(job::secret(volume, &secret?, &["tls.crt", "tls.key"])))
}
