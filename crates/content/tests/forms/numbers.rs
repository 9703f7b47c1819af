//! Which answer is which number, and in which order the items stand.

use super::*;

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
