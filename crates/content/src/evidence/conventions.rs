//! What holds between the keys of a study: the conventions that keep what is not comparable out of a pool.

use super::read::Places;
use super::words::{Against, Design, EffectKind, Favours};
use super::{Outcome, Study, find_study};
use crate::problem::{Problem, Report};

/// How far a difference computed from means and deviations may lie from the one written down, for rounding and for
/// which of several small-sample corrections the source used.
const NEAR: f64 = 0.05;

/// Half of a 95 % interval, in standard errors.
const HALF_IN_SE: f64 = 1.96;

/// How many times narrower or wider an interval may be than so many people give: figures corrected for what was
/// measured before are narrower by a third, and t intervals of small trials wider by a fifth. A deviation in place of an
/// error is wider by more than this in any trial there is.
const FIT: std::ops::RangeInclusive<f64> = 0.4..=2.5;

pub(super) fn check(
    report: &mut Report<'_>,
    study: &Study,
    (arms_at, against_at): (usize, usize),
    places: &[Places],
) {
    arms(
        report,
        arms_at,
        study.n_treatment,
        study.n_control,
        study.n_total,
    );
    if study.arms_assumed_equal
        && !(study.n_total.is_some() && study.n_treatment.is_none() && study.design.is_trial())
    {
        report.add(
            arms_at,
            "`arms_assumed_equal` is for a trial of which only `n_total` is known: take it out",
        );
    }
    if study.design.is_trial() && study.against == Against::Nothing {
        report.add(against_at, "a trial compares with something: write \"passive\", \"active\" or \"mixed\" in `against`, or another `design`");
    }
    for (outcome, places) in study.outcomes.iter().zip(places) {
        check_outcome(report, study, outcome, places);
    }
}

fn arms(
    report: &mut Report<'_>,
    at: usize,
    treatment: Option<f64>,
    control: Option<f64>,
    total: Option<f64>,
) {
    match (treatment, control) {
        (None, None) => {}
        (Some(treatment), Some(control)) => {
            if total.is_some_and(|total| total < treatment + control) {
                report.add(at, "the two arms have more people than `n_total`");
            }
        }
        _ => report.add(
            at,
            "`n_treatment` and `n_control` go together: write both or neither",
        ),
    }
}

fn check_outcome(report: &mut Report<'_>, study: &Study, outcome: &Outcome, places: &Places) {
    arms(
        report,
        places.arms,
        outcome.n_treatment,
        outcome.n_control,
        outcome.n_total,
    );
    if outcome.effect.is_some() != outcome.value.is_some() {
        report.add(
            places.value,
            "`effect` and `value` go together: leave both out where only the direction is known",
        );
        return;
    }
    if outcome.raw_difference.is_some() && outcome.value.is_some() {
        report.add(places.value, "an outcome has a `value` or a `raw_difference` in points of a scale: take one of them out");
    }
    if outcome.value.is_none() && (outcome.se.is_some() || outcome.ci.is_some()) {
        report.add(
            places.ci,
            "`se` and `ci` belong to a `value`, and there is none",
        );
    }
    if let Some((low, high)) = outcome.ci {
        if low >= high {
            report.add(places.ci, "write the lower end of `ci` first");
        } else if outcome
            .value
            .is_some_and(|value| !(low..=high).contains(&value))
        {
            report.add(
                places.ci,
                "`ci` does not hold its own `value`: look the figures up again, also their signs",
            );
        }
    }
    if outcome.p_sign.is_some() && outcome.p.is_none() {
        report.add(places.p, "`p_sign` belongs to a `p`, and there is none");
    }
    if outcome.construct.is_some() && outcome.favours.is_none() {
        report.add_allowed(places.value, "`favours` is missing: say whom the result favours, \"none\" where no difference is reliable or nobody is compared", "treatment, none");
    }
    if let (Some(kind), Some(value)) = (outcome.effect, outcome.value) {
        figure(report, study, outcome, places, kind, value);
    }
}

fn figure(
    report: &mut Report<'_>,
    study: &Study,
    outcome: &Outcome,
    places: &Places,
    kind: EffectKind,
    value: f64,
) {
    let allowed = match kind {
        EffectKind::CohensD | EffectKind::HedgesG => -10.0..=10.0,
        EffectKind::Ratio => f64::MIN_POSITIVE..=1e6,
        EffectKind::Proportion | EffectKind::Eta2p => 0.0..=1.0,
        EffectKind::Correlation | EffectKind::Beta => -1.0..=1.0,
    };
    if !allowed.contains(&value) {
        let message = format!("{value} cannot be a figure of the kind `{kind}`");
        report.add_allowed(
            places.value,
            message,
            format!("{} to {}", allowed.start(), allowed.end()),
        );
    }
    let is_signed = kind.is_standardised() || kind == EffectKind::Beta;
    if is_signed && value < 0.0 && outcome.favours == Some(Favours::Treatment) {
        report.add(places.value, "a positive figure means improvement here: turn the sign of `value` and `ci`, or write `favours = \"none\"`");
    }
    let has_comparison = study.design.is_trial()
        || study.against != Against::Nothing
            && !matches!(
                study.design,
                Design::PrePost | Design::Observational | Design::Survey
            );
    if (kind.is_standardised() || kind == EffectKind::Eta2p)
        && !has_comparison
        && !outcome.within_group
    {
        report.add(places.within_group, "nobody is compared here by chance, so this is change within one group: add `within_group = true`, which keeps it out of every pool");
    }
    if is_signed {
        reliability(report, outcome, places);
    }
    if kind.is_standardised() && matches!(study.design, Design::Rct | Design::WaitlistRct) {
        width(report, study, outcome, places, value);
    }
    if let (true, Some(computed)) = (kind.is_standardised(), from_means(outcome))
        && (computed - value.abs()).abs() > NEAR
    {
        let message = format!(
            "means, deviations and people give {computed:.2} where `value` says {value}: look the figures up again"
        );
        report.add(places.value, message);
    }
}

