//! Scores over time as data: which panels there are, in which order, what stands in each, and the words beside it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kith_content::check_in::{ENOUGH, SLIDER, Usual, compare, usual};
use kith_content::instrument::{
    Band, Better, Change, Class, change, change_by, figures, reservation, shown,
};
use kith_content::{CheckIn, ItemKind, Library, Target};

use super::bands::plain as plain_band;
use super::course::Expected;
use crate::features::plans::Plan;
use kith_base::web::locale::days_between;

/// Something that was answered, with what it came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    /// The instrument, or the check-in.
    pub measure: String,
    /// The day, where the person was.
    pub on: Date,
    /// The version of the definition it was scored by.
    pub version: String,
    /// Scores by the ids of their scales, `total` for the total; none where the gaps were too many.
    pub scores: BTreeMap<String, Option<f64>>,
    /// Whether an item about risk was endorsed.
    pub risk: bool,
}

/// What in somebody's answers her practitioner should know first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// The day of the latest answer about risk.
    pub risk_on: Option<Date>,
    /// The questionnaires whose scores are worse by more than chance, by their short names.
    pub worse: Vec<String>,
}

/// One's own goal and how near it was felt to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    /// Itself.
    pub goal_id: String,
    /// In the person's own words.
    pub words: String,
    /// Whether it is over.
    pub is_ended: bool,
    /// 0 to 10 by day, oldest first.
    pub ratings: Vec<(Date, f64)>,
}

/// How much is shown to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The person herself: numbers and words.
    Own,
    /// The same with bands and the zone of chance, because she asked for them.
    OwnWithFigures,
    /// Her practitioner; with names of scores that the questionnaires' authors do not publish, when asked.
    Practitioner {
        /// Whether such names are told.
        habit: bool,
    },
}

impl View {
    /// Whether bands, the zone of chance and the expected course are told.
    pub fn has_figures(self) -> bool {
        self != Self::Own
    }

    /// Whether somebody else looks.
    pub fn is_practitioner(self) -> bool {
        matches!(self, Self::Practitioner { .. })
    }
}

/// What a panel is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A published questionnaire, or a part of one.
    Instrument,
    /// A question or two of Kith's own.
    CheckIn,
    /// A goal of one's own: never scored, never classed.
    Goal,
}

/// A score on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The day.
    pub on: Date,
    /// The score.
    pub score: f64,
    /// Whether a line leads to it from the one before: not where another version of the definition begins.
    pub joined: bool,
    /// Whether it differs from the first it can be compared with by more than chance; only told with figures.
    pub reliable: bool,
    /// What such a score is called, where that is told.
    pub band: Option<String>,
}

/// A stretch of scores and days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// From this day to the end.
    pub from: Date,
    /// The least score of it.
    pub low: f64,
    /// The highest score of it.
    pub high: f64,
}

/// What one comparison says.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What is compared: "Since the first, 3 September".
    pub from: Date,
    /// Whether it is the first, or the one just before.
    pub is_first: bool,
    /// In words.
    pub words: String,
    /// What it comes to.
    pub class: Option<Class>,
}

/// One measure over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Names it in the page.
    pub key: String,
    /// The instrument or the check-in it is of; empty for a goal.
    pub measure: String,
    /// Whether it is a part of an instrument that has no total.
    pub is_part: bool,
    /// What it is.
    pub kind: Kind,
    /// What it is called for short.
    pub name: String,
    /// Its full name; empty where the short one is all.
    pub title: String,
    /// The least and the most.
    pub range: (f64, f64),
    /// Which way is the better one.
    pub better: Better,
    /// The scores, oldest first.
    pub points: Vec<Point>,
    /// The bands' names by the score they begin at; empty where they are not told.
    pub bands: Vec<Band>,
    /// The zone of chance round the first score, or somebody's own usual.
    pub zone: Option<Zone>,
    /// How others' scores went on from a similar start, where that is told.
    pub expected: Option<Expected>,
    /// What changed.
    pub told: Vec<Told>,
    /// Things have become harder by more than chance.
    pub is_harder: bool,
    /// What else is to be said beside it.
    pub notes: Vec<String>,
    /// What figures this rests on, and which of them from memory.
    pub rests_on: Option<String>,
    /// There are names of scores that its authors do not publish, and they are left out.
    pub has_habit: bool,
}

