//! Taking everything along, and leaving nothing behind.

use axum::http::StatusCode;
use serde_json::json;

use crate::testing::TestApp;

#[tokio::test]
async fn everything_kept_about_somebody_can_be_taken_along_and_erased() {
    let app = TestApp::new().await;
    app.prescribe().await;
    let record = json!([{
        "id": "018f3a5c-7b00-7000-8000-000000000001", "practice": "soles-ground", "revision": "x",
        "started_at": "2026-11-22T08:30:00+01:00", "minutes": 3, "seconds_heard": 180, "finished": true,
        "fit": 8, "effect": 1, "barrier": "time",
    }]);
    app.post_json(Some(&app.ben), "/sittings", &record.to_string())
        .await;
    app.get(Some(&app.ben), "/something-else?from=soles-ground")
        .await;
    let all = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(all["offers"][0]["from_practice"], "soles-ground");
    assert_eq!(all["person"]["name"], "Ben");
    assert_eq!(all["sittings"][0]["fit"], 8);
    assert_eq!(
        all["plans"][0]["prescribed"][0]["practice"],
        "wish-loved-one"
    );
    assert!(all["consents"].as_array().unwrap().len() > 1);
    assert!(!all["seen_by"].as_array().unwrap().is_empty());
    assert!(!all.to_string().contains("argon2"));

    let unsure = app
        .post(Some(&app.ben), "/me/erasure", &[("word", "maybe")])
        .await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let erased = app
        .post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    assert_eq!(erased.status, StatusCode::OK);
    assert_eq!(
        app.get(Some(&app.ben), "/today").await.status,
        StatusCode::SEE_OTHER
    );
    assert!(
        !app.get(Some(&app.amira), "/caseload")
            .await
            .text
            .contains("Ben")
    );
    // Nothing of hers is left in the file either, but that somebody was here.
    let mut copy = Vec::new();
    let left = app
        .app
        .db
        .read(move |tx| {
            tx.copy_out(&mut copy)
                .map(|_| String::from_utf8(copy).unwrap())
        })
        .await
        .unwrap();
    let about: Vec<_> = left
        .lines()
        .filter(|line| line.contains(&app.ben.id))
        .collect();
    assert!(
        about
            .iter()
            .all(|line| line.starts_with("{\"table\":\"audit\"")),
        "{about:?}"
    );
    assert!(!left.contains("\"Ben\""));
}
