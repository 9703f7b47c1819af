//! Kith's own check-ins: a question or two on a slider, for looking at one's own weeks. They are no tests.

use serde::Serialize;

use crate::instrument::{Better, CheckInKind, Rule, Then, When, Who};
use crate::lists::check_id;
use crate::practice::hash;
use crate::problem::Report;
use crate::table::{self, Table};
use crate::wording;

/// The least and the most of a slider.
pub const SLIDER: (f64, f64) = (0.0, 10.0);

/// All check-ins, and what is said with every one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CheckIns {
    /// What a check-in is and is not.
    pub about: String,
    /// That any question may be skipped.
    pub skip: String,
    /// They themselves, in the order of the file.
    pub all: Vec<CheckIn>,
}

/// A question or two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckIn {
    /// What records call it.
    pub id: String,
    /// Its name on the screen.
    pub title: String,
    /// What it looks at.
    pub construct: String,
    /// Whom it is for.
    pub who: Who,
    /// When it is offered.
    pub moment: When,
    /// What its numbers are.
    pub kind: CheckInKind,
    /// Which way of the score is the better one.
    pub better: Better,
    /// Instruments that measure the same thing properly.
    pub follow_up: Vec<String>,
    /// Shown under the question, always.
    pub note: String,
    /// What follows from answers.
    pub rules: Vec<Reached>,
    /// The questions.
    pub items: Vec<Question>,
    /// The first 12 hexadecimal digits of the SHA-256 of its questions: other words, another version.
    pub version: String,
}

/// When the scores of one check-in reach a line so often, something follows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reached {
    /// The line.
    pub at: f64,
    /// On which side of it a score counts, the line itself included.
    pub rule: Rule,
    /// How often.
    pub times: usize,
    /// Of how many of the last.
    pub of_last: usize,
    /// An instrument to offer.
    pub offer: Option<String>,
    /// What else follows, in this order.
    pub then: Vec<Then>,
}

/// One question and the words at its slider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The question.
    pub text: String,
    /// The words at 0.
    pub low: String,
    /// The words at 5.
    pub mid: String,
    /// The words at 10.
    pub high: String,
    /// Whether the high end is the unwanted one and counts the other way round.
    pub turned: bool,
}

/// How somebody's last days compare with her own days before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usual {
    /// Not enough days yet, or no clear difference.
    AsUsual,
    /// Lower than usual.
    Lower,
    /// Higher than usual.
    Higher,
}

impl CheckIn {
    /// The mean of the answers, turned ones as 10 less the answer. None unless every question was answered with a whole
    /// number on the slider.
    pub fn score(&self, answers: &[Option<f64>]) -> Option<f64> {
        let (least, most) = SLIDER;
        if answers.len() != self.items.len() {
            return None;
        }
        let sum: f64 = self
            .items
            .iter()
            .zip(answers)
            .map(|(item, answer)| {
                let answer = answer
                    .filter(|answer| (least..=most).contains(answer) && answer.fract() == 0.0)?;
                Some(if item.turned { most - answer } else { answer })
            })
            .sum::<Option<f64>>()?;
        Some(sum / self.items.len() as f64)
    }

    /// The rules that these scores of this check-in reach, the latest score last.
    pub fn reached(&self, scores: &[f64]) -> impl Iterator<Item = &Reached> {
        self.rules.iter().filter(move |rule| rule.is_met(scores))
    }
}

impl Reached {
    fn is_met(&self, scores: &[f64]) -> bool {
        let counts = |score: &&f64| match self.rule {
            Rule::AtLeast => **score >= self.at,
            Rule::AtMost => **score <= self.at,
        };
        // Only a score that counts itself brings a rule up, so that it is not told again after a good day.
        scores.last().as_ref().is_some_and(counts)
            && scores
                .iter()
                .rev()
                .take(self.of_last)
                .filter(counts)
                .count()
                >= self.times
    }
}

/// The last days and the days before them that are compared.
const LAST: usize = 3;
const BEFORE: usize = 14;

/// How far the mean has to move before it is named.
const MOVED: f64 = 2.0;

/// Compares the last three scores with the fourteen before them, the latest last: named only when all three lie outside the
/// middle half of the fourteen, on the side to which the mean moved by two points or more. Ours, and no test.
pub fn compare(scores: &[f64]) -> Usual {
    let Some((low, high)) = usual(scores) else {
        return Usual::AsUsual;
    };
    let (before, last) = scores.split_at(scores.len() - LAST);
    let before = before.get(before.len() - BEFORE..).unwrap_or_default();
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
    let moved = mean(last) - mean(before);
    if moved >= MOVED && last.iter().all(|score| *score > high) {
        Usual::Higher
    } else if moved <= -MOVED && last.iter().all(|score| *score < low) {
        Usual::Lower
    } else {
        Usual::AsUsual
    }
}

/// How many scores it takes before anything is compared.
pub const ENOUGH: usize = LAST + BEFORE;

/// The middle half of the fourteen scores before the last three, the latest last: what the last three are compared with. None
/// before there are [`ENOUGH`].
pub fn usual(scores: &[f64]) -> Option<(f64, f64)> {
    let start = scores.len().checked_sub(ENOUGH)?;
    let mut before = scores.get(start..start + BEFORE)?.to_vec();
    before.sort_by(f64::total_cmp);
    Some((quantile(&before, 0.25), quantile(&before, 0.75)))
}

