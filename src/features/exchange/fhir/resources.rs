//! What leaves, as FHIR R4: pure functions from what is kept to JSON.
//!
//! Codes stand without display names: LOINC's often are item texts, which belong to others.

use jiff::tz::TimeZone;
use kith_content::Library;
use kith_content::instrument::Instrument;
use serde_json::{Map, Value, json};

use super::rules::{Kind, instant, moment};
use super::sheets::{ANSWER, CHECK_IN, Desk, INSTRUMENT, LOINC, ORDINAL, Sheet};
use super::store::Origin;
use crate::features::measures::Response;
use crate::features::plans::rules::weekdays_text;
use crate::features::plans::{Plan, State};
use kith_base::web::locale::minutes_text;

/// When this description last changed.
const DESCRIBED: &str = "2026-11-23";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const UNITS: &str = "http://unitsofmeasure.org";

/// Somebody under her pseudonym: no name, no date of birth.
pub fn patient(pseudonym: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "id": pseudonym,
        "identifier": [{"system": "urn:kith:patient", "value": pseudonym}],
        "active": true,
    })
}

fn subject(pseudonym: &str) -> Value {
    json!({"reference": format!("Patient/{pseudonym}")})
}

/// Somebody's answers. What was left out is left out here too.
pub fn response(
    desk: &Desk<'_>,
    pseudonym: &str,
    zone: &TimeZone,
    response: &Response,
    origin: Option<&Origin>,
) -> Value {
    let (sheet, canonical) = desk.of_response(response);
    let places = sheet.as_ref().map(|sheet| sheet.places.as_slice());
    let places = places.unwrap_or_default();
    let items: Vec<Value> = response
        .answers
        .iter()
        .enumerate()
        .filter_map(|(place, answer)| Some((place, (*answer)?)))
        .map(|(place, answer)| {
            let known = places.get(place);
            let link = known.and_then(|known| known.links.first().cloned());
            let link = link.unwrap_or_else(|| (place + 1).to_string());
            let value = match sheet.as_ref().and_then(|sheet| sheet.instrument) {
                Some(_) => {
                    let codes = known.map(|known| known.answers.as_slice());
                    json!({"valueCoding": coding(answer, codes.unwrap_or_default())})
                }
                None => json!({"valueInteger": number(answer)}),
            };
            json!({"linkId": link, "answer": [value]})
        })
        .collect();
    let mut resource = json!({
        "resourceType": "QuestionnaireResponse",
        "id": response.id,
        "meta": {"lastUpdated": instant(response.received_at)},
        "questionnaire": canonical,
        "status": "completed",
        "subject": subject(pseudonym),
        "authored": moment(response.answered_at, zone),
    });
    if let Some(root) = resource.as_object_mut() {
        // Who typed it in from paper is nobody's business elsewhere; that she did not, is.
        if response.entered_by.is_empty() {
            root.insert("source".to_owned(), subject(pseudonym));
        }
        if let Some(origin) = origin.filter(|origin| !origin.value.is_empty()) {
            let mut identifier = json!({"value": origin.value});
            if let (false, Some(identifier)) =
                (origin.authority.is_empty(), identifier.as_object_mut())
            {
                identifier.insert("system".to_owned(), json!(origin.authority));
            }
            root.insert("identifier".to_owned(), identifier);
        }
        if !items.is_empty() {
            root.insert("item".to_owned(), Value::Array(items));
        }
    }
    resource
}

fn coding(answer: f64, answers: &[(f64, Option<String>)]) -> Value {
    let known = answers.iter().find(|(value, _)| *value == answer);
    let (system, code) = match known.and_then(|(_, code)| code.clone()) {
        Some(code) => (LOINC, code),
        None => (ANSWER, answer.to_string()),
    };
    json!({
        "extension": [{"url": ORDINAL, "valueDecimal": number(answer)}],
        "system": system,
        "code": code,
    })
}

/// Whole numbers without a point.
fn number(value: f64) -> Value {
    match value.fract() == 0.0 && value.abs() < 1e9 {
        true => json!(value as i64),
        false => json!(value),
    }
}

