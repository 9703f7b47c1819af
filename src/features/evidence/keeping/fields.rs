//! A study's file as a form, and what is wrong with the file at the field it came from.

use kith_content::evidence::draft::{
    Draft, Kind, OF_OUTCOME, OF_STUDY, RETIRED, Written, id_for, put,
};
use kith_content::evidence::read_study;
use kith_content::{Library, Problem};

use kith_base::web::form::Form;

/// So many outcomes fit into a form.
pub(super) const MOST_OUTCOMES: usize = 40;

/// What must be filled in before a study can be read by anybody.
pub(super) const NEEDED: [&str; 14] = [
    "title",
    "authors",
    "year",
    "journal",
    "source",
    "verified",
    "design",
    "family",
    "people",
    "population",
    "setting",
    "intervention",
    "comparator",
    "against",
];

/// The name of an outcome's field.
pub(super) fn name(outcome: usize, key: &str) -> String {
    format!("outcome-{outcome}-{key}")
}

/// How many outcomes a form shows.
pub(super) fn outcomes(form: &Form) -> usize {
    let said: usize = form.raw("outcomes").parse().unwrap_or_default();
    said.min(MOST_OUTCOMES)
}

/// A form that holds a draft.
pub(super) fn form_of(draft: &Draft) -> Form {
    let mut form = Form::default();
    for (key, value) in &draft.study {
        form.set(key, value);
    }
    form.set("outcomes", &draft.outcomes.len().to_string());
    for (index, outcome) in draft.outcomes.iter().enumerate() {
        for (key, value) in outcome {
            form.set(&name(index, key), value);
        }
    }
    form
}

/// What was filled in. An outcome in which nothing was, or which is to go, is left out; one without a name gets one.
pub(super) fn draft_of(form: &Form) -> Draft {
    let mut draft = Draft::default();
    let text = |name: &str| form.raw(name).trim().replace("\r\n", "\n");
    for (key, _) in OF_STUDY.iter().chain([&(RETIRED, Kind::Text)]) {
        draft.set(key, &text(key));
    }
    for index in 0..outcomes(form) {
        if form.ticked(&name(index, "out")) {
            continue;
        }
        let mut values = std::collections::BTreeMap::new();
        for (key, _) in OF_OUTCOME {
            put(&mut values, key, &text(&name(index, key)));
        }
        let is_empty = values.keys().all(|key| key == "id");
        if is_empty {
            continue;
        }
        if !values.contains_key("id") {
            let name = values.get("construct").or_else(|| values.get("label"));
            let id = id_for(name.map_or("", String::as_str), &draft.outcomes);
            put(&mut values, "id", &id);
        }
        draft.outcomes.push(values);
    }
    draft
}

/// Everything that is wrong with a draft, noted at its fields; whether it can be read at all is what comes back.
/// Fields are numbered as [`form_of`] numbers them, so a form must be made anew of the draft before it is shown.
pub(super) fn check(library: &Library, id: &str, draft: &Draft, form: &mut Form) -> bool {
    let before = form.problems.len();
    for key in NEEDED {
        if draft.get(key).is_empty() {
            form.complain(
                key,
                format!("Please say this: {}.", label(key).to_lowercase()),
            );
        }
    }
    for (key, kind) in OF_STUDY {
        number(form, key, kind, draft.get(key));
    }
    for (index, outcome) in draft.outcomes.iter().enumerate() {
        for (key, kind) in OF_OUTCOME {
            let value = outcome.get(key).map_or("", String::as_str);
            number(form, &name(index, key), kind, value);
        }
    }
    let written = draft.write();
    let problems = read_study(library, id, &written.text).err();
    for problem in problems.iter().flatten() {
        let (field, message) = in_form(problem, &written);
        if form.problem(&field).is_none() {
            form.complain(&field, message);
        }
    }
    form.problems.len() == before
}

