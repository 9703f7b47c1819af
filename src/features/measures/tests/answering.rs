//! The page to answer on, as a browser without script has it.

use axum::http::StatusCode;
use kith_content::form::{Form, FormAnswer, FormItem};
use proptest::prelude::*;
use serde_json::json;

use super::giving::asked;
use super::{ID, OTHER, record, send, stored};
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::features::measures::rules;
use crate::features::measures::sheet::Sheet;
use crate::features::measures::store::questionnaires::{Words, add_questionnaire};
use crate::testing::{Answer, Someone, TestApp, content};

/// Words as a clinic would bring them in; none of a published questionnaire.
pub(super) fn words(instrument: &str, language: &str) -> Words {
    let library = content();
    let definition = library.instrument(instrument).unwrap();
    let answers: Vec<_> = definition
        .options()
        .into_iter()
        .map(|value| FormAnswer {
            value,
            text: format!("Answer {value}"),
            code: None,
        })
        .collect();
    Words {
        questionnaire_id: String::new(),
        form: Form {
            instrument: instrument.to_owned(),
            language: language.to_owned(),
            title: format!("A form in {language}"),
            source: "test".to_owned(),
            source_version: "1".to_owned(),
            credit: "Copyright of nobody".to_owned(),
            order: None,
            lead: "Lately".to_owned(),
            items: (1..=definition.items)
                .map(|item| FormItem {
                    item,
                    link_id: item.to_string(),
                    text: format!("Item {item}"),
                    answers: answers.clone(),
                })
                .collect(),
        },
        licence: String::new(),
        gate: String::new(),
        stated_by: String::new(),
        stated: String::new(),
        imported_at: 0,
        retired_at: None,
    }
}

pub(super) async fn bring_words(app: &TestApp, instrument: &str, language: &str) -> String {
    let mut words = words(instrument, language);
    let id = app.app.ids.make(app.app.clock.now()).unwrap();
    words.questionnaire_id = id.clone();
    let clinic = app.ben.clinic_id.clone();
    app.app
        .db
        .write(move |tx| add_questionnaire(tx, &clinic, &words, ""))
        .await
        .unwrap();
    id
}

async fn post(app: &TestApp, who: &Someone, measure: &str, fields: &[(&str, &str)]) -> Answer {
    app.post(Some(who), &format!("/measures/{measure}/responses"), fields)
        .await
}

