//! What other systems ask for, and how they are let in.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::outcome::{Issue, JSON, Refusal, answer, outcome};
use super::receive::{self, Arrival};
use super::rules::{Kind, Scope, System, id_of, preference, pseudonym, takes_json};
use super::search::Search;
use super::sheets::Desk;
use super::{base, gather, resources, store};
use crate::app::{App, State};
use crate::features::measures;
use crate::features::measures::store::questionnaires::list_questionnaires;
use crate::features::people::{self, Caller, OpenRecord, Openness, open_records};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::{self, Ids, read_id};
use kith_base::web::form::LARGEST;
use kith_base::web::locale::zone;

/// How long a note of when a system was last here stays good enough, milliseconds.
const FRESH: i64 = 60_000;

/// A system that was let in, and where its clinic is.
struct Guest {
    system: System,
    zone: String,
}

/// `GET /fhir/metadata`
pub(super) async fn capability(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    format(&pairs(query.as_deref().unwrap_or_default()), &headers)?;
    let described = resources::capability(&base(&app), env!("CARGO_PKG_VERSION"));
    Ok(answer(StatusCode::OK, &described))
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn format(asked: &[(String, String)], headers: &HeaderMap) -> Result<(), Refusal> {
    let wanted = asked.iter().find(|(name, _)| name == "_format");
    match takes_json(wanted.map(|(_, format)| format.as_str()), headers) {
        true => Ok(()),
        false => Err(Refusal::one(
            StatusCode::NOT_ACCEPTABLE,
            "not-supported",
            "Kith speaks FHIR in JSON only: application/fhir+json.",
        )),
    }
}

fn kind(name: &str) -> Result<Kind, Refusal> {
    Kind::read(name).ok_or_else(|| {
        let words = "There is no such resource here. GET /fhir/metadata says what there is.";
        Refusal::one(StatusCode::NOT_FOUND, "not-supported", words)
    })
}

/// Lets a system in by its token, if it may do what it asks for.
async fn enter(
    app: &App,
    headers: &HeaderMap,
    Caller(address): &Caller,
    scope: Scope,
) -> Result<Guest, Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let login = |words: &str| Refusal::one(StatusCode::UNAUTHORIZED, "login", words);
    let Some(token) = token else {
        return Err(login(
            "Please send a token: Authorization: Bearer …. An owner of the clinic makes one under Clinic, Other systems.",
        ));
    };
    let hash = id::digest(token);
    let found = app
        .db
        .read(move |tx| {
            let Some(system) = store::find_system(tx, &hash)? else {
                return Ok::<_, Error>(None);
            };
            let clinic = people::store::find_clinic(tx, &system.clinic_id)?;
            Ok(clinic.map(|clinic| Guest {
                system,
                zone: clinic.zone,
            }))
        })
        .await?;
    let Some(guest) = found else {
        app.limits.count(&format!("fhir {address}"))?;
        return Err(login("This token is not known here."));
    };
    let (system, now) = (&guest.system, app.clock.now());
    app.limits
        .count_request(&format!("system {}", system.system_id))?;
    if system.revoked_at.is_some() {
        return Err(login("This token was taken back."));
    }
    if system.expires_at <= now {
        return Err(login("This token has expired."));
    }
    if !system.scopes.has(scope) {
        let words = format!("This token does not have the scope {}.", scope.word());
        return Err(Refusal::one(StatusCode::FORBIDDEN, "forbidden", words));
    }
    if system.last_used_at.is_none_or(|at| at + FRESH < now) {
        let (clinic, which) = (system.clinic_id.clone(), system.system_id.clone());
        app.db
            .write(move |tx| store::update_used(tx, &clinic, &which, now))
            .await
            .map_err(Refusal::from)?;
    }
    Ok(guest)
}

/// Whose records a system may see at this moment: who agreed and, where it is not for everybody, stands on its list.
fn open_to(tx: &mut Tx<'_>, system: &System) -> Result<Vec<OpenRecord>, Error> {
    let mut open = open_records(tx, &system.clinic_id, Openness::Agreed)?;
    if !system.everybody {
        let listed = store::list_system_clients(tx, &system.clinic_id, &system.system_id)?;
        open.retain(|one| listed.iter().any(|id| id == one.record.person_id()));
    }
    Ok(open)
}

