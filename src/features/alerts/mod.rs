//! Who looks when something is wrong: the clinic's named contact, and alerts that stay open until somebody has seen them.

use axum::Router;

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
}
