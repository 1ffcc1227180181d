//! Passwords that stand in the Cluster as plain text. They are never copied.

use serde_json::Value;

use super::found::Found;
use super::pointer::{list, word};

/// Words in the name of a variable whose value is a secret.
const SECRET: [&str; 4] = ["PASSWORD", "SECRET", "TOKEN", "KEY"];

/// The first field that holds a secret and that the Cluster needs to live.
///
/// # Errors
///
/// When there is one: without it the stack would change the Cluster, and with it the secret would be copied.
pub fn check(found: &Found) -> Result<(), String> {
    let sources = list(&found.cluster, "/spec/externalClusters").iter();
    let sources = sources.enumerate().filter_map(|(index, source)| {
        let parameters = source.get("connectionParameters")?.as_object()?;
        let secret = parameters
            .keys()
            .find(|key| key.contains("password") && *key != "passfile")?;
        Some((
            format!("spec.externalClusters[{index}].connectionParameters.{secret}"),
            "`password: {name, key}`",
        ))
    });
    let variables = list(&found.cluster, "/spec/env").iter();
    let variables = variables.enumerate().filter_map(|(index, variable)| {
        let name = word(variable, "/name").to_ascii_uppercase();
        let plain = variable.get("value").is_some_and(|value| value != "");
        let secret = plain && SECRET.iter().any(|word| name.contains(word));
        secret.then(|| {
            (
                format!("spec.env[{index}].value"),
                "`valueFrom.secretKeyRef`",
            )
        })
    });
    match sources.chain(variables).next() {
        None => Ok(()),
        Some((path, instead)) => Err(format!(
            "{} has a secret as plain text in `{path}`, which is not copied: put it into a Secret, name that with \
             {instead}, and import again",
            found.itself()
        )),
    }
}

/// Whether SQL that ran when the Cluster was made gives somebody a password.
#[must_use]
pub fn has_password(statements: &Value) -> bool {
    let text = statements.to_string().to_ascii_lowercase();
    text.contains("password")
}
