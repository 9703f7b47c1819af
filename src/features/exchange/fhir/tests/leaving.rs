//! What leaves: the right numbers, under a pseudonym, and nothing of what is nobody else's.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::export::{gather_clinic, note_export};
use super::{Connected, agree, id, import, import_in, seen};
use crate::features::people::Openness;
use crate::testing::{PLAN, TestApp, content};

/// Answers of every kind of instrument, and one of Ben's sittings.
async fn lived_in() -> Connected {
    let house = Connected::new().await;
    let app = &house.app;
    let answered = |number: u32, instrument: &str, answers: Value| {
        json!({"id": id(number), "instrument": instrument,
            "answered_at": "2026-07-01T23:30:00+02:00", "answers": answers})
    };
    let records = json!([
        answered(1, "phq-9", json!([2, 1, null, 3, 1, 0, 2, 1, 0])),
        answered(2, "dass-21", json!(vec![1; 21])),
        answered(3, "k6", json!([0, 1, 2, 3, 4, 0])),
        answered(4, "connection", json!([4])),
        answered(5, "swemwbs", json!(vec![3; 7])),
        answered(6, "phq-9", json!(vec![Value::Null; 9])),
    ]);
    house.answers(&app.ben, records).await;
    app.practise(&app.ben, "soles-ground", 3.0).await;
    house
}

#[tokio::test]
async fn an_item_left_out_is_left_out_and_never_a_zero() {
    let house = lived_in().await;
    let sent = house
        .found(&format!("/fhir/QuestionnaireResponse/{}", id(1)))
        .await;
    assert_eq!(sent["status"], "completed");
    assert_eq!(
        sent["subject"]["reference"],
        format!("Patient/{}", house.ben())
    );
    assert_eq!(sent["source"], sent["subject"]);
    // The day counts where she was: it was the first of July in Madrid, and summer.
    assert_eq!(sent["authored"], "2026-07-01T23:30:00+02:00");
    let items = sent["item"].as_array().unwrap();
    let links: Vec<_> = items
        .iter()
        .map(|item| item["linkId"].as_str().unwrap())
        .collect();
    assert_eq!(
        links,
        [
            "/44250-9", "/44255-8", "/44254-1", "/44251-7", "/44258-2", "/44252-5", "/44253-3",
            "/44260-8"
        ]
    );
    assert_eq!(
        items[0]["answer"],
        json!([{"valueCoding": {
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 2}],
            "system": "http://loinc.org", "code": "LA6570-1",
        }}])
    );
    let empty = house
        .found(&format!("/fhir/QuestionnaireResponse/{}", id(6)))
        .await;
    assert_eq!(empty.get("item"), None);
    assert_eq!(
        house
            .get(&format!("/fhir/Observation/{}-total", id(6)))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    // K6 counts the other way round at LOINC: the code is LOINC's, the number the key's.
    let k6 = house
        .found(&format!("/fhir/QuestionnaireResponse/{}", id(3)))
        .await;
    let worst = &k6["item"][4]["answer"][0]["valueCoding"];
    assert_eq!(
        (&worst["code"], &worst["extension"][0]["valueDecimal"]),
        (&json!("LA6154-4"), &json!(4))
    );
    let slider = house
        .found(&format!("/fhir/QuestionnaireResponse/{}", id(4)))
        .await;
    assert_eq!(
        slider["item"],
        json!([{"linkId": "1", "answer": [{"valueInteger": 4}]}])
    );
}

