//! From a file's questions to a form that fits its key, or to everything in which it differs.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, INSTRUMENT, LEAD, LOINC, ORDER, Question, is_answer_code, short};
use super::{Form, FormAnswer, FormItem, Imported, Matched, Reason, Refused, Wanted};
use super::{kept_out, numbers, questions};
use crate::instrument::{Instrument, NoteKind, Order};
use crate::library::Library;

/// Panels of LOINC's beside the one a definition names: PhenX's PSS-10, whose numbers are plain.
const OTHER_PANELS: &[(&str, &str)] = &[("64394-0", "pss-10")];

/// So many differences are listed.
const REASONS: usize = 200;

pub(super) fn form(
    mut draft: Draft,
    library: &Library,
    wanted: &Wanted<'_>,
) -> Result<Imported, Refused> {
    let names = [
        draft.title.as_str(),
        draft.source.as_str(),
        wanted.instrument.unwrap_or_default(),
        wanted.file,
    ];
    if let Some(name) = kept_out(names) {
        let what = format!("This is {name}. Its owner sells it, and Kith does not take it in.");
        return Err(Refused::one("", what));
    }
    let instrument = match instrument(&draft, library, wanted.instrument) {
        Ok(instrument) => instrument,
        Err(what) => {
            draft.reasons.insert(0, Reason::new("", what));
            return Err(refused(draft.reasons));
        }
    };
    let (numbered, matched) = items(&mut draft, instrument, wanted);
    let order = order(&mut draft, instrument, wanted, &numbered, matched);
    let turned = order
        .and_then(|order| order.turned.as_ref())
        .unwrap_or(&instrument.turned);
    let order_is_known = order.is_some() || instrument.orders.is_empty();
    let has_panel = |panel: &str| {
        draft
            .codes
            .iter()
            .any(|code| code.is_of(LOINC) && code.code == panel)
    };
    let key = numbers::Key {
        instrument,
        turned: order_is_known.then_some(turned.as_slice()),
        is_loincs: instrument
            .loinc
            .as_ref()
            .and_then(|loinc| loinc.panel.as_deref())
            .is_some_and(has_panel),
        printed: wanted.mapping.printed,
    };
    let asked: Vec<(usize, &Question)> = numbered
        .iter()
        .filter_map(|(item, place)| Some((*item, draft.questions.get(*place)?)))
        .collect();
    let values = numbers::values(&key, &asked);
    let mut built: Vec<FormItem> = asked
        .iter()
        .zip(&values.each)
        .map(|((item, question), values)| form_item(*item, question, values))
        .collect();
    draft.reasons.extend(values.reasons);
    draft.warnings.extend(values.warnings);
    let order = order.map(|order| order.id.clone());
    in_order(
        &mut draft,
        &mut built,
        &Form::places(instrument, order.as_deref()),
    );
    let warnings = warnings(instrument, &built, matched);
    draft.warnings.extend(warnings);
    let lead = draft.lead.join("\n\n");
    if lead.chars().count() > LEAD {
        let what = format!("What stands above the questions is longer than {LEAD} signs.");
        draft.reasons.push(Reason::new("", what));
    }
    if !draft.reasons.is_empty() {
        return Err(refused(draft.reasons));
    }
    let title = match draft.title.is_empty() {
        true => instrument.title.clone(),
        false => draft.title,
    };
    let form = Form {
        instrument: instrument.id.clone(),
        language: draft.language,
        title,
        source: draft.source,
        source_version: draft.source_version,
        credit: draft.credit,
        order,
        lead,
        items: built,
    };
    let faults = form.faults(instrument);
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    Ok(Imported {
        form,
        matched,
        warnings: draft.warnings,
        languages: draft.languages,
    })
}

fn refused(mut reasons: Vec<Reason>) -> Refused {
    let mut seen = BTreeSet::new();
    reasons.retain(|reason| seen.insert((reason.place.clone(), reason.what.clone())));
    reasons.truncate(REASONS);
    Refused { reasons }
}

