//! One reminder a day, at a time and after a routine of one's own: calendar feed, e-mail, web push.

use axum::Router;

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
}
