//! A QuestionnaireResponse somebody sent: read with suspicion, matched to a key, and refused with everything that differs.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, time};
use serde_json::{Map, Value};

use super::outcome::Issue;
use super::resources;
use super::rules::id_of;
use super::search::patient_id;
use super::sheets::{ANSWER, Desk, LOINC, ORDINAL, Place, Sheet};
use crate::features::measures::rules::scores_of;
use crate::features::measures::{Response, Way};
use kith_base::clock::DAY;
use kith_base::id::read_id;
use kith_base::web::locale::{day, zone};

/// What R5 and SDC call the number of an answer.
const WEIGHT: &str = "http://hl7.org/fhir/StructureDefinition/itemWeight";
/// So many things are told at once.
const ISSUES: usize = 100;
/// Groups in groups, and items in all.
const DEPTH: usize = 16;
const ITEMS: usize = 1000;
/// The longest identifier that is kept, and part of what was sent that is repeated back.
const LONGEST: usize = 255;

type Object = Map<String, Value>;

/// What is left of a resource once it is read: something that can be kept.
#[derive(Clone, Debug)]
pub struct Received {
    /// Answers, scored.
    pub response: Response,
    /// What it is called where it comes from: whose identifier, and the identifier.
    pub identifier: Option<(String, String)>,
    /// What to look at.
    pub warnings: Vec<Issue>,
}

/// Who sends about whom, and when.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Her clinic.
    pub clinic_id: &'a str,
    /// Herself.
    pub person_id: &'a str,
    /// Where her days begin and end.
    pub zone: &'a str,
    /// Unix milliseconds.
    pub now: i64,
    /// The identifier asked for in `If-None-Exist`, for a resource that has none of its own.
    pub identifier: Option<(&'a str, &'a str)>,
}

/// Whom a resource is about: her pseudonym.
///
/// # Errors
/// When it does not say.
pub fn subject(resource: &Value) -> Result<&str, Issue> {
    let reference = text(&resource["subject"], "reference");
    let given = match reference.is_empty() {
        true => text(&resource["subject"]["identifier"], "value"),
        false => patient_id(reference),
    };
    match given.is_empty() {
        true => Err(Issue::error(
            "required",
            "QuestionnaireResponse.subject",
            "It does not say whom it is about: subject.reference, as Patient/ID.",
        )),
        false => Ok(given),
    }
}

/// Reads a resource.
///
/// # Errors
/// Everything that keeps it from being scored as it was meant.
pub fn read(
    desk: &Desk<'_>,
    resource: &Value,
    arrival: Arrival<'_>,
) -> Result<Received, Vec<Issue>> {
    let mut reader = Reader::default();
    let root = shape(resource).map_err(|issue| vec![issue])?;
    reader.status(root);
    reader.not_understood(root, "QuestionnaireResponse");
    let authored = reader.authored(root, arrival);
    let identifier = reader.identifier(root, arrival.identifier);
    let mut answered = Vec::new();
    reader.items(root, "QuestionnaireResponse", 0, &mut answered);
    let sheet = reader.sheet(desk, root, &answered);
    let (Some(sheet), Some((answered_at, answered_on))) = (sheet, authored) else {
        return Err(reader.refused());
    };
    let name = resources::name(desk.library, &sheet);
    let answers = reader.answers(&sheet, &name, &answered);
    if reader.refuses() {
        return Err(reader.refused());
    }
    let scored = scores_of(desk.library, &sheet.measure, &answers, &sheet.order);
    let first = match scored {
        Ok(first) => first,
        Err(words) => {
            reader.refuse("invariant", "QuestionnaireResponse.item", words);
            return Err(reader.refused());
        }
    };
    reader.totals(&sheet, &answered, first.total);
    if first.risk {
        reader.issues.push(Issue::warning(
            "business-rule",
            "",
            "An item that asks for attention by itself was endorsed. Kith calls nobody: please look at it where it was answered.",
        ));
    }
    let own = text(resource, "id");
    let response_id = match (&identifier, read_id(own)) {
        (Some((authority, value)), _) => {
            id_of(arrival.clinic_id, arrival.person_id, (authority, value))
        }
        (None, Some(id)) => id,
        // Nothing tells it from another but what it says: the same thing sent twice is stored once.
        (None, None) => {
            let said = format!("{}\n{answered_at}\n{answers:?}", sheet.measure);
            id_of(arrival.clinic_id, arrival.person_id, ("content", &said))
        }
    };
    Ok(Received {
        response: Response {
            id: response_id,
            is_check_in: desk.library.check_in(&sheet.measure).is_some(),
            instrument: sheet.measure,
            answered_at,
            answered_on,
            received_at: arrival.now,
            answers,
            order: sheet.order,
            questionnaire_id: sheet.questionnaire_id,
            way: Way::Fhir,
            entered_by: String::new(),
            risk: first.risk,
            first,
            told: String::new(),
            looks_by_at: None,
            again: None,
        },
        identifier,
        warnings: reader.issues,
    })
}

