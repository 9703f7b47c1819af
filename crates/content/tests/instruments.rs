//! Instruments' files are read or refused where they are wrong; change rests on figures that are known.

use crate::support::{built_in, file, measure_files};
use kith_content::check_in::{Usual, compare};
use kith_content::instrument::{
    Better, Change, Class, Figures, NoteKind, Recalled, Then, answer, change, change_by, criteria,
    figures,
};
use kith_content::{File, Library};
use proptest::prelude::*;

fn close(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 5e-3)
}

fn changed(id: &str, part: &str, before: f64, after: f64) -> Change {
    let instrument = built_in().instrument(id).unwrap();
    change(instrument, instrument.scale(part).unwrap(), before, after).unwrap()
}

fn by(sd: f64, r: f64, better: Better, cut_off: Option<f64>, scores: (f64, f64)) -> Change {
    let figures = Figures {
        sd: Some(sd),
        reliability: Some(r),
        ..Figures::default()
    };
    change_by(figures, better, cut_off, scores.0, scores.1).unwrap()
}

#[test]
fn jacobson_and_truax_come_to_their_own_figures() {
    // Their example, 1991, page 14: SD 7.5, r .80, 32.5 to 47.5 gives Sdiff 4.74 and RC 3.16.
    let told = by(7.5, 0.80, Better::Higher, None, (32.5, 47.5));
    assert!(close(told.sdiff, 4.74) && close(told.rci, 3.16), "{told:?}");
    assert!(close(told.least_change, 1.96 * 4.743));
    assert_eq!(told.class, Some(Class::Improved));
}

#[test]
fn a_change_is_classed_by_its_size_its_direction_and_the_line_it_crosses() {
    use Better::{Higher, Lower};
    use Class::{Deteriorated, Improved, Recovered, Unchanged};
    let cases = [
        (Lower, Some(10.0), (20.0, 5.0), Recovered),
        (Lower, Some(10.0), (30.0, 15.0), Improved),
        (Lower, None, (20.0, 5.0), Improved),
        (Lower, Some(10.0), (5.0, 20.0), Deteriorated),
        (Lower, Some(10.0), (11.0, 9.0), Unchanged),
        (Lower, Some(10.0), (10.0, 10.0), Unchanged),
        // On the line nobody has crossed it yet; from the line one can.
        (Lower, Some(10.0), (25.0, 10.0), Improved),
        (Lower, Some(20.0), (20.0, 5.0), Recovered),
        // Who was well before does not recover.
        (Lower, Some(30.0), (20.0, 5.0), Improved),
        (Higher, Some(10.0), (5.0, 20.0), Recovered),
        (Higher, Some(10.0), (15.0, 30.0), Improved),
        (Higher, Some(10.0), (20.0, 5.0), Deteriorated),
        (Higher, Some(20.0), (5.0, 20.0), Improved),
    ];
    for (better, cut_off, scores, class) in cases {
        let told = by(5.0, 0.9, better, cut_off, scores);
        assert_eq!(told.class, Some(class), "{better} {cut_off:?} {scores:?}");
        assert_eq!(told.cut_off, cut_off);
    }
    let told = by(5.0, 0.9, Better::Neither, Some(10.0), (5.0, 20.0));
    assert_eq!((told.class, told.cut_off), (None, None));
}

#[test]
fn the_figures_are_chosen_in_their_published_order() {
    // id, part, SD, reliability, points: patients before people in general, a retest within a month before alpha.
    let cases = [
        ("phq-9", "total", Some(6.1), Some(0.84), Some(6.0)),
        ("gad-7", "total", Some(4.7), Some(0.83), Some(4.0)),
        ("core-10", "total", None, Some(0.90), Some(6.0)),
        ("pss-10", "total", Some(7.44), Some(0.91), None),
        // Over months a retest holds true change: alpha is taken.
        ("ucla-20", "total", Some(9.50), Some(0.92), None),
        ("swls", "total", Some(6.43), Some(0.87), None),
        // Within a month it is taken.
        ("rses", "total", Some(5.80), Some(0.85), None),
        ("self-compassion-26", "total", Some(0.63), Some(0.93), None),
        // A retest whose time is not known does not count.
        ("scbcs", "total", Some(1.09), Some(0.90), None),
        ("wsas", "total", None, Some(0.73), None),
        ("who-5", "total", None, None, None),
        ("care", "total", None, None, None),
        ("iri", "fantasy", Some(5.60), Some(0.79), None),
        ("erq", "suppression", Some(1.11), Some(0.73), None),
        ("dass-21", "stress", Some(8.40), Some(0.90), None),
    ];
    for (id, part, sd, reliability, points) in cases {
        let instrument = built_in().instrument(id).unwrap();
        let found = figures(instrument, instrument.scale(part).unwrap());
        assert_eq!(
            (found.sd, found.reliability, found.points),
            (sd, reliability, points),
            "{id}"
        );
    }
    let phq = built_in().instrument("phq-9").unwrap();
    let found = figures(phq, phq.scale("total").unwrap());
    assert_eq!(found.recalled, [Recalled::ClinicalNorm, Recalled::Retest]);
    assert!(found.source.unwrap().starts_with("NHS Talking Therapies"));
    let iri = built_in().instrument("iri").unwrap();
    let found = figures(iri, iri.scale("empathic_concern").unwrap());
    assert_eq!(
        found.recalled,
        [Recalled::SubscaleNorms, Recalled::SubscaleAlpha]
    );
}

