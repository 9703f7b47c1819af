//! What may be shown about few; what pages say and lead to.

use proptest::prelude::*;

use super::LEAST_PEOPLE;
use super::own::{Course, closed, seen, shown, told};
use super::rules::{Asked, Standing, in_order};
use super::store::Total;
use super::typesetter::doubles::script;
use crate::testing::{TestApp, content};
use kith_base::clock::DAY;

proptest! {
    #[test]
    fn nothing_about_few_people_is_shown_or_can_be_worked_out(counts in prop::array::uniform3(0_usize..40)) {
        let shown = shown(counts);
        let hidden: usize = counts
            .iter()
            .zip(&shown)
            .filter(|(_, shown)| shown.is_none())
            .map(|(count, _)| count)
            .sum();
        for (count, shown) in counts.iter().zip(&shown) {
            if let Some(shown) = shown {
                prop_assert_eq!(count, shown);
                prop_assert!(*shown >= LEAST_PEOPLE);
            }
        }
        let all: usize = counts.iter().sum();
        // Whoever knows how many there are in all knows the sum of what is hidden: never about a few.
        if shown.iter().any(Option::is_none) && all >= LEAST_PEOPLE {
            prop_assert!(hidden >= LEAST_PEOPLE, "{:?} of {:?}", shown, counts);
            // And a single hidden count would be that sum itself, so there are two at least, or it is large enough.
            let count_hidden = shown.iter().filter(|one| one.is_none()).count();
            prop_assert!(count_hidden >= 2, "{:?} of {:?}", shown, counts);
        }
    }

    #[test]
    fn figures_change_by_enough_people_at_once(answered in prop::collection::vec(any::<bool>(), 0..80)) {
        let course = |again: &bool| Course { before: 10.0, after: again.then_some(5.0), known: false };
        let pairs = |courses: &[Course]| courses.iter().filter(|one| one.after.is_some()).count();
        let mut before = 0;
        for end in 0..=answered.len() {
            let now = pairs(&closed(answered.iter().take(end).map(course).collect()));
            prop_assert!(now == before || now >= before + LEAST_PEOPLE);
            before = now;
        }
    }
}

#[test]
fn small_counts_take_the_next_smallest_with_them() {
    for (counts, wanted) in [
        ([20, 10, 9], [Some(20), Some(10), Some(9)]),
        ([20, 3, 12], [Some(20), None, None]),
        ([20, 0, 0], [None, None, None]),
        ([5, 4, 30], [None, None, Some(30)]),
        ([2, 2, 2], [None, None, None]),
    ] {
        assert_eq!(shown(counts), wanted, "{counts:?}");
    }
}

fn courses(pairs: usize, known: usize, stopped: usize) -> Vec<Course> {
    let mut all: Vec<Course> = (0..pairs)
        .map(|index| Course {
            before: 15.0,
            after: Some(if index % 2 == 0 { 5.0 } else { 14.0 }),
            known: index < known,
        })
        .collect();
    all.extend((0..stopped).map(|_| Course {
        before: 15.0,
        after: None,
        known: false,
    }));
    all
}

#[test]
fn change_is_told_of_enough_people_and_not_to_whoever_knows_most_of_them() {
    let library = content();
    let instrument = library.instrument("phq-9").unwrap();
    let total = instrument.total.as_ref().unwrap();
    let tell = |pairs, known, stopped| told(instrument, total, &courses(pairs, known, stopped));
    assert_eq!(tell(LEAST_PEOPLE - 1, 0, 0), None);
    assert_eq!(tell(20, 13, 0), None, "seven strangers are too few");
    assert!(tell(20, 20, 0).is_some(), "she may read all of them anyway");
    let figures = tell(20, 0, 8).unwrap();
    // Half of them went down by 10 and half by 1; fewer is better.
    assert!((figures.mean - 5.5).abs() < 1e-9);
    // n = 20, SD 4.617, t 2.093: half the interval is 2.161.
    assert!(
        (figures.ci.0 - (5.5 - 2.161)).abs() < 0.01,
        "{:?}",
        figures.ci
    );
    // Ten crossed the line, ten did not move enough, none got worse; the empty count takes the next smallest with it.
    assert_eq!(figures.classes, [None, None, Some(10)]);
    assert_eq!(figures.stopped_of_ten, Some(3));
    assert_eq!(tell(20, 0, 7).unwrap().stopped_of_ten, None);
}

