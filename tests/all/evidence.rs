//! `kith evidence` as others rely on it.

use serde_json::Value;

use crate::house::{json, kith, text};

#[test]
fn evidence_prints_sentences_with_the_cells_behind_each_number() {
    let words = [
        "evidence",
        "--construct",
        "depression",
        "--audience",
        "supervisor",
        "--json",
    ];
    let output = kith(&words);
    assert!(output.status.success() && output.stderr.is_empty());
    let told = json(&output);
    for key in [
        "question",
        "pooled",
        "published",
        "certainty",
        "statements",
        "limits",
        "left_out",
    ] {
        assert!(!told[key].is_null(), "{key}");
    }
    assert_eq!(told["question"]["construct"], "depression");
    let keys: Vec<&str> = told["statements"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(keys, ["supervisor"]);
    let statements = told["statements"]["supervisor"].as_array().unwrap();
    assert!(statements.len() > 10);
    let mut numbers = 0;
    for statement in statements {
        for number in statement["numbers"].as_array().unwrap() {
            let shown = number["shown"].as_str().unwrap();
            assert!(statement["text"].as_str().unwrap().contains(shown));
            assert!(number["value"].is_number());
            assert!(!number["from"].as_array().unwrap().is_empty());
            numbers += 1;
        }
    }
    assert!(numbers > 20);
    let cells = &statements[1]["numbers"][2]["from"];
    assert!(
        cells
            .as_array()
            .unwrap()
            .contains(&Value::from("schuling2020/depression/value"))
    );
    assert!(told["certainty"]["level"].is_string());
    assert!(told["certainty"]["reasons"].as_array().unwrap().len() >= 5);
    for published in told["published"].as_array().unwrap() {
        for key in [
            "study",
            "value",
            "ci",
            "k",
            "verdict",
            "comparator",
            "verified",
        ] {
            assert!(published.get(key).is_some(), "{key}");
        }
    }
    let left_out = told["left_out"].as_array().unwrap();
    assert!(
        left_out
            .iter()
            .all(|one| !one["why"].as_str().unwrap().is_empty())
    );
    let limits = told["limits"].as_array().unwrap();
    assert!(
        limits
            .iter()
            .any(|limit| limit.as_str().unwrap().contains("leans upward"))
    );
}

#[test]
fn the_pool_is_printed_as_meta_prints_one() {
    for spelling in ["self_compassion", "self-compassion"] {
        let told = json(&kith(&[
            "evidence",
            "--construct",
            spelling,
            "--method",
            "dl",
            "--comparator",
            "any",
            "--json",
        ]));
        let pooled = &told["pooled"];
        for key in [
            "k",
            "method",
            "knapp_hartung",
            "estimate",
            "se",
            "stat",
            "df",
            "p",
            "ci",
            "pi",
            "tau2",
            "tau2_ci",
            "se_tau2",
            "I2",
            "H2",
            "Q",
            "Q_df",
            "Q_p",
            "logLik",
            "weights",
        ] {
            assert!(pooled.get(key).is_some(), "{key}");
        }
        assert_eq!(pooled["k"], 8);
        assert!((pooled["estimate"].as_f64().unwrap() - 0.839).abs() < 5e-4);
        assert!((pooled["ci"][0].as_f64().unwrap() - 0.583).abs() < 5e-4);
        assert!((pooled["ci"][1].as_f64().unwrap() - 1.095).abs() < 5.1e-4);
        assert_eq!(pooled["weights"].as_array().unwrap().len(), 8);
        assert_eq!(told["statements"].as_object().unwrap().len(), 3);
    }
}

#[test]
fn without_anything_to_pool_there_is_no_number() {
    let told = json(&kith(&["evidence", "--construct", "empathy", "--json"]));
    assert!(told["pooled"].is_null() && told["translated"].is_null());
    assert!(told["certainty"]["level"].is_null());
    let first = told["statements"]["colleague"][0]["text"].as_str().unwrap();
    assert!(first.starts_with("Not known"), "{first}");
}

#[test]
fn evidence_is_text_or_a_page() {
    let plain = text(&kith(&["evidence", "--construct", "stress"]).stdout);
    for part in [
        "For a client",
        "For a colleague",
        "For a supervisor",
        "Published",
        "Not in the pool",
        "krieger2019",
    ] {
        assert!(plain.contains(part), "{part}");
    }
    let client = text(&kith(&["evidence", "--construct", "stress", "--audience", "client"]).stdout);
    assert!(!client.contains("Not in the pool") && !client.contains("Hedges"));
    let page = text(&kith(&["evidence", "--construct", "stress", "--format", "html"]).stdout);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg class=\"figure forest\""));
    assert!(!page.contains("<script") && !page.contains("href="));
    let overview = text(&kith(&["evidence"]).stdout);
    assert!(overview.contains("self-compassion") && overview.contains("not known"));
    assert!(
        json(&kith(&["evidence", "--json"]))["constructs"]
            .as_array()
            .unwrap()
            .len()
            > 15
    );
}