/// Everything a picture is made of.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The content.
    pub library: &'a Library,
    /// What was answered, oldest first.
    pub answered: &'a [Answered],
    /// One's own goals.
    pub aims: &'a [Aim],
    /// What was offered and agreed, for what it targets.
    pub plans: &'a [Plan],
}

/// The panels: felt connection first, then one's own goals, then what the plans are for, then the rest.
pub fn panels(given: &Given<'_>, view: View) -> Vec<Panel> {
    let targeted = targeted(given.plans, given.library);
    let mut order: Vec<(usize, String, Vec<Panel>)> = Vec::new();
    let measures: BTreeSet<&str> = given
        .answered
        .iter()
        .map(|answered| answered.measure.as_str())
        .collect();
    for measure in measures {
        let answered: Vec<&Answered> = given
            .answered
            .iter()
            .filter(|answered| answered.measure == measure)
            .collect();
        let rank = match () {
            () if is_connection(measure, given.library) => 0,
            () if is_targeted(measure, &targeted, given.library) => 2,
            () => 3,
        };
        let panels = of_measure(measure, &answered, given.library, view);
        order.push((rank, measure.to_owned(), panels));
    }
    let aims = given.aims.iter().filter(|aim| !aim.ratings.is_empty());
    order.push((1, String::new(), aims.map(of_aim).collect()));
    order.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    order
        .into_iter()
        .flat_map(|(_, _, panels)| panels)
        .collect()
}

/// Felt connection: Kith's own question about it, and what measures it properly.
fn is_connection(measure: &str, library: &Library) -> bool {
    let is_it = |construct: &str| construct == "connection";
    let check_ins = &library.check_ins().all;
    let mut connection = check_ins
        .iter()
        .filter(|check_in| is_it(&check_in.construct));
    let instrument = library.instrument(measure);
    instrument.is_some_and(|instrument| is_it(&instrument.construct))
        || connection.any(|check_in| {
            check_in.id == measure || check_in.follow_up.iter().any(|id| id == measure)
        })
}

/// What plans are for: the measures their programmes ask for, and what their practices are turned to.
fn targeted(plans: &[Plan], library: &Library) -> BTreeSet<String> {
    let mut targeted = BTreeSet::new();
    for plan in plans {
        let programme = plan
            .course
            .as_ref()
            .and_then(|course| library.programme(&course.programme));
        let items = programme
            .iter()
            .flat_map(|programme| &programme.stages)
            .flat_map(|stage| &stage.items);
        for item in items {
            match item.kind {
                ItemKind::Measure => {
                    targeted.insert(item.id.clone());
                }
                ItemKind::Practice => targeted.extend(constructs_of(&item.id, library)),
                _ => {}
            }
        }
        for item in plan.practices() {
            targeted.extend(constructs_of(&item.practice, library));
        }
    }
    targeted
}

fn constructs_of(practice: &str, library: &Library) -> Vec<String> {
    let targets = library.practice(practice).map(|practice| &practice.targets);
    let words = targets
        .into_iter()
        .flatten()
        .flat_map(|target| match target {
            Target::Oneself => &["self-compassion", "self-acceptance", "self-esteem"][..],
            Target::DifficultPerson => &["reactivity to difficult people", "cooperation"][..],
            _ => &["compassion for others", "kindness", "empathy"][..],
        });
    words.map(|word| (*word).to_owned()).collect()
}

fn is_targeted(measure: &str, targeted: &BTreeSet<String>, library: &Library) -> bool {
    let construct = library
        .instrument(measure)
        .map(|instrument| &instrument.construct)
        .or_else(|| {
            library
                .check_in(measure)
                .map(|check_in| &check_in.construct)
        });
    targeted.contains(measure) || construct.is_some_and(|construct| targeted.contains(construct))
}

