//! The evidence library's files: what is read, and what is refused, where.

use crate::support::{file, valid_files};
use kith_content::evidence::draft::{Draft, put};
use kith_content::evidence::{Checked, Design, EffectKind, Timepoint, read_study};
use kith_content::{Library, Loaded, Seen, SourceKind};

const CONSTRUCTS: &str = r#"[[construct]]
id = "depression"
name = "depression"
change = "reduce depression"
changes = "reduces depression"
plain_change = "ease low mood"
plain_changes = "eases low mood"
better_off = "less low mood"
"#;

/// Lines 1 to 14, of which line 15 on is added by a case.
const STUDY: &str = r#"title = "A trial"
authors = "One, Two, Three, Four"
year = 2020
journal = "A journal"
source = "https://example.org/a"
verified = "abstract"
design = "waitlist-rct"
family = "compassion"
people = "adults"
population = "adults"
setting = "community"
intervention = "training"
comparator = "waitlist"
against = "passive"
"#;

const OUTCOME: &str = r#"[[outcome]]
id = "depression"
construct = "depression"
effect = "cohens-d"
value = 0.5
ci = [0.1, 0.9]
favours = "treatment"
"#;

/// A study whose line with this key is replaced, or to which the line is added; then its outcome.
fn study(changed: &str, outcome: &str) -> String {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let mut lines: Vec<String> = STUDY.lines().map(Into::into).collect();
    for line in changed.lines() {
        match lines.iter_mut().find(|old| key(old) == key(line)) {
            Some(old) => *old = line.into(),
            None => lines.push(line.into()),
        }
    }
    format!("{}\n{outcome}", lines.join("\n"))
}

fn read(files: &[(&str, String)]) -> Loaded {
    let mut all = valid_files();
    all.push(file("evidence/constructs.toml", CONSTRUCTS));
    all.extend(files.iter().map(|(path, text)| file(path, text.clone())));
    Library::read(all)
}

