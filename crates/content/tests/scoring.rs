//! Answers become the scores the published keys give, and never any others.

use std::collections::BTreeMap;

use crate::support::built_in;
use kith_content::instrument::{Asking, Recalled, ScoreError, Scored, answer, score};

/// Answers as the command line has them: `2,1,_`.
fn answers(text: &str) -> Vec<Option<f64>> {
    text.split(',')
        .map(|word| word.trim().parse().ok())
        .collect()
}

fn scored_in(id: &str, order: Option<&str>, given: &str) -> Scored {
    let instrument = built_in().instrument(id).unwrap_or_else(|| panic!("{id}"));
    let asking = Asking {
        order,
        habit: false,
    };
    score(instrument, &answers(given), asking).unwrap_or_else(|error| panic!("{id}: {error}"))
}

fn scored(id: &str, given: &str) -> Scored {
    scored_in(id, None, given)
}

/// The same answer to every item.
fn all(id: &str, answer: &str) -> String {
    let items = built_in().instrument(id).unwrap().items;
    vec![answer; items].join(",")
}

fn part(scored: &Scored, id: &str) -> Option<f64> {
    scored
        .subscales
        .iter()
        .find(|(part, _)| part == id)
        .unwrap()
        .1
}

#[test]
fn a_total_is_worked_out_as_its_key_says() {
    let cases: &[(&str, &str, Option<f64>)] = &[
        ("phq-9", "2,1,0,3,1,2,0,1,0", Some(10.0)),
        // sum_x2 and sum_x4.
        ("dass-21", &all("dass-21", "1"), Some(42.0)),
        ("who-5", "5,4,3,2,1", Some(60.0)),
        // mean_x10 with 2 and 3 turned: keyed 1, 3, 4, 1, six times 1.
        ("core-10", "1,1,0,1,1,1,1,1,1,1", Some(15.0)),
        // mean_0_100 with 3 and 5 turned.
        ("rand-mhi-5", "6,6,1,6,1", Some(100.0)),
        ("rand-mhi-5", "1,1,6,1,6", Some(0.0)),
        // sum_lookup: published values, not sums.
        ("swemwbs", "3,3,3,3,3,3,3", Some(19.25)),
        ("swemwbs", "1,1,1,1,1,1,1", Some(7.0)),
        ("promis-depression-4a", "2,2,2,2", Some(55.7)),
        ("promis-global-mental", "5,5,5,1", Some(67.6)),
        // Turned items.
        ("pss-10", &all("pss-10", "0"), Some(16.0)),
        ("ucla-20", &all("ucla-20", "1"), Some(11.0 + 9.0 * 4.0)),
        (
            "self-compassion-26",
            &all("self-compassion-26", "5"),
            Some(3.0),
        ),
        // Fillers: 3, 7 and 11 are not scored, whatever is answered.
        ("ceas-self", "1,1,10,1,1,1,10,1,1,1,10,1,1", Some(10.0)),
        // No total.
        ("iri", &all("iri", "2"), None),
        ("cbi", &all("cbi", "50"), None),
    ];
    for (id, given, total) in cases {
        let found = scored(id, given);
        assert_eq!(found.total, *total, "{id} {given}");
        assert_eq!(found.why_no_total.is_some(), total.is_none(), "{id}");
    }
}

