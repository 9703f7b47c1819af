//! What a phone is told to keep, and how what it sends is taken.

mod sending;

use axum::http::StatusCode;
use serde_json::Value;

use crate::testing::{DOSE, Someone, TestApp};
use kith_base::clock::{DAY, timestamp};

async fn pack(app: &TestApp, who: &Someone) -> Value {
    let answer = app.get(Some(who), "/offline/pack").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn urls(pack: &Value) -> Vec<String> {
    let pages = pack["pages"].as_array().unwrap();
    let url = |page: &Value| page["url"].as_str().unwrap().to_owned();
    pages.iter().map(url).collect()
}

fn revision(pack: &Value, url: &str) -> String {
    let pages = pack["pages"].as_array().unwrap();
    let page = pages.iter().find(|page| page["url"] == url);
    page.unwrap_or_else(|| panic!("{url} is not kept"))["revision"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn agree(app: &TestApp) {
    let plan = app.prescribe().await;
    let path = format!("/plans/{plan}/agreement");
    app.post(Some(&app.ben), &path, &crate::testing::PLAN).await;
}

#[tokio::test]
async fn a_phone_keeps_the_coming_fortnight_and_everything_its_pages_lead_to() {
    let app = TestApp::new().await;
    agree(&app).await;
    let pack = pack(&app, &app.ben).await;
    let kept = urls(&pack);
    for url in [
        "/today/fortnight",
        "/help",
        "/moments",
        "/moments/panic",
        "/practise/soles-ground?minutes=1&begin=yes&rate=no",
        "/practise/wish-loved-one?minutes=5",
        "/practise/hand-rest-20s?minutes=1",
        "/measures/connection",
        "/me/safety-plan",
        "/offline",
    ] {
        assert!(kept.iter().any(|one| one == url), "{url}");
    }
    let person = app.ben.person().key();
    assert_eq!(pack["person"], person.as_str());
    assert_eq!(pack["until"], "2026-12-06");
    // Every page is there for him, says whose it is and which release, and what it leads to is kept or needs a network by its nature.
    let needs_network = [
        "/practices",
        "/progress",
        "/me",
        "/today",
        "/",
        "/me/unwanted-effects",
        "/something-else",
    ];
    for url in &kept {
        let page = app.get(Some(&app.ben), url).await;
        assert_eq!(page.status, StatusCode::OK, "{url}");
        assert_eq!(page.headers["kith-person"], person.as_str(), "{url}");
        assert_eq!(
            page.headers["kith-release"],
            pack["release"].as_str().unwrap(),
            "{url}"
        );
        if *url != "/today/fortnight" && !url.starts_with("/moments") {
            continue;
        }
        for link in page.text.split("href=\"").skip(1) {
            let link = link.split('"').next().unwrap().replace("&amp;", "&");
            let outside = !link.starts_with('/')
                || link.starts_with("/static/")
                || link.ends_with(".webmanifest");
            let known = kept.contains(&link) || needs_network.contains(&link.as_str());
            assert!(outside || known, "{url} leads to {link}");
        }
    }
    for file in pack["files"].as_array().unwrap() {
        let answer = app.get(None, file.as_str().unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
    }
}

#[tokio::test]
async fn the_fortnight_is_what_each_day_will_show() {
    let app = TestApp::new().await;
    agree(&app).await;
    let page = app.get(Some(&app.ben), "/today/fortnight").await.text;
    let days: Vec<_> = page.split("data-day=\"").skip(1).collect();
    assert_eq!(days.len(), 14);
    let start = app.app.clock.now();
    for (ahead, day) in (0..).zip(&days) {
        app.app.clock.set(timestamp(start + ahead * DAY));
        let then = app.today_json(&app.ben).await;
        assert!(day.starts_with(then["on"].as_str().unwrap()));
        let asks = !then["due"].as_array().unwrap().is_empty();
        // Agreed for Monday to Wednesday.
        assert_eq!(asks, ahead % 7 < 3, "{ahead}");
        assert_eq!(
            day.contains("href=\"/practise/wish-loved-one?minutes=5\""),
            asks,
            "{ahead}"
        );
    }
}

#[tokio::test]
async fn a_programme_comes_with_every_page_its_days_lead_to() {
    let app = TestApp::new().await;
    let mut fields = DOSE.to_vec();
    fields.extend([
        ("programme", "compassion-2w"),
        ("why", "w"),
        ("if_hard", "h"),
    ]);
    let path = format!("/clients/{}/plans", app.ben.id);
    app.post(Some(&app.amira), &path, &fields).await;
    let json = app.today_json(&app.ben).await;
    let place = format!("/plans/{}/agreement", json["offered"][0].as_str().unwrap());
    app.post(Some(&app.ben), &place, &DOSE).await;
    let kept = urls(&pack(&app, &app.ben).await);
    for slug in [
        "wish-loved-one",
        "wish-self",
        "wish-stranger",
        "circle-short",
    ] {
        let place = format!("/practise/{slug}?minutes=");
        assert!(kept.iter().any(|url| url.starts_with(&place)), "{slug}");
    }
    let fortnight = app.get(Some(&app.ben), "/today/fortnight").await.text;
    for kind in ["/measures/", "/lessons/", "/practise/"] {
        for link in fortnight.split(&format!("href=\"{kind}")).skip(1) {
            let link = format!(
                "{kind}{}",
                link.split('"').next().unwrap().replace("&amp;", "&")
            );
            assert!(kept.contains(&link), "{link} of {kept:?}");
        }
    }
}

#[tokio::test]
async fn only_what_has_changed_gets_another_revision() {
    let app = TestApp::new().await;
    let first = pack(&app, &app.ben).await;
    assert_eq!(pack(&app, &app.ben).await, first);
    app.post(
        Some(&app.ben),
        "/me/safety-plan",
        &[("signs", "I go quiet.")],
    )
    .await;
    let second = pack(&app, &app.ben).await;
    assert_ne!(first["version"], second["version"]);
    assert_ne!(
        revision(&first, "/me/safety-plan"),
        revision(&second, "/me/safety-plan")
    );
    for same in [
        "/today/fortnight",
        "/moments/panic",
        "/measures/connection",
        "/practise/soles-ground?minutes=1",
    ] {
        assert_eq!(revision(&first, same), revision(&second, same), "{same}");
    }
    agree(&app).await;
    let third = pack(&app, &app.ben).await;
    assert_ne!(
        revision(&second, "/today/fortnight"),
        revision(&third, "/today/fortnight")
    );
    // Done today: what the phone shows must know.
    app.practise(&app.ben, "wish-loved-one", 5.0).await;
    let fourth = pack(&app, &app.ben).await;
    assert_ne!(
        revision(&third, "/today/fortnight"),
        revision(&fourth, "/today/fortnight")
    );
}

#[tokio::test]
async fn a_shared_screen_keeps_nothing_of_anybody() {
    let app = TestApp::new().await;
    for who in [&app.amira, &app.chloe, &app.olu] {
        for url in urls(&pack(&app, who).await) {
            let public = ["/help", "/moments", "/practise/", "/offline", "/me/phone"];
            assert!(public.iter().any(|start| url.starts_with(start)), "{url}");
        }
    }
    let nobody = app.get(None, "/offline/pack").await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
    assert_eq!(nobody.place, "/sign-in?next=/offline/pack");
}

#[tokio::test]
async fn after_something_hard_the_kept_day_asks_nothing_more_either() {
    let app = TestApp::new().await;
    agree(&app).await;
    let record = serde_json::json!([{
        "id": "018f3a5c-7b00-7000-8000-000000000001", "practice": "wish-loved-one", "revision": "x",
        "started_at": "2026-11-23T08:30:00+01:00", "minutes": 5, "seconds_heard": 300,
        "finished": true, "fit": 2, "effect": -2, "barrier": null,
    }]);
    app.post_json(Some(&app.ben), "/sittings", &record.to_string())
        .await;
    let page = app.get(Some(&app.ben), "/today/fortnight").await.text;
    let days: Vec<_> = page.split("data-day=\"").skip(1).collect();
    assert!(days[0].contains("data-hard-day") && !days[0].contains("data-open"));
    assert!(days[1].contains("data-was-hard") && days[1].contains("Last time this was hard"));
}

#[tokio::test]
async fn the_worker_belongs_to_a_release_and_is_asked_for_anew() {
    let app = TestApp::new().await;
    let worker = app.get(None, "/service_worker.js").await;
    assert_eq!(worker.status, StatusCode::OK);
    assert_eq!(
        worker.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
    assert_eq!(worker.headers["cache-control"], "no-cache");
    let module = worker
        .text
        .trim_start_matches("import \"")
        .trim_end_matches("\";\n");
    let module = app.get(None, module).await;
    assert!(module.text.contains("showNotification") && module.text.contains("\"fetch\""));
    let manifest = app.get(None, "/manifest.webmanifest").await;
    assert_eq!(
        manifest.headers["content-type"],
        "application/manifest+json"
    );
    for icon in manifest.json()["icons"].as_array().unwrap() {
        let answer = app.get(None, icon["src"].as_str().unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{icon}");
    }
}
