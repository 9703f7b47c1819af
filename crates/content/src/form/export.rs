//! Writes FHIR R4 Questionnaires: a clinic's own forms, and Kith's check-ins.

use serde_json::{Value, json};

use super::Form;
use super::draft::{INSTRUMENT, LOINC, ORDER};
use super::fhir::{LEAST, MOST};
use crate::check_in::{CheckIn, SLIDER};
use crate::instrument::{CheckInKind, Instrument, Scoring};

const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
const CALCULATED: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";
const CONTROL: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl";
const CONTROLS: &str = "http://hl7.org/fhir/questionnaire-item-control";
const STEP: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-sliderStepValue";
/// Kith's own answers, where LOINC has no code.
const ANSWER: &str = "urn:kith:answer";
/// Where a form came from a file without an address.
const FILE: &str = "urn:kith:file:";
/// Where nothing is known of where a form came from.
const NOWHERE: &str = "urn:kith:questionnaire:";

/// A Questionnaire of FHIR R4. Read again it is the same form.
pub fn to_fhir(form: &Form, instrument: &Instrument) -> Value {
    let mut taken: Vec<&str> = form
        .items
        .iter()
        .map(|item| item.link_id.as_str())
        .collect();
    let mut items = Vec::new();
    let lead = free("lead", &taken);
    if !form.lead.is_empty() {
        items.push(json!({ "linkId": lead, "type": "display", "text": form.lead }));
    }
    items.extend(
        form.items
            .iter()
            .map(|item| question(form, item, instrument)),
    );
    taken.push(&lead);
    if let Some(expression) = sum(form, instrument) {
        items.push(total(&free("total", &taken), &expression, instrument));
    }
    let mut codes = Vec::new();
    // LOINC's name stands only on a form whose numbers are LOINC's.
    let loinc = instrument.loinc.as_ref();
    let same = loinc.filter(|loinc| loinc.ordinals.is_none() && !loinc.turned_already);
    if let Some(panel) = same.and_then(|loinc| loinc.panel.as_ref()) {
        codes.push(json!({ "system": LOINC, "code": panel }));
    }
    codes.push(json!({ "system": INSTRUMENT, "code": form.instrument }));
    if let Some(order) = &form.order {
        codes.push(json!({ "system": ORDER, "code": order }));
    }
    let mut root = json!({
        "resourceType": "Questionnaire",
        "language": form.language,
        "url": url(form),
        "status": "active",
        "title": form.title,
        "subjectType": ["Patient"],
        "code": codes,
        "item": items,
    });
    for (key, text) in [
        ("version", &form.source_version),
        ("copyright", &form.credit),
    ] {
        if let (false, Some(root)) = (text.is_empty(), root.as_object_mut()) {
            root.insert(key.into(), Value::String(text.clone()));
        }
    }
    root
}

fn question(form: &Form, item: &super::FormItem, instrument: &Instrument) -> Value {
    let mut codes = Vec::new();
    let loinc = instrument.loinc.as_ref();
    if let Some(code) = loinc.and_then(|loinc| loinc.items.get(item.item.wrapping_sub(1))) {
        codes.push(json!({ "system": LOINC, "code": code }));
    }
    codes.push(
        json!({ "system": INSTRUMENT, "code": format!("{}/{}", form.instrument, item.item) }),
    );
    let options: Vec<Value> = item
        .answers
        .iter()
        .map(|answer| {
            let (system, code) = match &answer.code {
                Some(code) => (LOINC, code.clone()),
                None => (ANSWER, answer.value.to_string()),
            };
            json!({
                "extension": [{ "url": ORDINAL, "valueDecimal": number(answer.value) }],
                "valueCoding": { "system": system, "code": code, "display": answer.text },
            })
        })
        .collect();
    json!({
        "linkId": item.link_id,
        "code": codes,
        "text": item.text,
        "type": "choice",
        "answerOption": options,
    })
}

fn total(link_id: &str, expression: &str, instrument: &Instrument) -> Value {
    let score = instrument
        .loinc
        .as_ref()
        .and_then(|loinc| loinc.score.as_ref());
    let code = match score {
        Some(code) => json!({ "system": LOINC, "code": code }),
        None => json!({ "system": INSTRUMENT, "code": format!("{}/total", instrument.id) }),
    };
    json!({
        "linkId": link_id,
        "code": [code],
        "text": format!("{}, total", instrument.abbreviation),
        "type": "decimal",
        "readOnly": true,
        "extension": [{
            "url": CALCULATED,
            "valueExpression": { "language": "text/fhirpath", "expression": expression },
        }],
    })
}

