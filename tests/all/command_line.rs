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
fn offer_says_what_instead_what_can_wait_and_why() {
    let output = kith(&[
        "offer",
        "--fit",
        "2,2",
        "--barrier",
        "imagery",
        "--practice",
        "kind-companion",
        "--on",
        "2026-11-23",
        "--json",
    ]);
    assert!(output.status.success());
    let told = json(&output);
    let first = &told["offers"][0];
    assert_eq!(first["practice"], "wish-loved-one");
    assert_eq!(first["probability"], 1.0);
    assert_eq!(
        first["reason"],
        "You said you could not see anything in your mind; this one works with words only."
    );
    assert_eq!(told["trigger"], "poor-fit");
    assert!(told["message"].is_null());
    let withheld = told["withheld"].as_array().unwrap();
    assert!(withheld.iter().any(|withheld| {
        withheld["practice"] == "kind-companion" && withheld["until"] == "2026-11-30"
    }));
}

#[test]
fn offer_is_silent_without_a_reason_and_says_so_after_three_changes() {
    let offers = |more: &[&str]| {
        let mut words = vec!["offer", "--practice", "circle-short", "--json"];
        words.extend(more);
        let told = json(&kith(&words));
        let count = told["offers"].as_array().unwrap().len();
        (count > 0, told["message"].is_string())
    };
    for (more, expected) in [
        (&[][..], (true, false)),
        (&["--fit", "3"], (false, false)),
        (&["--fit", "3,3"], (true, false)),
        (&["--effect", "-1"], (false, false)),
        (&["--effect", "-2"], (true, false)),
        (&["--abandoned", "1"], (false, false)),
        (&["--abandoned", "2"], (true, false)),
        (&["--fit", "3,3", "--switches", "2"], (true, false)),
        (&["--fit", "3,3", "--switches", "3"], (false, true)),
    ] {
        assert_eq!(offers(more), expected, "{more:?}");
    }
}

#[test]
fn offer_refuses_what_it_does_not_know_and_says_what_is_allowed() {
    for (words, part) in [
        (
            ["--practice", "circel-full", "--fit", "2"],
            "Did you mean circle-full?",
        ),
        (["--practice", "circle-full", "--fit", "11"], "0 to 10"),
        (["--practice", "circle-full", "--effect", "-3"], "-2 to 2"),
        (
            ["--practice", "circle-full", "--barrier", "imagry"],
            "Did you mean imagery?",
        ),
        (
            ["--practice", "circle-full", "--audience", "adults"],
            "adolescent",
        ),
        (["--practice", "circle-full", "--on", "soon"], "2026-11-23"),
    ] {
        let output = kith(&[&["offer"][..], &words].concat());
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty());
        let said = text(&output.stderr);
        assert!(said.contains(part), "{said}");
    }
}