#[test]
fn an_instruments_change_follows_its_fixed_criterion_or_its_figures() {
    use Class::{Deteriorated, Improved, Recovered, Unchanged};
    let cases = [
        ("phq-9", "total", 15.0, 9.0, Some(Recovered), Some(10.0)),
        ("phq-9", "total", 15.0, 10.0, Some(Unchanged), Some(10.0)),
        ("phq-9", "total", 20.0, 14.0, Some(Improved), Some(10.0)),
        ("phq-9", "total", 4.0, 10.0, Some(Deteriorated), Some(10.0)),
        // The criterion's own line, 8, and not the screening cut-off, 10.
        ("gad-7", "total", 14.0, 9.0, Some(Improved), Some(8.0)),
        ("gad-7", "total", 9.0, 5.0, Some(Recovered), Some(8.0)),
        ("core-10", "total", 20.0, 10.0, Some(Recovered), Some(11.0)),
        // 7.44 × √2 × √0.09 × 1.96 is 6.19.
        ("pss-10", "total", 20.0, 14.0, Some(Unchanged), None),
        ("pss-10", "total", 20.0, 13.0, Some(Improved), None),
        ("k6", "total", 20.0, 5.0, None, Some(13.0)),
        ("who-5", "total", 20.0, 80.0, None, Some(50.0)),
        ("iri", "fantasy", 5.0, 25.0, None, None),
        ("iri", "personal_distress", 25.0, 5.0, Some(Improved), None),
        ("psc-17", "attention", 10.0, 2.0, Some(Recovered), Some(7.0)),
    ];
    for (id, part, before, after, class, cut_off) in cases {
        let told = changed(id, part, before, after);
        assert_eq!(
            (told.class, told.cut_off),
            (class, cut_off),
            "{id} {part} {before} {after}"
        );
        assert_eq!(told.why_no_class.is_some(), class.is_none(), "{id}");
        assert!(!told.words.client.is_empty() && !told.words.clinician.is_empty());
    }
    let told = changed("phq-9", "total", 15.0, 9.0);
    assert_eq!(told.least_change, Some(6.0));
    assert!(close(told.sdiff, 6.1 * (2.0_f64 * 0.16).sqrt()));
    assert!(
        told.words
            .clinician
            .contains("Not yet checked against the publication: clinical norm, retest.")
    );
    assert!(close(
        changed("pss-10", "total", 20.0, 13.0).least_change,
        6.187
    ));
    let phq = built_in().instrument("phq-9").unwrap();
    assert!(change(phq, phq.scale("total").unwrap(), 28.0, 3.0).is_err());
    assert!(change(phq, phq.scale("total").unwrap(), 3.0, f64::NAN).is_err());
}

#[test]
fn the_three_cut_offs_are_there_where_the_norms_are() {
    let of = |id: &str| criteria(built_in().instrument(id).unwrap().scale("total").unwrap());
    let phq = of("phq-9");
    assert!(close(phq.a, 17.1 - 12.2) && close(phq.b, 2.91 + 7.04));
    assert!(close(phq.c, (6.1 * 2.91 + 3.52 * 17.1) / (6.1 + 3.52)));
    let rses = of("rses");
    assert!(close(rses.b, 22.62 - 11.6));
    assert_eq!((rses.a, rses.c), (None, None));
    assert_eq!(
        of("who-5").b,
        None,
        "a mean without a spread is no norm for this"
    );
}

