//! Own goals: up to three at a time, in a person's own words, and how near she says they are. Never scored, never classed.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, http::StatusCode};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Serialize;

use super::store::goals as rows;
use crate::app::{App, State};
use crate::features::people::{Person, RecordAccess};
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::{Ids, read_id};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, Page, problems};
use kith_base::web::locale::{ago_text, day};
use kith_base::web::respond::see;

/// More than three at a time is a list, not a goal.
pub const MOST: usize = 3;
/// The longest words kept.
const LONGEST: usize = 160;
/// From nowhere near to there.
const NEAREST: i64 = 10;

/// What somebody wants for herself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// Itself.
    pub goal_id: String,
    /// In her own words.
    pub words: String,
    /// When it was written down, Unix milliseconds.
    pub made_at: i64,
    /// When it was put away.
    pub ended_at: Option<i64>,
    /// How near it was, oldest first.
    pub ratings: Vec<Rating>,
}

/// How near a goal was felt to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// When, Unix milliseconds.
    pub rated_at: i64,
    /// The day, where she was.
    pub rated_on: String,
    /// 0 to 10.
    pub rating: i64,
}

/// The routes for them.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/goals", get(page).post(add))
        .route("/goals/{goal_id}/ratings", post(rate))
        .route("/goals/{goal_id}/ending", post(end))
}

/// Writes a goal down, unless there are three already.
///
/// # Errors
/// [`Error::Invalid`] when there are.
pub fn keep(
    tx: &mut Tx<'_>,
    ids: &Ids,
    access: &RecordAccess,
    words: &str,
    now: i64,
) -> Result<String, Error> {
    let goals = rows::list_goals(tx, access)?;
    if goals.iter().filter(|goal| goal.ended_at.is_none()).count() >= MOST {
        return Err(Error::invalid(
            "words",
            "There are three goals already. Put one of them away first.",
        ));
    }
    let goal_id = ids.make(now)?;
    rows::add_goal(tx, access, &goal_id, words, now)?;
    Ok(goal_id)
}

/// Keeps how near a goal is; false when it is not hers or is over.
///
/// # Errors
/// When the database fails.
pub fn keep_rating(
    tx: &mut Tx<'_>,
    ids: &Ids,
    access: &RecordAccess,
    goal_id: &str,
    (rating, at, on): (i64, i64, Date),
) -> Result<bool, Error> {
    let rating = Rating {
        rated_at: at,
        rated_on: on.to_string(),
        rating,
    };
    let rating_id = ids.make(at)?;
    Ok(rows::add_rating(
        tx,
        access,
        (goal_id, &rating_id),
        &rating,
    )?)
}

async fn show(app: &App, person: &Person, form: &Form) -> Result<Page, Error> {
    let access = RecordAccess::own(person);
    let goals = app
        .db
        .read(move |tx| rows::list_goals(tx, &access))
        .await
        .map_err(Error::from)?;
    let today = day(app.clock.now(), &person.zone);
    let mut page = person.page("Your goals", "/progress", body(person, &goals, form, today));
    page.styles.push("css/charts.css");
    Ok(page)
}

/// `GET /goals`
async fn page(State(app): State<App>, person: Person) -> Result<Page, Error> {
    show(&app, &person, &Form::default()).await
}