/// The panels of one measure: its total, or where it has none its parts.
fn of_measure(measure: &str, answered: &[&Answered], library: &Library, view: View) -> Vec<Panel> {
    if let Some(check_in) = library.check_in(measure) {
        return of_check_in(check_in, answered, view).into_iter().collect();
    }
    let Some(instrument) = library.instrument(measure) else {
        return of_unknown(measure, answered).into_iter().collect();
    };
    let scales: Vec<_> = match &instrument.total {
        Some(total) => vec![total],
        None => instrument
            .subscales
            .iter()
            .filter(|part| !part.research_only)
            .collect(),
    };
    let each = scales.into_iter().filter_map(|scale| {
        let is_total = instrument.total.as_ref() == Some(scale);
        let mut panel = Panel {
            key: match is_total {
                true => instrument.id.clone(),
                false => format!("{}-{}", instrument.id, scale.id),
            },
            measure: instrument.id.clone(),
            is_part: !is_total,
            name: match is_total {
                true => instrument.abbreviation.clone(),
                false => format!("{}, {}", instrument.abbreviation, scale.title),
            },
            title: instrument.title.clone(),
            better: scale.better,
            ..empty(points(answered, &scale.id)?, scale.range)
        };
        panel.notes.extend(gaps(answered, &scale.id));
        let latest = comparable(&panel.points);
        // Another definition may have had other lines: only scores of today's are laid against them.
        let last_version = scored(answered, &scale.id).last().map(|(_, version)| version);
        if last_version.is_some_and(|version| *version != instrument.version) {
            panel.notes.push(
                "These were scored by an earlier definition of this questionnaire, so nothing is compared.".to_owned(),
            );
            return Some(panel);
        }
        let of = |before: &Point, after: &Point| {
            change(instrument, scale, before.score, after.score).ok()
        };
        let plain = |before: &Point, after: &Point| {
            let known = figures(instrument, scale);
            change_by(known, scale.better, None, before.score, after.score).ok()
        };
        let run = panel.points.get(latest..).unwrap_or_default();
        panel.told = told(run, |before, after| {
            let full = of(before, after)?;
            let words = match view {
                View::Practitioner { .. } => without_figures(&full.words.clinician).0.to_owned(),
                View::OwnWithFigures => full.words.client.clone(),
                // The line that a recovery crosses is a threshold: without figures it is not told.
                View::Own => plain(before, after)?.words.client,
            };
            Some((words, full))
        });
        panel.is_harder = panel
            .told
            .iter()
            .any(|told| told.class == Some(Class::Deteriorated));
        if !view.has_figures() {
            return Some(panel);
        }
        let reliable: Vec<bool> = run
            .iter()
            .map(|point| {
                let class = run.first().and_then(|first| of(first, point)?.class);
                class.is_some_and(|class| class != Class::Unchanged)
            })
            .collect();
        let known = figures(instrument, scale);
        if let (Some(first), Some(least)) = (run.first(), known.least_change()) {
            panel.zone = Some(Zone {
                from: first.on,
                low: (first.score - least).max(scale.range.0),
                high: (first.score + least).min(scale.range.1),
            });
            let recalled = &known.recalled;
            // Which figures those are is for whoever can look them up.
            panel.rests_on = (!recalled.is_empty()).then(|| match view.is_practitioner() {
                true => format!("{}.", reservation(recalled)),
                false => "Some figures behind this have not been checked against their source yet.".to_owned(),
            });
        }
        if let (true, Some(first), Some(last)) = (view.is_practitioner(), run.first(), run.last()) {
            let said = of(first, last).map(|change| change.words.clinician);
            let figures = said.as_deref().map(|said| without_figures(said).1);
            panel.rests_on = figures
                .filter(|figures| !figures.is_empty())
                .map(str::to_owned);
        }
        for (point, reliable) in panel.points.iter_mut().skip(latest).zip(reliable) {
            point.reliable = reliable;
        }
        let told = instrument.official_bands || view == View::Practitioner { habit: true };
        panel.has_habit = !instrument.official_bands && !scale.bands.is_empty() && !told;
        if told {
            panel.bands.clone_from(&scale.bands);
            if !view.is_practitioner() {
                for band in &mut panel.bands {
                    band.label = plain_band(&band.label).to_owned();
                }
            }
            for point in panel.points.iter_mut().skip(latest) {
                let band = kith_content::instrument::band(&panel.bands, point.score);
                point.band = band.map(|band| band.label.clone());
            }
            if !scale.bands.is_empty() && !instrument.official_bands {
                panel.notes.push(
                    "The authors publish no names for these scores; those shown are other people's habit.".to_owned(),
                );
            }
        }
        Some(panel)
    });
    each.collect()
}