fn said(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_study_is_read_as_it_is_written_and_is_a_source_too() {
    let text = study(
        "n_treatment = 20\nn_control = 22\nfollow_up_months = 3\nrecalled = [\"n_control\"]",
        OUTCOME,
    );
    let loaded = read(&[("evidence/studies/one2020.toml", text)]);
    assert_eq!(said(&loaded), [""; 0]);
    let evidence = loaded.library.evidence();
    let one = evidence.study("one2020").unwrap();
    assert_eq!(
        (one.design, one.n_treatment, one.by().as_str()),
        (Design::WaitlistRct, Some(20.0), "One and others")
    );
    let outcome = &one.outcomes[0];
    assert_eq!(
        (outcome.effect, outcome.timepoint, outcome.verified),
        (
            Some(EffectKind::CohensD),
            Timepoint::Post,
            Checked::Abstract
        )
    );
    assert_eq!(outcome.source, "https://example.org/a");
    let number = |address: &str| evidence.cell(address).unwrap().number;
    assert_eq!(number("one2020/depression/value"), Some(0.5));
    assert_eq!(number("one2020/depression/ci_high"), Some(0.9));
    assert_eq!(number("one2020/study/follow_up_months"), Some(3.0));
    assert_eq!(
        evidence.cell("one2020/study/n_control").unwrap().verified,
        Checked::Recalled
    );
    for nowhere in [
        "one2020/depression",
        "one2020/anxiety/value",
        "two/depression/value",
        "one2020/study/title",
        "one2020/depression/value/x",
    ] {
        assert!(evidence.cell(nowhere).is_none(), "{nowhere}");
    }
    let source = loaded
        .library
        .sources()
        .iter()
        .find(|source| source.id == "one2020")
        .unwrap();
    assert_eq!(
        (source.kind, source.seen, source.url.as_str()),
        (SourceKind::Trial, Seen::Abstract, "https://example.org/a")
    );
    assert!(evidence.construct("depression").is_some() && evidence.construct("anxiety").is_none());
}

#[test]
fn the_conventions_are_enforced_where_they_are_broken() {
    let change = |from: &str, to: &str| OUTCOME.replace(from, to);
    let cases: Vec<(&str, String, usize, &str)> = vec![
        ("title = \"\"", OUTCOME.into(), 1, "`title` is empty"),
        (
            "year = 20",
            OUTCOME.into(),
            3,
            "(allowed: whole numbers from 1900 to 2100)",
        ),
        (
            "source = \"example.org\"",
            OUTCOME.into(),
            5,
            "whole address",
        ),
        (
            "verified = \"abstracts\"",
            OUTCOME.into(),
            6,
            "did you mean `abstract`?",
        ),
        ("design = \"trial\"", OUTCOME.into(), 7, "is not a design"),
        (
            "against = \"none\"",
            OUTCOME.into(),
            14,
            "a trial compares with something",
        ),
        (
            "doi = \"doi:10.1/x\"",
            OUTCOME.into(),
            15,
            "a DOI begins with 10.",
        ),
        (
            "recalled = [\"doi\"]",
            OUTCOME.into(),
            15,
            "`recalled` names `doi`, which does not stand here",
        ),
        (
            "n_treatment = 20",
            OUTCOME.into(),
            15,
            "write both or neither",
        ),
        (
            "n_treatment = 20\nn_control = 20\nn_total = 30",
            OUTCOME.into(),
            15,
            "more people than `n_total`",
        ),
        (
            "arms_assumed_equal = true",
            OUTCOME.into(),
            15,
            "only `n_total` is known",
        ),
        (
            "sample = \"two2020\"",
            OUTCOME.into(),
            15,
            "another study whose file is there",
        ),
        (
            "sample = \"one2020\"",
            OUTCOME.into(),
            15,
            "another study whose file is there",
        ),
        (
            "nonsense = 1",
            OUTCOME.into(),
            15,
            "a key that is read here",
        ),
        (
            "",
            change("construct = \"depression\"", "construct = \"depresion\""),
            17,
            "did you mean `depression`?",
        ),
        (
            "",
            change("construct = \"depression\"\n", ""),
            15,
            "needs a `construct`, or a `label`",
        ),
        (
            "",
            change("favours", "label = \"x\"\nfavours"),
            21,
            "take one of them out",
        ),
        (
            "",
            change("effect = \"cohens-d\"\n", ""),
            18,
            "`effect` and `value` go together",
        ),
        (
            "",
            change("value = 0.5\n", ""),
            15,
            "`effect` and `value` go together",
        ),
        (
            "",
            change("effect = \"cohens-d\"\nvalue = 0.5\n", ""),
            18,
            "belong to a `value`",
        ),
        (
            "",
            change("[0.1, 0.9]", "[0.6, 0.9]"),
            20,
            "does not hold its own `value`",
        ),
        (
            "",
            change("[0.1, 0.9]", "[0.9, 0.1]"),
            20,
            "lower end of `ci` first",
        ),
        (
            "",
            change("value = 0.5\nci = [0.1, 0.9]", "value = -0.5"),
            19,
            "a positive figure means improvement",
        ),
        (
            "",
            change("cohens-d", "proportion")
                .replace("0.5", "1.5")
                .replace("0.9", "1.9"),
            19,
            "(allowed: 0 to 1)",
        ),
        (
            "",
            change("favours = \"treatment\"\n", ""),
            19,
            "`favours` is missing",
        ),
        (
            "",
            format!("{OUTCOME}p_sign = \"<\"\n"),
            15,
            "`p_sign` belongs to a `p`",
        ),
        (
            "",
            format!("{OUTCOME}raw_difference = 2\n"),
            19,
            "points of a scale",
        ),
        (
            "",
            format!("{OUTCOME}{OUTCOME}"),
            23,
            "is taken in this file",
        ),
        (
            "design = \"pre-post\"\nagainst = \"none\"",
            OUTCOME.into(),
            15,
            "add `within_group = true`",
        ),
        (
            "",
            format!(
                "{OUTCOME}n_treatment = 15\nn_control = 15\nmean_treatment = 16.2\nsd_treatment = 3.9\nmean_control = 25.5\nsd_control = 6.7\n"
            ),
            19,
            "give 1.65 where `value` says 0.5",
        ),
        (
            "",
            change("[0.1, 0.9]", "[-0.1, 1.1]"),
            20,
            "`ci` has zero in it",
        ),
        (
            "",
            change("\"treatment\"", "\"none\""),
            20,
            "`ci` leaves out zero",
        ),
        ("", format!("{OUTCOME}p = 0.2\n"), 22, "`p` is above 0.05"),
        (
            "",
            change("ci = ", "se = 0.05\nci = "),
            21,
            "do not belong to each other",
        ),
        (
            "n_treatment = 20\nn_control = 20",
            change("[0.1, 0.9]", "[0.48, 0.52]"),
            22,
            "0.0 times what 20 and 20 people give",
        ),
    ];
    for (changed, outcome, line, part) in cases {
        let text = study(changed, &outcome);
        let loaded = read(&[("evidence/studies/one2020.toml", text.clone())]);
        let all = said(&loaded);
        assert_eq!(
            all.len(),
            1,
            "expected “{part}” alone, got {all:#?} for\n{text}"
        );
        assert!(all[0].contains(part), "expected “{part}”, got {all:?}");
        assert_eq!(loaded.problems[0].line, line, "{all:?}\n{text}");
        assert!(loaded.library.evidence().study("one2020").is_none());
    }
}

#[test]
fn no_paper_and_nobody_is_told_of_twice() {
    let two = |one: &str, other: &str| {
        let title = "title = \"Another trial\"\n";
        read(&[
            ("evidence/studies/one2020.toml", study(one, OUTCOME)),
            (
                "evidence/studies/two2020.toml",
                study(&format!("{title}{other}"), OUTCOME),
            ),
        ])
    };
    assert_eq!(said(&two("", "")), [""; 0]);
    let doi = "doi = \"10.1000/x\"";
    let all = said(&two(doi, "doi = \"10.1000/X\""));
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].starts_with("evidence/studies/two2020.toml:1:1: this is the paper of one2020"),
        "{all:?}"
    );
    assert!(
        said(&two("title = \"another, trial\"", ""))[0].contains("this is the paper of one2020")
    );
    assert_eq!(
        said(&two(doi, &format!("{doi}\nsample = \"one2020\""))),
        [""; 0]
    );

    let loaded = read(&[
        ("evidence/studies/one2020.toml", study("", OUTCOME)),
        (
            "evidence/studies/two2020.toml",
            study("title = \"B\"\nsample = \"one2020\"", OUTCOME),
        ),
        (
            "evidence/studies/three2020.toml",
            study("title = \"C\"\nsample = \"two2020\"", OUTCOME),
        ),
    ]);
    let all = said(&loaded);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].contains("three2020.toml") && all[0].contains("name one2020 in both"),
        "{all:?}"
    );
}

