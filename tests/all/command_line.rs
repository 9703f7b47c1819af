//! The command line as others rely on it.

use serde_json::Value;

use crate::house::{json, kith, text};

#[test]
fn compose_prints_a_timeline_that_ends_on_the_asked_second() {
    let output = kith(&["compose", "circle-full", "--minutes", "30", "--json"]);
    assert!(output.status.success());
    let told = json(&output);
    assert_eq!(told["practice"], "circle-full");
    assert!((told["seconds"].as_f64().unwrap() - 1800.0).abs() <= 1.0);
    assert_eq!(told["range"], serde_json::json!([25.0, 30.0]));
    let cues = told["cues"].as_array().unwrap();
    assert!(cues.len() > 40);
    let mut end = 0.0;
    for cue in cues {
        let (at, seconds) = (
            cue["at"].as_f64().unwrap(),
            cue["seconds"].as_f64().unwrap(),
        );
        assert!(at >= end - 1e-6 && seconds > 0.0);
        assert!(["speech", "bell"].contains(&cue["kind"].as_str().unwrap()));
        assert!(!cue["section"].as_str().unwrap().is_empty());
        assert!(!cue["text"].as_str().unwrap().contains('{'));
        end = at + seconds;
    }
    assert!(end <= 1801.0);
}

#[test]
fn outside_the_range_compose_says_the_range_and_exits_with_2() {
    for minutes in ["24", "31", "0", "-1", "NaN", "1e9"] {
        let words = format!("--minutes={minutes}");
        let output = kith(&["compose", "circle-full", &words, "--json"]);
        assert_eq!(output.status.code(), Some(2), "{minutes}");
        assert!(output.stdout.is_empty());
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert!(
            told["error"]["allowed"]
                .as_str()
                .unwrap()
                .contains("25 to 30"),
            "{told}"
        );
        let plain = text(&kith(&["compose", "circle-full", &words]).stderr);
        assert!(
            plain.contains("25") && plain.contains("30") && !plain.contains('{'),
            "{plain}"
        );
    }
}