/// `favours` says the same as the interval and the p.
fn reliability(report: &mut Report<'_>, outcome: &Outcome, places: &Places) {
    let favours_training = outcome.favours == Some(Favours::Treatment);
    if let Some((low, high)) = outcome.ci.filter(|(low, high)| low < high) {
        let holds_none = low <= 0.0 && high >= 0.0;
        if holds_none && favours_training {
            report.add(places.ci, "`ci` has zero in it, so no difference is reliable: write `favours = \"none\"`, or look the figures up again");
        } else if low > 0.0 && outcome.favours == Some(Favours::Nobody) {
            report.add(places.ci, "`ci` leaves out zero, so the difference is reliable: write `favours = \"treatment\"`, or look the figures up again");
        }
    }
    let above = outcome.p_sign != Some(super::words::PSign::Less);
    if favours_training && above && outcome.p.is_some_and(|p| p > 0.05) {
        report.add(places.p, "`p` is above 0.05, so no difference is reliable: write `favours = \"none\"`, or look it up again");
    }
}

/// The interval and the standard error fit each other and so many people.
fn width(report: &mut Report<'_>, study: &Study, outcome: &Outcome, places: &Places, value: f64) {
    let of_interval = outcome
        .ci
        .filter(|(low, high)| low < high)
        .map(|(low, high)| (high - low) / 2.0 / HALF_IN_SE);
    if let (Some(se), Some(other)) = (outcome.se, of_interval)
        && !(0.7..=1.4).contains(&(se / other))
    {
        report.add(places.ci, "`se` and `ci` do not belong to each other: a 95 % interval reaches 1.96 standard errors to both sides");
        return;
    }
    let own = outcome.n_treatment.zip(outcome.n_control);
    let (Some(error), Some((n1, n2))) = (
        outcome.se.or(of_interval),
        own.or(study.n_treatment.zip(study.n_control)),
    ) else {
        return;
    };
    let expected = (1.0 / n1 + 1.0 / n2 + value * value / (2.0 * (n1 + n2))).sqrt();
    let times = error / expected;
    if !FIT.contains(&times) {
        let message = format!(
            "this interval or standard error is {times:.1} times what {n1} and {n2} people give: is it a standard deviation, or another figure’s?"
        );
        report.add(places.ci, message);
    }
}

/// What holds between studies: nobody is told of twice.
pub(crate) fn between(studies: &[Study], folder: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut complain = |study: &Study, message: String| {
        let path = format!("{folder}{}.toml", study.id);
        let mut report = Report::new(&path, "");
        report.add(0, message);
        problems.extend(report.finish());
    };
    let titles: Vec<String> = studies
        .iter()
        .map(|study| {
            let letters = study
                .title
                .chars()
                .filter(|letter| letter.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        })
        .collect();
    for (index, study) in studies.iter().enumerate() {
        if let Some(other) = study
            .sample
            .as_deref()
            .and_then(|id| find_study(studies, id))
            && let Some(first) = &other.sample
        {
            let id = &other.id;
            complain(
                study,
                format!(
                    "`sample` names {id}, whose people are those of {first}: name {first} in both"
                ),
            );
        }
        for (other, title) in studies.iter().zip(&titles).take(index) {
            let same_doi = match (&study.doi, &other.doi) {
                (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
                _ => false,
            };
            let same_title = study.year == other.year && titles.get(index) == Some(title);
            if (same_doi || same_title) && study.sample() != other.sample() {
                let id = &other.id;
                complain(
                    study,
                    format!(
                        "this is the paper of {id}: take one of the two out, or name the other in `sample`"
                    ),
                );
            }
        }
    }
    problems
}

/// The size of Hedges' g from means and deviations, by the usual approximation of the small-sample correction. What is
/// pooled is computed exactly, elsewhere; this only finds slips of the pen.
fn from_means(outcome: &Outcome) -> Option<f64> {
    let (n1, n2) = (outcome.n_treatment?, outcome.n_control?);
    let (sd1, sd2) = (outcome.sd_treatment?, outcome.sd_control?);
    let df = n1 + n2 - 2.0;
    let pooled = (((n1 - 1.0) * sd1 * sd1 + (n2 - 1.0) * sd2 * sd2) / df).sqrt();
    let difference = (outcome.mean_treatment? - outcome.mean_control?).abs();
    let found = difference / pooled * (1.0 - 3.0 / (4.0 * df - 1.0));
    found.is_finite().then_some(found)
}
