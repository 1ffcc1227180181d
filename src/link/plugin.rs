//! The Barman Cloud plugin, by which CNPG keeps WAL files and base backups in a bucket.
//!
//! One installation serves the whole Kubernetes cluster. It has to be in the operator's namespace:
//! <https://cloudnative-pg.io/plugin-barman-cloud/docs/installation/>. The objects are those of the
//! release's manifest, under the same names, so that an installation by that manifest is taken over;
//! only its Secret stays behind, which has a hash in its name.

use serde::Serialize;

use crate::meta::Meta;
use crate::plan::{Document, File};
use crate::validate::{BarmanPlugin, Stack};

use super::Linking;

mod certificates;
mod crd;
mod deployment;
mod rbac;
mod service;

/// The API group of an `ObjectStore`.
const GROUP: &str = "barmancloud.cnpg.io";
/// Its resource.
const OBJECT_STORES: &str = "objectstores";
/// The name of the plugin: of its account, its role and its Secret.
const NAME: &str = "plugin-barman-cloud";
/// The name of the Deployment and the Service, the value of their selector, and the server's host.
const APP: &str = "barman-cloud";
/// Where the operator reaches the plugin.
const PORT: i32 = 9090;
/// The Secret with the plugin's own certificate.
const SERVER_TLS: &str = "barman-cloud-server-tls";
/// The Secret with the certificate that the operator shows to the plugin.
const CLIENT_TLS: &str = "barman-cloud-client-tls";

/// Adds the whole plugin; nothing where the stack does not install it.
pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    if let Some(plugin) = &stack.plugin {
        linking.documents.extend(documents(stack, plugin));
    }
}

fn documents(stack: &Stack, plugin: &BarmanPlugin) -> Vec<Document> {
    let mut documents = vec![document(&crd::build(stack))];
    documents.extend(rbac::documents(stack));
    documents.extend([
        document(&deployment::secret(stack, plugin)),
        document(&service::build(stack)),
        document(&deployment::build(stack, plugin)),
    ]);
    if plugin.cert_manager {
        documents.extend(certificates::build_all(stack).iter().map(document));
    }
    documents
}

fn document(object: &impl Serialize) -> Document {
    Document::new(File::Plugin, object)
}

/// The metadata of an object in the operator's namespace.
fn namespaced(stack: &Stack, name: &str) -> Meta {
    shared(stack, name).in_namespace(&stack.operator.namespace)
}

/// The metadata of an object outside namespaces.
fn cluster_wide(stack: &Stack, name: &str) -> Meta {
    shared(stack, name).cluster_scoped()
}

/// Other stacks back up by the same plugin.
fn shared(stack: &Stack, name: &str) -> Meta {
    Meta::new(stack, name).shared()
}
