//! Decides what Workers Analytics Engine is given, where it is bound: a point for each event, of site, code and level.

use js_sys::{Array, Function, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Env, console_error};

use super::{binding, text};
use crate::host::log::trouble;
use crate::web::Reply;

/// The data set; without it nothing is counted.
const DATASET: &str = "FC_METRICS";

/// Hands the events of a visit over; nobody waits for them.
pub(super) fn count(env: &Env, reply: &Reply) {
    if reply.events.is_empty() {
        return;
    }
    let Some(dataset) = binding::named(env, DATASET) else { return };
    if let Err(error) = write(&dataset, reply) {
        let message = "Analytics Engine took no point";
        console_error!("{}", trouble(reply.request, "host.metrics", message, &text(&error)));
    }
}

fn write(dataset: &JsValue, reply: &Reply) -> Result<(), JsValue> {
    let write: Function = Reflect::get(dataset, &"writeDataPoint".into())?.dyn_into()?;
    for event in &reply.events {
        let point = serde_json::json!({
            "indexes": [reply.service],
            "blobs": [reply.service, event.code, event.level.name()],
            "doubles": [1],
        });
        write.apply(dataset, &Array::of1(&JSON::parse(&point.to_string())?))?;
    }
    Ok(())
}
