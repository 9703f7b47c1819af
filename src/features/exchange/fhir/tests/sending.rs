//! What comes in: matched to a key, scored here, kept once, or refused with everything that differs.

use axum::http::StatusCode;
use kith_content::instrument::{Asking, score};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::receive::{Arrival, read};
use super::super::sheets::Desk;
use super::{Connected, id, import, phq_response, refused, seen};
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::testing::{Answer, content};

const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
const WEIGHT: &str = "http://hl7.org/fhir/StructureDefinition/itemWeight";

fn stored(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

async fn total(house: &Connected, answer: &Answer) -> Value {
    let place = answer.headers["location"].to_str().unwrap();
    let id = place
        .strip_prefix("http://localhost:8080/fhir/QuestionnaireResponse/")
        .unwrap();
    house.found(&format!("/fhir/Observation/{id}-total")).await["valueQuantity"]["value"].clone()
}

fn words(answer: &Answer) -> String {
    let outcome = answer.json();
    let issues = outcome["issue"].as_array().unwrap();
    let words: Vec<_> = issues
        .iter()
        .map(|issue| issue["diagnostics"].as_str().unwrap())
        .collect();
    words.join("\n")
}

#[tokio::test]
async fn answers_by_code_are_scored_here_and_come_back_as_they_were() {
    let house = Connected::new().await;
    let mut resource = phq_response(
        &house.ben(),
        [
            Some(3),
            Some(2),
            None,
            Some(1),
            Some(0),
            Some(1),
            Some(1),
            Some(2),
            Some(0),
        ],
    );
    resource["identifier"] = json!({"system": "urn:clinic", "value": "A-17"});
    let sent = house.send(&resource).await;
    let kept = stored(&sent);
    assert_eq!(kept["item"].as_array().unwrap().len(), 8);
    assert_eq!(kept["identifier"], resource["identifier"]);
    assert_eq!(kept["authored"], "2026-11-20T09:30:00+01:00");
    assert_eq!(
        kept["item"][0]["answer"][0]["valueCoding"]["code"],
        "LA6571-9"
    );
    // Ten over eight answered items, for nine.
    assert_eq!(total(&house, &sent).await, json!(11.25));
    let place = format!(
        "/fhir/QuestionnaireResponse/{}",
        kept["id"].as_str().unwrap()
    );
    assert_eq!(house.found(&place).await, kept);
    let found = house
        .found("/fhir/QuestionnaireResponse?identifier=urn:clinic%7CA-17")
        .await;
    assert_eq!(found["total"], 1);
    let own = house
        .app
        .get(Some(&house.app.ben), "/me/record.json")
        .await
        .json();
    assert_eq!(own["responses"][0]["way"], "fhir");
    assert_eq!(
        seen(&house.app, &house.app.ben).await[3],
        "let the system “Clinic records” add answers"
    );
}

/// PHQ-9 with one answer put another way.
fn put(subject: &str, answer: Value) -> Value {
    let mut resource = phq_response(subject, [Some(0); 9]);
    resource["item"][0]["answer"] = json!([answer]);
    resource
}

#[tokio::test]
async fn an_answer_counts_by_its_code_else_by_its_number() {
    let house = Connected::new().await;
    let ordinal = |url: &str, value: Value| json!([{"url": url, "valueDecimal": value}]);
    let cases = [
        json!({"valueCoding": {"system": "http://loinc.org", "code": "LA6571-9"}}),
        json!({"valueCoding": {"system": "urn:other", "code": "x", "extension": ordinal(ORDINAL, json!(3))}}),
        json!({"valueCoding": {"code": "x"}, "extension": ordinal(ORDINAL, json!(3.0))}),
        json!({"valueCoding": {"extension": ordinal(WEIGHT, json!(3))}}),
        json!({"valueCoding": {"system": "urn:kith:answer", "code": "3"}}),
        json!({"valueInteger": 3}),
        json!({"valueDecimal": 3.0}),
    ];
    for (number, answer) in cases.into_iter().enumerate() {
        let mut resource = put(&house.ben(), answer.clone());
        resource["identifier"] = json!({"value": number.to_string()});
        let sent = house.send(&resource).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{answer}: {}", sent.text);
        assert_eq!(total(&house, &sent).await, json!(3), "{answer}");
    }
    // Where they differ the code holds, and that is said.
    let both = json!({"valueCoding": {"system": "http://loinc.org", "code": "LA6571-9",
        "extension": ordinal(ORDINAL, json!(2))}});
    let sent = house.send(&put(&house.ben(), both)).await;
    assert_eq!(sent.status, StatusCode::CREATED);
    assert_eq!(sent.json()["issue"][0]["severity"], "warning");
    assert!(words(&sent).contains("The code was taken."));
    assert_eq!(total(&house, &sent).await, json!(3));
}

#[tokio::test]
async fn whatever_differs_from_the_key_is_refused_and_told_whole() {
    let house = Connected::new().await;
    let ben = house.ben();
    let good = || phq_response(&ben, [Some(1); 9]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut resource = good();
        change(&mut resource);
        resource
    };
    let cases = [
        (json!({"resourceType": "Observation"}), "whom it is about"),
        (
            with(&|one| one["resourceType"] = json!("Observation")),
            "and nothing else",
        ),
        (
            with(&|one| one["status"] = json!("in-progress")),
            "not finished",
        ),
        (
            with(&|one| one["status"] = json!("amended")),
            "never changed",
        ),
        (
            with(&|one| one["status"] = json!("entered-in-error")),
            "is not kept",
        ),
        (with(&|one| one["status"] = Value::Null), "has no status"),
        (
            with(&|one| one["subject"] = json!({"reference": "Patient/x"})),
            "nobody here by that name",
        ),
        (
            with(&|one| one["subject"] = json!({"display": "Ben"})),
            "whom it is about",
        ),
        (
            with(&|one| one["authored"] = Value::Null),
            "when it was answered",
        ),
        (
            with(&|one| one["authored"] = json!("2026-11")),
            "when it was answered",
        ),
        (
            with(&|one| one["authored"] = json!("2026-12-24T08:00:00Z")),
            "in the future",
        ),
        (
            with(&|one| one["authored"] = json!("1889-12-24T08:00:00Z")),
            "in the future, or before",
        ),
        (
            with(&|one| one["modifierExtension"] = json!([{"url": "x"}])),
            "may change what this means",
        ),
        (
            with(&|one| one["implicitRules"] = json!("urn:x")),
            "may change what this means",
        ),
        (
            with(&|one| one["item"][2]["modifierExtension"] = json!([{"url": "x"}])),
            "may change what this means",
        ),
        (with(&|one| one["item"] = json!("x")), "item is a list"),
        (
            with(&|one| one["item"][0] = json!(3)),
            "An item is an object",
        ),
        (
            with(&|one| one["item"][0]["answer"] = json!({})),
            "answer is a list",
        ),
        (
            with(&|one| one["item"][0]["answer"] = json!([{"valueString": "3"}])),
            "neither a code that is known nor a number",
        ),
        (
            with(&|one| one["item"][0]["answer"] = json!([{"valueInteger": 4}])),
            "cannot be answered with 4. It takes 0, 1, 2, 3.",
        ),
        (
            with(&|one| one["item"][0]["answer"] = json!([{"valueDecimal": 0.5}])),
            "cannot be answered with 0.5",
        ),
        (
            with(&|one| {
                one["item"][0]["answer"] = json!([{"valueInteger": 1}, {"valueInteger": 2}])
            }),
            "more than one answer",
        ),
        (
            with(&|one| one["item"][0]["answer"][0]["valueCoding"]["code"] = json!("LA6572-7")),
            "has no answer LA6572-7; it has LA6568-5",
        ),
        (
            with(&|one| one["item"][1]["linkId"] = json!("/44250-9")),
            "answered twice",
        ),
        (
            with(&|one| one["item"][0]["linkId"] = json!("/99999-9")),
            "no item with the linkId /99999-9",
        ),
        (
            with(&|one| one["item"][0]["linkId"] = json!("")),
            "has no linkId",
        ),
        (
            with(&|one| one["questionnaire"] = json!("http://loinc.org/q/44249-1|")),
            "",
        ),
        (
            with(&|one| {
                one["questionnaire"] = json!("urn:unknown");
                one["item"][0]["linkId"] = json!("q1");
            }),
            "No questionnaire here has the address urn:unknown",
        ),
        (
            with(&|one| one["questionnaire"] = json!("urn:kith:instrument:phq-9:backwards")),
            "no order of items called",
        ),
        (
            with(&|one| one["identifier"] = json!({"value": "x".repeat(300)})),
            "longer than any",
        ),
    ];
    for (resource, why) in &cases {
        let answer = house.send(resource).await;
        if why.is_empty() {
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
            continue;
        }
        refused(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(words(&answer).contains(why), "{why}: {}", answer.text);
    }
    // All of it at once, each where it stands.
    let mut many = good();
    many["item"][0]["answer"] = json!([{"valueInteger": 9}]);
    many["item"][3]["linkId"] = json!("elsewhere");
    many["status"] = json!("amended");
    let answer = house.send(&many).await;
    let places: Vec<_> = answer.json()["issue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["expression"][0].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        places,
        [
            "QuestionnaireResponse.status",
            "QuestionnaireResponse.item[0]",
            "QuestionnaireResponse.item[3]"
        ]
    );
    // Only the good one is there.
    assert_eq!(house.found("/fhir/QuestionnaireResponse").await["total"], 1);
}

#[tokio::test]
async fn the_same_thing_sent_twice_is_stored_once_whatever_it_is_known_by() {
    let house = Connected::new().await;
    let ben = house.ben();
    let plain = phq_response(&ben, [Some(1); 9]);
    let mut named = phq_response(&ben, [Some(2); 9]);
    named["identifier"] = json!({"system": "urn:clinic", "value": "7"});
    let mut own = phq_response(&ben, [Some(3); 9]);
    own["id"] = json!(id(9));
    for resource in [&plain, &named, &own] {
        let first = house
            .send_with(resource, &[("prefer", "return=representation")])
            .await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        let second = house
            .send_with(resource, &[("prefer", "return=representation")])
            .await;
        assert_eq!(second.status, StatusCode::OK, "{}", second.text);
        assert_eq!(second.text, first.text);
        assert_eq!(second.headers["location"], first.headers["location"]);
    }
    let place = format!("/fhir/QuestionnaireResponse/{}", id(9));
    assert_eq!(house.get(&place).await.status, StatusCode::OK);
    assert_eq!(house.found("/fhir/QuestionnaireResponse").await["total"], 3);
    // Other answers under the same name change nothing.
    named["item"][0]["answer"] = json!([{"valueInteger": 0}]);
    own["item"][0]["answer"] = json!([{"valueInteger": 0}]);
    for resource in [&named, &own] {
        let answer = house.send(resource).await;
        assert_eq!(refused(&answer, StatusCode::CONFLICT), "conflict");
    }
    // A condition finds what is there, and names what is not.
    let there = [
        ("if-none-exist", "identifier=urn:clinic|7"),
        ("prefer", "return=representation"),
    ];
    assert_eq!(house.send_with(&plain, &there).await.status, StatusCode::OK);
    let new = [
        ("if-none-exist", "identifier=urn%3Aclinic%7C8"),
        ("prefer", "return=representation"),
    ];
    let mut other = phq_response(&ben, [Some(0); 9]);
    let first = house.send_with(&other, &new).await;
    assert_eq!(
        first.json()["identifier"],
        json!({"system": "urn:clinic", "value": "8"})
    );
    other["item"][1]["answer"] = json!([{"valueInteger": 1}]);
    let again = house.send_with(&other, &new).await;
    assert_eq!((again.status, again.text), (StatusCode::OK, first.text));
    let odd = [("if-none-exist", "patient=x")];
    assert_eq!(
        refused(
            &house.send_with(&plain, &odd).await,
            StatusCode::BAD_REQUEST
        ),
        "not-supported"
    );
    assert_eq!(house.found("/fhir/QuestionnaireResponse").await["total"], 4);
}

#[tokio::test]
async fn nobody_takes_the_id_of_somebody_elses_answers() {
    let house = Connected::new().await;
    house
        .phq(&house.app.noor, 5, "2026-11-22T08:30:00+01:00")
        .await;
    let mut resource = phq_response(&house.ben(), [Some(1); 9]);
    resource["id"] = json!(id(5));
    assert_eq!(
        refused(&house.send(&resource).await, StatusCode::CONFLICT),
        "conflict"
    );
    // What goes out and comes back is what is there already.
    house
        .phq(&house.app.ben, 6, "2026-11-22T08:30:00+01:00")
        .await;
    let own = house
        .found(&format!("/fhir/QuestionnaireResponse/{}", id(6)))
        .await;
    assert_eq!(house.send(&own).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_endorsed_answer_about_risk_raises_the_alert_and_says_that_nobody_is_called() {
    let house = Connected::new().await;
    let app = &house.app;
    name_contact(app).await;
    may_be_contacted(app, true).await;
    let mut answers = [Some(0); 9];
    answers[8] = Some(1);
    let sent = house.send(&phq_response(&house.ben(), answers)).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    assert!(words(&sent).contains("Kith calls nobody"));
    // Whether somebody here was told is not for another system.
    assert!(!sent.text.contains("Amira") && !sent.text.contains("Chloe"));
    let own = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(own["responses"][0]["risk"], json!(true));
    assert_ne!(own["responses"][0]["told"], json!(""));
    let before = own["safety"]["alerts"].as_array().unwrap().len();
    assert_eq!(before, 1);
    house.send(&phq_response(&house.ben(), answers)).await;
    let own = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(own["safety"]["alerts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_total_that_comes_along_is_compared_and_ours_holds() {
    let house = Connected::new().await;
    let totals = [
        (json!({"valueDecimal": 9}), true),
        (json!({"valueQuantity": {"value": 9.0}}), true),
        (json!({"valueString": "9"}), true),
        (json!({"valueInteger": 10}), false),
        (json!({"valueString": "nine"}), false),
    ];
    for (number, (answer, same)) in totals.into_iter().enumerate() {
        for link in ["/44261-6", "total"] {
            let mut resource = phq_response(&house.ben(), [Some(1); 9]);
            // The ninth would ask for attention, which is another matter.
            resource["item"][8]["answer"] = json!([{"valueInteger": 0}]);
            resource["item"][0]["answer"] = json!([{"valueInteger": 2}]);
            resource["identifier"] = json!({"value": format!("{number}{link}")});
            let item = json!({"linkId": link, "answer": [answer]});
            resource["item"].as_array_mut().unwrap().push(item);
            let sent = house.send(&resource).await;
            assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
            let is_outcome = sent.json()["resourceType"] == "OperationOutcome";
            assert_eq!(is_outcome, !same, "{answer}: {}", sent.text);
            assert_eq!(total(&house, &sent).await, json!(9));
        }
    }
    // The question about difficulty is part of the printed form, and not scored.
    let mut resource = phq_response(&house.ben(), [Some(0); 9]);
    let item = json!({"linkId": "/69722-7", "answer": [{"valueCoding": {"code": "LA6573-5"}}]});
    resource["item"].as_array_mut().unwrap().push(item);
    let sent = house.send(&resource).await;
    assert_eq!(sent.json()["issue"][0]["severity"], "information");
}

#[tokio::test]
async fn a_questionnaire_is_recognised_by_its_address_or_by_its_items() {
    let house = Connected::new().await;
    let ben = house.ben();
    let own = import(&house.app, "swls", "https://clinic.example/swls").await;
    let answers = |links: &dyn Fn(usize) -> String, count: usize| -> Value {
        (1..=count)
            .map(|item| json!({"linkId": links(item), "answer": [{"valueInteger": 1}]}))
            .collect()
    };
    let mut number = 0;
    let mut response = |questionnaire: &str, item: Value| {
        number += 1;
        json!({"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-11-20",
            "subject": {"reference": format!("Patient/{ben}")}, "questionnaire": questionnaire,
            "identifier": {"value": number.to_string()}, "item": item})
    };
    let forms = |item: usize| format!("q{item}");
    let numbers = |item: usize| item.to_string();
    let gad = [
        "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
    ];
    let loinc = |item: usize| format!("/{}", gad[item - 1]);
    let bare = |item: usize| gad[item - 1].to_owned();
    let cases = [
        (
            response("https://clinic.example/swls", answers(&forms, 5)),
            Some("swls"),
        ),
        (
            response("https://clinic.example/swls|1.0", answers(&forms, 5)),
            Some("swls"),
        ),
        (
            response("https://clinic.example/swls|2.0", answers(&forms, 5)),
            None,
        ),
        (
            response(
                &format!("http://localhost:8080/fhir/Questionnaire/{own}"),
                answers(&forms, 5),
            ),
            Some("swls"),
        ),
        (
            response("urn:kith:check-in:connection", answers(&numbers, 1)),
            Some("connection"),
        ),
        (
            response(
                "http://localhost:8080/fhir/Questionnaire/check-in-connection",
                answers(&numbers, 1),
            ),
            Some("connection"),
        ),
        (
            response("urn:kith:instrument:teq", answers(&numbers, 16)),
            Some("teq"),
        ),
        (
            response("urn:kith:instrument:phq-9", answers(&numbers, 8)),
            Some("phq-9"),
        ),
        (
            response("http://loinc.org/q/69737-5", answers(&loinc, 7)),
            Some("gad-7"),
        ),
        (
            response("http://elsewhere/gad7", answers(&loinc, 7)),
            Some("gad-7"),
        ),
        (response("", answers(&bare, 7)), Some("gad-7")),
        // The first two of these are all of GAD-2, whatever they were cut from.
        (response("", answers(&loinc, 2)), Some("gad-2")),
        // The first three belong to GAD-7 alone, with four gaps.
        (response("", answers(&loinc, 3)), Some("gad-7")),
        (response("", answers(&loinc, 1)), None),
        (response("", json!([])), None),
        (response("http://elsewhere/x", answers(&numbers, 7)), None),
    ];
    for (resource, wanted) in &cases {
        let sent = house.send(resource).await;
        let Some(wanted) = wanted else {
            assert_eq!(
                refused(&sent, StatusCode::UNPROCESSABLE_ENTITY),
                "not-found",
                "{resource}"
            );
            continue;
        };
        assert_eq!(
            sent.status,
            StatusCode::CREATED,
            "{resource}: {}",
            sent.text
        );
        let own = house
            .app
            .get(Some(&house.app.ben), "/me/record.json")
            .await
            .json();
        let place = sent.headers["location"]
            .to_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap();
        let responses = own["responses"].as_array().unwrap();
        let kept = responses.iter().find(|one| one["id"] == place).unwrap();
        assert_eq!(kept["instrument"], *wanted, "{resource}");
        assert_eq!(kept["answered_on"], "2026-11-20");
    }
}

#[tokio::test]
async fn where_loinc_counts_the_other_way_round_only_codes_are_taken() {
    let house = Connected::new().await;
    import(&house.app, "k6", "http://loinc.org/q/62746-3").await;
    let response = |answer: &dyn Fn(usize) -> Value| {
        let items: Vec<Value> = (1..=6)
            .map(|item| json!({"linkId": format!("q{item}"), "answer": [answer(item)]}))
            .collect();
        json!({"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-11-20",
            "subject": {"reference": format!("Patient/{}", house.ben())},
            "questionnaire": "http://loinc.org/q/62746-3", "item": items})
    };
    // The worst answer, which LOINC numbers 1.
    let worst = response(&|_| {
        json!({"valueCoding": {"system": "http://loinc.org", "code": "LA6154-4",
            "extension": [{"url": ORDINAL, "valueDecimal": 1}]}})
    });
    let sent = house.send(&worst).await;
    assert_eq!(
        sent.json()["resourceType"],
        "QuestionnaireResponse",
        "{}",
        sent.text
    );
    assert_eq!(total(&house, &sent).await, json!(24));
    let numbers = response(&|_| json!({"valueInteger": 1}));
    let answer = house.send(&numbers).await;
    assert_eq!(refused(&answer, StatusCode::UNPROCESSABLE_ENTITY), "value");
    assert!(words(&answer).contains("Send the answer's code."));
}

#[tokio::test]
async fn groups_are_opened_and_the_answer_comes_back_in_the_form_that_was_asked_for() {
    let house = Connected::new().await;
    let mut resource = phq_response(&house.ben(), [Some(1); 9]);
    let items = resource["item"].take();
    resource["item"] = json!([{"linkId": "group", "item": [{"linkId": "inner", "item": items}]}]);
    resource["item"][0]["item"][0]["item"][8]["answer"] = json!([{"valueInteger": 0}]);
    let sent = house
        .send_with(&resource, &[("prefer", "return=minimal")])
        .await;
    assert_eq!((sent.status, sent.text.as_str()), (StatusCode::CREATED, ""));
    assert_eq!(total(&house, &sent).await, json!(8));
    let outcome = house
        .send_with(&resource, &[("prefer", "return=OperationOutcome")])
        .await;
    assert_eq!(outcome.json()["resourceType"], "OperationOutcome");
}

fn arrival() -> Arrival<'static> {
    Arrival {
        clinic_id: "c",
        person_id: "p",
        zone: "Europe/Madrid",
        now: 1_795_435_200_000,
        identifier: None,
    }
}

/// Any JSON at all.
fn any_json() -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec![
        "item",
        "answer",
        "linkId",
        "valueCoding",
        "valueInteger",
        "valueDecimal",
        "extension",
        "url",
        "system",
        "code",
        "status",
        "authored",
        "questionnaire",
        "identifier",
        "value",
        "modifierExtension",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-3_i64..9).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "completed",
            "/44250-9",
            "http://loinc.org",
            "LA6570-1",
            ORDINAL
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..5).prop_map(|pairs| Value::from(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
            )),
        ]
    })
}

