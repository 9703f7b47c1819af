//! Whether a score moved by more than chance would: Jacobson and Truax 1991, Journal of Consulting and Clinical Psychology
//! 59:12-19, with a published fixed criterion going before it. Nothing is said where a figure is missing.

use serde::Serialize;

use super::words::{Better, Class, Recalled, Rule};
use super::{CutOff, Instrument, Norm, Scale};

/// A retest over longer than this holds true change too, and alpha is taken instead.
const RETEST_DAYS: f64 = 31.0;

/// A standard normal deviate is beyond this in one of twenty cases where nothing changed.
const RELIABLE: f64 = 1.96;

/// Why a change cannot be worked out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// A score the scale cannot have.
    #[error("{name} cannot be {score}; it runs from {least} to {most}.")]
    Score {
        /// The scale.
        name: String,
        /// What was given.
        score: f64,
        /// Its least.
        least: f64,
        /// Its most.
        most: f64,
    },
    /// A figure that cannot be what it is called.
    #[error("{what} cannot be {given}: it has to be {allowed}.")]
    Figure {
        /// Which figure.
        what: &'static str,
        /// What was given.
        given: f64,
        /// What can be.
        allowed: &'static str,
    },
}

/// The figures a statement of change rests on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Standard deviation.
    pub sd: Option<f64>,
    /// Reliability.
    pub reliability: Option<f64>,
    /// A published fixed criterion.
    pub points: Option<f64>,
    /// Whose figures these are.
    pub source: Option<String>,
    /// Which of them rest on memory and were not checked against their source.
    pub recalled: Vec<Recalled>,
}

impl Figures {
    /// The standard error of a difference between two scores: SD × √2 × √(1 - r).
    pub fn sdiff(&self) -> Option<f64> {
        Some(self.sd? * std::f64::consts::SQRT_2 * (1.0 - self.reliability?).sqrt())
    }

    /// The least change that counts: the published points, or else 1.96 standard errors of a difference.
    pub fn least_change(&self) -> Option<f64> {
        self.points
            .or_else(|| self.sdiff().map(|sdiff| RELIABLE * sdiff))
    }
}

/// The cut-offs between patients and others that Jacobson and Truax give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Criteria {
    /// Two standard deviations from the patients' mean, towards health.
    pub a: Option<f64>,
    /// Two standard deviations from the others' mean, towards illness.
    pub b: Option<f64>,
    /// Between the two means, each weighed by the other's spread.
    pub c: Option<f64>,
}

/// What moving from one score to another comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// (after - before) / sdiff.
    pub rci: Option<f64>,
    /// The standard error of a difference.
    pub sdiff: Option<f64>,
    /// The least change that counts.
    pub least_change: Option<f64>,
    /// The line for recovery.
    pub cut_off: Option<f64>,
    /// On which side of it a score counts as unwell, the line itself included.
    pub cut_off_rule: Option<Rule>,
    /// What it comes to; none where that cannot be said.
    pub class: Option<Class>,
    /// What it rests on.
    pub figures: Figures,
    /// Why there is no class.
    pub why_no_class: Option<String>,
    /// Other lines, where the norms for them are known.
    pub criteria: Criteria,
    /// The same in sentences.
    pub words: Words,
}

impl Change {
    /// Nothing can be said, and why.
    pub fn unknown(why: String) -> Self {
        Self {
            rci: None,
            sdiff: None,
            least_change: None,
            cut_off: None,
            cut_off_rule: None,
            class: None,
            figures: Figures::default(),
            words: Words {
                client: String::new(),
                clinician: why.clone(),
            },
            why_no_class: Some(why),
            criteria: Criteria::default(),
        }
    }
}

/// A change in sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// For the person who answered.
    pub client: String,
    /// For the person who looks after her.
    pub clinician: String,
}

