//! One row: its cells, the comparison it belongs to, and its figure.

use std::collections::BTreeMap;

use kith_content::evidence::Timepoint;
use kith_stats::effect::{Arm, standardised_mean_difference};

use super::{Comparison, Figure, Found};
use crate::import::{Reference, Troubles, doi, tidy, title, year};

/// The columns of a file, and how it writes numbers.
pub(super) struct Table {
    pub(super) columns: BTreeMap<String, usize>,
    pub(super) decimal_comma: bool,
}

/// A row of it.
pub(super) struct Row<'r> {
    pub(super) table: &'r Table,
    pub(super) record: csv::StringRecord,
    pub(super) line: usize,
}

impl Row<'_> {
    /// What stands in a column; empty where nothing does, or no column is called so.
    fn text(&self, column: &str) -> &str {
        let cell = self
            .table
            .columns
            .get(column)
            .and_then(|at| self.record.get(*at));
        match cell.unwrap_or_default().trim() {
            "NA" | "NaN" | "." | "-" => "",
            text => text,
        }
    }

    fn number(&self, column: &str, troubles: &mut Troubles) -> Option<f64> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let point = if self.table.decimal_comma {
            text.replace(',', ".")
        } else {
            text.to_owned()
        };
        match point.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number),
            _ => {
                let shown: String = text.chars().take(30).collect();
                troubles.add(
                    self.line,
                    format!("column {column}: “{shown}” is no number; NA where it is not known"),
                );
                None
            }
        }
    }

    fn both(&self, name: &str, troubles: &mut Troubles) -> Option<[f64; 2]> {
        let one = self.number(&format!("{name}_arm1"), troubles);
        let other = self.number(&format!("{name}_arm2"), troubles);
        Some([one?, other?])
    }

    fn arm(&self, which: u8) -> String {
        // The specification's name changed with the standard.
        let more = ["multi", "specification"]
            .iter()
            .map(|name| self.text(&format!("{name}_arm{which}")));
        let arm = tidy(self.text(&format!("condition_arm{which}")));
        match more.map(tidy).find(|more| !more.is_empty() && *more != arm) {
            Some(more) => format!("{arm} ({more})"),
            None => arm,
        }
    }
}

/// Puts a row with the comparison it belongs to.
pub(super) fn take(row: &Row<'_>, comparisons: &mut Vec<Comparison>, troubles: &mut Troubles) {
    let (trial, trained, compared_with) = (tidy(row.text("study")), row.arm(1), row.arm(2));
    if trial.is_empty() || trained.is_empty() || compared_with.is_empty() {
        troubles.add(
            row.line,
            "study, condition_arm1 and condition_arm2 are needed; the row is left out",
        );
        return;
    }
    let Some(found) = found(row, troubles) else {
        return;
    };
    let is_same = |one: &&mut Comparison| {
        one.trial == trial && one.trained == trained && one.compared_with == compared_with
    };
    match comparisons.iter_mut().find(is_same) {
        Some(comparison) => comparison.found.push(found),
        None => comparisons.push(Comparison {
            line: row.line,
            reference: reference(row, &trial),
            population: population(row),
            trial,
            trained,
            compared_with,
            found: vec![found],
        }),
    }
}

fn population(row: &Row<'_>) -> String {
    // Databases number their groups; a number says nothing here.
    let words = ["target_group", "diagnosis", "country"].map(|column| tidy(row.text(column)));
    let words: Vec<String> = words
        .into_iter()
        .filter(|text| text.chars().any(char::is_alphabetic))
        .collect();
    words.join(", ")
}

fn reference(row: &Row<'_>, trial: &str) -> Reference {
    let author = trial.split(',').next().unwrap_or_default();
    let author = author.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let author = author.trim_end_matches("et al.").trim();
    let whole = ["full_ref", "reference"]
        .iter()
        .map(|column| row.text(column))
        .find(|text| !text.is_empty());
    Reference {
        line: row.line,
        authors: vec![tidy(author)],
        year: year(row.text("year")).or_else(|| year(trial)),
        title: title(row.text("title")),
        journal: tidy(row.text("journal")),
        volume: tidy(row.text("volume")),
        doi: match doi(row.text("doi")) {
            none if none.is_empty() => doi(whole.unwrap_or_default()),
            doi => doi,
        },
        url: String::new(),
    }
}

