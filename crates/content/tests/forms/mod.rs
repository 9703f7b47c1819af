//! What comes in as a questionnaire's words fits its key or is refused, with everything that differs.

mod camcops;
mod languages;
mod matching;
mod numbers;
mod properties;

use crate::support::mutate::{Dice, mutate};
use crate::support::{built_in, made_up};
use kith_content::form::{
    self, CAMCOPS, Form, Imported, Mapping, Matched, Printed, Refused, Wanted, check_in_to_fhir,
    from_camcops, from_fhir, kept_out, to_fhir,
};
use kith_content::instrument::{Asking, Instrument, score};
use proptest::prelude::*;
use serde_json::{Value, json};

const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
const LOINC: &str = "http://loinc.org";

fn instrument(id: &str) -> &'static Instrument {
    built_in().instrument(id).unwrap_or_else(|| panic!("{id}"))
}

fn import(value: &Value, wanted: &Wanted<'_>) -> Result<Imported, Refused> {
    from_fhir(&value.to_string(), built_in(), wanted)
}

fn asked(id: &str) -> Wanted<'_> {
    Wanted {
        instrument: Some(id),
        ..Wanted::default()
    }
}

fn with<'a>(id: &'a str, mapping: &str) -> Wanted<'a> {
    Wanted {
        mapping: Mapping::read(mapping).unwrap(),
        ..asked(id)
    }
}

fn why(result: Result<Imported, Refused>) -> String {
    match result {
        Err(refused) => refused.to_string(),
        Ok(imported) => panic!("taken in: {imported:?}"),
    }
}

/// `(words, code, number)`.
type Option_<'a> = (&'a str, &'a str, Option<f64>);

fn question(link: &str, code: &str, options: &[Option_<'_>]) -> Value {
    let options: Vec<Value> = options
        .iter()
        .map(|(words, code, number)| {
            let mut coding = json!({ "display": words });
            if !code.is_empty() {
                coding["system"] = LOINC.into();
                coding["code"] = (*code).into();
            }
            let mut option = json!({ "valueCoding": coding });
            if let Some(number) = number {
                option["extension"] = json!([{ "url": ORDINAL, "valueDecimal": number }]);
            }
            option
        })
        .collect();
    let mut item = json!({ "linkId": link, "text": format!("Item {link}"), "type": "choice", "answerOption": options });
    if !code.is_empty() {
        item["code"] = json!([{ "system": LOINC, "code": code }]);
    }
    item
}

fn questionnaire(panel: &str, items: Vec<Value>) -> Value {
    let mut root = json!({ "resourceType": "Questionnaire", "status": "active", "language": "en", "title": "A form", "item": items });
    if !panel.is_empty() {
        root["code"] = json!([{ "system": LOINC, "code": panel }]);
    }
    root
}

const OFTEN: [Option_<'static>; 4] = [
    ("A", "LA6568-5", None),
    ("B", "LA6569-3", None),
    ("C", "LA6570-1", None),
    ("D", "LA6571-9", None),
];

/// A PHQ-9 as LOINC has it: link ids of its own making, answers by code, a question that is not scored, a total.
fn phq_9() -> Value {
    let codes = &instrument("phq-9").loinc.as_ref().unwrap().items;
    let mut items = vec![json!({ "linkId": "top", "type": "display", "text": "How often?" })];
    items.extend(
        codes
            .iter()
            .map(|code| question(&format!("/{code}"), code, &OFTEN)),
    );
    items.push(question(
        "/69722-7",
        "69722-7",
        &[("E", "LA6572-7", None), ("F", "LA6573-5", None)],
    ));
    items.push(json!({ "linkId": "/44261-6", "type": "decimal", "readOnly": true, "code": [{ "system": LOINC, "code": "44261-6" }] }));
    questionnaire("44249-1", items)
}

fn orders(instrument: &Instrument) -> Vec<Option<&str>> {
    match instrument.orders.as_slice() {
        [] => vec![None],
        orders => orders.iter().map(|order| Some(order.id.as_str())).collect(),
    }
}
