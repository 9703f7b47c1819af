//! Pictures as data: what lies where, what is said of whom, and what is not said unless asked.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kith_content::instrument::{Better, Class};
use proptest::prelude::*;

use super::bands::plain;
use super::course::{self, LEAST_A_WEEK, LEAST_PEOPLE};
use super::drawing::{Axis, Drawing, HEIGHT, INSET, LEFT, TOP, draw, short, ticks, y};
use super::panels::Pictures;
use super::picture::{Aim, Answered, Given, Kind, Panel, View, direction, panels, summary, worse};
use crate::features::measures::rules::class_words;
use crate::features::plans::{Plan, PlanPractice};
use crate::testing::content;

const TODAY: Date = date(2026, 11, 23);
const PRACTITIONER: View = View::Practitioner { habit: false };

fn scored(measure: &str, version: &str, scale: &str, scores: &[(Date, f64)]) -> Vec<Answered> {
    let one = |(on, score): &(Date, f64)| Answered {
        measure: measure.to_owned(),
        on: *on,
        version: version.to_owned(),
        scores: BTreeMap::from([(scale.to_owned(), Some(*score))]),
        risk: false,
    };
    scores.iter().map(one).collect()
}

/// Totals a week apart, the last one today, by the definition there is.
fn totals(measure: &str, scores: &[f64]) -> Vec<Answered> {
    let library = content();
    let version = match (library.instrument(measure), library.check_in(measure)) {
        (Some(instrument), _) => instrument.version.clone(),
        (_, Some(check_in)) => check_in.version.clone(),
        _ => "gone".to_owned(),
    };
    let weeks = i64::try_from(scores.len()).unwrap() - 1;
    let dated: Vec<_> = (0..)
        .zip(scores)
        .map(|(place, score)| {
            let back = jiff::Span::new().weeks(weeks - place);
            (TODAY.checked_sub(back).unwrap(), *score)
        })
        .collect();
    scored(measure, &version, "total", &dated)
}

fn show(answered: &[Answered], view: View) -> Vec<Panel> {
    let library = content();
    let given = Given {
        library: &library,
        answered,
        aims: &[],
        plans: &[],
    };
    panels(&given, view)
}

fn one(answered: &[Answered], view: View) -> Panel {
    let panels = show(answered, view);
    assert_eq!(panels.len(), 1);
    panels.into_iter().next().unwrap()
}

#[test]
fn a_score_on_the_edge_of_a_band_lies_on_its_line_and_the_days_reach_from_end_to_end() {
    let panel = one(&totals("phq-9", &[20.0, 15.0, 10.0, 5.0]), PRACTITIONER);
    let axis = Axis::new(panel.points[0].on, TODAY, true);
    let drawing = draw(&panel, &axis, &[]);
    let edges: Vec<f64> = drawing.edges.iter().map(|edge| edge.y).collect();
    let heights: Vec<f64> = drawing.places.iter().map(|place| place.y).collect();
    assert_eq!(edges[..4], heights[..]);
    assert_eq!(
        (drawing.places[0].x, drawing.places[3].x),
        (LEFT + INSET, axis.right - INSET)
    );
    // More is higher, although less is better.
    assert!(heights[0] < heights[3]);
    assert_eq!(
        (y(panel.range, 27.0), y(panel.range, 0.0)),
        (TOP, TOP + HEIGHT)
    );
    assert_eq!(direction(&panel), "Lower is better.");
    let called: Vec<_> = panel
        .points
        .iter()
        .map(|point| point.band.as_deref())
        .collect();
    assert_eq!(
        called,
        [
            Some("severe"),
            Some("moderately severe"),
            Some("moderate"),
            Some("mild")
        ]
    );
}

#[test]
fn the_zone_lies_round_the_first_score_and_what_leaves_it_is_marked() {
    let panel = one(&totals("phq-9", &[14.0, 9.0, 8.0, 20.0]), PRACTITIONER);
    let zone = panel.zone.unwrap();
    assert_eq!((zone.low, zone.high), (8.0, 20.0));
    // Six points are the published criterion: exactly six count.
    let marked: Vec<bool> = panel.points.iter().map(|point| point.reliable).collect();
    assert_eq!(marked, [false, false, true, true]);
    assert!(panel.is_harder);
    let axis = Axis::new(panel.points[0].on, TODAY, true);
    let (x, top, width, height) = draw(&panel, &axis, &[]).zone.unwrap();
    assert_eq!((x, x + width), (LEFT + INSET, axis.right));
    assert_eq!(top, y(panel.range, 20.0));
    assert!((top + height - y(panel.range, 8.0)).abs() < 1e-9);
    // No zone where no figures are: the WHO-5 has no reliability here.
    let panel = one(&totals("who-5", &[28.0, 60.0]), PRACTITIONER);
    assert_eq!((panel.zone, panel.told[0].class), (None, None));
}

