//! Answers every instrument as people do: all at one end, all at the other, at random, and with gaps.

use super::score::{Asking, score};
use super::words::Scoring;
use super::{Instrument, Scale};
use crate::library::Library;
use crate::problem::Problem;
use crate::walk::Chance;

/// So many forms are filled in at random, for each order of an instrument's items.
const RANDOM_FORMS: usize = 200;

/// Bands of means are printed with two decimals, between which a mean can fall.
const PRINTED: f64 = 0.01;

/// Answers every instrument in every order of its items. Returns a problem for each score that does not hold what the
/// definition says, and how many forms were answered.
pub fn answer(library: &Library) -> (Vec<Problem>, usize) {
    let (mut problems, mut answered) = (Vec::new(), 0);
    for instrument in library.instruments() {
        for message in answer_one(instrument, &mut answered) {
            problems.push(Problem {
                file: format!("instruments/{}.toml", instrument.id),
                line: 1,
                column: 1,
                message,
                allowed: None,
            });
        }
    }
    (problems, answered)
}

fn answer_one(instrument: &Instrument, answered: &mut usize) -> Vec<String> {
    let mut faults = Vec::new();
    let options = instrument.options();
    let (least, most) = instrument.answers;
    let orders: Vec<Option<&str>> = match instrument.orders.is_empty() {
        true => vec![None],
        false => instrument
            .orders
            .iter()
            .map(|order| Some(order.id.as_str()))
            .collect(),
    };
    let mut chance = Chance::of(&instrument.id);
    for order in orders {
        let asking = Asking { order, habit: true };
        let mut forms: Vec<Vec<Option<f64>>> = vec![
            vec![Some(least); instrument.items],
            vec![Some(most); instrument.items],
        ];
        forms.extend((0..RANDOM_FORMS).map(|round| {
            (0..instrument.items)
                .map(|_| {
                    let answer = options.get((chance.next() * options.len() as f64) as usize);
                    // Every second form has gaps, up to a third of its items.
                    let has_gap = round % 2 == 1 && chance.next() < (round % 34) as f64 / 100.0;
                    answer.copied().filter(|_| !has_gap)
                })
                .collect()
        }));
        for answers in &forms {
            *answered += 1;
            match score(instrument, answers, asking) {
                Err(error) => faults.push(error.to_string()),
                Ok(scored) => {
                    let total = instrument.total.iter().map(|scale| (scale, scored.total));
                    let parts = instrument.subscales.iter().zip(&scored.subscales);
                    for (scale, value) in
                        total.chain(parts.map(|(part, (_, value))| (part, *value)))
                    {
                        faults.extend(value.and_then(|value| outside(scale, value)));
                    }
                    let is_whole = answers.iter().all(Option::is_some);
                    if is_whole && (scored.total.is_none() != instrument.total.is_none()) {
                        faults.push("a complete form has no total".into());
                    }
                }
            }
        }
    }
    for scale in instrument.total.iter().chain(&instrument.subscales) {
        faults.extend(between_bands(instrument, scale));
    }
    faults.sort();
    faults.dedup();
    faults.truncate(5);
    faults
}

fn outside(scale: &Scale, value: f64) -> Option<String> {
    let (least, most) = scale.range;
    (!(least..=most).contains(&value))
        .then(|| format!("`{}` comes to {value}, outside {least} to {most}", scale.id))
}

/// A score of a complete form that no band holds, as printed.
fn between_bands(instrument: &Instrument, scale: &Scale) -> Option<String> {
    if scale.bands.is_empty() {
        return None;
    }
    let (least, most) = instrument.answers;
    let items = scale.items.len() as f64;
    let sums = (items * (most - least) / instrument.step) as usize;
    let score_of = |sum: f64| match scale.scoring {
        Scoring::Sum => sum,
        Scoring::SumX2 => 2.0 * sum,
        Scoring::SumX4 => 4.0 * sum,
        Scoring::Mean => sum / items,
        Scoring::MeanX10 => 10.0 * sum / items,
        Scoring::Mean0To100 => 100.0 * (sum / items - least) / (most - least),
        Scoring::SumLookup | Scoring::Nothing => f64::NAN,
    };
    (0..=sums)
        .map(|steps| match &scale.lookup {
            Some(lookup) => lookup.values.get(steps).copied().unwrap_or(f64::NAN),
            None => score_of(items * least + instrument.step * steps as f64),
        })
        .find(|score| {
            !scale
                .bands
                .iter()
                .any(|band| (band.from - PRINTED..=band.to + PRINTED).contains(score))
        })
        .map(|score| format!("a `{}` of {score} lies between two bands", scale.id))
}
