//! Lets the worker hear its messages while a text is decoded.

use std::future::Future;
use std::pin::Pin;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type MessageChannel;
    type MessagePort;

    #[wasm_bindgen(constructor)]
    fn new() -> MessageChannel;
    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> MessagePort;
    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> MessagePort;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &MessagePort, listener: &Function);
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &MessagePort, message: &JsValue);
    #[wasm_bindgen(method)]
    fn close(this: &MessagePort);
}

/// Waits until messages that are already here have been heard. A message to
/// oneself comes behind them at once, where a timer would wait for milliseconds.
pub(crate) fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {
        let channel = MessageChannel::new();
        let receiver = channel.port1();
        let heard = Promise::new(&mut |resolve, _| receiver.set_onmessage(&resolve));
        channel.port2().post_message(&JsValue::NULL);
        // A promise that is only ever resolved.
        let _ = JsFuture::from(heard).await;
        receiver.close();
    })
}