#[test]
fn what_changed_is_told_to_each_in_their_words() {
    type Case = (
        &'static str,
        &'static [f64],
        View,
        &'static str,
        Option<Class>,
    );
    let cases: [Case; 7] = [
        (
            "phq-9",
            &[16.0, 8.0],
            PRACTITIONER,
            "Recovered: reliably improved",
            Some(Class::Recovered),
        ),
        (
            "phq-9",
            &[16.0, 8.0],
            View::Own,
            "a change for the better",
            Some(Class::Recovered),
        ),
        (
            "phq-9",
            &[8.0, 16.0],
            PRACTITIONER,
            "Reliably deteriorated",
            Some(Class::Deteriorated),
        ),
        (
            "phq-9",
            &[8.0, 16.0],
            View::Own,
            "Things seem harder than before",
            Some(Class::Deteriorated),
        ),
        (
            "phq-9",
            &[8.0, 9.0],
            View::Own,
            "within the ups and downs",
            Some(Class::Unchanged),
        ),
        ("who-5", &[28.0, 60.0], View::Own, "cannot be said", None),
        (
            "who-5",
            &[28.0, 60.0],
            PRACTITIONER,
            "Neither a standard deviation nor a reliability",
            None,
        ),
    ];
    for (measure, scores, view, words, class) in cases {
        let panel = one(&totals(measure, scores), view);
        let told = &panel.told[0];
        assert!(told.words.contains(words), "{}", told.words);
        assert_eq!(told.class, class);
        assert_eq!(panel.told.len(), 1, "the one before is the first");
    }
    // The line that a recovery crosses is told to her who asked, and to nobody else of the two.
    let said = |view| {
        one(&totals("phq-9", &[16.0, 8.0]), view).told[0]
            .words
            .clone()
    };
    assert!(said(View::OwnWithFigures).contains("crossed the line"));
    assert!(!said(View::Own).contains("line"));
}

#[test]
fn figures_from_memory_say_so_once_beside_the_panel() {
    let answered = totals("phq-9", &[16.0, 12.0, 8.0]);
    for (view, says) in [
        (PRACTITIONER, true),
        (View::OwnWithFigures, true),
        (View::Own, false),
    ] {
        let panel = one(&answered, view);
        let rests = panel.rests_on.clone().unwrap_or_default();
        let words = match view.is_practitioner() {
            true => "Not yet checked against the publication",
            false => "not been checked against their source",
        };
        assert_eq!(rests.contains(words), says);
        assert!(panel.told.iter().all(|told| !told.words.contains("memory")));
    }
}

#[test]
fn two_versions_of_a_definition_are_never_joined_or_compared() {
    let mut answered = scored(
        "phq-9",
        "an older one",
        "total",
        &[(date(2026, 9, 1), 20.0), (date(2026, 9, 15), 18.0)],
    );
    answered.extend(totals("phq-9", &[10.0, 9.0]));
    let panel = one(&answered, PRACTITIONER);
    let joined: Vec<bool> = panel.points.iter().map(|point| point.joined).collect();
    assert_eq!(joined, [false, true, false, true]);
    let axis = Axis::new(date(2026, 9, 1), TODAY, true);
    let runs: Vec<usize> = draw(&panel, &axis, &[]).runs.iter().map(Vec::len).collect();
    assert_eq!(runs, [2, 2]);
    assert_eq!(panel.told[0].from, panel.points[2].on);
    assert_eq!(panel.zone.unwrap().high, 16.0);
    assert_eq!(panel.points[0].band, None);
    assert!(summary(&panel, |on| on.to_string()).contains("The line is broken"));
    // Where nothing was scored by the definition there is now, nothing is laid against its lines.
    let panel = one(&answered[..2], PRACTITIONER);
    assert!(panel.told.is_empty() && panel.zone.is_none() && panel.bands.is_empty());
    assert!(panel.notes[0].contains("earlier definition"));
}

