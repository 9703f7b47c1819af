//! The words of questionnaires: which are here, on what terms others come in, and bringing them in with a look before.

mod pages;
pub mod rules;

#[cfg(test)]
pub(crate) mod tests;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kith_content::Instrument;
use kith_content::form::{self as words, Imported, MOST_BYTES, Mapping, Printed, Refused, Wanted};

use super::store::questionnaires::{self as store, Words};
use crate::app::{App, State};
use crate::features::people::{self, Person, Role};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::{Error, Problem};
use kith_base::id::Ids;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond::{see, wants_json};
use kith_base::web::upload::Upload;
use rules::Statement;

/// The file as base64, the fields, and something to spare.
const LARGEST: usize = MOST_BYTES / 3 * 4 + 64 * 1024;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/questionnaires",
            get(list).post(bring).layer(DefaultBodyLimit::max(LARGEST)),
        )
        .route("/questionnaires/{instrument}", get(show))
        .route(
            "/questionnaires/{questionnaire_id}/retirement",
            post(retire),
        )
}

/// `GET /questionnaires`: which have words here, and on what terms the others come in.
async fn list(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let clinic_id = person.clinic_id.clone();
    let here = app
        .db
        .read(move |tx| store::list_forms(tx, &clinic_id))
        .await?;
    let instruments: Vec<_> = app.content.instruments().collect();
    let body = pages::list(&person, &instruments, &here, &Form::default());
    Ok(person.page("Questionnaires", here_in_menu(&person), body))
}

/// `GET /questionnaires/{instrument}`
async fn show(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Page, Error> {
    let instrument = app.content.instrument(&id).ok_or(Error::NotFound)?;
    let clinic_id = person.clinic_id.clone();
    let (all, names) = app
        .db
        .read(move |tx| {
            let all = store::list_of_instrument(tx, &clinic_id, &id)?;
            let mut names = Vec::new();
            for words in &all {
                let who = people::store::find_person(tx, &clinic_id, &words.stated_by)?;
                names.push(who.map(|who| who.name).unwrap_or_default());
            }
            Ok::<_, Error>((all, names))
        })
        .await?;
    let kept: Vec<_> = all.iter().zip(names.iter().map(String::as_str)).collect();
    let mut form = Form::default();
    form.set("instrument", &instrument.id);
    let body = pages::show(&person, instrument, &kept, &form, app.clock.now());
    Ok(person.page(&instrument.abbreviation, here_in_menu(&person), body))
}

fn here_in_menu(person: &Person) -> &'static str {
    match person.roles.has(Role::Practitioner) {
        true => "/questionnaires",
        false => "/clinic",
    }
}

/// The file, as it was chosen now or came along from the page before.
struct Sent {
    name: String,
    text: String,
}

