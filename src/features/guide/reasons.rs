//! The sentence that says why something is offered: what the person said, then what this one does otherwise.

use kith_content::{Flag, Modality, Offered, Practice, Row};

use super::rules::Trigger;

/// One sentence.
pub(super) fn sentence(
    practice: &Practice,
    replaced: Option<&Practice>,
    offered: Option<&Offered>,
    row: Option<&Row>,
    trigger: Trigger,
) -> String {
    let said = match (row, trigger) {
        (Some(row), _) => row.say.as_str(),
        (None, Trigger::MuchWorse) => "You said it left you much worse",
        (None, Trigger::PoorFit) => "You said it did not fit you, more than once",
        (None, Trigger::Abandoned) => "It was cut short more than once",
        (None, Trigger::Asked) => "You asked for something else",
    };
    let own = offered.and_then(|offered| offered.why.as_deref());
    match own {
        Some(why) => format!("{said}; {why}."),
        None => format!("{said}; {}{}.", how(practice), than(practice, replaced)),
    }
}

fn how(practice: &Practice) -> &'static str {
    match practice.modality {
        Modality::BreathBody => "this one stays with the body",
        Modality::Phrases => "this one works with a few words",
        Modality::Imagery => "this one works with a picture in the mind",
        Modality::Memory => "this one uses something that really happened",
        Modality::Movement => "in this one you are on your feet",
        Modality::Touch => "this one works by touch",
        Modality::Writing => "this one puts things on paper, a line at a time",
        Modality::Acts => "this one is something to do for somebody, with nothing to feel",
        Modality::SelfCareAct => "this one is something plain to do",
        Modality::GratitudeSavour => "this one turns to something good that is there already",
        Modality::CommonHumanity => "this one looks at what people share",
        Modality::ListeningPartner => "this one is done with another person",
        Modality::Micro => "this one takes only a moment",
        Modality::RoleEmbody => "this one works by acting it",
        Modality::Reappraisal => "this one thinks a situation through",
        Modality::NatureObject => "this one keeps to something you can see or hold",
    }
}

fn than(practice: &Practice, replaced: Option<&Practice>) -> &'static str {
    match replaced {
        Some(replaced)
            if !replaced.flags.contains(&Flag::NoImagery)
                && practice.flags.contains(&Flag::NoImagery) =>
        {
            ", and nothing has to be imagined"
        }
        Some(replaced) if practice.load < replaced.load => ", and it is lighter",
        _ => "",
    }
}