#[test]
fn an_answer_without_a_score_is_counted_and_not_drawn() {
    let mut answered = totals("phq-9", &[16.0, 12.0]);
    answered[1].scores.insert("total".to_owned(), None);
    let panel = one(&answered, View::Own);
    assert_eq!(panel.points.len(), 1);
    assert!(panel.notes[0].contains("once more with too many gaps"));
    answered.remove(0);
    assert!(show(&answered, View::Own).is_empty());
}

#[test]
fn without_a_total_the_parts_have_panels_of_their_own() {
    let library = content();
    let instrument = library.instrument("iri").unwrap();
    let parts = instrument
        .subscales
        .iter()
        .filter(|part| !part.research_only);
    let answered = [Answered {
        measure: "iri".to_owned(),
        on: TODAY,
        version: instrument.version.clone(),
        scores: instrument
            .subscales
            .iter()
            .map(|part| (part.id.clone(), Some(part.range.0)))
            .collect(),
        risk: false,
    }];
    let panels = show(&answered, PRACTITIONER);
    assert_eq!(panels.len(), parts.count());
    assert!(panels.iter().all(|panel| panel.is_part));
    let neither = panels
        .iter()
        .find(|panel| panel.better == Better::Neither)
        .unwrap();
    assert_eq!(direction(neither), "Neither way is better.");
}

#[test]
fn names_the_authors_do_not_publish_are_told_only_when_asked_for() {
    let answered = totals("pss-10", &[20.0, 21.0]);
    let shown = [
        PRACTITIONER,
        View::OwnWithFigures,
        View::Practitioner { habit: true },
    ]
    .map(|view| one(&answered, view));
    assert!(shown[0].bands.is_empty() && shown[0].has_habit);
    assert!(shown[1].bands.is_empty());
    assert!(!shown[2].bands.is_empty());
    assert!(
        shown[2]
            .notes
            .iter()
            .any(|note| note.contains("other people's habit"))
    );
}

#[test]
fn a_check_in_is_compared_with_ones_own_usual_and_nothing_else() {
    let few = one(&totals("low-mood", &[3.0; 5]), PRACTITIONER);
    assert_eq!(few.zone, None);
    assert!(few.notes[0].contains("After 17 answers") && few.notes[0].contains("there are 5"));
    let mut scores = vec![3.0; 14];
    scores.extend([8.0, 9.0, 8.0]);
    let own = one(&totals("low-mood", &scores), View::Own);
    assert_eq!((own.zone, own.is_harder), (None, true));
    assert!(own.notes[0].contains("all higher than is usual for you"));
    let theirs = one(&totals("low-mood", &scores), PRACTITIONER);
    let zone = theirs.zone.unwrap();
    assert_eq!(
        (zone.low, zone.high, zone.from),
        (3.0, 3.0, theirs.points[0].on)
    );
    assert!(theirs.notes[0].contains("usual for them"));
    // More felt connection is no worsening.
    let connected = one(&totals("connection", &scores), View::Own);
    assert!(!connected.is_harder);
}

#[test]
fn felt_connection_comes_first_then_goals_then_what_the_plan_is_for() {
    let mut answered = Vec::new();
    for measure in [
        "gad-7",
        "self-acceptance",
        "swls",
        "social-connectedness-r",
        "connection",
    ] {
        answered.extend(totals(measure, &[4.0]));
    }
    let aims = [Aim {
        goal_id: "one".to_owned(),
        words: "Ring my brother".to_owned(),
        is_ended: false,
        ratings: vec![(TODAY, 3.0)],
    }];
    let plans = [Plan {
        prescribed: vec![PlanPractice {
            practice: "wish-self".to_owned(),
            minutes: 5.0,
            weekdays: "1".to_owned(),
            first_day: 1,
            last_day: None,
            routine: String::new(),
            smallest_practice: "hand-rest-20s".to_owned(),
            smallest_minutes: 1.0,
        }],
        ..Plan::default()
    }];
    let library = content();
    let given = Given {
        library: &library,
        answered: &answered,
        aims: &aims,
        plans: &plans,
    };
    let panels = panels(&given, PRACTITIONER);
    let keys: Vec<&str> = panels.iter().map(|panel| panel.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "connection",
            "social-connectedness-r",
            "goal-one",
            "self-acceptance",
            "gad-7",
            "swls"
        ]
    );
    let goal = &panels[2];
    assert_eq!(
        (goal.kind, goal.told.len(), goal.zone),
        (Kind::Goal, 0, None)
    );
    assert!(!goal.is_harder);
}

