//! What our own clinic's questionnaires show, beside what studies found: numbers about many, and none about few.

use std::collections::BTreeMap;

use kith_content::Library;
use kith_content::instrument::{Better, Class, Instrument, Scale, change, figures};
use kith_evidence::Answer;
use kith_stats::distribution::t_quantile;
use maud::{Markup, html};

use super::LEAST_PEOPLE;
use super::rules::decimals;
use super::store::Total;
use kith_base::clock::DAY;

/// A later answer counts from four weeks after the first, and the last one within twelve: after that a person's course is
/// over, so that her figures never move again.
const SOONEST: i64 = 28 * DAY;
const LATEST: i64 = 84 * DAY;

/// What one instrument shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// What it is called for short.
    pub name: String,
    /// What may be said; nothing where it would be about too few.
    pub figures: Option<Figures>,
}

/// Figures about many.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// People who answered twice.
    pub people: usize,
    /// How many points they moved towards the better, on average, and its 95 % interval.
    pub mean: f64,
    /// Its interval.
    pub ci: (f64, f64),
    /// The same in standard deviations of the instrument's norm.
    pub standardised: Option<f64>,
    /// Of these people, reliably better, reliably worse, neither; each where it may be shown.
    pub classes: [Option<usize>; 3],
    /// Whether reliable change can be told at all.
    pub has_classes: bool,
    /// Of ten who began, how many did not answer again; nothing where that would be about too few.
    pub stopped_of_ten: Option<usize>,
}

/// The instruments that measure a construct, have a total, and are answered by clients.
pub fn instruments<'l>(library: &'l Library, construct: &str) -> Vec<&'l Instrument> {
    library
        .instruments()
        .filter(|one| measures(one, construct))
        .filter(|one| {
            one.total
                .as_ref()
                .is_some_and(|total| total.better != Better::Neither)
        })
        .collect()
}

fn measures(instrument: &Instrument, construct: &str) -> bool {
    let named = instrument.construct.replace(' ', "-");
    named == construct
        || matches!(
            (construct, instrument.construct.as_str()),
            ("compassion", "compassion for others") | ("patient-care", "quality of care")
        )
}

/// One person's course on one instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The first score.
    pub before: f64,
    /// The last within its time; nothing where there is none.
    pub after: Option<f64>,
    /// Whether whoever looks may read this person's record anyway.
    pub known: bool,
}

/// What the rows of these instruments show to somebody who may read the records of `known` people.
pub fn seen(instruments: &[&Instrument], rows: &[Total], known: &[String], now: i64) -> Vec<Seen> {
    instruments
        .iter()
        .filter_map(|instrument| {
            let rows: Vec<&Total> = rows
                .iter()
                .filter(|row| row.instrument == instrument.id)
                .collect();
            let total = instrument.total.as_ref()?;
            let courses = closed(courses(&rows, known, now));
            Some(Seen {
                name: instrument.abbreviation.clone(),
                figures: told(instrument, total, &courses),
            })
        })
        .collect()
}

/// The courses that are over, in the order in which they began.
fn courses(rows: &[&Total], known: &[String], now: i64) -> Vec<Course> {
    let mut by_person: BTreeMap<&str, Vec<&Total>> = BTreeMap::new();
    for row in rows {
        by_person.entry(&row.person_id).or_default().push(row);
    }
    let mut begun: Vec<(i64, &str, Course)> = by_person
        .into_iter()
        .filter_map(|(person, totals)| {
            let first = totals.first()?;
            let after = totals
                .iter()
                .rev()
                .find(|row| (SOONEST..=LATEST).contains(&(row.answered_at - first.answered_at)));
            let course = Course {
                before: first.total,
                after: after.map(|row| row.total),
                known: known.iter().any(|id| id == person),
            };
            (first.answered_at + LATEST < now).then_some((first.answered_at, person, course))
        })
        .collect();
    begun.sort_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1)));
    begun.into_iter().map(|(_, _, course)| course).collect()
}

/// Courses in blocks that hold at least [`LEAST_PEOPLE`] who answered twice; the open block at the end waits. So figures
/// only ever change by as many people at once, and two looks do not tell what one person did in between.
pub fn closed(courses: Vec<Course>) -> Vec<Course> {
    let (mut closed, mut block) = (Vec::new(), Vec::new());
    for course in courses {
        block.push(course);
        let pairs = block.iter().filter(|one| one.after.is_some()).count();
        if pairs >= LEAST_PEOPLE {
            closed.append(&mut block);
        }
    }
    closed
}

