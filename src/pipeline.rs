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
use crate::place::place;
use crate::plan::plan;
use crate::sink::function;
use crate::spec::{KIND, read};
use crate::validate::{Outside, validate};

/// Turns a ResourceList and its functionConfig into the edits that bring the two
/// in line. After an error the edits are not to be used.
pub fn process(
    list: &ResourceList,
    config: Value,
    env: &dyn Fn(&str) -> Option<String>,
    out: &mut Diagnostics,
) -> Option<Edits> {
    let document = read::read(config, out)?;
    let namespace = document.spec.namespace.as_deref().unwrap_or_default();
    let inventory = Inventory::new(list);
    inventory.one_stack_per_namespace(namespace, &document.name, out);
    let secrets = inventory.secrets(namespace, &document.spec.secret_names(), out);
    let backups = inventory.backups(namespace, &document.spec.backup_names(), out);
    let outside = Outside {
        env,
        secrets,
        backups,
    };
    let stack = validate(&document, &outside, out)?;
    let base = plan(&stack);
    let linked = link(base, &stack, out);
    if out.has_errors() {
        // A patch that does not apply leaves documents that mean nothing.
        return None;
    }
    let occupied = function::occupied(
        &inventory,
        &stack.owner(),
        &[&stack.output.base, &stack.output.day2],
    );
    let patches = linked.patches.clone();
    let placed = place(linked, &stack, &occupied);
    Some(function::merge(
        &inventory,
        placed,
        &patches,
        &stack.owner(),
        &occupied,
        out,
    ))
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
