//! Schemas and extensions of the databases.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{ident, preload};
use super::databases::Entries;
use super::{Checker, Database, Extension, Schema};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{self, ObjectState, Spec};

/// Something that the entries of one database list, by name.
trait Listed: PartialEq + Clone {
    /// The field that lists it.
    const FIELD: &'static str;
    fn list(entry: &spec::Database) -> &[Self]
    where
        Self: Sized;
    fn name(&self) -> Option<&str>;
    fn state(&mut self) -> &mut Option<ObjectState>;

    /// What it says, whether the default is written out or not.
    fn meaning(&self) -> Self {
        let mut whole = self.clone();
        whole.state().get_or_insert_default();
        whole
    }
}

impl Listed for spec::Schema {
    const FIELD: &'static str = "schemas";
    fn list(entry: &spec::Database) -> &[Self] {
        entry.schemas.as_deref().unwrap_or_default()
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
    fn state(&mut self) -> &mut Option<ObjectState> {
        &mut self.state
    }
}

impl Listed for spec::Extension {
    const FIELD: &'static str = "extensions";
    fn list(entry: &spec::Database) -> &[Self] {
        entry.extensions.as_deref().unwrap_or_default()
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
    fn state(&mut self) -> &mut Option<ObjectState> {
        &mut self.state
    }
}

/// The extensions that are to be there, in any database.
pub(super) fn wanted_extensions(spec: &Spec) -> impl Iterator<Item = &str> {
    let listed = spec
        .databases
        .iter()
        .flatten()
        .flat_map(spec::Extension::list);
    listed
        .filter(|extension| extension.state.unwrap_or_default() == ObjectState::Present)
        .filter_map(Listed::name)
}

impl Checker<'_> {
    /// Puts the schemas and extensions of each database together.
    pub(super) fn objects(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        parameters: &BTreeMap<String, String>,
        entries: Option<&mut Entries>,
    ) {
        let path = path.key("databases");
        let given = spec.databases.as_deref().unwrap_or_default();
        let schemas = self.distinct::<spec::Schema>(given, &path);
        let extensions = self.distinct::<spec::Extension>(given, &path);
        let mut made: BTreeMap<&str, (Vec<Schema>, Vec<Extension>)> = BTreeMap::new();
        for (path, database, given) in schemas {
            let schema = self.schema(given, &path, database, entries.as_deref());
            made.entry(database).or_default().0.extend(schema);
        }
        for (path, database, given) in extensions {
            let (schemas, extensions) = made.entry(database).or_default();
            extensions.extend(self.extension(given, &path, schemas, parameters));
        }
        for database in entries
            .into_iter()
            .flat_map(|entries| &mut entries.databases)
        {
            let Database {
                name,
                schemas,
                extensions,
                ..
            } = database;
            (*schemas, *extensions) = made.remove(name.as_str()).unwrap_or_default();
        }
    }

    /// Each of a database once, and where it stands first; what is listed again must say the same.
    fn distinct<'s, T: Listed>(
        &mut self,
        given: &'s [spec::Database],
        path: &FieldPath,
    ) -> Vec<(FieldPath, &'s str, &'s T)> {
        let mut found: Vec<(FieldPath, &str, &T)> = Vec::new();
        for (number, entry) in given.iter().enumerate() {
            let database = entry.database.as_deref().unwrap_or_default();
            let mut here = BTreeSet::new();
            for (index, one) in T::list(entry).iter().enumerate() {
                let path = path.index(number).key(T::FIELD).index(index);
                let known = found
                    .iter()
                    .find(|(_, other, known)| *other == database && known.name() == one.name());
                if one.name().is_some() && !here.insert(one.name()) {
                    self.out
                        .error(Code::DuplicateEntry, &path, "is listed twice");
                } else if let Some((first, _, known)) = known.filter(|_| one.name().is_some()) {
                    if known.meaning() != one.meaning() {
                        let message = format!(
                            "must say the same as `{first}`, which is about the same database"
                        );
                        self.out.error(Code::Conflict, &path, message);
                    }
                } else {
                    found.push((path, database, one));
                }
            }
        }
        found
    }

