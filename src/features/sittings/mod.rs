//! What somebody practised: records made on her device, taken here, kept once, never changed.

pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use kith_content::Library;
use serde::Serialize;
use serde_json::Value as Json;

use crate::app::App;
use crate::base::db::Tx;
use crate::base::error::Error;
use crate::base::record::Refusal;
use crate::base::web::{form, respond};
use crate::features::people::Person;

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
    headers: HeaderMap,
    form::Json(sent): form::Json<Json>,
) -> Result<Response, Error> {
    // A page that was left open says whose records it holds. Somebody else may have signed in since.
    let whose = headers.get("kith-person").map(|key| key.as_bytes());
    if whose.is_some_and(|key| key != person.key().as_bytes()) {
        return Err(Error::SignIn);
    }
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
        // In the order of their ids, so that two batches of the same records never wait for each other.
        good.sort_by(|a, b| a.id.cmp(&b.id));
        let library = app.clone();
        let (kept, foreign) = app
            .db
            .write(move |tx| keep(tx, &person, &good, &library.content))
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
