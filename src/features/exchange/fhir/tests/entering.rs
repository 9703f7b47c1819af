//! Tokens, scopes, leave: who gets in.

use axum::body::Body;
use axum::http::StatusCode;

use super::super::rules::{Kind, Scope};
use super::{Connected, agree, connect, get, id, name_of, refused, seen};
use crate::testing::TestApp;

#[tokio::test]
async fn without_a_token_that_holds_nobody_gets_in() {
    let house = Connected::new().await;
    let app = &house.app;
    let path = format!("/fhir/Patient/{}", house.ben());
    assert_eq!(house.get(&path).await.status, StatusCode::OK);

    let long = "0".repeat(64);
    let unknown = [None, Some(""), Some("kith"), Some(long.as_str())];
    for token in unknown {
        let answer = get(app, token, &path, &[]).await;
        assert_eq!(
            refused(&answer, StatusCode::UNAUTHORIZED),
            "login",
            "{token:?}"
        );
        assert!(answer.headers.contains_key("www-authenticate"));
    }
    // Neither another scheme nor a cookie is a token.
    let basic = format!("Basic {}", house.token);
    for header in [
        ("authorization", basic.as_str()),
        ("cookie", app.olu.cookie.as_str()),
    ] {
        let answer = get(app, None, &path, &[header]).await;
        assert_eq!(refused(&answer, StatusCode::UNAUTHORIZED), "login");
    }

    let revoked = connect(app, &Scope::ALL, &[]).await;
    let list = app.get(Some(&app.olu), "/clinic/systems").await.text;
    let read = list.split('<').filter_map(|part| part.split_once('>'));
    let shown: String = read.map(|(_, text)| text).collect();
    for word in ["Patient", "token", "scope", "pseudonym"] {
        assert!(!shown.contains(word), "{word} is no word of an owner's");
    }
    let at = list.find("/clinic/systems/").unwrap();
    let place = list[at..].split('"').next().unwrap().to_owned();
    for _ in 0..2 {
        let answer = app.post(Some(&app.olu), &place, &[]).await;
        assert_eq!(answer.place, "/clinic/systems");
    }
    // The newest stands first in the list.
    let answer = get(app, Some(&revoked), &path, &[]).await;
    assert_eq!(refused(&answer, StatusCode::UNAUTHORIZED), "login");
    assert!(answer.text.contains("taken back"));

    // Ninety days after it was made.
    for (now, status) in [
        ("2027-02-21T11:59:59Z", StatusCode::OK),
        ("2027-02-21T12:00:00Z", StatusCode::UNAUTHORIZED),
    ] {
        app.app.clock.set(now.parse().unwrap());
        assert_eq!(house.get(&path).await.status, status, "{now}");
    }
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_nothing_else() {
    let house = Connected::new().await;
    let app = &house.app;
    for kind in Kind::ALL {
        let token = connect(app, &[Scope::Read(kind)], &[]).await;
        for other in Kind::ALL {
            let answer = get(app, Some(&token), &format!("/fhir/{}", other.name()), &[]).await;
            if other == kind {
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            } else {
                assert_eq!(refused(&answer, StatusCode::FORBIDDEN), "forbidden");
            }
        }
    }
    let reads = connect(app, &Scope::ALL[..5], &[]).await;
    let request = app
        .request("POST", "/fhir/QuestionnaireResponse", None)
        .header("authorization", format!("Bearer {reads}"))
        .header("content-type", "application/fhir+json")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(
        refused(&app.send(request).await, StatusCode::FORBIDDEN),
        "forbidden"
    );
    let writes = connect(app, &[Scope::Create], &[]).await;
    let answer = get(app, Some(&writes), "/fhir/QuestionnaireResponse", &[]).await;
    assert_eq!(refused(&answer, StatusCode::FORBIDDEN), "forbidden");
}

#[tokio::test]
async fn whoever_has_not_agreed_is_not_there() {
    let app = TestApp::new().await;
    let token = connect(&app, &Scope::ALL, &[]).await;
    let house = Connected { app, token };
    let app = &house.app;
    let path = format!("/fhir/Patient/{}", house.ben());
    house.phq(&app.ben, 1, "2026-11-22T08:30:00+01:00").await;
    let paths = [
        path.clone(),
        format!("/fhir/QuestionnaireResponse/{}", id(1)),
        format!("/fhir/Observation/{}-total", id(1)),
    ];
    let nothing = async || {
        for path in &paths {
            assert_eq!(
                refused(&house.get(path).await, StatusCode::NOT_FOUND),
                "not-found"
            );
        }
        let found = house.found("/fhir/QuestionnaireResponse").await;
        assert_eq!(found["total"], 0);
    };
    nothing().await;
    agree(app, &app.ben).await;
    for path in &paths {
        assert_eq!(house.get(path).await.status, StatusCode::OK);
    }
    app.post(Some(&app.ben), "/me/consent/systems/withdrawal", &[])
        .await;
    nothing().await;
    // People who work here are no patients, whatever they answer about themselves.
    house.phq(&app.amira, 2, "2026-11-22T08:30:00+01:00").await;
    let staff = format!("/fhir/Patient/{}", name_of(&app.amira));
    assert_eq!(house.get(&staff).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_clinic_never_sees_another() {
    let house = Connected::new().await;
    let app = &house.app;
    agree(app, &app.fay).await;
    house.phq(&app.fay, 1, "2026-11-22T08:30:00+01:00").await;
    for path in [
        format!("/fhir/Patient/{}", name_of(&app.fay)),
        format!("/fhir/QuestionnaireResponse/{}", id(1)),
        format!("/fhir/Observation/{}-total", id(1)),
    ] {
        assert_eq!(
            refused(&house.get(&path).await, StatusCode::NOT_FOUND),
            "not-found"
        );
    }
    let all = house.found("/fhir/Patient").await;
    assert_eq!(all["total"], 1);
    assert_eq!(all["entry"][0]["resource"]["id"], house.ben());
    let sent = house
        .send(&super::phq_response(&name_of(&app.fay), [Some(1); 9]))
        .await;
    assert_eq!(
        refused(&sent, StatusCode::UNPROCESSABLE_ENTITY),
        "not-found"
    );
}

#[tokio::test]
async fn a_token_for_some_sees_those_and_only_if_they_agree() {
    let house = Connected::new().await;
    let app = &house.app;
    let for_nobody_else = connect(app, &Scope::ALL, &[house.ben()]).await;
    let answer = get(app, Some(&for_nobody_else), "/fhir/Patient", &[]).await;
    assert_eq!(answer.json()["total"], 1);
    app.post(Some(&app.ben), "/me/consent/systems/withdrawal", &[])
        .await;
    let answer = get(app, Some(&for_nobody_else), "/fhir/Patient", &[]).await;
    assert_eq!(answer.json()["total"], 0);
    // A pseudonym that is not one of this clinic's is not taken.
    let word = Scope::Create.word();
    let foreign = name_of(&app.fay);
    let fields = [
        ("name", "X"),
        ("days", "30"),
        ("whose", "listed"),
        ("scope", word.as_str()),
        ("patients", foreign.as_str()),
    ];
    let refused = app.post(Some(&app.olu), "/clinic/systems", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("There is no code"));
}

#[tokio::test]
async fn what_is_missing_in_the_form_is_said_and_no_token_made() {
    let app = TestApp::new().await;
    let word = Scope::Create.word();
    let full = [
        ("name", "X"),
        ("days", "30"),
        ("whose", "everybody"),
        ("scope", word.as_str()),
    ];
    for (left_out, complaint) in [
        ("name", "what the system is called"),
        ("days", "how long"),
        ("scope", "at least one thing"),
    ] {
        let fields: Vec<_> = full
            .into_iter()
            .filter(|(name, _)| *name != left_out)
            .collect();
        let answer = app.post(Some(&app.olu), "/clinic/systems", &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{left_out}"
        );
        assert!(answer.text.contains(complaint), "{}", answer.text);
    }
    let list = app.get(Some(&app.olu), "/clinic/systems").await.text;
    assert!(!list.contains("Disconnect"));
}

#[tokio::test]
async fn a_token_is_kept_as_a_digest_only_and_a_foreign_owner_cannot_end_it() {
    let house = Connected::new().await;
    let mut copy = Vec::new();
    let file = house
        .app
        .app
        .db
        .read(move |tx| {
            tx.copy_out(&mut copy)
                .map(|_| String::from_utf8(copy).unwrap())
        })
        .await
        .unwrap();
    assert!(file.contains("Clinic records"));
    assert!(!file.contains(&house.token));
    let list = house
        .app
        .get(Some(&house.app.olu), "/clinic/systems")
        .await
        .text;
    assert!(!list.contains(&house.token));
}

#[tokio::test]
async fn every_look_is_in_her_own_list_once_a_request() {
    let house = Connected::new().await;
    let app = &house.app;
    for number in 1..=5 {
        house
            .phq(&app.ben, number, "2026-11-22T08:30:00+01:00")
            .await;
    }
    let before = seen(app, &app.ben).await.len();
    house.found("/fhir/QuestionnaireResponse").await;
    house
        .found(&format!("/fhir/Observation?patient={}", house.ben()))
        .await;
    house.found("/fhir/CarePlan").await; // there are none
    house
        .found(&format!("/fhir/CarePlan?patient={}", house.ben()))
        .await;
    house.found("/fhir/Questionnaire").await; // about nobody
    house.found(&format!("/fhir/Patient/{}", house.ben())).await;
    let seen = seen(app, &app.ben).await;
    let new: Vec<_> = seen[..seen.len() - before]
        .iter()
        .map(String::as_str)
        .collect();
    assert_eq!(
        new,
        [
            "let the system “Clinic records” see that there is a record",
            "let the system “Clinic records” read agreed plans",
            "let the system “Clinic records” read scores",
            "let the system “Clinic records” read answers",
        ]
    );
    let page = app.get(Some(&app.ben), "/me").await.text;
    assert!(page.contains("The clinic") && page.contains("read scores"));
}

#[tokio::test]
async fn too_many_requests_of_one_token_are_told_to_wait() {
    let house = Connected::new().await;
    let other = connect(&house.app, &Scope::ALL, &[]).await;
    let mut answer = house.get("/fhir/Patient/x").await;
    for _ in 0..2000 {
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        answer = house.get("/fhir/Patient/x").await;
    }
    assert_eq!(refused(&answer, StatusCode::TOO_MANY_REQUESTS), "throttled");
    assert!(answer.headers.contains_key("retry-after"));
    let another = get(&house.app, Some(&other), "/fhir/Patient", &[]).await;
    assert_eq!(another.status, StatusCode::OK);
}

#[tokio::test]
async fn what_there_is_is_told_to_everybody_in_json_and_in_nothing_else() {
    let app = TestApp::new().await;
    let told = get(&app, None, "/fhir/metadata", &[]).await;
    assert_eq!(told.status, StatusCode::OK);
    let told = told.json();
    assert_eq!(told["fhirVersion"], "4.0.1");
    assert_eq!(told["rest"][0]["resource"].as_array().unwrap().len(), 5);
    type Headers = [(&'static str, &'static str)];
    let cases: &[(&str, &Headers, StatusCode)] = &[
        (
            "",
            &[("accept", "application/fhir+xml")],
            StatusCode::NOT_ACCEPTABLE,
        ),
        (
            "",
            &[("accept", "text/html, application/xhtml+xml;q=0.9")],
            StatusCode::NOT_ACCEPTABLE,
        ),
        ("", &[("accept", "application/fhir+json")], StatusCode::OK),
        (
            "",
            &[("accept", "application/fhir+json; fhirVersion=4.0")],
            StatusCode::OK,
        ),
        (
            "",
            &[("accept", "application/fhir+xml;q=0.5, */*;q=0.1")],
            StatusCode::OK,
        ),
        (
            "?_format=xml",
            &[("accept", "application/json")],
            StatusCode::NOT_ACCEPTABLE,
        ),
        (
            "?_format=json",
            &[("accept", "application/fhir+xml")],
            StatusCode::OK,
        ),
        ("?_format=application/fhir%2Bjson", &[], StatusCode::OK),
        ("?_format=application/fhir+json", &[], StatusCode::OK),
    ];
    for (query, headers, status) in cases {
        let answer = get(&app, None, &format!("/fhir/metadata{query}"), headers).await;
        assert_eq!(answer.status, *status, "{query} {headers:?}");
        if *status != StatusCode::OK {
            refused(&answer, *status);
        }
    }
}

#[tokio::test]
async fn whatever_goes_wrong_under_fhir_is_said_as_fhir_says_it() {
    let house = Connected::new().await;
    for (method, path, status) in [
        ("GET", "/fhir", StatusCode::NOT_FOUND),
        ("GET", "/fhir/", StatusCode::NOT_FOUND),
        ("GET", "/fhir/Medication", StatusCode::NOT_FOUND),
        ("GET", "/fhir/Patient/a/b/c", StatusCode::NOT_FOUND),
        ("GET", "/fhir/Patient/%FF", StatusCode::BAD_REQUEST),
        ("GET", "/fhir/Patient/nobody", StatusCode::NOT_FOUND),
        (
            "DELETE",
            "/fhir/Patient/nobody",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        ("PUT", "/fhir/Patient", StatusCode::METHOD_NOT_ALLOWED),
        (
            "GET",
            "/fhir/Patient/_search",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        ("POST", "/fhir/Patient", StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/fhir/Patient?_count=x", StatusCode::BAD_REQUEST),
    ] {
        let request = house
            .app
            .request(method, path, None)
            .header("authorization", format!("Bearer {}", house.token))
            .body(Body::empty())
            .unwrap();
        refused(&house.app.send(request).await, status);
    }
    // From another site's page, a body that is too large, and no JSON at all.
    let send = async |kind: &str, site: &str, body: String| {
        let request = axum::http::Request::builder()
            .method("POST")
            .uri("/fhir/QuestionnaireResponse")
            .header("sec-fetch-site", site)
            .header("content-type", kind)
            .header("authorization", format!("Bearer {}", house.token))
            .body(Body::from(body))
            .unwrap();
        house.app.send(request).await
    };
    let json = "application/fhir+json";
    let foreign = send(json, "cross-site", "{}".to_owned()).await;
    assert_eq!(refused(&foreign, StatusCode::FORBIDDEN), "forbidden");
    let large = send(json, "none", format!("\"{}\"", "x".repeat(300_000))).await;
    assert_eq!(refused(&large, StatusCode::PAYLOAD_TOO_LARGE), "too-long");
    let broken = send(json, "none", "{".to_owned()).await;
    assert_eq!(refused(&broken, StatusCode::BAD_REQUEST), "structure");
    let xml = send("application/fhir+xml", "none", "<a/>".to_owned()).await;
    assert_eq!(
        refused(&xml, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        "not-supported"
    );
}

#[tokio::test]
async fn whoever_comes_is_asked_about_other_systems_later_and_has_not_agreed_until_then() {
    let app = TestApp::new().await;
    let invited = app
        .post(Some(&app.amira), "/invitations", &[("name", "Zoe")])
        .await;
    let at = invited.text.find("/join/").unwrap();
    let link = invited.text[at..].split(['"', '<', ' ']).next().unwrap();
    let joining = app.get(None, link).await;
    assert_eq!(joining.status, StatusCode::OK);
    assert!(joining.text.contains("Showing my practice"));
    assert!(!joining.text.contains("other record systems"));
    let me = app.get(Some(&app.ben), "/me").await.text;
    assert!(me.contains("/me/consent/systems\""));
    assert!(!me.contains("/me/consent/systems/withdrawal"));
}