/// The id of an Observation: the response's, and which score of it.
fn observation_id(response_id: &str, scale: &str) -> String {
    // FHIR's ids have no underscore.
    format!("{response_id}-{}", scale.replace('_', "."))
}

/// What a response came to: the total and each part that has a score, by the newest scoring. Where there is no score there is
/// no Observation.
pub fn observations(
    library: &Library,
    pseudonym: &str,
    zone: &TimeZone,
    response: &Response,
    changed_at: i64,
) -> Vec<Value> {
    let instrument = library.instrument(&response.instrument);
    let scores = response.scores();
    let part = |id: &str| scores.scores["subscales"][id].as_f64();
    let mut found = vec![("total", scores.total, &scores.scores["band"])];
    for scale in instrument.iter().flat_map(|one| &one.subscales) {
        // Too unreliable to say anything about one person.
        if !scale.research_only {
            let band = &scores.scores["subscale_bands"][scale.id.as_str()];
            found.push((scale.id.as_str(), part(&scale.id), band));
        }
    }
    found
        .into_iter()
        .filter_map(|(scale, value, band)| Some((scale, value?, band)))
        .map(|(scale, value, band)| {
            let mut resource = json!({
                "resourceType": "Observation",
                "id": observation_id(&response.id, scale),
                "meta": {"lastUpdated": instant(changed_at)},
                "status": "final",
                "category": [{"coding": [{"system": CATEGORY, "code": "survey"}]}],
                "code": score_code(library, &response.instrument, instrument, scale),
                "subject": subject(pseudonym),
                "effectiveDateTime": moment(response.answered_at, zone),
                "valueQuantity": {
                    "value": number(value), "unit": "{score}", "system": UNITS, "code": "{score}",
                },
                "method": {"text": format!("Scored by Kith, definition {}", scores.version)},
                "derivedFrom": [{"reference": format!("QuestionnaireResponse/{}", response.id)}],
            });
            if let Some(root) = resource.as_object_mut() {
                let official = instrument.is_some_and(|one| one.official_bands);
                if let Some(band) = band.as_str().filter(|_| official) {
                    root.insert("interpretation".to_owned(), json!([{"text": band}]));
                }
                let recalled = scores.scores["recalled"].as_array();
                if recalled.is_some_and(|recalled| !recalled.is_empty()) {
                    root.insert("note".to_owned(), json!([{"text": RECALLED}]));
                }
            }
            resource
        })
        .collect()
}

const RECALLED: &str = "Part of the key or the bands behind this was written down from memory and not yet checked against its source.";

/// LOINC's code for a total where the definition has one, and always Kith's own.
fn score_code(
    library: &Library,
    measure: &str,
    instrument: Option<&Instrument>,
    scale: &str,
) -> Value {
    let mut codings = Vec::new();
    let loinc = instrument.and_then(|one| one.loinc.as_ref());
    if let (true, Some(code)) = (
        scale == "total",
        loinc.and_then(|loinc| loinc.score.as_ref()),
    ) {
        codings.push(json!({"system": LOINC, "code": code}));
    }
    let system = match instrument {
        Some(_) => INSTRUMENT,
        None => CHECK_IN,
    };
    codings.push(json!({"system": system, "code": format!("{measure}/{scale}")}));
    let name = match (instrument, library.check_in(measure)) {
        (Some(one), _) if scale == "total" => one.abbreviation.clone(),
        (Some(one), _) => {
            let title = one.scale(scale).map_or(scale, |part| part.title.as_str());
            format!("{}, {title}", one.abbreviation)
        }
        (None, Some(check_in)) => check_in.title.clone(),
        (None, None) => measure.to_owned(),
    };
    json!({"coding": codings, "text": name})
}