/// The total as a sum in FHIRPath, where it is one and nothing else; nothing while an item is not answered.
fn sum(form: &Form, instrument: &Instrument) -> Option<String> {
    let total = instrument.total.as_ref()?;
    let order = form.order.as_deref();
    let order = instrument
        .orders
        .iter()
        .find(|one| Some(one.id.as_str()) == order);
    let turned = order
        .and_then(|order| order.turned.as_ref())
        .unwrap_or(&instrument.turned);
    let is_plain = total.scoring == Scoring::Sum
        && total.sum_of.is_empty()
        && !total.items.iter().any(|item| turned.contains(item));
    if !is_plain {
        return None;
    }
    let links: Vec<String> = form
        .items
        .iter()
        .filter(|item| total.items.contains(&item.item))
        .map(|item| {
            format!(
                "'{}'",
                item.link_id.replace('\\', "\\\\").replace('\'', "\\'")
            )
        })
        .collect();
    let answers = format!(
        "%resource.item.where(linkId in ({})).answer.value.weight()",
        links.join(" | ")
    );
    Some(format!(
        "iif({answers}.count() = {}, {answers}.sum(), {{}})",
        links.len()
    ))
}

/// A link id that is not taken.
fn free(wanted: &str, taken: &[&str]) -> String {
    let mut link = wanted.to_owned();
    while taken.contains(&link.as_str()) {
        link.push('_');
    }
    link
}

/// Whole numbers without a point.
fn number(value: f64) -> Value {
    match value.fract() == 0.0 && value.abs() < 1e9 {
        true => json!(value as i64),
        false => json!(value),
    }
}

fn url(form: &Form) -> String {
    let source = &form.source;
    let is_address = source.contains(':')
        && !source.starts_with("urn:kith:")
        && source.bytes().all(|byte| byte.is_ascii_graphic());
    if is_address {
        return source.clone();
    }
    if source.is_empty() {
        return format!("{NOWHERE}{}", form.instrument);
    }
    let mut url = FILE.to_owned();
    for byte in source.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => url.push(char::from(byte)),
            false => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

/// The source that a Questionnaire's address names; none where there is none.
pub(super) fn source(url: &str) -> Option<String> {
    if url.starts_with(NOWHERE) {
        return Some(String::new());
    }
    let Some(name) = url.strip_prefix(FILE) else {
        return (!url.is_empty()).then(|| url.to_owned());
    };
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        let value = |byte: u8| char::from(byte).to_digit(16);
        match byte {
            b'%' => {
                let (high, low) = (value(rest.next()?)?, value(rest.next()?)?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// One of Kith's own check-ins as a Questionnaire. The words are Kith's.
pub fn check_in_to_fhir(check_in: &CheckIn) -> Value {
    let items: Vec<Value> = (1..)
        .zip(&check_in.items)
        .map(|(place, question)| {
            let ends = [("lower", &question.low), ("inline", &question.mid), ("upper", &question.high)];
            let words: Vec<Value> = ends
                .iter()
                .filter(|(_, words)| !words.is_empty())
                .map(|(end, words)| {
                    json!({
                        "linkId": format!("{place}.{end}"),
                        "type": "display",
                        "text": words,
                        "extension": [control(end)],
                    })
                })
                .collect();
            let mut extensions = vec![
                json!({ "url": LEAST, "valueInteger": SLIDER.0 as i64 }),
                json!({ "url": MOST, "valueInteger": SLIDER.1 as i64 }),
            ];
            if check_in.kind == CheckInKind::Slider {
                extensions.push(json!({ "url": STEP, "valueInteger": 1 }));
                extensions.push(control("slider"));
            }
            let mut item = json!({
                "linkId": place.to_string(),
                "code": [{ "system": "urn:kith:check-in", "code": format!("{}/{place}", check_in.id) }],
                "text": question.text,
                "type": "integer",
                "extension": extensions,
            });
            if let (false, Some(item)) = (words.is_empty(), item.as_object_mut()) {
                item.insert("item".into(), Value::Array(words));
            }
            item
        })
        .collect();
    json!({
        "resourceType": "Questionnaire",
        "language": "en",
        "url": format!("urn:kith:check-in:{}", check_in.id),
        "status": "active",
        "title": check_in.title,
        "description": check_in.note,
        "subjectType": ["Patient"],
        "code": [{ "system": "urn:kith:check-in", "code": check_in.id }],
        "item": items,
    })
}

fn control(code: &str) -> Value {
    json!({
        "url": CONTROL,
        "valueCodeableConcept": { "coding": [{ "system": CONTROLS, "code": code }] },
    })
}
