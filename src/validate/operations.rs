//! Operations that are one edit of the file.

use super::Checker;
use super::check::time;
use crate::diagnostic::{Code, FieldPath};
use crate::spec::Spec;

impl Checker<'_> {
    /// CNPG compares the text with that of each Pod; a time keeps the next one different.
    pub(super) fn restarted_at(&mut self, spec: &Spec, path: &FieldPath) -> Option<String> {
        let path = path.key("restartedAt");
        let given = spec.restarted_at.as_ref();
        self.optional(Code::InvalidValue, &path, given, time::rfc3339)
    }
}
