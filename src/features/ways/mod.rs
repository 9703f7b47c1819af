//! Finding ways to practise: a moment of the day, a person and a practice put together; a practitioner's own side.

use axum::Router;

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
}