#[test]
fn wrong_use_is_told_from_failure_and_guesses_at_misspellings() {
    let output = kith(&["compose", "circel-full", "--minutes", "30", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(
        told["error"]["message"]
            .as_str()
            .unwrap()
            .contains("Did you mean circle-full?")
    );
    assert_eq!(kith(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(
        kith(&["compose", "circle-full", "--json"]).status.code(),
        Some(2)
    );
    assert_eq!(
        kith(&["check", "/no/such/folder", "--json"]).status.code(),
        Some(2)
    );
    assert_eq!(kith(&["restore", "/no/such/file"]).status.code(), Some(2));
}

#[test]
fn every_practice_plays_at_every_whole_minute() {
    let output = kith(&["check", "--json"]);
    let told = json(&output);
    assert!(output.status.success(), "{}", told["problems"]);
    assert_eq!(told["ok"], true);
    assert!(told["practices"].as_u64().unwrap() >= 8);
    assert!(told["played"]["practices"].as_u64().unwrap() >= 100);
    assert_eq!(told["problems"], serde_json::json!([]));
}

#[test]
fn a_fault_in_a_clinics_own_practice_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("practices")).unwrap();
    let ours = folder.path().join("practices/soles-ground.md");
    let built_in = std::fs::read_to_string("content/practices/soles-ground.md").unwrap();
    std::fs::write(
        &ours,
        built_in.replacen("modality = \"", "modality = \"x", 1),
    )
    .unwrap();
    let output = kith(&["check", folder.path().to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told = json(&output);
    let problem = &told["problems"][0];
    assert_eq!(problem["file"], "practices/soles-ground.md");
    assert!(problem["line"].as_u64().unwrap() > 1);
    assert!(
        problem["allowed"].as_str().unwrap().contains("breath-body"),
        "{problem}"
    );
    // What does not end well is not played, and never panics.
    std::fs::write(
        &ours,
        built_in + "\n[repeat 1 to 3]\n[optional from 2 minutes]\n[end]\n",
    )
    .unwrap();
    let output = kith(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("practices/soles-ground.md:"));
}

#[test]
fn a_backup_goes_out_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (old, new, file) = (path("old"), path("new"), path("backup.jsonl"));
    let invite = [
        "invite", "--data", &old, "--role", "owner", "--name", "Olu", "--clinic", "Ours", "--json",
    ];
    let invited = json(&kith(&invite));
    assert!(invited["link"].as_str().unwrap().contains("/join/"));
    assert_eq!(invited["code"].as_str().unwrap().len(), 9);
    let nowhere = kith(&["backup", "--data", &path("typo"), &file]);
    assert_eq!(
        nowhere.status.code(),
        Some(2),
        "a wrong place is no empty backup"
    );
    assert!(!std::path::Path::new(&path("typo")).exists());
    let demo = kith(&["demo", "--data", &old, "--listen", "127.0.0.1:0"]);
    assert_eq!(
        demo.status.code(),
        Some(2),
        "a real clinic is never opened as a demo"
    );
    let out = json(&kith(&["backup", "--data", &old, &file, "--json"]));
    assert_eq!(out["rows"]["clinic"], 1);
    assert_eq!(out["rows"]["invitation"], 1);
    assert_eq!(
        kith(&["backup", "--data", &old, &file]).status.code(),
        Some(2),
        "never over a file"
    );
    let back = json(&kith(&["restore", "--data", &new, &file, "--json"]));
    assert_eq!(out["rows"], back["rows"]);
    assert_eq!(out["sha256"], back["sha256"]);
    let again = kith(&["restore", "--data", &new, &file]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("not empty"));
    std::fs::write(&file, "something else\n").unwrap();
    assert_eq!(
        kith(&["restore", "--data", &path("third"), &file])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn doctor_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let told = json(&kith(&["doctor", "--data", data, "--json"]));
    assert_eq!(told["ok"], true);
    let open = kith(&["doctor", "--data", data, "--listen", "0.0.0.0:8080"]);
    assert_eq!(open.status.code(), Some(1));
    assert!(text(&open.stdout).contains("https"));
    std::fs::write(folder.path().join("kith.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    let wrong = kith(&["doctor", "--data", data]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("lisen"));
}

#[test]
fn models_and_tests_answer_with_the_keys_that_others_rely_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.csv");
    let mut rows = String::from("id,time,arm,y,pre\n");
    for id in 0..12 {
        for time in 0..4 {
            let arm = if id % 2 == 0 { "course" } else { "waiting" };
            let y = 10.0
                + f64::from(id * 7 % 5)
                + f64::from(time * (id % 3))
                + f64::from((id * 5 + time * 3) % 7) / 3.0;
            rows += &format!("{id},{time},{arm},{y},{}\n", id * 3 % 7);
        }
    }
    std::fs::write(&file, rows).unwrap();
    let file = file.to_str().unwrap();
    let told = |arguments: &[&str]| json(&kith(arguments));
    let lmm = told(&[
        "lmm",
        file,
        "--formula",
        "y ~ time*arm + (1 + time|id)",
        "--json",
    ]);
    assert_eq!(
        (&lmm["n"], &lmm["groups"], &lmm["method"]),
        (&48.into(), &12.into(), &"REML".into())
    );
    assert_eq!(lmm["fixed"][3]["term"], "time:armwaiting");
    assert_eq!(
        lmm["random"][0]["names"],
        serde_json::json!(["(Intercept)", "time"])
    );
    assert!(lmm["logLik"].is_f64() && lmm["singular"].is_boolean());
    let ancova = told(&["ancova", file, "--formula", "y ~ pre + arm", "--json"]);
    assert!(ancova["adjusted_means"]["course"]["se"].is_f64() && ancova["r2"].is_f64());
    for test in ["welch", "student", "ranksum", "permutation"] {
        let seen = told(&[
            "compare",
            file,
            "--outcome",
            "y",
            "--group",
            "arm",
            "--test",
            test,
            "--json",
        ]);
        assert_eq!(seen["test"], test);
        assert_eq!(seen["n"], serde_json::json!({"course": 24, "waiting": 24}));
        assert!(seen["p"].is_f64() && seen["effect"]["g"].is_f64() && seen["ci"][1].is_f64());
    }
    let alpha = told(&["alpha", file, "--items", "y,pre,time", "--json"]);
    assert_eq!((&alpha["items"], &alpha["n"]), (&3.into(), &48.into()));
    let power = told(&[
        "power",
        "two-sample",
        "--d",
        "0.5",
        "--power",
        "0.8",
        "--json",
    ]);
    assert_eq!(
        (&power["n_per_arm"], &power["ci"]),
        (&64.into(), &Value::Null)
    );
    for wrong in [
        &["lmm", file, "--formula", "y ~ time", "--json"][..],
        &["lmm", file, "--formula", "y ~ nothing + (1|id)", "--json"],
        &[
            "compare",
            file,
            "--outcome",
            "arm",
            "--group",
            "arm",
            "--json",
        ],
        &[
            "power",
            "two-sample",
            "--d",
            "0",
            "--power",
            "0.8",
            "--json",
        ],
    ] {
        let output = kith(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert!(told["error"]["message"].is_string());
    }
}
