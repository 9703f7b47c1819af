//! Reads a study's file.

use std::collections::BTreeSet;

use super::conventions;
use super::words::{
    Against, Checked, Design, EffectKind, Family, Favours, PSign, Population, StudySetting,
    Timepoint,
};
use super::{Outcome, Study, WHOLE};
use crate::lists::check_id;
use crate::practice::is_slug;
use crate::problem::Report;
use crate::table::{self, Table, Text};

/// What a study's file refers to.
pub(crate) struct Around<'a> {
    /// The constructs' ids; nothing when their file is broken itself.
    pub(crate) constructs: Option<&'a [&'a str]>,
    /// The ids of all studies whose files are there.
    pub(crate) studies: &'a [String],
    /// The ids of the other sources.
    pub(crate) sources: &'a [&'a str],
}

/// People, studies, days: a count that is not nothing.
const COUNT: std::ops::RangeInclusive<f64> = 1.0..=10_000_000.0;

/// Reads a study; none when anything is wrong with it, which is then reported.
pub(crate) fn read(
    report: &mut Report<'_>,
    id: &str,
    text: &str,
    around: &Around<'_>,
) -> Option<Study> {
    if !is_slug(id) {
        report.add(0, "a study's file name has small letters, digits and single hyphens only, such as weng2013.toml");
    }
    if around.sources.contains(&id) {
        report.add(0, format!("`{id}` is also the id of a source: take that one out of evidence/sources.toml, for a study is a source too"));
    }
    let document = table::parse(report, 0, text)?;
    let mut table = Table::new(&document, 0, 0);
    let before = report.count();

    let title = table.text(report, "title", 400).value;
    let authors = table.text(report, "authors", 400).value;
    let year = table.whole(report, "year", 1900..=2100);
    let journal = table.text(report, "journal", 200).value;
    let volume = optional(report, &mut table, "volume", 40);
    let doi = doi(report, &mut table);
    let source = table.text(report, "source", 400);
    address(report, &source);
    let also_at = table.texts_if_any(report, "also_at", 400);
    for other in &also_at {
        address(report, other);
    }
    let verified = table.word::<Checked>(report, "verified");
    let recalled = recalled(report, &mut table);

    let design = table.word::<Design>(report, "design");
    let family = table.word::<Family>(report, "family");
    let people = table.word::<Population>(report, "people");
    let population = table.text(report, "population", 300).value;
    let setting = table.word::<StudySetting>(report, "setting");
    let intervention = table.text(report, "intervention", 300).value;
    let days = table.number_within(report, "days", 1.0..=3660.0);
    let minutes_a_day = table.number_within(report, "minutes_a_day", 0.1..=1440.0);
    let comparator = table.text(report, "comparator", 200).value;
    let against = table.word::<Against>(report, "against");
    let n_treatment = table.number_within(report, "n_treatment", COUNT);
    let n_control = table.number_within(report, "n_control", COUNT);
    let n_total = table.number_within(report, "n_total", COUNT);
    let arms_assumed_equal = table.yes_if_said(report, "arms_assumed_equal");
    let studies = table.number_within(report, "studies", COUNT);
    let follow_up_months = table.number_within(report, "follow_up_months", 0.1..=240.0);
    let sample = sample(report, &mut table, id, around);
    let harms = optional(report, &mut table, "harms", 400);
    let caveat = optional(report, &mut table, "caveat", 1200);
    let retired = optional(report, &mut table, "retired", 600);

    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut places = Vec::new();
    let mut ids = BTreeSet::from([WHOLE.to_owned()]);
    for mut entry in table.tables(report, "outcome") {
        places.push(Places::of(&entry));
        let outcome = outcome(
            report,
            &mut entry,
            around,
            &source.value,
            verified,
            &mut ids,
        );
        entry.close(report);
        outcomes.extend(outcome);
    }
    let arms_at = table.place_of(if arms_assumed_equal {
        "arms_assumed_equal"
    } else {
        "n_treatment"
    });
    let against_at = table.place_of("against");
    table.close(report);
    if report.count() > before {
        return None;
    }
    let study = Study {
        id: id.to_owned(),
        title,
        authors,
        year: year?,
        journal,
        volume,
        doi,
        source: source.value,
        also_at: also_at.into_iter().map(|text| text.value).collect(),
        verified: verified?,
        recalled,
        design: design?,
        family: family?,
        people: people?,
        population,
        setting: setting?,
        intervention,
        days,
        minutes_a_day,
        comparator,
        against: against?,
        n_treatment,
        n_control,
        n_total,
        arms_assumed_equal,
        studies,
        follow_up_months,
        sample,
        harms,
        caveat,
        retired,
        outcomes,
    };
    conventions::check(report, &study, (arms_at, against_at), &places);
    (report.count() == before).then_some(study)
}

/// Where to complain about an outcome.
pub(super) struct Places {
    pub(super) value: usize,
    pub(super) ci: usize,
    pub(super) p: usize,
    pub(super) within_group: usize,
    pub(super) arms: usize,
}

impl Places {
    fn of(table: &Table<'_>) -> Self {
        Self {
            value: table.place_of("value"),
            ci: table.place_of("ci"),
            p: table.place_of("p"),
            within_group: table.place_of("within_group"),
            arms: table.place_of("n_treatment"),
        }
    }
}

