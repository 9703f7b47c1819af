//! Checks that the figures of an instrument fit each other: what would give a wrong score, or a wrong word for one.

use super::change::figures;
use super::words::{Better, How, Rule, Scoring};
use super::{CutOff, Instrument, Scale};
use crate::problem::Report;

/// Reports figures that do not fit each other, at the places of the total's and the parts' keys.
pub(super) fn check(
    report: &mut Report<'_>,
    instrument: &Instrument,
    total_at: usize,
    parts_at: usize,
) {
    check_missing(report, instrument, total_at);
    for scale in instrument.total.iter().chain(&instrument.subscales) {
        let is_total = instrument.total.as_ref() == Some(scale);
        let at = if is_total { total_at } else { parts_at };
        let name = if is_total {
            "the total".to_owned()
        } else {
            format!("the part `{}`", scale.id)
        };
        for fault in faults(instrument, scale) {
            report.add(at, format!("{name}: {fault}"));
        }
    }
    if let Some(total) = &instrument.total {
        check_sum(report, instrument, total, total_at);
    }
}

fn check_missing(report: &mut Report<'_>, instrument: &Instrument, at: usize) {
    let missing = &instrument.missing;
    if missing.how == How::Refuse && missing.at_most != Some(0) {
        report.add(at, "with how = \"none\" no gap is allowed: at_most is 0");
    }
    if missing.at_most.is_none() && instrument.total.is_some() {
        report.add(at, "a total needs `at_most`: how many items may be missing");
    }
    if missing.whole_form && missing.at_most.is_none() {
        report.add(at, "`whole_form` needs `at_most`");
    }
}

/// A total that is the sum of parts takes their items, all of them, and no others.
fn check_sum(report: &mut Report<'_>, instrument: &Instrument, total: &Scale, at: usize) {
    if total.sum_of.is_empty() {
        return;
    }
    let mut items: Vec<usize> = Vec::new();
    for id in &total.sum_of {
        match instrument.subscales.iter().find(|part| part.id == *id) {
            Some(part) => items.extend(&part.items),
            None => report.add(
                at,
                format!("`total_from` names `{id}`, and there is no such part"),
            ),
        }
    }
    items.sort_unstable();
    let mut own = total.items.clone();
    own.sort_unstable();
    if items != own {
        report.add(
            at,
            "the items of the parts in `total_from` are not those of the total",
        );
    }
}

fn faults(instrument: &Instrument, scale: &Scale) -> Vec<String> {
    let mut faults = Vec::new();
    let how = instrument.missing.how;
    match scale.scoring {
        Scoring::Sum | Scoring::SumX2 | Scoring::SumX4 if how == How::MeanOfAnswered => {
            faults.push(
                "a sum with gaps is prorated; the mean of the answered is another number".into(),
            );
        }
        Scoring::SumLookup if how != How::Refuse => {
            faults.push("a table holds for complete forms: set how = \"none\"".into());
        }
        _ => {}
    }
    check_range(instrument, scale, &mut faults);
    check_bands(scale, &mut faults);
    let (least, most) = scale.range;
    let is_within = |score: f64| (least..=most).contains(&score);
    let lines = [
        scale.cut_off,
        scale.other_cut_off.as_ref().map(|(line, _)| *line),
        scale
            .criterion
            .as_ref()
            .and_then(|criterion| criterion.cut_off),
    ];
    for line in lines.into_iter().flatten() {
        check_line(scale, line, &mut faults);
    }
    let norms = &scale.norms;
    for norm in [&norms.general, &norms.female, &norms.older, &norms.clinical]
        .into_iter()
        .flatten()
    {
        if !is_within(norm.mean) {
            faults.push(format!("a mean of {} lies outside its range", norm.mean));
        }
        // Half the range is the most a standard deviation can be.
        if norm.sd.is_some_and(|sd| sd > (most - least) / 2.0) {
            faults.push(format!(
                "an SD of {:?} is more than half its range",
                norm.sd
            ));
        }
    }
    if let Some(needed) = figures(instrument, scale).least_change()
        && needed > most - least
    {
        faults.push(format!(
            "a reliable change would take {needed:.1} points, more than its whole range"
        ));
    }
    if scale.better == Better::Neither && scale.criterion.is_some() {
        faults.push("a criterion of change needs a better direction".into());
    }
    faults
}

/// The range is exactly what the answers can come to.
fn check_range(instrument: &Instrument, scale: &Scale, faults: &mut Vec<String>) {
    let (least, most) = instrument.answers;
    let items = scale.items.len() as f64;
    let ends = match scale.scoring {
        Scoring::Sum => (items * least, items * most),
        Scoring::SumX2 => (2.0 * items * least, 2.0 * items * most),
        Scoring::SumX4 => (4.0 * items * least, 4.0 * items * most),
        Scoring::Mean => (least, most),
        Scoring::MeanX10 => (10.0 * least, 10.0 * most),
        Scoring::Mean0To100 => (0.0, 100.0),
        Scoring::SumLookup => {
            let Some(lookup) = &scale.lookup else {
                faults.push("`sum_lookup` needs a [lookup]".into());
                return;
            };
            let sums = items * (most - least) + 1.0;
            if instrument.step != 1.0 || lookup.values.len() as f64 != sums {
                faults.push(format!(
                    "its table has {} values, and the answers have {sums} sums",
                    lookup.values.len()
                ));
            }
            if lookup.from != items * least {
                faults.push(format!(
                    "its table begins at {}, and the sums at {}",
                    lookup.from,
                    items * least
                ));
            }
            if !lookup.values.is_sorted() {
                faults.push("its table falls somewhere: a larger sum has a larger score".into());
            }
            match (lookup.values.first(), lookup.values.last()) {
                (Some(&first), Some(&last)) => (first, last),
                _ => return,
            }
        }
        Scoring::Nothing => return,
    };
    if scale.range != ends {
        faults.push(format!(
            "its range is given as {:?}, and the answers come to {ends:?}",
            scale.range
        ));
    }
    if scale.lookup.is_some() && scale.scoring != Scoring::SumLookup {
        faults.push("a [lookup] needs score = \"sum_lookup\"".into());
    }
}

fn check_bands(scale: &Scale, faults: &mut Vec<String>) {
    let (Some(first), Some(last)) = (scale.bands.first(), scale.bands.last()) else {
        return;
    };
    if (first.from, last.to) != scale.range {
        faults.push(format!(
            "its bands run from {} to {}, and its range is {:?}",
            first.from, last.to, scale.range
        ));
    }
    if let Some(band) = scale.bands.iter().find(|band| band.from > band.to) {
        faults.push(format!("the band `{}` ends before it begins", band.label));
    }
    for pair in scale.bands.windows(2) {
        if let [one, next] = pair
            && one.to >= next.from
        {
            faults.push(format!(
                "the bands `{}` and `{}` overlap",
                one.label, next.label
            ));
        }
    }
}

/// A line lies in the range, and the unwell side is the one away from better.
fn check_line(scale: &Scale, line: CutOff, faults: &mut Vec<String>) {
    let (least, most) = scale.range;
    if !(least..=most).contains(&line.at) {
        faults.push(format!("a cut-off of {} lies outside its range", line.at));
    }
    let fits = match scale.better {
        Better::Lower => line.rule == Rule::AtLeast,
        Better::Higher => line.rule == Rule::AtMost,
        Better::Neither => false,
    };
    if !fits {
        faults.push(format!(
            "a cut-off with {} counts the better side as positive, or there is none",
            line.rule
        ));
    }
}