/// Linear between neighbours: type 7 of Hyndman and Fan 1996.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * sorted.len().saturating_sub(1) as f64;
    let at = |index: f64| sorted.get(index as usize).copied().unwrap_or(f64::NAN);
    let (low, high) = (at(place.floor()), at(place.ceil()));
    low + (high - low) * place.fract()
}

/// Reads `check-ins.toml`. `instruments` says which ids there are, where that is known.
pub(crate) fn read(
    report: &mut Report<'_>,
    text: &str,
    is_instrument: &dyn Fn(&str) -> bool,
) -> Option<CheckIns> {
    let document = table::parse(report, 0, text)?;
    let mut root = Table::new(&document, 0, 0);
    let about = words(report, &mut root, "about", 400);
    let skip = words(report, &mut root, "skip", 400);
    let mut all: Vec<CheckIn> = Vec::new();
    for mut table in root.tables(report, "check_in") {
        let before = report.count();
        let check_in = check_in(report, &mut table, is_instrument);
        table.close(report);
        if let Some(check_in) = check_in.filter(|_| report.count() == before) {
            if all.iter().any(|other| other.id == check_in.id) {
                let at = table_place(&check_in.id, text);
                report.add(
                    at,
                    format!("the check-in `{}` stands here twice", check_in.id),
                );
            }
            all.push(check_in);
        }
    }
    root.close(report);
    Some(CheckIns { about, skip, all })
}

/// Where an id stands last in the text.
fn table_place(id: &str, text: &str) -> usize {
    text.rfind(&format!("\"{id}\"")).unwrap_or(0)
}

fn words(report: &mut Report<'_>, table: &mut Table<'_>, key: &'static str, most: usize) -> String {
    let text = table.text(report, key, most);
    wording::check_for_all(report, text.at, &text.value);
    text.value
}

fn check_in(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    is_instrument: &dyn Fn(&str) -> bool,
) -> Option<CheckIn> {
    let id = table.text(report, "id", 60);
    check_id(report, &id);
    let title = words(report, table, "title", 60);
    let construct = words(report, table, "construct", 60);
    let who = table.word::<Who>(report, "who");
    let moment = table.word::<When>(report, "moment");
    let kind = table.word::<CheckInKind>(report, "kind");
    let better = table.word::<Better>(report, "better");
    let follow_up = table.texts(report, "follow_up", 60);
    for id in follow_up.iter().filter(|id| !is_instrument(&id.value)) {
        report.add(id.at, format!("there is no instrument `{}`", id.value));
    }
    let note = words(report, table, "note", 300);
    let such_as = "[ { at = 8, rule = \">=\", times = 3, of_last = 5, then = [\"help\"] } ]";
    let mut rules = Vec::new();
    for mut part in table.listed_tables(report, "rules", such_as) {
        rules.extend(rule(report, &mut part, is_instrument));
        part.close(report);
    }
    let mut items = Vec::new();
    for mut part in table.tables(report, "item") {
        items.push(Question {
            text: words(report, &mut part, "text", 240),
            low: words(report, &mut part, "low", 60),
            mid: words(report, &mut part, "mid", 60),
            high: words(report, &mut part, "high", 60),
            turned: part.yes_if_said(report, "turned"),
        });
        part.close(report);
    }
    if !(1..=3).contains(&items.len()) {
        report.add(
            table.begins(),
            format!(
                "a check-in has one to three [[check_in.item]], not {}",
                items.len()
            ),
        );
    }
    Some(CheckIn {
        version: version(&items),
        id: id.value,
        title,
        construct,
        who: who?,
        moment: moment?,
        kind: kind?,
        better: better?,
        follow_up: follow_up.into_iter().map(|id| id.value).collect(),
        note,
        rules,
        items,
    })
}

fn version(items: &[Question]) -> String {
    let words: Vec<String> = items
        .iter()
        .map(|item| {
            let turned = if item.turned { "turned" } else { "" };
            [&item.text, &item.low, &item.mid, &item.high, turned].join("\n")
        })
        .collect();
    hash(&words.join("\n\n"), 12)
}

fn rule(
    report: &mut Report<'_>,
    part: &mut Table<'_>,
    is_instrument: &dyn Fn(&str) -> bool,
) -> Option<Reached> {
    let at = part.number_in(report, "at", SLIDER.0..=SLIDER.1);
    let rule = part.word::<Rule>(report, "rule");
    let of_last = part.whole(report, "of_last", 1..=60);
    let times = part.whole(report, "times", 1..=of_last.unwrap_or(60));
    let offer = part.text_if_any(report, "offer", 60);
    if let Some(id) = offer.as_ref().filter(|id| !is_instrument(&id.value)) {
        report.add(id.at, format!("there is no instrument `{}`", id.value));
    }
    let then = part.words::<Then>(report, "then");
    Some(Reached {
        at: at?,
        rule: rule?,
        times: times?,
        of_last: of_last?,
        offer: offer.map(|id| id.value),
        then,
    })
}
