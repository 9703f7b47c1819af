//! What to do instead, and why: something else when it does not fit.
//!
//! [`decide`] is the floor: the rows of `routing.toml` under constraints no file softens. What was shown is kept with
//! everything that was considered, so that the rule itself can be tested.

mod holds;
pub mod pages;
mod reasons;
mod routes;
pub mod rules;
mod situation;
pub mod store;

#[cfg(test)]
mod floor_tests;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};
use jiff::civil::Date;
use kith_content::Library;

use crate::app::App;
use crate::features::people::RecordAccess;
use crate::features::safety;
use kith_base::db::Tx;
use kith_base::error::Error;

pub use rules::{Asked, Limits, decide};
pub use situation::{Waiting, find_waiting};
pub use store::{OfferRow, remove_all};

/// What can be chosen that is no practice.
pub(super) const NO_PRACTICE: [&str; 4] = ["rest", "talk", "acts", "none"];

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/something-else", get(routes::page))
        .route("/offers/{offer_id}/choice", post(routes::choice))
}

/// What a person was offered since an instant, why, and what she chose, newest first.
///
/// # Errors
/// When the database fails.
pub fn offers_of(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    since_at: i64,
) -> Result<Vec<OfferRow>, Error> {
    Ok(store::list(tx, access, since_at)?)
}

/// How heavy and how long anything offered to this person may be.
///
/// # Errors
/// When the database fails.
pub fn limits(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    library: &Library,
    today: Date,
) -> Result<Limits, Error> {
    let limits = safety::limits(tx, access, library, today)?;
    Ok(Limits {
        load_most: limits.load_most,
        minutes_most: limits.minutes_most,
    })
}

/// Keeps what somebody chose of her own offer; `None` when there is no such offer of hers.
///
/// # Errors
/// [`Error::Invalid`] when it was not on offer, or when the database fails.
pub fn choose(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    offer_id: &str,
    choice: &store::ChoiceRow,
) -> Result<Option<OfferRow>, Error> {
    let Some(offer) = store::find(tx, access, offer_id)? else {
        return Ok(None);
    };
    let on_offer = NO_PRACTICE.contains(&choice.practice.as_str())
        || offer
            .offers
            .iter()
            .any(|shown| shown.practice == choice.practice);
    if !on_offer {
        return Err(Error::invalid(
            "practice",
            "That was not among what was offered. Please go back and choose again.",
        ));
    }
    store::add_choice(tx, access, offer_id, choice)?;
    Ok(Some(offer))
}