#[test]
fn who_is_reliably_worse_is_said_for_a_fortnight() {
    let library = content();
    let cases: [(&[f64], i64, &[&str]); 6] = [
        (&[8.0, 14.0], 0, &["PHQ-9"]),
        (&[8.0, 13.0], 0, &[]),
        (&[20.0, 8.0, 14.0], 0, &["PHQ-9"]),
        (&[14.0, 8.0], 0, &[]),
        (&[8.0, 14.0], 14, &["PHQ-9"]),
        (&[8.0, 14.0], 15, &[]),
    ];
    for (scores, later, expected) in cases {
        let today = TODAY.checked_add(jiff::Span::new().days(later)).unwrap();
        let told = worse(&totals("phq-9", scores), &library, today);
        assert_eq!(told, expected, "{scores:?} {later} days later");
    }
    let mut mixed = totals("phq-9", &[8.0, 14.0]);
    mixed[0].version = "another".to_owned();
    assert!(worse(&mixed, &library, TODAY).is_empty());
    assert_eq!(class_words(Some(Class::Deteriorated)), "reliably worse");
}

/// So many people who started at 16 and fell by one a week for so many weeks.
fn clinic(people: usize, weeks: i64) -> Vec<Vec<(i64, f64)>> {
    let one = |person: usize| {
        (0..weeks)
            .map(|week| (week * 7, 16.0 - week as f64 + (person % 3) as f64 - 1.0))
            .collect()
    };
    (0..people).map(one).collect()
}

#[test]
fn an_expected_course_needs_enough_people_and_enough_of_them_each_week() {
    assert_eq!(
        course::expected(&clinic(LEAST_PEOPLE - 1, 6), 16.0, 6.0),
        None
    );
    assert_eq!(
        course::expected(&clinic(LEAST_PEOPLE, 2), 16.0, 6.0),
        None,
        "twice is too seldom"
    );
    assert_eq!(
        course::expected(&clinic(LEAST_PEOPLE, 6), 26.0, 6.0),
        None,
        "another start"
    );
    let told = course::expected(&clinic(LEAST_PEOPLE, 6), 16.0, 6.0).unwrap();
    assert_eq!((told.people, told.weeks.len()), (LEAST_PEOPLE, 6));
    let middle: Vec<f64> = told.weeks.iter().map(|week| week.middle).collect();
    assert_eq!(middle, [16.0, 15.0, 14.0, 13.0, 12.0, 11.0]);
    assert_eq!((told.weeks[1].low, told.weeks[1].high), (14.0, 16.0));
    // Some go on for longer; so few say nothing of the weeks after.
    let mut some = clinic(LEAST_PEOPLE, 3);
    some.extend(clinic(LEAST_A_WEEK - 1, 9));
    let told = course::expected(&some, 16.0, 6.0).unwrap();
    assert_eq!(told.weeks.last().unwrap().week, 2);
    some.push(clinic(1, 9).remove(0));
    let told = course::expected(&some, 16.0, 6.0).unwrap();
    assert_eq!(told.weeks.last().unwrap().week, 8);
    // Somebody who answers every day weighs no more than anybody else.
    let mut eager = clinic(LEAST_PEOPLE, 6);
    eager[0] = (0..42).map(|day| (day, 16.0)).collect();
    let told = course::expected(&eager, 16.0, 6.0).unwrap();
    assert_eq!(told.weeks[5].middle, 11.0);
}

#[test]
fn what_has_no_expected_course_is_named_and_nothing_is_guessed() {
    assert_eq!(course::none_words(&[]), None);
    let names = ["GAD-7".to_owned(), "PHQ-9".to_owned()];
    let words = course::none_words(&names).unwrap();
    assert!(words.starts_with("There is no expected course for GAD-7 and PHQ-9: "));
    assert!(words.contains("fewer than 30 people here"));
    assert_eq!(course::nearness(Some(6.0), (0.0, 27.0)), 6.0);
    assert_eq!(course::nearness(None, (0.0, 100.0)), 10.0);
}

#[test]
fn sides_and_dates_are_named_a_few_times_and_never_upon_one_another() {
    for (range, expected) in [
        ((0.0, 27.0), vec![0.0, 10.0, 20.0, 27.0]),
        ((0.0, 21.0), vec![0.0, 10.0, 21.0]),
        ((0.0, 10.0), vec![0.0, 5.0, 10.0]),
        ((1.0, 5.0), vec![1.0, 2.0, 3.0, 4.0, 5.0]),
    ] {
        assert_eq!(ticks(range), expected, "{range:?}");
    }
    for days in [55, 70, 98, 99, 180, 364] {
        let first = TODAY.checked_sub(jiff::Span::new().days(days)).unwrap();
        let axis = Axis::new(first, TODAY, true);
        let places: Vec<f64> = axis.ticks().iter().map(|on| axis.x(*on)).collect();
        assert!((2..=5).contains(&places.len()), "{days}: {places:?}");
        assert!(
            places.windows(2).all(|pair| pair[1] - pair[0] > 34.0),
            "{days}"
        );
    }
}

