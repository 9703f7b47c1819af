//! String files of CamCOPS.

use super::*;

/// A string file as CamCOPS writes them, with made-up words.
fn strings(task: &str, names: &[&str]) -> String {
    let lines: String = names
        .iter()
        .map(|name| format!("<string name=\"{name}\">1. Words {name}</string>\n"))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<resources><task name=\"{task}\">{lines}</task></resources>"
    )
}

const PHQ_9: &[&str] = &[
    "stem", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "a0", "a1", "a2", "a3", "finalq",
    "q1_s",
];

#[test]
fn a_string_file_becomes_a_form() {
    let form = from_camcops(&strings("phq9", PHQ_9), built_in(), &Wanted::default())
        .unwrap()
        .form;
    assert_eq!(
        (
            form.instrument.as_str(),
            form.lead.as_str(),
            form.language.as_str()
        ),
        ("phq-9", "1. Words stem", "en")
    );
    assert_eq!(form.items[8].text, "Words q9");
    assert_eq!(form.items[8].answers[3].value, 3.0);
    // The first two of them are another instrument, when asked for.
    let two = from_camcops(&strings("phq9", PHQ_9), built_in(), &asked("phq-2"))
        .unwrap()
        .form;
    assert_eq!(two.items.len(), 2);
    let mut rest: Vec<&str> = PHQ_9.to_vec();
    rest.retain(|name| !["q4", "a2"].contains(name));
    rest.push("q5");
    let list = why(from_camcops(
        &strings("phq9", &rest),
        built_in(),
        &Wanted::default(),
    ));
    for part in [
        "q4: There are no such words",
        "a2: There are no such words",
        "q5: There are several words",
    ] {
        assert!(list.contains(part), "{part} is not in\n{list}");
    }
    let cases = [
        (strings("phq9", PHQ_9), asked("gad-7"), "stand in gad7.xml"),
        (
            strings("phq9", PHQ_9),
            asked("rses"),
            "not known here to have the words of rses",
        ),
        (
            strings("phq9", PHQ_9),
            Wanted {
                language: Some("da"),
                ..Wanted::default()
            },
            "no words in da",
        ),
        (
            strings("pswq", PHQ_9),
            Wanted::default(),
            "none of the questionnaires Kith takes",
        ),
        ("<a/>".into(), Wanted::default(), "neither"),
        ("<a".into(), Wanted::default(), "cannot be read as XML"),
        (
            format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", "<a>&b;</a>"),
            Wanted::default(),
            "cannot be read as XML",
        ),
        (
            "<a>".repeat(100_000),
            Wanted::default(),
            "cannot be read as XML",
        ),
    ];
    for (xml, wanted, part) in cases {
        let list = why(from_camcops(&xml, built_in(), &wanted));
        assert!(list.contains(part), "{part} is not in\n{list}");
    }
}

#[test]
fn what_camcops_has_fits_the_keys() {
    let mut ids: Vec<&str> = Vec::new();
    for strings in CAMCOPS {
        assert!(
            built_in().instrument(strings.instrument).is_some(),
            "{}",
            strings.instrument
        );
        ids.push(strings.instrument);
    }
    assert_eq!(
        ids,
        [
            "phq-9",
            "phq-8",
            "phq-2",
            "gad-7",
            "gad-2",
            "core-10",
            "rand-mhi-5",
            "swemwbs"
        ]
    );
    let wemwbs: Vec<String> = (1..=7)
        .map(|item| format!("swemwbs_q{item}"))
        .chain((1..=5).map(|answer| format!("wemwbs_a{answer}")))
        .chain(["wemwbs_prompt".into()])
        .collect();
    let names: Vec<&str> = wemwbs.iter().map(String::as_str).collect();
    let form = form::read(&strings("wemwbs", &names), built_in(), &Wanted::default())
        .unwrap()
        .form;
    assert_eq!(
        (form.instrument.as_str(), form.items[6].answers[0].value),
        ("swemwbs", 1.0)
    );
}