fn of_check_in(check_in: &CheckIn, answered: &[&Answered], view: View) -> Option<Panel> {
    let mut panel = Panel {
        key: check_in.id.clone(),
        measure: check_in.id.clone(),
        kind: Kind::CheckIn,
        name: check_in.title.clone(),
        better: check_in.better,
        ..empty(points(answered, TOTAL)?, SLIDER)
    };
    let latest = comparable(&panel.points);
    let run = panel.points.get(latest..).unwrap_or_default();
    let scores: Vec<f64> = run.iter().map(|point| point.score).collect();
    let verdict = compare(&scores);
    let band = usual(&scores);
    panel.is_harder = matches!(
        (verdict, check_in.better),
        (Usual::Higher, Better::Lower) | (Usual::Lower, Better::Higher)
    );
    let whose = if view.is_practitioner() {
        "them"
    } else {
        "you"
    };
    let words = match (verdict, band) {
        (_, None) => format!(
            "After {ENOUGH} answers Kith can tell what is usual for {whose}; so far there {} {}.",
            if scores.len() == 1 { "is" } else { "are" },
            scores.len()
        ),
        (Usual::AsUsual, Some(_)) => {
            format!("The last three are about what is usual for {whose}.")
        }
        (Usual::Lower, Some(_)) => {
            format!("The last three are all lower than is usual for {whose}.")
        }
        (Usual::Higher, Some(_)) => {
            format!("The last three are all higher than is usual for {whose}.")
        }
    };
    panel.notes.push(words);
    if let Some((low, high)) = band.filter(|_| view.has_figures()) {
        let from = run.len().saturating_sub(ENOUGH);
        panel.zone = run.get(from).map(|point| Zone {
            from: point.on,
            low,
            high,
        });
    }
    Some(panel)
}

/// A measure the library no longer has: its numbers, and nothing about them.
fn of_unknown(measure: &str, answered: &[&Answered]) -> Option<Panel> {
    let points = points(answered, TOTAL)?;
    let scores = || points.iter().map(|point| point.score);
    let least = scores().fold(f64::INFINITY, f64::min).min(0.0);
    let most = scores().fold(least + 1.0, f64::max);
    let mut panel = Panel {
        key: measure.to_owned(),
        measure: measure.to_owned(),
        name: measure.to_owned(),
        ..empty(points, (least, most))
    };
    panel.notes.push(
        "This questionnaire is no longer in the library here, so nothing can be said about these numbers.".to_owned(),
    );
    Some(panel)
}

fn of_aim(aim: &Aim) -> Panel {
    let points = aim
        .ratings
        .iter()
        .enumerate()
        .map(|(place, (on, rating))| Point {
            on: *on,
            score: *rating,
            joined: place > 0,
            reliable: false,
            band: None,
        });
    let mut panel = Panel {
        key: format!("goal-{}", aim.goal_id),
        kind: Kind::Goal,
        name: aim.words.clone(),
        ..empty(points.collect(), SLIDER)
    };
    if aim.is_ended {
        panel.notes.push("This goal is over.".to_owned());
    }
    panel
}

/// The id of the total among scores.
const TOTAL: &str = "total";

fn empty(points: Vec<Point>, range: (f64, f64)) -> Panel {
    Panel {
        key: String::new(),
        measure: String::new(),
        is_part: false,
        kind: Kind::Instrument,
        name: String::new(),
        title: String::new(),
        range,
        better: Better::Neither,
        points,
        bands: Vec::new(),
        zone: None,
        expected: None,
        told: Vec::new(),
        is_harder: false,
        notes: Vec::new(),
        rests_on: None,
        has_habit: false,
    }
}

/// The scores there are of one scale, each with the version it was scored by.
fn scored<'a>(
    answered: &'a [&'a Answered],
    scale: &'a str,
) -> impl DoubleEndedIterator<Item = ((Date, f64), &'a str)> {
    answered.iter().filter_map(move |answered| {
        let score = answered.scores.get(scale).copied().flatten()?;
        Some(((answered.on, score), answered.version.as_str()))
    })
}

fn points(answered: &[&Answered], scale: &str) -> Option<Vec<Point>> {
    let mut before = None;
    let points: Vec<Point> = scored(answered, scale)
        .map(|((on, score), version)| Point {
            on,
            score,
            joined: before
                .replace(version)
                .is_some_and(|before| before == version),
            reliable: false,
            band: None,
        })
        .collect();
    (!points.is_empty()).then_some(points)
}

/// Where the scores begin that can be compared with the latest: after the last change of version.
fn comparable(points: &[Point]) -> usize {
    points.iter().rposition(|point| !point.joined).unwrap_or(0)
}

