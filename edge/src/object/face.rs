//! The platform's face of an object: every event of the platform, handed to the shell.

/// Gives a kind of object the platform's face: every event goes to its [`Shell`].
macro_rules! object {
    ($(#[$doc:meta])* $name:ident, $core:ty) => {
        $(#[$doc])*
        #[durable_object]
        pub struct $name {
            shell: Rc<Shell<$core>>,
        }

        #[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
        impl $name {
            /// A message of a socket, taken at once: a promise for each would cost more than
            /// the turn. Our glue calls this instead of `webSocketMessage`.
            ///
            /// # Errors
            /// What `webSocketMessage` would reject with.
            pub fn message(
                &self,
                socket: worker::web_sys::WebSocket,
                message: JsValue,
            ) -> core::result::Result<(), JsValue> {
                Ok(self.shell.receive(&socket.into(), &message)?)
            }

            /// The same for a message of bytes, which comes over in one go.
            ///
            /// # Errors
            /// What `webSocketMessage` would reject with.
            pub fn bytes(
                &self,
                socket: worker::web_sys::WebSocket,
                message: Vec<u8>,
            ) -> core::result::Result<(), JsValue> {
                let message = WebSocketIncomingMessage::Binary(message);
                Ok(self.shell.take(&socket.into(), message)?)
            }
        }

        impl DurableObject for $name {
            fn new(state: State, env: Env) -> Self {
                Self {
                    shell: Shell::new(state, env),
                }
            }

            async fn fetch(&self, request: Request) -> Result<Response> {
                self.shell.answer(request).await
            }

            async fn websocket_message(
                &self,
                socket: WebSocket,
                message: WebSocketIncomingMessage,
            ) -> Result<()> {
                self.shell.take(&socket, message)
            }

            async fn websocket_close(
                &self,
                socket: WebSocket,
                _code: usize,
                _reason: String,
                _was_clean: bool,
            ) -> Result<()> {
                self.shell.gone(&socket)
            }

            async fn websocket_error(&self, socket: WebSocket, error: Error) -> Result<()> {
                console_error!("edge: a socket failed: {error}");
                self.shell.gone(&socket)
            }

            async fn alarm(&self) -> Result<Response> {
                self.shell.rang()
            }
        }
    };
}
pub(crate) use object;