/// Puts `other` at some place inside.
fn mutate(value: &mut Value, steps: &[usize], other: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *value = other;
        return;
    };
    match value {
        Value::Array(list) if !list.is_empty() => {
            let at = step % list.len();
            mutate(&mut list[at], rest, other);
        }
        Value::Object(object) if !object.is_empty() => {
            let at = step % object.len();
            mutate(object.values_mut().nth(at).unwrap(), rest, other);
        }
        _ => *value = other,
    }
}

proptest! {
    #[test]
    fn whatever_is_taken_in_scores_as_the_key_says(
        answers in prop::array::uniform9(prop::option::of(0_u8..4)),
        changes in prop::collection::vec((prop::collection::vec(0_usize..9, 1..6), any_json()), 0..3),
    ) {
        let library = content();
        let desk = Desk::new(&library, "http://localhost:8080/fhir".to_owned(), Vec::new());
        let mut resource = phq_response("p", answers);
        for (steps, other) in &changes {
            mutate(&mut resource, steps, other.clone());
        }
        match read(&desk, &resource, arrival()) {
            Ok(received) => {
                let response = received.response;
                let instrument = library.instrument(&response.instrument);
                if let Some(instrument) = instrument {
                    let scored = score(instrument, &response.answers, Asking::default()).unwrap();
                    prop_assert_eq!(response.first.total, scored.total);
                    prop_assert_eq!(response.risk, !scored.safety_items.is_empty());
                }
                if changes.is_empty() {
                    let sent: Vec<_> = answers.iter().map(|answer| answer.map(f64::from)).collect();
                    prop_assert_eq!(response.answers, sent);
                }
            }
            Err(issues) => {
                prop_assert!(!issues.is_empty() && issues.len() <= 100);
                // Nothing but what was meant is missing: nine gaps name no item at all, but the address does.
                prop_assert!(!changes.is_empty(), "{:?}", issues);
            }
        }
    }

    #[test]
    fn no_json_makes_it_stumble(resource in any_json()) {
        let library = content();
        let desk = Desk::new(&library, "http://localhost:8080/fhir".to_owned(), Vec::new());
        let _ = super::super::receive::subject(&resource);
        prop_assert!(read(&desk, &resource, arrival()).is_err() || resource["resourceType"] == "QuestionnaireResponse");
    }
}