#[test]
fn one_study_is_read_beside_the_others_as_all_are_together() {
    let library = read(&[(
        "evidence/studies/one2020.toml",
        study("doi = \"10.1000/x\"", OUTCOME),
    )])
    .library;
    let problems = |id: &str, text: &str| {
        let read = read_study(&library, id, text);
        read.map(|study| study.id)
            .map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let another = study(
        "title = \"B\"\nretired = \"A hoax.\"\nvolume = \"9\"",
        OUTCOME,
    );
    assert_eq!(problems("two2020", &another), Ok("two2020".to_owned()));
    let text = study("title = \"B\"\ndoi = \"10.1000/x\"", OUTCOME);
    assert!(problems("two2020", &text).unwrap_err()[0].contains("this is the paper of one2020"));
    // Before it in the order of ids as well.
    assert!(problems("a2020", &text).unwrap_err()[0].contains("this is the paper of"));
    assert_eq!(
        problems("one2020", &text),
        Ok("one2020".to_owned()),
        "a newer version of itself"
    );
    assert!(problems("cct-sonoma", &another).unwrap_err()[0].contains("id of a source"));
    assert!(
        problems("two2020", &study("year = 20", OUTCOME)).unwrap_err()[0]
            .starts_with("evidence/studies/two2020.toml:3:")
    );
    let read = read_study(&library, "two2020", &another).unwrap();
    assert_eq!(read.retired.as_deref(), Some("A hoax."));
    assert_eq!(read.reference(), "One and others, 2020, B. A journal, 9");
}

#[test]
fn a_draft_of_a_file_makes_that_file_again() {
    let mut drafted = 0;
    let built_in: Vec<_> = std::fs::read_dir("../../content/evidence/studies")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let constructs = std::fs::read_to_string("../../content/evidence/constructs.toml").unwrap();
    let all = |write: &dyn Fn(&str) -> String| {
        let mut files = vec![file("evidence/constructs.toml", &constructs)];
        files.extend(built_in.iter().map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            file(
                &format!("evidence/studies/{name}"),
                write(&std::fs::read_to_string(path).unwrap()),
            )
        }));
        Library::read(files)
    };
    let as_written = all(&str::to_owned);
    let redrafted = all(&|text| Draft::read(text).unwrap().write().text);
    assert_eq!(said(&redrafted), said(&as_written));
    for study in &as_written.library.evidence().studies {
        assert_eq!(redrafted.library.evidence().study(&study.id), Some(study));
        drafted += 1;
    }
    assert!(drafted > 60, "{drafted}");
}

