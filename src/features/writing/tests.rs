//! What may be written, who may read it, and what becomes of it.

use axum::body::Body;
use axum::http::StatusCode;
use kith_content::{Restriction, compose};
use proptest::prelude::*;

use super::draft::{BEGINNING, Draft, Terms, Word};
use super::rules::{self, Reach, check, slug_of};
use crate::testing::{Answer, Someone, TestApp, content};

mod kept;
mod offered;

/// Begins a practice and tells its slug.
pub(crate) async fn begin(app: &TestApp, who: &Someone, title: &str) -> String {
    let answer = app
        .post(Some(who), "/writing", &[("title", title), ("from", "")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.place.strip_prefix("/writing/").unwrap().to_owned()
}

/// A practice of Amira's that everybody of her clinic has.
pub(crate) async fn offered_to_everybody(app: &TestApp) -> String {
    let slug = begin(app, &app.amira, "Warm hands").await;
    offer(app, &slug, "1", &[("reach", "everybody")]).await;
    slug
}

/// Offers a version of a practice of Amira's.
pub(crate) async fn offer(app: &TestApp, slug: &str, base: &str, fields: &[(&str, &str)]) {
    let answer = try_to_offer(app, slug, base, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

pub(crate) async fn try_to_offer(
    app: &TestApp,
    slug: &str,
    base: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let fields: Vec<_> = fields.iter().copied().chain([("base", base)]).collect();
    app.post(
        Some(&app.amira),
        &format!("/writing/{slug}/offering"),
        &fields,
    )
    .await
}

/// The example as a browser sends it, with these fields in place of its own.
pub(crate) fn fields<'a>(base: &'a str, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("base", base),
        ("title", "Warm hands"),
        ("summary", "Feel your hands, and wish yourself well."),
        ("modality", "breath-body"),
        ("targets", "self"),
        ("least", "1"),
        ("most", "5"),
        ("load", "1"),
        ("audience", "adult"),
        ("setting", "Seated"),
        ("use_when", "A first quiet minute."),
        ("cautions", "Stop if it makes it worse."),
        (
            "script",
            "# Arrive\n\nFeel your hands.\n[silence 5 30 150]\nWish yourself well.\n[silence 5 30 150]",
        ),
    ];
    for &(name, value) in changed {
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields
}

/// Keeps a version of a practice.
pub(crate) async fn keep(
    app: &TestApp,
    who: &Someone,
    slug: &str,
    base: &str,
    changed: &[(&str, &str)],
) -> Answer {
    app.post(
        Some(who),
        &format!("/writing/{slug}/versions"),
        &fields(base, changed),
    )
    .await
}

/// A question asked as the open page asks it.
async fn check_json(app: &TestApp, who: &Someone, slug: &str, changed: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields("1", changed))
        .finish();
    let request = app
        .request("POST", &format!("/writing/{slug}/check"), Some(who))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(Body::from(body))
        .unwrap();
    app.send(request).await
}

#[test]
fn the_example_works_at_every_length_it_promises() {
    let library = content();
    let checked = check(
        &library,
        "own-example",
        &rules::example("A title"),
        BEGINNING,
    );
    assert_eq!(checked.faults, []);
    let practice = checked.practice.unwrap();
    assert_eq!(practice.restricted, Some(Restriction::Chosen));
    assert!(!practice.instead);
    assert_eq!(practice.strength.as_str(), "D");
    for minutes in [2.0, 3.0, 5.0, 8.0] {
        let asked = kith_content::Asked::new(minutes, &library);
        assert_eq!(compose(&practice, &asked).unwrap().seconds, minutes * 60.0);
    }
}

#[test]
fn a_copy_of_any_practice_reads_as_well_as_the_practice_and_claims_nothing_for_itself() {
    let library = content();
    let mut copied = 0;
    for practice in library
        .practices()
        .filter(|practice| rules::may_copy(practice))
    {
        let text = crate::content::text_of(None, &rules::path_of(&practice.slug))
            .unwrap()
            .unwrap();
        let draft = rules::copy_of(&text, "A copy");
        let checked = check(&library, "own-copy", &draft, BEGINNING);
        // Some built-in practices have nothing to watch for; whoever copies one is asked.
        assert!(
            checked.faults.iter().all(|fault| fault.field == "cautions"),
            "{}: {:?}",
            practice.slug,
            checked.faults
        );
        let copy = checked.practice.unwrap();
        assert_eq!(copy.script, practice.script, "{}", practice.slug);
        assert_eq!(copy.strength.as_str(), "D");
        assert!(copy.evidence.is_empty());
        copied += 1;
    }
    assert!(copied > 20, "{copied}");
}

#[test]
fn what_is_wrong_stands_where_it_was_written() {
    let library = content();
    let good = rules::example("A title");
    let faults = |draft: Draft| {
        let checked = check(&library, "own-x", &draft, BEGINNING);
        checked
            .faults
            .into_iter()
            .map(|fault| (fault.field, fault.line))
            .collect::<Vec<_>>()
    };
    let script = |script: &str| Draft {
        script: script.to_owned(),
        ..good.clone()
    };
    assert_eq!(
        faults(script("# Arrive\n\nYou must sit.\n[silence 5 60 600]")),
        [("script", Some(3))]
    );
    assert_eq!(
        faults(script("# Arrive\n\nSit.\n[silense 5 60 600]")),
        [("script", Some(4))]
    );
    assert_eq!(faults(script("")), [("script", Some(1))]);
    // Too short for the minutes that were promised: that is said of the minutes.
    assert_eq!(
        faults(script("# Arrive\n\nSit.\n[silence 1 2 3]")),
        [("least", None)]
    );
    let unanswered = Draft {
        load: String::new(),
        cautions: Vec::new(),
        least: "few".to_owned(),
        audience: vec!["adult".to_owned(), "child".to_owned()],
        ..good.clone()
    };
    assert_eq!(
        faults(unanswered),
        [
            ("least", None),
            ("load", None),
            ("audience", None),
            ("cautions", None)
        ]
    );
    let sources = Draft {
        evidence: vec!["nobody1999".to_owned()],
        ..good.clone()
    };
    assert_eq!(faults(sources), [("evidence", None)]);
    let words = Draft {
        words: vec![Word {
            name: "Dear One".to_owned(),
            ask: "Who?".to_owned(),
            default: "them".to_owned(),
        }],
        ..good
    };
    assert!(faults(words).iter().all(|(field, _)| *field == "words"));
}

#[test]
fn what_may_stir_much_pain_is_begun_with_a_practitioner_also_when_everybody_may_have_it() {
    let everybody = |load| rules::terms(Reach::Everybody, load, true);
    assert_eq!(everybody("1").restricted, None);
    assert_eq!(
        everybody("3").restricted,
        Some(Restriction::PractitionerFirst)
    );
    assert!(everybody("1").instead);
    // What is for some by name is never offered to anybody by the guide.
    assert!(!rules::terms(Reach::Chosen, "1", true).instead);
    for reach in [Reach::Chosen, Reach::Everybody, Reach::Withdrawn] {
        assert_eq!(Reach::of(rules::terms(reach, "1", false)), reach);
    }
}

#[test]
fn a_slug_says_that_it_was_written_here_and_is_nobody_elses() {
    let taken = ["own-warm-hands", "own-warm-hands-2"];
    let of = |title: &str| slug_of(title, |slug| taken.contains(&slug));
    assert_eq!(of("Warm hands!"), "own-warm-hands-3");
    assert_eq!(of("  Für  Ben "), "own-f-r-ben");
    assert_eq!(of("手"), "own-practice");
    assert_eq!(
        of(&"very ".repeat(100)),
        "own-very-very-very-very-very-very"
    );
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z\"'\\\\{}\\[\\]#+=, .!]{0,24}", "\\PC{0,12}"]
}

prop_compose! {
    fn draft()(
        title in line(), summary in line(), modality in line(), targets in prop::collection::vec(line(), 0..3),
        least in "[0-9.,e-]{0,4}|[a-z]{0,3}", most in "[0-9.,]{0,4}", load in "[0-9a-z]{0,2}",
        audience in prop::collection::vec(line(), 0..3), cautions in prop::collection::vec(line(), 0..3),
        words in prop::collection::vec((line(), line(), line()), 0..4), more in line(),
        script in "(# [A-Z]{1,4}\n\n)?((\\[(silence|repeat|when|optional|end|else|bell|wishes)[a-z0-9 .]{0,16}\\]|~ [a-z{}]{0,8}|; [a-z]{0,8}|\\+\\+\\+|\\PC{0,20})\n){0,12}",
    ) -> Draft {
        let mut form = Draft {
            title, summary, modality, targets, least, most, load, audience, cautions, script,
            setting: more.clone(), use_when: more.clone(), why: more.clone(), anchor: more,
            words: words.into_iter().map(|(name, ask, default)| Word { name, ask, default }).collect(),
            ..Draft::default()
        }.form();
        form.set("person", "somebody");
        Draft::of_form(&form)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_typed_is_read_to_its_end_and_every_fault_has_a_place(draft in draft()) {
        let library = content();
        let checked = check(&library, "own-anything", &draft, BEGINNING);
        let lines = draft.script.split('\n').count();
        for fault in &checked.faults {
            prop_assert!(fault.line.is_none_or(|line| line >= 1 && line <= lines + 1), "{fault:?}");
            prop_assert!(!fault.message.is_empty());
        }
        if let Some(practice) = &checked.practice {
            let _ = checked.at(&library, practice.minutes.0);
        }
        // Anything at all as the text of a file gives a draft too.
        let (_, _) = Draft::read(&draft.script);
    }

    #[test]
    fn what_was_written_comes_back_as_it_was(draft in draft()) {
        let terms = Terms { restricted: None, instead: true };
        let (again, read) = Draft::read(&draft.text(terms).text);
        prop_assert_eq!(read, terms);
        prop_assert_eq!(&again.title, &draft.title);
        prop_assert_eq!(&again.cautions, &draft.cautions);
        prop_assert_eq!(&again.script, &draft.script.trim_start_matches('\n'));
        // From then on the file stays the same.
        prop_assert_eq!(&again.text(terms).text, &Draft::read(&again.text(terms).text).0.text(terms).text);
    }
}
