//! Reads an instrument's file.

mod scale;

use std::collections::BTreeMap;

use super::figures;
use super::words::{Answerer, By, Gate, How, Licence, NoteKind, Ordinals, Recalled, Verified};
use super::{ExtraItem, Instrument, Loinc, Missing, Order, Safety, Texts};
use crate::lists::check_id;
use crate::practice::{hash, is_slug};
use crate::problem::Report;
use crate::table::{self, Table};
use crate::wording;

/// How long a note may be.
const NOTE: usize = 500;

/// What every part of a form refers to.
pub(super) struct Form {
    /// How many items it has.
    pub(super) items: usize,
    /// The least and the most an answer can score.
    pub(super) answers: (f64, f64),
    /// From one answer to the next.
    pub(super) step: f64,
    /// Its fillers.
    pub(super) unscored: Vec<usize>,
}

/// Reads an instrument; none when anything is wrong with it, which is then reported.
pub(crate) fn read(report: &mut Report<'_>, id: &str, text: &str) -> Option<Instrument> {
    if !is_slug(id) {
        report.add(0, "an instrument's file name has small letters, digits and single hyphens only, such as phq-9.toml");
    }
    let document = table::parse(report, 0, text)?;
    let mut table = Table::new(&document, 0, 0);
    let before = report.count();

    let title = words(report, &mut table, "title", 100);
    let abbreviation = words(report, &mut table, "abbreviation", 20);
    let construct = words(report, &mut table, "construct", 60);
    let audience = table.word::<Answerer>(report, "audience");
    let minutes = table.number_in(report, "minutes", 0.1..=60.0);
    let recall = words(report, &mut table, "recall", 60);
    let recall_days = table.whole_if_any(report, "recall_days", 1..=3660);

    let form = form(report, &mut table)?;
    let all = 1..=form.items;
    let turned = table
        .places_if_any(report, "turned", all.clone())
        .unwrap_or_default();
    if let Some(item) = turned.iter().find(|item| form.unscored.contains(item)) {
        report.add(
            table.place_of("turned"),
            format!("item {item} is turned, but it is not scored"),
        );
    }
    let orders = orders(report, &mut table, form.items);
    let total = scale::total(report, &mut table, &form);
    let official_bands = table.yes_unless_said(report, "official_bands");

    let mut subscales = Vec::new();
    for mut part in table.tables(report, "subscale") {
        let at = part.place_of("id");
        if let Some(scale) = scale::subscale(report, &mut part, &form) {
            if subscales
                .iter()
                .any(|other: &super::Scale| other.id == scale.id)
            {
                report.add(at, format!("the part `{}` stands here twice", scale.id));
            }
            subscales.push(scale);
        }
        part.close(report);
    }
    let missing = missing(report, &mut table, form.items, subscales.len());
    let mut safety = Vec::new();
    for mut part in table.tables(report, "safety") {
        safety.extend(read_safety(report, &mut part, &form));
        part.close(report);
    }
    let loinc = loinc(report, &mut table, &form);
    let texts = texts(report, &mut table, form.items);
    let notes = notes(report, &mut table);
    let verified = table.word::<Verified>(report, "verified");
    let recalled = table.words_if_any::<Recalled>(report, "recalled");
    let sources: Vec<String> = table
        .texts(report, "sources", 300)
        .into_iter()
        .map(|source| source.value)
        .collect();
    if sources.is_empty() && report.count() == before {
        report.add(
            table.place_of("sources"),
            "`sources` is empty: say where the key comes from",
        );
    }
    let begins = |key: &str| table.place_of(key);
    let (score_at, subscale_at) = (begins("score"), begins("subscale"));
    table.close(report);
    if report.count() > before {
        return None;
    }
    let instrument = Instrument {
        id: id.to_owned(),
        title,
        abbreviation,
        construct,
        audience: audience?,
        minutes: minutes?,
        recall,
        recall_days,
        items: form.items,
        answers: form.answers,
        step: form.step,
        turned,
        unscored: form.unscored,
        orders,
        total: total.map(|total| *total),
        subscales,
        official_bands,
        missing: missing?,
        safety,
        loinc,
        texts: texts?,
        notes,
        verified: verified?,
        recalled,
        sources,
        version: hash(text, 12),
    };
    if instrument.total.is_none() && instrument.subscales.is_empty() {
        report.add(
            score_at,
            "an instrument without a total needs at least one [[subscale]]",
        );
    }
    figures::check(report, &instrument, score_at, subscale_at);
    (report.count() == before).then_some(instrument)
}

/// A text on the screen.
pub(super) fn words(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    most: usize,
) -> String {
    let text = table.text(report, key, most);
    wording::check(report, text.at, &text.value);
    text.value
}

fn text_if_any(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    most: usize,
) -> Option<String> {
    Some(table.text_if_any(report, key, most)?.value)
}