fn instrument<'l>(
    draft: &Draft,
    library: &'l Library,
    asked: Option<&str>,
) -> Result<&'l Instrument, String> {
    let named = library.instruments().find(|instrument| {
        let panel = instrument
            .loinc
            .as_ref()
            .and_then(|loinc| loinc.panel.as_ref());
        draft.codes.iter().any(|code| {
            (code.is_of(INSTRUMENT) && code.code == instrument.id)
                || (code.is_of(LOINC)
                    && (Some(&code.code) == panel
                        || OTHER_PANELS.contains(&(code.code.as_str(), instrument.id.as_str()))))
        })
    });
    let Some(asked) = asked.map(str::trim).filter(|id| !id.is_empty()) else {
        return named.ok_or_else(|| {
            "The file does not say by a code which questionnaire it is. Choose it.".to_owned()
        });
    };
    let Some(found) = library.instrument(asked) else {
        let nearest = library.nearest_instrument(asked);
        let hint = nearest
            .map(|id| format!(" Did you mean {id}?"))
            .unwrap_or_default();
        return Err(format!(
            "Kith has no questionnaire called {}.{hint}",
            short(asked)
        ));
    };
    match named {
        Some(named) if named.id != found.id => Err(format!(
            "The file says it is {}, and you chose {}.",
            named.abbreviation, found.abbreviation
        )),
        _ => Ok(found),
    }
}

/// The item numbers of the questions and their places in the file, and how they were found.
fn items(
    draft: &mut Draft,
    instrument: &Instrument,
    wanted: &Wanted<'_>,
) -> (Vec<(usize, usize)>, Matched) {
    let mut reasons = Vec::new();
    let mut warnings = Vec::new();
    let mut links = BTreeSet::new();
    let (mut numbered, mut unknown) = (Vec::new(), Vec::new());
    let mut by_mapping = false;
    for (place, question) in draft.questions.iter().enumerate() {
        if !links.insert(question.link_id.as_str()) {
            reasons.push(Reason::new(
                question.place(),
                "Another question has the same linkId.",
            ));
        }
        match wanted.mapping.items.get(&question.link_id) {
            Some(None) => {}
            Some(Some(item)) => {
                by_mapping = true;
                numbered.push((*item, place));
            }
            None => match by_code(instrument, question) {
                Code::Item(item) => numbered.push((item, place)),
                Code::LeftOut(why) => warnings.push(format!("{}: {why}", question.place())),
                Code::Foreign(code) => {
                    let what = format!(
                        "Its code {} is none of {}.",
                        short(&code),
                        instrument.abbreviation
                    );
                    reasons.push(Reason::new(question.place(), what));
                }
                Code::Nothing => unknown.push(place),
            },
        }
    }
    for link in wanted.mapping.items.keys() {
        if !links.contains(link.as_str()) {
            let what = "The mapping names it, and the file has no such question.";
            reasons.push(Reason::new(format!("Question {}", short(link)), what));
        }
    }
    let matched = match (numbered.is_empty(), by_mapping) {
        (true, _) => Matched::ByPlace,
        (false, true) => Matched::ByMapping,
        (false, false) => Matched::ByCode,
    };
    if matched == Matched::ByPlace {
        if unknown.len() == instrument.items {
            let order = wanted.order.map(str::trim);
            numbered = Form::places(instrument, order)
                .into_iter()
                .zip(unknown)
                .collect();
        } else {
            reasons.push(Reason::new("", wrong_count(instrument, draft, &unknown)));
        }
    } else {
        for place in unknown {
            let Some(question) = draft.questions.get(place) else {
                continue;
            };
            let what = format!(
                "It is none of the items of {}. Map it ({}=1), or leave it out ({}=-).",
                instrument.abbreviation,
                short(&question.link_id),
                short(&question.link_id)
            );
            reasons.push(Reason::new(question.place(), what));
        }
        reasons.extend(miscounted(instrument, draft, &numbered));
    }
    draft.reasons.extend(reasons);
    draft.warnings.extend(warnings);
    (numbered, matched)
}

