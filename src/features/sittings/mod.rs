//! What somebody practised: records made on her device, taken here, kept once, never changed.

pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use serde::Serialize;
use serde_json::Value as Json;

use crate::app::App;
use crate::base::error::Error;
use crate::base::web::{form, respond};
use crate::features::people::Person;
use rules::Refusal;

pub use rules::Sitting;

/// The most records taken at once; a phone sends fifty.
const MOST: usize = 500;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new().route("/sittings", post(take))
}

/// What became of the records that were sent.
#[derive(Debug, Default, Serialize)]
pub struct Taken {
    /// Ids that are on disk now; the device may forget these.
    pub kept: Vec<String>,
    /// Records that cannot be kept, and why; the device keeps them and says so.
    pub refused: Vec<Refusal>,
}

/// `POST /sittings`: a list of records.
async fn take(
    State(app): State<App>,
    person: Person,
    form::Json(sent): form::Json<Json>,
) -> Result<Response, Error> {
    let Json::Array(sent) = sent else {
        return Err(Error::invalid("", "Please send a list of sittings."));
    };
    if sent.len() > MOST {
        return Err(Error::TooLarge(format!(
            "Please send at most {MOST} sittings at once."
        )));
    }
    let now = app.clock.now();
    let mut taken = Taken::default();
    let mut good = Vec::new();
    for record in sent {
        match rules::read(record, now, &person.zone, &app.content) {
            Ok(sitting) => good.push(sitting),
            Err(refusal) => taken.refused.push(refusal),
        }
    }
    if !good.is_empty() {
        let (kept, foreign) = app
            .db
            .write(move |tx| keep(tx, &person, &good, now))
            .await?;
        taken.kept = kept;
        taken.refused.extend(foreign);
    }
    let status = if taken.kept.is_empty() && !taken.refused.is_empty() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(respond::json(status, &taken))
}

/// Keeps each record once. One that is there already is as good as kept, if it is her own.
pub fn keep(
    tx: &mut crate::base::db::Tx<'_>,
    person: &Person,
    sittings: &[Sitting],
    now: i64,
) -> Result<(Vec<String>, Vec<Refusal>), Error> {
    let (mut kept, mut foreign) = (Vec::new(), Vec::new());
    for sitting in sittings {
        let added = store::add(tx, &person.clinic_id, &person.person_id, sitting, now)?;
        if added || store::is_hers(tx, &person.clinic_id, &person.person_id, &sitting.id)? {
            kept.push(sitting.id.clone());
        } else {
            foreign.push(Refusal {
                id: Some(sitting.id.clone()),
                why: "Another record has this id.".to_owned(),
            });
        }
    }
    Ok((kept, foreign))
}
