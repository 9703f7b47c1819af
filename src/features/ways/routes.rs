//! Finding a way, keeping it, and the practice of those who work here.

use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::store::{self, Kept};
use super::{pages, rules};
use crate::app::{App, State};
use crate::features::people::{Person, RecordAccess};
use crate::features::progress::WINDOW;
use crate::features::sittings::Sitting;
use crate::features::{alerts, guide, measures, plans, reminders, safety, sittings};
use kith_base::clock::DAY;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::locale::{day, days_between};
use kith_base::web::respond::see;

const STYLE: &str = "css/guiding.css";
/// As many as somebody would ever look through.
const MOST_KEPT: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    n: String,
}

/// What was practised in the last fortnight, and what was kept.
async fn own(app: &App, person: &Person, days: i64) -> Result<(Vec<Sitting>, Vec<Kept>), Error> {
    let access = RecordAccess::own(person);
    let since = app.clock.now() - days * DAY;
    app.db
        .read(move |tx| {
            let recent = sittings::store::list(tx, &access, since)?;
            Ok::<_, Error>((recent, store::list(tx, &access)?))
        })
        .await
}

/// Another one every day.
fn number_of(today: Date) -> u64 {
    u64::try_from(days_between(jiff::civil::date(2026, 1, 1), today)).unwrap_or(0) + 1
}

/// `GET /ways?n=3`: the third of all there are; without a number, the day's.
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let (recent, kept) = own(&app, &person, 14).await?;
    let today = day(app.clock.now(), &person.zone);
    let number = match asked.n.trim() {
        "" => number_of(today),
        // Nine digits are more than there are ways, and never too many to count on from.
        text if text.len() <= 9 => text
            .parse::<u64>()
            .map_err(|_| Error::invalid("n", "The number of a way is a whole number."))?,
        _ => return Err(Error::invalid("n", "There are not that many ways.")),
    };
    let ways = rules::all(&app.content, &person.roles);
    let way = if rules::is_enough(&recent, &today.to_string()) {
        None
    } else {
        rules::nth(&ways, number.max(1), &recent)
    };
    let is_enough = way.is_none() && !ways.is_empty();
    let body = pages::way(&app, way.as_ref(), is_enough, number.max(1), &kept);
    let mut page = person.page("Find a way to practise", "/practices", body);
    page.styles.push(STYLE);
    Ok(page)
}

/// `POST /ways`: keeps one, as a note of her own. No entry in the audit log, which owners read: what somebody means to
/// practise is hers.
pub(super) async fn keep(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let [moment, whom, pattern] = ["moment", "whom", "pattern"].map(|name| form.text(name, 60));
    form.finish()?;
    let ways = rules::all(&app.content, &person.roles);
    let way = rules::find(&ways, &moment, &whom, &pattern)
        .ok_or_else(|| Error::invalid("", "There is no such way here any more."))?;
    let now = app.clock.now();
    let kept = Kept {
        way_id: app.ids.make(now)?,
        words: way.words(),
        practice: way.practice.slug.clone(),
        minutes: way.minutes,
        moment,
        whom,
        pattern,
        kept_at: now,
    };
    let access = RecordAccess::own(&person);
    app.db
        .write(move |tx| {
            if store::list(tx, &access)?.len() >= MOST_KEPT {
                return Err(Error::Conflict(format!(
                    "You keep {MOST_KEPT} already. Take one out first."
                )));
            }
            store::add(tx, &access, &kept).map_err(Error::from)
        })
        .await?;
    Ok(see("/ways#kept"))
}

/// `POST /ways/{way_id}/removal`
pub(super) async fn remove(
    State(app): State<App>,
    person: Person,
    Path(way_id): Path<String>,
) -> Result<Response, Error> {
    let access = RecordAccess::own(&person);
    app.db
        .write(move |tx| store::remove(tx, &access, &way_id))
        .await
        .map_err(Error::from)?;
    Ok(see("/ways#kept"))
}

/// `GET /my-practice`: the side of those who work here that nobody else sees.
pub(super) async fn my_practice(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let (sittings, kept) = own(&app, &person, WINDOW).await?;
    let today = day(app.clock.now(), &person.zone);
    let since = today
        .checked_sub(jiff::Span::new().days(13))
        .unwrap_or(today)
        .to_string();
    let recent: Vec<_> = sittings
        .iter()
        .filter(|sitting| sitting.started_on >= since)
        .cloned()
        .collect();
    let ways = rules::all(&app.content, &person.roles);
    let way = if rules::is_enough(&recent, &today.to_string()) {
        None
    } else {
        rules::nth(&ways, number_of(today), &recent)
    };
    let body = pages::my_practice(
        &app,
        &person,
        way.as_ref(),
        number_of(today),
        &sittings,
        &kept,
        today,
    );
    let mut page = person.page("My practice", "/my-practice", body);
    page.styles.push(STYLE);
    Ok(page)
}

/// `POST /me/practice-erasure`: what she practised, planned for herself and kept goes. Nothing of it is written into
/// the audit log: that would tell an owner that she practised.
pub(super) async fn erase_practice(
    State(app): State<App>,
    person: Person,
    form: Form,
) -> Result<Response, Error> {
    if form.raw("word").trim().to_lowercase() != "erase" {
        return Err(Error::invalid(
            "word",
            "To erase your practice, go back and type the word erase. Nothing was changed.",
        ));
    }
    let access = RecordAccess::own(&person);
    app.db
        .write(move |tx| {
            let (clinic, whose) = (access.clinic_id(), access.person_id());
            guide::remove_all(tx, &access)?;
            store::remove_all(tx, &access)?;
            sittings::store::remove_all(tx, &access)?;
            measures::store::remove_all(tx, &access)?;
            safety::store::remove_all(tx, &access)?;
            alerts::store::remove_all(tx, clinic, whose)?;
            reminders::remove_all(tx, clinic, whose)?;
            plans::store::remove_own(tx, clinic, whose)
        })
        .await
        .map_err(Error::from)?;
    Ok(see("/my-practice"))
}