#[test]
fn figures_that_cannot_be_are_refused() {
    let cases = [
        (0.0, 0.8, 1.0),
        (-1.0, 0.8, 1.0),
        (f64::NAN, 0.8, 1.0),
        (f64::INFINITY, 0.8, 1.0),
        (5.0, 1.0, 1.0),
        (5.0, -0.1, 1.0),
        (5.0, f64::NAN, 1.0),
        (5.0, 0.8, f64::NAN),
        (5.0, 0.8, f64::INFINITY),
    ];
    for (sd, r, after) in cases {
        let figures = Figures {
            sd: Some(sd),
            reliability: Some(r),
            ..Figures::default()
        };
        let told = change_by(figures, Better::Lower, None, 1.0, after);
        assert!(told.is_err(), "{sd} {r} {after}");
    }
    let none = change_by(Figures::default(), Better::Lower, None, 1.0, 2.0).unwrap();
    assert_eq!((none.rci, none.class), (None, None));
}

#[test]
fn the_sentences_neither_praise_nor_scold_nor_promise() {
    for (before, after) in [
        (20.0, 4.0),
        (20.0, 14.0),
        (4.0, 20.0),
        (10.0, 11.0),
        (9.0, 9.0),
    ] {
        let told = changed("phq-9", "total", before, after);
        for word in [
            "!",
            "well done",
            "good",
            "worse",
            "fail",
            "cure",
            "should",
            "must",
        ] {
            assert!(
                !told.words.client.to_lowercase().contains(word),
                "{}",
                told.words.client
            );
        }
    }
    let told = changed("phq-9", "total", 4.0, 20.0).words.client;
    assert!(
        told.contains("up from 4 to 20") && told.contains("telling somebody you trust"),
        "{told}"
    );
}

#[test]
fn the_traps_of_the_codes_are_carried_over() {
    let loinc = |id: &str| built_in().instrument(id).unwrap().loinc.clone().unwrap();
    assert!(loinc("pss-10").turned_already);
    assert!(loinc("k6").ordinals.is_some());
    assert_eq!(loinc("k6").answers[0], "LA6297-1");
    assert_eq!(loinc("phq-9").items[8], "44260-8");
    assert_eq!(loinc("phq-9").extra_item.unwrap().code, "69722-7");
    let who = built_in().instrument("who-5").unwrap();
    assert!(
        who.loinc
            .as_ref()
            .unwrap()
            .note
            .as_ref()
            .unwrap()
            .contains("71969-0")
    );
    let scs = built_in().instrument("social-connectedness-r").unwrap();
    assert!(scs.notes.contains_key(&NoteKind::Naming));
}

/// One instrument's file with some of its words changed.
fn one(id: &str, from: &str, to: &str) -> File {
    let path = format!("instruments/{id}.toml");
    let text = measure_files()
        .into_iter()
        .find(|file| file.path == path)
        .unwrap()
        .text;
    assert!(text.contains(from), "{id} has no {from}");
    file(&path, text.replacen(from, to, 1))
}