fn page(panels: &[Panel], view: View) -> String {
    let first = date(2026, 9, 1);
    let shown = Pictures {
        view,
        panels,
        days: &[],
        begun: &[],
        axis: Axis::new(first, TODAY, true),
        today: TODAY,
        locale: "en-GB",
    };
    shown.show().into_string()
}

#[test]
fn a_page_names_bands_only_when_they_are_asked_for() {
    let library = content();
    let mut named = 0;
    for instrument in library
        .instruments()
        .filter(|instrument| instrument.total.is_some())
    {
        let total = instrument.total.as_ref().unwrap();
        let answered = totals(&instrument.id, &[total.range.0, total.range.1]);
        let own = page(&show(&answered, View::Own), View::Own);
        let asked = page(&show(&answered, View::OwnWithFigures), View::OwnWithFigures);
        for band in &total.bands {
            let label = format!(">{}", plain(&band.label).split(' ').next().unwrap());
            assert!(!own.contains(&label), "{}: {}", instrument.id, band.label);
            assert!(
                !own.contains(&format!(", {}", plain(&band.label))),
                "{}",
                instrument.id
            );
            if instrument.official_bands {
                assert!(asked.contains(&label), "{}: {}", instrument.id, band.label);
                named += 1;
            }
        }
        for mark in [
            "\"zone\"",
            "\"edge\"",
            "\"ring\"",
            "Called",
            "expected course",
        ] {
            assert!(!own.contains(mark), "{}: {mark}", instrument.id);
        }
    }
    assert!(named > 50, "{named}");
}

/// Words of clinics, and what may frighten.
const CLINICAL: [&str; 12] = [
    "sever", "clinical", "assess", "likely", "abnormal", "normal", "impair", "probable", "moderat",
    "mild", "extreme", "healthy",
];

#[test]
fn a_person_reads_plain_names_for_her_scores() {
    let library = content();
    let mut read = 0;
    for instrument in library.instruments() {
        for scale in instrument.total.iter().chain(&instrument.subscales) {
            for band in &scale.bands {
                let words = plain(&band.label);
                for word in CLINICAL {
                    assert!(!words.contains(word), "{}: {words}", instrument.id);
                }
                read += 1;
            }
        }
        let Some(total) = &instrument.total else {
            continue;
        };
        let answered = totals(&instrument.id, &[total.range.0, total.range.1]);
        let asked = page(&show(&answered, View::OwnWithFigures), View::OwnWithFigures);
        for word in [
            "clinical norm",
            "assess",
            "severe",
            "impairment",
            "abnormal",
        ] {
            assert!(
                !asked.to_lowercase().contains(word),
                "{}: {word}",
                instrument.id
            );
        }
    }
    assert!(read > 90, "{read}");
}

/// The rectangle a number fills, and the lines between scores.
fn met(drawing: &Drawing, panel: &Panel) -> usize {
    let lines: Vec<_> = drawing
        .runs
        .iter()
        .flat_map(|run| run.windows(2).map(|pair| (pair[0], pair[1])))
        .collect();
    let numbers = panel.points.iter().zip(&drawing.places);
    numbers
        .filter_map(|(point, place)| Some((place.number?, short(point.score))))
        .filter(|((x, base), words)| {
            let half = 6.6 * words.len() as f64 / 2.0;
            // Many places on each line: none of them lies within a number.
            lines.iter().any(|((ax, ay), (bx, by))| {
                (0..=400).map(|step| f64::from(step) / 400.0).any(|share| {
                    let (at_x, at_y) = (ax + (bx - ax) * share, ay + (by - ay) * share);
                    (at_x - x).abs() < half && at_y > base - 8.6 && at_y < *base
                })
            })
        })
        .count()
}

