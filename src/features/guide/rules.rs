//! The floor of the guide: what may take a practice's place, and the sentence that says why.

use kith_content::{Flag, Modality, Practice, Target};

use crate::features::library::usual_minutes;
use crate::features::sittings::Sitting;

/// Something to do instead.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    /// What.
    pub practice: &'a Practice,
    /// For how long.
    pub minutes: f64,
    /// Why, in one sentence.
    pub reason: String,
}

/// How many are offered: enough to choose, few enough to read.
const OFFERS: usize = 3;

/// A practice that fitted this badly lately is not offered again by itself.
const POOR_FIT: i64 = 3;

/// Up to three practices of other kinds than `from`, none of them heavier, lightest first; none that
/// fitted badly or left them much worse in `recent`.
pub fn offers<'a>(
    may: &[&'a Practice],
    from: Option<&Practice>,
    recent: &[Sitting],
) -> Vec<Offer<'a>> {
    let went_badly = |practice: &Practice| {
        recent.iter().any(|sitting| {
            sitting.practice == practice.slug
                && (sitting.effect == Some(-2) || sitting.fit.is_some_and(|fit| fit <= POOR_FIT))
        })
    };
    let tender = from.is_some_and(|from| was_tender(recent, from));
    let heaviest = if tender {
        1
    } else {
        from.map_or(1, |practice| practice.load)
    };
    let mut candidates: Vec<_> = may
        .iter()
        .copied()
        .filter(|practice| {
            from.is_none_or(|from| from.slug != practice.slug && from.modality != practice.modality)
                && practice.load <= heaviest
                && !(tender && is_kindness_to_oneself(practice))
                && !went_badly(practice)
        })
        .collect();
    let times = |practice: &Practice| {
        recent
            .iter()
            .filter(|sitting| sitting.practice == practice.slug)
            .count()
    };
    // Lightest first; among equals what she has done least, so that it is something else indeed.
    candidates.sort_by(|a, b| (a.load, times(a), &a.slug).cmp(&(b.load, times(b), &b.slug)));
    let mut offered: Vec<Offer<'a>> = Vec::new();
    for practice in candidates {
        if offered
            .iter()
            .any(|offer| offer.practice.modality == practice.modality)
        {
            continue;
        }
        offered.push(Offer {
            practice,
            minutes: usual_minutes(practice).min(3.0).max(practice.minutes.0),
            reason: reason(practice, from),
        });
        if offered.len() == OFFERS {
            break;
        }
    }
    offered
}

/// Whether the last time of that practice left her much worse, or met a barrier that says kindness to
/// oneself is what hurts just now (docs/clinical-safety.md).
fn was_tender(recent: &[Sitting], from: &Practice) -> bool {
    let last = recent
        .iter()
        .rev()
        .find(|sitting| sitting.practice == from.slug);
    last.is_some_and(|sitting| {
        sitting.effect == Some(-2)
            || matches!(
                sitting.barrier.as_deref(),
                Some("fear-self" | "fear-receive" | "backdraft" | "trauma")
            )
    })
}

/// Kind words or touch for oneself; feet on the floor and a stone in the hand are not that.
fn is_kindness_to_oneself(practice: &Practice) -> bool {
    practice.targets.contains(&Target::Oneself)
        && !matches!(
            practice.modality,
            Modality::BreathBody | Modality::NatureObject
        )
}

fn reason(practice: &Practice, from: Option<&Practice>) -> String {
    let how = match practice.modality {
        Modality::BreathBody => "It stays with the body and asks for no words or pictures",
        Modality::Phrases => "It works with a few words only",
        Modality::Imagery => "It works with a picture in the mind",
        Modality::Memory => "It uses something that really happened",
        Modality::Movement => "It moves, for when sitting still is the hard part",
        Modality::Touch => "It works by touch, in less than a minute",
        Modality::Writing => "It puts things on paper, a line at a time",
        Modality::Acts => "It is something to do for somebody, with nothing to feel",
        Modality::SelfCareAct => "It is something plain to do for yourself",
        Modality::GratitudeSavour => "It turns to something good that is there already",
        Modality::CommonHumanity => "It looks at what people share",
        Modality::ListeningPartner => "It is done with another person",
        Modality::Micro => "It takes only a moment",
        Modality::RoleEmbody => "It works by acting, with no pictures needed",
        Modality::Reappraisal => "It thinks a situation through",
        Modality::NatureObject => "It keeps to something you can see or hold",
    };
    let instead = match from {
        Some(from)
            if !from.flags.contains(&Flag::NoImagery)
                && practice.flags.contains(&Flag::NoImagery) =>
        {
            ", and nothing has to be imagined"
        }
        Some(from) if practice.load < from.load => ", and it is lighter",
        _ => "",
    };
    format!("{how}{instead}.")
}
