//! `kith score` and `kith change` as others rely on them.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::house::{checked, json as told, kith, text};

/// `kith score --lines` with these lines on standard input.
fn lines(input: &str) -> (Vec<Value>, Output) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(["score", "--lines"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let answers = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (answers, output)
}

#[test]
fn score_prints_total_parts_band_and_what_is_missing() {
    let found = told(&kith(&[
        "score",
        "phq-9",
        "--answers",
        "2,1,_,3,1,2,0,1,1",
        "--json",
    ]));
    assert_eq!(found["instrument"], "phq-9");
    assert_eq!(found["total"], 12.375);
    assert_eq!(found["band"], "moderate");
    assert_eq!(found["positive"], true);
    assert_eq!(found["subscales"], json!({}));
    assert_eq!(found["missing"], json!([3]));
    assert_eq!(found["safety_items"], json!([9]));
    assert_eq!(found["why_no_total"], Value::Null);
    assert_eq!(found["version"].as_str().unwrap().len(), 12);
    let found = told(&kith(&["score", "phq-4", "--answers", "_,1,3,3", "--json"]));
    assert_eq!(
        (&found["total"], &found["band"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        found["subscales"],
        json!({"anxiety": null, "depression": 6.0})
    );
    assert!(
        found["why_no_total"]
            .as_str()
            .unwrap()
            .contains("none may be")
    );
}

#[test]
fn for_a_person_score_says_what_calls_for_attention_and_what_is_uncertain() {
    let plain = text(&kith(&["score", "phq-9", "--answers", "0,0,0,0,0,0,0,0,1"]).stdout);
    assert!(plain.contains("Item 9 calls for attention"), "{plain}");
    let plain = text(&kith(&["score", "swls", "--answers", "4,4,4,4,4"]).stdout);
    assert!(
        plain.contains("Not yet checked against the publication"),
        "{plain}"
    );
    let plain = text(&kith(&["score", "k6", "--answers", "4,4,4,4,4,4"]).stdout);
    assert!(plain.contains("publish no bands"), "{plain}");
    let habit = kith(&["score", "k6", "--answers", "4,4,4,4,4,4", "--habit-bands"]);
    assert!(text(&habit.stdout).contains("probable serious distress"));
}

#[test]
fn wrong_answers_are_refused_with_what_is_allowed() {
    let cases = [
        ("phq-9", "2,1", "9 answers"),
        ("phq-9", "0,0,0,0,0,0,0,0,4", "0, 1, 2, 3"),
        ("phq-9", "-1,0,0,0,0,0,0,0,0", "0, 1, 2, 3"),
        ("phq-9", "0,0,0,0,0,0,0,0,x", "numbers and _"),
        ("phq-9", "0,0,0,0,0,0,0,0,", "numbers and _"),
        ("phq-9", "0,0,0,0,0,0,0,0,NaN", "numbers and _"),
        ("phq9", "0", "phq-9"),
    ];
    for (id, answers, allowed) in cases {
        let output = kith(&["score", id, "--answers", answers, "--json"]);
        assert_eq!(output.status.code(), Some(2), "{id} {answers}");
        assert!(output.stdout.is_empty());
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        let list = error["error"]["allowed"].as_str().unwrap();
        assert!(list.contains(allowed), "{error}");
    }
    for words in [
        &["score"][..],
        &["score", "phq-9"],
        &["score", "phq-9", "--answers", "1", "--lines"],
    ] {
        assert_eq!(kith(words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn lines_are_answered_one_by_one_and_a_bad_one_keeps_its_place() {
    let good = r#"{"instrument": "phq-2", "answers": [1, 3]}"#;
    let (answers, output) = lines(&format!("{good}\n{good}"));
    assert!(output.status.success());
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[1]["total"], 4.0);
    let gap = r#"{"instrument": "phq-2", "answers": [1, null], "id": "let be"}"#;
    let bad = [
        "nonsense",
        "[]",
        r#"{"instrument": "phq-2"}"#,
        r#"{"instrument": "phq-2", "answers": [1, 9]}"#,
        r#"{"instrument": "phq-2", "answers": ["1", 1]}"#,
        r#"{"instrument": "phq-2", "answers": [1]}"#,
        r#"{"instrument": "nope", "answers": [1]}"#,
        r#"{"instrument": "rses", "answers": [0,0,0,0,0,0,0,0,0,0], "order": "nope"}"#,
    ];
    let input = format!("{gap}\n{}\n{good}\n", bad.join("\n"));
    let (answers, output) = lines(&input);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("8 lines"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(answers.len(), bad.len() + 2);
    assert_eq!(answers[0]["missing"], json!([2]));
    for (place, answer) in answers[1..=bad.len()].iter().enumerate() {
        assert_eq!(
            answer["error"]["where"],
            format!("line {}", place + 2),
            "{answer}"
        );
    }
    assert_eq!(answers[bad.len() + 1]["total"], 4.0);
}

#[test]
fn change_says_its_class_and_the_figures_it_used() {
    let found = told(&kith(&[
        "change", "phq-9", "--before", "15", "--after", "8", "--json",
    ]));
    assert_eq!(found["class"], "recovered");
    assert_eq!(
        (&found["least_change"], &found["cut_off"]),
        (&json!(6.0), &json!(10.0))
    );
    assert_eq!(found["figures"]["sd"], 6.1);
    assert_eq!(found["figures"]["reliability"], 0.84);
    assert_eq!(found["figures"]["points"], 6.0);
    assert!(found["figures"]["source"].as_str().unwrap().contains("NHS"));
    let by_hand = told(&kith(&[
        "change",
        "--sd",
        "7.5",
        "--reliability",
        "0.8",
        "--direction",
        "higher",
        "--before",
        "32.5",
        "--after",
        "47.5",
        "--cut-off",
        "40",
        "--json",
    ]));
    assert!((by_hand["rci"].as_f64().unwrap() - 10.0_f64.sqrt()).abs() < 1e-12);
    assert!((by_hand["sdiff"].as_f64().unwrap() - 22.5_f64.sqrt()).abs() < 1e-12);
    assert_eq!(by_hand["class"], "recovered");
    // What is not known is null.
    for id in ["who-5", "iri"] {
        let found = told(&kith(&[
            "change", id, "--before", "20", "--after", "8", "--json",
        ]));
        assert_eq!(
            (&found["rci"], &found["class"]),
            (&Value::Null, &Value::Null),
            "{id}"
        );
        assert!(found["why_no_class"].is_string());
    }
}

#[test]
fn change_refuses_what_cannot_be() {
    let cases: &[&[&str]] = &[
        &["change", "phq-9", "--before", "-1", "--after", "2"],
        &["change", "phq-9", "--before", "1", "--after", "28"],
        &["change", "phq-9", "--before", "1"],
        &["change", "nope", "--before", "1", "--after", "2"],
        &[
            "change", "iri", "--part", "nope", "--before", "1", "--after", "2",
        ],
        &["change", "--before", "1", "--after", "2"],
        &[
            "change", "phq-9", "--sd", "1", "--before", "1", "--after", "2",
        ],
        &["change", "--sd", "1", "--before", "1", "--after", "2"],
        &[
            "change",
            "--sd",
            "0",
            "--reliability",
            "0.8",
            "--direction",
            "lower",
            "--before",
            "1",
            "--after",
            "2",
        ],
        &[
            "change",
            "--sd",
            "1",
            "--reliability",
            "1",
            "--direction",
            "lower",
            "--before",
            "1",
            "--after",
            "2",
        ],
        &[
            "change",
            "--sd",
            "1",
            "--reliability",
            "0.8",
            "--direction",
            "down",
            "--before",
            "1",
            "--after",
            "2",
        ],
    ];
    for words in cases {
        let output = kith(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn check_answers_every_instrument() {
    let found = checked();
    assert!(found["instruments"].as_u64().unwrap() >= 54);
    assert!(found["played"]["instruments"].as_u64().unwrap() >= 54 * 200);
}
