//! From answers to scores. Nothing is invented: where a rule allows no score there is none, and why is said.

use serde::{Serialize, Serializer};

use super::words::{How, Recalled, Scoring, Verified};
use super::{Band, Instrument, Order, Scale};

/// Why answers cannot be scored at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScoreError {
    /// Not as many answers as items.
    #[error(
        "{instrument} has {expected} items, and {given} answers were given: one for each, a gap included."
    )]
    Length {
        /// Which instrument.
        instrument: String,
        /// Its items.
        expected: usize,
        /// The answers.
        given: usize,
    },
    /// An answer the form does not have.
    #[error("Item {item} of {instrument} cannot be answered with {answer}.")]
    Answer {
        /// Which instrument.
        instrument: String,
        /// Which item.
        item: usize,
        /// What was given.
        answer: f64,
        /// What can be.
        allowed: Vec<f64>,
    },
    /// An order of the items that is not known.
    #[error("{instrument} has no order of items called {order}.")]
    Order {
        /// Which instrument.
        instrument: String,
        /// What was asked for.
        order: String,
        /// What there is.
        allowed: Vec<String>,
    },
}

/// What answers come to. Items are numbered as they stand on the form that was answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// The instrument's id.
    pub instrument: String,
    /// The version of its definition.
    pub version: String,
    /// The order of its items, where there are several.
    pub order: Option<String>,
    /// The total.
    pub total: Option<f64>,
    /// What such a total is called; none where the authors publish no bands, unless habit is asked for.
    pub band: Option<String>,
    /// Whether screening counts the total as positive.
    pub positive: Option<bool>,
    /// The parts, in the order of the definition.
    #[serde(serialize_with = "as_map")]
    pub subscales: Vec<(String, Option<f64>)>,
    /// What such parts are called.
    #[serde(serialize_with = "as_map")]
    pub subscale_bands: Vec<(String, Option<String>)>,
    /// Whether screening counts the parts as positive.
    #[serde(serialize_with = "as_map")]
    pub subscale_positive: Vec<(String, Option<bool>)>,
    /// Items without an answer, fillers not counted.
    pub missing: Vec<usize>,
    /// Items that call for attention by themselves.
    pub safety_items: Vec<usize>,
    /// Why there is no total.
    pub why_no_total: Option<String>,
    /// Why there is a total and no band, where there are bands.
    pub why_no_band: Option<String>,
    /// What of all this rests on memory and was not checked against its source.
    pub recalled: Vec<Recalled>,
}

fn as_map<T: Serialize, S: Serializer>(
    pairs: &[(String, T)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(id, value)| (id, value)))
}

/// How to score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asking<'a> {
    /// The order the form prints its items in; none for the usual one.
    pub order: Option<&'a str>,
    /// Whether to tell bands and parts' cut-offs that the authors do not publish.
    pub habit: bool,
}