#[test]
fn no_line_runs_through_a_number() {
    for scores in [
        &[20.0, 10.0, 0.0][..],
        &[0.0, 10.0, 20.0, 27.0],
        &[14.0, 4.0, 15.0, 3.0, 16.0],
        &[4.0, 24.0, 4.0, 24.0],
        &[27.0, 0.0],
        &[9.0, 9.0, 9.0, 9.0],
        &[0.0, 27.0, 0.0, 27.0, 0.0],
        &[13.0, 12.0, 9.0, 10.0, 7.0],
    ] {
        let panel = show(&totals("phq-9", scores), View::Own).remove(0);
        let axis = Axis::new(date(2026, 9, 28), TODAY, false);
        let drawing = draw(&panel, &axis, &[]);
        assert!(drawing.places.iter().any(|place| place.number.is_some()));
        assert_eq!(met(&drawing, &panel), 0, "{scores:?} {:?}", drawing.places);
    }
}

#[test]
fn things_that_are_harder_lead_to_help_and_are_not_called_worse() {
    let panels = show(&totals("phq-9", &[8.0, 16.0]), View::Own);
    let own = page(&panels, View::Own);
    assert!(own.contains("href=\"/help\"") && own.contains("tell your practitioner"));
    assert!(!own.to_lowercase().contains("worse"));
    let better = page(&show(&totals("phq-9", &[16.0, 8.0]), View::Own), View::Own);
    assert!(!better.contains("/help"));
}

/// Every scale that has bands or lines, answered from one end to the other.
fn anything() -> impl Strategy<Value = Vec<Answered>> {
    let library = content();
    let scales: Vec<_> = library
        .instruments()
        .flat_map(|instrument| {
            let scales = instrument.total.iter().chain(&instrument.subscales);
            scales.map(|scale| {
                (
                    instrument.id.clone(),
                    instrument.version.clone(),
                    scale.id.clone(),
                    scale.range,
                )
            })
        })
        .collect();
    let shares = proptest::collection::vec(0.0..=1.0f64, 1..6);
    (proptest::sample::select(scales), shares).prop_map(|((id, version, scale, range), shares)| {
        let scores: Vec<_> = (0..)
            .zip(shares)
            .map(|(place, share): (i64, f64)| {
                let on = TODAY
                    .checked_sub(jiff::Span::new().days(60 - place * 7))
                    .unwrap();
                (on, range.0 + (range.1 - range.0) * share)
            })
            .collect();
        scored(&id, &version, &scale, &scores)
    })
}

proptest! {
    /// What a person reads of her own picture holds no line, no name of a score and no class, whatever she answered.
    #[test]
    fn nobody_is_told_a_threshold_who_did_not_ask(answered in anything()) {
        for panel in show(&answered, View::Own) {
            prop_assert!(panel.bands.is_empty() && panel.zone.is_none() && panel.expected.is_none());
            prop_assert!(panel.rests_on.is_none());
            prop_assert!(panel.points.iter().all(|point| point.band.is_none() && !point.reliable));
            let said: Vec<String> = panel.told.iter().map(|told| told.words.clone())
                .chain(panel.notes.clone())
                .chain([summary(&panel, |on| on.to_string())])
                .collect();
            let said = said.join(" ").to_lowercase();
            for word in ["cut-off", "cutoff", "threshold", "crossed", "deteriorat", "recovered", "severe", "clinical", "criterion", "rci"] {
                prop_assert!(!said.contains(word), "{}: {} in {}", panel.key, word, said);
            }
        }
    }

    /// Everything lies within its picture.
    #[test]
    fn nothing_lies_outside(answered in anything()) {
        for panel in show(&answered, View::Practitioner { habit: true }) {
            let axis = Axis::new(date(2026, 9, 1), TODAY, true);
            let drawing = draw(&panel, &axis, &[]);
            for place in &drawing.places {
                prop_assert!((LEFT..=axis.right).contains(&place.x) && (TOP..=TOP + HEIGHT).contains(&place.y));
                if let Some((x, base)) = place.number {
                    prop_assert!((LEFT..=axis.right + INSET).contains(&x), "{x}");
                    prop_assert!(base > 5.0 && base <= TOP + HEIGHT + 3.0, "{base}");
                }
            }
            let names: Vec<f64> = drawing.edges.iter()
                .flat_map(|edge| (0..edge.lines.len()).map(move |line| edge.name_y + line as f64 * super::drawing::LINE))
                .collect();
            prop_assert!(names.windows(2).all(|pair| pair[1] - pair[0] > super::drawing::LINE - 0.1), "{:?} {:?}", panel.key, names);
            prop_assert!(names.iter().all(|y| *y > 0.0 && *y <= TOP + HEIGHT + 6.0));
        }
    }
}
