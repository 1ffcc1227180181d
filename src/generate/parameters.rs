//! Fields that are set by the Argo CD Application: parameters of the plugin, and variables.
//!
//! A parameter is named like its field below `spec`, `backup.schedule`; in a directory with several stacks
//! it is for all of them, unless it begins with the name of one, `shop/instances`. The variable of the same
//! field is `ARGOCD_ENV_CNPGSTACK_BACKUP__SCHEDULE`, for all stacks. Parameters win over variables, both
//! over the file. What holds a secret cannot be set: everybody who sees the Application can read it.

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use crate::source::Found;
use crate::spec::{self, closest};
use crate::world::World;

/// What Argo CD puts before the variables of an Application, and what is ours among them.
pub(super) const VARIABLES: &str = "ARGOCD_ENV_CNPGSTACK_";
/// The parameters of the Application, as JSON.
const PARAMETERS: &str = "ARGOCD_APP_PARAMETERS";

/// A field that can be set.
struct Field {
    /// Its path below `spec`.
    name: String,
    kind: Kind,
    description: String,
}

/// What a field takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Boolean,
    List,
    Map,
}

/// A value for a field of one stack, or of all.
struct Setting {
    origin: String,
    stack: Option<String>,
    name: String,
    value: Value,
}

/// What is set, and what is wrong with it.
#[derive(Default)]
pub(super) struct Settings {
    settings: Vec<Setting>,
    /// Each with where it comes from.
    pub problems: Vec<(String, Diagnostic)>,
}

impl Settings {
    /// Reads variables, and then parameters, which win.
    pub(super) fn read(world: &World<'_>, variables: &[String], stacks: &[Found]) -> Self {
        let fields = fields();
        let mut settings = Self::default();
        for variable in variables {
            let value = (world.env)(variable).unwrap_or_default();
            let known = fields.iter().find(|field| field.variable() == *variable);
            match known {
                Some(field) => settings.add(variable, None, field, &Value::from(value)),
                None => settings.unknown(variable, variable, fields.iter().map(Field::variable)),
            }
        }
        let text = (world.env)(PARAMETERS).unwrap_or_default();
        match serde_json::from_str(if text.is_empty() { "[]" } else { &text }) {
            Ok(Value::Array(list)) => {
                for parameter in list {
                    settings.parameter(&parameter, &fields, stacks);
                }
            }
            _ => settings.problem(PARAMETERS, Code::WrongType, "must be a JSON list"),
        }
        settings
    }

    /// A parameter as Argo CD writes it: its name, and `string`, `array` or `map`.
    fn parameter(&mut self, parameter: &Value, fields: &[Field], stacks: &[Found]) {
        let name = parameter.get("name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let (stack, field) = match name.split_once('/') {
            Some((stack, field)) => (Some(stack.to_owned()), field),
            None => (None, name),
        };
        let origin = format!("parameter {}", FieldPath::top(name));
        if let Some(stack) = &stack
            && !stacks.iter().any(|found| found.name() == stack)
        {
            let names = stacks.iter().map(|found| found.name().to_owned());
            return self.unknown(&origin, stack, names);
        }
        let given = ["string", "array", "map"];
        let value = given.iter().find_map(|form| parameter.get(form));
        match fields.iter().find(|known| known.name == field) {
            Some(field) => self.add(&origin, stack, field, value.unwrap_or(&Value::Null)),
            None if FieldPath::spec().key(field).is_secret() => self.problem(
                &origin,
                Code::InvalidValue,
                "must not hold a secret: everybody who sees the Application can read it; use `...From` in the file",
            ),
            None => self.unknown(&origin, field, fields.iter().map(|field| field.name.clone())),
        }
    }

    fn add(&mut self, origin: &str, stack: Option<String>, field: &Field, value: &Value) {
        match field.kind.read(value) {
            Some(value) => self.settings.push(Setting {
                origin: origin.to_owned(),
                stack,
                name: field.name.clone(),
                value,
            }),
            None => self.problem(origin, Code::WrongType, field.kind.wanted()),
        }
    }

    fn unknown(&mut self, origin: &str, name: &str, known: impl Iterator<Item = String>) {
        let known: Vec<String> = known.collect();
        let hint = closest(name, known.iter().map(String::as_str));
        let hint = hint.map_or_else(String::new, |hint| format!("; did you mean `{hint}`?"));
        let message = format!("there is no `{name}` to set{hint}");
        self.problem(origin, Code::UnknownField, &message);
    }

    fn problem(&mut self, origin: &str, code: Code, message: &str) {
        let diagnostic = Diagnostic::general(Severity::Error, code, message);
        self.problems.push((origin.to_owned(), diagnostic));
    }

    /// Sets the fields of a stack.
    pub(super) fn apply(&self, found: &mut Found) {
        let name = found.name().to_owned();
        for setting in self.of(&name) {
            set(&mut found.config, setting);
        }
    }

    /// The parameter or variable that a field of a stack came from, or one above it.
    pub(super) fn origin(&self, stack: &str, path: &FieldPath) -> Option<&str> {
        let sets = |one: &Setting| FieldPath::top(&format!("spec.{}", one.name)).contains(path);
        let last = self.of(stack).filter(|one| sets(one)).last();
        last.map(|one| one.origin.as_str())
    }

