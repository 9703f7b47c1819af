//! Numbers about many, none about few; settings; health.

use axum::http::StatusCode;
use jiff::civil::date;

use super::rules::{LEAST_PEOPLE, weeks};
use crate::features::sittings::store::WeekRow;
use crate::testing::TestApp;

fn rows(people: usize, on: &str, rated: usize) -> Vec<WeekRow> {
    (0..people)
        .flat_map(|person| {
            (0..3).map(move |_| WeekRow {
                started_on: on.to_owned(),
                person_id: format!("p{person}"),
                seconds_heard: 60,
                fit: (person < rated).then_some(6),
            })
        })
        .collect()
}

#[test]
fn a_week_of_few_people_says_nothing_at_all() {
    let today = date(2026, 11, 23);
    for (people, rated, shown, fit) in [
        (LEAST_PEOPLE - 1, LEAST_PEOPLE - 1, false, false),
        (LEAST_PEOPLE, LEAST_PEOPLE - 1, true, false),
        (LEAST_PEOPLE, LEAST_PEOPLE, true, true),
    ] {
        let weeks = weeks(&rows(people, "2026-11-20", rated), today);
        assert_eq!(weeks.len(), 8);
        let last = weeks.last().unwrap();
        assert_eq!(last.sums.is_some(), shown, "{people}");
        assert_eq!(
            last.sums.as_ref().is_some_and(|sums| sums.fit.is_some()),
            fit
        );
        assert!(weeks[..7].iter().all(|week| week.sums.is_none()));
    }
}

#[tokio::test]
async fn an_owner_changes_the_settings_and_the_log_says_so() {
    let app = TestApp::new().await;
    let fields = [
        ("name", "Ours"),
        ("zone", "Europe/Vienna"),
        ("locale", "en-GB"),
    ];
    let mut wrong = fields;
    wrong[1].1 = "<script>";
    let refused = app.post(Some(&app.olu), "/clinic/settings", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("&lt;script&gt;") && refused.text.contains("no time zone"));
    assert_eq!(
        app.post(Some(&app.olu), "/clinic/settings", &fields)
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    assert!(
        app.get(Some(&app.olu), "/clinic/audit")
            .await
            .text
            .contains("changed the clinic")
    );
}

#[tokio::test]
async fn health_tells_database_and_content() {
    let app = TestApp::new().await;
    let health = app.get(None, "/health").await;
    assert_eq!(health.status, StatusCode::OK);
    let said = health.json();
    assert_eq!(said["status"], "ok");
    assert_eq!(said["database"]["answers"], true);
    assert!(said["content"]["practices"].as_u64().unwrap() >= 8);
}
