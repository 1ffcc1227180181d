//! Schemas and extensions of a database.

use serde_json::{Map, Value};

use super::pointer::{every, exactly};

/// Adds what the Database lists to the entry of its user.
pub fn carry(database: &Value, entry: &mut Map<String, Value>) {
    let lists: [(&str, fn(&Value) -> Option<Value>); 2] =
        [("schemas", schema), ("extensions", extension)];
    for (name, conversion) in lists {
        let given = database.pointer(&format!("/spec/{name}"));
        let list = given.and_then(|given| every(given, conversion));
        entry.extend(list.map(|list| (name.to_owned(), list)));
    }
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
