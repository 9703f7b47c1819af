//! Searches: what they find, their pages, what they do not understand.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::StatusCode;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::rules::Kind;
use super::super::search::{Entry, Search};
use super::{Connected, get, id, import, refused};

fn ids(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    entries
        .map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned())
        .collect()
}

fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array().unwrap();
    let found = links.iter().find(|link| link["relation"] == relation)?;
    Some(
        found["url"]
            .as_str()
            .unwrap()
            .replace("http://localhost:8080", ""),
    )
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended_whatever_comes_in_meanwhile() {
    let house = Connected::new().await;
    let ben = &house.app.ben;
    for number in 10..17 {
        house
            .phq(ben, number, &format!("2026-11-{number}T08:30:00+01:00"))
            .await;
    }
    let first = house
        .found(&format!(
            "/fhir/QuestionnaireResponse?patient={}&_count=3",
            house.ben()
        ))
        .await;
    assert_eq!(first["total"], 7);
    assert_eq!(ids(&first), [id(10), id(11), id(12)]);
    // One that comes late, before the place where the next page begins, and one after it.
    house.phq(ben, 1, "2026-11-11T20:30:00+01:00").await;
    house.phq(ben, 2, "2026-11-13T20:30:00+01:00").await;
    let second = house.found(&link(&first, "next").unwrap()).await;
    assert_eq!(second["total"], 9);
    assert_eq!(ids(&second), [id(13), id(2), id(14)]);
    let third = house.found(&link(&second, "next").unwrap()).await;
    assert_eq!(ids(&third), [id(15), id(16)]);
    assert_eq!(link(&third, "next"), None);
    // The link to itself gives the same again.
    assert_eq!(house.found(&link(&second, "self").unwrap()).await, second);
}

#[tokio::test]
async fn scores_have_pages_too_and_a_page_may_end_between_two_of_one_response() {
    let house = Connected::new().await;
    house
        .answers(
            &house.app.ben,
            json!([{"id": id(1), "instrument": "dass-21", "answered_at": 1_795_400_000_000_i64,
                "answers": vec![1; 21]}]),
        )
        .await;
    let mut next = Some("/fhir/Observation?_count=1".to_owned());
    let mut found = Vec::new();
    while let Some(place) = next {
        let page = house.found(&place).await;
        assert_eq!(page["total"], 4);
        found.extend(ids(&page));
        next = link(&page, "next");
    }
    assert_eq!(found.len(), 4);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 4);
}

#[tokio::test]
async fn a_search_finds_what_its_parameters_say() {
    let house = Connected::new().await;
    import(&house.app, "phq-9", "http://loinc.org/q/44249-1").await;
    let ben = house.ben();
    house
        .phq(&house.app.ben, 1, "2026-11-20T08:30:00+01:00")
        .await;
    house
        .phq(&house.app.ben, 2, "2026-11-21T23:30:00+01:00")
        .await;
    house
        .answers(
            &house.app.ben,
            json!([{"id": id(3), "instrument": "connection", "answered_at": "2026-11-22T08:30:00+01:00",
                "answers": [4]}]),
        )
        .await;
    let cases: &[(&str, usize)] = &[
        ("QuestionnaireResponse", 3),
        ("QuestionnaireResponse?patient=PSEUDONYM", 3),
        ("QuestionnaireResponse?patient=Patient/PSEUDONYM", 3),
        ("QuestionnaireResponse?subject:Patient=PSEUDONYM", 3),
        (
            "QuestionnaireResponse?subject=http://localhost:8080/fhir/Patient/PSEUDONYM",
            3,
        ),
        ("QuestionnaireResponse?patient=somebody", 0),
        ("QuestionnaireResponse?patient=somebody,PSEUDONYM", 3),
        (
            "QuestionnaireResponse?patient=somebody&patient=PSEUDONYM",
            0,
        ),
        (
            "QuestionnaireResponse?questionnaire=urn:kith:instrument:phq-9",
            2,
        ),
        (
            "QuestionnaireResponse?questionnaire=urn:kith:instrument:phq-9|other",
            0,
        ),
        (
            "QuestionnaireResponse?questionnaire=urn:kith:check-in:connection",
            1,
        ),
        ("QuestionnaireResponse?status=completed", 3),
        ("QuestionnaireResponse?status=in-progress", 0),
        // A day is one where the clinic is: Madrid.
        ("QuestionnaireResponse?authored=2026-11-21", 1),
        ("QuestionnaireResponse?authored=2026-11", 3),
        ("QuestionnaireResponse?authored=ge2026-11-21", 2),
        ("QuestionnaireResponse?authored=gt2026-11-21", 1),
        ("QuestionnaireResponse?authored=le2026-11-21", 2),
        ("QuestionnaireResponse?authored=lt2026-11-21", 1),
        (
            "QuestionnaireResponse?authored=ge2026-11-21&authored=lt2026-11-22",
            1,
        ),
        ("QuestionnaireResponse?authored=2026-11-20T07:30:00Z", 1),
        (
            "QuestionnaireResponse?authored=2026-11-20T08:30:00%2B01:00",
            1,
        ),
        (
            "QuestionnaireResponse?authored=2026-11-20T08:30:00+01:00",
            1,
        ),
        ("QuestionnaireResponse?authored=2026-11-20T08:30", 1),
        (
            "QuestionnaireResponse?authored=gt2026-11-20T07:30:00.000Z",
            2,
        ),
        ("QuestionnaireResponse?_lastUpdated=ge2026-11-23", 3),
        ("QuestionnaireResponse?_lastUpdated=lt2026-11-23", 0),
        ("Observation?patient=PSEUDONYM", 3),
        ("Observation?code=44261-6", 2),
        ("Observation?code=http://loinc.org|44261-6", 2),
        ("Observation?code=urn:kith:instrument|phq-9/total", 2),
        ("Observation?code=urn:kith:check-in|", 1),
        ("Observation?code=|44261-6", 0),
        ("Observation?code=44261-6,connection/total", 3),
        ("Observation?category=survey&date=ge2026-11-22", 1),
        ("Observation?category=laboratory", 0),
        ("Questionnaire?url=http://loinc.org/q/44249-1", 1),
        ("Questionnaire?code=http://loinc.org|44249-1", 1),
        ("Questionnaire?code=urn:kith:check-in|connection", 1),
        ("Questionnaire?_id=check-in-connection", 1),
        ("Patient?_id=PSEUDONYM", 1),
        ("Patient?identifier=urn:kith:patient|PSEUDONYM", 1),
        ("Patient?identifier=PSEUDONYM", 1),
        ("Patient?identifier=Ben", 0),
        ("CarePlan?patient=PSEUDONYM", 0),
    ];
    for (query, total) in cases {
        let path = format!(
            "/fhir/{}",
            query.replace("PSEUDONYM", &ben).replace('|', "%7C")
        );
        let found = house.found(&path).await;
        assert_eq!(found["total"], *total, "{query}");
        assert_eq!(ids(&found).len(), *total.min(&20), "{query}");
        assert_eq!(found["type"], "searchset");
    }
}

