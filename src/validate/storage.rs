//! Tablespaces and the volumes that live no longer than a Pod.

use std::collections::BTreeSet;

use super::check::{name, quantity, tablespace};
use super::databases::Entries;
use super::{Checker, EphemeralVolumes, Tablespace, TemporaryFiles};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec::{self, Amount, Spec};

impl Checker<'_> {
    pub(super) fn class(&mut self, path: &FieldPath, given: Option<&String>) -> Option<String> {
        let check = |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        self.optional(Code::InvalidName, path, given, check)
    }

    fn size(&mut self, path: &FieldPath, given: Option<&Amount>) -> Option<String> {
        let size = self.amount(path, given, quantity::storage);
        size.map(|size| size.canonical())
    }

    /// A volume's class means nothing without the volume.
    pub(super) fn wal_class(&mut self, spec: &Spec, path: &FieldPath) -> Option<String> {
        let own = path.key("walStorageClass");
        if spec.wal_storage_class.is_some() && spec.wal_storage_size.is_none() {
            let message = "must not be set without `spec.walStorageSize`: there is no separate volume for WAL";
            self.out.error(Code::Conflict, &own, message);
        }
        self.class(&own, spec.wal_storage_class.as_ref())
            .or_else(|| spec.storage_class.clone())
    }

    pub(super) fn tablespaces(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Vec<Tablespace> {
        let path = path.key("tablespaces");
        let given = spec.tablespaces.as_deref().unwrap_or_default();
        let mut volumes = BTreeSet::new();
        let mut valid = Vec::new();
        for (index, given) in given.iter().enumerate() {
            let path = path.index(index);
            if let Some(name) = &given.name
                && !volumes.insert(tablespace::volume(name))
            {
                let message = "must differ from the entries before it, also without regard to case and to `_`, `-` and \
                               `$`: the names of the volumes are made from it";
                let error = Diagnostic::at(
                    Severity::Error,
                    Code::DuplicateEntry,
                    &path.key("name"),
                    message,
                );
                self.out.push(error.value(name.as_str()));
            }
            valid.extend(self.tablespace(spec, given, &path, entries));
        }
        valid
    }

    fn tablespace(
        &mut self,
        spec: &Spec,
        given: &spec::Tablespace,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Option<Tablespace> {
        let name = self.optional(
            Code::InvalidIdentifier,
            &path.key("name"),
            given.name.as_ref(),
            tablespace::name,
        );
        let size = self.size(&path.key("size"), given.size.as_ref());
        let class = self.class(&path.key("storageClass"), given.storage_class.as_ref());
        let owner = self.tablespace_owner(spec, given, path, entries);
        Some(Tablespace {
            name: name?,
            size: size?,
            class,
            owner: owner?,
            temporary: given.temporary.unwrap_or_default(),
        })
    }

    /// A user would lose it with its permissions (`REASSIGN OWNED`), and the operator would give it back.
    fn tablespace_owner(
        &mut self,
        spec: &Spec,
        given: &spec::Tablespace,
        path: &FieldPath,
        entries: Option<&Entries>,
    ) -> Option<String> {
        let admin = spec.admin_user.as_ref()?;
        let owner = given.owner.as_ref().unwrap_or(admin);
        let mut databases = entries?.databases.iter();
        if owner == admin || databases.any(|database| database.owner.name == *owner) {
            return Some(owner.clone());
        }
        let owners = entries?.databases.iter().map(|d| d.owner.name.as_str());
        let known: Vec<&str> = std::iter::once(admin.as_str()).chain(owners).collect();
        let message = format!(
            "must be `spec.adminUser` or the owner role of a database: {}",
            known.join(", ")
        );
        let error = Diagnostic::at(
            Severity::Error,
            Code::InvalidValue,
            &path.key("owner"),
            message,
        );
        self.out.push(error.value(owner.as_str()));
        None
    }

    pub(super) fn ephemeral_volumes(&mut self, spec: &Spec, path: &FieldPath) -> EphemeralVolumes {
        let path = path.key("ephemeralVolumes");
        let Some(given) = &spec.ephemeral_volumes else {
            return EphemeralVolumes::default();
        };
        let shm = self.size(&path.key("shm"), given.shm.as_ref());
        let size = self.size(&path.key("temporaryData"), given.temporary_data.as_ref());
        let class_path = path.key("storageClass");
        if given.storage_class.is_some() && given.temporary_data.is_none() {
            let message = "must not be set without `temporaryData`: a volume has a size";
            self.out.error(Code::Conflict, &class_path, message);
        }
        let class = self.class(&class_path, given.storage_class.as_ref());
        EphemeralVolumes {
            shm,
            temporary: size.map(|size| TemporaryFiles { size, class }),
        }
    }
}