#[test]
fn each_line_of_a_drafted_file_is_known_by_its_key() {
    let mut draft = Draft::read(&study("", OUTCOME)).unwrap();
    draft.set("year", "MMXX");
    put(&mut draft.outcomes[0], "ci_high", "");
    put(&mut draft.outcomes[0], "note", "first \"line\"\nsecond");
    let written = draft.write();
    assert!(Draft::read(&written.text).is_some(), "{}", written.text);
    let library = read(&[]).library;
    let problems = read_study(&library, "one2020", &written.text).unwrap_err();
    let at: Vec<_> = problems
        .iter()
        .map(|problem| written.at(problem.line))
        .collect();
    assert_eq!(
        at,
        [Some((None, "year")), Some((Some(0), "ci_low"))],
        "{problems:?}"
    );
    assert_eq!(written.at(0), None);
    assert_eq!(written.at(10_000), None);
    // A key that is missing is told of where its outcome begins.
    draft.set("year", "2020");
    draft.outcomes[0].remove("construct");
    draft.outcomes[0].remove("ci_low");
    let written = draft.write();
    let problems = read_study(&library, "one2020", &written.text).unwrap_err();
    assert_eq!(
        written.at(problems[0].line),
        Some((Some(0), "")),
        "{problems:?}"
    );
}

#[test]
fn one_id_is_one_thing() {
    let loaded = read(&[("evidence/studies/cct-sonoma.toml", study("", OUTCOME))]);
    assert!(
        said(&loaded)[0].contains("take that one out of evidence/sources.toml"),
        "{:?}",
        said(&loaded)
    );
    let loaded = read(&[("evidence/studies/One.toml", study("", OUTCOME))]);
    assert!(said(&loaded)[0].contains("file name has small letters"));
}

#[test]
fn a_broken_study_is_not_held_against_who_names_it() {
    let claim = "[[claim]]\nid = \"a\"\nheard = \"It works.\"\nconstructs = [\"depression\"]\nclient = \"Some say so.\"\ncolleague = \"{one2020/depression/value} was found.\"\nsources = [\"one2020\"]\n";
    let broken = [
        ("evidence/studies/one2020.toml", study("year = 20", OUTCOME)),
        ("evidence/claims.toml", claim.to_owned()),
    ];
    assert_eq!(said(&read(&broken)).len(), 1);
}