    fn schema(
        &mut self,
        given: &spec::Schema,
        path: &FieldPath,
        database: &str,
        entries: Option<&Entries>,
    ) -> Option<Schema> {
        let check = |text: &str| ident::schema_name(text).map(ident::Identifier::into_string);
        let name = self.optional(
            Code::InvalidIdentifier,
            &path.key("name"),
            given.name.as_ref(),
            check,
        );
        let absent = given.state.unwrap_or_default() == ObjectState::Absent;
        if absent {
            self.idle(path, &[("owner", given.owner.is_some())], GOES);
        }
        let known = entries.and_then(|entries| {
            entries
                .databases
                .iter()
                .find(|other| other.name == database)
        });
        let default = known.map(|database| database.owner.name.as_str());
        if let (Some(owner), Some(entries), false) = (&given.owner, entries, absent) {
            // What belongs to a user without these permissions goes to the owner role.
            let owns = entries
                .grants
                .iter()
                .any(|grant| grant.database == database && grant.user == *owner && grant.creates());
            if !owns && Some(owner.as_str()) != default {
                let message = "must be the owner role of the database, or one of its users that has `create_schema` or \
                               `create_tables` there";
                self.conflict(&path.key("owner"), owner, message);
            }
        }
        Some(Schema {
            name: name?,
            owner: given.owner.clone().or_else(|| default.map(str::to_owned))?,
            absent,
        })
    }

    fn extension(
        &mut self,
        given: &spec::Extension,
        path: &FieldPath,
        schemas: &[Schema],
        parameters: &BTreeMap<String, String>,
    ) -> Option<Extension> {
        let part = |text: &str| ident::extension_part(text).map(ident::Identifier::into_string);
        let code = Code::InvalidIdentifier;
        let name = self.optional(code, &path.key("name"), given.name.as_ref(), part);
        let version = self.optional(code, &path.key("version"), given.version.as_ref(), part);
        let check = |text: &str| ident::extension_schema(text).map(ident::Identifier::into_string);
        let schema_path = path.key("schema");
        let schema = self.optional(code, &schema_path, given.schema.as_ref(), check);
        let absent = given.state.unwrap_or_default() == ObjectState::Absent;
        if absent {
            let set = [
                ("version", given.version.is_some()),
                ("schema", given.schema.is_some()),
            ];
            self.idle(path, &set, GOES);
        }
        if let Some(goes) = schemas
            .iter()
            .find(|other| other.absent && Some(&other.name) == schema.as_ref())
        {
            let message = "must not be a schema that `schemas` lists as absent";
            self.conflict(&schema_path, &goes.name, message);
        }
        let name = name?;
        self.managed(&name, absent, &path.key("name"), parameters);
        Some(Extension {
            name,
            version,
            schema,
            absent,
        })
    }

    /// Extensions that CNPG takes care of by itself, in all databases, when one of their parameters is set
    /// (`reconcileExtensions` in `instance_controller.go`).
    fn managed(
        &mut self,
        name: &str,
        absent: bool,
        path: &FieldPath,
        parameters: &BTreeMap<String, String>,
    ) {
        if preload::is_only_a_library(name) {
            let message = format!(
                "must not be a library that comes without an extension; to have it preloaded, set one of its parameters \
                 `{name}.*` in `spec.postgresParameters`"
            );
            self.conflict(path, name, &message);
        } else if absent
            && preload::preload_parameter(name).is_some()
            && parameters
                .keys()
                .any(|key| preload::is_parameter_of(key, name))
        {
            let message = format!(
                "must not be absent while a parameter `{name}.*` is set, by `spec.postgresParameters`, `spec.initDb` or \
                 another database: CNPG makes the extension in every database then"
            );
            self.conflict(path, name, &message);
        }
    }
}

/// Why a field of something that goes is refused.
const GOES: &str = "must not be set with `state: absent`: it would have no effect";