fn number(form: &mut Form, field: &str, kind: Kind, value: &str) {
    if !matches!(kind, Kind::Number | Kind::End) || value.is_empty() {
        return;
    }
    if !value.parse::<f64>().is_ok_and(f64::is_finite) {
        form.complain(
            field,
            "This is no number. Write decimals with a point: 0.59.",
        );
    }
}

/// A problem of the file at the field it is about, in the form's words.
fn in_form(problem: &Problem, written: &Written) -> (String, String) {
    let place = written.at(problem.line);
    let outcome = place.and_then(|(outcome, _)| outcome);
    let missing = problem
        .message
        .split_once("` is missing")
        .and_then(|(key, _)| key.strip_prefix('`'));
    // What is missing is told of where its table begins.
    let key = match (missing, place) {
        (Some(key), _) => key,
        (None, Some((_, ""))) => "construct",
        (None, Some((_, key))) => key,
        (None, None) => "",
    };
    let field = match outcome {
        Some(outcome) => name(outcome, key),
        None => key.to_owned(),
    };
    let mut message = match missing {
        Some(key) => format!("Please say this: {}.", label(key).to_lowercase()),
        None => worded(&problem.message),
    };
    if let (Some(allowed), None) = (&problem.allowed, missing) {
        message = format!("{message} It can be: {allowed}.");
    }
    (field, message)
}

/// Keys in the file's words become the form's labels.
fn worded(message: &str) -> String {
    let mut words = String::new();
    for (index, part) in message.split('`').enumerate() {
        let is_key = index % 2 == 1;
        match label_if_any(part.split(" =").next().unwrap_or(part)) {
            Some(label) if is_key => match part.split_once(" = ") {
                Some((_, value)) => {
                    words.push_str(&format!("“{label}: {}”", value.trim_matches('"')))
                }
                None => words.push_str(&format!("“{label}”")),
            },
            _ if is_key => words.push_str(&format!("“{part}”")),
            _ => words.push_str(part),
        }
    }
    let mut letters = words.chars();
    let mut words: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    if !words.ends_with(['.', '?']) {
        words.push('.');
    }
    words
}

/// What a key is called in the form.
pub(super) fn label(key: &str) -> &str {
    label_if_any(key).unwrap_or(key)
}

fn label_if_any(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "Title",
        "authors" => "Authors",
        "year" => "Year",
        "journal" => "Journal",
        "volume" => "Volume",
        "doi" => "DOI",
        "source" => "Where it was read",
        "also_at" => "Where else it can be read",
        "verified" => "How far it was checked",
        "recalled" => "What rests on memory",
        "design" => "How it was made",
        "family" => "What was trained",
        "people" => "Who took part",
        "population" => "Who took part, in words",
        "setting" => "Where they took part",
        "intervention" => "What was done",
        "days" => "Days from first to last",
        "minutes_a_day" => "Minutes a day",
        "comparator" => "Compared with",
        "against" => "Kind of comparison",
        "n_treatment" => "People who trained",
        "n_control" => "People who did not",
        "n_total" => "People in all",
        "arms_assumed_equal" => "Half of all stands for each arm",
        "studies" => "Studies in it",
        "follow_up_months" => "Longest follow-up, months",
        "sample" => "Same people as",
        "harms" => "Unwanted effects",
        "caveat" => "What must not be hidden",
        RETIRED => "Why it is taken out",
        "id" => "Short name",
        "construct" => "What was measured",
        "label" => "Something else",
        "measure" => "Measured by",
        "timepoint" => "When",
        "months" => "Months after the end",
        "effect" => "Kind of figure",
        "value" => "Figure",
        "raw_difference" => "Difference in points",
        "se" => "Standard error",
        "ci" => "95 % interval",
        "ci_low" => "95 % interval from",
        "ci_high" => "to",
        "p" => "p",
        "p_sign" => "p is",
        "mean_treatment" => "Mean with training",
        "sd_treatment" => "Spread with training",
        "mean_control" => "Mean without",
        "sd_control" => "Spread without",
        "within_group" => "Change within one group",
        "composite" => "The score mixes several things",
        "favours" => "Whom it favours",
        "note" => "Note",
        _ => return None,
    })
}