#[test]
fn what_is_missing_follows_the_rule_of_the_instrument_or_there_is_no_score() {
    let cases: &[(&str, &str, Option<f64>)] = &[
        // Prorate: mean of the answered times all.
        ("phq-9", "1,1,1,1,1,1,1,_,_", Some(9.0)),
        ("phq-9", "2,1,0,3,1,2,0,1,_", Some(11.25)),
        ("phq-9", "1,1,1,1,1,1,_,_,_", None),
        ("gad-7", "1,1,1,1,1,2,_", Some(7.0 * 7.0 / 6.0)),
        ("gad-7", "1,1,1,1,1,_,_", None),
        // None: any gap leaves no score.
        ("phq-2", "3,_", None),
        ("who-5", "5,5,5,5,_", None),
        ("swemwbs", "3,3,3,3,3,3,_", None),
        // The mean of the answered.
        ("core-10", "_,0,0,1,1,1,1,1,1,1", Some(10.0 * 15.0 / 9.0)),
        ("core-10", "_,_,0,1,1,1,1,1,1,1", None),
        ("rand-mhi-5", "6,6,_,_,1", Some(100.0)),
        // Zero.
        ("psc-17", "2,2,2,_,_,_,2,2,2,2,2,2,2,2,2,2,2", Some(28.0)),
        ("psc-17", "2,2,2,_,_,_,_,2,2,2,2,2,2,2,2,2,2", None),
        // Fillers that were skipped are not missing.
        ("ceas-self", "1,1,_,1,1,1,_,1,1,1,_,1,1", Some(10.0)),
        (
            "ceas-self",
            "_,10,_,10,10,10,_,10,10,10,_,10,10",
            Some(100.0),
        ),
        ("ceas-self", "_,_,1,10,10,10,1,10,10,10,1,10,10", None),
        // Doubled after prorating: 20 answers of 1 for 21 items.
        ("dass-21", &format!("_,{}", ["1"; 20].join(",")), Some(42.0)),
        // Nothing at all.
        ("phq-9", &all("phq-9", "_"), None),
        ("psc-17", &all("psc-17", "_"), None),
    ];
    for (id, given, total) in cases {
        let found = scored(id, given);
        assert_eq!(found.total, *total, "{id} {given}");
        assert_eq!(found.why_no_total.is_some(), total.is_none(), "{id}");
        if total.is_none() {
            assert_eq!((&found.band, found.positive), (&None, None), "{id}");
        }
    }
    let told = scored("phq-9", "1,1,1,1,1,1,_,_,_");
    assert_eq!(told.missing, [7, 8, 9]);
    let why = told.why_no_total.unwrap();
    assert_eq!(
        why,
        "3 of the 9 items of PHQ-9 are missing, and at most 2 may be."
    );
    assert_eq!(
        scored("ceas-self", "1,1,_,1,1,1,_,1,1,1,_,1,1").missing,
        [0; 0]
    );
}

#[test]
fn a_part_stands_on_its_own() {
    let cases: &[(&str, &str, &str, Option<f64>)] = &[
        // One of four or more may be missing unless something else is said; of three, none.
        ("uwes-9", "6,6,6,_,6,6,6,6,6", "vigor", Some(6.0)),
        ("uwes-9", "6,6,6,_,6,6,6,6,6", "dedication", None),
        (
            "ceas-self",
            "_,10,1,10,10,10,1,10,_,10,1,10,10",
            "engagement",
            Some(60.0),
        ),
        (
            "ceas-self",
            "_,10,1,10,10,10,1,10,_,10,1,10,10",
            "action",
            Some(40.0),
        ),
        (
            "ceas-self",
            "_,_,1,10,10,10,1,10,10,10,1,10,10",
            "engagement",
            None,
        ),
        (
            "ceas-self",
            "_,_,1,10,10,10,1,10,10,10,1,10,10",
            "action",
            Some(40.0),
        ),
        // Of two items none may be missing.
        (
            "self-compassion-12",
            "1,_,3,3,3,3,3,3,3,3,3,3",
            "self_kindness",
            None,
        ),
        // Of four, never more than the whole form may lack: for PHQ-4 that is none.
        ("phq-4", "3,3,1,_", "anxiety", Some(6.0)),
        ("phq-4", "3,3,1,_", "depression", None),
        // CBI: 3 of 6, 4 of 7, 3 of 6.
        (
            "cbi",
            "100,50,0,_,_,_,_,_,_,0,0,0,0,_,_,_,_,75,75",
            "personal",
            Some(50.0),
        ),
        (
            "cbi",
            "100,50,0,_,_,_,_,_,_,0,0,0,0,_,_,_,_,75,75",
            "work",
            Some(25.0),
        ),
        (
            "cbi",
            "100,50,0,_,_,_,_,_,_,0,0,0,0,_,_,_,_,75,75",
            "client",
            None,
        ),
        // Answers as given, so that much of it is much of it.
        ("pss-10", "0,0,0,4,4,0,4,4,0,0", "self_efficacy", Some(16.0)),
        (
            "self-compassion-26",
            &all("self-compassion-26", "5"),
            "isolation",
            Some(5.0),
        ),
        // Too many gaps in the whole form of the PSC-17 leave its parts without a score too.
        (
            "psc-17",
            "2,2,2,2,2,2,2,2,2,2,2,2,2,_,2,_,_",
            "internalising",
            Some(10.0),
        ),
        (
            "psc-17",
            "2,2,2,_,2,2,2,_,2,2,2,2,2,_,2,_,2",
            "internalising",
            None,
        ),
    ];
    for (id, given, name, expected) in cases {
        assert_eq!(
            part(&scored(id, given), name),
            *expected,
            "{id} {name} {given}"
        );
    }
}

