//! Who finds a practice, who may do and prescribe it, and what is left when it is taken back.

use axum::http::StatusCode;

use super::{begin, keep, offer, offered_to_everybody, try_to_offer};
use crate::features::guide::rules::OTHERS_FIRST;
use crate::features::library::own::Chosen;
use crate::features::plans;
use crate::testing::{PLAN, Someone, TestApp};
use kith_base::db::Tx;
use kith_base::error::Error;

async fn finds(app: &TestApp, who: &Someone, slug: &str) -> bool {
    let list = app.get(Some(who), "/practices").await.text;
    let listed = list.contains(&format!("/practices/{slug}"));
    for path in [
        format!("/practices/{slug}"),
        format!("/practise/{slug}?minutes=3"),
    ] {
        let status = app.get(Some(who), &path).await.status;
        assert_eq!(
            status == StatusCode::OK,
            listed,
            "{path} as {}: {status}",
            who.name
        );
    }
    listed
}

/// A practice of Amira's, offered to Ben by name.
async fn offered_to_ben(app: &TestApp) -> String {
    let slug = begin(app, &app.amira, "Warm hands").await;
    offer(
        app,
        &slug,
        "1",
        &[("reach", "chosen"), ("client", &app.ben.id)],
    )
    .await;
    slug
}

async fn prescribe(app: &TestApp, slug: &str) -> StatusCode {
    let mut plan = PLAN.to_vec();
    plan[0] = ("practice", slug);
    let path = format!("/clients/{}/plans", app.ben.id);
    app.post(Some(&app.amira), &path, &plan).await.status
}

/// Amira prescribes it and Ben agrees; tells where the plan stands.
async fn agree(app: &TestApp, slug: &str) -> String {
    assert_eq!(prescribe(app, slug).await, StatusCode::SEE_OTHER);
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let list = move |tx: &mut Tx<'_>| plans::store::list(tx, &clinic, &ben);
    let plans = app.app.db.read(list).await.unwrap();
    let place = format!("/plans/{}", plans.last().unwrap().plan_id);
    let mut agreed = PLAN.to_vec();
    agreed[0] = ("practice", slug);
    let answer = app
        .post(Some(&app.ben), &format!("{place}/agreement"), &agreed)
        .await;
    assert_eq!(answer.place, "/today", "{}", answer.text);
    place
}

#[tokio::test]
async fn whom_it_was_offered_to_by_name_finds_it_and_nobody_else() {
    let app = TestApp::new().await;
    let slug = offered_to_ben(&app).await;
    assert!(finds(&app, &app.ben, &slug).await);
    assert!(finds(&app, &app.amira, &slug).await);
    for other in [
        &app.noor, &app.olu, &app.chloe, &app.ema, &app.dov, &app.fay,
    ] {
        assert!(!finds(&app, other, &slug).await, "{}", other.name);
    }
    let mine = app.get(Some(&app.ben), "/practices").await.text;
    assert!(mine.contains("From your practitioner") && mine.contains("written here"));
    // Its page claims nothing.
    let page = app
        .get(Some(&app.ben), &format!("/practices/{slug}"))
        .await
        .text;
    assert!(
        page.contains("Written here; not studied.") && page.contains("Grade D"),
        "{page}"
    );
    // It stands in what Ben may read and take along.
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(record["offered_by_name"][0]["practice"], slug.as_str());
    assert!(
        record["seen_by"]
            .to_string()
            .contains("offered a practice written here")
    );
    // An owner learns its name and may withdraw it; a colleague learns nothing.
    let owner = app.get(Some(&app.olu), "/writing").await.text;
    assert!(
        owner.contains("Warm hands")
            && owner.contains("Withdraw")
            && !owner.contains(&format!("/practices/{slug}"))
    );
    assert!(
        !app.get(Some(&app.noor), "/writing")
            .await
            .text
            .contains("Warm hands")
    );
}

