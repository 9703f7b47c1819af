//! Pictures of an answer: where everything stands, what it is called, and a sentence for who cannot see it.
//!
//! Here is only geometry; [`svg`] draws it. A room that draws with its own markup takes the geometry.

pub mod svg;

use crate::answer::Answer;
use crate::pool::Pool;
use crate::said::{decimals, whole};

/// What a row of a forest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A trial of the pool.
    Trial,
    /// The pool.
    Pool,
    /// A published meta-analysis, which is no part of the pool.
    Published,
}

/// A row of a forest.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// Its name, at the left.
    pub label: String,
    /// Its figures, at the right.
    pub figures: String,
    /// Its height on the picture.
    pub y: f64,
    /// Where its effect stands.
    pub x: f64,
    /// Where its interval begins and ends; nothing where it is not known.
    pub interval: Option<(f64, f64)>,
    /// Half the side of its square; more for more weight.
    pub half: f64,
    /// Whether its variance is approximate or its score mixes constructs.
    pub marked: bool,
}

/// A mark of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it stands.
    pub at: f64,
    /// What it says.
    pub label: String,
}

/// All trials, the pool and what others pooled, one under the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    /// Its size.
    pub size: (f64, f64),
    /// Its heading.
    pub title: String,
    /// The picture in words.
    pub description: String,
    /// Its rows, from the top.
    pub rows: Vec<Row>,
    /// Where no effect stands.
    pub zero: f64,
    /// Where the plot begins and ends.
    pub plot: (f64, f64),
    /// How far down it goes.
    pub base: f64,
    /// The marks of its axis.
    pub ticks: Vec<Tick>,
}

/// Effects against their standard errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// Its size.
    pub size: (f64, f64),
    /// Its heading.
    pub title: String,
    /// The picture in words.
    pub description: String,
    /// The trials: where each stands, and its name.
    pub points: Vec<(f64, f64, String)>,
    /// The tip and the two feet of the funnel that trials alike would fill 95 in 100 times.
    pub funnel: [(f64, f64); 3],
    /// Where the pool stands.
    pub middle: f64,
    /// The marks of the axis of effects.
    pub ticks: Vec<Tick>,
    /// The marks of the axis of standard errors.
    pub errors: Vec<Tick>,
    /// Where the plot begins and ends, from the left and from the top.
    pub plot: [(f64, f64); 2],
}

/// Whom a person of an array stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonKind {
    /// Better off even without training.
    Anyway,
    /// Better off only with it.
    More,
    /// One of those who may be better off with it, were it as good as the end of its interval.
    Perhaps,
    /// Not better off.
    Not,
}

/// People, of whom some are better off.
#[derive(Clone, Debug, PartialEq)]
pub struct People {
    /// Its size.
    pub size: (f64, f64),
    /// Its heading.
    pub title: String,
    /// The picture in words.
    pub description: String,
    /// Everybody: where they stand, and what for.
    pub people: Vec<(f64, f64, PersonKind)>,
    /// Where the people end and the legend begins.
    pub below: f64,
    /// What each kind means.
    pub legend: Vec<(PersonKind, String)>,
}

// Narrow, so that its words can be read on a phone.
const LEFT: f64 = 122.0;
const PLOT: f64 = 210.0;
const WIDTH: f64 = 466.0;
const TOP: f64 = 28.0;
const STEP: f64 = 24.0;