fn outcome(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    around: &Around<'_>,
    source: &str,
    verified: Option<Checked>,
    ids: &mut BTreeSet<String>,
) -> Option<Outcome> {
    let before = report.count();
    let id = table.text(report, "id", 80);
    check_id(report, &id);
    if !id.value.is_empty() && !ids.insert(id.value.clone()) {
        report.add(
            id.at,
            format!(
                "the id `{}` is taken in this file: give this outcome another",
                id.value
            ),
        );
    }
    let construct = table.text_if_any(report, "construct", 60);
    let label = optional(report, table, "label", 200);
    match &construct {
        Some(construct) => {
            if let Some(known) = around.constructs
                && !known.contains(&construct.value.as_str())
            {
                report.unknown(
                    construct.at,
                    "a construct of evidence/constructs.toml",
                    &construct.value,
                    known,
                );
            }
            if label.is_some() {
                report.add(
                    table.place_of("label"),
                    "an outcome has a `construct` or a `label`: take one of them out",
                );
            }
        }
        None if label.is_none() => report.add(
            table.begins(),
            "an outcome needs a `construct`, or a `label` for what is none",
        ),
        None => {}
    }
    let measure = optional(report, table, "measure", 300);
    let timepoint = table.word_if_any::<Timepoint>(report, "timepoint");
    let months = table.number_within(report, "months", 0.1..=240.0);
    let effect = table.word_if_any::<EffectKind>(report, "effect");
    let value = table.number_if_any(report, "value");
    let raw_difference = table.number_if_any(report, "raw_difference");
    let se = table.number_within(report, "se", f64::MIN_POSITIVE..=1e6);
    let ci = if table.says("ci") {
        table.two_numbers(report, "ci")
    } else {
        None
    };
    let p = table.number_within(report, "p", 0.0..=1.0);
    let p_sign = table.word_if_any::<PSign>(report, "p_sign");
    let [n_treatment, n_control, n_total] =
        ["n_treatment", "n_control", "n_total"].map(|key| table.number_within(report, key, COUNT));
    let mean_treatment = table.number_if_any(report, "mean_treatment");
    let sd_treatment = table.number_within(report, "sd_treatment", 0.0..=1e6);
    let mean_control = table.number_if_any(report, "mean_control");
    let sd_control = table.number_within(report, "sd_control", 0.0..=1e6);
    let studies = table.number_within(report, "studies", COUNT);
    let within_group = table.yes_if_said(report, "within_group");
    let composite = table.yes_if_said(report, "composite");
    let favours = table.word_if_any::<Favours>(report, "favours");
    let note = optional(report, table, "note", 600);
    let own_source = table.text_if_any(report, "source", 400);
    if let Some(own) = &own_source {
        address(report, own);
    }
    let own_verified = table.word_if_any::<Checked>(report, "verified");
    let recalled = recalled(report, table);
    (report.count() == before).then_some(())?;
    Some(Outcome {
        id: id.value,
        construct: construct.map(|text| text.value),
        label,
        measure,
        timepoint: timepoint.unwrap_or(Timepoint::Post),
        months,
        effect,
        value,
        raw_difference,
        se,
        ci,
        p,
        p_sign,
        n_treatment,
        n_control,
        n_total,
        mean_treatment,
        sd_treatment,
        mean_control,
        sd_control,
        studies,
        within_group,
        composite,
        favours,
        note,
        source: own_source.map_or_else(|| source.to_owned(), |own| own.value),
        verified: own_verified.or(verified)?,
        recalled,
    })
}

fn optional(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    most: usize,
) -> Option<String> {
    table.text_if_any(report, key, most).map(|text| text.value)
}

fn address(report: &mut Report<'_>, text: &Text) {
    let is_whole = ["https://", "http://"]
        .iter()
        .any(|begin| text.value.starts_with(begin));
    if !text.value.is_empty() && !is_whole {
        report.add(text.at, "write a whole address, beginning with https://");
    }
}

fn doi(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<String> {
    let doi = table.text_if_any(report, "doi", 120)?;
    if !(doi.value.starts_with("10.") && doi.value.contains('/')) {
        report.add(doi.at, "a DOI begins with 10. and has a slash, such as 10.1037/a0013237; leave it out where none was found");
    }
    Some(doi.value)
}

/// Keys of the same table that rest on memory. Each must be there: what is left out cannot be recalled.
fn recalled(report: &mut Report<'_>, table: &mut Table<'_>) -> Vec<String> {
    let names = table.texts_if_any(report, "recalled", 40);
    for name in &names {
        if !table.has(&name.value) {
            report.add(
                name.at,
                format!(
                    "`recalled` names `{}`, which does not stand here",
                    name.value
                ),
            );
        }
    }
    names.into_iter().map(|name| name.value).collect()
}

fn sample(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    id: &str,
    around: &Around<'_>,
) -> Option<String> {
    let sample = table.text_if_any(report, "sample", 60)?;
    if sample.value == id || !around.studies.contains(&sample.value) {
        report.unknown(
            sample.at,
            "another study whose file is there",
            &sample.value,
            &[] as &[&str],
        );
    }
    Some(sample.value)
}
