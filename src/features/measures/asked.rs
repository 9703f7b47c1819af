//! One questionnaire without signing in: by a link that was sent, or by a code in the waiting room. Whoever opens it sees the
//! questions and nothing of the person they were asked of.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response as HttpResponse};
use maud::{Markup, html};
use serde_json::json;

use super::answering::{dressed, keep_one, sheet_sent};
use super::asking::{self, Asking, Found, Standing, Whose};
use super::giving::note;
use super::pages::{self, After, Asked};
use super::rules::{self, Request, Way};
use super::store::keys::{Key, KeyKind, add_key, find_key, update_used};
use super::store::{requests, responses};
use crate::app::{App, State};
use crate::features::alerts::{Reader, find_help};
use crate::features::people::store::PersonRow;
use crate::features::people::{self, Caller, Person, RecordAccess, Roles};
use kith_base::db::Tx;
use kith_base::error::{Error, Problem};
use kith_base::id;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, Page, problems};
use kith_base::web::locale::moment_text;
use kith_base::web::respond::{self, see, wants_json};

/// How long the page holds that a code has opened.
const PAGE_HOLDS: i64 = 60 * 60_000;
/// After how many seconds a tablet is ready for the next person.
const NEXT_SECONDS: u32 = 30;

/// What a secret opens.
enum Door {
    /// Nothing, and nothing ever did as far as anybody is told.
    Nothing,
    /// It did once: why it does no more.
    Closed(&'static str),
    /// It will: from when on, as she writes dates.
    Later(String),
    /// The questions.
    Open(Box<Opened>),
}

struct Opened {
    key: Key,
    request: Request,
    person: PersonRow,
}

/// A secret is 64 hexadecimal digits: a code of the waiting room opens nothing here.
fn hash_of(secret: &str) -> Option<String> {
    let is_secret = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_secret.then(|| id::digest(secret))
}

/// What a secret opens. `grace`, milliseconds: answers that were begun in time are still taken so long after it.
fn door(tx: &mut Tx<'_>, hash: &str, now: i64, grace: i64) -> Result<Door, Error> {
    let Some(key) = find_key(tx, hash)? else {
        return Ok(Door::Nothing);
    };
    let clinic = key.clinic_id.as_str();
    let Some((person_id, request)) = requests::find_request(tx, clinic, &key.request_id)? else {
        return Ok(Door::Nothing);
    };
    let is_here = people::store::is_here(tx, clinic, &person_id)?;
    let person = people::store::find_person(tx, clinic, &person_id)?;
    let Some(person) = person.filter(|_| is_here) else {
        return Ok(Door::Nothing);
    };
    let begun = now.saturating_sub(grace);
    // That it was answered in another way is not said here: whoever made the link may not be allowed to know.
    Ok(if key.used_at.is_some() {
        Door::Closed("This has been answered already.")
    } else if request.withdrawn_at.is_some_and(|at| at <= begun) {
        Door::Closed("This was taken back: it is no longer needed.")
    } else if key.expires_at <= begun || request.expires_at <= begun {
        Door::Closed("The time for this has passed.")
    } else if request.opens_at > now {
        Door::Later(moment_text(
            request.opens_at,
            now,
            &person.zone,
            &person.locale,
        ))
    } else {
        Door::Open(Box::new(Opened {
            key,
            request,
            person,
        }))
    })
}

/// A page of nobody's, in her language.
fn bare(title: &str, body: Markup, locale: Option<&str>) -> Page {
    let mut page = Page::bare(title, body);
    page.styles.push("css/measures.css");
    if let Some(locale) = locale {
        page.language = locale.to_owned();
    }
    page
}

fn closed(why: &str, status: StatusCode) -> HttpResponse {
    let body = html! {
        h1 { (why) }
        p { "If you were asked for something else, please ask the clinic for a new link or code." }
        p { "If you need somebody now, " a href="/help" { "here is help" } "." }
    };
    (status, bare("Not open", body, None)).into_response()
}

fn nothing() -> HttpResponse {
    closed("This opens nothing here.", StatusCode::NOT_FOUND)
}

fn later(from: &str) -> HttpResponse {
    let body = html! {
        h1 { "Not open yet" }
        p { "This can be answered from " (from) " on. Please come back then." }
    };
    bare("Not open yet", body, None).into_response()
}

fn whose(person: &PersonRow) -> Whose<'_> {
    Whose {
        clinic_id: &person.clinic_id,
        person_id: &person.person_id,
        locale: &person.locale,
        signed_in: false,
    }
}