    /// What is set in a stack, in the order in which it is set.
    fn of(&self, stack: &str) -> impl Iterator<Item = &Setting> {
        let mine = move |one: &&Setting| one.stack.as_ref().is_none_or(|name| name == stack);
        self.settings.iter().filter(mine)
    }
}

/// Sets one field. What should be an object and is none stays: reading the stack says so.
fn set(config: &mut Value, setting: &Setting) {
    let steps = setting.name.split('.');
    let mut at = config;
    for step in std::iter::once("spec").chain(steps) {
        let Value::Object(object) = at else { return };
        let inner = object.entry(step);
        at = inner.or_insert_with(|| Value::Object(Map::new()));
    }
    *at = setting.value.clone();
}

impl Kind {
    /// The value, as the field takes it.
    fn read(self, value: &Value) -> Option<Value> {
        let text = value.as_str();
        match self {
            Self::Text => text.map(Value::from),
            Self::Number => text?.trim().parse::<i64>().ok().map(Value::from),
            Self::Boolean => text?.trim().parse::<bool>().ok().map(Value::from),
            Self::List => value
                .is_array()
                .then(|| value.clone())
                .or_else(|| Some(text?.split(',').map(str::trim).collect())),
            Self::Map => value.is_object().then(|| value.clone()),
        }
    }

    const fn wanted(self) -> &'static str {
        match self {
            Self::Text => "must be a string",
            Self::Number => "must be a whole number",
            Self::Boolean => "must be `true` or `false`",
            Self::List => "must be an array",
            Self::Map => "must be a map; a variable cannot be one",
        }
    }

    /// What a field of the schema takes; none if it is made of objects.
    fn of(schema: &Value) -> Option<Self> {
        let word = |name: &str, key: &str| schema.pointer(name)?.get(key)?.as_str();
        match schema.get("type").and_then(Value::as_str) {
            Some("string") => Some(Self::Text),
            Some("integer") => Some(Self::Number),
            Some("boolean") => Some(Self::Boolean),
            Some("array") if word("/items", "type") == Some("string") => Some(Self::List),
            Some("object") if word("/additionalProperties", "type") == Some("string") => {
                Some(Self::Map)
            }
            _ => schema.get("x-kubernetes-int-or-string").map(|_| Self::Text),
        }
    }
}

impl Field {
    /// The variable that sets it: `backup.applyLater` is `BACKUP__APPLY_LATER`.
    fn variable(&self) -> String {
        let words = self.name.chars().fold(String::new(), |mut text, char| {
            if char.is_ascii_uppercase() {
                text.push('_');
            }
            match char {
                '.' => text.push_str("__"),
                char => text.push(char.to_ascii_uppercase()),
            }
            text
        });
        format!("{VARIABLES}{words}")
    }
}

/// Every field that can be set.
fn fields() -> Vec<Field> {
    let mut fields = Vec::new();
    if let Some(spec) = spec::json_schema().pointer("/properties/spec") {
        collect(spec, "", &mut fields);
    }
    fields
}

fn collect(schema: &Value, above: &str, fields: &mut Vec<Field>) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (key, property) in properties.into_iter().flatten() {
        let name = format!("{above}{key}");
        if FieldPath::spec().key(&name).is_secret() {
            continue;
        }
        let description = property.get("description").and_then(Value::as_str);
        match Kind::of(property) {
            Some(kind) => fields.push(Field {
                name,
                kind,
                description: description.unwrap_or_default().to_owned(),
            }),
            None => collect(property, &format!("{name}."), fields),
        }
    }
}

/// What Argo CD's user interface offers for stacks, with the values that they have now.
pub(super) fn announcement(stacks: &[Found]) -> String {
    let fields = fields();
    let all: Vec<Value> = stacks
        .iter()
        .flat_map(|found| {
            let prefix = match stacks {
                [_] => String::new(),
                _ => format!("{}/", found.name()),
            };
            fields
                .iter()
                .map(move |field| field.announced(&prefix, &found.config))
        })
        .collect();
    format!("{:#}\n", Value::Array(all))
}

impl Field {
    fn announced(&self, prefix: &str, config: &Value) -> Value {
        let pointer = format!("/spec/{}", self.name.replace('.', "/"));
        let value = config.pointer(&pointer);
        let (form, value) = match (self.kind, value) {
            (Kind::List, value) => ("array", value.cloned().unwrap_or_else(|| json!([]))),
            (Kind::Map, value) => ("map", value.cloned().unwrap_or_else(|| json!({}))),
            (_, Some(Value::String(text))) => ("string", json!(text)),
            (_, value) => (
                "string",
                json!(value.map(Value::to_string).unwrap_or_default()),
            ),
        };
        let item = match self.kind {
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            _ => "string",
        };
        json!({
            "name": format!("{prefix}{}", self.name),
            "title": format!("{prefix}{}", self.name),
            "tooltip": self.description,
            "itemType": item,
            "collectionType": form,
            form: value,
        })
    }
}
