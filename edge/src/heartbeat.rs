//! When the platform last answered a heartbeat of a socket. Crate `worker` does not bind this.

use shared::frame::SocketId;
use shared::time::Timestamp;
use worker::wasm_bindgen::prelude::*;
use worker::{State, WebSocket, js_sys};

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
extern "C" {
    type RawState;

    #[wasm_bindgen(method, catch, js_name = getWebSocketAutoResponseTimestamp)]
    fn last_answer(this: &RawState, socket: &JsValue) -> Result<JsValue, JsValue>;
}

/// The last answer on each socket that ever had one.
pub fn last_answers(
    state: &State,
    sockets: &[(SocketId, &WebSocket)],
) -> Vec<(SocketId, Timestamp)> {
    let raw: &JsValue = state.as_raw().as_ref();
    let raw: &RawState = raw.unchecked_ref();
    let answered = sockets.iter().filter_map(|(id, socket)| {
        let socket: &worker::web_sys::WebSocket = (*socket).as_ref();
        let at = raw.last_answer(socket.as_ref()).ok()?;
        let at = at.dyn_into::<js_sys::Date>().ok()?.get_time();
        (at > 0.0).then_some((*id, Timestamp::from_millis(at as u64)))
    });
    answered.collect()
}
