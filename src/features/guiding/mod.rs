//! In the room with a client: a teleprompter, a summary before the appointment, words to say why.

use axum::Router;

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
}