#[test]
fn the_sdq_is_the_sum_of_four_parts_rounded_one_by_one() {
    let mut given: Vec<String> = vec!["1".into(); 25];
    assert_eq!(scored("sdq-parent", &given.join(",")).total, Some(20.0));
    // Emotional: 2, 1, 1 of items 3, 8, 13 comes to 6 2/3, which is 7; conduct 0, 1, 0, 1 to 2.5, which is 3.
    for (item, answer) in [
        (3, "2"),
        (16, "_"),
        (24, "_"),
        (5, "0"),
        (7, "1"),
        (12, "0"),
        (18, "1"),
        (22, "_"),
    ] {
        given[item - 1] = answer.into();
    }
    let found = scored("sdq-parent", &given.join(","));
    assert_eq!(part(&found, "emotional"), Some(7.0));
    assert_eq!(part(&found, "conduct"), Some(3.0));
    assert_eq!(found.total, Some(20.0));
    // A part with three gaps has no score, and so the total has none; the strengths are no part of it.
    for item in [1, 4, 9] {
        given[item - 1] = "_".into();
    }
    let found = scored("sdq-parent", &given.join(","));
    assert_eq!((part(&found, "prosocial"), found.total), (None, Some(20.0)));
    given[13 - 1] = "_".into();
    let found = scored("sdq-parent", &given.join(","));
    assert_eq!((part(&found, "emotional"), found.total), (None, None));
}

#[test]
fn a_form_printed_in_another_order_is_scored_by_that_order() {
    // RSES: the turned items lie elsewhere.
    let given = "3,3,0,3,0,3,3,0,0,0";
    assert_eq!(
        scored_in("rses", Some("worth-first"), given).total,
        Some(30.0)
    );
    let usual = scored("rses", given);
    assert_eq!(usual.total, Some(18.0));
    assert_eq!(usual.order.as_deref(), Some("satisfaction-first"));
    // PHQ-4: anxiety first, or depression first.
    for (order, anxiety, missing) in [
        ("anxiety-first", None, 2),
        ("depression-first", Some(2.0), 2),
    ] {
        let found = scored_in("phq-4", Some(order), "3,_,1,1");
        assert_eq!(part(&found, "anxiety"), anxiety, "{order}");
        assert_eq!(
            found.missing,
            [missing],
            "{order}: as it stands on the form"
        );
    }
    let phq9 = built_in().instrument("phq-9").unwrap();
    let asking = Asking {
        order: Some("mixed"),
        habit: false,
    };
    let error = score(phq9, &answers("0,0,0,0,0,0,0,0,0"), asking).unwrap_err();
    assert!(matches!(error, ScoreError::Order { .. }), "{error}");
}

