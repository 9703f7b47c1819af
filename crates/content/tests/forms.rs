//! What comes in as a questionnaire's words fits its key or is refused, with everything that differs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/mutate.rs"]
mod mutate;
mod support;

use kith_content::form::{
    self, CAMCOPS, Form, Imported, Mapping, Matched, Printed, Refused, Wanted, check_in_to_fhir,
    from_camcops, from_fhir, kept_out, to_fhir,
};
use kith_content::instrument::{Asking, Instrument, score};
use mutate::{Dice, mutate};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{built_in, made_up};

const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
const LOINC: &str = "http://loinc.org";

fn instrument(id: &str) -> &'static Instrument {
    built_in().instrument(id).unwrap_or_else(|| panic!("{id}"))
}

fn import(value: &Value, wanted: &Wanted<'_>) -> Result<Imported, Refused> {
    from_fhir(&value.to_string(), built_in(), wanted)
}

fn asked(id: &str) -> Wanted<'_> {
    Wanted {
        instrument: Some(id),
        ..Wanted::default()
    }
}

fn with<'a>(id: &'a str, mapping: &str) -> Wanted<'a> {
    Wanted {
        mapping: Mapping::read(mapping).unwrap(),
        ..asked(id)
    }
}

fn why(result: Result<Imported, Refused>) -> String {
    match result {
        Err(refused) => refused.to_string(),
        Ok(imported) => panic!("taken in: {imported:?}"),
    }
}

/// `(words, code, number)`.
type Option_<'a> = (&'a str, &'a str, Option<f64>);

