//! Hearing it at once: the player with a practice that nobody else has yet. Nothing of it is kept.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::editor::{self, Shown};
use super::routes::{check_form, find_own, minutes_of};
use crate::app::{App, State};
use crate::features::library::Asked;
use crate::features::people::Person;
use crate::features::player::{self, Preview};
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::respond::see;

fn preview(slug: &str, is_kept: bool) -> Preview {
    Preview {
        home: format!("/writing/{slug}"),
        restarts: is_kept.then(|| format!("/writing/{slug}/composition")),
    }
}

/// `GET /writing/{slug}/listen?minutes=N`: the newest version.
pub(super) async fn kept(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let own = find_own(&app, &person, &slug).await?;
    match own.checked(&app).practice {
        Some(practice) => {
            let page =
                player::preview(&app, &person, &practice, &asked, &preview(&slug, true)).await?;
            Ok(page.into_response())
        }
        // What cannot be read cannot be heard; the editor says why.
        None => Ok(see(&format!("/writing/{slug}"))),
    }
}

/// `GET /writing/{slug}/composition?minutes=N`: the same for the page that plays.
pub(super) async fn composition(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let own = find_own(&app, &person, &slug).await?;
    let practice = own.checked(&app).practice.ok_or(Error::NotFound)?;
    player::preview_pack(&app, &person, &practice, &asked, &preview(&slug, true)).await
}

/// `POST /writing/{slug}/listen`: what stands on the page, kept or not.
pub(super) async fn unkept(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    app.limits
        .count_request(&format!("writing {}", person.person_id))?;
    let own = find_own(&app, &person, &slug).await?;
    let checked = check_form(&app, &own, &form).await?;
    let asked = Asked::lasting(minutes_of(&form, &checked));
    if let Some(practice) = &checked.practice {
        let preview = preview(&slug, false);
        match player::preview(&app, &person, practice, &asked, &preview).await {
            Err(Error::Invalid(_)) => {}
            played => return Ok(played?.into_response()),
        }
    }
    // It cannot be read yet, or not be so long: the page says so, with everything that was typed.
    editor::complain(&mut form, &checked);
    let shown = Shown::unkept(&app, &checked, &form);
    let page = editor::page(&app, &person, &own, &shown);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