/// Where the page goes afterwards.
fn home(kind: KeyKind) -> (&'static str, &'static str) {
    match kind {
        KeyKind::Link => ("/help", "Where help can be found"),
        KeyKind::WaitingRoom => ("/waiting-room", "Done. You can hand the tablet back"),
    }
}

/// `GET /asked/{secret}`
pub(super) async fn page(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(secret): Path<String>,
) -> Result<HttpResponse, Error> {
    app.limits.count(&format!("asked {caller}"))?;
    let Some(hash) = hash_of(&secret) else {
        return Ok(nothing());
    };
    let now = app.clock.now();
    let at_hand = app.clone();
    let (door, found) = app
        .db
        .read(move |tx| {
            let door = door(tx, &hash, now, 0)?;
            let found = match &door {
                Door::Open(opened) => asking::find(
                    tx,
                    &at_hand.content,
                    whose(&opened.person),
                    &opened.request.instrument,
                    "",
                )?,
                _ => None,
            };
            Ok::<_, Error>((door, found))
        })
        .await?;
    match (door, found) {
        (Door::Open(opened), Some(Found::Asking(asking))) => {
            let id = app.ids.make(now)?;
            let form = Form::default();
            show(&app, &opened, &asking, (&secret, &id, &form, &[]))
        }
        (Door::Open(_), Some(Found::Not(_, Standing::Unwatched(_)))) => Ok(closed(
            "This cannot be asked just now: nobody is there to look at the answers.",
            StatusCode::GONE,
        )),
        (Door::Closed(why), _) => Ok(closed(why, StatusCode::GONE)),
        (Door::Later(from), _) => Ok(later(&from)),
        (Door::Open(_), _) => Ok(closed(
            "This cannot be answered here any more.",
            StatusCode::GONE,
        )),
        (Door::Nothing, _) => Ok(nothing()),
    }
}

fn show(
    app: &App,
    opened: &Opened,
    asking: &Asking,
    (secret, id, form, gaps): (&str, &str, &Form, &[usize]),
) -> Result<HttpResponse, Error> {
    let action = format!("/asked/{secret}");
    let asked = Asked {
        action: &action,
        id,
        form,
        gaps,
        direct: true,
        whose: "",
        home: home(opened.key.kind),
    };
    let body = pages::answering(&app.content, asking, &asked)?;
    let title = &asking.sheet.title;
    let page = dressed(Page {
        language: opened.person.locale.clone(),
        ..Page::bare(title, body)
    });
    Ok(page.into_response())
}

/// A form that comes back: something is wrong with it, or empty.
struct Again {
    opened: Opened,
    asking: Asking,
    problems: Vec<Problem>,
    gaps: Vec<usize>,
    id: String,
}

/// What became of an answer.
enum Taken {
    Kept {
        help: bool,
        kind: KeyKind,
        markup: Markup,
    },
    Again(Box<Again>),
    Shut(Door),
}

