//! FHIR R4: what a clinic's other systems may read and add, each with a token of its own, and a record taken along in that form.
//!
//! Three things have to say yes: the token's scopes, the list of clients it is for, and the client herself, whose consent is
//! looked up with every request.

pub mod export;
pub mod gather;
mod outcome;
pub mod receive;
pub mod resources;
mod routes;
pub mod rules;
pub mod search;
pub mod sheets;
pub mod store;
mod systems;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::Value;

use crate::app::{App, State};
use crate::features::people::{OpenRecord, Person, RecordAccess, open_client};
use kith_base::error::Error;

pub use outcome::in_fhir;

/// The routes of FHIR and of the page on which systems are connected.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/fhir/metadata", get(routes::capability))
        .route("/fhir/{kind}", get(routes::search).post(routes::create))
        .route("/fhir/{kind}/_search", post(routes::search_by_form))
        .route("/fhir/{kind}/{id}", get(routes::read))
        .route("/clinic/systems", get(systems::page).post(systems::connect))
        .route(
            "/clinic/systems/{system_id}/revocation",
            post(systems::revoke),
        )
        .route("/me/record.fhir.json", get(own))
        .route("/clients/{client_id}/record.fhir.json", get(of_client))
}

/// Where FHIR begins: `https://kith.example.org/fhir`
pub fn base(app: &App) -> String {
    format!("{}/fhir", app.config.url)
}

/// `GET /me/record.fhir.json`: one's own answers, scores and plans.
async fn own(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let whose = OpenRecord {
        record: RecordAccess::own(&person),
        zone: person.zone.clone(),
        since_at: 0,
    };
    download(&app, whose).await
}

/// `GET /clients/{client_id}/record.fhir.json`: the same for whoever she shares with.
async fn of_client(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
) -> Result<Response, Error> {
    let client = open_client(&app, &person, &client_id, "took the record along as FHIR").await?;
    let whose = OpenRecord {
        record: client.record().ok_or(Error::NotFound)?,
        zone: client.zone.clone(),
        since_at: client.since_at,
    };
    download(&app, whose).await
}

async fn download(app: &App, whose: OpenRecord) -> Result<Response, Error> {
    let at_hand = app.clone();
    let bundle: Value = app
        .db
        .read(move |tx| gather::bundle(tx, &at_hand.content, &base(&at_hand), &whose))
        .await
        .map_err(Error::from)?;
    let mut response = outcome::answer(StatusCode::OK, &bundle);
    response.headers_mut().insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"kith-record.fhir.json\""),
    );
    Ok(response)
}