/// Scores answers, one for each item of the form, `None` where it was left out.
///
/// # Errors
/// When there are not as many answers as items, when one is none the form has, or when the order is not known.
pub fn score(
    instrument: &Instrument,
    answers: &[Option<f64>],
    asking: Asking<'_>,
) -> Result<Scored, ScoreError> {
    let order = order(instrument, asking.order)?;
    check(instrument, answers)?;
    let given = in_usual_places(answers, order);
    let turned = order
        .and_then(|order| order.turned.as_ref())
        .unwrap_or(&instrument.turned);
    let (least, most) = instrument.answers;
    let keyed: Vec<Option<f64>> = (1..)
        .zip(&given)
        .map(|(item, answer)| {
            answer.map(|answer| match turned.contains(&item) {
                true => least + most - answer,
                false => answer,
            })
        })
        .collect();
    let missing: Vec<usize> = instrument
        .scored()
        .filter(|&item| at(&given, item).is_none())
        .collect();
    let rule = &instrument.missing;
    let too_many = rule.at_most.is_some_and(|most| missing.len() > most);

    let parts: Vec<Option<f64>> = instrument
        .subscales
        .iter()
        .enumerate()
        .map(|(place, part)| {
            let values = if part.keyed { &keyed } else { &given };
            let most = part.may_lack(rule, Some(place));
            let score = value(instrument, part, values, most);
            let score = score.filter(|_| !(rule.whole_form && too_many));
            if rule.rounded {
                // Halves go up, as schools teach it; to even would lower every second half.
                score.map(|score| (score + 0.5).floor())
            } else {
                score
            }
        })
        .collect();
    let total = instrument.total.as_ref().and_then(|total| {
        if total.sum_of.is_empty() {
            value(instrument, total, &keyed, total.may_lack(rule, None))
        } else {
            instrument
                .subscales
                .iter()
                .zip(&parts)
                .filter(|(part, _)| total.sum_of.contains(&part.id))
                .map(|(_, score)| *score)
                .sum()
        }
    });

    let told = asking.habit || instrument.official_bands;
    let cut_off = |scale: &Scale, score: Option<f64>| Some(scale.cut_off?.is_met(score?));
    let band_of = |scale: &Scale, score: Option<f64>| {
        let band = band(&scale.bands, score?).filter(|_| told)?;
        Some(band.label.clone())
    };
    let each = || instrument.subscales.iter().zip(&parts);
    let main = instrument.total.as_ref();
    let mut scored = Scored {
        instrument: instrument.id.clone(),
        version: instrument.version.clone(),
        order: order.map(|order| order.id.clone()),
        total,
        band: main.and_then(|scale| band_of(scale, total)),
        positive: main.and_then(|scale| cut_off(scale, total)),
        subscales: each()
            .map(|(part, score)| (part.id.clone(), *score))
            .collect(),
        subscale_bands: each()
            .filter(|(part, _)| !part.bands.is_empty())
            .map(|(part, score)| (part.id.clone(), band_of(part, *score)))
            .collect(),
        subscale_positive: each()
            .filter(|(part, _)| part.cut_off.is_some())
            .map(|(part, score)| (part.id.clone(), cut_off(part, *score).filter(|_| told)))
            .collect(),
        safety_items: endorsed(instrument, &given),
        why_no_total: why_no_total(instrument, total, &missing),
        why_no_band: None,
        missing,
        recalled: Vec::new(),
    };
    if scored.band.is_none() && total.is_some() && main.is_some_and(|scale| !scale.bands.is_empty())
    {
        scored.why_no_band = Some(format!(
            "The authors of {} publish no bands; those in use are other people's habit.",
            instrument.abbreviation
        ));
    }
    scored.recalled = recalled(instrument, &scored);
    if let Some(places) = order.and_then(|order| order.places.as_ref()) {
        for items in [&mut scored.missing, &mut scored.safety_items] {
            *items = on_the_form(items, places);
        }
    }
    Ok(scored)
}

/// What a score is called. It belongs to the last band whose `from` it reaches.
pub fn band(bands: &[Band], score: f64) -> Option<&Band> {
    bands.iter().rev().find(|band| band.from <= score)
}

fn order<'i>(
    instrument: &'i Instrument,
    wanted: Option<&str>,
) -> Result<Option<&'i Order>, ScoreError> {
    let Some(wanted) = wanted else {
        return Ok(instrument.orders.first());
    };
    let found = instrument.orders.iter().find(|order| order.id == wanted);
    if found.is_none() {
        return Err(ScoreError::Order {
            instrument: instrument.abbreviation.clone(),
            order: wanted.to_owned(),
            allowed: instrument
                .orders
                .iter()
                .map(|order| order.id.clone())
                .collect(),
        });
    }
    Ok(found)
}

fn check(instrument: &Instrument, answers: &[Option<f64>]) -> Result<(), ScoreError> {
    if answers.len() != instrument.items {
        return Err(ScoreError::Length {
            instrument: instrument.abbreviation.clone(),
            expected: instrument.items,
            given: answers.len(),
        });
    }
    let allowed = instrument.options();
    for (item, answer) in (1..).zip(answers) {
        if let Some(answer) = answer
            && !allowed.contains(answer)
        {
            return Err(ScoreError::Answer {
                instrument: instrument.abbreviation.clone(),
                item,
                answer: *answer,
                allowed,
            });
        }
    }
    Ok(())
}

/// The answers in the order of the definition.
fn in_usual_places(answers: &[Option<f64>], order: Option<&Order>) -> Vec<Option<f64>> {
    let Some(places) = order.and_then(|order| order.places.as_ref()) else {
        return answers.to_vec();
    };
    let mut given = vec![None; answers.len()];
    for (&item, answer) in places.iter().zip(answers) {
        if let Some(place) = given.get_mut(item.wrapping_sub(1)) {
            *place = *answer;
        }
    }
    given
}

/// Items by their numbers on the form that was answered.
fn on_the_form(items: &[usize], places: &[usize]) -> Vec<usize> {
    (1..)
        .zip(places)
        .filter(|(_, item)| items.contains(item))
        .map(|(place, _)| place)
        .collect()
}

