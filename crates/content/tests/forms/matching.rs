//! Which question is which item.

use super::*;

#[test]
fn every_instrument_goes_out_and_comes_back_the_same() {
    for instrument in built_in().instruments() {
        for order in orders(instrument) {
            let form = made_up(instrument, order);
            let back = import(&to_fhir(&form, instrument), &Wanted::default());
            assert_eq!(
                back.map(|back| (back.form, back.matched)),
                Ok((form, Matched::ByCode)),
                "{}",
                instrument.id
            );
        }
    }
}

#[test]
fn a_panel_of_loincs_is_matched_by_its_codes_wherever_they_stand() {
    let imported = import(&phq_9(), &Wanted::default()).unwrap();
    assert_eq!(imported.matched, Matched::ByCode);
    assert_eq!(imported.form.instrument, "phq-9");
    assert_eq!(imported.form.lead, "How often?");
    let values: Vec<f64> = imported.form.items[0]
        .answers
        .iter()
        .map(|answer| answer.value)
        .collect();
    assert_eq!(values, [0.0, 1.0, 2.0, 3.0]);
    assert!(
        imported
            .warnings
            .iter()
            .any(|warning| warning.contains("69722-7")),
        "{:?}",
        imported.warnings
    );

    // The same questions shuffled, in a group, without a linkId that says anything, inside the answer of a search.
    let mut shuffled = phq_9();
    let mut items = shuffled["item"].take();
    items.as_array_mut().unwrap().reverse();
    for (place, item) in items.as_array_mut().unwrap().iter_mut().enumerate() {
        item["linkId"] = format!("x{place}").into();
    }
    shuffled["item"] =
        json!([{ "linkId": "g", "type": "group", "text": "A group", "item": items }]);
    let bundle = json!({ "resourceType": "Bundle", "entry": [{ "resource": shuffled }] });
    let imported = import(&bundle, &Wanted::default()).unwrap();
    let numbers: Vec<usize> = imported.form.items.iter().map(|item| item.item).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(
        imported
            .warnings
            .iter()
            .any(|warning| warning.contains("another order"))
    );
}

