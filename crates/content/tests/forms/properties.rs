//! Whatever comes in: no panic, and what is taken in fits its key and comes back the same.

use super::*;

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
