//! Choosing, changing, ending; and what letters, calendars and browsers ask for.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Span;
use serde::Deserialize;
use serde_json::json;

use super::rules::{self, PAUSE, Reminder, State as Stand};
use super::{MOST_DEVICES, calendar as feed, can_push, keys, pages, push, sends_mail, store, work};
use crate::app::{App, State};
use crate::features::people::{Caller, Person, login_hash};
use crate::features::plans;
use kith_base::clock::timestamp;
use kith_base::error::Error;
use kith_base::id;
use kith_base::mail;
use kith_base::push::read_subscription;
use kith_base::web::form::{self, Form};
use kith_base::web::layout::Page;
use kith_base::web::locale::{day, zone};
use kith_base::web::respond::{self, see};

/// Letters that ask for a confirmation, a day: nobody's post box is filled from here.
const MOST_LETTERS: i64 = 3;

/// Everything the page shows.
pub(super) struct View {
    pub(super) reminder: Option<Reminder>,
    pub(super) address: Option<store::Address>,
    pub(super) devices: Vec<store::Device>,
    pub(super) calendar: Option<i64>,
    pub(super) weekdays: String,
    pub(super) routine: Option<String>,
    pub(super) login: Option<String>,
    pub(super) key: Option<String>,
}

async fn view(app: &App, person: &Person, headers: &HeaderMap) -> Result<View, Error> {
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let on = day(app.clock.now(), &person.zone);
    let login = login_hash(app, headers);
    let mut view = app
        .db
        .read(move |tx| {
            let plans = plans::store::list(tx, &clinic, &whose)?;
            Ok::<_, Error>(View {
                reminder: store::find(tx, &clinic, &whose)?,
                address: store::find_address(tx, &clinic, &whose)?,
                devices: store::list_devices(tx, &clinic, &whose)?,
                calendar: store::find_calendar(tx, &clinic, &whose)?,
                weekdays: rules::weekdays(&plans, on),
                routine: rules::from_plan(&plans, on).map(|(routine, _, _)| routine),
                login,
                key: None,
            })
        })
        .await?;
    if view.reminder.is_some() && can_push(app) {
        view.key = Some(keys(app, &person.clinic_id).await?.public());
    }
    Ok(view)
}

fn form_of(view: &View) -> Form {
    let unset = Reminder {
        routine: view.routine.clone().unwrap_or_default(),
        ..Reminder::default()
    };
    let reminder = view.reminder.as_ref().unwrap_or(&unset);
    let (time, from, until) = (
        rules::time_text(reminder.minute),
        rules::time_text(reminder.quiet_from),
        rules::time_text(reminder.quiet_until),
    );
    let mut fields = vec![
        ("time", time.as_str()),
        ("quiet_from", &from),
        ("quiet_until", &until),
        ("routine", &reminder.routine),
        ("words", &reminder.words),
    ];
    if reminder.only_if_not_yet {
        fields.push(("only_if_not_yet", "yes"));
    }
    if reminder.by_mail {
        fields.push(("by_mail", "yes"));
    }
    if let Some(address) = &view.address {
        fields.push(("address", &address.address));
    }
    Form::of(&fields)
}

fn show(app: &App, person: &Person, view: &View, form: &Form) -> Response {
    let body = pages::reminders(app, person, view, form);
    let mut page = person.page("Reminders", "/me", body);
    page.scripts.push("js/push.js");
    let status = if form.problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    (status, page).into_response()
}

/// `GET /reminders`
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let view = view(&app, &person, &headers).await?;
    Ok(show(&app, &person, &view, &form_of(&view)))
}

