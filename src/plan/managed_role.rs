//! Managed roles inside the Cluster: the admin, and for operators below 1.30
//! (which have no DatabaseRole) also the users and the owner roles.

use k8s_crds_cloud_native_pg::{
    ClusterManagedRoles, ClusterManagedRolesEnsure, ClusterManagedRolesPasswordSecret,
};

use super::database_role::inherited_roles;
use crate::validate::{Database, RoleStyle, Stack, User};

pub(super) fn build_all(stack: &Stack) -> Vec<ClusterManagedRoles> {
    // CNPG refuses `postgres` here; it has a superuser Secret instead.
    let mut roles: Vec<_> = (!stack.admin.is_postgres())
        .then(|| admin(stack))
        .into_iter()
        .collect();
    if stack.operator.roles == RoleStyle::Inline {
        roles.extend(stack.databases.iter().map(owner));
        roles.extend(stack.users.iter().map(user));
    }
    roles
}

/// The list is atomic, so the API's defaults are written out.
fn role(name: &str, login: bool) -> ClusterManagedRoles {
    ClusterManagedRoles {
        name: name.to_owned(),
        ensure: Some(ClusterManagedRolesEnsure::Present),
        connection_limit: Some(-1),
        inherit: Some(true),
        login: Some(login),
        ..ClusterManagedRoles::default()
    }
}

fn admin(stack: &Stack) -> ClusterManagedRoles {
    ClusterManagedRoles {
        comment: Some("administrator".to_owned()),
        superuser: Some(true),
        password_secret: Some(secret(&stack.admin.login.secret_name)),
        ..role(&stack.admin.name, true)
    }
}

fn owner(database: &Database) -> ClusterManagedRoles {
    role(&database.owner.name, false)
}

fn user(user: &User) -> ClusterManagedRoles {
    ClusterManagedRoles {
        password_secret: user.login.as_ref().map(|login| secret(&login.secret_name)),
        disable_password: user.login.is_none().then_some(true),
        in_roles: inherited_roles(user),
        ..role(&user.name, user.logs_in())
    }
}

fn secret(name: &str) -> ClusterManagedRolesPasswordSecret {
    ClusterManagedRolesPasswordSecret {
        name: name.to_owned(),
    }
}
