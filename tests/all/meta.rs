//! `kith meta` and `kith effect` as others rely on them.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::house::{json as told, kith, text};

/// Colditz and others, JAMA 271 (1994), with how treatment was allocated.
const BCG: &str = "\
study,ai,bi,ci,di,ablat,alloc
\"Aronson, 1948\",4,119,11,128,44,random
Ferguson 1949,6,300,29,274,55,random
Rosenthal 1960,3,228,11,209,42,random
Hart 1977,62,13536,248,12619,52,random
Frimodt-Moller 1973,33,5036,47,5761,13,alternate
Stein 1953,180,1361,372,1079,44,alternate
Vandiviere 1973,8,2537,10,619,19,random
TPT Madras 1980,505,87886,499,87892,13,random
Coetzee 1968,29,7470,45,7232,27,random
Rosenthal 1961,17,1699,65,1600,42,systematic
Comstock 1974,186,50448,141,27197,18,systematic
Comstock 1969,5,2493,3,2338,33,systematic
Comstock 1976,27,16886,29,17825,33,systematic
";

/// Runs `kith` with this on its standard input.
fn fed(words: &[&str], input: &str) -> std::process::Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its options does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn near(value: &Value, published: f64, decimals: i32) {
    let value = value.as_f64().unwrap();
    let half = 0.5 * 10_f64.powi(-decimals) + 1e-12;
    assert!(
        (value - published).abs() <= half,
        "{value}, published {published}"
    );
}

#[test]
fn counts_are_pooled_as_metafor_documents() {
    let words = ["meta", "-", "--measure", "rr", "--json"];
    let extras = [
        "--mods",
        "ablat",
        "--egger",
        "--rank-test",
        "--trim-fill",
        "--leave-one-out",
        "--cumulative",
        "--influence",
        "--subgroup",
        "alloc",
        "--study",
        "alloc",
    ];
    let output = fed(&[&words[..], &extras].concat(), BCG);
    let pooled = told(&output);
    assert_eq!(pooled["k"], 13);
    assert_eq!(pooled["method"], "reml");
    assert_eq!(
        (&pooled["knapp_hartung"], &pooled["df"]),
        (&json!(false), &Value::Null)
    );
    near(&pooled["estimate"], -0.7145, 4);
    near(&pooled["se"], 0.1798, 4);
    near(&pooled["tau2"], 0.3132, 4);
    near(&pooled["I2"], 92.22, 2);
    near(&pooled["Q"], 152.2330, 4);
    near(&pooled["pi"][0], -1.8667, 4);
    near(&pooled["tau2_ci"][1], 1.1115, 4);
    assert_eq!(pooled["weights"].as_array().unwrap().len(), 13);
    let mods = &pooled["mods"];
    assert_eq!(mods["coefficients"][1]["term"], "ablat");
    near(&mods["coefficients"][1]["estimate"], -0.0291, 4);
    near(&pooled["egger"]["stat"], -0.8033, 4);
    near(&pooled["egger"]["classical"]["p"], 0.1887, 4);
    near(&pooled["rank_test"]["p"], 0.9524, 4);
    assert_eq!(pooled["trim_fill"]["missing"], 1);
    assert_eq!(pooled["leave_one_out"].as_array().unwrap().len(), 13);
    assert_eq!(pooled["cumulative"][12]["estimate"], pooled["estimate"]);
    assert_eq!(pooled["influence"][0]["line"], 2);
    assert_eq!(pooled["subgroup"]["groups"][0]["group"], "alternate");
    assert_eq!(pooled["three_level"]["studies"], 3);
    let plain = fed(&[&words[..4], &extras].concat(), BCG);
    let shown = text(&plain.stdout);
    assert!(
        plain.status.success() && shown.contains("-0.7145") && shown.contains("Egger"),
        "{shown}"
    );
    let scaled = told(&fed(&[&words[..], &["--knapp-hartung"]].concat(), BCG));
    assert_eq!(scaled["df"], 12.0);
    near(&scaled["se"], 0.1808, 4);
}

