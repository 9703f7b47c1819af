//! Keeping, checking, comparing and hearing what one writes.

use axum::http::StatusCode;

use super::{begin, check_json, fields, keep};
use crate::content::store::{Version, add_version};
use crate::features::writing::draft::BEGINNING;
use crate::features::writing::rules::{MOST_PRACTICES, example, path_of};
use crate::testing::TestApp;
use kith_base::error::Error;

#[tokio::test]
async fn what_somebody_writes_is_there_for_her_alone() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    assert_eq!(slug, "own-warm-hands");
    let here = format!("/writing/{slug}");
    let page = app.get(Some(&app.amira), &here).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("Notice where the chair or the floor holds you.")
    );
    let list = app.get(Some(&app.amira), "/writing").await;
    assert!(list.text.contains("Only you have it"), "{}", list.text);
    for other in [&app.noor, &app.olu, &app.ben, &app.dov] {
        for path in [
            "",
            "/versions",
            "/versions/1",
            "/listen",
            "/composition",
            "/offering",
        ] {
            let answer = app.get(Some(other), &format!("{here}{path}")).await;
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{path} as {}",
                other.name
            );
        }
        let answer = keep(&app, other, &slug, "1", &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", other.name);
        for path in ["/practices", "/writing"] {
            let list = app.get(Some(other), path).await;
            assert!(
                !list.text.contains("Warm hands"),
                "{path} as {}",
                other.name
            );
        }
        for path in [format!("/practices/{slug}"), format!("/practise/{slug}")] {
            let answer = app.get(Some(other), &path).await;
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{path} as {}",
                other.name
            );
        }
    }
    // A stranger's practice of the same title is another one.
    assert_eq!(begin(&app, &app.dov, "Warm hands").await, slug);
    let list = app.get(Some(&app.amira), "/writing").await;
    assert_eq!(list.text.matches("own-warm-hands").count(), 1);
    assert_eq!(
        begin(&app, &app.noor, "Warm hands").await,
        "own-warm-hands-2"
    );
}

