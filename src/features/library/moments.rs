//! Moments: what to do at once when something is hard. Nothing is planned, nothing is asked afterwards.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kith_content::{Moment, MomentAfter};
use maud::{Markup, html};

use super::title;
use crate::app::{App, State};
use crate::features::people::{Person, Role};
use kith_base::error::Error;
use kith_base::web::locale::minutes_text;
use kith_base::web::respond::see;

/// What somebody is shown: a moment after a heavy client is for those who have clients.
pub fn moments<'a>(app: &'a App, person: &'a Person) -> impl Iterator<Item = &'a Moment> {
    let has_clients = person.roles.any(&[Role::Practitioner, Role::Lead]);
    app.content
        .programmes()
        .flat_map(|programme| &programme.moments)
        .filter(move |moment| moment.after != MomentAfter::Supervision || has_clients)
}

/// `GET /moments`
pub(super) async fn list(State(app): State<App>, person: Person) -> impl IntoResponse {
    let body = html! {
        h1 { "What is it like just now?" }
        ul.moments {
            @for moment in moments(&app, &person) {
                // Help itself, which a phone keeps: no step between, and none that needs a network.
                @if moment.straight_to_help { li { a href="/help" { (moment.title) } } }
                @else { li { a href={ "/moments/" (moment.id) } { (moment.title) } } }
            }
        }
        p { a href="/help" { "Somebody to talk to now" } }
    };
    person.page("A hard moment", "/today", body)
}

/// `GET /moments/{moment}`: what to do first, what then, and where to turn if it is still hard.
pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let moment = moments(&app, &person)
        .find(|moment| moment.id == id)
        .ok_or(Error::NotFound)?;
    // Whoever thinks of hurting themselves is not given an exercise first.
    if moment.straight_to_help {
        return Ok(see("/help"));
    }
    let body = html! {
        h1 { (moment.title) }
        @if !moment.say.is_empty() { p.lead { (moment.say) } }
        ol.steps {
            @for (place, (practice, minutes)) in moment.steps.iter().enumerate() {
                li {
                    a.button.quiet[place > 0] href={ "/practise/" (practice) "?minutes=" (minutes) "&begin=yes&rate=no" } {
                        (title(&app, practice)) ", " (minutes_text(*minutes))
                    }
                }
            }
        }
        section {
            h2 { "If it is still hard after that" }
            (after(moment.after))
        }
        p { a.link href="/moments" { "Something else is going on" } }
    };
    Ok(person.page(&moment.title, "/today", body).into_response())
}

fn after(after: MomentAfter) -> Markup {
    html! {
        @match after {
            MomentAfter::Person => {
                p { "Is there one person you could send a line to? It can be as short as: can you talk?" }
                p { a href="/help" { "People who can be reached now" } }
            }
            MomentAfter::Supervision => {
                p { "Take it to your supervisor or a colleague today, without names. Heavy is not meant to be carried alone." }
                p { a href="/help" { "For yourself: people who can be reached now" } }
            }
            MomentAfter::Help | MomentAfter::Helpline | MomentAfter::Nothing => {
                p { a.button.quiet href="/help" { "Talk to somebody now" } }
            }
        }
    }
}
