//! Who gets in, what leaves, what comes in. Questionnaires here have made-up words.

mod entering;
mod leaving;
mod searching;
mod sending;

use axum::body::Body;
use axum::http::StatusCode;
use kith_content::form::{Form, FormAnswer, FormItem};
use serde_json::{Value, json};

use super::rules::{Scope, pseudonym};
use crate::features::measures::store::questionnaires::{Words, add_questionnaire};
use crate::testing::{Answer, NOW, Someone, TestApp, content};

/// A house in which Ben has agreed, and a token that may do everything.
pub(super) struct Connected {
    pub(super) app: TestApp,
    pub(super) token: String,
}

impl Connected {
    pub(super) async fn new() -> Self {
        let app = TestApp::new().await;
        agree(&app, &app.ben).await;
        let token = connect(&app, &Scope::ALL, &[]).await;
        Self { app, token }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        get(&self.app, Some(&self.token), path, &[]).await
    }

    /// What is found, which must be well.
    pub(super) async fn found(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        assert_eq!(answer.headers["content-type"], "application/fhir+json");
        answer.json()
    }

    pub(super) async fn send(&self, resource: &Value) -> Answer {
        self.send_with(resource, &[]).await
    }

    pub(super) async fn send_with(&self, resource: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self
            .app
            .request("POST", "/fhir/QuestionnaireResponse", None)
            .header("content-type", "application/fhir+json")
            .header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from(resource.to_string());
        self.app.send(request.body(body).unwrap()).await
    }

    pub(super) fn ben(&self) -> String {
        name_of(&self.app.ben)
    }

    /// What the system of another clinic's owner may be given.
    pub(super) async fn answers(&self, who: &Someone, records: Value) {
        let answer = self
            .app
            .post_json(Some(who), "/responses", &records.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }

    /// Answers to PHQ-9 at an instant; `number` makes the id.
    pub(super) async fn phq(&self, who: &Someone, number: u32, answered_at: &str) {
        let record = json!([{
            "id": id(number), "instrument": "phq-9", "answered_at": answered_at,
            "answers": [2, 1, null, 3, 1, 0, 2, 1, 0],
        }]);
        self.answers(who, record).await;
    }
}

pub(super) fn id(number: u32) -> String {
    format!("018f3a5c-7b00-7000-8000-{number:012}")
}

pub(super) fn name_of(who: &Someone) -> String {
    pseudonym(&who.clinic_id, &who.id)
}

pub(super) async fn agree(app: &TestApp, who: &Someone) {
    let answer = app.post(Some(who), "/me/consent/systems", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

/// Makes a token with these scopes, for everybody or for these pseudonyms.
pub(super) async fn connect(app: &TestApp, scopes: &[Scope], listed: &[String]) -> String {
    let words: Vec<String> = scopes.iter().map(|scope| scope.word()).collect();
    let listed = listed.join("\r\n");
    let whose = if listed.is_empty() {
        "everybody"
    } else {
        "listed"
    };
    let mut fields = vec![
        ("name", "Clinic records"),
        ("days", "90"),
        ("whose", whose),
        ("patients", listed.as_str()),
    ];
    fields.extend(words.iter().map(|word| ("scope", word.as_str())));
    let answer = app.post(Some(&app.olu), "/clinic/systems", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let at = answer.text.find("id=\"token\"").unwrap();
    let rest = &answer.text[at..];
    let value = rest.split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

pub(super) async fn get(
    app: &TestApp,
    token: Option<&str>,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = app.request("GET", path, None);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

/// An OperationOutcome with that status, and its first word for what is wrong.
pub(super) fn refused(answer: &Answer, status: StatusCode) -> String {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/fhir+json");
    let outcome = answer.json();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    assert_eq!(outcome["issue"][0]["severity"], "error");
    outcome["issue"][0]["code"].as_str().unwrap().to_owned()
}

/// A form with made-up words, brought in by whom it may concern.
pub(super) async fn import(app: &TestApp, instrument: &str, source: &str) -> String {
    import_in(app, instrument, source, None).await
}

pub(super) async fn import_in(
    app: &TestApp,
    instrument: &str,
    source: &str,
    order: Option<&str>,
) -> String {
    let library = content();
    let definition = library.instrument(instrument).unwrap();
    let loinc = definition.loinc.clone().unwrap_or_default();
    let items = Form::places(definition, order)
        .into_iter()
        .map(|item| FormItem {
            item,
            link_id: match loinc.items.get(item - 1) {
                Some(code) => format!("/{code}"),
                None => format!("q{item}"),
            },
            text: format!("Item {item}"),
            answers: definition
                .options()
                .iter()
                .enumerate()
                .map(|(place, value)| FormAnswer {
                    value: *value,
                    text: format!("Answer {value}"),
                    code: loinc.answers.get(place).cloned(),
                })
                .collect(),
        });
    let form = Form {
        instrument: instrument.to_owned(),
        language: "en".to_owned(),
        title: definition.title.clone(),
        source: source.to_owned(),
        source_version: "1.0".to_owned(),
        credit: String::new(),
        order: order.map(str::to_owned),
        lead: String::new(),
        items: items.collect(),
    };
    let now = app.app.clock.now();
    let questionnaire_id = app.app.ids.make(now).unwrap();
    let clinic = app.olu.clinic_id.clone();
    let words = Words {
        questionnaire_id: questionnaire_id.clone(),
        form,
        licence: String::new(),
        gate: "none".to_owned(),
        stated_by: String::new(),
        stated: String::new(),
        imported_at: now,
        retired_at: None,
    };
    app.app
        .db
        .write(move |tx| add_questionnaire(tx, &clinic, &words, ""))
        .await
        .unwrap();
    questionnaire_id
}

/// What stands in somebody's own list of who saw what.
pub(super) async fn seen(app: &TestApp, who: &Someone) -> Vec<String> {
    let record = app.get(Some(who), "/me/record.json").await.json();
    record["seen_by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect()
}

/// A response to PHQ-9 as another system sends it: by LOINC's codes.
pub(super) fn phq_response(subject: &str, answers: [Option<u8>; 9]) -> Value {
    const ITEMS: [&str; 9] = [
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
        "44260-8",
    ];
    const ANSWERS: [&str; 4] = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"];
    let items: Vec<Value> = ITEMS
        .iter()
        .zip(answers)
        .filter_map(|(item, answer)| Some((item, ANSWERS[usize::from(answer?)])))
        .map(|(item, answer)| {
            json!({
                "linkId": format!("/{item}"),
                "answer": [{"valueCoding": {"system": "http://loinc.org", "code": answer}}],
            })
        })
        .collect();
    json!({
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "http://loinc.org/q/44249-1",
        "status": "completed",
        "subject": {"reference": format!("Patient/{subject}")},
        "authored": "2026-11-20T09:30:00+01:00",
        "item": items,
    })
}

#[test]
fn every_id_of_a_score_fits_what_fhir_takes_for_an_id() {
    for instrument in content().instruments() {
        for scale in &instrument.subscales {
            assert!(
                scale.id.len() + 37 <= 64,
                "{} of {}",
                scale.id,
                instrument.id
            );
            let plain = scale
                .id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            assert!(plain, "{} of {}", scale.id, instrument.id);
            assert_ne!(scale.id, "total", "{}", instrument.id);
        }
    }
    assert!(NOW.starts_with("2026-11-23"));
}
