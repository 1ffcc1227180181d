//! DatabaseRole resources (CNPG 1.30 and up): one per user, one owner role per database.

use k8s_crds_cloud_native_pg::{
    DatabaseRole, DatabaseRoleClientCertificate, DatabaseRoleCluster,
    DatabaseRoleDatabaseRoleReclaimPolicy, DatabaseRoleEnsure, DatabaseRolePasswordSecret,
    DatabaseRoleSpec,
};

use crate::meta::Meta;
use crate::validate::{Database, Stack, User};

pub(super) fn build_all(stack: &Stack) -> Vec<DatabaseRole> {
    let owners = stack
        .databases
        .iter()
        .map(|database| owner(stack, database));
    let users = stack.users.iter().map(|entry| user(stack, entry));
    owners.chain(users).collect()
}

/// The roles that a user is a member of. The operator revokes memberships that
/// are not listed, so what the grant Job gives must stand here too.
pub(super) fn inherited_roles(user: &User) -> Option<Vec<String>> {
    Some(metadata_roles(user.metadata_access)).filter(|roles| !roles.is_empty())
}

/// The predefined roles that `metadata_access` stands for:
/// <https://www.postgresql.org/docs/current/predefined-roles.html>.
pub(super) fn metadata_roles(access: bool) -> Vec<String> {
    let roles = ["pg_read_all_settings", "pg_read_all_stats"];
    roles
        .into_iter()
        .filter(|_| access)
        .map(ToOwned::to_owned)
        .collect()
}

fn owner(stack: &Stack, database: &Database) -> DatabaseRole {
    let comment = format!("owner of database {}", database.name);
    let spec = DatabaseRoleSpec {
        comment: Some(comment),
        ..role(stack, &database.owner.name, false)
    };
    object(stack, &database.owner.object, spec)
}

fn user(stack: &Stack, user: &User) -> DatabaseRole {
    let spec = DatabaseRoleSpec {
        password_secret: user.login.as_ref().map(|login| DatabaseRolePasswordSecret {
            name: login.secret_name.clone(),
        }),
        disable_password: user.login.is_none().then_some(true),
        client_certificate: user
            .client_certificate
            .then_some(DatabaseRoleClientCertificate {
                enabled: Some(true),
            }),
        createrole: user.create_role.then_some(true),
        in_roles: inherited_roles(user),
        ..role(stack, &user.name, user.logs_in())
    };
    object(stack, &user.object, spec)
}

/// Deleting the resource keeps the role: a dropped role would take its objects'
/// ownership with it, or hang while grants exist.
fn role(stack: &Stack, name: &str, login: bool) -> DatabaseRoleSpec {
    DatabaseRoleSpec {
        cluster: DatabaseRoleCluster {
            name: Some(stack.cluster.clone()),
        },
        name: name.to_owned(),
        ensure: Some(DatabaseRoleEnsure::Present),
        database_role_reclaim_policy: Some(DatabaseRoleDatabaseRoleReclaimPolicy::Retain),
        connection_limit: Some(-1),
        inherit: Some(true),
        login: Some(login),
        ..DatabaseRoleSpec::default()
    }
}

fn object(stack: &Stack, name: &str, spec: DatabaseRoleSpec) -> DatabaseRole {
    DatabaseRole {
        metadata: Meta::new(stack, name).literal().build(),
        spec,
        status: None,
    }
}
