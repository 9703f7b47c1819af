//! Voices, rendered by a program or recorded by a person, and a practice as one sound file: composed with the clips there
//! are, sent as it is asked for.

mod body;
pub mod recordings;
mod routes;
pub mod rules;
mod speaker;
mod store;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::app::App;

pub use speaker::{Spoken, revision, spoken};

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/voices", get(routes::list))
        .route("/practices/{slug}/sound", get(routes::sound))
        .merge(recordings::routes())
}
