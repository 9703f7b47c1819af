//! Everything the library says to a question.

use std::collections::BTreeMap;

use kith_content::evidence::{Evidence, ToldTo};

use crate::certainty::{Certainty, rate};
use crate::pool::{CannotPool, Pool};
use crate::published::{Published, published};
use crate::question::Question;
use crate::said::Said;
use crate::select::{LeftOut, select};
use crate::statements;
use crate::translate;

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<'e> {
    /// What was asked.
    pub question: Question,
    /// The same in words.
    pub asked: String,
    /// The pool; nothing where nothing may be pooled.
    pub pool: Option<Pool<'e>>,
    /// What it means for people; nothing where the pool is not reliable.
    pub translated: Option<Translated>,
    /// The least and the most that is left when any one trial is left out; nothing with fewer than three.
    pub without_one: Option<(f64, f64)>,
    /// What others pooled.
    pub published: Vec<Published<'e>>,
    /// How sure one may be of the pool.
    pub certainty: Option<Certainty>,
    /// What may be said, to whom.
    pub statements: BTreeMap<ToldTo, Vec<Said>>,
    /// What must be known before it is believed.
    pub limits: Vec<Said>,
    /// Warnings of the studies in the pool: study and words.
    pub caveats: Vec<(&'e str, &'e str)>,
    /// What is not pooled, and why.
    pub left_out: Vec<LeftOut<'e>>,
}

/// A pooled figure, and its interval, in people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Translated {
    /// The share that is better off without training; assumed.
    pub control_rate: f64,
    /// The share with it.
    pub treated_rate: f64,
    /// Its interval.
    pub treated_ci: (f64, f64),
    /// The chance that somebody who trained is better off than somebody who did not.
    pub superiority: f64,
    /// Its interval.
    pub superiority_ci: (f64, f64),
    /// How many have to train for one more to be better off.
    pub number_needed: Option<f64>,
}

impl Translated {
    fn of(evidence: &Evidence, pool: &Pool<'_>) -> Option<Self> {
        let rate = evidence.lines.better_off.control_rate;
        let (estimate, (low, high)) = (pool.pooled.estimate, pool.pooled.ci);
        // Of an effect that may be none, or of harm, no such picture is drawn: it would be believed.
        (rate > 0.0 && rate < 1.0 && pool.is_reliable() && estimate > 0.0).then(|| Self {
            control_rate: rate,
            treated_rate: translate::better_off(estimate, rate),
            treated_ci: (
                translate::better_off(low, rate),
                translate::better_off(high, rate),
            ),
            superiority: translate::superiority(estimate),
            superiority_ci: (translate::superiority(low), translate::superiority(high)),
            number_needed: translate::number_needed(estimate, rate),
        })
    }
}

/// Answers a question from the library.
///
/// # Errors
/// Where figures that may be pooled cannot be.
pub fn answer<'e>(evidence: &'e Evidence, question: &Question) -> Result<Answer<'e>, CannotPool> {
    let selection = select(evidence, question);
    let pool = Pool::of(selection.taken, &question.settings)?;
    let certainty = pool
        .as_ref()
        .and_then(|pool| rate(evidence, question, pool));
    let caveats = pool
        .iter()
        .flat_map(|pool| &pool.taken)
        .filter_map(|taken| Some((taken.study.id.as_str(), taken.study.caveat.as_deref()?)))
        .collect();
    let mut answer = Answer {
        question: question.clone(),
        asked: question.in_words(evidence),
        translated: pool
            .as_ref()
            .and_then(|pool| Translated::of(evidence, pool)),
        without_one: match &pool {
            Some(pool) => pool.without_one()?,
            None => None,
        },
        pool,
        published: published(evidence, question),
        certainty,
        statements: BTreeMap::new(),
        limits: Vec::new(),
        caveats,
        left_out: selection.left_out,
    };
    answer.statements = ToldTo::ALL
        .iter()
        .map(|&to| (to, statements::say(evidence, &answer, to)))
        .collect();
    answer.limits = statements::limits(evidence, &answer);
    Ok(answer)
}
