//! Amounts of memory, processors and storage.

use serde_json::Value;

use crate::import::pointer::scalar;
use crate::validate::check::quantity::Quantity;

/// Amounts in one spelling.
pub(super) fn quantities(spec: &mut Value) {
    for place in [
        "/resources/requests",
        "/resources/limits",
        "/ephemeralVolumesSizeLimit",
        "/ephemeralVolumeSource/volumeClaimTemplate/spec/resources/requests",
    ] {
        amounts(spec, place);
    }
    let tablespaces = spec
        .get_mut("tablespaces")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for tablespace in tablespaces {
        amount(tablespace, "/storage/size");
    }
    for place in [
        "/storage/size",
        "/walStorage/size",
        "/probes/startup/maximumLag",
        "/probes/readiness/maximumLag",
    ] {
        amount(spec, place);
    }
}

/// The amounts of a map.
pub(super) fn amounts(value: &mut Value, place: &str) {
    if let Some(Value::Object(amounts)) = value.pointer_mut(place) {
        amounts.values_mut().for_each(canonical);
    }
}

fn amount(value: &mut Value, place: &str) {
    if let Some(amount) = value.pointer_mut(place) {
        canonical(amount);
    }
}

fn canonical(value: &mut Value) {
    let Some(text) = scalar(value) else { return };
    let quantity = Quantity::parse(&text).map(|quantity| quantity.canonical());
    *value = Value::String(quantity.unwrap_or(text));
}