fn shape(resource: &Value) -> Result<&Object, Issue> {
    let root = resource.as_object();
    root.filter(|_| text(resource, "resourceType") == "QuestionnaireResponse")
        .ok_or_else(|| {
            Issue::error(
                "structure",
                "",
                "Here a QuestionnaireResponse can be created, and nothing else.",
            )
        })
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// What was sent, cut to a length that can be repeated back.
fn short(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect()
}

/// An item with an answer, and where it stands.
struct Answered<'v> {
    link: &'v str,
    answers: &'v [Value],
    place: String,
}

#[derive(Default)]
struct Reader {
    issues: Vec<Issue>,
    refused: bool,
    items: usize,
}

impl Reader {
    fn refuse(&mut self, code: &'static str, place: &str, words: impl Into<String>) {
        self.refused = true;
        if self.issues.len() < ISSUES {
            self.issues.push(Issue::error(code, place, words));
        }
    }

    fn refuses(&self) -> bool {
        self.refused
    }

    fn refused(self) -> Vec<Issue> {
        self.issues
    }

    fn status(&mut self, root: &Object) {
        let place = "QuestionnaireResponse.status";
        match root.get("status").and_then(Value::as_str) {
            Some("completed") => {}
            Some("in-progress") => self.refuse(
                "business-rule",
                place,
                "It is not finished (in-progress), so it would be scored half filled in. Send it once it is completed.",
            ),
            Some("amended") => self.refuse(
                "business-rule",
                place,
                "Answers are kept as they were given and never changed. Send corrected answers as a completed response of their own.",
            ),
            Some(other) => {
                let words = format!("A response with the status {:?} is not kept.", short(other));
                self.refuse("business-rule", place, words);
            }
            None => self.refuse("required", place, "It has no status; only completed ones are kept."),
        }
    }

    /// FHIR asks that nothing be taken in whose meaning a part changes that one does not understand.
    fn not_understood(&mut self, object: &Object, place: &str) {
        for key in ["implicitRules", "modifierExtension"] {
            let there = object.get(key).is_some_and(|value| match value {
                Value::Null => false,
                Value::Array(list) => !list.is_empty(),
                _ => true,
            });
            if there {
                let words =
                    format!("{key} may change what this means, and is not understood here.");
                self.refuse("not-supported", &format!("{place}.{key}"), words);
            }
        }
    }

    /// The instant and the day it was answered.
    fn authored(&mut self, root: &Object, arrival: Arrival<'_>) -> Option<(i64, String)> {
        let place = "QuestionnaireResponse.authored";
        let given = root
            .get("authored")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let read = read_moment(given, arrival.zone);
        let Some((at, on)) = read else {
            self.refuse(
                "required",
                place,
                "It must say when it was answered: authored, as 2026-11-23T08:30:00+01:00 or 2026-11-23.",
            );
            return None;
        };
        if at > arrival.now.saturating_add(DAY) || on.year() < 1990 {
            let words = "It was answered in the future, or before there were such records.";
            self.refuse("value", place, words);
            return None;
        }
        Some((at, on.to_string()))
    }

