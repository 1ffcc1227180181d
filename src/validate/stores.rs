//! Whose make a linked object store is, and how to get in: S3, Google Cloud Storage or Azure Blob Storage.
//!
//! The rules are those that CNPG had for its own backups (`pkg/api/config.go` of barman-cloud); for an ObjectStore
//! nobody checks them before the first file of WAL is to be archived.

use super::check::{bucket, store};
use super::credentials::{Found, Given};
use super::stack::key;
use super::{
    AzureCredentials, Checker, Credentials, KeyRef, Provider, Refusal, Secret, SecretValue,
};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{self, ValueSource};

use secret::SecretField;

mod secret;

/// What stores without regions expect.
const REGION: &str = "us-east-1";

/// The make of a store, as far as the fields of a bucket say it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Make {
    /// AWS, or whatever speaks S3.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

impl Make {
    pub(super) fn of(given: &spec::Bucket) -> Self {
        match (&given.google_credentials, &given.azure_credentials) {
            (Some(_), _) => Self::Google,
            (None, Some(_)) => Self::Azure,
            (None, None) => Self::S3,
        }
    }

    /// The check of a bucket's name.
    pub(super) fn name(self) -> fn(&str) -> Result<String, Refusal> {
        match self {
            Self::S3 => |text| bucket::bucket(text).map(bucket::BucketName::into_string),
            Self::Google => store::google_bucket,
            Self::Azure => store::container,
        }
    }
}