fn found(row: &Row<'_>, troubles: &mut Troubles) -> Option<Found> {
    let time = row.text("time").to_lowercase();
    let timepoint = match time.as_str() {
        "" | "post" | "posttest" | "post-test" | "post-treatment" => Timepoint::Post,
        later if later.contains("follow") || later.starts_with("fu") => Timepoint::FollowUp,
        other => {
            let other: String = other.chars().take(30).collect();
            troubles.add(
                row.line,
                format!(
                    "column time: “{other}” is neither post nor follow-up; the row is left out"
                ),
            );
            return None;
        }
    };
    let figure = figure(row, troubles)?;
    let instrument = match tidy(row.text("instrument")) {
        none if none.is_empty() => "a scale without a name".to_owned(),
        name => name,
    };
    let measured = match &figure {
        Figure::Events { .. } => {
            let event = tidy(row.text("outcome_type")).replace(" (", " [");
            let event = if event.is_empty() {
                "event".to_owned()
            } else {
                event
            };
            format!("{event} ({instrument})")
        }
        Figure::Difference { .. } => instrument.clone(),
    };
    Some(Found {
        line: row.line,
        measured,
        instrument,
        timepoint,
        weeks: row.number("time_weeks", troubles),
        rating: tidy(row.text("rating")),
        figure,
    })
}

/// What is given for a row: means, else change, else a g somebody worked out, else counts.
fn figure(row: &Row<'_>, troubles: &mut Troubles) -> Option<Figure> {
    let mut first_number = |columns: &[&str]| {
        columns
            .iter()
            .find_map(|column| row.number(column, troubles))
    };
    let printed = first_number(&["precalc_g", ".g", "g"]);
    let se = first_number(&["precalc_g_se", ".g_se", "g_se"]).filter(|se| *se > 0.0);
    let people = row.both("n", troubles);
    let of = |prefix: &str, people: Option<[f64; 2]>, troubles: &mut Troubles| {
        let means = row.both(&format!("mean{prefix}"), troubles)?;
        let deviations = row.both(&format!("sd{prefix}"), troubles)?;
        Some((means, deviations, people?))
    };
    let change_people = row.both("n_change", troubles).or(people);
    let (given, of_change) = match of("", people, troubles) {
        Some(given) => (Some(given), false),
        None => (of("_change", change_people, troubles), true),
    };
    if let Some((means, deviations, people)) = given {
        let arm = |at: usize| {
            let of = |pair: [f64; 2]| if at == 0 { pair[0] } else { pair[1] };
            Arm {
                mean: of(means),
                sd: of(deviations),
                n: of(people),
            }
        };
        let g = match standardised_mean_difference(arm(0), arm(1)) {
            Ok(effect) => effect.yi,
            Err(error) => {
                troubles.add(
                    row.line,
                    format!("no difference can be worked out ({error}); the row is left out"),
                );
                return None;
            }
        };
        if let Some(printed) = printed
            && (printed - g).abs() > 0.05
        {
            troubles.add(row.line, format!("means and deviations give g = {g:.2} where the file has {printed:.2}; look it up. What follows from the means is taken"));
        }
        let means = [(arm(0).mean, arm(0).sd), (arm(1).mean, arm(1).sd)];
        return Some(Figure::Difference {
            g,
            se: None,
            people: Some(people),
            means: (!of_change).then_some(means),
            of_change,
        });
    }
    if let (Some(events), Some(people)) =
        (row.both("event", troubles), row.both("totaln", troubles))
    {
        let fits = |events: f64, people: f64| events >= 0.0 && people >= 1.0 && events <= people;
        if fits(events[0], people[0]) && fits(events[1], people[1]) {
            return Some(Figure::Events { events, people });
        }
        troubles.add(
            row.line,
            "more people had it happen than there were, or nobody was counted; the row is left out",
        );
        return None;
    }
    let Some(g) = printed else {
        troubles.add(
            row.line,
            "neither means, counts nor a g is complete here; the row is left out",
        );
        return None;
    };
    Some(Figure::Difference {
        g,
        se,
        people,
        means: None,
        of_change: false,
    })
}
