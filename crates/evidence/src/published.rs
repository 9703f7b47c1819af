//! What others pooled, with their own warnings.

use kith_content::evidence::{Evidence, Outcome, Study};

use crate::question::Question;

/// A published meta-analysis or review on the construct.
#[derive(Clone, Debug, PartialEq)]
pub struct Published<'e> {
    /// Whose it is.
    pub study: &'e Study,
    /// What it found.
    pub outcome: &'e Outcome,
    /// Whether its figure may stand beside a pool of ours: a standardised difference between groups of the construct
    /// alone, after training of compassion.
    pub comparable: bool,
}

impl Published<'_> {
    /// Study and outcome, the beginning of the figure's addresses.
    #[must_use]
    pub fn cell(&self) -> String {
        format!("{}/{}", self.study.id, self.outcome.id)
    }

    /// What it says of itself, or is said of it.
    #[must_use]
    pub fn verdict(&self) -> Option<&str> {
        self.study.caveat.as_deref()
    }
}

/// Everything published on the construct that was not taken out, whatever it was compared with: the reader sees what it
/// was.
pub(crate) fn published<'e>(evidence: &'e Evidence, question: &Question) -> Vec<Published<'e>> {
    let mut found = Vec::new();
    for study in evidence
        .studies
        .iter()
        .filter(|study| study.design.is_synthesis() && study.retired.is_none())
    {
        for outcome in &study.outcomes {
            let is_asked = outcome.construct.as_deref() == Some(&question.construct)
                && outcome.timepoint == question.timepoint;
            if is_asked {
                found.push(Published {
                    study,
                    outcome,
                    comparable: is_comparable(study, outcome),
                });
            }
        }
    }
    found
}

fn is_comparable(study: &Study, outcome: &Outcome) -> bool {
    outcome.effect.is_some_and(|kind| kind.is_standardised())
        && outcome.value.is_some()
        && !outcome.recalls("value")
        && !outcome.within_group
        && !outcome.composite
        && study.family.is_compassion()
}