impl Checker<'_> {
    /// What of a bucket depends on its make.
    pub(super) fn provider(
        &mut self,
        given: &spec::Bucket,
        region: Option<String>,
        path: &FieldPath,
    ) -> Provider {
        self.foreign_fields(given, path);
        match (&given.google_credentials, &given.azure_credentials) {
            (Some(google), _) => {
                Provider::Google(self.google(google, &path.key("googleCredentials")))
            }
            (None, Some(azure)) => self.azure(azure, given, path),
            (None, None) => Provider::S3 {
                region: self.region(given, region, path),
                credentials: self.credentials(given, path),
                encryption: given.encryption,
            },
        }
    }

    /// Fields that mean nothing to the make of the store.
    fn foreign_fields(&mut self, given: &spec::Bucket, path: &FieldPath) {
        let make = Make::of(given);
        let (group, whose) = match make {
            Make::S3 => return,
            Make::Google => ("googleCredentials", "Google Cloud Storage"),
            Make::Azure => ("azureCredentials", "Azure Blob Storage"),
        };
        let message = format!("must not be set together with `{group}`: {whose} has no use for it");
        let google = make == Make::Google;
        let fields = [
            (
                "azureCredentials",
                google && given.azure_credentials.is_some(),
            ),
            ("endpoint", google && given.endpoint.is_some()),
            ("endpointCA", google && given.endpoint_ca.is_some()),
            ("region", given.region.is_some()),
            ("accessKey", given.access_key.is_some()),
            ("secretKey", given.secret_key.is_some()),
            ("secretKeyFrom", given.secret_key_from.is_some()),
            ("credentialsFrom", given.credentials_from.is_some()),
            ("inheritFromIAMRole", given.inherit_from_iam_role.is_some()),
            ("encryption", given.encryption.is_some()),
        ];
        self.idle(path, &fields, &message);
    }

    /// Without an endpoint it is AWS, where there is no default.
    fn region(&mut self, given: &spec::Bucket, region: Option<String>, path: &FieldPath) -> String {
        let endpoint = path.key("endpoint");
        if given.endpoint.is_none() && given.region.is_none() && !self.out.covers(&endpoint) {
            let message = format!(
                "must be set, or `{}` for a bucket in AWS",
                path.key("region")
            );
            self.out.error(Code::MissingField, &endpoint, message);
        }
        region.unwrap_or_else(|| REGION.to_owned())
    }

    /// Two keys, a Secret that has both, or the role of the Pods.
    fn credentials(&mut self, given: &spec::Bucket, path: &FieldPath) -> Credentials {
        let own = given.access_key.is_some()
            || given.secret_key.is_some()
            || given.secret_key_from.is_some();
        let from_path = path.key("credentialsFrom");
        if given.inherit_from_iam_role == Some(true) {
            if own || given.credentials_from.is_some() {
                let message = "must not be set together with keys: Barman would not use them";
                self.out
                    .error(Code::Conflict, &path.key("inheritFromIAMRole"), message);
            }
            return Credentials::Inherited;
        }
        if let Some(from) = &given.credentials_from {
            if own {
                let message =
                    "must not be set together with `accessKey`, `secretKey` or `secretKeyFrom`";
                self.out.error(Code::Conflict, &from_path, message);
            }
            return self.referenced(from, &from_path.key("secretRef"));
        }
        let access_path = path.key("accessKey");
        let access = self.access_key(given.access_key.as_ref(), &access_path);
        if given.access_key.is_none()
            && !self.out.covers(&access_path)
            && !self.out.covers(&from_path)
        {
            let message = format!("must be set, or `{from_path}`");
            self.out.error(Code::MissingField, &access_path, message);
        }
        let source = given.secret_key_from.as_ref().map(|source| ValueSource {
            env: source.env.clone(),
            secret_ref: None,
        });
        let secret = Given {
            plain: given.secret_key.as_ref(),
            source: source.as_ref(),
            plain_path: path.key("secretKey"),
            source_path: path.key("secretKeyFrom"),
            check: bucket::key,
        };
        let secret = match (own, self.out.covers(&from_path)) {
            // One error about the missing keys is enough.
            (false, _) | (_, true) => None,
            _ => self.password(&secret),
        };
        let secret = match secret {
            Some(Found::Value(value)) => value,
            _ => Secret::new(String::new()),
        };
        Credentials::Given { access, secret }
    }

    /// The value is shown nowhere: an access key is one half of the credentials.
    fn access_key(&mut self, value: Option<&String>, path: &FieldPath) -> Secret {
        let accepted = self.optional(Code::InvalidValue, path, value, |text| {
            bucket::key(text).map(|()| text.to_owned())
        });
        Secret::new(accepted.unwrap_or_default())
    }

    fn referenced(&mut self, from: &spec::Credentials, path: &FieldPath) -> Credentials {
        let given = from.secret_ref.clone().unwrap_or_default();
        let name = given.name.as_ref();
        let access = ("accessKey", given.access_key.as_ref(), key::ACCESS);
        let secret = ("secretKey", given.secret_key.as_ref(), key::SECRET);
        let access = self.key_ref(path, name, access).unwrap_or_else(nothing);
        let secret = self.key_ref(path, name, secret).unwrap_or_else(nothing);
        let session = given.session_token.as_ref();
        let session = session.and_then(|_| self.key_ref(path, name, ("sessionToken", session, "")));
        Credentials::Referenced {
            access,
            secret,
            session,
        }
    }

    /// A key, or the Pods' identity, and not both.
    fn google(&mut self, given: &spec::GoogleCredentials, path: &FieldPath) -> Option<SecretValue> {
        let key = SecretField {
            field: "applicationCredentials",
            plain: given.application_credentials.as_ref(),
            source: given.application_credentials_from.as_ref(),
            key: key::GOOGLE,
            check: store::google_key,
        };
        if given.gke_environment == Some(true) {
            if key.is_given() {
                let message = "must not be set together with a key (CNPG: only one of them)";
                self.out
                    .error(Code::Conflict, &path.key("gkeEnvironment"), message);
            }
            return None;
        }
        if !key.is_given() {
            let message = "must have `applicationCredentialsFrom`, or `gkeEnvironment: true`";
            self.out.error(Code::MissingField, path, message);
            return None;
        }
        let value = self.secret_field(&key, path);
        // As one line: an env file can hold no other.
        Some(match value {
            SecretValue::Given(json) => {
                let line = store::one_line(json.reveal()).unwrap_or_default();
                SecretValue::Given(Secret::new(line))
            }
            other @ SecretValue::Referenced(_) => other,
        })
    }

    /// The account, and one way to get in.
    fn azure(
        &mut self,
        given: &spec::AzureCredentials,
        bucket: &spec::Bucket,
        path: &FieldPath,
    ) -> Provider {
        let endpoint = path.key("endpoint");
        let path = path.key("azureCredentials");
        let account = self.optional(
            Code::InvalidValue,
            &path.key("storageAccount"),
            given.storage_account.as_ref(),
            store::account,
        );
        let account = account.unwrap_or_default();
        let credentials = self.azure_credentials(given, &account, &path);
        let connection =
            given.connection_string.is_some() || given.connection_string_from.is_some();
        if bucket.endpoint.is_some() && !connection {
            let message = format!(
                "must not be set without `{}`: at another place than blob.core.windows.net Barman takes nothing else",
                path.key("connectionStringFrom")
            );
            self.out.error(Code::Conflict, &endpoint, message);
        }
        Provider::Azure {
            account,
            credentials,
        }
    }

    fn azure_credentials(
        &mut self,
        given: &spec::AzureCredentials,
        account: &str,
        path: &FieldPath,
    ) -> AzureCredentials {
        let secrets = azure_secrets(given);
        let flags = [
            ("inheritFromAzureAD", given.inherit_from_azure_ad),
            (
                "useDefaultAzureCredentials",
                given.use_default_azure_credentials,
            ),
        ];
        let ways = secrets
            .iter()
            .filter(|field| field.is_given())
            .map(|field| field.field);
        let flagged = flags.iter().filter(|(_, set)| *set == Some(true));
        let ways: Vec<&str> = ways.chain(flagged.map(|(name, _)| *name)).collect();
        if ways.len() != 1 {
            let found = if ways.is_empty() {
                "none".to_owned()
            } else {
                ways.join(", ")
            };
            let message = format!(
                "must have exactly one way to get in (CNPG: one and only one): `connectionStringFrom`, `storageKeyFrom`, \
                 `storageSasTokenFrom`, `inheritFromAzureAD: true` or `useDefaultAzureCredentials: true`; it has {found}"
            );
            let code = if ways.is_empty() {
                Code::MissingField
            } else {
                Code::Conflict
            };
            self.out.error(code, path, message);
        }
        let [connection, storage_key, sas_token] = secrets;
        if connection.is_given() {
            let value = self.secret_field(&connection, path);
            self.same_account(&value, account, path);
            AzureCredentials::ConnectionString(value)
        } else if storage_key.is_given() {
            AzureCredentials::StorageKey(self.secret_field(&storage_key, path))
        } else if sas_token.is_given() {
            AzureCredentials::SasToken(self.secret_field(&sas_token, path))
        } else if given.inherit_from_azure_ad == Some(true) {
            AzureCredentials::ManagedIdentity
        } else {
            AzureCredentials::Default
        }
    }

    /// A connection string says the account, too: Barman goes there, the export Jobs and the documents say the other.
    fn same_account(&mut self, value: &SecretValue, account: &str, path: &FieldPath) {
        let SecretValue::Given(text) = value else {
            return;
        };
        let other = store::connection_account(text.reveal()).is_some_and(|found| found != account);
        if other && !account.is_empty() {
            let message = "must be the `AccountName` of the connection string";
            self.out
                .error(Code::Conflict, &path.key("storageAccount"), message);
        }
    }
}

/// Stands for a reference that was refused: there is no stack then.
fn nothing() -> KeyRef {
    KeyRef {
        name: String::new(),
        key: String::new(),
    }
}

fn azure_secrets(given: &spec::AzureCredentials) -> [SecretField<'_>; 3] {
    [
        SecretField {
            field: "connectionString",
            plain: given.connection_string.as_ref(),
            source: given.connection_string_from.as_ref(),
            key: key::CONNECTION,
            check: store::connection_string,
        },
        SecretField {
            field: "storageKey",
            plain: given.storage_key.as_ref(),
            source: given.storage_key_from.as_ref(),
            key: key::STORAGE_KEY,
            check: store::storage_key,
        },
        SecretField {
            field: "storageSasToken",
            plain: given.storage_sas_token.as_ref(),
            source: given.storage_sas_token_from.as_ref(),
            key: key::SAS_TOKEN,
            check: store::sas_token,
        },
    ]
}