#[test]
fn words_hold_no_number_of_their_own_and_name_cells_that_are_there() {
    let claim = |colleague: &str| {
        format!(
            "[[claim]]\nid = \"a\"\nheard = \"It works.\"\nconstructs = [\"depression\"]\nclient = \"Some say so.\"\ncolleague = \"{colleague}\"\nsources = [\"one2020\"]\n"
        )
    };
    let text = study("n_total = 40\nrecalled = [\"n_total\"]", OUTCOME);
    let cases = [
        ("It was {one2020/depression/value|decimals}.", None),
        (
            "It was 0.5.",
            Some("a number in these words comes from nowhere"),
        ),
        (
            "It was {one2020/depression/valu}.",
            Some("there is no cell `one2020/depression/valu`"),
        ),
        ("It was {one2020/depression/se}.", Some("has no number")),
        (
            "There were {one2020/study/n_total}.",
            Some("rests on memory"),
        ),
        (
            "It was {one2020/depression/value|rounded}.",
            Some("is not a way to write a number"),
        ),
        (
            "It was {value}.",
            Some("is not something that can stand here"),
        ),
        ("It was {value.", Some("stands alone")),
        ("It is proven.", Some("says more than any study can")),
        ("It will heal.", Some("is a promise nobody can keep")),
    ];
    for (colleague, part) in cases {
        let files = [
            ("evidence/studies/one2020.toml", text.clone()),
            ("evidence/claims.toml", claim(colleague)),
        ];
        let loaded = read(&files);
        match part {
            None => assert_eq!(said(&loaded), [""; 0]),
            Some(part) => {
                let all = said(&loaded);
                assert_eq!(all.len(), 1, "{all:?}");
                assert!(
                    all[0].starts_with("evidence/claims.toml:6:") && all[0].contains(part),
                    "{all:?}"
                );
            }
        }
    }
}

#[test]
fn the_other_files_are_refused_as_wholes_with_what_is_missing() {
    let built_in =
        |name: &str| std::fs::read_to_string(format!("../../content/evidence/{name}")).unwrap();
    let alone = |name: &str, text: String| {
        let path = format!("evidence/{name}");
        let mut files = vec![
            file("evidence/constructs.toml", built_in("constructs.toml")),
            file(&path, text),
        ];
        for study in ["farias2020", "goldberg2022"] {
            let path = format!("evidence/studies/{study}.toml");
            files.push(file(&path, built_in(&format!("studies/{study}.toml"))));
        }
        Library::read(files)
    };
    let certainty = built_in("certainty.toml");
    let statements = built_in("statements.toml");
    assert_eq!(said(&alone("certainty.toml", certainty.clone())), [""; 0]);
    assert_eq!(said(&alone("statements.toml", statements.clone())), [""; 0]);
    let cases = [
        (
            "certainty.toml",
            certainty
                .replace("construct = \"any\"", "construct = \"stress\"")
                .replacen(
                    "[[judgement]]\nconstruct = \"stress\"",
                    "[[judgement]]\nconstruct = \"empathy\"",
                    1,
                ),
            "is missing: it is used where no other fits",
        ),
        (
            "certainty.toml",
            certainty.replace("very_serious_i2 = 75", "very_serious_i2 = 40"),
            "must be above",
        ),
        (
            "certainty.toml",
            certainty.replacen("by = 1", "by = 7", 1),
            "(allowed: whole numbers from 0 to 3)",
        ),
        (
            "certainty.toml",
            certainty.replacen("construct = \"anxiety\"", "construct = \"depression\"", 1),
            "judged twice",
        ),
        (
            "certainty.toml",
            certainty.replacen("construct = \"anxiety\"", "construct = \"anxeity\"", 1),
            "did you mean `anxiety`?",
        ),
        (
            "statements.toml",
            statements.replacen("id = \"leans\"", "id = \"leanz\"", 1),
            "did you mean `leans`?",
        ),
        (
            "statements.toml",
            statements.replacen("id = \"leans\"", "id = \"limit\"", 1),
            "stands here twice",
        ),
        (
            "statements.toml",
            statements.replacen("{people}", "{peeple}", 1),
            "did you mean `people`?",
        ),
        (
            "statements.toml",
            statements.replacen("One limit: people knew", "One limit: 9 people knew", 1),
            "comes from nowhere",
        ),
        (
            "statements.toml",
            statements.replacen("control_rate = 0.5", "control_rate = 1.5", 1),
            "(allowed: 0.01 to 0.99)",
        ),
        (
            "statements.toml",
            statements.replacen("family = \"cft\"", "family = \"compassion\"", 1),
            "must stand here once",
        ),
        (
            "statements.toml",
            statements.replacen("client = \"One limit", "# \"One limit", 1),
            "`client` is missing",
        ),
    ];
    for (name, text, part) in cases {
        let all = said(&alone(name, text));
        assert!(
            all.iter()
                .any(|line| line.starts_with(&format!("evidence/{name}")) && line.contains(part)),
            "{part}: {all:?}"
        );
    }
}