#[test]
fn a_wrong_figure_is_told_where_it_stands() {
    let cases = [
        (
            "phq-9",
            "range = [0, 27]",
            "range = [0, 28]",
            "the answers come to (0.0, 27.0)",
        ),
        ("phq-9", "to = 27", "to = 26", "its bands run from 0 to 26"),
        ("phq-9", "from = 5,", "from = 4,", "overlap"),
        ("phq-9", "at = 10", "at = 30", "lies outside its range"),
        (
            "phq-9",
            "rule = \">=\"",
            "rule = \"<=\"",
            "counts the better side as positive",
        ),
        (
            "phq-9",
            "rule = \">=\"",
            "rule = \"=>\"",
            "`=>` is not a rule",
        ),
        ("phq-9", "sd = 6.1", "sd = 61", "more than half its range"),
        ("phq-9", "alpha = 0.89", "alpha = 1", "`alpha` cannot be 1"),
        (
            "phq-9",
            "score = \"sum\"",
            "score = \"summ\"",
            "did you mean `sum`?",
        ),
        ("phq-9", "turned = []", "turned = [10]", "`turned` names 10"),
        ("phq-9", "turned = []", "turned = [1, 1]", "names 1 twice"),
        ("phq-9", "item = 9", "item = 0", "`item` cannot be 0"),
        (
            "phq-9",
            "at_least = 1",
            "at_least = 4",
            "`at_least` cannot be 4",
        ),
        (
            "phq-9",
            "\"44260-8\"]",
            "\"44260-9\"]",
            "`44260-9` is no such code",
        ),
        ("phq-9", ", \"44260-8\"]", "]", "name as many codes"),
        (
            "phq-9",
            "abbreviation =",
            "abreviation =",
            "`abbreviation` is missing",
        ),
        (
            "phq-2",
            "how = \"none\"",
            "how = \"prorated\"",
            "did you mean `prorate`?",
        ),
        ("phq-2", "at_most = 0", "at_most = 1", "no gap is allowed"),
        (
            "core-10",
            "turned = [2, 3]",
            "turned = [2, 3, 11]",
            "names 11",
        ),
        (
            "cbi",
            "each_subscale_answered = [3, 4, 3]",
            "each_subscale_answered = [3, 4]",
            "there are 3 parts",
        ),
        ("cbi", "step = 25", "step = 30", "do not come out even"),
        (
            "cbi",
            "items = [1, 2, 3, 4, 5, 6]",
            "items = [1, 2, 3, 4, 5, 60]",
            "names 60",
        ),
        (
            "cbi",
            "id = \"work\"",
            "id = \"personal\"",
            "stands here twice",
        ),
        (
            "cbi",
            "score = \"none\"",
            "score = \"none\"\nrange = [0, 100]",
            "belongs to a total",
        ),
        (
            "ceas-self",
            "items = [1, 2, 4,",
            "items = [1, 2, 3, 4,",
            "item 3 is not scored",
        ),
        (
            "swemwbs",
            "values = [7.0,",
            "values = [7.5,",
            "the answers come to (7.5, 35.0)",
        ),
        ("swemwbs", "9.51, ", "", "its table has 28 values"),
        (
            "swemwbs",
            "at_most = 0, how = \"none\"",
            "at_most = 1, how = \"prorate\"",
            "a table holds for complete forms",
        ),
        (
            "sdq-parent",
            "\"peer\"]",
            "\"prosocial\"]",
            "are not those of the total",
        ),
        (
            "phq-4",
            "places = [3, 4, 1, 2]",
            "places = [3, 4, 1]",
            "each of the 4 items once",
        ),
        ("fscrs", "[texts]", "[text]", "[texts] is missing"),
    ];
    for (id, from, to, message) in cases {
        let found = Library::read([one(id, from, to)]);
        let told: Vec<String> = found.problems.iter().map(ToString::to_string).collect();
        assert!(
            told.iter().any(|problem| problem.contains(message)),
            "{id} {to}: {told:#?}"
        );
        assert_eq!(found.library.instruments().count(), 0, "{id} {to}");
    }
}

#[test]
fn the_documents_examples_are_read_as_they_stand() {
    let example = |begins: &str| {
        let from = crate::support::FORMAT.find(begins).unwrap();
        let rest = &crate::support::FORMAT[from..];
        rest[..rest.find("```").unwrap()].to_owned()
    };
    let instrument = example("title = \"Patient Health Questionnaire");
    let check_ins = example("about = \"What a check-in is");
    let files = measure_files()
        .into_iter()
        .filter(|file| file.path != "check-ins.toml")
        .chain([
            file("instruments/phq-9.toml", instrument),
            file("check-ins.toml", check_ins),
        ]);
    let loaded = Library::read(files);
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.library.check_ins().all[0].rules.len(), 1);
    assert_eq!(answer(&loaded.library).0, []);
}

#[test]
fn a_score_between_two_bands_is_told() {
    let library = Library::read([one("gad-7", "to = 4,", "to = 3,")]).library;
    let (problems, _) = answer(&library);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["instruments/gad-7.toml:1:1: a `total` of 4 lies between two bands"]
    );
}

#[test]
fn a_programme_that_asks_for_a_broken_instrument_says_which_file_to_mend() {
    let programme = "[[stage]]\nid = \"a\"\ndays = [1, 2]\n[[stage.measure]]\nid = \"phq-9\"\n";
    let files = [
        one("phq-9", "range = [0, 27]", "range = [0, 28]"),
        file("programmes/short.toml", programme),
    ];
    let told: Vec<String> = Library::read(files)
        .problems
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        told.iter()
            .any(|problem| problem.contains("mend instruments/phq-9.toml first")),
        "{told:#?}"
    );
}