/// The forest of an answer; nothing without a pool.
#[must_use]
pub fn forest(answer: &Answer<'_>) -> Option<Forest> {
    let pool = answer.pool.as_ref()?;
    let level = pool.settings.level;
    let heaviest = pool.pooled.weights.iter().copied().fold(1.0, f64::max);
    let mut found: Vec<Entry> = pool
        .taken
        .iter()
        .zip(&pool.pooled.weights)
        .map(|(taken, weight)| Entry {
            kind: RowKind::Trial,
            label: short(&taken.study.authors, taken.study.year),
            value: taken.g,
            ci: Some(taken.ci(level)),
            half: 2.5 + 4.5 * (weight / heaviest).sqrt(),
            marked: taken.outcome.composite || taken.study.arms_assumed_equal,
        })
        .collect();
    found.push(Entry {
        kind: RowKind::Pool,
        label: format!("Our own pool of {}", pool.pooled.k),
        value: pool.pooled.estimate,
        ci: Some(pool.pooled.ci),
        half: 7.0,
        marked: false,
    });
    for published in answer
        .published
        .iter()
        .filter(|published| published.comparable)
    {
        found.extend(published.outcome.value.map(|value| Entry {
            kind: RowKind::Published,
            label: short(&published.study.authors, published.study.year),
            value,
            ci: published.outcome.ci,
            half: 5.0,
            marked: false,
        }));
    }
    let ends = found.iter().flat_map(|entry| {
        let (low, high) = entry.ci.unwrap_or((entry.value, entry.value));
        [entry.value, low, high]
    });
    let axis = Axis::over(ends.chain([0.0]), (LEFT, LEFT + PLOT));
    let rows: Vec<Row> = found
        .into_iter()
        .enumerate()
        .map(|(index, entry)| entry.row(index, &axis))
        .collect();
    let base = rows.last().map_or(TOP, |row| row.y) + STEP;
    Some(Forest {
        size: (WIDTH, base + 40.0),
        title: format!(
            "What the trials found: {}",
            answer.question.construct.replace('-', " ")
        ),
        description: describe(pool, answer),
        zero: axis.at(0.0),
        plot: (LEFT, LEFT + PLOT),
        base,
        ticks: axis.ticks(),
        rows,
    })
}

/// A row before the axis is known.
struct Entry {
    kind: RowKind,
    label: String,
    value: f64,
    ci: Option<(f64, f64)>,
    half: f64,
    marked: bool,
}

impl Entry {
    fn row(self, index: usize, axis: &Axis) -> Row {
        // A little room between the trials and what stands for all of them.
        let below = if self.kind == RowKind::Trial {
            0.5
        } else {
            1.0
        };
        Row {
            kind: self.kind,
            label: self.label,
            figures: match self.ci {
                Some((low, high)) => {
                    let [value, low, high] = [self.value, low, high].map(decimals);
                    format!("{value} [{low}, {high}]")
                }
                None => format!("{} [not printed]", decimals(self.value)),
            },
            y: TOP + STEP * (index as f64 + below),
            x: axis.at(self.value),
            interval: self.ci.map(|(low, high)| (axis.at(low), axis.at(high))),
            half: self.half,
            marked: self.marked,
        }
    }
}

fn describe(pool: &Pool<'_>, answer: &Answer<'_>) -> String {
    let trials: Vec<String> = pool
        .taken
        .iter()
        .map(|taken| {
            let (low, high) = taken.ci(pool.settings.level);
            format!(
                "{}: {}, from {} to {}",
                short(&taken.study.authors, taken.study.year),
                decimals(taken.g),
                decimals(low),
                decimals(high)
            )
        })
        .collect();
    let published = answer
        .published
        .iter()
        .filter(|published| published.comparable)
        .count();
    format!(
        "Standardised differences; more than 0 is better with training. {}. Together {}, from {} to {}. Beside it stand {published} published meta-analyses, which are no part of it.",
        trials.join("; "),
        decimals(pool.pooled.estimate),
        decimals(pool.pooled.ci.0),
        decimals(pool.pooled.ci.1)
    )
}

/// The funnel of an answer; nothing with fewer than three trials, for fewer show no shape.
#[must_use]
pub fn funnel(answer: &Answer<'_>) -> Option<Funnel> {
    let pool = answer.pool.as_ref().filter(|pool| pool.taken.len() > 2)?;
    let middle = pool.pooled.estimate;
    let most = pool
        .taken
        .iter()
        .map(|taken| taken.v.sqrt())
        .fold(0.0, f64::max)
        * 1.1;
    // 95 in 100 of trials alike fall within 1.96 of their standard errors.
    let half = 1.96 * most;
    let ends = pool
        .taken
        .iter()
        .map(|taken| taken.g)
        .chain([middle - half, middle + half, 0.0]);
    let plot = [(60.0, 420.0), (TOP, 260.0)];
    let axis = Axis::over(ends, plot[0]);
    let down = |error: f64| round(plot[1].0 + (plot[1].1 - plot[1].0) * error / most);
    Some(Funnel {
        size: (450.0, 310.0),
        title: "Small trials and large ones".to_owned(),
        description: format!(
            "Each trial's difference against its standard error, the most exact at the top. {}. With so few trials nobody can tell whether small ones without an effect are missing; {} or more are wanted for that as a rule.",
            pool.taken
                .iter()
                .map(|taken| format!(
                    "{}: {}, error {}",
                    short(&taken.study.authors, taken.study.year),
                    decimals(taken.g),
                    decimals(taken.v.sqrt())
                ))
                .collect::<Vec<_>>()
                .join("; "),
            10
        ),
        points: pool
            .taken
            .iter()
            .map(|taken| {
                let name = short(&taken.study.authors, taken.study.year);
                (axis.at(taken.g), down(taken.v.sqrt()), name)
            })
            .collect(),
        funnel: [
            (axis.at(middle), down(0.0)),
            (axis.at(middle - half), down(most)),
            (axis.at(middle + half), down(most)),
        ],
        middle: axis.at(middle),
        ticks: axis.ticks(),
        errors: [0.0, 0.5 * most, most]
            .map(|error| Tick {
                at: down(error),
                label: decimals(error),
            })
            .to_vec(),
        plot,
    })
}

