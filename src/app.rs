//! What every request finds at hand, and the list of rooms.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts as RequestParts;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use kith_content::Library;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::timeout::TimeoutLayer;

use crate::clips::Clips;
use crate::content::{Contents, store};
use crate::features::evidence::pdf::Typesetter;
use crate::features::people::permissions;
use crate::features::people::secrets::Secrets;
use crate::features::{
    admin, alerts, evidence, exchange, guide, guiding, home, library, measures, offline, people,
    plans, player, progress, reminders, safety, sittings, voices, ways, writing,
};
use kith_base::clock::Clock;
use kith_base::config::Config;
use kith_base::db::Db;
use kith_base::error::Error;
use kith_base::id::Ids;
use kith_base::limit::Limits;
use kith_base::web::{assets, form, headers, origin, respond};

/// What every request finds at hand; cheap to clone.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
    /// Practices, words, studies: those of the clinic of whoever asks, or what all clinics have.
    pub content: Arc<Library>,
}

/// The parts of an [`App`].
pub struct Parts {
    /// The settled options.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// What each clinic has to practise and to read.
    pub contents: Contents,
    /// What voices say, encoded.
    pub clips: Clips,
    /// Sets handouts as PDF files, where there is one.
    pub typesetter: Typesetter,
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
        Self {
            content: parts.contents.common(),
            parts: Arc::new(parts),
        }
    }

    /// The same with what a clinic has.
    ///
    /// # Errors
    /// When the database or the clinic's content cannot be read.
    pub async fn at(&self, clinic_id: &str) -> Result<Self, Error> {
        let whose = clinic_id.to_owned();
        let revision = self
            .db
            .read(move |tx| store::find_revision(tx, &whose))
            .await
            .map_err(Error::from)?;
        self.at_revision(clinic_id, revision).await
    }

    /// The same for a request that knows already which state the clinic's own content is in.
    ///
    /// # Errors
    /// As [`App::at`].
    pub async fn at_revision(&self, clinic_id: &str, revision: i64) -> Result<Self, Error> {
        let house = (&self.config, &self.db);
        let content = self.contents.of(house, clinic_id, revision).await?;
        Ok(Self {
            parts: Arc::clone(&self.parts),
            content,
        })
    }
}

/// The app as a handler asks for it: with the content of the clinic of whoever is signed in, which `permissions::guard`
/// found out.
pub struct State<T>(pub T);

impl FromRequestParts<App> for State<App> {
    type Rejection = Infallible;

    async fn from_request_parts(request: &mut RequestParts, app: &App) -> Result<Self, Infallible> {
        let theirs = request.extensions.get::<App>().cloned();
        Ok(Self(theirs.unwrap_or_else(|| app.clone())))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
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
        .merge(writing::routes())
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
