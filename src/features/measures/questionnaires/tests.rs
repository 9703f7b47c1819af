//! Words come in through their gate and no other way.

use axum::body::Body;
use axum::http::StatusCode;
use kith_content::Instrument;
use kith_content::form::{Form, FormAnswer, FormItem, to_fhir};
use kith_content::instrument::Gate;

use super::rules::{Statement, gate_words, places, stated};
use super::store::{Words, find_form, find_questionnaire, list_forms, list_of_instrument};
use crate::testing::{Answer, Someone, TestApp, content};

fn instrument(id: &str) -> Instrument {
    content().instrument(id).unwrap().clone()
}

/// A form with made-up words.
fn made_up(instrument: &Instrument, language: &str, credit: &str) -> Form {
    let order = instrument.orders.first().map(|order| order.id.clone());
    let answers = instrument.options().into_iter().map(|value| FormAnswer {
        value,
        text: format!("Answer {value}"),
        code: None,
    });
    let answers: Vec<_> = answers.collect();
    let items = Form::places(instrument, order.as_deref()).into_iter();
    let items = items.map(|item| FormItem {
        item,
        link_id: format!("q{item}"),
        text: format!("Item {item}"),
        answers: answers.clone(),
    });
    Form {
        instrument: instrument.id.clone(),
        language: language.to_owned(),
        title: "A form".to_owned(),
        source: format!("{language}.json"),
        source_version: String::new(),
        credit: credit.to_owned(),
        order,
        lead: "How often?".to_owned(),
        items: items.collect(),
    }
}

fn file(id: &str, language: &str) -> String {
    let instrument = instrument(id);
    to_fhir(&made_up(&instrument, language, "Somebody"), &instrument).to_string()
}

/// Sends a form with a file, as browsers do.
async fn send(app: &TestApp, who: &Someone, text: &str, fields: &[(&str, &str)]) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
    }
    body += &format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n{text}\r\n--edge--\r\n"
    );
    let request = app
        .request("POST", "/questionnaires", Some(who))
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap();
    app.send(request).await
}

