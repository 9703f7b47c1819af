//! What every request finds at hand, and the list of rooms.

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use kith_content::Library;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::timeout::TimeoutLayer;

use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::db::Db;
use crate::base::error::Error;
use crate::base::id::Ids;
use crate::base::limit::Limits;
use crate::base::web::{assets, form, headers, origin, respond};
use crate::clips::Clips;
use crate::features::people::permissions;
use crate::features::people::secrets::Secrets;
use crate::features::{
    admin, alerts, evidence, exchange, guide, guiding, home, library, measures, offline, people, plans,
    player, progress, reminders, safety, sittings, voices, ways,
};

/// What every request finds at hand; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// The settled options.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Practices, words, sources.
    pub content: Library,
    /// What voices say, encoded.
    pub clips: Clips,
    /// The time.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// Hashing of passwords and PINs.
    pub secrets: Secrets,
    /// Slows down guessing.
    pub limits: Limits,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The longest a request may take, seconds.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// Answers up to this size, bytes, travel as they are: packing them takes longer than sending them. So does sound: it
/// cannot be packed further, and players ask for parts of it.
const SMALL: u64 = 1024;

/// Every room's routes, behind what every request passes through.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(people::routes())
        .merge(library::routes())
        .merge(sittings::routes())
        .merge(alerts::routes())
        .merge(measures::routes())
        .merge(plans::routes())
        .merge(guide::routes())
        .merge(reminders::routes())
        .merge(player::routes())
        .merge(voices::routes())
        .merge(progress::routes())
        .merge(safety::routes())
        .merge(guiding::routes())
        .merge(ways::routes())
        .merge(evidence::routes())
        .merge(exchange::routes())
        .merge(home::routes())
        .merge(offline::routes())
        .merge(admin::routes())
        .route("/static/{version}/{*file}", get(assets::serve))
        .route_layer(from_fn_with_state(app.clone(), permissions::guard))
        .fallback(async || Error::NotFound)
        .layer(from_fn(origin::guard))
        .layer(DefaultBodyLimit::max(form::LARGEST))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(CatchPanicLayer::custom(|_| {
            axum::response::IntoResponse::into_response(Error::internal("a handler panicked"))
        }))
        .layer(from_fn(exchange::fhir::in_fhir))
        .layer(from_fn(respond::errors))
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(SizeAbove::new(SMALL).and(NotForContentType::const_new("audio/"))),
        )
        .layer(from_fn(headers::secure))
        .with_state(app)
}
