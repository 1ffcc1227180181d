//! Which PostgreSQL it is, and who its superuser is.

use serde_json::{Map, Value, json};

use super::databases::declared;
use super::draft::Draft;
use super::found::{Found, name_of};
use super::pointer::{exactly, list, on, scalar, text, word};
use super::report::{Note, Topic};
use crate::validate::check::{ident, image};

/// What CNPG 1.30 runs when a Cluster names no image (`pkg/versions/versions.go`).
const DEFAULT_IMAGE: &str = "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie";
/// The repository whose tags `psqlVersion` takes.
const OPERAND: &str = "ghcr.io/cloudnative-pg/postgresql:";
/// The superuser that is made where there is none to log in as.
const NEW_ADMIN: &str = "stack_admin";
/// Its name where the other is taken.
const OTHER_ADMIN: &str = "stack_admin_2";

/// The major version, the image, and what has to be known about it.
///
/// # Errors
///
/// When the version is one that no stack can have.
pub fn version(found: &Found, draft: &mut Draft) -> Result<u64, String> {
    if let Some(major) = found.cluster.pointer("/spec/imageCatalogRef/major") {
        let major = major.as_u64().unwrap_or_default();
        draft.set("psqlVersion", major.to_string());
        catalog(found, draft);
        return supported(major);
    }
    let given = text(&found.cluster, "/spec/imageName").filter(|image| !image.is_empty());
    if given.is_none() && found.image.is_none() {
        let note = Note::new(
            Topic::Before,
            found.itself(),
            "names no image, so it runs the default of its operator when it was made; the stack names that of CNPG 1.30",
        );
        draft.note(
            note.at("spec.imageName")
                .value(DEFAULT_IMAGE)
                .todo("compare it with `kubectl get cluster NAME -o jsonpath={.status.image}`, and set psqlVersion to that: \
                       another major version is an upgrade"),
        );
    }
    let reference = given.or(found.image.as_deref()).unwrap_or(DEFAULT_IMAGE);
    let checked = image::operand_image(reference)
        .map_err(|refusal| format!("spec.imageName of the Cluster {}", refusal.message))?;
    let major = u64::from(checked.version.major);
    match reference.strip_prefix(OPERAND) {
        Some(tag) if !tag.contains('@') => draft.set("psqlVersion", tag),
        _ => {
            draft.set("psqlVersion", major.to_string());
            draft.set("imageName", reference);
        }
    }
    supported(major)
}

/// The catalog that the image is taken from, and its images where it is in the input.
fn catalog(found: &Found, draft: &mut Draft) {
    let reference = "/spec/imageCatalogRef";
    let kind = word(&found.cluster, &format!("{reference}/kind"));
    draft.set(
        "imageCatalog.name",
        word(&found.cluster, &format!("{reference}/name")),
    );
    if kind != "ImageCatalog" {
        draft.set("imageCatalog.kind", kind);
        return;
    }
    let Some(catalog) = &found.catalog else {
        return;
    };
    let image = |image: &Value| {
        let fields = exactly(image, &["major", "image"])?;
        Some((scalar(fields.get("major")?)?, fields.get("image")?.clone()))
    };
    let images: Option<Map<String, Value>> =
        list(catalog, "/spec/images").iter().map(image).collect();
    if let Some(images) = images.filter(|images| !images.is_empty()) {
        draft.set("imageCatalog.images", images);
    } else {
        let why = "has more than images, and is only referred to";
        let note = Note::new(Topic::Left, found.object(kind, name_of(catalog)), why);
        draft.note(note.todo("keep its manifest"));
    }
}

fn supported(major: u64) -> Result<u64, String> {
    let least = u64::from(image::MAJOR_MIN);
    if major >= least {
        return Ok(major);
    }
    Err(format!(
        "the Cluster runs PostgreSQL {major}; a stack has PostgreSQL {least} and up: upgrade it first"
    ))
}

/// Chooses the superuser that the Jobs of the stack log in as.
pub fn admin(found: &Found, draft: &mut Draft) {
    let spec = "/spec/managed/roles";
    let manageable = |role: &&Value| {
        let name = word(role, "/name");
        on(role, "/superuser")
            && on(role, "/login")
            && text(role, "/passwordSecret/name").is_some()
            && text(role, "/ensure") != Some("absent")
            && ident::role_name(name, false).is_ok()
    };
    if let Some(role) = list(&found.cluster, spec).iter().find(manageable) {
        let secret = word(role, "/passwordSecret/name");
        set(draft, word(role, "/name"), secret);
        draft.comment("adminUser", "the managed superuser that was there");
        if text(role, "/comment").is_none() {
            let why = "the managed superuser gets a comment in the database";
            let note = Note::new(Topic::Changes, found.itself(), why);
            draft.note(note.at("spec.managed.roles").value("administrator"));
        }
        return;
    }
    if on(&found.cluster, "/spec/enableSuperuserAccess") {
        let own = format!("{}-superuser", found.name);
        let secret = text(&found.cluster, "/spec/superuserSecret/name");
        set(draft, "postgres", secret.unwrap_or(&own));
        draft.comment("adminUser", "superuser access is enabled");
        return;
    }
    new_admin(found, draft);
}

fn new_admin(found: &Found, draft: &mut Draft) {
    let secret = format!("{}-admin", found.name);
    let user = match declared(found, NEW_ADMIN) {
        Some(_) => OTHER_ADMIN,
        None => NEW_ADMIN,
    };
    set(draft, user, &secret);
    draft.comment(
        "adminUser",
        "new: the Jobs of the stack need a superuser, and there was none to log in as",
    );
    if !found.secrets.contains(&secret) {
        let why = format!(
            "has to be there: the password of the new superuser {user}, as which the Jobs of the stack log in"
        );
        let note = Note::new(Topic::Before, found.object("Secret", &secret), why);
        draft.note(note.todo(format!(
            "create it with the type kubernetes.io/basic-auth, username {user} and a password, and the label \
             cnpg.io/reload: \"true\""
        )));
    }
    let why = "gets a new managed role with SUPERUSER";
    let note = Note::new(Topic::Changes, found.itself(), why);
    draft.note(note.at("spec.managed.roles").value(user));
}

fn set(draft: &mut Draft, user: &str, secret: &str) {
    draft.set("adminUser", user);
    draft.set("adminPasswordFrom", json!({"secretRef": {"name": secret}}));
}