fn gaps(answered: &[&Answered], scale: &str) -> Option<String> {
    let without = answered
        .iter()
        .filter(|answered| matches!(answered.scores.get(scale), None | Some(None)))
        .count();
    match without {
        0 => None,
        1 => Some("Answered once more with too many gaps for a score.".to_owned()),
        many => Some(format!(
            "Answered {many} more times with too many gaps for a score."
        )),
    }
}

/// What is said of a change, and apart from it the figures it rests on: those stand beside a panel once.
fn without_figures(words: &str) -> (&str, &str) {
    match words.find(" Figures: ") {
        Some(at) => (
            words.get(..at).unwrap_or(words),
            words.get(at..).unwrap_or_default().trim_start(),
        ),
        None => (words, ""),
    }
}

/// The first with the latest, and the one before with the latest.
fn told(run: &[Point], words: impl Fn(&Point, &Point) -> Option<(String, Change)>) -> Vec<Told> {
    let (Some(first), Some((last, before))) = (run.first(), run.split_last()) else {
        return Vec::new();
    };
    let one = |from: &Point, is_first: bool| {
        let (words, change) = words(from, last)?;
        Some(Told {
            from: from.on,
            is_first,
            words,
            class: change.class,
        })
    };
    let mut told = Vec::new();
    if run.len() > 1 {
        told.extend(one(first, true));
    }
    // Where nothing can be said, once is enough.
    if run.len() > 2 && told.iter().any(|told: &Told| told.class.is_some()) {
        told.extend(before.last().and_then(|previous| one(previous, false)));
    }
    told
}

/// Which way is better, in words; nothing for what has no better.
pub fn direction(panel: &Panel) -> &'static str {
    match (panel.kind, panel.better) {
        (Kind::Goal, _) => "Higher is nearer.",
        (_, Better::Lower) => "Lower is better.",
        (_, Better::Higher) => "Higher is better.",
        (_, Better::Neither) => "Neither way is better.",
    }
}

/// One sentence for whoever cannot see the picture.
pub fn summary(panel: &Panel, date: impl Fn(Date) -> String) -> String {
    let (Some(first), Some(last)) = (panel.points.first(), panel.points.last()) else {
        return "No scores yet.".to_owned();
    };
    let (least, most) = panel.range;
    let scale = format!(
        "On a scale from {} to {}. {}",
        shown(least),
        shown(most),
        direction(panel)
    );
    let words = match panel.points.len() {
        1 => format!("One score, {}, on {}.", shown(first.score), date(first.on)),
        many => {
            let from = format!("{} on {}", shown(first.score), date(first.on));
            let to = format!("{} on {}", shown(last.score), date(last.on));
            format!("{many} scores, from {from} to {to}.")
        }
    };
    let gap = match panel.points.iter().skip(1).any(|point| !point.joined) {
        true => " The line is broken where another version of the questionnaire's scoring begins.",
        false => "",
    };
    format!("{words} {scale}{gap}")
}

/// For how many days an answer that is reliably worse is news.
const NEWS: i64 = 14;

/// What of the last fourteen days a practitioner should know first.
pub fn news(answered: &[Answered], library: &Library, today: Date) -> News {
    let risky = answered
        .iter()
        .filter(|one| one.risk && days_between(one.on, today) <= NEWS);
    News {
        risk_on: risky.map(|one| one.on).max(),
        worse: worse(answered, library, today),
    }
}

/// The questionnaires of which the latest total, answered in the last fourteen days, is worse by more than chance than the
/// first it can be compared with or than the one before; by their short names.
pub(super) fn worse(answered: &[Answered], library: &Library, today: Date) -> Vec<String> {
    let mut worse = Vec::new();
    for instrument in library.instruments() {
        let Some(total) = &instrument.total else {
            continue;
        };
        let run: Vec<(Date, f64)> = answered
            .iter()
            .filter(|answered| answered.measure == instrument.id)
            .filter(|answered| answered.version == instrument.version)
            .filter_map(|answered| {
                let score = answered.scores.get(TOTAL).copied().flatten()?;
                Some((answered.on, score))
            })
            .collect();
        let Some(((on, last), before)) = run.split_last() else {
            continue;
        };
        let is_worse = |from: Option<&(Date, f64)>| {
            let class =
                from.and_then(|(_, from)| change(instrument, total, *from, *last).ok()?.class);
            class == Some(Class::Deteriorated)
        };
        if days_between(*on, today) <= NEWS && (is_worse(before.first()) || is_worse(before.last()))
        {
            worse.push(instrument.abbreviation.clone());
        }
    }
    worse
}