#[test]
fn a_course_counts_when_its_twelve_weeks_are_over_and_then_never_moves() {
    let library = content();
    let instrument = library.instrument("phq-9").unwrap();
    let now = 400 * DAY;
    let row = |person: usize, day: i64, total: f64| Total {
        person_id: format!("person {person:02}"),
        instrument: "phq-9".to_owned(),
        answered_at: day * DAY,
        total,
    };
    let mut rows: Vec<Total> = (0..8)
        .flat_map(|person| [row(person, 100, 15.0), row(person, 150, 10.0)])
        .collect();
    let first = seen(&[instrument], &rows, &[], now);
    let figures = first[0].figures.clone().unwrap();
    assert_eq!((figures.people, figures.mean), (8, 5.0));
    // Too soon, too late, not over yet: none of it changes anything.
    rows.extend([
        row(0, 110, 0.0),
        row(1, 190, 0.0),
        row(9, 350, 20.0),
        row(9, 390, 0.0),
    ]);
    rows.sort_by_key(|row| row.answered_at);
    assert_eq!(seen(&[instrument], &rows, &[], now), first);
}

#[test]
fn what_holds_best_comes_first() {
    let library = content();
    let evidence = library.evidence();
    let answers: Vec<_> = evidence
        .constructs
        .iter()
        .map(|construct| {
            let question = Asked::default().question(evidence, &construct.id).unwrap();
            kith_evidence::answer(evidence, &question).unwrap()
        })
        .collect();
    let standings: Vec<Standing> = in_order(answers.iter().collect())
        .into_iter()
        .map(Standing::of)
        .collect();
    assert!(standings.is_sorted());
    assert!(standings.contains(&Standing::Holds) && standings.contains(&Standing::NotKnown));
}

#[tokio::test]
async fn a_client_reads_plain_words_and_a_practitioner_a_colleagues() {
    let app = TestApp::new().await;
    let ben = app.get(Some(&app.ben), "/evidence/depression").await.text;
    assert!(
        ben.contains("Can training in kindness ease low mood?"),
        "{ben}"
    );
    assert!(!ben.contains("Hedges"));
    assert!(!ben.contains("In our own clinic"));
    let amira = app.get(Some(&app.amira), "/evidence/depression").await.text;
    for wanted in [
        "Hedges’ g",
        "What others pooled",
        "How sure one may be",
        "In our own clinic",
        "left out",
    ] {
        assert!(amira.contains(wanted), "{wanted}");
    }
}