    fn identifier(
        &mut self,
        root: &Object,
        asked: Option<(&str, &str)>,
    ) -> Option<(String, String)> {
        let own = root
            .get("identifier")
            .map(|one| (text(one, "system"), text(one, "value")));
        let (authority, value) = own.filter(|(_, value)| !value.is_empty()).or(asked)?;
        let fits = |text: &str| text.len() <= LONGEST && !text.chars().any(char::is_control);
        if !fits(authority) || !fits(value) {
            let place = "QuestionnaireResponse.identifier";
            self.refuse(
                "too-long",
                place,
                "Its identifier is longer than any, or not plain text.",
            );
            return None;
        }
        Some((authority.to_owned(), value.to_owned()))
    }

    /// Every item with an answer, whatever group it stands in.
    fn items<'v>(
        &mut self,
        parent: &'v Object,
        place: &str,
        depth: usize,
        found: &mut Vec<Answered<'v>>,
    ) {
        let items = match parent.get("item") {
            None | Some(Value::Null) => return,
            Some(Value::Array(items)) => items,
            Some(_) => return self.refuse("structure", place, "item is a list."),
        };
        for (number, item) in items.iter().enumerate() {
            self.items += 1;
            let place = format!("{place}.item[{number}]");
            if self.items > ITEMS || depth > DEPTH {
                return self.refuse(
                    "too-costly",
                    &place,
                    "There are more items than in any questionnaire.",
                );
            }
            let Some(item) = item.as_object() else {
                self.refuse("structure", &place, "An item is an object.");
                continue;
            };
            self.not_understood(item, &place);
            let link = item
                .get("linkId")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if link.is_empty() {
                self.refuse("required", &place, "It has no linkId.");
            }
            match item.get("answer") {
                None | Some(Value::Null) => {}
                Some(Value::Array(answers)) if answers.is_empty() => {}
                Some(Value::Array(answers)) => {
                    for (number, answer) in answers.iter().enumerate() {
                        if let Some(answer) = answer.as_object() {
                            let place = format!("{place}.answer[{number}]");
                            self.not_understood(answer, &place);
                            self.items(answer, &place, depth + 1, found);
                        }
                    }
                    found.push(Answered {
                        link,
                        answers,
                        place: place.clone(),
                    });
                }
                Some(_) => self.refuse("structure", &place, "answer is a list."),
            }
            self.items(item, &place, depth + 1, found);
        }
    }

    /// Which questionnaire it answers: by its address, else by LOINC's codes of its items.
    fn sheet<'l>(
        &mut self,
        desk: &Desk<'l>,
        root: &Object,
        answered: &[Answered<'_>],
    ) -> Option<Sheet<'l>> {
        let place = "QuestionnaireResponse.questionnaire";
        let canonical = root
            .get("questionnaire")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match desk.by_address(canonical) {
            Ok(Some(sheet)) => return Some(sheet),
            Ok(None) => {}
            Err(words) => {
                self.refuse("not-found", place, words);
                return None;
            }
        }
        let links: Vec<&str> = answered.iter().map(|item| item.link).collect();
        let known: Vec<&str> = links
            .iter()
            .copied()
            .filter(|link| !is_total(link, None))
            .collect();
        if let Some(sheet) = desk.by_links(&known) {
            return Some(sheet);
        }
        let words = match canonical.is_empty() {
            true => "It does not say which questionnaire it answers, and the linkIds are not LOINC's codes of exactly one.".to_owned(),
            false => format!(
                "No questionnaire here has the address {}, and the linkIds are not LOINC's codes of exactly one. GET Questionnaire tells what there is.",
                short(canonical)
            ),
        };
        self.refuse("not-found", place, words);
        None
    }

    /// One answer for each item, in the order in which they are scored.
    fn answers(
        &mut self,
        sheet: &Sheet<'_>,
        name: &str,
        answered: &[Answered<'_>],
    ) -> Vec<Option<f64>> {
        let mut answers: Vec<Option<f64>> = vec![None; sheet.places.len()];
        for item in answered {
            let place = sheet
                .places
                .iter()
                .position(|place| place.links.iter().any(|link| link == item.link));
            let Some(at) = place else {
                self.stray(sheet, name, item);
                continue;
            };
            let [answer] = item.answers else {
                self.refuse("invariant", &item.place, "It has more than one answer.");
                continue;
            };
            let (Some(place), Some(slot)) = (sheet.places.get(at), answers.get_mut(at)) else {
                continue;
            };
            if slot.is_some() {
                let words = format!("Item {} is answered twice.", place.item);
                self.refuse("duplicate", &item.place, words);
                continue;
            }
            *slot = self.answer(sheet, name, place, answer, &item.place);
        }
        answers
    }

    /// An answer to nothing that is scored: a total is looked at later, what a form is known to ask besides is told, and
    /// anything else means that this is another form.
    fn stray(&mut self, sheet: &Sheet<'_>, name: &str, item: &Answered<'_>) {
        let loinc = sheet.instrument.and_then(|one| one.loinc.as_ref());
        if is_total(item.link, loinc.and_then(|loinc| loinc.score.as_deref())) {
            return;
        }
        let code = item.link.strip_prefix('/').unwrap_or(item.link);
        if let Some(extra) = loinc.and_then(|loinc| loinc.extra_item.as_ref())
            && extra.code == code
        {
            let words = format!("Not kept: {}.", extra.what);
            self.issues
                .push(Issue::information("informational", &item.place, words));
            return;
        }
        let words = format!("{name} has no item with the linkId {}.", short(item.link));
        self.refuse("not-found", &item.place, words);
    }

    /// What an answer counts: by its code, else by its number.
    fn answer(
        &mut self,
        sheet: &Sheet<'_>,
        name: &str,
        place: &Place,
        answer: &Value,
        at: &str,
    ) -> Option<f64> {
        let item = place.item;
        let coding = &answer["valueCoding"];
        let ordinal = ordinal(coding).or_else(|| ordinal(answer));
        let (system, code) = (text(coding, "system"), text(coding, "code"));
        let codes = || place.answers.iter().filter_map(|(_, code)| code.as_deref());
        // LOINC numbers some answers the other way round, and some items as if turned already: there only codes can be trusted.
        let loinc = sheet.instrument.and_then(|one| one.loinc.as_ref());
        let misleads = sheet.is_loincs
            && loinc.is_some_and(|loinc| {
                loinc.ordinals.is_some() || (loinc.turned_already && place.turned)
            });
        let by_code = match system.trim_end_matches('/') {
            LOINC if codes().next().is_some() => {
                let found = place
                    .answers
                    .iter()
                    .find(|(_, known)| known.as_deref() == Some(code));
                let Some((value, _)) = found else {
                    let known: Vec<&str> = codes().collect();
                    let words = format!(
                        "Item {item} of {name} has no answer {}; it has {}.",
                        short(code),
                        known.join(", ")
                    );
                    self.refuse("code-invalid", at, words);
                    return None;
                };
                Some(*value)
            }
            ANSWER => code.parse().ok(),
            _ => None,
        };
        let value = match (by_code, ordinal) {
            (Some(value), Some(number)) if value != number && !misleads => {
                let words = format!(
                    "Item {item}: its code means {value} and the number beside it says {number}. The code was taken."
                );
                self.issues.push(Issue::warning("value", at, words));
                value
            }
            (Some(value), _) => value,
            (None, number) => {
                let plain = ["valueInteger", "valueDecimal"];
                let plain = plain.iter().find_map(|key| answer[*key].as_f64());
                let Some(value) = number.or(plain) else {
                    let words = format!(
                        "The answer to item {item} of {name} has neither a code that is known nor a number (ordinalValue, valueInteger or valueDecimal)."
                    );
                    self.refuse("value", at, words);
                    return None;
                };
                if misleads {
                    let words = format!(
                        "LOINC numbers item {item} of {name} the other way round, so a number alone may mean either. Send the answer's code."
                    );
                    self.refuse("value", at, words);
                    return None;
                }
                value
            }
        };
        if !place.answers.iter().any(|(allowed, _)| *allowed == value) {
            let allowed: Vec<String> = place
                .answers
                .iter()
                .map(|(value, _)| value.to_string())
                .collect();
            let words = format!(
                "Item {item} of {name} cannot be answered with {value}. It takes {}.",
                allowed.join(", ")
            );
            self.refuse("value", at, words);
            return None;
        }
        Some(value)
    }

    /// Totals that come along are compared with ours. Ours holds.
    fn totals(&mut self, sheet: &Sheet<'_>, answered: &[Answered<'_>], total: Option<f64>) {
        let loinc = sheet.instrument.and_then(|one| one.loinc.as_ref());
        let score = loinc.and_then(|loinc| loinc.score.as_deref());
        for item in answered {
            let is_item = sheet
                .places
                .iter()
                .any(|place| place.links.iter().any(|link| link == item.link));
            if is_item || !is_total(item.link, score) {
                continue;
            }
            let sent = item.answers.first().and_then(read_number);
            let same = match (sent, total) {
                (Some(sent), Some(total)) => (sent - total).abs() < 1e-9,
                (None, None) => true,
                _ => false,
            };
            if !same {
                let told = |number: Option<f64>| {
                    number.map_or_else(|| "none".to_owned(), |number| number.to_string())
                };
                let words = format!(
                    "The total sent is {}, and the answers come to {}. Kith keeps its own.",
                    told(sent),
                    told(total)
                );
                self.issues
                    .push(Issue::warning("value", &item.place, words));
            }
        }
    }
}