/// The figures known of a scale. Of the standard deviations the patients' goes first: people in general vary less, and with
/// their figure too little would count as change. Of the reliabilities the retest does, if it was within a month.
pub fn figures(instrument: &Instrument, scale: &Scale) -> Figures {
    let is_part = instrument.total.as_ref().is_none_or(|total| total != scale);
    let norm = [
        (&scale.norms.clinical, Recalled::ClinicalNorm),
        (&scale.norms.general, Recalled::Norm),
    ]
    .into_iter()
    .find_map(|(norm, from)| {
        let norm = norm.as_ref()?;
        Some((norm, norm.sd?, from))
    });
    let reliability = &scale.reliability;
    let is_recent = reliability.days.is_some_and(|days| days <= RETEST_DAYS);
    let retest = reliability.retest.filter(|_| is_recent);
    let agreement = retest.or(reliability.alpha);
    let said = |wanted: &[Recalled]| {
        wanted
            .iter()
            .copied()
            .filter(|part| instrument.recalled.contains(part))
            .collect::<Vec<_>>()
    };
    let (mut source, mut recalled) = (Vec::new(), Vec::new());
    if let Some(criterion) = &scale.criterion {
        source.push(criterion.source.clone());
        recalled.extend(said(&[Recalled::Change]));
    }
    if let Some((norm, sd, from)) = norm {
        source.push(format!("SD {} of {}", shown(sd), norm.population));
        recalled.extend(match is_part {
            true => said(&[Recalled::SubscaleNorms]),
            false => said(&[from]),
        });
    }
    if let Some(agreement) = agreement {
        source.push(match retest {
            Some(_) => format!(
                "reliability {} (retest after {})",
                shown(agreement),
                reliability.interval.as_deref().unwrap_or("a short time")
            ),
            None => format!("reliability {} (alpha)", shown(agreement)),
        });
        recalled.extend(match (retest, is_part) {
            (Some(_), _) => said(&[Recalled::Retest, Recalled::Interval]),
            (None, true) => said(&[Recalled::SubscaleAlpha]),
            (None, false) => said(&[Recalled::Alpha]),
        });
    }
    Figures {
        sd: norm.map(|(_, sd, _)| sd),
        reliability: agreement,
        points: scale.criterion.as_ref().map(|criterion| criterion.points),
        source: (!source.is_empty()).then(|| source.join("; ")),
        recalled,
    }
}

/// The three cut-offs of Jacobson and Truax, as far as the norms for them are known.
pub fn criteria(scale: &Scale) -> Criteria {
    // Towards health: up where more is better, down where less is.
    let sign = match scale.better {
        Better::Higher => 1.0,
        Better::Lower => -1.0,
        Better::Neither => return Criteria::default(),
    };
    let figures = |norm: &Option<Norm>| norm.as_ref().and_then(|norm| Some((norm.mean, norm.sd?)));
    let patients = figures(&scale.norms.clinical);
    let others = figures(&scale.norms.general);
    Criteria {
        a: patients.map(|(mean, sd)| mean + sign * 2.0 * sd),
        b: others.map(|(mean, sd)| mean - sign * 2.0 * sd),
        c: patients
            .zip(others)
            .map(|((ill, ill_sd), (well, well_sd))| {
                (ill_sd * well + well_sd * ill) / (ill_sd + well_sd)
            }),
    }
}

/// The line for recovery: that of the fixed criterion, or else the published screening cut-off, or else criterion c.
fn line(scale: &Scale) -> Option<CutOff> {
    let rule = rule(scale.better)?;
    scale
        .criterion
        .as_ref()
        .and_then(|criterion| criterion.cut_off)
        .or(scale.cut_off)
        .or_else(|| criteria(scale).c.map(|at| CutOff { at, rule }))
}

/// The unwell side of a line. On the line itself nobody has crossed it.
fn rule(better: Better) -> Option<Rule> {
    match better {
        Better::Lower => Some(Rule::AtLeast),
        Better::Higher => Some(Rule::AtMost),
        Better::Neither => None,
    }
}