#[test]
fn without_a_typesetter_evidence_says_so_and_what_to_do() {
    let words = ["evidence", "--construct", "stress", "--format", "pdf"];
    let nowhere = ["--typesetter", "/nowhere/kith-pdf", "--json"];
    let pdf = kith(&[&words[..], &nowhere].concat());
    assert_eq!(pdf.status.code(), Some(2));
    let told: Value = serde_json::from_slice(&pdf.stderr).unwrap();
    assert_eq!(told["error"]["allowed"], "text, html");
    let message = told["error"]["message"].as_str().unwrap();
    assert!(message.contains("/nowhere/kith-pdf"), "{message}");
    let told = text(&kith(&["doctor", "--typesetter", "/nowhere/kith-pdf"]).stdout);
    assert!(told.contains("BAD   paper: "), "{told}");
}

/// With the real typesetter, which `KITH_TYPESETTER` names.
mod as_pdf {
    use crate::house::{json, kith};

    #[test]
    #[ignore = "needs kith-pdf: bin/check pdf"]
    fn evidence_is_written_as_a_pdf_to_a_file_or_a_pipe() {
        let typesetter = std::env::var("KITH_TYPESETTER");
        let typesetter = typesetter.expect("KITH_TYPESETTER names kith-pdf: bin/check pdf");
        let words = [
            "evidence",
            "--typesetter",
            &typesetter,
            "--construct",
            "stress",
            "--format",
            "pdf",
        ];
        let piped = kith(&words);
        assert!(piped.status.success() && piped.stdout.starts_with(b"%PDF-"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.pdf");
        let to = ["--audience", "supervisor", "--json", "--to"];
        let written = kith(&[&words[..], &to, &[file.to_str().unwrap()]].concat());
        let told = json(&written);
        assert_eq!(
            (&told["pages"], &told["audience"]),
            (&1.into(), &"supervisor".into())
        );
        assert_eq!(
            std::fs::read(&file).unwrap().len() as u64,
            told["bytes"].as_u64().unwrap()
        );
        let nowhere = kith(&[&words[..], &["--to", "/nowhere/page.pdf"]].concat());
        assert_eq!(nowhere.status.code(), Some(1));
        for wrong in [
            &["evidence", "--typesetter", &typesetter, "--format", "pdf"][..],
            &["evidence", "--construct", "stress", "--to", "page.txt"],
        ] {
            assert_eq!(kith(wrong).status.code(), Some(2));
        }
        let doctor = json(&kith(&["doctor", "--typesetter", &typesetter, "--json"]));
        let checks = doctor["checks"].as_array().unwrap();
        let paper = checks.iter().find(|one| one["name"] == "paper").unwrap();
        assert_eq!(paper["verdict"], "good", "{paper}");
    }
}

#[test]
fn wrong_words_are_answered_with_what_there_is() {
    for (words, part) in [
        (["--construct", "depresion"], "Did you mean depression?"),
        (["--comparator", "placebo"], "passive, active, any"),
        (["--family", "yoga"], "compassion-based"),
        (["--setting", "prison"], "clinical"),
        (["--people", "dogs"], "children"),
        (["--method", "bayes"], "reml"),
        (["--audience", "king"], "supervisor"),
        (["--timepoint", "later"], "follow-up"),
    ] {
        let mut all = vec!["evidence", "--construct", "stress"];
        if words[0] == "--construct" {
            all.truncate(1);
        }
        all.extend(words);
        let output = kith(&all);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(
            text(&output.stderr).contains(part),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn evidence_import_says_what_a_file_would_bring_in_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let ris = file(
        "refs.ris",
        "TY  - JOUR\nAU  - Eriksson, T\nTI  - Something\nPY  - 2018\nDO  - 10.3389/fpsyg.2018.02340\nER  - \nTY  - JOUR\nER  - \n",
    );
    let output = kith(&["evidence", "import", ris.as_str(), "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = json(&output);
    assert_eq!(
        (&told["format"], &told["kept"]),
        (&Value::from("ris"), &Value::from(false))
    );
    assert_eq!(told["studies"][0]["here"], "eriksson2018");
    assert_eq!(told["studies"][0]["study"]["year"], "2018");
    assert_eq!(told["troubles"][0]["line"], 7);

    let effects = file(
        "effects.csv",
        "study;condition_arm1;condition_arm2;instrument;time;mean_arm1;sd_arm1;n_arm1;mean_arm2;sd_arm2;n_arm2\n\"Abas, 2018\";cft;wl;phq-9;post;3,1;3,1;33;5,7;3,9;35\n",
    );
    let told = json(&kith(&["evidence", "import", effects.as_str(), "--json"]));
    assert_eq!(
        told["studies"][0]["outcomes"].as_array().unwrap().len(),
        0,
        "nobody said which way"
    );
    assert_eq!(told["studies"][0]["left_out"][0]["line"], 2);
    let told = json(&kith(&[
        "evidence",
        "import",
        effects.as_str(),
        "--lower",
        "phq-9",
        "--json",
    ]));
    let value: f64 = told["studies"][0]["outcomes"][0]["value"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((value - 0.73).abs() < 0.01, "{value}");

    for (words, wanted) in [
        (
            vec!["evidence", "import", "/nowhere/refs.ris", "--json"],
            "cannot be read",
        ),
        (
            vec!["evidence", "import", ris.as_str(), "--as", "docx", "--json"],
            "csl-json",
        ),
    ] {
        let output = kith(&words);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains(wanted),
            "{}",
            text(&output.stderr)
        );
    }
}
