//! One's own picture, and a client's.

use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use serde::Deserialize;

use super::picture::{Aim, Answered, Given, Kind, Panel, View, panels};
use super::{WINDOW, YEAR, aims, answered, course, pages};
use crate::app::{App, State};
use crate::features::measures::store::pictures::list_for_course;
use crate::features::people::{Person, RecordAccess, open_client};
use crate::features::plans::Plan;
use crate::features::sittings::Sitting;
use crate::features::{guide, measures, plans, safety, sittings};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::locale::{day, days_between};

/// How many offers of the guide are shown.
const OFFERS: usize = 10;
pub(super) const STYLE: &str = "css/charts.css";

/// What may be asked of a picture.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    figures: String,
    #[serde(default)]
    habit: String,
}

/// Everything a picture of scores is made of.
pub(super) struct Record {
    pub(super) sittings: Vec<Sitting>,
    pub(super) plans: Vec<Plan>,
    pub(super) answered: Vec<Answered>,
    pub(super) aims: Vec<Aim>,
}

fn record(tx: &mut Tx<'_>, access: &RecordAccess, now: i64) -> Result<Record, Error> {
    Ok(Record {
        sittings: sittings::store::list(tx, access, now - YEAR * DAY)?,
        plans: plans::store::list(tx, access.clinic_id(), access.person_id())?,
        answered: answered(tx, access, now)?,
        aims: aims(tx, access)?,
    })
}

/// The panels of a record, with what usually happens here where that is told.
fn panels_of(
    tx: &mut Tx<'_>,
    app: &App,
    access: &RecordAccess,
    record: &Record,
    view: View,
) -> Result<Vec<Panel>, Error> {
    let given = Given {
        library: &app.content,
        answered: &record.answered,
        aims: &record.aims,
        plans: &record.plans,
    };
    let mut panels = panels(&given, view);
    if view.has_figures() {
        for panel in &mut panels {
            expect(tx, app, access, panel)?;
        }
    }
    Ok(panels)
}

/// Lays beside a total how it went on for others here who began with a similar score.
fn expect(
    tx: &mut Tx<'_>,
    app: &App,
    access: &RecordAccess,
    panel: &mut Panel,
) -> Result<(), Error> {
    let Some(instrument) = app.content.instrument(&panel.measure) else {
        return Ok(());
    };
    let (Some(scale), Some(first)) = (&instrument.total, panel.points.first()) else {
        return Ok(());
    };
    // Scores of another definition start a course of their own.
    if panel.kind != Kind::Instrument || panel.points.iter().skip(1).any(|point| !point.joined) {
        return Ok(());
    }
    let others: Vec<Vec<(i64, f64)>> =
        list_for_course(tx, access.clinic_id(), &instrument.id, access.person_id())?
            .into_values()
            .map(|totals| {
                let mut begin = None;
                totals
                    .iter()
                    .filter(|total| total.version == instrument.version)
                    .filter_map(|total| {
                        let on = total.answered_on.parse().ok()?;
                        let days = days_between(*begin.get_or_insert(on), on);
                        Some((days, total.total?))
                    })
                    .collect()
            })
            .collect();
    let known = kith_content::instrument::figures(instrument, scale);
    let near = course::nearness(known.least_change(), scale.range);
    panel.expected = course::expected(&others, first.score, near);
    Ok(())
}

/// `GET /progress`: without bands and lines unless she asks for them with `?figures=yes`.
pub(super) async fn own(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let now = app.clock.now();
    let access = RecordAccess::own(&person);
    let view = match asked.figures.as_str() {
        "yes" => View::OwnWithFigures,
        _ => View::Own,
    };
    let at_hand = app.clone();
    let (record, panels) = app
        .db
        .read(move |tx| {
            let record = record(tx, &access, now)?;
            let panels = panels_of(tx, &at_hand, &access, &record, view)?;
            Ok::<_, Error>((record, panels))
        })
        .await?;
    let today = day(now, &person.zone);
    let body = pages::own(&app, &person, &record, (view, &panels), today);
    let mut page = person.page("Your picture", "/progress", body).wide();
    page.styles.push(STYLE);
    Ok(page)
}

/// `GET /clients/{client_id}/progress`: what scores did, and what was practised meanwhile; nothing unless it is shared.
pub(super) async fn client_picture(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the pictures").await?;
    let now = app.clock.now();
    let view = View::Practitioner {
        habit: asked.habit == "yes",
    };
    let shown = match access.record() {
        None => None,
        Some(record_access) => {
            let at_hand = app.clone();
            let read = move |tx: &mut Tx<'_>| {
                let record = record(tx, &record_access, now)?;
                let panels = panels_of(tx, &at_hand, &record_access, &record, view)?;
                Ok::<_, Error>((record, panels))
            };
            Some(app.db.read(read).await?)
        }
    };
    let today = day(now, &access.zone);
    let shown = shown
        .as_ref()
        .map(|(record, panels)| (record, panels.as_slice()));
    let body = pages::client_picture(&app, &person, &access, view, shown, today);
    let mut page = person.page(&access.name, "/caseload", body).wide();
    page.styles.push(STYLE);
    Ok(page)
}

/// `GET /clients/{client_id}`
pub(super) async fn client(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the page").await?;
    let now = app.clock.now();
    let record = access.record();
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    safety::look_round(&app).await?;
    let today = day(now, &access.zone);
    let (kept, plans, offers, overview, scores, questionnaires) = app
        .db
        .read(move |tx| {
            let plans = plans::store::list(tx, &clinic, &client)?;
            let days = plans::days_to_read(&plans, today).max(WINDOW);
            let Some(record) = &record else {
                return Ok((Vec::new(), plans, Vec::new(), None, Vec::new(), Vec::new()));
            };
            let kept = sittings::store::list(tx, record, now - days * DAY)?;
            let mut offers = guide::offers_of(tx, record, now - WINDOW * DAY)?;
            offers.truncate(OFFERS);
            let overview = safety::overview(tx, record)?;
            let scores = answered(tx, record, now)?;
            let done = measures::store::responses::list_done(tx, record, now - days * DAY)?;
            Ok::<_, Error>((kept, plans, offers, Some(overview), scores, done))
        })
        .await?;
    let safety =
        overview.map(|overview| safety::for_practitioner(&app, &person, &access, &overview, today));
    let mut done = plans::done(&kept);
    done.extend(plans::answered(questionnaires));
    let shown = pages::Shown {
        sittings: &kept,
        done: &done,
        plans: &plans,
        offers: &offers,
        answered: &scores,
        safety: safety.as_ref(),
    };
    let body = pages::client(&app, &person, &access, &shown, today);
    Ok(person.page(&access.name, "/caseload", body).wide())
}
