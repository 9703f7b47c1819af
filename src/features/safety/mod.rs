//! Unwanted effects and screening: asked plainly, answered by rule, told to the practitioner.

use axum::Router;

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
}