#[tokio::test]
async fn a_question_that_is_none_says_what_can_be_asked() {
    let app = TestApp::new().await;
    for (path, status, words) in [
        ("/evidence/happiness", 404, ""),
        (
            "/evidence/depression?comparator=best",
            422,
            "passive, active, any",
        ),
        (
            "/evidence/depression?family=prayer",
            422,
            "compassion-based",
        ),
        ("/evidence/depression?method=magic", 422, "reml"),
        ("/evidence/depression?follow_up=perhaps", 422, "yes, no"),
        ("/evidence/depression?audience=boss", 422, "supervisor"),
        ("/evidence/studies/nobody2020", 404, ""),
        ("/handouts/depression?format=docx", 422, "as html or as pdf"),
    ] {
        let answer = app.get(Some(&app.amira), path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(answer.text.contains(words), "{path}: {}", answer.text);
    }
}

/// The addresses a page's numbers lead to.
fn traced(page: &str) -> Vec<String> {
    page.split("<a class=\"traced\" href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn every_number_of_every_statement_and_handout_leads_to_a_cell_that_is_there() {
    let app = TestApp::new().await;
    let mut studies = std::collections::BTreeMap::new();
    let constructs: Vec<String> = content()
        .evidence()
        .constructs
        .iter()
        .map(|one| one.id.clone())
        .collect();
    let mut pages: Vec<String> = vec![
        "/evidence/contested".to_owned(),
        "/handouts/training".to_owned(),
    ];
    for construct in &constructs {
        for audience in ["client", "supervisor"] {
            pages.push(format!("/evidence/{construct}?audience={audience}"));
            pages.push(format!("/handouts/{construct}?audience={audience}"));
        }
    }
    let mut followed = 0;
    for path in pages {
        let page = app.get(Some(&app.amira), &path).await;
        assert_eq!(page.status.as_u16(), 200, "{path}");
        for href in traced(&page.text) {
            followed += 1;
            if let Some(place) = href.strip_prefix('#') {
                assert!(
                    page.text.contains(&format!("id=\"{place}\"")),
                    "{path}: {href}"
                );
                continue;
            }
            let (study, place) = href.split_once('#').unwrap();
            if !studies.contains_key(study) {
                studies.insert(
                    study.to_owned(),
                    app.get(Some(&app.amira), study).await.text,
                );
            }
            assert!(
                studies[study].contains(&format!("id=\"{place}\"")),
                "{path}: {href}"
            );
        }
    }
    assert!(followed > 500, "{followed}");
}

#[tokio::test]
async fn a_handout_carries_own_words_apart_from_the_studies_and_keeps_none_of_them() {
    let app = TestApp::new().await;
    let fields = [
        ("construct", "depression"),
        ("audience", "supervisor"),
        ("picture", "yes"),
        ("words", "We have <two> trained people."),
    ];
    let sheet = app.post(Some(&app.amira), "/handouts", &fields).await;
    assert_eq!(sheet.status.as_u16(), 200);
    assert!(sheet.text.contains("We have &lt;two&gt; trained people."));
    assert!(sheet.text.contains("not from the studies"));
    assert!(
        !sheet.text.contains("Trials in the pool"),
        "it was not asked for"
    );
    let refused = app
        .post(
            Some(&app.amira),
            "/handouts",
            &[("construct", "joy"), ("audience", "")],
        )
        .await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.text.contains("Please choose whom it is for."));
}

#[tokio::test]
async fn a_practice_leads_to_its_question_its_sources_and_a_page_to_print() {
    let app = TestApp::new().await;
    let library = content();
    let practice = library
        .practices()
        .find(|practice| {
            practice.restricted.is_none()
                && practice
                    .evidence
                    .iter()
                    .any(|id| library.evidence().study(id).is_some())
        })
        .unwrap();
    let page = app
        .get(Some(&app.amira), &format!("/practices/{}", practice.slug))
        .await
        .text;
    for wanted in [
        "The limit: ",
        "href=\"/evidence/studies/",
        &format!("/handouts/practices/{}", practice.slug),
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    for programme in library.programmes() {
        let path = format!("/handouts/programmes/{}", programme.slug);
        assert_eq!(
            app.get(Some(&app.chloe), &path).await.status.as_u16(),
            200,
            "{path}"
        );
    }
}

/// Every handout there is, for whoever works here.
fn handouts() -> Vec<String> {
    let library = content();
    let mut all = vec!["/handouts/training".to_owned()];
    for construct in &library.evidence().constructs {
        for audience in ["client", "colleague", "supervisor"] {
            all.push(format!("/handouts/{}?audience={audience}", construct.id));
        }
    }
    let practices = library.practices().filter(|one| one.restricted.is_none());
    all.extend(practices.map(|one| format!("/handouts/practices/{}", one.slug)));
    let programmes = library.programmes();
    all.extend(programmes.map(|one| format!("/handouts/programmes/{}", one.slug)));
    all
}

#[tokio::test]
async fn without_a_typesetter_no_page_links_to_a_pdf_and_it_says_what_to_do_instead() {
    let app = TestApp::new().await;
    for path in handouts() {
        let page = app.get(Some(&app.amira), &path).await;
        assert_eq!(page.status.as_u16(), 200, "{path}");
        assert!(!page.text.contains("format=pdf"), "{path}");
        assert!(page.text.contains("“Save as PDF”"), "{path}");
    }
    let refused = app.get(Some(&app.amira), "/handouts/training?format=pdf");
    let refused = refused.await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.text.contains("makes no PDF"), "{}", refused.text);
}

#[tokio::test]
async fn a_typesetter_that_breaks_off_leaves_words_of_what_to_do_instead() {
    let folder = tempfile::tempdir().unwrap();
    let broken = script(folder.path(), "echo rubbish; exit 1");
    let app = TestApp::with(|config| config.typesetter = Some(broken)).await;
    let page = app.get(Some(&app.amira), "/handouts/training").await;
    assert!(page.text.contains("/handouts/training?format=pdf"));
    let refused = app.get(Some(&app.amira), "/handouts/training?format=pdf");
    let refused = refused.await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.text.contains("“Save as PDF”"), "{}", refused.text);
    assert!(!refused.text.contains("rubbish"), "{}", refused.text);
}

