//! The stable names of the rules: `tags.code` of a result, and the rows of the
//! README's table of codes.

/// Declares the codes once: variant, spelling, meaning.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident => $name:literal,)+) => {
        /// The stable name of a rule. A name is never reused for another rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The spelling in results.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What the rule says, in a sentence: the comment of its declaration.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

codes! {
    /// The ResourceList has no functionConfig.
    MissingConfig => "missing-config",
    /// The functionConfig is not a `CnpgStack` of a known version.
    WrongKind => "wrong-kind",
    /// The functionConfig is not valid YAML, or is too large or too deep.
    UnreadableConfig => "unreadable-config",
    /// An item that concerns the stack is not valid YAML, or is too large or too deep.
    UnreadableItem => "unreadable-item",
    /// A file or directory of the output, or `.sops.yaml`, cannot be read, or is a link.
    UnreadableFile => "unreadable-file",
    /// A file that the stack does not own stands where one of its files would be written.
    ForeignFile => "foreign-file",
    /// A file of the stack that is not generated any more.
    StaleFile => "stale-file",
    /// Two `CnpgStack` documents claim the same namespace.
    TwoStacks => "two-stacks",
    /// A field that the API does not have.
    UnknownField => "unknown-field",
    /// A value of another type than the field takes.
    WrongType => "wrong-type",
    /// A value that is not one of those allowed.
    InvalidValue => "invalid-value",
    /// A required field is missing.
    MissingField => "missing-field",
    /// Two fields exclude each other, or one needs the other.
    Conflict => "conflict",
    /// Two entries that must differ are the same.
    DuplicateEntry => "duplicate-entry",
    /// A name that Kubernetes refuses.
    InvalidName => "invalid-name",
    /// A label that Kubernetes refuses.
    InvalidLabel => "invalid-label",
    /// A label key that belongs to CNPG, Argo CD, Flux or this function.
    ReservedLabel => "reserved-label",
    /// A name that PostgreSQL or CNPG refuses.
    InvalidIdentifier => "invalid-identifier",
    /// A quantity that Kubernetes refuses, or a size of zero.
    InvalidQuantity => "invalid-quantity",
    /// A request that exceeds its limit.
    RequestOverLimit => "request-over-limit",
    /// An image reference or PostgreSQL version that CNPG refuses.
    InvalidImage => "invalid-image",
    /// A backup schedule that CNPG refuses or misreads.
    InvalidSchedule => "invalid-schedule",
    /// A retention that the Barman Cloud plugin refuses, or that nothing would honour.
    InvalidRetention => "invalid-retention",
    /// A PostgreSQL parameter that CNPG refuses.
    InvalidParameter => "invalid-parameter",
    /// A password that PostgreSQL or the operator would read as something else.
    InvalidPassword => "invalid-password",
    /// A variable or Secret that a value should come from is not there.
    MissingSource => "missing-source",
    /// An output path that leaves the package or is malformed.
    InvalidPath => "invalid-path",
    /// An SQL text that PostgreSQL cannot take.
    InvalidSql => "invalid-sql",
    /// A patch of the user that does not apply, or touches what it must not.
    InvalidPatch => "invalid-patch",
    /// A link to an object of the user that is not among the items, or has no such container.
    LinkWithoutTarget => "link-without-target",
    /// A patch that finds no object.
    PatchWithoutTarget => "patch-without-target",
    /// A password stands in the file as plain text.
    PlaintextPassword => "plaintext-password",
    /// `write` without `read`: the user cannot see what it changes.
    BlindWrite => "blind-write",
    /// `metadata_access` shows other databases' queries.
    ClusterWideAccess => "cluster-wide-access",
    /// An offline snapshot stops the only instance.
    BackupDowntime => "backup-downtime",
    /// A bucket is linked, but nothing takes base backups.
    NoBaseBackup => "no-base-backup",
    /// WAL goes on in another place, where there is no base backup yet.
    ArchiveMoved => "archive-moved",
    /// Synchronous replication needs every standby: the loss of one stops all writing.
    EveryStandbyNeeded => "every-standby-needed",
    /// What the profile asks for and cannot fill in.
    ProfileGap => "profile-gap",
    /// What the profile filled in.
    ProfileApplied => "profile-applied",
    /// What goes to a bucket can be read on the way.
    PlaintextEndpoint => "plaintext-endpoint",
    /// A server that a migration connects to is not checked against a certificate authority.
    UnverifiedServer => "unverified-server",
    /// A Service for clients outside the Kubernetes cluster that the NetworkPolicy does not let in.
    UnreachableService => "unreachable-service",
    /// The second bucket holds no backups.
    ExportsOnly => "exports-only",
    /// The Cluster is brought up from an archive and writes another folder.
    RecoveredCluster => "recovered-cluster",
    /// The archive folder is fixed, and stays the same through a major upgrade.
    FixedArchive => "fixed-archive",
    /// The plugin's version is newer than the newest that was tried.
    UntestedPlugin => "untested-plugin",
    /// A user is gone from the file without `state: absent`: it keeps its rights.
    VanishedUser => "vanished-user",
    /// The client programs of Jobs are older than a security fix.
    OldClient => "old-client",
    /// An object that the function does not own was merged with ours.
    MergedForeign => "merged-foreign",
    /// A kustomization.yaml of the user lists a file of ours that is gone.
    StaleEntry => "stale-entry",
    /// An object that serves the whole cluster is left where it is.
    KeptShared => "kept-shared",
    /// Secrets are written to files that everybody can read who can read the repository.
    PlaintextSecret => "plaintext-secret",
    /// Who can decrypt what is written.
    EncryptedFor => "encrypted-for",
    /// A file cannot be encrypted, or a value in it would stay readable.
    ReadableSecret => "readable-secret",
    /// Nobody can tell whether an encrypted file holds the values that are given.
    UncomparableSecret => "uncomparable-secret",
    /// An encrypted file would be overwritten with plain text.
    EncryptionEnds => "encryption-ends",
    /// A SOPS-encrypted `CnpgStack` that does not open, or was changed without SOPS.
    CannotDecrypt => "cannot-decrypt",
    /// The operator's version is newer than the newest that was tried.
    UntestedOperator => "untested-operator",
    /// A key of the operator's configuration that the operator is not known to read.
    UnknownOperatorKey => "unknown-operator-key",
    /// A bug of the function.
    Internal => "internal",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(
            names
                .iter()
                .all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        );
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}