fn question(link: &str, code: &str, options: &[Option_<'_>]) -> Value {
    let options: Vec<Value> = options
        .iter()
        .map(|(words, code, number)| {
            let mut coding = json!({ "display": words });
            if !code.is_empty() {
                coding["system"] = LOINC.into();
                coding["code"] = (*code).into();
            }
            let mut option = json!({ "valueCoding": coding });
            if let Some(number) = number {
                option["extension"] = json!([{ "url": ORDINAL, "valueDecimal": number }]);
            }
            option
        })
        .collect();
    let mut item = json!({ "linkId": link, "text": format!("Item {link}"), "type": "choice", "answerOption": options });
    if !code.is_empty() {
        item["code"] = json!([{ "system": LOINC, "code": code }]);
    }
    item
}

fn questionnaire(panel: &str, items: Vec<Value>) -> Value {
    let mut root = json!({ "resourceType": "Questionnaire", "status": "active", "language": "en", "title": "A form", "item": items });
    if !panel.is_empty() {
        root["code"] = json!([{ "system": LOINC, "code": panel }]);
    }
    root
}

const OFTEN: [Option_<'static>; 4] = [
    ("A", "LA6568-5", None),
    ("B", "LA6569-3", None),
    ("C", "LA6570-1", None),
    ("D", "LA6571-9", None),
];

/// A PHQ-9 as LOINC has it: link ids of its own making, answers by code, a question that is not scored, a total.
fn phq_9() -> Value {
    let codes = &instrument("phq-9").loinc.as_ref().unwrap().items;
    let mut items = vec![json!({ "linkId": "top", "type": "display", "text": "How often?" })];
    items.extend(
        codes
            .iter()
            .map(|code| question(&format!("/{code}"), code, &OFTEN)),
    );
    items.push(question(
        "/69722-7",
        "69722-7",
        &[("E", "LA6572-7", None), ("F", "LA6573-5", None)],
    ));
    items.push(json!({ "linkId": "/44261-6", "type": "decimal", "readOnly": true, "code": [{ "system": LOINC, "code": "44261-6" }] }));
    questionnaire("44249-1", items)
}

fn orders(instrument: &Instrument) -> Vec<Option<&str>> {
    match instrument.orders.as_slice() {
        [] => vec![None],
        orders => orders.iter().map(|order| Some(order.id.as_str())).collect(),
    }
}

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
fn answers_without_numbers_need_somebody_who_says_which_end_is_which() {
    let words: Vec<Option_<'_>> = ["A", "B", "C", "D"].map(|words| (words, "", None)).to_vec();
    let form = questionnaire(
        "",
        (1..=7)
            .map(|item| question(&format!("q{item}"), "", &words))
            .collect(),
    );
    assert!(why(import(&form, &asked("gad-7"))).contains("answers=rising"));
    for (mapping, first) in [("answers=rising", 0.0), ("answers=falling", 3.0)] {
        let imported = import(&form, &with("gad-7", mapping)).unwrap();
        assert_eq!(imported.form.items[0].answers[0].value, first);
        assert_eq!(imported.matched, Matched::ByPlace);
        assert!(
            imported
                .warnings
                .iter()
                .any(|warning| warning.contains("numbered by their places"))
        );
        assert!(
            imported
                .warnings
                .iter()
                .any(|warning| warning.contains("matched by their places"))
        );
        assert!(
            imported
                .warnings
                .iter()
                .any(|warning| warning.contains("copying error")),
            "the note of the key"
        );
    }
    // Numbers that begin at 1, where the key begins at 0.
    let one_up: Vec<Option_<'_>> = [("A", 1.0), ("B", 2.0), ("C", 3.0), ("D", 4.0)]
        .map(|(words, number)| (words, "", Some(number)))
        .to_vec();
    let form = questionnaire(
        "",
        (1..=7)
            .map(|item| question(&format!("q{item}"), "", &one_up))
            .collect(),
    );
    assert!(
        why(import(&form, &asked("gad-7")))
            .contains("are 1, 2, 3, 4, and those of the key are 0, 1, 2, 3")
    );
    assert_eq!(
        import(&form, &with("gad-7", "answers=rising"))
            .unwrap()
            .form
            .items[0]
            .answers[3]
            .value,
        3.0
    );
}

/// PSS-10 with these numbers for the plain items and those for the turned ones.
fn pss(panel: &str, words: [&str; 5], turned: [f64; 5]) -> Value {
    let options = |numbers: [f64; 5]| {
        words
            .iter()
            .zip(numbers)
            .map(|(words, number)| (*words, "", Some(number)))
            .collect::<Vec<_>>()
    };
    let items = (1..=10).map(|item| {
        let numbers = if [4, 5, 7, 8].contains(&item) {
            turned
        } else {
            [0.0, 1.0, 2.0, 3.0, 4.0]
        };
        question(&format!("q{item}"), "", &options(numbers))
    });
    questionnaire(panel, items.collect())
}

#[test]
fn numbers_that_are_turned_already_are_turned_back() {
    let words = ["A", "B", "C", "D", "E"];
    let (plain, turned) = ([0.0, 1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0, 0.0]);
    // (panel, numbers of the turned items, whether the file is taken to have turned them)
    for (panel, numbers, is_said) in [
        ("106875-8", turned, true),
        ("106875-8", plain, true),
        ("64394-0", plain, false),
        ("64394-0", turned, true),
    ] {
        let imported = import(&pss(panel, words, numbers), &Wanted::default()).unwrap();
        let fourth: Vec<f64> = imported.form.items[3]
            .answers
            .iter()
            .map(|answer| answer.value)
            .collect();
        assert_eq!(fourth, plain, "{panel} {numbers:?}");
        assert_eq!(
            imported
                .warnings
                .iter()
                .any(|warning| warning.contains("turned already")),
            is_said,
            "{panel} {numbers:?}"
        );
        // Always the answer at the far end: 6 plain items of 4 and 4 turned of 0.
        let answers: Vec<_> = imported
            .form
            .items
            .iter()
            .map(|item| Some(item.answers[4].value))
            .collect();
        assert_eq!(
            score(instrument("pss-10"), &answers, Asking::default())
                .unwrap()
                .total,
            Some(24.0)
        );
    }
    // Bare numbers as words say nothing: the panel decides.
    let bare = ["0", "1", "2", "3", "4"];
    let imported = import(&pss("106875-8", bare, turned), &Wanted::default()).unwrap();
    assert_eq!(imported.form.items[3].answers[0].value, 0.0);
    let imported = import(&pss("64394-0", bare, plain), &Wanted::default()).unwrap();
    assert_eq!(imported.form.items[3].answers[0].value, 0.0);
    // Turned where the key does not turn, or turned here and not there.
    let mut wrong = pss("64394-0", words, plain);
    wrong["item"][1]["answerOption"] = pss("", words, turned)["item"][3]["answerOption"].take();
    assert!(
        why(import(&wrong, &Wanted::default()))
            .contains("Question q2: Its answers have other numbers")
    );
    let mut mixed = pss("64394-0", words, plain);
    mixed["item"][3]["answerOption"] = pss("", words, turned)["item"][3]["answerOption"].take();
    assert!(
        why(import(&mixed, &Wanted::default()))
            .contains("turned already and those of others are not")
    );
}

#[test]
fn k6_is_read_by_code_because_loinc_counts_down() {
    let codes = [
        "LA6154-4",
        "LA14734-0",
        "LA14733-2",
        "LA14732-4",
        "LA6297-1",
    ];
    let words = ["A", "B", "C", "D", "E"];
    let form = |coded: bool, from: f64| {
        let options: Vec<Option_<'_>> = (0..5)
            .map(|place| {
                (
                    words[place],
                    if coded { codes[place] } else { "" },
                    Some(from + place as f64),
                )
            })
            .collect();
        questionnaire(
            "62746-3",
            (1..=6)
                .map(|item| question(&format!("q{item}"), "", &options))
                .collect(),
        )
    };
    let imported = import(&form(true, 1.0), &Wanted::default()).unwrap();
    let values: Vec<f64> = imported.form.items[0]
        .answers
        .iter()
        .map(|answer| answer.value)
        .collect();
    assert_eq!(values, [4.0, 3.0, 2.0, 1.0, 0.0]);
    for from in [0.0, 1.0] {
        assert!(
            why(import(&form(false, from), &Wanted::default())).contains("the other way round")
        );
        let falling = import(&form(false, from), &with("k6", "answers=falling")).unwrap();
        assert_eq!(falling.form.items[0].answers[0].value, 4.0);
    }
}

#[test]
fn a_form_with_two_orders_is_taken_only_when_one_is_known() {
    let options: Vec<Option_<'_>> = [("A", 3.0), ("B", 2.0), ("C", 1.0), ("D", 0.0)]
        .map(|(words, number)| (words, "", Some(number)))
        .to_vec();
    let form = questionnaire(
        "",
        (1..=10)
            .map(|item| question(&format!("q{item}"), "", &options))
            .collect(),
    );
    assert!(why(import(&form, &asked("rses"))).contains("satisfaction-first or worth-first"));
    let wanted = |order| Wanted {
        order: Some(order),
        ..asked("rses")
    };
    let imported = import(&form, &wanted("worth-first")).unwrap();
    assert_eq!(imported.form.order.as_deref(), Some("worth-first"));
    assert!(why(import(&form, &wanted("sideways"))).contains("no order called sideways"));
    // Numbers turned already in one order cannot be the other.
    let mut turned = form.clone();
    for item in [3, 5, 8, 9, 10] {
        let options = turned["item"][item - 1]["answerOption"]
            .as_array_mut()
            .unwrap();
        for (place, option) in options.iter_mut().enumerate() {
            option["extension"][0]["valueDecimal"] = json!(place);
        }
    }
    assert!(import(&turned, &wanted("worth-first")).is_ok());
    assert!(
        why(import(&turned, &wanted("satisfaction-first"))).contains("another order of the items")
    );

    // PHQ-4: the codes tell the order, and a wrong word does not change it.
    let codes = &instrument("phq-4").loinc.as_ref().unwrap().items;
    let coded = |places: [usize; 4]| {
        questionnaire(
            "69724-3",
            places
                .iter()
                .map(|place| question(&format!("q{place}"), &codes[*place - 1], &OFTEN))
                .collect(),
        )
    };
    for (places, order) in [
        ([1, 2, 3, 4], "anxiety-first"),
        ([3, 4, 1, 2], "depression-first"),
    ] {
        let form = import(&coded(places), &Wanted::default()).unwrap().form;
        assert_eq!(form.order.as_deref(), Some(order));
        assert_eq!(
            form.items.iter().map(|item| item.item).collect::<Vec<_>>(),
            places
        );
    }
    let wrong = Wanted {
        order: Some("depression-first"),
        ..Wanted::default()
    };
    assert!(
        why(import(&coded([1, 2, 3, 4]), &wrong))
            .contains("the items stand in the order anxiety-first")
    );
    assert!(
        why(import(&coded([1, 3, 2, 4]), &Wanted::default()))
            .contains("Say which item opens the form")
    );
}

#[test]
fn a_lowest_answer_of_not_sure_is_warned_of() {
    let mut form = made_up(instrument("gad-7"), None);
    form.items[0].answers[0].text = "Not sure at all".into();
    let imported = import(&to_fhir(&form, instrument("gad-7")), &Wanted::default()).unwrap();
    assert!(
        imported
            .warnings
            .iter()
            .any(|warning| warning.contains("not sure"))
    );
}

#[test]
fn one_file_may_hold_several_languages() {
    let translated = |words: &str| {
        json!({ "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/translation",
        "extension": [{ "url": "lang", "valueCode": "de-AT" }, { "url": "content", "valueString": words }] }] })
    };
    let mut form = phq_9();
    form["_title"] = translated("Ein Bogen");
    for item in form["item"].as_array_mut().unwrap() {
        item["_text"] = translated(&format!("Frage {}", item["linkId"]));
        if let Some(options) = item["answerOption"].as_array_mut() {
            for option in options {
                let words = format!("Antwort {}", option["valueCoding"]["display"]);
                option["valueCoding"]["_display"] = translated(&words);
            }
        }
    }
    let german = Wanted {
        language: Some("de"),
        ..Wanted::default()
    };
    let imported = import(&form, &german).unwrap();
    assert_eq!(
        (
            imported.form.language.as_str(),
            imported.form.title.as_str()
        ),
        ("de-AT", "Ein Bogen")
    );
    assert!(
        imported.form.items[0].text.starts_with("Frage"),
        "{:?}",
        imported.form
    );
    assert!(
        imported.form.items[0].answers[0]
            .text
            .starts_with("Antwort")
    );
    assert_eq!(imported.languages, ["en", "de-AT"]);
    assert_eq!(
        import(&form, &Wanted::default()).unwrap().form.language,
        "en"
    );
    // One question without German words is named.
    form["item"][3].as_object_mut().unwrap().remove("_text");
    assert!(why(import(&form, &german)).contains("Question /44259-0: It has no words in de-AT."));
    form.as_object_mut().unwrap().remove("language");
    assert!(why(import(&form, &Wanted::default())).contains("Say it."));
}

