//! Reads what gets a score: the total at the top of an instrument's file, and each `[[subscale]]`.

use super::{Form, text_if_any, words};
use crate::instrument::change::TOTAL;
use crate::instrument::words::{Better, Rule, Scoring};
use crate::instrument::{Band, Criterion, CutOff, Lookup, Norm, Norms, Reliability, Scale};
use crate::lists::check_id;
use crate::problem::Report;
use crate::table::Table;

/// Reads the total, which lies among the instrument's own keys. None where `score = "none"`, or where it is broken.
pub(super) fn total(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    form: &Form,
) -> Option<Box<Scale>> {
    let scoring = table.word::<Scoring>(report, "score");
    let items = table.places_if_any(report, "total_items", 1..=form.items);
    if let Some(item) = items
        .iter()
        .flatten()
        .find(|item| form.unscored.contains(item))
    {
        report.add(
            table.place_of("total_items"),
            format!("item {item} is not scored"),
        );
    }
    let items = items.unwrap_or_else(|| {
        (1..=form.items)
            .filter(|item| !form.unscored.contains(item))
            .collect()
    });
    let other_cut_off = table
        .table_if_any(report, "other_cut_off")
        .and_then(|mut part| {
            let line = line(report, &mut part);
            let whose = words(report, &mut part, "use", 100);
            part.close(report);
            Some((line?, whose))
        });
    let sum_of = table
        .texts_if_any(report, "total_from", 60)
        .into_iter()
        .map(|id| id.value)
        .collect();
    let criterion = table.table_if_any(report, "change").and_then(|mut part| {
        let points = part.number_in(report, "points", 0.01..=1000.0);
        let cut_off = cut_off(report, &mut part);
        let source = words(report, &mut part, "source", 200);
        part.close(report);
        Some(Criterion {
            points: points?,
            cut_off,
            source,
        })
    });
    let mcid = table.number_within(report, "mcid", 0.01..=1000.0);
    let lookup = lookup(report, table);
    let figures = Figures::read(report, table);
    if scoring == Some(Scoring::Nothing) {
        for key in NEEDS_A_TOTAL {
            if table.begins() != table.place_of(key) {
                report.add(
                    table.place_of(key),
                    format!("`{key}` belongs to a total, and there is none"),
                );
            }
        }
        return None;
    }
    let range = range(report, table);
    let better = table.word::<Better>(report, "better");
    Some(Box::new(Scale {
        id: TOTAL.into(),
        title: "Total".into(),
        items,
        keyed: true,
        scoring: scoring?,
        range: range?,
        better: better?,
        cut_off: figures.cut_off,
        other_cut_off,
        bands: figures.bands,
        lookup,
        sum_of,
        reliability: figures.reliability,
        norms: figures.norms,
        criterion,
        mcid,
        research_only: false,
    }))
}

const NEEDS_A_TOTAL: &[&str] = &[
    "range",
    "better",
    "total_items",
    "total_from",
    "cut_off",
    "other_cut_off",
    "bands",
    "change",
    "mcid",
    "lookup",
];

/// Reads a part.
pub(super) fn subscale(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    form: &Form,
) -> Option<Scale> {
    let id = table.text(report, "id", 60);
    check_id(report, &id);
    if id.value == TOTAL {
        report.add(id.at, "`total` is the total: call this part something else");
    }
    let title = words(report, table, "title", 60);
    let before = report.count();
    let items = table.places_if_any(report, "items", 1..=form.items);
    let items = items.unwrap_or_default();
    if items.is_empty() && report.count() == before {
        report.add(
            table.place_of("items"),
            "`items` is missing or empty: a part has at least one",
        );
    }
    if let Some(item) = items.iter().find(|item| form.unscored.contains(item)) {
        report.add(
            table.place_of("items"),
            format!("item {item} is not scored"),
        );
    }
    let keyed = table.yes_unless_said(report, "keyed");
    let scoring = table.word::<Scoring>(report, "score");
    if matches!(scoring, Some(Scoring::Nothing | Scoring::SumLookup)) {
        report.add(
            table.place_of("score"),
            "a part has a score, and a table is for totals only",
        );
    }
    let range = range(report, table);
    let better = table.word::<Better>(report, "better");
    let research_only = table.yes_if_said(report, "research_only");
    let figures = Figures::read(report, table);
    Some(Scale {
        id: id.value,
        title,
        items,
        keyed,
        scoring: scoring?,
        range: range?,
        better: better?,
        cut_off: figures.cut_off,
        other_cut_off: None,
        bands: figures.bands,
        lookup: None,
        sum_of: Vec::new(),
        reliability: figures.reliability,
        norms: figures.norms,
        criterion: None,
        mcid: None,
        research_only,
    })
}

