//! Which figures may be pooled, and why the others may not.

use std::fmt;

use kith_content::evidence::{Design, EffectKind, Evidence, Outcome, Study, WHOLE};
use kith_stats::effect::small_sample_correction;

use crate::question::Question;

/// A figure that may be pooled.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken<'e> {
    /// Whose it is.
    pub study: &'e Study,
    /// What was found.
    pub outcome: &'e Outcome,
    /// Hedges' g.
    pub g: f64,
    /// Its sampling variance.
    pub v: f64,
    /// People in the trained arm.
    pub n_treatment: f64,
    /// People in the other.
    pub n_control: f64,
    /// The addresses of the figures that g and its variance were computed from.
    pub cells: Vec<String>,
}

impl Taken<'_> {
    /// The address of the effect itself.
    #[must_use]
    pub fn cell(&self) -> String {
        format!("{}/{}/value", self.study.id, self.outcome.id)
    }

    /// The normal interval of g at a level between 0 and 1.
    #[must_use]
    pub fn ci(&self, level: f64) -> (f64, f64) {
        let effect = kith_stats::effect::Effect {
            yi: self.g,
            vi: self.v,
        };
        effect.ci(level)
    }
}

/// Why a figure is not pooled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// It answers another question; says which.
    Question(String),
    /// It was taken out; says why.
    Retired(String),
    /// Nobody was given an arm by chance.
    NoTrial(Design),
    /// It is change within one group.
    WithinGroup,
    /// It rests on memory.
    Recalled,
    /// Its size was not seen.
    DirectionOnly,
    /// It is a difference in points of a scale.
    RawDifference,
    /// It is another kind of figure.
    Kind(EffectKind),
    /// Groups were given their arm by chance and its error is not known.
    Cluster,
    /// How many people there were in the arms was not seen.
    NoArms,
    /// So few people that no variance can be computed.
    TooFew,
    /// The same people are in the pool already; says under which address.
    SameSample(String),
}

impl fmt::Display for Excluded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Question(why) => f.write_str(why),
            Self::Retired(why) => {
                let why = why.trim_end_matches('.');
                write!(f, "was taken out of what counts: {why}")
            }
            Self::NoTrial(design) => write!(f, "is no randomised trial ({design})"),
            Self::WithinGroup => {
                f.write_str("is change within one group, not a difference between groups")
            }
            Self::Recalled => f.write_str("rests on memory and was not looked up"),
            Self::DirectionOnly => f.write_str("gives a direction; its size was not seen"),
            Self::RawDifference => {
                f.write_str("is a difference in points of its scale, not standardised")
            }
            Self::Kind(kind) => write!(
                f,
                "is a figure of the kind {kind}, which cannot stand beside standardised differences"
            ),
            Self::Cluster => {
                f.write_str("was randomised by group, and an error that allows for it was not seen")
            }
            Self::NoArms => f.write_str("does not show how many people were in each arm"),
            Self::TooFew => f.write_str("has too few people for a variance"),
            Self::SameSample(cell) => write!(f, "is of the same people as {cell}"),
        }
    }
}

/// A figure on the construct that is not pooled.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut<'e> {
    /// Whose it is.
    pub study: &'e Study,
    /// What was found.
    pub outcome: &'e Outcome,
    /// Why it is not pooled.
    pub why: Excluded,
}

impl LeftOut<'_> {
    /// Study and outcome, the beginning of the figure's addresses.
    #[must_use]
    pub fn cell(&self) -> String {
        format!("{}/{}", self.study.id, self.outcome.id)
    }
}

/// What is pooled and what is not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection<'e> {
    /// What may be pooled, one figure of each group of people, in the order of the studies' ids.
    pub taken: Vec<Taken<'e>>,
    /// Every other figure of a single study on the construct.
    pub left_out: Vec<LeftOut<'e>>,
}

/// Looks at every figure on the construct; those of studies that put others together are not for pooling and not here.
#[must_use]
pub fn select<'e>(evidence: &'e Evidence, question: &Question) -> Selection<'e> {
    let mut selection = Selection::default();
    for study in &evidence.studies {
        if study.design.is_synthesis() {
            continue;
        }
        for outcome in &study.outcomes {
            if outcome.construct.as_deref() != Some(&question.construct) {
                continue;
            }
            match take(&selection.taken, question, study, outcome) {
                Ok(taken) => selection.taken.push(taken),
                Err(why) => selection.left_out.push(LeftOut {
                    study,
                    outcome,
                    why,
                }),
            }
        }
    }
    selection
}