#[test]
fn answers_may_stand_in_a_contained_set() {
    let concepts: Vec<Value> = OFTEN
        .iter()
        .map(|(words, code, _)| json!({ "code": code, "display": words }))
        .collect();
    let mut form = phq_9();
    form["contained"] = json!([{ "resourceType": "ValueSet", "id": "a", "compose": { "include": [{ "system": LOINC, "concept": concepts }] } }]);
    for item in form["item"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .skip(1)
        .take(9)
    {
        item.as_object_mut().unwrap().remove("answerOption");
        item["answerValueSet"] = "#a".into();
    }
    let plain = import(&phq_9(), &Wanted::default()).unwrap().form;
    assert_eq!(import(&form, &Wanted::default()).unwrap().form, plain);
    form["item"][1]["answerValueSet"] = "http://loinc.org/vs/LL358-3".into();
    assert!(
        why(import(&form, &Wanted::default()))
            .contains("do not stand in the file, but at http://loinc.org/vs/LL358-3")
    );
}

#[test]
fn what_its_owner_sells_is_refused_by_name() {
    for (name, is_out) in [
        ("Beck Depression Inventory", true),
        ("BDI-II", true),
        ("bdi2.json", false),
        ("State-Trait Anxiety Inventory", true),
        ("STAI", true),
        ("MBI-HSS", true),
        ("Maslach", true),
        ("EPI", true),
        ("Eysenck", true),
        ("SF-36v2", true),
        ("SF12", true),
        ("Jefferson Scale of Empathy", true),
        ("Patient Health Questionnaire", false),
        ("Epidemic questions", false),
        ("RAND-36", false),
    ] {
        assert_eq!(kept_out([name]).is_some(), is_out, "{name}");
        let mut form = phq_9();
        form["title"] = name.into();
        assert_eq!(import(&form, &Wanted::default()).is_err(), is_out, "{name}");
    }
    for instrument in built_in().instruments() {
        let names = [
            instrument.id.as_str(),
            &instrument.title,
            &instrument.abbreviation,
        ];
        assert_eq!(kept_out(names), None, "{}", instrument.id);
    }
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

#[test]
fn check_ins_go_out_with_our_own_words() {
    let check_ins = built_in().check_ins();
    for check_in in &check_ins.all {
        let value = check_in_to_fhir(check_in);
        let items = value["item"].as_array().unwrap();
        assert_eq!(items.len(), check_in.items.len());
        for (item, question) in items.iter().zip(&check_in.items) {
            assert_eq!(
                (item["type"].as_str(), item["text"].as_str()),
                (Some("integer"), Some(question.text.as_str()))
            );
            let bounds: Vec<i64> = item["extension"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|one| one["valueInteger"].as_i64())
                .collect();
            assert_eq!(bounds.get(..2), Some([0, 10].as_slice()), "{}", check_in.id);
        }
    }
}

/// What is taken in fits its key, scores as the definition says, and comes back the same.
fn fits(imported: &Imported) {
    let form = &imported.form;
    let instrument = instrument(&form.instrument);
    assert_eq!(form.faults(instrument), []);
    let asking = Asking {
        order: form.order.as_deref(),
        habit: false,
    };
    for pick in [0, 1, usize::MAX] {
        let answers: Vec<_> = form
            .items
            .iter()
            .map(|item| {
                item.answers
                    .get(pick.min(item.answers.len() - 1))
                    .map(|one| one.value)
            })
            .collect();
        let scored = score(instrument, &answers, asking).unwrap();
        assert_eq!(scored.total.is_some(), instrument.total.is_some());
    }
    assert_eq!(
        import(&to_fhir(form, instrument), &Wanted::default())
            .map(|back| back.form)
            .as_ref(),
        Ok(form)
    );
}

fn seeds() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds/forms");
    let mut seeds: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    seeds.sort();
    seeds
}

#[test]
fn every_seed_is_taken_in_or_refused_as_its_name_says() {
    assert!(seeds().len() >= 6);
    for (name, text) in seeds() {
        let wanted = Wanted {
            order: name.contains("rses").then_some("worth-first"),
            ..Wanted::default()
        };
        let result = form::read(&text, built_in(), &wanted);
        assert_eq!(
            result.is_ok(),
            name.starts_with("good"),
            "{name}: {result:?}"
        );
        result.iter().for_each(fits);
    }
}

fn words() -> impl Strategy<Value = String> {
    "[a-zA-ZäößéЖ中\"\\\\'<>&{}%., ]{1,40}".prop_map(|text| match text.trim() {
        "" => "x".to_owned(),
        text => text.to_owned(),
    })
}

fn any_form() -> impl Strategy<Value = Form> {
    let ids: Vec<&'static str> = built_in()
        .instruments()
        .map(|one| one.id.as_str())
        .collect();
    (
        prop::sample::select(ids),
        any::<prop::sample::Index>(),
        words(),
        words(),
        words(),
        words(),
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(|(id, pick, title, source, credit, text, seed, falls)| {
            let instrument = instrument(id);
            let orders = orders(instrument);
            let mut form = made_up(instrument, *pick.get(&orders));
            let mut dice = Dice(seed);
            for item in &mut form.items {
                item.text = format!("{text} {}", item.item);
                item.link_id = format!(
                    "{}{}",
                    ["lead", "total", "q'", "/4"][dice.below(4)],
                    item.item
                );
                if falls {
                    item.answers.reverse();
                }
            }
            if dice.below(3) == 0 {
                form.items[0].link_id = "lead".into();
                form.lead = String::new();
            }
            Form {
                title,
                source,
                credit,
                source_version: text,
                ..form
            }
        })
}

fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "resourceType",
        "item",
        "linkId",
        "type",
        "text",
        "answerOption",
        "valueCoding",
        "valueInteger",
        "valueString",
        "code",
        "system",
        "display",
        "extension",
        "url",
        "valueDecimal",
        "contained",
        "answerValueSet",
        "language",
        "title",
        "_text",
        "readOnly",
        "entry",
        "resource",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "Questionnaire",
            "Bundle",
            "group",
            "choice",
            "display",
            LOINC,
            "44249-1",
            "44250-9",
            "LA6568-5",
            ORDINAL,
            "en",
            "#a"
        ])
        .prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 120, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8).prop_map(|pairs| Value::Object(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn any_form_goes_out_and_comes_back_the_same(form in any_form()) {
        let instrument = instrument(&form.instrument);
        let back = import(&to_fhir(&form, instrument), &Wanted::default()).map(|back| back.form);
        if kept_out([form.title.as_str(), &form.source]).is_none() {
            prop_assert_eq!(back, Ok(form));
        }
    }

    #[test]
    fn any_json_is_read_without_a_panic(value in any_json(), chosen in prop::sample::select(vec!["phq-9", "rses", "k6", "pss-10"])) {
        let mut root = json!({ "resourceType": "Questionnaire", "language": "en", "item": [value] });
        for wanted in [asked(chosen), Wanted::default()] {
            import(&root, &wanted).iter().for_each(fits);
        }
        let inner = root["item"][0].take();
        import(&inner, &asked(chosen)).iter().for_each(fits);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,200}", mapping in ".{0,40}") {
        let mapping = Mapping::read(&mapping).unwrap_or_default();
        let wanted = Wanted { mapping, ..asked("phq-9") };
        form::read(&text, built_in(), &wanted).iter().for_each(fits);
        from_camcops(&text, built_in(), &wanted).iter().for_each(fits);
    }

    #[test]
    fn a_good_file_that_was_broken_fits_or_is_refused(seed in any::<u64>()) {
        let seeds = seeds();
        let mut dice = Dice(seed);
        let (one, other) = (dice.below(seeds.len()), dice.below(seeds.len()));
        let text = mutate(&seeds[one].1, &seeds[other].1, &mut dice);
        for wanted in [Wanted::default(), asked("phq-9"), with("gad-7", "answers=rising")] {
            form::read(&text, built_in(), &wanted).iter().for_each(fits);
        }
    }
}
