//! Effects in the Metapsy layout: a row is one outcome of one comparison of two arms.
//!
//! Source: the Metapsy data standard (docs.metapsy.org, "Data format"). Its files part cells with semicolons and write
//! decimals with commas; tables with commas and points are read as well. Its g is the first arm less the second, so for a
//! scale on which fewer is better a negative g is an improvement: what is better has to be said by whoever brings it in.

use std::collections::BTreeMap;

use kith_content::evidence::Timepoint;
use kith_stats::effect::{Arm, standardised_mean_difference};
use serde::Serialize;

use super::same::letters;
use super::{MOST, Reference, Trouble, Troubles, doi, tidy, title, year};

/// Two arms of one trial, and what was measured in them: what becomes one study's file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The line of its first row.
    pub line: usize,
    /// The trial, as the file calls it: `Smith, 2011`.
    pub trial: String,
    /// What is known of the paper.
    pub reference: Reference,
    /// The first arm, which is taken to be the trained one.
    pub trained: String,
    /// The second arm.
    pub compared_with: String,
    /// Who took part, where the file says it.
    pub population: String,
    /// What was found.
    pub found: Vec<Found>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// Its line.
    pub line: usize,
    /// What it is a figure of; names a [`Measured`].
    pub measured: String,
    /// The scale or form.
    pub instrument: String,
    /// When it was measured.
    #[serde(serialize_with = "as_word")]
    pub timepoint: Timepoint,
    /// Weeks after people were given their arm, where the file says it.
    pub weeks: Option<f64>,
    /// Who rated.
    pub rating: String,
    /// The figure.
    pub figure: Figure,
}

fn as_word<S: serde::Serializer>(timepoint: &Timepoint, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(timepoint.as_str())
}

/// A row's figure, with the sign of the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Figure {
    /// A standardised difference: the first arm less the second.
    Difference {
        /// Hedges' g.
        g: f64,
        /// Its standard error, where the file has it.
        se: Option<f64>,
        /// People in the arms.
        people: Option<[f64; 2]>,
        /// Means and deviations it was computed from.
        means: Option<[(f64, f64); 2]>,
        /// Whether it is of change since the beginning.
        of_change: bool,
    },
    /// How many of the people in each arm had something happen.
    Events {
        /// People it happened to.
        events: [f64; 2],
        /// People in the arms.
        people: [f64; 2],
    },
}

/// Something that was measured, of which has to be said whether more of it is better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Measured {
    /// What rows call it: the scale, or the event and its scale.
    pub name: String,
    /// The scale or form.
    pub instrument: String,
    /// The event that was counted; empty where a scale was used.
    pub event: String,
    /// How many rows are of it.
    pub rows: usize,
}

/// All that is in a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metapsy {
    /// The comparisons, in the order of the file.
    pub comparisons: Vec<Comparison>,
    /// What was measured, by name.
    pub measured: Vec<Measured>,
    /// What could not be read.
    pub troubles: Vec<Trouble>,
}

/// What an arm is called in which nobody got anything in place of the training.
const UNTREATED: [&str; 15] = [
    "wl",
    "wlc",
    "waitlist",
    "waitinglist",
    "waitlistcontrol",
    "cau",
    "tau",
    "ecau",
    "etau",
    "careasusual",
    "treatmentasusual",
    "usualcare",
    "nt",
    "notreatment",
    "nointervention",
];

/// What an arm is called that others are compared with, and in which people may have got something.
const CONTROLS: [&str; 7] = [
    "otherctr",
    "control",
    "ctr",
    "placebo",
    "plac",
    "pillplacebo",
    "attentioncontrol",
];

/// Whether nobody in an arm got anything in place of the training: a waiting list, nothing, usual care.
pub(super) fn is_untreated(arm: &str) -> bool {
    UNTREATED.contains(&letters(bare(arm)).as_str())
}

/// Whether an arm is called like one that others are compared with.
fn is_control(arm: &str) -> bool {
    is_untreated(arm) || CONTROLS.contains(&letters(bare(arm)).as_str())
}

struct Table {
    columns: BTreeMap<String, usize>,
    decimal_comma: bool,
}

struct Row<'r> {
    table: &'r Table,
    record: csv::StringRecord,
    line: usize,
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