/// What moving from one score of a scale to another comes to.
///
/// # Errors
/// When a score lies outside the scale.
pub fn change(
    instrument: &Instrument,
    scale: &Scale,
    before: f64,
    after: f64,
) -> Result<Change, ChangeError> {
    let is_total = scale.id == TOTAL;
    let name = match is_total {
        true => instrument.abbreviation.clone(),
        false => format!("{}, {}", instrument.abbreviation, scale.title),
    };
    let (least, most) = scale.range;
    for score in [before, after] {
        if !(least..=most).contains(&score) {
            return Err(ChangeError::Score {
                name,
                score,
                least,
                most,
            });
        }
    }
    let mut figures = figures(instrument, scale);
    let cut_off = line(scale);
    let from_screening = cut_off.is_some() && cut_off == scale.cut_off;
    if from_screening {
        let part = if is_total {
            Recalled::CutOff
        } else {
            Recalled::SubscaleCutOff
        };
        figures
            .recalled
            .extend(instrument.recalled.contains(&part).then_some(part));
    }
    let mut change = work_out(figures, scale.better, cut_off, before, after);
    change.criteria = criteria(scale);
    change.words = words(&name, scale.better, &change, before, after);
    Ok(change)
}

/// The id of the total among the scales.
pub(crate) const TOTAL: &str = "total";

/// The same by figures that were handed in.
///
/// # Errors
/// When the standard deviation or the reliability cannot be one, or a score is no number.
pub fn change_by(
    figures: Figures,
    better: Better,
    cut_off: Option<f64>,
    before: f64,
    after: f64,
) -> Result<Change, ChangeError> {
    let wrong = |what, given, allowed| {
        Err(ChangeError::Figure {
            what,
            given,
            allowed,
        })
    };
    match (figures.sd, figures.reliability) {
        (Some(sd), _) if !(sd.is_finite() && sd > 0.0) => {
            return wrong("The standard deviation", sd, "a number above 0");
        }
        (_, Some(r)) if !(0.0..1.0).contains(&r) => {
            return wrong("The reliability", r, "from 0 up to but not including 1");
        }
        _ => {}
    }
    for (what, given) in [
        ("The score before", Some(before)),
        ("The score after", Some(after)),
        ("The cut-off", cut_off),
    ] {
        if let Some(given) = given.filter(|given| !given.is_finite()) {
            return wrong(what, given, "a number");
        }
    }
    let cut_off = cut_off
        .zip(rule(better))
        .map(|(at, rule)| CutOff { at, rule });
    let mut change = work_out(figures, better, cut_off, before, after);
    change.words = words("The score", better, &change, before, after);
    Ok(change)
}

fn work_out(
    figures: Figures,
    better: Better,
    cut_off: Option<CutOff>,
    before: f64,
    after: f64,
) -> Change {
    let moved = after - before;
    let sdiff = figures.sdiff();
    let rci = sdiff.map(|sdiff| moved / sdiff);
    // Published points are the least that counts; 1.96 is to be gone beyond.
    let is_reliable = match (figures.points, rci) {
        (Some(points), _) => Some(moved.abs() >= points),
        (None, Some(rci)) => Some(rci.abs() > RELIABLE),
        (None, None) => None,
    };
    let is_better = match better {
        Better::Lower => Some(moved < 0.0),
        Better::Higher => Some(moved > 0.0),
        Better::Neither => None,
    };
    let crossed = cut_off.is_some_and(|line| line.is_met(before) && !line.is_met(after));
    let class = match (is_reliable, is_better) {
        (None, _) | (Some(true), None) => None,
        (Some(false), _) => Some(Class::Unchanged),
        (Some(true), Some(false)) => Some(Class::Deteriorated),
        (Some(true), Some(true)) if crossed => Some(Class::Recovered),
        (Some(true), Some(true)) => Some(Class::Improved),
    };
    let why_no_class = match (class, is_reliable) {
        (Some(_), _) => None,
        (None, Some(_)) => Some("No change in this scale is called better or worse."),
        (None, None) if figures.sd.is_none() && figures.reliability.is_none() => {
            Some("Neither a standard deviation nor a reliability is known here for this scale.")
        }
        (None, None) if figures.sd.is_none() => {
            Some("No standard deviation is known here for this scale.")
        }
        (None, None) => {
            Some("No reliability is known here for this scale, or only one over a long time.")
        }
    };
    Change {
        rci,
        sdiff,
        least_change: figures.least_change(),
        cut_off: cut_off.map(|line| line.at),
        cut_off_rule: cut_off.map(|line| line.rule),
        class,
        figures,
        why_no_class: why_no_class.map(str::to_owned),
        criteria: Criteria::default(),
        words: Words {
            client: String::new(),
            clinician: String::new(),
        },
    }
}