/// What somebody agreed to practise; none for an offer. Neither why, nor after which routine, nor any pause: those are words
/// between two people, and a pause may tell how somebody is.
pub fn care_plan(
    library: &Library,
    pseudonym: &str,
    zone: &TimeZone,
    plan: &Plan,
) -> Option<Value> {
    let agreed_at = plan.agreed_at?;
    let status = match plan.state {
        State::Offered => return None,
        State::Agreed => "active",
        State::Ended => "completed",
    };
    let programme = plan
        .course
        .as_ref()
        .map(|course| (course, library.programme(&course.programme)));
    let title = match &programme {
        Some((_, Some(programme))) => programme.title.clone(),
        Some((course, None)) => course.programme.clone(),
        None => "Practices".to_owned(),
    };
    let mut words: Vec<String> = plan
        .practices()
        .iter()
        .map(|item| {
            let practice = library.practice(&item.practice);
            let name = practice.map_or(item.practice.as_str(), |one| one.title.as_str());
            let (minutes, days) = (minutes_text(item.minutes), weekdays_text(&item.weekdays));
            format!("{name}, {minutes}, {days}")
        })
        .collect();
    if let Some((course, _)) = &programme {
        let dose = course.dose();
        let days = weekdays_text(&dose.weekdays);
        words.insert(
            0,
            match dose.minutes_most {
                Some(most) => format!("{title}, {days}, at most {} at a time", minutes_text(most)),
                None => format!("{title}, {days}"),
            },
        );
    }
    let activity = if status == "active" {
        "in-progress"
    } else {
        "completed"
    };
    let activities: Vec<Value> = words
        .into_iter()
        .map(|words| json!({"detail": {"status": activity, "description": words}}))
        .collect();
    let mut period = Map::new();
    period.insert("start".to_owned(), json!(plan.starts_on.to_string()));
    if let Some(end) = plan.ends_on {
        period.insert("end".to_owned(), json!(end.to_string()));
    }
    let mut resource = json!({
        "resourceType": "CarePlan",
        "id": plan.plan_id,
        "meta": {"lastUpdated": instant(agreed_at)},
        "status": status,
        "intent": "plan",
        "title": title,
        "subject": subject(pseudonym),
        "period": period,
        "created": moment(plan.made_at, zone),
    });
    if let (false, Some(root)) = (activities.is_empty(), resource.as_object_mut()) {
        root.insert("activity".to_owned(), Value::Array(activities));
    }
    Some(resource)
}

/// What this server does: `/fhir/metadata`.
pub fn capability(base: &str, version: &str) -> Value {
    let resources: Vec<Value> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let mut interactions = vec![json!({"code": "read"}), json!({"code": "search-type"})];
            let mut resource = json!({"type": kind.name()});
            if kind == Kind::QuestionnaireResponse {
                interactions.push(json!({"code": "create"}));
            }
            let parameters: Vec<Value> = kind
                .parameters()
                .iter()
                .map(|(name, sort)| json!({"name": name, "type": sort}))
                .collect();
            if let Some(root) = resource.as_object_mut() {
                root.insert("interaction".to_owned(), Value::Array(interactions));
                if kind == Kind::QuestionnaireResponse {
                    root.insert("conditionalCreate".to_owned(), json!(true));
                }
                root.insert("searchParam".to_owned(), Value::Array(parameters));
            }
            resource
        })
        .collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DESCRIBED,
        "kind": "instance",
        "software": {"name": "Kith", "version": version},
        "implementation": {"description": "Kith", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "documentation": "Only people who agreed to it are here, under a pseudonym.",
            "security": {
                "description": "A token made by an owner of the clinic, sent as Authorization: Bearer. Its scopes are words of SMART, such as system/Observation.rs.",
            },
            "resource": resources,
        }],
    })
}

/// A sheet's measure, for what is said about it.
pub fn name(library: &Library, sheet: &Sheet<'_>) -> String {
    match (sheet.instrument, library.check_in(&sheet.measure)) {
        (Some(instrument), _) => instrument.abbreviation.clone(),
        (None, Some(check_in)) => check_in.title.clone(),
        (None, None) => sheet.measure.clone(),
    }
}