#[test]
fn a_safety_item_speaks_by_itself_whatever_the_total() {
    let cases: &[(&str, &str, &[usize])] = &[
        ("phq-9", "0,0,0,0,0,0,0,0,1", &[9]),
        ("phq-9", "3,3,3,3,3,3,3,3,0", &[]),
        // Also on a form too empty to be scored.
        ("phq-9", "_,_,_,_,_,_,_,_,3", &[9]),
        ("core-10", "0,4,4,0,0,1,0,0,0,0", &[6]),
        ("core-10", "4,0,0,4,4,0,4,4,4,4", &[]),
        ("dass-21", &format!("{},1", ["3"; 20].join(",")), &[]),
        ("dass-21", &format!("{},2", ["0"; 20].join(",")), &[21]),
        ("fscrs", &all("fscrs", "1"), &[]),
        ("fscrs", &all("fscrs", "2"), &[9]),
    ];
    for (id, given, items) in cases {
        assert_eq!(scored(id, given).safety_items, *items, "{id} {given}");
    }
}

#[test]
fn a_score_is_called_by_the_last_band_it_reaches() {
    let cases: &[(&str, &str, Option<&str>, Option<bool>)] = &[
        ("phq-9", "1,1,1,1,1,1,1,1,1", Some("mild"), Some(false)),
        ("phq-9", "2,1,1,1,1,1,1,1,1", Some("moderate"), Some(true)),
        // 9 answers short of one: 10.125 is in the band from 10.
        ("phq-9", "2,1,1,1,1,1,1,1,_", Some("moderate"), Some(true)),
        ("gad-7", "3,3,3,3,3,0,0", Some("severe"), Some(true)),
        // WHO-5 runs by fours; 50 cannot be, and 48 is low.
        ("who-5", "5,5,2,0,0", Some("low wellbeing"), Some(true)),
        ("who-5", "5,5,3,0,0", Some("not low"), Some(false)),
        // 16 of 9 items is 1.78 in print and 1.777… in truth.
        ("uwes-9", "2,2,2,2,2,2,2,2,0", Some("very low"), None),
        // Bands that are habit are not told.
        ("pss-10", &all("pss-10", "2"), None, None),
        ("k6", &all("k6", "4"), None, Some(true)),
    ];
    for (id, given, band, positive) in cases {
        let found = scored(id, given);
        assert_eq!(
            (found.band.as_deref(), found.positive),
            (*band, *positive),
            "{id} {given}"
        );
    }
    let pss = built_in().instrument("pss-10").unwrap();
    let asking = Asking {
        order: None,
        habit: true,
    };
    let told = score(pss, &answers(&all("pss-10", "2")), asking).unwrap();
    assert_eq!(told.band.as_deref(), Some("moderate"));
    assert!(scored("pss-10", &all("pss-10", "2")).why_no_band.is_some());
    assert!(told.why_no_band.is_none());
}

#[test]
fn what_rests_on_memory_is_said_with_the_score() {
    let cases: &[(&str, &str, &[Recalled])] = &[
        ("phq-9", "0", &[]),
        ("swls", "4", &[Recalled::Key, Recalled::Bands]),
        ("k6", "4", &[Recalled::CutOff]),
        ("cbi", "50", &[]),
        ("promis-global-mental", "1", &[Recalled::Lookup]),
        ("sdq-parent", "0", &[Recalled::Key, Recalled::Bands]),
    ];
    for (id, given, recalled) in cases {
        assert_eq!(scored(id, &all(id, given)).recalled, *recalled, "{id}");
    }
    let given = "50,50,50,_,_,_,0,0,0,0,0,0,0,0,0,0,0,0,0";
    assert_eq!(scored("cbi", given).recalled, [Recalled::Missing]);
}

#[test]
fn what_the_form_does_not_have_is_refused() {
    let cases = [
        ("phq-9", "0,0,0,0,0,0,0,0"),
        ("phq-9", "0,0,0,0,0,0,0,0,0,0"),
        ("phq-9", "0,0,0,0,0,0,0,0,4"),
        ("phq-9", "0,0,0,0,0,0,0,0,-1"),
        ("phq-9", "0,0,0,0,0,0,0,0,1.5"),
        ("phq-9", "0,0,0,0,0,0,0,0,NaN"),
        ("phq-9", "0,0,0,0,0,0,0,0,inf"),
        // A filler is answered like any other item.
        ("ceas-self", "1,1,0,1,1,1,1,1,1,1,1,1,1"),
        // By twenty-fives.
        ("cbi", "30,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"),
        ("k10", "0,1,1,1,1,1,1,1,1,1"),
    ];
    for (id, given) in cases {
        let instrument = built_in().instrument(id).unwrap();
        let refused = score(instrument, &answers(given), Asking::default());
        assert!(refused.is_err(), "{id} {given}");
    }
}