fn form(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<Form> {
    let items = table.whole(report, "items", 1..=300);
    let answers = table.two_numbers(report, "answers");
    let step = table.number_if_any(report, "step").unwrap_or(1.0);
    if let Some((least, most)) = answers {
        let steps = (most - least) / step;
        if !(step > 0.0 && (1.0..=1000.0).contains(&steps) && steps.fract() == 0.0) {
            report.add(
                table.place_of("answers"),
                format!("answers from {least} to {most} in steps of {step} do not come out even"),
            );
            return None;
        }
    }
    let unscored = table
        .places_if_any(report, "unscored", 1..=items?)
        .unwrap_or_default();
    Some(Form {
        items: items?,
        answers: answers?,
        step,
        unscored,
    })
}

fn orders(report: &mut Report<'_>, table: &mut Table<'_>, items: usize) -> Vec<Order> {
    let mut orders: Vec<Order> = Vec::new();
    for mut entry in table.listed_tables(
        report,
        "orders",
        "[ { id = \"usual\" }, { id = \"other\", places = [2, 1] } ]",
    ) {
        let id = entry.text(report, "id", 60);
        check_id(report, &id);
        if orders.iter().any(|order| order.id == id.value) {
            report.add(id.at, format!("the order `{}` stands here twice", id.value));
        }
        let turned = entry.places_if_any(report, "turned", 1..=items);
        let places = entry.places_if_any(report, "places", 1..=items);
        if places.as_ref().is_some_and(|places| places.len() != items) {
            report.add(
                entry.place_of("places"),
                format!("`places` has to name each of the {items} items once"),
            );
        }
        if turned.is_some() && places.is_some() {
            report.add(id.at, "an order has `turned` or `places`, not both");
        }
        entry.close(report);
        orders.push(Order {
            id: id.value,
            turned,
            places,
        });
    }
    orders
}

fn missing(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    items: usize,
    parts: usize,
) -> Option<Missing> {
    let at = table.place_of("missing");
    let Some(mut rule) = table.table_if_any(report, "missing") else {
        report.add_once(
            at,
            "`missing` is missing: say what becomes of gaps, such as missing = { at_most = 0, how = \"none\", by = \"kith\" }".into(),
        );
        return None;
    };
    let at_most = rule.whole_if_any(report, "at_most", 0..=items.saturating_sub(1));
    let how = rule.word::<How>(report, "how");
    let each_subscale = rule.whole_if_any(report, "each_subscale", 0..=items);
    let answered = rule.counts_if_any(report, "each_subscale_answered", 1..=items);
    if answered.as_ref().is_some_and(|list| list.len() != parts) {
        report.add(
            rule.place_of("each_subscale_answered"),
            format!("there are {parts} parts: name as many numbers, in their order"),
        );
    }
    let rounded = rule.yes_if_said(report, "rounded");
    let whole_form = rule.yes_if_said(report, "whole_form");
    let by = rule.word::<By>(report, "by");
    let note = text_if_any(report, &mut rule, "note", NOTE);
    rule.close(report);
    Some(Missing {
        at_most,
        how: how?,
        each_subscale,
        each_subscale_answered: answered.unwrap_or_default(),
        rounded,
        whole_form,
        by: by?,
        note,
    })
}

fn read_safety(report: &mut Report<'_>, part: &mut Table<'_>, form: &Form) -> Option<Safety> {
    let item = part.whole(report, "item", 1..=form.items);
    let about = words(report, part, "about", 100);
    let (least, most) = form.answers;
    let at_least = part.number_in(report, "at_least", least + form.step..=most);
    let action = words(report, part, "action", 200);
    let basis = words(report, part, "basis", 200);
    Some(Safety {
        item: item?,
        about,
        at_least: at_least?,
        action,
        basis,
    })
}

fn loinc(report: &mut Report<'_>, table: &mut Table<'_>, form: &Form) -> Option<Loinc> {
    let mut part = table.table_if_any(report, "loinc")?;
    let code = |report: &mut Report<'_>, part: &mut Table<'_>, key: &'static str| {
        let code = part.text_if_any(report, key, 20)?;
        if !is_loinc(&code.value) {
            report.add(code.at, format!("`{}` is no LOINC code", code.value));
        }
        Some(code.value)
    };
    let panel = code(report, &mut part, "panel");
    let score = code(report, &mut part, "score");
    let items = codes(report, &mut part, "items", is_loinc);
    if !items.is_empty() && items.len() != form.items {
        report.add(
            part.place_of("items"),
            format!("the form has {} items: name as many codes", form.items),
        );
    }
    let answer_list = text_if_any(report, &mut part, "answer_list", 20);
    let answers = codes(report, &mut part, "answers", |code| code.starts_with("LA"));
    let options = ((form.answers.1 - form.answers.0) / form.step) as usize + 1;
    if !answers.is_empty() && answers.len() != options {
        report.add(
            part.place_of("answers"),
            format!("there are {options} answers: name as many codes, the least first"),
        );
    }
    let ordinals = part.word_if_any::<Ordinals>(report, "ordinals");
    let turned_already = part.yes_if_said(report, "turned_already");
    let extra_item = part.table_if_any(report, "extra_item").map(|mut extra| {
        let item = ExtraItem {
            code: extra.text(report, "code", 20).value,
            what: words(report, &mut extra, "what", 100),
            answer_list: extra.text(report, "answer_list", 20).value,
            answers: codes(report, &mut extra, "answers", |code| code.starts_with("LA")),
        };
        extra.close(report);
        item
    });
    let note = text_if_any(report, &mut part, "note", NOTE);
    let items_note = text_if_any(report, &mut part, "items_note", NOTE);
    part.close(report);
    Some(Loinc {
        panel,
        score,
        items,
        answer_list,
        answers,
        ordinals,
        turned_already,
        extra_item,
        note,
        items_note,
    })
}

