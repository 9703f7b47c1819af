//! What a hostile device sends to `POST /responses`: good bodies, broken as chance has it. For some hundred in every run, and for
//! `KITH_FUZZ_SECONDS` when asked:
//! `KITH_FUZZ_SECONDS=600 cargo test -p kith --bin kith -- --ignored hostile`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::rules::scores_of;
use super::stored;
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::testing::{NOW, TestApp, content};
use kith_base::id::read_id;

#[path = "../../../../crates/content/tests/support/mutate.rs"]
mod mutate;

use mutate::{Dice, mutate};

/// Bodies a device may send, and some it should not.
fn seeds() -> Vec<String> {
    let id = |last: u8| format!("018f3a5c-7b00-7000-8000-0000000000{last:02x}");
    let one = |last: u8, instrument: &str, at: Value, answers: Value| json!({"id": id(last), "instrument": instrument, "answered_at": at, "answers": answers});
    let with = |mut record: Value, key: &str, value: Value| {
        record[key] = value;
        record
    };
    let at = || json!("2026-11-23T08:30:00+01:00");
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let nine = || json!([2, 1, null, 3, 1, 0, 2, 1, 1]);
    [
        json!([one(1, "phq-9", at(), nine())]),
        json!([
            one(2, "connection", at(), json!([4])),
            one(
                3,
                "phq-9",
                json!(now.as_millisecond()),
                json!([0, 0, 0, 0, 0, 0, 0, 0, 0])
            ),
            one(2, "connection", at(), json!([5])),
        ]),
        json!([with(
            one(4, "rses", at(), json!([3, 1, 2, 0, 1, null, 3, 3, 2, 1])),
            "order",
            json!("worth-first")
        )]),
        json!([with(
            one(
                5,
                "cbi",
                at(),
                json!([
                    0, 25, 50, 75, 100, null, 0, 25, 50, 75, 100, 0, 25, 50, null, null, null, 75,
                    100
                ])
            ),
            "questionnaire",
            json!(id(9))
        )]),
        json!([one(6, "swemwbs", at(), json!([1, 2, 3, 4, 5, 1, 2]))]),
        json!([one(
            7,
            "phq-9",
            json!(-9_223_372_036_854_775_808_i64),
            nine()
        )]),
        json!([one(8, "phq-9", json!("-009999-01-02T01:59:59Z"), nine())]),
        json!([one(
            8,
            "phq-9",
            json!("2026-11-23T23:59:60.999999999+25:59:59[Europe/Madrid]"),
            nine()
        )]),
        json!([one(
            8,
            "phq-9",
            at(),
            json!([1e308, -0.0, 5e-324, 2.0000000000000004, null, 1, 1, 1, 1])
        )]),
        json!({"id": id(1)}),
        json!([[], {}, null, 1, "x", [[]]]),
    ]
    .iter()
    .map(ToString::to_string)
    .collect()
}

/// Sends broken bodies until `goes_on` says no, and tells how many, and how many records were kept.
async fn feed(seed: u64, mut goes_on: impl FnMut(u64) -> bool) -> (u64, usize) {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    let (seeds, library) = (seeds(), content());
    let mut kept: BTreeSet<String> = BTreeSet::new();
    let mut tried = 0;
    while goes_on(tried) {
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(tried));
        let (one, other) = (dice.below(seeds.len()), dice.below(seeds.len()));
        let body = match tried < seeds.len() as u64 {
            true => seeds[tried as usize].clone(),
            // Ids of its own now and then, so that much is kept, and the same again, so that much is there already.
            false => mutate(&seeds[one], &seeds[other], &mut dice)
                .replace("-8000-0000000000", &format!("-8000-{:010x}", tried / 3)),
        };
        // Sent twice, as over a bad line: the second answer is the first.
        let first = app.post_json(Some(&app.ben), "/responses", &body).await;
        let again = app.post_json(Some(&app.ben), "/responses", &body).await;
        let allowed = [
            StatusCode::OK,
            StatusCode::UNPROCESSABLE_ENTITY,
            StatusCode::PAYLOAD_TOO_LARGE,
        ];
        assert!(
            allowed.contains(&first.status),
            "{tried}: {body:?}: {}",
            first.text
        );
        assert_eq!(first.status, again.status, "{tried}: {body:?}");
        let said = first.json();
        assert_eq!(said["kept"], again.json()["kept"], "{tried}: {body:?}");
        for refusal in said["refused"].as_array().into_iter().flatten() {
            assert!(!refusal["why"].as_str().unwrap().is_empty());
        }
        for one in said["kept"].as_array().into_iter().flatten() {
            let id = one["id"].as_str().unwrap();
            assert_eq!(read_id(id).as_deref(), Some(id), "{tried}: {body:?}");
            let sent: Value = serde_json::from_str(&body).unwrap();
            let is_it = |record: &&Value| {
                let sent = record["id"].as_str().and_then(read_id);
                sent.as_deref() == Some(id) && record["instrument"] == one["scores"]["instrument"]
            };
            let mut records = sent.as_array().unwrap().iter().filter(is_it);
            // What is said to be kept scores as one of the records of that id does by its key.
            let scores = |record: &Value| {
                let answers: Vec<Option<f64>> =
                    serde_json::from_value(record["answers"].clone()).ok()?;
                let order = record["order"].as_str().unwrap_or_default();
                let measure = record["instrument"].as_str()?;
                Some(json!(
                    scores_of(&library, measure, &answers, order).ok()?.scores
                ))
            };
            let is_right = records.any(|record| scores(record).as_ref() == Some(&one["scores"]));
            assert!(is_right, "{tried}: {body:?}: {}", first.text);
            kept.insert(id.to_owned());
        }
        tried += 1;
    }
    let stored = stored(&app, &app.ben).await;
    let there: BTreeSet<String> = stored
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        there, kept,
        "what was said to be kept is there, and nothing else"
    );
    (tried, kept.len())
}

#[tokio::test]
async fn whatever_a_hostile_device_sends_is_kept_as_it_scores_or_refused() {
    let (tried, kept) = feed(1, |tried| tried < 250).await;
    assert!(tried == 250 && kept > 5, "{kept}");
}

#[tokio::test]
#[ignore = "runs for KITH_FUZZ_SECONDS"]
#[allow(clippy::print_stdout)] // what came of it is for whoever waited
async fn hostile_devices_for_some_time() {
    let number = |name: &str, or| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(or)
    };
    let (seconds, seed) = (number("KITH_FUZZ_SECONDS", 60), number("KITH_FUZZ_SEED", 1));
    let begin = Instant::now();
    let (tried, kept) = feed(seed, |_| begin.elapsed() < Duration::from_secs(seconds)).await;
    println!("{tried} bodies sent twice, {kept} records kept, none that did not score by its key");
}