/// With the real typesetter, which `KITH_TYPESETTER` names.
mod as_pdf {
    use super::{TestApp, handouts};

    async fn app() -> TestApp {
        let typesetter = std::env::var_os("KITH_TYPESETTER");
        let typesetter = typesetter.expect("KITH_TYPESETTER names kith-pdf: bin/check pdf");
        TestApp::with(|config| config.typesetter = Some(typesetter.into())).await
    }

    fn pages(pdf: &str) -> usize {
        pdf.matches("/Type/Page").count() - pdf.matches("/Type/Pages").count()
    }

    #[tokio::test]
    #[ignore = "needs kith-pdf: bin/check pdf"]
    async fn every_handout_is_one_tagged_page_that_the_screen_links_to() {
        let app = app().await;
        let all = handouts();
        assert!(all.len() > 60);
        for path in all {
            let page = app.get(Some(&app.amira), &path).await;
            assert_eq!(page.status.as_u16(), 200, "{path}");
            let page = page.text;
            let href = page.split("href=\"").find_map(|rest| {
                rest.split('"')
                    .next()
                    .filter(|it| it.contains("format=pdf"))
            });
            let href = href.unwrap().replace("&amp;", "&");
            let pdf = app.get(Some(&app.amira), &href).await;
            assert_eq!(pdf.status.as_u16(), 200, "{href}: {}", pdf.text);
            assert_eq!(pdf.headers["content-type"], "application/pdf");
            assert_eq!(pages(&pdf.text), 1, "{href}");
            for wanted in ["/StructTreeRoot", "/Marked true", "/Lang(en)", "/S/H1"] {
                assert!(pdf.text.contains(wanted), "{href}: {wanted}");
            }
            // A picture is there in words too.
            let pictures = page.matches("<figure").count();
            let told = ["/Alt(", "/Alt<"].map(|key| pdf.text.matches(key).count());
            assert_eq!(told.iter().sum::<usize>(), pictures, "{href}");
        }
    }

    #[tokio::test]
    #[ignore = "needs kith-pdf: bin/check pdf"]
    async fn what_was_put_together_comes_as_a_pdf_with_its_own_words() {
        let app = app().await;
        let words = "We #panic() have <two> trained people, and *six* who would like to.";
        let mut fields = vec![
            ("construct", "depression"),
            ("audience", "supervisor"),
            ("picture", "yes"),
            ("published", "yes"),
            ("sources", "yes"),
            ("words", words),
        ];
        let page = app.post(Some(&app.amira), "/handouts", &fields).await;
        assert!(page.text.contains("name=\"format\" value=\"pdf\""));
        fields.push(("format", "pdf"));
        let pdf = app.post(Some(&app.amira), "/handouts", &fields).await;
        assert_eq!((pdf.status.as_u16(), pages(&pdf.text)), (200, 1));
        let named = pdf.headers["content-disposition"].to_str().unwrap();
        assert_eq!(named, "inline; filename=\"kith-depression-supervisor.pdf\"");
        // Letters no typeface has are named, and what to do instead.
        fields.retain(|(name, _)| *name != "words");
        fields.push(("words", "\u{6f22}"));
        let refused = app.post(Some(&app.amira), "/handouts", &fields).await;
        assert_eq!(refused.status.as_u16(), 422);
        assert!(refused.text.contains('\u{6f22}') && refused.text.contains("Save as PDF"));
    }
}