fn at(answers: &[Option<f64>], item: usize) -> Option<f64> {
    answers.get(item.wrapping_sub(1)).copied().flatten()
}

/// The score of a scale of which so many items may be missing. Sums are multiplied before they are divided, so that a
/// score that is a whole number comes out as exactly that number and meets its band and cut-off.
fn value(
    instrument: &Instrument,
    scale: &Scale,
    values: &[Option<f64>],
    may_lack: usize,
) -> Option<f64> {
    let answered: Vec<f64> = scale
        .items
        .iter()
        .filter_map(|&item| at(values, item))
        .collect();
    let items = scale.items.len();
    let gaps = items - answered.len();
    let how = instrument.missing.how;
    if gaps > 0 && (how == How::Refuse || gaps > may_lack || answered.is_empty()) {
        return None;
    }
    let sum: f64 = answered.iter().sum();
    let (all, present) = match how {
        // A gap counts 0: the sum is as it is, and a mean is over all.
        How::Zero => (items as f64, items as f64),
        How::Refuse | How::Prorate | How::MeanOfAnswered => (items as f64, answered.len() as f64),
    };
    let (least, most) = instrument.answers;
    Some(match scale.scoring {
        Scoring::Sum => sum * all / present,
        Scoring::SumX2 => 2.0 * sum * all / present,
        Scoring::SumX4 => 4.0 * sum * all / present,
        Scoring::Mean => sum / present,
        Scoring::MeanX10 => 10.0 * sum / present,
        Scoring::Mean0To100 => 100.0 * (sum - present * least) / (present * (most - least)),
        Scoring::SumLookup => {
            let lookup = scale.lookup.as_ref()?;
            let row = sum - lookup.from;
            *lookup.values.get(row as usize).filter(|_| row >= 0.0)?
        }
        Scoring::Nothing => return None,
    })
}

/// The items whose answers, as they were given, call for attention.
fn endorsed(instrument: &Instrument, given: &[Option<f64>]) -> Vec<usize> {
    instrument
        .safety
        .iter()
        .filter(|safety| at(given, safety.item).is_some_and(|answer| answer >= safety.at_least))
        .map(|safety| safety.item)
        .collect()
}

fn why_no_total(instrument: &Instrument, total: Option<f64>, missing: &[usize]) -> Option<String> {
    if total.is_some() {
        return None;
    }
    let name = &instrument.abbreviation;
    let Some(scale) = &instrument.total else {
        return Some(format!(
            "{name} has no total: its parts measure different things."
        ));
    };
    let gaps = missing
        .iter()
        .filter(|item| scale.items.contains(item))
        .count();
    let lacks = match gaps {
        1 => format!("1 of the {} items of {name} is missing", scale.items.len()),
        _ => format!(
            "{gaps} of the {} items of {name} are missing",
            scale.items.len()
        ),
    };
    let rule = if !scale.sum_of.is_empty() {
        "and too many of them in one part".to_owned()
    } else {
        match scale.may_lack(&instrument.missing, None) {
            0 => "and none may be".to_owned(),
            most => format!("and at most {most} may be"),
        }
    };
    Some(format!("{lacks}, {rule}."))
}

/// What of these scores rests on memory.
fn recalled(instrument: &Instrument, scored: &Scored) -> Vec<Recalled> {
    let has_gaps = !scored.missing.is_empty();
    let has_scores =
        scored.total.is_some() || scored.subscales.iter().any(|(_, score)| score.is_some());
    let parts_are_told = scored
        .subscale_positive
        .iter()
        .any(|(_, positive)| positive.is_some());
    let bands_are_told =
        scored.band.is_some() || scored.subscale_bands.iter().any(|(_, band)| band.is_some());
    let applies = |part: Recalled| match part {
        Recalled::Key => has_scores,
        Recalled::Missing => has_gaps,
        Recalled::Lookup => scored.total.is_some(),
        Recalled::Bands => bands_are_told,
        Recalled::CutOff => scored.positive.is_some(),
        Recalled::SubscaleCutOff => parts_are_told,
        Recalled::Safety => !scored.safety_items.is_empty(),
        _ => false,
    };
    let mut parts: Vec<Recalled> = instrument
        .recalled
        .iter()
        .copied()
        .filter(|&part| applies(part))
        .collect();
    if instrument.verified == Verified::Recalled && has_scores && !parts.contains(&Recalled::Key) {
        parts.insert(0, Recalled::Key);
    }
    parts
}