#[tokio::test]
async fn nobody_offers_to_whom_she_does_not_look_after() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    for id in [
        &app.fay.id,
        &app.noor.id,
        &"018f0000-0000-7000-8000-00000000ffff".to_owned(),
    ] {
        let answer = try_to_offer(&app, &slug, "1", &[("reach", "chosen"), ("client", id)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Together with one who is hers, only that one is offered it.
    offer(
        &app,
        &slug,
        "1",
        &[
            ("reach", "chosen"),
            ("client", &app.ben.id),
            ("client", &app.fay.id),
        ],
    )
    .await;
    let (clinic, slug_of) = (app.amira.clinic_id.clone(), slug.clone());
    let chosen = app
        .app
        .db
        .read(move |tx| crate::features::library::store::list_chosen_of(tx, &clinic, &slug_of))
        .await
        .unwrap();
    assert_eq!(chosen.len(), 1);
    assert!(!finds(&app, &app.fay, &slug).await);
    let foreign = app
        .post(
            Some(&app.noor),
            &format!("/writing/{slug}/offering"),
            &[("reach", "everybody"), ("base", "1")],
        )
        .await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn she_prescribes_it_to_whom_she_offered_it_and_says_plainly_when_it_is_gone() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    assert_eq!(
        prescribe(&app, &slug).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a draft"
    );
    offer(
        &app,
        &slug,
        "1",
        &[("reach", "chosen"), ("client", &app.ben.id)],
    )
    .await;
    let form = app
        .get(
            Some(&app.amira),
            &format!("/clients/{}/plans/new?practice={slug}", app.ben.id),
        )
        .await
        .text;
    assert!(
        form.contains(&format!("value=\"{slug}\" selected")),
        "{form}"
    );
    let place = agree(&app, &slug).await;
    let today = app.get(Some(&app.ben), "/today").await.text;
    assert!(
        today.contains("Warm hands") && today.contains(&format!("/practise/{slug}")),
        "{today}"
    );
    app.practise(&app.ben, &slug, 3.0).await;

    let answer = app
        .post(
            Some(&app.amira),
            &format!("/writing/{slug}/withdrawal"),
            &[],
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(!finds(&app, &app.ben, &slug).await);
    let page = app.get(Some(&app.ben), &place).await.text;
    assert!(page.contains("no longer here"), "{page}");
    // What was practised stays, under its name, and what was on its way still arrives.
    let progress = app.get(Some(&app.ben), "/progress").await.text;
    assert!(
        progress.contains("Warm hands") && !progress.contains("own-warm-hands"),
        "{progress}"
    );
    app.practise(&app.ben, &slug, 3.0).await;
    assert_eq!(
        prescribe(&app, &slug).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // And offered again it is there again.
    offer(
        &app,
        &slug,
        "2",
        &[("reach", "chosen"), ("client", &app.ben.id)],
    )
    .await;
    assert!(finds(&app, &app.ben, &slug).await);
}

#[tokio::test]
async fn today_offers_something_else_for_what_is_no_longer_here() {
    let app = TestApp::new().await;
    let slug = offered_to_ben(&app).await;
    agree(&app, &slug).await;
    let other = app
        .post(
            Some(&app.amira),
            &format!("/writing/{slug}/withdrawal"),
            &[],
        )
        .await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
    let today = app.get(Some(&app.ben), "/today").await.text;
    assert!(today.contains("no longer here"), "{today}");
    assert!(
        today.contains("/something-else?from=")
            && !today.contains(&format!("action=\"/practise/{slug}\"")),
        "{today}"
    );
    let json = app.today_json(&app.ben).await;
    assert_eq!(json["due"][0]["here"], false, "{json}");
}

#[tokio::test]
async fn a_practice_for_everybody_is_for_everybody_of_the_clinic_it_is_for() {
    let app = TestApp::new().await;
    let slug = offered_to_everybody(&app).await;
    for ours in [&app.amira, &app.ben, &app.noor, &app.olu] {
        assert!(finds(&app, ours, &slug).await, "{}", ours.name);
    }
    for theirs in [&app.dov, &app.fay] {
        assert!(!finds(&app, theirs, &slug).await, "{}", theirs.name);
    }
    assert_eq!(prescribe(&app, &slug).await, StatusCode::SEE_OTHER);
    let others = app.get(Some(&app.noor), "/writing").await.text;
    assert!(
        others.contains("Warm hands")
            && others.contains("Amira")
            && !others.contains("/withdrawal")
    );
    // The guide keeps out of it unless its writer says otherwise.
    let theirs = app.app.at(&app.ben.clinic_id).await.unwrap();
    assert!(!theirs.content.practice(&slug).unwrap().instead);
    offer(
        &app,
        &slug,
        "2",
        &[("reach", "everybody"), ("instead", "yes")],
    )
    .await;
    let theirs = app.app.at(&app.ben.clinic_id).await.unwrap();
    assert!(theirs.content.practice(&slug).unwrap().instead);
    // An owner withdraws what is not hers; a colleague does not.
    let path = format!("/writing/{slug}/withdrawal");
    assert_eq!(
        app.post(Some(&app.noor), &path, &[]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        app.post(Some(&app.olu), &path, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    for ours in [&app.amira, &app.ben, &app.noor] {
        assert!(!finds(&app, ours, &slug).await, "{}", ours.name);
    }
    let log = app.get(Some(&app.olu), "/clinic/audit").await.text;
    for deed in [
        "began to write a practice",
        "offered a practice written here to everybody",
        "withdrew a practice written here",
    ] {
        assert!(log.contains(deed), "{deed}");
    }
}

#[tokio::test]
async fn the_guide_offers_what_was_written_here_only_when_its_writer_says_so() {
    let app = TestApp::new().await;
    let slug = offered_to_everybody(&app).await;
    let why_not = async |from: &str| {
        app.get(Some(&app.ben), &format!("/something-else?from={from}"))
            .await;
        let record = app.get(Some(&app.ben), "/me/record.json").await.json();
        let mut offers = record["offers"].as_array().unwrap().iter();
        let offer = offers.find(|offer| offer["from_practice"] == from).unwrap();
        let all = offer["candidates"].as_array().unwrap();
        let ours = all.iter().find(|one| one["practice"] == slug.as_str());
        ours.unwrap()["why_not"].as_str().map(str::to_owned)
    };
    let before = why_not("wish-loved-one").await;
    assert!(
        before.as_deref().is_some_and(|why| why != OTHERS_FIRST),
        "{before:?}"
    );
    offer(
        &app,
        &slug,
        "2",
        &[("reach", "everybody"), ("instead", "yes")],
    )
    .await;
    let after = why_not("wish-stranger").await;
    assert!(
        after.as_deref().is_none_or(|why| why == OTHERS_FIRST),
        "{after:?}"
    );
}

#[tokio::test]
async fn a_heavy_practice_for_everybody_is_begun_with_a_practitioner() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "The hard part").await;
    let kept = keep(
        &app,
        &app.amira,
        &slug,
        "1",
        &[("load", "3"), ("title", "The hard part")],
    )
    .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    offer(&app, &slug, "2", &[("reach", "everybody")]).await;
    assert!(!finds(&app, &app.ben, &slug).await);
    assert!(finds(&app, &app.noor, &slug).await);
    agree(&app, &slug).await;
    let answer = app
        .get(Some(&app.ben), &format!("/practise/{slug}?minutes=3"))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "prescribed with care");
}

#[tokio::test]
async fn people_keep_the_version_they_were_given_until_they_are_given_another() {
    let app = TestApp::new().await;
    let slug = offered_to_ben(&app).await;
    let typed = [(
        "script",
        "# Arrive\n\nFeel your feet instead.\n[silence 20 60 350]",
    )];
    assert_eq!(
        keep(&app, &app.amira, &slug, "1", &typed).await.status,
        StatusCode::SEE_OTHER
    );
    let practise = format!("/practise/{slug}?minutes=3");
    assert!(
        !app.get(Some(&app.ben), &practise)
            .await
            .text
            .contains("Feel your feet instead.")
    );
    let page = app
        .get(Some(&app.amira), &format!("/writing/{slug}/offering"))
        .await
        .text;
    assert!(
        page.contains("People have version 1. This gives them version 2."),
        "{page}"
    );
    // Offering a version somebody has not looked at is refused.
    let stale = try_to_offer(
        &app,
        &slug,
        "1",
        &[("reach", "chosen"), ("client", &app.ben.id)],
    )
    .await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    offer(
        &app,
        &slug,
        "2",
        &[("reach", "chosen"), ("client", &app.ben.id)],
    )
    .await;
    assert!(
        app.get(Some(&app.ben), &practise)
            .await
            .text
            .contains("Feel your feet instead.")
    );
}

#[tokio::test]
async fn what_is_not_right_yet_can_be_kept_but_not_offered() {
    let app = TestApp::new().await;
    let slug = begin(&app, &app.amira, "Warm hands").await;
    let typed = [("script", "# Arrive\n\nYou must sit."), ("cautions", "")];
    assert_eq!(
        keep(&app, &app.amira, &slug, "1", &typed).await.status,
        StatusCode::SEE_OTHER
    );
    for reach in ["chosen", "everybody"] {
        let answer = try_to_offer(
            &app,
            &slug,
            "2",
            &[("reach", reach), ("client", &app.ben.id)],
        )
        .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reach}");
    }
    assert!(!finds(&app, &app.ben, &slug).await);
}

#[tokio::test]
async fn whoever_wants_to_be_forgotten_is_named_by_no_practice() {
    let app = TestApp::new().await;
    offered_to_ben(&app).await;
    app.post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let content = app.app.at(&clinic).await.unwrap().content;
    let chosen = app
        .app
        .db
        .read(move |tx| {
            let chosen = Chosen::find(tx, &content, (&clinic, &ben))?;
            Ok::<_, Error>(content.practices().any(|practice| chosen.has(practice)))
        })
        .await
        .unwrap();
    assert!(!chosen);
}