/// `POST /reminders`: also the answer "another time", and a way to begin again.
pub(super) async fn change(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Error> {
    let view = view(&app, &person, &headers).await?;
    let mut reminder = view.reminder.clone().unwrap_or_default();
    rules::read_form(&mut form, &mut reminder);
    let typed = form.text("address", 254);
    let address = match (typed.as_str(), mail::read_address(&typed)) {
        (_, Some(address)) => Some(address),
        ("", None) if !reminder.by_mail => None,
        _ => {
            form.complain("address", "Please enter an address like name@example.org.");
            None
        }
    };
    if !form.problems.is_empty() {
        return Ok(show(&app, &person, &view, &form));
    }
    let now = app.clock.now();
    reminder.by_mail &= sends_mail(&app);
    reminder.state = Stand::Running;
    settle(&mut reminder, &person, now);
    let known = view.address.map(|address| address.address);
    let is_new = sends_mail(&app) && address.is_some() && address != known;
    let (leave_secret, job_id) = (id::secret()?, app.ids.make(now)?);
    // By the same clock for everybody: a change of zone gives nobody more letters.
    let on = day(now, "UTC").to_string();
    let in_time = app
        .db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            store::set(tx, clinic, whose, &reminder)?;
            let Some(address) = address.filter(|_| is_new) else {
                if typed.is_empty() {
                    store::remove_address(tx, clinic, whose)?;
                }
                return Ok(true);
            };
            if !store::count_letter(tx, clinic, whose, &on, MOST_LETTERS)? {
                return Ok(false);
            }
            store::set_address(tx, clinic, whose, &address, &leave_secret)?;
            work::ask_to_confirm(tx, &job_id, clinic, whose, now)?;
            Ok::<_, Error>(true)
        })
        .await?;
    if in_time {
        Ok(see("/reminders"))
    } else {
        Err(too_many_letters())
    }
}

fn too_many_letters() -> Error {
    Error::Conflict(
        "That was enough letters for one day. Everything else is kept; please try the address again tomorrow."
            .to_owned(),
    )
}

/// What follows from any change: the count of ignored ones begins anew, and the next one is reckoned.
fn settle(reminder: &mut Reminder, person: &Person, now: i64) {
    reminder.answered_at = now;
    reminder.changed_at = now;
    reminder.zone = person.zone.clone();
    reminder.next_at = rules::next_at(reminder, now, &zone(&person.zone));
}

/// Changes what she has, and leads back to the page.
async fn answer(
    app: &App,
    person: Person,
    change: impl FnOnce(&mut Reminder) + Send + 'static,
) -> Result<Response, Error> {
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            let mut reminder = store::find(tx, clinic, whose)?.ok_or_else(no_time_yet)?;
            change(&mut reminder);
            settle(&mut reminder, &person, now);
            store::set(tx, clinic, whose, &reminder)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see("/reminders"))
}

fn no_time_yet() -> Error {
    Error::invalid("time", "Please choose a time first.")
}

/// `POST /reminders/pause`: a week of silence.
pub(super) async fn pause(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let today = day(app.clock.now(), &person.zone);
    answer(&app, person, move |reminder| {
        reminder.state = Stand::Running;
        reminder.paused_until = Some(today.saturating_add(Span::new().days(PAUSE)));
    })
    .await
}

/// `POST /reminders/ending`
pub(super) async fn end(State(app): State<App>, person: Person) -> Result<Response, Error> {
    answer(&app, person, |reminder| reminder.state = Stand::Stopped).await
}

/// `POST /reminders/smaller`: the reminder leads to the smallest version from now on.
pub(super) async fn make_smaller(
    State(app): State<App>,
    person: Person,
) -> Result<Response, Error> {
    answer(&app, person, |reminder| {
        reminder.state = Stand::Running;
        reminder.smaller = true;
    })
    .await
}

/// `GET /reminders/smallest`: what a reminder leads to when it was made smaller. Its address, which may
/// stand in a letter, does not say what it is.
pub(super) async fn smallest(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let on = day(app.clock.now(), &person.zone);
    // That she came counts here too.
    super::card(&app, &person).await?;
    let plans = app
        .db
        .read(move |tx| plans::store::list(tx, &clinic, &whose))
        .await
        .map_err(Error::from)?;
    let place = match rules::from_plan(&plans, on) {
        Some((_, practice, minutes)) => format!("/practise/{practice}?minutes={minutes}"),
        // While everything rests nothing is asked, not even that.
        None if plans.iter().any(|plan| plan.is_paused(on)) => "/today".to_owned(),
        None => "/practise/soles-ground?minutes=1".to_owned(),
    };
    Ok(see(&place))
}

