//! Pictures that say what was recorded, no more.

use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;

use super::rules::{by_day, summary};
use crate::features::sittings::Sitting;
use crate::testing::TestApp;

fn sitting(on: &str, seconds: i64, fit: Option<i64>) -> Sitting {
    Sitting {
        id: String::new(),
        practice: "soles-ground".to_owned(),
        revision: String::new(),
        started_at: 0,
        started_on: on.to_owned(),
        minutes: 2.0,
        seconds_heard: seconds,
        finished: true,
        fit,
        effect: None,
        barrier: None,
        received_at: 0,
    }
}

#[test]
fn days_add_up_and_unrated_sittings_have_no_fit() {
    let kept = [
        sitting("2026-11-20", 60, Some(4)),
        sitting("2026-11-20", 120, Some(7)),
        sitting("2026-11-21", 30, None),
        sitting("2026-10-01", 600, Some(1)),
    ];
    let days = by_day(&kept, date(2026, 11, 19), date(2026, 11, 22));
    assert_eq!(days.len(), 4);
    let told: Vec<_> = days
        .iter()
        .map(|day| (day.minutes, day.fit, day.sittings))
        .collect();
    assert_eq!(
        told,
        [
            (0.0, None, 0),
            (3.0, Some(5.5), 2),
            (0.5, None, 1),
            (0.0, None, 0)
        ]
    );
    let sums = summary(&kept, date(2026, 11, 22));
    assert_eq!((sums.days_practised, sums.minutes), (2, 3.5));
    assert_eq!(
        (sums.fit, sums.last_on),
        (Some(5.5), Some(date(2026, 11, 21)))
    );
}

#[tokio::test]
async fn the_picture_and_the_table_say_the_same() {
    let app = TestApp::new().await;
    let record = json!([{
        "id": "018f3a5c-7b00-7000-8000-000000000001", "practice": "soles-ground", "revision": "x",
        "started_at": "2026-11-22T08:30:00+01:00", "minutes": 3, "seconds_heard": 180, "finished": true,
        "fit": 8, "effect": 1, "barrier": "time",
    }]);
    app.post_json(Some(&app.ben), "/sittings", &record.to_string())
        .await;
    for (who, path) in [
        (&app.ben, "/progress".to_owned()),
        (&app.amira, format!("/clients/{}", app.ben.id)),
    ] {
        let page = app.get(Some(who), &path).await;
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            "<title id=\"chart-title\">",
            "there was practice on 1 of 56 days, 3 minutes in all",
            "22 November: fit 8",
            "<td data-label=\"Fit\">8</td><td data-label=\"Left\">a little better</td>",
        ] {
            assert!(page.text.contains(words), "{path}: {words}");
        }
    }
}