/// What may be said of these courses.
pub fn told(instrument: &Instrument, total: &Scale, courses: &[Course]) -> Option<Figures> {
    let pairs: Vec<(f64, f64)> = courses
        .iter()
        .filter_map(|course| Some((course.before, course.after?)))
        .collect();
    let strangers = courses
        .iter()
        .filter(|course| course.after.is_some() && !course.known)
        .count();
    // Whoever knows most of them could work out the few she does not know.
    if pairs.len() < LEAST_PEOPLE || (1..LEAST_PEOPLE).contains(&strangers) {
        return None;
    }
    let sign = match total.better {
        Better::Higher => 1.0,
        Better::Lower => -1.0,
        Better::Neither => return None,
    };
    let moved: Vec<f64> = pairs
        .iter()
        .map(|(before, after)| sign * (after - before))
        .collect();
    let n = moved.len() as f64;
    let mean = moved.iter().sum::<f64>() / n;
    let variance = moved.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = t_quantile(0.975, n - 1.0) * (variance / n).sqrt();
    let classes: Option<Vec<Class>> = pairs
        .iter()
        .map(|&(before, after)| change(instrument, total, before, after).ok()?.class)
        .collect();
    let count = |wanted: &[Class]| {
        classes.as_ref().map_or(0, |classes| {
            classes
                .iter()
                .filter(|class| wanted.contains(class))
                .count()
        })
    };
    let counts = [
        count(&[Class::Improved, Class::Recovered]),
        count(&[Class::Deteriorated]),
        count(&[Class::Unchanged]),
    ];
    let stopped = courses.len() - pairs.len();
    Some(Figures {
        people: pairs.len(),
        mean,
        ci: (mean - half, mean + half),
        standardised: figures(instrument, total).sd.map(|sd| mean / sd),
        has_classes: classes.is_some(),
        classes: if classes.is_some() {
            shown(counts)
        } else {
            [None; 3]
        },
        stopped_of_ten: (stopped >= LEAST_PEOPLE)
            .then(|| (10.0 * stopped as f64 / courses.len() as f64).round() as usize),
    })
}

/// Which of several counts that together are everybody may be shown. A count of fewer than [`LEAST_PEOPLE`], and none at
/// all, is hidden; and because what is hidden can be worked out from the rest, so is the next smallest until all that is
/// hidden is about enough people too.
pub fn shown<const N: usize>(counts: [usize; N]) -> [Option<usize>; N] {
    let mut shown = counts.map(|count| (count >= LEAST_PEOPLE).then_some(count));
    loop {
        let hidden: usize = counts
            .iter()
            .zip(&shown)
            .filter(|(_, shown)| shown.is_none())
            .map(|(count, _)| count)
            .sum();
        let all_stand = shown.iter().all(Option::is_some);
        if all_stand || hidden >= LEAST_PEOPLE {
            return shown;
        }
        let least = shown.iter().flatten().min().copied();
        match shown.iter_mut().find(|one| one.is_some() && **one == least) {
            Some(next) => *next = None,
            None => return shown,
        }
    }
}

/// What our own clinic sees, beside what the pool says.
pub(super) fn section(seen: &[Seen], answer: &Answer<'_>) -> Markup {
    html! {
        section.own {
            h2 { "In our own clinic" }
            @if seen.iter().all(|one| one.figures.is_none()) {
                p.soft { "Nothing can be shown yet: it takes " (LEAST_PEOPLE)
                    " people who answered the same questionnaire twice, four to twelve weeks apart, and then as many more before it changes. So nobody can be recognised." }
            }
            @for one in seen {
                @if let Some(figures) = &one.figures { (of_instrument(one, figures)) }
            }
            @if seen.iter().any(|one| one.figures.is_some()) {
                @if let Some(pool) = &answer.pool {
                    p { "The trials above: " strong { (decimals(pool.pooled.estimate)) }
                        " standard deviations between people who trained and people who did not." }
                }
                h3 { "Why these two cannot be set against each other" }
                ul {
                    li { "Nobody here was left without help to compare with. People also get better with time, and whoever begins at a bad moment tends to be better later." }
                    li { "Ours is change in one group; the trials’ figure is the difference between two. Change is nearly always the larger." }
                    li { "People here chose this with somebody who looks after them, and most do other things as well." }
                    li { "Who did not answer again is missing, and may be worse off." }
                }
            }
        }
    }
}

fn of_instrument(seen: &Seen, figures: &Figures) -> Markup {
    let words = ["reliably better", "reliably worse", "neither"];
    html! {
        h3 { (seen.name) }
        dl.facts {
            div { dt { "People" } dd { (figures.people) " who answered twice, four to twelve weeks apart" } }
            div { dt { "Change" } dd { (tenth(figures.mean)) " points towards better on average (95 % interval "
                (tenth(figures.ci.0)) " to " (tenth(figures.ci.1)) ")"
                @if let Some(sd) = figures.standardised { ", which is " (decimals(sd)) " standard deviations of its norm" } } }
            div { dt { "Of these" } dd {
                @if figures.has_classes {
                    @for (index, (words, count)) in words.iter().zip(&figures.classes).enumerate() {
                        @if index > 0 { ", " }
                        @match count {
                            Some(count) => { (words) " " (share(*count, figures.people)) }
                            None => { (words) " " span.soft { "not shown" } }
                        }
                    }
                } @else { span.soft { "Reliable change cannot be told for this questionnaire." } }
            } }
            div { dt { "Stopped" } dd {
                @match figures.stopped_of_ten {
                    Some(of_ten) => { "about " (of_ten) " of 10 who began did not answer again" }
                    None => { span.soft { "too few to show, or nobody" } }
                }
            } }
        }
    }
}

/// To the next five of a hundred: finer would tell of single people.
fn share(count: usize, of: usize) -> String {
    let share = 100.0 * count as f64 / of as f64;
    format!("about {:.0} in 100", (share / 5.0).round() * 5.0)
}

fn tenth(number: f64) -> String {
    match format!("{number:.1}") {
        none if none == "-0.0" => "0.0".to_owned(),
        text => text.replace('-', "−"),
    }
}