#[tokio::test]
async fn a_check_in_is_answered_as_a_plain_form_and_kept_once() {
    let app = TestApp::new().await;
    let page = app.get(Some(&app.ben), "/measures/connection").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.text.matches("name=\"item-1\"").count(),
        12,
        "0 to 10, and none"
    );
    assert!(
        page.text
            .contains("Amira can see your answers, because you share with them.")
    );
    for _ in 0..2 {
        let kept = post(
            &app,
            &app.ben,
            "connection",
            &[("id", ID), ("item-1", "10")],
        )
        .await;
        assert_eq!(kept.place, format!("/responses/{ID}"), "{}", kept.text);
    }
    let all = stored(&app, &app.ben).await;
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["answers"], json!([10.0]));
    assert_eq!(all[0]["way"], "phone");
    let after = app
        .get(Some(&app.ben), &format!("/responses/{ID}"))
        .await
        .text;
    assert!(after.contains("Your answers are kept.") && after.contains("See your picture"));
    assert!(!after.contains("10"), "no score is shown: {after}");
    let foreign = app.get(Some(&app.fay), &format!("/responses/{ID}")).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let taken = post(
        &app,
        &app.amira,
        "connection",
        &[("id", ID), ("item-1", "1")],
    )
    .await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn gaps_are_told_once_and_may_stay() {
    let app = TestApp::new().await;
    bring_words(&app, "gad-7", "en").await;
    let fields = [
        ("id", ID),
        ("item-1", "3"),
        ("item-3", "0"),
        ("item-4", ""),
        ("item-5", "1"),
        ("item-6", "1"),
        ("item-7", "2"),
    ];
    let told = post(&app, &app.ben, "gad-7", &fields).await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(
        told.text.contains("2 questions of 7 are empty"),
        "{}",
        told.text
    );
    assert!(told.text.contains("href=\"#item-2\"") && told.text.contains("href=\"#item-4\""));
    assert!(told.text.contains("name=\"gaps\" value=\"known\"") && told.text.contains(ID));
    assert!(
        told.text.contains("value=\"3\" checked"),
        "what was chosen stays"
    );
    assert!(stored(&app, &app.ben).await.as_array().unwrap().is_empty());
    let kept = post(
        &app,
        &app.ben,
        "gad-7",
        &[&fields[..], &[("gaps", "known")]].concat(),
    )
    .await;
    assert_eq!(kept.place, format!("/responses/{ID}"));
    assert_eq!(
        stored(&app, &app.ben).await[0]["answers"],
        json!([3.0, null, 0.0, null, 1.0, 1.0, 2.0])
    );
    let nothing = post(&app, &app.ben, "gad-7", &[("gaps", "known")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("Nothing is answered yet"));
    let odd = post(&app, &app.ben, "gad-7", &[("item-1", "7")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.text.contains("Question 1 takes 0, 1, 2, 3."));
}

#[tokio::test]
async fn an_endorsed_item_about_risk_is_kept_with_gaps_and_help_comes_first_and_no_thanks() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    bring_words(&app, "phq-9", "en").await;
    let page = app.get(Some(&app.ben), "/measures/phq-9").await.text;
    assert!(
        page.contains("Amira looks at these answers"),
        "who looks is said before"
    );
    assert!(
        page.contains("data-help hidden") && page.contains("tel:112"),
        "help is on the page, without a network"
    );
    assert_eq!(
        page.matches("data-endorsed").count(),
        3,
        "answers 1 to 3 of the ninth"
    );
    let kept = post(&app, &app.ben, "phq-9", &[("id", ID), ("item-9", "1")]).await;
    assert_eq!(kept.place, format!("/responses/{ID}"), "{}", kept.text);
    let after = app.get(Some(&app.ben), &kept.place).await.text;
    let (help, end) = (after.find("tel:112"), after.find("Your answers are kept."));
    assert!(help.unwrap() < end.unwrap(), "help comes first");
    assert!(after.contains("A note that something asks for a look is there for Amira."));
    for word in [
        "thank",
        "Thank",
        "well done",
        "Well done",
        "See your picture",
    ] {
        assert!(!after.contains(word), "{word}");
    }
}

#[tokio::test]
async fn who_is_not_told_is_said_before_and_after() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    bring_words(&app, "phq-9", "en").await;
    let page = app.get(Some(&app.ben), "/measures/phq-9").await.text;
    assert!(
        page.contains("You have not agreed that Amira is told"),
        "{page}"
    );
    let kept = post(&app, &app.ben, "phq-9", &[("item-9", "3")]).await;
    let after = app.get(Some(&app.ben), &kept.place).await.text;
    assert!(after.contains("Nobody has been told of it"));
}

#[tokio::test]
async fn a_check_ins_rule_brings_help_now_and_not_a_day_later() {
    let app = TestApp::new().await;
    let kept = post(
        &app,
        &app.ben,
        "practice-distress",
        &[("id", ID), ("item-1", "9")],
    )
    .await;
    let after = app.get(Some(&app.ben), &kept.place).await.text;
    assert!(
        after.contains("tel:112") && after.contains("Something steady"),
        "{after}"
    );
    app.app.clock.set("2026-11-25T12:00:00Z".parse().unwrap());
    let later = app.get(Some(&app.ben), &kept.place).await.text;
    assert!(!later.contains("tel:112"));
}

#[tokio::test]
async fn what_cannot_be_answered_here_says_why_and_what_can() {
    let app = TestApp::new().await;
    let no_words = app.get(Some(&app.ben), "/measures/gad-7").await;
    assert_eq!(no_words.status, StatusCode::NOT_FOUND);
    assert!(
        no_words
            .text
            .contains("have not been brought to this clinic")
    );
    assert_eq!(
        app.get(Some(&app.ben), "/measures/nothing").await.status,
        StatusCode::NOT_FOUND
    );
    bring_words(&app, "phq-9", "en").await;
    bring_words(&app, "phq-2", "en").await;
    let unwatched = app.get(Some(&app.ben), "/measures/phq-9").await;
    assert!(
        unwatched.text.contains("/measures/phq-2"),
        "{}",
        unwatched.text
    );
    bring_words(&app, "phq-8", "en").await;
    let unwatched = app.get(Some(&app.ben), "/measures/phq-9").await;
    assert!(
        unwatched
            .text
            .contains("PHQ-8 asks about the same without it")
    );
    assert!(unwatched.text.contains("/help"));
}

