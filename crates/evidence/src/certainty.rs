//! How sure one may be of a pool, by GRADE's domains.
//!
//! Source: G. Guyatt and others, *Journal of Clinical Epidemiology* 64 (2011), 383 to 406, and the parts that follow. What
//! is judged by people, and every limit, stands in `evidence/certainty.toml`.

use kith_content::evidence::{Evidence, Level};

use crate::pool::{Pool, leaves_out_nothing};
use crate::question::Question;
use crate::said::{Filling, Fillings, Said, decimals, whole};

/// What lowers or raises certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// How the studies were made and reported.
    RiskOfBias,
    /// Whether they agree.
    Inconsistency,
    /// Whether they answer what is asked.
    Indirectness,
    /// Whether the figures are sharp enough.
    Imprecision,
    /// Whether studies or figures are missing.
    PublicationBias,
    /// What makes one surer.
    Raises,
}

impl Domain {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RiskOfBias => "risk of bias",
            Self::Inconsistency => "inconsistency",
            Self::Indirectness => "indirectness",
            Self::Imprecision => "imprecision",
            Self::PublicationBias => "publication bias",
            Self::Raises => "what raises",
        }
    }
}

/// What a domain does to certainty.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    /// Which.
    pub domain: Domain,
    /// By how many levels; what raises has the same sign.
    pub by: usize,
    /// Why, or why not.
    pub reason: Said,
}

/// How sure one may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Certainty {
    /// The level all domains together leave.
    pub level: Level,
    /// The domains, in GRADE's order.
    pub ratings: Vec<Rating>,
}

/// Rates a pool. None without a pool, or without a judgement that fits: then nobody may be sure of anything.
pub(crate) fn rate(evidence: &Evidence, question: &Question, pool: &Pool<'_>) -> Option<Certainty> {
    let judgements = &evidence.certainty;
    let judgement = judgements.of(&question.construct, question.comparator)?;
    let none = Fillings::new();
    let judged = |domain, down: &kith_content::evidence::Down| {
        Said::fill(&down.reason, &none).map(|reason| Rating {
            domain,
            by: down.by,
            reason,
        })
    };
    let mut ratings = vec![
        judged(Domain::RiskOfBias, &judgement.risk_of_bias)?,
        inconsistency(evidence, pool)?,
        judged(Domain::Indirectness, &judgement.indirectness)?,
        imprecision(evidence, pool)?,
        judged(Domain::PublicationBias, &judgement.publication_bias)?,
    ];
    // Only trials are pooled.
    let lowered = ratings.iter().map(|rating| rating.by).sum();
    let mut level = judgements.trials.lowered(lowered);
    if let Some(raises) = &judgement.raises {
        let rating = judged(Domain::Raises, raises)?;
        level = level.raised(rating.by);
        ratings.push(rating);
    }
    Some(Certainty { level, ratings })
}

fn inconsistency(evidence: &Evidence, pool: &Pool<'_>) -> Option<Rating> {
    let rules = &evidence.certainty.inconsistency;
    let i2 = pool.i2_of_q();
    let (low, high) = pool.careful_further.unwrap_or(pool.pooled.ci);
    let might_be_none = !leaves_out_nothing((low, high));
    let mut fillings = Fillings::new();
    fillings.insert("i2", Filling::number(whole(i2), i2, pool.cells()));
    fillings.insert("low", Filling::number(decimals(low), low, pool.cells()));
    fillings.insert("high", Filling::number(decimals(high), high, pool.cells()));
    // Guyatt and others, part 7: trials that differ only in how large an effect is disagree less than those that differ
    // in whether there is one.
    let (by, reason) = if pool.taken.len() == 1 {
        (0, &rules.single)
    } else if i2 < rules.serious_i2 {
        (0, &rules.fine)
    } else {
        let very = usize::from(i2 >= rules.very_serious_i2);
        if might_be_none {
            (1 + very, &rules.serious)
        } else {
            (very, &rules.spread)
        }
    };
    Some(Rating {
        domain: Domain::Inconsistency,
        by,
        reason: Said::fill(reason, &fillings)?,
    })
}

fn imprecision(evidence: &Evidence, pool: &Pool<'_>) -> Option<Rating> {
    let rules = &evidence.certainty.imprecision;
    let people = pool.people();
    let (low, high) = match pool.careful {
        Some(careful) if leaves_out_nothing(pool.pooled.ci) => careful,
        _ => pool.pooled.ci,
    };
    let mut fillings = Fillings::new();
    fillings.insert(
        "people",
        Filling::number(whole(people), people, pool.cells()),
    );
    let wanted = vec!["certainty/imprecision/people".to_owned()];
    fillings.insert(
        "wanted",
        Filling::number(whole(rules.people), rules.people, wanted),
    );
    fillings.insert("low", Filling::number(decimals(low), low, pool.cells()));
    fillings.insert("high", Filling::number(decimals(high), high, pool.cells()));
    let (few, wide) = (people < rules.people, !pool.is_reliable());
    let mut reason = match (few, wide) {
        (false, false) => Said::fill(&rules.fine, &fillings)?,
        (true, _) => Said::fill(&rules.few, &fillings)?,
        (false, true) => Said::fill(&rules.wide, &fillings)?,
    };
    if few && wide {
        let more = Said::fill(&rules.wide, &fillings)?;
        reason.text = format!("{} {}", reason.text, more.text);
        reason.numbers.extend(more.numbers);
    }
    Some(Rating {
        domain: Domain::Imprecision,
        by: usize::from(few) + usize::from(wide),
        reason,
    })
}
