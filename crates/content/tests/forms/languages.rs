//! Several languages, contained answers, names that are kept out, check-ins.

use super::*;

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