/// Reads a file in the Metapsy layout.
#[must_use]
pub fn metapsy(text: &str) -> Metapsy {
    let mut troubles = Troubles::default();
    let mut comparisons: Vec<Comparison> = Vec::new();
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|delimiter| {
        // Of as many, the first that is written here.
        let count = header.bytes().filter(|byte| byte == delimiter).count();
        (count, *delimiter != b',')
    });
    let delimiter = delimiter.unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(names) => names
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect(),
        Err(_) => Vec::new(),
    };
    let table = Table {
        columns: names
            .iter()
            .enumerate()
            .rev()
            .map(|(at, name)| (name.clone(), at))
            .collect(),
        decimal_comma: delimiter == b';',
    };
    let missing: Vec<&str> = ["study", "condition_arm1", "condition_arm2", "instrument"]
        .into_iter()
        .filter(|name| !table.columns.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        troubles.add(
            1,
            format!(
                "the first line must name the columns of the Metapsy layout; missing: {}",
                missing.join(", ")
            ),
        );
        return Metapsy {
            troubles: troubles.finish(),
            ..Metapsy::default()
        };
    }
    for (index, record) in reader.records().enumerate() {
        if index == MOST {
            troubles.add(
                index,
                format!("more than {MOST} rows: what follows is left out. Split the file"),
            );
            break;
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                troubles.add(
                    usize::try_from(line).unwrap_or(usize::MAX),
                    "this row cannot be read, so it is left out",
                );
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != names.len() {
            troubles.add(
                line,
                format!(
                    "this row has {} cells and the header {}, so it is left out",
                    record.len(),
                    names.len()
                ),
            );
            continue;
        }
        let row = Row {
            table: &table,
            record,
            line,
        };
        take(&row, &mut comparisons, &mut troubles);
    }
    without_mirrors(&mut comparisons, &mut troubles);
    comparisons.retain(|comparison| !comparison.found.is_empty());
    if comparisons.is_empty() && troubles.0.is_empty() {
        troubles.add(1, "there is no row in it");
    }
    let mut measured: BTreeMap<&str, Measured> = BTreeMap::new();
    for found in comparisons.iter().flat_map(|comparison| &comparison.found) {
        let one = measured.entry(&found.measured).or_insert_with(|| Measured {
            name: found.measured.clone(),
            instrument: found.instrument.clone(),
            event: match found.figure {
                Figure::Events { .. } => found
                    .measured
                    .split(" (")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                Figure::Difference { .. } => String::new(),
            },
            rows: 0,
        });
        one.rows += 1;
    }
    Metapsy {
        measured: measured.into_values().collect(),
        comparisons,
        troubles: troubles.finish(),
    }
}

/// Puts a row with the comparison it belongs to.
fn take(row: &Row<'_>, comparisons: &mut Vec<Comparison>, troubles: &mut Troubles) {
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

/// Metapsy's files may hold every comparison twice, the second time with its arms the other way round. One is kept: that
/// which is compared with a control, else the first. One that stands alone and begins with a control is left out, with
/// its reason: which arm was trained is not guessed.
fn without_mirrors(comparisons: &mut Vec<Comparison>, troubles: &mut Troubles) {
    let mut left_out = vec![false; comparisons.len()];
    for (index, one) in comparisons.iter().enumerate() {
        if left_out.get(index) == Some(&true) {
            continue;
        }
        let mirror = comparisons
            .iter()
            .enumerate()
            .skip(index + 1)
            .find(|(_, other)| {
                other.trial == one.trial
                    && other.trained == one.compared_with
                    && other.compared_with == one.trained
            });
        let begins_with_control = is_control(&one.trained) && !is_control(&one.compared_with);
        let out = match mirror {
            Some(_) if begins_with_control => index,
            Some((at, _)) => at,
            None if begins_with_control => {
                troubles.add(one.line, format!("the first arm of {} ({}) is one that others are compared with: put the trained arm first. It is left out", one.trial, one.trained));
                index
            }
            None => continue,
        };
        if let Some(flag) = left_out.get_mut(out) {
            *flag = true;
        }
        if let (Some(_), Some(kept)) = (mirror, comparisons.get(out)) {
            troubles.add(
                kept.line,
                format!(
                    "{}: {} against {} is the other comparison the other way round; left out",
                    kept.trial, kept.trained, kept.compared_with
                ),
            );
        }
    }
    let mut flags = left_out.into_iter();
    comparisons.retain(|_| !flags.next().unwrap_or(false));
}

/// An arm without what specifies it.
fn bare(arm: &str) -> &str {
    arm.split(" (").next().unwrap_or(arm)
}