/// Whether a link id is that of a total: as our Questionnaires call it, or by LOINC's code.
fn is_total(link: &str, score: Option<&str>) -> bool {
    let code = link.strip_prefix('/').unwrap_or(link);
    link.trim_end_matches('_') == "total" || score == Some(code)
}

fn ordinal(value: &Value) -> Option<f64> {
    let extensions = value["extension"].as_array()?;
    extensions
        .iter()
        .filter(|one| matches!(text(one, "url"), ORDINAL | WEIGHT))
        .find_map(|one| {
            one["valueDecimal"]
                .as_f64()
                .or_else(|| one["valueInteger"].as_f64())
        })
}

/// A number however it was put: US Core's own example sends a total as text.
fn read_number(answer: &Value) -> Option<f64> {
    ["valueDecimal", "valueInteger"]
        .iter()
        .find_map(|key| answer[*key].as_f64())
        .or_else(|| answer["valueQuantity"]["value"].as_f64())
        .or_else(|| text(answer, "valueString").trim().parse().ok())
        .filter(|number: &f64| number.is_finite())
}

/// An instant with an offset, or a day, which is then taken at noon where she is.
fn read_moment(given: &str, zone_name: &str) -> Option<(i64, Date)> {
    if given.len() == 10 {
        let on: Date = given.parse().ok()?;
        let noon = zone(zone_name)
            .to_timestamp(on.to_datetime(time(12, 0, 0, 0)))
            .ok()?;
        return Some((noon.as_millisecond(), on));
    }
    let at = given.parse::<Timestamp>().ok()?.as_millisecond();
    let own = given.parse::<DateTime>().ok().map(|moment| moment.date());
    Some((at, own.unwrap_or_else(|| day(at, zone_name))))
}
