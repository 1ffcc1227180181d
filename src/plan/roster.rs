//! The databases, users and grants of a stack by name.
//!
//! Each grant Job looks at several of them, and a stack may have ten thousand: looking through lists would
//! take a time that grows with the square of that.

use std::collections::BTreeMap;

use crate::validate::{Database, Grant, Stack, User};

/// Grants by a name that they have in common.
type Grants<'a> = BTreeMap<&'a str, Vec<&'a Grant>>;

/// What is found by name.
pub struct Roster<'a> {
    /// The stack that they are of.
    pub stack: &'a Stack,
    users: BTreeMap<&'a str, &'a User>,
    databases: BTreeMap<&'a str, &'a Database>,
    in_database: Grants<'a>,
    of_user: Grants<'a>,
}

impl<'a> Roster<'a> {
    /// Of a stack.
    #[must_use]
    pub fn new(stack: &'a Stack) -> Self {
        let users = stack.users.iter();
        let databases = stack.databases.iter();
        Self {
            stack,
            users: users.map(|user| (user.name.as_str(), user)).collect(),
            databases: databases.map(|one| (one.name.as_str(), one)).collect(),
            in_database: grouped(stack, |grant| &grant.database),
            of_user: grouped(stack, |grant| &grant.user),
        }
    }

    /// The user of this name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&'a User> {
        self.users.get(name).copied()
    }

    /// The database of this name.
    #[must_use]
    pub fn database(&self, name: &str) -> Option<&'a Database> {
        self.databases.get(name).copied()
    }

    /// The grants in a database, in the order of the file.
    pub fn in_database(&self, database: &str) -> impl Iterator<Item = &'a Grant> {
        let found = self.in_database.get(database).into_iter();
        found.flatten().copied()
    }

    /// The grants of a user, in the order of the file.
    pub fn of_user(&self, user: &str) -> impl Iterator<Item = &'a Grant> {
        let found = self.of_user.get(user).into_iter();
        found.flatten().copied()
    }
}

fn grouped(stack: &Stack, name: impl Fn(&Grant) -> &str) -> Grants<'_> {
    let mut grouped = Grants::new();
    for grant in &stack.grants {
        grouped.entry(name(grant)).or_default().push(grant);
    }
    grouped
}