fn take<'e>(
    taken: &[Taken<'e>],
    question: &Question,
    study: &'e Study,
    outcome: &'e Outcome,
) -> Result<Taken<'e>, Excluded> {
    if let Some(why) = &study.retired {
        return Err(Excluded::Retired(why.clone()));
    }
    if !study.design.is_trial() {
        return Err(Excluded::NoTrial(study.design));
    }
    if let Some(why) = question.misses(study) {
        return Err(Excluded::Question(why));
    }
    if outcome.timepoint != question.timepoint {
        let why = format!(
            "answers another question: measured at {}",
            outcome.timepoint
        );
        return Err(Excluded::Question(why));
    }
    if outcome.recalls("value") {
        return Err(Excluded::Recalled);
    }
    if outcome.within_group {
        return Err(Excluded::WithinGroup);
    }
    if outcome.raw_difference.is_some() {
        return Err(Excluded::RawDifference);
    }
    let (Some(kind), Some(value)) = (outcome.effect, outcome.value) else {
        return Err(Excluded::DirectionOnly);
    };
    if !kind.is_standardised() {
        return Err(Excluded::Kind(kind));
    }
    if study.design == Design::ClusterRct && outcome.se.is_none() {
        return Err(Excluded::Cluster);
    }
    let arms = arms(study, outcome)?;
    if let Some(same) = taken
        .iter()
        .find(|taken| taken.study.shares_people_with(study))
    {
        return Err(Excluded::SameSample(same.cell()));
    }
    let (n1, n2) = (arms.treatment, arms.control);
    if n1 < 2.0 || n2 < 2.0 {
        return Err(Excluded::TooFew);
    }
    // Hedges and Olkin 1985: d times the exact correction; the variance as in kith_stats::effect.
    let g = match kind {
        EffectKind::CohensD => value * small_sample_correction(n1 + n2 - 2.0),
        _ => value,
    };
    let mut cells = vec![format!("{}/{}/value", study.id, outcome.id)];
    cells.extend(arms.cells);
    let v = match (study.design, outcome.se) {
        (Design::ClusterRct, Some(se)) => {
            cells.push(format!("{}/{}/se", study.id, outcome.id));
            se * se
        }
        _ => (n1 + n2) / (n1 * n2) + g * g / (2.0 * (n1 + n2)),
    };
    Ok(Taken {
        study,
        outcome,
        g,
        v,
        n_treatment: n1,
        n_control: n2,
        cells,
    })
}

struct Arms {
    treatment: f64,
    control: f64,
    cells: Vec<String>,
}

/// The people in both arms: the outcome's own, else the study's, else half of all where the study says so.
fn arms(study: &Study, outcome: &Outcome) -> Result<Arms, Excluded> {
    if let (Some(treatment), Some(control)) = (outcome.n_treatment, outcome.n_control) {
        if outcome.recalls("n_treatment") || outcome.recalls("n_control") {
            return Err(Excluded::Recalled);
        }
        return Ok(Arms {
            treatment,
            control,
            cells: ["n_treatment", "n_control"]
                .map(|key| format!("{}/{}/{key}", study.id, outcome.id))
                .to_vec(),
        });
    }
    if let (Some(treatment), Some(control)) = (study.n_treatment, study.n_control) {
        if study.recalls("n_treatment") || study.recalls("n_control") {
            return Err(Excluded::Recalled);
        }
        return Ok(Arms {
            treatment,
            control,
            cells: ["n_treatment", "n_control"]
                .map(|key| format!("{}/{WHOLE}/{key}", study.id))
                .to_vec(),
        });
    }
    match study.n_total.filter(|_| study.arms_assumed_equal) {
        Some(_) if study.recalls("n_total") => Err(Excluded::Recalled),
        Some(total) => Ok(Arms {
            treatment: 0.5 * total,
            control: 0.5 * total,
            cells: vec![format!("{}/{WHOLE}/n_total", study.id)],
        }),
        None => Err(Excluded::NoArms),
    }
}