/// `POST /goals`. No entry in the audit log, which owners read: what somebody wants for herself is hers.
async fn add(State(app): State<App>, person: Person, mut form: Form) -> Result<Response, Error> {
    person.is_asked_by(&form)?;
    let words = form
        .needed("words", LONGEST, "Please write down what you would like.")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let access = RecordAccess::own(&person);
    let (ids, now) = (app.ids.clone(), app.clock.now());
    if form.problems.is_empty() {
        let kept = app
            .db
            .write(move |tx| keep(tx, &ids, &access, &words, now))
            .await;
        match kept {
            Ok(_) => return Ok(see("/goals")),
            Err(Error::Invalid(problems)) => form.problems = problems,
            Err(error) => return Err(error),
        }
    }
    let page = show(&app, &person, &form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /goals/{goal_id}/ratings`
async fn rate(
    State(app): State<App>,
    person: Person,
    Path(goal_id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let goal_id = read_id(&goal_id).ok_or(Error::NotFound)?;
    let rating = form.raw("rating").trim().parse::<i64>().ok();
    let rating = rating
        .filter(|rating| (0..=NEAREST).contains(rating))
        .ok_or_else(|| Error::invalid("rating", "Please choose a number from 0 to 10."))?;
    let access = RecordAccess::own(&person);
    let (ids, now) = (app.ids.clone(), app.clock.now());
    let on = day(now, &person.zone);
    let kept = app
        .db
        .write(move |tx| keep_rating(tx, &ids, &access, &goal_id, (rating, now, on)))
        .await?;
    if kept {
        Ok(see("/goals"))
    } else {
        Err(Error::NotFound)
    }
}

/// `POST /goals/{goal_id}/ending`
async fn end(
    State(app): State<App>,
    person: Person,
    Path(goal_id): Path<String>,
) -> Result<Response, Error> {
    let goal_id = read_id(&goal_id).ok_or(Error::NotFound)?;
    let access = RecordAccess::own(&person);
    let now = app.clock.now();
    let ended = app
        .db
        .write(move |tx| rows::update_ended(tx, &access, &goal_id, now))
        .await
        .map_err(Error::from)?;
    if ended {
        Ok(see("/goals"))
    } else {
        Err(Error::NotFound)
    }
}

fn body(person: &Person, goals: &[Goal], form: &Form, today: Date) -> Markup {
    let running: Vec<_> = goals
        .iter()
        .filter(|goal| goal.ended_at.is_none())
        .collect();
    let over: Vec<_> = goals
        .iter()
        .filter(|goal| goal.ended_at.is_some())
        .collect();
    html! {
        h1 { "Your goals" }
        p { "What would you like to be able to do, or to be different? Up to three, in your own words. Nobody scores them." }
        @for goal in &running {
            section.card.goal {
                h2 { (goal.words) }
                @if let Some(last) = goal.ratings.last() {
                    p.soft { "Last time: " (last.rating) " of 10"
                        @if let Ok(on) = last.rated_on.parse() { ", " (ago_text(on, today, &person.locale)) } "." }
                }
                form method="post" action={ "/goals/" (goal.goal_id) "/ratings" } {
                    fieldset.near {
                        legend { "How near is it?" span.hint { " 0 is far away, 10 is there." } }
                        div.steps {
                            @for step in 0..=NEAREST {
                                label { input type="radio" name="rating" value=(step) required; span { (step) } }
                            }
                        }
                    }
                    button.button type="submit" { "Keep it" }
                }
                form method="post" action={ "/goals/" (goal.goal_id) "/ending" } {
                    button.link type="submit" { "Put it away" span.sr { ": " (goal.words) } }
                }
            }
        }
        @if running.len() < MOST {
            section {
                h2 { @if running.is_empty() { "A first one" } @else { "One more" } }
                form.stack method="post" action="/goals" {
                    input type="hidden" name="person" value=(person.key());
                    (problems(form))
                    (Field { name: "words", label: "I would like to …", hint: "Small and near is easier to notice: “ring my brother once a week”, “sit through a meeting without leaving”.",
                        kind: "text", more: &[("maxlength", "160"), ("autocomplete", "off")] }.show(form))
                    button.button type="submit" { "Write it down" }
                }
            }
        } @else {
            (problems(form))
        }
        @if !over.is_empty() {
            section {
                h2 { "Put away" }
                ul.plain { @for goal in over { li { (goal.words)
                    @if let Some(last) = goal.ratings.last() { span.soft { ", " (last.rating) " of 10 at the end" } } } } }
            }
        }
        p { a.link href="/progress" { "To your picture" } }
        @if person.roles.has(crate::features::people::Role::Client) { p.soft { "A practitioner you share your practice with sees your goals too." } }
    }
}