/// Brings in made-up words of an instrument nobody has to state anything for, and tells their id.
pub(crate) async fn words_of(app: &TestApp, id: &str) -> String {
    let answer = send(app, &app.olu, &file(id, "en"), &[("keep", "yes")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    here(app).await.last().unwrap().questionnaire_id.clone()
}

async fn here(app: &TestApp) -> Vec<Words> {
    let clinic = app.olu.clinic_id.clone();
    app.app
        .db
        .read(move |tx| list_forms(tx, &clinic))
        .await
        .unwrap()
}

async fn best(app: &TestApp, id: &'static str, language: &'static str) -> Option<String> {
    let clinic = app.olu.clinic_id.clone();
    let found = app
        .app
        .db
        .read(move |tx| find_form(tx, &clinic, id, language))
        .await;
    found.unwrap().map(|words| words.form.language)
}

async fn deeds(app: &TestApp) -> String {
    app.get(Some(&app.olu), "/clinic/audit").await.text
}

#[test]
fn every_instrument_has_its_gate_and_no_other_opens_it() {
    let credit = Statement::default();
    let free = Statement {
        non_commercial: true,
        ..credit.clone()
    };
    let held = Statement {
        permission: true,
        note: "Letter of May".into(),
        ..credit.clone()
    };
    let vague = Statement {
        permission: true,
        ..credit.clone()
    };
    let mut counted = [0; 4];
    for instrument in content().instruments() {
        let named = made_up(instrument, "en", "Somebody");
        let bare = made_up(instrument, "en", "");
        let open = |form: &Form, statement: &Statement| stated(instrument, form, statement).is_ok();
        // (nothing said without credit, nothing said with credit, not commercial, permission without and with a note)
        let found = [
            open(&bare, &credit),
            open(&named, &credit),
            open(&named, &free),
            open(&named, &vague),
            open(&named, &held),
        ];
        let (place, expected) = match instrument.texts.gate {
            Gate::Open => (0, [true, true, true, true, true]),
            Gate::Credit => (1, [false, true, true, true, true]),
            Gate::AttestNoncommercial => (2, [false, false, true, false, true]),
            Gate::AttestPermission => (3, [false, false, false, false, true]),
        };
        assert_eq!(found, expected, "{}", instrument.id);
        counted[place] += 1;
        assert!(
            GATES[place].split(' ').any(|id| id == instrument.id),
            "{}",
            instrument.id
        );
        assert!(gate_words(instrument.texts.gate).ends_with('.'));
    }
    assert_eq!(counted, GATES.map(|ids| ids.split(' ').count()));
    let phq = places(&instrument("phq-9"));
    assert_eq!(phq.camcops.as_deref(), Some("phq9.xml"));
    assert!(phq.loinc.unwrap().ends_with("/44249-1"));
}

/// Which instrument stands behind which gate, by what its owner publishes: a gate that changes is to be looked at.
const GATES: [&str; 4] = [
    "phq-9 phq-8 phq-2 phq-4 gad-7 gad-2 ipip-trust-4 ipip-altruism-4 ipip-cooperation-4 ipip-sympathy-4 spi-compassion-5 spi-trust-5",
    "k6 k10 dass-21 core-10 swls rand-mhi-5 ucla-3 rses teq self-compassion-26 self-compassion-12 compassion-16 ceas-self \
     ceas-to-others ceas-from-others fcs-self fcs-for-others fcs-from-others fscrs proqol-5 cbi psc-17",
    "who-5 social-connectedness-r iri scbcs erq olbi care",
    "pss-10 pss-4 swemwbs promis-anxiety-4a promis-depression-4a promis-global-mental ucla-20 prosocialness-16 uwes-9 uwes-3 wsas \
     wai-sr sdq-parent",
];

#[tokio::test]
async fn a_file_is_looked_at_first_and_kept_when_somebody_says_so() {
    let app = TestApp::new().await;
    let look = send(&app, &app.olu, &file("phq-9", "en"), &[]).await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.text);
    for words in [
        "Look at these words",
        "Item 9",
        "Answer 3",
        "found by its code",
    ] {
        assert!(look.text.contains(words), "{words}");
    }
    assert_eq!(here(&app).await, []);
    // The page carries the file along, so that it is not chosen again.
    let carried = look.text.split("name=\"carried\" value=\"").nth(1).unwrap();
    let carried = carried.split('"').next().unwrap();
    let fields = [
        ("carried", carried),
        ("file_name", "a.json"),
        ("keep", "yes"),
    ];
    let kept = app.post(Some(&app.olu), "/questionnaires", &fields).await;
    assert_eq!(kept.place, "/questionnaires/phq-9", "{}", kept.text);
    let words = here(&app).await;
    assert_eq!(words.len(), 1);
    assert_eq!(
        words[0].form,
        made_up(&instrument("phq-9"), "en", "Somebody")
    );
    assert_eq!(
        (words[0].gate.as_str(), words[0].stated_by.as_str()),
        ("none", app.olu.id.as_str())
    );
    assert!(
        deeds(&app)
            .await
            .contains("brought in the words of PHQ-9 in English")
    );
    for who in [&app.olu, &app.amira] {
        assert!(
            app.get(Some(who), "/questionnaires")
                .await
                .text
                .contains("English")
        );
        let page = app.get(Some(who), "/questionnaires/phq-9").await.text;
        assert!(page.contains("Item 9") && page.contains("by Olu"), "{page}");
        assert_eq!(page.contains("Take them out of use"), who.name == "Olu");
    }
    assert!(
        !app.get(Some(&app.dov), "/questionnaires")
            .await
            .text
            .contains("English")
    );
}

#[tokio::test]
async fn newer_words_take_the_place_of_older_ones_which_stay_for_what_was_answered() {
    let app = TestApp::new().await;
    let first = words_of(&app, "phq-9").await;
    let second = send(&app, &app.olu, &file("phq-9", "en"), &[("keep", "yes")]).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER);
    send(&app, &app.olu, &file("phq-9", "de"), &[("keep", "yes")]).await;
    let words = here(&app).await;
    assert_eq!(words.len(), 2, "one English, one German");
    assert!(words.iter().all(|words| words.questionnaire_id != first));
    let clinic = app.olu.clinic_id.clone();
    let id = first.clone();
    let old = app
        .app
        .db
        .read(move |tx| find_questionnaire(tx, &clinic, &id))
        .await
        .unwrap()
        .unwrap();
    assert!(old.retired_at.is_some());
    for (asked, found) in [("de-AT", "de"), ("en-GB", "en"), ("fr", "en")] {
        assert_eq!(
            best(&app, "phq-9", asked).await.as_deref(),
            Some(found),
            "{asked}"
        );
    }
    let english = words
        .iter()
        .find(|words| words.form.language == "en")
        .unwrap();
    let place = format!("/questionnaires/{}/retirement", english.questionnaire_id);
    // Whoever does not own the clinic, and whoever owns another one, cannot.
    assert_ne!(
        app.post(Some(&app.amira), &place, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    for _ in 0..2 {
        assert_eq!(
            app.post(Some(&app.olu), &place, &[]).await.place,
            "/questionnaires/phq-9"
        );
    }
    assert_eq!(best(&app, "phq-9", "en").await.as_deref(), Some("de"));
    assert_eq!(
        deeds(&app)
            .await
            .matches("took the words of PHQ-9 in English out of use")
            .count(),
        1
    );
    let clinic = app.olu.clinic_id.clone();
    let all = app
        .app
        .db
        .read(move |tx| list_of_instrument(tx, &clinic, "phq-9"))
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn what_has_to_be_stated_is_asked_for_and_kept_with_who_and_when() {
    let app = TestApp::new().await;
    for (id, fields, asked) in [
        ("swemwbs", vec![], "state that you hold it"),
        (
            "swemwbs",
            vec![("permission", "yes")],
            "which permission or licence it is",
        ),
        (
            "swemwbs",
            vec![("non_commercial", "yes")],
            "state that you hold it",
        ),
        ("who-5", vec![], "state that it is not"),
    ] {
        let answer = send(
            &app,
            &app.olu,
            &file(id, "en"),
            &[vec![("keep", "yes")], fields].concat(),
        )
        .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}");
        assert!(answer.text.contains(asked), "{id}: {}", answer.text);
    }
    assert_eq!(here(&app).await, []);
    let fields = [
        ("keep", "yes"),
        ("permission", "yes"),
        ("note", "Letter of May"),
    ];
    send(&app, &app.olu, &file("swemwbs", "en"), &fields).await;
    send(
        &app,
        &app.olu,
        &file("who-5", "en"),
        &[("keep", "yes"), ("non_commercial", "yes")],
    )
    .await;
    let said: Vec<String> = here(&app)
        .await
        .into_iter()
        .map(|words| words.stated)
        .collect();
    assert_eq!(
        said,
        [
            "they hold permission or a licence (Letter of May)",
            "use here is not commercial"
        ]
    );
    let deeds = deeds(&app).await;
    assert!(
        deeds.contains("stating that they hold permission or a licence (Letter of May)"),
        "{deeds}"
    );
    assert!(deeds.contains("stating that use here is not commercial"));
    // A form that has to show whose it is cannot be kept without that line, and the line can be typed.
    let core = instrument("core-10");
    let bare = to_fhir(&made_up(&core, "en", ""), &core).to_string();
    let answer = send(&app, &app.olu, &bare, &[("keep", "yes")]).await;
    assert!(
        answer.text.contains("free with a line of credit"),
        "{}",
        answer.text
    );
    let answer = send(
        &app,
        &app.olu,
        &bare,
        &[("keep", "yes"), ("credit", "The owner")],
    )
    .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(here(&app).await[0].form.credit, "The owner");
}

#[tokio::test]
async fn a_file_that_differs_is_refused_with_everything_in_which_it_does() {
    let app = TestApp::new().await;
    let text = file("phq-9", "en")
        .replace("\"Item 4\"", "\"\"")
        .replace("phq-9/7", "phq-9/8")
        .replace("44252-5", "44253-3");
    let answer = send(&app, &app.olu, &text, &[("keep", "yes")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Question q4",
        "It has no words.",
        "Item 8",
        "Several questions are this item",
        "Item 7",
        "missing",
        "a.json",
    ] {
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
    }
    for (text, fields, words) in [
        ("{", vec![], "cannot be read as JSON"),
        ("", vec![("mapping", "x")], "is no mapping"),
        ("<a/>", vec![], "neither a FHIR Questionnaire"),
    ] {
        let answer = send(&app, &app.olu, text, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
    }
    let empty = app.post(Some(&app.olu), "/questionnaires", &[]).await;
    assert!(
        empty.text.contains("Please choose a file."),
        "{}",
        empty.text
    );
    let none = app.post_json(Some(&app.olu), "/questionnaires", "{}").await;
    assert!(!none.status.is_success());
    assert_eq!(here(&app).await, []);
}

#[tokio::test]
async fn words_from_the_command_line_have_nobody_s_name() {
    let app = TestApp::new().await;
    let clinic = app.olu.clinic_id.clone();
    let now = app.app.clock.now();
    let ids = app.app.ids.clone();
    let kept = app.app.db.write(move |tx| {
        let wanted = kith_content::form::Wanted::default();
        let found = kith_content::form::from_fhir(&file("gad-7", "en"), &content(), &wanted);
        let bringing = super::Bringing {
            clinic_id: &clinic,
            person_id: "",
            instrument: &instrument("gad-7"),
            imported: &found.unwrap(),
            original: "{}",
            stated: "",
        };
        super::add(tx, &ids, &bringing, now)
    });
    kept.await.unwrap();
    let page = app.get(Some(&app.olu), "/questionnaires/gad-7").await.text;
    assert!(page.contains("from the command line"), "{page}");
}
