//! Schemas and extensions of a database.

use serde_json::{Map, Value};

use super::pointer::{every, exactly};

/// Adds what the Database lists to the entry of its user.
pub fn carry(database: &Value, entry: &mut Map<String, Value>) {
    let list = |name: &str| database.pointer(&format!("/spec/{name}"));
    let schemas = list("schemas").and_then(|given| every(given, schema));
    let extensions = list("extensions").and_then(|given| every(given, extension));
    entry.extend(schemas.map(|list| ("schemas".to_owned(), list)));
    entry.extend(extensions.map(|list| ("extensions".to_owned(), list)));
}

/// One without an owner belongs to whoever made it, which no field says.
fn schema(given: &Value) -> Option<Value> {
    let fields = state(exactly(given, &["name", "owner", "ensure"])?);
    let owned = fields.contains_key("owner") || fields.contains_key("state");
    owned.then_some(Value::Object(fields))
}

fn extension(given: &Value) -> Option<Value> {
    let fields = exactly(given, &["name", "version", "schema", "ensure"])?;
    Some(Value::Object(state(fields)))
}

/// `ensure` under the name that it has in a stack, unless it is the default.
fn state(mut fields: Map<String, Value>) -> Map<String, Value> {
    let state = fields.remove("ensure").filter(|state| state != "present");
    fields.extend(state.map(|state| ("state".to_owned(), state)));
    fields
}
