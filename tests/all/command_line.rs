//! The command line as others rely on it.

use serde_json::Value;

use crate::house::{checked, json, kith, text};

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
    let told = checked();
    assert_eq!(told["ok"], true);
    assert!(told["practices"].as_u64().unwrap() >= 8);
    assert!(told["played"]["practices"].as_u64().unwrap() >= 100);
    assert_eq!(told["problems"], serde_json::json!([]));
    // Three walks through each edition of each programme.
    let programmes = told["programmes"].as_u64().unwrap();
    let walks = told["played"]["programmes"].as_u64().unwrap();
    assert!(
        programmes >= 10 && walks >= programmes * 3 && walks.is_multiple_of(3),
        "{told}"
    );
}

fn preview(programme: &str, start: &str, zone: &str, more: &[&str]) -> Value {
    let words = [
        "plan", "preview", programme, "--start", start, "--zone", zone, "--json",
    ];
    let output = kith(&[&words, more].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    json(&output)
}

/// What is due of a kind, with the programme's day.
fn due<'v>(told: &'v Value, kind: &str) -> Vec<(i64, &'v Value)> {
    let days = told["days"].as_array().unwrap();
    days.iter()
        .flat_map(|day| {
            let due = day["due"].as_array().unwrap();
            due.iter().map(|item| (day["day"].as_i64().unwrap(), item))
        })
        .filter(|(_, item)| item["kind"] == kind)
        .collect()
}

#[test]
fn the_two_weeks_of_the_trial_are_the_same_thirty_minutes_every_day() {
    let told = preview(
        "compassion-2w",
        "2027-03-20",
        "Europe/Madrid",
        &["--edition", "research"],
    );
    assert_eq!(told["programme"], "compassion-2w");
    let training: Vec<_> = due(&told, "practice")
        .into_iter()
        .filter(|(day, _)| *day <= 14)
        .collect();
    let days: Vec<i64> = training.iter().map(|(day, _)| *day).collect();
    assert_eq!(days, (1..=14).collect::<Vec<_>>());
    for (_, item) in training {
        assert_eq!(
            (&item["id"], &item["minutes"]),
            (&"circle-full".into(), &30.0.into())
        );
    }
    let measured = |wanted: i64| -> Vec<String> {
        let all = due(&told, "measure")
            .into_iter()
            .filter(|(day, _)| *day == wanted);
        all.map(|(_, item)| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(measured(1), ["expectancy"]);
    assert_eq!(measured(7), ["unwanted-effects", "phq-9", "efficacy"]);
    assert_eq!(measured(14), ["unwanted-effects"]);
    assert_eq!(measured(-7).len(), 12);
    assert_eq!(measured(15).len(), 8);
    assert_eq!(measured(42).len(), 8);
    let tasks: Vec<_> = due(&told, "task")
        .into_iter()
        .map(|(day, item)| (day, item["id"].as_str().unwrap()))
        .collect();
    assert_eq!(
        tasks,
        [
            (-7, "image-task"),
            (15, "image-task"),
            (15, "redistribution-game")
        ]
    );
    // Nothing said is the care edition.
    assert_eq!(
        preview("compassion-2w", "2027-03-20", "UTC", &[])["edition"],
        "care"
    );
}

#[test]
fn a_day_begins_and_ends_at_its_own_midnight_whatever_the_clocks_do() {
    let cases = [
        // Clocks go forward: 23 hours. Back: 25. At midnight itself: the day begins at one.
        (
            "Europe/Madrid",
            "2027-03-28",
            "2027-03-28T00:00:00+01:00",
            "2027-03-29T00:00:00+02:00",
        ),
        (
            "Europe/Madrid",
            "2027-10-31",
            "2027-10-31T00:00:00+02:00",
            "2027-11-01T00:00:00+01:00",
        ),
        (
            "Australia/Lord_Howe",
            "2027-04-04",
            "2027-04-04T00:00:00+11:00",
            "2027-04-05T00:00:00+10:30",
        ),
        (
            "Africa/Cairo",
            "2024-04-26",
            "2024-04-26T01:00:00+03:00",
            "2024-04-27T00:00:00+03:00",
        ),
        (
            "Asia/Kathmandu",
            "2028-02-29",
            "2028-02-29T00:00:00+05:45",
            "2028-03-01T00:00:00+05:45",
        ),
    ];
    for (zone, start, opens, closes) in cases {
        let told = preview("compassion-2w", start, zone, &[]);
        let practices = due(&told, "practice");
        let (day, first) = practices.first().unwrap();
        assert_eq!(
            (*day, &first["opens_at"], &first["closes_at"]),
            (1, &opens.into(), &closes.into()),
            "{zone}"
        );
        let on: Vec<_> = told["days"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|day| day["day"] == 1)
            .collect();
        assert_eq!(on[0]["on"], start);
    }
}

#[test]
fn a_preview_of_nothing_says_what_there_is() {
    let good = ["compassion-2w", "2027-03-20", "Europe/Madrid", "care"];
    let cases = [
        (
            0,
            "compasion-2w",
            "PROGRAMME",
            "Did you mean compassion-2w?",
        ),
        (1, "2027-02-30", "--start", "is no date"),
        (1, "20.3.2027", "--start", "is no date"),
        (1, "2027-03-20T10:00", "--start", "is no date"),
        (1, "9999-12-31", "--start", "is no date"),
        (2, "Europe/Madird", "--zone", "Did you mean Europe/Madrid?"),
        (2, "", "--zone", "no time zone"),
        (3, "reserch", "--edition", "Did you mean research?"),
    ];
    for (place, wrong, named, part) in cases {
        let mut words = good;
        words[place] = wrong;
        let [programme, start, zone, edition] = words;
        let words = [
            "plan",
            "preview",
            programme,
            "--start",
            start,
            "--zone",
            zone,
            "--edition",
            edition,
            "--json",
        ];
        let output = kith(&words);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(output.stdout.is_empty());
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["where"], named, "{told}");
        assert!(
            told["error"]["message"].as_str().unwrap().contains(part),
            "{told}"
        );
        assert!(told["error"]["allowed"].is_string(), "{told}");
    }
}

#[test]
fn a_programme_with_a_fault_is_told_with_its_line_and_not_previewed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("programmes")).unwrap();
    let built_in = std::fs::read_to_string("content/programmes/connect-7.toml").unwrap();
    let ours = built_in.replacen("id = \"connect-7\"", "id = \"connect-8\"", 1);
    std::fs::write(folder.path().join("programmes/connect-7.toml"), ours).unwrap();
    let path = folder.path().to_str().unwrap();
    let told = json(&kith(&["check", path, "--json"]));
    let problem = &told["problems"][0];
    assert_eq!(problem["file"], "programmes/connect-7.toml");
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("did you mean `connect-7`?"), "{told}");
    let words = [
        "plan",
        "preview",
        "connect-7",
        "--start",
        "2027-03-20",
        "--zone",
        "UTC",
        "--content",
        path,
    ];
    let output = kith(&words);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("kith check"));
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