#[test]
fn bad_data_name_their_line_and_column() {
    for (input, words, expected) in [
        ("yi,vi\n0.1,0.1\n0.2,x\n", vec![], "Line 3, column vi"),
        ("yi,vi\n0.1,0.1\n0.2,0\n", vec![], "Line 3, column vi"),
        ("yi,vi\nNA,0.1\n", vec![], "no row without a missing cell"),
        ("yi\n1\n", vec![], "no column vi"),
        (
            "yi,vi,a\n0.1,0.1,1\n0.2,0.1,1\n0.3,0.1,1\n",
            vec!["--mods", "a"],
            "moderator a is constant",
        ),
        ("yi,vi\n0.1,0.1\n0.2,0.1\n", vec!["--egger"], "--egger"),
        (
            "ai,bi,ci,di\n1,2,3,4\n1,-2,3,4\n",
            vec!["--measure", "or"],
            "Line 3, column bi",
        ),
        (
            "yi,vi\n0.1,0.1\n",
            vec!["--method", "best"],
            "no method best",
        ),
        (
            "yi,vi\n0.1,0.1\n",
            vec!["--level", "95"],
            "95 is no confidence",
        ),
    ] {
        let output = fed(&[&["meta", "-", "--json"][..], &words].concat(), input);
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert!(output.stdout.is_empty());
        let said: Value = serde_json::from_slice(&output.stderr).unwrap();
        let message = said["error"]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn one_study_and_missing_cells_are_no_trouble() {
    let one = told(&fed(
        &["meta", "-", "--json"],
        "yi,vi\n0.5,0.1\n0.3,\n,0.2\n",
    ));
    assert_eq!((&one["k"], &one["omitted"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&one["tau2_ci"], &one["se_tau2"]),
        (&Value::Null, &Value::Null)
    );
    let same = told(&fed(
        &["meta", "-", "--json", "--knapp-hartung"],
        "yi,vi\n0.5,0.1\n0.5,0.1\n",
    ));
    assert_eq!((&same["se"], &same["stat"]), (&json!(0.0), &Value::Null));
}

#[test]
fn lines_are_answered_in_their_places() {
    let output = fed(
        &["meta", "--lines"],
        "{\"yi\": [0.1, 0.5], \"vi\": [0.1, 0.1], \"method\": \"dl\"}\n{\"yi\": [1], \"vi\": [0]}\n",
    );
    assert_eq!(output.status.code(), Some(2));
    let lines: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    near(&lines[0]["estimate"], 0.3, 12);
    assert_eq!(lines[1]["error"]["where"], "line 2");
}

#[test]
fn an_effect_is_computed_by_name_or_in_order() {
    let named = [
        "effect", "smd", "--m1", "3", "--sd1", "1.5", "--n1", "20", "--m2", "2", "--sd2", "1.2",
        "--n2", "15", "--json",
    ];
    let one = told(&kith(&named));
    near(&one["yi"], 0.7077, 4);
    near(&one["vi"], 0.1238, 4);
    near(&one["ci"][0], 0.0180, 4);
    assert_eq!(
        one,
        told(&kith(&[
            "effect", "smd", "3", "1.5", "20", "2", "1.2", "15", "--json"
        ]))
    );
    let change = told(&kith(&[
        "effect", "smcr", "3", "2", "1.5", "20", "0.5", "--json",
    ]));
    near(&change["yi"], 0.6399, 4);
    for wrong in [
        &["effect", "smd", "3", "1.5"][..],
        &["effect", "smd", "--m1", "3"],
        &["effect", "or", "1", "2", "3", "4", "--m1", "3"],
        &["effect", "zcor", "1", "20"],
        &["effect", "best", "1"],
    ] {
        assert_eq!(kith(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