enum Code {
    Item(usize),
    LeftOut(&'static str),
    Foreign(String),
    Nothing,
}

fn by_code(instrument: &Instrument, question: &Question) -> Code {
    let own = question
        .codes
        .iter()
        .filter(|code| code.is_of(INSTRUMENT))
        .find_map(|code| {
            let (id, item) = code.code.split_once('/')?;
            (id == instrument.id).then(|| item.parse().ok())?
        });
    if let Some(item) = own {
        return Code::Item(item);
    }
    let (Some(loinc), Some(code)) = (&instrument.loinc, question.loinc()) else {
        return Code::Nothing;
    };
    if loinc
        .extra_item
        .as_ref()
        .is_some_and(|extra| extra.code == code)
    {
        return Code::LeftOut("This item is not scored, and left out here.");
    }
    if loinc.score.as_deref() == Some(code) {
        return Code::LeftOut("A total is left out: Kith works scores out by its own key.");
    }
    match loinc.items.iter().position(|item| item == code) {
        Some(place) => Code::Item(place + 1),
        None if loinc.items.is_empty() => Code::Nothing,
        None => Code::Foreign(code.to_owned()),
    }
}

fn wrong_count(instrument: &Instrument, draft: &Draft, places: &[usize]) -> String {
    let links: Vec<String> = places
        .iter()
        .filter_map(|place| draft.questions.get(*place))
        .take(60)
        .map(|question| short(&question.link_id))
        .collect();
    let there = match links.as_slice() {
        [] => "no question to answer".to_owned(),
        [one] => format!("one question ({one})"),
        several => format!("{} questions ({})", places.len(), several.join(", ")),
    };
    format!(
        "{} has {} items, and the file has {there}. A question too many can be left out: LINK-ID=-.",
        instrument.abbreviation, instrument.items
    )
}

/// Items that are missing, there twice, or not in the key.
fn miscounted(instrument: &Instrument, draft: &Draft, numbered: &[(usize, usize)]) -> Vec<Reason> {
    let mut of: BTreeMap<usize, Vec<&Question>> = BTreeMap::new();
    for (item, place) in numbered {
        of.entry(*item)
            .or_default()
            .extend(draft.questions.get(*place));
    }
    let mut reasons = Vec::new();
    for (item, questions) in &of {
        if !(1..=instrument.items).contains(item) {
            let what = format!(
                "{} has items 1 to {}.",
                instrument.abbreviation, instrument.items
            );
            reasons.push(Reason::new(format!("Item {item}"), what));
        } else if questions.len() > 1 {
            let links: Vec<String> = questions.iter().map(|one| short(&one.link_id)).collect();
            let what = format!("Several questions are this item: {}.", links.join(", "));
            reasons.push(Reason::new(format!("Item {item}"), what));
        }
    }
    for item in (1..=instrument.items).filter(|item| !of.contains_key(item)) {
        let what = match instrument
            .loinc
            .as_ref()
            .and_then(|loinc| loinc.items.get(item - 1))
        {
            Some(code) => format!("It is missing from the file (LOINC {code})."),
            None => "It is missing from the file.".to_owned(),
        };
        reasons.push(Reason::new(format!("Item {item}"), what));
    }
    reasons
}

fn order<'i>(
    draft: &mut Draft,
    instrument: &'i Instrument,
    wanted: &Wanted<'_>,
    numbered: &[(usize, usize)],
    matched: Matched,
) -> Option<&'i Order> {
    let name = &instrument.abbreviation;
    let asked = wanted.order.map(str::trim).filter(|id| !id.is_empty());
    let said = draft
        .codes
        .iter()
        .find(|code| code.is_of(ORDER))
        .map(|code| code.code.clone());
    let mut refuse = |what: String| draft.reasons.push(Reason::new("", what));
    if instrument.orders.is_empty() {
        if let Some(id) = asked {
            refuse(format!(
                "{name} is printed in one order only, and not in one called {}.",
                short(id)
            ));
        }
        return None;
    }
    let find = |id: &str| instrument.orders.iter().find(|order| order.id == id);
    let printed: Vec<usize> = numbered.iter().map(|(item, _)| *item).collect();
    // Only where the orders place items can the codes tell which one it is.
    let placed = instrument.orders.iter().any(|order| order.places.is_some());
    let seen = instrument.orders.iter().find(|order| {
        placed
            && matched != Matched::ByPlace
            && Form::places(instrument, Some(&order.id)) == printed
    });
    let found = match (asked, said.as_deref()) {
        (Some(asked), Some(said)) if asked != said => {
            refuse(format!(
                "The file says its order is {}, and you said {}.",
                short(said),
                short(asked)
            ));
            return None;
        }
        (Some(id), _) | (None, Some(id)) => {
            let found = find(id);
            if found.is_none() {
                let ids: Vec<&str> = instrument
                    .orders
                    .iter()
                    .map(|order| order.id.as_str())
                    .collect();
                let what = format!(
                    "{name} has no order called {}; it has {}.",
                    short(id),
                    ids.join(" and ")
                );
                refuse(what);
                return None;
            }
            found
        }
        (None, None) => seen,
    };
    match (found, seen) {
        (None, _) => {
            refuse(questions::which_order(instrument));
            None
        }
        (Some(found), Some(seen)) if found.id != seen.id => {
            refuse(format!(
                "You said the order is {}, and the items stand in the order {}.",
                found.id, seen.id
            ));
            None
        }
        (found, _) => found,
    }
}