#[tokio::test]
async fn a_score_says_what_it_is_of_whom_and_from_which_answers() {
    let house = lived_in().await;
    let total = house
        .found(&format!("/fhir/Observation/{}-total", id(1)))
        .await;
    assert_eq!(total["valueQuantity"]["value"], json!(11.25));
    assert_eq!(
        total["valueQuantity"]["system"],
        "http://unitsofmeasure.org"
    );
    assert_eq!(total["effectiveDateTime"], "2026-07-01T23:30:00+02:00");
    assert_eq!(
        total["code"]["coding"][0],
        json!({"system": "http://loinc.org", "code": "44261-6"})
    );
    assert_eq!(total["code"]["coding"][1]["code"], "phq-9/total");
    assert_eq!(total["interpretation"], json!([{"text": "moderate"}]));
    assert_eq!(
        total["derivedFrom"],
        json!([{"reference": format!("QuestionnaireResponse/{}", id(1))}])
    );
    let all = house.found("/fhir/Observation?_count=100").await;
    let scores: Vec<(&str, &Value)> = all["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["resource"])
        .map(|one| {
            let codings = one["code"]["coding"].as_array().unwrap();
            (
                codings.last().unwrap()["code"].as_str().unwrap(),
                &one["valueQuantity"]["value"],
            )
        })
        .collect();
    let of = |code: &str| {
        scores
            .iter()
            .find(|(one, _)| *one == code)
            .map(|(_, value)| (*value).clone())
    };
    // DASS-21 doubles its parts; SWEMWBS goes by its table; K6 publishes no bands.
    assert_eq!(of("dass-21/depression"), Some(json!(14)));
    assert_eq!(of("dass-21/stress"), Some(json!(14)));
    assert_eq!(of("k6/total"), Some(json!(10)));
    assert_eq!(of("connection/total"), Some(json!(4)));
    let table = content()
        .instrument("swemwbs")
        .unwrap()
        .total
        .as_ref()
        .unwrap()
        .lookup
        .clone();
    let table = table.unwrap();
    let place = (21.0 - table.from) as usize;
    assert_eq!(of("swemwbs/total"), Some(json!(table.values[place])));
    let k6 = house
        .found(&format!("/fhir/Observation/{}-total", id(3)))
        .await;
    assert_eq!(k6.get("interpretation"), None);
    assert_eq!(k6["code"]["coding"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn neither_a_name_nor_an_id_nor_anything_of_a_sitting_leaves() {
    let house = lived_in().await;
    let app = &house.app;
    app.prescribe().await;
    for kind in [
        "Patient",
        "QuestionnaireResponse",
        "Observation",
        "CarePlan",
    ] {
        let found = house
            .found(&format!("/fhir/{kind}?_count=100"))
            .await
            .to_string();
        for word in ["Ben", app.ben.id.as_str(), "soles-ground", "fit", "alert"] {
            assert!(!found.contains(word), "{kind}: {word} in {found}");
        }
    }
    let patient = house.found(&format!("/fhir/Patient/{}", house.ben())).await;
    let keys: Vec<_> = patient.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["active", "id", "identifier", "resourceType"]);
}

#[tokio::test]
async fn a_plan_is_told_once_it_is_agreed_and_without_what_was_said_about_it() {
    let house = Connected::new().await;
    let app = &house.app;
    let plan = app.prescribe().await;
    assert_eq!(house.found("/fhir/CarePlan").await["total"], 0);
    let agreed = app
        .post(Some(&app.ben), &format!("/plans/{plan}/agreement"), &PLAN)
        .await;
    assert_eq!(agreed.place, "/today", "{}", agreed.text);
    let told = house.found(&format!("/fhir/CarePlan/{plan}")).await;
    assert_eq!(
        (&told["status"], &told["intent"]),
        (&json!("active"), &json!("plan"))
    );
    assert_eq!(told["period"], json!({"start": "2026-11-23"}));
    let words = told["activity"][0]["detail"]["description"]
        .as_str()
        .unwrap();
    assert!(
        words.contains("5 minutes") && words.contains("Mon, Tue and Wed"),
        "{words}"
    );
    let text = told.to_string();
    for word in ["somebody easy", "feel your feet", "after breakfast"] {
        assert!(!text.contains(word), "{text}");
    }
    // A pause may tell how somebody is, so it looks like going on.
    app.post(Some(&app.ben), &format!("/plans/{plan}/pause"), &[])
        .await;
    assert_eq!(
        house.found(&format!("/fhir/CarePlan/{plan}")).await["status"],
        "active"
    );
    app.post(Some(&app.ben), &format!("/plans/{plan}/ending"), &[])
        .await;
    let over = house.found(&format!("/fhir/CarePlan/{plan}")).await;
    assert_eq!(over["status"], "completed");
    assert_eq!(over["activity"][0]["detail"]["status"], "completed");
}

#[tokio::test]
async fn a_questionnaire_is_found_where_its_answers_point() {
    let house = Connected::new().await;
    let known = import(&house.app, "phq-9", "http://loinc.org/q/44249-1").await;
    house
        .answers(
            &house.app.ben,
            json!([
                {"id": id(1), "instrument": "phq-9", "answered_at": "2026-11-22T08:30:00+01:00",
                    "answers": vec![1; 9], "questionnaire": known},
                {"id": id(2), "instrument": "connection", "answered_at": "2026-11-22T08:30:00+01:00",
                    "answers": [4]},
            ]),
        )
        .await;
    for number in [1, 2] {
        let sent = house
            .found(&format!("/fhir/QuestionnaireResponse/{}", id(number)))
            .await;
        let canonical = sent["questionnaire"].as_str().unwrap();
        let (url, version) = canonical.split_once('|').unwrap();
        let found = house.found(&format!("/fhir/Questionnaire?url={url}")).await;
        assert_eq!(found["total"], 1, "{canonical}");
        let form = &found["entry"][0]["resource"];
        assert_eq!(form["version"], version);
        let link = &sent["item"][0]["linkId"];
        let items = form["item"].as_array().unwrap();
        assert!(items.iter().any(|item| item["linkId"] == *link));
        let by_id = house
            .found(&format!(
                "/fhir/Questionnaire/{}",
                form["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(by_id, *form);
    }
    let form = house.found(&format!("/fhir/Questionnaire/{known}")).await;
    let option = &form["item"][0]["answerOption"][3];
    assert_eq!(
        option["extension"][0]["url"],
        "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    );
    assert_eq!(option["extension"][0]["valueDecimal"], json!(3));
}

#[tokio::test]
async fn another_order_of_the_items_keeps_its_own_links() {
    let house = Connected::new().await;
    let known = import_in(&house.app, "phq-4", "file.json", Some("depression-first")).await;
    house
        .answers(
            &house.app.ben,
            json!([{"id": id(1), "instrument": "phq-4", "order": "depression-first",
                "answered_at": "2026-11-22T08:30:00+01:00", "answers": [0, 1, 2, 3], "questionnaire": known}]),
        )
        .await;
    let sent = house
        .found(&format!("/fhir/QuestionnaireResponse/{}", id(1)))
        .await;
    let links: Vec<_> = sent["item"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["linkId"].clone())
        .collect();
    assert_eq!(links, ["/44250-9", "/44255-8", "/69725-0", "/68509-9"]);
}

#[tokio::test]
async fn a_record_is_taken_along_by_herself_and_by_whom_she_shares_with() {
    let house = lived_in().await;
    let app = &house.app;
    let plan = app.prescribe().await;
    app.post(Some(&app.ben), &format!("/plans/{plan}/agreement"), &PLAN)
        .await;
    let own = app.get(Some(&app.ben), "/me/record.fhir.json").await;
    assert_eq!(own.headers["content-type"], "application/fhir+json");
    let own = own.json();
    assert_eq!(
        (&own["resourceType"], &own["type"]),
        (&json!("Bundle"), &json!("collection"))
    );
    let count = |bundle: &Value, kind: &str| {
        let entries = bundle["entry"].as_array().unwrap();
        entries
            .iter()
            .filter(|entry| entry["resource"]["resourceType"] == kind)
            .count()
    };
    let counts = [
        "Patient",
        "QuestionnaireResponse",
        "Observation",
        "CarePlan",
        "Questionnaire",
    ];
    // phq-9, dass-21 with three parts, k6, connection, swemwbs; the only words here are the check-in's.
    assert_eq!(counts.map(|kind| count(&own, kind)), [1, 6, 8, 1, 1]);
    let path = format!("/clients/{}/record.fhir.json", app.ben.id);
    let taken = app.get(Some(&app.amira), &path).await;
    assert_eq!(taken.json(), own);
    assert!(
        seen(app, &app.ben)
            .await
            .contains(&"took the record along as FHIR".to_owned())
    );
    let with = app.amira.id.clone();
    app.post(
        Some(&app.ben),
        "/me/consent/share/withdrawal",
        &[("with", &with)],
    )
    .await;
    assert_eq!(
        app.get(Some(&app.amira), &path).await.status,
        StatusCode::NOT_FOUND
    );
    // Who works here has answers of her own, too.
    house.phq(&app.amira, 77, "2026-11-22T08:30:00+01:00").await;
    let hers = app
        .get(Some(&app.amira), "/me/record.fhir.json")
        .await
        .json();
    assert_eq!(counts.map(|kind| count(&hers, kind)), [1, 1, 1, 0, 0]);
}

#[tokio::test]
async fn a_clinics_export_holds_who_agreed_or_for_its_own_archive_everybody() {
    let house = lived_in().await;
    let app = &house.app;
    app.post(Some(&app.ben), "/me/consent/systems/withdrawal", &[])
        .await;
    let clinic = app.ben.clinic_id.clone();
    let gather = async |openness| {
        let (library, clinic) = (content(), clinic.clone());
        let found = app
            .app
            .db
            .read(move |tx| gather_clinic(tx, &library, "http://localhost/fhir", &clinic, openness))
            .await
            .unwrap();
        found["QuestionnaireResponse"].len()
    };
    assert_eq!(gather(Openness::Agreed).await, 0);
    assert_eq!(gather(Openness::WholeClinic).await, 6);
    agree(app, &app.ben).await;
    assert_eq!(gather(Openness::Agreed).await, 6);
    let (ids, now) = (app.app.ids.clone(), app.app.clock.now());
    app.app
        .db
        .write(move |tx| note_export(tx, &ids, &clinic, Openness::Agreed, now))
        .await
        .unwrap();
    let last = seen(app, &app.ben).await.remove(0);
    assert_eq!(
        last,
        "wrote answers, scores and plans to a file for another system"
    );
}

#[tokio::test]
async fn nothing_of_other_systems_is_left_after_an_erasure() {
    let house = Connected::new().await;
    let app = &house.app;
    super::connect(app, &super::super::rules::Scope::ALL, &[house.ben()]).await;
    let sent = house
        .send(&super::phq_response(&house.ben(), [Some(0); 9]))
        .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    let erased = app
        .post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    assert_eq!(erased.status, StatusCode::OK);
    let mut copy = Vec::new();
    let file = app
        .app
        .db
        .read(move |tx| {
            tx.copy_out(&mut copy)
                .map(|_| String::from_utf8(copy).unwrap())
        })
        .await
        .unwrap();
    let left: Vec<_> = file
        .lines()
        .filter(|line| line.contains(&app.ben.id))
        .collect();
    assert!(
        left.iter()
            .all(|line| line.starts_with("{\"table\":\"audit\"")),
        "{left:?}"
    );
    let empty = TestApp::new().await;
    assert_eq!(
        empty
            .get(Some(&empty.ben), "/me/record.fhir.json")
            .await
            .status,
        StatusCode::OK
    );
}
