//! Other readers of YAML, as judges over what the writer writes.
//!
//! `serde_yaml_ng` stands on libyaml, as the Go libraries of Kubernetes do, and types plain scalars by the core
//! schema of YAML 1.2. `yaml-rust2` is a reader of its own for YAML 1.2; the parser of this package descends from an
//! early one of its, so it is the less independent of the two.

use serde_json::{Number, Value};
use serde_yaml_ng::Value as Libyaml;
use yaml_rust2::{Yaml, YamlLoader};

/// What `serde_yaml_ng` reads.
pub(crate) fn libyaml(text: &str) -> Result<Value, String> {
    let value: Libyaml =
        serde_yaml_ng::from_str(text).map_err(|error| format!("serde_yaml_ng: {error}"))?;
    of_libyaml(&value).map_err(|what| format!("serde_yaml_ng: {what}"))
}

fn of_libyaml(value: &Libyaml) -> Result<Value, String> {
    Ok(match value {
        Libyaml::Null => Value::Null,
        Libyaml::Bool(on) => Value::Bool(*on),
        Libyaml::Number(number) => of_number(number)?,
        Libyaml::String(text) => Value::String(text.clone()),
        Libyaml::Sequence(items) => {
            Value::Array(items.iter().map(of_libyaml).collect::<Result<_, _>>()?)
        }
        Libyaml::Mapping(entries) => {
            let entry = |(key, value): (&Libyaml, &Libyaml)| {
                let key = key.as_str().ok_or_else(|| format!("the key {key:?}"))?;
                Ok::<_, String>((key.to_owned(), of_libyaml(value)?))
            };
            Value::Object(entries.iter().map(entry).collect::<Result<_, _>>()?)
        }
        Libyaml::Tagged(tagged) => return Err(format!("the tag {}", tagged.tag)),
    })
}

fn of_number(number: &serde_yaml_ng::Number) -> Result<Value, String> {
    let integer = number
        .as_i64()
        .map(Value::from)
        .or_else(|| number.as_u64().map(Value::from));
    let float = || {
        number
            .as_f64()
            .and_then(Number::from_f64)
            .map(Value::Number)
    };
    integer
        .or_else(float)
        .ok_or_else(|| format!("the number {number}"))
}

/// What `yaml-rust2` reads.
pub(crate) fn rust2(text: &str) -> Result<Value, String> {
    let documents =
        YamlLoader::load_from_str(text).map_err(|error| format!("yaml-rust2: {error}"))?;
    match documents.as_slice() {
        [document] => of_rust2(document).map_err(|what| format!("yaml-rust2: {what}")),
        documents => Err(format!("yaml-rust2: {} documents", documents.len())),
    }
}

fn of_rust2(value: &Yaml) -> Result<Value, String> {
    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Boolean(on) => Value::Bool(*on),
        Yaml::Integer(number) => Value::from(*number),
        // Whatever is no integer of 64 bits with a sign.
        Yaml::Real(text) => of_real(text)?,
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Array(items) => Value::Array(items.iter().map(of_rust2).collect::<Result<_, _>>()?),
        Yaml::Hash(entries) => {
            let entry = |(key, value): (&Yaml, &Yaml)| {
                let key = key.as_str().ok_or_else(|| format!("the key {key:?}"))?;
                Ok::<_, String>((key.to_owned(), of_rust2(value)?))
            };
            Value::Object(entries.iter().map(entry).collect::<Result<_, _>>()?)
        }
        Yaml::Alias(_) | Yaml::BadValue => return Err("no value".to_owned()),
    })
}

fn of_real(text: &str) -> Result<Value, String> {
    let integer = text.parse::<u64>().ok().map(Value::from);
    let float = || {
        text.parse()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number)
    };
    integer
        .or_else(float)
        .ok_or_else(|| format!("the number {text}"))
}