#[tokio::test]
async fn nobody_copies_what_is_done_with_a_practitioner_only() {
    let app = TestApp::new().await;
    for from in [
        "two-chairs",
        "suffering-look",
        "child-kind-hunt",
        "own-nothing",
        "../x",
    ] {
        let fields = [("title", "A copy"), ("from", from)];
        let answer = app.post(Some(&app.amira), "/writing", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{from}");
    }
    let fields = [("title", "Ours"), ("from", "soles-ground")];
    let answer = app.post(Some(&app.amira), "/writing", &fields).await;
    let page = app.get(Some(&app.amira), &answer.place).await;
    assert!(page.text.contains("value=\"Ours\""), "{}", page.text);
    assert!(page.text.contains("Nothing in the way"), "{}", page.text);
}

#[tokio::test]
async fn every_keeping_is_a_version_and_the_same_text_none() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let note = [("note", "My own words")];
    let kept = keep(&app, &app.amira, &slug, "1", &note).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let same = keep(&app, &app.amira, &slug, "2", &note).await;
    assert_eq!(same.status, StatusCode::SEE_OTHER);
    let versions = app
        .get(Some(&app.amira), &format!("/writing/{slug}/versions"))
        .await;
    assert!(versions.text.contains("My own words"));
    assert!(versions.text.contains("Version 2") && !versions.text.contains("Version 3"));
    let second = app
        .get(Some(&app.amira), &format!("/writing/{slug}/versions/2"))
        .await;
    assert!(
        second.text.contains("From version 1 to version 2"),
        "{}",
        second.text
    );
    assert!(second.text.contains("Feel your hands."));
    let back = format!("/writing/{slug}/versions/1/restoration");
    let back = app.post(Some(&app.amira), &back, &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let page = app.get(Some(&app.amira), &format!("/writing/{slug}")).await;
    assert!(page.text.contains("Version 3") && page.text.contains("Be held"));
    let versions = app
        .get(Some(&app.amira), &format!("/writing/{slug}/versions"))
        .await;
    assert!(versions.text.contains("Version 1 brought back"));
    for wrong in ["/versions/9", "/versions/0", "/versions/x"] {
        let answer = app
            .get(Some(&app.amira), &format!("/writing/{slug}{wrong}"))
            .await;
        assert!(
            answer.status.is_client_error(),
            "{wrong}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn two_pages_of_the_same_practice_lose_neither_text() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let first = [("setting", "In the garden")];
    assert_eq!(
        keep(&app, &app.amira, &slug, "1", &first).await.status,
        StatusCode::SEE_OTHER
    );
    let second = [("setting", "On the bus")];
    let stale = keep(&app, &app.amira, &slug, "1", &second).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    for there in [
        "garden",
        "value=\"On the bus\"",
        "version 2 was kept from another page",
        "name=\"base\" value=\"2\"",
    ] {
        assert!(stale.text.contains(there), "{there}: {}", stale.text);
    }
    // What was there before is still there, and the next press of the button follows it.
    let kept = app.get(Some(&app.amira), &format!("/writing/{slug}")).await;
    assert!(kept.text.contains("In the garden") && !kept.text.contains("On the bus"));
    assert_eq!(
        keep(&app, &app.amira, &slug, "2", &second).await.status,
        StatusCode::SEE_OTHER
    );
    let kept = app.get(Some(&app.amira), &format!("/writing/{slug}")).await;
    assert!(kept.text.contains("On the bus"));
}

#[tokio::test]
async fn the_open_page_is_told_what_to_mend_and_how_it_goes() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let good = check_json(&app, &app.amira, &slug, &[("at", "3")]).await;
    assert_eq!(good.status, StatusCode::OK, "{}", good.text);
    let good = good.json();
    assert_eq!(good["good"], true);
    assert_eq!(
        good["said"],
        "Nothing in the way. It can last 1 to 5 minutes."
    );
    let timeline = good["timeline"].as_str().unwrap();
    assert!(
        timeline.contains("Feel your hands.") && timeline.contains("3:00"),
        "{timeline}"
    );
    let bad = [(
        "script",
        "# Arrive\n\nYou must feel your hands!\n[silence 5 30 300]<script>",
    )];
    let bad = check_json(&app, &app.amira, &slug, &bad).await.json();
    assert_eq!(bad["good"], false);
    let lines: Vec<_> = bad["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| &fault["line"])
        .collect();
    assert!(lines.iter().all(|line| **line == 3 || **line == 4), "{bad}");
    assert!(!bad["panel"].as_str().unwrap().contains("<script>"));
    // Without a script the same stands on the page, and what was typed with it.
    let page = app
        .post(
            Some(&app.amira),
            &format!("/writing/{slug}/check"),
            &fields("1", &[("cautions", ""), ("title", "Half way")]),
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("what to watch for") && page.text.contains("value=\"Half way\""));
    assert!(page.text.contains("Not kept yet."));
}

#[tokio::test]
async fn whoever_checks_without_end_waits() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let mut refused = None;
    for _ in 0..90 {
        let answer = check_json(&app, &app.amira, &slug, &[("script", "#")]).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    assert!(refused.unwrap().headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_text_that_is_too_long_is_refused_and_still_stands_there() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let long = format!("# Arrive\n\n{}", "a word ".repeat(8_000));
    let answer = keep(&app, &app.amira, &slug, "1", &[("script", &long)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text.contains("a word a word")
            && answer.text.contains("longer than 40000 characters")
    );
}

#[tokio::test]
async fn it_is_heard_at_once_and_nothing_of_that_is_kept() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let here = format!("/writing/{slug}");
    let page = app
        .get(Some(&app.amira), &format!("{here}/listen?minutes=3"))
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for there in [
        "\"keep\":false",
        "\"rate\":false",
        "\"seconds\":180.0",
        &format!("\"home\":\"{here}\""),
    ] {
        assert!(page.text.contains(there), "{there}");
    }
    let pack = app
        .get(Some(&app.amira), &format!("{here}/composition?minutes=4"))
        .await
        .json();
    assert_eq!(pack["seconds"], 240.0);
    // As it stands on the page, kept or not.
    let typed = fields("1", &[("at", "2")]);
    let page = app
        .post(Some(&app.amira), &format!("{here}/listen"), &typed)
        .await;
    assert!(
        page.text.contains("Feel your hands.") && page.text.contains("\"range\":[2.0,2.0]"),
        "{}",
        page.text
    );
    let typed = fields("1", &[("script", "nothing")]);
    let page = app
        .post(Some(&app.amira), &format!("{here}/listen"), &typed)
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("to mend"));
}

#[tokio::test]
async fn a_clinic_that_has_very_many_withdraws_one_first() {
    let app = TestApp::new().await;
    let (clinic, who, now) = (
        app.amira.clinic_id.clone(),
        app.amira.id.clone(),
        app.app.clock.now(),
    );
    app.app
        .db
        .write(move |tx| {
            for number in 0..MOST_PRACTICES {
                let version = Version {
                    clinic_id: clinic.clone(),
                    path: path_of(&format!("own-number-{number}")),
                    version: 1,
                    text: example("One of many").text(BEGINNING).text,
                    note: String::new(),
                    made_by: who.clone(),
                    made_at: now,
                };
                add_version(tx, &version)?;
            }
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    let fields = [("title", "One more"), ("from", "")];
    let refused = app.post(Some(&app.amira), "/writing", &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("Withdraw one"), "{}", refused.text);
    // Set aside before anybody had it, one makes room too.
    let path = "/writing/own-number-7/withdrawal";
    app.post(Some(&app.amira), path, &[]).await;
    let answer = app.post(Some(&app.amira), "/writing", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

#[tokio::test]
async fn what_somebody_wrote_is_in_what_she_takes_along() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let record = app.get(Some(&app.amira), "/me/record.json").await.json();
    assert_eq!(record["written"][0]["path"], format!("practices/{slug}.md"));
}
