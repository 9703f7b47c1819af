//! What other programs write is read as they mean it, and whatever somebody brings in breaks nothing.

use std::collections::BTreeMap;

use kith_content::evidence::draft::Draft;
use kith_evidence::import::{
    Better, Choice, Choices, Figure, Format, MOST, Papers, Reference, Trouble, from_metapsy,
    from_reference, id_for, metapsy, references,
};
use proptest::prelude::*;

fn one(format: Format, text: &str) -> Reference {
    let read = references(format, text);
    assert_eq!(read.troubles, [], "{text}");
    assert_eq!(read.found.len(), 1, "{text}");
    read.found[0].clone()
}

fn said(troubles: &[Trouble]) -> Vec<String> {
    troubles.iter().map(ToString::to_string).collect()
}

fn eriksson(line: usize) -> Reference {
    Reference {
        line,
        authors: ["Eriksson", "Germundsjö", "Åström", "Rönnlund"]
            .map(str::to_owned)
            .to_vec(),
        year: Some(2018),
        title: "Mindful self-compassion training reduces stress: a trial".to_owned(),
        journal: "Frontiers in Psychology".to_owned(),
        volume: "9".to_owned(),
        doi: "10.3389/fpsyg.2018.02340".to_owned(),
        url: "https://www.frontiersin.org/articles/10.3389/fpsyg.2018.02340/full".to_owned(),
    }
}

const RIS: &str = "TY  - JOUR\r\nAU  - Eriksson, Terese\r\nA1  - Germundsjö, Linnéa\r\nAU  - Åström, Elisabeth\r\nAU  - Rönnlund, Michael\r\nPY  - 2018/11/27\r\nTI  - Mindful self-compassion training\r\nreduces stress: a trial.\r\nJO  - Front Psychol\r\nT2  - Frontiers in Psychology\r\nVL  - 9\r\nDO  - https://doi.org/10.3389/fpsyg.2018.02340\r\nAB  - Not a word of this\r\nis kept.\r\nUR  - https://www.frontiersin.org/articles/10.3389/fpsyg.2018.02340/full\r\nER  - \r\n";

