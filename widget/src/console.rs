//! The agent's app.
/// Starts the app.
pub fn start() {}