#[tokio::test]
async fn what_is_not_understood_is_ignored_or_refused_as_was_asked() {
    let house = Connected::new().await;
    house
        .phq(&house.app.ben, 1, "2026-11-20T08:30:00+01:00")
        .await;
    let path = "/fhir/QuestionnaireResponse?_sort=-authored&based-on=x&_count=7&author.name=Ben";
    let lenient = house.found(path).await;
    assert_eq!(lenient["total"], 1);
    assert_eq!(
        link(&lenient, "self").unwrap(),
        "/fhir/QuestionnaireResponse?_count=7"
    );
    let strict = [("prefer", "handling=strict")];
    let answer = get(&house.app, Some(&house.token), path, &strict).await;
    assert_eq!(refused(&answer, StatusCode::BAD_REQUEST), "not-supported");
    assert_eq!(answer.json()["issue"].as_array().unwrap().len(), 3);
    // What is known and cannot be read is refused in any case: ignoring it would find too much.
    for wrong in [
        "authored=yesterday",
        "authored=2026-13",
        "authored=ap2026-11-20",
        "authored=2026-11-20,2026-11-21",
        "authored:missing=true",
        "patient:Group=x",
        "_count=many",
        "page=x",
        "_lastUpdated=ge",
    ] {
        let path = format!("/fhir/QuestionnaireResponse?{wrong}");
        assert_eq!(
            refused(&house.get(&path).await, StatusCode::BAD_REQUEST),
            "value",
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn counts_come_without_entries_and_forms_find_what_addresses_do() {
    let house = Connected::new().await;
    house
        .phq(&house.app.ben, 1, "2026-11-20T08:30:00+01:00")
        .await;
    for query in ["_summary=count", "_count=0"] {
        let counted = house
            .found(&format!("/fhir/QuestionnaireResponse?{query}"))
            .await;
        assert_eq!(counted["total"], 1);
        assert!(counted["entry"].is_null());
        assert_eq!(link(&counted, "next"), None);
    }
    let request = house
        .app
        .request("POST", "/fhir/QuestionnaireResponse/_search", None)
        .header("authorization", format!("Bearer {}", house.token))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("patient={}&_count=5", house.ben())))
        .unwrap();
    let answer = house.app.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(ids(&answer.json()), [id(1)]);
}

fn entries(instants: &[i64]) -> Vec<Entry> {
    let entry = |(number, at): (usize, &i64)| Entry {
        at: *at,
        changed_at: *at,
        person_id: String::new(),
        resource: json!({"resourceType": "Patient", "id": format!("p{number}")}),
    };
    instants.iter().enumerate().map(entry).collect()
}

proptest! {
    #[test]
    fn following_the_pages_finds_each_entry_once(
        instants in prop::collection::vec(-5_i64..5, 0..40), count in 1_usize..9,
    ) {
        let all = entries(&instants);
        let mut asked = vec![("_count".to_owned(), count.to_string())];
        let mut found = Vec::new();
        for _ in 0..=all.len() {
            let search = Search::read(Kind::Patient, &asked, true, &TimeZone::UTC).unwrap();
            let page = search.page(all.clone());
            prop_assert_eq!(page.total, all.len());
            prop_assert!(page.entries.len() <= count);
            found.extend(page.entries.iter().map(|entry| entry.id().to_owned()));
            let bundle = search.bundle("/fhir/Patient", "/fhir", &page);
            let Some(next) = link(&bundle, "next") else { break };
            let query = next.split_once('?').unwrap().1;
            asked = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        }
        prop_assert_eq!(found.len(), all.len());
        prop_assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn no_question_makes_it_stumble(
        kind in prop::sample::select(Kind::ALL.to_vec()),
        name in "(authored|date|_lastUpdated|code|patient|page|_count|_id|identifier|.{0,12})(:.{0,6})?",
        value in "(ge|lt|eq|xx)?[0-9]{0,4}(-[0-9]{0,2}){0,2}(T[0-9:.]{0,12}(Z|\\+01:00| 01:00)?)?|.{0,40}",
        strict in any::<bool>(),
    ) {
        let zone = TimeZone::get("Europe/Madrid").unwrap();
        if let Ok(search) = Search::read(kind, &[(name, value)], strict, &zone) {
            let page = search.page(entries(&[1, 2, 3]));
            prop_assert!(page.total <= 3);
        }
    }
}