/// `POST /asked/{secret}`: kept once; sent again with the same id it is as good as kept.
pub(super) async fn answer(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(secret): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Result<HttpResponse, Error> {
    app.limits.count(&format!("asked {caller}"))?;
    let json_wanted = wants_json(&headers);
    let Some(hash) = hash_of(&secret) else {
        return if json_wanted {
            Err(Error::NotFound)
        } else {
            Ok(nothing())
        };
    };
    let (at_hand, sent) = (app.clone(), form.clone());
    let taken = app
        .db
        .write(move |tx| take(tx, &at_hand, &hash, &sent))
        .await?;
    match taken {
        Taken::Kept { help, kind, markup } => {
            if json_wanted {
                return Ok(respond::json(
                    StatusCode::OK,
                    &json!({"kept": true, "help": help}),
                ));
            }
            let mut response = bare("Kept", markup, None).into_response();
            // Nobody is hurried away from help.
            if kind == KeyKind::WaitingRoom && !help {
                let next = HeaderValue::try_from(format!("{NEXT_SECONDS}; url=/waiting-room"));
                if let Ok(next) = next {
                    response.headers_mut().insert(header::REFRESH, next);
                }
            }
            Ok(response)
        }
        Taken::Again(again) => {
            let Again {
                opened,
                asking,
                problems,
                gaps,
                id,
            } = *again;
            let refused = !problems.is_empty();
            if json_wanted {
                return Err(Error::Invalid(problems));
            }
            form.problems = problems;
            let mut response = show(&app, &opened, &asking, (&secret, &id, &form, &gaps))?;
            if refused {
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            }
            Ok(response)
        }
        Taken::Shut(Door::Closed(why)) if json_wanted => Err(Error::Conflict(why.to_owned())),
        Taken::Shut(_) if json_wanted => Err(Error::NotFound),
        Taken::Shut(Door::Closed(why)) => Ok(closed(why, StatusCode::GONE)),
        Taken::Shut(Door::Later(from)) => Ok(later(&from)),
        Taken::Shut(_) => Ok(nothing()),
    }
}

fn take(tx: &mut Tx<'_>, app: &App, hash: &str, form: &Form) -> Result<Taken, Error> {
    let now = app.clock.now();
    let library = &app.content;
    let opened = match door(tx, hash, now, PAGE_HOLDS)? {
        Door::Open(opened) => *opened,
        shut => return Ok(kept_before(tx, app, hash, form)?.unwrap_or(Taken::Shut(shut))),
    };
    let (clinic, whom) = (
        opened.person.clinic_id.clone(),
        opened.person.person_id.clone(),
    );
    let measure = opened.request.instrument.as_str();
    let place = (clinic.as_str(), opened.person.locale.as_str());
    let new_id = app.ids.make(now)?;
    let Some(sheet) = sheet_sent(tx, library, place, measure, form)? else {
        return Ok(Taken::Shut(Door::Closed(
            "This cannot be answered here any more.",
        )));
    };
    let sent = rules::read_sent(form, &sheet, &new_id);
    let again = match &sent {
        Err(problems) => Some((problems.clone(), Vec::new(), new_id.clone())),
        Ok(sent) if sent.is_empty() => {
            let nothing = "Nothing is answered yet. One answer is enough.";
            Some((
                vec![Problem::with("", nothing)],
                Vec::new(),
                sent.id.clone(),
            ))
        }
        // An answer that calls for help is kept at once.
        Ok(sent) => {
            let known = form.raw("gaps") == "known" || sheet.is_endorsed(&sent.answers);
            (!known && !sent.gaps.is_empty())
                .then(|| (Vec::new(), sent.gaps.clone(), sent.id.clone()))
        }
    };
    if let Some((problems, gaps, id)) = again {
        let found = asking::find(tx, library, whose(&opened.person), measure, "")?;
        let Some(Found::Asking(mut asking)) = found else {
            return Ok(Taken::Shut(Door::Closed(
                "This cannot be answered here any more.",
            )));
        };
        asking.sheet = sheet;
        return Ok(Taken::Again(Box::new(Again {
            opened,
            asking: *asking,
            problems,
            gaps,
            id,
        })));
    }
    let sent = sent.map_err(Error::Invalid)?;
    let zone = opened.person.zone.as_str();
    let mut response = rules::read(sent.record(&sheet, now), now, zone, library)
        .map_err(|refusal| Error::invalid("", refusal.why))?;
    response.way = match opened.key.kind {
        KeyKind::Link => Way::Link,
        KeyKind::WaitingRoom => Way::WaitingRoom,
    };
    // Two at once: the second finds it used.
    if !update_used(tx, &clinic, hash, now)? {
        let shut = Taken::Shut(Door::Closed("This has been answered already."));
        return Ok(kept_before(tx, app, hash, form)?.unwrap_or(shut));
    }
    let access = RecordAccess::own(&as_person(&opened.person));
    let kept = keep_one(tx, app, &access, response)?;
    let deed = "let somebody with the link or code answer what was asked";
    note(tx, app, (&clinic, &whom), deed, now)?;
    kept_page(tx, app, &opened.person, (kept.help, opened.key.kind))
}

/// The same form sent once more, because the answer to the first was lost on the way.
fn kept_before(
    tx: &mut Tx<'_>,
    app: &App,
    hash: &str,
    form: &Form,
) -> Result<Option<Taken>, Error> {
    let (Some(key), Some(id)) = (find_key(tx, hash)?, id::read_id(form.raw("id"))) else {
        return Ok(None);
    };
    let found = requests::find_request(tx, &key.clinic_id, &key.request_id)?;
    let Some((person_id, _)) = found.filter(|_| key.used_at.is_some()) else {
        return Ok(None);
    };
    let person = people::store::find_person(tx, &key.clinic_id, &person_id)?;
    let Some(person) = person else {
        return Ok(None);
    };
    let access = RecordAccess::own(&as_person(&person));
    let Some(response) = responses::find_response(tx, &access, &id)? else {
        return Ok(None);
    };
    // Only what came by this very key, and not anything of hers; and only if it says the same.
    let place = (key.clinic_id.as_str(), person.locale.as_str());
    let sheet = sheet_sent(tx, &app.content, place, &response.instrument, form)?;
    let same = sheet.is_some_and(|sheet| {
        rules::read_sent(form, &sheet, &id).is_ok_and(|sent| sent.answers == response.answers)
    });
    if response.received_at != key.used_at.unwrap_or_default() || !same {
        return Ok(None);
    }
    let help = super::follow(tx, &app.content, &access, &response)?.help;
    kept_page(tx, app, &person, (help, key.kind)).map(Some)
}

fn kept_page(
    tx: &mut Tx<'_>,
    app: &App,
    person: &PersonRow,
    (help, kind): (bool, KeyKind),
) -> Result<Taken, Error> {
    let whose = whose(person);
    let reader = Reader {
        person_id: None,
        locale: whose.locale,
    };
    let page = find_help(tx, &app.content, Some(whose.clinic_id), Some(reader))?;
    let after = After {
        help: help.then(|| page.part()),
        told: None,
        then: &[],
        offer: None,
        home: home(kind),
        signed_in: false,
    };
    Ok(Taken::Kept {
        help,
        kind,
        markup: pages::after(&after),
    })
}

fn as_person(row: &PersonRow) -> Person {
    Person {
        clinic_id: row.clinic_id.clone(),
        person_id: row.person_id.clone(),
        name: row.name.clone(),
        roles: Roles::read(&row.roles),
        locale: row.locale.clone(),
        zone: row.zone.clone(),
        demo: false,
    }
}

fn ask_code(form: &Form) -> Page {
    let body = html! {
        h1 { "A few questions" }
        p { "Enter the code you were given. Nothing you answer stays on this device." }
        (problems(form))
        form.stack method="post" action="/waiting-room" {
            (Field { name: "code", label: "Code", hint: "Eight letters and digits, such as K7PX-29QM.", kind: "text",
                more: &[("autocomplete", "off"), ("autocapitalize", "characters"), ("spellcheck", "false"), ("required", "")] }.show(form))
            button.button type="submit" { "Go on" }
        }
    };
    bare("A few questions", body, None)
}

/// `GET /waiting-room`
pub(super) async fn waiting_room() -> Page {
    ask_code(&Form::default())
}

/// `POST /waiting-room`: a code becomes the address of one page, once.
pub(super) async fn open_by_code(
    State(app): State<App>,
    Caller(caller): Caller,
    mut form: Form,
) -> Result<HttpResponse, Error> {
    app.limits.count(&format!("waiting room {caller}"))?;
    let typed = form.text("code", 20);
    let now = app.clock.now();
    let secret = id::secret()?;
    let (code, made) = (id::read_code(&typed), id::digest(&secret));
    let opened = match code {
        None => false,
        Some(code) => {
            app.db
                .write(move |tx| {
                    let hash = id::digest(&code);
                    let Some(key) = find_key(tx, &hash)? else {
                        return Ok(false);
                    };
                    let is_good = key.kind == KeyKind::WaitingRoom
                        && key.used_at.is_none()
                        && key.expires_at > now;
                    if !is_good || !update_used(tx, &key.clinic_id, &hash, now)? {
                        return Ok(false);
                    }
                    let page = Key {
                        expires_at: now + PAGE_HOLDS,
                        ..key
                    };
                    add_key(tx, &made, &page, now)?;
                    Ok::<_, Error>(true)
                })
                .await?
        }
    };
    if opened {
        return Ok(see(&format!("/asked/{secret}")));
    }
    form.set("code", "");
    form.complain(
        "code",
        "This code opens nothing. It works once and for twenty minutes: please ask for a new one.",
    );
    Ok((StatusCode::UNPROCESSABLE_ENTITY, ask_code(&form)).into_response())
}