#[test]
fn measures_are_instruments_check_ins_and_a_few_questions_of_our_own() {
    let library = built_in();
    assert_eq!(library.check_ins().all.len(), 25);
    assert_eq!(library.measures().len(), 54 + 25 + 4);
    for (id, minutes) in [
        ("phq-9", 3.0),
        ("connection", 0.5),
        ("unwanted-effects", 2.0),
    ] {
        assert_eq!(library.measure(id).unwrap().minutes, minutes, "{id}");
    }
    let twice = measure_files()
        .into_iter()
        .map(|one| match one.path.as_str() {
            "check-ins.toml" => file(
                "check-ins.toml",
                one.text.replace("id = \"trust\"", "id = \"rses\""),
            ),
            _ => one,
        });
    let problems = Library::read(twice).problems;
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0]
            .message
            .contains("`rses` is the id of two measures")
    );
}

#[test]
fn a_check_in_has_a_score_only_when_every_question_is_answered() {
    let talk = built_in().check_in("communication").unwrap();
    let cases: &[(&[Option<f64>], Option<f64>)] = &[
        // The second question is turned.
        (&[Some(8.0), Some(2.0)], Some(8.0)),
        (&[Some(0.0), Some(10.0)], Some(0.0)),
        (&[Some(8.0), None], None),
        (&[Some(8.0)], None),
        (&[Some(11.0), Some(2.0)], None),
        (&[Some(8.5), Some(2.0)], None),
    ];
    for (answers, score) in cases {
        assert_eq!(talk.score(answers), *score, "{answers:?}");
    }
}

#[test]
fn rules_count_over_the_last_answers_and_begin_with_the_newest() {
    let hurt = built_in().check_in("practice-distress").unwrap();
    let follows = |scores: &[f64]| -> Vec<Then> {
        hurt.reached(scores)
            .flat_map(|rule| rule.then.clone())
            .collect()
    };
    assert_eq!(
        follows(&[7.0]),
        [Then::Grounding, Then::Help, Then::AskToTell]
    );
    assert_eq!(follows(&[6.0]), []);
    assert_eq!(follows(&[5.0, 0.0, 5.0]), [Then::GentlerKind]);
    assert_eq!(
        follows(&[5.0, 5.0, 0.0]),
        [],
        "a calm time is not answered with an old one"
    );
    assert_eq!(follows(&[5.0, 0.0, 0.0, 5.0]), []);
    let mood = built_in().check_in("low-mood").unwrap();
    let rule = mood.reached(&[9.0, 2.0, 8.0, 2.0, 8.0]).next().unwrap();
    assert_eq!(rule.offer.as_deref(), Some("phq-2"));
    let fit = built_in().check_in("resonance").unwrap();
    assert_eq!(fit.reached(&[3.0, 9.0, 2.0]).count(), 1);
}

#[test]
fn a_persons_days_are_compared_with_her_own_days_before() {
    let usual = [
        4.0, 5.0, 6.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0, 5.0, 5.0,
    ];
    let with = |last: [f64; 3]| compare(&[&usual[..], &last[..]].concat());
    assert_eq!(with([8.0, 8.0, 9.0]), Usual::Higher);
    assert_eq!(with([2.0, 1.0, 2.0]), Usual::Lower);
    assert_eq!(
        with([8.0, 5.0, 9.0]),
        Usual::AsUsual,
        "one of them is as usual"
    );
    assert_eq!(
        with([6.0, 6.5, 6.5]),
        Usual::AsUsual,
        "less than two points"
    );
    assert_eq!(with([10.0, 10.0, 3.0]), Usual::AsUsual, "on both sides");
    assert_eq!(compare(&[8.0; 16]), Usual::AsUsual, "not enough days");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_never_panic_and_what_is_read_can_be_answered(
        place in 0.0..1.0_f64,
        length in 0..30_usize,
        put in "[-0-9a-z\\[\\]{}=\"., \n]{0,12}",
        which in 0..55_usize,
    ) {
        let mut files = measure_files();
        let at = which % files.len();
        let text: Vec<char> = files[at].text.chars().collect();
        let from = (place * text.len() as f64) as usize;
        let to = (from + length).min(text.len());
        let changed: String = text[..from].iter().copied().chain(put.chars()).chain(text[to..].iter().copied()).collect();
        files[at].text = changed;
        let one = files.swap_remove(at);
        let loaded = Library::read([one]);
        answer(&loaded.library);
    }
}
