//! What arms are called, and comparisons that a file holds twice.

use super::Comparison;
use crate::import::Troubles;
use crate::import::same::letters;

/// What an arm is called in which nobody got anything in place of the training.
const UNTREATED: [&str; 15] = [
    "wl",
    "wlc",
    "waitlist",
    "waitinglist",
    "waitlistcontrol",
    "cau",
    "tau",
    "ecau",
    "etau",
    "careasusual",
    "treatmentasusual",
    "usualcare",
    "nt",
    "notreatment",
    "nointervention",
];

/// What an arm is called that others are compared with, and in which people may have got something.
const CONTROLS: [&str; 7] = [
    "otherctr",
    "control",
    "ctr",
    "placebo",
    "plac",
    "pillplacebo",
    "attentioncontrol",
];

/// Whether nobody in an arm got anything in place of the training: a waiting list, nothing, usual care.
pub(in crate::import) fn is_untreated(arm: &str) -> bool {
    UNTREATED.contains(&letters(bare(arm)).as_str())
}

/// Whether an arm is called like one that others are compared with.
fn is_control(arm: &str) -> bool {
    is_untreated(arm) || CONTROLS.contains(&letters(bare(arm)).as_str())
}

/// Metapsy's files may hold every comparison twice, the second time with its arms the other way round. One is kept: that
/// which is compared with a control, else the first. One that stands alone and begins with a control is left out, with
/// its reason: which arm was trained is not guessed.
pub(super) fn without_mirrors(comparisons: &mut Vec<Comparison>, troubles: &mut Troubles) {
    let mut left_out = vec![false; comparisons.len()];
    for (index, one) in comparisons.iter().enumerate() {
        if left_out.get(index) == Some(&true) {
            continue;
        }
        let mirror = comparisons
            .iter()
            .enumerate()
            .skip(index + 1)
            .find(|(_, other)| {
                other.trial == one.trial
                    && other.trained == one.compared_with
                    && other.compared_with == one.trained
            });
        let begins_with_control = is_control(&one.trained) && !is_control(&one.compared_with);
        let out = match mirror {
            Some(_) if begins_with_control => index,
            Some((at, _)) => at,
            None if begins_with_control => {
                troubles.add(one.line, format!("the first arm of {} ({}) is one that others are compared with: put the trained arm first. It is left out", one.trial, one.trained));
                index
            }
            None => continue,
        };
        if let Some(flag) = left_out.get_mut(out) {
            *flag = true;
        }
        if let (Some(_), Some(kept)) = (mirror, comparisons.get(out)) {
            troubles.add(
                kept.line,
                format!(
                    "{}: {} against {} is the other comparison the other way round; left out",
                    kept.trial, kept.trained, kept.compared_with
                ),
            );
        }
    }
    let mut flags = left_out.into_iter();
    comparisons.retain(|_| !flags.next().unwrap_or(false));
}

/// An arm without what specifies it.
fn bare(arm: &str) -> &str {
    arm.split(" (").next().unwrap_or(arm)
}