fn codes(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    is_one: impl Fn(&str) -> bool,
) -> Vec<String> {
    let codes = table.texts_if_any(report, key, 20);
    for code in codes.iter().filter(|code| !is_one(&code.value)) {
        report.add(code.at, format!("`{}` is no such code", code.value));
    }
    codes.into_iter().map(|code| code.value).collect()
}

/// Digits, a hyphen, and the digit that checks them: Mod 10 (Luhn), as LOINC's users' guide has it.
fn is_loinc(code: &str) -> bool {
    let Some((number, check)) = code.split_once('-') else {
        return false;
    };
    let Some(digits) = (number.chars())
        .map(|digit| digit.to_digit(10))
        .collect::<Option<Vec<u32>>>()
    else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match place % 2 {
            0 => digit * 2 / 10 + digit * 2 % 10,
            _ => digit,
        })
        .sum();
    !digits.is_empty() && check == ((10 - sum % 10) % 10).to_string()
}

fn texts(report: &mut Report<'_>, table: &mut Table<'_>, items: usize) -> Option<Texts> {
    let at = table.place_of("texts");
    let Some(mut part) = table.table_if_any(report, "texts") else {
        report.add_once(
            at,
            "[texts] is missing: say on what terms the sentences can be had".into(),
        );
        return None;
    };
    let licence = part.word::<Licence>(report, "licence");
    let note = part.text(report, "note", NOTE).value;
    let clinical_terms = part.text_if_any(report, "clinical_terms", 20);
    if let Some(terms) = clinical_terms.as_ref()
        && terms.value != "unstated"
    {
        report.add_allowed(
            terms.at,
            "`clinical_terms` is left out, or unstated",
            "unstated",
        );
    }
    let gate = part.word::<Gate>(report, "gate");
    let list = |report: &mut Report<'_>, part: &mut Table<'_>, key: &'static str| {
        codes(report, part, key, |_| true)
    };
    let ipip_ids = list(report, &mut part, "ipip_ids");
    let sapa_ids = list(report, &mut part, "sapa_ids");
    let packages = part
        .texts_if_any(report, "packages", 120)
        .into_iter()
        .map(|package| package.value)
        .collect();
    let package_items = part
        .places_if_any(report, "package_items", 1..=1000)
        .unwrap_or_default();
    for (key, length) in [
        ("ipip_ids", ipip_ids.len()),
        ("sapa_ids", sapa_ids.len()),
        ("package_items", package_items.len()),
    ] {
        if length != 0 && length != items {
            report.add(
                part.place_of(key),
                format!("the form has {items} items, and `{key}` names {length}"),
            );
        }
    }
    part.close(report);
    Some(Texts {
        licence: licence?,
        note,
        clinical_terms_unstated: clinical_terms.is_some(),
        gate: gate?,
        packages,
        package_items,
        ipip_ids,
        sapa_ids,
    })
}

fn notes(report: &mut Report<'_>, table: &mut Table<'_>) -> BTreeMap<NoteKind, String> {
    let Some(mut part) = table.table_if_any(report, "notes") else {
        return BTreeMap::new();
    };
    let notes = NoteKind::ALL
        .iter()
        .filter_map(|&kind| Some((kind, part.text_if_any(report, kind.as_str(), NOTE)?.value)))
        .collect();
    part.close(report);
    notes
}

#[cfg(test)]
mod tests {
    use super::is_loinc;

    #[test]
    fn a_loinc_code_carries_the_digit_that_checks_it() {
        for code in ["44249-1", "44250-9", "69737-5", "70274-6", "106875-8"] {
            assert!(is_loinc(code), "{code}");
        }
        for code in ["44249-2", "44520-9", "442501", "-", "4425O-9", ""] {
            assert!(!is_loinc(code), "{code}");
        }
    }
}