const BIBTEX: &str = r#"Something a browser added. Write to me@example.org.
@string{front = "Frontiers in " # {Psychology}}
@comment{not this}
@article{eriksson2018,
  author = {Eriksson, Terese and Linn{\'e}a Germundsj{\"o} and {\AA}str{\"o}m, Elisabeth and Michael R\"onnlund and others},
  title = "Mindful {Self-Compassion} training reduces stress: a trial",
  journal = front,
  year = 2018, volume = {9},
  doi = {10.3389/fpsyg.2018.02340},
  url = {https://www.frontiersin.org/articles/10.3389/fpsyg.2018.02340/full},
  month = nov
}
"#;

const CSL: &str = r#"[
  {
    "id": "x", "type": "article-journal",
    "title": "Mindful self-compassion training reduces <i>stress</i>: a trial",
    "container-title": "Frontiers in Psychology",
    "author": [{"family": "Eriksson", "given": "T."}, {"family": "Germundsjö"}, {"family": "Åström"}, {"literal": "Rönnlund"}],
    "issued": {"date-parts": [["2018", 11, 27]]},
    "volume": 9, "DOI": "10.3389/fpsyg.2018.02340", "abstract": "not {this} \" either [",
    "URL": "https://www.frontiersin.org/articles/10.3389/fpsyg.2018.02340/full"
  }
]"#;

#[test]
fn the_same_paper_comes_out_of_all_three_formats() {
    assert_eq!(one(Format::Ris, RIS), eriksson(1));
    let mut from_bibtex = one(Format::Bibtex, BIBTEX);
    assert_eq!(
        from_bibtex.title,
        "Mindful Self-Compassion training reduces stress: a trial"
    );
    from_bibtex.title = eriksson(4).title;
    assert_eq!(from_bibtex, eriksson(4));
    assert_eq!(one(Format::CslJson, CSL), eriksson(2));
    for (text, format) in [
        (RIS, Format::Ris),
        (BIBTEX, Format::Bibtex),
        (CSL, Format::CslJson),
    ] {
        assert_eq!(Format::guess(text), Some(format));
    }
    assert_eq!(
        Format::guess("\u{feff}\"\";\"study\";\"condition_arm1\"\n"),
        Some(Format::Metapsy)
    );
    assert_eq!(Format::guess("Dear Amira, write to me@example.org"), None);
}

#[test]
fn names_are_read_as_their_formats_write_them() {
    for (author, family) in [
        ("Beethoven, Ludwig van", "Beethoven"),
        ("van Dam, Nicholas T.", "van Dam"),
        ("Nicholas van Dam", "van Dam"),
        ("Kristin D. Neff", "Neff"),
        ("{World Health Organization}", "World Health Organization"),
        (r#"{\'A}lvarez, Jos\'{e}"#, "Álvarez"),
        (r#"\O rsted, Hans"#, "Ørsted"),
        (r#"Ko{\v{c}}\'{\i}, P"#, "Kočí"),
        (r#"M{\"u}ller and others"#, "Müller"),
    ] {
        let text = format!("@article{{a, title={{T}}, author={{{author}}}}}");
        assert_eq!(one(Format::Bibtex, &text).authors, [family], "{author}");
    }
    let ris = "TY  - JOUR\nTI  - T\nAU  - World Health Organization\nER  -\n";
    assert_eq!(one(Format::Ris, ris).authors, ["World Health Organization"]);
}

#[test]
fn a_broken_entry_costs_only_itself_and_says_on_which_line() {
    let text = "@article{a, title = {One}}\n@article{b, title = {Two, year = 2001}\n\n@article{c, title {Three}}\n@article{d, title = {Four}}\n@misc{e, year = 2001}\n";
    let read = references(Format::Bibtex, text);
    let titles: Vec<&str> = read.found.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["One", "Four"]);
    let said = said(&read.troubles);
    assert!(
        said[0].starts_with("line 2: this entry does not end: a closing bracket is missing"),
        "{said:?}"
    );
    assert!(
        said[1].starts_with("line 4: here a line such as `title = {…}` is expected"),
        "{said:?}"
    );
    assert!(
        said[2].starts_with("line 6: this entry has no title"),
        "{said:?}"
    );
    assert_eq!(said.len(), 3);

    let read = references(
        Format::Ris,
        "1. \nTY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\n",
    );
    assert_eq!(read.found.len(), 2);
    assert_eq!(
        read.troubles.iter().map(|one| one.line).collect::<Vec<_>>(),
        [1, 4, 4]
    );

    for (text, line) in [
        ("[{\"title\": \"One\"},\n", 2),
        ("[\n{\"title\": }]", 2),
        ("7", 1),
        ("", 1),
    ] {
        let read = references(Format::CslJson, text);
        assert!(read.found.is_empty());
        assert_eq!(read.troubles[0].line, line, "{text}: {:?}", read.troubles);
    }
    let read = references(Format::CslJson, "[\n 3,\n {\"DOI\": \"10.1/a\"}]");
    assert_eq!(read.troubles.len(), 2);
    assert_eq!(
        references(Format::Bibtex, "nothing").troubles[0].message,
        "there is no reference in it"
    );
}

#[test]
fn a_paper_that_is_here_is_known_by_its_doi_or_its_title_and_year() {
    let paper = |doi: &str, title: &str, year| Reference {
        doi: doi.to_owned(),
        title: title.to_owned(),
        year: Some(year),
        ..Reference::default()
    };
    let mut papers = Papers::default();
    papers.add(
        "eriksson2018",
        &paper("10.3389/FPSYG.2018.02340", "Another title", 2018),
    );
    papers.add(
        "super2024",
        &paper("", "Superb: a Trial of “Kindness”", 2024),
    );
    let same = |paper: &Reference| papers.find(paper).map(str::to_owned);
    let is = |id: &str| Some(id.to_owned());
    assert_eq!(
        same(&paper("10.3389/fpsyg.2018.02340", "T", 2019)),
        is("eriksson2018")
    );
    assert_eq!(
        same(&paper("", "Súperb. A trial of 'kindness'", 2024)),
        is("super2024")
    );
    assert_eq!(
        same(&paper("10.1/other", "Superb: a trial of kindness", 2023)),
        None
    );
    assert_eq!(same(&paper("", "", 2024)), None);

    let id = |author: &str, year, taken: &[&str]| {
        let reference = Reference {
            authors: vec![author.to_owned()],
            year,
            ..paper("", "A title", 0)
        };
        id_for(&Reference { year, ..reference }, |id| taken.contains(&id))
    };
    assert_eq!(id("Böckler", Some(2018), &[]), "bockler2018");
    assert_eq!(
        id("Böckler", Some(2018), &["bockler2018", "bockler2018-2"]),
        "bockler2018-3"
    );
    assert_eq!(id("van Dam", Some(2020), &[]), "vandam2020");
    assert_eq!(id("", None, &[]), "atitle");
    assert_eq!(id("王", None, &[]), "atitle");
}

#[test]
fn a_reference_makes_a_draft_that_claims_nothing_about_the_study() {
    let draft = from_reference(&eriksson(1));
    assert_eq!(
        draft.get("authors"),
        "Eriksson, Germundsjö, Åström, Rönnlund"
    );
    assert_eq!(draft.get("volume"), "9");
    for key in ["verified", "design", "family", "against", "n_treatment"] {
        assert_eq!(draft.get(key), "", "{key}");
    }
    assert!(draft.outcomes.is_empty());
    let without_address = Reference {
        url: String::new(),
        ..eriksson(1)
    };
    assert_eq!(
        from_reference(&without_address).get("source"),
        "https://doi.org/10.3389/fpsyg.2018.02340"
    );
}

/// Rows in the shape of the standard's own files: semicolons, decimal commas, each comparison both ways round.
const METAPSY: &str = "\
\"\";\"study\";\"condition_arm1\";\"condition_arm2\";\"multi_arm1\";\"multi_arm2\";\"outcome_type\";\"instrument\";\"time\";\"time_weeks\";\"rating\";\"mean_arm1\";\"sd_arm1\";\"n_arm1\";\"mean_arm2\";\"sd_arm2\";\"n_arm2\";\"event_arm1\";\"event_arm2\";\"totaln_arm1\";\"totaln_arm2\";\"precalc_g\";\"precalc_g_se\";\"year\";\"country\";\".g\";\".g_se\"
\"1\";\"Abas, 2018\";\"mbsr\";\"cau\";NA;NA;\"msd\";\"phq-9\";\"post\";8;\"self-report\";3,1;3,1;13;5,7;3,9;15;NA;NA;NA;NA;NA;NA;2018;\"uk\";-0,710417767645097;0,391345090542833
\"2\";\"Abas, 2018\";\"cau\";\"mbsr\";NA;NA;\"msd\";\"phq-9\";\"post\";8;\"self-report\";5,7;3,9;15;3,1;3,1;13;NA;NA;NA;NA;NA;NA;2018;\"uk\";0,710417767645097;0,391345090542833
\"3\";\"Abas, 2018\";\"mbsr\";\"cau\";NA;NA;\"msd\";\"scs\";\"post\";8;\"self-report\";NA;NA;NA;NA;NA;NA;NA;NA;NA;NA;0,4;0,38;2018;\"uk\";0,4;0,38
\"4\";\"Barber, 2012\";\"loving kindness\";\"other ctr\";\"lkm\";\"talk\";\"response\";\"hdrs\";\"follow-up\";26;\"clinician\";NA;NA;NA;NA;NA;NA;14;12;51;50;NA;NA;2012;3;-0,09;0,25
\"5\";\"Barber, 2012\";\"compassion\";\"other ctr\";\"cft\";\"talk\";\"response\";\"hdrs\";\"follow-up\";26;\"clinician\";NA;NA;NA;NA;NA;NA;30;12;51;50;NA;NA;2012;3;NA;NA
\"6\";\"Cole, 2020\";\"wl\";\"cft\";NA;NA;\"msd\";\"phq-9\";\"post\";NA;\"self-report\";5;2;20;4;2;20;NA;NA;NA;NA;NA;NA;2020;3;NA;NA
\"7\";\"Dean, 2021\";\"cft\";\"wl\";NA;NA;\"msd\";\"phq-9\";\"soon\";NA;\"self-report\";5;2;20;4;2;20;NA;NA;NA;NA;NA;NA;2020;3;NA;NA
\"8\";\"Dean, 2021\";\"cft\";\"wl\";NA;NA;\"msd\";\"phq-9\";\"post\";NA;\"self-report\";five;2;20;4;2;20;NA;NA;NA;NA;NA;NA;2020;3;NA;NA
";

fn choices(of: &[(&str, Option<Better>, Option<&str>)]) -> Choices {
    let measured = of.iter().map(|(name, better, construct)| {
        let construct = construct.map(str::to_owned);
        (
            (*name).to_owned(),
            Choice {
                better: *better,
                construct,
            },
        )
    });
    Choices {
        measured: measured.collect(),
        for_all: BTreeMap::from([("source".to_owned(), "https://example.org/data".to_owned())]),
    }
}

#[test]
fn a_metapsy_row_becomes_an_outcome_with_our_sign_once_somebody_said_what_is_better() {
    let file = metapsy(METAPSY);
    assert_eq!(
        metapsy(&METAPSY.replace('\n', "\r\n")),
        file,
        "as a spreadsheet ends its lines"
    );
    let measured: Vec<(&str, usize)> = file
        .measured
        .iter()
        .map(|one| (one.name.as_str(), one.rows))
        .collect();
    assert_eq!(measured, [("phq-9", 1), ("response (hdrs)", 2), ("scs", 1)]);
    let arms: Vec<(&str, &str)> = file
        .comparisons
        .iter()
        .map(|one| (one.trained.as_str(), one.compared_with.as_str()))
        .collect();
    assert_eq!(
        arms,
        [
            ("mbsr", "cau"),
            ("loving kindness (lkm)", "other ctr (talk)"),
            ("compassion (cft)", "other ctr (talk)")
        ]
    );
    // metapsyTools gives this g and this error for the same means.
    let Figure::Difference { g, .. } = file.comparisons[0].found[0].figure else {
        panic!()
    };
    assert!((g - -0.710_417_767_645_097).abs() < 2e-3, "{g}");

    let said = said(&file.troubles);
    for (line, words) in [
        ("line 3: ", "the other way round"),
        ("line 7: ", "put the trained arm first"),
        ("line 8: ", "neither post nor follow-up"),
        ("line 9: ", "column mean_arm1: “five” is no number"),
    ] {
        assert!(
            said.iter()
                .any(|one| one.starts_with(line) && one.contains(words)),
            "{line}{words}: {said:?}"
        );
    }

    let made = from_metapsy(
        &file,
        &choices(&[
            ("phq-9", Some(Better::Lower), Some("depression")),
            ("response (hdrs)", Some(Better::Higher), None),
            ("scs", None, Some("self-compassion")),
        ]),
        |id| id == "barber2012",
    );
    let ids: Vec<&str> = made.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["abas2018", "barber2012-2", "barber2012-3"]);
    let abas = &made[0].draft;
    assert_eq!(
        (
            abas.get("verified"),
            abas.get("against"),
            abas.get("population")
        ),
        ("secondary", "passive", "uk")
    );
    assert_eq!(
        (abas.get("source"), abas.get("title"), abas.get("family")),
        ("https://example.org/data", "", "")
    );
    let outcome = &abas.outcomes[0];
    // Fewer symptoms are better, so the sign is turned.
    assert_eq!(
        (outcome["effect"].as_str(), outcome["favours"].as_str()),
        ("hedges-g", "none")
    );
    assert!((outcome["value"].parse::<f64>().unwrap() - 0.7104).abs() < 2e-3);
    assert_eq!(
        (
            outcome["n_treatment"].as_str(),
            outcome["sd_control"].as_str()
        ),
        ("13", "3.9")
    );
    assert_eq!(
        abas.outcomes.len(),
        1,
        "nobody said what is better on the other"
    );
    assert_eq!(made[0].left_out[0].line, 4);
    let counted = &made[2].draft.outcomes[0];
    assert_eq!(
        (counted["effect"].as_str(), counted["value"].as_str()),
        ("ratio", "2.451")
    );
    assert_eq!(
        (counted["favours"].as_str(), counted["timepoint"].as_str()),
        ("treatment", "follow-up")
    );
    assert_eq!(counted["label"], "response (hdrs)");
    // The group that both are compared with is the same people.
    assert_eq!(
        (made[1].draft.get("sample"), made[2].draft.get("sample")),
        ("", "barber2012-2")
    );
    assert_eq!(made[1].draft.outcomes[0]["favours"], "none");
}

#[test]
fn a_table_with_commas_is_read_too_and_one_without_the_columns_says_which_are_missing() {
    let text = "study,condition_arm1,condition_arm2,instrument,precalc_g,precalc_g_se\n\"Abas, 2018\",cft,wl,phq-9,-0.5,0.2\n\"Abas, 2018\",cft,wl,gad-7,NA,NA\n\"Abas, 2018\",cft,wl\n";
    let file = metapsy(text);
    let Figure::Difference { g, se, people, .. } = file.comparisons[0].found[0].figure else {
        panic!()
    };
    assert_eq!((g, se, people), (-0.5, Some(0.2), None));
    let said = said(&file.troubles);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("line 3: neither means"), "{said:?}");
    assert!(
        said[1].starts_with("line 4: this row has 3 cells and the header 6"),
        "{said:?}"
    );

    let wrong = metapsy("author,yi,vi\nA,1,2\n");
    assert!(wrong.comparisons.is_empty());
    assert!(
        wrong.troubles[0]
            .message
            .contains("study, condition_arm1, condition_arm2, instrument")
    );
    assert_eq!(metapsy("").troubles.len(), 1);
}

#[test]
fn a_file_of_any_length_is_read_to_a_bound() {
    let text = "TY  - JOUR\nTI  - One\nER  -\n".repeat(MOST + 5);
    let read = references(Format::Ris, &text);
    assert_eq!((read.found.len(), read.troubles.len()), (MOST, 1));
    // Brackets that never close must not cost the square of their number.
    let text = "@article{a, title = {One\n".repeat(40_000);
    assert_eq!(references(Format::Bibtex, &text).troubles.len(), 100);
}

/// Text that is made of what these formats are made of, and now and then of anything.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "TY  - JOUR\n", "ER  - \n", "TI  - ", "AU  - ", "\n", "\r\n", "@article{", "@string(", "@comment{", "author = {", "title=\"",
            " and ", ",", "{", "}", "(", ")", "#", "\\", "\\\"", "\\'{\\i}", "~", "--", "=", "10.", "/", "é", "\u{feff}", "\u{0}", "[", "]", "\"title\":", ":", "\"",
            "null", "-1e999", "{\"items\":[", "study", ";", "condition_arm1", "condition_arm2", "instrument", "NA", "0,5", "-0.5", "mean_arm1", "\t", "2018",
        ]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

const HEADER: &str = "study;condition_arm1;condition_arm2;multi_arm1;outcome_type;instrument;time;time_weeks;mean_arm1;sd_arm1;n_arm1;mean_arm2;sd_arm2;n_arm2;event_arm1;event_arm2;totaln_arm1;totaln_arm2;precalc_g;precalc_g_se";

proptest! {
    #[test]
    fn nothing_that_is_brought_in_breaks_anything(text in nearly()) {
        let _ = Format::guess(&text);
        for format in Format::ALL {
            let read = references(format, &text);
            prop_assert!(format == Format::Metapsy || !read.found.is_empty() || !read.troubles.is_empty());
            let lines = text.lines().count().max(1) + 1;
            for trouble in &read.troubles {
                prop_assert!((1..=lines).contains(&trouble.line), "{trouble} of {lines}");
            }
            for reference in &read.found {
                let written = from_reference(reference).write();
                prop_assert!(Draft::read(&written.text).is_some(), "{}", written.text);
                prop_assert!(!id_for(reference, |_| false).is_empty());
            }
        }
        let _ = metapsy(&text);
    }

    #[test]
    fn every_metapsy_row_is_either_in_a_draft_or_told_of(
        rows in prop::collection::vec(prop::collection::vec(
            prop::sample::select(vec!["", "NA", "0", "1", "2,5", "20", "-3", "post", "follow-up", "Abas, 2018", "cft", "wl", "phq-9", "1e308", "x"]), 20), 0..12)
    ) {
        let rows: Vec<String> = rows.iter().map(|cells| cells.join(";")).collect();
        let file = metapsy(&format!("{HEADER}\n{}\n", rows.join("\n")));
        let mut choices = choices(&[]);
        for measured in &file.measured {
            let choice = Choice { better: Some(Better::Lower), construct: None };
            choices.measured.insert(measured.name.clone(), choice);
        }
        let made = from_metapsy(&file, &choices, |_| false);
        let kept: usize = made.iter().map(|one| one.draft.outcomes.len()).sum();
        let told: std::collections::BTreeSet<usize> = file.troubles.iter().map(|one| one.line).collect();
        let empty = rows.iter().filter(|row| row.chars().all(|c| c == ';')).count();
        prop_assert!(kept + told.len() + empty + made.iter().map(|one| one.left_out.len()).sum::<usize>() >= rows.len());
        for one in &made {
            let written = one.draft.write();
            let again = Draft::read(&written.text);
            prop_assert_eq!(again.as_ref(), Some(&one.draft), "{}", written.text);
        }
    }
}