#[tokio::test]
async fn words_come_in_her_language_else_in_another_with_a_choice() {
    let app = TestApp::new().await;
    bring_words(&app, "gad-7", "de").await;
    let page = app.get(Some(&app.ben), "/measures/gad-7").await.text;
    assert!(page.contains("A form in de") && page.contains("lang=\"de\""));
    assert!(page.contains("Deutsch only"), "{page}");
    let english = bring_words(&app, "gad-7", "en-GB").await;
    let page = app.get(Some(&app.ben), "/measures/gad-7").await.text;
    assert!(page.contains("A form in en-GB") && page.contains("?language=de"));
    assert!(
        page.contains(&english),
        "the response keeps which words were read"
    );
    let other = app
        .get(Some(&app.ben), "/measures/gad-7?language=de")
        .await
        .text;
    assert!(other.contains("A form in de") && other.contains("?language=en-GB"));
    let fields: Vec<_> = (1..=7).map(|item| (format!("item-{item}"), "1")).collect();
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    fields.push(("questionnaire", &english));
    post(&app, &app.ben, "gad-7", &fields).await;
    assert_eq!(
        stored(&app, &app.ben).await[0]["questionnaire_id"],
        json!(english)
    );
}

#[tokio::test]
async fn who_shares_with_nobody_reads_that_nobody_sees_it() {
    let app = TestApp::new().await;
    let with = [("with", app.amira.id.as_str())];
    app.post(Some(&app.ben), "/me/consent/share/withdrawal", &with)
        .await;
    let page = app.get(Some(&app.ben), "/measures/connection").await.text;
    assert!(page.contains("Nobody else sees your answers"), "{page}");
}

#[tokio::test]
async fn a_request_for_what_cannot_be_asked_any_more_is_not_shown() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    bring_words(&app, "phq-9", "en").await;
    asked(&app, "phq-9").await;
    assert!(
        app.get(Some(&app.ben), "/today")
            .await
            .text
            .contains("/measures/phq-9")
    );
    app.post(Some(&app.olu), "/clinic/contact", &[]).await;
    let page = app.get(Some(&app.ben), "/today").await.text;
    assert!(
        !page.contains("/measures/phq-9"),
        "nobody would look at the answers"
    );
    send(
        &app,
        &app.ben,
        json!([record(OTHER, "phq-9", json!([0, 0, 0, 0, 0, 0, 0, 0, 0]))]),
    )
    .await;
    let kept = stored(&app, &app.ben).await;
    assert_eq!(kept.as_array().unwrap().len(), 1, "what was sent counts");
}

proptest! {
    #[test]
    fn no_form_of_a_stranger_makes_trouble(
        fields in proptest::collection::vec((
            prop_oneof![(1..11_usize).prop_map(|n| format!("item-{n}")), Just("id".to_owned()), Just("gaps".to_owned()), ".{0,12}"],
            prop_oneof![Just(String::new()), (0..12_i64).prop_map(|n| n.to_string()), any::<f64>().prop_map(|n| n.to_string()), ".{0,12}"],
        ), 0..16),
    ) {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let form = kith_base::web::form::Form::of(&pairs);
        let library = content();
        let sheet = Sheet::of_form(library.instrument("phq-9").unwrap(), &words("phq-9", "en")).unwrap();
        if let Ok(sent) = rules::read_sent(&form, &sheet, ID) {
            prop_assert_eq!(sent.answers.len(), 9);
            prop_assert!(sent.answers.iter().flatten().all(|answer| [0.0, 1.0, 2.0, 3.0].contains(answer)));
            prop_assert_eq!(sent.gaps.len(), sent.answers.iter().filter(|answer| answer.is_none()).count());
            let read = rules::read(sent.record(&sheet, 1_795_435_200_000), 1_795_435_200_000, "UTC", &library);
            prop_assert_eq!(read.unwrap().risk, sheet.is_endorsed(&sent.answers));
        }
    }
}