/// `POST /questionnaires`: first a look at what the file holds, then, with `keep`, it is kept.
async fn bring(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    Upload { mut form, file }: Upload,
) -> Result<Response, Error> {
    let sent = sent(&mut form, file);
    let mapping = mapping(&mut form);
    let statement = Statement {
        non_commercial: form.ticked("non_commercial"),
        permission: form.ticked("permission"),
        note: form.text("note", rules::NOTE),
    };
    let (instrument, language) = (form.text("instrument", 60), form.text("language", 35));
    let (order, credit) = (form.text("order", 60), form.text("credit", 1000));
    let found = match (&sent, form.problems.is_empty()) {
        (Some(sent), true) => {
            let wanted = Wanted {
                instrument: some(&instrument),
                language: some(&language),
                order: some(&order),
                mapping,
                credit: &credit,
                file: &sent.name,
            };
            Some(words::read(&sent.text, &app.content, &wanted))
        }
        _ => None,
    };
    let (Some(sent), Some(found)) = (sent, found) else {
        return refuse(&app, &person, &headers, form, None).await;
    };
    let imported = match found {
        Ok(imported) => imported,
        Err(refused) => {
            carry(&mut form, &sent);
            return refuse(&app, &person, &headers, form, Some(refused)).await;
        }
    };
    let instrument = app
        .content
        .instrument(&imported.form.instrument)
        .ok_or(Error::NotFound)?;
    let keeps = form.raw("keep") == "yes";
    let stated = rules::stated(instrument, &imported.form, &statement);
    if let (true, Ok(stated)) = (keeps, &stated) {
        let place = format!("/questionnaires/{}", instrument.id);
        let instrument = instrument.clone();
        let (now, ids, stated) = (app.clock.now(), app.ids.clone(), stated.clone());
        app.db
            .write(move |tx| {
                let bringing = Bringing {
                    clinic_id: &person.clinic_id,
                    person_id: &person.person_id,
                    instrument: &instrument,
                    imported: &imported,
                    original: &sent.text,
                    stated: &stated,
                };
                add(tx, &ids, &bringing, now).map(drop)
            })
            .await?;
        return Ok(see(&place));
    }
    carry(&mut form, &sent);
    if let (true, Err(lacking)) = (keeps, stated) {
        form.complain(lacking.0, lacking.1);
    }
    let (clinic_id, id) = (person.clinic_id.clone(), instrument.id.clone());
    let all = app
        .db
        .read(move |tx| store::list_of_instrument(tx, &clinic_id, &id))
        .await?;
    let replaced = all
        .iter()
        .find(|words| words.retired_at.is_none() && words.form.language == imported.form.language);
    let body = pages::look(&person, instrument, &imported, replaced, &form);
    let status = match form.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = person.page("Look at these words", here_in_menu(&person), body);
    Ok((status, page).into_response())
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn sent(form: &mut Form, file: Option<(String, Vec<u8>)>) -> Option<Sent> {
    let (name, bytes) = match file {
        Some((name, bytes)) => (name.chars().take(100).collect(), bytes),
        None if form.raw("carried").is_empty() => {
            form.complain("file", "Please choose a file.");
            return None;
        }
        None => {
            let bytes = STANDARD.decode(form.raw("carried")).unwrap_or_default();
            (form.text("file_name", 200), bytes)
        }
    };
    if bytes.len() > MOST_BYTES {
        form.complain("file", "The file is larger than any questionnaire.");
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(Sent { name, text }),
        Err(_) => {
            form.complain("file", "This is no text file. Kith reads a FHIR Questionnaire (JSON) or a string file of CamCOPS (XML).");
            None
        }
    }
}

/// Puts the file into the form, so that it need not be chosen again.
fn carry(form: &mut Form, sent: &Sent) {
    form.set("carried", &STANDARD.encode(&sent.text));
    form.set("file_name", &sent.name);
}

fn mapping(form: &mut Form) -> Mapping {
    let text = form.text("mapping", 5_000);
    let mut mapping = match Mapping::read(&text) {
        Ok(mapping) => mapping,
        Err(bad) => {
            form.complain("mapping", bad.to_string());
            Mapping::default()
        }
    };
    mapping.printed = match form.raw("printed") {
        "rising" => Some(Printed::Rising),
        "falling" => Some(Printed::Falling),
        _ => mapping.printed,
    };
    mapping
}

/// The form again, with everything in which the file differs.
async fn refuse(
    app: &App,
    person: &Person,
    headers: &HeaderMap,
    form: Form,
    refused: Option<Refused>,
) -> Result<Response, Error> {
    if wants_json(headers) {
        let differs = refused.map(|refused| refused.reasons).unwrap_or_default();
        let differs = differs
            .into_iter()
            .map(|reason| Problem::with("file", reason.to_string()));
        return Err(Error::Invalid(
            form.problems.iter().cloned().chain(differs).collect(),
        ));
    }
    let instruments: Vec<_> = app.content.instruments().collect();
    let body = pages::refused(&instruments, &form, refused.as_ref());
    let page = person.page("Words that do not fit", here_in_menu(person), body);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Words about to be kept.
pub struct Bringing<'a> {
    /// The clinic.
    pub clinic_id: &'a str,
    /// Who brings them in; empty for the command line.
    pub person_id: &'a str,
    /// Whose words they are.
    pub instrument: &'a Instrument,
    /// The words.
    pub imported: &'a Imported,
    /// The file as it came.
    pub original: &'a str,
    /// What [`rules::stated`] let through.
    pub stated: &'a str,
}

/// Keeps words; older ones in the same language go out of use for new answers. Gives their id.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx<'_>, ids: &Ids, bringing: &Bringing<'_>, now: i64) -> Result<String, Error> {
    let Bringing {
        clinic_id,
        instrument,
        imported,
        stated,
        ..
    } = bringing;
    let words = Words {
        questionnaire_id: ids.make(now)?,
        form: imported.form.clone(),
        licence: instrument.texts.licence.as_str().to_owned(),
        gate: instrument.texts.gate.as_str().to_owned(),
        stated_by: bringing.person_id.to_owned(),
        stated: (*stated).to_owned(),
        imported_at: now,
        retired_at: None,
    };
    store::update_replaced(tx, clinic_id, &words.form, now)?;
    store::add_questionnaire(tx, clinic_id, &words, bringing.original)?;
    let mut deed = format!(
        "brought in the words of {} in {}",
        instrument.abbreviation,
        rules::language(&words.form.language)
    );
    if !stated.is_empty() {
        deed.push_str(&format!(", stating that {stated}"));
    }
    let who = Some(bringing.person_id).filter(|id| !id.is_empty());
    audit::add(tx, &ids.make(now)?, clinic_id, now, who, None, &deed)?;
    Ok(words.questionnaire_id)
}

/// `POST /questionnaires/{questionnaire_id}/retirement`: nobody answers by these words any more; who did, did.
async fn retire(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let (now, at_hand) = (app.clock.now(), app.clone());
    let instrument = app
        .db
        .write(move |tx| {
            let clinic = person.clinic_id.as_str();
            let words = store::find_questionnaire(tx, clinic, &id)?.ok_or(Error::NotFound)?;
            let instrument = words.form.instrument;
            if store::update_retired(tx, clinic, &id, now)? {
                let name = at_hand.content.instrument(&instrument);
                let name = name.map_or(instrument.as_str(), |one| one.abbreviation.as_str());
                let language = rules::language(&words.form.language);
                let deed = format!("took the words of {name} in {language} out of use");
                let who = Some(person.person_id.as_str());
                audit::add(tx, &at_hand.ids.make(now)?, clinic, now, who, None, &deed)?;
            }
            Ok::<_, Error>(instrument)
        })
        .await?;
    Ok(see(&format!("/questionnaires/{instrument}")))
}