/// People of whom some are better off; nothing where the pool is not reliable, for a picture is believed.
#[must_use]
pub fn people(answer: &Answer<'_>, how_many: f64) -> Option<People> {
    let translated = answer.translated.as_ref()?;
    let count = how_many.round().clamp(1.0, 1000.0) as usize;
    let round_to = |share: f64| ((count as f64 * share).round() as usize).min(count);
    let anyway = round_to(translated.control_rate);
    let with = round_to(translated.treated_rate).max(anyway);
    let sure = round_to(translated.treated_ci.0).clamp(anyway, with);
    let perhaps = round_to(translated.treated_ci.1).max(with);
    let people = (0..count)
        .map(|index| {
            let kind = if index < anyway {
                PersonKind::Anyway
            } else if index < with {
                PersonKind::More
            } else if index < perhaps {
                PersonKind::Perhaps
            } else {
                PersonKind::Not
            };
            let (column, row) = ((index % 10) as f64, (index / 10) as f64);
            (14.0 + 26.0 * column, 14.0 + 26.0 * row, kind)
        })
        .collect();
    let legend = vec![
        (
            PersonKind::Anyway,
            format!("{anyway} do better than the middle one even without training"),
        ),
        (
            PersonKind::More,
            format!("about {} more with it", with - anyway),
        ),
        (
            PersonKind::Perhaps,
            format!(
                "{} who might, if it helps as much as it may",
                perhaps - with
            ),
        ),
        (
            PersonKind::Not,
            format!("{} who would not", count - perhaps),
        ),
    ];
    let below = 26.0 * (count as f64 / 10.0).ceil() + 4.0;
    Some(People {
        size: (380.0, below + 8.0 + 26.0 * legend.len() as f64),
        below,
        title: format!("Of {count} people"),
        description: format!(
            "Of {count} people, {anyway} do better than the middle one without training, about {with} with it: {} more, or from {} to {} more.",
            with - anyway,
            sure - anyway,
            perhaps - anyway
        ),
        people,
        legend,
    })
}

/// "Weng 2013".
fn short(authors: &str, year: usize) -> String {
    let first = authors.split(',').next().unwrap_or(authors).trim();
    let first: String = first.chars().take(18).collect();
    format!("{first} {year}")
}

struct Axis {
    least: f64,
    most: f64,
    step: f64,
    ends: (f64, f64),
}

impl Axis {
    /// An axis that holds all of these, with round ends.
    fn over(values: impl Iterator<Item = f64>, ends: (f64, f64)) -> Self {
        let (least, most) = values
            .filter(|value| value.is_finite())
            .fold((0.0_f64, 0.0_f64), |(least, most), value| {
                (least.min(value), most.max(value))
            });
        let span = (most - least).max(0.1);
        let step = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .find(|step| span / step <= 6.0)
            .unwrap_or(20.0);
        Self {
            least: (least / step).floor() * step,
            most: ((most / step).ceil() * step).max(step),
            step,
            ends,
        }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value - self.least) / (self.most - self.least);
        round(self.ends.0 + (self.ends.1 - self.ends.0) * share)
    }

    fn ticks(&self) -> Vec<Tick> {
        let count = ((self.most - self.least) / self.step)
            .round()
            .clamp(1.0, 40.0) as usize;
        (0..=count)
            .map(|index| {
                let value = self.least + self.step * index as f64;
                let label = if self.step < 1.0 {
                    decimals(value)
                } else {
                    whole(value)
                };
                Tick {
                    at: self.at(value),
                    label,
                }
            })
            .collect()
    }
}

fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