#[test]
fn a_score_carries_the_version_of_its_definition_and_the_keys_others_rely_on() {
    let found = scored("phq-4", "1,1,1,1");
    assert_eq!(
        found.version,
        built_in().instrument("phq-4").unwrap().version
    );
    assert_eq!(found.version.len(), 12);
    let json = serde_json::to_value(&found).unwrap();
    for key in [
        "instrument",
        "version",
        "total",
        "band",
        "positive",
        "subscales",
        "missing",
        "safety_items",
        "why_no_total",
    ] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert_eq!(
        json["subscales"],
        serde_json::json!({"anxiety": 2.0, "depression": 2.0})
    );
}

#[test]
fn every_instrument_answers_within_its_range_and_bands() {
    let (problems, answered) = answer(built_in());
    assert_eq!(problems, []);
    assert!(answered > 54 * 200, "{answered}");
}

/// A scale of the second reading.
struct Key {
    name: String,
    way: String,
    keyed: bool,
    items: Vec<usize>,
    table: Vec<f64>,
    bands: Vec<f64>,
    cut_off: Option<(String, f64)>,
}

struct Form {
    numbers: Vec<f64>,
    turned: Vec<usize>,
    unscored: Vec<usize>,
    most: Option<usize>,
    how: String,
    per_part: Option<usize>,
    answered: Vec<usize>,
    total: Option<Key>,
    parts: Vec<Key>,
}

/// The published keys as bare numbers, by instrument.
fn forms() -> BTreeMap<String, Form> {
    fn list<T: std::str::FromStr>(text: &str) -> Vec<T> {
        text.split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect()
    }
    let mut forms = BTreeMap::new();
    let mut last = String::new();
    for line in include_str!("valid/keys.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let fields: Vec<&str> = line.split('|').collect();
        let head: Vec<&str> = fields[0].split_whitespace().collect();
        if head[0] == "form" {
            last = head[1].to_owned();
            let form = Form {
                numbers: list(&head[2..].join(" ")),
                turned: list(fields[1]),
                unscored: list(fields[2]),
                most: fields[3].trim().parse().ok(),
                how: fields[4].trim().to_owned(),
                per_part: fields[5].trim().parse().ok(),
                answered: list(fields[6]),
                total: None,
                parts: Vec::new(),
            };
            forms.insert(last.clone(), form);
            continue;
        }
        let rule: Vec<&str> = fields[4].split_whitespace().collect();
        let key = Key {
            name: head[1].to_owned(),
            way: head[2].to_owned(),
            keyed: head[3] == "true",
            items: list(fields[1]),
            table: list(fields[2]),
            bands: list(fields[3]),
            cut_off: rule
                .get(1)
                .map(|at| (rule[0].to_owned(), at.parse().unwrap())),
        };
        let form = forms.get_mut(&last).unwrap();
        match head[0] {
            "total" => form.total = Some(key),
            _ => form.parts.push(key),
        }
    }
    forms
}

