//! What to do instead, and why: something else when it does not fit.

mod rules;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::routing::get;
use maud::html;
use serde::Deserialize;

use crate::app::App;
use crate::base::clock::DAY;
use crate::base::error::Error;
use crate::base::web::locale::{day, minutes_text};
use crate::features::library;
use crate::features::people::{Person, RecordAccess};
use crate::features::{safety, sittings};

pub use rules::offers;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new().route("/something-else", get(page))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    from: String,
}

/// `GET /something-else?from=PRACTICE`
async fn page(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Error> {
    let access = RecordAccess::own(&person);
    let since = app.clock.now() - 14 * DAY;
    let (library, today) = (app.clone(), day(app.clock.now(), &person.zone));
    let (recent, limits) = app
        .db
        .read(move |tx| {
            let limits = safety::limits(tx, &access, &library.content, today)?;
            Ok::<_, Error>((sittings::store::list(tx, &access, since)?, limits))
        })
        .await?;
    let may: Vec<_> = app
        .content
        .practices()
        .filter(|practice| library::may_start(&person, practice))
        .filter(|practice| practice.load <= limits.load_most)
        .collect();
    let offers = offers(&may, app.content.practice(&asked.from), &recent);
    let body = html! {
        h1 { "Something else" }
        p.soft { "A practice that does not fit is not a failure, yours or its own." }
        ul.cards {
            @for offer in &offers {
                li.card {
                    h2 { (offer.practice.title) }
                    p { (offer.practice.summary) }
                    p.soft { (offer.reason) }
                    p { a.button href={ "/practise/" (offer.practice.slug) "?minutes=" (offer.minutes) } {
                        "Begin, " (minutes_text(offer.minutes))
                    } }
                }
            }
        }
        p { "No practice is required. Resting is fine, and so is talking with somebody." }
        p { a.link href="/practices" { "All practices" } }
    };
    Ok(person.page("Something else", "/today", body))
}