/// Sentences: plain ones for whoever answered, figures and their sources for whoever looks after her.
fn words(name: &str, better: Better, change: &Change, before: f64, after: f64) -> Words {
    let moved = after - before;
    let way = match moved {
        _ if moved > 0.0 => "up from",
        _ if moved < 0.0 => "down from",
        _ => "still at",
    };
    let first = match moved {
        0.0 => format!("Your score is still at {}.", shown(after)),
        _ => format!(
            "Your score went {way} {} to {}.",
            shown(before),
            shown(after)
        ),
    };
    let then = match change.class {
        None => {
            "Whether that means anything cannot be said: for this questionnaire nobody knows well enough how much scores move by chance."
        }
        Some(Class::Unchanged) => "That is within the ups and downs that come about by chance.",
        Some(Class::Improved) => {
            "That is a change for the better, and more than chance alone usually brings about."
        }
        Some(Class::Recovered) => {
            "That is a change for the better, and more than chance alone usually brings about. It has also crossed the line that is used to tell who may want more help."
        }
        Some(Class::Deteriorated) => {
            "Things seem harder than before, by more than chance alone usually brings about. It may be worth telling somebody you trust."
        }
    };
    let then = match (change.class, better) {
        (None, Better::Neither) => "More of this is neither better nor worse.",
        _ => then,
    };
    let mut told = vec![match moved {
        0.0 => format!("{name} is {way} {}.", shown(after)),
        _ => format!(
            "{name} went {way} {} to {} ({}{}).",
            shown(before),
            shown(after),
            if moved > 0.0 { "+" } else { "" },
            shown(moved)
        ),
    }];
    let figures = &change.figures;
    match (figures.points, change.least_change) {
        (Some(points), _) => told.push(format!(
            "The published criterion is {} points.",
            shown(points)
        )),
        (None, Some(least)) => told.push(format!(
            "Reliable change asks for more than {} points.",
            shown(least)
        )),
        (None, None) => told.extend(change.why_no_class.clone()),
    }
    if let (Some(rci), Some(sdiff)) = (change.rci, change.sdiff) {
        told.push(format!("RCI {} (Sdiff {}).", shown(rci), shown(sdiff)));
    }
    if let Some(class) = change.class {
        told.push(match (class, change.cut_off) {
            (Class::Recovered, Some(line)) => format!(
                "Recovered: reliably improved, and across the cut-off of {}.",
                shown(line)
            ),
            (Class::Improved, Some(line)) => format!(
                "Reliably improved, without crossing the cut-off of {}.",
                shown(line)
            ),
            (Class::Improved, None) => {
                "Reliably improved; there is no cut-off to cross.".to_owned()
            }
            (Class::Deteriorated, _) => "Reliably deteriorated.".to_owned(),
            _ => "Unchanged, as far as this scale can tell.".to_owned(),
        });
    }
    if let Some(source) = &figures.source {
        told.push(format!("Figures: {source}."));
    }
    if !figures.recalled.is_empty() {
        told.push(format!("{}.", reservation(&figures.recalled)));
    }
    Words {
        client: format!("{first} {then}"),
        clinician: told.join(" "),
    }
}

/// "Not yet checked against the publication: alpha, norm".
pub fn reservation(recalled: &[Recalled]) -> String {
    let parts: Vec<String> = recalled
        .iter()
        .map(|part| part.as_str().replace('_', " "))
        .collect();
    format!(
        "Not yet checked against the publication: {}",
        parts.join(", ")
    )
}

/// A figure for reading: two decimals at most.
pub fn shown(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}