fn name_of(open: &OpenRecord) -> String {
    pseudonym(open.record.clinic_id(), open.record.person_id())
}

/// Writes down that a system read something: once a person and request.
async fn note(
    app: &App,
    system: System,
    kind: Kind,
    people: BTreeSet<String>,
) -> Result<(), Refusal> {
    if people.is_empty() {
        return Ok(());
    }
    let what = match kind {
        Kind::Questionnaire => return Ok(()),
        Kind::Patient => "see that there is a record",
        Kind::QuestionnaireResponse => "read answers",
        Kind::Observation => "read scores",
        Kind::CarePlan => "read agreed plans",
    };
    let deed = format!("let the system “{}” {what}", system.name);
    let (now, ids) = (app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            for person in people {
                let clinic = &system.clinic_id;
                audit::add(tx, &ids.make(now)?, clinic, now, None, Some(&person), &deed)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

/// `GET /fhir/{kind}`
pub(super) async fn search(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Response, Refusal> {
    let asked = pairs(query.as_deref().unwrap_or_default());
    find(&app, &name, asked, &headers, &caller).await
}

/// `POST /fhir/{kind}/_search`: the same, with the parameters where no log keeps them.
pub(super) async fn search_by_form(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let mut asked = pairs(query.as_deref().unwrap_or_default());
    let body = whole(body)?;
    asked.extend(form_urlencoded::parse(&body).into_owned());
    find(&app, &name, asked, &headers, &caller).await
}

async fn find(
    app: &App,
    name: &str,
    asked: Vec<(String, String)>,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Response, Refusal> {
    format(&asked, headers)?;
    let kind = kind(name)?;
    let guest = enter(app, headers, caller, Scope::Read(kind)).await?;
    let app = &app.at(&guest.system.clinic_id).await?;
    let strict = preference(headers, "handling") == Some("strict");
    let search = Search::read(kind, &asked, strict, &zone(&guest.zone))
        .map_err(|issues| Refusal::all(StatusCode::BAD_REQUEST, issues))?;
    let (at_hand, system, wanted) = (app.clone(), guest.system.clone(), search.clone());
    let (page, people) = app
        .db
        .read(move |tx| {
            let mut open = open_to(tx, &system)?;
            if let Some(patients) = wanted.patients() {
                open.retain(|one| patients.contains(&name_of(one)));
            }
            let forms = list_questionnaires(tx, &system.clinic_id)?;
            let desk = Desk::new(&at_hand.content, base(&at_hand), forms);
            let found = gather::entries(tx, &desk, kind, &open)?;
            // Whoever was asked for was looked at, also when there was nothing. To count is to look at all that is counted.
            let counted = wanted.counted(&found);
            let page = wanted.page(found);
            let shown = page.entries.iter().map(|entry| entry.person_id.clone());
            let mut people: BTreeSet<String> =
                shown.chain(counted).filter(|id| !id.is_empty()).collect();
            if wanted.patients().is_some() {
                people.extend(open.iter().map(|one| one.record.person_id().to_owned()));
            }
            Ok::<_, Error>((page, people))
        })
        .await?;
    note(app, guest.system, kind, people).await?;
    let base = base(app);
    let place = format!("{base}/{}", kind.name());
    Ok(answer(StatusCode::OK, &search.bundle(&place, &base, &page)))
}

/// `GET /fhir/{kind}/{id}`
pub(super) async fn read(
    State(app): State<App>,
    Path((name, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Response, Refusal> {
    format(&pairs(query.as_deref().unwrap_or_default()), &headers)?;
    let kind = kind(&name)?;
    let guest = enter(&app, &headers, &caller, Scope::Read(kind)).await?;
    let app = app.at(&guest.system.clinic_id).await?;
    let (at_hand, system) = (app.clone(), guest.system.clone());
    let found =
        app.db
            .read(move |tx| {
                let mut open = open_to(tx, &system)?;
                // An id of ours begins with that of the response it is about.
                let about = matches!(kind, Kind::QuestionnaireResponse | Kind::Observation);
                if about {
                    let whose = id.get(..36).and_then(read_id).map(|id| {
                        measures::store::responses::find_whose(tx, &system.clinic_id, &id)
                    });
                    let whose = whose.transpose()?.flatten();
                    open.retain(|one| Some(one.record.person_id()) == whose.as_deref());
                }
                let forms = list_questionnaires(tx, &system.clinic_id)?;
                let desk = Desk::new(&at_hand.content, base(&at_hand), forms);
                let all = gather::entries(tx, &desk, kind, &open)?;
                Ok::<_, Error>(all.into_iter().find(|entry| entry.id() == id))
            })
            .await?
            .ok_or_else(Refusal::not_found)?;
    let people = Some(found.person_id).filter(|id| !id.is_empty());
    note(&app, guest.system, kind, people.into_iter().collect()).await?;
    Ok(answer(StatusCode::OK, &found.resource))
}

fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Refusal> {
    body.map_err(|refusal| {
        let error = match refusal.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge(format!(
                "That is more than {} KB, and no questionnaire is.",
                LARGEST / 1024
            )),
            _ => Error::invalid("", "The request broke off. Please send it again."),
        };
        Refusal::from(error)
    })
}

/// What became of what was sent.
struct Done {
    status: StatusCode,
    resource: Value,
    warnings: Vec<Issue>,
}

/// `POST /fhir/{kind}`: somebody's answers, given elsewhere.
pub(super) async fn create(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    format(&pairs(query.as_deref().unwrap_or_default()), &headers)?;
    if kind(&name)? != Kind::QuestionnaireResponse {
        let words = "Only a QuestionnaireResponse can be created here.";
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return Err(Refusal::one(status, "not-supported", words));
    }
    let guest = enter(&app, &headers, &caller, Scope::Create).await?;
    let body = whole(body)?;
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.contains("json"));
    if !is_json {
        let words = format!("Please send JSON, with Content-Type: {JSON}.");
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::one(status, "not-supported", words));
    }
    let resource: Value = serde_json::from_slice(&body).map_err(|error| {
        let words = format!("The JSON cannot be read: {error}.");
        Refusal::one(StatusCode::BAD_REQUEST, "structure", words)
    })?;
    let condition = condition(&headers)?;
    let at_hand = app.clone();
    let now = app.clock.now();
    let done = app
        .db
        .write(move |tx| keep(tx, &at_hand, &guest.system, &resource, condition, now))
        .await?;
    let place = format!(
        "{}/{}/{}",
        base(&app),
        name,
        done.resource["id"].as_str().unwrap_or_default()
    );
    let mut response = match (preference(&headers, "return"), done.warnings.is_empty()) {
        (Some("minimal"), _) => done.status.into_response(),
        (Some("OperationOutcome"), true) => {
            let kept = Issue::information("informational", "", "It is kept.");
            answer(done.status, &outcome(&[kept]))
        }
        (Some("representation"), _) | (_, true) => answer(done.status, &done.resource),
        // What is worth a look must not go under for want of a header.
        _ => answer(done.status, &outcome(&done.warnings)),
    };
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// The identifier in `If-None-Exist`, the one condition that is understood.
fn condition(headers: &HeaderMap) -> Result<Option<(String, String)>, Refusal> {
    let header = headers.get(HeaderName::from_static("if-none-exist"));
    let Some(asked) = header else {
        return Ok(None);
    };
    let asked = pairs(asked.to_str().unwrap_or_default());
    match asked.as_slice() {
        [(name, value)] if name == "identifier" && !value.is_empty() => {
            let (authority, value) = value.split_once('|').unwrap_or(("", value));
            Ok(Some((authority.to_owned(), value.to_owned())))
        }
        _ => Err(Refusal::one(
            StatusCode::BAD_REQUEST,
            "not-supported",
            "If-None-Exist is understood as identifier=SYSTEM|VALUE, and nothing else.",
        )),
    }
}

fn keep(
    tx: &mut Tx<'_>,
    app: &App,
    system: &System,
    resource: &Value,
    condition: Option<(String, String)>,
    now: i64,
) -> Result<Done, Refusal> {
    let unfit = |issues| Refusal::all(StatusCode::UNPROCESSABLE_ENTITY, issues);
    let name = receive::subject(resource).map_err(|issue| unfit(vec![issue]))?;
    let open = open_to(tx, system)?;
    let whose = open.iter().find(|one| name_of(one) == name);
    let whose = whose.ok_or_else(|| {
        let place = "QuestionnaireResponse.subject";
        let words = "There is nobody here by that name, or they have not agreed to this.";
        unfit(vec![Issue::error("not-found", place, words)])
    })?;
    let (clinic, person) = (whose.record.clinic_id(), whose.record.person_id());
    let desk = Desk::new(&app.content, base(app), list_questionnaires(tx, clinic)?);
    let place = zone(&whose.zone);
    let find = |tx: &mut Tx<'_>, id: &str| {
        measures::store::responses::find_response(tx, &whose.record, id)
    };
    let done = |tx: &mut Tx<'_>, status, first: &measures::Response, warnings| {
        let origins = store::list_origins(tx, clinic, person)?;
        let origin = origins.iter().find(|one| one.response_id == first.id);
        Ok::<_, Refusal>(Done {
            status,
            resource: resources::response(&desk, name, &place, first, origin),
            warnings,
        })
    };
    let asked = condition.as_ref().map(|(a, v)| (a.as_str(), v.as_str()));
    if let Some(asked) = asked
        && let Some(first) = find(tx, &id_of(clinic, person, asked))?
    {
        // Who may only add learns that it is there, and no more.
        let may_read = Scope::Read(Kind::QuestionnaireResponse);
        if !system.scopes.has(may_read) {
            let words = "Answers came under this identifier before. This system may not read them.";
            return Err(Refusal::one(StatusCode::CONFLICT, "duplicate", words));
        }
        looked(tx, &app.ids, system, person, now)?;
        return done(tx, StatusCode::OK, &first, Vec::new());
    }
    let arrival = Arrival {
        clinic_id: clinic,
        person_id: person,
        zone: &whose.zone,
        now,
        identifier: asked,
    };
    let received = receive::read(&desk, resource, arrival).map_err(unfit)?;
    let response = received.response;
    let conflict = |words: &str| Refusal::one(StatusCode::CONFLICT, "conflict", words);
    if let Some(first) = find(tx, &response.id)? {
        let same = first.instrument == response.instrument
            && first.answers == response.answers
            && first.answered_at == response.answered_at;
        return match same {
            true => done(tx, StatusCode::OK, &first, received.warnings),
            false => Err(conflict(
                "Other answers came under this identifier before, and they stay as they are. Nothing was changed.",
            )),
        };
    }
    let sent = std::slice::from_ref(&response);
    let (kept, _) = measures::keep(tx, &app.ids, &app.content, &whose.record, sent)?;
    if kept.is_empty() {
        return Err(conflict("Another record has this id. Nothing was changed."));
    }
    let (authority, value) = received.identifier.unwrap_or_default();
    let origin = store::Origin {
        response_id: response.id.clone(),
        authority,
        value,
    };
    store::add_origin(tx, (clinic, person, &system.system_id), &origin)?;
    added(tx, &app.ids, system, person, now)?;
    done(tx, StatusCode::CREATED, &response, received.warnings)
}

fn looked(
    tx: &mut Tx<'_>,
    ids: &Ids,
    system: &System,
    person: &str,
    now: i64,
) -> Result<(), Error> {
    let deed = format!("let the system “{}” read answers", system.name);
    let clinic = &system.clinic_id;
    audit::add(tx, &ids.make(now)?, clinic, now, None, Some(person), &deed)?;
    Ok(())
}

fn added(tx: &mut Tx<'_>, ids: &Ids, system: &System, person: &str, now: i64) -> Result<(), Error> {
    let deed = format!("let the system “{}” add answers", system.name);
    let clinic = &system.clinic_id;
    audit::add(tx, &ids.make(now)?, clinic, now, None, Some(person), &deed)?;
    Ok(())
}