#[test]
fn everything_that_differs_is_listed_at_one_go() {
    let mut form = phq_9();
    let items = form["item"].as_array_mut().unwrap();
    items[1]["text"] = "".into();
    items[2]["answerOption"][3]["valueCoding"]["code"] = "LA9999-9".into();
    items[3]["code"][0]["code"] = "99999-9".into();
    items[5] = items[4].clone();
    items.remove(9);
    let list = why(import(&form, &Wanted::default()));
    for part in [
        "Question /44250-9: It has no words.",
        "Question /44255-8: Its answer “D” (LA9999-9) is none of PHQ-9.",
        "Question /44259-0: Its code 99999-9 is none of PHQ-9.",
        "Question /44254-1: Another question has the same linkId.",
        "Item 4: Several questions are this item",
        "Item 9: It is missing from the file (LOINC 44260-8).",
    ] {
        assert!(list.contains(part), "{part} is not in\n{list}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_a_reason() {
    let plain: Vec<Option_<'_>> = [("A", 0.0), ("B", 1.0), ("C", 2.0), ("D", 3.0)]
        .map(|(words, number)| (words, "", Some(number)))
        .to_vec();
    let seven = || {
        (1..=7)
            .map(|item| question(&format!("q{item}"), "", &plain))
            .collect::<Vec<_>>()
    };
    let changed = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut items = seven();
        change(&mut items);
        questionnaire("", items)
    };
    let cases: Vec<(Value, Wanted<'_>, &str)> = vec![
        (
            questionnaire("", seven()),
            Wanted::default(),
            "does not say by a code which questionnaire it is",
        ),
        (
            questionnaire("", seven()),
            asked("gad7"),
            "Did you mean gad-7?",
        ),
        (
            questionnaire("44249-1", seven()),
            asked("gad-7"),
            "The file says it is PHQ-9, and you chose GAD-7.",
        ),
        (
            questionnaire("", seven()),
            asked("phq-9"),
            "PHQ-9 has 9 items, and the file has 7 questions (q1, q2",
        ),
        (
            questionnaire("", seven()),
            with("gad-7", "q8=1"),
            "Question q8: The mapping names it",
        ),
        (
            questionnaire("", seven()),
            with("gad-7", "q1=2"),
            "Question q2: It is none of the items of GAD-7. Map it",
        ),
        (
            questionnaire("", seven()),
            with("gad-7", "q1=1,q2=1,q3=3,q4=4,q5=5,q6=6,q7=8"),
            "Item 8: GAD-7 has items 1 to 7.",
        ),
        (
            questionnaire("", seven()),
            Wanted {
                order: Some("b"),
                ..asked("gad-7")
            },
            "one order only",
        ),
        (
            questionnaire("", seven()),
            Wanted {
                language: Some("de"),
                ..asked("gad-7")
            },
            "no words in de",
        ),
        (
            changed(&|items| drop(items[0]["answerOption"].as_array_mut().unwrap().pop())),
            asked("gad-7"),
            "Question q1: It has 3 answers",
        ),
        (
            changed(&|items| items[0]["answerOption"][0]["extension"] = json!([])),
            asked("gad-7"),
            "Some of its answers",
        ),
        (
            changed(&|items| {
                items[0]["answerOption"][0]["extension"][0]["valueDecimal"] = json!(7)
            }),
            asked("gad-7"),
            "are 7, 1, 2, 3",
        ),
        (
            changed(&|items| {
                items[0]["answerOption"][0]["valueCoding"]["extension"] =
                    json!([{ "url": ORDINAL, "valueDecimal": 2 }])
            }),
            asked("gad-7"),
            "two different numbers",
        ),
        (
            changed(&|items| items[0]["answerOption"][0]["valueCoding"]["display"] = "b".into()),
            asked("gad-7"),
            "Two of its answers say",
        ),
        (
            changed(&|items| items[0]["answerOption"].as_array_mut().unwrap().reverse()),
            with("gad-7", ""),
            "",
        ),
        (
            changed(&|items| items[0]["answerOption"] = json!([])),
            asked("gad-7"),
            "no answers to choose from",
        ),
        (
            changed(&|items| items[0]["linkId"] = "".into()),
            asked("gad-7"),
            "no linkId",
        ),
        (
            changed(&|items| items[1]["answerValueSet"] = "http://a/b".into()),
            asked("gad-7"),
            "",
        ),
        (
            json!({ "resourceType": "Patient" }),
            Wanted::default(),
            "no FHIR Questionnaire",
        ),
        (json!([]), Wanted::default(), "no FHIR Questionnaire"),
    ];
    for (form, wanted, part) in cases {
        let result = import(&form, &wanted);
        match part {
            "" => assert!(result.is_ok(), "{result:?}"),
            part => {
                let list = why(result);
                assert!(list.contains(part), "{part} is not in\n{list}");
            }
        }
    }
    assert!(why(from_fhir("{", built_in(), &Wanted::default())).contains("cannot be read as JSON"));
    let deep = "[".repeat(100_000);
    assert!(
        why(from_fhir(&deep, built_in(), &Wanted::default())).contains("cannot be read as JSON")
    );
    let long = " ".repeat(form::MOST_BYTES + 1);
    assert!(why(from_fhir(&long, built_in(), &Wanted::default())).contains("larger"));
}

#[test]
fn a_calculated_total_is_never_run_and_groups_have_an_end() {
    let mut form = phq_9();
    form["item"].as_array_mut().unwrap()[11] = json!({ "linkId": "sum", "type": "decimal", "extension": [{
        "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
        "valueExpression": { "language": "text/fhirpath", "expression": "1 / 0" } }] });
    let imported = import(&form, &Wanted::default()).unwrap();
    assert!(
        imported
            .warnings
            .iter()
            .any(|warning| warning.starts_with("A total in the file is left out"))
    );
    let mut item = question("q", "", &OFTEN);
    for _ in 0..40 {
        item = json!({ "linkId": "g", "type": "group", "item": [item] });
    }
    assert!(
        why(import(
            &questionnaire("44249-1", vec![item]),
            &Wanted::default()
        ))
        .contains("groups within groups")
    );
}

#[test]
fn a_mapping_is_read_as_typed() {
    let mapping = Mapping::read(" q1=3, /44250-9 = 1\n a=b=2; x=-\r\nanswers=falling ").unwrap();
    let expected = [
        ("q1", Some(3)),
        ("/44250-9", Some(1)),
        ("a=b", Some(2)),
        ("x", None),
    ];
    assert_eq!(
        mapping.items,
        expected.map(|(link, item)| (link.to_owned(), item)).into()
    );
    assert_eq!(mapping.printed, Some(Printed::Falling));
    for bad in ["q1", "=3", "q1=x", "q1=0", "q1=501", "answers=up", "q1=-1"] {
        assert!(Mapping::read(bad).is_err(), "{bad}");
    }
}
