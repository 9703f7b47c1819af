//! Who, load, decide, answer.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::rules::{self, Places, short};
use super::{DAYS, fortnight, pages};
use crate::app::{App, State};
use crate::features::home::Known;
use crate::features::people::{Person, RecordAccess, Role};
use crate::features::{alerts, library, measures, voices};
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::locale::day;
use kith_base::web::{assets, respond};

/// The most bytes of sound a phone keeps; what is needed first is kept first.
const SOUND_MOST: u64 = 60_000_000;

/// The beginnings of the files that the pages above need.
const APP_FILES: [&str; 10] = [
    "css/kith.css",
    "css/measures.css",
    "css/offline.css",
    "css/player.css",
    "icons/kith.svg",
    "icons/kith-192.png",
    "js/kith.js",
    "js/measures/",
    "js/offline/",
    "js/player/",
];

/// `GET /today/fortnight`
pub(super) async fn fortnight(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let now = app.clock.now();
    let on = day(now, &person.zone);
    let access = RecordAccess::own(&person);
    let at_hand = app.clone();
    let known = app
        .db
        .read(move |tx| Known::find(tx, &at_hand, &access, (now, on)))
        .await?;
    let days = fortnight::days(&known, &app.content, on, &person.zone);
    let body = fortnight::page(&app, &person, &days);
    let mut page = dressed(
        person.page("Today", "/today", body),
        "js/offline/fortnight.js",
    );
    // What was begun on this phone waits there too.
    page.scripts.push("js/measures/begun.js");
    Ok(page)
}

/// `GET /me/phone`
pub(super) async fn phone(person: Person) -> Page {
    let body = pages::phone(practises(&person));
    dressed(
        person.page("On this phone", "/me", body),
        "js/offline/phone.js",
    )
}

/// `GET /offline`: what stands in the place of a page that is not kept. It is fetched while there is a network.
pub(super) async fn not_kept(person: Person) -> Page {
    let body = pages::not_kept(practises(&person));
    person.page("This page needs a network", "", body)
}

fn dressed(mut page: Page, script: &'static str) -> Page {
    page.styles.push("css/measures.css");
    page.styles.push("css/offline.css");
    page.scripts.push(script);
    page
}

/// Whose phone it is. A screen in a clinic is shared: what keeps nobody's plan can show nobody's.
fn practises(person: &Person) -> bool {
    person.roles.has(Role::Client)
}

/// What of her own is on pages that a phone keeps: revisions of them.
struct Own {
    known: Option<Known>,
    help: String,
    safety_plan: String,
    /// Measures that can be answered here, with what their pages say.
    measures: Vec<(String, String)>,
}

/// `GET /offline/pack`: everything this person's phone should keep, most needed first.
pub(super) async fn pack(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let now = app.clock.now();
    let on = day(now, &person.zone);
    let (at_hand, viewer) = (app.clone(), person.clone());
    let own = app
        .db
        .read(move |tx| find_own(tx, &at_hand, &viewer, now))
        .await?;
    let voices = voices::revision(&app, &person).await?;
    let days = match &own.known {
        Some(known) => fortnight::days(known, &app.content, on, &person.zone),
        None => Vec::new(),
    };

    let mut places = Places::default();
    if practises(&person) {
        let body = fortnight::page(&app, &person, &days).into_string();
        places.add("/today/fortnight", short(&body));
    }
    places.add("/help", &own.help);
    let moments: Vec<_> = library::moments(&app, &person).collect();
    rules::for_hard_moments(&mut places, &app.content, &moments, &voices);
    let recent = own.known.as_ref().map_or(&[][..], |known| &known.kept);
    rules::for_the_days(&mut places, &app.content, &days, recent, &voices);
    for (measure, revision) in own.measures {
        places.add(format!("/measures/{measure}"), revision);
    }
    if practises(&person) {
        places.add("/me/safety-plan", own.safety_plan);
    }
    places.add("/me/phone", "");
    places.add("/offline", "");
    let places = places.list();

    // Words of the frame around every page, too, come with a release or with a change of these.
    let frame = (
        &person.locale,
        &person.zone,
        person.roles.to_string(),
        person.demo,
    );
    let files = assets::list(&APP_FILES);
    let version = short(&format!("{} {frame:?} {places:?}", assets::release()));
    let body = json!({
        "version": version,
        "release": assets::release(),
        "frame": short(&format!("{frame:?}")),
        "person": person.key(),
        "until": on.saturating_add(jiff::Span::new().days(DAYS - 1)).to_string(),
        "pages": places,
        "files": files,
        "sound_most": SOUND_MOST,
    });
    Ok(respond::json(StatusCode::OK, &body))
}

fn find_own(tx: &mut Tx<'_>, app: &App, person: &Person, now: i64) -> Result<Own, Error> {
    let access = RecordAccess::own(person);
    let on = day(now, &person.zone);
    let reader = alerts::Reader {
        person_id: Some(&person.person_id),
        locale: &person.locale,
    };
    let clinic = person.clinic_id.as_str();
    let help = alerts::find_help(tx, &app.content, Some(clinic), Some(reader))?;
    let mut own = Own {
        known: None,
        help: short(&help.part().into_string()),
        safety_plan: String::new(),
        measures: Vec::new(),
    };
    if !practises(person) {
        return Ok(own);
    }
    let known = Known::find(tx, app, &access, (now, on))?;
    let days = fortnight::days(&known, &app.content, on, &person.zone);
    for measure in rules::measures_of(&app.content, &days) {
        if let Some(revision) = measures::revision(tx, &app.content, person, &measure)? {
            own.measures.push((measure, revision));
        }
    }
    drop(days);
    let plan = alerts::store::find_safety_plan(tx, clinic, &person.person_id)?;
    own.safety_plan = short(&format!("{plan:?}"));
    own.known = Some(known);
    Ok(own)
}