/// What a total and a part may both have.
struct Figures {
    cut_off: Option<CutOff>,
    bands: Vec<Band>,
    reliability: Reliability,
    norms: Norms,
}

impl Figures {
    fn read(report: &mut Report<'_>, table: &mut Table<'_>) -> Self {
        Self {
            cut_off: cut_off(report, table),
            bands: bands(report, table),
            reliability: reliability(report, table),
            norms: Norms {
                general: norm(report, table, "norm"),
                female: norm(report, table, "norm_female"),
                older: norm(report, table, "norm_older"),
                clinical: norm(report, table, "clinical_norm"),
            },
        }
    }
}

fn range(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<(f64, f64)> {
    let (least, most) = table.two_numbers(report, "range")?;
    if least >= most {
        report.add(
            table.place_of("range"),
            "write the least score first, then the most",
        );
        return None;
    }
    Some((least, most))
}

fn cut_off(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<CutOff> {
    let mut part = table.table_if_any(report, "cut_off")?;
    let line = line(report, &mut part);
    part.close(report);
    line
}

fn line(report: &mut Report<'_>, part: &mut Table<'_>) -> Option<CutOff> {
    let at = part.number(report, "at");
    let rule = part.word::<Rule>(report, "rule");
    Some(CutOff {
        at: at?,
        rule: rule?,
    })
}

fn bands(report: &mut Report<'_>, table: &mut Table<'_>) -> Vec<Band> {
    let mut bands = Vec::new();
    for mut entry in table.listed_tables(
        report,
        "bands",
        "[ { from = 0, to = 4, label = \"mild\" }, … ]",
    ) {
        let from = entry.number(report, "from");
        let to = entry.number(report, "to");
        let label = words(report, &mut entry, "label", 60);
        entry.close(report);
        if let (Some(from), Some(to)) = (from, to) {
            bands.push(Band { label, from, to });
        }
    }
    bands
}

fn lookup(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<Lookup> {
    let mut part = table.table_if_any(report, "lookup")?;
    let from = part.number(report, "from");
    let values = part.numbers_if_any(report, "values").unwrap_or_default();
    let se = part.numbers_if_any(report, "se").unwrap_or_default();
    if !se.is_empty() && se.len() != values.len() {
        report.add(
            part.place_of("se"),
            format!(
                "there are {} values and {} errors of them",
                values.len(),
                se.len()
            ),
        );
    }
    part.close(report);
    Some(Lookup {
        from: from?,
        values,
        se,
    })
}

fn reliability(report: &mut Report<'_>, table: &mut Table<'_>) -> Reliability {
    let Some(mut part) = table.table_if_any(report, "reliability") else {
        return Reliability::default();
    };
    // A correlation of 1 would make every change reliable, and no questionnaire has it.
    let sane = 0.05..=0.999;
    let span = |report: &mut Report<'_>, part: &mut Table<'_>, key: &'static str| {
        let numbers = part.numbers_if_any(report, key)?;
        match numbers.as_slice() {
            &[least, most] if least < most && sane.contains(&least) && sane.contains(&most) => {
                Some((least, most))
            }
            _ => {
                report.add(
                    part.place_of(key),
                    format!("`{key}` must be two figures between 0.05 and 0.999, the least first"),
                );
                None
            }
        }
    };
    let read = Reliability {
        alpha: part.number_within(report, "alpha", sane.clone()),
        alpha_range: span(report, &mut part, "alpha_range"),
        retest: part.number_within(report, "retest", sane.clone()),
        retest_range: span(report, &mut part, "retest_range"),
        interval: text_if_any(report, &mut part, "interval", 120),
        days: part.number_within(report, "days", 0.04..=3660.0),
    };
    if read.days.is_some() && read.interval.is_none() {
        report.add(
            part.place_of("days"),
            "`days` needs `interval` beside it, the same in words",
        );
    }
    part.close(report);
    read
}

fn norm(report: &mut Report<'_>, table: &mut Table<'_>, key: &'static str) -> Option<Norm> {
    let mut part = table.table_if_any(report, key)?;
    let mean = part.number(report, "mean");
    let sd = part.number_within(report, "sd", 0.001..=1000.0);
    let population = words(report, &mut part, "population", 120);
    let n = part.whole_if_any(report, "n", 2..=100_000);
    part.close(report);
    Some(Norm {
        mean: mean?,
        sd,
        population,
        n,
    })
}