fn form_item(item: usize, question: &Question, values: &[f64]) -> FormItem {
    let answers = question
        .choices
        .iter()
        .zip(values)
        .map(|(choice, value)| FormAnswer {
            value: *value,
            text: choice.text.clone(),
            code: is_answer_code(&choice.code).then(|| choice.code.code.clone()),
        });
    FormItem {
        item,
        link_id: question.link_id.clone(),
        text: question.text.clone(),
        answers: answers.collect(),
    }
}

/// Items stand as score takes them, so that answers as given are answers as scored.
fn in_order(draft: &mut Draft, items: &mut [FormItem], places: &[usize]) {
    let place = |item: &FormItem| places.iter().position(|number| *number == item.item);
    if !items.is_sorted_by_key(place) {
        items.sort_by_key(place);
        let warning =
            "The file has the items in another order. Kith shows them in the published one.";
        draft.warnings.push(warning.into());
    }
}

fn warnings(instrument: &Instrument, items: &[FormItem], matched: Matched) -> Vec<String> {
    let mut warnings = Vec::new();
    if matched == Matched::ByPlace {
        warnings.push(
            "The questions carry no code that is known here. They were matched by their places: compare each of them with \
             the published form."
                .to_owned(),
        );
        warnings.extend(instrument.notes.get(&NoteKind::Form).cloned());
    }
    // Zorowitz et al. 2021, doi:10.1016/S2215-0366(21)00001-8.
    let is_gad = ["gad-7", "gad-2", "phq-4"].contains(&instrument.id.as_str());
    let least = instrument.answers.0;
    let is_miscopied = |answer: &FormAnswer| {
        answer.value == least && answer.text.to_lowercase().contains("not sure")
    };
    if is_gad
        && items
            .iter()
            .flat_map(|item| &item.answers)
            .any(is_miscopied)
    {
        warnings.push(
            "The lowest answer says “not sure”. That is a known copying error of this form: take a correct one.".to_owned(),
        );
    }
    let mut texts = BTreeSet::new();
    if !items.iter().all(|item| texts.insert(&item.text)) {
        warnings.push("Two items have the same words.".to_owned());
    }
    warnings
}