/// `POST /reminders/calendar`: a new address, shown this once.
pub(super) async fn make_calendar(
    State(app): State<App>,
    person: Person,
) -> Result<Response, Error> {
    let secret = id::secret()?;
    let (hash, now) = (id::digest(&secret), app.clock.now());
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    app.db
        .write(move |tx| {
            store::find(tx, &clinic, &whose)?.ok_or_else(no_time_yet)?;
            store::set_calendar(tx, &clinic, &whose, &hash, now)?;
            Ok::<_, Error>(())
        })
        .await?;
    let address = format!("{}/calendar/{secret}.ics", app.config.url);
    let mut page = person.page("Calendar", "/me", pages::new_calendar(&address));
    page.scripts.push("js/push.js");
    Ok(page.into_response())
}

/// `POST /reminders/calendar/revocation`
pub(super) async fn revoke_calendar(
    State(app): State<App>,
    person: Person,
) -> Result<Response, Error> {
    app.db
        .write(move |tx| store::remove_calendar(tx, &person.clinic_id, &person.person_id))
        .await
        .map_err(Error::from)?;
    Ok(see("/reminders"))
}

/// Only what is not there is counted: calendars may come as often as they like, guesses may not.
fn miss(app: &App, caller: &Caller) -> Error {
    let counted = app.limits.count(&format!("reminders {}", caller.0));
    counted.err().unwrap_or(Error::NotFound)
}

/// `GET /calendar/{secret}.ics`
pub(super) async fn calendar(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Error> {
    let secret = file.strip_suffix(".ics").ok_or(Error::NotFound)?;
    let (hash, now) = (id::digest(secret), app.clock.now());
    let found = app
        .db
        .read(move |tx| {
            let Some((clinic, whose, zone)) = store::find_calendar_owner(tx, &hash)? else {
                return Ok(None);
            };
            let reminder = store::find(tx, &clinic, &whose)?;
            let plans = plans::store::list(tx, &clinic, &whose)?;
            Ok::<_, Error>(reminder.map(|reminder| (reminder, plans, whose, zone)))
        })
        .await?;
    let Some((reminder, plans, whose, here)) = found else {
        return Err(miss(&app, &caller));
    };
    let changed = day(reminder.changed_at, &here);
    let first = changed.max(reminder.paused_until.unwrap_or(changed));
    let weekdays = rules::weekdays(&plans, day(now, &here));
    let key: String = id::digest(&whose).chars().take(32).collect();
    let words = rules::words(&reminder.words);
    let text = feed::feed(&reminder, words, &weekdays, first, &key, &zone(&here));
    let tag = format!("\"{}\"", &id::digest(&text)[..32]);
    let changed_at = timestamp(reminder.changed_at);
    let same = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|sent| sent.to_str().ok())
        .is_some_and(|sent| {
            sent.split(',')
                .any(|one| one.trim().trim_start_matches("W/") == tag)
        });
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        text.into_response()
    };
    let kept = [
        (
            header::CONTENT_TYPE,
            "text/calendar; charset=utf-8".to_owned(),
        ),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, tag),
        (
            header::LAST_MODIFIED,
            changed_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        ),
    ];
    for (name, value) in kept {
        let value = HeaderValue::try_from(value).map_err(Error::internal)?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// A subscription as browsers write it.
#[derive(Deserialize)]
pub(super) struct Offered {
    endpoint: String,
    keys: OfferedKeys,
}

#[derive(Deserialize)]
struct OfferedKeys {
    p256dh: String,
    auth: String,
}

/// `POST /reminders/devices`: this browser takes messages.
pub(super) async fn add_device(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    form::Json(sent): form::Json<Offered>,
) -> Result<Response, Error> {
    let keys = &sent.keys;
    let good = read_subscription(&sent.endpoint, &keys.p256dh, &keys.auth, push(&app).local);
    if !can_push(&app) || good.is_none() {
        return Err(Error::invalid(
            "endpoint",
            "This browser's address for messages cannot be used.",
        ));
    }
    let now = app.clock.now();
    let device = store::Device {
        device_id: app.ids.make(now)?,
        login_hash: login_hash(&app, &headers).ok_or(Error::SignIn)?,
        endpoint: sent.endpoint,
        p256dh: sent.keys.p256dh,
        auth: sent.keys.auth,
        made_at: now,
    };
    let made = device.device_id.clone();
    app.db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            store::find(tx, clinic, whose)?.ok_or_else(no_time_yet)?;
            store::remove_signed_out_devices(tx, clinic, whose)?;
            store::set_device(tx, clinic, whose, &device, MOST_DEVICES)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(respond::json(StatusCode::OK, &json!({"id": made})))
}

/// `POST /reminders/devices/{device_id}/ending`
pub(super) async fn end_device(
    State(app): State<App>,
    person: Person,
    Path(device_id): Path<String>,
) -> Result<Response, Error> {
    // One that is gone already is as good as ended: she may have tapped twice.
    app.db
        .write(move |tx| store::remove_device(tx, &person.clinic_id, &person.person_id, &device_id))
        .await
        .map_err(Error::from)?;
    Ok(see("/reminders"))
}

/// `POST /reminders/mail/letter`: the confirming letter did not come, or its link is too old.
pub(super) async fn ask_again(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let now = app.clock.now();
    let job_id = app.ids.make(now)?;
    // By the same clock for everybody: a change of zone gives nobody more letters.
    let on = day(now, "UTC").to_string();
    let asked = app
        .db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            let address = store::find_address(tx, clinic, whose)?
                .ok_or_else(|| Error::invalid("address", "Please enter an address first."))?;
            let asks = address.confirmed_at.is_none();
            if asks && !store::count_letter(tx, clinic, whose, &on, MOST_LETTERS)? {
                return Ok(false);
            }
            if asks {
                work::ask_to_confirm(tx, &job_id, clinic, whose, now)?;
            }
            Ok::<_, Error>(true)
        })
        .await?;
    if asked {
        Ok(see("/reminders"))
    } else {
        Err(too_many_letters())
    }
}

