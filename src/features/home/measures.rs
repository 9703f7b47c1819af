//! Questions that wait for somebody: asked for, agreed in a programme, begun on this device; and those one may answer any time.

use std::collections::{BTreeMap, BTreeSet};

use kith_content::ItemKind;
use kith_content::check_in::CheckIn;
use kith_content::instrument::{When, Who};
use maud::{Markup, html};

use super::rules::Today;
use crate::app::{App, State};
use crate::features::measures::{self, Request};
use crate::features::people::{Person, RecordAccess, Role};
use crate::features::plans::{self, Due, Plan};
use crate::features::safety;
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::locale::{date_text, day, moment_text};

/// What the first page and the page of questions must know.
#[derive(Default)]
pub(super) struct Asked {
    /// What was answered: which, on which day, with what total.
    pub(super) done: Vec<(String, String, Option<f64>)>,
    /// What she was asked for and waits, soonest first.
    pub(super) requests: Vec<Request>,
    /// What can be answered here: ids and titles. Looked up only where something asks for it.
    pub(super) here: BTreeMap<String, String>,
}

impl Asked {
    pub(super) fn find(
        tx: &mut Tx<'_>,
        app: &App,
        access: &RecordAccess,
        plans: &[Plan],
        (now, days): (i64, i64),
    ) -> Result<Self, Error> {
        let (clinic, whose) = (access.clinic_id(), access.person_id());
        let done = measures::store::responses::list_done(tx, access, now - days * DAY)?;
        let mut requests = measures::store::requests::list_requests(tx, clinic, whose, now)?;
        requests.retain(|request| request.waits(now));
        requests.sort_by_key(|request| request.expires_at);
        let asks = !requests.is_empty() || plans.iter().any(|plan| plan.course.is_some());
        let here = match asks {
            true => measures::answerable(tx, &app.content, clinic)?,
            false => BTreeMap::new(),
        };
        Ok(Self {
            done,
            requests,
            here,
        })
    }
}

/// The list of what was begun on this device is the script's.
pub(super) fn dressed(mut page: Page) -> Page {
    page.styles.push("css/measures.css");
    page.scripts.push("js/measures/begun.js");
    page
}

/// What she was asked for by somebody, and until when.
pub(super) fn requests(app: &App, person: &Person, view: &Today<'_>) -> Markup {
    list(app, person, &view.requests, &view.here)
}

fn list(
    app: &App,
    person: &Person,
    requests: &[Request],
    here: &BTreeMap<String, String>,
) -> Markup {
    let now = app.clock.now();
    html! {
        @for request in requests {
            @if let Some(title) = here.get(&request.instrument) {
                div.card.offer data-asked=(request.instrument) {
                    div {
                        p { "A few questions for you: " strong { (title) } }
                        p.soft { "Until " (moment_text(request.expires_at, now, &person.zone, &person.locale)) ". Any of them can be left empty." }
                    }
                    p { a.button href={ "/measures/" (request.instrument) } { "Look at them" } }
                }
            }
        }
    }
}

/// What the page of questions shows.
struct View {
    asked: Asked,
    /// Due by a programme, and can be answered here.
    due: Vec<Due>,
    /// Ids she answered at some time, with the last day.
    before: BTreeMap<String, String>,
}

/// `GET /measures`
pub(super) async fn page(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let now = app.clock.now();
    let on = day(now, &person.zone);
    let access = RecordAccess::own(&person);
    let at_hand = app.clone();
    let view = app
        .db
        .read(move |tx| {
            let plans = plans::store::list(tx, access.clinic_id(), access.person_id())?;
            let days = plans::days_to_read(&plans, on);
            let mut asked = Asked::find(tx, &at_hand, &access, &plans, (now, days))?;
            asked.here = measures::answerable(tx, &at_hand.content, access.clinic_id())?;
            let all = measures::store::responses::list_done(tx, &access, 0)?;
            let before = all.into_iter().map(|(id, on, _)| (id, on)).collect();
            let stopped = safety::overview(tx, &access)?.pause(on).is_some();
            let done = plans::answered(asked.done.clone());
            let mut due = match stopped {
                true => Vec::new(),
                false => plans::due(&plans, &at_hand.content, &done, on),
            };
            due.retain(|due| {
                let is_asked = asked.requests.iter().any(|one| one.instrument == due.id);
                due.kind == ItemKind::Measure
                    && !due.is_done()
                    && !is_asked
                    && asked.here.contains_key(&due.id)
            });
            Ok::<_, Error>(View { asked, due, before })
        })
        .await?;
    let body = show(&app, &person, &view);
    Ok(dressed(person.page("Questions", "/measures", body)))
}

fn show(app: &App, person: &Person, view: &View) -> Markup {
    let library = &app.content;
    let today = day(app.clock.now(), &person.zone);
    let last = |id: &str| {
        let on = view.before.get(id)?.parse().ok()?;
        Some(date_text(on, today, &person.locale))
    };
    let named: BTreeSet<&str> = view
        .due
        .iter()
        .map(|due| due.id.as_str())
        .chain(
            view.asked
                .requests
                .iter()
                .map(|one| one.instrument.as_str()),
        )
        .collect();
    let works_here = !person.roles.has(Role::Client);
    let (often, others): (Vec<_>, Vec<_>) = library
        .check_ins()
        .all
        .iter()
        .filter(|check_in| check_in.moment != When::Asked)
        .filter(|check_in| match check_in.who {
            Who::Both => true,
            Who::Client => !works_here,
            Who::Practitioner => works_here,
            Who::Parent => false,
        })
        .partition(|check_in| matches!(check_in.moment, When::Daily | When::Weekly));
    let row = |check_in: &CheckIn| {
        html! {
            li { a href={ "/measures/" (check_in.id) } { span { (check_in.title) @if let Some(on) = last(&check_in.id) { span.soft { ", last " (on) } } } } }
        }
    };
    let again: Vec<_> = view
        .before
        .keys()
        .filter(|id| library.instrument(id).is_some() && !named.contains(id.as_str()))
        .filter_map(|id| Some((id, view.asked.here.get(id)?)))
        .collect();
    html! {
        h1 { "Questions about how you are" }
        div.begun-list data-begun-list hidden {}
        (list(app, person, &view.asked.requests, &view.asked.here))
        @if !view.due.is_empty() {
            section {
                h2 { "Part of your programme now" }
                ul.choices {
                    @for due in &view.due { li data-asked=(due.id) { a href={ "/measures/" (due.id) } { (view.asked.here.get(&due.id).unwrap_or(&due.id)) } } }
                }
            }
        }
        @if !again.is_empty() {
            section {
                h2 { "Answered before" }
                ul.choices {
                    @for (id, title) in again { li { a href={ "/measures/" (id) } { span { (title) @if let Some(on) = last(id) { span.soft { ", last " (on) } } } } } }
                }
            }
        }
        section {
            h2 { "Any time, if you like" }
            p.soft { (library.check_ins().about) }
            ul.choices { @for check_in in &often { (row(check_in)) } }
            @if !others.is_empty() {
                details {
                    summary { "After a practice, after work, after a meeting" }
                    ul.choices { @for check_in in &others { (row(check_in)) } }
                }
            }
        }
        @if !view.before.is_empty() { p { a.link href="/responses" { "Read what you answered" } } }
        p { a.link href="/progress" { "Your picture" } }
    }
}