/// A second way of scoring, written from the header of the published keys alone and as plainly as can be.
fn naive(id: &str, form: &Form, given: &[Option<f64>]) -> (Option<f64>, Vec<Option<f64>>) {
    let (least, most) = (form.numbers[1], form.numbers[2]);
    let gaps_of_form = (1..=given.len())
        .filter(|item| !form.unscored.contains(item) && given[item - 1].is_none())
        .count();
    let one = |key: &Key, may_lack: usize| -> Option<f64> {
        let mut values = Vec::new();
        let mut gaps = 0;
        for item in &key.items {
            match given[item - 1] {
                Some(answer) if key.keyed && form.turned.contains(item) => {
                    values.push(least + most - answer);
                }
                Some(answer) => values.push(answer),
                None => {
                    gaps += 1;
                    if form.how == "zero" {
                        values.push(0.0);
                    }
                }
            }
        }
        if gaps > may_lack || (gaps > 0 && form.how == "none") || values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let items = key.items.len() as f64;
        Some(match key.way.as_str() {
            "sum" => mean * items,
            "sum_x2" => mean * items * 2.0,
            "sum_x4" => mean * items * 4.0,
            "mean" => mean,
            "mean_x10" => mean * 10.0,
            "mean_0_100" => {
                let scaled = values
                    .iter()
                    .map(|value| 100.0 * (value - least) / (most - least));
                scaled.sum::<f64>() / values.len() as f64
            }
            "sum_lookup" => key.table[1 + (values.iter().sum::<f64>() - key.table[0]) as usize],
            other => panic!("{other}"),
        })
    };
    let parts: Vec<Option<f64>> = form
        .parts
        .iter()
        .enumerate()
        .map(|(place, key)| {
            let may_lack = match form.answered.get(place) {
                Some(answered) => key.items.len() - answered,
                None => {
                    let usual = if key.items.len() >= 4 { 1 } else { 0 };
                    form.per_part.unwrap_or(usual).min(form.most.unwrap_or(99))
                }
            };
            let score = one(key, may_lack);
            match id {
                "sdq-parent" => score.map(|score| (score + 0.5 + 1e-9).floor()),
                "psc-17" if gaps_of_form > 3 => None,
                _ => score,
            }
        })
        .collect();
    let total = match &form.total {
        // The first four parts; the fifth is its strengths.
        Some(_) if id == "sdq-parent" => parts[..4].iter().copied().sum(),
        Some(key) => one(key, form.most.unwrap()),
        None => None,
    };
    (total, parts)
}

#[test]
fn a_second_reading_of_the_published_keys_gives_the_same_scores() {
    let forms = forms();
    assert_eq!(forms.len(), 54);
    assert_eq!(built_in().instruments().count(), 54);
    let mut state = 20_261_122_u64;
    let mut chance = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let close = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one.is_none() && other.is_none(),
    };
    for (id, form) in &forms {
        let instrument = built_in().instrument(id).unwrap_or_else(|| panic!("{id}"));
        let [items, least, most, step] = form.numbers[..] else {
            panic!("{id}");
        };
        for round in 0..150 {
            let gap = [0.0, 0.04, 0.12, 0.35][round % 4];
            let given: Vec<Option<f64>> = (0..items as usize)
                .map(|_| {
                    let steps = ((most - least) / step + 1.0) * chance();
                    (chance() >= gap).then_some(least + step * steps.floor())
                })
                .collect();
            let found = score(instrument, &given, Asking::default()).unwrap();
            let (total, parts) = naive(id, form, &given);
            assert!(
                close(found.total, total),
                "{id} {given:?}: {:?} {total:?}",
                found.total
            );
            assert_eq!(found.subscales.len(), parts.len());
            for (((name, score), expected), key) in
                found.subscales.iter().zip(parts).zip(&form.parts)
            {
                assert_eq!(*name, key.name);
                assert!(
                    close(*score, expected),
                    "{id} {name} {given:?}: {score:?} {expected:?}"
                );
            }
            let Some((total, key)) = total.zip(form.total.as_ref()) else {
                continue;
            };
            let positive = key.cut_off.as_ref().map(|(rule, at)| match rule.as_str() {
                ">=" => total >= at - 1e-9,
                _ => total <= at + 1e-9,
            });
            assert_eq!(found.positive, positive, "{id} {total}");
            let reached = key
                .bands
                .iter()
                .filter(|from| **from <= total + 1e-9)
                .count();
            let bands = &instrument.total.as_ref().unwrap().bands;
            let band = reached
                .checked_sub(1)
                .map(|place| bands[place].label.clone());
            let band = band.filter(|_| instrument.official_bands);
            assert_eq!(found.band, band, "{id} {total}");
        }
    }
}