/// `GET /reminders/mail/confirmation/{secret}`: asks, because mail programs open links by themselves.
pub(super) async fn confirmation_page(
    State(app): State<App>,
    caller: Caller,
    Path(secret): Path<String>,
) -> Result<Page, Error> {
    let (hash, now) = (id::digest(&secret), app.clock.now());
    let found = app
        .db
        .read(move |tx| store::find_address_by_token(tx, &hash, now))
        .await
        .map_err(Error::from)?;
    match found {
        Some(_) => Ok(Page::bare("Your address", pages::confirmation())),
        None => Err(miss(&app, &caller)),
    }
}

/// `POST /reminders/mail/confirmation/{secret}`
pub(super) async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Path(secret): Path<String>,
) -> Result<Page, Error> {
    let (hash, now) = (id::digest(&secret), app.clock.now());
    let confirmed = app
        .db
        .write(move |tx| store::confirm_address(tx, &hash, now))
        .await
        .map_err(Error::from)?;
    if confirmed {
        Ok(Page::bare("Your address", pages::confirmed()))
    } else {
        Err(miss(&app, &caller))
    }
}

/// `GET /reminders/mail/ending/{secret}`
pub(super) async fn leave_page(
    State(app): State<App>,
    caller: Caller,
    Path(secret): Path<String>,
) -> Result<Page, Error> {
    let found = app
        .db
        .read(move |tx| store::find_address_by_leave_secret(tx, &secret))
        .await
        .map_err(Error::from)?;
    match found {
        Some(_) => Ok(Page::bare("No more letters", pages::leave())),
        None => Err(miss(&app, &caller)),
    }
}

/// `POST /reminders/mail/ending/{secret}`: by a person on the page, or by her mail program (RFC 8058).
pub(super) async fn leave(
    State(app): State<App>,
    caller: Caller,
    Path(secret): Path<String>,
) -> Result<Page, Error> {
    let left = app
        .db
        .write(move |tx| {
            let Some(address) = store::find_address_by_leave_secret(tx, &secret)? else {
                return Ok(false);
            };
            store::remove_address(tx, &address.clinic_id, &address.person_id)?;
            Ok::<_, Error>(true)
        })
        .await?;
    if left {
        Ok(Page::bare("No more letters", pages::left()))
    } else {
        Err(miss(&app, &caller))
    }
}
