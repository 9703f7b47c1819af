//! What somebody practised: records made on her device, taken here, kept once, never changed.

pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use kith_content::Library;
use serde_json::Value as Json;

use crate::app::{App, State};
use crate::features::people::Person;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::record::{self, Refusal, Taken};
use kith_base::web::form;

pub use rules::Sitting;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new().route("/sittings", post(take))
}

/// `POST /sittings`: a list of records.
async fn take(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    form::Json(sent): form::Json<Json>,
) -> Result<Response, Error> {
    person.is_sent_by(&headers)?;
    let now = app.clock.now();
    let (mut good, mut refused) = record::read_all(sent, "sittings", |record| {
        rules::read(record, now, &person.zone, &app.content)
    })?;
    let mut kept = Vec::new();
    if !good.is_empty() {
        // In the order of their ids, so that two batches of the same records never wait for each other.
        good.sort_by(|a, b| a.id.cmp(&b.id));
        let library = app.clone();
        let foreign;
        (kept, foreign) = app
            .db
            .write(move |tx| keep(tx, &person, &good, &library.content))
            .await?;
        refused.extend(foreign);
    }
    Ok(Taken { kept, refused }.answer())
}

/// Keeps each record once. One that is there already is as good as kept, if it is her own.
pub fn keep(
    tx: &mut Tx<'_>,
    person: &Person,
    sittings: &[Sitting],
    library: &Library,
) -> Result<(Vec<String>, Vec<Refusal>), Error> {
    let (mut kept, mut foreign) = (Vec::new(), Vec::new());
    for sitting in sittings {
        if library.practice(&sitting.practice).is_none()
            && !store::was_known(tx, &person.clinic_id, &person.person_id, &sitting.practice)?
        {
            foreign.push(Refusal::of(
                &sitting.id,
                "There is no practice of that name here.",
            ));
            continue;
        }
        let added = store::add(tx, &person.clinic_id, &person.person_id, sitting)?;
        if added || store::is_hers(tx, &person.clinic_id, &person.person_id, &sitting.id)? {
            kept.push(sitting.id.clone());
        } else {
            foreign.push(Refusal::of(&sitting.id, "Another record has this id."));
        }
    }
    Ok((kept, foreign))
}
