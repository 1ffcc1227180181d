//! The pipeline: one call per stage, in order, nothing else.
//!
//! ```text
//! CnpgStack --read--> Spec --validate--> Stack --plan--> Plan<Base> --link--> Plan<Linked>
//!           --place--> [Placed] --sink--> edits of the ResourceList
//! ```
//!
//! All stages are pure. What the function may know of the world outside its
//! input, the environment, is handed in; files and stdio belong to the two ends.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::inventory::Inventory;
use crate::krm::{Edits, ResourceList};
use crate::link::link;
use crate::open::open;
use crate::place::{self, Occupied};
use crate::plan::{Linked, Plan, plan};
use crate::sink::{function, tree};
use crate::spec::{KIND, read};
use crate::validate::{Outside, Stack, validate};
use crate::world::World;

/// Turns a ResourceList and its functionConfig into the edits that bring the two
/// in line. After an error the edits are not to be used.
pub fn process(
    list: &ResourceList,
    config: Value,
    world: &World<'_>,
    out: &mut Diagnostics,
) -> Option<Edits> {
    let inventory = Inventory::new(list);
    let written = function::is_written(&config);
    let (stack, linked) = linked(&inventory, config, world, out)?;
    let roots = stack.output.roots();
    let occupied = function::occupied(&inventory, &stack.owner(), &roots);
    let patches = linked.patches.clone();
    let sealing = function::Sealing::new(&stack.encryption, written, world);
    let placed = place::place(linked, &stack, &occupied, sealing.layout());
    let owner = stack.owner();
    let merging = function::Merging {
        inventory: &inventory,
        owner: &owner,
        occupied: &occupied,
        sealing,
    };
    Some(merging.merge(placed, &patches, out))
}

/// Turns a `CnpgStack` and the documents beside it into the files of a directory tree.
pub fn tree(
    list: &ResourceList,
    config: Value,
    world: &World<'_>,
    rules: tree::FindRules<'_>,
    out: &mut Diagnostics,
) -> Option<tree::Files> {
    let inventory = Inventory::new(list);
    let (stack, linked) = linked(&inventory, config, world, out)?;
    out.extend(linked.patches.iter().map(tree::by_hand));
    let secrets = place::secrets(&linked, &stack);
    let encrypting = match tree::Encrypting::find(&stack, &secrets, rules) {
        Ok(encrypting) => encrypting,
        Err(reason) => {
            out.push(Diagnostic::general(
                Severity::Error,
                Code::UnreadableFile,
                reason,
            ));
            return None;
        }
    };
    let placed = place::place(linked, &stack, &Occupied::new(), encrypting.layout());
    tree::Files::new(placed, &stack, encrypting, out)
}

/// The stack alone, for who wants to know whether it is valid or what it is, and not what comes of it.
pub fn stack(
    list: &ResourceList,
    config: Value,
    world: &World<'_>,
    out: &mut Diagnostics,
) -> Option<Stack> {
    linked(&Inventory::new(list), config, world, out).map(|(stack, _)| stack)
}

/// The documents that are applied, and the day-2 ones left out: for who compares a stack with what there is.
pub fn applied(
    list: &ResourceList,
    config: Value,
    world: &World<'_>,
    out: &mut Diagnostics,
) -> Option<Vec<Value>> {
    let (_, linked) = linked(&Inventory::new(list), config, world, out)?;
    let documents = linked.documents.into_iter();
    let applied = documents.filter(|document| !document.file.is_day2());
    Some(applied.map(|document| document.value).collect())
}

/// Everything that the doors share.
fn linked(
    inventory: &Inventory<'_>,
    config: Value,
    world: &World<'_>,
    out: &mut Diagnostics,
) -> Option<(Stack, Plan<Linked>)> {
    let opened = open(config, world, out)?;
    let document = read::read(opened.value, out)?;
    let namespace = document.spec.namespace.as_deref().unwrap_or_default();
    inventory.one_stack_per_namespace(namespace, &document.name, out);
    let secrets = inventory.secrets(namespace, &document.spec.secret_names(), out);
    let backups = inventory.backups(namespace, &document.spec.backup_names(), out);
    let outside = Outside {
        env: world.env,
        sealed: opened.sealed,
        secrets,
        backups,
    };
    let stack = validate(&document, &outside, out)?;
    let base = plan(&stack);
    let linked = link(base, &stack, out);
    // A patch that does not apply leaves documents that mean nothing.
    (!out.has_errors()).then_some((stack, linked))
}

/// The value of the functionConfig.
pub fn config(list: &ResourceList, out: &mut Diagnostics) -> Option<Value> {
    let error = |code, message: String| Diagnostic::general(Severity::Error, code, message);
    let Some(config) = list.function_config() else {
        let message = format!("the ResourceList has no functionConfig; it must be a {KIND}");
        out.push(error(Code::MissingConfig, message));
        return None;
    };
    match config.parse() {
        Ok(value) => Some(value),
        Err(problem) => {
            out.push(error(
                Code::UnreadableConfig,
                format!("the functionConfig cannot be read: {problem:#}"),
            ));
            None
        }
    }
}
