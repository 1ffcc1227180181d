//! What a recovery recovers out of an archive: which backup, and where it stops.

use super::check::name;
use super::check::recovery::{self, BackupRef};
use super::recovery::Base;
use super::{Checker, Point, Refusal, Target};
use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::spec;

/// The fields that say where a recovery stops.
const POINTS: &str = "`targetTime`, `targetLSN`, `targetName`, `targetXID` and `latest`";

impl Checker<'_> {
    /// What to recover out of an archive.
    pub(super) fn target(
        &mut self,
        base: &Base<'_>,
        given: &spec::Target,
        path: &FieldPath,
    ) -> Target {
        let point = self.point(given, path);
        let bounded = matches!(point, Point::Time(_) | Point::Lsn(_) | Point::Xid(_));
        if given.exclusive == Some(true) && !bounded {
            let message = "must not be set without `targetTime`, `targetLSN` or `targetXID`: it would have no effect";
            self.out
                .error(Code::Conflict, &path.key("exclusive"), message);
        }
        Target {
            backup_id: self.backup_id(base, given, &path.key("backupId")),
            snapshot: self.snapshots_of(given, &path.key("snapshot")),
            timeline: self.optional(
                Code::InvalidValue,
                &path.key("targetTLI"),
                given.target_tli.as_ref(),
                recovery::timeline,
            ),
            point,
            exclusive: given.exclusive.unwrap_or_default(),
        }
    }

    /// Exactly one point, or a backup alone.
    fn point(&mut self, given: &spec::Target, path: &FieldPath) -> Point {
        type Check = fn(&str) -> Result<String, Refusal>;
        type Make = fn(String) -> Point;
        let texts: [(&str, &Option<String>, Check, Make); 4] = [
            (
                "targetTime",
                &given.target_time,
                recovery::time,
                Point::Time,
            ),
            ("targetLSN", &given.target_lsn, recovery::lsn, Point::Lsn),
            (
                "targetName",
                &given.target_name,
                recovery::restore_point,
                Point::Name,
            ),
            ("targetXID", &given.target_xid, recovery::xid, Point::Xid),
        ];
        let mut points = Vec::new();
        for (field, value, check, make) in texts {
            let Some(value) = value else { continue };
            let field = path.key(field);
            let checked = self.accept(Code::InvalidValue, &field, value, check(value));
            points.push(make(checked.unwrap_or_default()));
        }
        points.extend((given.latest == Some(true)).then_some(Point::Latest));
        if points.len() > 1 {
            let message = format!("must have at most one of {POINTS}: a recovery stops once");
            self.out.error(Code::Conflict, path, message);
        }
        let backup_path = path.key("backupId");
        match points.pop() {
            None if given.backup_id.is_none() && given.snapshot.is_none() => {
                if !self.out.covers(path) {
                    let message = format!("must have `backupId`, `snapshot`, or one of {POINTS}");
                    self.out.error(Code::MissingField, path, message);
                }
                Point::Immediate
            }
            None => Point::Immediate,
            Some(point @ (Point::Name(_) | Point::Xid(_)))
                if given.backup_id.is_none() && given.snapshot.is_none() =>
            {
                if !self.out.covers(&backup_path) {
                    let message = "must be set with `targetName` or `targetXID`: neither tells which base backup lies before it \
                                   (CNPG refuses it)";
                    self.out.error(Code::MissingField, &backup_path, message);
                }
                point
            }
            Some(point) => point,
        }
    }

    /// The name of a Backup, after which the snapshots are named.
    fn snapshots_of(&mut self, given: &spec::Target, path: &FieldPath) -> Option<String> {
        let name = given.snapshot.as_ref()?;
        if given.backup_id.is_some() {
            let message = "must not be set with `backupId`: a recovery starts from one of them (CNPG refuses both)";
            self.conflict(path, name, message);
        }
        let check = |text: &str| name::dns1123_subdomain(text).map(name::DnsSubdomain::into_string);
        self.accept(Code::InvalidName, path, name, check(name))
    }

    /// The Barman ID; that of a Backup object is looked up among the items.
    fn backup_id(
        &mut self,
        base: &Base<'_>,
        given: &spec::Target,
        path: &FieldPath,
    ) -> Option<String> {
        let text = given.backup_id.as_ref()?;
        let checked = recovery::backup_ref(text);
        let object = match self.accept(Code::InvalidValue, path, text, checked)? {
            BackupRef::Barman(id) => return Some(id),
            BackupRef::Object(name) => name,
        };
        let known = self.outside.backups.get(&object);
        if let Some(id) = known.filter(|id| recovery::is_barman_id(id)) {
            return Some(id.clone());
        }
        let message = format!(
            "names a Backup that is not among the items with a Barman ID in `status.backupId`; set the ID itself, which \
             this prints: kubectl -n {} get backups.postgresql.cnpg.io {object} -o jsonpath='{{.status.backupId}}'",
            base.spec.namespace.as_deref().unwrap_or_default()
        );
        let error = Diagnostic::at(Severity::Error, Code::MissingSource, path, message);
        let upper = object.to_ascii_uppercase();
        let proposed = recovery::is_barman_id(&upper).then_some(upper);
        self.out.push(error.value(object).proposed(proposed));
        None
    }
}
